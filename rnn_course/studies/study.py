"""`Study`: a question, what is varied to answer it, and how one setting is trained and scored."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from rnn_course.studies.claims import Claim


class Run(NamedTuple):
    """One training: the smallest unit of a study's work.

    Args:
        label: of the setting.
        setting: what is varied, as arguments of the study's `train`.
        rate: the learning rate; None where nothing is trained.
        seed: of weights and of the order of the examples.
        looks: after how much training to look at dev, rising.
    """

    label: str
    setting: dict[str, Any]
    rate: float | None
    seed: int
    looks: tuple[int, ...]


@dataclass(frozen=True)
class Study:
    """A question, and the trainings that answer it.

    Args:
        name: of its module.
        question: one sentence with a question mark.
        fixed: what is held fixed, in words.
        settings: what is varied: for each rival's label the arguments that `train` finds in
            `Run.setting`.
        train: yields a pair after each of `Run.looks`: dev's score, which chooses the learning
            rate and draws the curve, and a function without arguments that gives the scores on
            the test part by metric. It may stop early: what it yielded last stands for the rest.
        looks: after how much training to look at dev, rising.
        budgets: those of the looks at which the test part is scored, too.
        unit: what looks and budgets count: updates, passes, …
        dev: what dev's score is.
        lower_is_better: of dev's scores.
        flat: how much dev's score may still get better over the last third of the largest budget
            before the study says that its curve was not flat.
        rates: the learning rates that every rival may choose from.
        seeds: how many, from 0 on.
        search_seeds: with how many of them every rate is tried; the others are trained at the
            rates that were best on dev at one of the budgets.
        claims: what is said on the strength of it.
        corpora: the real corpora it needs.
        cost: estimated processor minutes of all of it on one core.
    """

    name: str
    question: str
    fixed: str
    settings: dict[str, dict[str, Any]]
    train: Callable[[Run], Iterator[tuple[float, Callable[[], dict[str, float]]]]]
    looks: tuple[int, ...]
    budgets: tuple[int, ...]
    unit: str
    dev: str
    flat: float
    cost: float
    lower_is_better: bool = True
    rates: tuple[float | None, ...] = (None,)
    seeds: int = 5
    search_seeds: int = 2
    claims: tuple[Claim, ...] = ()
    corpora: tuple[str, ...] = ()

    def __post_init__(self):
        """Find slips of the pen before hours have been spent on them.

        Raises:
            ValueError: when budgets are not among the looks, seeds are too few, or a claim names
                a setting or a budget that the study does not have.
        """
        if sorted(set(self.looks)) != list(self.looks) or not set(self.budgets) <= set(self.looks):
            raise ValueError(f"{self.name}: looks must rise and hold the budgets")
        if self.seeds < 5 or not 1 <= self.search_seeds <= self.seeds:
            raise ValueError(f"{self.name}: at least five seeds, got {self.seeds}")
        for claim in self.claims:
            if unknown := set(claim.statistic.settings) - set(self.settings):
                raise ValueError(f"{self.name}: claim {claim.name} names {sorted(unknown)}")
            if not claim.budgets or not set(claim.budgets) <= set(self.budgets):
                raise ValueError(f"{self.name}: claim {claim.name} names unknown budgets")
