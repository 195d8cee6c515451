"""`TiedReadOut`: logits by the matrix that also embeds the tokens."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("rnn_course")
class TiedReadOut(keras.layers.Layer):
    """Logits by the transpose of an embedding matrix, plus a bias (Press & Wolf 2017).

    Args:
        embedding: the `keras.layers.Embedding` whose matrix is used.
    """

    def __init__(self, embedding, **kwargs):
        super().__init__(**kwargs)
        self.embedding = embedding
        self.supports_masking = True

    def build(self, input_shape):
        """Create the bias, one a token."""
        self.bias = self.add_weight(
            name="bias", shape=(self.embedding.input_dim,), initializer="zeros"
        )

    def call(self, x):
        """``(..., units)`` to logits ``(..., vocabulary_size)``."""
        return ops.dot(x, ops.transpose(self._vectors())) + self.bias

    def _vectors(self):
        """The embedding matrix; what is kept in few bits is looked up, row by row."""
        if self.embedding.quantization_mode is None:
            return self.embedding.embeddings
        return self.embedding(ops.arange(self.embedding.input_dim))
