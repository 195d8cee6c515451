"""From a model that scores the next token to sequences of tokens: greedy and temperature sampling.

One token is fed at a time and the state is carried, never recomputed from the start.
"""

import math

import numpy as np
from keras import ops

from rnn_course.tokens import BEGIN, END, PADDING


def choose(logits, temperature, uniform):
    r"""The next token of each sequence.

    .. math::

        p_v \propto \exp(a_v / T)

    Sampling inverts the cumulative distribution at a uniform number; :math:`T \to 0` is the limit
    in which the best token has all the probability (greedy).

    Args:
        logits: :math:`a`, ``(batch, vocabulary_size)``.
        temperature: :math:`T`, 0 for greedy.
        uniform: numbers in [0, 1), ``(batch,)``.

    Returns:
        Token ids, ``(batch,)``.
    """
    if temperature == 0:
        return ops.cast(ops.argmax(logits, axis=-1), "int32")
    cumulative = ops.cumsum(ops.softmax(ops.cast(logits, "float32") / temperature), axis=-1)
    # Dividing by the last entry: rounding may leave the sum a little under 1.
    below = ops.expand_dims(uniform, -1) >= cumulative / cumulative[:, -1:]
    return ops.sum(ops.cast(below, "int32"), axis=-1)


def generate(step, initial_states, prompts, max_length, temperature=1.0, seed=None):
    """Continue prompts token by token until each has ended or is long enough.

    Args:
        step: a function from tokens ``(batch,)`` and states to logits
            ``(batch, vocabulary_size)`` and new states.
        initial_states: the states before the first token, any nested structure.
        prompts: a list of token id lists, which may be empty; ``BEGIN`` is fed before each.
        max_length: the most tokens to add to a prompt.
        temperature: 0 for greedy, 1 for the model's own distribution, more for flatter ones.
        seed: of the sampling; None for fresh randomness.

    Returns:
        A list of token id lists: the continuation of each prompt, without the end token.

    Raises:
        ValueError: when there is no prompt, ``max_length`` is negative or ``temperature``
            negative or infinite.
    """
    if not prompts:
        raise ValueError("prompts must hold at least one prompt; an empty one is []")
    if max_length < 0:
        raise ValueError(f"max_length must not be negative, got {max_length}")
    if not 0 <= temperature < math.inf:
        raise ValueError(f"temperature must be 0 or a positive number, got {temperature}")
    lengths = np.array([len(prompt) for prompt in prompts])
    total = int(lengths.max()) + max_length
    forced = np.full((len(prompts), total), PADDING, "int32")
    for row, prompt in zip(forced, prompts, strict=True):
        row[: len(prompt)] = prompt
    uniform = np.random.default_rng(seed).random(forced.shape, dtype="float32")
    in_prompt = np.arange(total) < lengths[:, None]
    too_long = np.arange(total) >= (lengths + max_length)[:, None]
    forced, uniform, in_prompt, too_long = map(
        ops.convert_to_tensor, (forced, uniform, in_prompt, too_long)
    )

    def unfinished(t, current, states, done, tokens):
        return ops.logical_and(t < total, ops.logical_not(ops.all(done)))

    def advance(t, current, states, done, tokens):
        logits, states = step(current, states)
        logits = _forbid(logits, (PADDING, BEGIN))
        chosen = choose(logits, temperature, uniform[:, t])
        current = ops.where(in_prompt[:, t], forced[:, t], chosen)
        ended = ops.logical_and(current == END, ops.logical_not(in_prompt[:, t]))
        done = ops.logical_or(done, ops.logical_or(ended, too_long[:, t]))
        current = ops.where(done, PADDING, current)
        tokens = ops.slice_update(tokens, [0, t], ops.expand_dims(current, -1))
        return t + 1, current, states, done, tokens

    start = (
        0,
        ops.full((len(prompts),), BEGIN, "int32"),
        initial_states,
        ops.zeros((len(prompts),), "bool"),
        ops.full(forced.shape, PADDING, "int32"),
    )
    *_, tokens = ops.while_loop(unfinished, advance, start)
    tokens = ops.convert_to_numpy(tokens)
    continuations = (row[length:] for row, length in zip(tokens, lengths, strict=True))
    return [row[row != PADDING].tolist() for row in continuations]


def _forbid(logits, tokens):
    """Logits with the given tokens made impossible: padding and begin are never an answer."""
    forbidden = ops.isin(ops.arange(logits.shape[-1]), ops.convert_to_tensor(tokens))
    return ops.where(forbidden, ops.cast(-math.inf, logits.dtype), logits)
