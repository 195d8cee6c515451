"""One step of an LSTM, whole or in four stages."""

import numpy as np

from rnn_course.figures.drawings.parts import CELL, NODE
from rnn_course.figures.drawings.sequences import largest_of
from rnn_course.figures.drawings.steps import (
    Step,
    check_stage,
    check_step,
    height_of,
    of_gates,
    of_states,
)

WIDE, HIGH = CELL

LSTM_STAGES = (
    ("The cell state goes straight on", "c_t = c_{t-1}"),
    ("The forget gate keeps a share of it", "f_t \\odot c_{t-1}"),
    (
        "The input gate lets a share of the candidate in",
        "c_t = f_t \\odot c_{t-1} + i_t \\odot \\tilde c_t",
    ),
    ("The output gate shows a share of it", "h_t = o_t \\odot \\tanh(c_t)"),
)


def lstm_step(
    gates, states, new_states, ax=None, inputs=None, token="", decimals=2, stage=None, title=None
):
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
        stage: 1 to 4 for the cell state alone, with the forget gate, the input gate, the output
            gate; all at once by default.
        title: what the drawing says, above it; with a stage what it adds.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when a gate or a state is missing, they are not of one size, the new states
            are not what the equations make of the gates and the old ones, or there is no such
            stage.

    Example:
        >>> gates = dict(input_gate=[1.0], forget_gate=[0.5], candidate=[-0.25], output_gate=[0.5])
        >>> ax = lstm_step(gates, states=([0.0], [0.5]), new_states=([0.0], [0.0]))
        >>> [text.get_text() for text in ax.texts if "." in text.get_text()]
        ['0.50', '0.25', '0.00', '-0.25', '0.00', '0.00', '0.00', '0.50', '1.00', '-0.25', '0.50']
    """
    names = ("forget_gate", "input_gate", "candidate", "output_gate")
    f, i, candidate, o = (of_gates(gates, name) for name in names)
    h, c = of_states("states", states, f.shape, 2)
    new_h, new_c = of_states("new_states", new_states, f.shape, 2)
    check_step("c = f * c + i * candidate", f * c + i * candidate, new_c)
    check_step("h = o * tanh(c)", o * np.tanh(new_c), new_h)
    check_stage(stage, len(LSTM_STAGES))

    half = len(f) * HIGH / 2
    gate = 1.15 + half
    middle = gate + half + 0.5
    product = middle + 0.5 + half
    line = product + half + 0.6
    d = Step(stage, largest_of(c, new_c, h), inputs, token, decimals)
    d.span(-0.4, 9.5, half, line + half + 0.35)
    last = {1: (c, "c_{t-1}"), 2: (f * c, "f_t \\odot c_{t-1}")}.get(stage, (new_c, "c_t"))

    carries, forgets, writes, shows = (d.at(k) for k in (1, 2, 3, 4))
    first = min(stage or 4, 2)  # the cell state itself stays, until it is written to
    carries.column(0, line, c, "c_{t-1}", ghost=(stage or 0) > first)
    if forgets.there:
        forgets.column(2.9, line, f * c, "f_t \\odot c_{t-1}")
        forgets.path((0, line), (1.8, line), start=WIDE / 2, head=NODE)
        forgets.path((1.8, line), (2.9, line), start=NODE, head=WIDE / 2)
    if writes.there:
        writes.path((2.9, line), (4.3, line), start=WIDE / 2, head=NODE)
    start = 0 if stage == 1 else 2.9 if stage == 2 else 4.3
    (writes if writes.there else forgets if forgets.there else carries).path(
        (start, line), (9, line), start=WIDE / 2 if start < 4 else NODE, head=WIDE / 2
    )
    (writes if writes.there else d.at(stage or 3)).column(9, line, *last)
    if writes.there:
        writes.column(4.3, product, i * candidate, "i_t \\odot \\tilde c_t", beside=True)
        writes.path((4.3, middle), (4.3, product - half), start=NODE)
        writes.path((4.3, product + half), (4.3, line), head=NODE)
    if shows.there:
        shows.column(7.7, product, np.tanh(new_c), "\\tanh(c_t)", beside=True)
        shows.path((7.7, line), (7.7, product + half))
        shows.dot(7.7, line)
        shows.path((7.7, product - half), (7.7, middle), head=NODE)
        shows.column(9, middle, new_h, "h_t")
        shows.path((7.7, middle), (9, middle), start=NODE, head=WIDE / 2)
    if forgets.there:
        d.buses(h, half, end=6.9 if shows.there else 5.1 if writes.there else 1.8)
    for part, x, values, letter, index, name, squash in (
        (forgets, 1.8, f, "f_t", "f", "forget\ngate", "\\sigma"),
        (writes, 3.5, i, "i_t", "i", "input\ngate", "\\sigma"),
        (writes, 5.1, candidate, "\\tilde c_t", "c", "candidate", "\\tanh"),
        (shows, 6.9, o, "o_t", "o", "output\ngate", "\\sigma"),
    ):
        if part.there:
            part.gate(x, gate, values, letter, index, name, squash, share=index != "c")
    top = gate + half
    if forgets.there:
        forgets.path((1.8, top), (1.8, line), head=NODE)
        forgets.operator(1.8, line)
    if writes.there:
        writes.path((3.5, top), (3.5, middle), (4.3, middle), head=NODE)
        writes.path((5.1, top), (5.1, middle), (4.3, middle), head=NODE)
        writes.operator(4.3, line, "+")
        writes.operator(4.3, middle)
    if shows.there:
        shows.path((6.9, top), (6.9, middle), (7.7, middle), head=NODE)
        shows.operator(7.7, middle)
    numbers = {"forget gate": f, "input gate": i, "candidate": candidate, "output gate": o,
               "old cell state": c, "old hidden state": h, "new cell state": new_c,
               "new hidden state": new_h}  # fmt: skip
    size = (9.5, height_of(len(f), 1.1, inputs))
    return d.finish_step(ax, "LSTM", LSTM_STAGES, numbers, title, size)
