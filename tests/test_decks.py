"""The index of the decks: every ID has its place in a notebook, every link its anchor."""

import re
import runpy
from pathlib import Path
from urllib.parse import unquote

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).parents[1]
index = runpy.run_path(str(ROOT / "docs" / "decks.py"))
PAGE = index["PAGE"].read_text("utf-8")
NOTEBOOKS = index["read_notebooks"]()
# How many topics each deck has, and how many traps there are.
SIZES = {"M": 11, "A": 17, "P": 18, "B": 19, "H": 18, "T": 13}
IDS = [f"{deck}{number}" for deck, size in SIZES.items() for number in range(1, size + 1)]


def test_every_topic_has_a_row_in_order():
    assert [concept for concept, _, _ in index["ROW"].findall(PAGE)] == IDS


def test_the_page_is_what_the_notebooks_say():
    message = "run python docs/decks.py and commit what it writes"
    assert index["with_links"](PAGE, NOTEBOOKS) == PAGE, message


@pytest.mark.parametrize("concept", IDS)
def test_every_topic_is_treated_where_something_runs(concept):
    sections = index["covering"](concept, NOTEBOOKS)
    assert any(section.code or section.code_below for section in sections)


@pytest.mark.parametrize("trap", [concept for concept in IDS if concept.startswith("T")])
def test_every_trap_has_an_assertion(trap):
    code = [cell for section in index["covering"](trap, NOTEBOOKS) for cell in section.code]
    assert any(re.search(r"^\s*(assert|np\.testing\.assert)", cell, re.MULTILINE) for cell in code)


def test_every_link_leads_to_a_heading():
    links = re.findall(r"\]\((\S+?\.ipynb)#(\S+?)\)", PAGE)
    assert len(links) > 50
    for path, anchor in links:
        notebook = NOTEBOOKS[(index["PAGE"].parent / path).resolve().stem]
        text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
        headings = re.findall(r"^#+ +(.+?)\s*$", text, re.MULTILINE)
        assert unquote(anchor) in [heading.replace(" ", "-") for heading in headings]


def test_notebooks_name_only_topics_there_are():
    for name, notebook in NOTEBOOKS.items():
        assert set(index["concepts"](notebook)) <= set(IDS), name


def test_a_section_ends_where_the_next_begins():
    notebook = new_notebook(
        cells=[
            new_markdown_cell("# Title\nH1 is promised here."),
            new_code_cell("setup()"),
            new_markdown_cell("## One of them (H1)\ntext"),
            new_code_cell("assert h1"),
            new_markdown_cell("more text on H22\n### Two\nH3"),
            new_code_cell("h3"),
            new_markdown_cell("## 3 Summary\nH1, H4"),
        ],
        metadata={"rnn_course": {"concepts": ["H1", "H2", "H3", "H4"]}},
    )
    found = {c: index["covering"](c, {"09_x": notebook}) for c in ["H1", "H2", "H3", "H4", "H22"]}
    assert [[section.title for section in found[c]] for c in found] == [
        ["One of them (H1)"],
        [],
        ["Two"],
        [],
        [],
    ]
    assert [found["H1"][0].code, found["H3"][0].code] == [["assert h1"], ["h3"]]
    assert [found["H1"][0].code_below, found["H3"][0].code_below] == [["h3"], []]
    assert found["H1"][0].link == (
        "[09 One of them (H1)](../notebooks/09_x.ipynb#One-of-them-%28H1%29)"
    )
    page = "| H1 | first | |\n| H2 | second | [08 One](gone) |\n"
    assert index["with_links"](page, {"09_x": notebook}) == (
        "| H1 | first | [09 One of them (H1)](../notebooks/09_x.ipynb#One-of-them-%28H1%29) |\n"
        "| H2 | second |  |\n"
    )
