"""The grammar of the `sentiment` corpus: reviews of films, restaurants and hotels.

A review says of one aspect, or of two that contrast, that it is good or bad, outright or by denying
the opposite. Rules are written for each role of a clause (does it decide the label?), its verdict
and its aspect. Both roles have the same rules: this is what makes a bag of words helpless.
"""

from itertools import permutations
from typing import NamedTuple

from rnn_course.corpora.base import CorpusError
from rnn_course.corpora.embedded.grammar import Grammar

Rules = dict[str, list[tuple[float, str]]]

VERDICTS = ("positive", "negative")
ROLES = ("deciding", "other")


class Aspect(NamedTuple):
    """Something to have an opinion on: nouns, where they may be, and opinions as good/bad."""

    singular: str
    plural: str
    places: tuple[str, str]
    opinions: str


# The aspects of one domain take opinions of their own.
ASPECTS = {
    "film": {
        "story": Aspect(
            "plot story script ending",
            "scenes dialogues",
            ("of the sequel", "of the second part"),
            "gripping/tedious clever/silly original/predictable moving/dull",
        ),
        "character": Aspect(
            "hero heroine villain detective",
            "actors children",
            ("in the sequel", "in the second part"),
            "convincing/wooden charming/irritating likeable/annoying funny/boring",
        ),
        "style": Aspect(
            "music soundtrack photography",
            "costumes songs colours",
            ("in the second half", "at the end"),
            "beautiful/ugly elegant/clumsy lively/monotonous imaginative/banal",
        ),
    },
    "restaurant": {
        "dish": Aspect(
            "soup pizza fish salad dessert",
            "noodles vegetables potatoes cakes",
            ("at lunch", "on Sunday"),
            "tasty/bland appetising/nasty good/bad memorable/forgettable",
        ),
        "waiter": Aspect(
            "waiter waitress owner cook",
            "waiters waitresses",
            ("at the bar", "on Sunday"),
            "friendly/rude polite/arrogant helpful/grumpy attentive/careless",
        ),
        "place": Aspect(
            "terrace garden bar hall",
            "tables rooms",
            ("by the river", "behind the house"),
            "cosy/gloomy pretty/shabby clean/dirty inviting/depressing",
        ),
    },
    "hotel": {
        "room": Aspect(
            "room bathroom balcony suite",
            "rooms corridors",
            ("on the first floor", "on the third floor"),
            "spacious/cramped clean/dirty bright/gloomy elegant/shabby",
        ),
        "staff": Aspect(
            "receptionist porter manager",
            "receptionists porters cleaners",
            ("at the desk", "by the lift"),
            "friendly/rude polite/arrogant helpful/grumpy attentive/careless",
        ),
        "meal": Aspect(
            "breakfast buffet coffee dinner",
            "eggs pancakes rolls",
            ("by the pool", "on Sunday"),
            "tasty/bland appetising/nasty good/bad memorable/forgettable",
        ),
    },
}
COPULAS = {"film": ("is", "are"), "restaurant": ("was", "were"), "hotel": ("was", "were")}
# What stands around a verdict says nothing about it.
OPENINGS = {
    "film": (
        "I saw it on Sunday .",
        "we watched it in a small cinema .",
        "it lasts two hours .",
    ),
    "restaurant": ("we went there for lunch .", "I booked a table for four .", "we came by bus ."),
    "hotel": ("we stayed for three nights .", "I booked a room in May .", "we came by train ."),
}
CLOSINGS = {
    "film": ("there will be a third part .", "it is on until Sunday ."),
    "restaurant": ("they close at ten .", "we paid in cash ."),
    "hotel": ("breakfast starts at seven .", "there is a bus to the centre ."),
}


def grammar(contrast: float = 0.6, negation: float = 0.3) -> Grammar:
    """The grammar the reviews are sampled from.

    Args:
        contrast: the probability of two clauses with opposite verdicts, of which one decides.
        negation: the probability that a clause says what something is not.

    Returns:
        The grammar. The tag of a word is `"positive"`, `"negative"` or `"negator"`, else empty; the
        symbol above such a word begins with the role of its clause, `"deciding"` or `"other"`.

    Raises:
        CorpusError: if an option is out of range.

    Example:
        >>> review = "the scenes are dull , but the actors are funny ."
        >>> mirror = "the actors are funny , but the scenes are dull ."
        >>> [round(grammar().log_prob(text.split()), 2) for text in (review, mirror)]
        [-15.22, -15.22]
    """
    for name, value in (("contrast", contrast), ("negation", negation)):
        if not isinstance(value, int | float) or not 0 <= value <= 1:
            raise CorpusError(f"sentiment: {name} must be a number from 0 to 1, not {value!r}")
    rules: Rules = {
        "review": [(1 / len(ASPECTS), f"opening_{d} opinion_{d} . closing_{d}") for d in ASPECTS]
    }
    lexicon = {
        "finder": ("", "I we"),
        "degree": ("", "very really quite"),
        **{f"{role}:adverb": ("negator", "never hardly") for role in ROLES},
        **{
            f"{role}:{word}": ("negator", word)
            for role in ROLES
            for word in "not far from anything but nothing nobody".split()
        },
    }
    for domain, aspects in ASPECTS.items():
        names = [f"{domain}_{aspect}" for aspect in aspects]
        rules[f"opinion_{domain}"] = _opinions(names, contrast)
        rules[f"opening_{domain}"] = _either(0.6, *OPENINGS[domain])
        rules[f"closing_{domain}"] = _either(0.75, *CLOSINGS[domain])
        for name, aspect in zip(names, aspects.values(), strict=True):
            rules[f"place_{name}"] = _either(0.7, *aspect.places)
            lexicon[f"{name}_singular"] = ("", aspect.singular)
            lexicon[f"{name}_plural"] = ("", aspect.plural)
            for role in ROLES:
                for verdict in VERDICTS:
                    clauses = _clauses(role, verdict, name, COPULAS[domain], negation)
                    rules[f"{role}_{verdict}_{name}"] = clauses
                    words = (pair.split("/") for pair in aspect.opinions.split())
                    chosen = " ".join(pair[VERDICTS.index(verdict)] for pair in words)
                    lexicon[f"{role}:{verdict}_{name}"] = (verdict, chosen)
    rules["somewhat"] = _either(0.6, "degree")
    # What has neither rules nor words is a word.
    words = {part for e in rules.values() for _, right in e for part in right.split()}
    lexicon |= {word: ("", word) for word in words if word not in rules and word not in lexicon}
    return Grammar(rules, lexicon, start="review")


def _either(nothing: float, *expansions: str) -> list[tuple[float, str]]:
    """Nothing with this probability, else one of the expansions, equally likely."""
    return [(nothing, ""), *(((1 - nothing) / len(expansions), e) for e in expansions)]


def _opposite(verdict: str) -> str:
    return VERDICTS[1 - VERDICTS.index(verdict)]


def _opinions(aspects: list[str], contrast: float) -> list[tuple[float, str]]:
    """One clause, or two on different aspects: after "but" and "yet" the second one decides, with
    "although" the one outside it."""
    single = [
        ((1 - contrast) / (2 * len(aspects)), f"deciding_{verdict}_{aspect}")
        for verdict in VERDICTS
        for aspect in aspects
    ]
    pairs = list(permutations(aspects, 2))
    double = [
        (
            contrast * share / (2 * len(pairs)),
            pattern.format(a=f"other_{_opposite(verdict)}_{a}", b=f"deciding_{verdict}_{b}"),
        )
        for verdict in VERDICTS
        for a, b in pairs
        for share, pattern in (
            (0.35, "{a} , but {b}"),
            (0.15, "{a} , yet {b}"),
            (0.25, "although {a} , {b}"),
            (0.25, "{b} , although {a}"),
        )
    ]
    return single + double


def _clauses(
    role: str, verdict: str, aspect: str, copulas: tuple[str, str], negation: float
) -> list[tuple[float, str]]:
    """The clauses that come to this verdict: outright, or by denying the opposite one."""
    outright, denied = f"{role}:{verdict}_{aspect}", f"{role}:{_opposite(verdict)}_{aspect}"
    clauses = []
    for share, number, copula in zip((0.65, 0.35), ("singular", "plural"), copulas, strict=True):
        noun = f"the {aspect}_{number} place_{aspect}"
        patterns = [
            ((1 - negation) * 0.75, f"{noun} {copula} somewhat {outright}"),
            ((1 - negation) * 0.25, f"finder found {noun} somewhat {outright}"),
            (negation * 0.35, f"{noun} {copula} {role}:not {denied}"),
            (negation * 0.15, f"{noun} {copula} {role}:adverb {denied}"),
            (negation * 0.1, f"{noun} {copula} {role}:far {role}:from {denied}"),
            (negation * 0.1, f"{noun} {copula} {role}:anything {role}:but {denied}"),
            (negation * 0.05, f"there {copulas[0]} {role}:nothing {denied} about {noun}"),
            (negation * 0.05, f"{role}:nobody could call {noun} {denied}"),
            (negation * 0.1, f"finder did {role}:not find {noun} {denied}"),
            (negation * 0.1, f"finder do {role}:not think that {noun} {copula} {denied}"),
        ]
        clauses += [(share * p, right) for p, right in patterns]
    return clauses
