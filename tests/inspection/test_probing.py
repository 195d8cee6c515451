"""A linear probe finds what is linear, and nothing where there is nothing."""

import numpy as np
import pytest

from rnn_course.inspection import linear_probe

random = np.random.default_rng(0)
DIRECTION = random.normal(size=8)


def states_and_labels(*shape):
    states = random.normal(size=(*shape, 8)) + 3.0
    return states, np.where((states - 3.0) @ DIRECTION > 0, "plural", "singular")


def test_a_linear_property_is_found():
    states, labels = states_and_labels(2000)
    test_states, test_labels = states_and_labels(500)
    probe = linear_probe(states, labels, test_states, test_labels)
    assert probe.accuracy > 0.95
    assert 0.4 < probe.baseline < 0.6
    assert probe.accuracy == np.mean(probe.predictions == test_labels)


def test_what_is_not_there_is_not_found():
    states, labels = states_and_labels(2000)
    test_states, test_labels = states_and_labels(500)
    probe = linear_probe(states, random.permutation(labels), test_states, test_labels)
    assert probe.accuracy < 0.6


def test_three_labels_and_the_commonest_of_training_as_baseline():
    labels = np.array([0] * 60 + [1] * 30 + [2] * 10)
    states = np.eye(3)[labels] + 0.01 * random.normal(size=(100, 3))
    probe = linear_probe(states, labels, np.eye(3), [0, 1, 2])
    assert probe.predictions.tolist() == [0, 1, 2]
    assert probe.baseline == pytest.approx(1 / 3)


def test_masked_states_are_neither_learned_nor_counted():
    states, labels = states_and_labels(50, 6)
    mask = random.uniform(size=(50, 6)) < 0.7
    test_states, test_labels = states_and_labels(20, 6)
    test_mask = random.uniform(size=(20, 6)) < 0.7
    with_mask = linear_probe(states, labels, test_states, test_labels, mask, test_mask)
    states[~mask], test_states[~test_mask] = np.nan, np.nan
    assert (
        linear_probe(states, labels, test_states, test_labels, mask, test_mask).accuracy
        == with_mask.accuracy
    )
    left = linear_probe(states[mask], labels[mask], test_states[test_mask], test_labels[test_mask])
    assert left.accuracy == with_mask.accuracy
    assert len(with_mask.predictions) == test_mask.sum()


def test_one_label_and_states_all_alike():
    probe = linear_probe(np.ones((3, 2)), ["a"] * 3, np.ones((2, 2)), ["a", "b"])
    assert (probe.accuracy, probe.baseline) == (0.5, 0.5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(states=np.zeros(3)), r"states must have shape \(\.\.\., units\)"),
        (dict(labels=[1, 2]), r"got \(3, 2\), \(2,\)"),
        (dict(mask=[True]), r"and \(1,\)"),
        (dict(mask=[False] * 3), "states hold no example"),
        (dict(test_states=np.zeros((1, 5))), "2 units, test_states have 5"),
        (dict(test_states=np.zeros((0, 2)), test_labels=[]), "test_states hold no example"),
    ],
)
def test_bad_input_is_named(arguments, message):
    good = dict(
        states=np.eye(3)[:, :2], labels=[0, 1, 2], test_states=np.ones((1, 2)), test_labels=[0]
    )
    with pytest.raises(ValueError, match=message):
        linear_probe(**(good | arguments))
