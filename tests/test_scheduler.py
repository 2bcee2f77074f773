"""Turns at hosts: everything is done, there is never a crowd, and nobody is asked too soon."""

from __future__ import annotations

import signal
import threading
import time
import weakref
from collections import Counter
from collections.abc import Iterator

import pytest

from pelican_linkback.sending.deciding.hosts import Trouble
from pelican_linkback.sending.running import scheduler as scheduler_module
from pelican_linkback.sending.running.scheduler import Clock, HostScheduler, Limits
from pelican_linkback.sending.running.tasks import Blocking, Once, Task, Turn, asked_once

TIMEOUT = 10.0
"""Seconds after which a test that hangs fails instead."""

SILENT = Trouble(timeouts=1)


class Crowd:
    """Counts who is inside at a time; lets nobody out until as many are in as ever will be."""

    def __init__(self, expected: int) -> None:
        self.lock = threading.Lock()
        self.full = threading.Event()
        self.expected = expected
        self.inside: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.done: list[str] = []

    def task(self, *hosts: str) -> Task:
        for host in hosts:
            yield Turn(host)
            self.pass_through(host)

    def pass_through(self, host: str) -> None:
        with self.lock:
            for name in (host, "all"):
                self.inside[name] += 1
                self.most[name] = max(self.most[name], self.inside[name])
            if self.inside["all"] == self.expected:
                self.full.set()
        assert self.full.wait(TIMEOUT)
        with self.lock:
            self.inside.subtract([host, "all"])
            self.done.append(host)


class FakeClock:
    """A clock that goes on by what is slept, and by what ``spend`` is given."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def clock(self) -> Clock:
        return Clock(lambda: self.now, self.sleep)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Visits:
    """Asks hosts that say what is planned for them, and notes when it did."""

    def __init__(self, time: FakeClock, answers: dict[str, list[Trouble | None]]) -> None:
        self.time, self.answers = time, answers
        self.made: list[tuple[str, float]] = []

    def task(self, host: str) -> Task:
        turn = Turn(host)
        yield turn
        self.made.append((host, self.time.now - 100))
        planned = self.answers.get(host)
        turn.trouble = planned.pop(0) if planned else None


def test_one_host_gets_as_many_as_it_may_and_others_need_not_wait() -> None:
    crowd = Crowd(expected=5)
    tasks = [crowd.task(host) for host in ["a"] * 20 + ["b", "c", "d"]]
    assert HostScheduler(Limits(16, 2)).run(tasks)
    assert crowd.most == {"a": 2, "b": 1, "c": 1, "d": 1, "all": 5}
    assert Counter(crowd.done) == {"a": 20, "b": 1, "c": 1, "d": 1}


def test_no_more_run_than_there_are_workers() -> None:
    crowd = Crowd(expected=3)
    HostScheduler(Limits(3, 2)).run([crowd.task(str(n)) for n in range(12)])
    assert crowd.most["all"] == 3
    assert len(crowd.done) == 12


def test_a_turn_counts_at_the_host_where_it_is() -> None:
    """As where a redirect leads from many hosts to one."""
    crowd = Crowd(expected=1)
    HostScheduler(Limits(16, 1)).run([crowd.task(f"source{n}", "endpoint") for n in range(10)])
    assert crowd.most["endpoint"] == 1
    assert crowd.done.count("endpoint") == 10


@pytest.mark.parametrize("hosts", ["aaaaaa", "abcabc", "abbaaa"])
def test_one_worker_goes_in_order_and_ends_what_is_begun_first(hosts: str) -> None:
    done: list[int] = []

    def task(*numbers: int) -> Task:
        for number in numbers:
            yield Turn(hosts[number])
            done.append(number)

    assert HostScheduler(Limits(1, 1)).run([task(0, 1, 2), task(3, 4), task(5)])
    assert done == [0, 1, 2, 3, 4, 5]


def test_the_first_of_many_that_waited_for_one_result_does_not_wait_for_the_last() -> None:
    has_turn = threading.Event()

    def work() -> Task:
        yield Turn("source")

    def task(number: int) -> Task:
        yield Once("key", work, 3)
        if number == 2:
            assert has_turn.wait(TIMEOUT)
        yield Turn(f"host{number}")
        has_turn.set()

    assert HostScheduler(Limits(4, 1)).run([task(number) for number in range(3)])


def test_nothing_begins_after_the_deadline() -> None:
    time = FakeClock()
    done: list[float] = []

    def task() -> Task:
        while True:
            yield Turn("host")
            done.append(time.now)
            time.now += 1

    limits = Limits(1, 1, begins_until=103)
    assert HostScheduler(limits, time.clock()).run([task(), task()])
    assert done == [100, 101, 102]


def test_an_exception_stops_the_rest_and_is_raised_when_all_have_ended() -> None:
    crowd = Crowd(expected=3)  # so nobody ends before the task that fails has its turn

    def fail() -> Task:
        yield from crowd.task("c")
        raise ZeroDivisionError

    tasks = [crowd.task("a"), crowd.task("b"), fail(), crowd.task("c")]
    with pytest.raises(ZeroDivisionError):
        HostScheduler(Limits(3, 1)).run(tasks)
    assert sorted(crowd.done) == ["a", "b", "c"]


# Where what runs


def test_what_is_new_or_may_wait_runs_in_workers_and_all_else_in_the_scheduler() -> None:
    seen: list[tuple[str, bool]] = []

    def note(where: str) -> None:
        seen.append((where, threading.current_thread() is threading.main_thread()))

    def work() -> Task:
        note("work begins")
        yield Turn("b")
        note("work has a turn")

    def task() -> Task:
        note("begins")
        yield Once("key", work, 1)
        note("has what is done once")
        yield Turn("a")
        note("has a turn")
        yield Once("other", work, 1)
        note("has it again")
        yield Blocking()
        note("may block")

    assert HostScheduler(Limits(4, 2)).run([task()])
    expected = [
        *(("begins", False), ("work begins", True), ("work has a turn", False)),
        *(("has what is done once", True), ("has a turn", False)),
        *(("work begins", True), ("work has a turn", False)),
        *(("has it again", True), ("may block", False)),
    ]
    assert seen == expected


def test_what_blocks_is_done_by_workers_and_by_no_more_than_there_are() -> None:
    crowd = Crowd(expected=3)

    def task() -> Task:
        yield Blocking()
        crowd.pass_through("the disk")

    assert HostScheduler(Limits(3, 1)).run([task() for _ in range(12)])
    assert crowd.most["all"] == 3
    assert len(crowd.done) == 12


def test_a_fault_before_the_first_turn_is_raised() -> None:
    def fail() -> Task:
        yield Once("key", fail_at_once, 1)

    def fail_at_once() -> Task:
        yield from ()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        HostScheduler(Limits(1, 1)).run([fail()])


# What is done once


def test_what_many_ask_for_is_done_once_and_all_get_it() -> None:
    got: list[object] = []
    done: list[str] = []

    def work() -> Task:
        yield Turn("host")
        done.append("work")
        return "result"

    def task() -> Task:
        got.append((yield Once("key", work, 10)))
        got.append((yield Once("key", work, 10)))  # over by now

    assert HostScheduler(Limits(4, 2)).run([task() for _ in range(5)])
    assert done == ["work"]
    assert got == ["result"] * 10


def test_what_one_task_alone_asks_for_is_a_part_of_it() -> None:
    """So it takes no step more than what it does itself."""

    def work() -> Task:
        turn = Turn("host")
        yield turn
        return turn

    alone = asked_once("key", work, 1)
    turn = next(alone)
    with pytest.raises(StopIteration) as end:
        alone.send(None)
    assert end.value.value is turn
    assert next(asked_once("key", work, 2)) == Once("key", work, 2)


def test_what_is_done_once_is_forgotten_when_all_have_got_it() -> None:
    """A result for each of a hundred thousand mentions would take as much memory as they do."""
    known: list[weakref.ref[object]] = []
    left: list[bool] = []

    class Result:
        pass

    def work() -> Task:
        yield Turn("host")
        result = Result()
        known.append(weakref.ref(result))
        return result

    def ask() -> Task:
        yield Once("key", work, 2)

    def look() -> Task:
        yield Turn("late")
        yield Turn("later")  # by now the worker has let go of the step before
        left.extend(each() is not None for each in known)

    assert HostScheduler(Limits(1, 1)).run([ask(), ask(), look()])
    assert left == [False]


def test_a_task_is_made_when_a_worker_is_free_for_it() -> None:
    made: list[int] = []
    begun: list[int] = []

    def task(number: int) -> Task:
        begun.append(len(made))
        yield Turn("host")

    def tasks() -> Iterator[Task]:
        for number in range(5):
            made.append(number)
            yield task(number)

    assert HostScheduler(Limits(1, 1)).run(tasks())
    assert begun == [2, 3, 4, 5, 5]


def test_what_goes_on_comes_before_what_is_new() -> None:
    """Each task that is begun takes memory until it ends."""
    done: list[str] = []

    def work() -> Task:
        yield Turn("host")
        done.append("looks")

    def task(number: int) -> Task:
        done.append(f"begins {number}")
        yield Once(number, work, 1)
        yield Turn("host")
        done.append(f"ends {number}")

    assert HostScheduler(Limits(1, 1)).run(map(task, range(2)))
    assert done == ["begins 0", "looks", "ends 0", "begins 1", "looks", "ends 1"]


def test_a_fault_of_what_is_done_once_is_that_of_each_that_asked() -> None:
    caught: list[str] = []

    def work() -> Task:
        yield Turn("host")
        raise ValueError("out of the blue")

    def task() -> Task:
        try:
            yield Once("key", work, 9)
        except ValueError as error:
            caught.append(str(error))

    assert HostScheduler(Limits(2, 1)).run([task(), task(), task()])
    assert caught == ["out of the blue"] * 3


# Hosts in trouble


@pytest.mark.parametrize(
    ("answers", "made"),
    [
        pytest.param([None], [0.0, 0.0, 0.0], id="all is well"),
        pytest.param([Trouble()], [0.0, 0.0, 0.0], id="in trouble, but no pause"),
        pytest.param([Trouble(20)], [0.0, 20.0, 20.0], id="a pause"),
        pytest.param([Trouble(20), Trouble(30)], [0.0, 20.0, 50.0], id="two pauses"),
        pytest.param([Trouble(61)], [0.0], id="longer than it may wait"),
        pytest.param([Trouble(20), Trouble(50)], [0.0, 20.0], id="then longer than it may wait"),
        pytest.param([SILENT], [0.0, 0.0, 0.0], id="one time-out"),
        pytest.param([SILENT, SILENT], [0.0, 0.0], id="two time-outs"),
        pytest.param([SILENT, None, SILENT], [0.0, 0.0, 0.0], id="two time-outs, but not in a row"),
    ],
)
def test_a_host_is_asked_when_its_pause_is_over_or_not_at_all(
    answers: list[Trouble | None], made: list[float]
) -> None:
    time = FakeClock()
    visits = Visits(time, {"a": answers})
    scheduler = HostScheduler(Limits(4, 1, waits_until=160), time.clock())
    assert scheduler.run([visits.task("a") for _ in range(3)])
    assert visits.made == [("a", moment) for moment in made]
    held_back = [(host, len(tasks)) for host, _, tasks in scheduler.held_back()]
    assert held_back == ([("a", 3 - len(made))] if len(made) < 3 else [])


def test_others_do_not_wait_for_a_host_in_trouble() -> None:
    time = FakeClock()
    visits = Visits(time, {"a": [Trouble(20)]})
    tasks = [visits.task(host) for host in "aaabbb"]
    assert HostScheduler(Limits(4, 1, waits_until=160), time.clock()).run(tasks)
    assert Counter(visits.made) == {("a", 0.0): 1, ("b", 0.0): 3, ("a", 20.0): 2}
    assert time.slept == [20.0]


def test_a_pause_ends_while_others_are_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler_module, "TICK", 0.001)
    time = FakeClock()
    asked_again = threading.Event()

    def asks_for_a_pause() -> Task:
        turn = Turn("a")
        yield turn
        turn.trouble = Trouble(5)
        yield Turn("a")
        asked_again.set()

    def takes_long() -> Task:
        yield Turn("b")
        # The pause may begin after the clock was moved on, so that it is moved on again.
        for _ in range(10):
            time.now += 10
            if asked_again.wait(TIMEOUT / 10):
                break
        assert asked_again.is_set()

    tasks = [asks_for_a_pause(), takes_long()]
    assert HostScheduler(Limits(2, 1, waits_until=200), time.clock()).run(tasks)
    assert time.slept == []


@pytest.mark.parametrize(("trouble", "alone"), [(Trouble(), True), (None, False)])
def test_after_trouble_one_at_a_time_has_a_turn(trouble: Trouble | None, alone: bool) -> None:
    inside = Crowd(expected=2)

    def look() -> Task:
        turn = Turn("a")
        yield turn
        turn.trouble = trouble

    def task() -> Task:
        yield Once("look", look, 4)
        yield Turn("a")
        with inside.lock:
            inside.inside["a"] += 1
            if inside.inside["a"] == 2:
                inside.full.set()
        inside.full.wait(0.02)
        with inside.lock:
            inside.inside["a"] -= 1

    HostScheduler(Limits(4, 4)).run([task() for _ in range(4)])
    assert inside.full.is_set() is not alone


def test_two_turns_under_way_may_both_ask_for_a_pause() -> None:
    time = FakeClock()
    both = threading.Barrier(2)
    asked: list[float] = []

    def task(pause: float) -> Task:
        turn = Turn("a")
        yield turn
        both.wait(TIMEOUT)
        turn.trouble = Trouble(pause)
        yield Turn("a")
        asked.append(time.now)

    scheduler = HostScheduler(Limits(2, 2, waits_until=200), time.clock())
    assert scheduler.run([task(7), task(30)])
    assert asked == [130.0, 130.0]


def test_a_pause_is_not_waited_for_beyond_the_deadline() -> None:
    time = FakeClock()
    visits = Visits(time, {"a": [Trouble(20)]})
    scheduler = HostScheduler(Limits(1, 1, begins_until=100.5, waits_until=160), time.clock())

    def late() -> Task:
        yield from visits.task("a")
        time.now += 1

    assert scheduler.run([late(), visits.task("a")])
    assert visits.made == [("a", 0.0)]
    assert time.slept == []


def test_the_next_run_knows_of_the_pauses_and_of_who_was_silent() -> None:
    time, pauses = FakeClock(), {}
    answers = {"a": [Trouble(20)], "b": [SILENT, SILENT]}
    for seconds, hosts in [(0, "aabbb"), (5, "abc"), (20, "ab"), (60, "b")]:
        time.now = 100.0 + seconds
        visits = Visits(time, answers)
        HostScheduler(Limits(1, 1), time.clock(), pauses).run([visits.task(host) for host in hosts])
        made = "".join(sorted(host for host, _ in visits.made))
        assert made == {0: "abb", 5: "c", 20: "a", 60: "b"}[seconds]


def test_a_host_that_wanted_a_pause_and_did_not_answer_is_paused_for_the_longer() -> None:
    time, pauses = FakeClock(), {}
    visits = Visits(time, {"a": [Trouble(200, timeouts=2)]})
    scheduler = HostScheduler(Limits(1, 1), time.clock(), pauses)
    assert scheduler.run([visits.task("a"), visits.task("a")])
    assert pauses == {"a": 300.0}
    assert [seconds for _, seconds, _ in scheduler.held_back()] == [200.0]


def test_who_is_behind_what_a_host_holds_back_is_named() -> None:
    time = FakeClock()
    visits = Visits(time, {"a": [Trouble(50)]})

    def work() -> Task:
        yield from visits.task("a")
        yield Turn("a")

    def task() -> Task:
        yield Once("key", work, 9)

    tasks = [task(), task()]
    scheduler = HostScheduler(Limits(1, 1), time.clock())
    assert scheduler.run(tasks)
    assert list(scheduler.held_back()) == [("a", 50.0, tasks)]


@pytest.mark.parametrize(("seconds", "can"), [(60.0, True), (60.5, False)])
def test_a_task_can_ask_whether_a_pause_is_waited_for(seconds: float, can: bool) -> None:
    limits = Limits(1, 1, waits_until=160)
    assert HostScheduler(limits, FakeClock().clock()).can_wait(seconds) is can


# Ctrl-C


def interrupt() -> None:
    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)


def test_the_scheduler_waits_through_many_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler_module, "TICK", 0.001)

    def slow() -> Task:
        yield Turn("a")
        threading.Event().wait(0.02)

    assert HostScheduler(Limits(1, 1)).run([slow()])


def test_ctrl_c_lets_those_under_way_end_and_begins_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scheduler_module, "TICK", 0.001)
    done: list[str] = []

    def slow() -> Task:
        yield Turn("a")
        interrupt()
        threading.Event().wait(0.02)  # many ticks of the scheduler, for it to be seeing us off
        done.append("slow")
        yield Turn("b")
        done.append("never")

    def never() -> Task:
        yield Turn("b")
        done.append("never")

    assert not HostScheduler(Limits(1, 1), grace=TIMEOUT).run([slow(), never()])
    assert done == ["slow"]


def test_ctrl_c_in_what_runs_in_the_thread_of_the_scheduler_ends_the_run() -> None:
    done: list[str] = []

    def work() -> Task:
        yield from ()
        raise KeyboardInterrupt

    def task() -> Task:
        yield Once("key", work, 2)
        done.append("never")

    assert not HostScheduler(Limits(1, 1)).run([task(), task()])
    assert done == []


def test_ctrl_c_waits_no_longer_than_its_grace() -> None:
    release = threading.Event()

    def stuck() -> Task:
        yield Turn("a")
        interrupt()
        release.wait(TIMEOUT)

    before = time.monotonic()
    assert not HostScheduler(Limits(1, 1), grace=0.0).run([stuck()])
    assert time.monotonic() - before < 2
    release.set()


def test_ctrl_c_ends_the_wait_for_a_pause() -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    time = FakeClock()
    visits = Visits(time, {"a": [Trouble(20)]})
    clock = Clock(lambda: time.now, interrupted)
    scheduler = HostScheduler(Limits(1, 1, waits_until=160), clock)
    assert not scheduler.run([visits.task("a"), visits.task("a")])
    assert len(visits.made) == 1
