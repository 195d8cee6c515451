"""Numbers of the package that the explorables' JavaScript is held against.

    python tests/explorables/expected.py

writes them to ``explorables/tests/expected.json``.
"""

import json
from pathlib import Path

import numpy as np

FILE = Path(__file__).resolve().parents[2] / "explorables" / "tests" / "expected.json"
TEXTS = (
    "",
    "  \t\n ",
    "we found the ending gripping .",
    "Mr. Bennet's £1,000 don't matter.",
    "Deep-Learning-Vorlesungen — “ja”, 3.14!",
    "Кто там? Ποιος; cafe\u0301 🙂🙂",
    "the film (a sequel) was NOT bad...",
)
SENTENCES = ("we found the ending gripping .", "we found the ending not gripping .", "zebra")
PREFIXES = ("", "ROMEO: What is ", "zebra 🙂")
SETTINGS = ((1.0, None, None), (0.5, 3, None), (1.0, None, 0.6), (2.0, 4, 0.7), (0.3, 1, 1.0))
CELLS = {
    "simple_rnn": ("SimpleRNNCell", {}),
    "lstm": ("LSTMCell", {}),
    **{
        f"gru {update} {after}": ("GRUCell", {"update_gate": update, "reset_after": after})
        for update in ("keep", "write")
        for after in (True, False)
    },
}


def expected():
    """All of them, as JSON holds them."""
    from rnn_course.explorables import weights
    from rnn_course.text import words

    rough = weights.encode([[0.5, 8.0], [-1.0, 4.0]], bits=8)
    return {
        "8 bits": {"encoded": rough, "values": weights.decode(rough).tolist()},
        "words": {text: words(text) for text in TEXTS},
        "cells": {name: _cell(*made) for name, made in CELLS.items()},
        "sampler": {text: _sampler(text) for text in PREFIXES},
        "restricted": [_restricted(*settings) for settings in SETTINGS],
        "attend": {text: _attend(text) for text in SENTENCES},
        "trellis": [_trellis(seed) for seed in range(4)],
        "scan": _scan(),
        "step_through": {text: _step_through(text) for text in SENTENCES},
    }


def _cell(name, options):
    """Random weights of one of the package's cells, and its states over five steps."""
    from keras import ops

    from rnn_course import layers
    from rnn_course.explorables import weights

    rng = np.random.default_rng(1)
    cell = getattr(layers, name)(3, **options)
    cell.build((None, 2))
    cell.set_weights([rng.normal(size=w.shape).astype("float32") for w in cell.weights])
    inputs = rng.normal(size=(5, 2)).astype("float32")
    states = [ops.zeros((1, 3)) for _ in cell.state_names]
    trace = []
    for x in inputs:
        _, states = cell.step(cell.project(ops.convert_to_tensor(x[None])), states)
        trace.append([_rounded(state)[0] for state in states])
    return {"cell": weights.cell(cell), "inputs": inputs.tolist(), "states": trace}


def _layer(network, name, ids):
    """The outputs of one of the package's cells with a network's weights."""
    from keras import ops

    from rnn_course import layers
    from rnn_course.explorables import weights

    kind = {"gru": layers.GRUCell, "simple_rnn": layers.SimpleRNNCell}[network[name]["kind"]]
    kernels = [weights.decode(network[name][n]) for n in ("kernel", "recurrent_kernel", "bias")]
    cell = kind(len(kernels[1]))
    cell.build((None, len(kernels[0])))
    cell.set_weights(kernels)
    inputs = weights.decode(network["embedding"])[ids].astype("float32")
    layer = layers.RNN(cell, return_sequences=True)
    return ops.convert_to_numpy(layer(inputs[None]))[0]


def _sampler(text):
    """The logits after a prefix."""
    from rnn_course.explorables import shipped_network, weights
    from rnn_course.text import Vocabulary
    from rnn_course.tokens import BEGIN

    network = shipped_network("characters")
    ids = [BEGIN, *Vocabulary(network["tokens"][4:]).encode(list(text))]
    kernel, bias = (weights.decode(network["read_out"][name]) for name in ("kernel", "bias"))
    return _rounded(_layer(network, "cell", ids)[-1] @ kernel + bias)


def _restricted(temperature, top_k, top_p):
    """Some logits, and what of them stays possible."""
    from keras import ops

    from rnn_course.models.decoding import restrict

    logits = np.random.default_rng(2).normal(size=(1, 7)).astype("float32")
    kept = ops.softmax(restrict(logits / temperature, top_k, top_p))
    settings = {"temperature": temperature, "topK": top_k or 7, "topP": top_p or 1}
    return {"settings": settings, "logits": logits[0].tolist(), "shares": _rounded(kept)[0]}


def _attend(text):
    """The classifier's layers: weights of attention, and probabilities."""
    from keras import ops

    from rnn_course.explorables import shipped_network, weights
    from rnn_course.layers import AttentionPooling
    from rnn_course.text import Vocabulary, words

    network = shipped_network("sentiment_attention")
    ids = Vocabulary(network["tokens"][4:]).encode(words(text))
    backward = _layer(network, "backward_cell", ids[::-1])[::-1]
    states = np.concatenate([_layer(network, "cell", ids), backward], axis=1)
    attention = network["attention"]
    pooling = AttentionPooling(units=attention["query"]["shape"][0])
    pooling.build((None, None, states.shape[1]))
    pooling.set_weights([weights.decode(attention[w.name]) for w in pooling.weights])
    context, shares = pooling(states[None], return_weights=True)
    kernel, bias = (weights.decode(network["read_out"][name]) for name in ("kernel", "bias"))
    logits = ops.convert_to_numpy(context) @ kernel + bias
    answer = _rounded(ops.softmax(logits))[0]
    return {"weights": _rounded(shares)[0], "probabilities": answer}


def _trellis(seed):
    """Random scores, and the best path by the package's CRF."""
    from keras import ops

    from rnn_course.layers.crf import LOG_ZERO, viterbi
    from rnn_course.tokens import BEGIN, SPECIAL_TOKENS

    rng = np.random.default_rng(seed)
    labels, steps, special = 3 + seed % 2, 5, len(SPECIAL_TOKENS)
    emissions, transitions = rng.normal(size=(steps, labels)), rng.normal(size=(labels, labels))
    size = special + labels
    potentials = np.full((1, steps, size, size), LOG_ZERO, "float32")
    potentials[0, 0, BEGIN, special:] = emissions[0]
    potentials[0, 1:, special:, special:] = transitions + emissions[1:, None]
    path = ops.convert_to_numpy(viterbi(ops.convert_to_tensor(potentials)))[0] - special
    scores = {"emissions": emissions, "transitions": transitions}
    return {name: rows.round(7).tolist() for name, rows in scores.items()} | {"path": path.tolist()}


def _scan():
    """A recurrence of eleven steps by the package's tree."""
    from keras import ops

    from rnn_course.layers.scan import linear_recurrence

    a, b = np.random.default_rng(3).uniform(-1, 1, size=(2, 11, 1, 1)).astype("float32")
    tensors = [ops.convert_to_tensor(array) for array in (a, b, np.zeros((1, 1), "float32"))]
    states = linear_recurrence(*tensors, walk="scan")
    return {
        name: np.ravel(_rounded(v)).tolist() for name, v in dict(a=a, b=b, states=states).items()
    }


def _step_through(text):
    """What the package's layers make of the words of a text, with the shipped weights."""
    from keras import ops

    from rnn_course.explorables import shipped_network, weights
    from rnn_course.layers import SimpleRNNCell
    from rnn_course.text import Vocabulary, words

    network = shipped_network("sentiment_last")
    ids = Vocabulary(network["tokens"][4:]).encode(words(text))
    kernels = [weights.decode(network["cell"][n]) for n in ("kernel", "recurrent_kernel", "bias")]
    cell = SimpleRNNCell(len(kernels[1]))
    cell.build((None, len(kernels[0])))
    cell.set_weights(kernels)
    inputs = weights.decode(network["embedding"])[ids].astype("float32")
    read_out = [weights.decode(network["read_out"][n]) for n in ("kernel", "bias")]
    states, trace, shares = [ops.zeros((1, cell.units))], [], []
    for x in inputs:
        _, states = cell.step(cell.project(ops.convert_to_tensor(x[None])), states)
        trace += _rounded(states[0])
        shares += _rounded(ops.softmax(np.asarray(states[0]) @ read_out[0] + read_out[1]))
    return {"states": trace, "probabilities": shares}


def _rounded(tensor):
    from keras import ops

    return np.round(ops.convert_to_numpy(tensor).astype(float), 7).tolist()


if __name__ == "__main__":
    text = json.dumps(expected(), ensure_ascii=False, indent=1)
    FILE.write_text(text + "\n", "utf-8", newline="\n")
