"""How raw text becomes tokens, and tokens text again: a choice that suits the language."""

import functools

from rnn_course.pipelines.archive import PipelineError
from rnn_course.text.tokenisers import CONTINUATION, WordPiece, characters, join, normalise, words
from rnn_course.tokens import SPECIAL_TOKENS, UNKNOWN

SPLITS = ("words", "characters", "subwords", "given")


class Splitter:
    """Splits text into tokens, in one of four ways.

    Args:
        kind: ``"words"``, for scripts with spaces between words (`rnn_course.text.words`);
            ``"characters"``, for those without, such as Chinese and Thai; ``"subwords"``, learned
            by `learn`, so that no word is unknown; ``"given"``, where spaces separate the tokens
            already.
        lower: whether tokens are in lower case.
        joins: whether tokens of kind ``"words"`` remember where no space was, for `join`;
            subwords always do.
        size: how many subwords are learned at most.
        pieces: the subwords, where they are learned already.

    Raises:
        PipelineError: when there is no such kind.

    Example:
        >>> Splitter("words", lower=True)("Mr. Bennet's daughters")
        ['mr', '.', "bennet's", 'daughters']
        >>> Splitter("characters")("今天天气好")
        ['今', '天', '天', '气', '好']
        >>> Splitter("subwords", pieces=["read", "##ing"])("reading")
        ['read', '##ing']
    """

    def __init__(self, kind="words", lower=False, joins=False, size=4000, pieces=None):
        if kind not in SPLITS:
            raise PipelineError(f"split must be one of {', '.join(SPLITS)}, got {kind!r}")
        self.kind, self.lower, self.joins, self.size = kind, lower, joins, size
        self.pieces = None if pieces is None else list(pieces)

    def learn(self, texts):
        """Learn the subwords, if that is the kind, from texts of the training part.

        Raises:
            rnn_course.text.TokeniserError: when tensorflow-text is missing, as on Windows, or the
                texts hold no word. What has been learned is used without it.
        """
        if self.kind != "subwords":
            return
        texts = [self._cased(normalise(text)) for text in texts]
        alphabet = {character for text in texts for word in text.split() for character in word}
        # The marks of a join are in addition to the text's own characters.
        size = max(self.size, 2 * (len(alphabet) + 2))
        self.pieces = list(WordPiece.learn(texts, size).pieces)
        vars(self).pop("_cut", None)

    def __call__(self, text):
        """The tokens of a text; those of a list of tokens are that list.

        Raises:
            PipelineError: when it is neither.
        """
        if not isinstance(text, str):
            return [self._cased(token) for token in _checked(text)]
        text = self._cased(text)
        if self.kind == "characters":
            return characters(text)
        if self.kind == "given":
            return normalise(text).split()
        tokens = words(text, mark_joins=self.joins or self.kind == "subwords")
        if self.kind == "words":
            return tokens
        return [piece for token in tokens for piece in self._cut(token)]

    def join(self, tokens):
        """The text of tokens: the inverse of a call, each run of white space now one space."""
        if self.kind == "characters":
            return "".join(tokens)
        return " ".join(tokens) if self.kind == "given" else join(tokens)

    def get_config(self):
        """The arguments, with what has been learned."""
        return {name: getattr(self, name) for name in ("kind", "lower", "joins", "size", "pieces")}

    def _cased(self, text):
        return text.lower() if self.lower else text

    # What `WordPiece.tokenise` does, without tensorflow-text: a model learned elsewhere is used on
    # Windows and where there is no TensorFlow.
    @functools.cached_property
    def _cut(self):
        pieces = frozenset(self.pieces)
        longest = max(map(len, pieces))

        @functools.lru_cache(maxsize=100_000)
        def cut(word):
            found, start, before = [], 0, ""
            while start < len(word):
                for end in range(min(len(word), start + longest), start, -1):
                    if before + word[start:end] in pieces:
                        break
                else:
                    return (word,)
                found.append(before + word[start:end])
                start, before = end, CONTINUATION
            return tuple(found)

        return cut


def _checked(tokens):
    tokens = list(tokens)
    for token in tokens:
        if not isinstance(token, str) or not token:
            raise PipelineError(
                f"a text must be a string or a list of tokens, which are strings, got {token!r}"
            )
    return tokens


def encode(vocabulary, tokens):
    """Ids of tokens, where those that are none of the vocabulary's ordinary ones are unknown.

    In raw text anything may stand, also what a vocabulary has for itself, such as ``<s>``.
    """
    return [vocabulary.ids[token] if token in vocabulary else UNKNOWN for token in tokens]


def ordinary(tokens):
    """Tokens without those that a vocabulary has for itself, to learn one from."""
    return [token for token in tokens if token not in SPECIAL_TOKENS]


def each(texts):
    """Texts as a list, and whether it was one text."""
    if isinstance(texts, str):
        return [texts], True
    try:
        return list(texts), False
    except TypeError:
        raise PipelineError(f"texts must be a string or a list of them, got {texts!r}") from None
