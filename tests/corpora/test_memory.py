"""The memory corpus: answers, worked out anew from what is asked, and what chance gives."""

import hashlib
import math
from collections import Counter
from statistics import fmean, pvariance

import numpy as np
import pytest

from rnn_course import corpora
from rnn_course.corpora import CorpusError

LAGS = (0, 1, 2, 7, 20)


def everything(*args, **options):
    return [example for split in corpora.load("memory", *args, **options) for example in split]


@pytest.mark.parametrize("lag", LAGS)
def test_recall_asks_for_the_one_letter(lag):
    for tokens, answer in everything(task="recall", lag=lag, examples=min(60, 8 * 10**lag)):
        assert [token for token in tokens if token in "abcdefgh"] == [answer] == [tokens[0]]
        assert sum(token.isdigit() for token in tokens) == lag == len(tokens) - 2
        assert tokens[-1] == "?"


@pytest.mark.parametrize("lag", LAGS)
@pytest.mark.parametrize("length", [3, 10])
def test_copy_asks_for_the_letters_once_more_after_the_query(lag, length):
    for tokens, answers in everything(task="copy", lag=lag, length=length, examples=60):
        text, said = "".join(tokens), "".join(answers)
        assert len(text) == len(said) == lag + 2 * length + 1
        letters, silence = text.split("?")
        assert letters == letters.rstrip("-") + "-" * lag
        assert silence == "-" * length
        assert said == "-" * (length + lag + 1) + letters.rstrip("-")


@pytest.mark.parametrize("lag", LAGS)
def test_adding_asks_for_the_exact_sum_of_the_marked(lag):
    examples = everything(task="adding", lag=lag, examples=60)
    inputs = np.array([example.inputs for example in examples], "float32")
    assert inputs.shape == (60, lag + 2, 2)
    numbers, marks = inputs[..., 0], inputs[..., 1]
    assert ((numbers >= 0) & (numbers < 1)).all()
    assert set(np.unique(marks)) <= {0, 1}
    half = (lag + 2) // 2
    assert (marks[:, :half].sum(axis=1) == 1).all()
    assert (marks[:, half:].sum(axis=1) == 1).all()
    # A scalar product in 32-bit floats, and not a bit off.
    assert ((numbers * marks).sum(axis=1) == [example.answer for example in examples]).all()


def test_every_step_of_each_half_is_marked_equally_often():
    inputs = np.array([example.inputs for example in everything(task="adding", lag=6)])
    share = inputs[..., 1].mean(axis=0)
    assert np.abs(share - 1 / 4).max() < 4 * math.sqrt(1 / 4 * 3 / 4 / 10_000)


@pytest.mark.parametrize("symbols", [2, 8, 26])
def test_chance_at_recall_and_copy_is_one_in_symbols(symbols):
    recall = [example.answer for example in everything(task="recall", symbols=symbols)]
    copy = [example.answers[-1] for example in everything(task="copy", symbols=symbols, length=20)]
    for answers in (recall, copy):
        counts = Counter(answers)
        assert len(counts) == symbols
        # Chi squared: its mean is symbols - 1, its variance twice that.
        expected = len(answers) / symbols
        chi_squared = sum((count - expected) ** 2 for count in counts.values()) / expected
        assert chi_squared < symbols - 1 + 5 * math.sqrt(2 * (symbols - 1))


def test_cross_entropy_of_copying_without_a_memory():
    """Knowing where the query is and nothing else: certain of each blank, even odds of a letter."""
    lag, length, symbols = 5, 4, 6
    examples = everything(task="copy", lag=lag, length=length, symbols=symbols, examples=500)
    losses = [math.log(symbols) * (a != "-") for example in examples for a in example.answers]
    assert fmean(losses) == pytest.approx(length * math.log(symbols) / (lag + 2 * length + 1))


def test_error_of_adding_without_a_memory():
    answers = [example.answer for example in everything(task="adding", lag=3)]
    assert fmean(answers) == pytest.approx(1, abs=4 * math.sqrt(1 / 6 / 10_000))
    assert pvariance(answers, 1) == pytest.approx(1 / 6, rel=0.05)


@pytest.mark.parametrize("task", ["recall", "copy", "adding"])
def test_no_example_occurs_twice(task):
    splits = corpora.load("memory", task=task, lag=4, examples=5000, length=5)
    assert [len(split) for split in splits] == [4000, 500, 500]
    assert len({example for split in splits for example in split}) == 5000


def test_all_examples_there_are_can_be_had_and_not_one_more():
    tokens = {example.tokens for example in everything(task="recall", lag=1, examples=80)}
    assert len(tokens) == 80
    message = "only 80 different examples of recall with these options, not 81: ask for fewer"
    with pytest.raises(CorpusError, match=message):
        corpora.load("memory", task="recall", lag=1, examples=81)
    with pytest.raises(CorpusError, match="only 9 different examples of copy"):
        corpora.load("memory", task="copy", symbols=3, length=2, examples=10)


@pytest.mark.parametrize(
    ("examples", "sizes"), [(1, [1, 0, 0]), (9, [9, 0, 0]), (10, [8, 1, 1]), (29, [25, 2, 2])]
)
def test_splits_have_the_sizes_promised(examples, sizes):
    assert [len(split) for split in corpora.load("memory", examples=examples)] == sizes


@pytest.mark.parametrize(
    ("task", "digest"),
    [("recall", "8cac87e3af8dc49a"), ("copy", "5eb28f68a13f6cff"), ("adding", "ef2889d33947465f")],
)
def test_load_gives_the_same_examples_on_every_machine(task, digest):
    splits = corpora.load("memory", task=task, lag=9, examples=200)
    assert hashlib.sha256(repr(splits).encode()).hexdigest()[:16] == digest
    assert corpora.load("memory", task=task, lag=9, examples=200) == splits
    assert corpora.load("memory", task=task, lag=9, examples=200, seed=1) != splits


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"task": "sorting"}, "task must be one of recall, copy, adding, not 'sorting'"),
        ({"lag": -1}, "lag must be an integer, at least 0, not -1"),
        ({"lag": 2.0}, "lag must be an integer, at least 0, not 2.0"),
        ({"lag": True}, "lag must be an integer, at least 0, not True"),
        ({"examples": 0}, "examples must be an integer, at least 1, not 0"),
        ({"seed": None}, "seed must be an integer, not None"),
        ({"symbols": 1}, "symbols must be an integer, from 2 to 26, not 1"),
        ({"symbols": 27}, "symbols must be an integer, from 2 to 26, not 27"),
        ({"task": "copy", "length": 0}, "length must be an integer, at least 1, not 0"),
        ({"distance": 3}, "'memory' has no option 'distance': it has task, lag, examples, seed"),
    ],
)
def test_bad_options_are_named(options, message):
    with pytest.raises(CorpusError, match=message):
        corpora.load("memory", **options)
