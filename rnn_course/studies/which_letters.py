"""How many letters back does a model of characters rely on?

Tiny Shakespeare. Asked by taking letters away and by changing them, and not by the size of a
gradient, which says how much an answer would move if a letter changed a little: letters do not
change a little.
"""

import numpy as np
from keras import ops

from rnn_course import bptt
from rnn_course.models import restart
from rnn_course.studies import characters
from rnn_course.studies.claims import Claim, Gap, Mean
from rnn_course.studies.study import Study
from rnn_course.studies.training import from_look_to_look, steps_of

LAGS = (1, 2, 4, 8, 16, 32)
ROWS = 2000  # windows of the test part, each with one letter to predict: the last


def train(run):
    """Train a language model; see `rnn_course.studies.Study`."""
    (_, dev, test), _ = characters.data()
    for model in training(run):
        yield characters.nats(model, dev), lambda model=model: scores(model, test)


def training(run):
    """Train a model of characters; yields it at each look."""
    (learn, _, _), size = characters.data()
    model = characters.network(size, **run.setting)
    restart(model, run.seed)
    model.optimizer.learning_rate.assign(run.rate)
    step = steps_of(model, characters.batches(learn, run.seed))
    for _ in from_look_to_look(step, run.looks):
        yield model


def scores(model, ids) -> dict[str, float]:
    """Nats of the last letter of windows, as they are and with letters taken away or changed.

    ``only last k``: how many nats more it costs that nothing before the last k letters was read;
    ``changed k back``: that the k-th last one is another letter, drawn from the text;
    ``without k back``: that it is left out. ``gradient beyond k``, of a simple RNN, is the share of
    the gradient's length, summed over the letters, that lies more than k back.
    """
    starts = np.linspace(0, len(ids) - characters.WINDOW - 2, ROWS).astype(int)
    rows = ids[starts[:, None] + np.arange(characters.WINDOW + 2)]
    x, y = rows[:, 1:-1], rows[:, -1]
    random = np.random.default_rng(0)
    whole = nats(model, x, y)
    found = {"nats per character": whole}
    for lag in LAGS:
        found[f"only last {lag}"] = nats_of_last(model, x, y, lag) - whole
    for lag in LAGS:
        other = x.copy()
        other[:, -lag] = random.permutation(x[:, -lag])
        found[f"changed {lag} back"] = nats(model, other, y) - whole
        shorter = np.concatenate([rows[:, : -lag - 1], rows[:, len(rows[0]) - lag : -1]], axis=1)
        found[f"without {lag} back"] = nats(model, shorter, y) - whole
    lengths = gradient_lengths(model, x[:200], y[:200])
    for lag in LAGS:
        beyond = np.nan if lengths is None else lengths[:, :-lag].sum() / lengths.sum()
        found[f"gradient beyond {lag}"] = beyond
    return found


def nats(model, x, y, place=-1) -> float:
    """The mean loss of the letter after a place of each window."""
    logits = model.predict(x, batch_size=500, verbose=0)[:, place]
    log_p = ops.convert_to_numpy(ops.log_softmax(logits))
    return -float(np.take_along_axis(log_p, y[:, None], axis=1).mean())


def nats_of_last(model, x, y, lag) -> float:
    """The same where a model reads the last letters only, from a state of zeros."""
    short = np.concatenate([x[:, -lag:], np.repeat(x[:, -1:], x.shape[1] - lag, axis=1)], axis=1)
    return nats(model, short, y, place=lag - 1)  # what is read later does not matter


def gradient_lengths(model, x, y):
    """The length of the last letter's gradient at each embedding; None of other cells."""
    if len(model.get_weights()) != 6:
        return None
    E, W, U, b, V, b_s = (weights.astype(float) for weights in model.get_weights())
    if U.shape[0] != U.shape[1]:
        return None
    record = bptt.forward(bptt.SimpleRNN(), [W, U, b], E[x])
    logits = record.final_state[0] @ V + b_s
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    back = bptt.backward(record, final_state_gradients=[p @ V.T])
    return np.linalg.norm(back.inputs, axis=-1)


SIMPLE, LSTM = "simple RNN, 96", "LSTM, 128"
SETTINGS = {
    SIMPLE: dict(cell="simple_rnn", units=96),
    LSTM: dict(cell="lstm", units=128),
}

STUDY = Study(
    name="which_letters",
    question="How many letters back does a model of characters rely on?",
    fixed="The first 500,000 characters of Tiny Shakespeare in windows of 64, batches of 32, "
    "embeddings of 32, Adam, a constant rate. 250 updates are about the notebook's one reading. "
    "Scored on the last letter of 2,000 windows of the part that training has not seen: `only last "
    "k`, `changed k back` and `without k back` are how many nats more it costs that a model reads "
    "no more than k letters, that the k-th last one is another, or that it is left out.",
    settings=SETTINGS,
    train=train,
    looks=(250, 500, 1000, 1500, 2000, 2500),
    budgets=(250, 1000, 2500),
    unit="updates",
    dev=characters.NATS,
    flat=0.01,
    rates=(0.003, 0.01),
    corpora=(characters.CORPUS,),
    cost=30,
    claims=(
        Claim(
            "one_reading_uses_a_word",
            "After one reading the simple RNN predicts as well from the last eight letters as from "
            "64.",
            Mean(SIMPLE, "only last 8"),
            budgets=(250,),
            at_most=0.02,
            refuted_by="a loss of more than 0.02 nats",
            notebook="02",
        ),
        Claim(
            "four_letters_are_too_few",
            "The last four letters are not enough for a simple RNN, not even after one reading.",
            Mean(SIMPLE, "only last 4"),
            budgets=(250, 1000, 2500),
            at_least=0.02,
            refuted_by="a loss of less than 0.02 nats",
            notebook="02",
        ),
        Claim(
            "trained_longer_it_uses_more",
            "Trained for longer, an LSTM loses by it that it reads eight letters only.",
            Mean(LSTM, "only last 8"),
            budgets=(2500,),
            at_least=0.05,
            refuted_by="a loss of less than 0.05 nats",
            notebook="02",
        ),
        Claim(
            "sixteen_letters_are_nearly_enough",
            "Trained for longer, an LSTM loses hardly anything by it that it reads sixteen "
            "letters only.",
            Mean(LSTM, "only last 16"),
            budgets=(2500,),
            at_most=0.05,
            refuted_by="a loss of more than 0.05 nats",
            notebook="02",
        ),
        Claim(
            "a_letter_sixteen_back_hardly_matters",
            "Another letter sixteen back changes next to nothing.",
            Mean(LSTM, "changed 16 back"),
            budgets=(1000, 2500),
            at_most=0.01,
            refuted_by="a loss of more than 0.01 nats",
            notebook="02",
        ),
        Claim(
            "lstm_reads_farther_than_simple_rnn",
            "The LSTM relies on letters farther back than the simple RNN does.",
            Gap(LSTM, SIMPLE, "only last 8"),
            budgets=(2500,),
            at_least=0.01,
            refuted_by="less than 0.01 nats more lost with eight letters",
            notebook="02",
        ),
    ),
)
