"""The links of a source to one of our pages, as its media type has links. Pure.

A link (Webmention, section 3.2.2) is an element of HTML that refers to the page, a value in JSON
that is its URL, or a URL in a plain text. In a comment or a script of HTML the URL is no link.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.protocol.response import Headers, charset, is_html, media_type
from pelican_linkback.protocol.verification import says_gone
from pelican_linkback.receiving.memory.targets import Targets
from pelican_linkback.receiving.reading.xhtml import as_html
from pelican_linkback.text import markup, urls
from pelican_linkback.text.encodings import decode
from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import page_key

__all__ = ["LINKS", "LOOKED_AT", "Document", "TargetPage", "links_of", "references_of"]

# The attributes by which elements refer to other documents: hyperlinks, what is embedded, what is
# quoted. Not where a form is sent to, nor whom a browser calls for a click (``ping``).
LINKS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("a", "area", "image"), ("href", "xlink:href")),
    **dict.fromkeys(("audio", "embed", "iframe", "img", "input", "source", "track"), ("src",)),
    **dict.fromkeys(("blockquote", "del", "ins", "q"), ("cite",)),
    "link": ("href",),
    "object": ("data",),
    "video": ("src", "poster"),
}

_HAVE_SRCSET = frozenset({"img", "source"})

LOOKED_AT = 10_000
"""Of a page, at most so many references are looked at that may be to a page of ours."""

_ELSEWHERE = regex(r"[^:/\\]*+:|\s*+[/\\]\s*+[/\\]")
"""How a reference starts that may name another host than that of the page."""

_URL = regex(r"""https?://[^\s<>"'`|\\^{}[\]]++""", re.IGNORECASE)
_AFTER_A_URL = ".,:;!?)]*_~"
"""What stands behind a URL in a text, and is seldom a part of it."""
_PUNCTUATION = regex("[–—‘’‚“”„…«»‹›、。〈〉《》「」『』【】（），：；！？]")
"""What ends a URL, also with words directly behind it: an address has it escaped."""


class TargetPage(NamedTuple):
    """The page of ours that a sender named: by the URL ``target``, which is ``article``."""

    target: str
    article: str
    targets: Targets

    def find(self, url: str) -> tuple[str, str] | None:
        """Return the id of the page of ours that ``url`` means, and the fragment."""
        if found := self.targets.find(url):
            return found.target.id, found.fragment
        return (self.article, "") if page_key(url) == page_key(self.target) else None

    def is_meant_by(self, url: str) -> bool:
        """Return whether ``url`` means this page, or a part of it."""
        found = self.find(url)
        return found is not None and found[0] == self.article


class Document(NamedTuple):
    """A source as it was read: its references to the page, as they are written, and its title.

    ``is_gone``: it says of itself that it is gone, as 410 would (Webmention, section 3.2.4).
    ``base`` is the URL against which references are resolved; ``html`` is empty for other types.
    """

    links: frozenset[str] = frozenset()
    is_gone: bool = False
    title: str = ""
    html: str = ""
    base: str = ""


def links_of(body: bytes, headers: Headers, url: str, target_page: TargetPage) -> Document:
    """Return the links to a page of ours in a document that was read from ``url``."""
    kind = media_type(headers)
    if is_html(headers):
        html = decode(body, charset(headers))
        return _of_html(
            as_html(html) if kind == "application/xhtml+xml" else html, url, target_page
        )
    if kind == "application/json" or kind.endswith("+json"):
        found = _values(body)
    elif kind.startswith("text/"):
        found = _urls(decode(body, charset(headers)))
    else:
        return Document()
    return Document(frozenset(_meaning(found, url, target_page)))


def _of_html(html: str, url: str, target_page: TargetPage) -> Document:
    page: _Page = markup.parse(html, _Page())
    base = markup.Page((), page.base).resolve(url, "") if page.base else url
    found: Iterable[str] = page.references
    if not target_page.targets.may_have(base):
        found = (each for each in found if _ELSEWHERE.match(each))
    links = frozenset(_meaning(found, base, target_page))
    return Document(links, page.is_gone, "".join(page.title), html, base)


def _meaning(references: Iterable[str], base: str, target_page: TargetPage) -> Iterator[str]:
    near = (each for each in references if target_page.targets.may_have(each))
    for reference in islice(near, LOOKED_AT):
        with suppress(InvalidURL):
            if target_page.is_meant_by(urls.resolve(base, reference)):
                yield reference


class _Page:
    """A parser target that collects the references of a page. The method names are lxml's."""

    def __init__(self) -> None:
        self.references: dict[str, None] = {}
        self.base: str | None = None
        self.title: list[str] = []
        self.is_in_title = self.is_gone = False
        self.templates = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "template":
            self.templates += 1
        elif self.templates:
            return  # as in ``markup``: its content is not part of the page
        elif name == "title":
            self.is_in_title = not self.title
        elif name == "base" and self.base is None:
            self.base = attributes.get("href")
        elif name == "meta":
            self.is_gone = self.is_gone or says_gone(name, attributes)
        if name in LINKS:
            for reference in references_of(name, attributes):
                self.references[reference] = None

    def end(self, name: str) -> None:
        if name == "template":
            self.templates -= 1
        elif name == "title":
            self.is_in_title = False

    def data(self, text: str) -> None:
        if self.is_in_title:
            self.title.append(text)

    def close(self) -> _Page:
        return self


def references_of(name: str, attributes: Mapping[str, str]) -> Sequence[str]:
    """Return the references of an element to other documents."""
    found = [attributes[each] for each in LINKS[name] if attributes.get(each)]
    if name in _HAVE_SRCSET and (srcset := attributes.get("srcset")):
        found += srcset.replace(",", " ").split()  # descriptors (2x, 480w), too, which lead nowhere
    return found


def _values(body: bytes) -> Iterator[str]:
    """Yield the URLs that are values of a JSON document, however deep."""
    text = body.decode(json.detect_encoding(body), "replace")
    try:
        # Numbers stay texts: of a great one, Python makes none.
        waiting = [json.loads(text, parse_int=str, parse_float=str)]
    except (ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if _URL.match(value):
                yield value
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _urls(text: str) -> Iterator[str]:
    """Yield the URLs in a text, with and without the punctuation behind them."""
    for found in _URL.finditer(text):
        yield found[0]
        yield _PUNCTUATION.split(found[0], maxsplit=1)[0].rstrip(_AFTER_A_URL)
