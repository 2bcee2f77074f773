"""The date of a mention in any of the spellings that are in use. Pure."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime

from pelican_linkback.text.regex import regex

__all__ = ["moment"]

FIRST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
"""There was no web before: an earlier date is a clock or a database that knows none."""

_MILLISECONDS = 100_000_000_000
_NUMBER = regex(r"\d{9,13}(?:\.\d{1,9})?", re.ASCII)
_ZONE_APART = regex(r" (?=[+-]\d\d:?\d\d\Z)| (?:UTC|GMT)\Z", re.ASCII)
_LONGEST = 60


def moment(value: object) -> dt.datetime | None:
    """Return the time in UTC that a text or a number of seconds since 1970 means; None if none.

    A time without an offset is taken as UTC, a day as midnight.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = value.strip()
        if not _NUMBER.fullmatch(value):
            return _kept(_read(value[:_LONGEST]))
        value = float(value)
    return _kept(_of_number(value)) if isinstance(value, int | float) else None


def _kept(found: dt.datetime | None) -> dt.datetime | None:
    if found is None:
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=dt.UTC)
    # Compared first: near the first and the last year, a change of the zone is out of range.
    return aware.astimezone(dt.UTC) if aware >= FIRST and aware.year < dt.MAXYEAR else None


def _of_number(seconds: float) -> dt.datetime | None:
    try:
        whole = seconds / 1000 if seconds > _MILLISECONDS else seconds
        return dt.datetime.fromtimestamp(whole, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _read(text: str) -> dt.datetime | None:
    iso = _ZONE_APART.sub("", text).upper()  # ISO 8601 allows a small t and z
    for parse, spelling in ((dt.datetime.fromisoformat, iso), (parsedate_to_datetime, text)):
        try:
            return parse(spelling)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None
