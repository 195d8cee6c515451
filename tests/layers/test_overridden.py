"""Cells that override any method of the contract get what Keras's own layer would give them."""

import itertools

import keras
import numpy as np
import pytest
from backends import differentiate
from keras import ops

from rnn_course.layers import RNN, Bidirectional, GRUCell, LSTMCell, SimpleRNNCell

X = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")
MASK = np.array([[1, 1, 1], [1, 0, 1]], bool)  # real at both ends: Keras under JAX wants that


class Project:
    """What is said of each step before the state is known."""

    def project(self, inputs):
        return 2.0 * super().project(inputs)


class Step:
    def step(self, projected, states):
        output, states = super().step(projected, states)
        return output + 1.0, [0.5 * states[0], *states[1:]]


class Gates:
    def gates(self, projected, states):
        return {name: 0.5 * gate for name, gate in super().gates(projected, states).items()}


class Call:
    def call(self, inputs, states):
        output, states = super().call(inputs, states)
        return -output, states


class InitialState:
    """The state before the first step, learned."""

    def build(self, input_shape):
        super().build(input_shape)
        self.first = self.add_weight(name="first", shape=(self.units,), initializer="ones")

    def get_initial_state(self, batch_size=None):
        zeros = super().get_initial_state(batch_size)
        return [zeros[0] + self.first, *zeros[1:]]


class InputBias:
    @property
    def input_bias(self):
        return super().input_bias + 1.0


class RecurrentKernel:
    """U, written in another way: its weights are divided by their norm."""

    def build(self, input_shape):
        super().build(input_shape)
        self.raw = self.recurrent_kernel

    def __getattribute__(self, name):
        if name == "recurrent_kernel" and "raw" in vars(self):
            raw = ops.convert_to_tensor(self.raw)
            return raw / ops.sqrt(ops.sum(ops.square(raw)))
        return super().__getattribute__(name)


class OutputSize:
    """An output that is not the state."""

    @property
    def output_size(self):
        return 2 * self.units

    def step(self, projected, states):
        output, states = super().step(projected, states)
        return ops.concatenate([output, -output], axis=-1), states


class MoreStates:
    """One that counts, besides."""

    @property
    def state_size(self):
        return [*keras.tree.flatten(super().state_size), 1]

    def get_initial_state(self, batch_size=None):
        return [*super().get_initial_state(batch_size), ops.zeros((batch_size, 1))]

    def step(self, projected, states):
        output, before = super().step(projected, states[:-1])
        return output * (states[-1] + 1.0), [*before, states[-1] + 1.0]


OVERRIDES = [Project, Step, Gates, Call, InitialState, InputBias, RecurrentKernel, OutputSize]
OVERRIDES.append(MoreStates)
OTHER_OUTPUT = (Step, Call, OutputSize, MoreStates)
CELLS = [
    keras.saving.register_keras_serializable("overridden")(
        type(f"{override.__name__}{kind.__name__}", (override, kind), {})
    )
    for kind, override in itertools.product([SimpleRNNCell, LSTMCell, GRUCell], OVERRIDES)
]
WALKS = {
    "plain": {},
    "unrolled": {"unroll": True},
    "both ways": {},
    "compiled": {},
}


def everything(layer, mask, compile_it):
    def loss_and_values(x):
        values = keras.tree.flatten(layer(x, mask=mask))
        return sum(ops.sum(ops.sin(each)) for each in values), values

    def run(x):
        _, values, gradients = differentiate(loss_and_values, [x], layer=layer)
        return values, gradients

    if compile_it and keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        run = tf.function(run, jit_compile=True)
    return keras.tree.flatten(run(ops.convert_to_tensor(X)))


@pytest.mark.parametrize("walk", WALKS)
@pytest.mark.parametrize("cell", CELLS)
def test_as_in_keras(cell, walk):
    options = dict(return_sequences=True, return_state=True)
    ours, theirs = (
        make(cell(2, bias_initializer="ones"), **options, **WALKS[walk])
        for make in (RNN, keras.layers.RNN)
    )
    if walk == "both ways":
        ours, theirs = Bidirectional(ours), keras.layers.Bidirectional(theirs)
    for layer in (ours, theirs):
        layer.build(X.shape)
    theirs.set_weights(ours.get_weights())
    # Under JAX Keras repeats the state at masked steps, even where the output is another thing.
    unlike = keras.backend.backend() == "jax" and issubclass(cell, OTHER_OUTPUT)
    mask = None if walk == "plain" or unlike else MASK
    found, expected = (everything(each, mask, walk == "compiled") for each in (ours, theirs))
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(*map(ops.convert_to_numpy, (a, b)), rtol=1e-4, atol=1e-5)
