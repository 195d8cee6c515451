"""The read-out by an embedding's matrix, also where that is kept in few bits."""

import keras
import numpy as np
import pytest
from keras import ops

from rnn_course.layers import TiedReadOut

IDS, UNITS = 7, 4


@pytest.fixture
def layers():
    """An embedding and a read-out by it, with weights of very unequal sizes."""
    embedding = keras.layers.Embedding(IDS, UNITS)
    read_out = TiedReadOut(embedding)
    embedding.build((None, None))
    read_out.build((None, None, UNITS))
    generator = np.random.default_rng(0)
    embedding.set_weights([generator.normal(size=(IDS, UNITS)) * np.arange(1, IDS + 1)[:, None]])
    read_out.bias.assign(generator.normal(size=IDS))
    return embedding, read_out


X = np.random.default_rng(1).normal(size=(2, 3, UNITS)).astype("float32")


def test_logits_are_products_with_the_vectors(layers):
    embedding, read_out = layers
    (vectors,), bias = embedding.get_weights(), ops.convert_to_numpy(read_out.bias)
    expected = [[[x @ vector for vector in vectors] + bias for x in row] for row in X]
    np.testing.assert_allclose(ops.convert_to_numpy(read_out(X)), expected, atol=1e-5)


def test_with_vectors_in_eight_bits_too(layers):
    embedding, read_out = layers
    (vectors,), bias = embedding.get_weights(), ops.convert_to_numpy(read_out.bias)
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    rounded = np.round(vectors / largest * 127) * largest / 127
    embedding.quantize("int8")
    np.testing.assert_allclose(
        ops.convert_to_numpy(read_out(X)), X @ rounded.T + bias, rtol=1e-3, atol=1e-3
    )
