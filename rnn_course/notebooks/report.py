"""Write the results of a run: the executed notebooks, the same as HTML, and one index page.

The pages ask nothing of the network: styles and pictures are inside them, and MathJax is copied
beside them.
"""

import shutil
from html import escape
from pathlib import Path

import jupyter_server_mathjax
import nbformat
from nbconvert import HTMLExporter

from rnn_course.notebooks.running import Result

# nbconvert's page, less RequireJS (which only widgets need), plus the fonts that come with this
# MathJax and the alt text of each picture.
_PAGE = """\
{%- extends "lab/index.html.j2" -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}
<script type="text/x-mathjax-config">
MathJax.Hub.Config({"HTML-CSS": {availableFonts: [], webFont: "STIX-Web", imageFont: null}});
</script>
{{ super() }}
{%- endblock -%}
{%- block data_png scoped -%}
{{ super() | replace("<img ", '<img alt="' ~ (cell | image_alt | escape_html) ~ '" ', 1) }}
{%- endblock data_png -%}
"""
_MATHJAX = "mathjax/MathJax.js?config=TeX-AMS-MML_HTMLorMML-full,Safe"

_INDEX = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Recurrent neural networks for NLP</title>
<style>
body {{ font: 1rem/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}
article {{ border-top: 1px solid #999; padding: 1rem 0; overflow: hidden; }}
img {{ float: right; max-width: 20rem; max-height: 15rem; margin-left: 1rem; }}
.failed, .interrupted {{ color: #a40000; }}
</style>
</head>
<body>
<h1>Recurrent neural networks for NLP</h1>
<p>{summary}</p>
{articles}
</body>
</html>
"""


def image_alt(cell: nbformat.NotebookNode) -> str:
    """Read the alt text of a cell's pictures.

    Args:
        cell: A code cell; its text is in the metadata ``{"mystnb": {"image": {"alt": "…"}}}``.
    """
    return cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")


def images(cell: nbformat.NotebookNode) -> list[str]:
    """Take the PNG pictures out of a cell's outputs, base64-encoded.

    Args:
        cell: A cell of a notebook.
    """
    outputs = cell.get("outputs", [])
    return [o.data["image/png"] for o in outputs if "image/png" in o.get("data", {})]


def write_notebook(result: Result, folder: Path) -> None:
    """Write an executed notebook and its HTML.

    Args:
        result: What came of the notebook.
        folder: Where to write; made where it is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mathjax = Path(jupyter_server_mathjax.__file__).parent / "static"
    if not (folder / "mathjax").exists():
        shutil.copytree(mathjax, folder / "mathjax", ignore=shutil.ignore_patterns("localization"))
    nbformat.write(result.notebook, folder / result.path.name)
    exporter = HTMLExporter(raw_template=_PAGE, mathjax_url=_MATHJAX)
    exporter.register_filter("image_alt", image_alt)
    html, _ = exporter.from_notebook_node(
        result.notebook, {"metadata": {"name": result.path.stem, "path": str(result.path.parent)}}
    )
    (folder / f"{result.path.stem}.html").write_text(html, "utf-8")


def write_index(results: list[Result], folder: Path) -> Path:
    """Write the page that lists the notebooks of a run.

    Args:
        results: What came of each notebook, in order.
        folder: Where :func:`write_notebook` wrote them.

    Returns:
        The page's path.
    """
    folder.mkdir(parents=True, exist_ok=True)
    passed = sum(result.status == "passed" for result in results)
    skipped = sum(len(result.skipped) for result in results)
    summary = f"{passed} of {len(results)} notebooks passed."
    if skipped:
        summary += f" Cells skipped for lack of a corpus: {skipped}."
    articles = "\n".join(_article(result) for result in results)
    index = folder / "index.html"
    index.write_text(_INDEX.format(summary=summary, articles=articles), "utf-8")
    return index


def summary_line(result: Result) -> str:
    """Sum up one notebook in a line of plain text.

    Args:
        result: What came of the notebook.
    """
    parts = [
        f"{result.status} in {result.seconds:.0f} s",
        f"peak memory {result.peak_memory / 1e9:.2f} GB",
    ]
    if result.skipped:
        parts.append(f"cells skipped for lack of a corpus: {len(result.skipped)}")
    return ", ".join(parts)


def _article(result: Result) -> str:
    name = escape(result.path.stem)
    lines = [f"<article>\n<h2><a href='{name}.html'>{name}</a></h2>"]
    picture = next(
        ((png, image_alt(cell)) for cell in result.notebook.cells for png in images(cell)), None
    )
    if picture:
        png, alt = picture
        lines.append(f'<img src="data:image/png;base64,{png.strip()}" alt="{escape(alt)}">')
    lines.append(f'<p class="{result.status}">{escape(summary_line(result))}</p>')
    lines += [f"<p>{escape(reason)}</p>" for reason in dict.fromkeys(result.skipped)]
    if result.error:
        lines.append(f'<p class="failed">{escape(result.error)}</p>')
    return "\n".join([*lines, "</article>"])
