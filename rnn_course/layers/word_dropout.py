"""`WordDropout`: a model that has read unknown words in training knows what to make of them."""

import keras
from keras import ops

from rnn_course.tokens import PADDING, UNKNOWN


@keras.saving.register_keras_serializable("rnn_course")
class WordDropout(keras.layers.Layer):
    """Makes words unknown at random in training.

    Args:
        rate: share of the words.

    Call arguments:
        words: ids, ``(batch, timesteps)``; `rnn_course.tokens.PADDING` stays.

    Returns:
        Ids of the same shape, some of them `rnn_course.tokens.UNKNOWN` if ``training``.

    Raises:
        ValueError: when the rate is not from 0 to 1.

    Example:
        >>> hidden = WordDropout(1.0)(ops.array([[4, 5, 0]]), training=True)
        >>> ops.convert_to_numpy(hidden).tolist()
        [[1, 1, 0]]

    Source:
        Iyyer et al. (2015), "Deep unordered composition rivals syntactic methods for text
        classification".
    """

    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        if not 0 <= rate <= 1:
            raise ValueError(f"word_dropout must be from 0 to 1, got {rate!r}")
        self.rate = rate
        if rate > 0:
            self.seed_generator = keras.random.SeedGenerator()

    def call(self, words, training=False):
        """The words, or some of them."""
        if not training or self.rate == 0:
            return words
        drop = keras.random.uniform(ops.shape(words), seed=self.seed_generator) < self.rate
        return ops.where(ops.logical_and(drop, words != PADDING), UNKNOWN, words)

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), "rate": self.rate}
