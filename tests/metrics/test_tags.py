"""Scores of taggers, beside counts by hand and an oracle of its own."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.metrics import (
    Accuracies,
    EntityScores,
    entity_scores,
    tag_accuracies,
)


def test_accuracies_of_known_and_unknown_words():
    words = [["a", "b", "x"], [], ["y"], ["a"]]
    gold = [[4, 5, 6], [], [4], [5]]
    predicted = [[4, 6, 6], [], [5], [5]]
    expected = Accuracies(overall=3 / 5, known=2 / 3, unknown=1 / 2, unknown_share=2 / 5)
    assert tag_accuracies(words, gold, predicted, {"a", "b"}) == pytest.approx(expected)
    none, all_of_them = (tag_accuracies([["a"]], [[4]], [[4]], known) for known in ("", "a"))
    assert none[0] == none[2] == none[3] == 1
    assert math.isnan(none.known)
    assert all_of_them[0] == all_of_them[1] == 1
    assert math.isnan(all_of_them.unknown)
    assert all_of_them.unknown_share == 0


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([], [], []), "accuracy needs at least one word, got none"),
        (([[]], [[]], [[]]), "accuracy needs at least one word, got none"),
        (([["a"]], [[4]], []), "words and predicted must be of the same sentences, got 1 and 0"),
        (([["a"], ["b"]], [[4], []], [[4], [4]]), "sentence 1 has 1 words and 0 gold"),
        (([["a"]], [[4]], [[4, 4]]), "sentence 0 has 1 words and 2 predicted"),
    ],
)
def test_accuracies_of_what_is_not_parallel(columns, message):
    with pytest.raises(ValueError, match=message):
        tag_accuracies(*columns, known_words={"a"})


def spans(tags, row):
    """Entities by their first word, the word behind the last, and their type: the oracle."""
    found, start = set(), None
    for end, tag in enumerate([*tags, "O"]):
        continues = start is not None and tag == "I-" + tags[start][2:]
        if start is not None and not continues:
            found.add((row, start, end, tags[start][2:]))
            start = None
        if start is None and tag != "O":
            start = end
    return found


def test_spans_of_the_oracle():
    assert spans(["O", "B-X", "I-X", "B-X", "I-Y", "I-Y", "O", "I-X"], 0) == {
        (0, 1, 3, "X"),
        (0, 3, 4, "X"),
        (0, 4, 6, "Y"),
        (0, 7, 8, "X"),
    }


def counted(gold, predicted, entity_type=None):
    gold, predicted = (
        {
            span
            for row, tags in enumerate(sentences)
            for span in spans(tags, row)
            if entity_type in (None, span[-1])
        }
        for sentences in (gold, predicted)
    )
    correct = len(gold & predicted)
    precision = correct / len(predicted) if predicted else 0
    recall = correct / len(gold) if gold else 0
    f1 = 2 * correct / (len(gold) + len(predicted)) if correct else 0
    return EntityScores(precision, recall, f1, correct, len(predicted), len(gold))


TAGS = ["O", "B-X", "I-X", "B-long-type", "I-long-type"]


sentences_twice = st.lists(
    st.lists(st.tuples(st.sampled_from(TAGS), st.sampled_from(TAGS)), max_size=8),
    min_size=1,
    max_size=4,
)


@settings(max_examples=200, deadline=None)
@given(sentences_twice)
def test_entities_are_right_as_a_whole_or_wrong(pairs):
    """Also those of tags that do not fit together."""
    gold, predicted = ([[pair[i] for pair in sentence] for sentence in pairs] for i in (0, 1))
    assert entity_scores(gold, predicted) == pytest.approx(counted(gold, predicted))
    for entity_type in {tag[2:] for sentence in gold for tag in sentence if tag != "O"}:
        assert entity_scores(gold, predicted, entity_type) == pytest.approx(
            counted(gold, predicted, entity_type)
        )


def test_a_part_of_an_entity_is_wrong():
    gold = [("B-X", "I-X", "O", "B-X"), ("B-X",)]
    predicted = [("B-X", "O", "O", "B-X"), ("B-Y",)]
    expected = EntityScores(1 / 3, 1 / 3, 1 / 3, correct=1, predicted=3, gold=3)
    assert entity_scores(gold, predicted) == pytest.approx(expected)
    expected = EntityScores(1 / 2, 1 / 3, 0.4, correct=1, predicted=2, gold=3)
    assert entity_scores(gold, predicted, "X") == pytest.approx(expected)
    assert entity_scores(gold, predicted, "Y") == EntityScores(0, 0, 0, 0, 1, 0)


def test_no_entity():
    assert entity_scores([["O", "O"], []], [["O", "O"], []]) == EntityScores(0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("gold", "predicted", "options", "message"),
    [
        ([], [], {}, "at least one sentence, got none"),
        ([["O"]], [["O"], ["O"]], {}, "gold and predicted must be of the same sent.* 1 and 2"),
        ([["O"], ["O"]], [["O"], []], {}, "sentence 1 has 1 gold and 0 predicted"),
        ([["NOUN"]], [["O"]], {}, 'tags must be "O", "B-type" or "I-type", got \'NOUN\''),
        ([["O"]], [["B-"]], {}, "got 'B-'"),
        ([["O"]], [["E-X"]], {}, "got 'E-X'"),
        ([["O"]], [[4]], {}, "got 4"),
        ([["B-X"]], [["I-Y"]], dict(entity_type="Z"), r"one of \['X', 'Y'\], got 'Z'"),
    ],
)
def test_what_are_no_entities(gold, predicted, options, message):
    with pytest.raises(ValueError, match=message):
        entity_scores(gold, predicted, **options)
