"""GET /export?since=N: what the site's ``pull`` asks for (``hosted/export.py`` is its client)."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence

from pelican_linkback.receiving.server.application import Route
from pelican_linkback.receiving.server.http import Refusal, Request, Response, json_document
from pelican_linkback.receiving.server.jf2 import item_of
from pelican_linkback.receiving.server.limits import Limiter
from pelican_linkback.receiving.store.records import StoredMention

__all__ = ["Export", "Token"]

MOST = 100
"""The number of mentions on a page."""

Exported = Callable[[int, int], Sequence[StoredMention]]
"""Returns the mentions whose number is greater than the first argument, by their numbers, at most
so many: those that are shown, and those that were."""


class Token:
    """The secret word that a request has to have: ``Authorization: Bearer WORD``.

    Without one nobody is let in. Who tries words is soon made to wait by the ``limiter``.
    """

    def __init__(self, word: str, limiter: Limiter) -> None:
        self._word, self._limiter = word.encode(), limiter

    def check(self, request: Request) -> None:
        """Raise Refusal unless a request has the word."""
        if not self._word:
            raise Refusal(403, "LINKBACK_TOKEN is not set where the receiver runs.")
        kind, _, word = request.headers.get("authorization", "").partition(" ")
        given = word.strip().encode("utf-8", "replace")
        if kind.lower() == "bearer" and hmac.compare_digest(given, self._word):
            return
        self._limiter.check(request)
        sentence = "This needs the token of the receiver: Authorization: Bearer LINKBACK_TOKEN."
        raise Refusal(401, sentence, ("WWW-Authenticate", "Bearer"))


class Export:
    """Lists the mentions by the numbers of their last changes, for who has the token."""

    def __init__(self, exported: Exported, token: Token) -> None:
        self._exported, self._token = exported, token

    def routes(self) -> list[Route]:
        """Return the routes of this module."""
        return [Route("/export", {"GET": self.list})]

    def list(self, request: Request) -> Response:
        """Return a page of the export as a feed of JF2."""
        self._token.check(request)
        since = _number(request, "since", 0)
        size = min(max(1, _number(request, "per-page", MOST)), MOST)
        rows = self._exported(since, size)
        feed: dict[str, object] = {
            "type": "feed",
            "name": "Mentions",
            "children": [item_of(each) for each in rows],
        }
        if len(rows) < size:  # there are no more
            feed["paging"] = {"total": len(rows)}
        return json_document(feed)


def _number(request: Request, name: str, default: int) -> int:
    """Return the whole number that a field is."""
    value = request.query.get(name)
    if not value:
        return default
    if not (value.isascii() and value.isdecimal() and len(value) <= 18):
        raise Refusal(400, f"{name} has to be a whole number.")
    return int(value)
