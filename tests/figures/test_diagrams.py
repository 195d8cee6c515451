"""Pictures of networks show the numbers they are given, and add up."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

from rnn_course.figures import alt_text, gru_step, lstm_step, unrolled
from rnn_course.layers import GRUCell, LSTMCell


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


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
    assert place["0.75"][0] == place["1.00"][0] == place["b"][0] == 2
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
    assert "$x_t$  book" in texts(ax)


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
    assert any("(r_t \\odot h_{t-1})" in text for text in texts(ax)) is not reset_after


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


def numbers_and_boxes(ax):
    """Every text of a drawn picture with its place in pixels."""
    ax.figure.draw_without_rendering()
    renderer = ax.figure.canvas.get_renderer()
    return [(text.get_text(), text.get_window_extent(renderer)) for text in ax.texts]


@pytest.mark.parametrize("units", [1, 2, 4])
@pytest.mark.parametrize("kind", ["lstm", "gru", "unrolled"])
def test_no_text_covers_another_or_leaves_the_page(kind, units):
    values = np.full(units, -0.88)
    if kind == "unrolled":
        ax = unrolled(["seldom"] * 3, [values] * 3, outputs=["ADV 0.88"] * 3)
    elif kind == "lstm":
        c = values * 2
        gates = dict.fromkeys(LSTM_GATES, values)
        new_c = values * c + values * values
        new = [values * np.tanh(new_c), new_c]
        ax = lstm_step(gates, [values, c], new, inputs=[-0.88] * 4, token="seldom")
    else:
        new = values * values + (1 - values) * values
        gates = dict.fromkeys(GRU_GATES, values)
        ax = gru_step(gates, [values], [new], inputs=[-0.88] * 4, token="seldom")
    boxes = numbers_and_boxes(ax)
    width, height = ax.figure.get_size_inches() * ax.figure.dpi
    for i, (text, box) in enumerate(boxes):
        assert box.x0 >= 0, text
        assert box.y0 >= 0, text
        assert box.x1 <= width, text
        assert box.y1 <= height, text
        for other, other_box in boxes[i + 1 :]:
            if text and other:
                assert not box.shrunk(0.8, 0.8).overlaps(other_box.shrunk(0.8, 0.8)), (text, other)


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
