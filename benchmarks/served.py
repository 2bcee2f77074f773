"""Servers of a benchmark, in a process of their own: their CPU time is not that of a client."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

__all__ = ["Start", "serving"]

Start = Callable[[], Coroutine[object, object, int]]
"""Starts servers in the running loop, and returns their port."""


@contextmanager
def serving(start: Start) -> Iterator[int]:
    """Run what ``start`` starts in a process of its own; yield the port."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=_serve, args=(start, theirs), daemon=True)
    server.start()
    try:
        yield ours.recv()
    finally:
        server.terminate()
        server.join()


def _serve(start: Start, pipe: Connection) -> None:
    async def run() -> None:
        pipe.send(await start())
        await asyncio.Event().wait()

    asyncio.run(run())
