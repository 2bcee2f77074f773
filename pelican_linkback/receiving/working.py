"""The loop of a verifier: as long as something is due it works, and else it waits for that.

::

    verify | nothing due: wait until next_due, or until something came | verify

A fault of the database, or one of ours, costs a pause and a line in the log, and never the loop.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.text.printable import reason_of

__all__ = ["Worker"]

logger = logging.getLogger(__name__)

POLLED = 2.0
"""Seconds after which the queue is looked at again: another process may have put something in."""

PAUSES = (1.0, 5.0, 15.0, 60.0)
"""Seconds to wait after faults in a row."""

SOON = dt.timedelta(seconds=5)
"""What is due so soon is waited for, where everything that is due is to be done once."""


class Worker:
    """Verifies what is due, until it is stopped.

    ``verify`` does what is due now and returns how much that was; ``next_due`` returns when there
    is something again (None: nothing waits), ``also`` is done in each turn, and ``now`` is the
    clock.
    """

    def __init__(
        self,
        verify: Callable[[], int],
        next_due: Callable[[], dt.datetime | None],
        now: Callable[[], dt.datetime],
        also: Callable[[], None] = lambda: None,
    ) -> None:
        self._verify, self._next_due, self._now, self._also = verify, next_due, now, also
        self._awake = threading.Event()
        self._is_stopping = False

    def wake(self) -> None:
        """Have the worker look into the queue at once."""
        self._awake.set()

    def stop(self) -> None:
        """Have ``run`` return when what it does now is done."""
        self._is_stopping = True
        self._awake.set()

    def run(self) -> None:
        """Work until ``stop`` is called."""
        faults = 0
        while not self._is_stopping:
            try:
                done = self._verify()
                self._also()
                pause = 0.0 if done else self._until_due()
                faults = 0
            except FAULTS as error:
                pause = PAUSES[min(faults, len(PAUSES) - 1)]
                faults += 1
                logger.error("Nothing is verified for %g s: %s", pause, reason_of(error))
            if pause:
                self._awake.wait(pause)
            if not self._is_stopping:
                self._awake.clear()

    def run_once(self) -> int:
        """Do what is due, and what will be within seconds; return how much that was.

        Hosts have their turns, so that several mentions from one host take as many seconds.
        Raises what ``verify`` raises.
        """
        total = 0
        while not self._is_stopping:
            done = self._verify()
            total += done
            if done:
                continue
            due = self._next_due()
            if due is None or due > self._now() + SOON:
                break
            self._awake.wait(max(0.05, (due - self._now()).total_seconds()))
        self._also()
        return total

    def _until_due(self) -> float:
        """Return the seconds until there may be something to do."""
        due = self._next_due()
        if due is None:
            return POLLED
        return min(max(0.05, (due - self._now()).total_seconds()), POLLED)
