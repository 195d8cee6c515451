"""The way back: how much of the gradient arrives at each state, and where truncation cuts it."""

import numpy as np

from rnn_course.figures.axes import number
from rnn_course.figures.drawings.parts import Drawing
from rnn_course.figures.drawings.sequences import columns
from rnn_course.figures.palette import SMALL, TITLE, now, tint

PITCH = 1.15
MOST = 9


def gradient_flow(tokens, norms, ax=None, truncate=None, title=None):
    """A loss after the last token, and its gradient on its way back through the unrolled network.

    An arrow is the thicker the larger the gradient that arrives, on a logarithmic scale over six
    powers of ten; the number beside it says how large.

    Args:
        tokens: the n tokens read.
        norms: n numbers: the size of the gradient that arrives at the state after each token, as
            from `rnn_course.inspection`; NaN where it is not known.
        ax: where to draw; a new figure by default.
        truncate: how many steps the gradient goes back; beyond, arrows are ghosts. All by default.
        title: what the drawing says, above it.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when there is not one norm a token, one is negative, or truncate is not at least
            1.

    Example:
        >>> ax = gradient_flow(["to", "be", "or"], [0.01, 0.1, 1.0])
        >>> [text.get_text() for text in ax.texts if text.get_text()[0].isdigit()]
        ['1', '0.1', '0.01']
    """
    norms = np.asarray(norms, float)
    if norms.shape != (len(tokens),) or not len(tokens):
        raise ValueError(
            f"norms must be {max(len(tokens), 1)}, one a token, got shape {norms.shape}"
        )
    if (norms < 0).any():
        raise ValueError(f"norms must not be negative, got {np.nanmin(norms)}")
    if truncate is not None and truncate < 1:
        raise ValueError(f"truncate must be at least 1 step, got {truncate}")
    n = len(tokens)
    reaches = n if truncate is None else truncate
    shown = columns(n, MOST)
    d = Drawing()
    red = now().categories[1]
    for place, step in enumerate(shown):
        x = place * PITCH
        if place:
            d.arrow((x - PITCH + 0.28, 0.16), (x - 0.28, 0.16))
        if step is None:
            d.text(x, 0, "…", TITLE)
            d.text(x, -1.02, "…", colour=now().ghost)
            continue
        d.box(x, 0, f"$h_{{{step + 1}}}$", 0.56, 0.56, formula=True, fill=tint(now().ghost))
        d.arrow((x, -0.86), (x, -0.28))
        d.word(x, -1.02, tokens[step], PITCH - 0.08)
    loss = (len(shown) - 1) * PITCH
    d.box(loss, 1.15, "loss", 0.7, edge=red, fill=tint(red), ink=now().ink)
    d.arrow((loss - 0.1, 0.28), (loss - 0.1, 0.97))
    _back(d, (loss + 0.1, 0.97), (loss + 0.1, 0.28), norms[-1], False, red)
    for place in range(len(shown) - 2, -1, -1):
        step = shown[place]
        x = place * PITCH
        if step is None:
            step = shown[place - 1] + 1  # what arrives at the first state that is left out
        where, lost = norms[step], n - step > reaches
        _back(d, (x + PITCH - 0.28, -0.06), (x + 0.28, -0.06), where, lost, red)
        if lost and n - step == reaches + 1:
            cut = x + PITCH / 2
            d.arrow((cut, 0.5), (cut, -0.75), head=False, dashed=True, width=1.6)
            d.text(cut, 0.52, f"cut after {reaches}", SMALL, va="bottom")
    each = "; ".join(
        f"{token} {number(value) if np.isfinite(value) else value}"
        for token, value in zip(tokens, norms, strict=True)
    )
    words = f"The gradient of a loss after the last of {n} tokens, at the state after each: {each}."
    if reaches < n:
        words += f" It is cut after {reaches} steps; before, nothing arrives."
    return d.finish(ax, words, title)


def _back(d, start, end, norm, lost, colour):
    """An arrow back, as thick as the gradient is large."""
    known = np.isfinite(norm)
    share = np.clip(1 + np.log10(max(norm, 1e-12)) / 6, 0, 1.2) if known else 0
    written = "NaN" if np.isnan(norm) else number(norm) if known else "∞"
    width = 0.9 + 4.5 * (1 if norm == np.inf else share)
    d.arrow(start, end, colour=None if lost else colour, ghost=lost, width=1 if lost else width)
    if lost:
        return
    middle, aside = np.add(start, end) / 2, 0.06 + width / 72
    if start[0] == end[0]:
        d.text(middle[0] + aside, middle[1], written, 10, ha="left", colour=colour)
    else:
        d.text(middle[0], middle[1] - aside, written, 10, va="top", colour=colour)
