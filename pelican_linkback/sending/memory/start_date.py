"""The day from which on found links are sent, so that old articles are not sent by surprise."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pelican_linkback.journal.journal import Journal

__all__ = ["BORN", "StartDate"]

BORN = date(2026, 1, 1)
"""The plugin did not exist before this day: a clock that shows an earlier one is wrong."""


class StartDate:
    """The earliest day that is recorded in ``journal``.

    ``deliveries`` may have an earlier one: that of the site's first delivery.
    """

    def __init__(self, journal: Journal, deliveries: Journal) -> None:
        self._journal = journal
        self._deliveries = deliveries

    def day(self, today: date, *, remember: bool = True) -> date:
        """Return the start date; if none is known, it is ``today``, and recorded if ``remember``.

        A wrong clock does not make an archive due: if ``today`` is before ``BORN`` nothing is
        recorded, and no link counts as new. A recorded day in the future is not used. Raises
        JournalError if the journal cannot be read or written.
        """
        known = [day for day in _days(self._journal, "day") if day <= today]
        if known:
            return min(known)
        if today < BORN:
            return date.max
        delivered = (day for day in _days(self._deliveries, "at") if day >= BORN)
        day = min([today, *delivered])
        if remember:
            self.record(day)
        return day

    def record(self, day: date) -> None:
        """Record ``day``, which counts if it is earlier than the recorded one."""
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
