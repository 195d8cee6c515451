"""The ways to compute a recurrent layer that `recurrence.py` holds against each other.

A way is two calls, inference and training, that end when their result is there. Where it makes
sense all ways have the same weights; that they also agree is a test's business.
"""

import resource
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import keras
import numpy as np
from keras import ops

from rnn_course.layers import RNN, GRUCell, LSTMCell, SimpleRNNCell, parts
from rnn_course.losses import PathCrossEntropy, TokenCrossEntropy
from rnn_course.models import (
    EncoderDecoder,
    LanguageModel,
    SequenceTagger,
    language_model,
    tagging,
    translation,
)
from rnn_course.text import language_model_batches, tagging_batches, translation_batches

OUR_CELLS = {"SimpleRNN": SimpleRNNCell, "LSTM": LSTMCell, "GRU": GRUCell}
OURS, OURS_XLA = "RNN(cell)", "RNN(cell), XLA"
OF_THIS_LAYER = [OURS, OURS_XLA]
KERAS = ["Keras's layer", "Keras's layer, XLA", "Keras's layer, unrolled"]
KERAS_RNN, TORCH, FLOOR = "keras.layers.RNN(cell)", "PyTorch's layer", "floor"
FLOORS = ["products", "products, a part on each core"]  # the faster one is the floor


class Way(NamedTuple):
    """Two calls without arguments."""

    inference: Callable[[], object]
    training: Callable[[], object]


def of_layer(name, units, x, dtype="float32", only=None):
    """The ways to compute one layer, by name.

    Args:
        name: of the cell, as Keras calls the layer.
        units: of the cell.
        x: inputs, ``(batch, timesteps, features)``, an array.
        dtype: of the computation.
        only: a way's name, to get no other.
    """
    keras_layer, keras_cell = getattr(keras.layers, name), getattr(keras.layers, f"{name}Cell")
    # The weights come below. A random orthogonal matrix, the default, is not to be had in bfloat16.
    start = dict(dtype=dtype, recurrent_initializer="zeros")
    options = dict(dtype=dtype, return_sequences=True)
    layers = {
        OURS: (lambda: RNN(OUR_CELLS[name](units, **start), **options), False),
        OURS_XLA: (lambda: RNN(OUR_CELLS[name](units, **start), **options), True),
        KERAS[0]: (lambda: keras_layer(units, **start | options), False),
        KERAS[1]: (lambda: keras_layer(units, **start | options), True),
        KERAS[2]: (lambda: keras_layer(units, unroll=True, **start | options), False),
        KERAS_RNN: (lambda: keras.layers.RNN(keras_cell(units, **start), **options), False),
    }
    if keras.backend.backend() != "tensorflow":  # JAX compiles all with XLA, PyTorch none
        layers = {n: layers[n] for n in (OURS, KERAS[0], KERAS_RNN)}
    weights, found = None, {}
    for way, (make, jit) in layers.items():
        if only in (None, way):
            layer = make()
            layer.build(x.shape)
            weights = weights or _weights(layer)
            layer.set_weights(weights)
            found[way] = STEPS[keras.backend.backend()](layer, x.astype(dtype), jit)
    if only is None:
        if find_spec("torch"):
            found[TORCH] = _torch_layer(name, units, x, dtype)
        if keras.backend.backend() == "tensorflow":
            found |= _floors(len(weights[1][0]) // units, units, x)
    return found


def _weights(layer):
    generator = np.random.default_rng(0)
    return [generator.normal(size=w.shape) / layer.cell.units**0.5 for w in layer.weights]


def _on_tensorflow(layer, x, jit):
    import tensorflow as tf

    x = tf.constant(x)
    weights = [weight.value for weight in layer.trainable_variables]

    def gradients(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(tf.square(layer(x)))
        return tape.gradient(loss, [x, *weights])

    # Of unknown batch size, as `fit` sees arrays; XLA wants it known.
    spec = tf.TensorSpec(x.shape if jit else [None, *x.shape[1:]], x.dtype)
    calls = [
        tf.function(call, jit_compile=jit, input_signature=[spec]) for call in (layer, gradients)
    ]
    return Way(*(partial(_fetched, call, x) for call in calls))


def _fetched(call, x):
    """Wait for the result where calls return before it is there."""
    result = call(x)
    last = result[-1] if isinstance(result, list) else result
    return float(last[(0,) * len(last.shape)])


def _on_jax(layer, x, jit):
    import jax

    del jit  # always
    x = jax.numpy.asarray(x)
    state = [v.value for v in layer.non_trainable_variables]

    def outputs(weights, x):
        return layer.stateless_call(weights, state, x)[0]

    def loss(weights, x):
        return (outputs(weights, x).astype("float32") ** 2).sum()

    weights = [v.value for v in layer.trainable_variables]
    calls = [jax.jit(outputs), jax.jit(jax.grad(loss, argnums=(0, 1)))]
    return Way(*(partial(lambda c: jax.block_until_ready(c(weights, x)), call) for call in calls))


def _on_torch(layer, x, jit):
    del jit
    return _torch_way(layer, ops.convert_to_tensor(x))


def _torch_layer(name, units, x, dtype):
    import torch

    kind = {"SimpleRNN": torch.nn.RNN, "LSTM": torch.nn.LSTM, "GRU": torch.nn.GRU}[name]
    device = "cuda" if torch.cuda.is_available() else "cpu"
    options = dict(device=device, dtype=getattr(torch, dtype))
    layer = kind(x.shape[-1], units, batch_first=True, **options)
    return _torch_way(lambda x: layer(x)[0], torch.tensor(x, **options), layer.parameters)


def _torch_way(layer, x, parameters=None):
    import torch

    def wait():
        if x.is_cuda:
            torch.cuda.synchronize()

    def inference():
        with torch.no_grad():
            layer(x)
        wait()

    def training():
        inputs = x.clone().requires_grad_()
        weights = list(parameters()) if parameters else [v.value for v in layer.trainable_variables]
        torch.autograd.grad(layer(inputs).square().sum(), [inputs, *weights])
        wait()

    return Way(inference, training)


STEPS = {"tensorflow": _on_tensorflow, "jax": _on_jax, "torch": _on_torch}


def _floors(gates, units, x):
    """The products alone, of numbers that do not matter; a step's need those of the one before."""
    import tensorflow as tf

    batch, timesteps, features = x.shape

    def written_out(step, last):
        for _ in range(timesteps):
            last = step(last)
        return last

    def rolled(step, last):  # XLA would else compile each step anew
        start = (tf.constant(0), last)
        return tf.while_loop(lambda t, _: t < timesteps, lambda t, s: (t + 1, step(s)), start)[1]

    def products(rows, repeated):
        def normal(rows, columns):
            return tf.random.normal((rows, columns), stddev=rows**-0.5)

        w, u = normal(features, gates * units), normal(units, gates * units)
        u_t = normal(gates * units, units)
        h, da = normal(rows, units), normal(rows, gates * units)
        all_x, all_h = normal(rows * timesteps, features), normal(rows * timesteps, units)
        all_da = normal(rows * timesteps, gates * units)

        def forward():
            return [all_x @ w, repeated(lambda last: (last @ u)[:, :units], h)]

        def both():
            back = repeated(lambda last: tf.tile(last @ u_t, (1, gates)), da)
            at_once = [all_da @ tf.transpose(w), tf.transpose(all_x) @ all_da]
            return [*forward(), *at_once, tf.transpose(all_h) @ all_da, back]

        return forward, both

    cores = parts.of_rows(batch)
    each = [products(batch // cores, rolled) for _ in range(cores)]
    compiled = [[tf.function(call, jit_compile=True) for call in calls] for calls in each]
    side_by_side = [
        lambda kind=kind: [out for calls in compiled for out in calls[kind]()] for kind in range(2)
    ]
    return {
        name: Way(*(partial(_last, tf.function(call)) for call in calls))
        for name, calls in zip(FLOORS, (products(batch, written_out), side_by_side), strict=True)
    }


def _last(call):
    """Wait for what is done last."""
    return float(call()[-1][0, 0])


def of_models():
    """A training step of three models, on this package's layers and on Keras's."""
    generator = np.random.default_rng(0)
    rows = [generator.integers(4, 2000, size=size).tolist() for size in [20] * 32]
    models = {
        "language model": (
            lambda: LanguageModel(2000, 256, 256, "lstm"),
            TokenCrossEntropy,
            lambda: language_model_batches(rows, batch_size=32),
        ),
        "tagger": (
            lambda: SequenceTagger(2000, 21, 100, 128, cell="lstm", output="crf"),
            PathCrossEntropy,
            lambda: tagging_batches(rows, [[4 + n % 17 for n in r] for r in rows], batch_size=32),
        ),
        "translator": (
            lambda: EncoderDecoder(2000, 2000, 128, 256, cell="gru"),
            TokenCrossEntropy,
            lambda: translation_batches(rows, [row[::-1] for row in rows], batch_size=32),
        ),
    }
    return {
        name: {
            OURS: _training_step(make(), loss(), batches()),
            KERAS[0]: _training_step(on_keras_layers(make), loss(), batches()),
        }
        for name, (make, loss, batches) in models.items()
    }


def _training_step(model, loss, batches):
    x, y = next(iter(batches))
    model.compile(keras.optimizers.Adam(0.001), loss)
    return partial(model.train_on_batch, x, y)


def on_keras_layers(make):
    """The model that a function makes, with Keras's own layer in the place of each `RNN`."""

    def keras_layer(cell, **options):
        kind = type(cell).__name__.removesuffix("Cell")
        return getattr(keras.layers, kind)(cell.units, **options)

    with ExitStack() as stack:
        for module in (language_model, tagging, translation):
            stack.enter_context(patch.object(module, "RNN", keras_layer))
        return make()


def check_device(device):
    """Make sure that the device wanted is the one that is used."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        there = bool(tf.config.list_physical_devices("GPU"))
    elif backend == "jax":
        import jax

        there = jax.default_backend() == "gpu"
    else:
        import torch

        there = torch.cuda.is_available()
    if there != (device == "gpu"):
        sys.exit(f"--device {device}, but {backend} finds {'a' if there else 'no'} GPU")


def peak_memory():
    """Bytes this process has held at most."""
    status = Path("/proc/self/status")
    if status.exists():  # elsewhere in Linux a new process begins with its parent's peak
        lines = status.read_text("utf-8").splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most
