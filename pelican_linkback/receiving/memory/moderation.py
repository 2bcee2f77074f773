"""``moderation.jsonl``: the author's decisions about mentions, a journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from pelican_linkback.journal.journal import Journal
from pelican_linkback.journal.lines import about_damage
from pelican_linkback.receiving.memory.decisions import Decision, Decisions, is_id
from pelican_linkback.receiving.memory.forgotten import names_of

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

    def erase(self, rule: str) -> None:
        """Remove the lines of decisions that name what ``rule`` does: a host or a URL."""
        with self._journal.hold_or_raise():
            reading = self._journal.read()
            lines = zip(reading.line_numbers, reading.events, strict=True)
            if numbers := {number for number, line in lines if _names(line, rule)}:
                self._journal.keep_but(numbers)

    def record(self, decisions: Sequence[Decision], now: dt.datetime) -> None:
        """Append ``decisions``. They are later than what they overrule, whatever the clock says."""
        known, _ = self.history()
        at = max([now, *(then + _TICK for then, _ in known)])
        self._journal.append(*(each.line(at + n * _TICK) for n, each in enumerate(decisions)))


def _names(line: Mapping[str, object], rule: str) -> bool:
    """Return whether the line of a decision names what ``rule`` does."""
    what, source = str(line.get("what")), str(line.get("source") or "")
    urls = [source] if is_id(what) or "key" in line else [source, _as_url(what)]
    return any(rule in names_of(url) for url in urls)


def _as_url(what: str) -> str:
    return what if "://" in what else f"https://{what}"
