"""The vectors that several notebooks share."""

import json
from pathlib import Path

import pytest

from rnn_course.notebooks import VECTORS, vectors, vectors_of_00
from rnn_course.text import Vocabulary, WordVectors

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.mark.trains
def test_they_are_learned_once_with_the_settings_of_their_name(tmp_path, monkeypatch):
    monkeypatch.setattr(vectors, "FOLDER", tmp_path)
    monkeypatch.setitem(VECTORS, "pets", dict(dimension=3, window=1, subsampling=1, epochs=1))
    corpus = [["a", "cat"], ["a", "dog"]] * 50
    learned = vectors_of_00("pets", corpus, Vocabulary.learn(corpus))
    assert learned.dimension == 3
    WordVectors(["a"], [[1.0, 2.0]]).save(tmp_path / "pets.vec")
    assert vectors_of_00("pets", corpus, Vocabulary.learn(corpus)).words == ("a",)


def test_there_are_none_of_another_name():
    with pytest.raises(KeyError, match="pets"):
        vectors_of_00("pets", [["a", "cat"]], Vocabulary.learn([["a", "cat"]]))


@pytest.mark.parametrize("name", sorted(VECTORS))
def test_notebook_00_saves_them_under_the_name_that_others_ask_for(name):
    def code(number):
        (path,) = NOTEBOOKS.glob(f"{number}_*.ipynb")
        cells = json.loads(path.read_text("utf-8"))["cells"]
        return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")

    assert f"{name}.vec" in code("00")
    assert f'VECTORS["{name}"]' in code("00")
    assert any(f'vectors_of_00("{name}"' in code(number) for number in ("06", "07"))
