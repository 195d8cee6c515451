r"""What language models are measured by.

The perplexity of a model on tokens :math:`w_1 \dots w_N`, every end token among them, padding
never:

.. math::

    \mathrm{PP} = \exp\Big(-\frac{1}{N} \sum_{n=1}^{N} \log p(w_n \mid w_1 \dots w_{n-1})\Big)

Logarithms are natural, so that the mean in the exponent is in nats per token.
"""

import math

import keras
from keras import ops

from rnn_course.tokens import PADDING


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


def token_cross_entropy(targets, logits, sample_weight=None):
    r"""Cross-entropy of each token, and how much the tokens count.

    Args:
        targets: token ids, ``(batch, timesteps)``; `rnn_course.tokens.PADDING` does not count.
        logits: unnormalised log-probabilities, ``(batch, timesteps, vocabulary_size)``.
        sample_weight: what a token counts, ``(batch, timesteps)``, or those of a row, ``(batch,)``;
            1 by default.

    Returns:
        :math:`-\log p` of each target in nats, and the weight of each, 0 at padding; both
        ``(batch, timesteps)``.
    """
    weights = ops.cast(ops.not_equal(targets, PADDING), "float32")
    if sample_weight is not None:
        weights *= ops.reshape(ops.cast(sample_weight, "float32"), (ops.shape(targets)[0], -1))
    logits = ops.cast(logits, "float32")
    return ops.sparse_categorical_crossentropy(targets, logits, from_logits=True), weights


@keras.saving.register_keras_serializable("rnn_course")
class TokenCrossEntropy(keras.losses.Loss):
    """Mean cross-entropy in nats over the tokens of a batch; padding does not count.

    Every token weighs the same, in a long sentence as in a short one. A batch of padding alone
    has loss 0.

    Example:
        >>> uniform = keras.ops.zeros((1, 3, 10))
        >>> loss = TokenCrossEntropy()(keras.ops.convert_to_tensor([[4, 5, 0]]), uniform)
        >>> round(float(loss), 4), round(math.log(10), 4)
        (2.3026, 2.3026)
    """

    def __init__(self, name="token_cross_entropy", **kwargs):
        super().__init__(name=name, reduction=None, **kwargs)

    def __call__(self, y_true, y_pred, sample_weight=None):
        """The loss of one batch, a scalar."""
        # Not `call`: what that returns Keras multiplies by the mask of the logits, a matrix, so
        # that each gradient would be as many times too large as there are tokens.
        nats, weights = token_cross_entropy(y_true, y_pred, sample_weight)
        return ops.divide_no_nan(ops.sum(nats * weights), ops.sum(weights))

    def get_config(self):
        """The name: nothing else can be set."""
        return {"name": self.name}


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
