"""Word vectors that notebook 00 learns and others start from: their settings and their place."""

from pathlib import Path

VECTORS = {
    "agreement": dict(dimension=32, window=4, subsampling=0.01, batch_size=1024, epochs=2),
    "austen": dict(window=2, epochs=3),
}
FOLDER = Path("vectors")


def vectors_of_00(name, sentences, vocabulary):
    """The vectors that notebook 00 has saved, or the same ones, where it has not been run yet.

    Args:
        name: one of `VECTORS`, which has their settings for `rnn_course.text.train_word2vec`.
        sentences: the corpus they are learned from, an iterable of token sequences.
        vocabulary: its `rnn_course.text.Vocabulary`.

    Returns:
        `rnn_course.text.WordVectors`; see `rnn_course.text.learn_once`.

    Raises:
        KeyError: when there are no vectors of that name.
    """
    from rnn_course.text import learn_once  # only now: the first cell needs no framework

    return learn_once(FOLDER / f"{name}.vec", sentences, vocabulary, **VECTORS[name])
