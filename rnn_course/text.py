"""From text to batches: vocabularies, padding and length-bucketed `tf.data` pipelines."""

import json
from collections import Counter
from itertools import chain
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from rnn_course.padding import pad
from rnn_course.tokens import BEGIN, END, PADDING, SPECIAL_TOKENS


class VocabularyError(ValueError):
    """A vocabulary or its file cannot be used; the message says why and what to do."""


class Vocabulary:
    """Tokens and their ids: padding 0, unknown 1, begin 2, end 3, then the tokens given.

    Args:
        tokens: the ordinary tokens in the order of their ids, distinct; a file's or those of
            `Vocabulary.learn`.

    Raises:
        VocabularyError: when a token is no string, empty, special or there twice.

    Example:
        >>> vocabulary = Vocabulary.learn([["to", "be", "or", "not", "to", "be"]])
        >>> vocabulary.encode(["to", "be", "seen"])
        [5, 4, 1]
        >>> vocabulary.decode([5, 4, 1])
        ['to', 'be', '[UNK]']
    """

    def __init__(self, tokens):
        tokens = list(tokens)
        _check_tokens(tokens)
        repeated = [token for token, count in Counter(tokens).items() if count > 1]
        if repeated:
            raise VocabularyError(f"tokens must be distinct, got {repeated[0]!r} more than once")
        padding, unknown, *boundaries = SPECIAL_TOKENS
        self.lookup = keras.layers.StringLookup(
            vocabulary=[*boundaries, *tokens], mask_token=padding, oov_token=unknown
        )
        self.tokens = tuple(map(str, self.lookup.get_vocabulary()))
        self.ordinary = frozenset(tokens)

    @classmethod
    def learn(cls, sentences, minimum_count=1):
        """The vocabulary of a corpus, frequent tokens first.

        Args:
            sentences: an iterable of token sequences; a string is a sequence of characters.
            minimum_count: rarer tokens are left out, and so become unknown.

        Returns:
            A `Vocabulary`.

        Raises:
            VocabularyError: when nothing is left, or the corpus holds a special token.
        """
        if isinstance(sentences, str):
            raise VocabularyError("sentences must be a list of sequences: for characters [text]")
        counts = Counter(chain.from_iterable(sentences))
        _check_tokens(counts)
        kept = [
            t for t, c in sorted(counts.items(), key=lambda i: (-i[1], i[0])) if c >= minimum_count
        ]
        if not kept:
            raise VocabularyError(
                f"no token occurs {minimum_count} time(s) in the {sum(counts.values())} tokens "
                "given: lower minimum_count or check the corpus"
            )
        return cls(kept)

    def __len__(self):
        return len(self.tokens)

    def __contains__(self, token):
        return token in self.ordinary

    def encode(self, tokens):
        """The ids of a sequence of tokens, `rnn_course.tokens.UNKNOWN` for those it lacks.

        Raises:
            VocabularyError: when a token is no string, or empty or special, and so would be taken
                for padding or a boundary.
        """
        return self.encode_all([tokens])[0]

    def encode_all(self, sentences):
        """The ids of many sequences of tokens: a list of lists; see `encode`."""
        sentences = list(sentences)
        lengths = [len(sentence) for sentence in sentences]
        flat = list(chain.from_iterable(sentences))
        if not flat:
            return [[] for _ in lengths]
        _check_tokens(flat)
        ids = self.lookup(tf.constant(flat)).numpy()
        return [part.tolist() for part in np.split(ids, np.cumsum(lengths)[:-1])]

    def decode(self, ids):
        """The tokens of a sequence of ids; unknown is ``[UNK]``.

        Raises:
            VocabularyError: when an id is not one of this vocabulary.
        """
        for i in ids:
            if not 0 <= i < len(self):
                raise VocabularyError(f"ids must be from 0 to {len(self) - 1}, got {i}")
        return [self.tokens[i] for i in ids]

    def save(self, path):
        """Write the tokens to a JSON file."""
        content = {"tokens": self.tokens[len(SPECIAL_TOKENS) :]}
        Path(path).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, path):
        """Read what `save` wrote.

        Raises:
            VocabularyError: when the file is not such a file.
        """
        try:
            tokens = json.loads(Path(path).read_text(encoding="utf-8"))["tokens"]
            if not isinstance(tokens, list):
                raise TypeError("tokens must be a list")
            return cls(tokens)
        except (ValueError, KeyError, TypeError) as error:
            raise VocabularyError(
                f'{path} is not a vocabulary, a JSON object {{"tokens": […]}} ({error}): '
                "save it again with Vocabulary.save"
            ) from error


def _check_tokens(tokens):
    for token in tokens:
        if not isinstance(token, str):
            raise VocabularyError(f"tokens must be strings, got {token!r}")
    found = set(SPECIAL_TOKENS).intersection(tokens)
    if found:
        raise VocabularyError(
            f"tokens must not be empty nor special {SPECIAL_TOKENS}, got {sorted(found)[0]!r}: "
            "remove or rename it in the text"
        )


def bucketed_batches(*columns, batch_size, shuffle=True, seed=None, buckets=8):
    """Padded batches of examples of about the same length, and of about as many tokens each.

    Like lengths together mean little padding. A batch of short examples has more of them than one
    of long examples: otherwise an update would count a short example's tokens for more.

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
        ValueError: when there is nothing to batch, the columns differ in length or the
            batch size is not positive.

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
    lengths = np.array([len(sequence) for sequence in columns[0]])
    edges = np.unique(np.quantile(lengths, np.arange(1, buckets) / buckets, method="nearest"))
    bucket = np.searchsorted(edges, lengths, side="right")
    tokens = batch_size * lengths.mean()
    rows_in = {  # how many rows a batch of each bucket has
        number: max(1, round(tokens / max(lengths[bucket == number].mean(), 1)))
        for number in np.unique(bucket).tolist()
    }
    generator = np.random.default_rng(seed)
    ranks = [_rank(column) for column in columns]

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


def _rank(column):
    """2 for a list of lists of ids, 3 for one of lists of lists of ids."""
    return 2 + any(np.ndim(item) for item in next(filter(len, column), ()))


def _dataset(batches, shapes, count):
    """A `tf.data.Dataset` of known size over a generator of tuples of id arrays."""
    signature = tuple(tf.TensorSpec(shape, tf.int32) for shape in shapes)
    dataset = tf.data.Dataset.from_generator(batches, output_signature=signature)
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(count)).prefetch(2)
    # There is nothing to tune, and the end of a pass waits for the tuner's thread, which sleeps
    # 10 ms, then 20, 40 …: a pass could take twice its time (TensorFlow 2.21).
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)


def language_model_batches(sentences, batch_size, shuffle=True, seed=None):
    """Batches for teacher forcing: inputs ``<s> w1 … wn`` and targets ``w1 … wn </s>``.

    Args:
        sentences: a list of token id lists, as `Vocabulary.encode_all` gives them; one may be
            empty.
        batch_size: sentences of mean length in a batch.
        shuffle: whether each pass has a new order.
        seed: of the shuffling.

    Returns:
        A `tf.data.Dataset` of inputs and targets, both ``(batch, timesteps)``; see
        `bucketed_batches`.

    Raises:
        ValueError: when there is no sentence, or the batch size is not positive.

    Example:
        >>> batches = language_model_batches([[7, 8], [9]], batch_size=2, shuffle=False)
        >>> for inputs, targets in batches:
        ...     print(inputs.numpy().tolist(), targets.numpy().tolist())
        [[2, 9]] [[9, 3]]
        [[2, 7, 8]] [[7, 8, 3]]
    """
    inputs = [[BEGIN, *sentence] for sentence in sentences]
    targets = [[*sentence, END] for sentence in sentences]
    return bucketed_batches(inputs, targets, batch_size=batch_size, shuffle=shuffle, seed=seed)


def character_ids(vocabulary, sentences, max_length=None):
    """The ids of the characters of each word.

    Args:
        vocabulary: a `Vocabulary` of characters; ``Vocabulary.learn(words)`` learns one.
        sentences: a list of lists of words.
        max_length: of longer words only the first characters are kept; all by default. One web
            address of a hundred characters pads each word of its batch to as many.

    Returns:
        A list of id lists, one for each word, for each sentence.

    Raises:
        ValueError: when ``max_length`` is not positive.

    Example:
        >>> characters = Vocabulary.learn(["the", "cat"])
        >>> character_ids(characters, [["the", "cat"], ["eat"]])
        [[[4, 8, 7], [6, 5, 4]], [[7, 5, 4]]]
    """
    if max_length is not None and max_length < 1:
        raise ValueError(f"max_length must be at least 1, got {max_length}")
    words = sorted(set(chain.from_iterable(sentences)))
    ids = dict(zip(words, vocabulary.encode_all([w[:max_length] for w in words]), strict=True))
    return [[ids[word] for word in sentence] for sentence in sentences]


def tagging_batches(words, tags, characters=None, *, batch_size, shuffle=True, seed=None):
    """Batches for a `rnn_course.tagging.SequenceTagger`.

    Args:
        words: a list of word id lists, one for each sentence.
        tags: a list of tag id lists: of a `Vocabulary` of tags, or
            `rnn_course.tokens.PADDING` for a word whose tag does not count.
        characters: for each sentence a list of character id lists, as `character_ids` gives them.
        batch_size: sentences of mean length in a batch.
        shuffle: whether each pass has a new order.
        seed: of the shuffling.

    Returns:
        A `tf.data.Dataset` of inputs and tags ``(batch, timesteps)``. Inputs are the words
        ``(batch, timesteps)``, with characters a tuple of these and ``(batch, timesteps,
        characters)``; see `bucketed_batches`.

    Raises:
        ValueError: when a sentence has not as many words as tags and lists of characters, or there
            is no sentence.

    Example:
        >>> batches = tagging_batches([[5, 6], [7]], [[4, 4], [5]], batch_size=1, shuffle=False)
        >>> for inputs, tags in batches:
        ...     print(inputs.numpy().tolist(), tags.numpy().tolist())
        [[7]] [[5]]
        [[5, 6]] [[4, 4]]
    """
    columns = [words, tags] if characters is None else [words, tags, characters]
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


def classification_batches(sequences, labels, batch_size, shuffle=True, seed=None):
    """Batches for a `rnn_course.classification.SequenceClassifier`.

    Args:
        sequences: a list of token id lists.
        labels: a number from 0 on for each.
        batch_size: sequences of mean length in a batch.
        shuffle: whether each pass has a new order.
        seed: of the shuffling.

    Returns:
        A `tf.data.Dataset` of ids ``(batch, timesteps)`` and labels ``(batch,)``; see
        `bucketed_batches`.

    Raises:
        ValueError: when there are not as many labels as sequences, or none.

    Example:
        >>> batches = classification_batches([[5, 6], [7]], [1, 0], batch_size=1, shuffle=False)
        >>> for ids, labels in batches:
        ...     print(ids.numpy().tolist(), labels.numpy().tolist())
        [[7]] [0]
        [[5, 6]] [1]
    """
    batches = bucketed_batches(
        sequences, [[label] for label in labels], batch_size=batch_size, shuffle=shuffle, seed=seed
    )
    return batches.map(lambda ids, labels: (ids, labels[:, 0]))


def translation_batches(sources, targets, batch_size, shuffle=True, seed=None):
    """Batches of sentence pairs: source, decoder inputs ``<s> y1 … yn``, targets ``y1 … yn </s>``.

    Args:
        sources: a list of token id lists; their lengths decide what is batched together.
        targets: the list of their translations.
        batch_size: pairs of mean length in a batch.
        shuffle: whether each pass has a new order.
        seed: of the shuffling.

    Returns:
        A `tf.data.Dataset` of (source, decoder inputs) and targets, each ``(batch, timesteps)``;
        see `bucketed_batches`.

    Raises:
        ValueError: when there are not as many targets as sources, or none, or the batch size is
            not positive.

    Example:
        >>> batches = translation_batches([[7, 8]], [[9]], batch_size=1)
        >>> for (source, inputs), outputs in batches:
        ...     print(source.numpy().tolist(), inputs.numpy().tolist(), outputs.numpy().tolist())
        [[7, 8]] [[2, 9]] [[9, 3]]
    """
    inputs = [[BEGIN, *target] for target in targets]
    outputs = [[*target, END] for target in targets]
    batches = bucketed_batches(
        sources, inputs, outputs, batch_size=batch_size, shuffle=shuffle, seed=seed
    )
    return batches.map(lambda source, inputs, outputs: ((source, inputs), outputs))


def contiguous_batches(ids, batch_size, timesteps):
    """A running text for stateful truncated backpropagation through time.

    The text is cut into ``batch_size`` pieces of equal length that are read side by side: row i of
    a batch continues row i of the batch before. Targets are the inputs one token later. Nothing is
    left out: the last piece is padded.

    Args:
        ids: the ids of the whole text.
        batch_size: how many pieces.
        timesteps: tokens of each piece in a batch; the last batch may have fewer.

    Returns:
        A `tf.data.Dataset` of inputs and targets, both ``(batch_size, timesteps)``.

    Raises:
        ValueError: when the text has fewer than two tokens, or a size is not positive.

    Example:
        >>> for inputs, targets in contiguous_batches(range(4, 11), batch_size=2, timesteps=2):
        ...     print(inputs.numpy().tolist(), targets.numpy().tolist())
        [[4, 5], [7, 8]] [[5, 6], [8, 9]]
        [[6], [9]] [[7], [10]]
    """
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
