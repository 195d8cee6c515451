"""Losses and metrics against sums over single tokens, words, entities and links."""

import itertools
import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from rnn_course.crf import CRF
from rnn_course.metrics import (
    Accuracies,
    EntityScores,
    Perplexity,
    TagAccuracy,
    TokenCrossEntropy,
    alignment_error_rate,
    best_links,
    best_tags,
    bleu,
    chrf,
    entity_scores,
    perplexity,
    tag_accuracies,
    token_cross_entropy,
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
        logits = tf.constant(logits)
        with tf.GradientTape() as tape:
            tape.watch(logits)
            loss = TokenCrossEntropy()(targets, logits)
        return float(loss), tape.gradient(loss, logits).numpy()

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
    logits = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = TokenCrossEntropy()(targets, logits)
    assert float(loss) == 0
    np.testing.assert_array_equal(tape.gradient(loss, logits), 0)


@pytest.mark.parametrize("targets_dtype", ["int32", "int64", "float32"])
@pytest.mark.parametrize("logits_dtype", ["float32", "float64", "bfloat16"])
def test_dtypes(targets_dtype, logits_dtype):
    targets, logits = batch_of(4, 2)
    loss = TokenCrossEntropy()(
        ops.cast(targets, targets_dtype), ops.cast(tf.constant(logits), logits_dtype)
    )
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


def test_accuracies_of_known_and_unknown_words():
    words = [["a", "b", "x"], [], ["y"], ["a"]]
    gold = [[4, 5, 6], [], [4], [5]]
    predicted = [[4, 6, 6], [], [5], [5]]
    expected = Accuracies(overall=3 / 5, known=2 / 3, unknown=1 / 2, unknown_share=2 / 5)
    assert tag_accuracies(words, gold, predicted, {"a", "b"}) == pytest.approx(expected)
    none, all_of_them = (tag_accuracies([["a"]], [[4]], [[4]], known) for known in ("", "a"))
    assert none[0] == none[2] == none[3] == 1
    assert math.isnan(none.known)
    assert all_of_them[0] == all_of_them[1] == 1
    assert math.isnan(all_of_them.unknown)
    assert all_of_them.unknown_share == 0


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([], [], []), "accuracy needs at least one word, got none"),
        (([[]], [[]], [[]]), "accuracy needs at least one word, got none"),
        (([["a"]], [[4]], []), "words and predicted must be of the same sentences, got 1 and 0"),
        (([["a"], ["b"]], [[4], []], [[4], [4]]), "sentence 1 has 1 words and 0 gold"),
        (([["a"]], [[4]], [[4, 4]]), "sentence 0 has 1 words and 2 predicted"),
    ],
)
def test_accuracies_of_what_is_not_parallel(columns, message):
    with pytest.raises(ValueError, match=message):
        tag_accuracies(*columns, known_words={"a"})


# Entities


def spans(tags, row):
    """Entities by their first word, the word behind the last, and their type: the oracle."""
    found, start = set(), None
    for end, tag in enumerate([*tags, "O"]):
        continues = start is not None and tag == "I-" + tags[start][2:]
        if start is not None and not continues:
            found.add((row, start, end, tags[start][2:]))
            start = None
        if start is None and tag != "O":
            start = end
    return found


def test_spans_of_the_oracle():
    assert spans(["O", "B-X", "I-X", "B-X", "I-Y", "I-Y", "O", "I-X"], 0) == {
        (0, 1, 3, "X"),
        (0, 3, 4, "X"),
        (0, 4, 6, "Y"),
        (0, 7, 8, "X"),
    }


def counted(gold, predicted, entity_type=None):
    gold, predicted = (
        {
            span
            for row, tags in enumerate(sentences)
            for span in spans(tags, row)
            if entity_type in (None, span[-1])
        }
        for sentences in (gold, predicted)
    )
    correct = len(gold & predicted)
    precision = correct / len(predicted) if predicted else 0
    recall = correct / len(gold) if gold else 0
    f1 = 2 * correct / (len(gold) + len(predicted)) if correct else 0
    return EntityScores(precision, recall, f1, correct, len(predicted), len(gold))


TAGS = ["O", "B-X", "I-X", "B-long-type", "I-long-type"]
sentences_twice = st.lists(
    st.lists(st.tuples(st.sampled_from(TAGS), st.sampled_from(TAGS)), max_size=8),
    min_size=1,
    max_size=4,
)


@settings(max_examples=200, deadline=None)
@given(sentences_twice)
def test_entities_are_right_as_a_whole_or_wrong(pairs):
    """Also those of tags that do not fit together."""
    gold, predicted = ([[pair[i] for pair in sentence] for sentence in pairs] for i in (0, 1))
    assert entity_scores(gold, predicted) == pytest.approx(counted(gold, predicted))
    for entity_type in {tag[2:] for sentence in gold for tag in sentence if tag != "O"}:
        assert entity_scores(gold, predicted, entity_type) == pytest.approx(
            counted(gold, predicted, entity_type)
        )


def test_a_part_of_an_entity_is_wrong():
    gold = [("B-X", "I-X", "O", "B-X"), ("B-X",)]
    predicted = [("B-X", "O", "O", "B-X"), ("B-Y",)]
    expected = EntityScores(1 / 3, 1 / 3, 1 / 3, correct=1, predicted=3, gold=3)
    assert entity_scores(gold, predicted) == pytest.approx(expected)
    expected = EntityScores(1 / 2, 1 / 3, 0.4, correct=1, predicted=2, gold=3)
    assert entity_scores(gold, predicted, "X") == pytest.approx(expected)
    assert entity_scores(gold, predicted, "Y") == EntityScores(0, 0, 0, 0, 1, 0)


def test_no_entity():
    assert entity_scores([["O", "O"], []], [["O", "O"], []]) == EntityScores(0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("gold", "predicted", "options", "message"),
    [
        ([], [], {}, "at least one sentence, got none"),
        ([["O"]], [["O"], ["O"]], {}, "gold and predicted must be of the same sent.* 1 and 2"),
        ([["O"], ["O"]], [["O"], []], {}, "sentence 1 has 1 gold and 0 predicted"),
        ([["NOUN"]], [["O"]], {}, 'tags must be "O", "B-type" or "I-type", got \'NOUN\''),
        ([["O"]], [["B-"]], {}, "got 'B-'"),
        ([["O"]], [["E-X"]], {}, "got 'E-X'"),
        ([["O"]], [[4]], {}, "got 4"),
        ([["B-X"]], [["I-Y"]], dict(entity_type="Z"), r"one of \['X', 'Y'\], got 'Z'"),
    ],
)
def test_what_are_no_entities(gold, predicted, options, message):
    with pytest.raises(ValueError, match=message):
        entity_scores(gold, predicted, **options)


# Translations


def test_bleu_by_hand():
    # Of its 6, 5, 4 and 3 n-grams 5, 4, 3 and 2 are in the reference, which is a token longer.
    expected = 100 * (5 / 6 * 4 / 5 * 3 / 4 * 2 / 3) ** 0.25 * math.exp(1 - 7 / 6)
    assert bleu(["a b c d e f"], ["a b c d e g h"]).score == pytest.approx(expected)
    # Counted over the corpus, not averaged over sentences.
    two = bleu(["a b c d e f", "x y z v w"], ["a b c d e g h", "x y z v w"]).score
    precisions = 10 / 11 * 8 / 9 * 6 / 7 * 4 / 5
    assert two == pytest.approx(100 * precisions**0.25 * math.exp(1 - 12 / 11))


def test_chrf_by_hand():
    # Characters: 2 of 2 are found, of 3; pairs: 1 of 1, of 2.
    recall = (2 / 3 + 1 / 2) / 2
    assert chrf(["ab"], ["abc"]).score == pytest.approx(100 * 5 * recall / (4 + recall))
    assert chrf(["a b"], ["abc"]) == chrf(["ab"], ["abc"])


@pytest.mark.parametrize("metric", [bleu, chrf])
def test_scores_of_right_and_wrong_translations(metric):
    right = ["Ich lese gern ein Buch.", "Sie schläft schon lange."]
    assert metric(right, right).score == pytest.approx(100)
    assert metric(["", ""], right).score == 0
    assert metric(["xxx qqq", "0 1 2 3 4"], ["Buch gern", "aa bb cc dd"]).score == 0
    assert 0 < metric(right[::-1], right).score < 20
    assert 0 < metric([right[0], ""], right).score < 100
    assert metric(["buch"], ["Buch"]).score < 100  # capitals count


@pytest.mark.parametrize("metric", [bleu, chrf])
def test_any_of_several_references_will_do(metric):
    references = [["Das ist gut so.", "So ist es recht."], ["Das tut mir sehr leid."]]
    for first in references[0]:
        assert metric([first, references[1][0]], references).score == pytest.approx(100)
    mixed = ["Das ist recht so.", references[1][0]]
    score, signature = metric(mixed, references)
    assert (
        score > metric(["Das ist recht so.", references[1][0]], [r[-1] for r in references]).score
    )
    assert signature.startswith("nrefs:var|case:mixed|")


def test_signatures():
    assert "|tok:13a|smooth:exp|version:" in bleu(["a"], ["a"]).signature
    assert "|tok:none|" in bleu(["a"], ["a"], tokenize="none").signature
    assert "|nc:6|nw:0|" in chrf(["a"], ["a"]).signature
    assert bleu(["a b c d e."], ["a b c d e ."]).score == pytest.approx(100)
    assert bleu(["a b c d e."], ["a b c d e ."], tokenize="none").score < 100


@pytest.mark.parametrize("metric", [bleu, chrf])
@pytest.mark.parametrize(
    ("translations", "references", "message"),
    [
        ([], [], "at least one translation, got none"),
        (["a", "b"], ["a"], "must be of the same sentences, got 2 and 1"),
        (["a"], ["a", "b"], "must be of the same sentences, got 1 and 2"),
        ("a", ["a"], "translations must be a list of strings, got one"),
        (["a"], "a", "references must be a list of strings, got one"),
        (["a", "b"], [["a"], []], "sentence 1 has no reference"),
    ],
)
def test_what_cannot_be_scored(metric, translations, references, message):
    with pytest.raises(ValueError, match=message):
        metric(translations, references)


# Alignments


def test_best_links():
    weights = np.array([[0.1, 0.9], [0.6, 0.4], [0.0, 0.0], [0.0, 1.0]])
    assert best_links(weights) == {(1, 0), (0, 1), (1, 3)}
    assert best_links(np.zeros((0, 3))) == set()


def test_alignment_error_rate_by_hand():
    sure = [[(0, 0), (1, 1)], [(0, 1)]]
    predicted = [{(0, 0), (1, 2), (2, 2)}, {(0, 1)}]
    # |A and S| = 2, |A| = 4, |S| = 3; of the links that are not sure one is possible.
    assert alignment_error_rate(sure, predicted) == pytest.approx(1 - 4 / 7)
    possible = [[(1, 2)], []]
    assert alignment_error_rate(sure, predicted, possible) == pytest.approx(1 - 5 / 7)


def test_alignment_error_rate_of_right_and_wrong_links():
    sure = [[(0, 0), (1, 2)], [(3, 0)]]
    assert alignment_error_rate(sure, sure) == 0
    assert alignment_error_rate(sure, [[[0, 0], [1, 2]], [[3, 0]]]) == 0  # lists, as from JSON
    assert alignment_error_rate(sure, [[(0, 1)], []]) == 1
    assert alignment_error_rate(sure, [[], []]) == 1
    possible = [[(5, 5)], []]
    assert alignment_error_rate(sure, [[*sure[0], (5, 5)], sure[1]], possible) == 0


links = st.sets(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6)


@given(st.lists(st.tuples(links, links), min_size=1, max_size=4))
def test_alignment_error_rate_without_possible_links_is_one_minus_f1(pairs):
    sure, predicted = zip(*pairs, strict=True)
    number = sum(map(len, sure)) + sum(map(len, predicted))
    if number:
        both = sum(len(s & a) for s, a in pairs)
        assert alignment_error_rate(sure, predicted) == pytest.approx(1 - 2 * both / number)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], []), "at least one link, got none"),
        (([[]], [[]]), "at least one link, got none"),
        (([[(0, 0)]], []), "sure and predicted must be of the same sentences, got 1 and 0"),
        (([[(0, 0)]], [[]], []), "sure and possible must be of the same sentences, got 1 and 0"),
    ],
)
def test_what_are_no_alignments(arguments, message):
    with pytest.raises(ValueError, match=message):
        alignment_error_rate(*arguments)
