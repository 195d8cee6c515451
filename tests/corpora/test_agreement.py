"""The agreement corpus: what it claims about its sentences must be so."""

import hashlib
import math
from collections import Counter
from itertools import product
from statistics import fmean, stdev

import pytest

from rnn_course import corpora
from rnn_course.corpora import CorpusError, agreement

UPOS = {"ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "NOUN", "PRON", "PROPN", "PUNCT", "VERB"}
OPTIONS = [(0, 0.6), (1, 0.6), (2, 1), (3, 0.55), (3, 0), (5, 0.8)]


@pytest.fixture(scope="module")
def splits():
    return corpora.load("agreement")


@pytest.fixture(scope="module")
def sentences(splits):
    return [sentence for split in splits for sentence in split]


@pytest.fixture(scope="module")
def grammar():
    return agreement.grammar()


def number(word):
    """Singular or plural, by spelling."""
    if word in {"men", "women", "they", "we", "I"}:
        return "plural"
    return "plural" if word.endswith("s") else "singular"


def verb_number(word):
    return {"are": "plural", "were": "plural"}.get(
        word, "singular" if word.endswith("s") else "plural"
    )


def test_load_gives_the_same_sentences_on_every_machine():
    text = [
        [" ".join(s.tokens) for s in split] for split in corpora.load("agreement", sentences=2000)
    ]
    assert hashlib.sha256(repr(text).encode()).hexdigest() == (
        "2fe7db497dd42df4d80e5ec08eedf8341cea48add11bae1cd118cad7f78ea597"
    )


def test_splits_are_disjoint_and_of_the_right_size(splits, sentences):
    texts = [{sentence.tokens for sentence in split} for split in splits]
    assert not texts[0] & texts[1]
    assert not texts[0] & texts[2]
    assert not texts[1] & texts[2]
    assert len(sentences) == 25_000
    for split, share in zip(splits, (0.8, 0.1, 0.1), strict=True):
        assert len(split) / len(sentences) == pytest.approx(share, abs=0.01)


def test_a_sentence_is_in_the_same_split_for_every_seed(splits):
    others = corpora.load("agreement", seed=1)
    assert others.train[:5] != splits.train[:5]
    assert not {s.tokens for s in others.train} & {s.tokens for s in splits.test}


def test_at_least_20000_sentences_are_distinct(sentences):
    assert len({sentence.tokens for sentence in sentences}) >= 20_000


@pytest.mark.parametrize("split", range(3))
def test_each_split_is_a_sample_of_the_grammar(splits, grammar, split):
    information = [-sentence.log_prob for sentence in splits[split]]
    lengths = [len(sentence.tokens) for sentence in splits[split]]
    for values, exact in (
        (information, grammar.entropy()),
        (lengths, grammar.expected_length()),
    ):
        assert abs(fmean(values) - exact) < 4 * stdev(values) / math.sqrt(len(values))


def test_a_probability_worked_out_by_hand(grammar):
    by_hand = math.prod(
        [
            *(0.25, 0.5 * 0.15, 0.6),  # a thing clause, about keys, without an adjective
            *(0.55, 0.8, 0.6, 1 / 14),  # an attractor, a phrase, without an adjective, "door"
            *(0.45, 0.6, 0.5, 0.5, 1 / 6),  # no other, copula, "are", no "very", "heavy"
        ]
    )
    tokens = ["the", "keys", "to", "the", "door", "are", "heavy", "."]
    assert math.exp(grammar.log_prob(tokens)) == pytest.approx(by_hand)


@pytest.mark.parametrize("options", OPTIONS)
def test_log_prob_is_that_of_the_parser_and_there_is_one_derivation(options):
    grammar = agreement.grammar(*options)
    sample = agreement.load(0, 300, *options)
    for sentence in [s for split in sample for s in split]:
        assert grammar.log_prob(sentence.tokens) == pytest.approx(sentence.log_prob)
        assert grammar.derivations(sentence.tokens) == 1


@pytest.mark.parametrize("max_attractors", [0, 3])
def test_no_sentence_at_all_has_two_derivations(max_attractors):
    """Two derivations of a sentence are two sequences of lexical symbols that share a word at each
    position: there are few enough sequences to try them all."""
    grammar = agreement.grammar(max_attractors)

    def sequences(symbol):
        if symbol in grammar.lexicon:
            return [(symbol,)]
        return [
            sum(parts, ())
            for _, right in grammar.rules[symbol]
            for parts in product(*map(sequences, right))
        ]

    def check(rivals, position):
        """No two of these sequences, which share a beginning, share a whole sentence."""
        assert sum(len(sequence) == position for sequence in rivals) <= 1
        by_word = {}
        for sequence in rivals:
            if len(sequence) > position:
                for word in grammar.lexicon[sequence[position]][1]:
                    by_word.setdefault(word, []).append(sequence)
        for group in {tuple(group) for group in by_word.values() if len(group) > 1}:
            check(group, position + 1)

    found = sequences("sentence")
    assert len(found) == len(set(found)) > 250
    check(found, 0)


def test_tags_are_aligned_universal_tags(sentences):
    tags_of = {}
    for sentence in sentences:
        assert len(sentence.tags) == len(sentence.tokens)
        assert sentence.tokens[-1] == "."
        assert sentence.tokens.count(".") == 1
        for token, tag in zip(sentence.tokens, sentence.tags, strict=True):
            tags_of.setdefault(token, set()).add(tag)
    assert set().union(*tags_of.values()) == UPOS
    # A tagger that only looks up words must fail on these.
    assert {word for word, tags in tags_of.items() if len(tags) > 1} == {
        *("cook", "cooks", "guard", "guards", "judge", "judges", "watch", "watches")
    }
    for word, tag in {"the": "DET", "are": "AUX", "French": "PROPN", "himself": "PRON"}.items():
        assert tags_of[word] == {tag}


def test_dependencies_hold(sentences):
    languages = {"France": "French", "Poland": "Polish", "Vietnam": "Vietnamese"}
    for sentence in sentences:
        for kind, source, target, distance, _ in sentence.dependencies:
            first, second = sentence.tokens[source], sentence.tokens[target]
            assert distance == target - source > 0
            if kind == "verb":
                assert sentence.tags[target] in {"VERB", "AUX"}
                assert number(first) == verb_number(second)
            elif kind == "reflexive":
                assert (second == "themselves") == (number(first) == "plural")
                if second == "himself":
                    assert first in {"he", "boy", "king", "man"}
                elif second == "herself":
                    assert first in {"she", "girl", "queen", "woman"}
            else:
                assert kind == "language"
                assert languages.get(first, second) == second
                assert first[:2] == second[:2] or (first, second) == ("Germany", "German")


def test_every_finite_verb_reflexive_and_language_is_in_a_dependency(sentences):
    for sentence in sentences:
        targets = [d.target for d in sentence.dependencies]
        assert targets == sorted(targets)
        expected = [
            position
            for position, (token, tag) in enumerate(zip(*sentence[:2], strict=True))
            if (tag in {"VERB", "AUX"} and token != "grew")
            or token.endswith(("self", "selves"))
            or (tag == "PROPN" and sentence.tokens[position - 1] != "in")
        ]
        assert targets == expected


def test_every_wrong_form_makes_the_sentence_ungrammatical(splits, grammar):
    for sentence in splits.test[:600]:
        for dependency in sentence.dependencies:
            assert (
                len(dependency.wrong) == {"verb": 1, "reflexive": 2, "language": 3}[dependency.kind]
            )
            for form in dependency.wrong:
                tokens = list(sentence.tokens)
                tokens[dependency.target] = form
                assert grammar.log_prob(tokens) == -math.inf, tokens


def test_each_distance_is_frequent_enough_to_be_measured(splits):
    verbs = Counter(d.distance for s in splits.test for d in s.dependencies if d.kind == "verb")
    assert set(verbs) == {1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15}
    assert min(verbs.values()) >= 40


def test_attractors_of_the_other_number_stand_in_between(sentences):
    """The noun before the verb must say nothing about the verb, or a trigram could tell."""
    agree = []
    for sentence in sentences:
        for d in sentence.dependencies:
            between = range(d.source + 1, d.target)
            nouns = [i for i in between if sentence.tags[i] == "NOUN"]
            if d.kind == "verb" and nouns:
                agree.append(
                    number(sentence.tokens[nouns[-1]]) == number(sentence.tokens[d.source])
                )
    assert len(agree) > 10_000
    assert fmean(agree) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("maximum", [0, 1, 2, 5])
def test_options_move_the_distance(maximum):
    sample = corpora.load(
        "agreement", sentences=3000, max_attractors=maximum, attractor_probability=0.8
    )
    longest = {}
    for sentence in [s for split in sample for s in split]:
        for d in sentence.dependencies:
            longest[d.kind] = max(longest.get(d.kind, 0), d.distance)
    assert longest == {
        "verb": 6 + 3 * maximum,  # grew up in France, phrases, and: speaks
        "language": 4 + 3 * maximum,  # phrases, and speaks fluent: French
        "reflexive": 4 + 3 * maximum,  # waits, phrases, and admires: herself
    }


def test_attractor_probability_is_how_often_another_one_follows():
    none = agreement.grammar(max_attractors=3, attractor_probability=0)
    assert none.entropy() == pytest.approx(agreement.grammar(max_attractors=0).entropy())
    always = corpora.load("agreement", sentences=500, attractor_probability=1)
    for sentence in [s for split in always for s in split if "grew" in s.tokens]:
        (language,) = [d for d in sentence.dependencies if d.kind == "language"]
        assert language.distance == 13


def test_what_is_no_sentence_has_no_probability(grammar):
    assert grammar.log_prob([]) == -math.inf
    assert grammar.log_prob(["unknown"]) == -math.inf
    for text in (
        "the keys are heavy",
        "the keys are heavy . .",
        "keys are heavy .",
        "the keys laugh .",
        "he grew up in France and speaks fluent Polish .",
        "she admires himself .",
    ):
        assert grammar.log_prob(text.split()) == -math.inf, text


def test_one_sentence_is_enough():
    assert sorted(map(len, corpora.load("agreement", sentences=1))) == [0, 0, 1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sentences": 0}, "sentences must be a positive integer, not 0"),
        ({"sentences": 10.5}, "sentences must be a positive integer, not 10.5"),
        ({"seed": "0"}, "seed must be an integer, not '0'"),
        ({"max_attractors": -1}, "max_attractors must be an integer from 0 to 10, not -1"),
        ({"max_attractors": 11}, "from 0 to 10, not 11"),
        ({"max_attractors": 1.0}, "from 0 to 10, not 1.0"),
        ({"attractor_probability": 1.5}, "attractor_probability must be .* 0 to 1, not 1.5"),
        ({"attractor_probability": "high"}, "not 'high'"),
        ({"attractor_probability": math.nan}, "not nan"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(CorpusError, match=f"agreement: .*{message}"):
        corpora.load("agreement", **options)
