"""Whether to send a delivery now. Pure: the caller passes the time, and acts on the decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pelican_linkback.protocol.response import LONGEST_PAUSE
from pelican_linkback.sending.deciding.reasons import UNREAD, UNREGISTERED
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
    "can_retry",
    "decide",
]


@dataclass(frozen=True, slots=True)
class Policy:
    """How often and how long to retry: by default 8 attempts over about a week.

    The pauses between attempts are 10 minutes, 30, 90 and so on to 5 days, each randomly up to a
    fifth shorter or longer, and never more than ``longest``.
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
    """It is sent, and the receiver may have decided by now: fetch its status page."""

    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Not due before ``until`` (UTC), because of the last outcome's ``reason``.

    With a ``host``, because that asked to be left alone.
    """

    until: datetime
    reason: str
    host: str = ""


@dataclass(frozen=True, slots=True)
class Skip:
    """Nothing to do: it is sent, refused or dropped.

    ``until`` (UTC) is when to fetch the receiver's status page, if there is one.
    """

    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class GiveUp:
    """All attempts of the policy are used up; ``reason`` is the last outcome's."""

    reason: str


Decision = Send | Ask | Wait | Skip | GiveUp

_SETTLED = {State.DELIVERED, State.NOTHING, State.REFUSED, State.DROPPED}
_DONE = {state: Skip(state.value) for state in State}


def decide(delivery: Delivery, now: datetime, policy: Policy) -> Decision:
    """Return the decision about ``delivery`` at the time ``now`` (UTC)."""
    if delivery.is_foreign:
        return Skip(UNREGISTERED)
    if delivery.is_up_to_date or delivery.state in _SETTLED:
        return _ask(delivery, now, policy)
    if delivery.attempts >= policy.attempts:
        return GiveUp(delivery.reason)
    next_try = _next_try(delivery, policy)
    if next_try is not None and _is_ahead(next_try, now, policy):
        return Wait(next_try, delivery.reason)
    return Send(delivery.state.value)


def can_retry(delivery: Delivery, decision: Decision) -> bool:
    """Return whether it failed permanently, and the receiver does not know the present version.

    A page that could not be read counts as failed: it may name an endpoint.
    """
    unread = delivery.state is State.NOTHING and delivery.reason == UNREAD
    over = unread or delivery.state is State.REFUSED or isinstance(decision, GiveUp)
    return over and not delivery.is_up_to_date


def _next_try(delivery: Delivery, policy: Policy) -> datetime | None:
    """Return the earliest time of the next attempt, if there is one.

    An interrupted attempt has only its start on record. The pause counts from there: a run that is
    killed again and again must not use up all attempts in a minute.
    """
    if delivery.state is State.ATTEMPTED and delivery.at is not None:
        return delivery.at + back_off(delivery.attempts, policy, chance=0.5)
    return delivery.retry_at


def _ask(delivery: Delivery, now: datetime, policy: Policy) -> Ask | Skip:
    """Return whether to fetch the status page of a delivery that is done."""
    if delivery.status_url is None or delivery.asked >= policy.attempts:
        return _DONE[delivery.state]
    if delivery.retry_at is not None and _is_ahead(delivery.retry_at, now, policy):
        return Skip(delivery.state.value, delivery.retry_at)
    return Ask(delivery.state.value)


def _is_ahead(moment: datetime, now: datetime, policy: Policy) -> bool:
    """Return whether to wait for ``moment``; one beyond the longest pause is from a wrong clock."""
    return timedelta() < moment - now <= policy.longest


def back_off(
    attempts: int, policy: Policy, *, chance: float, retry_after: float | None = None
) -> timedelta:
    """Return the pause after the ``attempts``-th attempt (1 or more).

    ``chance`` is a random number from 0 to 1. ``retry_after`` is the number of seconds that the
    receiver asked for; it is respected up to the policy's longest pause.
    """
    tries = min(attempts, policy.attempts)
    pause = policy.first.total_seconds() * policy.factor ** (tries - 1)
    pause *= 1 + policy.jitter * (2 * chance - 1)
    return timedelta(seconds=min(max(pause, retry_after or 0), policy.longest.total_seconds()))
