"""The events to record, from the present site and the deliveries. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pelican_linkback.protocol.mention import Mention
from pelican_linkback.protocol.verification import links_to
from pelican_linkback.sending.deciding.changes import Post, not_built, reconcile
from pelican_linkback.sending.deciding.decider import Decision, Wait, can_retry
from pelican_linkback.sending.deciding.readiness import BuiltPage
from pelican_linkback.sending.deciding.topics import Topic, news_of
from pelican_linkback.sending.memory.delivery import Delivery
from pelican_linkback.sending.memory.events import Dropped, Fact, Facts

__all__ = ["Site", "changes", "is_about", "retried", "second_chances", "unlinked"]


@dataclass(frozen=True, slots=True)
class Site:
    """All articles of a site, and all its feeds that name hubs; None: unknown.

    ``digest`` returns the digest of the page that was just built for a source; see ``reconcile``.
    """

    posts: tuple[Post, ...] | None = None
    topics: tuple[Topic, ...] | None = None
    digest: Callable[[str], str] = not_built


def changes(deliveries: Mapping[Mention, Delivery], site: Site) -> Facts:
    """Return what changed on ``site``; what is unknown stays as it is."""
    news: list[tuple[Mention, Fact]] = []
    if site.posts is not None:
        news += reconcile(deliveries, site.posts, site.digest)
    if site.topics is not None:
        news += news_of(deliveries, site.topics)
    return news


def second_chances(decided: Mapping[Mention, tuple[Delivery, Decision]], news: Facts) -> Facts:
    """Return facts that queue again what failed, except mentions that ``news`` is about."""
    otherwise = {mention for mention, _ in news}
    return [
        (mention, fact)
        for mention, (delivery, decision) in sorted(decided.items())
        if mention not in otherwise and can_retry(delivery, decision)
        for fact in (Dropped(), delivery.news)
    ]


def is_about(delivery: Delivery, url: str) -> bool:
    """Return whether ``url`` is the target, or the page that links to it."""
    return url in {*delivery.mention, delivery.sent_source}


def retried(decided: Mapping[Mention, tuple[Delivery, Decision]], url: str) -> Facts:
    """Return facts that queue again, without a pause, what did not arrive from or at ``url``."""
    return [
        (mention, fact)
        for mention, (delivery, decision) in sorted(decided.items())
        if is_about(delivery, url) and (can_retry(delivery, decision) or isinstance(decision, Wait))
        for fact in (Dropped(), delivery.news)
    ]


def unlinked(posts: Iterable[Post], built: Callable[[str], BuiltPage | None]) -> Iterator[Mention]:
    """Yield the mentions that are marked, but whose built page does not link to the target."""
    for post in posts:
        missing = [target for target in post.targets if target not in post.links]
        page = built(post.source) if missing else None
        if page is None:
            continue
        for target in missing:
            # The theme may add links that the article itself does not have.
            if not links_to(page.body, post.source, target):
                yield Mention(post.source, target)
