r"""Weights to and from Keras's and PyTorch's own recurrent layers, by gate name.

What is stored where, for row vectors :math:`x` and :math:`h`:

- **Kernels**: Keras multiplies from the right, :math:`x W + h U`; PyTorch from the left, so its
  matrices are transposed.
- **Order**: LSTM: input gate, forget gate, candidate, output gate in both. GRU: update, reset,
  candidate in Keras; reset, update, candidate in PyTorch.
- **Biases**: in Keras one a gate, but a pair in a GRU that resets after the product; in PyTorch
  always a pair, one added to :math:`x W` and one to :math:`h U`. A pair is as good as its sum,
  except in the candidate of that GRU: there the reset gate multiplies the second.
- **GRU**: PyTorch's resets after the product and its update gate keeps: Keras's defaults.

The cells of this course store what Keras's do. PyTorch is not imported: a module that is passed in
brings what is needed.
"""

from typing import NamedTuple

import keras
import numpy as np

from rnn_course.layers import cells

_KINDS = {
    "SimpleRNN": (cells.SimpleRNNCell, keras.layers.SimpleRNNCell),
    "LSTM": (cells.LSTMCell, keras.layers.LSTMCell),
    "GRU": (cells.GRUCell, keras.layers.GRUCell),
}
# What a PyTorch module computes, by its mode, and the order of its gates.
_TORCH = {
    "RNN_TANH": ("SimpleRNN(tanh)", ("candidate",)),
    "RNN_RELU": ("SimpleRNN(relu)", ("candidate",)),
    "LSTM": ("LSTM(tanh, sigmoid)", ("input_gate", "forget_gate", "candidate", "output_gate")),
    "GRU": ("GRU(tanh, sigmoid, reset after)", ("reset_gate", "update_gate", "candidate")),
}
_MERGED = " in directions merged by {!r}"


class GateWeights(NamedTuple):
    """The weights of one gate, or of the candidate, for row vectors.

    Args:
        kernel: W, ``(features, units)``.
        recurrent_kernel: U, ``(units, units)``.
        biases: ``(0, units)`` without bias, ``(1, units)``, or ``(2, units)``: one added to
            :math:`x W`, one to :math:`h U`.
    """

    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    biases: np.ndarray


def read_weights(layers):
    """The weights of recurrent layers by layer, direction and gate.

    Args:
        layers: a `keras.layers.RNN` or `rnn_course.layers.RNN` around a cell or a list of
            cells; a `keras.layers.SimpleRNN`, `LSTM` or `GRU`; a `keras.layers.Bidirectional`
            around one of these; a list of them, from the bottom up; or a `torch.nn.RNN`, `LSTM` or
            `GRU`.

    Returns:
        ``{(layer, direction): {gate: GateWeights}}``: layers count from 1, a direction is
        ``"forward"`` or ``"backward"``, a gate is one of the cell's ``gate_names``. An update gate
        that writes is given as one that keeps: negated.

    Raises:
        ValueError: when a layer is none of these, is not built or cannot be taken apart so.

    Example:
        >>> from rnn_course.layers import RNN
        >>> layer = RNN(cells.LSTMCell(4))
        >>> layer.build((None, None, 3))
        >>> weights = read_weights(layer)[1, "forward"]["forget_gate"]
        >>> weights.kernel.shape, weights.biases.tolist()
        ((3, 4), [[1.0, 1.0, 1.0, 1.0]])
    """
    return {place: _by_name(store) for place, store in _stores(layers).items()}


def copy_weights(source, target, biases="keep"):
    """Give recurrent layers the weights of others, so that both compute the same.

    Outputs and final states then agree up to rounding. Either all of the target is written or,
    when something does not fit, none.

    Args:
        source: where the weights come from, anything `read_weights` takes.
        target: where they go, likewise: built, with as many layers, directions, features, units.
        biases: ``"keep"`` leaves a pair a pair; ``"sum"`` adds its second to its first and leaves
            zeros, wherever that computes the same. Where the target has one bias a gate, a pair
            is always added up; where it has a pair, a single one becomes the first.

    Raises:
        ValueError: when the sizes differ, or no weights of the target compute what the source does.

    Example:
        >>> from rnn_course.layers import RNN
        >>> ours, theirs = RNN(cells.GRUCell(4)), keras.layers.GRU(4)
        >>> for layer in (ours, theirs):
        ...     layer.build((None, None, 3))
        >>> copy_weights(theirs, ours)
        >>> x = np.ones((1, 5, 3))
        >>> np.allclose(ours(x), theirs(x), atol=1e-6)
        True
    """
    if biases not in ("keep", "sum"):
        raise ValueError(f'biases must be "keep" or "sum", got {biases!r}')
    sources, targets = _stores(source), _stores(target)
    if list(sources) != list(targets):
        raise ValueError(
            f"source has {_listing(sources)}, target has {_listing(targets)}: "
            "they must have the same layers and directions"
        )
    fitted = [
        (targets[place], _fitted(place, sources[place], targets[place], biases == "sum"))
        for place in sources
    ]
    for store, arrays in fitted:
        store.put(*arrays)


def _fitted(place, source, target, add):
    """The three arrays of the source as the target stores them."""
    if source.function != target.function:
        raise ValueError(
            f"{_listing([place])}: source is {source.function}, target is {target.function}: "
            "no weights make one compute the other"
        )
    shapes = [[array.shape[0] for array in store.get()] for store in (source, target)]
    if shapes[0][:2] != shapes[1][:2]:
        sizes = ["{} features and {} units".format(*shape) for shape in shapes]
        raise ValueError(f"{_listing([place])}: source has {sizes[0]}, target has {sizes[1]}")
    room = shapes[1][2]
    gates = _by_name(source)
    for name, gate in gates.items():
        apart = name == "candidate" and "reset after" in source.function
        pair = gate.biases
        if not apart and (add or room < len(pair)):
            pair = pair.sum(axis=0, keepdims=True)
        if pair[room:].any():
            raise ValueError(
                f"{_listing([place])}: the source's {name} has a bias, the target none"
            )
        missing = max(room - len(pair), 0)
        gates[name] = gate._replace(biases=np.pad(pair[:room], ((0, missing), (0, 0))))
    return _in_order(gates, target)


def _by_name(store):
    """Each gate's share of what is stored for all gates side by side."""
    copies = map(np.array, store.get())
    shares = [np.split(array, len(store.gate_names), axis=1) for array in copies]
    gates = {
        name: GateWeights(*arrays) for name, *arrays in zip(store.gate_names, *shares, strict=True)
    }
    return _keeping(gates, store)


def _in_order(gates, store):
    """The inverse of `_by_name`: kernel, recurrent kernel and biases of all gates side by side."""
    gates = _keeping(gates, store)
    return [
        np.concatenate(arrays, axis=1)
        for arrays in zip(*(gates[name] for name in store.gate_names), strict=True)
    ]


def _keeping(gates, store):
    """Turn an update gate that writes into one that keeps, or back: σ(-a) = 1 - σ(a)."""
    if not store.writes:
        return gates
    return gates | {"update_gate": GateWeights(*(-array for array in gates["update_gate"]))}


class _KerasStore:
    """A Keras cell: what it computes, and its weights with all gates side by side."""

    def __init__(self, cell, merged=""):
        kind = next((kind for kind, classes in _KINDS.items() if isinstance(cell, classes)), None)
        if kind is None:
            raise ValueError(f"a cell must be one of {[*_KINDS]}, got {type(cell).__name__}")
        if not cell.built:
            raise ValueError(f"{cell.name!r} has no weights yet: call its layer once, or build it")
        details = [_name(cell.activation)]
        if kind != "SimpleRNN":
            details.append(_name(cell.recurrent_activation))
        if kind == "GRU":
            details.append("reset after" if cell.reset_after else "reset before")
        self.cell = cell
        self.function = f"{kind}({', '.join(details)}){merged}"
        self.gate_names = _KINDS[kind][0].gate_names
        self.writes = getattr(cell, "update_gate", "keep") == "write"

    def get(self):
        kernel, recurrent_kernel = map(
            keras.ops.convert_to_numpy, (self.cell.kernel, self.cell.recurrent_kernel)
        )
        bias = keras.ops.convert_to_numpy(self.cell.bias) if self.cell.use_bias else kernel[:0]
        return kernel, recurrent_kernel, bias.reshape(-1, kernel.shape[1])

    def put(self, kernel, recurrent_kernel, biases):
        self.cell.kernel.assign(kernel)
        self.cell.recurrent_kernel.assign(recurrent_kernel)
        if self.cell.use_bias:
            self.cell.bias.assign(biases.reshape(self.cell.bias.shape))


class _TorchStore:
    """One layer and direction of a PyTorch module: the same."""

    writes = False

    def __init__(self, module, suffix, merged):
        function, self.gate_names = _TORCH[module.mode]
        self.function = function + merged
        weights = module.state_dict()  # tensors in the module's own memory
        names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"][: 4 if module.bias else 2]
        self.tensors = [weights[f"{name}_{suffix}"] for name in names]

    def get(self):
        kernel, recurrent_kernel, *biases = (tensor.cpu().numpy().T for tensor in self.tensors)
        return kernel, recurrent_kernel, np.reshape(biases, (-1, kernel.shape[1]))

    def put(self, kernel, recurrent_kernel, biases):
        for tensor, array in zip(self.tensors, [kernel, recurrent_kernel, *biases], strict=True):
            tensor.copy_(tensor.new_tensor(array.T))


def _stores(layers):
    """All stores of some layers: ``{(layer, direction): store}``."""
    stacked = layers if isinstance(layers, list | tuple) else [layers]
    all_directions = [directions for layer in stacked for directions in _directions(layer)]
    if not all_directions:
        raise ValueError("there must be at least one recurrent layer, got none")
    return {
        (number, direction): store
        for number, directions in enumerate(all_directions, start=1)
        for direction, store in directions.items()
    }


def _directions(layer):
    """``{direction: store}`` of a layer, or of each of its layers if it is a stack."""
    if isinstance(layer, keras.layers.Bidirectional):
        pair = (layer.forward_layer, layer.backward_layer)
        if isinstance(pair[0].cell, keras.layers.StackedRNNCells):
            raise ValueError(
                "Bidirectional around a list of cells is two stacks that meet only at the top: "
                "copy its forward_layer and its backward_layer one after the other"
            )
        merged = _MERGED.format(layer.merge_mode)
        return [{_direction(one): _KerasStore(one.cell, merged) for one in pair}]
    if isinstance(layer, keras.layers.RNN):
        stacked = isinstance(layer.cell, keras.layers.StackedRNNCells)
        cells_of_stack = layer.cell.cells if stacked else [layer.cell]
        return [{_direction(layer): _KerasStore(cell)} for cell in cells_of_stack]
    if getattr(layer, "mode", None) not in _TORCH:
        raise ValueError(
            "layers must be recurrent layers of Keras or of this course, Bidirectional ones, "
            f"or a torch.nn.RNN, LSTM or GRU, got {type(layer).__name__}"
        )
    if layer.proj_size:
        raise ValueError(f"no Keras cell projects its state as proj_size={layer.proj_size} does")
    merged = _MERGED.format("concat") if layer.bidirectional else ""
    endings = {"forward": "", "backward": "_reverse"} if layer.bidirectional else {"forward": ""}
    return [
        {name: _TorchStore(layer, f"l{i}{ending}", merged) for name, ending in endings.items()}
        for i in range(layer.num_layers)
    ]


def _direction(layer):
    return "backward" if layer.go_backwards else "forward"


def _name(activation):
    """An activation's name, if it is one of Keras's; else what tells it from all others."""
    name = getattr(activation, "__name__", "")
    return name if getattr(keras.activations, name, None) is activation else repr(activation)


def _listing(places):
    return ", ".join(f"layer {number} {direction}" for number, direction in places)
