"""What does a state hold after each word? A simple recurrent network, one word at a time."""

from rnn_course import figures
from rnn_course.explorables.base import Explorable, module, shipped_network
from rnn_course.explorables.network import ids_of, read_out, softmax, states_of
from rnn_course.text import words
from rnn_course.tokens import SPECIAL_TOKENS

MOST = 40  # words that are read


class StepThrough(Explorable):
    """Step through a sentence of yours, and see each state, and the sum behind each number.

    Args:
        text: the sentence at first.
        network: of `weights.classifier`, one layer of a `SimpleRNNCell`, read off its last state;
            by default one of eight units that the course has trained on its reviews.

    Raises:
        ValueError: when the network is another one.

    Example:
        >>> explorable = StepThrough("the ending was gripping .")
        >>> explorable.tokens()
        ['the', 'ending', 'was', 'gripping', '.']
        >>> states, probabilities = explorable.run()
        >>> states.shape, probabilities.shape
        ((5, 8), (5, 2))
    """

    name, shipped = "step_through", "sentiment_last"
    _esm = module(name)

    def __init__(self, text="the ending was not gripping .", network=None):
        network = shipped_network(self.shipped) if network is None else network
        if network.get("cell", {}).get("kind") != "simple_rnn" or "read_out" not in network:
            raise ValueError(
                "network must be a classifier with a SimpleRNNCell: weights.classifier(model, "
                "vocabulary, labels) of a SequenceClassifier(cell='simple_rnn', pooling='last')"
            )
        if "backward_cell" in network or "attention" in network:
            raise ValueError("network must read in one direction, and its last state alone")
        super().__init__(text=text, network=network)

    def tokens(self):
        """The words that it reads: of a long text the first forty."""
        return words(self.text)[:MOST]

    def run(self):
        """The states ``(words, units)``, and the labels' probabilities ``(words, labels)``."""
        states = states_of(self.network, ids_of(self.network, self.tokens()))
        return states, softmax(read_out(self.network, states))

    def still(self):
        """The network unrolled over the sentence, or over a word it knows where there is none."""
        first = self.network["tokens"][len(SPECIAL_TOKENS)]
        shown = self if self.tokens() else StepThrough(first, self.network)
        states, shares = shown.run()
        last = self.network["labels"][-1]
        outputs = [f"{share:.0%}" for share in shares[:, -1]]
        title = f"After each word its state, and above it how likely it finds “{last}”"
        return figures.unrolled(shown.tokens(), states, outputs=outputs, title=title)
