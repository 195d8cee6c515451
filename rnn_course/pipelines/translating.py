"""`Translator`: from a raw text to its translation."""

from types import MappingProxyType

from rnn_course.corpora import references
from rnn_course.losses import TokenCrossEntropy
from rnn_course.metrics import Perplexity, bleu, chrf
from rnn_course.models import EncoderDecoder
from rnn_course.pipelines.base import Pipeline, Score, checked_list
from rnn_course.pipelines.splitting import Splitter, each, encode, ordinary
from rnn_course.pipelines.training import Plan
from rnn_course.text.batches import translation_batches
from rnn_course.text.vocabulary import Vocabulary


class Translator(Pipeline):
    """Translates texts, a sentence or so each: an encoder and a decoder with attention.

    It learns from pairs with ``source`` and ``target``, as `rnn_course.corpora.read_pairs` and
    `read_aligned` return them.

    Args:
        split: how texts become tokens, on both sides; see `Splitter`. Subwords are learned with
            tensorflow-text; where there is none, take ``"words"``, and ``"characters"`` for a
            script without spaces.
        target_split: the same of the translations, where it is another.
        pieces: how many subwords of each side.
        minimum_count: see `Pipeline`.
        **network: arguments of `rnn_course.models.EncoderDecoder`.

    Example:
        >>> from rnn_course.corpora import Pair
        >>> corpus = [Pair("Good morning!", "Guten Morgen!"), Pair("Thank you!", "Danke!")]
        >>> translator = Translator("words", embedding_dim=16, units=32)
        >>> options = dict(dev=corpus, epochs=40, rate=0.05, patience=40)
        >>> translator = translator.fit(corpus, **options, verbose=0)
        >>> translator.translate("Good morning!")
        'Guten Morgen!'
    """

    task, network = "translator", EncoderDecoder
    defaults = MappingProxyType(dict(embedding_dim=128, units=256, attention="dot", dropout=0.2))
    learned = ("source_vocabulary_size", "target_vocabulary_size")
    plan = Plan(3e6, 60, 64, 0.002)

    def __init__(
        self, split="subwords", target_split=None, pieces=4000, minimum_count=None, **network
    ):
        super().__init__(minimum_count, **network)
        self.splitters = {
            "source": Splitter(split, joins=True, size=pieces),
            "target": Splitter(target_split or split, joins=True, size=pieces),
        }

    def translate(self, texts, beam=5, max_length=None):
        """Translate a text, or each of a list of texts.

        Args:
            texts: a string, or a list of strings and of lists of tokens.
            beam: how many hypotheses are kept; 1 is greedy, and faster.
            max_length: see `rnn_course.models.EncoderDecoder.translate`.

        Returns:
            A string, or a list of strings.

        Raises:
            PipelineError: when nothing has been learned, or a text is none.
        """
        self.check_fitted()
        texts, one = each(texts)
        ids = [encode(self.vocabularies["source"], self.splitters["source"](t)) for t in texts]
        found = self.model.translate(ids, max_length, beam=beam)
        # A text without a token has nothing to be translated.
        found = [tokens if row else [] for row, tokens in zip(ids, found, strict=True)]
        decode, join = self.vocabularies["target"].decode, self.splitters["target"].join
        answers = [join(decode(tokens)) for tokens in found]
        return answers[0] if one else answers

    __call__ = translate

    def evaluate(self, data, beam=5):
        """Score the translations of texts that were not learned.

        Args:
            data: as for `fit`; several translations of one text are all right ones.
            beam: as in `translate`.

        Returns:
            A `Score`: BLEU, beside that of the texts themselves, not translated; and chrF.
        """
        answers = references(self.examples(data))
        right = list(answers.values())
        found = self.translate(list(answers), beam)
        score, copied = bleu(found, right).score, bleu(list(answers), right).score
        more = {"chrF": chrf(found, right).score, "chrF, copied": chrf(list(answers), right).score}
        return Score("BLEU", score, copied, "the text itself, copied", more, len(right))

    def examples(self, data):
        """Pairs of texts."""
        what = "pairs of texts, such as corpora.read_pairs returns"
        return checked_list(data, ("source", "target"), what)

    def key(self, example):
        """The text, whatever its translation."""
        return example.source

    def learn(self, train, dev):
        """Subwords and vocabularies of both sides."""
        for side, splitter in self.splitters.items():
            texts = [getattr(pair, side) for pair in train]
            splitter.learn(texts)
            sentences = [splitter(text) for text in texts]
            count = sum(map(len, sentences))
            least = 1 if splitter.kind == "subwords" else self.least(count)
            self.vocabularies[side] = Vocabulary.learn(map(ordinary, sentences), least)
        return count

    def sizes(self):
        """Numbers of tokens of both sides."""
        return {f"{side}_vocabulary_size": len(v) for side, v in self.vocabularies.items()}

    def shapes(self):
        """Source and target."""
        return [(None, None), (None, None)]

    def batches(self, examples, batch_size, **options):
        """See `rnn_course.text.translation_batches`."""
        sides = [
            [encode(self.vocabularies[side], split(getattr(pair, side))) for pair in examples]
            for side, split in self.splitters.items()
        ]
        return translation_batches(*sides, batch_size, **options)

    def loss_and_metrics(self):
        """Of every token of the translations."""
        return TokenCrossEntropy(), [Perplexity()]
