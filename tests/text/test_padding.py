import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_course.text import PADDING, groups, pad, padded_batches
from rnn_course.text.padding import FEW, TOKENS, check_ids

sequences = st.lists(st.lists(st.integers(1, 99), max_size=7), min_size=1, max_size=20)


@given(sequences)
def test_padding_is_at_the_end_and_no_more_than_needed(given_sequences):
    ids = pad(given_sequences)
    assert ids.dtype == np.int32
    assert ids.shape == (len(given_sequences), max(1, max(map(len, given_sequences))))
    for row, sequence in zip(ids.tolist(), given_sequences, strict=True):
        assert row == sequence + [PADDING] * (ids.shape[1] - len(sequence))


@given(st.lists(st.lists(st.lists(st.integers(1, 99), max_size=4), max_size=3), max_size=4))
def test_padding_of_three_axes(sentences):
    padded = pad(sentences, rank=3)
    words = [word for sentence in sentences for word in sentence]
    longest = max([1, *map(len, sentences)]), max([1, *map(len, words)])
    assert padded.dtype == np.int32
    assert padded.shape == (len(sentences), *longest)
    expected = np.full(padded.shape, PADDING)
    for i, sentence in enumerate(sentences):
        for j, word in enumerate(sentence):
            for k, character in enumerate(word):
                expected[i, j, k] = character
    np.testing.assert_array_equal(padded, expected)


@pytest.mark.parametrize("of", [tuple, np.array])
def test_padding_of_other_sequences(of):
    assert pad([of([5, 6]), of([7])]).tolist() == [[5, 6], [7, 0]]
    assert pad([[of([5, 6])], [of([7])]], rank=3).tolist() == [[[5, 6]], [[7, 0]]]


@given(sequences, st.integers(1, 8))
def test_every_sequence_is_in_one_batch_with_those_of_like_length(given_sequences, batch_size):
    batches = list(padded_batches(given_sequences, batch_size))
    rows = [row for part, _ in batches for row in part.tolist()]
    assert sorted(rows) == list(range(len(given_sequences)))
    lengths = [len(given_sequences[row]) for row in rows]
    assert lengths == sorted(lengths)
    for part, ids in batches:
        assert 1 <= len(part) <= batch_size
        assert ids.tolist() == pad([given_sequences[row] for row in part]).tolist()


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 4)), max_size=60),
    st.sampled_from([None, 1, 7]),
    st.sampled_from([1, 50, FEW, TOKENS]),
)
def test_groups_are_bounded_and_hold_each_row_once(sizes, batch_size, tokens):
    found = [rows.tolist() for rows in groups(sizes, batch_size, tokens)]
    assert sorted(row for rows in found for row in rows) == list(range(len(sizes)))
    own = [max(1, a) * max(1, b) for a, b in sizes]
    assert [own[row] for rows in found for row in rows] == sorted(own)
    for rows in found:
        one, other = (max(1, *(sizes[row][axis] for row in rows), 1) for axis in (0, 1))
        padded = len(rows) * one * other
        assert len(rows) <= (batch_size or len(rows))
        assert padded <= tokens or len(rows) == 1
        assert padded <= max(FEW, 2 * sum(own[row] for row in rows))


def test_groups_are_no_more_than_they_must_be():
    assert [len(rows) for rows in groups([10] * 63 + [10_000], 64)] == [63, 1]
    assert [len(rows) for rows in groups([256] * 65, 64)] == [64, 1]
    assert [len(rows) for rows in groups([TOKENS + 1, 5, TOKENS])] == [1, 1, 1]
    assert [len(rows) for rows in groups([30] * 60 + [1] * 4)] == [64]


@pytest.mark.parametrize("bound", ["batch_size", "tokens"])
def test_bounds_of_groups_must_be_positive(bound):
    with pytest.raises(ValueError, match=f"{bound} must be at least 1, got 0"):
        list(groups([5], **{bound: 0}))


def test_padded_batches_are_bounded_by_tokens():
    shapes = [ids.shape for _, ids in padded_batches([[7] * n for n in (3, 400, 3, 3)], 4, 20)]
    assert shapes == [(3, 3), (1, 400)]


def test_nothing_makes_no_batch():
    assert list(padded_batches([], 4)) == []


@pytest.mark.parametrize("batch_size", [0, -3])
def test_batch_size_must_be_positive(batch_size):
    with pytest.raises(ValueError, match=f"batch_size must be at least 1, got {batch_size}"):
        list(padded_batches([[5]], batch_size))


@pytest.mark.parametrize("token", [PADDING, -1, 9, 2.0, "cat", None])
def test_what_is_no_id_of_the_vocabulary(token):
    with pytest.raises(ValueError, match=r"token ids must be integers from 1 to 8, got .*encode"):
        check_ids([[1, 8], [np.int64(5), token]], 9)


def test_the_kind_of_ids_is_named():
    with pytest.raises(ValueError, match="character ids must be integers from 1 to 8, got 9"):
        check_ids([[9]], 9, kind="character")
