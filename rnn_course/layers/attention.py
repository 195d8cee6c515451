r"""Attention: a weighted mean of vectors, with weights from how well each fits a query.

.. math::

    \alpha_i = \frac{\exp \varphi(h_i, q)}{\sum_j \exp \varphi(h_j, q)}, \qquad
    c = \sum_i \alpha_i h_i

The sums go over real positions only: padding gets exactly zero weight, and where a row is nothing
but padding all its weights, and its context :math:`c`, are zero.
"""

import math

import keras
from keras import ops


def attention_weights(scores, mask=None):
    r"""Softmax over the positions that are not padding.

    Args:
        scores: :math:`\varphi`, ``(..., timesteps)``.
        mask: false where a position is padding, of a shape that broadcasts to that of the scores;
            none by default.

    Returns:
        :math:`\alpha`, ``(..., timesteps)``: not negative, exactly 0 at padding, 1 in sum wherever
        there is a real position.

    Example:
        >>> mask = ops.convert_to_tensor([[True, True, False]])
        >>> ops.convert_to_numpy(attention_weights(ops.zeros((1, 3)), mask)).tolist()
        [[0.5, 0.5, 0.0]]
    """
    scores = ops.convert_to_tensor(scores)
    if mask is None:
        mask = ops.ones_like(scores, "bool")
    # Not ops.softmax: it makes 0 / 0 of a row of padding, and warns of a sequence of one.
    highest = ops.max(ops.where(mask, scores, -math.inf), axis=-1, keepdims=True)
    below = ops.where(mask, scores - highest, 0)  # where exp would be infinite
    weights = ops.where(mask, ops.exp(below), 0)
    return ops.divide_no_nan(weights, ops.sum(weights, axis=-1, keepdims=True))


@keras.saving.register_keras_serializable("rnn_course")
class AttentionPooling(keras.layers.Layer):
    r"""One vector from a sequence: attention with a query that is a trained vector.

    .. math::

        \varphi(h, q) &= \tanh(h W)\, q^\top &&\text{additive} \\
        \varphi(h, q) &= h q^\top / \sqrt{u} &&\text{scaled dot-product}

    with :math:`h, q` of size :math:`u`; the additive W is ``(u, units)``, its query of size
    ``units``.

    Args:
        score: ``"additive"`` or ``"scaled_dot"``.
        units: size of the additive score's hidden layer; by default that of the vectors.

    Call arguments:
        sequences: ``(batch, timesteps, u)``.
        mask: ``(batch, timesteps)``, false where a position is padding.
        return_weights: whether the weights follow.

    Returns:
        The context, ``(batch, u)``, and if asked for the weights, ``(batch, timesteps)``.

    Raises:
        ValueError: when ``score`` or ``units`` is not one of those above, or the sequences are of
            another rank.

    Example:
        >>> pooling = AttentionPooling("scaled_dot")
        >>> context, weights = pooling(ops.ones((2, 5, 8)), return_weights=True)
        >>> context.shape, weights.shape
        (TensorShape([2, 8]), TensorShape([2, 5]))

    Source:
        Bahdanau, Cho & Bengio (2015) for the additive score, Vaswani et al. (2017) for the scaled
        dot product; Yang et al. (2016), "Hierarchical attention networks", for the trained query.
    """

    def __init__(self, score="additive", units=None, **kwargs):
        super().__init__(**kwargs)
        if score not in ("additive", "scaled_dot"):
            raise ValueError(f'score must be "additive" or "scaled_dot", got {score!r}')
        if units is not None and score != "additive":
            raise ValueError(f'units is for score="additive" alone, got units={units!r}')
        _check_units(units)
        self.score, self.units = score, units
        self.supports_masking = True

    def build(self, input_shape):
        """Create the query, and for the additive score W."""
        _check_rank("sequences", input_shape)
        features = input_shape[-1]
        size = features if self.units is None else self.units
        if self.score == "additive":
            self.kernel = self.add_weight(name="kernel", shape=(features, size))
        # As a column of a Dense layer with one output: neither zero nor large.
        self.query = self.add_weight(name="query", shape=(size,), initializer=_uniform(size))

    def call(self, sequences, mask=None, return_weights=False):
        """The context; see the class."""
        if self.score == "additive":
            keys, scale = ops.tanh(ops.dot(sequences, self.kernel)), 1.0
        else:
            keys, scale = sequences, math.sqrt(sequences.shape[-1])
        scores = ops.sum(keys * self.query, axis=-1) / scale  # (batch, timesteps)
        weights = attention_weights(scores, mask)
        context = ops.sum(ops.expand_dims(weights, -1) * sequences, axis=1)  # (batch, u)
        return (context, weights) if return_weights else context

    def compute_mask(self, inputs, mask=None):
        """None: the context has no time axis."""
        return

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), "score": self.score, "units": self.units}


@keras.saving.register_keras_serializable("rnn_course")
class DecoderAttention(keras.layers.Layer):
    r"""Where a decoder looks in the source: attention whose query is the decoder's state.

    .. math::

        \varphi(h, s) &= \tanh(h W + s U)\, v^\top &&\text{additive} \\
        \varphi(h, s) &= s h^\top &&\text{dot} \\
        \varphi(h, s) &= (h W)\, s^\top &&\text{general}

    The part that does not depend on the decoder, :math:`h W`, is ``project(memory)``: computed once
    a sentence, like a cell's ``project``.

    Args:
        score: ``"additive"``, ``"dot"`` or ``"general"``.
        units: size of the additive score's hidden layer; by default that of the queries.

    Call arguments:
        queries: decoder states s, ``(batch, target timesteps, units)``.
        memory: encoder states h, ``(batch, source timesteps, features)``.
        keys: ``project(memory)``; computed here by default.
        memory_mask: ``(batch, source timesteps)``, false where the source is padding.

    Returns:
        Contexts ``(batch, target timesteps, features)`` and weights
        ``(batch, target timesteps, source timesteps)``.

    Raises:
        ValueError: when ``score`` or ``units`` is not one of those above, queries or memory are of
            another rank, or vectors of unequal size are to have ``"dot"``.

    Example:
        >>> attention = DecoderAttention("general")
        >>> contexts, weights = attention(ops.ones((2, 4, 6)), ops.ones((2, 5, 8)))
        >>> contexts.shape, weights.shape
        (TensorShape([2, 4, 8]), TensorShape([2, 4, 5]))

    Source:
        Bahdanau, Cho & Bengio (2015), appendix A.1.2; Luong, Pham & Manning (2015), section 3.1.
    """

    def __init__(self, score="general", units=None, **kwargs):
        super().__init__(**kwargs)
        if score not in ("additive", "dot", "general"):
            raise ValueError(f'score must be "additive", "dot" or "general", got {score!r}')
        if units is not None and score != "additive":
            raise ValueError(f'units is for score="additive" alone, got units={units!r}')
        _check_units(units)
        self.score, self.units = score, units
        self.supports_masking = True

    def build(self, queries_shape, memory_shape):
        """Create the weights for queries and memory of these shapes."""
        _check_rank("queries", queries_shape)
        _check_rank("memory", memory_shape)
        query_size, features = queries_shape[-1], memory_shape[-1]
        size = query_size if self.units is None else self.units
        if self.score == "dot" and query_size != features:
            raise ValueError(
                'score="dot" needs queries and memory of one size, got '
                f'{query_size} and {features}: use "general"'
            )
        if self.score != "dot":
            self.kernel = self.add_weight(name="kernel", shape=(features, size))
        if self.score == "additive":
            self.query_kernel = self.add_weight(name="query_kernel", shape=(query_size, size))
            self.score_kernel = self.add_weight(
                name="score_kernel", shape=(size,), initializer=_uniform(size)
            )

    def project(self, memory):
        """What of the scores depends on the source alone, ``(batch, source timesteps, size)``."""
        return memory if self.score == "dot" else ops.dot(memory, self.kernel)

    def call(self, queries, memory, keys=None, memory_mask=None):
        """Contexts and weights; see the class."""
        keys = self.project(memory) if keys is None else keys
        if self.score == "additive":
            queries = ops.expand_dims(ops.dot(queries, self.query_kernel), 2)
            hidden = ops.tanh(queries + ops.expand_dims(keys, 1))  # (batch, target, source, size)
            scores = ops.sum(hidden * self.score_kernel, axis=-1)
        else:
            scores = ops.matmul(queries, ops.transpose(keys, (0, 2, 1)))
        mask = None if memory_mask is None else ops.expand_dims(memory_mask, 1)
        weights = attention_weights(scores, mask)
        return ops.matmul(weights, memory), weights

    def compute_mask(self, inputs, mask=None):
        """None: whoever uses the contexts knows which queries are padding."""
        return

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), "score": self.score, "units": self.units}


def _uniform(size):
    limit = math.sqrt(6 / (size + 1))
    return keras.initializers.RandomUniform(-limit, limit)


def _check_units(units):
    if units is not None and (isinstance(units, bool) or not isinstance(units, int) or units <= 0):
        raise ValueError(f"units must be a positive integer or None, got {units!r}")


def _check_rank(name, shape):
    if len(shape) != 3:
        raise ValueError(f"{name} must have shape (batch, timesteps, features), got {tuple(shape)}")
