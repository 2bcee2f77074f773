"""Prepares an article's HTML for feed readers. Pure.

Most articles are valid as they are, or apart from relative URLs, which a scan finds; only the
others are parsed, cleaned and serialised (``sanitizer``). In doubt an article is parsed.
"""

from __future__ import annotations

import functools
import re
from html import unescape

from pelican_linkback.feeds.content.scanner import Order, scan
from pelican_linkback.text.elements import BLOCKS
from pelican_linkback.text.regex import regex

__all__ = ["fit", "is_blank", "words"]

_PLAIN_BASE = regex(r"https?://[a-z0-9.-]+(?::[0-9]+)?/[a-z0-9._~/?=%+,;-]*", re.I | re.A)
_TAG_WITH_URL = regex(r'<[a-z][a-z0-9]*+[^<>]*?(?:href|src)="[^<>]*+>')
_ATTRIBUTE = regex(r'(?<![a-z])([a-z]++)="([^"<>]*+)"')

_TAG = regex(r"<(/?[a-z0-9]++)[^<>]*+>", re.IGNORECASE)
_NOT_WORDS = regex(r"<(annotation|desc|style|title)\b[^<>]*+>[^<]*+</\1>")

# No word, nor an element that shows something without one. What a reference stands for is seen
# when there is nothing else.
_NOTHING = r"\s\u00ad\u200b-\u200f\u2060\ufeff"
_MAYBE_BLANK = regex(
    rf"(?:[{_NOTHING}]++|&\#?[a-z0-9]++;|<(?!(?:audio|img|math|svg|video)\b)[^<>]*+>)*+",
    re.IGNORECASE,
)
_BLANK = regex(rf"[{_NOTHING}]*+")


def fit(html: str, base: str) -> str:
    """Return an article's HTML prepared for feed readers; idempotent, never raises.

    It is what a browser makes of the article, written so that every parser reads the same. ``base``
    is the article's own URL. Every relative URL is made absolute against it (P16, P24); if it is no
    http(s) URL itself, as in development, URLs stay as written. Scripts, event handlers, forms and
    comments are removed; embedded content becomes a link. HTML that needs none of this is returned
    as it is, the same object.
    """
    order = scan(html)
    if order is Order.IN_ORDER:
        return html
    on_the_web = _PLAIN_BASE.fullmatch(base) is not None
    if order is Order.BUT_FOR_URLS and on_the_web:
        return _with_absolute_urls(html, base)
    # Many builds need no parser.
    from pelican_linkback.feeds.content import sanitizer  # noqa: PLC0415
    from pelican_linkback.feeds.content.spelling import differ_only_in_spelling  # noqa: PLC0415

    cleaned = sanitizer.clean(html, base)
    if cleaned.count("<") != html.count("<"):  # it is another piece, wherever its URLs lead
        return cleaned
    moved = _with_absolute_urls(html, base) if on_the_web else html
    for as_written in (html, moved):
        if differ_only_in_spelling(cleaned, as_written):
            return as_written
    return cleaned


def _with_absolute_urls(html: str, base: str) -> str:
    """Return HTML with absolute URLs in its valid tags; nothing else changes."""
    from pelican_linkback.feeds.content.references import absolute  # noqa: PLC0415 (many need none)

    def mend(attribute: re.Match[str]) -> str:
        if attribute[1] not in {"href", "src"}:
            return attribute[0]
        return f'{attribute[1]}="{absolute(attribute[2], base)}"'

    return _TAG_WITH_URL.sub(lambda tag: _ATTRIBUTE.sub(mend, tag[0]), html)


@functools.lru_cache(maxsize=2048)
def words(html: str) -> str:
    """Return the text of HTML in one line.

    The same article is in the feeds of its category, authors and tags.
    """
    text = _NOT_WORDS.sub("", fit(html, ""))
    return " ".join(unescape(_TAG.sub(_between, text)).split())


def _between(tag: re.Match[str]) -> str:
    """Return the separator of the words before and after a tag."""
    name = tag[1].lstrip("/").lower()
    return " " if name in BLOCKS or name in {"br", "img"} else ""


def is_blank(html: str) -> bool:
    """Return whether prepared HTML shows neither text nor anything else."""
    if not _MAYBE_BLANK.fullmatch(html):
        return False
    return _BLANK.fullmatch(unescape(_TAG.sub("", html))) is not None
