"""What every corpus shares: the shape of what `load` returns, and one exception type."""

import hashlib
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


def split_of(tokens: tuple[str, ...]) -> int:
    """The split that a sentence sampled from a grammar belongs to: 0, 1, 2 for train, dev, test.

    A hash of the text decides: a sentence sampled twice stays in one split, and nothing leaks from
    train to test, whatever the seeds. A hash is blind to grammar, so each split is a sample of
    independent draws from a tenth (or eight) of the language taken at random. Dropping repeats
    instead would make frequent sentences too rare, and their probabilities untrue of the sample.
    """
    digest = hashlib.sha256(" ".join(tokens).encode()).digest()
    share = digest[0] / 256 + digest[1] / 256**2
    return (share >= 0.8) + (share >= 0.9)


def check_size(corpus: str, seed: int, examples: int) -> None:
    """Raise a `CorpusError` unless these options of an embedded corpus are usable."""
    if type(seed) is not int:
        raise CorpusError(f"{corpus}: seed must be an integer, not {seed!r}")
    if type(examples) is not int or examples < 1:
        raise CorpusError(f"{corpus}: examples must be a positive integer, not {examples!r}")
