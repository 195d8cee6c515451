"""Words and noun phrases of the `translation` corpus: rules for each gender, number and case."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from rnn_course.corpora.embedded.translation_lexicon import (
    ADJECTIVE_MIXED,
    ADJECTIVE_WEAK,
    ADJECTIVES,
    ADVERBS,
    AGREEMENTS,
    CASES,
    COPULAS,
    DEFINITE,
    GENDERS,
    MASS_GENDERS,
    MASSES,
    MIXED,
    MODALS,
    NOUNS,
    PLACES,
    PRONOUNS,
    RELATIVES,
    STRONG,
    THINKERS,
    TIMES,
)

Rules = dict[str, list[tuple[float, str, str]]]


class Noun(NamedTuple):
    """A noun: English by number, gender, German by number and case."""

    english: dict[str, str]
    gender: str
    german: dict[str, str]


def entries(table: str) -> list[str]:
    """The entries of a table of words."""
    return [entry.strip() for entry in table.split(",")]


def _lexical(pairs: list[str]) -> list[tuple[float, str, str]]:
    """Rules from `english=german` pairs; those with several pairs keep their order."""
    return [(1, pair, pair) for pair in pairs]


def words() -> Rules:
    """Rules for what has no case: places, times, adverbs, adjectives; and for pronouns."""
    rules: Rules = {
        "a.place": _lexical(entries(PLACES)),
        "time.present": _lexical(entries(TIMES["present"])),
        "time.past": _lexical(entries(TIMES["past"])),
        "an.adverb": _lexical(entries(ADVERBS)),
        "a.company": [
            (1, f"with=mit {phrase}", f"with=mit {phrase}")
            for phrase in ("some.person.singular.dative", "some.person.plural.dative")
        ],
        # A comma is there in German only.
        "open.comma": [(1, "", "=,")],
        "close.comma": [(1, "", "=,")],
    }
    for agreement in AGREEMENTS:
        rules[f"modal.{agreement}"] = _lexical(MODALS[agreement].split())
        # "want to" asks with "do".
        rules[f"modal.question.{agreement}"] = _lexical(MODALS[agreement].split()[:-1])
        now, then = (COPULAS[tense][agreement] for tense in ("present", "past"))
        rules[f"copula.present.{agreement}"] = _lexical([now])
        rules[f"copula.any.{agreement}"] = _lexical([now, then])
        rules[f"thinks.{agreement}"] = _lexical(THINKERS[agreement].split())
    for case in ("accusative", "dative"):
        rules[f"pronoun.{case}"] = _lexical(PRONOUNS[case].split())
    for topic, adjectives in ADJECTIVES.items():
        pairs = [pair.split("=") for pair in adjectives.split()]
        for ending in ("e", "en", "em", "er", "es"):
            rules[f"adjective.{topic}.{ending}"] = [
                (1, english, german.removesuffix("e") + ending) for english, german in pairs
            ]
        rules[f"predicate.{topic}"] = _lexical(adjectives.split())
        quality = f"predicate.{topic}"
        rules[f"quality.{topic}"] = [
            (0.6, quality, quality),
            (0.4, f"very=sehr {quality}", f"very=sehr {quality}"),
        ]
    return rules


def noun_phrases() -> Rules:
    """Rules for nouns with what stands before them."""
    rules: Rules = {}
    for topic, table in NOUNS.items():
        nouns = list(_nouns(table))
        for gender in GENDERS:
            number = "plural" if gender == "plural" else "singular"
            for case in CASES:
                name, form = f"{topic}.{gender}.{case}", f"{number}.{case}"
                rules[f"noun.{name}"] = [
                    (1, noun.english[number], noun.german[form])
                    for noun in nouns
                    if gender in (noun.gender, "plural")
                ]
                rules[f"own.{name}"] = [
                    rule
                    for rule in rules[f"noun.{name}"]
                    if topic != "person" or rule[1] in RELATIVES[number].split()
                ]
            # After "kein", which translates "not", the article is silent.
            noun, article = f"noun.{topic}.{gender}.accusative", "" if gender == "plural" else "a="
            adjective = f"adjective.{topic}.{form_of(ADJECTIVE_MIXED, 'accusative', gender)}"
            rules[f"negated.{topic}.{gender}"] = [
                (0.7, f"{article} {noun}", noun),
                (0.3, f"{article} {adjective} {noun}", f"{adjective} {noun}"),
            ]
        for case in CASES:
            rules |= _phrases(topic, case, Counter(noun.gender for noun in nouns))
    for topic, table in MASSES.items():
        for english, gender, german in map(str.split, entries(table)):
            rules.setdefault(f"noun.{topic}.{gender}", []).append((1, english, german))
        rules[f"mass.{topic}"] = []
        for gender in MASS_GENDERS[topic]:
            noun, share = f"noun.{topic}.{gender}", len(rules[f"noun.{topic}.{gender}"])
            rules[f"mass.{topic}"].append((share, noun, noun))
            if topic in ADJECTIVES:
                both = f"adjective.{topic}.{form_of(STRONG, 'accusative', gender)} {noun}"
                rules[f"mass.{topic}"].append((share / 2, both, both))
    return rules


def _nouns(table: str) -> Iterator[Noun]:
    for english, gender, german in map(str.split, entries(table)):
        nominative, *_, oblique, plural = [german.split("/")[0], *german.split("/")]
        forms = {"nominative": nominative, "accusative": oblique, "dative": oblique}
        dative = plural if plural.endswith(("n", "s")) else f"{plural}n"
        yield Noun(
            dict(zip(("singular", "plural"), english.split("/"), strict=True)),
            gender,
            {f"singular.{case}": form for case, form in forms.items()}
            | {f"plural.{case}": plural for case in CASES}
            | {"plural.dative": dative},
        )


def form_of(paradigm: dict[str, str], case: str, gender: str) -> str:
    """A determiner, or an ending, from a table by case and gender."""
    return paradigm[case].split()[GENDERS.index(gender)].replace("-", "")


def _phrases(topic: str, case: str, shares: Mapping[str, int]) -> Rules:
    """Noun phrases in one case: `the` with a definite determiner, `a` without (in the plural
    without any), `some` with or without; `plain` with the article alone."""
    rules: Rules = {}
    for number in ("singular", "plural"):
        plural = number == "plural"
        names = {kind: f"{kind}.{topic}.{number}.{case}" for kind in ("the", "a", "plain", "some")}
        rules |= {name: [] for name in names.values()}
        for gender, share in {"plural": 1}.items() if plural else shares.items():
            the = "the=" + form_of(DEFINITE, case, gender)
            this = ("these=dies" if plural else "this=dies") + form_of(STRONG, case, gender)
            my, a = (word + form_of(MIXED, case, gender) for word in ("my=mein", "a=ein"))
            weak, mixed, strong = (
                form_of(paradigm, case, gender)
                for paradigm in (ADJECTIVE_WEAK, ADJECTIVE_MIXED, STRONG)
            )
            for kind, weight, determiner, noun, ending in (
                ("the", 0.6, the, "noun", weak),
                ("the", 0.2, this, "noun", weak),
                ("the", 0.2, my, "own", mixed),
                ("a", 1, "" if plural else a, "noun", strong if plural else mixed),
            ):
                noun, adjective = f"{noun}.{topic}.{gender}.{case}", f"adjective.{topic}.{ending}"
                rules[names[kind]] += [
                    (weight * share * likely, phrase, phrase)
                    for likely, phrase in (
                        (0.7, f"{determiner} {noun}"),
                        (0.3, f"{determiner} {adjective} {noun}"),
                    )
                ]
            plain = f"{the} noun.{topic}.{gender}.{case}"
            rules[names["plain"]].append((share, plain, plain))
        rules[names["some"]] = [
            (w, names[kind], names[kind]) for w, kind in ((0.75, "the"), (0.25, "a"))
        ]
    return rules
