"""May a mention go out? What a receiver would find at our page decides. Pure.

A receiver fetches the page to see for itself, so a mention that is sent before the upload is
refused, for good, and an update that is sent before it is taken for no change at all.
"""

from __future__ import annotations

import typing
from datetime import datetime, timedelta
from functools import lru_cache

from pelican_linkback.exceptions import WebError
from pelican_linkback.protocol.response import charset
from pelican_linkback.protocol.verification import (
    Objection,
    is_tombstone,
    links_to,
    preflight,
    reads_alike,
)
from pelican_linkback.sending.deciding.topics import is_version
from pelican_linkback.sending.memory.delivery import Delivery
from pelican_linkback.sending.memory.events import GONE, UNLINKED, Waiting
from pelican_linkback.text.markup import decode
from pelican_linkback.text.printable import harmless
from pelican_linkback.text.urls import normalise

if typing.TYPE_CHECKING:
    from pelican_linkback.net.client import Response

__all__ = [
    "LINK_MISSING",
    "NOT_ONLINE",
    "OLDER",
    "REDIRECTED",
    "STILL_LINKED",
    "STILL_ONLINE",
    "UPLOAD_MENDS",
    "hindrance",
    "objections",
]

NOT_ONLINE = "not-online"
REDIRECTED = "redirected"
LINK_MISSING = "link-missing"
OLDER = "older-version"
STILL_LINKED = "still-linked"
STILL_ONLINE = "still-online"

UPLOAD_MENDS = frozenset({NOT_ONLINE, OLDER, STILL_LINKED, STILL_ONLINE})
"""What passes when the site is uploaded; the others need the author."""

PATIENCE = timedelta(days=1)
"""For so long an update waits until its page reads like the built one: some hosts rewrite pages,
so that it never will."""


def hindrance(
    delivery: Delivery, page: Response | WebError, built: bytes | None, now: datetime
) -> Waiting | None:
    """Return why ``delivery`` has to wait, or None where a receiver would find what it is told.

    ``page`` is what came of fetching the source, ``built`` the page that is to be uploaded there,
    as far as it is known.
    """
    if isinstance(page, WebError):
        return Waiting(NOT_ONLINE, harmless(page.reason))
    if delivery.is_ping:
        return _about_feed(delivery, page)
    source = delivery.mention.source
    moved = normalise(page.url) != normalise(source)
    if delivery.fingerprint == GONE:
        gone = moved or page.status in {404, 410} or is_tombstone(page.body, page.headers)
        return None if gone else Waiting(STILL_ONLINE)
    if moved:
        return Waiting(REDIRECTED, harmless(page.url))
    if page.status != 200:
        return _not_online(page)
    return _about_content(delivery, page, built, now)


def _about_feed(delivery: Delivery, page: Response) -> Waiting | None:
    """Return why a hub would not find the feed as it was built.

    A redirect is no hindrance, since a hub follows; nor is there an end to patience, since a hub
    that comes too early finds nothing new, and is not told again when the feed is there.
    """
    if page.status != 200:
        return _not_online(page)
    return None if is_version(page, delivery.fingerprint) else Waiting(OLDER)


def _not_online(page: Response) -> Waiting:
    return Waiting(NOT_ONLINE, f"it answers {page.status}")


def _about_content(
    delivery: Delivery, page: Response, built: bytes | None, now: datetime
) -> Waiting | None:
    """Return why what stands on a page that is online is not what is to be told."""
    source, target = delivery.mention.source, delivery.mention.target
    linked = links_to(page.body, page.url, target, page.headers)
    if delivery.fingerprint == UNLINKED:
        return Waiting(STILL_LINKED) if linked else None
    if not linked:
        return Waiting(OLDER if built and links_to(built, source, target) else LINK_MISSING)
    return Waiting(OLDER) if _is_older(delivery, page, built, now) else None


def _is_older(delivery: Delivery, page: Response, built: bytes | None, now: datetime) -> bool:
    """Tell whether an update would be told of while the version before it is still online."""
    if not delivery.is_known or built is None:
        return False
    if delivery.since is not None and now - delivery.since >= PATIENCE:
        return False
    return not reads_alike(decode(page.body, charset(page.headers)), decode(built))


def objections(
    delivery: Delivery, page: Response | WebError, built: bytes | None
) -> tuple[Objection, ...]:
    """Return what a WordPress receiver would hold against the page: the built one, if known."""
    if delivery.is_ping or delivery.fingerprint in {UNLINKED, GONE}:
        return ()
    if built is not None:
        return preflight(_text(built), delivery.mention.target)
    if isinstance(page, WebError):
        return ()
    return preflight(_text(page.body, charset(page.headers)), delivery.mention.target)


_text = lru_cache(maxsize=4)(decode)  # one page may be asked about many targets
