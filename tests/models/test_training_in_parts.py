"""Training in parts, one a core: held against training in one part."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from backends import BACKEND

from rnn_course.layers import parts
from rnn_course.losses import PathCrossEntropy, TokenCrossEntropy
from rnn_course.metrics import Perplexity, TagAccuracy
from rnn_course.models import (
    EncoderDecoder,
    LanguageModel,
    SequenceClassifier,
    SequenceTagger,
    TokenModel,
    restart,
)
from rnn_course.models.parts import Shared, bucket

alone = pytest.mark.tensorflow("parts are TensorFlow's programs, one a core")
LABELS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@pytest.fixture(autouse=True)
def cores(monkeypatch):
    """Two cores, whatever this computer has, and parts of a row; compiled from the second step."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1}, raising=False)
    monkeypatch.setattr(parts, "ROWS", 1)
    monkeypatch.setattr(Shared, "_worth", lambda self, *shape: 1)
    yield
    parts.use_cores()


def ids(rows=7, timesteps=9, highest=12, seed=0):
    """Ids of rows of all lengths, none among them: the padding is where the second part is."""
    generator = np.random.default_rng(seed)
    lengths = np.linspace(timesteps, 0, rows).astype(int)
    return generator.integers(4, highest, (rows, timesteps)) * (
        np.arange(timesteps) < lengths[:, None]
    )


X = ids()
TARGETS = ids(seed=1)
CHARACTERS = np.random.default_rng(0).integers(1, 8, (7, 9, 5)) * (X > 0)[..., None]
MODELS = {
    "language model": (
        lambda: LanguageModel(12, 4, 5, layers=2),
        TokenCrossEntropy,
        Perplexity,
        (X, TARGETS),
    ),
    "tied, a weight for each token": (
        lambda: LanguageModel(12, 5, 5, "gru", tie_embeddings=True),
        TokenCrossEntropy,
        Perplexity,
        (X, TARGETS, np.random.default_rng(2).random(X.shape)),
    ),
    "tagger": (
        lambda: SequenceTagger(
            12, 12, 4, 5, characters="rnn", character_vocabulary_size=8, character_units=3
        ),
        TokenCrossEntropy,
        TagAccuracy,
        ((X, CHARACTERS), TARGETS),
    ),
    "crf": (
        lambda: SequenceTagger(12, 12, 4, 5, output="crf"),
        PathCrossEntropy,
        TagAccuracy,
        (X, TARGETS, np.linspace(0, 2, 7)),
    ),
    "classifier": (
        lambda: SequenceClassifier(12, 3, 4, 5),
        lambda: LABELS,
        keras.metrics.SparseCategoricalAccuracy,
        (X, np.array([0, 1, 2, 2, 1, 0, 0]), np.linspace(0, 2, 7)),
    ),
    "translator": (
        lambda: EncoderDecoder(12, 12, 4, 6),
        TokenCrossEntropy,
        Perplexity,
        ((ids(timesteps=6), X), TARGETS),
    ),
    "translator that reads itself": (
        lambda: EncoderDecoder(12, 12, 4, 6, "lstm", teacher_forcing=0.0, attention=None),
        TokenCrossEntropy,
        Perplexity,
        ((ids(timesteps=6), X), TARGETS),
    ),
}


def trained(make, loss, metric, batch, cores):
    """A model after three steps, and what it showed."""
    parts.use_cores(cores)
    keras.utils.set_random_seed(0)
    model = make()
    optimizer = keras.optimizers.SGD(0.3, momentum=0.5, global_clipnorm=0.5)
    model.compile(optimizer, loss(), weighted_metrics=[metric()])
    return model, np.array([model.train_on_batch(*batch) for _ in range(3)])


@alone
@pytest.mark.parametrize("name", MODELS)
def test_in_two_parts_it_learns_as_in_one(name):
    one, shown_by_one = trained(*MODELS[name], cores=1)
    two, shown_by_two = trained(*MODELS[name], cores=2)
    assert not one.train_function.steps
    assert [*two.train_function.steps] == [2]
    np.testing.assert_allclose(shown_by_two, shown_by_one, rtol=1e-4)
    for a, b in zip(one.weights, two.weights, strict=True):
        np.testing.assert_allclose(b.numpy(), a.numpy(), rtol=1e-3, atol=2e-5, err_msg=a.path)


@alone
def test_a_stateful_model_goes_on_where_each_row_stopped():
    def make():
        return LanguageModel(12, 4, 5, stateful=True)

    batch = (ids(8), ids(8, seed=1))
    models = [trained(make, TokenCrossEntropy, Perplexity, batch, cores)[0] for cores in (1, 2)]
    one, two = ([layer.states for layer in model.recurrent_layers] for model in models)
    assert np.abs(one[0][0].numpy()).max() > 0.01
    for a, b in zip(keras.tree.flatten(one), keras.tree.flatten(two), strict=True):
        np.testing.assert_allclose(b.numpy(), a.numpy(), rtol=1e-3, atol=1e-5)


@alone
def test_odd_last_batches_weights_of_classes_and_evaluation_in_fit():
    def history(cores):
        parts.use_cores(cores)
        keras.utils.set_random_seed(0)
        model = SequenceClassifier(12, 2, 4, 5)
        model.compile(keras.optimizers.SGD(0.3), LABELS, metrics=["accuracy"])
        options = dict(batch_size=4, epochs=3, shuffle=False, verbose=0)
        x, y = np.repeat(X, 3, axis=0), np.arange(21) % 2
        more = dict(class_weight={0: 1.0, 1: 3.0}, validation_data=(x, y))
        history = model.fit(x, y, **options, **more).history
        assert [*model.test_function.steps] == ([2] if cores == 2 else [])
        return history

    one, two = history(1), history(2)
    for name, values in one.items():
        np.testing.assert_allclose(two[name], values, rtol=1e-4, err_msg=name)


@alone
def test_dropout_is_drawn_anew_in_each_part_and_again_from_the_same_seed():
    def make():
        return LanguageModel(12, 4, 64, dropout=0.5)

    def weights():
        model, _ = trained(make, TokenCrossEntropy, Perplexity, (X, TARGETS), cores=2)
        return model, model.get_weights()

    (model, first), (_, second) = weights(), weights()
    assert all((a == b).all() for a, b in zip(first, second, strict=True))
    seed = next(v for v in model.non_trainable_variables if "seed" in v.path)
    assert seed.numpy()[1] == 3, "it has moved on at each step"
    noise, _ = trained(Noise, TokenCrossEntropy, Perplexity, (np.full((2, 4), 4),) * 2, cores=2)
    assert [*noise.train_function.steps] == [2]
    moved = np.round(np.abs(noise.weight.numpy()), 6)
    assert len(np.unique(moved)) > 4, "as many as two steps give whose rows are dropped alike"


class Noise(TokenModel):
    """A logit that is the sum of the weights that dropout leaves in each row."""

    def __init__(self):
        super().__init__()
        self.weight = self.add_weight((64,), "zeros")
        self.dropout = keras.layers.Dropout(0.5, seed=1)
        self.built = True

    def call(self, tokens, training=False):
        """Logits ``(batch, timesteps, 8)``; from the second step on, as the first is not shared."""
        rows = keras.ops.ones((keras.ops.shape(tokens)[0], 64))
        later = self.optimizer.iterations > 0
        kept = self.dropout(rows, training=training) * keras.ops.cast(later, "float32")
        logit = keras.ops.sum(kept * self.weight, axis=-1)[:, None, None]
        return logit * keras.ops.one_hot(tokens, 8)


@alone
def test_a_model_that_starts_anew_learns_again_what_it_learned():
    make, loss, metric, batch = MODELS["language model"]
    model, _ = trained(make, loss, metric, batch, cores=2)

    def weights():
        restart(model, seed=3)
        for _ in range(3):
            model.train_on_batch(*batch)
        return model.get_weights()

    for a, b in zip(weights(), weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


class OwnStep(LanguageModel):
    """A model whose step is its own."""

    def train_step(self, data):
        """Keras's, but by another name."""
        return super().train_step(data)


NOT_SHARED = {
    "the loss": dict(loss=LABELS),
    "a metric": lambda: dict(metrics=[OwnMetric()]),
    "compiled already": dict(jit_compile=True),
    "run eagerly": dict(run_eagerly=True),
    "a scaled loss": lambda: dict(
        optimizer=keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD())
    ),
    "nothing": {},
}


@alone
@pytest.mark.parametrize("why", NOT_SHARED)
def test_one_part_where_the_sum_of_the_parts_might_not_be_the_whole(why):
    options = NOT_SHARED[why]() if callable(NOT_SHARED[why]) else NOT_SHARED[why]
    model = LanguageModel(12, 4, 5)
    model.compile(**(dict(optimizer="sgd", loss=TokenCrossEntropy()) | options))
    model.train_on_batch(X, TARGETS)
    assert model.sums_up() == (why == "nothing")


@alone
def test_several_steps_in_one_are_those_that_are_done_one_by_one():
    def after(steps_per_execution):
        keras.utils.set_random_seed(0)
        model = LanguageModel(12, 4, 5)
        model.compile(keras.optimizers.SGD(0.3), TokenCrossEntropy(), metrics=[Perplexity()])
        model.steps_per_execution = steps_per_execution
        x, y = np.repeat(X, 4, axis=0), np.repeat(TARGETS, 4, axis=0)
        options = dict(batch_size=4, epochs=2, shuffle=False, verbose=0)
        history = model.fit(x, y, validation_data=(x, y), **options).history
        assert int(model.optimizer.iterations) == 14, "no batch is left out"
        assert [*model.train_function.steps] == [2]
        return [*history.values(), *model.get_weights()]

    for one, many in zip(after(1), after(3), strict=True):  # 7 batches: 3, 3 and 1
        np.testing.assert_allclose(many, one, rtol=1e-5)


@alone
@pytest.mark.parametrize("epochs", [1, 30])
def test_a_shape_is_compiled_where_a_training_is_known_to_be_long(monkeypatch, epochs):
    monkeypatch.setattr(Shared, "_worth", lambda self, *shape: 50)
    model = LanguageModel(12, 4, 5)
    model.build((None, None))
    model.compile("sgd", TokenCrossEntropy())
    batch = np.repeat(X, 4, axis=0), np.repeat(TARGETS, 4, axis=0)
    model.fit(*batch, batch_size=7, epochs=epochs, verbose=0)  # 4 steps, or 120
    assert [*model.train_function.steps] == ([2] if epochs == 30 else [])
    assert model.train_function.ahead == 0
    assert sum(model.train_function.seen.values()) == (120 if epochs == 30 else 0)
    for _ in range(51):
        model.train_on_batch(batch[0][:7], batch[1][:7])
    assert [*model.train_function.steps] == [2], "it has come so often that it would have paid"


@alone
def test_several_short_trainings_are_a_long_one(monkeypatch):
    monkeypatch.setattr(Shared, "_worth", lambda self, *shape: 50)
    model = LanguageModel(12, 4, 5)
    model.build((None, None))
    model.compile("sgd", TokenCrossEntropy(), steps_per_execution=3)
    batch = np.repeat(X, 4, axis=0), np.repeat(TARGETS, 4, axis=0)
    done = []
    for _ in range(4):  # 20 steps each
        model.fit(*batch, batch_size=7, epochs=5, verbose=0)
        done.append(len(model.train_function.seen))
    assert done[:2] == [0, 0]
    assert done[2] > 0
    assert model.optimizer.iterations.numpy() == 80


@alone
@pytest.mark.parametrize("built", [True, False])
@pytest.mark.parametrize("steps", [5, 6, 7])
def test_no_step_of_a_short_training_is_left_out(monkeypatch, built, steps):
    monkeypatch.setattr(Shared, "_worth", lambda self, *shape: 50)
    model = LanguageModel(12, 4, 5)
    if built:
        model.build((None, None))
    model.compile("sgd", TokenCrossEntropy(), steps_per_execution=3)
    ids = np.repeat(X[:1], 2 * steps, axis=0)
    model.fit(ids, ids, batch_size=2, epochs=2, verbose=0)
    assert model.optimizer.iterations.numpy() == 2 * steps


@alone
@pytest.mark.trains
def test_a_batch_that_tensorflow_shares_out_is_left_to_it():
    """In a process of its own, as a computer's devices cannot be changed once they are in use."""
    code = """if True:
        import numpy as np, tensorflow as tf
        cpu = tf.config.list_physical_devices("CPU")[0]
        two = [tf.config.LogicalDeviceConfiguration()] * 2
        tf.config.set_logical_device_configuration(cpu, two)
        from rnn_course.losses import TokenCrossEntropy
        from rnn_course.models import LanguageModel
        x = np.random.default_rng(0).integers(4, 12, (32, 9))
        with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
            model = LanguageModel(12, 4, 5)
            model.compile("sgd", TokenCrossEntropy())
        model.fit(x, x, epochs=3, verbose=0)
        print(model.train_function.steps, model.optimizer.iterations.numpy())
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["{}", "3"], done.stderr[-2000:]


@alone
def test_a_step_of_ones_own_is_not_replaced():
    model = OwnStep(12, 4, 5)
    model.compile("sgd", TokenCrossEntropy())
    assert not model.sums_up()


class OwnMetric(keras.metrics.Metric):
    """The largest logit so far: not a sum."""

    def __init__(self):
        super().__init__(name="largest")
        self.largest = self.add_variable((), "zeros", name="largest")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Look at a batch."""
        self.largest.assign(keras.ops.maximum(self.largest, keras.ops.max(y_pred)))

    def result(self):
        """The largest."""
        return self.largest


@alone
def test_lengths_are_filled_up_to_few():
    lengths = [bucket(length) for length in range(1, 1025)]
    assert all(1 <= filled / length <= 4 for length, filled in enumerate(lengths, 1))
    assert all(filled / length < 1.25 for length, filled in enumerate(lengths, 1) if length > 16)
    assert lengths == sorted(lengths)
    assert len(set(lengths)) == 48


@alone
def test_large_steps_are_compiled_sooner(monkeypatch):
    monkeypatch.undo()
    model = LanguageModel(100, 64, 128)
    model.build((None, None))
    shared = Shared(model, None, training=True)
    small, large = shared._worth(8, 10), shared._worth(64, 100)
    assert small > 10 * large > 10


@pytest.mark.skipif(BACKEND == "tensorflow", reason="there are parts there")
def test_under_another_backend_keras_trains():
    model = LanguageModel(12, 4, 5)
    model.compile("sgd", TokenCrossEntropy())
    model.train_on_batch(X, TARGETS)
    assert not isinstance(model.train_function, Shared)
