"""N-gram models against Kneser-Ney smoothing written out, NLTK's, and hand-computed values."""

import itertools
import math
import random

import numpy as np
import pytest
from nltk.lm import KneserNeyInterpolated

from rnn_course.models import NGramModel
from rnn_course.text import BEGIN, END, PADDING, UNKNOWN

A, B, C = 4, 5, 6
SIZE = 7  # of the vocabulary
POSSIBLE = [UNKNOWN, END, A, B, C]
TEXT = [[A, B], [A, A, C], [], [B, A], [A, B, A]]
RUNNING = random.Random(0).choices([A, B, C], weights=[5, 3, 1], k=60)
DISCOUNTS = (0.4, 0.9, 1.3)


def kneser_ney(order, sequences, word, context, discounts):
    """Chen & Goodman (1999), section 3, by counting anew for each probability."""
    context = tuple(context)[max(0, len(context) + 1 - order) :]
    n = len(context) + 1

    def count(last):
        ngram = (*context, last)
        before = [
            sequence[i - 1] if i else None
            for sequence in map(tuple, sequences)
            for i in range(len(sequence) - n + 1)
            if sequence[i : i + n] == ngram
        ]
        if n == order or ngram[0] == BEGIN:
            return len(before)
        return len(set(before) - {None})

    counts = {last: count(last) for last in POSSIBLE}
    total = sum(counts.values())
    shorter = kneser_ney(order, sequences, word, context[1:], discounts) if n > 1 else 1 / 5
    if not total:
        return shorter
    taken = {last: (0, *discounts)[min(c, 3)] for last, c in counts.items()}
    return (counts[word] - taken[word]) / total + sum(taken.values()) / total * shorter


def delimited(sentences):
    return [[BEGIN, *sentence, END] for sentence in sentences]


def log_probs(order, sentence, sentences=TEXT, discounts=DISCOUNTS):
    """By the chain rule, token by token."""
    words = [BEGIN, *sentence, END]
    return [
        math.log(kneser_ney(order, delimited(sentences), words[i], words[:i], discounts))
        for i in range(1, len(words))
    ]


def test_a_unigram_by_hand():
    """Counts: a 6, b 3, c 1, </s> 5 of 15, and the unknown token never."""
    model = NGramModel(1, TEXT, SIZE, discounts=(0.5, 1.0, 1.5))
    base = (3 * 1.5 + 0.5) / 15 / 5
    a, c, end, unknown = 4.5 / 15 + base, 0.5 / 15 + base, 3.5 / 15 + base, base
    assert model.log_prob([]) == pytest.approx(math.log(end))
    assert model.log_prob([A, C, UNKNOWN]) == pytest.approx(math.log(a * c * unknown * end))


def test_a_bigram_by_hand():
    """Of "a b" and "a a", discount 0.5: after <s>: a 2; after a: a 1, b 1, </s> 1; after b: </s> 1.

    Different tokens before: a 2 (<s>, a), b 1 (a), </s> 2 (a, b); five in all.
    """
    model = NGramModel(2, [[A, B], [A, A]], SIZE, discounts=(0.5, 0.5, 0.5))
    base = 3 * 0.5 / 5 / 5
    a, b, end = 1.5 / 5 + base, 0.5 / 5 + base, 1.5 / 5 + base
    a_after_begin = 1.5 / 2 + 0.5 / 2 * a
    b_after_a, end_after_a = (0.5 / 3 + 1.5 / 3 * p for p in (b, end))
    end_after_b = 0.5 / 1 + 0.5 / 1 * end
    assert model.log_prob([A]) == pytest.approx(math.log(a_after_begin * end_after_a))
    assert model.log_prob([A, B]) == pytest.approx(
        math.log(a_after_begin * b_after_a * end_after_b)
    )
    assert model.next_log_probs([[B]])[0, UNKNOWN] == pytest.approx(math.log(0.5 * base))


def test_discounts_are_estimated():
    """Four tokens counted once, two twice, one three and one four times: Y = 4 / (4 + 2 · 2)."""
    text = [4, 5, 6, 7, *[8, 9] * 2, *[10] * 3, *[11] * 4]
    model = NGramModel(1, [text], vocabulary_size=12, boundaries=False)
    d1, d2, d3 = 1 - 2 * 0.5 * 2 / 4, 2 - 3 * 0.5 * 1 / 2, 3 - 4 * 0.5 * 1 / 1
    base = (4 * d1 + 2 * d2 + 2 * d3) / 15 / 10
    expected = [(1 - d1) / 15, (2 - d2) / 15, (3 - d3) / 15, (4 - d3) / 15, 0]
    probs = np.exp(model.next_log_probs([[]])[0, [4, 8, 10, 11, END]])
    assert probs == pytest.approx(np.array(expected) + base)


@pytest.mark.parametrize("text", [[A, B, C], [A] * 9, [A, B] * 9])
def test_too_small_a_text_to_estimate_discounts(text):
    fixed = NGramModel(2, [text], SIZE, discounts=(0.5, 1.0, 1.5))
    assert NGramModel(2, [text], SIZE).log_prob([A, B]) == pytest.approx(fixed.log_prob([A, B]))


@pytest.mark.parametrize("order", [1, 2, 3, 4, 6])
def test_equals_kneser_ney_written_out(order):
    model = NGramModel(order, TEXT, SIZE, discounts=DISCOUNTS)
    for sentence in [*TEXT, [C, C], [B, B, A, C], [C], [A, UNKNOWN, A]]:
        expected = log_probs(order, sentence)
        assert model.token_log_probs([sentence]) == pytest.approx(expected)
        assert model.log_prob(sentence) == pytest.approx(sum(expected))


@pytest.mark.parametrize("order", [1, 2, 3, 5])
@pytest.mark.parametrize("boundaries", [True, False])
def test_probabilities_of_the_next_token(order, boundaries):
    """One in sum and Kneser-Ney's, after contexts seen, unseen, short, long and unknown."""
    model = NGramModel(order, TEXT, SIZE, boundaries, discounts=DISCOUNTS)
    sequences = delimited(TEXT) if boundaries else TEXT
    contexts = [c for n in range(5) for c in itertools.product([A, C, UNKNOWN], repeat=n)]
    probs = np.exp(model.next_log_probs(contexts))
    assert probs.shape == (len(contexts), SIZE)
    assert probs.sum(axis=1) == pytest.approx(1)
    assert not probs[:, [PADDING, BEGIN]].any()
    for context, row in zip(contexts, probs, strict=True):
        whole = [BEGIN, *context] if boundaries else context
        expected = [kneser_ney(order, sequences, w, whole, DISCOUNTS) for w in POSSIBLE]
        assert row[POSSIBLE] == pytest.approx(expected)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_equals_nltk(order):
    """Of a running text; with NLTK's one discount, and below NLTK's unigrams uniform ones."""
    model = NGramModel(order, [RUNNING], SIZE, boundaries=False, discounts=(0.7, 0.7, 0.7))
    theirs = KneserNeyInterpolated(order, discount=0.7)
    ngrams = [tuple(RUNNING[i : i + n]) for n in range(1, order + 1) for i in range(61 - n)]
    theirs.fit([[tuple(map(str, ngram)) for ngram in ngrams]], vocabulary_text="456")

    def unigram(word, mine=theirs.estimator):
        if order == 1:
            count, total = RUNNING.count(int(word)), len(RUNNING)
        else:
            count, total = mine._continuation_counts(word)
        return (count - 0.7 * (count > 0)) / total + 0.7 * 3 / total / 5

    theirs.estimator.unigram_score = unigram
    for length in range(5):
        for context in itertools.product([A, B, C], repeat=length):
            window = tuple(map(str, context[max(0, length + 1 - order) :]))
            expected = [theirs.unmasked_score(str(w), window) for w in (A, B, C)]
            assert np.exp(model.next_log_probs([context])[0, [A, B, C]]) == pytest.approx(expected)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_sentences_take_all_the_probability_there_is(order):
    """Those of at most three words, and all that begin with four words, whatever follows."""
    model = NGramModel(order, TEXT, SIZE)
    words = [UNKNOWN, A, B, C]
    short = [s for n in range(4) for s in itertools.product(words, repeat=n)]
    starts = list(itertools.product(words, repeat=4))
    longer = np.exp(model.log_probs(starts) - model.next_log_probs(starts)[:, END])
    total = np.exp(model.log_probs(short)).sum()
    assert total < 1
    assert total + longer.sum() == pytest.approx(1)


@pytest.mark.parametrize("boundaries", [True, False])
def test_a_token_at_a_time_or_all_at_once(boundaries):
    model = NGramModel(3, TEXT, SIZE, boundaries)
    sentence = [A, B, UNKNOWN, C, A]
    steps = [sentence[:i] for i in range(6)]
    targets = [*sentence, END]
    singly = model.next_log_probs(steps)[np.arange(6), targets]
    assert model.token_log_probs([sentence]) == pytest.approx(singly[: 5 + boundaries])


def test_the_beginning_of_a_sentence_is_a_context():
    model = NGramModel(2, [[A, B]] * 9, SIZE)
    assert model.log_prob([A, B]) > math.log(0.4)
    assert model.log_prob([B, A]) < math.log(0.02)


def test_what_follows_many_words_is_likelier_than_what_follows_one():
    """After a word never seen: b stands six times after a, c twice, but after two words."""
    model = NGramModel(2, [[*[A, B] * 6, A, C, B, C]], SIZE, boundaries=False)
    b, c = model.next_log_probs([[UNKNOWN]])[0, [B, C]]
    assert b == pytest.approx(c)
    assert np.diff(NGramModel(1, [[*[A, B] * 6, C, C]], SIZE).next_log_probs([[]])[0, [C, B]]) > 0


def test_perplexity_weighs_tokens_and_counts_ends():
    model = NGramModel(2, TEXT, SIZE, discounts=DISCOUNTS)
    sentences = [[A] * 9, [], [B, A]]
    each = [log_probs(2, sentence) for sentence in sentences]
    assert model.token_log_probs(sentences) == pytest.approx(np.concatenate(each))
    assert model.log_probs(sentences) == pytest.approx([sum(row) for row in each])
    assert model.perplexity(sentences) == pytest.approx(math.exp(-sum(map(sum, each)) / 14))


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_running_text_has_neither_beginning_nor_end(order):
    model = NGramModel(order, [RUNNING], SIZE, boundaries=False, discounts=DISCOUNTS)
    part = [C, A, B]
    expected = [
        math.log(kneser_ney(order, [RUNNING], part[i], part[:i], DISCOUNTS)) for i in range(3)
    ]
    assert model.token_log_probs([part]) == pytest.approx(expected)
    assert model.log_prob([]) == 0
    assert model.log_probs([[], part, []]) == pytest.approx([0, sum(expected), 0])


def test_ids_in_an_array():
    text = np.array(RUNNING, "int32")
    model = NGramModel(3, [text], SIZE, boundaries=False)
    assert model.perplexity([text]) == NGramModel(3, [RUNNING], SIZE, False).perplexity([RUNNING])


def test_an_unknown_token_of_the_text_is_a_token_like_any_other():
    model = NGramModel(2, [[UNKNOWN, A, UNKNOWN, A]], SIZE)
    after = model.next_log_probs([[UNKNOWN]])[0]
    assert after[A] == after.max()


@pytest.mark.parametrize("name", ["order", "vocabulary_size"])
@pytest.mark.parametrize("size", [0, -2, 1.5])
def test_sizes_must_be_positive(name, size):
    with pytest.raises(ValueError, match=f"{name} must be a positive integer, got {size}"):
        NGramModel(**{"order": 2, "sentences": TEXT, "vocabulary_size": SIZE, name: size})


def test_a_vocabulary_holds_the_special_tokens():
    with pytest.raises(ValueError, match="vocabulary_size must count the 4 special tokens, got 3"):
        NGramModel(2, [[]], 3)


@pytest.mark.parametrize("discounts", [(0.5,), (1.1, 1, 1), (0.5, -0.1, 1), (0.5, 1, 3.5)])
def test_discounts_take_off_no_more_than_there_is(discounts):
    with pytest.raises(ValueError, match="discounts must be three numbers, from 0 to 1, to 2"):
        NGramModel(2, TEXT, SIZE, discounts=discounts)


@pytest.mark.parametrize("boundaries", [True, False])
@pytest.mark.parametrize("sentences", [[[A, 7]], [[A], [PADDING]], ["ab"], [["a"]]])
def test_only_ids_of_the_vocabulary(sentences, boundaries):
    with pytest.raises(ValueError, match=r"token ids must be integers from 1 to 6, got .*encode"):
        NGramModel(2, sentences, SIZE, boundaries)
    with pytest.raises(ValueError, match=r"token ids must be integers from 1 to 6, got .*encode"):
        NGramModel(2, TEXT, SIZE, boundaries).perplexity(sentences)


def test_a_text_is_not_a_list_of_texts():
    with pytest.raises(ValueError, match=r"sentences must be a list of id lists: for one text"):
        NGramModel(2, RUNNING, SIZE, boundaries=False)
    with pytest.raises(ValueError, match=r"sentences must be a list of id lists: for one text"):
        NGramModel(2, TEXT, SIZE).log_probs([A, B])


@pytest.mark.parametrize(("sentences", "boundaries"), [([], True), ([], False), ([[], []], False)])
def test_nothing_to_learn_from(sentences, boundaries):
    with pytest.raises(ValueError, match="sentences hold no token: check what was read"):
        NGramModel(2, sentences, SIZE, boundaries)


def test_empty_sentences_have_an_end_to_learn():
    model = NGramModel(2, [[]] * 9, SIZE)
    assert model.log_prob([]) == model.next_log_probs([[]]).max()


def test_perplexity_of_nothing():
    with pytest.raises(ValueError, match="at least one token, got tokens=0"):
        NGramModel(2, TEXT, SIZE).perplexity([])
