r"""`Claim`: a sentence of a notebook as data, held against a study's stored scores.

A statistic is a function of the means over seeds, :math:`T(\bar a, \bar b, \dots)`. Its interval is
the percentile bootstrap: seeds are drawn anew, with replacement, the same for all settings, whose
trainings from one seed may have weights and batches in common,

.. math::

    T^{*}_r = T(\bar a^{*}_r, \bar b^{*}_r, \dots), \quad r = 1 \dots R, \qquad
    [\,q_{0.025}(T^{*}),\; q_{0.975}(T^{*})\,]

A claim holds where the whole interval lies on its side of the threshold, does not hold where all of
it lies on the other side, and is open where the threshold is inside. With five seeds such intervals
are too narrow by about a tenth to a fifth: thresholds should leave room.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

RESAMPLES = 4000
HOLDS, FAILS, OPEN = "holds", "does not hold", "is open"


@dataclass(frozen=True)
class Mean:
    """A setting's mean score.

    Args:
        setting: its label.
        metric: of its scores.
    """

    setting: str
    metric: str

    @property
    def settings(self) -> tuple[str, ...]:
        """The labels of the settings it is about."""
        return (self.setting,)

    def __call__(self, means: Mapping[tuple[str, str], np.ndarray]) -> np.ndarray:
        """The statistic of means by setting and metric."""
        return means[self.setting, self.metric]

    def __str__(self):
        return f"{self.metric} of “{self.setting}”"


@dataclass(frozen=True)
class Gap:
    """The difference of two means: one setting's score less another's.

    Args:
        setting: the one.
        other: the other; the same where two metrics are compared.
        metric: of the scores.
        other_metric: of the other's score; the same by default.
    """

    setting: str
    other: str
    metric: str
    other_metric: str | None = None

    @property
    def settings(self) -> tuple[str, ...]:
        """The labels of the settings it is about."""
        return (self.setting, self.other)

    def __call__(self, means: Mapping[tuple[str, str], np.ndarray]) -> np.ndarray:
        """The statistic of means by setting and metric."""
        other = means[self.other, self.other_metric or self.metric]
        return means[self.setting, self.metric] - other

    def __str__(self):
        if self.other == self.setting:
            return f"{self.metric} less {self.other_metric}, both of “{self.setting}”"
        other = self.other_metric or "that"
        return f"{self.metric} of “{self.setting}” less {other} of “{self.other}”"


@dataclass(frozen=True)
class Least:
    """The lowest of several settings' means.

    Args:
        settings: their labels.
        metric: of their scores.
    """

    settings: tuple[str, ...]
    metric: str

    def __call__(self, means: Mapping[tuple[str, str], np.ndarray]) -> np.ndarray:
        """The statistic of means by setting and metric."""
        return np.min([means[each, self.metric] for each in self.settings], axis=0)

    def __str__(self):
        return f"{self.metric}, the lowest of {_quoted(self.settings)}"


@dataclass(frozen=True)
class Greatest(Least):
    """The highest of several settings' means.

    Args:
        settings: their labels.
        metric: of their scores.
    """

    def __call__(self, means: Mapping[tuple[str, str], np.ndarray]) -> np.ndarray:
        """The statistic of means by setting and metric."""
        return np.max([means[each, self.metric] for each in self.settings], axis=0)

    def __str__(self):
        return f"{self.metric}, the highest of {_quoted(self.settings)}"


def _quoted(labels):
    return ", ".join(f"“{label}”" for label in labels)


@dataclass(frozen=True)
class Claim:
    """What is said on the strength of a study.

    Args:
        name: short, of small letters and underscores; a notebook's sentence names it.
        sentence: as a reader would read it.
        statistic: of the scores, such as `Gap`.
        budgets: at which it must hold, all of them.
        refuted_by: what would have refuted it, in words.
        notebook: the number of the notebook that states it.
        at_least: the threshold, where the statistic should lie above it, or
        at_most: the threshold, where it should lie below it.
        found: `HOLDS`, until the results have shown otherwise; then what they have shown, so that
            a test notices when that changes.
        remark: what was learned where it does not hold.
    """

    name: str
    sentence: str
    statistic: Mean | Gap | Least
    budgets: tuple[int, ...]
    refuted_by: str
    notebook: str
    at_least: float | None = None
    at_most: float | None = None
    found: str = HOLDS
    remark: str = ""

    def __post_init__(self):
        """Find a claim without a side.

        Raises:
            ValueError: when it has no threshold, or two.
        """
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError(f"claim {self.name} must have at_least or at_most, and not both")


class Verdict(NamedTuple):
    """What the scores say of a claim at one budget.

    Args:
        budget: which.
        value: of the statistic.
        low: end of its interval.
        high: the other end.
        outcome: `HOLDS`, `FAILS` or `OPEN`.
    """

    budget: int
    value: float
    low: float
    high: float
    outcome: str


def bootstrap(statistic, scores: Mapping[tuple[str, str], np.ndarray]) -> tuple[float, ...]:
    """A statistic and its interval over seeds.

    Args:
        statistic: a function of means by setting and metric, such as `Gap`.
        scores: of each seed, by setting and metric.

    Returns:
        Its value and the two ends of its 95 % interval; the same in every call.

    Example:
        >>> scores = {("a", "accuracy"): [0.9, 0.8, 1.0], ("b", "accuracy"): [0.5, 0.5, 0.5]}
        >>> [round(float(x), 2) for x in bootstrap(Gap("a", "b", "accuracy"), scores)]
        [0.4, 0.3, 0.5]
    """
    values = {key: np.asarray(column, float) for key, column in scores.items()}
    seeds = len(next(iter(values.values())))
    drawn = np.random.default_rng(0).integers(seeds, size=(RESAMPLES, seeds))
    means = {key: column.mean() for key, column in values.items()}
    resampled = {key: column[drawn].mean(axis=1) for key, column in values.items()}
    low, high = np.quantile(statistic(resampled), (0.025, 0.975))
    return float(statistic(means)), float(low), float(high)


def evaluate(claim: Claim, results) -> list[Verdict]:
    """Hold a claim against a study's results.

    Args:
        claim: of that study.
        results: a `rnn_course.studies.Results`.

    Returns:
        A verdict for each of the claim's budgets.
    """
    verdicts = []
    for budget in claim.budgets:
        value, low, high = bootstrap(claim.statistic, results.at(budget, claim.statistic.settings))
        if claim.at_least is not None:
            holds, fails = low >= claim.at_least, high < claim.at_least
        else:
            holds, fails = high <= claim.at_most, low > claim.at_most
        outcome = HOLDS if holds else FAILS if fails else OPEN
        verdicts.append(Verdict(budget, value, low, high, outcome))
    return verdicts


def outcome(verdicts: list[Verdict]) -> str:
    """One word for all budgets: `HOLDS` at all of them, `FAILS` at one or more, else `OPEN`."""
    found = {verdict.outcome for verdict in verdicts}
    return FAILS if FAILS in found else OPEN if OPEN in found else HOLDS
