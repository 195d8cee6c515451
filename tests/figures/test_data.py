import csv

import matplotlib

matplotlib.use("Agg")
import numpy as np
import pytest
from matplotlib import pyplot as plt

from rnn_course import figures
from rnn_course.figures import by_distance, gate_heat_map, loss_curves, numbers


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def table(figure):
    return [tuple(row) for row in csv.reader(numbers(figure).splitlines())][1:]


def test_a_line_and_its_band_from_seed_to_seed():
    ax = by_distance([1, 2, 4], {"LSTM": [[1, 2, 3], [3, 4, 8]]}, baseline=0.5)
    middle, low, high = (
        [(at, v) for s, at, v in series(ax, name)]
        for name in ("LSTM", "LSTM, lowest", "LSTM, highest")
    )
    assert middle == [("1", "2"), ("2", "3"), ("4", "5.5")]
    assert low == [("1", "1"), ("2", "2"), ("4", "3")]
    assert high == [("1", "3"), ("2", "4"), ("4", "8")]
    assert [v for *_, v in series(ax, "majority baseline")] == ["0.5"] * 3


def series(ax, name):
    return [(s, at, value) for _, s, at, value in table(ax.figure) if s == name]


def test_a_band_with_a_gap_has_the_values_on_both_sides_of_it():
    ax = loss_curves({"a": [[1, np.nan, 3, 4], [2, np.nan, 4, 6]]})
    assert [float(v) for *_, v in series(ax, "a, highest")] == [2, 4, 6]


def test_a_heat_map_has_a_row_for_every_square_by_the_names_at_its_edges():
    ax = gate_heat_map(["he", "is, so"], {"forget gate": [0.25, 1.0]})
    assert table(ax.figure) == [
        ("", "forget gate", "he", "0.25"),
        ("", "forget gate", "is, so", "1"),
    ]


def test_bars_and_points_by_name_and_the_panel_they_are_in():
    _, (left, right) = plt.subplots(1, 2)
    left.barh([0, 1], [2.0, 3.0], label="time")
    left.set_yticks([0, 1], ["scan", "loop"])
    left.set_title("one")
    right.plot([4.5, 3.5], ["bigram", "LSTM"], "o", label="perplexity")
    assert table(left.figure) == [
        ("one", "time", "scan", "2"),
        ("one", "time", "loop", "3"),
        ("", "perplexity", "bigram", "4.5"),
        ("", "perplexity", "LSTM", "3.5"),
    ]


def test_what_bears_no_label_is_no_result():
    ax = plt.subplots()[1]
    ax.plot([1, 2], [3, 4])
    ax.axhline(0.5)
    ax.bar([0], [1])
    assert numbers(ax.figure) == ""
    gates = {"input_gate": [0.5], "forget_gate": [1.0], "candidate": [0.0], "output_gate": [1.0]}
    drawing = figures.lstm_step(gates, states=([0.0], [0.5]), new_states=([np.tanh(0.5)], [0.5]))
    assert numbers(drawing.figure) == ""
