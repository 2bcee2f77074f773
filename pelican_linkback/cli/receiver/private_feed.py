"""Where the private feed of what is held is: at an address with a secret."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Callable
from functools import cached_property

from pelican_linkback.receiving.entries import newest_held
from pelican_linkback.receiving.memory.targets import Targets
from pelican_linkback.receiving.server.application import Route
from pelican_linkback.receiving.server.http import Refusal, Request, Response
from pelican_linkback.receiving.store.database import Store
from pelican_linkback.receiving.store.mentions import Mentions
from pelican_linkback.text.urls import page_key

__all__ = ["PrivateFeed", "address_of"]

MOST = 50
"""How many mentions the feed has: the newest."""

_PATH = "admin/feed/"


def address_of(receiver: str, store: Store) -> str:
    """Return the URL of the feed; the log has the route alone, without the secret."""
    return f"{page_key(receiver)}{_PATH}{_secret(store)}"


def _secret(store: Store) -> str:
    return store.secret("feed").hex()[:32]


class PrivateFeed:
    """The feed of a store, for the site with the name ``site``."""

    def __init__(
        self,
        store: Store,
        targets: Callable[[], Targets],
        site: str,
        now: Callable[[], dt.datetime],
    ) -> None:
        self._store, self._targets, self._site, self._now = store, targets, site, now

    def routes(self) -> list[Route]:
        """Return its route."""
        return [Route(f"/{_PATH}{{secret}}", {"GET": self._answer})]

    @cached_property
    def _word(self) -> bytes:
        return _secret(self._store).encode()

    def _answer(self, request: Request) -> Response:
        if not hmac.compare_digest(request.path_params["secret"].encode(), self._word):
            raise Refusal(404, "There is nothing at this address.")
        # A receiver whose feed nobody reads does not load what makes feeds.
        from pelican_linkback.cli.receiver.held_feed import HeldFeed  # noqa: PLC0415

        entries = newest_held(Mentions(self._store), self._targets, MOST)
        feed = HeldFeed(entries, request.url("/admin/inbox"), request.url(request.path))
        document = feed.document(self._site, self._now())
        return Response(document, media_type=feed.feed_type.content_type)
