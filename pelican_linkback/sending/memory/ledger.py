"""The deliveries, computed (folded) from the journal.

The state is a function of the set of the journal's lines: their order in the file does not matter,
and a line that occurs twice counts once. So two branches of a site that both sent can be merged by
keeping the lines of both, in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from operator import itemgetter
from typing import TypeVar, cast

from pelican_linkback.journal.fields import Line
from pelican_linkback.journal.journal import Journal
from pelican_linkback.journal.lines import Damage, Scan, about_damage
from pelican_linkback.protocol.mention import Mention
from pelican_linkback.protocol.registry import Registry
from pelican_linkback.sending.memory.delivery import Delivery
from pelican_linkback.sending.memory.event_lines import Step, content, from_line, to_line
from pelican_linkback.sending.memory.events import Event, Fact
from pelican_linkback.sending.memory.folding import after, fields_of, take_in
from pelican_linkback.text.printable import printable

__all__ = ["Events", "Ledger", "fold", "fold_slowly"]

T = TypeVar("T")


class Ledger:
    """The deliveries of a journal, read when the ledger is made, and updated with each record.

    ``problems`` has sentences about lines that could not be used; they stay in the file and have no
    effect. ``protocols`` are those that its lines name. Raises JournalError if the journal cannot
    be read.
    """

    def __init__(self, journal: Journal, protocols: Registry) -> None:
        self._journal = journal
        with journal.scan() as scan:
            events = Events(scan, protocols)
            self._deliveries = events.fold()
        self.problems = about_damage(journal.path, events.problems)

    @property
    def deliveries(self) -> Mapping[Mention, Delivery]:
        """All deliveries, by mention."""
        return self._deliveries

    def record(self, facts: Iterable[tuple[Mention, Fact]], now: datetime) -> None:
        """Write ``facts`` to the journal as of ``now`` (UTC); raise JournalError if that fails.

        Threads may call it at the same time for different mentions, not for the same one: the time
        of an event is computed from the one before it.
        """
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
        known = self._deliveries.get(mention)
        before = latest or (known.at if known else None)
        return now if before is None else max(now, before + timedelta(microseconds=1))

    def _take_in(self, events: Iterable[Event]) -> None:
        for event in events:
            known = self._deliveries.get(event.mention) or Delivery(event.mention)
            self._deliveries[event.mention] = after(known, event)


class Events:
    """The events of a journal; after iteration, ``problems`` has the lines that are none.

    They are not kept, but read again each time, so that a long journal needs little memory.
    """

    def __init__(self, scan: Scan, protocols: Registry) -> None:
        self._scan = scan
        self._protocols = protocols
        self.problems: dict[int, str] = {}

    def __iter__(self) -> Iterator[Event]:
        return (event for _, event in self._read(from_line))

    def steps(self) -> Iterator[tuple[int, Step]]:
        """Yield the numbers of their lines, and their contents without an object for each."""
        return self._read(content)

    def event(self, number: int) -> Event:
        """Return the event of a line that was read before."""
        return from_line(self._scan.event(number), self._protocols)

    def fold(self) -> dict[Mention, Delivery]:
        """Return what ``fold`` returns of them."""
        return _fold(map(itemgetter(1), self.steps()), lambda: self)

    def _read(self, read: Callable[[Line, Registry], T]) -> Iterator[tuple[int, T]]:
        protocols = self._protocols
        for number, entry in self._scan:
            if isinstance(entry, Damage):
                self.problems[number] = entry.why
                continue
            try:
                yield number, read(entry, protocols)
            except ValueError as error:
                self.problems[number] = printable(error)


def fold(events: Iterable[Event]) -> dict[Mention, Delivery]:
    """Return the deliveries that ``events`` lead to, a set in any order.

    One pass suffices for a journal that is in order. After merges of branches a second pass is made
    for the mentions whose events are out of order or repeated.
    """
    steps = ((at, mention, type(fact), fields_of(fact)) for at, mention, fact in events)
    return _fold(steps, lambda: events)


def _fold(steps: Iterable[Step], events: Callable[[], Iterable[Event]]) -> dict[Mention, Delivery]:
    by_name: dict[tuple[str, str], Delivery] = {}
    disordered: set[tuple[str, str]] = set()
    find = by_name.get
    for at, name, kind, fields in steps:
        known = find(name)
        if known is None:
            mention = Mention(*name)
            known = by_name[mention] = Delivery(mention)
        elif known.at is not None and at <= known.at:
            disordered.add(name)
        take_in(known, at, kind, fields)
    deliveries = cast("dict[Mention, Delivery]", by_name)
    if disordered:
        deliveries |= fold_slowly(event for event in events() if event.mention in disordered)
    return deliveries


def fold_slowly(events: Iterable[Event]) -> dict[Mention, Delivery]:
    """Return the same by sorting first: each event once, by time; those of one time by content."""
    deliveries: dict[Mention, Delivery] = {}
    for event in sorted(set(events), key=lambda event: (event.at, repr(event))):
        known = deliveries.get(event.mention) or Delivery(event.mention)
        deliveries[event.mention] = after(known, event)
    return deliveries
