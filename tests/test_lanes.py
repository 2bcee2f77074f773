"""Lanes: everything is done, and there is never a crowd."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Iterable

import pytest

from pelican_linkback.sending.running import scheduler as lanes_module
from pelican_linkback.sending.running.scheduler import Lanes, Step

PATIENCE = 10.0
"""Seconds after which a test that hangs fails instead."""


class Crowd:
    """Counts who is inside at a time; lets nobody out until as many are in as ever will be."""

    def __init__(self, expected: int) -> None:
        self.lock = threading.Lock()
        self.full = threading.Event()
        self.expected = expected
        self.inside: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.done: list[str] = []

    def step(self, host: str, following: Iterable[Step] = ()) -> Step:
        def work() -> Iterable[Step]:
            with self.lock:
                for name in (host, "all"):
                    self.inside[name] += 1
                    self.most[name] = max(self.most[name], self.inside[name])
                if self.inside["all"] == self.expected:
                    self.full.set()
            assert self.full.wait(PATIENCE)
            with self.lock:
                self.inside.subtract([host, "all"])
                self.done.append(host)
            return following

        return Step(host, work)


def test_one_host_gets_as_many_as_it_may_and_others_need_not_wait() -> None:
    crowd = Crowd(expected=5)
    steps = [crowd.step(host) for host in ["a"] * 20 + ["b", "c", "d"]]
    assert Lanes(workers=16, per_host=2).run(steps)
    assert crowd.most == {"a": 2, "b": 1, "c": 1, "d": 1, "all": 5}
    assert Counter(crowd.done) == {"a": 20, "b": 1, "c": 1, "d": 1}


def test_no_more_run_than_there_are_workers() -> None:
    crowd = Crowd(expected=3)
    Lanes(workers=3, per_host=2).run([crowd.step(str(n)) for n in range(12)])
    assert crowd.most["all"] == 3
    assert len(crowd.done) == 12


@pytest.mark.parametrize("hosts", ["aaaaaa", "abcabc", "abbaaa"])
def test_one_worker_goes_in_order_and_finishes_what_is_begun_first(hosts: str) -> None:
    done: list[str] = []
    names = ["a", "a2", "a3", "b", "b2", "c"]

    def step(name: str, *following: Step) -> Step:
        def work() -> Iterable[Step]:
            done.append(name)
            return following

        return Step(hosts[names.index(name)], work)

    steps = [step("a", step("a2", step("a3"))), step("b", step("b2")), step("c")]
    assert Lanes(workers=1, per_host=1).run(steps)
    assert sorted(done) == names
    assert done[:3] == ["a", "a2", "a3"]
    assert done.index("b2") == done.index("b") + 1


def test_a_following_step_counts_at_the_host_it_goes_to() -> None:
    crowd = Crowd(expected=2)
    crowd.full.set()
    steps = [crowd.step(f"source{n}", [crowd.step("endpoint")]) for n in range(10)]
    Lanes(workers=16, per_host=1).run(steps)
    assert crowd.most["endpoint"] == 1
    assert crowd.done.count("endpoint") == 10


def test_nothing_begins_after_the_deadline() -> None:
    done: list[int] = []

    def step(n: int) -> Step:
        def work() -> Iterable[Step]:
            done.append(n)
            return [step(n + 1)]

        return Step("host", work)

    lanes = Lanes(workers=1, per_host=1, may_begin=lambda: len(done) < 3)
    assert lanes.run([step(0)])
    assert done == [0, 1, 2]


def test_an_exception_stops_the_rest_and_is_raised_when_all_have_ended() -> None:
    crowd = Crowd(expected=2)

    def fail() -> Iterable[Step]:
        assert crowd.full.wait(PATIENCE)
        raise ZeroDivisionError

    steps = [crowd.step("a"), crowd.step("b"), Step("c", fail), crowd.step("c")]
    with pytest.raises(ZeroDivisionError):
        Lanes(workers=3, per_host=1).run(steps)
    assert sorted(crowd.done) == ["a", "b"]


def interrupt() -> None:
    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)


def test_the_scheduler_waits_through_many_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes_module, "TICK", 0.001)
    assert Lanes(workers=1, per_host=1).run([Step("a", lambda: [threading.Event().wait(0.02)][:0])])


def test_ctrl_c_lets_those_under_way_end_and_begins_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lanes_module, "TICK", 0.001)
    told: list[str] = []
    heard = threading.Event()

    def slow() -> Iterable[Step]:
        interrupt()
        heard.wait(0.02)  # many ticks of the scheduler, for it to be seeing us off
        told.append("slow")
        return [Step("b", lambda: told.append("never") or [])]

    assert not Lanes(workers=1, per_host=1, grace=PATIENCE).run(
        [Step("a", slow), Step("b", lambda: told.append("never") or [])]
    )
    assert told == ["slow"]


def test_ctrl_c_waits_no_longer_than_its_grace() -> None:
    release = threading.Event()

    def stuck() -> Iterable[Step]:
        interrupt()
        release.wait(PATIENCE)
        return []

    before = time.monotonic()
    assert not Lanes(workers=1, per_host=1, grace=0.0).run([Step("a", stuck)])
    assert time.monotonic() - before < 2
    release.set()
