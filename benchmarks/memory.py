"""How much memory a long sentence takes: each model's answers, and its training.

    python benchmarks/memory.py

asks each model for its answers about 64 sentences, and trains it on them once: 63 sentences of 10
words and one that is longer and longer. Each call runs in a process of its own, after it has seen
short sentences, 64 and then 32; what is measured is by how much the process grows at most, and how
many seconds of all cores together it takes.
"""

import time
from pathlib import Path
from typing import Annotated

import keras
import numpy as np
import psutil
import typer
from measure import apart, called_apart, write

from rnn_course.losses import PathCrossEntropy, TokenCrossEntropy
from rnn_course.models import EncoderDecoder, LanguageModel, SequenceClassifier, SequenceTagger
from rnn_course.text import (
    classification_batches,
    language_model_batches,
    tagging_batches,
    translation_batches,
)

HERE = Path(__file__).resolve().parent
VOCABULARY_SIZE, TAGS, ROWS, SHORT = 10_000, 20, 64, 10
LENGTHS = "10,3000"


def language_model():
    """Words, with the default sizes of the class, as all models here."""
    return LanguageModel(VOCABULARY_SIZE)


def tagger():
    """A tag for each word on its own."""
    return SequenceTagger(VOCABULARY_SIZE, TAGS)


def tagger_with_crf():
    """All tags as a path."""
    return SequenceTagger(VOCABULARY_SIZE, TAGS, output="crf")


def classifier():
    """Two classes, with attention."""
    return SequenceClassifier(VOCABULARY_SIZE, 2)


def translator():
    """Between two languages of as many words, with attention."""
    return EncoderDecoder(VOCABULARY_SIZE, VOCABULARY_SIZE)


CALLS = {
    "perplexity": (language_model, lambda model, rows: model.perplexity(rows)),
    "next_log_probs": (language_model, lambda model, rows: model.next_log_probs(rows)),
    "generate": (language_model, lambda model, rows: model.generate(rows, max_length=20, seed=0)),
    "predict_tags": (tagger, lambda model, rows: model.predict_tags(rows)),
    "predict_tags, CRF": (tagger_with_crf, lambda model, rows: model.predict_tags(rows)),
    "probabilities": (classifier, lambda model, rows: model.probabilities(rows)),
    "translate": (translator, lambda model, rows: model.translate(rows, max_length=20)),
    "translate, beam of 5": (
        translator,
        lambda model, rows: model.translate(rows, max_length=20, beam=5),
    ),
    "training, language model": (
        language_model,
        lambda model, rows: _fit(model, language_model_batches(rows, ROWS)),
    ),
    "training, tagger": (
        tagger,
        lambda model, rows: _fit(model, tagging_batches(rows, _tags(rows), batch_size=ROWS)),
    ),
    "training, tagger with CRF": (
        tagger_with_crf,
        lambda model, rows: _fit(model, tagging_batches(rows, _tags(rows), batch_size=ROWS)),
    ),
    "training, classifier": (
        classifier,
        lambda model, rows: _fit(
            model, classification_batches(rows, [len(row) % 2 for row in rows], ROWS)
        ),
    ),
    "training, translator": (
        translator,
        lambda model, rows: _fit(model, translation_batches(rows, rows, ROWS)),
    ),
}


def _tags(rows):
    return [[4 + word % (TAGS - 4) for word in row] for row in rows]


def _fit(model, batches):
    if not getattr(model, "compiled", False):
        losses = {SequenceClassifier: keras.losses.SparseCategoricalCrossentropy(from_logits=True)}
        loss = losses.get(type(model), TokenCrossEntropy())
        if getattr(model, "crf", None) is not None:
            loss = PathCrossEntropy()
        model.compile("adam", loss)
    model.fit(batches, verbose=0)


def sentences(longest):
    """Ids of 64 sentences, one of them as long as asked for."""
    generator = np.random.default_rng(0)
    lengths = [SHORT] * (ROWS - 1) + [longest]
    return [generator.integers(4, VOCABULARY_SIZE, length).tolist() for length in lengths]


def taken(name, longest):
    """Megabytes by which this process grows at most during a call, and seconds of all cores."""
    make, call = CALLS[name]
    model = make()
    for warm in (sentences(SHORT), sentences(2 * SHORT)[ROWS // 2 :]):  # graphs for any shape
        call(model, warm)
    rows = sentences(longest)
    process = psutil.Process()
    before = process.memory_info().rss
    Path("/proc/self/clear_refs").write_text("5")  # Linux: the peak is counted from here on
    start = time.process_time()
    call(model, rows)
    seconds = time.process_time() - start
    status = Path("/proc/self/status").read_text("utf-8").splitlines()
    peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    return {"megabytes": round((peak - before) / 1e6, 1), "processor seconds": round(seconds, 2)}


def main(
    lengths: Annotated[str, typer.Option(help="Of the longest sentence, with commas.")] = LENGTHS,
    calls: Annotated[str, typer.Option(help="Some of the calls, with semicolons.")] = ";".join(
        CALLS
    ),
    out: Path = HERE / "results" / "memory.json",
) -> None:
    """Measure and write the result."""
    found = {}
    for name in calls.split(";"):
        found[name] = {}
        for length in lengths.split(","):
            found[name][length], _ = apart(taken, name, int(length))
            print(f"{name}, {length}: {found[name][length]}", flush=True)
        results = {
            "sentences": ROWS,
            "words of the others": SHORT,
            "vocabulary": VOCABULARY_SIZE,
            "calls": found,
        }
        write(out, results)


if __name__ == "__main__" and not called_apart(taken):
    typer.run(main)
