"""The CRF against sums over every path, its gradients against finite differences, padding."""

import functools
import itertools
import math

import keras
import numpy as np
import pytest
from backends import JIT_COMPILE, differentiate, examples
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from rnn_course.layers import CRF, log_partition, log_prob, viterbi
from rnn_course.layers.crf import only_tags
from rnn_course.losses import PathCrossEntropy
from rnn_course.text import BEGIN, END, PADDING, UNKNOWN

pytestmark = pytest.mark.usefixtures("double_precision")

TAGS = 7
POSSIBLE = [UNKNOWN, 4, 5, 6]
# Rows of every kind: full, padded at the end, at the start, with holes, one step, none
MASK = np.array(
    [[1, 1, 1, 1], [1, 1, 0, 0], [0, 1, 1, 1], [1, 0, 0, 1], [0, 0, 1, 0], [0, 0, 0, 0]], bool
)


@functools.cache
def scores(rows=6, timesteps=4, seed=0, scale=2.0):
    """Random emissions and transitions, also those that must not count."""
    generator = np.random.default_rng(seed)
    emissions = generator.normal(size=(rows, timesteps, TAGS)) * scale
    return emissions, generator.normal(size=(TAGS, TAGS)) * scale


def potentials_of(emissions, transitions, mask=None, dtype="float64"):
    crf = CRF(TAGS, dtype=dtype)
    crf.build(emissions.shape)
    crf.set_weights([transitions])
    return crf(ops.convert_to_tensor(emissions, crf.compute_dtype), mask=mask)


def paths(emissions, transitions, mask):
    """The score of every path of one row, term by term: the oracle."""
    steps = np.flatnonzero(mask)
    result = {}
    for path in itertools.product(POSSIBLE, repeat=len(steps)):
        score = sum(emissions[t, tag] for t, tag in zip(steps, path, strict=True))
        if path:
            score += sum(transitions[pair] for pair in itertools.pairwise((BEGIN, *path, END)))
        result[path] = score
    return result


def log_sum(values):
    return math.log(sum(map(math.exp, values)))


def laid_out(path, mask):
    """A path as the tags of a row: padding where there is no step."""
    tags = np.full(mask.shape, PADDING)
    tags[mask] = path
    return tags


# Against every path


def test_log_partition_sums_over_every_path():
    emissions, transitions = scores()
    actual = log_partition(potentials_of(emissions, transitions, MASK))
    for row, mask in enumerate(MASK):
        every = paths(emissions[row], transitions, mask)
        assert len(every) == 4 ** mask.sum()
        assert float(actual[row]) == pytest.approx(log_sum(every.values()), abs=1e-9)


def test_score_and_probability_of_every_path():
    emissions, transitions = scores()
    for row, mask in enumerate(MASK):
        every = paths(emissions[row], transitions, mask)
        tags = np.stack([laid_out(path, mask) for path in every])
        potentials = potentials_of(emissions[row : row + 1], transitions, mask[None])
        potentials = ops.repeat(potentials, len(every), axis=0)
        values = np.array(list(every.values()))
        np.testing.assert_allclose(log_partition(potentials, tags), values, atol=1e-9)
        expected = values - log_sum(values)
        np.testing.assert_allclose(log_prob(potentials, tags), expected, atol=1e-9)
        assert np.exp(log_prob(potentials, tags)).sum() == pytest.approx(1)


def test_tags_that_are_not_known_count_with_all_their_values():
    emissions, transitions = scores()
    known = [4, PADDING, 6, PADDING]
    every = paths(emissions[0], transitions, MASK[0])
    agreeing = [score for path, score in every.items() if path[0] == 4 and path[2] == 6]
    assert len(agreeing) == 16
    potentials = potentials_of(emissions[:1], transitions)
    expected = log_sum(agreeing)
    assert float(log_partition(potentials, [known])[0]) == pytest.approx(expected, abs=1e-9)
    expected -= log_sum(every.values())
    assert float(log_prob(potentials, [known])[0]) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_viterbi_finds_the_best_of_every_path(seed):
    emissions, transitions = scores(seed=seed)
    found = np.array(viterbi(potentials_of(emissions, transitions, MASK)))
    assert found.dtype == np.int32
    greedy = True
    for row, mask in enumerate(MASK):
        every = paths(emissions[row], transitions, mask)
        best = max(every, key=every.get)
        assert tuple(found[row][mask].tolist()) == best
        greedy &= best == tuple(POSSIBLE[i] for i in emissions[row][mask][:, POSSIBLE].argmax(-1))
    assert not greedy  # the best tag of each step alone is another path


def test_viterbi_repeats_the_tag_before_padding():
    emissions, transitions = scores()
    for row, mask in zip(
        np.array(viterbi(potentials_of(emissions, transitions, MASK))), MASK, strict=True
    ):
        tag = BEGIN
        for actual, real in zip(row, mask, strict=True):
            tag = actual if real else tag
            assert actual == tag


def test_a_row_of_padding_has_one_path_the_empty_one():
    emissions, transitions = scores(rows=2)
    potentials = potentials_of(emissions, transitions, np.zeros((2, 4), bool))
    empty = np.full((2, 4), PADDING)
    for value in (log_partition(potentials), log_prob(potentials, empty)):
        np.testing.assert_array_equal(value, 0)


def test_transitions_of_nought_are_a_softmax_at_each_step():
    emissions, transitions = scores(timesteps=30)
    potentials = potentials_of(emissions, 0 * transitions)
    tags = np.random.default_rng(0).choice(POSSIBLE, emissions.shape[:2])
    possible = emissions[:, :, POSSIBLE]
    normalised = possible - np.log(np.exp(possible).sum(axis=-1, keepdims=True))
    places = np.searchsorted(POSSIBLE, tags)[..., None]
    expected = np.take_along_axis(normalised, places, axis=-1).sum(axis=(1, 2))
    np.testing.assert_allclose(log_prob(potentials, tags), expected, rtol=1e-9)
    np.testing.assert_array_equal(viterbi(potentials), np.array(POSSIBLE)[possible.argmax(axis=-1)])
    logits = only_tags(ops.convert_to_tensor(emissions))
    np.testing.assert_allclose(np.array(ops.softmax(logits))[..., POSSIBLE], np.exp(normalised))


def test_large_scores_and_long_sentences_in_single_precision():
    """Scores in the hundreds at each step: no sum of exponentials itself is a float32."""
    emissions, transitions = scores(rows=2, timesteps=120, scale=300.0)
    single = potentials_of(emissions, transitions, dtype="float32")
    double = potentials_of(emissions, transitions)
    np.testing.assert_allclose(log_partition(single), log_partition(double), rtol=1e-5)
    assert float(log_partition(double)[0]) > 1e4
    np.testing.assert_array_equal(viterbi(single), viterbi(double))


@pytest.mark.parametrize("dtype", ["float16", "mixed_float16", "bfloat16"])
def test_in_half_precision_it_computes_in_single(dtype):
    emissions, transitions = scores()
    emissions = ops.convert_to_numpy(ops.cast(emissions, keras.DTypePolicy(dtype).compute_dtype))
    half = potentials_of(emissions, transitions, MASK, dtype=dtype)
    single = potentials_of(emissions.astype("float32"), transitions, MASK, dtype="float32")
    assert keras.backend.standardize_dtype(half.dtype) == "float32"
    np.testing.assert_array_equal(half, single)
    assert CRF.from_config(CRF(TAGS, dtype=dtype).get_config()).compute_dtype == "float32"


def test_what_is_no_tag_is_ruled_out_in_half_precision_too():
    found = ops.cast(only_tags(ops.zeros((1, TAGS), "float16")), "float32")
    possible = np.isin(np.arange(TAGS), POSSIBLE)
    np.testing.assert_array_equal(found[0], np.where(possible, 0, -np.inf))


@settings(max_examples=examples(10), deadline=None)
@given(
    lengths=st.lists(st.integers(0, 4), min_size=1, max_size=3),
    places=st.lists(st.integers(0, 4), max_size=5),
)
def test_padding_anywhere_changes_nothing(lengths, places):
    """More of it, wherever it stands and whatever its emissions are."""
    emissions, transitions = scores()
    emissions = emissions[: len(lengths)]
    mask = np.arange(4) < np.array(lengths)[:, None]
    tags = np.where(mask, 5, PADDING)
    potentials = potentials_of(emissions, transitions, mask)
    more = potentials_of(
        np.insert(emissions, places, 99.0, axis=1),
        transitions,
        np.insert(mask, places, False, axis=1),
    )
    np.testing.assert_allclose(log_partition(more), log_partition(potentials), atol=1e-9)
    np.testing.assert_allclose(
        log_prob(more, np.insert(tags, places, PADDING, axis=1)),
        log_prob(potentials, tags),
        atol=1e-9,
    )
    np.testing.assert_array_equal(
        np.array(viterbi(more))[np.insert(mask, places, False, axis=1)],
        np.array(viterbi(potentials))[mask],
    )


# Gradients


def loss_of(emissions, transitions, tags, mask):
    """PathCrossEntropy as a function of both kinds of scores, in double precision."""
    crf = CRF(TAGS, dtype="float64")
    crf.build((None, None, TAGS))
    crf.transitions.assign(transitions)
    loss, _, gradients = differentiate(
        lambda emissions: (PathCrossEntropy()(tags, crf(emissions, mask=mask)), ()),
        [emissions],
        layer=crf,
    )
    return float(loss), [np.array(gradient) for gradient in gradients]


def test_gradients_against_finite_differences():
    given = scores()
    tags = np.where(MASK, np.random.default_rng(1).choice(POSSIBLE, MASK.shape), PADDING)
    _, gradients = loss_of(*given, tags, MASK)
    generator = np.random.default_rng(2)
    for which, gradient in enumerate(gradients):
        direction = generator.normal(size=gradient.shape)
        values = []
        for step in (1e-5, -1e-5):
            moved = list(given)
            moved[which] = given[which] + step * direction
            values.append(loss_of(*moved, tags, MASK)[0])
        expected = (values[0] - values[1]) / 2e-5
        assert np.sum(gradient * direction) == pytest.approx(expected, rel=1e-6)
        assert abs(expected) > 0.01


def test_gradient_is_how_often_a_tag_is_expected_less_how_often_it_is_there():
    emissions, transitions = scores()
    tags = np.where(MASK, 5, PADDING)
    _, (gradient, _) = loss_of(emissions, transitions, tags, MASK)
    expected = np.zeros_like(emissions)
    for row, mask in enumerate(MASK):
        every = paths(emissions[row], transitions, mask)
        for path, score in every.items():
            share = math.exp(score - log_sum(every.values()))
            for t, tag in zip(np.flatnonzero(mask), path, strict=True):
                expected[row, t, tag] += share
        expected[row, mask, tags[row, mask]] -= 1
    np.testing.assert_allclose(gradient, expected / MASK.sum(), atol=1e-9)


def test_gradients_of_padding_are_zero():
    emissions, transitions = scores(rows=2)
    none = np.zeros((2, 4), bool)
    loss, gradients = loss_of(emissions, transitions, np.full((2, 4), PADDING), none)
    assert loss == 0
    for gradient in gradients:
        np.testing.assert_array_equal(gradient, 0)


# Loss


def test_loss_is_the_mean_over_tokens():
    emissions, transitions = scores()
    tags = np.where(MASK, 5, PADDING)
    potentials = potentials_of(emissions, transitions, MASK)
    nats = []
    for row, mask in enumerate(MASK):
        every = paths(emissions[row], transitions, mask)
        nats.append(log_sum(every.values()) - every[(5,) * mask.sum()])
    assert float(PathCrossEntropy()(tags, potentials)) == pytest.approx(sum(nats) / MASK.sum())
    weights = np.array([1.0, 0.5, 2.0, 0.0, 3.0, 9.0])
    expected = np.dot(weights, nats) / np.dot(weights, MASK.sum(axis=1))
    weighted = PathCrossEntropy()(tags, potentials, sample_weight=weights)
    assert float(weighted) == pytest.approx(expected)


@pytest.mark.parametrize("shape", [(2, 4, TAGS), (2, 4)])
def test_loss_of_what_are_no_potentials(shape):
    with pytest.raises(ValueError, match=r"takes potentials .*the loss of a softmax is TokenCross"):
        PathCrossEntropy()(np.full((2, 4), 5), np.zeros(shape))


def test_weights_of_single_tokens_are_no_weights_of_paths():
    potentials = potentials_of(*scores(rows=2))
    with pytest.raises(ValueError, match=r"shape \(batch,\), a weight for each path, got \(2, 4\)"):
        PathCrossEntropy()(np.full((2, 4), 5), potentials, sample_weight=np.ones((2, 4)))


def test_serialised():
    config = keras.saving.serialize_keras_object(PathCrossEntropy(name="mine"))
    again = keras.saving.deserialize_keras_object(config)
    assert type(again) is PathCrossEntropy
    assert again.get_config() == {"name": "mine"}


# In a Keras model


def crf_model(seed=0):
    """Emissions looked up with a mask, so that the potentials carry one."""
    tokens = keras.Input((None,), dtype="int32")
    emissions = keras.layers.Embedding(9, TAGS, mask_zero=True)(tokens)
    model = keras.Model(tokens, CRF(TAGS)(emissions))
    generator = np.random.default_rng(seed)
    model.set_weights([generator.normal(size=w.shape) for w in model.get_weights()])
    return model


TOKENS = np.array([[4, 5, 6, 7], [8, 5, 0, 0], [0, 0, 0, 0]])
GOLD = np.array([[5, 4, 6, 6], [4, 4, 0, 0], [0, 0, 0, 0]])


@pytest.mark.parametrize("jit_compile", JIT_COMPILE)
def test_training_takes_the_gradient_of_the_mean(jit_compile):
    """Of the mean, not of the sum, and when compiled for an accelerator as well."""
    model = crf_model()
    model.compile(keras.optimizers.SGD(1.0), PathCrossEntropy(), jit_compile=jit_compile)
    before = model.get_weights()
    E, transitions = (weight.astype("float64") for weight in before)
    loss, (by_step, by_transition) = loss_of(E[TOKENS], transitions, GOLD, TOKENS != PADDING)
    by_token = np.zeros_like(E)
    np.add.at(by_token, TOKENS, by_step)
    assert model.train_on_batch(TOKENS, GOLD) == pytest.approx(loss, rel=1e-5)
    for then, now, expected in zip(
        before, model.get_weights(), [by_token, by_transition], strict=True
    ):
        assert np.abs(expected).max() > 0.1
        np.testing.assert_allclose(then - now, expected, atol=1e-5)


def test_the_mask_of_the_embedding_reaches_it():
    model = crf_model()
    E, transitions = (weight.astype("float64") for weight in model.get_weights())
    expected = potentials_of(E[TOKENS], transitions, TOKENS != PADDING)
    np.testing.assert_allclose(model(TOKENS), expected, atol=1e-5)


def test_save_and_load(tmp_path):
    model = crf_model()
    model.save(tmp_path / "crf.keras")
    again = keras.saving.load_model(tmp_path / "crf.keras")
    np.testing.assert_array_equal(again(TOKENS), model(TOKENS))
    assert model.output_shape == (None, None, TAGS, TAGS)


@pytest.mark.trains
def test_learns_transitions_that_no_emission_gives_away():
    """Tags alternate, and the first is random: an emission only tells what the first one is."""
    keras.utils.set_random_seed(0)
    tokens = np.array([[4, 6, 6, 6, 6], [5, 6, 6, 6, 6]])
    gold = np.array([[4, 5, 4, 5, 4], [5, 4, 5, 4, 5]])
    model = crf_model()
    model.compile(keras.optimizers.Adam(0.5), PathCrossEntropy())
    for _ in range(30):
        model.train_on_batch(tokens, gold)
    potentials = model(tokens)
    np.testing.assert_array_equal(viterbi(potentials), gold)
    assert np.exp(log_prob(potentials, gold)).min() > 0.9


# Bad input


@pytest.mark.parametrize("tags", [0, 4, -7, 5.0, "7", True, None])
def test_bad_numbers_of_tags(tags):
    with pytest.raises(
        ValueError, match=rf"the 4 special tokens and at least one tag, got {tags!r}"
    ):
        CRF(tags)


@pytest.mark.parametrize("shape", [(2, 7), (2, 3, 6), (2, 3, 7, 7)])
def test_bad_emissions(shape):
    with pytest.raises(ValueError, match=r"\(batch, timesteps, tags=7\), got \("):
        CRF(TAGS)(np.zeros(shape))
