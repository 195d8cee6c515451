"""What a test asks of the framework behind Keras, in words that mean the same under each of them.

Gradients come from the framework itself, `tf.GradientTape`, `jax.grad` or `torch.autograd`: an
oracle that knows nothing of how the package finds its own.
"""

import contextlib
import functools
import sys
from unittest.mock import patch

import keras
import numpy as np
from keras import ops

BACKEND = keras.backend.backend()
if BACKEND == "tensorflow":
    import tensorflow as tf
elif BACKEND == "jax":
    import jax
else:
    import torch

# What to give `compile`: without it JAX takes minutes, and PyTorch's compiler is not for loops.
JIT_COMPILE = {"tensorflow": [False, True], "jax": [True], "torch": [False]}[BACKEND]


def differentiate(function, arrays=(), variables=(), layer=None):
    """What a function returns, and the gradients of a loss.

    Args:
        function: takes a tensor for each array; returns a loss, a scalar, and anything else.
        arrays: what to differentiate by: NumPy arrays or tensors.
        variables: Keras variables to differentiate by as well.
        layer: whose trainable variables come after these; what it keeps from one call to the next
            is then kept here too.

    Returns:
        The loss, whatever came with it, and a list of gradients, one for each of the arrays and
        variables, zeros where the loss does not depend on them.
    """
    variables = [*variables, *(layer.trainable_variables if layer else ())]
    arrays = [ops.convert_to_tensor(array) for array in arrays]
    return DIFFERENTIATE[BACKEND](function, arrays, variables, layer)


def _by_tensorflow(function, arrays, variables, layer):
    sources = [*arrays, *(variable.value for variable in variables)]
    with tf.GradientTape() as tape:
        tape.watch(arrays)
        loss, more = function(*arrays)
    gradients = tape.gradient(loss, sources, unconnected_gradients="zero")
    return loss, more, [tf.convert_to_tensor(gradient) for gradient in gradients]


def _by_jax(function, arrays, variables, layer):
    kept = layer.non_trainable_variables if layer else []

    def stateless(arrays, values):
        with keras.StatelessScope(list(zip(variables, values, strict=True))) as scope:
            loss, more = function(*arrays)
        return loss, (more, [scope.get_current_value(variable) for variable in kept])

    values = [variable.value for variable in variables]
    # Compiled as one: step by step, JAX would compile each operation, and every loop anew.
    differentiated = jax.jit(jax.value_and_grad(stateless, (0, 1), has_aux=True))
    (loss, (more, after)), gradients = differentiated(arrays, values)
    for variable, value in zip(kept, after, strict=True):
        if value is not None:  # it is where the function has given it a new one
            variable.assign(value)
    return loss, more, [*gradients[0], *gradients[1]]


def _by_torch(function, arrays, variables, layer):
    again = any(array.requires_grad for array in arrays)  # someone outside differentiates this
    if not again:
        arrays = [array.detach().requires_grad_() for array in arrays]
    sources = [*arrays, *(variable.value for variable in variables)]
    loss, more = function(*arrays)
    gradients = torch.autograd.grad(
        loss, sources, create_graph=again, allow_unused=True, materialize_grads=True
    )
    return loss if again else loss.detach(), more, list(gradients)


DIFFERENTIATE = {"tensorflow": _by_tensorflow, "jax": _by_jax, "torch": _by_torch}


def gradients(function, arrays=(), variables=(), layer=None):
    """The gradients alone, of a function that returns a loss; see `differentiate`."""
    return differentiate(lambda *a: (function(*a), ()), arrays, variables, layer)[2]


def compiled(function, jit_compile=False):
    """The function as `fit` would run it: traced, and compiled by XLA where that is asked for.

    JAX has no other way, and PyTorch runs it as it is.
    """
    if BACKEND == "tensorflow":
        return tf.function(function, jit_compile=jit_compile)
    return jax.jit(function) if BACKEND == "jax" else function


@contextlib.contextmanager
def double_precision():
    """Float64 is float64 in here, under every backend.

    JAX makes it float32 unless it is told otherwise. Except under TensorFlow, Keras multiplies in
    single precision what is double: it takes the common type of two float64 to be float32.
    """
    result_type = keras.backend.result_type

    def exact(*types):
        is_double = any("float64" in str(each) for each in types)
        return "float64" if is_double else result_type(*types)

    with contextlib.ExitStack() as stack:
        if BACKEND == "jax":
            stack.enter_context(jax.enable_x64(True))
        if BACKEND != "tensorflow":
            module = sys.modules[result_type.__module__]
            stack.enter_context(patch.object(module, "result_type", exact))
        yield


def examples(number):
    """How many examples a property is tried on: few where each new shape is compiled anew."""
    return min(number, 3) if BACKEND == "jax" else number


def keras_counts(mask, go_backwards=False):
    """Where the outputs of Keras's own layers are comparable: 1 or 0, ``(batch, timesteps, 1)``.

    Everywhere; but under JAX, which repeats the initial state at masked steps before the first real
    one where the others give zeros, from that one on. In the order of the walk.
    """
    if mask is None or BACKEND != "jax":
        return np.ones((1, 1, 1))
    walk = np.asarray(mask, bool)[:, ::-1] if go_backwards else np.asarray(mask, bool)
    return np.maximum.accumulate(walk, axis=1)[..., None].astype("float64")


class _Batches(keras.utils.PyDataset):
    def __init__(self, batches):
        super().__init__()
        self.batches = batches

    def __len__(self):
        return len(self.batches)

    def __getitem__(self, index):
        return self.batches[index]


def as_dataset(batches):
    """Batches made before, of any shapes, for `fit` and `evaluate` under any backend."""
    batches = [keras.tree.map_structure(np.asarray, tuple(batch)) for batch in batches]
    if BACKEND != "tensorflow":
        return _Batches(batches)

    # There Keras takes the shapes of a PyDataset's first batches for those of all of them.
    def common(*arrays):
        sizes = zip(*(array.shape for array in arrays), strict=True)
        shape = [size[0] if len(set(size)) == 1 else None for size in sizes]
        return tf.TensorSpec(shape, arrays[0].dtype)

    signature = keras.tree.map_structure(common, *batches)
    made = tf.data.Dataset.from_generator(lambda: iter(batches), output_signature=signature)
    return made.apply(tf.data.experimental.assert_cardinality(len(batches)))


def _readable(read):
    """PyTorch gives no numbers of a tensor that has a gradient; here they are only looked at.

    The package must say itself where it means that: to it, PyTorch stays as strict as it is.
    """

    @functools.wraps(read)
    def numbers(tensor, dtype=None, copy=None):  # which NumPy 2 asks with; PyTorch has no copy
        caller = sys._getframe(1).f_globals["__name__"]
        array = read(tensor if caller.startswith("rnn_course") else tensor.detach(), dtype)
        return array.copy() if copy else array

    return numbers


if BACKEND == "torch":
    torch.Tensor.__array__ = _readable(torch.Tensor.__array__)
    # And what NumPy makes of a tensor is NumPy's.
    torch.Tensor.__array_wrap__ = lambda tensor, array, context=None, scalar=False: array[()]
    torch.set_num_threads(1)
