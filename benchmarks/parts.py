"""A batch shared out among cores: how many parts, and what happens when two train at once.

    python benchmarks/parts.py       # some minutes

`number`: a training step of an LSTM layer in so many parts takes as long as one part does on one
core, where the cores do not get into each other's way. So a part is timed on a core of its own, for
4, 8 and 16 cores too, on a machine that need not have as many. What that leaves out: the cores of a
real one share memory and its bandwidth, and at the end the gradients are added up.

`at once`: a language model is trained by one process, and by two at the same time, plain and in
parts. All processes start together and count their steps for some seconds.

Both are measured in processes of their own, and written to ``results/parts.json``.
"""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # silences TensorFlow's start

import keras
import numpy as np
import recurrence_ways as ways
import typer
from measure import apart, called_apart, in_turns, write

from rnn_course.layers import parts
from rnn_course.losses import TokenCrossEntropy
from rnn_course.models import LanguageModel

RESULTS = Path(__file__).resolve().parent / "results" / "parts.json"
SHAPES = [(128, 35, 128, 128), (64, 64, 256, 256), (64, 64, 32, 128), (32, 100, 300, 32)]
MODEL = dict(vocabulary_size=65, embedding_dim=32, units=128)
BATCH, LENGTH = 64, 64
STARTING = 40  # seconds until all processes have compiled what they need
COUNTED = 8  # seconds


def number(shape, counts, rounds):
    """Milliseconds of one part of a training step on one core, by the number of parts."""
    os.sched_setaffinity(0, {0})
    batch, *others = shape
    calls = {}
    for count in counts:
        x = np.random.default_rng(0).normal(size=(batch // count, *others[:2])).astype("float32")
        steps = ways.of_layer("LSTM", others[-1], x, only=ways.OURS_XLA)
        calls[count] = steps[ways.OURS_XLA].training
        calls[count]()
    return {n: 1000 * float(np.median(s)) for n, s in in_turns(calls, rounds).items()}


def counted(cores, start):
    """Steps a second of a language model, counted from a moment on; and whether it was ready."""
    parts.use_cores(cores)
    tokens = np.random.default_rng(0).integers(4, MODEL["vocabulary_size"], (BATCH, LENGTH))
    model = LanguageModel(**MODEL)
    model.compile(keras.optimizers.Adam(0.001), TokenCrossEntropy())
    model.train_on_batch(tokens, tokens)
    while cores != 1 and not model.train_function.steps:
        model.train_on_batch(tokens, tokens)
    ready = time.time() < start
    time.sleep(max(0, start - time.time()))
    steps, end = 0, time.time() + COUNTED
    while time.time() < end:
        model.train_on_batch(tokens, tokens)
        steps += 1
    return steps / COUNTED, ready


def at_once(processes, cores):
    """Steps a second of each of several processes that train at the same time."""
    start = time.time() + STARTING
    with ThreadPoolExecutor(processes) as pool:
        found = pool.map(lambda _: apart(counted, cores, start)[0], range(processes))
        speeds, ready = zip(*found, strict=True)
    if not all(ready):
        raise RuntimeError(f"{STARTING} seconds are too few to get ready: raise STARTING")
    return list(speeds)


def main(rounds: int = 15) -> None:
    """Measure and write the results."""
    found = {"number": [], "at once": []}
    for shape in SHAPES:
        counts = [n for n in (1, 2, 4, 8, 16) if shape[0] // n >= parts.ROWS]
        milliseconds, _ = apart(number, shape, counts, rounds)
        found["number"].append({"shape": shape, "milliseconds": milliseconds})
        print(found["number"][-1], flush=True)
    for processes in (1, 2):
        for name, cores in (("plain", 1), ("in parts", None)):
            speeds = at_once(processes, cores)
            found["at once"].append({"processes": processes, "way": name, "steps a second": speeds})
            print(found["at once"][-1], flush=True)
    write(RESULTS, {"model": MODEL | {"batch": BATCH, "timesteps": LENGTH}, **found})


if __name__ == "__main__" and not called_apart(number, counted):
    typer.run(main)
