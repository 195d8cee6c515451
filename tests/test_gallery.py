"""The page of drawings: each with the line that draws it, on light and on dark."""

import importlib
import re
import sys
from pathlib import Path

import pytest

from rnn_course import figures

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module", autouse=True)
def docs_on_the_path():
    sys.path.insert(0, str(ROOT / "docs"))
    yield
    sys.path.remove(str(ROOT / "docs"))


@pytest.fixture
def gallery():
    return importlib.import_module("gallery")


def test_every_drawing_of_the_package_is_in_the_gallery(gallery):
    shown = {line.partition("(")[0] for *_, line in gallery.DRAWINGS}
    there = {name: getattr(figures, name) for name in figures.__all__}
    of = "rnn_course.figures.drawings."
    assert shown == {n for n, f in there.items() if getattr(f, "__module__", "").startswith(of)}


def test_a_drawing_stands_beside_its_line_in_both_looks(gallery, tmp_path, monkeypatch):
    some = [entry for entry in gallery.DRAWINGS if entry[0] in ("Truncation", "A stack")]
    monkeypatch.setattr(gallery, "DRAWINGS", some)
    gallery.write(tmp_path / "drawings.md", tmp_path / "drawings")
    page = (tmp_path / "drawings.md").read_text("utf-8")
    for heading, look_for, line in some:
        assert f"## {heading}\n\n{look_for}\n" in page
        assert f"```python\nfigures.{line}\n```" in page
    files = re.findall(r'src="drawings/([\w-]+\.svg)"', page)
    assert files == [f"{n}-{m}.svg" for n in ("truncation", "a-stack") for m in ("light", "dark")]
    for file in files:
        assert (tmp_path / "drawings" / file).read_text("utf-8").startswith("<svg ")
    assert len(re.findall(r'alt="[^"]{40,}"', page)) == len(files)


def test_a_picture_of_two_pixels_for_one_keeps_its_width():
    pages = importlib.import_module("pages")
    output = {"metadata": {"image/png": {"width": 356}}}
    assert pages.picture_width({"outputs": [output, {}]}) == "356px"
    assert pages.picture_width({"outputs": [{}]}) is None
    assert pages.picture_width({}) is None
