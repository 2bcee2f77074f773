"""The values of a property of JF2, whatever their shape: one or a list, text or object. Pure.

What is not what it should be counts as missing. Of a list or a text, only so much is looked at as a
mention can need.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.text import urls
from pelican_linkback.text.html_lines import lines_of
from pelican_linkback.text.regex import regex

__all__ = [
    "Jf2Item",
    "first_text",
    "first_url",
    "html_in",
    "plain",
    "strings",
    "values",
]

Jf2Item = Mapping[str, object]

LONGEST_URL = 2000
_IS_WHOLE = regex(r"\s*+https?:", re.IGNORECASE)

_READ_OF_HTML, _READ_OF_TEXT = 200_000, 100_000
_VALUES = 20
"""Of a list, at most so many values are looked at."""


def values(value: object) -> Iterator[object]:
    """Yield the values of a property, which may be one or a list."""
    if isinstance(value, list | tuple):
        yield from islice(value, _VALUES)
    elif value is not None:
        yield value


def strings(value: object) -> Iterator[str]:
    """Yield those values of a property that are texts, or objects with a value or a URL."""
    for each in values(value):
        text = (each.get("value") or each.get("url")) if isinstance(each, Mapping) else each
        if isinstance(text, str):
            yield text


def first_text(value: object) -> str:
    """Return the first text of a property that says something, or an empty one."""
    return next(filter(str.strip, strings(value)), "")


def first_url(value: object, base: str = "") -> str:
    """Return the first http(s) URL of a property, resolved against ``base``; empty without one."""
    for reference in filter(str.strip, strings(value)):
        is_whole = _IS_WHOLE.match(reference)  # "https://" alone is not the page itself
        try:
            url = urls.check(urls.resolve("" if is_whole else base, reference))
        except InvalidURL:
            continue
        if len(url) <= LONGEST_URL:
            scheme, colon, rest = url.partition(":")
            return scheme.lower() + colon + rest  # a line of received.jsonl is held to it
    return ""


def plain(value: object) -> str:
    """Return a content or summary as text: it is one, or has ``text``, ``html`` or ``value``."""
    return next(filter(str.strip, map(_plain_one, values(value))), "")


def _plain_one(value: object) -> str:
    if isinstance(value, str):
        return value[:_READ_OF_TEXT]
    if not isinstance(value, Mapping):
        return ""
    if text := first_text(value.get("text")):
        return text[:_READ_OF_TEXT]
    return lines_of(html).text if (html := html_in(value)) else first_text(value.get("value"))


def html_in(content: Jf2Item) -> str:
    """Return the HTML of a content, as far as it is read; empty if it has none."""
    is_html = "html" in str(content.get("content-type")).lower()
    html = first_text(content.get("html")) or (first_text(content.get("value")) if is_html else "")
    return html[:_READ_OF_HTML]
