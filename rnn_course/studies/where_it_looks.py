"""Does attention look where a translator would, once it has been trained for long?

Alignment error against the true links of the corpus, by budget and score function; and the pairs
that stay crossed, such as *like attending* and *besuche gerne*.
"""

from rnn_course.studies import translating
from rnn_course.studies.claims import Claim, Gap, Greatest, Mean
from rnn_course.studies.study import Study


def train(run):
    """Train a translator; see `rnn_course.studies.Study`. The setting is of `EncoderDecoder`."""
    _, _, (_, _, test) = translating.data()
    for model, nats in translating.training(run):
        yield nats, lambda model=model: scores(model, test)


def scores(model, part):
    """Alignment and quality together."""
    return {**translating.alignments(model, part), **translating.quality(model, part)}


SETTINGS = {
    "dot": dict(attention="dot", units=128),
    "general": dict(attention="general", units=128),
    "additive": dict(attention="additive", units=128),
    "dot, one direction": dict(attention="dot", units=128, bidirectional=False),
}

STUDY = Study(
    name="where_it_looks",
    question="Does attention look where a translator would look?",
    fixed="As in `one_vector`. The link predicted for each German word is the English one with the "
    "largest weight; the last token is left out.",
    settings=SETTINGS,
    train=train,
    looks=(75, 150, 300, 600, 1000, 1300, 2000),
    budgets=(150, 600, 2000),
    unit="updates",
    dev="nats per token",
    flat=0.01,
    rates=(0.003, 0.01, 0.02),
    cost=60,
    claims=(
        Claim(
            "alignment_gets_better_then_stays",
            "The alignment error falls below a fifth, and stays above a twentieth.",
            Mean("dot", "error"),
            budgets=(600, 2000),
            at_most=0.2,
            refuted_by="an error above a fifth",
            notebook="08",
        ),
        Claim(
            "alignment_is_never_the_truth",
            "However long it is trained, attention does not become the alignment.",
            Mean("dot", "error"),
            budgets=(600, 2000),
            at_least=0.05,
            refuted_by="an error below a twentieth",
            notebook="08",
        ),
        Claim(
            "gerne_stays_crossed",
            "*gerne* goes on looking elsewhere than at *like*, though the sentences are right.",
            Mean("dot", "gerne at like"),
            budgets=(600, 2000),
            at_most=0.5,
            refuted_by="more than half of the time at *like*",
            notebook="08",
        ),
        Claim(
            "one_direction_cannot_cross",
            "A reader of one direction knows of the verb only when it has got there: then the verb "
            "looks at the verb more often than with two.",
            Gap("dot, one direction", "dot", "verb at verb"),
            budgets=(600, 2000),
            at_least=0.2,
            refuted_by="less than 20 points more often",
            notebook="08",
        ),
        Claim(
            "scores_align_alike",
            "No score function aligns much worse than the others.",
            Greatest(("dot", "general", "additive"), "error"),
            budgets=(2000,),
            at_most=0.3,
            refuted_by="one with an error above 30 %",
            notebook="08",
        ),
        Claim(
            "own_output_aligns_alike",
            "Fed with its own output, where that is right, it looks as it does when it is forced.",
            Gap("dot", "dot", "error, own output", "error"),
            budgets=(600, 2000),
            at_most=0.03,
            refuted_by="an error more than 3 points higher",
            notebook="08",
        ),
    ),
)
