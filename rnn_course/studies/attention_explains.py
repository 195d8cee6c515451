"""Does the token with the largest weight decide?

Over all test reviews of `sentiment`, whose deciding words are known: is the top token one of them,
does the label turn when it is left out, and do two trainings from different seeds look at the same
token?
"""

import numpy as np
from keras import ops

from rnn_course import corpora
from rnn_course.studies import pooling
from rnn_course.studies.claims import Claim, Gap, Greatest, Mean
from rnn_course.studies.study import Study
from rnn_course.text import PADDING

OTHER = 1000  # what is added to a seed for the training that it is compared with


def train(run):
    """Train a classifier twice; see `rnn_course.studies.Study`."""
    _, (_, dev, test) = pooling.reviews("short")
    tops = []
    for model in pooling.training(run, run.seed + OTHER):
        tops.append(top_tokens(model, test[0]))
    for model, other in zip(pooling.training(run, run.seed), tops, strict=True):
        right = pooling.right(model, dev).mean()
        yield right, lambda model=model, other=other: scores(model, test, other)


def top_tokens(model, ids):
    """The place of the largest weight in each review."""
    _, weights = model(ids, return_weights=True)
    return ops.convert_to_numpy(weights).argmax(axis=1)


def scores(model, part, other) -> dict[str, float]:
    """Of all reviews of a part; ``flips`` are shares of labels that turn when a token is left out.

    Args:
        model: a classifier with attention.
        part: of `pooling.reviews`, the test part.
        other: the top tokens of the other training.

    Returns:
        The scores by name.
    """
    ids = part[0]
    rationales = [review.rationale for review in corpora.load("sentiment").test]
    top, before = top_tokens(model, ids), labels(model, ids)
    random = np.random.default_rng(0)
    lengths = (ids != PADDING).sum(axis=1)
    some = (top + 1 + (random.random(len(ids)) * (lengths - 1)).astype(int)) % lengths
    last = np.array([max(rationale) for rationale in rationales])
    return {
        "accuracy": pooling.right(model, part).mean(),
        "top decides": np.mean([t in r for t, r in zip(top, rationales, strict=True)]),
        "flips without top": np.mean(labels(model, without(ids, top)) != before),
        "flips without another": np.mean(labels(model, without(ids, some)) != before),
        "flips without a deciding one": np.mean(labels(model, without(ids, last)) != before),
        "seeds agree": np.mean(top == other),
    }


def labels(model, ids):
    """The label of each review."""
    return model.predict(ids, batch_size=len(ids), verbose=0).argmax(axis=-1)


def without(ids, places):
    """Reviews with one token left out of each."""
    keep = np.arange(ids.shape[1]) != np.asarray(places)[:, None]
    shorter = ids[keep].reshape(len(ids), -1)
    return np.pad(shorter, ((0, 0), (0, 1)), constant_values=PADDING)


SETTINGS = {
    "simple RNN, additive": dict(pooling="attention", score="additive", length="short"),
    "simple RNN, scaled dot": dict(pooling="attention", score="scaled_dot", length="short"),
    "GRU, additive": dict(pooling="attention", score="additive", cell="gru", length="short"),
}
ALL = tuple(SETTINGS)

STUDY = Study(
    name="attention_explains",
    question="Does the token that attention looks at most decide?",
    fixed="As in `pooling`, short reviews; all of the test part. Every training has a twin from "
    "another seed.",
    settings=SETTINGS,
    train=train,
    looks=(100, 300, 600, 1000, 2000),
    budgets=(300, 1000, 2000),
    unit="updates",
    dev="accuracy",
    lower_is_better=False,
    flat=0.005,
    rates=(0.003, 0.01, 0.03),
    cost=25,
    claims=(
        Claim(
            "top_is_not_always_deciding",
            "Though nearly all labels are right, the top token is often none that decides.",
            Greatest(ALL, "top decides"),
            budgets=(1000, 2000),
            at_most=0.9,
            refuted_by="more than nine top tokens in ten that decide",
            notebook="07",
        ),
        Claim(
            "top_matters_more_than_another",
            "Leaving out the token with the largest weight turns the label more often than "
            "leaving out another one.",
            Gap(
                "simple RNN, additive",
                "simple RNN, additive",
                "flips without top",
                "flips without another",
            ),
            budgets=(1000, 2000),
            at_least=0.05,
            refuted_by="a difference of less than 5 points",
            notebook="07",
        ),
        Claim(
            "most_labels_survive",
            "Most labels survive without the token that has the largest weight.",
            Greatest(ALL, "flips without top"),
            budgets=(1000, 2000),
            at_most=0.5,
            refuted_by="more than half of the labels turned",
            notebook="07",
        ),
        Claim(
            "seeds_disagree",
            "Two trainings that differ in their seed alone look at different tokens in more than "
            "a fifth of the reviews.",
            Mean("simple RNN, additive", "seeds agree"),
            budgets=(1000, 2000),
            at_most=0.8,
            refuted_by="the same token in more than 80 %",
            notebook="07",
        ),
    ),
)
