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
        self._waiting: OrderedDict[str, deque[Step]] = OrderedDict()
        self._busy: Counter[str] = Counter()
        self._ended: SimpleQueue[tuple[Step, Iterable[Step] | BaseException]] = SimpleQueue()

    def run(self, steps: Iterable[Step]) -> bool:
        """Run ``steps`` and what follows from them; return False where Ctrl-C ended it.

        An exception in a step lets no further step begin, and is raised when those under way
        have ended.
        """
        for step in steps:
            self._waiting.setdefault(step.host, deque()).append(step)
        try:
            while self._begin_what_may():
                self._end_one()
        except KeyboardInterrupt:
            self._see_off(time.monotonic() + self._grace)
            return False
        except BaseException:
            self._see_off(float("inf"))
            raise
        return True

    def _begin_what_may(self) -> int:
        """Begin every step for which there is room; return how many are under way."""
        for host in list(self._waiting):
            lane = self._waiting[host]
            while lane and self._has_room(host) and self._may_begin():
                self._begin(lane.popleft())
            if not lane:
                del self._waiting[host]
        return self._busy.total()

    def _has_room(self, host: str) -> bool:
        return self._busy[host] < self._per_host and self._busy.total() < self._workers

    def _begin(self, step: Step) -> None:
        self._busy[step.host] += 1
        threading.Thread(target=self._work, args=(step,), daemon=True).start()

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
        self._busy[step.host] -= 1
        if isinstance(result, BaseException):
            raise result
        for following in result:
            self._waiting.setdefault(following.host, deque()).appendleft(following)
            self._waiting.move_to_end(following.host, last=False)

    def _next_ended(self) -> tuple[Step, Iterable[Step] | BaseException]:
        while True:
            try:
                return self._ended.get(timeout=TICK)
            except Empty:
                continue

    def _see_off(self, until: float) -> None:
        """Wait for the steps under way until a time of the monotonic clock."""
        while self._busy.total() and (left := until - time.monotonic()) > 0:
            try:
                step, _ = self._ended.get(timeout=min(left, TICK))
            except Empty:
                continue
            self._busy[step.host] -= 1
