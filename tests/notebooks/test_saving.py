"""What a run writes back into a notebook: its outputs, small, and nothing that varies."""

import base64
import io
import json
import os

import nbformat
import numpy as np
import pytest
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from PIL import Image

from rnn_course.notebooks import running, saving
from rnn_course.notebooks.report import image_alt

SOURCE = "from rnn_course import figures\nax = figures.by_distance([1, 2], {'GRU': [0.5, 1]})"


def encoded(picture):
    file = io.BytesIO()
    picture.save(file, "png")
    return file.getvalue()


def drawing(mode="RGBA"):
    """A figure as notebooks show it."""
    figure = Figure(figsize=(6, 3), dpi=100)
    ax = figure.subplots()
    for power in range(5):
        ax.plot(np.linspace(0, 1, 50) ** power, label=f"{power}")
    ax.set_ylabel("loss (nats)")
    ax.legend()
    file = io.BytesIO()
    figure.savefig(file)
    return encoded(Image.open(file).convert(mode))


def shown(png, alt=None):
    metadata = {} if alt is None else {"image/png": {"alt": alt}}
    data = {"image/png": base64.b64encode(png).decode(), "text/plain": "<Figure>"}
    return new_output("display_data", data, metadata=metadata)


def cell(source="draw()", *outputs, alt=None):
    metadata = {} if alt is None else {"mystnb": {"image": {"alt": alt}}}
    return new_code_cell(source, outputs=list(outputs), metadata=metadata)


@pytest.fixture
def write_run(write_notebook):
    """Write a notebook, and make the result of a run in which its cells had these outputs."""

    def write(cells, *outputs, **result):
        path = write_notebook("01_a.ipynb", *cells)
        run = nbformat.read(path, as_version=4)
        code = [c for c in run.cells if c.cell_type == "code"]
        for count, (run_cell, of_cell) in enumerate(zip(code, outputs, strict=True), start=1):
            run_cell.outputs, run_cell.execution_count = of_cell, count
        return running.Result(path, run, **result)

    return write


def read(result):
    return nbformat.read(result.path, as_version=4)


def printed(text):
    return new_output("stream", text=text)


def test_outputs_and_counts_are_written_and_nothing_else(write_run):
    times = {"execution": {"iopub.status.busy": "2000-01-01T00:00:00Z"}, "tags": ["setup"]}
    cells = [
        new_markdown_cell("# É"),
        new_code_cell("1", metadata=times),
        cell("2", printed("old")),
    ]
    result = write_run(cells, [], [printed("new\n")])
    result.notebook.metadata["language_info"] = {"name": "python", "version": "3.99"}
    result.notebook.cells[2].metadata["collapsed"] = True
    before = read(result)
    assert saving.save(result) == []
    after = read(result)
    assert [c.get("outputs") for c in after.cells] == [None, [], [printed("new\n")]]
    assert [c.get("execution_count") for c in after.cells] == [None, 1, 2]
    assert after.cells[1].metadata == {"tags": ["setup"]}
    for notebook in (before, after):
        for c in notebook.cells:
            for key in ("outputs", "execution_count"):
                c.pop(key, None)
            c.metadata.pop("execution", None)
    assert after == before
    assert "É" in result.path.read_text("utf-8")
    assert result.path.read_bytes().endswith(b"}\n")


def test_a_saved_run_is_the_same_the_next_time(write_notebook):
    """And is what the kernel said: with times left out, in the form in which Jupyter writes."""
    path = write_notebook("01_a.ipynb", "import time; print(1, flush=True)", SOURCE, "2 + 2")
    saved = []
    for _ in range(2):
        saving.save(running.run_notebook(path))
        saved.append(path.read_bytes())
    assert saved[0] == saved[1]
    notebook = nbformat.read(path, as_version=4)
    assert notebook.cells[0].outputs == [printed("1\n")]
    assert notebook.cells[2].outputs[0].data["text/plain"] == "4"
    assert image_alt(notebook.cells[1]).startswith("Accuracy against distance")
    assert not any("execution" in c.metadata for c in notebook.cells)
    text = nbformat.writes(notebook)
    assert saved[0].decode("utf-8") == text + "\n"
    png = base64.b64decode(notebook.cells[1].outputs[0].data["image/png"])
    assert Image.open(io.BytesIO(png)).mode == "P"


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (dict(status="failed", error="cell 1: no"), r"01_a\.ipynb is not saved: cell 1: no"),
        (dict(status="interrupted", error="cell 1: interrupted"), "not saved: cell 1: interrupted"),
        (dict(skipped=["get tiny_shakespeare"]), "cells without outputs. get tiny_shakespeare"),
    ],
)
def test_what_did_not_run_to_the_end_is_not_saved(write_run, result, message):
    result = write_run([cell("1")], [printed("new")], **result)
    before = result.path.read_bytes()
    with pytest.raises(saving.SaveError, match=message):
        saving.save(result)
    assert result.path.read_bytes() == before


def test_a_notebook_edited_during_the_run_is_not_overwritten(write_run, write_notebook):
    result = write_run([cell("1")], [printed("1")])
    edited = write_notebook("01_a.ipynb", "2").read_bytes()
    with pytest.raises(saving.SaveError, match="have changed since the run began"):
        saving.save(result)
    assert result.path.read_bytes() == edited


def test_a_notebook_may_not_grow_too_large(write_run):
    result = write_run([cell("1")], [printed("x" * 899_000)])
    saving.save(result)
    before = result.path.read_bytes()
    result.notebook.cells[0].outputs = [printed("x" * 901_000)]
    with pytest.raises(saving.SaveError, match=r"would have 90[12] kB of at most 900 kB"):
        saving.save(result)
    assert result.path.read_bytes() == before


def test_a_file_that_cannot_be_replaced_stays_whole(write_run, monkeypatch):
    def fail(*_):
        raise PermissionError("in use")

    result = write_run([cell("1", printed("old"))], [printed("new")])
    before = result.path.read_bytes()
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(PermissionError):
        saving.save(result)
    assert result.path.read_bytes() == before
    assert list(result.path.parent.iterdir()) == [result.path]


def test_printed_text_is_joined_but_not_across_a_picture(write_run):
    error = new_output("stream", name="stderr", text="e")
    outputs = [printed("a"), printed("b\n"), error, printed("c"), shown(drawing()), printed("d")]
    result = write_run([cell("1")], outputs)
    saving.save(result)
    texts = [o.get("text") for o in read(result).cells[0].outputs]
    assert texts == ["ab\n", "e", "c", None, "d"]
    assert len(result.notebook.cells[0].outputs) == 6  # the result is as it was


# Pictures


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_picture_of_lines_shrinks_and_looks_the_same(mode):
    png = drawing(mode)
    small = saving.shrink(png)
    assert len(small) < 0.6 * len(png)
    before, after = (Image.open(io.BytesIO(file)).convert("RGB") for file in (png, small))
    assert after.size == before.size
    assert Image.open(io.BytesIO(small)).mode == "P"
    error = np.subtract(before, after, dtype=float)
    assert np.sqrt((error**2).mean()) < 1
    assert saving.shrink(small) == small


def test_pictures_that_would_suffer_stay():
    noise = np.random.default_rng(0).integers(0, 256, (60, 80, 3), "uint8")
    transparent = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    transparent.paste((200, 0, 0, 255), (0, 0, 25, 25))
    tiny = Image.new("L", (2, 2))
    for picture in (Image.fromarray(noise), transparent, tiny):
        png = encoded(picture)
        assert saving.shrink(png) == png


# Alt text


@pytest.mark.parametrize("old", [None, "A line."])
def test_alt_text_follows_the_picture(write_run, old):
    cells = [cell("draw()", shown(drawing(), old), alt=old)]
    result = write_run(cells, [shown(drawing(), "A line that rises.")])
    assert saving.save(result) == []
    assert image_alt(read(result).cells[0]) == "A line that rises."
    assert saving.described(read(result).cells[0]) == "A line that rises."


def test_alt_text_written_by_hand_stays_and_is_asked_about_when_the_picture_changes(write_run):
    by_hand = cell("draw()", shown(drawing(), "x: 1 at 2"), alt="A line with a kink.")
    result = write_run([new_markdown_cell("Look:"), by_hand], [shown(drawing(), "x: 1 at 2")])
    assert saving.save(result) == []
    result.notebook.cells[1].outputs = [shown(drawing(), "x: 1 at 3")]
    assert saving.save(result) == ["01_a.ipynb, cell 2: does its alt text still hold?"]
    assert image_alt(read(result).cells[1]) == "A line with a kink."
    assert saving.save(result) == []


def test_alt_text_of_a_picture_that_said_nothing_so_far_is_asked_about_unless_it_is_the_same(
    write_run,
):
    cells = [cell("draw()", shown(drawing()), alt=alt) for alt in ("By hand.", "x: 1 at 2")]
    result = write_run(cells, *[[shown(drawing(), "x: 1 at 2")]] * 2)
    assert saving.save(result) == ["01_a.ipynb, cell 1: does its alt text still hold?"]
    assert [image_alt(c) for c in read(result).cells] == ["By hand.", "x: 1 at 2"]


def test_a_picture_that_says_nothing_of_itself_keeps_its_alt_text(write_run):
    result = write_run([cell("draw()", alt="A curve.")], [shown(drawing())])
    assert saving.save(result) == []
    assert image_alt(read(result).cells[0]) == "A curve."


def test_two_pictures_of_a_cell_are_both_described(write_run):
    result = write_run([cell("draw()")], [shown(drawing(), "One."), shown(drawing(), "Two.")])
    saving.save(result)
    assert image_alt(read(result).cells[0]) == "One. Two."
    assert json.loads(result.path.read_text("utf-8"))["cells"][0]["metadata"] == {
        "mystnb": {"image": {"alt": "One. Two."}}
    }
