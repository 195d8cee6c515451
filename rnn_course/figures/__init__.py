"""Figures of a run: each function takes arrays, draws on an `Axes` and returns it.

`curves`, `heat_maps` and `embedding_map` show results, `diagrams` draws networks with the run's
numbers in them. Colours (`palette`) can be told apart by the colour-blind and carry nothing alone:
numbers, markers and line styles say the same in grey. What a figure shows is said in words by
`alt_text`, made from the same data, and its `numbers` can be had as a table.
"""

from rnn_course.figures.axes import alt_text, axes_for, describe
from rnn_course.figures.curves import by_distance, gradient_by_lag, loss_curves, study_curves
from rnn_course.figures.data import numbers
from rnn_course.figures.diagrams import gru_step, lstm_step, unrolled
from rnn_course.figures.embedding_map import embedding_map
from rnn_course.figures.heat_maps import (
    alignment_heat_map,
    gate_heat_map,
    tag_heat_map,
    text_heat_map,
)
from rnn_course.figures.palette import COLOURS, LINE_STYLES, MARKERS

__all__ = [
    "COLOURS",
    "LINE_STYLES",
    "MARKERS",
    "alignment_heat_map",
    "alt_text",
    "axes_for",
    "by_distance",
    "describe",
    "embedding_map",
    "gate_heat_map",
    "gradient_by_lag",
    "gru_step",
    "loss_curves",
    "lstm_step",
    "numbers",
    "study_curves",
    "tag_heat_map",
    "text_heat_map",
    "unrolled",
]
