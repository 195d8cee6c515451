"""Names at the ends of curves, where the eye is when it has followed one."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox, IdentityTransform

from rnn_course.figures.palette import SMALL, now

SAMPLE, GAP, LINE = 22, 5, 12.5  # points: of a line's sample, of a space, from name to name


def name_lines(ax, note=""):
    """Name each labelled line of an `Axes` at its right end, beside a sample of its look.

    Names keep the order of the lines' last values and give way to each other; they follow when the
    axis is given another scale later.

    Args:
        ax: the `Axes`.
        note: what bands are, below the names; nothing by default.
    """
    for old in [artist for artist in ax.artists if isinstance(artist, _Names)]:
        old.remove()
    names = _Names(note)
    names.set_label("_names")
    ax.add_artist(names)
    names.set_clip_on(False)


class _Names(Artist):
    def __init__(self, note):
        super().__init__()
        self.note = note
        self.zorder = 5

    def _parts(self, renderer):
        """Texts and samples of lines, at places in pixels."""
        ax, pixel = self.axes, renderer.points_to_pixels(1)
        lines = [line for line in ax.lines if line.get_label()[:1] not in ("", "_")]
        box = ax.get_window_extent(renderer)
        places = [_end(ax, line, box) for line in lines]
        low = box.y0 + (LINE * (self.note.count("\n") + 1.8) * pixel if self.note else 0)
        where = _spread(places, LINE * pixel, low, box.y1)
        left, parts = box.x1 + GAP * pixel, []
        for line, y, wanted in zip(lines, where, places, strict=True):
            sample = Line2D([left, left + SAMPLE * pixel], [y, y], transform=IdentityTransform())
            sample.update_from(line)
            sample.set_transform(IdentityTransform())
            sample.set_clip_on(False)
            sample.set_markevery([1])
            sample.set_data([left, left + SAMPLE * pixel / 2, left + SAMPLE * pixel], [y] * 3)
            parts.append(sample)
            if abs(wanted - y) > LINE * pixel / 2:  # it had to give way: lead back to the line
                lead = Line2D([box.x1, left], [wanted, y], color=line.get_color(), linewidth=0.6)
                parts.append(lead)
            at = left + (SAMPLE + GAP) * pixel
            parts.append(_text(at, y, line.get_label(), now().ink, "center_baseline"))
        if self.note:
            parts.append(_text(left, box.y0, self.note, now().muted, "bottom"))
        for part in parts:
            part.set_figure(ax.figure)
        return parts

    def get_window_extent(self, renderer=None):
        """The place of all names, in pixels: what the layout leaves room for."""
        renderer = renderer or self.figure._get_renderer()
        texts = [part for part in self._parts(renderer) if isinstance(part, Text)]
        boxes = [text.get_window_extent(renderer) for text in texts]
        return Bbox.union(boxes) if boxes else Bbox.null()

    def get_tightbbox(self, renderer=None):
        """The same: names are never cut."""
        return self.get_window_extent(renderer)

    def names(self):
        """What is written, from top to bottom."""
        self.figure.draw_without_rendering()
        texts = [p for p in self._parts(self.figure._get_renderer()) if isinstance(p, Text)]
        return [text.get_text() for text in sorted(texts, key=lambda text: -text.get_position()[1])]

    def draw(self, renderer):
        """Draw all names."""
        if self.get_visible():
            for part in self._parts(renderer):
                part.draw(renderer)


def _text(x, y, text, colour, va):
    place = dict(fontsize=SMALL, color=colour, transform=IdentityTransform(), va=va, ha="left")
    return Text(x, y, text, parse_math=True, **place)


def _end(ax, line, box):
    """Where a line's last known point is, in pixels, inside of the picture."""
    x, y = (np.asarray(values, float) for values in line.get_data(orig=False))
    known = np.flatnonzero(np.isfinite(y) & np.isfinite(x))
    if not len(known):
        return box.y0
    last = line.get_transform().transform((x[known[-1]], y[known[-1]]))[1]
    return float(np.clip(last, box.y0, box.y1)) if np.isfinite(last) else box.y0


def _spread(places, apart, low, high):
    """Places near those wanted, in their order, a line apart where there is room."""
    if not places:
        return []
    apart = min(apart, (high - low) / max(len(places) - 1, 1))
    # From top to bottom; equal ones in the order in which they were drawn.
    order = sorted(range(len(places)), key=lambda k: (-places[k], k))
    found, above = {}, high + apart
    for k in order:
        above = found[k] = min(max(places[k], low), above - apart)
    below = low - apart
    for k in reversed(order):
        below = found[k] = max(found[k], below + apart)
    return [found[k] for k in range(len(places))]
