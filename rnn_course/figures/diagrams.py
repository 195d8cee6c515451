"""Pictures of networks with the numbers of a run in them.

Each function takes arrays, draws on an `Axes` and returns it. A vector is a column of its units'
values, the darker the lower; every arrow bears what it stands for.
`rnn_course.figures.alt_text` says the same in words.
"""

import numpy as np

from rnn_course.figures.axes import axes_for, describe

HEIGHT, WIDTH = 0.34, 0.6  # of one unit's field
NODE = 0.17  # radius of a circle where values meet
COLUMN = WIDTH / 2  # what an arrow into a column stops short of its middle


def unrolled(
    tokens,
    hidden_states,
    ax=None,
    outputs=None,
    initial_state=None,
    kernel="W",
    recurrent_kernel="U",
    readout="V",
    decimals=2,
):
    """A recurrent network unrolled in time, with the numbers of one run in it.

    From left to right stand h_0, h_1, … h_n, each a column of its units' values; below each but
    h_0 the token that was read; on every arrow the matrix it stands for, the same at every step.

    Args:
        tokens: the n tokens read.
        hidden_states: ``(n, units)``, the state after each of them.
        ax: where to draw; a new figure, 9.5 inches wide at most, by default.
        outputs: n strings to stand above the states, such as predicted tags; none by default.
        initial_state: h_0, ``(units,)``; zeros by default.
        kernel: the label of the arrows from tokens to states.
        recurrent_kernel: the label of the arrows from state to state.
        readout: the label of the arrows from states to outputs.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when the arrays do not belong to one run.

    Example:
        >>> ax = unrolled(["to", "be"], [[0.25, -0.5], [0.75, 1.0]])
        >>> [text.get_text() for text in ax.texts if "." in text.get_text()]
        ['0.00', '0.00', '0.25', '-0.50', '0.75', '1.00']
    """
    states = np.asarray(hidden_states, float)
    steps = len(tokens)
    if states.ndim != 2 or len(states) != steps or states.size == 0:
        raise ValueError(
            "hidden_states must have shape (tokens, units), at least one of each: "
            f"got {states.shape} for {steps} tokens"
        )
    units = states.shape[1]
    start = np.zeros(units) if initial_state is None else np.asarray(initial_state, float)
    if start.shape != (units,):
        raise ValueError(f"initial_state must have shape ({units},), got {start.shape}")
    if outputs is not None and len(outputs) != steps:
        raise ValueError(f"outputs must be {steps}, one a token, got {len(outputs)}")

    top = units * HEIGHT
    bottom, ceiling = -0.9, top + (0.35 if outputs is None else 0.9)
    ax = axes_for(ax, (min(9.5, 1.5 + 1.2 * steps), 0.9 * (ceiling - bottom)))
    largest = max(np.abs(states).max(), np.abs(start).max(), 1e-12)
    for step, state in enumerate([start, *states]):
        _column(ax, step, top / 2, state, largest, decimals)
        ax.text(step - 0.3, top + 0.06, f"$h_{{{step}}}$", ha="left", va="bottom", fontsize=10)
        if step == 0:
            continue
        _arrow(ax, (step - 0.7, top / 2), (step - 0.3, top / 2))
        ax.text(step - 0.5, top / 2 + 0.06, f"${recurrent_kernel}$", ha="center", va="bottom")
        _arrow(ax, (step, -0.5), (step, 0))
        ax.text(step + 0.05, -0.27, f"${kernel}$", ha="left", va="center")
        ax.text(step, -0.55, tokens[step - 1], ha="center", va="top", fontsize=10)
        if outputs is not None:
            _arrow(ax, (step, top), (step, top + 0.5))
            ax.text(step + 0.05, top + 0.3, f"${readout}$", ha="left", va="center")
            ax.text(step, top + 0.55, outputs[step - 1], ha="center", va="bottom", fontsize=10)
    ax.set_xlim(-0.45, steps + 0.45)
    ax.set_ylim(bottom, ceiling)
    ax.axis("off")
    sentences = [f"A recurrent network unrolled over the {steps} tokens {' '.join(tokens)}."]
    for step, state in enumerate([start, *states]):
        after = f" after {tokens[step - 1]}" if step else ""
        said = f", output {outputs[step - 1]}" if step and outputs is not None else ""
        sentences.append(f"h{step}{after}: {_listed(state, decimals)}{said}.")
    matrices = [kernel, recurrent_kernel] + ([readout] if outputs is not None else [])
    sentences.append(f"The arrows bear {' and '.join(matrices)}, the same at every step.")
    describe(ax, " ".join(sentences))
    return ax


def lstm_step(gates, states, new_states, ax=None, inputs=None, token="", decimals=2):
    """One step of an LSTM, with the numbers of one run in it.

    Along the top the cell state goes from left to right, is multiplied by the forget gate and
    added to; below stand the gates, at the bottom what all of them are computed from.

    Args:
        gates: ``{"input_gate", "forget_gate", "candidate", "output_gate"}``, each ``(units,)``: one
            row of what `rnn_course.layers.LSTMCell.gates` returns.
        states: hidden state and cell state before the step, each ``(units,)``.
        new_states: the same after the step.
        ax: where to draw; a new figure, 9.5 inches wide, by default.
        inputs: x_t, ``(features,)``; not drawn by default.
        token: the word read, to stand beside x_t.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when a gate or a state is missing, they are not of one size, or the new states
            are not what the equations make of the gates and the old ones.

    Example:
        >>> gates = dict(input_gate=[1.0], forget_gate=[0.5], candidate=[-0.25], output_gate=[0.5])
        >>> ax = lstm_step(gates, states=([0.0], [0.5]), new_states=([0.0], [0.0]))
        >>> [text.get_text() for text in ax.texts if "." in text.get_text()]
        ['0.50', '0.25', '0.00', '-0.25', '0.00', '0.00', '0.00', '0.50', '1.00', '-0.25', '0.50']
    """
    names = ("forget_gate", "input_gate", "candidate", "output_gate")
    f, i, candidate, o = (_of_gates(gates, name) for name in names)
    h, c = _of_states("states", states, f.shape, 2)
    new_h, new_c = _of_states("new_states", new_states, f.shape, 2)
    _check_step("c = f * c + i * candidate", f * c + i * candidate, new_c)
    _check_step("h = o * tanh(c)", o * np.tanh(new_c), new_h)

    half = len(f) * HEIGHT / 2
    gate, middle = 1.1 + half, 1.1 + 2 * half + 0.5
    product = middle + 0.5 + half
    line = product + half + 0.6
    low = -half if inputs is None else -0.45 - len(inputs) * HEIGHT
    draw = _Step(ax, (9.5, line + half + 0.3, low - 0.1), [c, new_c, f], inputs, decimals)
    draw.column(0, line, c, "$c_{t-1}$")
    draw.path((0, line), (1.8, line), head=NODE)
    draw.column(2.9, line, f * c, "$f_t \\odot c_{t-1}$")
    draw.path((1.8, line), (2.9, line), head=COLUMN)
    draw.path((2.9, line), (4.3, line), head=NODE)
    draw.path((4.3, line), (9, line), head=COLUMN)
    draw.column(9, line, new_c, "$c_t$")
    draw.column(4.3, product, i * candidate, "$i_t \\odot \\tilde c_t$", beside=True)
    draw.path((4.3, middle), (4.3, product - half))
    draw.path((4.3, product + half), (4.3, line), head=NODE)
    draw.column(7.7, product, np.tanh(new_c), "$\\tanh(c_t)$", beside=True)
    draw.path((7.7, line), (7.7, product + half))
    draw.path((7.7, product - half), (7.7, middle), head=NODE)
    draw.column(9, middle, new_h, "$h_t$")
    draw.path((7.7, middle), (9, middle), head=COLUMN)
    draw.bus(h, inputs, token, end=6.9, label_end=6.9)
    for x, values, letter, name, squash in (
        (1.8, f, "f_t", "forget\ngate", "\\sigma"),
        (3.5, i, "i_t", "input\ngate", "\\sigma"),
        (5.1, candidate, "\\tilde c_t", "candidate", "\\tanh"),
        (6.9, o, "o_t", "output\ngate", "\\sigma"),
    ):
        draw.gate(x, gate, values, letter, name, squash)
    top = gate + half
    draw.path((1.8, top), (1.8, line), head=NODE)
    draw.path((3.5, top), (3.5, middle), (4.3, middle), head=NODE)
    draw.path((5.1, top), (5.1, middle), (4.3, middle), head=NODE)
    draw.path((6.9, top), (6.9, middle), (7.7, middle), head=NODE)
    draw.nodes({(1.8, line): "·", (4.3, line): "+", (4.3, middle): "·", (7.7, middle): "·"})
    numbers = {
        "forget gate": f,
        "input gate": i,
        "candidate": candidate,
        "output gate": o,
        "old cell state": c,
        "old hidden state": h,
        "new cell state": new_c,
        "new hidden state": new_h,
    }
    return draw.finish("LSTM", token, numbers)


def gru_step(
    gates,
    states,
    new_states,
    ax=None,
    inputs=None,
    token="",
    reset_after=True,
    update_gate="keep",
    decimals=2,
):
    """One step of a gated recurrent unit, with the numbers of one run in it.

    Along the top the hidden state goes from left to right: one share of it is kept and the rest
    filled up with the candidate. The reset gate acts on the old state's way to the candidate.

    Args:
        gates: ``{"update_gate", "reset_gate", "candidate"}``, each ``(units,)``: one row of what
            `rnn_course.layers.GRUCell.gates` returns.
        states: the hidden state before the step alone, in a list as the cell takes it.
        new_states: the same after the step.
        ax: where to draw; a new figure by default.
        inputs: x_t, ``(features,)``; not drawn by default.
        token: the word read, to stand beside x_t.
        reset_after: as in the cell.
        update_gate: ``"keep"`` or ``"write"``, as in the cell.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when a gate or a state is missing, they are not of one size, or the new state
            is not what the equations make of the gates and the old one.

    Example:
        >>> gates = dict(update_gate=[0.5], reset_gate=[1.0], candidate=[0.25])
        >>> ax = gru_step(gates, states=([0.75],), new_states=([0.5],))
        >>> [text.get_text() for text in ax.texts if "." in text.get_text()]
        ['0.75', '0.38', '0.50', '0.12', '0.75', '0.50', '1.00', '0.25']
    """
    z, r, candidate = (_of_gates(gates, n) for n in ("update_gate", "reset_gate", "candidate"))
    (h,), (new_h,) = (
        _of_states(name, given, z.shape, 1)
        for name, given in (("states", states), ("new_states", new_states))
    )
    if update_gate not in ("keep", "write"):
        raise ValueError(f'update_gate must be "keep" or "write", got {update_gate!r}')
    shares = {"z_t": z, "(1 - z_t)": 1 - z}
    (keep_name, keep), (write_name, write) = (
        shares.items() if update_gate == "keep" else reversed(shares.items())
    )
    _check_step(
        f"h = keep * h + write * candidate, z {update_gate}s", keep * h + write * candidate, new_h
    )

    half = len(z) * HEIGHT / 2
    reset, gate = 0.7, 1.6 + half
    middle = gate + half + 0.5
    product = middle + 0.5 + half
    line = product + half + 0.6
    low = -half if inputs is None else -0.45 - len(inputs) * HEIGHT
    draw = _Step(ax, (7.9, line + half + 0.3, low - 0.1), [h, new_h, z], inputs, decimals)
    draw.column(0, line, h, "$h_{t-1}$")
    draw.path((0, line), (1.8, line), head=NODE)
    draw.path((1.8, line), (3.2, line), head=COLUMN)
    draw.column(3.2, line, keep * h, f"${keep_name} \\odot h_{{t-1}}$")
    draw.path((3.2, line), (5.3, line), head=NODE)
    draw.path((5.3, line), (7.4, line), head=COLUMN)
    draw.column(7.4, line, new_h, "$h_t$")
    draw.column(5.3, product, write * candidate, f"${write_name} \\odot \\tilde h_t$", beside=True)
    draw.path((5.3, middle), (5.3, product - half))
    draw.path((5.3, product + half), (5.3, line), head=NODE)
    draw.bus(h, inputs, token, end=5.3, label_end=3.5)
    draw.gate(1.8, gate, z, "z_t", "update\ngate", "\\sigma")
    draw.gate(3.5, gate, r, "r_t", "reset\ngate", "\\sigma")
    draw.gate(5.3, gate, candidate, "\\tilde h_t", "candidate", "\\tanh")
    top = gate + half
    draw.path((1.8, top), (1.8, line), head=NODE)
    draw.path((1.8, middle), (5.3, middle), head=NODE)
    draw.path((5.3, top), (5.3, middle), head=NODE)
    draw.path((3.5 + WIDTH / 2, gate), (4.3, gate), (4.3, reset), (5.3, reset), head=NODE)
    draw.text(1.72, line - 0.5, f"${keep_name}$", ha="right")
    draw.text(3.5, middle + 0.08, f"${write_name}$", va="bottom")
    inside = "r_t \\odot (h_{t-1} U + b')" if reset_after else "(r_t \\odot h_{t-1})\\,U"
    draw.text(5.55, reset, f"$x_t W + b + {inside}$", ha="left")
    draw.nodes({(1.8, line): "·", (5.3, line): "+", (5.3, middle): "·", (5.3, reset): "·"})
    position = "after" if reset_after else "before"
    numbers = {
        f"update gate, which {update_gate}s": z,
        f"reset gate, {position} the product": r,
        "candidate": candidate,
        "old hidden state": h,
        "new hidden state": new_h,
    }
    return draw.finish("GRU", token, numbers)


class _Step:
    """The canvas of one step: columns of values, paths between them, nodes where they meet."""

    def __init__(self, ax, corner, vectors, inputs, decimals):
        width, ceiling, floor = corner
        self.ax = axes_for(ax, (width, 0.92 * (ceiling - floor)))
        self.ax.set_xlim(-0.5, width)
        self.ax.set_ylim(floor, ceiling)
        self.ax.set_aspect("equal")
        self.ax.axis("off")
        self.largest = max(1.0, *(np.abs(vector).max() for vector in vectors))
        self.decimals = decimals

    def text(self, x, y, text, **place):
        self.ax.text(x, y, text, **{"ha": "center", "va": "center", "fontsize": 11, **place})

    def column(self, x, y, values, name, beside=False):
        _column(self.ax, x, y, values, self.largest, self.decimals)
        half = len(values) * HEIGHT / 2
        if beside:
            self.text(x + WIDTH / 2 + 0.08, y, name, ha="left")
        else:
            self.text(x, y + half + 0.05, name, va="bottom")

    def gate(self, x, y, values, letter, name, squash):
        half = len(values) * HEIGHT / 2
        _column(self.ax, x, y, values, self.largest, self.decimals)
        self.path((x, 0), (x, y - half))
        self.text(x + WIDTH / 2 + 0.06, y + half - 0.02, f"${letter}$", ha="left", va="top")
        self.text(x - 0.08, y - half - 0.12, name, ha="right", va="top", fontsize=9)
        self.text(x + 0.08, y - half - 0.28, f"${squash}$", ha="left")

    def bus(self, h, inputs, token, end, label_end):
        """The line at the bottom along which x and h reach every gate."""
        self.column(0, 0, h, "$h_{t-1}$")
        self.path((0, 0), (end, 0), arrow=False)
        if inputs is None:
            self.text(0.95, -0.1, token, va="top")
        else:
            top = -0.45
            _column(
                self.ax, 0.95, top - len(inputs) * HEIGHT / 2, inputs, self.largest, self.decimals
            )
            self.path((0.95, top), (0.95, 0), arrow=False)
            name = f"$x_t$  {token}" if token else "$x_t$"
            self.text(0.95 + WIDTH / 2 + 0.08, top - len(inputs) * HEIGHT / 2, name, ha="left")
        self.text(label_end, -0.1, "$x_t W + h_{t-1} U + b$", ha="right", va="top")

    def path(self, *points, head=0.0, arrow=True):
        """Straight pieces from point to point; the head stops short of the last by `head`."""
        points = [np.array(point, float) for point in points]
        direction = points[-1] - points[-2]
        points[-1] = points[-1] - head * direction / np.hypot(*direction)
        self.ax.plot(*np.transpose(points), color="0.25", linewidth=1.2, zorder=0)
        if arrow:
            _arrow(self.ax, points[-1] - 0.1 * direction / np.hypot(*direction), points[-1])

    def nodes(self, symbols):
        from matplotlib.patches import Circle

        for (x, y), symbol in symbols.items():
            self.ax.add_patch(Circle((x, y), NODE, facecolor="white", edgecolor="0.25", zorder=2))
            mark = "$\\odot$" if symbol == "·" else "$+$"
            self.text(x, y, mark, fontsize=15, zorder=3)

    def finish(self, kind, token, numbers):
        after = f" on reading {token}" if token else ""
        listed = "; ".join(f"{n} {_listed(v, self.decimals)}" for n, v in numbers.items())
        describe(self.ax, f"One step of the {kind}{after}, gate by gate: {listed}.")
        return self.ax


def _of_gates(gates, name):
    if name not in gates:
        raise ValueError(f"gates must hold {name!r}, got {sorted(gates)}")
    values, first = np.asarray(gates[name], float), np.asarray(next(iter(gates.values())))
    if values.ndim != 1 or not values.size or values.shape != first.shape:
        raise ValueError(f"gates must all have shape (units,), got {name!r} of {values.shape}")
    return values


def _of_states(name, states, shape, count):
    states = [np.asarray(state, float) for state in states]
    if len(states) != count or any(state.shape != shape for state in states):
        raise ValueError(
            f"{name} must be {count} of shape {shape}, got {[state.shape for state in states]}"
        )
    return states


def _check_step(equation, expected, given):
    if not np.allclose(expected, given, atol=1e-3):
        raise ValueError(f"new_states are not those of this step: {equation} gives {expected}")


def _listed(values, decimals):
    return ", ".join(f"{value:.{decimals}f}" for value in values)


def _column(ax, x, y, values, largest, decimals):
    """A vector: a field a unit, its number on a ground that is the darker the lower it is."""
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    top = y + len(values) * HEIGHT / 2
    for unit, value in enumerate(values):
        share = (value / largest + 1) / 2
        ground, ink = colormaps["cividis"](share), "white" if share < 0.55 else "black"
        corner = (x - WIDTH / 2, top - (unit + 1) * HEIGHT)
        ax.add_patch(Rectangle(corner, WIDTH, HEIGHT, facecolor=ground, edgecolor="white"))
        middle, number = corner[1] + HEIGHT / 2, f"{value:.{decimals}f}"
        ax.text(x, middle, number, ha="center", va="center", color=ink, fontsize=10)


def _arrow(ax, tail, head):
    ax.annotate("", head, tail, arrowprops={"arrowstyle": "->", "shrinkA": 0, "shrinkB": 0})
