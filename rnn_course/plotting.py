"""Pictures of a run: each function takes arrays, draws on an `Axes` and returns it.

Colours can be told apart by the colour-blind and carry nothing alone: numbers, markers and line
styles say the same in grey.
"""

import numpy as np

# Okabe & Ito's palette without its yellow and black, which are hard to see or taken by the axes.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
MARKERS = ("o", "s", "^", "D", "v", "P")
LINE_STYLES = ("-", "--", "-.", (0, (7, 1, 1, 1, 1, 1)))


def unrolled(
    tokens,
    hidden_states,
    ax=None,
    outputs=None,
    initial_state=None,
    kernel="W",
    recurrent_kernel="U",
    readout="V",
    decimals=2,
):
    """A recurrent network unrolled in time, with the numbers of one run in it.

    From left to right stand h_0, h_1, … h_n, each a column of its units' values; below each but
    h_0 the token that was read; on every arrow the matrix it stands for, the same at every step.

    Args:
        tokens: the n tokens read.
        hidden_states: ``(n, units)``, the state after each of them.
        ax: where to draw; a new figure, 9.5 inches wide at most, by default.
        outputs: n strings to stand above the states, such as predicted tags; none by default.
        initial_state: h_0, ``(units,)``; zeros by default.
        kernel: the label of the arrows from tokens to states.
        recurrent_kernel: the label of the arrows from state to state.
        readout: the label of the arrows from states to outputs.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when the arrays do not belong to one run.

    Example:
        >>> ax = unrolled(["to", "be"], [[0.25, -0.5], [0.75, 1.0]])
        >>> [text.get_text() for text in ax.texts if "." in text.get_text()]
        ['0.00', '0.00', '0.25', '-0.50', '0.75', '1.00']
    """
    states = np.asarray(hidden_states, float)
    steps = len(tokens)
    if states.ndim != 2 or len(states) != steps or states.size == 0:
        raise ValueError(
            "hidden_states must have shape (tokens, units), at least one of each: "
            f"got {states.shape} for {steps} tokens"
        )
    units = states.shape[1]
    start = np.zeros(units) if initial_state is None else np.asarray(initial_state, float)
    if start.shape != (units,):
        raise ValueError(f"initial_state must have shape ({units},), got {start.shape}")
    if outputs is not None and len(outputs) != steps:
        raise ValueError(f"outputs must be {steps}, one a token, got {len(outputs)}")

    height = 0.34  # of a unit's cell
    top = units * height
    bottom, ceiling = -0.9, top + (0.35 if outputs is None else 0.9)
    ax = _axes(ax, (min(9.5, 1.5 + 1.2 * steps), 0.9 * (ceiling - bottom)))
    largest = max(np.abs(states).max(), np.abs(start).max(), 1e-12)
    for step, state in enumerate([start, *states]):
        for unit, value in enumerate(state):
            _cell(ax, step, top - (unit + 1) * height, height, value, largest, decimals)
        ax.text(step - 0.3, top + 0.06, f"$h_{{{step}}}$", ha="left", va="bottom", fontsize=10)
        if step == 0:
            continue
        _arrow(ax, (step - 0.7, top / 2), (step - 0.3, top / 2))
        ax.text(step - 0.5, top / 2 + 0.06, f"${recurrent_kernel}$", ha="center", va="bottom")
        _arrow(ax, (step, -0.5), (step, 0))
        ax.text(step + 0.05, -0.27, f"${kernel}$", ha="left", va="center")
        ax.text(step, -0.55, tokens[step - 1], ha="center", va="top", fontsize=10)
        if outputs is not None:
            _arrow(ax, (step, top), (step, top + 0.5))
            ax.text(step + 0.05, top + 0.3, f"${readout}$", ha="left", va="center")
            ax.text(step, top + 0.55, outputs[step - 1], ha="center", va="bottom", fontsize=10)
    ax.set_xlim(-0.45, steps + 0.45)
    ax.set_ylim(bottom, ceiling)
    ax.axis("off")
    return ax


def by_distance(
    distances,
    accuracies,
    ax=None,
    baseline=None,
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
    distances = np.asarray(distances, float)
    if distances.ndim != 1 or distances.size == 0:
        raise ValueError(f"distances must be a list of numbers, got shape {distances.shape}")
    if not accuracies:
        raise ValueError("accuracies must hold at least one model: {name: values}")
    ax = _axes(ax, (8, 3.6))
    for i, (name, values) in enumerate(accuracies.items()):
        values = np.atleast_2d(np.asarray(values, float))
        if values.shape[1:] != distances.shape or not len(values):
            raise ValueError(
                f"accuracies of {name!r} must have shape ({len(distances)},) or "
                f"(seeds, {len(distances)}), got {values.shape}"
            )
        ax.plot(
            distances,
            values.mean(axis=0),
            color=COLOURS[i % len(COLOURS)],
            marker=MARKERS[i % len(MARKERS)],
            linestyle=LINE_STYLES[i % len(LINE_STYLES)],
            # Hollow and of falling size: where lines lie on each other, all markers can be seen.
            markersize=max(10 - 1.5 * i, 4),
            markerfacecolor="none",
            label=name,
        )
        if len(values) > 1:
            ax.fill_between(
                distances,
                values.min(axis=0),
                values.max(axis=0),
                color=COLOURS[i % len(COLOURS)],
                alpha=0.2,
                linewidth=0,
            )
    if baseline is not None:
        level = np.asarray(baseline, float)
        if level.shape not in ((), distances.shape):
            raise ValueError(
                f"baseline must be a number or {len(distances)} of them, got shape {level.shape}"
            )
        level = np.broadcast_to(level, distances.shape)
        ax.plot(distances, level, color="0.4", linestyle=":", label="majority baseline")
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return ax


def _axes(ax, size):
    if ax is not None:
        return ax
    from matplotlib import pyplot as plt  # only now: it chooses how the machine shows figures

    return plt.subplots(figsize=size, layout="constrained")[1]


def _cell(ax, step, bottom, height, value, largest, decimals):
    """One unit's value: its number on a ground that is the darker the lower it is."""
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    share = (value / largest + 1) / 2
    ground, ink = colormaps["cividis"](share), "white" if share < 0.55 else "black"
    ax.add_patch(Rectangle((step - 0.3, bottom), 0.6, height, facecolor=ground, edgecolor="white"))
    number = f"{value:.{decimals}f}"
    ax.text(step, bottom + height / 2, number, ha="center", va="center", color=ink, fontsize=10)


def _arrow(ax, tail, head):
    ax.annotate("", head, tail, arrowprops={"arrowstyle": "->", "shrinkA": 0, "shrinkB": 0})
