"""English sentences with their German translations, and which words translate which.

Both sides grow from one grammar, so the alignment of the words is known. German differs from
English in order (the verb second in main clauses, last in others; "gerne"), in number of words
(compounds, perfect, verbs in two parts, "do") and in its case endings.
"""

from collections.abc import Sequence
from random import Random

from rnn_course.corpora.base import CorpusError, Splits, check_size, split_of
from rnn_course.corpora.embedded.synchronous import Aligned
from rnn_course.corpora.embedded.translation_grammar import grammar
from rnn_course.corpora.registry import Corpus

CORPUS = Corpus(
    "translation",
    task="machine translation English-German",
    licence="Apache-2.0",
    attribution="Sampled from a grammar written for this course.",
)


def load(seed: int = 0, examples: int = 20_000, source: str = "en", max_length: int = 20) -> Splits:
    """Sample the corpus.

    Every sentence has one translation, in both directions. (In German at large, "you" and many a
    noun would have several; the grammar does without them.)

    Args:
        seed: another seed gives another sample of the same distribution.
        examples: how many to sample, over all three splits: about 80 % of them go to train, 10 %
            each to dev and test. No sentence is in two of them, in neither language.
        source: `"en"` to translate from English, `"de"` from German: the same pairs, turned round.
        max_length: how many tokens neither side exceeds, 8 to 30.

    Returns:
        Splits of lists of `synchronous.Aligned`: source and target tokens, and pairs of positions.

    Raises:
        CorpusError: if an option is out of range.

    Example:
        >>> sentence = load(examples=100).train[0]
        >>> print(*sentence.source)
        The tired brother thinks that these friendly girls were famous .
        >>> print(*sentence.target)
        Der müde Bruder glaubt , dass diese freundlichen Mädchen berühmt waren .
        >>> sentence.alignment[-4:]
        ((7, 8), (8, 10), (9, 9), (10, 11))
    """
    check_size("translation", seed, examples)
    if source not in ("en", "de"):
        raise CorpusError(f"translation: source must be 'en' or 'de', not {source!r}")
    if type(max_length) is not int or not 8 <= max_length <= 30:
        raise CorpusError(
            f"translation: max_length must be an integer from 8 to 30, not {max_length!r}"
        )
    language = grammar()
    random = Random(seed)
    splits = Splits([], [], [])
    while sum(map(len, splits)) < examples:
        sentence = language.sample(random)
        nouns = [word for word in sentence.target if word[0].isupper()]
        # Who helps whom should not be the same; nobody says such things.
        if max(map(len, sentence[:2])) <= max_length and len(set(nouns)) == len(nouns):
            sentence = _written(sentence)
            splits[split_of(sentence.source)].append(
                sentence if source == "en" else _turned(sentence)
            )
    return splits


def translate(tokens: Sequence[str]) -> Aligned:
    """The translation of any English sentence of the language, in the corpus or not.

    Args:
        tokens: the sentence, to its full stop or question mark.

    Returns:
        The sentence with its translation and alignment.

    Raises:
        CorpusError: if it is not in the language of the grammar, or one string.

    Example:
        >>> lecture = translate("I like attending deep learning lectures .".split())
        >>> print(*lecture.target)
        Ich besuche gerne Deep-Learning-Vorlesungen .
        >>> lecture.alignment
        ((0, 0), (1, 2), (2, 1), (3, 3), (4, 3), (5, 3), (6, 4))
    """
    if isinstance(tokens, str):
        raise CorpusError(f"give a list of tokens, not the string {tokens!r}: split it first")
    first, *rest = tokens or [""]
    spoken = [first if first == "I" else first[:1].lower() + first[1:], *rest]
    found = grammar().translate(["a" if token == "an" else token for token in spoken])
    for sentence in map(_written, found):
        if sentence.source == tuple(tokens):
            return sentence
    raise CorpusError(
        f"translation: {' '.join(tokens)!r} is not a sentence of this corpus: its words are "
        "separated by spaces, the full stop as well, and are among grammar().vocabulary(0)"
    )


def _written(sentence: Aligned) -> Aligned:
    """With "an" before vowels, and a capital at the beginning."""
    source, target = map(list, sentence[:2])
    for position, following in enumerate(source[1:]):
        if source[position] == "a" and following[0] in "aeiou":
            source[position] = "an"
    for side in (source, target):
        side[0] = side[0][0].upper() + side[0][1:]
    return Aligned(tuple(source), tuple(target), sentence.alignment)


def _turned(sentence: Aligned) -> Aligned:
    source, target, alignment = sentence
    return Aligned(target, source, tuple(sorted((j, i) for i, j in alignment)))
