"""What can happen to a mention: facts in, lines of the journal out, and back. Pure.

Every line has ``v`` (1), ``at`` (UTC, ISO 8601 with microseconds), ``event``, ``source`` and
``target``, and then:

=========== ======================================== ============================================
event       it means                                 further fields (those in brackets may lack)
=========== ======================================== ============================================
``queued``  the mention became known, or there is    article, fingerprint
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
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, timedelta

from pelican_linkback.protocol.mention import Mention, Outcome, Protocol, Verdict
from pelican_linkback.text import harmless

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
    """The article at the path ``article`` mentions the target, in the version ``fingerprint``."""

    article: str
    fingerprint: str


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


@dataclass(frozen=True, slots=True)
class Event:
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


def from_line(line: Mapping[str, object]) -> Event:
    """Return the event of a line; raise ValueError with a sentence where it is none of ours."""
    fields = _Fields(line)
    if line.get("v") != VERSION:
        raise ValueError(f"its version is {harmless(line.get('v'), 40)}, not {VERSION}")
    kind = fields.text("event")
    if kind not in _READERS:
        raise ValueError(f"the event {harmless(kind, 40)} is not known to this version")
    mention = Mention(fields.text("source"), fields.text("target"))
    return Event(fields.time("at"), mention, _READERS[kind](fields))


def _fields(fact: Fact) -> dict[str, object]:
    match fact:
        case Queued(article, fingerprint):
            return {"event": "queued", "article": article, "fingerprint": fingerprint}
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


class _Fields:
    """The fields of a line, read with their types; a wrong one is a ValueError."""

    def __init__(self, line: Mapping[str, object]) -> None:
        self._line = line

    def text(self, name: str) -> str:
        value = self._line.get(name)
        if not isinstance(value, str):
            raise ValueError(f"its {name} is {'missing' if value is None else 'not a text'}")  # noqa: TRY004
        return value

    def words(self, name: str) -> str:
        """Return a text that may lack."""
        return self.text(name) if self._line.get(name) is not None else ""

    def time(self, name: str) -> datetime:
        try:
            moment = datetime.fromisoformat(self.text(name))
        except ValueError as error:
            raise ValueError(f"its {name} is not a time") from error
        # The last year is left out, so that there is always a moment after this one.
        if moment.utcoffset() != timedelta(0) or moment.year == MAXYEAR:
            raise ValueError(f"its {name} is not a UTC time")
        return moment

    def moment(self, name: str) -> datetime | None:
        """Return a time that may lack."""
        return self.time(name) if self.words(name) else None

    def protocol(self) -> Protocol:
        return Protocol(self.text("protocol"))


def _answered(fields: _Fields) -> Answered:
    outcome = Outcome(
        Verdict(fields.text("verdict")),
        fields.text("reason"),
        fields.words("detail"),
        protocol=fields.protocol() if fields.words("protocol") else None,
        endpoint=fields.words("endpoint") or None,
        status_url=fields.words("status_url") or None,
    )
    return Answered(outcome, fields.moment("retry_at"))


_READERS: dict[str, Callable[[_Fields], Fact]] = {
    "queued": lambda fields: Queued(fields.words("article"), fields.words("fingerprint")),
    "waiting": lambda fields: Waiting(fields.text("reason"), fields.words("detail")),
    "attempt": lambda fields: Attempt(
        fields.protocol(), fields.text("endpoint"), fields.words("after")
    ),
    "outcome": _answered,
    "asked": lambda fields: Asked(
        Verdict(fields.text("verdict")),
        fields.text("reason"),
        fields.words("detail"),
        fields.moment("retry_at"),
    ),
    "dropped": lambda _: Dropped(),
}
