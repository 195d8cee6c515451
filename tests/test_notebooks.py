"""What must hold for every notebook as it is committed. nbval, beside this, runs them again."""

import base64
import copy
import io
import json
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from rnn_course import corpora
from rnn_course.notebooks.launch import CLOSE, NOWHERE, OPEN, SETUP_LINE, setup_cell
from rnn_course.notebooks.report import image_alt, images
from rnn_course.notebooks.running import corpora_of

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("[0-9][0-9]_*.ipynb")) + sorted(FOLDER.glob("solutions/*.ipynb"))
NOT_COMPARED = {"nbval-ignore-output", "nbval-skip", "nbval-raises-exception", "raises-exception"}
MACHINE_PATHS = re.compile(r"/(root|home|Users|work|tmp|content)/|\b[A-Z]:\\")


def tags(cell):
    return set(cell.metadata.get("tags", []))


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def is_valid(notebook):
    nbformat.validate(notebook)


def is_small(notebook):
    assert len(nbformat.writes(notebook).encode("utf-8")) <= 900_000, "file above 900 kB"


def was_run_from_top_to_bottom(notebook):
    counts = [cell.execution_count for cell in code(notebook) if cell.source.strip()]
    assert counts == list(range(1, len(counts) + 1)), "restart the kernel and run all cells"


def opens_with_title_badges_and_setup(notebook):
    title, first_code = notebook.cells[0], code(notebook)[0]
    assert title.cell_type == "markdown"
    assert title.source.startswith("# ")
    assert (title.source.count(OPEN), title.source.count(CLOSE)) == (1, 1)
    assert "setup" in tags(first_code)
    assert SETUP_LINE in first_code.source
    assert not any("setup" in tags(cell) for cell in code(notebook)[1:])


def has_no_errors_and_no_stderr(notebook):
    for cell in code(notebook):
        for output in cell.outputs:
            assert output.get("name") != "stderr", f"stderr below {cell.source[:60]!r}"
            if "raises-exception" not in tags(cell):
                assert output.output_type != "error", f"an error below {cell.source[:60]!r}"


def names_no_path_of_a_machine(notebook):
    for cell in code(notebook):
        for output in cell.outputs:
            shown = {k: v for k, v in output.get("data", {}).items() if k != "image/png"}
            found = MACHINE_PATHS.search(json.dumps([output.get("text", ""), shown]))
            assert not found, f"{found.group()!r} below {cell.source[:60]!r}"


def is_compared_by_nbval_in_two_thirds_of_its_cells(notebook):
    with_output = [cell for cell in code(notebook) if cell.outputs]
    compared = [
        cell
        for cell in with_output
        if not tags(cell) & NOT_COMPARED and "NBVAL_" not in cell.source
    ]
    assert 3 * len(compared) >= 2 * len(with_output), f"{len(compared)} of {len(with_output)}"


def ends_no_cell_with_a_semicolon(notebook):
    for cell in code(notebook):  # it hides the last value from a reader, but not from nbval
        assert not cell.source.rstrip().endswith(";"), f"end with _ = …: {cell.source[-60:]!r}"


def has_alt_text_for_every_picture(notebook):
    for cell in code(notebook):
        if images(cell):
            assert image_alt(cell).strip(), f"no alt text: {cell.source[:60]!r}"


def has_no_picture_wider_than_a_page(notebook):
    for cell in code(notebook):
        for output in cell.outputs:
            if png := output.get("data", {}).get("image/png"):
                width = Image.open(io.BytesIO(base64.b64decode(png))).width
                shown = output.metadata.get("image/png", {}).get("width", width)
                assert shown <= 1000, f"{shown} pixels below {cell.source[:60]!r}"


def covers_the_concepts_it_names(notebook):
    concepts = notebook.metadata.get("rnn_course", {}).get("concepts")
    assert concepts, 'no {"rnn_course": {"concepts": […]}} in the metadata'
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    missing = [c for c in concepts if not re.search(rf"\b{re.escape(c)}\b", text)]
    assert not missing, f"not in the text: {missing}"


def names_real_corpora_where_it_needs_them(notebook):
    for cell in notebook.cells:
        if "real-data" in tags(cell):
            assert corpora_of(cell), f"no corpora in the metadata: {cell.source[:60]!r}"
        for name in corpora_of(cell):
            assert not corpora.info(name).embedded, f"{name} is embedded: no need for the tag"


def sums_up_numbers_that_it_shows(notebook):
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    summary = text.partition("## Summary\n")[2].partition("\n## ")[0]
    shown = json.dumps([[o.get("text"), o.get("data")] for c in code(notebook) for o in c.outputs])
    decimals = set(re.findall(r"\d+\.\d+", summary))
    missing = decimals - set(re.findall(r"\d+\.\d+", shown))
    assert not missing, f"in the summary, and below no cell: {', '.join(sorted(missing))}"


CHECKS = [
    is_valid,
    is_small,
    was_run_from_top_to_bottom,
    opens_with_title_badges_and_setup,
    has_no_errors_and_no_stderr,
    names_no_path_of_a_machine,
    is_compared_by_nbval_in_two_thirds_of_its_cells,
    ends_no_cell_with_a_semicolon,
    has_alt_text_for_every_picture,
    has_no_picture_wider_than_a_page,
    covers_the_concepts_it_names,
    names_real_corpora_where_it_needs_them,
    sums_up_numbers_that_it_shows,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: str(path.relative_to(FOLDER)))
def test_notebook(path, check):
    check(nbformat.read(path, as_version=4))


# The checks themselves: a good notebook passes them all, and each damage is found by its check.


def png(width):
    picture = io.BytesIO()
    Image.new("L", (width, 2)).save(picture, "png")
    return base64.b64encode(picture.getvalue()).decode()


@pytest.fixture
def good():
    figure = new_code_cell(
        "draw()",
        execution_count=2,
        outputs=[new_output("display_data", {"image/png": png(640), "text/plain": "<Figure>"})],
        metadata={"mystnb": {"image": {"alt": "A line."}}},
    )
    real = new_code_cell(
        "load()",
        execution_count=3,
        outputs=[new_output("stream", text="12.5 BLEU\n")],
        metadata={"tags": ["real-data"], "rnn_course": {"corpora": ["tiny_shakespeare"]}},
    )
    setup = new_code_cell(setup_cell(NOWHERE, ""), execution_count=1, metadata={"tags": ["setup"]})
    title = new_markdown_cell(f"# Title (H1, H2)\n{OPEN}\n{CLOSE}")
    summary = new_markdown_cell("## Summary\n12.5 BLEU\n\n## References\nAda (2001), pp. 1.2")
    return new_notebook(
        cells=[title, setup, figure, real, summary],
        metadata={"rnn_course": {"concepts": ["H1", "H2"]}},
    )


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_good_notebook_passes(good, check):
    check(good)


DAMAGES = [
    (is_valid, lambda cells: cells[1].update(outputs="none")),
    (is_small, lambda cells: cells[0].update(source="x" * 900_000)),
    (was_run_from_top_to_bottom, lambda cells: cells[2].update(execution_count=None)),
    (was_run_from_top_to_bottom, lambda cells: cells[3].update(execution_count=5)),
    (opens_with_title_badges_and_setup, lambda cells: cells[0].update(source="# Title")),
    (opens_with_title_badges_and_setup, lambda cells: cells[1].metadata.update(tags=[])),
    (opens_with_title_badges_and_setup, lambda cells: cells[1].update(source="x = 1")),
    (
        has_no_errors_and_no_stderr,
        lambda cells: cells[3].outputs.append(new_output("stream", name="stderr", text="w")),
    ),
    (
        has_no_errors_and_no_stderr,
        lambda cells: cells[3].outputs.append(new_output("error", ename="E", evalue="")),
    ),
    (
        names_no_path_of_a_machine,
        lambda cells: cells[3].outputs[0].update(text="at /home/ada/x.txt"),
    ),
    (
        names_no_path_of_a_machine,
        lambda cells: cells[2].outputs[0].data.update({"text/plain": "C:\\Users"}),
    ),
    (
        is_compared_by_nbval_in_two_thirds_of_its_cells,
        lambda cells: cells[3].metadata.tags.append("nbval-ignore-output"),
    ),
    (
        is_compared_by_nbval_in_two_thirds_of_its_cells,
        lambda cells: cells[3].update(source="# NBVAL_IGNORE_OUTPUT\nload()"),
    ),
    (ends_no_cell_with_a_semicolon, lambda cells: cells[2].update(source="draw();\n")),
    (has_alt_text_for_every_picture, lambda cells: cells[2].metadata.pop("mystnb")),
    (
        has_no_picture_wider_than_a_page,
        lambda cells: cells[2].outputs[0].data.update({"image/png": png(1001)}),
    ),
    (covers_the_concepts_it_names, lambda cells: cells[0].update(source="# H1, H22")),
    (names_real_corpora_where_it_needs_them, lambda cells: cells[3].metadata.pop("rnn_course")),
    (
        names_real_corpora_where_it_needs_them,
        lambda cells: cells[3].metadata.rnn_course.update(corpora=["agreement"]),
    ),
    (sums_up_numbers_that_it_shows, lambda cells: cells[4].update(source="## Summary\n12.6 BLEU")),
    (sums_up_numbers_that_it_shows, lambda cells: cells[3].outputs[0].update(text="112.5 BLEU")),
]


@pytest.mark.parametrize(("check", "damage"), DAMAGES)
def test_each_damage_is_found(good, check, damage):
    damaged = copy.deepcopy(good)
    damage(damaged.cells)
    with pytest.raises((AssertionError, nbformat.ValidationError)):
        check(damaged)
