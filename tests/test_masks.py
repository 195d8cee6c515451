"""Padding changes nothing, in stacks, models and losses, whether or not Keras passes masks on.

Until 3.15 Keras's recurrent layers, `Bidirectional` and `TimeDistributed` hand the mask on with
their outputs. From 3.16 on they do not, so that the next layer and the loss take padding for real.
"""

import keras
import numpy as np
import pytest
from keras import ops

from rnn_course.layers import RNN, Bidirectional, GRUCell, LSTMCell
from rnn_course.losses import TokenCrossEntropy
from rnn_course.models import EncoderDecoder, LanguageModel, SequenceClassifier, SequenceTagger

SHORT = np.array([[4, 5, 6]])
PADDED = np.array([[4, 5, 6, 0, 0]])
BOTH = np.array([[4, 5, 6, 0, 0], [7, 8, 4, 5, 9]])


@pytest.fixture(params=[True, False], ids=["as until 3.15", "as from 3.16 on"], autouse=True)
def passes_masks_on(request, monkeypatch):
    """Whether Keras's layers hand masks on."""
    for layer in (keras.layers.RNN, keras.layers.Bidirectional, keras.layers.TimeDistributed):

        def init(self, *args, _init=layer.__init__, **kwargs):
            _init(self, *args, **kwargs)
            self.supports_masking = request.param

        monkeypatch.setattr(layer, "__init__", init)
    return request.param


def stack(*layers):
    tokens = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(10, 4, mask_zero=True)(tokens)
    for layer in layers:
        x = layer(x)
    model = keras.Model(tokens, x)
    generator = np.random.default_rng(0)  # biases too: with those of zero, zeros leave no trace
    model.set_weights([generator.normal(size=w.shape) for w in model.get_weights()])
    return model


def one_way():
    return RNN(GRUCell(4), return_sequences=True)


def two_ways():
    return Bidirectional(RNN(LSTMCell(3), return_sequences=True))


UPPER = {
    "two ways": two_ways,
    "last output": lambda: RNN(GRUCell(4)),
    "last outputs of two ways": lambda: Bidirectional(RNN(GRUCell(4))),
    "two cells": lambda: RNN([GRUCell(4), LSTMCell(3)]),
}


def assert_padding_changes_nothing(model):
    short, padded = (ops.convert_to_numpy(model(tokens)) for tokens in (SHORT, PADDED))
    if short.ndim == 3:  # what stands at padding does not count
        padded = padded[:, :3]
    np.testing.assert_allclose(padded, short, atol=1e-6)


@pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask")
def test_keras_own_layers_do_as_they_are_told(passes_masks_on):
    """Without this the other tests would show nothing."""
    for layer in (
        keras.layers.GRU(4, return_sequences=True),
        keras.layers.Bidirectional(keras.layers.GRU(4, return_sequences=True)),
    ):
        output = stack(layer).output
        assert (getattr(output, "_keras_mask", None) is not None) == passes_masks_on


@pytest.mark.parametrize("upper", UPPER)
@pytest.mark.parametrize("lower", [one_way, two_ways])
def test_the_second_layer_sees_no_padding(lower, upper, tmp_path):
    model = stack(lower(), UPPER[upper]())
    model.save(tmp_path / "model.keras")
    assert_padding_changes_nothing(model)
    assert_padding_changes_nothing(keras.saving.load_model(tmp_path / "model.keras"))


@pytest.mark.parametrize("layer", [one_way, two_ways])
def test_keras_loss_sees_no_padding(layer):
    model = stack(layer(), keras.layers.Dense(10))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(loss=loss)
    sums = [  # each sentence for itself, without padding
        ids.size * model.evaluate(ids, ids, verbose=0) for ids in (BOTH[:1, :3], BOTH[1:])
    ]
    assert model.evaluate(BOTH, BOTH, verbose=0) == pytest.approx(sum(sums) / 8, rel=1e-5)


MODELS = {
    "language model": lambda: LanguageModel(10, 4, 5, layers=2),
    "tagger": lambda: SequenceTagger(10, 10, 4, 5, layers=2),
    "classifier": lambda: SequenceClassifier(10, 3, 4, 5, layers=2),
    "classifier, mean": lambda: SequenceClassifier(10, 3, 4, 5, layers=2, pooling="mean"),
}


@pytest.mark.parametrize("name", MODELS)
def test_models_see_no_padding(name):
    assert_padding_changes_nothing(MODELS[name]())


@pytest.mark.parametrize("name", ["language model", "tagger"])
def test_our_loss_sees_no_padding(name):
    model = MODELS[name]()
    model.compile(loss=TokenCrossEntropy())
    short, padded = (model.evaluate(ids, ids, verbose=0) for ids in (SHORT, PADDED))
    assert padded == pytest.approx(short, rel=1e-5)


@pytest.mark.parametrize("attention", ["general", None])
def test_a_translator_sees_no_padding(attention):
    model = EncoderDecoder(10, 10, embedding_dim=4, units=6, layers=2, attention=attention)
    model.compile(loss=TokenCrossEntropy())
    short, padded = (model.evaluate([ids, ids], ids, verbose=0) for ids in (SHORT, PADDED))
    assert padded == pytest.approx(short, rel=1e-5)
