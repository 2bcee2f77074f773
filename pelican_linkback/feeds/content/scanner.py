"""Recognises HTML that needs no parser. Pure.

Two regular expressions describe articles as Markdown makes most of them: one of tags, and one of
the nesting of elements. They describe valid HTML only: all other is parsed. What they accept is
what a parser would write, and has nothing to be cleaned: elements that are closed in order,
attributes once each, nothing of ``page_only``.
"""

from __future__ import annotations

import enum
import functools
import itertools
import re
from collections.abc import Callable

from pelican_linkback.feeds.content.page_only import MARKS
from pelican_linkback.text.regex import regex

__all__ = ["Order", "scan"]

_TEXT = r"[^<]*+"
_SPACE = r"[ \t\n]"

_ABSOLUTE = r'https?://[^\x00-\x20"<>]*+'
_RELATIVE = r"(?!//)[a-z0-9._~/?-][a-z0-9._~/?\#=%+,;-]*+"
# The most frequent ones come first, here and below.
_PLAIN = (
    r"id|alt|title|rel|lang|width|height|abbr|align|border|colspan|datetime|decoding|dir"
    r"|headers|loading|reversed|role|rowspan|scope|start|target|type|value"
)
_MOST_ATTRIBUTES = 6

# Elements that contain text and no blocks.
_INLINE = (
    r"[abiqsu]|em|code|strong|span|kbd|del|sup|sub|small|abbr|bdi|cite|dfn|ins|mark|samp|time|var"
)
_PARAGRAPHS = r"p|h[1-6]|pre|figcaption|summary"

# Elements that contain blocks, and the parts of a table, which contain only one another.
_FLOW = r"article|aside|blockquote|dd|div|dl|dt|figure|footer|header|li|main|nav|ol|section|ul"
_CELLS = r"td|th"
_PARTS = r"table|tbody|thead|tr"
_WITHIN = {
    "li": {"ol", "ul"},
    "dd": {"dl"},
    "dt": {"dl"},
    "tbody": {"table"},
    "thead": {"table"},
    "tr": {"tbody", "thead"},
    "td": {"tr"},
    "th": {"tr"},
}
_HOLD_PARTS = frozenset({"table", "tbody", "thead", "tr"})
_MOST_LEVELS = 50

_MARKS = "|".join(sorted(map(re.escape, MARKS)))
_CONTAINER = regex(rf"<(/?(?:{_FLOW}|{_CELLS}|{_PARTS}))(?=[ \t\n>])")


class Order(enum.Enum):
    """The result of a scan: what is valid in a piece of HTML."""

    IN_ORDER = enum.auto()
    BUT_FOR_URLS = enum.auto()
    """Some of its URLs are relative; the rest is valid."""

    UNKNOWN = enum.auto()


def scan(html: str) -> Order:
    """Return whether HTML is as a parser would write it, with nothing to be cleaned."""
    found = Order.IN_ORDER
    if _strange_tag(_ABSOLUTE).search(html):
        found = Order.BUT_FOR_URLS
        if _strange_tag(f"{_ABSOLUTE}|{_RELATIVE}").search(html):
            return Order.UNKNOWN
    return found if _stands_in_order(html) else Order.UNKNOWN


def _stands_in_order(html: str) -> bool:
    found = _article().fullmatch(html)
    return found is not None and (found["container"] is None or _closes_in_order(html))


def _closes_in_order(html: str) -> bool:
    """Return whether the elements that contain blocks are closed in order, and allowed there."""
    within = ""
    around: list[str] = []
    for name in _CONTAINER.findall(html):
        if name[0] == "/":
            if name[1:] != within:
                return False
            within = around.pop()
            continue
        places = _WITHIN.get(name)
        if within in _HOLD_PARTS if places is None else within not in places:
            return False
        around.append(within)
        within = name
    return not within and len(around) < _MOST_LEVELS


@functools.cache
def _strange_tag(url: str) -> re.Pattern[str]:
    """Return a pattern of tags with unusual attributes: repeated, not in quotes, or a mark.

    A class of ``MARKS`` may say that its element is for the page only. Compiled on first use, as
    most of Pelican's commands do not need it.
    """
    value = (
        rf'class="(?!(?:[^"]*\s)?(?:{_MARKS})["\s])[^"<>]*+"'
        rf'|href="(?:{url}|(?:mailto|tel):[^\x00-\x20"<>]*+)"'
        rf'|src="(?:{url}|data:image/[^\x00-\x20"<>]*+)"'
        r'|style="(?![^"]*(?:behavior|binding|data|script))[a-z0-9\x20:;.,\#%-]*+"'
        rf'|(?:{_PLAIN})="[^"<>]*+"'
    )
    again = rf'(?:{_SPACE}++[a-z]++="[^"<>]*+"){{0,{_MOST_ATTRIBUTES - 2}}}?{_SPACE}++(?P=name)='
    attribute = rf"{_SPACE}++(?=(?P<name>[a-z]++)=)(?:{value})(?:(?=>)|(?!{again}))"
    attributes = rf"(?:{attribute}){{0,{_MOST_ATTRIBUTES}}}+"
    return re.compile(rf"<[a-z][a-z0-9]*+(?={_SPACE})(?!{attributes}{_SPACE}*+/?+>)")


@functools.cache
def _article() -> re.Pattern[str]:
    """Return a pattern of the elements of an article.

    If its group ``container`` matched, the nesting of these elements has to be checked.
    """
    numbers = itertools.count()

    def element(names: str, contents: Callable[[str], str]) -> str:
        this = f"e{next(numbers)}"
        # A group is entered only where it matches: of one that was left half-way, in a part that
        # does not backtrack, Python keeps the start of this attempt and the end of another.
        name = rf"(?=(?:{names})[ \t\n>])(?P<{this}>[a-z0-9]++)"
        return rf"<{name}(?:{_SPACE}[^<>]*+(?<!/))?+>{contents(this)}</(?P={this})>"

    void = rf"<(?:br|img|wbr)(?:{_SPACE}[^<>]*+|/?+)>"

    def inline(_: str = "") -> str:
        return rf"{_TEXT}(?:(?:{element(_INLINE, leaves)}|{void}){_TEXT})*+"

    def leaves(outer: str) -> str:
        # No element inside one of its own name: a link in a link is invalid.
        leaf = element(rf"(?!(?P={outer})[ \t\n>])(?:{_INLINE})", lambda _: _TEXT)
        return rf"{_TEXT}(?:(?:{leaf}|{void}){_TEXT})*+"

    def items(_: str) -> str:
        return rf"{_SPACE}*+(?:{element('li', inline)}{_SPACE}*+)*+"

    start = rf"(?:{_SPACE}[^<>]*+(?<!/))?+>"
    flow = rf"<(?:/(?:{_FLOW}|table)>|(?:{_FLOW}|{_CELLS}){start}){_TEXT}"
    parts = rf"<(?:/(?:tbody|thead|tr|{_CELLS})>|(?:{_PARTS}){start}){_SPACE}*+"
    next_part = rf"(?=</?(?:{_PARTS}|{_CELLS})[ \t\n>])"
    return re.compile(
        rf"{_TEXT}(?:(?:{element(_PARAGRAPHS, inline)}|{element('[ou]l', items)}"
        rf"|{element(_INLINE, leaves)}|{void}|<hr(?:{_SPACE}[^<>]*+|/?+)>){_TEXT}"
        rf"|(?P<container>{flow}|{parts}{next_part}))*+"
    )
