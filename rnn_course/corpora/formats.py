r"""From the bytes of a file to sentences: one function a format, told the file's name for errors.

`readers` documents the formats, and applies them to a user's own files; `real` to the files of the
real corpora.
"""

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from rnn_course.corpora.base import CorpusError, LabelledText, Pair, TaggedSentence


def decode(contents: bytes, file: str) -> str:
    r"""The text that a file holds, gunzipped if need be, with `\n` as line end."""
    if contents.startswith(b"\x1f\x8b"):  # gzip; no text in UTF-8 begins like this
        try:
            contents = gzip.decompress(contents)
        except (OSError, EOFError, zlib.error) as error:
            raise CorpusError(f"{file} is a damaged gzip file ({error}): get it again") from error
    try:
        text = contents.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The decoder counts from behind the byte order mark.
        offset = error.start + len(contents) - len(error.object)
        line = contents.count(b"\n", 0, offset) + 1
        raise CorpusError(
            f"{file} is not UTF-8: byte 0x{contents[offset]:02x} at offset {offset}, "
            f"line {line}. Save it as UTF-8."
        ) from error
    if not text.strip():
        raise CorpusError(f"{file} holds no text: choose another file")
    text = text.replace("\r\n", "\n")
    # Where lines end otherwise, a stray carriage return must not add a line: files may be aligned.
    return text if "\n" in text else text.replace("\r", "\n")


def conllu(contents: bytes, file: str, tag: str) -> list[TaggedSentence]:
    """What `read_conllu` makes of a file's contents."""
    from conllu.exceptions import ParseException  # only those pay who need it
    from conllu.parser import DEFAULT_FIELDS, parse_line

    if tag not in ("upos", "xpos"):
        raise CorpusError(f"tag must be 'upos' or 'xpos', not {tag!r}")
    fields = DEFAULT_FIELDS[:5]  # id, form, lemma, upos, xpos
    sentences: list[list[tuple[str, str]]] = [[]]
    for number, line in enumerate(decode(contents, file).split("\n"), 1):
        if line.startswith("#"):
            continue
        if not line.strip():
            sentences.append([])
            continue
        if line.count("\t") != len(DEFAULT_FIELDS) - 1:
            found = f"columns: {line.count(chr(9)) + 1}"
            raise _malformed(file, number, found, "10, with tabs in between")
        try:
            word = parse_line(line, fields)
        except ParseException as error:
            raise _malformed(file, number, str(error), "1, 2, …, 1-2 or 1.1") from error
        if not isinstance(word["id"], int):
            continue  # a multiword token, whose parts follow, or an empty node
        position = len(sentences[-1]) + 1
        if word["id"] != position:
            raise _malformed(
                file, number, f"word {word['id']}", f"word {position}, or an empty line before"
            )
        if not word["form"].strip() or word[tag] in (None, "", "_"):
            found = f"form {word['form']!r}, {tag} {word[tag] or '_'!r}"
            raise _malformed(file, number, found, "both for each word")
        sentences[-1].append((word["form"], word[tag]))
    return _tagged(sentences, file)


_IOB2 = re.compile(r"O|([BI])-(.+)")


def columns(
    contents: bytes,
    file: str,
    token_column: int = 0,
    tag_column: int = -1,
    scheme: str | None = "iob2",
    repair: bool = False,
    comment: str | None = None,
) -> list[TaggedSentence]:
    """What `read_columns` makes of a file's contents."""
    if scheme not in ("iob2", None):
        raise CorpusError(f"scheme must be 'iob2' or None, not {scheme!r}")
    sentences: list[list[tuple[str, str]]] = [[]]
    width = None  # in columns, of the first line
    open_type = None  # of the entity that the line before is in
    for number, line in enumerate(decode(contents, file).split("\n"), 1):
        if comment and line.startswith(comment):
            continue
        if not line.strip() or line.startswith("-DOCSTART-"):
            sentences.append([])
            open_type = None
            continue
        cells = line.split("\t") if "\t" in line else line.split()
        width = width or len(cells)
        if len(cells) != width:
            raise _malformed(file, number, f"columns: {len(cells)}", f"{width}, as in the first")
        try:
            token, tag = cells[token_column].strip(), cells[tag_column].strip()
        except IndexError:
            wanted = f"column {token_column} (token) and column {tag_column} (tag)"
            raise _malformed(file, number, f"columns: {width}", wanted) from None
        if width == 1 or not token or not tag:
            raise _malformed(file, number, repr(line), "a token and a tag")
        if scheme == "iob2":
            match = _IOB2.fullmatch(tag)
            if not match:
                wanted = "O, B-TYPE or I-TYPE; scheme=None takes any tags"
                raise _malformed(file, number, f"tag {tag!r}", wanted)
            if match[1] == "I" and match[2] != open_type:
                if not repair:
                    raise _malformed(
                        file,
                        number,
                        f"tag {tag!r} continues no {match[2]}",
                        f"B-{match[2]}; repair=True changes such tags",
                    )
                tag = f"B-{match[2]}"
            open_type = match[2]
        sentences[-1].append((token, tag))
    return _tagged(sentences, file)


def labelled(contents: bytes, file: str, label: str) -> list[LabelledText]:
    """What `read_labelled` makes of a file's contents."""
    if label not in ("first", "last"):
        raise CorpusError(f"label must be 'first' or 'last', not {label!r}")
    texts = []
    for number, line in _lines(decode(contents, file)):
        if label == "first":
            name, _, text = line.partition("\t")
        else:
            text, _, name = line.rpartition("\t")
        if not name.strip() or not text.strip():
            expected = "label, tab, text" if label == "first" else "text, tab, label"
            raise _malformed(file, number, repr(line), expected)
        texts.append(LabelledText(text.strip(), name.strip()))
    return texts


def polarity(contents: bytes, file: str) -> list[LabelledText]:
    """What `read_polarity` makes of an archive's contents."""
    members = _members(contents, file)
    texts = []
    for label in ("positive", "negative"):
        suffix = f".{label[:3]}"
        chosen = [name for name in sorted(members) if name.endswith(suffix)]
        if not chosen:
            listing = ", ".join(sorted(members)) or "nothing"
            raise CorpusError(f"{file} has no file named *{suffix}, but {listing}")
        for name in chosen:
            text = decode(members[name], f"{file}, {name}")
            texts += [LabelledText(line.strip(), label) for _, line in _lines(text)]
    return texts


def pairs(contents: bytes, file: str) -> list[Pair]:
    """What `read_pairs` makes of a file's contents."""
    if contents.startswith(b"PK\x03\x04"):
        members = _members(contents, file)
        names = [n for n in members if n.endswith(".txt") and not n.split("/")[-1].startswith("_")]
        if len(names) != 1:
            raise CorpusError(f"{file} must hold one text file, not {len(names)}: give its path")
        contents, file = members[names[0]], f"{file}, {names[0]}"
    found = []
    for number, line in _lines(decode(contents, file)):
        source, target = (*map(str.strip, line.split("\t")), "")[:2]
        if not source or not target:
            raise _malformed(file, number, repr(line), "text, tab, translation")
        found.append(Pair(source, target))
    return found


def aligned(
    source_contents: bytes, source_file: str, target_contents: bytes, target_file: str
) -> list[Pair]:
    """What `read_aligned` makes of two files' contents."""
    source = decode(source_contents, source_file).rstrip("\n").split("\n")
    target = decode(target_contents, target_file).rstrip("\n").split("\n")
    if len(source) != len(target):
        raise CorpusError(
            f"{source_file} has {len(source)} lines and {target_file} has {len(target)}: "
            "expected as many in both, each the translation of the other"
        )
    found = [Pair(*map(str.strip, lines)) for lines in zip(source, target, strict=True)]
    for number, pair in enumerate(found, 1):
        if bool(pair.source) != bool(pair.target):
            file, other = source_file, target_file
            if pair.source:
                file, other = other, file
            raise _malformed(file, number, "nothing", f"what line {number} of {other} translates")
    return [pair for pair in found if pair.source]


def _members(contents: bytes, file: str) -> dict[str, bytes]:
    """The files in a zip archive, by name. A name here is a label, never a path to write to."""
    try:
        with zipfile.ZipFile(io.BytesIO(contents)) as archive:
            return {
                entry.filename: archive.read(entry)
                for entry in archive.infolist()
                if not entry.is_dir() and not entry.filename.startswith("__MACOSX/")
            }
    # What zipfile raises is not one family: encryption is a RuntimeError.
    except (zipfile.BadZipFile, RuntimeError, zlib.error, EOFError) as error:
        raise CorpusError(f"{file} is not a zip archive that can be read ({error})") from error


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not empty, with their numbers from 1."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, line


def _tagged(sentences: list[list[tuple[str, str]]], file: str) -> list[TaggedSentence]:
    tagged = [TaggedSentence(*zip(*words, strict=True)) for words in sentences if words]
    if not tagged:
        raise CorpusError(f"{file} holds no sentence: choose another file")
    return tagged


def _malformed(file: str, number: int, found: str, expected: str) -> CorpusError:
    return CorpusError(f"{file}, line {number}: {found}; expected {expected}")
