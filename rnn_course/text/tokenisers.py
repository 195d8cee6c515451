"""From text to tokens and back: words, sentences, characters, and word pieces learnt from a corpus.

Only `WordPiece` needs tensorflow-text, which has no wheel for Windows; the rest runs everywhere.
"""

import json
import unicodedata
from collections import Counter
from itertools import chain
from pathlib import Path

import regex

NORMAL_FORMS = ("NFC", "NFD", "NFKC", "NFKD")

# Marks a token that stands right behind the one before it. A text's own becomes JOINER_IN_TEXT,
# which is its normal form KC.
JOINER, JOINER_IN_TEXT = "￭", "■"
CONTINUATION = "##"

# Not followed by a sentence's end, in English and German text; capital initials are not either.
ABBREVIATIONS = tuple(
    "Mr Mrs Ms Messrs Dr Prof St Rev Hon Capt Col Gen Lieut Esq Jr Sr vs etc cf No Vol pp "
    "bzw ca Nr Hr Fr Str usw".split()
)

# Ends a sentence whatever follows: what Unicode calls so, except the marks of Latin text.
_OWN_TERMINAL = r"[\p{Sentence_Terminal}--[.!?‼⁇⁈⁉‽．﹒]]"
_WITHOUT_BLANKS = r"[\p{Han}\p{Hiragana}\p{Katakana}]"
_CLOSING = r"\p{Pe}\p{Pf}\"'”"

_WORD_BOUNDARY = regex.compile(r"\b", regex.WORD | regex.VERSION1)


class TokeniserError(ValueError):
    """A tokeniser cannot be learnt, loaded or used; the message says why and what to do."""


def normalise(text, form="NFC"):
    r"""One spelling for each text: the Unicode normal form.

    The same é can be one code point or two, e and an accent. They look alike and are different
    tokens, until a normal form makes them one.

    Args:
        text: a string.
        form: ``"NFC"`` composes; ``"NFD"`` decomposes; ``"NFKC"`` and ``"NFKD"`` also give up
            differences of look, such as that between ﬁ and fi, ² and 2.

    Returns:
        The text in that form.

    Raises:
        TokeniserError: when there is no such form, or the text is not Unicode: it holds half of a
            character, as text does that was cut inside an emoji. All that cuts text refuses that.

    Source:
        Unicode Standard Annex 15, Unicode normalization forms.

    Example:
        >>> len("e\u0301"), len(normalise("e\u0301")), normalise("ﬁ", "NFKC")
        (2, 1, 'fi')
    """
    if form not in NORMAL_FORMS:
        raise TokeniserError(f"form must be one of {', '.join(NORMAL_FORMS)}, got {form!r}")
    half = regex.search(r"\p{Cs}", text)
    if half:
        raise TokeniserError(
            f"text is not Unicode: half of a character, {half[0]!r}, at place {half.start()}, in "
            f"{text[max(half.start() - 20, 0) : half.end() + 20]!r}. It was cut inside an emoji, "
            "perhaps; take the halves out: text.encode('utf-8', 'ignore').decode('utf-8')"
        )
    return unicodedata.normalize(form, text)


def characters(text):
    r"""What a reader counts as one character each: grapheme clusters of the text in NFC.

    In Latin script that is one code point each, Vietnamese included; an emoji or a Devanagari
    syllable may be several.

    Args:
        text: a string.

    Returns:
        A list of strings that joined are the text in NFC.

    Source:
        Unicode Standard Annex 29, Unicode text segmentation.

    Example:
        >>> characters("Vie\u0323\u0302t")
        ['V', 'i', 'ệ', 't']
    """
    return regex.findall(r"\X", normalise(text))


def words(text, mark_joins=False):
    """Words, numbers, punctuation marks: a token each, in the text's NFC.

    They lie between the word boundaries of the Unicode standard, for any script that puts spaces
    between words: an apostrophe between letters, a point or comma between digits are inside a word;
    hyphens, quotes and all other marks are tokens of their own.

    Args:
        text: a string.
        mark_joins: whether a token that follows the one before it without a space starts with
            `JOINER`. Then nothing but the kind of spaces is lost: see `join`.

    Returns:
        A list of tokens, none of them with white space inside; empty for a text without any.

    Source:
        Unicode Standard Annex 29, Unicode text segmentation.

    Example:
        >>> words("Mr. Bennet's £1,000 don't matter.")
        ['Mr', '.', "Bennet's", '£', '1,000', "don't", 'matter', '.']
        >>> words("Deep-Learning-Vorlesungen", mark_joins=True)
        ['Deep', '￭-', '￭Learning', '￭-', '￭Vorlesungen']
    """
    tokens = []
    for chunk in normalise(text).split():
        first, *joined = filter(None, _WORD_BOUNDARY.split(chunk))
        if mark_joins:
            first, *joined = (token.replace(JOINER, JOINER_IN_TEXT) for token in (first, *joined))
            joined = [JOINER + token for token in joined]
        tokens += [first, *joined]
    return tokens


def join(tokens):
    """Text from tokens: the inverse of `words` with joins marked, and of `WordPiece`.

    Args:
        tokens: a list of tokens; those that start with `JOINER` or `CONTINUATION` are put right
            behind the one before, all others after a space.

    Returns:
        The text, each run of white space in the original now one space.

    Example:
        >>> join(["Deep", "￭-", "￭Lear", "##ning", "is", "fun", "￭."])
        'Deep-Learning is fun.'
    """
    text = "".join(" " + token for token in tokens)
    return text.replace(" " + CONTINUATION, "").replace(" " + JOINER, "").strip()


def sentences(text, abbreviations=ABBREVIATIONS):
    r"""Cut running text, such as a novel, into sentences, by a simple rule.

    A sentence ends at an empty line; and behind . ! ? or …, with the quotes and brackets that close
    there, if white space and then a capital letter, a digit or a letter of a script without
    capitals follow, quotes and brackets aside. It does not end behind an abbreviation, an initial
    or a number of one or two digits (am 3. Mai). Hence it is wrong where such a word does end one,
    and on abbreviations it is not told.

    It also ends behind the marks that other scripts have for that alone, those that Unicode calls
    Sentence_Terminal: 。！？ of Chinese and Japanese, । of Hindi, ؟ and ۔ of Arabic and Urdu, ։ of
    Armenian, ። of Amharic and so on, whether white space follows or not; in Greek behind the
    question mark ; as well. Thai and Lao have no such mark: there it ends at empty lines, and at
    what marks of other scripts the text has.

    Args:
        text: a string.
        abbreviations: words, without their point, behind which no sentence ends.

    Returns:
        A list of sentences, none of them empty, each run of white space now one space.

    Example:
        >>> sentences('"Stop!" cried Mr. Bennet. "I know it." And so on.\n\nChapter 2')
        ['"Stop!" cried Mr. Bennet.', '"I know it."', 'And so on.', 'Chapter 2']
    """
    opening, closing = r"[\"'“„‘‚«»(\[¿¡_]*", r"[\"'”“’‘»«)\]_]*"
    exceptions = "|".join([*map(regex.escape, abbreviations), r"[\p{Lu}\p{Lo}]", r"\d{1,2}"])
    first = rf"(?={opening}[\p{{Lu}}\p{{Lo}}\p{{Nd}}])"
    end = rf"(?<=[.!?…]{closing})(?<!\b(?:{exceptions})\.)\s+{first}"
    ends = [end]
    if regex.search(_OWN_TERMINAL, text, regex.VERSION1):  # to look for them takes its time
        continued = rf"[\s{_CLOSING}、，,：؛،]|{_OWN_TERMINAL}|\p{{Nd}}|$"
        # と after a closing bracket is Japanese for …, he said.
        ends.append(rf"(?<={_OWN_TERMINAL}[{_CLOSING}]*)\s*(?!{continued})(?!(?<=[」』])と)")
    if regex.search(r"\p{Greek}", text):
        ends.append(rf"(?<=\p{{Greek}}[;\u037e]{closing})\s+(?={opening}\p{{Greek}})")
    if regex.search(_WITHOUT_BLANKS, text):
        ends.append(rf"(?<={_WITHOUT_BLANKS}[!?])(?={_WITHOUT_BLANKS})")
    pieces = regex.split(rf"(?V1)\s*\n\s*\n\s*|{'|'.join(ends)}", text)
    return [" ".join(piece.split()) for piece in pieces if piece.strip()]


class WordPiece:
    r"""Subwords: frequent words are one token, rare ones several, down to single characters.

    A text is cut into `words` with their joins marked, in NFC, and each word from the left into the
    longest pieces there are: *Vorlesungen* perhaps into ``Vor ##lesung ##en``. A word with a
    character that is in no piece stays whole, and so is unknown to a vocabulary of the pieces.

    Args:
        pieces: the pieces, those for the inside and the end of a word starting with
            `CONTINUATION`; a file's or those of `WordPiece.learn`.

    Raises:
        TokeniserError: when there are none, one is not a string or there twice, or tensorflow-text
            is missing, as on Windows.

    Source:
        Schuster & Nakajima (2012), Japanese and Korean voice search; Wu et al. (2016), Google's
        neural machine translation system, section 4.1; Song et al. (2021), Fast WordPiece
        tokenization.

    Example:
        >>> wordpiece = WordPiece(["read", "book", "##s", "##ing", "￭."])
        >>> wordpiece.tokenise(["reading books."])
        [['read', '##ing', 'book', '##s', '￭.']]
        >>> wordpiece.detokenise([["read", "##ing", "book", "##s", "￭."]])
        ['reading books.']
    """

    def __init__(self, pieces):
        self.pieces = tuple(pieces)
        if not self.pieces:
            raise TokeniserError("pieces must hold at least one")
        for piece, count in Counter(self.pieces).items():
            if not isinstance(piece, str) or piece in ("", _UNKNOWN) or count > 1:
                raise TokeniserError(
                    f"pieces must be distinct strings, not empty nor {_UNKNOWN!r}: "
                    f"got {piece!r} {count} time(s)"
                )
        self._tokenizer = _tensorflow_text().FastWordpieceTokenizer(
            [*self.pieces, _UNKNOWN],
            suffix_indicator=CONTINUATION,
            max_bytes_per_word=1000,
            unknown_token=_UNKNOWN,
            no_pretokenization=True,
        )

    @classmethod
    def learn(cls, texts, vocabulary_size):
        """Learn the pieces from a corpus: from its training part only.

        Args:
            texts: a list of strings.
            vocabulary_size: how many pieces at most. Up to five per cent fewer are learnt, and
                more than that where a corpus is small. All its characters are among them, twice: at
                the start of a word and inside.

        Returns:
            A `WordPiece`.

        Raises:
            TokeniserError: when there is no text, one holds a zero byte or is not Unicode, fewer
                pieces are asked for than characters need, or tensorflow-text is missing.
        """
        counts = Counter(chain.from_iterable(_marked(texts)))
        zero = next((token for token in counts if "\0" in token), None)
        if zero is not None:
            raise TokeniserError(f"texts hold a zero byte, in {zero!r}: remove it")
        if not counts:
            raise TokeniserError("texts hold no word: check what was read from the corpus")
        alphabet = {character for token in counts for character in token}
        if vocabulary_size < 2 * len(alphabet):
            raise TokeniserError(
                f"vocabulary_size must be at least {2 * len(alphabet)} for the {len(alphabet)} "
                f"characters of these texts, got {vocabulary_size}"
            )
        return cls(_learn_pieces(counts, vocabulary_size, len(alphabet)))

    def tokenise(self, texts):
        """Cut texts into pieces.

        Args:
            texts: a list of strings.

        Returns:
            A list of lists of tokens, empty for a text without words.

        Raises:
            TokeniserError: when texts is a single string.
        """
        marked = _marked(texts)
        distinct = list(dict.fromkeys(chain.from_iterable(marked)))
        if not distinct:
            return [[] for _ in marked]
        found = self._tokenizer.tokenize(distinct).to_list()
        pieces = {
            word: [word] if ids == [len(self.pieces)] else [self.pieces[id] for id in ids]
            for word, ids in zip(distinct, found, strict=True)
        }
        return [[piece for word in words for piece in pieces[word]] for words in marked]

    def detokenise(self, tokens):
        """The texts of lists of tokens, each run of white space now one space; see `join`.

        Args:
            tokens: a list of lists of tokens.

        Returns:
            A list of strings.
        """
        return [join(sequence) for sequence in tokens]

    def save(self, path):
        """Write the pieces to a JSON file."""
        content = json.dumps({"pieces": self.pieces}, ensure_ascii=False, indent=1)
        Path(path).write_text(content, encoding="utf-8")

    @classmethod
    def load(cls, path):
        """Read what `save` wrote.

        Raises:
            TokeniserError: when the file is not such a file, or tensorflow-text is missing.
        """
        try:
            pieces = json.loads(Path(path).read_text(encoding="utf-8"))["pieces"]
            if not isinstance(pieces, list):
                raise TypeError("pieces must be a list")
        except (ValueError, KeyError, TypeError) as error:
            raise TokeniserError(
                f'{path} is not a file of pieces, a JSON object {{"pieces": […]}} ({error}): '
                "save it again with WordPiece.save"
            ) from error
        return cls(pieces)


_UNKNOWN = "[UNK]"  # the last id of the tokenizer; brackets are words of their own


def _marked(texts):
    if isinstance(texts, str):
        raise TokeniserError("texts must be a list of strings, got one: for one text [text]")
    return [words(text, mark_joins=True) for text in texts]


def _learn_pieces(counts, vocabulary_size, alphabet_size):
    """The pieces that occur so often that there are at most as many as asked for.

    tensorflow-text's learner takes the least count of a piece, and finds the one for a size by
    bisecting all counts up to the highest. The number of pieces falls about as a power of that
    count, so aiming at it takes a third of the rounds. (Its `bert_vocab_from_dataset` cuts words at
    every mark, the joiner as well, and so would forget where there was a space.)
    """
    _tensorflow_text()
    from tensorflow_text.tools.wordpiece_vocab import wordpiece_tokenizer_learner_lib as learner

    def learn(threshold):
        return learner.learn(
            counts,
            vocab_size=vocabulary_size,
            reserved_tokens=[],
            upper_thresh=threshold,
            lower_thresh=threshold,
            max_unique_chars=alphabet_size,
            joiner=CONTINUATION,
        )

    frequencies = sorted(counts.values(), reverse=True)
    threshold = frequencies[min(vocabulary_size, len(frequencies)) - 1]
    too_low, too_high = 1, sum(len(word) * count for word, count in counts.items())
    pieces = None
    while too_high - too_low > 1:
        threshold = min(max(threshold, too_low + 1), too_high - 1)
        found = learn(threshold)
        if len(found) > vocabulary_size:
            too_low = threshold
        else:
            too_high, pieces = threshold, found
            if len(found) >= 0.95 * vocabulary_size:
                break
        threshold = round(threshold * (len(found) / (0.975 * vocabulary_size)) ** 1.7)
    return pieces or learn(too_high)


def _tensorflow_text():
    """Imported when it is first needed: it brings TensorFlow, which costs seconds and memory."""
    try:
        import tensorflow_text
    except ImportError as error:
        raise TokeniserError(
            f"WordPiece needs tensorflow-text, which cannot be imported ({error}). There is none "
            "for Windows: there use words or characters, which run without it, or WSL or Colab. "
            "Elsewhere `rnn-course doctor` says what to install."
        ) from error
    return tensorflow_text
