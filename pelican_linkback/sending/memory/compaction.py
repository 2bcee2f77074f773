"""Compaction of the journal: removes lines that its state does not need, if the author asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pelican_linkback.exceptions import JournalError
from pelican_linkback.journal.journal import Journal
from pelican_linkback.protocol.mention import Mention
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
    with journal.hold() as held:
        if not held:
            message = "another process is writing to it; try again when that has ended"
            raise JournalError(journal.path, message)
        with journal.scan() as scan:
            events = dict(Events(scan, protocols).numbered())
        return journal.keep_but(set(events) - needed(events))


def needed(events: Mapping[int, Event]) -> set[int]:
    """Return the numbers of the lines without which the deliveries would differ.

    No line is changed or added: the remaining lines are true, and can be merged with those of
    another branch. The time grows linearly with the lines, also if one mention has very many; so
    the result need not be the minimum.
    """
    mentions: dict[Mention, list[tuple[int, Event]]] = defaultdict(list)
    for number, event in events.items():
        mentions[event.mention].append((number, event))
    return {number for history in mentions.values() for number, _ in _pruned(history)}


Line = tuple[int, Event]

PASSES = 8
"""The maximum number of passes: a line may be needed only by one that a later pass removes."""

NEAR, FAR = 3, 24
"""After this number of events the lack of one must have no effect any more; FAR if they include
changes of the article."""


def _pruned(history: Sequence[Line]) -> list[Line]:
    """Return lines of one mention that have the same result as all of them."""
    lines = _latest(_in_order(history))
    for _ in range(PASSES):
        fewer = _without_the_ineffective(lines)
        if len(fewer) == len(lines):
            break
        lines = fewer
    return lines


def _in_order(history: Sequence[Line]) -> list[Line]:
    """Return the lines in the order of the fold: by time, each event once."""
    by_event = {event: number for number, event in reversed(history)}
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
