"""The sources of the site: pages written by hand, and pages that are made from other files."""

import ast
import base64
import re
import shutil
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import gallery
import nbformat
import play
import unrolled
from PIL import Image, ImageChops  # Pillow comes with matplotlib

from rnn_course.notebooks.launch import CLOSE, OPEN, Address, badges, stated_address
from rnn_course.notebooks.report import image_alt, images

# Of each notebook the cell whose picture stands for it on the front page.
CARDS = {
    "00_text_to_vectors": "cell-050",
    "01_simple_rnn": "picture-transducer",
    "02_backpropagation_through_time": "cell-053",
    "03_lstm_and_gru": "lstm-gru-14",
    "04_stacked_and_bidirectional": "c022",
    "05_language_model": "951c43a1",
    "06_tagging": "tagging-17",
    "07_classification_with_attention": "c46",
    "08_translation": "cell-38",
    "09_fast_recurrence": "fast-41",
    "11_your_own_text": "own-33",
}

# The package's wings, in the order in which a reader meets them; each is a page of its own.
WINGS = {
    "Networks, and how they are trained": ("layers", "models", "losses", "metrics", "callbacks"),
    "Text": ("text", "corpora", "pipelines", "trained"),
    "Looking inside": ("bptt", "interop", "inspection", "figures", "explorables", "studies"),
    "The course around them": ("notebooks", "grading", "cli"),
}
SHARED = "What they share"  # modules that are no wing

LEFT_OUT = {"rnn_course.grading.preload"}  # nothing but imports

# Files of the repository, other than those of docs/, that are pages of the site as well.
ALSO_PAGES = ("CONTRIBUTING.md", "deploy/README.md")


def write(root, source):
    """Write all sources of the site.

    Args:
        root: the repository's folder.
        source: where they go.
    """
    notebooks = sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    exercises = sorted((root / "notebooks" / "exercises").glob("[0-9][0-9]_*.ipynb"))
    readme = (root / "README.md").read_text("utf-8")
    where, extra = stated_address(root), source / "_extra"
    for path in [*notebooks, *exercises]:
        name = path.relative_to(root)
        _write(source / name, prepared(path, name, where))
        _copy(path, extra / "files" / name)
        for file, table in tables(nbformat.read(path, as_version=4), name).values():
            _write(extra / file, table)
    for path in (root / "benchmarks" / "results").glob("*.json"):
        _copy(path, source / path.relative_to(root))
    for path in (root / "docs" / "pictures").glob("*.*"):
        _copy(path, source / "pictures" / path.name)
    _write(source / "slides.md", slides_page(notebooks))
    gallery.write(source / "drawings.md", extra / "drawings")
    play.write(source / "play.md", extra / "explorables")
    _write(source / "exercises.md", exercises_page(exercises))
    for name, text in api(root / "rnn_course").items():
        _write(source / "api" / name, text)
    pages = [*(root / "docs").glob("*.md"), *(root / name for name in ALSO_PAGES)]
    written = {path: source / path.relative_to(root) for path in pages}
    written |= {path: source / path.name for path in pages if path.parent == root / "docs"}
    for path, to in written.items():
        _copy(path, to)  # all, before any link is followed
    for path, to in written.items():
        text = path.read_text("utf-8")
        if path.name == "index.md":
            text = text.replace("<!-- picture -->", unrolled.picture())
            cards = notebook_cards(readme, notebooks, source / "_images")
            text = text.replace("<!-- notebooks -->", cards)
        if path.parent == root / "docs":
            text = text.replace("](../", "](")
        text = with_links_that_lead_somewhere(text, to.parent, source, where)
        _write(to, with_site_links(text))


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
            source = cell.source.replace("../docs/", "../")  # the site has these pages at its top
            cell.source = with_site_links(source)
        elif width := picture_width(cell):
            cell.metadata.setdefault("mystnb", {}).setdefault("image", {})["width"] = width
        cells.append(cell)
        if number in files:
            link = (
                f'<a href="{up}{files[number][0]}" download>The numbers of this picture</a> (CSV)'
            )
            cells.append(nbformat.v4.new_markdown_cell(link, id=f"numbers-{number}"))
    notebook.cells = cells
    return nbformat.writes(notebook)


def picture_width(cell):
    """The width of a cell's picture on a page, which is less than that of its pixels; or None."""
    pictures = (o.get("metadata", {}).get("image/png", {}) for o in cell.get("outputs", []))
    widths = [picture["width"] for picture in pictures if "width" in picture]
    return f"{max(widths)}px" if widths else None


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


def invitations(readme):
    """The line with which the README invites to each notebook, by the notebook's name."""
    item = r"^- \*\*\[.+\]\(notebooks/(\d\d_\w+)\.ipynb\)\*\*<br>\n  (.+)$"
    return dict(re.findall(item, readme, re.MULTILINE))


def notebook_cards(readme, notebooks, folder):
    """A card for each notebook: a picture from it, its title, and the README's line.

    Args:
        readme: its text.
        notebooks: their paths.
        folder: where the pictures go.

    Returns:
        A Markdown list.
    """
    lines, cards = invitations(readme), ["{.cards}"]
    folder.mkdir(parents=True, exist_ok=True)
    for path in notebooks:
        picture, alt = card_picture(path)
        (folder / f"{path.stem}.png").write_bytes(picture)
        cards += [
            f"- ![{alt}](_images/{path.stem}.png)",
            "",
            f"  **[{title_of(path)}](notebooks/{path.name})**",
            "",
            f"  {lines.get(path.stem, '')}",
        ]
    return "\n".join(cards)


def card_picture(path):
    """The picture that stands for a notebook, and the first sentence of its alt text.

    Args:
        path: the notebook. Where `CARDS` names no cell of it, its first picture is taken.

    Returns:
        The picture as PNG, and what it shows.
    """
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if images(cell)]
    named = [cell for cell in cells if cell.get("id") == CARDS.get(path.stem)]
    cell = (named or cells)[0]
    alt = re.match(r".+?[.?!](?=\s|$)|.+", image_alt(cell), re.DOTALL)[0]
    drawn = Image.open(BytesIO(base64.b64decode(images(cell)[0]))).convert("RGB")
    margins = ImageChops.invert(drawn).getbbox()  # what is around it is white
    trimmed = BytesIO()
    drawn.crop(margins).save(trimmed, "PNG", optimize=True)
    return trimmed.getvalue(), re.sub(r"([\[\]*_$`])", r"\\\1", alt)


def with_links_that_lead_somewhere(text, folder, source, where):
    """A page whose links to files that are not on the site lead to the repository's address.

    Args:
        text: the page, as Markdown.
        folder: the one that the page lies in.
        source: the site's sources.
        where: the repository's address; while none is stated, such a link is plain text.
    """

    def link(match):
        label, target = match[1], match[2].partition("#")[0]
        path = (folder / unquote(target)).resolve()
        if re.match("[a-z]+:", target) or not target or path.is_file():
            return match[0]
        if not where.repository or not path.is_relative_to(source.resolve()):
            return label
        inside = path.relative_to(source.resolve()).as_posix()
        return f"[{label}](https://github.com/{where.repository}/blob/{where.ref}/{inside})"

    return re.sub(r"(?<!!)\[((?:[^\[\]]|`[^`]*`)+)\]\(([^)\s]+)\)", link, text)


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
    modules = {}
    for path in sorted(package.rglob("*.py")):
        name = ".".join(path.relative_to(package.parent).with_suffix("").parts)
        modules[name.removesuffix(".__init__")] = ast.parse(path.read_text("utf-8"))
    wings = {group: list(names) for group, names in WINGS.items()}
    known = {name for names in wings.values() for name in names}
    tops = [name.split(".")[1] for name in modules if name.count(".") == 1]
    wings[SHARED] = [name for name in tops if name not in known]
    index = f"# API reference\n\n{_as_markdown(_about(modules[package.name]))}\n"
    pages, order = {}, ""
    for group, names in wings.items():
        index += f"\n## {group}\n\n```{{list-table}}\n:class: names\n:widths: auto\n\n"
        for name in names:
            wing = f"{package.name}.{name}"
            about = _as_markdown(_about(modules[wing]))
            index += f"* - [`{wing}`]({wing}.rst)\n  - {about}\n"
            order += f"{name} <{wing}>\n"
            pages[f"{wing}.rst"] = _wing_page(wing, modules)
        index += "```\n"
    return {"index.md": f"{index}\n```{{toctree}}\n:hidden:\n\n{order}```\n", **pages}


def _wing_page(wing, modules):
    """What a wing says of itself, its public names, then its modules in the order it names them."""
    mentioned = re.findall(r"`(\w+)`", ast.get_docstring(modules[wing]) or "")
    inner = [name for name in modules if name.startswith(f"{wing}.") and name not in LEFT_OUT]

    def place(module):
        names = {module.rpartition(".")[2], *(node.name for node in _definitions(modules[module]))}
        return min([mentioned.index(name) for name in names if name in mentioned], default=99)

    inner.sort(key=place)
    if not inner:
        return f"{_heading(wing, '=')}.. automodule:: {wing}\n"
    page = f"{_heading(wing, '=')}.. automodule:: {wing}\n   :no-members:\n\n"
    page += ".. list-table::\n   :class: names\n   :widths: auto\n\n"
    for name in inner:
        for link, about in _public_names(wing, name, modules):
            page += f"   * - {link}\n     - {about}\n"
    for name in inner:
        # A name has one entry, in the module that defines it, not where it is handed on.
        page += f"\n{_heading(name.removeprefix(f'{wing}.'), '-')}"
        page += f".. automodule:: {name}\n   :ignore-module-all:\n"
    return page


def _public_names(wing, module, modules):
    """What a wing hands on of one of its modules: links to it, each with its first line."""
    imports = [node for node in modules[wing].body if isinstance(node, ast.ImportFrom)]
    handed_on = {f"{node.module}.{alias.name}" for node in imports for alias in node.names}
    if module in handed_on:
        yield f":py:mod:`{module.rpartition('.')[2]} <{module}>`", _about(modules[module])
    for node in _definitions(modules[module]):
        if f"{module}.{node.name}" in handed_on:
            yield f":py:obj:`{node.name} <{module}.{node.name}>`", _about(node)


def _definitions(module):
    return [node for node in module.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]


def _about(node):
    """The first paragraph of a docstring, in one line."""
    return (ast.get_docstring(node) or "").partition("\n\n")[0].replace("\n", " ")


def _heading(text, line):
    return f"{text}\n{line * len(text)}\n\n"


def _as_markdown(line):
    return line.replace("``", "`")


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")


def _copy(path, to):
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(path), to)
