"""How long an answer may be cached, and how it is revalidated: the needed parts of RFC 9111."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pelican_linkback.protocol.response import Headers, fields
from pelican_linkback.text.regex import regex

__all__ = ["Freshness", "freshness", "validators"]

LONGEST = timedelta(days=7)
"""The longest time: a page may say a year, but its endpoint may have moved by then."""

_AGE = regex(r"(?:max-age\s*=\s*\"?)(\d{1,9})")
_SECONDS = regex(r"\d{1,9}")
_VALIDATOR = regex(r"[\x20-\x7e]{1,200}")


@dataclass(frozen=True, slots=True)
class Freshness:
    """Until when (UTC) an answer is fresh, and its validators; None if it has none."""

    until: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None

    def conditions(self) -> dict[str, str]:
        """Return the headers of a conditional request."""
        sent = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in sent.items() if value is not None}


def freshness(headers: Headers, now: datetime) -> Freshness | None:
    """Return how long an answer received ``now`` may be cached; None if it may not."""
    control = ",".join(fields(headers, "Cache-Control")).lower()
    if "no-store" in control:
        return None
    until = None
    if "no-cache" not in control and (age := _AGE.search(control)):
        left = timedelta(seconds=int(age[1]) - _age(headers))
        until = now + min(left, LONGEST) if left > timedelta() else None
    kept = _with_validators(headers, until)
    return None if kept == Freshness() else kept


def validators(headers: Headers) -> Freshness:
    """Return the validators of an answer, which is revalidated with each request."""
    return _with_validators(headers, None)


def _with_validators(headers: Headers, until: datetime | None) -> Freshness:
    return Freshness(until, _validator(headers, "ETag"), _validator(headers, "Last-Modified"))


def _age(headers: Headers) -> int:
    age = next(iter(fields(headers, "Age")), "")
    return int(age) if _SECONDS.fullmatch(age) else 0


def _validator(headers: Headers, name: str) -> str | None:
    value = next(iter(fields(headers, name)), "")
    return value if _VALIDATOR.fullmatch(value) else None
