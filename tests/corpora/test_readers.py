"""Readers of a user's own files, on files made here."""

import bz2
import gzip
import io
import lzma
import zipfile

import pytest

from rnn_course import corpora
from rnn_course.corpora import CorpusError, LabelledText, Pair, TaggedSentence

REST = "\t_" * 6  # the columns of CoNLL-U behind word, lemma and universal tag
TREEBANK = (
    "# text = Zum Glück!\n"
    f"1-2\tZum\t_\t_{REST}\n"
    f"1\tZu\tzu\tADP\tAPPR\t_\t_\t_\t_\t_\n"
    f"2\tdem\tder\tDET\tART\t_\t_\t_\t_\t_\n"
    f"3\tGlück\tGlück\tNOUN\tNN\t_\t_\t_\t_\t_\n"
    f"3.1\tja\tja\tPART{REST}\n"
    f"4\t!\t!\tPUNCT\t$.\t_\t_\t_\t_\t_\n"
    "\n"
    "# text = Cảm ơn\n"
    f"1\tCảm ơn\tcảm ơn\tVERB\tV\t_\t_\t_\t_\t_\n"
    "\n"
)
ENTITIES = "Marie\tB-PER\nCurie\tI-PER\n,\tO\nŁódź\tB-LOC\n\nParis\tB-LOC\nIda\tB-PER\n"

# For each reader that takes one file in UTF-8: a file, and what is in it.
EXAMPLES = [
    (
        corpora.read_conllu,
        TREEBANK,
        [
            TaggedSentence(("Zu", "dem", "Glück", "!"), ("ADP", "DET", "NOUN", "PUNCT")),
            TaggedSentence(("Cảm ơn",), ("VERB",)),
        ],
    ),
    (
        corpora.read_columns,
        ENTITIES,
        [
            TaggedSentence(("Marie", "Curie", ",", "Łódź"), ("B-PER", "I-PER", "O", "B-LOC")),
            TaggedSentence(("Paris", "Ida"), ("B-LOC", "B-PER")),
        ],
    ),
    (
        corpora.read_labelled,
        "gut\tein Fest\tfür Kenner\n\nschlecht\töde\n",
        [LabelledText("ein Fest\tfür Kenner", "gut"), LabelledText("öde", "schlecht")],
    ),
    (
        corpora.read_pairs,
        "Run!\tChạy!\n\nI see.\tTôi hiểu.\tCC-BY 2.0 (France)\tmore\n",
        [Pair("Run!", "Chạy!"), Pair("I see.", "Tôi hiểu.")],
    ),
]
READERS = [example[0] for example in EXAMPLES]


def zipped(text):
    contents = io.BytesIO()
    with zipfile.ZipFile(contents, "w") as archive:
        archive.writestr("folder/mine.txt", text)
        archive.writestr("_about.txt", b"\xff")
        archive.writestr("__MACOSX/mine.txt", b"\xff")
    return contents.getvalue()


@pytest.fixture
def write(tmp_path):
    def write(contents, name="mine.txt"):
        path = tmp_path / name
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        return path

    return write


@pytest.fixture
def archive(tmp_path):
    def archive(contents):
        with zipfile.ZipFile(tmp_path / "mine.zip", "w", zipfile.ZIP_DEFLATED) as file:
            for name, text in contents.items():
                file.writestr(name, text)
        return tmp_path / "mine.zip"

    return archive


def test_read_text_reads_utf8_with_any_line_ends(write):
    assert corpora.read_text(write("Łódź\nTiếng Việt\n".encode())) == "Łódź\nTiếng Việt\n"
    assert corpora.read_text(str(write(b"a\r\nb\r\n"))) == "a\nb\n"
    assert corpora.read_text(write(b"a\rb\r")) == "a\nb\n"
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


@pytest.mark.parametrize(("reader", "text", "expected"), EXAMPLES)
def test_what_a_reader_makes_of_a_file(reader, text, expected, write):
    assert reader(write(text)) == expected
    assert reader(str(write(text))) == expected


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.rstrip("\n").encode(),
        lambda text: ("\n \n" + text + "\n\n").encode(),
        lambda text: text.replace("\n", "\r\r\n").encode(),
        lambda text: text.replace("\n", "\n\ufeff").encode(),
        lambda text: text.replace("\n", "\r\n", 2).encode(),
        lambda text: gzip.compress(text.encode()),
        lambda text: bz2.compress(text.encode()),
        lambda text: lzma.compress(text.encode()),
        zipped,
    ],
    ids=[
        *("bom", "crlf", "cr", "no end", "blank lines", "cr cr lf", "boms", "mixed"),
        *("gzip", "bzip2", "xz", "zip"),
    ],
)
@pytest.mark.parametrize(("reader", "text", "expected"), EXAMPLES)
def test_ends_of_lines_and_files_do_not_matter(reader, text, expected, encode, write):
    assert reader(write(encode(text))) == expected


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_reports_what_it_cannot_read(reader, write, tmp_path):
    with pytest.raises(CorpusError, match=r"nowhere.txt cannot be read: No such file"):
        reader(tmp_path / "nowhere.txt")
    with pytest.raises(CorpusError, match=r"mine.txt holds no text"):
        reader(write("\n\n"))
    with pytest.raises(
        CorpusError, match=r"mine.txt is not UTF-8: byte 0xfc .*, line 2\. .*'cp1252'"
    ):
        reader(write(b"a\tO\n\xfcber\tO\n"))
    with pytest.raises(CorpusError, match=r"mine.txt is damaged or encrypted .*: get it again"):
        reader(write(gzip.compress(b"a\tO\n")[:-6]))


@pytest.mark.parametrize("reader", [corpora.read_conllu, corpora.read_columns])
def test_a_file_without_sentences_is_refused(reader, write):
    with pytest.raises(CorpusError, match=r"mine.txt holds no sentence"):
        reader(write("# a comment\n" if reader is corpora.read_conllu else "-DOCSTART- O\n"))


def test_conllu_has_two_kinds_of_tags(write):
    first, second = corpora.read_conllu(write(TREEBANK), tag="xpos")
    assert first.tags == ("APPR", "ART", "NN", "$.")
    assert second.tags == ("V",)
    with pytest.raises(CorpusError, match="tag must be 'upos' or 'xpos', not 'feats'"):
        corpora.read_conllu(write(TREEBANK), tag="feats")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("2\tdem\tder\tDET", "columns: 4; expected 10, with tabs in between"),
        ("2  dem  der  DET  _  _  _  _  _  _", "columns: 1; expected 10"),
        (f"2\tdem\tder\tDET{REST}\t_", "columns: 11; expected 10"),
        (f"zwei\tdem\tder\tDET{REST}", "'zwei' is not a valid ID"),
        (f"1\tdem\tder\tDET{REST}", "word 1; expected word 2, or an empty line before"),
        (f"4\tdem\tder\tDET{REST}", "word 4; expected word 2"),
        (f"2\tdem\tder\t_{REST}", "form 'dem', upos '_'; expected both for each word"),
        (f"2\t \tder\tDET{REST}", "form ' ', upos 'DET'; expected both for each word"),
    ],
)
def test_a_malformed_line_of_conllu_is_reported(line, message, write):
    path = write(f"# a comment\n1\tZu\tzu\tADP{REST}\n{line}\n")
    with pytest.raises(CorpusError) as error:
        corpora.read_conllu(path)
    assert f"mine.txt, line 3: {message}" in str(error.value).replace(
        "Failed parsing field 'id': ", ""
    )


def test_a_treebank_without_language_specific_tags_says_so(write):
    with pytest.raises(CorpusError, match="line 1: form 'Zu', xpos '_'; expected both"):
        corpora.read_conllu(write(f"1\tZu\tzu\tADP{REST}\n"), tag="xpos")


def test_columns_are_chosen_and_comments_skipped(write):
    text = (
        "-DOCSTART- -X- O O\n\n# one\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n"
        "-DOCSTART- -X- O O\nPeter NNP B-NP B-PER\n"
    )
    path = write(text)
    sentences = corpora.read_columns(path, comment="# ")
    assert sentences == [(("EU", "rejects"), ("B-ORG", "O")), (("Peter",), ("B-PER",))]
    tags = [s.tags for s in corpora.read_columns(path, tag_column=1, scheme=None, comment="# ")]
    assert tags == [("NNP", "VBZ"), ("NNP",)]
    last = corpora.read_columns(write("O 1 Hanoi\n"), token_column=-1, tag_column=0)
    assert last == [(("Hanoi",), ("O",))]


def test_with_tabs_a_token_may_have_spaces(write):
    assert corpora.read_columns(write("Hà Nội\tB-LOC\n"))[0].tokens == ("Hà Nội",)


@pytest.mark.parametrize(
    ("before", "line", "message"),
    [
        ("a\tO", "b", "columns: 1; expected 2, as in the first"),
        ("a\tO", "b\tc\tO", "columns: 3; expected 2, as in the first"),
        ("a\tO", "\tO", r"'\tO'; expected a token and a tag"),
        ("a\tO", "b\t", r"'b\t'; expected a token and a tag"),
        ("a\tO", "b\tPER", "tag 'PER'; expected O, B-TYPE or I-TYPE; scheme=None takes any"),
        ("a\tO", "b\tS-PER", "tag 'S-PER'; expected O, B-TYPE or I-TYPE"),
        ("a\tO", "b\tB-", "tag 'B-'; expected O, B-TYPE or I-TYPE"),
        ("a\tO", "b\tI-PER", "tag 'I-PER' continues no PER; expected B-PER; repair=True"),
        ("a\tB-LOC", "b\tI-PER", "tag 'I-PER' continues no PER"),
    ],
)
def test_a_malformed_line_of_columns_is_reported(before, line, message, write):
    with pytest.raises(CorpusError) as error:
        corpora.read_columns(write(f"{before}\n{line}\n"))
    assert f"mine.txt, line 2: {message}" in str(error.value)


def test_columns_that_are_not_there_are_reported(write):
    with pytest.raises(CorpusError, match=r"line 1: columns: 2; expected column 2 .token. and"):
        corpora.read_columns(write("a\tO\n"), token_column=2)
    with pytest.raises(CorpusError, match="line 1: 'a'; expected a token and a tag"):
        corpora.read_columns(write("a\n"), scheme=None)
    with pytest.raises(CorpusError, match=r"scheme must be one of 'iob2', 'iob1', .* or None, not"):
        corpora.read_columns(write("a\tO\n"), scheme="bio")


def test_an_entity_does_not_go_on_in_the_next_sentence(write):
    with pytest.raises(CorpusError, match="line 3: tag 'I-PER' continues no PER"):
        corpora.read_columns(write("a\tB-PER\n\nb\tI-PER\n"))


def test_repair_turns_iob1_into_iob2(write):
    """In IOB1 a B- stands only where one entity follows another of its type at once."""
    iob1 = "I-PER I-PER O I-LOC B-LOC I-LOC I-PER B-PER".split()
    iob2 = "B-PER I-PER O B-LOC B-LOC I-LOC B-PER B-PER".split()
    path = write("".join(f"x\t{tag}\n" for tag in iob1))
    assert corpora.read_columns(path, repair=True)[0].tags == tuple(iob2)


def test_labels_come_first_or_last(write):
    texts = corpora.read_labelled(write("ein Fest\tfür Kenner\tgut\n"), label="last")
    assert texts == [("ein Fest\tfür Kenner", "gut")]
    assert texts[0].tokens == ("ein", "Fest", "für", "Kenner")
    with pytest.raises(CorpusError, match="label must be 'first' or 'last', not 1"):
        corpora.read_labelled(write("a\tb\n"), label=1)


@pytest.mark.parametrize("line", ["no tab", "\ttext", "label\t", "label\t \t"])
def test_a_malformed_labelled_line_is_reported(line, write):
    path = write(f"good\tfine\n\n{line}\n")
    with pytest.raises(CorpusError, match=r"mine.txt, line 3: .*; expected label, tab, text"):
        corpora.read_labelled(path)


def test_a_malformed_line_with_its_label_last_is_reported(write):
    with pytest.raises(CorpusError, match=r"mine.txt, line 1: .*; expected text, tab, label"):
        corpora.read_labelled(write("no tab\n"), label="last")


def test_polarity_files_are_read_in_the_archive(archive, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = archive(
        {
            "data/rt.neg": "öde .\r\n\n",
            "data/rt.pos": "ein fest .\nschön",
            "data/README": b"\xff",
            "__MACOSX/rt.pos": b"\x00\xff",
            "../../escaped.pos": "draußen .\n",
        }
    )
    assert corpora.read_polarity(path) == [
        LabelledText("draußen .", "positive"),
        LabelledText("ein fest .", "positive"),
        LabelledText("schön", "positive"),
        LabelledText("öde .", "negative"),
    ]
    assert [p.name for p in tmp_path.iterdir()] == ["mine.zip"], "nothing is extracted"


def test_a_polarity_archive_that_is_none_is_reported(archive, write):
    with pytest.raises(CorpusError, match=r"mine.zip has no file named \*.neg, but a.pos, b.txt"):
        corpora.read_polarity(archive({"a.pos": "a\n", "b.txt": "b\n"}))
    with pytest.raises(CorpusError, match=r"mine.txt is not a zip archive that can be read"):
        corpora.read_polarity(write("good\n"))
    with pytest.raises(CorpusError, match=r"mine.zip, a.neg is not UTF-8: byte 0xff .* line 2"):
        corpora.read_polarity(archive({"a.pos": "a\n", "a.neg": b"a\n\xff"}))
    with pytest.raises(CorpusError, match=r"mine.zip, a.neg holds no text"):
        corpora.read_polarity(archive({"a.pos": "a\n", "a.neg": "\n"}))


def test_a_damaged_or_encrypted_archive_is_reported(archive, write):
    good = archive({"a.pos": "a good film\n" * 9, "a.neg": "b\n"}).read_bytes()
    with pytest.raises(CorpusError, match="not a zip archive that can be read"):
        corpora.read_polarity(write(good[:60]))
    at = good.index(b"a.pos") + len("a.pos")
    with pytest.raises(CorpusError, match="not a zip archive that can be read"):
        corpora.read_polarity(write(good[:at] + b"\x07" + good[at + 1 :]))
    flagged = bytearray(good)
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        flagged[good.index(signature) + flags] |= 1  # the bit that says: encrypted
    with pytest.raises(CorpusError, match=r"mine.txt is not a zip .*password"):
        corpora.read_polarity(write(bytes(flagged)))


def test_pairs_come_in_an_archive_as_well(archive):
    path = archive({"_about.txt": "not pairs", "pol.txt": "Run!\tBiegnij!\n"})
    assert corpora.read_pairs(path) == [Pair("Run!", "Biegnij!")]
    with pytest.raises(
        CorpusError, match=r"mine.zip is a zip .* one text file, not 2: a.txt, b.txt. Unpack it"
    ):
        corpora.read_pairs(archive({"a.txt": "a\tb\n", "b.txt": "a\tb\n"}))
    with pytest.raises(CorpusError, match=r"mine.zip, line 2: 'Run'; expected text, tab"):
        corpora.read_pairs(archive({"pol.txt": "Run!\tBiegnij!\nRun\n"}))


@pytest.mark.parametrize("line", ["no tab", "\tb", "a\t", "a\t\tc"])
def test_a_malformed_pair_is_reported(line, write):
    path = write(f"a\tb\n{line}\n")
    with pytest.raises(CorpusError, match=r"mine.txt, line 2: .*; expected text, tab, translation"):
        corpora.read_pairs(path)


def test_aligned_files_are_read_line_by_line(write):
    source = write("A dog.\r\n\r\nTwo men.\r\n\r\n", "mine.en")
    target = write(gzip.compress("\ufeffEin Hund.\n\nZwei Männer.".encode()), "mine.de.gz")
    pairs = corpora.read_aligned(source, target)
    assert pairs == [Pair("A dog.", "Ein Hund."), Pair("Two men.", "Zwei Männer.")]


def test_files_that_are_not_aligned_are_reported(write):
    one, two = write("a\n", "mine.en"), write("b\nc\n", "mine.de")
    with pytest.raises(CorpusError, match=r"mine.en has 1 lines and .*mine.de has 2: expected as"):
        corpora.read_aligned(one, two)
    hole = write("b\n\nc\n", "hole.de")
    full = write("a\nb\nc\n", "full.en")
    message = "hole.de, line 2: nothing; expected what line 2 of .*full.en translates"
    with pytest.raises(CorpusError, match=message):
        corpora.read_aligned(full, hole)
    with pytest.raises(CorpusError, match=message):
        corpora.read_aligned(hole, full)
    with pytest.raises(CorpusError, match=r"nowhere.de cannot be read"):
        corpora.read_aligned(one, "nowhere.de")
