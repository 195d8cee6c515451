"""Tables of a graded class: all grades, and the answers in words that a person reads.

They open in a spreadsheet. Points and comments written into ``written_answers.csv`` are taken up
when the class is graded again, which runs nothing that has been run. Nothing that a person has
written there is lost: what is not taken up stays in the table, as a comment where the answer is
another one now.
"""

import csv
import hashlib
import io
from dataclasses import replace
from pathlib import Path

from rnn_course.files import written_whole
from rnn_course.grading.marks import Grade
from rnn_course.grading.submissions import page_name

WRITTEN = "written_answers.csv"
COLUMNS = ["file", "task", "of", "points", "comment", "answer", "version"]
UNREAD = "to be read"
READ = "A person has read it."


class GradebookError(ValueError):
    """What is wrong in the table that a person fills in, and where."""


def take_up_written(grades: list[Grade], folder: Path) -> list[Grade]:
    """Put in the points that a person gave for answers in words.

    Args:
        grades: All grades.
        folder: Where ``written_answers.csv`` is, if there is one.

    Returns:
        The grades with these points. An answer that has changed since waits for a person again.

    Raises:
        GradebookError: The table cannot be understood; the message names file and line.
    """
    given = {}
    for line, row in _rows(folder / WRITTEN):
        if row["points"].strip():
            given[row["file"], row["task"]] = (_points(row, line), row)
    return [
        replace(grade, marks=[_read(grade, mark, given) for mark in grade.marks])
        for grade in grades
    ]


def _read(grade, mark, given):
    points, row = given.get((_cell(grade.file), mark.id), (None, None))
    if row is None or mark.points is not None or not _is_of(row, grade.answers.get(mark.id, "")):
        return mark
    return replace(mark, points=points, sentence=row["comment"].strip() or READ)


def _is_of(row, answer):
    """Whether a row is about this answer; what a spreadsheet made of its text does not matter."""
    return row["version"] == _version(answer) or _words(row["answer"]) == _words(_cell(answer))


def _version(answer):
    return "v" + hashlib.sha256(_words(answer).encode("utf-8", "replace")).hexdigest()[:12]


def write_tables(grades: list[Grade], folder: Path) -> None:
    """Write ``grades.csv`` and ``written_answers.csv``.

    Args:
        grades: All grades, with the points that a person gave.
        folder: Where to.
    """
    ids = list(dict.fromkeys((g.assignment, m.id) for g in grades for m in g.marks))
    head = ["file", "assignment", "points", "of", UNREAD, "reason", "remarks", "feedback"]
    table = [head + [f"{assignment}: {id}" for assignment, id in ids]]
    for grade in grades:
        marks = {
            (grade.assignment, mark.id): UNREAD if mark.points is None else _number(mark.points)
            for mark in grade.marks
        }
        row = [grade.file, grade.assignment, _number(grade.points), _number(grade.of)]
        row += [_number(grade.unread), grade.reason, " ".join(grade.remarks)]
        row += [f"feedback/{page_name(grade.file)}.html"]
        table.append(row + [marks.get(id, "") for id in ids])
    _write(folder / "grades.csv", table)

    before = {(row["file"], row["task"]): row for _, row in _rows(folder / WRITTEN)}
    table = [COLUMNS]
    for grade in grades:
        for mark in grade.marks:
            if mark.id.endswith("-written") and mark.id in grade.answers:
                answer, row = grade.answers[mark.id], before.pop((_cell(grade.file), mark.id), None)
                points = "" if mark.points is None else _number(mark.points)
                comment = "" if mark.points is None else mark.sentence
                if row and mark.sentence != (row["comment"].strip() or READ):
                    comment = _with_earlier(comment, row, answer)
                version = _version(answer)
                table.append(
                    [grade.file, mark.id, _number(mark.of), points, comment, answer, version]
                )
    lost = [row for row in before.values() if row["points"].strip() or row["comment"].strip()]
    _write(folder / WRITTEN, table + [[row[name] for name in COLUMNS] for row in lost])


def _with_earlier(comment, row, answer):
    """A comment that also says what a person wrote, and does not count now."""
    earlier = row["comment"].strip()
    if not _is_of(row, answer) and row["points"].strip():
        points = f"An earlier answer had {row['points'].strip()} points"
        earlier = f"{points}: {earlier}" if earlier else f"{points}."
    return " ".join(filter(None, [comment, earlier])) if earlier not in comment else comment


def _write(path: Path, table: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_cell(value) for value in row] for row in table)
    with written_whole(path) as part:  # the byte-order mark tells Excel that it is UTF-8
        part.write_text(text.getvalue(), "utf-8-sig", newline="")


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """The rows of the table with their line numbers, also as a spreadsheet may have saved it."""
    if not path.exists():
        return []
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    delimiter = ";" if text.partition("\n")[0].count(";") >= len(COLUMNS) - 2 else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    if missing := set(COLUMNS[:-1]) - set(reader.fieldnames or []):
        raise GradebookError(f"{path}: the column {sorted(missing)[0]!r} is missing")
    return [
        (f"{path}, line {reader.line_num}", {name: row.get(name) or "" for name in COLUMNS})
        for row in reader
    ]


def _points(row: dict[str, str], line: str) -> float:
    try:
        points = float(row["points"].replace(",", "."))
        most = float(row["of"].replace(",", "."))
    except ValueError:
        points, most = -1.0, 0.0
    if not 0 <= points <= most:
        raise GradebookError(
            f"{line}: points must be a number from 0 to {row['of']}, not {row['points']!r}"
        )
    return points


def _cell(value: str) -> str:
    """A value that no spreadsheet takes for a formula."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") and value else value


def _words(text: str) -> str:
    return " ".join(text.split())


def _number(value: float) -> str:
    return f"{value:g}"
