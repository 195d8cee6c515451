"""The page "What is claimed, and what bears it out", and what the command line shows of a study."""

from collections import Counter
from pathlib import Path

from rnn_course.studies.catalogue import names, study
from rnn_course.studies.claims import FAILS, HOLDS, OPEN, evaluate, outcome
from rnn_course.studies.results import Results, load, shipped
from rnn_course.studies.study import Study

NOTEBOOKS = (
    "02_backpropagation_through_time",
    "03_lstm_and_gru",
    "04_stacked_and_bidirectional",
    "05_language_model",
    "06_tagging",
    "07_classification_with_attention",
    "08_translation",
)

HEAD = """# What is claimed, and what bears it out

Every sentence of the course that ranks, compares or says *because* rests on a study: several
settings, each at its own learning rate, at least five seeds, several budgets. Two questions are
told apart: **how good** the models are on real text stands under [measured results](results.md);
**why**, and whether it would come out so again, stands here. What textbooks or earlier editions of
the notebooks say and what did not hold is gathered under [what turned out
otherwise](otherwise.md).

A number stands with its 95 % interval over seeds (a bootstrap). A claim **holds** where the whole
interval lies on its side of the threshold, **does not hold** where it lies on the other side, and
**is open** where the threshold is inside. Thresholds were written down before the trainings; a
claim that came out otherwise keeps its sentence, and says what was found instead. A sentence of a
notebook that rests on a claim links to it. `rnn-course study run NAME` repeats a study,
`rnn-course study show NAME` shows its scores.
"""


def markdown() -> str:
    """The whole page, made from the studies and their stored results."""
    studies = {each: study(each) for each in names()}
    found = {each: load(each) for each in names() if shipped(each).exists()}
    sections = (_section(each, found.get(name)) for name, each in studies.items())
    parts = [HEAD, _overview(studies, found), _otherwise(studies, found), *sections]
    return "\n".join(parts)


def write(path: Path) -> None:
    """Write the page.

    Args:
        path: of the file.
    """
    Path(path).write_text(markdown(), "utf-8")


def report(study: Study, results: Results) -> str:
    """A study's scores and claims as plain text.

    Args:
        study: which.
        results: of its trainings.

    Returns:
        A table a metric, a row a setting, and a line for each claim and budget.
    """
    lines = [f"{study.name}: {study.question}", study.fixed]
    lines.append(f"{results.seeds} seeds, {results.minutes:.0f} processor minutes")
    width = max(map(len, results.settings))
    for metric in results.metrics:
        budgets = "".join(f"{budget:>26,}" for budget in results.budgets)
        lines += ["", f"{metric:{width}}{budgets}  {results.unit}"]
        for label, curve in results.curves(metric).items():
            cells = (f"{_number(m)} ({_number(l)} to {_number(h)})" for m, l, h in curve.T)
            lines.append(f"{label:{width}}" + "".join(f"{cell:>26}" for cell in cells))
    lines += ["", *_doubts(results), ""]
    for claim in study.claims:
        verdicts = evaluate(claim, results)
        lines.append(f"{claim.name} {outcome(verdicts)}: {claim.sentence}")
        lines += [f"    {claim.statistic}"]
        lines += [f"    {_verdict(claim, each, results)}" for each in verdicts]
    return "\n".join(lines)


def _overview(studies, found):
    """A table: each question, how its claims came out, and what it costs to ask again."""
    rows = ["| question | claims | minutes |", "| --- | --- | --- |"]
    for name, each in studies.items():
        if name in found:
            outcomes = Counter(outcome(evaluate(claim, found[name])) for claim in each.claims)
            said = "; ".join(f"{of}: {outcomes[of]}" for of in (HOLDS, FAILS, OPEN) if outcomes[of])
            minutes = f"{found[name].minutes:.0f}"
        else:
            said, minutes = f"not measured yet: {len(each.claims)}", f"about {each.cost:.0f}"
        rows.append(f"| {each.question} {_link(name)} | {said} | {minutes} |")
    hours = sum(found[n].minutes if n in found else each.cost for n, each in studies.items()) / 60
    rows.append("")
    rows.append(f"Minutes are of one processor; all studies together take about {hours:.0f} hours.")
    return "\n".join(rows) + "\n"


def _otherwise(studies, found):
    """The claims that came out otherwise than expected, and what was found."""
    lines = ["## Which claims came out otherwise?", ""]
    for name in found:
        for claim in studies[name].claims:
            if claim.found != HOLDS:
                lines.append(
                    f"- {_link(claim.name)} **{claim.found}**: {claim.sentence} "
                    f"*Found:* {claim.remark}"
                )
    return "\n".join(lines) + "\n"


def _section(study, results):
    lines = [f"## {_words(study.name)}", "", f"**{study.question}** {study.fixed}", ""]
    if results is None:
        lines.append("It has not been run to its end yet: nothing below is known to hold.")
    else:
        lines.append(
            f"{results.seeds} seeds, {results.minutes:.0f} processor minutes. "
            + " ".join(_doubts(results))
        )
    for claim in study.claims:
        verdicts = evaluate(claim, results) if results else []
        state = f"**{outcome(verdicts).capitalize()}.**" if results else "*Not measured yet.*"
        lines += ["", f"### {_words(claim.name)}", "", f"{claim.sentence} {state}", ""]
        if claim.remark:
            lines += [claim.remark, ""]
        lines.append(f"{_notebook(claim)}. Measured: {claim.statistic}. {_refuted(claim)}")
        lines += ["", *(f"- {_verdict(claim, each, results)}" for each in verdicts)]
        if not verdicts:
            lines.pop()
    return "\n".join(lines) + "\n"


def _words(name):
    """A study's or a claim's name as a heading, to which notebooks can link."""
    return name.replace("_", " ")


def _link(name):
    return f"[{_words(name)}](#{name.replace('_', '-')})"


def _notebook(claim):
    (name,) = (name for name in NOTEBOOKS if name.startswith(claim.notebook))
    return f"[Notebook {claim.notebook}](../notebooks/{name}.ipynb)"


def _refuted(claim):
    return f"It would have been refuted by {claim.refuted_by}."


def _doubts(results):
    falling = results.still_falling
    edge = [label for label, found in results.settings.items() if found["edge"]]
    if falling:
        yield f"Still getting better at the largest budget: {'; '.join(falling)}."
    else:
        yield "All curves were flat at the largest budget."
    if edge:
        yield f"At the edge of the learning rates tried: {'; '.join(edge)}."


def _verdict(claim, verdict, results):
    side = "at most" if claim.at_least is None else "at least"
    threshold = claim.at_most if claim.at_least is None else claim.at_least
    when = "before training" if verdict.budget == 0 else f"after {verdict.budget:,} {results.unit}"
    return (
        f"{when}: {_number(verdict.value)} ({_number(verdict.low)} to {_number(verdict.high)}); "
        f"to be {side} {_number(threshold)}: {verdict.outcome}"
    )


def _number(value):
    return f"{value:.3g}".replace("-", "−")
