"""Sending among hosts in trouble: of 300 hosts 10 hang, 10 say 429, and 10 break off.

There are 5,000 mentions; the hosts are addresses of this machine, served by one process. The same
without the hosts in trouble may take at most two time-outs less, and nobody who asks for a pause
may be asked again within it. Then runs are killed 20 times at moments of chance: no mention may be
lost, and no more be repeated than were under way when a run was killed.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import multiprocessing
import os
import random
import signal
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measure import Row
from benchmarks.served import serving
from pelican_linkback.journal.journal import Journal
from pelican_linkback.net.addresses import AllowEntry
from pelican_linkback.net.client import Web
from pelican_linkback.protocol import webmention
from pelican_linkback.protocol.registry import Registry
from pelican_linkback.sending.deciding.changes import Post
from pelican_linkback.sending.memory.delivery import State
from pelican_linkback.sending.memory.ledger import Ledger
from pelican_linkback.sending.running.report import Report
from pelican_linkback.sending.running.sender import Sender

HOSTS, MENTIONS, OF_A_KIND, DELAY, TIMEOUT, WORKERS = 300, 5000, 10, 0.02, 3.0, 100
KILLS, KILLED_HOSTS, KILLED_MENTIONS = 20, 60, 1200
IN_FLIGHT = 0.2
"""Seconds after the first 429 in which a request may arrive that was begun before."""

ALLOWED = [AllowEntry.parse("127.0.0.0/8")]


def host(number: int) -> str:
    """Return the address of a host; the first hang, the next say 429, the next break off."""
    return f"127.1.{1 + number // 200}.{1 + number % 200}"


class Hosts:
    """What the hosts answer, and what they were asked."""

    def __init__(self) -> None:
        self.received: Counter[str] = Counter()
        self.paused_at: dict[int, float] = {}
        self.too_early = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request as its host does."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
        except asyncio.IncompleteReadError:  # it was killed
            return
        address, port = writer.get_extra_info("sockname")[:2]
        third, fourth = map(int, address.split(".")[2:])
        number = (third - 1) * 200 + fourth - 1
        body = await self._body(reader, head)
        status, headers = "200 OK", f"Link: <http://{address}:{port}/wm>; rel=webmention\r\n"
        page = "<!DOCTYPE html><title>x</title>"
        if third == 255:
            page = self._ours(head, port)
        elif number < OF_A_KIND:
            await asyncio.sleep(600)
        elif number < 2 * OF_A_KIND:
            status, headers = "429 Slow down", "Retry-After: 3600\r\n"
            first = self.paused_at.setdefault(number, time.monotonic())
            self.too_early += time.monotonic() > first + IN_FLIGHT
        elif number < 3 * OF_A_KIND:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Le")
            writer.close()
            return
        elif head.startswith("POST"):
            status = "202 Accepted"
            self.received[" ".join(webmention.read_request(body))] += 1
        await asyncio.sleep(DELAY)
        writer.write(
            f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n{headers}Connection: close\r\n"
            f"Content-Length: {len(page)}\r\n\r\n{page}".encode()
        )
        await writer.drain()
        writer.close()

    async def _body(self, reader: asyncio.StreamReader, head: str) -> bytes:
        length = head.lower().partition("content-length:")[2].partition("\r\n")[0].strip()
        return await reader.readexactly(int(length or 0))

    def _ours(self, head: str, port: int) -> str:
        """Return one of our own pages, or what the hosts have seen."""
        path = head.split()[1]
        if path == "/seen":
            return json.dumps({"received": self.received, "too_early": self.too_early})
        count, mentions, first, number = map(int, path.strip("/").split("-"))
        links = _targets(port, count, mentions, first)[number]
        return "".join(f'<a href="{link}">x</a>' for link in links)


def _targets(port: int, hosts: int, mentions: int, first: int) -> list[list[str]]:
    """Return the targets of each article; of the ``hosts``, those before the ``first`` are out."""
    urls = [
        f"http://{host(number % hosts)}:{port}/{number}"
        for number in range(mentions)
        if number % hosts >= first
    ]
    return [urls[start : start + 50] for start in range(0, len(urls), 50)]


def _posts(port: int, hosts: int, mentions: int, first: int) -> list[Post]:
    return [
        Post(
            f"http://127.1.255.1:{port}/{hosts}-{mentions}-{first}-{number}",
            f"{number}.md",
            tuple(links),
            "1",
            frozenset(links),
        )
        for number, links in enumerate(_targets(port, hosts, mentions, first))
    ]


async def start_hosts() -> int:
    """Start the servers of all hosts, and our own; return their port."""
    hosts = Hosts()
    first = await asyncio.start_server(hosts.answer, "127.1.255.1", 0, backlog=1000)
    port: int = first.sockets[0].getsockname()[1]
    for number in range(HOSTS):
        await asyncio.start_server(hosts.answer, host(number), port)
    return port


def seen(port: int) -> tuple[Counter[str], int]:
    """Return how often each mention was received, and how many requests came within a pause."""
    with urllib.request.urlopen(f"http://127.1.255.1:{port}/seen", timeout=60) as answer:
        said = json.load(answer)
    return Counter(said["received"]), said["too_early"]


def send(folder: Path, posts: Sequence[Post], hours: int = 0) -> Report:
    """Send what is due ``hours`` from now."""
    sender = Sender(
        Journal(folder / "deliveries.jsonl"),
        Web(timeout=TIMEOUT, user_agent="bench", allow=ALLOWED),
        now=lambda: dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours),
        workers=WORKERS,
        deadline=600,
    )
    return sender.run(posts)


def timed(port: int, first: int) -> tuple[float, Report]:
    """Return the seconds of one run to the hosts from the ``first`` on, and what came of it."""
    posts = _posts(port, HOSTS, MENTIONS, first)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        report = send(Path(folder), posts)
        return time.monotonic() - begun, report


def rows() -> Iterator[Row]:
    """Measure, and yield the lines of the table."""
    with serving(start_hosts) as port:
        well, report = timed(port, 3 * OF_A_KIND)
        wanted = sum(map(len, _targets(port, HOSTS, MENTIONS, 3 * OF_A_KIND)))
        _expect(report.sent == wanted, f"{report.sent} of {wanted} were sent")
        late, report = timed(port, 0)
        _expect(report.sent == wanted, f"{report.sent} of {wanted} were sent")
        received, too_early = seen(port)
        _expect(len(received) == received.total() == 2 * wanted, "some were repeated")
    yield Row(
        f"{MENTIONS:,} mentions to {HOSTS} hosts: {OF_A_KIND} each hang, say 429, break off",
        "the same without these",
        f"{late:.1f} s",
        f"{well:.1f} s",
        f"{late - well:+.1f} s",
        f"at most {2 * TIMEOUT:.0f} s",
        late - well <= 2 * TIMEOUT,
    )
    yield Row(
        "the same: requests to a host within the pause that it asked for",
        f"{OF_A_KIND} hosts that ask for an hour",
        f"{too_early}",
        "",
        "",
        "none",
        too_early == 0,
    )
    yield _killed()


def _killed() -> Row:
    """Kill runs at moments of chance; complete what they left, and count."""
    chance = random.Random(1)
    with serving(start_hosts) as port, tempfile.TemporaryDirectory() as folder:
        first = 3 * OF_A_KIND
        posts = _posts(port, KILLED_HOSTS, KILLED_MENTIONS, first)
        under_way = killed = 0
        for hours in range(KILLS):
            begun = dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours)
            child = multiprocessing.Process(target=send, args=(Path(folder), posts, hours))
            child.start()
            time.sleep(chance.uniform(0.05, 0.4))
            if child.is_alive():
                os.kill(child.pid or 0, signal.SIGKILL)
                killed += 1
            child.join()
            under_way += _attempted(Path(folder), begun)
        for hours in range(2):
            send(Path(folder), posts, KILLS + hours)
        received, _ = seen(port)
    wanted = {f"{post.source} {target}" for post in posts for target in post.targets}
    repeated = received.total() - len(received)
    _expect(set(received) == wanted, f"{len(wanted) - len(received)} of {len(wanted)} were lost")
    return Row(
        f"{len(wanted)} mentions, {killed} runs killed: nothing is lost; repeated",
        "those under way when a run was killed",
        f"{repeated}",
        f"{under_way}",
        "",
        "no more",
        repeated <= under_way,
    )


def _attempted(folder: Path, begun: dt.datetime) -> int:
    """Return how many were under way when the run was killed that had ``begun`` then."""
    deliveries = Ledger(Journal(folder / "deliveries.jsonl"), Registry()).deliveries.values()
    return sum(
        each.state is State.ATTEMPTED and each.at is not None and each.at >= begun
        for each in deliveries
    )


def _expect(holds: bool, what: str) -> None:  # noqa: FBT001 (as assert)
    if not holds:
        raise SystemExit(f"troubled_hosts: {what}")


if __name__ == "__main__":
    for row in rows():
        print(row)
