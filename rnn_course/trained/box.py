"""What is in the box, and how to get it out."""

import json
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import numpy as np

from rnn_course import corpora, pipelines

FOLDER = Path(__file__).parent / "models"
INDEX = "models.json"
MANY = 500  # texts to translate: more would take minutes


class TrainedModelError(ValueError):
    """There is no such model in the box; the message names those there are."""


@dataclass(frozen=True)
class TrainedModel:
    """What there is to know about a model without loading it.

    Args:
        name: what `load` calls it.
        title: what it was trained for, and on what.
        corpus: that, as `rnn_course.corpora` calls it.
        licence: of the corpus: the weights are made from it.
        attribution: whom to name when using it.
        parameters: how many numbers were learned.
        bytes: size of the file.
        precision: of its weights; see `rnn_course.pipelines.Pipeline.save`.
        metric: what was measured on `held_out`.
        score: what it came to, as the model is in the box.
        full: the same in full precision.
        baseline: the same of the trivial baseline.
        trivial: what that is.
    """

    name: str
    title: str
    corpus: str
    licence: str
    attribution: str
    parameters: int
    bytes: int
    precision: str
    metric: str
    score: float
    full: float
    baseline: float
    trivial: str

    @property
    def path(self) -> Path:
        """The file."""
        return FOLDER / f"{self.name}.rnn"


@cache
def _models():
    index = json.loads((FOLDER / INDEX).read_text("utf-8"))
    known = {field.name for field in fields(TrainedModel)}
    return {
        name: TrainedModel(name, **{key: each[key] for key in known - {"name"}})
        for name, each in index["models"].items()
    }


def names() -> tuple[str, ...]:
    """The models in the box.

    Example:
        >>> "tagger" in names()
        True
    """
    return tuple(_models())


def about(name: str) -> TrainedModel:
    """What a model was trained on, and how good it is.

    Args:
        name: one of `names()`.

    Raises:
        TrainedModelError: when there is no such model.

    Example:
        >>> about("tagger").corpus
        'ud_english_ewt'
    """
    if name not in _models():
        raise TrainedModelError(f"there is no model {name!r}: choose one of {', '.join(names())}")
    return _models()[name]


def load(name: str) -> pipelines.Pipeline:
    """A trained pipeline.

    Args:
        name: one of `names()`.

    Returns:
        A `rnn_course.pipelines.Tagger`, `Classifier`, `Writer` or `Translator`.

    Raises:
        TrainedModelError: when there is no such model.
        rnn_course.pipelines.PipelineError: when its file is damaged.

    Example:
        >>> tagged = load("tagger")("She reads a book.")
        >>> list(zip(tagged.tokens, tagged.tags))
        [('She', 'PRON'), ('reads', 'VERB'), ('a', 'DET'), ('book', 'NOUN'), ('.', 'PUNCT')]
    """
    return pipelines.load(about(name).path)


def held_out(name: str):
    """The text that a model was scored on, which it has not learned, for `Pipeline.evaluate`.

    It is the corpus's test part; of Tiny Shakespeare, which has none, the validation part; and
    of Tatoeba 500 sentences of it, with all of their translations.

    Args:
        name: one of `names()`.

    Raises:
        TrainedModelError: when there is no such model.
        rnn_course.corpora.CorpusError: when the corpus is not there and cannot be fetched.
    """
    corpus = about(name).corpus
    _, dev, test = corpora.load(corpus)
    return part(corpus, dev, test)


def part(corpus, dev, test):
    """See `held_out`, of a corpus that is loaded."""
    if corpus == "tiny_shakespeare":
        return dev
    if corpus == "tatoeba_deu_eng":
        texts = list(corpora.references(test))
        some = {texts[i] for i in np.random.default_rng(0).permutation(len(texts))[:MANY]}
        return [pair for pair in test if pair.source in some]
    return test
