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


class TaggedSentence(NamedTuple):
    """A sentence with a tag for each token.

    Args:
        tokens: its words, as many as tags.
        tags: parts of speech, or `O`, `B-TYPE` and `I-TYPE` where entities are tagged.
    """

    tokens: tuple[str, ...]
    tags: tuple[str, ...]


class LabelledText(NamedTuple):
    """A text and the class it belongs to.

    Args:
        text: as the file has it, without white space around it.
        label: the name of the class.
    """

    text: str
    label: str

    @property
    def tokens(self) -> tuple[str, ...]:
        """What stands between white space: the words, if the text comes tokenised."""
        return tuple(self.text.split())


class Pair(NamedTuple):
    """A text and its translation.

    Args:
        source: the text to translate.
        target: its translation.
    """

    source: str
    target: str
