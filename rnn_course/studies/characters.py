"""LSTM or GRU, deep or wide, on characters of real text, at equal numbers of weights.

The first 500,000 characters of Tiny Shakespeare in windows of 64; scored by nats per character of
windows of the two halves of its dev part.
"""

from functools import cache

import keras
import numpy as np

from rnn_course import corpora
from rnn_course.layers import RNN, make_cell
from rnn_course.models import restart
from rnn_course.studies.claims import Claim, Gap
from rnn_course.studies.study import Study
from rnn_course.studies.training import adam, from_look_to_look, steps_of
from rnn_course.text import Vocabulary

CORPUS = "tiny_shakespeare"
CHARACTERS, WINDOW = 500_000, 64
NATS = "nats per character"


@cache
def data():
    """The ids of train, dev and test, and how many ids there are.

    The corpus has no test part: its dev part is halved.
    """
    train, dev, _ = corpora.load(CORPUS)
    vocabulary = Vocabulary.learn([train])
    parts = (train[:CHARACTERS], dev[: len(dev) // 2], dev[len(dev) // 2 :])
    return [np.array(vocabulary.encode(part), "int32") for part in parts], len(vocabulary)


def windows(ids, starts):
    """Inputs and targets ``(windows, WINDOW)`` that start at given places."""
    rows = starts[:, None] + np.arange(WINDOW + 1)
    return ids[rows[:, :-1]], ids[rows[:, 1:]]


@cache
def network(size: int, cell: str, units: int, layers: int = 1) -> keras.Model:
    """A compiled embedding of 32, recurrent layers and read-out."""
    stack = [RNN(make_cell(cell, units), return_sequences=True) for _ in range(layers)]
    model = keras.Sequential(
        [
            keras.Input((WINDOW,), dtype="int32"),
            keras.layers.Embedding(size, 32),
            *stack,
            keras.layers.Dense(size),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(adam(0.001), loss, jit_compile=True)
    return model


def train(run):
    """Train a language model; see `rnn_course.studies.Study`."""
    (learn, dev, test), size = data()
    model = network(size, **run.setting)
    restart(model, run.seed)
    model.optimizer.learning_rate.assign(run.rate)
    for _ in from_look_to_look(steps_of(model, batches(learn, run.seed)), run.looks):
        yield nats(model, dev), lambda: {NATS: nats(model, test)}


def batches(ids, seed):
    """Inputs and targets of 32 windows that start anywhere, without end."""
    random = np.random.default_rng(seed)
    while True:
        yield windows(ids, random.integers(len(ids) - WINDOW, size=32))


def nats(model, ids) -> float:
    """Nats per character of 512 windows."""
    starts = np.linspace(0, len(ids) - WINDOW - 1, 512).astype(int)
    return float(model.evaluate(*windows(ids, starts), batch_size=128, verbose=0))


SETTINGS = {  # about 83,000 recurrent weights each
    "LSTM, 1 × 128": dict(cell="lstm", units=128),
    "LSTM, 2 × 78": dict(cell="lstm", units=78, layers=2),
    "LSTM, 3 × 61": dict(cell="lstm", units=61, layers=3),
    "GRU, 1 × 149": dict(cell="gru", units=149),
    "simple RNN, 1 × 270": dict(cell="simple_rnn", units=270),
}

STUDY = Study(
    name="characters",
    question="LSTM or GRU, deep or wide, on characters of real text?",
    fixed="About 83,000 recurrent weights, embeddings of 32, batches of 32 windows of 64 "
    "characters, Adam, a constant rate, no dropout.",
    settings=SETTINGS,
    train=train,
    looks=(250, 500, 1000, 1500, 2000, 2500),
    budgets=(500, 1500, 2500),
    unit="updates",
    dev=NATS,
    flat=0.01,
    rates=(0.003, 0.01),
    corpora=(CORPUS,),
    cost=80,
    claims=(
        Claim(
            "gru_writes_as_well",
            "On characters the GRU loses nothing against the LSTM of as many weights.",
            Gap("GRU, 1 × 149", "LSTM, 1 × 128", NATS),
            budgets=(1500, 2500),
            at_most=0.02,
            refuted_by="a GRU more than 0.02 nats behind",
            notebook="05",
        ),
        Claim(
            "width_wins_at_first_on_characters",
            "On characters of real text one wide layer is ahead of three narrow ones after 500 "
            "updates.",
            Gap("LSTM, 3 × 61", "LSTM, 1 × 128", NATS),
            budgets=(500,),
            at_least=0.03,
            refuted_by="a lead of less than 0.03 nats",
            notebook="04",
        ),
        Claim(
            "depth_does_not_win_on_characters",
            "On characters of real text three narrow layers are not ahead of a wide one after "
            "2,500 updates either.",
            Gap("LSTM, 3 × 61", "LSTM, 1 × 128", NATS),
            budgets=(2500,),
            at_least=-0.01,
            refuted_by="a lead of three layers of more than 0.01 nats",
            notebook="04",
        ),
        Claim(
            "simple_rnn_is_behind_on_characters",
            "The simple RNN of as many weights is behind both.",
            Gap("simple RNN, 1 × 270", "LSTM, 1 × 128", NATS),
            budgets=(2500,),
            at_least=0.02,
            refuted_by="a simple RNN less than 0.02 nats behind",
            notebook="05",
        ),
    ),
)
