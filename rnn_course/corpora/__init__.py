"""Corpora: embedded ones with ground truth, and real ones downloaded on first use.

    from rnn_course import corpora

    corpora.names()
    train, dev, test = corpora.load("agreement", seed=1)
"""

import inspect
from collections.abc import Callable
from typing import Any

from . import agreement
from .base import CorpusError, Splits

__all__ = ["CorpusError", "Splits", "agreement", "load", "names"]

_LOADERS: dict[str, Callable[..., Splits]] = {"agreement": agreement.load}


def names() -> list[str]:
    """The names of all corpora, embedded ones first."""
    return list(_LOADERS)


def load(name: str, **options: Any) -> Splits:
    """Load a corpus."""
    if name not in _LOADERS:
        raise CorpusError(f"there is no corpus {name!r}: there are {', '.join(names())}")
    accepted = inspect.signature(_LOADERS[name]).parameters
    for option in options:
        if option not in accepted:
            raise CorpusError(f"corpus {name!r} has no option {option!r}: {', '.join(accepted)}")
    return _LOADERS[name](**options)
