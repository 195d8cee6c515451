"""Is one vector too little for a sentence, or only slow to learn?

Translation without attention and with three kinds of it, by length of sentence, from a notebook's
150 updates on; a wider vector, one direction, and another bridge from encoder to decoder.
"""

from rnn_course.studies import translating
from rnn_course.studies.claims import Claim, Gap, Mean
from rnn_course.studies.study import Study


def train(run):
    """Train a translator; see `rnn_course.studies.Study`. The setting is of `EncoderDecoder`."""
    _, _, (_, _, test) = translating.data()
    for model, nats in translating.training(run):
        yield nats, lambda model=model: translating.quality(model, test)


NONE, DOT = "no attention", "dot"
SETTINGS = {
    NONE: dict(attention=None, units=128),
    "no attention, 256 units": dict(attention=None, units=256),
    "no attention, one direction": dict(attention=None, units=128, bidirectional=False),
    "no attention, dense bridge": dict(attention=None, units=128, bridge="dense"),
    DOT: dict(attention="dot", units=128),
    "dot, dense bridge": dict(attention="dot", units=128, bridge="dense"),
    "general": dict(attention="general", units=128),
    "additive": dict(attention="additive", units=128),
}

STUDY = Study(
    name="one_vector",
    question="Is one vector too little for a sentence, or only slow to learn?",
    fixed="GRU, 128 units, embeddings of 64, sentences of at most ten English tokens of the 150 "
    "most frequent words, batches of 64, Adam, a constant rate. 150 updates are the notebook's.",
    settings=SETTINGS,
    train=train,
    looks=(75, 150, 300, 600, 1000, 1300, 2000),
    budgets=(150, 600, 2000),
    unit="updates",
    dev="nats per token",
    flat=0.01,
    rates=(0.003, 0.01, 0.02),
    cost=80,
    claims=(
        Claim(
            "attention_is_far_ahead_at_first",
            "After 150 updates attention is more than 20 BLEU ahead of one vector.",
            Gap(DOT, NONE, "BLEU"),
            budgets=(150,),
            at_least=20,
            refuted_by="a lead of less than 20 BLEU",
            notebook="08",
        ),
        Claim(
            "one_vector_does_short_sentences",
            "One vector is enough for short sentences: after 600 updates three in four of at most "
            "six tokens are right.",
            Mean(NONE, "right, short"),
            budgets=(600, 2000),
            at_least=0.75,
            refuted_by="less than three in four",
            notebook="08",
        ),
        Claim(
            "long_sentences_need_more_than_one",
            "Where attention is ahead, it is so on long sentences: there one vector stays behind.",
            Gap(DOT, NONE, "right, long"),
            budgets=(600, 2000),
            at_least=0.1,
            refuted_by="a lead of less than 10 points on sentences of 9 and 10 tokens",
            notebook="08",
        ),
        Claim(
            "length_hurts_one_vector",
            "Without attention long sentences are worse than short ones, by more than 20 points.",
            Gap(NONE, NONE, "right, short", "right, long"),
            budgets=(600, 2000),
            at_least=0.2,
            refuted_by="a difference of less than 20 points",
            notebook="08",
        ),
        Claim(
            "length_hardly_hurts_attention",
            "With attention long sentences are hardly worse than short ones.",
            Gap(DOT, DOT, "right, short", "right, long"),
            budgets=(600, 2000),
            at_most=0.15,
            refuted_by="a difference of more than 15 points",
            notebook="08",
        ),
        Claim(
            "a_wider_vector_helps",
            "A vector twice as wide takes in more of long sentences.",
            Gap("no attention, 256 units", NONE, "right, long"),
            budgets=(2000,),
            at_least=0.03,
            refuted_by="a gain of less than 3 points",
            notebook="08",
        ),
        Claim(
            "scores_tie",
            "The three score functions end alike.",
            Gap("additive", DOT, "BLEU"),
            budgets=(2000,),
            at_least=-3,
            refuted_by="additive more than 3 BLEU behind dot",
            notebook="08",
        ),
        Claim(
            "the_bridge_matters_little",
            "How the encoder's state becomes the decoder's matters little.",
            Gap("no attention, dense bridge", NONE, "BLEU"),
            budgets=(2000,),
            at_most=5,
            refuted_by="a dense bridge more than 5 BLEU ahead",
            notebook="08",
        ),
    ),
)
