"""The numbers of a picture, for those who do not see it and those who want to draw it again."""

import csv
import io

HEADER = ("panel", "series", "at", "value")
BAND = "_band of "  # how the label of the band of a series begins; "_" keeps it off the legend


def numbers(figure):
    """What a figure shows, as comma-separated values.

    A series is a line or a group of bars that bears a label, or an edge of a band between seeds. Of
    a heat map each row is a series. Drawings without labels have no numbers.

    Args:
        figure: a matplotlib `Figure`.

    Returns:
        Lines of text: a header, then for each point its panel's title, its series, where it is and
        its value, with five digits; "" where there are none.

    Example:
        >>> from rnn_course.figures import by_distance
        >>> print(numbers(by_distance([1, 2], {"LSTM": [1.0, 0.75]}).figure), end="")
        panel,series,at,value
        ,LSTM,1,1
        ,LSTM,2,0.75
    """
    rows = [
        (ax.get_title() or ax.get_title("left"), series, _written(at), _written(value))
        for ax in figure.axes
        if ax.get_label() != "<colorbar>"
        for series, at, value in _points(ax)
    ]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEADER, *rows] if rows else [])
    return text.getvalue()


def _points(ax):
    """Triples (series, where, value) of everything drawn on one `Axes`."""
    for line in filter(_has_label, ax.lines):
        x, y = line.get_data(orig=True)
        named = len(y) and isinstance(y[0], str)  # a name a row, numbers across
        for at, value in zip(*((y, x) if named else (x, y)), strict=True):
            yield line.get_label(), at, value
    for bars in filter(_has_label, ax.containers):
        upright = bars.orientation == "vertical"
        names = _ticks(ax.xaxis if upright else ax.yaxis)
        for bar in bars:
            middle = float(bar.get_center()[0 if upright else 1])
            value = bar.get_height() if upright else bar.get_width()
            yield bars.get_label(), names.get(middle, middle), value
    for drawn in ax.collections:
        if drawn.get_label().startswith(BAND):
            name = drawn.get_label().removeprefix(BAND)
            for path in drawn.get_paths():  # more than one where values are missing
                for which, edge in zip(("lowest", "highest"), _edges(path.vertices), strict=True):
                    for at, value in edge:
                        yield f"{name}, {which}", at, value
    for image in ax.images:
        rows, columns = _ticks(ax.yaxis), _ticks(ax.xaxis)
        for i, row in enumerate(image.get_array().tolist()):
            for j, value in enumerate(row):
                if value is None:  # masked: another image has it
                    continue
                yield rows.get(i, i), columns.get(j, j), value


def _has_label(artist):
    """Whether somebody named it: of its own accord matplotlib gives none, or one with "_"."""
    return artist.get_label()[:1] not in ("", "_")


def _edges(outline):
    """The lower and the upper edge, from left to right, of what `fill_between` drew."""
    n = (len(outline) - 3) // 2
    return outline[1 : n + 1], outline[n + 2 : -1][::-1]


def _ticks(axis):
    """What is written along an axis, by its place."""
    ticks = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
    return {float(at): tick.get_text() for at, tick in ticks if tick.get_text()}


def _written(value):
    return value if isinstance(value, str) else "" if value is None else f"{value:.5g}"
