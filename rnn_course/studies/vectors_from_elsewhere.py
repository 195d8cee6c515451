"""When do pre-trained vectors pay: how few tags, whose text, frozen or tuned?

Taggers of the English Web Treebank from 250 to 4,000 tagged sentences. Vectors are word2vec's of
plain text: all of the treebank's, or that of medical abstracts.
"""

from rnn_course.metrics import tag_accuracies
from rnn_course.studies import tagging
from rnn_course.studies.claims import Claim, Gap
from rnn_course.studies.study import Study
from rnn_course.studies.what_tagging_gains import CORPUS, pretrained

OTHER = "ncbi_disease"
SIZES = (250, 1000, 4000)
VECTORS = {
    "random": dict(),
    "own text, tuned": dict(text=CORPUS),
    "own text, frozen": dict(text=CORPUS, trainable_embeddings=False),
    "other domain, tuned": dict(text=OTHER),
    "other domain, frozen": dict(text=OTHER, trainable_embeddings=False),
}


def train(run):
    """Train a tagger; see `rnn_course.studies.Study`. The setting is of `tagging.training`."""
    setting = dict(run.setting)
    (sentences, dev, test), _, _, tags = tagging.data(CORPUS, setting["examples"])
    sizes = dict(embedding_dim=64, units=64, dropout=0.3)
    if text := setting.pop("text", None):
        words, matrix = pretrained(text)
        sizes |= dict(words=words, embeddings=matrix, embedding_dim=matrix.shape[1])
    seen = {word for sentence in sentences for word in sentence.tokens}

    def shares(part, scores):
        tokens, gold = [s.tokens for s in part], [s.tags for s in part]
        found = tag_accuracies(tokens, gold, tagging.best(scores(part), tags), known_words=seen)
        return {"accuracy": found.overall, "known": found.known, "unknown": found.unknown}

    for _, scores in tagging.training(run, CORPUS, **(sizes | setting)):
        yield shares(dev, scores)["accuracy"], lambda scores=scores: shares(test, scores)


SETTINGS = {
    f"{name}, {size} sentences": dict(examples=size, **options)
    for size in SIZES
    for name, options in VECTORS.items()
}


def _gain(name, other, size, metric="accuracy"):
    return Gap(f"{name}, {size} sentences", f"{other}, {size} sentences", metric)


STUDY = Study(
    name="vectors_from_elsewhere",
    question="When do pre-trained vectors pay?",
    fixed="Bidirectional LSTM of 64 units in each direction, dropout 0.3, batches of 32, Adam.",
    settings=SETTINGS,
    train=train,
    looks=(50, 125, 250, 500, 660, 1000),
    budgets=(250, 1000),
    unit="updates",
    dev="accuracy",
    lower_is_better=False,
    flat=0.003,
    rates=(0.003, 0.01),
    corpora=(CORPUS, OTHER),
    cost=47,
    claims=(
        Claim(
            "vectors_pay_with_few_tags",
            "With 250 tagged sentences vectors of the treebank's own text pay.",
            _gain("own text, tuned", "random", 250),
            budgets=(250, 1000),
            at_least=0.02,
            refuted_by="a gain of less than 2 points",
            notebook="06",
        ),
        Claim(
            "vectors_pay_less_with_many",
            "With 4,000 tagged sentences pre-trained vectors gain less than 2 points.",
            _gain("own text, tuned", "random", 4000),
            budgets=(1000,),
            at_most=0.02,
            refuted_by="a gain of more than 2 points",
            notebook="06",
        ),
        Claim(
            "other_domain_pays_less",
            "Vectors of another domain's text gain less than those of one's own.",
            _gain("own text, tuned", "other domain, tuned", 250),
            budgets=(250, 1000),
            at_least=0.01,
            refuted_by="a difference of less than a point",
            notebook="06",
        ),
        Claim(
            "tuning_helps_with_many_tags",
            "With many tags it pays to tune pre-trained vectors.",
            _gain("own text, tuned", "own text, frozen", 4000),
            budgets=(1000,),
            at_least=0.01,
            refuted_by="a gain of less than a point",
            notebook="06",
        ),
    ),
)
