"""The cells against Keras's own, an independent NumPy step, and the decks' contradictions."""

import keras
import numpy as np
import pytest
from keras import ops

from rnn_course.layers import GRUCell, LSTMCell, SimpleRNNCell, make_cell

FEATURES, UNITS, BATCH = 5, 4, 3

PAIRS = {
    "simple_rnn": (SimpleRNNCell, keras.layers.SimpleRNNCell, {}),
    "simple_rnn relu": (SimpleRNNCell, keras.layers.SimpleRNNCell, {"activation": "relu"}),
    "simple_rnn sigmoid": (SimpleRNNCell, keras.layers.SimpleRNNCell, {"activation": "sigmoid"}),
    "lstm": (LSTMCell, keras.layers.LSTMCell, {}),
    "lstm zero forget bias": (LSTMCell, keras.layers.LSTMCell, {"unit_forget_bias": False}),
    "lstm hard sigmoid": (
        LSTMCell,
        keras.layers.LSTMCell,
        {"recurrent_activation": "hard_sigmoid"},
    ),
    "gru reset after": (GRUCell, keras.layers.GRUCell, {"reset_after": True}),
    "gru reset before": (GRUCell, keras.layers.GRUCell, {"reset_after": False}),
}


def random_weights(cell, seed=0):
    generator = np.random.default_rng(seed)
    return [generator.normal(size=w.shape).astype("float32") * 0.5 for w in cell.weights]


def random_step(cell, seed=1, features=FEATURES, batch=BATCH):
    """Random inputs and previous states for a cell."""
    generator = np.random.default_rng(seed)
    inputs = generator.normal(size=(batch, features)).astype("float32")
    states = [generator.normal(size=(batch, UNITS)).astype("float32") for _ in cell.state_names]
    return ops.convert_to_tensor(inputs), [ops.convert_to_tensor(s) for s in states]


def built(cell, features=FEATURES):
    cell.build((None, features))
    cell.set_weights(random_weights(cell))
    return cell


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("name", PAIRS)
def test_one_step_equals_keras(name, use_bias):
    ours, theirs, options = PAIRS[name]
    cell, reference = (
        ours(UNITS, use_bias=use_bias, **options),
        theirs(UNITS, use_bias=use_bias, **options),
    )
    built(cell)
    reference.build((None, FEATURES))
    assert [w.name for w in cell.weights] == [w.name for w in reference.weights]
    reference.set_weights(cell.get_weights())
    inputs, states = random_step(cell)
    output, new_states = cell(inputs, states)
    expected, expected_states = reference(inputs, states)
    np.testing.assert_allclose(output, expected, atol=1e-6)
    for state, expected_state in zip(new_states, expected_states, strict=True):
        np.testing.assert_allclose(state, expected_state, atol=1e-6)


@pytest.mark.parametrize("name", PAIRS)
def test_weights_start_as_in_keras(name):
    ours, theirs, options = PAIRS[name]
    cell, reference = ours(UNITS, **options), theirs(UNITS, **options)
    cell.build((None, FEATURES))
    reference.build((None, FEATURES))
    np.testing.assert_array_equal(cell.bias, reference.bias)
    recurrent_kernel = ops.convert_to_numpy(cell.recurrent_kernel)
    np.testing.assert_allclose(recurrent_kernel @ recurrent_kernel.T, np.eye(UNITS), atol=1e-5)


@pytest.mark.parametrize("reset_after", [True, False])
@pytest.mark.parametrize("update_gate", ["keep", "write"])
def test_gru_equals_numpy(reset_after, update_gate):
    cell = built(GRUCell(UNITS, reset_after=reset_after, update_gate=update_gate))
    inputs, states = random_step(cell)
    x, h = np.array(inputs, "float64"), np.array(states[0], "float64")
    W, U, b = (np.array(w, "float64") for w in cell.get_weights())
    b_input, b_recurrent = b if reset_after else (b, np.zeros_like(b))
    W_z, W_r, W_h = np.split(W, 3, axis=1)
    U_z, U_r, U_h = np.split(U, 3, axis=1)
    z = sigmoid(x @ W_z + h @ U_z + (b_input + b_recurrent)[:UNITS])
    r = sigmoid(x @ W_r + h @ U_r + (b_input + b_recurrent)[UNITS : 2 * UNITS])
    if reset_after:
        candidate = r * (h @ U_h + b_recurrent[2 * UNITS :])
    else:
        candidate = (r * h) @ U_h
    candidate = np.tanh(x @ W_h + candidate + b_input[2 * UNITS :])
    expected = z * h + (1 - z) * candidate if update_gate == "keep" else (1 - z) * h + z * candidate
    np.testing.assert_allclose(cell(inputs, states)[0], expected, atol=1e-6)


@pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru"])
def test_call_is_project_then_step(name):
    cell = built(make_cell(name, UNITS))
    inputs, states = random_step(cell)
    output, new_states = cell.step(cell.project(inputs), states)
    np.testing.assert_array_equal(cell(inputs, states)[0], output)
    np.testing.assert_array_equal(output, new_states[0])


@pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru"])
def test_gates_go_by_name_and_stored_order(name):
    """Zeroing the stored columns of one gate changes that gate and no other (T11)."""
    cell = built(make_cell(name, UNITS))
    inputs, states = random_step(cell)
    before = cell.gates(cell.project(inputs), states)
    assert tuple(before) == cell.gate_names
    for position, gate in enumerate(cell.gate_names):
        if gate == "reset_gate":
            continue  # it acts inside the candidate, so that two values change
        kernel, *rest = random_weights(cell)
        kernel[:, position * UNITS : (position + 1) * UNITS] = 0
        cell.set_weights([kernel, *rest])
        after = cell.gates(cell.project(inputs), states)
        changed = [g for g in before if not np.allclose(before[g], after[g], atol=1e-4)]
        assert changed == [gate]


@pytest.mark.parametrize(
    ("cell", "use_bias", "parameters"),
    [
        (LSTMCell(32), True, 42_624),
        (LSTMCell(32, use_bias=False), False, 42_496),
        (GRUCell(32, reset_after=False), True, 31_968),
        (GRUCell(32, reset_after=True), True, 32_064),
    ],
)
def test_parameter_counts(cell, use_bias, parameters):
    """M5 and T10: 300 features, 32 units."""
    cell.build((None, 300))
    assert cell.use_bias == use_bias
    assert cell.count_params() == parameters


def test_t1_matrices_are_named_by_what_they_multiply():
    """T1: scaling kernel acts on the input alone, recurrent_kernel on the state alone."""
    cell = built(SimpleRNNCell(UNITS, activation="linear", use_bias=False))
    inputs, states = random_step(cell)
    zeros = [ops.zeros_like(states[0])]
    W, U = cell.get_weights()
    np.testing.assert_allclose(cell(inputs, zeros)[0], np.array(inputs) @ W, atol=1e-6)
    np.testing.assert_allclose(
        cell(ops.zeros_like(inputs), states)[0], np.array(states[0]) @ U, atol=1e-6
    )


@pytest.mark.parametrize("reset_after", [True, False])
def test_t2_write_is_keep_with_the_update_weights_negated(reset_after):
    keep = built(GRUCell(UNITS, reset_after=reset_after, update_gate="keep"))
    write = built(GRUCell(UNITS, reset_after=reset_after, update_gate="write"))
    weights = keep.get_weights()
    for w in weights:
        w[..., :UNITS] *= -1  # update_gate is the first third
    inputs, states = random_step(keep)
    different = write(inputs, states)[0]
    assert not np.allclose(different, keep(inputs, states)[0], atol=1e-2)
    write.set_weights(weights)
    np.testing.assert_allclose(write(inputs, states)[0], keep(inputs, states)[0], atol=1e-6)


def test_t3_reset_before_and_after_are_different_functions():
    """T3: they differ in general and agree when the candidate's recurrent kernel is diagonal."""
    before = built(GRUCell(UNITS, reset_after=False, use_bias=False))
    after = built(GRUCell(UNITS, reset_after=True, use_bias=False))
    inputs, states = random_step(before)
    assert not np.allclose(before(inputs, states)[0], after(inputs, states)[0], atol=1e-2)
    kernel, recurrent_kernel = before.get_weights()
    recurrent_kernel[:, 2 * UNITS :] = np.diag([0.5, -1.0, 2.0, 0.1])
    for cell in (before, after):
        cell.set_weights([kernel, recurrent_kernel])
    np.testing.assert_allclose(before(inputs, states)[0], after(inputs, states)[0], atol=1e-6)


def test_t3_reset_before_and_after_agree_where_the_gate_is_open():
    before = built(GRUCell(UNITS, reset_after=False))
    after = built(GRUCell(UNITS, reset_after=True))
    kernel, recurrent_kernel, bias = before.get_weights()
    bias[UNITS : 2 * UNITS] = 100  # r = 1
    before.set_weights([kernel, recurrent_kernel, bias])
    after.set_weights([kernel, recurrent_kernel, np.stack([bias, np.zeros_like(bias)])])
    inputs, states = random_step(before)
    np.testing.assert_allclose(before(inputs, states)[0], after(inputs, states)[0], atol=1e-6)


def test_t10_two_biases_add_up_to_one():
    """T10: B's LSTM has b_i* and b_h*; a sum in the one bias is the same function."""
    cell = built(LSTMCell(UNITS))
    kernel, recurrent_kernel, bias = cell.get_weights()
    b_input, b_recurrent = bias * 0.3, bias * 0.7
    inputs, (h, c) = random_step(cell)
    two = np.array(inputs) @ kernel + b_input + np.array(h) @ recurrent_kernel + b_recurrent
    i, f, g, o = np.split(two, 4, axis=1)
    new_c = sigmoid(f) * np.array(c) + sigmoid(i) * np.tanh(g)
    np.testing.assert_allclose(cell(inputs, [h, c])[0], sigmoid(o) * np.tanh(new_c), atol=1e-6)
    assert 4 * 32 * (300 + 32 + 2) == 42_752  # B's count


@pytest.mark.usefixtures("double_precision")
def test_batch_of_one_and_every_dtype():
    for dtype in ("float64", "mixed_bfloat16"):
        cell = LSTMCell(UNITS, dtype=dtype)
        inputs = ops.ones((1, FEATURES), cell.compute_dtype)
        output, _ = cell(inputs, cell.get_initial_state(batch_size=1))
        assert output.shape == (1, UNITS)
        assert keras.backend.standardize_dtype(output.dtype) == cell.compute_dtype


@pytest.mark.parametrize("name", PAIRS)
def test_config_round_trip(name):
    ours, _, options = PAIRS[name]
    cell = ours(UNITS, use_bias=False, kernel_initializer="zeros", **options)
    config = keras.saving.serialize_keras_object(cell)
    again = keras.saving.deserialize_keras_object(config)
    assert type(again) is ours
    assert again.get_config() == cell.get_config()


@pytest.mark.parametrize("units", [0, -3, 2.5, "8", True, None])
@pytest.mark.parametrize("cell", [SimpleRNNCell, LSTMCell, GRUCell])
def test_bad_units(cell, units):
    with pytest.raises(ValueError, match=f"units must be a positive integer, got {units!r}"):
        cell(units)


@pytest.mark.parametrize("argument", ["activation", "recurrent_activation"])
def test_unknown_activation(argument):
    with pytest.raises(ValueError, match=rf"^{argument} must be the name .* got 'tanhh'"):
        LSTMCell(2, **{argument: "tanhh"})


def test_unknown_update_gate():
    with pytest.raises(ValueError, match='update_gate must be "keep" or "write", got \'forget\''):
        GRUCell(2, update_gate="forget")


def test_unknown_cell():
    with pytest.raises(ValueError, match=r"cell must be one of \['gru', 'lstm', .*got 'elman'"):
        make_cell("elman", 3)


def test_wrong_feature_size():
    cell = built(LSTMCell(UNITS))
    with pytest.raises(ValueError, match=r"built for inputs of 5 features, got .*\(3, 6\)"):
        cell(ops.ones((3, 6)), cell.get_initial_state(3))


def test_a_sequence_given_to_a_cell():
    with pytest.raises(ValueError, match=r"one time step, inputs of shape \(batch, features\)"):
        LSTMCell(UNITS).build((2, 7, FEATURES))
