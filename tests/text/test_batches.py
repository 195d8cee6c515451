"""Vocabularies, and batches that lose no token and hold little padding."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.text import (
    BEGIN,
    END,
    PADDING,
    bucketed_batches,
    classification_batches,
    contiguous_batches,
    language_model_batches,
    tagging_batches,
    translation_batches,
)
from rnn_course.text.batches import MOST
from rnn_course.text.padding import FEW


def random_examples(count, seed=0, longest=40):
    """Id sequences of very different lengths, each of them recognisable."""
    generator = np.random.default_rng(seed)
    lengths = generator.integers(1, longest + 1, count)
    return [
        [4 + number, *generator.integers(4, 99, length - 1).tolist()]
        for number, length in enumerate(lengths)
    ]


def passes(dataset, count=1):
    return [[[part.numpy() for part in batch] for batch in dataset] for _ in range(count)]


def unpadded(rows):
    """The rows without their padding, which must all be at the end."""
    for row in rows:
        length = np.count_nonzero(row != PADDING)
        assert (row[:length] != PADDING).all()
        yield row[:length].tolist()


# Vocabulary


# Bucketed batches


@settings(max_examples=25, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 12), min_size=1, max_size=30),
    batch_size=st.integers(1, 9),
    buckets=st.integers(1, 10),
    shuffle=st.booleans(),
)
def test_every_example_exactly_once_and_columns_parallel(lengths, batch_size, buckets, shuffle):
    words = [[4 + number] * length for number, length in enumerate(lengths)]
    tags = [[100 + number] * length for number, length in enumerate(lengths)]
    other = [[200 + number] * (1 + number % 3) for number in range(len(lengths))]
    dataset = bucketed_batches(
        words, tags, other, batch_size=batch_size, shuffle=shuffle, seed=1, buckets=buckets
    )
    for batches in passes(dataset, 2):
        assert len(batches) == len(dataset)
        rows = []
        for columns in batches:
            rows += zip(*map(unpadded, columns), strict=True)
        assert sorted(rows) == list(zip(words, tags, other, strict=True))


def test_batches_are_padded_to_their_longest_and_no_more():
    for columns in passes(bucketed_batches(random_examples(60), batch_size=7))[0]:
        (column,) = columns
        assert column.dtype == np.int32
        assert column.shape[1] == max(map(len, unpadded(column)))


def test_little_padding():
    """Against batches of the same size in the order of the corpus."""
    examples = random_examples(512)
    batches = [columns[0] for columns in passes(bucketed_batches(examples, batch_size=16))[0]]
    tokens = sum(map(len, examples))
    bucketed = sum(batch.size for batch in batches) - tokens
    unsorted = (
        sum(16 * max(map(len, examples[i : i + 16])) for i in range(0, len(examples), 16)) - tokens
    )
    assert unsorted > 0.4 * (unsorted + tokens)
    assert bucketed < 0.1 * (bucketed + tokens)


def test_batches_hold_about_as_many_tokens_each():
    """Short examples are many in a batch, long ones few; the mean length sets how many tokens."""
    lengths = [1] * 500 + [4] * 300 + [8] * 200
    assert np.mean(lengths) == 3.3
    examples = [[7] * length for length in lengths]
    batches = passes(bucketed_batches(examples, batch_size=10, seed=0))[0]
    shapes = {column.shape for (column,) in batches}
    assert shapes == {(33, 1), (5, 1), (8, 4), (4, 4), (4, 8)}  # 33 tokens; what is left over
    ((column,),) = passes(bucketed_batches([[7] * 40], batch_size=1))[0]
    assert column.shape == (1, 40)


def padded(dataset):
    """How many tokens each batch has, padding counted, in its widest column."""
    return [max(column.size for column in columns) for columns in passes(dataset)[0]]


def test_one_long_example_leaves_the_batches_of_the_short_ones_small():
    examples = [[4 + number % 90] * 10 for number in range(64 * 20)]
    without = padded(bucketed_batches(examples, batch_size=64, seed=0))
    assert without == [640] * 20
    examples.append([5] * 10_000)
    for columns in ([examples], [[[7]] * len(examples), examples]):
        dataset = bucketed_batches(*columns, batch_size=64, seed=0)
        found = padded(dataset)
        assert len(found) == len(dataset)
        assert sorted(found)[-1] == 10_000
        assert sorted(found)[-2] < 2 * 640
        rows = [row for columns in passes(dataset)[0] for row in unpadded(columns[-1])]
        assert sorted(rows) == sorted(examples)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.one_of(st.integers(0, 30), st.integers(0, 5000)), min_size=1, max_size=60),
    st.integers(1, 64),
)
def test_no_batch_of_several_is_many_times_what_was_asked_for(lengths, batch_size):
    dataset = bucketed_batches([[7] * n for n in lengths], batch_size=batch_size, seed=0)
    most = max(MOST * batch_size * np.mean(lengths), FEW)
    for ((column,),) in zip(passes(dataset)[0], strict=True):
        assert column.size <= most or len(column) == 1
    assert len(dataset) == len(passes(dataset)[0])


def test_a_long_word_leaves_the_batches_of_the_others_small():
    words, letters = [[5] * 20 for _ in range(300)], [[[6] * 4] * 20 for _ in range(300)]
    letters[7] = [[6] * 2000, *[[6] * 4] * 19]
    dataset = tagging_batches(words, words, letters, batch_size=32, shuffle=False)
    shapes = [letters.shape for (_, letters), _ in dataset.as_numpy_iterator()]
    assert sorted(shapes)[0] == (1, 20, 2000)
    assert all(shape[2] == 4 for shape in sorted(shapes)[1:])


def test_shuffling_is_seeded_and_differs_from_pass_to_pass():
    examples = random_examples(50)

    def order(**kwargs):
        dataset = bucketed_batches(examples, batch_size=4, **kwargs)
        return [
            [row for (column,) in batches for row in unpadded(column)]
            for batches in passes(dataset, 2)
        ]

    first, second = order(seed=3)
    assert first != second
    assert [first, second] == order(seed=3)
    assert first != order(seed=4)[0]
    assert order()[0] != order()[0]
    plain, again = order(shuffle=False)
    assert plain == again


def test_shuffling_mixes_the_lengths_and_the_batches():
    """Neither do batches come by length, nor do the same examples always meet."""
    examples = random_examples(400)
    first, second = passes(bucketed_batches(examples, batch_size=4, seed=0), 2)
    widths = [column.shape[1] for (column,) in first]
    assert widths != sorted(widths)
    assert widths != sorted(widths, reverse=True)
    together = [
        {frozenset(rows) for (column,) in batches if len(rows := column[:, 0].tolist()) > 2}
        for batches in (first, second)
    ]
    assert not together[0] & together[1]


def test_one_example():
    ((columns,),) = passes(bucketed_batches([[5, 6]], [[7]], batch_size=32))
    assert [column.tolist() for column in columns] == [[[5, 6]], [[7]]]


def test_unshuffled_batches_follow_the_corpus_within_a_bucket():
    batches = passes(bucketed_batches([[5], [6], [7], [8], [9]], batch_size=2, shuffle=False))[0]
    assert [column.tolist() for (column,) in batches] == [[[5], [6]], [[7], [8]], [[9]]]


@pytest.mark.parametrize(
    ("columns", "batch_size", "message"),
    [
        ([], 2, "columns hold no example: check what was read from the corpus"),
        ([[]], 2, "columns hold no example"),
        ([[], []], 2, "columns hold no example"),
        ([[[5], [6]], [[7]]], 2, r"columns must have the same number of examples, got \[2, 1\]"),
        ([[[5]]], 0, "batch_size must be at least 1, got 0"),
        ([[[5]]], -3, "batch_size must be at least 1, got -3"),
    ],
)
def test_what_cannot_be_batched(columns, batch_size, message):
    with pytest.raises(ValueError, match=message):
        bucketed_batches(*columns, batch_size=batch_size)


def test_language_model_batches_shift_by_one():
    sentences = [[5, 6, 7], [], [8], [9, 9]]
    rows = []
    for inputs, targets in passes(language_model_batches(sentences, batch_size=2, seed=0))[0]:
        assert inputs.shape == targets.shape
        rows += zip(unpadded(inputs), unpadded(targets), strict=True)
    assert sorted(rows) == sorted(([BEGIN, *s], [*s, END]) for s in sentences)


def test_language_model_batches_of_one_empty_sentence():
    (((inputs, targets),),) = passes(language_model_batches([[]], batch_size=8))
    assert inputs.tolist() == [[BEGIN]]
    assert targets.tolist() == [[END]]


def test_language_model_batches_of_nothing():
    with pytest.raises(ValueError, match="columns hold no example"):
        language_model_batches([], batch_size=8)


# Tagging batches

WORDS = [[5, 6, 7], [8], [], [9, 9]]
TAGS = [[4, 5, 4], [6], [], [4, 4]]
CHARACTERS = [[[4], [5, 6], [7]], [[8, 8, 8]], [], [[], [9]]]


def ragged(array):
    """Nested lists without their padding; a word without characters is an empty list."""
    return [ragged(row) for row in array] if array.ndim > 1 else array[array != PADDING].tolist()


def test_classification_batches_keep_each_sequence_with_its_label():
    sequences = random_examples(50)
    labels = [number % 3 for number in range(50)]
    dataset = classification_batches(sequences, np.array(labels), batch_size=4, seed=0)
    found = []
    for ids, batch_labels in dataset.as_numpy_iterator():
        assert batch_labels.shape == ids.shape[:1]
        found += zip(ragged(ids), batch_labels.tolist(), strict=True)
    assert len(dataset) == len(list(dataset))
    assert sorted(found) == sorted(zip(sequences, labels, strict=True))


def test_classification_batches_need_a_label_a_sequence():
    with pytest.raises(ValueError, match=r"the same number of examples, got \[2, 1\]"):
        classification_batches([[5], [6]], [0], batch_size=2)


def test_tagging_batches_keep_each_sentence_together():
    rows = []
    dataset = tagging_batches(WORDS, TAGS, CHARACTERS, batch_size=2, seed=0)
    for (words, characters), tags in dataset.as_numpy_iterator():
        assert words.shape == tags.shape == characters.shape[:2]
        assert characters.dtype == np.int32
        for sentence in zip(ragged(words), ragged(tags), ragged(characters), strict=True):
            rows.append(sentence[:2] + (sentence[2][: len(sentence[0])],))
    assert sorted(rows) == sorted(zip(WORDS, TAGS, CHARACTERS, strict=True))


def test_tagging_batches_without_characters():
    dataset = tagging_batches(WORDS, TAGS, batch_size=2, seed=0)
    batches = list(dataset.as_numpy_iterator())
    assert len(batches) == len(dataset)
    rows = [
        sentence
        for words, tags in batches
        for sentence in zip(ragged(words), ragged(tags), strict=True)
    ]
    assert sorted(rows) == sorted(zip(WORDS, TAGS, strict=True))


def test_tagging_batches_are_seeded():
    first, again, other = (
        [tags.tolist() for _, tags in list(dataset.as_numpy_iterator())]
        for dataset in [
            tagging_batches([[5]] * 20, [[4 + i] for i in range(20)], batch_size=3, seed=seed)
            for seed in (0, 0, 1)
        ]
    )
    assert first == again != other


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([[5, 6]], [[4]]), "sentence 0 has 2 words and 1 tags$"),
        (([[5], [6]], [[4], []]), "sentence 1 has 1 words and 0 tags$"),
        (
            ([[5], [6]], [[4], [4]], [[[7]], [[7], [8]]]),
            "sentence 1 has 1 words and 1 tags and characters of 2 words",
        ),
        (([[5], [6]], [[4]]), r"the same number of examples, got \[2, 1\]"),
        (([], []), "columns hold no example"),
    ],
)
def test_what_cannot_be_tagged(columns, message):
    with pytest.raises(ValueError, match=message):
        tagging_batches(*columns, batch_size=2)


# Contiguous batches


@settings(max_examples=40, deadline=None)
@given(
    length=st.integers(2, 60),
    batch_size=st.integers(1, 70),
    timesteps=st.integers(1, 20),
)
def test_contiguous_batches_predict_every_token_once(length, batch_size, timesteps):
    ids = np.arange(4, 4 + length)  # distinct, so that each is known by its id
    dataset = contiguous_batches(ids, batch_size, timesteps)
    (batches,) = passes(dataset)
    assert len(dataset) == len(batches)
    for inputs, targets in batches:
        assert inputs.shape == targets.shape
        assert inputs.shape[0] == batch_size
        assert inputs.shape[1] <= timesteps
        np.testing.assert_array_equal(inputs == PADDING, targets == PADDING)
        real = inputs != PADDING
        np.testing.assert_array_equal(targets[real], inputs[real] + 1)
    assert all(inputs.shape[1] == timesteps for inputs, _ in batches[:-1])
    # Row by row, side by side, the batches are the text again, and padding is what is after it.
    inputs, targets = (np.concatenate(parts, axis=1) for parts in zip(*batches, strict=True))
    assert inputs.shape[1] == -(-(length - 1) // batch_size)
    for joined, text in ((inputs, ids[:-1]), (targets, ids[1:])):
        (flat,) = unpadded([joined.reshape(-1)])
        assert flat == text.tolist()


def test_contiguous_batches_are_the_same_each_time():
    first, second = passes(contiguous_batches(range(4, 40), 3, 5), 2)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


def test_fewer_tokens_than_rows():
    (((inputs, targets),),) = passes(contiguous_batches([5, 6, 7], batch_size=4, timesteps=9))
    assert inputs.tolist() == [[5], [6], [0], [0]]
    assert targets.tolist() == [[6], [7], [0], [0]]


@pytest.mark.parametrize(
    ("ids", "batch_size", "timesteps", "message"),
    [
        ([], 1, 1, "at least two tokens to predict one, got 0"),
        ([5], 1, 1, "at least two tokens to predict one, got 1"),
        ([5, 6], 0, 3, "batch_size and timesteps must be at least 1, got 0 and 3"),
        ([5, 6], 2, -1, "batch_size and timesteps must be at least 1, got 2 and -1"),
    ],
)
def test_a_text_that_cannot_be_cut(ids, batch_size, timesteps, message):
    with pytest.raises(ValueError, match=message):
        contiguous_batches(ids, batch_size, timesteps)


# Ids

BAD = [
    (["the", "cat"], "holds 'the'"),
    ("cat", "holds 'cat'"),
    (7, "holds 7"),
    ([5, 0.5], "holds 0.5"),
    ([5, None], "holds None"),
    ([5, -1], "holds -1"),
    ([5, 2**31], "holds 2147483648"),
    ([5, 12], "holds 12, not whole numbers from 0 to 11"),
]
SIZED = {
    "language_model_batches, sentences": lambda bad: language_model_batches(
        [[5], bad], 2, vocabulary_size=12
    ),
    "tagging_batches, words": lambda bad: tagging_batches(
        [[5], bad], [[5], [5, 6]], batch_size=2, vocabulary_size=12
    ),
    "tagging_batches, tags": lambda bad: tagging_batches(
        [[5], [5, 6]], [[5], bad], batch_size=2, tag_vocabulary_size=12
    ),
    "tagging_batches, characters": lambda bad: tagging_batches(
        [[5], [5]], [[5], [5]], [[[6]], [bad]], batch_size=2, character_vocabulary_size=12
    ),
    "classification_batches, sequences": lambda bad: classification_batches(
        [[5], bad], [0, 1], batch_size=2, vocabulary_size=12
    ),
    "translation_batches, sources": lambda bad: translation_batches(
        [[5], bad], [[5], [5]], batch_size=2, source_vocabulary_size=12
    ),
    "translation_batches, targets": lambda bad: translation_batches(
        [[5], [5]], [[5], bad], batch_size=2, target_vocabulary_size=12
    ),
}


@pytest.mark.parametrize(("bad", "message"), BAD)
@pytest.mark.parametrize("maker", SIZED)
def test_what_is_no_id_is_told_at_once(maker, bad, message):
    name = maker.split(", ")[1]
    told = rf"^{name}: example 1 {message}.*: encode text with a Vocabulary"
    with pytest.raises(ValueError, match=told):
        SIZED[maker](bad)


@pytest.mark.parametrize(("bad", "message"), BAD)
def test_what_is_no_id_of_a_running_text(bad, message):
    with pytest.raises(ValueError, match=f"ids: example 0 {message}"):
        contiguous_batches(bad, 1, 1, vocabulary_size=12)


def test_what_is_no_id_of_a_column():
    with pytest.raises(ValueError, match="column 1: example 0 holds 'a'"):
        bucketed_batches([[5]], [["a"]], batch_size=1)


def test_ids_may_be_of_numpy_and_the_last_of_a_vocabulary():
    ids = np.array([11, 4], "uint8")
    (batch,) = language_model_batches([ids], 1, vocabulary_size=12)
    assert batch[1].numpy().tolist() == [[11, 4, END]]


# Sentence pairs


def test_pairs_stay_pairs_and_targets_are_one_step_ahead_of_the_inputs():
    sources, targets = random_examples(30, seed=1, longest=9), random_examples(30, seed=2)
    targets[3] = []
    found = []
    for (source, inputs), outputs in translation_batches(sources, targets, batch_size=4, seed=0):
        rows = zip(*(unpadded(part.numpy()) for part in (source, inputs, outputs)), strict=True)
        for source_row, input_row, output_row in rows:
            assert (input_row[0], output_row[-1]) == (BEGIN, END)
            assert input_row[1:] == output_row[:-1]
            found.append((source_row, output_row[:-1]))
    assert sorted(found) == sorted(zip(sources, targets, strict=True))


def test_pairs_must_be_parallel():
    with pytest.raises(ValueError, match="same number of examples"):
        translation_batches([[4], [5]], [[6]], batch_size=2)


@pytest.mark.parametrize("label", ["spam", -1, 1.5, None, [1]])
def test_labels_that_are_no_numbers_of_classes_are_refused_at_once(label):
    with pytest.raises(
        ValueError, match=r"labels must be whole numbers from 0 on, got .* example 1"
    ):
        classification_batches([[4], [5]], [0, label], batch_size=2)


def test_labels_out_of_range_are_refused_at_once():
    with pytest.raises(ValueError, match=r"numbers from 0 to 1, got 2 for example 1: names ="):
        classification_batches([[4], [5]], [0, 2], batch_size=2, classes=2)
    classification_batches([[4], [5]], np.array([0, 1]), batch_size=2, classes=2)
