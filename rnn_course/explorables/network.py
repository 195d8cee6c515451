"""What Python computes of a page's network: the same numbers as the page, in double precision."""

import numpy as np

from rnn_course import bptt
from rnn_course.explorables.weights import decode
from rnn_course.tokens import SPECIAL_TOKENS, UNKNOWN


def ids_of(network, tokens):
    """The ids of tokens; that of the unknown token for those that the network has never seen."""
    known = network["tokens"]
    ids = {known[i]: i for i in range(len(SPECIAL_TOKENS), len(known))}
    return [ids.get(token, UNKNOWN) for token in tokens]


def states_of(network, ids, cell="cell"):
    """The outputs of a recurrent layer after each id, ``(n, units)``; no rows for no ids.

    Args:
        network: as `weights` writes it.
        ids: n of them.
        cell: the key of the layer's cell.
    """
    cell = network[cell]
    weights = [decode(cell[name]) for name in ("kernel", "recurrent_kernel", "bias")]
    if not len(ids):
        return np.zeros((0, len(weights[1])))
    kinds = {"simple_rnn": bptt.SimpleRNN, "lstm": bptt.LSTM, "gru": bptt.GRU}
    options = {key: cell[key] for key in ("reset_after", "update_gate") if key in cell}
    inputs = decode(network["embedding"])[ids]
    return bptt.forward(kinds[cell["kind"]](**options), weights, inputs[None]).outputs[0]


def read_out(network, states):
    """The logits at each state."""
    kernel, bias = (decode(network["read_out"][name]) for name in ("kernel", "bias"))
    return states @ kernel + bias


def softmax(logits):
    """Probabilities along the last axis; minus infinity is none."""
    shares = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return shares / shares.sum(axis=-1, keepdims=True)
