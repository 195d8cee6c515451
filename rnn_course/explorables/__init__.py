"""What a student can move: small live networks in the page, from the same numbers as in Python.

Each answers one question: `StepThrough` shows a state word by word, `Sampler` what temperature
does, `Attend` how a weighted sum of states is made, `Trellis` how Viterbi finds the best path,
`Scan` how a recurrence runs in parallel. A class is a widget for JupyterLab, Notebook 7, VS Code
and Colab; where nothing runs, its output is a still picture. Its JavaScript is written in the
repository's ``explorables`` folder and lies here as one module. `weights` writes a trained network
as such a page reads it.
"""

from rnn_course.explorables import weights
from rnn_course.explorables.attend import Attend
from rnn_course.explorables.base import FOLDER, Explorable, shipped_network
from rnn_course.explorables.sampler import Sampler
from rnn_course.explorables.scan import Scan
from rnn_course.explorables.step_through import StepThrough
from rnn_course.explorables.trellis import Trellis

__all__ = [
    "FOLDER",
    "Attend",
    "Explorable",
    "Sampler",
    "Scan",
    "StepThrough",
    "Trellis",
    "shipped_network",
    "weights",
]
