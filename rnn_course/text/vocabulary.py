"""`Vocabulary`: the tokens of a corpus and their ids."""

import json
from collections import Counter
from itertools import chain
from pathlib import Path

from rnn_course.tokens import SPECIAL_TOKENS, UNKNOWN


class VocabularyError(ValueError):
    """A vocabulary or its file cannot be used; the message says why and what to do."""


class Vocabulary:
    """Tokens and their ids: padding 0, unknown 1, begin 2, end 3, then the tokens given.

    Args:
        tokens: the ordinary tokens in the order of their ids, distinct; a file's or those of
            `Vocabulary.learn`.

    Raises:
        VocabularyError: when a token is no string, not Unicode, empty, special or there twice.

    Example:
        >>> vocabulary = Vocabulary.learn([["to", "be", "or", "not", "to", "be"]])
        >>> vocabulary.encode(["to", "be", "seen"])
        [5, 4, 1]
        >>> vocabulary.decode([5, 4, 1])
        ['to', 'be', '[UNK]']
    """

    def __init__(self, tokens):
        tokens = list(tokens)
        _check_tokens(tokens)
        if len(set(tokens)) < len(tokens):
            repeated = next(token for token, count in Counter(tokens).items() if count > 1)
            raise VocabularyError(f"tokens must be distinct, got {repeated!r} more than once")
        self.tokens = (*SPECIAL_TOKENS, *map(str, tokens))
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        self.ordinary = frozenset(tokens)

    @classmethod
    def learn(cls, sentences, minimum_count=1):
        """The vocabulary of a corpus, frequent tokens first.

        Args:
            sentences: an iterable of token sequences; a string is a sequence of characters.
            minimum_count: rarer tokens are left out, and so become unknown.

        Returns:
            A `Vocabulary`.

        Raises:
            VocabularyError: when nothing is left, or the corpus holds a special token.
        """
        if isinstance(sentences, str):
            raise VocabularyError("sentences must be a list of sequences: for characters [text]")
        counts = Counter(chain.from_iterable(sentences))
        _check_tokens(counts)
        kept = sorted(token for token, count in counts.items() if count >= minimum_count)
        kept.sort(key=counts.__getitem__, reverse=True)  # stable: equally frequent ones by name
        if not kept:
            raise VocabularyError(
                f"no token occurs {minimum_count} time(s) in the {sum(counts.values())} tokens "
                "given: lower minimum_count or check the corpus"
            )
        return cls(kept)

    def __len__(self):
        return len(self.tokens)

    def __contains__(self, token):
        return token in self.ordinary

    def encode(self, tokens):
        """The ids of a sequence of tokens, `rnn_course.tokens.UNKNOWN` for those it lacks.

        Raises:
            VocabularyError: when a token is no string, or empty or special, and so would be taken
                for padding or a boundary.
        """
        return self.encode_all([tokens])[0]

    def encode_all(self, sentences):
        """The ids of many sequences of tokens: a list of lists; see `encode`."""
        sentences = [list(sentence) for sentence in sentences]
        _check_tokens(list(chain.from_iterable(sentences)))
        return [[self.ids.get(token, UNKNOWN) for token in tokens] for tokens in sentences]

    def decode(self, ids):
        """The tokens of a sequence of ids; unknown is ``[UNK]``.

        Raises:
            VocabularyError: when an id is not one of this vocabulary.
        """
        for i in ids:
            if not 0 <= i < len(self):
                raise VocabularyError(f"ids must be from 0 to {len(self) - 1}, got {i}")
        return [self.tokens[i] for i in ids]

    def save(self, path):
        """Write the tokens to a JSON file."""
        content = {"tokens": self.tokens[len(SPECIAL_TOKENS) :]}
        Path(path).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, path):
        """Read what `save` wrote.

        Raises:
            VocabularyError: when the file is not such a file.
        """
        try:
            tokens = json.loads(Path(path).read_text(encoding="utf-8"))["tokens"]
            if not isinstance(tokens, list):
                raise TypeError("tokens must be a list")
            return cls(tokens)
        except (ValueError, KeyError, TypeError) as error:
            raise VocabularyError(
                f'{path} is not a vocabulary, a JSON object {{"tokens": […]}} ({error}): '
                "save it again with Vocabulary.save"
            ) from error


def _check_tokens(tokens):
    if not all(issubclass(kind, str) for kind in set(map(type, tokens))):
        other = next(token for token in tokens if not isinstance(token, str))
        raise VocabularyError(f"tokens must be strings, got {other!r}")
    try:
        "".join(tokens).encode()
    except UnicodeEncodeError:
        broken = next(token for token in tokens if any("\ud800" <= c <= "\udfff" for c in token))
        raise VocabularyError(
            f"the token {broken!r} is not Unicode: it holds half of a character, as text does that "
            "was cut inside an emoji. Take the halves out: "
            "text.encode('utf-8', 'ignore').decode('utf-8')"
        ) from None
    found = set(SPECIAL_TOKENS).intersection(tokens)
    if found:
        raise VocabularyError(
            f"tokens must not be empty nor special {SPECIAL_TOKENS}, got {sorted(found)[0]!r}: "
            "remove or rename it in the text"
        )


def character_ids(vocabulary, sentences, max_length=None):
    """The ids of the characters of each word.

    Args:
        vocabulary: a `Vocabulary` of characters; ``Vocabulary.learn(words)`` learns one.
        sentences: a list of lists of words.
        max_length: of longer words only the first characters are kept; all by default. One web
            address of a hundred characters pads each word of its batch to as many.

    Returns:
        A list of id lists, one for each word, for each sentence.

    Raises:
        ValueError: when ``max_length`` is not positive.

    Example:
        >>> characters = Vocabulary.learn(["the", "cat"])
        >>> character_ids(characters, [["the", "cat"], ["eat"]])
        [[[4, 8, 7], [6, 5, 4]], [[7, 5, 4]]]
    """
    if max_length is not None and max_length < 1:
        raise ValueError(f"max_length must be at least 1, got {max_length}")
    words = sorted(set(chain.from_iterable(sentences)))
    ids = dict(zip(words, vocabulary.encode_all([w[:max_length] for w in words]), strict=True))
    return [[ids[word] for word in sentence] for sentence in sentences]
