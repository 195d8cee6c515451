"""Attention against its equations in NumPy and Keras's own attention layers."""

import keras
import numpy as np
import pytest
from backends import differentiate, examples
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from rnn_course.layers import AttentionPooling, DecoderAttention, attention_weights

generator = np.random.default_rng(0)
MEMORY = generator.normal(size=(3, 5, 4)).astype("float32")
QUERIES = generator.normal(size=(3, 2, 4)).astype("float32")
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [0, 1, 0, 1, 0]], bool)


def softmax(scores, mask):
    """Over the positions of one row that are real, by a loop."""
    weights = np.zeros(len(scores))
    for i in np.flatnonzero(mask):
        weights[i] = np.exp(scores[i]) / sum(np.exp(scores[j]) for j in np.flatnonzero(mask))
    return weights


def as_numpy(*tensors):
    return [ops.convert_to_numpy(tensor) for tensor in tensors]


# Weights


def test_weights_are_a_softmax_over_real_positions():
    scores = MEMORY[..., 0]
    weights = ops.convert_to_numpy(attention_weights(scores, MASK))
    expected = [softmax(row, mask) for row, mask in zip(scores, MASK, strict=True)]
    np.testing.assert_allclose(weights, expected, atol=1e-6)
    assert (weights[~MASK] == 0).all()


def test_no_mask_is_a_mask_of_ones():
    scores = MEMORY[..., 0]
    with_mask = attention_weights(scores, np.ones((3, 5), bool))
    np.testing.assert_allclose(*as_numpy(attention_weights(scores), with_mask), atol=1e-7)


def test_large_scores_do_not_overflow():
    weights = attention_weights(ops.convert_to_tensor([[1e4, 1e4 - 1, -1e4]]))
    expected = [[1 / (1 + np.exp(-1)), 1 / (1 + np.e), 0]]
    np.testing.assert_allclose(ops.convert_to_numpy(weights), expected, atol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_a_row_of_padding_has_no_weight(dtype):
    weights = attention_weights(ops.ones((2, 3), dtype), np.array([[0, 0, 0], [0, 1, 0]], bool))
    assert ops.convert_to_numpy(ops.cast(weights, "float32")).tolist() == [[0, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("real", [[-6.2e4, -6.2e4], [6e4, -6e4], [-1.0, 6e4]])
@pytest.mark.parametrize("padding", [-6e4, 6e4, np.inf, -np.inf, np.nan])
def test_padding_is_where_the_mask_says_whatever_the_scores(real, padding, dtype):
    mask = np.array([[True, False, True]])

    def second_weight(scores):
        weights = attention_weights(ops.cast(scores, dtype), mask)
        return ops.cast(weights, "float32")[0, 2], weights

    scores = np.array([[real[0], padding, real[1]]], "float32")
    _, weights, (gradient,) = differentiate(second_weight, [scores])
    expected = softmax(np.array(real) - max(real), [True, True])
    np.testing.assert_allclose(*as_numpy(weights[0]), np.insert(expected, 1, 0), atol=1e-3)
    slope = expected[0] * expected[1]
    np.testing.assert_allclose(*as_numpy(gradient[0]), [-slope, 0, slope], atol=1e-3)


# Pooling


def by_hand(layer, sequences, mask):
    contexts, all_weights = [], []
    for rows, real in zip(sequences, mask, strict=True):
        if layer.score == "additive":
            W, q = layer.get_weights()
            scores = [q @ np.tanh(h @ W) for h in rows]
        else:
            (q,) = layer.get_weights()
            scores = [h @ q / np.sqrt(len(q)) for h in rows]
        weights = softmax(scores, real)
        contexts.append(sum(a * h for a, h in zip(weights, rows, strict=True)))
        all_weights.append(weights)
    return np.array(contexts), np.array(all_weights)


@pytest.mark.parametrize(
    ("score", "units"), [("additive", None), ("additive", 7), ("scaled_dot", None)]
)
def test_pooling_is_its_equation(score, units):
    layer = AttentionPooling(score, units)
    context, weights = as_numpy(*layer(MEMORY, mask=MASK, return_weights=True))
    expected_context, expected_weights = by_hand(layer, MEMORY, MASK)
    np.testing.assert_allclose(context, expected_context, atol=1e-5)
    np.testing.assert_allclose(weights, expected_weights, atol=1e-5)
    assert [w.shape for w in layer.get_weights()] == (
        [(4, units or 4), (units or 4,)] if score == "additive" else [(4,)]
    )


@settings(max_examples=examples(20), deadline=None)
@given(
    score=st.sampled_from(["additive", "scaled_dot"]),
    length=st.integers(1, 5),
    padding=st.integers(0, 4),
    rubbish=st.floats(-1e4, 1e4),
)
def test_padding_never_matters(score, length, padding, rubbish):
    layer = AttentionPooling(score)
    sequences = MEMORY[:1, :length]
    padded = np.pad(sequences, ((0, 0), (0, padding), (0, 0)), constant_values=rubbish)
    mask = np.arange(length + padding)[None] < length
    context, weights = as_numpy(*layer(padded, mask=mask, return_weights=True))
    np.testing.assert_allclose(context, *as_numpy(layer(sequences)), atol=1e-5)
    assert (weights[:, length:] == 0).all()
    assert weights.sum() == pytest.approx(1, abs=1e-5)


def test_order_does_not_matter_to_attention():
    layer = AttentionPooling()
    np.testing.assert_allclose(*as_numpy(layer(MEMORY), layer(MEMORY[:, ::-1])), atol=1e-5)


@pytest.mark.parametrize("score", ["additive", "scaled_dot"])
def test_a_sequence_of_padding_alone_gives_zeros_and_no_gradient(score):
    inputs = keras.Input((5, 4))
    mask = keras.Input((5,), dtype="bool")
    model = keras.Model([inputs, mask], AttentionPooling(score)(inputs, mask=mask))
    model.compile(keras.optimizers.SGD(1.0), loss="mse")
    nothing = np.zeros((1, 5), bool)
    assert model.predict_on_batch([MEMORY[:1], nothing]).tolist() == [[0, 0, 0, 0]]
    before = model.get_weights()
    model.train_on_batch([MEMORY[:1], nothing], np.ones((1, 4)))
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_mask_from_an_embedding_reaches_the_pooling_and_ends_there():
    ids = keras.Input((None,), dtype="int32")
    embedded = keras.layers.Embedding(9, 4, mask_zero=True)(ids)
    model = keras.Model(ids, AttentionPooling()(embedded))
    short, padded = np.array([[3, 5]]), np.array([[3, 5, 0, 0]])
    np.testing.assert_allclose(*map(model.predict_on_batch, (short, padded)), atol=1e-6)
    assert getattr(model.output, "_keras_mask", None) is None


# A decoder's attention


def decoder_by_hand(layer, queries, memory, mask):
    weights = layer.get_weights()
    contexts, all_weights = [], []
    for s_row, h_row, real in zip(queries, memory, mask, strict=True):
        for s in s_row:
            if layer.score == "additive":
                W, U, v = weights
                scores = [v @ np.tanh(h @ W + s @ U) for h in h_row]
            elif layer.score == "general":
                scores = [s @ (h @ weights[0]) for h in h_row]
            else:
                scores = [s @ h for h in h_row]
            all_weights.append(softmax(scores, real))
            contexts.append(sum(a * h for a, h in zip(all_weights[-1], h_row, strict=True)))
    batch, steps, _ = queries.shape
    return np.reshape(contexts, (batch, steps, -1)), np.reshape(all_weights, (batch, steps, -1))


@pytest.mark.parametrize(
    ("score", "units", "features"),
    [("additive", None, 6), ("additive", 3, 4), ("general", None, 6), ("dot", None, 4)],
)
def test_decoder_attention_is_its_equation(score, units, features):
    memory = generator.normal(size=(3, 5, features)).astype("float32")
    layer = DecoderAttention(score, units)
    contexts, weights = as_numpy(*layer(QUERIES, memory, memory_mask=MASK))
    expected_contexts, expected_weights = decoder_by_hand(layer, QUERIES, memory, MASK)
    np.testing.assert_allclose(contexts, expected_contexts, atol=1e-5)
    np.testing.assert_allclose(weights, expected_weights, atol=1e-5)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (DecoderAttention("dot"), keras.layers.Attention()),
        (DecoderAttention("additive"), keras.layers.AdditiveAttention()),
    ],
)
def test_decoder_attention_is_keras_own(ours, theirs):
    """Keras's additive score has no kernels: ours are the identity here."""
    ours.build(QUERIES.shape, MEMORY.shape)
    ours.set_weights([np.eye(4), np.eye(4), np.ones(4)] if ours.score == "additive" else [])
    theirs.build([QUERIES.shape, MEMORY.shape])
    theirs.set_weights([np.ones(4)] if theirs.weights else [])
    expected, expected_weights = theirs(
        [QUERIES, MEMORY], mask=[None, ops.convert_to_tensor(MASK)], return_attention_scores=True
    )
    contexts, weights = ours(QUERIES, MEMORY, memory_mask=MASK)
    np.testing.assert_allclose(*as_numpy(contexts, expected), atol=1e-5)
    np.testing.assert_allclose(*as_numpy(weights, expected_weights), atol=1e-5)


@pytest.mark.parametrize("score", ["additive", "dot", "general"])
def test_step_by_step_is_all_at_once(score):
    """What decoding does: one query at a time, the memory projected once."""
    layer = DecoderAttention(score)
    contexts, weights = as_numpy(*layer(QUERIES, MEMORY, memory_mask=MASK))
    keys = layer.project(ops.convert_to_tensor(MEMORY))
    for t in range(QUERIES.shape[1]):
        context, weight = as_numpy(
            *layer(QUERIES[:, t : t + 1], MEMORY, keys=keys, memory_mask=MASK)
        )
        np.testing.assert_allclose(context[:, 0], contexts[:, t], atol=1e-6)
        np.testing.assert_allclose(weight[:, 0], weights[:, t], atol=1e-6)


def test_decoder_attention_over_padding_alone_is_zero():
    contexts, weights = as_numpy(
        *DecoderAttention()(QUERIES, MEMORY, memory_mask=np.zeros((3, 5), bool))
    )
    assert not contexts.any()
    assert not weights.any()


def test_the_mask_of_the_queries_is_not_that_of_the_memory():
    """Keras hands a layer the masks that its inputs carry: each to the argument of its name."""
    target, source = keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32")
    embedding = keras.layers.Embedding(9, 4, mask_zero=True)
    model = keras.Model([target, source], DecoderAttention()(embedding(target), embedding(source)))
    short = [np.array([[3, 0, 0]]), np.array([[5, 6, 7]])]
    padded = [short[0], np.array([[5, 6, 7, 0, 0]])]
    (contexts, weights), (same, wider) = map(model.predict_on_batch, (short, padded))
    assert (weights > 0).all()
    np.testing.assert_allclose(contexts, same, atol=1e-6)
    assert not wider[..., 3:].any()


# Configuration


@pytest.mark.parametrize(
    "layer",
    [
        AttentionPooling("additive", 7),
        AttentionPooling("scaled_dot"),
        DecoderAttention("additive", 7),
        DecoderAttention("general"),
        DecoderAttention("dot"),
    ],
    ids=lambda layer: f"{type(layer).__name__}-{layer.score}",
)
def test_save_and_load(layer, tmp_path):
    memory = keras.Input((None, 4))
    if isinstance(layer, AttentionPooling):
        model = keras.Model(memory, layer(memory))
        inputs = MEMORY
    else:
        queries = keras.Input((None, 4))
        model = keras.Model([queries, memory], layer(queries, memory))
        inputs = [QUERIES, MEMORY]
    expected = keras.tree.flatten(model.predict_on_batch(inputs))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for new, old in zip(keras.tree.flatten(loaded.predict_on_batch(inputs)), expected, strict=True):
        np.testing.assert_array_equal(new, old)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: AttentionPooling("dot"), 'score must be "additive" or "scaled_dot", got \'dot\''),
        (lambda: AttentionPooling("scaled_dot", 4), 'units is for score="additive" alone'),
        (lambda: AttentionPooling(units=0), "units must be a positive integer or None, got 0"),
        (lambda: AttentionPooling(units=True), "units must be a positive integer or None"),
        (lambda: AttentionPooling()(MEMORY[0]), r"sequences must have shape .*got \(5, 4\)"),
        (lambda: DecoderAttention("scaled_dot"), 'score must be "additive", "dot" or "general"'),
        (lambda: DecoderAttention("dot", 4), 'units is for score="additive" alone'),
        (
            lambda: DecoderAttention("dot")(QUERIES, np.zeros((3, 5, 6))),
            'needs queries and memory of one size, got 4 and 6: use "general"',
        ),
        (lambda: DecoderAttention()(QUERIES[:, 0], MEMORY), r"queries must have shape"),
        (lambda: DecoderAttention()(QUERIES, MEMORY[:, 0]), r"memory must have shape"),
    ],
)
def test_bad_input(make, message):
    with pytest.raises(ValueError, match=message):
        make()
