"""The front page's picture: a small network reads a sentence and has to know its verb's number.

    python docs/unrolled.py

trains the network, in about a minute, and writes what it did to `docs/unrolled.json`, and a still
picture of it, for the page that JupyterLab opens on, to `notebooks/START.svg`. The site's picture
is drawn from the first file; building the site trains nothing.
"""

import json
import re
from html import escape
from pathlib import Path

RUN = Path(__file__).with_suffix(".json")
STILL = Path(__file__).resolve().parents[1] / "notebooks" / "START.svg"
SENTENCES = {"keys": "the keys to the cabinet", "key": "the key to the cabinet"}
UNITS = 4

NEGATIVE, POSITIVE, SHARE = (0, 114, 178), (213, 94, 0), (0, 158, 115)  # as in the notebooks
WIDTH, HEIGHT, PITCH = 72, 34, 112  # of one unit's field, and from one word to the next
TOP, BOTTOM = 86, 86 + UNITS * 34  # of a column
SPACE = 16  # at each side


def train(seed=0):
    """Train a simple recurrent network to say after each word whether the verb will be plural.

    Args:
        seed: of its first weights.

    Returns:
        The run as `docs/unrolled.json` holds it.
    """
    import keras
    import numpy as np

    from rnn_course import corpora
    from rnn_course.layers import RNN, SimpleRNNCell
    from rnn_course.text import Vocabulary

    keras.utils.set_random_seed(seed)
    train, _, test = corpora.load("agreement", sentences=25_000)
    words = Vocabulary.learn([sentence.tokens for sentence in train])

    def examples(sentences):
        """The words before each sentence's first verb, and whether the verb is plural."""
        verbs = [[d.target for d in s.dependencies if d.kind == "verb"] for s in sentences]
        cases = [(s, min(places)) for s, places in zip(sentences, verbs, strict=True) if places]
        ids = np.zeros((len(cases), max(place for _, place in cases)), int)
        for row, (sentence, place) in zip(ids, cases, strict=True):
            row[:place] = words.encode(sentence.tokens[:place])
        # In this corpus a verb ends in -s where it is singular, and nowhere else.
        return ids, np.array([not s.tokens[place].endswith("s") for s, place in cases], float)

    ids, plural = examples(train)
    word = keras.Input((None,), dtype="int32")
    embedded = keras.layers.Embedding(len(words), UNITS)(word)
    states = RNN(SimpleRNNCell(UNITS), return_sequences=True)(embedded)
    answers = keras.layers.Dense(1, activation="sigmoid")(states)
    network = keras.Model(word, [states, answers])
    learner = keras.Model(word, answers)
    learner.compile(keras.optimizers.Adam(0.01), loss="binary_crossentropy", weighted_metrics=[])
    every_word = np.broadcast_to(plural[:, None, None], (*ids.shape, 1))
    learner.fit(ids, every_word, sample_weight=ids > 0, epochs=10, batch_size=64, verbose=0)

    ids, plural = examples(test)
    last = (ids > 0).sum(axis=1) - 1
    said = np.asarray(learner.predict(ids, verbose=0))[np.arange(len(last)), last, 0]
    runs = {}
    for name, sentence in SENTENCES.items():
        states, answers = network(np.array([words.encode(sentence.split())]))
        runs[name] = {
            "tokens": sentence.split(),
            "states": [[round(float(x), 2) for x in state] for state in states[0]],
            "plural": [round(float(p), 3) for p in answers[0, :, 0]],
        }
    right = int(((said > 0.5) == plural).sum())
    return {"seed": seed, "learned_from": len(every_word), "verbs": len(ids), "right": right,
            "runs": runs}  # fmt: skip


def kept(runs):
    """The unit that tells the sentences apart best, from the word that differs to the last one.

    Args:
        runs: as `docs/unrolled.json` holds them.

    Returns:
        Its number, and the step from which on it does.
    """
    first, second = (run["states"] for run in runs.values())
    words = zip(*(run["tokens"] for run in runs.values()), strict=True)
    start = next(step for step, (one, other) in enumerate(words) if one != other)

    def apart(unit):
        return min(abs(first[step][unit] - second[step][unit]) for step in range(start, len(first)))

    return max(range(UNITS), key=apart), start


def drawing(run, outlined):
    """The network unrolled over one sentence, as SVG that unrolls step by step.

    Args:
        run: its tokens, states and answers.
        outlined: the unit to outline, and the step from which on.

    Returns:
        A `<svg>` element with a description of what it shows.
    """
    unit, start = outlined
    steps = len(run["tokens"])
    width = 2 * SPACE + steps * PITCH + WIDTH
    parts = [_column([0.0] * UNITS, 0)]
    for step, state in enumerate(run["states"], 1):
        left = SPACE + step * PITCH
        middle, half = left + WIDTH / 2, TOP + UNITS * HEIGHT / 2
        answer, share = _answer(run["plural"][step - 1])
        ring = _ring(left, unit) if step > start else ""
        fill = _mixed(SHARE, 2 * share - 1)
        parts.append(
            f'<g class="step" style="--step: {step - 1}">'
            f'<g class="word"><text x="{middle}" y="{BOTTOM + 66}">'
            f"{escape(run['tokens'][step - 1])}</text>"
            f"{_arrow(middle, BOTTOM + 44, middle, BOTTOM + 3)}"
            f'<text class="letter" x="{middle + 16}" y="{BOTTOM + 30}">W</text>'
            f"{_arrow(left - PITCH + WIDTH, half, left - 3, half)}"
            f'<text class="letter" x="{left - (PITCH - WIDTH) / 2 - 2}" y="{half - 9}">U</text></g>'
            f'<g class="state">{_column(state, step)}{ring}</g>'
            f'<g class="answer">{_arrow(middle, TOP - 2, middle, TOP - 36)}'
            f'<text class="letter" x="{middle + 15}" y="{TOP - 13}">V</text>'
            f'<rect x="{middle - 50}" y="14" width="100" height="32" rx="16" '
            f'fill="{_hex(fill)}" stroke="#888"/>'
            f'<text x="{middle}" y="37" fill="{_ink(fill)}">{answer} {share:.0%}</text></g></g>'
        )
    box = f"0 0 {width} {BOTTOM + 78}"
    return (
        f'<svg class="unrolled" viewBox="{box}" role="img" aria-label="{escape(says(run))}">'
        f"{''.join(parts)}</svg>"
    )


def still():
    """The drawing of the first sentence as a file of its own, on white."""
    runs = json.loads(RUN.read_text("utf-8"))["runs"]
    drawn = drawing(runs["keys"], kept(runs))
    width, height = re.search(r'viewBox="0 0 (\d+) (\d+)"', drawn).groups()
    style = (
        "text { font: 20px sans-serif; text-anchor: middle; } .letter { font: italic 18px serif; } "
        "line { stroke: #000; stroke-width: 2; } "
        ".kept { fill: none; stroke: #000; stroke-width: 4; }"
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
    ground = f'<style>{style}</style><rect width="100%" height="100%" rx="8" fill="#fff"/>'
    return drawn.replace("<svg", head, 1).replace(">", f">{ground}", 1) + "\n"


def says(run):
    """What the drawing of a run shows, in words."""
    sentences = [
        f"A recurrent network with {UNITS} units, unrolled over “{' '.join(run['tokens'])}”. "
        "Its state is zeros at first."
    ]
    for token, state, plural in zip(run["tokens"], run["states"], run["plural"], strict=True):
        answer, share = _answer(plural)
        numbers = ", ".join(f"{value:.2f}" for value in state)
        sentences.append(f"After “{token}”: {numbers}; the verb will be “{answer}”: {share:.0%}.")
    return " ".join(sentences)


def picture():
    """The picture as HTML: one drawing per sentence, and the choice between the two."""
    numbers = json.loads(RUN.read_text("utf-8"))
    outlined = kept(numbers["runs"])
    choices = "".join(
        f'<label><input type="radio" name="subject" value="{name}"'
        f"{' checked' if name == 'keys' else ''}> {name}</label>"
        for name in numbers["runs"]
    )
    drawings = "".join(
        f'<div class="of-{name}">{drawing(run, outlined)}</div>'
        for name, run in numbers["runs"].items()
    )
    right, verbs = numbers["right"], numbers["verbs"]
    score = f"all {verbs:,}" if right == verbs else f"{right:,} of {verbs:,}"
    return (
        f'<fieldset class="subject"><legend>Change one word:</legend>{choices}</fieldset>{drawings}'
        "<p>Each column is the memory after one more word: orange above zero, blue below. Above it "
        "is the verb that the network expects. It has learned from "
        f"{numbers['learned_from']:,} sentences and is right on {score} that it had never seen. "
        '<a href="notebooks/01_simple_rnn.html">Notebook&nbsp;01</a> builds it.</p>'
    )


def _answer(plural):
    """The likelier verb form, and its probability."""
    return ("are", plural) if plural >= 0.5 else ("is", 1 - plural)


def _column(state, step):
    fields = []
    for unit, value in enumerate(state):
        x, y = SPACE + step * PITCH, TOP + unit * HEIGHT
        fill = _mixed(POSITIVE if value > 0 else NEGATIVE, abs(value))
        number = f"{value:.2f}".replace("-", "−")
        fields.append(
            f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" fill="{_hex(fill)}" '
            f'stroke="#888"/><text x="{x + WIDTH / 2}" y="{y + 24}" fill="{_ink(fill)}">'
            f"{number}</text>"
        )
    return "".join(fields)


def _ring(left, unit):
    return (
        f'<rect class="kept" x="{left - 3}" y="{TOP + unit * HEIGHT - 3}" width="{WIDTH + 6}" '
        f'height="{HEIGHT + 6}" rx="5"/>'
    )


def _arrow(x1, y1, x2, y2):
    dx, dy = (x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1)
    head = f"{x2},{y2} {x2 - 9 * dx - 5 * dy},{y2 - 9 * dy - 5 * dx} "
    head += f"{x2 - 9 * dx + 5 * dy},{y2 - 9 * dy + 5 * dx}"
    return (
        f'<line x1="{x1}" y1="{y1}" x2="{x2 - 8 * dx}" y2="{y2 - 8 * dy}"/>'
        f'<polygon points="{head}"/>'
    )


def _mixed(colour, share):
    """A colour between white, at 0, and the one given, at 1."""
    return tuple(round(255 + share * (channel - 255)) for channel in colour)


def _hex(colour):
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _ink(colour):
    """Black or white, whichever can be read better on a colour."""
    linear = [((c / 255 + 0.055) / 1.055) ** 2.4 if c > 10 else c / 3294.6 for c in colour]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000" if (luminance + 0.05) ** 2 > 0.05 * 1.05 else "#fff"


if __name__ == "__main__":
    RUN.write_text(json.dumps(train(), indent=1) + "\n", "utf-8", newline="\n")
    STILL.write_text(still(), "utf-8", newline="\n")
