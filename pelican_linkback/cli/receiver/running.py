"""What a receiver does while it runs: threads, periodic tasks, and how signals stop it."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.text.printable import described

__all__ = ["PeriodicTask", "in_thread", "keep_running", "run_periodically", "stopped_by_signals"]

logger = logging.getLogger(__name__)

PAUSE = 10.0
"""Seconds before what failed begins again."""


class PeriodicTask(Protocol):
    """Something that is done from time to time, by one of the processes of a receiver."""

    @property
    def interval(self) -> float:
        """How many seconds pass until ``run_if_due`` is called again."""

    def run_if_due(self) -> None:
        """Do it if it is due, and raise nothing: what goes wrong is one line in the log."""


def keep_running(run: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """Call ``run`` until ``stop`` is set: what it raises costs a pause, and a line in the log."""
    while not stop.is_set():
        try:
            run(stop)
        except FAULTS as error:
            logger.error("%s; it goes on in %g seconds", described(error), PAUSE)
            stop.wait(PAUSE)


def run_periodically(task: PeriodicTask, stop: threading.Event) -> None:
    """Run a task at once if it is due, and at its intervals until ``stop`` is set."""
    task.run_if_due()
    while not stop.wait(task.interval):
        task.run_if_due()


@contextmanager
def in_thread(run: Callable[[threading.Event], None], *, is_waited_for: bool) -> Iterator[None]:
    """Run a function in a thread; at the end set its event, and wait for the thread or not."""
    stop = threading.Event()
    thread = threading.Thread(target=keep_running, args=(run, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(None if is_waited_for else 0.0)


@contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` at SIGTERM and Ctrl-C; a second Ctrl-C is one."""

    def stopped(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        signal.signal(signal.SIGINT, before[signal.SIGINT])
        stop()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, stopped) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
