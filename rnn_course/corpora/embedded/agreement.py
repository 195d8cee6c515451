"""English sentences in which a word depends on another one far to its left.

A verb agrees in number with its subject across nouns of the other number ("the keys to the old
cabinet near the towers are heavy"), a reflexive agrees with its antecedent ("she waits with the
kings and admires herself"), a language with a country ("he grew up in France with the cooks and
speaks fluent French"). The sentences are sampled from an unambiguous grammar, so the exact
probability of each is known, and with it the lowest perplexity a language model can reach.
"""

from random import Random
from typing import NamedTuple

from rnn_course.corpora.base import CorpusError, Splits, split_of
from rnn_course.corpora.embedded.agreement_grammar import LANGUAGES, REFLEXIVES, VERBS, grammar
from rnn_course.corpora.embedded.grammar import Derivation
from rnn_course.corpora.registry import Corpus

CORPUS = Corpus(
    "agreement",
    task="language modelling, part-of-speech tagging",
    licence="Apache-2.0",
    attribution="Sampled from a grammar written for this course.",
)

# Where the word that decides stands, by the role of the word that is decided.
SOURCES = {
    "verb": "subject",
    "inner_verb": "inner_subject",
    "reflexive": "subject",
    "language": "country",
}


class Dependency(NamedTuple):
    """Two words of a sentence of which the first decides the second.

    Args:
        kind: `"verb"`, `"reflexive"` or `"language"`.
        source: position of the word that decides: subject, antecedent or country.
        target: position of the word that is decided.
        distance: `target - source`, in tokens.
        wrong: the forms that make the sentence ungrammatical when put at `target`.
    """

    kind: str
    source: int
    target: int
    distance: int
    wrong: tuple[str, ...]


class Sentence(NamedTuple):
    """A sentence and what is known about it.

    Args:
        tokens: its words; the last one is the full stop.
        tags: their universal part-of-speech tags.
        log_prob: exact natural logarithm of its probability, its end included.
        dependencies: its dependencies, in the order of their targets.
    """

    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    log_prob: float
    dependencies: tuple[Dependency, ...]


def load(
    seed: int = 0,
    sentences: int = 25_000,
    max_attractors: int = 3,
    attractor_probability: float = 0.55,
) -> Splits:
    """Sample the corpus.

    Args:
        seed: another seed gives another sample of the same distribution.
        sentences: how many to sample, over all three splits: about 80 % of them go to train, 10 %
            each to dev and test.
        max_attractors: at most so many nouns stand between a word and the one it depends on, see
            `grammar`: the way to set the distance.
        attractor_probability: the probability of one more of them, see `grammar`.

    Returns:
        Splits of lists of `Sentence`.

    Raises:
        CorpusError: if an option is out of range.

    Example:
        >>> sentence = load(sentences=100).train[0]
        >>> print(*sentence.tokens)
        the guards grew up in Vietnam with the cook and speak fluent Vietnamese with the judges .
        >>> sentence.dependencies[0]
        Dependency(kind='verb', source=1, target=10, distance=9, wrong=('speaks',))
    """
    if not isinstance(seed, int):
        raise CorpusError(f"agreement: seed must be an integer, not {seed!r}")
    if not isinstance(sentences, int) or sentences < 1:
        raise CorpusError(f"agreement: sentences must be a positive integer, not {sentences!r}")
    language = grammar(max_attractors, attractor_probability)
    random = Random(seed)
    splits = Splits([], [], [])
    for _ in range(sentences):
        derivation = language.sample(random)
        splits[split_of(derivation.tokens)].append(
            Sentence(
                derivation.tokens,
                derivation.tags,
                derivation.log_prob,
                _dependencies(derivation),
            )
        )
    return splits


def _rivals() -> dict[str, tuple[str, ...]]:
    """For each word that depends on another, the forms that would be wrong in its place."""
    rivals = {}
    for pairs in VERBS.values():
        for singular, plural in (pair.split("/") for pair in pairs.split()):
            rivals |= {singular: (plural,), plural: (singular,)}
    for words in (REFLEXIVES.values(), LANGUAGES.values()):
        rivals |= {word: tuple(other for other in words if other != word) for word in words}
    return rivals


_RIVALS = _rivals()


def _dependencies(derivation: Derivation) -> tuple[Dependency, ...]:
    positions: dict[str, int] = {}
    found = []
    for target, (word, symbol) in enumerate(
        zip(derivation.tokens, derivation.symbols, strict=True)
    ):
        role = symbol.partition(":")[0]
        positions[role] = target
        if role in SOURCES:
            source = positions[SOURCES[role]]
            kind = role.removeprefix("inner_")
            found.append(Dependency(kind, source, target, target - source, _RIVALS[word]))
    return tuple(found)
