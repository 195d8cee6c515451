"""Vocabularies: ids, what they refuse, files; the characters of words."""

import json

import pytest

from rnn_course.text import (
    BEGIN,
    END,
    PADDING,
    SPECIAL_TOKENS,
    UNKNOWN,
    Vocabulary,
    VocabularyError,
    character_ids,
)

SENTENCES = [["the", "cat", "sat"], ["the", "dog"], [], ["a", "cat", "the"]]


def test_special_tokens_have_the_first_ids():
    vocabulary = Vocabulary(["x", "y"])
    assert (PADDING, UNKNOWN, BEGIN, END) == (0, 1, 2, 3)
    assert vocabulary.decode(range(6)) == ["", "[UNK]", "<s>", "</s>", "x", "y"]
    assert vocabulary.encode(["y", "x"]) == [5, 4]
    assert len(vocabulary) == 6


def test_learning_sorts_by_count_then_by_token():
    vocabulary = Vocabulary.learn(SENTENCES)
    assert vocabulary.tokens == (*SPECIAL_TOKENS, "the", "cat", "a", "dog", "sat")
    assert Vocabulary.learn(reversed(SENTENCES)).tokens == vocabulary.tokens


def test_minimum_count():
    assert Vocabulary.learn(SENTENCES, minimum_count=2).tokens[4:] == ("the", "cat")
    assert Vocabulary.learn(SENTENCES, minimum_count=3).tokens[4:] == ("the",)
    with pytest.raises(VocabularyError, match=r"no token occurs 4 time\(s\) in the 8 tokens given"):
        Vocabulary.learn(SENTENCES, minimum_count=4)


@pytest.mark.parametrize("sentences", [[], [[]], [""]])
def test_nothing_to_learn_from(sentences):
    with pytest.raises(VocabularyError, match=r"in the 0 tokens given: .*check the corpus"):
        Vocabulary.learn(sentences)


def test_characters():
    vocabulary = Vocabulary.learn(["to be"])
    assert vocabulary.decode(vocabulary.encode("be to")) == list("be to")
    with pytest.raises(VocabularyError, match=r"for characters \[text\]"):
        Vocabulary.learn("to be")


def test_unknown_words():
    vocabulary = Vocabulary(["cat"])
    assert vocabulary.encode(["dog", "cat", "Cat", " cat"]) == [1, 4, 1, 1]
    assert vocabulary.decode([1, 4]) == ["[UNK]", "cat"]


def test_encode_all_keeps_the_sentences_apart():
    vocabulary = Vocabulary.learn(SENTENCES)
    expected = [[4, 5, 8], [4, 7], [], [6, 5, 4]]
    assert vocabulary.encode_all(SENTENCES) == expected
    assert vocabulary.encode_all(iter(SENTENCES)) == expected
    assert [vocabulary.encode(sentence) for sentence in SENTENCES] == expected
    assert vocabulary.encode_all([[], []]) == [[], []]
    assert vocabulary.encode_all([]) == []
    assert all(type(i) is int for i in vocabulary.encode(["the", "cow"]))


def test_membership_is_of_ordinary_tokens():
    vocabulary = Vocabulary(["cat"])
    assert "cat" in vocabulary
    assert not any(token in vocabulary for token in ("dog", *SPECIAL_TOKENS))


@pytest.mark.parametrize("token", SPECIAL_TOKENS)
@pytest.mark.parametrize(
    "use",
    [
        lambda token: Vocabulary(["cat", token]),
        lambda token: Vocabulary.learn([["cat", "cat", token]], minimum_count=2),
        lambda token: Vocabulary(["cat"]).encode(["cat", token]),
        lambda token: Vocabulary(["cat"]).encode_all([["cat"], [token]]),
    ],
    ids=["constructor", "learn", "encode", "encode_all"],
)
def test_special_and_empty_tokens_are_rejected(use, token):
    with pytest.raises(VocabularyError) as caught:
        use(token)
    message = str(caught.value)
    assert message.startswith("tokens must not be empty nor special")
    assert message.endswith(f"got {token!r}: remove or rename it in the text")


@pytest.mark.parametrize("token", [1, None, b"cat", ["cat"]])
def test_tokens_must_be_strings(token):
    for use in (Vocabulary, Vocabulary(["cat"]).encode):
        with pytest.raises(VocabularyError) as caught:
            use(["cat", token])
        assert str(caught.value) == f"tokens must be strings, got {token!r}"


def test_repeated_tokens_are_rejected():
    with pytest.raises(VocabularyError, match=r"distinct, got 'b' more than once"):
        Vocabulary(["a", "b", "c", "b"])


@pytest.mark.parametrize("ids", [[-1], [4, 5]])
def test_decode_of_an_id_that_is_none(ids):
    with pytest.raises(VocabularyError, match=rf"ids must be from 0 to 4, got {ids[-1]}"):
        Vocabulary(["cat"]).decode(ids)


def test_saved_and_loaded(tmp_path):
    tokens = ["Straße", "żółć", "tiếng Việt", "日本", "😀", "e\u0301", '"', "\\", "\n", " "]
    vocabulary = Vocabulary(tokens)
    vocabulary.save(tmp_path / "vocabulary.json")
    again = Vocabulary.load(tmp_path / "vocabulary.json")
    assert again.tokens == vocabulary.tokens == (*SPECIAL_TOKENS, *tokens)
    assert again.encode([*tokens, "é"]) == [*range(4, 4 + len(tokens)), UNKNOWN]
    content = (tmp_path / "vocabulary.json").read_bytes().decode("utf-8")
    assert json.loads(content) == {"tokens": tokens}
    assert "Straße" in content  # readable by people


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "Expecting value"),
        (b'{"tokens": ["a", ', "Expecting value"),
        (b'{"tokens": ["\xff"]}', "invalid start byte"),
        (b'{"words": ["a"]}', "'tokens'"),
        (b'["a", "b"]', "list indices"),
        (b'{"tokens": "abc"}', "tokens must be a list"),
        (b'{"tokens": ["a", 1]}', "tokens must be strings, got 1"),
        (b'{"tokens": ["a", ["b"]]}', r"tokens must be strings, got \['b'\]"),
        (b'{"tokens": ["a", ""]}', "must not be empty"),
        (b'{"tokens": ["a", "<s>"]}', "nor special"),
        (b'{"tokens": ["a", "a"]}', "'a' more than once"),
    ],
)
def test_a_broken_file(content, why, tmp_path):
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    with pytest.raises(
        VocabularyError, match=rf"broken\.json is not a vocabulary.*{why}.*save it again"
    ):
        Vocabulary.load(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere\.json"):
        Vocabulary.load(tmp_path / "nowhere.json")


def test_character_ids():
    characters = Vocabulary.learn(["the", "cat"])
    sentences = [["the", "cat"], [], ["act", "the", "hat!"]]
    assert [
        ["".join(characters.decode(word)) for word in sentence]
        for sentence in character_ids(characters, sentences)
    ] == [["the", "cat"], [], ["act", "the", "hat[UNK]"]]
    cut = character_ids(characters, sentences, max_length=2)
    assert [[characters.decode(word) for word in sentence] for sentence in cut] == [
        [["t", "h"], ["c", "a"]],
        [],
        [["a", "c"], ["t", "h"], ["h", "a"]],
    ]
    assert character_ids(characters, []) == []


@pytest.mark.parametrize("max_length", [0, -1])
def test_character_ids_of_no_length(max_length):
    with pytest.raises(ValueError, match=f"max_length must be at least 1, got {max_length}"):
        character_ids(Vocabulary(["a"]), [["a"]], max_length)


def test_half_a_character_is_named_as_such():
    for use in (Vocabulary, lambda tokens: Vocabulary.learn([tokens]), Vocabulary(["a"]).encode):
        with pytest.raises(VocabularyError, match=r"'b\\ud83d' is not Unicode: .* half of a char"):
            use(["a", "b\ud83d"])


def test_tokens_come_by_frequency_and_then_by_name():
    assert Vocabulary.learn([["b", "c", "a", "c"], ["b", "d"]]).tokens[4:] == ("b", "c", "a", "d")
