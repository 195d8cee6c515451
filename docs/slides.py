"""Each notebook as slides: reveal.js from files, and a rule where one slide ends.

A heading opens a slide; so does a text that leads to code, and a picture gets one of its own where
the code above it is long. What would be taller than a slide is divided where a cell ends.
"""

import re
import shutil
from pathlib import Path

import nbformat
import pages
import sphinx_revealjs
from nbconvert import SlidesExporter
from nbformat.v4 import new_markdown_cell

from rnn_course.notebooks.report import image_alt

WIDTH, HEIGHT = 1280, 720
USABLE = 660  # pixels of a slide's height
CHARACTERS = 105  # of text in a line

# nbconvert's page, less jQuery, RequireJS and Mermaid; scripts and fonts are files of the site.
PAGE = """\
{%- extends "reveal/index.html.j2" -%}
{%- block html_head_js -%}
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="../_static/favicon.svg">
{%- endblock -%}
{%- block html_head_js_mathjax -%}
<script>
window.MathJax = {
  tex: {inlineMath: [["$", "$"]], displayMath: [["$$", "$$"]], processEscapes: true},
  options: {enableMenu: false, ignoreHtmlClass: "jp-CodeCell"},
  chtml: {matchFontHeight: false}
};
</script>
<script defer src="../_static/mathjax/tex-chtml.js"></script>
{%- endblock -%}
{%- block html_head_css -%}<link rel="stylesheet" href="slides.css">{%- endblock -%}
{%- block data_png scoped -%}
{{ super() | replace("<img ", '<img alt="' ~ (cell | image_alt | escape_html) ~ '" ', 1) }}
{%- endblock data_png -%}
{%- block footer_js -%}
<script src="reveal/reveal.js"></script>
<script src="slides.js"></script>
{%- endblock -%}
"""


def write(notebooks, folder):
    """Write the slides of all notebooks, and the files they need.

    Args:
        notebooks: their paths.
        folder: where to write; made where it is missing.
    """
    reveal = Path(sphinx_revealjs.__file__).parent / "_static" / "revealjs"
    (folder / "reveal").mkdir(parents=True)
    for name in ["dist/reveal.js", "dist/reveal.css", "LICENSE"]:
        shutil.copy(reveal / name, folder / "reveal")
    for name in ["slides.css", "slides.js"]:
        shutil.copy(Path(__file__).parent / name, folder)
    exporter = SlidesExporter(
        raw_template=PAGE,
        reveal_url_prefix="reveal",
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    exporter.register_filter("image_alt", image_alt)
    for path in notebooks:
        notebook = divided(nbformat.read(path, as_version=4), path.stem[:2])
        notebook.metadata["title"] = pages.title_of(path)
        html, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": path.stem}})
        # reveal.js's own style, not one of its themes: they set fonts that are loaded from files.
        html = re.sub(r'<link[^>]+href="reveal/dist/theme/[^>]*>', "", html)
        html = html.replace("reveal/dist/", "reveal/")
        html = re.sub(r'href="\.\./docs/([\w-]+)\.md', r'href="../\1.html', html)  # as on the site
        (folder / f"{path.stem}.html").write_text(html, "utf-8")


def divided(notebook, number):
    """A notebook whose cells say where a slide begins.

    Args:
        notebook: as it is committed.
        number: its number, for the title.

    Returns:
        A new notebook: one cell an idea, with ``slide_type`` in the metadata.
    """
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cells += [new_markdown_cell(text) for text in at_headings(cell.source)]
        elif "setup" not in cell.metadata.get("tags", []):
            cells += with_picture_apart(cell)
    filled = 0
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        kind = _slide_type(cell, following)
        height = estimated_height(cell)
        if not kind and filled + height > USABLE:
            kind = "subslide"
        filled = height if kind else filled + height
        cell.metadata["slideshow"] = {"slide_type": kind or "-"}
    cells[0].source = re.sub(r"^# (?!\d)", f"# {number} ", cells[0].source)
    return nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata)


def _slide_type(cell, following):
    """Where a cell must open a slide: ``slide`` or ``subslide``, else empty."""
    if cell.metadata.get("slideshow"):
        return cell.metadata.slideshow.slide_type
    if cell.cell_type != "markdown":
        return ""
    heading = re.match(r"(#+) ", cell.source)
    if heading:
        return "slide" if len(heading.group(1)) <= 2 else "subslide"
    leads_to_code = following is not None and following.cell_type == "code"
    return "subslide" if leads_to_code else ""


def at_headings(text):
    """Divide a text so that each part begins with its only heading.

    >>> at_headings("what was seen" + chr(10) + "## Next" + chr(10) + "text")
    ['what was seen', '## Next\\ntext']
    """
    text = pages.without_launch_links(text)
    parts = re.split(r"^(?=#{1,3} )", text, flags=re.MULTILINE)
    return [part.strip() for part in parts if part.strip()]


def with_picture_apart(cell):
    """A code cell, and its pictures as a slide of their own where the two would be too tall."""
    drawn = [output for output in cell.outputs if "image/png" in output.get("data", {})]
    if not drawn or estimated_height(cell) <= USABLE:
        return [cell]
    code = nbformat.from_dict({**cell, "outputs": [o for o in cell.outputs if o not in drawn]})
    shown = nbformat.from_dict({**cell, "source": "", "outputs": drawn, "id": f"{cell.id}-shown"})
    shown.metadata = {**cell.metadata, "slideshow": {"slide_type": "subslide"}}
    return [code, shown]


def estimated_height(cell):
    """Roughly how many pixels of a slide a cell takes."""
    if cell.cell_type == "markdown":
        lines = cell.source.splitlines()
        height = sum(33 * -(-len(line) // CHARACTERS) if line else 14 for line in lines)
        rows = sum(line.startswith("|") for line in lines)
        return height + 8 * rows + 40 * cell.source.count("$$") // 2
    height = 24 * len(cell.source.splitlines()) + 24
    for output in cell.outputs:
        if "image/png" in output.get("data", {}):
            height += 420
        else:
            height += 24 * len(output.get("text", "").splitlines()) + 12
    return height
