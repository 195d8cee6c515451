r"""A recurrence without a nonlinearity in its path, step by step or as a tree.

.. math::

    h_t = a_t \odot h_{t-1} + b_t

Two steps in a row are one step of the same kind, and so two such pairs are again,

.. math::

    h_t = (a_t a_{t-1}) \odot h_{t-2} + (a_t b_{t-1} + b_t)

so n steps need not wait for one another: all pairs at once, then all pairs of pairs, up to one, and
down again for the states in between. That takes :math:`2 \log_2 n` rounds in place of n, and about
five operations for each state in place of two. The way back is the same recurrence, from the last
step to the first,

.. math::

    g_t = \frac{\partial L}{\partial h_t} + a_{t+1} \odot g_{t+1}, \qquad
    \frac{\partial L}{\partial b_t} = g_t, \qquad
    \frac{\partial L}{\partial a_t} = g_t \odot h_{t-1}

and so another tree.

Nothing is divided here, so a product of gates that is too small for a number does no harm. Code
that has the states from sums over all steps divides by such products, and so has to compute with
logarithms. That is to be had here as well: the tree is the same, of other sums and products.

`keras.ops.associative_scan` is a tree too, but in Keras 3.15 under TensorFlow neither for sequences
of unknown length nor for XLA.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import keras
from keras import ops

from rnn_course.layers.gradients import custom_gradient
from rnn_course.layers.kernel import first_derivatives_alone, only_once
from rnn_course.layers.loop import scan, stacked

LEVELS = 6  # of the tree, where it is not known how long the sequences are
WALKS = ("loop", "scan")


class Arithmetic(NamedTuple):
    """What stands for product and sum, and what changes nothing in each of them."""

    times: Callable
    plus: Callable
    one: float
    zero: float


PLAIN = Arithmetic(ops.multiply, ops.add, 1.0, 0.0)
LOGARITHMS = Arithmetic(ops.add, ops.logaddexp, 0.0, -math.inf)


def linear_recurrence(
    a, b, initial_state, mask=None, walk="scan", logarithms=False, backward_pass="by_hand"
):
    r"""All states of :math:`h_t = a_t \odot h_{t-1} + b_t`; time comes first.

    Args:
        a: ``(timesteps, batch, units)``.
        b: ``(timesteps, batch, units)``.
        initial_state: the state before the first step, ``(batch, units)``.
        mask: ``(timesteps, batch, 1)``, false where a step holds the state; none by default.
        walk: ``"loop"``, one step after the other, or ``"scan"``, the tree: the same numbers.
        logarithms: whether a and b are given by their logarithms. States, the initial one too, are
            not, and positive or zero.
        backward_pass: ``"by_hand"``, or ``"autodiff"`` as in `rnn_course.layers.RNN`, which takes
            no logarithms: that of a state of zero has no derivative.

    Returns:
        The states after every step, ``(timesteps, batch, units)``, of the dtype of b. What is of
        half precision is computed in single.

    Raises:
        ValueError: when ``walk`` is neither of the two.

    Example:
        >>> ones = ops.ones((4, 1, 1))
        >>> h = linear_recurrence(2 * ones, ones, ops.zeros((1, 1)))
        >>> ops.convert_to_numpy(h)[:, 0, 0].tolist()
        [1.0, 3.0, 7.0, 15.0]

    Source:
        Blelloch (1990), "Prefix sums and their applications", section 1.4.1; Martin & Cundy (2018),
        "Parallelizing linear recurrent neural nets over sequence length", for both ways.
    """
    check_walk(walk)
    dtype = b.dtype
    a, b = in_single(a), in_single(b)
    arithmetic = LOGARITHMS if logarithms else PLAIN
    if mask is not None:
        a = ops.where(mask, a, ops.full_like(a, arithmetic.one))
        b = ops.where(mask, b, ops.full_like(b, arithmetic.zero))
    # A copy: see `kernel.run`.
    arguments = a, b, ops.copy(ops.cast(initial_state, b.dtype))
    if backward_pass == "autodiff":
        if logarithms:
            arguments = ops.exp(a), ops.exp(b), arguments[2]
        return ops.cast(_states(*arguments, walk, PLAIN), dtype)

    @custom_gradient
    def states_along(a, b, initial):
        h = _states(a, b, initial, walk, arithmetic)

        def backward(*args, upstream=None):  # PyTorch gives it by name, after the arguments
            dh = args[0] if upstream is None else upstream
            kept = ops.exp(a) if logarithms else a
            after = ops.concatenate([kept[1:], ops.zeros_like(kept[:1])])
            nothing = ops.zeros_like(initial)
            g = ops.flip(_states(*(ops.flip(x, 0) for x in (after, dh)), nothing, walk, PLAIN), 0)
            da, db = g * ops.concatenate([initial[None], h[:-1]]), g
            if logarithms:
                da, db = da * kept, db * ops.exp(b)
            return tuple(map(only_once, [da, db, kept[0] * g[0]]))

        return h, backward

    with first_derivatives_alone():
        return ops.cast(states_along(*arguments), dtype)


def in_single(x):
    """What is of half precision in single, what is not as it is."""
    half = keras.backend.standardize_dtype(x.dtype) in ("float16", "bfloat16")
    return ops.cast(x, "float32") if half else x


def check_walk(walk):
    """Raise a ValueError when it is none of `WALKS`."""
    if walk not in WALKS:
        raise ValueError(f'walk must be "loop" or "scan", got {walk!r}')


def _states(a, b, initial, walk, arithmetic):
    """All states: the initial one is made part of the first step."""
    if arithmetic is LOGARITHMS:
        initial = ops.log(initial)
    first = arithmetic.plus(arithmetic.times(a[:1], initial[None]), b[:1])
    b = ops.concatenate([first, b[1:]])
    if walk == "loop":
        h = _in_a_loop(a, b, arithmetic)
    else:
        known = a.shape[0]
        h = _as_a_tree(a, b, arithmetic, LEVELS if known is None else (known - 1).bit_length())
    return ops.exp(h) if arithmetic is LOGARITHMS else h


def _in_a_loop(a, b, arithmetic):
    """The states, one after the other."""

    def step(before, inputs):
        a, b = inputs
        h = arithmetic.plus(arithmetic.times(a, before[0]), b)
        return [h], [h]

    start = [ops.full_like(b[0], arithmetic.zero)]
    _, (h,) = scan(step, start, [a, b], [b.shape[1:]])
    return ops.reshape(stacked(h), ops.shape(b))  # TensorFlow's loop forgets how long it was


def _as_a_tree(a, b, arithmetic, levels):
    """The states, two steps made one so many times, and what is left then in a loop."""
    times, plus, one, zero = arithmetic
    if b.shape[0] == 1:
        return b
    if levels == 0:
        return _in_a_loop(a, b, arithmetic)
    timesteps, *sizes = ops.shape(b)
    pairs = (timesteps + 1) // 2
    # A step that changes nothing makes an odd number even.
    a, b = (
        ops.concatenate([x, ops.full_like(x[:1], neutral)])[: 2 * pairs]
        for x, neutral in ((a, one), (b, zero))
    )
    a, b = (ops.reshape(x, (pairs, 2, *sizes)) for x in (a, b))
    (a_1, a_2), (b_1, b_2) = ((x[:, 0], x[:, 1]) for x in (a, b))
    h_2 = _as_a_tree(times(a_2, a_1), plus(times(a_2, b_1), b_2), arithmetic, levels - 1)
    before = ops.concatenate([ops.full_like(h_2[:1], zero), h_2[:-1]])
    h_1 = plus(times(a_1, before), b_1)
    h = ops.reshape(ops.stack([h_1, h_2], axis=1), (2 * pairs, *sizes))
    return h[:timesteps]
