"""Recurrent neural networks for natural language processing, as code one can run.

The package the course's notebooks derive, import and take apart. Importing it imports no
framework: each module names what it needs.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("rnn-course")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0.0.0"
