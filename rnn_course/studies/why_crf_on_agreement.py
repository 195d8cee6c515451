"""What is a CRF worth where the grammar is known, to a reader of one direction and of two?

Tags of `agreement`, with one word in seven hidden: the tag of a hidden word must be told from its
neighbours, on both sides. A CRF that reads forward learns of the right side through the tags.
"""

import numpy as np

from rnn_course.studies import tagging
from rnn_course.studies.claims import Claim, Gap
from rnn_course.studies.study import Study
from rnn_course.tokens import BEGIN

CORPUS = "agreement"


def train(run):
    """Train a tagger; see `rnn_course.studies.Study`. The setting is of `SequenceTagger`."""
    (learn, dev, test), _, _, tags = tagging.data(CORPUS)
    may = neighbours(learn, tags)
    sizes = dict(embedding_dim=32, units=32)
    for _, scores in tagging.training(run, CORPUS, **(sizes | run.setting)):
        found = decoded(scores(dev), dev, tags, may)
        yield found["accuracy"], lambda of=scores: decoded(of(test), test, tags, may)


def neighbours(sentences, tags) -> np.ndarray:
    """Which tag has followed which in the training sentences, as `tagging.best` reads it."""
    may = np.zeros((len(tags), len(tags)), bool)
    for sentence in sentences:
        path = [BEGIN, *tags.encode(sentence.tags)]
        may[path[:-1], path[1:]] = True
    return may


def decoded(scores, sentences, tags, may) -> dict[str, float]:
    """Shares of right tags, all and of hidden words, and of neighbours that never were.

    ``constrained`` is decoded as the best path without such neighbours.
    """
    names = {"": tagging.best(scores, tags), ", constrained": tagging.best(scores, tags, may)}
    found = {}
    for name, paths in names.items():
        right, hidden, never = [], [], []
        for sentence, path in zip(sentences, paths, strict=True):
            same = [a == b for a, b in zip(sentence.tags, path, strict=True)]
            right += same
            places = zip(sentence.tokens, same, strict=True)
            hidden += [each for word, each in places if word == tagging.HIDDEN]
            ids = tags.encode(path)
            never += list(~may[ids[:-1], ids[1:]])
        found[f"accuracy{name}"] = np.mean(right)
        found[f"hidden words{name}"] = np.mean(hidden)
        found[f"never neighbours{name}"] = np.mean(never)
    return found


FORWARD, BOTH = dict(bidirectional=False), dict(bidirectional=True)
SETTINGS = {
    "forward, softmax": dict(output="softmax", **FORWARD),
    "forward, CRF": dict(output="crf", **FORWARD),
    "both, softmax": dict(output="softmax", **BOTH),
    "both, CRF": dict(output="crf", **BOTH),
}
HIDDEN = "hidden words"

STUDY = Study(
    name="why_crf_on_agreement",
    question="What is a CRF worth to a reader of one direction, and of two?",
    fixed="4,000 sentences of `agreement`, one word in seven hidden; LSTM of 32 in each direction, "
    "embeddings of 32, batches of 32, Adam. 125 updates are a pass.",
    settings=SETTINGS,
    train=train,
    looks=(60, 125, 250, 500, 660, 1000),
    budgets=(125, 500, 1000),
    unit="updates",
    dev="accuracy",
    lower_is_better=False,
    flat=0.003,
    rates=(0.003, 0.01),
    cost=15,
    claims=(
        Claim(
            "a_crf_sees_to_the_right",
            "A CRF helps a forward reader with hidden words: through the tags it learns of what "
            "follows.",
            Gap("forward, CRF", "forward, softmax", HIDDEN),
            budgets=(500, 1000),
            at_least=0.03,
            refuted_by="a gain of less than three points",
            notebook="06",
        ),
        Claim(
            "rules_are_only_a_part",
            "What a CRF gains a forward reader is more than forbidding: softmax's scores under "
            "the rules stay behind.",
            Gap("forward, CRF", "forward, softmax", HIDDEN, f"{HIDDEN}, constrained"),
            budgets=(500, 1000),
            at_least=0.005,
            refuted_by="softmax with constraints less than half a point behind",
            notebook="06",
        ),
        Claim(
            "both_directions_see_more_than_a_crf",
            "Reading from both sides gains more on hidden words than a CRF over a forward reader.",
            Gap("both, softmax", "forward, CRF", HIDDEN),
            budgets=(500, 1000),
            at_least=0.02,
            refuted_by="a lead of less than two points",
            notebook="06",
        ),
        Claim(
            "a_crf_adds_little_to_both",
            "To a reader of both directions the CRF adds next to nothing.",
            Gap("both, CRF", "both, softmax", HIDDEN),
            budgets=(1000,),
            at_most=0.01,
            refuted_by="a gain of more than a point",
            notebook="06",
        ),
    ),
)
