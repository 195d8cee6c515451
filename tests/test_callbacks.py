"""A run that is killed and begun again ends as one that was not, whenever it is killed."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from backends import BACKEND, as_dataset

from rnn_course.callbacks import training_callbacks, training_log
from rnn_course.losses import TokenCrossEntropy
from rnn_course.models import LanguageModel
from rnn_course.text import BEGIN, END, language_model_batches, pad


class At(keras.callbacks.Callback):
    """Do something at one batch of one epoch."""

    def __init__(self, epoch, batch, act):
        super().__init__()
        self.when, self.act = (epoch, batch), act

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == self.when:
            self.act()


def unshuffled(sentences, batch_size):
    batches = []
    for start in range(0, len(sentences), batch_size):
        rows = sentences[start : start + batch_size]
        batches.append((pad([[BEGIN, *s] for s in rows]), pad([[*s, END] for s in rows])))
    return as_dataset(batches)


def language_model(folder, *more, epochs=20):
    """Train with all that could go wrong: shuffled batches, dropout, a schedule, patience."""
    keras.utils.set_random_seed(5 if BACKEND == "jax" else 1)  # its best epoch is not the first
    generator = np.random.default_rng(0)
    sentences = [generator.integers(4, 9, n).tolist() for n in generator.integers(1, 9, 40)]
    if BACKEND == "tensorflow":
        train = language_model_batches(sentences[:30], batch_size=6, seed=3)
        dev = language_model_batches(sentences[30:], batch_size=10, shuffle=False)
    else:  # batches of the package are TensorFlow's: these keep their order
        train, dev = unshuffled(sentences[:30], 6), unshuffled(sentences[30:], 10)
    model = LanguageModel(9, embedding_dim=4, units=8, dropout=0.3)
    model.build((None, None))
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=20, decay_rate=0.7)
    model.compile(keras.optimizers.Adam(rate), TokenCrossEntropy())
    data = train if BACKEND == "tensorflow" else None
    callbacks = [*training_callbacks(folder, patience=3, data=data), *more]
    options = dict(validation_data=dev, epochs=epochs, verbose=0, shuffle=False)
    model.fit(train, callbacks=callbacks, **options)
    return model


def perceptron(folder, *more, pass_data=True):
    """The same for the smallest model."""
    keras.utils.set_random_seed(1)
    generator = np.random.default_rng(0)
    x = generator.normal(size=(20, 3))
    y = 2 * x.sum(axis=1, keepdims=True)

    def batches():
        for rows in generator.permutation(12).reshape(3, 4):
            yield x[rows], y[rows]

    if BACKEND == "tensorflow":
        import tensorflow as tf

        spec = tf.TensorSpec((4, 3)), tf.TensorSpec((4, 1))
        train = tf.data.Dataset.from_generator(batches, output_signature=spec)
        train = train.apply(tf.data.experimental.assert_cardinality(3))
    else:  # what draws a new order for each pass is TensorFlow's
        train, pass_data = as_dataset(batches()), False
    layers = [keras.Input((3,)), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(0.2), "mse")
    callbacks = training_callbacks(folder, patience=3, data=train if pass_data else None)
    options = dict(validation_data=(x[12:], y[12:]), epochs=20, verbose=0, shuffle=False)
    model.fit(train, callbacks=[*callbacks, *more], **options)
    return model


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def outcome(model, folder):
    return model.get_weights(), training_log(folder)


def assert_equal(found, expected):
    for now, then in zip(found[0], expected[0], strict=True):
        np.testing.assert_allclose(now, then, atol=1e-6)
    assert found[1].keys() == expected[1].keys()
    for name, values in expected[1].items():
        np.testing.assert_allclose(found[1][name], values, rtol=1e-5)


def best_epoch(log):
    best = int(np.argmin(log["val_loss"]))
    assert 1 <= best == len(log["val_loss"]) - 4 < 16  # or nothing is tested below
    return best


@pytest.mark.trains
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is not of Windows")
def test_a_killed_process_is_resumed(tmp_path):
    """Killed in the midst of an epoch after the best one: that it was the best must be known."""
    expected = outcome(language_model(tmp_path / "unharmed"), tmp_path / "unharmed")
    epoch = best_epoch(expected[1]) + 2
    folder = tmp_path / "killed"
    command = [sys.executable, __file__, str(folder), str(epoch)]
    killed = subprocess.run(command, stderr=subprocess.DEVNULL, check=False)
    assert killed.returncode == -signal.SIGKILL
    log = (folder / "log.csv").read_text()
    assert len(log.splitlines()) == 1 + epoch
    assert_equal(outcome(language_model(folder), folder), expected)
    assert (folder / "log.csv").read_text().startswith(log)
    assert sorted(path.name for path in folder.iterdir()) == ["best.weights.h5", "log.csv"]


# The rest happens in this process, which makes no difference to what a run left in its folder.


class Killed(BaseException):
    """Ends `fit` wherever it is."""


def kill(*_, **__):
    raise Killed


def kill_if(condition, function):
    """Instead of `function`."""

    def killing(*arguments, **options):
        if condition(*arguments):
            raise Killed
        return function(*arguments, **options)

    return killing


def half_written(name, epochs):
    """Instead of `Model.save_weights`: killed while it writes the file of that name."""
    save_weights = keras.Model.save_weights

    def save(model, filepath, *arguments, **options):
        save_weights(model, filepath, *arguments, **options)
        if name in str(filepath) and len(model.history.epoch) >= epochs:
            file = Path(filepath)
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
            raise Killed

    return save


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """What comes of a run that nothing happens to."""
    folder = tmp_path_factory.mktemp("unharmed")
    return outcome(perceptron(folder), folder)


@pytest.mark.trains
def test_training_stops_early_and_gives_the_best_weights_back(expected, tmp_path):
    best = best_epoch(expected[1])
    weights = []
    keep = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: weights.append(keep.model.get_weights())
    )
    model = perceptron(tmp_path, keep)
    for found, now, then in zip(model.get_weights(), expected[0], weights[best], strict=True):
        np.testing.assert_array_equal(found, then)
        np.testing.assert_array_equal(found, now)
    assert not np.array_equal(weights[best][0], weights[-1][0])


@pytest.mark.trains
def test_a_kill_before_anything_is_kept(expected, tmp_path):
    with pytest.raises(Killed):
        perceptron(tmp_path, At(0, 1, kill))
    assert_equal(outcome(perceptron(tmp_path), tmp_path), expected)


def is_backup(path):
    return path.name.isdecimal()


@pytest.mark.trains
@pytest.mark.parametrize(
    ("owner", "name", "instead"),
    [
        (keras.Model, "save_weights", lambda: half_written("best.weights", epochs=1)),
        (keras.Model, "save_weights", lambda: half_written("latest.weights", epochs=0)),
        (keras.Model, "save_weights", lambda: half_written("latest.weights", epochs=2)),
        (np, "savez", lambda: kill),
        (Path, "rename", lambda: kill_if(lambda *paths: is_backup(paths[1]), Path.rename)),
        (shutil, "rmtree", lambda: kill_if(is_backup, shutil.rmtree)),
        (shutil, "rmtree", lambda: kill_if(lambda path: path.name == "done", shutil.rmtree)),
        (
            keras.Model,
            "load_weights",
            lambda: kill_if(lambda _, path: "best" in str(path), keras.Model.load_weights),
        ),
    ],
    ids="best backup1 backup3 generators complete older done end".split(),
)
def test_a_kill_while_something_is_written(expected, tmp_path, monkeypatch, owner, name, instead):
    """Of the best weights, of the backup's parts, and when all is over."""
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, instead())
        with pytest.raises(Killed):
            perceptron(tmp_path)
    assert_equal(outcome(perceptron(tmp_path), tmp_path), expected)


@pytest.mark.trains
def test_killed_again_and_again(expected, tmp_path):
    for epoch in (1, 1, 2, 6):
        with pytest.raises(Killed):
            perceptron(tmp_path, At(epoch, 1, kill))
    assert_equal(outcome(perceptron(tmp_path), tmp_path), expected)


@pytest.mark.tensorflow("tf.data")
@pytest.mark.trains
def test_without_the_data_the_order_of_batches_begins_anew(expected, tmp_path):
    with pytest.raises(Killed):
        perceptron(tmp_path, At(2, 0, kill))
    with pytest.raises(AssertionError):
        assert_equal(outcome(perceptron(tmp_path, pass_data=False), tmp_path), expected)


@pytest.mark.trains
def test_a_resumed_model_can_be_trained_again_from_the_first_epoch(tmp_path):
    with pytest.raises(Killed):
        perceptron(tmp_path, At(2, 0, kill))
    model = perceptron(tmp_path)
    assert model.history.epoch[0] == 2
    model.fit(np.ones((2, 3)), np.ones((2, 1)), epochs=1, verbose=0)
    assert model.history.epoch == [0]


def fit(folder, epochs=2, built=True, **options):
    """The smallest training."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Dense(1)])
    if built:
        model.build((None, 2))
    model.compile(keras.optimizers.SGD(0.1), "mse", run_eagerly=True)
    x, y = np.arange(6.0).reshape(3, 2) / 5, np.ones((3, 1))
    callbacks = training_callbacks(folder, **{"monitor": "loss", **options})
    return model.fit(x, y, epochs=epochs, verbose=0, shuffle=False, callbacks=callbacks).history


def test_the_log_is_appended_to_and_read_from_the_last_run(tmp_path):
    first = fit(tmp_path / "new" / "run", epochs=3)
    log = tmp_path / "new" / "run" / "log.csv"
    text = log.read_text()
    second = fit(tmp_path / "new" / "run")
    assert log.read_text().startswith(text)
    assert log.read_text().count("epoch") == 1
    assert len(log.read_text().splitlines()) == 1 + 3 + 2
    assert training_log(tmp_path / "new" / "run") == second
    assert first["loss"][:2] == second["loss"]


@pytest.mark.parametrize("mode", ["min", "max"])
def test_better_is_lower_or_higher(tmp_path, mode):
    """The loss falls, so that the highest is the first."""
    losses = fit(tmp_path, epochs=5, patience=2, mode=mode)["loss"]
    assert len(losses) == (5 if mode == "min" else 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(mode="lower"), 'mode must be "min" or "max", got \'lower\''),
        (dict(patience=0), "patience must be a positive integer, got 0"),
        pytest.param(
            dict(built=False),
            "model has no weights yet, into which .* build it",
            marks=pytest.mark.tensorflow("elsewhere Keras builds a model before callbacks begin"),
        ),
        (dict(monitor="val_los"), "monitor must be one of loss, got 'val_los'"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*val_los")
def test_bad_arguments(tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        fit(tmp_path, **options)


if __name__ == "__main__":  # the process that is killed
    language_model(sys.argv[1], At(int(sys.argv[2]), 2, die))
