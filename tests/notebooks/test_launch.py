"""Launch links: absent until an address is stated, then the same everywhere."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from rnn_course.notebooks import launch
from rnn_course.notebooks.launch import Address, LaunchError

ROOT = Path(__file__).parents[2]
NOWHERE = Address("", "")
ADA = Address("ada/rnn-course", "v1")
GRACE = Address("grace-h/rnn.nlp", "spring/2027")


def notebook(*cells):
    return {"cells": list(cells), "metadata": {"k": "ü"}, "nbformat": 4, "nbformat_minor": 5}


def cell(kind, source, **metadata):
    made = {"cell_type": kind, "id": kind, "metadata": metadata, "source": source.splitlines(True)}
    outputs = {"execution_count": 7, "outputs": [{"output_type": "stream", "name": "stdout"}]}
    return made | (outputs if kind == "code" else {})


TITLE = f"# First\n\n{launch.OPEN}\n{launch.UNSTATED}\n{launch.CLOSE}\n\nText."


@pytest.fixture
def copy(tmp_path):
    """A copy of the repository's own files with two notebooks of its own."""
    for name in ("README.md", "pyproject.toml", "CITATION.cff"):
        shutil.copy(ROOT / name, tmp_path)
    launch_cell = cell("code", launch.setup_cell("", "") + "\nx = 1", tags=["setup"])
    for name in ("01_simple_rnn", "exercises/01_simple_rnn"):
        path = tmp_path / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(
            notebook(cell("markdown", TITLE), launch_cell, cell("code", "print(x)")),
            indent=1,
            ensure_ascii=False,
        )
        path.write_text(text + "\n", "utf-8")
    launch.stamp(tmp_path, NOWHERE)  # whatever the repository itself states
    return tmp_path


def contents(folder):
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def text_of(folder):
    return b"\n".join(contents(folder).values()).decode("utf-8").replace('\\"', '"')


def links(text):
    return set(re.findall(r"https://(?:colab|mybinder)[^\s)\"]+", text))


@pytest.mark.parametrize("where", [ADA, GRACE])
def test_every_link_leads_to_the_stated_repository(copy, where):
    launch.stamp(copy, where)
    found = links(text_of(copy))
    colab, binder = set(), set()
    for link in found:
        parts = urlsplit(link)
        if parts.path.startswith("/github/"):
            prefix = f"/github/{where.repository}/blob/{where.ref}/"
            assert parts.path.startswith(prefix)
            colab.add(unquote(parts.path.removeprefix(prefix)))
        elif parts.path.startswith("/v2/"):
            _, _, host, owner, name, ref = parts.path.split("/")
            assert (host, f"{owner}/{name}", unquote(ref)) == ("gh", where.repository, where.ref)
            binder.add(parse_qs(parts.query)["labpath"][0])
    assert colab == binder == {n for n in contents(copy) if n.endswith(".ipynb")}
    readme = (copy / "README.md").read_text("utf-8")
    assert "notebooks%2F01_simple_rnn.ipynb" in readme
    assert f"repository-code: https://github.com/{where.repository}\n" in (
        (copy / "CITATION.cff").read_text("utf-8")
    )
    assert launch.stated_address(copy) == where
    pip = f'"rnn-course @ git+https://github.com/{where.repository}@{where.ref}"'
    assert text_of(copy).count(pip) == 2


def test_stamping_again_changes_nothing_and_another_address_leaves_no_trace(copy):
    unstated = contents(copy)
    assert len(launch.stamp(copy, ADA)) == 5
    stamped = contents(copy)
    assert launch.stamp(copy, ADA) == []
    launch.stamp(copy, GRACE)
    assert "ada/" not in text_of(copy)
    launch.stamp(copy, ADA)
    assert contents(copy) == stamped
    launch.stamp(copy, NOWHERE)
    assert contents(copy) == unstated


def test_without_an_address_there_is_no_link(copy):
    assert links(text_of(copy)) == set()
    assert "git+https" not in text_of(copy)
    assert text_of(copy).count("make launch") >= 3


def test_only_title_and_setup_cell_of_a_notebook_change(copy):
    path = copy / "notebooks" / "01_simple_rnn.ipynb"
    before = json.loads(path.read_text("utf-8"))
    launch.stamp(copy, ADA)
    after = json.loads(path.read_text("utf-8"))
    assert "".join(after["cells"][1]["source"]) == launch.setup_cell(*ADA) + "\nx = 1"
    for changed in (0, 1):
        assert after["cells"][changed].pop("source") != before["cells"][changed].pop("source")
    assert after == before
    assert path.read_text("utf-8").startswith('{\n "cells": [\n  {\n   "cell_type"')
    assert path.read_text("utf-8").endswith("}\n")


@pytest.mark.parametrize("where", [NOWHERE, ADA])
def test_the_setup_cell_is_tidy(tmp_path, where):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    made = notebook(cell("code", launch.setup_cell(*where)))
    made["metadata"] = {"language_info": {"name": "python"}}
    (tmp_path / "01_a.ipynb").write_text(json.dumps(made))
    for command in (["check"], ["format", "--check", "--diff"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--no-cache", "01_a.ipynb"]
        done = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_unstated_setup_cell_says_how_to_get_the_package(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r"Quick start.*README\.md"):
        exec(launch.setup_cell("", ""))


@pytest.mark.parametrize(
    "repository",
    [
        "ada/rnn-course",
        "https://github.com/ada/rnn-course",
        "https://github.com/ada/rnn-course.git",
        "git@github.com:ada/rnn-course.git",
        "ssh://git@github.com/ada/rnn-course.git",
    ],
)
def test_ways_to_name_a_repository(repository):
    assert launch.address(repository, "v1") == ADA


@pytest.mark.parametrize(
    "repository",
    ["ada", "ada/", "/rnn", "ada/rnn/x", "-a/rnn", "ada/r nn", 'ada/"', "https://example.org/a/b"],
)
def test_a_wrong_repository_is_named(repository):
    with pytest.raises(LaunchError, match="owner/name") as error:
        launch.address(repository, "v1")
    assert repr(repository) in str(error.value)


@pytest.mark.parametrize("ref", ["", "-v1", "a..b", "c d", "/v1", "v1/", 'v"1', "../main"])
def test_a_wrong_ref_is_named(ref):
    with pytest.raises(LaunchError, match="tag, branch or commit") as error:
        launch.address("ada/rnn-course", ref)
    assert repr(ref) in str(error.value)


def git(folder, *arguments):
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def test_the_address_comes_from_arguments_then_pyproject_then_origin(copy):
    git(copy, "init")
    with pytest.raises(LaunchError, match="REPO=owner/name"):
        launch.find_address(copy)
    git(copy, "remote", "add", "origin", "https://gitlab.example/ada/rnn-course.git")
    with pytest.raises(LaunchError, match="origin"):
        launch.find_address(copy)
    git(copy, "remote", "set-url", "origin", "git@github.com:ada/rnn-course.git")
    assert launch.find_address(copy) == Address("ada/rnn-course", "main")
    launch.stamp(copy, GRACE)
    assert launch.find_address(copy) == GRACE
    assert launch.find_address(copy, "ada/rnn-course", "v1") == ADA


def test_a_notebook_without_markers_or_setup_cell_stops_before_anything_is_written(copy):
    before = contents(copy)
    path = copy / "notebooks" / "02_bad.ipynb"
    setup = cell("code", launch.setup_cell("", ""), tags=["setup"])
    bad = [
        notebook(cell("markdown", "# No markers"), setup),
        notebook(cell("markdown", TITLE), cell("code", "x = 1")),
        notebook(cell("markdown", TITLE), cell("code", "x = 1", tags=["setup"])),
        notebook(cell("markdown", TITLE), setup, setup),
    ]
    for content in bad:
        path.write_text(json.dumps(content))
        with pytest.raises(LaunchError, match=r"02_bad\.ipynb"):
            launch.stamp(copy, ADA)
        path.unlink()
        assert contents(copy) == before


def test_the_committed_files_agree_with_the_stated_address(tmp_path):
    for name in ("README.md", "pyproject.toml", "CITATION.cff"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    where = launch.stated_address(ROOT)
    if where != NOWHERE:
        assert launch.address(*where) == where
    assert launch.stamp(tmp_path, where) == [], "run `rnn-course launch` and commit what it stamps"
