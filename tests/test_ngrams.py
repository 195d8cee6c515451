"""N-gram models against Witten-Bell smoothing written out, and hand-computed values."""

import itertools
import math

import pytest

from rnn_course.ngrams import NGramModel

TEXT = [["a", "b"], ["a", "a", "c"], [], ["b", "a"], ["a", "b", "a"]]
WORDS = ["a", "b", "c", "</s>"]


def witten_bell(order, sequences, word, context):
    """Chen & Goodman (1999), section 2.5, by counting anew for each probability.

    p(w | h) = (c(h w) + T(h) p(w | h')) / (c(h) + T(h)), where T(h) words were seen after h and h'
    is h without its first word; p(w) is w's relative frequency.
    """
    context = tuple(context)[max(0, len(context) + 1 - order) :]
    after = [
        sequence[i + len(context)]
        for sequence in sequences
        for i in range(len(sequence) - len(context))
        if tuple(sequence[i : i + len(context)]) == context and sequence[i + len(context)] != "<s>"
    ]
    if not context:
        return after.count(word) / len(after)
    lower = witten_bell(order, sequences, word, context[1:])
    if not after:
        return lower
    types = len(set(after))
    return (after.count(word) + types * lower) / (len(after) + types)


def delimited(sentences, order):
    return [["<s>"] * (order - 1) + sentence + ["</s>"] for sentence in sentences]


def log_prob(order, sentences, sentence):
    """By the chain rule, token by token."""
    (words,) = delimited([sentence], order)
    return sum(
        math.log(witten_bell(order, delimited(sentences, order), words[i], words[:i]))
        for i in range(order - 1, len(words))
    )


def test_a_unigram_is_the_relative_frequency():
    model = NGramModel(1, TEXT)
    a, b, c, end = 6 / 15, 3 / 15, 1 / 15, 5 / 15
    assert model.log_prob([]) == pytest.approx(math.log(end))
    assert model.log_prob(["a", "b", "c"]) == pytest.approx(math.log(a * b * c * end))


def test_a_bigram_by_hand():
    """Of "a b" and "a a": c(<s> a) = 2, T(<s>) = 1; after a: b, a, </s>; after b: </s>.

    Unigrams, of six tokens: a 3, b 1, </s> 2.
    """
    model = NGramModel(2, [["a", "b"], ["a", "a"]])
    a_after_begin = (2 + 1 * 3 / 6) / (2 + 1)
    b_after_begin = (0 + 1 * 1 / 6) / (2 + 1)
    b_after_a = (1 + 3 * 1 / 6) / (3 + 3)
    end_after_a = (1 + 3 * 2 / 6) / (3 + 3)
    end_after_b = (1 + 1 * 2 / 6) / (1 + 1)
    assert model.log_prob(["a"]) == pytest.approx(math.log(a_after_begin * end_after_a))
    assert model.log_prob(["a", "b"]) == pytest.approx(
        math.log(a_after_begin * b_after_a * end_after_b)
    )
    assert model.log_prob(["b"]) == pytest.approx(math.log(b_after_begin * end_after_b))


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_equals_witten_bell_written_out(order):
    model = NGramModel(order, TEXT)
    for sentence in [*TEXT, ["c", "c"], ["b", "b", "a", "c"], ["c"]]:
        assert model.log_prob(sentence) == pytest.approx(log_prob(order, TEXT, sentence))


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("boundaries", [True, False])
def test_probabilities_of_the_next_word(order, boundaries):
    """One in sum and Witten-Bell's, after contexts seen, unseen, short, long and unknown."""
    model = NGramModel(order, TEXT, boundaries)
    sequences = delimited(TEXT, order) if boundaries else TEXT
    begin = ["<s>"] * (order - 1) * boundaries
    words = WORDS if boundaries else WORDS[:-1]
    for length in range(4):
        for context in itertools.product(["a", "c", "unknown"], repeat=length):
            probs = [math.exp(model.next_log_prob(context, word)) for word in words]
            assert sum(probs) == pytest.approx(1)
            expected = [witten_bell(order, sequences, w, [*begin, *context]) for w in words]
            assert probs == pytest.approx(expected)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_sentences_take_all_the_probability_there_is(order):
    """Those of at most three words, and all that begin with four words, whatever follows."""
    model = NGramModel(order, TEXT)
    short = sum(
        math.exp(model.log_prob(sentence))
        for length in range(4)
        for sentence in itertools.product("abc", repeat=length)
    )
    longer = 0
    for words in itertools.product("abc", repeat=4):
        whole = ["<s>"] * (order - 1) + list(words)
        end = witten_bell(order, delimited(TEXT, order), "</s>", whole)
        longer += math.exp(model.log_prob(words)) / end
    assert short < 1
    assert short + longer == pytest.approx(1)


def test_the_beginning_of_a_sentence_is_a_context():
    model = NGramModel(2, [["a", "b"]] * 9)
    assert model.log_prob(["a", "b"]) > math.log(0.8)
    assert model.log_prob(["b", "a"]) < math.log(0.01)


def test_perplexity_weighs_tokens_and_counts_ends():
    model = NGramModel(2, TEXT)
    sentences = [["a"] * 9, [], ["b", "a"]]
    total, tokens = model.total_log_prob(sentences)
    assert tokens == 10 + 1 + 3
    assert total == pytest.approx(sum(log_prob(2, TEXT, sentence) for sentence in sentences))
    assert model.perplexity(sentences) == pytest.approx(math.exp(-total / 14))


def test_a_uniform_text_has_the_perplexity_of_a_die():
    assert NGramModel(1, ["abcd"], boundaries=False).perplexity(["dcba"]) == pytest.approx(4)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_running_text_has_neither_beginning_nor_end(order):
    text = "abracadabra"
    model = NGramModel(order, [text], boundaries=False)
    expected = sum(
        math.log(witten_bell(order, [list(text)], "cab"[i], list("cab"[:i]))) for i in range(3)
    )
    total, tokens = model.total_log_prob(["cab"])
    assert tokens == 3
    assert total == pytest.approx(expected)
    assert model.log_prob("") == 0


@pytest.mark.parametrize("order", [1, 2])
def test_unknown_words_are_impossible_and_their_context_is_unseen(order):
    model = NGramModel(order, TEXT)
    assert model.log_prob(["a", "zebra"]) == -math.inf
    assert model.perplexity([["a"], ["zebra"]]) == math.inf
    assert model.next_log_prob(["zebra"], "a") == pytest.approx(math.log(6 / 15))


def test_an_unknown_token_of_the_text_is_a_token_like_any_other():
    model = NGramModel(1, [["[UNK]", "a", "<UNK>"]])
    assert model.log_prob(["[UNK]"]) == pytest.approx(math.log(1 / 16))
    assert model.log_prob(["<UNK>"]) == pytest.approx(math.log(1 / 16))


@pytest.mark.parametrize("order", [0, -2])
def test_order_must_be_positive(order):
    with pytest.raises(ValueError, match=f"order must be at least 1, got {order}"):
        NGramModel(order, TEXT)


@pytest.mark.parametrize(("sentences", "boundaries"), [([], True), ([], False), ([[], ""], False)])
def test_nothing_to_learn_from(sentences, boundaries):
    with pytest.raises(ValueError, match="sentences hold no token: check what was read"):
        NGramModel(2, sentences, boundaries)


def test_empty_sentences_have_an_end_to_learn():
    assert NGramModel(2, [[]]).log_prob([]) == 0


def test_perplexity_of_nothing():
    with pytest.raises(ValueError, match="at least one token, got tokens=0"):
        NGramModel(2, TEXT).perplexity([])


@pytest.mark.parametrize("boundaries", [True, False])
def test_a_text_is_not_a_list_of_texts(boundaries):
    with pytest.raises(ValueError, match=r"sentences must be a list.*for characters \[text\]"):
        NGramModel(2, "to be", boundaries)
