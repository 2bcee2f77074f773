"""Checks what readers show of a feed: titles, names, summaries, links, enclosures, answers. Pure.

The rules are those of RSS 2.0 (a title and a channel's description are text; the length of an
enclosure is its bytes), of RFC 4287 (names are names, section 3.2.1), and of the W3C validator,
which warns of style sheets in content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from pelican_linkback.feedcheck.document import Enclosed, Part
from pelican_linkback.feedcheck.podcast import Look
from pelican_linkback.feedcheck.values import is_relative, urls_in
from pelican_linkback.feeds.formats.validity import is_uri
from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import is_fetchable

__all__ = ["of_part"]

Rule = tuple[str, str]
"""A code and the arguments of its message."""

_BLOCK = regex(
    r"<(?:/?(?:address|article|aside|blockquote|center|dd|details|div|dl|dt|figure|footer|form"
    r"|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|summary|svg|table|td|th|tr|ul)\b[^<>]*>|!--)",
    re.IGNORECASE,
)
_INLINE = regex(r"</?(?:a|b|br|code|em|i|img|span|strong)\b[^<>]*>", re.IGNORECASE)
_TAG = regex(r"<[^<>]*>")
_SEEN = frozenset({"audio", "embed", "iframe", "img", "math", "object", "svg", "video"})
_EMAIL = regex(r"(?<![\w.+-])[\w.+-]++@[\w-]++\.[\w.-]++")
_UNRESOLVED = regex(
    r"(?:\{|%7B|\|)(?:attach|author|category|filename|index|static|tag)(?:\}|%7D|\|)", re.I
)
_LENGTH = regex(r"[0-9]{1,18}")
_MEDIA_TYPE = regex(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?:\s*;.*)?", re.DOTALL)


def of_part(part: Part, look: Look) -> Iterator[Rule]:
    """Yield what is wrong with the shown parts of a feed's head or an entry; each thing once."""
    files = map(_enclosed, part.enclosures)
    rules = (_shown(part), _content(part), files, _links(part, look), _answers(part))
    yield from dict.fromkeys(filter(None, chain.from_iterable(rules)))


def _shown(part: Part) -> Iterator[Rule]:
    """Yield what is wrong with plain-text values."""
    for title in part.titles:
        if found := _BLOCK.search(title):
            yield "title-markup", found[0]
    for description in part.descriptions:
        if found := _BLOCK.search(description) or _INLINE.search(description):
            yield "description-markup", found[0]
    for name in part.names:
        if found := _EMAIL.search(name):
            yield "name-email", found[0]


def _content(part: Part) -> Iterator[Rule]:
    if any(map(_is_blank, part.summaries)):
        yield "summary-blank", ""
    names = [tag.name for tag in part.tags]
    # In a drawing its style sheet is part of it.
    if "style" in names and "svg" not in names[: names.index("style")]:
        yield "style", ""


def _answers(part: Part) -> Iterator[Rule]:
    """Yield what is wrong with what an entry answers, and with the numbers of its replies."""
    for answered in part.answers:
        if not is_uri(answered):
            yield "answer-wrong", answered
    for count in part.counts:
        if not (count.isascii() and count.isdecimal()):
            yield "count-wrong", count


def _links(part: Part, look: Look) -> Iterator[Rule]:
    for url in _urls(part):
        if _UNRESOLVED.search(url):
            yield "link-unresolved", url
        elif (file := look(url)) is not None and file.size is None:
            yield "file-missing", url


def _urls(part: Part) -> Iterator[str]:
    own = (part.link,) if part.link else ()
    return chain(own, part.urls, chain.from_iterable(map(urls_in, part.tags)))


def _is_blank(html: str) -> bool:
    """Return whether a summary exists, but shows nothing."""
    seen = any(f"<{name}" in html.lower() for name in _SEEN)
    return not seen and not _TAG.sub("", html).replace("&nbsp;", "").strip()


def _enclosed(enclosed: Enclosed) -> Rule | None:
    """Return what is wrong with an enclosure; a relative URL is reported elsewhere."""
    if not is_relative(enclosed.url) and not is_fetchable(enclosed.url):
        return "enclosure-wrong", f"address {enclosed.url}"
    if enclosed.length is not None and not _LENGTH.fullmatch(enclosed.length):
        return "enclosure-wrong", f"length {enclosed.length}"
    if enclosed.type is not None and not _MEDIA_TYPE.fullmatch(enclosed.type):
        return "enclosure-wrong", f"type {enclosed.type}"
    return None
