"""Whether two pieces of HTML differ in their spelling alone. Pure.

Of one that a parser wrote and of what it was made of: then the first can stay as it is.
"""

from __future__ import annotations

import re
from html import unescape

from pelican_linkback.feeds.content.elements import VOID

__all__ = ["differ_only_in_spelling"]

_SPACE = r"[ \t\n\r\f]"
_ATTRIBUTE = rf"""{_SPACE}++[a-z_][a-z0-9_.:-]*+(?:=(?:"[^"<>]*+"|'[^'<>]*+'|[a-z0-9_.%:#-]++))?+"""
# What stands behind a "<".
_TAG = re.compile(
    rf"(?P<end>/?)(?P<name>[a-z][a-z0-9]*+)(?P<attributes>(?:{_ATTRIBUTE})*+){_SPACE}*+(?P<slash>/?+)>",
    re.IGNORECASE,
)
_PART = re.compile(
    rf"""(?<!{_SPACE}){_SPACE}++([^=\s]++)(?:=(?:"([^"]*+)"|'([^']*+)'|([^\s"']++)))?+""",
    re.IGNORECASE,
)


def differ_only_in_spelling(written: str, html: str) -> bool:
    """Tell whether a parser reads the same in ``html`` as in ``written``, which it has written.

    What may differ: case and quotation marks, references for characters, the slash of a tag that
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
    """Return what a tag and the text behind it say; None for a tag that is not well-formed."""
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
