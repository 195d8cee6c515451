"""Word vectors: every float32 comes back, and a bad file is named by its line."""

import bz2
import gzip
import lzma
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from rnn_course.text import VectorsError, Vocabulary, WordVectors, embedding_matrix

THREE = WordVectors(["the", "cat", "Bücher"], [[1, 2], [3, 4], [-0.5, 1e-7]])


@pytest.fixture
def write(tmp_path):
    def write(content, name="mine.vec"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def same(one, other):
    return one.words == other.words and np.array_equal(one.matrix, other.matrix)


# Reading


@pytest.mark.parametrize(
    "content",
    [
        "the 1 2\ncat 3 4\nBücher -0.5 1e-7\n",  # GloVe
        "3 2\nthe 1 2\ncat 3 4\nBücher -0.5 1e-7\n",  # word2vec, fastText
        "3 2\r\nthe 1 2 \r\ncat 3 4 \r\nBücher -0.5 1e-7 \r\n",
        "the\t1.0\t2.0\ncat\t3\t4\nBücher\t-5e-1\t1e-7",
        "\ufeffthe 1 2\ncat 3 4\nBücher -0.5 1e-7\n",
    ],
    ids=["no header", "header", "spaces at the end", "tabs", "byte order mark"],
)
def test_common_forms(write, content):
    assert same(WordVectors.load(write(content)), THREE)
    assert same(WordVectors.load(write(gzip.compress(content.encode()), "mine.txt.gz")), THREE)


def test_only_the_words_asked_for(write):
    path = write("the 1 2\ncat 3 4\ndog x y\n")  # the numbers of others are not looked at
    loaded = WordVectors.load(path, words=["dig", "cat", "the"])
    assert loaded.words == ("the", "cat")
    assert loaded.matrix.tolist() == [[1, 2], [3, 4]]


def test_words_with_spaces(write):
    lines = ". . . 1 2\nat the end 3 4\nx\u00a0y 5 6\n"
    expected = (". . .", "at the end", "x\u00a0y")
    assert WordVectors.load(write("3 2\n" + lines)).words == expected
    assert WordVectors.load(write(lines), dimension=2).words == expected
    assert WordVectors.load(write("the 1 2\n" + lines)).words == ("the", *expected)


def test_the_first_of_two_vectors_counts(write):
    assert WordVectors.load(write("a 1 2\nb 3 4\na 5 6\n"))["a"].tolist() == [1, 2]


def test_a_number_can_be_a_word(write):
    loaded = WordVectors.load(write("1813 1 2\n7 3 4\n"))
    assert loaded.words == ("1813", "7")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "holds no word"),
        ("a 1 2\n\nb 1 2\n", "line 2: 0 fields between spaces, expected a word and 2 number"),
        ("a 1 2\nb 1\n", "line 2: 2 fields .* a word and 2 number.*remove the line"),
        ("a 1 2\nb 1 2\nc 1 2 3\n", "line 3: 4 fields .* If words hold spaces, say the dimension"),
        ("a b 1 2\nc 1 2\n", "line 1: 'b' is not a number. If words hold spaces, say"),
        ("a 1 2\nb 1 two\n", "line 2: 'two' is not a number"),
        ("a 1 2\nb 1 nan\n", "line 2: a number is not finite"),
        ("a 1 2\nb 1e39 1\n", "line 2: a number is not finite"),
        (b"a 1 2\nB\xfccher 1 2\n", r"line 2: the word is not UTF-8 \(byte 0xfc\): save"),
        ("3 2\na 1 2\nb 1 2\n", "announces 3 words, 2 are there: it was cut off"),
        ("1 2\na 1 2\nb 1 2\n", "announces 1 words, 2 are there"),
        ("2 0\na\nb\n", "line 1: the header says 0 numbers a word"),
        ("a\nb\n", "line 1: 1 fields between spaces, expected a word and 1 number"),
        (b"PK\x03\x04\x14", "is damaged or encrypted"),
    ],
)
def test_a_bad_file_is_named_by_its_line(write, content, message):
    with pytest.raises(VectorsError, match=rf"mine\.vec.*{message}"):
        WordVectors.load(write(content))


def test_none_of_the_words(write):
    with pytest.raises(VectorsError, match=r"none of the 2 words asked for.* same case"):
        WordVectors.load(write("a 1 2\n"), words=["A", "B"])


def test_a_dimension_that_contradicts_the_header(write):
    with pytest.raises(
        VectorsError, match="line 1: the header says 2 numbers a word, dimension is 3"
    ):
        WordVectors.load(write("1 2\na 1 2\n"), dimension=3)


@pytest.mark.parametrize("damage", [lambda c: c[: len(c) // 2], lambda c: c[:20] + b"x" * 30])
def test_a_damaged_gzip_file(write, damage):
    content = gzip.compress(os.urandom(3000).hex().encode())
    with pytest.raises(VectorsError, match=r"mine\.gz is damaged or encrypted .*: get it again"):
        WordVectors.load(write(damage(content), "mine.gz"))


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere\.txt"):
        WordVectors.load(tmp_path / "nowhere.txt")


def test_progress_follows_the_file(write, monkeypatch, capsys):
    path = write("a 1 2\nb 3 4\n")
    assert len(WordVectors.load(path)) == 2
    assert capsys.readouterr().err == ""  # a file that is read at once shows none
    from rnn_course.text import vectors

    real = vectors.tqdm
    made = []

    def eager(**options):
        made.append(real(**options | {"delay": 0}))
        return made[-1]

    monkeypatch.setattr(vectors, "tqdm", eager)
    WordVectors.load(path)
    assert (made[0].n, made[0].total) == (path.stat().st_size,) * 2
    assert "mine.vec" in capsys.readouterr().err
    WordVectors.load(path, progress=False)
    assert capsys.readouterr().err == ""


# Writing


@settings(max_examples=200)
@given(
    npst.arrays(
        "float32",
        st.tuples(st.integers(1, 5), st.integers(2, 4)),
        elements=st.floats(allow_nan=False, allow_infinity=False, width=32),
    ),
    st.booleans(),
    st.sampled_from(["v.txt", "v.vec", "v.vec.gz"]),
)
def test_every_float32_comes_back(tmp_path_factory, matrix, header, name):
    words = [f"w{row}" for row in range(len(matrix))]
    path = tmp_path_factory.mktemp("vectors") / name
    WordVectors(words, matrix).save(path, header=header)
    loaded = WordVectors.load(path)
    assert loaded.words == tuple(words)
    assert loaded.matrix.tobytes() == matrix.tobytes()  # minus zero as well


def test_many_random_bit_patterns_come_back(tmp_path):
    bits = np.random.default_rng(0).integers(0, 2**32, (500, 40), dtype="uint32")
    matrix = bits.view("float32")
    matrix[~np.isfinite(matrix)] = 0
    WordVectors(map(str, range(500)), matrix).save(tmp_path / "bits.txt")
    assert WordVectors.load(tmp_path / "bits.txt").matrix.tobytes() == matrix.tobytes()


def test_what_is_written(tmp_path):
    THREE.save(tmp_path / "v.vec")
    text = (tmp_path / "v.vec").read_bytes().decode()
    assert text == "3 2\nthe 1 2\ncat 3 4\nBücher -0.5 1.00000001e-07\n"
    THREE.save(tmp_path / "v.txt", header=False)
    assert (tmp_path / "v.txt").read_bytes().decode() == text.removeprefix("3 2\n")
    THREE.save(tmp_path / "v.txt.gz")
    assert gzip.decompress((tmp_path / "v.txt.gz").read_bytes()).decode() == text


def test_a_writing_that_fails_loses_nothing(tmp_path, monkeypatch):
    THREE.save(tmp_path / "v.vec")
    before = (tmp_path / "v.vec").read_bytes()

    def rows():
        yield [1.0, 2.0]
        raise OSError("no space left on device")

    monkeypatch.setattr(THREE, "matrix", SimpleNamespace(shape=(3, 2), tolist=rows))
    with pytest.raises(OSError, match="no space left"):
        THREE.save(tmp_path / "v.vec")
    assert (tmp_path / "v.vec").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("word", ["", "a ", " a", "a\nb", "a\rb", "\n", "a\t"])
def test_words_that_a_reader_could_not_tell(word, tmp_path):
    with pytest.raises(VectorsError, match="cannot stand in a text file of vectors: rename it"):
        WordVectors(["ok", word], np.ones((2, 2))).save(tmp_path / "v.vec")
    assert not (tmp_path / "v.vec").exists()


@pytest.mark.parametrize("word", ["Sea Games 22", "x 1e3", "a  b", "a\tb", " ", "\t", "7"])
def test_with_a_header_a_word_may_be_blank_or_end_in_a_number(word, tmp_path):
    vectors = WordVectors(["ok", word], [[1, 2], [3, 4]])
    vectors.save(tmp_path / "v.vec")
    assert same(WordVectors.load(tmp_path / "v.vec"), vectors)
    if word in ("Sea Games 22", "x 1e3", " ", "\t"):
        with pytest.raises(VectorsError, match="only behind a header: header=True"):
            vectors.save(tmp_path / "w.vec", header=False)


def test_half_a_character_is_no_word(tmp_path):
    with pytest.raises(VectorsError, match=r"'\\ud83d' is not Unicode: it holds half"):
        WordVectors(["\ud83d"], [[1]]).save(tmp_path / "v.vec")


def test_a_limit_takes_what_is_there(write):
    path = write("3 2\na 1 2\nb 3 4\n")
    with pytest.raises(VectorsError, match=r"announces 3 words, 2 are there: .*; limit=2 takes"):
        WordVectors.load(path)
    assert WordVectors.load(path, limit=2).words == ("a", "b")
    assert WordVectors.load(path, limit=1).words == ("a",)
    assert WordVectors.load(path, words=["b"]).words == ("b",)


def test_lines_of_words_not_asked_for_are_not_judged(write):
    path = write(b"2 2\na 1 2\nB\xfc 1 2\nc 1\n\nd 3 4\n")
    assert WordVectors.load(path, words=["a", "d"]).words == ("a", "d")
    with pytest.raises(VectorsError, match="line 4: 2 fields"):
        WordVectors.load(path, words=["a", "c"])


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig", "gb18030", "utf-32-le"])
@pytest.mark.parametrize("packed", [False, True])
def test_an_encoding_is_named(encoding, packed, write):
    text = "3 2\nB\u00fc 1 2\n\u00e9t\u00e9 3 4\nd\u00e0\u00a0d 5 6\n".encode(encoding)
    path = write(gzip.compress(text) if packed else text)
    vectors = WordVectors.load(path, encoding=encoding)
    assert vectors.words == ("B\u00fc", "\u00e9t\u00e9", "d\u00e0\u00a0d")
    assert vectors.matrix.tolist() == [[1, 2], [3, 4], [5, 6]]
    assert WordVectors.load(path, ["\u00e9t\u00e9"], encoding=encoding).words == ("\u00e9t\u00e9",)


@pytest.mark.parametrize(
    ("encoding", "message"),
    [
        ("utf-8", r"line 1: the word is not UTF-8 \(byte 0xfc\): .* name its encoding, encoding="),
        ("cp1253", "line 2: not CP1253 .*: name its encoding, encoding="),
        ("utf-16", "line 1: not UTF-16 .*: name its encoding"),
        ("klingon", "there is no encoding 'klingon' .*: name one such as 'utf-8'"),
    ],
)
def test_another_encoding_is_refused(encoding, message, write):
    with pytest.raises(VectorsError, match=message):
        WordVectors.load(write(b"B\xfc 1 2\nB\xd2\xff 1 2\n"), encoding=encoding)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "4 2\na 1 2\nb 3 4\n",
            "announces 4 words, 2 are there: it was cut off, get it again. 1 of",
        ),
        (
            "a 1 2\nb 3 4\nc 5",
            r"line 3 ends in the middle: .*\. 1 of the 2 words asked for are not",
        ),
        ("3 2\na 1 2\nb 3 4\nc", "line 4 ends in the middle"),
    ],
)
def test_a_file_that_was_cut_off_is_told_also_where_some_words_are_asked_for(
    content, message, write
):
    path = write(content)
    with pytest.warns(UserWarning, match=message):
        assert WordVectors.load(path, words=["b", "z"]).words == ("b",)
    # What is asked for is all there: nothing is lost.
    assert WordVectors.load(path, words=["b", "a"]).words == ("a", "b")
    assert WordVectors.load(path, words=["b", "z"], limit=2).words == ("b",)


def test_a_last_line_need_not_end(write):
    assert WordVectors.load(write("a 1 2\nb 3 4"), words=["b", "z"]).words == ("b",)
    assert WordVectors.load(write("1 2\na 1 2\nb 3 4"), words=["b", "z"]).words == ("b",)


def test_files_are_uncompressed_by_what_they_hold(write):
    for compress in (gzip.compress, bz2.compress, lzma.compress):
        assert WordVectors.load(write(compress(b"a 1 2\n"), "mine.txt")).words == ("a",)


def test_files_that_need_a_header(tmp_path):
    for vectors in (WordVectors(["a b"], [[1, 2]]), WordVectors(["7"], [[3]])):
        with pytest.raises(
            VectorsError, match="needs a header to be read: write it with header=True"
        ):
            vectors.save(tmp_path / "v.vec", header=False)
        vectors.save(tmp_path / "v.vec")
        assert same(WordVectors.load(tmp_path / "v.vec"), vectors)


# What vectors are


@pytest.mark.parametrize(
    ("words", "matrix", "message"),
    [
        (["a"], [1, 2], r"shape \(words, dimension\).* got \(2,\) for 1 words"),
        (["a", "b"], [[1, 2]], r"got \(1, 2\) for 2 words"),
        ([], np.ones((0, 2)), r"got \(0, 2\) for 0 words"),
        (["a"], np.ones((1, 0)), r"got \(1, 0\)"),
        (["a", "b", "a"], np.ones((3, 1)), "distinct, got 'a' more than once"),
        (["a", "b"], [[1, 2], [3, np.inf]], "the vector of 'b' holds a number that is not finite"),
    ],
)
def test_words_and_matrix_that_do_not_fit(words, matrix, message):
    with pytest.raises(VectorsError, match=message):
        WordVectors(words, matrix)


def test_looking_up():
    assert len(THREE) == 3
    assert THREE.dimension == 2
    assert "cat" in THREE
    assert "Cat" not in THREE
    assert THREE["cat"].tolist() == [3, 4]


@pytest.mark.parametrize(
    ("word", "hint"),
    [("Cat", "there is 'cat'"), ("bücher", "there is 'Bücher'"), ("x", "among the 3")],
)
def test_a_word_without_vector(word, hint):
    for use in (THREE.__getitem__, THREE.neighbours, lambda w: THREE.analogy("the", "cat", w)):
        with pytest.raises(VectorsError, match=rf"'{word}' has no vector.*{hint}"):
            use(word)


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True)) / (
        sum(x * x for x in a) ** 0.5 * sum(y * y for y in b) ** 0.5
    )


@pytest.fixture(scope="module")
def random_vectors():
    matrix = np.random.default_rng(0).normal(size=(30, 5))
    return WordVectors([f"w{row}" for row in range(30)], matrix)


def test_neighbours_are_sorted_by_cosine_without_the_word_itself(random_vectors):
    query = random_vectors["w3"].tolist()
    expected = sorted(
        ((w, cosine(random_vectors[w].tolist(), query)) for w in random_vectors.words if w != "w3"),
        key=lambda pair: -pair[1],
    )
    found = random_vectors.neighbours("w3", 7)
    assert [word for word, _ in found] == [word for word, _ in expected[:7]]
    np.testing.assert_allclose([c for _, c in found], [c for _, c in expected[:7]], atol=1e-6)
    assert len(random_vectors.neighbours("w3", 100)) == 29


def test_analogies_are_the_nearest_to_the_sum_of_unit_vectors(random_vectors):
    def unit(word):
        vector = random_vectors[word].astype(float)
        return vector / np.sqrt((vector**2).sum())

    target = unit("w2") - unit("w1") + unit("w5")
    others = [word for word in random_vectors.words if word not in ("w1", "w2", "w5")]
    best = max(others, key=lambda word: cosine(random_vectors[word].tolist(), target.tolist()))
    ((answer, similarity),) = random_vectors.analogy("w1", "w2", "w5")
    assert answer == best
    assert similarity == pytest.approx(
        cosine(random_vectors[best].tolist(), target.tolist()), abs=1e-6
    )
    assert len(random_vectors.analogy("w1", "w2", "w5", count=99)) == 27


def test_a_zero_vector_is_near_nothing():
    vectors = WordVectors(["zero", "a", "b"], [[0, 0], [1, 0], [0, -1]])
    assert vectors.neighbours("zero") == [("a", 0.0), ("b", 0.0)]
    assert vectors.neighbours("a") == [("zero", 0.0), ("b", 0.0)]


# Embedding matrices


def test_embedding_matrix_looks_up_and_draws_the_rest():
    generator = np.random.default_rng(1)
    known = [f"k{i}" for i in range(200)]
    vectors = WordVectors(known, generator.normal(3, 2, (200, 50)))
    vocabulary = Vocabulary([*(f"u{i}" for i in range(300)), *reversed(known)])
    matrix, coverage, missing = embedding_matrix(vocabulary, vectors, seed=5)
    assert matrix.shape == (504, 50)
    assert matrix.dtype == np.float32
    for word in ("k0", "k199"):
        assert np.array_equal(matrix[vocabulary.encode([word])[0]], vectors[word])
    assert not matrix[0].any()
    assert coverage == 0.4
    assert missing == tuple(f"u{i}" for i in range(300))
    drawn = matrix[1:304]  # unknown, begin, end and the words without a vector
    lengths = (drawn**2).sum(axis=1).mean(), (vectors.matrix**2).sum(axis=1).mean()
    assert lengths[0] == pytest.approx(lengths[1], rel=0.05)
    assert abs(drawn.mean()) < 0.1
    assert np.array_equal(matrix, embedding_matrix(vocabulary, vectors, seed=5).matrix)
    assert not np.array_equal(drawn, embedding_matrix(vocabulary, vectors, seed=6).matrix[1:304])


def test_full_coverage_and_a_vector_for_a_special_token():
    vectors = WordVectors(["</s>", "b", "a"], [[7, 7], [1, 2], [3, 4]])  # as in word2vec's files
    matrix, coverage, missing = embedding_matrix(Vocabulary(["a", "b"]), vectors)
    assert matrix[3:].tolist() == [[7, 7], [3, 4], [1, 2]]
    assert (coverage, missing) == (1, ())


def test_no_coverage():
    vectors = WordVectors(["the", "</s>"], [[1, 2], [3, 4]])
    with pytest.raises(
        VectorsError,
        match=r"none of the 2 tokens \('The', 'Cat', …\) has a vector; "
        r"words that have one: 'the', '</s>', …: do they agree in case",
    ):
        embedding_matrix(Vocabulary(["The", "Cat"]), vectors)


# A real file of a user's own


@pytest.mark.real_data
def test_glove(tmp_path):
    folder = Path(os.environ.get("RNN_COURSE_DATA", tmp_path)) / "glove_twitter_25d"
    path = folder / "glove.twitter.27B.25d.top12k.txt.gz"
    if not path.exists():
        pytest.skip("the GloVe file is not in the cache folder")
    vectors = WordVectors.load(path)
    assert (len(vectors), vectors.dimension) == (11925, 25)
    assert "mother" in [word for word, _ in vectors.neighbours("father")]
    few = WordVectors.load(path, words=["mother", "father", "Father"])
    assert sorted(few.words) == ["father", "mother"]
    assert np.array_equal(few["mother"], vectors["mother"])
