"""Whole models: a language model, a tagger, a classifier, a translator, and a baseline that counts.

Each is a Keras model, trained by `compile` and `fit` on what `rnn_course.text` makes of a corpus,
with one more method that gives its answers. `token_model` is what those with a loss per token
share, `decoding` how they write, greedily, by sampling or by beam search; `ngrams` is the baseline,
and `training` trains one model from several seeds.
"""

from rnn_course.models.classification import SequenceClassifier
from rnn_course.models.decoding import Hypothesis, restrict
from rnn_course.models.language_model import LanguageModel
from rnn_course.models.ngrams import NGramModel
from rnn_course.models.tagging import SequenceTagger
from rnn_course.models.token_model import TokenModel
from rnn_course.models.training import restart
from rnn_course.models.translation import EncoderDecoder

__all__ = [
    "EncoderDecoder",
    "Hypothesis",
    "LanguageModel",
    "NGramModel",
    "SequenceClassifier",
    "SequenceTagger",
    "TokenModel",
    "restart",
    "restrict",
]
