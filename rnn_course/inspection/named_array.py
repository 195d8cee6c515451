"""`NamedArray`: what is found inside a cell, with a name for each axis."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class NamedArray:
    """A NumPy array and the names of its axes; NumPy functions and plots take it as it is.

    Args:
        values: the array.
        axes: a name for each axis.

    Raises:
        ValueError: when the names are not as many as the axes.

    Example:
        >>> norms = NamedArray(np.array([[4.0, 2.0], [8.0, np.nan]]), ("batch", "lag"))
        >>> norms.mean("batch").values.tolist()
        [6.0, 2.0]
    """

    values: np.ndarray
    axes: tuple[str, ...]

    def __post_init__(self):
        if len(self.axes) != np.ndim(self.values):
            raise ValueError(
                f"axes must be {np.ndim(self.values)} names, one an axis, got {self.axes}"
            )

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype, copy=copy)

    def mean(self, *axes):
        """The mean over the axes named, all of them by default; NaN is left out.

        Raises:
            ValueError: when there is no axis of that name.
        """
        for name in axes:
            if name not in self.axes:
                raise ValueError(f"axes are {self.axes}, there is no {name!r}")
        over = tuple(i for i, name in enumerate(self.axes) if name in axes or not axes)
        known = ~np.isnan(self.values)
        total = np.where(known, self.values, 0).sum(axis=over)
        count = known.sum(axis=over)
        mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        return NamedArray(mean, tuple(n for i, n in enumerate(self.axes) if i not in over))
