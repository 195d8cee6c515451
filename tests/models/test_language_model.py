"""LanguageModel against sums over single tokens in NumPy, its properties, saving, bad input."""

import functools
import itertools
import math

import keras
import numpy as np
import pytest
from backends import as_dataset, examples, gradients
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from rnn_course.callbacks import ResetState
from rnn_course.losses import TokenCrossEntropy
from rnn_course.metrics import Perplexity
from rnn_course.models import LanguageModel
from rnn_course.text import BEGIN, END, PADDING, contiguous_batches, pad

VOCABULARY_SIZE, UNITS = 9, 5
CELL_NAMES = ["simple_rnn", "lstm", "gru"]
# Every cell with one layer and with two, tied and not, but not all of it crossed, to save time
KINDS = [(cell, *kind) for cell in CELL_NAMES for kind in [(1, True), (2, False)]]
KINDS += [("lstm", 1, False), ("lstm", 2, True)]
SENTENCES = [[4, 5, 6], [7], [], [8, 8, 4, 1, 5, 7, 6], [5, 4]]

every_kind = pytest.mark.parametrize(("cell", "layers", "tied"), KINDS)
every_cell = pytest.mark.parametrize("cell", CELL_NAMES)


def make(cell="lstm", layers=1, tied=False, seed=0, **kwargs):
    """A model with random weights, large enough for its probabilities to differ."""
    sizes = dict(vocabulary_size=VOCABULARY_SIZE, embedding_dim=UNITS if tied else 3, units=UNITS)
    kwargs = {**sizes, **kwargs}
    model = LanguageModel(cell=cell, layers=layers, tie_embeddings=tied, **kwargs)
    if not model.config["stateful"]:
        model.build((None, None))
        randomise(model, seed)
    return model


def randomise(model, seed=0):
    generator = np.random.default_rng(seed)
    model.set_weights([generator.normal(size=w.shape) * 0.8 for w in model.get_weights()])


shared = functools.cache(make)  # for tests that leave the model as it is


def compiled(model, optimizer="sgd"):
    model.compile(optimizer, TokenCrossEntropy(), metrics=[Perplexity()])
    return model


def log_softmax(logits):
    logits = np.asarray(logits, "float64")
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def chain_rule(model, sentence):
    """The factors, in nats: each prefix is fed alone, from the start and without padding."""
    sequence = [BEGIN, *sentence, END]
    return [
        log_softmax(model(np.array([sequence[:t]]))[0, -1])[sequence[t]]
        for t in range(1, len(sequence))
    ]


def nats(model, sentence):
    """The same factors negated, from one pass over the sentence alone."""
    log_probs = log_softmax(model(np.array([[BEGIN, *sentence]]))[0])
    return [-row[target] for row, target in zip(log_probs, [*sentence, END], strict=True)]


# Values


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
def test_logits_equal_the_equations(layers, tied):
    """Embedding, simple recurrent layers and read-out, written out in NumPy."""
    model = shared("simple_rnn", layers, tied)
    weights = list(model.get_weights())
    E, recurrent, read_out = weights[0], weights[1 : 1 + 3 * layers], weights[1 + 3 * layers :]
    V, b = (E.T, *read_out) if tied else read_out
    states = [np.zeros(UNITS) for _ in range(layers)]
    tokens = [BEGIN, 4, 8, 8, 5, END, 1]
    expected = []
    for token in tokens:
        x = E[token]
        for layer in range(layers):
            W, U, bias = recurrent[3 * layer : 3 * layer + 3]
            x = states[layer] = np.tanh(x @ W + states[layer] @ U + bias)
        expected.append(x @ V + b)
    np.testing.assert_allclose(model(np.array([tokens]))[0], expected, atol=1e-5)


@every_kind
def test_log_prob_is_the_chain_rule(cell, layers, tied):
    model = shared(cell, layers, tied)
    expected = [sum(chain_rule(model, sentence)) for sentence in SENTENCES]
    np.testing.assert_allclose(model.log_probs(SENTENCES), expected, rtol=1e-5)
    assert model.log_prob(SENTENCES[0]) == pytest.approx(expected[0], rel=1e-5)


@every_kind
def test_steps_equal_the_whole_sequence(cell, layers, tied):
    """What decoding runs, token by token, and what training runs."""
    model = shared(cell, layers, tied)
    tokens = np.array([[BEGIN, 4, 5, 8], [BEGIN, 1, 7, 7]])
    states, memory = model.begin(np.zeros(2))
    assert memory == ()
    for t, expected in enumerate(np.moveaxis(np.array(model(tokens)), 1, 0)):
        logits, states = model.step(tokens[:, t], states)
        np.testing.assert_allclose(logits, expected, atol=1e-5)


@every_cell
def test_next_log_probs(cell):
    model = shared(cell)
    log_probs = model.next_log_probs(SENTENCES)
    assert log_probs.shape == (len(SENTENCES), VOCABULARY_SIZE)
    np.testing.assert_allclose(np.exp(log_probs).sum(axis=-1), 1, atol=1e-6)
    for sentence, row in zip(SENTENCES, log_probs, strict=True):
        logits = model(np.array([[BEGIN, *sentence]]))[0, -1]
        np.testing.assert_allclose(row, log_softmax(logits), atol=1e-5)
    assert not np.allclose(log_probs[0], log_probs[1], atol=0.01)


@every_cell
def test_all_strings_together_have_probability_one(cell):
    """Sentences up to three words, and exactly what is left: longer ones, and padding."""
    model = make(cell, vocabulary_size=6)
    words = [1, BEGIN, 4, 5]
    prefixes = [list(s) for n in range(5) for s in itertools.product(words, repeat=n)]
    sentence = dict(zip(map(tuple, prefixes), np.exp(model.log_probs(prefixes)), strict=True))
    following = np.exp(model.next_log_probs(prefixes))
    ended, longer, padding = 0.0, 0.0, 0.0
    for prefix, next_probs in zip(prefixes, following, strict=True):
        prefix_prob = sentence[tuple(prefix)] / next_probs[END]
        if len(prefix) == 4:
            longer += prefix_prob
        else:
            ended += sentence[tuple(prefix)]
            padding += prefix_prob * next_probs[PADDING]
    assert 0.05 < ended < 1
    assert ended + longer + padding == pytest.approx(1, abs=1e-5)


# Loss and perplexity


def teacher_forced(sentences):
    """A batch for training: what is read and what is to come."""
    return pad([[BEGIN, *s] for s in sentences]), pad([[*s, END] for s in sentences])


def unequal_batches():
    """Batches with very different numbers of sentences, tokens and paddings, and one of padding."""
    generator = np.random.default_rng(0)
    batches, sentences = [], []
    for lengths in [[40], [0, 1, 0, 2, 1, 0, 0], [12, 0, 1], []]:
        batch = [generator.integers(4, VOCABULARY_SIZE, n).tolist() for n in lengths]
        width = max(lengths, default=4) + 1
        inputs, targets = np.zeros((2, len(batch) or 2, width), "int32")
        for row, sentence in enumerate(batch):
            inputs[row, : len(sentence) + 1] = [BEGIN, *sentence]
            targets[row, : len(sentence) + 1] = [*sentence, END]
        batches.append((inputs, targets))
        sentences += batch
    return batches, sentences


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0]])
def test_loss_and_perplexity_are_nats_per_token(order):
    model = compiled(make())
    batches, sentences = unequal_batches()
    values = [nats(model, sentence) for sentence in sentences]
    per_token = np.mean(np.concatenate(values))
    result = model.evaluate(as_dataset([batches[i] for i in order]), verbose=0, return_dict=True)
    assert result["loss"] == pytest.approx(per_token, rel=1e-5)
    assert result["perplexity"] == pytest.approx(math.exp(per_token), rel=1e-5)
    # It could have been wrong: the mean over batches or over sentences gives another number.
    assert abs(np.mean([np.mean(value) for value in values]) - per_token) > 0.02


def test_evaluate_and_perplexity_agree():
    model = compiled(make("gru"))
    loss, perplexity = model.evaluate(as_dataset([teacher_forced(SENTENCES)]), verbose=0)
    assert model.perplexity(SENTENCES) == pytest.approx(perplexity, rel=1e-5)
    assert model.perplexity(SENTENCES) == pytest.approx(math.exp(loss), rel=1e-5)


def test_loss_of_padding_alone_is_zero():
    model = compiled(make())
    nothing = np.zeros((2, 3), "int32")
    assert model.evaluate(nothing, nothing, verbose=0) == [0, 1]
    before = model.get_weights()
    model.train_on_batch(nothing, nothing)
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_validation_and_training_report_nats_per_token():
    """A learning rate of zero: all that `fit` reports belongs to one model."""
    model = compiled(make(), keras.optimizers.SGD(0.0))
    batches, _ = unequal_batches()
    options = dict(validation_data=as_dataset(batches[1:3]), verbose=0)
    history = model.fit(as_dataset(batches[:3]), **options).history
    for prefix, used in [("", batches[:3]), ("val_", batches[1:3])]:
        loss, perplexity = model.evaluate(as_dataset(used), verbose=0)
        assert history[prefix + "loss"] == [pytest.approx(loss, rel=1e-6)]
        assert history[prefix + "perplexity"] == [pytest.approx(perplexity, rel=1e-6)]


# Properties


@settings(max_examples=examples(15), deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    length=st.integers(1, 6),
    before=st.integers(0, 3),
    hole=st.integers(0, 3),
    after=st.integers(0, 6),
    seed=st.integers(0, 99),
)
def test_padding_never_changes_a_real_position(kind, length, before, hole, after, seed):
    """Wherever it is: at the end, as batches have it, at the beginning or in the middle."""
    model = shared(*kind)
    tokens = np.random.default_rng(seed).integers(1, VOCABULARY_SIZE, (2, length))
    places = before + np.arange(length) + hole * (np.arange(length) >= length // 2)
    padded = np.full((2, places[-1] + 1 + after), PADDING)
    padded[:, places] = tokens
    np.testing.assert_allclose(np.array(model(padded))[:, places], model(tokens), atol=1e-5)


@settings(max_examples=examples(15), deadline=None)
@given(order=st.permutations(range(len(SENTENCES))), batch_size=st.integers(1, 7))
def test_neither_order_nor_batches_matter(order, batch_size):
    model = shared()
    sentences = [SENTENCES[i] for i in order]
    np.testing.assert_allclose(
        model.log_probs(sentences, batch_size), model.log_probs(SENTENCES)[order], rtol=1e-5
    )
    np.testing.assert_allclose(
        model.next_log_probs(sentences, batch_size),
        model.next_log_probs(SENTENCES)[order],
        atol=1e-5,
    )


@every_kind
def test_logits_do_not_depend_on_later_tokens(cell, layers, tied):
    model = shared(cell, layers, tied)
    tokens = np.array([[BEGIN, 4, 5, 6, 7, 8]])
    changed = np.array([[BEGIN, 4, 5, 8, 8, 8]])
    np.testing.assert_array_equal(model(tokens)[:, :3], model(changed)[:, :3])
    assert not np.allclose(model(tokens)[:, 3:], model(changed)[:, 3:], atol=0.01)


def test_earlier_tokens_matter():
    model = shared()
    tokens = np.array([[BEGIN, 4, 5, 6, 7], [BEGIN, 8, 5, 6, 7]])
    first, second = np.array(model(tokens))[:, -1]
    assert not np.allclose(first, second, atol=1e-4)


# Training


@every_kind
def test_every_weight_gets_the_gradient_of_the_mean_over_tokens(cell, layers, tied):
    model = compiled(make(cell, layers, tied), keras.optimizers.SGD(1.0))
    inputs = np.array([[BEGIN, 4, 5, 6], [BEGIN, 7, 0, 0]])
    targets = np.array([[4, 5, 6, END], [7, END, 0, 0]])

    def loss():
        log_probs = ops.log_softmax(model(inputs))
        taken = ops.take_along_axis(log_probs, targets[..., None], axis=-1)[..., 0]
        return -ops.sum(ops.where(targets != PADDING, taken, 0)) / 6

    expected = [np.array(gradient) for gradient in gradients(loss, layer=model)]
    before = [np.array(weight) for weight in model.get_weights()]
    assert len(before) == len(model.trainable_variables)
    model.train_on_batch(inputs, targets)
    for weight, then, gradient in zip(model.weights, before, expected, strict=True):
        assert np.abs(gradient).max() > 1e-4, weight.path
        now = ops.convert_to_numpy(weight)
        np.testing.assert_allclose(then - now, gradient, atol=1e-5, err_msg=weight.path)


@pytest.mark.trains
@every_cell
def test_learns_a_small_corpus_by_heart(cell):
    keras.utils.set_random_seed(0)
    sentences = [[4, 5, 6, 5, 7], [8, 6, 6, 4, 4], [7, 7, 7, 7, 7]]
    model = LanguageModel(VOCABULARY_SIZE, embedding_dim=8, units=24, cell=cell)
    compiled(model, keras.optimizers.Adam(0.03))
    model.fit(as_dataset([teacher_forced(sentences)] * 100), verbose=0)
    # The best possible: a third for each sentence, in 18 tokens.
    best = 3 ** (3 / 18)
    assert best < model.perplexity(sentences) < 1.02 * best
    prompts = [sentence[:1] for sentence in sentences]
    continuations = model.generate(prompts, temperature=0)
    assert [p + c for p, c in zip(prompts, continuations, strict=True)] == sentences
    samples = model.generate([[]] * 300, temperature=1, seed=0)
    shares = [samples.count(sentence) / 300 for sentence in sentences]
    np.testing.assert_allclose(shares, 1 / 3, atol=0.1)


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize(
    ("cell", "gates", "biases"), [("simple_rnn", 1, 1), ("lstm", 4, 1), ("gru", 3, 2)]
)
def test_parameter_counts(cell, gates, biases, tied):
    V, e, u = 50, 16, 16
    model = LanguageModel(V, embedding_dim=e, units=u, cell=cell, layers=2, tie_embeddings=tied)
    model.build((None, None))
    layer = gates * ((e + u) * u + biases * u)  # the same for both, as e = u
    expected = V * e + 2 * layer + V + (0 if tied else u * V)
    assert model.count_params() == expected
    assert sum(w.size for w in model.get_weights()) == expected


def test_tied_embeddings_are_one_matrix():
    """It moves in training by both its uses, and both see it move."""
    model = make(tied=True)
    matrix, as_numpy = model.embedding.embeddings, ops.convert_to_numpy
    before = np.array(model(np.array([[BEGIN]])))
    matrix.assign(matrix + np.eye(VOCABULARY_SIZE, UNITS)[:, ::-1])
    change = np.array(model(np.array([[BEGIN]]))) - before
    # BEGIN's own row changed its input; the rows from UNITS on changed in nothing.
    model.embedding.embeddings.assign(matrix)
    h = np.array(model.recurrent_layers[0](model.embedding(np.array([[BEGIN]]))))
    np.testing.assert_allclose(
        before + change, h @ as_numpy(matrix).T + as_numpy(model.read_out.bias), atol=1e-5
    )


def test_dropout_only_in_training():
    model, plain = make(layers=2, dropout=0.5), shared("lstm", 2)
    tokens = np.array([[BEGIN, 4, 5, 6]])
    np.testing.assert_array_equal(model(tokens), plain(tokens))
    np.testing.assert_array_equal(plain(tokens, training=True), plain(tokens))
    first, second = (np.array(model(tokens, training=True)) for _ in range(2))
    assert not np.allclose(first, second)
    assert model.log_prob([4, 5]) == model.log_prob([4, 5])


def test_dropout_leaves_the_expected_share_before_the_read_out():
    """With a read-out that copies the hidden state, the logits show what was dropped."""
    model = make(dropout=0.25, units=VOCABULARY_SIZE)
    model.read_out.set_weights([np.eye(VOCABULARY_SIZE), np.zeros(VOCABULARY_SIZE)])
    tokens = np.tile([[BEGIN, 4, 5, 6]], (200, 1))
    hidden, dropped = np.array(model(tokens)), np.array(model(tokens, training=True))
    kept = dropped != 0
    assert kept.mean() == pytest.approx(0.75, abs=0.02)
    np.testing.assert_allclose(dropped[kept], hidden[kept] / 0.75, rtol=1e-5)


# Stateful

in_a_pass = pytest.mark.skipif(
    keras.backend.backend() == "jax",
    reason="there Keras carries no layer's states to the next batch",
)


def stateful_model(batch_size, seed=0, **kwargs):
    model = make(stateful=True, **kwargs)
    model.build((batch_size, None))
    randomise(model, seed)
    return model


TEXT = np.random.default_rng(0).integers(4, VOCABULARY_SIZE, 50)


def running_text(batch_size, timesteps):
    """The text in pieces side by side, each of so many steps: see `contiguous_batches`."""
    columns = -(-(len(TEXT) - 1) // batch_size)
    inputs, targets = (
        np.pad(part, (0, batch_size * columns - len(part))).reshape(batch_size, columns)
        for part in (TEXT[:-1], TEXT[1:])
    )
    starts = range(0, columns, timesteps)
    return [(inputs[:, t : t + timesteps], targets[:, t : t + timesteps]) for t in starts]


@pytest.mark.tensorflow("tf.data")
def test_running_text_is_what_the_package_makes_of_it():
    made = contiguous_batches(TEXT, 4, timesteps=6).as_numpy_iterator()
    for batch, expected in zip(running_text(4, timesteps=6), made, strict=True):
        np.testing.assert_array_equal(batch, expected)


def long_pass(model, batch_size):
    """Nats of every token of the text: a plain model reads each of its pieces in one go."""
    plain = make(model.config["cell"], model.config["layers"])
    plain.set_weights(model.get_weights())
    ((inputs, targets),) = running_text(batch_size, timesteps=len(TEXT))
    log_probs = log_softmax(plain(inputs))
    return -np.take_along_axis(log_probs, targets[..., None], axis=-1)[..., 0][targets != PADDING]


@in_a_pass
@every_cell
@pytest.mark.parametrize(("batch_size", "layers"), [(1, 1), (4, 2)])
def test_stateful_batches_are_one_long_pass(cell, batch_size, layers):
    model = compiled(stateful_model(batch_size, cell=cell, layers=layers))
    batches = as_dataset(running_text(batch_size, timesteps=6))
    expected = long_pass(model, batch_size)
    assert len(expected) == len(TEXT) - 1
    for _ in range(2):  # the second time from zero states again
        loss, perplexity = model.evaluate(batches, verbose=0, callbacks=[ResetState()])
        assert loss == pytest.approx(expected.mean(), rel=1e-5)
        assert perplexity == pytest.approx(math.exp(expected.mean()), rel=1e-5)
    # Without the reset it goes on from where the text ended.
    carried, _ = model.evaluate(batches, verbose=0)
    assert abs(carried - expected.mean()) > 1e-4


@in_a_pass
def test_every_epoch_starts_from_zero_states():
    """A learning rate of zero: each epoch, and the validation between them, is the same pass."""
    model = compiled(stateful_model(4), keras.optimizers.SGD(0.0))
    batches = as_dataset(running_text(4, timesteps=5))
    expected = [pytest.approx(long_pass(model, 4).mean(), rel=1e-5)] * 3
    options = dict(epochs=3, verbose=0, shuffle=False, validation_data=batches)
    history = model.fit(batches, callbacks=[ResetState()], **options).history
    assert history["loss"] == history["val_loss"] == expected


@pytest.mark.parametrize(
    "score",
    [
        lambda model: model.log_prob([4]),
        lambda model: model.log_probs([[4]]),
        lambda model: model.perplexity([[4]]),
        lambda model: model.next_log_probs([[4]]),
    ],
)
def test_a_stateful_model_scores_no_sentences(score):
    with pytest.raises(ValueError, match=r"running text, not sentences: use model\.evaluate"):
        score(stateful_model(1))


def test_a_stateful_model_generates_from_zero_states_and_keeps_its_own():
    model = stateful_model(2)
    plain = make()
    plain.set_weights(model.get_weights())
    tokens = np.array([[4, 5, 6], [7, 8, 4]])
    first, second = (np.array(model(tokens)) for _ in range(2))
    assert not np.allclose(first, second)
    ResetState().set_model(model)
    for layer in model.recurrent_layers:
        layer.reset_state()
    model(tokens)
    prompts = [[4], [5, 6], []]
    assert model.generate(prompts, 8, temperature=0) == plain.generate(prompts, 8, temperature=0)
    np.testing.assert_allclose(model(tokens), second, atol=1e-6)


# Generation


@every_kind
def test_greedy_generation_follows_the_most_probable_next_token(cell, layers, tied):
    model = shared(cell, layers, tied)
    prompts = [[], [4, 5], [8, 8, 8, 1, 4]]
    expected = []
    for prompt in prompts:
        continuation = []
        while len(continuation) < 7:
            (log_probs,) = model.next_log_probs([prompt + continuation])
            log_probs[[PADDING, BEGIN]] = -np.inf
            token = int(log_probs.argmax())
            if token == END:
                break
            continuation.append(token)
        expected.append(continuation)
    assert model.generate(prompts, max_length=7, temperature=0) == expected
    assert model.generate(max_length=7, temperature=0) == expected[:1]


# Saving


@every_kind
def test_save_and_load(cell, layers, tied, tmp_path):
    """As Keras does it, with nothing named."""
    model = shared(cell, layers, tied)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert type(again) is LanguageModel
    assert again.config == model.config
    assert again.count_params() == model.count_params()
    tokens = np.array([[BEGIN, 4, 5, 6], [BEGIN, 7, 0, 0]])
    np.testing.assert_array_equal(again(tokens), model(tokens))
    if tied:
        assert again.read_out.embedding is again.embedding


def test_save_and_load_compiled(tmp_path):
    """Scores and further training are the same: loss, metrics and the optimizer's state."""
    model = compiled(make(tied=True), keras.optimizers.Adam(0.01))
    batches = as_dataset([teacher_forced(SENTENCES[:2]), teacher_forced(SENTENCES[2:])])
    model.fit(batches, verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert again.evaluate(batches, verbose=0) == model.evaluate(batches, verbose=0)
    for each in (model, again):
        each.fit(batches, shuffle=False, verbose=0)
    np.testing.assert_allclose(again.log_probs(SENTENCES), model.log_probs(SENTENCES), rtol=1e-5)


@in_a_pass
def test_save_and_load_stateful(tmp_path):
    model = compiled(stateful_model(4))
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    batches = as_dataset(running_text(4, timesteps=6))
    loss, _ = again.evaluate(batches, verbose=0, callbacks=[ResetState()])
    assert loss == pytest.approx(long_pass(model, 4).mean(), rel=1e-5)


def test_stateful_weights_move_to_a_model_that_scores(tmp_path):
    """Train on a running text, then score and generate: the weights are the same."""
    model = stateful_model(4)
    model.save_weights(tmp_path / "model.weights.h5")
    plain = LanguageModel(**{**model.config, "stateful": False})
    plain.build((None, None))
    plain.load_weights(tmp_path / "model.weights.h5")
    tokens = np.tile([[BEGIN, 4, 5]], (4, 1))
    np.testing.assert_allclose(plain(tokens), model(tokens), atol=1e-6)


# Empty and bad input


def test_nothing_to_score():
    model = shared()
    assert model.log_probs([]).shape == (0,)
    assert model.next_log_probs([]).shape == (0, VOCABULARY_SIZE)
    with pytest.raises(ValueError, match="at least one token, got tokens=0"):
        model.perplexity([])
    with pytest.raises(ValueError, match=r"at least one prompt; an empty one is \[\]"):
        model.generate([])


def test_ids_of_any_integer_type():
    model = shared()
    expected = model.log_prob([4, 5])
    for sentence in [(4, 5), np.array([4, 5]), np.array([4, 5], "uint8"), [np.int64(4), 5]]:
        assert model.log_prob(sentence) == expected
        assert model.generate([sentence], 3, temperature=0) == model.generate(
            [[4, 5]], 3, temperature=0
        )


@pytest.mark.parametrize(
    ("sentence", "got"),
    [
        ([4, 9], "9"),
        ([4, 0], "0"),
        ([-1], "-1"),
        ([4.0], r"4\.0"),
        ([None], "None"),
        (["the", "cat"], "'the'"),
        ("the cat", "'t'"),
    ],
)
@pytest.mark.parametrize(
    "use",
    [
        lambda model, sentence: model.log_prob(sentence),
        lambda model, sentence: model.log_probs([[4], sentence]),
        lambda model, sentence: model.perplexity([[4], sentence]),
        lambda model, sentence: model.next_log_probs([[4], sentence]),
        lambda model, sentence: model.generate([[4], sentence]),
    ],
    ids=["log_prob", "log_probs", "perplexity", "next_log_probs", "generate"],
)
def test_bad_ids(use, sentence, got):
    message = rf"token ids must be integers from 1 to 8, got {got}: encode text with the Vocabulary"
    with pytest.raises(ValueError, match=message):
        use(shared(), sentence)


@pytest.mark.parametrize("batch_size", [0, -1])
def test_bad_batch_size(batch_size):
    for score in (shared().log_probs, shared().next_log_probs):
        with pytest.raises(ValueError, match=f"batch_size must be at least 1, got {batch_size}"):
            score(SENTENCES, batch_size=batch_size)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(vocabulary_size=0), "vocabulary_size must be a positive integer, got 0"),
        (dict(vocabulary_size=2.5), r"vocabulary_size must be a positive integer, got 2\.5"),
        (dict(vocabulary_size=True), "vocabulary_size must be a positive integer, got True"),
        (dict(vocabulary_size=3), "vocabulary_size must count the 4 special tokens, got 3"),
        (dict(embedding_dim=-1), "embedding_dim must be a positive integer, got -1"),
        (dict(layers="2"), "layers must be a positive integer, got '2'"),
        (dict(units=0), "units must be a positive integer, got 0"),
        (dict(cell="rnn"), r"cell must be one of \['gru', 'lstm', 'simple_rnn'\], got 'rnn'"),
        (dict(dropout=2), "rate.* between 0 and 1.*2"),
        (
            dict(tie_embeddings=True, units=4),
            "tie_embeddings needs embedding_dim == units, got embedding_dim=3 and units=4",
        ),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        LanguageModel(**{"vocabulary_size": 9, "embedding_dim": 3, **arguments})
