"""Checks values against their specifications, and finds the URLs of a tag. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from pelican_linkback.feeds.content.srcset import candidates
from pelican_linkback.text.markup import Tag
from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import is_fetchable

__all__ = [
    "RFC822",
    "RFC3339",
    "DateFormat",
    "is_relative",
    "is_uri",
    "read_date",
    "scripts_in",
    "urls_in",
]

# RFC 3986; only an IPv6 address has brackets.
_CHARACTER = r"[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2}"
_URI = regex(
    r"([A-Za-z][A-Za-z0-9+.-]*):(?://(?:[^/?#\[\]@]*@)?\[[0-9A-Fa-f:.]+\])?"
    rf"(?:{_CHARACTER})*(?:\?(?:{_CHARACTER}|\?)*)?(?:#(?:{_CHARACTER}|\?)*)?"
)
# RFC 4151; the authority is a domain name with a dot, or an e-mail address.
_TAG = regex(
    r"tag:(?:[\w.+-]+@)?[a-z0-9-]+(?:\.[a-z0-9-]+)+,\d{4}(?:-\d\d(?:-\d\d)?)?:.*", re.I | re.A
)
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


def is_uri(text: str) -> bool:
    """Return whether ``text`` is a URI (RFC 3986) that satisfies its scheme (tag, http, https)."""
    found = _URI.fullmatch(text)
    scheme = found[1].lower() if found else None
    if scheme == "tag":
        return _TAG.fullmatch(text) is not None
    if scheme in {"http", "https"}:
        return is_fetchable(text)
    return found is not None


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
