"""How good translations are: BLEU and chrF, with sacrebleu, and the error rate of their alignments.

Each states its equation.
"""

from typing import NamedTuple

import numpy as np
import regex
import sacrebleu


class TranslationScore(NamedTuple):
    """A score of translations.

    Args:
        score: 0 to 100; 100 where every translation is one of its references (BLEU is 0, though,
            where no translation has four tokens).
        signature: how it was computed: scores with different ones cannot be compared.
    """

    score: float
    signature: str


# Scripts that put no spaces between words: most of their characters are words, or as good as that.
_WITHOUT_SPACES = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
)


def bleu(translations, references, tokenize=None):
    r"""BLEU of a corpus: the n-grams that translations share with references.

    .. math::

        \mathrm{BLEU} = 100 \cdot \min\big(1, e^{1 - r / c}\big)
            \cdot \Big(\prod_{n=1}^{4} p_n\Big)^{1/4}

    where :math:`p_n` is the share of the translations' n-grams that are in a reference too, counted
    over the whole corpus, :math:`c` the number of the translations' tokens and :math:`r` that of
    the references of nearest length.

    Args:
        translations: a list of strings, as one would write them: sacrebleu tokenises them itself.
        references: a list of strings, or of lists of them where a sentence has several right
            translations.
        tokenize: sacrebleu's tokeniser; ``"none"`` where tokens are separated by spaces. By default
            ``"13a"``; where most letters of the references are of a script without spaces between
            words ``"zh"``, which cuts Chinese into characters, or ``"char"``, which cuts any text
            into them. The signature says which.

    Returns:
        `TranslationScore`.

    Raises:
        ValueError: when there is no translation, they are not as many as their references, one has
            none, or there is no such tokeniser.

    Example:
        >>> score, signature = bleu(["The cat sat on the mat."], ["The cat sits on the mat."])
        >>> round(score, 1), signature.split("|")[:4]
        (48.9, ['nrefs:1', 'case:mixed', 'eff:no', 'tok:13a'])

    Source:
        Papineni et al. (2002), "BLEU: a method for automatic evaluation of machine translation";
        Post (2018), "A call for clarity in reporting BLEU scores", for the signature.
    """
    if tokenize not in (None, *sacrebleu.BLEU.TOKENIZERS):
        known = ", ".join(map(repr, sacrebleu.BLEU.TOKENIZERS))
        raise ValueError(f"tokenize must be one of {known}, got {tokenize!r}")
    if tokenize is None and not isinstance(references, str):
        references = list(references)
        tokenize = _tokeniser("".join("".join(texts) for texts in references))
    # With "none" its warning of tokenised text would be a false alarm.
    metric = sacrebleu.BLEU(tokenize=tokenize, force=tokenize == "none")
    return _translation_score(metric, translations, references)


def _tokeniser(text):
    """The name of the tokeniser for a text: by the script of most of its letters."""
    alone = _WITHOUT_SPACES.findall(text)
    if 2 * len(alone) <= sum(map(str.isalpha, text)):
        return "13a"
    chinese = not regex.search(r"[\p{Hiragana}\p{Katakana}]", text)
    return "zh" if chinese and regex.search(r"\p{Han}", text) else "char"


def chrf(translations, references):
    r"""chrF of a corpus: the character n-grams that translations share with references.

    .. math:: \mathrm{chrF} = 100 \cdot \frac{(1 + 2^2)\, P R}{2^2 P + R}

    where P and R are precision and recall of n-grams of 1 to 6 characters, spaces left out,
    averaged over n. A wrong ending costs little here, and a whole word in `bleu`.

    Args:
        translations: a list of strings.
        references: a list of strings, or of lists of them.

    Returns:
        `TranslationScore`.

    Raises:
        ValueError: as `bleu`.

    Example:
        >>> round(chrf(["The cat sat on the mat."], ["The cat sits on the mat."]).score, 1)
        66.9

    Source:
        Popović (2015), "chrF: character n-gram F-score for automatic MT evaluation".
    """
    return _translation_score(sacrebleu.CHRF(), translations, references)


def _translation_score(metric, translations, references):
    for name, value in (("translations", translations), ("references", references)):
        if isinstance(value, str):
            raise ValueError(f"{name} must be a list of strings, got one: for one text [text]")
    translations = list(translations)
    references = [[r] if isinstance(r, str) else list(r) for r in references]
    if not translations:
        raise ValueError("a score needs at least one translation, got none")
    if len(translations) != len(references):
        raise ValueError(
            f"translations and references must be of the same sentences, "
            f"got {len(translations)} and {len(references)}"
        )
    if [] in references:
        raise ValueError(f"sentence {references.index([])} has no reference")
    # sacrebleu has them the other way round: all first references, all second ones, …
    most = max(map(len, references))
    columns = [[r[i] if i < len(r) else None for r in references] for i in range(most)]
    score = metric.corpus_score(translations, columns).score
    return TranslationScore(score, str(metric.get_signature()))


def best_links(weights):
    """For each target word the source word with the largest attention weight.

    Args:
        weights: ``(target timesteps, source timesteps)``; a row of zeros links nothing.

    Returns:
        A set of pairs of positions, source first, as in the corpus ``translation``.

    Example:
        >>> sorted(best_links([[0.9, 0.1, 0.0], [0.2, 0.3, 0.5]]))
        [(0, 0), (2, 1)]
    """
    return {(int(np.argmax(row)), j) for j, row in enumerate(weights) if np.any(row)}


def alignment_error_rate(sure, predicted, possible=None):
    r"""How wrong the links between words and their translations are, over all sentences.

    .. math:: \mathrm{AER} = 1 - \frac{|A \cap S| + |A \cap P|}{|A| + |S|}

    where A are the predicted links, S the sure ones and P, which hold S, the possible ones.
    Without possible ones it is :math:`1 - F_1`.

    Args:
        sure: for each sentence pair the links that must be found, pairs of positions.
        predicted: the same of those predicted.
        possible: the same of those that may be found; by default the sure ones, which always
            count among them.

    Returns:
        0 (all right) to 1.

    Raises:
        ValueError: when the lists are not of the same sentences, or there is no link.

    Example:
        >>> sure = [[(0, 0), (1, 2), (2, 1)]]
        >>> round(alignment_error_rate(sure, [[(0, 0), (1, 1), (2, 1)]]), 3)
        0.333

    Source:
        Och & Ney (2003), "A systematic comparison of various statistical alignment models".
    """
    columns = {"sure": sure, "predicted": predicted}
    columns["possible"] = sure if possible is None else possible
    links = {name: [set(map(tuple, row)) for row in rows] for name, rows in columns.items()}
    for name, rows in links.items():
        if len(rows) != len(links["sure"]):
            raise ValueError(
                f"sure and {name} must be of the same sentences, "
                f"got {len(links['sure'])} and {len(rows)}"
            )
    found = total = 0
    for s, a, p in zip(*links.values(), strict=True):
        found += len(a & s) + len(a & (p | s))
        total += len(a) + len(s)
    if not total:
        raise ValueError("alignment_error_rate needs at least one link, got none")
    return 1 - found / total
