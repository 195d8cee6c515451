"""Training a pipeline's model: what is kept aside, for how long, and how it goes on."""

import json
import time
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from rnn_course.callbacks import ResetState, training_callbacks, training_log
from rnn_course.pipelines.archive import PipelineError

# Text that is kept aside is to be enough to tell two models apart, and no more: it is not learned.
MOST_KEPT = 2000


class Plan(NamedTuple):
    """How a model of some kind is trained where nothing else is said.

    Args:
        tokens: to train on in all, each as often as it is: what two cores do in ten minutes.
        epochs: the most, for small texts.
        batch_size: the largest, for large texts.
        rate: Adam's first learning rate; it falls along a cosine.
        monitor: what decides which epoch is best.
        mode: whether lower or higher is better.
    """

    tokens: float
    epochs: int
    batch_size: int
    rate: float
    monitor: str = "val_loss"
    mode: str = "min"

    def epochs_of(self, tokens):
        """How many epochs, of a text of so many tokens."""
        return int(np.clip(round(self.tokens / max(tokens, 1)), 1, self.epochs))

    def batch_size_of(self, examples):
        """How many examples a batch, so that a small text too has many updates an epoch."""
        return int(np.clip(examples // 20, 1, self.batch_size))


class StopAfter(keras.callbacks.Callback):
    """Stops a training after so many minutes, as if its epoch ended there."""

    def __init__(self, minutes):
        super().__init__()
        self.seconds = 60 * minutes

    def on_train_begin(self, logs=None):
        """Note the time."""
        self.end = time.monotonic() + self.seconds

    def on_train_batch_end(self, batch, logs=None):
        """Stop where the time is over."""
        if time.monotonic() > self.end:
            self.model.stop_training = True


def hold_out(examples, key, share=0.1, seed=0):
    """Keep a random part of the examples aside, so that what is alike is on one side.

    Args:
        examples: a list.
        key: what makes two examples alike, a function: the same text with another label, say.
        share: how much to keep aside.
        seed: of the draw.

    Returns:
        What is left, and what is kept, both in their order.

    Raises:
        PipelineError: when there are not two examples that differ.

    Example:
        >>> hold_out(["a", "b", "a", "c", "b"], key=str, share=0.3)
        (['b', 'b'], ['a', 'a', 'c'])
    """
    keys = [key(example) for example in examples]
    distinct = list(dict.fromkeys(keys))
    if len(distinct) < 2:
        raise PipelineError(
            f"of {len(examples)} examples none can be kept aside, for all are alike: give more, "
            "or what to keep aside: dev="
        )
    wanted = min(max(1, round(share * len(examples))), MOST_KEPT)
    counts = dict.fromkeys(distinct, 0)
    for each in keys:
        counts[each] += 1
    kept, taken = set(), 0
    for place in np.random.default_rng(seed).permutation(len(distinct))[:-1]:
        if taken >= wanted:
            break
        kept.add(distinct[place])
        taken += counts[distinct[place]]
    pairs = list(zip(keys, examples, strict=True))
    return [e for k, e in pairs if k not in kept], [e for k, e in pairs if k in kept]


def fingerprint(*parts):
    """A short name of all that decides what a training comes to."""
    digest = sha256()
    for part in parts:
        digest.update(json.dumps(part, sort_keys=True, default=repr).encode(errors="replace"))
    return digest.hexdigest()[:12]


def train(
    model, plan, learn, dev, loss, metrics, *, rate, epochs, patience, minutes, folder, verbose
):
    """Compile a built model and train it until the kept part gets no better.

    Args:
        model: of `rnn_course.models`, built.
        plan: a `Plan`.
        learn, dev: batches of `rnn_course.text`.
        loss, metrics: for `compile`.
        rate: Adam's first.
        epochs: at most.
        patience: epochs without a better one after which it stops.
        minutes: after which it stops; None for no such limit.
        folder: of a training that may have been stopped, to go on with; None for a new one.
        verbose: as in `fit`.

    Returns:
        A dict of how many ``epochs`` there were, which was the ``best``, the monitor's ``value``
        there, and whether it is ``finished``: it is not where Ctrl-C stopped it. The model has its
        best weights.

    Raises:
        KeyboardInterrupt: when Ctrl-C stops it before an epoch has ended.
    """
    decay = keras.optimizers.schedules.CosineDecay(rate, epochs * len(learn), alpha=0.01)
    model.compile(keras.optimizers.Adam(decay, clipnorm=1.0), loss, metrics=metrics)
    decides = dict(monitor=plan.monitor, mode=plan.mode, patience=patience)
    if folder is None:
        kept = [keras.callbacks.EarlyStopping(**decides, restore_best_weights=True)]
    else:
        kept = training_callbacks(folder, **decides, data=learn)
    more = [ResetState()] if model.get_config().get("stateful") else []
    more += [StopAfter(minutes)] if minutes is not None else []
    finished = True
    try:
        options = dict(validation_data=dev, epochs=epochs, verbose=verbose)
        model.fit(learn, callbacks=[*more, *kept], **options)
    except KeyboardInterrupt:
        finished = False
        _take_best(model, kept[0], folder)
    log = model.history.history if folder is None else training_log(folder)
    values = log[plan.monitor]
    best = int(np.argmin(values) if plan.mode == "min" else np.argmax(values))
    return dict(epochs=len(values), best=best + 1, value=values[best], finished=finished)


def _take_best(model, first, folder):
    """Give a model whose training was stopped by Ctrl-C its best weights, where it has any yet."""
    if folder is None:
        if first.best_weights is None:
            raise KeyboardInterrupt
        model.set_weights(first.best_weights)
        return
    first.on_train_end()  # which closes the log
    try:
        model.load_weights(Path(folder) / "best.weights.h5")
    except (OSError, ValueError):  # no epoch has ended, or Ctrl-C came while it was written
        raise KeyboardInterrupt from None
