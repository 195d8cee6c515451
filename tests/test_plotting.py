"""Pictures show the numbers they are given."""

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib import rcParams

from rnn_course.plotting import LINE_STYLES, by_distance, unrolled


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


def test_by_distance_draws_mean_and_range_of_seeds():
    runs = np.array([[1.0, 0.5, 0.25], [1.0, 1.0, 0.75]])
    ax = by_distance([1, 4, 9], {"one run": [0.5, 0.5, 0.5], "two runs": runs}, baseline=0.5)
    single, double, level = ax.lines
    assert single.get_ydata().tolist() == [0.5, 0.5, 0.5]
    assert double.get_xdata().tolist() == [1, 4, 9]
    assert double.get_ydata().tolist() == [1.0, 0.75, 0.5]
    assert level.get_ydata().tolist() == [0.5, 0.5, 0.5]
    (band,) = ax.collections
    corners = {tuple(point) for point in band.get_paths()[0].vertices.round(6).tolist()}
    assert {(4, 0.5), (4, 1.0), (9, 0.25), (9, 0.75)} <= corners
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["one run", "two runs", "majority baseline"]


def test_by_distance_lines_differ_in_colour_marker_and_style():
    ax = by_distance([1], {name: [0.5] for name in "abcd"})
    assert len({line.get_color() for line in ax.lines}) == 4
    assert len({line.get_marker() for line in ax.lines}) == 4
    assert len(set(LINE_STYLES)) == 4


def test_by_distance_takes_a_baseline_a_distance():
    ax = by_distance([1, 2], {"a": [1, 1]}, baseline=[0.5, 0.75])
    assert ax.lines[-1].get_ydata().tolist() == [0.5, 0.75]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(distances=[], accuracies={"a": []}), "distances must be"),
        (dict(distances=[1], accuracies={}), "at least one model"),
        (dict(distances=[1, 2], accuracies={"a": [1]}), r"'a' must have shape \(2,\).*\(1, 1\)"),
        (dict(distances=[1], accuracies={"a": [1]}, baseline=[0, 0]), r"baseline .* \(2,\)"),
    ],
)
def test_by_distance_says_what_does_not_fit(arguments, message):
    with pytest.raises(ValueError, match=message):
        by_distance(**arguments)


def test_they_draw_where_they_are_told_and_change_no_setting():
    before = dict(rcParams)
    _, (left, right) = plt.subplots(1, 2)
    assert unrolled(["a"], [[1.0]], ax=left) is left
    assert by_distance([1], {"a": [1]}, ax=right) is right
    assert plt.get_fignums() == [1]
    assert dict(rcParams) == before


def test_a_new_figure_fits_a_page():
    figure = unrolled(["word"] * 20, np.zeros((20, 3))).figure
    assert figure.get_figwidth() * 100 <= 1000
