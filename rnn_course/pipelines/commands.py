"""What `rnn-course train`, `use` and `evaluate` do with a user's files."""

import json
import shutil
import sys
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from rnn_course.pipelines import archive
from rnn_course.pipelines.archive import PipelineError
from rnn_course.pipelines.files import TASKS, load, read

AT_ONCE = 256  # lines of a file that are answered together
COLUMNS = {"columns": ("token_column", "tag_column"), "pairs": ("source_column", "target_column")}


class Reading(NamedTuple):
    """How files are written, as the command is told; see `rnn_course.pipelines.read`."""

    format: str | None = None
    columns: str | None = None
    label: str | None = None
    scheme: str | None = None
    header: bool = False
    encoding: str = "utf-8"

    def __call__(self, task, paths):
        """Read files for a task."""
        options = {}
        if self.columns is not None:
            pair = [cell.strip() for cell in self.columns.split(",")]
            if len(pair) != 2 or not all(cell.lstrip("-").isdecimal() for cell in pair):
                raise PipelineError(f"columns are two numbers, such as 0,1: got {self.columns!r}")
            names = COLUMNS["pairs" if task == "translator" else "columns"]
            options |= dict(zip(names, map(int, pair), strict=True))
        if self.label is not None:
            options["label"] = self.label
        if self.scheme is not None:
            options["scheme"] = None if self.scheme == "none" else self.scheme
        if self.header:
            options["header"] = True
        return read(task, paths, self.format, self.encoding, **options)


def train(task, files, out, split, dev, test, precision, reading, limits, say=print):
    """Train a pipeline on files, save it, and score it on what was kept aside.

    Args:
        task: one of `TASKS`.
        files: what to learn from.
        out: the file to write.
        split: see `rnn_course.pipelines.Splitter`; None for the task's own.
        dev, test: files, or None for a tenth of the others each.
        precision: see `Pipeline.save`.
        reading: a `Reading`.
        limits: ``epochs``, ``minutes`` and ``seed``, see `Pipeline.fit`.
        say: what prints a line.

    Returns:
        Whether the training is finished; Ctrl-C stops it before.

    Raises:
        PipelineError: when there is no such task, the file to write is something else, or what was
            read is too little.
        rnn_course.corpora.CorpusError: when a file cannot be read.
    """
    out = Path(out).expanduser()
    before = _before(out)
    if precision not in archive.PRECISIONS:
        raise PipelineError(f"precision must be one of {', '.join(archive.PRECISIONS)}")
    data = reading(task, files)
    pipeline = TASKS[task](**({} if split is None else {"split": split}))
    held = None if test is None else reading(task, [test])
    if held is None:
        data, held = pipeline.hold_out(data)
    if dev is None:
        data, kept = pipeline.hold_out(data)
    else:
        kept = reading(task, [dev])
    say(f"To learn: {_amount(data)}; to stop: {_amount(kept)}; to score: {_amount(held)}.")
    folder = out.with_name(f"{out.name}.training")
    verbose = 1 if sys.stdout.isatty() else 2
    try:
        pipeline.fit(data, dev=kept, folder=folder, verbose=verbose, done=before, **limits)
    except KeyboardInterrupt:
        say("Stopped before the first epoch has ended: there is no model yet.")
        return False
    training = pipeline.training
    if not training["finished"]:
        pipeline.save(out, precision)
        say(
            f"Stopped after {training['epochs']} epochs. The best so far is in {out}; the same "
            "command goes on from there."
        )
        return False
    if training is before:
        say(f"{out} has been trained on this already.")
        pipeline = load(out)
    else:
        pipeline.save(out, precision)
        shutil.rmtree(folder, ignore_errors=True)
    say(
        f"{training['epochs']} epochs in {training['minutes']:.1f} minutes, the best was number "
        f"{training['best']}."
    )
    say(str(pipeline.evaluate(held)))
    say(f"Saved: {out} ({out.stat().st_size / 1e6:.1f} MB). To use it: rnn-course use {out}")
    return True


def _before(out):
    """What the file to write says of its training, if it is a pipeline's; nothing else is lost."""
    if not out.exists():
        return {}
    try:
        return archive.read(out)[0].get("training", {})
    except PipelineError as error:
        raise PipelineError(f"{out} is there and is no model: name another file for it") from error


def _amount(data):
    if len(data) == 1 and isinstance(data[0], str):
        return f"{len(data[0]):,} characters"
    return f"{len(data):,} examples"


def use(path, texts, as_json=False, options=None):
    """Answers of a saved pipeline, a string each, as they come.

    Args:
        path: the file.
        texts: strings, or an open file, whose lines they are; an empty line has an empty answer.
        as_json: whether an answer is an object in JSON.
        options: ``length``, ``temperature`` and ``seed`` of a writer, ``beam`` of a translator.

    Yields:
        An answer for each text.
    """
    pipeline = load(path)
    options = options or {}
    lines = (text.rstrip("\r\n") for text in texts)
    interactive = hasattr(texts, "isatty") and texts.isatty()
    while some := list(islice(lines, 1 if interactive else AT_ONCE)):
        found = iter(_answers(pipeline, [text for text in some if text.strip()], options))
        for text in some:
            if not text.strip():
                yield "{}" if as_json else ""
                continue
            plain, fields = next(found)
            yield json.dumps({"text": text, **fields}, ensure_ascii=False) if as_json else plain


def _answers(pipeline, texts, options):
    """Each answer as a line, or lines, and as what JSON can hold."""
    if not texts:
        return
    if pipeline.task == "tagger":
        for answer in pipeline(texts):
            rows = [
                f"{token}\t{tag}" for token, tag in zip(answer.tokens, answer.tags, strict=True)
            ]
            entities = [entity._asdict() for entity in answer.entities]
            fields = dict(text=answer.text, tokens=answer.tokens, tags=answer.tags)
            yield "\n".join([*rows, ""]), {**fields, "entities": entities}
    elif pipeline.task == "classifier":
        for text, answer in zip(texts, pipeline(texts), strict=True):
            likeliest = answer.probabilities[answer.label]
            yield f"{answer.label}\t{likeliest:.3f}\t{text}", answer._asdict()
    elif pipeline.task == "writer":
        wanted = {name: options.get(name) for name in ("length", "seed")}
        wanted["temperature"] = options.get("temperature", 0.8)
        for text, scored in zip(
            pipeline.continue_(texts, **wanted), pipeline.score(texts), strict=True
        ):
            yield text, {"continued": text, **scored._asdict()}
    else:
        for answer in pipeline.translate(texts, beam=options.get("beam", 5)):
            yield answer, {"translation": answer}


def evaluate(path, files, reading, as_json=False):
    """The score of a saved pipeline on files, as a line or as JSON."""
    pipeline = load(path)
    score = pipeline.evaluate(reading(pipeline.task, files))
    return json.dumps(score._asdict(), ensure_ascii=False) if as_json else str(score)
