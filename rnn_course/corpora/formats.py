r"""From the bytes of a file to sentences: one function a format, told the file's name for errors.

`readers` documents the formats, and applies them to a user's own files; `real` to the files of the
real corpora.
"""

import io
import warnings
import zipfile
from collections.abc import Iterator

from rnn_course.corpora.base import CorpusError, LabelledText, Pair, TaggedSentence
from rnn_course.corpora.encodings import decode
from rnn_course.corpora.schemes import SCHEMES, SchemeError, to_iob2
from rnn_course.files import DamagedFileError, damage_reported

# A sentence of more tokens is most likely several.
LONG = 1000
# What the cells of a header are called; a first row of nothing else looks like one.
_HEADINGS = frozenset(
    "category class de en english fr french german gold id ids index label labels language message "
    "ner ner_tag ner_tags pos review sentence sentence1 sentence2 sentence_id source src tag tags "
    "target text text1 text2 tgt token tokens translation trg upos v1 v2 word words".split()
)


def conllu(
    contents: bytes, file: str, tag: str = "upos", encoding: str = "utf-8"
) -> list[TaggedSentence]:
    """What `read_conllu` makes of a file's contents."""
    from conllu.exceptions import ParseException  # only those pay who need it
    from conllu.parser import DEFAULT_FIELDS, parse_id_value

    if tag not in ("upos", "xpos"):
        raise CorpusError(f"tag must be 'upos' or 'xpos', not {tag!r}")
    tag_column = DEFAULT_FIELDS.index(tag)
    sentences: list[list[tuple[str, str]]] = [[]]
    for number, line in enumerate(decode(contents, file, encoding).split("\n"), 1):
        if line.startswith("#"):
            continue
        if not line.strip():
            sentences.append([])
            continue
        # The library would take two blanks inside a word for the end of a column.
        cells = line.split("\t")
        if len(cells) != len(DEFAULT_FIELDS):
            raise _malformed(file, number, f"columns: {len(cells)}", "10, with tabs in between")
        try:
            place = parse_id_value(cells[0])
        except ParseException as error:
            raise _malformed(file, number, str(error), "1, 2, …, 1-2 or 1.1") from error
        if not isinstance(place, int):
            if place is None:
                raise _malformed(file, number, f"word {cells[0]!r}", "1, 2, …, 1-2 or 1.1")
            continue  # a multiword token, whose parts follow, or an empty node
        position = len(sentences[-1]) + 1
        if place != position:
            expected = f"word {position}, or an empty line before"
            raise _malformed(file, number, f"word {place}", expected)
        form, found = cells[1].strip(_BLANKS), cells[tag_column].strip(_BLANKS)
        if not form or found in ("", "_"):
            shown = f"form {cells[1]!r}, {tag} {found or '_'!r}"
            raise _malformed(file, number, shown, "both for each word")
        sentences[-1].append((form, found))
    return _tagged(sentences, file)


# What separates columns. A no-break space does not: it stands inside of words.
_BLANKS = " \t"


def columns(
    contents: bytes,
    file: str,
    token_column: int | None = None,
    tag_column: int = -1,
    scheme: str | None = "iob2",
    repair: bool = False,
    comment: str | None = None,
    header: bool = False,
    encoding: str = "utf-8",
) -> list[TaggedSentence]:
    """What `read_columns` makes of a file's contents."""
    if scheme not in (*SCHEMES, None):
        names = ", ".join(map(repr, SCHEMES))
        raise CorpusError(f"scheme must be one of {names} or None, not {scheme!r}")
    sentences: list[list[tuple[str, str]]] = [[]]
    numbers: list[list[int]] = [[]]  # of the lines of each sentence
    width = None  # in columns, of the first line
    for number, line in enumerate(decode(contents, file, encoding).split("\n"), 1):
        if comment and line.startswith(comment):
            continue
        if not line.strip() or line.startswith("-DOCSTART-"):
            sentences.append([])
            numbers.append([])
            continue
        if "\t" in line:
            cells = [cell.strip(_BLANKS) for cell in line.split("\t")]
        else:
            cells = line.strip(_BLANKS).split(" ")
            cells = [cell for cell in cells if cell]
        # Trailing tabs are no columns.
        while len(cells) > (width or 1) and not cells[-1]:
            cells.pop()
        first = width is None
        width = width or len(cells)
        if len(cells) != width:
            raise _malformed(file, number, f"columns: {len(cells)}", f"{width}, as in the first")
        if first and header:
            continue
        if first:
            _hint_at_header(cells, file, number)
        try:
            token, tag = cells[token_column or 0], cells[tag_column]
        except IndexError:
            wanted = f"column {token_column or 0} (token) and column {tag_column} (tag)"
            raise _malformed(file, number, f"columns: {width}", wanted) from None
        if width == 1 or not token or not tag:
            raise _malformed(file, number, repr(line), "a token and a tag")
        sentences[-1].append((token, tag))
        numbers[-1].append(number)
    tagged = _tagged(sentences, file)
    if token_column is None and width > 2:
        _refuse_ids([t for s in tagged for t in s.tokens], 0, "token_column", file)
    for sentence, lines in zip(tagged, filter(None, numbers), strict=True):
        if len(sentence.tokens) > LONG:
            warnings.warn(
                f"{file}, line {lines[0]}: a sentence of {len(lines)} tokens. Are there no empty "
                "lines between sentences? Put one after each",
                stacklevel=3,
            )
    if scheme is None:
        return tagged
    converted = []
    for sentence, lines in zip(tagged, filter(None, numbers), strict=True):
        try:
            tags = to_iob2(list(sentence.tags), scheme, repair)
        except SchemeError as error:
            said, place = error.args
            raise CorpusError(f"{file}, line {lines[place]}: {said}") from error
        converted.append(TaggedSentence(sentence.tokens, tuple(tags)))
    return converted


def labelled(
    contents: bytes,
    file: str,
    label: str = "first",
    header: bool = False,
    encoding: str = "utf-8",
    columns: tuple[int | None, int | None] = (None, None),
) -> list[LabelledText]:
    """What `read_labelled` makes of a file's contents."""
    if label not in ("first", "last"):
        raise CorpusError(f"label must be 'first' or 'last', not {label!r}")
    if columns.count(None) == 1:
        raise CorpusError(
            "label_column and text_column are named together: got {} and {}".format(*columns)
        )
    texts = []
    for number, line in _rows(decode(contents, file, encoding), file, header):
        if None not in columns:
            cells = line.split("\t")
            try:
                name, text = (cells[place] for place in columns)
            except IndexError:
                name = text = ""
        elif label == "first":
            name, _, text = line.partition("\t")
        else:
            text, _, name = line.rstrip(_BLANKS).rpartition("\t")
        if not name.strip() or not text.strip():
            expected = "label, tab, text" if label == "first" else "text, tab, label"
            if None not in columns:
                expected = "a label in column {} and a text in column {}, from 0".format(*columns)
            raise _malformed(file, number, repr(line), expected)
        texts.append(LabelledText(text.strip(), name.strip()))
    _some(texts, file)
    labels = {text.label for text in texts}
    if len(labels) == len(texts) >= 10 and all(map(_is_number, labels)):
        raise CorpusError(
            f"{file}: each label is another number ({texts[0].label}, {texts[1].label}, …): are "
            "these IDs? Remove their column"
        )
    return texts


def polarity(contents: bytes, file: str, encoding: str = "utf-8") -> list[LabelledText]:
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
            text = decode(members[name], f"{file}, {name}", encoding)
            texts += [LabelledText(line.strip(), label) for _, line in _lines(text)]
    return texts


def pairs(
    contents: bytes,
    file: str,
    source_column: int | None = None,
    target_column: int | None = None,
    header: bool = False,
    encoding: str = "utf-8",
) -> list[Pair]:
    """What `read_pairs` makes of a file's contents."""
    places = {"source_column": source_column or 0, "target_column": target_column}
    if target_column is None:
        places["target_column"] = 1
    found = []
    for number, line in _rows(decode(contents, file, encoding), file, header):
        cells = [cell.strip() for cell in line.split("\t")]
        try:
            pair = Pair(*(cells[place] for place in places.values()))
        except IndexError:
            pair = Pair("", "")
        if not pair.source or not pair.target:
            expected = "text, tab, translation"
            if tuple(places.values()) != (0, 1):
                expected = f"texts in columns {' and '.join(map(str, places.values()))}, from 0"
            raise _malformed(file, number, repr(line), expected)
        found.append(pair)
    _some(found, file)
    for (name, place), given, texts in zip(
        places.items(), (source_column, target_column), zip(*found, strict=True), strict=True
    ):
        if given is None:
            _refuse_ids(list(texts), place, name, file)
    return found


def aligned(
    source_contents: bytes,
    source_file: str,
    target_contents: bytes,
    target_file: str,
    encoding: str = "utf-8",
) -> list[Pair]:
    """What `read_aligned` makes of two files' contents."""
    source = decode(source_contents, source_file, encoding).rstrip("\n").split("\n")
    target = decode(target_contents, target_file, encoding).rstrip("\n").split("\n")
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
        with damage_reported(file), zipfile.ZipFile(io.BytesIO(contents)) as archive:
            return {
                entry.filename: archive.read(entry)
                for entry in archive.infolist()
                if not entry.is_dir() and not entry.filename.startswith("__MACOSX/")
            }
    except DamagedFileError as error:
        raise CorpusError(
            f"{file} is not a zip archive that can be read ({error.__cause__})"
        ) from error


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not empty, with their numbers from 1."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, line


def _rows(text: str, file: str, header: bool) -> Iterator[tuple[int, str]]:
    """The lines that are not empty, the first of them without a header, or with a hint at one."""
    rows = _lines(text)
    for number, line in rows:
        if not header:
            _hint_at_header(line.split("\t"), file, number)
            yield number, line
        break
    yield from rows


def _hint_at_header(cells: list[str], file: str, number: int) -> None:
    if len(cells) > 1 and all(cell.strip().casefold() in _HEADINGS for cell in cells):
        warnings.warn(
            f"{file}, line {number} looks like a header ({', '.join(map(str.strip, cells))}) and "
            "is read as an example: header=True leaves it out",
            stacklevel=5,
        )


def _is_number(cell: str) -> bool:
    return cell.isascii() and cell.isdigit()


def _refuse_ids(cells: list[str], place: int, name: str, file: str) -> None:
    """Refuse a column of whole numbers that nobody asked for by name."""
    if all(map(_is_number, cells)):
        some = ", ".join(cells[:3]) + ", …" * (len(cells) > 3)
        raise CorpusError(
            f"{file}: column {place} holds numbers only ({some}): are these IDs? Choose the column "
            f"with {name}=, from 0; {name}={place} takes the numbers"
        )


def _some(examples: list, file: str) -> None:
    if not examples:
        raise CorpusError(f"{file} holds no example behind its header: choose another file")


def _tagged(sentences: list[list[tuple[str, str]]], file: str) -> list[TaggedSentence]:
    tagged = [TaggedSentence(*zip(*words, strict=True)) for words in sentences if words]
    if not tagged:
        raise CorpusError(f"{file} holds no sentence: choose another file")
    return tagged


def _malformed(file: str, number: int, found: str, expected: str) -> CorpusError:
    return CorpusError(f"{file}, line {number}: {found}; expected {expected}")
