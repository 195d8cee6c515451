"""Curves and maps of a run: each function takes arrays, draws on an `Axes` and returns it.

Colours can be told apart by the colour-blind and carry nothing alone: numbers, markers and line
styles say the same in grey. What a picture shows is said in words by `alt_text`, made from the
same data. Pictures of networks are in `rnn_course.diagrams`.
"""

from functools import partial

import numpy as np

from rnn_course.figure_data import BAND, numbers

# Okabe & Ito's palette without its yellow and black, which are hard to see or taken by the axes.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
MARKERS = ("o", "s", "^", "D", "v", "P")
LINE_STYLES = ("-", "--", "-.", (0, (7, 1, 1, 1, 1, 1)))


def alt_text(ax):
    """What a picture of this package shows, in words, for those who do not see it.

    Args:
        ax: what the function that drew the picture returned.

    Returns:
        Sentences made from the data: names, first, last and extreme values.

    Raises:
        ValueError: when the picture is not of this package.

    Example:
        >>> alt_text(by_distance([1, 2], {"simple RNN": [1.0, 0.75]}))
        'Accuracy against distance (tokens), 1 to 2. simple RNN: 1 at 1, 0.75 at 2.'
    """
    if not ax.get_label():
        raise ValueError("ax bears no description: draw with rnn_course.plotting or diagrams")
    return ax.get_label()


def describe(ax, text):
    """Say in words what `ax` shows: the text that `alt_text` returns.

    Notebooks get it too, as the ``alt`` of the picture's metadata; its ``csv`` are the `numbers`.
    """
    ax.set_label(text[0].upper() + text[1:])  # also in the printed form of the Axes
    # IPython asks each object that it shows for this.
    ax.figure._repr_mimebundle_ = partial(_beside_picture, ax.figure)


def _beside_picture(figure, **_):
    labels = [ax.get_label() for ax in figure.axes]
    text = " ".join(label for label in labels if not label.startswith("<"))  # <colorbar>
    return {}, {"image/png": {"alt": text, "csv": numbers(figure)}}


def by_distance(
    distances,
    accuracies,
    ax=None,
    baseline=None,
    baseline_label="majority baseline",
    xlabel="distance (tokens)",
    ylabel="accuracy",
):
    """Accuracy against the distance of a dependency, a line a model.

    Args:
        distances: n numbers, rising.
        accuracies: ``{model: values}``, values of shape ``(n,)``, or ``(seeds, n)``: then the line
            is the mean and the band goes from the lowest to the highest seed.
        ax: where to draw; a new figure by default.
        baseline: accuracy of a trivial baseline, a number or n of them; none by default.
        baseline_label: what the baseline is called.
        xlabel: below the axis of distances.
        ylabel: beside the axis of accuracies.

    Returns:
        The `Axes`, with a legend.

    Raises:
        ValueError: when a model's values, or the baseline, are not one a distance.

    Example:
        >>> ax = by_distance([1, 2], {"simple RNN": [[1.0, 0.5], [1.0, 1.0]]}, baseline=0.5)
        >>> ax.lines[0].get_ydata().tolist()
        [1.0, 0.75]
    """
    ax, text = _curves("distances", distances, "accuracies", accuracies, ax, xlabel, ylabel)
    if baseline is not None:
        distances = np.asarray(distances, float)
        level = np.asarray(baseline, float)
        if level.shape not in ((), distances.shape):
            raise ValueError(
                f"baseline must be a number or {len(distances)} of them, got shape {level.shape}"
            )
        level = np.broadcast_to(level, distances.shape)
        ax.plot(distances, level, color="0.4", linestyle=":", label=baseline_label)
        _legend(ax)
        text += f" {baseline_label}: {_span(level)}."
    describe(ax, text)
    return ax


def gradient_by_lag(
    norms,
    ax=None,
    xlabel="lag (steps back)",
    ylabel=r"$\|\partial L/\partial h_{n-k}\|$",
):
    """The size of the gradient against how far back it has come, on a logarithmic scale.

    Args:
        norms: ``{model: values}``, values of shape ``(lags,)``, or ``(runs, lags)``: then the line
            is the geometric mean and the band goes from the lowest to the highest run. The first
            is lag 0; NaN and zeros are left out.
        ax: where to draw; a new figure by default.
        xlabel: below the axis of lags.
        ylabel: beside the axis of norms.

    Returns:
        The `Axes`, with a legend.

    Raises:
        ValueError: when there is nothing to draw, a norm is negative or the models do not have
            the same lags.

    Example:
        >>> ax = gradient_by_lag({"simple RNN": [1.0, 0.5, 0.25]})
        >>> ax.get_yscale(), ax.lines[0].get_ydata().tolist()
        ('log', [1.0, 0.5, 0.25])
    """
    norms = {name: np.atleast_2d(np.asarray(values, float)) for name, values in norms.items()}
    for name, values in norms.items():
        if (values < 0).any():
            raise ValueError(f"norms of {name!r} must not be negative, got {np.nanmin(values)}")
        norms[name] = np.where(values > 0, values, np.nan)
    lags = np.arange(next(iter(norms.values())).shape[-1]) if norms else [0]
    ax, text = _curves("lags", lags, "norms", norms, ax, xlabel, ylabel, log=True)
    if ylabel.startswith("$"):  # words are read out better than a formula
        text = text.replace(ylabel, "norm of the gradient", 1)
    describe(ax, text + " The scale is logarithmic.")
    return ax


def loss_curves(losses, ax=None, steps=None, xlabel="training step", ylabel="loss (nats)"):
    """Losses in training, a line a model, a band over its seeds.

    Args:
        losses: ``{model: values}``, values of shape ``(n,)``, or ``(seeds, n)``: then the line is
            the mean and the band goes from the lowest to the highest seed.
        ax: where to draw; a new figure by default.
        steps: when each of the n was measured; 1 to n by default.
        xlabel: below the axis of steps.
        ylabel: beside the axis of losses.

    Returns:
        The `Axes`, with a legend.

    Raises:
        ValueError: when there is nothing to draw, or values and steps are not equally many.

    Example:
        >>> ax = loss_curves({"GRU": [[2.0, 1.0], [1.0, 0.5]]})
        >>> alt_text(ax)
        'Loss (nats) against training step, 1 to 2. GRU: 1.5 at 1, 0.75 at 2.'
    """
    if steps is None and losses:
        steps = 1 + np.arange(np.shape(next(iter(losses.values())))[-1])
    ax, text = _curves("steps", steps, "losses", losses, ax, xlabel, ylabel, markers=False)
    ax.xaxis.get_major_locator().set_params(integer=True)  # there is no step 1.25
    describe(ax, text)
    return ax


def gate_heat_map(tokens, gates, ax=None, low=0.0, high=1.0, label="gate", decimals=None):
    """A gate's values over the tokens of a sentence: darker is lower.

    Args:
        tokens: the n tokens read.
        gates: ``(n, units)``, as in one sentence of `rnn_course.inspection.gate_traces`, or
            ``{row name: (n,)}`` for rows with names of their own.
        ax: where to draw; a new figure, 9.5 inches wide at most, by default.
        low: the value that is darkest, 0 for a gate, -1 for a candidate or a state.
        high: the value that is lightest.
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
    if not low < high:
        raise ValueError(f"low must be below high, got {low} and {high}")
    ax = axes_for(ax, (min(9.5, 2.5 + 0.55 * len(tokens)), 1.2 + 0.28 * len(rows)))
    image = ax.imshow(rows, cmap="cividis", vmin=low, vmax=high, aspect="auto")
    if decimals is not None:
        for (row, column), value in np.ndenumerate(rows):
            ink = "white" if value < low + 0.55 * (high - low) else "black"
            number = f"{value:.{decimals}f}"
            ax.text(column, row, number, ha="center", va="center", color=ink, fontsize=9)
    ax.set_xticks(range(len(tokens)), tokens, rotation=45, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(names)), names)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.figure.colorbar(image, ax=ax, label=label, pad=0.02)
    spans = []
    for name, row in zip(names, rows, strict=True):
        lowest, highest = np.nanargmin(row), np.nanargmax(row)
        spans.append(
            f"{name}: lowest {_number(row[lowest])} at {tokens[lowest]} (token {lowest + 1}), "
            f"highest {_number(row[highest])} at {tokens[highest]} (token {highest + 1})."
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
):
    """A number for each pair of tags: a confusion matrix, or the transitions of a CRF.

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
    image = ax.imshow(values, cmap="cividis", aspect="auto")
    middle = (values.min() + values.max()) / 2
    for (row, column), value in np.ndenumerate(values):
        if round(value, decimals):
            ink = "white" if value < middle else "black"
            number = f"{value:.{decimals}f}"
            ax.text(column, row, number, ha="center", va="center", color=ink, fontsize=8)
    ax.set_xticks(range(len(columns)), columns, rotation=45, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(rows)), rows)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.figure.colorbar(image, ax=ax, label=label, pad=0.02)
    pairs = {
        f"{row}, {column}": value
        for row, line in zip(rows, values, strict=True)
        for column, value in zip(columns, line, strict=True)
        if not (square and row == column)
    }
    text = f"Heat map of the {label}: {ylabel} ({', '.join(rows)}), {xlabel}."
    if square:
        text += f" On the diagonal: {_span(np.diag(values))}."
    ranked = sorted(pairs, key=pairs.get, reverse=True)
    parts = [("Highest", ranked[:3])] + [("Lowest", ranked[:-4:-1])] * (len(ranked) > 3)
    for name, found in parts:
        if found:
            listed = "; ".join(f"{pair}: {_number(pairs[pair])}" for pair in found)
            text += f" {name}{' elsewhere' * square}: {listed}."
    describe(ax, text)
    return ax


def alignment_heat_map(source, target, weights, gold=(), ax=None, label="attention weight"):
    """Where a decoder looks at the source as it writes each target token, beside the true links.

    Args:
        source: the tokens read, a column each.
        target: the tokens written, a row each.
        weights: ``(target, source)``, 0 to 1, as `EncoderDecoder.attention_weights` gives them.
        gold: pairs of positions, source first, that translate each other: each gets a frame.
        ax: where to draw; a new figure by default.
        label: what is shown, beside the scale of colours.

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
    image = ax.imshow(weights, cmap="cividis", vmin=0, vmax=1, aspect="auto")
    for i, j in gold:
        ax.add_patch(_frame(i, j))
    ax.set_xticks(range(len(source)), source, rotation=45, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(target)), target)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.figure.colorbar(image, ax=ax, label=label, pad=0.02)
    looks = [
        f"{word}: {source[row.argmax()]} {_number(row.max())}"
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

    Returns:
        The `Axes`.

    Raises:
        ValueError: when there is no token, not one weight a token, or not one label or list of
            places a sentence.

    Example:
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
    for number, tokens in enumerate(sentences):
        tops.append(line)
        column = 0
        for place, token in enumerate(tokens):
            if column and column + len(token) > width:
                column, line = 0, line + 1
            fields.append((number, place, column, line))
            column += len(token) + 1
        line += 1.4  # a gap between sentences
    ax = axes_for(ax, (0.078 * width + 2.4, 0.4 + 0.27 * line))
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.patches import Rectangle

    scale = ScalarMappable(cmap=colormaps["Blues"])
    scale.set_clim(0, high)
    for number, place, column, at in fields:
        token, weight = sentences[number][place], weights[number][place]
        framed = place in gold[number]
        field = Rectangle(
            (column - 0.4, at - 0.42),
            len(token) + 0.8,
            0.84,
            facecolor=scale.to_rgba(weight),
            edgecolor=COLOURS[1] if framed else "none",
            linewidth=1.5,
        )
        ax.add_patch(field)
        ink = "white" if weight > 0.6 * high else "black"
        middle = column + len(token) / 2
        ax.text(
            middle, at, token, ha="center", va="center", color=ink, size=9, family="monospace"
        ).set_parse_math(False)
    ax.set(xlim=(-1, width + 1), ylim=(line - 0.7, -0.7), xticks=[])
    ax.set_yticks(tops, labels)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.figure.colorbar(scale, ax=ax, label=label, pad=0.02)
    text = f"Text, shaded by {label}."
    for tokens, row, name, places in zip(sentences, weights, labels, gold, strict=True):
        text += f" {name}{': ' * bool(name)}“{' '.join(tokens)}”: "
        text += f"largest {_number(row.max())} at {tokens[row.argmax()]}"
        framed = ", ".join(tokens[place] for place in sorted(places))
        text += f", framed: {framed}." if framed else "."
    describe(ax, text)
    return ax


def embedding_map(labels, vectors, ax=None, groups=None):
    """Vectors in the plane of their two largest principal components, each with its label.

    Args:
        labels: the n words, or whatever the vectors stand for.
        vectors: ``(n, dimensions)``, at least two of each.
        ax: where to draw; a new figure by default.
        groups: n names; those of the same name get the same colour and marker. None by default.

    Returns:
        The `Axes`; each axis says which share of the variance it shows.

    Raises:
        ValueError: when labels, groups and vectors are not equally many, or fewer than two.

    Example:
        >>> ax = embedding_map(["a", "b", "c"], [[0.0, 0.0], [3.0, 0.0], [0.0, 1.0]])
        >>> [text.get_text() for text in ax.texts]
        ['a', 'b', 'c']
    """
    vectors = np.asarray(vectors, float)
    if vectors.ndim != 2 or len(vectors) != len(labels) or min(vectors.shape) < 2:
        raise ValueError(
            "vectors must have shape (labels, dimensions), at least two of each: "
            f"got {vectors.shape} for {len(labels)} labels"
        )
    if groups is not None and len(groups) != len(labels):
        raise ValueError(f"groups must be {len(labels)}, one a label, got {len(groups)}")
    points, shares = _principal_components(vectors)
    ax = axes_for(ax, (7, 5))
    groups = [""] * len(labels) if groups is None else list(groups)
    for i, group in enumerate(dict.fromkeys(groups)):
        inside = np.array([name == group for name in groups])
        ax.scatter(
            *points[inside].T,
            color=COLOURS[i % len(COLOURS)],
            marker=MARKERS[i % len(MARKERS)],
            s=24,
            label=group or None,
        )
    for side, share in zip("xy", shares, strict=True):
        number = "first" if side == "x" else "second"
        ax.set(**{f"{side}label": f"{number} principal component ({share:.0%} of the variance)"})
    ax.margins(x=0.1)
    ax.spines[["top", "right"]].set_visible(False)
    if any(groups):
        _legend(ax)
    _place_labels(ax, labels, points)
    ends = [(np.argmin(points[:, k]), np.argmax(points[:, k])) for k in (0, 1)]
    left, right, bottom, top = (labels[i] for pair in ends for i in pair)
    describe(
        ax,
        f"Map of {len(labels)} vectors in the plane of their two largest principal components, "
        f"{shares.sum():.0%} of the variance. Farthest left: {left}; right: {right}; "
        f"top: {top}; bottom: {bottom}.",
    )
    return ax


def _frame(column, row):
    """A frame around a field of a heat map, white with a black edge: seen on dark and on light."""
    from matplotlib import patheffects
    from matplotlib.patches import Rectangle

    edge = patheffects.withStroke(linewidth=4, foreground="black")
    place = (column - 0.5, row - 0.5)
    return Rectangle(place, 1, 1, fill=False, edgecolor="white", linewidth=2, path_effects=[edge])


def _principal_components(vectors):
    """Places in the plane of largest variance, ``(n, 2)``, and the share of each direction."""
    centred = vectors - vectors.mean(axis=0)
    left, singular, directions = np.linalg.svd(centred, full_matrices=False)
    # A direction and its opposite are the same: its largest entry is made positive.
    largest = np.abs(directions).argmax(axis=1)
    signs = np.sign(directions[np.arange(len(directions)), largest])
    variance = singular**2
    return (left * singular * signs)[:, :2], (variance / max(variance.sum(), 1e-300))[:2]


def _place_labels(ax, labels, points):
    """Write each label beside its point, on that side where it covers least."""
    ax.figure.draw_without_rendering()  # lays the figure out: from now on places are final
    per_inch = 72 / ax.figure.dpi
    places = ax.transData.transform(points) * per_inch  # in points, as sizes of letters are
    taken = [(x - 3, y - 3, x + 3, y + 3) for x, y in places]
    for label, point, (x, y) in zip(labels, points, places, strict=True):
        width, height = 5.5 * len(label), 10  # about, at 9 points
        sides = [(4, 3), (4, -3 - height), (-4 - width, 3), (-4 - width, -3 - height)]
        sides += [(-width / 2, 5), (-width / 2, -5 - height)]
        boxes = [(x + dx, y + dy, x + dx + width, y + dy + height) for dx, dy in sides]
        best = min(range(len(boxes)), key=lambda i: sum(_overlap(boxes[i], b) for b in taken))
        taken.append(boxes[best])
        ax.annotate(label, point, sides[best], textcoords="offset points", fontsize=9)


def _overlap(box, other):
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    return max(width, 0) * max(height, 0)


def _curves(xname, x, yname, curves, ax, xlabel, ylabel, log=False, markers=True):
    """A line a model with a band over its runs, and the words for it."""
    if not curves:
        raise ValueError(f"{yname} must hold at least one model: {{name: values}}")
    x = np.asarray(x, float)
    if x.ndim != 1 or x.size == 0:
        raise ValueError(f"{xname} must be a list of numbers, got shape {x.shape}")
    runs = {name: np.atleast_2d(np.asarray(values, float)) for name, values in curves.items()}
    for name, values in runs.items():
        if values.shape[1:] != x.shape or not len(values):
            raise ValueError(
                f"{yname} of {name!r} must have shape ({len(x)},) or (seeds, {len(x)}), "
                f"got {values.shape}"
            )
    ax = axes_for(ax, (8, 3.6))
    sentences = [f"{ylabel} against {xlabel}, {_number(x[0])} to {_number(x[-1])}."]
    for i, (name, values) in enumerate(runs.items()):
        colour = COLOURS[i % len(COLOURS)]
        known = np.ma.masked_invalid(values)
        centre = np.ma.exp(np.ma.log(known).mean(axis=0)) if log else known.mean(axis=0)
        centre, low, high = (np.ma.filled(v, np.nan) for v in (centre, known.min(0), known.max(0)))
        ax.plot(
            x,
            centre,
            color=colour,
            marker=MARKERS[i % len(MARKERS)] if markers else None,
            linestyle=LINE_STYLES[i % len(LINE_STYLES)],
            # Hollow and of falling size: where lines lie on each other, all markers can be seen.
            markersize=max(10 - 1.5 * i, 4),
            markerfacecolor="none",
            markevery=max(1, len(x) // 20),
            label=name,
        )
        if len(values) > 1:
            band = dict(color=colour, alpha=0.2, linewidth=0, label=f"{BAND}{name}")
            ax.fill_between(x, low, high, **band)
        sentences.append(f"{name}: {_course(x, centre)}.")
    if log:
        ax.set_yscale("log")
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    ax.spines[["top", "right"]].set_visible(False)
    _legend(ax)
    return ax, " ".join(sentences)


def _course(x, y):
    """First and last value of a curve, and its extremes where they lie in between."""
    known = np.flatnonzero(~np.isnan(y))
    if not len(known):
        return "no values"
    marks = {known[0]: "", known[-1]: ""}
    for name, at in (("lowest", np.nanargmin(y)), ("highest", np.nanargmax(y))):
        if y[at] not in (y[known[0]], y[known[-1]]):
            marks[at] = f"{name} "
    return ", ".join(f"{marks[i]}{_number(y[i])} at {_number(x[i])}" for i in sorted(marks))


def _span(values):
    low, high = _number(np.min(values)), _number(np.max(values))
    return low if low == high else f"between {low} and {high}"


def _number(value):
    return f"{value:.2g}" if abs(value) < 1 else f"{value:.4g}"


def _legend(ax):
    ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))


def axes_for(ax, size):
    """`ax`, or the `Axes` of a new figure of that size in inches."""
    if ax is not None:
        return ax
    from matplotlib import pyplot as plt  # only now: it chooses how the machine shows figures

    return plt.subplots(figsize=size, layout="constrained")[1]
