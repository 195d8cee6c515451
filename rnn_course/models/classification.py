r"""`SequenceClassifier`: a recurrent network that gives a whole sequence one label.

.. math::

    h_{1:n} = \mathrm{RNN}(E w_{1:n}), \qquad v = \mathrm{pool}(h_{1:n}), \qquad
    p(y \mid w_{1:n}) = \mathrm{softmax}(v V + b)
"""

import keras
import numpy as np
from keras import ops

from rnn_course.checks import check_sizes
from rnn_course.layers.attention import AttentionPooling
from rnn_course.layers.cells import make_cell
from rnn_course.layers.recurrence import RNN, Bidirectional
from rnn_course.layers.word_dropout import WordDropout
from rnn_course.models.predicting import Predictor
from rnn_course.models.training import TrainedOnBatches
from rnn_course.text.padding import check_ids
from rnn_course.tokens import PADDING

POOLINGS = ("last", "final_states", "mean", "max", "sum", "concat", "attention")


@keras.saving.register_keras_serializable("rnn_course")
class SequenceClassifier(TrainedOnBatches):
    """A recurrent network with one label a sequence.

    It is trained through plain Keras on token ids ``(batch, timesteps)`` and labels from 0 on,
    ``(batch,)`` or ``(batch, 1)``, with ``SparseCategoricalCrossentropy(from_logits=True)``.

    Args:
        vocabulary_size: how many tokens there are, the special ones among them.
        classes: how many labels there are.
        embedding_dim: size of a token's vector.
        units: size of the hidden state, of each direction.
        cell: ``"simple_rnn"``, ``"lstm"`` or ``"gru"``.
        layers: how many recurrent layers are stacked.
        bidirectional: whether each layer also reads from the end, outputs concatenated.
        pooling: how the states become one vector; padding never takes part, and a sequence of
            padding alone gives zeros:

            - ``"last"``: the output at the last token; for one direction, as there the backward
              one has read no more than that token;
            - ``"final_states"``: what each of two directions ends with, the forward one at the last
              token, the backward one at the first;
            - ``"mean"``, ``"max"``, ``"sum"``: over the tokens, of each unit;
            - ``"concat"``: side by side, of the first ``timesteps`` tokens;
            - ``"attention"``: a weighted mean (`rnn_course.layers.AttentionPooling`).
        score: of the attention: ``"additive"`` or ``"scaled_dot"``.
        timesteps: of ``"concat"``: how many tokens; shorter sequences are filled up with zeros,
            what is behind them in longer ones is not seen.
        dropout: share of the values dropped after the embedding, between layers and before the
            read-out in training.
        word_dropout: share of the tokens that are read as unknown in training.

    Call arguments:
        tokens: ids, ``(batch, timesteps)``; `rnn_course.tokens.PADDING` is masked.
        return_weights: whether the attention weights follow.

    Returns:
        Logits, ``(batch, classes)``, and if asked for the attention weights,
        ``(batch, timesteps)``.

    Raises:
        ValueError: when a size is not a positive integer, the cell or the pooling is unknown,
            ``word_dropout`` is not a share, or an argument does not go with the pooling.

    Example:
        >>> model = SequenceClassifier(vocabulary_size=10, classes=2, units=4)
        >>> model(np.array([[2, 5, 6], [7, 0, 0]])).shape
        TensorShape([2, 2])

    Source:
        Graves & Schmidhuber (2005) for the bidirectional LSTM; Yang et al. (2016), "Hierarchical
        attention networks for document classification", for the attention.
    """

    def __init__(
        self,
        vocabulary_size,
        classes,
        embedding_dim=64,
        units=64,
        cell="gru",
        layers=1,
        bidirectional=True,
        pooling="attention",
        score="additive",
        timesteps=None,
        dropout=0.0,
        word_dropout=0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.config = dict(
            vocabulary_size=vocabulary_size,
            classes=classes,
            embedding_dim=embedding_dim,
            units=units,
            cell=cell,
            layers=layers,
            bidirectional=bidirectional,
            pooling=pooling,
            score=score,
            timesteps=timesteps,
            dropout=dropout,
            word_dropout=word_dropout,
        )
        check_sizes(vocabulary_size=vocabulary_size, classes=classes)
        check_sizes(embedding_dim=embedding_dim, layers=layers)
        if pooling not in POOLINGS:
            raise ValueError(f"pooling must be one of {POOLINGS}, got {pooling!r}")
        if pooling == "last" and bidirectional:
            raise ValueError('pooling="last" is for one direction: use "final_states" for two')
        if pooling == "final_states" and not bidirectional:
            raise ValueError('pooling="final_states" is for two directions: use "last" for one')
        if (pooling == "concat") != (timesteps is not None):
            raise ValueError(
                'pooling="concat" needs timesteps, how many tokens to put side by side; '
                f"no other pooling takes it: got pooling={pooling!r}, timesteps={timesteps!r}"
            )
        if timesteps is not None:
            check_sizes(timesteps=timesteps)
        self.word_dropout = WordDropout(word_dropout, name="word_dropout")
        self.embedding = keras.layers.Embedding(vocabulary_size, embedding_dim, name="embedding")
        self.recurrent_layers = [
            self._recurrent_layer(number, return_state=number == layers)
            for number in range(1, layers + 1)
        ]
        self.attention = (
            AttentionPooling(score, name="attention") if pooling == "attention" else None
        )
        self.dropout = keras.layers.Dropout(dropout, name="dropout")
        self.read_out = keras.layers.Dense(classes, name="read_out")
        self.predictor = Predictor(self)

    def _recurrent_layer(self, number, return_state):
        layer = RNN(
            make_cell(self.config["cell"], self.config["units"]),
            return_sequences=True,
            return_state=return_state,
            name=f"rnn_{number}",
        )
        if not self.config["bidirectional"]:
            return layer
        return Bidirectional(layer, name=f"bidirectional_{number}")

    def build(self, input_shape):
        """Build every layer for token ids of shape ``(batch, timesteps)``."""
        batch, steps = input_shape
        directions = 2 if self.config["bidirectional"] else 1
        shape = (batch, steps, self.config["embedding_dim"])
        self.embedding.build(input_shape)
        for layer in self.recurrent_layers:
            layer.build(shape)
            shape = (batch, steps, directions * self.config["units"])
        if self.attention is not None:
            self.attention.build(shape)
        self.read_out.build((batch, shape[-1] * (self.config["timesteps"] or 1)))

    def call(self, tokens, return_weights=False, training=False):
        """Logits of each class; see the class."""
        mask = ops.not_equal(tokens, PADDING)
        tokens = self.word_dropout(tokens, training=training)
        x = self.dropout(self.embedding(tokens), training=training)
        for layer in self.recurrent_layers[:-1]:
            x = self.dropout(layer(x, mask=mask, training=training), training=training)
        x, *states = self.recurrent_layers[-1](x, mask=mask, training=training)
        pooled, weights = self.pool(x, states, mask)
        logits = self.read_out(self.dropout(pooled, training=training))
        if not return_weights:
            return logits
        if weights is None:
            raise ValueError(
                f'return_weights needs pooling="attention", got {self.config["pooling"]!r}'
            )
        return logits, weights

    def pool(self, sequences, states, mask):
        """One vector from the states at every step: the choice the class describes.

        Args:
            sequences: outputs, ``(batch, timesteps, units)``, of both directions side by side.
            states: the final states of the directions, in the order of the layer.
            mask: ``(batch, timesteps)``.

        Returns:
            ``(batch, units)``, wider for ``"concat"``, and the attention weights or None.
        """
        pooling = self.config["pooling"]
        if self.attention is not None:
            return self.attention(sequences, mask=mask, return_weights=True)
        if pooling == "final_states":
            return ops.concatenate([states[0], states[len(states) // 2]], axis=-1), None
        real = ops.cast(ops.expand_dims(mask, -1), sequences.dtype)  # (batch, timesteps, 1)
        some = ops.max(real, axis=1)  # 1 where a row is not padding alone
        if pooling == "last":
            places = ops.arange(mask.shape[1] or ops.shape(mask)[1])
            place = ops.max(ops.where(mask, places, 0), axis=1)
            return some * ops.take_along_axis(sequences, place[:, None, None], axis=1)[:, 0], None
        if pooling == "concat":
            steps = self.config["timesteps"]
            padded = ops.pad(sequences * real, ((0, 0), (0, steps), (0, 0)))[:, :steps]
            return ops.reshape(padded, (-1, steps * sequences.shape[-1])), None
        if pooling == "max":
            lowest = ops.where(ops.expand_dims(mask, -1), sequences, -np.inf)
            return ops.where(some > 0, ops.max(lowest, axis=1), 0), None
        total = ops.sum(sequences * real, axis=1)
        if pooling == "mean":
            total = total / ops.maximum(ops.sum(real, axis=1), 1)
        return total, None

    def probabilities(self, sequences, batch_size=64):
        """The probability of each class for each sequence.

        Args:
            sequences: a list of token id lists, of any lengths; one may be empty.
            batch_size: how many to run at once, at most, those of about the same length together;
                fewer if they are long.

        Returns:
            ``(len(sequences), classes)``.

        Raises:
            ValueError: when an id is not one of the vocabulary.
        """
        result = np.empty((len(sequences), self.config["classes"]), "float32")
        check_ids(sequences, self.config["vocabulary_size"])
        for rows, found in self.predictor("_probabilities", batch_size, tokens=sequences):
            result[rows] = found
        return result

    def attention_weights(self, sequences, batch_size=64):
        """How much each token of each sequence weighs in the pooled vector.

        Args:
            sequences: a list of token id lists.
            batch_size: as in `probabilities`.

        Returns:
            A list of arrays, one a sequence, of a weight a token.

        Raises:
            ValueError: when the pooling is not ``"attention"``, or an id is not of the vocabulary.
        """
        result = [None] * len(sequences)
        check_ids(sequences, self.config["vocabulary_size"])
        for rows, weights in self.predictor("_weights", batch_size, tokens=sequences):
            for row, row_weights in zip(rows, weights, strict=True):
                result[row] = row_weights[: len(sequences[row])]
        return result

    def _probabilities(self, tokens):
        """The probabilities of a batch, ``(batch, classes)``."""
        return ops.softmax(self(tokens))

    def _weights(self, tokens):
        """The attention weights of a batch, ``(batch, timesteps)``."""
        return self(tokens, return_weights=True)[1]

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), **self.config}
