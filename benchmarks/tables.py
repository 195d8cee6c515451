"""Write what the benchmarks found into the README, between its two ``results`` comments.

python benchmarks/tables.py
"""

import json
import math
from pathlib import Path
from statistics import geometric_mean

import numpy as np
from recurrence_ways import FLOOR, KERAS, OF_THIS_LAYER, OURS, TORCH

HERE = Path(__file__).resolve().parent
README = HERE.parent / "README.md"
START, END = "<!-- results -->\n", "<!-- /results -->\n"
SEEDS = 3  # that a mean should be over


def text() -> str:
    """The part of the README that says what was measured."""
    parts = {
        "quality": quality,
        "recurrence": recurrence,
        "decoding": decoding,
        "grading": grading,
    }
    return "\n".join(
        part(json.loads(file.read_text("utf-8")))
        for name, part in parts.items()
        if (file := HERE / "results" / f"{name}.json").exists()
    )


def quality(results: dict) -> str:
    """What `benchmarks/quality.py` found."""
    rows = "".join(
        f"| {task['title']} | {_scores(list(task['scores'].values()))} | {_seeds(task['scores'])} "
        f"| {task['aim']} | {task['known']} | {task['parameters'] / 1e6:.1f} M "
        f"| {np.mean(list(task['processor minutes'].values())):.0f} |\n"
        for task in results["tasks"].values()
    )
    return (
        "Held-out text, mean and standard deviation over seeds, no vectors or models from "
        f"outside;\non {_machine(results)}.\n\n"
        "| | here | seeds | aim | elsewhere | parameters | processor minutes a seed |\n"
        f"| --- | --- | --- | --- | --- | --- | --- |\n{rows}"
    )


def _scores(seeds: list[dict]) -> str:
    """Each metric's mean over the seeds, and their standard deviation if there are several."""
    texts = []
    for metric in seeds[0]:
        each = [scores[metric] for scores in seeds]
        spread = f" ± {np.std(each, ddof=1):.2g}" if len(each) > 1 else ""
        texts.append(f"{np.mean(each):.4g}{spread} {metric}")
    return "<br>".join(texts)


def _seeds(scores: dict) -> str:
    """How many seeds; conspicuous as long as there are fewer than there should be."""
    return str(len(scores)) if len(scores) >= SEEDS else f"**only {len(scores)} of {SEEDS}**"


def recurrence(results: dict) -> str:
    """What `benchmarks/recurrence.py` found."""
    found = {(r["what"], r["cell"], *r["shape"]): r for r in results["layers"]}
    cells = list(dict.fromkeys(r["cell"] for r in results["layers"]))
    columns = [(what, cell) for what in ("training", "inference") for cell in cells]
    best = "against the best of Keras"
    rows = "".join(
        f"| {', '.join(map(str, shape))} | "
        + " | ".join(_ratio(found[*column, *shape][best]) for column in columns)
        + " |\n"
        for shape in dict.fromkeys(tuple(r["shape"]) for r in results["layers"])
    )
    means = "".join(
        f"| {way} | {' | '.join(f'{mean:.2f}' for mean in each)} |\n"
        for way, each in _against_the_floor(results["layers"]).items()
    )
    models = ", ".join(
        f"{name} {_ratio(r['times as long'])}" for name, r in results["models"].items()
    )
    memory = "; ".join(
        f"{', '.join(map(str, r['shape']))}: "
        + ", ".join(
            f"{way} {np.median(each):.0f} ({min(each):.0f} to {max(each):.0f})"
            for way, each in r["megabytes"].items()
        )
        for r in results["memory"]
    )
    return (
        f"How many times as long as `RNN(cell)` others take, on {_machine(results)}; above 1 it is "
        "the\nfaster. First the best of Keras's layer, its layer compiled by XLA and its layer "
        "unrolled against the\nbetter of `RNN(cell)` with and without XLA: median of "
        f"{results['rounds']} turns, lowest and highest in brackets.\n\n"
        f"| batch, timesteps, features, units | {' | '.join(' '.join(c[::-1]) for c in columns)} "
        f"|\n| --- |{' --- |' * len(columns)}\n{rows}\n"
        "Then how many times as long each takes as the floor, the matrix products alone: "
        "geometric mean over all\nof these. What is between a layer and the floor is all that it "
        "could still save.\n\n"
        f"| | training | inference |\n| --- | --- | --- |\n{means}\n"
        "What was aimed at, and what came of it, in the better of the two ways:\n\n"
        f"| | aim | measured |\n| --- | --- | --- |\n{_aims(results)}\n"
        "A training step of whole models on Keras's layers takes, as a multiple of that on this "
        f"package's:\n{models}.\n\n"
        "Megabytes that a training step of the LSTM adds at most, by the same four sizes, median "
        f"of several\nprocesses: {memory}.\n"
    )


def _against_the_floor(layers: list[dict]) -> dict[str, list[float]]:
    """Multiples of the floor's time, of each way and of the better of several, by kind of step."""
    choices = {
        "the better of `RNN(cell)` and its XLA": OF_THIS_LAYER,
        "the best of Keras's three": KERAS,
    }
    choices |= {way: [way] for way in layers[0]["milliseconds"] if way != FLOOR}
    return {
        name: [
            geometric_mean(
                min(r["milliseconds"][way] for way in ways) / r["milliseconds"][FLOOR]
                for r in layers
                if r["what"] == what
            )
            for what in ("training", "inference")
        ]
        for name, ways in choices.items()
    }


def _aims(results: dict) -> str:
    """Rows with what the layers should reach, and do or do not."""
    training, inference = (
        [r for r in results["layers"] if r["what"] == what] for what in ("training", "inference")
    )

    def against(peer, layers):
        times = [r["milliseconds"] for r in layers]
        return [t[peer] / min(t[way] for way in OF_THIS_LAYER) for t in times if peer in t]

    def best(layers):
        return [r["against the best of Keras"]["median"] for r in layers]

    large = [r for r in training if r["shape"][3] >= 512]
    pytorch = against(TORCH, training)
    memory = [
        np.divide(*(np.median(r["megabytes"][way]) for way in (OURS, KERAS[0])))
        for r in results["memory"]
    ]
    rows = [
        ("training, the best of Keras, geometric mean", "≥ 1.7", [geometric_mean(best(training))]),
        ("… with 512 units", "≥ 2.5", best([r for r in large if r["shape"][3] == 512])),
        ("… anywhere", "≥ 1.0", best(training)),
        ("training, PyTorch, geometric mean", "≥ 1.0", [geometric_mean(pytorch or [math.nan])]),
        (
            "training with 512 units or more, multiple of the floor",
            "≤ 1.6",
            [1 / ratio for ratio in against(FLOOR, large)],
        ),
        ("inference, the best of Keras, anywhere", "≥ 1.0", best(inference)),
        ("memory as a multiple of Keras's", "≤ 1.0", memory),
    ]
    return "".join(
        f"| {what} | {aim} | {' to '.join(f'{x:.2f}' for x in dict.fromkeys((min(v), max(v))))} |\n"
        for what, aim, v in rows
        if v
    )


def _ratio(found: dict) -> str:
    return f"{found['median']:.2f} ({found['lowest']:.2f} to {found['highest']:.2f})"


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


def grading(results: dict) -> str:
    """What `benchmarks/grading.py` found."""
    return (
        f"`rnn-course grade` for a class of {results['students']}, {results['jobs']} notebooks at "
        f"a time, on {_machine(results)}:\n{results['seconds'] / 60:.0f} minutes, "
        f"{results['seconds a submission']:.1f} s a notebook, at most {results['peak GB']:.1f} GB. "
        "It was interrupted once and went on from there;\n"
        f"{results['points as expected']} of {results['students']} got the points they should.\n"
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
