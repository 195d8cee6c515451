"""The grammar engine, against enumeration by brute force and numbers worked out by hand."""

import math
from itertools import product
from random import Random

import pytest

from rnn_course.corpora import CorpusError
from rnn_course.corpora.embedded.grammar import Grammar

RULES = {
    "sentence": [(0.5, "noun verb"), (0.25, "verb noun_phrase"), (0.25, "noun_phrase verb manner")],
    "noun_phrase": [(0.4, "determiner noun"), (0.6, "noun")],
    "manner": [(0.9, ""), (0.1, "adverb")],
}
LEXICON = {
    "determiner": ("DET", "the a"),
    "noun": ("NOUN", "cook guard"),
    "verb": ("VERB", "cook sing run"),
    "adverb": ("ADV", "here"),
}


@pytest.fixture
def grammar():
    return Grammar(RULES, LEXICON, start="sentence")


def derivations(symbol):
    """All (tokens, probability) that a symbol of the tiny grammar derives, one a derivation."""
    if symbol in LEXICON:
        words = LEXICON[symbol][1].split()
        return [((word,), 1 / len(words)) for word in words]
    found = []
    for p, right in RULES[symbol]:
        for parts in product(*map(derivations, right.split())):
            tokens = sum((tokens for tokens, _ in parts), ())
            found.append((tokens, p * math.prod(q for _, q in parts)))
    return found


def language():
    """Each sentence of the tiny grammar with all its derivations' probabilities."""
    sentences = {}
    for tokens, p in derivations("sentence"):
        sentences.setdefault(tokens, []).append(p)
    return sentences


def test_probabilities_and_derivations_equal_enumeration(grammar):
    sentences = language()
    assert any(len(ps) > 1 for ps in sentences.values())  # "guard sing" is ambiguous on purpose
    for tokens, ps in sentences.items():
        assert math.exp(grammar.log_prob(tokens)) == pytest.approx(sum(ps))
        assert grammar.derivations(tokens) == len(ps)
    assert math.fsum(math.exp(grammar.log_prob(s)) for s in sentences) == pytest.approx(1)


def test_prefix_probabilities_equal_enumeration(grammar):
    sentences = language()
    prefixes = {tokens[:end] for tokens in sentences for end in range(len(tokens) + 1)}
    for prefix in prefixes:
        expected = sum(sum(ps) for s, ps in sentences.items() if s[: len(prefix)] == prefix)
        assert math.exp(grammar.prefix_log_prob(prefix)) == pytest.approx(expected)
    assert grammar.prefix_log_prob(["the", "sing"]) == -math.inf
    assert grammar.prefix_log_prob(["unknown"]) == -math.inf


def test_every_other_sequence_is_outside_the_language(grammar):
    sentences = language()
    words = [*grammar.vocabulary(), "unknown"]
    for length in range(5):
        for tokens in product(words, repeat=length):
            if tokens not in sentences:
                assert grammar.log_prob(tokens) == -math.inf
                assert grammar.derivations(tokens) == 0


def test_entropy_and_length_equal_enumeration(grammar):
    found = derivations("sentence")
    assert grammar.entropy() == pytest.approx(-sum(p * math.log(p) for _, p in found))
    assert grammar.expected_length() == pytest.approx(sum(p * len(tokens) for tokens, p in found))


def test_samples_have_the_distribution_that_log_prob_states(grammar):
    random, draws = Random(0), 20_000
    counts = {}
    for _ in range(draws):
        derivation = grammar.sample(random)
        counts[derivation.tokens] = counts.get(derivation.tokens, 0) + 1
        for word, tag, symbol in zip(*derivation[:3], strict=True):
            assert tag == LEXICON[symbol][0]
            assert word in LEXICON[symbol][1].split()
    expected = {tokens: draws * sum(ps) for tokens, ps in language().items()}
    assert set(counts) == set(expected)
    chi_square = sum((counts[s] - e) ** 2 / e for s, e in expected.items())
    freedom = len(expected) - 1
    assert abs(chi_square - freedom) < 4 * math.sqrt(2 * freedom)


def test_a_derivation_reports_its_own_probability():
    grammar = Grammar({"s": [(0.2, "a b"), (0.8, "b")]}, {"a": ("A", "x"), "b": ("B", "y z")}, "s")
    random = Random(1)
    for _ in range(20):
        derivation = grammar.sample(random)
        by_hand = 0.1 if len(derivation.tokens) == 2 else 0.4
        assert math.exp(derivation.log_prob) == pytest.approx(by_hand)


def test_the_empty_sentence_can_be_derived():
    grammar = Grammar({"s": [(0.5, ""), (0.5, "w")]}, {"w": ("X", "w")}, "s")
    assert grammar.log_prob([]) == pytest.approx(math.log(0.5))
    assert {grammar.sample(Random(seed)).tokens for seed in range(20)} == {(), ("w",)}


def test_a_lexical_symbol_can_be_the_start():
    grammar = Grammar({}, {"noun": ("NOUN", "cats dogs")}, "noun")
    assert grammar.log_prob(["dogs"]) == pytest.approx(-math.log(2))
    assert grammar.entropy() == pytest.approx(math.log(2))


def test_expansions_of_probability_zero_are_dropped():
    grammar = Grammar({"s": [(0, "w w"), (1, "w")]}, {"w": ("X", "w")}, "s")
    assert grammar.log_prob(["w", "w"]) == -math.inf
    assert grammar.entropy() == 0


def test_a_string_is_not_taken_for_its_letters(grammar):
    with pytest.raises(CorpusError, match="not the string 'cook sing': split it"):
        grammar.log_prob("cook sing")


@pytest.mark.parametrize(
    ("rules", "lexicon", "message"),
    [
        ({"s": [(0.5, "w")]}, {"w": ("X", "w")}, r"'s' are \[0.5\]: .* sum to one"),
        ({"s": [(1.5, "w"), (-0.5, "w w")]}, {"w": ("X", "w")}, "must be positive"),
        ({"s": []}, {"w": ("X", "w")}, "sum to one"),
        ({"s": [(1, "w v")]}, {"w": ("X", "w")}, "'v', used by 's', has neither"),
        ({"s": [(1, "w")]}, {"w": ("X", "")}, "'w' must have words"),
        ({"s": [(1, "w")]}, {"w": ("X", "a b a")}, "each listed once"),
        ({"s": [(1, "w")], "w": [(1, "s")]}, {"w": ("X", "w")}, "'w' has both rules and words"),
        ({"t": [(1, "w")]}, {"w": ("X", "w")}, "start symbol 's' has neither"),
        (
            {"s": [(1, "np")], "np": [(0.5, "w pp"), (0.5, "w")], "pp": [(1, "w np")]},
            {"w": ("X", "w")},
            r"recursive \((np -> pp -> np|pp -> np -> pp)\): bound the recursion",
        ),
    ],
)
def test_a_grammar_that_is_none_is_refused(rules, lexicon, message):
    with pytest.raises(CorpusError, match=message):
        Grammar(rules, lexicon, "s")
