"""Tasks: work that continues from turn to turn, written as one straight function.

A task is a generator. It yields

- ``Turn(host)``, and continues when it may make a request there. The turn lasts until it yields
  again, and ``turn.trouble`` is where it notes what that request says about the host's state;
- ``Once(key, work, askers)``, and continues with the result of the task ``work()``, which runs once
  however many tasks ask for that key.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass, field
from typing import Any

from pelican_linkback.sending.deciding.hosts import Trouble

__all__ = ["Once", "Over", "Shared", "Step", "Task", "Turn", "advance"]


@dataclass(eq=False, slots=True)
class Turn:
    """A turn at ``host``; ``trouble`` is what was learned about the host during it."""

    host: str
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Once:
    """The result of the task ``work()``, which runs for the first that asks for ``key``.

    At most ``askers`` tasks ask for it; when so many have got it, it is forgotten.
    """

    key: Hashable
    work: Callable[[], Task]
    askers: int


Task = Generator[Turn | Once, Any, Any]


@dataclass(frozen=True, slots=True)
class Over:
    """How a task ended."""

    value: object = None
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A task from one yield to the next: what it may do, or is sent."""

    task: Task
    turn: Turn | None = None
    sent: Over = Over()


@dataclass(eq=False, slots=True)
class Shared:
    """A task that others wait for, and its result, for which ``askers`` have not asked yet."""

    askers: int
    waiting: list[Task] = field(default_factory=list)
    over: Over | None = None


def advance(step: Step) -> Turn | Once | Over:
    """Run the task of ``step`` until it yields or ends."""
    try:
        if step.sent.error is not None:
            return step.task.throw(step.sent.error)
        return step.task.send(step.sent.value)
    except StopIteration as end:
        return Over(end.value)
    except BaseException as error:  # noqa: BLE001 (raised where the run was called, or waited for)
        return Over(error=error)
