"""Word vectors learnt from text: skip-gram and CBOW with negative sampling, one Keras model."""

from pathlib import Path

import keras
import numpy as np
from keras import ops

from rnn_course.text.vectors import WordVectors, check_words
from rnn_course.tokens import PADDING, SPECIAL_TOKENS

ARCHITECTURES = ("skip_gram", "cbow")


@keras.saving.register_keras_serializable(package="rnn_course")
class Word2Vec(keras.Model):
    r"""How well words fit beside others: skip-gram and CBOW.

    A word :math:`w` has two vectors, :math:`e_w` where it is read and :math:`c_w` where it is a
    candidate for a place beside what is read:

    .. math::

        h = \frac{1}{m} \sum_{j=1}^{m} e_{x_j}, \qquad a_v = h \cdot c_v

    Skip-gram reads one word, m = 1, and its candidates are for the places around it; CBOW reads the
    words around and its candidates are for the place in the middle. Nothing else is different.

    Args:
        vocabulary_size: how many ids there are.
        dimension: numbers in a vector.
        seed: of the weights.

    Call arguments:
        inputs: a pair: ids of the words read, ``(batch, m)``, padded with 0, and of the candidates,
            ``(batch, candidates)``.

    Returns:
        The logits a, ``(batch, candidates)``.

    Source:
        Mikolov, Chen, Corrado & Dean (2013), Efficient estimation of word representations in vector
        space, section 3.

    Example:
        >>> model = Word2Vec(vocabulary_size=9, dimension=2)
        >>> logits = model((np.array([[4], [5]]), np.array([[5, 6, 8], [4, 7, 7]])))
        >>> tuple(logits.shape)
        (2, 3)
    """

    def __init__(self, vocabulary_size, dimension, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.dimension = dimension
        self.seed = seed
        self.embedding, self.context_embedding = (
            keras.layers.Embedding(
                vocabulary_size, dimension, keras.initializers.RandomUniform(seed=int(own))
            )
            for own in np.random.default_rng(seed).integers(2**31, size=2)
        )

    def call(self, inputs):
        read, candidates = inputs
        real = ops.cast(ops.not_equal(read, PADDING), self.compute_dtype)  # (batch, m)
        e = self.embedding(read)  # (batch, m, dimension)
        m = ops.maximum(ops.sum(real, axis=1, keepdims=True), 1)
        h = ops.einsum("bmd,bm->bd", e, real) / m
        return ops.einsum("bd,bvd->bv", h, self.context_embedding(candidates))

    def word_vectors(self, vocabulary, add_contexts=False):
        """The vectors of the ordinary tokens.

        Args:
            vocabulary: the `rnn_course.text.Vocabulary` of the ids.
            add_contexts: whether a word's vector is :math:`e_w + c_w` rather than :math:`e_w`: then
                words are alike that stand beside each other, not only those that stand beside the
                same ones.

        Returns:
            A `rnn_course.text.WordVectors`.
        """
        (matrix,) = self.embedding.get_weights()
        if add_contexts:
            matrix = matrix + self.context_embedding.get_weights()[0]
        first = len(SPECIAL_TOKENS)
        return WordVectors(vocabulary.tokens[first:], matrix[first:])

    def get_config(self):
        names = ("vocabulary_size", "dimension", "seed")
        return super().get_config() | {name: getattr(self, name) for name in names}


@keras.saving.register_keras_serializable(package="rnn_course")
class NegativeSampling(keras.losses.Loss):
    r"""The true word against words drawn at random.

    .. math::

        L = -\log \sigma(a_{v_0}) - \sum_{j=1}^{k} \log \sigma(-a_{v_j})

    where :math:`v_0` is the word that stood there, labelled 1, and the others, labelled 0, are
    drawn from the noise distribution.

    Returns:
        Nats an example, averaged over the batch.

    Source:
        Mikolov, Sutskever, Chen, Corrado & Dean (2013), Distributed representations of words and
        phrases and their compositionality, eq. 4.

    Example:
        >>> loss = NegativeSampling()(np.array([[1.0, 0.0]]), np.array([[0.0, 0.0]]))
        >>> round(float(loss), 4)  # two guesses at one half
        1.3863
    """

    def call(self, y_true, y_pred):
        y_true = ops.cast(y_true, y_pred.dtype)
        return ops.sum(ops.softplus(y_pred) - y_true * y_pred, axis=-1)


def context_windows(sentences, window, generator=None):
    """For each word of a text the words around it.

    Args:
        sentences: a list of lists of ids; no window goes beyond a sentence.
        window: c, how many words to each side at most.
        generator: a NumPy random generator: each word's own reach is then drawn from 1 to c, so
            that near words count more; without one it is c.

    Returns:
        The words in the middle, ``(words,)``, and those around, ``(words, 2 * window)``, left to
        right with 0 where there is none.

    Raises:
        ValueError: when the window is less than 1.

    Example:
        >>> middle, around = context_windows([[5, 6, 7], [8]], window=1)
        >>> middle.tolist(), around.tolist()
        ([5, 6, 7, 8], [[0, 6], [5, 7], [6, 0], [0, 0]])
    """
    if window < 1:
        raise ValueError(f"window must be at least 1, got {window}")
    lengths = [len(sentence) for sentence in sentences]
    middle = np.concatenate([np.zeros(0, "int32"), *sentences]).astype("int32")
    sentence = np.repeat(np.arange(len(lengths)), lengths)
    reach = np.full(len(middle), window)
    if generator is not None:
        reach = generator.integers(1, window, len(middle), endpoint=True)
    around = np.full((len(middle), 2 * window), PADDING, "int32")
    for distance in range(1, min(window, len(middle) - 1) + 1):
        earlier, later = slice(None, -distance), slice(distance, None)
        together = sentence[earlier] == sentence[later]
        left, right = together & (reach[later] >= distance), together & (reach[earlier] >= distance)
        around[later, window - distance][left] = middle[earlier][left]
        around[earlier, window + distance - 1][right] = middle[later][right]
    return middle, around


def word2vec_examples(
    sentences,
    vocabulary_size,
    architecture="skip_gram",
    window=5,
    negatives=5,
    subsampling=1e-3,
    seed=None,
):
    r"""The examples of one pass over a text, in random order.

    Of a word of relative frequency f a share of :math:`1 - \sqrt{t / f}` is left out before windows
    are laid: frequent words say little. Negatives are drawn in proportion to :math:`f^{3/4}`.
    Special tokens, and so the words a vocabulary does not know, are left out.

    Args:
        sentences: a list of lists of ids.
        vocabulary_size: how many ids there are.
        architecture: ``"skip_gram"``: each word with each of those around; ``"cbow"``: those around
            a word, together, with the word.
        window: at most so many words to each side; see `context_windows`.
        negatives: k, words drawn for each true one.
        subsampling: t.
        seed: an integer or a NumPy random generator.

    Returns:
        ``(read, candidates), labels`` for `Word2Vec` and `NegativeSampling`: the words read, of
        shape ``(examples, 1)`` or ``(examples, 2 * window)``; the candidates,
        ``(examples, 1 + negatives)``, the true one first; and 1 for it, 0 for the others.

    Raises:
        ValueError: when an option is not possible, or no example is left.

    Source:
        Mikolov, Sutskever, Chen, Corrado & Dean (2013), sections 2.2 and 2.3.
    """
    if architecture not in ARCHITECTURES:
        raise ValueError(f"architecture must be one of {ARCHITECTURES}, got {architecture!r}")
    if negatives < 1 or subsampling <= 0:
        raise ValueError(
            "negatives must be at least 1 and subsampling positive, got "
            f"{negatives} and {subsampling}"
        )
    generator = np.random.default_rng(seed)
    ordinary = [np.array(sentence, "int32") for sentence in sentences]
    ordinary = [sentence[sentence >= len(SPECIAL_TOKENS)] for sentence in ordinary]
    counts = np.bincount(np.concatenate([[], *ordinary]).astype(int), minlength=vocabulary_size)
    frequency = np.maximum(counts, 1) / max(counts.sum(), 1)
    kept = np.minimum(np.sqrt(subsampling / frequency), 1)
    text = [sentence[generator.random(len(sentence)) < kept[sentence]] for sentence in ordinary]
    middle, around = context_windows(text, window, generator)
    if architecture == "skip_gram":
        row, column = np.nonzero(around)
        read, target = middle[row][:, None], around[row, column]
    else:
        row = around.any(axis=1)
        read, target = around[row], middle[row]
    if not len(target):
        raise ValueError("no two known words stand beside each other: check corpus and vocabulary")
    order = generator.permutation(len(target))
    candidates = np.empty((len(target), 1 + negatives), "int32")
    candidates[:, 0] = target[order]
    noise = np.cumsum(counts**0.75)
    for column in range(1, 1 + negatives):  # all at once would take far more memory
        drawn = generator.random(len(target)) * noise[-1]
        candidates[:, column] = np.searchsorted(noise, drawn, side="right")
    labels = np.zeros(candidates.shape, "int8")
    labels[:, 0] = 1
    return (read[order], candidates), labels


def train_word2vec(
    sentences,
    vocabulary,
    architecture="skip_gram",
    dimension=64,
    window=5,
    negatives=5,
    subsampling=1e-3,
    epochs=3,
    batch_size=2048,
    learning_rate=0.01,
    seed=0,
    progress=False,
):
    """Learn word vectors from a corpus.

    Each pass draws new examples; the last ones, which fill no whole batch, are left out. The
    optimizer is Adam, where Mikolov's programme takes one example at a time: batches are what makes
    Keras fast here.

    Args:
        sentences: an iterable of token sequences.
        vocabulary: a `rnn_course.text.Vocabulary`; words it does not know are left out.
        architecture, window, negatives, subsampling: see `word2vec_examples`.
        dimension: numbers in a vector.
        epochs: passes over the corpus.
        batch_size: examples in a batch, at most.
        learning_rate: Adam's.
        seed: of the weights and the examples.
        progress: whether to print the loss after each pass.

    Returns:
        The trained `Word2Vec`; its `Word2Vec.word_vectors` are what one keeps.

    Raises:
        ValueError: when an option is not possible, or the corpus holds no two known words beside
            each other.

    Example:
        >>> from rnn_course.text import Vocabulary
        >>> corpus = [["a", "cat"], ["a", "dog"]] * 50
        >>> model = train_word2vec(corpus, Vocabulary.learn(corpus), dimension=2, subsampling=1)
        >>> model.word_vectors(Vocabulary.learn(corpus)).words
        ('a', 'cat', 'dog')
    """
    ids = vocabulary.encode_all(sentences)
    generator = np.random.default_rng(seed)
    model = Word2Vec(len(vocabulary), dimension, seed)
    model.compile(
        keras.optimizers.Adam(learning_rate),
        loss=NegativeSampling(),
        # Three times as fast on a CPU; PyTorch's compiler takes longer than the training.
        jit_compile=keras.backend.backend() != "torch",
    )
    for epoch in range(1, epochs + 1):
        loss, examples = _one_pass(
            model,
            batch_size,
            word2vec_examples(
                ids, len(vocabulary), architecture, window, negatives, subsampling, generator
            ),
        )
        if progress:
            print(f"epoch {epoch} of {epochs}: {loss:.3f} nats an example, {examples} examples")
    return model


def learn_once(path, sentences, vocabulary, **options):
    """The word vectors of a file, which are learnt and saved first where there is no such file.

    So one notebook learns vectors and others use them, in whatever order they run.

    Args:
        path: a file as `WordVectors.save` writes it. Remove it to learn anew: a file that is there
            is read as it is, whatever the other arguments say.
        sentences, vocabulary, options: see `train_word2vec`.

    Returns:
        The `rnn_course.text.WordVectors` of the file.

    Raises:
        ValueError: when `train_word2vec` cannot learn from the sentences.
        rnn_course.text.VectorsError: when the file that is there is not one of vectors, or a file
            could not hold a word of the vocabulary.
    """
    path = Path(path)
    if not path.exists():
        check_words(vocabulary.tokens[len(SPECIAL_TOKENS) :])  # before the training
        vectors = train_word2vec(sentences, vocabulary, **options).word_vectors(vocabulary)
        path.parent.mkdir(parents=True, exist_ok=True)
        vectors.save(path)
    return WordVectors.load(path)


def _one_pass(model, batch_size, examples):
    (read, candidates), labels = examples
    size = min(batch_size, len(labels))
    whole = len(labels) // size * size  # another shape, the last batch's, would be compiled anew
    history = model.fit(
        (read[:whole], candidates[:whole]),
        labels[:whole],
        batch_size=size,
        shuffle=False,
        verbose=0,
    )
    return history.history["loss"][0], whole
