r"""`CRF`: a linear-chain conditional random field, the tags of a sentence scored as one path.

A path :math:`y_1 \dots y_n` of tags is scored by the emissions :math:`P` of a network and by the
transitions :math:`A` between neighbours, the begin token before and the end token after them:

.. math::

    s(x, y) = \sum_{t=0}^{n} A_{y_t, y_{t+1}} + \sum_{t=1}^{n} P_{t, y_t}, \qquad
    y_0 = \text{<s>}, \quad y_{n+1} = \text{</s>}

    p(y \mid x) = \exp(s(x, y) - \log Z(x)), \qquad \log Z(x) = \log \sum_{y'} \exp s(x, y')

The layer puts all that step t adds to a score into one number for each pair of neighbouring tags,
the potentials; the sum over all paths is then the forward algorithm, the best path Viterbi's:

.. math::

    \psi_t(i, j) &= A_{i,j} + P_{t,j} + [t = n]\, A_{j,\text{</s>}} \\
    \alpha_t(j) &= \log \sum_i \exp(\alpha_{t-1}(i) + \psi_t(i, j)), \qquad
    \log Z = \log \sum_j \exp \alpha_n(j) \\
    \delta_t(j) &= \max_i\; \delta_{t-1}(i) + \psi_t(i, j)

with :math:`\alpha_0 = \delta_0 = 0` for the begin token and :math:`-\infty` for all else. At
padding :math:`\psi` is the identity, 0 for staying at a tag and :math:`-\infty` for leaving it. So
padding changes no score wherever it stands: the tags to its left and right are neighbours.

Source:
    Lafferty, McCallum & Pereira (2001), "Conditional random fields: probabilistic models for
    segmenting and labeling sequence data"; Lample et al. (2016), "Neural architectures for named
    entity recognition", section 2.2.
"""

from types import SimpleNamespace

import keras
from keras import ops

from rnn_course.tokens import BEGIN, END, PADDING

LOG_ZERO = -1e9  # for log 0: minus infinity would make gradients NaN


def only_tags(scores):
    """Scores with padding, begin and end token ruled out, which are no tags of a word.

    Args:
        scores: ``(..., tags)``, a score for each id.

    Returns:
        The same, lower by 1e9 for those three.
    """
    ids = ops.arange(scores.shape[-1])
    ruled_out = (ids == PADDING) | (ids == BEGIN) | (ids == END)
    return ops.where(ruled_out, scores + LOG_ZERO, scores)


@keras.saving.register_keras_serializable("rnn_course")
class CRF(keras.layers.Layer):
    """Potentials of each pair of neighbouring tags; see the module for the equations.

    Tags are the ids of a `rnn_course.text.Vocabulary`: begin and end token have a row and a column
    of the transitions, ``transitions[BEGIN]`` scores first tags and ``transitions[:, END]`` last
    ones. They begin at zero, where the CRF is a softmax at each step.

    Args:
        tags: how many ids there are, the special ones among them.

    Call arguments:
        emissions: :math:`P`, a score for each tag, ``(batch, timesteps, tags)``.
        mask: ``(batch, timesteps)``, false at padding, which may stand anywhere.

    Returns:
        Potentials ``(batch, timesteps, tags, tags)``: of the tag before and the tag at a step.
        `log_partition`, `log_prob` and `viterbi` take them, and need nothing else.

    In half precision, too coarse for sums over all paths, it computes in single precision.

    Raises:
        ValueError: when the emissions are not of that shape, or there are no more ids than those
            of the special tokens.

    Example:
        >>> crf = CRF(tags=6)
        >>> potentials = crf(ops.zeros((1, 2, 6)))  # ids 1, 4 and 5 are possible at each step
        >>> round(float(ops.exp(log_partition(potentials))[0]), 3)
        9.0
    """

    def __init__(self, tags, **kwargs):
        super().__init__(**kwargs)
        if self.compute_dtype in ("float16", "bfloat16"):
            self.dtype_policy = "float32"
        if isinstance(tags, bool) or not isinstance(tags, int) or tags <= END + 1:
            raise ValueError(
                f"tags must be an integer, the {END + 1} special tokens and at least one tag, "
                f"got {tags!r}"
            )
        self.tags = tags
        self.supports_masking = True

    def build(self, emissions_shape):
        """Create the transitions, ``(tags, tags)``."""
        self._check(emissions_shape)
        self.transitions = self.add_weight(
            name="transitions", shape=(self.tags, self.tags), initializer="zeros"
        )

    def call(self, emissions, mask=None):
        """Potentials; see the class."""
        self._check(emissions.shape)
        transitions = ops.convert_to_tensor(self.transitions)
        potentials = only_tags(emissions)[:, :, None, :] + transitions
        if mask is None:
            mask = ops.ones_like(emissions[:, :, 0], "bool")
        steps = ops.cumsum(ops.cast(mask, "int32"), axis=1)
        last = ops.logical_and(mask, steps == steps[:, -1:])[:, :, None, None]
        potentials += ops.where(last, transitions[:, END], 0.0)
        identity = LOG_ZERO * (1 - ops.eye(self.tags, dtype=potentials.dtype))
        return ops.where(ops.cast(mask, "bool")[:, :, None, None], potentials, identity)

    def compute_output_shape(self, emissions_shape):
        """A score for each pair of tags at each step."""
        return (*emissions_shape, self.tags)

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), "tags": self.tags}

    def _check(self, shape):
        if len(shape) != 3 or shape[-1] != self.tags:
            raise ValueError(
                f"emissions must have shape (batch, timesteps, tags={self.tags}), "
                f"got {tuple(shape)}"
            )


def log_partition(potentials, tags=None):
    r"""Logarithm of the sum of :math:`\exp s` over all paths, or over those that agree with tags.

    Args:
        potentials: as `CRF` gives them, ``(batch, timesteps, tags, tags)``.
        tags: ids, ``(batch, timesteps)``; `rnn_course.tokens.PADDING`, which padding has, agrees
            with all. Where each real step has a tag one path is left, and the result is its score.

    Returns:
        ``(batch,)``; 0 for a row of padding alone, which has one path, the empty one.
    """
    if tags is not None:
        tags = ops.cast(tags, "int32")[:, :, None]
        agrees = (tags == PADDING) | (tags == ops.arange(potentials.shape[-1]))
        potentials = ops.where(agrees[:, :, None, :], potentials, LOG_ZERO)
    return ops.logsumexp(_forward(ops.logsumexp, potentials)[:, -1], axis=-1)


def log_prob(potentials, tags):
    r""":math:`\log p(y \mid x)` of each row's path.

    Args:
        potentials: as `CRF` gives them, ``(batch, timesteps, tags, tags)``.
        tags: ids, ``(batch, timesteps)``, `rnn_course.tokens.PADDING` at padding. A real step that
            has none either counts for all its tags: the probability is that of the others.

    Returns:
        ``(batch,)`` in nats.
    """
    return log_partition(potentials, tags) - log_partition(potentials)


def viterbi(potentials):
    """The path of the highest score (Viterbi 1967).

    Args:
        potentials: as `CRF` gives them, ``(batch, timesteps, tags, tags)``.

    Returns:
        Ids ``(batch, timesteps)``, int32. Padding repeats the tag before it, the begin token where
        there is none.

    Example:
        >>> crf = CRF(tags=6)
        >>> emissions = ops.convert_to_tensor([[[0.0, 0, 0, 0, 2, 1], [0, 0, 0, 0, 0, 1]]])
        >>> viterbi(crf(emissions)).numpy().tolist()
        [[4, 5]]
    """
    scores = _forward(ops.max, potentials)  # (batch, 1 + timesteps, tags)
    arriving = scores[:, :-1, :, None] + potentials  # at each tag from each tag before
    before = ops.cast(ops.argmax(arriving, axis=2), "int32")  # (batch, timesteps, tags)
    last = ops.cast(ops.argmax(scores[:, -1], axis=-1), "int32")

    def step_back(tag, before):
        return ops.take_along_axis(before, tag[:, None], axis=1)[:, 0]

    path = ops.flip(_walk(step_back, before, last, go_backwards=True), axis=1)
    return ops.concatenate([path[:, 1:], last[:, None]], axis=1)  # path is one step behind


def _forward(reduce, potentials):
    """The module's recursion from step 0 on, `reduce` over the tag before."""
    begin = ops.where(ops.arange(potentials.shape[-1]) == BEGIN, 0.0, LOG_ZERO)
    begin = ops.zeros_like(potentials[:, 0, 0]) + ops.cast(begin, potentials.dtype)

    def step(scores, potentials):
        return reduce(scores[:, :, None] + potentials, axis=1)

    scores = _walk(step, potentials, begin)
    return ops.concatenate([begin[:, None], scores], axis=1)  # (batch, 1 + timesteps, tags)


def _walk(step, sequence, state, go_backwards=False):
    """The states of a recurrence in the order of the walk, ``(batch, timesteps, …)``."""

    # Keras's loop for recurrent layers, not `ops.scan`: XLA, which compiles models for a GPU, does
    # not take the gradient of that one in TensorFlow.
    def cell(inputs, states):
        state = step(states[0], inputs)
        return state, [state]

    walk = SimpleNamespace(
        cell=cell,
        go_backwards=go_backwards,
        return_sequences=True,
        stateful=False,
        unroll=False,
        zero_output_for_mask=False,
    )
    _, states, _ = keras.layers.RNN.inner_loop(walk, sequence, state, mask=None)
    return states
