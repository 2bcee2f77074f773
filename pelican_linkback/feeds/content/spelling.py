"""Compares two pieces of HTML apart from their spelling. Pure.

One is what a parser wrote, the other its input: if only the spelling differs, the input can stay as
it is.
"""

from __future__ import annotations

import re
from html import unescape

from pelican_linkback.text.elements import VOID
from pelican_linkback.text.regex import regex

__all__ = ["differ_only_in_spelling"]

_SPACE = r"[ \t\n\r\f]"
_ATTRIBUTE = rf"""{_SPACE}++[a-z_][a-z0-9_.:-]*+(?:=(?:"[^"<>]*+"|'[^'<>]*+'|[a-z0-9_.%:#-]++))?+"""
# What may follow a "<".
_TAG = regex(
    rf"(?P<end>/?)(?P<name>[a-z][a-z0-9]*+)(?P<attributes>(?:{_ATTRIBUTE})*+){_SPACE}*+(?P<slash>/?+)>",
    re.IGNORECASE,
)
_PART = regex(
    rf"""(?<!{_SPACE}){_SPACE}++([^=\s]++)(?:=(?:"([^"]*+)"|'([^']*+)'|([^\s"']++)))?+""",
    re.IGNORECASE,
)


def differ_only_in_spelling(written: str, html: str) -> bool:
    """Return whether a parser reads ``html`` like ``written``, which it has written.

    These may differ: case and quotation marks, references for characters, the slash of a tag that
    has no end tag, and the first newline of ``<pre>``.
    """
    if written == html:
        return True
    pieces, others = written.split("<"), html.split("<")
    if len(pieces) != len(others) or unescape(pieces[0]) != unescape(others[0]):
        return False
    return all(map(_say_the_same, pieces[1:], others[1:]))


def _say_the_same(one: str, other: str) -> bool:
    if one == other:
        return True
    said = _read(one)
    return said is not None and said == _read(other)


def _read(piece: str) -> tuple[object, ...] | None:
    """Return the content of a tag and the text after it; None for a malformed tag."""
    tag = _TAG.match(piece)
    if tag is None or (tag["slash"] and tag["name"].lower() not in VOID):
        return None
    text = piece[tag.end() :]
    if tag["name"].lower() == "pre" and not tag["end"]:
        text = text.removeprefix("\n")
    attributes = [
        (name.lower(), unescape(double or single or bare))
        for name, double, single, bare in _PART.findall(tag["attributes"])
    ]
    return tag["end"], tag["name"].lower(), attributes, unescape(text)
