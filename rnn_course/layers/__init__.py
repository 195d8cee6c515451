"""Recurrent cells, the layer that runs them along a sequence, and the small layers around them.

`cells` has the equations, `recurrence` the layer `RNN`. What makes it fast is in `kernel` (the
backward pass derived by hand), `gradients`, `loop`, `parts` (a core for each part of the batch) and
`cudnn`. `linear` has the cells and the layer of linear recurrences, `scan` the tree that walks
them, `matrix_state` a cell whose state is a matrix; `transformer` is what they are held against.
`attention` and `crf` are layers for the end of a model, `characters` and `word_dropout` for its
beginning, `tied_read_out` for both. All of it is written with `keras.ops`, runs under every Keras
backend, and knows neither text nor models.
"""

from rnn_course.layers.attention import AttentionPooling, DecoderAttention, attention_weights
from rnn_course.layers.cells import GRUCell, LSTMCell, RecurrentCell, SimpleRNNCell, make_cell
from rnn_course.layers.characters import CharacterCNN, CharacterRNN
from rnn_course.layers.crf import CRF, log_partition, log_prob, viterbi
from rnn_course.layers.linear import LinearRecurrence, MinGRUCell, MinLSTMCell
from rnn_course.layers.matrix_state import GatedDeltaCell
from rnn_course.layers.parts import use_cores
from rnn_course.layers.recurrence import RNN, Bidirectional
from rnn_course.layers.scan import linear_recurrence
from rnn_course.layers.tied_read_out import TiedReadOut
from rnn_course.layers.transformer import PositionEncoding, TransformerBlock
from rnn_course.layers.word_dropout import WordDropout

__all__ = [
    "CRF",
    "RNN",
    "AttentionPooling",
    "Bidirectional",
    "CharacterCNN",
    "CharacterRNN",
    "DecoderAttention",
    "GRUCell",
    "GatedDeltaCell",
    "LSTMCell",
    "LinearRecurrence",
    "MinGRUCell",
    "MinLSTMCell",
    "PositionEncoding",
    "RecurrentCell",
    "SimpleRNNCell",
    "TiedReadOut",
    "TransformerBlock",
    "WordDropout",
    "attention_weights",
    "linear_recurrence",
    "log_partition",
    "log_prob",
    "make_cell",
    "use_cores",
    "viterbi",
]
