"""Pages of a graded class: feedback for each student, and a summary for the lecturer.

Each is one file that asks nothing of the network. What students wrote is escaped.
"""

import base64
import io
from collections import Counter
from html import escape
from pathlib import Path

import numpy as np

from rnn_course.figures.axes import alt_text, axes_for, describe
from rnn_course.figures.palette import COLOURS
from rnn_course.grading.assignments import Assignment, exercise_of, kind_of
from rnn_course.grading.marks import Grade, Mark
from rnn_course.grading.submissions import page_name

KINDS = {"visible": "Tests you see", "hidden": "Hidden tests", "written": "In words"}
_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}
body {{ background: Canvas; color: CanvasText; overflow-wrap: break-word; }}
table {{ border-collapse: collapse; }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem min(1rem, 1.5vw) .3rem 0; }}
tr {{ border-top: 1px solid #999; }}
pre {{ background: #8882; padding: .5rem; overflow: auto; white-space: pre-wrap; }}
img {{ max-width: 100%; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


def lost_points(exercises, earned, lost, ax=None):
    """Bars of where points were lost, one for each exercise.

    Args:
        exercises: their titles.
        earned: the share of its points that the class earned on each, from 0 to 1.
        lost: for each way to lose points, its name and the share lost on each exercise.
        ax: an `Axes` to draw on; else a new figure.

    Returns:
        The `Axes`.

    Example:
        >>> ax = lost_points(["1 One step"], [0.75], {"hidden tests": [0.25]})
        >>> alt_text(ax)
        'Points by exercise. 1 One step: earned 75 %, hidden tests 25 %.'
    """
    ax = axes_for(ax, (8, 0.8 + 0.45 * len(exercises)))
    bars = {"earned": np.asarray(earned, float)}
    bars |= {name: np.asarray(shares, float) for name, shares in lost.items()}
    left = np.zeros(len(exercises))
    hatches = ("", "//", "..", "xx", "\\\\")
    for i, (name, shares) in enumerate(bars.items()):
        style = dict(color=COLOURS[i], hatch=hatches[i], edgecolor="white", label=name)
        ax.barh(range(len(exercises)), 100 * shares, left=100 * left, **style)
        left = left + shares
    ax.set_yticks(range(len(exercises)), exercises)
    ax.invert_yaxis()
    ax.set_xlim(0, 100)
    ax.set_xlabel("share of the points (%)")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    sentences = [
        f"{title}: "
        + ", ".join(f"{name} {100 * s[i]:.0f} %" for name, s in bars.items() if s[i] > 0)
        + "."
        for i, title in enumerate(exercises)
    ]
    describe(ax, " ".join(["Points by exercise.", *sentences]))
    return ax


def write_feedback(grade: Grade, assignment: Assignment | None, folder: Path) -> Path:
    """Write the page for one student.

    Args:
        grade: What became of the submission.
        assignment: What it answers, or None.
        folder: Where to.

    Returns:
        The page.
    """
    path = folder / f"{page_name(grade.file)}.html"
    if assignment is None:
        body = f"<p><strong>Not graded.</strong> {escape(grade.reason)}</p>"
    else:
        body = "\n".join([_total(grade), _remarks(grade), _exercises(grade, assignment)])
    page = _PAGE.format(title=f"Feedback: {escape(grade.file)}", body=body)
    path.write_text(page, "utf-8", "xmlcharrefreplace")
    return path


def _total(grade: Grade) -> str:
    text = f"{grade.assignment}: <strong>{grade.points:g} of {grade.of:g} points</strong>"
    if grade.unread:
        text += f", and up to {grade.unread:g} more when a person has read what you wrote"
    return f"<p>{text}.</p>"


def _remarks(grade: Grade) -> str:
    if not grade.remarks:
        return ""
    return "<ul>" + "".join(f"<li>{escape(r)}</li>" for r in grade.remarks) + "</ul>"


def _exercises(grade: Grade, assignment: Assignment) -> str:
    lines = []
    for exercise, title in assignment.titles.items():
        marks = [mark for mark in grade.marks if exercise_of(mark.id) == exercise]
        rows = "".join(f"<tr>{_row(mark)}</tr>" for mark in marks)
        lines += [f"<h2>{escape(title)}</h2>", f"<table>{rows}</table>"]
        for id, answer in grade.answers.items():
            if exercise_of(id) == exercise:
                what = "Your answer in words" if kind_of(id) == "written" else "Your code"
                lines.append(
                    f"<details><summary>{what}</summary><pre>{escape(answer)}</pre></details>"
                )
    return "\n".join(lines)


def _row(mark: Mark) -> str:
    points = "up&nbsp;to" if mark.points is None else f"{mark.points:g}&nbsp;of"
    said = escape(mark.sentence or "All right.")
    kind = KINDS[kind_of(mark.id)]
    return f"<th scope='row'>{kind}</th><td>{points}&nbsp;{mark.of:g}</td><td>{said}</td>"


def write_summary(grades: list[Grade], assignments: dict[str, Assignment], folder: Path) -> Path:
    """Write the page for the lecturer.

    Args:
        grades: All grades.
        assignments: Those of the course, by name.
        folder: Where to; feedback pages are in ``feedback/`` below it.

    Returns:
        The page.
    """
    failed = sum(bool(grade.reason) for grade in grades)
    unread = sum(bool(grade.unread) for grade in grades)
    body = [
        f"<p>{len(grades)} submissions, {failed} of them not graded; {unread} with answers that "
        "wait for a person: write points and comments into <a href='written_answers.csv'>"
        "written_answers.csv</a> and grade again. All grades: "
        "<a href='grades.csv'>grades.csv</a>.</p>"
    ]
    for name, assignment in assignments.items():
        if own := [grade for grade in grades if grade.assignment == name]:
            body.append(_class(own, assignment))
    rows = "".join(
        f"<tr><td><a href='feedback/{page_name(g.file)}.html'>{escape(g.file)}</a><br>"
        f"{escape(' '.join([g.reason, *g.remarks]))}</td>"
        f"<td>{escape(g.assignment)}</td><td>{g.points:g}&nbsp;of&nbsp;{g.of:g}</td></tr>"
        for g in grades
    )
    body.append(
        "<h2>Submissions</h2><table><tr><th>file, remarks</th><th>assignment</th><th>points</th>"
        f"</tr>{rows}</table>"
    )
    path = folder / "index.html"
    page = _PAGE.format(title="Graded class", body="\n".join(body))
    path.write_text(page, "utf-8", "xmlcharrefreplace")
    return path


def _class(grades: list[Grade], assignment: Assignment) -> str:
    exercises = list(assignment.titles)
    shares = {name: np.zeros(len(exercises)) for name in ("earned", *KINDS, "to be read")}
    for i, exercise in enumerate(exercises):
        marks = [m for g in grades for m in g.marks if exercise_of(m.id) == exercise]
        of = sum(mark.of for mark in marks)
        for mark in marks:
            lost = 0.0 if mark.points is None else mark.of - mark.points
            shares[kind_of(mark.id)][i] += lost / of
            shares["earned"][i] += (mark.points or 0.0) / of
            shares["to be read"][i] += mark.of / of if mark.points is None else 0.0
    names = {"visible": "lost in visible tests", "hidden": "lost in hidden tests"}
    names |= {"written": "lost in words", "to be read": "to be read"}
    titles = [title.partition(" (")[0] for title in assignment.titles.values()]
    lost = {label: shares[name] for name, label in names.items() if shares[name].any()}
    picture = _picture(lost_points(titles, shares["earned"], lost))
    head = "".join(f"<th>{label}</th>" for label in ("exercise", "earned", *lost))
    rows = "".join(
        f"<tr><th scope='row'>{escape(title)}</th>"
        + "".join(f"<td>{100 * s[i]:.0f} %</td>" for s in (shares["earned"], *lost.values()))
        + "</tr>"
        for i, title in enumerate(titles)
    )
    said: Counter[tuple[str, str]] = Counter()
    for grade in grades:  # once a student and exercise: the other tests fail for the same reason
        first: dict[str, str] = {}
        for mark in grade.marks:
            if mark.points == 0:
                first.setdefault(exercise_of(mark.id), mark.sentence)
        said.update(first.items())
    title_of = dict(zip(exercises, titles, strict=True))
    often = "".join(
        f"<li>{escape(title_of[exercise])}: {escape(sentence)} ({n})</li>"
        for (exercise, sentence), n in said.most_common(10)
    )
    mean = np.mean([grade.points for grade in grades])
    return (
        f"<h2>{assignment.name}</h2><p>{len(grades)} submissions, {mean:.1f} of {grades[0].of:g} "
        f"points on average so far. Where points were lost:</p>{picture}"
        f"<table><tr>{head}</tr>{rows}</table><h3>Said most often</h3><ol>{often}</ol>"
    )


def _picture(ax) -> str:
    file = io.BytesIO()
    ax.figure.savefig(file, format="png", dpi=100)
    from matplotlib import pyplot as plt

    plt.close(ax.figure)
    data = base64.b64encode(file.getvalue()).decode()
    return f'<p><img src="data:image/png;base64,{data}" alt="{escape(alt_text(ax))}"></p>'
