"""Discovery: response headers and page -> Endpoint.

Both protocols are found in one response. Webmention, section 3.1.2: the first ``Link`` header, then
the first ``<link>`` or ``<a>`` in document order; the rel of the first drafts,
``http://webmention.org/``, counts if the present rel is missing. Pingback, section 2: the first
``X-Pingback`` header, then the first match of the specification's own regular expression; a page
without an exact match is then read leniently, and the Endpoint says so.

A candidate that is not an http(s) URL is skipped; after ``MOST_CANDIDATES`` the search ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.protocol.mention import Endpoint, Protocol
from pelican_linkback.protocol.response import (
    Headers,
    charset,
    fields,
    is_html,
    media_type,
)
from pelican_linkback.text import markup, urls
from pelican_linkback.text.printable import printable

__all__ = ["Discovery", "discover"]

HEADER = "HTTP header"
LENIENT = "link element, read leniently"

MOST_CANDIDATES = 100
"""The maximum number: each has to be resolved, and a megabyte may have twenty thousand."""

NO_PAGE = markup.Page(())

RELS = (frozenset({"webmention"}), frozenset({"http://webmention.org/", "http://webmention.org"}))
"""The rel of webmentions, and that of the first drafts, which old sites still use."""

# Pingback, section 2.3, exactly; and the only entities that section 2.2 expands.
_STRICT = re.compile(r'<link rel="pingback" href="([^"]+)" ?/?>')
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"'}
_ENTITY = re.compile("|".join(_ENTITIES))

# The parts of a Link header (RFC 8288, section 3): targets and their parameters. A part ends where
# the next may start, so that any header takes one pass.
_PIECE = re.compile(
    r"""<(?P<target>[^<>]*)>
      | ;\s*(?P<name>[^\s=;,<"]+)\s*(?:=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<token>[^\s;,<"]*)))?
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a page offers: at most one endpoint of each protocol.

    ``unread`` says why not all of the page was read; empty if it was.
    """

    webmention: Endpoint | None = None
    pingback: Endpoint | None = None
    unread: str = ""

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The endpoints, the preferred one first."""
        return tuple(filter(None, (self.webmention, self.pingback)))


def discover(url: str, headers: Headers, body: bytes, missing: str = "") -> Discovery:
    """Return the endpoints that a response advertises.

    ``url`` is the one after redirects; ``headers`` are in order, repeated ones repeated; ``body``
    may be truncated anywhere (``missing`` says why), and is read only if it is HTML or has no type.
    Never raises.
    """
    webmention = _webmention(url, headers, NO_PAGE, RELS[:1])
    pingback = _first(Protocol.PINGBACK, url, NO_PAGE, _pingback_headers(headers))
    wanted = {"webmention": webmention, "pingback": pingback}
    html = markup.decode(body, charset(headers)) if is_html(headers) else ""
    lower = html.lower()
    page = NO_PAGE
    if any(word in lower for word, found in wanted.items() if not found):
        page = markup.read(html)
    return Discovery(
        webmention or _webmention(url, headers, page, RELS),
        pingback or _first(Protocol.PINGBACK, url, page, _pingback_elements(page, html)),
        missing or _not_html(headers, body),
    )


def _not_html(headers: Headers, body: bytes) -> str:
    if is_html(headers) or not body:
        return ""
    return f"its page is no HTML ({printable(media_type(headers), 60)})"


def _webmention(
    url: str, headers: Headers, page: markup.Page, rels: Iterable[frozenset[str]]
) -> Endpoint | None:
    """Return the first endpoint of the first of ``rels`` that has one."""
    for names in rels:
        for place, candidates in (
            (NO_PAGE, _link_headers(url, headers, names)),
            (page, _webmention_elements(page, names)),
        ):
            if endpoint := _first(Protocol.WEBMENTION, url, place, candidates):
                return endpoint
    return None


def _first(
    protocol: Protocol, url: str, page: markup.Page, candidates: Iterable[tuple[str, str]]
) -> Endpoint | None:
    """Return the first candidate, a reference and where it was found, that is a URL to post to."""
    for reference, found in islice(candidates, MOST_CANDIDATES):
        try:
            return Endpoint(protocol, urls.check(page.resolve(url, reference)), found)
        except InvalidURL:
            continue
    return None


def _link_headers(url: str, headers: Headers, rels: frozenset[str]) -> Iterator[tuple[str, str]]:
    for value in fields(headers, "Link"):
        for target, parameters in _links(value):
            named = parameters.get("rel", "").lower().split()
            if not rels.isdisjoint(named) and _is_about(url, parameters.get("anchor")):
                yield target, HEADER


def _links(value: str) -> list[tuple[str, dict[str, str]]]:
    """Return the links of a Link header: each target and its parameters.

    Of several parameters of one name the first counts (RFC 8288, section 3.3 on rel).
    """
    found: list[tuple[str, dict[str, str]]] = []
    for piece in _PIECE.finditer(value):
        if piece["target"] is not None:
            found.append((piece["target"], {}))
        elif found:
            words = piece["quoted"] or piece["token"] or ""
            found[-1][1].setdefault(piece["name"].lower(), words)
    return found


def _is_about(url: str, anchor: str | None) -> bool:
    """Return whether a link is about the page that it came with (RFC 8288, section 3.2)."""
    if anchor is None:
        return True
    try:
        named = urls.resolve(url, anchor)
        return "#" not in named and urls.normalise(named) == urls.normalise(url)
    except InvalidURL:
        return False


def _webmention_elements(page: markup.Page, rels: frozenset[str]) -> Iterator[tuple[str, str]]:
    for link in page.links:
        if not rels.isdisjoint(link.rels) and link.href is not None:
            yield link.href, f"{link.name} element"


def _pingback_headers(headers: Headers) -> Iterator[tuple[str, str]]:
    return ((value, HEADER) for value in fields(headers, "X-Pingback") if value)


def _pingback_elements(page: markup.Page, html: str) -> Iterator[tuple[str, str]]:
    for match in _STRICT.finditer(html):
        yield _ENTITY.sub(lambda entity: _ENTITIES[entity[0]], match[1]), "link element"
    for link in page.links:
        if link.name == "link" and "pingback" in link.rels and link.href:
            yield link.href, LENIENT
