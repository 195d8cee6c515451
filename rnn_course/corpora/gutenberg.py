r"""Plain texts of Project Gutenberg without what stands around the book.

Around a book stand a header, which says what it is and who made the file, and a licence several
hundred lines long: a model that reads them learns to write licences. Between them and the book is a
line of asterisks, `*** START OF THE PROJECT GUTENBERG EBOOK …`, and one with `END` behind it. The
etexts of the nineties, whose licence stands in front, have `*END*THE SMALL PRINT! …` there instead,
and behind the book `End of Project Gutenberg's …` or nothing.
"""

import re

from rnn_course.corpora.base import CorpusError


def _marker(word: str) -> re.Pattern:
    """A line of asterisks, which a long title may continue on the next."""
    line = rf"^[ \t]*\*\*\*[ \t]*{word} OF\b[^\n]*\bPROJECT GUTENBERG\b"
    return re.compile(rf"{line}(?:[^\n]*\*\*\*|[^\n*]*\n[^\n*]+\*\*\*|[^\n]*)[ \t]*$", re.M | re.I)


_START, _END = _marker("START"), _marker("END")
_SMALL_PRINT = re.compile(r"^[ \t]*\*END[ \t]*\*?[ \t]*THE SMALL PRINT[^\n]*$", re.M | re.I)
_LAST_WORDS = re.compile(
    r"^[ \t]*\**[ \t]*(?:End of|Ende|Fin de)\b[^\n]{0,40}\bProje[ck]t Gutenberg\b[^\n]*$",
    re.M | re.I,
)


def without_licence(text: str) -> str:
    r"""Cut Project Gutenberg's header and licence from a plain text.

    Args:
        text: of one file, as `read_text` gives it. What the makers of the file wrote at the book's
            beginning, such as `Produced by …`, belongs to no header and stays.

    Returns:
        The book alone, with a line end behind its last line.

    Raises:
        CorpusError: if no line says where the book begins or ends, several do, or nothing stands
            between them.

    Example:
        >>> text = "The Project Gutenberg EBook of Emma\n\n"
        >>> text += "*** START OF THIS PROJECT GUTENBERG EBOOK EMMA ***\n\nEmma Woodhouse,\n"
        >>> text += "handsome, clever, and rich\n\n*** END OF THIS PROJECT GUTENBERG EBOOK EMMA ***"
        >>> print(without_licence(text + "\n\nlicence"), end="")
        Emma Woodhouse,
        handsome, clever, and rich
    """
    text = text.replace("\r\n", "\n")
    starts, ends = ([*pattern.finditer(text)] for pattern in (_START, _END))
    for found, name in ((starts, "START"), (ends, "END")):
        if len(found) > 1:
            numbers = ", ".join(str(_line(text, match.start())) for match in found)
            raise CorpusError(
                f"the text has {len(found)} lines '*** {name} OF ... PROJECT GUTENBERG ...' "
                f"(lines {numbers}): are these several books? Cut each by itself"
            )
    old = not starts
    if old:
        before = ends[0].start() if ends else len(text)
        starts = [*_SMALL_PRINT.finditer(text, 0, before)][-1:]
    if not starts:
        raise CorpusError(
            "the text has no line '*** START OF ... PROJECT GUTENBERG ...' and no end of 'THE "
            "SMALL PRINT' before the book: is it a plain text from Project Gutenberg, and whole? "
            "If its header is cut already, take it as it is"
        )
    begin = starts[0].end()
    end = ends[0].start() if ends else None
    if end is None:
        last_words = _LAST_WORDS.search(text, begin)
        if last_words is None and not old:
            raise CorpusError(
                f"the text begins in line {_line(text, begin)} and has no line '*** END OF ... "
                "PROJECT GUTENBERG ...': it is cut off, get it again"
            )
        end = last_words.start() if last_words else len(text)
    if end < begin:
        raise CorpusError(
            f"the text ends in line {_line(text, end)}, before it begins in line "
            f"{_line(text, begin)}: get it again"
        )
    book = text[begin:end].strip()
    *rest, last = book.rsplit("\n", 1)
    if _LAST_WORDS.fullmatch(last):
        book = "".join(rest).strip()
    if not book:
        raise CorpusError(
            f"the text has no book between the lines {_line(text, begin)} and {_line(text, end)}"
        )
    return book + "\n"


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1
