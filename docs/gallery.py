"""A page of all drawings, each with the line that draws it, from small runs made while it is built.

States, gates and gradients are of networks of three units with random weights, in NumPy; what would
take a trained model, such as probabilities of words, is drawn at random.
"""

import re
from html import escape

import numpy as np

from rnn_course import bptt, figures

TOKENS = "the keys to the cabinet".split()

INTRODUCTION = """# Drawings

The course draws networks with the numbers of a run in them. Here every drawing stands with the line
that draws it; the [reference](api/rnn_course.figures.rst) says what each function takes. States and
gates on this page are those of small untrained networks; word vectors, scores and probabilities are
random.
"""

BATCH = ("the keys are here", "she reads", "he likes it", "they sleep")

# Heading, what to look for, the line that draws it.
DRAWINGS = (
    ("A window of skip-gram", "One word predicts each of its neighbours.",
     "skip_gram_window(text, center=4, window=2, probabilities=p, vectors=E)"),
    ("A window of CBOW", "The mean of the neighbours predicts one word.",
     "cbow_window(text, center=4, window=2, vectors=E, probability=p[4])"),
    ("A word in pieces", "Each piece stands under the letters that it spells.",
     'subwords("unreadable", ["un", "##read", "##able"], ids=[12, 707, 33], vectors=E[:3])'),
    ("The network folded", "The new state goes back to where the old one was.",
     "folded(tokens, h, at=2)"),
    ("The network as a recursion", "A state is a token and all that was before.",
     "recursive(tokens, h)"),
    ("The network unrolled", "The same three matrices at every step.",
     "unrolled(tokens, h, outputs=tags)"),
    ("Four shapes", "What goes in, and what comes out.",
     "four_shapes(examples)"),
    ("The gradient on its way back", "The arrow is as thick as the gradient is large.",
     "gradient_flow(tokens, norms)"),
    ("Truncation", "Beyond the cut nothing arrives.",
     "gradient_flow(tokens, norms, truncate=2)"),
    ("The LSTM, stage 1", "Nothing happens to the cell state.",
     "lstm_step(lstm_gates, before, after, inputs=x, token=word, stage=1)"),
    ("The LSTM, stage 2", "It can be forgotten.",
     "lstm_step(lstm_gates, before, after, inputs=x, token=word, stage=2)"),
    ("The LSTM, stage 3", "It can be written to.",
     "lstm_step(lstm_gates, before, after, inputs=x, token=word, stage=3)"),
    ("The LSTM, stage 4", "A share of it is shown.",
     "lstm_step(lstm_gates, before, after, inputs=x, token=word, stage=4)"),
    ("The LSTM", "Each gate has weights of its own.",
     "lstm_step(lstm_gates, before, after, inputs=x, token=word)"),
    ("The GRU, stage 1", "A share of the old state is kept.",
     "gru_step(gru_gates, [s], [new_s], inputs=x, token=word, stage=1)"),
    ("The GRU, stage 2", "The reset gate acts on the old state, never on the input.",
     "gru_step(gru_gates, [s], [new_s], inputs=x, token=word, stage=2)"),
    ("The GRU, stage 3", "The candidate fills up the rest.",
     "gru_step(gru_gates, [s], [new_s], inputs=x, token=word, stage=3)"),
    ("The GRU", "The same gate says what is kept and what is written.",
     "gru_step(gru_gates, [s], [new_s], inputs=x, token=word)"),
    ("Four versions of the GRU", "Look where r acts, and which share is z.",
     "gru_versions(four_states)"),
    ("A stack", "A layer reads what the layer below gives at the same step.",
     "stack(tokens, [h, above], outputs=tags)"),
    ("Two directions", "Both states of a position stand above its word.",
     "two_directions(tokens, h, backward, outputs=tags)"),
    ("A language model reads and writes", "Above it reads what is true, below what it wrote.",
     "reading_and_writing(tokens, p[:5], written, p[5:])"),
    ("A tagger that reads letters", "A network below the words, another above them.",
     "character_tagger(tokens, tags)"),
    ("The trellis of a CRF", "The best way need not take the best label of each word.",
     'crf_trellis(tokens, ["O", "B", "I"], emissions, transitions, greedy=True)'),
    ("Attention", "Scores, a softmax, a weighted sum.",
     "attention_pooling(tokens, h, scores)"),
    ("Encoder and decoder", "One vector is all that the decoder is told.",
     "encoder_decoder(tokens, h, written, above)"),
    ("Attention inside the decoder", "At each step the decoder's state asks anew.",
     'decoder_attention(tokens, h, scores, above[0], "die")'),
    ("The tree of a beam search", "What is given up is grey.",
     "beam_tree(tree)"),
    ("A scan", "The same states in fewer steps, and more work.",
     "scan([0.5] * 8, signal)"),
    ("A batch shared out", "A core for each half of the rows.",
     "shared_batch(batch, gradients)"),
)  # fmt: skip


def write(page, pictures):
    """Write the page, and each drawing on light and on dark.

    Args:
        page: the Markdown file.
        pictures: the folder of the drawings, called as on the site.
    """
    pictures.mkdir(parents=True, exist_ok=True)
    names, text = runs(), INTRODUCTION
    for heading, look_for, line in DRAWINGS:
        name = re.sub(r"\W+", "-", heading.lower())
        images = ""
        for mode in ("light", "dark"):
            alt, drawn = _drawn(line, names, mode)
            file = f"{name}-{mode}.svg"
            (pictures / file).write_text(drawn, "utf-8", newline="\n")
            images += (
                f'<img class="only-{mode} drawing" src="{pictures.name}/{file}" '
                f'alt="{escape(alt)}" loading="lazy">\n'
            )
        text += f"\n## {heading}\n\n{look_for}\n\n{images}\n```python\nfigures.{line}\n```\n"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, "utf-8", newline="\n")


def _drawn(line, names, mode):
    """What one line draws: its words, and the drawing as SVG."""
    from matplotlib import pyplot as plt

    with figures.look(mode):
        ax = eval(f"figures.{line}", {"figures": figures}, names)
        result = figures.alt_text(ax), figures.svg(ax)
    plt.close(ax.figure)
    return result


def runs():
    """The arrays that the lines name: of small untrained networks, the same each time."""
    rng = np.random.default_rng(4)
    units, features, at = 3, 4, 1
    x = rng.normal(size=(1, len(TOKENS), features))

    def weights(gates, rows=features):
        sizes = (rows, gates * units), (units, gates * units)
        return [*(0.8 * rng.normal(size=size) for size in sizes), np.zeros(gates * units)]

    simple = bptt.SimpleRNN(), weights(1)
    record = bptt.forward(*simple, x)
    h = record.outputs
    above = bptt.forward(simple[0], weights(1, units), h).outputs
    backward = bptt.forward(*simple, x[:, ::-1]).outputs[:, ::-1]
    of_loss = bptt.backward(record, final_state_gradients=[np.ones((1, units))]).states[0]

    lstm = bptt.forward(bptt.LSTM(), weights(4), x)
    lstm_states = [[state[0, t] for state in lstm.states] for t in (at, at + 1)]

    update, recurrent, _ = weights(3)
    grus = {}
    for z in ("keep", "write"):
        for after in (True, False):
            bias = np.zeros((2, 3 * units) if after else 3 * units)
            cell = bptt.GRU(reset_after=after, update_gate=z)
            grus[after, z] = bptt.forward(cell, [update, recurrent, bias], x)
    gru = grus[True, "keep"]
    text = "you shall know a word by the company it keeps".split()
    return {
        "text": text,
        "E": np.tanh(rng.normal(size=(len(text), 3))),
        "p": rng.dirichlet(np.ones(5), 10).max(axis=1),
        "tokens": TOKENS,
        "tags": "DET NOUN ADP DET NOUN".split(),
        "written": "die Schlüssel zum Schrank </s>".split(),
        "examples": {
            "one to many": (["picture"], "a dog runs .".split()),
            "many to one": ("not bad at all".split(), ["positive"]),
            "many to many": (TOKENS, "DET NOUN ADP DET NOUN".split()),
            "many to many, unequal": ("I read it".split(), "ich lese es".split()),
        },
        "h": h[0],
        "above": above[0],
        "backward": backward[0],
        "norms": np.linalg.norm(of_loss[0], axis=-1),
        "word": TOKENS[at],
        "x": x[0, at],
        "lstm_gates": _gates(lstm, at, ("input_gate", "forget_gate", "candidate", "output_gate")),
        "before": lstm_states[0],
        "after": lstm_states[1],
        "gru_gates": _gates(gru, at, ("update_gate", "reset_gate", "candidate")),
        "s": gru.states[0][0, at],
        "new_s": gru.states[0][0, at + 1],
        "four_states": {kind: run.outputs[0, at] for kind, run in grus.items()},
        "emissions": 1.5 * rng.normal(size=(len(TOKENS), 3)),
        "transitions": np.array([[0.5, 0.5, -4.0], [-0.5, -1.0, 2.0], [0.0, -1.0, 1.0]]),
        "scores": 2 * h[0, :, 0],
        "tree": _tree(np.log(rng.dirichlet(np.ones(3), 4))),
        "signal": [1.0, 0.0, 0.0, 1.0, 0.0, 0.0, -1.0, 2.0],
        "batch": [words.split() for words in BATCH],
        "gradients": rng.normal(size=(2, 3)) / 2,
    }


def _gates(record, at, names):
    """The gates of one step, by name."""
    before = record.states[0][:, at]
    gates = record.cell.gates(record.weights, record.inputs[:, at], before)
    return {name: gate[0] for name, gate in zip(names, gates, strict=False)}


def _tree(log_probs):
    """Two steps of a beam of two over three words, from the log-probabilities of a row each."""
    words = ("the", "a", "her"), ("key", "cabinet", "door")
    first = [(0, word, score) for word, score in zip(words[0], log_probs[0], strict=True)]
    best = sorted(range(3), key=lambda k: -first[k][2])[:2]
    second = [
        (parent, word, first[parent][2] + score)
        for parent, row in zip(best, log_probs[1:], strict=False)
        for word, score in zip(words[1], row, strict=True)
    ]
    kept = [best, sorted(range(6), key=lambda k: -second[k][2])[:2]]
    return [
        [(*candidate, k in keep) for k, candidate in enumerate(level)]
        for level, keep in zip((first, second), kept, strict=True)
    ]
