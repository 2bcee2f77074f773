"""Runs tasks that take turns at hosts: many at a time, few at one host, none too soon.

See ``tasks`` for what a task is. What is new and what may wait runs in worker threads, everything
else in the thread that calls ``run``; which task runs when is decided there, and so without locks.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from pelican_linkback.sending.deciding.hosts import Host
from pelican_linkback.sending.running.tasks import (
    Blocking,
    Once,
    Over,
    Shared,
    Step,
    Task,
    Turn,
    Yielded,
    advance,
)

__all__ = ["Clock", "HostScheduler", "Limits", "Pauses"]

TICK = 0.2
"""Seconds between two checks for Ctrl-C: on Windows a waiting thread does not receive it."""

GRACE = 1.0
"""Seconds for tasks under way to end after Ctrl-C."""

SILENCE = 60.0
"""Seconds for which the next run, too, leaves a host alone that timed out too often."""

Pauses = dict[str, float]
"""By host, the monotonic time before which no exchange may start there."""


@dataclass(frozen=True, slots=True)
class Limits:
    """At most ``workers`` tasks run at a time, ``per_host`` of them with turns at one host.

    Nothing starts at ``begins_until`` or later, and a pause is waited for if it ends before
    ``waits_until``: seconds of the monotonic clock.
    """

    workers: int
    per_host: int
    begins_until: float = math.inf
    waits_until: float = -math.inf


@dataclass(frozen=True, slots=True)
class Clock:
    """A monotonic clock in seconds, and how to wait by it."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class HostScheduler:
    """Runs tasks until none is left that may go on.

    A host that had trouble gets one turn at a time. ``pauses`` are those known already; new ones
    are added to them. ``grace`` is how many seconds the tasks under way get to end after Ctrl-C;
    then they are abandoned, as daemon threads.
    """

    def __init__(
        self,
        limits: Limits,
        clock: Clock | None = None,
        pauses: Pauses | None = None,
        grace: float | None = None,
    ) -> None:
        self._limits = limits
        self._clock = clock or Clock()
        self._pauses: Pauses = {} if pauses is None else pauses
        self._grace = GRACE if grace is None else grace
        self._hosts: dict[str, Host[Step]] = {}
        self._open: OrderedDict[str, Host[Step]] = OrderedDict()
        """The hosts at which a turn could start now, in the order in which they get one."""
        self._paused: dict[str, Host[Step]] = {}
        """The hosts at which one could start, apart from their pause."""
        self._new: Iterator[Task] = iter(())
        self._next_new: Task | None = None
        self._ready: deque[Step] = deque()
        """The steps that need no turn."""
        self._shared: dict[Hashable, Shared] = {}
        self._shared_by: dict[Task, Shared] = {}
        self._under_way = 0
        self._threads = 0
        self._begun: SimpleQueue[Step | None] = SimpleQueue()
        self._ended: SimpleQueue[tuple[Step, Yielded | Over]] = SimpleQueue()

    def run(self, tasks: Iterable[Task]) -> bool:
        """Run ``tasks`` and the tasks that they ask for; return False if Ctrl-C ended it.

        After an exception in one of ``tasks`` nothing further starts; it is raised when the tasks
        under way have ended.
        """
        self._new = iter(tasks)  # not all at once: each takes memory
        try:
            self._next_new = next(self._new, None)
            while self._begin_what_may() or self._sleep_until_a_pause_ends():
                self._end_one()
        except KeyboardInterrupt:
            self._wait_for_running(time.monotonic() + self._grace)
            return False
        except BaseException:
            self._wait_for_running(math.inf)
            raise
        finally:
            for _ in range(self._threads):
                self._begun.put(None)
        return True

    def can_wait(self, seconds: float) -> bool:
        """Return whether a pause that starts now is waited for; thread-safe."""
        return self._clock.monotonic() + seconds <= self._limits.waits_until

    def held_back(self) -> Iterator[tuple[str, float | None, list[Task]]]:
        """Yield each host in trouble that holds tasks back, its pause, and these tasks.

        The pause is in seconds from now on; None if the host did not answer.
        """
        now = self._clock.monotonic()
        for host in self._hosts.values():
            tasks = [task for step in host.queue for task in self._those_behind(step.task)]
            if tasks and (host.paused_until or now) > now:
                yield host.name, (host.paused_until or now) - now, tasks
            elif tasks and host.is_closed:
                yield host.name, None, tasks

    def _those_behind(self, task: Task) -> list[Task]:
        shared = self._shared_by.get(task)
        if shared is None:
            return [task]
        return [each for waiting in shared.waiting for each in self._those_behind(waiting)]

    def _begin_what_may(self) -> int:
        """Start every step that may; return how many are under way."""
        self._end_pauses()
        while self._under_way < self._limits.workers and (step := self._next()):
            if step.granted is not None:
                self._hand_over(step)
                continue
            self._go_on(step.task, advance(step))
            # That may end what hundreds wait for: the request of the first need not wait for them.
            if turn := self._next_turn():
                self._hand_over(turn)
        return self._under_way

    def _hand_over(self, step: Step) -> None:
        if self._under_way == self._threads:
            threading.Thread(target=self._serve, daemon=True).start()
            self._threads += 1
        self._under_way += 1
        self._begun.put(step)

    def _next(self) -> Step | None:
        """Return the next step; tasks that were started come before new ones.

        So a run that reaches its deadline has sent something, rather than looked at everything.
        """
        return self._ready.popleft() if self._ready else self._next_turn() or self._begin_new()

    def _next_turn(self) -> Step | None:
        if not self._open or not self._may_begin():
            return None
        host = next(iter(self._open.values()))
        step = host.queue.popleft()
        host.busy += 1
        self._place(host)
        return step

    def _begin_new(self) -> Step | None:
        if self._next_new is None or not self._may_begin():
            return None
        task, self._next_new = self._next_new, next(self._new, None)
        return Step(task, Blocking())  # in a worker, or all would be begun before one ends

    def _may_begin(self) -> bool:
        return self._clock.monotonic() < self._limits.begins_until

    def _end_pauses(self) -> None:
        if not self._paused:
            return
        now = self._clock.monotonic()
        for host in list(self._paused.values()):
            if host.paused_until is not None and host.paused_until <= now:
                host.paused_until = None
                self._place(host)

    def _sleep_until_a_pause_ends(self) -> bool:
        """Sleep until a pause ends if nothing else is under way; return False if there is none."""
        ends = [host.paused_until or 0.0 for host in self._paused.values()]
        if not ends or min(ends) > self._limits.waits_until or not self._may_begin():
            return False
        self._clock.sleep(max(min(ends) - self._clock.monotonic(), 0.0))
        return True

    def _serve(self) -> None:
        """Run step after step: reusing a thread is cheaper than starting one."""
        while step := self._begun.get():
            self._ended.put((step, advance(step)))

    def _end_one(self) -> None:
        """Wait shortly for a worker to end a step, and handle what its task asks for."""
        if not self._under_way:
            return
        try:
            step, result = self._ended.get(timeout=TICK)
        except Empty:
            return
        self._under_way -= 1
        if isinstance(step.granted, Turn):
            self._leave(step.granted)
        self._go_on(step.task, result)

    def _go_on(self, task: Task, result: Yielded | Over) -> None:
        """Handle what ``task`` asks for, or that it has ended."""
        if isinstance(result, Turn):
            host = self._host(result.host)
            host.take(Step(task, result))
            self._place(host, first=True)
        elif isinstance(result, Once):
            self._share(task, result)
        elif isinstance(result, Blocking):
            self._ready.appendleft(Step(task, result))
        else:
            self._end(task, result)

    def _leave(self, turn: Turn) -> None:
        host = self._host(turn.host)
        host.busy -= 1
        now = self._clock.monotonic()
        host.note(turn.trouble, now)
        until = max(host.paused_until or now, now + SILENCE if host.is_closed else now)
        if until > now:
            self._pauses[host.name] = until
        self._place(host)

    def _host(self, name: str) -> Host[Step]:
        host = self._hosts.get(name)
        if host is None:
            until = self._pauses.get(name)
            if until is not None and until <= self._clock.monotonic():
                until = None
            host = self._hosts[name] = Host(name, self._limits.per_host, until)
        return host

    def _place(self, host: Host[Step], *, first: bool = False) -> None:
        """Note whether, and when, a turn may start at ``host``."""
        self._paused.pop(host.name, None)
        if host.can_start and host.paused_until is None:
            self._open[host.name] = host
            if first:
                self._open.move_to_end(host.name, last=False)
            return
        self._open.pop(host.name, None)
        if host.can_start:
            self._paused[host.name] = host

    def _share(self, task: Task, once: Once) -> None:
        shared = self._shared.get(once.key)
        if shared is None:
            shared = self._shared[once.key] = Shared(once.askers)
            work = once.work()
            self._shared_by[work] = shared
            self._ready.appendleft(Step(work))
        shared.askers -= 1
        if shared.askers == 0:
            del self._shared[once.key]
        if shared.over is None:
            shared.waiting.append(task)
        else:
            self._ready.appendleft(Step(task, sent=shared.over))

    def _end(self, task: Task, over: Over) -> None:
        shared = self._shared_by.pop(task, None)
        if shared is not None:
            shared.over = over
            steps = [Step(waiting, sent=over) for waiting in shared.waiting]
            self._ready.extendleft(reversed(steps))
            shared.waiting.clear()
        elif over.error is not None:
            raise over.error

    def _wait_for_running(self, until: float) -> None:
        """Wait for the steps under way until a time of the system's monotonic clock."""
        while self._under_way and (left := until - time.monotonic()) > 0:
            try:
                self._ended.get(timeout=min(left, TICK))
            except Empty:
                continue
            self._under_way -= 1
