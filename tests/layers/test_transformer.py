"""A Transformer's block against NumPy, what it may look at, and bad input."""

import math

import keras
import numpy as np
import pytest
from backends import compiled, differentiate
from keras import ops

from rnn_course.layers import PositionEncoding, TransformerBlock

BATCH, TIMESTEPS, FEATURES, HEADS = 3, 6, 8, 2
X = np.random.default_rng(0).normal(size=(BATCH, TIMESTEPS, FEATURES)).astype("float32")
MASK = np.array([[1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0], [0, 1, 0, 1, 1, 0]], bool)


def make(**options):
    """A block all of whose weights matter, biases and scales too."""
    layer = TransformerBlock(HEADS, **options)
    layer.build(X.shape)
    for i, variable in enumerate(layer.trainable_variables):
        variable.assign(0.5 * np.random.default_rng(i).normal(size=variable.shape))
    return layer


def norm(x, scale, shift):
    variance = x.var(axis=-1, keepdims=True)
    return (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(variance + 1e-3) * scale + shift


def by_numpy(layer, x, mask):
    """One position after the other, one head after the other."""
    weights = {w.path.partition("/")[2]: ops.convert_to_numpy(w) for w in layer.weights}

    def of(part, *names):
        return [weights[f"{part}/{name}"].astype("float64") for name in names]

    parts = {name: getattr(layer, name).name for name in ("first_norm", "second_norm", "attention")}
    normed = norm(x, *of(parts["first_norm"], "gamma", "beta"))
    projections = []
    for name in ("query", "key", "value"):
        kernel, bias = of(f"{parts['attention']}/{name}", "kernel", "bias")
        projections.append(np.einsum("btf,fhk->bthk", normed, kernel) + bias)
    kernel, bias = of(f"{parts['attention']}/attention_output", "kernel", "bias")
    y = np.zeros_like(x)
    for row, t in np.ndindex(BATCH, TIMESTEPS):
        real = [i for i in range(t + 1) if mask is None or mask[row, i]]
        if not real:
            continue  # what such a position becomes nobody asks
        y[row, t] = x[row, t] + bias
        for head in range(HEADS):
            q, k, v = (p[row, :, head] for p in projections)
            scores = k[real] @ q[t] / math.sqrt(FEATURES / HEADS)
            shares = np.exp(scores - scores.max())
            y[row, t] += shares @ v[real] / shares.sum() @ kernel[head]
    hidden = norm(y, *of(parts["second_norm"], "gamma", "beta"))
    for dense, activation in ((layer.hidden, gelu), (layer.output_layer, lambda x: x)):
        kernel, bias = of(dense.name, "kernel", "bias")
        hidden = activation(hidden @ kernel + bias)
    return y + hidden


def gelu(x):
    return x * (1 + np.vectorize(math.erf)(x / math.sqrt(2))) / 2


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("hidden_units", [None, 5])
def test_equals_numpy(hidden_units, masked):
    layer = make(hidden_units=hidden_units)
    mask = MASK if masked else None
    found, expected = np.array(layer(X, mask=mask)), by_numpy(layer, X.astype("float64"), mask)
    real = np.ones_like(MASK) if mask is None else np.maximum.accumulate(mask, axis=1)
    np.testing.assert_allclose(found[real], expected[real], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("hidden_units", [None, 5])
def test_how_many_weights(hidden_units):
    hidden = hidden_units or 4 * FEATURES
    attention = 4 * FEATURES * (FEATURES + 1)
    feed_forward = hidden * (FEATURES + 1) + FEATURES * (hidden + 1)
    assert make(hidden_units=hidden_units).count_params() == attention + feed_forward + 4 * FEATURES


def test_outputs_do_not_depend_on_later_inputs():
    layer, changed = make(), X.copy()
    changed[:, 4:] += 1
    before, after = np.array(layer(X)), np.array(layer(changed))
    np.testing.assert_allclose(before[:, :4], after[:, :4], atol=1e-6)
    assert not np.allclose(before[:, 4:], after[:, 4:])


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_one_position_after_the_other(dropout):
    """What is kept grows by a key and a value of each head."""
    layer, encoding, past = make(dropout=dropout), PositionEncoding(), None
    whole = np.array(layer(encoding(X)))
    for t in range(TIMESTEPS):
        y, past = layer.step(encoding(X[:, t : t + 1], first=t)[:, 0], past)
        np.testing.assert_allclose(y, whole[:, t], atol=1e-5)
        size = (BATCH, t + 1, HEADS, FEATURES // HEADS)
        assert [tuple(each.shape) for each in past] == [size, size]


@pytest.mark.parametrize("padding", [1, 4])
def test_padding_never_changes_a_real_position(padding):
    layer, encoding = make(), PositionEncoding()
    noise = 100 * np.ones((BATCH, padding, FEATURES), "float32")
    mask = np.arange(TIMESTEPS + padding)[None] < np.full((BATCH, 1), TIMESTEPS)
    padded = layer(encoding(np.concatenate([X, noise], axis=1)), mask=mask)
    np.testing.assert_allclose(padded[:, :TIMESTEPS], layer(encoding(X)), atol=1e-5)


def test_nobody_looks_at_padding_wherever_it_is():
    layer, changed = make(), X.copy()
    changed[~MASK] += 100
    before, after = (np.array(layer(x, mask=MASK)) for x in (X, changed))
    np.testing.assert_allclose(before[MASK], after[MASK], atol=1e-5)


def test_a_fully_masked_row_is_finite_and_so_are_its_gradients():
    layer, mask = make(), MASK.copy()
    mask[0] = False

    def loss(x):
        y = layer(x, mask=mask)
        return ops.sum(ops.square(y)), y

    _, y, gradients = differentiate(loss, [X], layer=layer)
    assert all(np.isfinite(ops.convert_to_numpy(each)).all() for each in [y, *gradients])


def test_a_mask_reaches_the_second_block():
    tokens = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(9, FEATURES, mask_zero=True)(tokens)
    x = make()(PositionEncoding()(x))
    assert x._keras_mask is not None
    model = keras.Model(tokens, make()(x))
    read = [np.array(model(np.array([ids]))) for ids in ([0, 4, 5], [0, 4, 5, 0])]
    np.testing.assert_allclose(read[1][:, 1:3], read[0][:, 1:], atol=1e-5)
    embeddings = model.layers[1].embeddings
    embeddings.assign(ops.convert_to_numpy(embeddings) + 100 * (np.arange(9) == 0)[:, None])
    again = np.array(model(np.array([[0, 4, 5]])))  # padding is another vector now
    np.testing.assert_allclose(again[:, 1:], read[0][:, 1:], atol=1e-5)


def test_unknown_batch_and_length():
    inputs, layer = keras.Input((None, FEATURES)), make()
    model = keras.Model(inputs, layer(PositionEncoding()(inputs)))
    assert model.output_shape == (None, None, FEATURES)
    for batch, timesteps in [(1, 1), (2, 7)]:
        x = np.random.default_rng(1).normal(size=(batch, timesteps, FEATURES)).astype("float32")
        expected = layer(PositionEncoding()(x))
        np.testing.assert_allclose(model.predict(x, verbose=0), expected, atol=1e-5)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_inside_a_compiled_graph(jit_compile):
    layer = make()
    run = compiled(lambda: layer(PositionEncoding()(ops.array(X)), mask=MASK), jit_compile)
    found, expected = run(), layer(PositionEncoding()(X), mask=MASK)
    np.testing.assert_allclose(np.array(found)[MASK], np.array(expected)[MASK], atol=1e-5)


def test_dropout_is_for_training():
    layer = make(dropout=0.5)
    np.testing.assert_allclose(layer(X), make()(X), atol=1e-5)
    assert not np.allclose(layer(X, training=True), layer(X, training=True))


@pytest.mark.parametrize("features", [2, 5, 8])
def test_positions_equal_numpy(features):
    x = np.random.default_rng(1).normal(size=(2, 200, features)).astype("float32")
    expected = math.sqrt(features) * x
    for t, feature in np.ndindex(200, features):
        angle = t / 10_000 ** (feature // 2 * 2 / features)
        expected[:, t, feature] += math.cos(angle) if feature % 2 else math.sin(angle)
    np.testing.assert_allclose(PositionEncoding()(x), expected, atol=1e-4)


@pytest.mark.parametrize("dtype", ["float16", "mixed_float16", "mixed_bfloat16"])
def test_half_precision(dtype):
    layer, encoding = make(dtype=dtype), PositionEncoding(dtype=dtype)
    found, expected = layer(encoding(X), mask=MASK), make()(PositionEncoding()(X), mask=MASK)
    assert keras.backend.standardize_dtype(found.dtype) == layer.compute_dtype
    found = ops.convert_to_numpy(ops.cast(found, "float32"))
    tolerance = 0.3 if "bfloat16" in dtype else 0.03
    np.testing.assert_allclose(found[MASK], np.array(expected)[MASK], atol=tolerance)


def test_save_and_load(tmp_path):
    inputs = keras.Input((None, FEATURES))
    blocks = [TransformerBlock(2, 5, 0.1), TransformerBlock(4)]
    model = keras.Model(inputs, blocks[1](blocks[0](PositionEncoding()(inputs))))
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
    for one, other in zip(again.layers[2:], blocks, strict=True):
        assert one.get_config() == other.get_config()


# Bad input


@pytest.mark.parametrize("size", [0, -3, 2.5, "8", True])
def test_bad_sizes(size):
    with pytest.raises(ValueError, match=f"heads must be a positive integer, got {size!r}"):
        TransformerBlock(size)
    with pytest.raises(ValueError, match=f"hidden_units must be a positive integer, got {size!r}"):
        TransformerBlock(2, hidden_units=size)


def test_heads_that_do_not_divide_the_features():
    message = "8 features cannot be shared out between 3 heads: take a number of heads that"
    with pytest.raises(ValueError, match=message):
        TransformerBlock(3)(X)


@pytest.mark.parametrize("make_layer", [lambda: TransformerBlock(2), PositionEncoding])
def test_wrong_rank(make_layer):
    with pytest.raises(ValueError, match=r"sequences must have shape .*, got \(3, 8\)"):
        make_layer()(X[:, 0])
