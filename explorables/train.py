"""Train the networks that the explorables show; minutes on two cores.

    python explorables/train.py [NAME…]

writes each to ``rnn_course/explorables/networks/`` and prints how good it is on held-out text.
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np

from rnn_course import corpora
from rnn_course.explorables import weights
from rnn_course.losses import TokenCrossEntropy
from rnn_course.models import LanguageModel, SequenceClassifier
from rnn_course.text import Vocabulary, classification_batches, language_model_batches

NETWORKS = Path(__file__).resolve().parents[1] / "rnn_course" / "explorables" / "networks"


def sentiment(epochs, **options):
    """A classifier of the embedded reviews, and its accuracy on held-out ones."""
    data = corpora.load("sentiment")
    vocabulary = Vocabulary.learn([review.tokens for review in data.train])
    labels = sorted({review.label for review in data.train})

    def pairs(part):
        ids = [vocabulary.encode(review.tokens) for review in part]
        return ids, [labels.index(review.label) for review in part]

    keras.utils.set_random_seed(0)
    model = SequenceClassifier(len(vocabulary), len(labels), **options)
    model.compile(
        keras.optimizers.Adam(0.005, clipnorm=1.0),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    batches = classification_batches(*pairs(data.train), batch_size=32, seed=0)
    model.fit(batches, epochs=epochs, verbose=2)
    sequences, gold = pairs(data.dev)
    right = model.probabilities(sequences).argmax(-1) == np.array(gold)
    return weights.classifier(model, vocabulary, labels), {"accuracy": right.mean()}


def characters(units=128, epochs=2, length=64, letters=600_000):
    """A language model of Shakespeare's letters in 8 bits, and its held-out perplexity."""
    text = corpora.load("tiny_shakespeare").train[:letters]
    vocabulary = Vocabulary.learn([list(text)])
    ids = [vocabulary.encode(list(text[i : i + length])) for i in range(0, len(text), length)]
    keras.utils.set_random_seed(0)
    model = LanguageModel(len(vocabulary), embedding_dim=32, units=units, cell="gru")
    model.compile(keras.optimizers.Adam(0.004, clipnorm=1.0), loss=TokenCrossEntropy())
    model.fit(language_model_batches(ids[:-200], 64, seed=0), epochs=epochs, verbose=2)
    network = weights.language_model(model, vocabulary, bits=8)
    return network, {"perplexity": model.perplexity(ids[-200:])}


TASKS = {
    "sentiment_last": lambda: sentiment(
        6, embedding_dim=8, units=8, cell="simple_rnn", bidirectional=False, pooling="last"
    ),
    "sentiment_attention": lambda: sentiment(2, embedding_dim=12, units=8),
    "characters": characters,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or TASKS:
        network, score = TASKS[name]()
        text = json.dumps(network, ensure_ascii=False, separators=(",", ":"))
        (NETWORKS / f"{name}.json").write_text(text + "\n", "utf-8", newline="\n")
        print(name, score, len(text), "bytes")
