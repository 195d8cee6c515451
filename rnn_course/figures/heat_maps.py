"""Maps of numbers: gates along a sentence, pairs of tags, alignments, weights over running text."""

import numpy as np

from rnn_course.figures.axes import axes_for, describe, entitle, number, span
from rnn_course.figures.palette import SMALL, ink_on, now, scale_of, share_map, signed_map


def gate_heat_map(
    tokens,
    gates,
    ax=None,
    low=0.0,
    high=1.0,
    label="gate",
    decimals=None,
    shares=(),
    title=None,
):
    """A gate's values over the tokens of a sentence, or a state's.

    From 0 up white becomes green. Where the scale goes below zero, zero is white, what is below
    blue, what is above orange.

    Args:
        tokens: the n tokens read.
        gates: ``(n, units)``, as in one sentence of `rnn_course.inspection.gate_traces`, or
            ``{row name: (n,)}`` for rows with names of their own.
        ax: where to draw; a new figure, 9.5 inches wide at most, by default.
        low: the lowest value of the scale, 0 for a gate, -1 for a candidate or a state.
        high: its highest; a scale with values below zero goes as far above it as below.
        label: what is shown, beside the scale of colours.
        decimals: digits after the point of the number in each field; none are written by default.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when there is not one value a token, or low is not below high.

    Example:
        >>> ax = gate_heat_map(["to", "be"], {"forget gate": [0.25, 1.0]}, decimals=2)
        >>> [text.get_text() for text in ax.texts]
        ['0.25', '1.00']
    """
    if hasattr(gates, "items"):
        names, rows = list(gates), np.array([np.asarray(row, float) for row in gates.values()])
    else:
        rows = np.asarray(gates, float).T
        names = [f"unit {unit}" for unit in range(1, len(rows) + 1)]
    if rows.ndim != 2 or rows.shape[1] != len(tokens) or rows.size == 0:
        raise ValueError(
            "gates must have shape (tokens, units) or be {name: (tokens,)}, at least one of each: "
            f"got {np.shape(rows.T)} for {len(tokens)} tokens"
        )
    if unknown := [name for name in shares if name not in names]:
        raise ValueError(f"shares must be names of rows, {names}: there is no {unknown}")
    if not low < high:
        raise ValueError(f"low must be below high, got {low} and {high}")
    ax = axes_for(ax, (min(9.5, 2.5 + 0.55 * len(tokens)), 1.2 + 0.28 * len(rows)))
    reach = max(-low, high)
    scale = (share_map(), low, high) if low >= 0 else (signed_map(), -reach, reach)
    apart = np.array([name in shares for name in names])
    maps = [(rows, scale)]
    if apart.any():
        fields = np.broadcast_to(apart[:, None], rows.shape)
        maps = [
            (np.ma.masked_array(rows, fields), scale),
            (np.ma.masked_array(rows, ~fields), (share_map(), 0, 1)),
        ]
    images = [_image(ax, values, of_values, decimals) for values, of_values in maps]
    ax.set_xticks(range(len(tokens)), tokens, rotation=45, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(names)), names)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    for image, what in zip(images, (label, "share"), strict=False):
        ax.figure.colorbar(image, ax=ax, label=what, pad=0.02)
    entitle(ax, title)
    spans = []
    for name, row in zip(names, rows, strict=True):
        lowest, highest = np.nanargmin(row), np.nanargmax(row)
        spans.append(
            f"{name}: lowest {number(row[lowest])} at {tokens[lowest]} (token {lowest + 1}), "
            f"highest {number(row[highest])} at {tokens[highest]} (token {highest + 1})."
        )
    text = f"Heat map of {label} over the tokens “{' '.join(tokens)}”. "
    describe(ax, text + (" ".join(spans) if len(names) <= 6 else f"{len(names)} rows."))
    return ax


def tag_heat_map(
    values,
    rows,
    columns=None,
    ax=None,
    xlabel="predicted tag",
    ylabel="gold tag",
    label="share of the row",
    decimals=2,
    title=None,
):
    """A number for each pair of tags: a confusion matrix, or the transitions of a CRF.

    Shares go from white to green; where some numbers are negative, zero is white.

    Args:
        values: ``(rows, columns)``, such as which share of a gold tag's words got which tag, or
            what it scores to go from one tag to another.
        rows: the tags of the rows.
        columns: the tags of the columns; those of the rows by default.
        ax: where to draw; a new figure by default.
        xlabel: what the columns are.
        ylabel: what the rows are.
        label: what the numbers are, beside the scale of colours.
        decimals: digits after the point of the number in each field; a number that rounds to zero
            is left out.
        title: what the map shows, above it.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when there is not one number a pair of tags.

    Example:
        >>> ax = tag_heat_map([[0.75, 0.25], [0.0, 1.0]], ["NOUN", "VERB"])
        >>> [text.get_text() for text in ax.texts]
        ['0.75', '0.25', '1.00']
    """
    square = columns is None
    columns = rows if square else columns
    values = np.asarray(values, float)
    if values.shape != (len(rows), len(columns)) or values.size == 0:
        raise ValueError(
            "values must have shape (rows, columns), at least one of each: "
            f"got {values.shape} for {len(rows)} rows and {len(columns)} columns"
        )
    ax = axes_for(ax, (2.3 + 0.42 * len(columns), 1.3 + 0.32 * len(rows)))
    image = _image(ax, values, scale_of(values), decimals, zeros=False)
    ax.set_xticks(range(len(columns)), columns, rotation=45, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(rows)), rows)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.figure.colorbar(image, ax=ax, label=label, pad=0.02)
    entitle(ax, title)
    pairs = {
        f"{row}, {column}": value
        for row, line in zip(rows, values, strict=True)
        for column, value in zip(columns, line, strict=True)
        if not (square and row == column)
    }
    text = f"Heat map of the {label}: {ylabel} ({', '.join(rows)}), {xlabel}."
    if square:
        text += f" On the diagonal: {span(np.diag(values))}."
    ranked = sorted(pairs, key=pairs.get, reverse=True)
    parts = [("Highest", ranked[:3])] + [("Lowest", ranked[:-4:-1])] * (len(ranked) > 3)
    for name, found in parts:
        if found:
            listed = "; ".join(f"{pair}: {number(pairs[pair])}" for pair in found)
            text += f" {name}{' elsewhere' * square}: {listed}."
    describe(ax, text)
    return ax


def alignment_heat_map(
    source, target, weights, gold=(), ax=None, label="attention weight", title=None
):
    """Where a decoder looks at the source as it writes each target token, beside the true links.

    Args:
        source: the tokens read, a column each.
        target: the tokens written, a row each.
        weights: ``(target, source)``, 0 to 1, as `EncoderDecoder.attention_weights` gives them.
        gold: pairs of positions, source first, that translate each other: each gets a frame.
        ax: where to draw; a new figure by default.
        label: what is shown, beside the scale of colours.
        title: what the map shows, above it.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when there is not one weight a pair of tokens, or a link leaves the sentence.

    Example:
        >>> ax = alignment_heat_map(["I", "read"], ["Ich", "lese"], np.eye(2), [(0, 0), (1, 1)])
        >>> [frame.get_xy() for frame in ax.patches]
        [(-0.5, -0.5), (0.5, 0.5)]
    """
    weights = np.asarray(weights, float)
    if weights.shape != (len(target), len(source)) or weights.size == 0:
        raise ValueError(
            "weights must have shape (target, source), at least one of each: got "
            f"{weights.shape} for {len(target)} target and {len(source)} source tokens"
        )
    for i, j in gold:
        if not (0 <= i < len(source) and 0 <= j < len(target)):
            raise ValueError(
                f"link ({i}, {j}) is not one of {len(source)} source and {len(target)} target "
                "tokens"
            )
    ax = axes_for(ax, (2.6 + 0.42 * len(source), 1.5 + 0.32 * len(target)))
    image = _image(ax, weights, (share_map(), 0, 1), None)
    for i, j in gold:
        ax.add_patch(_frame(i, j))
    ax.set_xticks(range(len(source)), source, rotation=45, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(target)), target)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.figure.colorbar(image, ax=ax, label=label, pad=0.02)
    entitle(ax, title)
    looks = [
        f"{word}: {source[row.argmax()]} {number(row.max())}"
        for word, row in zip(target, weights, strict=True)
    ]
    text = f"Heat map of the {label}: a row for each of “{' '.join(target)}”, a column for each of "
    text += f"“{' '.join(source)}”. Largest in each row: {'; '.join(looks)}."
    if gold:
        framed = set(gold)
        hits = sum((int(row.argmax()), j) in framed for j, row in enumerate(weights))
        rows = len({j for _, j in framed})
        text += (
            f" Frames mark the true links; {rows} rows have one, in {hits} the largest is framed."
        )
    describe(ax, text)
    return ax


def text_heat_map(
    sentences,
    weights,
    labels=None,
    gold=None,
    ax=None,
    high=1.0,
    label="attention weight",
    width=80,
    title=None,
):
    """Running text, each token on a field as dark as its weight is large.

    Args:
        sentences: lists of tokens; long ones go over several lines.
        weights: for each sentence a number a token, from 0 up.
        labels: what stands left of each sentence; nothing by default.
        gold: for each sentence the places of tokens to be framed; none by default.
        ax: where to draw; a new figure by default.
        high: the weight that is darkest.
        label: what is shown, beside the scale of colours.
        width: characters in a line; a longer token has a line of its own.
        title: what the text shows, above it.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when there is no token, not one weight a token, or not one label or list of
            places a sentence.

    Example:
        >>> from rnn_course.figures import alt_text
        >>> ax = text_heat_map([["not", "bad"]], [[0.25, 0.75]], gold=[[0, 1]])
        >>> alt_text(ax)
        'Text, shaded by attention weight. “not bad”: largest 0.75 at bad, framed: not, bad.'
    """
    weights = [np.asarray(row, float) for row in weights]
    shapes = [row.shape for row in weights]
    if not sentences or shapes != [(len(tokens),) for tokens in sentences] or (0,) in shapes:
        raise ValueError(
            "weights must be one a token, in each of one or more sentences of one or more tokens: "
            f"got {shapes} for sentences of {[len(tokens) for tokens in sentences]}"
        )
    labels = [""] * len(sentences) if labels is None else list(labels)
    gold = [()] * len(sentences) if gold is None else list(gold)
    if not len(labels) == len(gold) == len(sentences):
        raise ValueError(
            f"labels and gold must be one a sentence, got {len(labels)} and {len(gold)} "
            f"for {len(sentences)} sentences"
        )
    fields, tops, line = [], [], 0  # a field: sentence, place, column, line
    for row, tokens in enumerate(sentences):
        tops.append(line)
        column = 0
        for place, token in enumerate(tokens):
            if column and column + len(token) > width:
                column, line = 0, line + 1
            fields.append((row, place, column, line))
            column += len(token) + 1
        line += 1.4  # a gap between sentences
    ax = axes_for(ax, (0.078 * width + 2.4, 0.4 + 0.27 * line))
    from matplotlib.cm import ScalarMappable
    from matplotlib.patches import Rectangle

    scale = ScalarMappable(cmap=share_map())
    scale.set_clim(0, high)
    for row, place, column, at in fields:
        token, weight = sentences[row][place], weights[row][place]
        framed = place in gold[row]
        field = Rectangle(
            (column - 0.4, at - 0.42),
            len(token) + 0.8,
            0.84,
            facecolor=scale.to_rgba(weight),
            edgecolor=now().categories[1] if framed else "none",
            linewidth=1.5,
        )
        ax.add_patch(field)
        ink = ink_on(scale.to_rgba(weight)[:3])
        middle = column + len(token) / 2
        ax.text(
            middle, at, token, ha="center", va="center", color=ink, size=9, family="monospace"
        ).set_parse_math(False)
    ax.set(xlim=(-1, width + 1), ylim=(line - 0.7, -0.7), xticks=[])
    ax.set_yticks(tops, labels)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.figure.colorbar(scale, ax=ax, label=label, pad=0.02)
    entitle(ax, title)
    text = f"Text, shaded by {label}."
    for tokens, row, name, places in zip(sentences, weights, labels, gold, strict=True):
        text += f" {name}{': ' * bool(name)}“{' '.join(tokens)}”: "
        text += f"largest {number(row.max())} at {tokens[row.argmax()]}"
        framed = ", ".join(tokens[place] for place in sorted(places))
        text += f", framed: {framed}." if framed else "."
    describe(ax, text)
    return ax


def _image(ax, values, scale, decimals, zeros=True):
    """A field for each number, on a ground that says how large it is, the number in it."""
    colours, low, high = scale
    image = ax.imshow(values, cmap=colours, vmin=low, vmax=high, aspect="auto")
    if decimals is None:
        return image
    grounds = image.to_rgba(values)
    for (row, column), value in np.ma.ndenumerate(values):
        if zeros or round(value, decimals):
            ink = ink_on(grounds[row, column, :3]) if np.isfinite(value) else now().ink
            digits = f"{value:.{decimals}f}".replace("nan", "NaN")
            ax.text(column, row, digits, ha="center", va="center", color=ink, fontsize=SMALL)
    return image


def _frame(column, row):
    """A frame around a field of a heat map, seen on white and on the darkest green."""
    from matplotlib import patheffects
    from matplotlib.patches import Rectangle

    edge = patheffects.withStroke(linewidth=4, foreground=now().paper)
    place = (column - 0.5, row - 0.5)
    colour = now().categories[1]
    return Rectangle(place, 1, 1, fill=False, edgecolor=colour, linewidth=2, path_effects=[edge])
