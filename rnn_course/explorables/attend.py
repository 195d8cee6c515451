"""What is a weighted sum of states? Attention over a sentence, asked by a query."""

import numpy as np

from rnn_course import figures
from rnn_course.explorables.base import Explorable, module, shipped_network
from rnn_course.explorables.network import ids_of, read_out, softmax, states_of
from rnn_course.explorables.weights import decode
from rnn_course.text import words
from rnn_course.tokens import SPECIAL_TOKENS

TEXT = "although the plot was silly , the ending was gripping ."
MOST = 30  # words that are read
DRAWN = 4  # numbers of each state in the still picture


class Attend(Explorable):
    """Scores, weights and their sum for a sentence of yours; the query trained, or a word's state.

    Args:
        text: the sentence at first.
        network: of `weights.classifier`: one bidirectional layer, pooling by additive attention;
            by default one that the course has trained on its reviews.

    Raises:
        ValueError: when the network is another one.

    Example:
        >>> explorable = Attend("the ending was gripping .")
        >>> scores, weights, probabilities = explorable.run()
        >>> explorable.tokens()[weights.argmax()], weights.shape, probabilities.shape
        ('gripping', (5,), (2,))
    """

    name, shipped = "attend", "sentiment_attention"
    _esm = module(name)

    def __init__(self, text=TEXT, network=None):
        network = shipped_network(self.shipped) if network is None else network
        scored_by = network.get("attention", {}).get("score")
        if scored_by != "additive" or "backward_cell" not in network:
            raise ValueError(
                "network must be a classifier with additive attention over two directions: "
                "weights.classifier(model, vocabulary, labels) of a SequenceClassifier("
                "pooling='attention')"
            )
        super().__init__(text=text, network=network)

    def tokens(self):
        """The words that it reads: of a long text the first thirty."""
        return words(self.text)[:MOST]

    def states(self):
        """The states of both directions at each word, ``(words, 2 * units)``."""
        ids = ids_of(self.network, self.tokens())
        backward = states_of(self.network, ids[::-1], "backward_cell")[::-1]
        return np.concatenate([states_of(self.network, ids), backward], axis=1)

    def run(self):
        """Scores and weights, a number a word each, and the labels' probabilities.

        Raises:
            ValueError: when there is no word to look at.
        """
        states = self.states()
        if not len(states):
            raise ValueError("text must have at least one word, got none")
        attention = self.network["attention"]
        scores = np.tanh(states @ decode(attention["kernel"])) @ decode(attention["query"])
        weights = softmax(scores)
        return scores, weights, softmax(read_out(self.network, weights @ states))

    def still(self):
        """The sentence's scores, weights and sum, of a few numbers of each state."""
        first = self.network["tokens"][len(SPECIAL_TOKENS)]
        shown = self if self.tokens() else Attend(first, self.network)
        title = "Scores become weights, and the weights a sum of states"
        states = shown.states()[:, :DRAWN]
        return figures.attention_pooling(shown.tokens(), states, shown.run()[0], title=title)
