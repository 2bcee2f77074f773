"""One piece of work in a process of its own: CPU seconds, peak memory.

Each run is a fork of the process that prepared the work: all runs begin with the same memory,
and none profits from what another has cached.
"""

from __future__ import annotations

import gc
import os
import pickle
import resource
import statistics
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["Result", "Row", "alternately", "cpu", "in_a_fork", "peak"]


@dataclass(frozen=True)
class Result:
    """What one run took: ``cpu`` in seconds (user and system), ``peak`` in MB."""

    cpu: float
    peak: float


@dataclass(frozen=True)
class Row:
    """A line of the table; ``figure`` reached its goal if ``met`` (None where there is no goal)."""

    work: str
    against: str
    ours: str
    theirs: str
    figure: str
    goal: str = ""
    met: bool | None = None


Prepare = Callable[[], Callable[[], object]]
"""Does what is not measured, and returns what is."""


def in_a_fork(prepare: Prepare) -> Result:
    """Return what the work that ``prepare`` returns takes."""
    os.sync()  # the kernel charges who writes for what others have left to be written
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _be_the_child(prepare, writing)
    os.close(writing)
    with open(reading, "rb") as pipe:  # noqa: PTH123 (a file descriptor)
        answer = pipe.read()
    os.waitpid(child, 0)
    if not answer:
        raise SystemExit("a benchmark failed, see above")
    result: Result = pickle.loads(answer)
    return result


def _be_the_child(prepare: Prepare, writing: int) -> None:
    try:
        work = prepare()
        gc.collect()
        start = time.process_time()
        work()
        seconds = time.process_time() - start
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        os.write(writing, pickle.dumps(Result(seconds, megabytes)))
    except BaseException:  # noqa: BLE001 (a child that returned would run the parent's code)
        traceback.print_exc()
    finally:
        os._exit(0)


def alternately(times: int, *works: Prepare) -> list[list[Result]]:
    """Run the works in turn, so that a busy machine is busy for all; return each one's results."""
    rounds = [[in_a_fork(work) for work in works] for _ in range(times)]
    return [list(results) for results in zip(*rounds, strict=True)]


def cpu(results: Sequence[Result]) -> float:
    """Return the median of the CPU seconds."""
    return statistics.median(result.cpu for result in results)


def peak(results: Sequence[Result]) -> float:
    """Return the median of the peaks in MB."""
    return statistics.median(result.peak for result in results)
