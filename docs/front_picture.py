"""Draw the picture in the README: one number in an LSTM's memory, over two sentences.

python docs/front_picture.py

A small language model is trained for about ten seconds, as in section 10 of notebook 03. It then
reads two sentences that differ in the country alone. Of the 48 numbers in its cell state the
picture shows the one that keeps the two farthest apart, at every later word. Whether it is this
number that decides is tested by swapping it between the two sentences: so are the answers.
"""

from itertools import chain
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from rnn_course import corpora
from rnn_course.figures import COLOURS, MARKERS
from rnn_course.inspection import state_traces
from rnn_course.losses import TokenCrossEntropy
from rnn_course.models import LanguageModel
from rnn_course.text import BEGIN, Vocabulary, language_model_batches

PICTURE = Path(__file__).resolve().parent / "pictures" / "remembers.svg"
SENTENCE = "they grew up in {} with the kings and speak fluent".split()
COUNTRIES = ("Germany", "France")
UNITS, EPOCHS = 48, 6


def trained():
    """A language model of sentences that name a language or end in *himself*, and its words."""
    splits = corpora.load("agreement", sentences=20_000, max_attractors=2)
    kinds = {"reflexive", "language"}
    sentences = [s.tokens for s in splits.train if kinds & {link.kind for link in s.dependencies}]
    words = Vocabulary.learn(sentences)
    keras.utils.set_random_seed(0)
    batches = language_model_batches(words.encode_all(sentences), batch_size=64, seed=0)
    model = LanguageModel(len(words), embedding_dim=32, units=UNITS, cell="lstm")
    model.build((None, None))
    kernel, recurrent_kernel, bias = model.recurrent_layers[0].cell.get_weights()
    bias[UNITS : 2 * UNITS] = 3  # the forget gates begin open
    model.recurrent_layers[0].cell.set_weights([kernel, recurrent_kernel, bias])
    rate = keras.optimizers.schedules.CosineDecay(0.01, decay_steps=EPOCHS * len(batches))
    adam = keras.optimizers.Adam(rate, beta_2=0.98, clipnorm=1.0)
    model.compile(adam, loss=TokenCrossEntropy(), steps_per_execution=8)
    model.fit(batches, epochs=EPOCHS, verbose=0)
    return model, words


def read(model, words):
    """What the model makes of the sentences.

    Returns:
        Of the number that tells the countries apart its value after each word, ``(country, word)``;
        for each country the likeliest next word with its probability; and the same when this one
        number is swapped between the two sentences after the word *kings*.
    """
    ids = np.array([words.encode([word.format(c) for word in SENTENCE]) for c in COUNTRIES])
    with_begin = np.insert(ids, 0, BEGIN, axis=1)
    cell = model.recurrent_layers[0].cell
    states = np.array(state_traces(cell, model.embedding(with_begin))["cell_state"])[:, 1:]
    after = states[:, SENTENCE.index("{}") + 1 :]  # (country, word, unit)
    unit = np.abs(after[0] - after[1]).min(axis=0).argmax()
    answers = likeliest(np.exp(model.next_log_probs(ids.tolist())), words)

    states_then, _ = model.begin(ids)
    for word, tokens in zip(["<s>", *SENTENCE], with_begin.T, strict=True):
        logits, states_then = model.step(tokens, states_then)
        if word == "kings":
            hidden, cells = states_then[0]
            cells = ops.convert_to_numpy(cells).copy()
            cells[:, unit] = cells[::-1, unit]
            states_then = [[hidden, ops.convert_to_tensor(cells)]]
    swapped = likeliest(ops.convert_to_numpy(ops.softmax(logits)), words)
    return states[:, :, unit], answers, swapped


def likeliest(probabilities, words):
    """For each row of probabilities the likeliest word, and how likely it is."""
    return [(words.tokens[row.argmax()], float(row.max())) for row in probabilities]


def draw(values, answers):
    """The picture, of `read`'s results."""
    n, at = len(SENTENCE), SENTENCE.index("{}")
    figure, ax = plt.subplots(figsize=(8.6, 4.0), layout="constrained", facecolor="white")
    figure.get_layout_engine().set(w_pad=0.15, h_pad=0.12)
    grey = {"color": "#444444", "size": 12}
    ax.fill_between(range(at, n), *values[:, at:], color="#eef3f7", linewidth=0)
    for row, (country, (answer, probability)) in enumerate(zip(COUNTRIES, answers, strict=True)):
        line = {"color": COLOURS[row], "linewidth": 2.5, "markersize": 8}
        ink = {"color": COLOURS[row], "weight": "bold", "size": 14}
        ax.plot(range(at - 1, at + 1), values[row, at - 1 : at + 1], **line)
        ax.plot(range(at, n), values[row, at:], marker=MARKERS[row], **line)
        ax.annotate(
            f"{answer}\n{100 * probability:.0f} %",
            (n - 1, values[row, -1]),
            (n - 0.35, values[row, -1]),
            arrowprops={"arrowstyle": "<-", "color": COLOURS[row], "linewidth": 2},
            va="center",
            **ink,
        )
        up = 12 if values[row, at] > values[1 - row, at] else -12
        ax.annotate(
            country,
            (at, values[row, at]),
            (-4, up),
            textcoords="offset points",
            ha="right" if up > 0 else "center",
            va="bottom" if up > 0 else "top",
            **ink,
        )
    ax.plot(range(at), values[0, :at], color="#444444", marker="D", linewidth=2.5, markersize=7)
    ax.text(0.6, values[0, 0] - 0.6, "the same words", ha="left", va="center", **grey)
    told = "none of these words\nsays which it was"
    middle = values[:, at + 1 : at + 4].mean() - 0.2
    ax.text(at + 2.1, middle, told, ha="center", va="center", **grey)
    words = [word if word != "{}" else "…" for word in SENTENCE]
    ax.set_xticks(range(n), words, fontsize=13)
    ax.tick_params(length=0)
    ax.set_yticks([])
    ax.set_ylabel("its value after each word", **grey)
    ax.set_xlim(-0.4, n + 0.75)
    ax.margins(y=0.12)
    ax.spines[:].set_visible(False)
    ax.set_title("One number in an LSTM remembers where they grew up", fontsize=16, loc="left")
    plt.rcParams["svg.hashsalt"] = "rnn-course"
    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE, metadata={"Date": None, "Creator": None})


if __name__ == "__main__":
    values, answers, swapped = read(*trained())
    draw(values, answers)
    for country, *numbers in zip(COUNTRIES, answers, swapped, strict=True):
        told = "{}: {} {:.0%}, with the number swapped {} {:.0%}"
        print(told.format(country, *chain(*numbers)))
