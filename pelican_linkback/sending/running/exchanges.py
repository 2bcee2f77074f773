"""The exchanges of a delivery: look at its page, look at the target, tell, and ask again.

Each is one call of the web door and returns data. What the web refuses to do is an answer too,
so nothing is raised here.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pelican_linkback.exceptions import InvalidURL, Refused, TimedOut, WebError
from pelican_linkback.protocol import pingback, webmention, websub
from pelican_linkback.protocol.discovery import Discovery, discover
from pelican_linkback.protocol.mention import Endpoint, Mention, Outcome, Protocol, Verdict
from pelican_linkback.protocol.response import failure
from pelican_linkback.sending.memory.events import Asked
from pelican_linkback.text.printable import harmless
from pelican_linkback.text.urls import resolve

if typing.TYPE_CHECKING:
    from pelican_linkback.net.client import Response

__all__ = ["Web", "ask", "choose", "discovery_of", "fetch", "find_endpoints", "tell"]

LANGUAGES = {
    Protocol.PINGBACK: pingback,
    Protocol.WEBMENTION: webmention,
    Protocol.WEBSUB: websub,
}


class Web(typing.Protocol):
    """The web as delivery needs it: see ``pelican_linkback.net.client.Web``."""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """Return what ``url`` answers, after redirects; raise WebError if it cannot."""

    def post(self, url: str, body: bytes, content_type: str) -> Response:
        """Return what ``url`` answers to ``body``; raise WebError if it cannot."""

    def close(self) -> None:
        """Break off what is under way."""


def fetch(web: Web, url: str, headers: Mapping[str, str] | None = None) -> Response | WebError:
    """Fetch a page: our own as a receiver will, or a target's."""
    try:
        return web.get(url, headers)
    except WebError as error:
        return error


def find_endpoints(
    web: Web, target: str, protocols: Sequence[Protocol], now: datetime
) -> tuple[Endpoint, ...] | Outcome:
    """Return where ``target`` takes mentions, in the order of ``protocols``; or why nowhere."""
    return choose(discovery_of(fetch(web, target), now), protocols)


def discovery_of(page: Response | WebError, now: datetime) -> Discovery | Outcome:
    """Return what the page of a target offers, or why it cannot be known."""
    if isinstance(page, WebError):
        return _not_reached(page)
    if unwell := failure(page.status, page.headers, now):
        status = f"the target answers {page.status}"
        return replace(unwell, reason=f"target-{page.status}", detail=status)
    return discover(page.url, page.headers, page.body)


def choose(
    found: Discovery | Outcome, protocols: Sequence[Protocol]
) -> tuple[Endpoint, ...] | Outcome:
    """Return the endpoints that were found, in the order of ``protocols``; or why there is none."""
    if isinstance(found, Outcome):
        return found
    offered = {Protocol.WEBMENTION: found.webmention, Protocol.PINGBACK: found.pingback}
    endpoints = tuple(endpoint for each in protocols if (endpoint := offered[each]))
    return endpoints or Outcome(Verdict.NOTHING, "no-endpoint")


def tell(web: Web, mention: Mention, endpoint: Endpoint, now: datetime) -> Outcome:
    """Post ``mention`` to ``endpoint`` in its language and return what the answer means."""
    language = LANGUAGES[endpoint.protocol]
    try:
        reply = web.post(endpoint.url, language.request(mention), language.CONTENT_TYPE)
    except WebError as error:
        return replace(_not_reached(error), protocol=endpoint.protocol, endpoint=endpoint.url)
    outcome: Outcome = language.read_reply(reply.status, reply.headers, reply.body, now)
    status_url = outcome.status_url and resolve(reply.url, outcome.status_url)
    return replace(
        outcome, protocol=endpoint.protocol, endpoint=endpoint.url, status_url=status_url
    )


def ask(web: Web, status_url: str) -> Asked:
    """Return what the receiver says became of a webmention that it took before."""
    try:
        page = web.get(status_url)
    except WebError as error:
        return Asked(Verdict.LATER, _not_reached(error).reason, harmless(error.reason))
    said = webmention.read_status(page.status, page.headers, page.body)
    return Asked(said.verdict, said.reason, said.detail)


def _not_reached(error: WebError) -> Outcome:
    detail = harmless(error.reason)
    match error:
        case InvalidURL():
            return Outcome(Verdict.REFUSED, "invalid-url", detail)
        case Refused():
            return Outcome(Verdict.REFUSED, "address-refused", detail)
        case TimedOut():
            return Outcome(Verdict.LATER, "timed-out", detail)
        case _:
            return Outcome(Verdict.LATER, "unreachable", detail)
