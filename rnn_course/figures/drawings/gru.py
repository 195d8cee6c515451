"""One step of a GRU, whole or in three stages, and its four versions told apart."""

import numpy as np

from rnn_course.figures.drawings.parts import CELL, NODE, Drawing
from rnn_course.figures.drawings.sequences import largest_of, listed
from rnn_course.figures.drawings.steps import (
    Step,
    check_stage,
    check_step,
    height_of,
    of_gates,
    of_states,
)
from rnn_course.figures.palette import SMALL, now

WIDE, HIGH = CELL


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
    stage=None,
    title=None,
):
    """One step of a gated recurrent unit, with the numbers of one run in it.

    Along the top the hidden state goes from left to right: one share of it is kept and the rest
    filled up with the candidate. The reset gate acts on the old state's way to the candidate, and
    never on the input's.

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
        stage: 1 to 3 for the update gate, the reset gate, the candidate; all at once by default.
        title: what the drawing says, above it; with a stage what it adds.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when a gate or a state is missing, they are not of one size, the new state is
            not what the equations make of the gates and the old one, or there is no such stage.

    Example:
        >>> gates = dict(update_gate=[0.5], reset_gate=[1.0], candidate=[0.25])
        >>> ax = gru_step(gates, states=([0.75],), new_states=([0.5],))
        >>> [text.get_text() for text in ax.texts if "." in text.get_text()]
        ['0.75', '0.38', '0.75', '0.50', '1.00', '0.25', '0.12', '0.50']
    """
    z, r, candidate = (of_gates(gates, n) for n in ("update_gate", "reset_gate", "candidate"))
    (h,), (new_h,) = (
        of_states(name, given, z.shape, 1)
        for name, given in (("states", states), ("new_states", new_states))
    )
    if update_gate not in ("keep", "write"):
        raise ValueError(f'update_gate must be "keep" or "write", got {update_gate!r}')
    shares = {"z_t": z, "(1 - z_t)": 1 - z}
    (keep_name, keep), (write_name, write) = (
        shares.items() if update_gate == "keep" else reversed(shares.items())
    )
    check_step(
        f"h = keep * h + write * candidate, z {update_gate}s", keep * h + write * candidate, new_h
    )
    inside = "r_t \\odot (h_{t-1} U_h + b'_h)" if reset_after else "(r_t \\odot h_{t-1})\\,U_h"
    stages = (
        ("The update gate keeps a share of the old state", f"{keep_name} \\odot h_{{t-1}}"),
        ("The reset gate decides what of it the candidate sees", inside),
        (
            "The candidate fills up the rest",
            f"h_t = {keep_name} \\odot h_{{t-1}} + {write_name} \\odot \\tilde h_t,\\quad "
            f"\\tilde h_t = \\tanh(x_t W_h + b_h + {inside})",
        ),
    )
    check_stage(stage, len(stages))

    half = len(z) * HIGH / 2
    row, gate = 0.8, 1.55 + half  # of what the reset gate acts on, and of the gates
    middle = gate + half + 0.55
    product = middle + 0.5 + half
    line = product + half + 0.6
    d = Step(stage, largest_of(h, new_h), inputs, token, decimals)
    d.span(-0.3, 8.2, half, line + half + 0.35)
    keeps, resets, fills = (d.at(k) for k in (1, 2, 3))
    keeps.column(0, line, h, "h_{t-1}")
    keeps.column(3.2, line, keep * h, f"{keep_name} \\odot h_{{t-1}}")
    keeps.path((0, line), (1.8, line), start=WIDE / 2, head=NODE)
    keeps.path((1.8, line), (3.2, line), start=NODE, head=WIDE / 2)
    d.buses(h, half, end=1.8 if stage == 1 else 4.35,
            inputs_end=6.2 if fills.there else 3.45 if resets.there else None)  # fmt: skip
    top = gate + half
    keeps.gate(1.8, gate, z, "z_t", "z", "update\ngate", "\\sigma", share=True)
    keeps.path((1.8, top), (1.8, line), head=NODE)
    keeps.operator(1.8, line)
    if resets.there:
        resets.gate(3.45, gate, r, "r_t", "r", "reset\ngate", "\\sigma", share=True)
        first, second = 4.85, 5.5
        resets.path((4.35, 0), (4.35, row), (first, row), head=0.26 if reset_after else NODE)
        resets.path((first, row), (second, row), start=0.26 if reset_after else NODE,
                    head=NODE if reset_after else 0.26)  # fmt: skip
        resets.weights(*((first if reset_after else second), row),
                       "U_h, b'_h" if reset_after else "U_h")  # fmt: skip
        x = second if reset_after else first
        resets.path((3.45 + WIDE / 2, gate), (x, gate), (x, row), head=NODE)
        resets.formula(x - 0.06, gate + 0.13, "r_t", ha="right")
        resets.operator(x, row)
    if fills.there:
        fills.path((5.5, row), (6.2, row), start=NODE if reset_after else 0.26, head=NODE)
        fills.path((6.2, d.low_line), (6.2, row), head=NODE)
        fills.weights(6.2, 0.3, "W_h, b_h")
        fills.gate(6.2, gate, candidate, "\\tilde h_t", None, "candidate", "\\tanh",
                   start=row + NODE, beside=True)  # fmt: skip
        fills.operator(6.2, row, "+")
        fills.path((1.8, middle), (6.2, middle), head=NODE)
        fills.dot(1.8, middle)
        fills.path((6.2, top), (6.2, middle), head=NODE)
        fills.operator(6.2, middle)
        fills.path((6.2, middle), (6.2, product - half), start=NODE)
        fills.column(
            6.2, product, write * candidate, f"{write_name} \\odot \\tilde h_t", beside=True
        )
        fills.path((6.2, product + half), (6.2, line), head=NODE)
        fills.path((3.2, line), (6.2, line), start=WIDE / 2, head=NODE)
        fills.path((6.2, line), (7.9, line), start=NODE, head=WIDE / 2)
        fills.operator(6.2, line, "+")
        fills.column(7.9, line, new_h, "h_t")
        fills.formula(4.5, middle + 0.05, write_name, va="bottom")
    one_minus = (2.9, middle) if update_gate == "keep" else (1.8, line - 0.55)
    if fills.there or update_gate == "write":
        (fills if update_gate == "keep" else keeps).box(
            *one_minus, "$1 - $", 0.4, 0.3, formula=True
        )
    keeps.formula(1.72, line - 0.27, keep_name, ha="right")
    position = "after" if reset_after else "before"
    numbers = {
        f"update gate, which {update_gate}s": z,
        f"reset gate, {position} the product": r,
        "candidate": candidate,
        "old hidden state": h,
        "new hidden state": new_h,
    }
    size = (7.9, height_of(len(z), 1.6, inputs))
    return d.finish_step(ax, "GRU", stages, numbers, title, size)


def gru_versions(new_states=None, ax=None, title=None, decimals=2):
    """The four functions that are called GRU, told apart by what differs and nothing else.

    From left to right the reset gate acts after or before the recurrent product; from top to bottom
    the update gate is the share that is kept or the share that is written.

    Args:
        new_states: ``{(reset_after, update_gate): (units,)}``: what each of them makes of the same
            weights, state and input; not drawn by default.
        ax: where to draw; a new figure by default.
        title: what the drawing says, above it.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when new states are given of some of the four only.

    Example:
        >>> ax = gru_versions()
        >>> [text.get_text() for text in ax.texts if "reset" in text.get_text()]
        ['reset after the product', 'reset before the product']
    """
    kinds = [(after, z) for z in ("keep", "write") for after in (True, False)]
    if new_states is not None and set(new_states) != set(kinds):
        raise ValueError(f"new_states must be of the four {kinds}, got {list(new_states)}")
    values = {kind: np.asarray(v, float) for kind, v in (new_states or {}).items()}
    largest = largest_of(*values.values())
    d = Drawing()
    across, down = 4.75, 2.55
    reset, update = now().categories[1], now().categories[0]
    for k, name in enumerate(("reset after the product", "reset before the product")):
        d.text(k * across + 1.6, 2.3, name, colour=reset, weight="bold")
    for k, name in enumerate(("z keeps", "z writes")):
        d.text(-0.55, -k * down + 0.9, name, colour=update, weight="bold", rotation=90)
    sentences = ["The four versions of the GRU."]
    for after, z in kinds:
        x, y = (0 if after else across), (0 if z == "keep" else -down)
        d.box(x + 1.8, y + 0.88, "", 4.4, 2.3, edge=now().ghost, line=1, behind=True)
        keep, write = ("z_t", "1 - z_t") if z == "keep" else ("1 - z_t", "z_t")
        keep_factor, write_factor = (f"({name})" if "-" in name else name for name in (keep, write))
        # Above: the old state is kept in part. Below: its way to the candidate.
        d.formula(x - 0.05, y + 1.55, "h_{t-1}")
        d.arrow((x + 0.22, y + 1.55), (x + 1.25 - NODE, y + 1.55))
        d.operator(x + 1.25, y + 1.55)
        d.arrow((x + 1.25, y + 1.1), (x + 1.25, y + 1.55 - NODE), colour=update)
        d.formula(x + 1.33, y + 1.22, keep, ha="left", colour=update)
        d.arrow((x + 1.25 + NODE, y + 1.55), (x + 3.0 - NODE, y + 1.55))
        d.operator(x + 3.0, y + 1.55, "+")
        d.arrow((x + 3.0 + NODE, y + 1.55), (x + 3.55, y + 1.55))
        d.formula(x + 3.68, y + 1.55, "h_t")
        first, second = x + 0.6, x + 1.3
        d.arrow(
            (x + 0.0, y + 1.4),
            (x + 0.0, y + 0.3),
            (first - (0.22 if after else NODE), y + 0.3),
            colour=reset,
        )
        product, gate = (first, second) if after else (second, first)
        d.box(product, y + 0.3, "$U_h$", 0.44, 0.32, formula=True, edge=reset)
        d.operator(gate, y + 0.3)
        d.arrow((gate, y + 0.78), (gate, y + 0.3 + NODE), colour=reset)
        d.formula(gate + 0.06, y + 0.72, "r_t", ha="left", colour=reset)
        d.arrow((first + (0.22 if after else NODE), y + 0.3),
                (second - (NODE if after else 0.22), y + 0.3), colour=reset)  # fmt: skip
        d.arrow((second + (NODE if after else 0.22), y + 0.3), (x + 2.05 - NODE, y + 0.3),
                colour=reset)  # fmt: skip
        d.operator(x + 2.05, y + 0.3, "+")
        d.arrow((x + 2.05, y - 0.05), (x + 2.05, y + 0.3 - NODE))
        d.formula(x + 2.13, y - 0.02, "x_t W_h", ha="left")
        d.arrow((x + 2.05 + NODE, y + 0.3), (x + 3.0, y + 0.3), (x + 3.0, y + 0.85 - NODE))
        d.formula(x + 2.55, y + 0.34, "\\tanh", va="bottom", size=SMALL)
        d.operator(x + 3.0, y + 0.85)
        d.arrow((x + 2.45, y + 0.85), (x + 3.0 - NODE, y + 0.85), colour=update)
        d.formula(x + 2.4, y + 0.85, write, ha="right", colour=update)
        d.arrow((x + 3.0, y + 0.85 + NODE), (x + 3.0, y + 1.55 - NODE))
        said = ""
        if values:
            state = values[after, z]
            d.vector(x + 3.58, y + 0.75, state, largest=largest, decimals=decimals)
            said = f": new state {listed(state, decimals)}"
        inner = "r (h U)" if after else "(r h) U"
        sentences.append(
            f"Reset {'after' if after else 'before'} the product, z {z}s: h = {keep_factor} h + "
            f"{write_factor} tanh(x W + {inner}){said}.".replace("_t", "")
        )
    return d.finish(ax, " ".join(sentences), title)
