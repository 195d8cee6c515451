"""Drawings of structures, each filled with the numbers of a run.

`words` draws windows and pieces of words, `networks` the network folded and unrolled, `layers`
stacks and two directions, `shapes` what goes in and comes out, `gradients` the way back, `lstm` and
`gru` the gated cells, `language_models` reading and writing, `taggers` characters below words and
the trellis, `attention` pooling, encoder and decoder, `searching` the beam's tree, `parallel` scans
and a batch shared out. `parts` is what all are made of, with `lettering` for letters, `sequences`
for what is shown of long ones, and `steps` for the gated cells.
"""

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

__all__ = [
    "attention_pooling",
    "beam_tree",
    "cbow_window",
    "character_tagger",
    "crf_trellis",
    "decoder_attention",
    "encoder_decoder",
    "folded",
    "four_shapes",
    "gradient_flow",
    "gru_step",
    "gru_versions",
    "lstm_step",
    "reading_and_writing",
    "recursive",
    "scan",
    "shared_batch",
    "skip_gram_window",
    "stack",
    "subwords",
    "two_directions",
    "unrolled",
]
