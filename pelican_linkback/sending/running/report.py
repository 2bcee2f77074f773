"""The result of a run in numbers. Pure: the caller prints or logs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pelican_linkback.protocol.mention import Mention
from pelican_linkback.sending.deciding.decider import Decision, GiveUp, Skip, Wait
from pelican_linkback.sending.deciding.reasons import (
    INVALID_SOURCE,
    LINK_MISSING,
    OLD_ADDRESS,
    OLDER,
    STILL_LINKED,
    UPLOAD_HELPS,
)
from pelican_linkback.sending.memory.delivery import Delivery, State
from pelican_linkback.sending.memory.events import GONE
from pelican_linkback.sending.running.notices import Notice

__all__ = ["Report", "count"]


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a run, in numbers of deliveries.

    ``waiting`` wait for their page (``waits_for`` says for what, once each), ``later`` are to be
    tried again, ``failed`` are not, ``nothing`` have targets that accept no mentions, and ``left``
    were due and not reached, ``held_back`` of them by hosts in trouble. ``soon`` of those that wait
    need only an upload. ``next_at`` is when something will be due again by itself (UTC).
    ``interrupted``: the run ended with Ctrl-C. ``shut_out``: another run was sending, so that this
    one could not. ``ended`` has the deliveries themselves.
    """

    sent: int = 0
    waiting: int = 0
    later: int = 0
    failed: int = 0
    nothing: int = 0
    left: int = 0
    held_back: int = 0
    soon: int = 0
    next_at: datetime | None = None
    waits_for: tuple[str, ...] = ()
    interrupted: bool = False
    shut_out: bool = False
    notices: tuple[Notice, ...] = ()
    ended: tuple[Delivery, ...] = ()

    def summary(self) -> str:
        """Return the run in one line, without a full stop; what did not happen is left out."""
        parts = [
            f"{self.sent} sent" if self.sent else "",
            self._waiting() if self.waiting else "",
            f"{self.later} to be tried again" if self.later else "",
            f"{self.nothing} without an endpoint" if self.nothing else "",
            f"{self.failed} failed" if self.failed else "",
            f"{self.left} left for {self._next()}" if self.left else "",
        ]
        said = ", ".join(filter(None, parts)) or "nothing to send"
        return f"Linkbacks: {'interrupted, ' if self.interrupted else ''}{said}"

    def and_then(self, later: Report) -> Report:
        """Return the result of this run and of the one after it together."""
        ended = {each.mention: each for each in (*self.ended, *later.ended)}
        lasting = [notice for notice in self.notices if not notice.passing]
        return replace(
            later,
            sent=self.sent + later.sent,
            failed=self.failed + later.failed,
            nothing=self.nothing + later.nothing,
            notices=tuple(dict.fromkeys([*lasting, *later.notices])),
            ended=tuple(ended[mention] for mention in sorted(ended)),
        )

    def _next(self) -> str:
        return "the next run, since another one is sending" if self.shut_out else "the next run"

    def _waiting(self) -> str:
        verb = "waits" if self.waiting == 1 else "wait"
        what = self.waits_for[0] if len(self.waits_for) == 1 else "their pages to be ready"
        return f"{self.waiting} {verb} for {what}"


def count(
    decided: Mapping[Mention, tuple[Delivery, Decision]],
    done: Collection[Mention],
    *,
    left: int,
    interrupted: bool,
    notices: tuple[Notice, ...],
) -> Report:
    """Count the results of those that were ``done``; ``left`` were due and not reached."""
    ended = [decided[mention] for mention in sorted(done)]
    states = Counter(delivery.state for delivery, _ in ended)
    waiting = sorted({_wait_for(each) for each, _ in ended if each.state is State.WAITING})
    times = [each.until for _, each in decided.values() if isinstance(each, Wait | Skip)]
    given_up = sum(isinstance(decision, GiveUp) for _, decision in ended)
    return Report(
        sent=states[State.DELIVERED],
        waiting=states[State.WAITING],
        later=sum(isinstance(decision, Wait) for _, decision in decided.values()),
        failed=states[State.REFUSED] + given_up,
        nothing=states[State.NOTHING],
        left=left,
        soon=sum(each.state is State.WAITING and each.reason in UPLOAD_HELPS for each, _ in ended),
        next_at=min(filter(None, times), default=None),
        waits_for=tuple(waiting),
        interrupted=interrupted,
        notices=notices,
        ended=tuple(delivery for delivery, _ in ended),
    )


def _wait_for(delivery: Delivery) -> str:
    source, target = delivery.mention.source, delivery.mention.target
    if delivery.reason == INVALID_SOURCE:
        return f"the address {source} to be corrected in the journal"
    if delivery.reason == LINK_MISSING:
        return f"{source} to link to {target}"
    if delivery.reason == OLD_ADDRESS:
        return f"{delivery.detail} to redirect or to be gone"
    if delivery.fingerprint == GONE:
        return f"{source} to be gone"
    version = " in its new version" if delivery.reason in {OLDER, STILL_LINKED} else ""
    return f"{source} to be online{version}"
