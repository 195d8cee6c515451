"""Curves of one or several runs: a line a model, a band over its seeds."""

import numpy as np

from rnn_course.figures.axes import axes_for, describe, entitle, number, span
from rnn_course.figures.data import BAND
from rnn_course.figures.labels import name_lines
from rnn_course.figures.palette import LINE_STYLES, MARKERS, now


def by_distance(
    distances,
    accuracies,
    ax=None,
    baseline=None,
    baseline_label="majority baseline",
    xlabel="distance (tokens)",
    ylabel="accuracy",
    bound=None,
    bound_label="bound",
    title=None,
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
        bound: the best that can be reached, a number or n of them; none by default.
        bound_label: what the bound is called.
        title: what the curves have shown, above them.

    Returns:
        The `Axes`, with each line's name at its end.

    Raises:
        ValueError: when a model's values, the baseline or the bound are not one a distance.

    Example:
        >>> ax = by_distance([1, 2], {"simple RNN": [[1.0, 0.5], [1.0, 1.0]]}, baseline=0.5)
        >>> ax.lines[0].get_ydata().tolist()
        [1.0, 0.75]
    """
    ax, text = _curves("distances", distances, "accuracies", accuracies, ax, xlabel, ylabel)
    levels = (("baseline", baseline, baseline_label, ":"), ("bound", bound, bound_label, "--"))
    for kind, level, label, style in levels:
        if level is None:
            continue
        distances = np.asarray(distances, float)
        level = np.asarray(level, float)
        if level.shape not in ((), distances.shape):
            raise ValueError(
                f"{kind} must be a number or {len(distances)} of them, got shape {level.shape}"
            )
        level = np.broadcast_to(level, distances.shape)
        ax.plot(distances, level, color=now().muted, linestyle=style, label=label)
        text += f" {label}: {span(level)}."
    entitle(ax, title)
    describe(ax, text)
    return ax


def gradient_by_lag(
    norms,
    ax=None,
    xlabel="lag (steps back)",
    ylabel=r"$\|\partial L/\partial h_{n-k}\|$",
    title=None,
):
    """The size of the gradient against how far back it has come, on a logarithmic scale.

    Args:
        norms: ``{model: values}``, values of shape ``(lags,)``, or ``(runs, lags)``: then the line
            is the geometric mean and the band goes from the lowest to the highest run. The first
            is lag 0; NaN and zeros are left out.
        ax: where to draw; a new figure by default.
        xlabel: below the axis of lags.
        ylabel: beside the axis of norms.
        title: what the curves have shown, above them.

    Returns:
        The `Axes`, with each line's name at its end.

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
    entitle(ax, title)
    describe(ax, text + " The scale is logarithmic.")
    return ax


def loss_curves(
    losses, ax=None, steps=None, xlabel="training step", ylabel="loss (nats)", title=None
):
    """Losses in training, a line a model, a band over its seeds.

    Args:
        losses: ``{model: values}``, values of shape ``(n,)``, or ``(seeds, n)``: then the line is
            the mean and the band goes from the lowest to the highest seed.
        ax: where to draw; a new figure by default.
        steps: when each of the n was measured; 1 to n by default.
        xlabel: below the axis of steps.
        ylabel: beside the axis of losses.
        title: what the curves have shown, above them.

    Returns:
        The `Axes`, with each line's name at its end.

    Raises:
        ValueError: when there is nothing to draw, or values and steps are not equally many.

    Example:
        >>> from rnn_course.figures import alt_text
        >>> ax = loss_curves({"GRU": [[2.0, 1.0], [1.0, 0.5]]})
        >>> alt_text(ax)
        'Loss (nats) against training step, 1 to 2. GRU: 1.5 at 1, 0.75 at 2.'
    """
    if steps is None and losses:
        steps = 1 + np.arange(np.shape(next(iter(losses.values())))[-1])
    ax, text = _curves("steps", steps, "losses", losses, ax, xlabel, ylabel, markers=False)
    ax.xaxis.get_major_locator().set_params(integer=True)  # there is no step 1.25
    entitle(ax, title)
    describe(ax, text)
    return ax


def study_curves(results, metric=None, settings=None, ax=None, title=None):
    """A study's scores against how long it trained, each setting with its interval over seeds.

    Args:
        results: a `rnn_course.studies.Results`, as ``studies.load(name)`` gives it.
        metric: one of ``results.metrics``; the first by default.
        settings: the labels of those to draw, at most six to be told apart; all by default.
        ax: where to draw; a new figure by default.
        title: what the study has found, above the curves.

    Returns:
        The `Axes`, with each line's name at its end. A line is the mean over
        seeds, its band the 95 % interval of that mean.

    Raises:
        ValueError: when there is no such setting to draw.
        KeyError: when there is no such metric.

    Example:
        >>> from types import SimpleNamespace
        >>> curves = {"GRU": [[0.8, 0.9], [0.7, 0.85], [0.85, 0.95]]}
        >>> results = SimpleNamespace(
        ...     budgets=[100, 300], unit="updates", metrics=["accuracy"], curves=lambda *_: curves
        ... )
        >>> ax = study_curves(results)
        >>> ax.get_xscale(), ax.lines[0].get_ydata().tolist()
        ('log', [0.8, 0.9])
    """
    metric = metric or results.metrics[0]
    curves = results.curves(metric, settings)
    ax, text = _curves(
        "budgets", results.budgets, "scores", curves, ax, results.unit, metric, interval=True
    )
    if min(results.budgets) == 0 and len(results.budgets) > 1:  # before training: log has no 0
        ax.set_xscale("symlog", linthresh=sorted(results.budgets)[1], linscale=0.5)
    elif len(results.budgets) > 1:
        ax.set_xscale("log")
    ax.set_xticks(results.budgets, [f"{budget:,}" for budget in results.budgets])
    ax.minorticks_off()
    entitle(ax, title)
    describe(ax, text)
    return ax


def _curves(xname, x, yname, curves, ax, xlabel, ylabel, log=False, markers=True, interval=False):
    """A line a model with a band over its runs, and the words for it.

    With ``interval`` a model's values are not of runs: they are the line and the band's two edges.
    """
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
    sentences = [f"{ylabel} against {xlabel}, {number(x[0])} to {number(x[-1])}."]
    for i, (name, values) in enumerate(runs.items()):
        colour = now().categories[i % len(now().categories)]
        known = np.ma.masked_invalid(values)
        centre = np.ma.exp(np.ma.log(known).mean(axis=0)) if log else known.mean(axis=0)
        parts = known if interval else (centre, known.min(0), known.max(0))
        centre, low, high = (np.ma.filled(v, np.nan) for v in parts)
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
    counts = {len(values) for values in runs.values() if len(values) > 1}
    note = ""
    if counts:
        several = f"{min(counts)} runs" if len(counts) == 1 else "the runs"
        note = f"band: lowest to\nhighest of {several}"
        if interval:
            note = "band: 95 % interval\nof the mean"
    name_lines(ax, note)
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
    return ", ".join(f"{marks[i]}{number(y[i])} at {number(x[i])}" for i in sorted(marks))
