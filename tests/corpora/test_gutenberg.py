"""Texts of Project Gutenberg: the book is what is between header and licence, or nothing is cut."""

import pytest

from rnn_course.corpora import CorpusError, without_licence

BOOK = "Produced by A. Reader\n\n\nCHAPTER I\n\n  It rained. ***\n\n* * *\n\nTHE END\n"
HEADER = "The Project Gutenberg EBook of Rain, by A. Writer\n\nTitle: Rain\n\n"
LICENCE = "\n\n*** START: FULL LICENSE ***\n\nTHE FULL PROJECT GUTENBERG LICENSE\n"
SMALL_PRINT = (
    "**The Project Gutenberg Etext of Rain**\n\n***START**THE SMALL PRINT!**FOR PUBLIC DOMAIN "
    "ETEXTS**START***\nWhy is this here? You know: lawyers.\n"
)

STARTS = [
    "*** START OF THE PROJECT GUTENBERG EBOOK RAIN ***",
    "*** START OF THIS PROJECT GUTENBERG EBOOK RAIN ***",
    "***START OF THE PROJECT GUTENBERG EBOOK RAIN***",
    "*** START OF THE PROJECT GUTENBERG EBOOK 1234 ***",
    "*** START OF THE COPYRIGHTED PROJECT GUTENBERG EBOOK RAIN ***",
    "*** Start of the Project Gutenberg eBook, Rain ***   ",
    "*** START OF THE PROJECT GUTENBERG EBOOK RAIN, AND HOW IT FELL\nON ALL OF US ALIKE ***",
    "*** START OF THE PROJECT GUTENBERG EBOOK RAIN",
]
ENDS = [
    "*** END OF THE PROJECT GUTENBERG EBOOK RAIN ***",
    "*** END OF THIS PROJECT GUTENBERG EBOOK RAIN ***",
    "***END OF THE PROJECT GUTENBERG EBOOK RAIN***",
    "*** END OF THE PROJECT GUTENBERG EBOOK RAIN, AND HOW IT FELL\nON ALL OF US ALIKE ***",
    "End of the Project Gutenberg EBook of Rain, by A. Writer\n\n"
    "*** END OF THIS PROJECT GUTENBERG EBOOK RAIN ***",
    "End of Project Gutenberg's Rain, by A. Writer",
    "End of The Project Gutenberg Etext of Rain",
    "Ende dieses Projekt Gutenberg Etextes Regen",
]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("end", ENDS)
def test_the_book_between_the_two_lines(start, end):
    text = f"{HEADER}{start}\n\n\n{BOOK}\n\n\n{end}{LICENCE}"
    assert without_licence(text) == BOOK
    assert without_licence(text.replace("\n", "\r\n")) == BOOK


@pytest.mark.parametrize(
    "line",
    [
        "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*",
        "*END THE SMALL PRINT! FOR PUBLIC DOMAIN EBOOKS*Ver.02/11/02*END*",
    ],
)
@pytest.mark.parametrize("end", ["", "End of Project Gutenberg's Etext of Rain\n", f"{ENDS[0]}\n"])
def test_an_old_etext_has_its_licence_in_front(line, end):
    assert without_licence(f"{SMALL_PRINT}{line}\n\n{BOOK}\n\n{end}") == BOOK


def test_small_print_behind_the_book_begins_none():
    text = f"{HEADER}{STARTS[0]}\n{BOOK}{ENDS[0]}\n*END*THE SMALL PRINT! FOR ETEXTS*END*\nlicence\n"
    assert without_licence(text) == BOOK


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOOK, r"no line '\*\*\* START OF .*is it a plain text from Project Gutenberg, and whole"),
        ("", "take it as it is"),
        (f"{BOOK}{ENDS[0]}\nlicence", r"no line '\*\*\* START OF "),
        (f"{HEADER}{STARTS[0]}\n{BOOK}", r"begins in line 5 and has no line .*: it is cut off"),
        (f"{STARTS[0]}\n{BOOK}{ENDS[0]}\n" * 2, r"2 lines '\*\*\* START OF .* \(lines 1, 13\)"),
        (f"{ENDS[0]}\n{BOOK}{STARTS[0]}\n", "ends in line 1, before it begins in line 12"),
        (f"{STARTS[0]}\n\n{ENDS[4]}\n", "no book between the lines 1 and 5"),
    ],
)
def test_where_no_book_can_be_told(text, message):
    with pytest.raises(CorpusError, match=message):
        without_licence(text)
