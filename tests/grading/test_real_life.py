"""Submissions as they come: nobody loses a point to how a file was made, sent or typed."""

import csv
import io
import json
import os
import zipfile
from dataclasses import asdict, replace

import nbformat
import pytest
from example_class import ROOT
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from rnn_course.grading import gradebook, submissions, worker
from rnn_course.grading.assignments import Part, cells_by_id, merge, read_assignments
from rnn_course.grading.marks import NO_ANSWER, Grade, Mark, forget, grade, run_parts
from rnn_course.grading.sandbox import Limits, Sandbox, Stopped
from rnn_course.grading.submissions import (
    SubmissionError,
    find_submissions,
    page_name,
    read_submission,
)

FIRST = read_assignments(ROOT)["01_simple_rnn"]
RIGHT = cells_by_id(FIRST.solution)
WRITTEN = next(id for id in FIRST.stubs if id.endswith("-written"))


@pytest.fixture
def notebook():
    """The exercise, with the right answer to `step` alone."""
    made = nbformat.reads(nbformat.writes(FIRST.exercise), as_version=4)
    cells_by_id(made)["step"].source = RIGHT["step"].source
    return made


def place_of(notebook, id):
    return notebook.cells.index(cells_by_id(notebook)[id])


def earned(notebook):
    """The points and sentences of the exercise `step`."""
    result = grade(FIRST, notebook, Limits(), "a.ipynb")
    marks = [mark for mark in result.marks if mark.id.startswith("step-")]
    return sum(mark.points for mark in marks), [mark.sentence for mark in marks], result


FULL = sum(task.points for task in FIRST.tasks if task.exercise == "step")


# What is typed, and where.


def test_an_answer_in_a_cell_typed_anew_counts(notebook):
    at = place_of(notebook, "step")
    notebook.cells[at : at + 1] = [
        new_code_cell("%%time\ntwo = 2"),
        new_code_cell(RIGHT["step"].source),
    ]
    points, _, result = earned(notebook)
    assert points == FULL
    assert result.answers["step"] == RIGHT["step"].source


def test_an_answer_beside_the_cell_that_was_meant_for_it_counts(notebook):
    at = place_of(notebook, "step")
    notebook.cells[at].source = FIRST.stubs["step"]
    notebook.cells.insert(at + 1, new_code_cell(RIGHT["step"].source))
    assert earned(notebook)[0] == FULL
    notebook.cells[at + 1].source = "step = lambda *args: 1 / 0"
    points, sentences, _ = earned(notebook)
    assert points == 0
    assert all("ZeroDivisionError" in sentence for sentence in sentences)
    notebook.cells[at + 1].source = "\n"
    assert set(earned(notebook)[1]) == {NO_ANSWER}


@pytest.mark.parametrize("own", ["behind", "instead", "both", "copied"])
def test_words_in_cells_of_their_own_reach_a_person(notebook, own):
    at = place_of(notebook, WRITTEN)
    cell = notebook.cells[at]
    if own == "both":
        cell.source = "First."
    second = new_markdown_cell("Because it is so.")
    if own == "copied":
        second = nbformat.from_dict({**cell, "source": second.source})
    notebook.cells[at : at + 1] = [second] if own == "instead" else [cell, second]
    result = grade(FIRST, notebook, Limits(), "a.ipynb")
    expected = "First.\n\nBecause it is so." if own == "both" else "Because it is so."
    assert result.answers[WRITTEN] == expected
    assert next(mark for mark in result.marks if mark.id == WRITTEN).points is None


def test_an_import_added_to_a_given_cell_counts(notebook):
    cell = next(c for id, c in cells_by_id(notebook).items() if id == "setup")
    cell.source = f"import math as m\nfrom string import ascii_letters\n{cell.source}"
    answer = cells_by_id(notebook)["step"]
    answer.source += "\nassert m.pi and ascii_letters"
    assert earned(notebook)[0] == FULL


def test_a_module_written_by_a_cell_is_imported():
    cells = ["%%writefile helper.py\nsecret = 3\n", "import helper\nassert helper.secret == 3"]
    outcomes, _ = run_parts([Part("", source, code=True) for source in cells], Limits())
    assert [outcome.error for outcome in outcomes.values()] == ["", ""]


# What a cell does to the process.


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on Windows")
def test_a_process_that_was_forked_has_no_say():
    with Sandbox(Limits()) as box:
        assert box.execute("import os, time; child = os.fork() == 0").error == ""
        for _ in range(3):
            assert box.execute("assert not child").error == ""
        assert box.execute("raise ValueError").error == "ValueError"
        assert box.execute("1").error == ""


BACKGROUND = {
    "a process": "import subprocess, sys\n"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)'])",
    "one whose parent has ended": "import os\nos.system('sleep 99 &')",
}
if os.name != "posix":
    del BACKGROUND["one whose parent has ended"]


@pytest.mark.parametrize("source", BACKGROUND.values(), ids=BACKGROUND)
def test_what_a_cell_starts_in_the_background_ends_with_it(source):
    with Sandbox(Limits()) as box:
        assert box.execute(source).error == ""
        assert len(box._family()) == 1


@pytest.mark.parametrize("source", BACKGROUND.values(), ids=BACKGROUND)
def test_what_a_cell_that_hangs_has_started_ends_as_well(source):
    with Sandbox(Limits(cell_seconds=5)) as box:
        box.execute("import time")
        pid = box._process.pid
        with pytest.raises(Stopped, match="took longer"):
            box.execute(f"{source}\ntime.sleep(99)")
        assert worker.family(pid) == []


def test_functions_that_tests_call_are_those_of_numpy():
    patched = "import numpy as np, builtins\nnp.allclose = lambda *a, **k: True\nbuiltins.abs = max"
    tested = "from rnn_course.grading import check_same\ncheck_same('x', 1.0, 2.0)"
    with Sandbox(Limits()) as box:
        assert box.execute(patched).error == ""
        assert "x is 1" in box.execute(tested, forget="rnn_course.grading").error
        assert box.execute("assert abs(-3) == 3").error == ""


@pytest.mark.parametrize("command", ["%pip", "!pip", "!{sys.executable} -m pip"])
def test_nothing_is_installed(command):
    cells = [
        f"import sys, numpy\n{command} uninstall -y numpy\n{command} install no-such-package",
        "import subprocess\nsaid = subprocess.run([sys.executable, '-m', 'pip', 'list'], "
        "capture_output=True).stdout",
        "assert said.startswith(b'Nothing is installed')",
        "assert subprocess.run([sys.executable, '-c', 'import numpy']).returncode == 0",
    ]
    with Sandbox(Limits()) as box:
        assert [box.execute(source).error for source in cells] == [""] * 4


def test_other_packages_are_said_not_to_be_there():
    with Sandbox(Limits()) as box:
        error = box.execute("import no_such_package").error
    assert "No module named 'no_such_package', and where notebooks are graded" in error


# What kind of file it is.


def test_a_byte_order_mark_costs_nothing(tmp_path, notebook):
    path = tmp_path / "a.ipynb"
    path.write_text(nbformat.writes(notebook), "utf-8-sig")
    assert cells_by_id(read_submission(path))["step"].source == RIGHT["step"].source


def test_large_outputs_cost_nothing(tmp_path, notebook):
    path = tmp_path / "a.ipynb"
    cells_by_id(notebook)["step"].outputs = [new_output("stream", text="x" * 30_000_000)]
    path.write_text(nbformat.writes(notebook), "utf-8")
    read = read_submission(path)
    assert cells_by_id(read)["step"].source == RIGHT["step"].source
    assert not any(cell.get("outputs") for cell in read.cells)
    cells_by_id(notebook)["step"].source = "#" * 30_000_000
    path.write_text(nbformat.writes(notebook), "utf-8")
    with pytest.raises(SubmissionError, match="30 MB without its outputs"):
        read_submission(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7", "This is a PDF: hand in the notebook itself"),
        (b"\n<!DOCTYPE html><html>", "This is a web page"),
        (b"PK\x03\x04 and more", "This is a zip archive or an office document: unpack it"),
        (b"Rar!\x1a", "This is a RAR archive: unpack it"),
        (b"7z\xbc\xaf\x27\x1c", "This is a 7-Zip archive: unpack it"),
        (b"\x1f\x8b\x08", "This is a compressed file: unpack it"),
    ],
)
def test_other_files_are_named_for_what_they_are(tmp_path, content, said):
    (tmp_path / "a.ipynb").write_bytes(content)
    with pytest.raises(SubmissionError, match=said):
        read_submission(tmp_path / "a.ipynb")


def zipped(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in files.items():
            archive.writestr(name, each)
    return content.getvalue()


@pytest.mark.parametrize("as_folder", [True, False])
def test_archives_are_read_as_platforms_deliver_them(tmp_path, notebook, as_folder):
    text = nbformat.writes(notebook)
    path = tmp_path / "class.zip"
    path.write_bytes(
        zipped(
            {
                "Ada Lovelace_17_assignsubmission_file_/01.ipynb": text,  # as Moodle names them
                "müllerjürgen_LATE_55_77_01_simple_rnn.ipynb": text,  # as Canvas does
                "Bo_18_assignsubmission_file_/mine.zip": zipped(
                    {"a/b.ipynb": text, "__MACOSX/a/._b.ipynb": "", "a/.ipynb_checkpoints/b": ""}
                ),
                "Cy_19_assignsubmission_file_/broken.zip": b"PK\x03\x04 cut off",
                ".DS_Store": "",
            }
        )
    )
    found = find_submissions(tmp_path if as_folder else path)
    assert list(found) == [
        "class.zip/Ada Lovelace_17_assignsubmission_file_/01.ipynb",
        "class.zip/müllerjürgen_LATE_55_77_01_simple_rnn.ipynb",
        "class.zip/Bo_18_assignsubmission_file_/mine.zip/a/b.ipynb",
        "class.zip/Cy_19_assignsubmission_file_/broken.zip",
    ]
    *whole, broken = found.values()
    for each in whole:
        assert cells_by_id(read_submission(each))["step"].source == RIGHT["step"].source
    with pytest.raises(SubmissionError, match="unpack it"):
        read_submission(broken)
    assert sorted(os.listdir(tmp_path)) == ["class.zip"]


def test_an_archive_that_swells_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(submissions, "MOST_BYTES_OF_A_FILE", 1000)
    (tmp_path / "a.zip").write_bytes(zipped({"a.ipynb": "0" * 5000}))
    [packed] = find_submissions(tmp_path).values()
    with pytest.raises(SubmissionError, match="are not read"):
        read_submission(packed)


# When it is graded again.


def test_a_repaired_check_regrades(monkeypatch, tmp_path):
    before = replace(FIRST).digest
    (tmp_path / "marks.py").write_text("# mended")
    monkeypatch.setattr("rnn_course.grading.assignments.__file__", str(tmp_path / "x.py"))
    assert replace(FIRST).digest != before


def test_parts_in_place_of_a_lost_answer_are_not_run_twice(notebook):
    at = place_of(notebook, "step")
    notebook.cells[at : at + 1] = [new_code_cell("count = 1"), new_markdown_cell("I think")]
    parts, _ = merge(FIRST, notebook)
    assert [p.source for p in parts].count("count = 1") == 1
    assert json.dumps([p.source for p in parts]).count("I think") == 1


# What a person has written.


def a_grade(answer="Because.", file="a.ipynb"):
    mark = Mark("open-written", 3.0, None, "")
    return Grade(file, "01_simple_rnn", marks=[mark], answers={"open-written": answer})


def graded_again(folder, grades, **changes):
    """The table after a person has changed its first row, and the class is graded once more."""
    path = folder / gradebook.WRITTEN
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    rows[0] |= changes
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
    taken = gradebook.take_up_written(grades, folder)
    gradebook.write_tables(taken, folder)
    text = path.read_text("utf-8-sig")
    return taken, list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_comment_without_points_stays(tmp_path):
    gradebook.write_tables([a_grade()], tmp_path)
    for _ in range(2):
        [grade], [row] = graded_again(tmp_path, [a_grade()], comment="Ask her.")
        assert (row["points"], row["comment"], grade.unread) == ("", "Ask her.", 3.0)


def test_points_count_whatever_a_spreadsheet_made_of_the_answer(tmp_path):
    gradebook.write_tables([a_grade()], tmp_path)
    changes = dict(points="2", comment="Good.", answer="Bec\u2026")
    [grade], [row] = graded_again(tmp_path, [a_grade()], **changes)
    assert (grade.points, row["points"], row["comment"]) == (2.0, "2", "Good.")
    assert row["answer"] == "Because."


def test_what_was_given_for_an_earlier_answer_is_told_and_does_not_count(tmp_path):
    gradebook.write_tables([a_grade()], tmp_path)
    graded_again(tmp_path, [a_grade()], points="2", comment="Good.")
    for _ in range(2):
        [grade], [row] = graded_again(tmp_path, [a_grade("Therefore.")])
        assert (grade.unread, row["points"], row["answer"]) == (3.0, "", "Therefore.")
        assert row["comment"] == "An earlier answer had 2 points: Good."


def test_rows_of_files_that_are_not_there_stay(tmp_path):
    gradebook.write_tables([a_grade(), a_grade(file="b.ipynb")], tmp_path)
    _, rows = graded_again(tmp_path, [a_grade(file="b.ipynb")], points="1", comment="Late.")
    assert [(row["file"], row["points"], row["comment"]) for row in rows] == [
        ("b.ipynb", "", ""),
        ("a.ipynb", "1", "Late."),
    ]


def test_one_student_or_one_exercise_is_graded_again(tmp_path):
    files = ["Ada.ipynb", "Bo.ipynb"]

    def records():
        tmp_path.mkdir(exist_ok=True)
        for file in files:
            record = json.dumps(asdict(a_grade(file=file)))
            (tmp_path / f"{page_name(file)}.json").write_text(record)

    for again, expected in [("Ada", 1), ("open", 2), ("01_simple_rnn", 2), ("nobody", 0)]:
        records()
        assert forget(again, files, tmp_path) == expected
        assert len(list(tmp_path.iterdir())) == 2 - expected
