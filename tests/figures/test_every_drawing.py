"""Every drawing: its texts do not cover each other, and it takes what sentences and runs bring."""

import warnings
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb

from rnn_course import figures
from rnn_course.figures import alt_text, look, palette, svg
from rnn_course.figures.drawings.lettering import is_drawable
from rnn_course.figures.drawings.parts import Arrow
from rnn_course.figures.drawings.sequences import columns

STATES = np.array([[0.12, -0.5], [0.75, 1.0], [-0.25, 0.0], [0.5, -0.9]])
TOKENS = "she sells sea shells".split()
GATES = dict(update_gate=[0.5, 0.5], reset_gate=[0.25, 1.0], candidate=[0.5, -0.5])
TREE = [
    [(0, "the", -0.5, True), (0, "a", -1.0, True), (0, "an", -2.5, False)],
    [(0, "cat", -1.5, True), (1, "dog", -1.2, True), (0, "dog", -1.9, False)],
    [(0, "sat", -2.5, False), (1, "ran", -1.9, True)],
]


def of(tokens, states=STATES, ax=None, title=None):
    """Each drawing of some tokens, as many as there are states."""
    n, look = len(tokens), dict(ax=ax, title=title)
    scores = np.linspace(-1, 1, n)
    shares = np.linspace(0.1, 0.9, n)
    units = states.shape[1]
    return {
        "folded": lambda: figures.folded(tokens, states, **look),
        "recursive": lambda: figures.recursive(tokens, states, **look),
        "unrolled": lambda: figures.unrolled(tokens, states, outputs=tokens, **look),
        "stack": lambda: figures.stack(tokens, [states, states], outputs=tokens, **look),
        "two directions": lambda: figures.two_directions(
            tokens, states, states, outputs=tokens, **look
        ),
        "gradient": lambda: figures.gradient_flow(tokens, shares**9, truncate=2, **look),
        "reading": lambda: figures.reading_and_writing(tokens, shares, tokens, shares, **look),
        "tagger": lambda: figures.character_tagger(tokens, tokens, probabilities=shares, **look),
        "attention": lambda: figures.attention_pooling(tokens, states, scores, **look),
        "encoder": lambda: figures.encoder_decoder(tokens, states, tokens, states, **look),
        "decoder": lambda: figures.decoder_attention(
            tokens, states, scores, np.full(units, 0.5), tokens[0], read=tokens[-1], **look
        ),
        "batch": lambda: figures.shared_batch([tokens, tokens[:1]], states[:1], **look),
    }


OTHERS = {
    "skip-gram": lambda **o: figures.skip_gram_window(
        TOKENS, 1, 2, probabilities=[0.1] * 4, vectors=STATES, **o
    ),
    "skip-gram, bare": lambda **o: figures.skip_gram_window(TOKENS, 3, 1, **o),
    "cbow": lambda **o: figures.cbow_window(TOKENS, 1, 2, STATES, 0.25, **o),
    "cbow, bare": lambda **o: figures.cbow_window(TOKENS, 2, 1, **o),
    "subwords": lambda **o: figures.subwords(
        "unreadable", ["un", "##read", "##able"], [1, 22, 333], STATES[:3], **o
    ),
    "shapes": lambda **o: figures.four_shapes(
        {
            "one to many": (["image"], ["a", "dog", "runs"]),
            "many to one": (["not", "bad"], ["positive"]),
            "many to many": (TOKENS, ["PRON", "VERB", "NOUN", "NOUN"]),
            "many to many, unequal": (["I", "read", "it"], ["ich", "lese", "es"]),
        },
        **o,
    ),
    "versions": lambda **o: figures.gru_versions(
        {(after, z): [0.5, -0.5] for after in (True, False) for z in ("keep", "write")}, **o
    ),
    "gru, before": lambda **o: figures.gru_step(
        GATES,
        [[1.0, 0.5]],
        [[0.75, 0.0]],
        token="read",
        reset_after=False,
        update_gate="write",
        inputs=[0.5, 1],
        **o,
    ),
    "gru, stage": lambda **o: figures.gru_step(
        GATES, [[1.0, 0.5]], [[0.75, 0.0]], stage=3, inputs=[0.5], **o
    ),
    "trellis": lambda **o: figures.crf_trellis(
        ["a", "tall", "tale"],
        ["O", "B", "I"],
        STATES[:3, :1] * [1, 2, 3],
        np.eye(3),
        greedy=True,
        **o,
    ),
    "beam": lambda **o: figures.beam_tree(TREE, **o),
    "scan": lambda **o: figures.scan([0.5] * 8, np.arange(8.0) / 4, **o),
}
ALL = OTHERS | {name: lambda name=name, **o: of(TOKENS, **o)[name]() for name in of(TOKENS)}


def texts(ax):
    return [text.get_text() for text in ax.texts]


def arrows(ax):
    return [patch for patch in ax.patches if isinstance(patch, Arrow)]


def check_room(ax, cover=True):
    """No text leaves the page; none covers another."""
    ax.figure.draw_without_rendering()
    renderer = ax.figure.canvas.get_renderer()
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in ax.texts if t.get_text()]
    page = ax.figure.bbox
    for k, (text, box) in enumerate(boxes):
        assert page.x0 - 1 <= box.x0, text
        assert page.y0 - 1 <= box.y0, text
        assert box.x1 <= page.x1 + 1, text
        assert box.y1 <= page.y1 + 1, text
        for other, other_box in boxes[k + 1 :] if cover else ():
            overlap = box.shrunk(0.8, 0.8).overlaps(other_box.shrunk(0.8, 0.8))
            assert not overlap, (text, other)


@pytest.mark.parametrize("name", ALL)
def test_no_text_covers_another_or_leaves_the_page(name):
    check_room(ALL[name]())
    ax = ALL[name](title="What this drawing says, in a title that takes more than one line of it")
    check_room(ax)
    assert any(text.startswith("What this") for text in texts(ax))
    assert ax.figure.get_figwidth() <= 9.5
    smallest = min(text.get_fontsize() for text in ax.texts)
    assert smallest >= 7  # points on the page: on a slide of its width about 10 pixels


@pytest.mark.parametrize("name", ALL)
def test_a_drawing_is_vector_graphics_with_words_on_light_and_on_dark(name):
    light = ALL[name]()
    root = ElementTree.fromstring(svg(light))
    assert root.get("aria-label") == alt_text(light)
    with look("dark"):
        dark = ALL[name]()
        drawn = svg(dark)
    assert texts(dark) == texts(light)
    assert alt_text(dark) == alt_text(light)
    assert "#14181e" in drawn
    assert "#222222" not in drawn  # the ink of a light page


@pytest.mark.parametrize("name", ALL)
def test_a_drawing_stays_where_it_is_told(name):
    _, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    ax = ALL[name](ax=right)
    assert ax is right
    own = ALL[name]()
    size = [t.get_fontsize() for t in right.texts]
    assert max(size) < max(t.get_fontsize() for t in own.texts) + 4
    ax.figure.draw_without_rendering()
    renderer = ax.figure.canvas.get_renderer()
    edge = left.get_window_extent().x1
    assert all(t.get_window_extent(renderer).x0 >= edge - 1 for t in ax.texts)


@pytest.mark.parametrize("name", of(TOKENS))
def test_one_token_is_enough(name):
    check_room(of(["a"], STATES[:1])[name]() if name != "batch" else of(["a"])[name]())


@pytest.mark.parametrize("name", of(TOKENS))
def test_long_words_are_cut_and_long_sentences_keep_their_ends(name):
    long = "Donaudampfschifffahrtsgesellschaft"
    check_room(of([long] * 4)[name]())
    many = of([f"w{k}" for k in range(30)], np.tile(STATES, (8, 1))[:30])[name]()
    check_room(many)
    assert many.figure.get_figwidth() <= 9.5
    if name not in ("folded", "recursive"):
        assert "…" in texts(many)
    if name != "batch":
        assert "w29" in texts(many)


@pytest.mark.parametrize("name", of(TOKENS))
@pytest.mark.parametrize("word", ["中文", "שלום", "كتاب", "हिन्दी", "🙂", "$5 & <s>"])
def test_words_of_any_script_are_drawn_without_a_warning(name, word):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = svg(of([word] * 4)[name]())
    ElementTree.fromstring(drawn)
    if not is_drawable(word) and name != "tagger":  # as text: the reader's fonts have its letters
        assert word in drawn


@pytest.mark.parametrize("name", of(TOKENS))
def test_numbers_that_are_not_known_are_said(name):
    states = STATES.copy()
    states[:, 0] = np.nan
    states[-1, 1] = np.inf
    ax = of(TOKENS, states)[name]()
    check_room(ax)
    if name not in ("gradient", "reading", "tagger"):
        assert "NaN" in texts(ax)


def contrast(one, other):
    """Of two colours, as the guidelines for the web define it."""

    def luminance(colour):
        parts = np.array(to_rgb(colour))
        linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_coloured_letters_can_be_read_on_the_paper(mode):
    with look(mode):
        for colour in palette.now().categories:
            assert contrast(palette.readable(colour), palette.now().paper) >= 4.5
        ax = ALL["reading"]()
        ink = {t.get_text(): t.get_color() for t in ax.texts}
        assert contrast(ink["generating:\nit reads what\nit wrote"], palette.now().paper) >= 4.5
        assert contrast(palette.now().muted, palette.now().paper) >= 4.5


def place(ax, text):
    """Where a text stands that is there once."""
    (found,) = (np.array(t.get_position()) for t in ax.texts if t.get_text() == text)
    return found


def test_skip_gram_goes_from_the_middle_to_its_neighbours_and_cbow_back():
    ax = ALL["skip-gram"]()
    heads = [a.points[-1] for a in arrows(ax) if len(a.points) == 3]
    assert sorted(head[0] for head in heads) == [place(ax, w)[0] for w in ("she", "sea", "shells")]
    assert texts(ax).count("0.10") == 3
    ax = ALL["cbow"]()
    (back,) = (a for a in arrows(ax) if len(a.points) == 5)
    assert back.points[-1][0] == place(ax, "sells")[0]
    mean = STATES[[0, 2, 3]].mean(axis=0)
    assert {f"{value:.2f}" for value in mean} <= set(texts(ax))
    assert alt_text(ax).endswith(f"The mean: {mean[0]:.2f}, {mean[1]:.2f}.")


def test_words_outside_of_a_window_are_ghosts():
    ax = figures.skip_gram_window(list("abcdefg"), 3, 1)
    assert texts(ax)[:5] == list("bcdef")
    assert texts(ax).count("…") == 2


def test_pieces_stand_under_their_letters():
    ax = ALL["subwords"]()
    tails = [a.points[0][0] for a in arrows(ax)][::2]
    pieces = [place(ax, piece)[0] for piece in ("un", "##read", "##able")]
    assert tails == sorted(tails)
    assert [a.points[-1][0] for a in arrows(ax)][::2] == pieces
    assert {"1", "22", "333"} <= set(texts(ax))


def test_four_shapes_differ_in_what_goes_in_and_comes_out():
    def ways(shape, example):
        ax = figures.four_shapes({shape: example})
        upright = [a.points for a in arrows(ax) if a.points[0][0] == a.points[-1][0]]
        goes_in = [round(p[0][0], 2) for p in upright if p[0][1] < 0]
        return goes_in, [round(p[0][0], 2) for p in upright if p[0][1] > 0]

    assert ways("one to many", (["x"], ["a", "b"])) == ([0], [0, 0.82])
    assert ways("many to one", (["x", "y"], ["a"])) == ([0, 0.82], [0.82])
    assert ways("many to many", (["x", "y"], ["a", "b"])) == ([0, 0.82], [0, 0.82])
    assert ways("many to many, unequal", (["x"], ["a"])) == ([0], [0.82])


def test_the_gradient_is_as_thick_as_it_is_large_and_is_cut():
    tokens = list("abcde")
    ax = figures.gradient_flow(tokens, [1e-4, 1e-3, 0.01, 0.1, 1.0])
    back = [a for a in arrows(ax) if a.points[-1][0] < a.points[0][0]]
    assert len(back) == 4
    widths = [a.get_linewidth() for a in sorted(back, key=lambda a: a.points[0][0])]
    assert widths == sorted(widths)
    assert {"0.0001", "0.001", "0.01", "0.1", "1"} <= set(texts(ax))
    ax = figures.gradient_flow(tokens, [1e-4, 1e-3, 0.01, 0.1, 1.0], truncate=2)
    back = [a for a in arrows(ax) if a.points[-1][0] < a.points[0][0]]
    assert [a.get_linestyle() == "-" for a in back] == [True, False, False, False]
    assert "cut after 2" in texts(ax)
    assert "0.01" not in texts(ax)
    assert "cut after" not in " ".join(texts(figures.gradient_flow(tokens, [1.0] * 5, truncate=5)))


def test_a_model_that_writes_reads_what_it_wrote():
    ax = figures.reading_and_writing(
        ["to", "be"], [0.25, 0.5], ["so", "it"], [0.3, 0.4], begin="<s>"
    )
    (again,) = (a for a in arrows(ax) if len(a.points) == 4)
    written, read = sorted(
        (np.array(t.get_position()) for t in ax.texts if t.get_text() == "so"), key=lambda p: -p[1]
    )
    assert again.points[0][1] == written[1]
    assert again.points[-1][1] == read[1]
    assert written[0] < read[0]
    assert place(ax, "be")[1] > written[1]  # teacher forcing stands above
    assert texts(ax).count("<s>") == 2


def test_letters_stand_below_words_and_words_below_tags():
    ax = figures.character_tagger(["be", "it"], ["VERB", "PRON"])
    assert place(ax, "b")[1] < place(ax, "be")[1] < place(ax, "VERB")[1]
    assert place(ax, "b")[0] < place(ax, "e")[0] < place(ax, "it")[0]
    level = [a for a in arrows(ax) if a.points[0][1] == a.points[1][1] and a.points[0][1] > 0]
    assert {np.sign(a.points[1][0] - a.points[0][0]) for a in level} == {-1, 1}  # both directions


@pytest.mark.parametrize("seed", range(5))
def test_the_best_way_through_a_trellis_is_the_best_of_all(seed):
    draw = np.random.default_rng(seed).normal
    emissions, transitions, start = draw(size=(4, 3)), draw(size=(3, 3)), draw(size=3)
    best = max(
        np.ndindex(3, 3, 3, 3),
        key=lambda p: (
            start[p[0]]
            + sum(emissions[k, p[k]] for k in range(4))
            + sum(transitions[p[k - 1], p[k]] for k in (1, 2, 3))
        ),
    )
    ax = figures.crf_trellis(list("abcd"), list("xyz"), emissions, transitions, start=start)
    way = ", ".join(f"{token} {'xyz'[k]}" for token, k in zip("abcd", best, strict=True))
    assert f"Best way: {way}, score" in alt_text(ax)
    thick = [a for a in arrows(ax) if a.get_linewidth() > 2]
    assert [-round(a.points[-1][1] / 0.66) for a in thick] == list(best[1:])
    assert len([a for a in arrows(ax) if a.get_linewidth() < 1]) == 27


def test_attention_weighs_and_sums():
    ax = figures.attention_pooling(["a", "b", "pad"], STATES[:3], [0.0, np.log(3), -np.inf])
    assert {"0.25", "0.75", "-∞"} <= set(texts(ax))
    context = 0.25 * STATES[0] + 0.75 * STATES[1]
    assert alt_text(ax).endswith(f"{context[0]:.2f}, {context[1]:.2f}.")
    slanted = [a for a in arrows(ax) if a.points[0][0] != a.points[-1][0]]
    widths = [a.get_linewidth() for a in arrows(ax) if a.points[-1][1] == slanted[0].points[-1][1]]
    assert np.allclose(np.diff(widths), [5 * 0.5, -5 * 0.75], atol=0.2)


def test_the_decoder_is_told_one_vector():
    ax = ALL["encoder"]()
    framed = [t for t in texts(ax) if t == "-0.90"]
    assert len(framed) == 3  # at the encoder's end, on its own, and in the decoder's copy
    assert place(ax, "encoder")[0] < place(ax, "decoder")[0]


def test_a_decoder_looks_at_the_source_and_goes_on():
    ax = figures.decoder_attention(["I", "read"], STATES[:2], [0, 0], [0.5, 0.6], "Ich", read="<s>")
    context = STATES[:2].mean(axis=0)
    assert {f"{value:.2f}" for value in context} <= set(texts(ax))
    assert texts(ax).count("0.50") == 3  # two weights, and half of the query
    assert place(ax, "together")[1] > place(ax, "Ich")[1]


def test_a_beam_gives_up_and_wins():
    ax = ALL["beam"]()
    ghosts = [a for a in arrows(ax) if a.get_linestyle() != "-"]
    assert len(ghosts) == 3
    thick = [a for a in arrows(ax) if a.get_linewidth() > 2]
    assert len(thick) == 3
    assert place(ax, "ran")[1] == pytest.approx(thick[-1].points[-1][1])
    assert alt_text(ax).endswith("Best: a dog ran, score -1.90.")
    assert "Step 2, given up: dog -1.90." in alt_text(ax)
    assert alt_text(figures.beam_tree(TREE, best=0)).endswith("Best: the cat sat, score -2.50.")


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
def test_a_scan_ends_where_the_recurrence_does(n):
    rng = np.random.default_rng(n)
    decays, inputs = rng.uniform(0.1, 0.9, n), rng.normal(size=n)
    h, states = 0.0, []
    for a, b in zip(decays, inputs, strict=True):
        h = a * h + b
        states.append(f"{h:.3f}")
    ax = figures.scan(decays, inputs, decimals=3)
    shown = [t for t in ax.texts if t.get_text() in states]
    lowest = min(t.get_position()[1] for t in shown if t.get_position()[0] > 2)
    last = [t for t in shown if t.get_position()[1] == lowest and t.get_position()[0] > 2]
    assert [t.get_text() for t in sorted(last, key=lambda t: t.get_position()[0])] == states
    levels = int(np.ceil(np.log2(n)))
    assert f"{n - 1} step" in " ".join(texts(ax))
    assert f"{levels} level" in " ".join(texts(ax))


def test_a_batch_is_split_by_rows_and_gradients_are_summed():
    ax = figures.shared_batch([["a"], ["b"], ["c"], ["d"], ["e"]], [[0.25, 1.0], [0.5, -0.5]])
    assert place(ax, "b")[1] > place(ax, "core 1:\nthe whole loop\nand back")[1] - 0.5
    assert place(ax, "c")[1] < place(ax, "b")[1]
    assert "core 1 takes 2 rows" in alt_text(ax)
    assert "core 2 takes 3 rows" in alt_text(ax)
    assert alt_text(ax).endswith("Their sum: 0.75, 0.50.")


def test_columns_keep_the_ends():
    assert columns(4, 4) == [0, 1, 2, 3]
    assert columns(10, 4) == [0, 1, None, 9]
    assert all(len(columns(n, 7)) == min(n, 7) for n in range(1, 20))


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: figures.skip_gram_window(["a"], 0), "at least two tokens"),
        (lambda: figures.skip_gram_window(TOKENS, 4), "center must be a place of the 4 tokens"),
        (lambda: figures.cbow_window(TOKENS, 1, 9), "window must be 1 to 4"),
        (lambda: figures.cbow_window(TOKENS, 1, 1, [[1.0]]), r"vectors must have shape"),
        (lambda: figures.skip_gram_window(TOKENS, 1, 1, [0.5]), "probabilities must be 4"),
        (lambda: figures.subwords("unable", ["un"]), "pieces must spell the word 'unable'"),
        (lambda: figures.subwords("", []), "must spell"),
        (lambda: figures.subwords("ab", ["a", "##b"], ids=[1]), "ids must be 2, one a piece"),
        (lambda: figures.four_shapes({}), "at least one of"),
        (lambda: figures.four_shapes({"few": ([], [])}), "must be one of .*'few'"),
        (
            lambda: figures.four_shapes({"one to many": (["a", "b"], ["c"])}),
            "2 inputs and 1 outputs are not 'one to many'",
        ),
        (lambda: figures.four_shapes({"many to one": (["a"] * 6, ["c"])}), "take a shorter one"),
        (lambda: figures.gradient_flow(TOKENS, [1.0]), r"norms must be 4, one a token"),
        (lambda: figures.gradient_flow(["a"], [-1.0]), "must not be negative"),
        (lambda: figures.gradient_flow(["a"], [1.0], truncate=0), "at least 1 step"),
        (
            lambda: figures.reading_and_writing(["a"], [], ["b"], [1]),
            "probabilities must be 1, one a token, got 0",
        ),
        (lambda: figures.character_tagger([], []), "tags must be 1, one a word, got 0"),
        (
            lambda: figures.crf_trellis(["a"], ["x"], [[1, 2]], [[1]]),
            r"emissions must have shape \(1, 1\)",
        ),
        (
            lambda: figures.crf_trellis(["a"] * 9, ["x"], [[1]] * 9, [[1]]),
            "room for 8 tokens and 7 labels, got 9 and 1",
        ),
        (lambda: figures.crf_trellis(["a"], ["x"], [[np.nan]], [[1]]), "must be numbers, got NaN"),
        (lambda: figures.attention_pooling(["a"], [[1.0]], [-np.inf]), "not all of it"),
        (lambda: figures.attention_pooling(["a"], [[1.0]], [np.nan]), "must be numbers"),
        (
            lambda: figures.decoder_attention(["a"], [[1.0]], [0], 0.5, "b"),
            r"decoder_state must have shape \(units,\)",
        ),
        (
            lambda: figures.encoder_decoder(["a"], [[1.0]], [], np.zeros((0, 1))),
            "decoder_states must have shape",
        ),
        (lambda: figures.beam_tree([]), "at least one step"),
        (lambda: figures.beam_tree([[(0, "a", 0.0, True)] * 15]), "draw the first ones"),
        (
            lambda: figures.beam_tree([[(0, "a", 0.0, False)], [(0, "b", 0.0, True)]]),
            "step 2: the parent of 'b' must be one that the step before keeps",
        ),
        (lambda: figures.beam_tree([[(0, "a", np.nan, True)]]), "must be a number, got NaN"),
        (lambda: figures.scan([1.0], [1.0, 2.0]), "equally many numbers, 1 to 8"),
        (lambda: figures.scan([1.0] * 9, [1.0] * 9), "equally many numbers, 1 to 8"),
        (lambda: figures.shared_batch([["a"]], [[1.0], [2.0]]), "a row for each core"),
        (lambda: figures.shared_batch([[]], [[1.0]]), "at least one token each"),
    ],
)
def test_they_say_what_does_not_fit(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()
