r"""The three recurrent cells: one time step each, every gate by its name.

A cell is ``project`` followed by ``step``:

- ``project(inputs)`` is the part of the equations that does not see the state, ``W x + b`` for all
  gates at once. `rnn_course.layers.RNN` does it for a whole sequence in one product.
- ``step(projected, states)`` is the recurrence.
- ``gates(projected, states)`` are the same intermediate values by name, for looking at them.

Row vectors, as Keras stores them: an input of shape ``(batch, features)`` is multiplied from the
right by ``kernel`` (W, ``(features, gates * units)``), the previous output by ``recurrent_kernel``
(U, ``(units, gates * units)``). Weight names, gate order and defaults are those of
``keras.layers.SimpleRNNCell``, ``LSTMCell`` and ``GRUCell``, so ``set_weights`` moves weights to
and from them.
"""

import keras
from keras import ops

from rnn_course.checks import check_sizes


class RecurrentCell(keras.layers.Layer):
    """What the three cells share: their weights, the input projection and Keras's cell contract.

    A subclass names its ``gate_names`` in the order in which Keras stores their weights and
    its ``state_names``, output first, and defines ``gates`` and ``step``.
    """

    gate_names: tuple[str, ...] = ()
    state_names: tuple[str, ...] = ("hidden_state",)

    def __init__(
        self,
        units,
        activation="tanh",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_sizes(units=units)
        self.units = units
        self.activation = get_activation("activation", activation)
        self.use_bias = use_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.recurrent_initializer = keras.initializers.get(recurrent_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)

    @property
    def state_size(self):
        """Units of each state: an integer for one state, a list for several."""
        return self.units if len(self.state_names) == 1 else [self.units] * len(self.state_names)

    @property
    def output_size(self):
        """Units of the output, which is the first state."""
        return self.units

    def build(self, input_shape):
        """Create the weights for inputs of shape ``(batch, features)``."""
        if len(input_shape) != 2 or input_shape[-1] is None:
            raise ValueError(
                f"{type(self).__name__} takes one time step, inputs of shape (batch, features) "
                f"with a known number of features, got {tuple(input_shape)}; "
                "to run it along a sequence wrap it: RNN(cell)"
            )
        columns = self._columns()
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], columns), initializer=self.kernel_initializer
        )
        self._add_recurrent_kernel(columns)
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias", shape=self._bias_shape(columns), initializer=self._initial_bias
            )

    def _columns(self):
        return len(self.gate_names) * self.units

    def _add_recurrent_kernel(self, columns):
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(self.units, columns),
            initializer=self.recurrent_initializer,
        )

    def _bias_shape(self, columns):
        return (columns,)

    def _initial_bias(self, shape, dtype=None):
        # Here, not by `assign` in `build`: Keras drops that where `fit` builds the layer.
        return self.bias_initializer(shape, dtype=dtype)

    @property
    def input_bias(self):
        """The bias that belongs to the input projection, ``(gates * units,)``, or None."""
        return self.bias

    def project(self, inputs):
        r"""The part of all gates that does not depend on the state: :math:`x W + b`.

        Args:
            inputs: ``(..., features)``; one step ``(batch, features)`` or a whole sequence
                ``(batch, timesteps, features)``.

        Returns:
            ``(..., gates * units)``, gates in the order of ``gate_names``.

        Raises:
            ValueError: when the features are not as many as the kernel has rows.
        """
        self.check_features(inputs.shape)
        projected = ops.dot(inputs, self.kernel)  # dot, as matmul would batch the 2-d kernel
        return projected if self.input_bias is None else projected + self.input_bias

    def check_features(self, shape):
        """Raise a ValueError when the features are not as many as the kernel has rows."""
        features = self.kernel.shape[0]
        if shape[-1] != features:
            raise ValueError(
                f"{type(self).__name__} was built for inputs of {features} features, "
                f"got inputs of shape {tuple(shape)}"
            )

    def gates(self, projected, states):
        """The gates, and the candidate, of one step by name.

        Args:
            projected: what ``project`` gave for this step, ``(batch, gates * units)``.
            states: the states before this step, each ``(batch, units)``.

        Returns:
            A dictionary from each of ``gate_names`` to ``(batch, units)``.
        """
        raise NotImplementedError

    def step(self, projected, states):
        """One step of the recurrence.

        Args:
            projected: what ``project`` gave for this step, ``(batch, gates * units)``.
            states: the states before this step in the order of ``state_names``, each
                ``(batch, units)``.

        Returns:
            The output, ``(batch, units)``, and the list of new states.
        """
        raise NotImplementedError

    def call(self, inputs, states):
        """``step(project(inputs), states)``: Keras's cell contract."""
        return self.step(self.project(inputs), states)

    def get_initial_state(self, batch_size=None):
        """Zeros: the state before the first step, one ``(batch_size, units)`` a state."""
        return [ops.zeros((batch_size, self.units), self.compute_dtype) for _ in self.state_names]

    def get_config(self):
        """Everything needed to create the cell anew, without its weights."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "recurrent_initializer": keras.initializers.serialize(self.recurrent_initializer),
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
        }


@keras.saving.register_keras_serializable("rnn_course")
class SimpleRNNCell(RecurrentCell):
    r"""The simple recurrent network of Elman (1990).

    .. math::

        h_t = g(x_t W + h_{t-1} U + b)

    with the activation :math:`g`: ``"tanh"``, ``"relu"`` or ``"sigmoid"`` in this course, any of
    Keras's in general. The output is the hidden state :math:`h_t`.

    Args:
        units: size of the hidden state.
        activation: :math:`g`, a name or a function.
        use_bias: whether there is a :math:`b`.
        kernel_initializer: how W starts, ``(features, units)``.
        recurrent_initializer: how U starts, ``(units, units)``.
        bias_initializer: how b starts, ``(units,)``.

    Raises:
        ValueError: when ``units`` is not a positive integer or an activation is unknown.

    Example:
        >>> from keras import ops
        >>> cell = SimpleRNNCell(2)
        >>> output, states = cell(ops.ones((1, 3)), cell.get_initial_state(batch_size=1))
        >>> output.shape, len(states)
        (TensorShape([1, 2]), 1)

    Source:
        Elman (1990), "Finding structure in time".
    """

    gate_names = ("candidate",)

    def gates(self, projected, states):
        """The new state under the name ``candidate``: nothing gates it."""
        (h,) = states
        return {"candidate": self.activation(projected + ops.matmul(h, self.recurrent_kernel))}

    def step(self, projected, states):
        """``h = g(projected + h U)``; see `RecurrentCell.step`."""
        h = self.gates(projected, states)["candidate"]
        return h, [h]


class GatedCell(RecurrentCell):
    """A cell whose gates have an activation of their own, a sigmoid by default."""

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", **kwargs):
        super().__init__(units, activation, **kwargs)
        self.recurrent_activation = get_activation("recurrent_activation", recurrent_activation)

    def get_config(self):
        """Everything needed to create the cell anew, without its weights."""
        return {
            **super().get_config(),
            "recurrent_activation": keras.activations.serialize(self.recurrent_activation),
        }


@keras.saving.register_keras_serializable("rnn_course")
class LSTMCell(GatedCell):
    r"""Long short-term memory with a forget gate.

    .. math::

        i_t &= \sigma(x_t W_i + h_{t-1} U_i + b_i) &&\text{input gate} \\
        f_t &= \sigma(x_t W_f + h_{t-1} U_f + b_f) &&\text{forget gate} \\
        \tilde c_t &= \tanh(x_t W_c + h_{t-1} U_c + b_c) &&\text{candidate} \\
        o_t &= \sigma(x_t W_o + h_{t-1} U_o + b_o) &&\text{output gate} \\
        c_t &= f_t \odot c_{t-1} + i_t \odot \tilde c_t &&\text{cell state} \\
        h_t &= o_t \odot \tanh(c_t) &&\text{hidden state, the output}

    There are :math:`4u(d + u + 1)` parameters for :math:`d` features and :math:`u` units.

    Args:
        units: size of the hidden state and of the cell state.
        activation: what stands as tanh above, a name or a function.
        recurrent_activation: what stands as :math:`\sigma` above.
        unit_forget_bias: whether :math:`b_f` starts at one, so that the cell starts by remembering
            (Jozefowicz et al. 2015).
        **kwargs: ``use_bias``, ``kernel_initializer``, ``recurrent_initializer`` and
            ``bias_initializer`` as in `SimpleRNNCell`; W is ``(features, 4 * units)``, U is
            ``(units, 4 * units)``, b is ``(4 * units,)``, in the order of ``gate_names``.

    Raises:
        ValueError: when ``units`` is not a positive integer or an activation is unknown.

    Example:
        >>> cell = LSTMCell(32)
        >>> cell.build((None, 300))
        >>> cell.count_params()
        42624

    Source:
        Hochreiter & Schmidhuber (1997); the forget gate is from Gers, Schmidhuber & Cummins (2000).
    """

    gate_names = ("input_gate", "forget_gate", "candidate", "output_gate")
    state_names = ("hidden_state", "cell_state")

    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
        unit_forget_bias=True,
        **kwargs,
    ):
        super().__init__(units, activation, recurrent_activation, **kwargs)
        self.unit_forget_bias = unit_forget_bias

    def _initial_bias(self, shape, dtype=None):
        bias = super()._initial_bias(shape, dtype)
        if not self.unit_forget_bias:
            return bias
        i, f, c, o = ops.split(bias, 4)
        return ops.concatenate([i, ops.ones_like(f), c, o])

    def gates(self, projected, states):
        """Input gate, forget gate, candidate and output gate; see `RecurrentCell.gates`."""
        h, _ = states
        i, f, c, o = ops.split(projected + ops.matmul(h, self.recurrent_kernel), 4, axis=-1)
        return {
            "input_gate": self.recurrent_activation(i),
            "forget_gate": self.recurrent_activation(f),
            "candidate": self.activation(c),
            "output_gate": self.recurrent_activation(o),
        }

    def step(self, projected, states):
        """``c = f * c + i * candidate``, ``h = o * tanh(c)``; see `RecurrentCell.step`."""
        _, c = states
        i, f, candidate, o = self.gates(projected, states).values()
        c = f * c + i * candidate
        h = o * self.activation(c)
        return h, [h, c]

    def get_config(self):
        """Everything needed to create the cell anew, without its weights."""
        return {**super().get_config(), "unit_forget_bias": self.unit_forget_bias}


@keras.saving.register_keras_serializable("rnn_course")
class GRUCell(GatedCell):
    r"""Gated recurrent unit.

    .. math::

        z_t &= \sigma(x_t W_z + h_{t-1} U_z + b_z) &&\text{update gate} \\
        r_t &= \sigma(x_t W_r + h_{t-1} U_r + b_r) &&\text{reset gate} \\
        \tilde h_t &= \tanh(x_t W_h + r_t \odot (h_{t-1} U_h + b'_h) + b_h)
            &&\text{candidate, reset after} \\
        \tilde h_t &= \tanh(x_t W_h + (r_t \odot h_{t-1}) U_h + b_h)
            &&\text{candidate, reset before} \\
        h_t &= z_t \odot h_{t-1} + (1 - z_t) \odot \tilde h_t &&\text{z keeps} \\
        h_t &= (1 - z_t) \odot h_{t-1} + z_t \odot \tilde h_t &&\text{z writes}

    The two positions of the reset gate are different functions. The two readings of the update
    gate are one function: as :math:`\sigma(-a) = 1 - \sigma(a)`, negating :math:`W_z`, :math:`U_z`
    and :math:`b_z` turns one into the other.

    Args:
        units: size of the hidden state.
        activation: what stands as tanh above, a name or a function.
        recurrent_activation: what stands as :math:`\sigma` above.
        reset_after: whether the reset gate acts after the recurrent product (as in Keras, cuDNN
            and PyTorch) or before it (Cho et al. 2014). With it the bias is a pair, one added to
            the input projection and one to the recurrent product: ``(2, 3 * units)``.
        update_gate: ``"keep"`` when :math:`z_t` is the share of the old state that is kept (as in
            Keras and PyTorch), ``"write"`` when it is the share of the candidate that is written.
        **kwargs: ``use_bias``, ``kernel_initializer``, ``recurrent_initializer`` and
            ``bias_initializer`` as in `SimpleRNNCell`; W is ``(features, 3 * units)``, U is
            ``(units, 3 * units)``, in the order of ``gate_names``.

    Raises:
        ValueError: when ``units`` is not a positive integer, ``update_gate`` is neither of the two
            or an activation is unknown.

    Example:
        >>> cell = GRUCell(32, reset_after=False)
        >>> cell.build((None, 300))
        >>> cell.count_params()
        31968

    Source:
        Cho et al. (2014), equations 5 to 8; the variants are compared in Chung et al. (2014).
    """

    gate_names = ("update_gate", "reset_gate", "candidate")

    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
        reset_after=True,
        update_gate="keep",
        **kwargs,
    ):
        super().__init__(units, activation, recurrent_activation, **kwargs)
        if update_gate not in ("keep", "write"):
            raise ValueError(f'update_gate must be "keep" or "write", got {update_gate!r}')
        self.reset_after = reset_after
        self.update_gate = update_gate

    def _bias_shape(self, columns):
        return (2, columns) if self.reset_after else (columns,)

    @property
    def input_bias(self):
        """The bias that belongs to the input projection, ``(3 * units,)``, or None."""
        return self.bias[0] if self.use_bias and self.reset_after else self.bias

    def gates(self, projected, states):
        """Update gate, reset gate and candidate; see `RecurrentCell.gates`."""
        (h,) = states
        x_z, x_r, x_h = ops.split(projected, 3, axis=-1)
        if self.reset_after:
            recurrent = ops.matmul(h, self.recurrent_kernel)
            if self.use_bias:
                recurrent = recurrent + self.bias[1]
            h_z, h_r, h_h = ops.split(recurrent, 3, axis=-1)
            r = self.recurrent_activation(x_r + h_r)
            candidate = x_h + r * h_h
        else:
            gate_columns = 2 * self.units
            h_z, h_r = ops.split(ops.matmul(h, self.recurrent_kernel[:, :gate_columns]), 2, axis=-1)
            r = self.recurrent_activation(x_r + h_r)
            candidate = x_h + ops.matmul(r * h, self.recurrent_kernel[:, gate_columns:])
        return {
            "update_gate": self.recurrent_activation(x_z + h_z),
            "reset_gate": r,
            "candidate": self.activation(candidate),
        }

    def step(self, projected, states):
        """A mixture of the old state and the candidate; see `RecurrentCell.step`."""
        (h,) = states
        z, _, candidate = self.gates(projected, states).values()
        keep, write = (z, 1 - z) if self.update_gate == "keep" else (1 - z, z)
        h = keep * h + write * candidate
        return h, [h]

    def get_config(self):
        """Everything needed to create the cell anew, without its weights."""
        return {
            **super().get_config(),
            "reset_after": self.reset_after,
            "update_gate": self.update_gate,
        }


CELLS = {"simple_rnn": SimpleRNNCell, "lstm": LSTMCell, "gru": GRUCell}


def get_activation(argument, identifier):
    """Keras's activation function of that name, or a message that names the argument.

    Args:
        argument: the name of the argument, for the message.
        identifier: a name Keras knows, a function, or None for the identity.

    Returns:
        The function.

    Raises:
        ValueError: when Keras knows no such activation.
    """
    try:
        return keras.activations.get(identifier)
    except (ValueError, TypeError):
        raise ValueError(
            f'{argument} must be the name of a Keras activation ("tanh", "relu", "sigmoid", …) '
            f"or a function, got {identifier!r}"
        ) from None


def make_cell(cell, units, **kwargs):
    """A cell by its short name, as the models take it.

    Args:
        cell: ``"simple_rnn"``, ``"lstm"`` or ``"gru"``.
        units: size of its state.
        **kwargs: further arguments of the cell.

    Returns:
        A new `SimpleRNNCell`, `LSTMCell` or `GRUCell`.

    Raises:
        ValueError: when there is no cell of that name.

    Example:
        >>> make_cell("gru", 8).units
        8
    """
    if cell not in CELLS:
        raise ValueError(f"cell must be one of {sorted(CELLS)}, got {cell!r}")
    return CELLS[cell](units, **kwargs)
