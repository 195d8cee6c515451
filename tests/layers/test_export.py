"""Exported layers and models, as Keras and TensorFlow write them, compute the same."""

import keras
import numpy as np
import pytest
from keras import ops

from rnn_course.layers import (
    RNN,
    Bidirectional,
    LinearRecurrence,
    MinGRUCell,
    MinLSTMCell,
    make_cell,
)
from rnn_course.models import EncoderDecoder, LanguageModel, SequenceClassifier, SequenceTagger

to_tensorflow = pytest.mark.tensorflow("exports to formats of TensorFlow")

X = np.random.default_rng(0).normal(size=(3, 5, 4)).astype("float32")
WORDS = np.array([[2, 5, 6, 4], [7, 8, 0, 0]], "int32")
CHARACTERS = np.array([[[2, 3], [3, 4], [4, 0], [6, 7]], [[3, 3], [8, 7], [0, 0], [0, 0]]], "int32")


def stack(name):
    """Layers of one cell: one way with a mask, then both."""
    return keras.Sequential(
        [
            keras.Input((None, 4)),
            keras.layers.Masking(),
            RNN(make_cell(name, 3), return_sequences=True),
            Bidirectional(RNN(make_cell(name, 2))),
        ]
    )


def linear():
    """A tree one way with a mask, then loops both ways."""
    both = Bidirectional(LinearRecurrence(MinLSTMCell(2), walk="loop"))
    one_way = LinearRecurrence(MinGRUCell(3), return_sequences=True)
    return keras.Sequential([keras.Input((None, 4)), keras.layers.Masking(), one_way, both])


MODELS = {
    **{name: (lambda name=name: stack(name), X) for name in ("simple_rnn", "lstm", "gru")},
    "linear": (linear, X),
    "language model": (lambda: LanguageModel(12, 8, 8, tie_embeddings=True), WORDS),
    "classifier": (lambda: SequenceClassifier(12, classes=3, units=4), WORDS),
    "tagger": (
        lambda: SequenceTagger(12, 7, units=4, characters="rnn", character_vocabulary_size=9),
        (WORDS, CHARACTERS),
    ),
    "translator": (lambda: EncoderDecoder(12, 12, units=4), [WORDS, WORDS]),
}


@pytest.fixture(params=MODELS)
def model(request):
    """A model with biases, what it reads, and what it says."""
    make, inputs = MODELS[request.param]
    keras.utils.set_random_seed(0)
    model = make()
    model(inputs)
    for variable in model.trainable_variables:
        variable.assign_add(keras.random.normal(variable.shape, stddev=0.1))
    return model, inputs, ops.convert_to_numpy(model(inputs))


def signature(inputs, known=0):
    """Of any sizes but the first ones, which Keras would take for those of the first call."""
    import tensorflow as tf

    def spec(each):
        free = each.ndim if each.dtype == "int32" else 2  # features are as many as they are
        sizes = [None] * free + list(each.shape[free:])
        return tf.TensorSpec([*each.shape[:known], *sizes[known:]], each.dtype)

    return [keras.tree.map_structure(spec, inputs)]


def assert_same(found, expected):
    (found,) = keras.tree.flatten(found)
    np.testing.assert_allclose(ops.convert_to_numpy(found), expected, rtol=1e-5, atol=1e-5)


@to_tensorflow
def test_exported_and_read_again(model, tmp_path):
    import tensorflow as tf

    model, inputs, expected = model
    model.export(tmp_path / "exported", verbose=False, input_signature=signature(inputs))
    again = tf.saved_model.load(str(tmp_path / "exported"))
    assert_same(again.serve(inputs), expected)
    layer = keras.layers.TFSMLayer(str(tmp_path / "exported"), call_endpoint="serve")
    assert_same(layer(inputs), expected)


@to_tensorflow
def test_another_batch_of_another_length(tmp_path):
    import tensorflow as tf

    model = stack("lstm")
    model.export(tmp_path / "exported", verbose=False)
    again = tf.saved_model.load(str(tmp_path / "exported"))
    for shape in [(1, 1, 4), (2, 9, 4)]:
        x = np.random.default_rng(1).normal(size=shape).astype("float32")
        assert_same(again.serve(x), ops.convert_to_numpy(model(x)))


@to_tensorflow
@pytest.mark.filterwarnings("ignore:.*`np.object`:FutureWarning")  # of tf2onnx
def test_run_by_onnxruntime(model, tmp_path):
    pytest.importorskip("tf2onnx")
    runtime = pytest.importorskip("onnxruntime")
    model, inputs, expected = model
    path = tmp_path / "model.onnx"
    model.export(path, format="onnx", verbose=False, input_signature=signature(inputs))
    session = runtime.InferenceSession(str(path))
    names = [each.name for each in session.get_inputs()]
    (found,) = session.run(None, dict(zip(names, keras.tree.flatten(inputs), strict=True)))
    assert_same(found, expected)


@to_tensorflow
@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
def test_run_by_litert(model, tmp_path):
    """Of a known batch, as is true of Keras's own layers; and a tagger wants all sizes."""
    import tensorflow as tf

    model, inputs, expected = model
    path = tmp_path / "model.tflite"
    known = 3 if isinstance(model, SequenceTagger) else 1
    model.export(path, format="litert", verbose=False, input_signature=signature(inputs, known))
    run = tf.lite.Interpreter(str(path)).get_signature_runner()
    names = sorted(run.get_input_details())
    assert_same(run(**dict(zip(names, keras.tree.flatten(inputs), strict=True))), expected)
