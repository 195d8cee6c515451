"""Trains each model on one device and on two, and prints the losses: a program for a test.

python distributed_program.py mirrored
python distributed_program.py data_parallel

The first shares batches out among two logical CPUs of TensorFlow, the second among two of JAX.
"""

import json
import os
import sys

WAY = sys.argv[1]
if WAY == "data_parallel":
    os.environ["KERAS_BACKEND"] = "jax"
    os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"

import contextlib  # noqa: E402

import keras  # noqa: E402
import numpy as np  # noqa: E402

from rnn_course.losses import PathCrossEntropy, TokenCrossEntropy  # noqa: E402
from rnn_course.models import (  # noqa: E402
    EncoderDecoder,
    LanguageModel,
    SequenceClassifier,
    SequenceTagger,
)

ids = np.random.default_rng(0).integers(4, 12, (8, 5))
ids[np.arange(5) >= [[5], [4], [2], [1], [1], [3], [5], [5]]] = 0  # as much in no two halves
labels = np.arange(8) % 3


def tokens():
    return TokenCrossEntropy()


MODELS = {
    "LanguageModel": (lambda: LanguageModel(12, 4, 6), ids, ids, tokens),
    "SequenceTagger": (lambda: SequenceTagger(12, 12, 4, 6), ids, ids, tokens),
    "SequenceTagger with a CRF": (
        lambda: SequenceTagger(12, 12, 4, 6, output="crf"),
        *(ids, ids, PathCrossEntropy),
    ),
    "SequenceClassifier": (
        lambda: SequenceClassifier(12, 3, 4, 6),
        *(ids, labels, lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True)),
    ),
    "EncoderDecoder": (lambda: EncoderDecoder(12, 12, 4, 6), [ids, ids], ids, tokens),
}


def losses(name):
    """The loss of each of three epochs of two batches."""
    make, x, y, loss = MODELS[name]
    keras.utils.set_random_seed(0)
    model = make()
    model.build([each.shape for each in x] if isinstance(x, list) else x.shape)
    model.compile(keras.optimizers.SGD(0.5), loss())
    return model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0).history["loss"]


def two_devices():
    """A scope in which a batch is shared out."""
    if WAY == "mirrored":
        import tensorflow as tf

        return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope()
    devices = keras.distribution.list_devices()
    assert len(devices) == 2, devices
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))
    return contextlib.nullcontext()


if WAY == "mirrored":
    import tensorflow as tf

    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], two)
found = {name: [losses(name)] for name in MODELS}
with two_devices():
    for name in MODELS:
        found[name].append(losses(name))
print(json.dumps(found))
