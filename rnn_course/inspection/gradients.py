"""How gradients flow back through a cell, step by step, and the Jacobians that carry them."""

import numpy as np
from keras import ops

from rnn_course.inspection.derivative import gradient
from rnn_course.inspection.named_array import NamedArray
from rnn_course.inspection.run import Run


def state_gradients(cell, sequences, loss, mask=None, initial_state=None):
    r"""The gradient :math:`\partial L/\partial h_t` of a loss with respect to every step's states.

    It says how the loss moves when :math:`h_t` alone is moved by a little (for the LSTM: at the
    same :math:`c_t`) and everything after it follows.

    Args:
        cell: a built cell, from this package or Keras's own.
        sequences: what the cell reads, ``(batch, timesteps, features)``.
        loss: a function, in `keras.ops`, of the hidden states ``(batch, timesteps, units)`` to the
            loss of each sequence, ``(batch,)``. Padded steps repeat the state before them.
        mask, initial_state: as in `state_traces`.

    Returns:
        A dictionary from the name of each state to a `NamedArray` with the axes
        ``(batch, timesteps, units)``: of each sequence's own loss.

    Raises:
        ValueError: when the cell is not built, or the shapes do not fit together.

    Example:
        >>> import numpy as np
        >>> from rnn_course.layers import SimpleRNNCell
        >>> cell = SimpleRNNCell(1, activation="linear", recurrent_initializer="ones")
        >>> cell.build((None, 1))
        >>> gradients = state_gradients(cell, np.ones((1, 3, 1)), lambda h: h[:, -1, 0])
        >>> gradients["hidden_state"].values.tolist()
        [[[1.0], [1.0], [1.0]]]

    Source:
        Werbos (1990), "Backpropagation through time: what it does and how to do it".
    """
    run = Run(cell, sequences, mask, initial_state)
    units = run.sizes[0]

    def total(shifts):
        return ops.sum(loss(run.walk(shifts)[..., :units]))

    zeros = np.zeros((*run.real.shape, sum(run.sizes)), cell.compute_dtype)
    return run.by_state(gradient(total, zeros))


def gradient_norms(cell, sequences, loss, mask=None, initial_state=None):
    r"""What is left of the gradient k steps back: :math:`\|\partial L/\partial h_{n-k}\|` by lag k.

    Args:
        cell: a built cell, from this package or Keras's own.
        sequences: what the cell reads, ``(batch, timesteps, features)``.
        loss: as in `state_gradients`.
        mask, initial_state: as in `state_traces`.

    Returns:
        A dictionary from the name of each state to a `NamedArray` of Euclidean norms with the axes
        ``(batch, lag)``. Lag 0 is the last step that is not padding; padding does not count as a
        step.

    Raises:
        ValueError: when the cell is not built, or the shapes do not fit together.

    Example:
        >>> import keras
        >>> import numpy as np
        >>> from rnn_course.layers import SimpleRNNCell
        >>> halve = keras.initializers.Constant(0.5)
        >>> cell = SimpleRNNCell(1, activation="linear", recurrent_initializer=halve)
        >>> cell.build((None, 1))
        >>> norms = gradient_norms(cell, np.ones((1, 3, 1)), lambda h: h[:, -1, 0])
        >>> norms["hidden_state"].values.tolist()
        [[1.0, 0.5, 0.25]]

    Source:
        Pascanu, Mikolov & Bengio (2013), "On the difficulty of training recurrent neural networks".
    """
    gradients = state_gradients(cell, sequences, loss, mask, initial_state)
    return {
        name: NamedArray(
            _by_lag(np.linalg.norm(gradient.values, axis=-1)),
            ("batch", "lag"),
        )
        for name, gradient in gradients.items()
    }


def jacobian_singular_values(cell, sequences, mask=None, initial_state=None, state=None):
    r"""The singular values of the step Jacobians' product, by lag.

    .. math::

        \frac{\partial s_n}{\partial s_{n-k}} = J_n J_{n-1} \cdots J_{n-k+1}, \qquad
        J_t = \frac{\partial s_t}{\partial s_{t-1}}

    They say by how much, at most and at least, a small change of the state has grown or shrunk
    after k steps. The factors are matrices, and so is their product. For the LSTM
    :math:`s = (h, c)` is the whole state; with ``state="hidden_state"`` only the block of that
    product that leads from :math:`h_{n-k}` to :math:`h_n` is looked at, what went through
    :math:`c` in between included.

    Args:
        cell: a built cell, from this package or Keras's own.
        sequences: what the cell reads, ``(batch, timesteps, features)``.
        mask, initial_state: as in `state_traces`.
        state: the name of one state, from which and to which to look; by default all together.

    Returns:
        A `NamedArray` with the axes ``(batch, lag, rank)``, the largest singular value first. Lag 0
        is the identity, at the last step that is not padding.

    Raises:
        ValueError: when the cell is not built, the shapes do not fit together, or there is no
            state of that name.

    Example:
        >>> import keras
        >>> import numpy as np
        >>> from rnn_course.layers import SimpleRNNCell
        >>> halve = keras.initializers.Constant(0.5)
        >>> cell = SimpleRNNCell(1, activation="linear", recurrent_initializer=halve)
        >>> cell.build((None, 1))
        >>> jacobian_singular_values(cell, np.ones((1, 3, 1))).values.tolist()
        [[[1.0], [0.5], [0.25]]]
    """
    run = Run(cell, sequences, mask, initial_state)
    if state is not None and state not in run.names:
        raise ValueError(f"state must be None or one of {run.names}, got {state!r}")
    jacobians = run.jacobians()  # (batch, timesteps, state, state)
    block = slice(None)
    if state is not None:
        start = sum(run.sizes[: run.names.index(state)])
        block = slice(start, start + run.sizes[run.names.index(state)])
    batch, timesteps = run.real.shape
    rank = len(range(*block.indices(sum(run.sizes))))
    values = np.full((batch, timesteps, rank), np.nan)
    for row in range(batch):
        product = np.eye(sum(run.sizes))
        for lag, t in enumerate(np.flatnonzero(run.real[row])[::-1]):
            values[row, lag] = np.linalg.svd(product[block, block], compute_uv=False)
            product = product @ jacobians[row, t]
    return NamedArray(values, ("batch", "lag", "rank"))


def _by_lag(values):
    """From steps, ``(batch, timesteps)``, to steps back from the last that is known."""
    result = np.full_like(values, np.nan)
    for row, known in enumerate(~np.isnan(values)):
        result[row, : known.sum()] = values[row, known][::-1]
    return result
