"""The real corpora: how files become splits, on small ones made here; at the end on the real ones
where they are cached."""

import gzip
import hashlib
import io
import string
import zipfile

import pytest

from rnn_course import corpora
from rnn_course.corpora import Corpus, CorpusError, File, Pair, real

HEADER = "The Project Gutenberg EBook\r\n\r\n*** START OF THIS PROJECT GUTENBERG EBOOK X ***\r\n"
FOOTER = "*** END OF THIS PROJECT GUTENBERG EBOOK X ***\r\n*** START: FULL LICENSE ***\r\n"


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


def test_tiny_shakespeare_is_cut_at_nine_tenths(shelve):
    splits = real.tiny_shakespeare(shelve(all=b"0123456789" * 10))
    assert splits == ("0123456789" * 9, "0123456789", "")


def test_novels_lose_header_licence_and_typography(shelve):
    book = HEADER + "\r\n“It’s _so_,” she said — ‘café’ * * *\r\n\r\n\r\n" + FOOTER
    plain = "\"It's so,\" she said — 'café' * * *\n"
    book = b"\xef\xbb\xbf" + book.encode()
    splits = real.austen(shelve(train=book, dev=book, test=book))
    assert splits == (plain, plain, plain)


def test_the_time_machine_is_cut_between_paragraphs(shelve):
    paragraphs = [f"Paragraph {i}\nis this one." for i in range(10, 60)]
    book = HEADER + "\n\n".join(paragraphs) + "\r\n" + FOOTER
    splits = real.time_machine(shelve(all=book.encode()))
    assert "".join(splits) == "\n\n".join(paragraphs) + "\n"
    assert [split.count("Paragraph") for split in splits] == [41, 5, 4]
    assert all(split.startswith("Paragraph") for split in splits)


def test_a_novel_without_its_markers_is_refused(shelve):
    with pytest.raises(CorpusError, match=r"all.txt has 1 of the 2 lines '\*\*\* START OF"):
        real.time_machine(shelve(all=HEADER.encode()))


def test_a_corpus_file_that_is_not_utf8_is_reported_by_place(shelve):
    with pytest.raises(CorpusError, match=r"all.txt is not UTF-8: byte 0xff at offset 2, line 2"):
        real.tiny_shakespeare(shelve(all=b"a\n\xff\n"))


@pytest.fixture
def treebank(shelve):
    line = "1\t{}\t_\t{}\t{}\t_\t_\t_\t_\t_\n"
    return shelve(
        train=line.format("Ja", "INTJ", "ITJ").encode(),
        dev=line.format("Nein", "INTJ", "ITJ").encode(),
        test=line.format("Aha", "INTJ", "ITJ").encode(),
    )


def test_a_treebank_comes_in_its_official_splits(treebank):
    assert real.ud_english_ewt(treebank) == tuple(
        [((word,), ("INTJ",))] for word in ("Ja", "Nein", "Aha")
    )
    assert real.ud_english_ewt(treebank, tag="xpos").dev == [(("Nein",), ("ITJ",))]


def test_entities_come_in_their_official_splits(shelve):
    corpus = shelve(train=b"flu\tB-Disease\n", dev=b"a\tO\n", test=b"b\tO\n")
    assert real.ncbi_disease(corpus) == (
        [(("flu",), ("B-Disease",))],
        [(("a",), ("O",))],
        [(("b",), ("O",))],
    )


def test_a_malformed_line_of_a_corpus_is_reported(shelve):
    corpus = shelve(train=b"a\tO\n", dev=b"a\tO\nb\n", test=b"b\tO\n")
    with pytest.raises(CorpusError, match=r"dev.txt, line 2: columns: 1; expected 2"):
        real.ncbi_disease(corpus)


def zipped(contents):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in contents.items():
            archive.writestr(name, text)
    return file.getvalue()


@pytest.fixture
def opinions(shelve):
    good, bad = ("".join(f"{word} {i} .\n" for i in range(103)) for word in ("good", "bad"))
    return shelve(all=zipped({"rt.pos": good, "rt.neg": bad}))


def test_every_text_is_tested_in_one_fold_and_dev_in_another(opinions):
    folds = [real.sentence_polarity(opinions, fold) for fold in range(10)]
    everything = sorted(text for split in folds[0] for text in split)
    assert len(set(everything)) == len(everything) == 206
    for held_out in ("test", "dev"):
        parts = [text for fold in folds for text in getattr(fold, held_out)]
        assert sorted(parts) == everything
    for fold in folds:
        assert sorted(fold.train + fold.dev + fold.test) == everything
        assert len(fold.test) in (20, 22)
        for split in fold:  # half and half
            labels = [label for _, label in split]
            assert labels.count("positive") == labels.count("negative")
            assert labels != sorted(labels)
            assert labels != sorted(labels, reverse=True)


def test_folds_depend_on_the_seed_and_on_nothing_else(opinions):
    assert real.sentence_polarity(opinions) == real.sentence_polarity(opinions, fold=0, seed=0)
    first, other = (set(real.sentence_polarity(opinions, seed=seed).test) for seed in (0, 1))
    assert len(first & other) < 12
    digest = hashlib.sha256(b"0 bad 5 .").hexdigest()
    before = sum(hashlib.sha256(f"0 bad {i} .".encode()).hexdigest() < digest for i in range(103))
    assert ("bad 5 .", "negative") in real.sentence_polarity(opinions, fold=before % 10).test


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fold": 10}, "fold must be an integer from 0 to 9, not 10"),
        ({"fold": -1}, "from 0 to 9, not -1"),
        ({"fold": True}, "not True"),
        ({"seed": "a"}, "seed must be an integer, not 'a'"),
    ],
)
def test_bad_options_of_folds_are_refused(options, message, opinions):
    with pytest.raises(CorpusError, match=f"shelf: .*{message}"):
        real.sentence_polarity(opinions, **options)


TRANSLATIONS = [
    *((f"Word {i}.", f"Wort {i}.") for i in range(300)),
    *((f"Word {i}.", f"Anderes Wort {i}.") for i in range(0, 300, 3)),
    *((f"The word {i}!", f"wort {i}") for i in range(0, 300, 5)),  # other case and punctuation
]


@pytest.fixture
def translations(shelve, monkeypatch):
    monkeypatch.setattr(real, "HELD_OUT", 40)
    lines = "".join(f"{source}\t{target}\tCC-BY 2.0\n" for source, target in TRANSLATIONS)
    lines += "Word\u00a0300.\tWort\u202f300.\n"
    return shelve(all=zipped({"deu.txt": lines, "_about.txt": "not a pair\n"}))


def bare(text):
    return text.lower().translate(str.maketrans("", "", string.punctuation))


def assert_nothing_leaks(splits):
    for side in range(2):
        texts = [{bare(pair[side]) for pair in split} for split in splits]
        assert not texts[0] & texts[1]
        assert not texts[0] & texts[2]
        assert not texts[1] & texts[2]


def test_no_sentence_of_either_language_leaks(translations):
    splits = real.tatoeba(translations)
    pairs = [pair for split in splits for pair in split]
    assert sorted(pairs) == sorted([*TRANSLATIONS, ("Word 300.", "Wort 300.")])
    assert_nothing_leaks(splits)
    assert len({pair.source for pair in splits.dev}) == 40
    assert len({pair.source for pair in splits.test}) == 40
    assert len(splits.test) > 40


def test_translations_are_turned_round_within_their_splits(translations):
    forth, back = (real.tatoeba(translations, source=source) for source in ("en", "de"))
    assert back == tuple([Pair(b, a) for a, b in split] for split in forth)
    assert real.tatoeba(translations, seed=1).test != forth.test


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"source": "fr"}, "source must be 'en' or 'de', not 'fr'"),
        ({"seed": 0.5}, "seed must be an integer, not 0.5"),
    ],
)
def test_bad_options_of_translations_are_refused(options, message, translations):
    with pytest.raises(CorpusError, match=f"shelf: {message}"):
        real.tatoeba(translations, **options)


def test_few_pairs_all_go_to_test_first(shelve):
    splits = real.tatoeba(shelve(all=b"Hi.\tHallo!\n"))
    assert splits == ([], [], [("Hi.", "Hallo!")])


@pytest.fixture
def captions(tmp_path, monkeypatch):
    """Made-up files in the place and form of Multi30k's."""
    monkeypatch.setenv("RNN_COURSE_DATA", str(tmp_path))
    files = []
    for file in corpora.info("multi30k").files:
        english = ".en." in file.path
        text = f"A {file.split}.\nTwo.\n" if english else f"Ein {file.split}.\nZwei."
        content = gzip.compress(text.encode(), mtime=0)
        path = tmp_path / file.path
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        files.append(File(file.path, file.split, len(content), sha256, "http://127.0.0.1:9/"))
    return Corpus("captions", "translation", "CC0-1.0", "nobody", files=tuple(files))


def test_captions_come_in_their_official_splits(captions):
    expected = tuple(
        [(f"A {split}.", f"Ein {split}."), ("Two.", "Zwei.")] for split in ("train", "dev", "test")
    )
    assert real.multi30k(captions) == expected
    assert real.multi30k(captions, source="de").test[1] == Pair("Zwei.", "Two.")
    with pytest.raises(CorpusError, match="captions: source must be 'en' or 'de', not 'english'"):
        real.multi30k(captions, source="english")


def cached(name, **options):
    if not corpora.is_cached(name):
        pytest.skip(f"corpus {name!r} is not in the cache: rnn-course corpora shows how to get it")
    return corpora.load(name, **options)


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


# The numbers below were counted independently, when the corpora were compiled.


@pytest.mark.real_data
def test_ud_english_ewt():
    splits = cached("ud_english_ewt")
    assert [len(split) for split in splits] == [12_544, 2_001, 2_077]
    assert [sum(len(s.tokens) for s in split) for split in splits] == [204_577, 25_147, 25_094]
    assert len({tag for sentence in splits.train for tag in sentence.tags}) == 17
    assert splits.dev[0].tokens == ("From", "the", "AP", "comes", "this", "story", ":")
    xpos = cached("ud_english_ewt", tag="xpos")
    assert len({tag for sentence in xpos.train for tag in sentence.tags}) == 49


@pytest.mark.real_data
def test_ncbi_disease():
    splits = cached("ncbi_disease")
    assert [len(split) for split in splits] == [5_432, 923, 940]
    assert [sum(len(s.tokens) for s in split) for split in splits] == [136_086, 23_969, 24_497]
    entities = [sum(s.tags.count("B-Disease") for s in split) for split in splits]
    assert entities == [5_145, 787, 960]


@pytest.mark.real_data
def test_sentence_polarity():
    splits = cached("sentence_polarity")
    texts = [text for split in splits for text in split]
    assert len({text for text, _ in texts}) == len(texts) == 2 * 5_331
    assert sum(len(text.tokens) for text in texts) == 224_073
    assert [len(split) for split in splits] == [8_528, 1_066, 1_068]
    assert sum(label == "positive" for _, label in splits.test) == 534


@pytest.mark.real_data
def test_tatoeba():
    splits = cached("tatoeba_deu_eng")
    assert sum(map(len, splits)) == 169_813
    assert [len({pair.source for pair in split}) for split in splits] == [131_534, 2_000, 2_000]
    assert_nothing_leaks(splits)
    lengths = [len(source.split()) for source in corpora.references(splits.test)]
    assert 6 <= sum(lengths) / len(lengths) <= 7
    assert not any(set("\u00a0\u202f\t") & set(text) for pair in splits.train for text in pair)


@pytest.mark.real_data
def test_sms_spam():
    splits = cached("sms_spam")
    assert [len(part) for part in splits] == [4467, 548, 559]
    labels = [text.label for part in splits for text in part]
    assert (labels.count("ham"), labels.count("spam")) == (4827, 747)
    train, dev, test = ({real._letters(text.text) or text.text for text in part} for part in splits)
    assert not train & dev
    assert not train & test
    assert not dev & test
    for part in splits:
        assert sum(text.label == "spam" for text in part) / len(part) == pytest.approx(
            0.134, abs=0.02
        )
