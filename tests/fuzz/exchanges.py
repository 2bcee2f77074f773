"""The client meets the answers of ``tests.fuzz.answers``.

``python -m tests.fuzz.exchanges SECONDS [FIRST]`` plays answer after answer, from the number FIRST
on: the client looks at a target, tells an endpoint in each protocol, and asks a status page. What
is found is printed with its number; ``python -m tests.fuzz.exchanges 0 NUMBER`` plays it again.

Found is whatever is raised, what takes longer than the client's limit and a second, what is kept
beyond its bounds, and 50 MB of memory over the start (the servers are a process of their own).
"""

from __future__ import annotations

import multiprocessing
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from pelican_linkback.exceptions import WebError
from pelican_linkback.net.addresses import AllowEntry
from pelican_linkback.net.client import MAX_BODY, Response, Web
from pelican_linkback.net.transport import MAX_HEAD
from pelican_linkback.protocol.answer import Answer
from pelican_linkback.protocol.discovery import discover
from pelican_linkback.protocol.mention import Endpoint, Mention, Outcome
from pelican_linkback.sending.deciding.answers import choose, discovery_of, read_status
from pelican_linkback.sending.running.exchanges import get
from tests import spoken
from tests.exchanging import answer_to, tell
from tests.fuzz.answers import CODINGS, answer

LIMIT = 0.3
"""Seconds that one exchange may take."""

SPARE = 1.0
"""What it is given beyond that."""

MOST_MEMORY = 50
"""Megabytes over the start."""

FLOOD = 64 << 20
"""Bytes that a server sends at most when it floods."""

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def play(client: socket.socket) -> None:
    """Answer one request by the number that its path begins with."""
    with client, suppress(OSError):
        client.settimeout(5)
        method, path = _read_request(client)
        number = int(path.strip("/").partition("/")[0].partition("?")[0] or "0")
        said = answer(number, method, path)
        for piece in said.pieces:
            client.sendall(piece)
            time.sleep(said.pause)
        sent = 0
        while said.flood and sent < FLOOD:
            client.sendall(said.flood)
            sent += len(said.flood)
        if not said.hangs:
            client.shutdown(socket.SHUT_WR)
        client.recv(1)


def _read_request(client: socket.socket) -> tuple[str, str]:
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += client.recv(65536) or b"\r\n\r\n"
    head, _, body = heard.partition(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    while len(body) < int(length or 0):
        body += client.recv(65536)
    method, path, *_ = head.decode("latin-1").split(" ")
    return method, path if path.strip("/")[:1].isdigit() else f"/0{path}"


def serve(listener: socket.socket) -> None:
    with suppress(OSError):
        while True:
            client = listener.accept()[0]
            threading.Thread(target=play, args=[client], daemon=True).start()


@contextmanager
def servers(*, apart: bool) -> Iterator[str]:
    """Serve all answers, in threads or (``apart``) in a process of their own; give the base URL."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)
    kind = multiprocessing.get_context("fork").Process if apart else threading.Thread
    serving = kind(target=serve, args=[listener], daemon=True)
    serving.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        if apart:
            serving.terminate()  # type: ignore[union-attr]
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        serving.join()


def a_client() -> Web:
    """Return the client under test. Its names lead nowhere: nobody is asked for them."""

    def resolver(host: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, host)

    allow = [AllowEntry.parse("127.0.0.1")]
    return Web(timeout=LIMIT, user_agent="fuzz", allow=allow, resolver=resolver)


def findings(web: Web, base: str, number: int, spare: float = SPARE) -> Iterator[str]:
    """Yield what is wrong with how the client takes the answer of this number."""
    url = f"{base}/{number}"
    pages: list[Response | WebError] = []
    exchanges: list[Callable[[], object]] = [
        lambda: pages.append(answer_to(web, get(url))),
        lambda: read_status(
            answer_to(web, get(f"{url}/status")), spoken.WEBMENTION, spoken.SPOKEN, NOW
        ),
        *(
            lambda protocol=protocol: _bounded(
                tell(web, Mention("https://me.example/a", url), Endpoint(protocol, url, ""), NOW)
            )
            for protocol in spoken.ALL
        ),
        lambda: _looked_at(pages[0]),
    ]
    for exchange in exchanges:
        begun = time.monotonic()
        try:
            exchange()
        except Exception as error:  # noqa: BLE001 (whatever it may be)
            yield f"{type(error).__name__}: {error}"
            return
        if (took := time.monotonic() - begun) > LIMIT + spare:
            yield f"it took {took:.1f} s"


def _looked_at(page: Response | WebError) -> None:
    """Look for endpoints as a run does, and hold what was kept to its bounds."""
    found = choose(discovery_of(page, spoken.SPOKEN, NOW), spoken.SPOKEN)
    if isinstance(found, Outcome):
        _bounded(found)
    else:
        assert all(endpoint.url.isprintable() for endpoint in found), found
    heard = page.partial if isinstance(page, WebError) else page
    if heard is not None:
        assert 200 <= heard.status <= 999, heard.status
        assert len(heard.body) <= MAX_BODY
        # Bytes that are no UTF-8 are three characters each.
        assert sum(len(name) + len(value) for name, value in heard.headers) <= 3 * MAX_HEAD
        assert all(name.isascii() for name, _ in heard.headers)
        "".join(value for _, value in heard.headers).encode("utf-8")


def _bounded(outcome: Outcome) -> None:
    assert outcome.detail.isprintable(), outcome
    assert len(outcome.detail) <= 200, outcome
    assert outcome.retry_after is None or outcome.retry_after >= 0, outcome


def peak() -> float:
    """Return the peak of this program's memory in MB."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main(seconds: str = "600", first: str = "") -> int:
    number = start = int(first) if first else secrets.randbelow(1 << 32)
    end = time.monotonic() + float(seconds)
    found = 0
    with servers(apart=True) as base, a_client() as web:
        for packer in CODINGS.values():
            packer(b"x")
        discover(Answer(base, 200, [], b"<a rel=webmention href=/>"), spoken.SPOKEN)
        before = peak()
        while number == start or time.monotonic() < end:
            for finding in findings(web, base, number):
                found += 1
                print(f"answer {number}: {finding}", flush=True)
            grown = peak() - before
            if grown > MOST_MEMORY:
                found += 1
                print(
                    f"answer {number}: {grown:.0f} MB of memory more than at the start", flush=True
                )
                break
            number += 1
    print(f"{number - start} answers from {start} on, {peak() - before:.0f} MB, {found} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
