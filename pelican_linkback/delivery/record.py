"""What delivery knows: posts that mention targets, and of each mention its history. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from pelican_linkback.delivery.events import (
    Answered,
    Attempt,
    Dropped,
    Event,
    Fact,
    Queued,
    Waiting,
)
from pelican_linkback.protocol.mention import Mention, Protocol, Verdict

__all__ = ["Delivery", "Post", "State", "reconcile"]


@dataclass(frozen=True, slots=True)
class Post:
    """A published article as delivery sees it.

    ``source`` is its public URL, ``article`` the path that its author knows it by, ``targets``
    the URLs to tell, as they stand on the page, and ``fingerprint`` changes when the article does.
    """

    source: str
    article: str
    targets: tuple[str, ...]
    fingerprint: str


class State(StrEnum):
    """Where a delivery stands."""

    QUEUED = "queued"
    """Known, not yet tried."""

    WAITING = "waiting"
    """Its page is not online yet, or does not hold the link."""

    ATTEMPTED = "attempted"
    """A request was begun and nothing more is known: the run was killed."""

    LATER = "later"
    """Tried in vain, to be tried again."""

    DELIVERED = "delivered"
    NOTHING = "nothing"
    REFUSED = "refused"
    DROPPED = "dropped"


_STATES = {
    Verdict.DELIVERED: State.DELIVERED,
    Verdict.NOTHING: State.NOTHING,
    Verdict.REFUSED: State.REFUSED,
    Verdict.LATER: State.LATER,
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mention and what its events amount to.

    ``at`` is the time of the last event, ``attempts`` counts the tries of the present version of
    the article, ``retry_at`` is the earliest time of the next one, and ``told`` the fingerprint
    of the version that the receiver took (None: it took none). Times are UTC.
    """

    mention: Mention
    state: State = State.QUEUED
    at: datetime | None = None
    article: str = ""
    fingerprint: str = ""
    reason: str = ""
    detail: str = ""
    protocol: Protocol | None = None
    endpoint: str | None = None
    status_url: str | None = None
    retry_at: datetime | None = None
    attempts: int = 0
    told: str | None = None

    def after(self, event: Event) -> Delivery:
        """Return the delivery as it is once ``event``, the next in time, has happened."""
        at = event.at
        match event.fact:
            case Queued():
                return self._queued(event.fact, at)
            case _ if self.told is not None:
                # A branch of the journal that did not know yet: what is told stays told.
                return replace(self, at=at)
            case Waiting(reason, detail):
                return replace(self, at=at, state=State.WAITING, reason=reason, detail=detail)
            case Attempt():
                return self._attempted(event.fact, at)
            case Answered():
                return self._answered(event.fact, at)
            case _:  # Dropped
                return replace(self, at=at, state=State.DROPPED, reason="", detail="")

    def _queued(self, fact: Queued, at: datetime) -> Delivery:
        known = replace(self, at=at, article=fact.article, fingerprint=fact.fingerprint)
        same = fact.fingerprint == self.fingerprint and self.state is not State.DROPPED
        if same or self.told is not None:
            return known
        # A changed article gets a new chance: its author may have mended what was refused.
        return replace(known, state=State.QUEUED, reason="", detail="", retry_at=None, attempts=0)

    def _attempted(self, fact: Attempt, at: datetime) -> Delivery:
        return replace(
            self,
            at=at,
            state=State.ATTEMPTED,
            protocol=fact.protocol,
            endpoint=fact.endpoint,
            retry_at=None,
            # A fall-back to the other protocol belongs to the try that it ends.
            attempts=self.attempts + (not fact.after),
        )

    def _answered(self, fact: Answered, at: datetime) -> Delivery:
        outcome = fact.outcome
        return replace(
            self,
            at=at,
            state=_STATES[outcome.verdict],
            reason=outcome.reason,
            detail=outcome.detail,
            protocol=outcome.protocol,
            endpoint=outcome.endpoint,
            status_url=outcome.status_url,
            retry_at=fact.retry_at,
            # Where there is an endpoint, the attempt was counted when it began.
            attempts=self.attempts + (outcome.endpoint is None),
            told=self.fingerprint if outcome.verdict is Verdict.DELIVERED else None,
        )


def reconcile(
    deliveries: Mapping[Mention, Delivery], posts: Iterable[Post]
) -> tuple[tuple[Mention, Fact], ...]:
    """Return what the site's present ``posts`` (all of them) change in what is known.

    New mentions are queued, those not told yet take on the present version of their article, and
    those that are marked no more are dropped unless they were told.
    """
    wanted = {
        Mention(post.source, target): Queued(post.article, post.fingerprint)
        for post in posts
        for target in post.targets
    }
    news: list[tuple[Mention, Fact]] = [
        (mention, fact)
        for mention, fact in wanted.items()
        if _is_news(deliveries.get(mention), fact)
    ]
    gone = [
        (mention, Dropped())
        for mention, delivery in deliveries.items()
        if mention not in wanted and delivery.told is None and delivery.state is not State.DROPPED
    ]
    return (*news, *gone)


def _is_news(delivery: Delivery | None, fact: Queued) -> bool:
    if delivery is None or delivery.state is State.DROPPED:
        return True
    known = Queued(delivery.article, delivery.fingerprint)
    return delivery.told is None and known != fact
