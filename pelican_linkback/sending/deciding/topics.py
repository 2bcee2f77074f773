"""Feeds, as hubs are told of them: what is news about a feed, and is it online? Pure.

A hub that is told of a feed fetches it, compares it with what it knows, and hands what is new to
the feed's subscribers. A feed and a hub are a mention like any other (``Mention(feed, hub)``), with
the feed's bytes for its version. So what is remembered is the version that the hub was told of
last, whenever and by whichever build that was written.
"""

from __future__ import annotations

import hashlib
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pelican_linkback.protocol.mention import Mention, Outcome, Protocol, Verdict
from pelican_linkback.sending.deciding.changes import News, is_news
from pelican_linkback.sending.memory.delivery import Delivery, State
from pelican_linkback.sending.memory.events import Answered, Dropped, Fact, Queued

if typing.TYPE_CHECKING:
    from pelican_linkback.net.client import Response

__all__ = ["SEEN", "Topic", "is_version", "news_of", "version_of"]

SEEN = 1_000_000
"""Bytes of a page that the web door keeps, and no more."""

_OVER = {State.NOTHING, State.REFUSED}
"""The states in which nothing is under way that could be dropped."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A feed that can be subscribed to.

    ``url`` is its own, as the feed itself says it; ``feed`` the path that its author knows it by,
    ``hubs`` are the URLs to tell, and ``version`` is that of the document (``version_of``).
    """

    url: str
    feed: str
    hubs: tuple[str, ...]
    version: str


def news_of(
    deliveries: Mapping[Mention, Delivery], topics: Iterable[Topic]
) -> Iterator[tuple[Mention, Fact]]:
    """Yield what the site's present ``topics`` (all of them) change in what is known.

    A hub to which a feed is new is not told of it: nobody can have subscribed there before the
    feed named the hub. Its version is remembered, and the next one is told. What has not been told
    of a feed that is gone, or to a hub that the feed names no more, is dropped.
    """
    facts: dict[Mention, News] = {
        mention: Dropped()
        for mention, delivery in deliveries.items()
        if delivery.is_ping and delivery.state not in _OVER
    }
    for topic in topics:
        for hub in topic.hubs:
            facts[Mention(topic.url, hub)] = Queued(topic.feed, topic.version, Protocol.WEBSUB)
    for mention, fact in facts.items():
        if is_news(deliveries.get(mention), fact):
            yield mention, fact
        if isinstance(fact, Queued) and mention not in deliveries:
            yield mention, Answered(_nobody_yet(mention.target), fingerprint=fact.fingerprint)


def _nobody_yet(hub: str) -> Outcome:
    return Outcome(Verdict.NOTHING, "nobody-yet", protocol=Protocol.WEBSUB, endpoint=hub)


def version_of(document: bytes) -> str:
    """Return what changes when a byte of ``document`` does.

    Of a long one the beginning has a digest of its own, since no more than that is fetched.
    """
    beginning, rest = document[:SEEN], document[SEEN:]
    return f"{_digest(beginning)}-{_digest(rest)}" if rest else _digest(beginning)


def is_version(page: Response, version: str) -> bool:
    """Tell whether ``page`` is the document of this version, as far as it was fetched."""
    if page.truncated:
        return version.startswith(f"{_digest(page.body)}-")
    return version_of(page.body) == version


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
