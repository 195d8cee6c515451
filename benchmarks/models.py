"""Whole training steps of the course's models against the same models in plain PyTorch.

    python benchmarks/models.py            # needs PyTorch: pip install torch; a few minutes
    python benchmarks/models.py --rounds 5 --out build/trial.json

PyTorch's are written as its users write them: `nn.Embedding`, `nn.LSTM` or `nn.GRU`, `nn.Linear`,
`cross_entropy`, Adam, and the gradients clipped. Weights are as many (but for a second bias vector
of each of PyTorch's recurrent layers), batches are the same, and the loss is fetched after every
step. Both are timed in turns in one run, after as many steps as the course's model wants before
it compiles a shape; how long those took, and the first compiled one, is written down too. A turn is
a row of steps, as in a training: right after a step of the other, whose threads wait a while for
more to do before they give the core back, a single one of a few milliseconds would be slower.
"""

import os
import time
from pathlib import Path
from statistics import geometric_mean
from typing import Annotated

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # silences TensorFlow's start

import keras
import numpy as np
import torch
import typer
from measure import in_turns, ratio, write
from torch import nn
from torch.nn.functional import cross_entropy

from rnn_course.layers import parts
from rnn_course.losses import TokenCrossEntropy
from rnn_course.models import EncoderDecoder, LanguageModel, SequenceTagger

RESULTS = Path(__file__).resolve().parent / "results" / "models.json"
RATE, CLIP = 0.001, 1.0
TURN = 0.4  # seconds of steps in a row
SIZES = {
    "language model": [
        dict(vocabulary=65, embedding=64, units=400, layers=2, batch=32, time=100),
        dict(vocabulary=10000, embedding=200, units=200, layers=1, batch=40, time=35),
        dict(vocabulary=65, embedding=32, units=128, layers=1, batch=64, time=64),
    ],
    "tagger": [
        dict(vocabulary=2000, embedding=50, units=64, tags=20, batch=16, time=20),
        dict(vocabulary=10000, embedding=100, units=100, tags=20, batch=32, time=28),
        dict(vocabulary=20000, embedding=100, units=200, tags=50, batch=32, time=40),
    ],
    "translator": [
        dict(vocabulary=2000, embedding=64, units=128, batch=32, time=12),
        dict(vocabulary=8000, embedding=128, units=256, batch=64, time=16),
        dict(vocabulary=8000, embedding=256, units=512, batch=64, time=20),
    ],
}


class TorchLanguageModel(nn.Module):
    """Embedding, LSTM layers, linear."""

    def __init__(self, vocabulary, embedding, units, layers, **_):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding)
        self.rnn = nn.LSTM(embedding, units, layers, batch_first=True)
        self.read_out = nn.Linear(units, vocabulary)

    def forward(self, tokens):
        """Logits at every position."""
        return self.read_out(self.rnn(self.embedding(tokens))[0])


class TorchTagger(nn.Module):
    """Embedding, an LSTM in both directions, linear."""

    def __init__(self, vocabulary, embedding, units, tags, **_):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding)
        self.rnn = nn.LSTM(embedding, units, batch_first=True, bidirectional=True)
        self.read_out = nn.Linear(2 * units, tags)

    def forward(self, tokens):
        """Logits of each word's tag."""
        return self.read_out(self.rnn(self.embedding(tokens))[0])


class TorchTranslator(nn.Module):
    """A GRU in both directions, one that writes, and attention with a matrix between them."""

    def __init__(self, vocabulary, embedding, units, **_):
        super().__init__()
        self.source_embedding = nn.Embedding(vocabulary, embedding)
        self.target_embedding = nn.Embedding(vocabulary, embedding)
        self.encoder = nn.GRU(embedding, units // 2, batch_first=True, bidirectional=True)
        self.decoder = nn.GRU(embedding, units, batch_first=True)
        self.keys = nn.Linear(units, units, bias=False)
        self.combine = nn.Linear(2 * units, units, bias=False)
        self.read_out = nn.Linear(units, vocabulary)

    def forward(self, inputs):
        """Logits at every target position."""
        source, target = inputs
        memory, last = self.encoder(self.source_embedding(source))
        states, _ = self.decoder(self.target_embedding(target), torch.cat([*last], -1)[None])
        scores = states @ self.keys(memory).transpose(1, 2)
        weights = scores.masked_fill((source == 0)[:, None], -torch.inf).softmax(-1)
        looked = torch.tanh(self.combine(torch.cat([weights @ memory, states], -1)))
        return self.read_out(looked)


def ours(task, vocabulary, embedding, units, layers=1, tags=None, **_):
    """The course's model of a size."""
    if task == "language model":
        return LanguageModel(vocabulary, embedding, units, "lstm", layers)
    if task == "tagger":
        return SequenceTagger(vocabulary, tags, embedding, units, "lstm")
    return EncoderDecoder(vocabulary, vocabulary, embedding, units, "gru")


TORCH = {
    "language model": TorchLanguageModel,
    "tagger": TorchTagger,
    "translator": TorchTranslator,
}


def batch(task, vocabulary, batch, time, tags=None, **_):
    """Random inputs and targets without padding, the same for both."""
    generator = np.random.default_rng(0)

    def ids(highest):
        return generator.integers(4, highest, (batch, time)).astype("int32")

    x = (ids(vocabulary), ids(vocabulary)) if task == "translator" else ids(vocabulary)
    return x, ids(tags or vocabulary)


def our_step(model, x, y):
    """A training step; and the seconds of the steps until a shape is compiled, and of that one."""
    optimizer = keras.optimizers.Adam(RATE, global_clipnorm=CLIP)
    model.compile(optimizer, TokenCrossEntropy())

    def step():
        return model.train_on_batch(x, y)

    start = time.perf_counter()
    step()
    seconds = {"first step": time.perf_counter() - start}
    function = model.train_function
    while parts.most() > 1 and not function.steps:
        start = time.perf_counter()
        step()
        seconds["first compiled step"] = time.perf_counter() - start
    seconds["steps before"] = sum(function.seen.values())
    return step, seconds


def torch_step(model, x, y):
    """A training step in PyTorch."""
    optimizer = torch.optim.Adam(model.parameters(), RATE, eps=1e-7)
    x = tuple(map(torch.tensor, x)) if isinstance(x, tuple) else torch.tensor(x)
    y = torch.tensor(y).long()

    def step():
        optimizer.zero_grad()
        loss = cross_entropy(model(x).flatten(0, 1), y.flatten(), ignore_index=0)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        return loss.item()

    step()
    return step


def repeated(step, times):
    """A step, so many times in a row."""
    return lambda: [step() for _ in range(times)]


def weights_of(model):
    """How many numbers a model of PyTorch learns, one bias of each recurrent layer left out."""
    return sum(p.numel() for name, p in model.named_parameters() if "bias_hh" not in name)


def main(
    rounds: Annotated[int, typer.Option(min=1, help="How often each is timed.")] = 15,
    out: Annotated[Path, typer.Option(help="File of the results.")] = RESULTS,
) -> None:
    """Measure and write the results."""
    found = []
    for task, sizes in SIZES.items():
        for size in sizes:
            x, y = batch(task, **size)
            model, peer = ours(task, **size), TORCH[task](**size)
            step, seconds = our_step(model, x, y)
            steps = {"ours": step, "PyTorch": torch_step(peer, x, y)}
            timed = in_turns(steps, 1)
            row = max(1, round(TURN / max(*timed["ours"], *timed["PyTorch"])))
            timed = in_turns({name: repeated(step, row) for name, step in steps.items()}, rounds)
            found.append(
                {
                    "model": task,
                    **size,
                    "weights": [model.count_params(), weights_of(peer)],
                    "steps in a row": row,
                    "milliseconds": {n: 1000 * float(np.median(s)) / row for n, s in timed.items()},
                    "PyTorch takes times as long": ratio(timed["PyTorch"], timed["ours"]),
                    **seconds,
                }
            )
            print(found[-1], flush=True)
    each = [f["PyTorch takes times as long"]["median"] for f in found]
    mean = {"geometric mean": geometric_mean(each), "lowest": min(each), "highest": max(each)}
    write(out, {"rounds": rounds, "times as long": mean, "models": found})


if __name__ == "__main__":
    typer.run(main)
