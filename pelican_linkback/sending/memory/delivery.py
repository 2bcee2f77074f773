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

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from operator import attrgetter

from pelican_linkback.protocol.mention import Mention, Traits
from pelican_linkback.sending.memory.events import GONE, UNLINKED, Pause, Queued

__all__ = ["INTERRUPTED", "Delivery", "State"]

INTERRUPTED = "interrupted"


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


_OPEN = {State.QUEUED, State.WAITING, State.ATTEMPTED, State.LATER}


@dataclass(slots=True)
class Delivery:
    """One mention and the state that its events lead to.

    Only ``folding`` changes one, and only while it is made: everywhere else it stays as it is.

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
        by = self.acknowledged_by  # its properties are not used: a fold asks a million times
        if by is None:
            return False
        if self.acknowledged == self.fingerprint or not by.updates:
            return True
        # Two branches may each have removed it in its own way; once is enough.
        return self.is_removal and self.acknowledged in {UNLINKED, GONE}

    @property
    def is_open(self) -> bool:
        """Whether something is still to be sent."""
        return self.state in _OPEN and not self.is_up_to_date

    @property
    def is_shown(self) -> bool:
        """Whether the receiver may show the mention, and would remove it when notified."""
        if not self.is_known:
            return self.may_be_taken
        return self.takes_updates and not self.is_ping and self.acknowledged not in {UNLINKED, GONE}

    @property
    def may_be_taken(self) -> bool:
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
    def is_update(self) -> bool:
        """Whether it changes what a receiver accepted before, or removes it."""
        return self.is_known or self.is_removal

    @property
    def sent_source(self) -> str:
        """The address of the page to send: the one that the receiver knows, or is to know."""
        return self.served_at or self.mention.source

    @property
    def news(self) -> Queued:
        """The event that made it due: its present version."""
        protocol = self.protocol if self.is_ping else None
        return Queued(self.article, self.fingerprint, protocol)

    def copied(self) -> Delivery:
        """Return another delivery in the same state."""
        return Delivery(*_fields(self))


_fields = attrgetter(*(field.name for field in fields(Delivery)))
