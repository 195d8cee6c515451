"""Keras's callbacks for a long training: early stopping, resuming after a kill, a log."""

import csv
import shutil
from pathlib import Path

import keras
import numpy as np

from rnn_course.checks import check_sizes


def training_callbacks(folder, monitor="val_loss", mode="min", patience=3, data=None):
    """Callbacks for `fit` that stop early, keep the best weights, and go on after a kill.

    Training stops after ``patience`` epochs without a better ``monitor``; then, or when the epochs
    are through, the model gets its best weights back. A run that was killed is resumed by running
    the same program again: `fit` goes on after the last epoch that was finished, and comes to the
    weights that it would have come to. For that

    - what varies must be seeded (`rnn_course.notebooks.setup` or `keras.utils.set_random_seed`),
      and ``folder`` must be that run's alone: after a change of model or data, take another;
    - ``data`` must be given if it is shuffled, and be seeded batches of `rnn_course.text`, or
      another `tf.data.Dataset` that draws its order when the first batch of a pass is taken. The
      order of arrays that `fit` shuffles, and of `tf.data.Dataset.shuffle`, is another one after a
      kill.

    Weights, the optimizer's state with its place in a schedule of learning rates, the generators of
    dropout and of the model's own draws, the best value and the epochs since are brought back. The
    state of further callbacks is not: `keras.callbacks.ReduceLROnPlateau` counts anew. Draws from
    Keras's global generator begin anew too.

    In the folder are ``log.csv``, a line an epoch, to which every run appends (`training_log` reads
    it), ``best.weights.h5``, and in ``resume/`` what a killed run needs, until it ends. Progress is
    shown by `fit` itself: ``verbose=1`` is a bar, ``verbose=2`` a line an epoch.

    Args:
        folder: where all this is; made where it is missing.
        monitor: what decides which epoch is best, by its name in the log.
        mode: whether lower (``"min"``) or higher (``"max"``) is better.
        patience: epochs to wait for a better one.
        data: what is given to `fit`.

    Returns:
        A list for ``fit(..., callbacks=...)``, for one model that is built.

    Raises:
        ValueError: when ``mode`` is neither, or ``patience`` is not a positive integer; in `fit`,
            when the model is not built, or nothing has the name ``monitor``.

    Example:
        >>> import tempfile
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     callbacks = training_callbacks(folder, monitor="loss")
        ...     x, y = np.ones((8, 2)), np.ones((8, 1))
        ...     history = model.fit(x, y, epochs=2, verbose=0, callbacks=callbacks).history
        ...     training_log(folder)["loss"] == history["loss"]
        True
    """
    if mode not in ("min", "max"):
        raise ValueError(f'mode must be "min" or "max", got {mode!r}')
    check_sizes(patience=patience)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    log = keras.callbacks.CSVLogger(folder / "log.csv", append=True)
    best = keras.callbacks.ModelCheckpoint(
        folder / "best.weights.h5",
        monitor=monitor,
        mode=mode,
        save_best_only=True,
        save_weights_only=True,
    )
    stopping = keras.callbacks.EarlyStopping(monitor=monitor, mode=mode, patience=patience)
    # The last to act: when it notes that an epoch is finished, the others have done their part.
    return [log, best, stopping, Resume(folder, best, stopping, data)]


def training_log(folder):
    """What `fit` would have returned as ``history`` if the run had never been interrupted.

    Args:
        folder: of `training_callbacks`. Where several runs were, this is the last.

    Returns:
        ``{name: values}``, a value an epoch. An epoch that was begun again counts once.
    """
    rows = []
    with open(Path(folder) / "log.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows[int(row.pop("epoch")) :] = [row]
    names = rows[0] if rows else []
    return {name: [float(row[name]) for row in rows] for name in names if rows[0][name] != "NA"}


class Resume(keras.callbacks.Callback):
    """Keeps what a killed run needs, brings it back, and at the end the best weights.

    Keras's own backup of an epoch is written into a folder of its own, which gets its name, the
    number of finished epochs, when it is complete: a kill on the way leaves the one before. Added
    is what it leaves out: the generators' states. The other callbacks learn from the log.

    Args:
        folder: of the run.
        best: the `keras.callbacks.ModelCheckpoint` of the run.
        stopping: its `keras.callbacks.EarlyStopping`.
        data: the `tf.data.Dataset` given to `fit`, or None.
    """

    def __init__(self, folder, best, stopping, data=None):
        super().__init__()
        self.backups = Path(folder) / "resume"
        self.folder, self.best, self.stopping, self.data = folder, best, stopping, data

    def on_train_begin(self, logs=None):
        """Bring back the state after the last finished epoch, where a run was killed."""
        if not self.model.built:
            raise ValueError(
                "model has no weights yet, into which those of a killed run could be read: "
                "build it, or call it on a batch, before fit"
            )
        if not (finished := self._finished()):
            return
        self._keras_backup(finished[-1]).on_train_begin()
        with np.load(finished[-1] / "generators.npz") as states:
            for i, variable in enumerate(self._generators()):
                variable.assign(states[str(i)])
            _set_pytorch_states([states[name] for name in states if name.startswith("pytorch")])
        log = training_log(self.folder)
        for epoch in range(int(finished[-1].name)):
            self.stopping.on_epoch_end(epoch, {name: log[name][epoch] for name in log})
            if self.data is not None:
                next(iter(self.data))  # the order of a pass is drawn when it begins
        self.best.best = self.stopping.best

    def on_epoch_end(self, epoch, logs=None):
        """Keep the state after this epoch."""
        if self.stopping.monitor not in logs:
            names = ", ".join(sorted(logs))
            raise ValueError(f"monitor must be one of {names}, got {self.stopping.monitor!r}")
        if self.model.stop_training:
            return  # or a run killed now would train another epoch
        older = self._finished()
        part = self.backups / "part"
        shutil.rmtree(part, ignore_errors=True)
        self._keras_backup(part).on_epoch_end(epoch)
        states = [keras.ops.convert_to_numpy(variable) for variable in self._generators()]
        named = {str(i): state for i, state in enumerate(states)}
        named |= {f"pytorch{i}": state for i, state in enumerate(_pytorch_states())}
        np.savez(part / "generators.npz", **named)
        part.rename(self.backups / f"{epoch + 1:06}")
        for path in older:
            shutil.rmtree(path)

    def on_train_end(self, logs=None):
        """Give the model its best weights."""
        self.model._initial_epoch = None  # Keras's backup sets it, and another fit would heed it
        if self.stopping.best is not None:
            self.model.load_weights(self.best.filepath)
        if self.backups.exists():
            done = self.backups.with_name("done")  # a backup is there as a whole or not at all
            shutil.rmtree(done, ignore_errors=True)
            self.backups.rename(done)
            shutil.rmtree(done)

    def _finished(self):
        return sorted(path for path in self.backups.glob("*") if path.name.isdecimal())

    def _keras_backup(self, folder):
        backup = keras.callbacks.BackupAndRestore(str(folder))
        backup.set_model(self.model)
        return backup

    def _generators(self):
        weights = {id(weight) for weight in self.model.weights}
        return [variable for variable in self.model.variables if id(variable) not in weights]


def _pytorch_states():
    """PyTorch's own generators, of the CPU and of each GPU, from which dropout draws there."""
    if keras.backend.backend() != "torch":
        return []
    import torch

    return [state.numpy() for state in (torch.get_rng_state(), *torch.cuda.get_rng_state_all())]


def _set_pytorch_states(states):
    if states:
        import torch

        cpu, *gpus = map(torch.from_numpy, states)
        torch.set_rng_state(cpu)
        torch.cuda.set_rng_state_all(gpus)


class ResetState(keras.callbacks.Callback):
    """Start every pass over the data from zero states: for ``fit`` and ``evaluate``, stateful."""

    def _reset(self, *_):
        for layer in self.model.recurrent_layers:
            layer.reset_state()

    on_epoch_begin = on_test_begin = _reset
