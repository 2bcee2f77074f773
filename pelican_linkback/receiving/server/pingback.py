"""POST /pingback (https://www.hixie.ch/specs/pingback/pingback, section 3)."""

from __future__ import annotations

from pelican_linkback.protocol import pingback
from pelican_linkback.protocol.mention import Mention
from pelican_linkback.receiving.server.application import Route
from pelican_linkback.receiving.server.http import Refusal, Request, Response
from pelican_linkback.receiving.server.incoming import Incoming, NotTaken, WhyNot
from pelican_linkback.receiving.server.limits import Limiter

__all__ = ["Pingbacks"]

HINT = (
    "This is where other sites say that they link to a page here: a POST of the XML-RPC call "
    "pingback.ping (https://www.hixie.ch/specs/pingback/pingback)."
)
THANKS = "Thank you. The page that you named is looked at soon."
KNOWN = "This link is known already; its page is looked at again soon."

_XML = frozenset({"text/xml", "application/xml", "application/xml-rpc"})
_FAULTS = {WhyNot.UNKNOWN: 32, WhyNot.CLOSED: 33}


class Pingbacks:
    """Takes pingbacks: a success says that it is on disk, and nothing was fetched before it."""

    def __init__(self, incoming: Incoming, limiter: Limiter) -> None:
        self._incoming, self._limiter = incoming, limiter

    def routes(self) -> list[Route]:
        """Return the routes of this module."""
        return [Route("/pingback", {"POST": self.receive}, HINT)]

    def receive(self, request: Request) -> Response:
        """Take the calls of a request; each of a ``system.multicall`` counts as a request."""
        if request.media_type not in _XML:
            raise Refusal(415, "The request has to be XML-RPC: Content-Type text/xml.")
        calls, is_multicall = pingback.read_calls(request.body)
        self._limiter.check(request, max(1, len(calls)))
        results = [self._result(each, request.client) for each in calls]
        body = pingback.replies(results, is_multicall=is_multicall)
        return Response(body, 200, "text/xml; charset=utf-8")

    def _result(self, call: Mention | pingback.Refusal, client: str) -> str | pingback.Refusal:
        if isinstance(call, pingback.Refusal):
            return call
        try:
            accepted = self._incoming.take(call, "pingback", client)
        except NotTaken as error:
            return pingback.Refusal(_FAULTS.get(error.why, 0), error.why.value)
        return THANKS if accepted.is_new else pingback.Refusal(48, KNOWN)
