"""Where vectors of words come from: windows of text, and words split into pieces."""

import numpy as np

from rnn_course.figures.drawings.lettering import shortened, width_of
from rnn_course.figures.drawings.parts import CELL, Drawing
from rnn_course.figures.drawings.sequences import (
    checked_one_each,
    checked_states,
    largest_of,
    listed,
)
from rnn_course.figures.palette import SMALL, TEXT, now, tint

WIDE, HIGH = CELL
PITCH = 1.25
BEYOND = 1  # ghosted words on each side of a window


def skip_gram_window(tokens, center, window=2, probabilities=None, vectors=None, ax=None,
                     title=None, decimals=2):  # fmt: skip
    """Skip-gram: from the word in the middle of a window each of its neighbours is predicted.

    Args:
        tokens: the n tokens of a sentence.
        center: the place of the word in the middle.
        window: how many neighbours count on each side.
        probabilities: n numbers, for each neighbour that which the model gives it; those of other
            words are not drawn. None by default.
        vectors: ``(n, dimensions)``, the words' vectors, of which that of the middle is drawn.
        ax: where to draw; a new figure by default.
        title: what the drawing says, above it.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when there is no such word, no neighbour, or not one number or vector a token.

    Example:
        >>> ax = skip_gram_window("you shall know a word".split(), center=2, window=1)
        >>> [text.get_text() for text in ax.texts][:3]
        ['you', 'shall', 'know']
    """
    d, places, neighbours = _window(tokens, center, window)
    chances = None
    if probabilities is not None:
        chances = checked_one_each("probabilities", probabilities, len(tokens))
    middle, blue = places[center], now().categories[0]
    top = 1.35
    if vectors is not None:
        vectors = checked_states("vectors", vectors, len(tokens))
        top += 0.55
        d.arrow((middle, 0.18), (middle, top - 0.62))
        d.vector(middle, top - 0.45, vectors[center], across=True, largest=largest_of(vectors),
                 decimals=decimals)  # fmt: skip
        d.arrow((middle, top - 0.3), (middle, top - 0.12), head=False)
    else:
        d.arrow((middle, 0.18), (middle, top - 0.12), head=False)
    for place in neighbours:
        x, height = places[place], top - 0.12
        d.arrow((middle, height), (x, height), (x, 0.18), colour=blue)
        if chances is not None:
            d.text(x + 0.07, 0.42, f"{chances[place]:.{decimals}f}", 10, ha="left", colour=blue)
    said = "; ".join(
        tokens[k] + (f" {chances[k]:.{decimals}f}" if chances is not None else "")
        for k in neighbours
    )
    words = f"Skip-gram in “{' '.join(tokens)}”: from {tokens[center]} arrows lead to {said}."
    if vectors is not None:
        words += f" The vector of {tokens[center]}: {listed(vectors[center], decimals)}."
    return d.finish(ax, words, title)


def cbow_window(tokens, center, window=2, vectors=None, probability=None, ax=None, title=None,
                decimals=2):  # fmt: skip
    """CBOW: from the mean of a window's vectors the word in its middle is predicted.

    Args:
        tokens: the n tokens of a sentence.
        center: the place of the word in the middle.
        window: how many neighbours count on each side.
        vectors: ``(n, dimensions)``, the words' vectors; the mean is that of the neighbours.
        probability: that which the model gives the word in the middle; not drawn by default.
        ax: where to draw; a new figure by default.
        title: what the drawing says, above it.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when there is no such word, no neighbour, or not one vector a token.

    Example:
        >>> ax = cbow_window(["to", "be", "or"], center=1, vectors=[[1.0], [0.0], [0.5]])
        >>> [text.get_text() for text in ax.texts if "." in text.get_text()]
        ['1.00', '0.50', '0.75']
    """
    d, places, neighbours = _window(tokens, center, window, label_left=True)
    middle, orange = places[center], now().categories[1]
    rise = 0.18
    if vectors is not None:
        vectors = checked_states("vectors", vectors, len(tokens))
        half, largest = vectors.shape[1] * HIGH / 2, largest_of(vectors)
        for place in neighbours:
            x = places[place]
            d.arrow((x, 0.18), (x, 0.5))
            d.vector(x, 0.5 + half, vectors[place], largest=largest, decimals=decimals)
        rise = 0.5 + 2 * half
    top = rise + 0.45
    for place in neighbours:
        d.arrow((places[place], rise), (places[place], top), (middle, top), head=False)
    mean = "" if vectors is None else np.mean(vectors[neighbours], axis=0)
    d.arrow((middle, top), (middle, top + 0.35))
    if vectors is None:
        d.box(middle, top + 0.53, "mean")
        end = top + 0.53
        out = middle + 0.36
    else:
        d.text(middle + 0.08, top + 0.14, "mean", ha="left")
        d.vector(middle, top + 0.35 + half, mean, largest=largest, decimals=decimals)
        end, out = top + 0.35 + half, middle + WIDE / 2
    # Back to the middle word, outside of the window's columns.
    right = max(places.values()) + 0.75
    d.arrow((out, end), (right, end), (right, -0.68), (middle, -0.68), (middle, -0.19),
            colour=orange)  # fmt: skip
    said = "" if probability is None else f", {probability:.{decimals}f}"
    if said:
        d.text(middle + 0.08, -0.5, said[2:], 10, ha="left", colour=orange)
    words = (
        f"CBOW in “{' '.join(tokens)}”: from the mean of {', '.join(tokens[k] for k in neighbours)}"
        f" an arrow leads to {tokens[center]}{said}."
    )
    if vectors is not None:
        words += f" The mean: {listed(mean, decimals)}."
    return d.finish(ax, words, title)


def subwords(word, pieces, ids=None, vectors=None, ax=None, title=None, decimals=2):
    """A word split into pieces, each under the letters that it stands for.

    Args:
        word: the word.
        pieces: from left to right; a mark of continuation such as ``##`` is not part of the word.
        ids: an id for each piece; none by default.
        vectors: ``(pieces, dimensions)``, an embedding for each; none by default.
        ax: where to draw; a new figure by default.
        title: what the drawing says, above it.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when the pieces do not spell the word, or there is not one id or vector for
            each.

    Example:
        >>> ax = subwords("unreadable", ["un", "##read", "##able"], ids=[12, 7, 3])
        >>> [text.get_text() for text in ax.texts]
        ['unreadable', 'un', '12', '##read', '7', '##able', '3']
    """
    letters = [piece.removeprefix("##").removeprefix("▁").removesuffix("@@") for piece in pieces]
    if "".join(letters).casefold() != word.casefold() or not word:
        raise ValueError(
            f"pieces must spell the word {word!r}, got {list(pieces)}: a word that the vocabulary "
            "cannot spell is one unknown piece, and has nothing to draw"
        )
    if ids is not None:
        ids = checked_one_each("ids", ids, len(pieces), "piece")
    if vectors is not None:
        vectors = checked_states("vectors", vectors, len(pieces), "pieces")
    size = 16
    d = Drawing()
    total = width_of(word, size)
    gap = 0.35
    widths = [max(width_of(piece, TEXT) + 0.3, 0.75) for piece in pieces]
    centre = (sum(widths) + gap * (len(pieces) - 1)) / 2
    left, x = centre - total / 2, 0.0
    d.text(left, 0, word, size, ha="left")
    ends = [width_of("".join(letters[:k]), size) for k in range(len(letters) + 1)]
    ends = [end * total / max(ends[-1], 1e-9) for end in ends]
    for k, (piece, width) in enumerate(zip(pieces, widths, strict=True)):
        colour = now().categories[k % len(now().categories)]
        start, end = left + ends[k] + 0.02, left + ends[k + 1] - 0.02
        d.bracket(start, end, -0.18, up=False, colour=colour)
        d.arrow(((start + end) / 2, -0.28), (x + width / 2, -0.82), colour=colour)
        d.box(x + width / 2, -1.0, piece, width, edge=colour, fill=tint(colour), ink=now().ink)
        y = -1.18
        if ids is not None:
            d.text(x + width / 2, y - 0.18, str(ids[k]), 10)
            y -= 0.3
        if vectors is not None:
            high = vectors.shape[1] * HIGH
            d.arrow((x + width / 2, y - 0.05), (x + width / 2, y - 0.35))
            d.vector(x + width / 2, y - 0.35 - high / 2, vectors[k], decimals=decimals,
                     largest=largest_of(vectors))  # fmt: skip
        x += width + gap
    words = f"The word {word}, split into {len(pieces)}: {', '.join(pieces)}."
    if ids is not None:
        words += f" Their ids: {', '.join(map(str, ids))}."
    if vectors is not None:
        each = "; ".join(listed(vector, decimals) for vector in vectors)
        words += f" Their vectors: {each}."
    return d.finish(ax, words, title)


def _window(tokens, center, window, label_left=False):
    """The words of a window in a row, one more on each side as a ghost, and where they stand."""
    if not 0 <= center < len(tokens):
        raise ValueError(f"center must be a place of the {len(tokens)} tokens, got {center}")
    if window < 1 or window > 4:
        raise ValueError(f"window must be 1 to 4 words on each side, got {window}")
    first, last = max(0, center - window), min(len(tokens) - 1, center + window)
    neighbours = [k for k in range(first, last + 1) if k != center]
    if not neighbours:
        raise ValueError(f"a window needs at least two tokens, got {list(tokens)}")
    d = Drawing()
    shown = range(max(0, first - BEYOND), min(len(tokens), last + BEYOND + 1))
    places = {k: (k - center) * PITCH for k in shown}
    for k, x in places.items():
        inside = first <= k <= last
        colour = now().categories[1 if k == center else 0]
        look = dict(edge=colour, fill=tint(colour), ink=now().ink) if inside else dict(ghost=True)
        d.box(x, 0, shortened(tokens[k], TEXT, PITCH - 0.22), PITCH - 0.15, **look)
    if shown[0] > 0:
        d.text(places[shown[0]] - 0.75, 0, "…", colour=now().ghost)
    if shown[-1] < len(tokens) - 1:
        d.text(places[shown[-1]] + 0.75, 0, "…", colour=now().ghost)
    left, right = places[first] - 0.55, places[last] + 0.55
    d.bracket(left, right, -0.24, up=False)
    middle = dict(ha="right") if label_left else {}
    place = places[center] - 0.1 if label_left else (left + right) / 2
    d.text(place, -0.47, f"window: {window} on each side", SMALL, colour=now().muted, **middle)
    return d, places, neighbours
