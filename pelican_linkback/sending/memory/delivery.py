"""What delivery knows: posts that mention targets, and of each mention its history. Pure.

A receiver that takes webmentions is told of every version of an article: of its changes, that it
links to the target no more (``unlinked``), and that its page is ``gone``. Versions are told apart
by the fingerprint, of which those two words are special values. A pingback is never repeated.
A hub is told of every version of a feed.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pelican_linkback.protocol.mention import Mention, Protocol, Verdict
from pelican_linkback.sending.memory.events import (
    GONE,
    UNLINKED,
    Answered,
    Asked,
    Attempt,
    Dropped,
    Event,
    Queued,
    Waiting,
)

__all__ = ["INTERRUPTED", "Delivery", "State"]

INTERRUPTED = "interrupted"


class State(StrEnum):
    """Where a delivery stands."""

    QUEUED = "queued"
    """Known, not yet tried."""

    WAITING = "waiting"
    """Its page is not online yet, or does not hold the link."""

    ATTEMPTED = "attempted"
    """A request was begun, and nothing more is known: the run ended before the answer came."""

    LATER = "later"
    """Tried in vain, to be tried again."""

    DELIVERED = "delivered"
    """The receiver knows the present version, or was told by a pingback once and for all."""

    NOTHING = "nothing"
    """The target takes no mentions."""

    REFUSED = "refused"
    """No, for good."""

    DROPPED = "dropped"
    """The author took the mark away before it was told."""


_STATES = {
    Verdict.DELIVERED: State.DELIVERED,
    Verdict.NOTHING: State.NOTHING,
    Verdict.REFUSED: State.REFUSED,
    Verdict.LATER: State.LATER,
}


class Delivery(NamedTuple):
    """One mention and what its events amount to.

    ``fingerprint`` is the version to tell, and ``since`` when it became known; ``attempts`` counts
    its tries, ``asked`` the looks at the receiver's status page, and ``retry_at`` is the earliest
    time of the next of either. ``told`` is the version that the receiver took by ``told_by``
    (None: it took none; "": it may have taken another one since). ``at`` is the time of the last
    event. Times are UTC.
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
    told_by: Protocol | None = None
    since: datetime | None = None
    asked: int = 0

    @property
    def is_told(self) -> bool:
        """Whether the receiver knows the present version, or can be told of no other."""
        return self.told is not None and (self.told == self.fingerprint or not self.is_followed)

    @property
    def is_followed(self) -> bool:
        """Whether the receiver is to hear of every version."""
        return self.told is not None and self.told_by in {Protocol.WEBMENTION, Protocol.WEBSUB}

    @property
    def is_shown(self) -> bool:
        """Whether the receiver may show the mention, and would take it away again if told to."""
        return self.is_followed and not self.is_ping and self.told not in {UNLINKED, GONE}

    @property
    def is_ping(self) -> bool:
        """Whether it is a hub that is to be told, of a feed."""
        return self.protocol is Protocol.WEBSUB

    @property
    def is_removal(self) -> bool:
        """Whether the receiver is to forget the mention: the link is gone, or its page."""
        return self.fingerprint in {UNLINKED, GONE}

    @property
    def news(self) -> Queued:
        """What made it due: its present version."""
        protocol = self.protocol if self.is_ping else None
        return Queued(self.article, self.fingerprint, protocol)

    def after(self, event: Event) -> Delivery:
        """Return the delivery as it is once ``event``, the next in time, has happened."""
        at = event.at
        match event.fact:
            case Queued():
                return self._queued(event.fact, at)
            case Asked():
                return self._asked(event.fact, at)
            case _ if self.is_told:
                # A branch of the journal that did not know yet: what is told stays told.
                return self._replace(at=at)
            case Attempt():
                return self._attempted(event.fact, at)
            case Answered():
                return self._answered(event.fact, at)
            case _:
                return self._kept_back(event.fact, at)

    def _queued(self, fact: Queued, at: datetime) -> Delivery:
        same = fact.fingerprint == self.fingerprint and self.state is not State.DROPPED
        if same or self.told is not None:
            known = self._replace(at=at, article=fact.article, fingerprint=fact.fingerprint)
            if same:
                return known
            if known.is_told:
                return known._replace(state=State.DELIVERED)
        # A changed article gets a new chance: its author may have mended what was refused.
        return Delivery(
            self.mention,
            at=at,
            article=fact.article,
            fingerprint=fact.fingerprint,
            protocol=fact.protocol,
            told=self.told,
            told_by=self.told_by,
            since=at,
        )

    def _kept_back(self, fact: Waiting | Dropped, at: datetime) -> Delivery:
        if isinstance(fact, Dropped):
            return self._replace(at=at, state=State.DROPPED, reason="", detail="")
        return self._replace(at=at, state=State.WAITING, reason=fact.reason, detail=fact.detail)

    def _attempted(self, fact: Attempt, at: datetime) -> Delivery:
        return self._replace(
            at=at,
            state=State.ATTEMPTED,
            # Of an attempt nothing is known until its outcome; it lacks where the run was killed.
            reason=INTERRUPTED,
            detail="",
            protocol=fact.protocol,
            endpoint=fact.endpoint,
            retry_at=None,
            # A fall-back to the other protocol belongs to the try that it ends.
            attempts=self.attempts + (not fact.after),
            told=None if self.told is None else "",
        )

    def _answered(self, fact: Answered, at: datetime) -> Delivery:
        outcome = fact.outcome
        taken = outcome.verdict is Verdict.DELIVERED
        return self._replace(
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
            told=self.fingerprint if taken else self.told,
            told_by=outcome.protocol if taken else self.told_by,
        )

    def _asked(self, fact: Asked, at: datetime) -> Delivery:
        if self.status_url is None:
            return self._replace(at=at)
        asked = self._replace(at=at, asked=self.asked + 1, retry_at=fact.retry_at)
        if fact.verdict is Verdict.LATER:
            return asked
        state = _STATES[fact.verdict]
        return asked._replace(state=state, reason=fact.reason, detail=fact.detail, status_url=None)
