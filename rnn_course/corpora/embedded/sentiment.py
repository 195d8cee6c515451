"""Short English reviews in which the order of the words decides whether they praise.

"The scenes are dull, but the actors are funny" praises, "the actors are funny, but the scenes are
dull" does not; nor does "the actors are anything but funny". The reviews are sampled from a grammar
that tells which words decide.
"""

from random import Random
from typing import NamedTuple

from rnn_course.corpora.base import Splits, check_size, split_of
from rnn_course.corpora.embedded.grammar import Derivation
from rnn_course.corpora.embedded.sentiment_grammar import VERDICTS, grammar
from rnn_course.corpora.registry import Corpus

CORPUS = Corpus(
    "sentiment",
    task="sentence classification (sentiment, 2 classes)",
    licence="Apache-2.0",
    attribution="Sampled from a grammar written for this course.",
)


class Review(NamedTuple):
    """A review and what decides its label.

    Args:
        tokens: its words and punctuation marks.
        label: `"positive"` or `"negative"`.
        rationale: positions of the words that decide the label, in order: the opinion of the clause
            that counts, and the words that negate it, if it is negated. Turn the opinion into its
            opposite, or take away the negation, and the label is the other one.
    """

    tokens: tuple[str, ...]
    label: str
    rationale: tuple[int, ...]


def load(
    seed: int = 0, examples: int = 12_000, contrast: float = 0.6, negation: float = 0.3
) -> Splits:
    """Sample the corpus.

    Half of the reviews have each label. A contrast has the same probability as its mirror, with its
    clauses exchanged: it has the other label and the same words. So no classifier that is blind to
    order, whatever it is, exceeds an accuracy of `1 - contrast / 2`, 70 % by default; one that adds
    up a weight for each word fails at negations as well: logistic regression reaches 54 %.

    Args:
        seed: another seed gives another sample of the same distribution.
        examples: how many to sample, over all three splits: about 80 % of them go to train, 10 %
            each to dev and test. No review is in two of them.
        contrast: the probability of two clauses with opposite verdicts. The second one decides
            after "but" and "yet", the main clause if the other one begins with "although".
        negation: the probability that a clause says what something is not.

    Returns:
        Splits of lists of `Review`.

    Raises:
        CorpusError: if an option is out of range.

    Example:
        >>> review = load(examples=100).train[1]
        >>> print(*review.tokens)
        we stayed for three nights . the dinner by the pool was far from bad .
        >>> review.label, [review.tokens[position] for position in review.rationale]
        ('positive', ['far', 'from', 'bad'])
    """
    check_size("sentiment", seed, examples)
    language = grammar(contrast, negation)
    random = Random(seed)
    splits = Splits([], [], [])
    for _ in range(examples):
        review = _review(language.sample(random))
        splits[split_of(review.tokens)].append(review)
    return splits


def _review(derivation: Derivation) -> Review:
    deciding = [
        position
        for position, symbol in enumerate(derivation.symbols)
        if symbol.startswith("deciding:")
    ]
    tags = [derivation.tags[position] for position in deciding]
    (opinion,) = (tag for tag in tags if tag in VERDICTS)
    denied = "negator" in tags
    label = VERDICTS[VERDICTS.index(opinion) ^ denied]
    return Review(derivation.tokens, label, tuple(deciding))
