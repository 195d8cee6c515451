"""The catalogue of all corpora: their names, what they are, and the one way to load them."""

import inspect
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from rnn_course.corpora import real, registry
from rnn_course.corpora.base import CorpusError, Splits
from rnn_course.corpora.embedded import agreement, memory, sentiment, translation
from rnn_course.corpora.registry import Corpus

# One more embedded corpus is one more module, with a CORPUS and a load(**options).
_EMBEDDED = {module.CORPUS.name: module for module in (agreement, memory, sentiment, translation)}
_READERS: dict[str, Callable[..., Splits]] = {
    "ud_english_ewt": real.ud_english_ewt,
    "ncbi_disease": real.ncbi_disease,
    "sentence_polarity": real.sentence_polarity,
    "sms_spam": real.sms_spam,
    "tiny_shakespeare": real.tiny_shakespeare,
    "gutenberg": real.austen,
    "time_machine": real.time_machine,
    "tatoeba_deu_eng": real.tatoeba,
    "multi30k": real.multi30k,
}
_CORPORA = {name: module.CORPUS for name, module in _EMBEDDED.items()} | registry.read_registry()


def names() -> list[str]:
    """The names of all corpora, embedded ones first.

    Example:
        >>> names()[:4]
        ['agreement', 'memory', 'sentiment', 'translation']
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
        **options: what the corpus lets one choose, see `agreement.load`, `memory.load`,
            `sentiment.load` and `translation.load`; of the real ones, `tag="xpos"` for
            `"ud_english_ewt"`, `fold=0` to `9` and `seed` for `"sentence_polarity"`, `source="de"`
            for both corpora of translations, and `seed` for `"tatoeba_deu_eng"` and `"sms_spam"`.

    Returns:
        Its three splits: lists of `agreement.Sentence` for `"agreement"`, of `memory.Recall`,
        `memory.Copy` or `memory.Adding` for `"memory"`, of `sentiment.Review` for `"sentiment"`,
        of `synchronous.Aligned` for `"translation"`, of `TaggedSentence` for `"ud_english_ewt"`
        and `"ncbi_disease"`, of `LabelledText` for `"sentence_polarity"` and `"sms_spam"`, of
        `Pair` for `"tatoeba_deu_eng"` and `"multi30k"`; one string each for
        `"tiny_shakespeare"` (test is empty), `"gutenberg"` (novels by Jane Austen) and
        `"time_machine"`.

    Raises:
        CorpusError: if there is no such corpus or option, an option is out of range, or a file is
            neither in the cache nor to be had.

    Example:
        >>> len(load("agreement", seed=1, sentences=1000).train)
        809
    """
    corpus = info(name)
    loader = _EMBEDDED[name].load if corpus.embedded else partial(_READERS[name], corpus)
    accepted = inspect.signature(loader).parameters
    for option in options:
        if option not in accepted:
            listing = f"it has {', '.join(accepted)}" if accepted else "it has none"
            raise CorpusError(f"corpus {name!r} has no option {option!r}: {listing}")
    return loader(**options)
