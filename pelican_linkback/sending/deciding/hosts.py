"""The state of each host in a run: how many exchanges at a time, and from when on. Pure."""

from __future__ import annotations

import typing
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from pelican_linkback.exceptions import (
    LookupFailed,
    TimedOut,
    Unreachable,
    WebError,
)
from pelican_linkback.protocol.mention import Outcome, Verdict
from pelican_linkback.protocol.response import is_passing, pause

if typing.TYPE_CHECKING:
    from pelican_linkback.net.client import Response

__all__ = ["MAX_TIMEOUTS", "Host", "Trouble", "trouble_of"]

MAX_TIMEOUTS = 2
"""The number of exchanges with a host that may time out in a run; then no more are started."""

T = typing.TypeVar("T")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What an answer, or a missing one, says about the state of its host.

    ``pause`` is the number of seconds that the host asks to be left alone, ``timeouts`` the number
    of timeouts that the exchange counts for. Even if both are 0, the host gets one request at a
    time from then on: a small site that is overloaded answers a second one with an error page.
    """

    pause: float = 0.0
    timeouts: int = 0


OUT_OF_ORDER = Trouble(timeouts=MAX_TIMEOUTS)
"""The host is not asked again in this run."""


def trouble_of(
    answer: Response | WebError, now: datetime, outcome: Outcome | None = None
) -> Trouble | None:
    """Return what an ``answer`` says about its host; None if the host has no trouble.

    ``outcome`` is what the answer means for its mention: a pingback's fault may ask for a pause
    with status 200.
    """
    received = answer.partial if isinstance(answer, WebError) else answer
    asked = (pause(received.status, received.headers, now) if received else None) or 0.0
    if isinstance(answer, WebError):
        if isinstance(answer, TimedOut | LookupFailed):  # a name server may not answer, too
            return Trouble(asked, timeouts=1)
        return Trouble(asked) if isinstance(answer, Unreachable) else None
    if outcome is not None and outcome.verdict is Verdict.LATER:
        return Trouble(outcome.retry_after or asked)
    return Trouble(asked) if asked or is_passing(answer.status) else None


@dataclass(slots=True)
class Host(typing.Generic[T]):
    """A host, and the ``queue`` of the tasks that wait for a turn there.

    At most ``width`` exchanges run at a time; ``busy`` are running. None starts before
    ``paused_until`` (seconds of a monotonic clock). Until the host ``has_answered`` once, no more
    run than may time out.
    """

    name: str
    width: int
    paused_until: float | None = None
    busy: int = 0
    timeouts: int = 0
    has_answered: bool = False
    queue: deque[T] = field(default_factory=deque)

    @property
    def is_closed(self) -> bool:
        """Whether no more exchanges with this host are started in this run."""
        return self.timeouts >= MAX_TIMEOUTS

    @property
    def can_start(self) -> bool:
        """Whether a waiting task could start now, apart from a pause."""
        most = self.width if self.has_answered else min(self.width, MAX_TIMEOUTS)
        return bool(self.queue) and self.busy < most and not self.is_closed

    def take(self, task: T) -> None:
        """Let ``task`` wait for a turn: before the others, so that what was begun is ended.

        Where fewer wait than have turns at a time, it comes last: those that wait have all of their
        requests before them, and the last one would make its requests alone in the end.
        """
        if len(self.queue) < self.width:
            self.queue.append(task)
        else:
            self.queue.appendleft(task)

    def note(self, trouble: Trouble | None, now: float) -> None:
        """Record the result of an exchange that ended at ``now``."""
        if trouble is None:
            self.has_answered = True
            return
        self.width = 1
        self.timeouts += trouble.timeouts
        if trouble.pause:
            self.paused_until = max(self.paused_until or now, now + trouble.pause)
