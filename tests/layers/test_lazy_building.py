"""Layers that are built by their first training start as layers that were built before it do."""

import keras
import numpy as np
import pytest
from keras import ops

from rnn_course.layers import (
    CRF,
    RNN,
    AttentionPooling,
    Bidirectional,
    CharacterCNN,
    CharacterRNN,
    DecoderAttention,
    GatedDeltaCell,
    GRUCell,
    LinearRecurrence,
    LSTMCell,
    MinGRUCell,
    MinLSTMCell,
    SimpleRNNCell,
    TiedReadOut,
    TransformerBlock,
)

BATCH, TIMESTEPS, SIZE, IDS = 2, 3, 4, 7

VECTORS = np.ones((BATCH, TIMESTEPS, SIZE), "float32")
WORDS = np.ones((BATCH, TIMESTEPS), "int32")
CHARACTERS = np.ones((BATCH, TIMESTEPS, 2), "int32")

LAYERS = {
    "simple rnn": (lambda: RNN(SimpleRNNCell(SIZE)), VECTORS),
    "lstm": (lambda: RNN(LSTMCell(SIZE)), VECTORS),
    "lstm without a forget bias": (lambda: RNN(LSTMCell(SIZE, unit_forget_bias=False)), VECTORS),
    "lstm with another bias": (lambda: RNN(LSTMCell(SIZE, bias_initializer="ones")), VECTORS),
    "gru": (lambda: RNN(GRUCell(SIZE)), VECTORS),
    "gru reset before": (lambda: RNN(GRUCell(SIZE, reset_after=False)), VECTORS),
    "minimal gru": (lambda: LinearRecurrence(MinGRUCell(SIZE)), VECTORS),
    "minimal lstm": (lambda: LinearRecurrence(MinLSTMCell(SIZE, positive=True)), VECTORS),
    "gated delta rule": (lambda: RNN(GatedDeltaCell(SIZE, 2)), VECTORS),
    "stack": (lambda: RNN([LSTMCell(SIZE), LSTMCell(3)]), VECTORS),
    "in Keras's layer": (lambda: keras.layers.RNN(LSTMCell(SIZE)), VECTORS),
    "both directions": (lambda: Bidirectional(RNN(LSTMCell(SIZE))), VECTORS),
    "block of a Transformer": (lambda: TransformerBlock(2), VECTORS),
    "attention": (AttentionPooling, VECTORS),
    "attention of a decoder": (lambda: Attending(), VECTORS),
    "crf": (lambda: CRF(6), np.ones((BATCH, TIMESTEPS, 6), "float32")),
    "characters by an rnn": (lambda: CharacterRNN(IDS, 2, 3), CHARACTERS),
    "characters by filters": (lambda: CharacterCNN(IDS, 2, 3), CHARACTERS),
    "tied": (lambda: Tied(), WORDS),
}


class Attending(keras.layers.Layer):
    """Attention as a layer of one input."""

    def __init__(self):
        super().__init__()
        self.attention = DecoderAttention("additive")

    def call(self, x):
        return self.attention(x, x)[0]


class Tied(keras.layers.Layer):
    """An embedding, and the read-out by it."""

    def __init__(self):
        super().__init__()
        self.embedding = keras.layers.Embedding(IDS, SIZE)
        self.read_out = TiedReadOut(self.embedding)

    def call(self, words):
        return self.read_out(self.embedding(words))


def weights_after(name, lazily):
    """The weights of a layer in a model that has been trained at a learning rate of zero."""
    keras.utils.set_random_seed(1)
    make, inputs = LAYERS[name]
    model = keras.Sequential([make(), keras.layers.Flatten(), keras.layers.Dense(1)])
    if not lazily:
        model(inputs)
    model.compile(keras.optimizers.SGD(0.0), "mse")
    model.fit(inputs, np.ones((BATCH, 1), "float32"), verbose=0)
    return [(w.name, ops.convert_to_numpy(w)) for w in model.layers[0].trainable_variables]


@pytest.mark.parametrize("name", LAYERS)
def test_built_by_fit_is_built(name):
    early, late = weights_after(name, lazily=False), weights_after(name, lazily=True)
    for (kind, before), (same_kind, after) in zip(early, late, strict=True):
        assert (kind, before.shape) == (same_kind, after.shape)
        if kind in ("bias", "transitions", "gamma", "beta"):
            np.testing.assert_array_equal(before, after)
        else:  # drawn, and not in the same order
            assert 0.3 < before.std() / after.std() < 3


def test_the_forget_gate_begins_by_remembering():
    for name, expected in [
        ("lstm", [0, 1, 0, 0]),
        ("lstm without a forget bias", [0, 0, 0, 0]),
        ("lstm with another bias", [1, 1, 1, 1]),
    ]:
        *_, (_, bias) = weights_after(name, lazily=True)
        np.testing.assert_array_equal(bias, np.repeat(expected, SIZE))
