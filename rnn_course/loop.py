"""A loop over time steps that keeps what each of them computes, on any backend.

`keras.ops.scan` is that loop. Under TensorFlow it is slower than it has to be: it wants as many
outputs as the carry has parts, and hands the carry on through arrays. There `scan` is a loop of its
own, whose outputs stay the arrays they were written to until they are `stacked`.
"""

import keras
from keras import ops


def scan(step, carry, steps, outputs, reverse=False):
    """Carry something along all steps.

    Args:
        step: ``step(carry, t)`` returns the next carry and a list of tensors.
        carry: what the first step is given, a list of tensors of one dtype.
        steps: ``arange`` of the number of steps.
        outputs: how many tensors a step returns beside the carry.
        reverse: whether to go from the last step to the first.

    Returns:
        The last carry, and for each output all its steps: read them by `at` or `stacked`.

    Example:
        >>> from keras import ops
        >>> total, (squares,) = scan(
        ...     lambda carry, t: ([carry[0] + t], [t * t]), [ops.array(0)], ops.arange(4), outputs=1
        ... )
        >>> int(total[0]), ops.convert_to_numpy(stacked(squares)).tolist()
        (6, [0, 1, 4, 9])
    """
    if keras.backend.backend() != "tensorflow":
        return ops.scan(step, list(carry), steps, reverse=reverse)
    import tensorflow as tf

    n = tf.shape(steps)[0]
    arrays = [tf.TensorArray(carry[0].dtype, n, clear_after_read=False) for _ in range(outputs)]

    def body(t, carry, arrays):
        carry, values = step(carry, t)
        arrays = [array.write(t, value) for array, value in zip(arrays, values, strict=True)]
        return t - 1 if reverse else t + 1, carry, arrays

    def within(t, *_):
        return t >= 0 if reverse else t < n

    first = n - 1 if reverse else 0
    _, carry, arrays = tf.while_loop(within, body, (first, list(carry), arrays))
    return carry, arrays


def at(x, t):
    """Step t of all; PyTorch indexes with a number only, TensorFlow does so without a copy."""
    if hasattr(x, "read"):
        return x.read(t)
    return x[t] if keras.backend.backend() == "tensorflow" else ops.take(x, t, axis=0)


def stacked(x):
    """All steps as one tensor."""
    return x.stack() if hasattr(x, "stack") else x
