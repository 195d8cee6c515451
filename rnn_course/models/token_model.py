r"""`TokenModel`: a Keras model that shows its loss per token.

The loss of a batch is a mean over its tokens. Of a pass over many batches Keras shows the mean of
these, weighted by the number of sequences in each; here they are weighted by tokens, so that each
token of the pass counts the same:

.. math::

    L = \frac{\sum_b n_b L_b}{\sum_b n_b}, \qquad
    n_b = \text{tokens of batch } b \text{ that are not padding}
"""

import keras

from rnn_course.losses import PathCrossEntropy, TokenCrossEntropy, token_weights
from rnn_course.models.training import TrainedOnBatches


class TokenModel(TrainedOnBatches):
    """A Keras model of sequences of tokens: base class of `LanguageModel` and others.

    What ``fit``, ``evaluate`` and ``train_on_batch`` show as ``loss`` and ``val_loss`` is a mean
    over tokens, whatever the batches' sizes and padding; a token's sample weight is how often it
    counts. Gradients are those of Keras.

    It wants targets of token ids, ``(batch, timesteps)``, with `rnn_course.tokens.PADDING` where
    nothing counts, and a loss that is a mean over the others: `TokenCrossEntropy` or
    `PathCrossEntropy`.

    Example:
        >>> class Guess(TokenModel):
        ...     def call(self, tokens):
        ...         return keras.ops.zeros((*keras.ops.shape(tokens), 8))
        >>> from rnn_course.losses import TokenCrossEntropy
        >>> model = Guess()
        >>> model.compile(loss=TokenCrossEntropy())
        >>> targets = keras.ops.convert_to_tensor([[4, 5, 0], [7, 0, 0]])
        >>> round(model.evaluate(targets, targets, batch_size=1, verbose=0), 4)  # ln 8
        2.0794
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.token_loss = keras.metrics.Mean(name="loss")

    def loss_sums_up(self):
        """Whether the loss is one of the two that are means over tokens."""
        return isinstance(self.loss, TokenCrossEntropy | PathCrossEntropy)

    def loss_weight(self, y, sample_weight):
        """How much the loss of a batch counts beside another's: its tokens, by their weights."""
        return keras.ops.sum(token_weights(y, sample_weight))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The loss of a batch, as Keras computes it; it is noted with the batch's tokens.

        Where TensorFlow shares a batch out among devices, which add up their gradients, it counts
        for as many of the batch's tokens as this device has.
        """
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        tokens = self.loss_weight(y, sample_weight)
        self.token_loss.update_state(loss, tokens)
        return loss if keras.backend.backend() != "tensorflow" else _of_whole_batch(loss, tokens)

    def note_loss(self, loss, y, sample_weight):
        """Nothing: `compute_loss` has noted it already."""

    @property
    def metrics(self):
        """The metrics of Keras, the loss per token in the place of that per sequence."""
        others = [metric for metric in super().metrics if metric is not self.token_loss]
        return [self.token_loss if metric.name == "loss" else metric for metric in others]


def _of_whole_batch(loss, tokens):
    """What this device's loss, of its tokens, adds to that of the batch."""
    import tensorflow as tf

    replica = tf.distribute.get_replica_context()
    if replica is None or replica.num_replicas_in_sync == 1:
        return loss
    every = replica.all_reduce(tf.distribute.ReduceOp.SUM, tokens)
    return loss * tf.cast(tf.math.divide_no_nan(tokens, every), loss.dtype)
