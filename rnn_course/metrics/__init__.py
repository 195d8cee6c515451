"""What models are measured by.

`sequences` has perplexity and the accuracy of tags as metrics of Keras, for `compile`; `tags`
scores what a tagger answered, by words known and unknown and by entities; `translations` scores
translations and alignments.
"""

from rnn_course.metrics.sequences import Perplexity, TagAccuracy, best_tags, perplexity
from rnn_course.metrics.tags import Accuracies, EntityScores, entity_scores, tag_accuracies
from rnn_course.metrics.translations import (
    TranslationScore,
    alignment_error_rate,
    best_links,
    bleu,
    chrf,
)

__all__ = [
    "Accuracies",
    "EntityScores",
    "Perplexity",
    "TagAccuracy",
    "TranslationScore",
    "alignment_error_rate",
    "best_links",
    "best_tags",
    "bleu",
    "chrf",
    "entity_scores",
    "perplexity",
    "tag_accuracies",
]
