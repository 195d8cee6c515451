"""N-gram language models, the baseline of the recurrent ones: a thin cover over `nltk.lm`."""

import math
from collections import Counter
from itertools import chain

from nltk.lm import WittenBellInterpolated

from rnn_course.metrics import perplexity
from rnn_course.tokens import BEGIN, END, SPECIAL_TOKENS


class NGramModel:
    """An n-gram model with Witten-Bell interpolation down to relative frequencies.

    Args:
        order: 1 for a unigram model, 3 for a trigram model.
        sentences: a list of token sequences to learn from.
        boundaries: whether each sequence is a sentence, with a beginning and an end that count, or
            a running text.

    Raises:
        ValueError: when the order is not positive, or sentences is one string or holds no token.

    Example:
        >>> model = NGramModel(2, [["to", "be", "or", "not", "to", "be"]])
        >>> model.log_prob(["to", "be"]) > model.log_prob(["be", "to"])
        True

    Source:
        Witten & Bell (1991), as in Chen & Goodman (1999), section 2.5.
    """

    def __init__(self, order, sentences, boundaries=True):
        if order < 1:
            raise ValueError(f"order must be at least 1, got {order}")
        if isinstance(sentences, str):
            raise ValueError("sentences must be a list of sequences: for characters [text]")
        self.order, self.boundaries = order, boundaries
        sequences = [self._delimit(sentence) for sentence in sentences]
        words = set(chain.from_iterable(sequences)) - {SPECIAL_TOKENS[BEGIN]}  # never predicted
        if not words:
            raise ValueError("sentences hold no token: check what was read from the corpus")
        self.model = WittenBellInterpolated(order)
        # Counting here and handing over the counts: nltk's own counting takes 20 times as long.
        for n in range(1, order + 1):
            counts = self.model.counts[n]
            for ngram, count in _count(sequences, n).items():
                if ngram[-1] in words:
                    (counts[ngram[:-1]] if n > 1 else counts)[ngram[-1]] += count

    def log_prob(self, sentence):
        """Log-probability of one sequence in nats, with its end when there are boundaries."""
        return self.total_log_prob([sentence])[0]

    def next_log_prob(self, context, word):
        """Log-probability in nats of a word after the words of the sentence before it."""
        before = [SPECIAL_TOKENS[BEGIN]] * (self.order - 1) * self.boundaries + [*context]
        window = tuple(before[max(0, len(before) + 1 - self.order) :])
        return _log(self.model.unmasked_score(word, window))

    def perplexity(self, sentences):
        """Perplexity of a list of sequences, every end token counted when there are boundaries."""
        return perplexity(*self.total_log_prob(sentences))

    def total_log_prob(self, sentences):
        """Log-probability in nats of all sequences together, and how many tokens they have."""
        skip = self.order - 1 if self.boundaries else 0
        ngrams = Counter()
        for sequence in map(self._delimit, sentences):
            for end in range(skip, len(sequence)):
                ngrams[tuple(sequence[max(0, end + 1 - self.order) : end + 1])] += 1
        # Unmasked: nltk's own handling of unknown words would take the beginning for one.
        score = self.model.unmasked_score
        log_prob = sum(n * _log(score(ngram[-1], ngram[:-1])) for ngram, n in ngrams.items())
        return log_prob, ngrams.total()

    def _delimit(self, sentence):
        if not self.boundaries:
            return sentence
        return [SPECIAL_TOKENS[BEGIN]] * (self.order - 1) + [*sentence, SPECIAL_TOKENS[END]]


def _count(sequences, n):
    counts = Counter()
    for sequence in sequences:
        counts.update(zip(*(sequence[i:] for i in range(n)), strict=False))
    return counts


def _log(probability):
    return math.log(probability) if probability else -math.inf
