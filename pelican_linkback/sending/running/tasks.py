"""Tasks: work that continues from turn to turn, written as one straight function.

A task is a generator. It yields

- ``Turn(host)``, and continues in a worker when it may make a request there. The turn lasts until
  it yields again, and ``turn.trouble`` is where it notes what that request says about the host's
  state;
- ``Blocking()``, and continues in a worker: what comes next may wait for something else, as for the
  disk;
- ``Once(key, work, askers)``, and continues with the result of the task ``work()``, which runs once
  however many tasks ask for that key.

It begins in a worker. With the result of a ``Once``, and for the first who asks for that, it
continues in the thread of the scheduler, which every other task waits for: to hand it over to a
worker and back takes longer than what is done there.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass, field
from typing import Any

from pelican_linkback.sending.deciding.hosts import Trouble

__all__ = [
    "Blocking",
    "Once",
    "Over",
    "Shared",
    "Step",
    "Task",
    "Turn",
    "Yielded",
    "advance",
    "asked_once",
]


@dataclass(eq=False, slots=True)
class Turn:
    """A turn at ``host``; ``trouble`` is what was learned about the host during it."""

    host: str
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Blocking:
    """Leave to wait for something that is no host."""


@dataclass(frozen=True, slots=True)
class Once:
    """The result of the task ``work()``, which runs for the first that asks for ``key``.

    At most ``askers`` tasks ask for it; when so many have got it, it is forgotten.
    """

    key: Hashable
    work: Callable[[], Task]
    askers: int


Yielded = Turn | Blocking | Once

Task = Generator[Yielded, Any, Any]


@dataclass(frozen=True, slots=True)
class Over:
    """How a task ended."""

    value: object = None
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A task from one yield to the next: what it may do in a worker, or what it is sent."""

    task: Task
    granted: Turn | Blocking | None = None
    sent: Over = Over()


@dataclass(eq=False, slots=True)
class Shared:
    """A task that others wait for, and its result, for which ``askers`` have not asked yet."""

    askers: int
    waiting: list[Task] = field(default_factory=list)
    over: Over | None = None


def asked_once(key: Hashable, work: Callable[[], Task], askers: int) -> Task:
    """Return the result of ``work()``, which runs once for all ``askers``; see ``Once``."""
    if askers == 1:
        return (yield from work())
    return (yield Once(key, work, askers))


def advance(step: Step) -> Yielded | Over:
    """Run the task of ``step`` until it yields or ends."""
    try:
        if step.sent.error is not None:
            return step.task.throw(step.sent.error)
        return step.task.send(step.sent.value)
    except StopIteration as end:
        return Over(end.value)
    except BaseException as error:  # noqa: BLE001 (raised where the run was called, or waited for)
        return Over(error=error)
