"""Notebooks and claims know each other: a sentence links to its claim, a claim has its sentence.

A sentence names its claim by a link to it, ``[study](../docs/claims.md#wide-wins-the-minute)``.
"""

import re
from pathlib import Path

import nbformat
import pytest

from rnn_course import studies

FOLDER = Path(__file__).parents[2] / "notebooks"
LINK = re.compile(r"\]\((?:\.\./)+docs/claims\.md#([\w-]+)\)")
# What says that something is better, or why: from such a sentence a study can take the ground.
RANKS = re.compile(
    r"\b(because|better than|worse than|best|worst|beats?|ahead of|as good as|outperforms?"
    r"|learns? (?:sooner|later|faster)|(?:is|are) enough|cannot (?:learn|remember))\b"
)
CLAIMS = {c.name: c for name in studies.names() for c in studies.study(name).claims}
NOT_STATED = set(Path(__file__).with_name("not_stated_yet.txt").read_text("utf-8").split())
AT_MOST_NOT_STATED = 125  # may only become smaller, except by as many as a new study has
# Paragraphs that rank or say why and link to no claim: each number may only become smaller.
WITHOUT_A_CLAIM = {
    "00": 8,
    "01": 8,
    "02": 6,
    "03": 4,
    "04": 14,
    "05": 6,
    "06": 10,
    "07": 6,
    "08": 7,
    "09": 1,
}


def named(text):
    """The names of the claims that a text links to."""
    return [anchor.replace("-", "_") for anchor in LINK.findall(text)]


def paragraphs(path):
    """The paragraphs of a notebook's text, without its references."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown" and not cell.source.startswith("## References"):
            yield from re.split(r"\n\s*\n", cell.source)


NOTEBOOKS = {path.stem[:2]: path for path in sorted(FOLDER.glob("[0-9][0-9]_*.ipynb"))}
TEXTS = {number: list(paragraphs(path)) for number, path in NOTEBOOKS.items()}
NAMED = {n: {name for text in texts for name in named(text)} for n, texts in TEXTS.items()}


@pytest.mark.parametrize("number", NOTEBOOKS)
def test_a_notebook_links_to_claims_that_there_are(number):
    assert NAMED[number] <= set(CLAIMS), "no such claim"


def test_every_claim_is_stated_by_its_notebook_or_listed():
    missing = {name for name, claim in CLAIMS.items() if name not in NAMED[claim.notebook]}
    assert missing == NOT_STATED, "not_stated_yet.txt lists these, and no others"
    assert len(NOT_STATED) <= AT_MOST_NOT_STATED


@pytest.mark.parametrize("number", NOTEBOOKS)
def test_sentences_that_rank_name_a_claim_or_are_counted(number):
    without = [text for text in TEXTS[number] if RANKS.search(text) and not LINK.search(text)]
    assert len(without) <= WITHOUT_A_CLAIM.get(number, 0), "\n\n".join(without)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("It is better ([study](../docs/claims.md#wide-wins)).", ["wide_wins"]),
        ("In a solution: [a](../../docs/claims.md#a), [b](../../docs/claims.md#b)", ["a", "b"]),
        ("[results](../docs/results.md#a)", []),
    ],
)
def test_a_link_is_found(text, names):
    assert named(text) == names


def test_what_ranks_is_found():
    assert RANKS.search("A wide layer is better than three narrow ones.")
    assert RANKS.search("It fails because the gradient vanishes.")
    assert not RANKS.search("The wide layer has 59 units.")
