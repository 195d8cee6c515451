"""What do temperature, top-k and top-p do? A model of letters writes on from a prefix."""

import unicodedata

import numpy as np
import traitlets

from rnn_course import figures
from rnn_course.explorables.base import Explorable, module, shipped_network
from rnn_course.explorables.network import ids_of, read_out, softmax, states_of
from rnn_course.tokens import BEGIN, END, PADDING

MOST = 2000  # letters of the prefix that are read
DRAWN = 12  # letters in the still picture
NAMES = {"\n": "↵", " ": "␣"}


class Sampler(Explorable):
    """A model of letters writes on from a prefix of yours, at a temperature, of the likeliest.

    Args:
        text: the prefix at first.
        temperature: 0 for the likeliest letter each time, 1 for the model's own probabilities; at
            most 2.
        top_k, top_p: which letters stay possible, as `rnn_course.models.decoding.restrict` has it;
            all by default.
        seed: of the letters that are drawn.
        network: of `weights.language_model`, of letters; by default one that the course has
            trained on Shakespeare's plays, its weights in 8 bits.

    Raises:
        ValueError: when a setting is out of its range, or the network has no letters.

    Example:
        >>> explorable = Sampler("ROMEO:", temperature=0.5)
        >>> logits = explorable.logits()
        >>> len(logits) == len(explorable.network["tokens"])
        True
    """

    name, shipped = "sampler", "characters"
    _esm = module(name)
    temperature = traitlets.Float().tag(sync=True, explorable=True)
    top_k = traitlets.Int(None, allow_none=True).tag(sync=True, explorable=True)
    top_p = traitlets.Float().tag(sync=True, explorable=True)
    seed = traitlets.Int().tag(sync=True, explorable=True)

    def __init__(
        self,
        text="ROMEO: What is ",
        temperature=1.0,
        top_k=None,
        top_p=1.0,
        seed=0,
        network=None,
    ):
        network = shipped_network(self.shipped) if network is None else network
        letters = [token for token in network.get("tokens", ())[4:] if len(token) == 1]
        if "attention" in network or not letters or "read_out" not in network:
            raise ValueError(
                "network must be a language model of letters: weights.language_model(model, "
                "Vocabulary.learn(texts))"
            )
        if not 0 <= temperature <= 2:
            raise ValueError(f"temperature must be between 0 and 2, got {temperature!r}")
        if top_k is not None and top_k < 1:
            raise ValueError(f"top_k must be a positive integer or None, got {top_k!r}")
        if not 0 < top_p <= 1:
            raise ValueError(f"top_p must be above 0 and at most 1, got {top_p!r}")
        settings = dict(temperature=temperature, top_k=top_k, top_p=top_p, seed=seed)
        super().__init__(text=text, network=network, **settings)

    def logits(self):
        """Those of the next letter; padding, begin, and the end of a cut text are no answers."""
        letters = list(unicodedata.normalize("NFC", self.text))[-MOST:]
        states = states_of(self.network, [BEGIN, *ids_of(self.network, letters)])
        logits = read_out(self.network, states[-1])
        logits[[PADDING, BEGIN, END]] = -np.inf
        return logits

    def still(self):
        """The likeliest next letters by the model itself, as bars."""
        shares = softmax(self.logits())
        best = np.argsort(-shares, kind="stable")[:DRAWN]
        names = [NAMES.get(token, token) for token in (self.network["tokens"][i] for i in best)]
        ax = figures.axes_for(None, (7, 3.2))
        bars = ax.bar(range(len(best)), shares[best], color=figures.COLOURS[2])
        ax.bar_label(bars, [f"{share:.0%}" for share in shares[best]])
        ax.set(xticks=range(len(best)), ylabel="probability", xlabel="next letter")
        ax.set_xticklabels(names)
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_title("What may come next", loc="left")
        said = ", ".join(f"{n} {s:.0%}" for n, s in zip(names, shares[best], strict=True))
        figures.describe(ax, f"The likeliest letters after “{self.text[-40:]}”: {said}.")
        return ax
