"""The fields of a journal's line, read with their types. Pure.

A field of another type is a ValueError that names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

__all__ = ["Line", "moment", "optional", "text", "time"]

Line = Mapping[str, object]


def text(line: Line, name: str) -> str:
    """Return a text; raise ValueError if it is missing."""
    value = line.get(name)
    if not isinstance(value, str):
        raise ValueError(f"its {name} is {'missing' if value is None else 'not a text'}")  # noqa: TRY004
    return value


def optional(line: Line, name: str) -> str:
    """Return a text, or an empty one if it is missing."""
    value = line.get(name)
    if isinstance(value, str):
        return value
    return "" if value is None else text(line, name)


def time(line: Line, name: str) -> datetime:
    """Return a time in UTC; raise ValueError if it is missing, or in another time zone."""
    try:
        found = datetime.fromisoformat(text(line, name))
    except ValueError as error:
        raise ValueError(f"its {name} is not a time") from error
    if found.tzinfo is not UTC and found.utcoffset() != timedelta(0):
        raise ValueError(f"its {name} is not a UTC time")
    return found


def moment(line: Line, name: str) -> datetime | None:
    """Return a time in UTC, or None if it is missing."""
    return None if line.get(name) is None or not optional(line, name) else time(line, name)
