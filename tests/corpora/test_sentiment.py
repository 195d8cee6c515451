"""The sentiment corpus: its labels follow from the words by rules, but not from a bag of them."""

import hashlib
import math
from collections import Counter

import numpy as np
import pytest

from rnn_course import corpora
from rnn_course.corpora import CorpusError, sentiment
from rnn_course.corpora.embedded import sentiment_grammar

GOOD = set(
    "gripping clever original moving convincing charming likeable funny beautiful elegant lively "
    "imaginative tasty appetising good memorable friendly polite helpful attentive cosy pretty "
    "clean inviting spacious bright".split()
)
BAD = set(
    "tedious silly predictable dull wooden irritating annoying boring ugly clumsy monotonous banal "
    "bland nasty bad forgettable rude arrogant grumpy careless gloomy shabby dirty depressing "
    "cramped".split()
)
NEGATORS = {"not", "never", "hardly", "far", "from", "anything", "nothing", "nobody"}


@pytest.fixture(scope="module")
def splits():
    return corpora.load("sentiment")


@pytest.fixture(scope="module")
def reviews(splits):
    return [review for split in splits for review in split]


def deciding_clause(tokens):
    """The positions of the clause that counts, by the rules of English, not by the grammar."""
    opinions = [i for i, token in enumerate(tokens) if token in GOOD | BAD]
    begin = max([i + 1 for i in range(opinions[0]) if tokens[i] == "."], default=0)
    end = tokens.index(".", opinions[-1])
    if "," not in tokens:
        return range(begin, end)
    comma = tokens.index(",")
    if tokens[comma + 1] == "although":
        return range(begin, comma)
    if tokens[begin] == "although":
        return range(comma + 1, end)
    assert tokens[comma + 1] in ("but", "yet")
    return range(comma + 2, end)


def judge(tokens):
    """Label and rationale by those rules."""
    clause = deciding_clause(tokens)
    negators = [i for i in clause if tokens[i] in NEGATORS | {"but"}]
    (opinion,) = [i for i in clause if tokens[i] in GOOD | BAD]
    praises = (tokens[opinion] in GOOD) != bool(negators)
    return "positive" if praises else "negative", tuple(sorted([*negators, opinion]))


def test_load_gives_the_same_reviews_on_every_machine():
    reviews = [[tuple(r) for r in split] for split in corpora.load("sentiment", examples=2000)]
    assert hashlib.sha256(repr(reviews).encode()).hexdigest() == (
        "1608395fa93931b64079ca6bb1a82e4e87c5a4676c424f62ccd7cbe9e0a76d71"
    )


def test_splits_are_disjoint_and_of_the_right_size(splits, reviews):
    texts = [{review.tokens for review in split} for split in splits]
    assert not texts[0] & texts[1]
    assert not texts[0] & texts[2]
    assert not texts[1] & texts[2]
    assert len(reviews) == 12_000
    assert len(set.union(*texts)) > 11_000
    for split, share in zip(splits, (0.8, 0.1, 0.1), strict=True):
        assert len(split) / len(reviews) == pytest.approx(share, abs=0.01)
        praise = sum(review.label == "positive" for review in split) / len(split)
        assert praise == pytest.approx(0.5, abs=0.05)


def test_a_review_is_in_the_same_split_for_every_seed(splits):
    others = corpora.load("sentiment", seed=1)
    assert others.train[:5] != splits.train[:5]
    assert not {r.tokens for r in others.train} & {r.tokens for r in splits.test}


def test_rules_decide_every_label_and_its_rationale(reviews):
    for review in reviews:
        assert judge(review.tokens) == (review.label, review.rationale), review


def test_every_form_is_frequent_enough_to_be_measured(splits):
    forms = Counter()
    for tokens, _, rationale in splits.test:
        first = tokens[deciding_clause(tokens)[0] - 1]
        forms["two clauses"] += "," in tokens
        forms[f"{first} comes before"] += "," in tokens
        forms["negated"] += len(rationale) > 1
        forms["the first clause decides"] += "although" in tokens[rationale[-1] :]
    assert forms["two clauses"] / len(splits.test) == pytest.approx(0.6, abs=0.04)
    assert forms["negated"] / len(splits.test) == pytest.approx(0.3, abs=0.04)
    for form in ("but comes before", "yet comes before", "the first clause decides"):
        assert forms[form] > 70, form


def test_a_change_in_the_rationale_changes_the_label_and_no_other_does(splits):
    opposite = {}
    for aspects in sentiment_grammar.ASPECTS.values():
        for aspect in aspects.values():
            for good, bad in (pair.split("/") for pair in aspect.opinions.split()):
                opposite |= {good: bad, bad: good}
    assert set(opposite) == GOOD | BAD
    for tokens, label, rationale in splits.test:
        for position, token in enumerate(tokens):
            if token in opposite:
                changed = list(tokens)
                changed[position] = opposite[token]
                assert (judge(changed)[0] != label) == (position in rationale)


def test_without_its_negation_a_review_says_the_opposite(splits):
    negated = [review for review in splits.test if len(review.rationale) > 1]
    for tokens, label, rationale in negated:
        negators = [i for i in rationale if tokens[i] not in GOOD | BAD]
        bare = [token for i, token in enumerate(tokens) if i not in negators]
        assert judge(bare)[0] != label


def mirrored(tokens):
    """A contrast with its clauses exchanged."""
    clause = deciding_clause(tokens)
    opinions = [i for i, token in enumerate(tokens) if token in GOOD | BAD]
    begin = max([i + 1 for i in range(opinions[0]) if tokens[i] == "."], default=0)
    comma, end = tokens.index(","), tokens.index(".", opinions[-1])
    first = range(begin + (tokens[begin] == "although"), comma)
    second = range(comma + 1 + (tokens[comma + 1] in ("but", "yet", "although")), end)
    assert clause in (first, second)
    parts = (
        tokens[: first.start],
        tokens[second.start : end],
        tokens[comma : second.start],
        tokens[first.start : comma],
        tokens[end:],
    )
    return sum(parts, ())


def test_no_bag_of_words_can_tell_a_contrast_from_its_mirror(splits):
    """As likely, of the same words, with the other label: at best every second one is right."""
    grammar = sentiment.grammar()
    contrasts = [review for review in splits.test if "," in review.tokens]
    assert len(contrasts) > 600
    for tokens, label, _ in contrasts[:60]:
        mirror = mirrored(tokens)
        assert sorted(mirror) == sorted(tokens)
        assert judge(mirror)[0] != label
        assert grammar.log_prob(mirror) == pytest.approx(grammar.log_prob(tokens))
        assert grammar.log_prob(tokens) > -math.inf


def bag_of_words_accuracy(splits):
    """Test accuracy of logistic regression on word counts, trained to convergence."""
    words = sorted({token for review in splits.train for token in review.tokens})
    column = {word: i for i, word in enumerate(words)}

    def counts(reviews):
        bags = np.zeros((len(reviews), len(words) + 1))
        bags[:, -1] = 1  # the bias
        for bag, review in zip(bags, reviews, strict=True):
            for token in review.tokens:
                bag[column[token]] += 1
        return bags, np.array([review.label == "positive" for review in reviews], float)

    bags, labels = counts(splits.train)
    weights = np.zeros(len(words) + 1)
    ridge = 1e-3 * len(labels) * np.eye(len(weights))
    for _ in range(12):  # Newton's method
        p = 1 / (1 + np.exp(-bags @ weights))
        gradient = bags.T @ (p - labels) + ridge @ weights
        weights -= np.linalg.solve((bags.T * (p * (1 - p))) @ bags + ridge, gradient)
    assert np.abs(gradient).max() < 1e-6
    bags, labels = counts(splits.test)
    return np.mean((bags @ weights > 0) == labels)


def test_a_bag_of_words_does_not_solve_it(splits):
    assert 0.5 < bag_of_words_accuracy(splits) < 0.6


def test_a_bag_of_words_does_solve_what_order_does_not_decide():
    """The classifier of the test above is no straw man."""
    splits = corpora.load("sentiment", examples=4000, contrast=0, negation=0)
    assert bag_of_words_accuracy(splits) == 1


@pytest.mark.parametrize("contrast", [0, 0.5, 1])
@pytest.mark.parametrize("negation", [0, 1])
def test_options_move_what_they_name(contrast, negation):
    splits = corpora.load("sentiment", examples=1000, contrast=contrast, negation=negation)
    reviews = [review for split in splits for review in split]
    double = sum("," in review.tokens for review in reviews) / len(reviews)
    assert double == pytest.approx(contrast, abs=0.05)
    assert {len(review.rationale) > 1 for review in reviews} == {bool(negation)}


def test_the_grammar_is_unambiguous(splits):
    grammar = sentiment.grammar()
    for review in splits.test[:100]:
        assert grammar.derivations(review.tokens) == 1
    assert len(grammar.vocabulary()) == 195


def test_one_review_is_enough():
    assert sorted(map(len, corpora.load("sentiment", examples=1))) == [0, 0, 1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"examples": 0}, "examples must be a positive integer, not 0"),
        ({"examples": 10.5}, "examples must be a positive integer, not 10.5"),
        ({"seed": "0"}, "seed must be an integer, not '0'"),
        ({"contrast": -0.1}, "contrast must be a number from 0 to 1, not -0.1"),
        ({"contrast": math.nan}, "contrast must be .*, not nan"),
        ({"negation": "often"}, "negation must be .*, not 'often'"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(CorpusError, match=f"sentiment: {message}"):
        corpora.load("sentiment", **options)
