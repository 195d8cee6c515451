"""SequenceTagger against its equations in NumPy, its properties, saving, bad input."""

import functools
import itertools

import keras
import numpy as np
import pytest
from backends import as_dataset, examples, gradients
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from rnn_course.layers import CharacterCNN, CharacterRNN, log_prob
from rnn_course.losses import PathCrossEntropy, TokenCrossEntropy
from rnn_course.metrics import TagAccuracy, tag_accuracies
from rnn_course.models import SequenceTagger
from rnn_course.text import BEGIN, END, PADDING, UNKNOWN, pad

VOCABULARY_SIZE, TAGS, CHARACTERS, UNITS = 9, 7, 8, 5
# Every cell with both outputs, every reader of characters, one direction and two; not all crossed
KINDS = [
    ("simple_rnn", "softmax", "cnn", True, 1),
    ("simple_rnn", "crf", "rnn", True, 2),
    ("lstm", "softmax", None, True, 2),
    ("lstm", "crf", None, False, 1),
    ("gru", "softmax", "rnn", False, 1),
    ("gru", "crf", "cnn", True, 1),
]
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: "-".join(map(str, kind)))

WORDS = [[4, 5, 6, 8], [7], [], [1, 4, 5, 7, 6, 8, 8], [5, 4], [8]]
SPELLED = [
    [[4, 5], [7, 7, 7, 6, 5], [1], [4]],
    [[6, 5, 4]],
    [],
    [[4]] * 4 + [[5, 6], [], [7, 6]],
    [[5], [5, 4]],
    [[4, 6, 7, 5]],
]
GOLD = [[4, 5, 6, 6], [5], [], [4, 4, 6, 5, 4, 6, 5], [6, 4], [4]]


def make(
    cell="lstm", output="softmax", characters=None, bidirectional=True, layers=1, seed=2, **kwargs
):
    """A tagger with random weights, large enough for its scores to differ from word to word."""
    if characters is not None:
        kwargs.setdefault("character_vocabulary_size", CHARACTERS)
    model = SequenceTagger(
        VOCABULARY_SIZE,
        TAGS,
        **dict(embedding_dim=4, units=UNITS, character_embedding_dim=3, character_units=2) | kwargs,
        cell=cell,
        output=output,
        characters=characters,
        bidirectional=bidirectional,
        layers=layers,
    )
    model.build((None, None))
    generator = np.random.default_rng(seed)
    model.set_weights([generator.normal(size=w.shape) for w in model.get_weights()])
    model.read_out.bias.assign(model.read_out.bias / 9)  # or one tag would win everywhere
    return model


shared = functools.cache(make)  # for tests that leave the model as it is


def compiled(model, optimizer="sgd"):
    crf = model.config["output"] == "crf"
    loss = PathCrossEntropy() if crf else TokenCrossEntropy()
    model.compile(optimizer, loss, metrics=[TagAccuracy()])
    return model


def inputs_of(model, words=WORDS, characters=SPELLED):
    if model.config["characters"] is None:
        return pad(words)
    return pad(words), pad(characters, rank=3)


def arguments_of(model, rows=(0, 1, 2, 3, 4, 5)):
    """What `predict_tags` takes."""
    spelled = [SPELLED[row] for row in rows] if model.config["characters"] else None
    return [WORDS[row] for row in rows], spelled


def real(scores, words=WORDS):
    """The scores of the words, without those of the padding."""
    return np.concatenate([row[: len(w)] for row, w in zip(np.array(scores), words, strict=True)])


# Values: the equations in NumPy, word by word


def run_simple_rnn(weights, sequence):
    W, U, b = weights
    h, states = np.zeros(len(U)), []
    for x in sequence:
        h = np.tanh(x @ W + h @ U + b)
        states.append(h)
    return np.reshape(states, (-1, len(U)))


def both_directions(weights, sequence):
    """States of a `Bidirectional` layer, from left to right."""
    forward = run_simple_rnn(weights[:3], sequence)
    backward = run_simple_rnn(weights[3:], sequence[::-1])[::-1]
    return np.concatenate([forward, backward], axis=1)


def character_features(encoder, characters):
    E, *weights = encoder.get_weights()
    if isinstance(encoder, CharacterRNN):
        if not characters:
            return np.zeros(2 * encoder.config["units"])
        states = both_directions(weights, E[characters])
        units = encoder.config["units"]
        return np.concatenate([states[-1, :units], states[0, units:]])
    kernel, bias = weights
    if not characters:
        return np.zeros(len(bias))
    window = len(kernel)
    before = (window - 1) // 2
    vectors = np.pad(E[characters], ((before, window - 1 - before), (0, 0)))
    responses = [
        np.einsum("kd,kdf->f", vectors[i : i + window], kernel) + bias
        for i in range(len(characters))
    ]
    return np.max(responses, axis=0)


def scores_by_hand(model, words, characters):
    x = model.embedding.get_weights()[0][words]
    if model.character_encoder is not None:
        features = [character_features(model.character_encoder, word) for word in characters]
        x = np.concatenate([x, features], axis=1)
    for layer in model.recurrent_layers:
        run = both_directions if model.config["bidirectional"] else run_simple_rnn
        x = run(layer.get_weights(), x)
    V, b = model.read_out.get_weights()
    return x @ V + b


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("characters", [None, "rnn", "cnn"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_scores_equal_the_equations(layers, characters, bidirectional):
    model = shared("simple_rnn", "softmax", characters, bidirectional, layers)
    logits = real(model(inputs_of(model)))
    expected = np.concatenate(
        [scores_by_hand(model, w, c) for w, c in zip(WORDS, SPELLED, strict=True) if w]
    )
    possible = [UNKNOWN, *range(4, TAGS)]
    np.testing.assert_allclose(logits[:, possible], expected[:, possible], rtol=1e-5, atol=1e-5)
    assert (logits[:, [PADDING, BEGIN, END]] < -1e8).all()


@pytest.mark.parametrize("kernel_size", [1, 2, 5])
def test_filters_of_other_sizes(kernel_size):
    model = make("simple_rnn", characters="cnn", character_kernel_size=kernel_size)
    features = np.array(model.character_encoder(pad(SPELLED, rank=3)))
    for row, sentence in zip(features, SPELLED, strict=True):
        for actual, word in zip(row, sentence, strict=False):
            expected = character_features(model.character_encoder, word)
            np.testing.assert_allclose(actual, expected, atol=1e-5)


def test_potentials_are_the_scores_and_the_transitions():
    model = shared("simple_rnn", "crf", "rnn", True, 2)
    potentials = np.array(model(inputs_of(model)))
    A = model.crf.get_weights()[0]
    ordinary = np.arange(4, TAGS)
    for row, (words, characters) in enumerate(zip(WORDS, SPELLED, strict=True)):
        if words:
            P = scores_by_hand(model, words, characters)
            expected = A + P[:, None, :]
            expected[-1] += A[:, END]
            actual = potentials[row, : len(words)]
            for before in (BEGIN, *ordinary):
                np.testing.assert_allclose(
                    actual[:, before, 4:], expected[:, before, 4:], atol=1e-5
                )


# Predictions


def best_by_hand(model, words, characters):
    """Each word's best tag, or the best of every path; the sentence is fed alone."""
    fed = inputs_of(model, [words], [characters])
    scores = np.array(model(fed), "float64")[0]
    if model.config["output"] == "softmax":
        return (4 + scores[:, 4:].argmax(axis=-1)).tolist()

    def score(path):
        steps = enumerate(zip([BEGIN, *path[:-1]], path, strict=True))
        return sum(scores[t, before, tag] for t, (before, tag) in steps)

    return list(max(itertools.product(range(4, TAGS), repeat=len(words)), key=score))


@every_kind
def test_predicted_tags_are_the_best(kind):
    model = shared(*kind)
    rows = [0, 1, 4, 5]
    words, characters = arguments_of(model, rows)
    expected = [best_by_hand(model, WORDS[row], SPELLED[row]) for row in rows]
    assert model.predict_tags(words, characters) == expected
    assert len({tag for path in expected for tag in path}) > 1
    assert all(type(tag) is int for path in model.predict_tags(words, characters) for tag in path)


@every_kind
def test_neither_order_nor_batches_matter(kind):
    model = shared(*kind)
    expected = model.predict_tags(*arguments_of(model))
    assert [len(path) for path in expected] == [len(sentence) for sentence in WORDS]
    for batch_size in (1, 4):
        order = np.random.default_rng(batch_size).permutation(len(WORDS))
        found = model.predict_tags(*arguments_of(model, order), batch_size=batch_size)
        assert found == [expected[row] for row in order]


def test_nothing_to_predict():
    model = shared("gru", "crf", "cnn", True, 1)
    assert model.predict_tags([], []) == []
    assert model.predict_tags([[]], [[]]) == [[]]
    assert shared().predict_tags([[], []]) == [[], []]


def test_ids_of_any_integer_type():
    model = shared()
    expected = model.predict_tags([[4, 5]])
    for sentence in [(4, 5), np.array([4, 5]), np.array([4, 5], "uint8"), [np.int64(4), 5]]:
        assert model.predict_tags([sentence]) == expected


@every_kind
@settings(max_examples=examples(6), deadline=None)
@given(
    places=st.lists(st.integers(0, 7), max_size=4),
    more_characters=st.integers(0, 3),
    rows=st.integers(0, 2),
)
def test_padding_anywhere_changes_no_word(kind, places, more_characters, rows):
    """Before, between and behind the words; behind characters; and whole rows of it."""
    model = shared(*kind)
    words, characters = pad(WORDS), pad(SPELLED, rank=3)
    where = words != PADDING

    def read(scores, gold, where):
        # Potentials hold the score of a sentence's end: the probability of a path says it all.
        if model.config["output"] == "crf":
            return log_prob(scores, gold)[: len(WORDS)]
        return np.array(scores)[: len(WORDS)][where]

    expected = read(model(inputs_of(model)), pad(GOLD), where)
    wider, moved, gold = (np.insert(a, places, PADDING, axis=1) for a in (words, where, pad(GOLD)))
    spelled = np.insert(characters, places, PADDING, axis=1)
    wider, gold = (np.pad(a, ((0, rows), (0, 0))) for a in (wider, gold))
    spelled = np.pad(spelled, ((0, rows), (0, 0), (0, more_characters)))
    scores = model((wider, spelled) if model.config["characters"] else wider)
    assert np.isfinite(scores).all()
    np.testing.assert_allclose(read(scores, gold, moved), expected, atol=1e-4)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_words_to_the_right_count_in_two_directions(bidirectional):
    model = shared("lstm", "softmax", None, bidirectional)
    first, second = np.array(model(np.array([[4, 5, 6, 7], [4, 5, 8, 8]])))
    same = np.isclose(first, second, atol=1e-5).all(axis=-1)
    assert same.tolist() == [not bidirectional] * 2 + [False] * 2


@pytest.mark.parametrize("characters", ["rnn", "cnn"])
def test_characters_tell_unknown_words_apart(characters):
    model = shared("lstm", "softmax", characters)
    words = np.full((1, 3), UNKNOWN)
    one, other = ([[[4, 5, 6], spelling, [7]]] for spelling in ([5], [6, 5]))
    first, second = (np.array(model((words, pad(c, rank=3)))) for c in (one, other))
    assert not np.allclose(first, second, atol=1e-3)


# Training


@every_kind
def test_every_weight_gets_the_gradient_of_the_mean_over_words(kind):
    model = compiled(make(*kind), keras.optimizers.SGD(1.0))
    inputs, gold = inputs_of(model), pad(GOLD)

    def loss():
        scores = model(inputs)
        if model.config["output"] == "crf":
            nats = -log_prob(scores, gold)
        else:
            taken = ops.take_along_axis(ops.log_softmax(scores), gold[..., None], axis=-1)[..., 0]
            nats = -ops.where(gold != PADDING, taken, 0)
        return ops.sum(nats) / sum(map(len, WORDS))

    expected = [np.array(gradient) for gradient in gradients(loss, layer=model)]
    before = [np.array(weight) for weight in model.get_weights()]
    assert len(before) == len(model.trainable_variables)
    model.train_on_batch(inputs, gold)
    for weight, then, gradient in zip(model.weights, before, expected, strict=True):
        assert np.abs(gradient).max() > 1e-4, weight.path
        now = ops.convert_to_numpy(weight)
        np.testing.assert_allclose(then - now, gradient, atol=1e-5, err_msg=weight.path)


@every_kind
def test_what_keras_evaluates_is_what_is_predicted(kind):
    model = compiled(shared(*kind))
    words, characters = arguments_of(model)
    batches = as_dataset(
        [
            (inputs_of(model, WORDS[rows], SPELLED[rows]), pad(GOLD[rows]))
            for rows in (slice(0, 2), slice(2, 3), slice(3, 6))
        ]
    )
    _, accuracy = model.evaluate(batches, verbose=0)
    predicted = model.predict_tags(words, characters)
    right = sum(
        tag == guess
        for row in zip(GOLD, predicted, strict=True)
        for tag, guess in zip(*row, strict=True)
    )
    assert accuracy == pytest.approx(right / sum(map(len, WORDS)))


@pytest.mark.trains
@pytest.mark.parametrize("kind", KINDS[1:4:2])
def test_learns_a_small_corpus_by_heart(kind):
    """Only the words to the left, or in the same place the characters, tell the tags."""
    keras.utils.set_random_seed(0)
    words = [[4, 6, 6], [5, 6, 6], [6, 4, 6], [6, 5, 6]]
    characters = [[[4 + word % 3]] * 3 for word in range(4)]
    tags = [[4, 5, 4], [5, 4, 5], [6, 4, 5], [6, 5, 4]]
    model = SequenceTagger(
        VOCABULARY_SIZE,
        TAGS,
        embedding_dim=8,
        units=16,
        cell=kind[0],
        output=kind[1],
        characters=kind[2],
        character_vocabulary_size=CHARACTERS if kind[2] else None,
        bidirectional=kind[3],
    )
    compiled(model, keras.optimizers.Adam(0.03))
    spelled = characters if kind[2] else None
    inputs = (pad(words), pad(spelled, rank=3)) if spelled else pad(words)
    history = model.fit(as_dataset([(inputs, pad(tags))] * 60), verbose=0).history
    assert model.predict_tags(words, spelled) == tags
    assert 0.5 < history["tag_accuracy"][0] < 1
    assert tag_accuracies(words, tags, model.predict_tags(words, spelled), {4, 5, 6}).overall == 1


def test_dropout_only_in_training():
    model = make(dropout=0.5, layers=2)
    tokens = np.array([[4, 5, 6, 7]])
    np.testing.assert_array_equal(model(tokens), shared("lstm", "softmax", None, True, 2)(tokens))
    first, second = (np.array(model(tokens, training=True)) for _ in range(2))
    assert not np.allclose(first, second)


def test_dropout_leaves_the_expected_share_before_the_recurrent_layers_and_the_read_out():
    tokens = np.tile([[4, 5, 6, 7]], (200, 1))
    model = make(dropout=0.25)
    seen = {}
    for name in ("read_out", "recurrent_layers"):
        layer = getattr(model, name)
        layer = layer[0] if isinstance(layer, list) else layer
        layer.call = functools.partial(_note, seen, name, layer.call)
    model(tokens, training=True)
    assert set(seen) == {"read_out", "recurrent_layers"}
    for values in seen.values():
        assert np.mean(values == 0) == pytest.approx(0.25, abs=0.03)


def test_word_dropout_hides_words_in_training_but_no_characters_and_no_padding():
    words, spelled = np.array([[4, 5, 0]]), np.array([[[4, 5], [6, 0], [0, 0]]])
    hiding, plain = (make(characters="cnn", word_dropout=rate) for rate in (1.0, 0.0))
    expected = np.array(plain((words, spelled)))
    np.testing.assert_array_equal(hiding((words, spelled)), expected)
    hidden = np.array(plain((np.array([[UNKNOWN, UNKNOWN, 0]]), spelled)))
    np.testing.assert_array_equal(hiding((words, spelled), training=True), hidden)
    assert not np.allclose(hidden, expected)
    clone = SequenceTagger.from_config(hiding.get_config())
    assert clone.config["word_dropout"] == 1.0


def _note(seen, name, call, x, *args, **kwargs):
    seen[name] = np.array(x)
    return call(x, *args, **kwargs)


@pytest.mark.parametrize(("cell", "gates", "biases"), [("lstm", 4, 1), ("gru", 3, 2)])
def test_parameter_counts(cell, gates, biases):
    V, e, u, K, c, ce, cu = 50, 16, 12, 9, 30, 8, 6
    options = dict(
        vocabulary_size=V,
        tags=K,
        embedding_dim=e,
        units=u,
        cell=cell,
        character_vocabulary_size=c,
        character_embedding_dim=ce,
        character_units=cu,
    )

    def recurrent(inputs, units):
        return gates * ((inputs + units) * units + biases * units)

    read_out = 2 * u * K + K
    for characters, output, expected in [
        ("rnn", "crf", c * ce + 2 * recurrent(ce, cu) + 2 * recurrent(e + 2 * cu, u) + K * K),
        ("cnn", "softmax", c * ce + 3 * ce * cu + cu + 2 * recurrent(e + cu, u)),
    ]:
        model = SequenceTagger(**options, characters=characters, output=output)
        model.build((None, None))
        assert model.count_params() == V * e + expected + read_out


# Pre-trained vectors


@pytest.mark.parametrize("trainable", [False, True])
def test_pre_trained_embeddings(trainable, tmp_path):
    matrix = np.random.default_rng(0).normal(size=(VOCABULARY_SIZE, 4))
    model = SequenceTagger(
        VOCABULARY_SIZE, TAGS, 4, 5, embeddings=matrix, trainable_embeddings=trainable
    )
    compiled(model, keras.optimizers.SGD(1.0))
    inputs, gold = pad(WORDS), pad(GOLD)
    model(inputs)
    np.testing.assert_array_equal(model.embedding.get_weights()[0], matrix.astype("float32"))
    model.train_on_batch(inputs, gold)
    moved = (model.embedding.get_weights()[0] != matrix.astype("float32")).any(axis=1)
    used = np.isin(np.arange(VOCABULARY_SIZE), inputs[inputs != PADDING])
    assert moved.tolist() == (used & trainable).tolist()
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert again.embedding.trainable == trainable
    np.testing.assert_array_equal(again(inputs), model(inputs))
    assert "embeddings" not in model.get_config()


@pytest.mark.parametrize("shape", [(8, 4), (9, 3), (9,), (4, 9)])
def test_embeddings_of_another_shape(shape):
    expected = rf"\(vocabulary_size, embedding_dim\) = \(9, 4\), got \({shape[0]},"
    with pytest.raises(ValueError, match=expected):
        SequenceTagger(9, TAGS, 4, embeddings=np.zeros(shape))


# Saving


@every_kind
def test_save_and_load(kind, tmp_path):
    """As Keras does it, with nothing named."""
    model = shared(*kind)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert type(again) is SequenceTagger
    assert again.config == model.config
    np.testing.assert_array_equal(again(inputs_of(again)), model(inputs_of(model)))
    assert again.predict_tags(*arguments_of(again)) == model.predict_tags(*arguments_of(model))


def test_save_and_load_compiled(tmp_path):
    """Scores and further training are the same: loss, metrics and the optimizer's state."""
    model = make("simple_rnn", "crf", bidirectional=False)
    compiled(model, keras.optimizers.Adam(0.01)).train_on_batch(pad(WORDS), pad(GOLD))
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    results = [each.train_on_batch(pad(WORDS), pad(GOLD)) for each in (model, again)]
    assert results[0] == pytest.approx(results[1])
    for weight, other in zip(model.weights, again.weights, strict=True):
        np.testing.assert_allclose(weight, other, atol=1e-6)


@pytest.mark.parametrize(
    "layer",
    [
        CharacterRNN(CHARACTERS, embedding_dim=3, units=2, cell="gru"),
        CharacterCNN(CHARACTERS, embedding_dim=3, units=2, kernel_size=2),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_character_encoders_save_and_load_alone(layer, tmp_path):
    characters = keras.Input((None, None), dtype="int32")
    model = keras.Model(characters, layer(characters))
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    ids = pad(SPELLED, rank=3)
    np.testing.assert_array_equal(again(ids), model(ids))
    assert again.layers[1].get_config() == layer.get_config()


# Bad input


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(vocabulary_size=0), "vocabulary_size must be a positive integer, got 0"),
        (dict(vocabulary_size=True), "vocabulary_size must be a positive integer, got True"),
        (dict(vocabulary_size=4), "vocabulary_size must count the 4 special tokens .* got 4"),
        (dict(tags=2.5), r"tags must be a positive integer, got 2\.5"),
        (dict(tags=["DET", "NOUN"]), r"tags must be a positive integer, got \['DET', 'NOUN'\]"),
        (dict(tags=4), "tags must count the 4 special tokens and at least one other, got 4"),
        (dict(embedding_dim=-1), "embedding_dim must be a positive integer, got -1"),
        (dict(layers="2"), "layers must be a positive integer, got '2'"),
        (dict(units=0), "units must be a positive integer, got 0"),
        (dict(cell="rnn"), r"cell must be one of \['gru', 'lstm', 'simple_rnn'\], got 'rnn'"),
        (dict(output="CRF"), r"output must be one of \['crf', 'softmax'\], got 'CRF'"),
        (dict(characters="lstm"), r"characters must be one of \[None, 'cnn', 'rnn'\], got 'lstm'"),
        (dict(characters="cnn"), "come together, got characters='cnn' and .*_size=None"),
        (dict(character_vocabulary_size=9), "come together, got characters=None and .*_size=9"),
        (dict(dropout=2), "rate.* between 0 and 1.*2"),
        (dict(word_dropout=2), "word_dropout must be from 0 to 1, got 2"),
        (
            dict(characters="cnn", character_vocabulary_size=9, character_kernel_size=0),
            "character_kernel_size must be a positive integer, got 0",
        ),
        (
            dict(characters="rnn", character_vocabulary_size=9, character_units=1.5),
            r"character_units must be a positive integer, got 1\.5",
        ),
        (
            dict(characters="rnn", character_vocabulary_size=-9),
            "character_vocabulary_size must be a positive integer, got -9",
        ),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        SequenceTagger(**{"vocabulary_size": 9, "tags": 6, **arguments})


@pytest.mark.parametrize(
    ("characters", "inputs", "message"),
    [
        (
            None,
            [(2, 3), (2, 3, 4)],
            r"inputs must be word ids \(batch, timesteps\), got \(2, 3\) and",
        ),
        (None, [(2, 3, 4)], r"got \(2, 3, 4\)"),
        ("cnn", [(2, 3)], r"and character ids \(batch, timesteps, characters\), got \(2, 3\)"),
        ("cnn", [(2, 3), (2, 3)], r"got \(2, 3\) and \(2, 3\)"),
    ],
)
def test_bad_inputs(characters, inputs, message):
    model = shared("gru", "crf", characters)
    arrays = tuple(np.full(shape, 4) for shape in inputs)
    with pytest.raises(ValueError, match=message):
        model(arrays if len(arrays) > 1 else arrays[0])


@pytest.mark.parametrize(
    ("characters", "arguments", "message"),
    [
        (None, ([[4, 9]],), "word ids must be integers from 1 to 8, got 9: encode text"),
        (None, ([[4], ["cat"]],), "word ids must be integers from 1 to 8, got 'cat'"),
        (None, ([[4, 0]],), "got 0"),
        (None, ([[4]], [[[4]]]), "a tagger with characters=None reads no characters"),
        ("cnn", ([[4]],), "a tagger with characters='cnn' reads characters as well"),
        ("cnn", ([[4]], [[[8]]]), "character ids must be integers from 1 to 7, got 8"),
        ("cnn", ([[4]], [[[4], [5]]]), "a list of ids for each word of each sentence"),
        ("cnn", ([[4]], []), "a list of ids for each word of each sentence"),
    ],
)
def test_what_cannot_be_predicted(characters, arguments, message):
    with pytest.raises(ValueError, match=message):
        shared("gru", "crf", characters).predict_tags(*arguments)


@pytest.mark.parametrize("batch_size", [0, -1])
def test_bad_batch_size(batch_size):
    with pytest.raises(ValueError, match=f"batch_size must be at least 1, got {batch_size}"):
        shared().predict_tags(WORDS, batch_size=batch_size)
