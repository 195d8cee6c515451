"""A language model reads a text, and writes one: teacher forcing above, free running below."""

import numpy as np

from rnn_course.figures.drawings.lettering import width_of
from rnn_course.figures.drawings.parts import Drawing
from rnn_course.figures.drawings.sequences import checked_one_each, columns
from rnn_course.figures.palette import SMALL, TEXT, TITLE, now, share_map, tint

PITCH = 1.28
MOST = 8


def reading_and_writing(tokens, probabilities, written, written_probabilities, ax=None, begin="<s>",
                        title=None, decimals=2):  # fmt: skip
    """Above, every input is the true token before; below, it is the model's own.

    Args:
        tokens: the n tokens of a true text, each of which is to be predicted.
        probabilities: n numbers: what the model gave the true token at each step.
        written: the m tokens that the model has written.
        written_probabilities: m numbers: what it gave each of them.
        ax: where to draw; a new figure by default.
        begin: the token that both begin with.
        title: what the drawing says, above it.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when there is not one probability a token.

    Example:
        >>> ax = reading_and_writing(["to", "be"], [0.25, 0.5], ["to", "go"], [0.25, 0.4])
        >>> [text.get_text() for text in ax.texts if "0." in text.get_text()]
        ['0.25', '0.50', '0.25', '0.40']
    """
    probabilities = checked_one_each("probabilities", probabilities, len(tokens))
    of_own = checked_one_each("written_probabilities", written_probabilities, len(written))
    d = Drawing()
    _row(d, 0, tokens, probabilities, begin, decimals, own=False)
    _row(d, -2.75, written, of_own, begin, decimals, own=True)

    def each(tokens, chances):
        return ", ".join(f"{t} {p:.{decimals}f}" for t, p in zip(tokens, chances, strict=True))

    words = (
        f"A language model. Under teacher forcing it reads {begin} {' '.join(tokens[:-1])} and "
        f"gives the true next tokens: {each(tokens, probabilities)}. When it generates, each token "
        f"that it writes is what it reads next: {each(written, of_own)}."
    )
    return d.finish(ax, words, title)


def _row(d, y, tokens, chances, begin, decimals, own):
    blue, orange = now().categories[:2]
    colour = orange if own else blue
    name = (
        "generating:\nit reads what\nit wrote"
        if own
        else "teacher forcing:\nit reads what\nis true"
    )
    d.text(-0.55, y, name, ha="right", colour=colour)
    shown = columns(len(tokens), MOST)
    inputs = [begin, *tokens[:-1]]
    for place, step in enumerate(shown):
        x = place * PITCH
        if place:
            d.arrow((x - PITCH + 0.22, y), (x - 0.22, y))
        if step is None:
            d.text(x, y, "…", TITLE)
            continue
        d.box(x, y, "", 0.44, 0.44, fill=tint(colour), edge=colour)
        d.arrow((x, y - 0.52), (x, y - 0.22))
        mine = own and step
        d.word(x, y - 0.66, inputs[step], PITCH - 0.3, colour=colour if mine else None)
        d.arrow((x, y + 0.22), (x, y + 0.5))
        d.word(x, y + 0.66, tokens[step], PITCH - 0.3, colour=colour if own else None)
        chance = chances[step]
        ground = share_map()(chance) if np.isfinite(chance) else now().paper
        d.box(x, y + 0.98, f"{chance:.{decimals}f}", 0.62, 0.28, fill=ground, size=10, line=0.8)
        later = shown[place + 1] if place + 1 < len(shown) else None
        if own and later is not None:  # what was written goes in again
            half = PITCH / 2
            aside = min(width_of(tokens[step], TEXT), PITCH - 0.3) / 2 + 0.05
            d.arrow((x + aside, y + 0.66), (x + half, y + 0.66), (x + half, y - 0.66),
                    (x + PITCH - aside, y - 0.66), colour=colour)  # fmt: skip
    if not own:
        d.text((len(shown) - 1) * PITCH + 0.42, y + 0.98, "of the\ntrue token", SMALL, ha="left",
               colour=now().muted)  # fmt: skip
