r"""A small probabilistic context-free grammar, with exact probabilities.

A grammar without recursion derives finitely many sentences, so that everything a language model can
be held against is exact: the probability of any token sequence, the entropy of the distribution
(hence the lowest perplexity there is) and the expected length. For a symbol :math:`A` with rules
:math:`A \to \beta` of probability :math:`p`,

.. math::
    H(A) = \sum_{A \to \beta} p \Bigl( -\ln p + \sum_{B \in \beta} H(B) \Bigr)

is the entropy of its derivations in nats: the entropy of its sentences as well, if no sentence has
two derivations.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from graphlib import CycleError, TopologicalSorter
from random import Random
from typing import NamedTuple

from rnn_course.corpora.base import CorpusError


class Derivation(NamedTuple):
    """One sampled sentence: its tokens, their tags, the lexical symbols above them, its log
    probability in nats."""

    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    symbols: tuple[str, ...]
    log_prob: float


class Grammar:
    """Probabilistic context-free grammar without recursion.

    Args:
        rules: for each symbol its expansions, `{symbol: [(probability, "symbol symbol"), ...]}`; an
            empty string derives nothing. An expansion of probability 0 is dropped.
        lexicon: for each lexical symbol a tag and its words, `{symbol: (tag, "word word")}`; its
            words are equally likely.
        start: the symbol that derives a sentence.

    Raises:
        CorpusError: if probabilities do not sum to one, a symbol is undefined or defined twice, a
            word is listed twice, or a symbol derives itself.

    Example:
        >>> grammar = Grammar(
        ...     rules={"sentence": [(0.75, "noun verb"), (0.25, "verb")]},
        ...     lexicon={"noun": ("NOUN", "cats dogs"), "verb": ("VERB", "sleep")},
        ...     start="sentence",
        ... )
        >>> round(math.exp(grammar.log_prob(["cats", "sleep"])), 6)
        0.375
        >>> grammar.log_prob(["sleep", "cats"])
        -inf
        >>> grammar.expected_length()
        1.75
    """

    def __init__(
        self,
        rules: Mapping[str, Iterable[tuple[float, str]]],
        lexicon: Mapping[str, tuple[str, str]],
        start: str,
    ):
        self.start = start
        self.rules = {
            symbol: [(p, tuple(right.split())) for p, right in expansions if p != 0]
            for symbol, expansions in rules.items()
        }
        self.lexicon = {
            symbol: (tag, tuple(words.split())) for symbol, (tag, words) in lexicon.items()
        }
        self._check()

    def _check(self) -> None:
        defined = {*self.rules, *self.lexicon}
        for symbol, expansions in self.rules.items():
            if symbol in self.lexicon:
                raise CorpusError(f"symbol {symbol!r} has both rules and words: rename one of them")
            total = math.fsum(p for p, _ in expansions)
            if any(p < 0 for p, _ in expansions) or not math.isclose(total, 1):
                raise CorpusError(
                    f"the probabilities of symbol {symbol!r} are "
                    f"{[p for p, _ in expansions]}: they must be positive and sum to one"
                )
            for _, right in expansions:
                for part in right:
                    if part not in defined:
                        raise CorpusError(
                            f"symbol {part!r}, used by {symbol!r}, has neither rules nor words"
                        )
        for symbol, (_, words) in self.lexicon.items():
            if not words or len(dict.fromkeys(words)) < len(words):
                raise CorpusError(f"symbol {symbol!r} must have words, each listed once: {words}")
        if self.start not in defined:
            raise CorpusError(f"start symbol {self.start!r} has neither rules nor words")
        parts = {s: [part for _, right in e for part in right] for s, e in self.rules.items()}
        try:
            TopologicalSorter(parts).prepare()
        except CycleError as error:
            cycle = " -> ".join(reversed(error.args[1]))
            raise CorpusError(f"the grammar is recursive ({cycle}): bound the recursion") from None

    def vocabulary(self) -> list[str]:
        """All words of the lexicon, sorted."""
        return sorted({word for _, words in self.lexicon.values() for word in words})

    def sample(self, random: Random) -> Derivation:
        """Draw one sentence.

        Only `random.random()` is called: Python keeps its sequence the same across versions, which
        it does not promise for `choice` or `shuffle`.
        """
        leaves: list[tuple[str, str, str]] = []
        log_prob = 0.0
        agenda = [self.start]
        while agenda:
            symbol = agenda.pop()
            draw = random.random()
            if symbol in self.lexicon:
                tag, words = self.lexicon[symbol]
                leaves.append((words[int(draw * len(words))], tag, symbol))
                log_prob -= math.log(len(words))
            else:
                for p, right in self.rules[symbol]:  # noqa: B007
                    draw -= p
                    if draw < 0:
                        break  # rounding may leave draw at 0 after the last: that one is taken
                agenda.extend(reversed(right))
                log_prob += math.log(p)
        tokens, tags, symbols = zip(*leaves, strict=True) if leaves else ((), (), ())
        return Derivation(tokens, tags, symbols, log_prob)

    def log_prob(self, tokens: Sequence[str]) -> float:
        """Natural logarithm of the probability that the grammar derives exactly these tokens.

        Args:
            tokens: the sentence, to its last token: that the sentence ends there is part of the
                event, so that the probabilities of all sentences sum to one.

        Returns:
            Log probability in nats, summed over all derivations; `-inf` outside the language.

        Raises:
            CorpusError: if `tokens` is one string.
        """
        return _log(_Chart(self, tokens).inside(self.start, 0).get(len(tokens), 0))

    def prefix_log_prob(self, tokens: Sequence[str]) -> float:
        """Natural logarithm of the probability that a sentence begins with these tokens.

        The difference between two prefixes, one a word longer, is the true log probability of that
        word after the others: what a language model estimates.

        Args:
            tokens: the beginning of a sentence, or all of it.

        Returns:
            Log probability in nats; `-inf` if no sentence begins like this.

        Raises:
            CorpusError: if `tokens` is one string.
        """
        return _log(_Chart(self, tokens).prefix(self.start, 0))

    def derivations(self, tokens: Sequence[str]) -> int:
        """How many derivations the tokens have: 0 outside the language, 1 if unambiguous."""
        chart = _Chart(self, tokens, counting=True)
        return round(chart.inside(self.start, 0).get(len(tokens), 0))

    def entropy(self) -> float:
        """Entropy of the sentence distribution in nats, exact for an unambiguous grammar."""

        @cache
        def entropy(symbol: str) -> float:
            if symbol in self.lexicon:
                return math.log(len(self.lexicon[symbol][1]))
            return math.fsum(
                p * (math.fsum(map(entropy, right)) - math.log(p))
                for p, right in self.rules[symbol]
            )

        return entropy(self.start)

    def expected_length(self) -> float:
        """Expected number of tokens in a sentence."""

        @cache
        def length(symbol: str) -> float:
            if symbol in self.lexicon:
                return 1.0
            return math.fsum(p * math.fsum(map(length, right)) for p, right in self.rules[symbol])

        return length(self.start)


class _Chart:
    """What a grammar's symbols derive from one token sequence, each symbol and place once.

    A derivation weighs its probability, or 1 when counting.
    """

    def __init__(self, grammar: Grammar, tokens: Sequence[str], counting: bool = False):
        if isinstance(tokens, str):
            raise CorpusError(f"give a list of tokens, not the string {tokens!r}: split it first")
        self.grammar, self.tokens, self.counting = grammar, tokens, counting
        self.inside, self.prefix = cache(self._inside), cache(self._prefix)

    def _inside(self, symbol: str, begin: int) -> dict[int, float]:
        """The weight of deriving `tokens[begin:end]`, for each end there can be."""
        if symbol in self.grammar.lexicon:
            words = self.grammar.lexicon[symbol][1]
            known = begin < len(self.tokens) and self.tokens[begin] in words
            return {begin + 1: 1 if self.counting else 1 / len(words)} if known else {}
        total: dict[int, float] = {}
        for p, right in self.grammar.rules[symbol]:
            reached = {begin: 1 if self.counting else p}
            for part in right:
                reached = self._extend(reached, part)
            for end, weight in reached.items():
                total[end] = total.get(end, 0) + weight
        return total

    def _extend(self, reached: dict[int, float], part: str) -> dict[int, float]:
        further: dict[int, float] = {}
        for middle, weight in reached.items():
            for end, inner in self.inside(part, middle).items():
                further[end] = further.get(end, 0) + weight * inner
        return further

    def _prefix(self, symbol: str, begin: int) -> float:
        """The weight of deriving `tokens[begin:]` and anything after them."""
        if begin == len(self.tokens):
            return 1
        if symbol in self.grammar.lexicon:
            return self.inside(symbol, begin).get(len(self.tokens), 0)
        total = 0.0
        for p, right in self.grammar.rules[symbol]:
            reached = {begin: p}
            for part in right:
                # Where the tokens end within this part, the parts after it may be anything.
                total += sum(w * self.prefix(part, middle) for middle, w in reached.items())
                reached = self._extend(reached, part)
                reached.pop(len(self.tokens), None)
        return total


def _log(probability: float) -> float:
    return math.log(probability) if probability else -math.inf
