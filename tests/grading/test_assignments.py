"""Exercises are what is derived from the solutions; answers earn what they should."""

import ast
import shutil
import tomllib
from pathlib import Path

import nbformat
import pytest

from rnn_course.grading.assignments import (
    cells_by_id,
    derive,
    exercise_of,
    kind_of,
    read_assignments,
    write_exercises,
)
from rnn_course.grading.marks import CHECKS, NO_ANSWER, grade
from rnn_course.grading.sandbox import Limits, Sandbox
from rnn_course.notebooks.launch import address, stamp

ROOT = Path(__file__).parents[2]
ASSIGNMENTS = read_assignments(ROOT)
EXERCISES = [(name, e) for name, each in ASSIGNMENTS.items() for e in each.titles]


def wrong_answers(name):
    path = ROOT / "tests" / "wrong_answers" / f"{name}.toml"
    return tomllib.loads(path.read_text("utf-8"))


def test_every_solution_has_an_exercise():
    solutions = (ROOT / "notebooks" / "solutions").glob("[0-9][0-9]_*.ipynb")
    assert sorted(path.stem for path in solutions) == list(ASSIGNMENTS), "rnn-course exercises"


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_exercise_is_what_is_derived_from_the_solution(name):
    derived = nbformat.writes(derive(ASSIGNMENTS[name].solution)).rstrip("\n") + "\n"
    path = ROOT / "notebooks" / "exercises" / f"{name}.ipynb"
    assert path.read_text("utf-8") == derived, "rnn-course exercises derives it anew"


def test_launch_links_are_the_same_stamped_and_derived(tmp_path):
    for name in ("notebooks/solutions", "notebooks/exercises"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("pyproject.toml", "CITATION.cff", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    stamp(tmp_path, address("ada/rnn-course", "v1"))
    text = (tmp_path / "notebooks/exercises/01_simple_rnn.ipynb").read_text("utf-8")
    assert "ada/rnn-course/blob/v1/notebooks/exercises/01_simple_rnn.ipynb" in text
    changed = {path.stem for path in write_exercises(tmp_path)}
    assert not changed & set(ASSIGNMENTS)


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_exercise_gives_nothing_away(name):
    for id, cell in cells_by_id(ASSIGNMENTS[name].exercise).items():
        assert "SOLUTION" not in cell.source
        assert "HIDDEN TESTS" not in cell.source
        assert not cell.get("outputs")
        locked = cell.metadata.nbgrader.locked
        assert cell.metadata.get("editable", True) is not locked, id
        assert cell.metadata.deletable is False, id


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_assignment_is_made_as_the_others_are(name):
    assignment = ASSIGNMENTS[name]
    assert assignment.solution.metadata.rnn_course.assignment == name
    assert 4 <= len(assignment.titles) <= 6
    assert {task.exercise for task in assignment.tasks} == set(assignment.titles)
    assert any(task.kind == "written" for task in assignment.tasks)
    for task in assignment.tasks:
        assert task.kind in ("visible", "hidden", "written")
        assert task.points > 0
    coded = [e for e in assignment.titles if e in assignment.stubs]
    tested = {task.id for task in assignment.tasks}
    assert tested >= {f"{e}-{kind}" for e in coded for kind in ("visible", "hidden")}
    for exercise in coded:
        assert len(wrong_answers(name)[exercise]) >= 3, f"{exercise}: three wrong answers at least"


# The answers of one assignment run in one process, which forgets every name in between.


@pytest.fixture(scope="module")
def box():
    with Sandbox(Limits(cell_seconds=120, seconds=3600)) as box:
        yield box


def run(box, assignment, exercise, answer):
    """The tests of one exercise, with no answer to any other: what is wrong, by kind."""
    box.fresh()
    said = {}
    for id, cell in cells_by_id(assignment.solution).items():
        if cell.cell_type == "code":
            own = exercise_of(id) == exercise
            if id in assignment.stubs:
                source = answer if own else assignment.stubs[id]
            elif kind_of(id) in ("visible", "hidden") and not own:
                continue
            else:
                source = cell.source
            outcome = box.execute(source, forget=CHECKS)
            if own and kind_of(id) in ("visible", "hidden"):
                said[kind_of(id)] = outcome.error
    return said


@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_the_solution_of_one_exercise_earns_all_its_points_alone(box, name, exercise):
    solution = cells_by_id(ASSIGNMENTS[name].solution)[exercise].source
    assert set(run(box, ASSIGNMENTS[name], exercise, solution).values()) == {""}


@pytest.mark.parametrize(
    ("name", "exercise", "mistake"),
    [(n, e, m) for n in ASSIGNMENTS for e, answers in wrong_answers(n).items() for m in answers],
)
def test_a_wrong_answer_loses_the_points_it_should_and_is_told_why(box, name, exercise, mistake):
    wrong = wrong_answers(name)[exercise][mistake]
    said = run(box, ASSIGNMENTS[name], exercise, wrong["code"])
    assert [kind for kind, error in said.items() if error] == wrong["loses"], said
    assert wrong["says"] in said[wrong["loses"][0]]


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_solution_earns_all_points_and_an_untouched_copy_none(name):
    assignment = ASSIGNMENTS[name]
    right = grade(assignment, assignment.solution, Limits(), "right.ipynb")
    assert right.points + right.unread == right.of
    assert not any(mark.sentence for mark in right.marks if mark.points is not None)
    assert right.remarks == []
    untouched = grade(assignment, assignment.exercise, Limits(), "untouched.ipynb")
    assert [mark.points for mark in untouched.marks] == [0.0] * len(assignment.tasks)
    assert {mark.sentence for mark in untouched.marks} == {NO_ANSWER}
    assert untouched.remarks == []


# A right answer as a student may write it: in numbers of another kind.
KINDS = {"tuples": "tuple(v) if np.ndim(v) else v", "tensors": "keras.ops.convert_to_tensor(v)"}
OTHERWISE = """
import functools, keras, numpy as np

def _otherwise(v):
    if isinstance(v, tuple):
        return tuple(map(_otherwise, v))
    if isinstance(v, (bool, str, dict, type(None))) or callable(v):
        return v
    try:
        numbers = np.asarray(v)
    except ValueError:
        return v
    if numbers.dtype.kind != "f":
        return v
    v = numbers.astype("float32")
    return {kind}

def _given_back_otherwise(f):
    return functools.wraps(f)(lambda *args, **options: _otherwise(f(*args, **options)))
"""
DIFFERENTIATED = {("05_language_model", "tokens")}  # its answer must stay a tensor of the graph


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_visible_and_hidden_tests_take_numbers_of_any_kind(box, name, exercise, kind):
    solution = cells_by_id(ASSIGNMENTS[name].solution)[exercise].source
    functions = [n.name for n in ast.parse(solution).body if isinstance(n, ast.FunctionDef)]
    if not functions or (name, exercise) in DIFFERENTIATED:
        pytest.skip("its answer is no function of numbers")
    wrapped = [f"{function} = _given_back_otherwise({function})" for function in functions]
    answer = "\n".join([solution, OTHERWISE.format(kind=KINDS[kind]), *wrapped])
    assert set(run(box, ASSIGNMENTS[name], exercise, answer).values()) == {""}
