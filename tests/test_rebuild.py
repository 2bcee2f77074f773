"""LINKBACK_REBUILD: the site is built again when what it shows has changed."""

from __future__ import annotations

import sysconfig
import threading

import pytest

from pelican_linkback.exceptions import StoreError, TimedOut
from pelican_linkback.receiving.rebuild import Rebuild, starter_of
from pelican_linkback.receiving.store.queue import next_numbers
from pelican_linkback.receiving.store.upkeep.rebuilds import Plan, RebuildSchedule, Turn
from tests.fakeweb import FakeWeb, Reply


def change(store) -> None:
    store.write(lambda connection: next_numbers(connection, 1))


def test_a_change_is_built_after_a_quiet_minute_and_not_again_for_ten(store, clock):
    here, there = RebuildSchedule(store), RebuildSchedule(store)
    assert here.turn() is None
    change(store)
    assert here.turn() is None
    clock.pass_(seconds=59)
    assert there.turn() is None
    clock.pass_(seconds=1)
    assert there.turn() == Turn(0)
    assert here.turn() is None, "the other one builds"
    change(store)
    clock.pass_(minutes=9, seconds=59)
    assert here.turn() is None
    clock.pass_(seconds=1)
    assert here.turn() is None, "seen for the first time ten minutes ago, all but a second"
    clock.pass_(minutes=1)
    assert here.turn() == Turn(1)
    clock.pass_(hours=1)
    assert here.turn() is None


def test_what_failed_is_tried_again_after_ten_minutes(store, clock):
    schedule = RebuildSchedule(store)
    change(store)
    schedule.turn()
    clock.pass_(minutes=1)
    turn = schedule.turn()
    schedule.give_back(turn)
    for _ in range(9):
        assert schedule.turn() is None
        clock.pass_(minutes=1)
    clock.pass_(minutes=1)
    assert schedule.turn() == turn


def test_of_many_who_look_one_builds(store, clock):
    change(store)
    RebuildSchedule(store).turn()
    clock.pass_(minutes=2)
    turns = []
    threads = [
        threading.Thread(target=lambda: turns.append(RebuildSchedule(store).turn()))
        for _ in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert turns.count(None) == 7


@pytest.mark.parametrize(
    ("plan", "number", "now", "is_due"),
    [
        pytest.param(Plan(), 0, 1000, False, id="nothing changed"),
        pytest.param(Plan(3), 3, 1000, False, id="all is built"),
        pytest.param(Plan(3, 0, 900), 4, 1000, True, id="changed a minute ago"),
        pytest.param(Plan(3, 0, 990), 4, 1000, False, id="changed now"),
        pytest.param(Plan(3, 500, 900), 4, 1000, False, id="built eight minutes ago"),
        pytest.param(Plan(3, 5000, 900), 4, 1000, True, id="the clock was set back after it"),
        pytest.param(Plan(3, 0, 5000), 4, 1000, False, id="the clock was set back after a change"),
        pytest.param(Plan(3, 0, 900), 3, 1000, False, id="built meanwhile"),
    ],
)
def test_when_a_rebuild_is_due(plan, number, now, is_due):
    assert plan.seen(number, now).is_due(now) is is_due
    assert plan.seen(5, 1000).seen(5, 2000).since is not None


class FakeSchedule:
    def __init__(self, *turns) -> None:
        self.turns, self.given_back = list(turns), []

    def turn(self):
        turn = self.turns.pop(0)
        if isinstance(turn, Exception):
            raise turn
        return turn

    def give_back(self, turn):
        self.given_back.append(turn)


def test_who_looks_builds_or_not(caplog):
    built = []
    schedule = FakeSchedule(None, Turn(1), Turn(2), StoreError("away"))
    works = Rebuild(schedule, lambda: built.append(1) or ["", "it broke"][len(built) - 1])
    for _ in range(4):
        works.run_if_due()
    assert len(built) == 2
    assert schedule.given_back == [Turn(2)]
    assert [each.getMessage() for each in caplog.records] == [
        "The site was not built again: it broke",
        "The site cannot be built again now: away",
    ]


def test_a_command_finds_pelican_in_an_environment_that_nobody_activated(monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    pelican = f"{sysconfig.get_path('scripts')}/pelican"
    assert starter_of(f'test "$(command -v pelican)" = "{pelican}"', FakeWeb({}))() == ""


def test_a_command_is_run_by_the_shell(tmp_path):
    build = starter_of(f"echo built > {tmp_path}/a && echo again >> {tmp_path}/a", FakeWeb({}))
    assert build() == ""
    assert (tmp_path / "a").read_text() == "built\nagain\n"


def test_a_command_that_fails_says_what_it_said():
    build = starter_of("echo first; echo 'make: *** no rule' >&2; exit 3", FakeWeb({}))
    assert build() == "the command ends with 3: first make: *** no rule"
    long = starter_of("printf '%02000d end' 0; exit 1", FakeWeb({}))()
    assert long.endswith("0 end")
    assert len(long) < 1100


HOOK = "https://hooks.example/build?key=secret"


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        (Reply(204), ""),
        (Reply(500), "the webhook answers 500"),
        (TimedOut, "the webhook: as the test wants it"),
    ],
)
def test_a_webhook_is_posted_to_and_its_address_is_a_secret(page, problem):
    web = FakeWeb({HOOK: page})
    assert starter_of(HOOK, web)() == problem
    assert [(each.method, each.url) for each in web.requests] == [("POST", HOOK)]


def test_whatever_a_build_raises_is_a_problem(caplog):
    schedule = FakeSchedule(Turn(1))

    def build() -> str:
        raise OSError("no more processes")

    Rebuild(schedule, build).run_if_due()
    assert schedule.given_back == [Turn(1)]
    assert "no more processes" in caplog.text
