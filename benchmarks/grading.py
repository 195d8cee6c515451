"""How long it takes to grade a class in one go, and whether everybody gets the points they should.

    python benchmarks/grading.py

makes up a class: for each student an assignment, for each exercise a right answer, a wrong one of
`tests/wrong_answers/` or none. Some have not begun, and some handed in what the example class is
there for: notebooks that hang, crash, fill the memory, print a gigabyte or are none. It grades them
with `rnn-course grade` as it is installed, interrupts that half-way and starts it again.
"""

import csv
import signal
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import Annotated

import nbformat
import numpy as np
import psutil
import typer
from measure import write

from rnn_course.grading.assignments import Assignment, cells_by_id, read_assignments

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent / "tests"
RIGHT, WRONG = 0.7, 0.25  # how many of the answers; the others were not begun
NOT_BEGUN = 0.05  # how many students
EVERY = 20  # one student of so many hands in one of these; the exercise is what it must cost
MISFITS = {
    "crashes.ipynb": "count",
    "hangs.ipynb": "step",
    "essay.ipynb": None,  # everything
    "prints a gigabyte.ipynb": "recur",
    "fills the memory.ipynb": "loss",
}
MISFITS_ANSWER = "01_simple_rnn"


def make_class(folder: Path, students: int) -> dict[str, float]:
    """Write the submissions; returns the points that each must get, by file."""
    assignments = read_assignments(HERE.parent)
    names = list(assignments)
    generator = np.random.default_rng(0)
    points = {}
    for number in range(students):
        file = f"student {number:03}.ipynb"
        if number % EVERY == 0:
            misfit, cost = list(MISFITS.items())[number // EVERY % len(MISFITS)]
            text = (TESTS / "submissions" / misfit).read_text("utf-8")
            tasks = assignments[MISFITS_ANSWER].tasks if cost else []
            earned = [t.points for t in tasks if t.kind != "written" and t.exercise != cost]
            points[file] = sum(earned)
        else:
            assignment = assignments[names[number % len(names)]]
            text, points[file] = made_up(assignment, generator)
        (folder / file).write_text(text, "utf-8")
    return points


def made_up(assignment: Assignment, generator: np.random.Generator) -> tuple[str, float]:
    """A student's notebook and the points that it must get, those a person gives left out."""
    path = TESTS / "wrong_answers" / f"{assignment.name}.toml"
    mistakes = tomllib.loads(path.read_text("utf-8"))
    notebook = nbformat.from_dict(assignment.exercise)
    solution, points = cells_by_id(assignment.solution), 0.0
    begun = generator.random() > NOT_BEGUN
    for id, cell in cells_by_id(notebook).items():
        luck = generator.random()
        if id not in assignment.stubs or not begun or luck > RIGHT + WRONG:
            continue
        lost = []
        if luck > RIGHT and id in mistakes:
            mistake = list(mistakes[id].values())[generator.integers(len(mistakes[id]))]
            cell.source, lost = mistake["code"], mistake["loses"]
        else:
            cell.source = solution[id].source
        own = (task for task in assignment.tasks if task.exercise == id)
        points += sum(t.points for t in own if t.kind != "written" and t.kind not in lost)
    return nbformat.writes(notebook), points


class Grading:
    """`rnn-course grade` in a process of its own, whose memory is watched."""

    def __init__(self, submissions: Path, out: Path, jobs: int) -> None:
        self.out = out
        self.command = [Path(sys.executable).with_name("rnn-course"), "grade", submissions]
        self.command += ["--out", out, "--jobs", str(jobs)]
        self.seconds, self.peak = 0.0, 0

    def records(self) -> dict[Path, int]:
        """What has been graded, and when."""
        return {path: path.stat().st_mtime_ns for path in self.out.glob("graded/*.json")}

    def run(self, until: float = np.inf) -> int:
        """Grade to the end, or interrupt when so many are graded; returns the exit status."""
        # Whatever a shell starts in the background ignores Ctrl-C, and so would what it starts.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        start, told = time.monotonic(), False
        process = psutil.Popen(self.command)
        while process.poll() is None:
            self.peak = max(self.peak, _held(process))
            if not told and len(self.records()) >= until:
                process.send_signal(signal.SIGINT)
                told = True
            time.sleep(0.5)
        self.seconds += time.monotonic() - start
        return process.returncode


def _held(process: psutil.Process) -> int:
    """Bytes that a process and those below it hold; what they share counts once, on Linux."""
    held = 0
    try:
        for each in [process, *process.children(recursive=True)]:
            memory = each.memory_full_info()
            held += getattr(memory, "pss", memory.uss)
    except psutil.Error:  # one has ended: the next look counts
        return 0
    return held


def main(
    students: Annotated[int, typer.Option(help="How many hand something in.")] = 300,
    jobs: Annotated[int, typer.Option(help="How many are graded at a time.")] = 2,
    out: Path = HERE / "results" / "grading.json",
) -> None:
    """Measure and write the result."""
    with tempfile.TemporaryDirectory() as name:
        submissions, graded = Path(name) / "submissions", Path(name) / "graded"
        submissions.mkdir()
        points = make_class(submissions, students)
        grading = Grading(submissions, graded, jobs)
        interrupted = grading.run(until=students / 2)
        before = grading.records()
        finished = grading.run()
        after = grading.records()
        table = (graded / "grades.csv").read_text("utf-8-sig")
        got = {row["file"]: float(row["points"]) for row in csv.DictReader(table.splitlines())}
        for file, expected in points.items():
            if got.get(file) != expected:
                print(f"{file}: {got.get(file)} points, and {expected} are right")
    results = {
        "students": students,
        "jobs": jobs,
        "exit status": [interrupted, finished],
        "graded before the interruption": len(before),
        "graded again": sum(after.get(path) != when for path, when in before.items()),
        "points as expected": sum(got.get(file) == expected for file, expected in points.items()),
        "seconds": round(grading.seconds, 1),
        "seconds a submission": round(grading.seconds / students, 2),
        "peak GB": round(grading.peak / 1e9, 2),
    }
    write(out, results)


if __name__ == "__main__":
    typer.run(main)
