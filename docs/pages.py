"""The sources of the site: pages written by hand, and pages that are made from other files."""

import ast
import base64
import json
import re
import runpy
import shutil
from pathlib import Path
from urllib.parse import unquote

import nbformat
from PIL import Image

from rnn_course.notebooks.launch import CLOSE, OPEN, Address, badges, stated_address
from rnn_course.notebooks.report import image_alt, images

# The package's wings, in the order in which a reader meets them; each is a page of its own.
WINGS = (
    *("layers", "models", "losses", "metrics", "callbacks", "text", "corpora", "bptt", "interop"),
    *("inspection", "figures", "notebooks", "grading", "cli"),
)


LEFT_OUT = {"rnn_course.grading.preload"}  # nothing but imports


def write(root, source):
    """Write all sources of the site.

    Args:
        root: the repository's folder.
        source: where they go.
    """
    notebooks = sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    exercises = sorted((root / "notebooks" / "exercises").glob("[0-9][0-9]_*.ipynb"))
    results = sorted((root / "benchmarks" / "results").glob("*.json"))
    readme = (root / "README.md").read_text("utf-8")
    extra = source / "_extra"
    for path in [*notebooks, *exercises]:
        name = path.relative_to(root)
        _write(source / name, prepared(path, name, stated_address(root)))
        _copy(path, extra / "files" / name)
        for file, table in tables(nbformat.read(path, as_version=4), name).values():
            _write(extra / file, table)
    for path in results:
        _copy(path, extra / "files" / path.name)
    for page in (root / "docs").glob("*.md"):
        text = page.read_text("utf-8").replace("](../", "](")
        _write(source / page.name, with_site_links(text))
    hero = picture(root / "notebooks" / "03_lstm_and_gru.ipynb", source / "_images")
    index = (source / "index.md").read_text("utf-8")
    index = index.replace("<!-- picture -->", hero)
    index = index.replace("<!-- notebooks -->", notebook_table(readme, notebooks))
    if not exercises:
        index = re.sub(r"^.*\bexercises\b.*\n", "", index, flags=re.MULTILINE)
    _write(source / "index.md", index)
    _write(source / "start.md", start(readme))
    _write(source / "slides.md", slides_page(notebooks))
    if exercises:
        _write(source / "exercises.md", exercises_page(exercises))
    _write(source / "benchmarks.md", benchmarks(root, source / "_images"))
    for name, text in api(root / "rnn_course").items():
        _write(source / "api" / name, text)


NOWHERE = Address("", "")


def prepared(path, name, where=NOWHERE):
    """A notebook as the site shows it: numbered, its launch badges replaced by links, and with
    a link to the numbers of each picture that has some.

    Args:
        path: the notebook.
        name: its path in the repository. An assignment has no slides.
        where: the address to launch it from, if one is stated.

    Returns:
        The notebook as JSON.
    """
    notebook = nbformat.read(path, as_version=4)
    up = "../" * (len(name.parts) - 1)
    links = [f'<a href="{up}files/{name.as_posix()}" download>Download the notebook</a>']
    if len(name.parts) == 2:
        links.append(f'<a href="{up}slides/{path.stem}.html">Show it as slides</a>')
    if where.repository:
        images = badges(where, name.as_posix()).splitlines()
        links += [re.sub(r"\[!\[(.+?)\]\(.+?\)\]", r"[\1]", image) for image in images]
    title = without_launch_links(notebook.cells[0].source)
    title = re.sub(r"^# (?!\d)", f"# {path.stem[:2]} ", title)
    heading, _, rest = title.partition("\n")
    notebook.cells[0].source = f"{heading}\n\n{' · '.join(links)}\n{rest}"
    files, cells = tables(notebook, name), []
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            cell.source = with_site_links(cell.source)
        cells.append(cell)
        if number in files:
            link = (
                f'<a href="{up}{files[number][0]}" download>The numbers of this picture</a> (CSV)'
            )
            cells.append(nbformat.v4.new_markdown_cell(link, id=f"numbers-{number}"))
    notebook.cells = cells
    return nbformat.writes(notebook)


def tables(notebook, name):
    """The numbers of a notebook's pictures, by the number of the cell that draws them.

    Args:
        notebook: as read from its file.
        name: its path in the repository.

    Returns:
        ``{cell: (file, text)}``: a file of the site, and the comma-separated values in it.
    """
    found = {}
    for number, cell in enumerate(notebook.cells):
        pictures = (o.get("metadata", {}).get("image/png", {}) for o in cell.get("outputs", []))
        texts = [picture["csv"] for picture in pictures if picture.get("csv")]
        if texts:
            file = f"files/{name.with_suffix('').as_posix()}-{number}.csv"
            found[number] = (file, "\n".join(texts))
    return found


def slug(heading):
    """The anchor that the site gives a heading, of letters, digits and hyphens alone.

    >>> slug("Acceptor (H4) and `encoder`")
    'Acceptor-H4-and-encoder'
    """
    plain = re.sub(r"\$.+?\$", "", heading.strip())
    return re.sub(r"[^\w-]", "", plain.replace(" ", "-"))


def with_site_links(text):
    """A Markdown text with its links to headings of notebooks as the site names them.

    In the repository they have the anchors that Jupyter gives to headings.

    >>> with_site_links("[01 R and O](../notebooks/01_x.ipynb#R-and-O-%28H2%29)")
    '[01 R and O](../notebooks/01_x.ipynb#R-and-O-H2)'
    """
    return re.sub(r"(\]\([^)\s]*?)#([^)\s]+)\)", lambda m: f"{m[1]}#{slug(unquote(m[2]))})", text)


def without_launch_links(text):
    """A text without the launch badges, whose pictures lie elsewhere."""
    return re.sub(re.escape(OPEN) + ".*?" + re.escape(CLOSE), "", text, flags=re.DOTALL)


def title_of(path):
    """A notebook's title, for example ``01 The simple recurrent network``."""
    first = nbformat.read(path, as_version=4).cells[0].source
    title = re.search(r"^# +(.+)$", first, re.MULTILINE).group(1)
    return title if title[:1].isdigit() else f"{path.stem[:2]} {title}"


def notebook_table(readme, notebooks):
    """The README's table of notebooks, each with a link."""
    rows = dict(re.findall(r"^\| `(\d\d_\w+)` \| (.+?) \|$", readme, re.MULTILINE))
    lines = ["| notebook | what is in it |", "| --- | --- |"]
    for path in notebooks:
        link = f"[{title_of(path)}](notebooks/{path.name})"
        lines.append(f"| {link} | {rows.get(path.stem, '')} |")
    return "\n".join(lines)


def picture(notebook, folder):
    """Take the first picture of a notebook, for the front page.

    Args:
        notebook: its path.
        folder: where the picture goes.

    Returns:
        Markdown that shows it, with its alt text.
    """
    cells = nbformat.read(notebook, as_version=4).cells
    cell = next(cell for cell in cells if images(cell))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "front.png").write_bytes(base64.b64decode(images(cell)[0]))
    return f"![{image_alt(cell)}](_images/front.png)"


def start(readme):
    """The page for beginners: the README's sections on how the course is used."""
    sections = re.split(r"^## ", readme, flags=re.MULTILINE)[1:]
    wanted = [s for s in sections if not s.startswith(("The notebooks", "Measured", "Licences"))]
    text = "".join(f"## {section}" for section in wanted)
    text = re.sub(r"\[([^\]]+)\]\((?!https?:|#)[^)]+\)", r"\1", text)  # files that are not here
    return f"# Getting started\n\n{text}"


def slides_page(notebooks):
    """The list of the slides."""
    rows = "".join(
        f'- <a href="slides/{path.stem}.html">{title_of(path)}</a>\n' for path in notebooks
    )
    return f"""# Slides

Each notebook for a projector, one idea a slide. Space goes to the next slide; the arrows go right
to the next section and down within one; Escape shows all slides at once, F fills the screen. Slides
that are longer than the screen scroll.

{rows}"""


def exercises_page(exercises):
    """The list of the assignments, with their points where the notebook states them."""
    rows = ""
    for path in exercises:
        graded = [
            cell.metadata.nbgrader.get("points", 0)
            for cell in nbformat.read(path, as_version=4).cells
            if cell.metadata.get("nbgrader", {}).get("grade")
        ]
        points = f"{sum(graded):g}" if graded else ""
        download = f'<a href="files/notebooks/exercises/{path.name}" download>{path.name}</a>'
        link = f"[{title_of(path)}](notebooks/exercises/{path.name})"
        rows += f"| {link} | {points} | {download} |\n"
    return f"""# Assignments

Each assignment is a notebook: complete the cells that say so and run the tests below them, which
tell what is not right yet. Put your own copy beside the course's notebooks, and hand that in.

| assignment | points | file |
| --- | --- | --- |
{rows}
```{{toctree}}
:hidden:
:glob:

notebooks/exercises/*
```
"""


def api(package):
    """The API reference: a page for each wing, which begins with what the wing says of itself.

    Args:
        package: the package's folder.

    Returns:
        Texts by file name.
    """
    about = {}
    for path in sorted(package.rglob("*.py")):
        name = ".".join(path.relative_to(package.parent).with_suffix("").parts)
        text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        about[name.removesuffix(".__init__")] = text.partition("\n\n")[0].replace("\n", " ")
    about.pop(package.name)
    tops = [name for name in about if name.count(".") == 1]
    known = [f"{package.name}.{wing}" for wing in WINGS]
    index = f"# API reference\n\nThe package `{package.name}`, a wing for each kind.\n\n"
    index += "| from | import |\n| --- | --- |\n"
    pages = {}
    for top in [*known, *(name for name in tops if name not in known)]:
        index += f"| [`{top}`]({top}.rst) | {_as_markdown(about[top])} |\n"
        pages[f"{top}.rst"] = (
            _heading(top, "=") + f".. automodule:: {top}\n   :ignore-module-all:\n\n"
        )
        for name in about:
            if name.startswith(f"{top}.") and name not in LEFT_OUT:
                # A name has one entry, in the module that defines it, not where it is handed on.
                pages[f"{top}.rst"] += _heading(name, "-")
                pages[f"{top}.rst"] += f".. automodule:: {name}\n   :ignore-module-all:\n\n"
    order = "\n".join(page.removesuffix(".rst") for page in pages)
    return {"index.md": f"{index}\n```{{toctree}}\n:hidden:\n\n{order}\n```\n", **pages}


def _heading(text, line):
    return f"{text}\n{line * len(text)}\n\n"


def _as_markdown(line):
    return line.replace("``", "`")


def benchmarks(root, folder):
    """The page of what was measured: as the README has it, and pictures of the same numbers.

    Args:
        root: the repository's folder.
        folder: where pictures go.
    """
    page = """---
html_theme.sidebar_secondary.remove: true
---

# Benchmarks

What takes longer than a notebook may. Each result was written by the script that is named, on the
machine that is named, and is here as it was measured; all numbers are there as JSON.
"""
    parts = runpy.run_path(str(root / "benchmarks" / "tables.py"))["PARTS"]
    for name, written in parts.items():
        path = root / "benchmarks" / "results" / f"{name}.json"
        if path.exists():
            numbers = json.loads(path.read_text("utf-8"))
            page += f"\n## {name.replace('_', ' ').capitalize()}\n\n"
            page += f"{_as_markdown(_first_paragraph(root / 'benchmarks' / f'{name}.py'))}\n\n"
            page += f"{written(numbers)}\n{''.join(_pictures(numbers, path, folder))}"
            page += f'<a href="files/{path.name}" download>All numbers as JSON</a>, by '
            page += f"`benchmarks/{name}.py`.\n"
    return page


def _first_paragraph(script):
    text = ast.get_docstring(ast.parse(script.read_text("utf-8"))) or ""
    return text.split("\n\n")[0]


def _pictures(numbers, path, folder):
    """Pictures beside the results, and one of each set of ratios with their ranges."""
    folder.mkdir(parents=True, exist_ok=True)
    for found in sorted([*path.parent.glob(f"{path.stem}*.png"), *path.parent.glob("*.svg")]):
        if found.stem.startswith(path.stem):
            shutil.copy(found, folder / found.name)
            yield f"![{_description(found)}](_images/{found.name})\n\n"
    for name, inner in numbers.items():
        if isinstance(inner, dict) and all(
            isinstance(row, dict) and {"median", "lowest", "highest"} <= set(row)
            for row in inner.values()
        ):
            file = f"{path.stem}-{re.sub(r'[^a-z0-9]+', '-', name.lower())}.png"
            alt = draw_ranges(name, inner, folder / file)
            yield f"![{alt}](_images/{file})\n\n"


def _description(picture):
    """What a picture says of itself, or its name."""
    name = picture.stem.replace("_", " ")
    if picture.suffix != ".png":
        return name
    with Image.open(picture) as image:  # Pillow comes with matplotlib
        return image.info.get("Description", name)


def draw_ranges(name, rows, file):
    """Draw medians with their ranges.

    Args:
        name: what was measured.
        rows: ``median``, ``lowest`` and ``highest`` by name.
        file: where the picture goes.

    Returns:
        What it shows, in words.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 0.9 + 0.45 * len(rows)), layout="constrained")
    FigureCanvasAgg(figure)
    ax = figure.add_subplot()
    places = range(len(rows))
    medians = [row["median"] for row in rows.values()]
    below = [row["median"] - row["lowest"] for row in rows.values()]
    above = [row["highest"] - row["median"] for row in rows.values()]
    ax.barh(places, medians, height=0.5, color="#9ecae1")
    ax.errorbar(medians, places, xerr=[below, above], fmt="o", color="#0b3c5d", capsize=4)
    ax.set_yticks(places, list(rows))
    ax.invert_yaxis()
    ax.set_xlim(left=0)
    ax.set_xlabel(name)
    ax.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, dpi=100)
    texts = (
        f"{label}: median {row['median']:.3g}, from {row['lowest']:.3g} to {row['highest']:.3g}"
        for label, row in rows.items()
    )
    return f"Bars with ranges of {name}. {'; '.join(texts)}."


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")


def _copy(path, to):
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(path), to)
