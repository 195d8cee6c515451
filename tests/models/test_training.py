"""What is said of shuffling; restarting a model, held against making a new one."""

import warnings

import keras
import numpy as np
import pytest

from rnn_course.losses import TokenCrossEntropy
from rnn_course.models import LanguageModel, SequenceClassifier, restart
from rnn_course.text import classification_batches


@pytest.mark.tensorflow("tf.data")
@pytest.mark.filterwarnings("always:.*shuffle=True")
@pytest.mark.parametrize("given", [{}, {"shuffle": False}, {"shuffle": True}])
def test_keras_speaks_of_shuffling_only_where_it_is_asked_for(given):
    """Of batches, that is; arrays are shuffled as in Keras."""
    model = SequenceClassifier(10, classes=2, embedding_dim=2, units=2)
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    batches = classification_batches([[4, 5], [6]], [0, 1], batch_size=2)
    with warnings.catch_warnings(record=True) as said:
        model.fit(batches, verbose=0, **given)
    assert any("shuffle" in str(each.message) for each in said) == given.get("shuffle", False)


def language_model():
    return LanguageModel(10, embedding_dim=4, units=5, cell="gru", layers=2, dropout=0.2)


def sequential():
    layers = [
        keras.Input((6,)),
        keras.layers.Embedding(10, 4),
        keras.layers.SimpleRNN(10, return_sequences=True),
    ]
    return keras.Sequential(layers)


OPTIMIZERS = {
    "adam": lambda: keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.1, 9)),
    "adagrad": lambda: keras.optimizers.Adagrad(0.1),  # does not start at zeros
}


@pytest.mark.parametrize("make", [language_model, sequential])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_restarted_learns_as_a_new_model_does(make, optimizer):
    ids = np.random.default_rng(0).integers(1, 10, (8, 6))

    def losses(model):
        return model.fit(ids, ids, epochs=3, shuffle=False, verbose=0).history["loss"]

    def compiled():
        model = make()
        model.compile(OPTIMIZERS[optimizer](), loss=TokenCrossEntropy())
        return model

    keras.utils.set_random_seed(3)
    new = compiled()
    new.build((None, 6))
    expected = new.get_weights()
    model = compiled()
    losses(model)
    restart(model, seed=3)
    for got, wanted in zip(model.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(got, wanted)
    first = losses(model)
    restart(model, seed=3)
    np.testing.assert_allclose(losses(model), first, rtol=1e-6)
    restart(model, seed=4)
    assert not np.allclose(losses(model), first, rtol=1e-6)


def test_the_optimizer_starts_anew():
    ids = np.random.default_rng(0).integers(1, 10, (8, 6))
    model = sequential()
    model.compile(OPTIMIZERS["adagrad"](), loss=TokenCrossEntropy())
    model.optimizer.build(model.trainable_variables)
    initial = [
        keras.ops.convert_to_numpy(variable).copy() for variable in model.optimizer.variables
    ]
    model.fit(ids, ids, verbose=0)
    restart(model, seed=0)
    for variable, wanted in zip(model.optimizer.variables, initial, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(variable), wanted)


def test_needs_weights():
    model = language_model()
    model.compile("adam", loss=TokenCrossEntropy())
    with pytest.raises(ValueError, match="build it"):
        restart(model, seed=0)
