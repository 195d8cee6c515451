"""Sequences and states as drawings take them: which of them are shown, and what does not fit."""

import numpy as np


def listed(values, decimals=2):
    """Numbers in words, for those who do not see them."""
    return ", ".join(f"{value:.{decimals}f}" for value in values)


def largest_of(*vectors):
    """The size of the largest number that is known, and 1 at least: of a scale for all vectors."""
    known = [np.abs(values[np.isfinite(values)]) for values in map(np.asarray, vectors)]
    return max([1.0, *(values.max() for values in known if values.size)])


def columns(count, most):
    """The places of a sequence that a drawing has room for: the first, an ellipsis, the last.

    Args:
        count: how many there are.
        most: how many columns there is room for, that of the ellipsis included.

    Returns:
        Places; None stands for those left out.

    Example:
        >>> columns(3, 5), columns(9, 5)
        ([0, 1, 2], [0, 1, None, 7, 8])
    """
    if count <= most:
        return list(range(count))
    last = (most - 1) // 2
    return [*range(most - 1 - last), None, *range(count - last, count)]


def checked_states(name, states, count, of="tokens"):
    """States as an array ``(count, units)``.

    Raises:
        ValueError: when they are not.
    """
    states = np.asarray(states, float)
    if states.ndim != 2 or len(states) != count or states.size == 0:
        raise ValueError(
            f"{name} must have shape ({of}, units), at least one of each: "
            f"got {states.shape} for {count} {of}"
        )
    return states


def checked_one_each(name, values, count, of="token"):
    """A list of as many things as there are tokens.

    Raises:
        ValueError: when there are more or fewer.
    """
    values = list(values)
    if len(values) != count or not count:
        raise ValueError(f"{name} must be {max(count, 1)}, one a {of}, got {len(values)}")
    return values
