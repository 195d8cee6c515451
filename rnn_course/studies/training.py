"""What the studies' trainings share: from look to look, and classifiers of one fixed length."""

from collections.abc import Callable, Iterator
from itertools import count

import keras
import numpy as np


def from_look_to_look(step: Callable[[], None], looks: tuple[int, ...]) -> Iterator[int]:
    """Do so many steps that the next look is due, again and again.

    Args:
        step: what to do.
        looks: after how many steps in all to stop and look.

    Yields:
        Each of the looks.

    Example:
        >>> done = []
        >>> for look in from_look_to_look(lambda: done.append("step"), (1, 3)):
        ...     print(look, len(done))
        1 1
        3 3
    """
    before = 0
    for look in looks:
        for _ in range(look - before):
            step()
        before = look
        yield look


def again_and_again(x, y, batch_size: int, seed: int) -> Iterator[tuple]:
    """Batches of one size, in a new order at each pass, without end.

    Args:
        x: an array of inputs.
        y: an array of targets, as many.
        batch_size: of all batches; what is left over at the end of a pass is left out.
        seed: of the orders.

    Yields:
        Inputs and targets.

    Example:
        >>> batches = again_and_again(np.arange(4), np.arange(4), batch_size=2, seed=0)
        >>> from itertools import islice
        >>> sorted(int(n) for x, _ in islice(batches, 2) for n in x)
        [0, 1, 2, 3]
    """
    for number in count():
        order = np.random.default_rng((seed, number)).permutation(len(x))
        for start in range(0, len(x) - batch_size + 1, batch_size):
            rows = order[start : start + batch_size]
            yield x[rows], y[rows]


def steps_of(model: keras.Model, batches: Iterator[tuple]) -> Callable[[], None]:
    """A function that trains a compiled model on the next batch."""

    def step():
        model.train_on_batch(*next(batches))

    return step


def adam(rate: float, **options) -> keras.optimizers.Adam:
    """The optimizer of all studies: Adam, the gradient of all weights together clipped to 1."""
    return keras.optimizers.Adam(rate, global_clipnorm=1.0, **options)
