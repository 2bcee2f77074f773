"""Compaction takes lines away and changes nothing that they amount to."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from pelican_linkback.exceptions import JournalError
from pelican_linkback.journal.journal import Journal
from pelican_linkback.protocol.mention import Mention, Outcome, Verdict
from pelican_linkback.sending.memory import compaction, folding, ledger
from pelican_linkback.sending.memory.compaction import needed
from pelican_linkback.sending.memory.event_lines import to_line
from pelican_linkback.sending.memory.events import (
    Answered,
    Attempt,
    Event,
    Fact,
    Queued,
    Waiting,
)
from pelican_linkback.sending.memory.ledger import fold
from tests import spoken
from tests.test_delivery import ATTEMPT, DELIVERED, EVENTS, LATER, MENTION, NOON


@given(EVENTS)
def test_what_is_left_amounts_to_the_same(events: list[Event]) -> None:
    for mention in {event.mention for event in events}:
        numbered = {n: event for n, event in enumerate(events) if event.mention == mention}
        kept = [numbered[number] for number in sorted(needed(numbered))]
        assert fold(kept) == fold(numbered.values())


def test_a_long_journal_is_not_held_in_memory(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "deliveries.jsonl")
    lines = (
        to_line(
            event._replace(mention=Mention(f"https://me.example/{number}", "https://far.example/"))
        )
        for number in range(100)
        for event in sent_anew(30)
    )
    journal.append(*lines, to_line(Event(NOON, MENTION, Queued("b.md", "1"))))
    size = journal.path.stat().st_size
    tracemalloc.start()
    try:
        assert spoken.compact(journal) == (9001, 301)
        assert tracemalloc.get_traced_memory()[1] < size
    finally:
        tracemalloc.stop()


PLACE = (spoken.WEBMENTION, "https://far.example/webmention")
TRY = Attempt(*PLACE)
TAKEN = Answered(Outcome(Verdict.DELIVERED, "accepted", "", *PLACE))
NOT_NOW = Answered(Outcome(Verdict.LATER, "timed-out", "", *PLACE), NOON)


def daily(first: int, end: int, *facts: Fact) -> Iterator[Event]:
    for day in range(first, end):
        for second, fact in enumerate(facts, start=1):
            yield Event(NOON + timedelta(days=day, seconds=second), MENTION, fact)


def sent_anew(days: int) -> list[Event]:
    """An article that changes every day, and is sent each time."""
    return [
        event
        for day in range(days)
        for event in daily(day, day + 1, Queued("a.md", f"version {day}"), TRY, TAKEN)
    ]


def in_vain(days: int) -> list[Event]:
    """A receiver that never takes it: each try counts, so that each attempt is needed."""
    return [Event(NOON, MENTION, Queued("a.md", "1")), *daily(0, days, TRY, NOT_NOW)][:-1]


@pytest.mark.parametrize(("history", "left"), [(sent_anew, 3), (in_vain, 301)])
def test_the_work_grows_with_the_lines_and_not_with_their_square(history, left, monkeypatch):
    steps, take_in = 0, folding.take_in

    def counted(*args: Any) -> None:
        nonlocal steps
        steps += 1
        take_in(*args)

    events = dict(enumerate(history(300)))
    for module in (folding, compaction, ledger):
        monkeypatch.setattr(module, "take_in", counted)
    assert len(needed(events)) == left
    assert steps < 40 * len(events)


def test_a_journal_loses_its_history_and_keeps_its_damage(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "deliveries.jsonl")
    facts = [Queued("a.md", "1"), Waiting("not-online"), ATTEMPT, LATER, ATTEMPT, DELIVERED]
    for second, fact in enumerate(facts):
        journal.append(to_line(Event(NOON.replace(second=second), MENTION, fact)))
    with journal.path.open("ab") as file:
        file.write(b"\n?\n" + journal.path.read_bytes().splitlines()[0] + b"\n{torn")
    before = spoken.ledger_of(journal)
    assert spoken.compact(journal) == (9, 6)
    after = spoken.ledger_of(journal)
    assert after.deliveries == before.deliveries
    assert len(after.problems) == len(before.problems) == 2
    assert spoken.compact(journal) == (6, 6)
    assert sorted(tmp_path.iterdir()) == [journal.path, journal.path.with_suffix(".lock")]


def test_a_new_site_has_nothing_to_compact(tmp_path: Path) -> None:
    assert spoken.compact(Journal(tmp_path / "deliveries.jsonl")) == (0, 0)


def test_while_another_run_writes_nothing_is_compacted(tmp_path: Path) -> None:
    path = tmp_path / "deliveries.jsonl"
    with Journal(path).hold(), pytest.raises(JournalError, match="another process"):
        spoken.compact(Journal(path))


def test_the_lines_are_gone_through_only_so_often(monkeypatch):
    monkeypatch.setattr(compaction, "PASSES", 1)
    events = dict(enumerate(in_vain(3)))
    kept = [events[number] for number in sorted(needed(events))]
    assert fold(kept) == fold(events.values())


def test_an_older_version_is_needed_for_what_the_receiver_knows():
    """The last versions alone would be new to a receiver that was sent the first one."""
    later = daily(1, 9, *(Queued("a.md", f"version {n}") for n in range(3)))
    events = dict(enumerate([*sent_anew(1), *later]))
    kept = [events[number] for number in sorted(needed(events))]
    assert fold(kept) == fold(events.values())
    assert fold(kept)[MENTION].is_known


def test_a_line_is_not_needed_if_its_lack_has_no_effect_some_lines_later():
    first, second = Queued("a.md", "1"), Queued("a.md", "2")
    events = dict(enumerate(daily(0, 1, first, TRY, second, TRY)))
    assert needed(events) == {1, 2, 3}
