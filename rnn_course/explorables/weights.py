r"""Weights of a small trained network as what a page can read: names, and numbers as base64.

An array becomes ``{"shape", "bits", "data"}``: its numbers in the order of rows, little-endian
single precision (32 bits), or whole numbers from -127 to 127 (8 bits) with one ``scale`` for each
entry of the last axis, so that :math:`w_{ij} \approx q_{ij} s_j`.
"""

import base64

import numpy as np

LARGEST = 1_000_000  # bytes of all that a page is given of one network


def encode(values, bits=32):
    """An array for a page.

    Args:
        values: numbers of any shape.
        bits: 32 for single precision; 8 for a quarter of the size, and two digits.

    Returns:
        A dictionary that JSON can hold.

    Raises:
        ValueError: when ``bits`` is neither, or a value is not a finite number.

    Example:
        >>> encode([[1.0, -2.0]])
        {'shape': [1, 2], 'bits': 32, 'data': 'AACAPwAAAMA='}
        >>> decode(encode([[0.5, 8.0], [-1.0, 4.0]], bits=8)).round(2).tolist()
        [[0.5, 8.0], [-1.0, 4.03]]
    """
    values = _array(values)
    if not np.isfinite(values).all():
        raise ValueError("values must be finite numbers, got NaN or infinity: train with clipping?")
    if bits not in (8, 32):
        raise ValueError(f"bits must be 8 or 32, got {bits!r}")
    encoded = {"shape": list(values.shape), "bits": bits}
    if bits == 8:
        scale = np.abs(values).max(axis=tuple(range(values.ndim - 1)), initial=0) / 127
        scale = np.where(scale > 0, scale, 1)
        encoded["scale"] = _text(scale, "<f4")
        values = np.round(values / scale)
    return encoded | {"data": _text(values, "<f4" if bits == 32 else "i1")}


def decode(encoded):
    """The array that a page reads from what `encode` gave, in double precision."""
    kind = "<f4" if encoded["bits"] == 32 else "i1"
    values = np.frombuffer(base64.b64decode(encoded["data"]), kind).astype(float)
    values = values.reshape(encoded["shape"])
    if encoded["bits"] == 8:
        values = values * np.frombuffer(base64.b64decode(encoded["scale"]), "<f4")
    return values


def cell(layer, bits=32):
    """A recurrent cell of `rnn_course.layers`: its kind, its options, its weights.

    Args:
        layer: a built `SimpleRNNCell`, `LSTMCell` or `GRUCell`.
        bits: as in `encode`; the bias always has 32.

    Raises:
        ValueError: when it is another layer, or has activations that a page does not know.
    """
    kinds = {"SimpleRNNCell": "simple_rnn", "LSTMCell": "lstm", "GRUCell": "gru"}
    name = type(layer).__name__
    if name not in kinds:
        raise ValueError(f"layer must be one of {', '.join(kinds)}, got {name}")
    config = layer.get_config()
    for option, known in (("activation", "tanh"), ("recurrent_activation", "sigmoid")):
        if config.get(option, known) != known:
            raise ValueError(f"a page knows {option}={known!r} alone, got {config[option]!r}")
    options = {key: config[key] for key in ("reset_after", "update_gate") if key in config}
    bias = np.zeros(layer.kernel.shape[1]) if layer.bias is None else layer.bias
    if layer.bias is None and config.get("reset_after"):
        bias = np.stack([bias, bias])
    return {
        "kind": kinds[name],
        **options,
        "kernel": encode(layer.kernel, bits),
        "recurrent_kernel": encode(layer.recurrent_kernel, bits),
        "bias": encode(bias),
    }


def dense(layer, bits=32):
    """A `keras.layers.Dense`: its kernel and its bias, zeros where it has none."""
    bias = np.zeros(layer.kernel.shape[1]) if layer.bias is None else layer.bias
    return {"kernel": encode(layer.kernel, bits), "bias": encode(bias)}


def language_model(model, vocabulary, bits=32):
    """A `LanguageModel` of one layer and its `Vocabulary`.

    Raises:
        ValueError: when it has several layers or tied embeddings.
    """
    if len(model.recurrent_layers) != 1 or model.config["tie_embeddings"]:
        raise ValueError("a page reads language models of one layer with a read-out of their own")
    return {
        "tokens": list(vocabulary.tokens),
        "embedding": encode(model.embedding.embeddings, bits),
        "cell": cell(model.recurrent_layers[0].cell, bits),
        "read_out": dense(model.read_out, bits),
    }


def classifier(model, vocabulary, labels, bits=32):
    """A `SequenceClassifier` of one layer that reads off its last state or its attention.

    Raises:
        ValueError: when it has several layers or pools in another way.
    """
    pooling = model.config["pooling"]
    if len(model.recurrent_layers) != 1 or pooling not in ("last", "attention"):
        raise ValueError("a page reads classifiers of one layer with pooling 'last' or 'attention'")
    layer = model.recurrent_layers[0]
    network = {
        "tokens": list(vocabulary.tokens),
        "labels": list(labels),
        "embedding": encode(model.embedding.embeddings, bits),
        **_directions(layer, model.config["bidirectional"], bits),
        "read_out": dense(model.read_out, bits),
    }
    if pooling == "attention":
        network["attention"] = {"score": model.attention.score}
        network["attention"]["query"] = encode(model.attention.query)
        if model.attention.score == "additive":
            network["attention"]["kernel"] = encode(model.attention.kernel, bits)
    return network


def translator(model, source, target, bits=32):
    """An `EncoderDecoder` of one layer, with copied states and dot or general attention.

    Args:
        model: the trained model.
        source, target: the two `Vocabulary`.
        bits: as in `encode`.

    Raises:
        ValueError: when it is built in another way.
    """
    config = model.config
    if config["layers"] != 1 or config["bridge"] != "copy" or config["attention"] != "general":
        raise ValueError(
            "a page reads translators with layers=1, bridge='copy', attention='general'"
        )
    return {
        "source_tokens": list(source.tokens),
        "target_tokens": list(target.tokens),
        "source_embedding": encode(model.source_embedding.embeddings, bits),
        "target_embedding": encode(model.target_embedding.embeddings, bits),
        "encoder": _directions(model.encoder_layers[0], config["bidirectional"], bits),
        "cell": cell(model.decoder_layers[0].cell, bits),
        "attention": {"score": "general", "kernel": encode(model.attention.kernel, bits)},
        "combine": dense(model.combine, bits),
        "read_out": dense(model.read_out, bits),
    }


def _directions(layer, bidirectional, bits):
    if not bidirectional:
        return {"cell": cell(layer.cell, bits)}
    return {
        "cell": cell(layer.forward_layer.cell, bits),
        "backward_cell": cell(layer.backward_layer.cell, bits),
    }


def _array(values):
    """Numbers in double precision: of an array, or of a Keras variable under any backend."""
    return np.asarray(values.numpy() if hasattr(values, "numpy") else values, "float64")


def _text(values, kind):
    return base64.b64encode(np.ascontiguousarray(values, kind).tobytes()).decode("ascii")
