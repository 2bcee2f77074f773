"""One host, one lane: work in parallel, but never a crowd at one host's door.

A step is a host and some work for it; the work may return the next steps. Steps run on threads,
at most ``workers`` of them at a time and at most ``per_host`` in the lane of one host.
Contains no business logic.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from queue import Empty, SimpleQueue

__all__ = ["Lanes", "Step"]

TICK = 0.2
"""Seconds between two looks at the keyboard: on Windows a thread that waits hears no Ctrl-C."""

GRACE = 1.0
"""Seconds that the steps under way get to end after Ctrl-C."""


@dataclass(frozen=True, slots=True)
class Step:
    """Work that occupies ``host`` (a lane's name) while it runs, and may lead to further steps."""

    host: str
    work: Callable[[], Iterable[Step]]


class Lanes:
    """Runs steps until none is left, or until ``may_begin`` says that no further one may begin.

    ``grace`` is how many seconds the steps that are under way get to end after Ctrl-C; then they
    are left to themselves, as daemon threads.
    """

    def __init__(
        self,
        *,
        workers: int,
        per_host: int,
        may_begin: Callable[[], bool] = lambda: True,
        grace: float | None = None,
    ) -> None:
        self._workers = workers
        self._per_host = per_host
        self._may_begin = may_begin
        self._grace = GRACE if grace is None else grace
        self._open: OrderedDict[str, deque[Step]] = OrderedDict()
        """The steps that wait at hosts with room for one more, in the order of their turns."""
        self._full: dict[str, deque[Step]] = {}
        self._busy: Counter[str] = Counter()
        self._under_way = 0
        self._threads = 0
        self._begun: SimpleQueue[Step | None] = SimpleQueue()
        self._ended: SimpleQueue[tuple[Step, Iterable[Step] | BaseException]] = SimpleQueue()

    def run(self, steps: Iterable[Step]) -> bool:
        """Run ``steps`` and what follows from them; return False where Ctrl-C ended it.

        An exception in a step lets no further step begin, and is raised when those under way
        have ended.
        """
        for step in steps:
            self._open.setdefault(step.host, deque()).append(step)
        try:
            while self._begin_what_may():
                self._end_one()
        except KeyboardInterrupt:
            self._see_off(time.monotonic() + self._grace)
            return False
        except BaseException:
            self._see_off(float("inf"))
            raise
        finally:
            for _ in range(self._threads):
                self._begun.put(None)
        return True

    def _begin_what_may(self) -> int:
        """Begin every step for which there is room; return how many are under way."""
        while self._open and self._under_way < self._workers and self._may_begin():
            host, lane = next(iter(self._open.items()))
            self._begin(lane.popleft())
            if not lane:
                del self._open[host]
            elif self._busy[host] == self._per_host:
                self._full[host] = self._open.pop(host)
        return self._under_way

    def _begin(self, step: Step) -> None:
        if self._under_way == self._threads:
            threading.Thread(target=self._serve, daemon=True).start()
            self._threads += 1
        self._busy[step.host] += 1
        self._under_way += 1
        self._begun.put(step)

    def _serve(self) -> None:
        """Do step after step: a thread that is free costs less than a new one."""
        while step := self._begun.get():
            self._work(step)

    def _work(self, step: Step) -> None:
        try:
            result: Iterable[Step] | BaseException = tuple(step.work())
        except BaseException as error:  # noqa: BLE001 - it is raised where the run was called
            result = error
        self._ended.put((step, result))

    def _end_one(self) -> None:
        """Wait until a step ends, and put what follows from it before all that waits.

        So what was begun is brought to its end before something new is begun, and a run that
        meets its deadline has told somebody rather than looked at everything.
        """
        step, result = self._next_ended()
        self._leave(step.host)
        if isinstance(result, BaseException):
            raise result
        if step.host in self._full:
            self._put_first(step.host, self._full.pop(step.host))
        for following in result:
            host = following.host
            lane = self._open.get(host) or self._full.get(host) or deque()
            lane.appendleft(following)
            self._put_first(host, lane)

    def _put_first(self, host: str, lane: deque[Step]) -> None:
        if self._busy[host] < self._per_host:
            self._open[host] = lane
            self._open.move_to_end(host, last=False)
        else:
            self._full[host] = lane

    def _leave(self, host: str) -> None:
        self._busy[host] -= 1
        self._under_way -= 1

    def _next_ended(self) -> tuple[Step, Iterable[Step] | BaseException]:
        while True:
            try:
                return self._ended.get(timeout=TICK)
            except Empty:
                continue

    def _see_off(self, until: float) -> None:
        """Wait for the steps under way until a time of the monotonic clock."""
        while self._under_way and (left := until - time.monotonic()) > 0:
            try:
                step, _ = self._ended.get(timeout=min(left, TICK))
            except Empty:
                continue
            self._leave(step.host)
