"""Drawings of networks and gates show the numbers they are given, and add up."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.patches import Circle

from rnn_course.figures import (
    alt_text,
    folded,
    gru_step,
    gru_versions,
    lstm_step,
    recursive,
    stack,
    two_directions,
    unrolled,
)
from rnn_course.figures.drawings.parts import Arrow
from rnn_course.figures.palette import LIGHT
from rnn_course.layers import GRUCell, LSTMCell


def texts(ax):
    return [text.get_text() for text in ax.texts]


def places(ax, text):
    """Where a text stands, from left to right."""
    found = [np.array(t.get_position()) for t in ax.texts if t.get_text() == text]
    return sorted(found, key=lambda place: place[0])


def arrows(ax):
    return [patch for patch in ax.patches if isinstance(patch, Arrow)]


def arriving(ax, place, near=0.3):
    """The arrows whose head is at a place."""
    return [a for a in arrows(ax) if np.hypot(*(a.points[-1] - place)) < near]


def drawn_numbers(ax):
    return [t for t in texts(ax) if t.lstrip("-").replace(".", "").isdigit() and "." in t]


STATES = np.array([[0.125, -0.5], [0.75, 1.0], [-0.25, 0.0]])


def test_unrolled_shows_tokens_states_and_the_same_matrices_at_each_step():
    ax = unrolled(["to", "be", "seen"], STATES, decimals=3)
    shown = texts(ax)
    numbers = [text for text in shown if "." in text]
    assert numbers == ["0.000", "0.000"] + [f"{value:.3f}" for value in STATES.ravel()]
    assert [text for text in shown if text.isalpha()] == ["to", "be", "seen"]
    assert shown.count("$W$") == shown.count("$U$") == 3
    assert shown.count("$V$") == 0
    assert {f"$h_{{{step}}}$" for step in range(4)} <= set(shown)


def test_unrolled_stands_from_left_to_right_and_units_from_top_to_bottom():
    ax = unrolled(["a", "b", "c"], STATES)
    place = {text.get_text(): text.get_position() for text in ax.texts}
    assert place["0.75"][0] == place["1.00"][0] == place["b"][0]
    assert place["a"][0] < place["b"][0] < place["c"][0]
    assert place["0.75"][1] > place["1.00"][1] > place["b"][1]


def test_unrolled_outputs_and_initial_state():
    ax = unrolled(["a"], [[0.5]], outputs=["NOUN"], initial_state=[-0.75], kernel="W_x")
    shown = texts(ax)
    assert {"NOUN", "-0.75", "0.50", "$W_x$", "$V$"} <= set(shown)
    assert shown.index("-0.75") < shown.index("0.50")


def test_unrolled_of_length_one_and_all_zeros():
    assert texts(unrolled(["a"], [[0.0]])).count("0.00") == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(tokens=["a"], hidden_states=STATES), r"\(3, 2\) for 1 tokens"),
        (dict(tokens=["a"], hidden_states=[0.5]), r"shape \(tokens, units\).*\(1,\)"),
        (dict(tokens=[], hidden_states=np.zeros((0, 2))), "at least one of each"),
        (dict(tokens=["a"], hidden_states=[[1]], outputs=[]), "outputs must be 1, .* got 0"),
        (dict(tokens=["a"], hidden_states=[[1]], initial_state=[0, 0]), r"\(1,\), got \(2,\)"),
    ],
)
def test_unrolled_says_what_does_not_fit(arguments, message):
    with pytest.raises(ValueError, match=message):
        unrolled(**arguments)


def test_unrolled_says_in_words_what_it_shows():
    words = alt_text(unrolled(["to", "be", "seen"], STATES, outputs=["A", "B", "C"]))
    assert "h1 after to: 0.12, -0.50, output A." in words
    assert "h3 after seen: -0.25, 0.00, output C." in words
    assert "W and U and V" in words


def test_a_new_figure_fits_a_page():
    figure = unrolled(["word"] * 20, np.zeros((20, 3))).figure
    assert figure.get_figwidth() * 100 <= 1000


LSTM_GATES = {
    "input_gate": np.array([0.5, 0.25]),
    "forget_gate": np.array([1.0, 0.5]),
    "candidate": np.array([0.5, -1.0]),
    "output_gate": np.array([0.25, 1.0]),
}
GRU_GATES = {
    "update_gate": np.array([0.75, 0.5]),
    "reset_gate": np.array([0.125, 1.0]),
    "candidate": np.array([0.5, -1.0]),
}


def lstm_run():
    """By hand: c = f * c + i * candidate, h = o * tanh(c)."""
    h, c = np.array([0.3, -0.6]), np.array([0.1, 2.0])
    new_c = np.array([1.0 * 0.1 + 0.5 * 0.5, 0.5 * 2.0 + 0.25 * -1.0])
    return dict(gates=LSTM_GATES, states=[h, c], new_states=[np.tanh(new_c) * [0.25, 1.0], new_c])


def gru_run(update_gate="keep"):
    h, z = np.array([0.3, -0.6]), GRU_GATES["update_gate"]
    keep = z if update_gate == "keep" else 1 - z
    new = keep * h + (1 - keep) * GRU_GATES["candidate"]
    return dict(gates=GRU_GATES, states=[h], new_states=[new], update_gate=update_gate)


def test_lstm_step_shows_every_number_of_the_step():
    run = lstm_run()
    ax = lstm_step(**run, inputs=[0.11, 0.22, 0.33], token="book")
    shown = [text for text in texts(ax) if text.lstrip("-").replace(".", "").isdigit()]
    new_h, new_c = run["new_states"]
    vectors = [*LSTM_GATES.values(), *run["states"], new_h, new_c, [0.11, 0.22, 0.33]]
    products = [np.array([0.1, 1.0]), np.array([0.25, -0.25]), np.tanh(new_c)]
    expected = [f"{value:.2f}" for vector in vectors + products for value in vector]
    assert sorted(shown) == sorted(expected)
    assert {"forget\ngate", "input\ngate", "output\ngate", "candidate"} <= set(texts(ax))
    assert {"$x_t$", "book"} <= set(texts(ax))
    for gate in "fico":  # each gate has weights of its own
        assert f"$W_{gate}, U_{gate}, b_{gate}$" in texts(ax)


def test_a_column_stands_under_its_name_from_first_unit_to_last():
    ax = lstm_step(**lstm_run())
    place = {text.get_text(): np.array(text.get_position()) for text in ax.texts}
    name, first, last = place["$c_t$"], place["0.35"], place["0.75"]
    assert name[0] == first[0] == last[0]
    assert name[1] > first[1] > last[1]


@pytest.mark.parametrize("reset_after", [True, False])
@pytest.mark.parametrize("update_gate", ["keep", "write"])
def test_gru_step_shows_every_number_of_the_step(update_gate, reset_after):
    run = gru_run(update_gate)
    ax = gru_step(**run, reset_after=reset_after)
    shown = [text for text in texts(ax) if text.lstrip("-").replace(".", "").isdigit()]
    (h,), (new_h,) = run["states"], run["new_states"]
    keep = GRU_GATES["update_gate"] if update_gate == "keep" else 1 - GRU_GATES["update_gate"]
    products = [keep * h, (1 - keep) * GRU_GATES["candidate"]]
    vectors = [*GRU_GATES.values(), h, h, new_h, *products]  # h stands at the top and below
    assert sorted(shown) == sorted(f"{value:.2f}" for vector in vectors for value in vector)
    kept, written = ("z_t", "(1 - z_t)") if update_gate == "keep" else ("(1 - z_t)", "z_t")
    assert f"${kept} \\odot h_{{t-1}}$" in texts(ax)
    assert f"${written} \\odot \\tilde h_t$" in texts(ax)


@pytest.mark.parametrize("cell", [LSTMCell(3), GRUCell(3), GRUCell(3, update_gate="write")])
def test_they_draw_what_the_cells_compute(cell):
    cell.build((None, 2))
    projected = cell.project(np.ones((1, 2), "float32"))
    states = [np.full((1, 3), 0.5, "float32") for _ in cell.state_names]
    gates = {name: np.array(gate)[0] for name, gate in cell.gates(projected, states).items()}
    new_states = [np.array(state)[0] for state in cell.step(projected, states)[1]]
    before = [state[0] for state in states]
    if isinstance(cell, LSTMCell):
        words = alt_text(lstm_step(gates, before, new_states, token="book"))
        assert "forget gate " + ", ".join(f"{v:.2f}" for v in gates["forget_gate"]) in words
    else:
        words = alt_text(gru_step(gates, before, new_states, update_gate=cell.update_gate))
        assert f"update gate, which {cell.update_gate}s" in words
    assert "new hidden state " + ", ".join(f"{v:.2f}" for v in new_states[0]) in words


@pytest.mark.parametrize("reset_after", [True, False])
def test_the_reset_gate_acts_on_the_old_state_and_never_on_the_input(reset_after):
    ax = gru_step(**gru_run(), inputs=[0.5, 0.5], reset_after=reset_after)
    marks = {t.get_position(): t.get_text() for t in ax.texts if "odot$" in t.get_text()}
    circles = [np.array(p.center) for p in ax.patches if isinstance(p, Circle) and p.radius > 0.1]
    (r_label,) = [p for p in places(ax, "$r_t$") if p[0] > 4]
    (reset,) = (c for c in circles if c[1] < r_label[1] and abs(c[0] - r_label[0]) < 0.1)
    assert marks[tuple(reset)] == "$\\odot$"
    comes = sorted(arriving(ax, reset), key=lambda arrow: arrow.points[-1][0])
    assert len(comes) == 2  # the old state, and the gate
    product = places(ax, "$U_h, b'_h$" if reset_after else "$U_h$")[0]
    assert bool(product[0] < reset[0]) is reset_after
    first = min(product[0], reset[0])
    (of_old,) = [a for a in arrows(ax) if len(a.points) == 3 and 0 < first - a.points[-1][0] < 0.3]
    assert of_old.points[0][1] == 0  # the line of the old state
    # The input has a way of its own, past the gate, to the sum.
    (weights,) = places(ax, "$W_h, b_h$")
    (sum_,) = [c for c in circles if abs(c[0] - weights[0]) < 0.01 and c[1] == reset[1]]
    assert len(arriving(ax, sum_)) == 2
    assert sum_[0] > reset[0]


@pytest.mark.parametrize(
    ("stage", "there", "not_yet"),
    [
        (1, ["$c_{t-1}$"], ["forget\ngate", "$c_t$"]),
        (2, ["forget\ngate", "$f_t \\odot c_{t-1}$"], ["input\ngate", "$c_t$"]),
        (3, ["forget\ngate", "input\ngate", "candidate", "$c_t$"], ["output\ngate", "$h_t$"]),
        (4, ["output\ngate", "$h_t$", "$\\tanh(c_t)$"], []),
    ],
)
def test_the_lstm_grows_in_four_stages(stage, there, not_yet):
    run = lstm_run()
    ax = lstm_step(**run, inputs=[0.5], token="book", stage=stage)
    assert set(there) <= set(texts(ax))
    assert not set(not_yet) & set(texts(ax))
    assert f"stage {stage} of 4" in alt_text(ax)
    inks = {t.get_text(): t.get_color() for t in ax.texts}
    ghosts = {"forget\ngate": 3, "input\ngate": 4}
    for gate, since in ghosts.items():
        if gate in inks:
            assert (inks[gate] == LIGHT.ghost) is (stage >= since)


def test_all_stages_of_a_cell_are_of_one_size():
    heights = {lstm_step(**lstm_run(), stage=s).figure.get_figheight() for s in (1, 2, 3, 4)}
    widths = {lstm_step(**lstm_run(), stage=s).figure.get_figwidth() for s in (1, 2, 3, 4)}
    assert len(heights) == len(widths) == 1
    assert len({gru_step(**gru_run(), stage=s).figure.get_figheight() for s in (1, 2, 3)}) == 1


def test_the_gru_grows_in_three_stages():
    first, second, third = (set(texts(gru_step(**gru_run(), stage=s))) for s in (1, 2, 3))
    assert "update\ngate" in first
    assert "reset\ngate" in second - first
    assert {"candidate", "$h_t$"} <= third - second


def test_figures_of_notebooks_keep_their_sizes():
    """Notebooks state the sizes of their figures, and are compared with what they have stated."""
    units, features = 3, 4
    half = np.full(units, 0.5)
    c = np.ones(units)
    run = dict(states=[half, c], new_states=[0.5 * np.tanh(0.75 * c), 0.75 * c])
    ax = lstm_step(dict.fromkeys(LSTM_GATES, half), **run, inputs=np.ones(features), token="read")
    np.testing.assert_allclose(ax.figure.get_size_inches(), (9.5, 6.8632))
    ax = gru_step(dict.fromkeys(GRU_GATES, half), [half], [half], inputs=np.ones(features))
    np.testing.assert_allclose(ax.figure.get_size_inches(), (7.9, 7.3232))
    ax = unrolled(["a"] * 6, np.ones((6, units)))
    np.testing.assert_allclose(ax.figure.get_size_inches(), (8.7, 2.043))
    ax = unrolled(["a"] * 6, np.ones((6, units)), outputs="abcdef")
    np.testing.assert_allclose(ax.figure.get_size_inches(), (8.7, 2.538))


def test_the_four_versions_of_the_gru_differ_in_two_places():
    kinds = [(after, z) for z in ("keep", "write") for after in (True, False)]
    states = {kind: np.full(2, k / 4) for k, kind in enumerate(kinds)}
    ax = gru_versions(states)
    assert sorted(set(drawn_numbers(ax))) == ["0.00", "0.25", "0.50", "0.75"]
    xs = sorted({round(p[0], 2) for p in places(ax, "$U_h$")})
    gates = sorted({round(p[0], 2) for p in places(ax, "$r_t$")})
    assert xs[0] < gates[0]  # reset after: the product comes first
    assert gates[1] < xs[1]
    heights = {round(p[1], 2) for p in places(ax, "$z_t$")}
    assert len(heights) == 2  # above it is what is kept, below what is written
    assert "Reset after the product, z keeps: h = z h + (1 - z) tanh(x W + r (h U))" in alt_text(ax)
    assert "Reset before the product, z writes: h = (1 - z) h + z tanh(x W + (r h) U)" in alt_text(
        ax
    )
    with pytest.raises(ValueError, match="new_states must be of the four"):
        gru_versions({(True, "keep"): [0.5]})


@pytest.mark.parametrize(
    ("draw", "run", "message"),
    [
        (lstm_step, lstm_run, "stage must be 1 to 4, or None .* got 5"),
        (gru_step, gru_run, "stage must be 1 to 3, or None .* got 5"),
    ],
)
def test_there_are_no_more_stages(draw, run, message):
    with pytest.raises(ValueError, match=message):
        draw(**run(), stage=5)


def test_folded_leads_the_new_state_back_to_the_old_one():
    ax = folded(["to", "be", "seen"], STATES, at=1)
    assert drawn_numbers(ax) == ["0.12", "-0.50", "0.75", "1.00"]
    assert {"$h_{1}$", "$h_{2}$", "be", "(token 2 of 3)"} <= set(texts(ax))
    (old,), (new,) = places(ax, "$h_{1}$"), places(ax, "$h_{2}$")
    (loop,) = (a for a in arrows(ax) if len(a.points) == 6)
    assert loop.points[0][0] > new[0]
    assert loop.points[-1][0] < old[0]
    assert "0.00" in texts(folded(["to"], [[1.0]]))  # h_0
    with pytest.raises(ValueError, match="at must be one of 1 steps, got 1"):
        folded(["to"], [[1.0]], at=1)


def test_recursive_frames_lie_in_one_another():
    ax = recursive(["to", "be", "seen"], STATES)
    frames = [p for p in ax.patches if type(p).__name__ == "FancyBboxPatch"]
    boxes = sorted((p.get_bbox() for p in frames), key=lambda box: -box.width)
    assert len(boxes) == 3
    for outer, inner in pairwise(boxes):
        assert outer.x0 < inner.x0
        assert inner.x1 < outer.x1
        assert outer.y0 < inner.y0
        assert inner.y1 < outer.y1
    (seen,) = places(ax, "seen")
    assert boxes[1].x1 < seen[0] < boxes[0].x1
    assert "after 3" in texts(recursive(list("abcdefgh"), np.zeros((8, 1))))


def test_a_stack_reads_what_the_layer_below_gives_at_the_same_step():
    low, high = STATES, STATES * 0.5
    ax = stack(["to", "be", "seen"], [low, high], outputs=["A", "B", "C"])
    assert {"layer 1", "layer 2", "A", "$W^{(2)}$"} <= set(texts(ax))
    x = places(ax, "be")[0][0]
    column = [a for a in arrows(ax) if abs(a.points[0][0] - x) < 0.01 and a.points[-1][0] == x]
    assert len(column) == 3  # the token, the layer below, the output
    assert sorted(a.points[0][1] for a in column) == [a.points[0][1] for a in column]
    assert "Layer 2, which reads layer 1: to 0.06, -0.25; be" in alt_text(ax)
    with pytest.raises(ValueError, match=r"layers\[1\] must have shape \(tokens, units\)"):
        stack(["a"], [[[1.0]], [[1.0], [2.0]]])
    with pytest.raises(ValueError, match="at least one layer"):
        stack(["a"], [])


def test_each_direction_is_named_by_its_own_position():
    tokens = ["to", "be", "seen"]
    ax = two_directions(tokens, STATES, -STATES, outputs=["A", "B", "C"])
    for k, token in enumerate(tokens, 1):
        (word,) = places(ax, token)
        for name in ("overrightarrow", "overleftarrow"):
            (label,) = places(ax, f"$\\{name}{{h}}_{{{k}}}$")
            assert abs(label[0] - word[0]) < 0.7
    level = [a for a in arrows(ax) if a.points[0][1] == a.points[-1][1]]
    forwards = [a for a in level if a.points[-1][0] > a.points[0][0]]
    assert len(forwards) == len(level) - len(forwards) == 2
    assert "At be (position 2), forwards 0.75, 1.00, backwards -0.75, -1.00" in alt_text(ax)
    with pytest.raises(ValueError, match="backward must have shape"):
        two_directions(["a"], [[1.0]], [[1.0], [1.0]])


def test_a_long_sentence_keeps_its_ends_and_says_all_in_words():
    tokens = [f"w{k}" for k in range(20)]
    ax = unrolled(tokens, np.arange(20.0)[:, None])
    assert {"w0", "w19", "…", "$h_{20}$"} <= set(texts(ax))
    assert "w10" not in texts(ax)
    assert "h11 after w10: 10.00." in alt_text(ax)


def without(run, gate):
    return run | {"gates": {name: g for name, g in run["gates"].items() if name != gate}}


@pytest.mark.parametrize(
    ("draw", "arguments", "message"),
    [
        (lstm_step, without(lstm_run(), "candidate"), "gates must hold 'candidate'"),
        (lstm_step, lstm_run() | {"states": [[0, 0]]}, r"states must be 2 of shape \(2,\)"),
        (
            lstm_step,
            lstm_run() | {"new_states": [[0, 0], [0]]},
            r"new_states must be 2 .*\[\(2,\), \(1,\)\]",
        ),
        (lstm_step, lstm_run() | {"new_states": [[0, 0], [0, 0]]}, "c = f \\* c .* gives"),
        (
            lstm_step,
            lstm_run() | {"gates": LSTM_GATES | {"candidate": np.zeros((1, 2))}},
            r"shape \(units,\), got 'candidate' of \(1, 2\)",
        ),
        (gru_step, without(gru_run(), "reset_gate"), "gates must hold 'reset_gate'"),
        (gru_step, gru_run() | {"update_gate": "forget"}, '"keep" or "write", got'),
        (gru_step, gru_run() | {"update_gate": "write"}, "z writes gives"),
    ],
)
def test_steps_say_what_does_not_fit(draw, arguments, message):
    with pytest.raises(ValueError, match=message):
        draw(**arguments)
