"""How fast the recurrent layers are, against Keras's own, PyTorch's and the bare matrix products.

    python benchmarks/recurrence.py                        # all of it, about half an hour
    python benchmarks/recurrence.py layers --cells LSTM --rounds 5 --out build/trial.json
    KERAS_BACKEND=jax python benchmarks/recurrence.py layers --device gpu --dtype bfloat16

Three parts, each timed in turns in one run: `layers` (inference, and a training step: the forward
pass and the gradients of weights and inputs), `models` (whole training steps of the course's models
and of the same models on Keras's layers) and `memory` (peak of a training step in a process of its
own). Results are added to ``results/recurrence.json``; `layers` also draws a picture beside it.

The floor is what no way of computing the layer can do without: the products of the inputs with
their weights, at once, and of the states with theirs, one after the other; in training those of
their gradients. It leaves out everything else. They are done by all cores together, and by each
core for its own part of the batch, compiled by XLA; the faster of the two is the floor.
"""

import json
import os
from enum import StrEnum
from pathlib import Path
from statistics import geometric_mean
from typing import Annotated

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # silences TensorFlow's start

import keras
import matplotlib.pyplot as plt
import numpy as np
import psutil
import recurrence_ways as ways
import typer
from measure import apart, called_apart, in_turns, ratio, write

from rnn_course import figures
from rnn_course.layers.parts import use_cores

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "recurrence.json"
SHAPES = [  # batch, timesteps, features, units
    (16, 200, 128, 512),
    (64, 64, 256, 256),
    (32, 100, 300, 32),
    (32, 32, 64, 128),
    (128, 35, 128, 128),
    (64, 35, 650, 650),
]
CELLS = ("SimpleRNN", "LSTM", "GRU")
ONE_PART = "RNN(cell), one part"


class Part(StrEnum):
    """What to measure."""

    layers = "layers"
    models = "models"
    memory = "memory"


def layers(cells, shapes, rounds, dtype):
    """Every way to compute every layer, for every shape."""
    found = []
    for cell in cells:
        for shape in shapes:
            x = np.random.default_rng(0).normal(size=shape[:3]).astype("float32")
            made = ways.of_layer(cell, shape[3], x, dtype)
            for what in ("inference", "training"):
                calls = {name: getattr(way, what) for name, way in made.items()}
                for call in calls.values():
                    call()  # the second time: the first has compiled it
                seconds = in_turns(calls, rounds)
                floors = {name: seconds.pop(name) for name in ways.FLOORS if name in seconds}
                if floors:
                    seconds[ways.FLOOR] = min(floors.values(), key=np.median)
                peers = [name for name in seconds if name != ways.OURS]
                found.append(
                    {
                        "cell": cell,
                        "shape": shape,
                        "what": what,
                        "milliseconds": {n: 1000 * float(np.median(s)) for n, s in seconds.items()},
                        "times as long": {n: ratio(seconds[n], seconds[ways.OURS]) for n in peers},
                        "against the best of Keras": ratio(
                            _best(seconds, ways.KERAS), _best(seconds, ways.OF_THIS_LAYER)
                        ),
                    }
                )
                print(cell, shape, what, _line(found[-1]), flush=True)
    return found


def _best(seconds, names):
    """The seconds of the fastest of some ways."""
    return min((seconds[name] for name in names if name in seconds), key=np.median)


def _line(result):
    times = {n: f"{r['median']:.2f}" for n, r in result["times as long"].items()}
    return f"{result['milliseconds'][ways.OURS]:.1f} ms; times as long: {times}"


def against_the_floor(layers):
    """Multiples of the floor's time, by way or choice of ways and by kind of step."""
    choices = {
        "the better of `RNN(cell)` and its XLA": ways.OF_THIS_LAYER,
        "the best of Keras's three": ways.KERAS,
    }
    choices |= {way: [way] for way in layers[0]["milliseconds"] if way != ways.FLOOR}
    return {
        name: {
            what: geometric_mean(
                min(r["milliseconds"][way] for way in choice) / r["milliseconds"][ways.FLOOR]
                for r in layers
                if r["what"] == what
            )
            for what in ("training", "inference")
        }
        for name, choice in choices.items()
    }


def aims(results):
    """What the layers should reach, and the lowest and highest of what they do."""
    training, inference = (
        [r for r in results["layers"] if r["what"] == what] for what in ("training", "inference")
    )
    large = [r for r in training if r["shape"][3] >= 512]

    def best(found):
        return [r["against the best of Keras"]["median"] for r in found]

    def against(peer, found):
        each = [r["milliseconds"] for r in found if peer in r["milliseconds"]]
        return [t[peer] / min(t[way] for way in ways.OF_THIS_LAYER) for t in each]

    def mean(ratios):
        return [geometric_mean(ratios)] if ratios else []

    measured = {
        "training, the best of Keras, geometric mean": ("≥ 1.9", mean(best(training))),
        "the same, 512 units": ("≥ 2.5", best([r for r in large if r["shape"][3] == 512])),
        "the same, anywhere": ("≥ 1.1", best(training)),
        "training, PyTorch, geometric mean": ("≥ 1.0", mean(against(ways.TORCH, training))),
        "training, 512 units or more, as a multiple of the floor": (
            "≤ 1.6",
            [1 / ratio for ratio in against(ways.FLOOR, large)],
        ),
        "inference, the best of Keras, geometric mean": ("≥ 1.2", mean(best(inference))),
        "inference, the best of Keras, anywhere": ("≥ 1.0", best(inference)),
        "memory, as a multiple of Keras's": (
            "≤ 1.1",
            [
                np.median(r["megabytes"][ways.OURS]) / np.median(r["megabytes"][ways.KERAS[0]])
                for r in results.get("memory", [])
            ],
        ),
    }
    return {
        what: {"aim": aim, "lowest": float(min(each)), "highest": float(max(each))}
        for what, (aim, each) in measured.items()
        if each
    }


def models(rounds):
    """A training step of each of the course's models, and of the same on Keras's layers."""
    found = {}
    for name, steps in ways.of_models().items():
        for step in steps.values():
            step()
        seconds = in_turns(steps, rounds)
        found[name] = {
            "milliseconds": {n: 1000 * float(np.median(s)) for n, s in seconds.items()},
            "times as long": ratio(seconds[ways.KERAS[0]], seconds[ways.OURS]),
        }
        print(name, found[name], flush=True)
    return found


def memory(cell="LSTM", batch=32, timesteps=100, features=128, units=256, processes=5):
    """Megabytes that a training step adds, at several lengths and sizes of batch: each process."""
    found = []
    for length, rows in ((timesteps, batch), (2 * timesteps, batch), (timesteps, 2 * batch)):
        shape = [rows, length, features, units]
        added = {way: [] for way in (ways.OURS, ONE_PART, ways.KERAS[0], ways.KERAS[1])}
        for way in processes * [*added]:
            megabytes, _ = apart(peak, cell, shape, way)
            added[way].append(round(megabytes, 1))
        found.append({"cell": cell, "shape": shape, "megabytes": added})
        print(found[-1], flush=True)
    return found


def peak(cell, shape, way):
    """Megabytes that three training steps add to this process at most."""
    x = np.zeros(shape[:3], "float32")
    if way == ONE_PART:  # as it is where nothing is compiled
        use_cores(1)
        way = ways.OURS
    step = ways.of_layer(cell, shape[3], x, only=way)[way].training
    before = psutil.Process().memory_info().rss
    for _ in range(3):
        step()
    return (ways.peak_memory() - before) / 1e6


def draw(found, path):
    """A panel for each kind of step; a point for each shape and way, by cell. Says so in words."""
    names = [n for n in found[0]["milliseconds"] if n != ways.OURS]
    words = f"Times of other ways as multiples of that of {ways.OURS}, by cell and shape."
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
    for ax, what in zip(axes, ("inference", "training"), strict=True):
        for row, name in enumerate(names):
            times = {
                cell: [
                    r["times as long"][name]["median"]
                    for r in found
                    if (r["what"], r["cell"]) == (what, cell) and name in r["times as long"]
                ]
                for cell in CELLS
            }
            for cell, marker, colour in zip(CELLS, "os^", figures.COLOURS, strict=False):
                places = [row] * len(times[cell])
                ax.plot(times[cell], places, marker, label=cell, alpha=0.7, color=colour)
            every = [time for of_cell in times.values() for time in of_cell]
            if every:
                words += f" {what}, {name}: {min(every):.2f} to {max(every):.2f}."
        ax.axvline(1, color="black", linewidth=1)
        ax.set(xscale="log", title=what, xlabel=f"times as long as {ways.OURS}")
        ax.minorticks_off()
        low, high = ax.get_xlim()
        ticks = [tick for tick in (0.25, 0.5, 1, 2, 4, 8) if low <= tick <= high]
        ax.set_xticks(ticks, ticks)
    axes[0].set_yticks(range(len(names)), names)
    handles, labels = axes[0].get_legend_handles_labels()
    first = dict(zip(labels, handles, strict=True))
    axes[1].legend(first.values(), first.keys(), loc="best")
    figure.savefig(path, dpi=120, metadata={"Description": words})
    plt.close(figure)


def main(
    parts: Annotated[list[Part] | None, typer.Argument(help="All by default.")] = None,
    cells: Annotated[str, typer.Option(help="Some of the cells, with commas.")] = ",".join(CELLS),
    shapes: Annotated[int, typer.Option(help="How many of the shapes.")] = len(SHAPES),
    rounds: Annotated[int, typer.Option(min=1, help="How often each is timed.")] = 15,
    device: Annotated[str, typer.Option(help="cpu or gpu.")] = "cpu",
    dtype: Annotated[str, typer.Option(help="float32 or bfloat16.")] = "float32",
    out: Annotated[Path, typer.Option(help="File the results are added to.")] = RESULTS,
) -> None:
    """Measure and add the results."""
    ways.check_device(device)
    results = json.loads(out.read_text("utf-8")) if out.exists() else {}
    results.pop("machine", None)
    for part in parts or list(Part):
        if part is Part.layers:
            found = layers(cells.split(","), SHAPES[:shapes], rounds, dtype)
            results |= {"layers": found, "rounds": rounds}
            draw(found, out.with_suffix(".png"))
        else:
            results[part] = models(rounds) if part is Part.models else memory()
        if "layers" in results and ways.FLOOR in results["layers"][0]["milliseconds"]:
            results["multiples of the floor"] = against_the_floor(results["layers"])
            results["aims"] = aims(results)
        results["setting"] = {"backend": keras.backend.backend(), "device": device, "dtype": dtype}
        write(out, results)


if __name__ == "__main__" and not called_apart(peak):
    typer.run(main)
