"""Answers for many rows: in groups of bounded size, the same as for each row alone."""

import numpy as np
import pytest
from keras import ops

from rnn_course.models import (
    EncoderDecoder,
    LanguageModel,
    SequenceClassifier,
    SequenceTagger,
    language_model,
    predicting,
)
from rnn_course.models.predicting import LETTERS
from rnn_course.text import BEGIN, END, pad
from rnn_course.text.padding import TOKENS

SIZE = 12


def sentences(*lengths, seed=0):
    generator = np.random.default_rng(seed)
    return [generator.integers(4, SIZE, length).tolist() for length in lengths]


ROWS = sentences(3, 0, 40, 1, 7, 2, 7, 1)


def letters(rows):
    """For each word the ids of characters, from none to seven of them."""
    return [[[4 + token % 3] * (token % 8) for token in row] for row in rows]


def network(kind, *arguments, inputs=(None, None), **options):
    model = kind(*arguments, embedding_dim=5, units=6, **options)
    model.build(inputs)
    generator = np.random.default_rng(1)
    for weight in model.trainable_variables:
        weight.assign(generator.normal(0, 0.6, weight.shape))
    return model


def tagger(**options):
    options |= dict(characters="cnn", character_vocabulary_size=9, character_units=3)
    return network(SequenceTagger, SIZE, 7, inputs=[(None,) * 2, (None,) * 3], **options)


def language():
    return network(LanguageModel, SIZE)


def translator():
    return network(EncoderDecoder, SIZE, 9, inputs=[(None, None)] * 2)


def spelled(model):
    return lambda rows, **options: model.predict_tags(rows, letters(rows), **options)


def with_options(method, **given):
    return lambda rows, **options: method(rows, **given, **options)


def ranked(model):
    return lambda rows, **options: [
        [hypothesis.tokens for hypothesis in found]
        for found in model.search(rows, max_length=4, **options)
    ]


ANSWERS = {
    "log_probs": lambda: language().log_probs,
    "token_log_probs": lambda: network(LanguageModel, SIZE, layers=2).token_log_probs,
    "next_log_probs": lambda: language().next_log_probs,
    "probabilities": lambda: network(SequenceClassifier, SIZE, 3).probabilities,
    "probabilities, last": lambda: (
        network(SequenceClassifier, SIZE, 3, bidirectional=False, pooling="last").probabilities
    ),
    "attention_weights": lambda: network(SequenceClassifier, SIZE, 2).attention_weights,
    "predict_tags": lambda: spelled(tagger()),
    "predict_tags, crf": lambda: network(SequenceTagger, SIZE, 7, output="crf").predict_tags,
    "translate": lambda: translator().translate,
    "translate, beam": lambda: with_options(translator().translate, beam=3, max_length=6),
    "generate": lambda: with_options(language().generate, max_length=6, seed=3),
    "search": lambda: ranked(language()),
}


def assert_same(found, expected):
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.fixture
def shapes(monkeypatch):
    """The shapes of the arrays of each group that a program was given."""
    seen, run = [], predicting.run

    def noted(program, arrays):
        seen.append({name: np.shape(array) for name, array in arrays.items()})
        return run(program, arrays)

    monkeypatch.setattr(predicting, "run", noted)
    monkeypatch.setattr("rnn_course.models.decoding.run", noted)
    return seen


@pytest.mark.parametrize("kind", ANSWERS)
def test_how_rows_are_grouped_changes_no_answer(kind, monkeypatch):
    answer = ANSWERS[kind]()
    together = answer(ROWS)
    assert_same(answer(ROWS, batch_size=3), together)
    if kind != "generate":  # whose numbers are drawn for one prompt after the other
        assert_same(answer(ROWS[::-1]), together[::-1])
        assert_same([answer([row])[0] for row in ROWS[:5]], together[:5])


@pytest.mark.parametrize("kind", ANSWERS)
def test_lengths_may_be_filled_up(kind, monkeypatch):
    answer = ANSWERS[kind]()
    expected, run = answer(ROWS), predicting.run

    def filled_up(program, arrays):
        arrays = {
            name: np.pad(array, [(0, 0), *[(0, 5)] * (array.ndim - 1)])
            if name in ("tokens", "targets", "words", "characters", "inputs") and array.ndim > 1
            else array
            for name, array in arrays.items()
        }
        return run(program, arrays)

    monkeypatch.setattr(predicting, "run", filled_up)
    monkeypatch.setattr("rnn_course.models.decoding.run", filled_up)
    assert_same(answer(ROWS), expected)


@pytest.mark.parametrize("kind", ANSWERS)
def test_nothing_asked_nothing_answered(kind):
    if kind in ("generate", "search"):
        with pytest.raises(ValueError, match="at least one prompt"):
            ANSWERS[kind]()([])
    else:
        assert len(ANSWERS[kind]()([])) == 0


@pytest.mark.parametrize("kind", ["log_probs", "probabilities", "predict_tags, crf"])
def test_a_long_sentence_goes_alone_and_short_ones_together(kind, shapes):
    rows = sentences(*[9] * 40, 700, *[12] * 23)
    ANSWERS[kind]()(rows)
    more = kind == "log_probs"  # begin and end
    found = [next(iter(each.values())) for each in shapes]
    assert found == [(63, 12 + more), (1, 700 + more)]


def test_groups_are_bounded_by_tokens(shapes):
    rows = sentences(*[500] * 40)
    network(SequenceClassifier, SIZE, 2).probabilities(rows)
    per_group = TOKENS // 512  # lengths are counted filled up
    assert [each["tokens"] for each in shapes] == [(per_group, 500), (40 - per_group, 500)]


def test_a_long_word_counts_as_several(shapes):
    rows = sentences(*[20] * 100)
    spelled = [[[5] * 3] * 20 for _ in rows]
    model = tagger()
    model.predict_tags(rows, spelled, batch_size=100)
    assert [each["characters"] for each in shapes] == [(100, 20, 3)]
    shapes.clear()
    spelled[7] = [[5] * 400, *[[5] * 3] * 19]
    model.predict_tags(rows, spelled, batch_size=100)
    assert [each["characters"] for each in shapes] == [(99, 20, 3), (1, 20, 400)]
    assert 20 * 400 * 100 / LETTERS > TOKENS


def test_the_potentials_of_a_crf_are_bounded(shapes):
    model = SequenceTagger(SIZE, 200, embedding_dim=2, units=2, output="crf")
    model.predict_tags(sentences(*[40] * 64))
    assert [each["words"] for each in shapes] == [(10, 40)] * 6 + [(4, 40)]


def test_hypotheses_of_a_beam_count_as_rows(shapes):
    model = network(LanguageModel, SIZE)
    model.search([[]] * 700, max_length=1, beam=4)
    assert [each["forced"] for each in shapes] == [(512, 1), (188, 1)]


def test_a_translation_may_be_as_long_as_its_own_source_allows():
    model = network(EncoderDecoder, SIZE, 9, inputs=[(None, None)] * 2)
    model.read_out.bias.assign(np.where(np.arange(9) == END, -99, 0))  # never ends by itself
    found = model.translate(sentences(1, 5, 30))
    assert [len(tokens) for tokens in found] == [12, 20, 70]


@pytest.mark.parametrize("numbers", [12, 40, 100, 10**6])
def test_log_probs_piece_by_piece(numbers, monkeypatch):
    """Of one position at once up to all of them, against the logits of the model."""
    monkeypatch.setattr(language_model, "LOGITS", numbers)
    model = network(LanguageModel, SIZE)
    for row, found in zip(ROWS, model.token_log_probs(ROWS), strict=True):
        logits = ops.convert_to_numpy(model(pad([[BEGIN, *row]])))[0].astype("float64")
        expected = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
        np.testing.assert_allclose(found, expected[np.arange(len(row) + 1), [*row, END]], atol=1e-5)
    assert model.log_prob(ROWS[0]) == pytest.approx(model.token_log_probs(ROWS)[0].sum(), abs=1e-5)


def test_answers_are_those_of_the_weights_as_they_are():
    model = network(LanguageModel, SIZE)
    before = model.log_probs(ROWS)
    model.read_out.bias.assign(np.arange(SIZE))
    assert (model.log_probs(ROWS) != before).all()
    assert len(model.predictor.programs) == 1


def test_a_model_that_was_never_called_answers():
    model = LanguageModel(SIZE, embedding_dim=3, units=4)
    assert model.log_prob([5, 6]) < 0
    assert EncoderDecoder(SIZE, 9, embedding_dim=3, units=4).translate([[5]], max_length=0) == [[]]


@pytest.mark.parametrize("kind", ["log_probs", "probabilities", "predict_tags", "translate"])
def test_batch_size_must_be_positive(kind):
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        ANSWERS[kind]()(ROWS, batch_size=0)
