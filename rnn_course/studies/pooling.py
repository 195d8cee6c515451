"""Which pooling is best, and is it because of where the words stand that decide?

Reviews of `sentiment` as they are, where the last deciding word mostly stands near the end, and
long ones: the same, followed by four sentences without a verdict.
"""

from functools import cache

import keras
import numpy as np

from rnn_course import corpora
from rnn_course.models import SequenceClassifier, restart
from rnn_course.studies.claims import Claim, Gap, Least
from rnn_course.studies.study import Study
from rnn_course.studies.training import adam, again_and_again, from_look_to_look, steps_of
from rnn_course.text import PADDING, Vocabulary

AT_THE_END = 2  # tokens at most after the last deciding word, the final full stop included
LENGTHS = {"short": 40, "long": 80}


@cache
def reviews(length: str):
    """Of train, dev and test ids, labels, and how many tokens follow the last deciding one.

    Args:
        length: ``"short"`` or ``"long"``.

    Returns:
        The vocabulary's size, and for each part three arrays.
    """
    parts = corpora.load("sentiment")
    vocabulary = Vocabulary.learn([review.tokens for review in parts.train])
    steps = LENGTHS[length]
    found = []
    for part in parts:
        random = np.random.default_rng(0)
        neutral = sorted({s for review in part for s in neutral_sentences(review)})
        ids = np.full((len(part), steps), PADDING, "int32")
        after = np.empty(len(part), int)
        for row, review in enumerate(part):
            tokens = list(review.tokens)
            if length == "long":
                for choice in random.integers(len(neutral), size=4):
                    tokens += neutral[choice]
            tokens = tokens[:steps]
            ids[row, : len(tokens)] = vocabulary.encode(tokens)
            after[row] = len(tokens) - 1 - max(review.rationale)
        labels = np.array([review.label == "positive" for review in part], "int32")
        found.append((ids, labels, after))
    return len(vocabulary), found


def neutral_sentences(review):
    """The sentences of a review that have no verdict: none of its deciding words is in them."""
    start = 0
    for stop, token in enumerate(review.tokens, start=1):
        if token == ".":
            if not any(start <= place < stop for place in review.rationale):
                yield review.tokens[start:stop]
            start = stop


@cache
def network(
    size: int, steps: int, pooling: str, cell: str = "simple_rnn", **options
) -> keras.Model:
    """A compiled `SequenceClassifier` of 16 units in each direction."""
    if pooling == "concat":
        options["timesteps"] = steps
    model = SequenceClassifier(
        size,
        2,
        embedding_dim=16,
        units=16,
        cell=cell,
        bidirectional=pooling != "last",
        pooling=pooling,
        **options,
    )
    model.build((None, steps))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(adam(0.001), loss, jit_compile=True)
    return model


def train(run):
    """Train a classifier; see `rnn_course.studies.Study`.

    The setting has the ``length`` of `reviews`, ``pooling`` and, of attention, ``score``.
    """
    _, (_, dev, test) = reviews(run.setting["length"])
    for model in training(run, run.seed):
        yield right(model, dev).mean(), lambda model=model: scores(model, test)


def training(run, seed):
    """Train a classifier of the run's setting from a seed; yields it at each look."""
    setting = dict(run.setting)
    length = setting.pop("length")
    size, (learn, _, _) = reviews(length)
    model = network(size, LENGTHS[length], **setting)
    restart(model, seed)
    model.optimizer.learning_rate.assign(run.rate)
    step = steps_of(model, again_and_again(*learn[:2], batch_size=64, seed=seed))
    for _ in from_look_to_look(step, run.looks):
        yield model


def right(model, part):
    """Which reviews get the right label."""
    ids, labels, _ = part
    return model.predict(ids, batch_size=len(ids), verbose=0).argmax(axis=-1) == labels


def scores(model, part) -> dict[str, float]:
    """Accuracy: of all reviews, of those decided at the end and of the others."""
    found, end = right(model, part), part[2] <= AT_THE_END
    return {
        "accuracy": found.mean(),
        "decided at the end": found[end].mean() if end.any() else np.nan,
        "decided before": found[~end].mean(),
    }


POOLINGS = {name: dict(pooling=name) for name in ("last", "final_states", "mean", "max", "sum")}
POOLINGS |= {
    "concat": dict(pooling="concat"),
    "additive": dict(pooling="attention", score="additive"),
    "scaled dot": dict(pooling="attention", score="scaled_dot"),
}
SETTINGS = {
    f"{name}, {length}": dict(length=length, **options)
    for length in LENGTHS
    for name, options in POOLINGS.items()
}

STUDY = Study(
    name="pooling",
    question="Which pooling of a recurrent network's states is best, and why?",
    fixed="A simple RNN of 16 units in each direction (one direction for `last`), embeddings of "
    "16, 9,500 reviews of `sentiment`, batches of 64, Adam. 300 updates are the notebook's five "
    "passes. Decided at the end: at most two tokens follow the last deciding one.",
    settings=SETTINGS,
    train=train,
    looks=(100, 200, 300, 600, 1000, 1300, 2000),
    budgets=(300, 1000, 2000),
    unit="updates",
    dev="accuracy",
    lower_is_better=False,
    flat=0.005,
    rates=(0.003, 0.01, 0.03),
    seeds=6,
    cost=50,
    claims=(
        Claim(
            "attention_is_first",
            "In the notebook's budget additive attention is ahead of the last state.",
            Gap("additive, short", "last, short", "accuracy"),
            budgets=(300,),
            at_least=0.02,
            refuted_by="a lead of less than 2 points",
            notebook="07",
        ),
        Claim(
            "last_catches_up",
            "On short reviews the last state catches up when it is trained longer.",
            Gap("additive, short", "last, short", "accuracy"),
            budgets=(2000,),
            at_most=0.02,
            refuted_by="the last state more than 2 points behind",
            notebook="07",
        ),
        Claim(
            "last_is_good_at_the_end",
            "The last state is better where the deciding words stand at the end than where they "
            "stand before.",
            Gap("last, short", "last, short", "decided at the end", "decided before"),
            budgets=(300,),
            at_least=0.03,
            refuted_by="a difference of less than 3 points",
            notebook="07",
        ),
        Claim(
            "last_fails_on_long",
            "On long reviews the last state stays behind attention.",
            Gap("additive, long", "last, long", "accuracy"),
            budgets=(300, 1000, 2000),
            at_least=0.05,
            refuted_by="a lead of less than 5 points",
            notebook="07",
        ),
        Claim(
            "max_keeps_up_with_attention",
            "The maximum is as good as attention, short or long.",
            Gap("additive, long", "max, long", "accuracy"),
            budgets=(1000, 2000),
            at_most=0.02,
            refuted_by="the maximum more than 2 points behind",
            notebook="07",
        ),
        Claim(
            "mean_is_diluted_by_length",
            "The mean loses more on long reviews than attention does.",
            Gap("additive, long", "mean, long", "accuracy"),
            budgets=(300, 1000),
            at_least=0.03,
            refuted_by="a lead of less than 3 points",
            notebook="07",
        ),
        Claim(
            "sum_is_not_the_slow_one",
            "Each at its own rate, the sum is no slower than the mean.",
            Gap("sum, short", "mean, short", "accuracy"),
            budgets=(300, 1000, 2000),
            at_least=-0.02,
            refuted_by="the sum more than 2 points behind",
            notebook="07",
        ),
        Claim(
            "poolings_tie_in_the_end",
            "On short reviews all poolings but concatenation get there in the end.",
            Least(tuple(f"{name}, short" for name in POOLINGS if name != "concat"), "accuracy"),
            budgets=(2000,),
            at_least=0.95,
            refuted_by="one below 95 %",
            notebook="07",
        ),
    ),
)
