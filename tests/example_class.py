"""Make up the twelve submissions in `tests/submissions/`, from the exercise and the wrong answers.

    python tests/example_class.py

They are a class to try grading on, and test data: each does something that students do.
"""

import copy
import sys
import tomllib
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

from rnn_course.grading.assignments import cells_by_id, kind_of, read_assignments
from rnn_course.notebooks.launch import NOWHERE, stamped

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "tests" / "submissions"
NAME = "01_simple_rnn"
WORDS = (
    "My first unit is the old answer plus one if the word is *not*, the second is on only if both "
    "are there. U makes the answer from both and hands it on. The average of *not good* is that of "
    "*not good not good*."
)

HANGS = """\
def step(h, x, W, U, b):
    while True:
        new = np.tanh(x @ W + h @ U + b)
        if new is h:
            return new
"""
CRASHES = """\
import os


def parameters(d, u, k, n):
    os.abort()
"""
PRINTS = """\
def recur(R, O, xs, s0):
    for _ in range(100):
        print("state " * 2_000_000)
    s, ys = s0, []
    for x in xs:
        s = R(s, x)
        ys.append(O(s))
    return ys, s
"""
FILLS_MEMORY = """\
def sentence_losses(logits, tags, mask):
    table = []
    while True:
        table.append(np.ones(30_000_000))
"""
CHEATS = """\
import rnn_course.grading


def nothing(*args, **kwargs):
    pass


rnn_course.grading.check = rnn_course.grading.check_same = nothing
check = check_same = check_trains = nothing
"""


def submissions():
    """Each file's name and text, the same whatever address the repository states."""
    assignment = read_assignments(ROOT)[NAME]
    path = f"notebooks/exercises/{NAME}.ipynb"
    text = stamped((ROOT / path).read_text("utf-8"), path, "", NOWHERE)
    exercise = nbformat.reads(text, as_version=4)
    wrong = tomllib.loads((ROOT / f"tests/wrong_answers/{NAME}.toml").read_text("utf-8"))
    right = {}
    for id in assignment.stubs:
        lines = cells_by_id(assignment.solution)[id].source.split("\n")
        right[id] = "\n".join(line for line in lines if "SOLUTION" not in line)
    right["negation-written"] = WORDS

    def answered(**answers):
        """The exercise with the right answers, but for those given."""
        notebook = copy.deepcopy(exercise)
        for id, cell in cells_by_id(notebook).items():
            if id in right:
                cell.source = answers.get(id, right[id])
        return notebook

    def mistaken(*mistakes):
        named = (mistake.split(".") for mistake in mistakes)
        return answered(**{exercise: wrong[exercise][name]["code"] for exercise, name in named})

    lazy = mistaken("recur.returns_states", "loss.is_a_mean", "negation.counts")
    cells_by_id(lazy)["negation-written"].source = assignment.stubs["negation-written"]

    deleted = mistaken("step.forgets_the_bias", "loss.overflows")
    deleted.cells = [
        cell
        for id, cell in cells_by_id(deleted).items()
        if kind_of(id) not in ("visible", "hidden")
    ]

    edited = answered(**{id: CHEATS + assignment.stubs[id] for id in ("step", "cell")})
    for id, cell in cells_by_id(edited).items():
        if kind_of(id) in ("visible", "hidden"):
            cell.source = 'print("All right.")'
            cell.metadata.nbgrader.points = 100

    moved = answered(loss=assignment.stubs["loss"])
    place = list(cells_by_id(moved)).index("loss")
    moved.cells.insert(place + 1, new_code_cell(right["loss"], id="an-own-cell"))
    del moved.metadata["rnn_course"]

    texts = {
        "Ada.ipynb": answered(),
        "Jürgen Müller – Übung 1.ipynb": mistaken("loss.counts_padding", "cell.forgets_the_bias"),
        "group B/homework (2).ipynb": moved,
        "lazy.ipynb": lazy,
        "untouched.ipynb": exercise,
        "hangs.ipynb": answered(step=HANGS),
        "crashes.ipynb": answered(count=CRASHES),
        "tests deleted.ipynb": deleted,
        "tests edited.ipynb": edited,
        "prints a gigabyte.ipynb": answered(recur=PRINTS),
        "fills the memory.ipynb": answered(loss=FILLS_MEMORY),
    }
    found = {
        name: nbformat.writes(notebook).rstrip("\n") + "\n" for name, notebook in texts.items()
    }
    return {**found, "essay.ipynb": "Dear lecturer, I did this on paper.\n"}


def write(folder=FOLDER):
    """Write them all."""
    for name, text in submissions().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(write())
