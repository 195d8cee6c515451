"""The classifier against its own layers and NumPy: pooling by hand, padding, gradients, saving."""

import keras
import numpy as np
import pytest
from backends import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from rnn_course.models import SequenceClassifier
from rnn_course.models.classification import POOLINGS
from rnn_course.text import UNKNOWN, pad

IDS = pad([[4, 5, 6, 7, 8], [5, 6, 7], [9]])
MASK = IDS > 0


def classifier(pooling="attention", **options):
    keras.utils.set_random_seed(0)
    if pooling == "concat":
        options.setdefault("timesteps", 4)
    if pooling == "last":
        options["bidirectional"] = False
    return SequenceClassifier(12, 3, embedding_dim=5, units=4, pooling=pooling, **options)


def logits_of(model, ids):
    return ops.convert_to_numpy(model(ids))


# Pooling


def states_by_hand(model, ids):
    """Outputs of the one layer, of the sequence without padding and without batching."""
    embedded = model.embedding(ids[None])
    layer = model.recurrent_layers[0]
    two = isinstance(layer, keras.layers.Bidirectional)
    parts = [layer.forward_layer, layer.backward_layer] if two else [layer]
    outputs = [ops.convert_to_numpy(part(embedded)[0])[0] for part in parts]
    if len(outputs) > 1:
        outputs[1] = outputs[1][::-1]  # in the order of the sentence
    return np.concatenate(outputs, axis=-1)


def pooled_by_hand(pooling, states):
    units = 4
    if pooling == "last":
        return states[-1]
    if pooling == "final_states":
        return np.concatenate([states[-1, :units], states[0, units:]])
    if pooling == "concat":
        return np.concatenate([states, np.zeros((4, states.shape[1]))])[:4].ravel()
    return {"mean": np.mean, "max": np.max, "sum": np.sum}[pooling](states, axis=0)


@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize("pooling", [name for name in POOLINGS if name != "attention"])
def test_pooling_is_what_it_says(pooling, bidirectional):
    if pooling == ("last" if bidirectional else "final_states"):
        pytest.skip("is for the other number of directions")
    model = classifier(pooling, bidirectional=bidirectional)
    logits = logits_of(model, IDS)
    kernel, bias = model.read_out.get_weights()
    for row, mask, row_logits in zip(IDS, MASK, logits, strict=True):
        pooled = pooled_by_hand(pooling, states_by_hand(model, row[mask]))
        np.testing.assert_allclose(row_logits, pooled @ kernel + bias, atol=1e-5)


def test_attention_pools_by_its_weights():
    model = classifier("attention")
    logits, weights = map(ops.convert_to_numpy, model(IDS, return_weights=True))
    kernel, bias = model.read_out.get_weights()
    assert (weights[~MASK] == 0).all()
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-6)
    for row, mask, row_weights, row_logits in zip(IDS, MASK, weights, logits, strict=True):
        pooled = row_weights[mask] @ states_by_hand(model, row[mask])
        np.testing.assert_allclose(row_logits, pooled @ kernel + bias, atol=1e-5)


# Properties


CONFIGURATIONS = [
    *(dict(pooling=pooling) for pooling in POOLINGS),
    dict(pooling="attention", score="scaled_dot"),
    dict(pooling="last", cell="lstm"),
    dict(pooling="mean", layers=2, cell="simple_rnn"),
    dict(pooling="final_states", layers=2, cell="lstm"),
]


@pytest.mark.parametrize("options", CONFIGURATIONS, ids=str)
def test_padding_and_batch_never_matter(options):
    model = classifier(**options)
    expected = logits_of(model, IDS)
    wider = np.pad(IDS, ((0, 0), (0, 3)))
    np.testing.assert_allclose(logits_of(model, wider), expected, atol=1e-5)
    np.testing.assert_allclose(logits_of(model, wider[::-1])[::-1], expected, atol=1e-5)
    for row, mask, logits in zip(IDS, MASK, expected, strict=True):
        np.testing.assert_allclose(logits_of(model, row[mask][None])[0], logits, atol=1e-5)


@pytest.mark.parametrize("options", CONFIGURATIONS, ids=str)
def test_a_sequence_of_padding_alone_gets_the_bias(options):
    model = classifier(**options)
    model(IDS)
    model.read_out.bias.assign([1.0, 2.0, 3.0])
    np.testing.assert_allclose(logits_of(model, np.zeros((1, 2), int)), [[1, 2, 3]], atol=1e-6)


@pytest.mark.parametrize("options", CONFIGURATIONS, ids=str)
def test_every_weight_is_trained(options):
    model = classifier(**options)
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model(IDS)
    before = model.get_weights()
    model.train_on_batch(IDS, np.array([0, 1, 2]))
    after = model.get_weights()
    for weight, old, new in zip(model.weights, before, after, strict=True):
        assert np.abs(new - old).max() > 0, weight.path


@pytest.mark.trains
@pytest.mark.parametrize("pooling", ["last", "final_states", "attention"])
def test_learns_which_of_two_words_comes_first(pooling):
    """The label is the order of tokens 4 and 5: a bag of words cannot know it."""
    generator = np.random.default_rng(0)
    sequences, labels = [], []
    for _ in range(300):
        row = generator.integers(6, 12, generator.integers(2, 7)).tolist()
        first = int(generator.integers(2))
        for token in (5, 4) if first else (4, 5):
            row.insert(0 if token == 5 - first else len(row), token)
        sequences.append(row)
        labels.append(first)
    model = classifier(pooling)
    model.compile(
        keras.optimizers.Adam(0.02), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    model.fit(pad(sequences), np.array(labels), epochs=25, verbose=0)
    found = model.probabilities(sequences).argmax(axis=1)
    assert np.mean(found == labels) > 0.95


def test_word_dropout_reads_tokens_as_unknown_in_training_only():
    hiding, plain = classifier(word_dropout=1.0), classifier()
    plain.build(IDS.shape)
    hiding.build(IDS.shape)
    hiding.set_weights(plain.get_weights())
    np.testing.assert_array_equal(logits_of(hiding, IDS), logits_of(plain, IDS))
    unknown = np.where(MASK, UNKNOWN, IDS)
    hidden = ops.convert_to_numpy(hiding(IDS, training=True))
    np.testing.assert_array_equal(hidden, logits_of(plain, unknown))
    assert not np.allclose(hidden, logits_of(plain, IDS))


# Predictions

MEAN = classifier("mean")


@settings(max_examples=examples(10), deadline=None)
@given(
    sequences=st.lists(st.lists(st.integers(1, 11), max_size=6), max_size=9),
    batch_size=st.integers(1, 4),
)
def test_probabilities_in_the_order_given(sequences, batch_size):
    model = MEAN
    probabilities = model.probabilities(sequences, batch_size)
    assert probabilities.shape == (len(sequences), 3)
    for sequence, row in zip(sequences, probabilities, strict=True):
        logits = logits_of(model, pad([sequence]))[0]
        np.testing.assert_allclose(row, np.exp(logits) / np.exp(logits).sum(), atol=1e-5)


def test_attention_weights_have_one_number_a_token():
    model = classifier("attention")
    sequences = [[5, 6, 7], [], [8], [4, 5, 6, 7, 8]]
    weights = model.attention_weights(sequences)
    assert [len(row) for row in weights] == [3, 0, 1, 5]
    assert weights[2].tolist() == [1]
    for row in (weights[0], weights[3]):
        assert row.sum() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("options", CONFIGURATIONS, ids=str)
def test_save_and_load(options, tmp_path):
    model = classifier(**options)
    expected = logits_of(model, IDS)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(logits_of(loaded, IDS), expected)


# Bad configurations


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(vocabulary_size=0), "vocabulary_size must be a positive integer, got 0"),
        (dict(classes=2.0), "classes must be a positive integer, got 2.0"),
        (dict(layers=True), "layers must be a positive integer, got True"),
        (dict(units=0), "units must be a positive integer, got 0"),
        (dict(cell="elman"), "cell must be one of"),
        (dict(word_dropout=2), "word_dropout must be from 0 to 1, got 2"),
        (dict(pooling="first"), "pooling must be one of .*'attention'.*, got 'first'"),
        (dict(pooling="final_states", bidirectional=False), 'is for two directions: use "last"'),
        (dict(pooling="last", bidirectional=True), 'is for one direction: use "final_states"'),
        (dict(pooling="concat"), 'pooling="concat" needs timesteps'),
        (dict(pooling="mean", timesteps=4), "no other pooling takes it: got pooling='mean'"),
        (dict(pooling="concat", timesteps=0), "timesteps must be a positive integer, got 0"),
        (dict(score="dot"), 'score must be "additive" or "scaled_dot", got \'dot\''),
    ],
)
def test_bad_configuration(options, message):
    with pytest.raises(ValueError, match=message):
        SequenceClassifier(**{"vocabulary_size": 9, "classes": 2, **options})


def test_weights_of_a_pooling_that_has_none():
    model = classifier("mean")
    with pytest.raises(ValueError, match="return_weights needs pooling=\"attention\", got 'mean'"):
        model(IDS, return_weights=True)
    with pytest.raises(ValueError, match="return_weights needs"):
        model.attention_weights([[5]])


def test_ids_of_another_vocabulary():
    with pytest.raises(ValueError, match="token ids must be integers from 1 to 11, got 12"):
        classifier().probabilities([[5, 12]])
