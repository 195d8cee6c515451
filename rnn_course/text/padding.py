"""Lists of id sequences as padded arrays, in NumPy alone."""

from itertools import chain

import numpy as np

from rnn_course.tokens import PADDING


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


def padded_batches(sequences, batch_size):
    """Go through sequences in batches of like length, so that little of a batch is padding.

    Args:
        sequences: a list of id lists.
        batch_size: how many make a batch; the last may have fewer.

    Yields:
        The places in the list of a batch's sequences, ``(batch,)``, and their padded ids,
        ``(batch, timesteps)``.

    Raises:
        ValueError: when the batch size is not positive.

    Example:
        >>> for rows, ids in padded_batches([[5, 6, 7], [8], [9, 9]], batch_size=2):
        ...     print(rows.tolist(), ids.tolist())
        [1, 2] [[8, 0], [9, 9]]
        [0] [[5, 6, 7]]
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    order = np.argsort([len(sequence) for sequence in sequences], kind="stable")
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
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
