"""The command that lists, runs and shows studies."""

import pytest
from tiny_study import tiny
from typer.testing import CliRunner

from rnn_course import studies
from rnn_course.cli import app
from rnn_course.studies import results


@pytest.fixture
def there(monkeypatch, tmp_path):
    """A package whose one study is the tiny one, with a folder for its results."""
    monkeypatch.setattr(studies, "names", lambda: ("tiny",))
    monkeypatch.setattr(studies, "study", {"tiny": tiny()}.__getitem__)
    monkeypatch.setattr(results, "shipped", lambda name: tmp_path / f"{name}.json")


def test_a_study_is_listed_run_and_shown(there, tmp_path, monkeypatch):
    runner = CliRunner()
    listed = runner.invoke(app, ["study"]).output
    assert "tiny: Is high better than low?" in listed
    assert "not run yet" in listed
    monkeypatch.setattr("rnn_course.studies.running._trained", _here)
    done = runner.invoke(app, ["study", "run", "tiny", "--runs", str(tmp_path / "runs")])
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[-1] == f"Results: {tmp_path / 'tiny.json'}"
    assert "claims: 1 holds" in runner.invoke(app, ["study"]).output
    assert "high_wins holds" in runner.invoke(app, ["study", "show", "tiny"]).output


def test_an_unknown_study_is_named():
    result = CliRunner().invoke(app, ["study", "show", "nothing"])
    assert result.exit_code == 1
    assert "no study 'nothing'" in result.output


def _here(study, runs, folder, processes):
    from rnn_course.studies import running

    for each in runs:
        yield each, running.train(study, each, folder)
