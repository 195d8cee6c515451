"""Corpora: embedded ones with ground truth, real ones downloaded on first use, a user's own.

Embedded corpora are sampled from small grammars, the same on every machine. Real ones lie in a
cache folder, which the environment variable `RNN_COURSE_DATA` moves.

Example:
    >>> from rnn_course import corpora
    >>> corpora.info("tiny_shakespeare").licence
    'LicenseRef-Public-Domain'
    >>> train, dev, test = corpora.load("agreement", sentences=1000)
    >>> train[0].tokens[-1]
    '.'
"""

import inspect
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from . import agreement, memory, readers, registry
from .base import CorpusError, Splits
from .readers import read_text
from .registry import Corpus, File, cache_folder

__all__ = [
    "Corpus",
    "CorpusError",
    "File",
    "Splits",
    "agreement",
    "cache_folder",
    "download",
    "info",
    "is_cached",
    "load",
    "memory",
    "names",
    "read_text",
]

# One more embedded corpus is one more module, with a CORPUS and a load(**options).
_EMBEDDED = {module.CORPUS.name: module for module in (agreement, memory)}
_READERS: dict[str, Callable[[Corpus], Splits]] = {
    "tiny_shakespeare": readers.tiny_shakespeare,
    "gutenberg": readers.austen,
    "time_machine": readers.time_machine,
}
_CORPORA = {name: module.CORPUS for name, module in _EMBEDDED.items()} | registry.read_registry()


def names() -> list[str]:
    """The names of all corpora, embedded ones first.

    Example:
        >>> names()[:3]
        ['agreement', 'memory', 'ud_english_ewt']
    """
    return list(_CORPORA)


def info(name: str) -> Corpus:
    """What there is to know about a corpus: task, licence, attribution, files, size in bytes.

    Args:
        name: one of `names()`.

    Returns:
        Its description.

    Raises:
        CorpusError: if there is no such corpus.

    Example:
        >>> info("gutenberg").files[0].path, info("gutenberg").bytes
        ('gutenberg/161.txt', 4243788)
    """
    if name not in _CORPORA:
        raise CorpusError(f"there is no corpus {name!r}: choose one of {', '.join(names())}")
    return _CORPORA[name]


def is_cached(name: str) -> bool:
    """Whether a corpus can be loaded without a network.

    Args:
        name: one of `names()`.

    Returns:
        True if it is embedded, or if all its files are in the cache and have the right size. What
        is in them is checked when they are read.

    Raises:
        CorpusError: if there is no such corpus.

    Example:
        >>> is_cached("agreement")
        True
    """
    return info(name).cached


def download(name: str, progress: bool = True) -> list[Path]:
    """Put the files of a corpus into the cache, if they are not there.

    Args:
        name: one of `names()`. An embedded corpus has no files: nothing happens.
        progress: whether to show a progress bar for each file that is downloaded.

    Returns:
        The paths of its files.

    Raises:
        CorpusError: if there is no such corpus; if a file cannot be downloaded, has the wrong
            checksum or cannot be stored. What is in the cache then is what was there before.

    Example:
        >>> download("agreement")
        []
    """
    return registry.download(info(name), progress)


def load(name: str, **options: Any) -> Splits:
    """Load a corpus, downloading it first if it is a real one and not in the cache.

    Args:
        name: one of `names()`.
        **options: what the corpus lets one choose, see `agreement.load` and `memory.load`; real
            ones have none.

    Returns:
        Its three splits: lists of `agreement.Sentence` for `"agreement"`, of `memory.Recall`,
        `memory.Copy` or `memory.Adding` for `"memory"`, one string each for `"tiny_shakespeare"`
        (test is empty), `"gutenberg"` (novels by Jane Austen) and `"time_machine"`.

    Raises:
        CorpusError: if there is no such corpus or option, an option is out of range, a file is
            neither in the cache nor to be had, or the corpus comes as files only.

    Example:
        >>> len(load("agreement", seed=1, sentences=1000).train)
        809
    """
    corpus = info(name)
    if corpus.embedded:
        loader = _EMBEDDED[name].load
    elif name in _READERS:
        loader = partial(_READERS[name], corpus)
    else:
        raise CorpusError(
            f"corpus {name!r} comes as files only: corpora.download({name!r}) puts "
            f"{', '.join(file.path for file in corpus.files)} into {cache_folder()}"
        )
    accepted = inspect.signature(loader).parameters
    for option in options:
        if option not in accepted:
            listing = f"it has {', '.join(accepted)}" if accepted else "it has none"
            raise CorpusError(f"corpus {name!r} has no option {option!r}: {listing}")
    return loader(**options)
