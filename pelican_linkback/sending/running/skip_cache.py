"""Skips a build with nothing to do, recognised by a digest of its input.

The journals, the settings and the site go into one digest. If an earlier build with the same digest
had nothing to do, this one has nothing to do either, until a time that the earlier one recorded.
The file may be deleted at any time, and a damaged one is ignored.
"""

from __future__ import annotations

import hashlib
import json
import typing
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from pelican_linkback.journal.atomic import replacing
from pelican_linkback.sending.deciding.reasons import UNREGISTERED

if typing.TYPE_CHECKING:
    from pelican_linkback.sending.running.report import Report

__all__ = ["SkipCache"]

LONGEST = timedelta(days=1)
"""The maximum age of the result of another build."""


@dataclass(frozen=True, slots=True)
class SkipCache:
    """The cache at ``path`` of the last idle build; ``journals`` are part of its input."""

    path: Path
    journals: tuple[Path, ...]

    def digest(self, pieces: Iterable[str]) -> str:
        """Return the digest of the journals as they are now and of ``pieces``, text by text."""
        sha = hashlib.sha256()
        for journal in self.journals:
            with suppress(OSError), journal.open("rb") as file:
                sha.update(hashlib.file_digest(file, "sha256").digest())
            sha.update(b"\0")
        for piece in pieces:
            sha.update(piece.encode("utf-8", "surrogatepass"))
            sha.update(b"\0")
        return sha.hexdigest()

    def line(self, digest: str, now: datetime) -> str | None:
        """Return the summary line of the idle build with this ``digest``; None if there is none."""
        try:
            known = json.loads(self.path.read_text(encoding="utf-8"))
            until = datetime.fromisoformat(known["until"])
            # An end that is further away than any was recorded with a clock that was ahead.
            if known["digest"] == digest and now < until <= now + LONGEST:
                return str(known["line"])
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return None  # an unreadable cache is treated as empty: the build does all its work
        return None

    def remember(self, digest: str, report: Report, line: str, now: datetime) -> None:
        """Record that a build was idle, if it was, with its summary line.

        It may have left alone what protocols began that are not registered: that stays so until
        the settings change.
        """
        said = tuple(each for each in report.notices if each.kind != UNREGISTERED)
        idle = type(report)(later=report.later, next_at=report.next_at)
        if replace(report, notices=said) != idle:
            return
        until = min(filter(None, [report.next_at, now + LONGEST]))
        known = {"digest": digest, "until": until.isoformat(), "line": line}
        # The folder is not created for it: a site without deliveries gets no state folder.
        with suppress(OSError):
            # The name ends in what git is to ignore, as all of this cache.
            temporary = self.path.with_name(f".linkback-new{self.path.suffix}")
            with replacing(self.path, temporary=temporary) as file:
                file.write(json.dumps(known).encode())
