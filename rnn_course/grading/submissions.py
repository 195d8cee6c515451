"""The files that students hand in, whatever they are called and whatever is in them."""

import hashlib
import os
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

MOST_BYTES = 20_000_000


class SubmissionError(ValueError):
    """Why a file is not graded."""


def find_submissions(folder: Path, besides: Path | None = None) -> dict[str, Path]:
    """Find all files in a folder and the folders in it, hidden ones left out.

    Args:
        folder: Where the submissions are.
        besides: A folder to leave out, for results may be written below.

    Returns:
        Each file by its path below the folder, with forward slashes.
    """
    found = {}
    for path in sorted(folder.rglob("*")):
        below = path.relative_to(folder)
        hidden = any(part.startswith((".", "__MACOSX")) for part in below.parts)
        written = besides is not None and besides.resolve() in path.resolve().parents
        if not hidden and not written and (path.is_symlink() or path.is_file()):
            # A name that is not UTF-8 must not be what stops the rest.
            found[os.fsencode(below.as_posix()).decode("utf-8", "replace")] = path
    return found


def read_submission(path: Path) -> NotebookNode:
    """Read what a student handed in.

    Args:
        path: The file.

    Raises:
        SubmissionError: It is not a notebook, or too large to be read.
    """
    if path.is_symlink():
        raise SubmissionError("This is a link to another file, not a notebook.")
    if (size := path.stat().st_size) > MOST_BYTES:
        raise SubmissionError(
            f"This file has {size / 1e6:.0f} MB, and more than {MOST_BYTES / 1e6:.0f} MB are not "
            "read: clear the outputs, save and hand in again."
        )
    try:
        notebook = nbformat.reads(path.read_text("utf-8"), as_version=4)
        for cell in notebook.cells:
            if not isinstance(cell.source, str) or not isinstance(cell.metadata, dict):
                raise TypeError("a cell without text")
    except Exception as error:  # whatever is in the file
        raise SubmissionError(
            f"This is not a notebook that can be read ({type(error).__name__})."
        ) from None
    return notebook


def page_name(file: str) -> str:
    """Name the pages and records of a submission: safe on every system, and no two alike.

    >>> page_name("Müller, Anna/01.ipynb")
    'Müller_Anna_01.ipynb-43782d6a'
    """
    mark = hashlib.sha256(file.encode("utf-8")).hexdigest()[:8]
    return re.sub(r"[^\w.-]+", "_", file)[:60] + "-" + mark
