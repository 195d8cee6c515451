r"""Readers of a user's own files, in any language: text, tagged words, labelled lines, pairs.

Files are in UTF-8 unless `encoding` says otherwise, with or without byte order marks, with any line
ends, whether the last line has one or not. They may be compressed with gzip, bzip2 or xz, or be the
one file in a zip archive: their first bytes say so, not their names. A carriage return inside a
line, or a zero byte, is refused: nobody knows what it stands for. What is malformed is reported by
file and line.
"""

from pathlib import Path

from rnn_course.corpora import encodings, formats
from rnn_course.corpora.base import CorpusError, LabelledText, Pair, TaggedSentence


def read_text(path: str | Path, encoding: str = "utf-8") -> str:
    r"""Read a text file.

    Args:
        path: the file.
        encoding: how its text became bytes, such as `"cp1252"` or `"utf-16"`.

    Returns:
        Its text, with `\n` at the end of each line.

    Raises:
        CorpusError: if the file cannot be read, is not in that encoding or holds no text.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "mine.txt").write_bytes(b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe\r\n")
        >>> read_text(folder / "mine.txt")
        'Grüße\n'
    """
    return encodings.decode(_contents(path), str(path), encoding)


def read_conllu(
    path: str | Path, tag: str = "upos", encoding: str = "utf-8"
) -> list[TaggedSentence]:
    r"""Read a treebank in CoNLL-U, the format of Universal Dependencies.

    Args:
        path: the file.
        tag: `"upos"`, the universal part of speech, or `"xpos"`, that of the language.
        encoding: how its text became bytes, such as `"cp1252"` or `"utf-16"`.

    Returns:
        Its sentences. Tokens are the syntactic words: of a multiword token (German "zum") the parts
        ("zu", "dem") count; empty nodes do not. Columns end at tabs alone: a word may have
        spaces inside, as in Vietnamese, and several in a row.

    Raises:
        CorpusError: if the file cannot be read or a line is malformed or has no such tag.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "mine.conllu"
        >>> rest = "\t_" * 6 + "\n"
        >>> _ = path.write_text(f"# text = Nein!\n1\tNein\tnein\tINTJ{rest}2\t!\t!\tPUNCT{rest}")
        >>> read_conllu(path)
        [TaggedSentence(tokens=('Nein', '!'), tags=('INTJ', 'PUNCT'))]

    Source:
        Nivre et al. (2020), "Universal Dependencies v2: an evergrowing multilingual treebank
        collection".
    """
    return formats.conllu(_contents(path), str(path), tag, encoding)


def read_columns(
    path: str | Path,
    token_column: int | None = None,
    tag_column: int = -1,
    scheme: str | None = "iob2",
    repair: bool = False,
    comment: str | None = None,
    header: bool = False,
    encoding: str = "utf-8",
) -> list[TaggedSentence]:
    r"""Read a CoNLL column file: a token and its tags a line, an empty line after each sentence.

    Args:
        path: the file. Columns are separated by tabs, or by blanks in lines without a tab; tabs at
            the end of a line are no columns.
        token_column: the column of the token, from 0; from the right if negative. By default the
            first: if that holds whole numbers only, such as the places of words, it is refused.
        tag_column: the column of the tag.
        scheme: how tags mark entities. `"iob2"`: `B-TYPE` begins one, `I-TYPE` continues it, all
            else is `O`. Others become that: in the older `"iob1"` an entity begins with `I-TYPE`,
            except right behind one of its type; in `"bilou"` its last word is `L-TYPE`, and
            `U-TYPE` if it is the only one, in `"bioes"` `E-TYPE` and `S-TYPE`; in `"bare"` all its
            words are `TYPE`, so that two of a type side by side are one. `None` if tags may be
            anything, such as parts of speech.
        repair: whether a tag that does not fit the one before it begins an entity instead of being
            refused.
        comment: how a line begins that is to be skipped. Lines with `-DOCSTART-` always are.
        header: whether the first line names the columns, and is left out.
        encoding: how its text became bytes, such as `"cp1252"` or `"utf-16"`.

    Returns:
        Its sentences.

    Raises:
        CorpusError: if the file cannot be read, a line has too few columns or not as many as the
            first, or a tag is not one of the scheme.

    Warns:
        UserWarning: if a sentence has more than 1,000 tokens, as where no line is empty, or the
            first line looks like a header.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "mine.conll"
        >>> _ = path.write_text("Marie\tB-PER\nCurie\tI-PER\nworks\tO\n\nWarsaw\tI-LOC\n")
        >>> for sentence in read_columns(path, repair=True):
        ...     print(*sentence.tokens, *sentence.tags)
        Marie Curie works B-PER I-PER O
        Warsaw B-LOC
        >>> read_columns(path)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        rnn_course.corpora.base.CorpusError: ...mine.conll, line 5: tag 'I-LOC' continues no LOC...

    Source:
        Tjong Kim Sang & Veenstra (1999), "Representing text chunks".
    """
    return formats.columns(
        _contents(path),
        str(path),
        token_column,
        tag_column,
        scheme,
        repair,
        comment,
        header,
        encoding,
    )


def read_labelled(
    path: str | Path,
    label: str = "first",
    header: bool = False,
    encoding: str = "utf-8",
    label_column: int | None = None,
    text_column: int | None = None,
) -> list[LabelledText]:
    r"""Read labelled lines: a label and a text each, with a tab in between.

    Args:
        path: the file; empty lines are skipped.
        label: `"first"` if lines are label, tab, text; `"last"` if they are text, tab, label. The
            text may have tabs of its own.
        header: whether the first line names the columns, and is left out.
        encoding: how its text became bytes, such as `"cp1252"` or `"utf-16"`.
        label_column: where lines have more columns, with tabs in between, that of the label, from
            0; from the right if negative. Others are ignored, and `label` too.
        text_column: the column of the text, which is named with the other one.

    Returns:
        Its texts, in order.

    Raises:
        CorpusError: if the file cannot be read, a line lacks its tab, its label or its text, one
            column is named without the other, or the labels are numbers that are all different, as
            IDs are.

    Warns:
        UserWarning: if the first line looks like a header.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "mine.tsv"
        >>> _ = path.write_text("good\tbardzo dobry film\nbad\tnuda\n", encoding="utf-8")
        >>> read_labelled(path)[1]
        LabelledText(text='nuda', label='bad')
        >>> _ = path.write_text("17\tnice !\t5 stars\tgood\n18\tdull\t1 star\tbad\n")
        >>> read_labelled(path, label_column=3, text_column=1)[1]
        LabelledText(text='dull', label='bad')
    """
    columns = (label_column, text_column)
    return formats.labelled(_contents(path), str(path), label, header, encoding, columns)


def read_polarity(path: str | Path, encoding: str = "utf-8") -> list[LabelledText]:
    r"""Read a zip archive of polarity files: texts that praise in `*.pos`, others in `*.neg`.

    Args:
        path: the archive. Its files hold a text a line; those with other names are ignored.
            Nothing in it is written to disk.
        encoding: how their text became bytes.

    Returns:
        The texts labelled `"positive"`, then those labelled `"negative"`, each in order.

    Raises:
        CorpusError: if the archive cannot be read, or has no file of one of the two kinds.

    Example:
        >>> import tempfile
        >>> import zipfile
        >>> path = Path(tempfile.mkdtemp()) / "mine.zip"
        >>> with zipfile.ZipFile(path, "w") as archive:
        ...     archive.writestr("rt.pos", "a delight .\n")
        ...     archive.writestr("rt.neg", "a bore .\n")
        >>> read_polarity(path)[0].tokens, read_polarity(path)[0].label
        (('a', 'delight', '.'), 'positive')
    """
    return formats.polarity(_contents(path), str(path), encoding)


def read_pairs(
    path: str | Path,
    source_column: int | None = None,
    target_column: int | None = None,
    header: bool = False,
    encoding: str = "utf-8",
) -> list[Pair]:
    r"""Read pairs of a text and its translation, a pair a line, with a tab in between.

    Args:
        path: the file; empty lines are skipped, and other columns, such as an attribution, ignored.
        source_column: the column of the text to translate, from 0; from the right if negative. By
            default the first.
        target_column: the column of its translation; by default the second. Tatoeba's own exports
            have IDs between them: there the columns are 1 and 3. A column of whole numbers only is
            refused unless it is named here.
        header: whether the first line names the columns, and is left out.
        encoding: how its text became bytes, such as `"cp1252"` or `"utf-16"`.

    Returns:
        Its pairs, in order.

    Raises:
        CorpusError: if the file cannot be read, a line has no text in one of the two columns, or
            one of them holds numbers only and was not named.

    Warns:
        UserWarning: if the first line looks like a header.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "mine.tsv"
        >>> _ = path.write_text("Run!\tChạy!\tCC-BY 2.0\n", encoding="utf-8")
        >>> read_pairs(path)
        [Pair(source='Run!', target='Chạy!')]
    """
    return formats.pairs(_contents(path), str(path), source_column, target_column, header, encoding)


def read_aligned(source: str | Path, target: str | Path, encoding: str = "utf-8") -> list[Pair]:
    r"""Read two files of which each line of one translates the same line of the other.

    Args:
        source: the file of the texts to translate.
        target: the file of their translations. Lines that are empty in both files are skipped.
        encoding: how the text of both became bytes.

    Returns:
        The pairs, in order.

    Raises:
        CorpusError: if a file cannot be read, one has more lines than the other, or a line is empty
            in one file only.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "mine.en").write_text("A dog runs.\nTwo men.\n")
        >>> _ = (folder / "mine.de").write_text("Ein Hund rennt.\nZwei Männer.\n", encoding="utf-8")
        >>> read_aligned(folder / "mine.en", folder / "mine.de")[1]
        Pair(source='Two men.', target='Zwei Männer.')
    """
    return formats.aligned(_contents(source), str(source), _contents(target), str(target), encoding)


def _contents(path: str | Path) -> bytes:
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {error.strerror}") from error
