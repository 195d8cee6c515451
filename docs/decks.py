"""Write the last column of `decks.md`: the notebook sections that name each ID.

    python docs/decks.py

A notebook says in its metadata which IDs it covers, ``{"rnn_course": {"concepts": ["H1"]}}``, and
names each in the text of the sections that cover it: from there come the links.
"""

import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import nbformat

PAGE = Path(__file__).with_name("decks.md")
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
ROW = re.compile(r"^\| ([MAPBHT]\d+) \| (.+?) \| (.*?) ?\|$", re.MULTILINE)
# Sections that mention IDs without covering them.
MENTIONS = re.compile(r"(\d+ )?(Symbols|Summary|References|Exercises)\b")


class Section(NamedTuple):
    """A heading of a notebook and what stands below it, up to the next heading.

    What a section without code of its own runs is in its subsections: ``code_below``.
    """

    notebook: str
    title: str
    text: str
    code: list[str]
    code_below: list[str]

    @property
    def link(self):
        """A link from the page, with the anchor that Jupyter gives the heading."""
        anchor = quote(self.title.replace(" ", "-"))
        plain = re.sub(r"[*`]|\$(.+?)\$", r"\1", self.title)
        return f"[{self.notebook[:2]} {plain}](../notebooks/{self.notebook}.ipynb#{anchor})"

    def names(self, concept):
        """Whether its heading or text names an ID."""
        return re.search(rf"\b{concept}\b", f"{self.title}\n{self.text}") is not None


def concepts(notebook):
    """The IDs a notebook says it covers."""
    return notebook.metadata.get("rnn_course", {}).get("concepts", [])


def sections(notebook, name):
    """The sections of a notebook in their order, without those that only mention IDs."""
    found, below = [], []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if found:
                found[-1].code.append(cell.source)
                if found[-1].code_below is not below:
                    below.append(cell.source)
            continue
        before, *headed = re.split(r"^(?=#{2,3} )", cell.source, flags=re.MULTILINE)
        if found:
            found[-1] = found[-1]._replace(text=found[-1].text + "\n" + before)
        for part in headed:
            heading, _, text = part.partition("\n")
            found.append(Section(name, heading.lstrip("# ").strip(), text, [], []))
            if heading.startswith("## "):
                below = found[-1].code_below
    return [section for section in found if not MENTIONS.match(section.title)]


def read_notebooks(folder=NOTEBOOKS):
    """All notebooks of the course by name."""
    paths = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    return {path.stem: nbformat.read(path, as_version=4) for path in paths}


def covering(concept, notebooks):
    """The sections that cover an ID, in the order of the course."""
    return [
        section
        for name, notebook in notebooks.items()
        if concept in concepts(notebook)
        for section in sections(notebook, name)
        if section.names(concept)
    ]


def with_links(page, notebooks):
    """The page with its last column written anew."""

    def row(match):
        concept, topic, _ = match.groups()
        links = " · ".join(section.link for section in covering(concept, notebooks))
        return f"| {concept} | {topic} | {links} |"

    return ROW.sub(row, page)


if __name__ == "__main__":
    PAGE.write_text(with_links(PAGE.read_text("utf-8"), read_notebooks()), "utf-8")
