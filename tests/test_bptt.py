"""Backpropagation through time by hand: against finite differences, Keras's and PyTorch's."""

import subprocess
import sys

import keras
import numpy as np
import pytest
from backends import differentiate, keras_counts
from keras import ops

from rnn_course import bptt
from rnn_course.layers import RNN, GRUCell, LSTMCell, SimpleRNNCell

pytestmark = pytest.mark.usefixtures("double_precision")

BATCH, TIMESTEPS, FEATURES, UNITS = 4, 5, 3, 2

GRUS = {
    f"gru reset {position} {update_gate}": {
        "reset_after": position == "after",
        "update_gate": update_gate,
    }
    for position in ("after", "before")
    for update_gate in ("keep", "write")
}
CELLS = {
    "simple tanh": bptt.SimpleRNN(),
    "simple relu": bptt.SimpleRNN("relu"),
    "simple sigmoid": bptt.SimpleRNN("sigmoid"),
    "lstm": bptt.LSTM(),
    "lstm relu": bptt.LSTM("relu"),
    "gru relu": bptt.GRU("relu"),
    **{name: bptt.GRU(**options) for name, options in GRUS.items()},
}
LAYERS = {  # the same cell in this package, and the layer that Keras has for it
    "simple tanh": (SimpleRNNCell, keras.layers.SimpleRNN, {}),
    "simple relu": (SimpleRNNCell, keras.layers.SimpleRNN, {"activation": "relu"}),
    "simple sigmoid": (SimpleRNNCell, keras.layers.SimpleRNN, {"activation": "sigmoid"}),
    "lstm": (LSTMCell, keras.layers.LSTM, {}),
    "lstm relu": (LSTMCell, keras.layers.LSTM, {"activation": "relu"}),
    "gru relu": (GRUCell, keras.layers.GRU, {"activation": "relu"}),
    **{name: (GRUCell, keras.layers.GRU, options) for name, options in GRUS.items()},
}
MASKS = {
    "no mask": np.ones((BATCH, TIMESTEPS), bool),
    "padding right": np.arange(TIMESTEPS) < np.array([5, 3, 1, 4])[:, None],
    "holes": np.array([[1, 0, 1, 0, 1], [0, 0, 1, 1, 0], [1, 1, 1, 1, 1], [0, 1, 0, 0, 0]], bool),
    "a row of padding": np.arange(TIMESTEPS) < np.array([0, 5, 2, 5])[:, None],
}
every_cell = pytest.mark.parametrize("name", CELLS)
every_mask = pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
with_and_without_bias = pytest.mark.parametrize(
    ("use_bias", "mask"),
    [*((True, mask) for mask in MASKS.values()), (False, MASKS["holes"])],
    ids=[*MASKS, "no bias, holes"],
)


def random_run(cell, use_bias=True, batch=BATCH, timesteps=TIMESTEPS, seed=0):
    """Weights, inputs and initial state for a cell."""
    rng = np.random.default_rng(seed)
    columns = cell.gate_count * UNITS
    shapes = [(FEATURES, columns), (UNITS, columns), cell.bias_shape(UNITS)]
    weights = [rng.normal(size=shape) for shape in shapes[: 2 + use_bias]]
    inputs = rng.normal(size=(batch, timesteps, FEATURES))
    initial_state = [rng.normal(size=(batch, UNITS)) for _ in range(cell.state_count)]
    return weights, inputs, initial_state


def random_losses(cell, batch=BATCH, timesteps=TIMESTEPS, seed=1):
    """Gradients of outputs and final states: a loss on all outputs, the last, each final state."""
    rng = np.random.default_rng(seed)
    everywhere = rng.normal(size=(batch, timesteps, UNITS))
    at_the_end = everywhere * (np.arange(timesteps) == timesteps - 1)[:, None]
    finals = [rng.normal(size=(batch, UNITS)) for _ in range(cell.state_count)]
    nothing, no_finals = np.zeros_like(everywhere), [np.zeros_like(final) for final in finals]
    losses = [(everywhere, no_finals), (at_the_end, no_finals), (everywhere, finals)]
    for i, final in enumerate(finals):
        losses.append((nothing, [*no_finals[:i], final, *no_finals[i + 1 :]]))
    return losses


def loss_value(loss, outputs, final_state):
    output_gradients, final_state_gradients = loss
    return np.sum(output_gradients * outputs) + sum(
        np.sum(gradient * state)
        for gradient, state in zip(final_state_gradients, final_state, strict=True)
    )


def flat(gradients):
    return [*gradients.weights, gradients.inputs, *gradients.initial_state]


def finite_differences(function, arrays, step=1e-5):
    """The gradient of each of a function's values with respect to each array, by moving numbers."""
    results = []
    for array in arrays:
        moved = []
        for i in np.ndindex(array.shape):
            kept = array[i]
            array[i] = kept + step
            above = function()
            array[i] = kept - step
            moved.append((above - function()) / (2 * step))
            array[i] = kept
        results.append(np.array(moved).T.reshape(-1, *array.shape))
    return results


def assert_near(actual, expected, relative):
    assert np.shape(actual) == np.shape(expected)
    np.testing.assert_allclose(
        actual, expected, rtol=relative, atol=relative * max(1, np.abs(expected).max())
    )


def assert_equals_finite_differences(cell, run, mask):
    weights, inputs, initial_state = run
    losses = random_losses(cell, *mask.shape)

    def values():
        record = bptt.forward(cell, weights, inputs, initial_state, mask)
        return np.array([loss_value(loss, record.outputs, record.final_state) for loss in losses])

    expected = finite_differences(values, [*weights, inputs, *initial_state])
    record = bptt.forward(cell, weights, inputs, initial_state, mask)
    for i, loss in enumerate(losses):
        for actual, by_loss in zip(flat(bptt.backward(record, *loss)), expected, strict=True):
            assert_near(actual, by_loss[i], 1e-6)


@with_and_without_bias
@every_cell
def test_equals_finite_differences(name, use_bias, mask):
    assert_equals_finite_differences(CELLS[name], random_run(CELLS[name], use_bias), mask)


@every_mask
@every_cell
def test_gradient_of_every_state_equals_finite_differences(name, mask):
    """Moving one state after one step, and letting all that follows follow."""
    cell = CELLS[name]
    weights, inputs, initial_state = random_run(cell)
    full_weights = bptt.forward(cell, weights, inputs).weights
    losses = random_losses(cell)
    shifts = [np.zeros((BATCH, TIMESTEPS, UNITS)) for _ in initial_state]

    def values():
        states, outputs, output = initial_state, [], np.zeros((BATCH, UNITS))
        for t in range(TIMESTEPS):
            new = cell.forward_step(full_weights, inputs[:, t], states)
            seen = mask[:, : t + 1].any(axis=1)[:, None]
            states = [
                np.where(mask[:, t, None], after, before) + shift[:, t]
                for after, before, shift in zip(new, states, shifts, strict=True)
            ]
            output = np.where(seen, states[0], output)
            outputs.append(output)
        outputs = np.stack(outputs, axis=1)
        return np.array([loss_value(loss, outputs, states) for loss in losses])

    expected = finite_differences(values, shifts)
    record = bptt.forward(cell, weights, inputs, initial_state, mask)
    for i, loss in enumerate(losses):
        gradients = bptt.backward(record, *loss)
        for actual, by_loss in zip(gradients.states, expected, strict=True):
            assert_near(actual, by_loss[i], 1e-6)


def assert_equals_layer(cell, layer, run, mask):
    """Outputs, final states and every gradient are those of a layer by the framework's autodiff."""
    weights, inputs, initial_state = run
    layer.build(inputs.shape)
    layer.set_weights(weights)
    record = bptt.forward(cell, weights, inputs, initial_state, mask)
    counts = keras_counts(mask)
    for output_gradients, finals in random_losses(cell, *inputs.shape[:2]):
        output_gradients = output_gradients * counts

        def loss_and_results(inputs, *states, weights=(output_gradients, *finals)):
            results = layer(inputs, initial_state=list(states), mask=mask)
            losses = [ops.sum(ops.multiply(w, y)) for w, y in zip(weights, results, strict=True)]
            return sum(losses), results

        _, results, by_keras = differentiate(
            loss_and_results, [inputs, *initial_state], layer=layer
        )
        results = [np.array(results[0]) * counts, *results[1:]]
        for actual, expected in zip([record.outputs, *record.final_state], results, strict=True):
            assert_near(actual, expected, 1e-12)
        sources = 1 + len(initial_state)
        by_keras = [*by_keras[sources:], *by_keras[:sources]]  # weights first
        actual = flat(bptt.backward(record, output_gradients, finals))
        for mine, theirs in zip(actual, by_keras, strict=True):
            assert_near(mine, theirs, 1e-9)


OPTIONS = dict(return_sequences=True, return_state=True, dtype="float64")


@with_and_without_bias
@every_cell
def test_equals_autodiff_of_this_package(name, use_bias, mask):
    ours, _, options = LAYERS[name]
    layer = RNN(ours(UNITS, use_bias=use_bias, dtype="float64", **options), **OPTIONS)
    assert_equals_layer(CELLS[name], layer, random_run(CELLS[name], use_bias), mask)


@with_and_without_bias
@pytest.mark.parametrize("name", [name for name in CELLS if "write" not in name])
def test_equals_autodiff_of_keras(name, use_bias, mask):
    _, theirs, options = LAYERS[name]
    options = {k: v for k, v in options.items() if k != "update_gate"}
    layer = theirs(UNITS, use_bias=use_bias, **OPTIONS, **options)
    assert_equals_layer(CELLS[name], layer, random_run(CELLS[name], use_bias), mask)


@pytest.mark.parametrize("shape", [(1, 1), (1, 6), (3, 1)], ids=str)
@every_cell
def test_batch_of_one_and_length_one(name, shape):
    ours, _, options = LAYERS[name]
    layer = RNN(ours(UNITS, dtype="float64", **options), **OPTIONS)
    run = random_run(CELLS[name], True, *shape)
    assert_equals_layer(CELLS[name], layer, run, np.ones(shape, bool))
    assert_equals_finite_differences(CELLS[name], run, np.ones(shape, bool))
    empty = bptt.forward(CELLS[name], run[0], np.zeros((0, 2, FEATURES)))
    assert bptt.backward(empty, np.zeros((0, 2, UNITS))).kernel.sum() == 0


def as_pytorch(name, arrays):
    """Weights, or their gradients, as PyTorch stores them: transposed, a GRU's reset gate first."""
    order = (1, 0, 2) if name.startswith("gru") else range(CELLS[name].gate_count)
    kernel, recurrent_kernel, *bias = arrays
    stored = []
    for array in (kernel, recurrent_kernel, *(row for b in bias for row in np.atleast_2d(b))):
        gates = np.split(array, len(order), axis=-1)
        stored.append(np.concatenate([gates[i].T for i in order]))
    return stored


PYTORCH = {
    "simple tanh": ("RNN", {"nonlinearity": "tanh"}),
    "simple relu": ("RNN", {"nonlinearity": "relu"}),
    "lstm": ("LSTM", {}),
    "gru reset after keep": ("GRU", {}),
}


@pytest.mark.parametrize("use_bias", [True, False], ids=["bias", "no bias"])
@pytest.mark.parametrize("name", PYTORCH)
def test_equals_pytorch(name, use_bias):
    torch = pytest.importorskip("torch")
    kind, options = PYTORCH[name]
    cell, (weights, inputs, initial_state) = CELLS[name], random_run(CELLS[name], use_bias)
    module = getattr(torch.nn, kind)(
        FEATURES, UNITS, bias=use_bias, batch_first=True, dtype=torch.float64, **options
    )
    parameters = list(module.parameters())  # kernel, recurrent kernel, two biases
    with torch.no_grad():
        for parameter in parameters:
            parameter.zero_()
        for parameter, w in zip(parameters, as_pytorch(name, weights), strict=False):
            parameter.copy_(torch.tensor(w))
    x, *states = (torch.tensor(a, requires_grad=True) for a in [inputs, *initial_state])
    held = [state[None] for state in states]
    outputs, finals = module(x, held[0] if len(held) == 1 else tuple(held))
    finals = [final[0] for final in (finals if isinstance(finals, tuple) else [finals])]

    record = bptt.forward(cell, weights, inputs, initial_state)
    assert_near(record.outputs, outputs.detach().numpy(), 1e-12)
    for loss in random_losses(cell):
        value = (outputs * torch.tensor(loss[0])).sum()
        for final, gradient in zip(finals, loss[1], strict=True):
            value = value + (final * torch.tensor(gradient)).sum()
        expected = torch.autograd.grad(value, [*parameters, x, *states], retain_graph=True)
        gradients = bptt.backward(record, *loss)
        actual = as_pytorch(name, gradients.weights)
        for mine, theirs in zip(actual, expected, strict=False):
            assert_near(mine, theirs.numpy(), 1e-9)
        rest = [gradients.inputs, *gradients.initial_state]
        for mine, theirs in zip(rest, expected[len(parameters) :], strict=True):
            assert_near(mine, theirs.numpy(), 1e-9)


def test_shares_no_code_with_the_layers():
    code = "import sys, rnn_course.bptt; print('keras' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_two_steps_written_out():
    """One unit, one feature, tanh: the derivation with nothing left out."""
    W, U, b = 0.5, -0.8, 0.1
    x1, x2 = 1.0, 2.0
    h1 = np.tanh(x1 * W + b)
    h2 = np.tanh(x2 * W + h1 * U + b)
    da2 = 1 - h2**2  # the loss is h2 + 3 h1
    dh1 = 3 + da2 * U
    da1 = dh1 * (1 - h1**2)
    record = bptt.forward(bptt.SimpleRNN(), [[[W]], [[U]], [b]], [[[x1], [x2]]])
    gradients = bptt.backward(record, [[[3.0], [1.0]]])
    np.testing.assert_allclose(gradients.states[0].ravel(), [dh1, 1])
    np.testing.assert_allclose(gradients.kernel, [[da1 * x1 + da2 * x2]])
    np.testing.assert_allclose(gradients.recurrent_kernel, [[da2 * h1]])
    np.testing.assert_allclose(gradients.bias, [da1 + da2])
    np.testing.assert_allclose(gradients.inputs.ravel(), [da1 * W, da2 * W])
    np.testing.assert_allclose(gradients.initial_state[0], [[da1 * U]])


@pytest.mark.parametrize(
    "truncate", [(1, 1), (1, 3), (2, 2), (2, 3), (3, 5), (5, 5), (7, 9)], ids=str
)
@every_mask
@every_cell
def test_truncated_is_the_sum_over_blocks_run_on_their_own(name, mask, truncate):
    """The oracle walks each block's reach alone, from the state there taken as given."""
    cell, (k1, k2) = CELLS[name], truncate
    weights, inputs, initial_state = random_run(cell)
    output_gradients, finals = random_losses(cell)[2]
    output_gradients = output_gradients * mask[..., None]
    record = bptt.forward(cell, weights, inputs, initial_state, mask)
    actual = bptt.backward(record, output_gradients, finals, truncate)

    expected_weights = [np.zeros_like(w) for w in actual.weights]
    expected_inputs = np.zeros_like(inputs)
    expected_states = [np.zeros_like(state) for state in actual.states]
    expected_initial = [np.zeros_like(state) for state in initial_state]
    for start in range(0, TIMESTEPS, k1):
        first = max(0, start + k1 - k2)
        part = slice(first, start + k1)
        states = [state[:, first] for state in record.states]
        own = output_gradients.copy()
        own[:, :start] = 0
        last = start + k1 >= TIMESTEPS
        alone = bptt.backward(
            bptt.forward(cell, weights, inputs[:, part], states, mask[:, part]),
            own[:, part],
            finals if last else None,
        )
        for total, more in zip(expected_weights, alone.weights, strict=True):
            total += more
        expected_inputs[:, part] += alone.inputs
        for total, more in zip(expected_states, alone.states, strict=True):
            total[:, part] += more
        if first == 0:
            for total, more in zip(expected_initial, alone.initial_state, strict=True):
                total += more
    expected = [*expected_weights, expected_inputs, *expected_initial, *expected_states]
    for mine, summed in zip([*flat(actual), *actual.states], expected, strict=True):
        assert_near(mine, summed, 1e-12)


@every_cell
def test_truncated_at_the_length_or_beyond_is_not_truncated(name):
    cell = CELLS[name]
    record = bptt.forward(cell, *random_run(cell))
    loss = random_losses(cell)[2]
    full = flat(bptt.backward(record, *loss))
    for truncate in [(TIMESTEPS, TIMESTEPS), (1, TIMESTEPS), (2, TIMESTEPS + 1), (9, 9)]:
        for mine, whole in zip(flat(bptt.backward(record, *loss, truncate)), full, strict=True):
            assert_near(mine, whole, 1e-12)


def test_a_loss_reaches_as_far_back_as_it_may():
    cell = CELLS["lstm"]
    record = bptt.forward(cell, *random_run(cell))
    at_the_end = np.zeros_like(record.outputs)
    at_the_end[:, -1] = 1
    for truncate, reached in [((1, 2), 2), ((2, 2), 1), ((1, 1), 1), ((2, 4), 3), (None, 5)]:
        gradients = bptt.backward(record, at_the_end, truncate=truncate)
        norms = np.abs(gradients.inputs).sum((0, 2))
        assert (norms > 0).tolist() == [t >= TIMESTEPS - reached for t in range(TIMESTEPS)]
        assert (gradients.initial_state[0].any()) == (reached == TIMESTEPS)


@every_cell
def test_padding_changes_no_gradient(name):
    cell = CELLS[name]
    weights, inputs, initial_state = random_run(cell)
    loss = random_losses(cell)[2]
    short = bptt.backward(bptt.forward(cell, weights, inputs, initial_state), *loss)
    rng = np.random.default_rng(2)
    padded = np.concatenate([inputs, 9 * rng.normal(size=inputs.shape)], axis=1)
    mask = np.arange(2 * TIMESTEPS) < np.full((BATCH, 1), TIMESTEPS)
    output_gradients = np.concatenate([loss[0], np.zeros_like(loss[0])], axis=1)
    record = bptt.forward(cell, weights, padded, initial_state, mask)
    long = bptt.backward(record, output_gradients, loss[1])
    assert not long.inputs[:, TIMESTEPS:].any()
    for mine, expected in zip(long.weights, short.weights, strict=True):
        assert_near(mine, expected, 1e-12)
    assert_near(long.inputs[:, :TIMESTEPS], short.inputs, 1e-12)


def test_sigmoid_neither_overflows_nor_warns():
    sigmoid, _ = bptt.ACTIVATIONS["sigmoid"]
    with np.errstate(all="raise"):
        assert sigmoid(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]


RECORD = bptt.forward(bptt.LSTM(), *random_run(bptt.LSTM()))
WEIGHTS, INPUTS, STATES = random_run(bptt.LSTM())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bptt.SimpleRNN("elu"), r"activation must be one of \['tanh', .*\], got 'elu'"),
        (
            lambda: bptt.LSTM(recurrent_activation="hard_sigmoid"),
            r"recurrent_activation must be one of .* got 'hard_sigmoid'",
        ),
        (lambda: bptt.GRU(update_gate="forget"), r'must be "keep" or "write", got \'forget\''),
        (
            lambda: bptt.forward(bptt.LSTM(), WEIGHTS, INPUTS[0]),
            r"inputs must have shape \(batch, timesteps, features\), .* got \(5, 3\)",
        ),
        (
            lambda: bptt.forward(bptt.LSTM(), WEIGHTS, INPUTS[:, :0]),
            r"at least one step, got \(4, 0",
        ),
        (
            lambda: bptt.forward(bptt.LSTM(), WEIGHTS[:1], INPUTS),
            r"weights must be kernel, recurrent kernel and, if any, bias, got 1 arrays",
        ),
        (
            lambda: bptt.forward(bptt.LSTM(), WEIGHTS, INPUTS[..., :2]),
            r"kernel must have shape \(2, 8\), got \(3, 8\)",
        ),
        (
            lambda: bptt.forward(bptt.GRU(), WEIGHTS, INPUTS),
            r"kernel must have shape \(3, 6\), got \(3, 8\)",
        ),
        (
            lambda: bptt.forward(bptt.LSTM(), [WEIGHTS[0], WEIGHTS[1].T, WEIGHTS[2]], INPUTS),
            r"kernel must have shape \(3, 32\), got \(3, 8\)",
        ),
        (
            lambda: bptt.forward(bptt.LSTM(), [*WEIGHTS[:2], np.zeros((2, 8))], INPUTS),
            r"bias must have shape \(8,\), got \(2, 8\)",
        ),
        (
            lambda: bptt.forward(bptt.LSTM(), WEIGHTS, INPUTS, STATES[:1]),
            r"initial_state must hold 2 array\(s\), got 1",
        ),
        (
            lambda: bptt.forward(bptt.LSTM(), WEIGHTS, INPUTS, [STATES[0], STATES[1][:, :1]]),
            r"initial_state\[1\] must have shape \(4, 2\), got \(4, 1\)",
        ),
        (
            lambda: bptt.forward(bptt.LSTM(), WEIGHTS, INPUTS, mask=np.ones((4, 4))),
            r"mask must have shape \(4, 5\), got \(4, 4\)",
        ),
        (
            lambda: bptt.backward(RECORD, np.ones((4, 2))),
            r"output_gradients must have shape \(4, 5, 2\), got \(4, 2\)",
        ),
        (
            lambda: bptt.backward(RECORD, final_state_gradients=[np.ones((4, 2))]),
            r"final_state_gradients must hold 2 array\(s\), got 1",
        ),
        *(
            (lambda k=k: bptt.backward(RECORD, truncate=k), r"truncate must be None or integers")
            for k in (3, (0, 2), (3, 2), (1, 2, 3), (1.0, 2), "12")
        ),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_bias_is_missed_and_returned_only_where_there_is_one():
    gradients = bptt.backward(bptt.forward(bptt.LSTM(), WEIGHTS[:2], INPUTS), np.ones((4, 5, 2)))
    assert gradients.bias is None
    assert len(gradients.weights) == 2
