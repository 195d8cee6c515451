r"""Recurrences without a nonlinearity in their path, whose steps need not wait for one another.

.. math::

    h_t = a_t \odot h_{t-1} + b_t

What a cell keeps, :math:`a_t`, and what it writes, :math:`b_t`, depend on the input alone, so that
they are there for all steps at once; `rnn_course.layers.scan` has what that is good for.
`LinearRecurrence` is the layer, `MinGRUCell` and `MinLSTMCell` are cells for it, and for `RNN`.
"""

import keras
from keras import ops

from rnn_course.layers.cells import RecurrentCell
from rnn_course.layers.recurrence import RNN
from rnn_course.layers.scan import check_walk, in_single, linear_recurrence


class LinearCell(RecurrentCell):
    r"""What linear cells share: :math:`h_t = a_t \odot h_{t-1} + b_t`, of a projection alone.

    A subclass names its ``gate_names``, and defines ``gates`` and ``coefficients``. There are no
    weights for the state.
    """

    def __init__(self, units, activation=None, positive=False, **kwargs):
        if positive and activation is not None:
            raise ValueError(
                f"positive=True has an activation of its own, got activation={activation!r} too"
            )
        activation = above_zero if positive else activation
        super().__init__(units, activation, recurrent_initializer=None, **kwargs)
        self.positive = positive

    def _add_recurrent_kernel(self, columns):
        """There is none."""

    def coefficients(self, projected):
        """What is kept and what is written, a and b.

        Args:
            projected: what ``project`` gave, ``(..., gates * units)``.

        Returns:
            a and b, each ``(..., units)``.
        """
        raise NotImplementedError

    def shares(self, projected):
        """How much is kept and written, before a sigmoid makes shares of them."""
        raise NotImplementedError

    def log_coefficients(self, projected):
        """The logarithms of a and b, where the cell is ``positive`` and has ``shares``."""
        keep, write = map(ops.log_sigmoid, self.shares(projected))
        x = projected[..., -self.units :]
        # The logarithm of `above_zero`, which is not taken of what is not positive.
        return keep, write + ops.where(x > 0, ops.log(ops.relu(x) + 0.5), ops.log_sigmoid(x))

    def step(self, projected, states):
        """``h = a * h + b``; see `RecurrentCell.step`."""
        a, b = self.coefficients(projected)
        h = a * states[0] + b
        return h, [h]

    def get_config(self):
        """Everything needed to create the cell anew, without its weights."""
        config = {**super().get_config(), "positive": self.positive}
        del config["recurrent_initializer"]
        return config | ({"activation": None} if self.positive else {})


@keras.saving.register_keras_serializable("rnn_course")
class MinGRUCell(LinearCell):
    r"""The minimal gated recurrent unit: a GRU whose gates do not see the state.

    .. math::

        z_t &= \sigma(x_t W_z + b_z) &&\text{update gate} \\
        \tilde h_t &= x_t W_h + b_h &&\text{candidate} \\
        h_t &= z_t \odot h_{t-1} + (1 - z_t) \odot \tilde h_t &&\text{hidden state, the output}

    As in `GRUCell`, :math:`z_t` is the share of the old state that is kept; in the paper it is the
    share that is written. With ``activation="tanh"`` for the candidate this is the gated impulse
    linear recurrent layer, GILR, of Martin & Cundy (2018), of which the minimal GRU is what is left
    without an activation. There are :math:`2u(d + 1)` parameters for :math:`d` features and
    :math:`u` units.

    Args:
        units: size of the hidden state.
        activation: of the candidate, a name or a function; none by default.
        positive: whether the candidate is :math:`g(x_t W_h + b_h)`, with the g of `above_zero`, so
            that no state is below zero. `LinearRecurrence` then computes with logarithms, as the
            paper's code does: an initial state below zero, which has no logarithm, gives NaN.
        **kwargs: ``use_bias``, ``kernel_initializer`` and ``bias_initializer`` as in
            `SimpleRNNCell`; W is ``(features, 2 * units)``, b is ``(2 * units,)``, in the order of
            ``gate_names``.

    Raises:
        ValueError: when ``units`` is not a positive integer, an activation is unknown, or there is
            one with ``positive``.

    Example:
        >>> cell = MinGRUCell(32)
        >>> cell.build((None, 300))
        >>> cell.count_params()
        19264

    Source:
        Feng et al. (2024), "Were RNNs all we needed?", section 3.1 and, for ``positive``, appendix
        B; Martin & Cundy (2018), "Parallelizing linear recurrent neural nets over sequence length".
    """

    gate_names = ("update_gate", "candidate")

    def gates(self, projected, states):
        """Update gate and candidate; see `RecurrentCell.gates`. The states do not matter."""
        z, candidate = ops.split(projected, 2, axis=-1)
        return {"update_gate": ops.sigmoid(z), "candidate": self.activation(candidate)}

    def coefficients(self, projected):
        """z, and (1 - z) times the candidate; see `LinearCell.coefficients`."""
        z, candidate = self.gates(projected, ()).values()
        return z, (1 - z) * candidate

    def shares(self, projected):
        """Those of z and of 1 - z; see `LinearCell.shares`."""
        z, _ = ops.split(projected, 2, axis=-1)
        return z, -z


@keras.saving.register_keras_serializable("rnn_course")
class MinLSTMCell(LinearCell):
    r"""The minimal LSTM: its gates do not see the state, and are made to add up to one.

    .. math::

        i_t &= \sigma(x_t W_i + b_i) \\
        f_t &= \sigma(x_t W_f + b_f) \\
        \tilde h_t &= x_t W_h + b_h &&\text{candidate} \\
        h_t &= \frac{f_t}{f_t + i_t} \odot h_{t-1} + \frac{i_t}{f_t + i_t} \odot \tilde h_t
            &&\text{hidden state, the output}

    What `gates` calls input and forget gate are the two fractions. There are :math:`3u(d + 1)`
    parameters for :math:`d` features and :math:`u` units.

    Args:
        units: size of the hidden state.
        activation, positive: as in `MinGRUCell`; W is ``(features, 3 * units)``, b is
            ``(3 * units,)``, in the order of ``gate_names``.
        **kwargs: as in `MinGRUCell`.

    Raises:
        ValueError: as `MinGRUCell`.

    Example:
        >>> cell = MinLSTMCell(32)
        >>> cell.build((None, 300))
        >>> cell.count_params()
        28896

    Source:
        Feng et al. (2024), "Were RNNs all we needed?", section 3.2 and, for ``positive``, appendix
        B.
    """

    gate_names = ("input_gate", "forget_gate", "candidate")

    def gates(self, projected, states):
        """Input gate, forget gate and candidate; see `RecurrentCell.gates`."""
        f, i = map(ops.sigmoid, self.shares(projected))
        candidate = self.activation(projected[..., -self.units :])
        return {"input_gate": i, "forget_gate": f, "candidate": candidate}

    def coefficients(self, projected):
        """f, and i times the candidate; see `LinearCell.coefficients`."""
        i, f, candidate = self.gates(projected, ()).values()
        return f, i * candidate

    def shares(self, projected):
        """Those of the two fractions; see `LinearCell.shares`."""
        i, f, _ = ops.split(projected, 3, axis=-1)
        # f / (f + i) of two sigmoids is a sigmoid itself, which divides nothing by nothing.
        difference = ops.log_sigmoid(f) - ops.log_sigmoid(i)
        return difference, -difference


@keras.saving.register_keras_serializable("rnn_course")
class LinearRecurrence(RNN):
    r"""`RNN` for linear cells, :math:`h_t = a_t \odot h_{t-1} + b_t`, in a loop or as a tree.

    Everything that is not said here is as in `RNN`: masks, states, directions, saving. The backward
    pass is derived by hand in both walks, in `rnn_course.layers.scan`.

    Args:
        cell: a `MinGRUCell`, a `MinLSTMCell`, or another `LinearCell` that leaves ``step`` and
            ``call`` as they are.
        walk: ``"scan"``, as a tree: :math:`2 \log_2 n` rounds for n steps and more than twice the
            work of ``"loop"``, one step after the other. The same numbers, to rounding.
        **kwargs: those of `RNN`, except ``unroll``.

    Raises:
        ValueError: when ``walk`` is neither of the two, the cell is another, or there is
            ``unroll``; and as `RNN` raises it.

    Example:
        >>> layer = LinearRecurrence(MinGRUCell(4), return_sequences=True)
        >>> layer(ops.ones((2, 5, 3))).shape
        TensorShape([2, 5, 4])
    """

    def __init__(self, cell, *args, walk="scan", **kwargs):
        step = getattr(getattr(cell, "step", None), "__func__", None)
        if step is not LinearCell.step or cell.call.__func__ is not RecurrentCell.call:
            raise ValueError(
                "LinearRecurrence walks cells that are a * h + b: MinGRUCell, MinLSTMCell, and any "
                "LinearCell that leaves step and call as they are; "
                f"got {cell!r}, which RNN can walk"
            )
        super().__init__(cell, *args, **kwargs)
        check_walk(walk)
        if self.unroll:
            raise ValueError('unroll is for RNN; LinearRecurrence has walk="loop" or "scan"')
        self.walk = walk

    def get_config(self):
        """Everything needed to create the layer anew, without its weights."""
        return {**super().get_config(), "walk": self.walk}

    def _walk(self, sequences, initial_state, mask):
        return self._walk_by_hand(sequences, mask, *initial_state)

    def _states_along(self, projected, initial_state, mask):
        # What a cell of one's own overrides, the logarithms would not know.
        logarithms = self.cell.positive and type(self.cell) in (MinGRUCell, MinLSTMCell)
        of = self.cell.log_coefficients if logarithms else self.cell.coefficients
        options = dict(walk=self.walk, logarithms=logarithms, backward_pass=self.backward_pass)
        h = linear_recurrence(*of(in_single(projected)), *initial_state, mask, **options)
        h = ops.cast(h, projected.dtype)
        return h, [h[-1]]


def above_zero(x):
    r"""A candidate's activation that is never below zero; it has a corner at :math:`x = 0`.

    .. math::

        g(x) = \begin{cases} x + 1/2 & x \ge 0 \\ \sigma(x) & x < 0 \end{cases}

    Example:
        >>> ops.convert_to_numpy(above_zero(ops.array([0.0, 2.0]))).tolist()
        [0.5, 2.5]
    """
    return ops.where(x > 0, x + 0.5, ops.sigmoid(x))
