"""The recall task as several studies use it: a letter, so many digits, and then: which letter?"""

from functools import cache

import keras
import numpy as np

from rnn_course import corpora
from rnn_course.layers import RNN, LSTMCell, SimpleRNNCell, make_cell
from rnn_course.models import restart
from rnn_course.studies.training import adam, again_and_again, from_look_to_look, steps_of
from rnn_course.text import Vocabulary

LETTERS = list("abcdefgh")
VOCABULARY = Vocabulary([*LETTERS, *"0123456789", "?"])
SOLVED = 0.995  # share of dev that is right


@cache
def data(lag: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Token ids and answers of the three splits: 8,000, 500 and 1,000 examples."""
    train, dev, test = corpora.load("memory", task="recall", lag=lag)
    return [
        (
            np.array(VOCABULARY.encode_all([each.tokens for each in split])),
            np.array([LETTERS.index(each.answer) for each in split]),
        )
        for split in (train, dev[:500], test)
    ]


def open_gate(cell, keep: float) -> None:
    """Start the gate that keeps at σ(keep); a simple RNN has none.

    Args:
        cell: built.
        keep: the bias of the LSTM's forget gate, or of the GRU's update gate.
    """
    if isinstance(cell, SimpleRNNCell):
        return
    *kernels, bias = cell.get_weights()
    units = cell.units
    if isinstance(cell, LSTMCell):
        bias[units : 2 * units] = keep
    elif bias.ndim == 2:
        bias[0, :units] = keep
    else:
        bias[:units] = keep
    cell.set_weights([*kernels, bias])


@cache
def network(embeddings: float, cell: str, units: int, **options) -> keras.Model:
    """A compiled embedding, recurrent layer and read-out; `cell` takes the options."""
    uniform = keras.initializers.RandomUniform(-embeddings, embeddings)
    model = keras.Sequential(
        [
            keras.Input((None,)),
            keras.layers.Embedding(len(VOCABULARY), 16, embeddings_initializer=uniform),
            RNN(make_cell(cell, units, **options), name="rnn"),
            keras.layers.Dense(len(LETTERS), name="read_out"),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(adam(0.001), loss, jit_compile=True)
    return model


def train(run):
    """Train on one lag until dev is solved or the budget ends; see `rnn_course.studies.Study`.

    The setting has ``lag``, ``keep`` (the gate's bias, None for Keras's) and the arguments of
    `network`.
    """
    setting = dict(run.setting)
    lag, keep = setting.pop("lag"), setting.pop("keep", None)
    learn, dev, test = data(lag)
    model = network(**setting)
    restart(model, run.seed)
    model.optimizer.learning_rate.assign(run.rate)
    if keep is not None:
        open_gate(model.get_layer("rnn").cell, keep)
    batches = again_and_again(*learn, batch_size=128, seed=run.seed)

    def score(look):
        return {"accuracy": accuracy(model, *test), "updates": look}

    solved = None
    for look in from_look_to_look(steps_of(model, batches), run.looks):
        right = accuracy(model, *dev)
        if right >= SOLVED and solved is None:
            solved = look
        yield right, lambda until=solved or look: score(until)
        if solved:
            return


def accuracy(model, x, y) -> float:
    """The share of the answers that is right."""
    return float((model.predict_on_batch(x).argmax(axis=-1) == y).mean())
