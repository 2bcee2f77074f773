"""An article that has moved: which address does a receiver know? Pure.

A receiver fetches the source that it is sent, and may follow redirects (Webmention, section 3.2.2).
While the old address redirects to the new page, it finds the link there as before: a retraction of
the old address would confirm the mention, and the new address would be a second mention. So the
mention keeps the old address, and later versions are sent with it. If the old address is gone, it
is retracted and the new one is sent.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from datetime import datetime

from pelican_linkback.exceptions import WebError
from pelican_linkback.protocol.mention import Mention, Outcome, Verdict
from pelican_linkback.protocol.verification import links_to
from pelican_linkback.sending.deciding.readiness import Ready, is_gone, is_late, is_shown
from pelican_linkback.sending.deciding.reasons import LINK_MISSING, OLD_ADDRESS, OLDER, REDIRECTED
from pelican_linkback.sending.memory.delivery import Delivery, State
from pelican_linkback.sending.memory.events import (
    GONE,
    UNLINKED,
    Answered,
    Dropped,
    Fact,
    Facts,
    Queued,
    Waiting,
)
from pelican_linkback.text.printable import printable
from pelican_linkback.text.urls import page_key, same_site

if typing.TYPE_CHECKING:
    from pelican_linkback.net.client import Response

__all__ = [
    "MOVED",
    "is_lost",
    "kept",
    "left_alone",
    "predecessors",
    "redirects",
    "retracted_after_all",
    "succession",
    "successors",
]

MOVED = "moved"

UNSURE = "unknown"
"""The version that a receiver knows, if it may have accepted another one since."""


def predecessors(deliveries: Mapping[Mention, Delivery]) -> dict[Mention, Delivery]:
    """Return the old delivery of an article that moved, by the mention of the new address.

    Only for new mentions that are still to be sent.
    """
    moved: dict[tuple[str, str], Delivery] = {}
    for old in sorted(filter(_has_moved, deliveries.values()), key=_last_event):
        moved[old.article, old.mention.target] = old
    return {
        mention: moved[new.article, mention.target]
        for mention, new in deliveries.items()
        if moved and (new.article, mention.target) in moved and _is_new(new)
    }


def successors(deliveries: Mapping[Mention, Delivery]) -> dict[Mention, Delivery]:
    """Return the new delivery of an article that moved, by the mention of the old address.

    The receiver has both mentions: the old address was still online for a while, or down.
    """
    moved = {
        mention: old
        for mention, old in deliveries.items()
        if _has_moved(old) or (old.is_open and old.fingerprint == GONE and old.is_shown)
    }
    known = {
        (new.article, mention.target): new
        for mention, new in deliveries.items()
        if moved and new.is_known and not new.is_removal
    }
    return {
        mention: new
        for mention, old in moved.items()
        if (new := known.get((old.article, mention.target))) and new.sent_source != old.sent_source
    }


def _last_event(delivery: Delivery) -> tuple[datetime | None, Mention]:
    return delivery.at, delivery.mention


def _has_moved(delivery: Delivery) -> bool:
    """Return whether a receiver knows an article by an address that it has left.

    Pingback has no removals, so there the fingerprint alone says it.
    """
    return (
        delivery.fingerprint == GONE
        and delivery.is_known
        and delivery.acknowledged not in {GONE, UNLINKED}
        and (delivery.is_open or not delivery.takes_updates)
    )


def _is_new(delivery: Delivery) -> bool:
    return delivery.is_open and not (delivery.is_update or delivery.is_ping)


def succession(
    new: Delivery, old: Delivery, page: Response | WebError, now: datetime
) -> Facts | Waiting | None:
    """Return the facts for ``new`` if a receiver knows the article as ``old``.

    ``page`` is the result of fetching ``old.sent_source``. If it redirects to a page with the link
    on the site of ``new``, return the facts to record: the receiver knows ``new`` by the old
    address. If it is gone, return None: ``new`` is sent with its own address. Otherwise the answer
    is unknown, and it waits for a day.
    """
    if redirects(old, page) and _is_at_home(new, page):
        return kept(new, old)
    if not isinstance(page, WebError) and (is_gone(page) or _lacks_link(old, page)):
        return None
    return None if is_late(new, now) else Waiting(OLD_ADDRESS, printable(old.sent_source))


def redirects(old: Delivery, page: Response | WebError) -> bool:
    """Return whether the address of ``old`` redirects to another page with the link."""
    return (
        not isinstance(page, WebError)
        and is_shown(page)
        and page_key(page.url) != page_key(old.sent_source)
        and not _lacks_link(old, page)
    )


def _is_at_home(new: Delivery, page: Response | WebError) -> bool:
    """Return whether a page is on the site of ``new``; if SITEURL is wrong, it is on another."""
    return not isinstance(page, WebError) and same_site(page.url, new.mention.source)


def _lacks_link(old: Delivery, page: Response) -> bool:
    return is_shown(page) and not links_to(page.body, page.url, old.mention.target, page.headers)


def kept(new: Delivery, old: Delivery) -> Facts:
    """Return the facts that the receiver of ``old`` keeps its address for ``new``."""
    outcome = Outcome(Verdict.DELIVERED, MOVED, old.sent_source, old.acknowledged_by)
    known = Answered(outcome, None, old.acknowledged or UNSURE, old.sent_source)
    if not old.takes_updates:
        return [(new.mention, known)]
    return [(new.mention, known), *left_alone(old.mention, new)]


def left_alone(old: Mention, new: Delivery) -> Facts:
    """Return the facts that an old address is not retracted, since it redirects to ``new``."""
    outcome = Outcome(Verdict.NOTHING, MOVED, new.mention.source)
    return [(old, Answered(outcome, None, GONE))]


def is_lost(
    delivery: Delivery, found: Ready | Waiting, page: Response | WebError, now: datetime
) -> bool:
    """Return whether the address that a receiver knows does not lead to the page any more.

    ``found`` is what the ``page`` there says about the delivery. If so, the page is sent with its
    own address, if that is ready. A passing problem is waited for, for a day.
    """
    if delivery.sent_source == delivery.mention.source or delivery.is_removal:
        return False
    if isinstance(found, Ready) or found.reason == OLDER:
        return False
    is_answer = found.reason in {REDIRECTED, LINK_MISSING}
    return is_answer or is_late(delivery, now) or (not isinstance(page, WebError) and is_gone(page))


def retracted_after_all(
    deliveries: Mapping[Mention, Delivery], delivery: Delivery, page: Response | WebError
) -> Iterator[tuple[Mention, Fact]]:
    """Yield the facts that retract an old address that redirected, and is gone now.

    Not if the receiver has been notified since, with that address, that the link is gone.
    """
    old = deliveries.get(Mention(delivery.sent_source, delivery.mention.target))
    is_over = old is not None and (old.state, old.reason) == (State.NOTHING, MOVED)
    if old and is_over and delivery.is_shown and not isinstance(page, WebError) and is_gone(page):
        yield old.mention, Dropped()
        yield old.mention, Queued(old.article, GONE)
