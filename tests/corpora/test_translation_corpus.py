"""The translation corpus: one German sentence for each English one, grammatical, word by word.

The rules of German are written down here once more, from a school grammar and not from the corpus's
tables: genders, articles and endings by case, endings of verbs by person, the place of the verb.
"""

import hashlib
import re
from collections import Counter
from functools import cache
from itertools import takewhile

import pytest

from rnn_course import corpora
from rnn_course.corpora import CorpusError, translation
from rnn_course.corpora.embedded import translation_grammar

NOUNS = {
    "m": "Lehrer Arzt Student Junge Nachbar Freund Bruder Mann Roman Brief Kriminalroman Kurs "
    "Liebesbrief Sprachkurs Tanzkurs Tisch Stuhl Mantel Küchentisch Stadtplan Apfel Kuchen "
    "Geburtstagskuchen Kartoffelsalat Kaffee Tee Apfelsaft Orangensaft Pfefferminztee Fußball",
    "f": "Frau Schwester Mutter Tante Königin Geschichte Zeitung Vorlesung Klavierstunde "
    "Informatikvorlesung Deep-Learning-Vorlesung Lampe Uhr Tasche Kaffeetasse Waschmaschine "
    "Kartoffel Tomate Gemüsesuppe Milch Limonade",
    "n": "Mädchen Kind Buch Gedicht Machine-Learning-Buch Kochbuch Konzert Seminar Auto Boot "
    "Fahrrad Weinglas Ei Käsebrot Bier Wasser Mineralwasser Schach Tennis Tischtennis Deutsch "
    "Polnisch Englisch Vietnamesisch",
    "plural": "Lehrer Ärzte Studenten Jungen Nachbarn Freunde Brüder Männer Romane Briefe Kurse "
    "Kriminalromane Liebesbriefe Sprachkurse Tanzkurse Tische Stühle Mäntel Küchentische "
    "Stadtpläne Äpfel Kuchen Geburtstagskuchen Kartoffelsalate Frauen Schwestern Mütter Tanten "
    "Königinnen Geschichten Zeitungen Vorlesungen Klavierstunden Informatikvorlesungen "
    "Deep-Learning-Vorlesungen Lampen Uhren Taschen Kaffeetassen Waschmaschinen Kartoffeln "
    "Tomaten Gemüsesuppen Mädchen Kinder Bücher Gedichte Machine-Learning-Bücher Kochbücher "
    "Konzerte Seminare Autos Boote Fahrräder Weingläser Eier Käsebrote",
}
WEAK = {"Student": "Studenten", "Junge": "Jungen", "Nachbar": "Nachbarn"}
# Determiner and ending of the adjective, for masculine, feminine, neuter and plural.
ENDINGS = {
    "nominative": """
        der -e | die -e | das -e | die -en
        dieser -e | diese -e | dieses -e | diese -en
        ein -er | eine -e | ein -es | / -e
        mein -er | meine -e | mein -es | meine -en
        / -er | / -e | / -es | / -e""",
    "accusative": """
        den -en | die -e | das -e | die -en
        diesen -en | diese -e | dieses -e | diese -en
        einen -en | eine -e | ein -es | / -e
        meinen -en | meine -e | mein -es | meine -en
        keinen -en | keine -e | kein -es | keine -en
        / -en | / -e | / -es | / -e""",
    "dative": """
        dem -en | der -en | dem -en | den -en
        diesem -en | dieser -en | diesem -en | diesen -en
        einem -en | einer -en | einem -en | / -en
        meinem -en | meiner -en | meinem -en | meinen -en""",
}
DETERMINERS = {cell.split()[0] for t in ENDINGS.values() for cell in re.split(r"[|\n]", t) if cell}
TIMES = [
    *("gestern", "sonntags", "im Sommer", "am Montag", "jeden Tag", "jeden Abend"),
    *("letzte Woche", "letztes Jahr", "heute Morgen"),
]
PLACE = r"(im|am) \w+|(in|an) der \w+|zu Hause|in (Berlin|Wien|Warschau|Hanoi)"
CONJUNCTIONS = {"weil", "obwohl", "wenn", "dass", "ob"}
PRONOUNS = {"ich": "first", "er": "third", "wir": "plural", "sie": "third or plural"}
DATIVE_VERB = re.compile(
    r"\b(hilft|helfe|helfen|geholfen|danke|dankt|danken|gedankt|folge|folgt|folgen|gefolgt|höre|"
    r"hört|hören|zu(ge)?hör(e|t|en)|gebe|gibt|geben|gegeben|zeige|zeigt|zeigen|gezeigt|schicke|"
    r"schickt|schicken|geschickt|leihe|leiht|leihen|geliehen)\b"
)


@pytest.fixture(scope="module")
def splits():
    return corpora.load("translation")


@pytest.fixture(scope="module")
def sentences(splits):
    return [sentence for split in splits for sentence in split]


@cache
def noun_features(noun):
    """The genders (or plural) and cases this form of a noun may have."""
    features = set()
    for gender, nouns in NOUNS.items():
        for case in ENDINGS:
            for lemma in nouns.split():
                form = lemma
                if gender == "m" and case != "nominative":
                    form = WEAK.get(lemma, lemma)
                if gender == "plural" and case == "dative" and lemma[-1] not in "ns":
                    form += "n"
                if form == noun:
                    features.add((gender, case))
    return features


@cache
def phrase_features(determiner, adjective, noun):
    """The genders and cases a noun phrase may have, by all its words."""
    features = set()
    for case, table in ENDINGS.items():
        for row in table.strip().splitlines():
            for gender, cell in zip(NOUNS, row.split("|"), strict=True):
                expected, ending = cell.split()
                fits = not adjective or re.fullmatch(rf"\w+?{ending[1:]}", adjective)
                if determiner == expected and fits and (gender, case) in noun_features(noun):
                    if adjective and len(ending) == 2 and adjective.endswith(("en", "er", "es")):
                        continue
                    features.add((gender, case))
    return features


def is_noun(word):
    return bool(noun_features(word))


def phrases(clause):
    """The noun phrases of a clause, but places and times: begin, end, features, if after "mit"."""
    blank = rf"\b({'|'.join(TIMES)}|{PLACE})(?= |$)"
    words = re.sub(blank, lambda m: "_" + " _" * m[0].count(" "), " ".join(clause)).split()
    found = []
    for end, word in enumerate(words):
        if is_noun(word):
            begin = end - (words[end - 1] in ADJECTIVES and end > 0)
            adjective = words[begin] if begin < end else ""
            determiner = words[begin - 1] if begin and words[begin - 1] in DETERMINERS else "/"
            begin -= determiner != "/"
            features = phrase_features(determiner, adjective, word)
            assert features, f"{words[begin : end + 1]} in {clause}"
            found.append((begin, end + 1, features, begin > 0 and words[begin - 1] == "mit"))
    return found


ADJECTIVES = {
    stem + ending
    for stem in "alt jung freundlich müd klug berühmt hungrig glücklich lang kurz interessant "
    "langweilig schwierig neu groß klein schwer billig schön rot blau frisch gut kalt heiß".split()
    for ending in ("e", "en", "er", "es", "em")
}


IRREGULAR = {
    **dict.fromkeys("kann muss soll darf will war weiß".split(), ("first", "third")),
    **{"bin": ("first",), "ist": ("third",), "hat": ("third",), "sind": ("plural",)},
}


def agrees(verb, person):
    """Whether a finite verb has a form of this person."""
    if verb in IRREGULAR:
        return person in IRREGULAR[verb]
    return verb.endswith({"first": "e", "third": "t", "plural": "en"}[person])


def subject(clause, begin):
    """End and persons of the subject that begins here."""
    if clause[begin] in PRONOUNS:
        return begin + 1, PRONOUNS[clause[begin]].split(" or ")
    found = [phrase for phrase in phrases(clause) if phrase[0] == begin]
    genders = {gender for p in found for gender, case in p[2] if case == "nominative"}
    assert genders, f"no nominative at {begin} in {clause}"
    return found[0][1], ["plural" if gender == "plural" else "third" for gender in genders]


def check_clause(clause, kind):
    """Place and person of the verb; where the subject ends."""
    first = 0
    if kind == "main" and (time := re.match("|".join(TIMES), " ".join(clause))):
        first, kind = time[0].count(" ") + 1, "inverted"
    end, persons = subject(clause, first + (kind != "main"))
    verb = clause[{"main": end, "inverted": first}.get(kind, -1)]
    assert any(agrees(verb, person) for person in persons), (verb, persons, clause)
    return end


def check_objects(clause, end, datives_expected):
    """The case of what is not the subject."""
    objects = [p for p in phrases(clause) if p[0] >= end]
    for begin, _, features, with_ in objects:
        cases = {case for _, case in features}
        if with_:
            assert "dative" in cases, (begin, clause)
        elif not datives_expected:
            assert "accusative" in cases, (begin, clause)
    if datives_expected and "ihm" not in clause and "ihr" not in clause and "ihnen" not in clause:
        assert any("dative" in {case for _, case in p[2]} for p in objects), clause


def clauses(tokens):
    """The clauses of a German sentence, each with its kind. A relative one gets its head back."""
    noun_first = is_noun(tokens[0]) and not is_noun(tokens[1])  # "Jungen", but "Junge Frauen"
    words = [tokens[0] if noun_first else tokens[0].lower(), *tokens[1:-1]]
    parts = [part.split() for part in " ".join(words).split(" , ")]
    if tokens[-1] == "?":
        return [(parts[0], "inverted")]
    if len(parts) == 1:
        return [(parts[0], "main")]
    if len(parts) == 3:
        head, relative, rest = parts
        return [(head + rest, "main"), (relative[:1] + head + relative[1:], "relative")]
    first, second = parts
    if first[0] in CONJUNCTIONS:
        return [(first, "final"), (second, "inverted")]
    assert second[0] in CONJUNCTIONS
    return [(first, "main"), (second, "final")]


def check_german(tokens):
    for clause, kind in clauses(tokens):
        end = check_clause(clause, kind)
        text = " ".join(clause)
        if not re.search(r"\b(weiß|wissen|glaub\w+|hoff\w+|sag\w+)\b", text):
            check_objects(clause, end, bool(DATIVE_VERB.search(text)))


def test_the_german_is_grammatical(sentences):
    for _, german, _ in sentences:
        check_german(german)


@pytest.mark.parametrize(
    "wrong",
    [
        "Der Frau schläft .",  # article
        "Die Frau schlafen .",  # number
        "Ich schläft .",  # person
        "Die Frau ein Buch liest .",  # place of the verb
        "Gestern die Frau hat ein Buch gelesen .",
        "Ich weiß , dass er hat ein Buch gelesen .",
        "Wenn er schläft , die Frau liest .",
        "Er kauft ein alten Tisch .",  # ending
        "Er kauft der alte Tisch .",  # case
        "Er hilft den Mann .",
        "Er tanzt mit den Freund .",
        "Er sieht den Student .",
    ],
)
def test_the_check_of_german_sees_mistakes(wrong):
    with pytest.raises(AssertionError):
        check_german(wrong.split())


def test_verbs_in_two_parts_end_the_clause(sentences):
    prefixes = {
        **dict.fromkeys(("rufe", "ruft", "rufen"), "an"),
        **dict.fromkeys(("lade", "lädt", "laden"), "ein"),
        **dict.fromkeys(("hole", "holt", "holen"), "ab"),
        **dict.fromkeys(("bereite", "bereitet", "bereiten"), "vor"),
        **dict.fromkeys(("höre", "hört", "hören"), "zu"),
        **dict.fromkeys(("stehe", "steht", "stehen"), "auf"),
    }
    seen = Counter()
    for _, german, _ in sentences:
        for position, word in enumerate(german):
            if word.lower() in prefixes:
                rest = list(takewhile(lambda token: token not in ".,?", german[position:]))
                assert rest[-1] == prefixes[word.lower()], german
                seen[rest[-1]] += 1
    assert len(seen) == 6


def test_load_gives_the_same_sentences_on_every_machine():
    found = [[tuple(s) for s in split] for split in corpora.load("translation", examples=2000)]
    assert hashlib.sha256(repr(found).encode()).hexdigest() == (
        "8ca71cef07d071fc4bb50783db6cc48ff0b3f8c75979334b9a00985bf8ace101"
    )


def test_splits_share_no_sentence_of_either_language(splits, sentences):
    for side in range(2):
        texts = [{sentence[side] for sentence in split} for split in splits]
        assert not texts[0] & texts[1]
        assert not texts[0] & texts[2]
        assert not texts[1] & texts[2]
    assert len(sentences) == 20_000
    assert len({sentence.source for sentence in sentences}) > 19_000
    for split, share in zip(splits, (0.8, 0.1, 0.1), strict=True):
        assert len(split) / len(sentences) == pytest.approx(share, abs=0.01)


def test_lengths_and_vocabularies(sentences):
    for side, words in ((0, (400, 500)), (1, (600, 720))):
        lengths = [len(sentence[side]) for sentence in sentences]
        assert min(lengths) == 3
        assert max(lengths) == 20
        vocabulary = {token for sentence in sentences for token in sentence[side]}
        assert words[0] < len(vocabulary) < words[1]
    unequal = sum(len(source) != len(target) for source, target, _ in sentences)
    assert unequal / len(sentences) > 0.5


def test_a_sentence_has_one_translation_in_both_directions(sentences):
    others = [s for split in corpora.load("translation", seed=1) for s in split]
    forth, back = {}, {}
    for source, target, alignment in sentences + others:
        assert forth.setdefault(source, (target, alignment)) == (target, alignment)
        assert back.setdefault(target, source) == source


def test_translate_gives_the_only_translation(splits):
    for sentence in splits.test[:200]:
        assert translation.translate(sentence.source) == sentence
    grammar = translation_grammar.grammar()
    for tokens in ("she sleeps .", "the students do not read a book ."):
        assert len(grammar.translate(tokens.split())) == 1


def test_the_lecture_of_the_lectures():
    source = "I like attending deep learning lectures .".split()
    lecture = translation.translate(source)
    assert lecture.source == tuple(source)
    assert " ".join(lecture.target) == "Ich besuche gerne Deep-Learning-Vorlesungen ."
    assert lecture.alignment == ((0, 0), (1, 2), (2, 1), (3, 3), (4, 3), (5, 3), (6, 4))


@pytest.mark.parametrize(
    ("english", "german", "alignment"),
    [
        (
            "The woman called the old doctor yesterday .",
            "Die Frau hat gestern den alten Arzt angerufen .",
            "0-0 1-1 2-2 2-7 3-4 4-5 5-6 6-3 7-8",
        ),
        (
            "Because they do not know him , the boys do not invite him .",
            "Weil sie ihn nicht kennen , laden die Jungen ihn nicht ein .",
            "0-0 1-1 3-3 4-4 5-2 6-5 7-7 8-8 10-10 11-6 11-11 12-9 13-12",
        ),
        (
            "She thinks that he wants to give the child a coffee cup .",
            "Sie glaubt , dass er dem Kind eine Kaffeetasse geben will .",
            "0-0 1-1 2-3 3-4 4-10 5-10 6-9 7-5 8-6 9-7 10-8 11-8 12-11",
        ),
        (
            "The students who are sleeping do not drink milk .",
            "Die Studenten , die gerade schlafen , trinken keine Milch .",
            "0-0 1-1 2-3 3-4 4-5 6-8 7-7 8-9 9-10",
        ),
    ],
)
def test_translations_and_alignments_made_by_hand(english, german, alignment):
    found = translation.translate(english.split())
    assert " ".join(found.target) == german
    assert " ".join(f"{i}-{j}" for i, j in found.alignment) == alignment


def test_every_word_is_aligned_but_for_what_the_other_language_lacks(sentences):
    unaligned = Counter(), Counter()
    for sentence in sentences:
        for side in range(2):
            aligned = {pair[side] for pair in sentence.alignment}
            assert aligned <= set(range(len(sentence[side])))
            rest = set(range(len(sentence[side]))) - aligned
            unaligned[side].update(sentence[side][position].lower() for position in rest)
        assert sorted(set(sentence.alignment)) == list(sentence.alignment)
    assert set(unaligned[0]) == {"do", "does", "did", "a", "an"}
    assert set(unaligned[1]) == {","}
    # An article is unaligned where "not … a" is "kein", and only there.
    for source, target, alignment in sentences:
        for position, token in enumerate(source):
            if token in ("a", "an") and position not in {i for i, _ in alignment}:
                assert any(word.startswith("kein") for word in target)


def test_words_are_aligned_with_their_translations(sentences):
    expected = {
        "book": {"Buch", "Machine-Learning-Buch", "Kochbuch"},
        "teacher": {"Lehrer"},
        "doctors": {"Ärzte", "Ärzten"},
        "milk": {"Milch"},
        "because": {"weil"},
        "like": {"gerne"},
        "not": {"nicht", "kein", "keine", "keinen"},
        "attending": {"besuche", "besucht", "besuchen", "Besucht", "Besuchen"},
        "reads": {"liest"},
        "bought": {"hat", "habe", "haben", "gekauft"},
        "yesterday": {"gestern"},
        "coffee": {"Kaffee", "Kaffeetasse", "Kaffeetassen"},
        "lectures": {"Vorlesungen", "Informatikvorlesungen", "Deep-Learning-Vorlesungen"},
        "never": {"nie"},
    }
    found = {word: set() for word in expected}
    for source, target, alignment in sentences:
        for i, j in alignment:
            if source[i] in found:
                found[source[i]].add(target[j])
    assert found == expected


def test_source_turns_the_pairs_round(splits):
    back = corpora.load("translation", source="de", examples=500)
    forth = corpora.load("translation", source="en", examples=500)
    for there, here in zip(forth, back, strict=True):
        assert len(there) == len(here)
        for a, b in zip(there, here, strict=True):
            assert (a.source, a.target) == (b.target, b.source)
            assert {(i, j) for i, j in a.alignment} == {(j, i) for i, j in b.alignment}
            assert sorted(b.alignment) == list(b.alignment)


def test_a_bound_on_the_length():
    sentences = [
        s for split in corpora.load("translation", examples=300, max_length=8) for s in split
    ]
    assert max(len(side) for s in sentences for side in s[:2]) == 8
    assert len(sentences) == 300


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"examples": 0}, "examples must be a positive integer, not 0"),
        ({"seed": 1.5}, "seed must be an integer, not 1.5"),
        ({"source": "fr"}, "source must be 'en' or 'de', not 'fr'"),
        ({"max_length": 7}, "max_length must be an integer from 8 to 30, not 7"),
        ({"max_length": 31}, "from 8 to 30, not 31"),
        ({"max_length": "8"}, "from 8 to 30, not '8'"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(CorpusError, match=f"translation: .*{message}"):
        corpora.load("translation", **options)


@pytest.mark.parametrize(
    "tokens", [[], ["."], ["sleeps"], ["He", "sleeps"], ["she", "sleeps", "."]]
)
def test_what_is_no_sentence_has_no_translation(tokens):
    with pytest.raises(CorpusError, match="is not a sentence of this corpus"):
        translation.translate(tokens)


def test_a_string_is_no_sentence():
    with pytest.raises(CorpusError, match=r"give a list of tokens, not the string 'He sleeps .'"):
        translation.translate("He sleeps .")
