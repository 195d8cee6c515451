"""What do four times as many sentences gain, for a tagger with characters and without?

Learning curves: the English Web Treebank from 250 to 12,000 tagged sentences.
"""

from rnn_course.studies.claims import Claim, Gap
from rnn_course.studies.study import Study
from rnn_course.studies.vectors_from_elsewhere import train
from rnn_course.studies.what_tagging_gains import CORPUS

SIZES = (250, 1000, 4000, 12_000)
SETTINGS = {
    f"{name}, {size:,} sentences": dict(examples=size, **options)
    for name, options in {
        "words": dict(),
        "words and characters": dict(characters="cnn", character_units=50),
    }.items()
    for size in SIZES
}

STUDY = Study(
    name="more_data",
    question="What do four times as many sentences gain?",
    fixed="Bidirectional LSTM of 64 units in each direction, dropout 0.3, batches of 32, Adam; as "
    "many updates whatever the number of sentences.",
    settings=SETTINGS,
    train=train,
    looks=(125, 250, 500, 1000, 1300, 2000),
    budgets=(500, 2000),
    unit="updates",
    dev="accuracy",
    lower_is_better=False,
    flat=0.003,
    rates=(0.003, 0.01),
    corpora=(CORPUS,),
    cost=60,
    claims=(
        Claim(
            "four_times_the_data_gains",
            "From 1,000 sentences to 4,000 the tagger gains more than 3 points.",
            Gap("words, 4,000 sentences", "words, 1,000 sentences", "accuracy"),
            budgets=(2000,),
            at_least=0.03,
            refuted_by="a gain of less than 3 points",
            notebook="06",
        ),
        Claim(
            "characters_are_worth_data",
            "Characters are worth four times the data: with 1,000 sentences and characters it is "
            "as good as with 4,000 without.",
            Gap("words and characters, 1,000 sentences", "words, 4,000 sentences", "accuracy"),
            budgets=(2000,),
            at_least=-0.005,
            refuted_by="more than half a point behind",
            notebook="06",
        ),
        Claim(
            "more_data_is_not_over",
            "From 4,000 sentences to 12,000 the tagger still gains more than a point.",
            Gap("words, 12,000 sentences", "words, 4,000 sentences", "accuracy"),
            budgets=(2000,),
            at_least=0.01,
            refuted_by="a gain of less than a point",
            notebook="06",
        ),
    ),
)
