"""Taggers of real sentences as two studies use them: columns of ids, training, answers."""

from functools import cache

import keras
import numpy as np

from rnn_course import corpora
from rnn_course.losses import PathCrossEntropy, TokenCrossEntropy
from rnn_course.metrics import TagAccuracy
from rnn_course.models import SequenceTagger
from rnn_course.studies.training import adam, from_look_to_look, steps_of
from rnn_course.text import Vocabulary, character_ids, tagging_batches
from rnn_course.text.padding import pad, padded_batches
from rnn_course.tokens import BEGIN

EXAMPLES = 4000  # training sentences
DEV = 1000
HIDDEN, SHARE = "▢", 1 / 7  # what stands for a hidden word of an embedded corpus, how many are


@cache
def data(corpus: str, examples: int = EXAMPLES):
    """A corpus's parts, and vocabularies of words seen twice, of characters and of tags.

    Args:
        corpus: its name.
        examples: how many of its training sentences.
    """
    parts = corpora.load(corpus)
    if corpora.info(corpus).embedded:
        parts = type(parts)(*map(with_hidden_words, parts))
    order = np.random.default_rng(0).permutation(len(parts.train))[:examples]
    train, dev, test = [parts.train[row] for row in order], parts.dev[:DEV], parts.test
    words = Vocabulary.learn([s.tokens for s in train], minimum_count=2)
    letters = Vocabulary.learn([word for s in train for word in s.tokens], minimum_count=3)
    tags = Vocabulary.learn([s.tags for s in train])
    return (train, dev, test), words, letters, tags


def with_hidden_words(sentences):
    """Sentences in which one word in seven, chosen at random, is `HIDDEN`; the last never is."""
    random = np.random.default_rng(0)
    found = []
    for sentence in sentences:
        hidden = random.random(len(sentence.tokens)) < SHARE
        hidden[-1] = False
        words = zip(sentence.tokens, hidden, strict=True)
        found.append(sentence._replace(tokens=[HIDDEN if h else word for word, h in words]))
    return found


def training(
    run, corpus, words=None, backward=False, characters=None, examples=EXAMPLES, **options
):
    """Train a tagger; yields it and a function of sentences that gives their tags' scores.

    Args:
        run: of a study.
        corpus: its name.
        words: a vocabulary instead of the one learned from the training sentences.
        backward: whether sentences are read from the end.
        characters: None, or what reads them: see `SequenceTagger`.
        examples: how many training sentences.
        **options: of `SequenceTagger`.

    Yields:
        At each look the model and a function from a list of sentences to a list of arrays, one a
        sentence: logits ``(timesteps, tags)``, or potentials ``(timesteps, tags, tags)``.
    """
    (train, _, _), own_words, letters, tags = data(corpus, examples)
    words = words or own_words

    def columns(sentences):
        tokens = [turned(s.tokens) for s in sentences]
        spelled = [character_ids(letters, tokens, max_length=12)] if characters else []
        return [words.encode_all(tokens), *spelled]

    def turned(row):
        return list(row)[::-1] if backward else list(row)

    keras.utils.set_random_seed(run.seed)
    if characters:
        options |= dict(characters=characters, character_vocabulary_size=len(letters))
    model = SequenceTagger(len(words), len(tags), **options)
    model.build([(None, None), (None, None, None)] if characters else (None, None))
    loss = PathCrossEntropy() if options.get("output") == "crf" else TokenCrossEntropy()
    model.compile(adam(run.rate), loss, metrics=[TagAccuracy()], jit_compile=False)
    gold = tags.encode_all([turned(s.tags) for s in train])
    read, *spelled = columns(train)
    batches = tagging_batches(read, gold, *spelled, batch_size=32, seed=run.seed)

    def scores(sentences):
        read, *spelled = columns(sentences)
        found = [None] * len(read)
        for rows, inputs in padded_batches(read, 64):
            if spelled:
                inputs = (inputs, pad([spelled[0][row] for row in rows], rank=3))
            for row, each in zip(rows, model.predict_on_batch(inputs), strict=True):
                each = each[: len(read[row])]
                found[row] = each[::-1] if backward else each
        return found

    for _ in from_look_to_look(steps_of(model, iter(batches.repeat())), run.looks):
        yield model, scores


def best(scores, tags, allowed=None) -> list[list[str]]:
    """Each sentence's likeliest tags: at each word for itself, or as a path.

    Args:
        scores: of `training`.
        tags: the vocabulary of tags.
        allowed: ``(tags, tags)``, whether the second may follow the first; the row of the begin
            token says which may come first. None to leave logits and potentials as they are.

    Returns:
        A list of tags a sentence.
    """
    real = [number for number, tag in enumerate(tags.tokens) if not tag.startswith(("<", "["))]
    found = []
    for sentence in scores:
        if sentence.ndim == 2 and allowed is None:
            path = np.array(real)[sentence[:, real].argmax(axis=1)]
        else:
            path = best_path(sentence, real, allowed)
        found.append(tags.decode([int(tag) for tag in path]))
    return found


def best_path(scores, real, allowed=None):
    """Viterbi's path in NumPy over the tags `real`, of logits or potentials; see `best`."""
    if scores.ndim == 2:
        scores = np.repeat(scores[:, None, :], scores.shape[-1], axis=1)
    if allowed is not None:
        scores = np.where(allowed, scores, -1e9)
    total, back = scores[0, BEGIN, real], []
    for step in scores[1:]:
        arriving = total[:, None] + step[np.ix_(real, real)]
        back.append(arriving.argmax(axis=0))
        total = arriving.max(axis=0)
    path = [int(total.argmax())]
    for before in reversed(back):
        path.append(int(before[path[-1]]))
    return [real[tag] for tag in reversed(path)]
