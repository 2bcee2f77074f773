"""Verification of a link: by a standard receiver, and by WordPress.

A receiver parses the page. WordPress cuts it into pieces with regular expressions, and answers a
fault without a message if it does not find the link: ``preflight`` names the cause beforehand.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import unescape
from itertools import chain

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.protocol.response import Headers, charset, is_html
from pelican_linkback.text import markup
from pelican_linkback.text.encodings import decode
from pelican_linkback.text.printable import printable
from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import normalise

__all__ = [
    "Objection",
    "digest",
    "has_words_of",
    "is_tombstone",
    "links_to",
    "preflight",
    "says_gone",
]

READ_BY_WORDPRESS = 150 * 1024
"""The number of bytes of a page that WordPress reads."""

_TITLE = regex(r"<title>[^<]+</title>", re.IGNORECASE)
# What is never closed reaches to the end, which also keeps this to one pass.
_SCRIPT = regex(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_COMMENT = regex(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ANCHOR = regex(r"<a(?=\s)", re.IGNORECASE)
_HREF = regex(r"""\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_END = regex(r"</a\s*>", re.IGNORECASE)
_TAG = regex(r"<[^>]*+(?:>|\Z)")
_STATUS = regex(r"""\bhttp-equiv\s*+=\s*+["']?+\s*+status\b""", re.IGNORECASE)
_GONE = regex(r"\s*+410(?!\d)")
_SLASH = regex(r"/+(?=\?|$)")
_BLOCK = regex(
    r"<(?:article|blockquote|button|caption|d[dtl]|div|figure|h[1-6]|input|li|ol|p|pre|section"
    r"|table|textarea|t[dh]|ul)[\s>/]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Objection:
    """Why WordPress would refuse: a stable code, a sentence about the page, and what to do."""

    code: str
    sentence: str
    remedy: str


def links_to(body: bytes, base: str, target: str, headers: Headers = ()) -> bool:
    """Return whether a page has an ``<a href>`` that is exactly ``target``.

    After unescaping, or after resolving it against ``base``, the page's URL: receivers do both.
    ``headers`` are the response's, for its media type and charset; a page that is not HTML has no
    links.
    """
    return target in _linked(body, base, tuple(headers))


@lru_cache(maxsize=8)
def _linked(body: bytes, base: str, headers: Headers) -> frozenset[str | None]:
    """Return the URLs that a page links to, as written and as resolved.

    Cached for a few pages: one with five hundred targets is asked about each.
    """
    if not is_html(headers):
        return frozenset()
    page = markup.read(decode(body, charset(headers)))
    hrefs = [link.href for link in page.links if link.name == "a" and link.href is not None]
    return frozenset(chain(hrefs, (_means(page, base, href) for href in hrefs)))


def is_tombstone(body: bytes, headers: Headers = ()) -> bool:
    """Return whether a page says that it is gone: 410 by ``<meta http-equiv="Status">``.

    Static hosts can serve this, and receivers respect it (Webmention, section 3.2.4).
    """
    if not is_html(headers):
        return False
    html = decode(body, charset(headers))
    # Most pages do not name a status, and need not be parsed.
    return _STATUS.search(html) is not None and any(
        says_gone(tag.name, dict(tag.attributes)) for tag in markup.tags(html)
    )


def says_gone(name: str, attributes: Mapping[str, str]) -> bool:
    """Return whether an element makes the page a tombstone: see ``is_tombstone``."""
    if name != "meta" or attributes.get("http-equiv", "").strip().lower() != "status":
        return False
    return _GONE.match(attributes.get("content", "")) is not None


def digest(html: str) -> str:
    """Return a digest of a page's words and links, which ignores everything else.

    That includes how characters are escaped, which some hosts change.
    The first half is of the words alone: see ``has_words_of``.
    """
    visible = _SCRIPT.sub("", _COMMENT.sub("", html))
    words = unescape(_TAG.sub(" ", visible)).split()
    return f"{_hash(words)}-{_hash(unescape(href) for href, _ in _anchors(visible))}"


def has_words_of(one: str, other: str) -> bool:
    """Return whether two pages, given by their digests, have the same words; links may differ."""
    return one.partition("-")[0] == other.partition("-")[0]


def _hash(texts: Iterable[str]) -> str:
    text = "\n".join(texts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:12]


def preflight(html: str, target: str) -> tuple[Objection, ...]:
    """Return why a WordPress receiver would refuse a page as the source of a pingback.

    An empty tuple means that it would accept the page.
    """
    page = _as_wordpress(html)
    link = _about_link(page, target)
    return (*([] if page.has_title else [NO_TITLE]), *([link] if link else []))


@lru_cache(maxsize=4)
def _as_wordpress(html: str) -> _Cut:
    """Return the page as WordPress sees it; cached for a few pages, as ``_linked``."""
    return _Cut(html)


class _Cut:
    """A page cut into pieces as WordPress does it; rarely needed parts are computed on demand."""

    def __init__(self, html: str) -> None:
        self.html = html
        seen = html.encode("utf-8", "replace")[:READ_BY_WORDPRESS].decode("utf-8", "ignore")
        self.has_title = bool(_TITLE.search(seen))
        self.insides: dict[str, list[str]] = {}
        """The content of each link, by its href as written."""
        for href, inside in _anchors(seen):
            self.insides.setdefault(href, []).append(inside)

    @cached_property
    def meant(self) -> frozenset[str]:
        """The hrefs as browsers read them."""
        return frozenset(map(unescape, self.insides))

    @cached_property
    def anywhere(self) -> frozenset[str]:
        """The hrefs as written, to the end of the page."""
        return frozenset(href for href, _ in _anchors(self.html))

    @cached_property
    def loosely(self) -> dict[str, str]:
        """The first href of those that authors mix up."""
        return {_loosely(href): href for href in map(unescape, reversed(self.insides))}


def _about_link(page: _Cut, target: str) -> Objection | None:
    """Return why the link to ``target`` would not be found, the nearest cause first."""
    letter = target.replace("&amp;", "&").replace("&", "&amp;")
    if insides := page.insides.get(letter):
        # One good link is enough, whatever the others are like.
        faults = [_about_inside(inside) for inside in insides]
        return None if None in faults else faults[0]
    if unescape(letter) in page.meant:
        return RAW_AMPERSAND
    if letter in page.anywhere:
        return TOO_FAR_DOWN
    if href := page.loosely.get(_loosely(target)):
        return _differs(href)
    return _about_mention(page.html, {target, letter, target.replace("/", r"\/")})


def _about_inside(inside: str) -> Objection | None:
    if _BLOCK.search(inside):
        return BLOCK_IN_LINK
    return None if _TAG.sub("", inside).strip() else NO_TEXT


def _about_mention(html: str, spellings: set[str]) -> Objection:
    """Return where a target is mentioned that no link names, if it is on the page at all."""
    scripts = [match[0] for match in _SCRIPT.finditer(html)]
    if any(spelling in script for spelling in spellings for script in scripts):
        return BY_SCRIPT
    return NOT_A_LINK if any(spelling in html for spelling in spellings) else NOT_LINKED


def _anchors(html: str) -> Iterator[tuple[str, str]]:
    """Yield each link's href, as written, and the markup inside the link."""
    visible = _SCRIPT.sub("", _COMMENT.sub("", html))
    for piece in _ANCHOR.split(visible)[1:]:
        tag, _, rest = piece.partition(">")
        if href := _HREF.search(tag):
            yield href[1] or href[2] or href[3] or "", _END.split(rest, maxsplit=1)[0]


def _means(page: markup.Page, base: str, href: str) -> str | None:
    try:
        return page.resolve(base, href)
    except InvalidURL:
        return None


def _loosely(url: str) -> str:
    """Return a form that is equal for URLs that authors mix up: by scheme, slash, fragment."""
    try:
        return _SLASH.sub("", normalise(url).partition("://")[2])
    except InvalidURL:
        return url


def _differs(href: str) -> Objection:
    return Objection(
        "differs",
        f"the page links to {printable(href)}, which is not exactly the target",
        "write the same URL in the metadata and in the link",
    )


NO_TITLE = Objection(
    "no-title",
    "the page has no plain <title> in its first 150 KB",
    "give the theme's page a <title> without attributes and with words in it",
)
NO_TEXT = Objection(
    "no-text",
    "the link holds no text, only an image or nothing",
    "put words between <a> and </a>, or add a second link that has some",
)
BLOCK_IN_LINK = Objection(
    "block-in-link",
    "the link encloses block elements (a paragraph, a heading, a list, ...)",
    "put the link inside the block, around its words",
)
RAW_AMPERSAND = Objection(
    "raw-ampersand",
    "the link has its & written as something else than &amp;",
    "write &amp; for each & in the href",
)
TOO_FAR_DOWN = Objection(
    "too-far-down",
    "the link is after the first 150 KB of the page, which is all that is read",
    "shorten the page (inlined images, styles, scripts) or link earlier",
)
BY_SCRIPT = Objection(
    "by-script",
    "the target is named only in a script, and receivers run none",
    "write the link into the article",
)
NOT_A_LINK = Objection(
    "not-a-link",
    "the page names the target, but not as the href of a link (metadata do not count)",
    "link to it in the article, or set LINKBACK_LINK_MARKED = True",
)
NOT_LINKED = Objection(
    "not-linked",
    "the page does not name the target",
    "link to it in the article, or set LINKBACK_LINK_MARKED = True",
)
