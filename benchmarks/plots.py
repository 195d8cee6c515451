"""The plots of docs/results.md, as SVG that is the same, byte by byte, for the same results."""

from pathlib import Path
from statistics import geometric_mean
from typing import NamedTuple

import matplotlib
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from rnn_course.figures import COLOURS, MARKERS

OURS, OTHERS, GREY = COLOURS[0], COLOURS[1], "#444444"
OPAQUE = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}  # behind a number
FLOOR = "floor"


class Panel(NamedTuple):
    """One task's result beside others.

    Args:
        title: the task.
        unit: of the numbers, and which direction is better.
        ours: the mean over the seeds.
        spread: their standard deviation.
        rivals: numbers to compare with, by name.
        aim: what should be reached.
        reached: whether it was.
    """

    title: str
    unit: str
    ours: float
    spread: float
    rivals: dict[str, float]
    aim: float
    reached: bool


def quality(panels: list[Panel]) -> tuple[Figure, str]:
    """Each task's score beside what it is compared with.

    Args:
        panels: the tasks.

    Returns:
        The figure, and what it shows in words.
    """
    heights = [2.4 + len(panel.rivals) for panel in panels]
    # One below the other: on a phone two side by side would be too small to read.
    figure = Figure((6.6, 0.43 * sum(heights)), layout="constrained", facecolor="white")
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.1)
    axes = figure.subplots(len(panels), squeeze=False, height_ratios=heights).ravel()
    reached = sum(panel.reached for panel in panels)
    figure.suptitle(f"{reached} of {len(panels)} aims reached", fontsize=14, x=0.02, ha="left")
    for ax, panel in zip(axes, panels, strict=True):
        names = ["this course", *panel.rivals]
        values = [panel.ours, *panel.rivals.values()]
        low, high = min(*values, panel.aim), max(*values, panel.aim)
        room = 0.22 * (high - low)
        _mark(ax, panel.aim, "aim")
        for place, value in enumerate(values):
            first = place == 0
            colour = OURS if first else OTHERS
            ax.errorbar(
                value,
                place,
                xerr=panel.spread if first else None,
                fmt=MARKERS[0] if first else MARKERS[1],
                color=colour,
                markersize=8,
                capsize=3,
            )
            digits = 3 if high < 10 else 1
            ax.annotate(
                f"{value:.{digits}f}",
                (value, place),
                (0, 9),
                textcoords="offset points",
                ha="center",
                fontsize=10,
                color=colour,
                bbox=OPAQUE,
            )
        ax.set_yticks(range(len(names)), [_short(name) for name in names], fontsize=10)
        ax.get_yticklabels()[0].set(color=OURS, fontweight="bold")
        ax.set_xlim(low - room, high + room)
        ax.set_ylim(len(names) - 0.5, -1.0)
        ax.tick_params(axis="y", length=0)
        ax.tick_params(axis="x", labelsize=9)
        ax.locator_params(axis="x", nbins=5)
        ax.set_title(panel.title, fontsize=12, loc="left", fontweight="bold", pad=16)
        ax.set_xlabel(panel.unit, fontsize=10)
        ax.grid(axis="y", color="#dddddd", linewidth=0.8)
        ax.set_axisbelow(True)
        ax.spines[["top", "right", "left"]].set_visible(False)
    return figure, quality_in_words(panels)


def quality_in_words(panels: list[Panel]) -> str:
    """What `quality` draws, for those who do not see it."""
    said = []
    for panel in panels:
        digits = 3 if panel.aim < 10 else 1
        rivals = ", ".join(f"{value:.{digits}f} {name}" for name, value in panel.rivals.items())
        said.append(
            f"{panel.title}, {panel.unit}: this course {panel.ours:.{digits}f}; {rivals}; "
            f"aim {panel.aim:.{digits}f}, {'reached' if panel.reached else 'missed'}."
        )
    return "Scores beside those they are compared with. " + " ".join(said)


def _mark(ax, at: float, name: str) -> None:
    """A dashed line from top to bottom, with its name above it."""
    ax.axvline(at, color=GREY, linestyle=(0, (4, 3)), linewidth=1.2, zorder=0)
    place = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
    ax.annotate(name, (at, 1), (0, 2), ha="center", fontsize=10, color=GREY, **place)


def _short(name: str) -> str:
    """A name up to its first comma, on two lines if it is long; the table has all of it."""
    name = name.partition(",")[0]
    if len(name) < 32:
        return name
    cut = name.rfind(" ", 0, len(name) // 2 + 6)
    return f"{name[:cut]}\n{name[cut + 1 :]}"


def _multiples(results: dict) -> dict[str, dict[str, list[float]]]:
    """Every layer's time as a multiple of the floor, by kind of step and by way."""
    found = {"training": {}, "inference": {}}
    for r in results["layers"]:
        for way, time in r["milliseconds"].items():
            if way != FLOOR:
                multiple = time / r["milliseconds"][FLOOR]
                found[r["what"]].setdefault(way, []).append(multiple)
    return found


def speed(results: dict) -> tuple[Figure, str]:
    """How many times the floor each way of computing a layer takes.

    Args:
        results: what `recurrence.py` found.

    Returns:
        The figure, and what it shows in words.
    """
    multiples = _multiples(results)
    ways = sorted(multiples["training"], key=lambda w: geometric_mean(multiples["training"][w]))
    figure = Figure(figsize=(6.6, 7), layout="constrained", facecolor="white")
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.1)
    axes = figure.subplots(2, sharex=True)
    for ax, (what, found) in zip(axes, multiples.items(), strict=True):
        for place, way in enumerate(ways):
            ours = way.startswith("RNN(cell)")
            colour, marker = (OURS, MARKERS[0]) if ours else (OTHERS, MARKERS[1])
            mean = geometric_mean(found[way])
            ax.scatter(found[way], [place] * len(found[way]), s=14, color=colour, alpha=0.3, lw=0)
            ax.scatter([mean], [place], s=70, color=colour, marker=marker, zorder=3)
            ax.annotate(
                f"{mean:.2f}",
                (mean, place),
                (0, 9),
                textcoords="offset points",
                ha="center",
                fontsize=10,
                color=colour,
                fontweight="bold",
                bbox=OPAQUE,
            )
        _mark(ax, 1, "floor")
        ax.set_yticks(range(len(ways)), ways, fontsize=10)
        for label in ax.get_yticklabels():
            if label.get_text().startswith("RNN(cell)"):
                label.set(color=OURS, fontweight="bold")
        ax.set_ylim(len(ways) - 0.1, -0.7)
        ax.set_xlim(left=0)
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="y", color="#dddddd", linewidth=0.8)
        ax.set_axisbelow(True)
        ours, keras = (mean[what] for mean in list(results["multiples of the floor"].values())[:2])
        title = f"{what.capitalize()}: {ours:.2f} at best (Keras: {keras:.2f})"
        ax.set_title(title, fontsize=12, loc="left", fontweight="bold", pad=18)
        ax.tick_params(axis="x", labelbottom=True)
        ax.set_xlabel("time, in multiples of the matrix products alone", fontsize=10)
        ax.spines[["top", "right", "left"]].set_visible(False)
    return figure, speed_in_words(results)


def speed_in_words(results: dict) -> str:
    """What `speed` draws, for those who do not see it."""
    said = []
    for what, found in _multiples(results).items():
        ways = sorted(found, key=lambda way: geometric_mean(found[way]))
        means = "; ".join(f"{way} {geometric_mean(found[way]):.2f}" for way in ways)
        said.append(f"In {what}: {means}.")
    return (
        "Time of a step in multiples of the floor, a small dot for each cell and size, a large "
        f"one for their geometric mean. {' '.join(said)}"
    )


def save(figure: Figure, path: Path, words: str) -> Path:
    """Write a figure as SVG, without a date and with ids that are always the same.

    Args:
        figure: what to write.
        path: where to.
        words: what it shows, kept in the file as its description.

    Returns:
        The path.
    """
    # The layout's solver differs in the last bits from run to run, and ids are made of all of them.
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for ax in figure.axes:
        ax.set_position([round(edge, 5) for edge in ax.get_position().bounds])
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {"Date": None, "Creator": None, "Description": words}
    with matplotlib.rc_context({"svg.hashsalt": "rnn-course", "svg.fonttype": "path"}):
        FigureCanvasSVG(figure).print_svg(path, metadata=about)
    return path
