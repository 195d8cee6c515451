"""Scores of translations and alignments, beside counts by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_course.metrics import (
    alignment_error_rate,
    best_links,
    bleu,
    chrf,
)


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


@pytest.mark.parametrize(
    ("text", "tokeniser"),
    [
        ("他来了。我走了！", "zh"),
        ("彼は行くと言った。", "char"),
        ("สวัสดีครับ", "char"),
        ("그는 왔다.", "13a"),
        ("He knows the word 水.", "13a"),
    ],
)
def test_bleu_picks_the_tokeniser_where_characters_are_words(text, tokeniser):
    score, signature = bleu([text], [text])
    assert score == pytest.approx(100) or tokeniser == "13a"
    assert f"|tok:{tokeniser}|" in signature
    assert "|tok:13a|" in bleu([text], [[text]], tokenize="13a").signature


def test_an_unknown_tokeniser_is_refused():
    with pytest.raises(ValueError, match=r"tokenize must be one of 'none', 'zh', .* got 'xyz'"):
        bleu(["a"], ["a"], tokenize="xyz")
