r"""Cross-entropy of tokens and of paths of tags: every token weighs the same, padding nothing.

.. math::

    L = -\frac{1}{N} \sum_{n=1}^{N} \log p(w_n \mid w_1 \dots w_{n-1}), \qquad
    L = -\frac{1}{N} \sum_{b} \log p(y^{(b)} \mid x^{(b)})

for the N tokens :math:`w_n` of a batch, and for the paths :math:`y^{(b)}` of tags of its sentences,
N tags together. Logarithms are natural, so that both are in nats per token.
"""

import keras
from keras import ops

from rnn_course.layers.crf import log_prob
from rnn_course.tokens import PADDING


def token_weights(targets, sample_weight=None):
    """How much each token counts.

    Args:
        targets: token ids, ``(batch, timesteps)``; `rnn_course.tokens.PADDING` does not count.
        sample_weight: what a token counts, ``(batch, timesteps)``, or those of a row, ``(batch,)``;
            1 by default.

    Returns:
        ``(batch, timesteps)``, float32, 0 at padding.
    """
    weights = ops.cast(ops.not_equal(targets, PADDING), "float32")
    if sample_weight is not None:
        weights *= ops.reshape(ops.cast(sample_weight, "float32"), (ops.shape(targets)[0], -1))
    return weights


def token_cross_entropy(targets, logits, sample_weight=None):
    r"""Cross-entropy of each token, and how much the tokens count.

    Args:
        targets, sample_weight: as in `token_weights`.
        logits: unnormalised log-probabilities, ``(batch, timesteps, vocabulary_size)``.

    Returns:
        :math:`-\log p` of each target in nats, and the weight of each, 0 at padding; both
        ``(batch, timesteps)``.
    """
    logits = ops.cast(logits, "float32")
    nats = ops.sparse_categorical_crossentropy(targets, logits, from_logits=True)
    return nats, token_weights(targets, sample_weight)


@keras.saving.register_keras_serializable("rnn_course")
class TokenCrossEntropy(keras.losses.Loss):
    """Mean cross-entropy in nats over the tokens of a batch; padding does not count.

    Every token weighs the same, in a long sentence as in a short one. A batch of padding alone
    has loss 0.

    Example:
        >>> import math
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
class PathCrossEntropy(keras.losses.Loss):
    r"""Mean cross-entropy in nats per token of the paths of a batch: the loss of a `CRF`.

    .. math::

        L = - \sum_b \log p(y^{(b)} \mid x^{(b)}) \Big/ \sum_b n_b

    Tags of `rnn_course.tokens.PADDING` do not count. Each token weighs the same, so that the loss
    and its gradient are of the same size as `rnn_course.losses.TokenCrossEntropy`'s. A batch of
    padding alone has loss 0.

    Example:
        >>> from rnn_course.layers import CRF
        >>> potentials = CRF(tags=6)(ops.zeros((1, 2, 6)))  # 3 tags are possible at each step
        >>> loss = PathCrossEntropy()(ops.convert_to_tensor([[4, 5]]), potentials)
        >>> round(float(ops.exp(loss)), 3)
        3.0
    """

    def __init__(self, name="path_cross_entropy", **kwargs):
        super().__init__(name=name, reduction=None, **kwargs)

    def __call__(self, y_true, y_pred, sample_weight=None):
        """The loss of one batch, a scalar.

        Args:
            y_true: tag ids, ``(batch, timesteps)``.
            y_pred: potentials, ``(batch, timesteps, tags, tags)``.
            sample_weight: what each row's tokens count, ``(batch,)``; 1 by default.

        Raises:
            ValueError: when ``y_pred`` are no potentials, or a path's tokens were to count
                differently.
        """
        # Not `call`: what that returns Keras multiplies by the mask of the potentials.
        if len(y_pred.shape) != 4:
            raise ValueError(
                "PathCrossEntropy takes potentials (batch, timesteps, tags, tags), of a CRF, "
                f"got shape {tuple(y_pred.shape)}: the loss of a softmax is TokenCrossEntropy"
            )
        tokens = ops.sum(ops.cast(ops.not_equal(y_true, PADDING), y_pred.dtype), axis=-1)
        nats = -log_prob(y_pred, y_true)
        if sample_weight is not None:
            if len(sample_weight.shape) != 1:
                raise ValueError(
                    "sample_weight must have shape (batch,), a weight for each path, "
                    f"got {tuple(sample_weight.shape)}"
                )
            weights = ops.cast(sample_weight, y_pred.dtype)
            tokens, nats = weights * tokens, weights * nats
        return ops.divide_no_nan(ops.sum(nats), ops.sum(tokens))

    def get_config(self):
        """The name: nothing else can be set."""
        return {"name": self.name}
