"""What is fuzzed: functions of bytes that may raise nothing. LinkbackError is what ours raise."""

from __future__ import annotations

import json
import socket
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.feeds.ids.registry import Edition
from pelican_linkback.feeds.ids.store import IdStore
from pelican_linkback.journal.journal import Journal
from pelican_linkback.net.client import Web
from pelican_linkback.protocol import extraction, pingback, response, verification, webmention
from pelican_linkback.protocol.answer import Answer
from pelican_linkback.protocol.discovery import discover
from pelican_linkback.protocol.mention import Outcome
from pelican_linkback.protocol.pingback import Pingback
from pelican_linkback.protocol.webmention import Webmention
from pelican_linkback.sending.memory.start_date import StartDate
from pelican_linkback.settings import model as settings
from pelican_linkback.text import urls
from pelican_linkback.text.encodings import decode
from tests import spoken

PAGE = "https://far.example/a/b?c#d"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def http(data: bytes) -> None:
    """A whole answer, as a server sends it."""
    ours, theirs = socket.socketpair()
    with theirs, ours, suppress(LinkbackError), Web(timeout=5, user_agent="fuzz") as web:
        theirs.sendall(data[:50_000])
        theirs.shutdown(socket.SHUT_WR)
        web._open = lambda *_: ours  # type: ignore[method-assign]
        answer = web.get(PAGE)
        discover(Answer(answer.url, 200, answer.headers, answer.body), spoken.SPOKEN)


def headers(data: bytes) -> None:
    """Header fields, a line each, and the body behind an empty line."""
    head, _, body = data.partition(b"\n\n")
    lines = [line.partition(":") for line in head.decode("latin-1").split("\n")]
    fields = [(name, value) for name, _, value in lines]
    found = discover(Answer(PAGE, 200, fields, body), spoken.SPOKEN)
    for endpoint in found.endpoints:
        assert urls.check(endpoint.url).startswith(("http:", "https:"))
        assert endpoint.url.isprintable()
    for status in (200, 201, 302, 429):
        _harmless(Webmention().read(Answer(PAGE, status, fields, body, NOW)))
    Webmention().read_status(Answer(PAGE, 200, fields, body, NOW))
    asked = response.retry_after(fields, NOW)
    assert asked is None or asked >= 0


def html(data: bytes) -> None:
    """A page: theirs, ours, and as an article."""
    discover(Answer(PAGE, 200, [], data), spoken.SPOKEN)
    verification.links_to(data, PAGE, "https://x.example/")
    text = decode(data)
    verification.preflight(text, "https://x.example/")
    for link in extraction.links(text, PAGE):
        urls.check(link.url)


def xmlrpc(data: bytes) -> None:
    _harmless(Pingback().read(Answer(PAGE, 200, [], data, NOW)))
    pingback.read_calls(data)
    with suppress(LinkbackError):
        webmention.read_request(data)


def journal(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ids.jsonl")
        path.write_bytes(data)
        lines = Journal(path)
        for read in (
            lambda: spoken.ledger_of(lines),
            lambda: list(IdStore(Path(folder), Edition("en")).registry().records()),
            lambda: StartDate(lines, lines).day(date(2026, 1, 1), remember=False),
            lambda: spoken.compact(lines),
        ):
            with suppress(LinkbackError):
                read()


def metadata(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    for value in (text, text.splitlines(), [text, None, len(data)]):
        marks = extraction.read_marks(value)
        assert all(problem.isprintable() for problem in marks.problems)
        for url in marks.urls:
            assert urls.normalise(urls.normalise(url)) == urls.normalise(url)
            urls.host_key(url)


def configuration(data: bytes) -> None:
    """A setting: the number of its name in the first byte, then JSON, or else text."""
    names = (*settings.NAMES, "SITEURL", "FEED_DOMAIN", "LINKBACK_" + decode(data[1:5]))
    text = data[1:].decode("utf-8", "surrogateescape")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = text
    for each in (value, text, [text]):
        with suppress(LinkbackError):
            _ = settings.read({"PATH": ".", names[data[0] % len(names)]: each}).publishes


def address(data: bytes) -> None:
    """A reference on a page, as a browser would resolve it."""
    text = data.decode("utf-8", "surrogateescape")
    with suppress(LinkbackError):
        url = urls.normalise(urls.resolve(PAGE, text))
        assert url.isascii()
        assert urls.normalise(url) == url
        assert urls.same_site(url, url)


def _harmless(outcome: Outcome) -> None:
    assert outcome.detail.isprintable()
    assert len(outcome.detail) <= 200


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each
    for each in (http, headers, html, xmlrpc, journal, metadata, configuration, address)
}
