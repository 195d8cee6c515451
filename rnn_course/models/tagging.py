r"""`SequenceTagger`: a recurrent network that gives every word of a sentence a tag.

.. math::

    x_t = [E\,w_t;\; \mathrm{char}(c_{t,1} \dots c_{t,m})], \qquad
    h_t = [\overrightarrow{h}_t;\; \overleftarrow{h}_t], \qquad
    P_t = h_t V + b

The scores :math:`P_t` of the tags of word t are the logits of a softmax at each word, or the
emissions of a conditional random field over the sentence (`rnn_course.layers.crf`).
"""

import keras
import numpy as np
from keras import ops

from rnn_course.checks import check_sizes
from rnn_course.layers.cells import make_cell
from rnn_course.layers.characters import CharacterCNN, CharacterRNN
from rnn_course.layers.crf import CRF, only_tags
from rnn_course.layers.recurrence import RNN, Bidirectional
from rnn_course.layers.word_dropout import WordDropout
from rnn_course.metrics.sequences import best_tags
from rnn_course.models.predicting import Predictor
from rnn_course.models.token_model import TokenModel
from rnn_course.text.padding import TOKENS, check_ids
from rnn_course.tokens import END, PADDING

POTENTIALS = 2**24  # numbers that a CRF gives at once, at most, but for a longer sentence


@keras.saving.register_keras_serializable("rnn_course")
class SequenceTagger(TokenModel):
    """A tagger over word ids, and over the ids of each word's characters.

    It is trained through plain Keras on `rnn_course.text.tagging_batches`. Compile it with
    ``loss=TokenCrossEntropy()``, or ``loss=PathCrossEntropy()`` when ``output="crf"``, and
    ``metrics=[TagAccuracy()]``: all of them count every word once and padding never.

    Args:
        vocabulary_size: how many word ids there are, the special ones among them.
        tags: how many tag ids there are, the special ones among them.
        embedding_dim: size of a word's vector.
        units: size of the hidden state, of one direction.
        cell: ``"simple_rnn"``, ``"lstm"`` or ``"gru"``.
        layers: how many recurrent layers are stacked.
        bidirectional: whether each layer runs in both directions.
        characters: what reads each word's characters: ``"rnn"``, ``"cnn"`` or None.
        character_vocabulary_size: how many character ids there are, the special ones among them.
        character_embedding_dim: size of a character's vector.
        character_units: hidden units of each direction of the RNN, or filters of the CNN.
        character_kernel_size: characters that a filter of the CNN sees.
        output: ``"softmax"``, each tag for itself, or ``"crf"``, all tags of a sentence as a path.
        dropout: share of the values dropped before, between and after the recurrent layers in
            training.
        word_dropout: share of the words that are read as unknown in training, whose characters are
            not: for what to make of a word that is not in the vocabulary.
        embeddings: pre-trained vectors, ``(vocabulary_size, embedding_dim)``, such as
            `rnn_course.text.embedding_matrix` arranges; random by default. A saved model holds
            them among its weights, not in its configuration.
        trainable_embeddings: whether the words' vectors are trained.

    Call arguments:
        inputs: word ids ``(batch, timesteps)``; with ``characters`` a tuple of these and of
            character ids ``(batch, timesteps, characters)``. `rnn_course.tokens.PADDING` is masked.

    Returns:
        Logits of the tags of each word, ``(batch, timesteps, tags)``, or potentials of each pair of
        neighbouring tags, ``(batch, timesteps, tags, tags)``, if ``output="crf"``.

    Raises:
        ValueError: when a size is not a positive integer, a choice is none of those above, the
            sizes leave no room for the special tokens, ``embeddings`` are of another shape, or
            ``characters`` and ``character_vocabulary_size`` come without each other.

    Example:
        >>> tagger = SequenceTagger(10, tags=6, embedding_dim=4, units=8, output="crf")
        >>> tagger(np.array([[4, 5, 9, 0]])).shape
        TensorShape([1, 4, 6, 6])
        >>> [len(tags) for tags in tagger.predict_tags([[4, 5, 9], [], [7]])]
        [3, 0, 1]

    Source:
        Huang, Xu & Yu (2015), "Bidirectional LSTM-CRF models for sequence tagging"; characters as
        in Lample et al. (2016), "Neural architectures for named entity recognition" (RNN), and Ma &
        Hovy (2016), "End-to-end sequence labeling via bi-directional LSTM-CNNs-CRF" (CNN).
    """

    def __init__(
        self,
        vocabulary_size,
        tags,
        embedding_dim=64,
        units=128,
        cell="lstm",
        layers=1,
        bidirectional=True,
        characters=None,
        character_vocabulary_size=None,
        character_embedding_dim=25,
        character_units=25,
        character_kernel_size=3,
        output="softmax",
        dropout=0.0,
        word_dropout=0.0,
        embeddings=None,
        trainable_embeddings=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_sizes(vocabulary_size=vocabulary_size, tags=tags)
        check_sizes(embedding_dim=embedding_dim, layers=layers)
        for name, size in dict(vocabulary_size=vocabulary_size, tags=tags).items():
            if size <= END + 1:
                raise ValueError(
                    f"{name} must count the {END + 1} special tokens and at least one other, "
                    f"got {size}"
                )
        _check_choice("characters", characters, (None, "cnn", "rnn"))
        _check_choice("output", output, ("crf", "softmax"))
        if (characters is None) != (character_vocabulary_size is None):
            raise ValueError(
                "characters and character_vocabulary_size come together, got "
                f"characters={characters!r} and {character_vocabulary_size=}"
            )
        self.config = dict(
            vocabulary_size=vocabulary_size,
            tags=tags,
            embedding_dim=embedding_dim,
            units=units,
            cell=cell,
            layers=layers,
            bidirectional=bidirectional,
            characters=characters,
            character_vocabulary_size=character_vocabulary_size,
            character_embedding_dim=character_embedding_dim,
            character_units=character_units,
            character_kernel_size=character_kernel_size,
            output=output,
            dropout=dropout,
            word_dropout=word_dropout,
            trainable_embeddings=trainable_embeddings,
        )
        self.embedding = keras.layers.Embedding(
            vocabulary_size,
            embedding_dim,
            embeddings_initializer=_initializer(embeddings, (vocabulary_size, embedding_dim)),
            trainable=trainable_embeddings,
            name="embedding",
        )
        sizes = (character_vocabulary_size, character_embedding_dim, character_units)
        if characters == "rnn":
            self.character_encoder = CharacterRNN(*sizes, cell=cell, name="character_encoder")
        elif characters == "cnn":
            self.character_encoder = CharacterCNN(
                *sizes, kernel_size=character_kernel_size, name="character_encoder"
            )
        else:
            self.character_encoder = None
        self.recurrent_layers = [
            self._recurrent_layer(f"rnn_{number}") for number in range(1, layers + 1)
        ]
        self.dropout = keras.layers.Dropout(dropout, name="dropout")
        self.word_dropout = WordDropout(word_dropout, name="word_dropout")
        # In single precision whatever the rest runs in: sums of exponentials need it.
        self.read_out = keras.layers.Dense(tags, dtype="float32", name="read_out")
        self.crf = CRF(tags, dtype="float32", name="crf") if output == "crf" else None
        self.predictor = Predictor(self)

    def build(self, input_shape):
        """Build every layer; all sizes are known from the constructor."""
        features = self.config["embedding_dim"]
        self.embedding.build((None, None))
        if self.character_encoder is not None:
            self.character_encoder.build((None, None, None))
            features += self.character_encoder.features
        shape = (None, None, features)
        for layer in self.recurrent_layers:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        self.read_out.build(shape)
        if self.crf is not None:
            self.crf.build((None, None, self.config["tags"]))

    def call(self, inputs, training=False):
        """Logits or potentials; see the class."""
        words, characters = self._words_and_characters(inputs)
        mask = ops.not_equal(words, PADDING)
        words = self.word_dropout(words, training=training)
        x = self.embedding(words)  # (batch, timesteps, embedding_dim)
        if characters is not None:
            x = ops.concatenate([x, self.character_encoder(characters)], axis=-1)
        x = self.dropout(x, training=training)
        for layer in self.recurrent_layers:
            x = layer(x, mask=mask, training=training)  # (batch, timesteps, directions * units)
            x = self.dropout(x, training=training)
        scores = self.read_out(x)  # (batch, timesteps, tags)
        return only_tags(scores) if self.crf is None else self.crf(scores, mask=mask)

    def predict_tags(self, words, characters=None, batch_size=64):
        """The best tags of each sentence: of each word, or of the path if ``output="crf"``.

        Args:
            words: a list of word id lists; one may be empty.
            characters: with a character encoder a list, for each word, of character ids, for each
                sentence; see `rnn_course.text.character_ids`.
            batch_size: how many sentences to run at once, at most; fewer if they are long.

        Returns:
            A list of tag id lists, an ordinary tag for each word.

        Raises:
            ValueError: when an id is not one of the vocabulary, or words and characters are not as
                many.
        """
        words = [list(sentence) for sentence in words]
        check_ids(words, self.config["vocabulary_size"], "word")
        self._check_characters(words, characters)
        result = [None] * len(words)
        columns, nested = dict(words=words), ()
        if characters is not None:
            columns["characters"], nested = characters, ("characters",)
        at_most = TOKENS
        if self.crf is not None:
            at_most = min(TOKENS, max(1, POTENTIALS // self.config["tags"] ** 2))
        answers = self.predictor("_best_tags", batch_size, at_most, nested, **columns)
        for rows, paths in answers:
            for row, path in zip(rows, paths, strict=True):
                result[row] = path[: len(words[row])].tolist()
        return result

    def _best_tags(self, words, characters=None):
        """The best tags of a batch, ``(batch, timesteps)``."""
        return best_tags(self(words if characters is None else (words, characters)))

    def get_config(self):
        """The constructor's arguments but the matrix of embeddings, which is a weight."""
        return {**super().get_config(), **self.config}

    def _recurrent_layer(self, name):
        cell = make_cell(self.config["cell"], self.config["units"])
        if self.config["bidirectional"]:
            return Bidirectional(RNN(cell, return_sequences=True), name=name)
        return RNN(cell, return_sequences=True, name=name)

    def _words_and_characters(self, inputs):
        expected = 1 if self.character_encoder is None else 2
        parts = tuple(inputs) if isinstance(inputs, list | tuple) else (inputs,)
        ranks = [len(part.shape) for part in parts]
        if ranks != [2, 3][:expected]:
            shapes = ["word ids (batch, timesteps)", "character ids (batch, timesteps, characters)"]
            raise ValueError(
                f"inputs must be {' and '.join(shapes[:expected])}, "
                f"got {' and '.join(str(tuple(part.shape)) for part in parts)}"
            )
        return parts if expected == 2 else (*parts, None)

    def _check_characters(self, words, characters):
        reader = self.config["characters"]
        if (characters is None) != (reader is None):
            needs = "no characters" if reader is None else "characters as well"
            raise ValueError(f"a tagger with characters={reader!r} reads {needs}")
        if characters is None:
            return
        if [len(sentence) for sentence in characters] != [len(sentence) for sentence in words]:
            raise ValueError("characters must have a list of ids for each word of each sentence")
        for sentence in characters:
            check_ids(sentence, self.config["character_vocabulary_size"], "character")


def _initializer(embeddings, shape):
    if embeddings is None:
        return "uniform"
    embeddings = np.asarray(embeddings, "float32")
    if embeddings.shape != shape:
        raise ValueError(
            f"embeddings must have shape (vocabulary_size, embedding_dim) = {shape}, "
            f"got {embeddings.shape}"
        )
    return lambda shape, dtype=None: ops.convert_to_tensor(embeddings, dtype)


def _check_choice(name, value, choices):
    if value not in choices:
        raise ValueError(f"{name} must be one of {list(choices)}, got {value!r}")
