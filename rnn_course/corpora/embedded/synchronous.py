"""A small synchronous grammar: two languages grow from one derivation, and with them the alignment.

A rule rewrites a symbol on both sides at once. What else it says on the two sides, its words, it
says in two languages, so these words are aligned with each other; symbols may change places.
"""

import math
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import accumulate
from random import Random
from typing import NamedTuple

from rnn_course.corpora.base import CorpusError


class Aligned(NamedTuple):
    """A sentence in two languages.

    Args:
        source: the tokens of the first language.
        target: the tokens of the second one.
        alignment: pairs of positions in `source` and `target`, sorted.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    alignment: tuple[tuple[int, int], ...]


class Rule(NamedTuple):
    """One way to rewrite a symbol: its probability, the two right sides, the symbols in them."""

    probability: float
    source: tuple[str, ...]
    target: tuple[str, ...]
    symbols: tuple[str, ...]


# A rule applied, and what becomes of its symbols.
Tree = tuple[Rule, dict[str, "Tree"]]


class SynchronousGrammar:
    """Probabilistic synchronous context-free grammar without recursion.

    What stands on the right is, separated by spaces,

    - a symbol, whose name has a dot inside; it stands once on each side;
    - a word, aligned with all words of the same rule; `_` is a space;
    - a pair `word=word`, a rule of its own: on the sides where it stands, and aligned with itself
      only. It stands once on each side, or only where its word is if the other one is empty.

    Args:
        rules: for each symbol `(weight, source side, target side)`; an application of the rule has
            a probability proportional to its weight.
        start: the symbol that derives a sentence.

    Raises:
        CorpusError: if a symbol is undefined, derives itself, has no weight above zero or does not
            stand once on each side.

    Example:
        >>> grammar = SynchronousGrammar(
        ...     {
        ...         "a.clause": [(1, "have=habe did.so a.thing", "have=habe a.thing did.so")],
        ...         "did.so": [(1, "read", "gelesen")],
        ...         "a.thing": [(2, "books", "Bücher"), (1, "love_letters", "Liebesbriefe")],
        ...     },
        ...     start="a.clause",
        ... )
        >>> (sentence,) = grammar.translate("have read love letters".split())
        >>> sentence.target
        ('habe', 'Liebesbriefe', 'gelesen')
        >>> sentence.alignment
        ((0, 0), (1, 2), (2, 1), (3, 1))

    Source:
        Aho & Ullman (1969), "Syntax directed translations and the pushdown assembler".
    """

    def __init__(self, rules: Mapping[str, Iterable[tuple[float, str, str]]], start: str):
        self.start = start
        self.rules: dict[str, list[Rule]] = {}
        for symbol, expansions in rules.items():
            weighted = [(w, s.split(), t.split()) for w, s, t in expansions if w != 0]
            total = math.fsum(w for w, _, _ in weighted)
            if not total > 0 or any(w < 0 for w, _, _ in weighted):
                raise CorpusError(f"the weights of symbol {symbol!r} must be positive")
            self.rules[symbol] = [self._rule(symbol, w / total, s, t) for w, s, t in weighted]
        used = {p: None for rs in self.rules.values() for rule in rs for p in rule.symbols}
        for part in (start, *used):
            if "=" in part:
                source, target = (side.split() for side in part.replace("_", " ").split("="))
                self.rules[part] = [Rule(1.0, tuple(source), tuple(target), ())]
            elif part not in self.rules:
                raise CorpusError(f"symbol {part!r} has no rules")
        # Where between 0 and 1 one rule ends and the next begins.
        self._bounds = {
            symbol: list(accumulate(rule.probability for rule in rs[:-1]))
            for symbol, rs in self.rules.items()
        }
        parts = {s: [p for rule in rs for p in rule.symbols] for s, rs in self.rules.items()}
        try:
            TopologicalSorter(parts).prepare()
        except CycleError as error:
            cycle = " -> ".join(reversed(error.args[1]))
            raise CorpusError(f"the grammar is recursive ({cycle}): bound the recursion") from None

    @staticmethod
    def _rule(symbol: str, probability: float, source: list[str], target: list[str]) -> Rule:
        symbols = tuple(dict.fromkeys(filter(_is_symbol, source + target)))
        for part in symbols:
            expected = [bool(side) for side in part.split("=")] if "=" in part else [True, True]
            if [source.count(part), target.count(part)] != expected:
                raise CorpusError(
                    f"symbol {part!r}, used by {symbol!r}, must stand once on each side, "
                    f"not as in {' '.join(source)!r} and {' '.join(target)!r}"
                )
        words = (
            [word for p in side for word in ([p] if p in symbols else p.split("_"))]
            for side in (source, target)
        )
        return Rule(probability, *map(tuple, words), symbols)

    def sample(self, random: Random) -> Aligned:
        """Draw one sentence. Only `random.random()` is called, the same on every machine."""

        def derive(symbol: str) -> Tree:
            rule = self.rules[symbol][bisect(self._bounds[symbol], random.random())]
            return rule, {part: derive(part) for part in rule.symbols}

        return _aligned(derive(self.start))

    def translate(self, tokens: Sequence[str]) -> list[Aligned]:
        """All translations of a sentence: none outside the language, one if it is unambiguous.

        Args:
            tokens: a sentence of the source language.

        Returns:
            The distinct results.

        Raises:
            CorpusError: if `tokens` is one string.
        """
        if isinstance(tokens, str):
            raise CorpusError(f"give a list of tokens, not the string {tokens!r}: split it first")
        known = {*tokens, *self.rules}
        usable = {
            symbol: [rule for rule in rs if known.issuperset(rule.source)]
            for symbol, rs in self.rules.items()
        }

        @cache
        def derive(symbol: str, begin: int) -> list[tuple[int, Tree]]:
            """The trees of what the symbol derives from `begin` on, and where that ends."""
            found = []
            for rule in usable[symbol]:
                # A pair with an empty source side stands on the target side alone.
                silent = {p: (self.rules[p][0], {}) for p in rule.symbols if p not in rule.source}
                found += [(end, (rule, parts | silent)) for end, parts in walk(rule.source, begin)]
            return found

        def walk(parts: Sequence[str], begin: int) -> Iterator[tuple[int, dict[str, Tree]]]:
            """The trees of the symbols in a sequence of symbols and words."""
            if not parts:
                yield begin, {}
            elif parts[0] in self.rules:
                for middle, tree in derive(parts[0], begin):
                    for end, trees in walk(parts[1:], middle):
                        yield end, {parts[0]: tree} | trees
            elif begin < len(tokens) and tokens[begin] == parts[0]:
                yield from walk(parts[1:], begin + 1)

        trees = derive(self.start, 0)
        return list(dict.fromkeys(_aligned(tree) for end, tree in trees if end == len(tokens)))

    def vocabulary(self, side: int) -> list[str]:
        """All words of one side (0 source, 1 target), sorted."""
        parts = {part for rs in self.rules.values() for rule in rs for part in rule[1 + side]}
        return sorted(parts - self.rules.keys())


def _is_symbol(part: str) -> bool:
    return "=" in part or "." in part.strip(".")


def _aligned(tree: Tree) -> Aligned:
    sides = source, target = [], []  # words, each with the application of a rule that wrote it

    def write(tree: Tree, side: int) -> None:
        rule, children = tree
        for part in rule[1 + side]:
            if part in children:
                write(children[part], side)
            else:
                sides[side].append((part, id(tree)))

    write(tree, 0)
    write(tree, 1)
    places = defaultdict(list)
    for j, (_, application) in enumerate(target):
        places[application].append(j)
    return Aligned(
        tuple(word for word, _ in source),
        tuple(word for word, _ in target),
        tuple((i, j) for i, (_, application) in enumerate(source) for j in places[application]),
    )
