"""Sending: 500 targets on 100 hosts that take 200 ms to answer; a plan over a long journal.

The hosts are addresses of this machine (127.0.1.1 and on), served by one process that sleeps
before it answers. The critical path is what the network alone would take: the page once, then
each host's requests, LINKBACK_PER_HOST at a time, all hosts at once.

pelican-plugin-linkbacks has the same servers. It asks one after another, so it gets one target a
host, or this would take minutes; it does not look at the page before it sends, writes down
what it did when all is over, and tries nothing again.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import urllib3

from benchmarks.measure import Row, alternately, cpu, peak
from benchmarks.served import serving
from pelican_linkback.journal.journal import Journal
from pelican_linkback.net.addresses import AllowEntry
from pelican_linkback.net.client import Web
from pelican_linkback.sending.deciding.changes import Post
from pelican_linkback.sending.running.sender import Sender

HOSTS, TARGETS, DELAY, PER_HOST = 100, 500, 0.2, 2
SILENT, TIMEOUT = 50, 3.0
POOL, MOST_OF_POOL = 200, 1.5
ARTICLES, LINES = 10_000, 100_000
PAGE = "<!DOCTYPE html><title>x</title>"


def host(number: int) -> str:
    """Return the address of a host; the silent ones come after the others."""
    return f"127.0.{1 + number // 200}.{1 + number % 200}"


async def start_hosts() -> int:
    """Start the servers of all hosts; return their port."""
    silent = {host(HOSTS + number) for number in range(SILENT)}
    targets: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        address, port = writer.get_extra_info("sockname")[:2]
        if address in silent:
            await asyncio.sleep(60)
        await asyncio.sleep(DELAY)
        links = "".join(f'<a href="{target}">x</a>' for target in targets)
        body = (PAGE + (links if head.startswith("GET /source") else "")).encode()
        endpoint = f"Link: <http://{address}:{port}/wm>; rel=webmention\r\n"
        status = "202 Accepted" if head.startswith("POST") else "200 OK"
        writer.write(
            f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n{endpoint}"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
            + body
        )
        await writer.drain()
        writer.close()

    names = [host(number) for number in range(HOSTS + SILENT)]
    server = await asyncio.start_server(answer, names[0], 0)
    port: int = server.sockets[0].getsockname()[1]
    for name in names[1:]:
        await asyncio.start_server(answer, name, port)
    targets += targets_at(port)
    targets += [f"http://{name}:{port}/0" for name in names[HOSTS:]]
    return port


def targets_at(port: int, each: int = TARGETS // HOSTS) -> list[str]:
    """Return as many targets of ``each`` host."""
    names = [host(number) for number in range(HOSTS)]
    return [f"http://{name}:{port}/{number}" for number in range(each) for name in names]


def send(port: int, *, workers: int, silent: int = 0, each: int = TARGETS // HOSTS) -> float:
    """Return the seconds that one run takes: ``each`` host has so many targets."""
    targets = targets_at(port, each)
    targets += [f"http://{host(HOSTS + number)}:{port}/0" for number in range(silent)]
    source = f"http://{host(0)}:{port}/source"
    post = Post(source, "a.md", tuple(targets), "1", frozenset(targets))
    with tempfile.TemporaryDirectory() as folder:
        web = Web(timeout=TIMEOUT, user_agent="bench", allow=[AllowEntry.parse("127.0.0.0/16")])
        sender = Sender(
            Journal(Path(folder) / "deliveries.jsonl"),
            web,
            now=lambda: dt.datetime.now(dt.UTC),
            workers=workers,
            per_host=PER_HOST,
            deadline=300,
        )
        start = time.monotonic()
        report = sender.run([post])
        seconds = time.monotonic() - start
    if report.sent != each * HOSTS:
        raise SystemExit(f"{report.summary()}\n{report.notices[:3]}")
    return seconds


def send_by_peer(port: int) -> float:
    """Return the seconds that pelican-plugin-linkbacks takes for one target a host."""
    from pelican.plugins.linkbacks import linkbacks as peer  # noqa: PLC0415 (for this row alone)

    page = "".join(f'<a href="{target}">x</a>' for target in targets_at(port, 1))
    with tempfile.TemporaryDirectory() as folder:
        config = peer.LinkbackConfig({"SITEURL": "https://me.example.io", "CACHE_PATH": folder})
        start = time.monotonic()
        cache = peer.Cache.load_from_json(config)
        told = peer.process_all_links_of_an_article(config, cache, "source", "source", page)
        cache.dump_to_json()
        seconds = time.monotonic() - start
    if told != HOSTS:
        raise SystemExit(f"pelican-plugin-linkbacks told {told} of {HOSTS}")
    return seconds


def rows() -> Iterator[Row]:
    """Measure, and yield the lines of the table."""
    requests = 2 * TARGETS
    path = DELAY + DELAY * requests / HOSTS / PER_HOST
    with serving(start_hosts) as port:
        ours = _seconds(port, workers=400)
        yield _row("500 targets, 100 hosts, 400 workers", ours, path, 1.4)
        default = _seconds(port, workers=16)
        bound = DELAY + DELAY * requests / 16
        yield _row("the same with the default of 16 workers", default, bound, 1.4)
        late = _seconds(port, workers=400, silent=SILENT)
        yield Row(
            "the same, 400 workers, with 50 hosts that never answer",
            "one time-out more than without them",
            f"{late:.1f} s",
            f"{ours + TIMEOUT:.1f} s",
            f"{late - ours:+.1f} s",
            f"at most {TIMEOUT:.0f} s",
            late <= ours + TIMEOUT + 0.1,
        )
        yield _beside_peer(port)
        yield _exchange(port)
    yield _plan()


def _seconds(port: int, *, workers: int, silent: int = 0) -> float:
    """Return the seconds of a run; what other benchmarks left is collected before each."""
    times = []
    for _ in range(3):
        gc.collect()
        times.append(send(port, workers=workers, silent=silent))
    return median(times)


def _row(work: str, ours: float, path: float, most: float) -> Row:
    return Row(
        work,
        "the critical path",
        f"{ours:.1f} s",
        f"{path:.1f} s",
        f"{ours / path:.2f} x",
        f"at most {most} x",
        ours <= most * path,
    )


def _exchange(port: int) -> Row:
    """Compare the CPU time of an exchange, all that we do about it included, with urllib3's."""
    exchanges = 2 * TARGETS
    ours, theirs = alternately(
        5, lambda: partial(send, port, workers=POOL), lambda: partial(send_by_pool, port)
    )
    each, alone = (1000 * cpu(results) / exchanges for results in (ours, theirs))
    return Row(
        f"an exchange, of {exchanges:,} with 500 targets; {POOL} workers",
        "urllib3's pool alone, without a journal or a look at what is answered",
        f"{each:.2f} ms CPU",
        f"{alone:.2f} ms CPU",
        f"{each / alone:.2f} x",
        f"at most {MOST_OF_POOL} x",
        each <= MOST_OF_POOL * alone,
    )


def send_by_pool(port: int) -> None:
    """Make the same requests, two at a time at a host, and forget the answers."""
    pool = urllib3.PoolManager(num_pools=POOL, maxsize=PER_HOST, block=True, retries=False)

    def work(target: str) -> None:
        pool.request("GET", target)
        fields = {"source": target, "target": target}
        pool.request("POST", target, fields=fields, encode_multipart=False)

    with ThreadPoolExecutor(POOL) as workers:
        list(workers.map(work, targets_at(port)))


def _beside_peer(port: int) -> Row:
    """Compare one target a host with the peer; the CPU is all threads' of this process."""
    times = []
    for work in (lambda: send(port, workers=16, each=1), lambda: send_by_peer(port)):
        before = time.process_time()
        times.append((work(), time.process_time() - before))
    (ours, our_cpu), (theirs, their_cpu) = times
    return Row(
        "100 targets, 100 hosts, 16 workers",
        "pelican-plugin-linkbacks, which asks one after another",
        f"{ours:.1f} s, {our_cpu:.2f} s CPU",
        f"{theirs:.1f} s, {their_cpu:.2f} s CPU",
        f"{theirs / ours:.1f} × sooner",
    )


@contextmanager
def long_plan() -> Iterator[Callable[[], object]]:
    """Yield a function that plans for many articles and a long journal."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deliveries.jsonl"
        posts = write_journal(path, ARTICLES, LINES)
        sender = Sender(Journal(path), None, now=lambda: dt.datetime.now(dt.UTC))  # type: ignore[arg-type]
        yield lambda: sender.plan(posts)


def _plan() -> Row:
    with long_plan() as plan:
        results, nothing = alternately(3, lambda: plan, lambda: lambda: None)
    memory = peak(results) - peak(nothing)
    seconds = cpu(results)
    return Row(
        f"plan, {ARTICLES:,} articles, {LINES:,} lines, nothing due",
        "nothing installed",
        f"{seconds:.2f} s, {memory:.0f} MB",
        "0",
        "",
        "under 1 s and 200 MB",
        seconds < 1 and memory < 200,
    )


def write_journal(path: Path, articles: int, lines: int) -> list[Post]:
    """Write a journal in which all is delivered, and return the posts."""
    posts = []
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    per_article = lines // articles // 2
    with path.open("w", encoding="utf-8") as journal:
        for number in range(articles):
            source = f"https://me.example.io/{number}/"
            targets = tuple(f"https://you{n}.example.io/{number}" for n in range(per_article))
            posts.append(Post(source, f"{number}.md", targets, "1", frozenset(targets)))
            for target in targets:
                head = {"v": 1, "source": source, "target": target}
                queued = {"event": "queued", "article": f"{number}.md", "fingerprint": "1"}
                told = {"event": "outcome", "verdict": "delivered", "reason": "accepted"}
                told |= {"protocol": "pingback", "endpoint": "https://you.example.io/x"}
                for fact in (queued, told):
                    moment += dt.timedelta(microseconds=1)
                    at = moment.isoformat(timespec="microseconds")
                    journal.write(json.dumps(head | {"at": at} | fact, sort_keys=True) + "\n")
    return posts


if __name__ == "__main__":
    for row in rows():
        print(row)
