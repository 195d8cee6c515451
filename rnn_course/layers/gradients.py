"""Gradients of one's own, that keep nothing alive.

`keras.ops.custom_gradient` is how a function says what its derivative is. Under TensorFlow every
trace of such a function is registered under a name for as long as the program runs, and with it the
graph that it belongs to: after a hundred models a hundred graphs are in memory that nobody can use.
"""

import weakref

from keras import ops

from rnn_course.layers.loop import current_graph


def custom_gradient(function):
    """`keras.ops.custom_gradient`, with which a graph is forgotten when its model is.

    Args:
        function: takes tensors; returns a tensor and the function that takes its gradient, and
            returns theirs.

    Returns:
        The function, without the second part of what it returns.

    Example:
        >>> @custom_gradient
        ... def floor(x):
        ...     return ops.floor(x), lambda dy, upstream=None: dy if upstream is None else upstream
        >>> float(floor(1.5))
        1.0
    """
    decorated = ops.custom_gradient(function)

    def call(*arguments):
        output = decorated(*arguments)
        if (graph := current_graph()) is not None:
            _let_go(graph, output)
        return output

    return call


def _let_go(graph, output):
    """Have the backward pass of an output held by its graph, and not by TensorFlow's registry."""
    from tensorflow.python.framework import ops as framework  # nothing public forgets

    entry = framework.gradient_registry._registry.get(
        name := output.op.get_attr("_gradient_op_type").decode()
    )
    backward, of = entry["type"], weakref.ref(graph)
    graph._backward_passes = {**getattr(graph, "_backward_passes", {}), name: backward}
    entry["type"] = lambda *arguments: of()._backward_passes[name](*arguments)
    weakref.finalize(graph, framework.gradient_registry._registry.pop, name, None)
