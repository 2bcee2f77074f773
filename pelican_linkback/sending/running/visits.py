"""Fetches sources before anything is sent: a receiver has to find the link there.

A source is fetched once in a run, however many of its links are due. If an article has moved, its
old address is fetched first: see ``moves``.
"""

from __future__ import annotations

import typing
from collections import defaultdict
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from pelican_linkback.exceptions import WebError
from pelican_linkback.protocol.mention import Mention
from pelican_linkback.protocol.verification import Objection
from pelican_linkback.sending.deciding import moves
from pelican_linkback.sending.deciding.readiness import BuiltPage, Ready, objections, readiness
from pelican_linkback.sending.deciding.reasons import NOT_ONLINE
from pelican_linkback.sending.memory.delivery import Delivery
from pelican_linkback.sending.memory.events import Waiting
from pelican_linkback.sending.running.exchanges import FOR_A_PAGE, Final
from pelican_linkback.sending.running.recorder import Recorder
from pelican_linkback.sending.running.tasks import Blocking, Yielded, asked_once

if typing.TYPE_CHECKING:
    from pelican_linkback.net.client import Response

__all__ = ["Look", "Objected", "Visits"]

Objected = Sequence[Objection]
"""Why a WordPress receiver will refuse a link."""

Fetch = Callable[[str, Mapping[str, str]], Final]


class Look(NamedTuple):
    """What a source says about a delivery, and why a WordPress receiver will refuse it.

    ``is_lost``: a receiver knows the page by this address, which does not lead to it any more.
    """

    found: Ready | Waiting
    objected: Objected
    is_lost: bool


LOST = Look(Waiting(NOT_ONLINE), (), is_lost=True)
"""The result for an address that was not fetched, since it is that of another page."""


class Visits:
    """The visits of a run to the sources of what is due in ``recorder``."""

    def __init__(
        self,
        recorder: Recorder,
        fetch: Fetch,
        built: Callable[[str], BuiltPage | None],
        now: Callable[[], datetime],
    ) -> None:
        self._recorder = recorder
        self._fetch = fetch
        self._built = built
        self._now = now
        self._old = moves.predecessors(recorder.ledger.deliveries)
        self._new = moves.successors(recorder.ledger.deliveries)
        self._by_address: dict[str, list[Mention]] = defaultdict(list)
        for mention in recorder.due:
            for address in self._addresses(mention):
                self._by_address[address].append(mention)

    def look(self, mention: Mention) -> Generator[Yielded, Any, tuple[Ready, Objected] | None]:
        """Return in what form ``mention`` may be sent; None if it may not, which is recorded."""
        addresses, look = self._addresses(mention), LOST
        while look.is_lost and addresses:
            address = addresses.pop(0)
            visit, askers = partial(self._visit, address), len(self._by_address[address])
            looks = yield from asked_once(("source", address), visit, askers)
            if not self._is_left(mention):
                return None
            look = looks.get(mention, LOST)
        if isinstance(look.found, Ready):
            return look.found, look.objected
        yield Blocking()
        self._recorder.keep_waiting(mention, look.found, address, look.objected)
        return None

    def _addresses(self, mention: Mention) -> list[str]:
        """Return the addresses to fetch: the one that a receiver knows, then the present one."""
        known = self._old.get(mention) or self._recorder.delivery(mention)
        return list(dict.fromkeys([known.sent_source, mention.source]))

    def _is_left(self, mention: Mention) -> bool:
        """Return whether ``mention`` is still open: it may be settled as one that moved."""
        return mention not in self._recorder.done and self._recorder.delivery(mention).is_open

    def _visit(self, address: str) -> Generator[Yielded, Any, Mapping[Mention, Look]]:
        """Fetch the page at ``address`` for all mentions that it concerns."""
        mentions = self._by_address[address]
        is_feed = self._recorder.delivery(mentions[0]).is_ping
        page, _ = yield from self._fetch(address, {} if is_feed else FOR_A_PAGE)
        for mention in mentions:
            old = self._old.get(mention)
            if old is not None and old.sent_source == address:
                self._follow(mention, old, page)
            known, new = self._recorder.delivery(mention), self._new.get(mention)
            if new is not None and known.sent_source == address and moves.redirects(known, page):
                self._recorder.keep_address(mention, moves.left_alone(mention, new))
        return {
            mention: self._look(self._known_at(mention, address), page)
            for mention in mentions
            if self._is_left(mention) and self._known_at(mention, address).sent_source == address
        }

    def _known_at(self, mention: Mention, address: str) -> Delivery:
        """Return the delivery of ``mention``; sent with its own address, if ``address`` is that."""
        delivery = self._recorder.delivery(mention)
        if delivery.served_at and mention.source == address:
            return replace(delivery, served_at="")
        return delivery

    def _follow(self, mention: Mention, old: Delivery, page: Response | WebError) -> None:
        """Record the result for ``mention``, whose receiver knows the article as ``old``."""
        found = moves.succession(self._recorder.delivery(mention), old, page, self._now())
        if isinstance(found, Waiting):
            self._recorder.keep_waiting(mention, found, mention.source)
        elif found:
            self._recorder.keep_address(mention, found)

    def _look(self, delivery: Delivery, page: Response | WebError) -> Look:
        built, now = self._built(delivery.mention.source), self._now()
        found = readiness(delivery, page, built, now)
        is_lost = moves.is_lost(delivery, found, page, now)
        if is_lost:
            deliveries = self._recorder.ledger.deliveries
            self._recorder.record(moves.retracted_after_all(deliveries, delivery, page))
        return Look(found, objections(delivery, page, built), is_lost)
