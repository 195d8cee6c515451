"""Schemes of tags that mark entities, and how each becomes IOB2."""

import re

# How a tag says that an entity begins, goes on, ends, or is one word long; IOB has no such ends.
LETTERS = {"iob2": "BI", "iob1": "BI", "bilou": "BILU", "bioes": "BIES"}
SCHEMES = (*LETTERS, "bare")


class SchemeError(ValueError):
    """A tag does not fit its scheme; the message says what was found and what was expected."""


def to_iob2(tags: list[str], scheme: str, repair: bool) -> list[str]:
    """The tags of one sentence in IOB2.

    Args:
        tags: the tags of a sentence.
        scheme: one of `SCHEMES`, as `readers.read_columns` documents them.
        repair: whether a tag that fits no entity before it begins one, instead of being refused.

    Returns:
        As many tags: `O`, `B-TYPE` and `I-TYPE`.

    Raises:
        SchemeError: when a tag is not one of the scheme; its second argument is the tag's place.

    Example:
        >>> to_iob2(["U-LOC", "O", "B-PER", "I-PER", "L-PER"], "bilou", repair=False)
        ['B-LOC', 'O', 'B-PER', 'I-PER', 'I-PER']
        >>> to_iob2(["PER", "PER", "O", "LOC"], "bare", repair=False)
        ['B-PER', 'I-PER', 'O', 'B-LOC']
    """
    if scheme == "bare":
        return [
            tag if tag == "O" else f"{'I' if place and tags[place - 1] == tag else 'B'}-{tag}"
            for place, tag in enumerate(tags)
        ]
    begins, inside, *ends = LETTERS[scheme]
    converted = []
    opened = None  # the type of the entity that may go on
    for place, tag in enumerate(tags):
        match = re.fullmatch(rf"O|([{LETTERS[scheme]}])-(.+)", tag)
        if not match:
            raise SchemeError(f"tag {tag!r}; expected {_expected(tag, scheme)}", place)
        letter, kind = match[1], match[2]
        goes_on = letter in (inside, *ends[:1])
        if ends and not repair and opened is not None and not (goes_on and kind == opened):
            expected = f"{inside}-{opened} or {ends[0]}-{opened}; repair=True takes such tags"
            raise SchemeError(f"tag {tag!r} leaves {opened} open; expected {expected}", place)
        if goes_on and kind != opened and scheme != "iob1" and not repair:
            expected = f"{begins}-{kind}; repair=True changes such tags"
            if scheme == "iob2":
                expected += ', scheme="iob1" reads the older IOB1, in which they are right'
            raise SchemeError(f"tag {tag!r} continues no {kind}; expected {expected}", place)
        converted.append(
            "O" if tag == "O" else f"{'I' if goes_on and kind == opened else 'B'}-{kind}"
        )
        opened = kind if letter in (begins, inside) else None
    if ends and not repair and opened is not None:
        expected = f"{ends[0]}-{opened}; repair=True takes such tags"
        raise SchemeError(
            f"tag {tags[-1]!r} leaves {opened} open at the sentence's end; expected {expected}",
            len(tags) - 1,
        )
    return converted


def _expected(tag: str, scheme: str) -> str:
    """What the tags of a scheme are, and which scheme this tag may be of."""
    letters = ", ".join(f"{letter}-TYPE" for letter in LETTERS[scheme][:-1])
    own = f"O, {letters} or {LETTERS[scheme][-1]}-TYPE"
    for other in ("bilou", "bioes"):
        if re.fullmatch(rf"[{LETTERS[other]}]-.+", tag):
            return f'{own}; scheme="{other}" reads such tags and makes IOB2 of them'
    return (
        f'{own}; scheme=None takes any tags, scheme="bare" takes the type alone for each word of '
        "an entity and makes IOB2 of it"
    )
