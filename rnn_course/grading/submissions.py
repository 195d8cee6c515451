"""The files that students hand in, whatever they are called and whatever is in them."""

import hashlib
import io
import json
import os
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import nbformat
from nbformat import NotebookNode

MOST_BYTES = 20_000_000  # without outputs, which cost no points however large they are
MOST_BYTES_OF_A_FILE = 200_000_000
HAND_IN = "hand in the notebook itself, the file that ends in .ipynb"
OTHER_FILES = {  # how they begin, and what is said of them
    b"%PDF": f"This is a PDF: {HAND_IN}.",
    b"<": f"This is a web page, as Jupyter exports one, and no notebook: {HAND_IN}.",
    b"PK\x03\x04": f"This is a zip archive or an office document: unpack it and {HAND_IN}.",
    b"7z\xbc\xaf": f"This is a 7-Zip archive: unpack it and {HAND_IN}.",
    b"Rar!": f"This is a RAR archive: unpack it and {HAND_IN}.",
    b"\x1f\x8b": f"This is a compressed file: unpack it and {HAND_IN}.",
}


class SubmissionError(ValueError):
    """Why a file is not graded."""


@dataclass(frozen=True)
class Packed:
    """A file in a zip archive, or in an archive in one.

    Attributes:
        archive: Where the archive is.
        names: Its name in the archive; of an archive within, that one's name first.
    """

    archive: Path
    names: tuple[str, ...]

    def read(self) -> bytes:
        """Its content, without unpacking anything into a folder.

        Raises:
            SubmissionError: It is too large.
        """
        content = self.archive.open("rb")
        with content:
            for name in self.names:
                with zipfile.ZipFile(content) as archive:
                    _check_size(archive.getinfo(name).file_size)
                    content = io.BytesIO(archive.read(name))
        return content.getvalue()


def find_submissions(folder: Path, besides: Path | None = None) -> dict[str, Path | Packed]:
    """Find all files in a folder, the folders and the zip archives in it; hidden ones are left out.

    Learning platforms hand out a class as one archive, and students hand in archives.

    Args:
        folder: Where the submissions are; or one archive.
        besides: A folder to leave out, for results may be written below.

    Returns:
        Each file by its path below the folder, with forward slashes.
    """
    found: dict[str, Path | Packed] = {}
    archive = folder.is_file()
    for path in [folder] if archive else sorted(folder.rglob("*")):
        below = Path(path.name) if archive else path.relative_to(folder)
        written = besides is not None and besides.resolve() in path.resolve().parents
        if written or _is_hidden(below.parts) or not (path.is_symlink() or path.is_file()):
            continue
        # A name that is not UTF-8 must not be what stops the rest.
        name = os.fsencode(below.as_posix()).decode("utf-8", "replace")
        packed = {}
        if path.suffix.lower() == ".zip" and not path.is_symlink():
            names = _names_in(path.open("rb"))
            packed = {"/".join((name, *each)): Packed(path, each) for each in names}
        found |= packed or {name: path}
    return found


def _names_in(content: io.BufferedIOBase, within: bool = True) -> Iterator[tuple[str, ...]]:
    """What is in an archive; nothing where it is none, or is broken."""
    try:
        with content, zipfile.ZipFile(content) as archive:
            for each in archive.infolist():
                path = PurePosixPath(each.filename)
                if each.is_dir() or _is_hidden(path.parts):
                    continue
                inner = []
                if within and path.suffix.lower() == ".zip" and each.file_size <= MOST_BYTES:
                    inner = [*_names_in(io.BytesIO(archive.read(each)), within=False)]
                yield from [(each.filename, *name) for name in inner] or [(each.filename,)]
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError):  # two are for secrets
        return


def _is_hidden(parts: tuple[str, ...]) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in parts)


def _check_size(size: int) -> None:
    if size > MOST_BYTES_OF_A_FILE:
        raise SubmissionError(
            f"This file has {size / 1e6:.0f} MB, and more than {MOST_BYTES_OF_A_FILE / 1e6:.0f} MB "
            "are not read: clear the outputs, save and hand in again."
        )


def read_submission(path: Path | Packed) -> NotebookNode:
    """Read what a student handed in, without its outputs.

    Args:
        path: The file.

    Raises:
        SubmissionError: It is not a notebook, or too large to be read.
    """
    if isinstance(path, Packed):
        content = path.read()
    else:
        if path.is_symlink():
            raise SubmissionError("This is a link to another file, not a notebook.")
        _check_size(path.stat().st_size)
        content = path.read_bytes()
    content = content.removeprefix(b"\xef\xbb\xbf")  # a byte-order mark
    for beginning, sentence in OTHER_FILES.items():
        if content.lstrip().startswith(beginning):
            raise SubmissionError(sentence)
    try:
        content = json.loads(content)
        for cell in content.get("cells", ()):
            if cell.get("outputs"):
                cell["outputs"] = []
        text = json.dumps(content)
    except Exception as error:  # whatever is in the file
        raise _no_notebook(error) from None
    if len(text) > MOST_BYTES:
        raise SubmissionError(
            f"This notebook has {len(text) / 1e6:.0f} MB without its outputs, and more than "
            f"{MOST_BYTES / 1e6:.0f} MB are not graded: are there pictures in its text?"
        )
    try:
        notebook = nbformat.reads(text, as_version=4)
        for cell in notebook.cells:
            if not isinstance(cell.source, str) or not isinstance(cell.metadata, dict):
                raise TypeError("a cell without text")
    except Exception as error:  # whatever is in the file
        raise _no_notebook(error) from None
    return notebook


def _no_notebook(error: Exception) -> SubmissionError:
    return SubmissionError(f"This is not a notebook that can be read ({type(error).__name__}).")


def page_name(file: str) -> str:
    """Name the pages and records of a submission: safe on every system, and no two alike.

    >>> page_name("Müller, Anna/01.ipynb")
    'Müller_Anna_01.ipynb-43782d6a'
    """
    mark = hashlib.sha256(file.encode("utf-8")).hexdigest()[:8]
    return re.sub(r"[^\w.-]+", "_", file)[:60] + "-" + mark
