"""Can a property be read off hidden states? A linear probe, measured on states it has not seen."""

from typing import NamedTuple

import numpy as np


class Probe(NamedTuple):
    """How well a linear probe reads a property off hidden states it has not seen.

    Args:
        accuracy: share of the test labels that the probe gets right.
        baseline: share of the test labels that are the commonest label of training.
        predictions: the probe's label for each test state, ``(n,)``, masked ones left out.
    """

    accuracy: float
    baseline: float
    predictions: np.ndarray


def linear_probe(states, labels, test_states, test_labels, mask=None, test_mask=None, penalty=1e-3):
    r"""Can a property be read off hidden states by one matrix?

    .. math::

        \min_{V, b}\; \tfrac{1}{n} \sum_j \|h_j V + b - y_j\|^2 + \lambda \|V\|^2

    with :math:`y_j` the one-hot label of state j: ridge regression, which has one solution and
    needs no training. The answer is the label with the largest value.

    Args:
        states: hidden states, ``(..., units)``, such as ``(batch, timesteps, units)``.
        labels: the property at each of them, ``(...)``: integers or strings.
        test_states: states of other sentences, to measure on.
        test_labels: their labels.
        mask: ``(...)``, false where a state is padding; none by default.
        test_mask: the same of the test states.
        penalty: :math:`\lambda`, in units of the states' mean variance.

    Returns:
        A `Probe`: accuracy on the test states, beside the baseline that always says the commonest
        label.

    Raises:
        ValueError: when nothing is left to learn or to test on, or the shapes do not fit together.

    Example:
        >>> states, labels = np.array([[0.1, 0.9], [0.8, 0.7], [0.2, 0.1]]), ["a", "b", "a"]
        >>> probe = linear_probe(states, labels, [[0.9, 0.3], [0.0, 0.5]], ["b", "a"])
        >>> probe.accuracy, probe.baseline
        (1.0, 0.5)

    Source:
        Alain & Bengio (2016), "Understanding intermediate layers using linear classifier probes".
    """
    states, labels = _examples("states", states, labels, mask)
    test_states, test_labels = _examples("test_states", test_states, test_labels, test_mask)
    if states.shape[1] != test_states.shape[1]:
        raise ValueError(
            f"states have {states.shape[1]} units, test_states have {test_states.shape[1]}"
        )
    classes, ids, counts = np.unique(labels, return_inverse=True, return_counts=True)
    Y = np.eye(len(classes))[ids]
    centre, level = states.mean(axis=0), Y.mean(axis=0)
    X = states - centre
    covariance = X.T @ X / len(X)
    ridge = penalty * max(np.trace(covariance) / len(covariance), 1e-12)
    V = np.linalg.solve(covariance + ridge * np.eye(len(covariance)), X.T @ (Y - level) / len(X))
    predictions = classes[np.argmax((test_states - centre) @ V + level, axis=-1)]
    return Probe(
        accuracy=float(np.mean(predictions == test_labels)),
        baseline=float(np.mean(classes[np.argmax(counts)] == test_labels)),
        predictions=predictions,
    )


def _examples(name, states, labels, mask):
    states, labels = np.asarray(states, "float64"), np.asarray(labels)
    keep = np.ones(labels.shape, bool) if mask is None else np.asarray(mask, bool)
    if states.ndim < 2 or states.shape[:-1] != labels.shape or keep.shape != labels.shape:
        raise ValueError(
            f"{name} must have shape (..., units), its labels and mask (...): "
            f"got {states.shape}, {labels.shape} and {keep.shape}"
        )
    if not keep.any():
        raise ValueError(f"{name} hold no example that is not masked")
    return states[keep], labels[keep]
