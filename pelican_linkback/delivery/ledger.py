"""The deliveries, folded from the journal.

The state is a function of the set of the journal's lines: their order in the file does not
matter, and a line that occurs twice counts once. So two branches of a site that both sent can be
merged by keeping the lines of both, in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from pelican_linkback.delivery.events import Event, Fact, from_line, to_line
from pelican_linkback.delivery.record import Delivery
from pelican_linkback.journal import Journal, about_damage
from pelican_linkback.protocol.mention import Mention
from pelican_linkback.text import harmless

__all__ = ["Ledger", "fold"]


class Ledger:
    """What the journal says, read when the ledger is made, and kept up with what is recorded.

    ``events`` are those that were read, by the numbers of their lines. ``problems`` has
    sentences about lines that could not be used; they stay in the file and disturb nothing.
    Raises JournalError when the journal cannot be read.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        reading = journal.read()
        problems = {damage.line_number: damage.why for damage in reading.problems}
        self.events: dict[int, Event] = {}
        for number, line in zip(reading.line_numbers, reading.events, strict=True):
            try:
                self.events[number] = from_line(line)
            except ValueError as error:
                problems[number] = harmless(error)
        self._deliveries = fold(self.events.values())
        self.problems = about_damage(journal.path, problems)

    @property
    def deliveries(self) -> Mapping[Mention, Delivery]:
        """All that is known, by mention."""
        return self._deliveries

    def record(self, facts: Iterable[tuple[Mention, Fact]], now: datetime) -> None:
        """Write ``facts`` to the journal as of ``now`` (UTC); raise JournalError if it cannot."""
        events = self._events(facts, now)
        if events:
            self._journal.append(*map(to_line, events))
            self._take_in(events)

    def foresee(self, facts: Iterable[tuple[Mention, Fact]], now: datetime) -> None:
        """Count ``facts`` as happened, but write nothing."""
        self._take_in(self._events(facts, now))

    def _events(self, facts: Iterable[tuple[Mention, Fact]], now: datetime) -> list[Event]:
        events: list[Event] = []
        latest: dict[Mention, datetime] = {}
        for mention, fact in facts:
            latest[mention] = self._moment(mention, now, latest.get(mention))
            events.append(Event(latest[mention], mention, fact))
        return events

    def _moment(self, mention: Mention, now: datetime, latest: datetime | None) -> datetime:
        """Return the time of an event that comes after all those of its mention up to ``latest``.

        Even when the clock was set back, or that of another machine was ahead: sorted by time,
        a cause has to come before its effect.
        """
        before = latest or self._deliveries.get(mention, Delivery(mention)).at
        return now if before is None else max(now, before + timedelta(microseconds=1))

    def _take_in(self, events: Iterable[Event]) -> None:
        for event in events:
            known = self._deliveries.get(event.mention, Delivery(event.mention))
            self._deliveries[event.mention] = known.after(event)


def fold(events: Iterable[Event]) -> dict[Mention, Delivery]:
    """Return what ``events``, a set in any order, amount to."""
    deliveries: dict[Mention, Delivery] = {}
    for event in _in_order(events):
        known = deliveries.get(event.mention) or Delivery(event.mention)
        deliveries[event.mention] = known.after(event)
    return deliveries


def _in_order(events: Iterable[Event]) -> Iterator[Event]:
    """Yield every event once, by time; those of one moment by their content."""
    time = attrgetter("at")
    for _, group in groupby(sorted(events, key=time), key=time):
        moment = list(group)
        yield from moment if len(moment) == 1 else sorted(set(moment), key=repr)
