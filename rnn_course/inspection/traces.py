"""The states and the gates of a cell along a sequence."""

from keras import ops

from rnn_course.inspection.run import Run


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
        >>> import numpy as np
        >>> from rnn_course.layers import LSTMCell
        >>> cell = LSTMCell(4)
        >>> cell.build((None, 3))
        >>> traces = state_traces(cell, np.ones((2, 5, 3)))
        >>> list(traces), traces["cell_state"].values.shape
        (['hidden_state', 'cell_state'], (2, 5, 4))
    """
    run = Run(cell, sequences, mask, initial_state)
    return run.by_state(ops.convert_to_numpy(run.walk()))


def gate_traces(cell, sequences, mask=None, initial_state=None):
    """The gates, and the candidate, at every step by name.

    Args:
        cell: a built `rnn_course.layers.RecurrentCell`.
        sequences: what the cell reads, ``(batch, timesteps, features)``.
        mask, initial_state: as in `state_traces`.

    Returns:
        A dictionary from each of ``cell.gate_names`` to a `NamedArray` with the axes
        ``(batch, timesteps, units)``; a gate that is one number has one unit.

    Raises:
        ValueError: when the cell has no ``gates`` or is not built, or the shapes do not fit
            together.

    Example:
        >>> import numpy as np
        >>> from rnn_course.layers import GRUCell
        >>> cell = GRUCell(4)
        >>> cell.build((None, 3))
        >>> list(gate_traces(cell, np.ones((2, 5, 3))))
        ['update_gate', 'reset_gate', 'candidate']
    """
    run = Run(cell, sequences, mask, initial_state)
    if not hasattr(cell, "gates"):
        raise ValueError(
            f"cell must name its gates, as those of rnn_course.layers do: got {type(cell).__name__}"
        )
    rows = (len(run.real) * run.real.shape[1], -1)
    before = ops.reshape(run.before(run.walk()), rows)  # (batch * timesteps, state)
    projected = cell.project(ops.reshape(run.sequences, rows))
    gates = cell.gates(projected, run.split(before))
    shape = (*run.real.shape, -1)
    return {name: run.named(ops.reshape(gate, shape)) for name, gate in gates.items()}
