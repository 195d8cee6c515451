"""Losses and metrics against sums over single tokens, words, entities and links."""

import itertools
import math

import keras
import numpy as np
import pytest
from backends import differentiate
from keras import ops

from rnn_course.layers import CRF
from rnn_course.losses import TokenCrossEntropy, token_cross_entropy
from rnn_course.metrics import (
    Perplexity,
    TagAccuracy,
    best_tags,
    perplexity,
)

VOCABULARY_SIZE = 7


def batch_of(*lengths, timesteps=None, seed=0):
    """Targets of the given lengths and random logits, also at the padding."""
    generator = np.random.default_rng(seed)
    timesteps = timesteps or max(lengths)
    logits = generator.normal(size=(len(lengths), timesteps, VOCABULARY_SIZE)) * 3
    targets = generator.integers(1, VOCABULARY_SIZE, (len(lengths), timesteps))
    targets[np.arange(timesteps) >= np.array(lengths)[:, None]] = 0
    return targets, logits.astype("float32")


def nats(targets, logits):
    """-log p of every real token, one after the other."""
    return [
        math.log(sum(math.exp(a) for a in scores)) - float(scores[target])
        for row, row_scores in zip(targets, logits.astype("float64"), strict=True)
        for target, scores in zip(row, row_scores, strict=True)
        if target != 0
    ]


# Very unequal numbers of sentences and of tokens
BATCHES = [
    batch_of(40),
    batch_of(1, 1, 1, 2, 1, 1, seed=1),
    batch_of(9, 1, 3, timesteps=12, seed=2),
]


# From a total


def test_perplexity_of_a_total():
    assert perplexity(math.log(0.5) + math.log(0.125), 2) == pytest.approx(4)
    assert perplexity(0.0, 3) == 1
    assert perplexity(-math.inf, 3) == math.inf
    assert perplexity(-1e6, 1) == math.inf


@pytest.mark.parametrize("tokens", [0, -1])
def test_perplexity_of_no_token(tokens):
    with pytest.raises(ValueError, match=f"at least one token, got tokens={tokens}"):
        perplexity(-1.0, tokens)


@pytest.mark.parametrize("log_prob", [0.1, math.nan])
def test_perplexity_of_what_is_no_log_probability(log_prob):
    with pytest.raises(ValueError, match=f"logarithm of a probability, got {log_prob}"):
        perplexity(log_prob, 3)


# Loss


def test_token_cross_entropy():
    targets, logits = batch_of(4, 1, 3)
    values, weights = map(np.array, token_cross_entropy(targets, logits))
    np.testing.assert_array_equal(weights, [[1, 1, 1, 1], [1, 0, 0, 0], [1, 1, 1, 0]])
    np.testing.assert_allclose(values[weights == 1], nats(targets, logits), rtol=1e-5)


@pytest.mark.parametrize("batch", BATCHES, ids=["one row", "short rows", "padded"])
def test_loss_is_the_mean_over_tokens(batch):
    assert float(TokenCrossEntropy()(*batch)) == pytest.approx(np.mean(nats(*batch)), rel=1e-5)


def test_loss_of_a_single_token():
    targets, logits = batch_of(1)
    assert float(TokenCrossEntropy()(targets, logits)) == pytest.approx(nats(targets, logits)[0])


def test_loss_and_its_gradient_are_none_of_the_paddings_business():
    targets, logits = batch_of(3, 2)

    def loss_and_gradient(targets, logits):
        loss, _, (gradient,) = differentiate(
            lambda logits: (TokenCrossEntropy()(targets, logits), ()), [logits]
        )
        return float(loss), np.array(gradient)

    loss, gradient = loss_and_gradient(targets, logits)
    noise = np.full((2, 5, VOCABULARY_SIZE), 1e4, "float32")
    padded_loss, padded_gradient = loss_and_gradient(
        np.pad(targets, ((0, 0), (0, 5))), np.concatenate([logits, noise], axis=1)
    )
    assert padded_loss == pytest.approx(loss, rel=1e-6)
    np.testing.assert_allclose(padded_gradient[:, :3], gradient, atol=1e-7)
    np.testing.assert_array_equal(padded_gradient[:, 3:], 0)
    # The gradient of a mean of five tokens: (softmax - one-hot) / 5.
    softmax = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    expected = (softmax - np.eye(VOCABULARY_SIZE)[targets]) / 5 * (targets != 0)[..., None]
    np.testing.assert_allclose(gradient, expected, atol=1e-6)


def test_loss_of_padding_alone_is_zero():
    targets, logits = batch_of(0, 0, timesteps=3)
    loss, _, (gradient,) = differentiate(
        lambda logits: (TokenCrossEntropy()(targets, logits), ()), [logits]
    )
    assert float(loss) == 0
    np.testing.assert_array_equal(gradient, 0)


@pytest.mark.usefixtures("double_precision")
@pytest.mark.parametrize("targets_dtype", ["int32", "int64", "float32"])
@pytest.mark.parametrize("logits_dtype", ["float32", "float64", "bfloat16"])
def test_dtypes(targets_dtype, logits_dtype):
    targets, logits = batch_of(4, 2)
    loss = TokenCrossEntropy()(ops.cast(targets, targets_dtype), ops.cast(logits, logits_dtype))
    tolerance = 0.02 if logits_dtype == "bfloat16" else 1e-5
    assert float(loss) == pytest.approx(np.mean(nats(targets, logits)), rel=tolerance)


@pytest.mark.parametrize("by", ["row", "token"])
def test_sample_weight(by):
    targets, logits = batch_of(3, 1)
    weights = np.array([[2.0] * 3, [0.5] * 3])
    real = weights[targets != 0]
    expected = np.dot(real, nats(targets, logits)) / real.sum()
    given = weights[:, 0] if by == "row" else weights
    loss = TokenCrossEntropy()(targets, logits, sample_weight=given)
    assert float(loss) == pytest.approx(expected, rel=1e-5)
    metric = Perplexity()
    metric.update_state(targets, logits, sample_weight=given)
    assert float(metric.result()) == pytest.approx(math.exp(expected), rel=1e-5)


def scoring_model():
    """A Keras model whose logits carry a mask: an embedding row a token, read as logits."""
    tokens = keras.Input((None,), dtype="int32")
    logits = keras.layers.Embedding(
        VOCABULARY_SIZE, VOCABULARY_SIZE, mask_zero=True, embeddings_initializer="normal"
    )(tokens)
    assert logits._keras_mask is not None
    return keras.Model(tokens, logits)


def test_training_takes_the_gradient_of_the_mean():
    """Of the mean, not of the sum: Keras weights a loss by the mask of the logits."""
    model = scoring_model()
    model.compile(keras.optimizers.SGD(1.0), TokenCrossEntropy())
    inputs = np.array([[2, 3, 4], [2, 5, 0]])
    targets = np.array([[3, 4, 6], [5, 6, 0]])
    (before,) = model.get_weights()
    model.train_on_batch(inputs, targets)
    (after,) = model.get_weights()
    expected = np.zeros_like(before)
    for token, target in zip(inputs.ravel(), targets.ravel(), strict=True):
        if target:
            softmax = np.exp(before[token]) / np.exp(before[token]).sum()
            expected[token] += (softmax - np.eye(VOCABULARY_SIZE)[target]) / 5
    np.testing.assert_allclose(before - after, expected, atol=1e-6)


# Perplexity over batches


def test_perplexity_weighs_every_token_the_same():
    metric = Perplexity()
    for batch in BATCHES:
        metric.update_state(*batch)
    values = [nats(*batch) for batch in BATCHES]
    expected = math.exp(np.mean(np.concatenate(values)))
    assert float(metric.result()) == pytest.approx(expected, rel=1e-5)
    # It could have been wrong: the means of the batches, or by their rows, give other numbers.
    means, rows = [np.mean(v) for v in values], [len(targets) for targets, _ in BATCHES]
    assert abs(math.exp(np.mean(means)) - expected) > 0.1
    assert abs(math.exp(np.average(means, weights=rows)) - expected) > 0.1


def test_perplexity_does_not_see_batches_of_padding():
    metric, again = Perplexity(), Perplexity()
    metric.update_state(*BATCHES[0])
    again.update_state(*batch_of(0, 0, timesteps=4))
    assert float(again.result()) == 1  # of nothing: not NaN
    again.update_state(*BATCHES[0])
    again.update_state(*batch_of(0, timesteps=9))
    assert float(again.result()) == float(metric.result())


def test_perplexity_starts_anew_after_a_reset():
    metric = Perplexity()
    metric.update_state(*BATCHES[0])
    metric.reset_state()
    metric.update_state(*BATCHES[1])
    assert float(metric.result()) == pytest.approx(math.exp(np.mean(nats(*BATCHES[1]))), rel=1e-5)


@pytest.mark.parametrize("make", [TokenCrossEntropy, Perplexity, TagAccuracy])
def test_serialised(make):
    config = keras.saving.serialize_keras_object(make(name="mine"))
    again = keras.saving.deserialize_keras_object(config)
    assert type(again) is make
    assert again.name == "mine"
    assert again.get_config() == make(name="mine").get_config()


# Tags


def potentials_of(emissions, mask, seed=0):
    """Of a CRF whose transitions matter."""
    crf = CRF(VOCABULARY_SIZE)
    crf.build(emissions.shape)
    shape = (VOCABULARY_SIZE, VOCABULARY_SIZE)
    crf.set_weights([np.random.default_rng(seed).normal(size=shape) * 3])
    return crf(emissions, mask=mask)


def test_best_tags_are_the_best_ordinary_ones():
    _, logits = batch_of(20, 20)
    assert (logits.argmax(axis=-1) < 4).any()  # special tokens
    found = np.array(best_tags(logits))
    assert found.dtype == np.int32
    np.testing.assert_array_equal(found, 4 + logits[..., 4:].argmax(axis=-1))


def test_best_path_never_takes_the_unknown_tag():
    """Against every path, also behind padding."""
    _, emissions = batch_of(4, 4)
    emissions[..., 1] += 9
    mask = np.array([[1, 1, 1, 1], [0, 0, 1, 1]], bool)
    potentials = np.array(potentials_of(emissions, mask), "float64")
    found = np.array(best_tags(potentials))
    for row in range(2):
        steps = np.flatnonzero(mask[row])

        def score(path, row=row, steps=steps):
            pairs = zip(steps, [2, *path[:-1]], path, strict=True)
            return sum(potentials[row, t, before, tag] for t, before, tag in pairs)

        best = max(itertools.product([4, 5, 6], repeat=len(steps)), key=score)
        assert tuple(found[row, steps].tolist()) == best


@pytest.mark.parametrize("output", ["softmax", "crf"])
def test_tag_accuracy_counts_every_word_once(output):
    metric = TagAccuracy()
    right = []
    for targets, scores in BATCHES:
        targets = np.where(targets == 0, 0, 4 + targets % 3)
        if output == "crf":
            scores = potentials_of(scores, targets != 0)
        metric.update_state(targets, scores)
        right += (np.array(best_tags(scores)) == targets)[targets != 0].tolist()
    assert 0.1 < np.mean(right) < 0.6
    assert float(metric.result()) == pytest.approx(np.mean(right))
    metric.reset_state()
    metric.update_state(*batch_of(0, timesteps=3))
    assert float(metric.result()) == 0


def test_tag_accuracy_weighted():
    targets = np.array([[4, 5, 0], [6, 0, 0]])
    logits = np.eye(VOCABULARY_SIZE, dtype="float32")[[[4, 4, 4], [6, 6, 6]]]
    for weights, expected in [([3, 1], 4 / 7), ([[3, 1, 9], [0, 9, 9]], 3 / 4)]:
        metric = TagAccuracy()
        metric.update_state(targets, logits, sample_weight=np.array(weights))
        assert float(metric.result()) == pytest.approx(expected)


def test_tag_accuracy_in_a_model_whose_scores_carry_a_mask():
    model = scoring_model()
    model.compile(loss=TokenCrossEntropy(), metrics=[TagAccuracy()])
    tokens, tags = np.array([[4, 5, 6], [6, 0, 0]]), np.array([[4, 4, 4], [6, 0, 0]])
    matrix = np.eye(VOCABULARY_SIZE)
    matrix[0] = 100
    model.set_weights([matrix])
    assert model.evaluate(tokens, tags, verbose=0)[1] == 0.5


# Entities


# Translations


# Alignments
