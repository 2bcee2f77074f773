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
from urllib.parse import urlencode

from benchmarks.http_load import Report, load
from benchmarks.measure import Row
from benchmarks.served import serving
from peers.served import Serve, django_webmention, django_wm, webmentions

__all__ = ["rows"]

SECONDS, CLIENTS = 5.0, 50
PAGE = (
    b'<!DOCTYPE html><title>A page</title><article class="h-entry">'
    b'<time class="dt-published" datetime="2026-05-01T12:00:00Z"></time><a href="%s">it</a>'
)
TARGET = "http://127.0.0.1:%d/one/"
HEAD = (
    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: {length}\r\n\r\n"
)

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
    """Serve the pages that mention: the path of each is the target that it links to."""

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

    server = await asyncio.start_server(page, "127.0.0.1", 0)
    return int(server.sockets[0].getsockname()[1])


def accepted(port: int, path: str, source_port: int) -> Report:
    """Send as many webmentions as are answered, each from another page."""
    target = TARGET % port

    def request(number: int) -> bytes:
        source = f"http://127.0.0.1:{source_port}/{number}?to={target}"
        form = urlencode({"source": source, "target": target})
        return (HEAD.format(path=path, length=len(form)) + form).encode()

    return asyncio.run(load(port, request, rate=0, seconds=SECONDS, clients=CLIENTS))


def rows() -> Iterator[Row]:
    """Measure, and yield the lines of the table."""
    with serving(pages) as source_port:
        for name, (serve, path) in PEERS.items():
            with running(serve) as port:
                report = accepted(port, path, source_port)
            print(name, report.statuses, report.per_second, report.quantile(0.99))
            yield Row("", name, "", f"{report.per_second:.0f}/s", "")
