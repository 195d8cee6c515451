"""From the bytes of a file to its text: compression, encoding, line ends."""

import io
import re

import regex

from rnn_course.corpora.base import CorpusError
from rnn_course.files import DamagedFileError, damage_reported, decompressed

# Letters and signs of Western Europe that are one byte in cp1252.
_WESTERN = r"\xc0-\xd6\xd8-\xf6\xf8-\xffŒœŠšŽžŸªº§°€£«»¿¡“”‘’‚„–—…·\xa0"

# What files of texts are mostly in, where they are not in UTF-8.
_CANDIDATES = (
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
)


def decode(contents: bytes, file: str, encoding: str = "utf-8") -> str:
    r"""The text that a file holds, uncompressed if need be, with `\n` as line end.

    Args:
        contents: its bytes, compressed with gzip, bzip2, xz or in a zip archive, or as they are.
        file: its name, for messages.
        encoding: how text became bytes.

    Returns:
        The text. Byte order marks at the beginnings of lines, where files were joined, are dropped.

    Raises:
        CorpusError: if the contents are no such text, or hold none.
    """
    try:
        with damage_reported(file):
            contents = decompressed(io.BytesIO(contents), file).read()
    except DamagedFileError as error:
        raise CorpusError(str(error)) from error
    try:
        text = contents.decode(encoding)
    except UnicodeDecodeError as error:
        raise CorpusError(_not(encoding, error, contents, file)) from error
    except (LookupError, UnicodeError, ValueError, TypeError) as error:
        raise CorpusError(
            f"there is no encoding {encoding!r} ({error}): name one such as 'utf-8' or 'cp1252'"
        ) from error
    # A file written as text twice ends its lines with \r\r\n.
    text = re.sub("\r+\n", "\n", text)
    if "\n" not in text:
        text = text.replace("\r", "\n")
    text = re.sub("^\ufeff+", "", text, flags=re.MULTILINE)
    for sign, what in (("\r", "carriage return"), ("\0", "zero byte")):
        if sign in text:
            number = text.count("\n", 0, text.index(sign)) + 1
            line = text.split("\n")[number - 1]
            advice = (
                "a line end or a blank? Replace it by the one that it is"
                if sign == "\r"
                else f"is it a text file, in {_likely(contents) or encoding}? "
                "Name its encoding, or remove the character"
            )
            raise CorpusError(f"{file}, line {number}: a {what} within {_short(line)}: {advice}")
    if not text.strip():
        raise CorpusError(f"{file} holds no text: choose another file")
    return text


def _not(encoding: str, error: UnicodeDecodeError, contents: bytes, file: str) -> str:
    """The message of bytes that are not in an encoding."""
    # Some decoders count from behind the byte order mark.
    offset = error.start + len(contents) - len(error.object)
    number = contents.count(b"\n", 0, offset) + 1
    said = (
        f"{file} is not {encoding.upper()}: byte 0x{contents[offset]:02x} at offset {offset}, "
        f"line {number}. "
    )
    likely = _likely(contents)
    if not likely or likely == encoding:
        return said + "Save it as UTF-8, or name its encoding: encoding="
    text = contents.decode(likely, "replace")
    line = text.split("\n")[min(number, text.count("\n") + 1) - 1]
    return said + (
        f"Save it as UTF-8, or name its encoding, perhaps encoding={likely!r}: "
        f"then this line is {_short(line)}"
    )


def _likely(contents: bytes) -> str | None:
    """The encoding that these bytes may be in, if one can be guessed."""
    from charset_normalizer import from_bytes

    if contents.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if contents.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = contents[:20_000]
    for name, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        if zeros.count(0) > len(start) // 8 and b"\0\0" not in start:
            return name
    # Western text is what the library knows least: there most words have plain letters as well.
    high = regex.findall(r"[\p{L}\x80-\xff]*[^\0-\x7f]+\w*", start.decode("cp1252", "replace"))
    if all(regex.fullmatch(rf"[A-Za-z0-9_{_WESTERN}]+", word) for word in high):
        mixed = [word for word in high if regex.search("[A-Za-z]", word)]
        if len(mixed) > len(high) / 2:
            return "cp1252"
    best = from_bytes(start, cp_isolation=list(_CANDIDATES)).best()
    return best.encoding if best else None


def _short(line: str) -> str:
    """A line for a message: what cannot be seen is escaped, what is long is cut."""
    return ascii(line[:60]) if not line.isprintable() and line.isascii() else repr(line[:60])
