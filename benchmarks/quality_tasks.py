"""What `quality.py` trains, with which settings, and how it is scored.

A task's function takes a `quality.Run`, the corpus's name and the setting. The setting is the one
documented here: no other part than development may decide a change.
"""

from collections import Counter
from collections.abc import Callable
from copy import copy
from functools import partial
from itertools import chain, pairwise
from math import fsum, log
from typing import NamedTuple

import keras
import numpy as np

from rnn_course import corpora
from rnn_course.callbacks import ResetState
from rnn_course.losses import TokenCrossEntropy
from rnn_course.metrics import Perplexity, bleu, chrf, entity_scores, perplexity, tag_accuracies
from rnn_course.models import LanguageModel, NGramModel
from rnn_course.pipelines import Classifier, Pipeline, Tagger, Translator, Writer
from rnn_course.text import END, contiguous_batches, sentences


class Outcome(NamedTuple):
    """What a training came to: scores on the test part by metric, the model, and remarks."""

    scores: dict[str, float]
    pipeline: Pipeline
    notes: tuple[str, ...] = ()


class Task(NamedTuple):
    """What is trained on what, what others reached, and what is to be reached."""

    title: str
    corpus: str
    train: Callable[..., Outcome]
    known: str
    aim: str
    setting: dict


def tagger(run, corpus, score, rate, batch_size, epochs, patience, **network):
    """A bidirectional LSTM over words in lower case and a CNN over their characters as they are."""
    train, dev, test = map(run.some, corpora.load(corpus))
    pipeline = Tagger(minimum_count=2, **network)
    model = untrained(pipeline, train, dev)
    learn = pipeline.batches(train, batch_size, seed=run.seed)
    decay = keras.optimizers.schedules.CosineDecay(rate, epochs * len(learn), alpha=0.01)
    loss, metrics = pipeline.loss_and_metrics()
    adam = keras.optimizers.Adam(decay, clipnorm=1.0)
    model.compile(adam, loss, metrics=metrics, steps_per_execution=8)
    development = pipeline.batches(dev, 64, shuffle=False)
    best = dict(monitor="val_tag_accuracy", mode="max")
    run.fit(model, learn, development, epochs, patience, **best)
    return Outcome(score(train, test, pipeline.tag([s.tokens for s in test])), pipeline)


def untrained(pipeline, train, dev):
    """The model of a pipeline that knows the words of a text, and nothing else of it."""
    pipeline.learn(train, dev)
    pipeline.model = pipeline.make()
    return pipeline.model


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


def sentiment(run, corpus, rate, average, batch_size, epochs, patience, split=None, **network):
    """A bidirectional GRU, its weights averaged over updates, beside naive Bayes: ten folds."""
    right, counted, pipelines = [], [], []
    for fold in range(10):
        train, dev, test = map(run.some, corpora.load(corpus, fold=fold))
        pipeline = Classifier(split or "words", minimum_count=2, **network)
        if split is None:  # as the corpus has them
            train, dev, test = ([t._replace(text=t.tokens) for t in p] for p in (train, dev, test))
        model = untrained(pipeline, train, dev)
        learn = pipeline.batches(train, batch_size, seed=run.seed)
        loss, metrics = pipeline.loss_and_metrics()
        adam = keras.optimizers.Adam(rate, use_ema=True, ema_momentum=average)
        model.compile(adam, loss, metrics=metrics, steps_per_execution=8)
        development = pipeline.batches(dev, 64, shuffle=False)
        best = dict(monitor="val_accuracy", mode="max", callbacks=[MovingAverage()])
        run.part(f"fold{fold}").fit(model, learn, development, epochs, patience, **best)
        scores = model.evaluate(
            pipeline.batches(test, 64, shuffle=False), verbose=0, return_dict=True
        )
        right.append(scores["accuracy"])
        counted.append(naive_bayes(*map(run.some, corpora.load(corpus, fold=fold)[::2])))
        pipelines.append(pipeline)
    scores = {
        "% accuracy": 100 * float(np.mean(right)),
        "% accuracy, naive Bayes": 100 * float(np.mean(counted)),
    }
    return Outcome(scores, pipelines[0])


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


def language_model(run, pipeline, texts, timesteps, batch_size, rate, epochs, patience, **network):
    """A stateful LSTM over a running text, and its nats per token of each held-out text."""
    vocabulary = pipeline.vocabularies["text"]
    learn, *held_out = (contiguous_batches(ids, batch_size, timesteps) for ids in texts)
    model = LanguageModel(len(vocabulary), stateful=True, **network)
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
    learned = pipeline.vocabularies, pipeline.splitters, (), pipeline.baseline
    return losses, Writer.assemble(model, *learned)


def characters(run, corpus, **setting):
    """Nats per character of the validation part: there is no test part."""
    train, dev, _ = corpora.load(corpus)
    pipeline = Writer("characters")
    pipeline.learn([train], [dev])
    texts = [run.some(pipeline.vocabularies["text"].encode(part)) for part in (train, dev)]
    (nats,), pipeline = language_model(run, pipeline, texts, **setting)
    return Outcome({"nats per character": nats}, pipeline)


def novels(run, corpus, minimum_count, order, joins=False, **setting):
    """Words and ends of sentences of a novel not read before, beside a Kneser-Ney model."""
    pipeline = Writer("words", minimum_count=minimum_count)
    pipeline.splitters["text"].joins = joins
    split = pipeline.splitters["text"]
    parts = [
        run.some([split(sentence) for sentence in sentences(text)]) for text in corpora.load(corpus)
    ]
    pipeline.learn([corpora.load(corpus).train], None)
    vocabulary = pipeline.vocabularies["text"]
    ids = [vocabulary.encode_all(part) for part in parts]
    texts = [[END, *chain.from_iterable([*sentence, END] for sentence in part)] for part in ids]
    (_, nats), pipeline = language_model(run, pipeline, texts, **setting)
    n_grams = NGramModel(order, ids[0], len(vocabulary)).perplexity(ids[2])
    ours = perplexity(-nats * (len(texts[2]) - 1), len(texts[2]) - 1)
    scores = {
        "perplexity": ours,
        f"perplexity, Kneser-Ney {order}-gram": n_grams,
        "% below it": 100 * (1 - ours / n_grams),
    }
    return Outcome(scores, pipeline)


def translator(
    run, corpus, source, test_sentences, pieces, rate, batch_size, epochs, patience, **network
):
    """Subwords to subwords, without and with attention, greedy and with a beam of 5."""
    train, dev, test = corpora.load(corpus, source=source)
    train, dev = run.some(train), run.some(dev)
    learned = Translator(pieces=pieces, **network)
    learned.learn(train, dev)
    answers = corpora.references(test)
    chosen = np.random.default_rng(0).permutation(len(answers))[:test_sentences]
    to_translate = run.some([list(answers)[i] for i in sorted(chosen)])
    scores, signatures, pipelines = {}, {}, {}
    for attention in ("dot", None):
        pipeline = pipelines[attention] = copy(learned)
        pipeline.arguments = learned.arguments | {"attention": attention}
        model = pipeline.model = pipeline.make()
        learn = pipeline.batches(train, batch_size, seed=run.seed)
        decay = keras.optimizers.schedules.CosineDecay(rate, epochs * len(learn), alpha=0.01)
        model.compile(keras.optimizers.Adam(decay, clipnorm=1.0), TokenCrossEntropy())
        name = "attention" if attention else "no attention"
        part = run.part(name.replace(" ", "_"))
        development = pipeline.batches(dev, batch_size, shuffle=False)
        part.fit(model, learn, development, epochs, patience)
        for way, beam in {"beam 5": 5, "greedy": 1}.items():
            texts = pipeline.translate(to_translate, beam, max_length=60)
            references = [answers[text] for text in to_translate]
            for metric, measure in {"BLEU": bleu, "chrF": chrf}.items():
                score, signatures[metric] = measure(texts, references)
                scores[f"{metric}, {name}, {way}"] = score
    return Outcome(scores, pipelines["dot"], tuple(signatures.values()))


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
