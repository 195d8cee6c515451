"""What does a state hold after each word? A simple recurrent network, one word at a time."""

import numpy as np

from rnn_course import bptt, figures
from rnn_course.explorables.base import Explorable, module, shipped_network
from rnn_course.explorables.weights import decode
from rnn_course.text import words
from rnn_course.tokens import SPECIAL_TOKENS, UNKNOWN

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

    _esm = module("step_through")

    def __init__(self, text="we found the ending gripping .", network=None):
        network = shipped_network("sentiment_last") if network is None else network
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
        network, tokens = self.network, self.tokens()
        ids = {token: i for i, token in enumerate(network["tokens"]) if i >= len(SPECIAL_TOKENS)}
        cell, read_out = network["cell"], network["read_out"]
        if not tokens:
            return np.zeros((0, len(decode(cell["bias"])))), np.zeros((0, len(network["labels"])))
        inputs = decode(network["embedding"])[[ids.get(token, UNKNOWN) for token in tokens]]
        weights = [decode(cell[name]) for name in ("kernel", "recurrent_kernel", "bias")]
        states = bptt.forward(bptt.SimpleRNN(), weights, inputs[None]).outputs[0]
        logits = states @ decode(read_out["kernel"]) + decode(read_out["bias"])
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        return states, shares / shares.sum(axis=1, keepdims=True)

    def still(self):
        """The network unrolled over the sentence, or over a word it knows where there is none."""
        first = self.network["tokens"][len(SPECIAL_TOKENS)]
        shown = self if self.tokens() else StepThrough(first, self.network)
        states, shares = shown.run()
        last = self.network["labels"][-1]
        outputs = [f"{share:.0%}" for share in shares[:, -1]]
        title = f"After each word its state, and above it how likely it finds “{last}”"
        return figures.unrolled(shown.tokens(), states, outputs=outputs, title=title)
