"""The encoder-decoder: against its own cells step by step, and by what it must not depend on."""

import keras
import numpy as np
import pytest
from keras import ops

from rnn_course.losses import TokenCrossEntropy
from rnn_course.metrics import Perplexity
from rnn_course.models import EncoderDecoder
from rnn_course.text import BEGIN, END, pad

SOURCES = [[4, 5, 6, 7, 8], [9, 4], [5, 5, 6]]
TARGETS = [[4, 5], [6, 7, 8, 9], [5]]
SOURCE = pad(SOURCES)
INPUTS = pad([[BEGIN, *target] for target in TARGETS])
GOLD = pad([[*target, END] for target in TARGETS])

CONFIGURATIONS = [
    dict(),
    dict(attention=None, bidirectional=False),
    dict(attention="additive", bridge="dense", cell="lstm", layers=2),
    dict(attention="dot", cell="simple_rnn", bridge="dense", bidirectional=False),
    dict(attention=None, cell="lstm", layers=2),
    dict(teacher_forcing=0.5),
    dict(teacher_forcing=0.0, attention=None, cell="lstm"),
]
every_configuration = pytest.mark.parametrize("options", CONFIGURATIONS, ids=str)


def translator(**options):
    keras.utils.set_random_seed(0)
    model = EncoderDecoder(10, 11, **{"embedding_dim": 5, "units": 6, **options})
    model.build([(None, None), (None, None)])
    return model


def trained(model, steps=1, learning_rate=0.02):
    model.compile(keras.optimizers.Adam(learning_rate), TokenCrossEntropy(), metrics=[Perplexity()])
    for _ in range(steps):
        scores = model.train_on_batch([SOURCE, INPUTS], GOLD, return_dict=True)
    return scores


def logits_of(model, source, inputs):
    return ops.convert_to_numpy(model([source, inputs]))


# What predictions depend on


@every_configuration
def test_step_by_step_is_all_at_once(options):
    model = translator(**options)
    expected = logits_of(model, SOURCE, INPUTS)
    states, memory = model.begin(SOURCE)
    for t in range(INPUTS.shape[1]):
        logits, states = model.step(INPUTS[:, t], states, memory)
        real = INPUTS[:, t] > 0
        np.testing.assert_allclose(ops.convert_to_numpy(logits)[real], expected[real, t], atol=1e-5)


@every_configuration
def test_no_prediction_depends_on_later_target_tokens(options):
    model = translator(**options)
    expected = logits_of(model, SOURCE, INPUTS)
    for t in range(1, INPUTS.shape[1]):
        changed = INPUTS.copy()
        changed[:, t:] = 10
        np.testing.assert_allclose(
            logits_of(model, SOURCE, changed)[:, :t], expected[:, :t], atol=1e-6
        )
        assert np.abs(logits_of(model, SOURCE, changed) - expected)[:, t].max() > 1e-4


@every_configuration
def test_every_prediction_depends_on_every_source_token(options):
    model = translator(**options)
    expected = logits_of(model, SOURCE, INPUTS)
    for i in range(SOURCE.shape[1]):
        changed = SOURCE.copy()
        changed[:, i] = np.where(SOURCE[:, i] > 0, 3, 0)
        difference = np.abs(logits_of(model, changed, INPUTS) - expected).max(axis=-1)
        assert (difference[SOURCE[:, i] > 0] > 1e-7)[:, 0].all()


@every_configuration
def test_padding_and_batch_never_matter(options):
    model = translator(**options)
    expected = logits_of(model, SOURCE, INPUTS)
    wider = logits_of(model, np.pad(SOURCE, ((0, 0), (0, 3))), np.pad(INPUTS, ((0, 0), (0, 2))))
    np.testing.assert_allclose(wider[:, : INPUTS.shape[1]], expected, atol=1e-5)
    for i, (source, target) in enumerate(zip(SOURCES, TARGETS, strict=True)):
        alone = logits_of(model, pad([source]), pad([[BEGIN, *target]]))[0]
        np.testing.assert_allclose(alone, expected[i, : len(alone)], atol=1e-5)


@every_configuration
def test_an_empty_source_and_a_target_of_one_token(options):
    model = translator(**options)
    logits = logits_of(model, np.zeros((1, 2), "int32"), np.array([[BEGIN]]))
    assert logits.shape == (1, 1, 11)
    assert np.isfinite(logits).all()


# The bridge


@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
def test_copy_hands_over_the_final_states_of_both_directions(cell):
    model = translator(cell=cell)
    (states,), _ = model.begin(SOURCE[:1])
    layer, embedded = model.encoder_layers[0], model.source_embedding(SOURCE[:1])
    _, *forward = layer.forward_layer(embedded)
    _, *backward = layer.backward_layer(embedded)
    assert len(states) == (2 if cell == "lstm" else 1)
    for state, *parts in zip(states, forward, backward, strict=True):
        np.testing.assert_allclose(state, np.concatenate(parts, axis=-1), atol=1e-6)


def test_dense_transforms_each_state_of_each_layer():
    copied, bridged = (translator(cell="lstm", layers=2, bridge=b) for b in ("copy", "dense"))
    for ours, theirs in zip(copied.encoder_layers, bridged.encoder_layers, strict=True):
        theirs.set_weights(ours.get_weights())
    bridged.source_embedding.set_weights(copied.source_embedding.get_weights())
    bridge = iter(bridged.bridges)
    before, after = copied.begin(SOURCE)[0], bridged.begin(SOURCE)[0]
    for old, new in zip(keras.tree.flatten(before), keras.tree.flatten(after), strict=True):
        W, b = next(bridge).get_weights()
        np.testing.assert_allclose(new, np.tanh(np.array(old) @ W + b), atol=1e-5)
    assert len(bridged.bridges) == 4
    assert copied.bridges == []


# Training


@every_configuration
def test_every_weight_is_trained(options):
    model = translator(**options)
    generator = np.random.default_rng(0)
    for weight in model.trainable_weights:  # larger than at first, or some hardly matter
        weight.assign(generator.normal(size=weight.shape))
    before = list(map(ops.convert_to_numpy, model.trainable_weights))
    trained(model)
    for weight, old in zip(model.trainable_weights, before, strict=True):
        assert np.abs(ops.convert_to_numpy(weight) - old).max() > 0, weight.path


def test_an_untrained_model_guesses():
    keras.utils.set_random_seed(0)
    model = EncoderDecoder(50, 300)
    model.compile("sgd", TokenCrossEntropy())
    assert model.evaluate([SOURCE, INPUTS], GOLD, verbose=0) == pytest.approx(np.log(300), abs=0.1)


@pytest.mark.trains
@pytest.mark.parametrize("options", [CONFIGURATIONS[i] for i in (0, 2, 5)], ids=str)
def test_learns_a_batch_by_heart(options):
    """Free running too: it translates as it was taught."""
    model = translator(**{**options, "units": 24})
    trained(model, steps=150)
    assert model.evaluate([SOURCE, INPUTS], GOLD, verbose=0, return_dict=True)["loss"] < 0.2
    assert model.translate(SOURCES) == TARGETS
    assert model.translate(SOURCES, beam=3) == TARGETS


# Teacher forcing


def test_the_input_of_a_step_is_the_correct_token_before_it():
    """Teacher forcing off by one would let the model copy its input: it could not fail then."""
    model = translator()
    logits = logits_of(model, SOURCE, INPUTS)
    loss = TokenCrossEntropy()(GOLD, logits)
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    by_hand = [
        -log_p[i, t, token]
        for i, target in enumerate(TARGETS)
        for t, token in enumerate([*target, END])
    ]
    assert float(loss) == pytest.approx(np.mean(by_hand), abs=1e-5)
    assert (INPUTS[:, 1:] == np.where(GOLD == END, 0, GOLD)[:, :-1]).all()


def test_without_teacher_forcing_the_inputs_are_the_models_own():
    model = translator(teacher_forcing=0.0)
    states, memory = model.begin(SOURCE)
    longer = pad([[BEGIN] + [4] * 7] * 3)
    own = ops.convert_to_numpy(model.feed_back(longer, states, memory))
    assert (own[:, 0] == BEGIN).all()
    logits = logits_of(model, SOURCE, own)
    logits[..., [0, BEGIN]] = -np.inf
    np.testing.assert_array_equal(own[:, 1:], logits.argmax(axis=-1)[:, :-1])
    for row, translation in zip(own[:, 1:], model.translate(SOURCES, max_length=7), strict=True):
        assert row.tolist()[: len(translation)] == translation


@pytest.mark.parametrize("share", [0.25, 0.75])
def test_each_step_is_forced_with_the_probability_asked_for(share):
    keras.utils.set_random_seed(0)
    model = EncoderDecoder(10, 500, embedding_dim=4, units=4, teacher_forcing=share)
    model.build([(None, None), (None, None)])
    source, gold = np.full((200, 2), 5), np.random.default_rng(0).integers(4, 500, (200, 21))
    gold[:, 0] = BEGIN
    fed = ops.convert_to_numpy(model.feed_back(gold, *model.begin(source)))
    correct = fed[:, 1:] == gold[:, 1:]
    assert correct.mean() == pytest.approx(share, abs=0.03)  # 4,000 coins; 7 standard errors
    assert correct.mean(axis=1).std() > 0  # step by step, not sentence by sentence
    assert correct.mean(axis=1).max() < 1 or share > 0.5


def test_the_probability_of_teacher_forcing_changes_on_the_way():
    """Also where training is compiled already; it is saved with the weights."""
    forced, scheduled = translator(teacher_forcing=1.0), translator(teacher_forcing=0.0)
    for model in (forced, scheduled):
        model.compile(keras.optimizers.SGD(0.0), TokenCrossEntropy())

    def loss(model):
        return float(model.train_on_batch([SOURCE, INPUTS], GOLD))

    assert forced.teacher_forcing is None
    with_own_tokens = loss(scheduled)
    scheduled.teacher_forcing.assign(1.0)
    assert loss(scheduled) == pytest.approx(loss(forced), abs=1e-6)
    assert abs(with_own_tokens - loss(forced)) > 1e-5
    again = EncoderDecoder.from_config(scheduled.get_config())
    again.build([(None, None), (None, None)])
    assert float(again.teacher_forcing) == 0
    again.set_weights(scheduled.get_weights())
    assert float(again.teacher_forcing) == 1


def test_padding_stays_padding_when_the_model_is_fed_its_own_tokens():
    model = translator(teacher_forcing=0.0)
    fed = ops.convert_to_numpy(model.feed_back(INPUTS, *model.begin(SOURCE)))
    np.testing.assert_array_equal(fed == 0, INPUTS == 0)


def test_predictions_are_made_on_the_inputs_given():
    """The model's own tokens are fed back in training only."""
    forced, free = (translator(teacher_forcing=p) for p in (1.0, 0.0))
    expected = logits_of(forced, SOURCE, INPUTS)
    np.testing.assert_allclose(logits_of(free, SOURCE, INPUTS), expected, atol=1e-6)


# Translation


def test_a_new_model_translates():
    model = EncoderDecoder(10, 11, embedding_dim=4, units=4)
    assert len(model.translate(SOURCES, max_length=3)) == 3


def test_translations_are_in_the_order_given_and_alike_in_any_batch():
    model = translator()
    expected = [model.translate([source], max_length=9)[0] for source in SOURCES]
    assert model.translate(SOURCES, max_length=9) == expected
    assert model.translate(SOURCES[::-1], max_length=9, batch_size=2) == expected[::-1]
    assert model.translate(SOURCES, max_length=9, beam=1, length_penalty=0.5) == expected
    beams = [model.translate([source], max_length=9, beam=3)[0] for source in SOURCES]
    assert model.translate(SOURCES, max_length=9, beam=3) == beams


def test_an_empty_list_and_an_empty_sentence():
    model = translator()
    assert model.translate([]) == []
    assert len(model.translate([[], [4]], max_length=3)) == 2


def test_a_wider_beam_finds_translations_at_least_as_likely():
    model = translator(units=16)
    trained(model, steps=20)

    def log_prob(source, target):
        logits = logits_of(model, pad([source]), pad([[BEGIN, *target]]))[0].astype("float64")
        logits[:, [0, BEGIN]] = -np.inf
        log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
        steps = [*target, END][:6]
        return sum(log_p[t, token] for t, token in enumerate(steps))

    for source in SOURCES:
        one, four = (
            model.translate([source], max_length=6, beam=k, length_penalty=0)[0] for k in (1, 4)
        )
        assert log_prob(source, four) >= log_prob(source, one) - 1e-5


# Attention


def test_attention_weights_have_a_row_a_target_token_and_a_column_a_source_token():
    model = translator()
    weights = model.attention_weights(SOURCES[0], TARGETS[1])
    assert weights.shape == (5, 5)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)
    _, batched = model([SOURCE, INPUTS], return_weights=True)
    np.testing.assert_allclose(
        model.attention_weights(SOURCES[1], TARGETS[1]), batched[1, :, :2], atol=1e-6
    )
    assert not ops.convert_to_numpy(batched)[1, :, 2:].any()


def test_no_weights_without_attention():
    with pytest.raises(ValueError, match="return_weights needs attention: this model has none"):
        translator(attention=None).attention_weights([4], [5])


# Saving, and bad configurations


@every_configuration
def test_save_and_load(options, tmp_path):
    model = translator(**options)
    expected = logits_of(model, SOURCE, INPUTS)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(logits_of(loaded, SOURCE, INPUTS), expected)


def test_a_loaded_model_translates_and_trains_on(tmp_path):
    model = translator()
    trained(model)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.translate(SOURCES, max_length=5) == model.translate(SOURCES, max_length=5)
    losses = [m.train_on_batch([SOURCE, INPUTS], GOLD)[0] for m in (model, loaded)]
    assert losses[0] == pytest.approx(losses[1], abs=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            dict(source_vocabulary_size=0),
            "source_vocabulary_size must be a positive integer, got 0",
        ),
        (dict(target_vocabulary_size=3), "must count the 4 special tokens, got 3"),
        (dict(units=2.5), "units must be a positive integer, got 2.5"),
        (dict(layers=True), "layers must be a positive integer, got True"),
        (dict(units=7), "units must be even: each direction has half of them, got 7"),
        (dict(cell="elman"), "cell must be one of"),
        (dict(bridge="plank"), 'bridge must be "copy" or "dense", got \'plank\''),
        (dict(attention="scaled"), 'attention must be "additive", "dot", "general" or None'),
        (dict(teacher_forcing=1.5), "teacher_forcing must be from 0 to 1, got 1.5"),
    ],
)
def test_bad_configuration(options, message):
    sizes = {"source_vocabulary_size": 9, "target_vocabulary_size": 9}
    with pytest.raises(ValueError, match=message):
        EncoderDecoder(**{**sizes, **options})


@pytest.mark.parametrize("sources", [[[10]], [[0]], [[4], ["cat"]]])
def test_ids_of_another_vocabulary(sources):
    with pytest.raises(ValueError, match="token ids must be integers from 1 to 9"):
        translator().translate(sources)


@pytest.mark.parametrize("attention", [None, "dot"])
def test_values_are_dropped_once_before_the_read_out(attention):
    model = EncoderDecoder(9, 9, 8, 64, attention=attention, dropout=0.5)
    source, target = np.full((32, 3), 5), np.full((32, 20), 6)
    model([source, target])
    seen, read_out = [], model.read_out.call
    model.read_out.call = lambda x, **_: seen.append(keras.ops.convert_to_numpy(x)) or read_out(x)
    model([source, target], training=True)
    assert abs(np.mean(seen[0] == 0) - 0.5) < 0.02
