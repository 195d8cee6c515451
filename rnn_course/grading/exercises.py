"""What the tests of the exercises call: each looks at what an answer does, and says in a sentence
what is wrong with it.

A test cell imports these functions itself, so that no name of the notebook can stand in for them.
"""

import numpy as np


class NotYetError(AssertionError):
    """Why an answer is not right yet. Jupyter shows this sentence and nothing else."""

    def _render_traceback_(self):
        return [f"Not yet: {self}"]


def check(condition, sentence):
    """Make sure of one thing.

    Args:
        condition: what must hold.
        sentence: what is wrong when it does not, said to the student.

    Raises:
        NotYetError: with that sentence.

    Example:
        >>> check(1 + 1 == 2, "the sum is wrong.")
        >>> check(1 + 1 == 3, "the sum is wrong.")
        Traceback (most recent call last):
        rnn_course.grading.exercises.NotYetError: the sum is wrong.
    """
    if not condition:
        raise NotYetError(sentence)


def check_same(name, answer, expected, mistakes=None, tolerance=1e-4):
    """Make sure that an answer is the expected numbers; name the mistake where it is a known one.

    Args:
        name: what the answer is called in the sentence, for example ``"step(h, x)"``.
        answer: what the student's code returned: a number, an array or a tensor.
        expected: the right numbers.
        mistakes: for each mistake worth naming, its sentence and what it would have returned.
        tolerance: how far a number may be off, absolutely or relative to the expected one.

    Raises:
        NotYetError: when it is not: nothing was returned, or no numbers, the shape differs, a
            number is not finite, the answer is that of a known mistake, or it is simply off.

    Example:
        >>> check_same("f(2)", 4.0, 4)
        >>> check_same("f(3)", 6, 9, {"f doubles instead of squaring.": 2 * 3})
        Traceback (most recent call last):
        rnn_course.grading.exercises.NotYetError: f doubles instead of squaring.
    """
    answer, expected = _numbers(name, answer), np.asarray(expected, float)
    for sentence, result in (mistakes or {}).items():
        result = np.asarray(result, float)
        wrong = result.shape != expected.shape or not _close(result, expected, tolerance)
        if wrong and result.shape == answer.shape and _close(answer, result, tolerance):
            raise NotYetError(sentence)
    check(
        answer.shape == expected.shape,
        f"{name} has shape {answer.shape}, and {expected.shape} is right.",
    )
    check(np.isfinite(answer).all(), f"{name} holds a number that is not finite (nan or inf).")
    if not _close(answer, expected, tolerance):
        at = np.unravel_index(np.argmax(np.abs(answer - expected)), expected.shape)
        place = f" at index {tuple(int(i) for i in at)}" if at else ""
        raise NotYetError(f"{name} is {answer[at]:.6g}{place}, and {expected[at]:.6g} is right.")


def check_causal(name, function, inputs, at, tolerance=1e-5):
    """Make sure that no output looks at later inputs.

    Args:
        name: what the function is called in the sentence.
        function: from inputs to outputs, both ``(batch, timesteps, …)``.
        inputs: where to try it.
        at: the time step from which on other inputs are put in: those of another order.

    Raises:
        NotYetError: when an output before that step changes, or when none changes at or after it.

    Example:
        >>> x = np.arange(6.0).reshape(1, 6, 1)
        >>> check_causal("f", lambda x: np.cumsum(x, axis=1), x, at=3)
        >>> check_causal("f", lambda x: np.cumsum(x[:, ::-1], axis=1), x, at=3)
        Traceback (most recent call last):
        rnn_course.grading.exercises.NotYetError: the output of f at time step 0 depends on later inputs.
    """  # noqa: E501
    inputs = np.asarray(inputs)
    changed = np.concatenate([inputs[:, :at], np.roll(inputs[:, at:], 1, axis=1)], axis=1)
    before, after = (_numbers(name, function(x)) for x in (inputs, changed))
    differ = np.abs(before - after) > tolerance
    steps = differ.any(axis=tuple(i for i in range(differ.ndim) if i != 1))
    check(
        not steps[:at].any(),
        f"the output of {name} at time step {int(np.argmax(steps))} depends on later inputs.",
    )
    check(steps[at:].any(), f"the output of {name} does not depend on its inputs.")


def check_padding(name, function, ids, padding=0, extra=3, tolerance=1e-5):
    """Make sure that padding at the end changes no output of a real position.

    Args:
        name: what the function is called in the sentence.
        function: from ids to outputs: ``(batch, …)``, one a sequence, or ``(batch, timesteps, …)``,
            of which those at the real positions are compared.
        ids: ``(batch, timesteps)``, padded where rows differ in length.
        padding: the id that pads.
        extra: how many columns of padding to add.

    Raises:
        NotYetError: when an output changes.

    Example:
        >>> ids = np.array([[3, 1], [2, 0]])
        >>> check_padding("sum", lambda ids: ids.sum(axis=1), ids)
        >>> check_padding("mean", lambda ids: ids.mean(axis=1), ids)
        Traceback (most recent call last):
        rnn_course.grading.exercises.NotYetError: mean changes when a sequence gets 3 more steps of padding.
    """  # noqa: E501
    ids = np.asarray(ids)
    longer = np.pad(ids, [(0, 0), (0, extra)], constant_values=padding)
    before, after = (_numbers(name, function(x)) for x in (ids, longer))
    if after.shape != before.shape:  # an output a position
        real = ids != padding
        check(
            before.shape[:2] == ids.shape and after.shape[:2] == longer.shape,
            f"{name} has shape {before.shape} for ids of shape {ids.shape}.",
        )
        before, after = before[real], after[:, : ids.shape[1]][real]
    check(
        _close(after, before, tolerance),
        f"{name} changes when a sequence gets {extra} more steps of padding.",
    )


def check_trains(name, layer, inputs):
    """Make sure that a gradient reaches every weight: one step of training moves each of them.

    Args:
        name: what the layer is called in the sentence.
        layer: a Keras layer or model with one input and one output; its weights are put back.
        inputs: a batch for it, ``(batch, …)``.

    Raises:
        NotYetError: when a weight is not moved; the sentence names it.

    Example:
        >>> import keras
        >>> check_trains("readout", keras.layers.Dense(2), np.ones((4, 3), "float32"))
    """
    import keras

    inputs = np.asarray(inputs)
    entry = keras.Input(inputs.shape[1:], dtype=inputs.dtype.name)
    model = keras.Model(entry, layer(entry))
    check(model.trainable_weights, f"{name} has no weights to train.")
    before = model.get_weights()
    model.compile(keras.optimizers.SGD(1.0), "mean_squared_error", run_eagerly=True)
    shape = np.shape(model(inputs))
    model.train_on_batch(inputs, np.random.default_rng(0).normal(size=shape))
    after = {weight.path: keras.ops.convert_to_numpy(weight) for weight in model.weights}
    trained = {weight.path for weight in model.trainable_weights}
    for (path, value), old in zip(after.items(), before, strict=True):
        if path in trained:
            short = path.split("/")[-1]
            check(not np.array_equal(value, old), f"no gradient reaches {short!r} of {name}.")
    model.set_weights(before)


def _numbers(name, value):
    check(value is not None, f"{name} is None: is a `return` missing?")
    try:
        array = np.asarray(value, float)
    except (TypeError, ValueError):
        raise NotYetError(f"{name} is not made of numbers but of {type(value).__name__}.") from None
    return array


def _close(a, b, tolerance):
    return a.shape == b.shape and np.allclose(a, b, rtol=tolerance, atol=tolerance)
