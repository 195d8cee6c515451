"""The loss that Keras shows counts every token once, in each model that is trained on tokens."""

import math

import keras
import numpy as np
import pytest
from backends import as_dataset

from rnn_course.losses import PathCrossEntropy, TokenCrossEntropy
from rnn_course.metrics import Perplexity
from rnn_course.models import EncoderDecoder, LanguageModel, SequenceTagger, TokenModel
from rnn_course.text import BEGIN, END, pad


class Table(TokenModel):
    """The probability of each target depends on the input token alone, and is a power of 1/2."""

    def __init__(self):
        super().__init__()
        rows = np.full((9, 9), -30.0)
        for token in range(4, 9):
            rows[token, [token, 1]] = -token * math.log(2), math.log(1 - 2.0**-token)
        self.rows = self.add_weight(shape=(9, 9), initializer="zeros")
        self.rows.assign(rows)

    def call(self, tokens):
        return keras.ops.take(self.rows, tokens, axis=0)


def table(learning_rate=0.0, metrics=()):
    model = Table()
    model.compile(keras.optimizers.SGD(learning_rate), TokenCrossEntropy(), metrics=list(metrics))
    return model


# The loss of token n is n bits. Per batch 4, 6 and 6 2/3; per sequence 4, 6, 6, 6.5, 7.
BATCHES = [[[4, 4, 4, 4, 4, 4]], [[6], [6, 6]], [[5, 8], [7]], [[], []]]
BITS = (6 * 4 + 3 * 6 + 5 + 8 + 7) / 12


def dataset(batches, weights=None):
    ids = [pad(batch) if any(batch) else np.zeros((len(batch), 2), "int32") for batch in batches]
    if weights is None:
        return as_dataset(zip(ids, ids, strict=True))
    return as_dataset(zip(ids, ids, [np.array(w, "float32") for w in weights], strict=True))


def in_bits(loss):
    return pytest.approx(loss * math.log(2), rel=1e-5)


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]])
def test_the_loss_of_a_pass_is_the_mean_over_its_tokens(order):
    batches = [BATCHES[i] for i in order]
    assert table().evaluate(dataset(batches), verbose=0) == in_bits(BITS)


def test_batch_size_does_not_matter():
    ids = pad([row for batch in BATCHES for row in batch])
    losses = [table().evaluate(ids, ids, batch_size=n, verbose=0) for n in (1, 2, 3, 7)]
    assert losses == [in_bits(BITS)] * 4


def test_every_epoch_and_validation_have_their_own():
    options = dict(validation_data=dataset(BATCHES[1:3]), epochs=2, verbose=0)
    history = table().fit(dataset(BATCHES), **options).history
    assert history["loss"] == [in_bits(BITS)] * 2
    assert history["val_loss"] == [in_bits((3 * 6 + 5 + 8 + 7) / 6)] * 2


def test_sample_weights_say_how_often_a_row_counts():
    weights = [[1], [2, 0], [0.5, 0], [1, 1]]
    expected = (6 * 4 + 2 * 6 + 0.5 * (5 + 8)) / (6 + 2 + 1)
    assert table().evaluate(dataset(BATCHES, weights), verbose=0) == in_bits(expected)


def test_loss_stays_first_and_alone_among_the_metrics():
    model = table(metrics=[Perplexity()])
    ids = pad(BATCHES[2])
    loss, perplexity = model.evaluate(ids, ids, verbose=0)
    assert (loss, math.log(perplexity)) == (in_bits(20 / 3), in_bits(20 / 3))
    assert model.train_on_batch(ids, ids) == [pytest.approx(loss), pytest.approx(perplexity)]
    assert model.metrics[0].name == "loss"
    assert Table().metrics == []


def test_padding_alone_has_no_loss():
    assert table().evaluate(dataset(BATCHES[3:]), verbose=0) == 0


SENTENCES = [[5, 6, 7, 8, 5, 6, 4], [4], [8, 8], [7, 5, 5, 6, 6], [6]]
TAGS = [[4 + n % 3 for n in sentence] for sentence in SENTENCES]


def examples(kind):
    """Model, loss, the inputs of each sentence, and its targets."""
    if kind == "language model":
        model = LanguageModel(9, embedding_dim=3, units=4)
        return model, TokenCrossEntropy(), [([BEGIN, *s],) for s in SENTENCES], SENTENCES_AND_ENDS
    if kind == "translation":
        model = EncoderDecoder(9, 9, embedding_dim=3, units=4)
        inputs = [(t, [BEGIN, *s]) for s, t in zip(SENTENCES, TAGS[::-1], strict=True)]
        return model, TokenCrossEntropy(), inputs, SENTENCES_AND_ENDS
    model = SequenceTagger(9, tags=7, embedding_dim=3, units=4, output=kind)
    loss = PathCrossEntropy() if kind == "crf" else TokenCrossEntropy()
    return model, loss, [(s,) for s in SENTENCES], TAGS


SENTENCES_AND_ENDS = [[*s, END] for s in SENTENCES]


def batch_of(rows):
    columns = [pad(column) for column in zip(*rows, strict=True)]
    return columns if len(columns) > 1 else columns[0]


@pytest.mark.parametrize("kind", ["language model", "softmax", "crf", "translation"])
def test_models_show_the_loss_of_their_tokens(kind):
    """That of each sentence alone, without padding, weighted by hand; not the sentences' mean."""
    model, loss, inputs, targets = examples(kind)
    model(batch_of(inputs))
    generator = np.random.default_rng(0)
    model.set_weights([2 * generator.normal(size=w.shape) for w in model.get_weights()])
    alone = [
        float(loss(pad([target]), model(batch_of([row]))))
        for row, target in zip(inputs, targets, strict=True)
    ]
    expected = np.average(alone, weights=[len(target) for target in targets])
    assert abs(np.mean(alone) - expected) > 0.02
    model.compile(keras.optimizers.SGD(0.0), loss)
    x, y = batch_of(inputs), pad(targets)
    history = model.fit(x, y, batch_size=2, validation_data=(x, y), verbose=0).history
    for name in ("loss", "val_loss"):
        assert history[name] == [pytest.approx(expected, rel=1e-5)]


@pytest.mark.tensorflow("counts TensorFlow's traces")
def test_the_first_step_is_traced_once():
    traces = []

    class Counting(Table):
        def call(self, tokens):
            traces.append(tokens)
            return super().call(tokens)

    ids, counts = pad(BATCHES[2]), []
    for built in (False, True):
        model = Counting()
        if built:
            model.build((None, None))
        model.compile(keras.optimizers.Adam(), TokenCrossEntropy())
        traces.clear()
        model.train_on_batch(ids, ids)
        counts.append(len(traces))
    assert counts[1] == 1 < counts[0]


def test_gradients_are_those_of_the_batches_own_loss():
    """One step of SGD on a batch of 3 tokens moves what 3 tokens ask for, each a third."""
    model = table(learning_rate=1.0)
    before = keras.ops.convert_to_numpy(model.rows).copy()
    model.train_on_batch(pad([[5, 8], [7]]), pad([[5, 8], [7]]))
    moved = (keras.ops.convert_to_numpy(model.rows) - before)[[5, 8, 7], [5, 8, 7]]
    np.testing.assert_allclose(moved, (1 - 2.0 ** -np.array([5, 8, 7])) / 3, rtol=1e-4)
