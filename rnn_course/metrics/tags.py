r"""How well a tagger did: words with the right tag, and entities with the right words and type.

Where tags mark the beginning (``B-``) and the inside (``I-``) of entities, what counts is the
entities found:

.. math::

    P = \frac{\text{correct}}{\text{predicted}}, \qquad R = \frac{\text{correct}}{\text{gold}},
    \qquad F_1 = \frac{2 P R}{P + R}
"""

import math
import re
from typing import NamedTuple

import nervaluate


class Accuracies(NamedTuple):
    """Shares of right tags, 0 to 1; NaN of no word.

    Args:
        overall: of all words.
        known: of those seen in training.
        unknown: of the others.
        unknown_share: how many of the words these are.
    """

    overall: float
    known: float
    unknown: float
    unknown_share: float


def tag_accuracies(words, gold, predicted, known_words):
    """Accuracy of a tagger, split by whether a word was seen in training.

    Args:
        words: a list of lists of words.
        gold: a list of lists of tags, or of their ids.
        predicted: the same of the tagger's.
        known_words: the words of the training text, best a set.

    Returns:
        `Accuracies`.

    Raises:
        ValueError: when the three are not parallel, or there is no word.

    Example:
        >>> words = [["the", "cat"], ["a", "jubjub"]]
        >>> gold, predicted = [["DET", "NOUN"]] * 2, [["DET", "NOUN"], ["DET", "VERB"]]
        >>> tag_accuracies(words, gold, predicted, known_words={"a", "cat", "the"})
        Accuracies(overall=0.75, known=1.0, unknown=0.0, unknown_share=0.25)
    """
    _check_parallel(words=words, gold=gold, predicted=predicted)
    right = {True: [], False: []}
    for row in zip(words, gold, predicted, strict=True):
        for word, tag, guess in zip(*row, strict=True):
            right[word in known_words].append(tag == guess)
    known, unknown = right[True], right[False]
    if not known + unknown:
        raise ValueError("accuracy needs at least one word, got none")
    return Accuracies(
        *(sum(r) / len(r) if r else math.nan for r in (known + unknown, known, unknown)),
        unknown_share=len(unknown) / len(known + unknown),
    )


class EntityScores(NamedTuple):
    """How well entities were found; a share of nothing is 0.

    Args:
        precision: share of the predicted entities that are gold ones, 0 to 1.
        recall: share of the gold entities that were predicted, 0 to 1.
        f1: harmonic mean of the two.
        correct: entities with the same words and type in both.
        predicted: entities in the prediction.
        gold: entities in the gold tags.
    """

    precision: float
    recall: float
    f1: float
    correct: int
    predicted: int
    gold: int


def entity_scores(gold, predicted, entity_type=None):
    """Precision, recall and F1 of entities: all of an entity's words and its type must be right.

    An entity begins at ``B-``, and at an ``I-`` that continues none of its type: as a tagger's
    tags need not fit together, this is how CoNLL's shared tasks count.

    Args:
        gold: a list of lists of tags ``"O"``, ``"B-type"`` and ``"I-type"``.
        predicted: the same of the tagger's.
        entity_type: the only type to count; all by default.

    Returns:
        `EntityScores`.

    Raises:
        ValueError: when a tag is no such tag, the two are not parallel, there is no sentence or no
            entity of that type.

    Example:
        >>> gold = [["O", "B-Disease", "I-Disease", "O"], ["B-Disease"]]
        >>> predicted = [["O", "B-Disease", "I-Disease", "B-Disease"], ["O"]]
        >>> entity_scores(gold, predicted)
        EntityScores(precision=0.5, recall=0.5, f1=0.5, correct=1, predicted=2, gold=2)

    Source:
        Segura-Bedmar, Martínez & Herrero-Zazo (2013), "SemEval-2013 task 9", where it is the strict
        one of four ways to count.
    """
    _check_parallel(gold=gold, predicted=predicted)
    if not gold:
        raise ValueError("entity_scores needs at least one sentence, got none")
    tags = {tag for sentence in (*gold, *predicted) for tag in sentence} - {"O"}
    for tag in sorted(tags, key=str):
        if not isinstance(tag, str) or not re.fullmatch("[BI]-.+", tag):
            raise ValueError(f'tags must be "O", "B-type" or "I-type", got {tag!r}')
    types = {tag[2:] for tag in tags}
    if entity_type is not None and entity_type not in types:
        raise ValueError(f"entity_type must be one of {sorted(types)}, got {entity_type!r}")
    as_lists = [[list(sentence) for sentence in sentences] for sentences in (gold, predicted)]
    counted = sorted(types) if entity_type is None else [entity_type]
    evaluation = nervaluate.Evaluator(*as_lists, tags=counted, loader="list").evaluate()
    found = evaluation["overall"]["strict"]
    return EntityScores(
        found.precision, found.recall, found.f1, found.correct, found.actual, found.possible
    )


def _check_parallel(**columns):
    lengths = {name: [len(sentence) for sentence in column] for name, column in columns.items()}
    first, *others = lengths
    for other in others:
        if len(lengths[other]) != len(lengths[first]):
            raise ValueError(
                f"{first} and {other} must be of the same sentences, "
                f"got {len(lengths[first])} and {len(lengths[other])}"
            )
        for number, (a, b) in enumerate(zip(lengths[first], lengths[other], strict=True)):
            if a != b:
                raise ValueError(f"sentence {number} has {a} {first} and {b} {other}")
