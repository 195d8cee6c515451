"""Corpora: embedded ones with ground truth, real ones downloaded on first use, a user's own.

Embedded corpora (`embedded`) are sampled from small grammars, the same on every machine. Real ones
(`real`) lie in a cache folder, which the environment variable `RNN_COURSE_DATA` moves; `registry`
knows their addresses and checksums. `load` is the door to both; `readers` takes a user's own files.

Example:
    >>> from rnn_course import corpora
    >>> corpora.info("tiny_shakespeare").licence
    'LicenseRef-Public-Domain'
    >>> train, dev, test = corpora.load("agreement", sentences=1000)
    >>> train[0].tokens[-1]
    '.'
"""

from rnn_course.corpora.base import CorpusError, LabelledText, Pair, Splits, TaggedSentence
from rnn_course.corpora.catalogue import download, info, is_cached, load, names
from rnn_course.corpora.embedded import agreement, memory, sentiment, translation
from rnn_course.corpora.gutenberg import without_licence
from rnn_course.corpora.readers import (
    read_aligned,
    read_columns,
    read_conllu,
    read_labelled,
    read_pairs,
    read_polarity,
    read_text,
)
from rnn_course.corpora.real import references
from rnn_course.corpora.registry import Corpus, File, cache_folder

__all__ = [
    "Corpus",
    "CorpusError",
    "File",
    "LabelledText",
    "Pair",
    "Splits",
    "TaggedSentence",
    "agreement",
    "cache_folder",
    "download",
    "info",
    "is_cached",
    "load",
    "memory",
    "names",
    "read_aligned",
    "read_columns",
    "read_conllu",
    "read_labelled",
    "read_pairs",
    "read_polarity",
    "read_text",
    "references",
    "sentiment",
    "translation",
    "without_licence",
]
