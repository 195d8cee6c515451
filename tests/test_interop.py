"""Weights moved by name: what is computed must not change, and what cannot be the same is refused.

The layers of Keras and of PyTorch are the oracles: each computes with code of its own. Modules
that store and compute what PyTorch's documentation says stand in where it is not installed.
"""

import subprocess
import sys
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import layers, ops

from rnn_course.interop import copy_weights, read_weights
from rnn_course.layers import RNN, GRUCell, LSTMCell, SimpleRNNCell

FEATURES, UNITS, BATCH, TIMESTEPS = 3, 4, 2, 6
OURS = {"SimpleRNN": SimpleRNNCell, "LSTM": LSTMCell, "GRU": GRUCell}
KERAS = {"SimpleRNN": layers.SimpleRNN, "LSTM": layers.LSTM, "GRU": layers.GRU}

x = np.random.default_rng(0).normal(size=(BATCH, TIMESTEPS, FEATURES)).astype("float32")


def randomised(model, seed=0):
    """Weights that are all different, biases too: none could take another's place unnoticed."""
    generator = np.random.default_rng(seed)
    for weight in model.weights:
        weight.assign(generator.normal(size=weight.shape, scale=0.5))
    return model


def stack(*parts, seed=0):
    """Layers built one on the other, with random weights."""
    sequence = x
    for number, part in enumerate(parts):
        sequence = keras.tree.flatten(part(sequence))[0]
        randomised(part, seed + number)
    return parts[0] if len(parts) == 1 else list(parts)


def ours(kind, **options):
    return RNN(OURS[kind](UNITS, **options), return_sequences=True, return_state=True)


def theirs(kind, **options):
    return KERAS[kind](UNITS, return_sequences=True, return_state=True, **options)


def run(model):
    """Outputs and final states of Keras layers, or of a PyTorch module, as one list of arrays."""
    if hasattr(model, "mode"):
        import torch

        with torch.no_grad():
            output, states = model(torch.from_numpy(x))
        states = states if isinstance(states, tuple) else (states,)
        # (layers * directions, batch, units) a kind of state; in Keras: a state, kind after kind.
        return [
            output.numpy(),
            *(kind[i].numpy() for i in range(len(states[0])) for kind in states),
        ]
    sequence, states = x, []
    for layer in model if isinstance(model, list) else [model]:
        sequence, *final = layer(sequence)
        states += final
    return [ops.convert_to_numpy(array) for array in (sequence, *keras.tree.flatten(states))]


def assert_same(one, other):
    pairs = list(zip(run(one), run(other), strict=True))
    for a, b in pairs:
        np.testing.assert_allclose(a, b, atol=1e-6)
    assert len(pairs) >= 2
    assert np.ptp(pairs[0][0]) > 0.1


def assert_equal_weights(one, other):
    one, other = read_weights(one), read_weights(other)
    assert list(one) == list(other)
    for place in one:
        assert one[place].keys() == other[place].keys()
        for gate in one[place]:
            for a, b in zip(one[place][gate], other[place][gate], strict=True):
                np.testing.assert_array_equal(a, b)


# Keras's own layers

CASES = [
    ("SimpleRNN", {}),
    ("SimpleRNN", {"activation": "relu"}),
    ("SimpleRNN", {"activation": "sigmoid"}),
    ("LSTM", {}),
    ("LSTM", {"recurrent_activation": "hard_sigmoid"}),
    ("GRU", {}),
    ("GRU", {"reset_after": False}),
]


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize(("kind", "options"), CASES)
def test_ours_and_keras_exchange_weights(kind, options, use_bias):
    options = options | {"use_bias": use_bias}
    source, target = stack(theirs(kind, **options)), stack(ours(kind, **options), seed=9)
    copy_weights(source, target)
    assert_same(source, target)
    back = stack(theirs(kind, **options), seed=5)
    copy_weights(target, back)
    assert_equal_weights(source, back)


@pytest.mark.parametrize("reset_after", [True, False])
def test_an_update_gate_that_writes_is_one_that_keeps_negated(reset_after):
    source = stack(theirs("GRU", reset_after=reset_after))
    writes = stack(ours("GRU", reset_after=reset_after, update_gate="write"))
    copy_weights(source, writes)
    assert_same(source, writes)
    np.testing.assert_array_equal(-writes.cell.kernel[:, :UNITS], source.cell.kernel[:, :UNITS])
    back = stack(theirs("GRU", reset_after=reset_after), seed=5)
    copy_weights(writes, back)
    assert_equal_weights(source, back)


@pytest.mark.parametrize("kind", OURS)
def test_stacks_can_be_a_list_of_cells_or_of_layers(kind):
    cells = [OURS[kind](UNITS), OURS[kind](UNITS + 1)]
    one_layer = stack(RNN(cells, return_sequences=True, return_state=True))
    two_layers = stack(
        theirs(kind), KERAS[kind](UNITS + 1, return_sequences=True, return_state=True)
    )
    copy_weights(two_layers, one_layer)
    assert_same(two_layers, one_layer)
    assert list(read_weights(one_layer)) == [(1, "forward"), (2, "forward")]


@pytest.mark.parametrize("kind", OURS)
def test_bidirectional(kind):
    source = stack(layers.Bidirectional(theirs(kind)), layers.Bidirectional(theirs(kind)))
    target = stack(layers.Bidirectional(ours(kind)), layers.Bidirectional(ours(kind)), seed=9)
    copy_weights(source, target)
    assert_same(source, target)


def test_reading_gives_copies_by_name():
    layer = stack(ours("LSTM"))
    kernel = ops.convert_to_numpy(layer.cell.kernel).copy()
    gates = read_weights(layer)[1, "forward"]
    assert tuple(gates) == ("input_gate", "forget_gate", "candidate", "output_gate")
    np.testing.assert_array_equal(gates["candidate"].kernel, kernel[:, 2 * UNITS : 3 * UNITS])
    gates["candidate"].kernel[:] = 0
    np.testing.assert_array_equal(layer.cell.kernel, kernel)


# PyTorch's modules

TORCH_CASES = [
    ("SimpleRNN", {}),
    ("SimpleRNN", {"activation": "relu"}),
    ("LSTM", {}),
    ("GRU", {}),
    ("GRU", {"update_gate": "write"}),
]


def torch_module(kind, seed=0, activation="tanh", update_gate="keep", **options):
    torch = pytest.importorskip("torch")
    torch.manual_seed(seed)
    if kind == "SimpleRNN":
        return torch.nn.RNN(FEATURES, UNITS, nonlinearity=activation, batch_first=True, **options)
    return getattr(torch.nn, kind)(FEATURES, UNITS, batch_first=True, **options)


def torch_biases(module):
    names = ("bias_ih_l0", "bias_hh_l0")
    return [module.state_dict()[name].numpy().copy() for name in names]


@pytest.mark.skipif(keras.backend.backend() == "torch", reason="there Keras imports it")
def test_importing_does_not_import_torch():
    code = "import sys, rnn_course.interop; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("kind", "options"), TORCH_CASES)
def test_from_pytorch_and_back(kind, options, bias):
    source = torch_module(kind, bias=bias, **options)
    target = stack(ours(kind, use_bias=bias, **options))
    copy_weights(source, target)
    assert_same(source, target)
    back = torch_module(kind, seed=1, bias=bias, **options)
    copy_weights(target, back)
    assert_same(source, back)


@pytest.mark.parametrize("kind", OURS)
def test_to_pytorch_and_back_is_exact(kind):
    source, module = stack(ours(kind)), torch_module(kind)
    copy_weights(source, module)
    assert_same(source, module)
    back = stack(ours(kind), seed=9)
    copy_weights(module, back)
    assert_equal_weights(source, back)


def test_from_pytorch_to_pytorch_is_exact():
    source, target = (torch_module("LSTM", seed, num_layers=2) for seed in (0, 1))
    copy_weights(source, target)
    assert_equal_weights(source, target)


@pytest.mark.parametrize("kind", OURS)
def test_stacked_and_bidirectional_pytorch(kind):
    module = torch_module(kind, num_layers=2, bidirectional=True)
    target = stack(layers.Bidirectional(ours(kind)), layers.Bidirectional(ours(kind)))
    copy_weights(module, target)
    assert_same(module, target)
    back = torch_module(kind, seed=1, num_layers=2, bidirectional=True)
    copy_weights(target, back)
    assert_same(module, back)


def test_stacked_pytorch_is_a_list_of_cells():
    module = torch_module("GRU", num_layers=2)
    target = stack(RNN([GRUCell(UNITS), GRUCell(UNITS)], return_sequences=True, return_state=True))
    copy_weights(module, target)
    assert_same(module, target)


def test_reading_a_module_gives_copies():
    module = torch_module("LSTM")
    biases = torch_biases(module)
    for gate in read_weights(module)[1, "forward"].values():
        gate.biases[:] = 0
    np.testing.assert_array_equal(torch_biases(module), biases)


def test_a_module_that_was_written_can_still_be_trained():
    module = torch_module("GRU")
    copy_weights(stack(ours("GRU")), module)
    assert all(parameter.requires_grad for parameter in module.parameters())
    module(module.weight_ih_l0.new_ones(1, 2, FEATURES))[0].sum().backward()


def test_the_two_biases_of_a_gru_are_kept_or_summed_but_for_the_candidates():
    source, target = torch_module("GRU"), stack(ours("GRU"))
    b_ih, b_hh = torch_biases(source)
    z, n = slice(UNITS, 2 * UNITS), slice(2 * UNITS, None)  # PyTorch: r z n; Keras: z r h

    copy_weights(source, target)
    np.testing.assert_array_equal(target.cell.bias[:, :UNITS], [b_ih[z], b_hh[z]])
    kept = torch_module("GRU", seed=1)
    copy_weights(target, kept)
    np.testing.assert_array_equal(torch_biases(kept), [b_ih, b_hh])

    copy_weights(source, target, biases="sum")
    np.testing.assert_array_equal(target.cell.bias[:, :UNITS], [b_ih[z] + b_hh[z], 0 * b_ih[z]])
    np.testing.assert_array_equal(target.cell.bias[:, 2 * UNITS :], [b_ih[n], b_hh[n]])
    assert_same(source, target)


def test_the_two_biases_of_an_lstm_are_kept_or_summed():
    source, target = torch_module("LSTM"), torch_module("LSTM", seed=1)
    b_ih, b_hh = torch_biases(source)
    copy_weights(source, target)
    np.testing.assert_array_equal(torch_biases(target), [b_ih, b_hh])
    copy_weights(source, target, biases="sum")
    np.testing.assert_array_equal(torch_biases(target), [b_ih + b_hh, 0 * b_hh])
    assert_same(source, target)


# The same without PyTorch


class Tensor:
    """As much of a PyTorch tensor as is needed to read and write it."""

    def __init__(self, array):
        self.array = np.array(array)

    def cpu(self):
        return self

    def numpy(self):
        return self.array

    def new_tensor(self, array):
        return Tensor(array)

    def copy_(self, other):
        self.array[...] = other.array


GATES_IN_PYTORCH = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}


def documented_module(kind, seed=0):
    generator = np.random.default_rng(seed)
    rows = GATES_IN_PYTORCH[kind] * UNITS
    shapes = {"weight_ih_l0": (rows, FEATURES), "weight_hh_l0": (rows, UNITS)}
    shapes |= {"bias_ih_l0": (rows,), "bias_hh_l0": (rows,)}
    tensors = {
        name: Tensor(generator.normal(size=shape).astype("float32"))
        for name, shape in shapes.items()
    }
    return SimpleNamespace(
        mode="RNN_TANH" if kind == "SimpleRNN" else kind,
        num_layers=1,
        bias=True,
        bidirectional=False,
        proj_size=0,
        state_dict=lambda: tensors,
    )


def documented_outputs(kind, module):
    """All h_t by the equations of PyTorch's documentation, columns and all, in its gate order."""
    W, U, b, b_h = (tensor.array for tensor in module.state_dict().values())
    outputs = []
    for sequence in x:
        h, c = np.zeros((2, UNITS))
        for x_t in sequence:
            from_x, from_h = W @ x_t + b, U @ h + b_h
            if kind == "SimpleRNN":
                h = np.tanh(from_x + from_h)
            elif kind == "LSTM":
                i, f, g, o = np.split(from_x + from_h, 4)
                c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
                h = sigmoid(o) * np.tanh(c)
            else:
                r, z = np.split(sigmoid((from_x + from_h)[: 2 * UNITS]), 2)
                n = np.tanh(from_x[2 * UNITS :] + r * from_h[2 * UNITS :])
                h = (1 - z) * n + z * h
            outputs.append(h)
    return np.reshape(outputs, (BATCH, TIMESTEPS, UNITS))


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


@pytest.mark.parametrize("kind", OURS)
def test_from_the_documented_pytorch_and_back(kind):
    source, target = documented_module(kind), stack(ours(kind))
    copy_weights(source, target)
    np.testing.assert_allclose(run(target)[0], documented_outputs(kind, source), atol=1e-5)
    back = documented_module(kind, seed=1)
    copy_weights(target, back)
    np.testing.assert_allclose(documented_outputs(kind, back), run(target)[0], atol=1e-5)


# What does not fit


def refused(message, source, target, **options):
    before = [np.array(weight) for weight in read_flat(target)]
    with pytest.raises(ValueError, match=message):
        copy_weights(source, target, **options)
    for old, new in zip(before, read_flat(target), strict=True):
        np.testing.assert_array_equal(old, new)


def read_flat(model):
    return keras.tree.flatten([*map(dict, read_weights(model).values())])


def test_reset_before_has_no_equivalent_in_pytorch():
    refused(
        r"layer 1 forward: source is GRU\(tanh, sigmoid, reset before\), target is "
        r"GRU\(tanh, sigmoid, reset after\): no weights make one compute the other",
        stack(ours("GRU", reset_after=False)),
        torch_module("GRU"),
    )


def test_other_activations_have_no_equivalent_in_pytorch():
    refused(
        r"source is SimpleRNN\(sigmoid\), target is SimpleRNN\(tanh\)",
        stack(ours("SimpleRNN", activation="sigmoid")),
        torch_module("SimpleRNN"),
    )


def test_projection_has_no_equivalent_in_keras():
    with pytest.raises(ValueError, match="no Keras cell projects its state as proj_size=2 does"):
        copy_weights(torch_module("LSTM", proj_size=2), stack(ours("LSTM")))


def test_merging_directions_other_than_pytorch_is_refused():
    refused(
        "source is .* merged by 'sum', target is .* merged by 'concat'",
        stack(layers.Bidirectional(ours("LSTM"), merge_mode="sum")),
        torch_module("LSTM", bidirectional=True),
    )


def test_other_functions_are_refused():
    lstm, gru = stack(ours("LSTM")), stack(ours("GRU"))
    refused(r"source is LSTM\(tanh, sigmoid\), target is GRU\(tanh", lstm, gru)
    one, other = (stack(ours("SimpleRNN", activation=lambda a: a)) for _ in range(2))
    refused("no weights make one compute the other", one, other)


def test_other_structures_and_sizes_are_refused():
    one, two = stack(ours("LSTM")), stack(ours("LSTM"), ours("LSTM"))
    backward = stack(RNN(LSTMCell(UNITS), go_backwards=True))
    refused("source has layer 1 forward, layer 2 forward, target has layer 1 forward", two, one)
    refused("source has layer 1 backward, target has layer 1 forward", backward, one)
    wide = stack(RNN(LSTMCell(UNITS + 1)))
    refused("source has 3 features and 5 units, target has 3 features and 4 units", wide, one)
    # The second layer does not fit: the first, which would, is not written either.
    wide_top = stack(ours("LSTM"), RNN(LSTMCell(UNITS + 1)), seed=7)
    refused("layer 2 forward: source has 4 features and 5 units", wide_top, two)


def test_a_bias_that_would_be_lost_is_refused():
    without = stack(ours("LSTM", use_bias=False))
    refused("source's input_gate has a bias, the target none", stack(ours("LSTM")), without)
    zero = stack(ours("LSTM"))
    zero.cell.bias.assign(0 * zero.cell.bias)
    copy_weights(zero, without)
    assert_same(zero, without)
    with_bias = stack(ours("LSTM"), seed=9)
    copy_weights(without, with_bias)
    assert_same(without, with_bias)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda: ours("LSTM"), "has no weights yet: call its layer once, or build it"),
        (lambda: layers.Dense(3), "or a torch.nn.RNN, LSTM or GRU, got Dense"),
        (lambda: "weights", "got str"),
        (lambda: [], "at least one recurrent layer"),
        (
            lambda: stack(layers.Bidirectional(RNN([LSTMCell(2), LSTMCell(2)]))),
            "Bidirectional around a list of cells is two stacks",
        ),
        (lambda: stack(layers.RNN(OtherCell())), "a cell must be one of .*, got OtherCell"),
    ],
)
def test_what_cannot_be_read_is_named(model, message):
    with pytest.raises(ValueError, match=message):
        read_weights(model())


def test_an_unknown_way_with_biases_is_named():
    layer = stack(ours("LSTM"))
    with pytest.raises(ValueError, match="got 'add'"):
        copy_weights(layer, layer, biases="add")


class OtherCell(layers.Layer):
    state_size = output_size = 2

    def call(self, inputs, states):
        return states[0], states
