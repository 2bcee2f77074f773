"""The events of a mention. Pure; ``event_lines`` writes and reads them as lines.

A version of an article is identified by its fingerprint: a digest of its title and text, or one of
two words: ``unlinked`` if the article exists and does not link to the target any more, ``gone`` if
its page is to be retracted.

A feed and its hub have the same events: ``source`` is the feed's own URL, ``target`` the hub,
``article`` the feed's path in the output folder, the fingerprint is of its bytes, and ``Queued``
names the protocol, ``websub``, since there is nothing to discover.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from pelican_linkback.protocol.mention import Mention, Outcome, Traits, Verdict

__all__ = [
    "GONE",
    "UNLINKED",
    "Answered",
    "Asked",
    "Attempt",
    "Dropped",
    "Event",
    "Fact",
    "Facts",
    "Fields",
    "Pause",
    "Queued",
    "Waiting",
]

UNLINKED = "unlinked"
GONE = "gone"


@dataclass(frozen=True, slots=True)
class Queued:
    """The article at the path ``article`` mentions the target, in the version ``fingerprint``.

    ``protocol`` is given if it does not depend on the target. ``page`` is the digest of the built
    page (see ``verification.digest``), if known.
    """

    article: str
    fingerprint: str
    protocol: Traits | None = None
    page: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The public page is not ready for a receiver to look at."""

    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request is about to be made: from here on the receiver may know of the mention.

    ``after`` is the reason for which another endpoint of the same target refused just before.
    ``fingerprint`` is the version that is sent, and ``page`` the digest of the page that the
    receiver finds; lines of earlier releases lack both, and are about the present version.
    """

    protocol: Traits
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
    """The result of an attempt, or of the discovery; ``retry_at`` is given if it is LATER.

    Without an endpoint there was no request: the target could not be fetched, or another plugin
    sent it. ``fingerprint`` is the version that it is about, as in ``Attempt``; ``served_at`` the
    address by which the receiver knows the page, if that is not the mention's source. ``pause`` is
    for all mentions.
    """

    outcome: Outcome
    retry_at: datetime | None = None
    fingerprint: str = ""
    served_at: str = ""
    pause: Pause | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer of the status page of a receiver that answered 201; LATER: undecided.

    ``fingerprint`` is the version that it is about, as in ``Attempt``; ``pause`` is for all
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
    """The author removed the mark before the target was notified."""


Fact = Queued | Waiting | Attempt | Answered | Asked | Dropped

Facts = Sequence[tuple[Mention, Fact]]
"""Facts to be recorded in this order."""

Fields = tuple[Any, ...]
"""The fields of a fact, in the order of its class."""


class Event(NamedTuple):
    """A fact about a mention, and when it happened (UTC)."""

    at: datetime
    mention: Mention
    fact: Fact
