"""What goes into a recurrent network and what comes out of it: four shapes of one structure."""

from rnn_course.figures.drawings.parts import Drawing
from rnn_course.figures.palette import SMALL, TEXT, now, tint

SHAPES = ("one to many", "many to one", "many to many", "many to many, unequal")
PITCH = 0.82
MOST = 5  # tokens on one side


def four_shapes(examples, ax=None, title=None):
    """The four shapes beside each other, each with an example of yours.

    Args:
        examples: ``{shape: (inputs, outputs)}`` for each of "one to many", "many to one", "many to
            many" (an output a token) and "many to many, unequal" (all is read before anything is
            written), lists of at most five strings. Shapes may be left out.
        ax: where to draw; a new figure by default.
        title: what the drawing says, above it.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when there is no such shape, an example has another shape than it is given for,
            or more than five tokens.

    Example:
        >>> ax = four_shapes({"many to one": (["very", "good"], ["positive"])})
        >>> [text.get_text() for text in ax.texts]
        ['many to one', 'very', 'good', 'positive']
    """
    if not examples:
        raise ValueError(f"examples must be of at least one of {list(SHAPES)}")
    d = Drawing()
    sentences = []
    for k, (shape, (inputs, outputs)) in enumerate(examples.items()):
        _check(shape, inputs, outputs)
        _shape(d, (k % 2) * 4.9, -(k // 2) * 2.5, shape, list(inputs), list(outputs))
        sentences.append(f"{shape.capitalize()}: {' '.join(inputs)} → {' '.join(outputs)}.")
    return d.finish(ax, " ".join(sentences), title)


def _check(shape, inputs, outputs):
    if shape not in SHAPES:
        raise ValueError(f"a shape must be one of {list(SHAPES)}, got {shape!r}")
    if not 1 <= len(inputs) <= MOST or not 1 <= len(outputs) <= MOST:
        raise ValueError(
            f"an example has 1 to {MOST} inputs and outputs, that of {shape!r} has {len(inputs)} "
            f"and {len(outputs)}: take a shorter one"
        )
    fits = {
        "one to many": len(inputs) == 1,
        "many to one": len(outputs) == 1,
        "many to many": len(inputs) == len(outputs),
        "many to many, unequal": len(inputs) + len(outputs) <= 6,
    }
    if not fits[shape]:
        raise ValueError(
            f"{len(inputs)} inputs and {len(outputs)} outputs are not {shape!r}"
            + (", or more than six in all" if "unequal" in shape else "")
        )


def _shape(d, left, y, shape, inputs, outputs):
    unequal = shape == SHAPES[3]
    steps = len(inputs) + len(outputs) if unequal else max(len(inputs), len(outputs))
    blue, orange = now().categories[:2]
    d.text(left - 0.3, y + 1.2, shape, TEXT, ha="left", weight="bold")
    for step in range(steps):
        x = left + step * PITCH
        reads = step < len(inputs)
        writes = (
            step >= len(inputs) if unequal else step == steps - 1 if len(outputs) == 1 else True
        )
        colour = orange if writes and not reads else blue if reads and not writes else now().ink
        d.box(x, y, "", 0.42, 0.5, edge=colour, fill=tint(colour))
        if step:
            d.arrow((x - PITCH + 0.21, y), (x - 0.21, y))
        if reads:
            d.arrow((x, y - 0.6), (x, y - 0.25))
            d.word(x, y - 0.74, inputs[step], PITCH - 0.04, size=SMALL)
        if writes:
            said = outputs[step - len(inputs) if unequal else 0 if len(outputs) == 1 else step]
            d.arrow((x, y + 0.25), (x, y + 0.62))
            wide = 1.6 if len(outputs) == 1 else PITCH - 0.04
            d.word(x, y + 0.76, said, wide, size=SMALL)
