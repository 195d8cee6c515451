r"""`EncoderDecoder`: one recurrent network reads a sentence, another writes its translation.

.. math::

    h_{1:n} &= \mathrm{RNN}_{\text{encoder}}(x_{1:n}), \qquad
        s_0 = \mathrm{bridge}(\text{final state of the encoder}) \\
    s_t &= \mathrm{RNN}_{\text{decoder}}(y_{t-1}, s_{t-1}) \\
    c_t &= \sum_i \alpha_{ti} h_i, \qquad
        \alpha_{t\cdot} = \mathrm{softmax}(\varphi(h_\cdot, s_t)) \\
    \tilde s_t &= \tanh([c_t ; s_t] W), \qquad
        p(y_t \mid y_{<t}, x) = \mathrm{softmax}(\tilde s_t V + b)

Without attention :math:`\tilde s_t = s_t`: all that the decoder knows of the sentence is
:math:`s_0`.
"""

import keras
from keras import ops

from rnn_course.checks import check_sizes
from rnn_course.layers.attention import DecoderAttention
from rnn_course.layers.cells import make_cell
from rnn_course.layers.recurrence import RNN, Bidirectional
from rnn_course.models.decoding import Decoder, rollout
from rnn_course.models.predicting import Predictor
from rnn_course.models.token_model import TokenModel
from rnn_course.text.padding import check_ids
from rnn_course.tokens import BEGIN, END, PADDING


@keras.saving.register_keras_serializable("rnn_course")
class EncoderDecoder(TokenModel):
    """A recurrent encoder and a recurrent decoder, with attention between them or without.

    It is trained through plain Keras on pairs of source ids and decoder inputs ``<s> y1 … yn`` with
    targets ``y1 … yn </s>`` (`rnn_course.text.translation_batches`). Compile it with
    ``loss=TokenCrossEntropy(), metrics=[Perplexity()]``: both count every token once and padding
    never.

    The decoder's input at step t is the target token t - 1: the correct one (teacher forcing), or
    in training, with probability ``1 - teacher_forcing`` at each step, the model's own. Its own
    tokens it finds first, in a loop without gradients; then, the inputs being known, all steps are
    trained in one parallel pass, as under teacher forcing.

    Args:
        source_vocabulary_size: how many source tokens there are, the special ones among them.
        target_vocabulary_size: the same of the target.
        embedding_dim: size of a token's vector, in both languages.
        units: size of the decoder's hidden state, and of the encoder's outputs; each direction of a
            bidirectional encoder has half of them.
        cell: ``"simple_rnn"``, ``"lstm"`` or ``"gru"``.
        layers: how many recurrent layers are stacked, on both sides.
        bidirectional: whether the encoder also reads from the end.
        bridge: how the encoder's final states become the decoder's first: ``"copy"``, or
            ``"dense"``: through a layer with tanh for each.
        attention: ``"additive"``, ``"dot"``, ``"general"`` or None.
        teacher_forcing: probability in training of the correct token as the next input. Below 1 it
            is a weight, which training leaves alone: ``model.teacher_forcing.assign(0.5)`` changes
            it on the way.
        dropout: share of the values dropped in training after the embeddings, after each recurrent
            layer, the last of either side too, and, with attention, of what it makes of these.

    Call arguments:
        inputs: source ids ``(batch, source timesteps)`` and decoder inputs
            ``(batch, target timesteps)``; `rnn_course.tokens.PADDING` is masked in both.
        return_weights: whether the attention weights follow.

    Returns:
        Logits, ``(batch, target timesteps, target_vocabulary_size)``, and if asked for the
        attention weights, ``(batch, target timesteps, source timesteps)``.

    Raises:
        ValueError: when a size is not a positive integer, ``target_vocabulary_size`` leaves no room
            for the special tokens, an option is none of those above, a bidirectional encoder is
            to halve an odd number of units, or weights are asked of a model without attention.

    Example:
        >>> model = EncoderDecoder(12, 10, embedding_dim=4, units=8)
        >>> source, inputs = (ops.convert_to_tensor([ids]) for ids in ([5, 6, 7], [2, 4]))
        >>> model([source, inputs]).shape
        TensorShape([1, 2, 10])

    Source:
        Sutskever, Vinyals & Le (2014); Cho et al. (2014); the attention is that of Luong, Pham &
        Manning (2015), equation 5, also with the additive score of Bahdanau, Cho & Bengio (2015);
        teacher forcing in some steps only: Bengio et al. (2015), "Scheduled sampling".
    """

    def __init__(
        self,
        source_vocabulary_size,
        target_vocabulary_size,
        embedding_dim=128,
        units=256,
        cell="gru",
        layers=1,
        bidirectional=True,
        bridge="copy",
        attention="general",
        teacher_forcing=1.0,
        dropout=0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.config = dict(
            source_vocabulary_size=source_vocabulary_size,
            target_vocabulary_size=target_vocabulary_size,
            embedding_dim=embedding_dim,
            units=units,
            cell=cell,
            layers=layers,
            bidirectional=bidirectional,
            bridge=bridge,
            attention=attention,
            teacher_forcing=teacher_forcing,
            dropout=dropout,
        )
        check_sizes(
            source_vocabulary_size=source_vocabulary_size,
            target_vocabulary_size=target_vocabulary_size,
            embedding_dim=embedding_dim,
            units=units,
            layers=layers,
        )
        if target_vocabulary_size <= END:
            raise ValueError(
                f"target_vocabulary_size must count the {END + 1} special tokens, "
                f"got {target_vocabulary_size}"
            )
        if bidirectional and units % 2:
            raise ValueError(f"units must be even: each direction has half of them, got {units}")
        if bridge not in ("copy", "dense"):
            raise ValueError(f'bridge must be "copy" or "dense", got {bridge!r}')
        if attention not in (None, "additive", "dot", "general"):
            raise ValueError(
                f'attention must be "additive", "dot", "general" or None, got {attention!r}'
            )
        if not 0 <= teacher_forcing <= 1:
            raise ValueError(f"teacher_forcing must be from 0 to 1, got {teacher_forcing}")
        Embedding, Dense = keras.layers.Embedding, keras.layers.Dense
        numbers = range(1, layers + 1)
        self.source_embedding = Embedding(
            source_vocabulary_size, embedding_dim, name="source_embedding"
        )
        self.target_embedding = Embedding(
            target_vocabulary_size, embedding_dim, name="target_embedding"
        )
        self.encoder_layers = [self._encoder_layer(number) for number in numbers]
        self.decoder_layers = [
            RNN(make_cell(cell, units), return_sequences=True, name=f"decoder_{number}")
            for number in numbers
        ]
        # One layer for each state of each layer; none to copy.
        states = len(keras.tree.flatten(self.decoder_layers[0].cell.state_size))
        self.bridges = [
            Dense(units, activation="tanh", name=f"bridge_{number}_{state}")
            for number in numbers
            for state in range(states if bridge == "dense" else 0)
        ]
        self.attention = self.combine = None
        if attention is not None:
            self.attention = DecoderAttention(attention, name="attention")
            self.combine = Dense(units, activation="tanh", use_bias=False, name="combine")
        self.read_out = Dense(target_vocabulary_size, name="read_out")
        self.dropout = keras.layers.Dropout(dropout, name="dropout")
        self.teacher_forcing = None
        if teacher_forcing < 1:
            self.teacher_forcing = self.add_weight(
                (),
                keras.initializers.Constant(teacher_forcing),
                trainable=False,
                name="teacher_forcing",
            )
        self.coins = keras.random.SeedGenerator()
        self.decoder, self.predictor = Decoder(self), Predictor(self)

    def _encoder_layer(self, number):
        two = self.config["bidirectional"]
        layer = RNN(
            make_cell(self.config["cell"], self.config["units"] // (2 if two else 1)),
            return_sequences=True,
            return_state=True,
            name=f"encoder_{number}",
        )
        return Bidirectional(layer, name=f"bidirectional_{number}") if two else layer

    def build(self, input_shape):
        """Build every layer for source ids and decoder inputs of these shapes."""
        (batch, source_steps), (_, target_steps) = input_shape
        embedding_dim, units = self.config["embedding_dim"], self.config["units"]
        for embedding, layers, steps in (
            (self.source_embedding, self.encoder_layers, source_steps),
            (self.target_embedding, self.decoder_layers, target_steps),
        ):
            embedding.build((batch, steps))
            for i, layer in enumerate(layers):
                layer.build((batch, steps, units if i else embedding_dim))
        for layer in self.bridges:
            layer.build((batch, units))
        if self.attention is not None:
            self.attention.build((batch, target_steps, units), (batch, source_steps, units))
            self.combine.build((batch, target_steps, 2 * units))
        self.read_out.build((batch, target_steps, units))

    def call(self, inputs, return_weights=False, training=False):
        """Logits at every target position; see the class."""
        source, target_inputs = inputs
        states, memory = self.begin(source, training)
        if training and self.teacher_forcing is not None:
            target_inputs = self.feed_back(target_inputs, states, memory)
        mask = ops.not_equal(target_inputs, PADDING)
        x = self.dropout(self.target_embedding(target_inputs), training=training)
        for layer, layer_states in zip(self.decoder_layers, states, strict=True):
            x = layer(x, initial_state=layer_states, mask=mask, training=training)
            x = self.dropout(x, training=training)  # (batch, target timesteps, units)
        x, weights = self.look(x, memory)
        if weights is not None:  # without attention x is what has just been dropped from
            x = self.dropout(x, training=training)
        logits = self.read_out(x)
        if not return_weights:
            return logits
        if weights is None:
            raise ValueError("return_weights needs attention: this model has none")
        return logits, weights

    def begin(self, source, training=False):
        """Read the source.

        Args:
            source: ids, ``(batch, source timesteps)``.
            training: whether to drop values.

        Returns:
            The decoder's first states, a list a layer, and what its every step looks at: encoder
            outputs, their projection for the scores, and the mask; ``{}`` without attention.
        """
        mask = ops.not_equal(source, PADDING)
        x = self.dropout(self.source_embedding(source), training=training)
        states = []
        for layer in self.encoder_layers:
            x, *final = layer(x, mask=mask, training=training)
            x = self.dropout(x, training=training)  # (batch, source timesteps, units)
            half = len(final) // 2
            if self.config["bidirectional"]:
                pairs = zip(final[:half], final[half:], strict=True)
                final = [ops.concatenate(pair, axis=-1) for pair in pairs]
            states.append(final)
        if self.bridges:
            bridge = iter(self.bridges)
            states = [[next(bridge)(state) for state in layer] for layer in states]
        if self.attention is None:
            return states, {}
        return states, {"outputs": x, "keys": self.attention.project(x), "mask": mask}

    def look(self, x, memory):
        """Decoder outputs ``(batch, target timesteps, units)`` with what they see of the source."""
        if self.attention is None:
            return x, None
        contexts, weights = self.attention(
            x, memory["outputs"], keys=memory["keys"], memory_mask=memory["mask"]
        )
        return self.combine(ops.concatenate([contexts, x], axis=-1)), weights

    def step(self, tokens, states, memory):
        """Logits after one more target token: what decoding runs.

        Args:
            tokens: ids, ``(batch,)``.
            states: of each layer, as `begin` or this method gave them.
            memory: as `begin` gave it.

        Returns:
            Logits ``(batch, target_vocabulary_size)`` and the new states.
        """
        x = self.target_embedding(tokens)  # (batch, embedding_dim)
        new_states = []
        for layer, layer_states in zip(self.decoder_layers, states, strict=True):
            x, layer_states = layer.cell(x, layer_states)
            new_states.append(layer_states)
        x, _ = self.look(ops.expand_dims(x, 1), memory)
        return self.read_out(x[:, 0]), new_states

    def feed_back(self, target_inputs, states, memory):
        """Decoder inputs with some tokens replaced by what the model would have said there.

        Args:
            target_inputs: ``<s> y1 … yn``, ``(batch, target timesteps)``.
            states, memory: as `begin` gave them.

        Returns:
            ``(batch, target timesteps)``: at each step the correct token with the probability of
            teacher forcing, otherwise the likeliest one after the inputs before it; ``<s>`` and
            padding stay.
        """
        shape = ops.shape(target_inputs)
        correct = ops.concatenate(
            [target_inputs[:, 1:], ops.zeros_like(target_inputs[:, :1])], axis=1
        )
        heads = keras.random.uniform(shape, seed=self.coins) < self.teacher_forcing
        given = ops.logical_or(heads, correct == PADDING)
        states, memory = keras.tree.map_structure(ops.stop_gradient, (states, memory))
        own = rollout(self.step, states, memory, correct, given)
        return ops.concatenate([target_inputs[:, :1], ops.stop_gradient(own[:, :-1])], axis=1)

    def translate(self, sources, max_length=None, beam=1, length_penalty=1.0, batch_size=64):
        """Translate sentences: greedily, or by beam search.

        Args:
            sources: a list of token id lists; one may be empty.
            max_length: the most tokens of a translation; by default twice as many as its source
                has, and ten more.
            beam: how many hypotheses are kept; 1 is greedy.
            length_penalty: see `rnn_course.models.decoding.beam_rollout`.
            batch_size: how many to run at once, at most, those of about the same length together;
                fewer if they are long.

        Returns:
            A list of token id lists, without the end token.

        Raises:
            ValueError: when an id is not one of the source vocabulary, or an option is out of
                range.
        """
        check_ids(sources, self.config["source_vocabulary_size"])
        if not self.built:
            self.build([(None, None), (None, None)])
        if not len(sources):
            return []
        prompts = [[]] * len(sources)
        if max_length is None:
            max_length = [2 * len(source) + 10 for source in sources]
        options = dict(batch_size=batch_size)
        if beam == 1:
            return self.decoder.generate(sources, prompts, max_length, temperature=0, **options)
        options["length_penalty"] = length_penalty
        ranked = self.decoder.search(sources, prompts, max_length, beam, **options)
        return [best.tokens for best, *_ in ranked]

    def attention_weights(self, source, target):
        """Where the decoder looks as it writes a given translation.

        Args:
            source: a list of token ids.
            target: a list of token ids, without begin and end tokens.

        Returns:
            ``(len(target) + 1, len(source))``: a row for each target token and for the end token.

        Raises:
            ValueError: when the model has no attention, or an id is not of its vocabulary.
        """
        check_ids([source], self.config["source_vocabulary_size"])
        check_ids([target], self.config["target_vocabulary_size"])
        pair = dict(source=[source], target=[[BEGIN, *target]])
        ((_, weights),) = self.predictor("_weights", **pair)
        return weights[0, : len(target) + 1, : len(source)]

    def _weights(self, source, target):
        """The attention weights of a batch, ``(batch, target timesteps, source timesteps)``."""
        return self([source, target], return_weights=True)[1]

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), **self.config}
