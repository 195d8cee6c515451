"""Tagging: a tag a word, words read letter by letter, and the best path through all tags."""

import numpy as np

from rnn_course.figures.drawings.lettering import shortened
from rnn_course.figures.drawings.parts import Drawing
from rnn_course.figures.drawings.sequences import checked_one_each, columns
from rnn_course.figures.palette import SMALL, TITLE, now, scale_of, tint

MOST_LETTERS = 10


def character_tagger(tokens, tags, ax=None, probabilities=None, title=None, decimals=2):
    """A tagger with characters below its words: one network reads letters, one reads words.

    Args:
        tokens: the n words of a sentence, at most about six.
        tags: n tags.
        ax: where to draw; a new figure by default.
        probabilities: n numbers, of each tag; none by default.
        title: what the drawing says, above it.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when there is not one tag or probability a word.

    Example:
        >>> ax = character_tagger(["be", "it"], ["VERB", "PRON"])
        >>> [text.get_text() for text in ax.texts]
        ['b', 'e', 'be', 'VERB', 'i', 't', 'it', 'PRON', 'letters', 'words', 'tags']
    """
    tags = checked_one_each("tags", tags, len(tokens), "word")
    if probabilities is not None:
        probabilities = checked_one_each("probabilities", probabilities, len(tokens), "word")
    d = Drawing()
    green, blue = now().categories[2], now().categories[0]
    small, x, before = 0.27, 0.0, None
    for step in columns(len(tokens), 7):
        if step is None:
            d.text(x + 0.1, 0.62, "…", TITLE)
            x += 0.5
            continue
        word = tokens[step]
        kept = columns(len(word), MOST_LETTERS)
        width = max(len(kept) * small, 1.0)
        middle, left = x + width / 2, x + (width - len(kept) * small) / 2 + small / 2
        for k, place in enumerate(kept):
            at = left + k * small
            if place is None:
                d.text(at, -0.62, "…", SMALL)
            else:
                d.text(at, -1.02, word[place], 10)
                d.box(at, -0.62, "", 0.17, 0.2, edge=green, fill=tint(green), line=1, round=0)
                d.arrow((at, -0.9), (at, -0.72), colour=green, width=0.8)
            if k:
                d.arrow((at - small + 0.085, -0.62), (at - 0.085, -0.62), colour=green, width=0.8,
                        head=False)  # fmt: skip
        end = left + (len(kept) - 1) * small
        d.arrow((end, -0.52), (end, -0.25), (middle, -0.25), (middle, -0.02), colour=green)
        d.box(middle, 0.14, shortened(word, 10, width), max(width - 0.1, 0.5), 0.32, size=10)
        d.arrow((middle, 0.3), (middle, 0.56))
        d.box(middle, 0.8, "", 0.5, 0.48, edge=blue, fill=tint(blue))
        if before is not None:
            d.arrow((before + 0.25, 0.88), (middle - 0.25, 0.88), colour=blue)
            d.arrow((middle - 0.25, 0.72), (before + 0.25, 0.72), colour=blue)
        d.arrow((middle, 1.04), (middle, 1.3))
        said = f"{tags[step]}"
        if probabilities is not None:
            said += f" {probabilities[step]:.{decimals}f}"
        d.word(middle, 1.44, said, width + 0.2)
        before, x = middle, x + width + 0.28
    for y, name, colour in ((-0.62, "letters", green), (0.8, "words", blue), (1.44, "tags", None)):
        d.text(-0.25, y, name, SMALL, ha="right", colour=colour or now().muted)
    each = "; ".join(f"{word}: {tag}" for word, tag in zip(tokens, tags, strict=True))
    words = (
        "A tagger of two levels: a network reads each word letter by letter, and its last state "
        f"stands beside the word's own vector; another reads the words in both directions. {each}."
    )
    return d.finish(ax, words, title)


def crf_trellis(tokens, labels, emissions, transitions, ax=None, start=None, greedy=False,
                title=None, decimals=1):  # fmt: skip
    """All ways through the labels of a sentence, with the scores of each step, and the best way.

    Args:
        tokens: the n tokens, at most eight.
        labels: their k possible labels, at most seven.
        emissions: ``(n, k)``: how well each label fits each token.
        transitions: ``(k, k)``: how well a label (row) is followed by another (column).
        ax: where to draw; a new figure by default.
        start: ``(k,)``: how well a sentence begins with each; zeros by default.
        greedy: whether the way that takes the best label of each token is drawn beside it, dashed.
        title: what the drawing says, above it.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when the scores do not fit the tokens and labels, one is not a number, or there
            are too many to be read.

    Example:
        >>> from rnn_course.figures import alt_text
        >>> ax = crf_trellis(["a", "b"], ["O", "I"], [[1, 0], [0, 0.5]], [[0, -2], [0, 0]])
        >>> alt_text(ax)[-30:]
        'Best way: a O, b O, score 1.0.'
    """
    emissions, transitions = np.asarray(emissions, float), np.asarray(transitions, float)
    n, k = len(tokens), len(labels)
    start = np.zeros(k) if start is None else np.asarray(start, float)
    if emissions.shape != (n, k) or transitions.shape != (k, k) or start.shape != (k,) or not n * k:
        raise ValueError(
            f"emissions must have shape {(n, k)}, transitions {(k, k)} and start {(k,)}, at least "
            f"one token and label: got {emissions.shape}, {transitions.shape} and {start.shape}"
        )
    if n > 8 or k > 7:
        raise ValueError(f"a trellis has room for 8 tokens and 7 labels, got {n} and {k}: draw a "
                         "part of the sentence, or some of the labels")  # fmt: skip
    if any(np.isnan(scores).any() for scores in (emissions, transitions, start)):
        raise ValueError("emissions, transitions and start must be numbers, got NaN")
    path, score = _best_path(emissions, transitions, start)
    across, down = 1.5, 0.66
    d = Drawing()
    orange, blue = now().categories[1], now().categories[0]
    scale, low, high = scale_of(emissions)
    ghost = now().ghost
    for step in range(1, n):
        for one in range(k):
            for other in range(k):
                d.arrow(*_edge(step, one, other, across, down), ghost=True, width=0.7, head=False)
    own = emissions.argmax(axis=1)
    if greedy and list(own) != path:
        for step in range(1, n):
            d.arrow(*_edge(step, own[step - 1], own[step], across, down), colour=blue, dashed=True,
                    width=2)  # fmt: skip
    for step in range(1, n):
        one, other = path[step - 1], path[step]
        edge = _edge(step, one, other, across, down)
        d.arrow(*edge, colour=orange, width=2.6)
        middle = (np.array(edge[0]) + edge[1]) / 2
        text = f"{transitions[one, other]:+.{decimals}f}"
        d.box(*middle, text, 0.5, 0.22, edge="none", size=SMALL, ink=orange)
    for step, token in enumerate(tokens):
        for label in range(k):
            ground = scale((emissions[step, label] - low) / (high - low))
            best = path[step] == label
            score_here = f"{emissions[step, label]:.{decimals}f}"
            look = dict(edge=orange, line=2.4) if best else dict(edge=ghost, line=1)
            d.box(step * across, -label * down, score_here, 0.62, fill=ground, size=10, **look)
        d.word(step * across, -k * down + 0.16, token, across - 0.1)
    for label, name in enumerate(labels):
        d.word(-0.5, -label * down, name, 1.4, ha="right")
    right = (n - 1) * across + 0.5
    d.text(right, -path[-1] * down, f"score {score:.{decimals}f}", ha="left", colour=orange)
    if greedy and list(own) != path:
        worse = _score(own, emissions, transitions, start)
        row = -own[-1] * down - (0.26 if own[-1] == path[-1] else 0)
        d.text(right, row, f"greedy {worse:.{decimals}f}", ha="left", colour=blue)
    way = ", ".join(f"{token} {labels[label]}" for token, label in zip(tokens, path, strict=True))
    words = f"Trellis of the labels {', '.join(labels)} over the tokens {' '.join(tokens)}. "
    words += f"Best way: {way}, score {score:.{decimals}f}."
    if greedy:
        other = ", ".join(labels[label] for label in own)
        worse = _score(own, emissions, transitions, start)
        words += f" Greedy: {other}, score {worse:.{decimals}f}."
    return d.finish(ax, words, title)


def _edge(step, one, other, across, down):
    return ((step - 1) * across + 0.31, -one * down), (step * across - 0.31, -other * down)


def _best_path(emissions, transitions, start):
    """Viterbi: for each label the best score of a way that ends in it, and where it came from."""
    scores, back = start + emissions[0], []
    for row in emissions[1:]:
        ways = scores[:, None] + transitions
        back.append(ways.argmax(axis=0))
        scores = ways.max(axis=0) + row
    path = [int(scores.argmax())]
    for came_from in reversed(back):
        path.insert(0, int(came_from[path[0]]))
    return path, scores.max()


def _score(path, emissions, transitions, start):
    steps = np.arange(len(path))
    return start[path[0]] + emissions[steps, path].sum() + transitions[path[:-1], path[1:]].sum()
