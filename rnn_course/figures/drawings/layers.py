"""More than one network over a sentence: layers above each other, and two directions."""

from rnn_course.figures.drawings.parts import CELL, Drawing
from rnn_course.figures.drawings.sequences import (
    checked_one_each,
    checked_states,
    columns,
    largest_of,
    listed,
)
from rnn_course.figures.palette import SMALL, TITLE, now

WIDE, HIGH = CELL
PITCH = 1.2  # from one time step to the next
MOST = 9  # time steps that a page has room for


def stack(tokens, layers, ax=None, outputs=None, title=None, decimals=2):
    """A stack: what a layer gives at each step is what the layer above reads at that step.

    Args:
        tokens: the n tokens read.
        layers: for each layer, from the lowest, its states ``(n, units)``.
        ax: where to draw; a new figure by default.
        outputs: n strings to stand at the top; none by default.
        title: what the drawing says, above it.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when there is no layer, or its states are not one a token.

    Example:
        >>> ax = stack(["to", "be"], [[[0.25], [0.5]], [[0.75], [1.0]]])
        >>> [text.get_text() for text in ax.texts if "." in text.get_text()]
        ['0.25', '0.50', '0.75', '1.00']
    """
    if not len(layers):
        raise ValueError("layers must hold the states of at least one layer, got none")
    layers = [checked_states(f"layers[{k}]", layer, len(tokens)) for k, layer in enumerate(layers)]
    if outputs is not None:
        outputs = checked_one_each("outputs", outputs, len(tokens))
    largest = largest_of(*layers)
    d = Drawing()
    shown = columns(len(tokens), MOST - 1)
    y = 0.0
    for place, step in enumerate(shown):
        d.word(place * PITCH, 0, "…" if step is None else tokens[step], PITCH - 0.08)
    for level, layer in enumerate(layers, 1):
        half = layer.shape[1] * HIGH / 2
        below, y = y + 0.13 if level == 1 else y, y + (0.6 if level == 1 else 0.5)
        middle = y + half
        colour = now().categories[(level - 1) % len(now().categories)]
        d.box((len(shown) - 1) * PITCH / 2, middle, "", (len(shown) - 1) * PITCH + 0.95,
              2 * half + 0.14, edge=colour, fill="none", line=1.6)  # fmt: skip
        d.text(-0.56, middle, f"layer {level}", ha="right", colour=colour)
        for place, step in enumerate(shown):
            x = place * PITCH
            if place:
                d.arrow((x - PITCH + WIDE / 2, middle), (x - WIDE / 2, middle),
                        label=f"U^{{({level})}}", size=SMALL)  # fmt: skip
            if step is None:
                d.text(x, middle, "…", TITLE)
                continue
            d.arrow((x, below), (x, y), label=f"W^{{({level})}}", size=SMALL)
            d.vector(x, middle, layer[step], largest=largest, decimals=decimals)
        y += 2 * half
    if outputs is not None:
        for place, step in enumerate(shown):
            if step is not None:
                d.arrow((place * PITCH, y), (place * PITCH, y + 0.42), label="V", size=SMALL)
                d.word(place * PITCH, y + 0.55, outputs[step], PITCH - 0.08)
    sentences = [f"A stack of {len(layers)} recurrent layers over the tokens {' '.join(tokens)}."]
    for level, layer in enumerate(layers, 1):
        each = "; ".join(
            f"{token} {listed(state, decimals)}" for token, state in zip(tokens, layer, strict=True)
        )
        sentences.append(f"Layer {level}, which reads {'layer ' * (level > 1)}"
                         f"{level - 1 if level > 1 else 'the tokens'}: {each}.")  # fmt: skip
    if outputs is not None:
        sentences.append(f"At the top: {', '.join(outputs)}.")
    return d.finish(ax, " ".join(sentences), title)


def two_directions(tokens, forward, backward, ax=None, outputs=None, title=None, decimals=2):
    """Two networks over one sentence: one reads it forwards, one backwards, and they do not meet
    before the output of each position.

    Args:
        tokens: the n tokens read.
        forward: ``(n, units)``: at each position the state that has read up to it.
        backward: ``(n, units)``: at each position the state that has read from the end down to it.
        ax: where to draw; a new figure by default.
        outputs: n strings to stand at the top; none by default.
        title: what the drawing says, above it.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when the arrays do not belong to one run.

    Example:
        >>> ax = two_directions(["to", "be"], [[0.25], [0.5]], [[0.75], [1.0]])
        >>> "$\\\\overleftarrow{h}_{1}$" in [text.get_text() for text in ax.texts]
        True
    """
    forward = checked_states("forward", forward, len(tokens))
    backward = checked_states("backward", backward, len(tokens))
    if outputs is not None:
        outputs = checked_one_each("outputs", outputs, len(tokens))
    largest = largest_of(forward, backward)
    d = Drawing()
    shown = columns(len(tokens), 7)
    pitch = 1.45
    low = 0.75 + forward.shape[1] * HIGH / 2
    high = low + 0.75 + (forward.shape[1] + backward.shape[1]) * HIGH / 2
    top = high + backward.shape[1] * HIGH / 2
    blue, orange = now().categories[:2]
    d.text(-0.75, low, "reads\nforwards", ha="right", colour=blue)
    d.text(-0.75, high, "reads\nbackwards", ha="right", colour=orange)
    for place, step in enumerate(shown):
        x = place * pitch
        d.word(x, 0, "…" if step is None else tokens[step], pitch - 0.1)
        ends = x - 0.15, x + 0.3
        if place:
            d.arrow((ends[0] - pitch + WIDE / 2, low), (ends[0] - WIDE / 2, low), colour=blue)
            d.arrow((ends[1] - WIDE / 2, high), (ends[1] - pitch + WIDE / 2, high), colour=orange)
        if step is None:
            d.text(ends[0], low, "…", TITLE)
            d.text(ends[1], high, "…", TITLE)
            continue
        half = forward.shape[1] * HIGH / 2
        d.vector(ends[0], low, forward[step], largest=largest, decimals=decimals)
        d.formula(ends[0] - WIDE / 2, low + half + 0.04,
                  f"\\overrightarrow{{h}}_{{{step + 1}}}", va="bottom", ha="left",
                  colour=blue)  # fmt: skip
        d.vector(ends[1], high, backward[step], largest=largest, decimals=decimals)
        half = backward.shape[1] * HIGH / 2
        d.formula(ends[1] + WIDE / 2, high + half + 0.04,
                  f"\\overleftarrow{{h}}_{{{step + 1}}}", va="bottom", ha="right",
                  colour=orange)  # fmt: skip
        d.arrow((ends[0], 0.14), (ends[0], low - forward.shape[1] * HIGH / 2), colour=blue)
        d.arrow((ends[1] + 0.12, 0.14), (ends[1] + 0.12, high - half), colour=orange)
        if outputs is not None:
            d.arrow((ends[0], low + forward.shape[1] * HIGH / 2), (ends[0], top + 0.62))
            d.arrow((ends[1] - 0.1, high + half), (ends[1] - 0.1, top + 0.62))
            d.box(x + 0.02, top + 0.8, outputs[step], pitch - 0.2)
    sentences = [f"Two networks over the tokens {' '.join(tokens)}, one in each direction."]
    for k, token in enumerate(tokens):
        said = f", output {outputs[k]}" if outputs is not None else ""
        sentences.append(
            f"At {token} (position {k + 1}), forwards {listed(forward[k], decimals)}, "
            f"backwards {listed(backward[k], decimals)}{said}."
        )
    return d.finish(ax, " ".join(sentences), title)
