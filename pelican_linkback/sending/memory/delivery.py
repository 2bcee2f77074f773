"""Delivery: one mention, and the state that its events lead to. Pure.

If its protocol has ``updates``, a receiver is notified of every version of an article: of its
changes, of a removed link (``unlinked``), and of a page that is ``gone``. Versions are identified
by a fingerprint; those two words are special fingerprints. Otherwise a mention is never repeated.
A hub is notified of every version of a feed.

An attempt and its outcome name the version that they are about. So in a journal whose branches were
merged, an older version that one branch sent is not taken for a newer one that another branch has
queued meanwhile. Lines of earlier releases have no version: they are about the version that is
queued at that point.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pelican_linkback.protocol.mention import Mention, Traits, Verdict
from pelican_linkback.protocol.pingback import Pingback
from pelican_linkback.protocol.registry import traits_of
from pelican_linkback.sending.memory.events import (
    GONE,
    UNLINKED,
    Answered,
    Asked,
    Attempt,
    Dropped,
    Event,
    Fact,
    Pause,
    Queued,
    Waiting,
)

__all__ = ["INTERRUPTED", "UNNAMED", "Delivery", "State"]

INTERRUPTED = "interrupted"

UNNAMED = traits_of(Pingback())
"""Where a line does not say by which protocol a mention was sent, it is never repeated."""


class State(StrEnum):
    """The state of a delivery."""

    QUEUED = "queued"
    """Known, not yet tried."""

    WAITING = "waiting"
    """Its page is not online yet, or does not contain the link."""

    ATTEMPTED = "attempted"
    """A request was started, and nothing more is known: the run ended before the answer came."""

    LATER = "later"
    """An attempt failed; it is to be tried again."""

    DELIVERED = "delivered"
    """The receiver knows the present version, or accepted a pingback, which is never repeated."""

    NOTHING = "nothing"
    """The target accepts no mentions."""

    REFUSED = "refused"
    """Refused permanently."""

    DROPPED = "dropped"
    """The author removed the mark before it was sent."""


_STATES = {
    Verdict.DELIVERED: State.DELIVERED,
    Verdict.NOTHING: State.NOTHING,
    Verdict.REFUSED: State.REFUSED,
    Verdict.LATER: State.LATER,
}


_NO_ANSWER = {"timed-out", "unreachable", "error", INTERRUPTED}
"""Reasons of an outcome after which the receiver may or may not have accepted the mention."""

_OPEN = {State.QUEUED, State.WAITING, State.ATTEMPTED, State.LATER}


class Delivery(NamedTuple):
    """One mention and the state that its events lead to.

    ``fingerprint`` is the present version of the article, ``page`` the digest of its page as built,
    if known, and ``since`` when the version became known. ``attempts`` counts the attempts for it,
    ``asked`` the requests for the receiver's status page, and ``retry_at`` is the earliest time of
    the next of either. ``at`` is the time of the last event. Times are UTC.

    ``acknowledged_by`` is the protocol by which the receiver accepted a version (None: it accepted
    none), ``acknowledged`` that version (empty: it may have accepted another one since), and
    ``served_at`` the address by which it knows the page, if that is not the mention's source.
    ``seen`` is the digest of the page that was online at the last attempt, and ``seen_version`` the
    version that was sent then. ``pause`` is what a host asked for at the last attempt.
    ``unanswered``: a webmention was sent, and its answer never came.
    """

    mention: Mention
    state: State = State.QUEUED
    at: datetime | None = None
    article: str = ""
    fingerprint: str = ""
    page: str = ""
    reason: str = ""
    detail: str = ""
    protocol: Traits | None = None
    endpoint: str | None = None
    status_url: str | None = None
    retry_at: datetime | None = None
    attempts: int = 0
    acknowledged: str = ""
    acknowledged_by: Traits | None = None
    served_at: str = ""
    seen: str = ""
    seen_version: str = ""
    since: datetime | None = None
    asked: int = 0
    pause: Pause | None = None
    unanswered: bool = False

    @property
    def is_known(self) -> bool:
        """Whether the receiver accepted some version of the mention."""
        return self.acknowledged_by is not None

    @property
    def takes_updates(self) -> bool:
        """Whether the receiver is to be notified of every version."""
        return self.acknowledged_by is not None and self.acknowledged_by.updates

    @property
    def is_up_to_date(self) -> bool:
        """Whether the receiver knows the present version, or its protocol has no updates."""
        return self.is_known and (self.acknowledged == self.fingerprint or not self.takes_updates)

    @property
    def is_open(self) -> bool:
        """Whether something is still to be sent."""
        return self.state in _OPEN and not self.is_up_to_date

    @property
    def is_shown(self) -> bool:
        """Whether the receiver may show the mention, and would remove it when notified."""
        if not self.is_known:
            return self._may_be_taken
        return self.takes_updates and not self.is_ping and self.acknowledged not in {UNLINKED, GONE}

    @property
    def _may_be_taken(self) -> bool:
        """Whether the receiver may have accepted a first mention whose answer has not come."""
        if self.state is not State.ATTEMPTED or self.protocol is None:
            return self.unanswered
        return self.unanswered or (self.protocol.retracts and not self.is_known)

    @property
    def is_ping(self) -> bool:
        """Whether it is a ping: a hub that is to be notified of a feed."""
        return self.protocol is not None and self.protocol.of_feeds

    @property
    def is_foreign(self) -> bool:
        """Whether its protocol is not registered any more: then it is left alone."""
        return self.protocol is not None and not self.protocol.is_registered

    @property
    def is_removal(self) -> bool:
        """Whether the receiver is to remove the mention: the link is gone, or its page."""
        return self.fingerprint in {UNLINKED, GONE}

    @property
    def sent_source(self) -> str:
        """The address of the page to send: the one that the receiver knows, or is to know."""
        return self.served_at or self.mention.source

    @property
    def news(self) -> Queued:
        """The event that made it due: its present version."""
        protocol = self.protocol if self.is_ping else None
        return Queued(self.article, self.fingerprint, protocol)

    def after(self, event: Event) -> Delivery:
        """Return the delivery after ``event``, the next in time."""
        here = self._replace(at=event.at)
        if self.state is State.ATTEMPTED and not _ends_an_attempt(event.fact):
            here = here._replace(unanswered=self._may_be_taken)
        match event.fact:
            case Queued():
                return here._queued(event.fact)
            case Attempt():
                return here._attempted(event.fact)
            case Answered():
                return here._answered(event.fact)
            case Asked():
                return here._asked(event.fact)
            case _:
                return here._kept_back(event.fact)

    def _queued(self, fact: Queued) -> Delivery:
        if fact.fingerprint == self.fingerprint and self.state is not State.DROPPED:
            return self._replace(article=fact.article, page=fact.page or self.page)
        known = self._replace(article=fact.article, fingerprint=fact.fingerprint, page=fact.page)
        if known.is_up_to_date:
            return known._replace(state=State.DELIVERED)
        return known._again(fact.protocol)

    def _again(self, protocol: Traits | None) -> Delivery:
        """Return the delivery as one that has not been tried yet.

        A changed article gets new attempts: its author may have fixed what was refused.
        """
        return Delivery(
            self.mention,
            at=self.at,
            article=self.article,
            fingerprint=self.fingerprint,
            page=self.page,
            protocol=protocol,
            acknowledged=self.acknowledged,
            acknowledged_by=self.acknowledged_by,
            served_at=self.served_at,
            seen=self.seen,
            seen_version=self.seen_version,
            since=self.at,
            pause=self.pause,
            unanswered=self.unanswered,
        )

    def _kept_back(self, fact: Waiting | Dropped) -> Delivery:
        if self.is_up_to_date:
            return self  # of a branch of the journal that did not have the later events
        if isinstance(fact, Dropped):
            return self._replace(state=State.DROPPED, reason="", detail="")
        return self._replace(state=State.WAITING, reason=fact.reason, detail=fact.detail)

    def _attempted(self, fact: Attempt) -> Delivery:
        version = fact.fingerprint or self.fingerprint
        if self._changes_nothing(fact, fact.protocol):
            return self
        unsure = self._replace(acknowledged="", seen=fact.page, seen_version=version)
        if version != self.fingerprint:
            is_first = fact.protocol.retracts and not self.is_known
            return unsure._replace(unanswered=self.unanswered or is_first)._due_again(before=self)
        return unsure._replace(
            state=State.ATTEMPTED,
            # The result of an attempt is its outcome, which is missing if the run was killed.
            reason=INTERRUPTED,
            detail="",
            protocol=fact.protocol,
            endpoint=fact.endpoint,
            retry_at=None,
            # A fall-back to the other protocol belongs to the attempt that it ends.
            attempts=self.attempts + (not fact.after),
        )

    def _answered(self, fact: Answered) -> Delivery:
        version, outcome = fact.fingerprint or self.fingerprint, fact.outcome
        if self._changes_nothing(fact, outcome.protocol):
            return self
        known = self
        if outcome.verdict is Verdict.DELIVERED:
            known = self._replace(
                acknowledged=version,
                acknowledged_by=outcome.protocol or UNNAMED,
                served_at=fact.served_at,
                unanswered=False,
            )
        if version != self.fingerprint and (known is self or not known.is_up_to_date):
            return self if known is self else known._due_again(before=self)
        if outcome.reason in _NO_ANSWER and self._may_be_taken:
            known = self._replace(unanswered=True, served_at=fact.served_at)
        return known._replace(
            state=_STATES[outcome.verdict],
            reason=outcome.reason,
            detail=outcome.detail,
            protocol=outcome.protocol,
            endpoint=outcome.endpoint,
            status_url=outcome.status_url,
            retry_at=fact.retry_at,
            # If there is an endpoint, the attempt was counted when it started.
            attempts=self.attempts + (outcome.endpoint is None),
            pause=fact.pause,
        )

    def _changes_nothing(self, fact: Attempt | Answered, protocol: Traits | None) -> bool:
        """Return whether an exchange is of a branch of the journal that did not have later events.

        A delivery stays delivered, and a receiver that takes updates keeps taking them after an
        answer by a protocol without updates.
        """
        if fact.fingerprint and self.takes_updates and protocol and not protocol.updates:
            return True
        is_present = fact.fingerprint in {"", self.fingerprint}
        return self.is_up_to_date and (is_present or not self.takes_updates)

    def _due_again(self, before: Delivery) -> Delivery:
        """Return the delivery after the receiver was sent another version than the present one.

        It is due as before, or again if the receiver knew the present version.
        """
        return (
            self._again(self.protocol if self.is_ping else None) if before.is_up_to_date else self
        )

    def _asked(self, fact: Asked) -> Delivery:
        if self.status_url is None or (fact.fingerprint or self.fingerprint) != self.fingerprint:
            return self
        asked = self._replace(asked=self.asked + 1, retry_at=fact.retry_at, pause=fact.pause)
        if fact.verdict is Verdict.LATER:
            return asked
        state = _STATES[fact.verdict]
        return asked._replace(state=state, reason=fact.reason, detail=fact.detail, status_url=None)


def _ends_an_attempt(fact: Fact) -> bool:
    """Return whether it ends the attempt: its outcome, or an attempt that falls back."""
    if isinstance(fact, Answered):
        return fact.outcome.endpoint is not None
    return isinstance(fact, Attempt) and fact.after != ""
