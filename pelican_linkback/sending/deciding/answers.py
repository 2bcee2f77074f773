"""What answers mean: those of a target, of an endpoint, and of a status page. Pure.

An error of the client is an answer, too.
"""

from __future__ import annotations

import typing
from dataclasses import replace
from datetime import datetime

from pelican_linkback.exceptions import (
    InvalidURL,
    LookupFailed,
    PartialAnswer,
    RedirectLoop,
    Refused,
    TimedOut,
    WebError,
)
from pelican_linkback.protocol.answer import Answer
from pelican_linkback.protocol.discovery import Discovery, discover
from pelican_linkback.protocol.mention import Endpoint, Outcome, Traits, Verdict
from pelican_linkback.protocol.registry import Registry
from pelican_linkback.protocol.response import (
    CONDITION_FAILED,
    LONGEST_PAUSE,
    NOT_THERE,
    failure,
    is_passing,
    retry_after,
)
from pelican_linkback.sending.memory.events import Asked
from pelican_linkback.text.printable import printable
from pelican_linkback.text.urls import resolve

if typing.TYPE_CHECKING:
    from pelican_linkback.net.client import Response

__all__ = ["choose", "discovery_of", "read_answer", "read_status"]


def discovery_of(
    page: Response | WebError, protocols: Registry, now: datetime
) -> Discovery | Outcome:
    """Return what the page of a target offers, or why it cannot be known.

    If an answer broke off, the part that arrived is used.
    """
    if not isinstance(page, WebError):
        return _discovered(_answer(page, now), protocols, _missing(page))
    if page.partial is not None:
        found = _discovered(_answer(page.partial, now), protocols)
        if isinstance(found, Outcome) or found.endpoints:
            return found
    return _not_reached(page)


def _discovered(answer: Answer, protocols: Registry, missing: str = "") -> Discovery | Outcome:
    """Return what an answer offers; of one with an error, what its headers offer.

    But error pages of a site may all have the same header, and a request for a pause is respected.
    """
    unwell = failure(answer.status, answer.headers, answer.at)
    if unwell is None:
        return discover(answer, protocols, missing)
    asks_for_a_pause = is_passing(answer.status) and retry_after(answer.headers, answer.at)
    if answer.status not in NOT_THERE and not asks_for_a_pause:
        found = discover(replace(answer, body=b""), protocols)
        if found.endpoints:
            return found
    detail = f"the target answers {answer.status}"
    # A redirect to nowhere, and an answer about conditions (304, or 412), say nothing
    # about the target.
    is_about_target = answer.status >= 400 and answer.status != CONDITION_FAILED
    verdict = unwell.verdict if is_about_target else Verdict.LATER
    return replace(unwell, verdict=verdict, reason=f"target-{answer.status}", detail=detail)


def _answer(received: Response | PartialAnswer, now: datetime) -> Answer:
    return Answer(received.url, received.status, received.headers, received.body, now)


def _missing(page: Response) -> str:
    """Return why not all of a page was read; empty if it was.

    202 and 206 come without the page, or with a part: checks for bots answer 202.
    """
    if page.status in {202, 206}:
        return f"it answers {page.status}, which is not the whole page"
    if page.packed:
        return f"its page is packed as {printable(page.packed, 60)}, which cannot be unpacked here"
    return "its page is longer than 1 MB, and names no endpoint so far" if page.truncated else ""


def choose(found: Discovery | Outcome, protocols: Registry) -> tuple[Endpoint, ...] | Outcome:
    """Return the endpoints in the order of ``protocols``; or why there is none."""
    if isinstance(found, Outcome):
        return found
    offered = {endpoint.protocol: endpoint for endpoint in found.endpoints}
    endpoints = tuple(offered[each] for each in protocols.order if each in offered)
    if found.failed and not endpoints:
        return Outcome(Verdict.LATER, "error", found.failed)
    if found.unread and not endpoints:
        return Outcome(Verdict.NOTHING, "unread", found.unread)
    return endpoints or Outcome(Verdict.NOTHING, "no-endpoint")


def read_answer(
    endpoint: Endpoint, answer: Response | WebError, protocols: Registry, now: datetime
) -> Outcome:
    """Return what the ``answer`` of an endpoint means for the mention that was sent.

    If it broke off, its status is enough, unless the protocol has the result in the body.
    """
    if not isinstance(answer, WebError):
        return _read(endpoint, answer, protocols, now)
    received, traits = answer.partial, endpoint.protocol
    if received is None or (traits.answers_in_body and received.status < 300):
        return replace(_not_reached(answer), protocol=traits, endpoint=endpoint.url)
    return _read(endpoint, received, protocols, now)


def _read(
    endpoint: Endpoint, received: Response | PartialAnswer, protocols: Registry, now: datetime
) -> Outcome:
    with protocols.speaking(endpoint.protocol) as protocol:
        said = protocol.read(_answer(received, now))
        return Outcome(
            Verdict(said.verdict),
            _code(said),
            printable(said.detail),
            endpoint.protocol,
            endpoint.url,
            _seconds(said.retry_after),
            resolve(received.url, said.status_url) if said.status_url else None,
        )


def _code(said: Outcome) -> str:
    """Return the reason; if it is empty the verdict, since an event needs one."""
    return printable(said.reason, 60) or Verdict(said.verdict).value


def _seconds(asked: float | None) -> float | None:
    """Return a pause of 0 to ``LONGEST_PAUSE``; raise TypeError or ValueError if it is none."""
    if asked is None:
        return None
    if not float(asked) >= 0:
        raise ValueError(f"it asks for a pause of {printable(asked, 60)} seconds")
    return min(float(asked), LONGEST_PAUSE)


def read_status(
    page: Response | WebError, traits: Traits, protocols: Registry, now: datetime
) -> Asked:
    """Return what a receiver's status page says about a mention that it accepted earlier."""
    if isinstance(page, WebError):
        return Asked(Verdict.LATER, _not_reached(page).reason, printable(page.reason))
    with protocols.speaking(traits) as protocol:
        said = protocol.read_status(_answer(page, now))
        return Asked(Verdict(said.verdict), _code(said), printable(said.detail))


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
