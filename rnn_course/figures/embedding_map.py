"""Vectors in the plane, each with its label."""

import numpy as np

from rnn_course.figures.axes import axes_for, describe, entitle, legend
from rnn_course.figures.palette import MARKERS, SMALL, now


def embedding_map(labels, vectors, ax=None, groups=None, title=None):
    """Vectors in the plane of their two largest principal components, each with its label.

    Args:
        labels: the n words, or whatever the vectors stand for.
        vectors: ``(n, dimensions)``, at least two of each.
        ax: where to draw; a new figure by default.
        groups: n names; those of the same name get the same colour and marker. None by default.
        title: what the map shows, above it.

    Returns:
        The `Axes`; each axis says which share of the variance it shows.

    Raises:
        ValueError: when labels, groups and vectors are not equally many, or fewer than two.

    Example:
        >>> ax = embedding_map(["a", "b", "c"], [[0.0, 0.0], [3.0, 0.0], [0.0, 1.0]])
        >>> [text.get_text() for text in ax.texts]
        ['a', 'b', 'c']
    """
    vectors = np.asarray(vectors, float)
    if vectors.ndim != 2 or len(vectors) != len(labels) or min(vectors.shape) < 2:
        raise ValueError(
            "vectors must have shape (labels, dimensions), at least two of each: "
            f"got {vectors.shape} for {len(labels)} labels"
        )
    if groups is not None and len(groups) != len(labels):
        raise ValueError(f"groups must be {len(labels)}, one a label, got {len(groups)}")
    points, shares = _principal_components(vectors)
    ax = axes_for(ax, (7, 5))
    groups = [""] * len(labels) if groups is None else list(groups)
    for i, group in enumerate(dict.fromkeys(groups)):
        inside = np.array([name == group for name in groups])
        ax.scatter(
            *points[inside].T,
            color=now().categories[i % len(now().categories)],
            marker=MARKERS[i % len(MARKERS)],
            s=24,
            label=group or None,
        )
    for side, share in zip("xy", shares, strict=True):
        number = "first" if side == "x" else "second"
        ax.set(**{f"{side}label": f"{number} principal component ({share:.0%} of the variance)"})
    ax.margins(x=0.1)
    ax.spines[["top", "right"]].set_visible(False)
    if any(groups):
        legend(ax)
    entitle(ax, title)
    _place_labels(ax, labels, points)
    ends = [(np.argmin(points[:, k]), np.argmax(points[:, k])) for k in (0, 1)]
    left, right, bottom, top = (labels[i] for pair in ends for i in pair)
    describe(
        ax,
        f"Map of {len(labels)} vectors in the plane of their two largest principal components, "
        f"{shares.sum():.0%} of the variance. Farthest left: {left}; right: {right}; "
        f"top: {top}; bottom: {bottom}.",
    )
    return ax


def _principal_components(vectors):
    """Places in the plane of largest variance, ``(n, 2)``, and the share of each direction."""
    centred = vectors - vectors.mean(axis=0)
    left, singular, directions = np.linalg.svd(centred, full_matrices=False)
    # A direction and its opposite are the same: its largest entry is made positive.
    largest = np.abs(directions).argmax(axis=1)
    signs = np.sign(directions[np.arange(len(directions)), largest])
    variance = singular**2
    return (left * singular * signs)[:, :2], (variance / max(variance.sum(), 1e-300))[:2]


def _place_labels(ax, labels, points):
    """Write each label beside its point, on that side where it covers least."""
    ax.figure.draw_without_rendering()  # lays the figure out: from now on places are final
    per_inch = 72 / ax.figure.dpi
    places = ax.transData.transform(points) * per_inch  # in points, as sizes of letters are
    taken = [(x - 3, y - 3, x + 3, y + 3) for x, y in places]
    for label, point, (x, y) in zip(labels, points, places, strict=True):
        width, height = 5.5 * len(label), 10  # about, at 9 points
        sides = [(4, 3), (4, -3 - height), (-4 - width, 3), (-4 - width, -3 - height)]
        sides += [(-width / 2, 5), (-width / 2, -5 - height)]
        boxes = [(x + dx, y + dy, x + dx + width, y + dy + height) for dx, dy in sides]
        best = min(range(len(boxes)), key=lambda i: sum(_overlap(boxes[i], b) for b in taken))
        taken.append(boxes[best])
        ax.annotate(label, point, sides[best], textcoords="offset points", fontsize=SMALL)


def _overlap(box, other):
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    return max(width, 0) * max(height, 0)
