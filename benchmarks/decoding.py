"""Beam search over a whole batch inside the graph against a Python loop over the same model.

    python benchmarks/decoding.py

trains a small translator on Tatoeba, German to English, and translates sentences of the test part
with a beam of 5: by `EncoderDecoder.translate`, and by the loop one would write first, sentence by
sentence and step by step. The loop runs the hypotheses of a sentence together, once calling the
model as it is and once with its step compiled. All three must give the same translations.
"""

from functools import partial
from pathlib import Path
from typing import Annotated

import keras
import numpy as np
import tensorflow as tf
import typer
from measure import in_turns, ratio, write

from rnn_course import corpora
from rnn_course.losses import TokenCrossEntropy
from rnn_course.models import EncoderDecoder
from rnn_course.text import BEGIN, END, PADDING, Vocabulary, translation_batches, words

HERE = Path(__file__).resolve().parent
MAX_LENGTH = 20


def by_loop(model, step, source, beam, length_penalty=1.0):
    """Beam search for one sentence: the tokens of its best hypothesis."""
    states, memory = model.begin(np.array([source]))
    states, memory = keras.tree.map_structure(_rows([0] * beam), (states, memory))
    tokens = [[] for _ in range(beam)]
    log_probs = np.array([0.0] + [-np.inf] * (beam - 1), "float32")  # all are one at first
    ended = np.zeros(beam, bool)
    for _ in range(MAX_LENGTH):
        last = [row[-1] if row else BEGIN for row in tokens]
        logits, states = step(np.array(last, "int32"), states, memory)
        next_log_probs = np.array(keras.ops.log_softmax(_possible(logits)))
        next_log_probs[ended] = -np.inf
        next_log_probs[ended, PADDING] = 0
        totals = log_probs[:, None] + next_log_probs
        lengths = np.array([len(row) for row in tokens]) + ~ended
        scores = totals / lengths[:, None].astype("float32") ** length_penalty
        best = np.argsort(-scores.ravel(), kind="stable")[:beam]
        parents, chosen = np.divmod(best, totals.shape[1])
        log_probs = totals.ravel()[best]
        states = keras.tree.map_structure(_rows(parents), states)
        tokens = [
            tokens[parent] if ended[parent] else [*tokens[parent], int(token)]
            for parent, token in zip(parents, chosen, strict=True)
        ]
        ended = ended[parents] | (chosen == END)
        if ended.all():
            break
    return [token for token in tokens[0] if token != END]


def _rows(rows):
    return lambda state: np.array(state)[rows]


def _possible(logits):
    logits = np.array(logits)
    logits[:, [PADDING, BEGIN]] = -np.inf
    return logits


def trained(pairs, units, updates):
    """A translator, word by word, and the vocabulary of its source."""
    sources, targets = ([words(text) for text in side] for side in zip(*pairs, strict=True))
    vocabularies = [Vocabulary.learn(side, minimum_count=2) for side in (sources, targets)]
    keras.utils.set_random_seed(0)
    model = EncoderDecoder(*map(len, vocabularies), embedding_dim=64, units=units)
    model.compile(keras.optimizers.Adam(0.003, clipnorm=1.0), loss=TokenCrossEntropy())
    sides = (v.encode_all(s) for v, s in zip(vocabularies, (sources, targets), strict=True))
    batches = translation_batches(*sides, batch_size=64, seed=0)
    model.fit(batches.repeat(), steps_per_epoch=updates, verbose=2)
    return model, vocabularies[0]


def _answer(way, queue, answers):
    answers += way(next(queue))


def main(
    sentences: Annotated[int, typer.Option(help="How many to translate.")] = 1000,
    rounds: Annotated[int, typer.Option(help="Into how many parts they are split.")] = 5,
    updates: Annotated[int, typer.Option(help="Of the translator's training.")] = 400,
    units: Annotated[int, typer.Option(help="Of the translator.")] = 128,
    beam: int = 5,
    out: Path = HERE / "results" / "decoding.json",
) -> None:
    """Measure and write the result."""
    corpus = corpora.load("tatoeba_deu_eng", source="de")
    pairs = [(p.source, p.target) for p in corpus.train if len(p.source.split()) <= 8]
    model, vocabulary = trained(pairs, units, updates)
    texts = list(dict.fromkeys(pair.source for pair in corpus.test))
    chosen = np.random.default_rng(0).permutation(len(texts))[:sentences]
    sources = vocabulary.encode_all([words(texts[i]) for i in chosen])
    ways = {
        "batched": lambda part: model.translate(part, MAX_LENGTH, beam=beam, batch_size=256),
        "loop": lambda part: [by_loop(model, model.step, source, beam) for source in part],
    }
    compiled = tf.function(model.step, reduce_retracing=True)
    ways["loop, step compiled"] = lambda part: [by_loop(model, compiled, s, beam) for s in part]
    answers = {name: [] for name in ways}
    parts = [sources[number::rounds] for number in range(rounds)]
    for part in parts:  # compiles for all lengths
        ways["batched"](part)
    for name in list(ways)[1:]:
        ways[name](parts[0][:5])
    # Each way has the parts before it one after the other, and takes its turn at each.
    queues = {name: iter(parts) for name in ways}
    calls = {name: partial(_answer, way, queues[name], answers[name]) for name, way in ways.items()}
    seconds = in_turns(calls, rounds)
    peers = list(ways)[1:]
    results = {
        "sentences": len(sources),
        "beam": beam,
        "seconds": {name: round(sum(took), 3) for name, took in seconds.items()},
        "times as long": {n: ratio(seconds[n], seconds["batched"]) for n in peers},
        "same translation": {
            name: float(
                np.mean([a == b for a, b in zip(answers[name], answers["batched"], strict=True)])
            )
            for name in peers
        },
        "tokens written": sum(map(len, answers["batched"])),
    }
    for name in peers:
        print(f"{name}: {results['times as long'][name]['median']:.1f} times as long as batched")
    write(out, results)


if __name__ == "__main__":
    typer.run(main)
