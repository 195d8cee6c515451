"""Tokenisers: text comes back as it was, and words are where a language's readers see them."""

import builtins
import json
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.text import (
    TokeniserError,
    Vocabulary,
    WordPiece,
    characters,
    join,
    normalise,
    sentences,
    words,
)
from rnn_course.text.tokenisers import JOINER

COMPOSED, DECOMPOSED = (
    "Café Ürün Việt żółć",
    "Cafe\u0301 U\u0308ru\u0308n Vie\u0323\u0302t z\u0307o\u0301łc\u0301",
)

# Scripts that put spaces between words, marks, accents that stand alone, kinds of white space.
TEXTS = st.text("abÄß'’-.,:\"„“0123 \n\t\u00a0\u0301#[]_￭ệłżأ日😀&\u200d", max_size=40)


def spaced(text):
    return " ".join(text.split())


# Normal forms


def test_normal_forms():
    assert COMPOSED != DECOMPOSED
    assert normalise(DECOMPOSED) == normalise(COMPOSED) == COMPOSED
    assert normalise(COMPOSED, "NFD") == DECOMPOSED
    assert normalise("ﬁ x² Ⅳ ﾃ", "NFC") == "ﬁ x² Ⅳ ﾃ"
    assert normalise("ﬁ x² Ⅳ ﾃ", "NFKC") == "fi x2 IV テ"


def test_a_form_that_there_is_not():
    with pytest.raises(TokeniserError, match="form must be one of NFC, NFD, NFKC, NFKD, got 'nfc'"):
        normalise("a", "nfc")


# Characters


def test_characters_are_what_a_reader_counts():
    assert characters(DECOMPOSED) == characters(COMPOSED) == list(COMPOSED)
    assert characters("नि") == ["नि"]
    assert characters("👩‍🚀!") == ["👩‍🚀", "!"]
    assert characters("a b\n") == ["a", " ", "b", "\n"]
    assert characters("") == []


@given(TEXTS)
def test_characters_joined_are_the_text(text):
    assert "".join(characters(text)) == normalise(text)


# Words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '"Oh!" said Mr. Bennet\'s sister-in-law--"don\'t."',
            '" Oh ! " said Mr . Bennet\'s sister - in - law - - " don\'t . "',
        ),
        ("In 1813, £1,000.50 or 3.5%", "In 1813 , £ 1,000.50 or 3.5 %"),
        (
            "„Straßenbahn-Haltestelle“, so hieß’s – über Öl.",
            "„ Straßenbahn - Haltestelle “ , so hieß’s – über Öl .",
        ),
        ("Zażółć gęślą jaźń, proszę!", "Zażółć gęślą jaźń , proszę !"),
        ("Tiếng Việt: tôi đọc sách này.", "Tiếng Việt : tôi đọc sách này ."),
        ("日本 👩‍🚀 #tag x_1", "日 本 👩‍🚀 # tag x_1"),
        ("", ""),
        (" \n\t\u00a0 ", ""),
    ],
)
def test_words(text, expected):
    assert words(text) == expected.split()
    assert words(normalise(text, "NFD")) == expected.split()


def test_joins_are_marked():
    text = "Ich besuche gerne Deep-Learning-Vorlesungen."
    marked = "Ich besuche gerne Deep ￭- ￭Learning ￭- ￭Vorlesungen ￭."
    assert words(text, mark_joins=True) == marked.split()
    assert join(marked.split()) == text
    assert join(words(text)) == "Ich besuche gerne Deep - Learning - Vorlesungen ."


@settings(max_examples=300)
@given(TEXTS)
def test_words_lose_nothing_but_spaces(text):
    tokens = words(text)
    assert "".join(tokens) == "".join(normalise(text).split())
    assert all(token and not any(map(str.isspace, token)) for token in tokens)


@settings(max_examples=300)
@given(TEXTS)
def test_words_with_joins_come_back_with_single_spaces(text):
    tokens = words(text, mark_joins=True)
    assert join(tokens) == spaced(normalise(text).replace(JOINER, "■"))
    assert [token.removeprefix(JOINER) for token in tokens] == words(text.replace(JOINER, "■"))


def test_join_of_nothing_and_of_what_cannot_follow():
    assert join([]) == ""
    assert join(["￭.", "a"]) == ". a"
    assert join(["##s"]) == "s"


# Sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is. Is it? It is! So…", ["It is.", "Is it?", "It is!", "So…"]),
        ("Mr. and Mrs. Bennet met J. K. Rowe at St. Ives.", None),
        ('"Oh! mama," cried she.', None),
        ('"I do." "You?" (Yes.) He', ['"I do."', '"You?"', "(Yes.)", "He"]),
        ("Am 3. Mai kam Dr. Weiß. „Ja!“ Gut.", ["Am 3. Mai kam Dr. Weiß.", "„Ja!“", "Gut."]),
        ("In 1813. The end.", ["In 1813.", "The end."]),
        ("CHAPTER 1\n\nIt is\na truth", ["CHAPTER 1", "It is a truth"]),
        ("Được. Ông ấy đến. Łódź?", ["Được.", "Ông ấy đến.", "Łódź?"]),
        ("a.b.c and 3.5. x", None),
        ("", []),
        (" \n\n ", []),
    ],
)
def test_sentences(text, expected):
    assert sentences(text) == ([text] if expected is None else expected)


def test_abbreviations_of_ones_own():
    assert sentences("Por ej. Ana.") == ["Por ej.", "Ana."]
    assert sentences("Por ej. Ana.", abbreviations=["ej"]) == ["Por ej. Ana."]
    assert sentences("Mr. B came.", abbreviations=[]) == ["Mr.", "B came."]


@given(TEXTS)
def test_sentences_lose_nothing_but_spaces(text):
    assert spaced(" ".join(sentences(text))) == spaced(text)


# Word pieces


CORPUS = [
    "Ich lese gerne Bücher.",
    "Ich lese das Buch, und du liest Bücher.",
    "Wir lesen gerne: lesen, lesen, lesen!",
    "Deep-Learning-Vorlesungen besuche ich gerne.",
]


@pytest.fixture(scope="module")
def german():
    pytest.importorskip("tensorflow_text")
    return WordPiece.learn(CORPUS, 90)


def longest_match(word, pieces):
    """The oracle: Wu et al.'s greedy rule, with no code of the library."""
    found, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = "##" * (start > 0) + word[start:end]
            if piece in pieces:
                found.append(piece)
                start = end
                break
        else:
            return [word]
    return found


def test_pieces_are_the_longest_that_match(german):
    for text in [*CORPUS, "Ich lerne lesend Büchern besuchen", "ungern"]:
        (tokens,) = german.tokenise([text])
        expected = [
            piece
            for word in words(text, mark_joins=True)
            for piece in longest_match(word, german.pieces)
        ]
        assert tokens == expected


def test_learnt_pieces(german):
    assert len(german.pieces) == len(set(german.pieces)) <= 90
    assert {"lesen", "gerne", "Bücher"} <= set(german.pieces)  # the frequent words are whole
    seen = {character for text in CORPUS for character in text if character != " "}
    assert seen | {f"##{character}" for character in seen} <= set(german.pieces)
    again = WordPiece.learn([*reversed(CORPUS)], 90)
    assert again.pieces == german.pieces


def test_rare_words_are_several_pieces(german):
    (tokens,) = german.tokenise(["Leser"])
    assert len(tokens) > 1
    assert german.detokenise([tokens]) == ["Leser"]


def test_decomposed_text_has_the_same_pieces(german):
    assert german.tokenise([normalise("Bücher", "NFD")]) == german.tokenise(["Bücher"])
    assert WordPiece.learn([normalise(text, "NFD") for text in CORPUS], 90).pieces == german.pieces


def test_unknown_characters_leave_the_word_whole(german):
    (tokens,) = german.tokenise(["Ich lese 日本, xyz."])
    assert {"日", "￭本", "xyz"} <= set(tokens)
    assert german.detokenise([tokens]) == ["Ich lese 日本, xyz."]
    vocabulary = Vocabulary(german.pieces)
    assert vocabulary.decode(vocabulary.encode(["xyz"])) == ["[UNK]"]


def test_text_that_looks_like_markers(german):
    text = "#Buch ##e [UNK] <s> ￭x"
    (tokens,) = german.tokenise([text])
    Vocabulary(german.pieces).encode(tokens)  # none is taken for a special token
    assert german.detokenise([tokens]) == [text.replace("￭", "■")]


def test_nothing_to_tokenise(german):
    assert german.tokenise([]) == []
    assert german.tokenise(["", " \n"]) == [[], []]
    assert german.detokenise([[], ["Buch"]]) == ["", "Buch"]


def test_a_very_long_word(german):
    (tokens,) = german.tokenise(["e" * 500])
    assert german.detokenise([tokens]) == ["e" * 500]
    assert len(tokens) > 100


@settings(max_examples=200, deadline=None)
@given(text=st.text(string.ascii_letters + "äöüßÄÖÜ ,.!?-#[]'\n\u0308", max_size=60))
def test_detokenise_is_the_inverse_up_to_spacing(german, text):
    tokens = german.tokenise([text])
    assert german.detokenise(tokens) == [spaced(normalise(text))]


@pytest.mark.parametrize("size", [60, 64, 70, 80, 200])
def test_at_most_as_many_pieces_as_asked_for(size):
    pytest.importorskip("tensorflow_text")
    learnt = WordPiece.learn(CORPUS, size)
    assert len(learnt.pieces) <= size


def test_close_to_the_size_asked_for():
    pytest.importorskip("tensorflow_text")
    # Zipf's law in small: word i, made of the letters of i in base 7, occurs 3000 / i times.
    corpus = [" ".join(_word(i) for i in range(1, 600) for _ in range(3000 // i))]
    for size in (100, 200, 400):
        assert 0.95 * size <= len(WordPiece.learn(corpus, size).pieces) <= size


def _word(number):
    letters = ""
    while number:
        number, digit = divmod(number, 7)
        letters += "abcdefg"[digit]
    return letters


def test_saved_and_loaded(german, tmp_path):
    path = tmp_path / "pieces.json"
    german.save(path)
    assert "Bücher" in path.read_text(encoding="utf-8")
    loaded = WordPiece.load(path)
    assert loaded.pieces == german.pieces
    assert loaded.tokenise(CORPUS) == german.tokenise(CORPUS)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "Expecting value"),
        (b"[]", "list indices"),
        (b'{"tokens": []}', "'pieces'"),
        (b'{"pieces": "abc"}', "pieces must be a list"),
        (b"\xff\xfe", "utf-8"),
    ],
)
def test_a_broken_file(content, why, tmp_path):
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    with pytest.raises(TokeniserError, match=rf"broken\.json is not a file of pieces.*{why}"):
        WordPiece.load(path)


@pytest.mark.parametrize(
    ("pieces", "message"),
    [
        ([], "pieces must hold at least one"),
        (["a", 1], r"got 1 1 time\(s\)"),
        (["a", ""], r"got '' 1 time\(s\)"),
        (["a", "b", "a"], r"distinct strings.*got 'a' 2 time\(s\)"),
        (["[UNK]"], r"not empty nor '\[UNK\]': got '\[UNK\]'"),
    ],
)
def test_pieces_that_cannot_be(pieces, message):
    with pytest.raises(TokeniserError, match=message):
        WordPiece(pieces)


def test_what_cannot_be_learnt_from():
    with pytest.raises(TokeniserError, match="texts hold no word: check"):
        WordPiece.learn(["", " "], 100)
    with pytest.raises(TokeniserError, match=r"at least 8 for the 4 characters of .*, got 7"):
        WordPiece.learn(["ab, ab"], 7)


@pytest.mark.parametrize("use", [lambda w: w.tokenise("one"), lambda w: w.learn("one", 99)])
def test_one_string_instead_of_a_list(use, german):
    with pytest.raises(TokeniserError, match=r"list of strings, got one: for one text \[text\]"):
        use(german)


def test_without_tensorflow_text(monkeypatch, tmp_path):
    """As on Windows: what needs it says so, the rest runs."""
    real_import = builtins.__import__

    def no_tensorflow_text(name, *rest, **more):
        if name.startswith("tensorflow_text"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real_import(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", no_tensorflow_text)
    path = tmp_path / "pieces.json"
    path.write_text(json.dumps({"pieces": ["a"]}))
    for use in (
        lambda: WordPiece(["a"]),
        lambda: WordPiece.learn(["a b"], 100),
        lambda: WordPiece.load(path),
    ):
        with pytest.raises(TokeniserError) as caught:
            use()
        message = str(caught.value)
        assert "WordPiece needs tensorflow-text" in message
        assert "none for Windows: there use words or characters, which run without it" in message
    assert words("It runs.") == ["It", "runs", "."]
    assert sentences("It runs. Yes.") == ["It runs.", "Yes."]
    assert characters("ab") == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("他来了。我走了！你呢？", ["他来了。", "我走了！", "你呢？"]),
        ("你呢?我走了!", ["你呢?", "我走了!"]),
        (
            "价格是１．５元。他说：“我来。”我走了。",
            ["价格是１．５元。", "他说：“我来。”", "我走了。"],
        ),
        ("彼は「行くよ。」と言った。本当？", ["彼は「行くよ。」と言った。", "本当？"]),
        ("वह आया। मैं गया।", ["वह आया।", "मैं गया।"]),
        ("هل جئت؟ نعم جئت. ثم ذهبت.", ["هل جئت؟", "نعم جئت.", "ثم ذهبت."]),
        ("د. محمد جاء. ذهب.", ["د. محمد جاء.", "ذهب."]),
        ("Նա կարդում է։ Ես գրում եմ։", ["Նա կարդում է։", "Ես գրում եմ։"]),
        ("הוא קרא. אני הלכתי? כן.", ["הוא קרא.", "אני הלכתי?", "כן."]),
        ("Τι κάνεις; Καλά είμαι.", ["Τι κάνεις;", "Καλά είμαι."]),
        ("สวัสดี ครับ\n\nครับ", ["สวัสดี ครับ", "ครับ"]),
    ],
    ids=["zh", "zh ascii", "zh quote", "ja", "hi", "ar", "ar initial", "hy", "he", "el", "th"],
)
def test_sentences_of_scripts_with_other_marks_or_no_capitals(text, expected):
    assert sentences(text) == expected


@pytest.mark.parametrize("cut", [normalise, characters, words])
def test_half_a_character_is_named_as_such(cut):
    with pytest.raises(TokeniserError, match=r"not Unicode: half of a character, '\\ud83d', at pl"):
        cut("so \ud83d")


def test_a_zero_byte_is_refused_before_learning():
    with pytest.raises(TokeniserError, match=r"texts hold a zero byte, in '.\\x00'"):
        WordPiece.learn(["ab\0c ab"], 40)
