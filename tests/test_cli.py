"""The command as a user calls it: what it prints, where it writes, its exit status."""

import importlib.util
import os
import sys
from pathlib import Path
from textwrap import dedent

import nbformat
import pytest
from typer.testing import CliRunner

from rnn_course import cli, corpora
from rnn_course.notebooks import doctor

call = CliRunner()


def invoke(*arguments):
    return call.invoke(cli.app, [str(argument) for argument in arguments])


@pytest.fixture
def course(tmp_path, monkeypatch, write_notebook):
    """An empty repository to stand in."""
    (tmp_path / "rnn_course").mkdir()
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path)

    def write(name, *cells):
        return write_notebook(name, *cells, folder=tmp_path / "notebooks")

    return write


def test_run_takes_all_numbered_notebooks_and_names_each_failure(course, tmp_path):
    course("01_a.ipynb", "print('fine')")
    course("02_b.ipynb", "x = 1", "x / 0")
    course("03_c.ipynb", "raise KeyError('who')")
    course("scratch.ipynb", "raise ValueError('not numbered')")
    done = invoke("run")
    assert done.exit_code == 1
    assert "01_a: passed" in done.stdout
    assert "02_b.ipynb: code cell 2 of 2" in done.stderr
    assert "ZeroDivisionError: division by zero" in done.stderr
    assert "03_c.ipynb: code cell 1 of 1" in done.stderr
    assert "not numbered" not in done.output
    out = tmp_path / "build" / "course"
    assert "1 of 3 notebooks passed" in (out / "index.html").read_text("utf-8")
    for name in ("01_a", "02_b", "03_c"):
        assert (out / f"{name}.html").exists()
        assert (out / f"{name}.ipynb").exists()


def test_run_takes_the_notebooks_named(course, tmp_path):
    course("01_a.ipynb", "raise ValueError")
    path = course("02_b.ipynb", "print(2)")
    done = invoke("run", path, "--out", tmp_path / "there")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "there" / "02_b.ipynb").exists()
    assert not (tmp_path / "there" / "01_a.ipynb").exists()


def test_a_missing_notebook_stops_before_anything_runs(course, tmp_path):
    done = invoke("run", course("01_a.ipynb", "1"), "notebooks/02_b.ipynb")
    assert done.exit_code == 1
    assert "no notebook notebooks/02_b.ipynb" in done.stderr.replace("\\", "/")
    assert not (tmp_path / "build").exists()


def test_two_notebooks_of_one_name_would_overwrite_each_other(course, write_notebook, tmp_path):
    other = write_notebook("01_a.ipynb", "1", folder=tmp_path / "other")
    done = invoke("run", course("01_a.ipynb", "1"), other)
    assert done.exit_code == 1
    assert "same name" in done.stderr


def test_no_notebooks_at_all(course):
    assert "no numbered notebooks" in invoke("run").stderr


def test_outside_of_a_checkout(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for command in ("run", "lab", "launch"):
        done = invoke(command)
        assert done.exit_code == 1
        assert "not inside the course's repository" in done.stderr


def test_a_checkout_is_found_from_below(course, tmp_path):
    assert cli.checkout(tmp_path / "notebooks") == tmp_path


def test_without_the_notebook_software(course, monkeypatch):
    monkeypatch.setattr(cli, "find_spec", lambda name: None)
    for command in ("run", "lab"):
        done = invoke(command)
        assert done.exit_code == 1
        assert "[lab]" in done.stderr


def test_skipped_cells_are_listed_and_are_no_failure(course, real_data_cell, empty_cache, tmp_path):
    course("01_a.ipynb", "x = 1", real_data_cell("1 / 0", "tiny_shakespeare"))
    done = invoke("run")
    assert done.exit_code == 0, done.output
    assert "rnn-course corpora download tiny_shakespeare" in done.stdout
    index = (tmp_path / "build" / "course" / "index.html").read_text("utf-8")
    assert "Cells skipped for lack of a corpus: 1" in index


def test_download_fetches_what_the_notebooks_name_first(course, real_data_cell, monkeypatch):
    fetched = []
    monkeypatch.setattr(corpora, "download", lambda name: fetched.append(name))
    monkeypatch.setattr(corpora, "is_cached", lambda name: name in fetched)
    course("01_a.ipynb", real_data_cell("print('ran')", "tiny_shakespeare", "gutenberg"))
    course("02_b.ipynb", real_data_cell("print('ran')", "gutenberg"))
    done = invoke("run", "--download")
    assert done.exit_code == 0, done.output
    assert fetched == ["tiny_shakespeare", "gutenberg"]
    assert "Skipped" not in done.output


def test_without_network_the_rest_is_run_and_the_exit_status_tells(
    course, real_data_cell, empty_cache, monkeypatch
):
    def fail(name):
        raise corpora.CorpusError(f"{name}: no network")

    monkeypatch.setattr(corpora, "download", fail)
    course("01_a.ipynb", "print(1)", real_data_cell("2", "tiny_shakespeare"))
    done = invoke("run", "--download")
    assert done.exit_code == 1
    assert "tiny_shakespeare: no network" in done.stderr
    assert "01_a: passed" in done.stdout


def test_notebooks_run_side_by_side_and_are_listed_in_order(course, tmp_path):
    """Each waits for the other: one after the other, the first would never end."""
    meet = """
        import pathlib, time
        pathlib.Path({!r}).touch()
        while not pathlib.Path({!r}).exists():
            time.sleep(0.1)
    """
    here, there = str(tmp_path / "here"), str(tmp_path / "there")
    course("01_a.ipynb", dedent(meet.format(here, there)))
    course("02_b.ipynb", dedent(meet.format(there, here)))
    done = invoke("run", "--jobs", "2")
    assert done.exit_code == 0, done.output
    assert "01_a: passed" in done.stdout
    assert "02_b: passed" in done.stdout
    index = (tmp_path / "build" / "course" / "index.html").read_text("utf-8")
    assert index.index("01_a") < index.index("02_b")


def first_output(path):
    return nbformat.read(path, as_version=4).cells[0].outputs


def test_save_writes_outputs_into_the_notebooks_that_passed(course):
    good, bad = course("01_a.ipynb", "print('fine')"), course("02_b.ipynb", "1", "x / 0")
    before = bad.read_bytes()
    done = invoke("run")
    assert first_output(good) == []  # not without being asked
    done = invoke("run", "--save")
    assert done.exit_code == 1
    assert [output.text for output in first_output(good)] == ["fine\n"]
    assert bad.read_bytes() == before


def test_save_needs_every_corpus_and_says_so_first(course, real_data_cell, empty_cache, tmp_path):
    course("01_a.ipynb", "1")
    course("02_b.ipynb", real_data_cell("2", "gutenberg", "tiny_shakespeare"), "3")
    done = invoke("run", "--save")
    assert done.exit_code == 1
    assert "rnn-course corpora download gutenberg tiny_shakespeare" in done.stderr
    assert not (tmp_path / "build").exists()


def test_save_tells_what_it_could_not_save(course):
    path = course("01_a.ipynb", "print('x' * 1_000_000)")
    done = invoke("run", "--save")
    assert done.exit_code == 1
    assert "01_a.ipynb is not saved" in done.stderr
    assert first_output(path) == []


@pytest.fixture
def started(monkeypatch):
    """What `rnn-course lab` starts, instead of it: command and environment."""
    calls = []
    monkeypatch.setattr(cli.subprocess, "call", lambda *args, **kw: calls.append((args, kw)) or 3)
    return calls


def test_lab_opens_in_the_notebooks_folder_with_this_interpreter(course, started, tmp_path):
    assert invoke("lab", "--no-browser").exit_code == 3
    folder = str(tmp_path / "notebooks")
    (((command,), _),) = started
    assert command == [sys.executable, "-m", "jupyterlab", folder, "--no-browser"]
    assert importlib.util.find_spec("jupyterlab")


def test_lab_opens_the_start_page_where_there_is_one(course, started, tmp_path):
    (tmp_path / "notebooks" / "START.md").write_text("# Welcome", "utf-8")
    invoke("lab", "--no-browser")
    assert started[0][0][0][-2:] == ["--LabApp.default_url=/lab/tree/START.md", "--no-browser"]


def test_lab_leaves_the_users_own_configuration_where_it_is(course, started, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "theirs")
    invoke("lab")
    invoke("lab", "--teach")
    for (_, options), folders in zip(started, (["start", "student"], ["start"]), strict=True):
        *ours, theirs = options["env"]["JUPYTER_CONFIG_PATH"].split(os.pathsep)
        assert [Path(folder).name for folder in ours] == folders
        assert all(Path(folder).is_dir() for folder in ours)
        assert theirs == "theirs"


def test_corpora_lists_all_with_their_licences(empty_cache):
    done = invoke("corpora")
    assert done.exit_code == 0
    for name in corpora.names():
        corpus = corpora.info(name)
        assert f"{name}: {corpus.task}" in done.stdout
        assert corpus.licence in done.stdout
        assert corpus.attribution in done.stdout
    assert "(embedded)" in done.stdout
    assert "1.1 MB, not cached" in done.stdout
    assert str(empty_cache) in done.stdout


def test_downloading_an_unknown_corpus_fails_and_the_others_come(monkeypatch, empty_cache):
    done = invoke("corpora", "download", "agreement", "shakespear")
    assert done.exit_code == 1
    assert "agreement: in " in done.stdout
    assert "there is no corpus 'shakespear'" in done.stderr
    assert "shakespear: there" not in done.stdout


def test_doctor_reports_and_fails_on_a_problem(monkeypatch):
    good = doctor.Finding("Python", "3.12")
    monkeypatch.setattr(doctor, "examine", lambda: [good])
    done = invoke("doctor")
    assert (done.exit_code, "All is well" in done.stdout) == (0, True)
    monkeypatch.setattr(
        doctor, "examine", lambda: [good, doctor.Finding("keras", "3.16", "To cure it: x")]
    )
    done = invoke("doctor")
    assert (done.exit_code, "All is well" in done.stdout) == (1, False)
    assert "Problem: To cure it: x" in done.stderr


def test_launch_says_what_it_stamped_or_why_not(course, tmp_path):
    unstated = '[project]\nversion = "1.0"\n[tool.rnn-course]\nrepository = ""\nref = ""\n'
    (tmp_path / "pyproject.toml").write_text(unstated)
    (tmp_path / "README.md").write_text("<!-- launch badges --><!-- /launch badges -->\n")
    (tmp_path / "CITATION.cff").write_text("title: x\n")
    done = invoke("launch", "--repo", "", "--ref", "")  # as `make launch` without arguments does
    assert done.exit_code == 1
    assert "REPO=owner/name" in done.stderr
    done = invoke("launch", "--repo", "ada/rnn", "--ref", "v1")
    assert done.exit_code == 0
    assert "https://github.com/ada/rnn at v1" in done.stdout
    assert "stamped README.md" in done.stdout
    done = invoke("launch", "--undo")
    assert done.exit_code == 0
    assert "No address is stated" in done.stdout
    assert (tmp_path / "pyproject.toml").read_text() == unstated
