"""A tiny study whose trainings take no time, and whose scores are known."""

from rnn_course.studies import Claim, Gap, Study


def train(run):
    """Scores that are a function of setting, rate, seed and look alone."""
    level = run.setting["level"] - (0.0 if run.rate == 0.1 else 0.2)
    for look in run.looks:
        dev = level * (1 - 0.5**look) + 0.001 * run.seed
        yield dev, lambda dev=dev: {"accuracy": dev, "half": dev / 2}


def tiny(**changes):
    """A study of two settings."""
    given = dict(
        name="tiny",
        question="Is high better than low?",
        fixed="Everything else.",
        settings={"high": dict(level=0.9), "low": dict(level=0.5)},
        train=train,
        looks=(1, 2, 4, 8, 12),
        budgets=(2, 12),
        unit="updates",
        dev="accuracy",
        lower_is_better=False,
        flat=0.01,
        rates=(0.01, 0.1, 1.0),
        cost=0,
        claims=(
            Claim(
                "high_wins",
                "High is better than low.",
                Gap("high", "low", "accuracy"),
                budgets=(2, 12),
                at_least=0.2,
                refuted_by="a gap below 0.2",
                notebook="01",
            ),
        ),
    )
    return Study(**{**given, **changes})
