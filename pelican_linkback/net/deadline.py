"""A time limit for everything done within a block. Contains no business logic.

A socket's own timeout starts again with each byte, so a server that sends one byte a second blocks
its reader forever, and a name lookup has no timeout at all. Here a watchdog, one for all, shuts the
socket down when the time is over, whether it is connecting, in a TLS handshake, or reading.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import Self, TypeVar

__all__ = ["Alarm", "Deadline", "Watchdog"]

T = TypeVar("T")

_CLOCK = time.monotonic


@dataclass(eq=False, slots=True)
class Alarm:
    """What to call at the time ``at`` of the monotonic clock, if it is still ``wanted``."""

    at: float
    ring: Callable[[], None]
    wanted: bool = True


class Watchdog:
    """Calls alarms on time, all in one thread, which exists while any alarm is set.

    What is called must not block. A thread for each exchange would add a tenth to its cost.
    """

    def __init__(self) -> None:
        self._alarms: list[tuple[float, int, Alarm]] = []
        """A heap by time; the numbers are all different, so that alarms are never compared."""
        self._numbers = count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def set(self, alarm: Alarm) -> None:
        """Call ``alarm`` when it is time."""
        with self._changed:
            heappush(self._alarms, (alarm.at, next(self._numbers), alarm))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._watch, daemon=True)
                self._thread.start()
            elif self._alarms[0][-1] is alarm:
                self._changed.notify()

    def unset(self, alarm: Alarm) -> None:
        """Do not call ``alarm`` any more."""
        with self._changed:
            alarm.wanted = False
            self._forget_unwanted()

    def _forget_unwanted(self) -> None:
        while self._alarms and not self._alarms[0][-1].wanted:
            heappop(self._alarms)

    def _watch(self) -> None:
        with self._changed:
            while self._alarms:
                left = self._alarms[0][0] - _CLOCK()
                if left > 0:
                    self._changed.wait(min(left, threading.TIMEOUT_MAX))
                else:
                    heappop(self._alarms)[-1].ring()
                self._forget_unwanted()
            self._thread = None


_WATCHDOG = Watchdog()


class Deadline:
    """``with Deadline(10) as deadline:`` limits what is asked and watched through it.

    ``seconds`` is the time in total; ``monotonic`` the clock for ``left``.
    """

    def __init__(self, seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._end = monotonic() + seconds
        self._cut = False
        self._lock = threading.Lock()
        self._answer: Future[object] | None = None
        self._sock: socket.socket | None = None
        self._alarm = Alarm(_CLOCK() + seconds, self.cut)

    def __enter__(self) -> Self:
        _WATCHDOG.set(self._alarm)
        return self

    def __exit__(self, *_: object) -> None:
        _WATCHDOG.unset(self._alarm)
        with self._lock:
            self._close()

    @property
    def over(self) -> bool:
        """Whether the time is over, or was cut short."""
        return self._cut or self._monotonic() >= self._end

    def left(self) -> float:
        """Return the seconds that are left; raise TimeoutError if there are none."""
        left = self._end - self._monotonic()
        if self._cut or left <= 0:
            raise TimeoutError
        return left

    def ask(self, question: Callable[[], T]) -> T:
        """Return what ``question()`` returns, or raise what it raises, or TimeoutError.

        It runs in a thread of its own, which is abandoned when the time is over.
        """
        answer: Future[T] = Future()
        with self._lock:
            self._answer = answer  # type: ignore[assignment]
        timeout = self.left()
        threading.Thread(target=_settle, args=(answer, question), daemon=True).start()
        try:
            return answer.result(timeout=timeout)
        except CancelledError:
            raise TimeoutError from None

    def watch(self, sock: socket.socket) -> None:
        """Shut ``sock`` down when the time is over; replaces the socket watched before.

        Nobody else closes it: that happens at the end of the block, and not while it is shut down,
        since the number of a closed socket may already belong to another one.
        """
        with self._lock:
            self._close()
            self._sock = sock
        self.left()

    def cut(self) -> None:
        """End the time now; thread-safe."""
        with self._lock:
            self._cut = True
            if self._answer is not None:
                self._answer.cancel()
            if self._sock is not None:
                with suppress(OSError):  # the server may have closed it already
                    # Not the method of a TLS socket: its reader would go on without TLS.
                    socket.socket.shutdown(self._sock, socket.SHUT_RDWR)

    def _close(self) -> None:
        if self._sock is not None:
            self._sock.close()
            self._sock = None


def _settle(answer: Future[T], question: Callable[[], T]) -> None:
    with suppress(InvalidStateError):  # cancelled: nothing waits for it any more
        try:
            answer.set_result(question())
        except Exception as error:  # noqa: BLE001 (raised again where it was asked)
            answer.set_exception(error)
