"""Sending of 100,000 mentions to 5,000 hosts that answer at once: what is ours, and nothing else.

The hosts are addresses of this machine, served by one process through one socket. It answers as
fast as it can, so that the time is that of this program, on one core. The journal is on the disk,
and the flushes of files are counted where the program asks the system for them.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Result, Row, in_a_fork
from benchmarks.served import serving
from pelican_linkback.journal.journal import Journal
from pelican_linkback.net.addresses import AllowEntry
from pelican_linkback.net.client import Web
from pelican_linkback.sending.deciding.changes import Post
from pelican_linkback.sending.running.sender import Sender

__all__ = ["rows"]

HOSTS, MENTIONS, LINKS, WORKERS = 5_000, 100_000, 50, 100
MOST_SECONDS, MOST_MEMORY, LINES_OF_A_FLUSH = 180, 300, 20
OURS = "127.250.0.1"


def target(number: int, port: int) -> str:
    """Return the target of a mention: each host has as many."""
    host = number % HOSTS
    return f"http://127.1.{host // 200}.{1 + host % 200}:{port}/{number}"


class Hosts(asyncio.Protocol):
    """All hosts, our own as well: what they answer to one request."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember who asks."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.received = transport, b""

    def data_received(self, data: bytes) -> None:
        """Answer as soon as the head is there: nobody reads the body."""
        self.received += data
        if b"\r\n\r\n" not in self.received:
            return
        address, port = self.transport.get_extra_info("sockname")[:2]
        path = self.received.split(b" ", 2)[1].decode()
        page = _page(int(path[1:]), port) if address == OURS else "<!DOCTYPE html><title>x</title>"
        self.transport.write(
            f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
            f"Link: <http://{address}:{port}/wm>; rel=webmention\r\n"
            f"Content-Length: {len(page)}\r\n\r\n{page}".encode()
        )
        self.transport.close()


def _page(number: int, port: int) -> str:
    return "".join(f'<a href="{each}">x</a>' for each in _targets(number, port))


def _targets(number: int, port: int) -> tuple[str, ...]:
    """Return the targets of an article."""
    return tuple(target(n, port) for n in range(number * LINKS, (number + 1) * LINKS))


async def start_hosts() -> int:
    """Start the server of all hosts; return its port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Hosts, "0.0.0.0", 0, backlog=1000)
    port: int = server.sockets[0].getsockname()[1]
    return port


@dataclass
class Sent:
    """What a run took, apart from CPU and memory."""

    seconds: float = 0.0
    flushes: int = 0
    lines: int = 0


def send(port: int, mentions: int = MENTIONS) -> Sent:
    """Send so many mentions; count the lines that were appended one by one, and the flushes."""
    posts = []
    for number in range(mentions // LINKS):
        targets = _targets(number, port)
        source = f"http://{OURS}:{port}/{number}"
        posts.append(Post(source, f"{number}.md", targets, "1", frozenset(targets)))
    sent, flush = Sent(), os.fsync

    def counted(file: int) -> None:
        sent.flushes += 1
        flush(file)

    os.fsync = counted  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deliveries.jsonl"
        web = Web(timeout=30, user_agent="bench", allow=[AllowEntry.parse("127.0.0.0/8")])
        sender = Sender(
            Journal(path),
            web,
            now=lambda: dt.datetime.now(dt.UTC),
            workers=WORKERS,
            deadline=3600,
        )
        begun = time.monotonic()
        report = sender.run(posts)
        sent.seconds = time.monotonic() - begun
        with path.open("rb") as file:  # not read at once: that would count as the program's memory
            sent.lines = sum(1 for _ in file) - mentions  # that were queued at once
    if report.sent != mentions:
        raise SystemExit(f"{report.summary()}\n{report.notices[:3]}")
    return sent


def rows() -> Iterator[Row]:
    """Measure, and yield the lines of the table."""
    with serving(start_hosts) as port, tempfile.NamedTemporaryFile("w+") as file:

        def work() -> None:
            sent = send(port)
            file.write(f"{sent.seconds} {sent.flushes} {sent.lines}")
            file.flush()

        result = in_a_fork(lambda: work)
        nothing = in_a_fork(lambda: lambda: None)
        file.seek(0)
        seconds, flushes, lines = map(float, file.read().split())
    yield from _rows_of(result, nothing, Sent(seconds, int(flushes), int(lines)))


def _rows_of(result: Result, nothing: Result, sent: Sent) -> Iterator[Row]:
    memory = result.peak - nothing.peak
    yield Row(
        f"{MENTIONS:,} due mentions on {HOSTS:,} hosts without delay, {WORKERS} workers",
        "nothing installed",
        f"{sent.seconds:.0f} s, {result.cpu:.0f} s CPU, {memory:.0f} MB",
        "0",
        "",
        f"under {MOST_SECONDS} s and {MOST_MEMORY} MB",
        sent.seconds <= MOST_SECONDS and memory <= MOST_MEMORY,
    )
    yield Row(
        "the same: flushes of the journal, attempts before and outcomes after each request",
        "the lines that were to be on disk",
        f"{sent.flushes:,} flushes",
        f"{sent.lines:,} lines",
        f"{sent.lines / sent.flushes:.0f} lines a flush",
        f"at least {LINES_OF_A_FLUSH}",
        sent.lines >= LINES_OF_A_FLUSH * sent.flushes,
    )
