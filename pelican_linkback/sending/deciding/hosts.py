"""What a run knows of each host: how many exchanges it gets at a time, and from when on. Pure."""

from __future__ import annotations

import typing
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from pelican_linkback.exceptions import (
    InvalidURL,
    LookupFailed,
    TimedOut,
    Unreachable,
    WebError,
)
from pelican_linkback.protocol.mention import Outcome, Verdict
from pelican_linkback.protocol.response import is_passing, pause
from pelican_linkback.text.urls import host_key

if typing.TYPE_CHECKING:
    from pelican_linkback.net.client import Response

__all__ = ["MAX_TIMEOUTS", "Host", "Trouble", "host_of", "trouble_of"]

MAX_TIMEOUTS = 2
"""So many exchanges with a host may time out in a run; then no further one begins."""

T = typing.TypeVar("T")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What an answer, or the lack of one, says of the state of its host.

    ``pause`` is how many seconds the host asks to be left alone, ``timeouts`` how many exchanges
    it counts for that timed out. Even where both are 0, it is better asked one thing at a time:
    a small site whose program can do no more answers a second request with an error page.
    """

    pause: float = 0.0
    timeouts: int = 0


OUT_OF_ORDER = Trouble(timeouts=MAX_TIMEOUTS)
"""It is not asked again in this run."""


def trouble_of(
    answer: Response | WebError, now: datetime, outcome: Outcome | None = None
) -> Trouble | None:
    """Return what an ``answer`` says of its host; None where all is well.

    ``outcome`` is what it means to a mention, where it answers one: a pingback's fault says that
    one is too quick with a status of 200.
    """
    heard = answer.heard if isinstance(answer, WebError) else answer
    asked = (pause(heard.status, heard.headers, now) if heard else None) or 0.0
    if isinstance(answer, WebError):
        if isinstance(answer, TimedOut | LookupFailed):  # a name server may be silent, too
            return Trouble(asked, timeouts=1)
        return Trouble(asked) if isinstance(answer, Unreachable) else None
    if outcome is not None and outcome.verdict is Verdict.LATER:
        return Trouble(outcome.retry_after or asked)
    return Trouble(asked) if asked or is_passing(answer.status) else None


@dataclass(slots=True)
class Host(typing.Generic[T]):
    """A host, and the ``queue`` of what waits for a turn there.

    At most ``width`` exchanges run at a time, of which ``busy`` do; none begins before
    ``paused_until`` (seconds of a clock that only grows). Before it ``has_answered`` once, no more
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
        """Whether no exchange with it begins any more in this run."""
        return self.timeouts >= MAX_TIMEOUTS

    @property
    def has_room(self) -> bool:
        """Whether something waits that could begin now, but for a pause."""
        most = self.width if self.has_answered else min(self.width, MAX_TIMEOUTS)
        return bool(self.queue) and self.busy < most and not self.is_closed

    def note(self, trouble: Trouble | None, now: float) -> None:
        """Take into account how an exchange went that is over ``now``."""
        if trouble is None:
            self.has_answered = True
            return
        self.width = 1
        self.timeouts += trouble.timeouts
        if trouble.pause:
            self.paused_until = max(self.paused_until or now, now + trouble.pause)


def host_of(url: str) -> str:
    """Return the name of the host that ``url`` is at; empty where it cannot be fetched anyway."""
    try:
        return host_key(url)
    except InvalidURL:
        return ""
