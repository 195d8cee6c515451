r"""A core for each part of the batch: how a layer or a model uses all cores of a CPU.

A recurrence is a long row of small matrix products, one after the other, and each of them is
handed out to all cores and waited for. The rows of a batch have nothing to do with one another,

.. math::

    f(x_{1:n}) = [f(x_{1:m});\; f(x_{m+1:n})], \qquad
    \frac{\partial L}{\partial \theta} =
        \frac{\partial L(x_{1:m})}{\partial \theta} + \frac{\partial L(x_{m+1:n})}{\partial \theta}

so each core takes some rows through the whole of f, loop and all, as one program that XLA has
compiled, and the cores meet once, at the end.

That is worth its while where it is done many times: XLA compiles each new shape anew, for about a
second. A model of `rnn_course.models` compiles a shape once it has come often enough
(`rnn_course.models.parts`); a layer in a model of your own is computed in parts where its inputs
have a known length and are large enough. It is for TensorFlow, on a CPU: under another backend, on
a GPU, in eager mode, under `tf.distribute` and inside of a program that XLA compiles already, there
is one part. `use_cores(1)` turns it off.
"""

import os
from contextlib import contextmanager
from itertools import pairwise

import keras

ROWS = 8  # of a part, at least: what one core computes at once
WORTH = 5e5  # products of two numbers for each row, from which on a layer on its own is shared out
_state = {"cores": None, "inside": False}


def use_cores(number=None):
    """Set among how many cores a batch is shared out, in what is traced from now on.

    Args:
        number: of parts at most; 1 for none, None for as many as there are.

    Raises:
        ValueError: when the number is not a positive integer.

    Example:
        >>> use_cores(1)
        >>> most()
        1
        >>> use_cores()
    """
    if number is not None and (not isinstance(number, int) or number < 1):
        raise ValueError(f"number must be a positive integer or None, got {number!r}")
    _state["cores"] = number


def most():
    """How many parts a batch may have here and now: 1 where there is nothing to share out."""
    if _state["inside"] or keras.backend.backend() != "tensorflow":
        return 1
    import tensorflow as tf
    from tensorflow.python.ops import control_flow_util  # nothing public tells what XLA compiles

    graph = tf.compat.v1.get_default_graph()
    compiled = not tf.executing_eagerly() and control_flow_util.GraphOrParentsInXlaContext(graph)
    if compiled or tf.config.list_physical_devices("GPU") or tf.distribute.has_strategy():
        return 1
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    threads = tf.config.threading.get_inter_op_parallelism_threads() or there
    return min(_state["cores"] or there, there, threads)


def of_rows(rows):
    """How many parts to make of so many rows."""
    return max(1, min(most(), rows // ROWS))


@contextmanager
def inside():
    """What is traced in here belongs to a part, and is not shared out again."""
    before, _state["inside"] = _state["inside"], True
    try:
        yield
    finally:
        _state["inside"] = before


def in_a_graph():
    """Whether this is traced, to be run later, rather than run now."""
    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf

    return not tf.executing_eagerly()


def is_inside():
    """Whether what is traced now belongs to a part."""
    return _state["inside"]


def split(tree, parts):
    """The rows of every tensor in a nested structure, shared out; None stays None.

    Args:
        tree: of tensors, each ``(batch, …)``.
        parts: how many; their sizes differ by a row at most.

    Returns:
        A list of structures like it, one a part.
    """
    import tensorflow as tf

    leaves = keras.tree.flatten(tree)
    rows = next((tf.shape(leaf)[0] for leaf in leaves if leaf is not None), 0)
    places = [rows * part // parts for part in range(parts + 1)]
    sizes = [after - before for before, after in pairwise(places)]
    # Of any number of rows: a program for each would else be traced, and a stateful layer refuse.
    sizes = tf.compat.v1.placeholder_with_default(tf.stack(sizes), [parts])
    split = [
        [None] * parts if leaf is None else tf.split(leaf, sizes, num=parts) for leaf in leaves
    ]
    if not leaves:
        return [tree] * parts
    return [keras.tree.pack_sequence_as(tree, part) for part in zip(*split, strict=True)]


def side_by_side(function, *inputs):
    """A function of some rows, on all of them: a core for each part, which XLA has compiled.

    Args:
        function: takes tensors, each ``(batch, …)``, and returns a nested structure of such.
        inputs: these tensors; one may be None.

    Returns:
        What the function would have returned for all rows.
    """
    import tensorflow as tf

    def in_part(*rows):
        rows = iter(rows)
        with inside():
            return function(*(None if each is None else next(rows) for each in inputs))

    given = [each for each in inputs if each is not None]
    signature = [tf.TensorSpec([None, *each.shape[1:]], each.dtype) for each in given]
    part = tf.function(in_part, signature, autograph=False, jit_compile=True)
    done = [part(*rows) for rows in split(given, most())]
    return keras.tree.map_structure(lambda *each: tf.concat(each, axis=0), *done)
