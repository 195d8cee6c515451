"""Any configuration of `RNN` and `Bidirectional` computes what Keras's layers compute in it."""

import keras
import numpy as np
import pytest
from backends import BACKEND, JIT_COMPILE, compiled, differentiate, examples
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from rnn_course.layers import RNN, Bidirectional, GRUCell, LSTMCell, SimpleRNNCell

PAIRS = {
    "simple_rnn": (SimpleRNNCell, keras.layers.SimpleRNNCell),
    "lstm": (LSTMCell, keras.layers.LSTMCell),
    "gru": (GRUCell, keras.layers.GRUCell),
}
# What half of the digits cost: sums are taken in another order, and half has 3 digits, bfloat16 2.
TOLERANCES = {"float32": 2e-5, "mixed_float16": 5e-3, "float16": 5e-3, "mixed_bfloat16": 5e-2}
FEATURES = 3


@st.composite
def cell_options(draw):
    """One of the three cells, with options that Keras's cell has as well."""
    name = draw(st.sampled_from(list(PAIRS)))
    options = {
        "units": draw(st.integers(1, 4)),
        "use_bias": draw(st.booleans()),
        "activation": draw(st.sampled_from(["tanh", "relu", "sigmoid", None])),
    }
    if name != "simple_rnn":
        options["recurrent_activation"] = draw(st.sampled_from(["sigmoid", "tanh"]))
    if name == "gru":
        options["reset_after"] = draw(st.booleans())
    return name, options


@st.composite
def configurations(draw):
    """Cells, precision, walk, mask, states: everything that one may ask of a layer."""
    chosen = {
        "cells": draw(st.lists(cell_options(), min_size=1, max_size=2)),
        "of_cell": draw(st.sampled_from(list(TOLERANCES))),
        "of_layer": draw(st.sampled_from(list(TOLERANCES))),
        "backward_pass": draw(st.sampled_from(["by_hand", "autodiff"])),
        "merge_mode": draw(st.sampled_from(["one way", "one way", "concat", "sum", "mul", "ave"])),
        "walk": {
            name: draw(st.booleans())
            for name in ("return_sequences", "return_state", "go_backwards", "unroll")
            + ("zero_output_for_mask",)
        },
        "batch": draw(st.integers(1, 3)),
        "timesteps": draw(st.integers(1, 5)),
        "stateful": draw(st.booleans()),
        "given_state": draw(st.booleans()),
        "masked": draw(st.booleans()),
        "way": draw(st.sampled_from(["eager", *(f"compiled {jit}" for jit in JIT_COMPILE)])),
        "seed": draw(st.integers(0, 9)),
    }
    if chosen["merge_mode"] != "one way":
        chosen["walk"]["go_backwards"] = False
        if chosen["stateful"]:  # Keras's fails with both
            chosen["walk"]["return_state"] = False
    if BACKEND == "torch" and chosen["masked"]:  # where Keras's fails backwards
        chosen["walk"]["unroll"] = False
    # Keras stacks cells in float32, whatever they are, and then fails in a graph.
    if len(chosen["cells"]) == 2 or draw(st.booleans()):
        chosen["of_cell"] = chosen["of_layer"] = "float32"
    return chosen


def layers_of(chosen):
    """The course's layer and Keras's, with the same weights."""
    made = []
    for ours in (True, False):
        cells = [
            PAIRS[name][0 if ours else 1](
                **options, recurrent_initializer="zeros", dtype=chosen["of_cell"]
            )
            for name, options in chosen["cells"]
        ]
        walk = dict(chosen["walk"], stateful=chosen["stateful"], dtype=chosen["of_layer"])
        one_way = RNN if ours else keras.layers.RNN
        if ours:
            walk["backward_pass"] = chosen["backward_pass"]
        layer = one_way(cells if len(cells) > 1 else cells[0], **walk)
        if chosen["merge_mode"] != "one way":
            both_ways = Bidirectional if ours else keras.layers.Bidirectional
            layer = both_ways(layer, chosen["merge_mode"], dtype=chosen["of_layer"])
        layer.build((chosen["batch"], chosen["timesteps"], FEATURES))
        made.append(layer)
    generator = np.random.default_rng(chosen["seed"])
    weights = [0.5 * generator.normal(size=w.shape) for w in made[0].trainable_weights]
    for layer in made:
        for variable, value in zip(layer.trainable_weights, weights, strict=True):
            variable.assign(value)
    return made


def inputs_of(chosen, layer):
    """Sequences, mask and initial states, of which the last two may be None."""
    generator = np.random.default_rng(chosen["seed"] + 1)
    batch, timesteps = chosen["batch"], chosen["timesteps"]
    sequences = generator.normal(size=(batch, timesteps, FEATURES)).astype("float32")
    mask = generator.random((batch, timesteps)) < 0.6 if chosen["masked"] else None
    if BACKEND == "jax" and mask is not None:
        # Keras repeats the initial state there before the first real step, the others zeros.
        mask[:, [0, -1]] = True
    states = None
    if chosen["given_state"]:
        directions = 1 if chosen["merge_mode"] == "one way" else 2
        sizes = directions * keras.tree.flatten([state_sizes(chosen)])
        states = [generator.normal(size=(batch, size)).astype("float32") for size in sizes]
    return sequences, mask, states


def state_sizes(chosen):
    return [[options["units"]] * (2 if name == "lstm" else 1) for name, options in chosen["cells"]]


def everything(chosen, layer):
    """What the layer returns, twice where it is stateful, and its gradients."""
    sequences, mask, states = inputs_of(chosen, layer)
    if chosen["stateful"]:
        layer(sequences, mask=mask)

    def loss_and_values(sequences, *states):
        given_states = nested(chosen, states) if states else None
        values = keras.tree.flatten(layer(sequences, initial_state=given_states, mask=mask))
        values = [ops.cast(each, "float32") for each in values]
        return sum(ops.sum(ops.sin(each + i)) for i, each in enumerate(values)), values

    def run(*arrays):
        _, values, gradients = differentiate(loss_and_values, arrays, layer=layer)
        return values, gradients

    if chosen["way"] != "eager" and BACKEND == "tensorflow":
        run = compiled(run, jit_compile=chosen["way"] == "compiled True")
    return run(*map(ops.convert_to_tensor, [sequences, *(states or [])]))


def nested(chosen, states):
    """The states as a layer of stacked cells takes them: a list for each cell."""
    states = list(states)
    if len(chosen["cells"]) == 1:
        return states
    made = []
    while states:
        for sizes in state_sizes(chosen):
            made.append([states.pop(0) for _ in sizes] if len(sizes) > 1 else states.pop(0))
    return made


@pytest.mark.filterwarnings("ignore:.*Gradients do not exist")
@settings(max_examples=examples(25), deadline=None)
@given(chosen=configurations())
def test_like_keras(chosen):
    ours, theirs = layers_of(chosen)
    expected, found = everything(chosen, theirs), everything(chosen, ours)
    atol = max(TOLERANCES[chosen["of_cell"]], TOLERANCES[chosen["of_layer"]])
    for a, b in zip(*map(keras.tree.flatten, (found, expected)), strict=True):
        assert a.dtype == b.dtype
        a, b = (ops.convert_to_numpy(ops.cast(each, "float32")) for each in (a, b))
        np.testing.assert_allclose(a, b, atol=atol * max(1, np.abs(b).max()), rtol=0)
