"""What training several models, or one for long, needs beside `fit`."""

import random

import keras

from rnn_course.models.parts import Shared


class HowLong(keras.callbacks.Callback):
    """Tells a step that may be compiled how many of its kind are to come."""

    def on_train_begin(self, logs=None):
        """Known where the number of batches is."""
        if isinstance(self.model.train_function, Shared):
            self.model.train_function.begin(self.params["epochs"] * (self.params["steps"] or 0))

    def on_train_end(self, logs=None):
        """Not known any more."""
        if isinstance(self.model.train_function, Shared):
            self.model.train_function.begin(0)


class TrainedOnBatches(keras.Model):
    """A Keras model whose ``fit`` says nothing of shuffling where the data shuffle themselves."""

    def fit(self, x=None, *args, **kwargs):
        """Keras's own, with its arguments.

        It wants to shuffle what it can only iterate over, such as the batches of `rnn_course.text`,
        and warns that it cannot; there ``shuffle`` is False by default.
        """
        if not hasattr(x, "__getitem__"):
            kwargs.setdefault("shuffle", False)
        callbacks = kwargs.get("callbacks") or []
        if isinstance(callbacks, list | tuple) and len(args) < 5:  # where they are not among these
            kwargs["callbacks"] = [*callbacks, HowLong()]
        return super().fit(x, *args, **kwargs)

    def make_train_function(self, force=False):
        """Keras's own, once the optimizer's variables are there, and in parts where that pays.

        A first step that makes them is traced twice, which costs seconds a model.
        """
        if self.built:
            self.optimizer.build(self.trainable_variables)
        super().make_train_function(force)
        self.train_function = self._shared(self.train_function, training=True)

    def make_test_function(self, force=False):
        """Keras's own, and in parts where that pays."""
        super().make_test_function(force)
        self.test_function = self._shared(self.test_function, training=False)

    def _shared(self, function, training):
        if keras.backend.backend() != "tensorflow" or isinstance(function, Shared):
            return function
        return Shared(self, function, training)

    def sums_up(self):
        """Whether the loss and the metrics of a batch are sums over its rows, known here.

        Not so where a step, or its precision, is somebody's own.
        """
        own = (keras.Model.train_step, keras.Model.test_step)
        metrics = [each for m in self.metrics for each in getattr(m, "metrics", [m])]
        return (
            (type(self).train_step, type(self).test_step) == own
            and not (self.jit_compile or self.run_eagerly)
            and not isinstance(self.optimizer, keras.optimizers.LossScaleOptimizer)
            and all(
                isinstance(metric, keras.metrics.Mean | keras.metrics.Sum) for metric in metrics
            )
            and self.loss_sums_up()
        )

    def loss_sums_up(self):
        """Whether a batch's loss is a mean over its rows, as it is with Keras's losses."""
        loss = keras.losses.get(self.loss)
        return getattr(loss, "reduction", "sum_over_batch_size") == "sum_over_batch_size"

    def loss_weight(self, y, sample_weight):
        """How much the loss of a batch counts beside another's: as many as it has rows."""
        return keras.ops.cast(keras.ops.shape(y)[0], "float32")

    def part_loss(self, x, y, sample_weight, training):
        """What Keras's step does to a batch but for the gradients: the loss, which is noted."""
        y_pred = self(x, training=training)
        loss = self.compute_loss(x, y, y_pred, sample_weight, training)
        self.note_loss(loss, y, sample_weight)
        self.compute_metrics(x, y, y_pred, sample_weight)
        return loss

    def note_loss(self, loss, y, sample_weight):
        """Add a batch's loss to the mean that is shown."""
        shown = next(metric for metric in self.metrics if metric.name == "loss")
        shown.update_state(loss, self.loss_weight(y, sample_weight))


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
    for function in (model.train_function, model.test_function):
        if isinstance(function, Shared):
            function.start_anew()  # it counts steps, as in a new model
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
