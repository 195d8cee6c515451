"""A class is graded to its end, whatever its members hand in; nobody pays for anybody else."""

import base64
import csv
import io
import os
import re
import shutil
import time

import nbformat
import psutil
import pytest
from example_class import FOLDER, ROOT, submissions
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image
from typer.testing import CliRunner

from rnn_course import cli
from rnn_course.grading import feedback, gradebook
from rnn_course.grading.assignments import (
    Part,
    cells_by_id,
    find_assignment,
    merge,
    read_assignments,
)
from rnn_course.grading.marks import Grade, Mark, grade, run_parts
from rnn_course.grading.sandbox import Limits, Sandbox, Stopped
from rnn_course.grading.submissions import (
    SubmissionError,
    find_submissions,
    page_name,
    read_submission,
)

ASSIGNMENTS = read_assignments(ROOT)
FIRST = ASSIGNMENTS["01_simple_rnn"]


def run(*arguments):
    return CliRunner().invoke(cli.app, ["grade", *map(str, arguments)])


def read_csv(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


# The example class, graded once.


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    out = tmp_path_factory.mktemp("graded")
    result = run(FOLDER, "--out", out, "--cell-timeout", 30, "--memory", 1)
    assert result.exit_code == 0, result.output
    return out, result.output


def test_the_example_class_is_what_is_made_up():
    texts = {file: path.read_text("utf-8") for file, path in find_submissions(FOLDER).items()}
    assert texts == submissions(), "python tests/example_class.py makes it anew"
    assert len(texts) == 12


LOST = {  # the exercises that cost each member points
    "Ada.ipynb": [],
    "Jürgen Müller – Übung 1.ipynb": ["cell", "loss"],
    "group B/homework (2).ipynb": [],
    "lazy.ipynb": ["recur", "loss", "negation"],
    "untouched.ipynb": ["step", "recur", "count", "cell", "loss", "negation"],
    "hangs.ipynb": ["step"],
    "crashes.ipynb": ["count"],
    "tests deleted.ipynb": ["step", "loss"],
    "tests edited.ipynb": ["step", "cell"],
    "prints a gigabyte.ipynb": ["recur"],
    "fills the memory.ipynb": ["loss"],
    "essay.ipynb": [],
}


@pytest.mark.parametrize("file", LOST)
def test_each_loses_points_where_the_mistake_is_and_nowhere_else(graded, file):
    rows = {row["file"]: row for row in read_csv(graded[0] / "grades.csv")}
    row = rows[file]
    tasks = {task.id: task for task in FIRST.tasks}
    lost = [
        task.exercise
        for id, task in tasks.items()
        if row[f"01_simple_rnn: {id}"] not in ("", "to be read", f"{task.points:g}")
    ]
    assert list(dict.fromkeys(lost)) == LOST[file]
    earned = [row[f"01_simple_rnn: {id}"] for id in tasks]
    assert float(row["points"]) == sum(float(p) for p in earned if p not in ("", "to be read"))


REASONS = {
    "hangs.ipynb": "took longer than 30 s",
    "crashes.ipynb": "ended its process",
    "prints a gigabyte.ipynb": "more than 10,000,000 characters",
    "fills the memory.ipynb": "used more than 1 GB",
    "tests deleted.ipynb": "missing, and are put back as they were given: step-visible",
    "tests edited.ipynb": "changed, and are put back as they were given: step-visible",
    "essay.ipynb": "not a notebook",
    "untouched.ipynb": "There is no answer yet.",
    "Jürgen Müller – Übung 1.ipynb": "the cell forgets the bias.",
}


@pytest.mark.parametrize("file", REASONS)
def test_the_feedback_says_why(graded, file):
    page = (graded[0] / "feedback" / f"{page_name(file)}.html").read_text("utf-8")
    assert REASONS[file] in page


def test_grading_says_that_it_runs_code_and_names_what_it_could_not_grade(graded):
    assert "runs the code of 12 submissions on this computer, with your rights" in graded[1]
    assert "essay.ipynb: This is not a notebook" in graded[1]


def test_the_summary_has_a_picture_its_numbers_and_a_link_for_each(graded):
    page = (graded[0] / "index.html").read_text("utf-8")
    [(png, alt)] = re.findall(r'<img src="data:image/png;base64,([^"]+)" alt="([^"]+)"', page)
    assert Image.open(io.BytesIO(base64.b64decode(png))).width <= 1000
    assert "5 The loss of a transducer: earned" in alt
    for file in LOST:
        assert (graded[0] / "feedback" / f"{page_name(file)}.html").exists()
        assert f"feedback/{page_name(file)}.html" in page
    assert not re.search(r'(src|href)=["\'](https?:)?//', page)


def test_nothing_is_run_again_but_what_has_changed(graded, tmp_path, monkeypatch):
    there, out = tmp_path / "class", tmp_path / "out"
    shutil.copytree(FOLDER, there)
    shutil.copytree(graded[0], out)
    ran = []
    monkeypatch.setattr(
        "rnn_course.grading.marks.grade",
        lambda assignment, submission, limits, file: (
            ran.append(file) or Grade(file, "01_simple_rnn")
        ),
    )
    assert run(there, "--out", out, "--cell-timeout", 30, "--memory", 1).exit_code == 0
    assert ran == []
    shutil.copy(there / "lazy.ipynb", there / "untouched.ipynb")
    assert run(there, "--out", out, "--cell-timeout", 30, "--memory", 1).exit_code == 0
    assert ran == ["untouched.ipynb"]
    ran.clear()  # with more time, those that a limit stopped
    assert run(there, "--out", out, "--cell-timeout", 40, "--memory", 1).exit_code == 0
    assert sorted(ran) == ["crashes.ipynb", "fills the memory.ipynb", "hangs.ipynb"]


def test_points_given_by_a_person_are_taken_up(graded, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(graded[0], out)
    path = out / "written_answers.csv"
    rows = read_csv(path)
    assert {row["file"] for row in rows if row["points"] == ""} == {
        *LOST.keys() - {"essay.ipynb", "lazy.ipynb", "untouched.ipynb"}
    }
    row = next(row for row in rows if row["file"].startswith("Jürgen"))
    row["points"], row["comment"] = "2,5", "The average: <well> said."
    with path.open("w", encoding="cp1252", newline="") as file:  # as a German Excel may save it
        table = csv.DictWriter(file, rows[0].keys(), delimiter=";")
        table.writeheader()
        table.writerows(rows)
    result = run(FOLDER, "--out", out, "--cell-timeout", 30, "--memory", 1)
    assert result.exit_code == 0, result.output
    graded_row = next(r for r in read_csv(out / "grades.csv") if r["file"] == row["file"])
    assert (graded_row["points"], graded_row["to be read"]) == ("12.5", "0")
    page = (out / "feedback" / f"{page_name(row['file'])}.html").read_text("utf-8")
    assert "The average: &lt;well&gt; said." in page


# Parts of it.


def a_grade(answer="Because.", points=None, file="a.ipynb"):
    mark = Mark("open-written", 3.0, points, "")
    return Grade(file, "01_simple_rnn", marks=[mark], answers={"open-written": answer})


@pytest.mark.parametrize("points", ["4", "-1", "much", "nan"])
def test_points_that_cannot_be_are_named_with_their_line_and_nothing_is_overwritten(
    tmp_path, points
):
    gradebook.write_tables([a_grade()], tmp_path)
    path = tmp_path / "written_answers.csv"
    path.write_text(path.read_text("utf-8").replace(",3,,", f",3,{points},"), "utf-8")
    before = path.read_bytes()
    with pytest.raises(gradebook.GradebookError, match=r"line 2: points must be .* from 0 to 3"):
        gradebook.take_up_written([a_grade()], tmp_path)
    assert path.read_bytes() == before


def test_an_answer_that_changed_waits_again(tmp_path):
    gradebook.write_tables([a_grade()], tmp_path)
    path = tmp_path / "written_answers.csv"
    path.write_text(path.read_text("utf-8").replace(",3,,", ",3,2,"), "utf-8")
    [same] = gradebook.take_up_written([a_grade()], tmp_path)
    [other] = gradebook.take_up_written([a_grade("I think so.")], tmp_path)
    assert (same.points, other.points, other.unread) == (2.0, 0.0, 3.0)


def test_nothing_in_a_table_is_a_formula(tmp_path):
    gradebook.write_tables([a_grade("=HYPERLINK(1)", file="@x.ipynb")], tmp_path)
    cells = [v for row in read_csv(tmp_path / "written_answers.csv") for v in row.values()]
    assert "'=HYPERLINK(1)" in cells
    assert not any(value.startswith(("=", "@")) for value in cells)
    path = tmp_path / "written_answers.csv"
    path.write_text(path.read_text("utf-8").replace(",3,,", ",3,1,"), "utf-8")
    [taken] = gradebook.take_up_written([a_grade("=HYPERLINK(1)", file="@x.ipynb")], tmp_path)
    assert taken.points == 1.0


def test_what_students_write_is_escaped(tmp_path):
    strange = a_grade("<script>alert(1)</script>", file="<b>.ipynb")
    page = feedback.write_feedback(strange, FIRST, tmp_path).read_text("utf-8")
    strange.remarks = ["<i>"]
    summary = feedback.write_summary([strange], {}, tmp_path).read_text("utf-8")
    for text in (page, summary):
        assert "<script>" not in text
        assert "<b>" not in text
        assert "<i>" not in text


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"[1]", b'{"cells": 3}', b'{"cells": [], "nbformat": 99}']
)
def test_what_is_not_a_notebook_is_said_to_be_none(tmp_path, content):
    (tmp_path / "a.ipynb").write_bytes(content)
    with pytest.raises(SubmissionError, match="not a notebook"):
        read_submission(tmp_path / "a.ipynb")


def test_a_huge_file_is_not_read(tmp_path):
    with (tmp_path / "a.ipynb").open("wb") as file:
        file.truncate(300_000_000)
    with pytest.raises(SubmissionError, match="300 MB"):
        read_submission(tmp_path / "a.ipynb")


def test_links_hidden_files_and_results_are_not_submissions(tmp_path):
    for name in ("a/b.ipynb", ".hidden/c.ipynb", ".d.ipynb", "out/e.csv"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}")
    assert list(find_submissions(tmp_path, besides=tmp_path / "out")) == ["a/b.ipynb"]
    if os.name == "posix":
        (tmp_path / "link.ipynb").symlink_to("/etc/hostname")
        with pytest.raises(SubmissionError, match="link"):
            read_submission(find_submissions(tmp_path)["link.ipynb"])


def test_pages_have_names_of_their_own():
    names = {page_name(file) for file in ("a/b.ipynb", "a b.ipynb", "a_b.ipynb", "x" * 300)}
    assert len(names) == 4
    assert all(re.fullmatch(r"[\w.-]{1,80}", name) for name in names)


def test_a_notebook_without_any_metadata_is_found_by_its_cells_or_not_at_all():
    notebook = nbformat.reads(nbformat.writes(FIRST.exercise), as_version=4)
    notebook.metadata.clear()
    for cell in notebook.cells:
        cell.metadata.clear()  # the cells' own ids stay
    assert find_assignment(notebook, ASSIGNMENTS) is FIRST
    assert find_assignment(new_notebook(cells=[new_code_cell("1")]), ASSIGNMENTS) is None


def test_an_own_cell_stays_where_it_was_and_a_second_copy_is_an_own_cell():
    notebook = nbformat.reads(nbformat.writes(FIRST.exercise), as_version=4)
    step = cells_by_id(notebook)["step"]
    place = notebook.cells.index(step)
    notebook.cells[place:place] = [new_code_cell("first = 1")]
    notebook.cells.insert(place + 2, nbformat.from_dict({**step, "source": "second = 2"}))
    parts, remarks = merge(FIRST, notebook)
    at = [part.id for part in parts].index("step")
    assert [part.source for part in parts[at - 1 : at + 2]] == [
        "first = 1",
        step.source,
        "second = 2",
    ]
    assert remarks == []


def test_hidden_tests_are_those_of_the_assignment():
    parts, _ = merge(FIRST, FIRST.exercise)
    hidden = {part.id: part.source for part in parts if part.id.endswith("-hidden")}
    assert len(hidden) == 6
    assert all("HIDDEN TESTS" in source for source in hidden.values())


# The sandbox.


def parts(*sources):
    return [Part("", source, True) for source in sources]


def test_a_cell_that_stops_the_process_costs_only_itself():
    cells = parts("x = 1", "import os; os._exit(3)", "y = x + 1", "assert y == 2")
    outcomes, stopped = run_parts(cells, Limits())
    assert stopped
    assert [outcome.error for _, outcome in sorted(outcomes.items())] == [
        "", "it ended its process.", "", ""
    ]  # fmt: skip


def test_time_for_the_notebook_ends(tmp_path):
    start = time.monotonic()
    with Sandbox(Limits()) as box:  # so that starting is not what is timed
        box.execute("")
    outcomes, stopped = run_parts(parts("import time; time.sleep(60)", "1"), Limits(60, 2))
    assert stopped
    assert time.monotonic() - start < 50
    assert "the notebook took longer than" in outcomes[0].error
    assert "was not run" in outcomes[1].error


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("raise SystemExit", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("def f(:", "SyntaxError: invalid syntax, line 1"),
        ("input()", "EOFError"),
        ("%matplotlib inline\nimport matplotlib.pyplot as p; p.plot([1]); p.show()", ""),
        ("import sys; sys.stdout.write('x' * 99); print('y', file=sys.stderr)", ""),
        ("import os; os.write(1, b'x' * 10**6)", ""),
    ],
)
def test_what_a_cell_does_is_an_outcome(source, error):
    with Sandbox(Limits()) as box:
        assert box.execute(source).error.startswith(error)
        assert box.execute("1 + 1").error == ""


def test_the_error_names_the_line_of_an_earlier_cell_and_none_of_its_own():
    with Sandbox(Limits()) as box:
        box.execute("def half(x):\n    return x / 0")
        outcome = box.execute("secret = half(3)")
    assert outcome.error == "ZeroDivisionError: division by zero"
    assert outcome.line == "return x / 0"


def test_nothing_is_left_of_a_sandbox():
    with Sandbox(Limits(cell_seconds=20)) as box:
        box.execute("open('file', 'w').write('x')")
        folder, family = box._folder, [process.pid for process in box._family()]
    assert not os.path.exists(folder)
    assert not any(psutil.pid_exists(pid) for pid in family[:1])
    with pytest.raises(Stopped):
        box.execute("1")


def test_grading_stops_at_once_when_told_to():
    limits = Limits()
    limits.stop.set()
    result = grade(FIRST, FIRST.exercise, limits, "a.ipynb")
    assert result.points == 0.0
