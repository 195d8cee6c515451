"""Who remembers forty steps, and what decides it: the cell, or how it starts?

Recall over 10, 40 and 100 steps: three cells, two sizes of embeddings, two starts of each cell. The
textbook says that the LSTM remembers and the simple RNN does not.
"""

from rnn_course.studies.claims import Claim, Gap, Greatest, Least, Mean
from rnn_course.studies.recall import train
from rnn_course.studies.study import Study

LAGS = (10, 40, 100)
EMBEDDINGS = {"±1": 1.0, "±0.05": 0.05}  # 0.05 is Keras's default
STARTS = {
    "simple RNN, orthogonal": dict(cell="simple_rnn", recurrent_initializer="orthogonal"),
    "simple RNN, Glorot": dict(cell="simple_rnn", recurrent_initializer="glorot_uniform"),
    "LSTM, Keras's gates": dict(cell="lstm", keep=1),
    "LSTM, open gates": dict(cell="lstm", keep=4),
    "GRU, Keras's gates": dict(cell="gru", keep=0),
    "GRU, open gates": dict(cell="gru", keep=4),
}

SETTINGS = {
    f"{start}, {size}, lag {lag}": dict(lag=lag, embeddings=EMBEDDINGS[size], units=32, **options)
    for lag in LAGS
    for start, options in STARTS.items()
    for size in EMBEDDINGS
}


def _of(lag, *beginnings, sizes=tuple(EMBEDDINGS)):
    return tuple(
        f"{start}, {size}, lag {lag}"
        for start in STARTS
        for size in sizes
        if start.startswith(beginnings)
    )


OPEN = _of(40, "LSTM, open", "GRU, open")
CLOSED = _of(40, "LSTM, Keras", "GRU, Keras")

STUDY = Study(
    name="forty_steps",
    question="Who remembers forty steps: does the cell decide it, or how it starts?",
    fixed="32 units, embeddings of 16, Adam, batches of 128 of 8,000 examples; a training ends "
    "when 99.5 % of dev are right. Open gates start at σ(4); Keras's forget gate at σ(1), its "
    "update gate at σ(0).",
    settings=SETTINGS,
    train=train,
    looks=(25, 50, 100, 200, 300, 500, 1000, 2000, 3000),
    budgets=(100, 300, 1000, 3000),
    unit="updates",
    dev="accuracy",
    lower_is_better=False,
    flat=0.02,
    rates=(0.003, 0.01, 0.03),
    cost=50,
    claims=(
        Claim(
            "gates_first_in_the_minute",
            "With embeddings of ±1 and open gates the LSTM recalls a letter over 40 steps after "
            "100 updates; the simple RNN does not.",
            Gap("LSTM, open gates, ±1, lag 40", "simple RNN, orthogonal, ±1, lag 40", "accuracy"),
            budgets=(100,),
            at_least=0.5,
            refuted_by="a simple RNN less than 50 points behind",
            notebook="03",
        ),
        Claim(
            "simple_rnn_remembers_too",
            "With Keras's small embeddings and orthogonal kernel the simple RNN recalls a letter "
            "over 40 steps.",
            Mean("simple RNN, orthogonal, ±0.05, lag 40", "accuracy"),
            budgets=(300, 1000, 3000),
            at_least=0.9,
            refuted_by="a mean below 90 %",
            notebook="03",
        ),
        Claim(
            "orthogonal_is_why",
            "The simple RNN owes its memory to the orthogonal kernel: from Glorot's it does not "
            "learn to recall 40 steps.",
            Gap(
                "simple RNN, orthogonal, ±0.05, lag 40",
                "simple RNN, Glorot, ±0.05, lag 40",
                "accuracy",
            ),
            budgets=(300, 1000, 3000),
            at_least=0.5,
            refuted_by="Glorot's kernel less than 50 points behind",
            notebook="03",
        ),
        Claim(
            "small_embeddings_are_why",
            "The simple RNN owes its memory to embeddings that keep tanh nearly linear, too: with"
            " ±1 it does not learn to recall 40 steps.",
            Gap(
                "simple RNN, orthogonal, ±0.05, lag 40",
                "simple RNN, orthogonal, ±1, lag 40",
                "accuracy",
            ),
            budgets=(300, 1000, 3000),
            at_least=0.5,
            refuted_by="embeddings of ±1 less than 50 points behind",
            notebook="03",
        ),
        Claim(
            "closed_gates_do_not_learn_soon",
            "With Keras's gate biases neither LSTM nor GRU recalls 40 steps after 100 updates, "
            "whatever the embeddings.",
            Greatest(CLOSED, "accuracy"),
            budgets=(100,),
            at_most=0.4,
            refuted_by="one of the four above 40 %",
            notebook="03",
        ),
        Claim(
            "closed_gates_learn_late",
            "With Keras's gate biases LSTM and GRU learn to recall 40 steps in the end.",
            Least(CLOSED, "accuracy"),
            budgets=(3000,),
            at_least=0.9,
            refuted_by="one of the four below 90 % after 3,000 updates",
            notebook="03",
        ),
        Claim(
            "open_gates_are_enough",
            "With open gates LSTM and GRU recall 40 steps, whatever the embeddings.",
            Least(OPEN, "accuracy"),
            budgets=(300, 1000, 3000),
            at_least=0.95,
            refuted_by="one of the four below 95 %",
            notebook="03",
        ),
        Claim(
            "gates_reach_farther",
            "Over 100 steps open gates do better than the simple RNN at its best start.",
            Gap(
                "LSTM, open gates, ±0.05, lag 100",
                "simple RNN, orthogonal, ±0.05, lag 100",
                "accuracy",
            ),
            budgets=(1000, 3000),
            at_least=0.2,
            refuted_by="less than 20 points between them",
            notebook="03",
        ),
    ),
)
