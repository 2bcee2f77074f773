"""What can happen to a mention: facts in, lines of the journal out, and back. Pure.

Every line has ``v`` (1), ``at`` (UTC, ISO 8601 with microseconds), ``event``, ``source`` and
``target``, and then:

=========== ======================================== ============================================
event       it means                                 further fields (those in brackets may lack)
=========== ======================================== ============================================
``queued``  the mention became known, or there is    article, fingerprint, [protocol]
            another version of its article to tell
``waiting`` the page was looked at and is not ready  reason, [detail]
``attempt`` a request is about to be made            protocol, endpoint, [after]
``outcome`` what came of it                          verdict, reason, [detail, protocol, endpoint,
                                                     status_url, retry_at]
``asked``   what the receiver's status page says     verdict, reason, [detail, retry_at]
``dropped`` the author took the mark away before the none
            mention was told
=========== ======================================== ============================================

``after`` is the reason for which another endpoint of the same target refused a moment before.
An outcome without an endpoint came before any attempt: the target could not be looked at, or was
told by another plugin (``predecessor``).
The fingerprint is a version of the article, or one of two words: ``unlinked`` where the article
stands and links to the target no more, ``gone`` where its page is to be retracted.

A feed and its hub have the same events: ``source`` is the feed's own URL, ``target`` the hub,
``article`` the feed's path in the output, the fingerprint is of its bytes, and ``queued`` names
the protocol, ``websub``, since there is nothing to discover.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from pelican_linkback.protocol.mention import Mention, Outcome, Protocol, Verdict
from pelican_linkback.text.printable import harmless

__all__ = [
    "GONE",
    "UNLINKED",
    "Answered",
    "Asked",
    "Attempt",
    "Dropped",
    "Event",
    "Fact",
    "Queued",
    "Waiting",
    "from_line",
    "to_line",
]

VERSION = 1

UNLINKED = "unlinked"
GONE = "gone"


@dataclass(frozen=True, slots=True)
class Queued:
    """The article at the path ``article`` mentions the target, in the version ``fingerprint``.

    ``protocol`` is given where it is not for the target to say.
    """

    article: str
    fingerprint: str
    protocol: Protocol | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The public page is not ready for a receiver's eye."""

    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """From here on the receiver may have been told."""

    protocol: Protocol
    endpoint: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an attempt, or of looking for an endpoint; ``retry_at`` where it is LATER."""

    outcome: Outcome
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a receiver that answered 201 says on its status page; LATER: it has not decided."""

    verdict: Verdict
    reason: str
    detail: str = ""
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """The author took the mark away in time."""


Fact = Queued | Waiting | Attempt | Answered | Asked | Dropped


Line = Mapping[str, object]


class Event(NamedTuple):
    """A fact about a mention, and when it happened (UTC)."""

    at: datetime
    mention: Mention
    fact: Fact


def to_line(event: Event) -> dict[str, object]:
    """Return the journal's line of an event, without fields that say nothing."""
    fields = {
        "v": VERSION,
        "at": _stamp(event.at),
        "source": event.mention.source,
        "target": event.mention.target,
        **_fields(event.fact),
    }
    return {name: value for name, value in fields.items() if value not in {None, ""}}


def from_line(line: Line) -> Event:
    """Return the event of a line; raise ValueError with a sentence where it is none of ours."""
    if line.get("v") != VERSION:
        raise ValueError(f"its version is {harmless(line.get('v'), 40)}, not {VERSION}")
    kind = _text(line, "event")
    if kind not in _READERS:
        raise ValueError(f"the event {harmless(kind, 40)} is not known to this version")
    mention = Mention(_text(line, "source"), _text(line, "target"))
    return Event(_time(line, "at"), mention, _READERS[kind](line))


def _fields(fact: Fact) -> dict[str, object]:
    match fact:
        case Queued(article, fingerprint, protocol):
            version = {"article": article, "fingerprint": fingerprint}
            return {"event": "queued", **version, "protocol": protocol and protocol.value}
        case Waiting(reason, detail):
            return {"event": "waiting", "reason": reason, "detail": detail}
        case Attempt(protocol, endpoint, after):
            named = {"protocol": protocol.value, "endpoint": endpoint}
            return {"event": "attempt", **named, "after": after}
        case Answered(outcome, retry_at):
            return {
                "event": "outcome",
                "verdict": outcome.verdict.value,
                "reason": outcome.reason,
                "detail": outcome.detail,
                "protocol": outcome.protocol and outcome.protocol.value,
                "endpoint": outcome.endpoint,
                "status_url": outcome.status_url,
                "retry_at": retry_at and _stamp(retry_at),
            }
        case Asked(verdict, reason, detail, retry_at):
            said = {"verdict": verdict.value, "reason": reason, "detail": detail}
            return {"event": "asked", **said, "retry_at": retry_at and _stamp(retry_at)}
        case _:
            return {"event": "dropped"}


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


# The fields of a line, read with their types; a wrong one is a ValueError.


def _text(line: Line, name: str) -> str:
    value = line.get(name)
    if not isinstance(value, str):
        raise ValueError(f"its {name} is {'missing' if value is None else 'not a text'}")  # noqa: TRY004
    return value


def _words(line: Line, name: str) -> str:
    """Return a text that may lack."""
    return "" if line.get(name) is None else _text(line, name)


def _time(line: Line, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(line, name))
    except ValueError as error:
        raise ValueError(f"its {name} is not a time") from error
    # The last year is left out, so that there is always a moment after this one.
    in_utc = moment.tzinfo is UTC or moment.utcoffset() == timedelta(0)
    if not in_utc or moment.year == MAXYEAR:
        raise ValueError(f"its {name} is not a UTC time")
    return moment


def _moment(line: Line, name: str) -> datetime | None:
    """Return a time that may lack."""
    return _time(line, name) if _words(line, name) else None


def _protocol(line: Line) -> Protocol:
    name = _text(line, "protocol")
    return _PROTOCOLS.get(name) or Protocol(name)


def _language(line: Line) -> Protocol | None:
    """Return a protocol that may lack."""
    return _protocol(line) if _words(line, "protocol") else None


def _verdict(line: Line) -> Verdict:
    name = _text(line, "verdict")
    return _VERDICTS.get(name) or Verdict(name)


def _answered(line: Line) -> Answered:
    outcome = _outcome(
        _verdict(line),
        _text(line, "reason"),
        _words(line, "detail"),
        _language(line),
        _words(line, "endpoint") or None,
        None,
        _words(line, "status_url") or None,
    )
    return Answered(outcome, _moment(line, "retry_at"))


_outcome = lru_cache(maxsize=1000)(Outcome)  # many come to the same: accepted, no-endpoint


# By their names, as calling an enumeration takes ten times as long.
_PROTOCOLS = {each.value: each for each in Protocol}
_VERDICTS = {each.value: each for each in Verdict}

_READERS: dict[str, Callable[[Line], Fact]] = {
    "queued": lambda line: Queued(
        _words(line, "article"), _words(line, "fingerprint"), _language(line)
    ),
    "waiting": lambda line: Waiting(_text(line, "reason"), _words(line, "detail")),
    "attempt": lambda line: Attempt(
        _protocol(line), _text(line, "endpoint"), _words(line, "after")
    ),
    "outcome": _answered,
    "asked": lambda line: Asked(
        _verdict(line),
        _text(line, "reason"),
        _words(line, "detail"),
        _moment(line, "retry_at"),
    ),
    "dropped": lambda _: Dropped(),
}
