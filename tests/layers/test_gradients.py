"""Gradients of one's own: those of the framework, and graphs that are forgotten."""

import gc
import subprocess
import sys

import numpy as np
import pytest
from backends import compiled, gradients
from keras import ops

from rnn_course.layers.gradients import custom_gradient

X = np.random.default_rng(0).normal(size=(4, 5, 3)).astype("float32")


@custom_gradient
def thrice(x):
    """x, and 3 for its derivative."""

    def backward(*args, upstream=None):
        return 3.0 * (args[0] if upstream is None else upstream)

    return ops.copy(x), backward


@pytest.mark.parametrize("graph", [False, True])
def test_the_gradient_is_the_one_that_is_given(graph):
    def run(x):
        return gradients(lambda x: ops.sum(ops.square(thrice(x))), [x])[0]

    found = (compiled(run) if graph else run)(ops.convert_to_tensor(X))
    np.testing.assert_allclose(ops.convert_to_numpy(found), 6 * X, rtol=1e-6)


# In a process of its own: whatever is traced while pytest watches is kept.
FORGOTTEN = """
import gc
import subprocess
import sys
import tensorflow as tf
from rnn_course.layers import RNN, LSTMCell

def graphs():
    gc.collect()
    return len([each for each in gc.get_objects() if isinstance(each, tf.Graph)])

def use():
    layer = RNN(LSTMCell(2))
    layer.build((4, 5, 3))

    @tf.function
    def gradients(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(x))
        return tape.gradient(loss, layer.trainable_variables)

    gradients(tf.ones((4, 5, 3)))
    return graphs()

before = graphs()
print([use() > before for _ in range(3)], graphs() - before <= 1)
"""


@pytest.mark.tensorflow("its graphs")
def test_a_graph_is_forgotten_when_its_layer_is():
    run = subprocess.run([sys.executable, "-c", FORGOTTEN], capture_output=True, text=True)
    assert run.stdout == "[True, True, True] True\n", run.stderr


@pytest.mark.tensorflow("its graphs")
def test_a_function_within_a_function_keeps_its_backward_pass():
    import tensorflow as tf

    def loss(x):
        inner = tf.function(lambda x: tf.reduce_sum(thrice(x) ** 2))
        return inner(x)

    outer = tf.function(lambda x: gradients(loss, [x])[0])
    for _ in range(2):
        np.testing.assert_allclose(outer(tf.constant(X)), 6 * X, rtol=1e-6)
        gc.collect()
