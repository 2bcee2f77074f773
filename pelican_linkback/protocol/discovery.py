"""Where does this page take mentions? Response headers and page -> Endpoint.

Both protocols are found in one response. Webmention, section 3.1.2: the first ``Link`` header,
then the first ``<link>`` or ``<a>`` in document order. Pingback, section 2: the first
``X-Pingback`` header, then the first match of the specification's own expression; a page that
strays from the letter of it is then read leniently, and the Endpoint says so.

A candidate that is no http(s) URL is passed over as if it were not there; a page that has nothing
better after ``MOST_CANDIDATES`` has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.protocol.mention import Endpoint, Protocol
from pelican_linkback.protocol.response import Headers, charset, fields, is_html
from pelican_linkback.text import markup, urls

__all__ = ["Discovery", "discover"]

HEADER = "HTTP header"
LENIENT = "link element, read leniently"

MOST_CANDIDATES = 100
"""Each costs a resolution, and a megabyte has room for twenty thousand."""

NO_PAGE = markup.Page(())

# Pingback, section 2.3, to the letter; and the only entities that section 2.2 expands.
_STRICT = re.compile(r'<link rel="pingback" href="([^"]+)" ?/?>')
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"'}
_ENTITY = re.compile("|".join(_ENTITIES))

# What a Link header is made of (RFC 8288, section 3): targets and their parameters. A piece ends
# where the next may begin, so that no header takes more than one pass.
_PIECE = re.compile(
    r"""<(?P<target>[^<>]*)>
      | ;\s*(?P<name>[^\s=;,<"]+)\s*(?:=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<token>[^\s;,<"]*)))?
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a page offers: at most one endpoint of each protocol."""

    webmention: Endpoint | None = None
    pingback: Endpoint | None = None


def discover(url: str, headers: Headers, body: bytes) -> Discovery:
    """Return the endpoints that a response advertises.

    ``url`` is the one after redirects; ``headers`` are in order, repeated ones repeated; ``body``
    may be cut anywhere, and is read only if it is HTML or does not say what it is. Never raises.
    """
    webmention = _first(Protocol.WEBMENTION, url, NO_PAGE, _link_headers(headers))
    pingback = _first(Protocol.PINGBACK, url, NO_PAGE, _pingback_headers(headers))
    wanted = {"webmention": webmention, "pingback": pingback}
    html = markup.decode(body, charset(headers)) if is_html(headers) else ""
    lower = html.lower()
    if not any(word in lower for word, found in wanted.items() if not found):
        return Discovery(webmention, pingback)
    page = markup.read(html)
    return Discovery(
        webmention or _first(Protocol.WEBMENTION, url, page, _webmention_elements(page)),
        pingback or _first(Protocol.PINGBACK, url, page, _pingback_elements(page, html)),
    )


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


def _link_headers(headers: Headers) -> Iterator[tuple[str, str]]:
    for value in fields(headers, "Link"):
        for target, rels in _links(value):
            if "webmention" in rels:
                yield target, HEADER


def _links(value: str) -> list[tuple[str, list[str]]]:
    """Return the links of a Link header: each target and its rel tokens, in lower case.

    Of several rel parameters the first counts (RFC 8288, section 3.3).
    """
    found: list[tuple[str, dict[str, str]]] = []
    for piece in _PIECE.finditer(value):
        if piece["target"] is not None:
            found.append((piece["target"], {}))
        elif found:
            words = piece["quoted"] or piece["token"] or ""
            found[-1][1].setdefault(piece["name"].lower(), words)
    return [(target, said.get("rel", "").lower().split()) for target, said in found]


def _webmention_elements(page: markup.Page) -> Iterator[tuple[str, str]]:
    for link in page.links:
        if "webmention" in link.rels and link.href is not None:
            yield link.href, f"{link.name} element"


def _pingback_headers(headers: Headers) -> Iterator[tuple[str, str]]:
    return ((value, HEADER) for value in fields(headers, "X-Pingback") if value)


def _pingback_elements(page: markup.Page, html: str) -> Iterator[tuple[str, str]]:
    for match in _STRICT.finditer(html):
        yield _ENTITY.sub(lambda entity: _ENTITIES[entity[0]], match[1]), "link element"
    for link in page.links:
        if link.name == "link" and "pingback" in link.rels and link.href:
            yield link.href, LENIENT
