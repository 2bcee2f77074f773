"""Two sources that list the same mention: it stays as long as one of them has it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from pelican_linkback.exceptions import SourceError
from pelican_linkback.receiving.hosted import puller
from pelican_linkback.receiving.hosted.puller import Pulled
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.memory.targets import Target, Targets
from pelican_linkback.receiving.pull import Report, pull
from pelican_linkback.settings.model import Settings
from tests.mentions import mention
from tests.webmention_io import item

WALLS = "https://blog.example/walls/"
TARGETS = Targets([Target("a1", WALLS, "Walls")], "https://blog.example")


class Lists:
    """A source that lists ``items``; ``asked`` are the ids after which it was asked."""

    def __init__(self, name: str, *items: Any) -> None:
        self.name, self.items = name, list(items)
        self.asked: list[int] = []

    def fetch(self, since: int) -> Iterator[object]:
        self.asked.append(since)
        for each in self.items:
            if isinstance(each, Exception):
                raise each
            if each["wm-id"] > since:
                yield each


def by(reader: int, number: int, **fields: Any) -> dict[str, Any]:
    """The like of a reader, by the number that a source gives it."""
    return item(reader, wm_id=number, **fields)


def removed(reader: int, number: int) -> dict[str, Any]:
    kept = ("wm-source", "wm-target", "wm-id")
    return {name: by(reader, number)[name] for name in kept} | {"wm-removed": True}


@pytest.fixture(params=["few mentions", "many mentions"])
def state(request, tmp_path, monkeypatch):
    """The state folder: of few mentions, each pull lists everything."""
    if request.param == "many mentions":
        monkeypatch.setattr(puller, "FEW", 0)
    return tmp_path / "linkback"


def pulled(state, *sources: Lists) -> Report:
    settings = Settings("https://blog.example", state.parent, state=state, pull=sources)
    return pull(settings, TARGETS, 60.0)


def known(state) -> dict[str, str]:
    """By which source each mention is known."""
    return {each.author.name: each.via for each in Snapshot(state).read().mentions}


@pytest.mark.parametrize("says", ["removed", "no more listed"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["it is asked first", "it is asked last"])
def test_what_one_removes_and_another_lists_stays(state, says, order):
    own, hosted = Lists("own", by(1, 1), by(2, 2)), Lists("hosted")
    pulled(state, own, hosted)
    hosted.items = [by(1, 10), by(3, 11)]
    both = [(own, hosted)[number] for number in order]
    assert pulled(state, *both).summary() == "1 new"
    own.items[0] = removed(1, 3) if says == "removed" else by(4, 3)
    if says == "no more listed":
        (state / "pulled.json").unlink()
    report = pulled(state, *both)
    assert {"Reader 1": "hosted", "Reader 2": "own", "Reader 3": "hosted"}.items() <= (
        known(state).items()
    )
    assert (report.changed, report.removed) == (1, 0)
    assert "Reader 1" not in {each.mention.author.name for each in report.arrived}
    assert pulled(state, *both).summary() == ""
    hosted.items = hosted.items[1:]
    (state / "pulled.json").unlink()
    assert pulled(state, *both).removed == 1
    assert "Reader 1" not in known(state)


def test_what_no_other_lists_goes(state):
    own, hosted = Lists("own", by(1, 1), by(2, 2)), Lists("hosted", by(3, 10))
    pulled(state, own, hosted)
    own.items[0] = removed(1, 3)
    report = pulled(state, own, hosted)
    assert (report.summary(), report.warnings) == ("1 gone", [])
    assert known(state) == {"Reader 2": "own", "Reader 3": "hosted"}


def test_what_is_private_to_one_goes_at_once(state):
    own, hosted = Lists("own", by(1, 1)), Lists("hosted", by(2, 10))
    pulled(state, own, hosted)
    hosted.items.append(by(1, 11, wm_private=True))
    for order in (sources := [own, hosted]), sources[::-1]:
        (state / "pulled.json").unlink()
        report = pulled(state, *order)
        assert known(state) == {"Reader 2": "hosted"}
        assert report.arrived == []


def test_a_source_that_fails_is_not_asked_again(state):
    own, hosted = Lists("own", by(1, 1), by(2, 2)), Lists("hosted", by(3, 10))
    pulled(state, own, hosted)
    own.items[0] = removed(1, 3)
    hosted.items = [SourceError("hosted", "it answers 500")]
    hosted.asked.clear()
    assert pulled(state, own, hosted).warnings == ["hosted: it answers 500"]
    assert len(hosted.asked) == 1


def test_two_pulls_of_a_source_are_one_result():
    first, later = Pulled("x"), Pulled("x")
    ann, bob = (mention(number) for number in (1, 2))
    first.new = {ann.id: ann, bob.id: bob}
    later.removed, later.error, later.doubted = {ann.id, "old"}, "it answers 500", 3
    first.join(later)
    assert (first.new, first.removed) == ({bob.id: bob}, {"old"})
    assert len(first.warnings) == 2


def test_the_time_of_a_receipt_stays_with_who_lists_it(state):
    own, hosted = Lists("own", by(1, 1), by(2, 2)), Lists("hosted", by(1, 10), by(3, 11))
    pulled(state, own, hosted)
    own.items[0] = removed(1, 3)
    pulled(state, own, hosted)
    (one, *_) = (each for each in Snapshot(state).read().mentions if each.via == "hosted")
    assert one.received == dt.datetime(2025, 4, 5, 8, 1, tzinfo=dt.UTC)
