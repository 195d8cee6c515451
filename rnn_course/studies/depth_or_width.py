"""Is a stack of recurrent layers better than one wide layer with as many weights?

On sentences of a known grammar, from a notebook's two short passes to many. The order that a short
training shows may be the order of learning speeds, and not of what can be learned.
"""

from rnn_course.studies.agreement import train
from rnn_course.studies.claims import Claim, Gap, Least
from rnn_course.studies.study import Study

ABOVE = "above the perfect model"
SIZES = {  # the wide one has about as many recurrent weights as three layers
    "simple_rnn": ("simple RNN", 32, 59),
    "lstm": ("LSTM", 32, 60),
}

SETTINGS = {
    f"{name}, {layers} × {units}": dict(kind=kind, units=units, layers=layers, max_attractors=1)
    for kind, (name, narrow, wide) in SIZES.items()
    for layers, units in ((1, narrow), (2, narrow), (3, narrow), (1, wide))
}

STUDY = Study(
    name="depth_or_width",
    question="Is depth better than width, at the same number of weights?",
    fixed="Language models of `agreement` with one attractor at most, embeddings of 32, batches of "
    "50 of 20,000 sentences, Adam, a constant rate. 80 updates are the notebook's two passes.",
    settings=SETTINGS,
    train=train,
    looks=(80, 200, 400, 800, 1200, 2000, 4000, 8000, 12_000),
    budgets=(80, 400, 1200, 4000, 12_000),
    unit="updates",
    dev=f"nats per token {ABOVE}",
    flat=0.005,
    rates=(0.002, 0.005, 0.015),
    cost=75,
    claims=(
        Claim(
            "wide_wins_the_minute",
            "After two short passes one wide layer of a simple RNN is ahead of three narrow ones.",
            Gap("simple RNN, 1 × 59", "simple RNN, 3 × 32", ABOVE),
            budgets=(80,),
            at_most=-0.02,
            refuted_by="a lead of less than 0.02 nats",
            notebook="04",
        ),
        Claim(
            "deep_wins_in_the_end",
            "Trained for long, three layers of a simple RNN are better than one wide layer.",
            Gap("simple RNN, 3 × 32", "simple RNN, 1 × 59", ABOVE),
            budgets=(4000, 12_000),
            at_most=-0.01,
            refuted_by="a lead of less than 0.01 nats",
            notebook="04",
        ),
        Claim(
            "deep_wins_in_the_end_gated",
            "Trained for long, three layers of an LSTM are better than one wide layer.",
            Gap("LSTM, 3 × 32", "LSTM, 1 × 60", ABOVE),
            budgets=(4000, 12_000),
            at_most=-0.01,
            refuted_by="a lead of less than 0.01 nats",
            notebook="04",
        ),
        Claim(
            "more_weights_help",
            "One narrow layer of a simple RNN is behind both the deep and the wide one.",
            Gap("simple RNN, 1 × 32", "simple RNN, 1 × 59", ABOVE),
            budgets=(400, 1200, 4000, 12_000),
            at_least=0.005,
            refuted_by="the narrow layer less than 0.005 nats behind",
            notebook="04",
        ),
        Claim(
            "all_learn_agreement_in_the_end",
            "In the end deep, wide and narrow networks all choose nearly every verb right.",
            Least(tuple(SETTINGS), "verbs"),
            budgets=(12_000,),
            at_least=0.97,
            refuted_by="one of them below 97 %",
            notebook="04",
        ),
    ),
)
