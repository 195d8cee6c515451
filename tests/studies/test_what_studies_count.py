"""What studies count: slips, wrong tokens, letters left out, joined reviews, hidden words."""

from types import SimpleNamespace

import numpy as np
import pytest

from rnn_course import corpora
from rnn_course.studies import (
    after_a_slip,
    correct_or_own,
    pooling_on_reviews,
    tagging,
    which_letters,
    why_crf_on_agreement,
)
from rnn_course.text import Vocabulary
from rnn_course.tokens import BEGIN


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("the boy laughs .", []),
        ("the boys laughs .", [2]),  # the wrong number
        ("the boy boy laughs .", [2]),  # a word too many
        ("she grew up in France speaks fluent French .", [5]),  # a word too few
        ("the boys laughs near the keys .", [2, 5, 6]),  # nobody laughs near keys here
        ("the boy", [2]),  # where it must not end
    ],
)
def test_a_slip_is_what_the_grammar_cannot_go_on_with(sentence, expected):
    found = after_a_slip.slips(sentence.split())
    assert len(found) == len(sentence.split()) + 1
    assert np.flatnonzero(found).tolist() == expected


def test_sentences_of_the_corpus_have_no_slip():
    for sentence in corpora.load("agreement", sentences=100).train[:40]:
        assert not any(after_a_slip.slips(sentence.tokens)), sentence.tokens


def test_slips_before_and_after_the_first():
    found = after_a_slip.before_and_after([[False, True, False, True], [False] * 3, [True, True]])
    assert found == {
        "slips before": 2 / 6,
        "slips after": 2 / 3,
        "slips at these places, none before": pytest.approx(1 / 2 / 3),  # places 1, 2, 3
        "without a slip": 1 / 3,
    }
    assert np.isnan(after_a_slip.before_and_after([[False, True]])["slips after"])


def test_wrong_tokens_before_and_after_the_first():
    right = [[5, 6, 7, 8], [5, 6]]
    assert correct_or_own.errors(right, right)["wrong before"] == 0
    assert np.isnan(correct_or_own.errors(right, right)["wrong after"])
    found = correct_or_own.errors([[5, 9, 7, 8], [5, 6]], right)
    assert found == {"wrong before": 1 / 5, "wrong after": 0}
    left_out = correct_or_own.errors([[5, 7, 8], [5, 6]], right)  # 6: the rest is right
    assert left_out["wrong after"] == 0
    assert correct_or_own.errors([[9, 9, 9, 9]], right[:1])["wrong after"] == 3 / 4


def test_five_sentences_of_one_label_are_joined():
    labels = np.array([0] * 6 + [1] * 7)
    rows = [[number] * 2 for number in range(len(labels))]
    long = pooling_on_reviews.joined(rows, labels)
    assert len(long) == len(rows)
    for number, row in enumerate(long):
        assert len(row) == 10
        assert number in row
        assert {labels[token] for token in row} == {labels[number]}


def test_hidden_words_are_hidden_in_embedded_corpora_alone():
    sentences = corpora.load("agreement", sentences=2000).train
    hidden = tagging.with_hidden_words(sentences)
    shares = np.concatenate([np.array(s.tokens) == tagging.HIDDEN for s in hidden])
    assert shares.mean() == pytest.approx((1 - 1 / 11) / 7, abs=0.02)
    assert [s.tags for s in hidden] == [s.tags for s in sentences]
    assert all(s.tokens[-1] == "." for s in hidden)


def test_neighbours_are_those_of_the_training_sentences():
    tags = Vocabulary(["DET", "NOUN", "VERB"])
    det, noun, verb = tags.encode(["DET", "NOUN", "VERB"])
    may = why_crf_on_agreement.neighbours([SimpleNamespace(tags=["DET", "NOUN", "VERB"])], tags)
    assert set(zip(*np.nonzero(may), strict=True)) == {(BEGIN, det), (det, noun), (noun, verb)}


class CountsBack:
    """A "model" of two letters that is sure of what it read three letters ago, or of letter 0."""

    def predict(self, x, **_):
        logits = np.zeros((*x.shape, 2), "float32")
        before = np.concatenate([np.zeros((len(x), 2), x.dtype), x[:, :-2]], axis=1)
        np.put_along_axis(logits, before[..., None], 9.0, axis=-1)
        return logits

    def get_weights(self):
        return []


def test_letters_that_matter_are_found_by_taking_them_away():
    ids = np.tile([0, 1, 1], 1000)  # what comes is what was three letters ago
    found = which_letters.scores(CountsBack(), ids)
    assert found["nats per character"] < 0.01
    assert found["only last 2"] > 1 > 0.01 > abs(found["only last 4"])
    assert found["changed 1 back"] == found["changed 4 back"] == pytest.approx(0, abs=1e-3)
    assert found["without 1 back"] > 1
    assert found["without 4 back"] == pytest.approx(0, abs=1e-3)
    assert np.isnan(found["gradient beyond 4"])
