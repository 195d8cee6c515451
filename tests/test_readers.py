"""Readers of plain text, on files made here; at the end on the real ones where they are cached."""

import hashlib

import pytest

from rnn_course import corpora
from rnn_course.corpora import Corpus, CorpusError, File, readers

HEADER = "The Project Gutenberg EBook\r\n\r\n*** START OF THIS PROJECT GUTENBERG EBOOK X ***\r\n"
FOOTER = "*** END OF THIS PROJECT GUTENBERG EBOOK X ***\r\n*** START: FULL LICENSE ***\r\n"


@pytest.fixture
def write(tmp_path):
    def write(contents):
        path = tmp_path / "mine.txt"
        path.write_bytes(contents)
        return path

    return write


@pytest.fixture
def shelve(tmp_path, monkeypatch):
    """Puts files into the cache and returns the corpus they make up, one file a split."""
    monkeypatch.setenv("RNN_COURSE_DATA", str(tmp_path))

    def shelve(**contents):
        files = []
        for split, content in contents.items():
            (tmp_path / f"{split}.txt").write_bytes(content)
            sha256 = hashlib.sha256(content).hexdigest()
            files.append(File(f"{split}.txt", split, len(content), sha256, "http://127.0.0.1:9/"))
        return Corpus("shelf", "language modelling", "CC0-1.0", "nobody", files=tuple(files))

    return shelve


def test_read_text_reads_utf8_with_any_line_ends(write):
    assert corpora.read_text(write("Łódź\nTiếng Việt\n".encode())) == "Łódź\nTiếng Việt\n"
    assert corpora.read_text(str(write(b"a\r\nb\rc\n"))) == "a\nb\nc\n"
    assert corpora.read_text(write(b"\xef\xbb\xbfabc")) == "abc"


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_bytes_that_are_not_utf8_are_reported_by_place(write, bom):
    path = write(bom + "ok\nGrüße\n".encode("latin-1"))
    with pytest.raises(CorpusError) as error:
        corpora.read_text(path)
    offset = len(bom) + 5
    assert f"mine.txt is not UTF-8: byte 0xfc at offset {offset}, line 2." in str(error.value)


@pytest.mark.parametrize("contents", [b"", b" \r\n\n", b"\xef\xbb\xbf"])
def test_a_file_without_text_is_refused(write, contents):
    with pytest.raises(CorpusError, match=r"mine.txt holds no text"):
        corpora.read_text(write(contents))


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(CorpusError, match=r"nowhere.txt cannot be read: No such file"):
        corpora.read_text(tmp_path / "nowhere.txt")
    with pytest.raises(CorpusError, match="cannot be read"):
        corpora.read_text(tmp_path)


def test_tiny_shakespeare_is_cut_at_nine_tenths(shelve):
    splits = readers.tiny_shakespeare(shelve(all=b"0123456789" * 10))
    assert splits == ("0123456789" * 9, "0123456789", "")


def test_novels_lose_header_licence_and_typography(shelve):
    book = HEADER + "\r\n“It’s _so_,” she said — ‘café’ * * *\r\n\r\n\r\n" + FOOTER
    plain = "\"It's so,\" she said — 'café' * * *\n"
    book = b"\xef\xbb\xbf" + book.encode()
    splits = readers.austen(shelve(train=book, dev=book, test=book))
    assert splits == (plain, plain, plain)


def test_the_time_machine_is_cut_between_paragraphs(shelve):
    paragraphs = [f"Paragraph {i}\nis this one." for i in range(10, 60)]
    book = HEADER + "\n\n".join(paragraphs) + "\r\n" + FOOTER
    splits = readers.time_machine(shelve(all=book.encode()))
    assert "".join(splits) == "\n\n".join(paragraphs) + "\n"
    assert [split.count("Paragraph") for split in splits] == [41, 5, 4]
    assert all(split.startswith("Paragraph") for split in splits)


def test_a_novel_without_its_markers_is_refused(shelve):
    with pytest.raises(CorpusError, match=r"all.txt has 1 of the 2 lines '\*\*\* START OF"):
        readers.time_machine(shelve(all=HEADER.encode()))


def test_a_corpus_file_that_is_not_utf8_is_reported_by_place(shelve):
    with pytest.raises(CorpusError, match=r"all.txt is not UTF-8: byte 0xff at offset 2, line 2"):
        readers.tiny_shakespeare(shelve(all=b"a\n\xff\n"))


def cached(name):
    if not corpora.is_cached(name):
        pytest.skip(f"corpus {name!r} is not in the cache: rnn-course corpora shows how to get it")
    return corpora.load(name)


@pytest.mark.real_data
def test_tiny_shakespeare():
    train, dev, test = cached("tiny_shakespeare")
    assert (len(train), len(dev), len(test)) == (1_003_854, 111_540, 0)
    assert len(set(train + dev)) == 65
    assert train.startswith("First Citizen:\nBefore we proceed any further, hear me speak.\n")


@pytest.mark.real_data
def test_gutenberg():
    splits = cached("gutenberg")
    # Counted independently, when the corpus was compiled.
    assert [len(split.split()) for split in splits] == [557_190, 77_158, 83_306]
    assert "It is a truth universally acknowledged" in splits.train
    assert splits.dev.count("Catherine") > 400
    assert splits.test.count("Wentworth") > 200
    for split in splits:
        assert not set("“”‘’_\r\ufeff") & set(split)
        assert "***" not in split.replace("***\n", "", 1)


@pytest.mark.real_data
def test_time_machine():
    splits = cached("time_machine")
    assert len("".join(splits).split()) == 32_467
    assert [round(len(split) / len("".join(splits)), 1) for split in splits] == [0.8, 0.1, 0.1]
    assert splits.train.startswith("The Time Machine")
    assert "lived on in the heart of man." in splits.test
