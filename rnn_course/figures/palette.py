"""Colours, markers, line styles and letter sizes of all figures: one look, on light and on dark.

Signed values go from white at zero to blue below and to orange above; shares and probabilities from
white to green. Categories are told apart by the colour-blind, and by marker and line style in grey.
On a dark page the paper's own colour stands in white's place.

    >>> from rnn_course.figures import look
    >>> with look("dark"):
    ...     now().paper
    '#14181e'
"""

from contextlib import contextmanager
from typing import NamedTuple

# Okabe & Ito's palette without its yellow and black, which are hard to see or taken by the axes.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
MARKERS = ("o", "s", "^", "D", "v", "P")
LINE_STYLES = ("-", "--", "-.", (0, (7, 1, 1, 1, 1, 1)))

# Points, in a figure at most 9.5 inches wide: there a projector's last row can read the smallest.
SMALL, TEXT, TITLE, SYMBOL = 9, 11, 13, 15


class Look(NamedTuple):
    """The colours of a page and of what is drawn on it.

    Args:
        paper: the ground.
        ink: lines and letters.
        muted: what explains and does not count: captions, baselines.
        ghost: what was there before, and what was given up.
        categories: of lines, points and parts, in the order of `MARKERS`.
        signed: the ends of the scale through the paper at zero: below, and above.
        share: from the paper's colour to one: halfway, and the end.
    """

    paper: str
    ink: str
    muted: str
    ghost: str
    categories: tuple[str, ...]
    signed: tuple[str, str]
    share: tuple[str, str]


LIGHT = Look(
    paper="#ffffff",
    ink="#222222",
    muted="#595959",
    ghost="#a6a6a6",
    categories=COLOURS,
    signed=("#0067a3", "#d55e00"),
    share=("#6fc4a5", "#00734f"),
)
DARK = Look(
    paper="#14181e",
    ink="#e6e6e6",
    muted="#a8adb3",
    ghost="#6b7178",
    categories=("#56b4e9", "#ff8a3d", "#2fc79b", "#e3a0c8", "#a5d8f5", "#f2bf45"),
    signed=("#3d9fd6", "#f07a20"),
    share=("#1b7559", "#3fd6a8"),
)
LOOKS = {"light": LIGHT, "dark": DARK}
_looks = [LIGHT]


def now():
    """The `Look` of what is drawn now."""
    return _looks[-1]


@contextmanager
def look(name):
    """Draw in another look: ``with look("dark"): …``; notebooks are light.

    Args:
        name: ``"light"`` or ``"dark"``.

    Raises:
        ValueError: when there is no such look.
    """
    if name not in LOOKS:
        raise ValueError(f"look must be one of {list(LOOKS)}, got {name!r}")
    from matplotlib import rc_context

    chosen = LOOKS[name]
    settings = {f"{part}.facecolor": chosen.paper for part in ("figure", "axes", "savefig")}
    inks = "text.color axes.edgecolor axes.labelcolor axes.titlecolor xtick.color ytick.color"
    settings |= dict.fromkeys(inks.split(), chosen.ink)
    _looks.append(chosen)
    try:
        with rc_context(settings):
            yield
    finally:
        _looks.pop()


def signed_map():
    """The scale of signed values, -1 to 1 on it: the paper's colour is zero."""
    below, above = now().signed
    return _colour_map("signed", [below, now().paper, above])


def share_map():
    """The scale of shares and probabilities, from the paper's colour to one other."""
    return _colour_map("share", [now().paper, *now().share])


def scale_of(values):
    """The scale that fits some values: its `Colormap`, its lowest and its highest value.

    Signed ones get as much room below zero as above, so that zero is white.
    """
    import numpy as np

    values = np.asarray(values, float)
    known = values[np.isfinite(values)]
    largest = max(np.abs(known).max(initial=0), 1e-12)
    if known.min(initial=0) < 0:
        return signed_map(), -largest, largest
    return share_map(), 0, largest


def ink_on(ground):
    """Black or white, whichever can be read better on a colour."""
    return "black" if (_luminance(ground) + 0.05) ** 2 > 0.05 * 1.05 else "white"


def readable(colour):
    """A colour for letters: as it is, or nearer to ink where it would be too faint on the paper."""
    paper = _luminance(now().paper)
    for share in (0, 0.15, 0.3, 0.45):
        mixed = _mix(now().ink, colour, share)
        low, high = sorted((_luminance(mixed), paper))
        if (high + 0.05) / (low + 0.05) >= 4.5:  # what the guidelines for the web ask for
            return mixed
    return now().ink


def _luminance(colour):
    from matplotlib.colors import to_rgb

    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mix(colour, other, share):
    from matplotlib.colors import to_hex, to_rgb

    pairs = zip(to_rgb(colour), to_rgb(other), strict=True)
    return to_hex([share * one + (1 - share) * two for one, two in pairs])


def tint(colour, share=0.14):
    """A little of a colour on the paper."""
    return _mix(colour, now().paper, share)


def _colour_map(name, colours):
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list(name, colours)
