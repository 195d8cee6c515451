"""Text from files: a user's own, and the real corpora that are plain text."""

import re
from pathlib import Path

from . import registry
from .base import CorpusError, Splits
from .registry import Corpus

# Typographic quotes and the underscores that mark italics: some editions have them, some not.
_PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "_": None})
_MARKER = re.compile(r"^\*\*\* ?(?:START|END) OF .*$", re.MULTILINE)


def read_text(path: str | Path) -> str:
    r"""Read a text file of one's own.

    Args:
        path: a file in UTF-8, with or without a byte order mark, with any line ends.

    Returns:
        Its text, with `\n` at the end of each line.

    Raises:
        CorpusError: if the file cannot be read, is not UTF-8 or holds no text.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "mine.txt").write_bytes(b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe\r\n")
        >>> read_text(folder / "mine.txt")
        'Grüße\n'
    """
    try:
        contents = Path(path).expanduser().read_bytes()
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {error.strerror}") from error
    return _decode(contents, str(path))


def _decode(contents: bytes, source: str) -> str:
    try:
        text = contents.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The decoder counts from behind the byte order mark.
        offset = error.start + len(contents) - len(error.object)
        line = contents.count(b"\n", 0, offset) + 1
        raise CorpusError(
            f"{source} is not UTF-8: byte 0x{contents[offset]:02x} at offset {offset}, "
            f"line {line}. Save it as UTF-8."
        ) from error
    if not text.strip():
        raise CorpusError(f"{source} holds no text: choose another file")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def tiny_shakespeare(corpus: Corpus) -> Splits:
    """The usual split: the first 90 % of the characters to train, the last 10 % to dev.

    Test is empty: published results are measured on those last 10 %, and a part cut off them would
    be comparable to none.
    """
    (file,) = corpus.files
    text = _decode(registry.read(corpus, file), file.path)
    cut = int(0.9 * len(text))
    return Splits(text[:cut], text[cut:], "")


def austen(corpus: Corpus) -> Splits:
    """Whole novels, so that no plot is on both sides: four to train, one to dev, one to test."""
    novels: dict[str | None, list[str]] = {"train": [], "dev": [], "test": []}
    for file in corpus.files:
        novels[file.split].append(_novel(corpus, file))
    return Splits(*("\n\n".join(texts) for texts in novels.values()))


def time_machine(corpus: Corpus) -> Splits:
    """The first 80 % to train, the next 10 % to dev, the last 10 % to test, in whole paragraphs."""
    (file,) = corpus.files
    text = _novel(corpus, file)
    a, b = (text.index("\n\n", tenths * len(text) // 10) + 2 for tenths in (8, 9))
    return Splits(text[:a], text[a:b], text[b:])


def _novel(corpus: Corpus, file: registry.File) -> str:
    """The book between Project Gutenberg's header and licence, in plain characters."""
    text = _decode(registry.read(corpus, file), file.path)
    parts = _MARKER.split(text)
    if len(parts) != 3:
        raise CorpusError(
            f"{file.path} has {len(parts) - 1} of the 2 lines '*** START OF ...' and "
            "'*** END OF ...' around the book"
        )
    return parts[1].translate(_PLAIN).strip() + "\n"
