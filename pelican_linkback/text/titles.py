"""Titles and names, which may contain markup, as plain text. Pure."""

from __future__ import annotations

import re
from html import unescape

from pelican_linkback.text.elements import BLOCKS, KNOWN, VOID
from pelican_linkback.text.regex import regex

__all__ = ["plain_text"]

# Elements for programs, or drawings: their content is not text.
_DROPPED = frozenset({"script", "style", "svg"})
_MATHML = frozenset(
    {
        *("annotation", "math", "mfrac", "mi", "mn", "mo", "mover", "mroot", "mrow", "ms"),
        *("mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext"),
        *("mtr", "munder", "munderover", "semantics"),
    }
)
_MARKUP = (
    KNOWN
    | _DROPPED
    | _MATHML
    | {
        *("blink", "button", "canvas", "iframe", "label", "marquee", "noscript", "object"),
        *("option", "output", "select", "textarea"),
    }
)

# Attributes have values, with few exceptions: `<b and c>` is a comparison.
_TAG = regex(
    r"<(?:(?P<end>/)?(?P<name>[a-z][a-z0-9]{0,20}(?:-[a-z0-9-]{1,30})?+)"
    r"""(?:\s++(?:[\w:-]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'|[^\s"'<>=]++)|(?:hidden|inert|open)\b))*+"""
    r"\s*+/?+>|!--)",
    re.IGNORECASE,
)


def plain_text(title: str) -> str:
    """Return a title, which may contain HTML markup and character references, as plain text.

    Markup has an end tag and a name that HTML knows: ``vector<int>`` and ``a<b and c>d`` stay as
    they are (P16). Blocks separate words.
    """
    if "<" in title:
        title = _without_markup(title)
    if "&" in title:
        title = unescape(title)
    return " ".join(title.split())


def _without_markup(title: str) -> str:
    cuts = sorted(_cuts(title))
    pieces, position = [], 0
    for start, end, instead in cuts:
        if start >= position:
            pieces += [title[position:start], instead]
        position = max(position, end)
    return "".join([*pieces, title[position:]])


def _cuts(title: str) -> list[tuple[int, int, str]]:
    """Return what is to be replaced in a title: start, end, and replacement."""
    cuts, position = [], 0
    open_tags: dict[str, list[re.Match[str]]] = {}
    last_comment = title.rfind("-->")
    while tag := _TAG.search(title, position):
        position = tag.end()
        name = (tag["name"] or "").lower()
        if not name:
            if tag.start() < last_comment:
                position = title.index("-->", tag.start() + 2) + 3
                cuts.append((tag.start(), position, ""))
        elif name in VOID:
            cuts.append((*tag.span(), _between(name)))
        elif not tag["end"] and (name in _MARKUP or "-" in name):
            open_tags.setdefault(name, []).append(tag)
        elif opened := open_tags.get(name):
            cuts += _pair(name, opened.pop(), tag)
    return cuts


def _pair(name: str, start: re.Match[str], end: re.Match[str]) -> list[tuple[int, int, str]]:
    if name in _DROPPED:
        return [(start.start(), end.end(), "")]
    return [(*each.span(), _between(name)) for each in (start, end)]


def _between(name: str) -> str:
    return " " if name in BLOCKS or name == "br" else ""
