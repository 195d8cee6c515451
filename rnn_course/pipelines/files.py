"""From files to pipelines: what a task learns from a user's files, and a pipeline's own file."""

from pathlib import Path

from rnn_course import corpora
from rnn_course.pipelines import archive
from rnn_course.pipelines.archive import PipelineError
from rnn_course.pipelines.classifying import Classifier
from rnn_course.pipelines.tagging import Tagger
from rnn_course.pipelines.translating import Translator
from rnn_course.pipelines.writing import Writer

TASKS = {each.task: each for each in (Tagger, Classifier, Writer, Translator)}
# How a file may be written, by task, and what the reader of each has for options.
FORMATS = {
    "tagger": {
        "conllu": (corpora.read_conllu, "tag"),
        "columns": (corpora.read_columns, "token_column tag_column scheme repair comment header"),
    },
    "classifier": {
        "labelled": (corpora.read_labelled, "label header"),
        "polarity": (corpora.read_polarity, ""),
    },
    "writer": {"text": (corpora.read_text, "")},
    "translator": {
        "pairs": (corpora.read_pairs, "source_column target_column header"),
        "aligned": (corpora.read_aligned, ""),
    },
}


def load(path):
    """A pipeline from the file that its `save` has written, under any backend of Keras.

    Args:
        path: the file.

    Returns:
        A `Tagger`, `Classifier`, `Writer` or `Translator`.

    Raises:
        PipelineError: when it cannot be read, is damaged or cut off, is no such file, or was
            written by a version to come.
    """
    description, arrays = archive.read(path)
    try:
        return TASKS[description["task"]].restore(path, description, arrays)
    except (KeyError, TypeError, AttributeError) as error:
        raise PipelineError(f"{path} does not describe a model ({error}): copy it again") from error
    except ValueError as error:
        raise PipelineError(f"{path} describes no model of this version: {error}") from error


def read(task, paths, format=None, encoding="utf-8", **options):
    """Read files of a user's own for a task.

    Args:
        task: one of `TASKS`.
        paths: the files, read one after the other.
        format: how they are written: for a tagger ``"conllu"``, which is what a name that ends in
            ``.conllu`` says, or ``"columns"``; for a classifier ``"labelled"`` or ``"polarity"``;
            for a writer ``"text"``; for a translator ``"pairs"``, or ``"aligned"`` if the second
            of two files translates the first. By default the first of these.
        encoding: of the files.
        **options: of the reader in `rnn_course.corpora`.

    Returns:
        What `fit` of the task takes: a list.

    Raises:
        PipelineError: when there is no such task or format, or it has no such option.
        rnn_course.corpora.CorpusError: when a file cannot be read.
    """
    if task not in TASKS:
        raise PipelineError(f"task must be one of {', '.join(TASKS)}, got {task!r}")
    formats = FORMATS[task]
    if format is None:
        format = next(iter(formats))
        if task == "tagger" and ".conllu" not in Path(paths[0]).suffixes:
            format = "columns"
    if format not in formats:
        raise PipelineError(
            f"a {task} reads files of format {' or '.join(formats)}, got {format!r}"
        )
    reader, known = formats[format]
    for name in options:
        if name not in known.split():
            raise PipelineError(f"format {format} has no option {name}: it has {known or 'none'}")
    if format == "aligned":
        if len(paths) != 2:
            raise PipelineError(f"format aligned is two files, text and translation: {len(paths)}")
        return reader(*paths, encoding=encoding)
    if format == "conllu" and options.get("tag") is None:
        options.pop("tag", None)
    parts = [reader(path, encoding=encoding, **options) for path in paths]
    return parts if task == "writer" else [example for part in parts for example in part]
