"""Text in any script becomes tokens, and tokens become text again."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.pipelines import PipelineError, Splitter
from rnn_course.pipelines.splitting import encode, ordinary
from rnn_course.text import UNKNOWN, Vocabulary, WordPiece

SCRIPTS = [
    "Deep-Learning-Vorlesungen, heute!",
    "Xin chào, Việt Nam.",
    "今天天气很好。我们去公园吧！",
    "สวัสดีครับ ยินดีที่ได้รู้จัก",
    "नमस्ते दुनिया।",
    "שלום עולם",
    "👩‍👩‍👧 e\u0301",
]


@pytest.mark.parametrize("text", SCRIPTS)
@pytest.mark.parametrize("kind", ["words", "characters", "given"])
def test_what_is_split_is_joined_again(kind, text):
    splitter = Splitter(kind, joins=True)
    assert splitter.join(splitter(text)) == unicodedata.normalize("NFC", text)


def test_lower_case_is_a_choice():
    assert Splitter("words", lower=True)("Ada SANG") == ["ada", "sang"]
    assert Splitter("words")("Ada SANG") == ["Ada", "SANG"]
    assert Splitter("words", lower=True)(["Ada", "SANG"]) == ["ada", "sang"], "given tokens as well"


@pytest.mark.parametrize("kind", ["words", "characters", "given", "subwords"])
@pytest.mark.parametrize("text", ["", " \n\t "])
def test_nothing_has_no_token(kind, text):
    tokens = Splitter(kind, pieces=["a"])(text)
    assert "".join(tokens).strip() == ""


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.sampled_from("abAßđ今-.￭#"), max_size=12), max_size=5))
def test_subwords_are_those_of_tensorflow_text(texts):
    pieces = ["a", "##b", "ab", "b", "##a", "##ab", "￭-", "ß", "￭.", "今", "A", "##đ", "#", "￭#"]
    expected = WordPiece(pieces).tokenise(texts)
    assert [Splitter("subwords", pieces=pieces)(text) for text in texts] == expected


def test_subwords_are_learned_even_where_there_are_many_characters():
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 60)))
    splitter = Splitter("subwords", size=20)
    splitter.learn([text])
    assert splitter.join(splitter(text)) == text


def test_words_that_a_vocabulary_has_for_itself_are_unknown():
    vocabulary = Vocabulary.learn([ordinary(["a", "<s>", "[UNK]", ""])])
    assert vocabulary.tokens[4:] == ("a",)
    assert encode(vocabulary, ["a", "</s>", "[UNK]", "b"]) == [4, UNKNOWN, UNKNOWN, UNKNOWN]


def test_bad_kinds_and_tokens():
    with pytest.raises(PipelineError, match=r"split must be one of words, .*, got 'word'"):
        Splitter("word")
    with pytest.raises(PipelineError, match=r"a list of tokens, which are strings, got 7"):
        Splitter()(["a", 7])
    with pytest.raises(PipelineError, match="which are strings, got ''"):
        Splitter()(["a", ""])
