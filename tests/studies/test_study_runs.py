"""How a study runs: what is stored is not trained again, and rivals are searched alike."""

import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_study import tiny, train

from rnn_course.studies import running
from rnn_course.studies.results import collect


@pytest.fixture
def study():
    """The study as it is."""
    return tiny()


def counting(calls, until=None):
    """The tiny study's training, noting its calls; it breaks off after so many."""

    def noted(run):
        if until is not None and len(calls) == until:
            raise KeyboardInterrupt
        calls.append(run)
        yield from train(run)

    return noted


def run(study, folder):
    running.run(study, folder, processes=0, say=lambda line: None)


def test_first_every_rate_then_the_other_seeds_at_the_best(tmp_path):
    calls = []
    run(tiny(train=counting(calls)), tmp_path)
    assert len(calls) == 2 * 3 * 2 + 2 * 1 * 3
    assert {each.rate for each in calls[:12]} == {0.01, 0.1, 1.0}
    assert {each.rate for each in calls[12:]} == {0.1}
    assert {each.seed for each in calls[12:]} == {2, 3, 4}


def test_a_killed_study_goes_on_where_it_was(tmp_path):
    first, later = [], []
    with pytest.raises(KeyboardInterrupt):
        run(tiny(train=counting(first, until=5)), tmp_path)
    run(tiny(train=counting(later)), tmp_path)
    assert len(first) == 5
    assert len(later) == 18 - 5
    assert not set(map(str, first)) & set(map(str, later))


def test_processes_that_are_killed_leave_only_what_is_whole(tmp_path):
    """The command itself, ended by the system in the middle of its work, then called again."""
    (tmp_path / "slow.py").write_text(
        textwrap.dedent(
            """
            import sys, time
            from pathlib import Path
            from tiny_study import tiny, train
            from rnn_course.studies import running

            def slowly(run):
                time.sleep(0.01)
                yield from train(run)

            def main(folder):
                running.run(tiny(train=slowly), Path(folder), processes=0)

            if __name__ == "__main__":
                main(sys.argv[1])
            """
        )
    )
    where = {"PYTHONPATH": str(Path(__file__).parent)}
    command = [sys.executable, "-u", str(tmp_path / "slow.py"), str(tmp_path / "runs")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=where) as it:
        for _ in range(4):
            it.stdout.readline()
        it.kill()
    stored = list((tmp_path / "runs" / "tiny").glob("*.json"))
    assert 4 <= len(stored) < 18
    before = {path: path.stat().st_mtime_ns for path in stored}
    done = subprocess.run(command, env=where, check=True, capture_output=True, text=True)
    assert len(done.stdout.splitlines()) == 18 - len(stored)
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())


@pytest.mark.trains
def test_two_processes_find_what_one_does(tmp_path, study):
    run(study, tmp_path / "one")
    running.run(study, tmp_path / "two", processes=2, say=lambda line: None)
    one, two = (collect(study, tmp_path / name) for name in ("one", "two"))
    assert one.settings == two.settings


def test_another_setting_is_another_training(tmp_path):
    run(tiny(), tmp_path)
    calls = []
    other = {"high": dict(level=0.9), "low": dict(level=0.4)}
    run(tiny(train=counting(calls), settings=other), tmp_path)
    assert {each.label for each in calls} == {"low"}


def test_rates_are_chosen_for_each_budget_and_ties_by_the_look_before(tmp_path):
    curves = {0.01: [0.1, 0.2, 1.0], 0.1: [0.3, 0.9, 1.0], 1.0: [0.4, 0.5, 0.9]}

    def by_rate(run):
        for value in curves[run.rate]:
            yield value, lambda: {"accuracy": 0.0}

    study = tiny(train=by_rate, looks=(1, 2, 3), budgets=(1, 2, 3), claims=())
    run(study, tmp_path)
    assert running.chosen_rates(study, tmp_path)["high"] == {1: 1.0, 2: 0.1, 3: 0.1}


def test_a_training_that_diverges_is_not_chosen(tmp_path):
    def sometimes(run):
        value = float("nan") if run.rate == 0.1 else 0.5
        yield value, lambda: {"accuracy": value}

    study = tiny(train=sometimes, looks=(1,), budgets=(1,), claims=())
    run(study, tmp_path)
    assert running.chosen_rates(study, tmp_path)["low"] == {1: 0.01}


def test_a_training_that_stops_early_keeps_its_last_score(tmp_path):
    asked = []

    def soon(run):
        yield 0.5, lambda: {"accuracy": 0.1}
        yield 1.0, lambda: asked.append(run) or {"accuracy": 0.9}

    study = tiny(train=soon, rates=(None,))
    run(study, tmp_path)
    results = collect(study, tmp_path)
    assert results.settings["high"]["dev"][0] == [0.5, 1.0, 1.0, 1.0, 1.0]
    assert results.of("high", "accuracy", 12).tolist() == [0.9] * 5
    assert len(asked) == 2 * 10  # at the budget where it stopped, and once for the rest


def test_progress_says_what_is_left(tmp_path, study):
    lines = []
    running.run(study, tmp_path, processes=0, say=lines.append)
    assert lines[0].startswith("tiny search 1/12: high, rate 0.01, seed 0, ")
    assert lines[-1].endswith("0 min left")


def test_what_is_missing_is_said(tmp_path, study):
    with pytest.raises(FileNotFoundError, match="tiny: 12 trainings are missing"):
        collect(study, tmp_path)
    run(study, tmp_path)
    with pytest.raises(FileNotFoundError, match="tiny: 2 trainings are missing"):
        collect(replace(study, seeds=6), tmp_path)
