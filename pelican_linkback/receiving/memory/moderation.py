"""``moderation.jsonl``: the author's decisions about mentions, a journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from pelican_linkback.journal.journal import Journal
from pelican_linkback.journal.lines import about_damage
from pelican_linkback.receiving.memory.decisions import Decision, Decisions

__all__ = ["Moderation"]

NAME = "moderation.jsonl"
_TICK = dt.timedelta(microseconds=1)


class Moderation:
    """The decisions in the state folder ``state``; reading creates nothing.

    Raises JournalError if the file cannot be read or written, is of another program, or has a newer
    version.
    """

    def __init__(self, state: Path) -> None:
        self._journal = Journal(state / NAME)
        self.path = self._journal.path

    def read(self) -> tuple[Decisions, tuple[str, ...]]:
        """Return the decisions, and sentences about lines that cannot be used."""
        lines, problems = self.history()
        return Decisions.of(lines), problems

    def history(self) -> tuple[list[tuple[dt.datetime, Decision]], tuple[str, ...]]:
        """Return each decision with its time, in the order of the file, and the same sentences."""
        reading = self._journal.read()
        damage = {each.line_number: each.why for each in reading.problems}
        found: list[tuple[dt.datetime, Decision]] = []
        for number, line in zip(reading.line_numbers, reading.events, strict=True):
            try:
                found.append(Decision.read(line))
            except ValueError as error:
                damage[number] = str(error)
        return found, about_damage(self.path, damage)

    def record(self, decisions: Sequence[Decision], now: dt.datetime) -> None:
        """Append ``decisions``. They are later than what they overrule, whatever the clock says."""
        known, _ = self.history()
        at = max([now, *(then + _TICK for then, _ in known)])
        self._journal.append(*(each.line(at + n * _TICK) for n, each in enumerate(decisions)))
