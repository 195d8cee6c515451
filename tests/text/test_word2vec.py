"""Skip-gram and CBOW: examples, model and loss against the formulas, one word at a time."""

import keras
import numpy as np
import pytest

from rnn_course.text import (
    NegativeSampling,
    VectorsError,
    Vocabulary,
    Word2Vec,
    context_windows,
    learn_once,
    train_word2vec,
    word2vec_examples,
)

SENTENCES = [[5, 6, 7, 8, 9], [], [10], [11, 12]]


def windows_by_hand(sentences, window):
    """A list of (word, words around it), no code shared with what is tested."""
    found = []
    for sentence in sentences:
        for place, word in enumerate(sentence):
            around = [
                sentence[place + step] if 0 <= place + step < len(sentence) else 0
                for step in range(-window, window + 1)
                if step
            ]
            found.append((word, around))
    return found


@pytest.mark.parametrize("window", [1, 2, 3, 7])
def test_windows(window):
    middle, around = context_windows(SENTENCES, window)
    assert list(zip(middle.tolist(), around.tolist(), strict=True)) == windows_by_hand(
        SENTENCES, window
    )


def test_windows_of_nothing():
    middle, around = context_windows([[], []], 2)
    assert middle.shape == (0,)
    assert around.shape == (0, 4)
    with pytest.raises(ValueError, match="window must be at least 1, got 0"):
        context_windows(SENTENCES, 0)


def test_a_drawn_reach_is_a_narrower_window():
    sentence = list(range(4, 3004))
    middle, around = context_windows([sentence], 3, np.random.default_rng(0))
    by_reach = [dict(windows_by_hand([sentence], reach)) for reach in (1, 2, 3)]
    reaches = []
    for word, row in zip(middle.tolist(), around.tolist(), strict=True):
        reach = next(r for r in (3, 2, 1) if row[3 - r] or row[2 + r])
        assert row[3 - reach : 3 + reach] == by_reach[reach - 1][word]
        assert not any(row[: 3 - reach] + row[3 + reach :])
        reaches.append(reach)
    np.testing.assert_allclose(np.bincount(reaches)[1:] / 3000, 1 / 3, atol=0.05)


def test_skip_gram_reads_one_word_and_cbow_the_words_around_it():
    options = {"window": 1, "negatives": 2, "subsampling": 1, "seed": 0}
    (read, candidates), labels = word2vec_examples(SENTENCES, 13, "skip_gram", **options)
    pairs = sorted(zip(read[:, 0].tolist(), candidates[:, 0].tolist(), strict=True))
    expected = [(w, c) for w, around in windows_by_hand(SENTENCES, 1) for c in around if c]
    assert pairs == sorted(expected)
    assert labels.tolist() == [[1, 0, 0]] * len(expected)
    (read, candidates), labels = word2vec_examples(SENTENCES, 13, "cbow", **options)
    rows = sorted(zip(candidates[:, 0].tolist(), read.tolist(), strict=True))
    assert rows == sorted((w, around) for w, around in windows_by_hand(SENTENCES, 1) if any(around))
    assert labels.shape == candidates.shape == (7, 3)


def test_special_tokens_are_left_out_and_no_hole_stays():
    (read, candidates), _ = word2vec_examples([[5, 1, 6, 2, 3, 0]], 7, window=1, subsampling=1)
    assert sorted(zip(read[:, 0], candidates[:, 0], strict=True)) == [(5, 6), (6, 5)]
    assert candidates.min() >= 4


def test_negatives_are_drawn_by_frequency_to_the_power_of_three_quarters():
    text = [[4] * 81 + [5] * 16 + [6]]
    (_, candidates), _ = word2vec_examples(text, 9, negatives=50, subsampling=1, seed=1)
    drawn = np.bincount(candidates[:, 1:].ravel(), minlength=9) / candidates[:, 1:].size
    np.testing.assert_allclose(drawn[4:7], np.array([27, 8, 1]) / 36, atol=0.01)
    assert drawn[[0, 1, 2, 3, 7, 8]].sum() == 0


def test_frequent_words_are_subsampled():
    text = [[4, 5, 5, 5, 5, 5, 5, 5, 5, 5]] * 2000  # f(5) = 0.9: sqrt(0.1 / 0.9) = 1/3 are kept
    (_, candidates), _ = word2vec_examples(text, 6, "cbow", window=9, subsampling=0.1, seed=2)
    kept = np.bincount(candidates[:, 0], minlength=6)
    assert kept[5] / 18000 == pytest.approx(1 / 3, abs=0.02)
    assert kept[4] / 2000 == pytest.approx(1 - (2 / 3) ** 9, abs=0.02)  # alone it is no example


def test_same_seed_same_examples():
    def draw(seed):
        (read, candidates), _ = word2vec_examples(SENTENCES, 13, seed=seed, subsampling=1)
        return read.tolist(), candidates.tolist()

    assert draw(3) == draw(3) != draw(4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"architecture": "glove"}, r"one of \('skip_gram', 'cbow'\), got 'glove'"),
        ({"negatives": 0}, "negatives must be at least 1 .* got 0 and"),
        ({"subsampling": 0}, "subsampling positive, got 5 and 0"),
        ({"window": 0}, "window must be at least 1, got 0"),
    ],
)
def test_options_that_cannot_be(options, message):
    with pytest.raises(ValueError, match=message):
        word2vec_examples(SENTENCES, 13, **options)


@pytest.mark.parametrize("sentences", [[], [[]], [[5], [6]], [[1, 1], [5, 1]]])
@pytest.mark.parametrize("architecture", ["skip_gram", "cbow"])
def test_no_two_words_beside_each_other(sentences, architecture):
    with pytest.raises(ValueError, match="no two known words stand beside each other"):
        word2vec_examples(sentences, 13, architecture)


def test_model_and_loss_are_the_equations():
    model = Word2Vec(13, 4)
    read = np.array([[5, 0, 7], [0, 9, 0]])
    candidates = np.array([[6, 10, 10], [8, 4, 9]])
    logits = keras.ops.convert_to_numpy(model((read, candidates)))
    (E,), (C,) = model.embedding.get_weights(), model.context_embedding.get_weights()
    h = [(E[5] + E[7]) / 2, E[9]]
    expected = [[h[row] @ C[v] for v in candidates[row]] for row in range(2)]
    np.testing.assert_allclose(logits, expected, rtol=1e-5, atol=1e-7)

    def sigma(a):
        return 1 / (1 + np.exp(-a))

    big = np.array([[3.0, -2.0, 0.5], [-1.0, 4.0, 0.0]])
    labels = np.array([[1.0, 0, 0], [1, 0, 0]])
    by_hand = [-np.log(sigma(a)) - np.log(sigma(-b)) - np.log(sigma(-c)) for a, b, c in big]
    assert float(NegativeSampling()(labels, big)) == pytest.approx(np.mean(by_hand), rel=1e-5)


def test_padding_is_not_read():
    model = Word2Vec(9, 3)
    candidates = np.array([[4, 5]])
    one, other = (model((np.array([row]), candidates)) for row in ([6, 7], [0, 6, 0, 0, 7]))
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(one), keras.ops.convert_to_numpy(other), rtol=1e-6
    )


def test_nothing_read_says_nothing():
    logits = Word2Vec(9, 3)((np.array([[0, 0]]), np.array([[4, 5]])))
    assert keras.ops.convert_to_numpy(logits).tolist() == [[0, 0]]


def test_word_vectors_are_those_of_the_ordinary_tokens():
    vocabulary = Vocabulary(["a", "b"])
    model = Word2Vec(len(vocabulary), 3)
    model((np.array([[4]]), np.array([[5]])))
    (E,), (C,) = model.embedding.get_weights(), model.context_embedding.get_weights()
    vectors = model.word_vectors(vocabulary)
    assert vectors.words == ("a", "b")
    assert np.array_equal(vectors["b"], E[5])
    assert np.array_equal(model.word_vectors(vocabulary, add_contexts=True)["a"], E[4] + C[4])


def test_seeds_make_weights():
    def weights(seed):
        model = Word2Vec(9, 3, seed=seed)
        model((np.array([[4]]), np.array([[5]])))
        return [weight.tolist() for weight in model.get_weights()]

    assert weights(1) == weights(1) != weights(2)
    assert weights(1)[0] != weights(1)[1]


def test_saved_and_loaded(tmp_path):
    model = Word2Vec(9, 3, seed=5)
    model.compile("sgd", loss=NegativeSampling())
    inputs = np.array([[4, 0], [5, 6]]), np.array([[7, 8], [8, 7]])
    expected = keras.ops.convert_to_numpy(model(inputs))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(loaded(inputs)), expected)
    assert isinstance(loaded.loss, NegativeSampling)
    assert loaded.seed == 5


@pytest.mark.trains
@pytest.mark.parametrize("architecture", ["skip_gram", "cbow"])
def test_words_in_the_same_places_become_neighbours(architecture, capsys):
    """Two groups of words, each with company of its own."""
    generator = np.random.default_rng(0)
    groups = [(["red", "green", "blue"], "paint wall"), (["one", "two", "three"], "count to")]
    corpus = []
    for _ in range(1000):
        words, company = groups[generator.integers(2)]
        corpus.append([*company.split(), words[generator.integers(3)]])
    vocabulary = Vocabulary.learn(corpus)
    model = train_word2vec(
        corpus,
        vocabulary,
        architecture,
        dimension=8,
        subsampling=1,
        epochs=10,
        batch_size=64,
        progress=True,
    )
    vectors = model.word_vectors(vocabulary)
    for words, _ in groups:
        for word in words:
            assert {near for near, _ in vectors.neighbours(word, 2)} == {*words} - {word}
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 10
    losses = [float(line.split()[4]) for line in printed]
    assert losses[-1] < 0.8 * losses[0]


def test_a_corpus_smaller_than_a_batch_and_words_unknown():
    vocabulary = Vocabulary(["a", "b"])
    model = train_word2vec(
        [["a", "x", "b"], []], vocabulary, dimension=2, subsampling=1, epochs=2, batch_size=999
    )
    assert np.isfinite(model.word_vectors(vocabulary).matrix).all()


def test_vectors_are_learnt_once_and_then_read(tmp_path):
    corpus = [["a", "cat"], ["a", "dog"]] * 20
    vocabulary = Vocabulary.learn(corpus)
    options = {"dimension": 2, "subsampling": 1}
    path = tmp_path / "folder" / "pets.vec"
    learnt = learn_once(path, corpus, vocabulary, **options)
    expected = train_word2vec(corpus, vocabulary, **options).word_vectors(vocabulary)
    assert learnt.words == ("a", "cat", "dog")
    np.testing.assert_allclose(learnt.matrix, expected.matrix, rtol=1e-5)
    assert [file.name for file in path.parent.iterdir()] == ["pets.vec"]
    path.write_text("1 2\nmine 1 2\n", "utf-8")
    assert learn_once(path, corpus, vocabulary, **options).words == ("mine",)


def test_what_cannot_be_learnt_leaves_no_file_and_a_broken_one_is_named(tmp_path):
    path = tmp_path / "pets.vec"
    with pytest.raises(ValueError, match="no two known words"):
        learn_once(path, [["alone"]], Vocabulary(["alone"]))
    assert not path.exists()
    path.write_text("2 2\na 1 2\n", "utf-8")
    with pytest.raises(VectorsError, match=r"pets\.vec: its first line announces 2 words, 1 are"):
        learn_once(path, [["a", "b"]], Vocabulary(["a", "b"]))


def test_learn_once_refuses_before_it_learns(tmp_path, monkeypatch):
    monkeypatch.setattr("rnn_course.text.word2vec.train_word2vec", None)
    with pytest.raises(VectorsError, match="cannot stand in a text file"):
        learn_once(tmp_path / "v.vec", [["a", "b "]], Vocabulary(["a", "b "]))
