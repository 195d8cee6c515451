"""Write what the benchmarks found into the README, between its two ``results`` comments.

python benchmarks/tables.py
"""

import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
README = HERE.parent / "README.md"
START, END = "<!-- results -->\n", "<!-- /results -->\n"


def text() -> str:
    """The part of the README that says what was measured."""
    parts = {"quality": quality, "decoding": decoding}
    return "\n".join(
        part(json.loads(file.read_text("utf-8")))
        for name, part in parts.items()
        if (file := HERE / "results" / f"{name}.json").exists()
    )


def quality(results: dict) -> str:
    """What `benchmarks/quality.py` found."""
    rows = "".join(
        f"| {task['title']} | {_scores(task['scores'])} | {task['known']} "
        f"| {task['parameters'] / 1e6:.1f} M | {np.mean(task['processor minutes']):.0f} |\n"
        for task in results["tasks"].values()
    )
    return (
        "Held-out text, mean and standard deviation over seeds (their number in brackets), no "
        f"vectors or\nmodels from outside; on {_machine(results)}.\n\n"
        "| | here | elsewhere | parameters | processor minutes a seed |\n"
        f"| --- | --- | --- | --- | --- |\n{rows}"
    )


def _scores(scores: dict) -> str:
    return "<br>".join(_score(metric, found) for metric, found in scores.items())


def _score(metric: str, found: dict) -> str:
    spread = "" if found["spread"] is None else f" ± {found['spread']:.2g}"
    return f"{found['mean']:.4g}{spread} {metric} ({len(found['each'])})"


def decoding(results: dict) -> str:
    """What `benchmarks/decoding.py` found."""
    rows = "".join(
        f"| {name} | {r['median']:.0f} ({r['lowest']:.0f} to {r['highest']:.0f}) "
        f"| {results['same translation'][name]:.1%} |\n"
        for name, r in results["times as long"].items()
    )
    return (
        f"Beam search with {results['beam']} hypotheses for {results['sentences']:,} sentences of "
        f"Tatoeba, on {_machine(results)}: how many\ntimes as long as `EncoderDecoder.translate` a "
        "Python loop over the same model takes, sentence by sentence\nand step by step (median and "
        "range of the parts timed), and how often it finds the same translation.\n\n"
        f"| | times as long | same translation |\n| --- | --- | --- |\n{rows}"
    )


def replaced(readme: str) -> str:
    """A README with the present results."""
    before, rest = readme.split(START)
    _, after = rest.split(END)
    return f"{before}{START}{text()}{END}{after}"


def _machine(results: dict) -> str:
    machine = results["machine"]
    return f"{machine['cores']} cores ({machine['processor']}, TensorFlow {machine['tensorflow']})"


if __name__ == "__main__":
    README.write_text(replaced(README.read_text("utf-8")), "utf-8")
