"""Recall, adding and agreement as one kind of task, for studies that compare cells across them.

The lower a score the better, whatever the task: the share of wrong answers, the squared error, or
the nats per token above the perfect model.
"""

from functools import cache

import keras
import numpy as np

from rnn_course import corpora
from rnn_course.layers import RNN, make_cell
from rnn_course.models import restart
from rnn_course.studies import agreement, recall
from rnn_course.studies.training import adam, again_and_again, from_look_to_look, steps_of


def train(run):
    """Train on the setting's ``task``; see `rnn_course.studies.Study`.

    The other entries of the setting are those of `recall.train`, `agreement.train` or of `adding`;
    ``cell`` names the cell in all of them.
    """
    setting = dict(run.setting)
    task = setting.pop("task")
    if task == "recall":
        for right, scores in recall.train(run._replace(setting=dict(embeddings=1.0, **setting))):
            yield 1 - right, lambda scores=scores: {"error": 1 - scores()["accuracy"]}
    elif task == "adding":
        yield from _train_adding(run, **setting)
    else:
        setting["kind"] = setting.pop("cell")
        for above, scores in agreement.train(run._replace(setting=setting)):
            yield above, lambda scores=scores: {"error": scores()["above the perfect model"]}


@cache
def _adding(lag):
    return [
        (np.array([e.inputs for e in part], "float32"), np.array([e.answer for e in part]))
        for part in corpora.load("memory", task="adding", lag=lag)
    ]


@cache
def _adding_network(cell, units, **options):
    model = keras.Sequential(
        [
            keras.Input((None, 2)),
            RNN(make_cell(cell, units, **options), name="rnn"),
            keras.layers.Dense(1),
        ]
    )
    model.compile(adam(0.001), "mean_squared_error", jit_compile=True)
    return model


def _train_adding(run, lag, keep=None, **options):
    learn, dev, test = _adding(lag)
    model = _adding_network(**options)
    restart(model, run.seed)
    model.optimizer.learning_rate.assign(run.rate)
    if keep is not None:
        recall.open_gate(model.get_layer("rnn").cell, keep)
    step = steps_of(model, again_and_again(*learn, batch_size=64, seed=run.seed))

    def error(part):
        x, y = part
        return float(np.square(model.predict_on_batch(x)[:, 0] - y).mean())

    for _ in from_look_to_look(step, run.looks):
        yield error(dev), lambda: {"error": error(test)}
