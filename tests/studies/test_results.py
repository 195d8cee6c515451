"""What ships: results, claims held against them, and the page that says so."""

import json
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from tiny_study import tiny

from rnn_course import figures, studies
from rnn_course.studies import Claim, Gap, Greatest, Least, Mean, page, results, running
from rnn_course.studies.claims import FAILS, HOLDS, OPEN, bootstrap

ROOT = Path(__file__).parents[2]


@pytest.fixture
def study():
    """The study as it is."""
    return tiny()


@pytest.fixture
def found(study, tmp_path):
    """The tiny study's results."""
    running.run(study, tmp_path, processes=0, say=lambda line: None)
    return results.collect(study, tmp_path)


def swapped(found, one, other):
    """Results with two settings' labels swapped."""
    settings = dict(found.settings)
    settings[one], settings[other] = settings[other], settings[one]
    return found._replace(settings=settings)


def test_the_interval_is_that_of_the_definition():
    values = np.random.default_rng(1).normal(size=6)
    mean, low, high = bootstrap(Mean("a", "x"), {("a", "x"): values})
    rng = np.random.default_rng(2)  # other draws: the same up to their number
    means = [np.mean(rng.choice(values, 6)) for _ in range(20_000)]
    assert mean == pytest.approx(values.mean())
    assert [low, high] == pytest.approx(np.quantile(means, [0.025, 0.975]), abs=0.05)


def test_scores_of_one_seed_are_drawn_together():
    values = np.arange(5.0)
    scores = {("a", "x"): values, ("a", "y"): values + 1, ("b", "x"): values + 2}
    assert bootstrap(Gap("a", "a", "x", "y"), scores) == pytest.approx((-1, -1, -1))
    assert bootstrap(Gap("a", "b", "x"), scores) == pytest.approx((-2, -2, -2))


def test_statistics():
    scores = {("a", "x"): [1.0, 3.0], ("b", "x"): [0.0, 0.0]}
    assert bootstrap(Gap("a", "b", "x"), scores)[0] == 2
    assert bootstrap(Least(("a", "b"), "x"), scores)[0] == 0
    assert bootstrap(Greatest(("a", "b"), "x"), scores)[0] == 2


def test_what_is_written_is_read(found, tmp_path):
    results.write(found, tmp_path / "tiny.json")
    assert results.read(tmp_path / "tiny.json") == found
    assert found.settings["high"]["rate"] == {"2": 0.1, "12": 0.1}
    assert not found.settings["high"]["edge"]
    assert found.seeds == 5
    assert found.curves("half")["low"].shape == (3, 2)


def test_too_much_to_ship_is_refused(found, tmp_path, monkeypatch):
    monkeypatch.setattr(results, "LIMIT", 100)
    with pytest.raises(ValueError, match="bytes of results, at most 100 may ship"):
        results.write(found, tmp_path / "tiny.json")


def test_a_curve_that_still_falls_is_flagged(study):
    assert results.is_falling(study, [[0.1, 0.2, 0.3, 0.4, 0.6]])
    assert not results.is_falling(study, [[0.1, 0.2, 0.3, 0.6, 0.6]])
    assert not results.is_falling(study, [[0.9, 0.8, 0.7, 0.6, 0.5]])  # worse is not better
    losses = replace(study, lower_is_better=True)
    assert results.is_falling(losses, [[0.9, 0.8, 0.7, 0.6, 0.5]])


def test_a_claim_holds_or_is_noticed_when_labels_are_swapped(study, found):
    (claim,) = study.claims
    verdicts = studies.evaluate(claim, found)
    assert [verdict.outcome for verdict in verdicts] == [HOLDS, HOLDS]
    assert verdicts[1].value == pytest.approx(0.4, abs=0.01)
    broken = studies.evaluate(claim, swapped(found, "high", "low"))
    assert studies.outcome(broken) == FAILS != claim.found


def test_a_threshold_inside_of_the_interval_leaves_the_claim_open(study, found):
    claim = replace(study.claims[0], statistic=Mean("high", "accuracy"), budgets=(12,))
    mean = found.of("high", "accuracy", 12).mean()
    assert studies.outcome(studies.evaluate(replace(claim, at_least=mean), found)) == OPEN
    other = replace(claim, at_least=None, at_most=mean + 0.1)
    assert studies.outcome(studies.evaluate(other, found)) == HOLDS


def test_slips_of_the_pen_are_found():
    claim = tiny().claims[0]
    with pytest.raises(ValueError, match="names \\['hihg'\\]"):
        tiny(claims=(replace(claim, statistic=Mean("hihg", "accuracy")),))
    with pytest.raises(ValueError, match="unknown budgets"):
        tiny(claims=(replace(claim, budgets=(3,)),))
    with pytest.raises(ValueError, match="five seeds"):
        tiny(seeds=4)
    with pytest.raises(ValueError, match="looks must rise"):
        tiny(budgets=(3,))
    with pytest.raises(ValueError, match="at_least or at_most"):
        Claim("a", "b", Mean("high", "accuracy"), (2,), "c", "01")


def test_a_study_is_drawn_in_one_line(found):
    ax = figures.study_curves(found)
    assert ax.lines[0].get_ydata() == pytest.approx(found.curves("accuracy")["high"][0])
    assert "high: 0.68 at 2, 0.9 at 12" in figures.alt_text(ax)
    assert figures.study_curves(found, "half", ["low"]).get_ylabel() == "half"


def test_scores_before_training_have_their_place_in_the_figure():
    budgets, curves = [0, 100, 1000], {"GRU": [[0.1, 0.5, 0.9]] * 3}
    results = SimpleNamespace(
        budgets=budgets, unit="updates", metrics=["accuracy"], curves=lambda *_: curves
    )
    ax = figures.study_curves(results)
    places = ax.transData.transform([(budget, 0.5) for budget in budgets])[:, 0]
    assert np.diff(places).min() > 0.2 * (places[-1] - places[0])


def test_the_report_has_all_scores_and_claims(study, found):
    text = page.report(study, found)
    assert "high_wins holds: High is better than low." in text
    assert "still" not in text.lower()


@pytest.mark.parametrize("name", studies.names())
def test_a_study_is_called_as_its_module(name):
    assert studies.study(name).name == name


SHIPPED = [name for name in studies.names() if results.shipped(name).exists()]


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_results_are_small_and_of_five_seeds_or_more(name):
    path, study, found = results.shipped(name), studies.study(name), studies.load(name)
    assert path.stat().st_size <= results.LIMIT
    assert list(found.settings) == list(study.settings)
    assert (found.budgets, found.looks) == (list(study.budgets), list(study.looks))
    for setting in found.settings.values():
        for by_budget in setting["scores"].values():
            assert all(len(seeds) == found.seeds >= 5 for seeds in by_budget.values())
        assert len(setting["dev"]) == found.seeds


CLAIMS = [(name, claim) for name in studies.names() for claim in studies.study(name).claims]


@pytest.mark.parametrize(("name", "claim"), [each for each in CLAIMS if each[0] in SHIPPED])
def test_a_claim_is_what_the_stored_results_say(name, claim):
    verdicts = studies.evaluate(claim, studies.load(name))
    assert studies.outcome(verdicts) == claim.found, verdicts
    assert claim.found == HOLDS or claim.remark


@pytest.mark.parametrize("name", SHIPPED)
def test_two_labels_swapped_in_stored_results_are_noticed(name):
    claims, found = studies.study(name).claims, studies.load(name)
    labels = sorted({label for claim in claims for label in claim.statistic.settings})
    assert any(
        studies.outcome(studies.evaluate(claim, swapped(found, one, other))) != claim.found
        for claim in claims
        for one, other in combinations(labels, 2)
    )


def test_claims_have_names_of_their_own_and_notebooks_that_there_are():
    named = [*(claim.name for _, claim in CLAIMS), *studies.names()]  # headings of one page
    assert len(set(named)) == len(named)
    for _, claim in CLAIMS:
        assert len(list((ROOT / "notebooks").glob(f"{claim.notebook}_*.ipynb"))) == 1


def test_nothing_else_is_shipped():
    there = {path.stem for path in results.shipped("tiny").parent.glob("*")}
    assert there <= set(studies.names())


def test_the_page_is_made_from_the_results():
    # After a change: python -c "from rnn_course.studies import page; page.write('docs/claims.md')"
    assert (ROOT / "docs" / "claims.md").read_text("utf-8") == page.markdown()


def test_results_that_are_not_there_are_asked_for():
    with pytest.raises(FileNotFoundError, match="rnn-course study run nothing"):
        studies.load("nothing")


def test_a_file_is_plain_json(found, tmp_path):
    results.write(found, tmp_path / "tiny.json")
    plain = json.loads((tmp_path / "tiny.json").read_text("utf-8"))
    assert plain["settings"]["low"]["scores"]["half"]["12"][0] == pytest.approx(0.25, abs=0.001)
