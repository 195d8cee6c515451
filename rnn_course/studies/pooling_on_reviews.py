"""Which pooling is best on real reviews, a sentence each, and joined to longer ones?

Sentences of film reviews. Five of one label, joined in any order, make a long review: its label may
stand anywhere in it.
"""

from functools import cache

import keras
import numpy as np

from rnn_course import corpora
from rnn_course.models import SequenceClassifier, restart
from rnn_course.studies.claims import Claim, Gap, Greatest
from rnn_course.studies.study import Study
from rnn_course.studies.training import adam, again_and_again, from_look_to_look, steps_of
from rnn_course.text import PADDING, Vocabulary

CORPUS = "sentence_polarity"
JOINED = 5  # sentences of a long review
STEPS = {"short": 40, "long": 120}  # tokens that are read; few are cut


@cache
def reviews(length: str, examples: int | None = None):
    """The vocabulary's size, and ids and labels of train, dev and test.

    Args:
        length: ``"short"`` or ``"long"``; there are as many long ones, so each sentence is in five.
        examples: how many sentences of train; all by default.
    """
    parts = corpora.load(CORPUS)
    order = np.random.default_rng(0).permutation(len(parts.train))[:examples]
    parts = [[parts.train[row] for row in order], parts.dev, parts.test]
    vocabulary = Vocabulary.learn([each.text.split() for each in parts[0]], minimum_count=2)
    found = []
    for part in parts:
        labels = np.array([each.label == "positive" for each in part], "int32")
        rows = [vocabulary.encode(each.text.split()) for each in part]
        if length == "long":
            rows = joined(rows, labels)
        ids = np.full((len(part), STEPS[length]), PADDING, "int32")
        for row, tokens in enumerate(rows):
            cut = tokens[: STEPS[length]]
            ids[row, : len(cut)] = cut
        found.append((ids, labels))
    return len(vocabulary), found


def joined(rows, labels):
    """Each row followed by four others of its label, drawn anew."""
    random = np.random.default_rng(0)
    same = [np.flatnonzero(labels == label) for label in (0, 1)]
    long = []
    for row, label in zip(rows, labels, strict=True):
        others = random.choice(same[label], JOINED - 1, replace=False)
        mixed = [row, *(rows[other] for other in others)]
        long.append([token for number in random.permutation(JOINED) for token in mixed[number]])
    return long


@cache
def network(size: int, steps: int, pooling: str) -> keras.Model:
    """A compiled `SequenceClassifier`, GRU of 32 units in each direction."""
    model = SequenceClassifier(
        size,
        2,
        embedding_dim=32,
        units=32,
        bidirectional=pooling != "last",
        pooling=pooling,
        dropout=0.3,
    )
    model.build((None, steps))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(adam(0.001), loss, jit_compile=True)
    return model


def train(run):
    """Train a classifier; see `rnn_course.studies.Study`.

    The setting has ``length`` and ``pooling``, and may have ``examples``.
    """
    setting = dict(run.setting)
    size, (learn, dev, test) = reviews(setting["length"], setting.get("examples"))
    model = network(size, STEPS[setting["length"]], setting["pooling"])
    restart(model, run.seed)
    model.optimizer.learning_rate.assign(run.rate)
    step = steps_of(model, again_and_again(*learn, batch_size=64, seed=run.seed))

    def right(part):
        ids, labels = part
        return float((model.predict(ids, batch_size=500, verbose=0).argmax(-1) == labels).mean())

    for _ in from_look_to_look(step, run.looks):
        yield right(dev), lambda: {"accuracy": right(test)}


POOLINGS = ("last", "final_states", "mean", "max", "attention")
SETTINGS = {
    f"{pooling}, {length}": dict(pooling=pooling, length=length)
    for length in STEPS
    for pooling in POOLINGS
}


STUDY = Study(
    name="pooling_on_reviews",
    question="Which pooling is best on real reviews, short and long?",
    fixed="Film reviews of one sentence, and five of one label joined; GRU of 32 units in each "
    "direction (one direction for `last`), embeddings of 32, dropout 0.3, batches of 64, Adam. 133 "
    "updates are a pass over 8,500 reviews. Networks learn them by heart after a few passes: each "
    "budget has the rate that was best at it on dev.",
    settings=SETTINGS,
    train=train,
    looks=(100, 200, 300, 400, 600),
    budgets=(200, 600),
    unit="updates",
    dev="accuracy",
    lower_is_better=False,
    flat=0.01,
    rates=(0.001, 0.003),
    corpora=(CORPUS,),
    cost=45,
    claims=(
        Claim(
            "attention_gains_little_on_sentences",
            "On sentences attention is less than two points ahead of the two final states.",
            Gap("attention, short", "final_states, short", "accuracy"),
            budgets=(600,),
            at_most=0.02,
            refuted_by="a lead of more than two points",
            notebook="07",
        ),
        Claim(
            "last_keeps_up_on_sentences",
            "On sentences even the last state of one direction is less than three points behind "
            "attention.",
            Gap("attention, short", "last, short", "accuracy"),
            budgets=(600,),
            at_most=0.03,
            refuted_by="more than three points behind",
            notebook="07",
        ),
        Claim(
            "last_loses_on_joined",
            "On reviews of five sentences the last state is behind attention by five points.",
            Gap("attention, long", "last, long", "accuracy"),
            budgets=(200, 600),
            at_least=0.05,
            refuted_by="less than five points behind",
            notebook="07",
        ),
        Claim(
            "mean_is_as_good_as_attention",
            "On long real reviews the mean is as good as attention: what decides is said again and "
            "again.",
            Gap("attention, long", "mean, long", "accuracy"),
            budgets=(600,),
            at_most=0.02,
            refuted_by="attention more than two points ahead",
            notebook="07",
        ),
        Claim(
            "none_reaches_eighty",
            "No pooling reaches 80 % on sentences.",
            Greatest(tuple(f"{each}, short" for each in POOLINGS), "accuracy"),
            budgets=(200, 600),
            at_most=0.8,
            refuted_by="one of them above 80 %",
            notebook="07",
        ),
    ),
)
