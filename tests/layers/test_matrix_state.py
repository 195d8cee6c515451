"""A matrix as the state, against the paper's columns, attention, and what a memory is for."""

import itertools

import keras
import numpy as np
import pytest
from backends import compiled, differentiate
from keras import ops

from rnn_course.layers import RNN, Bidirectional, GatedDeltaCell

BATCH, TIMESTEPS, FEATURES, UNITS, KEYS = 3, 6, 5, 4, 3

CELLS = {
    "gated delta rule": {},
    "delta rule": {"forget": False},
    "gated linear attention": {"rule": "add"},
    "linear attention": {"rule": "add", "forget": False},
}
MASK = np.array([[0, 1, 1, 0, 1, 1], [0, 0, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0]], bool)


def normal(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def make(name, dtype="float32", **walk):
    walk = dict(return_sequences=True, return_state=True, dtype=dtype) | walk
    layer = RNN(GatedDeltaCell(UNITS, KEYS, dtype=dtype, **CELLS[name]), **walk)
    layer.build((BATCH, TIMESTEPS, FEATURES))
    for i, variable in enumerate(layer.trainable_variables):
        variable.assign(normal(i, *variable.shape))
    return layer


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def parts_of(layer, x):
    """Query, key, value, α and β of every step, from the weights."""
    W, b = (w.astype("float64") for w in layer.get_weights())
    ends = np.cumsum([KEYS, KEYS, UNITS, 1])
    q, k, v, beta, alpha = np.split(x @ W + b, ends, axis=-1)  # of alpha there may be no column
    q, k = (each / np.linalg.norm(each, axis=-1, keepdims=True) for each in (q, k))
    alpha = sigmoid(alpha) if alpha.shape[-1] else np.ones_like(beta)
    return q, k, v, alpha, sigmoid(beta)


def by_columns(name, layer, x, memory, mask):
    """Equation 10 of the paper, whose vectors are columns and whose memory is transposed."""
    q, k, v, alpha, beta = parts_of(layer, x)
    outputs, final = [], []
    for row in range(len(x)):
        S, y, steps = memory[row].reshape(KEYS, UNITS).T, np.zeros(UNITS), []
        for t in range(x.shape[1]):
            if mask is None or mask[row, t]:
                key = k[row, t][:, None]
                erased = np.eye(KEYS) - beta[row, t] * key @ key.T
                if CELLS[name].get("rule") == "add":
                    erased = np.eye(KEYS)
                S = S @ (alpha[row, t] * erased) + beta[row, t] * v[row, t][:, None] @ key.T
                y = S @ q[row, t]
            steps.append(y)
        outputs.append(steps)
        final.append(S.T.ravel())
    return np.array(outputs), np.array(final)


def assert_equal(found, expected, atol):
    found, expected = keras.tree.flatten(found), keras.tree.flatten(expected)
    for one, other in zip(found, expected, strict=True):
        one, other = (ops.convert_to_numpy(x).astype("float64") for x in (one, other))
        np.testing.assert_allclose(one, other, rtol=atol, atol=atol)


@pytest.mark.parametrize(
    ("name", "masked", "go_backwards"), list(itertools.product(CELLS, [False, True], [False, True]))
)
def test_equals_the_papers_recurrence(name, masked, go_backwards):
    layer = make(name, go_backwards=go_backwards)
    x, memory = normal(5, BATCH, TIMESTEPS, FEATURES), normal(6, BATCH, KEYS * UNITS)
    mask = MASK if masked else None
    found = layer(x.astype("float32"), initial_state=[memory.astype("float32")], mask=mask)
    if go_backwards:
        x, mask = x[:, ::-1], None if mask is None else mask[:, ::-1]
    assert_equal(found, by_columns(name, layer, x, memory, mask), 2e-5)


@pytest.mark.parametrize("name", ["linear attention", "gated linear attention"])
def test_is_attention_without_a_softmax(name):
    """All of the past at hand, weighted by how well its keys fit, and no state."""
    layer = make(name, return_state=False)
    x = normal(5, BATCH, TIMESTEPS, FEATURES)
    q, k, v, alpha, beta = parts_of(layer, x)
    kept = np.cumsum(np.log(alpha), axis=1)  # (batch, timesteps, 1)
    weights = q @ k.transpose(0, 2, 1) * np.exp(kept - kept.transpose(0, 2, 1))
    weights = np.tril(weights * beta.transpose(0, 2, 1))
    assert_equal(layer(x.astype("float32")), weights @ v, 2e-5)


@pytest.mark.parametrize("name", CELLS)
def test_a_value_is_read_back_by_its_key(name):
    """Written over, by the delta rule, and not mixed with what was there; by sums, mixed."""
    cell = make(name).cell
    projected = normal(7, 2, 1, cell.kernel.shape[1]).astype("float32")
    projected[:, :, KEYS : 2 * KEYS] = projected[:1, :, KEYS : 2 * KEYS]  # one key
    projected[:, :, :KEYS] = projected[:1, :, KEYS : 2 * KEYS]  # and its own query
    projected[:, :, 2 * KEYS + UNITS :] = 30  # every gate is open
    values = projected[:, :, 2 * KEYS : 2 * KEYS + UNITS]
    output, states = cell.step(ops.array(projected[0]), cell.get_initial_state(1))
    assert_equal(output, values[0], 1e-5)
    output, _ = cell.step(ops.array(projected[1]), states)
    expected = values[0] + values[1] if cell.rule == "add" else values[1]
    assert_equal(output, expected, 1e-5)


@pytest.mark.usefixtures("double_precision")
@pytest.mark.parametrize(
    ("name", "jit_compile"), [*((name, False) for name in CELLS), ("gated delta rule", True)]
)
def test_gradients_equal_finite_differences(name, jit_compile):
    layer = make(name, "float64")
    arrays = [normal(5, 2, TIMESTEPS, FEATURES), normal(6, 2, KEYS * UNITS)]

    def loss(x, memory):
        output, final = layer(x, initial_state=[memory], mask=MASK[:2])
        return ops.sum(ops.sin(output)) + ops.sum(ops.square(final)), ()

    run = compiled(lambda *a: differentiate(loss, a)[2], jit_compile)
    at = compiled(lambda *a: loss(*a)[0])
    for i, gradient in enumerate(run(*map(ops.array, arrays))):
        gradient = ops.convert_to_numpy(gradient)
        for index in list(np.ndindex(*gradient.shape))[::7]:
            moved = []
            for step in (1e-6, -1e-6):
                changed = [each.copy() for each in arrays]
                changed[i][index] += step
                moved.append(float(at(*map(ops.array, changed))))
            slope = (moved[0] - moved[1]) / 2e-6
            assert np.isclose(gradient[index], slope, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", CELLS)
def test_splitting_and_carrying_the_memory_never_matters(name):
    layer = make(name)
    x = normal(5, 2, TIMESTEPS, FEATURES).astype("float32")
    whole, memory = layer(x)
    for at in (1, 4):
        first, carried = layer(x[:, :at])
        second, final = layer(x[:, at:], initial_state=[carried])
        assert_equal([ops.concatenate([first, second], axis=1), final], [whole, memory], 1e-5)


def test_stateful_carries_over_batches_until_reset():
    layer = make("gated delta rule", stateful=True, return_state=False)
    x = normal(5, BATCH, TIMESTEPS, FEATURES).astype("float32")
    whole = RNN(layer.cell, return_sequences=True)(x)
    parts = [np.array(layer(x[:, i : i + 2])) for i in (0, 2, 4)]
    assert_equal(np.concatenate(parts, axis=1), whole, 1e-5)
    layer.reset_state()
    assert_equal(layer(x[:, :2]), parts[0], 1e-6)


@pytest.mark.parametrize("name", CELLS)
def test_unknown_batch_and_length(name):
    inputs = keras.Input((None, FEATURES))
    layer = make(name, return_sequences=False, return_state=False)
    model = keras.Model(inputs, layer(inputs))
    assert model.output_shape == (None, UNITS)
    for batch, timesteps in [(1, 1), (4, 7)]:
        x = normal(5, batch, timesteps, FEATURES)
        expected, _ = by_columns(name, layer, x, np.zeros((batch, KEYS * UNITS)), None)
        assert_equal(model.predict(x.astype("float32"), verbose=0), expected[:, -1], 2e-5)


def test_the_memory_stays_bounded():
    """Two thousand writings by the delta rule without forgetting: its keys are of length one."""
    layer = make("delta rule", return_sequences=False)
    x = normal(5, 1, 2000, FEATURES).astype("float32")
    _, memory = compiled(lambda: layer(x))()
    _, _, v, _, _ = parts_of(layer, x)
    assert np.abs(ops.convert_to_numpy(memory)).max() < KEYS * np.linalg.norm(v, axis=-1).max()


@pytest.mark.parametrize("dtype", ["float16", "mixed_float16", "mixed_bfloat16"])
@pytest.mark.parametrize("name", ["gated delta rule", "gated linear attention"])
def test_half_precision(name, dtype):
    layer, like = make(name, dtype), make(name)
    x = normal(5, BATCH, TIMESTEPS, FEATURES).astype("float32")
    for value, expected in zip(layer(x, mask=MASK), like(x, mask=MASK), strict=True):
        assert keras.backend.standardize_dtype(value.dtype) == layer.compute_dtype
        value = ops.convert_to_numpy(ops.cast(value, "float32"))
        np.testing.assert_allclose(value, expected, atol=0.15 if "bfloat" in dtype else 0.02)


@pytest.mark.parametrize("form", ["alone", "stacked", "bidirectional"])
@pytest.mark.parametrize("name", CELLS)
def test_save_and_load(form, name, tmp_path):
    def layer(**walk):
        return RNN(GatedDeltaCell(UNITS, KEYS, **CELLS[name]), **walk)

    layers = {
        "alone": lambda: [layer()],
        "stacked": lambda: [layer(return_sequences=True), layer()],
        "bidirectional": lambda: [Bidirectional(layer())],
    }[form]()
    model = keras.Sequential([keras.Input((None, FEATURES)), *layers])
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    x = normal(5, BATCH, TIMESTEPS, FEATURES).astype("float32")
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


@pytest.mark.parametrize("name", CELLS)
def test_weights_and_config(name):
    cell = GatedDeltaCell(UNITS, KEYS, kernel_initializer="zeros", **CELLS[name])
    cell.build((None, FEATURES))
    columns = 2 * KEYS + UNITS + (2 if cell.forget else 1)
    assert [(w.name, tuple(w.shape)) for w in cell.weights] == [
        ("kernel", (FEATURES, columns)),
        ("bias", (columns,)),
    ]
    bias = ops.convert_to_numpy(cell.bias).tolist()
    assert bias == [0] * (columns - 1) + [4 if cell.forget else 0]
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(cell))
    assert again.get_config() == cell.get_config()
    assert tuple(cell.gates(ops.zeros((1, columns)), ())) == cell.gate_names


def test_no_bias():
    cell = GatedDeltaCell(UNITS, KEYS, use_bias=False)
    output, _ = cell(ops.ones((2, FEATURES)), cell.get_initial_state(2))
    assert output.shape == (2, UNITS)
    assert len(cell.weights) == 1


# Bad input


@pytest.mark.parametrize("size", [0, -3, 2.5, "8", True, None])
def test_bad_sizes(size):
    with pytest.raises(ValueError, match=f"units must be a positive integer, got {size!r}"):
        GatedDeltaCell(size, 2)
    with pytest.raises(ValueError, match=f"key_size must be a positive integer, got {size!r}"):
        GatedDeltaCell(2, size)


@pytest.mark.parametrize("option", ["activation", "recurrent_initializer"])
def test_options_for_what_there_is_not(option):
    with pytest.raises(TypeError, match=option):
        GatedDeltaCell(2, 2, **{option: None})


def test_another_rule():
    with pytest.raises(ValueError, match='rule must be "delta" or "add", got \'hebb\''):
        GatedDeltaCell(2, 2, rule="hebb")


def test_initial_state_of_the_wrong_shape():
    layer, x = make("delta rule"), normal(5, BATCH, TIMESTEPS, FEATURES).astype("float32")
    message = r"initial_state must hold 1 state\(s\).*\[\(3, 12\)\], got \[\(3, 4\)\]"
    with pytest.raises(ValueError, match=message):
        layer(x, initial_state=[np.ones((BATCH, UNITS), "float32")])
