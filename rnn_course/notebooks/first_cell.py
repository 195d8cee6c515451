"""What the first cell of every notebook calls, and how notebooks show the package's code."""

import ast
import contextlib
import inspect
import logging
import os
import sys
import textwrap


def setup(seed=0, version=None, source=None):
    """Make a notebook run the same each time and without start-up noise.

    Silences TensorFlow's log, checks that TensorFlow and tensorflow-text belong together, and seeds
    Python, NumPy and the backend.

    Args:
        seed: the seed.
        version: the package's version that the notebook goes with, if it was published; another
            one is reported, not refused.
        source: what pip installs that version from.

    Raises:
        RuntimeError: when the installed versions do not work together; the message has the cure.
    """
    from rnn_course.notebooks.doctor import drift_problem, versions_problem

    problem = versions_problem()
    if problem:
        raise RuntimeError(problem)
    if version and (drift := drift_problem(version, source)):
        print(drift, file=sys.stderr)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with silent_stderr():
        import keras  # only now: TensorFlow reads the variable when it is imported

    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # advice on retracing, for one
    keras.utils.set_random_seed(seed)


@contextlib.contextmanager
def silent_stderr():
    """Drop what C++ writes: TensorFlow's libraries log a little before they read any setting."""
    stderr = os.dup(2)
    try:
        with open(os.devnull, "w") as nothing:
            os.dup2(nothing.fileno(), 2)
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


def show_source(thing):
    """Print the source of a function, method or class of the package, without its docstring."""
    source = textwrap.dedent(inspect.getsource(thing))
    lines = source.splitlines()
    definition = ast.parse(source).body[0]
    docstring, *code = definition.body
    if code and ast.get_docstring(definition) is not None:
        # From the syntax tree: what `__doc__` holds is indented differently from Python to Python.
        del lines[docstring.lineno - 1 : docstring.end_lineno]
        if not lines[docstring.lineno - 1].strip():
            del lines[docstring.lineno - 1]
    print("\n".join(lines))
