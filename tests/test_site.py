"""What the site is built from: every page has its place, every symbol of the decks its name here.

The site itself is built by `make site` and looked at in a browser by `make site-check`.
"""

import importlib
import json
import re
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
NOTATION = (ROOT / "docs" / "notation.md").read_text("utf-8")


@pytest.fixture(scope="module", autouse=True)
def docs_on_the_path():
    sys.path.insert(0, str(ROOT / "docs"))
    yield
    sys.path.remove(str(ROOT / "docs"))


def module(name):
    return importlib.import_module(name)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("source")
    module("pages").write(ROOT, folder)
    return folder


# The letters of each deck, as its section of the notation page must have them.
SYMBOLS = {
    "M": [r"h_{t-1}", "H_t", "C_t", r"\tilde C_t", "I_t", "F_t", "O_t", "$d$", "$h$", r"\hat y"],
    "A": [
        *("x_n", "STOP", "s_n", "$W$", "$U$", r"\sigma", "$V$", "o_n", r"V \times C", "f_t", "i_t"),
        *("o_t", r"\tilde C_t", "C_t", "z_t", "r_t", r"\tilde h_t", "[h_{t-1}, x_t]", "h_i", "$q$"),
        *(r"\varphi", r"\alpha_i", "$c$", "$N$", "W_h", "W_o"),
    ],
    "P": [
        *("x_t", "h_t", "h^{(t)}", "$W", "$U", "$V", "$g$", "$f$", "y_t", "d_{in}", "d_h"),
        *("d_{out}", "$k$", "$i$", "$j$", "$c$", "$o$", r"\overrightarrow h"),
    ],
    "B": [
        *("x_t", "h_t", "W_{xh}", "W_{hh}", "b_h", "g_1", "g_2", "W_{hs}", "b_s", "y_t", "$E$"),
        *("e_t", r"b_{i\cdot}", r"b_{h\cdot}", "W_{hg}", "W_{hi}", "g_t", "i_t", "f_t", "o_t"),
        *("c_t", "r_t", "z_t", "n_t", "W_{in}", "b_{in}", "W_{hn}", "b_{hn}", r"\hat y_t[w_{t+1}]"),
    ],
    "H": [
        *("x_{1:n}", "y_{1:n}", r"\mathrm{RNN}^*", "s_0", "s_i", "R(", "O(", r"\theta", "W^s"),
        *("W^x", "$b$", "$g$", "1 + g", "c_j", "h_j", "y_j", "$i$", "$f$", "$o$", "$z$", "RNN_b"),
        *(r"NN}_\theta", r"\hat y", "$y$", "$p$"),
    ],
}


@pytest.mark.parametrize("deck", SYMBOLS)
def test_the_notation_names_every_symbol_of_a_deck(deck):
    section = NOTATION.split(f"## Deck {deck}\n")[1].split("\n## ")[0]
    listed = "\n".join(line.split("|")[1] for line in section.splitlines() if line.startswith("|"))
    assert [symbol for symbol in SYMBOLS[deck] if symbol not in listed] == []


@pytest.mark.parametrize("trap", ["T1", "T2", "T3", "T4", "T7", "T8", "T9", "T13"])
def test_the_notation_explains_every_trap_of_letters(trap):
    text = NOTATION.split("## One letter, several things")[1].split("\n## ")[0]
    assert re.search(rf"\b{trap}\b", text)


def test_the_notation_names_gates_as_the_cells_do():
    from rnn_course.layers import GRUCell, LSTMCell

    for cell in (LSTMCell, GRUCell):
        for name in (*cell.gate_names, *cell.state_names):
            assert f"`{name}`" in NOTATION


def test_every_table_of_the_notation_has_cells_for_all_its_columns():
    for table in re.findall(r"(?:^\|.*\|\n)+", NOTATION, re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1, table[:60]


def test_the_configuration_asks_for_nothing_from_elsewhere():
    conf = module("conf")
    assert conf.nb_execution_mode == "off"
    assert not re.match("https?:", conf.mathjax_path)


def test_mathjax_has_what_its_page_loads(tmp_path):
    module("build").vendor_mathjax(tmp_path)
    assert (tmp_path / "tex-chtml.js").stat().st_size > 1e6
    assert list(tmp_path.glob("output/chtml/fonts/woff-v2/*.woff"))


def test_every_page_is_in_the_contents(source):
    index = (source / "index.md").read_text("utf-8")
    listed = re.findall(r"^[\w/*-]+$", index, re.MULTILINE)
    assert "notebooks/*" in listed
    for page in source.glob("*.md"):
        assert page.stem == "index" or page.stem in listed, page


def test_every_notebook_has_a_card_with_a_picture_and_the_line_of_the_readme(source):
    index = (source / "index.md").read_text("utf-8")
    cards = index.split("{.cards}\n")[1].split("\n## ")[0].split("\n- ")
    lines = module("pages").invitations((ROOT / "README.md").read_text("utf-8"))
    assert list(lines) == [path.stem for path in NOTEBOOKS], "the README's list"
    for path, card in zip(NOTEBOOKS, cards, strict=True):
        alt, picture = re.search(r"!\[(.+)\]\((\S+)\)", card).groups()
        assert len(alt) > 20
        assert (source / picture).stat().st_size > 1000
        assert f"](notebooks/{path.name})**" in card
        assert lines[path.stem] in card
        assert (source / "notebooks" / path.name).exists()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_picture_of_a_card_is_in_its_notebook(path):
    from rnn_course.notebooks.report import images

    cell = module("pages").CARDS[path.stem]
    notebook = nbformat.read(path, as_version=4)
    assert [bool(images(one)) for one in notebook.cells if one.id == cell] == [True]


def test_the_start_page_leads_to_every_notebook_with_the_line_of_the_readme():
    page = (ROOT / "notebooks" / "START.md").read_text("utf-8")
    lines = module("pages").invitations((ROOT / "README.md").read_text("utf-8"))
    items = re.findall(r"^- \*\*\[(.+)\]\((\S+)\)\*\*<br>\n  (.+)$", page, re.MULTILINE)
    titles = [module("pages").title_of(path) for path in NOTEBOOKS]
    names = [path.name for path in NOTEBOOKS]
    assert items == list(zip(titles, names, lines.values(), strict=True))
    for target in re.findall(r"\]\(([^)]+)\)", page):  # JupyterLab cannot open a folder by a link
        assert (ROOT / "notebooks" / target).is_file()


def test_the_front_picture_has_the_numbers_of_its_run():
    unrolled = module("unrolled")
    picture = unrolled.picture()
    runs = json.loads(unrolled.RUN.read_text("utf-8"))["runs"]
    unit, start = unrolled.kept(runs)
    assert runs["keys"]["tokens"][start] == "keys"
    for step in range(start, len(runs["keys"]["tokens"])):
        assert runs["keys"]["states"][step][unit] * runs["key"]["states"][step][unit] < 0
    for name, run in runs.items():
        assert f"over “the {name} to the cabinet”" in picture
        drawing = unrolled.drawing(run, (unit, start))
        for state in run["states"]:
            assert all(f">{value:.2f}<".replace("-", "−") in drawing for value in state)
        assert drawing.count('class="kept"') == len(run["tokens"]) - start
    assert "\n\n" not in picture, "Markdown would end the HTML there"


def test_the_start_page_shows_the_same_run():
    unrolled = module("unrolled")
    assert unrolled.STILL.read_text("utf-8") == unrolled.still()
    page = (ROOT / "notebooks" / "START.md").read_text("utf-8")
    (alt,) = re.findall(r"!\[(.+)\]\(START.svg\)", page)
    runs = json.loads(unrolled.RUN.read_text("utf-8"))["runs"]
    run, (unit, start) = runs["keys"], unrolled.kept(runs)
    for state in run["states"][start - 1 : start + 1]:
        assert f"{state[unit]:.2f}".replace("-", "−") in alt
    for plural in run["plural"][start:]:
        assert f"{plural:.0%}".replace("%", " %") in alt


def test_a_link_to_what_is_not_on_the_site_is_plain_text_or_leads_to_the_repository(tmp_path):
    from rnn_course.notebooks.launch import Address

    (tmp_path / "here.md").touch()
    text = "[a](here.md#x) [`b`](tests/) ![c](tests/c.png) [d](https://example.org) [e](#f)"

    def linked(*address):
        where = Address(*address)
        return module("pages").with_links_that_lead_somewhere(text, tmp_path, tmp_path, where)

    assert linked("", "") == text.replace("[`b`](tests/)", "`b`")
    assert linked("ada/course", "v1") == text.replace(
        "](tests/)", "](https://github.com/ada/course/blob/v1/tests)"
    )


def test_every_module_is_on_the_page_of_its_wing(source):
    contents = (source / "api" / "index.md").read_text("utf-8").split("```{toctree}")[1]
    for path in (ROOT / "rnn_course").rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        parts = [part for part in parts if part != "__init__"]
        name = ".".join(parts)
        if len(parts) > 1 and name not in module("pages").LEFT_OUT:
            page = ".".join(parts[:2])
            assert f"<{page}>" in contents.split()
            text = (source / "api" / f"{page}.rst").read_text("utf-8")
            assert f".. automodule:: {name}\n" in text


def test_solutions_stay_away(source):
    for path in source.rglob("*"):
        assert "solutions" not in path.relative_to(source).parts
        if path.suffix in (".ipynb", ".md") and path.stem != "CONTRIBUTING":  # it explains the mark
            assert "BEGIN SOLUTION" not in path.read_text("utf-8")


def test_every_name_that_a_wing_hands_on_is_at_the_top_of_its_page(source):
    for path in (ROOT / "rnn_course").glob("*/__init__.py"):
        wing = f"rnn_course.{path.parent.name}"
        page = (source / "api" / f"{wing}.rst").read_text("utf-8")
        listed = re.findall(r"\* - :py:\w+:`(?:\w+\.)*(\w+) <", page)
        handed_on = importlib.import_module(wing)
        # Constants have no description of their own.
        described = [n for n in handed_on.__all__ if hasattr(getattr(handed_on, n), "__name__")]
        assert sorted(listed) == sorted(described)


def test_results_are_there_as_data_and_pictures(source):
    page = (source / "results.md").read_text("utf-8")
    for path in (ROOT / "benchmarks" / "results").glob("*.json"):
        copied = source / "benchmarks" / "results" / path.name
        assert json.loads(copied.read_text("utf-8")) == json.loads(path.read_text("utf-8"))
    pictures = re.findall(r"!\[(.*?)\]\((\S+)\)", page)
    assert pictures
    for alt, picture in pictures:
        assert len(alt) > 20
        assert (source / picture).exists()


def test_the_numbers_of_a_picture_are_a_file_below_it(tmp_path):
    metadata = {"image/png": {"alt": "A line.", "csv": "at,value\n1,2\n"}}
    drawn = new_output("display_data", {"image/png": ""}, metadata=metadata)
    drawing = new_output(
        "display_data", {"image/png": ""}, metadata={"image/png": {"alt": "A box."}}
    )
    cells = [new_code_cell(outputs=[drawn]), new_code_cell(outputs=[drawing])]
    path = tmp_path / "01_x.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("# X"), *cells]), path)
    pages, name = module("pages"), Path("notebooks/01_x.ipynb")
    found = pages.tables(nbformat.read(path, as_version=4), name)
    assert found == {1: ("files/notebooks/01_x-1.csv", "at,value\n1,2\n")}
    shown = nbformat.reads(pages.prepared(path, name), as_version=4).cells
    assert [cell.cell_type for cell in shown] == ["markdown", "code", "markdown", "code"]
    assert 'href="../files/notebooks/01_x-1.csv"' in shown[2].source


def test_a_link_to_a_heading_leads_there_on_the_site(source):
    decks = (source / "decks.md").read_text("utf-8")
    links = re.findall(r"\]\((notebooks/\S+?\.ipynb)#(\S+?)\)", decks)
    assert len(links) > 50
    slug = module("pages").slug
    for path, anchor in links:
        cells = nbformat.read(source / path, as_version=4).cells
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        assert anchor in [slug(h) for h in re.findall(r"^#+ +(.+)$", text, re.MULTILINE)]


def test_a_prepared_notebook_has_links_instead_of_badges(tmp_path):
    from rnn_course.notebooks.launch import CLOSE, OPEN, Address, badges

    where, name = Address("ada/course", "v1"), Path("notebooks/01_x.ipynb")
    title = f"# Title\n\n{OPEN}\n{badges(where, name.as_posix())}\n{CLOSE}\n\ntext"
    path = tmp_path / name.name
    nbformat.write(new_notebook(cells=[new_markdown_cell(title)]), path)

    def first(*arguments):
        return nbformat.reads(module("pages").prepared(path, *arguments), as_version=4).cells[0]

    assert module("pages").title_of(path) == "01 Title"
    assert first(name).source.startswith('# 01 Title\n\n<a href="../files/notebooks/01_x.ipynb"')
    assert first(name).source.endswith("text")
    assert "slides/01_x.html" in first(name).source
    assert "https:" not in first(name).source
    exercise = first(Path("notebooks/exercises/01_x.ipynb"), where).source
    assert '"../../files/notebooks/exercises/01_x.ipynb"' in exercise
    assert "slides/" not in exercise
    assert "![" not in exercise
    assert "[Open in Colab](https://colab.research.google.com/github/ada/course/blob/" in exercise
    assert "?labpath=notebooks%2Fexercises%2F01_x.ipynb)" in exercise


def slide_types(*cells):
    notebook = module("slides").divided(new_notebook(cells=list(cells)), "07")
    return [(c.source[:9], c.metadata.slideshow.slide_type) for c in notebook.cells]


def test_headings_and_texts_before_code_open_slides():
    cells = [
        new_markdown_cell("# Title"),
        new_code_cell("setup()", metadata={"tags": ["setup"]}),
        new_markdown_cell("## 1 One\ntext"),
        new_code_cell("x = 1"),
        new_markdown_cell("seen and next"),
        new_code_cell("x"),
        new_markdown_cell("seen\n\n### Below\ntext"),
    ]
    assert slide_types(*cells) == [
        ("# 07 Titl", "slide"),
        ("## 1 One\n", "slide"),
        ("x = 1", "-"),
        ("seen and ", "subslide"),
        ("x", "-"),
        ("seen", "-"),
        ("### Below", "subslide"),
    ]


def test_what_is_too_tall_is_divided():
    picture = new_output("display_data", {"image/png": "iVBORw0KGgo="})
    long = new_code_cell("\n".join(["y = 1"] * 15), outputs=[picture])
    short = new_code_cell("draw()", outputs=[picture])
    assert slide_types(new_markdown_cell("## 1 One"), short) == [
        ("## 1 One", "slide"),
        ("draw()", "-"),
    ]
    assert slide_types(new_markdown_cell("## 1 One"), long) == [
        ("## 1 One", "slide"),
        ("y = 1\ny =", "-"),
        ("", "subslide"),
    ]
    full, next_one = (new_code_cell("\n".join(["y = 1"] * 20)) for _ in range(2))
    kinds = [kind for _, kind in slide_types(new_markdown_cell("## 1 One"), full, next_one)]
    assert kinds == ["slide", "-", "subslide"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_divides_into_slides_and_loses_nothing(path):
    notebook = nbformat.read(path, as_version=4)
    divided = module("slides").divided(notebook, path.stem[:2])
    nbformat.validate(divided)
    slides = [c for c in divided.cells if c.metadata.slideshow.slide_type != "-"]
    assert len(slides) > 20
    code = [c.source for c in notebook.cells if c.cell_type == "code"][1:]
    assert [c.source for c in divided.cells if c.cell_type == "code" and c.source] == code
    outputs = [o for c in notebook.cells[2:] for o in c.get("outputs", [])]
    assert sum(len(c.get("outputs", [])) for c in divided.cells) == len(outputs)
