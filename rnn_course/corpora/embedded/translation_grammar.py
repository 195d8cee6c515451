"""The synchronous grammar of the `translation` corpus: everyday English and its German.

Words come in tables, German ones with what English does not have: gender, case, verbs in two parts
("rufen+an": "er ruft den Arzt an", "er will den Arzt anrufen", "weil er den Arzt anruft"). From
them rules are written for each number, case and position of the verb.
"""

import math
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from rnn_course.corpora.embedded.synchronous import SynchronousGrammar
from rnn_course.corpora.embedded.translation_lexicon import (
    AGREEMENTS,
    BE,
    BE_PERFECT,
    DEFINITE,
    DO,
    FREQUENCIES,
    GENDERS,
    HAVE,
    KNOW,
    LIKE,
    MASS_GENDERS,
    MASSES,
    MIXED,
    NOUNS,
    PRONOUNS,
    SHARES,
    VERBS,
)
from rnn_course.corpora.embedded.translation_phrases import (
    Rules,
    entries,
    form_of,
    noun_phrases,
    words,
)


class Verb(NamedTuple):
    """A verb: English forms, German forms, the prefix of a verb in two parts, its perfect."""

    infinitive: str
    third: str
    participle: str
    past: str
    german: dict[str, str]
    german_infinitive: str
    prefix: str
    german_participle: str
    auxiliary: dict[str, str]
    stars: int

    def english(self, agreement: str) -> str:
        return self.third if agreement == "third" else self.infinitive


class Objects(NamedTuple):
    """What may follow a verb: on the English side; in German before and behind adverbs. The kind
    tells how it is negated, and whether it goes with "gerne"."""

    weight: float
    source: str
    early: str
    late: str
    kind: str


class Predicate(NamedTuple):
    """What is said or asked of a subject.

    Args:
        weight: how often.
        front: what stands before the subject in English, if anything does.
        source: what follows the subject in English.
        finite: the German finite verb where it comes first or second.
        middle: what stands between it and the right end.
        right: the right end: prefix, participle or infinitive.
        final: the right end of a subordinate clause, the finite verb included.
    """

    weight: float
    front: str
    source: str
    finite: str
    middle: str
    right: str
    final: str


@cache
def grammar() -> SynchronousGrammar:
    """The grammar the sentences are sampled from.

    Returns:
        The grammar; its sentences begin in lower case, and have "a" before vowels as well.
    """
    rules = words() | noun_phrases() | _clauses() | _sentences()
    return SynchronousGrammar(rules, start="a.sentence")


def _verbs(table: str) -> Iterator[Verb]:
    for entry in entries(table):
        english, german = entry.strip("* ").split()
        infinitive, third, participle, past = english.split("/")
        *present, last = german.split("/")
        stems = [form.partition("+")[0] for form in present]
        prefix = present[0].partition("+")[2]
        yield Verb(
            infinitive,
            third,
            participle,
            past,
            dict(zip(AGREEMENTS, stems, strict=True)),
            prefix + stems[2],
            prefix,
            last.removeprefix("ist_"),
            BE_PERFECT if last.startswith("ist_") else HAVE,
            entry.count("*"),
        )


def _objects(verbs: str) -> list[Objects]:
    """What may follow the verbs of a class."""
    if verbs in ("text", "event", "thing", "food"):
        found = [
            Objects(0.5 * weight, phrase, "", phrase, kind)
            for weight, number in ((0.6, "singular"), (0.4, "plural"))
            for kind in ("the", "bare" if number == "plural" else "a")
            for phrase in (f"{kind.replace('bare', 'a')}.{verbs}.{number}.accusative",)
        ]
    elif verbs in ("person", "helped"):
        case = "accusative" if verbs == "person" else "dative"
        pronoun = f"pronoun.{case}"
        found = [Objects(0.25, pronoun, pronoun, "", "pronoun")]
        for weight, number in ((0.5, "singular"), (0.25, "plural")):
            phrase = f"the.person.{number}.{case}"
            found.append(Objects(weight, phrase, "", phrase, "person"))
    elif verbs == "given":
        found = []
        for topic in ("thing", "text"):
            for kind in ("the", "a"):
                gift = f"{kind}.{topic}.singular.accusative"
                person = "the.person.singular.dative"
                found += [
                    Objects(0.3, f"{person} {gift}", "", f"{person} {gift}", "given"),
                    Objects(0.2, f"pronoun.dative {gift}", "pronoun.dative", gift, "given"),
                ]
    elif verbs in MASSES:
        found = [Objects(1, f"mass.{verbs}", "", f"mass.{verbs}", "mass")]
    else:
        found = [Objects(0.4, "", "", "", "none")]
        if verbs != "alone":
            phrase = {"somewhere": "a.place", "together": "a.company"}[verbs]
            found.append(Objects(0.6, phrase, "", phrase, "none"))
    total = math.fsum(objects.weight for objects in found)
    return [objects._replace(weight=objects.weight / total) for objects in found]


def _predicates(verb: Verb, objects: Objects, agreement: str, mood: str) -> Iterator[Predicate]:
    """All that is said with one verb and what may follow it.

    The mood is `"any"`, `"present"` (no perfect), `"question"` or `"fronted"` (the time first).
    """
    weight, source, early, late, kind = objects
    asking, do = mood == "question", f"{DO[agreement]}="
    says = f"{verb.infinitive if asking else verb.english(agreement)} {source}"
    doing = f"{verb.participle} {source}"

    def simple(share: float, english: str, adverb: str = "", front: str = do) -> Predicate:
        """One German verb, in the present tense."""
        finite, prefix = verb.german[agreement], verb.prefix
        front = front if mood in ("question", "fronted") else ""
        middle = f"{early} {adverb} {late}"
        return Predicate(weight * share, front, english, finite, middle, prefix, prefix + finite)

    def perfect(english: str, adverb: str, front: str) -> Predicate:
        have, done = verb.auxiliary[agreement], verb.german_participle
        middle = f"{early} {adverb} {late}"
        return Predicate(0.4 * weight, front, english, have, middle, done, f"{done} {have}")

    if mood == "fronted":
        if not verb.stars:
            yield simple(0.2, says, front="time.present")
        if verb.stars < 2:
            yield perfect(f"{verb.past} {source}", "", "time.past")
        return
    yield simple(0.2, says)
    if not verb.stars:
        yield simple(0.1, f"{says} time.present", "time.present")
        now = f"{BE[agreement]}=gerade"
        yield simple(0.12, doing if asking else f"{now} {doing}", now, front=now)
        if kind in ("bare", "mass", "none", "person"):
            yield simple(0.1, f"an.adverb {says}", "an.adverb")
            like = LIKE["plural" if asking else agreement]
            yield simple(0.25, f"{like} {doing}", like)
    if asking and verb.stars < 2:
        yield perfect(f"{verb.infinitive} {source} time.past", "time.past", "did=")
    elif mood == "any" and verb.stars < 2:
        yield perfect(f"{verb.past} {source} time.past", "time.past", "")
    if not asking:
        for share, english, middle in _negations(verb, objects, do):
            yield simple(0.15 * share, english)._replace(middle=middle)
    if verb.stars == 2:
        return
    modal = f"modal.question.{agreement}" if asking else f"modal.{agreement}"
    does, whole = f"{verb.infinitive} {source}", verb.german_infinitive
    yield Predicate(
        0.25 * weight,
        modal if asking else "",
        does if asking else f"{modal} {does}",
        modal,
        f"{early} {late}",
        whole,
        f"{whole} {modal}",
    )


def _negations(verb: Verb, objects: Objects, do: str) -> Iterator[tuple[float, str, str]]:
    """Shares, what follows the subject in English, and the middle of the German clause.

    "Nicht" comes before where and with whom, else last; before a noun without "the" it is "kein".
    """
    _, source, early, late, kind = objects
    said = f"{do} not=nicht {verb.infinitive} {source}"
    if kind in ("the", "person", "pronoun"):
        yield 1, said, f"{early} {late} not=nicht"
    elif kind == "none":
        yield 1, said, f"not=nicht {late}"
    elif kind in ("bare", "a", "mass"):
        nouns, topic = ("noun" if kind == "mass" else "negated"), source.split(".")[1]
        genders = MASS_GENDERS[topic] if kind == "mass" else GENDERS[:3]
        for gender in ("plural",) if kind == "bare" else genders:
            none = f"not=kein{form_of(MIXED, 'accusative', gender)}"
            noun = f"{nouns}.{topic}.{gender}"
            yield 1 / 3, f"{do} {none} {verb.infinitive} {noun}", f"{none} {noun}"
    if kind in ("bare", "mass", "none", "person") and not verb.stars:
        like = "not=nicht like=gerne"
        yield 0.5, f"{do} {like} {verb.participle} {source}", f"{like} {late}"


def _clauses() -> Rules:
    """Subjects with predicates, by mood and by the place of the German verb: second (`main`), first
    (`inverted`), last (`final`)."""
    rules: Rules = {}
    subjects = {
        "first": [(1, "I=ich")],
        "third": [
            *((0.15, pronoun) for pronoun in PRONOUNS["third"].split()),
            (0.7, "some.person.singular.nominative"),
        ],
        "plural": [
            *((0.15, pronoun) for pronoun in PRONOUNS["plural"].split()),
            (0.7, "some.person.plural.nominative"),
        ],
    }
    for agreement, phrases in subjects.items():
        subject = f"subject.{agreement}"
        rules[subject] = [(weight, phrase, phrase) for weight, phrase in phrases]
        for mood in ("any", "present", "question", "fronted"):
            found = [
                predicate._replace(weight=predicate.weight * weight / len(verbs))
                for kind, weight in FREQUENCIES.items()
                for verbs in (list(_verbs(VERBS[kind])),)
                for verb in verbs
                for objects in _objects(kind)
                for predicate in _predicates(verb, objects, agreement, mood)
                # Nobody asks what he does himself; but "may I?".
                if (agreement, mood) != ("first", "question") or "modal" in predicate.front
            ]
            if mood in ("any", "present"):
                copula, quality = f"copula.{mood}.{agreement}", "quality.person"
                found.append(
                    Predicate(0.08, "", f"{copula} {quality}", copula, quality, "", copula)
                )
                rules[f"said.main.{mood}.{agreement}"] = [
                    (w, source, f"{finite} {middle} {right}")
                    for w, _, source, finite, middle, right, _ in found
                ]
                rules[f"said.final.{mood}.{agreement}"] = [
                    (w, source, f"{middle} {final}") for w, _, source, _, middle, _, final in found
                ]
            rules[f"clause.inverted.{mood}.{agreement}"] = [
                (
                    w,
                    f"{front} {subject} {source}",
                    f"{front if mood == 'fronted' else ''} {finite} {subject} {middle} {right}",
                )
                for w, front, source, finite, middle, right, _ in found
            ]
    for mood in ("any", "present", "question", "fronted"):
        parts = [(share, f"clause.inverted.{mood}.{a}") for a, share in SHARES.items()]
        rules[f"clause.inverted.{mood}"] = [(share, part, part) for share, part in parts]
    for mood in ("any", "present"):
        for place in ("main", "final"):
            parts = [(s, f"subject.{a} said.{place}.{mood}.{a}") for a, s in SHARES.items()]
            rules[f"clause.{place}.{mood}"] = [(share, part, part) for share, part in parts]
    # Things are something, and do nothing.
    described = [
        (f"plain.{topic}.{number}.nominative", f"copula.any.{agreement}", f"quality.{topic}")
        for number, agreement in (("singular", "third"), ("plural", "plural"))
        for topic in NOUNS
        if topic != "person"
    ]
    rules["thing.main"] = [(1, *2 * (f"{noun} {is_} {so}",)) for noun, is_, so in described]
    rules["thing.final"] = [
        (1, f"{noun} {is_} {so}", f"{noun} {so} {is_}") for noun, is_, so in described
    ]
    return rules


def _sentences() -> Rules:
    """Clauses on their own, in others and after others."""
    sentences = [
        (0.36, "clause.main.any .=.", "clause.main.any .=."),
        (0.05, "thing.main .=.", "thing.main .=."),
        (0.12, "clause.inverted.question ?=?", "clause.inverted.question ?=?"),
        (0.08, "clause.inverted.fronted .=.", "clause.inverted.fronted .=."),
    ]
    for weight, conjunction, mood in (
        (0.12, "because=weil", "any"),
        (0.06, "although=obwohl", "any"),
        (0.06, "if=wenn", "present"),
    ):
        main, final, inverted = (
            f"clause.{place}.{mood}" for place in ("main", "final", "inverted")
        )
        first = f"{conjunction} {final} ,=, {inverted} .=."
        sentences += [
            (
                weight / 2,
                f"{main} {conjunction} {final} .=.",
                f"{main} =, {conjunction} {final} .=.",
            ),
            (weight / 2, first, first),
        ]
    for agreement, share in SHARES.items():
        subject, do, know = f"subject.{agreement}", f"{DO[agreement]}=", KNOW[agreement]
        for weight, clause in ((0.8, "clause.final.any"), (0.2, "thing.final")):
            sentences += [
                (
                    0.1 * weight * share,
                    f"{subject} thinks.{agreement} that=dass {clause} .=.",
                    f"{subject} thinks.{agreement} =, that=dass {clause} .=.",
                ),
                (
                    0.03 * weight * share,
                    f"{subject} {do} not=nicht {know} whether=ob {clause} .=.",
                    f"{subject} {know} not=nicht =, whether=ob {clause} .=.",
                ),
            ]
    rules: Rules = {"a.sentence": sentences}
    # Someone who does something: "der", "die" or "das", as the noun is.
    for gender, who in zip(GENDERS, DEFINITE["nominative"].split(), strict=True):
        agreement = "plural" if gender == "plural" else "third"
        person = f"the={who} noun.person.{gender}.nominative"
        relative = f"open.comma who.{gender} said.final.present.{agreement} close.comma"
        whole = f"{person} {relative} said.main.any.{agreement} .=."
        sentences.append((0.015, whole, whole))
        rules[f"who.{gender}"] = [(1, "who", who)]
    return rules
