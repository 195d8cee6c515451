"""Save the outputs of a run in the notebook itself: what a maintainer commits.

Nothing else of the file changes but the alt text of pictures, and times of execution are left out,
so that what differs from the last commit is what the notebook now says.
"""

import base64
import copy
import io

import nbformat
import numpy as np
from nbformat import NotebookNode
from PIL import Image

from rnn_course.files import written_whole
from rnn_course.notebooks.report import image_alt
from rnn_course.notebooks.running import Result, read_notebook

MOST_BYTES = 900_000
COLOURS = 256
MOST_ERROR = 1.0  # root mean square, of 255: below what one sees


class SaveError(ValueError):
    """Why the outputs of a run are not saved."""


def save(result: Result) -> list[str]:
    """Write the outputs of a run into the notebook's own file, all at once or not at all.

    PNG pictures are shrunk. A cell's alt text follows its picture: it becomes what
    :mod:`rnn_course.figures` says of the picture, unless somebody wrote another one.

    Args:
        result: What came of the notebook.

    Returns:
        For each picture that changed below an alt text written by hand, a line that asks whether
        it still holds.

    Raises:
        SaveError: The notebook did not pass, cells were skipped, its cells have changed since, or
            it would be too large. The file is as it was.
    """
    path = result.path.resolve()  # a link stays a link
    if result.status != "passed":
        raise SaveError(f"{path.name} is not saved: {result.error}")
    if result.skipped:
        reasons = " ".join(dict.fromkeys(result.skipped))
        raise SaveError(f"{path.name} is not saved: cells without outputs. {reasons}")
    notebook = read_notebook(path)
    sources = [[(c.cell_type, c.source) for c in n.cells] for n in (notebook, result.notebook)]
    if sources[0] != sources[1]:
        raise SaveError(f"{path.name} is not saved: its cells have changed since the run began")
    doubts = []
    for number, (cell, run) in enumerate(
        zip(notebook.cells, result.notebook.cells, strict=True), 1
    ):
        cell.metadata.pop("execution", None)  # times
        if cell.cell_type == "code":
            before = described(cell)
            cell.execution_count = run.execution_count
            cell.outputs = _tidy(run.outputs)
            if not _follow(cell, before):
                doubts.append(f"{path.name}, cell {number}: does its alt text still hold?")
    content = (nbformat.writes(notebook).rstrip("\n") + "\n").encode("utf-8")
    if len(content) > MOST_BYTES:
        raise SaveError(
            f"{path.name} is not saved: it would have {len(content) / 1000:.0f} kB of at most "
            f"{MOST_BYTES / 1000:.0f} kB. Draw fewer or smaller pictures, print less"
        )
    with written_whole(path) as part:
        part.write_bytes(content)
    return doubts


def described(cell: NotebookNode) -> str:
    """Read what the pictures of a cell say of themselves: the ``alt`` of their metadata.

    Args:
        cell: A code cell.
    """
    pictures = [o.metadata.get("image/png", {}) for o in cell.outputs if "metadata" in o]
    return " ".join(picture["alt"] for picture in pictures if picture.get("alt"))


def _follow(cell: NotebookNode, before: str) -> bool:
    """Bring a cell's alt text up to date; False where that is left to who wrote it."""
    now = described(cell)
    if now and image_alt(cell) in ("", before):
        cell.metadata.setdefault("mystnb", {}).setdefault("image", {})["alt"] = now
    return now in (before, image_alt(cell))


def _tidy(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Shrink the pictures, and join printed text that came in pieces, as time would have it."""
    tidy = []
    for output in copy.deepcopy(outputs):
        if "image/png" in output.get("data", {}):
            png = shrink(base64.b64decode(output.data["image/png"]))
            output.data["image/png"] = base64.b64encode(png).decode("ascii")
        if tidy and output.output_type == "stream" and tidy[-1].get("name") == output.name:
            tidy[-1].text += output.text
        else:
            tidy.append(output)
    return tidy


def shrink(png: bytes) -> bytes:
    """Draw a picture with a palette, where that is smaller and looks the same.

    Args:
        png: A PNG file.

    Returns:
        One of at most 256 colours, or the same where it is transparent, has a palette, or would
        suffer.
    """
    picture = Image.open(io.BytesIO(png))
    opaque = picture.mode == "RGB"
    if picture.mode == "RGBA":
        opaque = picture.getextrema()[3] == (255, 255)
    if not opaque:
        return png
    picture = picture.convert("RGB")
    palette = picture.quantize(COLOURS, kmeans=2, dither=Image.Dither.NONE)
    error = np.subtract(palette.convert("RGB"), picture, dtype="float32")
    file = io.BytesIO()
    palette.save(file, "png", optimize=True)
    small = file.getvalue()
    if len(small) >= len(png) or np.sqrt(np.mean(error**2)) > MOST_ERROR:
        return png
    return small
