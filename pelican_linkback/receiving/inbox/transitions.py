"""The transitions of the state machine: what a mention becomes by an event. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import singledispatch

from pelican_linkback.receiving.inbox.states import (
    AT_ONCE,
    REFUSALS,
    WAITING,
    Approved,
    Event,
    LeaseLost,
    MentionState,
    Missing,
    Outage,
    Refused,
    Removed,
    Repeated,
    Ruled,
    Standing,
    Undone,
    Verified,
)

__all__ = ["RETRIES", "transition"]

RETRIES = (
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=10),
    dt.timedelta(hours=1),
    dt.timedelta(hours=6),
    dt.timedelta(days=1),
)
"""After an outage: how long to wait for the next look. After these it is ``unreachable``."""

LOOKS = 3
"""So many answers of 404, and so many leases that were lost, are enough."""

_MISSED_FOR = dt.timedelta(days=7)
_SECOND_LOOK = dt.timedelta(days=3)
_NEW_LOOKS = (dt.timedelta(minutes=10), dt.timedelta(hours=1))
_DAY = dt.timedelta(days=1)

_SETTLED = {*REFUSALS, MentionState.GONE}
"""What no answer brings onto a page but that of a source that has the link."""

_MAY_FAIL = {*WAITING, MentionState.SHOWN, MentionState.UNREACHABLE, MentionState.BROKEN}
"""What can become unreachable or broken. A held mention stays where its moderator looks."""


def transition(standing: Standing, event: Event, now: dt.datetime) -> Standing:
    """Return what a mention becomes by ``event`` at the time ``now``; itself if nothing changes."""
    return _transition(event, standing, now)


@singledispatch
def _transition(event: object, standing: Standing, now: dt.datetime) -> Standing:  # noqa: ARG001
    raise TypeError(event)


@_transition.register
def _repeated(event: Repeated, standing: Standing, now: dt.datetime) -> Standing:  # noqa: ARG001
    """Look again, and decide nothing. What breaks verifiers is looked at once a day."""
    if standing.state is MentionState.BROKEN:
        waited = (standing.checked or AT_ONCE) + _DAY
        return replace(standing, due=waited if now < waited <= now + _DAY else AT_ONCE)
    return replace(standing, due=AT_ONCE, attempts=0)


@_transition.register
def _verified(event: Verified, standing: Standing, now: dt.datetime) -> Standing:
    seen = replace(_read(standing, now), latest=event.received, why=event.why)
    if standing.state in REFUSALS and standing.decided:
        return replace(seen, why=standing.why)
    if event.verdict is MentionState.REFUSED and not standing.decided:
        return replace(seen, state=MentionState.REFUSED, shown=None)
    if standing.shown and standing.shown.said == event.received.said:
        return replace(seen, state=MentionState.SHOWN)
    may_be_shown = event.trusted or (not standing.shown and event.verdict is MentionState.SHOWN)
    if may_be_shown:
        return replace(seen, state=MentionState.SHOWN, shown=event.received)
    return replace(seen, state=MentionState.HELD, why="changed" if standing.shown else event.why)


@_transition.register
def _removed(event: Removed, standing: Standing, now: dt.datetime) -> Standing:
    return _gone(replace(_read(standing, now), why=event.why), standing)


@_transition.register
def _missing(event: Missing, standing: Standing, now: dt.datetime) -> Standing:
    """Count a look; remove after three, which take seven days for what was verified before."""
    first = min(standing.first_missed or now, now)
    looks = standing.misses + 1
    missed = replace(
        standing, checked=now, attempts=0, lost=0, misses=looks, first_missed=first, why=event.why
    )
    if standing.state in _SETTLED:
        return replace(missed, due=None)
    if standing.state in WAITING:
        if looks >= LOOKS:
            return _gone(_read(missed, now), standing)
        return replace(missed, state=MentionState.QUEUED, due=now + _NEW_LOOKS[looks - 1])
    if looks >= LOOKS and now >= first + _MISSED_FOR:
        return _gone(_read(missed, now), standing)
    wanted = first + (_SECOND_LOOK if looks == 1 else _MISSED_FOR)
    return replace(missed, due=max(wanted, now + _DAY))


@_transition.register
def _outage(event: Outage, standing: Standing, now: dt.datetime) -> Standing:
    attempts = standing.attempts + 1
    failed = replace(standing, attempts=attempts, lost=0, why=event.why)
    if attempts <= len(RETRIES) and standing.state not in _SETTLED:
        return replace(_waiting(failed), due=now + max(RETRIES[attempts - 1], event.least))
    return _failed(failed, MentionState.UNREACHABLE)


@_transition.register
def _lease_lost(event: LeaseLost, standing: Standing, now: dt.datetime) -> Standing:  # noqa: ARG001
    lost = min(standing.lost + 1, LOOKS)
    if lost < LOOKS:
        return replace(_waiting(standing), lost=lost, due=AT_ONCE)
    # One more loss is enough from here on.
    broken = replace(standing, lost=LOOKS - 1, checked=now, why="lease lost")
    return _failed(broken, MentionState.BROKEN)


@_transition.register
def _approved(event: Approved, standing: Standing, now: dt.datetime) -> Standing:  # noqa: ARG001
    """What has not been read, or is gone, cannot be shown."""
    if standing.latest is None:
        return standing
    return replace(
        standing, state=MentionState.SHOWN, shown=standing.latest, decided=True, why="approved"
    )


@_transition.register
def _refused(event: Refused, standing: Standing, now: dt.datetime) -> Standing:  # noqa: ARG001
    state = MentionState.SPAM if event.spam else MentionState.REFUSED
    return replace(standing, state=state, shown=None, decided=True, why=state.value)


@_transition.register
def _ruled(event: Ruled, standing: Standing, now: dt.datetime) -> Standing:  # noqa: ARG001
    """Follow a rule, unless a person decided; what is shown stays, but for a block."""
    if standing.decided or standing.latest is None:
        return standing
    if event.verdict is MentionState.REFUSED:
        return replace(standing, state=MentionState.REFUSED, shown=None, why=event.why)
    waits = standing.state in {MentionState.HELD, MentionState.REFUSED}
    if event.verdict is MentionState.SHOWN and waits:
        return replace(standing, state=MentionState.SHOWN, shown=standing.latest, why=event.why)
    if standing.state is MentionState.REFUSED:
        return replace(standing, state=MentionState.HELD, why=event.why)
    return standing


@_transition.register
def _undone(event: Undone, standing: Standing, now: dt.datetime) -> Standing:  # noqa: ARG001
    """Return to the state before, unless the source is gone since, or says something else."""
    before = event.before
    latest, is_read = standing.latest, standing.checked != before.checked
    if before.latest and not latest:
        return replace(standing, state=MentionState.GONE, decided=before.decided, shown=None)
    restored = replace(
        standing, state=before.state, shown=before.shown, decided=before.decided, why=before.why
    )
    if before.state in WAITING and latest:
        return replace(restored, state=MentionState.HELD)
    if before.shown and latest and is_read and before.shown.said != latest.said:
        # It may have been taken back meanwhile: nobody shows it again without a look.
        return replace(restored, state=MentionState.HELD, shown=None, why="undone")
    return restored


def _read(standing: Standing, now: dt.datetime) -> Standing:
    """Return the standing after the source answered as it should: nothing is in the way of it."""
    return replace(standing, due=None, attempts=0, misses=0, first_missed=None, lost=0, checked=now)


def _gone(standing: Standing, before: Standing) -> Standing:
    """Show it no more. What was refused stays refused, in case that the link comes back."""
    refused = before.state in REFUSALS and before.decided
    state = before.state if refused else MentionState.GONE
    why = before.why if refused else standing.why
    return replace(standing, state=state, shown=None, latest=None, why=why)


def _waiting(standing: Standing) -> Standing:
    is_new = standing.state is MentionState.CHECKING
    return replace(standing, state=MentionState.QUEUED) if is_new else standing


def _failed(standing: Standing, state: MentionState) -> Standing:
    """Look no more; what is shown stays shown."""
    if standing.state in _MAY_FAIL:
        return replace(standing, state=state, due=None)
    return replace(standing, due=None)
