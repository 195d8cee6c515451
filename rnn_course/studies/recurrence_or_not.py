"""What does recurrence gain over counting, a window and a bag, and does the simple RNN gain it?

On sentences in which a verb depends on a noun far back, every model at its own rate, from a
notebook's seconds to where the curves are flat.
"""

from rnn_course.studies.agreement import train
from rnn_course.studies.claims import Claim, Gap, Greatest, Mean
from rnn_course.studies.study import Study

ABOVE = "above the perfect model"
SETTINGS = {
    "5-gram": dict(kind="ngrams", units=0, order=5),
    "window of 4": dict(kind="window", units=128, window=4),
    "window of 10": dict(kind="window", units=128, window=10),
    "bag": dict(kind="bag", units=128),
    "simple RNN": dict(kind="simple_rnn", units=64),
    "LSTM": dict(kind="lstm", units=64),
    "GRU": dict(kind="gru", units=64),
}
NETWORKS = ("simple RNN", "LSTM", "GRU")

STUDY = Study(
    name="recurrence_or_not",
    question="What does a recurrent network know that counting, a window and a bag do not?",
    fixed="Language models of `agreement`, embeddings of 32, batches of 50 of 20,000 sentences, "
    "Adam with Keras's betas, a constant rate; the 5-gram is Kneser and Ney's. A verb is far where "
    "more than 8 words lie between it and what decides it.",
    settings=SETTINGS,
    train=train,
    looks=(100, 200, 400, 800, 1600, 2500, 5000, 7500, 12_000),
    budgets=(400, 1600, 5000, 12_000),
    unit="updates",
    dev=f"nats per token {ABOVE}",
    flat=0.005,
    rates=(0.002, 0.005, 0.015),
    cost=75,
    claims=(
        Claim(
            "counting_does_not_agree",
            "Counting and a window of four words choose hardly better than at random where the "
            "verb is far from its subject.",
            Greatest(("5-gram", "window of 4"), "far verbs"),
            budgets=(400, 1600, 5000, 12_000),
            at_most=0.65,
            refuted_by="one of them above 65 %",
            notebook="05",
        ),
        Claim(
            "simple_rnn_agrees",
            "Trained for long, the simple RNN gets far verbs right as well.",
            Mean("simple RNN", "far verbs"),
            budgets=(5000, 12_000),
            at_least=0.9,
            refuted_by="a mean below 90 %",
            notebook="05",
        ),
        Claim(
            "lstm_agrees_sooner",
            "The LSTM learns far verbs with fewer updates than the simple RNN.",
            Gap("LSTM", "simple RNN", "far verbs"),
            budgets=(1600,),
            at_least=0.05,
            refuted_by="a lead of less than 5 points",
            notebook="05",
        ),
        Claim(
            "gated_ahead_in_the_end",
            "At the end LSTM and simple RNN are still apart.",
            Gap("LSTM", "simple RNN", ABOVE),
            budgets=(12_000,),
            at_most=-0.01,
            refuted_by="the LSTM less than 0.01 nats per token ahead",
            notebook="05",
        ),
        Claim(
            "lstm_and_gru_tie",
            "LSTM and GRU of as many units end at the same loss.",
            Gap("GRU", "LSTM", ABOVE),
            budgets=(12_000,),
            at_most=0.01,
            refuted_by="the GRU more than 0.01 nats per token behind",
            notebook="05",
        ),
        Claim(
            "simple_rnn_beats_the_bag",
            "The simple RNN is ahead of the bag of all words so far.",
            Gap("simple RNN", "bag", ABOVE),
            budgets=(1600, 5000, 12_000),
            at_most=-0.02,
            refuted_by="a lead of less than 0.02 nats per token",
            notebook="05",
        ),
    ),
)
