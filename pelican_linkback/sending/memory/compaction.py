"""Compaction of the journal: removes lines that its state does not need, if the author asks."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from pelican_linkback.journal.journal import Journal
from pelican_linkback.protocol.registry import Registry
from pelican_linkback.sending.memory.delivery import Delivery
from pelican_linkback.sending.memory.events import Event, Queued
from pelican_linkback.sending.memory.folding import after, fields_of, take_in
from pelican_linkback.sending.memory.ledger import Events, fold

__all__ = ["compact", "needed"]


def compact(journal: Journal, protocols: Registry) -> tuple[int, int]:
    """Rewrite ``journal`` with the needed lines only; return the number of lines before and after.

    Lines that could not be read stay. Raises JournalError if another process is writing to it.
    """
    with journal.hold_or_raise():
        with journal.scan() as scan:
            needless = _needless(Events(scan, protocols))
        return journal.keep_but(needless)


def _needless(events: Events) -> set[int]:
    """Return the numbers of the lines that are not needed.

    The events of one mention are in memory at a time: all of them would take a gigabyte.
    """
    histories: dict[tuple[str, str], array[int]] = defaultdict(partial(array, "Q"))
    for number, (_, mention, _, _) in events.steps():
        histories[mention].append(number)
    needless: set[int] = set()
    for numbers in histories.values():
        if len(numbers) > 1:
            history = {number: events.event(number) for number in numbers}
            needless.update(history.keys() - needed(history))
    return needless


def needed(history: Mapping[int, Event]) -> set[int]:
    """Return the numbers of a mention's lines without which its delivery would differ.

    No line is changed or added: the remaining lines are true, and can be merged with those of
    another branch. The time grows linearly with the lines, also if there are very many; so the
    result need not be the minimum.
    """
    lines = _latest(_in_order(history))
    for _ in range(PASSES):
        fewer = _without_the_ineffective(lines)
        if len(fewer) == len(lines):
            break
        lines = fewer
    return {number for number, _ in lines}


Line = tuple[int, Event]

PASSES = 8
"""The maximum number of passes: a line may be needed only by one that a later pass removes."""

NEAR, FAR = 3, 24
"""After this number of events the lack of one must have no effect any more; FAR if they include
changes of the article."""


def _in_order(history: Mapping[int, Event]) -> list[Line]:
    """Return the lines in the order of the fold: by time, each event once."""
    by_event = {event: number for number, event in reversed([*history.items()])}
    in_order = sorted(by_event, key=lambda event: (event.at, repr(event)))
    return [(by_event[event], event) for event in in_order]


def _latest(lines: list[Line]) -> list[Line]:
    """Return the lines from one of the last versions on, if they have the same result as all."""
    state = _state(lines)
    versions = [n for n, (_, event) in enumerate(lines) if isinstance(event.fact, Queued)]
    for start in versions[: -1 - NEAR : -1]:
        if _state(lines[start:]) == state:
            return lines[start:]
    return lines


def _without_the_ineffective(lines: Sequence[Line]) -> list[Line]:
    """Return ``lines`` without those whose effect is over a few lines later."""
    kept: list[Line] = []
    state = Delivery(lines[0][1].mention)
    for n, line in enumerate(lines):
        then = after(state, line[1])
        if not _is_without_effect(state, then, lines[n + 1 : n + 1 + FAR]):
            kept.append(line)
            state = then
    return kept


def _is_without_effect(without: Delivery, having: Delivery, following: Sequence[Line]) -> bool:
    """Return whether two states become equal by the events that follow."""
    without, having = without.copied(), having.copied()
    for n, (_, event) in enumerate(following):
        kind, fields = type(event.fact), fields_of(event.fact)
        take_in(without, event.at, kind, fields)
        take_in(having, event.at, kind, fields)
        if without == having:
            return True
        if n >= NEAR and not any(isinstance(each.fact, Queued) for _, each in following[n:]):
            return False
    return False


def _state(lines: Iterable[Line]) -> Delivery | None:
    (state,) = fold(event for _, event in lines).values()
    return state
