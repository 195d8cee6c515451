"""Letters in drawings: how wide a text is, where it is cut, and scripts that the font has not."""

import unicodedata
import warnings
from functools import lru_cache
from itertools import chain

from matplotlib import rc_context
from matplotlib.text import Text

RIGHT_TO_LEFT = {"R", "AL", "AN"}


class Lettering(Text):
    """A text of a drawing.

    What matplotlib cannot draw, as it has no such letters or cannot join them, is left to whoever
    shows the SVG: there it is text and no outline, in a font of the reader's.
    """

    def get_window_extent(self, *args, **kwargs):
        """The place of the text, in pixels."""
        with _no_warning_of_glyphs():
            return super().get_window_extent(*args, **kwargs)

    def draw(self, renderer, *args, **kwargs):
        """Draw the text."""
        if is_drawable(self.get_text()):
            super().draw(renderer, *args, **kwargs)
            return
        with _no_warning_of_glyphs(), rc_context({"svg.fonttype": "none"}):
            super().draw(renderer, *args, **kwargs)


def _no_warning_of_glyphs():
    return warnings.catch_warnings(action="ignore", category=UserWarning)


@lru_cache
def _letters(families):
    """Code points that the fonts in use have."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    found = set()
    for family in families:
        try:
            path = findfont(FontProperties(family=family), fallback_to_default=False)
        except ValueError:  # not installed
            continue
        found |= get_font(path).get_charmap().keys()
    return frozenset(found)


@lru_cache(4096)
def is_drawable(text):
    """Whether the font in use has all letters of a text, and they stand side by side.

    >>> is_drawable("Käse"), is_drawable("你好"), is_drawable("שלום")
    (True, False, False)
    """
    from matplotlib import rcParams

    if any(unicodedata.bidirectional(letter) in RIGHT_TO_LEFT for letter in text):
        return False
    named = (rcParams.get(f"font.{family}", [family]) for family in rcParams["font.family"])
    there = _letters(tuple(chain.from_iterable(named)))
    return all(ord(letter) in there or letter.isspace() for letter in text)


@lru_cache(4096)
def width_of(text, points, formula=False, weight="normal"):
    """The width of a text in inches; about, where the font has not all its letters.

    Args:
        text: one or more lines.
        points: the size of its letters.
        formula: whether what stands between dollars is one.
        weight: of the letters, ``"normal"`` or ``"bold"``.
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    if "\n" in text:
        return max(width_of(line, points, formula, weight) for line in text.split("\n"))
    if not is_drawable(text):
        wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
        return (wide + 0.6 * (len(text) - wide)) * points / 72
    font = FontProperties(size=points, weight=weight)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=formula)
    return width / 72


def shortened(text, points, width):
    """A text that fits into a width in inches: cut, with an ellipsis, where it is longer.

    >>> shortened("book", 11, 1), shortened("Donaudampfschifffahrt", 11, 1)
    ('book', 'Donaudam…')
    """
    if width_of(text, points) <= width:
        return text
    kept = text
    while kept and width_of(kept + "…", points) > width:
        kept = kept[:-1]
        while kept and unicodedata.combining(kept[-1]):
            kept = kept[:-1]
    return kept + "…"
