"""Why dot products are divided by √N: what happens to a softmax without it, and to learning?

A look-up: eight pairs of a letter and a digit, then a letter; the answer is its digit. Keys and
queries have N entries. At the start the scores of entries of variance 1 have variance N, so that
the softmax is nearly all or nothing; with Keras's small embeddings they have not.
"""

from functools import cache

import keras
import numpy as np
from keras import ops

from rnn_course.layers import attention_weights
from rnn_course.models import restart
from rnn_course.studies.claims import OPEN, Claim, Gap, Least, Mean
from rnn_course.studies.study import Study
from rnn_course.studies.training import adam, from_look_to_look, steps_of

PAIRS, LETTERS, DIGITS = 8, 26, 10
SIZES = (8, 64, 512)
STARTS = {"variance 1": 1.0, "Keras's": None}


@keras.saving.register_keras_serializable("rnn_course.studies")
class LookUp(keras.layers.Layer):
    """Attention of a query letter to letters, and of the digits beside them the weighted mean.

    Args:
        size: N, of keys and queries.
        scaled: whether scores are divided by √N.
        spread: standard deviation of the entries of keys and queries at the start; None for
            Keras's default.
    """

    def __init__(self, size, scaled, spread=None, **kwargs):
        super().__init__(**kwargs)
        self.config = dict(size=size, scaled=scaled, spread=spread)
        self.keys, self.queries = (
            keras.layers.Embedding(LETTERS, size, embeddings_initializer=_initializer(spread))
            for _ in range(2)  # each draws numbers of its own
        )

    def build(self, shape):
        """Both embeddings."""
        self.keys.build((None, PAIRS))
        self.queries.build((None,))

    def call(self, inputs):
        """Weights of the pairs, ``(batch, PAIRS)``, for letters ``(batch, PAIRS + 1)``."""
        keys, query = self.keys(inputs[:, :PAIRS]), self.queries(inputs[:, PAIRS])
        scores = ops.sum(keys * query[:, None], axis=-1)  # (batch, PAIRS)
        if self.config["scaled"]:
            scores = scores / self.config["size"] ** 0.5
        return attention_weights(scores)

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), **self.config}


def _initializer(spread):
    return "uniform" if spread is None else keras.initializers.RandomNormal(stddev=spread)


@cache
def network(**options) -> keras.Model:
    """A compiled look-up: the probability of each digit."""
    letters = keras.Input((PAIRS + 1,), dtype="int32")
    digits = keras.Input((PAIRS,), dtype="int32")
    weights = LookUp(name="look_up", **options)(letters)
    looked_up = keras.layers.Dot(axes=1)([weights, keras.layers.Embedding(DIGITS, 16)(digits)])
    logits = keras.layers.Dense(DIGITS)(looked_up)
    model = keras.Model([letters, digits], logits)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(adam(0.001), loss, jit_compile=True)
    return model


def sample(random, rows):
    """Letters (the pairs' and the one asked for), digits, answers."""
    letters = np.argsort(random.random((rows, LETTERS)), axis=1)[:, :PAIRS].astype("int32")
    digits = random.integers(DIGITS, size=(rows, PAIRS)).astype("int32")
    asked = random.integers(PAIRS, size=rows)
    every = np.arange(rows)
    return [np.column_stack([letters, letters[every, asked]]), digits], digits[every, asked]


def train(run):
    """Train a look-up; see `rnn_course.studies.Study`. The setting has `LookUp`'s arguments."""
    model = network(**run.setting)
    restart(model, run.seed)
    model.optimizer.learning_rate.assign(run.rate)
    random = np.random.default_rng(run.seed)
    dev, test = (sample(np.random.default_rng(seed), 1000) for seed in (1001, 1002))
    batches = iter(lambda: sample(random, 128), None)
    look_up = model.get_layer("look_up")

    def scores():
        weights = ops.convert_to_numpy(look_up(test[0][0]))
        entropy = -(weights * np.log(np.maximum(weights, 1e-30))).sum(axis=1)
        return {
            "accuracy": accuracy(model, *test),
            "largest weight": weights.max(axis=1).mean(),
            "entropy": (entropy / np.log(PAIRS)).mean(),
        }

    for _ in from_look_to_look(steps_of(model, batches), run.looks):
        yield accuracy(model, *dev), scores


def accuracy(model, x, y) -> float:
    """The share of the answers that is right."""
    return float((model.predict_on_batch(x).argmax(axis=-1) == y).mean())


SETTINGS = {
    f"N {size}, {'÷ √N' if scaled else 'as they are'}, {start}": dict(
        size=size, scaled=scaled, spread=spread
    )
    for start, spread in STARTS.items()
    for size in SIZES
    for scaled in (True, False)
}

STUDY = Study(
    name="scores_scaled",
    question="Why are dot products divided by √N: what happens without it?",
    fixed="Eight pairs, batches of 128 fresh examples, Adam. Budget 0 is the start.",
    settings=SETTINGS,
    train=train,
    looks=(0, 50, 100, 200, 300, 600, 1000, 1500, 2000, 3000),
    budgets=(0, 100, 300, 1000, 3000),
    unit="updates",
    dev="accuracy",
    lower_is_better=False,
    flat=0.01,
    rates=(0.001, 0.003, 0.01, 0.03, 0.1),
    cost=25,
    claims=(
        Claim(
            "unscaled_is_all_or_nothing",
            "With entries of variance 1 and N = 512 the largest of eight weights is nearly 1 "
            "before anything has been learned.",
            Mean("N 512, as they are, variance 1", "largest weight"),
            budgets=(0,),
            at_least=0.85,
            refuted_by="a mean of the largest weight below 0.85",
            notebook="07",
        ),
        Claim(
            "scaled_does_not_depend_on_n",
            "Divided by √N, the largest weight at the start does not grow with N.",
            Gap("N 512, ÷ √N, variance 1", "N 8, ÷ √N, variance 1", "largest weight"),
            budgets=(0,),
            at_most=0.05,
            refuted_by="a weight more than 0.05 larger at N = 512 than at 8",
            notebook="07",
        ),
        Claim(
            "small_embeddings_need_no_scale",
            "With Keras's small embeddings there is nothing to tame: the weights are even.",
            Mean("N 512, as they are, Keras's", "entropy"),
            budgets=(0,),
            at_least=0.95,
            refuted_by="an entropy below 95 % of its maximum",
            notebook="07",
        ),
        Claim(
            "unscaled_learns_later",
            "At N = 512 and variance 1 the unscaled look-up is behind after as many updates, each "
            "at its own rate.",
            Gap("N 512, ÷ √N, variance 1", "N 512, as they are, variance 1", "accuracy"),
            budgets=(100, 300),
            at_least=0.1,
            refuted_by="a lead of less than 10 points",
            notebook="07",
            found=OPEN,
            remark="It is 20 points ahead after 100 updates, and 14 after 300, where the interval "
            "just reaches below ten. After 3,000 updates 2.5 points are left.",
        ),
        Claim(
            "scale_matters_little_at_small_n",
            "At N = 8 the scale makes no difference in the end.",
            Gap("N 8, ÷ √N, variance 1", "N 8, as they are, variance 1", "accuracy"),
            budgets=(3000,),
            at_most=0.03,
            refuted_by="a lead of more than 3 points",
            notebook="07",
        ),
        Claim(
            "all_learn_it_in_the_end",
            "With a rate of its own each size, scaled or not, learns the look-up.",
            Least(tuple(SETTINGS), "accuracy"),
            budgets=(3000,),
            at_least=0.95,
            refuted_by="one below 95 %",
            notebook="07",
        ),
    ),
)
