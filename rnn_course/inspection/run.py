"""A walk along a sequence through a cell's public contract, step by step."""

import keras
import numpy as np
from keras import ops

from rnn_course.inspection.derivative import gradient
from rnn_course.inspection.named_array import NamedArray


class Run:
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
        rows = gradient(
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
