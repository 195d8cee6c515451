"""Files as they are: written whole or not at all, read whether they are compressed or not."""

import bz2
import contextlib
import gzip
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

# What reading a damaged archive raises is not one family: encryption is a RuntimeError.
_DAMAGED = (
    *(OSError, EOFError, RuntimeError, ValueError, OverflowError, struct.error),
    *(zlib.error, lzma.LZMAError, zipfile.BadZipFile),
)


class DamagedFileError(Exception):
    """A compressed file cannot be read; the message says why and what to do."""


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a file its name when it is whole.

    Args:
        path: Where the file goes; its folder is made where it is missing.

    Yields:
        A path beside it, to write to. When the block ends it takes the place of what was there;
        when the block fails it is removed, and what was there stays.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "marks.csv"
        >>> with written_whole(path) as beside:
        ...     _ = beside.write_text("ada,10", "utf-8")
        >>> path.read_text("utf-8"), [file.name for file in path.parent.iterdir()]
        ('ada,10', ['marks.csv'])
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        yield beside
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def decompressed(file: IO[bytes], name: str) -> IO[bytes]:
    """What a file holds, uncompressed if its first bytes say gzip, bzip2, xz or zip.

    Args:
        file: an open file, at its beginning.
        name: the file's, for messages.

    Returns:
        The file itself, or one that uncompresses while it is read; of a zip archive the one file in
        it, those named `_…` or `.…` apart. What goes wrong while it is read raises one of many
        errors: read it within `damage_reported`.

    Raises:
        DamagedFileError: when it is a zip archive that cannot be read, or of more than one file.

    Example:
        >>> import io
        >>> decompressed(io.BytesIO(gzip.compress(b"text")), "mine.txt").read()
        b'text'
    """
    start = file.read(10)
    file.seek(0)
    if start.startswith(b"\x1f\x8b"):  # no text in UTF-8 begins like this
        return gzip.GzipFile(fileobj=file)
    if start.startswith(b"BZh") and start[4:] in (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90"):
        return bz2.BZ2File(file)
    if start.startswith(b"\xfd7zXZ\x00"):
        return lzma.LZMAFile(file)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        with damage_reported(name):
            archive = zipfile.ZipFile(file)
            members = [
                member
                for member in archive.namelist()
                if not member.endswith("/")
                and not member.startswith("__MACOSX/")
                and not member.split("/")[-1].startswith(("_", "."))
            ]
            if len(members) != 1:
                raise DamagedFileError(
                    f"{name} is a zip archive and must hold one text file, not {len(members)}"
                    f"{': ' * bool(members)}{', '.join(members[:4])}{', …' * (len(members) > 4)}. "
                    "Unpack it and give the path of one; save a spreadsheet as text with tabs"
                )
            return archive.open(members[0])
    return file


@contextlib.contextmanager
def damage_reported(name: str) -> Iterator[None]:
    """Turn what reading a damaged compressed file raises into a `DamagedFileError`.

    Example:
        >>> with damage_reported("mine.gz"):  # doctest: +ELLIPSIS
        ...     gzip.decompress(b"text")
        Traceback (most recent call last):
        rnn_course.files.DamagedFileError: mine.gz is damaged ... (Not a gzipped file (b'te')): ...
    """
    try:
        yield
    except _DAMAGED as error:
        raise DamagedFileError(f"{name} is damaged or encrypted ({error}): get it again") from error
