"""Launch links: absent until an address is stated, then the same everywhere."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from rnn_course.notebooks import doctor, launch
from rnn_course.notebooks.doctor import COLAB_CURE
from rnn_course.notebooks.launch import NOWHERE, Address, LaunchError

ROOT = Path(__file__).parents[2]
ADA = Address("ada/rnn-course", "v1")
GRACE = Address("grace-h/rnn.nlp", "spring/2027")


def notebook(*cells):
    return {"cells": list(cells), "metadata": {"k": "ü"}, "nbformat": 4, "nbformat_minor": 5}


def cell(kind, source, **metadata):
    made = {"cell_type": kind, "id": kind, "metadata": metadata, "source": source.splitlines(True)}
    outputs = {"execution_count": 7, "outputs": [{"output_type": "stream", "name": "stdout"}]}
    return made | (outputs if kind == "code" else {})


TITLE = f"# First\n\n{launch.OPEN}\n{launch.CLOSE}\n\nText."


@pytest.fixture
def copy(tmp_path):
    """A copy of the repository's own files with two notebooks of its own."""
    for name in ("README.md", "pyproject.toml", "CITATION.cff"):
        shutil.copy(ROOT / name, tmp_path)
    launch_cell = cell("code", launch.setup_cell(NOWHERE, "") + "\nx = 1", tags=["setup"])
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
            ((what, (path,)),) = parse_qs(parts.query).items()
            binder.add((what, path))
    assert ("urlpath", "lab/tree/notebooks/START.md") in binder
    binder = {path for what, path in binder if what == "labpath"}
    assert colab == binder == {n for n in contents(copy) if n.endswith(".ipynb")}
    readme = (copy / "README.md").read_text("utf-8")
    assert "notebooks%2F01_simple_rnn.ipynb" in readme
    assert f"repository-code: https://github.com/{where.repository}\n" in (
        (copy / "CITATION.cff").read_text("utf-8")
    )
    assert launch.stated_address(copy) == where
    source = f'COURSE = "rnn-course @ git+https://github.com/{where.repository}@{where.ref}"'
    assert text_of(copy).count(source) == 2


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
    for path in copy.rglob("*.ipynb"):  # and nothing is said of any
        title, cell, *_ = json.loads(path.read_text("utf-8"))["cells"]
        assert "launch" not in "".join(title["source"]).replace(
            launch.OPEN + "\n" + launch.CLOSE, ""
        )
        assert "github" not in "".join(cell["source"])


def test_undone_every_file_is_as_it_was_to_the_byte(tmp_path):
    """The course's own files: with every address, and out again."""
    for name in ("README.md", "pyproject.toml", "CITATION.cff"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    launch.stamp(tmp_path, NOWHERE)  # whatever the repository itself states
    before = contents(tmp_path)
    for where in (ADA, GRACE):
        assert len(launch.stamp(tmp_path, where)) == len(list(tmp_path.rglob("*.ipynb"))) + 3
    launch.stamp(tmp_path, NOWHERE)
    assert contents(tmp_path) == before


def test_only_title_and_setup_cell_of_a_notebook_change(copy):
    path = copy / "notebooks" / "01_simple_rnn.ipynb"
    before = json.loads(path.read_text("utf-8"))
    launch.stamp(copy, ADA)
    after = json.loads(path.read_text("utf-8"))
    version = tomllib.loads((copy / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    source = "".join(after["cells"][1]["source"])
    assert source == launch.setup_cell(ADA, version) + "\nx = 1"
    assert f'VERSION = "{version}"' in source
    for changed in (0, 1):
        assert after["cells"][changed].pop("source") != before["cells"][changed].pop("source")
    assert after == before
    assert path.read_text("utf-8").startswith('{\n "cells": [\n  {\n   "cell_type"')
    assert path.read_text("utf-8").endswith("}\n")


@pytest.mark.parametrize("where", [NOWHERE, ADA])
def test_the_setup_cell_is_tidy(tmp_path, where):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    made = notebook(cell("code", launch.setup_cell(where, "10.11.12")))
    made["metadata"] = {"language_info": {"name": "python"}}
    (tmp_path / "01_a.ipynb").write_text(json.dumps(made))
    for command in (["check"], ["format", "--check", "--diff"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--no-cache", "01_a.ipynb"]
        done = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def run(monkeypatch):
    """Runs a setup cell where only some packages are there; returns what it asked pip for."""

    def run(where, colab=False, **versions):
        installed = {"packaging": "26.0", **versions}
        asked, modules = [], {"google.colab": None} if colab else {}

        class Shell:
            def run_line_magic(self, name, line):
                asked.append(f"{name} {line.format(**namespace)}")  # as IPython fills it in
                installed["rnn_course"] = "0.1.0"

        monkeypatch.setattr("importlib.util.find_spec", installed.get)
        monkeypatch.setattr("importlib.metadata.version", lambda name: installed[name])
        monkeypatch.setattr(sys, "modules", {**sys.modules, **modules})
        source, line, _ = launch.setup_cell(where, "0.1.0").partition(launch.SETUP_LINE)
        assert line
        namespace = {"get_ipython": Shell}
        exec(TransformerManager().transform_cell(source), namespace)
        return asked

    return run


TENSORFLOW = {"tensorflow": "2.20.0", "tensorflow_text": "2.20.1", "tensorflow-text": "2.20.1"}
TENSORFLOW |= {"keras": "3.13.2", "numpy": "2.1.3"}


def test_on_colab_the_cell_installs_the_course_and_leaves_tensorflow_alone(run):
    pins = "tensorflow==2.20.0 tensorflow-text==2.20.1 keras==3.13.2 numpy==2.1.3"
    course = '"rnn-course @ git+https://github.com/ada/rnn-course@v1"'
    assert run(ADA, colab=True, **TENSORFLOW) == [f"pip install -q {pins} {course}"]


@pytest.mark.parametrize("where", [NOWHERE, ADA])
def test_where_the_course_is_there_the_cell_installs_nothing(run, where):
    for colab in (True, False):
        assert run(where, colab, rnn_course="0.1.0", **TENSORFLOW) == []


def test_a_tpu_runtime_and_an_old_one_are_told_which_to_choose(run):
    needs = doctor.SUPPORTED["tensorflow"]
    for versions, found in (
        ({"jax": "0.7.2", "numpy": "2.0.2"}, "none"),  # a TPU's
        (TENSORFLOW | {"tensorflow": "2.19.0"}, "2.19.0"),
        (TENSORFLOW | {"tensorflow": "3.0.0"}, "3.0.0"),
    ):
        with pytest.raises(RuntimeError) as error:
            run(ADA, colab=True, **versions)
        told = f"The course needs TensorFlow {needs}; this runtime has {found}. {COLAB_CURE}"
        assert str(error.value) == told


def test_elsewhere_the_cell_says_what_to_type(run):
    with pytest.raises(ModuleNotFoundError) as error:
        run(NOWHERE)
    assert str(error.value).endswith(': pip install -e ".[lab]" in the course folder')
    with pytest.raises(ModuleNotFoundError) as error:
        run(ADA)
    course = '"rnn-course @ git+https://github.com/ada/rnn-course@v1"'
    assert str(error.value).endswith(f": python -m pip install {course}")


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
    setup = cell("code", launch.setup_cell(NOWHERE, ""), tags=["setup"])
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
