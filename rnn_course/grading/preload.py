"""Imports what every submission imports, once, in the process that the others are forked from.

Importing TensorFlow starts no thread and opens no device; running an operation would.
"""

import os

os.environ.update(CUDA_VISIBLE_DEVICES="-1", MPLBACKEND="agg", TF_CPP_MIN_LOG_LEVEL="3")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its threads would not survive the fork

from rnn_course.notebooks.first_cell import silent_stderr

with silent_stderr():
    import IPython.core.interactiveshell  # noqa: F401
    import matplotlib.pyplot  # noqa: F401

    import rnn_course.corpora
    import rnn_course.grading.worker
    import rnn_course.layers
    import rnn_course.text  # noqa: F401
