"""The real corpora: how the files of each become train, dev and test.

Where a corpus has official splits, they are used. Where it has none, the rule is written here, and
the same on every machine.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from rnn_course.corpora import formats, registry
from rnn_course.corpora.base import CorpusError, LabelledText, Pair, Splits
from rnn_course.corpora.encodings import decode
from rnn_course.corpora.registry import Corpus, File

# Typographic quotes and the underscores that mark italics: some editions have them, some not.
_PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "_": None})
_MARKER = re.compile(r"^\*\*\* ?(?:START|END) OF .*$", re.MULTILINE)

FOLDS = 10
# English sentences in dev and in test, of a corpus of translations without official splits.
HELD_OUT = 2000


def ud_english_ewt(corpus: Corpus, tag: str = "upos") -> Splits:
    """The official splits, as lists of `TaggedSentence`.

    Args:
        corpus: its entry in the registry.
        tag: `"upos"` for the 17 universal tags, `"xpos"` for the Penn Treebank's.
    """
    return Splits(
        *(
            formats.conllu(registry.read(corpus, file), file.path, tag)
            for file in _of_splits(corpus)
        )
    )


def ncbi_disease(corpus: Corpus) -> Splits:
    """The official splits, as lists of `TaggedSentence`, tagged `O`, `B-Disease`, `I-Disease`."""
    return Splits(
        *(formats.columns(registry.read(corpus, file), file.path) for file in _of_splits(corpus))
    )


def sentence_polarity(corpus: Corpus, fold: int = 0, seed: int = 0) -> Splits:
    """One fold of a ten-fold cross-validation, as lists of `LabelledText`.

    The corpus has no official split; the literature reports means over ten folds. Each label's
    texts are put in the order of the SHA-256 of seed and text, and dealt out to the folds in turn:
    each fold has as many of one label as of the other. Fold `fold` is test, the one after it dev,
    the other eight are train: over all ten, every text is tested once.

    Args:
        corpus: its entry in the registry.
        fold: 0 to 9.
        seed: another seed deals another way.

    Raises:
        CorpusError: if an option is out of range.
    """
    if type(fold) is not int or not 0 <= fold < FOLDS:
        raise CorpusError(f"{corpus.name}: fold must be an integer from 0 to 9, not {fold!r}")
    _check_seed(corpus, seed)
    (file,) = corpus.files
    texts = formats.polarity(registry.read(corpus, file), file.path)
    folds: list[list[LabelledText]] = [[] for _ in range(FOLDS)]
    for label in ("positive", "negative"):
        dealt = sorted((t for t in texts if t.label == label), key=lambda t: _hash(seed, t.text))
        for k in range(FOLDS):
            folds[k] += dealt[k::FOLDS]
    # So that what comes in the given order does not come sorted by label.
    folds = [sorted(part, key=lambda t: _hash(seed, t.text)) for part in folds]
    test, dev, *train = folds[fold:] + folds[:fold]
    return Splits([text for part in train for text in part], dev, test)


def sms_spam(corpus: Corpus, seed: int = 0) -> Splits:
    """Eight tenths of the messages to train, one each to dev and test, as lists of `LabelledText`.

    The corpus has no official split, and messages repeat: all copies of one, also those with other
    capitals and marks, go to one split. Each label's distinct messages are dealt out in the order
    of the SHA-256 of seed and message, so that each split has about the same share of spam.

    Args:
        corpus: its entry in the registry.
        seed: another seed deals another way.

    Raises:
        CorpusError: if the seed is no integer.
    """
    _check_seed(corpus, seed)
    (file,) = corpus.files
    copies: dict[str, list[LabelledText]] = {}
    for text in formats.labelled(registry.read(corpus, file), file.path):
        copies.setdefault(_letters(text.text) or text.text, []).append(text)
    splits = Splits([], [], [])
    for label in ("ham", "spam"):
        distinct = [letters for letters, texts in copies.items() if texts[0].label == label]
        for place, letters in enumerate(sorted(distinct, key=lambda name: _hash(seed, name))):
            part = {0: splits.test, 1: splits.dev}.get(place % FOLDS, splits.train)
            part += copies[letters]
    return Splits(*(sorted(part, key=lambda text: _hash(seed, text.text)) for part in splits))


def tiny_shakespeare(corpus: Corpus) -> Splits:
    """The usual split: the first 90 % of the characters to train, the last 10 % to dev.

    Test is empty: published results are measured on those last 10 %, and a part cut off them would
    be comparable to none.
    """
    (file,) = corpus.files
    text = decode(registry.read(corpus, file), file.path)
    cut = int(0.9 * len(text))
    return Splits(text[:cut], text[cut:], "")


def austen(corpus: Corpus) -> Splits:
    """Whole novels, so that no plot is on both sides: four to train, one to dev, one to test."""
    novels: dict[str | None, list[str]] = {"train": [], "dev": [], "test": []}
    for file in corpus.files:
        novels[file.split].append(_novel(corpus, file))
    return Splits(*("\n\n".join(texts) for texts in novels.values()))


def time_machine(corpus: Corpus) -> Splits:
    """The first 80 % to train, the next 10 % to dev, the last 10 % to test, in whole paragraphs."""
    (file,) = corpus.files
    text = _novel(corpus, file)
    a, b = (text.index("\n\n", tenths * len(text) // 10) + 2 for tenths in (8, 9))
    return Splits(text[:a], text[a:b], text[b:])


def tatoeba(corpus: Corpus, source: str = "en", seed: int = 0) -> Splits:
    """English–German sentence pairs: 2,000 English sentences each for dev and test.

    A sentence has several translations, and these translate several sentences. What hangs together
    in this way goes to one split as a whole: no sentence of dev or test, English or German, is in
    another split, not even with another punctuation or capital letter. Which go to test, then to
    dev, is decided by the order of the SHA-256 of seed and sentence. Dev and test hold every
    translation of their sentences, so there are more pairs than sentences: see `references`.

    Args:
        corpus: its entry in the registry.
        source: `"en"` to translate from English, `"de"` from German: the same pairs, turned round.
        seed: another seed gives other splits.

    Returns:
        Splits of lists of `Pair`. Of white space, only single spaces are left.

    Raises:
        CorpusError: if an option is out of range.
    """
    _check_source(corpus, source)
    _check_seed(corpus, seed)
    (file,) = corpus.files
    pairs = [
        Pair(*(" ".join(text.split()) for text in pair))  # no-break spaces become spaces
        for pair in formats.pairs(registry.read(corpus, file), file.path)
    ]
    train, dev, test = [], [], []
    held_out = {"test": (test, set()), "dev": (dev, set())}
    groups = _connected(pairs)
    for name in sorted(groups, key=lambda name: _hash(seed, name)):
        english = {pair.source for pair in groups[name]}
        for part, sentences in held_out.values():
            if len(sentences) + len(english) <= HELD_OUT:
                part += groups[name]
                sentences |= english
                break
        else:
            train += groups[name]
    return _directed(Splits(train, dev, test), source)


def multi30k(corpus: Corpus, source: str = "en") -> Splits:
    """The official splits of image captions, test being that of 2016, as lists of `Pair`.

    Args:
        corpus: its entry in the registry.
        source: `"en"` to translate from English, `"de"` from German: the same pairs, turned round.

    Raises:
        CorpusError: if `source` is neither.
    """
    _check_source(corpus, source)
    parts = []
    for split in Splits._fields:
        english, german = (file for file in corpus.files if file.split == split)
        parts.append(
            formats.aligned(
                registry.read(corpus, english),
                english.path,
                registry.read(corpus, german),
                german.path,
            )
        )
    return _directed(Splits(*parts), source)


def references(pairs: Iterable[Pair]) -> dict[str, list[str]]:
    """All translations of each source sentence, in order: what a translation is scored against.

    Args:
        pairs: pairs of which several may have the same source.

    Returns:
        The targets by source.

    Example:
        >>> references([Pair("Hi.", "Hallo!"), Pair("Go.", "Geh."), Pair("Hi.", "Grüß Gott!")])
        {'Hi.': ['Hallo!', 'Grüß Gott!'], 'Go.': ['Geh.']}
    """
    targets: dict[str, list[str]] = {}
    for pair in pairs:
        targets.setdefault(pair.source, []).append(pair.target)
    return targets


def _of_splits(corpus: Corpus) -> list[File]:
    """The files of train, dev and test, one each, in this order."""
    by_split = {file.split: file for file in corpus.files}
    return [by_split[split] for split in Splits._fields]


def _connected(pairs: list[Pair]) -> dict[str, list[Pair]]:
    """The pairs in groups that share no sentence, neither source nor target.

    Sentences are the nodes of a graph, pairs its edges, groups its connected components, each found
    by its one root (union–find). Two sentences that differ in punctuation or case are one node.
    """
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while (above := parent.setdefault(node, node)) != node:
            parent[node] = parent[above]  # shortens the way for the next time
            node = above
        return node

    sources = [f"source {_letters(pair.source)}" for pair in pairs]
    targets = [f"target {_letters(pair.target)}" for pair in pairs]
    for a, b in zip(map(root, sources), map(root, targets), strict=True):
        parent[max(a, b)] = min(a, b)
    groups: dict[str, list[Pair]] = {}
    for source, pair in zip(sources, pairs, strict=True):
        groups.setdefault(root(source), []).append(pair)
    return groups


def _letters(text: str) -> str:
    """Letters and digits of a text, without case."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _hash(seed: int, text: str) -> bytes:
    return hashlib.sha256(f"{seed} {text}".encode()).digest()


def _directed(splits: Splits, source: str) -> Splits:
    if source == "en":
        return splits
    return Splits(*([Pair(pair.target, pair.source) for pair in part] for part in splits))


def _check_source(corpus: Corpus, source: str) -> None:
    if source not in ("en", "de"):
        raise CorpusError(f"{corpus.name}: source must be 'en' or 'de', not {source!r}")


def _check_seed(corpus: Corpus, seed: int) -> None:
    if type(seed) is not int:
        raise CorpusError(f"{corpus.name}: seed must be an integer, not {seed!r}")


def _novel(corpus: Corpus, file: File) -> str:
    """The book between Project Gutenberg's header and licence, in plain characters."""
    text = decode(registry.read(corpus, file), file.path)
    parts = _MARKER.split(text)
    if len(parts) != 3:
        raise CorpusError(
            f"{file.path} has {len(parts) - 1} of the 2 lines '*** START OF ...' and "
            "'*** END OF ...' around the book"
        )
    return parts[1].translate(_PLAIN).strip() + "\n"
