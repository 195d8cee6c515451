"""Small pipelines, each trained once for all tests of this folder."""

import pytest
from tiny_corpora import PAIRS, RHYME, SENTENCES, TEXTS

from rnn_course.pipelines import Classifier, Tagger, Translator, Writer


@pytest.fixture(scope="session")
def tagger():
    made = Tagger(units=8, embedding_dim=8, character_units=8, dropout=0.0, word_dropout=0.1)
    return made.fit(SENTENCES, dev=SENTENCES, epochs=40, rate=0.02, patience=40, verbose=0)


@pytest.fixture(scope="session")
def classifier():
    made = Classifier(units=8, embedding_dim=8, dropout=0.0)
    return made.fit(TEXTS, dev=TEXTS, epochs=30, rate=0.02, verbose=0)


@pytest.fixture(scope="session")
def writer():
    made = Writer(units=32, embedding_dim=32, dropout=0.0)
    return made.fit(8 * RHYME, dev=RHYME, epochs=25, rate=0.01, verbose=0)


@pytest.fixture(scope="session")
def speller():
    made = Writer("characters", units=16, embedding_dim=8)
    return made.fit(8 * RHYME, dev=RHYME, epochs=2, verbose=0)


@pytest.fixture(scope="session")
def translator():
    made = Translator("words", units=16, embedding_dim=8, dropout=0.0)
    return made.fit(PAIRS, dev=PAIRS, epochs=40, rate=0.02, verbose=0)


@pytest.fixture(scope="session")
def every(tagger, classifier, writer, speller, translator):
    return [tagger, classifier, writer, speller, translator]
