r"""The recurrence with its backward pass derived by hand: what makes `RNN` fast to train.

Left to itself a framework adds one term to each weight's gradient at every step of the loop. The
derivation of `rnn_course.bptt` says that the loop from the last step to the first has to bring back
the gradient of the pre-activations and nothing else,

.. math::

    a_t = x_t W + h_{t-1} U + b, \qquad
    \frac{\partial L}{\partial h_t} = \frac{\partial L_t}{\partial h_t}
        + \frac{\partial L}{\partial a_{t+1}} U^\top, \qquad
    \frac{\partial L}{\partial U} = \sum_t h_{t-1}^\top \frac{\partial L}{\partial a_t}

and that the sum over all steps is one product. This is that derivation with the same letters in
`keras.ops`: one class a cell, with the methods of the class of that name in `rnn_course.bptt`. W, b
and the inputs are left to the framework: the projection of all inputs is one product already.
Time comes first in here, ``(timesteps, batch, …)``, so that one step is one piece of memory.
"""

from contextlib import contextmanager

import keras
from keras import ops

from rnn_course.layers import parts
from rnn_course.layers.cells import GRUCell, LSTMCell, SimpleRNNCell
from rnn_course.layers.gradients import custom_gradient
from rnn_course.layers.loop import current_graph, scan, stacked

# An activation's derivative, written in terms of the activation's own value y.
DERIVATIVES = {
    keras.activations.linear: ops.ones_like,
    keras.activations.tanh: lambda y: 1 - y * y,
    keras.activations.relu: lambda y: ops.cast(y > 0, y.dtype),
    keras.activations.sigmoid: lambda y: y * (1 - y),
}


class SimpleRNN:
    """A cell's equations, its recurrent kernel U and the recurrent product's bias b, if any."""

    keeps = ()  # sizes, in units, of what `forward_step` keeps for the way back beside the state
    da_is_kept_there = False  # whether da takes the place of the first of them, which is as large

    def __init__(self, cell, U, b=None):
        self.cell, self.U, self.b = cell, U, b
        self.g, self.g_prime = cell.activation, DERIVATIVES[cell.activation]
        self.sigma = getattr(cell, "recurrent_activation", keras.activations.linear)
        self.sigma_prime = DERIVATIVES[self.sigma]

    def forward_step(self, x, states):
        """The states after a step, and what is kept of it, from its input and those before."""
        (h,) = states
        return [self.g(x + h @ self.U)], []

    def backward_step(self, kept, states, gradients):
        """The gradient of the pre-activations and those of the states before a step.

        From the hidden state after it and what was kept of it, the states before it, and the
        gradients of those after it.
        """
        (h,), (dh,) = kept, gradients
        da = dh * self.g_prime(h)
        return da, [da @ self.U_T]

    def weight_gradients(self, kept, h, da):
        """Over all steps in one product: h are the hidden states before them."""
        return [over_steps(h, da)]


class LSTM(SimpleRNN):
    """See `rnn_course.bptt.LSTM` for the equations."""

    keeps = (4,)
    da_is_kept_there = True

    def gates(self, a):
        """Input and forget gate, candidate, output gate of the pre-activations of a step."""
        i, f, candidate, o = ops.split(a, 4, axis=-1)
        return self.sigma(i), self.sigma(f), self.g(candidate), self.sigma(o)

    def forward_step(self, x, states):
        h, c = states
        a = x + h @ self.U
        i, f, candidate, o = self.gates(a)
        c = f * c + i * candidate
        return [o * self.g(c), c], [a]

    def backward_step(self, kept, states, gradients):
        (_, a), (_, c), (dh, dc) = kept, states, gradients
        i, f, candidate, o = self.gates(a)  # again, rather than kept for every step
        g_c = self.g(f * c + i * candidate)
        dc = dc + dh * o * self.g_prime(g_c)
        da_i = dc * candidate * self.sigma_prime(i)
        da_f = dc * c * self.sigma_prime(f)
        da_c = dc * i * self.g_prime(candidate)
        da_o = dh * g_c * self.sigma_prime(o)
        da = ops.concatenate([da_i, da_f, da_c, da_o], axis=-1)
        return da, [da @ self.U_T, dc * f]


class GRU(SimpleRNN):
    """See `rnn_course.bptt.GRU` for the equations."""

    keeps = (2, 1, 1)

    def __init__(self, cell, U, b=None):
        super().__init__(cell, U, b)
        self.U_zr, self.U_h = U[:, : 2 * cell.units], U[:, 2 * cell.units :]

    def shares(self, z):
        """How much of the old state is kept, and how much of the candidate is written."""
        return (z, 1 - z) if self.cell.update_gate == "keep" else (1 - z, z)

    def forward_step(self, x, states):
        (h,), u = states, self.cell.units
        x_zr, x_h = x[:, : 2 * u], x[:, 2 * u :]
        if self.cell.reset_after:
            recurrent = h @ self.U if self.b is None else h @ self.U + self.b
            h_h = recurrent[:, 2 * u :]
            zr = self.sigma(x_zr + recurrent[:, : 2 * u])
            z, r = ops.split(zr, 2, axis=-1)
            candidate = self.g(x_h + r * h_h)
        else:
            zr = self.sigma(x_zr + h @ self.U_zr)
            z, r = ops.split(zr, 2, axis=-1)
            h_h = (r * h) @ self.U_h
            candidate = self.g(x_h + h_h)
        keep, write = self.shares(z)
        return [keep * h + write * candidate], [zr, candidate, h_h]

    def backward_step(self, kept, states, gradients):
        (_, zr, candidate, h_h), (h,), (dh,) = kept, states, gradients
        u = self.cell.units
        z, r = ops.split(zr, 2, axis=-1)
        keep, write = self.shares(z)
        sign = 1 if self.cell.update_gate == "keep" else -1
        da_z = sign * dh * (h - candidate) * self.sigma_prime(z)
        da_h = dh * write * self.g_prime(candidate)
        if self.cell.reset_after:
            da_r = da_h * h_h * self.sigma_prime(r)
            dh = dh * keep + ops.concatenate([da_z, da_r, da_h * r], axis=-1) @ self.U_T
        else:
            d_reset = da_h @ self.U_T[2 * u :]  # the gradient of r * h
            da_r = d_reset * h * self.sigma_prime(r)
            da_zr = ops.concatenate([da_z, da_r], axis=-1)
            dh = dh * keep + d_reset * r + da_zr @ self.U_T[: 2 * u]
        return ops.concatenate([da_z, da_r, da_h], axis=-1), [dh]

    def weight_gradients(self, kept, h, da):
        u = self.cell.units
        r = stacked(kept[1])[..., u:]
        da_zr, da_h = da[..., : 2 * u], da[..., 2 * u :]
        if not self.cell.reset_after:
            return [ops.concatenate([over_steps(h, da_zr), over_steps(r * h, da_h)], axis=-1)]
        da = ops.concatenate([da_zr, da_h * r], axis=-1)
        return [over_steps(h, da)] + ([] if self.b is None else [ops.sum(da, axis=(0, 1))])


NO_MORE = (
    "the backward pass derived by hand has no derivative itself, and none in forward mode: for "
    "second derivatives, forward mode and the transformations of torch.func give the layer "
    'backward_pass="autodiff"'
)
EQUATIONS = {SimpleRNNCell: SimpleRNN, LSTMCell: LSTM, GRUCell: GRU}


def supports(cell):
    """Whether there is a backward pass for a cell: one of the three, an activation known here.

    Example:
        >>> supports(LSTMCell(2)), supports(LSTMCell(2, activation="softplus"))
        (True, False)
    """
    return known_as(cell) is not None and all(
        getattr(cell, name, cell.activation) in DERIVATIVES
        for name in ("activation", "recurrent_activation")
    )


def run(cell, projected, initial_states, mask=None, final_states=True):
    """Run a cell along sequences; time comes first.

    Args:
        cell: a built cell that is supported.
        projected: ``cell.project`` of all inputs, ``(timesteps, batch, gates * units)``.
        initial_states: the states before the first step, each ``(batch, units)``.
        mask: ``(timesteps, batch, 1)``, false where a step holds the states; none by default.
        final_states: whether the states after the last step are wanted.

    Returns:
        The hidden state after every step, ``(timesteps, batch, units)``, and, if wanted, the
        states after the last, each ``(batch, units)``.
    """
    timesteps, states = ops.shape(projected)[0], len(initial_states)
    # Copies: under TensorFlow a custom gradient must not be given a variable itself, which may have
    # changed when the backward pass comes, as the states of a stateful layer have.
    initial_states = [ops.copy(state) for state in initial_states]
    weights = [ops.copy(cell.recurrent_kernel)]
    if isinstance(cell, GRUCell) and cell.reset_after and cell.use_bias:
        weights.append(ops.copy(cell.bias)[1])
    masks = [] if mask is None else [mask]
    in_part = parts.is_inside()

    def hold(new, old, real):
        """What is new at the real steps, what is old at the masked ones."""
        return [ops.where(real[0], *pair) for pair in zip(new, old, strict=True)] if real else new

    @custom_gradient
    def states_along(projected, *arguments):
        initial = arguments[len(weights) :]
        equations = EQUATIONS[known_as(cell)](cell, *arguments[: len(weights)])

        def step(before, inputs):
            x, *real = inputs
            after, kept = equations.forward_step(x, before)
            after = hold(after, before, real)
            return after, [*before[1:], after[0], *kept]

        inputs = [projected, *masks]
        sizes = [1] * states + [*equations.keeps]
        shapes = [(projected.shape[1], size * cell.units) for size in sizes]
        last, trace = scan(step, initial, inputs, shapes)
        if in_part:  # whose end may come before its gradient: TensorFlow's arrays would stay behind
            trace = [stacked(each) for each in trace]
        graph = current_graph()
        # In a graph what nothing reads is not computed.
        whole = None if graph is None else [stacked(each) for each in trace]
        h = stacked(trace[states - 1])

        def backward(*args, upstream=None):  # PyTorch gives it by name, after the arguments
            dy = args[0] if upstream is None else upstream
            # TensorFlow's arrays are of no use to another graph, such as a saved model has for it.
            here = current_graph() is graph
            kept_along = trace if here else whole or [stacked(each) for each in trace]
            others, kept = kept_along[: states - 1], kept_along[states:]
            before = ops.concatenate([initial[0][None], h[:-1]])

            def step_back(ds, inputs):
                dh_here, *known = inputs
                known, real = known[: 1 + len(trace)], known[1 + len(trace) :]
                ds = [ds[0] + dh_here, *ds[1:]]
                da, ds_before = equations.backward_step(known[states:], known[:states], ds)
                *ds, da = hold([*ds_before, da], [*ds, ops.zeros_like(da)], real)
                return ds, [da]

            ds = [ops.zeros_like(state) for state in initial]
            if final_states:
                ds[1:] = [dy[timesteps + i] for i in range(states - 1)]
            equations.U_T = ops.transpose(equations.U)  # here, not at every step
            inputs = [dy[:timesteps], before, *others, h, *kept, *masks]
            place = 2 + states if equations.da_is_kept_there and here and not in_part else None
            d_initial, [da] = scan(
                step_back, ds, inputs, [projected.shape[1:]], reverse=True, place=place
            )
            da = stacked(da)
            d_weights = equations.weight_gradients([h, *kept], before, da)
            return tuple(map(only_once, [da, *d_weights, *d_initial]))

        # One tensor, as more are not to be had from Keras's custom gradient under PyTorch.
        others_last = [state[None] for state in last[1:]] if final_states else []
        return ops.concatenate([h, *others_last]) if others_last else h, backward

    with first_derivatives_alone():
        outputs = states_along(projected, *weights, *initial_states)
    if not final_states:
        return outputs, []
    h, *last = outputs[:timesteps], *(outputs[timesteps + i] for i in range(states - 1))
    return h, [h[-1], *last]


@contextmanager
def first_derivatives_alone():
    """Say what to do where a backward pass by hand is asked for derivatives in forward mode."""
    try:
        yield
    except (NotImplementedError, RuntimeError, TypeError) as error:
        # JAX's words, and PyTorch's.
        if any(word in str(error) for word in ("forward-mode", "functorch", "the jvp function")):
            raise NotImplementedError(NO_MORE) from error
        raise


@custom_gradient
def only_once(gradient):
    """A gradient that has none itself: to say so is better than to be wrong."""

    def backward(*args, upstream=None):
        raise NotImplementedError(NO_MORE)

    return ops.copy(gradient), backward


def over_steps(left, right):
    r"""The sum over time and batch of :math:`l_t^\top r_t`, as one product."""
    left, right = (ops.reshape(x, (-1, x.shape[-1])) for x in (left, right))
    return ops.transpose(left) @ right


def known_as(cell):
    """Which of the three cells it is; None where ``gates`` or ``step`` are the cell's own."""
    methods = [getattr(getattr(cell, name, None), "__func__", None) for name in ("gates", "step")]
    return next((known for known in EQUATIONS if methods == [known.gates, known.step]), None)
