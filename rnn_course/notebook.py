"""What the first cell of every notebook calls, and how notebooks show the package's code."""

import inspect
import os
import textwrap


def setup(seed=0):
    """Make a notebook run the same each time and without start-up noise.

    Silences TensorFlow's log, checks that TensorFlow and tensorflow-text belong together, and
    seeds Python, NumPy and the backend.

    Args:
        seed: the seed.

    Raises:
        RuntimeError: when the installed versions do not work together; the message has the cure.
    """
    from rnn_course.doctor import versions_problem

    problem = versions_problem()
    if problem:
        raise RuntimeError(problem)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras  # only now: TensorFlow reads the variable when it is imported

    keras.utils.set_random_seed(seed)


def show_source(thing):
    """Print the source of a function, method or class of the package, without its docstring."""
    lines = inspect.getsource(thing)
    doc = inspect.getdoc(thing)
    source = textwrap.dedent(lines)
    if doc and thing.__doc__:
        source = source.replace(f'"""{thing.__doc__}"""', "", 1)
        source = "\n".join(line for line in source.splitlines() if line.strip())
    print(source)
