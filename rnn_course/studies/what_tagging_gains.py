"""What does a tagger gain from context, from both directions, characters, pre-trained vectors?

On the English Web Treebank, words told apart by what training says of them: always one tag,
several tags, seen once, never seen.
"""

from collections import Counter, defaultdict
from functools import cache

import keras
import numpy as np

from rnn_course import corpora
from rnn_course.studies import tagging
from rnn_course.studies.claims import Claim, Gap
from rnn_course.studies.study import Study
from rnn_course.text import Vocabulary, embedding_matrix, train_word2vec

CORPUS = "ud_english_ewt"
KINDS = ("one tag", "several tags", "seen once", "unknown")


@cache
def kinds():
    """The kind of each word of the training sentences, and its most frequent tag."""
    (train, _, _), _, _, _ = tagging.data(CORPUS)
    counts = defaultdict(Counter)
    for sentence in train:
        for word, tag in zip(sentence.tokens, sentence.tags, strict=True):
            counts[word][tag] += 1
    kind = {
        word: "seen once" if of.total() == 1 else KINDS[len(of) > 1] for word, of in counts.items()
    }
    return kind, {word: of.most_common(1)[0][0] for word, of in counts.items()}


def by_kind(sentences, found) -> dict[str, float]:
    """The share of right tags, of all words and of each kind."""
    kind, _ = kinds()
    right = {name: [] for name in KINDS}
    for sentence, tags in zip(sentences, found, strict=True):
        for word, gold, tag in zip(sentence.tokens, sentence.tags, tags, strict=True):
            right[kind.get(word, "unknown")].append(gold == tag)
    every = [each for group in right.values() for each in group]
    return {"accuracy": np.mean(every)} | {name: np.mean(right[name]) for name in KINDS}


@cache
def pretrained(corpus=CORPUS):
    """Words of a corpus's whole training text, and vectors learned from it without tags."""
    text = [sentence.tokens for sentence in corpora.load(corpus).train]
    vocabulary = Vocabulary.learn(text, minimum_count=2)
    keras.utils.set_random_seed(0)
    vectors = train_word2vec(text, vocabulary, window=2).word_vectors(vocabulary)
    return vocabulary, embedding_matrix(vocabulary, vectors).matrix


def train(run):
    """Train a tagger, or count; see `rnn_course.studies.Study`."""
    (_, dev, test), _, _, tags = tagging.data(CORPUS)
    setting = dict(run.setting)
    if setting.pop("count", False):
        _, frequent = kinds()
        guesses = [[frequent.get(word, "NOUN") for word in s.tokens] for s in test]
        yield 1.0, lambda: by_kind(test, guesses)
        return
    sizes = dict(embedding_dim=64, units=64, dropout=0.3)
    if setting.pop("pretrained", False):
        words, matrix = pretrained()
        sizes |= dict(words=words, embeddings=matrix, embedding_dim=matrix.shape[1])
    for _, scores in tagging.training(run, CORPUS, **(sizes | setting)):
        right = by_kind(dev, tagging.best(scores(dev), tags))["accuracy"]
        yield right, lambda of=scores: by_kind(test, tagging.best(of(test), tags))


SETTINGS = {
    "most frequent tag": dict(count=True),
    "forward": dict(bidirectional=False),
    "backward": dict(bidirectional=False, backward=True),
    "both": dict(),
    "both, 45 units": dict(units=45),
    "both, simple RNN": dict(cell="simple_rnn"),
    "both + vectors": dict(pretrained=True),
    "both + characters": dict(characters="cnn", character_units=50),
}

STUDY = Study(
    name="what_tagging_gains",
    question="What does a tagger gain from context, both directions, vectors and characters?",
    fixed="4,000 sentences of the English Web Treebank, LSTM of 64 units in each direction, "
    "embeddings of 64, dropout 0.3, batches of 32, Adam; vectors are word2vec's of all of the "
    "training text, without its tags. 125 updates are a pass; the notebook makes two over 3,000.",
    settings=SETTINGS,
    train=train,
    looks=(125, 250, 500, 750, 1000, 1500, 2500),
    budgets=(250, 1000, 2500),
    unit="updates",
    dev="accuracy",
    lower_is_better=False,
    flat=0.003,
    rates=(0.003, 0.01),
    corpora=(CORPUS,),
    cost=60,
    claims=(
        Claim(
            "context_gains_on_ambiguous_words",
            "Reading forward gains on words that have had several tags.",
            Gap("forward", "most frequent tag", "several tags"),
            budgets=(250, 1000, 2500),
            at_least=0.01,
            refuted_by="a gain of less than a point",
            notebook="06",
        ),
        Claim(
            "seen_once_is_lost",
            "Reading forward loses on words seen once, which the network reads as unknown.",
            Gap("forward", "most frequent tag", "seen once"),
            budgets=(250, 1000, 2500),
            at_most=-0.1,
            refuted_by="a loss of less than 10 points",
            notebook="06",
        ),
        Claim(
            "both_directions_gain",
            "Both directions gain on words of several tags over either alone, at as many weights.",
            Gap("both, 45 units", "forward", "several tags"),
            budgets=(1000, 2500),
            at_least=0.01,
            refuted_by="a gain of less than a point over forward",
            notebook="06",
        ),
        Claim(
            "characters_gain_on_unknown_words",
            "Characters gain on unknown words.",
            Gap("both + characters", "both", "unknown"),
            budgets=(250, 1000, 2500),
            at_least=0.05,
            refuted_by="a gain of less than 5 points",
            notebook="06",
        ),
        Claim(
            "characters_gain_little_on_known_words",
            "Characters gain less than a point where a word has always had one tag.",
            Gap("both + characters", "both", "one tag"),
            budgets=(2500,),
            at_most=0.01,
            refuted_by="a gain of more than a point",
            notebook="06",
        ),
        Claim(
            "vectors_gain_on_words_seen_once",
            "Vectors of plain text gain on words that tagged sentences have shown once or never.",
            Gap("both + vectors", "both", "seen once"),
            budgets=(1000, 2500),
            at_least=0.03,
            refuted_by="a gain of less than 3 points",
            notebook="06",
        ),
        Claim(
            "long_memory_is_not_needed",
            "A simple RNN tags as well as an LSTM: what decides stands close by.",
            Gap("both, simple RNN", "both", "accuracy"),
            budgets=(1000, 2500),
            at_least=-0.01,
            refuted_by="a simple RNN more than a point behind",
            notebook="06",
        ),
    ),
)
