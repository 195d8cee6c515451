"""The grammar of the `agreement` corpus: four kinds of sentence, and what stands in between.

Rules are written for each number (singular, plural) and, where a reflexive may follow, each gender
of the subject. Lexical symbols are named `role:detail`, or just by a word or a class of words; the
roles are what `agreement` finds dependencies by.
"""

from rnn_course.corpora.base import CorpusError
from rnn_course.corpora.embedded.grammar import Grammar

Rules = dict[str, list[tuple[float, str]]]

# Nouns and verbs as singular/plural. A guard, a cook, a judge and a watch are verbs as well: their
# tag depends on the words around them.
NOUNS = {
    "masculine": "boy/boys king/kings man/men",
    "feminine": "girl/girls queen/queens woman/women",
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
    "transitive": "likes/like admires/admire remembers/remember watches/watch guards/guard "
    "paints/paint",
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
    "Poland": "Polish",
    "Vietnam": "Vietnamese",
}
NUMBERS = ("singular", "plural")
# How often a person who is the subject has which gender; a plural subject has none.
GENDERS = {"masculine": 0.22, "feminine": 0.22, "neutral": 0.06, "plural": 0.5}


def grammar(max_attractors: int = 3, attractor_probability: float = 0.55) -> Grammar:
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
        >>> round(grammar().log_prob("the keys to the door are heavy .".split()), 2)
        -12.95
        >>> grammar().log_prob("the keys to the door is heavy .".split())
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


def _clauses() -> Rules:
    """The four kinds of sentence."""
    rules = {
        "sentence": [
            (0.25, f"{clause}_clause .") for clause in ("thing", "person", "waiting", "origin")
        ],
        "thing_clause": [
            (0.5 * share, f"the adjective subject:{noun}_{number} {attractors} thing_{number}")
            for number in NUMBERS
            for noun, attractors, share in (
                ("key", "to_attractors", 0.15),
                ("depiction", "of_attractors", 0.25),
                ("thing", "near_attractors", 0.6),
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
            (0.35, "plural origin_plural"),
            (0.15, "subject:speaker origin_plural"),
        ],
    }
    for gender in GENDERS:
        pronoun = [(0.5, f"subject:{PRONOUNS[gender]}")] if gender in PRONOUNS else []
        rules[gender] = [(1 - 0.5 * len(pronoun), f"the adjective subject:{gender}"), *pronoun]
    return rules


def _predicates() -> Rules:
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
                f"verb:speak_{number} fluent language:{country} listeners",
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
            (0.25, f"verb:intransitive_{number} manner"),
            (0.3, f"verb:transitive_{number} the adjective objects"),
            (0.45, f"verb:reflexive_{number} reflexive:{gender}"),
        ]
    # A guard may be himself or herself, as may a cook, a judge and a guide: neither follows.
    rules["action_neutral"] = [
        (0.4, "verb:intransitive_singular manner"),
        (0.6, "verb:transitive_singular the adjective objects"),
    ]
    rules["listeners"] = [(0.5, ""), (0.5, "with the persons")]
    rules["degree"] = [(0.5, ""), (0.5, "adverb_of_degree")]
    rules["manner"] = [(0.4, ""), (0.6, "adverb_of_manner")]
    rules["adjective"] = [(0.6, ""), (0.4, "attribute")]
    return rules


def _attractors(maximum: int, probability: float) -> Rules:
    """Chains of nouns between a word and the one that depends on it, by how many may follow."""

    def chain(following: int, phrases: list[tuple[float, str]]) -> list[tuple[float, str]]:
        if following == 0:
            return [(1, "")]
        return [
            (1 - probability, ""),
            *((probability * share, phrase) for share, phrase in phrases),
        ]

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
        rules[f"{preposition}_attractors"] = chain(maximum, [(0.8, phrase), (0.2, "relative")])
    rules["place_adjective"] = [(0.6, ""), (0.4, "attribute")]
    for following in range(maximum):
        phrase = "near the places"
        rules[f"attractors_{following}"] = chain(
            following, [(0.8, f"{phrase} attractors_{following - 1}"), (0.2, "relative")]
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
        "fluent": ("ADJ", "fluent good perfect excellent"),
        "attribute": ("ADJ", "old small beautiful strange"),
        "quality": ("ADJ", "heavy dirty dusty expensive cheap new"),
        "mood": ("ADJ", "happy tired clever hungry angry"),
        "adverb_of_degree": ("ADV", "very quite"),
        "adverb_of_manner": ("ADV", "often again here now"),
        "persons": ("NOUN", both(persons)),
        "objects": ("NOUN", both(" ".join(NOUNS.values()))),
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
        lexicon[f"inner_verb:{number}"] = ("VERB", forms(VERBS["transitive"], number))
    for gender in ("masculine", "feminine", "neutral"):
        lexicon[f"subject:{gender}"] = ("NOUN", forms(NOUNS[gender], "singular"))
    for gender, pronoun in PRONOUNS.items():
        lexicon[f"subject:{pronoun}"] = ("PRON", pronoun)
        lexicon[f"reflexive:{gender}"] = ("PRON", REFLEXIVES[gender])
    for country, language in LANGUAGES.items():
        lexicon[f"country:{country}"] = ("PROPN", country)
        lexicon[f"language:{country}"] = ("PROPN", language)
    return lexicon
