"""Language models of the agreement corpus as several studies use them.

They are scored by what they lose above the perfect model, which the corpus's grammar knows, and by
the share of verbs to which the right form is likelier than the wrong one, near and far from what
decides it.
"""

from functools import cache

import keras
import numpy as np
from keras import ops

from rnn_course import corpora
from rnn_course.layers import RNN, make_cell
from rnn_course.losses import TokenCrossEntropy
from rnn_course.models import NGramModel, restart
from rnn_course.studies.training import adam, from_look_to_look, steps_of
from rnn_course.text import BEGIN, END, PADDING, Vocabulary

NEAR, FAR = 4, 8  # tokens: a verb is near up to the first, far beyond the second
GRAIN = 6  # sentences are padded to multiples of it, so that few shapes are compiled
SPREAD = 0.5  # of the embeddings' standard deviation at the start: Keras's default learns slowly


@cache
def sentences(max_attractors: int = 3):
    """The corpus's splits, of about 20,000, 600 and 2,500 sentences, and a vocabulary."""
    train, dev, test = corpora.load("agreement", max_attractors=max_attractors)
    vocabulary = Vocabulary.learn([each.tokens for each in train])
    return (train, dev[:600], test), vocabulary


def batches(ids, batch_size: int, seed: int):
    """Inputs and targets of as many sentences each, of about one length, without end.

    Args:
        ids: a list of token id lists.
        batch_size: sentences in each batch; what is left over of a length in a pass is left out.
        seed: of the order, which is a new one at each pass.

    Yields:
        Two arrays ``(batch_size, timesteps)``, timesteps a multiple of `GRAIN`.
    """
    random = np.random.default_rng(seed)
    by_length = [shifted([ids[row] for row in rows]) for rows in _rows_by_length(ids).values()]
    while True:
        found = []
        for inputs, targets in by_length:
            order = random.permutation(len(inputs))
            for start in range(0, len(order) - batch_size + 1, batch_size):
                rows = order[start : start + batch_size]
                found.append((inputs[rows], targets[rows]))
        for number in random.permutation(len(found)):
            yield found[number]


def _rows_by_length(ids):
    rows = {}
    for row, sentence in enumerate(ids):
        rows.setdefault(-(-(len(sentence) + 1) // GRAIN), []).append(row)
    return rows


def shifted(ids):
    """Inputs ``<s> w1 … wn`` and targets ``w1 … wn </s>``, padded to a multiple of `GRAIN`."""
    length = -(-(max(map(len, ids)) + 1) // GRAIN) * GRAIN
    inputs, targets = (np.full((len(ids), length), PADDING, "int32") for _ in range(2))
    for row, sentence in enumerate(ids):
        inputs[row, : len(sentence) + 1] = [BEGIN, *sentence]
        targets[row, : len(sentence) + 1] = [*sentence, END]
    return inputs, targets


@cache
def network(size: int, kind: str, units: int, layers: int = 1, window: int = 4, **options):
    """A compiled model: an embedding of 32, what reads the tokens so far, a read-out.

    Args:
        size: of the vocabulary.
        kind: the name of a cell, ``"window"`` for the last tokens alone, side by side, or
            ``"bag"`` for the mean of the embeddings of all of them, both through a layer of tanh.
        units: of that layer, or of the state.
        layers: how many recurrent layers there are.
        window: how many tokens.
        **options: of the cell.

    Returns:
        A Keras model of token ids ``(batch, timesteps)``, whose logits see no later token.
    """
    spread = keras.initializers.RandomNormal(stddev=SPREAD)
    if kind == "window":
        stack = [keras.layers.Conv1D(units, window, padding="causal", activation="tanh")]
    elif kind == "bag":
        stack = [RunningMean(), keras.layers.Dense(units, activation="tanh")]
    else:
        cells = [make_cell(kind, units, **options) for _ in range(layers)]
        stack = [RNN(cell, return_sequences=True) for cell in cells]
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(size, 32, embeddings_initializer=spread),
            *stack,
            keras.layers.Dense(size),
        ]
    )
    model.compile(adam(0.001), TokenCrossEntropy(), jit_compile=True)
    return model


@keras.saving.register_keras_serializable("rnn_course.studies")
class RunningMean(keras.layers.Layer):
    """At each step the mean of all inputs up to it: a bag that grows."""

    def call(self, x):
        """Means, ``(batch, timesteps, features)`` as the inputs."""
        count = ops.cumsum(ops.ones_like(x), axis=1)
        return ops.cumsum(x, axis=1) / count


def train(run):
    """Train a language model; see `rnn_course.studies.Study`.

    The setting has the arguments of `network` except the size, and may have ``max_attractors``;
    the kind ``"ngrams"`` is Kneser and Ney's model of the order ``order``, which is counted.
    """
    setting = dict(run.setting)
    (learn, dev, test), vocabulary = sentences(setting.pop("max_attractors", 3))
    if setting["kind"] == "ngrams":
        ids = vocabulary.encode_all([each.tokens for each in learn])
        model = NGramModel(setting["order"], ids, len(vocabulary))
        scores = score_of_counts(model, vocabulary)
        yield scores(dev)["above the perfect model"], lambda: scores(test)
        return
    ids = vocabulary.encode_all([each.tokens for each in learn])
    model = network(len(vocabulary), **setting)
    restart(model, run.seed)
    model.optimizer.learning_rate.assign(run.rate)
    step = steps_of(model, batches(ids, batch_size=50, seed=run.seed))
    for _ in from_look_to_look(step, run.looks):
        scores = score_of(model, vocabulary)
        yield scores(dev)["above the perfect model"], lambda scores=scores: scores(test)


def score_of(model, vocabulary):
    """A function of sentences that gives the scores of a model of logits."""

    def scores(part):
        inputs, targets = shifted(vocabulary.encode_all([each.tokens for each in part]))
        log_p = np.concatenate(
            [
                ops.convert_to_numpy(ops.log_softmax(model.predict_on_batch(inputs[i : i + 300])))
                for i in range(0, len(inputs) - len(inputs) % 300, 300)  # of one shape
            ]
        )
        part, targets = part[: len(log_p)], targets[: len(log_p)]
        own = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
        verbs = [log_p[row, link.target] for row, link in verbs_of(part)]
        return by_distance(part, vocabulary, own[targets != PADDING], verbs)

    return scores


def score_of_counts(model, vocabulary):
    """The same of an `rnn_course.models.NGramModel`."""

    def scores(part):
        ids = vocabulary.encode_all([each.tokens for each in part])
        verbs = model.next_log_probs([ids[row][: link.target] for row, link in verbs_of(part)])
        return by_distance(part, vocabulary, model.token_log_probs(ids), verbs)

    return scores


def verbs_of(part):
    """Each verb that a noun or pronoun decides: its sentence's number, and the dependency."""
    return [
        (row, link)
        for row, sentence in enumerate(part)
        for link in sentence.dependencies
        if link.kind == "verb"
    ]


def by_distance(part, vocabulary, own, verbs) -> dict[str, float]:
    """Nats per token above the perfect model, and the share of right verbs by distance.

    Args:
        part: sentences of the corpus.
        vocabulary: of their tokens.
        own: the log probability of each of their tokens, ends included.
        verbs: for each of `verbs_of` the log probabilities of all tokens in its place.

    Returns:
        The scores by name.
    """
    right = {"near": [], "middle": [], "far": []}
    for (row, link), log_p in zip(verbs_of(part), verbs, strict=True):
        group = "near" if link.distance <= NEAR else "far" if link.distance > FAR else "middle"
        this, *others = vocabulary.encode([part[row].tokens[link.target], *link.wrong])
        right[group].append(log_p[this] > log_p[others].max())
    perfect = sum(each.log_prob for each in part)
    scores = {
        "above the perfect model": (perfect - own.sum()) / len(own),
        "verbs": np.mean([each for group in right.values() for each in group]),
        "near verbs": np.mean(right["near"]),
    }
    if right["far"]:
        scores["far verbs"] = np.mean(right["far"])
    return {name: float(score) for name, score in scores.items()}
