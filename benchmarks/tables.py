"""Write what the benchmarks found into the README, between its two ``results`` comments.

python benchmarks/tables.py
"""

import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
README = HERE.parent / "README.md"
START, END = "<!-- results -->\n", "<!-- /results -->\n"
SEEDS = 3  # that a mean should be over


def text() -> str:
    """The part of the README that says what was measured."""
    return "\n".join(
        part(json.loads(file.read_text("utf-8")))
        for name, part in PARTS.items()
        if (file := HERE / "results" / f"{name}.json").exists()
    )


def quality(results: dict) -> str:
    """What `benchmarks/quality.py` found."""
    rows = "".join(
        f"| {task['title']} | {_scores(task['mean'], task['spread'])} | {_seeds(task['scores'])} "
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


def _scores(mean: dict, spread: dict) -> str:
    """Each metric's mean over the seeds, and their standard deviation if they differ."""
    spreads = {metric: f" ± {value:.2g}" if value else "" for metric, value in spread.items()}
    return "<br>".join(f"{value:.4g}{spreads[metric]} {metric}" for metric, value in mean.items())


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
        f"| {way} | {mean['training']:.2f} | {mean['inference']:.2f} |\n"
        for way, mean in results["multiples of the floor"].items()
    )
    limit = results["multiples of the floor"]["the best of Keras's three"]["training"]
    aims = "".join(
        f"| {what} | {r['aim']} | {' to '.join(dict.fromkeys(each))} |\n"
        for what, r in results["aims"].items()
        for each in [[f"{r[end]:.2f}" for end in ("lowest", "highest")]]
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
        "could still save: no layer trains more than\n"
        f"{limit:.2f} times as fast as the best of Keras's, in the mean.\n\n"
        f"| | training | inference |\n| --- | --- | --- |\n{means}\n"
        "What was aimed at, and what came of it, in the better of the two ways:\n\n"
        f"| | aim | measured |\n| --- | --- | --- |\n{aims}\n"
        "A training step of whole models on Keras's layers takes, as a multiple of that on this "
        f"package's:\n{models}.\n\n"
        "Megabytes that a training step of the LSTM adds at most, by the same four sizes, median "
        f"of several\nprocesses: {memory}.\n"
    )


def _ratio(found: dict) -> str:
    return f"{found['median']:.2f} ({found['lowest']:.2f} to {found['highest']:.2f})"


def recurrence_profile(results: dict) -> str:
    """What `benchmarks/recurrence_profile.py` found."""
    ours, keras = results["steps"][0]["milliseconds"]
    rows, level = "", 0
    for r in results["steps"]:
        multiples = [
            r[how][keras] / r[how][ours] for how in ("milliseconds", "one operation at a time")
        ]
        level += multiples[1] >= 0.99
        at_once = (sum(r["operations"][w].values()) / r["milliseconds"][w] for w in (ours, keras))
        columns = (
            " | ".join(f"{multiple:.2f}" for multiple in multiples),
            ", ".join(f"{operations:.1f}" for operations in at_once),
            ", ".join(f"{megabytes:.0f}" for megabytes in r["megabytes copied"].values()),
        )
        step = f"{r['cell']}, {', '.join(map(str, r['shape']))}, {r['what']}"
        rows += f"| {step} | {' | '.join(columns)} |\n"
    memory = "; ".join(
        ", ".join(map(str, r["shape"]))
        + ": "
        + ", ".join(f"{w} {found['at the peak']:.1f}" for w, found in r["megabytes"].items())
        for r in results["memory"]
    )
    more = [
        np.divide(*(found["at the peak"] for found in r["megabytes"].values())) - 1
        for r in results["memory"]
    ]
    return (
        "Why the aims that are missed are missed: a profile of each step in which the best of "
        "Keras's layers is\nfaster. Not compiled, that layer mostly has more operations running at "
        "once: it multiplies the inputs within\nthe loop, and while one core is at a state's "
        "product the other is at that of an input, which need not wait.\nHere all inputs have been "
        "multiplied before the loop, and nothing is left to run beside it. When TensorFlow\nmay "
        f"run only one operation at a time, this layer is level or ahead in {level} of "
        f"{len(results['steps'])}. Compiled by XLA, its\nloop reads a step ahead (without that XLA "
        "reads number by number), which costs copies; in inference Keras's\nloop makes none.\n\n"
        "| step | Keras's layer, as a multiple of `RNN(cell)` | one operation at a time "
        "| operations at once, here and in Keras | MB that XLA's loop copies, here and in Keras |\n"
        f"| --- | --- | --- | --- | --- |\n{rows}\n"
        "Megabytes of the tensors of the LSTM's training step that are alive at once at most: "
        f"{memory}.\nThat is {min(more):.1%} to {max(more):.1%} more than in Keras; the rest of "
        "the difference is what the process holds between tensors.\n"
    )


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


PARTS = {
    "quality": quality,
    "recurrence": recurrence,
    "recurrence_profile": recurrence_profile,
    "decoding": decoding,
    "grading": grading,
}


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
