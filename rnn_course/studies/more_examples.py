"""What do four times as many examples gain a classifier and a translator?

Learning curves: film reviews of one sentence, and pairs of the embedded corpus, with attention and
without. The tagger's is in `more_data`.
"""

import numpy as np

from rnn_course.studies import pooling_on_reviews, translating
from rnn_course.studies.claims import Claim, Gap
from rnn_course.studies.study import Study

SIZES = (500, 2000, 8000)


def train(run):
    """Train a classifier or a translator; see `rnn_course.studies.Study`.

    The setting has ``task`` and ``examples``, and of a translator ``attention``.
    """
    setting = dict(run.setting)
    if setting.pop("task") == "reviews":
        setting |= dict(length="short", pooling="mean")
        for right, scores in pooling_on_reviews.train(run._replace(setting=setting)):
            yield 1 - right, lambda scores=scores: {"wrong": 1 - scores()["accuracy"]}
        return
    _, _, (_, _, test) = translating.data()
    examples = setting.pop("examples")
    setting["units"] = 128
    for model, nats in translating.training(run._replace(setting=setting), examples=examples):
        yield nats, lambda model=model: {"wrong": 1 - whole(model, test)}


def whole(model, part) -> float:
    """The share of sentences that are translated right as a whole."""
    said = translating.translations(model, part)
    return float(np.mean([own == gold for own, gold in zip(said, part.targets, strict=True)]))


REVIEWS, DOT, NONE = "reviews", "translation, attention", "translation, none"
SETTINGS = {
    f"{name}, {size:,}": dict(examples=size, **options)
    for name, options in {
        REVIEWS: dict(task="reviews"),
        DOT: dict(task="translation", attention="dot"),
        NONE: dict(task="translation", attention=None),
    }.items()
    for size in SIZES
}


def _gain(name, more, fewer):
    return Gap(f"{name}, {fewer:,}", f"{name}, {more:,}", "wrong")


STUDY = Study(
    name="more_examples",
    question="What do four times as many examples gain a classifier and a translator?",
    fixed="Reviews as in `pooling_on_reviews`, the mean of the states; translation as in "
    "`one_vector`, 128 units. As many updates whatever the number of examples; `wrong` is the "
    "share of reviews, or of whole sentences.",
    settings=SETTINGS,
    train=train,
    looks=(75, 150, 300, 600, 800, 1200),
    budgets=(150, 300, 1200),
    unit="updates",
    dev="share of wrong reviews, or nats per token",
    flat=0.01,
    rates=(0.003, 0.01),
    corpora=(pooling_on_reviews.CORPUS,),
    cost=45,
    claims=(
        Claim(
            "reviews_gain_little_by_little",
            "From 2,000 reviews to 8,000 the classifier gains three points or more.",
            _gain(REVIEWS, 8000, 2000),
            budgets=(300,),
            at_least=0.03,
            refuted_by="a gain of less than three points",
            notebook="07",
        ),
        Claim(
            "pairs_gain_more",
            "From 500 pairs to 2,000 a translator with attention gets 20 points more of the "
            "sentences right.",
            _gain(DOT, 2000, 500),
            budgets=(1200,),
            at_least=0.2,
            refuted_by="a gain of less than 20 points",
            notebook="08",
        ),
        Claim(
            "attention_is_worth_data",
            "Attention is worth four times the data: with 2,000 pairs it does better than one "
            "vector with 8,000.",
            Gap(f"{NONE}, 8,000", f"{DOT}, 2,000", "wrong"),
            budgets=(1200,),
            at_least=0.0,
            refuted_by="more wrong sentences",
            notebook="08",
        ),
    ),
)
