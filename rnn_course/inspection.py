r"""Look inside a recurrent cell: its states, gates, gradients and Jacobians along a sequence.

Every function takes a built cell, such as ``layer.cell`` of an `rnn_course.recurrence.RNN`, and the
sequences which that layer reads, walks them step by step through the cell's public contract and
returns `NamedArray`: NumPy values with a name for each axis. Steps that the mask leaves out are
NaN in the result, and so never counted by `NamedArray.mean`.

Everything here runs eagerly, on every Keras backend: it is for looking, not for training.
"""

from dataclasses import dataclass

import keras
import numpy as np
from keras import ops


@dataclass(frozen=True)
class NamedArray:
    """A NumPy array and the names of its axes; NumPy functions and plots take it as it is.

    Args:
        values: the array.
        axes: a name for each axis.

    Raises:
        ValueError: when the names are not as many as the axes.

    Example:
        >>> norms = NamedArray(np.array([[4.0, 2.0], [8.0, np.nan]]), ("batch", "lag"))
        >>> norms.mean("batch").values.tolist()
        [6.0, 2.0]
    """

    values: np.ndarray
    axes: tuple[str, ...]

    def __post_init__(self):
        if len(self.axes) != np.ndim(self.values):
            raise ValueError(
                f"axes must be {np.ndim(self.values)} names, one an axis, got {self.axes}"
            )

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype) if copy else np.asarray(self.values, dtype)

    def mean(self, *axes):
        """The mean over the axes named, all of them by default; NaN is left out.

        Raises:
            ValueError: when there is no axis of that name.
        """
        for name in axes:
            if name not in self.axes:
                raise ValueError(f"axes are {self.axes}, there is no {name!r}")
        over = tuple(i for i, name in enumerate(self.axes) if name in axes or not axes)
        known = ~np.isnan(self.values)
        total = np.where(known, self.values, 0).sum(axis=over)
        count = known.sum(axis=over)
        mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        return NamedArray(mean, tuple(n for i, n in enumerate(self.axes) if i not in over))


def state_traces(cell, sequences, mask=None, initial_state=None):
    r"""The states after every step: :math:`h_1, \dots, h_n`, and for the LSTM also :math:`c_t`.

    Args:
        cell: a built cell, from this package or Keras's own.
        sequences: what the cell reads, ``(batch, timesteps, features)``.
        mask: ``(batch, timesteps)``, false where a step is padding; none by default.
        initial_state: the states before the first step, each ``(batch, units)``; zeros by default.

    Returns:
        A dictionary from the name of each state to a `NamedArray` with the axes
        ``(batch, timesteps, units)``.

    Raises:
        ValueError: when the cell is not built, or the shapes do not fit together.

    Example:
        >>> from rnn_course.cells import LSTMCell
        >>> cell = LSTMCell(4)
        >>> cell.build((None, 3))
        >>> traces = state_traces(cell, np.ones((2, 5, 3)))
        >>> list(traces), traces["cell_state"].values.shape
        (['hidden_state', 'cell_state'], (2, 5, 4))
    """
    run = _Run(cell, sequences, mask, initial_state)
    return run.by_state(ops.convert_to_numpy(run.walk()))


def gate_traces(cell, sequences, mask=None, initial_state=None):
    """The gates, and the candidate, at every step by name.

    Args:
        cell: a built `rnn_course.cells.RecurrentCell`.
        sequences: what the cell reads, ``(batch, timesteps, features)``.
        mask, initial_state: as in `state_traces`.

    Returns:
        A dictionary from each of ``cell.gate_names`` to a `NamedArray` with the axes
        ``(batch, timesteps, units)``.

    Raises:
        ValueError: when the cell has no ``gates`` or is not built, or the shapes do not fit
            together.

    Example:
        >>> from rnn_course.cells import GRUCell
        >>> cell = GRUCell(4)
        >>> cell.build((None, 3))
        >>> list(gate_traces(cell, np.ones((2, 5, 3))))
        ['update_gate', 'reset_gate', 'candidate']
    """
    run = _Run(cell, sequences, mask, initial_state)
    if not hasattr(cell, "gates"):
        raise ValueError(
            f"cell must name its gates, as those of rnn_course.cells do: got {type(cell).__name__}"
        )
    rows = (len(run.real) * run.real.shape[1], -1)
    before = ops.reshape(run.before(run.walk()), rows)  # (batch * timesteps, state)
    projected = cell.project(ops.reshape(run.sequences, rows))
    gates = cell.gates(projected, run.split(before))
    shape = (*run.real.shape, cell.units)
    return {name: run.named(ops.reshape(gate, shape)) for name, gate in gates.items()}


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
        >>> from rnn_course.cells import SimpleRNNCell
        >>> cell = SimpleRNNCell(1, activation="linear", recurrent_initializer="ones")
        >>> cell.build((None, 1))
        >>> gradients = state_gradients(cell, np.ones((1, 3, 1)), lambda h: h[:, -1, 0])
        >>> gradients["hidden_state"].values.tolist()
        [[[1.0], [1.0], [1.0]]]

    Source:
        Werbos (1990), "Backpropagation through time: what it does and how to do it".
    """
    run = _Run(cell, sequences, mask, initial_state)
    units = run.sizes[0]

    def total(shifts):
        return ops.sum(loss(run.walk(shifts)[..., :units]))

    zeros = np.zeros((*run.real.shape, sum(run.sizes)), cell.compute_dtype)
    return run.by_state(_gradient(total, zeros))


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
        >>> from rnn_course.cells import SimpleRNNCell
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
        >>> from rnn_course.cells import SimpleRNNCell
        >>> halve = keras.initializers.Constant(0.5)
        >>> cell = SimpleRNNCell(1, activation="linear", recurrent_initializer=halve)
        >>> cell.build((None, 1))
        >>> jacobian_singular_values(cell, np.ones((1, 3, 1))).values.tolist()
        [[[1.0], [0.5], [0.25]]]
    """
    run = _Run(cell, sequences, mask, initial_state)
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


class _Run:
    """A cell and the sequences it reads, checked; the states as one vector, side by side."""

    def __init__(self, cell, sequences, mask, initial_state):
        if hasattr(cell, "cell"):
            raise ValueError(f"cell must be a cell, got {type(cell).__name__}: give its .cell")
        if not cell.built:
            raise ValueError("cell is not built yet: run its layer or model once, or cell.build")
        self.cell, self.sizes = cell, keras.tree.flatten(cell.state_size)
        known = ("hidden_state", "cell_state")
        self.names = tuple(getattr(cell, "state_names", known[: len(self.sizes)]))
        if len(self.names) != len(self.sizes):
            raise ValueError(f"cell has {len(self.sizes)} states: look at stacked cells one by one")
        shape = np.shape(sequences)
        if len(shape) != 3 or 0 in shape:
            raise ValueError(
                "sequences must have shape (batch, timesteps, features), at least one of each, "
                f"got {tuple(shape)}"
            )
        self.sequences = ops.convert_to_tensor(sequences, cell.compute_dtype)
        batch, timesteps, _ = shape
        real = np.ones((batch, timesteps)) if mask is None else ops.convert_to_numpy(mask)
        if real.shape != (batch, timesteps):
            raise ValueError(
                f"mask must have shape (batch, timesteps) = {(batch, timesteps)}, got {real.shape}"
            )
        self.real = real.astype(bool)
        if initial_state is None:
            initial_state = cell.get_initial_state(batch_size=batch)
        states = keras.tree.flatten(initial_state)
        expected = [(batch, size) for size in self.sizes]
        if [tuple(np.shape(state)) for state in states] != expected:
            raise ValueError(
                f"initial_state must hold {len(expected)} state(s) of shape (batch, units), "
                f"{expected}, got {[tuple(np.shape(state)) for state in states]}"
            )
        states = [ops.convert_to_tensor(state, cell.compute_dtype) for state in states]
        self.initial = ops.concatenate(states, axis=-1)  # (batch, state)

    def split(self, states):
        ends = np.cumsum(self.sizes)
        return [states[:, end - size : end] for size, end in zip(self.sizes, ends, strict=True)]

    def step(self, inputs, states):
        """The states after a step, side by side, ``(rows, state)``."""
        _, new = self.cell(inputs, self.split(states))
        return ops.concatenate(keras.tree.flatten(new), axis=-1)

    def walk(self, shifts=None):
        """The states after every step, ``(batch, timesteps, state)``, each moved by its shift."""
        states, trace = self.initial, []
        shifts = None if shifts is None else ops.unstack(shifts, axis=1)
        for t, inputs in enumerate(ops.unstack(self.sequences, axis=1)):
            states = ops.where(self.real[:, t, None], self.step(inputs, states), states)
            if shifts is not None:
                states = states + shifts[t]
            trace.append(states)
        return ops.stack(trace, axis=1)

    def before(self, trace):
        """The states before every step, of those after."""
        return ops.concatenate([self.initial[:, None], trace[:, :-1]], axis=1)

    def jacobians(self):
        """How the state after each step moves with the state before, in float64."""
        size = sum(self.sizes)
        before = ops.convert_to_numpy(self.before(self.walk())).reshape(-1, size)
        # All steps at once, as the states before them are known: row i of a step's copies for the
        # gradient of its new state i.
        inputs = ops.repeat(ops.reshape(self.sequences, (len(before), -1)), size, axis=0)
        pick = ops.tile(ops.eye(size, dtype=before.dtype), (len(before), 1))
        rows = _gradient(
            lambda states: ops.sum(pick * self.step(inputs, states)),
            np.repeat(before, size, axis=0),
        )
        return rows.reshape(*self.real.shape, size, size).astype("float64")

    def named(self, values):
        values = np.where(self.real[..., None], ops.convert_to_numpy(values), np.nan)
        return NamedArray(values, ("batch", "timesteps", "units"))

    def by_state(self, values):
        parts = np.split(values, np.cumsum(self.sizes)[:-1], axis=-1)
        return {name: self.named(part) for name, part in zip(self.names, parts, strict=True)}


class _Descent(keras.Model):
    """One weight, at first zero, and as its loss a function of an array moved by that weight."""

    def __init__(self, function, array):
        super().__init__(dtype=str(array.dtype))
        self.function = function
        self.shift = self.add_weight(shape=array.shape, initializer="zeros", dtype=array.dtype)

    def call(self, array):
        self.add_loss(self.function(array + self.shift))
        return array


def _gradient(function, array):
    """The gradient of a scalar function at an array, on any backend.

    Keras has no public function for it, but trains by it: one step of gradient descent at a
    learning rate of one moves a weight by minus the gradient.
    """
    model = _Descent(function, array)
    model.compile(keras.optimizers.SGD(1.0), run_eagerly=True)
    model.train_on_batch(array)
    (shift,) = model.get_weights()
    return -shift


def _by_lag(values):
    """From steps, ``(batch, timesteps)``, to steps back from the last that is known."""
    result = np.full_like(values, np.nan)
    for row, known in enumerate(~np.isnan(values)):
        result[row, : known.sum()] = values[row, known][::-1]
    return result
