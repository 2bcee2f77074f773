"""Feeds and their hubs (WebSub): what changed, and is it online? Pure.

A hub that is notified of a feed fetches it, compares it with its copy, and sends what is new to the
subscribers. A feed and a hub are a mention like any other (``Mention(feed, hub)``), with a digest
of the feed's bytes as its version. So what is recorded is the version of the last notification,
whenever and by whichever build the feed was written.
"""

from __future__ import annotations

import hashlib
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pelican_linkback.protocol.mention import Mention, Outcome, Verdict
from pelican_linkback.protocol.registry import traits_of
from pelican_linkback.protocol.websub import WebSub
from pelican_linkback.sending.deciding.changes import Change, is_news
from pelican_linkback.sending.memory.delivery import Delivery, State
from pelican_linkback.sending.memory.events import Answered, Dropped, Fact, Queued

if typing.TYPE_CHECKING:
    from pelican_linkback.net.client import Response

__all__ = ["SEEN", "Topic", "is_version", "news_of", "version_of"]

SEEN = 1_000_000
"""The number of bytes of a page that the client keeps."""

HUB = traits_of(WebSub())
"""The protocol of the hubs that a feed names."""

_OVER = {State.NOTHING, State.REFUSED}
"""The states in which nothing is under way that could be dropped."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A feed that readers can subscribe to at a hub.

    ``url`` is its own URL, as the feed says it; ``feed`` its path in the output folder, ``hubs``
    are the URLs to notify, and ``version`` is that of the document (``version_of``).
    """

    url: str
    feed: str
    hubs: tuple[str, ...]
    version: str


def news_of(
    deliveries: Mapping[Mention, Delivery], topics: Iterable[Topic]
) -> Iterator[tuple[Mention, Fact]]:
    """Yield the changes between the deliveries and the present ``topics`` (all of the site).

    A hub that a feed has just named is not notified: it has no subscribers of it yet. The
    feed's version is recorded, and the hub is notified of the next one. What is still to be sent
    for a feed that is gone, or to a hub that the feed does not name any more, is dropped.
    """
    facts: dict[Mention, Change] = {
        mention: Dropped()
        for mention, delivery in deliveries.items()
        if delivery.is_ping and delivery.state not in _OVER
    }
    for topic in topics:
        for hub in topic.hubs:
            facts[Mention(topic.url, hub)] = Queued(topic.feed, topic.version, HUB)
    for mention, fact in facts.items():
        if is_news(deliveries.get(mention), fact):
            yield mention, fact
        if isinstance(fact, Queued) and mention not in deliveries:
            yield mention, Answered(_new_to_hub(mention.target), fingerprint=fact.fingerprint)


def _new_to_hub(hub: str) -> Outcome:
    return Outcome(Verdict.NOTHING, "nobody-yet", protocol=HUB, endpoint=hub)


def version_of(document: bytes) -> str:
    """Return a digest of ``document``.

    A long one has a separate digest of its first part, since no more than that is fetched.
    """
    first, rest = document[:SEEN], document[SEEN:]
    return f"{_digest(first)}-{_digest(rest)}" if rest else _digest(first)


def is_version(page: Response, version: str) -> bool:
    """Return whether ``page`` is the document of this version, as far as it was fetched."""
    if page.truncated:
        return version.startswith(f"{_digest(page.body)}-")
    return version_of(page.body) == version


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
