"""The deliveries, computed (folded) from the journal.

The state is a function of the set of the journal's lines: their order in the file does not matter,
and a line that occurs twice counts once. So two branches of a site that both sent can be merged by
keeping the lines of both, in any order.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from pelican_linkback.journal.journal import Journal
from pelican_linkback.journal.lines import Damage, Scan, about_damage
from pelican_linkback.protocol.mention import Mention
from pelican_linkback.protocol.registry import Registry
from pelican_linkback.sending.memory.delivery import Delivery
from pelican_linkback.sending.memory.event_lines import from_line, to_line
from pelican_linkback.sending.memory.events import Event, Fact
from pelican_linkback.text.printable import printable

__all__ = ["Events", "Ledger", "fold", "fold_slowly", "without_collection"]


class Ledger:
    """The deliveries of a journal, read when the ledger is made, and updated with each record.

    ``problems`` has sentences about lines that could not be used; they stay in the file and have no
    effect. ``protocols`` are those that its lines name. Raises JournalError if the journal cannot
    be read.
    """

    def __init__(self, journal: Journal, protocols: Registry) -> None:
        self._journal = journal
        events = Events(journal.scan(), protocols)
        self._deliveries = fold(events)
        self.problems = about_damage(journal.path, events.problems)

    @property
    def deliveries(self) -> Mapping[Mention, Delivery]:
        """All deliveries, by mention."""
        return self._deliveries

    def record(self, facts: Iterable[tuple[Mention, Fact]], now: datetime) -> None:
        """Write ``facts`` to the journal as of ``now`` (UTC); raise JournalError if that fails."""
        events = self._events(facts, now)
        if events:
            self._journal.append(*map(to_line, events))
            self._take_in(events)

    def foresee(self, facts: Iterable[tuple[Mention, Fact]], now: datetime) -> None:
        """Apply ``facts`` to the deliveries, but write nothing."""
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

        Even if the clock was set back, or that of another machine was ahead: sorted by time, a
        cause has to come before its effect.
        """
        before = latest or self._deliveries.get(mention, Delivery(mention)).at
        return now if before is None else max(now, before + timedelta(microseconds=1))

    def _take_in(self, events: Iterable[Event]) -> None:
        for event in events:
            known = self._deliveries.get(event.mention, Delivery(event.mention))
            self._deliveries[event.mention] = known.after(event)


@contextmanager
def without_collection() -> Iterator[None]:
    """Turn the garbage collector off: there is no garbage while everything that is made is kept.

    Scanning ever more deliveries again and again would take a quarter of the time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Events:
    """The events of a journal; after iteration, ``problems`` has the lines that are none.

    They are not kept, but read again each time, so that a long journal needs no more memory than
    its bytes.
    """

    def __init__(self, scan: Scan, protocols: Registry) -> None:
        self._scan = scan
        self._protocols = protocols
        self.problems: dict[int, str] = {}

    def __iter__(self) -> Iterator[Event]:
        return (event for _, event in self.numbered())

    def numbered(self) -> Iterator[tuple[int, Event]]:
        """Yield the events with the numbers of their lines."""
        for number, entry in self._scan:
            if isinstance(entry, Damage):
                self.problems[number] = entry.why
                continue
            try:
                yield number, from_line(entry, self._protocols)
            except ValueError as error:
                self.problems[number] = printable(error)


def fold(events: Iterable[Event]) -> dict[Mention, Delivery]:
    """Return the deliveries that ``events`` lead to, a set in any order.

    One pass suffices for a journal that is in order. After merges of branches a second pass is made
    for the mentions whose events are out of order or repeated.
    """
    deliveries: dict[Mention, Delivery] = {}
    disordered: set[Mention] = set()
    for event in events:
        known = deliveries.get(event.mention) or Delivery(event.mention)
        if known.at is not None and event.at <= known.at:
            disordered.add(event.mention)
        deliveries[event.mention] = known.after(event)
    if disordered:
        deliveries |= fold_slowly(event for event in events if event.mention in disordered)
    return deliveries


def fold_slowly(events: Iterable[Event]) -> dict[Mention, Delivery]:
    """Return the same by sorting first: each event once, by time; those of one time by content."""
    deliveries: dict[Mention, Delivery] = {}
    for event in sorted(set(events), key=lambda event: (event.at, repr(event))):
        known = deliveries.get(event.mention) or Delivery(event.mention)
        deliveries[event.mention] = known.after(event)
    return deliveries
