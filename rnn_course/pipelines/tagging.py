"""`Tagger`: from a raw sentence to a tag for each word, and to entities with their places."""

import re
from collections import Counter, defaultdict
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from rnn_course.losses import PathCrossEntropy, TokenCrossEntropy
from rnn_course.metrics import TagAccuracy, entity_scores, tag_accuracies
from rnn_course.models import SequenceTagger
from rnn_course.pipelines.base import Pipeline, Score, checked_list
from rnn_course.pipelines.splitting import Splitter, each, encode, ordinary
from rnn_course.pipelines.training import Plan
from rnn_course.text.batches import tagging_batches
from rnn_course.text.tokenisers import normalise
from rnn_course.text.vocabulary import Vocabulary
from rnn_course.tokens import PADDING, UNKNOWN

LONGEST = 20  # characters of a word that are read


class Entity(NamedTuple):
    """A name or the like in a text: ``text[start:end]`` of `Tagged`.

    Args:
        text: its words, as they stand in the text.
        kind: its type, as the tags name it.
        start, end: its place, in characters.
    """

    text: str
    kind: str
    start: int
    end: int


class Tagged(NamedTuple):
    """What a `Tagger` says of a text.

    Args:
        text: the text, in NFC.
        tokens: its tokens.
        tags: a tag for each.
        entities: a tuple of `Entity`; none where the tags mark none.
    """

    text: str
    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    entities: tuple[Entity, ...]


class Tagger(Pipeline):
    """Gives every word of a text a tag; a bidirectional LSTM that also reads each word's letters.

    It learns from sentences with ``tokens`` and ``tags``, as `rnn_course.corpora.read_columns` and
    `read_conllu` return them. Tags that mark entities, ``B-…`` and ``I-…``, are chosen as a whole
    path (`rnn_course.layers.CRF`), others each for itself, unless ``output`` says otherwise.

    Args:
        split: how raw text becomes tokens: ``"words"``, ``"characters"`` or ``"given"``; see
            `Splitter`. Tokens of the corpus are taken as they are.
        minimum_count: see `Pipeline`.
        **network: arguments of `rnn_course.models.SequenceTagger`.

    Example:
        >>> from rnn_course.corpora import TaggedSentence
        >>> corpus = [TaggedSentence(("Ada", "sang"), ("B-PER", "O"))] * 4
        >>> corpus += [TaggedSentence(("it", "rained"), ("O", "O"))] * 4
        >>> tagger = Tagger(units=8, character_units=8)
        >>> tagger = tagger.fit(corpus, dev=corpus, epochs=10, rate=0.05, verbose=0)
        >>> tagger("Ada sang").entities
        (Entity(text='Ada', kind='PER', start=0, end=3),)
    """

    task, network = "tagger", SequenceTagger
    defaults = MappingProxyType(
        dict(
            embedding_dim=100,
            units=200,
            characters="cnn",
            character_embedding_dim=50,
            character_units=150,
            dropout=0.5,
            word_dropout=0.2,
            output=None,
        )
    )
    learned = (
        *("vocabulary_size", "tags", "character_vocabulary_size"),
        *("embeddings", "trainable_embeddings"),
    )
    plan = Plan(1.6e6, 60, 32, 0.004, "val_tag_accuracy", "max")

    def __init__(self, split="words", minimum_count=None, **network):
        super().__init__(minimum_count, **network)
        self.splitters = {"text": Splitter(split)}

    def __call__(self, texts):
        """Tag a text, or each of a list of texts.

        Args:
            texts: a string, or a list of strings and of lists of tokens.

        Returns:
            `Tagged`, or a list of them.

        Raises:
            PipelineError: when nothing has been learned, or a text is none.
        """
        self.check_fitted()
        texts, one = each(texts)
        texts = [normalise(text) if isinstance(text, str) else text for text in texts]
        tokens = [self.splitters["text"](text) for text in texts]
        answers = [
            _tagged(text if isinstance(text, str) else " ".join(cut), cut, tags)
            for text, cut, tags in zip(texts, tokens, self.tag(tokens), strict=True)
        ]
        return answers[0] if one else answers

    def tag(self, sentences):
        """The tags of sentences that are lists of tokens: a list of lists."""
        self.check_fitted()
        paths = self.model.predict_tags(*self._ids(sentences))
        return [self.vocabularies["tags"].decode(path) for path in paths]

    def evaluate(self, data):
        """Score the tags of sentences that were not learned.

        Args:
            data: as for `fit`.

        Returns:
            A `Score`: F1 of entities, strictly, where the tags mark some, and else the share of
            right tags, also of the words not known; beside the most frequent tag of each word.
        """
        self.check_fitted()
        data = self.examples(data)
        tokens, gold = [s.tokens for s in data], [list(s.tags) for s in data]
        found, simple = self.tag(tokens), self._most_frequent(tokens)
        trivial = "the most frequent tag of each word"
        count = sum(map(len, tokens))
        if _mark_entities(self.vocabularies["tags"].tokens[4:]) and _mark_entities(chain(*gold)):
            ours, theirs = entity_scores(gold, found), entity_scores(gold, simple)
            more = {"% precision": 100 * ours.precision, "% recall": 100 * ours.recall}
            return Score("% F1 of entities", 100 * ours.f1, 100 * theirs.f1, trivial, more, count)
        known = set(self.vocabularies["words"].tokens[4:])
        lower = [[token.lower() for token in sentence] for sentence in tokens]
        ours = tag_accuracies(lower, gold, found, known)
        theirs = tag_accuracies(lower, gold, simple, known)
        more = {"% accuracy, unknown words": 100 * ours.unknown} if ours.unknown_share else {}
        return Score("% accuracy", 100 * ours.overall, 100 * theirs.overall, trivial, more, count)

    def examples(self, data):
        """Sentences with as many tags as tokens, one at least."""
        what = "sentences with tokens and tags, such as corpora.read_conllu returns"
        return checked_list(data, ("tokens", "tags"), what)

    def key(self, example):
        """The sentence, whatever its tags."""
        return tuple(example.tokens)

    def learn(self, train, dev):
        """Words in lower case, characters as they are, tags, and which tag each word has most."""
        sentences = [[token.lower() for token in s.tokens] for s in train]
        count = sum(map(len, sentences))
        least = self.least(count)
        words = Vocabulary.learn(map(ordinary, sentences), least)
        letters = Vocabulary.learn((t for s in train for t in s.tokens), 3 if least > 1 else 1)
        tags = Vocabulary.learn([s.tags for s in (*train, *dev)])
        self.vocabularies = dict(words=words, characters=letters, tags=tags)
        if self.arguments["output"] is None:
            output = "crf" if _mark_entities(tags.tokens[4:]) else "softmax"
            self.arguments["output"] = output
        counts = defaultdict(Counter)
        for sentence, s in zip(sentences, train, strict=True):
            for word, tag in zip(encode(words, sentence), s.tags, strict=True):
                counts[word][tag] += 1
                counts[None][tag] += 1
        common = {word: min(c, key=lambda tag: (-c[tag], tag)) for word, c in counts.items()}
        known = [tags.ids[common.get(word, common[None])] for word in range(len(words))]
        self.baseline = {"tags": known}
        return count

    def sizes(self):
        """Numbers of words, tags and characters."""
        sizes = {name: len(self.vocabularies[name]) for name in ("words", "tags")}
        found = dict(vocabulary_size=sizes["words"], tags=sizes["tags"])
        if self.arguments["characters"] is not None:
            found["character_vocabulary_size"] = len(self.vocabularies["characters"])
        return found

    def shapes(self):
        """Words, and with them their characters."""
        if self.arguments["characters"] is None:
            return (None, None)
        return [(None, None), (None, None, None)]

    def batches(self, examples, batch_size, **options):
        """See `rnn_course.text.tagging_batches`; a tag that is not known does not count."""
        words, *characters = self._ids([s.tokens for s in examples])
        tags = [encode(self.vocabularies["tags"], s.tags) for s in examples]
        tags = [[PADDING if tag == UNKNOWN else tag for tag in row] for row in tags]
        return tagging_batches(words, tags, *characters, batch_size=batch_size, **options)

    def loss_and_metrics(self):
        """Of paths or of single tags."""
        crf = self.arguments["output"] == "crf"
        return PathCrossEntropy() if crf else TokenCrossEntropy(), [TagAccuracy()]

    def _ids(self, sentences):
        """Ids of words, and of their characters where they are read."""
        words = [encode(self.vocabularies["words"], [t.lower() for t in s]) for s in sentences]
        if self.arguments["characters"] is None:
            return (words,)
        letters = self.vocabularies["characters"]
        return words, [[encode(letters, token[:LONGEST]) for token in s] for s in sentences]

    def _most_frequent(self, sentences):
        words, tags = self.vocabularies["words"], self.vocabularies["tags"]
        known = self.baseline.get("tags", [UNKNOWN] * len(words))
        rows = [encode(words, [token.lower() for token in sentence]) for sentence in sentences]
        return [tags.decode([known[word] for word in row]) for row in rows]


def _mark_entities(tags):
    """Whether tags mark entities: O, B-TYPE and I-TYPE, and one of the latter at least."""
    tags = {*tags}
    return tags != {"O"} and all(re.fullmatch("O|[BI]-.+", tag) for tag in tags)


def _tagged(text, tokens, tags):
    places, end = [], 0
    for token in tokens:
        start = text.index(token, end)
        end = start + len(token)
        places.append((start, end))
    entities = []
    if _mark_entities(tags):
        opened = None  # kind, start and end of the entity that may go on
        for tag, (start, end) in zip([*tags, "O"], [*places, (0, 0)], strict=True):
            kind = tag[2:] if tag != "O" else None
            if opened and kind == opened[0] and tag[0] == "I":
                opened = (*opened[:2], end)
                continue
            if opened:
                entities.append(Entity(text[opened[1] : opened[2]], *opened))
            opened = (kind, start, end) if kind else None
    return Tagged(text, tuple(tokens), tuple(tags), tuple(entities))
