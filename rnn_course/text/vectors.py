"""Word vectors: files in the common text format, embedding matrices, neighbours, analogies."""

import codecs
import gzip
import io
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from rnn_course.files import DamagedFileError, damage_reported, decompressed, written_whole
from rnn_course.tokens import PADDING, SPECIAL_TOKENS


class VectorsError(ValueError):
    """Word vectors or their file cannot be used; the message says why, where and what to do."""


class WordVectors:
    """Words, each with a vector.

    Args:
        words: n distinct words.
        matrix: ``(n, dimension)``, a row a word, finite numbers; kept as float32.

    Raises:
        VectorsError: when the two do not belong together, a word is there twice or a number is not
            finite.

    Example:
        >>> vectors = WordVectors(["king", "queen", "man"], [[3, 1], [3, -1], [1, 1]])
        >>> vectors["queen"].tolist()
        [3.0, -1.0]
        >>> [(word, round(cosine, 2)) for word, cosine in vectors.neighbours("king")]
        [('man', 0.89), ('queen', 0.8)]
    """

    def __init__(self, words: Iterable[str], matrix: Any):
        self.words = tuple(words)
        self.matrix = np.asarray(matrix, "float32")
        if self.matrix.ndim != 2 or len(self.matrix) != len(self.words) or self.matrix.size == 0:
            raise VectorsError(
                "matrix must have shape (words, dimension), at least one of each: "
                f"got {self.matrix.shape} for {len(self.words)} words"
            )
        self.rows = {word: row for row, word in enumerate(self.words)}
        if len(self.rows) < len(self.words):
            twice = next(word for row, word in enumerate(self.words) if self.rows[word] != row)
            raise VectorsError(f"words must be distinct, got {twice!r} more than once")
        if not np.isfinite(self.matrix).all():
            row = np.flatnonzero(~np.isfinite(self.matrix).all(axis=1))[0]
            raise VectorsError(
                f"the vector of {self.words[row]!r} holds a number that is not finite"
            )

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.rows

    def __getitem__(self, word: str) -> np.ndarray:
        return self.matrix[self._row(word)]

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return self.matrix.shape[1]

    @cached_property
    def directions(self) -> np.ndarray:
        """The vectors at length 1, so that all cosines with one are one product."""
        lengths = np.linalg.norm(self.matrix, axis=1, keepdims=True)
        return self.matrix / np.where(lengths == 0, 1, lengths)

    def neighbours(self, word: str, count: int = 10) -> list[tuple[str, float]]:
        """The words whose vectors point most nearly the same way.

        Args:
            word: a word that has a vector.
            count: how many neighbours.

        Returns:
            Pairs of a word and its cosine with the one given, which is not among them; nearest
            first.

        Raises:
            VectorsError: when the word has no vector.
        """
        row = self._row(word)
        return self._nearest(self.directions[row], [row], count)

    def analogy(self, a: str, b: str, c: str, count: int = 1) -> list[tuple[str, float]]:
        r"""What is to c as b is to a: the words nearest to b - a + c.

        .. math::

            \arg\max_d \cos(d, \hat b - \hat a + \hat c), \qquad d \notin \{a, b, c\}

        where :math:`\hat a` is the vector of a at length 1.

        Args:
            a: a word, for example ``France``.
            b: what belongs to it, ``French``.
            c: another word of the kind of a, ``Poland``.
            count: how many answers.

        Returns:
            Pairs of a word and its cosine; nearest first. The three words given are left out:
            otherwise one of them, mostly b or c, would be the answer.

        Raises:
            VectorsError: when a word has no vector.

        Source:
            Mikolov, Yih & Zweig (2013), Linguistic regularities in continuous space word
            representations, eq. 1.

        Example:
            >>> matrix = [[1, 0, 2], [1, 1, 2], [2, 0, 1], [2, 1, 1], [0, 5, 0]]
            >>> vectors = WordVectors(["France", "French", "Poland", "Polish", "is"], matrix)
            >>> vectors.analogy("France", "French", "Poland")[0][0]
            'Polish'
        """
        rows = [self._row(word) for word in (a, b, c)]
        A, B, C = self.directions[rows]
        return self._nearest(B - A + C, rows, count)

    def _nearest(self, direction, excluded, count):
        cosines = self.directions @ direction / (np.linalg.norm(direction) or 1)
        cosines[excluded] = -np.inf
        best = np.argsort(-cosines, kind="stable")[: min(count, len(self) - len(set(excluded)))]
        return [(self.words[row], float(cosines[row])) for row in best]

    def _row(self, word: str) -> int:
        if word not in self.rows:
            likely = [w for w in (word.lower(), word.capitalize()) if w in self.rows]
            hint = f": there is {likely[0]!r}" if likely else f" among the {len(self)} words"
            raise VectorsError(f"{word!r} has no vector{hint}")
        return self.rows[word]

    def save(self, path: str | Path, header: bool = True) -> None:
        """Write the common text format: a line a word, the word and its numbers.

        Nine digits a number: they give back every float32 exactly, whoever reads them. The file
        takes its name when it is whole: nobody reads half of it, and an older one is not lost.

        Args:
            path: the file, in a folder that exists; compressed if it ends in ``.gz``.
            header: whether the first line says how many words and numbers there are, as in files of
                word2vec and fastText, or is the first word's, as in GloVe's.

        Raises:
            VectorsError: when a reader could not tell a word from its numbers: see `check_words`;
                without a header also when the first word holds a space or the dimension is 1.
        """
        check_words(self.words, header)
        if not header and (" " in self.words[0] or self.dimension == 1):
            raise VectorsError(
                f"a file that begins with {self.words[0]!r} and {self.dimension} number(s) needs a "
                "header to be read: write it with header=True"
            )
        path = Path(path)
        opened = gzip.open if path.suffix == ".gz" else open
        with (
            written_whole(path) as part,
            opened(part, "wt", encoding="utf-8", newline="\n") as file,
        ):
            if header:
                file.write(f"{len(self)} {self.dimension}\n")
            for word, vector in zip(self.words, self.matrix.tolist(), strict=True):
                file.write(" ".join([word, *(f"{number:.9g}" for number in vector)]) + "\n")

    @classmethod
    def load(
        cls,
        path: str | Path,
        words: Iterable[str] | None = None,
        dimension: int | None = None,
        progress: bool = True,
        limit: int | None = None,
        encoding: str = "utf-8",
    ) -> "WordVectors":
        """Read vectors in the common text format: word2vec's, GloVe's or fastText's.

        The file is read line by line: with `words` a file much larger than the memory can be read.

        Args:
            path: a text file (``.txt``, ``.vec``), with or without a header, as it is or compressed
                with gzip, bzip2, xz or as the one file in a zip archive: its first bytes say so. A
                first line of two whole numbers is a header.
            words: the only words to keep, such as ``vocabulary.tokens``; all by default. The
                lines of the others are not looked at, nor counted.
            dimension: numbers a word; by default what the header says, or what the first line
                holds behind its first space. Words may hold spaces: numbers are taken from the end.
            progress: whether to show a bar when reading takes more than two seconds.
            limit: read so many lines of words at most; large files begin with the frequent ones.
            encoding: how words became bytes, such as ``"cp1252"``, where that was not UTF-8.

        Returns:
            The vectors in the order of the file; of a word that is there twice the first.

        Raises:
            VectorsError: when a line is malformed, the file is cut off, holds none of the words or
                is no such file; with the line's number.
            FileNotFoundError: when there is no such file.

        Warns:
            UserWarning: when some of ``words`` are not there and the file was cut off: it has not
                as many lines as its header says, or its last line ends in the middle. The cut may
                be where nobody can see it: a file without a header that ends with a line does not
                tell that others followed.

        Example:
            >>> import tempfile
            >>> path = Path(tempfile.mkdtemp()) / "mine.vec"
            >>> WordVectors(["be", "to"], [[0.5, -1], [0.25, 2]]).save(path)
            >>> print(path.read_text(), end="")
            2 2
            be 0.5 -1
            to 0.25 2
            >>> WordVectors.load(path, words=["to", "be or not"]).words
            ('to',)
        """
        path = Path(path)
        wanted = None if words is None else set(words)
        asked = {word.encode("utf-8", "replace") for word in wanted or ()}
        rows: dict[str, np.ndarray] = {}
        announced = None
        sure = dimension is not None  # of how many numbers there are
        number, broken_off = 0, False
        for number, line in enumerate(_lines(path, progress, encoding), start=1):
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
                announced, dimension = _first_line(line, dimension, path)
                if announced is not None:
                    sure = True
                    continue
            if limit is not None and number - (announced is not None) > limit:
                break
            where = f"{path}, line {number}"
            try:
                word, numbers = _word_and_numbers(line, dimension, sure, where)
            except VectorsError:
                broken_off = not line.endswith(b"\n")
                if wanted is None or asked.intersection(line.split(None, 1)[:1]):
                    raise
                continue
            if word not in rows and (wanted is None or word in wanted):
                rows[word] = _float32(numbers, where)
        there = number - (announced is not None)
        if announced not in (None, there) and wanted is None and limit is None:
            raise VectorsError(
                f"{path}: its first line announces {announced} words, {there} are there: "
                f"it was cut off or edited, get it again; limit={there} takes what is there"
            )
        missing = len(wanted - rows.keys()) if wanted is not None else 0
        fewer = limit is None and announced is not None and there < announced
        if missing and (fewer or broken_off):
            said = f"its first line announces {announced} words, {there} are there"
            if broken_off:
                said = f"line {number} ends in the middle"
            warnings.warn(
                f"{path}: {said}: it was cut off, get it again. {missing} of the {len(wanted)} "
                "words asked for are not in what is left",
                stacklevel=2,
            )
        if not rows:
            asked = "no word" if wanted is None else f"none of the {len(wanted)} words asked for"
            raise VectorsError(f"{path} holds {asked}: is it the right file, and the same case?")
        return cls(rows, np.stack(list(rows.values())))


def check_words(words: Iterable[str], header: bool = True) -> None:
    """Make sure that a file of vectors can hold these words.

    Args:
        words: the words.
        header: whether the file says how many numbers there are.

    Raises:
        VectorsError: when a word is not Unicode, is empty, begins or ends with white space without
            being white space as a whole, or has a line end; without a header also when it is white
            space or ends in a number behind a space.

    Example:
        >>> check_words(["Sea Games 22", "\t"])
    """
    for word in words:
        try:
            encoded = word.encode()
        except UnicodeEncodeError:
            raise VectorsError(
                f"{word!r} is not Unicode: it holds half of a character. Rename it"
            ) from None
        stripped = encoded.strip()
        blank = bool(encoded) and not encoded.strip(b" \t")
        if (
            b"\n" in encoded
            or b"\r" in encoded
            or not (blank or (stripped and stripped == encoded))
        ):
            raise VectorsError(f"{word!r} cannot stand in a text file of vectors: rename it")
        if not header and (blank or _ends_in_number(encoded.split())):
            raise VectorsError(
                f"{word!r} can stand in a file of vectors only behind a header: header=True"
            )


class EmbeddingMatrix(NamedTuple):
    """A matrix for an embedding layer, and how much of it was looked up.

    Args:
        matrix: ``(len(vocabulary), dimension)``, float32.
        coverage: the share of the ordinary tokens that have a vector, 0 to 1.
        missing: the ordinary tokens that have none, in the vocabulary's order.
    """

    matrix: np.ndarray
    coverage: float
    missing: tuple[str, ...]


def embedding_matrix(vocabulary: Any, vectors: WordVectors, seed: int = 0) -> EmbeddingMatrix:
    """Arrange vectors as the rows of an embedding, in the order of a vocabulary.

    A token without a vector, special ones among them, gets random numbers of mean zero and of the
    scale that makes its expected squared length the mean of those looked up. Padding gets zeros.

    Args:
        vocabulary: a `rnn_course.text.Vocabulary`.
        vectors: the vectors.
        seed: of the random numbers.

    Returns:
        An `EmbeddingMatrix`.

    Raises:
        VectorsError: when no token has a vector.

    Example:
        >>> from rnn_course.text import Vocabulary
        >>> vectors = WordVectors(["be", "not"], [[0.5, 2], [1, 1]])
        >>> matrix, coverage, missing = embedding_matrix(Vocabulary(["to", "be"]), vectors)
        >>> matrix.shape, matrix[0].tolist(), matrix[5].tolist(), coverage, missing
        ((6, 2), [0.0, 0.0], [0.5, 2.0], 0.5, ('to',))
    """
    ordinary = vocabulary.tokens[len(SPECIAL_TOKENS) :]
    missing = tuple(token for token in ordinary if token not in vectors)
    ids = [id for id, token in enumerate(vocabulary.tokens) if token in vectors]
    if len(missing) == len(ordinary):
        here, there = (", ".join(map(repr, some[:3])) for some in (ordinary, vectors.words))
        raise VectorsError(
            f"none of the {len(ordinary)} tokens ({here}, …) has a vector; words that have one: "
            f"{there}, …: do they agree in case and spelling?"
        )
    looked_up = np.stack([vectors[vocabulary.tokens[id]] for id in ids])
    scale = np.sqrt(np.mean(np.square(looked_up)))
    shape = len(vocabulary.tokens), vectors.dimension
    matrix = np.random.default_rng(seed).normal(0, scale, shape).astype("float32")
    matrix[ids] = looked_up
    matrix[PADDING] = 0
    return EmbeddingMatrix(matrix, 1 - len(missing) / len(ordinary), missing)


def _lines(path: Path, progress: bool, encoding: str) -> Iterator[bytes]:
    """The lines of a file, in UTF-8, with a bar that follows its bytes on the disk."""
    recoded = _recoding(encoding)
    bar = tqdm(
        total=path.stat().st_size,
        desc=path.name,
        unit="B",
        unit_scale=True,
        delay=2,
        disable=not progress,
    )
    with bar, open(path, "rb") as raw:
        try:
            lines = decompressed(raw, str(path))
            if recoded is None:  # an end of line is more than one byte
                lines = io.TextIOWrapper(lines, encoding, newline="\n")
            number = 0
            while True:
                number += 1
                refused = None
                with damage_reported(str(path)):
                    try:
                        line = lines.readline()
                    except UnicodeError as error:  # no damage
                        refused = error
                if refused:
                    raise refused
                if not line:
                    break
                yield line.encode("utf-8", "surrogatepass") if recoded is None else recoded(line)
                bar.update(raw.tell() - bar.n)
        except DamagedFileError as error:
            raise VectorsError(str(error)) from error
        except UnicodeError as error:
            raise VectorsError(
                f"{path}, line {number}: not {encoding.upper()} ({error}): name its encoding, "
                "encoding="
            ) from error


def _recoding(encoding: str) -> Callable[[bytes], bytes] | None:
    """A function from a line in an encoding to the same in UTF-8; None for UTF-16 and the like."""
    try:
        ascii_as_it_is = "a 1\n".encode(encoding) == b"a 1\n"
    except (LookupError, TypeError, ValueError) as error:
        raise VectorsError(
            f"there is no encoding {encoding!r} ({error}): name one such as 'utf-8' or 'cp1252'"
        ) from error
    if not ascii_as_it_is:
        return None
    if codecs.lookup(encoding).name in ("utf-8", "ascii"):
        return lambda line: line  # where a word is not, its line is told, if the word is asked for
    return lambda line: line.decode(encoding).encode("utf-8")


def _first_line(line, dimension, path):
    """How many words the file announces, None without a header, and the numbers of a word."""
    fields = line.split()
    if len(fields) != 2 or not all(field.isdigit() for field in fields):
        return None, dimension or max(len(fields) - 1, 1)
    if dimension not in (None, int(fields[1])) or int(fields[1]) == 0:
        raise VectorsError(
            f"{path}, line 1: the header says {int(fields[1])} numbers a word, "
            f"dimension is {dimension}"
        )
    return int(fields[0]), int(fields[1])


def _word_and_numbers(line, dimension, sure, where):
    """The word of a line and its numbers, still as bytes.

    Bytes are split at ASCII white space only: words of real files hold no-break spaces. Where it is
    sure how many numbers there are, a word may end in one, or be white space.
    """
    fields = line.rsplit(None, dimension)
    if sure and len(fields) != dimension + 1:
        fields = line.rstrip(b"\r\n \t").rsplit(b" ", dimension)
        fields = fields if fields[0] and not fields[0].strip() else []
    if len(fields) != dimension + 1 or (not sure and _ends_in_number(fields[0].split())):
        raise VectorsError(
            f"{where}: {len(line.split())} fields between spaces, expected a word and {dimension} "
            "number(s). If words hold spaces, say the dimension; otherwise remove the line"
        )
    try:
        return fields[0].decode("utf-8"), fields[1:]
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise VectorsError(
            f"{where}: the word is not UTF-8 (byte 0x{byte:02x}): save the file as UTF-8, name its "
            "encoding, encoding=, or remove the line"
        ) from error


def _ends_in_number(parts):
    """Whether a word of several parts ends in a number: then the line has one too many."""
    try:
        float(parts[-1])
    except ValueError:
        return False
    return len(parts) > 1


def _float32(fields, where):
    numbers = []
    for field in fields:
        try:
            numbers.append(float(field))
        except ValueError:
            shown = field.decode("utf-8", "backslashreplace")
            raise VectorsError(
                f"{where}: {shown!r} is not a number. If words hold spaces, say the dimension; "
                "otherwise remove the line"
            ) from None
    with np.errstate(over="ignore"):
        vector = np.array(numbers).astype("float32")
    if not np.isfinite(vector).all():
        raise VectorsError(f"{where}: a number is not finite")
    return vector
