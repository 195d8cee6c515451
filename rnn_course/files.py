"""Files that are whole or not there: written beside their place, then renamed."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


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
