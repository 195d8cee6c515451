"""How good the models are on real text when they are trained for long.

    python benchmarks/quality.py pos
    python benchmarks/quality.py ner sentiment --seeds 3
    python benchmarks/quality.py characters --runs build/quality
    python benchmarks/quality.py pos --seeds 1 --export rnn_course/trained/models

Each task has one setting, in `quality_tasks`. The test part is scored once, with the weights that
were best in development; Tiny Shakespeare has no test part, its validation part is what others
report. What a seed comes to is added to ``results/quality.json`` when it is done; seeds that are
there with the same setting and corpus are not trained again. Every run has a folder of its own
under ``--runs``; a command that was killed goes on where it was when it is called again.

``--export`` puts what seed 0 has come to into the box of trained models (`rnn_course.trained`): in
the smallest of the precisions that costs no more than 0.3 points in development (percent, BLEU; of
a perplexity 0.3 %), with its score on the held-out text, in full precision and as it is in the box.
"""

import hashlib
import json
import time
from pathlib import Path
from statistics import fmean, stdev
from typing import Annotated, NamedTuple

import keras
import typer
from measure import write
from quality_tasks import TASKS

from rnn_course import corpora
from rnn_course.callbacks import training_callbacks, training_log
from rnn_course.pipelines import Pipeline, Writer, load
from rnn_course.pipelines.archive import PRECISIONS
from rnn_course.trained.box import INDEX
from rnn_course.trained.box import part as held_out

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "quality.json"
MINUTES = "processor_minutes.txt"
# What each task's model is called in the box of trained models, and what a small file may cost.
BOX = {
    "pos": "tagger",
    "ner": "entities",
    "sentiment": "sentiment",
    "characters": "characters",
    "words": "words",
    "tatoeba": "translator",
}
COST = 0.3


class Run(NamedTuple):
    """One training: which, where, and how much of it."""

    seed: int
    folder: Path
    examples: int | None  # of each part of the corpus; all by default
    epochs: int | None  # at most; the task's own number by default

    def some(self, part):
        """A part of a corpus, or its beginning in a trial."""
        return part[: self.examples]

    def part(self, name):
        """One of several trainings of this run, in a folder of its own."""
        return self._replace(folder=self.folder / name)

    def fit(self, model, batches, development, epochs, patience, callbacks=(), **best):
        """Train until development gets no better, with a bar, and keep the best weights.

        A training that has been finished before is not done again.
        """
        finished = self.folder / "finished"
        if finished.exists():
            model.optimizer.build(model.trainable_variables)  # its state is in the file, too
            model.load_weights(self.folder / "best.weights.h5")
            return
        callbacks = [
            *callbacks,
            Clock(self.folder / MINUTES),
            *training_callbacks(self.folder, patience=patience, data=batches, **best),
        ]
        model.fit(
            batches,
            validation_data=development,
            epochs=self.epochs or epochs,
            callbacks=callbacks,
            shuffle=False,  # the batches do it
        )
        finished.touch()


class Clock(keras.callbacks.Callback):
    """Adds up the processor's minutes of a training that may be killed and go on."""

    def __init__(self, path):
        super().__init__()
        self.path = path

    def on_train_begin(self, logs=None):
        before = float(self.path.read_text("utf-8")) if self.path.exists() else 0.0
        self.start = time.process_time() - 60 * before

    def on_epoch_end(self, epoch, logs=None):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(f"{(time.process_time() - self.start) / 60:.3f}\n", "utf-8")


def measure(
    name: str,
    seeds: int,
    runs: Path,
    examples: int | None,
    epochs: int | None,
    out: Path,
    box: Path | None = None,
) -> None:
    """Train a task from the seeds that are not in the results yet, and add each when it is done."""
    task = TASKS[name]
    about = {
        "title": task.title,
        "known": task.known,
        "aim": task.aim,
        "setting": task.setting,
        "label": label(name, examples, epochs),
        "corpus": {file.path: file.sha256 for file in corpora.info(task.corpus).files},
    }
    found = read(out).get(name, {})
    if any(found.get(what) != about[what] for what in ("label", "corpus")):
        found = {"scores": {}, "processor minutes": {}, "epochs": {}}
    for seed in range(seeds):
        if str(seed) in found["scores"] and (seed > 0 or box is None):
            continue
        keras.utils.set_random_seed(seed)
        run = Run(seed, runs / f"{about['label']}-seed{seed}", examples, epochs)
        scores, pipeline, notes = task.train(run, task.corpus, **task.setting)
        minutes = sum(float(file.read_text("utf-8")) for file in run.folder.rglob(MINUTES))
        logs = sorted(run.folder.rglob("log.csv"))
        found = about | found | {"parameters": pipeline.model.count_params(), "notes": notes}
        found["scores"][str(seed)] = {metric: round(score, 5) for metric, score in scores.items()}
        found |= over_seeds(found["scores"])
        found["processor minutes"][str(seed)] = round(minutes, 1)
        found["epochs"][str(seed)] = [len(training_log(log.parent)["loss"]) for log in logs]
        print(f"{name}, seed {seed}, {minutes:.1f} min: {found['scores'][str(seed)]}", flush=True)
        tasks = read(out) | {name: found}  # read again: another task may have been added since
        write(out, {"tasks": {name: tasks[name] for name in TASKS if name in tasks}})
        if seed == 0 and box is not None:
            export(name, pipeline, box)


def export(name: str, pipeline: Pipeline, folder: Path) -> None:
    """Put a pipeline into the box, and what is known of it into the box's list."""
    corpus = corpora.info(TASKS[name].corpus)
    called, (_, dev, test) = BOX[name], corpora.load(corpus.name)
    choice, final = held_out(corpus.name, dev, dev), held_out(corpus.name, dev, test)
    file = folder / f"{called}.rnn"
    folder.mkdir(parents=True, exist_ok=True)
    best = pipeline.evaluate(choice).value
    for precision in reversed(PRECISIONS):  # the smallest first
        pipeline.save(file, precision)
        start = time.perf_counter()
        stored = load(file)
        seconds = time.perf_counter() - start
        value = stored.evaluate(choice).value
        print(f"{called}, {precision}: {value:.3f} in development, {best:.3f} in full", flush=True)
        if (100 * (value / best - 1) if is_writer(pipeline) else best - value) <= COST:
            break
    full, score = pipeline.evaluate(final), stored.evaluate(final)
    index = folder / INDEX
    models = json.loads(index.read_text("utf-8"))["models"] if index.exists() else {}
    models[called] = dict(
        title=TASKS[name].title,
        corpus=corpus.name,
        licence=corpus.licence,
        attribution=corpus.attribution,
        parameters=pipeline.model.count_params(),
        bytes=file.stat().st_size,
        precision=precision,
        metric=score.metric,
        score=round(score.value, 3),
        full=round(full.value, 3),
        baseline=round(score.baseline, 3),
        trivial=score.trivial,
        seconds=round(seconds, 2),
    )
    write(index, {"models": {n: models[n] for n in BOX.values() if n in models}})
    print(models[called], flush=True)


def is_writer(pipeline):
    """Whether lower scores are better."""
    return isinstance(pipeline, Writer)


def over_seeds(scores: dict[str, dict[str, float]]) -> dict:
    """Of each metric the mean over the seeds and the standard deviation, None of one seed."""
    columns = {metric: [each[metric] for each in scores.values()] for metric in scores["0"]}
    many = len(scores) > 1
    return {
        "mean": {metric: round(fmean(column), 6) for metric, column in columns.items()},
        "spread": {m: round(stdev(column), 6) if many else None for m, column in columns.items()},
    }


def label(name: str, examples: int | None, epochs: int | None) -> str:
    """What tells the runs of one setting, and those of a trial, from others of the task."""
    setting = json.dumps([TASKS[name].setting, examples, epochs], sort_keys=True)
    return f"{name}-{hashlib.sha256(setting.encode()).hexdigest()[:8]}"


def read(results: Path) -> dict:
    """What was found so far, by task."""
    return json.loads(results.read_text("utf-8"))["tasks"] if results.exists() else {}


def main(
    tasks: Annotated[list[str], typer.Argument(help=f"Some of: {', '.join(TASKS)}.")],
    seeds: Annotated[int, typer.Option(min=1, help="Trains seeds 0 to one less.")] = 3,
    runs: Annotated[Path, typer.Option(help="Folder of logs and weights.")] = Path("build/quality"),
    examples: Annotated[int | None, typer.Option(help="Of each part; for a trial.")] = None,
    epochs: Annotated[int | None, typer.Option(help="At most; for a trial.")] = None,
    out: Annotated[Path, typer.Option(help="File the results are added to.")] = RESULTS,
    export: Annotated[Path | None, typer.Option(help="The box to put seed 0 into.")] = None,
) -> None:
    """Train the seeds that are missing, score them and add the results."""
    if unknown := set(tasks) - set(TASKS):
        raise typer.BadParameter(f"no task {', '.join(unknown)}: choose of {', '.join(TASKS)}")
    for name in tasks:
        if export is not None and name not in BOX:
            raise typer.BadParameter(f"{name} has no place in the box: choose of {', '.join(BOX)}")
        measure(name, seeds, runs, examples, epochs, out, export)


if __name__ == "__main__":
    typer.run(main)
