"""How a figure is shown in a notebook and stored: pictures at twice their size, drawings as SVG.

A picture has twice the pixels of its place, so that it is sharp on a good screen and on paper. A
drawing comes as vector graphics too, which a projector can show at any size; where a page shows no
SVG there is still the picture. Words and numbers go with both.
"""

import io
import re

from rnn_course.figures.data import numbers


def svg(figure):
    """A figure as SVG: the same text for the same figure, with the words for who does not see it.

    Args:
        figure: a matplotlib `Figure`, or an `Axes` of it.

    Returns:
        An ``<svg>`` element.

    Example:
        >>> from rnn_course.figures import by_distance
        >>> svg(by_distance([1], {"LSTM": [1.0]}))[:14]
        '<svg role="img'
    """
    from html import escape

    from matplotlib import rc_context

    figure = getattr(figure, "figure", figure)
    file = io.StringIO()
    no_metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with rc_context({"svg.hashsalt": "rnn-course", "svg.fonttype": "path"}):
        figure.savefig(file, format="svg", bbox_inches="tight", metadata=no_metadata)
    text = file.getvalue()
    text = text[text.index("<svg ") :].strip()
    text = re.sub(r"scale\(.+?\)|\d+\.\d{3,}", _shorter, text)
    return text.replace("<svg ", f'<svg role="img" aria-label="{escape(words(figure))}" ', 1)


def _shorter(match):
    """A place with as many digits as can be seen; a scale, which multiplies places, whole."""
    return match[0] if match[0].startswith("scale") else f"{float(match[0]):.2f}"


def words(figure):
    """What all parts of a figure say of themselves."""
    labels = [ax.get_label() for ax in figure.axes]
    return " ".join(label for label in labels if label and not label.startswith("<"))  # <colorbar>


def picture(figure):
    """A figure as PNG with two pixels for one.

    Returns:
        The file's bytes, and the width and height it has on a page.
    """
    file = io.BytesIO()
    paper = figure.get_facecolor()
    figure.savefig(file, format="png", dpi=2 * figure.dpi, bbox_inches="tight", facecolor=paper)
    png = file.getvalue()
    sides = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))  # where PNG keeps them
    return png, *(side // 2 for side in sides)


def bundle(figure, vector=False):
    """What a notebook stores of a figure.

    Args:
        figure: a matplotlib `Figure`.
        vector: whether it is a drawing, to be shown as SVG as well.

    Returns:
        Data and metadata by MIME type: the ``alt`` and ``csv`` of the metadata are the figure's
        words and numbers.
    """
    png, width, height = picture(figure)
    about = {"alt": words(figure), "csv": numbers(figure), "width": width, "height": height}
    data = {"text/plain": repr(figure), "image/png": png}
    if vector:
        data["image/svg+xml"] = svg(figure)
    return data, {"image/png": about}


def show(figure, vector=False):
    """Show a figure in a notebook; IPython calls this where it would draw the figure itself."""
    from base64 import b64encode

    from IPython.display import publish_display_data

    data, metadata = bundle(figure, vector)
    data["image/png"] = b64encode(data["image/png"]).decode("ascii")
    publish_display_data(data, metadata)
