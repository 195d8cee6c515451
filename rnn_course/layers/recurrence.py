r"""`RNN`: runs a cell along a sequence.

.. math::

    y_{1:n},\; s_n = \mathrm{RNN}(x_{1:n}, s_0), \qquad
    (y_t, s_t) = \mathrm{step}(x_t W + b,\; s_{t-1})

The same weights at every step; everything that does not depend on the state is done for all
steps at once.
"""

from types import SimpleNamespace

import keras
from keras import ops

from rnn_course.layers import cudnn, kernel, parts
from rnn_course.layers.cells import RecurrentCell


@keras.saving.register_keras_serializable("rnn_course")
class RNN(keras.layers.RNN):
    """`keras.layers.RNN` that projects all inputs in one product, then steps.

    Arguments, masks, initial states, ``return_sequences``, ``return_state``, ``go_backwards``,
    ``stateful``, ``Bidirectional`` and saving are Keras's. A masked step holds the state and
    repeats the output before it (zeros where there is none), so padding never changes a real
    position. Any other cell (Keras's own, ``StackedRNNCells``, one with a ``call`` of its own) runs
    in Keras's loop.

    Args:
        cell: an `rnn_course.layers.RecurrentCell`, any other Keras cell, or a list of cells.
        return_sequences: whether the output is ``(batch, timesteps, units)`` instead of the last
            step's ``(batch, units)``.
        return_state: whether the final states, each ``(batch, units)``, follow the output.
        go_backwards: whether to walk from the last step to the first; outputs come in the order of
            the walk.
        stateful: whether a batch starts from the states the previous one ended with.
        unroll: whether to write the loop out, step after step, into the graph.
        zero_output_for_mask: whether the output of a masked step is zero.
        backward_pass: ``"by_hand"``, derived in `rnn_course.layers.kernel`, where there is one for
            the cell, or ``"autodiff"``, the framework's own: the same numbers, slower in training
            with many units. It alone has second derivatives, derivatives in forward mode
            (``jax.jvp``, ``tf.autodiff.ForwardAccumulator``) and the transformations of
            ``torch.func``.
        use_cudnn: ``"auto"``, to leave sequences without a mask to cuDNN where there is a GPU and
            `rnn_course.layers.cudnn` knows the cell, or False. It has no second derivatives either.
        **kwargs: ``name``, ``dtype`` and whatever else every Keras layer takes.

    Call arguments:
        sequences: ``(batch, timesteps, features)``, at least one step.
        initial_state: the states before the first step, each ``(batch, units)``; zeros by default.
        mask: ``(batch, timesteps)``, false where a step is padding.

    Raises:
        ValueError: when sequences, mask or initial_state has the wrong shape, or ``backward_pass``
            or ``use_cudnn`` is none of those above.

    Example:
        >>> from keras import ops
        >>> from rnn_course.layers import LSTMCell
        >>> RNN(LSTMCell(4), return_sequences=True)(ops.ones((2, 5, 3))).shape
        TensorShape([2, 5, 4])
    """

    def __init__(self, cell, *args, backward_pass="by_hand", use_cudnn="auto", **kwargs):
        super().__init__(cell, *args, **kwargs)
        self.supports_masking = True  # Keras 3.16 says False: then no mask follows the outputs
        if backward_pass not in ("by_hand", "autodiff"):
            raise ValueError(
                f'backward_pass must be "by_hand" or "autodiff", got {backward_pass!r}'
            )
        if use_cudnn not in ("auto", False):
            raise ValueError(f'use_cudnn must be "auto" or False, got {use_cudnn!r}')
        self.backward_pass = backward_pass
        self.use_cudnn = use_cudnn
        if self._may_use_cudnn() and keras.backend.backend() == "tensorflow":
            self.supports_jit = False  # XLA cannot compile a call of cuDNN

    def get_config(self):
        """Everything needed to create the layer anew, without its weights."""
        return {
            **super().get_config(),
            "backward_pass": self.backward_pass,
            "use_cudnn": self.use_cudnn,
        }

    def build(self, sequences_shape, initial_state_shape=None):
        """Build the cell for ``(batch, timesteps, features)``."""
        _check_rank(sequences_shape)
        super().build(sequences_shape, initial_state_shape)

    def call(self, sequences, initial_state=None, mask=None, training=False):
        """Run the cell; see the class for the arguments."""
        _check_rank(sequences.shape)
        expected = tuple(sequences.shape[:2])
        if mask is not None and not _fits(mask.shape, expected):
            raise ValueError(
                f"mask must have shape (batch, timesteps) = {expected}, got {tuple(mask.shape)}"
            )
        if initial_state is not None:
            self._check_initial_state(initial_state, sequences.shape[0])
        return super().call(sequences, initial_state, mask, training)

    def inner_loop(self, sequences, initial_state, mask, training=False):
        """Walk the sequence: the one part of `keras.layers.RNN` that is replaced here."""
        if not self._knows_the_cell():
            walked = super().inner_loop(sequences, initial_state, mask, training)
            return self._zero_before_the_first_real_step(walked, mask)

        def walk(sequences):
            return self._walk(sequences, initial_state, mask)

        if self.cell.dtype_policy == self.dtype_policy:
            return walk(sequences)
        return _InPrecision(walk, dtype=self.cell.dtype_policy)(sequences)

    def _knows_the_cell(self):
        """Whether ``call`` is ``step`` after ``project``, and so need not be called itself."""
        call = getattr(self.cell.call, "__func__", None)
        return call is RecurrentCell.call

    def _walk(self, sequences, initial_state, mask):
        if mask is None and self._may_use_cudnn():
            self.cell.check_features(sequences.shape)
            return cudnn.walk(
                self.cell, sequences, initial_state, self.return_sequences, self.go_backwards
            )
        if self.backward_pass == "by_hand" and not self.unroll and kernel.supports(self.cell):
            if self._is_worth_sharing(sequences):
                return parts.side_by_side(self._walk_by_hand, sequences, mask, *initial_state)
            return self._walk_by_hand(sequences, mask, *initial_state)
        projected = self.cell.project(sequences)  # (batch, timesteps, gates * units)
        step, states = self.cell.step, initial_state
        if repeats := mask is not None and keras.backend.backend() == "jax":
            # There Keras takes the first state for the output to repeat: so that is what it is.
            before = ops.zeros((ops.shape(projected)[0], self.cell.output_size), projected.dtype)
            step, states = _with_output_first(step), [before, *initial_state]
        # Keras's loop over time calls its layer's cell at each step. It is given a stand-in for
        # this layer, alike but for the cell: what is left of it is the recurrence.
        walk = SimpleNamespace(
            cell=step,
            go_backwards=self.go_backwards,
            return_sequences=self.return_sequences,
            stateful=self.stateful,
            unroll=self.unroll,
            zero_output_for_mask=self.zero_output_for_mask,
        )
        last, outputs, states = keras.layers.RNN.inner_loop(walk, projected, states, mask)
        return last, outputs, states[1:] if repeats else states

    def _zero_before_the_first_real_step(self, walked, mask):
        """The output where none is to be repeated: under JAX Keras repeats the initial state."""
        if mask is None or keras.backend.backend() != "jax":
            return walked
        last, outputs, states = walked
        mask = ops.cast(mask, "int32")
        seen = ops.cumsum(ops.flip(mask, axis=1) if self.go_backwards else mask, axis=1) > 0
        zeros = ops.zeros_like(last)
        last = ops.where(seen[:, -1:], last, zeros)
        return last, ops.where(seen[..., None], outputs, zeros[:, None]), states

    def _may_use_cudnn(self):
        """Whether a sequence without a mask is left to cuDNN."""
        wanted = self.use_cudnn and self.backward_pass == "by_hand" and not self.unroll
        return wanted and cudnn.layer_for(self.cell) is not None and cudnn.is_there()

    def _walk_by_hand(self, sequences, mask, *initial_state):
        self.cell.check_features(sequences.shape)
        sequences = ops.transpose(sequences, (1, 0, 2))  # (timesteps, batch, features)
        if mask is not None:
            mask = ops.transpose(ops.cast(mask, "bool"))[..., None]  # (timesteps, batch, 1)
        if self.go_backwards:
            sequences = ops.flip(sequences, axis=0)
            mask = None if mask is None else ops.flip(mask, axis=0)
        outputs, states = self._states_along(self.cell.project(sequences), initial_state, mask)
        if mask is not None:
            real = ops.cast(mask, "int32")
            seen = mask if self.zero_output_for_mask else ops.cumsum(real, axis=0) > 0
            outputs = ops.where(seen, outputs, ops.zeros_like(outputs))
        return outputs[-1], ops.transpose(outputs, (1, 0, 2)), states

    def _states_along(self, projected, initial_state, mask):
        """The outputs and the last states, time first; see `kernel.run`."""
        final_states = self.return_state or self.stateful
        return kernel.run(self.cell, projected, initial_state, mask, final_states=final_states)

    def _is_worth_sharing(self, sequences):
        """Whether to walk in parts: in a graph, where it is known how long, and much is to do."""
        _, timesteps, features = sequences.shape
        if timesteps is None or not parts.in_a_graph() or parts.most() == 1:
            return False
        units, columns = self.cell.recurrent_kernel.shape
        return timesteps * (features + units) * columns >= parts.WORTH

    def _check_initial_state(self, initial_state, batch_size):
        shapes = [tuple(state.shape) for state in keras.tree.flatten(initial_state)]
        expected = [(batch_size, size) for size in keras.tree.flatten(self.cell.state_size)]
        if len(shapes) != len(expected) or not all(map(_fits, shapes, expected)):
            raise ValueError(
                f"initial_state must hold {len(expected)} state(s) of shape (batch, units), "
                f"{expected}, got {shapes}"
            )


@keras.saving.register_keras_serializable("rnn_course")
class Bidirectional(keras.layers.Bidirectional):
    r"""A layer in both directions, :math:`h_t = [\overrightarrow{h}_t;\; \overleftarrow{h}_t]`.

    `keras.layers.Bidirectional`, whose mask follows its outputs in every version of Keras. It is
    what models should use in place of Keras's own: a model that makes several of those when it is
    loaded sometimes gets a wrong one.

    Args:
        layer: an `RNN`; it is copied.
        args, kwargs: Keras's.

    Example:
        >>> from keras import ops
        >>> from rnn_course.layers import GRUCell
        >>> Bidirectional(RNN(GRUCell(4)))(ops.ones((2, 5, 3))).shape
        TensorShape([2, 8])

    Source:
        Schuster & Paliwal (1997), "Bidirectional recurrent neural networks".
    """

    def __init__(self, layer, *args, **kwargs):
        super().__init__(layer, *args, **kwargs)
        self.supports_masking = True
        # While it loads a model Keras knows what it copies by `id`. Python gives the id of a layer
        # that is gone to the next one, which would then be taken for a copy of the first: keep it,
        # out of sight of Keras, which would count its weights.
        self._original = lambda: layer


class _InPrecision(keras.layers.Layer):
    """A function of sequences, in which weights are read as a layer of this dtype reads its own."""

    def __init__(self, function, **kwargs):
        super().__init__(**kwargs)
        self.function = function
        self.supports_masking = True

    def call(self, sequences):
        return self.function(sequences)

    def compute_mask(self, inputs, mask=None):
        return


def _with_output_first(step):
    """A step whose first state is the output before it."""

    def step_and_output(projected, states):
        output, states = step(projected, states[1:])
        return output, [output, *states]

    return step_and_output


def _fits(shape, expected):
    """Whether the sizes are as expected, as far as both are known."""
    return len(shape) == len(expected) and all(
        None in (size, wanted) or size == wanted
        for size, wanted in zip(shape, expected, strict=True)
    )


def _check_rank(shape):
    if len(shape) != 3:
        raise ValueError(
            f"sequences must have shape (batch, timesteps, features), got {tuple(shape)}"
        )
    if shape[1] == 0:
        raise ValueError(f"sequences must have at least one time step, got shape {tuple(shape)}")
