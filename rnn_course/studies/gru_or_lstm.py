"""Is the GRU easier to train than the LSTM, without loss of performance?

At equal numbers of weights, each at its own rate, gates opened alike, on two tasks of memory and
one of language. Real text is asked in `gru_or_lstm_on_text`.
"""

from rnn_course.studies.claims import Claim, Gap
from rnn_course.studies.memory_and_sentences import train
from rnn_course.studies.study import Study

CELLS = {"LSTM": dict(cell="lstm", units=32), "GRU": dict(cell="gru", units=38)}  # as many weights
TASKS = {
    "recall over 40": dict(task="recall", lag=40, keep=4),
    "recall over 100": dict(task="recall", lag=100, keep=4),
    "adding over 15": dict(task="adding", lag=15, keep=2),
    "adding over 40": dict(task="adding", lag=40, keep=4),
    "agreement": dict(task="agreement"),
}
SETTINGS = {
    f"{name}, {task}": {**cell, **options}
    for task, options in TASKS.items()
    for name, cell in CELLS.items()
}


def _level(task, sentence, most, budgets, name):
    return Claim(
        name,
        sentence,
        Gap(f"GRU, {task}", f"LSTM, {task}", "error"),
        budgets=budgets,
        at_most=most,
        refuted_by=f"a GRU more than {most} behind",
        notebook="03",
    )


STUDY = Study(
    name="gru_or_lstm",
    question="Is the GRU easier to train than the LSTM, without loss of performance?",
    fixed="32 units of the LSTM, 38 of the GRU: about as many weights. Gates that keep start open, "
    "at σ(4), for adding over 15 at σ(2), and as Keras starts them on `agreement`. Adam.",
    settings=SETTINGS,
    train=train,
    looks=(50, 100, 200, 300, 600, 1000, 2000, 3000, 4500),
    budgets=(100, 300, 1000, 3000, 4500),
    unit="updates",
    dev="share of wrong answers, squared error, or nats per token above the perfect model",
    flat=0.005,
    rates=(0.003, 0.01, 0.03),
    cost=80,
    claims=(
        _level(
            "recall over 40",
            "On recall over 40 steps the GRU loses nothing.",
            0.02,
            (1000, 3000),
            "gru_recalls_as_well",
        ),
        _level(
            "adding over 40",
            "On adding over 40 steps the GRU loses nothing.",
            0.01,
            (3000, 4500),
            "gru_adds_as_well",
        ),
        _level(
            "agreement",
            "On sentences the GRU loses nothing.",
            0.01,
            (3000, 4500),
            "gru_agrees_as_well",
        ),
        Claim(
            "gru_adds_sooner",
            "The GRU learns to add over 15 steps with fewer updates than the LSTM.",
            Gap("GRU, adding over 15", "LSTM, adding over 15", "error"),
            budgets=(100, 300),
            at_most=-0.01,
            refuted_by="a squared error less than 0.01 lower",
            notebook="03",
        ),
        Claim(
            "gru_is_not_easier_everywhere",
            "The GRU is not easier to train everywhere: recall over 100 steps it does not learn "
            "sooner.",
            Gap("GRU, recall over 100", "LSTM, recall over 100", "error"),
            budgets=(100,),
            at_least=0.0,
            refuted_by="fewer wrong answers than the LSTM after 100 updates",
            notebook="03",
        ),
    ),
)
