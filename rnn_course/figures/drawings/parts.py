"""What all drawings are made of: vectors, boxes, arrows, operators, brackets, and letters.

A `Drawing` collects parts at places in inches, y upwards, and knows how far they reach; `finish`
puts them on an `Axes`. A page that is too narrow gets the same drawing smaller, letters included.
A part that is a ghost was there at an earlier stage, or has been given up: grey and dashed.
"""

import numpy as np
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, PathPatch, Rectangle
from matplotlib.path import Path

from rnn_course.figures.axes import axes_for, describe
from rnn_course.figures.drawings.lettering import Lettering, shortened, width_of
from rnn_course.figures.palette import (
    SYMBOL,
    TEXT,
    TITLE,
    ink_on,
    now,
    readable,
    share_map,
    signed_map,
)

CELL = 0.58, 0.3  # width and height of one number's field, in inches
NODE = 0.17  # radius of an operator
PAGE = 9.5  # inches: what a notebook has room for
MARGIN = 0.12
DASHES = (0, (4, 2.5))


class Arrow(FancyArrowPatch):
    """A path with a head at its last point; ``points`` are the points it goes through."""

    def __init__(self, points, **look):
        self.points = np.array(points, float)
        super().__init__(path=Path(self.points), joinstyle="miter", **look)


class Drawing:
    """Parts of a drawing, at places in inches."""

    def __init__(self):
        self._artists = []  # functions of an Axes and a scale
        self._low, self._high = np.full(2, np.inf), np.full(2, -np.inf)

    def text(self, x, y, text, size=TEXT, ha="center", va="center", colour=None, ghost=False,
             formula=False, rotation=0, weight="normal", on_paper=True):  # fmt: skip
        """Letters; a formula where its dollars are meant."""
        width, height = (
            width_of(text, size, formula, weight),
            (1 + text.count("\n")) * 1.25 * size / 72,
        )
        if rotation:
            width, height = height, width
        left = x - width * {"left": 0, "center": 0.5, "right": 1}[ha]
        low = y - height * {"bottom": 0, "center": 0.5, "top": 1}[va]
        self._reach(left, low, width, height)
        if colour is None:
            colour = now().ghost if ghost else now().ink
        elif on_paper and colour != now().ghost:
            colour = readable(colour)

        def add(ax, scale):
            place = dict(ha=ha, va=va, rotation=rotation, parse_math=formula, weight=weight)
            letters = Lettering(x, y, text, fontsize=size * scale, color=colour, **place)
            ax.add_artist(letters).set_clip_on(False)

        self._artists.append(add)

    def formula(self, x, y, text, **options):
        """Letters of an equation, without its dollars."""
        self.text(x, y, f"${text}$", formula=True, **options)

    def vector(self, x, y, values, name="", *, largest=1.0, share=False, decimals=2, ghost=False,
               frame=None, beside=False, across=False):  # fmt: skip
        """A vector: a field for each number, on a ground that says how large it is.

        Args:
            x: of its middle.
            y: of its middle.
            values: from top to bottom.
            name: a formula above it, without dollars.
            largest: the size of what is as dark as can be.
            share: whether the numbers go from 0 to 1, as gates and probabilities do; they are
                signed by default.
            decimals: digits after the point.
            ghost: whether it belongs to what was there before.
            frame: the colour of a frame around it.
            beside: whether the name stands to its right.
            across: whether the fields stand beside each other.
        """
        values = np.asarray(values, float)
        wide, high = CELL
        step = np.array([wide, 0]) if across else np.array([0, -high])
        first = np.array([x, y]) - (len(values) - 1) / 2 * step
        for place, value in enumerate(values):
            middle = first + place * step
            self._field(*middle, value, largest, share, decimals, ghost)
        half = np.abs(step) * len(values) / 2 + np.array([0, high] if across else [wide, 0]) / 2
        if frame:
            self.box(x, y, "", *(2 * half + 0.08), edge=frame, fill="none", line=2)
        if name and beside:
            self.formula(x + half[0] + 0.06, y, name, ha="left", ghost=ghost)
        elif name:
            self.formula(x, y + half[1] + 0.05, name, va="bottom", ghost=ghost)

    def _field(self, x, y, value, largest, share, decimals, ghost):
        wide, high = CELL
        self._reach(x - wide / 2, y - high / 2, wide, high)
        known = np.isfinite(value)
        scale = share_map() if share else signed_map()
        ground = scale(value / largest if share else (value / largest + 1) / 2) if known else "none"
        ink, edge = (now().ghost,) * 2 if ghost else (now().ink, now().muted)
        ground = "none" if ghost else ground
        if known and not ghost:
            ink = ink_on(ground)
        hatch = None if known or ghost else "////"
        digits = f"{value:.{decimals}f}" if known else str(value).replace("nan", "NaN")
        digits = digits.lstrip("-") if known and not float(digits) else digits  # no -0.00

        def add(ax, scale):
            style = dict(facecolor=ground, edgecolor=edge, linewidth=0.8 * scale, hatch=hatch)
            ax.add_patch(Rectangle((x - wide / 2, y - high / 2), wide, high, **style))
            size = min(10, 10 * 0.54 / width_of(digits, 10))
            look = dict(ha="center", va="center", color=ink, fontsize=size * scale)
            if hatch:
                look["bbox"] = dict(facecolor=now().paper, edgecolor="none", pad=0.6 * scale)
            ax.add_artist(Lettering(x, y, digits, parse_math=False, zorder=4, **look))

        self._artists.append(add)

    def box(self, x, y, text="", width=None, height=0.36, *, ghost=False, edge=None, fill=None,
            formula=False, size=TEXT, line=1.2, ink=None, round=0.06, dashed=False, behind=False,
            weight="normal"):  # fmt: skip
        """A box around a text, as wide as it needs by default; a wider text is cut."""
        if width is None:
            width = max(width_of(text, size, formula) + 0.2, 0.36)
        elif text and not formula:
            text = "\n".join(shortened(part, size, width - 0.06) for part in text.split("\n"))
        self._reach(x - width / 2, y - height / 2, width, height)
        fill = fill or now().paper
        edge = edge or (now().ghost if ghost else now().ink)

        def add(ax, scale):
            style = f"round,pad=0,rounding_size={round}" if round else "square,pad=0"
            patch = FancyBboxPatch(
                (x - width / 2, y - height / 2), width, height, style,
                facecolor=fill, edgecolor=edge, linewidth=line * scale,
                linestyle=DASHES if ghost or dashed else "-", zorder=0.5 if behind else 1.5,
            )  # fmt: skip
            ax.add_patch(patch)

        self._artists.append(add)
        if text:
            on_paper = fill in ("none", now().paper)
            on = ink or (None if on_paper or ghost else ink_on(fill))
            look = dict(formula=formula, weight=weight, on_paper=on_paper)
            self.text(x, y, text, size, ghost=ghost, colour=on, **look)

    def word(self, x, y, word, width=None, **options):
        """A token, cut where it is longer than its place."""
        size = options.get("size", TEXT)
        text = word if width is None else shortened(word, size, width)
        self.text(x, y, text, **options)

    def arrow(self, *points, label="", ghost=False, colour=None, width=1.2,
              dashed=False, head=True, size=TEXT):  # fmt: skip
        """A path from point to point with a head at the end, and what it stands for beside it.

        Args:
            points: two or more.
            label: a formula, without dollars, beside the middle of the longest piece.
            ghost: whether it belongs to what was there before.
            colour: ink by default.
            width: of the line, in points.
            dashed: whether the line is.
            head: whether there is one.
            size: of the label's letters.
        """
        points = np.array(points, float)
        colour = colour or (now().ghost if ghost else now().ink)
        for point in points:
            self._reach(*point, 0, 0)

        def add(ax, scale):
            line = DASHES if ghost or dashed else "-"
            style = "-|>,head_length=0.45,head_width=0.2" if head else "-"
            heavy = 1 + max(0, width - 1.2) / 6
            look = dict(color=colour, linewidth=width * scale, linestyle=line, zorder=1)
            look |= dict(arrowstyle=style, mutation_scale=14 * scale * heavy, capstyle="butt")
            ax.add_patch(Arrow(points, **look))

        self._artists.append(add)
        if label:
            pieces = np.diff(points, axis=0)
            longest = np.abs(pieces).sum(axis=1).argmax()
            middle = (points[longest] + points[longest + 1]) / 2
            upright = abs(pieces[longest][1]) > abs(pieces[longest][0])
            shift, place = (
                ((0.06, 0), dict(ha="left")) if upright else ((0, 0.04), dict(va="bottom"))
            )
            own = now().ghost if ghost else colour
            self.formula(*(middle + shift), label, size=size, colour=own, **place)

    def operator(self, x, y, symbol="\\odot", ghost=False):
        """A circle where values meet: a product, a sum."""
        paper, colour = now().paper, now().ghost if ghost else now().ink
        self._reach(x - NODE, y - NODE, 2 * NODE, 2 * NODE)

        def add(ax, scale):
            line = dict(linewidth=1.2 * scale, linestyle=DASHES if ghost else "-")
            line |= dict(facecolor=paper, edgecolor=colour, zorder=2)
            ax.add_patch(Circle((x, y), NODE, **line))
            mark = dict(ha="center", va="center", color=colour, fontsize=SYMBOL * scale)
            ax.add_artist(Lettering(x, y, f"${symbol}$", zorder=4, **mark))

        self._artists.append(add)

    def dot(self, x, y, ghost=False):
        """A point where a path leaves another: lines that cross without one have not met."""
        colour = now().ghost if ghost else now().ink
        self._reach(x, y, 0, 0)
        style = dict(facecolor=colour, edgecolor="none", zorder=1.2)
        self._artists.append(lambda ax, scale: ax.add_patch(Circle((x, y), 0.045, **style)))

    def reserve(self, low, high):
        """Make the drawing reach so far, whatever is drawn: stages of one are of one size."""
        self._reach(*low, *np.subtract(high, low))

    def bracket(self, start, end, y, label="", *, up=True, colour=None):
        """A bracket from one x to another, open downwards where its label stands above it."""
        colour = colour or now().muted
        tip = y + (0.1 if up else -0.1)
        points = [(start, y), (start, tip), (end, tip), (end, y)]
        self._reach(start, min(y, tip), end - start, 0.1)

        def add(ax, scale):
            look = dict(facecolor="none", edgecolor=colour, linewidth=1.2 * scale)
            ax.add_patch(PathPatch(Path(points), **look))

        self._artists.append(add)
        if label:
            shift, va = (0.05, "bottom") if up else (-0.05, "top")
            self.text((start + end) / 2, tip + shift, label, va=va, colour=colour)

    def _reach(self, x, y, width, height):
        self._low = np.minimum(self._low, (x, y))
        self._high = np.maximum(self._high, (x + width, y + height))

    def finish(self, ax, words, title=None, size=None):
        """Put all parts on an `Axes`.

        Args:
            ax: where to draw; None for a new figure of the drawing's own size, at most as wide as a
                page.
            words: what the drawing shows.
            title: what it says, above it.
            size: of a new figure, in inches, where it is not the drawing's own.

        Returns:
            The `Axes`.
        """
        if title:
            lines = _wrapped(title, self._high[0] - self._low[0])
            top = self._high[1] + 0.16
            self.text(self._low[0], top, lines, TITLE, ha="left", va="bottom", weight="bold")
        low, high = self._low - MARGIN, self._high + MARGIN
        room = high - low
        own = room * min(1, PAGE / room[0])
        given = ax is not None
        ax = axes_for(ax, tuple(size or own))
        ax.set_xlim(low[0], high[0])
        ax.set_ylim(low[1], high[1])
        ax.set_aspect("equal")
        ax.axis("off")
        if given:
            ax.figure.draw_without_rendering()  # lays the figure out
            extent = ax.get_window_extent()
            there = np.array([extent.width, extent.height]) / ax.figure.dpi
        else:
            there = np.array(size or own)
        scale = min(there / room)
        for add in self._artists:
            add(ax, scale)
        describe(ax, words, vector=True)
        return ax


def _wrapped(text, width):
    """A title in lines as wide as the drawing."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer, TITLE, weight="bold") > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)
