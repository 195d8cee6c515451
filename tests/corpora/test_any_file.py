"""Any bytes at all: a reader returns examples or says what is wrong, and loses nothing."""

import bz2
import gzip
import io
import lzma
import warnings
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rnn_course.corpora import (
    CorpusError,
    read_columns,
    read_conllu,
    read_labelled,
    read_pairs,
    read_polarity,
    read_text,
)
from rnn_course.text import Vocabulary, VocabularyError, WordVectors
from rnn_course.text.vectors import VectorsError

CONLLU = "# text = zum Hund\n1-2\tzum\t_\t_\t_\t_\t_\t_\t_\t_\n" + "".join(
    f"{i}\t{word}\t{word}\t{tag}\t_\t_\t0\troot\t_\t_\n"
    for i, (word, tag) in enumerate([("zu", "ADP"), ("dem", "DET"), ("Hund", "NOUN")], 1)
)


def archive(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as written:
        for name, content in members.items():
            written.writestr(name.replace("_", "."), content)
    return file.getvalue()


# A reader, what it may raise, and a file that it understands.
READERS = {
    "text": (read_text, CorpusError, "Grüße\naus Łódź\n".encode()),
    "treebank": (read_conllu, CorpusError, (CONLLU + "\n").encode()),
    "columns": (read_columns, CorpusError, "Marie\tB-PER\nCurie\tI-PER\n\nŁódź\tB-LOC\n".encode()),
    "labelled": (read_labelled, CorpusError, b"good\ta delight\nbad\ta bore\n"),
    "pairs": (read_pairs, CorpusError, "Run!\tChạy!\tCC-BY\nGo.\tĐi.\tCC-BY\n".encode()),
    "polarity": (read_polarity, CorpusError, archive(rt_pos="a delight\n", rt_neg="a bore\n")),
    "vectors": (WordVectors.load, VectorsError, "2 2\nŁódź 1 2\nGo 0.5 -1e3\n".encode()),
    "vocabulary": (Vocabulary.load, VocabularyError, None),
}
PACKED = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}
anything = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
every_reader = pytest.mark.parametrize("name", READERS)


def read(name, contents, folder):
    """What a reader makes of a file, None where it refuses it as it has said it would."""
    reader, refusal, _ = READERS[name]
    (folder / "file").write_bytes(contents)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a header, a sentence without an end
        try:
            return reader(folder / "file")
        except refusal:
            return None


def understood(name, folder):
    if name == "vocabulary":
        Vocabulary.learn([["Łódź", "go"]]).save(folder / "vocabulary")
        return (folder / "vocabulary").read_bytes()
    return READERS[name][2]


@every_reader
def test_the_files_that_are_changed_below_are_understood(name, tmp_path):
    assert read(name, understood(name, tmp_path), tmp_path)


@every_reader
@given(contents=st.binary(max_size=200))
@example(contents=b"")
@example(contents=b"\xff\xfe\xd8\xd8")
@example(contents=b"\x1f\x8b")
@example(contents=b"PK\x03\x04")
@anything
def test_any_bytes_are_read_or_refused(name, tmp_path, contents):
    found = read(name, contents, tmp_path)
    assert found is None or len(found)


@every_reader
@given(data=st.data())
@anything
def test_a_damaged_file_is_read_or_refused(name, tmp_path, data):
    contents = understood(name, tmp_path)
    start = data.draw(st.integers(0, len(contents)))
    end = data.draw(st.integers(start, min(len(contents), start + 4)))
    contents = contents[:start] + data.draw(st.binary(max_size=4)) + contents[end:]
    found = read(name, contents, tmp_path)
    assert found is None or len(found)


@pytest.mark.parametrize("packing", PACKED)
@pytest.mark.parametrize("name", ["text", "treebank", "columns", "labelled", "pairs", "vectors"])
@given(data=st.data())
@settings(anything, max_examples=20)
def test_a_damaged_archive_is_read_or_refused(name, packing, tmp_path, data):
    contents = PACKED[packing](understood(name, tmp_path))
    assert read(name, contents, tmp_path)
    place = data.draw(st.integers(0, len(contents) - 1))
    read(name, contents[:place], tmp_path)
    changed = bytes([contents[place] ^ data.draw(st.integers(1, 255))])
    read(name, contents[:place] + changed + contents[place + 1 :], tmp_path)


# Letters, marks, digits, punctuation, signs of every script.
visible = st.characters(categories=["L", "M", "N", "P", "S"])
words = st.text(visible, min_size=1, max_size=6)
texts = st.lists(words, min_size=1, max_size=5).map(" ".join)
letters = st.characters(categories=["L"])
names = st.text(letters, min_size=1, max_size=6)


@given(
    st.lists(
        st.lists(st.tuples(words, names), min_size=1, max_size=5), min_size=1, max_size=4
    ).filter(lambda sentences: not all(w.isdecimal() for s in sentences for w, _ in s))
)
@anything
def test_every_token_and_tag_that_was_written_comes_back(tmp_path, sentences):
    lines = ["".join(f"{word}\t{tag}\n" for word, tag in sentence) for sentence in sentences]
    (tmp_path / "file").write_text("\n".join(lines), "utf-8", newline="\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        found = read_columns(tmp_path / "file", scheme=None)
    assert [[*zip(s.tokens, s.tags, strict=True)] for s in found] == sentences


@given(st.lists(st.tuples(names, texts), min_size=1, max_size=5))
@anything
def test_every_label_and_text_that_was_written_comes_back(tmp_path, rows):
    for label, order in (("first", 1), ("last", -1)):
        lines = ["\t".join(row[::order]) + "\n" for row in rows]
        (tmp_path / "file").write_text("".join(lines), "utf-8", newline="\n")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            found = read_labelled(tmp_path / "file", label)
        assert [(each.label, each.text) for each in found] == rows


@given(st.lists(st.tuples(names, texts), min_size=1, max_size=5))
@anything
def test_every_pair_that_was_written_comes_back(tmp_path, rows):
    lines = ["\t".join(row) + "\n" for row in rows]
    (tmp_path / "file").write_text("".join(lines), "utf-8", newline="\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        found = read_pairs(tmp_path / "file", source_column=0, target_column=1)
    assert [tuple(pair) for pair in found] == rows
