"""The network itself: folded, as a recursion, and unrolled in time."""

import numpy as np

from rnn_course.figures.drawings.lettering import width_of
from rnn_course.figures.drawings.parts import CELL, Drawing
from rnn_course.figures.drawings.sequences import (
    checked_states,
    columns,
    largest_of,
    listed,
)
from rnn_course.figures.palette import SMALL, TEXT, TITLE, now, tint

WIDE, HIGH = CELL
PITCH = 1.2  # from one time step to the next
MOST = 9  # time steps that a page has room for
# What the hidden states' old size was made of: notebooks state the sizes of their figures.
FIELD, FACTOR = 0.34, 0.9


def folded(tokens, hidden_states, at=-1, ax=None, initial_state=None, title=None, decimals=2):
    """A recurrent network as it is written down: one box that is used again at every step.

    Args:
        tokens: the n tokens read.
        hidden_states: ``(n, units)``, the state after each of them.
        at: which of the steps is shown; the last by default.
        ax: where to draw; a new figure by default.
        initial_state: h_0, ``(units,)``; zeros by default.
        title: what the drawing says, above it.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when the arrays do not belong to one run, or there is no such step.

    Example:
        >>> ax = folded(["to", "be"], [[0.25, -0.5], [0.75, 1.0]])
        >>> [text.get_text() for text in ax.texts if "." in text.get_text()]
        ['0.25', '-0.50', '0.75', '1.00']
    """
    states = checked_states("hidden_states", hidden_states, len(tokens))
    if not -len(tokens) <= at < len(tokens):
        raise ValueError(f"at must be one of {len(tokens)} steps, got {at}")
    at %= len(tokens)
    before = _start(initial_state, states) if at == 0 else states[at - 1]
    largest = largest_of(states, before)
    half = max(states.shape[1] * HIGH / 2, 0.3)
    d = Drawing()
    d.vector(0, 0, before, f"h_{{{at}}}", largest=largest, decimals=decimals)
    d.box(2, 0, "$\\tanh(x_t W + h_{t-1} U + b)$", 2.3, 0.6, formula=True, fill=tint(now().ghost))
    d.vector(4, 0, states[at], f"h_{{{at + 1}}}", largest=largest, decimals=decimals)
    d.arrow((WIDE / 2, 0), (0.85, 0))
    d.arrow((3.15, 0), (4 - WIDE / 2, 0))
    d.arrow((2, -0.85), (2, -0.3), label="W")
    d.word(2, -1, f"{tokens[at]}", 2)
    d.text(2.16 + _half_width(tokens[at]), -1, f"(token {at + 1} of {len(tokens)})", SMALL,
           ha="left", colour=now().muted)  # fmt: skip
    loop = half + 0.45
    d.arrow((4.5, 0), (4.75, 0), (4.75, loop), (-0.6, loop), (-0.6, 0), (-WIDE / 2, 0), dashed=True)
    d.arrow((4 + WIDE / 2, 0), (4.5, 0), dashed=True, head=False)
    d.text(2, loop + 0.04, "one step later this state is the old one", SMALL, va="bottom",
           colour=now().muted)  # fmt: skip
    return d.finish(
        ax,
        f"A recurrent network, folded: one box computes h{at + 1} ({listed(states[at], decimals)}) "
        f"from token {at + 1}, {tokens[at]}, and from h{at} ({listed(before, decimals)}). An arrow "
        "leads from the new state back to where the old one was.",
        title,
    )


def recursive(tokens, hidden_states, ax=None, initial_state=None, title=None, decimals=2):
    """A recurrent network as a recursion: each state is a function of a token and of a smaller
    network, which has read all tokens before.

    Args:
        tokens: the n tokens read; of more than five the last five get frames of their own.
        hidden_states: ``(n, units)``, the state after each of them.
        ax: where to draw; a new figure by default.
        initial_state: h_0, ``(units,)``; zeros by default.
        title: what the drawing says, above it.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when the arrays do not belong to one run.

    Example:
        >>> ax = recursive(["to", "be"], [[0.25], [0.75]])
        >>> [text.get_text() for text in ax.texts if "h_" in text.get_text()]
        ['$h_{0}$', '$h_{1}$', '$h_{2}$']
    """
    states = checked_states("hidden_states", hidden_states, len(tokens))
    start = _start(initial_state, states)
    first = max(0, len(tokens) - 5)  # of the steps with a frame
    largest = largest_of(states, start)
    d = Drawing()
    innermost = start if first == 0 else states[first - 1]
    d.vector(0, 0, innermost, f"h_{{{first}}}", largest=largest, decimals=decimals)
    half = len(start) * HIGH / 2
    if first:
        d.text(0, -half - 0.16, f"after {first}", SMALL, colour=now().muted)
    left, right = -WIDE / 2, WIDE / 2
    low, high = -half - 0.3, half + 0.32
    frames = []
    for step in range(first, len(tokens)):
        word = right + 0.15 + max(0.35, min(_half_width(tokens[step]), 0.6))
        d.word(word, low + 0.14, tokens[step], 1.2)
        right = word + max(0.35, min(_half_width(tokens[step]), 0.6)) + 0.08
        left, low, high = left - 0.14, low - 0.14, high + 0.14
        frames.append((left, right, low, high))
        d.arrow((right, 0), (right + 0.3, 0))
        d.vector(right + 0.3 + WIDE / 2, 0, states[step], f"h_{{{step + 1}}}", largest=largest,
                 decimals=decimals)  # fmt: skip
        right += 0.3 + WIDE
    for depth, (left, right, low, high) in enumerate(reversed(frames)):  # the largest lies behind
        shade = now().paper if depth % 2 else tint(now().ghost)
        place = ((left + right) / 2, (low + high) / 2)
        d.box(*place, "", right - left, high - low, fill=shade, behind=True)
    sentences = [f"A recurrent network as a recursion over the tokens {' '.join(tokens)}."]
    for step in range(first, len(tokens)):
        sentences.append(
            f"A frame holds {tokens[step]} and the frame that gave h{step}; out of it comes "
            f"h{step + 1}: {listed(states[step], decimals)}."
        )
    return d.finish(ax, " ".join(sentences), title)


def unrolled(
    tokens,
    hidden_states,
    ax=None,
    outputs=None,
    initial_state=None,
    kernel="W",
    recurrent_kernel="U",
    readout="V",
    decimals=2,
    title=None,
):
    """A recurrent network unrolled in time, with the numbers of one run in it.

    From left to right stand h_0, h_1, … h_n, each a column of its units' values; below each but
    h_0 the token that was read; on every arrow the matrix it stands for, the same at every step.

    Args:
        tokens: the n tokens read; of many those in the middle are left out.
        hidden_states: ``(n, units)``, the state after each of them.
        ax: where to draw; a new figure, 9.5 inches wide at most, by default.
        outputs: n strings to stand above the states, such as predicted tags; none by default.
        initial_state: h_0, ``(units,)``; zeros by default.
        kernel: the label of the arrows from tokens to states.
        recurrent_kernel: the label of the arrows from state to state.
        readout: the label of the arrows from states to outputs.
        decimals: digits after the point.
        title: what the drawing says, above it.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when the arrays do not belong to one run.

    Example:
        >>> ax = unrolled(["to", "be"], [[0.25, -0.5], [0.75, 1.0]])
        >>> [text.get_text() for text in ax.texts if "." in text.get_text()]
        ['0.00', '0.00', '0.25', '-0.50', '0.75', '1.00']
    """
    states = checked_states("hidden_states", hidden_states, len(tokens))
    start = _start(initial_state, states)
    if outputs is not None and len(outputs) != len(tokens):
        raise ValueError(f"outputs must be {len(tokens)}, one a token, got {len(outputs)}")
    largest = largest_of(states, start)
    half = states.shape[1] * HIGH / 2
    d = Drawing()
    shown = columns(len(tokens), MOST)
    d.vector(0, 0, start, "h_{0}", largest=largest, decimals=decimals)
    for place, step in enumerate(shown, 1):
        x = place * PITCH
        d.arrow((x - PITCH + WIDE / 2, 0), (x - WIDE / 2, 0), label=recurrent_kernel)
        if step is None:
            d.text(x, 0, "…", TITLE)
            continue
        d.vector(x, 0, states[step], largest=largest, decimals=decimals)
        d.formula(x - WIDE / 2, half + 0.05, f"h_{{{step + 1}}}", ha="left", va="bottom")
        d.arrow((x, -half - 0.45), (x, -half), label=kernel)
        d.word(x, -half - 0.58, tokens[step], PITCH - 0.08)
        if outputs is not None:
            d.arrow((x, half), (x, half + 0.45), label=readout)
            d.word(x, half + 0.58, outputs[step], PITCH - 0.08, size=10)
    sentences = [f"A recurrent network unrolled over the {len(tokens)} tokens {' '.join(tokens)}."]
    for step, state in enumerate([start, *states]):
        after = f" after {tokens[step - 1]}" if step else ""
        said = f", output {outputs[step - 1]}" if step and outputs is not None else ""
        sentences.append(f"h{step}{after}: {listed(state, decimals)}{said}.")
    matrices = [kernel, recurrent_kernel] + ([readout] if outputs is not None else [])
    sentences.append(f"The arrows bear {' and '.join(matrices)}, the same at every step.")
    height = states.shape[1] * FIELD + 0.9 + (0.35 if outputs is None else 0.9)
    size = None if title else (min(9.5, 1.5 + PITCH * len(tokens)), FACTOR * height)
    return d.finish(ax, " ".join(sentences), title, size)


def _start(initial_state, states):
    units = states.shape[1]
    start = np.zeros(units) if initial_state is None else np.asarray(initial_state, float)
    if start.shape != (units,):
        raise ValueError(f"initial_state must have shape ({units},), got {start.shape}")
    return start


def _half_width(token):
    return min(width_of(token, TEXT), 2) / 2
