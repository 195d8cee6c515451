r"""The rival: a block of the Transformer, in which every position looks at all before it.

.. math::

    \tilde x_t &= x_t + \mathrm{attention}\bigl(\mathrm{norm}(x_t);\;
        \mathrm{norm}(x_1), \dots, \mathrm{norm}(x_t)\bigr) \\
    y_t &= \tilde x_t + \mathrm{feed\ forward}\bigl(\mathrm{norm}(\tilde x_t)\bigr)

There is no state of a fixed size: what a recurrence carries along, this looks up again. So all
positions are computed at once, and one more costs the more, in time and in memory, the more there
are. The block knows which positions come before which, and not where they are; `PositionEncoding`
tells it.
"""

import math

import keras
from keras import ops

from rnn_course.checks import check_sizes
from rnn_course.layers.attention import attention_weights


@keras.saving.register_keras_serializable("rnn_course")
class TransformerBlock(keras.layers.Layer):
    """Causal self-attention and a feed-forward network, made of Keras's own layers.

    What is normalised is what goes into both (pre-norm, as in GPT-2), so that a model ends with a
    ``keras.layers.LayerNormalization`` after its last block.

    Args:
        heads: of the attention; they share out the features between them.
        hidden_units: of the feed-forward network; four times the features by default.
        dropout: share of the attention weights, and of what each half adds, that is dropped in
            training.

    Call arguments:
        sequences: ``(batch, timesteps, features)``.
        mask: ``(batch, timesteps)``, false where a position is padding, which no other looks at.

    Returns:
        ``(batch, timesteps, features)``.

    Raises:
        ValueError: when a size is not a positive integer, the features cannot be shared out between
            the heads, or the sequences are of another rank.

    Example:
        >>> x = keras.layers.Embedding(50, 16)(ops.ones((2, 5), "int32"))
        >>> TransformerBlock(heads=4)(PositionEncoding()(x)).shape
        TensorShape([2, 5, 16])

    Source:
        Vaswani et al. (2017), "Attention is all you need"; Radford et al. (2019), "Language models
        are unsupervised multitask learners", section 2.3, for the order of norm and attention.
    """

    def __init__(self, heads, hidden_units=None, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        check_sizes(heads=heads, **({} if hidden_units is None else {"hidden_units": hidden_units}))
        self.heads, self.hidden_units, self.dropout = heads, hidden_units, dropout
        self.supports_masking = True

    def build(self, input_shape):
        """Create the parts for ``(batch, timesteps, features)``."""
        _check_rank(input_shape)
        features = input_shape[-1]
        if features % self.heads:
            raise ValueError(
                f"{features} features cannot be shared out between {self.heads} heads: "
                "take a number of heads that divides them"
            )
        options = {"dtype": self.dtype_policy}
        self.first_norm = keras.layers.LayerNormalization(**options)
        self.attention = keras.layers.MultiHeadAttention(
            self.heads, features // self.heads, dropout=self.dropout, **options
        )
        self.second_norm = keras.layers.LayerNormalization(**options)
        hidden_units = 4 * features if self.hidden_units is None else self.hidden_units
        self.hidden = keras.layers.Dense(hidden_units, "gelu", **options)
        self.output_layer = keras.layers.Dense(features, **options)
        self.drop = keras.layers.Dropout(self.dropout, **options)
        self.attention.build(input_shape, input_shape)
        for layer in (self.first_norm, self.second_norm, self.hidden):
            layer.build(input_shape)
        self.output_layer.build((*input_shape[:-1], hidden_units))

    def call(self, sequences, mask=None, training=False):
        """See the class."""
        x = self.first_norm(sequences)
        looked_at = None if mask is None else ops.expand_dims(ops.cast(mask, "bool"), 1)
        x = self.attention(x, x, attention_mask=looked_at, use_causal_mask=True, training=training)
        x = sequences + self.drop(x, training=training)
        return self._fed_forward(x, training)

    def step(self, x, past=None):
        """One more position, with what is kept of those before it, none of which is padding.

        Args:
            x: the position's vector, ``(batch, features)``.
            past: keys and values of the positions before it, as this returns them; none by default.

        Returns:
            ``(batch, features)``, and keys and values with its own, each
            ``(batch, timesteps, heads, features / heads)``.
        """
        x = x[:, None]
        normed, attention = self.first_norm(x), self.attention
        now = attention.key_dense(normed), attention.value_dense(normed)
        if past is not None:
            now = [ops.concatenate(both, axis=1) for both in zip(past, now, strict=True)]
        keys, values = now
        scores = ops.sum(attention.query_dense(normed) * keys, axis=-1)  # (batch, timesteps, heads)
        scores = scores / math.sqrt(keys.shape[-1])
        weights = ops.transpose(attention_weights(ops.transpose(scores, (0, 2, 1))), (0, 2, 1))
        context = ops.sum(weights[..., None] * values, axis=1, keepdims=True)
        return self._fed_forward(x + attention.output_dense(context))[:, 0], [keys, values]

    def _fed_forward(self, x, training=False):
        """The second half."""
        hidden = self.hidden(self.second_norm(x))
        return x + self.drop(self.output_layer(hidden), training=training)

    def compute_output_shape(self, input_shape):
        """As the input."""
        return input_shape

    def get_config(self):
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "heads": self.heads,
            "hidden_units": self.hidden_units,
            "dropout": self.dropout,
        }


@keras.saving.register_keras_serializable("rnn_course")
class PositionEncoding(keras.layers.Layer):
    r"""Adds to every vector where it is, by waves that are longer and longer.

    .. math::

        y_t = \sqrt{d}\, x_t + p_t, \qquad p_{t, 2i} = \sin(t / 10000^{2i / d}), \quad
        p_{t, 2i + 1} = \cos(t / 10000^{2i / d})

    for :math:`d` features; the first position is :math:`t = 0`. Nothing is trained, and no position
    is too late. Padding is counted as well, so it belongs at the end.

    Call arguments:
        sequences: ``(batch, timesteps, features)``.
        first: the t of their first position.

    Returns:
        ``(batch, timesteps, features)``.

    Raises:
        ValueError: when the sequences are of another rank.

    Example:
        >>> y = PositionEncoding()(ops.zeros((1, 2, 2)))
        >>> ops.convert_to_numpy(y).astype("float64").round(2).tolist()
        [[[0.0, 1.0], [0.84, 0.54]]]

    Source:
        Vaswani et al. (2017), "Attention is all you need", sections 3.4 and 3.5.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, sequences, first=0):
        """See the class."""
        _check_rank(sequences.shape)
        features = sequences.shape[-1]
        t = ops.cast(first + ops.arange(ops.shape(sequences)[1]), "float32")[:, None]
        of_feature = ops.arange(features)
        lengths = 10_000.0 ** (ops.cast(of_feature // 2 * 2, "float32") / features)
        # A cosine is a sine that is a quarter ahead.
        ahead = ops.cast(of_feature % 2, "float32") * (math.pi / 2)
        p = ops.sin(t / lengths + ahead)  # (timesteps, features)
        return math.sqrt(features) * sequences + ops.cast(p, sequences.dtype)

    def compute_output_shape(self, input_shape):
        """As the input."""
        return input_shape


def _check_rank(shape):
    if len(shape) != 3:
        raise ValueError(
            f"sequences must have shape (batch, timesteps, features), got {tuple(shape)}"
        )
