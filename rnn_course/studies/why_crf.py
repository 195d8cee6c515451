"""Why does a CRF find more names: does it forbid, does it know, or does it learn sooner?

Names of diseases. Each tagger's scores are decoded in several ways: as they are; with orphaned `I`
made `O` afterwards; as the best path in which no `I` follows an `O`.
"""

import numpy as np

from rnn_course.metrics import entity_scores
from rnn_course.studies import tagging
from rnn_course.studies.claims import Claim, Gap
from rnn_course.studies.study import Study
from rnn_course.tokens import BEGIN

CORPUS = "ncbi_disease"


def train(run):
    """Train a tagger; see `rnn_course.studies.Study`. The setting is of `SequenceTagger`."""
    (_, dev, test), _, _, tags = tagging.data(CORPUS)
    sizes = dict(embedding_dim=64, units=64, dropout=0.3)
    for model, scores in tagging.training(run, CORPUS, **(sizes | run.setting)):
        found = f1(dev, tagging.best(scores(dev), tags))
        yield found, lambda of=scores, model=model: decoded(of(test), test, tags, model)


def decoded(scores, sentences, tags, model) -> dict[str, float]:
    """F1 of three ways to decode, and how much the transitions forbid.

    ``I after O`` is the transition's score less that of the legal ``B after O``; NaN without CRF.
    """
    plain = tagging.best(scores, tags)
    found = {
        "F1": f1(sentences, plain),
        "F1, repaired": f1(sentences, [repaired(row) for row in plain]),
        "F1, constrained": f1(sentences, tagging.best(scores, tags, allowed(tags))),
        "orphans": float(np.mean([repaired(row) != row for row in plain])),
        "I after O": np.nan,
    }
    if model.crf is not None:
        (transitions,) = model.crf.get_weights()
        o, b, i = (tags.encode([tag])[0] for tag in ("O", "B-Disease", "I-Disease"))
        found["I after O"] = float(transitions[o, i] - transitions[o, b])
    return found


def f1(sentences, found) -> float:
    """Strict F1 of the entities."""
    return entity_scores([s.tags for s in sentences], found).f1


def repaired(row):
    """Tags with every `I` that continues nothing made `O`."""
    found = []
    for tag in row:
        before = found[-1] if found else "O"
        found.append("O" if tag.startswith("I-") and before[1:] not in (tag[1:],) else tag)
    return found


def allowed(tags) -> np.ndarray:
    """Which tag may follow which: no `I` but after `B` or `I` of its type."""
    names = tags.tokens
    may = np.ones((len(names), len(names)), bool)
    for first, before in enumerate(names):
        for second, tag in enumerate(names):
            if tag.startswith("I-"):
                may[first, second] = first != BEGIN and before[1:] == tag[1:]
    return may


SETTINGS = {
    "softmax": dict(output="softmax"),
    "CRF": dict(output="crf"),
    "softmax + characters": dict(output="softmax", characters="cnn", character_units=50),
    "CRF + characters": dict(output="crf", characters="cnn", character_units=50),
}

STUDY = Study(
    name="why_crf",
    question="Why does a CRF find more names: does it forbid, or does it learn sooner?",
    fixed="4,000 sentences of NCBI's disease corpus, LSTM of 64 units in each direction, "
    "embeddings of 64, dropout 0.3, batches of 32, Adam. 125 updates are a pass.",
    settings=SETTINGS,
    train=train,
    looks=(125, 250, 375, 500, 750, 1000, 1500, 2000),
    budgets=(250, 1000, 2000),
    unit="updates",
    dev="strict F1",
    lower_is_better=False,
    flat=0.01,
    rates=(0.003, 0.01),
    corpora=(CORPUS,),
    cost=35,
    claims=(
        Claim(
            "crf_is_ahead_at_first",
            "After two passes the CRF finds more names than softmax.",
            Gap("CRF", "softmax", "F1"),
            budgets=(250,),
            at_least=0.03,
            refuted_by="a lead of less than 3 points",
            notebook="06",
        ),
        Claim(
            "lead_shrinks",
            "Trained for long, most of the CRF's lead over softmax is gone.",
            Gap("CRF", "softmax", "F1"),
            budgets=(2000,),
            at_most=0.03,
            refuted_by="a lead of more than 3 points",
            notebook="06",
        ),
        Claim(
            "constraints_are_a_part",
            "Decoding softmax's scores under the same rules does not close the gap of two passes.",
            Gap("CRF", "softmax", "F1", "F1, constrained"),
            budgets=(250,),
            at_least=0.01,
            refuted_by="softmax with constraints less than a point behind",
            notebook="06",
        ),
        Claim(
            "constraints_help_softmax",
            "Decoding under the rules of the tags helps softmax.",
            Gap("softmax", "softmax", "F1, constrained", "F1"),
            budgets=(250, 1000, 2000),
            at_least=0.005,
            refuted_by="a gain of less than half a point",
            notebook="06",
        ),
        Claim(
            "the_crf_needs_no_constraints",
            "To the CRF the rules of the tags add nothing: it knows them.",
            Gap("CRF", "CRF", "F1, constrained", "F1"),
            budgets=(1000, 2000),
            at_most=0.005,
            refuted_by="a gain of more than half a point",
            notebook="06",
        ),
        Claim(
            "crf_helps_with_characters_too",
            "With characters the CRF is ahead of softmax as well, in the end.",
            Gap("CRF + characters", "softmax + characters", "F1"),
            budgets=(2000,),
            at_least=0.0,
            refuted_by="softmax ahead",
            notebook="06",
        ),
    ),
)
