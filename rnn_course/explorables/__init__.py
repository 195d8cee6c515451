"""What a student can move: small live networks in the page, from the same numbers as in Python.

Each explorable answers one question: `StepThrough` shows a state word by word. A class is a widget
for JupyterLab, Notebook 7, VS Code and Colab; where nothing runs, its output is a still picture.
Its JavaScript is written in the repository's ``explorables`` folder and lies here as one module.
`weights` writes a trained network as such a page reads it.
"""

from rnn_course.explorables import weights
from rnn_course.explorables.base import Explorable, shipped_network
from rnn_course.explorables.step_through import StepThrough

__all__ = ["Explorable", "StepThrough", "shipped_network", "weights"]
