"""The notebooks themselves: their first cell, how they are run, saved, published and diagnosed.

A notebook imports `setup` and `show_source` from here and needs nothing of Jupyter's for it. The
rest is for the command line: `running` executes notebooks, `saving` writes their outputs back,
`report` makes HTML of them, `launch` stamps the links to Colab and Binder, `doctor` finds out what
is wrong with an installation.
"""

from rnn_course.notebooks.first_cell import setup, show_source

__all__ = [
    "setup",
    "show_source",
]
