r"""N-gram language models, the baseline of the recurrent ones: interpolated Kneser-Ney smoothing.

A word :math:`w` was counted :math:`c(h w)` times after the words :math:`h`. From each count a
discount is taken off. What has been taken off goes to the words that are likely after :math:`h'`,
which is :math:`h` without its first word:

.. math::

    p(w \mid h) = \frac{c(h w) - D_{c(h w)}}{\sum_v c(h v)} + \gamma(h)\, p(w \mid h'), \qquad
    \gamma(h) = \frac{\sum_v D_{c(h v)}}{\sum_v c(h v)}, \qquad D_0 = 0

For the longest :math:`h`, :math:`c` is how often the n-gram stands in the text; for a shorter one,
*how many different words stand before it*: "Francisco" is frequent, but only after "San". Nothing
stands before the beginning of a sentence: n-grams that start there are counted as often as they
stand there. Below the single words lies the uniform distribution over the vocabulary.
"""

from itertools import chain

import numpy as np

from rnn_course.checks import check_sizes
from rnn_course.metrics.sequences import perplexity
from rnn_course.text.padding import check_ids
from rnn_course.tokens import BEGIN, END, PADDING

NEVER = 2  # tokens of a vocabulary that are never predicted: padding and begin


class NGramModel:
    """An n-gram model of token ids: modified Kneser-Ney smoothing, all orders interpolated.

    It counts tokens as `rnn_course.models.LanguageModel` does: the end token is one, the
    begin token and padding are never predicted. The probabilities of all others, the unknown token
    among them, sum to one after any context.

    Args:
        order: 1 for a unigram model, 3 for a trigram model.
        sentences: a list of token id lists to learn from, as
            `rnn_course.text.Vocabulary.encode_all` gives them; one may be empty.
        vocabulary_size: how many tokens there are, the special ones among them.
        boundaries: whether each list is a sentence, with a beginning and an end that count, or a
            running text.
        discounts: what is taken off a count of one, of two, and of more; by default estimated for
            each order from how many n-grams were counted once, twice, three and four times.

    Raises:
        ValueError: when a size is not positive, a discount is out of range, an id is not one of the
            vocabulary, or there is no token to learn from.

    Example:
        >>> TO, BE, OR, NOT = range(4, 8)
        >>> model = NGramModel(2, [[TO, BE, OR, NOT, TO, BE]], vocabulary_size=8)
        >>> model.log_prob([TO, BE]) > model.log_prob([BE, TO])
        True

    Source:
        Kneser & Ney (1995); modified and interpolated: Chen & Goodman (1999), section 3.
    """

    def __init__(self, order, sentences, vocabulary_size, boundaries=True, discounts=None):
        check_sizes(order=order, vocabulary_size=vocabulary_size)
        if vocabulary_size <= END:
            raise ValueError(
                f"vocabulary_size must count the {END + 1} special tokens, got {vocabulary_size}"
            )
        if discounts is not None and not (
            len(discounts) == 3 and all(0 <= d <= k for k, d in enumerate(discounts, start=1))
        ):
            raise ValueError(
                "discounts must be three numbers, from 0 to 1, to 2 and to 3: "
                f"of counts of one, two and more; got {discounts!r}"
            )
        self.order, self.vocabulary_size, self.boundaries = order, vocabulary_size, boundaries
        tokens, length = self._read(sentences, end=boundaries)
        if np.all(tokens == BEGIN):
            raise ValueError("sentences hold no token: check what was read from the corpus")
        # The n-grams of each order are numbered by the order of their keys.
        self.keys, numbers = [], [np.zeros(len(tokens), "int64")]
        for n in range(1, order + 1):
            keys = self._keys(_before(numbers[-1], length >= n), tokens)
            self.keys.append(np.unique(keys[keys >= 0]))
            numbers.append(_find(self.keys[-1], keys))
        self.shares, self.kept = [], []
        for n in range(1, order + 1):
            context, last = np.divmod(self.keys[n - 1], vocabulary_size)
            counts = np.bincount(numbers[n] + 1, minlength=len(last) + 1)[1:]
            if n < order:
                place = _places(numbers[n + 1], len(self.keys[n]))
                kinds = np.bincount(numbers[n][place], minlength=len(last))  # of words before it
                opens = boundaries & (length[_places(numbers[n], len(last))] == n)
                counts = np.where(opens, counts, kinds)
            counts[last == BEGIN] = 0
            contexts = len(self.keys[n - 2]) if n > 1 else 1
            taken = _discounts(counts) if discounts is None else discounts
            self._share(counts, context, contexts, taken)

    def _share(self, counts, context, contexts, discounts):
        """Divide the probability after each context among its words and the shorter context."""
        taken = np.array([0.0, *discounts])[np.minimum(counts, 3)]
        total = np.bincount(context, counts, contexts)
        seen = total > 0
        kept = np.ones(contexts + 1)  # the last one is that of a context never seen
        kept[:-1][seen] = np.bincount(context, taken, contexts)[seen] / total[seen]
        self.kept.append(kept)
        self.shares.append(np.append((counts - taken) / np.maximum(total, 1)[context], 0.0))

    def token_log_probs(self, sentences):
        """Log-probability in nats of each token of a corpus, one sentence after the other.

        Args:
            sentences: a list of token id lists.

        Returns:
            ``(tokens,)``, the end token of each sentence among them when there are boundaries.

        Raises:
            ValueError: when an id is not one of the vocabulary.
        """
        tokens, length = self._read(sentences, end=self.boundaries)
        numbers = self._numbers(tokens, length)
        contexts = [_before(x, length >= n) for n, x in enumerate(numbers, start=1)]
        return self._log_probs(contexts, tokens)[length > self.boundaries]

    def log_probs(self, sentences):
        """Log-probability in nats of each sentence, with its end when there are boundaries."""
        log_probs = self.token_log_probs(sentences)
        sizes = [len(sentence) + self.boundaries for sentence in sentences]
        rows = np.repeat(np.arange(len(sizes)), sizes)
        return np.bincount(rows, log_probs, minlength=len(sizes))

    def log_prob(self, sentence):
        """Log-probability in nats of one sentence; see `log_probs`."""
        return float(self.token_log_probs([sentence]).sum())

    def next_log_probs(self, contexts):
        """Log-probabilities of every possible next token.

        Args:
            contexts: a list of token id lists, each the start of a sentence, or with running text
                any part of it.

        Returns:
            ``(len(contexts), vocabulary_size)`` in nats, minus infinity for padding and begin.
        """
        tokens, length = self._read(contexts, end=False)
        last = np.cumsum([len(context) + 1 for context in contexts], dtype=int) - 1
        numbers = [x[last, None] for x in self._numbers(tokens, length)]
        return self._log_probs(numbers, np.arange(self.vocabulary_size))

    def perplexity(self, sentences):
        """Perplexity of a list of sentences, every end token counted when there are boundaries."""
        log_probs = self.token_log_probs(sentences)
        return perplexity(float(log_probs.sum()), len(log_probs))

    def _read(self, sentences, end):
        """All tokens in a row, a begin token before each sentence; how many of it lie up to each.

        The begin token is one of them only if there are boundaries: else it is before the text.
        """
        if any(isinstance(sentence, int | np.integer) for sentence in sentences):
            raise ValueError("sentences must be a list of id lists: for one text [ids]")
        check_ids(sentences, self.vocabulary_size)
        rows = [[BEGIN, *sentence, END] if end else [BEGIN, *sentence] for sentence in sentences]
        tokens = np.fromiter(chain.from_iterable(rows), "int64")
        length = np.fromiter(chain.from_iterable(range(len(row)) for row in rows), "int64")
        return tokens, length + self.boundaries

    def _numbers(self, tokens, length):
        """The numbers of the n-grams, n from 0 to order - 1, that end at each place; -1: unseen."""
        numbers = [np.zeros(len(tokens), "int64")]
        for n, keys in enumerate(self.keys[:-1], start=1):
            context = _before(numbers[-1], length >= n)
            numbers.append(_find(keys, self._keys(context, tokens)))
        return numbers

    def _keys(self, context, tokens):
        """For each n-gram one integer: of its first n - 1 tokens the number, and its last token."""
        return np.where(context < 0, -1, context * self.vocabulary_size + tokens)

    def _log_probs(self, contexts, tokens):
        """Of tokens, after contexts given by their numbers as n-grams of 0 to order - 1 tokens."""
        p = 1 / (self.vocabulary_size - NEVER)
        for context, keys, share, kept in zip(
            contexts, self.keys, self.shares, self.kept, strict=True
        ):
            p = share[_find(keys, self._keys(context, tokens))] + kept[context] * p
        with np.errstate(divide="ignore"):
            return np.log(np.where((tokens == BEGIN) | (tokens == PADDING), 0, p))


def _before(numbers, there):
    """What is at the place before each place, -1 where there is none."""
    return np.where(there, np.concatenate([[0], numbers])[:-1], -1)


def _find(keys, wanted):
    """Places of the wanted among sorted keys, -1 for those that are not among them."""
    if not len(keys):
        return np.full(np.shape(wanted), -1)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, place, -1)


def _places(numbers, count):
    """For each n-gram of the text a place where it ends."""
    place = np.empty(count + 1, "int64")
    place[numbers] = np.arange(len(numbers))  # -1, the last: no n-gram
    return place[:-1]


def _discounts(counts):
    """Chen & Goodman (1999), equation 17; too small a text gets fixed ones."""
    n = np.bincount(np.minimum(counts, 5), minlength=6)
    if np.all(n[1:5]):
        y = n[1] / (n[1] + 2 * n[2])
        estimated = [k - (k + 1) * y * n[k + 1] / n[k] for k in (1, 2, 3)]
        if all(0 < d < k for k, d in enumerate(estimated, start=1)):
            return estimated
    return [0.5, 1.0, 1.5]
