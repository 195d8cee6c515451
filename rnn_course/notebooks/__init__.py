"""The notebooks themselves: their first cell, how they are run, saved, published and diagnosed.

A notebook imports `setup` and `show_source` from here and needs nothing of Jupyter's for it;
`vectors` holds what several notebooks share. The rest is for the command line: `running` executes
notebooks, `saving` writes their outputs back, `report` makes HTML of them, `launch` stamps the
links to Colab and Binder, `doctor` finds out what is wrong with an installation.
"""

from rnn_course.notebooks.first_cell import setup, show_source
from rnn_course.notebooks.vectors import VECTORS, vectors_of_00

__all__ = [
    "VECTORS",
    "setup",
    "show_source",
    "vectors_of_00",
]
