"""Figures of a run: each function takes arrays, draws on an `Axes` and returns it.

`curves`, `heat_maps` and `embedding_map` show results, `drawings` structures with the run's numbers
in them. One `palette` has the colours, on light and on dark; they can be told apart by the
colour-blind and carry nothing alone: numbers, markers and line styles say the same in grey.
`showing` is how a notebook shows them: sharp, drawings as vector graphics. What a figure shows is
said in words by `alt_text`, made from the same data, and its `numbers` can be had as a table.
"""

from rnn_course.figures.axes import alt_text, axes_for, describe
from rnn_course.figures.curves import by_distance, gradient_by_lag, loss_curves, study_curves
from rnn_course.figures.data import numbers
from rnn_course.figures.drawings.attention import (
    attention_pooling,
    decoder_attention,
    encoder_decoder,
)
from rnn_course.figures.drawings.gradients import gradient_flow
from rnn_course.figures.drawings.gru import gru_step, gru_versions
from rnn_course.figures.drawings.language_models import reading_and_writing
from rnn_course.figures.drawings.layers import stack, two_directions
from rnn_course.figures.drawings.lstm import lstm_step
from rnn_course.figures.drawings.networks import folded, recursive, unrolled
from rnn_course.figures.drawings.parallel import scan, shared_batch
from rnn_course.figures.drawings.searching import beam_tree
from rnn_course.figures.drawings.shapes import four_shapes
from rnn_course.figures.drawings.taggers import character_tagger, crf_trellis
from rnn_course.figures.drawings.words import cbow_window, skip_gram_window, subwords
from rnn_course.figures.embedding_map import embedding_map
from rnn_course.figures.heat_maps import (
    alignment_heat_map,
    gate_heat_map,
    tag_heat_map,
    text_heat_map,
)
from rnn_course.figures.palette import COLOURS, LINE_STYLES, MARKERS, look
from rnn_course.figures.showing import svg

__all__ = [
    "COLOURS",
    "LINE_STYLES",
    "MARKERS",
    "alignment_heat_map",
    "alt_text",
    "attention_pooling",
    "axes_for",
    "beam_tree",
    "by_distance",
    "cbow_window",
    "character_tagger",
    "crf_trellis",
    "decoder_attention",
    "describe",
    "embedding_map",
    "encoder_decoder",
    "folded",
    "four_shapes",
    "gate_heat_map",
    "gradient_by_lag",
    "gradient_flow",
    "gru_step",
    "gru_versions",
    "look",
    "loss_curves",
    "lstm_step",
    "numbers",
    "reading_and_writing",
    "recursive",
    "scan",
    "shared_batch",
    "skip_gram_window",
    "stack",
    "study_curves",
    "subwords",
    "svg",
    "tag_heat_map",
    "text_heat_map",
    "two_directions",
    "unrolled",
]
