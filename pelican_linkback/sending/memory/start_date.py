"""From which day on found links are told: an old archive is not told about by surprise."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pelican_linkback.journal.journal import Journal

__all__ = ["Beginning"]


class Beginning:
    """The day that ``journal`` remembers: the earliest that was recorded there.

    ``deliveries`` may know of an earlier one: that of the site's first delivery.
    """

    def __init__(self, journal: Journal, deliveries: Journal) -> None:
        self._journal = journal
        self._deliveries = deliveries

    def day(self, today: date, *, remember: bool = True) -> date:
        """Return the day, which is ``today`` where none is known, and have it remembered.

        Raises JournalError when the journal cannot be read or written.
        """
        known = _days(self._journal, "day")
        if known:
            return min(known)
        day = min([today, *_days(self._deliveries, "at")])
        if remember:
            self.record(day)
        return day

    def record(self, day: date) -> None:
        """Remember ``day``, which counts if it is earlier than what is remembered."""
        if day not in _days(self._journal, "day"):
            self._journal.append({"v": 1, "event": "since", "day": day.isoformat()})


def _days(journal: Journal, field: str) -> list[date]:
    days = []
    for event in journal.read().events:
        try:
            moment = datetime.fromisoformat(str(event.get(field)))
            days.append((moment.astimezone(UTC) if moment.tzinfo else moment).date())
        except (ValueError, OverflowError):
            continue
    return days
