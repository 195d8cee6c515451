"""What a recurrence leaves to several cores: a scan in the shape of a tree, a batch shared out."""

import numpy as np

from rnn_course.figures.drawings.parts import CELL, Drawing
from rnn_course.figures.drawings.sequences import checked_states, columns, largest_of, listed
from rnn_course.figures.palette import SMALL, now, tint

WIDE, HIGH = CELL
MOST = 8


def scan(decays, inputs, ax=None, title=None, decimals=2):
    r"""A linear recurrence step by step, and the same in parallel: half as many steps each time.

    .. math::

        h_t = a_t h_{t-1} + b_t, \qquad
        (a, b) \circ (a', b') = (a\,a',\; a'\,b + b')

    Left, each step waits for the one before. Right, at each level every position takes in what
    stands 1, 2, 4, … to its left, all at once; in the end the second number is the state.

    Args:
        decays: n numbers a_t, at most eight.
        inputs: n numbers b_t.
        ax: where to draw; a new figure by default.
        title: what the drawing says, above it.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when they are not equally many, or none or more than eight.

    Example:
        >>> from rnn_course.figures import alt_text
        >>> ax = scan([0.5, 0.5, 0.5, 0.5], [1.0, 0.0, 0.0, 1.0])
        >>> "3 steps one after the other, 3 combinations" in alt_text(ax)
        True
        >>> "2 levels, 5 combinations" in alt_text(ax)
        True
    """
    a, b = np.asarray(decays, float), np.asarray(inputs, float)
    n = a.size
    if a.ndim != 1 or a.shape != b.shape or not 1 <= n <= MOST:
        raise ValueError(
            f"decays and inputs must be equally many numbers, 1 to {MOST}: got shapes {a.shape} "
            f"and {b.shape}"
        )
    states, h = [], 0.0
    for decay, value in zip(a, b, strict=True):
        h = decay * h + value
        states.append(h)
    levels, shift = [(a, b)], 1
    while shift < n:
        decay, value = (v.copy() for v in levels[-1])
        before_decay, before = levels[-1]
        value[shift:] = decay[shift:] * before[:-shift] + value[shift:]
        decay[shift:] = decay[shift:] * before_decay[:-shift]
        levels.append((decay, value))
        shift *= 2
    work = sum(n - 2**k for k in range(len(levels) - 1))
    largest = largest_of(b, states)
    d = Drawing()
    _chain(d, b, states, largest, decimals)
    left = 2.6
    across, down = 0.78, 0.92
    blue = now().categories[0]
    for level, (_, value) in enumerate(levels):
        y = -level * down
        for k in range(n):
            x = left + k * across
            if level:
                reach = 2 ** (level - 1)
                taken = k >= reach
                d.arrow((x, y + down - HIGH / 2), (x, y + HIGH / 2), ghost=not taken, width=1)
                if taken:
                    d.arrow((x - reach * across, y + down - HIGH / 2), (x - 0.12, y + HIGH / 2),
                            colour=blue, width=1)  # fmt: skip
            d.vector(x, y, [value[k]], largest=largest, decimals=decimals)
    end = left + (n - 1) * across
    d.text((left + end) / 2, 0.42, "in parallel", weight="bold")
    low = -max((len(levels) - 1) * down, 0) - 0.4
    steps = "level" if len(levels) == 2 else "levels"
    d.text((left + end) / 2, low, f"{len(levels) - 1} {steps}, {work} combinations", SMALL)
    words = (
        f"The recurrence h = a h + b over {n} steps, with a {listed(a, decimals)} and b "
        f"{listed(b, decimals)}; its states are {listed(states, decimals)}. Sequentially: {n - 1} "
        f"steps one after the other, {n - 1} combinations. In parallel: {len(levels) - 1} {steps}, "
        f"{work} combinations."
    )
    return d.finish(ax, words, title)


def _chain(d, inputs, states, largest, decimals):
    """The sequential half: a state under a state, with what comes in at its left."""
    down = 0.62
    d.text(0.45, 0.42, "one after the other", weight="bold")
    for step, (value, state) in enumerate(zip(inputs, states, strict=True)):
        y = -step * down
        d.vector(0, y, [value], largest=largest, decimals=decimals)
        d.arrow((WIDE / 2, y), (0.95 - WIDE / 2, y))
        d.vector(0.95, y, [state], largest=largest, decimals=decimals)
        if step:
            d.arrow((0.95, y + down - HIGH / 2), (0.95, y + HIGH / 2))
    n = len(states)
    steps = "step" if n == 2 else "steps"
    d.text(0.45, -(n - 1) * down - 0.4, f"{n - 1} {steps}, {n - 1} combinations", SMALL)


def shared_batch(sentences, gradients, ax=None, title=None, decimals=2):
    """A batch shared out among cores: each takes some rows through the whole loop, and their
    gradients are summed.

    Args:
        sentences: the rows of the batch, lists of tokens; at most eight.
        gradients: for each core the gradient of its rows, ``(cores, weights)``.
        ax: where to draw; a new figure by default.
        title: what the drawing says, above it.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when there are fewer rows than cores, more than eight rows or four cores, or an
            empty row.

    Example:
        >>> ax = shared_batch([["to", "be"], ["or", "not"]], [[0.25, 1.0], [0.5, -0.5]])
        >>> [text.get_text() for text in ax.texts if "." in text.get_text()]
        ['0.25', '1.00', '0.50', '-0.50', '0.75', '0.50']
    """
    gradients = checked_states("gradients", gradients, len(gradients), "cores")
    cores, rows = len(gradients), len(sentences)
    if not cores <= rows <= MOST or cores > 4:
        raise ValueError(
            f"a batch of {rows} rows for {cores} cores cannot be drawn: at most {MOST} rows and 4 "
            "cores, and a row for each core"
        )
    if not all(len(sentence) for sentence in sentences):
        raise ValueError("sentences must have at least one token each")
    total = gradients.sum(axis=0)
    largest = largest_of(gradients, total)
    d = Drawing()
    row, gap, pitch = 0.34, 0.55, 0.8
    places = [rows * part // cores for part in range(cores + 1)]
    y, middles = 0.0, []
    steps = columns(max(map(len, sentences)), 6)
    right = len(steps) * pitch
    tall = max(gradients.shape[1] * HIGH, 0.8)
    for core in range(cores):
        part = sentences[places[core] : places[core + 1]]
        colour = now().categories[core]
        high = max(len(part) * row, tall)
        middle = y - high / 2
        for k, sentence in enumerate(part):
            at = middle + (len(part) - 1) * row / 2 - k * row
            for place, step in enumerate(steps):
                if step is not None and step < len(sentence):
                    d.word(place * pitch, at, sentence[step], pitch - 0.04, size=10)
                elif step is None:
                    d.text(place * pitch, at, "…", colour=now().ghost)
        d.box((right - pitch) / 2, middle, "", right + 0.04, len(part) * row + 0.1, edge=colour,
              fill=tint(colour, 0.08), behind=True)  # fmt: skip
        loop = right + 1.2
        d.arrow((right - pitch / 2 + 0.02, middle), (loop - 0.85, middle), colour=colour)
        d.box(loop, middle, f"core {core + 1}:\nthe whole loop\nand back", 1.7, 0.74, edge=colour,
              size=10)  # fmt: skip
        d.arrow((loop + 0.85, middle), (loop + 1.5 - WIDE / 2, middle), colour=colour)
        d.vector(loop + 1.5, middle, gradients[core], largest=largest, decimals=decimals)
        middles.append(middle)
        y -= high + gap
    centre = (middles[0] + middles[-1]) / 2
    sums, out = right + 1.2 + 2.5, right + 1.2 + 3.5
    for middle, colour in zip(middles, now().categories, strict=False):
        start = (right + 2.7 + WIDE / 2, middle)
        if middle == centre:
            d.arrow(start, (sums - 0.17, centre), colour=colour)
        else:
            side = 0.17 if middle > centre else -0.17
            d.arrow(start, (sums, middle), (sums, centre + side), colour=colour)
    d.operator(sums, centre, "+")
    d.arrow((sums + 0.17, centre), (out - WIDE / 2, centre))
    d.vector(out, centre, total, largest=largest, decimals=decimals)
    d.text(out, centre - gradients.shape[1] * HIGH / 2 - 0.12, "gradient of\nthe batch", SMALL,
           va="top")  # fmt: skip
    sizes = np.diff(places).tolist()
    each = "; ".join(
        f"core {core + 1} takes {size} row{'s' * (size > 1)} through the whole loop and finds the "
        f"gradient {listed(gradient, decimals)}"
        for core, (size, gradient) in enumerate(zip(sizes, gradients, strict=True))
    )
    words = f"A batch of {rows} sentences on {cores} cores: {each}. "
    words += f"Their sum: {listed(total, decimals)}."
    return d.finish(ax, words, title)
