"""Group commit: threads that have something to write share one flush of the disk."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

__all__ = ["GATHERED", "MOST_GATHERED", "GroupCommit"]

GATHERED, MOST_GATHERED = 0.004, 0.025
"""Seconds from one flush to the next: for each call that the last one was for, beyond the first,
and in total."""

T = TypeVar("T")


class _Batch(Generic[T]):
    """What is written together: an item for each call."""

    def __init__(self) -> None:
        self.items: list[T] = []
        self._over = threading.Event()
        self._written = False

    def end(self, *, written: bool) -> None:
        """Say whether the items are on disk."""
        self._written = written
        self._over.set()

    def is_written(self) -> bool:
        """Return, as soon as that is known, whether the items are on disk."""
        self._over.wait()
        return self._written


class GroupCommit(Generic[T]):
    """Calls ``write``, which puts items on disk or raises, in one thread at a time, for them all.

    What comes while the disk is busy is one batch, written by the thread that began it. If a batch
    was for many, the next one waits for more, at most ``longest`` seconds: whoever is alone does
    not wait.
    """

    def __init__(
        self,
        write: Callable[[Sequence[T]], None],
        monotonic: Callable[[], float],
        sleep: Callable[[float], None],
        longest: float = MOST_GATHERED,
    ) -> None:
        self._write = write
        self._monotonic = monotonic
        self._sleep = sleep
        self._longest = longest
        self._writing = threading.Lock()
        self._joining = threading.Lock()
        self._batch: _Batch[T] | None = None
        """The batch that further items may join."""
        self._begun = -math.inf
        """When the last flush began."""
        self._together = 1
        """How many calls it was for."""

    def add(self, item: T) -> None:
        """Return when ``item`` is on disk; raise what ``write`` raises.

        It may be there twice, if the batch failed after a part of it was written.
        """
        with self._joining:
            batch, is_first = self._batch, self._batch is None
            if batch is None:
                batch = self._batch = _Batch()
            batch.items.append(item)
        if is_first:
            self._write_batch(batch)
        elif not batch.is_written():
            # The error is that of the first: each of the others writes its own, and may succeed.
            with self._writing:
                self._write([item])

    def _write_batch(self, batch: _Batch[T]) -> None:
        written = False
        try:
            with self._writing:
                self._gather()
                self._close(batch)
                self._begun, self._together = self._monotonic(), len(batch.items)
                self._write(batch.items)
            written = True
        finally:
            self._close(batch)
            batch.end(written=written)

    def _gather(self) -> None:
        pause = min((self._together - 1) * GATHERED, self._longest)
        left = self._begun + pause - self._monotonic()
        if left > 0:
            self._sleep(left)

    def _close(self, batch: _Batch[T]) -> None:
        """Let the next call begin another batch."""
        with self._joining:
            if self._batch is batch:
                self._batch = None
