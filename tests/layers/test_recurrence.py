"""RNN against Keras's built-in layers, its properties, saving, and bad input."""

import gc
import itertools

import keras
import numpy as np
import pytest
from backends import compiled, differentiate, examples, keras_counts
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from rnn_course.layers import RNN, Bidirectional, GRUCell, LSTMCell, SimpleRNNCell, make_cell

BATCH, TIMESTEPS, FEATURES, UNITS = 3, 6, 5, 4

LAYERS = {
    "simple_rnn": (lambda: SimpleRNNCell(UNITS), keras.layers.SimpleRNN, {}),
    "lstm": (lambda: LSTMCell(UNITS), keras.layers.LSTM, {}),
    "gru reset after": (lambda: GRUCell(UNITS), keras.layers.GRU, {}),
    "gru reset before": (
        lambda: GRUCell(UNITS, reset_after=False),
        keras.layers.GRU,
        {"reset_after": False},
    ),
}

MASKS = {
    "none": None,
    "right-padded": [[1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0]],
    "holes": [[0, 1, 1, 0, 1, 1], [1, 0, 1, 0, 1, 0], [0, 0, 1, 1, 0, 0]],
    "fully masked row": [[1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]],
}


def mask_tensor(name):
    return None if MASKS[name] is None else np.array(MASKS[name], bool)


CELL_NAMES = ["simple_rnn", "lstm", "gru"]


def randomise(layer, seed=0):
    generator = np.random.default_rng(seed)
    layer.set_weights(
        [generator.normal(size=w.shape).astype("float32") * 0.5 for w in layer.weights]
    )


def sequences(seed=1, batch=BATCH, timesteps=TIMESTEPS):
    generator = np.random.default_rng(seed)
    return generator.normal(size=(batch, timesteps, FEATURES)).astype("float32")


def initial_states(cell, batch=BATCH, seed=2):
    generator = np.random.default_rng(seed)
    return [generator.normal(size=(batch, UNITS)).astype("float32") for _ in cell.state_names]


def run(layer, inputs, states, mask, counts=1.0):
    """Output, final states and the gradients of everything a loss over both reaches."""

    def loss_and_values(inputs, *states):
        output, *final = values = layer(inputs, initial_state=list(states), mask=mask)
        ramp = ops.reshape(ops.linspace(-1.0, 1.0, np.prod(output.shape)), output.shape)
        loss = ops.sum(ramp * ops.convert_to_tensor(counts) * output) + sum(
            ops.sum(ops.square(s)) * (i + 1.0) for i, s in enumerate(final)
        )
        return loss, values

    _, values, gradients = differentiate(loss_and_values, [inputs, *states], layer=layer)
    return list(values), gradients


@pytest.mark.parametrize(
    ("name", "mask_name", "go_backwards", "return_sequences"),
    list(itertools.product(LAYERS, MASKS, [False, True], [False, True])),
)
def test_equals_keras_built_in(name, mask_name, go_backwards, return_sequences):
    make, built_in, options = LAYERS[name]
    walk = dict(go_backwards=go_backwards, return_sequences=return_sequences, return_state=True)
    ours, theirs = RNN(make(), **walk), built_in(UNITS, **options, **walk)
    mask = mask_tensor(mask_name)
    inputs, states = sequences(), initial_states(ours.cell)
    ours.build(inputs.shape)
    theirs.build(inputs.shape)
    randomise(ours)
    theirs.set_weights(ours.get_weights())
    counts = keras_counts(mask, go_backwards).astype("float32")
    if not return_sequences:
        counts = counts[:, -1]
    values, gradients = run(ours, inputs, states, mask, counts)
    expected_values, expected_gradients = run(theirs, inputs, states, mask, counts)
    expected_values[0] = np.array(expected_values[0]) * counts
    for value, expected in zip(values, expected_values, strict=True):
        np.testing.assert_allclose(value, expected, atol=1e-5)
    for gradient, expected in zip(gradients, expected_gradients, strict=True):
        assert (
            np.abs(np.array(expected)).max() > 0
        )  # a gradient that is nothing would prove nothing
        np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "unroll", "use_bias"), list(itertools.product(LAYERS, [True, False], [True, False]))
)
def test_equals_keras_without_bias_and_unrolled(name, unroll, use_bias):
    make, built_in, options = LAYERS[name]
    config = {**make().get_config(), "use_bias": use_bias}
    ours = RNN(type(make()).from_config(config), unroll=unroll)
    theirs = built_in(UNITS, use_bias=use_bias, **options)
    ours.build((BATCH, TIMESTEPS, FEATURES))
    theirs.build((BATCH, TIMESTEPS, FEATURES))
    randomise(ours)
    theirs.set_weights(ours.get_weights())
    np.testing.assert_allclose(ours(sequences()), theirs(sequences()), atol=1e-5)


@pytest.mark.parametrize("name", CELL_NAMES)
def test_equals_the_loop_over_the_cell(name):
    layer = RNN(make_cell(name, UNITS), return_sequences=True)
    inputs = sequences()
    outputs = layer(inputs)
    states = layer.cell.get_initial_state(BATCH)
    for t in range(TIMESTEPS):
        output, states = layer.cell(inputs[:, t], states)
        np.testing.assert_allclose(outputs[:, t], output, atol=1e-6)


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("name", CELL_NAMES)
def test_inside_a_compiled_graph(name, jit_compile):
    layer = RNN(make_cell(name, UNITS), return_sequences=True, return_state=True)
    inputs, states = sequences(), initial_states(layer.cell)
    mask = mask_tensor("holes")
    layer.build(inputs.shape)
    randomise(layer)
    graph = compiled(lambda: run(layer, inputs, states, mask), jit_compile)
    for got, expected in zip(
        keras.tree.flatten(graph()),
        keras.tree.flatten(run(layer, inputs, states, mask)),
        strict=True,
    ):
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", CELL_NAMES)
def test_unknown_batch_and_length(name):
    inputs = keras.Input((None, FEATURES))
    model = keras.Model(inputs, RNN(make_cell(name, UNITS))(inputs))
    assert model.output_shape == (None, UNITS)
    for batch, timesteps in [(1, 1), (1, 7), (4, 2)]:
        assert model.predict(sequences(0, batch, timesteps), verbose=0).shape == (batch, UNITS)


# Properties


@settings(max_examples=examples(15), deadline=None)
@given(
    name=st.sampled_from(CELL_NAMES),
    length=st.integers(1, 6),
    padding=st.integers(1, 5),
    seed=st.integers(0, 2**16),
    go_backwards=st.booleans(),
)
def test_padding_never_changes_a_real_position(name, length, padding, seed, go_backwards):
    layer = RNN(
        make_cell(name, UNITS),
        return_sequences=True,
        return_state=True,
        go_backwards=go_backwards,
    )
    real = sequences(seed, 2, length)
    noise = sequences(seed + 1, 2, padding) * 100
    mask = np.arange(length + padding)[None] < np.array([length, length])[:, None]
    output, *states = layer(real)
    padded_output, *padded_states = layer(np.concatenate([real, noise], axis=1), mask=mask)
    kept = padded_output[:, padding:] if go_backwards else padded_output[:, :length]
    np.testing.assert_allclose(kept, output, atol=1e-6)
    for state, padded_state in zip(states, padded_states, strict=True):
        np.testing.assert_allclose(padded_state, state, atol=1e-6)


@settings(max_examples=examples(15), deadline=None)
@given(
    name=st.sampled_from(CELL_NAMES),
    timesteps=st.integers(2, 8),
    split=st.floats(0, 1),
    seed=st.integers(0, 2**16),
)
def test_splitting_and_carrying_the_state_never_matters(name, timesteps, split, seed):
    layer = RNN(make_cell(name, UNITS), return_sequences=True, return_state=True)
    inputs = sequences(seed, 2, timesteps)
    at = 1 + round(split * (timesteps - 2))
    whole, *states = layer(inputs)
    first, *carried = layer(inputs[:, :at])
    second, *final = layer(inputs[:, at:], initial_state=carried)
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, atol=1e-6)
    for state, expected in zip(final, states, strict=True):
        np.testing.assert_allclose(state, expected, atol=1e-6)


@settings(max_examples=examples(15), deadline=None)
@given(name=st.sampled_from(CELL_NAMES), order=st.permutations(range(4)), seed=st.integers(0, 99))
def test_batch_order_never_matters(name, order, seed):
    layer = RNN(make_cell(name, UNITS))
    inputs = sequences(seed, 4)
    np.testing.assert_allclose(
        layer(inputs[list(order)]), np.array(layer(inputs))[list(order)], atol=1e-6
    )


def test_outputs_do_not_depend_on_later_inputs():
    layer = RNN(LSTMCell(UNITS), return_sequences=True)
    inputs = sequences()
    changed = inputs.copy()
    changed[:, 4:] += 1
    np.testing.assert_array_equal(layer(inputs)[:, :4], layer(changed)[:, :4])
    assert not np.allclose(layer(inputs)[:, 4:], layer(changed)[:, 4:])


# Masks, state, stacks


@pytest.mark.parametrize("name", CELL_NAMES)
def test_a_fully_masked_row_keeps_its_initial_state(name):
    layer = RNN(make_cell(name, UNITS), return_state=True)
    states = initial_states(layer.cell)
    mask = mask_tensor("fully masked row")
    _, *final = layer(sequences(), initial_state=states, mask=mask)
    for before, after in zip(states, final, strict=True):
        np.testing.assert_array_equal(after[1], before[1])
        assert not np.allclose(after[0], before[0])


def test_a_mask_reaches_the_second_layer():
    """Upper layers of a stack hold their state at padding, embedding mask and all."""
    tokens = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(9, FEATURES, mask_zero=True)(tokens)
    x = RNN(GRUCell(UNITS), return_sequences=True)(x)
    assert x._keras_mask is not None
    model = keras.Model(tokens, RNN(LSTMCell(UNITS), name="second")(x))
    short = model(np.array([[3, 4, 5]]))
    padded = model(np.array([[3, 4, 5, 0, 0, 0, 0]]))
    np.testing.assert_allclose(padded, short, atol=1e-6)


@pytest.mark.parametrize("name", CELL_NAMES)
def test_stateful_carries_over_batches_until_reset(name):
    layer = RNN(make_cell(name, UNITS), return_sequences=True, stateful=True)
    inputs = sequences()
    layer.build((BATCH, 2, FEATURES))
    plain = RNN(layer.cell, return_sequences=True)
    parts = [np.array(layer(inputs[:, i : i + 2])) for i in (0, 2, 4)]
    np.testing.assert_allclose(np.concatenate(parts, axis=1), plain(inputs), atol=1e-6)
    layer.reset_state()
    np.testing.assert_allclose(layer(inputs[:, :2]), parts[0], atol=1e-6)


@pytest.mark.parametrize("name", CELL_NAMES)
def test_bidirectional_is_two_runs_joined(name):
    layer = keras.layers.Bidirectional(RNN(make_cell(name, UNITS), return_sequences=True))
    inputs = sequences()
    both = layer(inputs)
    assert both.shape == (BATCH, TIMESTEPS, 2 * UNITS)
    forward = RNN(layer.forward_layer.cell, return_sequences=True)(inputs)
    backward = RNN(layer.backward_layer.cell, return_sequences=True)(inputs[:, ::-1])
    np.testing.assert_allclose(
        both, np.concatenate([forward, np.array(backward)[:, ::-1]], axis=-1), atol=1e-6
    )


@pytest.mark.parametrize("mask_name", MASKS)
def test_bidirectional_equals_keras(mask_name):
    mask = mask_tensor(mask_name)
    ours = keras.layers.Bidirectional(RNN(GRUCell(UNITS), return_sequences=True))
    theirs = keras.layers.Bidirectional(keras.layers.GRU(UNITS, return_sequences=True))
    ours.build((BATCH, TIMESTEPS, FEATURES))
    theirs.build((BATCH, TIMESTEPS, FEATURES))
    randomise(ours)
    theirs.set_weights(ours.get_weights())
    np.testing.assert_allclose(
        ours(sequences(), mask=mask), theirs(sequences(), mask=mask), atol=1e-5
    )


def test_other_cells_run_in_keras_loop():
    """Keras's cells, ours in `keras.layers.RNN`, and `StackedRNNCells`."""
    inputs = sequences()
    ours = RNN(LSTMCell(UNITS))
    expected = ours(inputs)
    np.testing.assert_allclose(keras.layers.RNN(ours.cell)(inputs), expected, atol=1e-6)
    keras_cell = keras.layers.LSTMCell(UNITS)
    keras_cell.build((None, FEATURES))
    keras_cell.set_weights(ours.get_weights())
    np.testing.assert_allclose(RNN(keras_cell)(inputs), expected, atol=1e-6)
    stack = RNN([LSTMCell(UNITS), GRUCell(UNITS)])
    layers = keras.Sequential([RNN(LSTMCell(UNITS), return_sequences=True), RNN(GRUCell(UNITS))])
    layers.build(inputs.shape)
    stacked = stack(inputs)
    layers.set_weights(stack.get_weights())
    np.testing.assert_allclose(layers(inputs), stacked, atol=1e-6)


@pytest.mark.usefixtures("double_precision")
@pytest.mark.parametrize("dtype", ["float64", "mixed_bfloat16"])
def test_dtypes(dtype):
    layer = RNN(LSTMCell(UNITS, dtype=dtype), return_sequences=True, dtype=dtype)
    output = layer(sequences(), mask=mask_tensor("holes"))
    assert keras.backend.standardize_dtype(output.dtype) == layer.compute_dtype
    reference = RNN(LSTMCell(UNITS), return_sequences=True)
    reference.build((BATCH, TIMESTEPS, FEATURES))
    reference.set_weights([np.array(w, "float32") for w in layer.get_weights()])
    expected = reference(sequences(), mask=mask_tensor("holes"))
    np.testing.assert_allclose(
        ops.cast(output, "float32"), expected, atol=1e-6 if dtype == "float64" else 0.05
    )


@pytest.mark.parametrize(
    ("form", "name"), list(itertools.product(["alone", "stacked", "bidirectional"], LAYERS))
)
def test_save_and_load(form, name, tmp_path):
    make, *_ = LAYERS[name]
    layers = {
        "alone": lambda: [RNN(make())],
        "stacked": lambda: [RNN(make(), return_sequences=True), RNN(make())],
        "bidirectional": lambda: [keras.layers.Bidirectional(RNN(make()))],
    }[form]()
    model = keras.Sequential([keras.Input((None, FEATURES)), *layers])
    randomise(model)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(
        again.predict(sequences(), verbose=0), model.predict(sequences(), verbose=0)
    )
    assert type(again.layers[0]) is type(layers[0])


# Both directions


@pytest.mark.parametrize("return_sequences", [False, True])
def test_bidirectional_joins_the_walks_of_both_directions(return_sequences):
    layer = Bidirectional(RNN(LSTMCell(UNITS), return_sequences=return_sequences), name="both")
    assert layer.name == "both"
    x = sequences()
    outputs = np.array(layer(x))
    for half, walk, there in [
        (outputs[..., :UNITS], layer.forward_layer, 1),
        (outputs[..., UNITS:], layer.backward_layer, -1),
    ]:
        expected = keras.layers.LSTM(UNITS, return_sequences=return_sequences)
        expected.build(x.shape)
        expected.set_weights(walk.get_weights())
        expected = np.array(expected(x[:, ::there]))
        if return_sequences:
            expected = expected[:, ::there]
        np.testing.assert_allclose(half, expected, atol=1e-6)


@keras.saving.register_keras_serializable("tests")
class ManyDirections(keras.Model):
    """A model that makes its layers when it is loaded, and lets Python reuse memory meanwhile."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.both = []
        for _ in range(20):
            self.both.append(Bidirectional(RNN(GRUCell(1), return_sequences=True)))
            gc.collect(1)

    def build(self, shape):
        for layer in self.both:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)

    def call(self, x):
        for layer in self.both:
            x = layer(x)
        return x


def test_a_loaded_model_has_as_many_directions_as_the_saved_one(tmp_path):
    model = ManyDirections()
    model.build((None, None, 2))
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    walks = [walk for b in again.both for walk in (b.forward_layer, b.backward_layer)]
    assert len({id(walk.cell) for walk in walks}) == len({id(walk) for walk in walks}) == 40
    for weight, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, other)


# Bad input


def test_wrong_rank():
    with pytest.raises(ValueError, match=r"sequences must have shape .*, got \(3, 5\)"):
        RNN(LSTMCell(UNITS))(np.ones((3, 5), "float32"))


def test_no_time_steps():
    with pytest.raises(
        ValueError, match=r"sequences must have at least one time step.*\(3, 0, 5\)"
    ):
        RNN(LSTMCell(UNITS))(np.ones((3, 0, 5), "float32"))


def test_wrong_feature_size():
    layer = RNN(LSTMCell(UNITS))
    layer(sequences())
    with pytest.raises(ValueError, match=r"built for inputs of 5 features, got .*\(3, 6, 7\)"):
        layer(np.ones((3, 6, 7), "float32"))


@pytest.mark.parametrize("shape", [(3, 5), (2, 6), (3, 6, 1), (3,)])
def test_mask_of_another_shape(shape):
    with pytest.raises(
        ValueError, match=r"mask must have shape .* \(3, 6\), got \(" + str(shape[0])
    ):
        RNN(LSTMCell(UNITS))(sequences(), mask=np.ones(shape, bool))


@pytest.mark.parametrize(
    "shapes", [[(3, 4)], [(3, 4), (3, 5)], [(2, 4), (2, 4)], [(4,), (4,)], [(3, 4)] * 3]
)
def test_initial_state_of_the_wrong_shape(shapes):
    states = [np.ones(shape, "float32") for shape in shapes]
    message = r"initial_state must hold 2 state\(s\).*\[\(3, 4\), \(3, 4\)\], got \["
    with pytest.raises(ValueError, match=message):
        RNN(LSTMCell(UNITS))(sequences(), initial_state=states)
