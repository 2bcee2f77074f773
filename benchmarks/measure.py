"""One piece of work in a process of its own: CPU seconds, peak memory.

Each run is a fork of the process that prepared the work: all runs begin with the same memory,
and none profits from what another has cached.
"""

from __future__ import annotations

import gc
import os
import pickle
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "MEMORY",
    "Result",
    "Row",
    "alternately",
    "cpu",
    "folder",
    "in_a_fork",
    "in_a_process",
    "peak",
    "said_by",
]

_SHARED = Path("/dev/shm")
_ROOM = 4 << 30
MEMORY = _SHARED if _SHARED.is_dir() and shutil.disk_usage(_SHARED).free >= _ROOM else None
"""A file system in memory, where the machine has one that is large enough for the documents."""


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


@contextmanager
def folder() -> Iterator[str]:
    """Give a folder for documents, in memory if possible: one that does not know what was before.

    ext4 walks past each inode that was freed in the last minutes when a file is made: with what
    the runs before have left and removed, 542 files cost from 20 to 300 ms more, whoever makes
    them.
    """
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        yield name


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


def in_a_process(command: Sequence[str], cwd: Path | None = None) -> float:
    """Return the CPU seconds that a program takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said_by(command, cwd)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def said_by(command: Sequence[str], cwd: Path | None = None) -> str:
    """Run a program as users do, and return what it prints: Python keeps what it compiles."""
    unlike_theirs = {"PYTHONDONTWRITEBYTECODE", "PYTHONOPTIMIZE"}
    environment = {name: value for name, value in os.environ.items() if name not in unlike_theirs}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"a benchmark failed: {done.stderr}")
    return done.stdout


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
