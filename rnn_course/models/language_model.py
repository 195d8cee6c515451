r"""`LanguageModel`: a recurrent network that gives every sentence a probability.

.. math::

    e_t = E_{w_t}, \qquad h_t = \mathrm{RNN}(e_t, h_{t-1}), \qquad
    p(w_{t+1} \mid w_1 \dots w_t) = \mathrm{softmax}(h_t V + b)

A sentence's probability is the product over its tokens and the end token (the chain rule).
"""

import keras
import numpy as np
from keras import ops

from rnn_course.checks import check_sizes
from rnn_course.layers.cells import make_cell
from rnn_course.layers.recurrence import RNN
from rnn_course.layers.tied_read_out import TiedReadOut
from rnn_course.metrics.sequences import perplexity
from rnn_course.models.decoding import Decoder
from rnn_course.models.predicting import Predictor
from rnn_course.models.token_model import TokenModel
from rnn_course.text.padding import check_ids
from rnn_course.tokens import BEGIN, END, PADDING

LOGITS = 2**20  # numbers of a piece of the logits, where not all positions' are needed at once


@keras.saving.register_keras_serializable("rnn_course")
class LanguageModel(TokenModel):
    """A recurrent language model over token ids.

    It is trained through plain Keras on batches of inputs ``<s> w1 … wn`` and targets
    ``w1 … wn </s>`` (`rnn_course.text.language_model_batches`), every position at once with the
    gold prefix as its input: teacher forcing. Compile it with
    ``loss=TokenCrossEntropy(), metrics=[Perplexity()]``: both count every token once and padding
    never.

    Args:
        vocabulary_size: how many tokens there are, the special ones among them.
        embedding_dim: size of a token's vector.
        units: size of the hidden state.
        cell: ``"simple_rnn"``, ``"lstm"`` or ``"gru"``.
        layers: how many recurrent layers are stacked.
        tie_embeddings: whether the read-out V is the transpose of the embedding matrix E (Press &
            Wolf 2017); then ``embedding_dim`` must be ``units``.
        dropout: share of the values dropped between layers and before the read-out in training.
        embeddings_initializer: how the vectors start; Keras's own, uniform up to 0.05, makes the
            recurrence of small models start slowly.
        stateful: whether a batch continues where the previous one stopped
            (`rnn_course.text.contiguous_batches`); give ``fit`` a `ResetState` callback.

    Call arguments:
        tokens: ids, ``(batch, timesteps)``; `rnn_course.tokens.PADDING` is masked.

    Returns:
        Logits of the next token at each position, ``(batch, timesteps, vocabulary_size)``.

    Raises:
        ValueError: when a size is not a positive integer, ``vocabulary_size`` leaves no room for
            the special tokens, the sizes do not allow ``tie_embeddings``, or the cell is unknown.

    Example:
        >>> model = LanguageModel(vocabulary_size=10, embedding_dim=4, units=8)
        >>> model(np.array([[2, 5, 6]])).shape
        TensorShape([1, 3, 10])
        >>> model.log_prob([5, 6]) < 0
        True

    Source:
        Mikolov et al. (2010), "Recurrent neural network based language model".
    """

    def __init__(
        self,
        vocabulary_size,
        embedding_dim=64,
        units=128,
        cell="lstm",
        layers=1,
        tie_embeddings=False,
        dropout=0.0,
        embeddings_initializer="uniform",
        stateful=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_sizes(vocabulary_size=vocabulary_size, embedding_dim=embedding_dim, layers=layers)
        if vocabulary_size <= END:
            raise ValueError(
                f"vocabulary_size must count the {END + 1} special tokens, got {vocabulary_size}"
            )
        if tie_embeddings and embedding_dim != units:
            raise ValueError(
                "tie_embeddings needs embedding_dim == units, "
                f"got embedding_dim={embedding_dim} and units={units}"
            )
        embeddings_initializer = keras.initializers.get(embeddings_initializer)
        self.config = dict(
            vocabulary_size=vocabulary_size,
            embedding_dim=embedding_dim,
            units=units,
            cell=cell,
            layers=layers,
            tie_embeddings=tie_embeddings,
            dropout=dropout,
            embeddings_initializer=keras.initializers.serialize(embeddings_initializer),
            stateful=stateful,
        )
        self.embedding = keras.layers.Embedding(
            vocabulary_size, embedding_dim, embeddings_initializer, name="embedding"
        )
        self.recurrent_layers = [
            RNN(
                make_cell(cell, units),
                return_sequences=True,
                stateful=stateful,
                name=f"rnn_{number}",
            )
            for number in range(1, layers + 1)
        ]
        self.dropout = keras.layers.Dropout(dropout, name="dropout")
        self.decoder, self.predictor = Decoder(self), Predictor(self)
        if tie_embeddings:
            self.read_out = TiedReadOut(self.embedding, name="read_out")
        else:
            self.read_out = keras.layers.Dense(vocabulary_size, name="read_out")

    def build(self, input_shape):
        """Build every layer for token ids of shape ``(batch, timesteps)``."""
        shape = (*input_shape, self.config["embedding_dim"])
        self.embedding.build(input_shape)
        for layer in self.recurrent_layers:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        self.read_out.build(shape)

    def call(self, tokens, training=False):
        """Logits at every position; see the class."""
        return self.read_out(self.hidden(tokens, training))  # (batch, timesteps, vocabulary_size)

    def hidden(self, tokens, training=False):
        """What the read-out reads at every position, ``(batch, timesteps, units)``."""
        mask = ops.not_equal(tokens, PADDING)
        x = self.embedding(tokens)  # (batch, timesteps, embedding_dim)
        for layer in self.recurrent_layers:
            x = layer(x, mask=mask, training=training)  # (batch, timesteps, units)
            x = self.dropout(x, training=training)
        return x

    def step(self, tokens, states, memory=()):
        """Logits after one more token: what decoding runs.

        Args:
            tokens: ids, ``(batch,)``.
            states: of each layer, as `begin` or this method gave them.
            memory: nothing: a language model has none.

        Returns:
            Logits ``(batch, vocabulary_size)`` and the new states.
        """
        x = self.embedding(tokens)  # (batch, embedding_dim)
        new_states = []
        for layer, layer_states in zip(self.recurrent_layers, states, strict=True):
            x, layer_states = layer.cell(x, layer_states)
            new_states.append(layer_states)
        return self.read_out(x), new_states

    def begin(self, inputs):
        """The states before the first token, zeros, of each layer, and no memory.

        Args:
            inputs: any array with a row for each sequence.
        """
        batch_size = ops.shape(inputs)[0]
        return [layer.get_initial_state(batch_size) for layer in self.recurrent_layers], ()

    def next_log_probs(self, contexts, batch_size=64):
        """Log-probabilities of every possible next token.

        Args:
            contexts: a list of token id lists, each the start of a sentence.
            batch_size: how many to run at once, at most; fewer if they are long.

        Returns:
            ``(len(contexts), vocabulary_size)``, natural logarithms.

        Raises:
            ValueError: when an id is not one of the vocabulary, or the model is stateful.
        """
        result = np.empty((len(contexts), self.config["vocabulary_size"]), "float32")
        columns = dict(
            tokens=[[BEGIN, *context] for context in contexts],
            last=np.array([len(context) for context in contexts], "int32"),
        )
        for rows, log_probs in self._predicted("_log_probs_of_all", batch_size, **columns):
            result[rows] = log_probs
        return result

    def token_log_probs(self, sentences, batch_size=64):
        """Log-probability in nats of each token of each sentence, the end token among them.

        Args:
            sentences: a list of token id lists, without begin and end tokens; one may be empty.
            batch_size: how many to run at once, at most; fewer if they are long.

        Returns:
            A list of arrays, one a sentence, of a number a token and one for its end.

        Raises:
            ValueError: when an id is not one of the vocabulary, or the model is stateful.
        """
        result = [None] * len(sentences)
        columns = dict(
            tokens=[[BEGIN, *sentence] for sentence in sentences],
            targets=[[*sentence, END] for sentence in sentences],
        )
        for rows, log_probs in self._predicted("_log_probs_of_targets", batch_size, **columns):
            for row, found in zip(rows, log_probs, strict=True):
                result[row] = found[: len(sentences[row]) + 1]
        return result

    def log_probs(self, sentences, batch_size=64):
        r"""Log-probability of each sentence by the chain rule, the end token included.

        .. math::

            \log p(w_1 \dots w_n) = \sum_{t=1}^{n+1} \log p(w_t \mid w_1 \dots w_{t-1}),
            \qquad w_{n+1} = \text{</s>}

        Args:
            sentences: a list of token id lists, without begin and end tokens; one may be empty.
            batch_size: how many to run at once, at most; fewer if they are long.

        Returns:
            ``(len(sentences),)`` in nats.

        Raises:
            ValueError: when an id is not one of the vocabulary, or the model is stateful.
        """
        found = self.token_log_probs(sentences, batch_size)
        return np.array([log_probs.sum(dtype="float64") for log_probs in found], "float64")

    def log_prob(self, sentence):
        """Log-probability in nats of one sentence; see `log_probs`."""
        return float(self.log_probs([sentence])[0])

    def perplexity(self, sentences):
        """Perplexity of a list of sentences, every token and every end token counted once."""
        tokens = sum(len(sentence) + 1 for sentence in sentences)
        return perplexity(float(self.log_probs(sentences).sum()), tokens)

    def generate(self, prompts=((),), max_length=50, **options):
        """Continue each prompt; see `rnn_course.models.decoding.Decoder.generate`.

        Args:
            prompts: a list of token id lists; by default one empty prompt.
            max_length: the most tokens to add.
            **options: ``temperature``, ``top_k``, ``top_p`` and ``seed`` of the sampling, and
                ``batch_size``.

        Returns:
            A list of token id lists: the continuations, without the end token.
        """
        prompts = self._checked(prompts)
        return self.decoder.generate(np.zeros(len(prompts)), prompts, max_length, **options)

    def search(self, prompts=((),), max_length=50, **options):
        """Each prompt's likeliest continuations; see `rnn_course.models.decoding.Decoder.search`.

        Args:
            prompts, max_length: as in `generate`.
            **options: ``beam``, ``length_penalty`` and ``batch_size``.

        Returns:
            For each prompt a list of `rnn_course.models.Hypothesis`, the best first.
        """
        prompts = self._checked(prompts)
        return self.decoder.search(np.zeros(len(prompts)), prompts, max_length, **options)

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), **self.config}

    def _checked(self, prompts):
        prompts = [list(prompt) for prompt in prompts]
        check_ids(prompts, self.config["vocabulary_size"])
        return prompts

    def _predicted(self, method, batch_size, **columns):
        """Places of sentences of like length, and what a method gives for them, in turn."""
        if self.config["stateful"]:
            raise ValueError(
                "a stateful model scores a running text, not sentences: "
                "use model.evaluate(contiguous_batches(...))"
            )
        check_ids(columns["tokens"], self.config["vocabulary_size"])
        if not self.built:
            self.build((None, None))
        return self.predictor(method, batch_size, **columns)

    def _log_probs_of_all(self, tokens, last):
        """Log-probabilities of every token behind the last one, ``(batch, vocabulary_size)``."""
        hidden = ops.take_along_axis(self.hidden(tokens), last[:, None, None], axis=1)
        return ops.log_softmax(ops.cast(self.read_out(hidden[:, 0]), "float32"))

    def _log_probs_of_targets(self, tokens, targets):
        """Log-probability of each target; ``(batch, timesteps)``.

        The logits of all positions may be many more numbers than all else: they are made, and
        forgotten again, for some positions after the other.
        """
        hidden = self.hidden(tokens)  # (batch, timesteps, units)
        shape = ops.shape(targets)
        positions = shape[0] * shape[1]
        pieces = -(-positions // max(1, LOGITS // self.config["vocabulary_size"]))
        size = -(-positions // pieces)

        def log_probs(piece):
            logits = ops.cast(self.read_out(piece[0]), "float32")
            return -ops.sparse_categorical_crossentropy(piece[1], logits, from_logits=True)

        hidden = ops.reshape(hidden, (-1, hidden.shape[-1]))
        missing = pieces * size - positions
        hidden = ops.pad(hidden, ((0, missing), (0, 0)))
        targets = ops.pad(ops.reshape(targets, (-1,)), ((0, missing),))
        found = ops.map(
            log_probs,
            (
                ops.reshape(hidden, (pieces, size, hidden.shape[-1])),
                ops.reshape(targets, (pieces, size)),
            ),
        )
        return ops.reshape(ops.reshape(found, (-1,))[:positions], shape)
