"""`rnn-course train`, `use` and `evaluate`, as a user calls them."""

import json
import shutil

import keras
import pytest
from tiny_corpora import PAIRS, RHYME, SENTENCES, TEXTS
from typer.testing import CliRunner

from rnn_course import cli, pipelines
from rnn_course.pipelines import Classifier, archive

call = CliRunner()


def invoke(*arguments, **options):
    return call.invoke(cli.app, [str(argument) for argument in arguments], **options)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of a user's files, in which the user is; pipelines are small, for it is a test."""
    monkeypatch.chdir(tmp_path)
    small = dict(units=8, embedding_dim=8)
    for kind in pipelines.TASKS.values():
        made = kind.__init__
        monkeypatch.setattr(
            kind, "__init__", lambda self, *a, _made=made, **k: _made(self, *a, **{**small, **k})
        )
    (tmp_path / "mine.tsv").write_text(
        "".join(f"{t.label}\t{t.text} {n}\n" for n in range(4) for t in TEXTS), "utf-8"
    )
    (tmp_path / "mine.conll").write_text(
        "\n".join(
            "".join(f"{w}\t{t}\n" for w, t in zip(*s, strict=True)) + f"{n}\tO\n"
            for n in range(3)
            for s in SENTENCES
        ),
        "utf-8",
    )
    (tmp_path / "mine.txt").write_text(4 * RHYME, "utf-8")
    (tmp_path / "pairs.tsv").write_text(
        "".join(f"{p.source} {n}\t{p.target} {n}\n" for n in range(4) for p in PAIRS), "utf-8"
    )
    return tmp_path


@pytest.mark.trains
@pytest.mark.parametrize(
    ("task", "file", "options", "metric", "answered"),
    [
        ("tagger", "mine.conll", (), "% F1 of entities", "Ada\t"),
        ("classifier", "mine.tsv", (), "% accuracy", "\tgut gespielt"),
        ("writer", "mine.txt", ("--split", "characters"), "perplexity per character", "The"),
        ("translator", "pairs.tsv", ("--split", "words"), "BLEU", ""),
    ],
)
def test_each_task_from_a_file_to_answers(folder, task, file, options, metric, answered):
    done = invoke("train", task, file, "--out", "my.rnn", "--epochs", 1, *options)
    assert done.exit_code == 0, done.output
    assert f"{metric}: " in done.stdout
    assert "Saved: my.rnn" in done.stdout
    assert sorted(path.name for path in folder.glob("my*")) == ["my.rnn"]
    text = {"tagger": "Ada sang", "classifier": "gut gespielt"}.get(task, "The mouse")
    used = invoke("use", "my.rnn", text, *(("--length", 5) if task == "writer" else ()))
    assert used.exit_code == 0, used.output
    assert answered in used.stdout
    lines = invoke("use", "my.rnn", "--json", "--length", 5, input=f"{text}\n\n{text}\n").stdout
    first, empty, last = map(json.loads, lines.splitlines())
    assert first["text"] == last["text"] == text
    assert empty == {}
    scored = invoke("evaluate", "my.rnn", file, "--json")
    assert json.loads(scored.stdout)["metric"] == metric


@pytest.mark.trains
def test_a_training_that_was_stopped_goes_on(folder, monkeypatch):
    """It ends as one that was not: stopped in its third epoch, and begun again."""
    command = ("train", "classifier", "mine.tsv", "--epochs", 5, "--out")
    assert invoke(*command, "whole.rnn").exit_code == 0
    epochs = []

    def interrupt(self, epoch, logs=None):
        epochs.append(epoch)
        if len(epochs) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(keras.callbacks.EarlyStopping, "on_epoch_begin", interrupt, raising=False)
    stopped = invoke(*command, "mine.rnn")
    assert stopped.exit_code == 130
    assert "Stopped after 2 epochs. The best so far is in mine.rnn" in stopped.stdout
    assert not pipelines.load("mine.rnn").training["finished"]
    done = invoke(*command, "mine.rnn")
    assert done.exit_code == 0
    assert epochs == [0, 1, 2, 2, 3, 4]
    one, another = archive.read("mine.rnn"), archive.read("whole.rnn")
    assert one[0]["training"]["value"] == another[0]["training"]["value"]
    assert all((one[1][name] == another[1][name]).all() for name in one[1])
    assert not (folder / "mine.rnn.training").exists()
    again = invoke(*command, "mine.rnn")
    assert "has been trained on this already" in again.stdout
    assert len(epochs) == 6
    assert again.stdout.splitlines()[-2] == done.stdout.splitlines()[-2], "and scores the same"


@pytest.mark.trains
def test_a_training_that_was_stopped_at_once(folder, monkeypatch):
    def interrupt(self, batch, logs=None):
        raise KeyboardInterrupt

    monkeypatch.setattr(keras.callbacks.EarlyStopping, "on_train_batch_begin", interrupt)
    stopped = invoke("train", "classifier", "mine.tsv", "--out", "mine.rnn")
    assert stopped.exit_code == 130
    assert "there is no model yet" in stopped.stdout
    assert not (folder / "mine.rnn").exists()


@pytest.mark.trains
def test_minutes_end_a_training_with_what_it_has(folder):
    done = invoke("train", "classifier", "mine.tsv", "--out", "mine.rnn", "--minutes", 0)
    assert done.exit_code == 0, done.output
    assert "1 epochs in" in done.stdout
    assert Classifier.task == pipelines.load("mine.rnn").task


def test_what_cannot_be_done_is_said_in_a_line(folder):
    (folder / "one.tsv").write_text("a\tb\n")
    shutil.copy(folder / "mine.tsv", folder / "notes.txt")
    out = ("--out", "my.rnn")
    for arguments, message in [
        (("train", "oracle", "mine.tsv", *out), "task must be one of tagger, classifier, writer"),
        (("train", "tagger", "nothing.conll", *out), "nothing.conll cannot be read"),
        (("train", "tagger", "mine.txt", *out), "mine.txt, line 3: columns: 4"),
        (("train", "classifier", "one.tsv", *out), "of 1 examples none can be kept aside"),
        (("train", "tagger", "mine.conll", *out, "--format", "xml"), "conllu or columns, got"),
        (("train", "tagger", "mine.conll", *out, "--split", "word"), "split must be one of"),
        (("train", "tagger", "mine.conll", *out, "--label", "last"), "has no option label"),
        (("train", "tagger", "mine.conll", *out, "--columns", "1"), "two numbers, such as 0,1"),
        (("train", "tagger", "mine.conll", *out, "--precision", "half"), "precision must be one"),
        (("train", "classifier", "mine.tsv", "--out", "notes.txt"), "notes.txt is there and is no"),
        (("use", "mine.tsv", "text"), "mine.tsv is no model"),
        (("use", "nothing.rnn", "text"), "nothing.rnn cannot be read"),
        (("evaluate", "mine.tsv", "mine.tsv"), "mine.tsv is no model"),
    ]:
        done = invoke(*arguments)
        assert done.exit_code == 1, (arguments, done.output)
        assert message in done.stderr, arguments
        assert done.stderr.count("\n") == 1
    assert not (folder / "my.rnn").exists()
    assert (folder / "notes.txt").read_bytes() == (folder / "mine.tsv").read_bytes()


def test_files_are_read_as_the_options_say(folder):
    (folder / "a.tsv").write_text("id\ttext\tsprache\n1\tGood.\tGut.\n2\tBad.\tSchlecht.\n")
    reading = pipelines_reading(columns="1,2", header=True)
    assert reading("translator", [folder / "a.tsv"]) == [("Good.", "Gut."), ("Bad.", "Schlecht.")]
    (folder / "a.conll").write_text("U-PER Ada\nO sang\n")
    reading = pipelines_reading(columns="1,0", scheme="bilou")
    assert reading("tagger", [folder / "a.conll"] * 2) == [(("Ada", "sang"), ("B-PER", "O"))] * 2
    (folder / "b.tsv").write_bytes("für\tgut\n".encode("cp1252"))
    reading = pipelines_reading(label="last", encoding="cp1252")
    assert reading("classifier", [folder / "b.tsv"]) == [("für", "gut")]
    for name in ("x.en", "x.de"):
        (folder / name).write_text(f"{name}\n")
    reading = pipelines_reading(format="aligned")
    assert reading("translator", [folder / "x.en", folder / "x.de"]) == [("x.en", "x.de")]
    with pytest.raises(pipelines.PipelineError, match="format aligned is two files"):
        reading("translator", [folder / "x.en"])


def pipelines_reading(**options):
    from rnn_course.pipelines.commands import Reading

    return Reading(**options)
