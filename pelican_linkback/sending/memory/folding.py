"""The state that the events of a mention lead to, taken in one after the other. Pure.

A journal has a million lines where a site is old: each takes a few assignments here. So a step is
the content of a line, and no object is made of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter

from pelican_linkback.protocol.mention import Traits, Verdict
from pelican_linkback.protocol.pingback import Pingback
from pelican_linkback.protocol.registry import traits_of
from pelican_linkback.sending.memory.delivery import INTERRUPTED, Delivery, State
from pelican_linkback.sending.memory.events import (
    Answered,
    Asked,
    Attempt,
    Dropped,
    Event,
    Fact,
    Fields,
    Queued,
    Waiting,
)

__all__ = ["UNNAMED", "after", "fields_of", "take_in"]

UNNAMED = traits_of(Pingback())
"""Where a line does not say by which protocol a mention was sent, it is never repeated."""

_STATES = {
    Verdict.DELIVERED: State.DELIVERED,
    Verdict.NOTHING: State.NOTHING,
    Verdict.REFUSED: State.REFUSED,
    Verdict.LATER: State.LATER,
}

# Looked up once: on Python 3.11 a member of an enumeration takes three times as long as a name.
_QUEUED, _WAITING, _ATTEMPTED = State.QUEUED, State.WAITING, State.ATTEMPTED
_DELIVERED, _DROPPED = State.DELIVERED, State.DROPPED
_ACCEPTED, _LATER = Verdict.DELIVERED, Verdict.LATER

_NO_ANSWER = {"timed-out", "unreachable", "error", INTERRUPTED}
"""Reasons of an outcome after which the receiver may or may not have accepted the mention."""


def after(delivery: Delivery, event: Event) -> Delivery:
    """Return the delivery after ``event``, the next in time."""
    result = delivery.copied()
    take_in(result, event.at, type(event.fact), fields_of(event.fact))
    return result


def fields_of(fact: Fact) -> Fields:
    """Return the fields of ``fact``."""
    fields: Fields = _FIELDS[type(fact)](fact)
    return fields


def take_in(delivery: Delivery, at: datetime, kind: type[Fact], fields: Fields) -> None:
    """Change ``delivery`` to its state after a fact of this ``kind``, which happened ``at``."""
    delivery.at = at
    _TRANSITIONS[kind](delivery, fields)


def _queued(self: Delivery, fields: Fields) -> None:
    article, fingerprint, protocol, page = fields
    _leave_attempt(self)
    if fingerprint == self.fingerprint and self.state is not _DROPPED:
        self.article = article
        self.page = page or self.page
        return
    self.article, self.fingerprint, self.page = article, fingerprint, page
    if self.is_up_to_date:
        self.state = _DELIVERED
    else:
        _again(self, protocol)


def _again(self: Delivery, protocol: Traits | None) -> None:
    """Let the delivery be one that has not been tried yet.

    A changed article gets new attempts: its author may have fixed what was refused.
    """
    self.state = _QUEUED
    self.reason = self.detail = ""
    self.protocol = protocol
    self.endpoint = self.status_url = self.retry_at = None
    self.attempts = self.asked = 0
    self.since = self.at


def _waiting(self: Delivery, fields: Fields) -> None:
    _leave_attempt(self)
    if not self.is_up_to_date:  # else: of a branch of the journal that did not have later events
        self.state = _WAITING
        self.reason, self.detail = fields


def _dropped(self: Delivery, _: Fields) -> None:
    _leave_attempt(self)
    if not self.is_up_to_date:
        self.state, self.reason, self.detail = _DROPPED, "", ""


def _attempted(self: Delivery, fields: Fields) -> None:
    protocol, endpoint, fallback, fingerprint, page = fields
    if not fallback:
        _leave_attempt(self)
    if _changes_nothing(self, fingerprint, protocol):
        return
    version = fingerprint or self.fingerprint
    is_other = version != self.fingerprint
    was_up_to_date = is_other and self.is_up_to_date
    self.acknowledged, self.seen, self.seen_version = "", page, version
    if is_other:
        is_first = protocol.retracts and not self.is_known
        self.unanswered = self.unanswered or is_first
        _be_due_again(self, was_up_to_date=was_up_to_date)
        return
    self.state = _ATTEMPTED
    # The result of an attempt is its outcome, which is missing if the run was killed.
    self.reason, self.detail = INTERRUPTED, ""
    self.protocol, self.endpoint = protocol, endpoint
    self.retry_at = None
    # A fall-back to the other protocol belongs to the attempt that it ends.
    self.attempts += not fallback


def _answered(self: Delivery, fields: Fields) -> None:
    outcome, retry_at, fingerprint, served_at, pause = fields
    if outcome.endpoint is None:
        _leave_attempt(self)
    if _changes_nothing(self, fingerprint, outcome.protocol):
        return
    version = fingerprint or self.fingerprint
    is_other = version != self.fingerprint
    was_up_to_date = is_other and self.is_up_to_date
    is_delivered = outcome.verdict is _ACCEPTED
    if is_delivered:
        self.acknowledged = version
        self.acknowledged_by = outcome.protocol or UNNAMED
        self.served_at = served_at
        self.unanswered = False
    elif outcome.reason in _NO_ANSWER and not is_other and self.may_be_taken:
        self.served_at = served_at
        self.unanswered = True
    if is_other and not (is_delivered and self.is_up_to_date):
        _be_due_again(self, was_up_to_date=is_delivered and was_up_to_date)
        return
    self.state = _STATES[outcome.verdict]
    self.reason, self.detail = outcome.reason, outcome.detail
    self.protocol, self.endpoint = outcome.protocol, outcome.endpoint
    self.status_url, self.retry_at = outcome.status_url, retry_at
    # If there is an endpoint, the attempt was counted when it started.
    self.attempts += outcome.endpoint is None
    self.pause = pause


def _changes_nothing(self: Delivery, fingerprint: str, protocol: Traits | None) -> bool:
    """Return whether an exchange is of a branch of the journal that did not have later events.

    A delivery stays delivered, and a receiver that takes updates keeps taking them after an answer
    by a protocol without updates.
    """
    if fingerprint and protocol and not protocol.updates and self.takes_updates:
        return True
    if not self.is_up_to_date:
        return False
    is_present = not fingerprint or fingerprint == self.fingerprint
    return is_present or not self.takes_updates


def _be_due_again(self: Delivery, *, was_up_to_date: bool) -> None:
    """Take in that the receiver was sent another version than the present one.

    It is due as before, or again if the receiver knew the present version.
    """
    if was_up_to_date:
        _again(self, self.protocol if self.is_ping else None)


def _asked(self: Delivery, fields: Fields) -> None:
    verdict, reason, detail, retry_at, fingerprint, pause = fields
    _leave_attempt(self)
    if self.status_url is None or (fingerprint or self.fingerprint) != self.fingerprint:
        return
    self.asked += 1
    self.retry_at, self.pause = retry_at, pause
    if verdict is not _LATER:
        self.state = _STATES[verdict]
        self.reason, self.detail, self.status_url = reason, detail, None


def _leave_attempt(self: Delivery) -> None:
    """Note before an event that is no answer to an attempt that the receiver may have taken it."""
    if self.state is _ATTEMPTED:
        self.unanswered = self.may_be_taken


_TRANSITIONS: dict[type[Fact], Callable[[Delivery, Fields], None]] = {
    Queued: _queued,
    Waiting: _waiting,
    Attempt: _attempted,
    Answered: _answered,
    Asked: _asked,
    Dropped: _dropped,
}


def _getter(kind: type[Fact]) -> Callable[[Fact], Fields]:
    names = kind.__match_args__
    return attrgetter(*names) if names else lambda _: ()


_FIELDS = {kind: _getter(kind) for kind in _TRANSITIONS}
