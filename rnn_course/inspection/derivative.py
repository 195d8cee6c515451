"""The gradient of any scalar function, on any Keras backend."""

import keras


class _Descent(keras.Model):
    """One weight, at first zero, and as its loss a function of an array moved by that weight."""

    def __init__(self, function, array):
        super().__init__(dtype=str(array.dtype))
        self.function = function
        self.shift = self.add_weight(shape=array.shape, initializer="zeros", dtype=array.dtype)

    def call(self, array):
        self.add_loss(self.function(array + self.shift))
        return array


def gradient(function, array):
    """The gradient of a scalar function at an array, on any backend.

    Keras has no public function for it, but trains by it: one step of gradient descent at a
    learning rate of one moves a weight by minus the gradient.
    """
    model = _Descent(function, array)
    model.compile(keras.optimizers.SGD(1.0), run_eagerly=True)
    model.train_on_batch(array)
    (shift,) = model.get_weights()
    return -shift
