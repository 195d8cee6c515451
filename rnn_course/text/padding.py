"""Lists of id sequences as padded arrays, in NumPy alone."""

from itertools import chain

import numpy as np

from rnn_course.tokens import PADDING

TOKENS = 2**14  # of a group, padding counted: with states of a few hundred numbers some megabytes
LETTERS = 32  # of a word, such as the ids of its characters, that count as one token
FEW = 2**11  # so small a group is not worth dividing, however much of it is padding


def pad(sequences, rank=2):
    """Nested lists of ids as one array, padded at the end.

    Args:
        sequences: lists nested ``rank`` deep: of ids, or of each word's ids, in each sentence.
        rank: axes of the array.

    Returns:
        An int32 array of ``rank`` axes. The first is as long as ``sequences``, each other as long
        as the longest list it holds, and at least 1: recurrent layers take no empty sequence.

    Example:
        >>> pad([[5, 6], [7], []]).tolist()
        [[5, 6], [7, 0], [0, 0]]
        >>> pad([[[5, 6], [7]], [[8]]], rank=3).tolist()
        [[[5, 6], [7, 0]], [[8, 0], [0, 0]]]
    """
    lengths = np.array([len(sequence) for sequence in sequences], "int64")
    items = list(chain.from_iterable(sequences))
    if rank > 2:
        items = pad(items, rank - 1)
    longest = max(lengths.max(initial=0), 1)
    padded = np.full((len(lengths), longest, *np.shape(items)[1:]), PADDING, "int32")
    padded[np.arange(longest) < lengths[:, None]] = items
    return padded


def groups(sizes, batch_size=None, tokens=TOKENS):
    """Put rows of like length together, not too many tokens at once, padding counted.

    A group is closed when another row would make it larger than it may be, or when more than half
    of it would be padding and it has more than a few tokens.

    Args:
        sizes: the length of each row, ``(rows,)``, or its lengths along several axes, ``(rows,
            axes)``, such as its words and the characters of its longest word.
        batch_size: how many rows a group has at most; any number by default.
        tokens: how large it is at most, ``rows * longest``, with the longest along each axis. A row
            that is larger is a group of its own.

    Yields:
        The places of a group's rows, ``(batch,)``; all places once, the short rows first.

    Raises:
        ValueError: when a bound is not positive.

    Example:
        >>> [rows.tolist() for rows in groups([5, 900, 5, 6], tokens=12)]
        [[0, 2], [3], [1]]
    """
    for name, bound in dict(batch_size=batch_size, tokens=tokens).items():
        if bound is not None and bound < 1:
            raise ValueError(f"{name} must be at least 1, got {bound}")
    given = np.asarray(sizes, "int64")
    given = given[:, None] if given.ndim == 1 else given
    sizes = np.maximum(given, 1)
    own = sizes.prod(axis=1)
    rows, longest, real = [], 1, 0
    for row in np.lexsort((given.prod(axis=1), own)).tolist():
        longer = np.maximum(longest, sizes[row])
        padded = (len(rows) + 1) * int(longer.prod())
        sparse = padded > max(FEW, 2 * (real + own[row]))
        if rows and (len(rows) == batch_size or padded > tokens or sparse):
            yield np.array(rows)
            rows, longer, real = [], sizes[row], 0
        rows.append(row)
        longest, real = longer, real + own[row]
    if rows:
        yield np.array(rows)


def padded_batches(sequences, batch_size, tokens=TOKENS):
    """Go through sequences in batches of like length, so that little of a batch is padding.

    Args:
        sequences: a list of id lists.
        batch_size: how many make a batch at most.
        tokens: how many tokens a batch has at most, padding counted; see `groups`.

    Yields:
        The places in the list of a batch's sequences, ``(batch,)``, and their padded ids,
        ``(batch, timesteps)``.

    Raises:
        ValueError: when a bound is not positive.

    Example:
        >>> for rows, ids in padded_batches([[5, 6, 7], [8], [9, 9]], batch_size=2):
        ...     print(rows.tolist(), ids.tolist())
        [1, 2] [[8, 0], [9, 9]]
        [0] [[5, 6, 7]]
    """
    for rows in groups([len(sequence) for sequence in sequences], batch_size, tokens):
        yield rows, pad([sequences[row] for row in rows])


def check_ids(sequences, vocabulary_size, kind="token"):
    """Make sure that sequences hold ids of a vocabulary, and no padding.

    Args:
        sequences: a list of id lists.
        vocabulary_size: how many tokens there are, the special ones among them.
        kind: of the ids, for the message.

    Raises:
        ValueError: when an id is none, or is that of padding.

    Example:
        >>> check_ids([[5, 6], []], vocabulary_size=7)
    """
    for sequence in sequences:
        for token in sequence:
            if not isinstance(token, int | np.integer) or not PADDING < token < vocabulary_size:
                raise ValueError(
                    f"{kind} ids must be integers from 1 to {vocabulary_size - 1}, got {token!r}: "
                    "encode text with the Vocabulary the model was trained with"
                )
