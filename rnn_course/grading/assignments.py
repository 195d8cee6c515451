"""Assignments: derive what students get from the solutions, and put a submission together again.

An assignment is a notebook in nbgrader's format, ``notebooks/solutions/NN_topic.ipynb``. The
``grade_id`` of a cell says what it is for, beginning with the name of its exercise:

- ``step`` is the cell for the answer, in code;
- ``step-visible`` holds the tests that students see, ``step-hidden`` those run when it is graded;
- ``step-written`` is an answer in words, which a person reads;
- any other, such as ``step-text``, is given.
"""

import ast
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from rnn_course.notebooks.running import read_notebook

STUB = 'YOUR CODE HERE\nraise NotImplementedError("There is no answer here yet.")'
TEXT_STUB = "*Your answer here.*"


class AssignmentError(ValueError):
    """What is wrong with a solution, or with a submission."""


@dataclass(frozen=True)
class Task:
    """One cell that bears points.

    Attributes:
        id: Its ``grade_id``, for example ``"step-hidden"``.
        exercise: The exercise it belongs to, ``"step"``.
        kind: ``"visible"``, ``"hidden"`` or ``"written"``.
        points: What it bears.
    """

    id: str
    exercise: str
    kind: str
    points: float


@dataclass(frozen=True)
class Part:
    """One cell of a submission as it is graded.

    Attributes:
        id: Its ``grade_id``; empty for a cell that the student added.
        source: What is run: the student's answer, or the source of the assignment.
        code: Whether it is run at all.
    """

    id: str
    source: str
    code: bool


@dataclass(frozen=True)
class Assignment:
    """A solution and the exercise derived from it.

    Attributes:
        name: ``NN_topic``.
        solution: What the author wrote.
        exercise: What students get.
    """

    name: str
    solution: NotebookNode
    exercise: NotebookNode

    @cached_property
    def tasks(self) -> list[Task]:
        """Its cells with points, in order."""
        return [
            Task(id, exercise_of(id), kind_of(id), float(cell.metadata.nbgrader.points))
            for id, cell in cells_by_id(self.solution).items()
            if cell.metadata.get("nbgrader", {}).get("grade")
        ]

    @cached_property
    def titles(self) -> dict[str, str]:
        """The heading of each exercise."""
        found = {}
        for id, cell in cells_by_id(self.solution).items():
            if cell.source.startswith("## "):
                heading, _, _ = cell.source.partition("\n")
                found[exercise_of(id)] = heading.removeprefix("## ")
        return found

    @cached_property
    def stubs(self) -> dict[str, str]:
        """What students find in the cells for their answers."""
        return {
            id: cell.source
            for id, cell in cells_by_id(self.exercise).items()
            if cell.metadata.get("nbgrader", {}).get("solution")
        }

    @cached_property
    def digest(self) -> str:
        """A mark of all that grading depends on: it changes when a cell or a check does."""
        digest = hashlib.sha256(nbformat.writes(without_outputs(self.solution)).encode("utf-8"))
        for path in sorted(Path(__file__).parent.glob("*.py")):
            digest.update(path.read_bytes())
        return digest.hexdigest()


def exercise_of(id: str) -> str:
    """The exercise that a cell belongs to.

    >>> exercise_of("step-hidden")
    'step'
    """
    return id.partition("-")[0]


def kind_of(id: str) -> str:
    """What a cell is for: ``visible``, ``hidden``, ``written`` and so on; empty for an answer."""
    return id.partition("-")[2]


def cells_by_id(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """The cells of an assignment by their ``grade_id``, in order; the first one of each.

    Args:
        notebook: A solution, an exercise or a submission.
    """
    found = {}
    for cell in notebook.cells:
        if id := id_of(cell):
            found.setdefault(id, cell)
    return found


def id_of(cell: NotebookNode) -> str:
    """A cell's ``grade_id``, or the cell's own id where a tool has dropped nbgrader's metadata."""
    nbgrader = cell.metadata.get("nbgrader")
    given = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return str(given or cell.get("id") or cell.metadata.get("id") or "")


def without_outputs(notebook: NotebookNode) -> NotebookNode:
    """A copy of a notebook that has never been run."""
    copy = nbformat.from_dict(notebook)
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return copy


def derive(solution: NotebookNode) -> NotebookNode:
    """Make what students get out of a solution, with nbgrader's own steps.

    Args:
        solution: An assignment as its author wrote it; it is not changed.

    Returns:
        The same with stubs for answers, without hidden tests and outputs, and with locked cells.

    Raises:
        AssignmentError: Its metadata is not nbgrader's, or a region is not closed.
    """
    from nbgrader import preprocessors as steps  # only for authors: students do not install it

    notebook = without_outputs(solution)
    for cell in notebook.cells:  # launch links point at the exercise
        cell.source = cell.source.replace("notebooks/solutions/", "notebooks/exercises/")
        cell.source = cell.source.replace("notebooks%2Fsolutions%2F", "notebooks%2Fexercises%2F")
    resources: dict = {}
    for step in (
        steps.CheckCellMetadata(),
        steps.LockCells(),
        steps.ClearSolutions(code_stub={"python": "# " + STUB}, text_stub=TEXT_STUB),
        steps.ClearOutput(),
        steps.ClearHiddenTests(),
    ):
        step.log.disabled = True  # it repeats the error raised below
        try:
            notebook, resources = step.preprocess(notebook, resources)
        except Exception as error:  # nbgrader raises several kinds
            raise AssignmentError(f"{type(step).__name__}: {error}") from error
    for cell in notebook.cells:
        cell.source = cell.source.rstrip("\n")
    return notebook


def write_exercises(root: Path) -> list[Path]:
    """Derive every exercise from its solution and write those that have changed.

    Args:
        root: The repository's folder.

    Returns:
        The files that changed.

    Raises:
        AssignmentError: A solution cannot be derived from; the message names it.
    """
    changed = []
    for path in sorted((root / "notebooks" / "solutions").glob("[0-9][0-9]_*.ipynb")):
        try:
            text = nbformat.writes(derive(read_notebook(path))).rstrip("\n") + "\n"
        except AssignmentError as error:
            raise AssignmentError(f"{path.name}: {error}") from error
        target = root / "notebooks" / "exercises" / path.name
        if not target.exists() or target.read_text("utf-8") != text:
            target.parent.mkdir(exist_ok=True)
            target.write_text(text, "utf-8", newline="\n")
            changed.append(target)
    return changed


def read_assignments(root: Path) -> dict[str, Assignment]:
    """Read all assignments of the course.

    Args:
        root: The repository's folder.
    """
    solutions = root / "notebooks" / "solutions"
    exercises = sorted((root / "notebooks" / "exercises").glob("[0-9][0-9]_*.ipynb"))
    return {
        path.stem: Assignment(path.stem, read_notebook(solutions / path.name), read_notebook(path))
        for path in exercises
    }


def find_assignment(
    submission: NotebookNode, assignments: dict[str, Assignment]
) -> Assignment | None:
    """Tell which assignment a notebook is an answer to, whatever its file is called.

    Args:
        submission: A student's notebook.
        assignments: Those of the course, by name.

    Returns:
        The one its metadata names; else the one with which it shares most cells for answers; else
        none.
    """
    stated = submission.metadata.get("rnn_course")
    if isinstance(stated, dict) and stated.get("assignment") in assignments:
        return assignments[stated["assignment"]]
    ids = cells_by_id(submission).keys()
    shared = {name: len(ids & each.stubs.keys()) for name, each in assignments.items()}
    best = max(shared, key=shared.get, default=None)
    return assignments[best] if best and shared[best] else None


def merge(assignment: Assignment, submission: NotebookNode) -> tuple[list[Part], list[str]]:
    """Put a student's answers into the assignment, with its hidden tests, as it was handed out.

    What was given comes from the solution, so that it does not matter what became of it; imports
    that a student added to it count. Cells that the student added stay behind the cells they
    followed. Where the cell for an answer is gone, those that stand in its place are the answer;
    to an answer in words belongs what stands beside its cell.

    Args:
        assignment: What the student was given.
        submission: What came back.

    Returns:
        The cells in order, and remarks on given cells that were missing or changed.
    """
    theirs, known = cells_by_id(submission), cells_by_id(assignment.solution)
    given = cells_by_id(assignment.exercise)
    missing, changed = [], []
    added: dict[str, list[Part]] = {"": []}
    after = ""
    for cell in submission.cells:
        id = id_of(cell)
        if id in known and theirs[id] is cell:
            after = id
        else:  # also a second copy of a known cell
            added.setdefault(after, []).append(Part("", cell.source, cell.cell_type == "code"))
    parts = added[""]
    before: list[Part] = parts  # the student's own cells just before
    for id, cell in known.items():
        source, code = cell.source, cell.cell_type == "code"
        if id in assignment.stubs:
            stub = assignment.stubs[id]
            source = theirs[id].source if id in theirs else stub
            behind = added.get(id, [])
            if not code:
                own = [part.source for part in (*before, *behind) if part.source.strip()]
                source = "\n\n".join([each for each in (source,) if each != stub] + own) or stub
            elif id not in theirs and (own := [part for part in before if part.code]):
                source = own[-1].source  # the others stay cells of their own, with their magics
                del parts[len(parts) - 1 - parts[::-1].index(own[-1])]
        elif code and id not in theirs:
            missing.append(id)
        elif code:
            if id != "setup" and theirs[id].source not in (source, given[id].source):
                changed.append(id)
            if imports := _imports(theirs[id].source) - _imports(source):
                parts.append(Part("", "\n".join(sorted(imports)), code=True))
        parts.append(Part(id, source, code))
        before = added.get(id, [])
        parts += before
    remarks = [
        f"Given cells that were {what}, and are put back as they were given: {', '.join(ids)}."
        for what, ids in (("missing", missing), ("changed", changed))
        if ids
    ]
    return parts, remarks


def _imports(source: str) -> set[str]:
    """The imports at the top level of a cell; none where it is not Python."""
    lines = [line for line in source.splitlines() if not line.lstrip().startswith(("%", "!"))]
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError):
        return set()
    return {
        ast.unparse(each) for each in tree.body if isinstance(each, ast.Import | ast.ImportFrom)
    }
