"""The process that reads microformats: requests and answers, a line each, within limits.

``ReaderProcess`` starts it. A page that costs too much ends it, and only that page is lost.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from pelican_linkback.receiving.reading.microformats import item_of

__all__ = ["answers", "main"]

CPU_SECONDS = 1.0
MEMORY = 256 << 20


def main() -> None:
    """Answer the lines of standard input until it ends.

    Signals that end a service go to all of its processes at once, and are left to the one that
    asks: it finishes the pages that it has begun.
    """
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        with suppress(AttributeError):  # Windows lacks one
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    with suppress(ImportError):  # Windows has no such limits; its processes end by the clock
        import resource  # noqa: PLC0415

        for limit, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, MEMORY)):
            # macOS refuses one for memory; where a lower one is in force, it stays
            with suppress(ValueError, OSError):
                resource.setrlimit(limit, (most, most))
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(requests: Iterable[bytes], out: BinaryIO) -> None:
    """Write the answer to each request."""
    for answer in answers(requests):
        out.write(answer)
        out.flush()


def answers(requests: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the answer to each request: an item of JF2, or null.

    A request has the arguments of ``item_of``. More time than ``CPU_SECONDS`` for one, or more
    memory than there is, ends the process.
    """
    for request in requests:
        with _time_limit():
            try:
                found = json.dumps(item_of(*json.loads(request)))
            except MemoryError:
                raise  # what holds the memory is not known: a new process has none of it
            except Exception:  # noqa: BLE001 (the border of a page: it then counts as one without any)
                found = "null"
        yield found.encode() + b"\n"


@contextmanager
def _time_limit() -> Iterator[None]:
    """End this process if it takes too much time of the processor, whatever it does meanwhile."""
    set_timer = getattr(signal, "setitimer", None)
    if set_timer is None:
        yield
        return
    set_timer(signal.ITIMER_PROF, CPU_SECONDS)
    try:
        yield
    finally:
        set_timer(signal.ITIMER_PROF, 0)
