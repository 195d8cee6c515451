"""What files of other people's are like: read rightly, or refused with what to do next."""

import json
import warnings

import pytest

from rnn_course import corpora
from rnn_course.corpora import CorpusError, LabelledText, Pair, TaggedSentence

REST = "\t_" * 6  # the columns of CoNLL-U behind word, lemma and universal tag


@pytest.fixture
def write(tmp_path):
    def write(contents, name="mine.txt"):
        path = tmp_path / name
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        return path

    return write


def test_columns_of_conllu_end_at_tabs_alone(write):
    lines = (
        f"1\tHà  Nội\tHà  Nội\tPROPN{REST}\n2\tđẹp\trất  đẹp\tADJ{REST}\n"
        f"3\t10\u00a0000\t10\u2003000\tNUM{REST}\n"
    )
    expected = [TaggedSentence(("Hà  Nội", "đẹp", "10\u00a0000"), ("PROPN", "ADJ", "NUM"))]
    assert corpora.read_conllu(write(lines)) == expected


def test_a_no_break_space_ends_no_column(write):
    found = corpora.read_columns(write("Hà\u00a0Nội  B-LOC\n10\u2009000 O\n"))
    assert found == [(("Hà\u00a0Nội", "10\u2009000"), ("B-LOC", "O"))]


def test_the_columns_of_pairs_are_chosen(write):
    path = write("1276\tTry it.\t2481\tEssaie.\n1277\tGo on.\t2482\tContinue.\n")
    expected = [Pair("Try it.", "Essaie."), Pair("Go on.", "Continue.")]
    assert corpora.read_pairs(path, source_column=1, target_column=3) == expected
    assert corpora.read_pairs(path, source_column=1, target_column=-1) == expected
    back = [Pair(pair.target, pair.source) for pair in expected]
    assert corpora.read_pairs(path, source_column=3, target_column=1) == back
    with pytest.raises(CorpusError, match=r"line 1: .*; expected texts in columns 1 and 4, from 0"):
        corpora.read_pairs(path, source_column=1, target_column=4)


def test_ids_are_not_taken_for_texts(write):
    path = write("1276\tTry it.\t2481\tEssaie.\n1277\tGo on.\t2482\tContinue.\n")
    ids = r"mine.txt: column {} holds numbers only \({}.*\): are these IDs\? .* with {}="
    with pytest.raises(CorpusError, match=ids.format(0, "1276, 1277", "source_column")):
        corpora.read_pairs(path)
    with pytest.raises(CorpusError, match=ids.format(0, "1276", "source_column")):
        corpora.read_pairs(write("1276\tTry it.\tEssaie.\n"))
    numbers = write("21\ttwenty-one\n3\tthree\n")
    with pytest.raises(CorpusError, match="source_column=0 takes the numbers"):
        corpora.read_pairs(numbers)
    assert corpora.read_pairs(numbers, source_column=0)[1] == Pair("3", "three")
    places = write("1\tWien\tB-LOC\n2\tist\tO\n")
    with pytest.raises(CorpusError, match=ids.format(0, "1, 2", "token_column")):
        corpora.read_columns(places)
    assert corpora.read_columns(places, token_column=1)[0].tokens == ("Wien", "ist")
    counted = write("".join(f"{number}\tgood\tfine\n" for number in range(10)))
    with pytest.raises(CorpusError, match=r"each label is another number \(0, 1, …\): are these"):
        corpora.read_labelled(counted)


def test_the_columns_of_labelled_lines_are_chosen(write):
    path = write("id\ttext\tstars\tlabel\n7\tA fine film .\t5\tgood\n8\tDull .\t1\tbad\n")
    expected = [LabelledText("A fine film .", "good"), LabelledText("Dull .", "bad")]
    for label_column, text_column in ((3, 1), (-1, -3)):
        columns = dict(label_column=label_column, text_column=text_column)
        assert corpora.read_labelled(path, header=True, **columns) == expected
    stars = corpora.read_labelled(path, header=True, label_column=2, text_column=1)
    assert [text.label for text in stars] == ["5", "1"]
    with pytest.raises(
        CorpusError, match=r"line 2: .*; expected a label in column 4 and a text in"
    ):
        corpora.read_labelled(path, header=True, label_column=4, text_column=1)
    with pytest.raises(
        CorpusError, match=r"line 1: .*; expected a label in column 1 and a text in"
    ):
        corpora.read_labelled(write("a\t \tb\n"), label_column=1, text_column=0)
    with pytest.raises(CorpusError, match="are named together: got 3 and None"):
        corpora.read_labelled(path, label_column=3)


def test_labels_may_be_numbers(write):
    texts = corpora.read_labelled(write("3\tstocks fall\n4\tnew chip\n"))
    assert texts == [LabelledText("stocks fall", "3"), LabelledText("new chip", "4")]


def test_byte_order_marks_of_joined_files_are_dropped(write):
    joined = corpora.read_columns(write("\ufeffAnn\tB-PER\n\n\ufeffBob\tB-PER\n"))
    assert joined == [(("Ann",), ("B-PER",)), (("Bob",), ("B-PER",))]
    last = corpora.read_columns(write("Ann\tB-PER\nruns\tO\n\n\ufeff"))
    assert last == [(("Ann", "runs"), ("B-PER", "O"))]
    treebank = f"1\tAnn\tAnn\tPROPN{REST}\n\n\ufeff1\tBob\tBob\tPROPN{REST}\n"
    assert [s.tokens for s in corpora.read_conllu(write(treebank))] == [("Ann",), ("Bob",)]
    assert corpora.read_text(write("\ufeffa\n\ufeff\ufeffb\n\ufeff")) == "a\nb\n"
    with pytest.raises(CorpusError, match="holds no text"):
        corpora.read_text(write("\ufeff\n\ufeff"))


def test_messages_show_what_cannot_be_seen(write):
    with pytest.raises(CorpusError, match=r"line 2: 'B\\u200b'; expected label, tab, text"):
        corpora.read_labelled(write("A\tb\nB\u200b\n"))


def test_line_ends_written_twice_are_one(write):
    assert corpora.read_text(write(b"one\r\r\ntwo\r\r\n")) == "one\ntwo\n"
    assert corpora.read_text(write(b"one\r\ntwo\nthree\r\r\n")) == "one\ntwo\nthree\n"


@pytest.mark.parametrize("reader", [corpora.read_text, corpora.read_labelled, corpora.read_pairs])
def test_a_carriage_return_inside_a_line_is_refused_with_the_line(reader, write):
    message = r"mine.txt, line 2: a carriage return within 'c\\td\\re\\tf': a line end or a blank"
    with pytest.raises(CorpusError, match=message):
        reader(write("a\tb\nc\td\re\tf\n"))


def test_a_zero_byte_is_refused_with_the_line(write):
    with pytest.raises(CorpusError, match=r"mine.txt, line 2: a zero byte within 'ab\\x00c'"):
        corpora.read_text(write(b"a\nab\0c\n"))
    with pytest.raises(CorpusError, match=r"line 1: a zero byte .* in utf-16-le\? Name its"):
        corpora.read_text(write("hello world\n".encode("utf-16-le")))


def test_a_file_without_empty_lines_is_warned_of(write):
    path = write("".join(f"w{number}\tO\n" for number in range(2000)))
    with pytest.warns(UserWarning, match=r"line 1: a sentence of 2000 tokens. Are there no empty"):
        assert len(corpora.read_columns(path)[0].tokens) == 2000
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        corpora.read_columns(write("w\tO\n" * 200 + "\nw\tO\n"))


@pytest.mark.parametrize(
    ("reader", "text", "options", "expected"),
    [
        (corpora.read_labelled, "label\ttext\ngood\tfine\n", {}, [LabelledText("fine", "good")]),
        (corpora.read_pairs, "English\tGerman\nHi\tHallo\n", {}, [Pair("Hi", "Hallo")]),
        (
            corpora.read_columns,
            "\nword\tpos\nAnn\tPROPN\n",
            {"scheme": None},
            [TaggedSentence(("Ann",), ("PROPN",))],
        ),
    ],
)
def test_a_header_is_left_out_when_asked_and_hinted_at_when_not(
    reader, text, options, expected, write
):
    assert reader(write(text), header=True, **options) == expected
    with pytest.warns(UserWarning, match=r"line \d looks like a header \(.*\) and is read as an"):
        assert reader(write(text), **options) != expected
    with pytest.raises(CorpusError, match="holds no"):
        reader(write(text.strip().split("\n")[0]), header=True, **options)


def test_tabs_at_the_end_of_a_line_are_no_columns(write):
    rows = '1\t"\tO\tO\n2\tWien\tB-LOC\tO\n\n1\t"\tO\tO\t\n2\tda\tO\tO\n'
    expected = [(('"', "Wien"), ("O", "B-LOC")), (('"', "da"), ("O", "O"))]
    assert corpora.read_columns(write(rows), token_column=1, tag_column=2) == expected
    first = corpora.read_columns(write("a\tO\t\t\nb\tO\n"))
    assert first == [(("a", "b"), ("O", "O"))]
    assert corpora.read_labelled(write("fine\tgood\t\n"), label="last")[0].label == "good"


# Encodings


@pytest.mark.parametrize(
    ("text", "encoding", "likely"),
    [
        ("Grüße\n", "cp1252", "cp1252"),
        ("Übermäßig\n", "latin-1", "cp1252"),
        ("l'été à Paris, où je suis né\n", "cp1252", "cp1252"),
        ("Zażółć gęślą jaźń, Łódź jest piękna\n", "cp1250", "cp1250"),
        ("Съешь же ещё этих мягких французских булок\n", "cp1251", "cp1251"),
        ("Съешь же ещё этих мягких французских булок\n", "koi8_r", "koi8_r"),
        ("これは日本語の文章です。\n", "cp932", "cp932"),
        ("中文文本編碼測試，這是一個句子。\n", "big5", "big5"),
        ("hello world\n", "utf-16", "utf-16"),
        ("hello world\n", "utf-32", "utf-32"),
    ],
)
def test_the_likely_encoding_is_named_and_reads_the_file(text, encoding, likely, write):
    path = write(text.encode(encoding))
    with pytest.raises(
        CorpusError, match=f"is not UTF-8: .*perhaps encoding='{likely}': then"
    ) as e:
        corpora.read_text(path)
    assert repr(text.strip()) in str(e.value)
    assert corpora.read_text(path, encoding=likely) == text


def test_every_reader_takes_an_encoding(write):
    def coded(text):
        return write(text.encode("cp1250"))

    assert corpora.read_columns(coded("Łódź\tB-LOC\n"), encoding="cp1250")[0].tokens == ("Łódź",)
    treebank = coded(f"1\tŁódź\tŁódź\tPROPN{REST}\n")
    assert corpora.read_conllu(treebank, encoding="cp1250")[0].tokens == ("Łódź",)
    assert corpora.read_labelled(coded("a\tŁódź\n"), encoding="cp1250")[0].text == "Łódź"
    assert corpora.read_pairs(coded("Lodz\tŁódź\n"), encoding="cp1250") == [("Lodz", "Łódź")]
    pair = coded("Łódź\n")
    assert corpora.read_aligned(pair, pair, encoding="cp1250") == [("Łódź", "Łódź")]
    with pytest.raises(CorpusError, match="there is no encoding 'utf-88'"):
        corpora.read_text(pair, encoding="utf-88")


# Schemes of tags


@pytest.mark.parametrize(
    ("scheme", "tags", "expected"),
    [
        ("iob1", "I-PER I-PER O I-LOC B-LOC I-LOC I-PER", "B-PER I-PER O B-LOC B-LOC I-LOC B-PER"),
        ("bilou", "B-PER I-PER L-PER O U-LOC U-LOC", "B-PER I-PER I-PER O B-LOC B-LOC"),
        ("bioes", "B-PER I-PER E-PER O S-LOC S-LOC", "B-PER I-PER I-PER O B-LOC B-LOC"),
        ("bare", "PER PER O LOC PER", "B-PER I-PER O B-LOC B-PER"),
        ("iob2", "B-PER I-PER O B-LOC B-LOC", "B-PER I-PER O B-LOC B-LOC"),
    ],
)
def test_other_schemes_become_iob2_on_request(scheme, tags, expected, write):
    path = write("".join(f"x\t{tag}\n" for tag in tags.split()))
    (sentence,) = corpora.read_columns(path, scheme=scheme)
    assert sentence.tags == tuple(expected.split())


@pytest.mark.parametrize(
    ("tags", "scheme", "message"),
    [
        ("O S-PER", "iob2", r'line 2: tag .S-PER.; .*scheme="bioes" reads such tags'),
        ("O U-PER", "iob2", r'line 2: tag .U-PER.; .*scheme="bilou" reads such tags'),
        ("O PER", "iob2", r'line 2: tag .PER.; .*scheme="bare" takes'),
        ("O I-PER", "iob2", r'line 2: tag .I-PER. continues .*repair=True.*scheme="iob1"'),
        ("B-PER O", "bilou", "line 2: tag 'O' leaves PER open; expected I-PER or L-PER"),
        ("O B-PER", "bilou", "line 2: tag 'B-PER' leaves PER open at the sentence's end"),
        ("O L-PER", "bilou", "line 2: tag 'L-PER' continues no PER; expected B-PER"),
        ("O E-PER", "bilou", 'tag .E-PER.; .*scheme="bioes"'),
    ],
)
def test_a_tag_of_another_scheme_says_which(tags, scheme, message, write):
    path = write("".join(f"x\t{tag}\n" for tag in tags.split()))
    with pytest.raises(CorpusError, match=message):
        corpora.read_columns(path, scheme=scheme)


def test_repair_takes_what_does_not_fit(write):
    path = write("".join(f"x\t{tag}\n" for tag in "B-PER O L-PER B-LOC".split()))
    assert corpora.read_columns(path, scheme="bilou", repair=True)[0].tags == (
        *("B-PER", "O", "B-PER", "B-LOC"),
    )


def test_half_a_character_is_no_text_of_a_file(write):
    """JSON can hold half an emoji, UTF-8 cannot."""
    half = json.loads('"\\ud83d"').encode("utf-8", "surrogatepass")
    with pytest.raises(CorpusError, match="is not UTF-8: byte 0xed"):
        corpora.read_text(write(b"a\n" + half))
