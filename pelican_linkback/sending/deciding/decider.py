"""Whether to send a delivery now. Pure: the time is handed in, and nothing is done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pelican_linkback.protocol.response import LONGEST_PAUSE
from pelican_linkback.sending.deciding.reasons import UNREAD
from pelican_linkback.sending.memory.delivery import Delivery, State

__all__ = [
    "Ask",
    "Decision",
    "GiveUp",
    "Policy",
    "Send",
    "Skip",
    "Wait",
    "back_off",
    "can_begin_anew",
    "decide",
]


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient we are: by default 8 attempts over about a week.

    The pauses between attempts are 10 minutes, 30, 90 and so on to 5 days, each a fifth
    shorter or longer by chance, and never more than ``longest``.
    """

    attempts: int = 8
    first: timedelta = timedelta(minutes=10)
    factor: float = 3.0
    jitter: float = 0.2
    longest: timedelta = timedelta(seconds=LONGEST_PAUSE)


@dataclass(frozen=True, slots=True)
class Send:
    """It is due; ``reason`` is the state it was in."""

    reason: str


@dataclass(frozen=True, slots=True)
class Ask:
    """It is told, and the receiver may have decided by now: look at its status page."""

    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Not before ``until`` (UTC), because of the last outcome's ``reason``."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Skip:
    """There is nothing to do: it is told, refused or dropped.

    ``until`` (UTC) where the receiver's status page is to be looked at.
    """

    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It was tried as often as the policy says; ``reason`` is the last outcome's."""

    reason: str


Decision = Send | Ask | Wait | Skip | GiveUp

_SETTLED = {State.DELIVERED, State.NOTHING, State.REFUSED, State.DROPPED}
_DONE = {state: Skip(state.value) for state in State}


def decide(delivery: Delivery, now: datetime, policy: Policy) -> Decision:
    """Return what to do about ``delivery`` at the time ``now`` (UTC)."""
    if delivery.is_up_to_date or delivery.state in _SETTLED:
        return _ask(delivery, now, policy)
    if delivery.attempts >= policy.attempts:
        return GiveUp(delivery.reason)
    next_try = _next_try(delivery, policy)
    if next_try is not None and _is_ahead(next_try, now, policy):
        return Wait(next_try, delivery.reason)
    return Send(delivery.state.value)


def can_begin_anew(delivery: Delivery, decision: Decision) -> bool:
    """Tell whether it failed for good, and the receiver does not know the present version.

    A page that could not be read failed, too: nobody knows whether there is somebody to tell.
    """
    unread = delivery.state is State.NOTHING and delivery.reason == UNREAD
    over = unread or delivery.state is State.REFUSED or isinstance(decision, GiveUp)
    return over and not delivery.is_up_to_date


def _next_try(delivery: Delivery, policy: Policy) -> datetime | None:
    """Return the earliest time of the next try, where there is one.

    Of an attempt that was interrupted nothing is on record but that it began. The pause counts
    from there: a run that is killed again and again must not use up all attempts in a minute.
    """
    if delivery.state is State.ATTEMPTED and delivery.at is not None:
        return delivery.at + back_off(delivery.attempts, policy, chance=0.5)
    return delivery.retry_at


def _ask(delivery: Delivery, now: datetime, policy: Policy) -> Ask | Skip:
    """Return whether to ask what became of a delivery with which we are done."""
    if delivery.status_url is None or delivery.asked >= policy.attempts:
        return _DONE[delivery.state]
    if delivery.retry_at is not None and _is_ahead(delivery.retry_at, now, policy):
        return Skip(delivery.state.value, delivery.retry_at)
    return Ask(delivery.state.value)


def _is_ahead(moment: datetime, now: datetime, policy: Policy) -> bool:
    """Tell whether to wait for ``moment``: one after the longest pause is a wrong clock's."""
    return timedelta() < moment - now <= policy.longest


def back_off(
    attempts: int, policy: Policy, *, chance: float, retry_after: float | None = None
) -> timedelta:
    """Return the pause after the ``attempts``-th try (1 or more).

    ``chance`` is a random number from 0 to 1; ``retry_after`` the seconds that the receiver asked
    for, which are honoured up to the policy's longest pause.
    """
    tries = min(attempts, policy.attempts)
    pause = policy.first.total_seconds() * policy.factor ** (tries - 1)
    pause *= 1 + policy.jitter * (2 * chance - 1)
    return timedelta(seconds=min(max(pause, retry_after or 0), policy.longest.total_seconds()))
