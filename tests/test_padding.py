"""Padded arrays against loops over single ids."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.padding import pad
from rnn_course.tokens import PADDING

ids = st.lists(st.integers(1, 99), max_size=4)


@settings(max_examples=50, deadline=None)
@given(sentences=st.lists(ids, max_size=5))
def test_two_axes(sentences):
    padded = pad(sentences)
    assert padded.dtype == np.int32
    assert padded.shape == (len(sentences), max([1, *map(len, sentences)]))
    for row, sentence in zip(padded, sentences, strict=True):
        assert row.tolist() == sentence + [PADDING] * (padded.shape[1] - len(sentence))


@settings(max_examples=50, deadline=None)
@given(sentences=st.lists(st.lists(ids, max_size=3), max_size=4))
def test_three_axes(sentences):
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
def test_of_other_sequences(of):
    assert pad([of([5, 6]), of([7])]).tolist() == [[5, 6], [7, 0]]
    assert pad([[of([5, 6])], [of([7])]], rank=3).tolist() == [[[5, 6]], [[7, 0]]]
