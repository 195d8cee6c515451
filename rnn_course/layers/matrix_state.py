r"""A cell whose state is a matrix: a memory that is written and read by keys.

.. math::

    S_t = f_t S_{t-1} + i_t\, k_t^\top v_t, \qquad y_t = q_t S_t

Written out, :math:`y_t` is attention without a softmax,

.. math::

    y_t = \sum_{s \le t} i_s \Bigl(\prod_{r = s + 1}^{t} f_r\Bigr) (q_t k_s^\top)\, v_s

so that a recurrence whose state does not grow does what attention does with all of the past at
hand. The price: keys get in each other's way once there are more of them than the matrix has rows.
The delta rule looks up first what is there at a key, and writes only what is wrong about it.
"""

import keras
from keras import ops

from rnn_course.checks import check_sizes
from rnn_course.layers.cells import RecurrentCell

FORGET_BIAS = 4.0  # a sigmoid of 0.982: half of what is written is there after 38 steps


@keras.saving.register_keras_serializable("rnn_course")
class GatedDeltaCell(RecurrentCell):
    r"""A memory of values by keys, with gates, and the delta rule to write it.

    .. math::

        q_t &= x_t W_q / \lVert x_t W_q \rVert &&\text{query} \\
        k_t &= x_t W_k / \lVert x_t W_k \rVert &&\text{key} \\
        v_t &= x_t W_v &&\text{value} \\
        i_t &= \sigma(x_t W_i) &&\text{input gate, a number} \\
        f_t &= \sigma(x_t W_f) &&\text{forget gate, a number} \\
        S_t &= f_t S_{t-1} + i_t\, k_t^\top (v_t - k_t\, f_t S_{t-1}) &&\text{memory} \\
        y_t &= q_t S_t &&\text{the output}

    Each of the five products has a bias too, not written here. :math:`k_t\, f_t S_{t-1}` is what
    the memory has at the key. With ``rule="add"`` that does not matter, and :math:`v_t` is added to
    it: a linear attention with a gate. With ``forget=False`` :math:`f_t = 1`: the delta rule of
    fast weights, or plain linear attention. The paper's letters for the two gates are
    :math:`\beta_t` and :math:`\alpha_t`.

    It is the recurrence of Gated DeltaNet with one head, without the convolutions, the activations
    of q, k and v, and the normalised and gated output that its layer has around it.

    Args:
        units: size of a value and of the output, :math:`u`.
        key_size: size of a key; the state is :math:`S`, ``(batch, key_size * units)``, flat, row
            after row.
        rule: ``"delta"`` or ``"add"``.
        forget: whether there is a forget gate.
        **kwargs: ``use_bias``, ``kernel_initializer`` and ``bias_initializer`` as in
            `SimpleRNNCell`; the columns of W and b are in the order of ``gate_names``. The bias of
            the forget gate starts at 4, so that the cell starts by remembering.

    Raises:
        ValueError: when a size is not a positive integer, or ``rule`` is neither of the two.

    Example:
        >>> from rnn_course.layers import RNN
        >>> layer = RNN(GatedDeltaCell(4, key_size=3), return_state=True)
        >>> output, memory = layer(ops.ones((2, 5, 6)))
        >>> output.shape, memory.shape
        (TensorShape([2, 4]), TensorShape([2, 12]))

    Source:
        Yang, Kautz & Hatamizadeh (2024), "Gated delta networks", equation 10; Schlag, Irie &
        Schmidhuber (2021), "Linear transformers are secretly fast weight programmers", for the rule
        without a gate; Katharopoulos et al. (2020), "Transformers are RNNs", for ``"add"``.
    """

    state_names = ("memory",)

    def __init__(self, units, key_size, rule="delta", forget=True, **kwargs):
        super().__init__(units, activation=None, recurrent_initializer=None, **kwargs)
        check_sizes(key_size=key_size)
        if rule not in ("delta", "add"):
            raise ValueError(f'rule must be "delta" or "add", got {rule!r}')
        self.key_size = key_size
        self.rule = rule
        self.forget = forget

    @property
    def sizes(self):
        """Of each of the gates."""
        sizes = {"query": self.key_size, "key": self.key_size, "value": self.units, "input_gate": 1}
        return sizes | ({"forget_gate": 1} if self.forget else {})

    @property
    def gate_names(self):
        """Query, key, value, input gate and, if there is one, forget gate."""
        return tuple(self.sizes)

    @property
    def state_size(self):
        """Numbers of the memory."""
        return self.key_size * self.units

    def _columns(self):
        return sum(self.sizes.values())

    def _add_recurrent_kernel(self, columns):
        """There is none: the memory is read by queries."""

    def _initial_bias(self, shape, dtype=None):
        bias = super()._initial_bias(shape, dtype)
        if not self.forget:
            return bias
        return ops.concatenate([bias[:-1], ops.full_like(bias[-1:], FORGET_BIAS)])

    def gates(self, projected, states):
        """Query, key, value and gates by name; see `RecurrentCell.gates`."""
        gates, start = {}, 0
        for name, size in self.sizes.items():
            gates[name] = projected[..., start : start + size]
            start += size
        for name in ("query", "key"):
            squares = ops.sum(ops.square(gates[name]), axis=-1, keepdims=True)
            gates[name] = gates[name] * ops.rsqrt(squares + 1e-6)
        return gates | {
            name: ops.sigmoid(gate) for name, gate in gates.items() if name.endswith("_gate")
        }

    def step(self, projected, states):
        """Forget, look up, write, read; see `RecurrentCell.step`."""
        q, k, v, i, *f = self.gates(projected, states).values()
        S = ops.reshape(states[0], (-1, self.key_size, self.units))  # (batch, keys, units)
        if self.forget:
            S = f[0][:, None] * S
        there = read(k, S) if self.rule == "delta" else 0.0
        S = S + (i * k)[:, :, None] * (v - there)[:, None]
        return read(q, S), [ops.reshape(S, (-1, self.state_size))]

    def get_initial_state(self, batch_size=None):
        """Zeros: an empty memory, ``(batch_size, key_size * units)``."""
        return [ops.zeros((batch_size, self.state_size), self.compute_dtype)]

    def get_config(self):
        """Everything needed to create the cell anew, without its weights."""
        config = super().get_config()
        del config["activation"], config["recurrent_initializer"]
        return config | {"key_size": self.key_size, "rule": self.rule, "forget": self.forget}


def read(key, S):
    """What a memory has at a key, ``key S``: ``(batch, units)``."""
    return ops.sum(key[:, :, None] * S, axis=1)
