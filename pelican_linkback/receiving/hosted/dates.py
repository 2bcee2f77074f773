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
_ZONE_APART = regex(r" (?=[+-]\d\d:?\d\d\Z)| ?(?:UTC|GMT)\Z", re.ASCII)
_ZONE_NAME = regex(r"\[[\w/+-]{1,40}\]\Z", re.ASCII)
"""The name of a time zone after its offset, as Java and RFC 9557 write it."""

_LOST_PLUS = regex(r"(?<=:\d\d) (?=\d\d:\d\d\Z)", re.ASCII)
"""A form that was sent without escapes turns a plus into a blank."""

_DAY = regex(r"(\d{4})[-/.](\d\d?)[-/.](\d\d?)(?!\d)", re.ASCII)
_ONE_DIGIT = regex(r"(\d[T ])(?=\d:)", re.ASCII)
_NAMED_ZONE = regex(r"\b(?:GMT|UTC)(?=[+-]\d)", re.ASCII)
_TWELVE_HOURS = regex(
    r"\b(1[0-2]|0?[1-9])(:\d\d(?::\d\d)?)\s?([ap])\.?m(?:\.|\b)", re.ASCII | re.IGNORECASE
)
_AT = regex(r",? at (?=\d)", re.ASCII)
_ORDINAL = regex(r"(?<=\d)(?:st|nd|rd|th)\b", re.ASCII)
_LONGEST = 60


def moment(value: object) -> dt.datetime | None:
    """Return the time in UTC that a text or a number of seconds since 1970 means; None if none.

    A time without an offset is taken as UTC, a day as midnight. ISO 8601, the dates of mails, and
    English ones such as "April 2, 2025" are read.
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
    text = _TWELVE_HOURS.sub(_of_24_hours, _AT.sub(" ", _ORDINAL.sub("", text)))
    iso = _ZONE_NAME.sub("", text.replace("\u2212", "-")).upper()  # a small t and z are allowed
    iso = _ONE_DIGIT.sub(r"\g<1>0", _ZONE_APART.sub("", _LOST_PLUS.sub("+", iso)))
    if day := _DAY.match(iso):
        year, month, number = day.groups()
        iso = f"{year}-{month:0>2}-{number:0>2}{iso[day.end() :]}"
    # As JavaScript writes it, or as in "April 2, 2025", where a day has no time.
    mail = _NAMED_ZONE.sub("", text) if ":" in text else f"{text} 00:00"
    for parse, spelling in (
        (dt.datetime.fromisoformat, iso),
        (_of_day, iso),
        (parsedate_to_datetime, mail),
    ):
        try:
            return parse(spelling)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def _of_24_hours(time: re.Match[str]) -> str:
    """Return the time of "2:05 pm" as 14:05."""
    hour = int(time[1]) % 12 + (12 if time[3] in "pP" else 0)
    return f"{hour:02}{time[2]}"


def _of_day(text: str) -> dt.datetime:
    """Return the day with a number in its year (ISO 8601); raise ValueError for another text."""
    found = dt.datetime.strptime(text, "%Y-%j")  # noqa: DTZ007 (it says no zone)
    if found.strftime("%Y-%j") != text:
        raise ValueError("the year has no such day")
    return found
