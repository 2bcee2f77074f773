"""Extraction of marks and links: metadata and HTML of an article -> URLs.

Which of these are targets (not the site's own, not excluded, not ``nofollow``) is decided by the
caller; this module returns all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.text import markup, urls
from pelican_linkback.text.printable import printable
from pelican_linkback.text.regex import regex

__all__ = ["Hyperlink", "Marks", "links", "read_marks"]

ALL = "all"
NONE = "none"

_URL_BEGINS = regex(r"https?://")
_ANOTHER_URL = regex(r"[\s,]https?://")
_BETWEEN = regex(r"[\r\n]|\s;|;(?=\s|https?://|(?:all|none)\s*(?:;|\Z)|\Z)", re.IGNORECASE)
"""The separators of values. Another ``;`` is part of a URL (RFC 3986, section 3.3): ``/a;b=1``."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The values of an article's ``Pingback:`` metadata.

    ``urls`` are as written, in order and without duplicates. ``all`` asks for every link of the
    article, and ``none`` for none, whatever else is there. ``problems`` has a sentence for each
    value that cannot be used: the value and what is wrong with it.
    """

    urls: tuple[str, ...] = ()
    all: bool = False
    none: bool = False
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hyperlink:
    """A link of an article: ``href`` as written (unescaped), ``url`` resolved on its page.

    ``rels`` are its rel tokens in lower case; ``in_code`` says whether it is in a code listing.
    """

    href: str
    url: str
    rels: tuple[str, ...]
    in_code: bool


def read_marks(value: object) -> Marks:
    """Read the ``Pingback:`` metadata: URLs separated by ``;`` or lines, or ``all``, or ``none``.

    A string, or a list of them (Markdown gives one for repeated or continued lines). Never raises:
    values that cannot be used are in ``problems``.
    """
    parts = value if isinstance(value, list | tuple) else [value]
    others = (part for part in parts if not isinstance(part, str | None))
    problems = [NOT_TEXT.format(printable(part)) for part in others]
    found: list[str] = []
    keywords: set[str] = set()
    for word in _words(part for part in parts if isinstance(part, str)):
        if word.lower() in {ALL, NONE}:
            keywords.add(word.lower())
        elif problem := _problem(word):
            problems.append(problem)
        else:
            found.append(word)
    if NONE in keywords and (ALL in keywords or found):
        problems.append(NONE_IS_NOT_ALONE)
    return Marks(tuple(found), ALL in keywords, NONE in keywords, tuple(problems))


NOT_TEXT = '"{}": it is not text; write URLs, "all" or "none"'
NONE_IS_NOT_ALONE = '"none" is combined with other values, so nothing is sent; remove it or them'


def _words(texts: Iterable[str]) -> list[str]:
    """Return the values in ``texts``, in order and without duplicates."""
    pieces = chain.from_iterable(map(_BETWEEN.split, texts))
    return [
        word for word in dict.fromkeys(piece.strip().strip(";").strip() for piece in pieces) if word
    ]


def links(html: str, base: str) -> tuple[Hyperlink, ...]:
    """Return the hyperlinks of an article's HTML to http and https URLs, in document order.

    ``base`` is the article's own URL. An ``<a>`` without href, or whose href cannot be fetched
    (``mailto:``, a URL that ``urls.check`` refuses), is skipped.
    """
    page = markup.read(html)
    return tuple(
        Hyperlink(link.href, url, link.rels, link.in_code)
        for link in page.links
        if link.name == "a" and link.href is not None
        if (url := _fetchable(page, base, link.href))
    )


def _problem(word: str) -> str | None:
    """Return why a value is no URL that can be used, in a sentence."""
    if (first := _URL_BEGINS.search(word)) and _ANOTHER_URL.search(word, first.end()):
        return f'"{printable(word)}": these are several; put ";" between URLs'
    try:
        urls.check(word)
    except InvalidURL as error:
        remedy = "" if "://" in word else '; write a URL, "all" or "none"'
        return f'"{printable(word)}": {error.reason}{remedy}'
    return None


def _fetchable(page: markup.Page, base: str, href: str) -> str | None:
    try:
        return urls.check(page.resolve(base, href))
    except InvalidURL:
        return None
