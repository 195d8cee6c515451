"""Keras's own tests of its recurrent layers, run with the course's classes in the place of Keras's.

The tests are those of the Keras that is installed; nothing of them is repeated here.
"""

import inspect
from types import ModuleType
from unittest import mock

import keras
import pytest
from keras import layers

from rnn_course.layers import RNN, Bidirectional, GRUCell, LSTMCell, SimpleRNNCell

pytest.importorskip("keras.src.layers.rnn.rnn_test", reason="this Keras comes without its tests")

from keras.src.layers.rnn import (
    bidirectional_test,
    gru_test,
    lstm_test,
    rnn_test,
    simple_rnn_test,
    stacked_rnn_cells_test,
)

# Keras tests generators with `fit`, and does not heed what it says of them.
pytestmark = pytest.mark.filterwarnings("ignore:`shuffle=True` was passed:UserWarning")

LAYER_ARGUMENTS = {*inspect.signature(keras.layers.RNN.__init__).parameters} | {
    *("name", "dtype", "trainable", "activity_regularizer", "use_cudnn")
}
WITHOUT_EFFECT = {"implementation"}  # Keras has two ways to the same numbers, the course has one


def cell_in_place_of(keras_cell, cell):
    """The course's cell; Keras's own for what the course leaves to it, dropout and regularisers."""
    known = {
        name
        for parent in cell.__mro__
        if issubclass(parent, keras.layers.Layer) and "__init__" in vars(parent)
        for name in inspect.signature(parent.__init__).parameters
    }

    def make(units, *args, **options):
        options = {k: v for k, v in options.items() if k not in WITHOUT_EFFECT}
        made = cell if options.keys() <= known else keras_cell
        return made(units, *args, **options)

    return make


def layer_in_place_of(keras_layer, make_cell):
    """`keras_layer` with its arguments, made of the course's `RNN` around a cell."""

    @keras.saving.register_keras_serializable("tests_of_keras", name=keras_layer.__name__)
    class Layer(RNN):
        def __init__(self, units, *args, **options):
            self.given = {"units": units, **options}
            for_layer = {k: v for k, v in options.items() if k in LAYER_ARGUMENTS}
            for_cell = {k: v for k, v in options.items() if k not in LAYER_ARGUMENTS}
            if "dtype" in for_layer:
                for_cell["dtype"] = for_layer["dtype"]
            super().__init__(make_cell(units, *args, **for_cell), **for_layer)

        def get_config(self):
            config = super().get_config()
            cell = self.cell.get_config()
            del config["cell"], config["backward_pass"]
            return {**{k: v for k, v in cell.items() if k not in config}, **config}

        from_config = classmethod(lambda cls, config: cls(**config))
        units = property(lambda self: self.cell.units)

    return Layer


SimpleRNNIn = cell_in_place_of(layers.SimpleRNNCell, SimpleRNNCell)
GRUIn = cell_in_place_of(layers.GRUCell, GRUCell)
LSTMIn = cell_in_place_of(layers.LSTMCell, LSTMCell)
IN_PLACE = {
    "RNN": RNN,
    "Bidirectional": Bidirectional,
    "SimpleRNNCell": SimpleRNNIn,
    "GRUCell": GRUIn,
    "LSTMCell": LSTMIn,
    "SimpleRNN": layer_in_place_of(layers.SimpleRNN, SimpleRNNIn),
    "GRU": layer_in_place_of(layers.GRU, GRUIn),
    "LSTM": layer_in_place_of(layers.LSTM, LSTMIn),
}
MODULES = [rnn_test, simple_rnn_test, gru_test, lstm_test, stacked_rnn_cells_test]
MODULES.append(bidirectional_test)
OF_NO_CONCERN = {
    "test_fused_lstm_eligibility": "a private method of Keras's",
    "test_fused_gru_eligibility": "a private method of Keras's",
    "test_keeps_use_cudnn": "layers that have no such argument: all of the course's have it",
}


class InPlace(ModuleType):
    """`keras.src.layers`, but for the classes that the course has."""

    def __init__(self, original):
        super().__init__(original.__name__)
        self.original = original

    def __getattr__(self, name):
        return IN_PLACE.get(name) or getattr(self.original, name)


def with_the_courses_classes(module):
    """The test case of a module of Keras's, its tests run where `layers` are the course's."""
    (case,) = (
        each
        for each in vars(module).values()
        if isinstance(each, type) and each.__module__ == module.__name__ and "Test" in each.__name__
    )

    class Case(case):
        def setUp(self):
            super().setUp()
            reason = OF_NO_CONCERN.get(self._testMethodName)
            if reason:
                self.skipTest(reason)
            patch = mock.patch.object(module, "layers", InPlace(module.layers))
            patch.start()
            self.addCleanup(patch.stop)

    name = module.__name__.split(".")[-1].title().replace("_", "")
    Case.__name__ = Case.__qualname__ = name
    return Case


for module in MODULES:
    made = with_the_courses_classes(module)
    globals()[made.__name__] = made
del made


def test_it_is_the_courses_classes_that_are_tested():
    assert type(IN_PLACE["LSTM"](3, implementation=2, return_state=True).cell) is LSTMCell
    assert type(IN_PLACE["GRU"](3, reset_after=False).cell) is GRUCell
    assert type(IN_PLACE["SimpleRNN"](3, use_bias=False).cell) is SimpleRNNCell
    assert rnn_test.layers.RNN is layers.RNN  # and Keras's own again when a test is over
