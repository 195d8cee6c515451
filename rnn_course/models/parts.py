r"""Training in parts: each core takes some of a batch's rows forward and back.

The loss of a batch in parts p is the mean of theirs, each counting for what it has, such as its
tokens, and its gradient likewise:

.. math::

    L = \sum_p \frac{n_p}{n} L_p, \qquad
    \frac{\partial L}{\partial \theta} = \sum_p \frac{n_p}{n} \frac{\partial L_p}{\partial \theta}

A part is one program compiled by XLA: model, loss, metrics and gradients of some rows, as in
`rnn_course.layers.parts`. Then, once, the optimizer takes the sum. Dropout draws other numbers in
each part, and the same ones again from the same seed.

XLA compiles each shape of a batch anew. So lengths are filled up with padding to one of few, and a
shape is compiled only where that pays, as far as it can be told: when it will come often enough in
the `fit` at hand, or, as nobody can know what comes after, has come so often already that a program
from the start would have paid for itself.
"""

from collections import Counter
from itertools import chain, islice

import keras
import numpy as np

from rnn_course.layers import parts

# From these it is told when compiling pays: roughly, but alike on every computer and in every run.
# Fourteen models on two cores take 0.7 to 1.6 times what they say.
COMPILING = 2.0  # seconds, for each recurrent layer
SPEED = 1.2e11  # operations a second
STEPPING = 1e-4  # seconds of each step of a loop, beside them
SAVED = 0.3  # share of that which a compiled step saves
GLANCE = 3  # how often a shape has come when it is told from that how often it will


def bucket(length):
    """The length to which one is filled up: multiples of 4, of 8 beyond 64, of 16 beyond 128, …

    Example:
        >>> [bucket(length) for length in (1, 4, 35, 64, 65, 100, 130)]
        [4, 4, 36, 64, 72, 104, 144]
    """
    grain = max(4, 1 << max(0, (length - 1).bit_length() - 4))
    return -(-length // grain) * grain


class Shared:
    """In the place of Keras's function for a step: in parts where that pays, as it was where not.

    Args:
        model: a `rnn_course.models.training.TrainedOnBatches`.
        plain: Keras's function, which takes an iterator over batches.
        training: whether the step trains, or only evaluates.
    """

    def __init__(self, model, plain, training):
        self.model, self.plain, self.training = model, plain, training
        self.steps = {}  # what is compiled, by number of parts
        self.start_anew()

    def start_anew(self):
        """Forget what has come so far, as in a new model."""
        self.seen = Counter()  # how often each shape has come
        self.worth = {}  # how many steps of a shape a program for it costs
        self.compiled = set()  # the shapes for which there is one
        self.past = 0  # how many steps were left to Keras
        self.begin(0)

    def begin(self, ahead):
        """So many steps are known to come: of a `fit`."""
        self.ahead = ahead
        self.short = None if ahead else False  # whether they are too few for any program

    def _is_short(self, data):
        """Whether no program would pay, even if all steps were like this one; None for unknown."""
        if not self.model.built:
            self.ahead -= self.model.steps_per_execution
            return None
        few = not self.compiled and self.past + self.ahead <= self._worth(*_key(data)[0][:2])
        self.past += self.ahead if few else 0
        return few

    def __call__(self, iterator):
        """A step on the next batch, or several of them: the metrics so far, by name."""
        replicas = self.model.distribute_strategy.num_replicas_in_sync
        if replicas > 1 or not self.model.sums_up():  # devices share a batch out themselves
            return self.plain(iterator)
        if self.short:
            return self.plain(iterator)
        first = next(iterator)
        group = chain([first], islice(iterator, self.model.steps_per_execution - 1))
        if self.short is None:
            self.short = self._is_short(first)
            if self.short is not False:  # in the form of the others: Keras's step is traced once
                return self.plain(_like(iterator, [*group]))
        # In a loop of TensorFlow's several large steps are no faster than one by one.
        return [self._step(data) for data in group][-1]

    def _step(self, data):
        data, key = keras.tree.map_structure(_or_none, data), _key(data)
        self.seen[key] += 1
        self.ahead -= 1
        count = parts.of_rows(key[0][0])
        # The first step of all builds what is missing.
        if self.seen[key] == 1 or count == 1 or not self._pays(key):
            return self.plain(iter([data]))
        if count not in self.steps:
            self.steps[count] = self._make(count)
        return self.steps[count](keras.tree.map_structure(_filled_up, data))

    def _pays(self, key):
        """Whether a shape is worth a program, or has it."""
        if key not in self.worth:
            self.worth[key] = self._worth(*key[0][:2])
        seen, worth = self.seen[key], self.worth[key]
        coming = self.ahead * seen / self.seen.total()
        if seen > worth or (seen > GLANCE and coming > worth):
            self.compiled.add(key)
        return key in self.compiled

    def _worth(self, rows, timesteps):
        """How many steps of a shape save as much as compiling it costs."""
        trained = self.model.trainable_variables
        loops = len(_named("recurrent_kernel", trained))
        weights = sum(np.prod(v.shape) for v in trained) - sum(
            np.prod(v.shape)
            for v in _named("embeddings", trained)  # looked up, not multiplied
        )
        seconds = 2 * weights * rows * timesteps / SPEED + loops * timesteps * STEPPING
        seconds *= 3 if self.training else 1
        return loops * COMPILING / (SAVED * seconds)

    def _make(self, count):
        """The step in so many parts: a graph for batches of any shape."""
        import tensorflow as tf

        model = self.model
        trained = model.trainable_variables if self.training else []
        totals = [variable for metric in model.metrics for variable in metric.variables]
        seeds = _named("seed_generator_state", model.non_trainable_variables)
        stateful = [layer for layer in model._flatten_layers() if getattr(layer, "stateful", False)]
        states = [state for layer in stateful for state in keras.tree.flatten(layer.states)]

        def part(data, weights, drawn, before, share):
            """Gradients, and what the part adds to totals, seeds and states."""
            zeros = [(total, tf.zeros(total.shape, total.dtype)) for total in totals]
            given = [*zip(trained, weights, strict=True), *zip(seeds, drawn, strict=True), *zeros]
            scope = keras.StatelessScope(given)
            for state in zip(states, before, strict=True):
                scope.add_update(state)  # of fewer rows than the variable, which Keras may not see
            with tf.GradientTape() as tape, parts.inside(), scope:
                tape.watch(weights)
                loss = model.part_loss(*data, self.training)
                loss = loss * tf.cast(share, loss.dtype)
            after = [[scope.get_current_value(v) for v in e] for e in (totals, seeds, states)]
            return tape.gradient(loss, weights), *after

        def update(gradients):
            model.optimizer.apply_gradients(zip(map(_sum, gradients), trained, strict=True))

        compiled = dict(autograph=False, jit_compile=True, reduce_retracing=True)
        part, update = tf.function(part, **compiled), tf.function(update, **compiled)

        def step(data):
            every = parts.split(keras.utils.unpack_x_y_sample_weight(data), count)
            amounts = [model.loss_weight(y, sample_weight) for _, y, sample_weight in every]
            weights = [tf.convert_to_tensor(variable) for variable in trained]
            before = parts.split([tf.convert_to_tensor(state) for state in states], count)
            done = [
                part(
                    rows,
                    weights,
                    [seed + tf.cast([7919 * number, 0], seed.dtype) for seed in seeds],
                    before[number],
                    tf.math.divide_no_nan(amounts[number], tf.add_n(amounts)),
                )
                for number, rows in enumerate(every)
            ]
            gradients, added, drawn, after = (
                zip(*each, strict=True) for each in zip(*done, strict=True)
            )
            for total, each in zip(totals, added, strict=True):
                total.assign_add(tf.add_n(each))
            for seed, each in zip(seeds, drawn, strict=True):
                seed.assign(each[0])  # the first part's is the batch's own
            for state, each in zip(states, after, strict=True):
                state.assign(tf.concat(each, axis=0))
            if trained:
                update([*gradients])
            return model.get_metrics_result()

        return tf.function(step, autograph=False, reduce_retracing=True)


def _named(name, variables):
    """Those of the variables that Keras calls so."""
    return [variable for variable in variables if variable.name == name]


def _key(data):
    """A shape: numbers of rows and lengths filled up, of each of a batch's arrays."""
    arrays = keras.tree.flatten(keras.tree.map_structure(_or_none, data))
    return tuple((len(a), *map(bucket, a.shape[1:])) for a in arrays if a is not None)


def _like(iterator, batches):
    """An iterator over some batches, of the same kind as the one that they come from."""
    import tensorflow as tf

    if not isinstance(iterator, tf.data.Iterator):
        return iter(batches)
    signature = iterator.element_spec
    return iter(tf.data.Dataset.from_generator(lambda: batches, output_signature=signature))


def _or_none(each):
    """None where a data set of TensorFlow's has something for it, as for weights not given."""
    return None if hasattr(each, "has_value") else each


def _filled_up(ids):
    """Ids, or weights, with all lengths filled up; None stays None."""
    import tensorflow as tf

    if ids is None:
        return None
    missing = [(0, 0), *((0, bucket(length) - length) for length in ids.shape[1:])]
    return tf.pad(ids, missing) if np.any(missing) else tf.convert_to_tensor(ids)


def _sum(gradients):
    """The sum; an embedding's are the rows that were looked up, which are put one after another."""
    import tensorflow as tf

    if not isinstance(gradients[0], tf.IndexedSlices):
        return tf.add_n(gradients)
    values = tf.concat([gradient.values for gradient in gradients], axis=0)
    indices = tf.concat([gradient.indices for gradient in gradients], axis=0)
    return tf.IndexedSlices(values, indices, gradients[0].dense_shape)
