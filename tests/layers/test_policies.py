"""Layers and cells of unlike precision, cells with a `call` of their own: as in Keras's layer."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from rnn_course.layers import RNN, Bidirectional, LSTMCell, make_cell

POLICIES = ["float32", "float16", "mixed_float16", "mixed_bfloat16"]
X = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
MASK = np.array([[1, 1, 1, 1], [1, 1, 0, 0]], bool)

unlike = [pair for pair in itertools.product(POLICIES, POLICIES) if len(set(pair)) == 2]


def both(cell, **options):
    """Our layer and Keras's, with one cell."""
    return RNN(cell, return_state=True, **options), keras.layers.RNN(
        cell, return_state=True, **options
    )


def assert_same(layers, atol):
    found, expected = ([*layer(X, mask=MASK)] for layer in layers)
    for a, b in zip(found, expected, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(
            *(ops.convert_to_numpy(ops.cast(each, "float32")) for each in (a, b)), atol=atol
        )


@pytest.mark.parametrize(("of_cell", "of_layer"), unlike)
@pytest.mark.parametrize("backward_pass", ["by_hand", "autodiff"])
@pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru"])
def test_a_cell_keeps_its_precision(name, backward_pass, of_cell, of_layer):
    # JAX cannot make an orthogonal matrix of half precision; all weights are set below.
    cell = make_cell(name, 3, dtype=of_cell, recurrent_initializer="zeros")
    ours = RNN(cell, return_state=True, dtype=of_layer, backward_pass=backward_pass)
    theirs = keras.layers.RNN(cell, return_state=True, dtype=of_layer)
    ours(X)
    cell.set_weights([np.random.default_rng(1).normal(size=w.shape) for w in cell.get_weights()])
    coarse = "bfloat16" in of_cell + of_layer
    half = "float16" in of_cell
    assert_same((ours, theirs), 0.1 if coarse else 0.01 if half else 1e-3)


def test_within_both_directions_too():
    layer = Bidirectional(RNN(LSTMCell(3, dtype="float32")), dtype="mixed_float16")
    assert keras.backend.standardize_dtype(layer(X).dtype) == "float16"


class Clipped(LSTMCell):
    """A cell with a call of its own."""

    def call(self, inputs, states):
        output, states = super().call(inputs, states)
        return ops.clip(output, 0, 0.1), states


class Noticing(LSTMCell):
    """A cell that wants to know whether it is trained."""

    def call(self, inputs, states, training=False):
        output, states = super().call(inputs, states)
        return output + (1.0 if training else 0.0), states


def test_a_call_of_its_own_is_called():
    assert_same(both(Clipped(3)), 1e-6)
    ours, theirs = both(Noticing(3))
    for training in (False, True):
        np.testing.assert_allclose(
            *(ops.convert_to_numpy(layer(X, training=training)[0]) for layer in (ours, theirs)),
            atol=1e-6,
        )
    layer = RNN(cell := LSTMCell(3))
    before = ops.convert_to_numpy(layer(X))
    cell.call = lambda inputs, states: (2 * states[0] + 1, [2 * states[0] + 1, states[1]])
    assert np.abs(ops.convert_to_numpy(layer(X)) - before).min() > 1


class OwnSteps(keras.layers.Layer):
    """A cell of somebody else's, whose methods of these names are another matter."""

    state_size = output_size = 3

    def project(self, inputs):
        raise AssertionError

    step = project

    def call(self, inputs, states):
        return states[0] + ops.sum(inputs, axis=-1, keepdims=True), [states[0] + 1]


def test_methods_of_the_same_name_are_not_taken_for_ours():
    assert_same(both(OwnSteps()), 1e-6)
