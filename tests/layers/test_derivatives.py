"""Which derivatives a walk has: by hand the first, backwards; by the framework all of them."""

import numpy as np
import pytest
from backends import BACKEND
from keras import ops

from rnn_course.layers import RNN, make_cell

X = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")
DIRECTION = np.random.default_rng(1).normal(size=X.shape).astype("float32")


def forward_mode(layer):
    """The derivative of the outputs in a direction, as the backend takes it forward."""
    if BACKEND == "jax":
        import jax

        return jax.jvp(layer, (ops.array(X),), (ops.array(DIRECTION),))[1]
    if BACKEND == "torch":
        import torch

        return torch.func.jvp(layer, (ops.array(X),), (ops.array(DIRECTION),))[1]
    import tensorflow as tf

    x = tf.constant(X)
    with tf.autodiff.ForwardAccumulator(x, tf.constant(DIRECTION)) as accumulator:
        y = layer(x)
    return accumulator.jvp(y)


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")  # PyTorch's own use
@pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru"])
def test_forward_mode_is_the_frameworks(name):
    layer = RNN(make_cell(name, 3), backward_pass="autodiff")
    layer(X)
    found = ops.convert_to_numpy(forward_mode(layer))
    there, back = (ops.convert_to_numpy(layer(X + step * DIRECTION)) for step in (1e-2, -1e-2))
    np.testing.assert_allclose(found, (there - back) / 2e-2, atol=1e-3)
    by_hand = RNN(layer.cell)
    by_hand(X)
    message = 'none in forward mode.*backward_pass="autodiff"'
    with pytest.raises(NotImplementedError, match=message):
        forward_mode(by_hand)


@pytest.mark.tensorflow("asks a tape for more than a gradient")
@pytest.mark.parametrize("graph", [False, True])
@pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru"])
def test_every_output_by_every_input(name, graph):
    import tensorflow as tf

    def jacobian(layer):
        x = tf.constant(X)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x)
        return tape.jacobian(y, x)

    by_hand = RNN(make_cell(name, 3))
    by_hand(X)
    expected = jacobian(RNN(by_hand.cell, backward_pass="autodiff"))
    found = (tf.function(jacobian) if graph else jacobian)(by_hand)
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.tensorflow("compiles what a persistent tape has seen")
@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru"])
def test_a_persistent_tape_that_sees_its_own_way_back(name, jit_compile):
    import tensorflow as tf

    layer = RNN(make_cell(name, 3))
    layer(X)
    x = tf.constant(X)

    def gradients():
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            loss = tf.reduce_sum(layer(x) ** 2)
            by_input = tape.gradient(loss, x)
        return by_input, tape.gradient(loss, [w.value for w in layer.trainable_variables])

    found = tf.function(gradients, jit_compile=jit_compile)()
    for a, b in zip(tf.nest.flatten(found), tf.nest.flatten(gradients()), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)
