"""Problems that ask for nothing but memory, over a lag one can set.

- **recall**: a letter, then digits that do not matter, then a query. The answer is the letter.
- **copy**: a sequence of letters, then blanks, then a query. The answer is the sequence.
- **adding**: a sequence of numbers of which two are marked. The answer is the sum of these two.

The answers are exact, and what can be had without a memory is known: see `load`. What changes with
the lag is only for how long something has to be kept, not how much.
"""

from random import Random
from string import ascii_lowercase, digits
from typing import NamedTuple

from rnn_course.corpora.base import CorpusError, Splits
from rnn_course.corpora.registry import Corpus

CORPUS = Corpus(
    "memory",
    task="recall, copying and adding over a lag",
    licence="Apache-2.0",
    attribution="Sampled by this course.",
)

BLANK = "-"
QUERY = "?"


class Recall(NamedTuple):
    """A letter to keep.

    Args:
        tokens: the letter, `lag` digits, `QUERY`: `lag + 2` tokens.
        answer: the letter.
    """

    tokens: tuple[str, ...]
    answer: str


class Copy(NamedTuple):
    """A sequence of letters to keep, in the form of Arjovsky et al. (2016).

    Args:
        tokens: the letters, `lag` times `BLANK`, `QUERY`, and `BLANK` as often as there are
            letters: `lag + 2 * length + 1` tokens.
        answers: what to say at each token: `BLANK` up to the query, then the letters in order.
    """

    tokens: tuple[str, ...]
    answers: tuple[str, ...]


class Adding(NamedTuple):
    """Two numbers to keep and add.

    Args:
        inputs: pairs of a number and its mark, `lag + 2` of them. Numbers are from 0 to below 1;
            the mark is 1 for one number in the first half and one in the second, 0 for all others.
        answer: the sum of the two numbers that are marked.
    """

    inputs: tuple[tuple[float, float], ...]
    answer: float


def load(
    task: str = "recall",
    lag: int = 20,
    examples: int = 10_000,
    seed: int = 0,
    symbols: int = 8,
    length: int = 10,
) -> Splits:
    r"""Sample the corpus: different examples of one problem, all of one length.

    No example occurs twice, so train, dev and test share none.

    Without a memory the best there is to reach is

    - recall and copy: an accuracy, after the query, of :math:`1 / \text{symbols}`;
    - copy: a cross-entropy, averaged over all tokens, of
      :math:`\text{length} \cdot \ln(\text{symbols}) / (\text{lag} + 2\,\text{length} + 1)` nats;
    - adding: a mean squared error of :math:`1/6`, by always answering the mean, 1.

    Args:
        task: `"recall"`, `"copy"` or `"adding"`.
        lag: steps in which there is nothing to keep: digits, blanks or numbers without a mark.
        examples: how many to sample over all three splits: 10 % each, rounded down, are dev and
            test, the others train.
        seed: another seed gives another sample of the same distribution.
        symbols: how many letters there are, 2 to 26; adding has none.
        length: how many letters are to be copied; the other tasks do not ask for it.

    Returns:
        Splits of lists of `Recall`, `Copy` or `Adding`.

    Raises:
        CorpusError: if an option is out of range, or there are fewer different examples than
            asked for.

    Example:
        >>> load("recall", lag=5).train[0]
        Recall(tokens=('g', '7', '4', '2', '5', '4', '?'), answer='g')
        >>> example = load("copy", lag=2, length=3, examples=100).train[0]
        >>> print("".join(example.tokens), "".join(example.answers))
        ggd--?--- ------ggd
        >>> example = load("adding", lag=1, examples=100).train[0]
        >>> print([(round(number, 2), mark) for number, mark in example.inputs])
        [(0.84, 1.0), (0.76, 0.0), (0.42, 1.0)]
        >>> round(example.answer, 2)
        1.26

    Source:
        Hochreiter & Schmidhuber (1997), "Long short-term memory", experiments 2 and 4; Arjovsky,
        Shah & Bengio (2016), "Unitary evolution recurrent neural networks".
    """
    if task not in _TASKS:
        raise CorpusError(f"memory: task must be one of {', '.join(_TASKS)}, not {task!r}")
    if type(seed) is not int:
        raise CorpusError(f"memory: seed must be an integer, not {seed!r}")
    for name, value, low, high in (
        ("lag", lag, 0, None),
        ("examples", examples, 1, None),
        ("symbols", symbols, 2, len(ascii_lowercase)),
        ("length", length, 1, None),
    ):
        if type(value) is not int or value < low or (high is not None and value > high):
            limits = f"at least {low}" if high is None else f"from {low} to {high}"
            raise CorpusError(f"memory: {name} must be an integer, {limits}, not {value!r}")
    sample, different = _TASKS[task]
    if examples > different(lag, symbols, length):
        raise CorpusError(
            f"memory: there are only {different(lag, symbols, length)} different examples of "
            f"{task} with these options, not {examples}: ask for fewer, or make lag, symbols or "
            "length larger"
        )
    random = Random(seed)
    found: dict[Recall | Copy | Adding, None] = {}  # a set that keeps its order
    while len(found) < examples:
        found[sample(random, lag, ascii_lowercase[:symbols], length)] = None
    everything, tenth = list(found), examples // 10
    train = examples - 2 * tenth
    return Splits(
        everything[:train], everything[train : train + tenth], everything[train + tenth :]
    )


def _draw(random: Random, choices: str, number: int) -> tuple[str, ...]:
    """Independent draws. Python promises the same sequence in all versions of `random()` alone."""
    return tuple(choices[int(random.random() * len(choices))] for _ in range(number))


def _recall(random: Random, lag: int, letters: str, length: int) -> Recall:
    letter, noise = _draw(random, letters, 1), _draw(random, digits, lag)
    return Recall((*letter, *noise, QUERY), *letter)


def _copy(random: Random, lag: int, letters: str, length: int) -> Copy:
    answer, pause, silence = _draw(random, letters, length), (BLANK,) * lag, (BLANK,) * length
    return Copy((*answer, *pause, QUERY, *silence), (*silence, *pause, BLANK, *answer))


def _adding(random: Random, lag: int, letters: str, length: int) -> Adding:
    steps = lag + 2
    half = steps // 2
    # Multiples of 2^-16: a sum of two is exact, also in 32-bit floats.
    numbers = [int(random.random() * 2**16) / 2**16 for _ in range(steps)]
    marked = (int(random.random() * half), half + int(random.random() * (steps - half)))
    marks = [float(step in marked) for step in range(steps)]
    return Adding(tuple(zip(numbers, marks, strict=True)), sum(numbers[step] for step in marked))


# How to sample an example of each task, and how many different ones there are.
_TASKS = {
    "recall": (_recall, lambda lag, symbols, length: symbols * len(digits) ** lag),
    "copy": (_copy, lambda lag, symbols, length: symbols**length),
    "adding": (_adding, lambda lag, symbols, length: 2 ** (16 * (lag + 2))),
}
