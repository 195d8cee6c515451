"""What all figures share: where they are drawn, and what they say to those who do not see them."""

from functools import partial

import numpy as np

from rnn_course.figures.palette import SMALL, TITLE, now
from rnn_course.figures.showing import show


def alt_text(ax):
    """What a picture of this package shows, in words, for those who do not see it.

    Args:
        ax: what the function that drew the picture returned.

    Returns:
        Sentences made from the data: names, first, last and extreme values.

    Raises:
        ValueError: when the picture is not of this package.

    Example:
        >>> from rnn_course.figures import by_distance
        >>> alt_text(by_distance([1, 2], {"simple RNN": [1.0, 0.75]}))
        'Accuracy against distance (tokens), 1 to 2. simple RNN: 1 at 1, 0.75 at 2.'
    """
    if not ax.get_label():
        raise ValueError("ax bears no description: draw with rnn_course.figures")
    return ax.get_label()


def describe(ax, text, vector=False):
    """Say in words what `ax` shows: the text that `alt_text` returns.

    Notebooks get it too, as the ``alt`` of the picture's metadata; its ``csv`` are the `numbers`.

    Args:
        ax: an `Axes`.
        text: one or more sentences.
        vector: whether this is a drawing, which a notebook shows as vector graphics.
    """
    ax.set_label(text[0].upper() + text[1:])  # also in the printed form of the Axes
    # IPython asks each object that it shows for this.
    ax.figure._ipython_display_ = partial(show, ax.figure, vector)


def entitle(ax, title):
    """Write what a plot has found above it; nothing where there is no title."""
    if title:
        ax.set_title(title, loc="left", fontsize=TITLE, color=now().ink)


def span(values):
    """A range in words, for an alt text."""
    low, high = number(np.min(values)), number(np.max(values))
    return low if low == high else f"between {low} and {high}"


def number(value):
    """A number with two digits below 1 and four above, for an alt text."""
    return f"{value:.2g}" if abs(value) < 1 else f"{value:.4g}"


def legend(ax):
    """The legend of a figure, to the right of it."""
    look = dict(frameon=False, fontsize=SMALL, labelcolor=now().ink)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), **look)


def axes_for(ax, size):
    """`ax`, or the `Axes` of a new figure of that size in inches."""
    if ax is not None:
        return ax
    from matplotlib import pyplot as plt  # only now: it chooses how the machine shows figures

    return plt.subplots(figsize=size, layout="constrained")[1]
