r"""Perplexity and the accuracy of tags, as numbers and as metrics of Keras.

The perplexity of a model on tokens :math:`w_1 \dots w_N`, every end token among them, padding
never:

.. math::

    \mathrm{PP} = \exp\Big(-\frac{1}{N} \sum_{n=1}^{N} \log p(w_n \mid w_1 \dots w_{n-1})\Big)

Logarithms are natural, so that the mean in the exponent is in nats per token.
"""

import math

import keras
from keras import ops

from rnn_course.layers.crf import LOG_ZERO, only_tags, viterbi
from rnn_course.losses import token_cross_entropy, token_weights
from rnn_course.tokens import UNKNOWN


def perplexity(log_prob, tokens):
    """Perplexity from a total.

    Args:
        log_prob: log-probability of all tokens together, in nats.
        tokens: how many tokens that are, end tokens counted, padding not.

    Returns:
        The perplexity, at least 1; infinite where a token was impossible, or as good as that.

    Raises:
        ValueError: when there are no tokens or ``log_prob`` is not that of a probability.

    Example:
        >>> round(perplexity(-3 * math.log(10), tokens=3), 6)
        10.0
    """
    if tokens <= 0:
        raise ValueError(f"perplexity needs at least one token, got tokens={tokens}")
    if math.isnan(log_prob) or log_prob > 0:
        raise ValueError(f"log_prob must be the logarithm of a probability, got {log_prob}")
    try:
        return math.exp(-log_prob / tokens)
    except OverflowError:
        return math.inf


@keras.saving.register_keras_serializable("rnn_course")
class Perplexity(keras.metrics.Mean):
    """Perplexity over all batches since the last reset: every token weighs the same.

    Example:
        >>> metric = Perplexity()
        >>> metric.update_state(keras.ops.convert_to_tensor([[4, 0]]), keras.ops.zeros((1, 2, 7)))
        >>> round(float(metric.result()), 4)
        7.0
    """

    def __init__(self, name="perplexity", **kwargs):
        super().__init__(name=name, **kwargs)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch: targets ``(batch, timesteps)`` and their logits."""
        nats, weights = token_cross_entropy(y_true, y_pred, sample_weight)
        # Flat: Keras would average each row first, and so count a token less in a wider batch.
        super().update_state(ops.reshape(nats, (-1,)), ops.reshape(weights, (-1,)))

    def result(self):
        """The perplexity so far."""
        return ops.exp(super().result())


def best_tags(scores):
    """The best tag of each word, or the best path of tags; never the unknown tag.

    Args:
        scores: what a `rnn_course.models.SequenceTagger` gives: logits ``(batch, timesteps,
            tags)`` of each word's tag, or potentials ``(batch, timesteps, tags, tags)`` of a CRF.

    Returns:
        Tag ids, ``(batch, timesteps)``, int32; at padding any id.

    Example:
        >>> logits = keras.ops.convert_to_tensor([[[0.0, 9, 0, 0, 2, 1], [0, 0, 0, 0, 0, 1]]])
        >>> best_tags(logits).numpy().tolist()
        [[4, 5]]
    """
    scores = ops.convert_to_tensor(scores)
    scores = ops.where(ops.arange(scores.shape[-1]) == UNKNOWN, scores + LOG_ZERO, scores)
    if len(scores.shape) == 4:
        return viterbi(scores)
    return ops.cast(ops.argmax(only_tags(scores), axis=-1), "int32")


@keras.saving.register_keras_serializable("rnn_course")
class TagAccuracy(keras.metrics.Mean):
    """Share of the words that got the right tag, over all batches since the last reset.

    Padding does not count. With a CRF the tags are those of the best path.

    Example:
        >>> metric = TagAccuracy()
        >>> logits = keras.ops.one_hot([[4, 5, 5]], 6)
        >>> metric.update_state(keras.ops.convert_to_tensor([[4, 4, 0]]), logits)
        >>> float(metric.result())
        0.5
    """

    def __init__(self, name="tag_accuracy", **kwargs):
        super().__init__(name=name, **kwargs)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch: tags ``(batch, timesteps)`` and their logits or potentials."""
        right = ops.cast(ops.cast(y_true, "int32") == best_tags(y_pred), "float32")
        weights = token_weights(y_true, sample_weight)
        # Flat: Keras would average each row first, and so count a word less in a longer sentence.
        super().update_state(ops.reshape(right, (-1,)), ops.reshape(weights, (-1,)))
