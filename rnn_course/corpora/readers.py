r"""Readers of a user's own files, in any language: text, tagged words, labelled lines, pairs.

Files are in UTF-8, with or without a byte order mark, with any line ends, whether the last line has
one or not, gzipped or not. What is malformed is reported by file and line.
"""

from pathlib import Path

from rnn_course.corpora import formats
from rnn_course.corpora.base import CorpusError, LabelledText, Pair, TaggedSentence


def read_text(path: str | Path) -> str:
    r"""Read a text file.

    Args:
        path: the file.

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
    return formats.decode(_contents(path), str(path))


def read_conllu(path: str | Path, tag: str = "upos") -> list[TaggedSentence]:
    r"""Read a treebank in CoNLL-U, the format of Universal Dependencies.

    Args:
        path: the file.
        tag: `"upos"`, the universal part of speech, or `"xpos"`, that of the language.

    Returns:
        Its sentences. Tokens are the syntactic words: of a multiword token (German "zum") the parts
        ("zu", "dem") count; empty nodes do not. A word may have spaces inside, as in Vietnamese.

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
    return formats.conllu(_contents(path), str(path), tag)


def read_columns(
    path: str | Path,
    token_column: int = 0,
    tag_column: int = -1,
    scheme: str | None = "iob2",
    repair: bool = False,
    comment: str | None = None,
) -> list[TaggedSentence]:
    r"""Read a CoNLL column file: a token and its tags a line, an empty line after each sentence.

    Args:
        path: the file. Columns are separated by tabs, or by white space in lines without a tab.
        token_column: the column of the token, from 0; from the right if negative.
        tag_column: the column of the tag.
        scheme: `"iob2"` if tags mark entities: `B-TYPE` begins one, `I-TYPE` continues it, all else
            is `O`. `None` if tags may be anything, such as parts of speech.
        repair: whether an `I-TYPE` that continues nothing of its type becomes `B-TYPE` instead of
            being refused. This also turns the older IOB1 into IOB2, exactly.
        comment: how a line begins that is to be skipped. Lines with `-DOCSTART-` always are.

    Returns:
        Its sentences.

    Raises:
        CorpusError: if the file cannot be read, a line has too few columns or not as many as the
            first, or a tag is not one of the scheme.

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
        _contents(path), str(path), token_column, tag_column, scheme, repair, comment
    )


def read_labelled(path: str | Path, label: str = "first") -> list[LabelledText]:
    r"""Read labelled lines: a label and a text each, with a tab in between.

    Args:
        path: the file; empty lines are skipped.
        label: `"first"` if lines are label, tab, text; `"last"` if they are text, tab, label. The
            text may have tabs of its own.

    Returns:
        Its texts, in order.

    Raises:
        CorpusError: if the file cannot be read or a line lacks its tab, its label or its text.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "mine.tsv"
        >>> _ = path.write_text("good\tbardzo dobry film\nbad\tnuda\n", encoding="utf-8")
        >>> read_labelled(path)[1]
        LabelledText(text='nuda', label='bad')
    """
    return formats.labelled(_contents(path), str(path), label)


def read_polarity(path: str | Path) -> list[LabelledText]:
    r"""Read a zip archive of polarity files: texts that praise in `*.pos`, others in `*.neg`.

    Args:
        path: the archive. Its files hold a text a line; those with other names are ignored.
            Nothing in it is written to disk.

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
    return formats.polarity(_contents(path), str(path))


def read_pairs(path: str | Path) -> list[Pair]:
    r"""Read pairs of a text and its translation, a pair a line, with a tab in between.

    Args:
        path: the file; empty lines are skipped, and so is what follows a second tab, such as an
            attribution. It may be the one `*.txt` in a zip archive, those named `_*` apart:
            sentence pairs from Tatoeba, in many languages, come that way.

    Returns:
        Its pairs, in order.

    Raises:
        CorpusError: if the file cannot be read or a line has no two columns with text.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "mine.tsv"
        >>> _ = path.write_text("Run!\tChạy!\tCC-BY 2.0\n", encoding="utf-8")
        >>> read_pairs(path)
        [Pair(source='Run!', target='Chạy!')]
    """
    return formats.pairs(_contents(path), str(path))


def read_aligned(source: str | Path, target: str | Path) -> list[Pair]:
    r"""Read two files of which each line of one translates the same line of the other.

    Args:
        source: the file of the texts to translate.
        target: the file of their translations. Lines that are empty in both files are skipped.

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
    return formats.aligned(_contents(source), str(source), _contents(target), str(target))


def _contents(path: str | Path) -> bytes:
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {error.strerror}") from error
