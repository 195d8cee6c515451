"""What the first cell of every notebook calls, and showing sources."""

import os
import random
import subprocess
import sys
import textwrap
import warnings
from importlib import metadata

import keras
import numpy as np
import pytest

from rnn_course.layers import LSTMCell
from rnn_course.notebooks import doctor, setup, show_source


@pytest.fixture(autouse=True)
def restore(monkeypatch):
    """`setup` changes the process: tests after these must not notice."""
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    with warnings.catch_warnings():
        yield


def numbers():
    """From every source of randomness that the course uses."""
    return [
        random.random(),
        *np.random.rand(3),  # noqa: NPY002  # what is seeded globally
        *np.array(keras.random.normal((3,))),
        *keras.initializers.GlorotUniform()((2, 2)).numpy().ravel(),
    ]


def test_the_same_random_numbers_each_time():
    setup()
    first, second = numbers(), numbers()
    setup()
    assert numbers() == first
    setup(seed=1)
    assert not set(numbers()) & set(first)
    assert not set(first) & set(second)


def test_versions_that_do_not_work_together_stop_the_notebook(monkeypatch):
    monkeypatch.setattr(doctor, "versions_problem", lambda: "keras 2.0 does not work. To cure it:")
    random.seed(5)
    before = random.getstate()
    with pytest.raises(RuntimeError, match=r"^keras 2\.0 does not work\. To cure it:$"):
        setup()
    assert random.getstate() == before


def test_a_package_of_another_version_is_reported_and_the_notebook_goes_on(capsys):
    source = "rnn-course @ git+https://github.com/ada/rnn-course@v1"
    setup(seed=0, version="99.0", source=source)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("This notebook goes with rnn-course 99.0, from https://github.com/")
    first = numbers()
    setup(seed=0, version=metadata.version("rnn-course"), source=source)
    assert numbers() == first
    assert capsys.readouterr().err == ""


NOTEBOOK = """
from rnn_course.notebooks import setup
setup()
import keras, numpy as np
from rnn_course.models import LanguageModel
from rnn_course.metrics import Perplexity
from rnn_course.losses import TokenCrossEntropy
from rnn_course.text import language_model_batches

model = LanguageModel(9, embedding_dim=3, units=3, layers=2, tie_embeddings=True)
model.compile("adam", TokenCrossEntropy(), metrics=[Perplexity()])
model.fit(language_model_batches([[4, 5], [], [6] * 9], batch_size=1), epochs=2, verbose=0)
for n in range(8):
    LanguageModel(9).log_prob([4] * n)
print(model.generate([[4]], max_length=2) and "done")
"""


def run(code, **environment):
    hidden = {"TF_CPP_MIN_LOG_LEVEL", "PYTHONWARNINGS"}
    variables = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**variables, **environment},
        check=True,
    )


def test_a_notebook_is_silent():
    """Importing, a first operation, training from a pipeline, scoring with many models."""
    finished = run(NOTEBOOK)
    assert finished.stdout == "done\n"
    assert finished.stderr == ""


def test_errors_are_still_seen():
    code = """
    import os, sys, warnings
    from rnn_course.notebooks import setup
    setup()
    warnings.warn("careful")
    os.write(2, b"from the depths\\n")
    print("from Python", file=sys.stderr)
    """
    finished = run(textwrap.dedent(code))
    assert "UserWarning: careful" in finished.stderr
    assert finished.stderr.endswith("from the depths\nfrom Python\n")


def test_the_log_level_one_has_set_is_kept(monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "1")
    setup()
    assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "1"


# Showing sources


def plain(a):
    return a + 1


def documented(a):
    r"""One line: \alpha.

    More of it.
    """
    # a comment stays

    text = """
    not a docstring"""
    return a + len(text)


def only_documented():
    """Nothing but this."""


class Documented:
    """One line.

    More of it.
    """

    letter = "a"

    @staticmethod
    def method(a):
        "Single quotes."
        return a


class Nested:
    def method(self):
        """One line.

        More of it, further in.
        """
        return "One line."


@pytest.mark.parametrize(
    ("thing", "expected"),
    [
        (plain, "def plain(a):\n    return a + 1\n"),
        (
            documented,
            'def documented(a):\n    # a comment stays\n\n    text = """\n    not a docstring"""\n'
            "    return a + len(text)\n",
        ),
        (only_documented, 'def only_documented():\n    """Nothing but this."""\n'),
        (Documented.method, "@staticmethod\ndef method(a):\n    return a\n"),
        (Nested.method, 'def method(self):\n    return "One line."\n'),
        (Nested().method, 'def method(self):\n    return "One line."\n'),
    ],
    ids=["plain", "documented", "nothing else", "static method", "method", "bound method"],
)
def test_show_source(thing, expected, capsys):
    show_source(thing)
    assert capsys.readouterr().out == expected


def test_show_source_of_a_class(capsys):
    """Its own docstring goes; what is inside stays as it is."""
    show_source(Documented)
    shown = capsys.readouterr().out
    assert shown.startswith('class Documented:\n    letter = "a"\n\n    @staticmethod\n')
    assert shown.endswith('Single quotes."\n        return a\n')
    assert "More of it" not in shown


def test_the_source_of_a_step_is_code(capsys):
    """The step of the package, shown, is the step: run, it gives the same numbers."""
    show_source(LSTMCell.step)
    shown = capsys.readouterr().out
    assert '"""' not in shown
    assert shown.startswith("def step(self, projected, states):\n    ")
    namespace = dict(LSTMCell.step.__globals__)
    exec(shown, namespace)
    cell = LSTMCell(2)
    cell.build((1, 3))
    states = [np.full((1, 2), 0.5, "float32")] * 2
    projected = np.linspace(-1, 1, 8, dtype="float32")[None]
    np.testing.assert_array_equal(
        namespace["step"](cell, projected, states)[0], cell.step(projected, states)[0]
    )
