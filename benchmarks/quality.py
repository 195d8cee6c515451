"""How good the models are on real text when they are trained for long.

    python benchmarks/quality.py pos
    python benchmarks/quality.py ner sentiment --seeds 3
    python benchmarks/quality.py characters --runs build/quality

Each task has one setting, the first that was written down: none has been tuned yet, and no other
part than development may decide a change. The test part is scored once, with the weights that were
best in development; Tiny Shakespeare has no test part, its validation part is what others report.
What comes out is added to ``results/quality.json``. Every run has a folder of its own under
``--runs``; a command that was killed goes on where it was when it is called again.
"""

import hashlib
import json
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, NamedTuple

import keras
import numpy as np
import typer
from measure import write

from rnn_course import corpora
from rnn_course.callbacks import training_callbacks, training_log
from rnn_course.classification import SequenceClassifier
from rnn_course.crf import PathCrossEntropy
from rnn_course.language_model import LanguageModel, ResetState
from rnn_course.metrics import TagAccuracy, TokenCrossEntropy, entity_scores, tag_accuracies
from rnn_course.tagging import SequenceTagger
from rnn_course.text import (
    Vocabulary,
    character_ids,
    classification_batches,
    contiguous_batches,
    tagging_batches,
)

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "quality.json"


class Run(NamedTuple):
    """One training: which, where, and how much of it."""

    seed: int
    folder: Path
    examples: int | None  # of each part of the corpus; all by default
    epochs: int | None  # at most; the task's own number by default

    def some(self, part):
        """A part of a corpus, or its beginning in a trial."""
        return part[: self.examples]

    def fit(self, model, batches, development, epochs, patience, callbacks=(), **best):
        """Train until development gets no better, with a bar, and keep the best weights.

        A training that has been finished before is not done again.
        """
        finished = self.folder / "minutes.txt"
        if finished.exists():
            model.load_weights(self.folder / "best.weights.h5")
            return
        start = time.perf_counter()
        epochs = self.epochs or epochs
        callbacks = [
            *callbacks,
            *training_callbacks(self.folder, patience=patience, data=batches, **best),
        ]
        model.fit(batches, validation_data=development, epochs=epochs, callbacks=callbacks)
        finished.write_text(f"{(time.perf_counter() - start) / 60:.2f}\n", "utf-8")


class Task(NamedTuple):
    """What is trained on what, and how it is scored."""

    corpus: str
    metric: str
    train: Callable[..., tuple[float, keras.Model]]  # of a Run, the corpus and the setting
    setting: dict


def tagger(
    run, corpus, score, units, embedding_dim, dropout, output, rate, batch_size, epochs, patience
):
    """A bidirectional LSTM over words and a CNN over their characters."""
    train, dev, test = map(run.some, corpora.load(corpus))
    words = Vocabulary.learn([s.tokens for s in train], minimum_count=2)
    letters = Vocabulary.learn([word for s in train for word in s.tokens], minimum_count=3)
    tags = Vocabulary.learn([s.tags for s in train])

    def columns(part):
        tokens = [s.tokens for s in part]
        return words.encode_all(tokens), character_ids(letters, tokens, max_length=20)

    def batches(part, **options):
        ids, characters = columns(part)
        return tagging_batches(ids, tags.encode_all([s.tags for s in part]), characters, **options)

    model = SequenceTagger(
        len(words),
        len(tags),
        embedding_dim,
        units,
        characters="cnn",
        character_vocabulary_size=len(letters),
        character_units=64,
        output=output,
        dropout=dropout,
    )
    learn = batches(train, batch_size=batch_size, seed=run.seed)
    model.build([(None, None), (None, None, None)])
    decay = keras.optimizers.schedules.CosineDecay(rate, epochs * len(learn), alpha=0.01)
    loss = PathCrossEntropy() if output == "crf" else TokenCrossEntropy()
    model.compile(keras.optimizers.Adam(decay, clipnorm=1.0), loss, metrics=[TagAccuracy()])
    development = batches(dev, batch_size=64, shuffle=False)
    best = dict(monitor="val_tag_accuracy", mode="max")
    run.fit(model, learn, development, epochs, patience, **best)
    paths = [tags.decode(path) for path in model.predict_tags(*columns(test))]
    return score(train, test, paths), model


def pos_accuracy(train, test, paths):
    """Share of the test words with the right tag."""
    seen = {word for s in train for word in s.tokens}
    tokens, gold = [s.tokens for s in test], [s.tags for s in test]
    return tag_accuracies(tokens, gold, paths, known_words=seen).overall


def span_f1(train, test, paths):
    """Strict F1 of the test entities."""
    return entity_scores([s.tags for s in test], paths).f1


def sentiment(run, corpus, units, embedding_dim, dropout, rate, batch_size, epochs, patience):
    """A bidirectional GRU with attention: accuracy, the mean over the ten folds."""
    right = []
    for fold in range(10):
        train, dev, test = map(run.some, corpora.load(corpus, fold=fold))
        words = Vocabulary.learn([text.tokens for text in train], minimum_count=2)

        def batches(part, words=words, **options):
            ids = words.encode_all([text.tokens for text in part])
            labels = [int(text.label == "positive") for text in part]
            return classification_batches(ids, labels, **options)

        model = SequenceClassifier(len(words), 2, embedding_dim, units, dropout=dropout)
        model.build((None, None))
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
        learn = batches(train, batch_size=batch_size, seed=run.seed)
        development = batches(dev, batch_size=64, shuffle=False)
        of_fold = run._replace(folder=run.folder / f"fold{fold}")
        best = dict(monitor="val_accuracy", mode="max")
        of_fold.fit(model, learn, development, epochs, patience, **best)
        scores = model.evaluate(
            batches(test, batch_size=64, shuffle=False), verbose=0, return_dict=True
        )
        right.append(scores["accuracy"])
    return float(np.mean(right)), model


def characters(
    run,
    corpus,
    units,
    embedding_dim,
    dropout,
    layers,
    rate,
    batch_size,
    timesteps,
    epochs,
    patience,
):
    """A stateful LSTM over characters: nats per character of the validation part."""
    train, dev, _ = corpora.load(corpus)
    vocabulary = Vocabulary.learn([train])
    streams = [run.some(vocabulary.encode(part)) for part in (train, dev)]
    learn, development = (contiguous_batches(ids, batch_size, timesteps) for ids in streams)
    model = LanguageModel(
        len(vocabulary), embedding_dim, units, "lstm", layers, dropout=dropout, stateful=True
    )
    model.build((batch_size, None))
    decay = keras.optimizers.schedules.CosineDecay(rate, epochs * len(learn), alpha=0.01)
    model.compile(keras.optimizers.Adam(decay, clipnorm=1.0), TokenCrossEntropy())
    run.fit(model, learn, development, epochs, patience, callbacks=[ResetState()])
    scores = model.evaluate(development, verbose=0, callbacks=[ResetState()], return_dict=True)
    return scores["loss"], model


TASKS = {
    "pos": Task(
        "ud_english_ewt",
        "accuracy",
        partial(tagger, score=pos_accuracy),
        dict(
            units=200,
            embedding_dim=100,
            dropout=0.5,
            output="softmax",
            rate=0.004,
            batch_size=32,
            epochs=12,
            patience=4,
        ),
    ),
    "ner": Task(
        "ncbi_disease",
        "strict F1 of spans",
        partial(tagger, score=span_f1),
        dict(
            units=150,
            embedding_dim=100,
            dropout=0.5,
            output="crf",
            rate=0.004,
            batch_size=16,
            epochs=20,
            patience=6,
        ),
    ),
    "sentiment": Task(
        "sentence_polarity",
        "accuracy, ten folds",
        sentiment,
        dict(
            units=64,
            embedding_dim=100,
            dropout=0.6,
            rate=0.001,
            batch_size=32,
            epochs=12,
            patience=3,
        ),
    ),
    "characters": Task(
        "tiny_shakespeare",
        "nats per character, validation",
        characters,
        dict(
            units=512,
            embedding_dim=64,
            dropout=0.4,
            layers=2,
            rate=0.003,
            batch_size=64,
            timesteps=96,
            epochs=20,
            patience=3,
        ),
    ),
}


def measure(name: str, seeds: int, runs: Path, examples: int | None, epochs: int | None) -> dict:
    """Train a task from several seeds and sum up."""
    task = TASKS[name]
    scores, minutes, passes = [], [], []
    for seed in range(seeds):
        keras.utils.set_random_seed(seed)
        setting = json.dumps([task.setting, examples, epochs], sort_keys=True)
        key = hashlib.sha256(setting.encode()).hexdigest()[:8]
        run = Run(seed, runs / f"{name}-{key}-seed{seed}", examples, epochs)
        score, model = task.train(run, task.corpus, **task.setting)
        taken = [float(file.read_text("utf-8")) for file in run.folder.rglob("minutes.txt")]
        minutes.append(round(sum(taken), 1))
        logs = sorted(run.folder.rglob("log.csv"))
        passes.append([len(training_log(log.parent)["loss"]) for log in logs])
        scores.append(round(score, 5))
        print(f"{name}, seed {seed}: {task.metric} {score:.4f} after {minutes[-1]} min", flush=True)
    return {
        "metric": task.metric,
        "mean": round(statistics.mean(scores), 5),
        "spread": round(statistics.stdev(scores), 5) if seeds > 1 else None,
        "scores": scores,
        "minutes": minutes,
        "epochs": passes,
        "parameters": model.count_params(),
        "setting": task.setting,
        "corpus": {file.path: file.sha256 for file in corpora.info(task.corpus).files},
    }


def main(
    tasks: Annotated[list[str], typer.Argument(help=f"Some of: {', '.join(TASKS)}.")],
    seeds: Annotated[int, typer.Option(min=1, help="How many trainings.")] = 3,
    runs: Annotated[Path, typer.Option(help="Folder of logs and weights.")] = Path("build/quality"),
    examples: Annotated[int | None, typer.Option(help="Of each part; for a trial.")] = None,
    epochs: Annotated[int | None, typer.Option(help="At most; for a trial.")] = None,
    out: Annotated[Path, typer.Option(help="File the results are added to.")] = RESULTS,
) -> None:
    """Train, score and add the results."""
    if unknown := set(tasks) - set(TASKS):
        raise typer.BadParameter(f"no task {', '.join(unknown)}: choose of {', '.join(TASKS)}")
    for name in tasks:
        found = measure(name, seeds, runs, examples, epochs)
        results = json.loads(out.read_text("utf-8"))["tasks"] if out.exists() else {}
        write(out, {"tasks": results | {name: found}})


if __name__ == "__main__":
    typer.run(main)
