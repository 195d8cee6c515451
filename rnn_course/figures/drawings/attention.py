"""Weighted sums of states: attention over a sentence, and between an encoder and a decoder."""

import numpy as np

from rnn_course.figures.drawings.parts import CELL, Drawing
from rnn_course.figures.drawings.sequences import (
    checked_one_each,
    checked_states,
    columns,
    largest_of,
    listed,
)
from rnn_course.figures.palette import SMALL, TITLE, now, share_map, tint

WIDE, HIGH = CELL
PITCH = 1.02
MOST = 8


def attention_pooling(tokens, states, scores, ax=None, title=None, decimals=2):
    """One vector for a sentence: a score for each state, a softmax over them, a weighted sum.

    Args:
        tokens: the n tokens read.
        states: ``(n, units)``, the state after each of them.
        scores: n numbers, how well each state answers the query; minus infinity for padding.
        ax: where to draw; a new figure by default.
        title: what the drawing says, above it.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when the arrays do not belong to one run, or there is nothing to look at.

    Example:
        >>> ax = attention_pooling(["not", "bad"], [[1.0], [0.0]], [0.0, 0.0])
        >>> [text.get_text() for text in ax.texts if "." in text.get_text()]
        ['1.00', '0.00', '0.50', '0.00', '0.00', '0.50', '0.50']
    """
    states = checked_states("states", states, len(tokens))
    scores, weights = _softmax("scores", scores, len(tokens))
    context = weights @ states
    largest = largest_of(states)
    half = states.shape[1] * HIGH / 2
    d = Drawing()
    shown = columns(len(tokens), MOST)
    score_y, weight_y, sum_y = half + 0.55, half + 1.65, half + 2.55
    end = (len(shown) - 1) * PITCH
    middle = end / 2
    for place, step in enumerate(shown):
        x = place * PITCH
        if place:
            d.arrow((x - PITCH + WIDE / 2, 0), (x - WIDE / 2, 0))
        if step is None:
            for y in (-half - 0.25, 0, score_y, weight_y):
                d.text(x, y, "…", TITLE)
            continue
        d.word(x, -half - 0.25, tokens[step], PITCH - 0.05)
        d.vector(x, 0, states[step], largest=largest, decimals=decimals)
        d.arrow((x, half), (x, score_y - 0.15))
        d.box(x, score_y, _written(scores[step], decimals), WIDE, 0.3, size=10, line=0.8, round=0)
        d.arrow((x, score_y + 0.15), (x, score_y + 0.4))
        d.arrow((x, weight_y - 0.4), (x, weight_y - 0.15))
        _weight(d, x, weight_y, weights[step], decimals)
        _lines_to_sum(d, (x, weight_y + 0.15), (middle, sum_y - 0.17), weights[step])
    d.box(middle, (score_y + weight_y) / 2, "softmax: they add up to 1", end + WIDE, 0.3,
          fill=tint(now().ghost), size=10)  # fmt: skip
    d.operator(middle, sum_y, "\\Sigma")
    d.arrow((middle + 0.17, sum_y), (middle + 1.0, sum_y))
    d.vector(middle + 1.0 + WIDE * states.shape[1] / 2, sum_y, context, across=True,
             largest=largest, decimals=decimals)  # fmt: skip
    d.formula(
        middle + 1.1 + WIDE * states.shape[1], sum_y, "c = \\Sigma\\, \\alpha_t h_t", ha="left"
    )
    for y, name in ((0, "states\n$h_t$"), (score_y, "scores"), (weight_y, "weights\n$\\alpha_t$")):
        d.text(-0.5, y, name, ha="right", formula=True)
    each = "; ".join(
        f"{t}: score {_written(s, decimals)}, weight {w:.{decimals}f}"
        for t, s, w in zip(tokens, scores, weights, strict=True)
    )
    words = f"Attention over the tokens {' '.join(tokens)}. {each}. "
    words += f"The weighted sum of the states: {listed(context, decimals)}."
    return d.finish(ax, words, title)


def encoder_decoder(source, encoder_states, target, decoder_states, ax=None, begin="<s>",
                    title=None, decimals=2):  # fmt: skip
    """An encoder and a decoder that meet in one vector: all that the decoder knows of the source.

    Args:
        source: the n tokens read.
        encoder_states: ``(n, units)``.
        target: the m tokens written.
        decoder_states: ``(m, units)``: the state from which each was written.
        ax: where to draw; a new figure by default.
        begin: what the decoder reads first.
        title: what the drawing says, above it.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when the arrays do not belong to one run.

    Example:
        >>> ax = encoder_decoder(["I", "read"], [[0.25], [0.5]], ["Ich", "lese"], [[0.75], [1.0]])
        >>> [text.get_text() for text in ax.texts if "." in text.get_text()]
        ['0.25', '0.50', '0.50', '0.75', '1.00']
    """
    encoded = checked_states("encoder_states", encoder_states, len(source), "source tokens")
    decoded = checked_states("decoder_states", decoder_states, len(target), "target tokens")
    largest = largest_of(encoded, decoded)
    high = max(encoded.shape[1], decoded.shape[1]) * HIGH / 2
    blue, orange = now().categories[:2]
    d = Drawing()
    left, right = columns(len(source), 5), columns(len(target), 5)
    x = 0.0
    for place, step in enumerate(left):
        x = place * PITCH
        if place:
            d.arrow((x - PITCH + WIDE / 2, 0), (x - WIDE / 2, 0), colour=blue)
        if step is None:
            d.text(x, 0, "…", TITLE)
            continue
        d.vector(x, 0, encoded[step], largest=largest, decimals=decimals)
        d.arrow((x, -high - 0.35), (x, -encoded.shape[1] * HIGH / 2))
        d.word(x, -high - 0.5, source[step], PITCH - 0.05)
    d.bracket(-0.3, x + 0.3, high + 0.12, "encoder", colour=blue)
    middle = x + 1.35
    d.arrow((x + WIDE / 2, 0), (middle - WIDE / 2 - 0.08, 0), colour=blue)
    d.vector(middle, 0, encoded[-1], largest=largest, decimals=decimals, frame=now().ink)
    d.text(middle, -encoded.shape[1] * HIGH / 2 - 0.14, "one vector:\nall the decoder\nis told",
           SMALL, va="top")  # fmt: skip
    first = middle + 1.35
    inputs = [begin, *target[:-1]]
    d.arrow((middle + WIDE / 2 + 0.08, 0), (first - WIDE / 2, 0), colour=orange)
    for place, step in enumerate(right):
        x = first + place * PITCH
        if place:
            d.arrow((x - PITCH + WIDE / 2, 0), (x - WIDE / 2, 0), colour=orange)
        if step is None:
            d.text(x, 0, "…", TITLE)
            continue
        half = decoded.shape[1] * HIGH / 2
        d.vector(x, 0, decoded[step], largest=largest, decimals=decimals)
        d.arrow((x, -high - 0.35), (x, -half))
        d.word(x, -high - 0.5, inputs[step], PITCH - 0.05, colour=orange if step else None)
        d.arrow((x, half), (x, high + 0.35))
        d.word(x, high + 0.5, target[step], PITCH - 0.05, colour=orange)
    d.bracket(first - 0.3, x + 0.3, high + 0.72, "decoder", colour=orange)
    words = (
        f"An encoder reads {' '.join(source)}; its last state, {listed(encoded[-1], decimals)}, is "
        f"where the decoder begins, which writes {' '.join(target)}."
    )
    return d.finish(ax, words, title)


def decoder_attention(source, encoder_states, scores, decoder_state, token, ax=None, read="<s>",
                      title=None, decimals=2):  # fmt: skip
    """Attention inside the decoder, at one step: its state asks, the encoder's states answer.

    Args:
        source: the n tokens read.
        encoder_states: ``(n, units)``.
        scores: n numbers: how well each of them answers the decoder's state.
        decoder_state: ``(units,)``, the query.
        token: what the decoder writes at this step.
        ax: where to draw; a new figure by default.
        read: the token that the decoder has read.
        title: what the drawing says, above it.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when the arrays do not belong to one run, or there is nothing to look at.

    Example:
        >>> ax = decoder_attention(["I", "read"], [[1.0], [0.0]], [0, 0], [0.75], "Ich")
        >>> [text.get_text() for text in ax.texts if "." in text.get_text()]
        ['1.00', '0.50', '0.00', '0.50', '0.50', '0.75']
    """
    states = checked_states("encoder_states", encoder_states, len(source), "source tokens")
    _, weights = _softmax("scores", scores, len(source))
    query = np.asarray(decoder_state, float)
    if query.ndim != 1 or not query.size:
        raise ValueError(f"decoder_state must have shape (units,), got {query.shape}")
    context = weights @ states
    largest = largest_of(states, query)
    half = states.shape[1] * HIGH / 2
    blue, orange = now().categories[:2]
    d = Drawing()
    shown = columns(len(source), 6)
    end = (len(shown) - 1) * PITCH
    weight_y, sum_y = half + 0.6, half + 1.75
    for place, step in enumerate(shown):
        x = place * PITCH
        if place:
            d.arrow((x - PITCH + WIDE / 2, 0), (x - WIDE / 2, 0), colour=blue)
        if step is None:
            d.text(x, 0, "…", TITLE)
            d.text(x, weight_y, "…", TITLE)
            continue
        d.vector(x, 0, states[step], largest=largest, decimals=decimals)
        d.arrow((x, -half - 0.35), (x, -half))
        d.word(x, -half - 0.5, source[step], PITCH - 0.05)
        d.arrow((x, half), (x, weight_y - 0.15))
        _weight(d, x, weight_y, weights[step], decimals)
        _lines_to_sum(d, (x, weight_y + 0.15), (end / 2, sum_y - 0.17), weights[step])
    d.text(-0.45, 0, "encoder", ha="right", colour=blue)
    d.text(-0.45, weight_y, "weights", ha="right")
    d.operator(end / 2, sum_y, "\\Sigma")
    right = end + 1.75
    low, out = 0.0, right + 1.9
    tall = len(query) * HIGH / 2
    # The query goes to every score, and what comes back goes on with it.
    d.arrow((right - WIDE / 2, low), (right - 0.62, low), (right - 0.62, weight_y),
            (end + WIDE / 2 + 0.04, weight_y), colour=orange, dashed=True)  # fmt: skip
    d.text(right - 0.55, weight_y + 0.02, "compares itself\nwith each state", SMALL, ha="left",
           va="bottom", colour=orange)  # fmt: skip
    d.arrow((end / 2 + 0.17, sum_y), (out - WIDE * len(context) / 2, sum_y))
    d.vector(out, sum_y, context, "c", across=True, largest=largest, decimals=decimals)
    d.vector(right, low, query, "s_t", largest=largest, decimals=decimals)
    d.arrow((right, low - tall - 0.35), (right, low - tall))
    d.word(right, low - tall - 0.5, read, 1.2)
    d.text(right + WIDE / 2 + 0.1, low - tall - 0.1, "decoder", ha="left", colour=orange)
    d.arrow((right + WIDE / 2, low), (out - 0.45, low))
    d.arrow((out, sum_y - 0.15), (out, low + 0.2))
    d.box(out, low, "together", 0.9, 0.4, size=10)
    d.arrow((out, low - 0.2), (out, low - 0.55))
    d.word(out, low - 0.7, token, 1.6, weight="bold", colour=orange)
    each = "; ".join(f"{t} {w:.{decimals}f}" for t, w in zip(source, weights, strict=True))
    words = (
        f"One step of a decoder with attention. It has read {read}; its state "
        f"{listed(query, decimals)} is compared with the encoder's states, which gives the weights "
        f"{each}. Their weighted sum, {listed(context, decimals)}, and the state together give "
        f"{token}."
    )
    return d.finish(ax, words, title)


def _softmax(name, scores, count):
    scores = np.array(checked_one_each(name, scores, count), float)
    if np.isnan(scores).any() or not np.isfinite(scores).any() or (scores == np.inf).any():
        raise ValueError(
            f"{name} must be numbers or minus infinity, not all of it, got {scores.tolist()}"
        )
    weights = np.exp(scores - scores.max())
    return scores, weights / weights.sum()


def _written(score, decimals):
    return "-∞" if score == -np.inf else f"{score:.{decimals}f}"


def _weight(d, x, y, weight, decimals):
    """A weight on a ground as dark as it is large."""
    ground = share_map()(weight)
    d.box(x, y, f"{weight:.{decimals}f}", WIDE, 0.3, fill=ground, size=10, line=0.8, round=0)


def _lines_to_sum(d, start, end, weight):
    """A line as thick as the weight is large."""
    d.arrow(start, end, width=0.4 + 5 * weight, head=False, colour=now().share[1])
