"""The one file: what was saved comes back, and what is no such file is told apart."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from rnn_course import pipelines
from rnn_course.pipelines import PipelineError, archive

ROOT = Path(__file__).parents[2]
OTHERS = ROOT / "build" / "backends" / ".venv" / "bin" / "python"
ARRAYS = {
    "kernel": np.random.default_rng(0).normal(size=(3, 4)).astype("float32"),
    "bias": np.array([0.5, -0.25], "float32"),
    "zeros": np.zeros((2, 2), "float32"),
    "cube": np.random.default_rng(1).normal(size=(2, 3, 4)).astype("float32"),
}


@pytest.mark.parametrize(
    ("precision", "error"), [("float32", 0), ("float16", 1e-3), ("int8", 0.02)]
)
def test_arrays_come_back_as_exactly_as_the_precision_says(tmp_path, precision, error):
    archive.write(tmp_path / "a", {"words": ["ż", "好"]}, ARRAYS, precision)
    description, arrays = archive.read(tmp_path / "a")
    assert description["words"] == ["ż", "好"]
    assert description["precision"] == precision
    assert arrays.keys() == ARRAYS.keys()
    for name, array in arrays.items():
        assert array.dtype == "float32"
        # Of its row's largest number at most half of a 127th is lost in 8 bits.
        np.testing.assert_allclose(array, ARRAYS[name], rtol=0, atol=error)


def test_eight_bits_are_off_by_half_a_step_of_the_row_at_most(tmp_path):
    kernel = np.array([[127.0, 1.4, -0.4], [1.27, 0.014, -0.996]], "float32")
    archive.write(tmp_path / "a", {}, {"kernel": kernel}, "int8")
    expected = [[127, 1, 0], [1.27, 0.01, -1.0]]
    np.testing.assert_allclose(archive.read(tmp_path / "a")[1]["kernel"], expected, rtol=1e-6)


def test_the_same_is_the_same_file(tmp_path):
    for name in "ab":
        archive.write(tmp_path / name, {"x": 1}, ARRAYS)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    (tmp_path / "a").write_text("before")
    with pytest.raises(TypeError):
        archive.write(tmp_path / "a", {"x": object()}, ARRAYS)
    with pytest.raises(PipelineError, match=r"'bias' have a number beyond 65504.*float32"):
        archive.write(tmp_path / "a", {}, {"bias": np.array([1e5])}, "float16")
    with pytest.raises(PipelineError, match="precision must be one of float32, float16, int8"):
        archive.write(tmp_path / "a", {}, ARRAYS, "half")
    assert (tmp_path / "a").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def zipped(**members):
    """A zip archive of these texts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, text in members.items():
            made.writestr(name.replace("_json", ".json"), text)
    return file.getvalue()


def a_file(tmp_path):
    archive.write(tmp_path / "whole", {"task": "tagger"}, ARRAYS)
    return (tmp_path / "whole").read_bytes()


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (b"", "is no model that rnn_course.pipelines has saved.*It begins with b''"),
        (b"the text\n", "give the file that `rnn-course train … --out`.*It begins with b'the text"),
        (zipped(readme="hello"), "is no model .* It is an archive of readme"),
        (zipped(pipeline_json="{"), "is damaged or cut off"),
        (zipped(pipeline_json="[]"), "is damaged or cut off"),
        (zipped(pipeline_json='{"format": 1}'), "is damaged or cut off"),
        (
            zipped(pipeline_json='{"format": 2, "rnn_course": "9.1"}'),
            r"is of format 2, written by version 9\.1 .* reads formats up to 1: get a newer",
        ),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path, contents, message):
    (tmp_path / "a").write_bytes(contents)
    with pytest.raises(PipelineError, match=message):
        pipelines.load(tmp_path / "a")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(PipelineError, match=r"nothing\.rnn cannot be read: No such file"):
        pipelines.load(tmp_path / "nothing.rnn")
    with pytest.raises(PipelineError, match="cannot be read"):
        pipelines.load(tmp_path)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.99])
def test_a_file_that_was_cut_off(tmp_path, share):
    whole = a_file(tmp_path)
    (tmp_path / "a").write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(PipelineError, match="is damaged or cut off"):
        pipelines.load(tmp_path / "a")


def test_any_byte_that_is_changed_is_seen_or_does_not_matter(tmp_path):
    whole = a_file(tmp_path)
    before = archive.read(tmp_path / "whole")
    for place in range(0, len(whole), 7):
        (tmp_path / "a").write_bytes(
            whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        )
        try:
            description, arrays = archive.read(tmp_path / "a")
        except PipelineError:
            continue
        assert description == before[0]
        assert all(np.array_equal(arrays[name], before[1][name]) for name in before[1])


def test_a_description_of_something_else(tmp_path):
    for description in ({}, {"task": "oracle"}, {"task": "tagger"}, {"task": ["tagger"]}):
        archive.write(tmp_path / "a", description, ARRAYS)
        with pytest.raises(PipelineError, match="does not describe a model"):
            pipelines.load(tmp_path / "a")


@pytest.mark.trains
def test_weights_of_another_model(tmp_path, classifier):
    classifier.save(tmp_path / "a")
    description, arrays = archive.read(tmp_path / "a")
    (name, *_) = arrays
    archive.write(tmp_path / "b", description, {n: a for n, a in arrays.items() if n != name})
    with pytest.raises(PipelineError, match="has weights of another model"):
        pipelines.load(tmp_path / "b")
    archive.write(tmp_path / "b", description, {**arrays, name: np.zeros((2, 2))})
    with pytest.raises(PipelineError, match="describes no model of this version"):
        pipelines.load(tmp_path / "b")


def answers(pipeline):
    """Some answers of a pipeline, as JSON would have them."""
    if pipeline.task == "writer":
        found = pipeline.continue_(["The mouse", ""], length=6, temperature=0)
        found = [found, pipeline.score(["The mouse ran.", "one"])]
    else:
        found = pipeline(["Ada sang gut", "", "Good night!", "好"])
    return json.loads(json.dumps(found))


def close(a, b):
    """Whether two answers are the same, numbers up to rounding."""
    if isinstance(a, float):
        return a == pytest.approx(b, rel=1e-3, abs=1e-4)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(close(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(close, a, b))
    return a == b


PROGRAM = """
import json, sys
sys.path.insert(0, "tests/pipelines")
from test_pipeline_file import answers
from rnn_course import pipelines
print(json.dumps([answers(pipelines.load(path)) for path in sys.argv[1:]]))
"""


@pytest.mark.trains
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_a_fresh_process_under_any_backend_gives_the_same_answers(tmp_path, every, backend):
    if backend != "tensorflow" and not OTHERS.exists():
        pytest.skip(f"no environment with {backend}: make backends")
    paths = [str(tmp_path / str(number)) for number in range(len(every))]
    for pipeline, path in zip(every, paths, strict=True):
        pipeline.save(path)
    python = sys.executable if backend == "tensorflow" else str(OTHERS)
    done = subprocess.run(
        [python, "-c", PROGRAM, *paths],
        cwd=ROOT,
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    for pipeline, found in zip(every, json.loads(done.stdout.splitlines()[-1]), strict=True):
        assert close(found, answers(pipeline)), pipeline.task


@pytest.mark.trains
@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_with_fewer_bits_the_answers_are_nearly_those(tmp_path, every, precision):
    for pipeline in every:
        pipeline.save(tmp_path / "full")
        pipeline.save(tmp_path / "small", precision)
        assert (tmp_path / "small").stat().st_size < (tmp_path / "full").stat().st_size
        small = pipelines.load(tmp_path / "small")
        for a, b in zip(small.model.get_weights(), pipeline.model.get_weights(), strict=True):
            np.testing.assert_allclose(a, b, atol=0.01 * max(1, np.abs(b).max()))
