"""Linear cells against NumPy, and their layer, loop and tree, against `RNN` and each other."""

import itertools

import keras
import numpy as np
import pytest
from backends import JIT_COMPILE, compiled, differentiate, examples
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from rnn_course.layers import (
    RNN,
    Bidirectional,
    LinearRecurrence,
    LSTMCell,
    MinGRUCell,
    MinLSTMCell,
)
from rnn_course.layers.linear import LinearCell

BATCH, TIMESTEPS, FEATURES, UNITS = 3, 6, 5, 4

CELLS = {
    "minimal gru": (MinGRUCell, {}),
    "minimal gru positive": (MinGRUCell, {"positive": True}),
    "gilr": (MinGRUCell, {"activation": "tanh"}),
    "minimal lstm": (MinLSTMCell, {}),
    "minimal lstm positive": (MinLSTMCell, {"positive": True}),
}
WALKS = ["loop", "scan"]
FORMS = list(itertools.product(CELLS, WALKS))

MASKS = {
    "none": None,
    "right-padded": [[1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0]],
    "holes": [[0, 1, 1, 0, 1, 1], [1, 0, 1, 0, 1, 0], [0, 0, 1, 1, 0, 0]],
    "fully masked row": [[1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]],
}


def mask_of(name):
    return None if MASKS[name] is None else np.array(MASKS[name], bool)


def sequences(seed=1, batch=BATCH, timesteps=TIMESTEPS, dtype="float32"):
    return np.random.default_rng(seed).normal(size=(batch, timesteps, FEATURES)).astype(dtype)


def initial_state(batch=BATCH, dtype="float32"):
    """Above zero, as states of the positive form are."""
    return np.random.default_rng(2).uniform(0.1, 2, size=(batch, UNITS)).astype(dtype)


def make_cell(name, dtype="float32", **options):
    kind, more = CELLS[name]
    return kind(UNITS, dtype=dtype, bias_initializer="random_normal", **more, **options)


def make(name, walk="scan", dtype="float32", **options):
    """The layer; `RNN` where there is no walk, which knows no more of a cell than its step."""
    options = dict(return_sequences=True, return_state=True, dtype=dtype) | options
    cell = make_cell(name, dtype)
    layer = RNN(cell, **options) if walk is None else LinearRecurrence(cell, walk=walk, **options)
    layer.build((BATCH, TIMESTEPS, FEATURES))
    generator = np.random.default_rng(0)
    for variable in layer.trainable_variables:
        variable.assign(generator.normal(size=variable.shape))
    return layer


# Oracles


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def step_by_numpy(name, weights, x, h):
    """The equations, as they stand in the docstrings."""
    W, b = weights
    *gates, candidate = np.split(x @ W + b, len(W[0]) // UNITS, axis=-1)
    if "positive" in name:
        candidate = np.where(candidate >= 0, candidate + 0.5, sigmoid(candidate))
    elif name == "gilr":
        candidate = np.tanh(candidate)
    if "gru" in name or name == "gilr":
        (z,) = map(sigmoid, gates)
        return z * h + (1 - z) * candidate
    i, f = map(sigmoid, gates)
    return f / (f + i) * h + i / (f + i) * candidate


def walk_by_numpy(name, weights, x, h, mask, go_backwards=False):
    """Outputs in the order of the walk, and the last state."""
    outputs, y = [], np.zeros_like(h)
    steps = range(x.shape[1])
    for t in reversed(steps) if go_backwards else steps:
        real = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        h = np.where(real, step_by_numpy(name, weights, x[:, t], h), h)
        y = np.where(real, h, y)
        outputs.append(y)
    return np.stack(outputs, axis=1), h


def assert_equal(found, expected, atol):
    found, expected = keras.tree.flatten(found), keras.tree.flatten(expected)
    for one, other in zip(found, expected, strict=True):
        one, other = (ops.convert_to_numpy(x).astype("float64") for x in (one, other))
        np.testing.assert_allclose(one, other, rtol=atol, atol=atol)


def everything(layer, x, state, mask=None):
    """Outputs, final state and the gradients of all that a loss over both reaches."""

    def loss_and_values(x, state):
        output, final = layer(x, initial_state=[state], mask=mask)
        ramp = ops.reshape(ops.linspace(-1.0, 1.0, np.prod(output.shape)), output.shape)
        loss = ops.sum(ops.cast(ramp, output.dtype) * output) + ops.sum(ops.square(final))
        return loss, [output, final]

    _, values, gradients = differentiate(loss_and_values, [x, state], layer=layer)
    return values, gradients


# Cells


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("name", CELLS)
def test_one_step_equals_numpy(name, use_bias):
    cell = make_cell(name, use_bias=use_bias)
    x, h = sequences()[:, 0], initial_state()
    output, (state,) = cell(x, [ops.array(h)])
    W, *b = map(ops.convert_to_numpy, cell.weights)
    expected = step_by_numpy(name, [W, b[0] if use_bias else 0], x, h)
    assert_equal([output, state], [expected, expected], 1e-6)


@pytest.mark.parametrize("name", CELLS)
def test_gates_go_by_name_and_stored_order(name):
    cell = make_cell(name)
    x, h = sequences()[:, 0], [ops.array(initial_state())]
    cell(x, h)
    before = cell.gates(cell.project(x), h)
    assert tuple(before) == cell.gate_names
    kernel, bias = cell.get_weights()
    kernel[:, -UNITS:] = 0
    cell.set_weights([kernel, bias])
    after = cell.gates(cell.project(x), h)
    changed = [gate for gate in before if not np.allclose(before[gate], after[gate])]
    assert changed == ["candidate"]


@pytest.mark.parametrize("name", ["minimal lstm", "minimal lstm positive"])
def test_what_is_kept_and_what_is_written_are_shares(name):
    cell = make_cell(name)
    cell.build((None, FEATURES))
    for x in (sequences()[:, 0], -1e4 * sequences()[:, 0]):  # of which both sigmoids are zero
        gates = cell.gates(cell.project(x), ())
        total = gates["input_gate"] + gates["forget_gate"]
        np.testing.assert_allclose(total, np.ones((BATCH, UNITS)), atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "parameters"), [(MinGRUCell, 2 * 32 * 301), (MinLSTMCell, 3 * 32 * 301)]
)
def test_there_are_no_weights_for_the_state(kind, parameters):
    cell = kind(32)
    cell.build((None, 300))
    assert [w.name for w in cell.weights] == ["kernel", "bias"]
    assert cell.count_params() == parameters


@pytest.mark.parametrize("name", CELLS)
def test_the_logarithms_are_those_of_the_coefficients(name):
    cell = make_cell(name)
    cell.build((None, FEATURES))
    projected = ops.array(np.random.default_rng(0).normal(size=(50, len(cell.gate_names) * UNITS)))
    projected = ops.cast(5 * projected, "float32")
    a, b = cell.coefficients(projected)
    if cell.positive:
        assert_equal([ops.exp(x) for x in cell.log_coefficients(projected)], [a, b], 1e-6)
    else:
        assert ops.convert_to_numpy(b).min() < 0


@pytest.mark.parametrize("name", CELLS)
def test_config_round_trip(name):
    cell = make_cell(name, use_bias=False)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(cell))
    assert type(again) is type(cell)
    assert again.get_config() == cell.get_config()
    assert (again.positive, again.activation) == (cell.positive, cell.activation)


# The layer


@pytest.mark.usefixtures("double_precision")
class TestEqualsTheLoopOverTheCell:
    """In float64, to rounding: NumPy for the values, `RNN` and the framework for gradients too."""

    @pytest.mark.parametrize(
        ("form", "mask", "go_backwards"), list(itertools.product(FORMS, MASKS, [False, True]))
    )
    def test_masks_and_directions(self, form, mask, go_backwards):
        name, walk = form
        layer, plain = (
            make(name, which, "float64", go_backwards=go_backwards) for which in (walk, None)
        )
        x, h = sequences(dtype="float64"), initial_state(dtype="float64")
        values, gradients = everything(layer, x, h, mask_of(mask))
        expected, expected_gradients = everything(plain, x, h, mask_of(mask))
        assert_equal([values, gradients], [expected, expected_gradients], 1e-10)
        assert all(np.abs(ops.convert_to_numpy(g)).max() > 0 for g in gradients)
        weights = [w.astype("float64") for w in layer.get_weights()]
        by_numpy = walk_by_numpy(name, weights, x, h, mask_of(mask), go_backwards)
        assert_equal(values, by_numpy, 1e-10)

    @pytest.mark.parametrize("zero_output_for_mask", [False, True])
    @pytest.mark.parametrize("mask", MASKS)
    @pytest.mark.parametrize("walk", WALKS)
    def test_the_last_output_alone(self, walk, mask, zero_output_for_mask):
        options = dict(return_sequences=False, zero_output_for_mask=zero_output_for_mask)
        layer, plain = (make("minimal gru", w, "float64", **options) for w in (walk, None))
        x, h = sequences(dtype="float64"), initial_state(dtype="float64")
        found = everything(layer, x, h, mask_of(mask))
        assert_equal(found, everything(plain, x, h, mask_of(mask)), 1e-10)

    @pytest.mark.parametrize(("batch", "timesteps"), [(1, 1), (3, 1), (1, 6)])
    @pytest.mark.parametrize(("name", "walk"), FORMS)
    def test_one_step_and_one_row(self, name, walk, batch, timesteps):
        layer = make(name, walk, "float64")
        x, h = sequences(1, batch, timesteps, "float64"), initial_state(batch, "float64")
        mask = np.ones((batch, timesteps), bool)
        weights = [w.astype("float64") for w in layer.get_weights()]
        values = layer(x, initial_state=[h], mask=mask)
        assert_equal(values, walk_by_numpy(name, weights, x, h, mask), 1e-10)

    @pytest.mark.parametrize("jit_compile", [False, True])
    @pytest.mark.parametrize(("name", "walk"), [*FORMS[:2], *FORMS[-2:]])
    def test_inside_a_compiled_graph(self, name, walk, jit_compile):
        layer, plain = (make(name, which, "float64") for which in (walk, None))
        x, h = sequences(dtype="float64"), initial_state(dtype="float64")
        graph = compiled(lambda: everything(layer, x, h, mask_of("holes")), jit_compile)
        assert_equal(graph(), everything(plain, x, h, mask_of("holes")), 1e-10)

    @pytest.mark.parametrize(("name", "walk"), FORMS)
    def test_the_frameworks_own_way_back(self, name, walk):
        layer, plain = (
            make(name, which, "float64", backward_pass="autodiff") for which in (walk, None)
        )
        x, h = sequences(dtype="float64"), initial_state(dtype="float64")
        mask = mask_of("fully masked row")
        assert_equal(everything(layer, x, h, mask), everything(plain, x, h, mask), 1e-10)

    @pytest.mark.parametrize("walk", WALKS)
    def test_ten_thousand_steps(self, walk):
        layer = make("minimal lstm positive", walk, "float64")
        x, h = sequences(1, 1, 10_000, "float64"), initial_state(1, "float64")
        run = compiled(lambda: layer(x, initial_state=[h]))
        weights = [w.astype("float64") for w in layer.get_weights()]
        expected = walk_by_numpy("minimal lstm positive", weights, x, h, None)
        assert_equal(run(), expected, 1e-9)


@pytest.mark.parametrize(("name", "walk"), FORMS)
def test_from_no_state(name, walk):
    layer = make(name, walk)
    expected = walk_by_numpy(name, layer.get_weights(), sequences(), np.zeros((BATCH, UNITS)), None)
    assert_equal(layer(sequences()), expected, 1e-5)


@pytest.mark.parametrize(("name", "walk"), FORMS)
def test_unknown_batch_and_length(name, walk):
    inputs = keras.Input((None, FEATURES))
    layer = LinearRecurrence(make_cell(name), walk=walk)
    model = keras.Model(inputs, layer(inputs))
    assert model.output_shape == (None, UNITS)
    state = np.zeros((4, UNITS))
    for batch, timesteps in [(1, 1), (4, 7)]:
        x = sequences(0, batch, timesteps)
        expected, _ = walk_by_numpy(name, layer.get_weights(), x, state[:batch], None)
        assert_equal(model.predict(x, verbose=0), expected[:, -1], 1e-5)


@pytest.mark.trains
def test_both_walks_train_alike():
    """The loss of a few updates, with masks, is that of `RNN`, which knows nothing of walks."""

    def losses(walk, jit_compile):
        keras.utils.set_random_seed(0)
        tokens = keras.Input((None,), dtype="int32")
        x = keras.layers.Embedding(9, FEATURES, mask_zero=True)(tokens)
        layer = make("minimal gru", walk, return_state=False)
        model = keras.Model(tokens, keras.layers.Dense(9, "softmax")(layer(x)))
        model.compile("adam", "sparse_categorical_crossentropy", jit_compile=jit_compile)
        batch = np.random.default_rng(0).integers(1, 9, size=(8, 12))
        batch[:, 9:] = 0
        return model.fit(batch, batch, epochs=4, shuffle=False, verbose=0).history["loss"]

    expected = losses(None, JIT_COMPILE[0])
    assert expected[-1] < expected[0]
    for walk, jit_compile in [("loop", JIT_COMPILE[0]), *(("scan", jit) for jit in JIT_COMPILE)]:
        np.testing.assert_allclose(losses(walk, jit_compile), expected, rtol=1e-5)


# Properties


@settings(max_examples=examples(15), deadline=None)
@given(
    form=st.sampled_from(FORMS),
    length=st.integers(1, 6),
    padding=st.integers(1, 5),
    go_backwards=st.booleans(),
)
def test_padding_never_changes_a_real_position(form, length, padding, go_backwards):
    layer = make(*form, go_backwards=go_backwards)
    real, noise = sequences(3, 2, length), sequences(4, 2, padding) * 100
    mask = np.arange(length + padding)[None] < np.array([length, length])[:, None]
    output, state = layer(real)
    padded_output, padded_state = layer(np.concatenate([real, noise], axis=1), mask=mask)
    kept = padded_output[:, padding:] if go_backwards else padded_output[:, :length]
    assert_equal([kept, padded_state], [output, state], 1e-5)


@settings(max_examples=examples(15), deadline=None)
@given(form=st.sampled_from(FORMS), timesteps=st.integers(2, 9), split=st.floats(0, 1))
def test_splitting_and_carrying_the_state_never_matters(form, timesteps, split):
    layer = make(*form)
    inputs = sequences(5, 2, timesteps)
    at = 1 + round(split * (timesteps - 2))
    whole, state = layer(inputs)
    first, carried = layer(inputs[:, :at])
    second, final = layer(inputs[:, at:], initial_state=[carried])
    assert_equal([ops.concatenate([first, second], axis=1), final], [whole, state], 1e-5)


@pytest.mark.parametrize(("name", "walk"), FORMS)
def test_read_at_once_or_word_by_word(name, walk):
    """As a language model does: all that is there in parallel, then one step after the other."""
    layer = make(name, walk)
    x = sequences()
    whole, _ = layer(x)
    _, state = layer(x[:, :3])
    for t in range(3, TIMESTEPS):
        output, (state,) = layer.cell(x[:, t], [state])
        assert_equal(output, whole[:, t], 1e-5)
        one, also = layer(x[:, t : t + 1], initial_state=[ops.array(whole[:, t - 1])])
        assert_equal([one[:, 0], also], [whole[:, t]] * 2, 1e-5)


@pytest.mark.parametrize("walk", WALKS)
def test_outputs_do_not_depend_on_later_inputs(walk):
    layer = make("minimal gru", walk)
    inputs = sequences()
    changed = inputs.copy()
    changed[:, 4:] += 1
    before, after = layer(inputs)[0], layer(changed)[0]
    np.testing.assert_array_equal(before[:, :4], after[:, :4])
    assert not np.allclose(before[:, 4:], after[:, 4:])


@pytest.mark.parametrize("scale", [30, 1e4])
@pytest.mark.parametrize(("name", "walk"), FORMS)
def test_numbers_stay_numbers(name, walk, scale):
    """Gates shut and open all the way, over many steps: states and gradients are finite."""
    layer = make(name, walk)
    x = scale * np.sign(sequences(6, 2, 50))
    values, gradients = everything(layer, x.astype("float32"), initial_state(2))
    finite = [np.isfinite(ops.convert_to_numpy(x)).all() for x in values + gradients]
    assert all(finite)


# Masks, state, directions


@pytest.mark.parametrize(("name", "walk"), FORMS)
def test_a_fully_masked_row_keeps_its_initial_state(name, walk):
    layer = make(name, walk)
    outputs, state = layer(
        sequences(), initial_state=[initial_state()], mask=mask_of("fully masked row")
    )
    np.testing.assert_allclose(state[1], initial_state()[1], rtol=1e-6)
    np.testing.assert_array_equal(outputs[1], np.zeros((TIMESTEPS, UNITS)))
    _, state = layer(sequences(), mask=mask_of("fully masked row"))
    np.testing.assert_array_equal(state[1], np.zeros(UNITS))


def test_a_mask_reaches_the_second_layer():
    tokens = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(9, FEATURES, mask_zero=True)(tokens)
    x = LinearRecurrence(MinGRUCell(UNITS), return_sequences=True)(x)
    assert x._keras_mask is not None
    model = keras.Model(tokens, LinearRecurrence(MinLSTMCell(UNITS))(x))
    short = model(np.array([[3, 4, 5]]))
    padded = model(np.array([[3, 4, 5, 0, 0, 0, 0]]))
    np.testing.assert_allclose(padded, short, atol=1e-6)


@pytest.mark.parametrize(("name", "walk"), FORMS)
def test_stateful_carries_over_batches_until_reset(name, walk):
    layer = make(name, walk, stateful=True, return_state=False)
    whole, _ = LinearRecurrence(layer.cell, return_sequences=True, return_state=True)(sequences())
    parts = [np.array(layer(sequences()[:, i : i + 2])) for i in (0, 2, 4)]
    np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, atol=1e-5)
    layer.reset_state()
    np.testing.assert_allclose(layer(sequences()[:, :2]), parts[0], atol=1e-6)


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("walk", WALKS)
def test_bidirectional_joins_the_walks_of_both_directions(walk, mask):
    layer = Bidirectional(
        LinearRecurrence(make_cell("minimal lstm"), return_sequences=True, walk=walk)
    )
    both = ops.convert_to_numpy(layer(sequences(), mask=mask_of(mask)))
    zeros = np.zeros((BATCH, UNITS))
    real = np.ones((BATCH, TIMESTEPS), bool) if mask_of(mask) is None else mask_of(mask)
    for half, of_walk, step in [
        (both[..., :UNITS], layer.forward_layer, 1),
        (both[..., UNITS:], layer.backward_layer, -1),
    ]:
        weights = of_walk.get_weights()
        outputs, _ = walk_by_numpy("minimal lstm", weights, sequences(), zeros, real, step < 0)
        # Keras asks both for zeros at masked steps.
        np.testing.assert_allclose(half, outputs[:, ::step] * real[..., None], atol=1e-5)


# Precision, saving


@pytest.mark.parametrize("of_layer", ["float32", "float16", "mixed_float16", "mixed_bfloat16"])
@pytest.mark.parametrize("of_cell", ["float16", "mixed_float16", "mixed_bfloat16"])
@pytest.mark.parametrize("name", ["minimal gru", "minimal lstm positive"])
def test_half_precision(name, of_cell, of_layer):
    cell = make_cell(name, of_cell)
    layers = [
        LinearRecurrence(cell, walk=walk, return_state=True, dtype=of_layer) for walk in WALKS
    ]
    like = keras.layers.RNN(cell, return_state=True, dtype=of_layer)
    expected = like(sequences(), mask=mask_of("holes"))
    for layer in layers:
        values = layer(sequences(), mask=mask_of("holes"))
        for value, other in zip(values, expected, strict=True):
            assert value.dtype == other.dtype
            value, other = (ops.convert_to_numpy(ops.cast(x, "float32")) for x in (value, other))
            np.testing.assert_allclose(
                value, other, atol=0.1 if "b" in of_cell + of_layer else 0.02
            )


@pytest.mark.parametrize("form", ["alone", "stacked", "bidirectional"])
@pytest.mark.parametrize("name", list(CELLS)[::2])
def test_save_and_load(form, name, tmp_path):
    walk = WALKS[form == "bidirectional"]

    def layer(**options):
        return LinearRecurrence(make_cell(name), walk=walk, **options)

    layers = {
        "alone": lambda: [layer()],
        "stacked": lambda: [layer(return_sequences=True), layer(backward_pass="autodiff")],
        "bidirectional": lambda: [Bidirectional(layer())],
    }[form]()
    model = keras.Sequential([keras.Input((None, FEATURES)), *layers])
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(
        again.predict(sequences(), verbose=0), model.predict(sequences(), verbose=0)
    )
    found = [getattr(each, "backward_layer", each) for each in again.layers]
    assert [each.walk for each in found] == [walk] * len(layers)
    assert found[-1].backward_pass == ("autodiff" if form == "stacked" else "by_hand")


@pytest.mark.tensorflow("exports to formats of TensorFlow")
@pytest.mark.parametrize("walk", WALKS)
def test_exported_and_read_again(walk, tmp_path):
    """In logarithms; numbers are exported in `test_export`."""
    import tensorflow as tf

    layer = LinearRecurrence(make_cell("minimal lstm positive"), walk=walk)
    model = keras.Sequential([keras.Input((None, FEATURES)), keras.layers.Masking(), layer])
    model.export(tmp_path / "exported", verbose=False)
    again = tf.saved_model.load(str(tmp_path / "exported"))
    for batch, timesteps in [(1, 1), (2, 9)]:
        x = sequences(0, batch, timesteps)
        assert_equal(again.serve(x), model(x), 1e-5)


# Bad input


class OwnStep(MinGRUCell):
    """What else it does the layer does not know."""

    def step(self, projected, states):
        return super().step(2 * projected, states)


class OwnCall(MinGRUCell):
    def call(self, inputs, states):
        return super().call(2 * inputs, states)


@pytest.mark.parametrize(
    "make_other",
    [
        lambda: LSTMCell(2),
        lambda: keras.layers.GRUCell(2),
        lambda: [MinGRUCell(2), MinGRUCell(2)],
        lambda: OwnStep(2),
        lambda: OwnCall(2),
    ],
)
def test_other_cells(make_other):
    with pytest.raises(ValueError, match=r"^LinearRecurrence walks cells .*, which RNN can walk$"):
        LinearRecurrence(make_other())


class Halving(LinearCell):
    """A cell of one's own: a running mean of what it reads."""

    gate_names = ("candidate",)

    def gates(self, projected, states):
        return {"candidate": projected}

    def coefficients(self, projected):
        return 0.5 * ops.ones_like(projected), 0.5 * projected


@pytest.mark.parametrize("walk", WALKS)
def test_a_cell_of_ones_own(walk):
    cell = Halving(1, use_bias=False, kernel_initializer="ones")
    layer = LinearRecurrence(cell, return_sequences=True, walk=walk)
    outputs = ops.convert_to_numpy(layer(np.array([[[2], [4], [8]]], "float32")))
    assert outputs[0, :, 0].tolist() == [1, 2.5, 5.25]


class HalfWritten(MinGRUCell):
    """What it overrides counts, in the form of positive states too."""

    def coefficients(self, projected):
        a, b = super().coefficients(projected)
        return a, 0.5 * b


@pytest.mark.parametrize("positive", [False, True])
@pytest.mark.parametrize("walk", WALKS)
def test_overridden_coefficients(walk, positive):
    cell = HalfWritten(UNITS, positive=positive)
    found, expected = (
        layer(sequences()) for layer in (LinearRecurrence(cell, walk=walk), RNN(cell))
    )
    assert_equal(found, expected, 1e-5)


def test_another_walk():
    with pytest.raises(ValueError, match=r"walk must be \"loop\" or \"scan\", got 'tree'"):
        LinearRecurrence(MinGRUCell(2), walk="tree")


def test_unrolled():
    with pytest.raises(ValueError, match="unroll is for RNN"):
        LinearRecurrence(MinGRUCell(2), unroll=True)


def test_positive_with_another_activation():
    message = "positive=True has an activation of its own, got activation='tanh' too"
    with pytest.raises(ValueError, match=message):
        MinGRUCell(2, activation="tanh", positive=True)


def test_options_for_weights_that_there_are_not():
    with pytest.raises(TypeError, match="recurrent_initializer"):
        MinGRUCell(2, recurrent_initializer="zeros")


@pytest.mark.parametrize("units", [0, -3, 2.5, "8", True, None])
@pytest.mark.parametrize("cell", [MinGRUCell, MinLSTMCell])
def test_bad_units(cell, units):
    with pytest.raises(ValueError, match=f"units must be a positive integer, got {units!r}"):
        cell(units)


@pytest.mark.parametrize("shape", [(3, 5), (2, 4), (4,)])
def test_initial_state_of_the_wrong_shape(shape):
    message = r"initial_state must hold 1 state\(s\).*\[\(3, 4\)\], got \["
    with pytest.raises(ValueError, match=message):
        make("minimal gru")(sequences(), initial_state=[np.ones(shape, "float32")])


def test_wrong_feature_size():
    with pytest.raises(ValueError, match=r"built for inputs of 5 features, got .*\(3, 6, 7\)"):
        make("minimal gru")(np.ones((3, 6, 7), "float32"))


def test_forward_mode_and_more_are_the_frameworks():
    """As everywhere: what has no derivative says what to do."""
    layer = make("minimal gru", return_state=False)

    def slope(x):
        def loss(x):
            return ops.sum(layer(x) ** 2), ()

        return ops.sum(differentiate(loss, [x])[2][0] ** 2), ()

    with pytest.raises(NotImplementedError, match='backward_pass="autodiff"'):
        differentiate(slope, [sequences()])
