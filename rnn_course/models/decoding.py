r"""From a model that scores the next token to sequences: greedy, sampling and beam search.

One interface for language models and decoders. A model has

- ``begin(inputs)``: the states before the first token, and the *memory*: what every step reads and
  none changes, such as an encoder's outputs; ``()`` for a language model;
- ``step(tokens, states, memory)``: the logits after one more token, and the new states.

One token is fed at a time and the state is carried, never recomputed from the start. The loop runs
inside the graph: it is the ``call`` of a small Keras model, which ``predict_on_batch`` compiles.
"""

import math
from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from rnn_course.checks import check_sizes
from rnn_course.models.predicting import run
from rnn_course.text.padding import groups, pad
from rnn_course.tokens import BEGIN, END, PADDING

SHORTEST = 8  # tokens that a row counts as at least: however short, it has logits at each step


class Hypothesis(NamedTuple):
    """A sequence that beam search has found.

    Args:
        tokens: its ids, without the end token.
        log_prob: its log-probability in nats, of the end token too where it was reached.
        score: what it is ranked by: ``log_prob / length ** length_penalty``.
    """

    tokens: list[int]
    log_prob: float
    score: float


def restrict(logits, top_k=None, top_p=None):
    """Make unlikely tokens impossible.

    Args:
        logits: ``(batch, vocabulary_size)``.
        top_k: how many of the likeliest tokens stay possible; all by default.
        top_p: the likeliest tokens stay possible up to that which brings their probability to this;
            all by default.

    Returns:
        The logits, minus infinity where a token is left out.

    Example:
        >>> logits = np.log([[0.5, 0.3, 0.15, 0.05]]).astype("float32")
        >>> (ops.convert_to_numpy(restrict(logits, top_k=3)) > -math.inf).tolist()
        [[True, True, True, False]]
        >>> (ops.convert_to_numpy(restrict(logits, top_p=0.6)) > -math.inf).tolist()
        [[True, True, False, False]]

    Source:
        Fan, Lewis & Dauphin (2018) for top-k; Holtzman et al. (2020), "The curious case of neural
        text degeneration", for top-p, the nucleus.
    """
    logits = ops.convert_to_tensor(logits)
    if top_k is not None and top_k < logits.shape[-1]:
        lowest = ops.top_k(logits, top_k)[0][:, -1:]
        logits = ops.where(logits < lowest, -math.inf, logits)
    if top_p is None:
        return logits
    ranked = ops.flip(ops.sort(logits, axis=-1), axis=-1)
    probabilities = ops.softmax(ranked)
    before = ops.cumsum(probabilities, axis=-1) - probabilities  # of all likelier ones
    lowest = ops.min(ops.where(ops.less(before, top_p), ranked, math.inf), axis=-1, keepdims=True)
    return ops.where(logits < lowest, -math.inf, logits)


def choose(logits, uniform):
    """Draw a token from each distribution: its cumulative one, inverted at a uniform number.

    Args:
        logits: ``(batch, vocabulary_size)``.
        uniform: numbers in [0, 1), ``(batch,)``.

    Returns:
        Token ids, ``(batch,)``.
    """
    cumulative = ops.cumsum(ops.softmax(logits), axis=-1)
    # Dividing by the last entry: rounding may leave the sum a little under 1.
    below = ops.expand_dims(uniform, -1) >= cumulative / cumulative[:, -1:]
    return ops.sum(ops.cast(below, "int32"), axis=-1)


def greedy(logits, t=None):
    """The likeliest token of each distribution, ``(batch,)``."""
    return ops.cast(ops.argmax(logits, axis=-1), "int32")


def rollout(step, states, memory, forced, is_forced, limits=None, pick=greedy):
    """Run a model on tokens that are given in some places and its own in the others.

    A row ends at an end token of the model's own, or at its limit; the rest of it, that end token
    too, is padding.
    Without limits no row ends: what a decoder reads when it is trained with teacher forcing in
    some places only.

    Args:
        step: as described for the module.
        states: before the first token.
        memory: as described for the module.
        forced: the tokens given, ``(batch, timesteps)``.
        is_forced: where they are given, ``(batch, timesteps)``.
        limits: how many tokens each row may have, ``(batch,)``; none by default.
        pick: a function from logits ``(batch, vocabulary_size)`` and the step to tokens.

    Returns:
        Token ids, ``(batch, timesteps)``, after the `rnn_course.tokens.BEGIN` that is fed first.
    """
    forced, is_forced = ops.convert_to_tensor(forced), ops.convert_to_tensor(is_forced)
    timesteps = ops.shape(forced)[1]
    places = ops.expand_dims(ops.arange(timesteps), 0)

    def unfinished(t, current, states, done, tokens):
        return ops.logical_and(t < timesteps, ops.logical_not(ops.all(done)))

    def advance(t, current, states, done, tokens):
        logits, states = step(current, states, memory)
        given = is_forced[:, t]
        current = ops.where(given, forced[:, t], pick(_possible(logits), t))
        if limits is not None:
            ended = ops.logical_and(current == END, ops.logical_not(given))
            done = ops.logical_or(done, ops.logical_or(ended, ops.greater_equal(t, limits)))
            current = ops.where(done, PADDING, current)
        tokens = ops.where(places == t, ops.expand_dims(current, -1), tokens)
        return t + 1, current, states, done, tokens

    first = forced[:, 0]
    begin = ops.full_like(first, BEGIN)
    start = (0, begin, states, ops.zeros_like(first, "bool"), ops.full_like(forced, PADDING))
    *_, tokens = ops.while_loop(unfinished, advance, start)
    return tokens


def beam_rollout(step, states, memory, forced, is_forced, limits, beam, length_penalty):
    r"""The likeliest continuations that a search of bounded width finds.

    At each step every hypothesis is continued by every token, and the ``beam`` best are kept.
    Finished hypotheses stay among them as they are. All are ranked by

    .. math::

        \frac{\log p(w_1 \dots w_n)}{n^{\text{length penalty}}}

    Args:
        step: as described for the module; it gets ``batch * beam`` rows.
        states: before the first token, a row repeated ``beam`` times.
        memory: as described for the module, a row repeated ``beam`` times.
        forced, is_forced, limits: as in `rollout`; what is forced has no cost and no length.
        beam: how many hypotheses are kept.
        length_penalty: 0 for the likeliest, 1 for the likeliest per token.

    Returns:
        Token ids ``(batch, beam, timesteps)``, log-probabilities and scores ``(batch, beam)``, best
        first.

    Source:
        Graves (2012), "Sequence transduction with recurrent neural networks", for the search; Wu
        et al. (2016), section 7, for the normalisation.
    """
    batch, timesteps = ops.shape(forced)[0], ops.shape(forced)[1]
    places = ops.reshape(ops.arange(timesteps), (1, 1, -1))
    first_row = ops.expand_dims(ops.arange(batch) * beam, -1)  # of each sentence, among all rows

    def unfinished(t, current, states, beams):
        return ops.logical_and(t < timesteps, ops.logical_not(ops.all(beams["done"])))

    def advance(t, current, states, beams):
        logits, states = step(current, states, memory)
        vocabulary_size = logits.shape[-1]
        ids = ops.arange(vocabulary_size)
        given = is_forced[:, t, None]  # (batch, 1)
        done = ops.logical_or(beams["done"], ops.expand_dims(t >= limits, -1))
        log_probs = ops.log_softmax(_possible(logits))
        log_probs = ops.reshape(log_probs, (-1, beam, vocabulary_size))
        # Where there is no choice, the one token costs nothing.
        only = ops.where(given, forced[:, t, None], PADDING)
        free = ops.where(ids == ops.expand_dims(only, -1), 0.0, -math.inf)
        fixed = ops.expand_dims(ops.logical_or(done, given), -1)
        log_probs = ops.where(fixed, free, log_probs)

        totals = ops.expand_dims(beams["log_prob"], -1) + log_probs  # (batch, beam, vocabulary)
        lengths = beams["length"] + ops.cast(ops.logical_not(fixed[..., 0]), "float32")
        scores = totals / ops.expand_dims(_penalty(lengths, length_penalty), -1)
        _, best = ops.top_k(ops.reshape(scores, (-1, beam * vocabulary_size)), beam)
        parent, token = best // vocabulary_size, best % vocabulary_size  # (batch, beam)

        rows = ops.reshape(first_row + parent, (-1,))
        states = keras.tree.map_structure(lambda state: ops.take(state, rows, axis=0), states)
        done = ops.take_along_axis(done, parent, axis=1)
        tokens = ops.take_along_axis(beams["tokens"], parent[..., None], axis=1)
        token = ops.cast(token, "int32")
        beams = {
            "tokens": ops.where(places == t, ops.expand_dims(token, -1), tokens),
            "log_prob": ops.take_along_axis(
                ops.reshape(totals, (-1, beam * vocabulary_size)), best, axis=1
            ),
            "length": ops.take_along_axis(lengths, parent, axis=1),
            "done": ops.logical_or(done, ops.logical_and(token == END, ops.logical_not(given))),
        }
        return t + 1, ops.reshape(token, (-1,)), states, beams

    rows = ops.repeat(ops.expand_dims(forced, 1), beam, axis=1)  # (batch, beam, timesteps)
    # At first all rows of a sentence are one hypothesis: only the first of them counts.
    alone = ops.where(ops.arange(beam) == 0, 0.0, -math.inf)
    log_prob = ops.zeros_like(rows[:, :, 0], "float32") + alone
    beams = {
        "tokens": ops.full_like(rows, PADDING),
        "log_prob": log_prob,
        "length": ops.zeros_like(log_prob),
        "done": ops.zeros_like(log_prob, "bool"),
    }
    begin = ops.reshape(ops.full_like(rows[:, :, 0], BEGIN), (-1,))
    _, _, _, beams = ops.while_loop(unfinished, advance, (0, begin, states, beams))
    scores = beams["log_prob"] / _penalty(beams["length"], length_penalty)
    return beams["tokens"], beams["log_prob"], scores


def _penalty(lengths, length_penalty):
    return ops.maximum(lengths, 1.0) ** length_penalty


def _possible(logits):
    """Logits in float32, with padding and begin, which are never an answer, made impossible."""
    ids = ops.arange(logits.shape[-1])
    never = ops.logical_or(ids == PADDING, ids == BEGIN)
    return ops.where(never, -math.inf, ops.cast(logits, "float32"))


class Decoder:
    """The decoding loops of a model, each compiled when it is first used.

    Args:
        model: has ``begin`` and ``step`` as described for the module.

    """

    # No Keras object: a model can keep its decoder without Keras taking it for a part of it.
    def __init__(self, model):
        self.model = model
        self.loops = {}

    def generate(
        self,
        inputs,
        prompts,
        max_length,
        temperature=1.0,
        top_k=None,
        top_p=None,
        seed=None,
        batch_size=None,
    ):
        r"""Continue prompts token by token until each has ended or is long enough.

        .. math::

            p_v \propto \exp(a_v / T)

        Args:
            inputs: what ``begin`` takes, for each prompt: an array, or a list of token id lists.
            prompts: a list of token id lists, which may be empty; ``BEGIN`` is fed before each.
            max_length: the most tokens to add to a prompt, for all of them or for each.
            temperature: :math:`T`: 0 for greedy, 1 for the model's own distribution, more for
                flatter ones.
            top_k, top_p: which tokens stay possible, at that temperature; see `restrict`.
            seed: of the sampling; None for fresh randomness.
            batch_size: how many to run at once, at most; fewer if they are long.

        Returns:
            A list of token id lists: the continuation of each prompt, without the end token.

        Raises:
            ValueError: when there is no prompt or an option is out of range.
        """
        if not 0 <= temperature < math.inf:
            raise ValueError(f"temperature must be 0 or a positive number, got {temperature}")
        if top_k is not None and (not isinstance(top_k, int) or top_k < 1):
            raise ValueError(f"top_k must be a positive integer or None, got {top_k!r}")
        if top_p is not None and not 0 < top_p <= 1:
            raise ValueError(f"top_p must be above 0 and at most 1, or None, got {top_p}")
        limits = _limits(prompts, max_length)
        if temperature > 0:  # a row's numbers are its own, whatever runs beside it
            shape = len(prompts), max(int(limits.max()), 1)
            uniform = np.random.default_rng(seed).random(shape, dtype="float32")
        loop = self._loop(Sampling, top_k=top_k)
        result = [None] * len(prompts)
        for rows, arrays in _in_groups(inputs, prompts, limits, batch_size):
            if temperature > 0:
                arrays["uniform"] = uniform[rows, : arrays["forced"].shape[1]]
                arrays["temperature"] = np.full(len(rows), temperature, "float32")
            if temperature > 0 and top_p is not None:
                arrays["top_p"] = np.full((len(rows), 1), top_p, "float32")
            for row, tokens in zip(rows, run(loop, arrays), strict=True):
                result[row] = _continuation(tokens[len(prompts[row]) :])
        return result

    def search(self, inputs, prompts, max_length, beam=5, length_penalty=1.0, batch_size=None):
        """Beam search: the best continuations of each prompt; see `beam_rollout`.

        Args:
            inputs, prompts, max_length: as in `generate`.
            beam: how many hypotheses are kept; 1 is greedy.
            length_penalty: 0 ranks by probability, 1 by probability per token.
            batch_size: as in `generate`.

        Returns:
            For each prompt a list of `Hypothesis`, the best first, ``beam`` of them where there are
            as many.

        Raises:
            ValueError: when there is no prompt or an option is out of range.
        """
        check_sizes(beam=beam)
        if not 0 <= length_penalty < math.inf:
            raise ValueError(f"length_penalty must not be negative, got {length_penalty}")
        limits = _limits(prompts, max_length)
        loop = self._loop(Search, beam=beam, length_penalty=float(length_penalty))
        result = [None] * len(prompts)
        for rows, arrays in _in_groups(inputs, prompts, limits, batch_size, beam):
            for row, *beams in zip(rows, *run(loop, arrays), strict=True):
                result[row] = [
                    Hypothesis(_continuation(tokens[len(prompts[row]) :]), float(p), float(score))
                    for tokens, p, score in zip(*beams, strict=True)
                    if p > -math.inf
                ]
        return result

    def _loop(self, kind, **options):
        key = (kind, *options.values())
        if key not in self.loops:
            self.loops[key] = kind(self.model, **options)
        return self.loops[key]


def _limits(prompts, max_length):
    """How long each row may become, its prompt among it."""
    if not len(prompts):
        raise ValueError("prompts must hold at least one prompt; an empty one is []")
    if np.min(max_length) < 0:
        raise ValueError(f"max_length must not be negative, got {np.min(max_length)}")
    return np.array([len(prompt) for prompt in prompts], "int32") + np.asarray(max_length, "int32")


def _in_groups(inputs, prompts, limits, batch_size, beam=1):
    """Prompts in groups, their places and arrays: inputs, tokens given and where, and limits."""
    sizes = [
        beam * max(SHORTEST, len(prompt), np.size(given))
        for prompt, given in zip(prompts, inputs, strict=True)
    ]
    for rows in groups(sizes, batch_size):
        chosen = [prompts[row] for row in rows]
        lengths = np.array([len(prompt) for prompt in chosen])
        total = max(int(limits[rows].max()), 1)
        forced = np.full((len(rows), total), PADDING, "int32")
        given = pad(chosen)[:, :total]
        forced[:, : given.shape[1]] = given
        yield (
            rows,
            dict(
                inputs=inputs[rows]
                if isinstance(inputs, np.ndarray)
                else pad([inputs[row] for row in rows]),
                forced=forced,
                is_forced=np.arange(total) < lengths[:, None],
                limits=limits[rows],
            ),
        )


def _continuation(row):
    row = row[row != PADDING].tolist()
    return row[: row.index(END)] if END in row else row


class Sampling(keras.Model):
    """`rollout` as a model, so that Keras compiles it."""

    def __init__(self, model, top_k):
        super().__init__()
        self.model, self.top_k = model, top_k

    def call(self, arrays):
        """Token ids, ``(batch, timesteps)``."""

        def draw(logits, t):
            logits = logits / arrays["temperature"][:, None]
            logits = restrict(logits, self.top_k, arrays.get("top_p"))
            return choose(logits, arrays["uniform"][:, t])

        return rollout(
            self.model.step,
            *self.model.begin(arrays["inputs"]),
            arrays["forced"],
            arrays["is_forced"],
            arrays["limits"],
            draw if "uniform" in arrays else greedy,
        )


class Search(keras.Model):
    """`beam_rollout` as a model, so that Keras compiles it."""

    def __init__(self, model, beam, length_penalty):
        super().__init__()
        self.model, self.beam, self.length_penalty = model, beam, length_penalty

    def call(self, arrays):
        """Token ids, log-probabilities and scores."""
        states, memory = keras.tree.map_structure(
            lambda tensor: ops.repeat(tensor, self.beam, axis=0),
            self.model.begin(arrays["inputs"]),
        )
        given = (arrays[name] for name in ("forced", "is_forced", "limits"))
        return beam_rollout(self.model.step, states, memory, *given, self.beam, self.length_penalty)
