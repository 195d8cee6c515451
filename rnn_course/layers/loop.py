"""A loop over time steps that keeps what each of them computes, on any backend.

`keras.ops.scan` is that loop. Under TensorFlow it is slower than it has to be: it wants as many
outputs as the carry has parts, and hands the carry on through arrays. There `scan` is a loop of its
own, whose outputs stay the arrays they were written to until they are `stacked`.
"""

import keras
from keras import ops


def scan(step, carry, inputs, outputs, reverse=False, place=None):
    """Carry something along all steps.

    Args:
        step: ``step(carry, x)`` returns the next carry and a list of tensors; x is what the inputs
            hold of the step.
        carry: what the first step is given, a list of tensors of one dtype.
        inputs: a list of tensors, time first, or of outputs of another scan.
        outputs: the shapes, as far as they are known, of the tensors that a step returns beside the
            carry.
        reverse: whether to go from the last step to the first.
        place: which of the inputs, an output of another scan, the first output may take the place
            of in memory, as nothing reads it again.

    Returns:
        The last carry, and for each output all its steps: to be `stacked`, or scanned.

    Example:
        >>> from keras import ops
        >>> total, (squares,) = scan(
        ...     lambda carry, x: ([carry[0] + x[0]], [x[0] * x[0]]),
        ...     [ops.array(0)],
        ...     [ops.arange(4)],
        ...     outputs=[()],
        ... )
        >>> int(total[0]), ops.convert_to_numpy(stacked(squares)).tolist()
        (6, [0, 1, 4, 9])
    """
    if keras.backend.backend() != "tensorflow":
        return ops.scan(step, list(carry), list(inputs), reverse=reverse)
    import tensorflow as tf

    n = inputs[0].size() if _is_array(inputs[0]) else tf.shape(inputs[0])[0]
    # Their shapes, for LiteRT: to arrays that nothing else tells apart it gives one memory.
    arrays = [
        tf.TensorArray(carry[0].dtype, n, clear_after_read=False, element_shape=shape)
        for shape in outputs
    ]
    if tf.executing_eagerly():  # there an array that is written to is no longer what it was
        place = None
    if place is not None:
        arrays[0] = inputs[place]

    def read(t, arrays):
        now = [*inputs]
        if place is not None:
            now[place] = arrays[0]
        return [x.read(t) if _is_array(x) else x[t] for x in now]

    def body(t, x, carry, arrays):
        carry, values = step(carry, x)
        arrays = [array.write(t, value) for array, value in zip(arrays, values, strict=True)]
        after = t - 1 if reverse else t + 1
        # Read a step ahead, for XLA: it joins reading and computing into one operation otherwise,
        # reads number by number then and computes without vector instructions.
        return after, read(tf.clip_by_value(after, 0, n - 1), arrays), carry, arrays

    def within(t, *_):
        return t >= 0 if reverse else t < n

    first = n - 1 if reverse else tf.constant(0)
    start = (first, read(first, arrays), list(carry), arrays)
    # XLA has to know how long a loop is that a persistent tape has seen; to others it is no help.
    _, _, carry, arrays = tf.while_loop(
        within, body, start, maximum_iterations=n if is_compiled() else None
    )
    return carry, arrays


def stacked(x):
    """All steps of an output as one tensor."""
    return x.stack() if _is_array(x) else x


def is_compiled():
    """Whether what is traced is for XLA to compile."""
    from tensorflow.python.ops import control_flow_util  # nothing public tells

    graph = current_graph()
    return graph is not None and control_flow_util.GraphOrParentsInXlaContext(graph)


def _is_array(x):
    """Whether it is what TensorFlow's loop writes to."""
    return hasattr(x, "stack")


def current_graph():
    """The graph of TensorFlow's that is being traced; None where everything is computed at once."""
    if keras.backend.backend() != "tensorflow":
        return None
    import tensorflow as tf

    return None if tf.executing_eagerly() else tf.compat.v1.get_default_graph()
