"""Models whose matrices Keras has rounded to eight bits: their answers move by little."""

import numpy as np
import pytest
from keras import ops

from rnn_course.models import EncoderDecoder, LanguageModel, SequenceClassifier, SequenceTagger

WORDS = np.array([[2, 5, 6, 4], [7, 8, 0, 0]])
CHARACTERS = np.array([[[2, 3], [3, 4], [4, 0], [6, 7]], [[3, 3], [8, 7], [0, 0], [0, 0]]])

MODELS = {
    "language model": (lambda: LanguageModel(12, 6, 8), WORDS),
    "tied": (lambda: LanguageModel(12, 8, 8, tie_embeddings=True), WORDS),
    "classifier": (lambda: SequenceClassifier(12, classes=3, units=4), WORDS),
    "tagger": (
        lambda: SequenceTagger(
            12, 7, units=4, characters="rnn", character_vocabulary_size=9, output="softmax"
        ),
        (WORDS, CHARACTERS),
    ),
    "translator": (lambda: EncoderDecoder(12, 12, units=4), [WORDS, WORDS]),
}


@pytest.mark.filterwarnings("ignore:Layer .* does not have a `quantize` method:UserWarning")
@pytest.mark.parametrize("name", MODELS)
def test_eight_bits_change_little(name):
    make, inputs = MODELS[name]
    model = make()
    model(inputs)
    generator = np.random.default_rng(0)
    model.set_weights([generator.normal(size=w.shape) for w in model.get_weights()])
    before = ops.convert_to_numpy(model(inputs))
    model.quantize("int8")
    after = ops.convert_to_numpy(model(inputs))
    possible = before > -1e6  # a tagger rules some tags out
    before, after = before[possible], after[possible]
    assert 0 < np.abs(after - before).max() < 0.1 * np.abs(before).max()
