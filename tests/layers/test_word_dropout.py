"""Words made unknown at random in training, and in training only."""

import keras
import numpy as np
import pytest

from rnn_course.layers import WordDropout
from rnn_course.text import UNKNOWN


def test_word_dropout_hides_the_expected_share_others_each_time():
    layer = WordDropout(0.25)
    first, second = (np.array(layer(np.full((200, 50), 4), training=True)) for _ in range(2))
    assert np.mean(first == UNKNOWN) == pytest.approx(0.25, abs=0.03)
    assert set(first.ravel()) == {4, UNKNOWN}
    assert (first != second).any()


@pytest.mark.parametrize("rate", [0, 0.5])
def test_without_training_and_at_rate_0_every_word_stays(rate):
    words = np.array([[4, 5, 0]])
    np.testing.assert_array_equal(WordDropout(rate)(words, training=rate == 0), words)


def test_padding_is_never_a_word():
    hidden = np.array(WordDropout(1.0)(np.array([[4, 0], [0, 0]]), training=True))
    np.testing.assert_array_equal(hidden, [[UNKNOWN, 0], [0, 0]])


def test_the_same_seed_hides_the_same_words():
    words, hidden = np.full((20, 20), 4), []
    for _ in range(2):
        keras.utils.set_random_seed(3)
        hidden.append(np.array(WordDropout(0.5)(words, training=True)))
    np.testing.assert_array_equal(*hidden)


@pytest.mark.parametrize("rate", [-0.1, 2])
def test_a_rate_that_is_no_share_is_refused(rate):
    with pytest.raises(ValueError, match=f"word_dropout must be from 0 to 1, got {rate}"):
        WordDropout(rate)
