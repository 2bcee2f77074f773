"""What changed on the site since the journal was written. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from pelican_linkback.protocol.mention import Mention
from pelican_linkback.sending.deciding.versions import is_same_version
from pelican_linkback.sending.memory.delivery import Delivery, State
from pelican_linkback.sending.memory.events import GONE, UNLINKED, Dropped, Queued

__all__ = ["Change", "Post", "is_news", "not_built", "reconcile", "retraction", "vanished"]

Change = Queued | Dropped
"""What becomes of one mention when the site has changed."""


@dataclass(frozen=True, slots=True)
class Post:
    """A published article or page, as sending sees it.

    ``source`` is its public URL, ``article`` its path below the content folder, ``targets`` are the
    URLs to notify, as written on the page, ``fingerprint`` changes with the article, and ``links``
    are all URLs that it links to. If ``is_unknown``, the article exists, but cannot be read.
    """

    source: str
    article: str
    targets: tuple[str, ...]
    fingerprint: str
    links: frozenset[str] = frozenset()
    is_unknown: bool = False

    @classmethod
    def unknown(cls, article: str) -> Post:
        """Return a post for an article that cannot be read: it is not taken for removed."""
        return cls("", article, (), "", is_unknown=True)


def not_built(source: str) -> str:  # noqa: ARG001 (the shape of ``digest``)
    """Return the digest of a page if no page was built: empty."""
    return ""


def reconcile(
    deliveries: Mapping[Mention, Delivery],
    posts: Iterable[Post],
    digest: Callable[[str], str] = not_built,
) -> Iterator[tuple[Mention, Change]]:
    """Yield the changes between the deliveries and the present ``posts`` (all of the site).

    New mentions are queued, and so is the present version of an article for receivers that got an
    older one. A receiver that takes updates (``Delivery.takes_updates``) is also notified when a
    link is removed or the page has moved; so is a receiver whose answer never came, since it may
    show the mention. A mention that was never sent and is not marked any more is dropped. Articles
    that vanished are left alone: see ``vanished``.

    ``digest`` returns the digest of the page that was just built for a source, or an empty string.
    It is recorded, so that a run can tell the new page online from an older one; if only the theme
    changed, it is recorded for versions that are still to be sent.
    """
    site = _Site(posts, deliveries.values())
    facts: dict[Mention, Change] = {
        Mention(post.source, target): fact
        for post in site.posts.values()
        for fact in [Queued(post.article, post.fingerprint)]
        for target in post.targets
    }
    unmarked = {
        mention: fact
        for mention, delivery in deliveries.items()
        if mention not in facts
        if not (delivery.is_ping or delivery.is_foreign or site.cannot_read(delivery))
        if (fact := site.unmarked(delivery))
    }
    for mention, present in {**facts, **unmarked}.items():
        known = deliveries.get(mention)
        fact = _as_known(known, present)
        is_new = is_news(known, fact)
        if isinstance(fact, Dropped) or fact.fingerprint in {UNLINKED, GONE}:
            if is_new:
                yield mention, fact
        elif is_new or (known is not None and known.is_open):
            page = digest(mention.source)
            if is_new or (page and known is not None and page != known.page):
                yield mention, replace(fact, page=page)


def retraction(deliveries: Mapping[Mention, Delivery], source: str) -> list[tuple[Mention, Change]]:
    """Return the changes that retract the page at ``source``.

    If a receiver was to keep an old address of the article, its delivery is queued again.
    """
    known = [each for each in deliveries.values() if each.mention.source == source]
    return [
        (each.mention, fact)
        for each in known
        if each.is_shown or not each.is_known
        for fact in _retraction(each)
    ]


def _retraction(delivery: Delivery) -> tuple[Change, ...]:
    gone = Queued(delivery.article, GONE)
    if not delivery.is_shown:
        return (Dropped(),)
    is_over = delivery.fingerprint == GONE and not delivery.is_open
    return (Dropped(), gone) if is_over else (gone,)


def vanished(deliveries: Mapping[Mention, Delivery], posts: Iterable[Post]) -> list[Delivery]:
    """Return the deliveries whose article is gone, though their receivers were notified of it.

    Nothing is sent about them unless the author asks for it: the folder may just be incomplete.
    """
    site = _Site(posts)
    return [
        delivery
        for _, delivery in sorted(deliveries.items())
        if delivery.is_shown and delivery.fingerprint != GONE and site.lacks(delivery)
    ]


class _Site:
    """The posts by URL, and the paths of their articles.

    ``deliveries`` show which of them receivers know by an earlier address.
    """

    def __init__(self, posts: Iterable[Post], deliveries: Iterable[Delivery] = ()) -> None:
        posts = tuple(posts)
        self.posts = {post.source: post for post in posts if not post.is_unknown}
        self._articles = {post.article for post in posts}
        self._unknown = {post.article for post in posts if post.is_unknown}
        self._kept = {
            _as_held(each)
            for each in deliveries
            if each.served_at and each.mention.source in self.posts
        }

    def cannot_read(self, delivery: Delivery) -> bool:
        """Return whether the article exists, but cannot be read."""
        return delivery.article in self._unknown

    def lacks(self, delivery: Delivery) -> bool:
        """Return whether the article exists neither at its URL nor at another one."""
        return delivery.mention.source not in self.posts and delivery.article not in self._articles

    def _has_moved(self, delivery: Delivery) -> bool:
        return delivery.mention.source not in self.posts and delivery.article in self._articles

    def unmarked(self, delivery: Delivery) -> Change | None:
        """Return the change for a mention that is not marked, or not any more."""
        if not (delivery.is_known or delivery.is_shown):
            return Dropped()
        if delivery.is_known and not delivery.takes_updates:
            # Nothing is sent, but the new address is recorded as that of the same article.
            return Queued(delivery.article, GONE) if self._has_moved(delivery) else None
        post = self.posts.get(delivery.mention.source)
        return self._without_page(delivery) if post is None else _unmarked(delivery, post)

    def _without_page(self, delivery: Delivery) -> Change | None:
        if (
            delivery.fingerprint == GONE
            or not delivery.is_shown
            or _as_held(delivery) in self._kept
        ):
            return None
        if delivery.sent_source in self.posts:
            return Dropped()  # It moved, and moved back to the address that the receiver knows.
        return Dropped() if self.lacks(delivery) else Queued(delivery.article, GONE)


def _as_held(delivery: Delivery) -> tuple[str, str, str]:
    """Return what makes two deliveries one mention to a receiver: an article at an address."""
    return delivery.article, delivery.mention.target, delivery.sent_source


def _unmarked(delivery: Delivery, post: Post) -> Change:
    if delivery.mention.target not in post.links:
        # A receiver that has removed it will not show it again, whatever it was sent then.
        has_removed = delivery.is_known and not delivery.is_shown
        return Queued(post.article, delivery.acknowledged if has_removed else UNLINKED)
    # A receiver that does not know the mention need not be notified.
    return Queued(post.article, post.fingerprint) if delivery.is_known else Dropped()


def _as_known(delivery: Delivery | None, fact: Change) -> Change:
    """Return ``fact`` with the version by the name under which the receiver has it, or is to.

    What it has counts first: a version that was to follow, and is the present one no more, is not
    sent.
    """
    if delivery is None or isinstance(fact, Dropped):
        return fact
    for known in (delivery.acknowledged, delivery.fingerprint):
        if is_same_version(known, fact.fingerprint):
            return replace(fact, fingerprint=known)
    return fact


def is_news(delivery: Delivery | None, fact: Change) -> bool:
    """Return whether ``fact`` changes a delivery, or makes it due."""
    if delivery is None:
        return True
    if isinstance(fact, Dropped):
        return delivery.state is not State.DROPPED and not delivery.is_up_to_date
    if delivery.state is State.DROPPED:
        return True
    known = delivery.article == fact.article and delivery.fingerprint == fact.fingerprint
    was_or_is_gone = GONE in {delivery.fingerprint, fact.fingerprint}
    return not known and (not delivery.is_known or delivery.takes_updates or was_or_is_gone)
