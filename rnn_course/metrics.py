r"""What language models, taggers and translations are measured by.

The perplexity of a model on tokens :math:`w_1 \dots w_N`, every end token among them, padding
never:

.. math::

    \mathrm{PP} = \exp\Big(-\frac{1}{N} \sum_{n=1}^{N} \log p(w_n \mid w_1 \dots w_{n-1})\Big)

Logarithms are natural, so that the mean in the exponent is in nats per token.

Taggers are measured by the share of the words that have the right tag, and where tags mark the
beginning (``B-``) and inside (``I-``) of entities, by the entities found:

.. math::

    P = \frac{\text{correct}}{\text{predicted}}, \qquad R = \frac{\text{correct}}{\text{gold}},
    \qquad F_1 = \frac{2 P R}{P + R}

Translations are measured by BLEU and chrF, with sacrebleu, and the words that are said to translate
each other by their alignment error rate.
"""

import math
import re
from typing import NamedTuple

import keras
import nervaluate
import numpy as np
import sacrebleu
from keras import ops

from rnn_course.crf import LOG_ZERO, only_tags, viterbi
from rnn_course.tokens import PADDING, UNKNOWN


def perplexity(log_prob, tokens):
    """Perplexity from a total.

    Args:
        log_prob: log-probability of all tokens together, in nats.
        tokens: how many tokens that are, end tokens counted, padding not.

    Returns:
        The perplexity, at least 1; infinite where a token was impossible, or as good as that.

    Raises:
        ValueError: when there are no tokens or ``log_prob`` is not that of a probability.

    Example:
        >>> round(perplexity(-3 * math.log(10), tokens=3), 6)
        10.0
    """
    if tokens <= 0:
        raise ValueError(f"perplexity needs at least one token, got tokens={tokens}")
    if math.isnan(log_prob) or log_prob > 0:
        raise ValueError(f"log_prob must be the logarithm of a probability, got {log_prob}")
    try:
        return math.exp(-log_prob / tokens)
    except OverflowError:
        return math.inf


def token_weights(targets, sample_weight=None):
    """How much each token counts.

    Args:
        targets: token ids, ``(batch, timesteps)``; `rnn_course.tokens.PADDING` does not count.
        sample_weight: what a token counts, ``(batch, timesteps)``, or those of a row, ``(batch,)``;
            1 by default.

    Returns:
        ``(batch, timesteps)``, float32, 0 at padding.
    """
    weights = ops.cast(ops.not_equal(targets, PADDING), "float32")
    if sample_weight is not None:
        weights *= ops.reshape(ops.cast(sample_weight, "float32"), (ops.shape(targets)[0], -1))
    return weights


def token_cross_entropy(targets, logits, sample_weight=None):
    r"""Cross-entropy of each token, and how much the tokens count.

    Args:
        targets, sample_weight: as in `token_weights`.
        logits: unnormalised log-probabilities, ``(batch, timesteps, vocabulary_size)``.

    Returns:
        :math:`-\log p` of each target in nats, and the weight of each, 0 at padding; both
        ``(batch, timesteps)``.
    """
    logits = ops.cast(logits, "float32")
    nats = ops.sparse_categorical_crossentropy(targets, logits, from_logits=True)
    return nats, token_weights(targets, sample_weight)


@keras.saving.register_keras_serializable("rnn_course")
class TokenCrossEntropy(keras.losses.Loss):
    """Mean cross-entropy in nats over the tokens of a batch; padding does not count.

    Every token weighs the same, in a long sentence as in a short one. A batch of padding alone
    has loss 0.

    Example:
        >>> uniform = keras.ops.zeros((1, 3, 10))
        >>> loss = TokenCrossEntropy()(keras.ops.convert_to_tensor([[4, 5, 0]]), uniform)
        >>> round(float(loss), 4), round(math.log(10), 4)
        (2.3026, 2.3026)
    """

    def __init__(self, name="token_cross_entropy", **kwargs):
        super().__init__(name=name, reduction=None, **kwargs)

    def __call__(self, y_true, y_pred, sample_weight=None):
        """The loss of one batch, a scalar."""
        # Not `call`: what that returns Keras multiplies by the mask of the logits, a matrix, so
        # that each gradient would be as many times too large as there are tokens.
        nats, weights = token_cross_entropy(y_true, y_pred, sample_weight)
        return ops.divide_no_nan(ops.sum(nats * weights), ops.sum(weights))

    def get_config(self):
        """The name: nothing else can be set."""
        return {"name": self.name}


@keras.saving.register_keras_serializable("rnn_course")
class Perplexity(keras.metrics.Mean):
    """Perplexity over all batches since the last reset: every token weighs the same.

    Example:
        >>> metric = Perplexity()
        >>> metric.update_state(keras.ops.convert_to_tensor([[4, 0]]), keras.ops.zeros((1, 2, 7)))
        >>> round(float(metric.result()), 4)
        7.0
    """

    def __init__(self, name="perplexity", **kwargs):
        super().__init__(name=name, **kwargs)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch: targets ``(batch, timesteps)`` and their logits."""
        nats, weights = token_cross_entropy(y_true, y_pred, sample_weight)
        # Flat: Keras would average each row first, and so count a token less in a wider batch.
        super().update_state(ops.reshape(nats, (-1,)), ops.reshape(weights, (-1,)))

    def result(self):
        """The perplexity so far."""
        return ops.exp(super().result())


def best_tags(scores):
    """The best tag of each word, or the best path of tags; never the unknown tag.

    Args:
        scores: what a `rnn_course.tagging.SequenceTagger` gives: logits ``(batch, timesteps,
            tags)`` of each word's tag, or potentials ``(batch, timesteps, tags, tags)`` of a CRF.

    Returns:
        Tag ids, ``(batch, timesteps)``, int32; at padding any id.

    Example:
        >>> logits = keras.ops.convert_to_tensor([[[0.0, 9, 0, 0, 2, 1], [0, 0, 0, 0, 0, 1]]])
        >>> best_tags(logits).numpy().tolist()
        [[4, 5]]
    """
    unknown = ops.cast(ops.arange(scores.shape[-1]) == UNKNOWN, scores.dtype)
    scores = scores + LOG_ZERO * unknown
    if len(scores.shape) == 4:
        return viterbi(scores)
    return ops.cast(ops.argmax(only_tags(scores), axis=-1), "int32")


@keras.saving.register_keras_serializable("rnn_course")
class TagAccuracy(keras.metrics.Mean):
    """Share of the words that got the right tag, over all batches since the last reset.

    Padding does not count. With a CRF the tags are those of the best path.

    Example:
        >>> metric = TagAccuracy()
        >>> logits = keras.ops.one_hot([[4, 5, 5]], 6)
        >>> metric.update_state(keras.ops.convert_to_tensor([[4, 4, 0]]), logits)
        >>> float(metric.result())
        0.5
    """

    def __init__(self, name="tag_accuracy", **kwargs):
        super().__init__(name=name, **kwargs)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch: tags ``(batch, timesteps)`` and their logits or potentials."""
        right = ops.cast(ops.cast(y_true, "int32") == best_tags(y_pred), "float32")
        weights = token_weights(y_true, sample_weight)
        # Flat: Keras would average each row first, and so count a word less in a longer sentence.
        super().update_state(ops.reshape(right, (-1,)), ops.reshape(weights, (-1,)))


class Accuracies(NamedTuple):
    """Shares of right tags, 0 to 1; NaN of no word.

    Args:
        overall: of all words.
        known: of those seen in training.
        unknown: of the others.
        unknown_share: how many of the words these are.
    """

    overall: float
    known: float
    unknown: float
    unknown_share: float


def tag_accuracies(words, gold, predicted, known_words):
    """Accuracy of a tagger, split by whether a word was seen in training.

    Args:
        words: a list of lists of words.
        gold: a list of lists of tags, or of their ids.
        predicted: the same of the tagger's.
        known_words: the words of the training text, best a set.

    Returns:
        `Accuracies`.

    Raises:
        ValueError: when the three are not parallel, or there is no word.

    Example:
        >>> words = [["the", "cat"], ["a", "jubjub"]]
        >>> gold, predicted = [["DET", "NOUN"]] * 2, [["DET", "NOUN"], ["DET", "VERB"]]
        >>> tag_accuracies(words, gold, predicted, known_words={"a", "cat", "the"})
        Accuracies(overall=0.75, known=1.0, unknown=0.0, unknown_share=0.25)
    """
    _check_parallel(words=words, gold=gold, predicted=predicted)
    right = {True: [], False: []}
    for row in zip(words, gold, predicted, strict=True):
        for word, tag, guess in zip(*row, strict=True):
            right[word in known_words].append(tag == guess)
    known, unknown = right[True], right[False]
    if not known + unknown:
        raise ValueError("accuracy needs at least one word, got none")
    return Accuracies(
        *(sum(r) / len(r) if r else math.nan for r in (known + unknown, known, unknown)),
        unknown_share=len(unknown) / len(known + unknown),
    )


class EntityScores(NamedTuple):
    """How well entities were found; a share of nothing is 0.

    Args:
        precision: share of the predicted entities that are gold ones, 0 to 1.
        recall: share of the gold entities that were predicted, 0 to 1.
        f1: harmonic mean of the two.
        correct: entities with the same words and type in both.
        predicted: entities in the prediction.
        gold: entities in the gold tags.
    """

    precision: float
    recall: float
    f1: float
    correct: int
    predicted: int
    gold: int


def entity_scores(gold, predicted, entity_type=None):
    """Precision, recall and F1 of entities: all of an entity's words and its type must be right.

    An entity begins at ``B-``, and at an ``I-`` that continues none of its type: as a tagger's
    tags need not fit together, this is how CoNLL's shared tasks count.

    Args:
        gold: a list of lists of tags ``"O"``, ``"B-type"`` and ``"I-type"``.
        predicted: the same of the tagger's.
        entity_type: the only type to count; all by default.

    Returns:
        `EntityScores`.

    Raises:
        ValueError: when a tag is no such tag, the two are not parallel, there is no sentence or no
            entity of that type.

    Example:
        >>> gold = [["O", "B-Disease", "I-Disease", "O"], ["B-Disease"]]
        >>> predicted = [["O", "B-Disease", "I-Disease", "B-Disease"], ["O"]]
        >>> entity_scores(gold, predicted)
        EntityScores(precision=0.5, recall=0.5, f1=0.5, correct=1, predicted=2, gold=2)

    Source:
        Segura-Bedmar, Martínez & Herrero-Zazo (2013), "SemEval-2013 task 9", where it is the strict
        one of four ways to count.
    """
    _check_parallel(gold=gold, predicted=predicted)
    if not gold:
        raise ValueError("entity_scores needs at least one sentence, got none")
    tags = {tag for sentence in (*gold, *predicted) for tag in sentence} - {"O"}
    for tag in sorted(tags, key=str):
        if not isinstance(tag, str) or not re.fullmatch("[BI]-.+", tag):
            raise ValueError(f'tags must be "O", "B-type" or "I-type", got {tag!r}')
    types = {tag[2:] for tag in tags}
    if entity_type is not None and entity_type not in types:
        raise ValueError(f"entity_type must be one of {sorted(types)}, got {entity_type!r}")
    as_lists = [[list(sentence) for sentence in sentences] for sentences in (gold, predicted)]
    counted = sorted(types) if entity_type is None else [entity_type]
    evaluation = nervaluate.Evaluator(*as_lists, tags=counted, loader="list").evaluate()
    found = evaluation["overall"]["strict"]
    return EntityScores(
        found.precision, found.recall, found.f1, found.correct, found.actual, found.possible
    )


class TranslationScore(NamedTuple):
    """A score of translations.

    Args:
        score: 0 to 100; 100 where every translation is one of its references (BLEU is 0, though,
            where no translation has four tokens).
        signature: how it was computed: scores with different ones cannot be compared.
    """

    score: float
    signature: str


def bleu(translations, references, tokenize="13a"):
    r"""BLEU of a corpus: the n-grams that translations share with references.

    .. math::

        \mathrm{BLEU} = 100 \cdot \min\big(1, e^{1 - r / c}\big)
            \cdot \Big(\prod_{n=1}^{4} p_n\Big)^{1/4}

    where :math:`p_n` is the share of the translations' n-grams that are in a reference too, counted
    over the whole corpus, :math:`c` the number of the translations' tokens and :math:`r` that of
    the references of nearest length.

    Args:
        translations: a list of strings, as one would write them: sacrebleu tokenises them itself.
        references: a list of strings, or of lists of them where a sentence has several right
            translations.
        tokenize: sacrebleu's tokeniser; ``"none"`` where tokens are separated by spaces.

    Returns:
        `TranslationScore`.

    Raises:
        ValueError: when there is no translation, they are not as many as their references, or one
            has none.

    Example:
        >>> score, signature = bleu(["The cat sat on the mat."], ["The cat sits on the mat."])
        >>> round(score, 1), signature.split("|")[:4]
        (48.9, ['nrefs:1', 'case:mixed', 'eff:no', 'tok:13a'])

    Source:
        Papineni et al. (2002), "BLEU: a method for automatic evaluation of machine translation";
        Post (2018), "A call for clarity in reporting BLEU scores", for the signature.
    """
    # With "none" its warning of tokenised text would be a false alarm.
    metric = sacrebleu.BLEU(tokenize=tokenize, force=tokenize == "none")
    return _translation_score(metric, translations, references)


def chrf(translations, references):
    r"""chrF of a corpus: the character n-grams that translations share with references.

    .. math:: \mathrm{chrF} = 100 \cdot \frac{(1 + 2^2)\, P R}{2^2 P + R}

    where P and R are precision and recall of n-grams of 1 to 6 characters, spaces left out,
    averaged over n. A wrong ending costs little here, and a whole word in `bleu`.

    Args:
        translations: a list of strings.
        references: a list of strings, or of lists of them.

    Returns:
        `TranslationScore`.

    Raises:
        ValueError: as `bleu`.

    Example:
        >>> round(chrf(["The cat sat on the mat."], ["The cat sits on the mat."]).score, 1)
        66.9

    Source:
        Popović (2015), "chrF: character n-gram F-score for automatic MT evaluation".
    """
    return _translation_score(sacrebleu.CHRF(), translations, references)


def _translation_score(metric, translations, references):
    for name, value in (("translations", translations), ("references", references)):
        if isinstance(value, str):
            raise ValueError(f"{name} must be a list of strings, got one: for one text [text]")
    translations = list(translations)
    references = [[r] if isinstance(r, str) else list(r) for r in references]
    if not translations:
        raise ValueError("a score needs at least one translation, got none")
    if len(translations) != len(references):
        raise ValueError(
            f"translations and references must be of the same sentences, "
            f"got {len(translations)} and {len(references)}"
        )
    if [] in references:
        raise ValueError(f"sentence {references.index([])} has no reference")
    # sacrebleu has them the other way round: all first references, all second ones, …
    most = max(map(len, references))
    columns = [[r[i] if i < len(r) else None for r in references] for i in range(most)]
    score = metric.corpus_score(translations, columns).score
    return TranslationScore(score, str(metric.get_signature()))


def best_links(weights):
    """For each target word the source word with the largest attention weight.

    Args:
        weights: ``(target timesteps, source timesteps)``; a row of zeros links nothing.

    Returns:
        A set of pairs of positions, source first, as in the corpus ``translation``.

    Example:
        >>> sorted(best_links([[0.9, 0.1, 0.0], [0.2, 0.3, 0.5]]))
        [(0, 0), (2, 1)]
    """
    return {(int(np.argmax(row)), j) for j, row in enumerate(weights) if np.any(row)}


def alignment_error_rate(sure, predicted, possible=None):
    r"""How wrong the links between words and their translations are, over all sentences.

    .. math:: \mathrm{AER} = 1 - \frac{|A \cap S| + |A \cap P|}{|A| + |S|}

    where A are the predicted links, S the sure ones and P, which hold S, the possible ones.
    Without possible ones it is :math:`1 - F_1`.

    Args:
        sure: for each sentence pair the links that must be found, pairs of positions.
        predicted: the same of those predicted.
        possible: the same of those that may be found; by default the sure ones, which always
            count among them.

    Returns:
        0 (all right) to 1.

    Raises:
        ValueError: when the lists are not of the same sentences, or there is no link.

    Example:
        >>> sure = [[(0, 0), (1, 2), (2, 1)]]
        >>> round(alignment_error_rate(sure, [[(0, 0), (1, 1), (2, 1)]]), 3)
        0.333

    Source:
        Och & Ney (2003), "A systematic comparison of various statistical alignment models".
    """
    columns = {"sure": sure, "predicted": predicted}
    columns["possible"] = sure if possible is None else possible
    links = {name: [set(map(tuple, row)) for row in rows] for name, rows in columns.items()}
    for name, rows in links.items():
        if len(rows) != len(links["sure"]):
            raise ValueError(
                f"sure and {name} must be of the same sentences, "
                f"got {len(links['sure'])} and {len(rows)}"
            )
    found = total = 0
    for s, a, p in zip(*links.values(), strict=True):
        found += len(a & s) + len(a & (p | s))
        total += len(a) + len(s)
    if not total:
        raise ValueError("alignment_error_rate needs at least one link, got none")
    return 1 - found / total


def _check_parallel(**columns):
    lengths = {name: [len(sentence) for sentence in column] for name, column in columns.items()}
    first, *others = lengths
    for other in others:
        if len(lengths[other]) != len(lengths[first]):
            raise ValueError(
                f"{first} and {other} must be of the same sentences, "
                f"got {len(lengths[first])} and {len(lengths[other])}"
            )
        for number, (a, b) in enumerate(zip(lengths[first], lengths[other], strict=True)):
            if a != b:
                raise ValueError(f"sentence {number} has {a} {first} and {b} {other}")
