"""The page "What is claimed, and what bears it out", and what the command line shows of a study."""

from pathlib import Path

from rnn_course.studies.catalogue import names, study
from rnn_course.studies.claims import evaluate, outcome
from rnn_course.studies.results import Results, load
from rnn_course.studies.study import Study

HEAD = """# What is claimed, and what bears it out

Every sentence of the course that ranks, compares or says *because* rests on a study: several
settings, each at its own learning rate, at least five seeds, several budgets. How good the models
are on real text is on [another page](results.md); this one is about *why*.

A number stands with its 95 % interval over seeds (a bootstrap). A claim **holds** where the whole
interval lies on its side of the threshold, **does not hold** where it lies on the other side, and
**is open** where the threshold is inside. Thresholds were written down before the trainings.
`rnn-course study run NAME` repeats a study, `rnn-course study show NAME` shows its scores.
"""


def markdown() -> str:
    """The whole page, made from the studies and their stored results."""
    parts = [HEAD]
    for name in names():
        each = study(name)
        try:
            results = load(name)
        except FileNotFoundError:
            results = None
        parts.append(_section(each, results))
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
        budgets = "".join(f"{budget:>24}" for budget in results.budgets)
        lines += ["", f"{metric:{width}}{budgets}  {results.unit}"]
        for label, curve in results.curves(metric).items():
            cells = (f"{_number(m)} ({_number(l)} to {_number(h)})" for m, l, h in curve.T)
            lines.append(f"{label:{width}}" + "".join(f"{cell:>24}" for cell in cells))
    lines += ["", *_doubts(results), ""]
    for claim in study.claims:
        verdicts = evaluate(claim, results)
        lines.append(f"{claim.name} {outcome(verdicts)}: {claim.sentence}")
        lines += [f"    {_verdict(claim, each, results)}" for each in verdicts]
    return "\n".join(lines)


def _section(study, results):
    lines = [f"## {study.question}", "", f"Study `{study.name}`. {study.fixed}"]
    if results is None:
        lines.append("It has not been run to its end yet: nothing below is known to hold.")
    else:
        lines.append(
            f"{results.seeds} seeds, {results.minutes:.0f} processor minutes. "
            + " ".join(_doubts(results))
        )
    lines.append("")
    for claim in study.claims:
        verdicts = evaluate(claim, results) if results else []
        state = f"**{outcome(verdicts)}**" if results else "*not measured yet*"
        lines.append(f"- `{claim.name}` (notebook {claim.notebook}) {state}: {claim.sentence}")
        if claim.remark:
            lines.append(f"  {claim.remark}")
        lines.append(f"  Refuted by {claim.refuted_by}.")
        lines += [f"  - {_verdict(claim, each, results)}" for each in verdicts]
    return "\n".join(lines) + "\n"


def _doubts(results):
    falling = results.still_falling
    edge = [label for label, found in results.settings.items() if found["edge"]]
    if falling:
        yield f"Still getting better at the largest budget: {'; '.join(falling)}."
    else:
        yield "All curves were flat at the largest budget."
    if edge:
        yield f"At the edge of the rates tried: {'; '.join(edge)}."


def _verdict(claim, verdict, results):
    side = "at most" if claim.at_least is None else "at least"
    threshold = claim.at_most if claim.at_least is None else claim.at_least
    return (
        f"{verdict.budget:,} {results.unit}: {claim.statistic} {_number(verdict.value)} "
        f"({_number(verdict.low)} to {_number(verdict.high)}), to be {side} {_number(threshold)}: "
        f"{verdict.outcome}"
    )


def _number(value):
    return f"{value:.3g}".replace("-", "−")
