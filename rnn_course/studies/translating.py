"""Translation of the embedded corpus as two studies use it: trained, scored, and looked into."""

from collections import Counter
from functools import cache
from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from rnn_course import corpora
from rnn_course.losses import TokenCrossEntropy
from rnn_course.metrics import alignment_error_rate, best_links, bleu
from rnn_course.models import EncoderDecoder, restart
from rnn_course.studies.training import adam, again_and_again, from_look_to_look, steps_of
from rnn_course.text import BEGIN, END, PADDING, Vocabulary

WORDS = 150  # pairs of the most frequent English words only, as in the notebook
LENGTH = 12  # to which all are padded: ten tokens at most on the English side
LONGEST = {"short": (0, 6), "middle": (7, 8), "long": (9, 10)}  # English tokens


class Part(NamedTuple):
    """Pairs, and the same as ids.

    Args:
        pairs: of the corpus.
        sources: a list of token id lists.
        targets: the same.
        arrays: source, decoder inputs and targets, each ``(pairs, LENGTH)``.
    """

    pairs: list
    sources: list
    targets: list
    arrays: tuple


@cache
def data():
    """Both vocabularies, and train, dev and test of about 8,000, 1,000 and 1,000 pairs."""
    parts = corpora.load("translation", examples=60_000, max_length=10)
    counts = Counter(word.lower() for pair in parts.train for word in pair.source)
    frequent = {word for word, _ in counts.most_common(WORDS)}
    easy = [
        [
            pair
            for pair in part
            if {word.lower() for word in pair.source} <= frequent and len(pair.target) < LENGTH
        ]
        for part in parts
    ]
    english = Vocabulary.learn([pair.source for pair in easy[0]])
    german = Vocabulary.learn([pair.target for pair in easy[0]])
    found = []
    for part in easy:
        sources = english.encode_all([pair.source for pair in part])
        targets = german.encode_all([pair.target for pair in part])
        arrays = (
            _padded(sources),
            _padded([[BEGIN, *target] for target in targets]),
            _padded([[*target, END] for target in targets]),
        )
        found.append(Part(part, sources, targets, arrays))
    return english, german, found


def _padded(rows):
    padded = np.full((len(rows), LENGTH), PADDING, "int32")
    for row, ids in enumerate(rows):
        padded[row, : len(ids)] = ids
    return padded


@cache
def network(**options) -> keras.Model:
    """A compiled `EncoderDecoder`; it takes the options."""
    english, german, _ = data()
    model = EncoderDecoder(len(english), len(german), **{"embedding_dim": 64, **options})
    model.build([(None, LENGTH), (None, LENGTH)])
    model.compile(adam(0.001), TokenCrossEntropy(), jit_compile=True)
    return model


def training(run, before=None, examples=None):
    """Train a translator; yields it and dev's nats per token at each look.

    Args:
        run: of a study.
        before: what to do with the model before each update.
        examples: how many pairs of train; all by default.
    """
    _, _, (learn, dev, _) = data()
    model = network(**run.setting)
    restart(model, run.seed)
    model.optimizer.learning_rate.assign(run.rate)
    source, inputs, targets = (each[:examples] for each in learn.arrays)
    # One array, so that what belongs together is shuffled together.
    rows = again_and_again(np.stack([source, inputs], 1), targets, batch_size=64, seed=run.seed)
    update = steps_of(model, (((x[:, 0], x[:, 1]), y) for x, y in rows))

    def step():
        if before:
            before(model)
        update()

    for _ in from_look_to_look(step, run.looks):
        source, inputs, targets = dev.arrays
        logits = model.predict((source, inputs), batch_size=len(source), verbose=0)
        yield model, float(TokenCrossEntropy()(targets, logits))


def translations(model, part) -> list[list[int]]:
    """What a model makes of the sources, greedily, as token ids."""
    return model.translate(part.sources, max_length=LENGTH, batch_size=512)


def quality(model, part) -> dict[str, float]:
    """BLEU, and the share of sentences that are right as a whole, all and by length."""
    _, german, _ = data()
    said = translations(model, part)
    right = np.array([own == gold for own, gold in zip(said, part.targets, strict=True)])
    lengths = np.array([len(source) for source in part.sources])
    texts = [" ".join(german.decode(ids)) for ids in said]
    gold = [" ".join(pair.target) for pair in part.pairs]
    scores = {"BLEU": bleu(texts, gold, tokenize="none").score, "right": right.mean()}
    for name, (low, high) in LONGEST.items():
        scores[f"right, {name}"] = right[(lengths >= low) & (lengths <= high)].mean()
    return scores


def alignments(model, part) -> dict[str, float]:
    """Alignment error of what attention looks at most, the last token left out.

    ``error`` is that under gold tokens, ``error, own output`` that of the sentences which the
    model itself translates right, so that what it is fed is its own; ``gerne at like`` and ``verb
    at verb`` are shares, where *like … -ing* has become *… gerne*, of German words that look at the
    English one that they translate.
    """
    source, inputs, _ = part.arrays
    _, weights = model((source, inputs), return_weights=True)
    weights = ops.convert_to_numpy(weights)
    links, truth = [], []
    for row, (pair, ids) in enumerate(zip(part.pairs, part.sources, strict=True)):
        last = len(pair.target) - 1
        links.append(best_links(weights[row, :last, : len(ids)]))
        truth.append({(i, j) for i, j in pair.alignment if j < last})
    said = translations(model, part)
    right = [row for row, own in enumerate(said) if own == part.targets[row]]
    crossed = {"gerne": [], "verb": []}
    for row, pair in enumerate(part.pairs):
        if "gerne" not in pair.target or "like" not in pair.source:
            continue
        found = {j: i for i, j in links[row]}
        gerne, like = pair.target.index("gerne"), pair.source.index("like")
        crossed["gerne"].append(found[gerne] == like)
        verbs = [(i, j) for i, j in truth[row] if i == like + 1]
        crossed["verb"] += [found[j] == i for i, j in verbs]
    return {
        "error": alignment_error_rate(truth, links),
        "error, own output": alignment_error_rate(
            [truth[row] for row in right], [links[row] for row in right]
        )
        if right
        else np.nan,
        "gerne at like": np.mean(crossed["gerne"]) if crossed["gerne"] else np.nan,
        "verb at verb": np.mean(crossed["verb"]) if crossed["verb"] else np.nan,
    }
