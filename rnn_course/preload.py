"""Imports what every submission imports, once, in the process that the others are forked from.

Importing TensorFlow starts no thread and opens no device; running an operation would.
"""

import os

os.environ.update(CUDA_VISIBLE_DEVICES="-1", MPLBACKEND="agg", TF_CPP_MIN_LOG_LEVEL="3")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its threads would not survive the fork

from .notebook import _silent_stderr

with _silent_stderr():
    import IPython.core.interactiveshell  # noqa: F401
    import matplotlib.pyplot  # noqa: F401

    from . import corpora, exercises, recurrence, text, worker  # noqa: F401
