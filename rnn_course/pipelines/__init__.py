"""From raw text to answers: a tagger, a classifier, a writer and a translator, each in one object.

`tagging`, `classifying`, `writing` and `translating` have one of them each: how text is split,
vocabularies, labels and a model of `rnn_course.models`, with `fit`, `evaluate` and the answers.
`base` is what they share, `splitting` how text becomes tokens, `training` how a part of the text is
kept aside and a training goes on, `archive` the one file that `save` writes and `load` reads,
`files` which files a task learns from, `commands` what `rnn-course train`, `use` and `evaluate` do.
"""

from rnn_course.pipelines.archive import PipelineError
from rnn_course.pipelines.base import Pipeline, Score
from rnn_course.pipelines.classifying import Classified, Classifier
from rnn_course.pipelines.files import TASKS, load, read
from rnn_course.pipelines.splitting import Splitter
from rnn_course.pipelines.tagging import Entity, Tagged, Tagger
from rnn_course.pipelines.translating import Translator
from rnn_course.pipelines.writing import Scored, Writer

__all__ = [
    "TASKS",
    "Classified",
    "Classifier",
    "Entity",
    "Pipeline",
    "PipelineError",
    "Score",
    "Scored",
    "Splitter",
    "Tagged",
    "Tagger",
    "Translator",
    "Writer",
    "load",
    "read",
]
