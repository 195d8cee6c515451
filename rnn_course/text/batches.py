"""Length-bucketed `tf.data` pipelines of padded batches, one maker for each kind of model."""

from itertools import chain

import numpy as np

from rnn_course.text.padding import FEW, LETTERS, pad
from rnn_course.tokens import BEGIN, END, PADDING

MOST = 8  # times the tokens that are asked for, as padding counts, in a batch of several examples


def bucketed_batches(*columns, batch_size, shuffle=True, seed=None, buckets=8):
    """Padded batches of examples of about the same length, and of about as many tokens each.

    Like lengths together mean little padding. A batch of short examples has more of them than one
    of long examples: otherwise an update would count a short example's tokens for more. However
    long one example is, a batch stays small: what is much longer than the rest of its bucket goes
    into batches of its own, so that none has more than `MOST` times the tokens that are asked for,
    padding counted, unless it is a single example.

    Args:
        *columns: parallel lists of id sequences, such as the tokens and the tags of each sentence;
            the first decides what is of the same length. An element may be a list of ids, such as
            a word's characters, in place of an id.
        batch_size: examples of mean length in a batch; the last one of a bucket may be smaller.
        shuffle: whether each pass over the batches has a new order.
        seed: of the shuffling.
        buckets: into how many groups of lengths, equally full, the examples are sorted.

    Returns:
        A `tf.data.Dataset` of tuples of ``(batch, timesteps)`` int32 ids, a tensor a column,
        padded at the end with `rnn_course.tokens.PADDING`; ``(batch, timesteps, characters)`` for a
        column of lists.

    Raises:
        ValueError: when there is nothing to batch, the columns differ in length, one holds anything
            but ids, or the batch size is not positive.

    Example:
        >>> for (ids,) in bucketed_batches([[5], [6, 7, 8], [9]], batch_size=2, shuffle=False):
        ...     print(ids.numpy().tolist())
        [[5], [9]]
        [[6, 7, 8]]
    """
    sizes = [len(column) for column in columns]
    if not columns or not sizes[0]:
        raise ValueError("columns hold no example: check what was read from the corpus")
    if len(set(sizes)) > 1:
        raise ValueError(f"columns must have the same number of examples, got {sizes}")
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    for number, column in enumerate(columns):
        _check(column, f"column {number}", rank=_rank(column))
    lengths = np.array([len(sequence) for sequence in columns[0]])
    edges = np.unique(np.quantile(lengths, np.arange(1, buckets) / buckets, method="nearest"))
    bucket = np.searchsorted(edges, lengths, side="right")
    ranks = [_rank(column) for column in columns]
    rows_in = _rows_in(bucket, lengths, _sizes(columns, ranks), batch_size)
    generator = np.random.default_rng(seed)

    def batches():
        order = generator.permutation(len(lengths)) if shuffle else np.arange(len(lengths))
        rows = []
        for number, size in rows_in.items():
            part = order[bucket[order] == number]
            rows += [part[i : i + size] for i in range(0, len(part), size)]
        for batch in generator.permutation(len(rows)) if shuffle else range(len(rows)):
            yield tuple(
                pad([column[row] for row in rows[batch]], rank)
                for column, rank in zip(columns, ranks, strict=True)
            )

    count = sum(-(-np.sum(bucket == number) // size) for number, size in rows_in.items())
    # Whole batches made in NumPy: padding inside tf.data, example by example, took most of the
    # time of training a small model.
    return _dataset(batches, [(None,) * rank for rank in ranks], count)


def _check(column, name, size=None, rank=2):
    """Make sure that the sequences of a column hold ids alone, below a size where one is given."""
    most = np.iinfo("int32").max if size is None else size - 1
    try:
        ids = column
        for _ in range(rank - 1):
            ids = list(chain.from_iterable(ids))
        ids = np.asarray(ids)
        if not ids.size or (ids.dtype.kind in "iu" and ids.min() >= 0 and ids.max() <= most):
            return
    except (TypeError, ValueError):
        pass  # something is no sequence, or one too many
    for example, sequence in enumerate(column):
        found = _no_id(sequence, most, rank - 1)
        if found is not None:
            raise ValueError(
                f"{name}: example {example} holds {found}, not whole numbers from 0 to {most}: "
                "encode text with a Vocabulary, the one the model is made for"
            )


def _no_id(item, most, rank):
    """What lists nested ``rank`` deep hold that is no id, shown; None where there is nothing."""
    if not rank:
        right = isinstance(item, int | np.integer) and 0 <= item <= most
        return None if right else f"{item!r:.40}"
    if isinstance(item, str) or not np.iterable(item):
        return f"{item!r:.40}"
    return next((found for each in item if (found := _no_id(each, most, rank - 1))), None)


def _rows_in(bucket, lengths, sizes, batch_size):
    """How many rows a batch of each bucket has; what is too long in a bucket gets a new one."""
    asked_for = batch_size * lengths.mean()
    most = max(MOST * batch_size * sizes.mean(), FEW)
    rows_in, left = {}, np.unique(bucket).tolist()
    while left:
        number = left.pop(0)
        there = bucket == number
        longest = max(sizes[there].max(), 1)
        rows = max(1, round(asked_for / max(lengths[there].mean(), 1)))
        longer = there & (2 * sizes > longest)
        if rows * longest > most and not np.array_equal(longer, there):
            bucket[longer] = bucket.max() + 1
            left = [number, *left, bucket.max()]
        else:
            rows_in[number] = max(1, min(rows, int(most // longest)))
    return rows_in


def _sizes(columns, ranks):
    """How many tokens each example is in its longest column, a long word counted for several."""
    sizes = []
    for column, rank in zip(columns, ranks, strict=True):
        sizes.append([len(items) for items in column])
        if rank > 2:
            letters = [max(map(len, items), default=1) for items in column]
            sizes[-1] = [
                n * -(-count // LETTERS) for n, count in zip(sizes[-1], letters, strict=True)
            ]
    return np.max(sizes, axis=0)


def _rank(column):
    """2 for a list of lists of ids, 3 for one of lists of lists of ids."""
    return 2 + any(np.ndim(item) for item in next(filter(len, column), ()))


def _dataset(batches, shapes, count):
    """A `tf.data.Dataset` of known size over a generator of tuples of id arrays."""
    import tensorflow as tf  # only now: everything else here works without it

    signature = tuple(tf.TensorSpec(shape, tf.int32) for shape in shapes)
    dataset = tf.data.Dataset.from_generator(batches, output_signature=signature)
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(count)).prefetch(2)
    # There is nothing to tune, and the end of a pass waits for the tuner's thread, which sleeps
    # 10 ms, then 20, 40 …: a pass could take twice its time (TensorFlow 2.21).
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)


def language_model_batches(sentences, batch_size, shuffle=True, seed=None, vocabulary_size=None):
    """Batches for teacher forcing: inputs ``<s> w1 … wn`` and targets ``w1 … wn </s>``.

    Args:
        sentences: a list of token id lists, as `Vocabulary.encode_all` gives them; one may be
            empty.
        batch_size: sentences of mean length in a batch.
        shuffle: whether each pass has a new order.
        seed: of the shuffling.
        vocabulary_size: of the model, for ids to be held against.

    Returns:
        A `tf.data.Dataset` of inputs and targets, both ``(batch, timesteps)``; see
        `bucketed_batches`.

    Raises:
        ValueError: when there is no sentence, one holds anything but ids, or the batch size is not
            positive.

    Example:
        >>> batches = language_model_batches([[7, 8], [9]], batch_size=2, shuffle=False)
        >>> for inputs, targets in batches:
        ...     print(inputs.numpy().tolist(), targets.numpy().tolist())
        [[2, 9]] [[9, 3]]
        [[2, 7, 8]] [[7, 8, 3]]
    """
    _check(sentences, "sentences", vocabulary_size)
    inputs = [[BEGIN, *sentence] for sentence in sentences]
    targets = [[*sentence, END] for sentence in sentences]
    return bucketed_batches(inputs, targets, batch_size=batch_size, shuffle=shuffle, seed=seed)


def tagging_batches(
    words,
    tags,
    characters=None,
    *,
    batch_size,
    shuffle=True,
    seed=None,
    vocabulary_size=None,
    tag_vocabulary_size=None,
    character_vocabulary_size=None,
):
    """Batches for a `rnn_course.models.SequenceTagger`.

    Args:
        words: a list of word id lists, one for each sentence.
        tags: a list of tag id lists: of a `Vocabulary` of tags, or
            `rnn_course.tokens.PADDING` for a word whose tag does not count.
        characters: for each sentence a list of character id lists, as `character_ids` gives them.
        batch_size: sentences of mean length in a batch.
        shuffle: whether each pass has a new order.
        seed: of the shuffling.
        vocabulary_size, tag_vocabulary_size, character_vocabulary_size: of the model, for ids to be
            held against.

    Returns:
        A `tf.data.Dataset` of inputs and tags ``(batch, timesteps)``. Inputs are the words
        ``(batch, timesteps)``, with characters a tuple of these and ``(batch, timesteps,
        characters)``; see `bucketed_batches`.

    Raises:
        ValueError: when a sentence has not as many words as tags and lists of characters, one holds
            anything but ids, or there is no sentence.

    Example:
        >>> batches = tagging_batches([[5, 6], [7]], [[4, 4], [5]], batch_size=1, shuffle=False)
        >>> for inputs, tags in batches:
        ...     print(inputs.numpy().tolist(), tags.numpy().tolist())
        [[7]] [[5]]
        [[5, 6]] [[4, 4]]
    """
    columns = [words, tags] if characters is None else [words, tags, characters]
    sizes = (vocabulary_size, tag_vocabulary_size, character_vocabulary_size)
    for column, name, size in zip(columns, ("words", "tags", "characters"), sizes, strict=False):
        _check(column, name, size, rank=3 if name == "characters" else 2)
    for number, parts in enumerate(zip(*columns, strict=False)):
        lengths = [len(part) for part in parts]
        if len(set(lengths)) > 1:
            raise ValueError(
                f"sentence {number} has {lengths[0]} words and {lengths[1]} tags"
                + (f" and characters of {lengths[2]} words" if characters is not None else "")
            )
    batches = bucketed_batches(*columns, batch_size=batch_size, shuffle=shuffle, seed=seed)
    if characters is None:
        return batches
    return batches.map(lambda words, tags, characters: ((words, characters), tags))


def classification_batches(
    sequences,
    labels,
    batch_size,
    shuffle=True,
    seed=None,
    classes=None,
    vocabulary_size=None,
):
    """Batches for a `rnn_course.models.SequenceClassifier`.

    Args:
        sequences: a list of token id lists.
        labels: a number from 0 on for each.
        batch_size: sequences of mean length in a batch.
        shuffle: whether each pass has a new order.
        seed: of the shuffling.
        classes: how many the classifier knows, for labels to be held against.
        vocabulary_size: of the classifier, for ids to be held against.

    Returns:
        A `tf.data.Dataset` of ids ``(batch, timesteps)`` and labels ``(batch,)``; see
        `bucketed_batches`.

    Raises:
        ValueError: when there are not as many labels as sequences, or none, one is no whole number
            from 0 to ``classes - 1``, or a sequence holds anything but ids.

    Example:
        >>> batches = classification_batches([[5, 6], [7]], [1, 0], batch_size=1, shuffle=False)
        >>> for ids, labels in batches:
        ...     print(ids.numpy().tolist(), labels.numpy().tolist())
        [[7]] [0]
        [[5, 6]] [1]
    """
    _check(sequences, "sequences", vocabulary_size)
    labels = list(labels)
    for place, label in enumerate(labels):
        whole = np.ndim(label) == 0 and np.issubdtype(np.asarray(label).dtype, np.integer)
        if not whole or label < 0 or (classes is not None and label >= classes):
            most = "on" if classes is None else f"to {classes - 1}"
            raise ValueError(
                f"labels must be whole numbers from 0 {most}, got {label!r} for example {place}: "
                "names = sorted(set(labels)), then names.index(label) is the number of a label"
            )
    batches = bucketed_batches(
        sequences, [[label] for label in labels], batch_size=batch_size, shuffle=shuffle, seed=seed
    )
    return batches.map(lambda ids, labels: (ids, labels[:, 0]))


def translation_batches(
    sources,
    targets,
    batch_size,
    shuffle=True,
    seed=None,
    source_vocabulary_size=None,
    target_vocabulary_size=None,
):
    """Batches of sentence pairs: source, decoder inputs ``<s> y1 … yn``, targets ``y1 … yn </s>``.

    Args:
        sources: a list of token id lists; their lengths decide what is batched together.
        targets: the list of their translations.
        batch_size: pairs of mean length in a batch.
        shuffle: whether each pass has a new order.
        seed: of the shuffling.
        source_vocabulary_size, target_vocabulary_size: of the model, for ids to be held against.

    Returns:
        A `tf.data.Dataset` of (source, decoder inputs) and targets, each ``(batch, timesteps)``;
        see `bucketed_batches`.

    Raises:
        ValueError: when there are not as many targets as sources, or none, one holds anything but
            ids, or the batch size is not positive.

    Example:
        >>> batches = translation_batches([[7, 8]], [[9]], batch_size=1)
        >>> for (source, inputs), outputs in batches:
        ...     print(source.numpy().tolist(), inputs.numpy().tolist(), outputs.numpy().tolist())
        [[7, 8]] [[2, 9]] [[9, 3]]
    """
    _check(sources, "sources", source_vocabulary_size)
    _check(targets, "targets", target_vocabulary_size)
    inputs = [[BEGIN, *target] for target in targets]
    outputs = [[*target, END] for target in targets]
    batches = bucketed_batches(
        sources, inputs, outputs, batch_size=batch_size, shuffle=shuffle, seed=seed
    )
    return batches.map(lambda source, inputs, outputs: ((source, inputs), outputs))


def contiguous_batches(ids, batch_size, timesteps, vocabulary_size=None):
    """A running text for stateful truncated backpropagation through time.

    The text is cut into ``batch_size`` pieces of equal length that are read side by side: row i of
    a batch continues row i of the batch before. Targets are the inputs one token later. Nothing is
    left out: the last piece is padded.

    Args:
        ids: the ids of the whole text.
        batch_size: how many pieces.
        timesteps: tokens of each piece in a batch; the last batch may have fewer.
        vocabulary_size: of the model, for ids to be held against.

    Returns:
        A `tf.data.Dataset` of inputs and targets, both ``(batch_size, timesteps)``.

    Raises:
        ValueError: when the text has fewer than two tokens, or anything but ids, or a size is not
            positive.

    Example:
        >>> for inputs, targets in contiguous_batches(range(4, 11), batch_size=2, timesteps=2):
        ...     print(inputs.numpy().tolist(), targets.numpy().tolist())
        [[4, 5], [7, 8]] [[5, 6], [8, 9]]
        [[6], [9]] [[7], [10]]
    """
    _check([ids], "ids", vocabulary_size)
    ids = np.asarray(ids, "int32")
    if batch_size < 1 or timesteps < 1:
        raise ValueError(
            f"batch_size and timesteps must be at least 1, got {batch_size} and {timesteps}"
        )
    if len(ids) < 2:
        raise ValueError(f"a text needs at least two tokens to predict one, got {len(ids)}")
    columns = -(-(len(ids) - 1) // batch_size)
    missing = batch_size * columns - (len(ids) - 1)
    inputs, targets = (
        np.pad(part, (0, missing), constant_values=PADDING).reshape(batch_size, columns)
        for part in (ids[:-1], ids[1:])
    )

    def windows():
        for start in range(0, columns, timesteps):
            window = slice(start, start + timesteps)
            yield inputs[:, window], targets[:, window]

    shapes = [(batch_size, None)] * 2
    return _dataset(windows, shapes, -(-columns // timesteps))
