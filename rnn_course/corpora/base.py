"""What every corpus shares: the shape of what `load` returns, and one exception type."""

from typing import Any, NamedTuple


class CorpusError(Exception):
    """A corpus, its file, its grammar or its options are not usable.

    The message says what was wrong, where, and what to do next.
    """


class Splits(NamedTuple):
    """The three parts of a corpus, as plain Python values.

    Example:
        >>> train, dev, test = Splits(train=["a b"], dev=["c"], test=[])
        >>> train
        ['a b']
    """

    train: Any
    dev: Any
    test: Any
