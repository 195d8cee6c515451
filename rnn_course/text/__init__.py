"""From text to numbers: tokens, vocabularies, padded batches, word vectors.

`tokenisers` cuts text into sentences, words, characters or pieces of words, `vocabulary` gives each
token its id, `padding` and `batches` make arrays and `tf.data` pipelines of them; `vectors` reads
and writes files of word vectors, `word2vec` learns them. The ids that every vocabulary begins with,
`PADDING`, `UNKNOWN`, `BEGIN` and `END`, are here as well.
"""

from rnn_course.text.batches import (
    bucketed_batches,
    classification_batches,
    contiguous_batches,
    language_model_batches,
    tagging_batches,
    translation_batches,
)
from rnn_course.text.padding import groups, pad, padded_batches
from rnn_course.text.tokenisers import (
    TokeniserError,
    WordPiece,
    characters,
    join,
    normalise,
    sentences,
    words,
)
from rnn_course.text.vectors import EmbeddingMatrix, VectorsError, WordVectors, embedding_matrix
from rnn_course.text.vocabulary import Vocabulary, VocabularyError, character_ids
from rnn_course.text.word2vec import (
    NegativeSampling,
    Word2Vec,
    context_windows,
    learn_once,
    train_word2vec,
    word2vec_examples,
)
from rnn_course.tokens import BEGIN, END, PADDING, SPECIAL_TOKENS, UNKNOWN

__all__ = [
    "BEGIN",
    "END",
    "PADDING",
    "SPECIAL_TOKENS",
    "UNKNOWN",
    "EmbeddingMatrix",
    "NegativeSampling",
    "TokeniserError",
    "VectorsError",
    "Vocabulary",
    "VocabularyError",
    "Word2Vec",
    "WordPiece",
    "WordVectors",
    "bucketed_batches",
    "character_ids",
    "characters",
    "classification_batches",
    "context_windows",
    "contiguous_batches",
    "embedding_matrix",
    "groups",
    "join",
    "language_model_batches",
    "learn_once",
    "normalise",
    "pad",
    "padded_batches",
    "sentences",
    "tagging_batches",
    "train_word2vec",
    "translation_batches",
    "word2vec_examples",
    "words",
]
