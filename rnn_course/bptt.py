r"""Backpropagation through time by hand: the three cells forward and backward in NumPy, float64.

All that a state needs to know of its input and of the state before is in the pre-activations,

.. math::

    a_t = x_t W + h_{t-1} U + b

with row vectors and the gates side by side, as Keras stores them (in the GRU's candidate the reset
gate comes in between: see `GRU`). So is all that a gradient needs:
once :math:`\partial L/\partial a_t` is known for every step, each weight's gradient is one product
over all of them, as the weights are the same at every step and their changes add up:

.. math::

    \frac{\partial L}{\partial W} = \sum_t x_t^\top \frac{\partial L}{\partial a_t}, \quad
    \frac{\partial L}{\partial U} = \sum_t h_{t-1}^\top \frac{\partial L}{\partial a_t}, \quad
    \frac{\partial L}{\partial b} = \sum_t \frac{\partial L}{\partial a_t}, \quad
    \frac{\partial L}{\partial x_t} = \frac{\partial L}{\partial a_t} W^\top

What is left to the loop from the last step to the first is a cell's ``backward_step``:
:math:`\partial L/\partial a_t` and the gradient of the state before, from that of the state after.

In the code ``dh`` is :math:`\partial L/\partial h`, ``da`` is :math:`\partial L/\partial a`, and so
on. Nothing here uses the layers, nor Keras: it is what they are held against.
"""

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

# An activation, and its derivative written in terms of the activation's own value y.
ACTIVATIONS = {
    "tanh": (np.tanh, lambda y: 1 - y**2),
    "relu": (lambda a: np.maximum(a, 0), lambda y: (y > 0).astype(float)),
    "sigmoid": (lambda a: (1 + np.tanh(a / 2)) / 2, lambda y: y * (1 - y)),  # exp would overflow
}


class Record(NamedTuple):
    """A forward pass: what it was given and every state it went through.

    Args:
        cell: the cell.
        weights: kernel, recurrent kernel and bias; the bias zero where none was given.
        inputs: ``(batch, timesteps, features)``.
        mask: ``(batch, timesteps)``, false where a step is padding.
        states: before the first and after every step, each ``(batch, timesteps + 1, units)``.
        outputs: ``(batch, timesteps, units)``.
        use_bias: whether a bias was given.
    """

    cell: "Cell"
    weights: tuple[np.ndarray, ...]
    inputs: np.ndarray
    mask: np.ndarray
    states: tuple[np.ndarray, ...]
    outputs: np.ndarray
    use_bias: bool

    @property
    def final_state(self):
        """The states after the last step, each ``(batch, units)``."""
        return tuple(state[:, -1] for state in self.states)


class Gradients(NamedTuple):
    """What a backward pass gives: the loss's gradient with respect to all that it depends on.

    Args:
        kernel, recurrent_kernel, bias: in the shapes of the weights; bias None where there is none.
        inputs: ``(batch, timesteps, features)``.
        initial_state: one ``(batch, units)`` a state.
        states: one ``(batch, timesteps, units)`` a state: all that reaches the state after step t,
            from the loss at t and from all later ones. For the LSTM, of :math:`h_t` at the same
            :math:`c_t`, and of :math:`c_t` at the same :math:`h_t`.
    """

    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    bias: np.ndarray | None
    inputs: np.ndarray
    initial_state: tuple[np.ndarray, ...]
    states: tuple[np.ndarray, ...]

    @property
    def weights(self):
        """The gradients of the weights as a list, in the order of Keras's ``get_weights``."""
        return [self.kernel, self.recurrent_kernel] + ([] if self.bias is None else [self.bias])


class Cell:
    """What a cell is made of: the parts that `forward` and `backward` put together.

    - ``gates(weights, x, h)``: of one step or, alike, of all steps: from the inputs and the hidden
      states before them, ``(..., features)`` and ``(..., units)``;
    - ``forward_step(weights, x, states)``: the states after a step from those before;
    - ``backward_step(weights, gates, before, after, gradients)``: from the states before and after
      a step, and the gradients of those after, the gradient of the pre-activations,
      ``(batch, gates * units)``, and those of the states before;
    - ``weight_gradients(gates, x, h, da)``: over all steps, in one product each.
    """

    gate_count = 1
    state_count = 1

    def __post_init__(self):
        for field in fields(self):
            name = getattr(self, field.name)
            if field.name.endswith("activation") and name not in ACTIVATIONS:
                raise ValueError(f"{field.name} must be one of {[*ACTIVATIONS]}, got {name!r}")

    @property
    def g(self):
        """The activation, and its derivative in terms of its value."""
        return ACTIVATIONS[self.activation]

    @property
    def sigma(self):
        """The gates' activation, and its derivative in terms of its value."""
        return ACTIVATIONS[self.recurrent_activation]

    def bias_shape(self, units):
        return (self.gate_count * units,)

    def weight_gradients(self, gates, x, h, da):
        return over_steps(x, da), over_steps(h, da), da.sum((0, 1))


@dataclass(frozen=True)
class SimpleRNN(Cell):
    r"""The simple recurrent network.

    .. math::

        h_t = g(a_t)

    .. math::

        \frac{\partial L}{\partial a_t} = \frac{\partial L}{\partial h_t} \odot g'(a_t), \qquad
        \frac{\partial L}{\partial h_{t-1}} \mathrel{+}= \frac{\partial L}{\partial a_t} U^\top

    Args:
        activation: :math:`g`: ``"tanh"``, ``"relu"`` or ``"sigmoid"``.

    Raises:
        ValueError: when the activation is none of these.
    """

    activation: str = "tanh"

    def gates(self, weights, x, h):
        W, U, b = weights
        g, _ = self.g
        return (g(x @ W + h @ U + b),)

    def forward_step(self, weights, x, states):
        return self.gates(weights, x, *states)

    def backward_step(self, weights, gates, before, after, gradients):
        _, U, _ = weights
        (h,), (dh,), (_, g_prime) = after, gradients, self.g
        da = dh * g_prime(h)
        return da, [da @ U.T]


@dataclass(frozen=True)
class LSTM(Cell):
    r"""Long short-term memory; the equations of the step are those of `rnn_course.layers.LSTMCell`.

    Backward, through :math:`h_t = o_t \odot \tanh(c_t)` first, which adds to what
    :math:`c_{t+1}` already said of :math:`c_t`:

    .. math::

        \frac{\partial L}{\partial c_t} &\mathrel{+}=
            \frac{\partial L}{\partial h_t} \odot o_t \odot \tanh'(c_t) \\
        \frac{\partial L}{\partial a_t} &= \left[
            \frac{\partial L}{\partial c_t} \odot \tilde c_t \odot \sigma'_i, \;
            \frac{\partial L}{\partial c_t} \odot c_{t-1} \odot \sigma'_f, \;
            \frac{\partial L}{\partial c_t} \odot i_t \odot \tanh'_c, \;
            \frac{\partial L}{\partial h_t} \odot \tanh(c_t) \odot \sigma'_o \right] \\
        \frac{\partial L}{\partial c_{t-1}} &= \frac{\partial L}{\partial c_t} \odot f_t, \qquad
        \frac{\partial L}{\partial h_{t-1}} \mathrel{+}= \frac{\partial L}{\partial a_t} U^\top

    Args:
        activation: what stands as tanh above.
        recurrent_activation: what stands as :math:`\sigma` above.

    Raises:
        ValueError: when an activation is not ``"tanh"``, ``"relu"`` or ``"sigmoid"``.
    """

    activation: str = "tanh"
    recurrent_activation: str = "sigmoid"
    gate_count = 4
    state_count = 2

    def gates(self, weights, x, h):
        W, U, b = weights
        (g, _), (sigma, _) = self.g, self.sigma
        i, f, c, o = np.split(x @ W + h @ U + b, 4, axis=-1)
        return sigma(i), sigma(f), g(c), sigma(o)

    def forward_step(self, weights, x, states):
        (h, c), (g, _) = states, self.g
        i, f, candidate, o = self.gates(weights, x, h)
        c = f * c + i * candidate
        return o * g(c), c

    def backward_step(self, weights, gates, before, after, gradients):
        _, U, _ = weights
        i, f, candidate, o = gates
        (_, c_before), (_, c), (dh, dc) = before, after, gradients
        (g, g_prime), (_, sigma_prime) = self.g, self.sigma
        dc = dc + dh * o * g_prime(g(c))
        da = [
            dc * candidate * sigma_prime(i),
            dc * c_before * sigma_prime(f),
            dc * i * g_prime(candidate),
            dh * g(c) * sigma_prime(o),
        ]
        da = np.concatenate(da, axis=-1)
        return da, [da @ U.T, dc * f]


@dataclass(frozen=True)
class GRU(Cell):
    r"""Gated recurrent unit; the equations of the step are those of `rnn_course.layers.GRUCell`.

    Backward, with :math:`k_t` the share of the old state that is kept, :math:`z_t` or
    :math:`1 - z_t`, and the sign of :math:`\partial k_t/\partial z_t`:

    .. math::

        \frac{\partial L}{\partial a^z_t} &= \pm \frac{\partial L}{\partial h_t} \odot
            (h_{t-1} - \tilde h_t) \odot \sigma'_z, \qquad
        \frac{\partial L}{\partial a^h_t} = \frac{\partial L}{\partial h_t} \odot (1 - k_t)
            \odot \tanh'_h \\
        \frac{\partial L}{\partial a^r_t} &= \frac{\partial L}{\partial a^h_t} \odot
            (h_{t-1} U_h + b'_h) \odot \sigma'_r &&\text{reset after} \\
        \frac{\partial L}{\partial a^r_t} &= \frac{\partial L}{\partial a^h_t} U_h^\top \odot
            h_{t-1} \odot \sigma'_r &&\text{reset before}

    and :math:`\partial L/\partial h_{t-1}` gathers what comes through :math:`k_t`, the two gates
    and the candidate. Unlike in the module's formula, the gradient of :math:`U_h` has :math:`r_t`
    in it:

    .. math::

        \frac{\partial L}{\partial U_h} &= \sum_t h_{t-1}^\top
            \Big(\frac{\partial L}{\partial a^h_t} \odot r_t\Big) &&\text{reset after} \\
        \frac{\partial L}{\partial U_h} &= \sum_t (r_t \odot h_{t-1})^\top
            \frac{\partial L}{\partial a^h_t} &&\text{reset before}

    Args:
        activation: what stands as tanh above.
        recurrent_activation: what stands as :math:`\sigma` above.
        reset_after: whether the reset gate acts after the recurrent product; then the bias is
            ``(2, 3 * units)``: that of the input and that of the recurrent product.
        update_gate: ``"keep"`` or ``"write"``: which share :math:`z_t` is.

    Raises:
        ValueError: when an activation is not ``"tanh"``, ``"relu"`` or ``"sigmoid"``, or
            ``update_gate`` is neither of the two.
    """

    activation: str = "tanh"
    recurrent_activation: str = "sigmoid"
    reset_after: bool = True
    update_gate: str = "keep"
    gate_count = 3

    def __post_init__(self):
        super().__post_init__()
        if self.update_gate not in ("keep", "write"):
            raise ValueError(f'update_gate must be "keep" or "write", got {self.update_gate!r}')

    def bias_shape(self, units):
        return (2, 3 * units) if self.reset_after else (3 * units,)

    def gates(self, weights, x, h):
        """z, r and the candidate, and the recurrent product that a reset after it acts on."""
        W, U, b = weights
        (g, _), (sigma, _), u = self.g, self.sigma, h.shape[-1]
        b, b_recurrent = b if self.reset_after else (b, 0)
        x_z, x_r, x_h = np.split(x @ W + b, 3, axis=-1)
        if self.reset_after:
            h_z, h_r, h_h = np.split(h @ U + b_recurrent, 3, axis=-1)
            r = sigma(x_r + h_r)
            candidate = g(x_h + r * h_h)
        else:
            h_z, h_r = np.split(h @ U[:, : 2 * u], 2, axis=-1)
            r = sigma(x_r + h_r)
            h_h = (r * h) @ U[:, 2 * u :]
            candidate = g(x_h + h_h)
        return sigma(x_z + h_z), r, candidate, h_h

    def shares(self, z):
        """How much of the old state is kept, and how much of the candidate is written."""
        return (z, 1 - z) if self.update_gate == "keep" else (1 - z, z)

    def forward_step(self, weights, x, states):
        (h,) = states
        z, _, candidate, _ = self.gates(weights, x, h)
        keep, write = self.shares(z)
        return (keep * h + write * candidate,)

    def backward_step(self, weights, gates, before, after, gradients):
        _, U, _ = weights
        z, r, candidate, h_h = gates
        (h,), (dh,), u = before, gradients, z.shape[-1]
        (_, g_prime), (_, sigma_prime) = self.g, self.sigma
        keep, write = self.shares(z)
        sign = 1 if self.update_gate == "keep" else -1
        da_z = sign * dh * (h - candidate) * sigma_prime(z)
        da_h = dh * write * g_prime(candidate)
        if self.reset_after:
            da_r = da_h * h_h * sigma_prime(r)
            dh = dh * keep + np.concatenate([da_z, da_r, da_h * r], axis=-1) @ U.T
        else:
            d_reset = da_h @ U[:, 2 * u :].T  # the gradient of r * h
            da_r = d_reset * h * sigma_prime(r)
            dh = dh * keep + d_reset * r + np.concatenate([da_z, da_r], -1) @ U[:, : 2 * u].T
        return np.concatenate([da_z, da_r, da_h], axis=-1), [dh]

    def weight_gradients(self, gates, x, h, da):
        _, r, _, _ = gates
        kernel, db = over_steps(x, da), da.sum((0, 1))
        da_gates, da_h = np.split(da, [2 * r.shape[-1]], axis=-1)
        if self.reset_after:
            da = np.concatenate([da_gates, da_h * r], axis=-1)
            return kernel, over_steps(h, da), np.stack([db, da.sum((0, 1))])
        return kernel, np.hstack([over_steps(h, da_gates), over_steps(r * h, da_h)]), db


def over_steps(left, right):
    r"""The sum over batch and time of :math:`l_t^\top r_t`, as one product."""
    return left.reshape(-1, left.shape[-1]).T @ right.reshape(-1, right.shape[-1])


def forward(cell, weights, inputs, initial_state=None, mask=None):
    """Run a cell along sequences and remember its states.

    A masked step holds the state and repeats the output before it, zeros where there is none: as
    Keras's ``RNN`` does.

    Args:
        cell: a `SimpleRNN`, `LSTM` or `GRU`.
        weights: kernel ``(features, gates * units)``, recurrent kernel ``(units, gates * units)``
            and, if there is one, bias: what Keras's ``get_weights`` gives.
        inputs: ``(batch, timesteps, features)``, at least one step.
        initial_state: the states before the first step, each ``(batch, units)``; zeros by default.
        mask: ``(batch, timesteps)``, false where a step is padding; none by default.

    Returns:
        A `Record`; its ``outputs`` are ``(batch, timesteps, units)``.

    Raises:
        ValueError: when a shape does not fit the others.

    Example:
        >>> record = forward(SimpleRNN("relu"), [[[1.0]], [[0.5]]], [[[1.0], [0.0], [0.0]]])
        >>> record.outputs.tolist()
        [[[1.0], [0.5], [0.25]]]
    """
    inputs = np.asarray(inputs, float)
    if inputs.ndim != 3 or not inputs.shape[1]:
        raise ValueError(
            "inputs must have shape (batch, timesteps, features), at least one step, "
            f"got {inputs.shape}"
        )
    batch, timesteps, features = inputs.shape
    use_bias, weights = len(weights) > 2, _checked_weights(cell, weights, features)
    units = len(weights[1])
    mask = np.ones((batch, timesteps)) if mask is None else np.asarray(mask)
    _check("mask", mask, (batch, timesteps))
    mask = mask.astype(bool)
    states = _checked_states("initial_state", initial_state, cell, (batch, units))
    trace = [states]
    for t in range(timesteps):
        new = cell.forward_step(weights, inputs[:, t], states)
        states = [np.where(mask[:, t, None], *pair) for pair in zip(new, states, strict=True)]
        trace.append(states)
    states = tuple(np.stack(state, axis=1) for state in zip(*trace, strict=True))
    outputs = states[0][:, 1:] * _has_output(mask)
    return Record(cell, weights, inputs, mask, states, outputs, use_bias)


def backward(record, output_gradients=None, final_state_gradients=None, truncate=None):
    r"""Backpropagation through time.

    Truncated, the time steps are cut into blocks of :math:`k_1`, and the losses of a block reach
    the block itself, the :math:`k_2 - k_1` steps before it and no further back: the state before
    those counts as a constant. Every loss is counted once.

    - :math:`k_1 = k_2 = k`: blocks on their own, as in stateful training, where each starts from
      the state with which the one before ended.
    - :math:`k_1 = 1`: the loss at t reaches the steps :math:`t - k_2 + 1, \dots, t`.

    Args:
        record: what `forward` gave.
        output_gradients: :math:`\partial L/\partial y_t` of every output's own loss, ``(batch,
            timesteps, units)``; zeros by default.
        final_state_gradients: of a loss on the states after the last step, each ``(batch,
            units)``; zeros by default.
        truncate: :math:`(k_1, k_2)`, in steps, :math:`k_1 \le k_2`; not truncated by default.

    Returns:
        `Gradients`.

    Raises:
        ValueError: when a shape does not fit the record, or ``truncate`` is not such a pair.

    Example:
        >>> record = forward(SimpleRNN("relu"), [[[1.0]], [[0.5]]], [[[1.0], [0.0], [0.0]]])
        >>> backward(record, [[[0.0], [0.0], [1.0]]]).states[0].tolist()
        [[[0.25], [0.5], [1.0]]]
        >>> backward(record, [[[0.0], [0.0], [1.0]]], truncate=(1, 2)).states[0].tolist()
        [[[0.0], [0.5], [1.0]]]

    Source:
        Werbos (1990), "Backpropagation through time: what it does and how to do it"; truncated:
        Williams & Peng (1990), "An efficient gradient-based algorithm for on-line training of
        recurrent network trajectories", there BPTT(h; h') with h = k2 and h' = k1.
    """
    cell, weights, inputs, mask, states, outputs, use_bias = record
    batch, timesteps, units = outputs.shape
    dy = np.zeros_like(outputs) if output_gradients is None else np.asarray(output_gradients, float)
    _check("output_gradients", dy, outputs.shape)
    dy = dy * _has_output(mask)
    d_final = _checked_states("final_state_gradients", final_state_gradients, cell, (batch, units))
    nothing = [np.zeros((batch, units))] * cell.state_count
    k1, k2 = _checked_truncation(truncate, timesteps)

    before = [state[:, :-1] for state in states]
    gates = cell.gates(weights, inputs, before[0])  # of all steps in one product
    da = np.zeros((batch, timesteps, weights[0].shape[1]))
    d_states = [np.zeros_like(state) for state in states]  # at 0 the initial state
    for start in range(0, timesteps, k1):  # the block of steps start + 1 to start + k1
        end, constant = min(start + k1, timesteps), max(start + k1 - k2, 0)
        ds = d_final if end == timesteps else nothing
        for t in reversed(range(constant, end)):  # from the state after step t + 1 to that before
            if t >= start:
                ds = [ds[0] + dy[:, t], *ds[1:]]
            for total, d in zip(d_states, ds, strict=True):
                total[:, t + 1] += d
            da_t, ds_before = cell.backward_step(
                weights,
                [gate[:, t] for gate in gates],
                [state[:, t] for state in states],
                [state[:, t + 1] for state in states],
                ds,
            )
            real = mask[:, t, None]
            da[:, t] += np.where(real, da_t, 0)
            ds = [np.where(real, *pair) for pair in zip(ds_before, ds, strict=True)]
        if constant == 0:
            for total, d in zip(d_states, ds, strict=True):
                total[:, 0] += d

    kernel, recurrent_kernel, bias = cell.weight_gradients(gates, inputs, before[0], da)
    return Gradients(
        kernel,
        recurrent_kernel,
        bias if use_bias else None,
        da @ weights[0].T,
        tuple(d[:, 0] for d in d_states),
        tuple(d[:, 1:] for d in d_states),
    )


def _has_output(mask):
    """1 from a row's first step that is not masked, 0 before, where the output is zero."""
    return np.logical_or.accumulate(mask, axis=1)[..., None].astype(float)


def _checked_weights(cell, weights, features):
    if len(weights) not in (2, 3):
        raise ValueError(
            f"weights must be kernel, recurrent kernel and, if any, bias, got {len(weights)} arrays"
        )
    weights = [np.asarray(w, float) for w in weights]
    units = weights[1].shape[0] if weights[1].ndim else 0
    columns = cell.gate_count * units
    shapes = [(features, columns), (units, columns), cell.bias_shape(units)]
    if len(weights) == 2:
        weights.append(np.zeros(shapes[2]))
    for name, w, shape in zip(("kernel", "recurrent_kernel", "bias"), weights, shapes, strict=True):
        _check(name, w, shape)
    return tuple(weights)


def _checked_states(name, states, cell, shape):
    if states is None:
        return [np.zeros(shape)] * cell.state_count
    if len(states) != cell.state_count:
        raise ValueError(f"{name} must hold {cell.state_count} array(s), got {len(states)}")
    states = [np.asarray(state, float) for state in states]
    for i, state in enumerate(states):
        _check(f"{name}[{i}]", state, shape)
    return states


def _checked_truncation(truncate, timesteps):
    if truncate is None:
        return timesteps, timesteps
    match truncate:
        case (int(k1), int(k2)) if 0 < k1 <= k2:
            return k1, k2
    raise ValueError(f"truncate must be None or integers (k1, k2), 0 < k1 <= k2, got {truncate!r}")


def _check(name, array, shape):
    if array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
