"""English sentences in which a word depends on another one far to its left.

A verb agrees in number with its subject across nouns of the other number ("the keys to the old
cabinet near the towers are heavy"), a reflexive agrees with its antecedent ("she waits with the
kings and admires herself"), a language with a country ("he grew up in France with the cooks and
speaks fluent French"). The sentences are sampled from an unambiguous grammar, so the exact
probability of each is known, and with it the lowest perplexity a language model can reach.
"""

import hashlib
from random import Random
from typing import NamedTuple

from .base import CorpusError, Splits
from .grammar import Derivation, Grammar

# Nouns and verbs as singular/plural. A guard, a cook, a judge and a watch are verbs as
# well: their tag depends on the words around them.
NOUNS = {
    "masculine": "boy/boys king/kings man/men prince/princes",
    "feminine": "girl/girls queen/queens woman/women princess/princesses",
    "neutral": "guard/guards cook/cooks judge/judges guide/guides",
    "key": "key/keys",
    "depiction": "picture/pictures map/maps",
    "thing": "book/books lamp/lamps ring/rings coin/coins watch/watches",
    "place": "cabinet/cabinets door/doors house/houses tower/towers gate/gates garden/gardens "
    "school/schools",
}
VERBS = {
    "intransitive": "laughs/laugh sings/sing smiles/smile dances/dance cooks/cook",
    "posture": "sits/sit stands/stand waits/wait rests/rest",
    "person": "likes/like admires/admire remembers/remember watches/watch thanks/thank judges/judge",
    "thing": "likes/like admires/admire remembers/remember watches/watch guards/guard paints/paint",
    "reflexive": "admires/admire paints/paint judges/judge blames/blame enjoys/enjoy",
    "lie": "lies/lie",
    "belong": "belongs/belong",
    "copula": "is/are was/were",
    "speak": "speaks/speak",
}
PRONOUNS = {"masculine": "he", "feminine": "she", "plural": "they"}
REFLEXIVES = {"masculine": "himself", "feminine": "herself", "plural": "themselves"}
LANGUAGES = {
    "France": "French",
    "Germany": "German",
    "Greece": "Greek",
    "Italy": "Italian",
    "Japan": "Japanese",
    "Poland": "Polish",
    "Spain": "Spanish",
    "Vietnam": "Vietnamese",
}
NUMBERS = ("singular", "plural")
# How often a person who is the subject has which gender; a plural subject has none.
GENDERS = {"masculine": 0.2, "feminine": 0.2, "neutral": 0.1, "plural": 0.5}
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
    attractor_probability: float = 0.6,
) -> Splits:
    """Sample the corpus.

    Args:
        seed: another seed gives another sample of the same distribution.
        sentences: how many to sample, over all three splits: about 80 % of them go to train, 10 %
            each to dev and test.
        max_attractors: see `grammar`.
        attractor_probability: see `grammar`.

    Returns:
        Splits of lists of `Sentence`.

    Raises:
        CorpusError: if an option is out of range.

    Example:
        >>> sentence = load(sentences=100).train[0]
        >>> print(*sentence.tokens)
        >>> sentence.dependencies[0]
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
        splits[_split(derivation.tokens)].append(
            Sentence(
                derivation.tokens,
                derivation.tags,
                derivation.log_prob,
                _dependencies(derivation),
            )
        )
    return splits


def grammar(max_attractors: int = 3, attractor_probability: float = 0.6) -> Grammar:
    """The grammar the sentences are sampled from, for their exact probabilities.

    Args:
        max_attractors: at most so many attractors stand between a word and the one it depends on,
            0 to 10. An attractor is a noun in a phrase ("near the towers") or in a relative clause
            ("that the boys like"), after which no other attractor follows.
        attractor_probability: the probability that another attractor follows as long as there are
            fewer than `max_attractors`, 0 to 1.

    Returns:
        The grammar: `log_prob(tokens)`, `entropy()`, `expected_length()`, `vocabulary()`.

    Raises:
        CorpusError: if an option is out of range.

    Example:
        >>> print(f"{grammar().log_prob('the keys are old .'.split()):.2f}")
        >>> grammar().log_prob("the keys is old .".split())
        -inf
    """
    if not isinstance(max_attractors, int) or not 0 <= max_attractors <= 10:
        raise CorpusError(
            f"agreement: max_attractors must be an integer from 0 to 10, not {max_attractors!r}"
        )
    if not isinstance(attractor_probability, int | float) or not 0 <= attractor_probability <= 1:
        raise CorpusError(
            "agreement: attractor_probability must be a number from 0 to 1, "
            f"not {attractor_probability!r}"
        )
    rules = _clauses() | _predicates() | _attractors(max_attractors, attractor_probability)
    return Grammar(rules, _lexicon(), start="sentence")


def _number(gender: str) -> str:
    return "plural" if gender == "plural" else "singular"


def _clauses() -> dict[str, list[tuple[float, str]]]:
    """The four kinds of sentence."""
    rules = {
        "sentence": [
            (0.3, "thing_clause ."),
            (0.3, "person_clause ."),
            (0.2, "waiting_clause ."),
            (0.2, "origin_clause ."),
        ],
        "thing_clause": [
            (0.5 * share, f"the adjective subject:{noun}_{number} {attractors} thing_{number}")
            for number in NUMBERS
            for noun, attractors, share in (
                ("key", "to_attractors", 0.2),
                ("depiction", "of_attractors", 0.3),
                ("thing", "near_attractors", 0.5),
            )
        ],
        "person_clause": [
            (share, f"the adjective subject:{gender} near_attractors person_{gender}")
            for gender, share in GENDERS.items()
        ],
        "waiting_clause": [
            (share, f"{gender} verb:posture_{_number(gender)} company and action_{gender}")
            for gender, share in GENDERS.items()
        ],
        "origin_clause": [
            *((share, f"{g} origin_{_number(g)}") for g, share in GENDERS.items() if g != "plural"),
            (0.3, "plural origin_plural"),
            (0.2, "subject:speaker origin_plural"),
        ],
    }
    for gender in GENDERS:
        pronoun = [(0.4, f"subject:{PRONOUNS[gender]}")] if gender in PRONOUNS else []
        rules[gender] = [(1 - 0.4 * len(pronoun), f"the adjective subject:{gender}"), *pronoun]
    return rules


def _predicates() -> dict[str, list[tuple[float, str]]]:
    """What subjects are and do, by number, and by gender where there is a reflexive."""
    rules = {}
    for number in NUMBERS:
        rules[f"thing_{number}"] = [
            (0.6, f"verb:copula_{number} degree quality"),
            (0.2, f"verb:lie_{number} near the places"),
            (0.2, f"verb:belong_{number} to the persons"),
        ]
        rules[f"origin_{number}"] = [
            (
                1 / len(LANGUAGES),
                f"grew up in country:{country} family and "
                f"verb:speak_{number} fluent language:{country}",
            )
            for country in LANGUAGES
        ]
    for gender in GENDERS:
        number = _number(gender)
        rules[f"person_{gender}"] = [
            (0.2, f"verb:copula_{number} degree mood"),
            (0.8, f"action_{gender}"),
        ]
        rules[f"action_{gender}"] = [
            (0.3, f"verb:intransitive_{number} manner"),
            (0.2, f"verb:person_{number} the adjective persons"),
            (0.2, f"verb:thing_{number} the adjective things"),
            (0.3, f"verb:reflexive_{number} reflexive:{gender}")
            if gender in REFLEXIVES
            else (0.3, f"verb:thing_{number} the adjective places"),
        ]
    rules["degree"] = [(0.5, ""), (0.5, "adverb_of_degree")]
    rules["manner"] = [(0.4, ""), (0.6, "adverb_of_manner")]
    rules["adjective"] = [(0.7, ""), (0.3, "attribute")]
    return rules


def _attractors(maximum: int, probability: float) -> dict[str, list[tuple[float, str]]]:
    """Chains of nouns between a word and the one that depends on it, by how many may follow."""

    def chain(following: int, phrases: list[tuple[float, str]]) -> list[tuple[float, str]]:
        if following == 0:
            return [(1, "")]
        return [(1 - probability, ""), *((probability * share, phrase) for share, phrase in phrases)]

    rules = {
        "relative": [
            (0.5, f"that the inner_subject:{number} inner_verb:{number}") for number in NUMBERS
        ],
        "company": chain(maximum, [(1, f"beside the persons places_{maximum - 1}")]),
        "family": chain(maximum, [(1, f"with the persons places_{maximum - 1}")]),
    }
    # Only the first phrase takes an adjective: few enough distances for each to be seen often.
    for preposition in ("to", "of", "near"):
        phrase = f"{preposition} the place_adjective places attractors_{maximum - 1}"
        rules[f"{preposition}_attractors"] = chain(maximum, [(0.7, phrase), (0.3, "relative")])
    rules["place_adjective"] = [(0.5, ""), (0.5, "attribute")]
    for following in range(maximum):
        phrase = "near the places"
        rules[f"attractors_{following}"] = chain(
            following, [(0.7, f"{phrase} attractors_{following - 1}"), (0.3, "relative")]
        )
        rules[f"places_{following}"] = chain(following, [(1, f"{phrase} places_{following - 1}")])
    return rules


def _lexicon() -> dict[str, tuple[str, str]]:
    """Words with their tags. A symbol `role:...` marks an end of a dependency."""

    def forms(pairs: str, number: str) -> str:
        return " ".join(pair.split("/")[NUMBERS.index(number)] for pair in pairs.split())

    def both(pairs: str) -> str:
        return pairs.replace("/", " ")

    persons = " ".join(NOUNS[gender] for gender in GENDERS if gender in NOUNS)
    things = " ".join(NOUNS[noun] for noun in ("key", "depiction", "thing"))
    lexicon = {
        ".": ("PUNCT", "."),
        "the": ("DET", "the"),
        "and": ("CCONJ", "and"),
        "that": ("PRON", "that"),
        "to": ("ADP", "to"),
        "of": ("ADP", "of"),
        "in": ("ADP", "in"),
        "up": ("ADP", "up"),
        "with": ("ADP", "with"),
        "near": ("ADP", "near behind beside"),
        "beside": ("ADP", "near behind beside with"),
        "grew": ("VERB", "grew"),
        "fluent": ("ADJ", "fluent good perfect"),
        "attribute": ("ADJ", "old small beautiful strange"),
        "quality": ("ADJ", "heavy dirty expensive new"),
        "mood": ("ADJ", "happy tired clever hungry"),
        "adverb_of_degree": ("ADV", "very quite"),
        "adverb_of_manner": ("ADV", "often again here"),
        "persons": ("NOUN", both(persons)),
        "things": ("NOUN", both(things)),
        "places": ("NOUN", both(NOUNS["place"])),
        "subject:speaker": ("PRON", "I we"),
        "subject:plural": ("NOUN", forms(persons, "plural")),
    }
    for number in NUMBERS:
        for verb, pairs in VERBS.items():
            tag = "AUX" if verb == "copula" else "VERB"
            lexicon[f"verb:{verb}_{number}"] = (tag, forms(pairs, number))
        for noun in ("key", "depiction", "thing"):
            lexicon[f"subject:{noun}_{number}"] = ("NOUN", forms(NOUNS[noun], number))
        lexicon[f"inner_subject:{number}"] = ("NOUN", forms(persons, number))
        lexicon[f"inner_verb:{number}"] = ("VERB", forms(VERBS["thing"], number))
    for gender in ("masculine", "feminine", "neutral"):
        lexicon[f"subject:{gender}"] = ("NOUN", forms(NOUNS[gender], "singular"))
    for gender, pronoun in PRONOUNS.items():
        lexicon[f"subject:{pronoun}"] = ("PRON", pronoun)
        lexicon[f"reflexive:{gender}"] = ("PRON", REFLEXIVES[gender])
    for country, language in LANGUAGES.items():
        lexicon[f"country:{country}"] = ("PROPN", country)
        lexicon[f"language:{country}"] = ("PROPN", language)
    return lexicon


def _split(tokens: tuple[str, ...]) -> int:
    """The split a sentence belongs to: 0, 1, 2 for train, dev, test.

    A hash of the text decides, so that a sentence that is sampled twice stays in one split and none
    of it leaks, whatever the seed. Throwing repeats away instead would distort the distribution:
    frequent sentences would be too rare, and `log_prob` no longer the truth about the sample.
    """
    digest = hashlib.sha256(" ".join(tokens).encode()).digest()
    share = digest[0] / 256 + digest[1] / 256**2
    return (share >= 0.8) + (share >= 0.9)


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
    for target, (word, symbol) in enumerate(zip(derivation.tokens, derivation.symbols, strict=True)):
        role = symbol.partition(":")[0]
        positions[role] = target
        if role in SOURCES:
            source = positions[SOURCES[role]]
            kind = role.removeprefix("inner_")
            found.append(Dependency(kind, source, target, target - source, _RIVALS[word]))
    return tuple(found)
