"""How does Viterbi find the best path? Scores to change, and the table that follows from them."""

import traitlets

from rnn_course import figures
from rnn_course.explorables.base import Explorable, module

TOKENS = ("lung", "cancer", "is", "treatable")
LABELS = ("O", "B", "I")
EMISSIONS = ((0.5, 1.0, 1.5), (0.5, 1.0, 2.0), (2.0, 0.0, 0.5), (1.5, 0.5, 0.0))
TRANSITIONS = ((0.5, 0.0, -4.0), (0.0, -1.0, 1.0), (0.5, -1.0, 0.0))


class Trellis(Explorable):
    """Change the scores of a sentence's labels, and step through Viterbi's algorithm.

    Args:
        tokens: the n words, at most eight.
        labels: their k possible labels, at most seven.
        emissions: ``(n, k)``: how well each label fits each word.
        transitions: ``(k, k)``: how well a label (row) is followed by another (column).

    Raises:
        ValueError: when the scores do not fit the words and labels, or are no numbers.

    Example:
        >>> from rnn_course.figures import alt_text
        >>> "Best way: lung B, cancer I, is O, treatable O" in alt_text(Trellis().still())
        True
    """

    name = "trellis"
    _esm = module(name)
    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True, explorable=True)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True, explorable=True)
    emissions = traitlets.List().tag(sync=True, explorable=True)
    transitions = traitlets.List().tag(sync=True, explorable=True)

    def __init__(self, tokens=TOKENS, labels=LABELS, emissions=EMISSIONS, transitions=TRANSITIONS):
        if len(labels) < 2:
            raise ValueError(f"labels must be at least two, got {len(labels)}")
        super().__init__(
            tokens=list(tokens),
            labels=list(labels),
            emissions=[[float(score) for score in row] for row in emissions],
            transitions=[[float(score) for score in row] for row in transitions],
        )
        from matplotlib import pyplot as plt

        plt.close(self.still().figure)  # which refuses what does not fit

    def __repr__(self):
        return f"Trellis({self.tokens!r})"

    def still(self):
        """The trellis with both paths."""
        scores = self.emissions, self.transitions
        title = "The best way need not take the best label of each word"
        return figures.crf_trellis(self.tokens, self.labels, *scores, greedy=True, title=title)
