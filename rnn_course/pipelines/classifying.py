"""`Classifier`: from a raw text to its label, with probabilities and what was attended to."""

from collections import Counter
from types import MappingProxyType
from typing import NamedTuple

import keras

from rnn_course.models import SequenceClassifier
from rnn_course.pipelines.archive import PipelineError
from rnn_course.pipelines.base import Pipeline, Score, checked_list
from rnn_course.pipelines.splitting import Splitter, each, encode, ordinary
from rnn_course.pipelines.training import Plan
from rnn_course.text.batches import classification_batches
from rnn_course.text.vocabulary import Vocabulary


class Classified(NamedTuple):
    """What a `Classifier` says of a text.

    Args:
        label: the likeliest label.
        probabilities: of each label, the likeliest first.
        tokens: of the text.
        weights: how much each of them weighed in the pooled vector: they sum to one. None where
            the pooling is not attention.
    """

    label: str
    probabilities: dict[str, float]
    tokens: tuple[str, ...]
    weights: tuple[float, ...] | None


class Classifier(Pipeline):
    """Gives every text a label; a bidirectional GRU with attention.

    It learns from texts with ``text`` and ``label``, as `rnn_course.corpora.read_labelled` returns
    them. Labels are words.

    Args:
        split: how a text becomes tokens; see `Splitter`.
        lower: whether upper and lower case are the same.
        minimum_count: see `Pipeline`.
        **network: arguments of `rnn_course.models.SequenceClassifier`.

    Example:
        >>> from rnn_course.corpora import LabelledText
        >>> good, bad = "a fine film, witty, so lively".split(", "), "a dull film, slow".split(", ")
        >>> corpus = [LabelledText(text, "good") for text in good]
        >>> corpus += [LabelledText(text, "bad") for text in bad]
        >>> classifier = Classifier(units=8).fit(corpus, dev=corpus, epochs=60, verbose=0)
        >>> classifier("a fine film").label
        'good'
    """

    task, network = "classifier", SequenceClassifier
    defaults = MappingProxyType(
        dict(embedding_dim=128, units=64, pooling="attention", dropout=0.5, word_dropout=0.2)
    )
    learned = ("vocabulary_size", "classes")
    plan = Plan(4e6, 30, 32, 0.002)

    def __init__(self, split="words", lower=True, minimum_count=None, **network):
        super().__init__(minimum_count, **network)
        self.splitters = {"text": Splitter(split, lower=lower)}

    def __call__(self, texts):
        """Label a text, or each of a list of texts.

        Args:
            texts: a string, or a list of strings and of lists of tokens.

        Returns:
            `Classified`, or a list of them.

        Raises:
            PipelineError: when nothing has been learned, or a text is none.
        """
        self.check_fitted()
        texts, one = each(texts)
        tokens = [self.splitters["text"](text) for text in texts]
        ids = [encode(self.vocabularies["words"], row) for row in tokens]
        attention = self.arguments["pooling"] == "attention"
        weights = self.model.attention_weights(ids) if attention else [None] * len(ids)
        answers = []
        for row, p, weight in zip(tokens, self.model.probabilities(ids), weights, strict=True):
            ranked = sorted(zip(self.labels, p.tolist(), strict=True), key=lambda pair: -pair[1])
            seen = None if weight is None else tuple(weight.tolist())
            answers.append(Classified(ranked[0][0], dict(ranked), tuple(row), seen))
        return answers[0] if one else answers

    def evaluate(self, data):
        """Score the labels of texts that were not learned.

        Args:
            data: as for `fit`.

        Returns:
            A `Score`: the share of right labels, beside that of the most frequent label; and F1,
            the mean over the labels, which a rare label counts for as much as a frequent one.
        """
        data = self.examples(data)
        gold = [example.label for example in data]
        found = [answer.label for answer in self([example.text for example in data])]
        right = sum(a == b for a, b in zip(gold, found, strict=True))
        usual = gold.count(self.baseline.get("label"))
        return Score(
            "% accuracy",
            100 * right / len(gold),
            100 * usual / len(gold),
            f"always {self.baseline.get('label')!r}",
            {"% macro F1": 100 * _macro_f1(gold, found)},
            len(gold),
        )

    def examples(self, data):
        """Texts with labels that are strings."""
        what = "texts with labels, such as corpora.read_labelled returns"
        examples = checked_list(data, ("text", "label"), what)
        for place, example in enumerate(examples):
            if not isinstance(example.label, str) or not example.label:
                raise PipelineError(
                    f"example {place} has the label {example.label!r}: a label is a word, a string"
                )
        return examples

    def key(self, example):
        """The text, whatever its label."""
        return example.text

    def learn(self, train, dev):
        """Words, labels, and which label is most frequent."""
        counts = Counter(example.label for example in train)
        self.labels = tuple(sorted({*counts, *(example.label for example in dev)}))
        if len(self.labels) < 2:
            raise PipelineError(f"every text has the label {self.labels[0]!r}: give two labels")
        self.baseline = {"label": min(counts, key=lambda label: (-counts[label], label))}
        self.splitters["text"].learn([example.text for example in train])
        sentences = [self.splitters["text"](example.text) for example in train]
        count = sum(map(len, sentences))
        words = Vocabulary.learn(map(ordinary, sentences), self.least(count))
        self.vocabularies = {"words": words}
        return count

    def sizes(self):
        """Numbers of words and labels."""
        return dict(vocabulary_size=len(self.vocabularies["words"]), classes=len(self.labels))

    def batches(self, examples, batch_size, **options):
        """See `rnn_course.text.classification_batches`."""
        split, words = self.splitters["text"], self.vocabularies["words"]
        ids = [encode(words, split(example.text)) for example in examples]
        labels = [self.labels.index(example.label) for example in examples]
        classes = len(self.labels)
        return classification_batches(ids, labels, batch_size, classes=classes, **options)

    def loss_and_metrics(self):
        """Of labels by number."""
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True), ["accuracy"]


def _macro_f1(gold, found):
    scores = []
    for label in {*gold}:
        both = sum(a == b == label for a, b in zip(gold, found, strict=True))
        scores.append(2 * both / (gold.count(label) + found.count(label)))
    return sum(scores) / len(scores)
