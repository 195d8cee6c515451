"""What all explorables share: a module of JavaScript, a network, a text, a still picture."""

import json
from base64 import b64encode
from pathlib import Path

import anywidget
import traitlets

FOLDER = Path(__file__).parent  # of their modules, ``static``, and their ``networks``


def shipped_network(name):
    """A small trained network of the course, as a page reads it.

    Args:
        name: of a file in ``networks``, such as ``"sentiment_last"``.

    Raises:
        ValueError: when there is none of that name; the message lists those there are.

    Example:
        >>> shipped_network("sentiment_last")["labels"]
        ['negative', 'positive']
    """
    names = sorted(path.stem for path in (FOLDER / "networks").glob("*.json"))
    if name not in names:
        raise ValueError(f"network must be one of {', '.join(names)}, got {name!r}")
    return json.loads((FOLDER / "networks" / f"{name}.json").read_text("utf-8"))


class Explorable(anywidget.AnyWidget):
    """Something to move in a notebook's output.

    A subclass has a ``name``, its module in ``_esm``, the name of the network that it shows by
    default in ``shipped``, and draws a still picture of what it shows first, for pages on which
    nothing runs: GitHub, print, slides as PDF.

    Args:
        text: what stands in its text box at first.
        network: weights as `rnn_course.explorables.weights` writes them.
    """

    name = ""
    shipped = ""

    text = traitlets.Unicode().tag(sync=True, explorable=True)
    network = traitlets.Dict().tag(sync=True)

    def still(self):
        """A figure of what it shows first, as an `Axes`."""
        raise NotImplementedError(f"{type(self).__name__} draws no still picture")

    def values(self):
        """What can be moved, by name, without the network: what a page without Python begins with.

        >>> from rnn_course.explorables import StepThrough
        >>> StepThrough("to be").values()
        {'text': 'to be'}
        """
        own = self.trait_names(sync=True, explorable=True)
        return {name: getattr(self, name) for name in sorted(own)}

    def __repr__(self):
        return f"{type(self).__name__}({self.text!r})"

    def _repr_mimebundle_(self, **options):
        """The widget, and beside it the still picture with its alt text."""
        from matplotlib import pyplot as plt

        from rnn_course.figures import showing

        data, metadata = super()._repr_mimebundle_(**options)
        ax = self.still()
        still, about = showing.bundle(ax.figure)
        plt.close(ax.figure)
        png = b64encode(still["image/png"]).decode("ascii")
        return (
            {**data, "text/plain": repr(self), "image/png": png},
            {**metadata, **about},
        )


def module(name):
    """The bundled JavaScript of an explorable."""
    return FOLDER / "static" / f"{name}.js"
