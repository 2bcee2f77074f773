"""The fields of a journal's line, read with their types. Pure.

A field of another type is a ValueError that names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol

__all__ = ["Line", "Texts", "moment", "moment_of", "optional", "text", "texts", "time", "time_of"]

Line = Mapping[str, object]


class Texts(Protocol):
    """The fields of a line that are texts: ``line["at"]``, ``line.get("detail", "")``.

    A field that is missing is a KeyError or a ValueError, one that is no text a ValueError.
    """

    def __getitem__(self, name: str, /) -> str:
        """Return a text that the line has to have."""

    def get(self, name: str, default: Literal[""], /) -> str:
        """Return a text, or an empty one if it is missing."""


def texts(line: Line, *, others: int = 1) -> Texts:
    """Return the fields of ``line``, all of which are to be texts.

    So many ``others`` are known not to be texts, such as ``v``. A fast path: where all are as they
    are to be, it is the line itself. A journal may have a million lines.
    """
    if list(map(type, line.values())).count(str) == len(line) - others:
        return line  # type: ignore[return-value]
    return _Checked(line)


class _Checked:
    """The fields of a line, each looked at when it is asked for."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def __getitem__(self, name: str, /) -> str:
        return text(self._line, name)

    def get(self, name: str, _: Literal[""], /) -> str:
        return optional(self._line, name)


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
    return time_of(line.get(name), name)


def time_of(value: object, name: str) -> datetime:
    """Return the time in UTC that ``value`` is; else raise ValueError, which names the field."""
    try:
        found = datetime.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise ValueError(f"its {name} is not a time") from error
    if found.tzinfo is not UTC and found.utcoffset() != timedelta(0):
        raise ValueError(f"its {name} is not a UTC time")
    return found


def moment(line: Line, name: str) -> datetime | None:
    """Return a time in UTC, or None if it is missing."""
    return moment_of(optional(line, name), name)


def moment_of(value: str, name: str) -> datetime | None:
    """Return the time in UTC that ``value`` is; None if it is empty."""
    return time_of(value, name) if value else None
