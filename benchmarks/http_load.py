"""Requests to a server at a steady pace, over connections that stay open, and how they went."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlencode

__all__ = ["Report", "load", "webmention"]

Make = Callable[[int], bytes]
"""Returns the whole request of this number."""


@dataclass
class Report:
    """The answers by their status (0: the connection broke), and the times until they came."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    """The numbers of the requests that were answered with 201."""

    late: float = 0.0
    """By how many seconds a request began later than it should have, at most."""

    duration: float = 0.0
    """From the first request to the last answer."""

    @property
    def per_second(self) -> float:
        """How many requests a second were answered with a status below 300."""
        taken = sum(number for status, number in self.statuses.items() if 0 < status < 300)
        return taken / self.duration

    def quantile(self, part: float) -> float:
        """Return the time within which this part of the answers came."""
        return sorted(self.seconds)[int(part * (len(self.seconds) - 1))]


def webmention(path: str, source: str, target: str, number: int) -> bytes:
    """Return the request that posts a webmention; its ``number`` decides which client sends it."""
    form = urlencode({"source": source, "target": target})
    client = f"203.{number % 113}.{number // 113 % 251}.9"
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"X-Forwarded-For: {client}\r\nContent-Length: {len(form)}\r\n\r\n{form}"
    ).encode()


async def load(port: int, make: Make, *, rate: float, seconds: float, clients: int) -> Report:
    """Send ``rate`` requests a second by ``clients`` connections for ``seconds``.

    A request is due at its time, also if those before it are slow: what waits for a connection
    counts as time until the answer. With ``rate`` 0, each is due when that before it is answered.
    """
    report = Report()
    numbers = iter(range(int(rate * seconds))) if rate else count()
    begun = time.monotonic()

    async def client() -> None:
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        for number in numbers:
            due = begun + number / rate if rate else time.monotonic()
            if due - begun > seconds:
                break
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            report.late = max(report.late, time.monotonic() - due)
            try:
                streams = streams or await asyncio.open_connection("127.0.0.1", port)
                status, stays = await _exchange(streams, make(number))
            except (OSError, EOFError, ValueError):
                status, stays = 0, False
            report.statuses[status] += 1
            report.seconds.append(time.monotonic() - due)
            if status == 201:
                report.answered.append(number)
            if streams and not stays:
                streams[1].close()
                streams = None
        if streams:
            streams[1].close()

    await asyncio.gather(*(client() for _ in range(clients)))
    report.duration = time.monotonic() - begun
    return report


async def _exchange(
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter], request: bytes
) -> tuple[int, bool]:
    """Send a request; return the status of the answer, and whether the connection stays open."""
    reader, writer = streams
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    lines = head.split("\r\n")
    length = next((int(each[15:]) for each in lines if each.startswith("content-length:")), 0)
    await reader.readexactly(length)
    return int(lines[0].split()[1]), "\r\nconnection: close\r\n" not in head
