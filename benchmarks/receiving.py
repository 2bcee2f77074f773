"""The store of a receiver: mentions accepted and verified a second, and the memory for many.

On the disk of the repository, since what is accepted is on disk before it is answered. PostgreSQL
is the one of the tests.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import Row
from pelican_linkback.receiving.inbox.states import MentionState, Verified
from pelican_linkback.receiving.store.accepting import Acceptor
from pelican_linkback.receiving.store.database import open_store, sqlite_url
from pelican_linkback.receiving.store.queue import Queue
from tests.receiving import arrival, postgresql_server, said

__all__ = ["Accepted", "accepted", "fill", "flushes", "queued", "rows", "verified"]

SECONDS, CLIENTS, MANY, LEASED = 4.0, 50, 100_000, 8
LEAST, TIMES_OF_A_FLUSH, MOST_WAIT, MOST_MEMORY = 2_000, 10, 0.2, 100
SPAWN = multiprocessing.get_context("spawn")


class Accepted(NamedTuple):
    """How many mentions were accepted a second, and the time that 99 of 100 took at most."""

    rate: float
    wait: float


def _accept(url: str, clients: int, results: SimpleQueue[list[float]], start: float) -> None:
    """Accept mentions for so many clients at once; say how long each took."""
    waits: list[float] = []
    with closing(open_store(url)) as store:
        acceptor = Acceptor(store, most=10**9)
        time.sleep(max(0.0, start - time.time()))
        end = time.monotonic() + SECONDS

        def client(number: int) -> None:
            for count in range(10**9):
                begun = time.monotonic()
                if begun > end:
                    return
                source = f"https://a{os.getpid()}-{number}-{count}.example/notes/1"
                acceptor.accept(arrival(source, received=dt.datetime.now(dt.UTC)))
                waits.append(time.monotonic() - begun)

        threads = [threading.Thread(target=client, args=(each,)) for each in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    results.put(waits)


def accepted(url: str, processes: int = 1) -> Accepted:
    """Accept mentions for some seconds, in processes that share the clients."""
    results: SimpleQueue[list[float]] = SPAWN.SimpleQueue()
    start = time.time() + 1.0 + processes
    started = [
        SPAWN.Process(target=_accept, args=(url, CLIENTS // processes, results, start))
        for _ in range(processes)
    ]
    for process in started:
        process.start()
    waits = sorted(wait for _ in started for wait in results.get())
    for process in started:
        process.join()
    return Accepted(len(waits) / SECONDS, waits[int(len(waits) * 0.99)])


def flushes(folder: Path) -> float:
    """Return how many requests a second are on disk if each waits for a flush of its own."""
    count, end = 0, time.monotonic() + SECONDS / 2
    with (folder / "flushed").open("ab", buffering=0) as file:
        while time.monotonic() < end:
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
            count += 1
    return count / (SECONDS / 2)


def fill(url: str, many: int) -> None:
    """Accept so many mentions, of hosts of their own."""
    with closing(open_store(url)) as store, ThreadPoolExecutor(200) as pool:
        acceptor = Acceptor(store)
        sources = (f"https://q{number}.example/notes/{number}" for number in range(many))
        for _ in pool.map(lambda source: acceptor.accept(arrival(source)), sources):
            pass


def verified(url: str, most: int) -> float:
    """Return how many mentions a second are claimed and recorded, with no time for their pages."""
    with closing(open_store(url)) as store, ThreadPoolExecutor(LEASED) as pool:
        queue, count, begun = Queue(store), 0, time.monotonic()
        while count < most and (jobs := queue.claim(LEASED)):
            events = [Verified(said(job), MentionState.SHOWN) for job in jobs]
            count += sum(pool.map(queue.record, jobs, events))
        return count / (time.monotonic() - begun)


def _work_on(url: str, results: SimpleQueue[int]) -> None:
    _accept(url, 8, SPAWN.SimpleQueue(), 0)
    verified(url, 2_000)
    # Not that of getrusage, which begins with what the parent process has.
    status = Path("/proc/self/status").read_text("utf-8")
    results.put(int(status.partition("VmHWM:")[2].split()[0]))


def queued(url: str) -> float:
    """Return the peak memory in MB of a process that accepts and verifies beside a long queue."""
    results: SimpleQueue[int] = SPAWN.SimpleQueue()
    process = SPAWN.Process(target=_work_on, args=(url, results))
    process.start()
    memory = results.get() / 1024
    process.join()
    return memory


@contextmanager
def on_disk() -> Iterator[Path]:
    """Give a folder on the disk of the repository."""
    folder = Path(tempfile.mkdtemp(dir=Path(__file__).parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def rows() -> Iterator[Row]:
    """Measure, and yield the lines of the table."""
    with on_disk() as folder:
        flushed = flushes(folder)
        yield _accepted("SQLite", accepted(sqlite_url(folder / "a.sqlite")), flushed)
        url = sqlite_url(folder / "b.sqlite")
        fill(url, MANY)
        memory = queued(url)
        rate = verified(url, 4_000)
    work = f"a process that accepts and verifies, {MANY:,} mentions queued"
    goal = f"under {MOST_MEMORY} MB"
    met = memory < MOST_MEMORY
    yield Row(work, "SQLite", f"{memory:.0f} MB", "", f"{memory:.0f} MB", goal, met)
    yield _verified("SQLite", rate)
    with postgresql_server(fsync="on") as url:
        one = accepted(url)
        yield _accepted("PostgreSQL", one, flushed)
        two = accepted(url, 2)
        more = two.rate / one.rate
        figure, goal = f"{more:.1f} x", "1.7 x, or the cores are busy"
        counts = f"{two.rate:,.0f}/s", f"{one.rate:,.0f}/s"
        yield Row("the same, two processes", "one process", *counts, figure, goal, None)
        yield _verified("PostgreSQL", verified(url, 4_000))


def _accepted(database: str, found: Accepted, flushed: float) -> Row:
    work = f"mentions accepted and on disk, {CLIENTS} clients, {database}"
    ours = f"{found.rate:,.0f}/s, p99 {found.wait * 1000:.0f} ms"
    times = found.rate / flushed
    met = (found.rate >= LEAST or times >= TIMES_OF_A_FLUSH) and found.wait < MOST_WAIT
    goal = f"{LEAST:,}/s or {TIMES_OF_A_FLUSH} x, p99 under {MOST_WAIT * 1000:.0f} ms"
    return Row(work, "a flush for each", ours, f"{flushed:,.0f}/s", f"{times:.0f} x", goal, met)


def _verified(database: str, rate: float) -> Row:
    work = f"mentions claimed and recorded, {LEASED} at a time, {database}"
    return Row(work, "", f"{rate:,.0f}/s", "", "", "800/s", rate >= 800)
