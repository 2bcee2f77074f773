"""``pulled.json``: when each source was listed as a whole, and how far a listing came. A cache.

Without it, or where it cannot be read, everything is listed again.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pelican_linkback.journal.atomic import replacing
from pelican_linkback.journal.fields import moment

__all__ = ["Progress", "ProgressFile"]

NAME = "pulled.json"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known of a source.

    ``completed`` is when its last whole listing ended. ``listed`` are the keys of what the one
    under way listed up to the id ``cursor``; None if none is under way. ``is_doubted`` says that
    the last one lacked so much that a second one has to confirm it.
    """

    completed: dt.datetime | None = None
    cursor: int = 0
    listed: frozenset[str] | None = None
    is_doubted: bool = False

    def as_json(self) -> dict[str, object]:
        """Return what is known as an object of ``pulled.json``."""
        fields: dict[str, object] = {
            "completed": self.completed and self.completed.isoformat(),
            "cursor": self.cursor,
            "listed": None if self.listed is None else sorted(self.listed),
            "doubted": self.is_doubted,
        }
        return {name: value for name, value in fields.items() if value or value == []}

    @classmethod
    def read(cls, fields: object) -> Progress:
        """Return what an object of ``pulled.json`` says; what it does not say is not known."""
        if not isinstance(fields, Mapping):
            return cls()
        found = cls(is_doubted=fields.get("doubted") is True)
        with suppress(ValueError):
            found = replace(found, completed=moment(fields, "completed"))
        cursor, listed = fields.get("cursor", 0), fields.get("listed")
        if isinstance(listed, list) and isinstance(cursor, int) and cursor >= 0:
            return replace(found, cursor=cursor, listed=frozenset(map(str, listed)))
        return found


@dataclass(frozen=True)
class ProgressFile:
    """The progress of all sources, in the state folder ``state``. A bad file is as good as none."""

    state: Path

    def of(self, source: str) -> Progress:
        """Return what is known of a source."""
        return Progress.read(self._read().get(source))

    def remember(self, source: str, progress: Progress) -> None:
        """Write what is known of a source. An error of the disk costs this cache alone."""
        sources = {**self._read(), source: progress.as_json()}
        document = json.dumps({"v": VERSION, "sources": dict(sorted(sources.items()))})
        with suppress(OSError), replacing(self.state / NAME) as file:
            file.write(document.encode())

    def _read(self) -> dict[str, object]:
        try:
            document = json.loads((self.state / NAME).read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(document, dict) or document.get("v") != VERSION:
            return {}
        sources = document.get("sources")
        return sources if isinstance(sources, dict) else {}
