"""A word's features from its characters, by a recurrent network or by filters."""

import math

import keras
from keras import ops

from rnn_course.checks import check_sizes
from rnn_course.layers.cells import make_cell
from rnn_course.layers.recurrence import RNN, Bidirectional
from rnn_course.tokens import PADDING


@keras.saving.register_keras_serializable("rnn_course")
class CharacterRNN(keras.layers.Layer):
    """A word's features from its characters: the final states of an RNN in both directions.

    Args:
        vocabulary_size: how many character ids there are.
        embedding_dim: size of a character's vector.
        units: size of the hidden state of each direction.
        cell: ``"simple_rnn"``, ``"lstm"`` or ``"gru"``.

    Call arguments:
        characters: ids, ``(batch, timesteps, characters)``; `rnn_course.tokens.PADDING` is masked.

    Returns:
        ``(batch, timesteps, 2 * units)``; zeros where there is no character.

    Raises:
        ValueError: when a size is not a positive integer, or the cell is unknown.

    Example:
        >>> CharacterRNN(vocabulary_size=9, units=4)(ops.array([[[4, 5, 8], [7, 0, 0]]])).shape
        TensorShape([1, 2, 8])

    Source:
        Lample et al. (2016), section 4.1.
    """

    def __init__(self, vocabulary_size, embedding_dim=25, units=25, cell="lstm", **kwargs):
        super().__init__(**kwargs)
        check_sizes(
            character_vocabulary_size=vocabulary_size,
            character_embedding_dim=embedding_dim,
            character_units=units,
        )
        self.config = dict(
            vocabulary_size=vocabulary_size, embedding_dim=embedding_dim, units=units, cell=cell
        )
        self.features = 2 * units
        self.embedding = keras.layers.Embedding(vocabulary_size, embedding_dim, name="embedding")
        self.rnn = Bidirectional(RNN(make_cell(cell, units)), name="rnn")

    def build(self, characters_shape):
        """Build the embedding and the RNN."""
        self.embedding.build((None, None))
        self.rnn.build((None, None, self.config["embedding_dim"]))

    def call(self, characters):
        """Features of each word; see the class."""
        batch, timesteps, width = ops.shape(characters)
        characters = ops.reshape(characters, (-1, width))  # (batch * timesteps, characters)
        x = self.rnn(self.embedding(characters), mask=ops.not_equal(characters, PADDING))
        return ops.reshape(x, (batch, timesteps, self.features))

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), **self.config}


@keras.saving.register_keras_serializable("rnn_course")
class CharacterCNN(keras.layers.Layer):
    r"""A word's features from its characters: the largest response of each filter.

    .. math::

        f = \max_i\; W\, [c_{i-1};\; c_i;\; c_{i+1}] + b, \qquad c_i = 0 \text{ outside the word}

    Args:
        vocabulary_size: how many character ids there are.
        embedding_dim: size of a character's vector.
        units: how many filters.
        kernel_size: characters that a filter sees, 3 in the equation.

    Call arguments:
        characters: ids, ``(batch, timesteps, characters)``; `rnn_course.tokens.PADDING` is masked.

    Returns:
        ``(batch, timesteps, units)``; zeros where there is no character.

    Raises:
        ValueError: when a size is not a positive integer.

    Example:
        >>> CharacterCNN(vocabulary_size=9, units=4)(ops.array([[[4, 5, 8], [7, 0, 0]]])).shape
        TensorShape([1, 2, 4])

    Source:
        Ma & Hovy (2016), section 2.1.
    """

    def __init__(self, vocabulary_size, embedding_dim=25, units=25, kernel_size=3, **kwargs):
        super().__init__(**kwargs)
        check_sizes(
            character_vocabulary_size=vocabulary_size,
            character_embedding_dim=embedding_dim,
            character_units=units,
            character_kernel_size=kernel_size,
        )
        self.config = dict(
            vocabulary_size=vocabulary_size,
            embedding_dim=embedding_dim,
            units=units,
            kernel_size=kernel_size,
        )
        self.features = units
        self.embedding = keras.layers.Embedding(vocabulary_size, embedding_dim, name="embedding")
        self.filters = keras.layers.Conv1D(units, kernel_size, padding="same", name="filters")

    def build(self, characters_shape):
        """Build the embedding and the filters."""
        self.embedding.build((None, None))
        self.filters.build((None, None, self.config["embedding_dim"]))

    def call(self, characters):
        """Features of each word; see the class."""
        batch, timesteps, width = ops.shape(characters)
        characters = ops.reshape(characters, (-1, width))  # (batch * timesteps, characters)
        real = ops.not_equal(characters, PADDING)[:, :, None]
        x = self.embedding(characters)
        x = self.filters(x * ops.cast(real, x.dtype))  # (batch * timesteps, characters, units)
        x = ops.max(ops.where(real, x, -math.inf), axis=1)
        x = ops.where(ops.any(real, axis=1), x, ops.zeros_like(x))
        return ops.reshape(x, (batch, timesteps, self.features))

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), **self.config}
