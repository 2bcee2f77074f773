"""The states of a mention at a receiver of one's own, and the events that change them. Pure.

::

    queued -> checking -> held | shown | refused | gone | unreachable | broken

A standing and an event give the next standing: see ``transitions``. What a page shows is ``shown``,
whatever the state is: a text that was approved stays there while a changed one is held, and while
its source has an outage.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from pelican_linkback.receiving.received import Received

__all__ = [
    "AT_ONCE",
    "KEPT",
    "REFUSALS",
    "WAITING",
    "Approved",
    "Event",
    "LeaseLost",
    "MentionState",
    "Missing",
    "Outage",
    "Refused",
    "Removed",
    "Repeated",
    "Ruled",
    "Standing",
    "Undone",
    "Verified",
]

AT_ONCE = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""Due now, whatever a clock says that was set back."""


class MentionState(StrEnum):
    """Where a mention stands."""

    QUEUED = "queued"
    CHECKING = "checking"
    HELD = "held"
    SHOWN = "shown"
    REFUSED = "refused"
    SPAM = "spam"
    GONE = "gone"
    UNREACHABLE = "unreachable"
    BROKEN = "broken"


WAITING = (MentionState.QUEUED, MentionState.CHECKING)
"""The states of mentions that are to be verified, now or when they are tried again."""

REFUSALS = (MentionState.REFUSED, MentionState.SPAM)
"""The states of mentions that a person or a rule decided against."""

KEPT = (MentionState.HELD, MentionState.SHOWN, MentionState.UNREACHABLE, MentionState.BROKEN)
"""The states of mentions that were looked at, and are neither refused nor gone."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a mention, as far as it decides what becomes of it.

    ``due`` is when it is looked at next (None: not before somebody asks), ``attempts`` the outages
    and ``misses`` the answers of 404 in a row, ``lost`` the leases that were lost in a row.
    ``shown`` is the text on the page, ``latest`` the last one that was read. ``decided``: by a
    person, so that no rule changes it. ``checked`` is when its source was last read.
    """

    state: MentionState = MentionState.QUEUED
    due: dt.datetime | None = AT_ONCE
    attempts: int = 0
    misses: int = 0
    first_missed: dt.datetime | None = None
    lost: int = 0
    decided: bool = False
    checked: dt.datetime | None = None
    why: str = ""
    shown: Received | None = None
    latest: Received | None = None


@dataclass(frozen=True, slots=True)
class Repeated:
    """The same mention was sent again."""


@dataclass(frozen=True, slots=True)
class Verified:
    """The source links to the target, and says ``received``.

    ``verdict`` is what the rules say of a first contact: shown, held or refused, and ``why``.
    ``trusted``: a changed text is shown, too.
    """

    received: Received
    verdict: MentionState
    why: str = ""
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Removed:
    """The source answered 410, is a tombstone, or has no link to the target any more."""

    why: str


@dataclass(frozen=True, slots=True)
class Missing:
    """The source answered 404."""

    why: str = "404"


@dataclass(frozen=True, slots=True)
class Outage:
    """The source could not be read now: an answer of 5xx, a time-out, no connection.

    ``least`` is how long to wait at least.
    """

    why: str
    least: dt.timedelta = dt.timedelta()


@dataclass(frozen=True, slots=True)
class LeaseLost:
    """Who verified it has not come back."""


@dataclass(frozen=True, slots=True)
class Approved:
    """A moderator shows the last text that was read."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A moderator does not show it; ``spam`` says why."""

    spam: bool = False


@dataclass(frozen=True, slots=True)
class Ruled:
    """A moderator made or took back a rule, by which it should be ``verdict``, as in Verified."""

    verdict: MentionState
    why: str


@dataclass(frozen=True, slots=True)
class Undone:
    """A moderator takes a decision back; ``before`` is the standing before it."""

    before: Standing


Event = (
    Repeated
    | Verified
    | Removed
    | Missing
    | Outage
    | LeaseLost
    | Approved
    | Refused
    | Ruled
    | Undone
)
