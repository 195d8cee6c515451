"""A synchronous grammar on examples small enough to work out by hand."""

from collections import Counter
from random import Random

import pytest

from rnn_course.corpora import CorpusError
from rnn_course.corpora.embedded.synchronous import Aligned, SynchronousGrammar

RULES = {
    "a.sentence": [(3, "I=ich a.verb", "I=ich a.verb"), (1, "a.verb", "a.verb")],
    "a.verb": [
        (1, "do= not=nicht call a.thing", "rufe a.thing not=nicht an"),
        (1, "sleep", "schlafe =!"),
    ],
    "a.thing": [(1, "the_doctor", "ihn"), (1, "", "alle")],
}


@pytest.fixture
def grammar():
    return SynchronousGrammar(RULES, "a.sentence")


def test_symbols_change_places_and_words_of_a_rule_are_aligned(grammar):
    assert grammar.translate("I do not call the doctor".split()) == [
        Aligned(
            ("I", "do", "not", "call", "the", "doctor"),
            ("ich", "rufe", "ihn", "nicht", "an"),
            ((0, 0), (2, 3), (3, 1), (3, 4), (4, 2), (5, 2)),
        )
    ]


def test_a_side_may_be_silent(grammar):
    assert grammar.translate(["sleep"]) == [(("sleep",), ("schlafe", "!"), ((0, 0),))]
    (call,) = grammar.translate("do not call".split())
    assert call.target == ("rufe", "alle", "nicht", "an")
    assert call.alignment == ((1, 2), (2, 0), (2, 3))


def test_outside_the_language_there_is_no_translation(grammar):
    for text in ("", "I", "I sleep I", "I do not call the", "unknown"):
        assert grammar.translate(text.split()) == []


def test_a_string_is_no_list_of_tokens(grammar):
    with pytest.raises(CorpusError, match="give a list of tokens, not the string 'I sleep'"):
        grammar.translate("I sleep")


def test_every_translation_is_found():
    rules = {"a.b": [(1, "bank", "Bank"), (1, "bank", "Ufer"), (1, "c.d", "c.d")]}
    grammar = SynchronousGrammar(rules | {"c.d": [(1, "bank", "Bank")]}, "a.b")
    assert {found.target for found in grammar.translate(["bank"])} == {("Bank",), ("Ufer",)}
    assert len(grammar.translate(["bank"])) == 2, "the same result is given once"


def test_samples_follow_the_weights_and_can_be_translated_back(grammar):
    random = Random(0)
    counts = Counter(grammar.sample(random) for _ in range(4000))
    for sentence, count in counts.items():
        assert grammar.translate(sentence.source) == [sentence]
        by_hand = (0.75 if sentence.source[0] == "I" else 0.25) * 0.5
        if "not" in sentence.source:
            by_hand *= 0.5
        assert count / 4000 == pytest.approx(by_hand, abs=0.03)
    assert len(counts) == 6


def test_the_vocabularies_of_both_sides(grammar):
    assert grammar.vocabulary(0) == ["I", "call", "do", "doctor", "not", "sleep", "the"]
    assert grammar.vocabulary(1) == ["!", "alle", "an", "ich", "ihn", "nicht", "rufe", "schlafe"]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"a.b": [(1, "c.d", "c.d")]}, "symbol 'c.d' has no rules"),
        ({"c.d": [(1, "x", "y")]}, "symbol 'a.b' has no rules"),
        ({"a.b": [(0, "x", "y")]}, "the weights of symbol 'a.b' must be positive"),
        ({"a.b": [(2, "x", "y"), (-1, "x", "z")]}, "the weights of symbol 'a.b' must be positive"),
        ({"a.b": [(1, "a.b", "a.b")]}, "the grammar is recursive .a.b -> a.b.: bound the rec"),
        ({"a.b": [(1, "c.d c.d", "c.d")]}, "'c.d', used by 'a.b', must stand once on each side"),
        ({"a.b": [(1, "x=y", "z")]}, "'x=y', used by 'a.b', must stand once on each side"),
        ({"a.b": [(1, "x=", "x=")]}, "'x=', used by 'a.b', must stand"),
    ],
)
def test_bad_grammars_are_refused(rules, message):
    with pytest.raises(CorpusError, match=message):
        SynchronousGrammar(rules, "a.b")
