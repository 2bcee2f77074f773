"""Accepts and verifies mentions in processes that test_store_kills.py kills.

Arguments: the URL of the store, a folder, and a file descriptor. Each line of the input, ``accept
MANY``, ``verify`` or ``drain``, is a process; its id is printed, and a line when ``drain`` has
ended. A process says in a file of its own what it did, and writes a byte to the descriptor for
each. Time passes a hundred times as fast: leases are lost within a second.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
import threading
import time
from pathlib import Path

from pelican_linkback.receiving.inbox.states import MentionState, Verified
from pelican_linkback.receiving.store.accepting import Acceptor
from pelican_linkback.receiving.store.database import Store, open_store
from pelican_linkback.receiving.store.queue import Queue
from tests.receiving import NOW, arrival, said

__all__ = ["POISON", "clock"]

POISON = "https://poison.example/"
FASTER = 100
BEGUN = 1_795_000_000


def clock() -> dt.datetime:
    """The time, by the same fast clock in all processes."""
    return NOW + (time.time() - BEGUN) * FASTER * dt.timedelta(seconds=1)


class Diary:
    """What a process did, also if it is killed with the next instruction."""

    def __init__(self, folder: Path, progress: int) -> None:
        self._file = os.open(folder / str(os.getpid()), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._progress = progress

    def write(self, what: str, source: str) -> None:
        os.write(self._file, f"{what} {source}\n".encode())
        os.write(self._progress, b".")


def accept(store: Store, diary: Diary, many: int) -> None:
    """Accept so many mentions in each of four threads, and wait to be killed."""
    acceptor = Acceptor(store)

    def some(thread: int) -> None:
        for number in range(many):
            source = f"https://a{os.getpid()}-{thread}-{number}.example/"
            acceptor.accept(arrival(source, received=clock()))
            diary.write("answered", source)

    for thread in range(4):
        threading.Thread(target=some, args=(thread,)).start()


def verify(store: Store, diary: Diary, *, forever: bool) -> None:
    """Verify what is due; a page that kills its verifiers is among it."""
    queue = Queue(store)
    while True:
        jobs = queue.claim(5, dt.timedelta(seconds=60))
        for job in jobs:
            diary.write("fetched", job.source)
            if job.source == POISON:
                os.kill(os.getpid(), signal.SIGKILL)
        threads = [threading.Thread(target=record, args=(queue, diary, each)) for each in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if not jobs:
            due = queue.next_due()
            if due is None and not forever:
                return
            wait = (due - clock()).total_seconds() / FASTER if due else 0
            time.sleep(min(max(wait, 0.002), 0.05))


def record(queue: Queue, diary: Diary, job) -> None:
    if queue.record(job, Verified(said(job), MentionState.SHOWN)):
        diary.write("recorded", job.source)


def main() -> None:
    url, folder, progress = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    children = []
    for line in sys.stdin:
        what, *many = line.split()
        child = os.fork()
        if not child:
            store = open_store(url, clock=clock)
            diary = Diary(folder, progress)
            if what == "accept":
                accept(store, diary, int(many[0]))
                signal.pause()
            verify(store, diary, forever=what == "verify")
            os._exit(0)
        children.append(child)
        print(child, flush=True)
        if what == "drain":
            while os.waitpid(child, 0)[1]:  # it met the poison
                child = os.fork()
                if not child:
                    verify(open_store(url, clock=clock), Diary(folder, progress), forever=False)
                    os._exit(0)
            print("drained", flush=True)
    for child in children:
        os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main()
