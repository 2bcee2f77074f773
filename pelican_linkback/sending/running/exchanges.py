"""The exchanges of a delivery: look at its page, look at the target, tell, and ask again.

Each is one call of the web door and returns data. What the web refuses to do is an answer too,
so nothing is raised here.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
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
from pelican_linkback.text.printable import harmless
from pelican_linkback.text.urls import resolve

if typing.TYPE_CHECKING:
    from pelican_linkback.net.client import Response

__all__ = [
    "FOR_A_PAGE",
    "Web",
    "ask",
    "choose",
    "discovery_of",
    "fetch",
    "find_endpoints",
    "tell",
]

FOR_A_PAGE = {"Accept": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"}
"""The headers to ask a target with, since some sites have JSON for whom anything will do."""

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
    return choose(discovery_of(fetch(web, target, FOR_A_PAGE), now), protocols)


def discovery_of(page: Response | WebError, now: datetime) -> Discovery | Outcome:
    """Return what the page of a target offers, or why it cannot be known.

    What was heard before an answer broke off is as good as the rest would have been.
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

    Webmention (3.1.2) does not make the Link header depend on the status; of X-Pingback nothing is
    said. But all pages that are not there say the same; and who asks for a pause is to have it.
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
        return f"its page is packed as {harmless(page.packed, 60)}, which cannot be unpacked here"
    return "its page is longer than 1 MB, and names no endpoint so far" if page.truncated else ""


def choose(
    found: Discovery | Outcome, protocols: Sequence[Protocol]
) -> tuple[Endpoint, ...] | Outcome:
    """Return the endpoints that were found, in the order of ``protocols``; or why there is none."""
    if isinstance(found, Outcome):
        return found
    offered = {endpoint.protocol: endpoint for endpoint in found.endpoints}
    endpoints = tuple(offered[each] for each in protocols if each in offered)
    if found.unread and not endpoints:
        return Outcome(Verdict.NOTHING, "unread", found.unread)
    return endpoints or Outcome(Verdict.NOTHING, "no-endpoint")


def tell(web: Web, mention: Mention, endpoint: Endpoint, now: datetime) -> Outcome:
    """Post ``mention`` to ``endpoint`` in its language and return what the answer means."""
    outcome = _answered(web, mention, endpoint, now)
    return replace(outcome, protocol=endpoint.protocol, endpoint=endpoint.url)


def _answered(web: Web, mention: Mention, endpoint: Endpoint, now: datetime) -> Outcome:
    """Post, and read the answer: where it breaks off, its status is enough.

    But of a pingback the body is the answer.
    """
    language = LANGUAGES[endpoint.protocol]
    try:
        heard = _heard(web.post(endpoint.url, language.request(mention), language.CONTENT_TYPE))
    except WebError as error:
        needs_body = endpoint.protocol is Protocol.PINGBACK
        if error.heard is None or (needs_body and error.heard.status < 300):
            return _not_reached(error)
        heard = error.heard
    outcome: Outcome = language.read_reply(heard.status, heard.headers, heard.body, now)
    status_url = outcome.status_url and resolve(heard.url, outcome.status_url)
    return replace(outcome, status_url=status_url)


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
        case RedirectLoop():
            return Outcome(Verdict.LATER, "redirect-loop", detail)
        case LookupFailed():
            return Outcome(Verdict.LATER, "lookup-failed", detail)
        case TimedOut():
            return Outcome(Verdict.LATER, "timed-out", detail)
        case _:
            return Outcome(Verdict.LATER, "unreachable", detail)
