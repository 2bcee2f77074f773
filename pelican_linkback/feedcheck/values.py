"""Reads dates, and finds what a tag refers to or runs. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from pelican_linkback.feeds.content.srcset import candidates
from pelican_linkback.text.markup import Tag
from pelican_linkback.text.regex import regex

__all__ = ["RFC822", "RFC3339", "DateFormat", "is_relative", "read_date", "scripts_in", "urls_in"]

_RFC3339 = regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-]\d\d:\d\d)?", re.A)
_RFC822 = regex(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d\d? "
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?:\d\d){1,2} \d\d:\d\d(?::\d\d)?"
    r"( (?:[+-]\d{4}|UT|Z|GMT|[ECMP][SD]T))?",
    re.A,
)
_STYLE_URL = regex(r"""url\(\s*+["']?+([^"')]*+)""", re.IGNORECASE)
_HANDLER = regex(r"on[a-z]+")
_JAVASCRIPT = regex(r"\s*javascript:", re.IGNORECASE)
_URL_ATTRIBUTES = frozenset({"action", "cite", "data", "href", "poster", "src"})


class DateFormat(NamedTuple):
    """A specification of dates: its name, its syntax (group 1 is the zone), and its reader."""

    name: str
    syntax: re.Pattern[str]
    read: Callable[[str], dt.datetime]


RFC3339 = DateFormat("RFC 3339", _RFC3339, dt.datetime.fromisoformat)
RFC822 = DateFormat("RFC 822", _RFC822, parsedate_to_datetime)


def is_relative(url: str) -> bool:
    """Return whether ``url`` depends on the page that it is on (RFC 3986, section 4.2)."""
    return re.match(r"\s*[A-Za-z][A-Za-z0-9+.-]*:", url) is None


def read_date(form: DateFormat, text: str) -> dt.datetime | None:
    """Return the date that ``text`` says in this form, naive where it names no zone.

    None for what is no such date.
    """
    found = form.syntax.fullmatch(text)
    try:
        date = form.read(text) if found else None
    except ValueError:  # such as 30 February
        return None
    # The zone -0000 is UTC, but read as none.
    return date.replace(tzinfo=dt.UTC) if found and date and found[1] and not date.tzinfo else date


def urls_in(tag: Tag) -> Iterator[str]:
    """Yield the URLs that a reader would fetch or open for a tag."""
    for name, value in tag.attributes:
        if name == "srcset":
            yield from (url for url, _ in candidates(value))
        elif name == "style":
            yield from filter(_is_no_fragment, _STYLE_URL.findall(value))
        elif name in _URL_ATTRIBUTES and (tag.name in {"a", "area"} or _is_no_fragment(value)):
            yield value


def _is_no_fragment(url: str) -> bool:
    """Return whether it is a URL, and not a part of the same drawing (``<use href="#mast">``)."""
    return not url.startswith("#")


def scripts_in(tag: Tag) -> Iterator[str]:
    """Yield the code that a tag would run: a script, an event handler, a javascript: URL."""
    if tag.name == "script":
        yield "<script>"
    for name, value in tag.attributes:
        if _HANDLER.fullmatch(name):
            yield name
        elif name in _URL_ATTRIBUTES and _JAVASCRIPT.match(value):
            yield "javascript:"
