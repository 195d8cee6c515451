"""LSTM or GRU on words of real text: to predict the next one, and to tag it?

Five novels by Austen in windows of 32 words, and the English Web Treebank; at equal numbers of
recurrent weights. Characters are in `characters`.
"""

from collections import Counter
from functools import cache

import keras
import numpy as np

from rnn_course import corpora
from rnn_course.layers import RNN, make_cell
from rnn_course.models import restart
from rnn_course.studies import tagging
from rnn_course.studies.claims import Claim, Gap
from rnn_course.studies.study import Study
from rnn_course.studies.training import adam, from_look_to_look, steps_of
from rnn_course.text import Vocabulary, words

NOVELS, TREEBANK = "gutenberg", "ud_english_ewt"
WORDS, WINDOW = 4000, 32  # of the vocabulary, and of a window


@cache
def novels():
    """The ids of train, dev and test, and how many ids there are."""
    parts = [words(part.lower()) for part in corpora.load(NOVELS)]
    vocabulary = Vocabulary([word for word, _ in Counter(parts[0]).most_common(WORDS)])
    return [np.array(vocabulary.encode(part), "int32") for part in parts], len(vocabulary)


def windows(ids, starts):
    """Inputs and targets ``(windows, WINDOW)`` that start at given places."""
    rows = starts[:, None] + np.arange(WINDOW + 1)
    return ids[rows[:, :-1]], ids[rows[:, 1:]]


@cache
def network(size: int, cell: str, units: int) -> keras.Model:
    """A compiled embedding of 64, recurrent layer and read-out."""
    model = keras.Sequential(
        [
            keras.Input((WINDOW,), dtype="int32"),
            keras.layers.Embedding(size, 64),
            RNN(make_cell(cell, units), return_sequences=True),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(size),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(adam(0.001), loss, jit_compile=True)
    return model


def train(run):
    """Train on the setting's ``task``; see `rnn_course.studies.Study`."""
    setting = dict(run.setting)
    yield from {"words": _train_words, "tags": _train_tags}[setting.pop("task")](run, setting)


def _train_words(run, setting):
    (learn, dev, test), size = novels()
    model = network(size, **setting)
    restart(model, run.seed)
    model.optimizer.learning_rate.assign(run.rate)
    random = np.random.default_rng(run.seed)

    def batches():
        while True:
            yield windows(learn, random.integers(len(learn) - WINDOW, size=32))

    def nats(ids):
        starts = np.linspace(0, len(ids) - WINDOW - 1, 512).astype(int)
        return float(model.evaluate(*windows(ids, starts), batch_size=128, verbose=0))

    for _ in from_look_to_look(steps_of(model, batches()), run.looks):
        yield nats(dev), lambda: {"error": nats(test)}


def _train_tags(run, setting):
    (_, dev, test), _, _, tags = tagging.data(TREEBANK)

    def wrong(part, scores):
        found = tagging.best(scores(part), tags)
        pairs = zip(part, found, strict=True)
        return 1 - np.mean([a == b for s, own in pairs for a, b in zip(s.tags, own, strict=True)])

    sizes = dict(embedding_dim=64, dropout=0.3)
    for _, scores in tagging.training(run, TREEBANK, **sizes, **setting):
        yield wrong(dev, scores), lambda of=scores: {"error": wrong(test, of)}


CELLS = {"words": {"LSTM": ("lstm", 128), "GRU": ("gru", 151)}}  # as many recurrent weights
CELLS["tags"] = {"LSTM": ("lstm", 64), "GRU": ("gru", 77)}
SETTINGS = {
    f"{name}, {task}": dict(task=task, cell=cell, units=units)
    for task, cells in CELLS.items()
    for name, (cell, units) in cells.items()
}

STUDY = Study(
    name="gru_or_lstm_on_text",
    question="LSTM or GRU, on words of real text?",
    fixed="Words: five novels, the 4,000 most frequent words, embeddings of 64, LSTM of 128 or GRU "
    "of 151, dropout 0.3, batches of 32 windows of 32 words. Tags: 4,000 sentences of the English "
    "Web Treebank as in `what_tagging_gains`, LSTM of 64 or GRU of 77 in each direction. As many "
    "recurrent weights, Adam, a constant rate.",
    settings=SETTINGS,
    train=train,
    looks=(125, 250, 500, 1000, 1300, 2000),
    budgets=(250, 1000, 2000),
    unit="updates",
    dev="nats per word, or share of wrong tags",
    flat=0.02,
    rates=(0.003, 0.01),
    corpora=(NOVELS, TREEBANK),
    cost=60,
    claims=(
        Claim(
            "gru_predicts_words_as_well",
            "On the next word of a novel the GRU loses nothing.",
            Gap("GRU, words", "LSTM, words", "error"),
            budgets=(1000, 2000),
            at_most=0.02,
            refuted_by="a GRU more than 0.02 nats behind",
            notebook="05",
        ),
        Claim(
            "gru_learns_words_sooner",
            "The GRU learns the words of a novel with fewer updates than the LSTM.",
            Gap("GRU, words", "LSTM, words", "error"),
            budgets=(250,),
            at_most=-0.02,
            refuted_by="a lead of less than 0.02 nats",
            notebook="05",
        ),
        Claim(
            "gru_tags_as_well",
            "A GRU tags as well as an LSTM.",
            Gap("GRU, tags", "LSTM, tags", "error"),
            budgets=(1000, 2000),
            at_most=0.005,
            refuted_by="half a point more wrong tags",
            notebook="06",
        ),
    ),
)
