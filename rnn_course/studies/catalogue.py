"""Which studies there are."""

from importlib import import_module

from rnn_course.studies.study import Study

# In the order of the notebooks that lean on them.
_NAMES = ("forty_steps",)


def names() -> tuple[str, ...]:
    """The names of all studies."""
    return _NAMES


def study(name: str) -> Study:
    """A study: its question, its settings, its claims.

    Args:
        name: one of `names`.

    Returns:
        The study; its module, and with it Keras, is imported now.

    Raises:
        KeyError: when there is none of that name.

    Example:
        >>> study("the_meaning_of_life")
        Traceback (most recent call last):
        KeyError: "no study 'the_meaning_of_life'; there are forty_steps"
    """
    if name not in _NAMES:
        raise KeyError(f"no study {name!r}; there are {', '.join(_NAMES)}")
    return import_module(f"rnn_course.studies.{name}").STUDY
