"""Layers in parts, one a core: held against the same in one part, and when there are any."""

import os

import keras
import numpy as np
import pytest
from backends import BACKEND
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.layers import RNN, Bidirectional, GRUCell, LSTMCell, SimpleRNNCell, parts

if BACKEND == "tensorflow":
    import tensorflow as tf

alone = pytest.mark.tensorflow("parts are TensorFlow's programs, one a core")
CELLS = {"simple": SimpleRNNCell, "lstm": LSTMCell, "gru": GRUCell}


@pytest.fixture(autouse=True)
def cores(monkeypatch):
    """Two cores, whatever this computer has, and every layer large enough."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1}, raising=False)
    monkeypatch.setattr(parts, "WORTH", 0)
    yield
    parts.use_cores()


def in_turn(layer, x, mask, cores, initial=None, jit_compile=None):
    """Outputs, states and gradients, in so many parts, and how many programs XLA has compiled."""
    parts.use_cores(cores)
    weights = [variable.value for variable in layer.trainable_variables]

    def run(x, mask, initial):
        with tf.GradientTape() as tape:
            tape.watch(x)
            outputs = layer(x, mask=mask, initial_state=initial)
            terms = [(1 + n) * tf.reduce_sum(each**2) for n, each in enumerate(outputs)]
            loss = tf.add_n(terms)
        return outputs, tape.gradient(loss, [x, *weights])

    run = tf.function(run, autograph=False, jit_compile=jit_compile)
    result = run(x, mask, initial)
    calls = run.get_concrete_function(x, mask, initial).graph.get_operations()
    return keras.tree.flatten(result), sum("_XlaMustCompile" in op.node_def.attr for op in calls)


@alone
@pytest.mark.parametrize("name", CELLS)
@given(
    rows=st.integers(1, 9),
    timesteps=st.sampled_from([1, 6]),
    masked=st.booleans(),
    options=st.fixed_dictionaries(
        {"go_backwards": st.booleans(), "zero_output_for_mask": st.booleans()}
    ),
    seed=st.integers(0, 9),
)
@settings(max_examples=4, deadline=None)
def test_parts_are_the_whole(name, rows, timesteps, masked, options, seed):
    """Padding spread unevenly, rows of padding alone, more parts than rows: the same numbers."""
    generator = np.random.default_rng(seed)
    x = tf.constant(generator.normal(size=(rows, timesteps, 3)).astype("float32"))
    mask = tf.constant(generator.random((rows, timesteps)) < 0.6) if masked else None
    layer = RNN(CELLS[name](4), return_sequences=True, return_state=True, **options)
    layer.build(x.shape)
    initial = [tf.constant(generator.normal(size=(rows, 4)).astype("float32"))]
    initial *= len(layer.cell.state_names)
    whole, programs = in_turn(layer, x, mask, 1, initial)
    assert programs == 0
    shared, programs = in_turn(layer, x, mask, 2, initial)
    assert programs == 4  # two parts, forward and back
    for one, two in zip(whole, shared, strict=True):
        np.testing.assert_allclose(two, one, rtol=2e-5, atol=2e-5)


@alone
def test_of_a_model_of_ones_own():
    """Keras's fit, evaluate and predict give what they give without parts."""
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(21, 7, 3)), generator.normal(size=(21, 1))

    def numbers(cores):
        parts.use_cores(cores)
        keras.utils.set_random_seed(0)
        layers = [Bidirectional(RNN(LSTMCell(4), return_sequences=True)), RNN(GRUCell(3))]
        model = keras.Sequential([keras.Input((7, 3)), *layers, keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        losses = model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0).history["loss"]
        return [*losses, model.evaluate(x, y, verbose=0), *model.predict(x, verbose=0)[:, 0]]

    np.testing.assert_allclose(numbers(2), numbers(1), rtol=1e-4)


@alone
def test_a_stateful_layer_goes_on_where_each_row_stopped():
    x = np.random.default_rng(0).normal(size=(4, 5, 3)).astype("float32")

    def outputs(cores):
        parts.use_cores(cores)
        keras.utils.set_random_seed(0)
        model = keras.Sequential(
            [keras.Input(batch_shape=(4, 5, 3)), RNN(LSTMCell(4), stateful=True)]
        )
        return [model.predict(x, batch_size=4, verbose=0) for _ in range(3)]

    np.testing.assert_allclose(outputs(2), outputs(1), rtol=1e-5)


def layer_and_inputs(timesteps=5):
    layer = RNN(LSTMCell(4), return_sequences=True, return_state=True)
    layer.build((2, timesteps, 3))
    return layer, tf.ones((2, timesteps, 3))


@alone
def test_one_part_where_there_is_nothing_to_gain(monkeypatch):
    layer, x = layer_and_inputs()
    assert in_turn(layer, x, None, None)[1] == 4
    assert in_turn(layer, x, None, 1)[1] == 0, "turned off"
    assert in_turn(layer, x, None, None, jit_compile=True)[1] == 0, "compiled as it is"
    run = tf.function(layer, input_signature=[tf.TensorSpec([None, None, 3])])
    operations = run.get_concrete_function().graph.get_operations()
    assert not any("_XlaMustCompile" in op.node_def.attr for op in operations), "of any length"
    with tf.distribute.OneDeviceStrategy("cpu:0").scope():
        assert parts.most() == 1
    with parts.inside():
        assert parts.most() == 1
    monkeypatch.setattr(parts, "WORTH", 1e9)
    assert in_turn(layer, x, None, None)[1] == 0, "too small"
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0}, raising=False)
    assert parts.most() == 1, "one core"
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["a GPU"])
    assert parts.most() == 1


@alone
def test_as_many_parts_as_cores_but_of_eight_rows_at_least(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(16)), raising=False)
    assert [parts.of_rows(rows) for rows in (1, 15, 16, 64, 1000)] == [1, 1, 2, 8, 16]
    parts.use_cores(4)
    assert parts.of_rows(1000) == 4


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "2"])
def test_a_wrong_number_is_refused(wrong):
    with pytest.raises(ValueError, match="positive integer"):
        parts.use_cores(wrong)


@pytest.mark.skipif(BACKEND == "tensorflow", reason="there are parts there")
def test_under_another_backend_there_is_one_part():
    assert parts.most() == 1
    assert not parts.in_a_graph()
