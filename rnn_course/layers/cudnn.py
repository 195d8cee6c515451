"""The whole walk in one call of NVIDIA's cuDNN, for cells and settings that it knows.

cuDNN computes two cells, with tanh and sigmoid, a bias and, for the GRU, the reset gate after the
product. `keras.layers.LSTM` and `keras.layers.GRU` hand it a sequence; here they do so with the
weights of one of this package's cells, which have the same names, order and shapes.
"""

from types import SimpleNamespace

import keras

from rnn_course.layers.cells import GRUCell, LSTMCell
from rnn_course.layers.kernel import known_as


def layer_for(cell):
    """Keras's layer that would run a cell on cuDNN, if the computer can; None where none would.

    Example:
        >>> layer_for(LSTMCell(2)) is keras.layers.LSTM
        True
        >>> layer_for(LSTMCell(2, use_bias=False)), layer_for(GRUCell(2, reset_after=False))
        (None, None)
    """
    kind = known_as(cell)
    if kind not in (LSTMCell, GRUCell) or not cell.use_bias:
        return None
    if cell.project.__func__ is not kind.project or type(cell).input_bias is not kind.input_bias:
        return None
    activations = cell.activation, cell.recurrent_activation
    if activations != (keras.activations.tanh, keras.activations.sigmoid):
        return None
    if kind is LSTMCell:
        return keras.layers.LSTM
    return keras.layers.GRU if cell.reset_after and cell.update_gate == "keep" else None


def is_there():
    """Whether the Keras backend computes on a GPU."""
    if keras.backend.backend() == "torch":  # Keras knows no devices there
        import torch

        return torch.cuda.is_available()
    return any(device.startswith("gpu") for device in keras.distribution.list_devices())


def walk(cell, sequences, initial_state, return_sequences, go_backwards):
    """What `keras.layers.RNN.inner_loop` returns, without a mask.

    Masks are not for cuDNN: it holds no state at a hole, and a fully masked row is an error there.

    Raises:
        ValueError: when there is no GPU.
    """
    layer = layer_for(cell)
    settings = SimpleNamespace(
        cell=cell,
        use_cudnn=True,
        return_sequences=return_sequences,
        go_backwards=go_backwards,
        unroll=False,
        dropout=0,
        recurrent_dropout=0,
    )
    return layer.inner_loop(settings, sequences, initial_state, mask=None)
