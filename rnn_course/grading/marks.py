"""Grade submissions, each in a process of its own: what goes wrong costs only its author."""

import hashlib
import json
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from nbformat import NotebookNode

from rnn_course.files import written_whole
from rnn_course.grading.assignments import (
    Assignment,
    Part,
    exercise_of,
    find_assignment,
    kind_of,
    merge,
)
from rnn_course.grading.sandbox import Limits, Outcome, Sandbox, Stopped
from rnn_course.grading.submissions import Packed, SubmissionError, page_name, read_submission

MOST_PROCESSES = 6
CHECKS = "rnn_course.grading"  # where the tests of exercises import from
NO_ANSWER = "There is no answer yet."
TO_BE_READ = "To be read by a person."


@dataclass
class Mark:
    """What a task earned.

    Attributes:
        id: The task, for example ``"step-hidden"``.
        of: The points it bears.
        points: Those earned; None until a person has read the answer.
        sentence: Why points were lost; empty where none were.
    """

    id: str
    of: float
    points: float | None
    sentence: str = ""


@dataclass
class Grade:
    """What became of one submission.

    Attributes:
        file: Its path below the folder of submissions.
        assignment: What it answers; empty where that could not be told.
        reason: Why it was not graded; empty where it was.
        marks: One for each task, in order.
        remarks: What its author should know besides.
        answers: The answers in code and in words, by the cell they stood in.
        stopped: Whether a limit ended a cell.
        key: What the grade depends on: another key means that it must be graded again.
    """

    file: str
    assignment: str = ""
    reason: str = ""
    marks: list[Mark] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    stopped: bool = False
    key: str = ""

    @property
    def points(self) -> float:
        """The points earned so far, those for answers that nobody has read not among them."""
        return sum(mark.points or 0.0 for mark in self.marks)

    @property
    def of(self) -> float:
        """The points that could be earned."""
        return sum(mark.of for mark in self.marks)

    @property
    def unread(self) -> float:
        """The points that wait for a person."""
        return sum(mark.of for mark in self.marks if mark.points is None)


def run_parts(parts: list[Part], limits: Limits) -> tuple[dict[int, Outcome], bool]:
    """Run the cells of a submission.

    A cell that hangs or ends its process costs a new process, in which the others run without it.

    Args:
        parts: The cells.
        limits: What they may use, all processes together.

    Returns:
        What became of each cell by its index, and whether any was stopped.
    """
    outcomes: dict[int, Outcome] = {}
    lost: set[int] = set()
    deadline = time.monotonic() + limits.seconds
    for _ in range(MOST_PROCESSES):
        if (left := deadline - time.monotonic()) <= 0 or limits.stop.is_set():
            break
        with Sandbox(replace(limits, seconds=left)) as box:
            try:
                for index, part in enumerate(parts):
                    tested = index in outcomes and _is_test(part)
                    if part.code and index not in lost and not tested:
                        outcomes[index] = box.execute(part.source, forget=CHECKS)
                return outcomes, bool(lost)
            except Stopped as stop:
                lost.add(index)
                if _is_test(part):  # the exercise's other tests would only do the same again
                    exercise = exercise_of(part.id)
                    own = [i for i, p in enumerate(parts) if exercise_of(p.id) == exercise]
                    lost.update(i for i in own if i > index and _is_test(parts[i]))
                outcomes |= {i: Outcome(f"it {stop}.") for i in lost - outcomes.keys()}
    for index in range(len(parts)):
        outcomes.setdefault(index, Outcome("it was not run: the time for the notebook was over."))
    return outcomes, True


def _is_test(part: Part) -> bool:
    return kind_of(part.id) in ("visible", "hidden")


def grade(assignment: Assignment, submission: NotebookNode, limits: Limits, file: str) -> Grade:
    """Grade one notebook.

    Args:
        assignment: What it answers.
        submission: What the student handed in.
        limits: What it may use.
        file: What to call it.
    """
    parts, remarks = merge(assignment, submission)
    outcomes, stopped = run_parts(parts, limits)
    at = {part.id: i for i, part in enumerate(parts) if part.id}
    result = Grade(file, assignment.name, stopped=stopped, remarks=remarks)
    result.answers = {id: parts[at[id]].source for id in assignment.stubs}
    stubs = assignment.stubs.values()
    untouched = {id for id, stub in assignment.stubs.items() if result.answers[id] == stub}
    exercise = ""
    for index, part in enumerate(parts):
        exercise = exercise_of(part.id) or exercise
        if part.id or not part.code or not part.source.strip():
            continue
        # What stands in a cell of one's own may be an answer as well.
        untouched.discard(exercise)
        if (outcome := outcomes.get(index, Outcome())).error:
            remarks.append(f"A cell that you added fails. {_sentence(outcome)}")
    for task in assignment.tasks:
        if task.kind == "written":
            empty = task.id in untouched or not result.answers[task.id].strip()
            points, sentence = (0.0, NO_ANSWER) if empty else (None, TO_BE_READ)
        else:
            outcome = outcomes[at[task.id]]
            points = 0.0 if outcome.error else task.points
            sentence = _sentence(outcome)
            own = outcomes.get(at.get(task.exercise, -1), Outcome())
            if sentence and task.exercise in untouched:
                sentence = NO_ANSWER
            elif sentence and own.error and result.answers[task.exercise] not in stubs:
                sentence = f"The cell with your answer fails. {_sentence(own)}"
        result.marks.append(Mark(task.id, task.points, points, sentence))
    return result


def _sentence(outcome: Outcome) -> str:
    if not outcome.error:
        return ""
    text = outcome.error
    if outcome.line:
        text += f" (at the line `{outcome.line}`)"
    return text if text.endswith((".", "!", "?", ")")) else text + "."


def grade_file(
    file: str,
    path: Path | Packed,
    assignments: dict[str, Assignment],
    limits: Limits,
    records: Path,
) -> Grade:
    """Grade one file, or take up the grade it has from before.

    Args:
        file: What to call it.
        path: Where it is.
        assignments: Those of the course, by name.
        limits: What it may use.
        records: The folder where grades are kept.

    Returns:
        Its grade. Whatever is wrong with the file is a reason in there, not an exception.
    """
    record = records / f"{page_name(file)}.json"
    try:
        submission = read_submission(path)
        assignment = find_assignment(submission, assignments)
        if assignment is None:
            raise SubmissionError("None of its cells belongs to an assignment of this course.")
        content = json.dumps(submission, sort_keys=True) + assignment.digest
        key = hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()
        for known in (key, f"{key} {limits}"):
            if (kept := _kept(record)) and kept.key == known:
                return kept
        result = grade(assignment, submission, limits, file)
        if limits.stop.is_set():
            raise SubmissionError("Grading was interrupted.")
        # With other limits it may go further than it did.
        result.key = f"{key} {limits}" if result.stopped else key
    except SubmissionError as error:
        return Grade(file, reason=str(error))
    except Exception as error:  # one strange file must not stop the class
        return Grade(file, reason=f"It could not be graded ({type(error).__name__}: {error}).")
    with written_whole(record) as part:
        part.write_text(json.dumps(asdict(result)), "utf-8")
    return result


def forget(again: str, files: Iterable[str], records: Path) -> int:
    """Forget the grades of one student, one exercise or one assignment, so that they run again.

    Args:
        again: Part of a file's name, or the name of an exercise or of an assignment.
        files: What the files are called.
        records: The folder where grades are kept.

    Returns:
        How many are forgotten.
    """
    found = 0
    for file in files:
        record = records / f"{page_name(file)}.json"
        kept = _kept(record)
        exercises = {exercise_of(mark.id) for mark in kept.marks} if kept else set()
        if kept and (again in file or again in exercises | {kept.assignment}):
            record.unlink()
            found += 1
    return found


def _kept(record: Path) -> Grade | None:
    try:
        values = json.loads(record.read_text("utf-8"))
        return Grade(**{**values, "marks": [Mark(**mark) for mark in values["marks"]]})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def grade_all(
    submissions: dict[str, Path | Packed],
    assignments: dict[str, Assignment],
    limits: Limits,
    records: Path,
    jobs: int,
) -> Iterator[Grade]:
    """Grade files, several at a time, in the order in which they are done.

    Args:
        submissions: Each file by what to call it.
        assignments: Those of the course, by name.
        limits: What each may use; its ``stop`` is set at the end, whatever ends it.
        records: The folder where grades are kept.
        jobs: How many at a time.
    """
    records.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(jobs) as pool:
        running = {
            pool.submit(grade_file, file, path, assignments, limits, records)
            for file, path in submissions.items()
        }
        try:
            while running:  # a second at a time: Windows hears Ctrl-C in between only
                done, running = wait(running, timeout=1, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        finally:
            limits.stop.set()
            pool.shutdown(cancel_futures=True)
