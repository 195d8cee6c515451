"""`Writer`: a language model of raw text, which continues, scores and invents texts."""

from typing import NamedTuple

import numpy as np

from rnn_course.checks import check_sizes
from rnn_course.losses import TokenCrossEntropy
from rnn_course.metrics import Perplexity, perplexity
from rnn_course.models import LanguageModel
from rnn_course.pipelines.archive import PipelineError
from rnn_course.pipelines.base import Pipeline, Score
from rnn_course.pipelines.splitting import Splitter, each, encode, ordinary
from rnn_course.pipelines.training import Plan
from rnn_course.text.batches import contiguous_batches
from rnn_course.text.tokenisers import sentences
from rnn_course.text.vocabulary import Vocabulary
from rnn_course.tokens import END, UNKNOWN

LINE = "\n"  # where a text of characters begins: after the end of a line
PIECE = 400  # tokens that are scored as one row
TRIES = 5  # to draw something else in the place of an unknown word


class Scored(NamedTuple):
    """How likely a text is.

    Args:
        log_prob: the logarithm of its probability, in nats.
        tokens: how many were predicted; the ends of sentences, of words, are among them.
        perplexity: of one token.
    """

    log_prob: float
    tokens: int
    perplexity: float


class Writer(Pipeline):
    """Writes text as that which it has read; an LSTM over running text.

    It learns from a string, as `rnn_course.corpora.read_text` returns it, or from a list of them.

    Args:
        split: how text becomes tokens; see `Splitter`. Texts of ``"words"`` and ``"subwords"`` are
            cut into sentences first (`rnn_course.text.sentences`), those that are ``"given"`` into
            lines, and of ``"characters"`` a line's end is one.
        pieces: how many subwords.
        minimum_count: see `Pipeline`; by default 3 for words of a text of more than 200,000.
        **network: arguments of `rnn_course.models.LanguageModel`.

    Example:
        >>> rhyme = "Hickory dickory dock. The mouse ran up the clock.\\n\\n"
        >>> writer = Writer(units=32, embedding_dim=32)
        >>> writer = writer.fit(8 * rhyme, dev=rhyme, epochs=40, rate=0.03, verbose=0)
        >>> writer.continue_("The mouse", length=5, temperature=0)
        'The mouse ran up the clock.'
    """

    task, network = "writer", LanguageModel
    learned = ("vocabulary_size", "stateful")
    plan = Plan(3.5e6, 60, 32, 0.003)

    def __init__(self, split="words", pieces=4000, minimum_count=None, **network):
        if split == "characters":
            own = dict(embedding_dim=64, units=384, dropout=0.2)
        else:
            own = dict(embedding_dim=256, units=256, tie_embeddings=True, dropout=0.4)
        super().__init__(minimum_count, **{**own, **network})
        self.splitters = {"text": Splitter(split, joins=True, size=pieces)}

    def continue_(self, prompts, length=None, temperature=0.8, top_k=None, top_p=None, seed=None):
        """Continue a text, or each of a list of texts.

        Args:
            prompts: a string or a list of strings; it may be empty.
            length: how many tokens to add, ends of sentences counted; 50 words or 300 characters
                by default.
            temperature, top_k, top_p: see `rnn_course.models.LanguageModel.generate`; 0 takes the
                likeliest token always.
            seed: of the draws; others each time by default.

        Returns:
            The text with its continuation, or a list of them. Unknown words are never written.

        Raises:
            PipelineError: when nothing has been learned, or a prompt is none.
        """
        self.check_fitted()
        length = length or (300 if self._by_character else 50)
        check_sizes(length=length)
        prompts, one = each(prompts)
        tokens = [self._tokens(prompt, ends=False) for prompt in prompts]
        rows = [self._row(row) for row in tokens]
        added = [[] for _ in prompts]
        draws, stuck = np.random.default_rng(seed), [0] * len(prompts)
        while left := [i for i, new in enumerate(added) if len(new) < length]:
            most = length - min(len(added[i]) for i in left)
            found = self.model.generate(
                [rows[i] + added[i] for i in left],
                max_length=most,
                temperature=temperature,
                top_k=top_k,
                top_p=top_p,
                seed=int(draws.integers(2**31)),
            )
            for i, new in zip(left, found, strict=True):
                # An unknown word is drawn again: what comes is as likely as without it.
                cut = new[: new.index(UNKNOWN)] if UNKNOWN in new else [*new, END]
                if UNKNOWN not in new and len(new) == most:
                    cut = new
                stuck[i] = 0 if cut else stuck[i] + 1
                if not cut and (temperature == 0 or stuck[i] >= TRIES):
                    cut = [self._likeliest(rows[i] + added[i])]
                added[i] = (added[i] + cut)[:length]
        answers = [self._text(a + self._decode(b)) for a, b in zip(tokens, added, strict=True)]
        return answers[0] if one else answers

    __call__ = continue_

    def sample(self, number=1, **options):
        """Invent texts: a list of so many; ``options`` are those of `continue_`."""
        check_sizes(number=number)
        return self.continue_([""] * number, **options)

    def score(self, texts):
        """How likely a text is, or each of a list of texts: `Scored`, or a list of them.

        Unknown words count as one word, which is some word or other.

        Raises:
            PipelineError: when nothing has been learned, or a text is none, or empty.
        """
        self.check_fitted()
        texts, one = each(texts)
        rows = [self._ids(text) for text in texts]
        for text, row in zip(texts, rows, strict=True):
            if not row:
                raise PipelineError(f"a text without a token has no probability: {text!r}")
        pieces = [row[start : start + PIECE] for row in rows for start in range(0, len(row), PIECE)]
        owners = [i for i, row in enumerate(rows) for _ in range(0, len(row), PIECE)]
        log_probs = np.bincount(owners, self._log_probs(pieces), len(rows))
        scores = [
            Scored(float(log_prob), len(row), perplexity(float(log_prob), len(row)))
            for log_prob, row in zip(log_probs, rows, strict=True)
        ]
        return scores[0] if one else scores

    def evaluate(self, data):
        """Score a text that was not learned.

        Args:
            data: as for `fit`.

        Returns:
            A `Score`: the perplexity per token, beside that of the tokens' frequencies; lower is
            better. It reads 400 tokens at a time, and begins anew then.
        """
        self.check_fitted()
        (text,) = self.examples(data)
        ours = self.score(text)
        counts = np.array(self.baseline.get("counts", [0] * len(self.vocabularies["text"]))) + 1.0
        log_prob = float(np.log(counts / counts.sum())[self._ids(text)].sum())
        what = "character" if self._by_character else "token"
        more = {f"nats per {what}": -ours.log_prob / ours.tokens}
        trivial = f"by the frequency of each {what}"
        simple = perplexity(log_prob, ours.tokens)
        return Score(f"perplexity per {what}", ours.perplexity, simple, trivial, more, ours.tokens)

    def examples(self, data):
        """One text."""
        texts = [data] if isinstance(data, str) else list(data)
        if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
            raise PipelineError("give text: a string, as corpora.read_text returns it, not empty")
        return [2 * LINE.join(texts)] if len(texts) > 1 else texts

    def hold_out(self, data, share=0.1):
        """Keep the end of the text aside: what is left, and what is kept, in a list each."""
        (text,) = self.examples(data)
        place = max(1, round(len(text) * (1 - share)))
        for mark in (2 * LINE, LINE, " "):
            if (found := text.rfind(mark, len(text) // 2, place)) > 0:
                place = found + len(mark)
                break
        if not text[place:].strip():
            raise PipelineError(
                f"of a text of {len(text)} characters none can be kept aside: give more, or what "
                "to keep aside: dev="
            )
        return [text[:place]], [text[place:]]

    def learn(self, train, dev):
        """Subwords, a vocabulary, and how often each token is in the text."""
        splitter = self.splitters["text"]
        splitter.learn(train)
        tokens = self._tokens(train[0])
        least = self.minimum_count or 1
        if splitter.kind in ("words", "given") and not self.minimum_count:
            least = 3 if len(tokens) > 200_000 else self.least(len(tokens))
        words = Vocabulary.learn([ordinary(filter(None, tokens))], least)
        self.vocabularies = {"text": words}
        counts = np.bincount(self._ids(train[0]), minlength=len(words))
        self.baseline = {"counts": counts.tolist()}
        return len(tokens) // (3 if self._by_character else 1)  # they are fewer to choose from

    def sizes(self):
        """The number of tokens."""
        return {"vocabulary_size": len(self.vocabularies["text"])}

    def batch_size(self, examples, tokens):
        """As many rows as are read side by side."""
        return self.plan.batch_size_of(tokens // self._timesteps)

    def trainee(self, batch_size):
        """A model of the same weights that carries its states from batch to batch."""
        model = LanguageModel(**self.arguments, **self.sizes(), stateful=True)
        model.build((batch_size, None))
        return model

    def batches(self, examples, batch_size, **options):
        """See `rnn_course.text.contiguous_batches`."""
        ids = [self._start, *self._ids(examples[0])]
        return contiguous_batches(ids, batch_size, self._timesteps)

    def loss_and_metrics(self):
        """Of every token."""
        return TokenCrossEntropy(), [Perplexity()]

    @property
    def _by_character(self):
        return self.splitters["text"].kind == "characters"

    @property
    def _timesteps(self):
        return 96 if self._by_character else 35

    @property
    def _start(self):
        """What a running text goes on after where it begins: the end of a sentence or of a line."""
        return encode(self.vocabularies["text"], [LINE])[0] if self._by_character else END

    def _tokens(self, text, ends=True):
        """The tokens of a text, None for the end of each sentence."""
        if not isinstance(text, str):
            raise PipelineError(f"a text must be a string, got {text!r:.60}")
        split = self.splitters["text"]
        if self._by_character:
            return split(text)
        parts = text.splitlines() if split.kind == "given" else sentences(text)
        tokens = [token for part in parts if part.strip() for token in (*split(part), None)]
        return tokens if ends else tokens[:-1]

    def _row(self, tokens):
        parts = [END if token is None else token for token in tokens]
        known = self.vocabularies["text"]
        return [self._start, *(t if t == END else encode(known, [t])[0] for t in parts)]

    def _ids(self, text):
        return self._row(self._tokens(text))[1:]

    def _decode(self, ids):
        return [None if i == END else self.vocabularies["text"].tokens[i] for i in ids]

    def _text(self, tokens):
        """The text of tokens: sentences with a space in between, or a line each."""
        parts = [[]]
        for token in tokens:
            if token is None:
                parts.append([])
            else:
                parts[-1].append(token)
        between = LINE if self.splitters["text"].kind == "given" else " "
        return between.join(self.splitters["text"].join(part) for part in parts if part)

    def _likeliest(self, row):
        """The likeliest token that is a word, or the end of a sentence."""
        log_probs = self.model.next_log_probs([row])[0]
        return int(max(range(END, len(log_probs)), key=log_probs.__getitem__))

    def _log_probs(self, pieces):
        """Of pieces of running text, from the model's, which begins and ends each of them.

        It was not trained to begin, nor, by character, to end: what it thinks of these two steps
        is taken off.
        """
        begin = self.model.next_log_probs([[]])[0, self._start]
        ended = [piece[-1] == END for piece in pieces]
        rows = [
            [self._start, *(piece[:-1] if end else piece)]
            for piece, end in zip(pieces, ended, strict=True)
        ]
        log_probs = self.model.log_probs(rows) - begin
        open_rows = [i for i, end in enumerate(ended) if not end]
        if open_rows:
            log_probs[open_rows] -= self.model.next_log_probs([rows[i] for i in open_rows])[:, END]
        return log_probs
