"""The numbers that the JavaScript is held against are those of the package."""

import json

import numpy as np
import pytest
from expected import FILE, PREFIXES, SENTENCES, expected

from rnn_course import explorables
from rnn_course.explorables import shipped_network, weights


def numbers(tree):
    if isinstance(tree, dict):
        return {key: numbers(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [numbers(value) for value in tree]
    return pytest.approx(tree, abs=1e-5) if isinstance(tree, float) else tree


def test_the_committed_numbers_are_the_packages():
    found = expected()
    assert json.loads(FILE.read_text("utf-8")) == numbers(json.loads(json.dumps(found)))


@pytest.mark.parametrize("text", SENTENCES)
def test_step_through_runs_in_numpy_what_the_layers_compute(text):
    wanted = json.loads(FILE.read_text("utf-8"))["step_through"][text]
    states, probabilities = explorables.StepThrough(text).run()
    np.testing.assert_allclose(states, wanted["states"], atol=1e-5)
    np.testing.assert_allclose(probabilities, wanted["probabilities"], atol=1e-5)


@pytest.mark.parametrize("text", PREFIXES)
def test_sampler_runs_in_numpy_what_the_layers_compute(text):
    wanted = json.loads(FILE.read_text("utf-8"))["sampler"][text]
    found = explorables.Sampler(text).logits()
    np.testing.assert_allclose(found[4:], wanted[4:], atol=1e-4)
    assert found.argmax() == np.argmax(wanted[4:]) + 4


@pytest.mark.parametrize("text", SENTENCES)
def test_attend_runs_in_numpy_what_the_layers_compute(text):
    wanted = json.loads(FILE.read_text("utf-8"))["attend"][text]
    _, shares, probabilities = explorables.Attend(text).run()
    np.testing.assert_allclose(shares, wanted["weights"], atol=1e-5)
    np.testing.assert_allclose(probabilities, wanted["probabilities"], atol=1e-5)


def test_arrays_come_back():
    values = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
    np.testing.assert_array_equal(weights.decode(weights.encode(values)), values)
    rough = weights.decode(weights.encode(values, bits=8))
    assert np.abs(rough - values).max() <= np.abs(values).max() / 254 + 1e-6
    np.testing.assert_array_equal(weights.decode(weights.encode(np.zeros((2, 2)), 8)), 0)


def test_what_a_page_cannot_read_is_refused():
    with pytest.raises(ValueError, match="finite numbers, got NaN"):
        weights.encode([np.nan])
    with pytest.raises(ValueError, match="bits must be 8 or 32, got 16"):
        weights.encode([1.0], bits=16)
    with pytest.raises(ValueError, match=r"layer must be one of SimpleRNNCell.*got dict"):
        weights.cell({})
    with pytest.raises(ValueError, match=r"network must be one of .*sentiment_last.*got 'none'"):
        shipped_network("none")
