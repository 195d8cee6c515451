"""What training several models, or one for long, needs beside `fit`."""

import random

import keras


class TrainedOnBatches(keras.Model):
    """A Keras model whose ``fit`` says nothing of shuffling where the data shuffle themselves."""

    def fit(self, x=None, *args, **kwargs):
        """Keras's own, with its arguments.

        It wants to shuffle what it can only iterate over, such as the batches of `rnn_course.text`,
        and warns that it cannot; there ``shuffle`` is False by default.
        """
        if not hasattr(x, "__getitem__"):
            kwargs.setdefault("shuffle", False)
        return super().fit(x, *args, **kwargs)


def restart(model, seed):
    """Make a compiled model new: freshly drawn weights, an optimizer that has seen nothing.

    To train from several seeds, one model that is restarted serves as well as a new one for each,
    and TensorFlow compiles it once.

    Args:
        model: a compiled and built Keras model that can be made from its configuration.
        seed: of Python's random numbers, from which Keras draws all of its own.

    Raises:
        ValueError: when the model has no weights yet.

    Example:
        >>> import keras
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        >>> model.compile("adam", "mse")
        >>> restart(model, seed=1)
        >>> first = model.get_weights()
        >>> _ = model.fit(keras.ops.ones((4, 2)), keras.ops.ones((4, 1)), verbose=0)
        >>> restart(model, seed=1)
        >>> all((a == b).all() for a, b in zip(first, model.get_weights()))
        True
    """
    if not model.built:
        raise ValueError("model has no weights yet: build it, or call it on a batch, first")
    if keras.backend.backend() == "torch":  # there dropout draws from PyTorch's own generator
        keras.utils.set_random_seed(seed)
    # Otherwise not so: TensorFlow forgets what it has compiled when it is seeded.
    random.seed(seed)
    new = type(model).from_config(model.get_config())
    if not new.built:
        new.build_from_config(model.get_build_config())
    optimizer = type(model.optimizer).from_config(model.optimizer.get_config())
    for either in (model.optimizer, optimizer):
        if not either.built:
            either.build(model.trainable_variables)
    for old, fresh in ((model, new), (model.optimizer, optimizer)):
        # `variables`, not weights: the state of dropout's random numbers is among them.
        for variable, initial in zip(old.variables, fresh.variables, strict=True):
            variable.assign(initial)
