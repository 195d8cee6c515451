"""`Results`: what a study's trainings came to, in one small JSON file that ships with the package.

Of each setting it holds the mean of dev's score by learning rate and budget over the seeds of the
search, the rate chosen at each budget, and of the trainings at that rate each seed's scores on the
test part; and each seed's curve on dev at the rate of the largest budget.
"""

import json
import platform
from collections.abc import Mapping
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rnn_course.studies.claims import Mean, bootstrap
from rnn_course.studies.running import chosen_rates, chosen_runs, search_runs, searched, stored
from rnn_course.studies.study import Study

SHIPPED = "results"  # the folder beside this module
LIMIT = 60_000  # bytes of a file


class Results(NamedTuple):
    """A study's scores.

    Args:
        name: the study's.
        unit: what budgets count.
        budgets: after how much training the test part was scored.
        looks: after how much training dev was.
        dev: what dev's score is.
        seeds: how many.
        minutes: of the processor, all trainings together.
        about: versions, and checksums of the corpora.
        settings: by label ``rate`` (by budget), ``search`` (by rate, at each budget), ``dev`` (a
            row a seed), ``scores`` (by metric and budget, a number a seed), ``falling`` (whether
            dev's score still got better at the largest budget) and ``edge`` (whether the rate
            chosen there was the smallest or the largest of several that differed).
    """

    name: str
    unit: str
    budgets: list[int]
    looks: list[int]
    dev: str
    seeds: int
    minutes: float
    about: dict[str, Any]
    settings: dict[str, dict[str, Any]]

    @property
    def metrics(self) -> list[str]:
        """The names of the scores."""
        return list(next(iter(self.settings.values()))["scores"])

    def of(self, setting: str, metric: str, budget: int) -> np.ndarray:
        """The score of each seed.

        Args:
            setting: its label.
            metric: one of `metrics`.
            budget: one of `budgets`.

        Returns:
            ``(seeds,)``; NaN where a training has diverged.

        Raises:
            KeyError: when there is no such setting, metric or budget.
        """
        return np.array(self.settings[setting]["scores"][metric][str(budget)], float)

    def at(self, budget: int, settings=None) -> Mapping[tuple[str, str], np.ndarray]:
        """All scores at one budget, by setting and metric; see `of`."""
        return {
            (setting, metric): self.of(setting, metric, budget)
            for setting in settings or self.settings
            for metric in self.metrics
        }

    def curves(self, metric: str, settings=None) -> dict[str, np.ndarray]:
        """Each setting's mean by budget and the interval over its seeds: what a figure draws.

        Args:
            metric: one of `metrics`.
            settings: their labels; all by default.

        Returns:
            By label ``(3, budgets)``: the mean, and the two ends of the interval.
        """
        found = {}
        for label in settings or self.settings:
            at = [{(label, metric): self.of(label, metric, b)} for b in self.budgets]
            found[label] = np.transpose([bootstrap(Mean(label, metric), each) for each in at])
        return found

    @property
    def still_falling(self) -> list[str]:
        """The settings whose dev score still got better at the largest budget."""
        return [label for label, found in self.settings.items() if found["falling"]]


def collect(study: Study, folder: Path) -> Results:
    """Put a study's trainings together.

    Args:
        study: all of whose trainings are stored.
        folder: of the trainings' files.

    Returns:
        The results.

    Raises:
        FileNotFoundError: when a training is missing: the study is to be run to its end first.
    """
    first = search_runs(study)
    missing = sum(stored(study, each, folder) is None for each in first)
    later = [] if missing else chosen_runs(study, folder)
    missing += sum(stored(study, each, folder) is None for each in later)
    if missing:
        raise FileNotFoundError(f"{study.name}: {missing} trainings are missing, run it first")
    every = {
        (each.label, each.rate, each.seed): stored(study, each, folder) for each in [*first, *later]
    }
    chosen, means = chosen_rates(study, folder), searched(study, folder)
    settings = {}
    for label in study.settings:
        rates = chosen[label]
        runs = {b: [every[label, rates[b], s] for s in range(study.seeds)] for b in study.budgets}
        dev = [each["dev"] for each in runs[study.budgets[-1]]]
        metrics = runs[study.budgets[0]][0]["scores"][str(study.budgets[0])]
        settings[label] = {
            "rate": {str(budget): rate for budget, rate in rates.items()},
            "search": {
                str(rate): [_short(means[label, rate][study.looks.index(b)]) for b in study.budgets]
                for rate in study.rates
            },
            "dev": [[_short(value) for value in row] for row in dev],
            "scores": {
                metric: {
                    str(b): [_short(each["scores"][str(b)][metric]) for each in runs[b]]
                    for b in study.budgets
                }
                for metric in metrics
            },
            "falling": is_falling(study, dev),
            "edge": _is_at_the_edge(study, label, rates[study.budgets[-1]], means),
        }
    minutes = sum(each["minutes"] for each in every.values())
    return Results(
        study.name,
        study.unit,
        list(study.budgets),
        list(study.looks),
        study.dev,
        study.seeds,
        round(minutes, 1),
        _about(study),
        settings,
    )


def _is_at_the_edge(study, label, rate, means):
    """Whether no rate beyond the chosen one was tried, and the one on its other side is worse."""
    rates = sorted(study.rates) if len(study.rates) > 1 else []
    for this, next_to_it in zip(rates[:1] + rates[-1:], rates[1:2] + rates[-2:-1], strict=True):
        if rate == this and means[label, this] != means[label, next_to_it]:
            return True
    return False


def is_falling(study: Study, dev: list[list[float | None]]) -> bool:
    """Whether dev's score got better by more than `Study.flat` over the budget's last third.

    Args:
        study: which.
        dev: a row a seed, a number a look.

    Returns:
        Of the mean over seeds; False where there is nothing before the last third, or a training
        has diverged.
    """
    before = [i for i, look in enumerate(study.looks) if look <= 2 / 3 * study.looks[-1]]
    means = np.array(dev, float).mean(axis=0)
    if not before or not np.isfinite(means[[before[-1], -1]]).all():
        return False
    gain = means[before[-1]] - means[-1]
    return bool((gain if study.lower_is_better else -gain) > study.flat)


def write(results: Results, path: Path) -> None:
    """Write results as JSON, a line a setting.

    Args:
        results: of `collect`.
        path: of the file.

    Raises:
        ValueError: when there are more than 60 KB of them: the study has too many looks.
    """
    head = json.dumps({**results._asdict(), "settings": None}, allow_nan=False)
    rows = (
        f"{json.dumps(label)}: {json.dumps(found, allow_nan=False)}"
        for label, found in results.settings.items()
    )
    text = head.removesuffix("null}") + "{\n" + ",\n".join(rows) + "\n}}\n"
    if len(text) > LIMIT:
        raise ValueError(f"{results.name}: {len(text)} bytes of results, at most {LIMIT} may ship")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")


def read(path: Path) -> Results:
    """Results that `write` has written."""
    return Results(**json.loads(Path(path).read_text("utf-8")))


def load(name: str) -> Results:
    """The results that ship with the package.

    Args:
        name: of a study.

    Returns:
        What it came to.

    Raises:
        FileNotFoundError: when there are none: it has not been run to its end.
    """
    path = shipped(name)
    if not path.exists():
        raise FileNotFoundError(f"there are no results of {name!r}: rnn-course study run {name}")
    return read(path)


def shipped(name: str) -> Path:
    """The file of a study's results in the package."""
    return Path(str(resources.files("rnn_course.studies"))) / SHIPPED / f"{name}.json"


def _short(value):
    return None if value is None or not np.isfinite(value) else float(f"{value:.4g}")


def _about(study: Study) -> dict[str, Any]:
    from rnn_course import corpora

    return {
        "python": platform.python_version(),
        **{name: version(name) for name in ("tensorflow", "keras", "numpy")},
        "corpora": {
            file.path: file.sha256 for name in study.corpora for file in corpora.info(name).files
        },
    }
