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
