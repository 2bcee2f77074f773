"""Webmentions taken by receivers: how many a second are answered, at 50 clients.

Each runs in a process of its own under waitress, and keeps what it takes in SQLite on the disk.
django-wm writes down what came and verifies it later, as ours does; the others verify before they
answer: so the pages that mention are on loopback, as small as can be.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection, create_server

from benchmarks.http_load import Report, load, webmention
from benchmarks.measure import Row
from benchmarks.served import serving
from peers.served import Serve, django_webmention, django_wm, webmentions
from tests.receiver_site import ReceiverSite

__all__ = ["rows"]

SECONDS, CLIENTS = 5.0, 50
PAGE = (
    b'<!DOCTYPE html><title>A page</title><article class="h-entry">'
    b'<time class="dt-published" datetime="2026-05-01T12:00:00Z"></time><a href="%s">it</a>'
)
TARGET = "http://127.0.0.1:%d/one/"

PEERS: dict[str, tuple[Serve, str]] = {
    "django-wm, which verifies later": (django_wm, "/webmention/"),
    "django-webmention, which verifies first": (django_webmention, "/webmention/receive"),
    "webmentions, which verifies first": (webmentions, "/webmentions"),
}


@contextmanager
def running(serve: Serve) -> Iterator[int]:
    """Run a receiver in a process of its own; give its port."""
    folder = Path(tempfile.mkdtemp(dir=Path(__file__).parent))  # on the disk of the repository
    with create_server(("127.0.0.1", 0)) as socket:
        port = int(socket.getsockname()[1])
    process = multiprocessing.Process(target=serve, args=(port, folder), daemon=True)
    process.start()
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.join()
        shutil.rmtree(folder)


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("a benchmark failed: the receiver does not listen")


async def pages() -> int:
    """Serve the pages that mention, at each address of this machine: each names its target."""

    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        target = head.split()[1].partition(b"?to=")[2]
        body = PAGE % target
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n"
            b"Connection: close\r\n\r\n%s" % (len(body), body)
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(page, "0.0.0.0", 0)
    return int(server.sockets[0].getsockname()[1])


def accepted(port: int, path: str, target: str, source_port: int) -> Report:
    """Send as many webmentions as are answered: each from another page, of 10,000 hosts."""

    def request(number: int) -> bytes:
        address = f"127.{number % 100 + 1}.{number // 100 % 100}.1"
        source = f"http://{address}:{source_port}/{number}?to={target}"
        return webmention(path, source, target, number)

    return asyncio.run(load(port, request, rate=0, seconds=SECONDS, clients=CLIENTS))


def ours(source_port: int) -> Report:
    """Measure our receiver, as it is started; what verifies is left out, as with django-wm."""
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        site = ReceiverSite(Path(folder) / "site")
        with site.running("serve", "--no-work", "--port", str(site.port), port=site.port):
            return accepted(site.port, "/mentions/webmention", site.articles[0], source_port)


def rows() -> Iterator[Row]:
    """Measure, and yield the lines of the table."""
    with serving(pages) as source_port:
        our = ours(source_port)
        yield _row("", our, our)
        for name, (serve, path) in PEERS.items():
            with running(serve) as port:
                yield _row(name, our, accepted(port, path, TARGET % port, source_port))


def _row(peer: str, our: Report, their: Report) -> Row:
    for report in (our, their):
        if set(report.statuses) - {200, 201, 202}:
            raise SystemExit(f"a benchmark failed: {dict(report.statuses)}")
    work = f"webmentions taken into SQLite, {CLIENTS} clients"
    figures = [
        f"{each.per_second:.0f}/s, 99% in {each.quantile(0.99) * 1000:.0f} ms"
        for each in (our, their)
    ]
    if not peer:
        return Row(
            work, "", figures[0], "", "99% of the answers", "in 200 ms", our.quantile(0.99) < 0.2
        )
    times = our.per_second / their.per_second
    return Row(work, peer, *figures, f"{times:.1f} × as many")
