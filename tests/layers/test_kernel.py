"""The backward pass by hand against the plain scan, Keras's layers and the NumPy derivation."""

import itertools

import keras
import numpy as np
import pytest
from backends import BACKEND, JIT_COMPILE, compiled, differentiate, gradients
from keras import ops

from rnn_course import bptt
from rnn_course.layers import RNN, GRUCell, LSTMCell, SimpleRNNCell, kernel

pytestmark = pytest.mark.usefixtures("double_precision")

BATCH, TIMESTEPS, FEATURES, UNITS = 3, 6, 5, 4

CELLS = {
    "simple_rnn": (SimpleRNNCell, {}),
    "simple_rnn relu": (SimpleRNNCell, {"activation": "relu"}),
    "simple_rnn sigmoid": (SimpleRNNCell, {"activation": "sigmoid"}),
    "simple_rnn linear": (SimpleRNNCell, {"activation": None}),
    "lstm": (LSTMCell, {}),
    "lstm relu": (LSTMCell, {"activation": "relu", "recurrent_activation": "tanh"}),
    "gru after keep": (GRUCell, {}),
    "gru after write": (GRUCell, {"update_gate": "write"}),
    "gru before keep": (GRUCell, {"reset_after": False}),
    "gru before write": (GRUCell, {"reset_after": False, "update_gate": "write"}),
    "gru sigmoid": (GRUCell, {"activation": "sigmoid", "recurrent_activation": "tanh"}),
}

WAYS = ("by_hand", "autodiff")

MASKS = {
    "none": None,
    "right-padded": [[1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0]],
    "holes": [[0, 1, 1, 0, 1, 1], [1, 0, 1, 0, 1, 0], [0, 0, 1, 1, 0, 0]],
    "fully masked row": [[1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]],
}


def normal(seed, *shape, dtype="float64"):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def make(name, backward_pass="by_hand", dtype="float64", use_bias=True, **walk):
    cell_class, options = CELLS[name]
    cell = cell_class(UNITS, use_bias=use_bias, dtype=dtype, **options)
    walk = dict(return_sequences=True, return_state=True) | walk
    layer = RNN(cell, backward_pass=backward_pass, dtype=dtype, **walk)
    layer.build((BATCH, TIMESTEPS, FEATURES))
    layer.set_weights([0.5 * normal(i, *w.shape) for i, w in enumerate(layer.weights)])
    return layer


def mask_of(name):
    return None if MASKS[name] is None else np.array(MASKS[name], bool)


def everything(layer, inputs, states, mask=None):
    """Outputs, final states and the gradients of all that a loss over all of them reaches."""

    def loss_and_values(inputs, *states):
        output, *final = values = layer(inputs, initial_state=list(states), mask=mask)
        ramp = ops.reshape(ops.linspace(-1.0, 1.0, np.prod(output.shape)), output.shape)
        loss = ops.sum(ops.cast(ramp, output.dtype) * output)
        loss += sum(ops.sum(ops.square(s)) * (i + 1) for i, s in enumerate(final))
        return loss, list(values)

    _, values, gradients = differentiate(loss_and_values, [inputs, *states], layer=layer)
    return values, gradients


def assert_equal(found, expected, atol):
    found, expected = keras.tree.flatten(found), keras.tree.flatten(expected)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(
            ops.cast(a, "float64"), ops.cast(b, "float64"), rtol=atol, atol=atol
        )


def data(layer, batch=BATCH, timesteps=TIMESTEPS, dtype="float64"):
    inputs = normal(10, batch, timesteps, FEATURES, dtype=dtype)
    states = [normal(11 + i, batch, UNITS, dtype=dtype) for i in range(len(layer.state_size))]
    return inputs, states


class TestEqualsThePlainScan:
    """In float64, to rounding: outputs, final states and every gradient."""

    @pytest.mark.parametrize(
        ("name", "mask", "go_backwards"), list(itertools.product(CELLS, MASKS, [False, True]))
    )
    def test_masks_and_directions(self, name, mask, go_backwards):
        by_hand, plain = (make(name, way, go_backwards=go_backwards) for way in WAYS)
        x, states = data(by_hand)
        found = everything(by_hand, x, states, mask_of(mask))
        assert "relu" in name or all(
            np.abs(np.array(g)).max() > 0 for g in found[1]
        )  # a ReLU may be off
        assert_equal(found, everything(plain, x, states, mask_of(mask)), 1e-10)

    @pytest.mark.parametrize("zero_output_for_mask", [False, True])
    @pytest.mark.parametrize("mask", MASKS)
    def test_the_last_output_alone(self, mask, zero_output_for_mask):
        walk = dict(return_sequences=False, zero_output_for_mask=zero_output_for_mask)
        by_hand, plain = (make("lstm", way, **walk) for way in WAYS)
        x, states = data(by_hand)
        assert_equal(
            everything(by_hand, x, states, mask_of(mask)),
            everything(plain, x, states, mask_of(mask)),
            1e-10,
        )

    @pytest.mark.parametrize("zero_output_for_mask", [False, True])
    @pytest.mark.parametrize("name", ["simple_rnn", "gru after keep", "lstm"])
    def test_without_states(self, name, zero_output_for_mask):
        walk = dict(return_state=False, zero_output_for_mask=zero_output_for_mask)
        by_hand, plain = (make(name, way, **walk) for way in WAYS)
        x, states = data(by_hand)

        def loss_and_gradients(layer):
            def loss_and_values():
                y = layer(x, initial_state=states, mask=mask_of("holes"))
                return ops.sum(y**2), y

            return differentiate(loss_and_values, layer=layer)

        assert_equal(loss_and_gradients(by_hand), loss_and_gradients(plain), 1e-10)

    @pytest.mark.parametrize("name", CELLS)
    def test_without_bias(self, name):
        by_hand, plain = (make(name, way, use_bias=False) for way in WAYS)
        assert_equal(everything(by_hand, *data(by_hand)), everything(plain, *data(plain)), 1e-10)

    @pytest.mark.parametrize(
        ("name", "batch", "timesteps"),
        [(name, *sizes) for name in CELLS for sizes in [(1, 1), (3, 1), (1, 6)]],
    )
    def test_one_step_and_one_row(self, name, batch, timesteps):
        by_hand, plain = (make(name, way) for way in WAYS)
        x, states = data(by_hand, batch, timesteps)
        mask = np.ones((batch, timesteps), bool)
        assert_equal(
            everything(by_hand, x, states, mask), everything(plain, x, states, mask), 1e-10
        )

    @pytest.mark.parametrize(("name", "jit_compile"), list(itertools.product(CELLS, [False, True])))
    def test_inside_a_compiled_graph(self, name, jit_compile):
        by_hand, plain = (make(name, way) for way in WAYS)
        x, states = data(by_hand)
        mask = mask_of("holes")
        graph = compiled(lambda: everything(by_hand, x, states, mask), jit_compile)
        assert_equal(graph(), everything(plain, x, states, mask), 1e-10)

    @pytest.mark.tensorflow("a signature of unknown sizes for `tf.function`")
    @pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru after keep", "gru before keep"])
    def test_unknown_batch_and_length(self, name):
        import tensorflow as tf

        by_hand, plain = (make(name, way) for way in WAYS)

        def gradients_of(layer, x, mask):
            def loss():
                y, *states = layer(x, mask=mask)
                return ops.sum(y**2) + sum(ops.sum(s**2) for s in states)

            return gradients(loss, layer=layer)

        traced = tf.function(
            lambda x, mask: gradients_of(by_hand, x, mask),
            input_signature=[
                tf.TensorSpec((None, None, FEATURES), "float64"),
                tf.TensorSpec((None, None), "bool"),
            ],
        )
        for batch, timesteps in [(1, 1), (2, 7), (4, 3)]:
            x = normal(3, batch, timesteps, FEATURES)
            mask = np.arange(timesteps) < np.arange(1, batch + 1)[:, None]
            assert_equal(traced(x, mask), gradients_of(plain, x, mask), 1e-10)

    @pytest.mark.parametrize(
        ("dtype", "atol"), [("float32", 1e-5), ("mixed_float16", 0.02), ("mixed_bfloat16", 0.2)]
    )
    @pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru after keep", "gru before keep"])
    def test_dtypes(self, name, dtype, atol):
        by_hand, plain = make(name, dtype=dtype), make(name, "autodiff")
        compute = by_hand.compute_dtype
        x, states = data(by_hand)
        values, gradients = everything(
            by_hand, *keras.tree.map_structure(lambda a: ops.cast(a, compute), (x, states))
        )
        assert {keras.backend.standardize_dtype(v.dtype) for v in values} == {compute}
        weights = gradients[1 + len(states) :]
        assert {keras.backend.standardize_dtype(g.dtype) for g in weights} == {"float32"}
        assert_equal([values, gradients], list(everything(plain, x, states)), atol)

    @pytest.mark.tensorflow("walks the way back of one persistent tape twice")
    @pytest.mark.parametrize("graph", [False, True])
    def test_the_way_back_can_be_walked_twice(self, graph):
        import tensorflow as tf

        layer = make("lstm")
        x, _ = data(layer)

        def twice():
            with tf.GradientTape(persistent=True) as tape:
                loss = tf.reduce_sum(layer(x)[0] ** 2)
            return [tape.gradient(loss, layer.trainable_variables) for _ in range(2)]

        once, again = (tf.function(twice) if graph else twice)()
        assert_equal(again, once, 1e-12)

    def test_stateful_carries_on(self):
        by_hand, plain = (make("lstm", way, stateful=True) for way in WAYS)
        x, _ = data(by_hand)

        def step(layer, part):
            def loss_and_values():
                y = layer(part)
                return ops.sum(y[0] ** 2), list(y)

            return differentiate(loss_and_values, layer=layer)

        # Not compiled under JAX: there `fit` alone brings out what a layer keeps.
        for run in (step, step if BACKEND == "jax" else compiled(step)):
            for part in (x[:, :2], x[:, 2:4], x[:, 4:]):
                assert_equal(run(by_hand, part), run(plain, part), 1e-10)
            by_hand.reset_state()
            plain.reset_state()
        plain(x[:, :2])
        assert not np.allclose(by_hand(x[:, 4:])[0], plain(x[:, 4:])[0])


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize(
    ("name", "by_numpy"),
    [
        ("simple_rnn", bptt.SimpleRNN()),
        ("simple_rnn relu", bptt.SimpleRNN("relu")),
        ("lstm", bptt.LSTM()),
        ("gru after keep", bptt.GRU()),
        ("gru after write", bptt.GRU(update_gate="write")),
        ("gru before keep", bptt.GRU(reset_after=False)),
        ("gru before write", bptt.GRU(reset_after=False, update_gate="write")),
    ],
)
def test_equals_the_derivation_in_numpy(name, by_numpy, mask):
    layer = make(name)
    x, states = data(layer)
    weights = layer.get_weights()
    record = bptt.forward(by_numpy, weights, x, states, mask_of(mask))
    (output, *final), gradients = everything(layer, x, states, mask_of(mask))
    ramp = np.linspace(-1.0, 1.0, record.outputs.size, dtype="float32").reshape(output.shape)
    expected = bptt.backward(
        record, ramp, [2 * (i + 1) * s for i, s in enumerate(record.final_state)]
    )
    assert_equal([output, *final], [record.outputs, *record.final_state], 1e-10)
    # atol: the layer's ramp is computed in float32
    assert_equal(gradients, [expected.inputs, *expected.initial_state, *expected.weights], 1e-6)


@pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru after write", "gru before keep"])
def test_equals_finite_differences(name):
    layer = make(name)
    x, states = data(layer)
    mask = mask_of("holes")

    def loss():
        output, *final = layer(x, initial_state=states, mask=mask)
        return ops.sum(output**2) + sum(ops.sum(ops.sin(s)) for s in final)

    for variable, gradient in zip(
        layer.trainable_variables, gradients(loss, layer=layer), strict=True
    ):
        value, gradient = ops.convert_to_numpy(variable).copy(), np.array(gradient)
        for index in list(np.ndindex(value.shape))[::7]:
            moved = []
            for step in (1e-6, -1e-6):
                changed = value.copy()
                changed[index] += step
                variable.assign(changed)
                moved.append(float(ops.convert_to_numpy(loss())))
            variable.assign(value)
            assert np.isclose(gradient[index], (moved[0] - moved[1]) / 2e-6, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("graph", [False, True])
def test_second_derivatives_say_what_to_do(graph):
    layer = make("lstm", return_state=False)
    x = data(layer)[0]

    def second(layer):
        def slope(x):
            (gradient,) = gradients(lambda x: ops.sum(layer(x) ** 2), [x])
            return ops.sum(gradient**2)

        (gradient,) = gradients(slope, [x])
        return gradient

    with pytest.raises(NotImplementedError, match='backward_pass="autodiff"'):
        (compiled(lambda: second(layer)) if graph else lambda: second(layer))()
    assert np.abs(np.array(second(make("lstm", "autodiff", return_state=False)))).max() > 0


class Doubled(LSTMCell):
    """Another step."""

    def step(self, projected, states):
        h, states = super().step(projected, states)
        return 2 * h, [2 * h, states[1]]


class Hot(GRUCell):
    """Other gates."""

    def gates(self, projected, states):
        gates = super().gates(projected, states)
        return gates | {"reset_gate": gates["reset_gate"] * 0}


class Scaled(SimpleRNNCell):
    """Another projection only, which is the framework's affair."""

    def project(self, inputs):
        return 2 * super().project(inputs)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (SimpleRNNCell(2), True),
        (LSTMCell(2), True),
        (GRUCell(2), True),
        (Scaled(2), True),
        (Doubled(2), False),
        (Hot(2), False),
        (LSTMCell(2, activation="softplus"), False),
        (GRUCell(2, recurrent_activation="hard_sigmoid"), False),
        (keras.layers.LSTMCell(2), False),
    ],
)
def test_which_cells_it_knows(cell, expected):
    assert kernel.supports(cell) is expected
    x = normal(1, 2, 5, 3, dtype="float32")
    layer = RNN(cell, return_sequences=True)
    assert_equal(layer(x), keras.layers.RNN(cell, return_sequences=True)(x), 1e-5)


def test_a_step_replaced_on_one_cell_is_used():
    layer = make("lstm", return_state=False)
    layer.cell.step = lambda projected, states: (states[0] + 1, [states[0] + 1, states[1]])
    np.testing.assert_allclose(layer(data(layer)[0])[0, :, 0], [1, 2, 3, 4, 5, 6])


def test_the_switch_is_saved(tmp_path):
    for way in WAYS:
        model = keras.Sequential(
            [
                keras.Input((None, FEATURES)),
                RNN(LSTMCell(3), return_sequences=True, backward_pass=way),
                keras.layers.Bidirectional(RNN(GRUCell(3), backward_pass=way)),
            ]
        )
        model.save(tmp_path / "model.keras")
        again = keras.saving.load_model(tmp_path / "model.keras")
        assert again.layers[0].backward_pass == way
        assert again.layers[1].forward_layer.backward_pass == way
        assert again.layers[1].backward_layer.backward_pass == way
        x = normal(0, 2, 4, FEATURES, dtype="float32")
        np.testing.assert_array_equal(again(x), model(x))


def test_unknown_switch():
    with pytest.raises(ValueError, match=r"backward_pass must be .*, got 'no'"):
        RNN(LSTMCell(2), backward_pass="no")


@pytest.mark.parametrize("jit_compile", JIT_COMPILE)
def test_training_is_the_same(jit_compile):
    histories = []
    for way in WAYS:
        keras.utils.set_random_seed(0)
        model = keras.Sequential(
            [
                keras.layers.Embedding(9, 4, mask_zero=True),
                keras.layers.Bidirectional(
                    RNN(LSTMCell(5), return_sequences=True, backward_pass=way)
                ),
                RNN(GRUCell(5), return_sequences=True, backward_pass=way),
                RNN(SimpleRNNCell(5), backward_pass=way),
                keras.layers.Dense(2),
            ]
        )
        model.compile("adam", "mse", jit_compile=jit_compile)
        tokens = np.random.default_rng(0).integers(0, 9, (16, 7))
        y = normal(2, 16, 2, dtype="float32")
        histories.append(model.fit(tokens, y, epochs=3, batch_size=8, verbose=0).history["loss"])
    np.testing.assert_allclose(*histories, rtol=1e-5)
