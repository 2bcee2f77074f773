"""The states of a mention at a receiver: the whole state machine, as a table."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from pelican_linkback.receiving.inbox.states import (
    AT_ONCE,
    Approved,
    Event,
    LeaseLost,
    MentionState,
    Missing,
    Outage,
    Refused,
    Removed,
    Repeated,
    Ruled,
    Standing,
    Undone,
    Verified,
)
from pelican_linkback.receiving.inbox.transitions import RETRIES, transition
from pelican_linkback.receiving.received import Author, Kind, Received

NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
OLD = Received(
    "https://ann.example/1",
    "https://blog.example/walls/",
    "tag:walls",
    Kind.REPLY,
    Author("Ann"),
    NOW,
    text="old",
)
NEW = replace(OLD, text="new")

S = MentionState
STANDINGS = {
    "queued": Standing(),
    "checking": Standing(S.CHECKING),
    "held": Standing(S.HELD, latest=OLD),
    "changed": Standing(S.HELD, shown=OLD, latest=replace(OLD, text="changed before")),
    "shown": Standing(S.SHOWN, shown=OLD, latest=OLD),
    "by-rule": Standing(S.REFUSED, latest=OLD),
    "refused": Standing(S.REFUSED, latest=OLD, decided=True),
    "spam": Standing(S.SPAM, latest=OLD, decided=True),
    "gone": Standing(S.GONE),
    "silent": Standing(S.UNREACHABLE),
    "unreachable": Standing(S.UNREACHABLE, shown=OLD, latest=OLD),
    "breaking": Standing(S.BROKEN),
    "broken": Standing(S.BROKEN, shown=OLD, latest=OLD),
}
EVENTS: dict[str, tuple[Event, dict[str, object]]] = {
    "repeated": (Repeated(), {}),
    "old-may": (Verified(OLD, S.SHOWN), {}),
    "old-held": (Verified(OLD, S.HELD), {}),
    "old-rule": (Verified(OLD, S.REFUSED), {}),
    "new-may": (Verified(NEW, S.SHOWN), {}),
    "new-held": (Verified(NEW, S.HELD), {}),
    "new-trust": (Verified(NEW, S.SHOWN, trusted=True), {}),
    "removed": (Removed("no link"), {}),
    "404": (Missing(), {}),
    "404-3rd": (Missing(), {"misses": 2, "first_missed": NOW - 7 * DAY}),
    "outage": (Outage("503"), {}),
    "outage-6th": (Outage("503"), {"attempts": 5}),
    "lost": (LeaseLost(), {}),
    "lost-3rd": (LeaseLost(), {"lost": 2}),
    "approve": (Approved(), {}),
    "refuse": (Refused(), {}),
    "spam": (Refused(spam=True), {}),
    "rule-block": (Ruled(S.REFUSED, "blocked"), {}),
    "rule-trust": (Ruled(S.SHOWN, "trusted"), {}),
    "rule-release": (Ruled(S.HELD, "stranger"), {}),
}
TABLE = Path(__file__).with_name("mention_states.txt")
"""Each standing (across) and event (down): the state after it, and the text on the page."""


def written(before: Standing, event: str) -> str:
    """What an event makes of a standing: the state, and the text on the page, if any."""
    what, more = EVENTS[event]
    after = transition(replace(before, **more), what, NOW)
    return after.state.value + (f"+{after.shown.text}" if after.shown else "")


def table() -> str:
    lines = [["", *STANDINGS]]
    lines += [[event, *(written(each, event) for each in STANDINGS.values())] for event in EVENTS]
    return "".join("".join(f"{cell:17}" for cell in line).rstrip() + "\n" for line in lines)


def test_every_event_makes_of_every_standing_what_the_table_says():
    """``python -m tests.test_mention_states`` writes it; read the difference."""
    assert table() == TABLE.read_text("utf-8")


@pytest.mark.parametrize("event", [name for name in EVENTS if name not in {"refuse", "spam"}])
@pytest.mark.parametrize("refused", ["refused", "spam"])
def test_what_a_person_refused_stays_refused(refused, event):
    after = written(STANDINGS[refused], event)
    assert after == ("shown+old" if event == "approve" else refused)


@pytest.mark.parametrize("name", STANDINGS)
def test_no_outage_and_no_lost_lease_removes_what_is_shown(name):
    before = standing = STANDINGS[name]
    for event in [Outage("503"), LeaseLost()] * 10:
        standing = transition(standing, event, NOW)
        assert (standing.shown, standing.latest) == (before.shown, before.latest)


@pytest.mark.parametrize("name", STANDINGS)
def test_a_repeated_request_decides_nothing(name):
    before = STANDINGS[name]
    after = transition(before, Repeated(), NOW)
    assert replace(after, due=None, attempts=0) == replace(before, due=None, attempts=0)
    assert after.due is not None


def test_an_outage_is_tried_again_after_these_times_and_then_not():
    waits, standing = [], STANDINGS["shown"]
    while (standing := transition(standing, Outage("503"), NOW)).due:
        waits.append(standing.due - NOW)
    minute, hour = dt.timedelta(minutes=1), dt.timedelta(hours=1)
    assert waits == list(RETRIES) == [minute, 10 * minute, hour, 6 * hour, DAY]
    assert (standing.state, standing.shown) == (S.UNREACHABLE, OLD)


def test_a_request_begins_the_retries_again():
    standing = STANDINGS["silent"]
    standing = transition(replace(standing, attempts=6), Repeated(), NOW)
    assert (standing.attempts, standing.due) == (0, AT_ONCE)


def test_404_removes_after_three_looks_in_seven_days():
    standing, looks = STANDINGS["shown"], []
    now = NOW
    while standing.shown:
        standing = transition(standing, Missing(), now)
        looks.append((now - NOW).days)
        now = standing.due or now
    assert looks == [0, 3, 7]


def test_404_of_what_was_never_read_is_looked_at_three_times_in_an_hour():
    standing = transition(STANDINGS["checking"], Missing(), NOW)
    assert (standing.state, standing.due) == (S.QUEUED, NOW + dt.timedelta(minutes=10))
    standing = transition(standing, Missing(), NOW)
    assert standing.due == NOW + dt.timedelta(hours=1)
    assert transition(standing, Missing(), NOW).state is S.GONE


def test_repeated_requests_do_not_make_404_remove_sooner():
    standing = STANDINGS["shown"]
    for minute in range(20):
        standing = transition(standing, Repeated(), NOW)
        standing = transition(standing, Missing(), NOW + dt.timedelta(minutes=minute))
    assert standing.shown
    assert standing.due == NOW + 7 * DAY


@pytest.mark.parametrize("years", [-30, 30])
def test_a_clock_that_jumps_removes_nothing_at_once(years):
    standing = transition(STANDINGS["shown"], Missing(), NOW)
    later = NOW + years * 365 * DAY
    standing = transition(standing, Missing(), later)
    assert standing.shown
    assert standing.due - later <= 7 * DAY


def test_an_answer_ends_the_count_of_what_failed():
    failed = {"attempts": 2, "misses": 2, "first_missed": NOW - 9 * DAY, "lost": 2}
    after = transition(replace(STANDINGS["shown"], **failed), Verified(OLD, S.SHOWN), NOW)
    assert after == replace(STANDINGS["shown"], due=None, checked=NOW)


def test_the_third_lost_lease_breaks_it_and_then_each():
    standing = STANDINGS["checking"]
    for _ in range(3):
        assert standing.state is not S.BROKEN
        standing = transition(standing, LeaseLost(), NOW)
    assert (standing.state, standing.due) == (S.BROKEN, None)
    standing = transition(standing, Repeated(), NOW + dt.timedelta(hours=1))
    assert standing.due == NOW + DAY
    assert transition(standing, LeaseLost(), NOW + DAY).due is None


@pytest.mark.parametrize("checked", [None, NOW - 2 * DAY, NOW + 900 * DAY])
def test_what_broke_long_ago_is_looked_at_when_it_is_sent_again(checked):
    standing = replace(STANDINGS["breaking"], checked=checked)
    assert transition(standing, Repeated(), NOW).due == AT_ONCE


def test_a_changed_text_is_held_until_it_is_approved():
    standing = transition(STANDINGS["shown"], Verified(NEW, S.SHOWN), NOW)
    assert (standing.state, standing.why) == (S.HELD, "changed")
    approved = transition(standing, Approved(), NOW)
    assert (approved.state, approved.shown, approved.decided) == (S.SHOWN, NEW, True)
    back = transition(standing, Verified(OLD, S.HELD), NOW)
    assert (back.state, back.shown) == (S.SHOWN, OLD)


@pytest.mark.parametrize(
    "other",
    [
        {"kind": Kind.LIKE},
        {"author": Author("Bob")},
        {"author": Author("Ann", "https://bob.example/")},
        {"title": "Buy"},
        {"url": "https://bob.example/"},
        {"rsvp": "yes"},
    ],
    ids=repr,
)
def test_all_that_a_reader_sees_is_a_change(other):
    changed = Verified(replace(OLD, **other), S.SHOWN)
    assert transition(STANDINGS["shown"], changed, NOW).shown == OLD
    assert transition(STANDINGS["shown"], changed, NOW).state is S.HELD


def test_what_a_reader_does_not_see_is_none():
    same = replace(OLD, received=NOW + DAY, published=NOW, protocol="pingback")
    after = transition(STANDINGS["shown"], Verified(same, S.SHOWN), NOW)
    assert (after.state, after.shown, after.latest) == (S.SHOWN, OLD, same)


@pytest.mark.parametrize("name", STANDINGS)
def test_a_decision_is_taken_back(name):
    before = STANDINGS[name]
    for decision in (Approved(), Refused(), Refused(spam=True)):
        after = transition(transition(before, decision, NOW), Undone(before), NOW)
        assert after == before


def test_what_is_gone_meanwhile_does_not_come_back_with_undo():
    before = STANDINGS["shown"]
    refused = transition(transition(before, Refused(), NOW), Removed("410"), NOW)
    after = transition(refused, Undone(before), NOW)
    assert (after.state, after.shown) == (S.GONE, None)


def test_an_old_text_does_not_come_back_with_undo():
    before = STANDINGS["shown"]
    refused = transition(before, Refused(), NOW)
    for events in ([], [Removed("410")]):  # its source has changed, or took it back
        standing = refused
        for event in (*events, Verified(NEW, S.HELD)):
            standing = transition(standing, event, NOW)
        after = transition(standing, Undone(before), NOW)
        assert (after.state, after.shown, after.latest, after.why) == (S.HELD, None, NEW, "undone")


def test_a_text_that_is_still_said_comes_back_with_undo():
    before = STANDINGS["shown"]
    read = transition(transition(before, Refused(), NOW), Verified(OLD, S.HELD), NOW)
    after = transition(read, Undone(before), NOW)
    assert (after.state, after.shown) == (S.SHOWN, OLD)


def test_what_was_read_meanwhile_is_held_after_undo():
    before = STANDINGS["checking"]
    refused = transition(transition(before, Refused(), NOW), Verified(OLD, S.HELD), NOW)
    assert transition(refused, Undone(before), NOW).state is S.HELD


def test_an_event_is_one_of_these():
    with pytest.raises(TypeError):
        transition(Standing(), "approved", NOW)


if __name__ == "__main__":
    TABLE.write_text(table(), "utf-8")
