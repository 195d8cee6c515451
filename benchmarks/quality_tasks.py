"""What `quality.py` trains, with which settings, and how it is scored.

A task's function takes a `quality.Run`, the corpus's name and the setting. The setting is the one
documented here: no other part than development may decide a change.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import chain, pairwise
from math import fsum, log
from typing import NamedTuple

import keras
import numpy as np

from rnn_course import corpora
from rnn_course.callbacks import ResetState
from rnn_course.losses import PathCrossEntropy, TokenCrossEntropy
from rnn_course.metrics import (
    Perplexity,
    TagAccuracy,
    bleu,
    chrf,
    entity_scores,
    perplexity,
    tag_accuracies,
)
from rnn_course.models import (
    EncoderDecoder,
    LanguageModel,
    NGramModel,
    SequenceClassifier,
    SequenceTagger,
)
from rnn_course.text import (
    END,
    Vocabulary,
    WordPiece,
    character_ids,
    classification_batches,
    contiguous_batches,
    sentences,
    tagging_batches,
    translation_batches,
    words,
)


class Outcome(NamedTuple):
    """What a training came to: scores on the test part by metric, the model, and remarks."""

    scores: dict[str, float]
    model: keras.Model
    notes: tuple[str, ...] = ()


class Task(NamedTuple):
    """What is trained on what, what others reached, and what is to be reached."""

    title: str
    corpus: str
    train: Callable[..., Outcome]
    known: str
    aim: str
    setting: dict


def tagger(
    run,
    corpus,
    score,
    units,
    embedding_dim,
    character_embedding_dim,
    character_units,
    dropout,
    word_dropout,
    output,
    rate,
    batch_size,
    epochs,
    patience,
):
    """A bidirectional LSTM over words in lower case and a CNN over their characters as they are."""
    train, dev, test = map(run.some, corpora.load(corpus))
    words = Vocabulary.learn([lower(s.tokens) for s in train], minimum_count=2)
    letters = Vocabulary.learn([word for s in train for word in s.tokens], minimum_count=3)
    tags = Vocabulary.learn([s.tags for s in train])

    def columns(part):
        tokens = [s.tokens for s in part]
        ids = words.encode_all([lower(sentence) for sentence in tokens])
        return ids, character_ids(letters, tokens, max_length=20)

    def batches(part, **options):
        ids, characters = columns(part)
        return tagging_batches(ids, tags.encode_all([s.tags for s in part]), characters, **options)

    model = SequenceTagger(
        len(words),
        len(tags),
        embedding_dim,
        units,
        characters="cnn",
        character_vocabulary_size=len(letters),
        character_embedding_dim=character_embedding_dim,
        character_units=character_units,
        output=output,
        dropout=dropout,
        word_dropout=word_dropout,
    )
    learn = batches(train, batch_size=batch_size, seed=run.seed)
    model.build([(None, None), (None, None, None)])
    decay = keras.optimizers.schedules.CosineDecay(rate, epochs * len(learn), alpha=0.01)
    loss = PathCrossEntropy() if output == "crf" else TokenCrossEntropy()
    adam = keras.optimizers.Adam(decay, clipnorm=1.0)
    model.compile(adam, loss, metrics=[TagAccuracy()], steps_per_execution=8)
    development = batches(dev, batch_size=64, shuffle=False)
    best = dict(monitor="val_tag_accuracy", mode="max")
    run.fit(model, learn, development, epochs, patience, **best)
    paths = [tags.decode(path) for path in model.predict_tags(*columns(test))]
    return Outcome(score(train, test, paths), model)


def lower(tokens):
    """The tokens of a sentence in lower case."""
    return [token.lower() for token in tokens]


def of_words(train, test, paths):
    """Shares of the test words with the right tag: all, and those not in the training part."""
    seen = {word for s in train for word in s.tokens}
    tokens, gold = [s.tokens for s in test], [s.tags for s in test]
    found = tag_accuracies(tokens, gold, paths, known_words=seen)
    return {
        "% accuracy": 100 * found.overall,
        "% accuracy, words not in training": 100 * found.unknown,
    }


def of_spans(train, test, paths):
    """Strict scores of the test entities."""
    found = entity_scores([s.tags for s in test], paths)
    return {
        "% F1": 100 * found.f1,
        "% precision": 100 * found.precision,
        "% recall": 100 * found.recall,
    }


def sentiment(
    run, corpus, units, embedding_dim, rate, average, batch_size, epochs, patience, **options
):
    """A bidirectional GRU, its weights averaged over updates, beside naive Bayes: ten folds."""
    right, counted = [], []
    for fold in range(10):
        train, dev, test = map(run.some, corpora.load(corpus, fold=fold))
        words = Vocabulary.learn([text.tokens for text in train], minimum_count=2)

        def batches(part, words=words, **options):
            ids = words.encode_all([text.tokens for text in part])
            labels = [int(text.label == "positive") for text in part]
            return classification_batches(ids, labels, **options)

        model = SequenceClassifier(len(words), 2, embedding_dim, units, **options)
        model.build((None, None))
        learn = batches(train, batch_size=batch_size, seed=run.seed)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        adam = keras.optimizers.Adam(rate, use_ema=True, ema_momentum=average)
        model.compile(adam, loss, metrics=["accuracy"], steps_per_execution=8)
        development = batches(dev, batch_size=64, shuffle=False)
        best = dict(monitor="val_accuracy", mode="max", callbacks=[MovingAverage()])
        run.part(f"fold{fold}").fit(model, learn, development, epochs, patience, **best)
        scores = model.evaluate(
            batches(test, batch_size=64, shuffle=False), verbose=0, return_dict=True
        )
        right.append(scores["accuracy"])
        counted.append(naive_bayes(train, test))
    scores = {
        "% accuracy": 100 * float(np.mean(right)),
        "% accuracy, naive Bayes": 100 * float(np.mean(counted)),
    }
    return Outcome(scores, model)


def naive_bayes(train, test):
    """Share of the test texts with the right label: multinomial naive Bayes, add one.

    Over which words and pairs of neighbours are in a text, not how often, after Wang & Manning
    (2012), "Baselines and bigrams".
    """

    def features(text):
        return {*text.tokens, *pairwise(text.tokens)}

    counts = {label: Counter() for label in sorted({text.label for text in train})}
    prior = Counter(text.label for text in train)
    for text in train:
        counts[text.label].update(features(text))
    known = set().union(*counts.values())
    total = {label: sum(count.values()) + len(known) for label, count in counts.items()}

    def log_joint(label, text):
        """Of the label and the text, up to what is the same for each label."""
        seen = (log((counts[label][x] + 1) / total[label]) for x in features(text) & known)
        return fsum([log(prior[label]), *seen])

    found = (max(counts, key=lambda label: log_joint(label, text)) for text in test)
    return float(np.mean([label == text.label for label, text in zip(found, test, strict=True)]))


class MovingAverage(keras.callbacks.SwapEMAWeights):
    """From the end of an epoch to the next the model has the average of its weights.

    Also where a training was killed and goes on: what is kept of it is kept at the end of an epoch.
    """

    def __init__(self):
        super().__init__(swap_on_epoch=True)

    def on_epoch_begin(self, epoch, logs=None):
        """Give the model back the weights it is trained with."""
        self._ema_weights_in_model = epoch > 0
        super().on_epoch_begin(epoch, logs)


def language_model(run, vocabulary, texts, batch_size, timesteps, rate, epochs, patience, **sizes):
    """A stateful LSTM over a running text, and its nats per token of each held-out text."""
    learn, *held_out = (contiguous_batches(ids, batch_size, timesteps) for ids in texts)
    model = LanguageModel(len(vocabulary), stateful=True, **sizes)
    model.build((batch_size, None))
    decay = keras.optimizers.schedules.CosineDecay(rate, epochs * len(learn), alpha=0.01)
    model.compile(
        keras.optimizers.Adam(decay, clipnorm=1.0), TokenCrossEntropy(), metrics=[Perplexity()]
    )
    run.fit(model, learn, held_out[0], epochs, patience, callbacks=[ResetState()])
    losses = [
        model.evaluate(batches, verbose=0, callbacks=[ResetState()], return_dict=True)["loss"]
        for batches in held_out
    ]
    return losses, model


def characters(run, corpus, **setting):
    """Nats per character of the validation part: there is no test part."""
    train, dev, _ = corpora.load(corpus)
    vocabulary = Vocabulary.learn([train])
    texts = [run.some(vocabulary.encode(part)) for part in (train, dev)]
    (nats,), model = language_model(run, vocabulary, texts, **setting)
    return Outcome({"nats per character": nats}, model)


def novels(run, corpus, minimum_count, order, **setting):
    """Words and ends of sentences of a novel not read before, beside a Kneser-Ney model."""
    parts = [
        run.some([words(sentence) for sentence in sentences(text)]) for text in corpora.load(corpus)
    ]
    vocabulary = Vocabulary.learn(parts[0], minimum_count=minimum_count)
    ids = [vocabulary.encode_all(part) for part in parts]
    texts = [[END, *chain.from_iterable([*sentence, END] for sentence in part)] for part in ids]
    (_, nats), model = language_model(run, vocabulary, texts, **setting)
    n_grams = NGramModel(order, ids[0], len(vocabulary)).perplexity(ids[2])
    ours = perplexity(-nats * (len(texts[2]) - 1), len(texts[2]) - 1)
    scores = {
        "perplexity": ours,
        f"perplexity, Kneser-Ney {order}-gram": n_grams,
        "% below it": 100 * (1 - ours / n_grams),
    }
    return Outcome(scores, model)


def translator(
    run,
    corpus,
    source,
    test_sentences,
    pieces,
    units,
    embedding_dim,
    dropout,
    rate,
    batch_size,
    epochs,
    patience,
):
    """Subwords to subwords, without and with attention, greedy and with a beam of 5."""
    train, dev, test = corpora.load(corpus, source=source)
    train, dev = run.some(train), run.some(dev)
    learnt = []
    for texts in zip(*train, strict=True):
        tokeniser = WordPiece.learn(texts, pieces)
        learnt.append((tokeniser, Vocabulary.learn(tokeniser.tokenise(texts))))

    def ids(side, texts):
        tokeniser, vocabulary = learnt[side]
        return vocabulary.encode_all(tokeniser.tokenise(texts))

    def batches(pairs, **options):
        columns = (ids(side, texts) for side, texts in enumerate(zip(*pairs, strict=True)))
        return translation_batches(*columns, batch_size=batch_size, **options)

    answers = corpora.references(test)
    chosen = np.random.default_rng(0).permutation(len(answers))[:test_sentences]
    to_translate = run.some([list(answers)[i] for i in sorted(chosen)])
    scores, signatures = {}, {}
    for attention in ("dot", None):
        model = EncoderDecoder(
            *(len(vocabulary) for _, vocabulary in learnt),
            embedding_dim,
            units,
            attention=attention,
            dropout=dropout,
        )
        model.build([(None, None), (None, None)])
        learn = batches(train, seed=run.seed)
        decay = keras.optimizers.schedules.CosineDecay(rate, epochs * len(learn), alpha=0.01)
        model.compile(keras.optimizers.Adam(decay, clipnorm=1.0), TokenCrossEntropy())
        name = "attention" if attention else "no attention"
        part = run.part(name.replace(" ", "_"))
        part.fit(model, learn, batches(dev, shuffle=False), epochs, patience)
        for way, beam in {"beam 5": 5, "greedy": 1}.items():
            found = model.translate(ids(0, to_translate), max_length=60, beam=beam, batch_size=128)
            tokeniser, vocabulary = learnt[1]
            texts = tokeniser.detokenise([vocabulary.decode(row) for row in found])
            references = [answers[text] for text in to_translate]
            for metric, measure in {"BLEU": bleu, "chrF": chrf}.items():
                score, signatures[metric] = measure(texts, references)
                scores[f"{metric}, {name}, {way}"] = score
    return Outcome(scores, model, tuple(signatures.values()))


TASKS = {
    "pos": Task(
        "part-of-speech tags, UD English EWT",
        "ud_english_ewt",
        partial(tagger, score=of_words),
        "86.2 % most frequent tag; 88.3 % BiLSTM tutorial with GloVe vectors (older release)",
        "at least 95.0 % accuracy",
        dict(
            units=200,
            embedding_dim=100,
            character_embedding_dim=50,
            character_units=150,
            dropout=0.5,
            word_dropout=0.2,
            output="softmax",
            rate=0.004,
            batch_size=32,
            epochs=8,
            patience=8,
        ),
    ),
    "ner": Task(
        "diseases, NCBI, strict spans",
        "ncbi_disease",
        partial(tagger, score=of_spans),
        "86.2 BiLSTM-CRF with vectors of the domain (Xu et al. 2018)",
        "at least 80 % F1",
        dict(
            units=150,
            embedding_dim=100,
            character_embedding_dim=50,
            character_units=150,
            dropout=0.5,
            word_dropout=0.2,
            output="crf",
            rate=0.004,
            batch_size=16,
            epochs=12,
            patience=12,
        ),
    ),
    "sentiment": Task(
        "sentence polarity, ten folds",
        "sentence_polarity",
        sentiment,
        "76.1 % CNN from random vectors (Kim 2014)",
        "at least 77.0 %",
        dict(
            units=100,
            embedding_dim=300,
            pooling="max",
            dropout=0.6,
            word_dropout=0.3,
            rate=0.001,
            average=0.999,
            batch_size=32,
            epochs=8,
            patience=3,
        ),
    ),
    "characters": Task(
        "characters, Tiny Shakespeare, validation",
        "tiny_shakespeare",
        characters,
        "1.4697 nats, a GPT of six layers (nanoGPT)",
        "at most 1.48 nats",
        dict(
            units=512,
            embedding_dim=64,
            dropout=0.4,
            layers=2,
            rate=0.003,
            batch_size=32,
            timesteps=96,
            epochs=10,
            patience=3,
        ),
    ),
    "words": Task(
        "words, four novels by Austen, then *Persuasion*",
        "gutenberg",
        novels,
        "the Kneser-Ney model of the same run",
        "at least 15 % below Kneser-Ney",
        dict(
            minimum_count=3,
            order=5,
            units=320,
            embedding_dim=320,
            tie_embeddings=True,
            dropout=0.5,
            rate=0.003,
            batch_size=32,
            timesteps=35,
            epochs=8,
            patience=3,
        ),
    ),
    "tatoeba": Task(
        "English to German, Tatoeba",
        "tatoeba_deu_eng",
        translator,
        "none published on this split",
        "at least 3 BLEU more with attention",
        dict(
            source="en",
            test_sentences=2000,
            pieces=4000,
            units=256,
            embedding_dim=128,
            dropout=0.2,
            rate=0.002,
            batch_size=64,
            epochs=4,
            patience=2,
        ),
    ),
    "multi30k": Task(
        "German to English, Multi30k",
        "multi30k",
        translator,
        "28.3 BLEU, the best recurrent tutorial",
        "at least 33 BLEU",
        dict(
            source="de",
            test_sentences=1000,
            pieces=4000,
            units=256,
            embedding_dim=256,
            dropout=0.4,
            rate=0.001,
            batch_size=64,
            epochs=15,
            patience=3,
        ),
    ),
}
