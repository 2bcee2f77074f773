"""Text that strangers wrote, made fit to be kept and shown as plain text. Pure.

Nothing here escapes markup: a template does, and it does it once.
"""

from __future__ import annotations

import unicodedata

from pelican_linkback.text.regex import regex

__all__ = ["excerpt", "is_visible", "one_line", "shortened", "tidied"]

ELLIPSIS = "…"

_SURROGATES = regex("[\ud800-\udfff]")
# Control characters but for line ends; marks that turn the direction of what follows, also beyond
# this text; noncharacters.
_REMOVED = regex(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
# Letters and signs that show nothing: fillers of Hangul, Braille without a dot.
_BLANK_LETTERS = regex("[\u115f\u1160\u2800\u3164\uffa0]")
_LINE_ENDS = regex("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_BLANK_LINES = regex(r"\n{3,}")
_MARKS_IN_A_ROW = 8
"""Of marks on one letter, no script needs more; a hundred would cover the lines above."""

# What is shown as a part of the character before it: joiners and variation selectors, skin tones,
# the tags of flags.
_PARTS = regex("[\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_JOINER = "\u200d"
_FLAG_LETTER = regex("[\U0001f1e6-\U0001f1ff]")
_LONGEST_CHARACTER = 40
"""Code points that are not divided; what looks like a longer character is an attack."""


def tidied(text: str) -> str:
    """Return a text without what would hurt where it is shown; its lines stay lines.

    No control characters, no marks of direction, no half surrogates; runs of blanks are one blank,
    of blank lines one blank line.
    """
    text = _REMOVED.sub("", _SURROGATES.sub("\ufffd", _LINE_ENDS.sub("\n", text)))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return _few_marks(_BLANK_LINES.sub("\n\n", "\n".join(lines)).strip())


def one_line(text: str) -> str:
    """Return a text as ``tidied`` does, on one line."""
    return " ".join(tidied(text).split())


def _few_marks(text: str) -> str:
    if text.isascii():
        return text
    kept, row = [], 0
    for character in text:
        row = row + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if row <= _MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)


def is_visible(text: str) -> bool:
    """Return whether a reader sees anything of a text."""
    seen = _BLANK_LETTERS.sub("", text)
    return any(unicodedata.category(character)[0] in "LNPS" for character in seen)


def shortened(text: str, limit: int) -> str:
    """Return a text with at most ``limit`` characters, the last an ellipsis if it was longer.

    A character that is made of several, such as a family of joined emoji, is not divided.
    """
    if len(text) <= limit:
        return text
    return text[: _boundary(text, limit - 1)].rstrip() + ELLIPSIS


def excerpt(text: str, position: int, length: int) -> str:
    """Return about ``length`` characters around a ``position`` in a text: whole words, one line."""
    start = max(0, min(position - length // 2, len(text) - length))
    end = start + length
    before, after = text[:start], text[end:]
    chosen = text[_boundary(text, start) : _boundary(text, end)]
    if before and not before[-1].isspace():
        chosen = chosen.partition(" ")[2] or chosen
    if after and not after[0].isspace():
        chosen = chosen.rpartition(" ")[0] or chosen
    words = " ".join(chosen.split())
    return (ELLIPSIS if before else "") + words + (ELLIPSIS if after else "")


def _boundary(text: str, position: int) -> int:
    """Return the last place at or before ``position`` where no character is divided."""
    least = max(0, position - _LONGEST_CHARACTER)
    place = position
    while least < place < len(text) and _is_within(text, place):
        place -= 1
    return place if place > least else position


def _is_within(text: str, place: int) -> bool:
    following, before = text[place], text[:place][-_LONGEST_CHARACTER:]
    if before.endswith(_JOINER) or _PARTS.match(following):
        return True
    # Flags are pairs of letters.
    is_flag = bool(_FLAG_LETTER.match(following)) and len(_flag_letters(before)) % 2 == 1
    return is_flag or unicodedata.category(following)[0] == "M"


def _flag_letters(before: str) -> str:
    """Return the letters of flags at the end of a text."""
    others = [place for place, each in enumerate(before) if not _FLAG_LETTER.match(each)]
    return before[others[-1] + 1 :] if others else before
