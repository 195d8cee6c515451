"""What the drawings of one step of a gated cell share, whole or growing stage by stage.

Two lines at the bottom carry the old hidden state and the input; a dot is where a gate takes from
them, each through weights of its own. A stage shows what it adds, and what came before as a ghost.
"""

import numpy as np

from rnn_course.figures.drawings.parts import CELL, Drawing
from rnn_course.figures.drawings.sequences import largest_of, listed
from rnn_course.figures.palette import SMALL, TEXT

WIDE, HIGH = CELL
FIELD = 0.34  # what the figures' sizes, which notebooks state, are made of


class Step(Drawing):
    """A step of a cell, of which a stage may show a part."""

    def __init__(self, stage, largest, inputs, token, decimals):
        super().__init__()
        self.stage, self.largest, self.token, self.decimals = stage, largest, token, decimals
        self.inputs = None if inputs is None else np.asarray(inputs, float)

    def span(self, left, right, half, high):
        """Fix how far the drawing reaches, and where the input's line is."""
        features = 0 if self.inputs is None else len(self.inputs)
        self.low_line = -half - (0.4 if self.inputs is None else 0.55) - features * HIGH / 2
        low = self.low_line - max(features * HIGH / 2, 0.15) - 0.05
        self.reserve((left, low), (right, high))

    def at(self, stage):
        """What a stage adds."""
        return Part(self, stage)

    def buses(self, h, half, end, inputs_end=None):
        """The lines at the bottom along which x and h reach every gate."""
        self.vector(0, 0, h, "h_{t-1}", largest=self.largest, decimals=self.decimals)
        self.arrow((WIDE / 2, 0), (end, 0), head=False)
        y = self.low_line
        if self.inputs is None:
            self.text(-0.25, y, f"$x_t$  {self.token}", formula=True, ha="left")
            self.arrow((0.1 + 0.1 * len(self.token), y), (inputs_end or end, y), head=False)
            return
        largest = largest_of(self.inputs)
        self.vector(0, y, self.inputs, "x_t", largest=largest, decimals=self.decimals)
        self.word(0.42, y - 0.17, self.token, 1.2, ha="left")
        self.arrow((WIDE / 2, y), (inputs_end or end, y), head=False)

    def finish_step(self, ax, kind, stages, numbers, title, size):
        """Say what the step is, and put it on the `Axes`."""
        after = f" on reading {self.token}" if self.token else ""
        each = "; ".join(f"{n} {listed(v, self.decimals)}" for n, v in numbers.items())
        words = f"One step of the {kind}{after}, gate by gate: {each}."
        if self.stage:
            adds, equation = stages[self.stage - 1]
            words += f" Shown is stage {self.stage} of {len(stages)}: {adds[0].lower()}{adds[1:]}."
            title = title or f"{self.stage}  {adds}"
            self.formula(self._low[0], self._high[1] + 0.15, equation, ha="left", size=TEXT)
        return self.finish(ax, words, title, None if title else size)


class Part:
    """What one stage of a step adds: drawn in ink there, as a ghost later, not at all before."""

    def __init__(self, drawing, stage):
        self.drawing = drawing
        now_at = drawing.stage
        self.there = now_at is None or stage <= now_at
        self.ghost = now_at is not None and stage < now_at

    def column(self, x, y, values, name, beside=False, ghost=None, share=False):
        d = self.drawing
        d.vector(x, y, values, name, largest=1 if share else d.largest, share=share, beside=beside,
                 decimals=d.decimals, ghost=self.ghost if ghost is None else ghost)  # fmt: skip

    def gate(self, x, y, values, letter, index, name, squash, share=False, start=None,
             beside=False):  # fmt: skip
        """A gate: its values, what squashes them, and the weights that it alone has."""
        half, d = len(values) * HIGH / 2, self.drawing
        self.column(x, y, values, "", share=share)
        low = d.low_line if start is None else start
        self.path((x, low), (x, y - half))
        self.formula(x + WIDE / 2 + 0.06, y + half - 0.02, letter, ha="left", va="top")
        place = dict(ha="left" if beside else "right", va="top", ghost=self.ghost)
        if beside:
            d.text(x + WIDE / 2 + 0.32, y + half - 0.04, name, SMALL, **place)
        else:
            d.text(x - 0.08, y - half - 0.1, name, SMALL, **place)
        self.formula(x + 0.08, y - half - 0.22, squash, ha="left")
        if index:
            self.weights(x, 0.42, f"W_{index}, U_{index}, b_{index}")
            self.dot(x, 0)
            self.dot(x, low)

    def weights(self, x, y, names):
        """A product with weights, plus a bias."""
        self.box(x, y, f"${names}$", 0.52 if len(names) < 12 else 0.95, 0.28, formula=True,
                 size=SMALL)  # fmt: skip

    def path(self, *points, start=0.0, head=0.0):
        """An arrow that leaves the first point by `start` and stops short of the last by `head`."""
        points = [np.array(point, float) for point in points]
        out, onto = points[1] - points[0], points[-1] - points[-2]
        points[0] = points[0] + start * out / np.hypot(*out)
        points[-1] = points[-1] - head * onto / np.hypot(*onto)
        self.drawing.arrow(*points, ghost=self.ghost)

    def formula(self, x, y, text, **options):
        self.drawing.formula(x, y, text, ghost=self.ghost, **options)

    def box(self, x, y, text, width, height, **options):
        self.drawing.box(x, y, text, width, height, ghost=self.ghost, **options)

    def operator(self, x, y, symbol="\\odot"):
        self.drawing.operator(x, y, symbol, ghost=self.ghost)

    def dot(self, x, y):
        self.drawing.dot(x, y, ghost=self.ghost)


def height_of(units, gate, inputs):
    """Of a figure, in inches: notebooks state the sizes of theirs, so they stay what they were."""
    low = -units * FIELD / 2 if inputs is None else -0.45 - len(inputs) * FIELD
    return 0.92 * (gate + 2.5 * units * FIELD + 1.6 + 0.4 - low)


def of_gates(gates, name):
    """The values of one gate, ``(units,)``, or an error that says what is there."""
    if name not in gates:
        raise ValueError(f"gates must hold {name!r}, got {sorted(gates)}")
    values, first = np.asarray(gates[name], float), np.asarray(next(iter(gates.values())))
    if values.ndim != 1 or not values.size or values.shape != first.shape:
        raise ValueError(f"gates must all have shape (units,), got {name!r} of {values.shape}")
    return values


def of_states(name, states, shape, count):
    """States as arrays, or an error that says what is there."""
    states = [np.asarray(state, float) for state in states]
    if len(states) != count or any(state.shape != shape for state in states):
        raise ValueError(
            f"{name} must be {count} of shape {shape}, got {[state.shape for state in states]}"
        )
    return states


def check_step(equation, expected, given):
    """Refuse new states that are not what an equation gives."""
    if not np.allclose(expected, given, atol=1e-3, equal_nan=True):
        raise ValueError(f"new_states are not those of this step: {equation} gives {expected}")


def check_stage(stage, most):
    """Refuse a stage that is not there."""
    if stage is not None and stage not in range(1, most + 1):
        raise ValueError(f"stage must be 1 to {most}, or None for all at once, got {stage!r}")
