"""What can happen to a mention. Pure; ``event_lines`` writes and reads these as lines.

A version of an article is known by its fingerprint: that of its title and text, or one of two
words: ``unlinked`` where the article stands and links to the target no more, ``gone`` where its
page is to be retracted.

A feed and its hub have the same events: ``source`` is the feed's own URL, ``target`` the hub,
``article`` the feed's path in the output, the fingerprint is of its bytes, and ``Queued`` names
the protocol, ``websub``, since there is nothing to discover.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pelican_linkback.protocol.mention import Mention, Outcome, Protocol, Verdict

__all__ = [
    "GONE",
    "UNLINKED",
    "Answered",
    "Asked",
    "Attempt",
    "Dropped",
    "Event",
    "Fact",
    "Pause",
    "Queued",
    "Waiting",
]

UNLINKED = "unlinked"
GONE = "gone"


@dataclass(frozen=True, slots=True)
class Queued:
    """The article at the path ``article`` mentions the target, in the version ``fingerprint``.

    ``protocol`` is given where it is not for the target to say. ``page`` is the digest of the
    page that was built (see ``verification.digest``), where it is known.
    """

    article: str
    fingerprint: str
    protocol: Protocol | None = None
    page: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The public page is not ready for a receiver to look at."""

    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request is about to be made: from here on the receiver may know of the mention.

    ``after`` is the reason for which another endpoint of the same target refused a moment before.
    ``fingerprint`` is the version that the receiver is told of, and ``page`` the digest of the
    page that it finds; lines of earlier releases lack both, and speak of the present version.
    """

    protocol: Protocol
    endpoint: str
    after: str = ""
    fingerprint: str = ""
    page: str = ""


class Pause(NamedTuple):
    """``host`` asked to be left alone until a time (UTC)."""

    host: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an attempt, or of looking for an endpoint; ``retry_at`` where it is LATER.

    Without an endpoint there was no request: the target could not be looked at, or another plugin
    told it. ``fingerprint`` is the version that it speaks of, as in ``Attempt``; ``served_at`` the
    address that the receiver knows the page by, where that is not the mention's source. ``pause``
    is for all mentions.
    """

    outcome: Outcome
    retry_at: datetime | None = None
    fingerprint: str = ""
    served_at: str = ""
    pause: Pause | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a receiver that answered 201 says on its status page; LATER: it has not decided.

    ``fingerprint`` is the version that it speaks of, as in ``Attempt``; ``pause`` is for all
    mentions, as in ``Answered``.
    """

    verdict: Verdict
    reason: str
    detail: str = ""
    retry_at: datetime | None = None
    fingerprint: str = ""
    pause: Pause | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """The author took the mark away before the target was told."""


Fact = Queued | Waiting | Attempt | Answered | Asked | Dropped


class Event(NamedTuple):
    """A fact about a mention, and when it happened (UTC)."""

    at: datetime
    mention: Mention
    fact: Fact
