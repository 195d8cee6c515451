"""Which walks are left to cuDNN. What it computes is looked at where there is a GPU."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import ops

from rnn_course.layers import RNN, GRUCell, LSTMCell, SimpleRNNCell, cudnn

in_a_graph = pytest.mark.tensorflow("looks into a graph of TensorFlow for a call of cuDNN")


class OwnStep(LSTMCell):
    """An LSTM in all but name: what else it may do is not known."""

    def step(self, projected, states):
        return super().step(projected, states)


class OwnProjection(LSTMCell):
    """Another projection, which cuDNN would not ask for."""

    def project(self, inputs):
        return 2 * super().project(inputs)


KNOWN = {
    "LSTM": lambda: LSTMCell(3),
    "LSTM, forget bias zero": lambda: LSTMCell(3, unit_forget_bias=False),
    "GRU": lambda: GRUCell(3),
}
UNKNOWN = {
    "simple RNN": lambda: SimpleRNNCell(3),
    "LSTM, relu": lambda: LSTMCell(3, activation="relu"),
    "LSTM, other gates": lambda: LSTMCell(3, recurrent_activation="hard_sigmoid"),
    "LSTM without bias": lambda: LSTMCell(3, use_bias=False),
    "GRU, reset before": lambda: GRUCell(3, reset_after=False),
    "GRU, z writes": lambda: GRUCell(3, update_gate="write"),
    "own step": lambda: OwnStep(3),
    "own projection": lambda: OwnProjection(3),
    "Keras's": lambda: keras.layers.LSTMCell(3),
}


@pytest.mark.parametrize("name", KNOWN)
def test_cells_it_knows(name):
    kind = keras.layers.LSTM if "LSTM" in name else keras.layers.GRU
    assert cudnn.layer_for(KNOWN[name]()) is kind


@pytest.mark.parametrize("name", UNKNOWN)
def test_cells_it_does_not_know(name):
    assert cudnn.layer_for(UNKNOWN[name]()) is None


@pytest.fixture
def imaginary_gpu(monkeypatch):
    """TensorFlow says that it has one: enough to write a graph for it."""
    import tensorflow as tf

    gpu = SimpleNamespace(device_type="GPU", name="/device:GPU:0")
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda *args, **kwargs: [gpu])


def traced(layer, masked=False):
    """Whether the graph of a layer calls cuDNN."""
    import tensorflow as tf

    mask = [tf.TensorSpec((2, 4), "bool")] if masked else []
    call = tf.function(lambda x, mask=None: layer(x, mask=mask))
    graph = call.get_concrete_function(tf.TensorSpec((2, 4, 5)), *mask).graph
    return "CudnnRNN" in str(graph.as_graph_def())


@in_a_graph
@pytest.mark.parametrize("name", KNOWN)
def test_with_a_gpu_the_layer_calls_it(imaginary_gpu, name):
    layer = RNN(KNOWN[name](), return_sequences=True, return_state=True)
    assert traced(layer)
    assert not layer.supports_jit  # so that a model is not compiled with XLA


@in_a_graph
@pytest.mark.parametrize(
    "options", [{"use_cudnn": False}, {"backward_pass": "autodiff"}, {"unroll": True}]
)
def test_the_layer_can_be_kept_from_it(imaginary_gpu, options):
    layer = RNN(LSTMCell(3), **options)
    assert not traced(layer)
    assert layer.supports_jit


@in_a_graph
def test_a_mask_is_not_for_it(imaginary_gpu):
    assert not traced(RNN(LSTMCell(3)), masked=True)


@in_a_graph
@pytest.mark.parametrize("name", UNKNOWN)
def test_with_a_gpu_other_cells_walk_themselves(imaginary_gpu, name):
    assert not traced(RNN(UNKNOWN[name]()))


@in_a_graph
def test_without_a_gpu_nothing_calls_it():
    import tensorflow as tf

    if tf.config.list_physical_devices("GPU"):
        pytest.skip("there is a GPU")
    layer = RNN(LSTMCell(3))
    assert not traced(layer)
    assert layer.supports_jit


@pytest.mark.skipif(
    keras.backend.backend() != "torch" and not cudnn.is_there(),
    reason="without a GPU only PyTorch computes the same call",
)
@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("name", KNOWN)
def test_it_computes_the_same(monkeypatch, name, return_sequences, go_backwards):
    options = dict(return_sequences=return_sequences, go_backwards=go_backwards, return_state=True)
    generator = np.random.default_rng(0)
    x = generator.normal(size=(2, 4, 5)).astype("float32")
    states = [generator.normal(size=(2, 3)).astype("float32") for _ in KNOWN[name]().state_names]
    found, weights = [], None
    for use_cudnn in ("auto", False):
        monkeypatch.setattr(cudnn, "is_there", lambda: True)
        layer = RNN(KNOWN[name](), use_cudnn=use_cudnn, **options)
        layer.build(x.shape)
        weights = weights or [generator.normal(size=w.shape) for w in layer.weights]
        layer.set_weights(weights)
        initial = [ops.convert_to_tensor(state) for state in states]
        found.append(layer(ops.convert_to_tensor(x), initial_state=initial))
    for ours, expected in zip(*found, strict=True):
        np.testing.assert_allclose(
            ops.convert_to_numpy(ours), ops.convert_to_numpy(expected), atol=1e-5
        )


def test_bad_use_cudnn():
    with pytest.raises(ValueError, match='use_cudnn must be "auto" or False, got True'):
        RNN(LSTMCell(3), use_cudnn=True)


def test_the_choice_is_saved():
    assert RNN(LSTMCell(3), use_cudnn=False).get_config()["use_cudnn"] is False
