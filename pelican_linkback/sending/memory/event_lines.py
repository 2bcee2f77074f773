"""Events as lines of the journal, and back. Pure.

Every line has ``v`` (1), ``at`` (UTC, ISO 8601 with microseconds), ``event``, ``source`` and
``target``, and then:

=========== ================================== ==================================================
event       fields                             fields that may lack
=========== ================================== ==================================================
``queued``  article, fingerprint               protocol, page
``waiting`` reason                             detail
``attempt`` protocol, endpoint                 after, fingerprint, page
``outcome`` verdict, reason                    detail, protocol, endpoint, status_url, retry_at,
                                               fingerprint, served_at, paused, paused_until
``asked``   verdict, reason                    detail, retry_at, fingerprint, paused, paused_until
``dropped`` none                               none
=========== ================================== ==================================================
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

from pelican_linkback.journal.fields import Line, Texts, moment_of, texts, time_of
from pelican_linkback.protocol.mention import Mention, Outcome, Traits, Verdict
from pelican_linkback.protocol.registry import Registry
from pelican_linkback.sending.memory.events import (
    Answered,
    Asked,
    Attempt,
    Dropped,
    Event,
    Fact,
    Fields,
    Pause,
    Queued,
    Waiting,
)
from pelican_linkback.text.printable import printable

__all__ = ["Step", "content", "from_line", "to_line"]

VERSION = 1

END = 9000
"""Events of this year and later are rejected: no clock is that far ahead."""

Step = tuple[datetime, tuple[str, str], type[Fact], Fields]
"""An event without an object for it: when, of which mention, which fact, and its fields."""


def to_line(event: Event) -> dict[str, object]:
    """Return the journal line of an event, without empty fields."""
    fields = {
        "v": VERSION,
        "at": _stamp(event.at),
        "source": event.mention.source,
        "target": event.mention.target,
        **_fields(event.fact),
    }
    return {name: value for name, value in fields.items() if value not in {None, ""}}


def from_line(line: Line, protocols: Registry) -> Event:
    """Return the event of a line; raise ValueError with the reason if it is not one.

    A protocol that is not among ``protocols`` is kept by its name.
    """
    at, mention, kind, fields = content(line, protocols)
    return Event(at, Mention(*mention), kind(*fields))


def content(line: Line, protocols: Registry) -> Step:
    """Return the same without an object for it."""
    if line.get("v") != VERSION:
        raise ValueError(f"its version is {printable(line.get('v'), 40)}, not {VERSION}")
    fields = texts(line)
    try:
        name = fields["event"]
        if name not in _READERS:
            raise ValueError(f"the event {printable(name, 40)} is not known to this version")
        kind, read = _READERS[name]
        source, target = fields["source"], fields["target"]
        if not (source and target):
            raise ValueError(f"its {'target' if source else 'source'} is empty")
        at = time_of(fields["at"], "at")
        if at.year >= END:  # no clock shows it, and it cannot be sorted
            raise ValueError(f"its at is of the year {at.year}")
        return at, (source, target), kind, read(fields, protocols)
    except KeyError as error:
        raise ValueError(f"its {error.args[0]} is missing") from error


def _fields(fact: Fact) -> dict[str, object]:
    match fact:
        case Queued(article, fingerprint, protocol, page):
            version = {"article": article, "fingerprint": fingerprint, "page": page}
            return {"event": "queued", **version, "protocol": protocol and protocol.name}
        case Waiting(reason, detail):
            return {"event": "waiting", "reason": reason, "detail": detail}
        case Attempt(protocol, endpoint, after, fingerprint, page):
            named = {"protocol": protocol.name, "endpoint": endpoint, "after": after}
            return {"event": "attempt", **named, "fingerprint": fingerprint, "page": page}
        case Answered(outcome, retry_at, fingerprint, served_at, pause):
            return {
                "event": "outcome",
                "verdict": outcome.verdict.value,
                "reason": outcome.reason,
                "detail": outcome.detail,
                "protocol": outcome.protocol and outcome.protocol.name,
                "endpoint": outcome.endpoint,
                "status_url": outcome.status_url,
                "retry_at": retry_at and _stamp(retry_at),
                "fingerprint": fingerprint,
                "served_at": served_at,
                **_paused(pause),
            }
        case Asked(verdict, reason, detail, retry_at, fingerprint, pause):
            said = {"verdict": verdict.value, "reason": reason, "detail": detail}
            retry = {"retry_at": retry_at and _stamp(retry_at), **_paused(pause)}
            return {"event": "asked", **said, **retry, "fingerprint": fingerprint}
        case _:
            return {"event": "dropped"}


def _paused(pause: Pause | None) -> dict[str, object]:
    return {"paused": pause.host, "paused_until": _stamp(pause.until)} if pause else {}


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _optional_protocol(line: Texts, protocols: Registry) -> Traits | None:
    """Return a protocol that may be missing."""
    name = line.get("protocol", "")
    return protocols.named(name) if name else None


def _verdict(line: Texts) -> Verdict:
    name = line["verdict"]
    return _VERDICTS.get(name) or Verdict(name)


def _answered(line: Texts, protocols: Registry) -> Fields:
    outcome = _outcome(
        _verdict(line),
        line["reason"],
        line.get("detail", ""),
        _optional_protocol(line, protocols),
        line.get("endpoint", "") or None,
        None,
        line.get("status_url", "") or None,
    )
    return (
        outcome,
        moment_of(line.get("retry_at", ""), "retry_at"),
        line.get("fingerprint", ""),
        line.get("served_at", ""),
        _pause(line),
    )


def _pause(line: Texts) -> Pause | None:
    host = line.get("paused", "")
    until = moment_of(line.get("paused_until", ""), "paused_until") if host else None
    return Pause(host, until) if until else None


_outcome = lru_cache(maxsize=1000)(Outcome)  # cached, since many are equal: accepted, no-endpoint


# Looked up by name, since calling an enumeration takes ten times as long.
_VERDICTS = {each.value: each for each in Verdict}

_READERS: dict[str, tuple[type[Fact], Callable[[Texts, Registry], Fields]]] = {
    "queued": (
        Queued,
        lambda line, protocols: (
            line.get("article", ""),
            line.get("fingerprint", ""),
            _optional_protocol(line, protocols),
            line.get("page", ""),
        ),
    ),
    "waiting": (Waiting, lambda line, _: (line["reason"], line.get("detail", ""))),
    "attempt": (
        Attempt,
        lambda line, protocols: (
            protocols.named(line["protocol"]),
            line["endpoint"],
            line.get("after", ""),
            line.get("fingerprint", ""),
            line.get("page", ""),
        ),
    ),
    "outcome": (Answered, _answered),
    "asked": (
        Asked,
        lambda line, _: (
            _verdict(line),
            line["reason"],
            line.get("detail", ""),
            moment_of(line.get("retry_at", ""), "retry_at"),
            line.get("fingerprint", ""),
            _pause(line),
        ),
    ),
    "dropped": (Dropped, lambda *_: ()),
}
