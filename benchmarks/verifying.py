"""Mentions that are verified a second and core: fetched on loopback, read, and recorded in SQLite.

Each page is on a host of its own, since a host is asked once a second. The processor's time is that
of the verifier and of the process that reads microformats, not that of the server.
"""

from __future__ import annotations

import resource
import time
from asyncio import StreamReader, StreamWriter, start_server
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import Row, folder
from benchmarks.served import serving
from pelican_linkback.net.addresses import AllowEntry
from pelican_linkback.net.client import Web
from pelican_linkback.receiving.memory.targets import Target, Targets
from pelican_linkback.receiving.reading.links import TargetPage, links_of
from pelican_linkback.receiving.reading.reader_process import ReaderProcess
from pelican_linkback.receiving.store.accepting import Acceptor
from pelican_linkback.receiving.store.database import Store, open_store, sqlite_url
from pelican_linkback.receiving.store.records import Arrival
from pelican_linkback.receiving.store.rules import Rules
from pelican_linkback.receiving.verifier import Verifier

__all__ = ["PAGE", "rows"]

MENTIONS, LINK_CHECKS = 400, 1_000
READ_GOAL, LINK_GOAL = 80, 800
ARTICLE = "https://blog.example/walls/"
TARGETS = Targets([Target(f"a{n}", f"{ARTICLE}{n}/") for n in range(200)], "https://blog.example")
TARGET = TARGETS.pages[0]

_WORDS = "The wall is dry and stands on its own without mortar, as walls do in the north. " * 4
_NAVIGATION = "".join(f'<li><a class="menu" href="/c/{n}">Category {n}</a></li>' for n in range(40))
_TEXT = "".join(
    f'<p>{_WORDS}<em>Number</em> {n}, of <a href="https://else.example/{n}/">others</a>.</p>\n'
    for n in range(73)
)
_BESIDE = "".join(
    f'<div class="widget"><a href="/r/{n}"><img src="/i/{n}.png" alt="x"></a><b>2 May</b></div>'
    for n in range(50)
)
PAGE = (
    "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Walls</title></head><body>"
    f'<nav><ul>{_NAVIGATION}</ul></nav><article class="h-entry"><h1 class="p-name">Walls</h1>'
    '<p class="p-author h-card"><a class="p-name u-url" href="/">Ann</a></p>'
    '<time class="dt-published" datetime="2026-04-03T12:00:00+02:00">3 April</time>'
    f'<div class="e-content">{_TEXT}<p>As <a href="{TARGET.url}">he</a> says.</p></div></article>'
    f"<aside>{_BESIDE}</aside></body></html>"
).encode()
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(PAGE), PAGE)
)


async def _start() -> int:
    async def answer(reader: StreamReader, writer: StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)
        await writer.drain()
        writer.close()

    server = await start_server(answer, "127.0.0.1", 0)
    return int(server.sockets[0].getsockname()[1])


def _processor() -> float:
    """Return the CPU seconds of this process, and of its children that have ended."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def _fill(store: Store, port: int) -> None:
    acceptor = Acceptor(store)
    for number in range(MENTIONS):
        source = f"http://host{number}.example:{port}/note"
        now = datetime.now(UTC)
        acceptor.accept(Arrival(source, TARGET.url, TARGET.id, "", "webmention", now))


def _verified(store: Store, port: int) -> tuple[float, float]:
    """Return the CPU seconds and the seconds that it takes to verify all."""
    rules = Rules(store)
    outcomes: list[str] = []
    web = Web(
        timeout=10,
        user_agent="benchmark",
        allow=[AllowEntry.parse(f"127.0.0.1:{port}")],
        resolver=lambda _: ["127.0.0.1"],
    )
    begun, used = time.perf_counter(), _processor()
    with web, ReaderProcess() as child:
        Verifier(
            store,
            web,
            targets=lambda: TARGETS,
            policy=lambda targets: rules.policy(targets.is_own),
            read_item=child.item_of,
            on_checked=lambda checked: outcomes.append(checked.outcome),
        ).run_once()
    took, used = time.perf_counter() - begun, _processor() - used
    if outcomes != ["verified"] * MENTIONS:
        raise SystemExit(f"a benchmark failed: {outcomes}")
    return used, took


def rows() -> Iterator[Row]:
    """Measure, and yield the lines of the table."""
    with folder() as home, serving(_start) as port:
        store = open_store(sqlite_url(Path(home) / "inbox.sqlite"))
        _fill(store, port)
        used, took = _verified(store, port)
        store.close()
    size = f"{len(PAGE) / 1000:.0f} KB"
    rate = MENTIONS / used
    yield Row(
        f"{MENTIONS} mentions verified, pages of {size} with microformats",
        "a server on loopback",
        f"{rate:.0f} a second and core",
        "",
        f"{MENTIONS / took:.0f} a second",
        f"at least {READ_GOAL} a second and core",
        rate >= READ_GOAL,
    )
    headers = [("Content-Type", "text/html; charset=utf-8")]
    target_page = TargetPage(TARGET.url, TARGET.id, TARGETS)
    used = _processor()
    for _ in range(LINK_CHECKS):
        links_of(PAGE, headers, "https://host.example/note", target_page)
    rate = LINK_CHECKS / (_processor() - used)
    yield Row(
        f"the link looked for in a page of {size}",
        "",
        f"{rate:.0f} a second and core",
        "",
        "",
        f"at least {LINK_GOAL}",
        rate >= LINK_GOAL,
    )
