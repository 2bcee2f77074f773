"""Take out of the journal the lines that its state does not need: only when the author asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from pelican_linkback.exceptions import JournalError
from pelican_linkback.journal.journal import Journal
from pelican_linkback.protocol.mention import Mention
from pelican_linkback.sending.memory.events import Event
from pelican_linkback.sending.memory.ledger import Events, fold

__all__ = ["compact", "needed"]


def compact(journal: Journal) -> tuple[int, int]:
    """Rewrite ``journal`` with the lines that are needed; return how many there were and are.

    Lines that could not be read stay. Raises JournalError when another process writes to it.
    """
    with journal.hold() as held:
        if not held:
            message = "another process is writing to it; try again when that has ended"
            raise JournalError(journal.path, message)
        events = dict(Events(journal.scan()).numbered())
        return journal.keep_but(set(events) - needed(events))


def needed(events: Mapping[int, Event]) -> set[int]:
    """Return the numbers of the lines without which the fold would be another one.

    Nothing is rewritten and nothing new is written: the lines that are left are true, and can be
    merged with those of another branch.
    """
    mentions: dict[Mention, dict[int, Event]] = defaultdict(dict)
    for number, event in events.items():
        mentions[event.mention][number] = event
    return {number for history in mentions.values() for number in _pruned(history)}


def _pruned(history: dict[int, Event]) -> dict[int, Event]:
    """Return the least of ``history`` that amounts to the same: what one line needs, another may.

    So it is gone through until nothing more can go.
    """
    state = fold(history.values())
    left, before = dict(history), None
    while left != before:
        before = dict(left)
        for number, event in before.items():
            del left[number]
            if fold(left.values()) != state:
                left[number] = event
    return left
