"""EDGE: a build with nothing to do is known by what it read, without reading it again.

The journals, the settings and the site go into one digest. Where it is that of an earlier build
that had nothing to do, this one has nothing to do either, until a moment that the earlier one
named. The file is a cache: it may be deleted at any time, and a wrong or torn one is passed over.
"""

from __future__ import annotations

import hashlib
import json
import typing
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

if typing.TYPE_CHECKING:
    from pelican_linkback.sending.running.report import Report

__all__ = ["SkipCache"]

LONGEST = timedelta(days=1)
"""For so long at most a build goes by what another one saw."""


@dataclass(frozen=True, slots=True)
class SkipCache:
    """The memory at ``path`` of the last idle build; ``journals`` are what it stood on."""

    path: Path
    journals: tuple[Path, ...]

    def digest(self, pieces: Iterable[str]) -> str:
        """Return the digest of the journals as they are now and of ``pieces``, text by text."""
        sha = hashlib.sha256()
        for journal in self.journals:
            with suppress(OSError):
                sha.update(journal.read_bytes())
            sha.update(b"\0")
        for piece in pieces:
            sha.update(piece.encode("utf-8", "surrogatepass"))
            sha.update(b"\0")
        return sha.hexdigest()

    def line(self, digest: str, now: datetime) -> str | None:
        """Return what the idle build with this ``digest`` said; None where there was none."""
        try:
            known = json.loads(self.path.read_text(encoding="utf-8"))
            until = datetime.fromisoformat(known["until"])
            # An end that is further away than any was reckoned by a clock that was ahead.
            if known["digest"] == digest and now < until <= now + LONGEST:
                return str(known["line"])
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return None  # a memory that cannot be read is none: the build is looked at in full
        return None

    def remember(self, digest: str, report: Report, line: str, now: datetime) -> None:
        """Remember that a build was idle, if it was, and what it said."""
        if report != type(report)(later=report.later, next_at=report.next_at):
            return
        until = min(filter(None, [report.next_at, now + LONGEST]))
        known = {"digest": digest, "until": until.isoformat(), "line": line}
        # Not even the folder is made for it: a site without deliveries leaves no trace.
        with suppress(OSError):
            self.path.write_text(json.dumps(known), encoding="utf-8")
