"""Pictures show the numbers they are given."""

import io
from itertools import combinations, pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib import rcParams
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image

from rnn_course.figures import (
    LINE_STYLES,
    alignment_heat_map,
    alt_text,
    by_distance,
    embedding_map,
    folded,
    gate_heat_map,
    gradient_by_lag,
    look,
    loss_curves,
    numbers,
    svg,
    tag_heat_map,
    text_heat_map,
    unrolled,
)
from rnn_course.figures.labels import _Names
from rnn_course.figures.showing import bundle
from rnn_course.inspection import NamedArray


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def names(ax):
    """What stands at the ends of the lines, from top to bottom, and what bands are."""
    (found,) = (artist for artist in ax.artists if isinstance(artist, _Names))
    return found.names()


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
    note = "band: lowest to\nhighest of 2 runs"
    assert names(ax) == ["one run", "two runs", "majority baseline", note]


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


def test_by_distance_names_its_baseline():
    ax = by_distance([1], {"a": [1]}, baseline=0.25, baseline_label="trigram")
    assert names(ax) == ["a", "trigram"]
    assert alt_text(ax).endswith("trigram: 0.25.")


def test_gradient_by_lag_is_logarithmic_and_draws_the_geometric_mean():
    norms = {"simple RNN": [[1.0, 0.01], [4.0, 0.0001]], "LSTM": NamedArray(np.ones(2), ("lag",))}
    ax = gradient_by_lag(norms)
    assert ax.get_yscale() == "log"
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [2.0, 0.001])
    assert ax.lines[0].get_xdata().tolist() == [0, 1]
    assert ax.lines[1].get_ydata().tolist() == [1.0, 1.0]
    assert len(ax.collections) == 1  # a band only where there are several runs


def test_gradient_by_lag_leaves_out_what_is_missing_or_zero():
    ax = gradient_by_lag({"a": [[1.0, np.nan, 0.5, 0.0], [1.0, 0.25, 0.5, np.nan]]})
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [1.0, 0.25, 0.5, np.nan])


def test_loss_curves_draw_mean_and_range_of_seeds_at_their_steps():
    ax = loss_curves({"GRU": [[2.0, 1.0], [1.0, 0.5]]}, steps=[50, 100])
    assert ax.lines[0].get_xdata().tolist() == [50, 100]
    assert ax.lines[0].get_ydata().tolist() == [1.5, 0.75]
    corners = {tuple(point) for point in ax.collections[0].get_paths()[0].vertices.tolist()}
    assert {(50, 1.0), (50, 2.0), (100, 0.5), (100, 1.0)} <= corners


GATES = np.array([[0.1, 0.9], [0.2, 0.8], [0.3, 0.7]])  # three tokens, two units


def test_gate_heat_map_has_a_column_a_token_and_a_row_a_unit():
    ax = gate_heat_map(["he", "likes", "her"], GATES, label="forget gate", decimals=1)
    assert ax.images[0].get_array().tolist() == GATES.T.tolist()
    assert ax.images[0].get_clim() == (0, 1)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["he", "likes", "her"]
    assert texts(ax) == ["0.1", "0.2", "0.3", "0.9", "0.8", "0.7"]
    unit = {text.get_text(): text.get_position() for text in ax.texts}
    assert unit["0.3"] == (2, 0)


def test_gate_heat_map_of_named_rows():
    ax = gate_heat_map(["he", "is"], {"input gate": [0.5, 0.25], "forget gate": [1, 0.75]})
    assert [label.get_text() for label in ax.get_yticklabels()] == ["input gate", "forget gate"]
    assert "forget gate: lowest 0.75 at is (token 2), highest 1 at he (token 1)." in alt_text(ax)
    assert texts(ax) == []


def test_tag_heat_map_has_a_row_a_gold_tag_and_a_column_a_predicted_one():
    values = [[0.75, 0.25, 0], [0.004, 0.9, 0.1], [0, 0, 1]]
    ax = tag_heat_map(values, ["NOUN", "VERB", "ADJ"])
    assert np.array_equal(ax.images[0].get_array(), values)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["NOUN", "VERB", "ADJ"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["NOUN", "VERB", "ADJ"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted tag", "gold tag")
    assert {text.get_position(): text.get_text() for text in ax.texts} == {
        (0, 0): "0.75",
        (1, 0): "0.25",
        (1, 1): "0.90",
        (2, 1): "0.10",
        (2, 2): "1.00",
    }
    light = {text.get_text(): text.get_color() for text in ax.texts}
    assert (light["0.25"], light["1.00"]) == ("black", "white")
    assert alt_text(ax) == (
        "Heat map of the share of the row: gold tag (NOUN, VERB, ADJ), predicted tag. "
        "On the diagonal: between 0.75 and 1. "
        "Highest elsewhere: NOUN, VERB: 0.25; VERB, ADJ: 0.1; VERB, NOUN: 0.004. "
        "Lowest elsewhere: ADJ, VERB: 0; ADJ, NOUN: 0; NOUN, ADJ: 0."
    )


def test_tag_heat_map_of_transitions_from_begin_and_of_one_tag():
    ax = tag_heat_map([[-1.5, 2], [0, 1]], ["<s>", "O"], ["O", "B"], label="score", decimals=1)
    assert texts(ax) == ["-1.5", "2.0", "1.0"]
    assert "Highest: <s>, B: 2; O, B: 1; O, O: 0. Lowest: <s>, O: -1.5;" in alt_text(ax)
    assert alt_text(tag_heat_map([[1]], ["NOUN"])).endswith("On the diagonal: 1.")


def test_alignment_heat_map_frames_the_true_links():
    weights = [[0.75, 0.25, 0], [0.1, 0.2, 0.7], [0.2, 0.5, 0.3]]
    source, target = "I read it".split(), "Ich lese es".split()
    ax = alignment_heat_map(source, target, weights, [(0, 0), (1, 1), (2, 1)])
    assert np.array_equal(ax.images[0].get_array(), weights)
    assert ax.images[0].get_clim() == (0, 1)
    assert [label.get_text() for label in ax.get_xticklabels()] == source
    assert [label.get_text() for label in ax.get_yticklabels()] == target
    places = [frame.get_bbox().bounds for frame in ax.patches]
    assert places == [(-0.5, -0.5, 1, 1), (0.5, 0.5, 1, 1), (1.5, 0.5, 1, 1)]
    assert alt_text(ax) == (
        "Heat map of the attention weight: a row for each of “Ich lese es”, a column for each of "
        "“I read it”. Largest in each row: Ich: I 0.75; lese: it 0.7; es: read 0.5. "
        "Frames mark the true links; 2 rows have one, in 2 the largest is framed."
    )
    ax = alignment_heat_map(["I"], ["Ich", "ich"], [[1], [1]])
    assert not ax.patches
    assert alt_text(ax).endswith("Largest in each row: Ich: I 1; ich: I 1.")


def test_text_heat_map_shades_and_frames_each_token():
    sentences = ["not bad".split(), "it costs $5 or $6".split()]
    weights = [[0.25, 0.75], [0, 0, 1, 0, 0]]
    ax = text_heat_map(sentences, weights, ["+", "-"], gold=[[1, 0], []])
    assert texts(ax) == [token for tokens in sentences for token in tokens]
    darkness = [1 - np.mean(field.get_facecolor()[:3]) for field in ax.patches]
    order = np.argsort(np.concatenate(weights), kind="stable")
    assert (np.diff(np.array(darkness)[order]) >= 0).all()
    assert darkness[4] > darkness[1]
    assert [field.get_edgecolor()[3] > 0 for field in ax.patches] == [True] * 2 + [False] * 5
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["+", "-"]
    assert alt_text(ax) == (
        "Text, shaded by attention weight. +: “not bad”: largest 0.75 at bad, framed: not, bad. "
        "-: “it costs $5 or $6”: largest 1 at $5."
    )
    ax.figure.canvas.draw()  # no formula is seen between two dollars
    inks = [text.get_color() for text in ax.texts]
    assert inks == ["black"] * 4 + ["white"] + ["black"] * 2
    (half,) = text_heat_map([["a"]], [[0.5]], high=0.5).patches
    assert half.get_facecolor() == ax.patches[4].get_facecolor()


def test_text_heat_map_breaks_lines_where_they_are_full():
    ax = text_heat_map([["aaa", "bb", "cc"], ["d" * 9]], [[0, 0, 1], [1]], width=6)
    places = [(text.get_position()[0], text.get_position()[1]) for text in ax.texts]
    assert places == [(1.5, 0), (5, 0), (1, 1), (4.5, 2.4)]
    fields = [field.get_bbox() for field in ax.patches]
    assert not any(one.overlaps(other) for one, other in pairwise(fields))


@pytest.mark.parametrize(
    ("sentences", "weights", "options", "message"),
    [
        ([], [], {}, "of one or more sentences"),
        ([[]], [[]], {}, "one or more tokens"),
        ([["a", "b"]], [[1.0]], {}, r"got \[\(1,\)\] for sentences of \[2\]"),
        ([["a"]], [[1.0]], dict(labels=["x", "y"]), "one a sentence, got 2 and 1"),
        ([["a"]], [[1.0]], dict(gold=[]), "one a sentence, got 1 and 0"),
    ],
)
def test_text_heat_map_refuses(sentences, weights, options, message):
    with pytest.raises(ValueError, match=message):
        text_heat_map(sentences, weights, **options)


def test_embedding_map_keeps_the_distances_of_a_plane():
    plane = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 1.0], [4.0, 2.0]])
    rotation = np.linalg.qr(np.random.default_rng(0).normal(size=(5, 5)))[0][:2]
    ax = embedding_map(list("abcd"), plane @ rotation + 7, groups=["x", "x", "y", "y"])
    points = np.concatenate([part.get_offsets() for part in ax.collections])

    def distances(vectors):
        return np.linalg.norm(vectors[:, None] - vectors, axis=-1)

    np.testing.assert_allclose(distances(points), distances(plane), atol=1e-9)
    assert np.ptp(points[:, 0]) > np.ptp(points[:, 1])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["x", "y"]
    assert len({part.get_facecolor().tobytes() for part in ax.collections}) == 2
    assert "100% of the variance" in alt_text(ax)


def test_embedding_map_of_one_place_and_of_many_labels_in_it():
    ax = embedding_map(["a", "b", "c"], np.zeros((3, 2)))
    sides = [text.get_position() for text in ax.texts]
    assert len(set(sides)) == 3  # labels give way to each other


@pytest.mark.parametrize(
    ("draw", "arguments", "message"),
    [
        (gradient_by_lag, dict(norms={}), "norms must hold at least one model"),
        (gradient_by_lag, dict(norms={"a": [-1.0]}), "norms of 'a' must not be negative"),
        (gradient_by_lag, dict(norms={"a": [1], "b": [1, 2]}), r"'b' must have shape \(1,\)"),
        (loss_curves, dict(losses={}), "losses must hold at least one model"),
        (loss_curves, dict(losses={"a": [1]}, steps=[1, 2]), r"'a' must have shape \(2,\)"),
        (gate_heat_map, dict(tokens=["a"], gates=GATES), r"got \(3, 2\) for 1 tokens"),
        (gate_heat_map, dict(tokens=[], gates=np.zeros((0, 2))), "at least one of each"),
        (gate_heat_map, dict(tokens=["a"], gates=[[1]], low=1), "low must be below high"),
        (tag_heat_map, dict(values=np.eye(3), rows="AB"), r"got \(3, 3\) for 2 rows and 2 columns"),
        (tag_heat_map, dict(values=np.eye(2), rows="AB", columns="ABC"), "2 rows and 3 columns"),
        (tag_heat_map, dict(values=np.zeros((0, 0)), rows=[]), "at least one of each"),
        (
            alignment_heat_map,
            dict(source="ab", target="c", weights=np.eye(2)),
            r"got \(2, 2\) for 1 target and 2 source tokens",
        ),
        (
            alignment_heat_map,
            dict(source="", target="", weights=np.zeros((0, 0))),
            "at least one of each",
        ),
        (
            alignment_heat_map,
            dict(source="ab", target="c", weights=np.ones((1, 2)), gold=[(0, 1)]),
            r"link \(0, 1\) is not one of 2 source and 1 target tokens",
        ),
        (embedding_map, dict(labels=["a"], vectors=[[1, 2]]), r"at least two .* \(1, 2\)"),
        (embedding_map, dict(labels="ab", vectors=np.eye(2), groups=["x"]), "groups must be 2"),
    ],
)
def test_they_say_what_does_not_fit(draw, arguments, message):
    with pytest.raises(ValueError, match=message):
        draw(**arguments)


def test_alt_text_names_models_first_last_and_extreme_values():
    ax = by_distance([1, 2, 4], {"GRU": [0.5, 1.0, 0.75], "LSTM": [1, 0.25, 0.5]}, baseline=0.3)
    assert alt_text(ax) == (
        "Accuracy against distance (tokens), 1 to 4. GRU: 0.5 at 1, highest 1 at 2, 0.75 at 4. "
        "LSTM: 1 at 1, lowest 0.25 at 2, 0.5 at 4. majority baseline: 0.3."
    )
    assert "Norm of the gradient" in alt_text(gradient_by_lag({"a": [1.0]}))
    assert alt_text(gradient_by_lag({"a": [1.0]}, ylabel="growth")).startswith("Growth against")


def test_alt_text_of_another_picture_is_an_error():
    with pytest.raises(ValueError, match="no description"):
        alt_text(plt.subplots()[1])


def test_they_draw_where_they_are_told_and_change_no_setting():
    before = dict(rcParams)
    _, (left, right) = plt.subplots(1, 2)
    assert unrolled(["a"], [[1.0]], ax=left) is left
    for draw in (
        lambda ax: by_distance([1], {"a": [1]}, ax=ax),
        lambda ax: loss_curves({"a": [1]}, ax=ax),
        lambda ax: gate_heat_map(["a"], [[1]], ax=ax),
        lambda ax: tag_heat_map([[1]], ["NOUN"], ax=ax),
        lambda ax: alignment_heat_map("a", "b", [[1]], [(0, 0)], ax=ax),
        lambda ax: embedding_map(["a", "b"], np.eye(2), ax=ax),
        lambda ax: gradient_by_lag({"a": [1]}, ax=ax),
    ):
        assert draw(right) is right
    assert plt.get_fignums() == [1]
    assert dict(rcParams) == before


def test_a_new_figure_fits_a_page():
    figure = gate_heat_map(["word"] * 40, np.zeros((40, 3))).figure
    assert figure.get_figwidth() * 100 <= 1000


def test_a_notebook_is_given_the_words_of_all_parts_of_a_figure(monkeypatch):
    first = plt.subplots(2)[1][0]
    by_distance([1], {"a": [1.0]}, ax=first)
    gate_heat_map(["to"], {"gate": [0.5]}, ax=first.figure.axes[1])  # and its scale of colours
    shown = []
    monkeypatch.setattr("IPython.display.publish_display_data", lambda *what: shown.append(what))
    first.figure._ipython_display_()
    ((data, metadata),) = shown
    words = [alt_text(ax) for ax in first.figure.axes[:2]]
    table = "panel,series,at,value\n,a,1,1\n,gate,to,0.5\n"
    about = metadata["image/png"]
    assert (about["alt"], about["csv"]) == (" ".join(words), table)
    assert data["text/plain"] == repr(first.figure)
    assert "image/svg+xml" not in data


def test_a_picture_has_two_pixels_for_one_and_a_drawing_is_svg_too():
    ax = folded(["a"], [[0.5]])
    data, metadata = bundle(ax.figure, vector=True)
    size = Image.open(io.BytesIO(data["image/png"])).size
    about = metadata["image/png"]
    assert [side // 2 for side in size] == [about["width"], about["height"]]
    assert abs(about["width"] - 100 * ax.figure.get_figwidth()) < 40  # less its margins
    root = ElementTree.fromstring(data["image/svg+xml"])
    assert root.get("role") == "img"
    assert root.get("aria-label") == alt_text(ax)
    assert data["image/svg+xml"] == svg(ax)
    assert "scale(0.015625)" in svg(ax)  # of every letter: rounded, letters would be too large


def test_names_at_the_ends_of_lines_give_way_and_follow_the_scale():
    ax = by_distance([1, 2], {"a": [0.1, 0.5], "b": [0.1, 0.5], "c": [0.2, 0.001]}, bound=1)
    assert names(ax) == ["bound", "a", "b", "c"]
    ax.set_yscale("log")
    assert names(ax) == ["bound", "a", "b", "c"]
    boxes = [text for text in _parts(ax) if isinstance(text, Text)]
    renderer = ax.figure.canvas.get_renderer()
    extents = [text.get_window_extent(renderer) for text in boxes]
    assert not any(one.overlaps(other) for one, other in combinations(extents, 2))
    assert max(extent.x1 for extent in extents) <= ax.figure.bbox.width


def _parts(ax):
    (found,) = (artist for artist in ax.artists if isinstance(artist, _Names))
    return found._parts(ax.figure.canvas.get_renderer())


def test_titles_stand_above_and_bounds_have_names():
    for ax in (
        by_distance([1], {"a": [1]}, bound=0.75, bound_label="best", title="found"),
        loss_curves({"a": [1]}, title="found"),
        gradient_by_lag({"a": [1]}, title="found"),
        gate_heat_map(["a"], [[1]], title="found"),
        tag_heat_map([[1]], ["NOUN"], title="found"),
        alignment_heat_map("a", "b", [[1]], title="found"),
        text_heat_map([["a"]], [[1]], title="found"),
        embedding_map(["a", "b"], np.eye(2), title="found"),
    ):
        assert ax.get_title("left") == "found"
    ax = by_distance([1], {"a": [1]}, bound=0.75, bound_label="best")
    assert alt_text(ax).endswith("best: 0.75.")
    with pytest.raises(ValueError, match=r"bound must be a number or 1 .* \(2,\)"):
        by_distance([1], {"a": [1]}, bound=[1, 2])


def test_zero_is_white_where_values_are_signed_and_where_they_are_shares():
    for ax in (
        gate_heat_map(["a", "b", "c"], [[-2.0], [0.0], [4.0]], low=-2, high=4),
        gate_heat_map(["a", "b"], [[0.0], [1.0]]),
        tag_heat_map([[0.0, -0.5], [0.25, 0.1]], ["A", "B"]),
        alignment_heat_map("ab", "c", [[0.0, 1.0]]),
    ):
        (image,) = ax.images
        assert np.allclose(image.to_rgba(0.0)[:3], 1, atol=0.01)
    signed = gate_heat_map(["a"], [[-2.0]], low=-2, high=4).images[0]
    assert signed.get_clim() == (-4, 4)


def test_gates_among_states_have_a_scale_of_their_own():
    rows = {"input gate": [0.5, 1.0], "cell state": [-3.0, 5.4]}
    ax = gate_heat_map(["he", "is"], rows, low=-5.4, high=5.4, decimals=1, shares=["input gate"])
    states, gates = ax.images
    assert (states.get_clim(), gates.get_clim()) == ((-5.4, 5.4), (0, 1))
    assert sorted(texts(ax)) == ["-3.0", "0.5", "1.0", "5.4"]
    assert [row.split(",")[1:] for row in numbers(ax.figure).splitlines()[1:]] == [
        ["cell state", "he", "-3"],
        ["cell state", "is", "5.4"],
        ["input gate", "he", "0.5"],
        ["input gate", "is", "1"],
    ]
    with pytest.raises(ValueError, match=r"there is no .*'output gate'"):
        gate_heat_map(["he"], {"input gate": [1]}, shares=["output gate"])


def test_what_is_not_known_is_said_and_has_no_colour():
    ax = gate_heat_map(["a", "b"], {"gate": [0.5, np.nan]}, decimals=1)
    assert texts(ax) == ["0.5", "NaN"]


def test_dark_figures_have_light_letters_and_leave_the_rest_as_it_was():
    before = dict(rcParams)
    with look("dark"):
        dark = by_distance([1], {"a": [1]})
    light = by_distance([1], {"a": [1]})
    assert dict(rcParams) == before
    ground = [np.mean(to_rgb(ax.figure.get_facecolor())) for ax in (dark, light)]
    letters = [np.mean(to_rgb(ax.xaxis.label.get_color())) for ax in (dark, light)]
    assert ground[0] < 0.2 < 0.8 < ground[1]
    assert letters[0] > 0.8 > 0.2 > letters[1]
    with pytest.raises(ValueError, match=r"one of .*'light', 'dark'.*, got 'blue'"), look("blue"):
        pass
