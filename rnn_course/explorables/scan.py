"""Can a recurrence run in parallel? A linear one can: step by step, and as a tree."""

import traitlets

from rnn_course import figures
from rnn_course.explorables.base import Explorable, module

SIGNAL = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0, -1.0, 2.0)  # the inputs, again from the first after these
LONGEST, DRAWN = 16, 8


class Scan(Explorable):
    r"""A linear recurrence :math:`h_t = a h_{t-1} + b_t` in two orders; rounds and work counted.

    Args:
        length: how many steps, 1 to 16.
        decay: a, between -1 and 1.

    Raises:
        ValueError: when one of them is out of its range.

    Example:
        >>> Scan(length=4).values()
        {'decay': 0.5, 'length': 4, 'text': ''}
    """

    name = "scan"
    _esm = module(name)
    length = traitlets.Int().tag(sync=True, explorable=True)
    decay = traitlets.Float().tag(sync=True, explorable=True)

    def __init__(self, length=8, decay=0.5):
        if not 1 <= length <= LONGEST:
            raise ValueError(f"length must be between 1 and {LONGEST}, got {length!r}")
        if not -1 <= decay <= 1:
            raise ValueError(f"decay must be between -1 and 1, got {decay!r}")
        super().__init__(length=length, decay=decay)

    def __repr__(self):
        return f"Scan(length={self.length}, decay={self.decay})"

    def inputs(self):
        """The numbers b."""
        return [SIGNAL[t % len(SIGNAL)] for t in range(self.length)]

    def still(self):
        """Both orders, of the first eight steps at most."""
        shown = self.inputs()[:DRAWN]
        decays = [self.decay] * len(shown)
        return figures.scan(decays, shown, title="The same states in fewer rounds")
