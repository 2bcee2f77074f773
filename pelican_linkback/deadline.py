"""A time limit that holds for everything done under it. Contains no business logic.

A socket's own timeout starts anew with each byte, so a server that sends one byte a second holds
its reader for ever, and a name look-up has no timeout at all. Here a watchdog shuts the socket
down when the time is over, whether it is connecting, in a TLS handshake, or reading.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress
from typing import Self, TypeVar

__all__ = ["Deadline"]

T = TypeVar("T")


class Deadline:
    """``with Deadline(10) as deadline:`` bounds what is asked and watched through it.

    ``seconds`` is all the time there is; ``monotonic`` the clock for ``left``.
    """

    def __init__(self, seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._end = monotonic() + seconds
        self._cut = False
        self._lock = threading.Lock()
        self._answer: Future[object] | None = None
        self._handle: socket.socket | None = None
        self._timer = threading.Timer(seconds, self.cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._release()

    @property
    def over(self) -> bool:
        """Whether the time is up, or was cut short."""
        return self._cut or self._monotonic() >= self._end

    def left(self) -> float:
        """Return the seconds that are left; raise TimeoutError when there are none."""
        left = self._end - self._monotonic()
        if self._cut or left <= 0:
            raise TimeoutError
        return left

    def ask(self, question: Callable[[], T]) -> T:
        """Return what ``question()`` returns, or raise what it raises, or TimeoutError.

        It runs in a thread of its own, which is left behind when the time is over.
        """
        answer: Future[T] = Future()
        with self._lock:
            self._answer = answer  # type: ignore[assignment]
        patience = self.left()
        threading.Thread(target=_settle, args=(answer, question), daemon=True).start()
        try:
            return answer.result(timeout=patience)
        except CancelledError:
            raise TimeoutError from None

    def watch(self, sock: socket.socket) -> None:
        """Shut ``sock`` down when the time is over, in place of the one watched before.

        It is watched through a second handle: TLS takes the first one away, and a number that
        was closed elsewhere could already be somebody else's socket.
        """
        with self._lock:
            self._release()
            self._handle = sock.dup()
        self.left()

    def cut(self) -> None:
        """End it now; from any thread."""
        with self._lock:
            self._cut = True
            if self._answer is not None:
                self._answer.cancel()
            if self._handle is not None:
                with suppress(OSError):  # it may be gone already
                    self._handle.shutdown(socket.SHUT_RDWR)

    def _release(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None


def _settle(answer: Future[T], question: Callable[[], T]) -> None:
    with suppress(InvalidStateError):  # cancelled: nobody waits for it any more
        try:
            answer.set_result(question())
        except Exception as error:  # noqa: BLE001 (raised again where it was asked)
            answer.set_exception(error)
