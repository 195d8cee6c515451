"""Gradients and Jacobians against finite differences of an independent NumPy run."""

import keras
import numpy as np
import pytest
from backends import double_precision
from keras import ops

from rnn_course import bptt
from rnn_course.inspection import (
    NamedArray,
    gate_traces,
    gradient_norms,
    jacobian_singular_values,
    state_gradients,
    state_traces,
)
from rnn_course.layers import RNN, GatedDeltaCell, GRUCell, LSTMCell, SimpleRNNCell

pytestmark = pytest.mark.usefixtures("double_precision")

FEATURES, UNITS, BATCH, TIMESTEPS = 2, 3, 4, 5

with double_precision():
    CELLS = {
        "simple_rnn": SimpleRNNCell(UNITS, dtype="float64"),
        "simple_rnn relu": SimpleRNNCell(UNITS, activation="relu", dtype="float64"),
        "lstm": LSTMCell(UNITS, dtype="float64"),
        "gru": GRUCell(UNITS, dtype="float64"),
        "gru before, write": GRUCell(
            UNITS, reset_after=False, update_gate="write", dtype="float64"
        ),
        "keras lstm": keras.layers.LSTMCell(UNITS, dtype="float64"),
    }
    for seed, cell in enumerate(CELLS.values()):
        generator = np.random.default_rng(seed)
        cell.build((None, FEATURES))
        cell.set_weights([generator.normal(size=w.shape) for w in cell.get_weights()])

random = np.random.default_rng(7)
SEQUENCES = random.normal(size=(BATCH, TIMESTEPS, FEATURES))
# No padding; at the end; at the beginning and in between; nothing but padding.
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [0, 1, 0, 1, 1], [0, 0, 0, 0, 0]], bool)
INITIAL = random.normal(size=(2, BATCH, UNITS))
READ_OUT = random.normal(size=(TIMESTEPS, UNITS))


def initial_of(cell):
    count = 2 if "lstm" in cell.name else 1
    return list(INITIAL[:count])


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def numpy_gates(cell, x, states):
    """One step by the equations, in NumPy: the gates and the new states."""
    h, *c = states
    W, U, b = cell.get_weights()
    if isinstance(cell, SimpleRNNCell):
        a = x @ W + h @ U + b
        h = np.tanh(a) if cell.activation is keras.activations.tanh else np.maximum(a, 0)
        return [h], [h]
    if isinstance(cell, GRUCell):
        b, recurrent_b = b if cell.reset_after else (b, 0 * b)
        columns = [slice(k * UNITS, (k + 1) * UNITS) for k in range(3)]
        z, r = (sigmoid(x @ W[:, k] + b[k] + h @ U[:, k] + recurrent_b[k]) for k in columns[:2])
        k = columns[2]
        if cell.reset_after:
            candidate = np.tanh(x @ W[:, k] + b[k] + r * (h @ U[:, k] + recurrent_b[k]))
        else:
            candidate = np.tanh(x @ W[:, k] + b[k] + (r * h) @ U[:, k])
        keep = z if cell.update_gate == "keep" else 1 - z
        return [z, r, candidate], [keep * h + (1 - keep) * candidate]
    i, f, candidate, o = np.split(x @ W + h @ U + b, 4, axis=-1)
    i, f, candidate, o = sigmoid(i), sigmoid(f), np.tanh(candidate), sigmoid(o)
    c = f * c[0] + i * candidate
    return [i, f, candidate, o], [o * np.tanh(c), c]


def numpy_run(cell, sequences, mask, initial, moved=None):
    """All states after each step, ``(batch, timesteps, all units)``; `moved` is added to them."""
    states, trace = [state.copy() for state in initial], []
    for t in range(sequences.shape[1]):
        _, new = numpy_gates(cell, sequences[:, t], states)
        states = [np.where(mask[:, t, None], n, s) for n, s in zip(new, states, strict=True)]
        if moved is not None:
            parts = np.split(moved[:, t], len(states), axis=-1)
            states = [s + part for s, part in zip(states, parts, strict=True)]
        trace.append(np.concatenate(states, axis=-1))
    return np.stack(trace, axis=1)


def loss(hidden_states):
    """Every step of every sequence counts, each in its own way."""
    read_out = ops.cast(ops.convert_to_tensor(READ_OUT), hidden_states.dtype)
    return ops.sum(ops.sin(hidden_states * read_out), axis=(1, 2))


def side_by_side(traces):
    return np.concatenate([trace.values for trace in traces.values()], axis=-1)


@pytest.mark.parametrize("name", CELLS)
def test_states_are_those_of_numpy_and_of_the_layer(name):
    cell = CELLS[name]
    traces = state_traces(cell, SEQUENCES, MASK, initial_of(cell))
    expected = numpy_run(cell, SEQUENCES, MASK, initial_of(cell))
    expected = np.where(MASK[..., None], expected, np.nan)
    np.testing.assert_allclose(side_by_side(traces), expected, atol=1e-12)
    names = ["hidden_state", "cell_state"][: len(initial_of(cell))]
    assert list(traces) == names
    assert traces["hidden_state"].axes == ("batch", "timesteps", "units")
    layer = RNN(cell, return_sequences=True, dtype="float64")
    outputs = layer(SEQUENCES, mask=MASK, initial_state=initial_of(cell))
    outputs = np.where(MASK[..., None], ops.convert_to_numpy(outputs), np.nan)
    np.testing.assert_allclose(traces["hidden_state"].values, outputs, atol=1e-12)


@pytest.mark.parametrize("name", [name for name in CELLS if "keras" not in name])
def test_gates_are_those_of_numpy(name):
    cell = CELLS[name]
    traces = gate_traces(cell, SEQUENCES, MASK, initial_of(cell))
    assert tuple(traces) == cell.gate_names
    states = list(initial_of(cell))
    for t in range(TIMESTEPS):
        gates, new = numpy_gates(cell, SEQUENCES[:, t], states)
        for trace, gate in zip(traces.values(), gates, strict=True):
            assert trace.axes == ("batch", "timesteps", "units")
            expected = np.where(MASK[:, t, None], gate, np.nan)
            np.testing.assert_allclose(trace.values[:, t], expected, atol=1e-12)
        states = [np.where(MASK[:, t, None], n, s) for n, s in zip(new, states, strict=True)]


def test_gates_of_unlike_sizes():
    """Keys, values and numbers: each at a step is what the cell says of it."""
    cell = GatedDeltaCell(UNITS, key_size=2, dtype="float64")
    cell.build((None, FEATURES))
    traces = gate_traces(cell, SEQUENCES, MASK)
    sizes = {"query": 2, "key": 2, "value": UNITS, "input_gate": 1, "forget_gate": 1}
    assert {name: trace.values.shape[-1] for name, trace in traces.items()} == sizes
    for name, gate in cell.gates(cell.project(SEQUENCES[:, 1]), ()).items():
        expected = np.where(MASK[:, 1, None], gate, np.nan)
        np.testing.assert_allclose(traces[name].values[:, 1], expected, atol=1e-12)


@pytest.mark.parametrize("name", CELLS)
def test_gradients_are_central_differences(name):
    cell, step = CELLS[name], 1e-6
    gradients = state_gradients(cell, SEQUENCES, loss, MASK, initial_of(cell))
    found = side_by_side(gradients)
    for t in range(TIMESTEPS):
        for unit in range(found.shape[-1]):
            losses = []
            for sign in (1, -1):
                moved = np.zeros_like(found)
                moved[:, t, unit] = sign * step
                trace = numpy_run(cell, SEQUENCES, MASK, initial_of(cell), moved)
                losses.append(np.sin(trace[..., :UNITS] * READ_OUT).sum(axis=(1, 2)))
            expected = (losses[0] - losses[1]) / (2 * step)
            expected = np.where(MASK[:, t], expected, np.nan)
            np.testing.assert_allclose(found[:, t, unit], expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", CELLS)
def test_norms_are_sorted_by_lag_and_padding_does_not_count(name):
    cell = CELLS[name]
    gradients = state_gradients(cell, SEQUENCES, loss, MASK, initial_of(cell))
    norms = gradient_norms(cell, SEQUENCES, loss, MASK, initial_of(cell))
    for state, norm in norms.items():
        assert norm.axes == ("batch", "lag")
        by_step = np.sqrt((gradients[state].values ** 2).sum(axis=-1))
        none = np.nan
        expected = [
            by_step[0, [4, 3, 2, 1, 0]],
            [*by_step[1, [2, 1, 0]], none, none],
            [*by_step[2, [4, 3, 1]], none, none],
            [none] * 5,
        ]
        np.testing.assert_allclose(norm.values, expected)


@pytest.mark.parametrize("name", CELLS)
def test_singular_values_are_those_of_the_whole_maps_central_differences(name):
    cell, step = CELLS[name], 1e-6
    units = UNITS * len(initial_of(cell))
    found = jacobian_singular_values(cell, SEQUENCES, MASK, initial_of(cell))
    hidden = jacobian_singular_values(cell, SEQUENCES, MASK, initial_of(cell), "hidden_state")
    assert found.axes == hidden.axes == ("batch", "lag", "rank")
    assert found.values.shape == (BATCH, TIMESTEPS, units)
    expected, expected_hidden = np.full_like(found.values, np.nan), np.full_like(hidden, np.nan)
    for row in range(BATCH):
        for lag, t in enumerate(np.flatnonzero(MASK[row])[::-1]):
            jacobian = np.empty((units, units))
            for unit in range(units):
                last = []
                for sign in (1, -1):
                    moved = np.zeros((BATCH, TIMESTEPS, units))
                    moved[:, t, unit] = sign * step
                    trace = numpy_run(cell, SEQUENCES, MASK, initial_of(cell), moved)
                    last.append(trace[row, -1])
                jacobian[:, unit] = (last[0] - last[1]) / (2 * step)
            expected[row, lag] = np.linalg.svd(jacobian, compute_uv=False)
            block = jacobian[:UNITS, :UNITS]
            expected_hidden[row, lag] = np.linalg.svd(block, compute_uv=False)
    np.testing.assert_allclose(found.values, expected, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(hidden.values, expected_hidden, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("name", CELLS)
def test_padding_changes_nothing(name):
    cell, lengths = CELLS[name], [5, 1]
    padded = np.concatenate([SEQUENCES, 1e3 * SEQUENCES[:, :2]], axis=1)
    for row, length in enumerate(lengths):
        alone = SEQUENCES[row : row + 1, :length]
        mask = np.arange(TIMESTEPS + 2)[None] < length
        for look in (
            lambda x, m: side_by_side(state_traces(cell, x, m)),
            lambda x, m: side_by_side(state_gradients(cell, x, lambda h: h[:, -1, 0], m)),
            lambda x, m: jacobian_singular_values(cell, x, m).values,
        ):
            whole = look(padded[row : row + 1], mask)
            np.testing.assert_allclose(whole[:, :length], look(alone, None), atol=1e-12)
            assert np.isnan(whole[:, length:]).all()


def test_a_loss_for_each_sequence_gives_each_its_own_gradient():
    cell = CELLS["gru"]
    together = side_by_side(state_gradients(cell, SEQUENCES, loss))
    alone = [side_by_side(state_gradients(cell, x[None], loss)) for x in SEQUENCES]
    np.testing.assert_allclose(together, np.concatenate(alone), atol=1e-12)


def test_looking_changes_nothing():
    cell = CELLS["lstm"]
    before = cell.get_weights()
    keras.utils.set_random_seed(3)
    expected = keras.random.normal((2,))
    keras.utils.set_random_seed(3)
    state_gradients(cell, SEQUENCES, loss)
    jacobian_singular_values(cell, SEQUENCES)
    for old, new in zip(before, cell.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    np.testing.assert_array_equal(
        ops.convert_to_numpy(keras.random.normal((2,))), ops.convert_to_numpy(expected)
    )


def test_single_precision_cells_work():
    cell = GRUCell(UNITS)
    cell.build((None, FEATURES))
    cell.set_weights(CELLS["gru"].get_weights())
    found = side_by_side(state_gradients(cell, SEQUENCES, loss, MASK))
    expected = side_by_side(state_gradients(CELLS["gru"], SEQUENCES, loss, MASK))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_named_array_is_an_array_with_names():
    array = NamedArray(np.arange(6.0).reshape(2, 3), ("batch", "lag"))
    assert np.asarray(array).tolist() == [[0, 1, 2], [3, 4, 5]]
    assert array.mean("batch").values.tolist() == [1.5, 2.5, 3.5]
    assert array.mean("batch").axes == ("lag",)
    assert array.mean().values == 2.5
    assert array.mean("lag", "batch").axes == ()


def test_named_array_leaves_out_what_is_masked_without_a_warning():
    array = NamedArray(np.array([[1.0, np.nan], [3.0, np.nan]]), ("batch", "lag"))
    np.testing.assert_array_equal(array.mean("batch").values, [2.0, np.nan])
    assert array.mean().values == 2.0


def test_named_array_says_what_does_not_fit():
    with pytest.raises(ValueError, match="axes must be 2 names"):
        NamedArray(np.zeros((1, 1)), ("batch",))
    with pytest.raises(ValueError, match="there is no 'time'"):
        NamedArray(np.zeros((1, 1)), ("batch", "lag")).mean("time")


@pytest.mark.parametrize(
    ("cell", "arguments", "message"),
    [
        (LSTMCell(2), {}, "not built"),
        (RNN(LSTMCell(2)), {}, r"got RNN: give its \.cell"),
        (CELLS["gru"], dict(sequences=np.zeros((2, 3))), r"sequences .*got \(2, 3\)"),
        (CELLS["gru"], dict(sequences=np.zeros((2, 0, 2))), r"at least one.*got \(2, 0, 2\)"),
        (CELLS["gru"], dict(mask=MASK[:, :2]), r"mask .*\(4, 5\), got \(4, 2\)"),
        (CELLS["lstm"], dict(initial_state=list(INITIAL[:1])), r"2 state\(s\).*got \[\(4, 3\)\]"),
        (CELLS["gru"], dict(sequences=np.zeros((4, 5, 7))), "7"),
    ],
)
def test_bad_input_is_named(cell, arguments, message):
    with pytest.raises(ValueError, match=message):
        state_traces(cell, **({"sequences": SEQUENCES} | arguments))


def test_stacked_cells_are_looked_at_one_by_one():
    stack = keras.layers.StackedRNNCells([GRUCell(2), LSTMCell(2)])
    stack.build((None, FEATURES))
    with pytest.raises(ValueError, match="3 states: look at stacked cells one by one"):
        state_traces(stack, SEQUENCES)


def test_gates_and_states_without_a_name_are_an_error():
    with pytest.raises(ValueError, match=r"must name its gates.*got LSTMCell"):
        gate_traces(CELLS["keras lstm"], SEQUENCES)
    with pytest.raises(ValueError, match=r"one of \('hidden_state',\), got 'cell_state'"):
        jacobian_singular_values(CELLS["gru"], SEQUENCES, state="cell_state")


BY_HAND = {
    "simple_rnn": bptt.SimpleRNN(),
    "simple_rnn relu": bptt.SimpleRNN(activation="relu"),
    "lstm": bptt.LSTM(),
    "gru": bptt.GRU(),
    "gru before, write": bptt.GRU(reset_after=False, update_gate="write"),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_gradients_are_those_derived_by_hand(name):
    cell = CELLS[name]
    record = bptt.forward(BY_HAND[name], cell.get_weights(), SEQUENCES, initial_of(cell), MASK)
    outward = np.where(MASK[..., None], READ_OUT, 0)
    expected = np.concatenate(bptt.backward(record, outward).states, axis=-1)

    def loss(h):  # linear, so that its own gradient is `outward`
        return ops.sum(h * ops.convert_to_tensor(outward), axis=(1, 2))

    found = side_by_side(state_gradients(cell, SEQUENCES, loss, MASK, initial_of(cell)))
    np.testing.assert_allclose(found[MASK], expected[MASK], atol=1e-10)
