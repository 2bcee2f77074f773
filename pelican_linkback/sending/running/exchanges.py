"""The exchanges of a delivery: the requests, and what the answers mean.

``exchange`` makes a request; the rest is pure. An error that the client raises is treated as an
answer, too.
"""

from __future__ import annotations

import typing
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pelican_linkback.exceptions import (
    Heard,
    InvalidURL,
    LookupFailed,
    RedirectLoop,
    Refused,
    TimedOut,
    WebError,
)
from pelican_linkback.protocol import pingback, webmention, websub
from pelican_linkback.protocol.discovery import Discovery, discover
from pelican_linkback.protocol.mention import Endpoint, Mention, Outcome, Protocol, Verdict
from pelican_linkback.protocol.response import failure, retry_after
from pelican_linkback.sending.memory.events import Asked
from pelican_linkback.text.printable import printable
from pelican_linkback.text.urls import resolve

if typing.TYPE_CHECKING:
    from pelican_linkback.net.client import Request, Response

__all__ = [
    "FOR_A_PAGE",
    "Requests",
    "Web",
    "choose",
    "discovery_of",
    "exchange",
    "get",
    "post",
    "read_answer",
    "read_status",
]

FOR_A_PAGE = {"Accept": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"}
"""Headers of a request for a page: some sites answer JSON to clients that accept anything."""

Requests = Generator["Request", "Response", "Response"]
"""The requests of one exchange, including redirects: see ``net.client.hops``."""

LANGUAGES = {
    Protocol.PINGBACK: pingback,
    Protocol.WEBMENTION: webmention,
    Protocol.WEBSUB: websub,
}


class Web(typing.Protocol):
    """The client as sending needs it: see ``pelican_linkback.net.client.Web``."""

    def exchange(self, request: Request) -> Response:
        """Return the answer to one ``request``; raise WebError if it fails."""

    def close(self) -> None:
        """Break off all exchanges that are under way."""


def exchange(web: Web, request: Request) -> Response | WebError:
    """Make one request."""
    try:
        return web.exchange(request)
    except WebError as error:
        return error


def get(url: str, headers: Mapping[str, str] | None = None) -> Requests:
    """Return the requests that fetch a page: our own, as a receiver will, or a target's."""
    from pelican_linkback.net.client import Request, hops  # noqa: PLC0415 (most runs make none)

    return hops(Request("GET", url, headers or {}))


def post(mention: Mention, endpoint: Endpoint) -> Requests:
    """Return the requests that send ``mention`` to ``endpoint``, in its protocol."""
    from pelican_linkback.net.client import Request, hops  # noqa: PLC0415 (most runs make none)

    language = LANGUAGES[endpoint.protocol]
    headers = {"Content-Type": language.CONTENT_TYPE}
    return hops(Request("POST", endpoint.url, headers, language.request(mention)))


def discovery_of(page: Response | WebError, now: datetime) -> Discovery | Outcome:
    """Return what the page of a target offers, or why it cannot be known.

    If an answer broke off, the part that arrived is used.
    """
    if not isinstance(page, WebError):
        return _discovered(_heard(page), now, _missing(page))
    if page.heard is not None:
        found = _discovered(page.heard, now)
        if isinstance(found, Outcome) or found.endpoints:
            return found
    return _not_reached(page)


def _discovered(heard: Heard, now: datetime, missing: str = "") -> Discovery | Outcome:
    """Return what an answer offers.

    The Link header counts with any status (Webmention, 3.1.2); about X-Pingback the specification
    says nothing. But error pages of a site may all have the same header, and a request for a pause
    is respected.
    """
    unwell = failure(heard.status, heard.headers, now)
    if unwell is None:
        return discover(heard.url, heard.headers, heard.body, missing)
    asks_for_a_pause = unwell.verdict is Verdict.LATER and retry_after(heard.headers, now)
    if heard.status not in {404, 410} and not asks_for_a_pause:
        found = discover(heard.url, heard.headers, b"")
        if found.webmention:
            return Discovery(found.webmention)
    detail = f"the target answers {heard.status}"
    return replace(unwell, reason=f"target-{heard.status}", detail=detail)


def _heard(page: Response) -> Heard:
    return Heard(page.url, page.status, page.headers, page.body)


def _missing(page: Response) -> str:
    """Return why not all of a page was read; empty if it was."""
    if page.packed:
        return f"its page is packed as {printable(page.packed, 60)}, which cannot be unpacked here"
    return "its page is longer than 1 MB, and names no endpoint so far" if page.truncated else ""


def choose(
    found: Discovery | Outcome, protocols: Sequence[Protocol]
) -> tuple[Endpoint, ...] | Outcome:
    """Return the endpoints in the order of ``protocols``; or why there is none."""
    if isinstance(found, Outcome):
        return found
    offered = {endpoint.protocol: endpoint for endpoint in found.endpoints}
    endpoints = tuple(offered[each] for each in protocols if each in offered)
    if found.unread and not endpoints:
        return Outcome(Verdict.NOTHING, "unread", found.unread)
    return endpoints or Outcome(Verdict.NOTHING, "no-endpoint")


def read_answer(endpoint: Endpoint, answer: Response | WebError, now: datetime) -> Outcome:
    """Return what the ``answer`` of an endpoint means for the mention that was sent."""
    outcome = _outcome(endpoint.protocol, answer, now)
    return replace(outcome, protocol=endpoint.protocol, endpoint=endpoint.url)


def _outcome(protocol: Protocol, answer: Response | WebError, now: datetime) -> Outcome:
    """Read an answer: if it broke off, its status is enough.

    Except for pingback, whose result is in the body.
    """
    if not isinstance(answer, WebError):
        heard = _heard(answer)
    elif answer.heard is None or (protocol is Protocol.PINGBACK and answer.heard.status < 300):
        return _not_reached(answer)
    else:
        heard = answer.heard
    language = LANGUAGES[protocol]
    outcome: Outcome = language.read_reply(heard.status, heard.headers, heard.body, now)
    status_url = outcome.status_url and resolve(heard.url, outcome.status_url)
    return replace(outcome, status_url=status_url)


def read_status(page: Response | WebError) -> Asked:
    """Return what a receiver's status page says about a webmention that it accepted earlier."""
    if isinstance(page, WebError):
        return Asked(Verdict.LATER, _not_reached(page).reason, printable(page.reason))
    said = webmention.read_status(page.status, page.headers, page.body)
    return Asked(said.verdict, said.reason, said.detail)


def _not_reached(error: WebError) -> Outcome:
    detail = printable(error.reason)
    match error:
        case InvalidURL():
            return Outcome(Verdict.REFUSED, "invalid-url", detail)
        case Refused():
            return Outcome(Verdict.REFUSED, "address-refused", detail)
        case RedirectLoop():
            return Outcome(Verdict.LATER, "redirect-loop", detail)
        case LookupFailed():
            return Outcome(Verdict.LATER, "lookup-failed", detail)
        case TimedOut():
            return Outcome(Verdict.LATER, "timed-out", detail)
        case _:
            return Outcome(Verdict.LATER, "unreachable", detail)
