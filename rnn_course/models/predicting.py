"""Answers for lists of any length: rows go through a compiled program, a bounded group at a time.

Whatever a model is asked for many rows, the probabilities of sentences or the tags of their words,
goes the same way: rows of like length are put together, so many at once that they and their padding
stay within a number of tokens (`rnn_course.text.groups`), each group goes through a program that
Keras compiles, and the answers come back with the places of their rows. So one sentence of ten
thousand words among short ones costs what it must, and the short ones what they cost without it.

A program takes arrays by name, with a row for each of the group, and gives arrays with as many
rows. Padding never changes what it gives for a row, so that lengths may be filled up.
"""

import keras
import numpy as np

from rnn_course.models.parts import bucket
from rnn_course.text.padding import LETTERS, TOKENS, groups, pad


class Program(keras.Model):
    """A method of a model as a model of its own, so that Keras compiles it.

    Args:
        model: the Keras model.
        method: the name of its method, which takes arrays by name and returns arrays.
    """

    def __init__(self, model, method):
        super().__init__()
        self.model, self.method = model, method

    def call(self, arrays):
        """What the method returns."""
        return getattr(self.model, self.method)(**arrays)


class Predictor:
    """The programs of a model, each made when it is first used.

    Args:
        model: the Keras model.

    Example:
        >>> class Counter(keras.Model):
        ...     def count(self, tokens):
        ...         return keras.ops.sum(keras.ops.cast(tokens != 0, "int32"), axis=1)
        >>> counter = Counter()
        >>> counter.built = True  # it has no weights
        >>> predictor = Predictor(counter)
        >>> for rows, counts in predictor("count", tokens=[[5, 6], [7] * 20, [8]], batch_size=2):
        ...     print(rows.tolist(), counts.tolist())
        [0, 2] [2, 1]
        [1] [20]
    """

    # No Keras object: a model can keep its predictor without Keras taking it for a part of it.
    def __init__(self, model):
        self.model, self.programs = model, {}

    def __call__(self, method, batch_size=None, at_most=TOKENS, nested=(), **columns):
        """Go through rows in groups of like length.

        Args:
            method: of the model; see `Program`.
            batch_size: how many rows a group has at most; as many as its tokens allow by default.
            at_most: how many tokens a group has, padding counted; a longer row goes alone.
            nested: names of the columns that hold a list of ids for each token, such as a word's
                characters.
            **columns: what the method takes: each a list of id lists, one a row, which are padded,
                or an array with a row for each.

        Yields:
            The places of a group's rows, ``(batch,)``, and what the method returned for them, as
            NumPy arrays.

        Raises:
            ValueError: when ``batch_size`` is not positive.
        """
        if method not in self.programs:
            self.programs[method] = Program(self.model, method)
        for rows in groups(_sizes(columns, nested), batch_size, at_most):
            arrays = {
                name: column[rows]
                if isinstance(column, np.ndarray)
                else pad([column[row] for row in rows], rank=3 if name in nested else 2)
                for name, column in columns.items()
            }
            yield rows, run(self.programs[method], arrays)


def run(program, arrays):
    """What a program gives for the rows of one group, as NumPy arrays."""
    return program.predict_on_batch(arrays)


def _sizes(columns, nested):
    """How large each row is once it is filled up: its tokens, and how many each of them counts."""
    lists = {name: c for name, c in columns.items() if not isinstance(c, np.ndarray)}
    lengths = np.max([[len(row) for row in column] for column in lists.values()], axis=0)
    sizes = [[bucket(max(length, 1)) for length in lengths.tolist()]]
    for name in nested:
        letters = [max(map(len, row), default=1) for row in columns[name]]
        sizes.append([-(-bucket(max(count, 1)) // LETTERS) for count in letters])
    return np.transpose(sizes)
