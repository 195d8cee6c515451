"""Write what the benchmarks found into the README, between its two ``results`` comments.

python benchmarks/tables.py
"""

import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
README = HERE.parent / "README.md"
START, END = "<!-- results -->\n", "<!-- /results -->\n"


def text() -> str:
    """The part of the README that says what was measured."""
    return decoding(_results("decoding"))


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


def _results(name: str) -> dict:
    return json.loads((HERE / "results" / f"{name}.json").read_text("utf-8"))


def _machine(results: dict) -> str:
    machine = results["machine"]
    return f"{machine['cores']} cores ({machine['processor']}, TensorFlow {machine['tensorflow']})"


if __name__ == "__main__":
    README.write_text(replaced(README.read_text("utf-8")), "utf-8")
