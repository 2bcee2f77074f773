"""A zoo of servers that mean harm, a row for each attack, and a naive client as the control.

The client under test is ours, as a delivery uses it: look at the target, find its endpoint, tell.
``tests/naive.py`` does the same in ten lines with requests, and must come to harm in each row.
"""

from __future__ import annotations

import functools
import gzip
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest

from pelican_linkback.journal.journal import Journal
from pelican_linkback.net.addresses import AllowEntry
from pelican_linkback.net.client import Web
from pelican_linkback.protocol import pingback
from pelican_linkback.protocol.mention import Mention, Outcome
from pelican_linkback.sending.deciding.changes import Post
from pelican_linkback.sending.running.sender import Sender
from tests import naive, spoken
from tests.exchanging import find_endpoints, tell
from tests.fakeweb import Reply
from tests.packers import zstd
from tests.raw_servers import OK, SOON, a_web, drips, http_server, server, stalls
from tests.test_web_limits import SLOW

SOURCE = "https://blog.example/a"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
PUBLIC = "93.184.215.14"
ROOT = Path(__file__).parent.parent

Client = Callable[[str], str]


def with_web(web: Web) -> Client:
    def client(target: str) -> str:
        found = find_endpoints(web, target, NOW)
        if isinstance(found, Outcome):
            return f"{found.reason}: {found.detail}"
        outcome = tell(web, Mention(SOURCE, target), found[0], NOW)
        return f"{outcome.reason}: {outcome.detail}"

    return client


def careless(target: str) -> str:
    try:
        return naive.tell(SOURCE, target)
    except Exception as error:  # noqa: BLE001 (whatever it stumbles over)
        return f"crashed: {error!r}"


# Addresses


NOT_PUBLIC = {
    "loopback": "127.0.0.1",
    "all of loopback": "127.8.8.8",
    "this network": "0.0.0.0",
    "private, A": "10.0.0.1",
    "private, B": "172.16.0.1",
    "private, C": "192.168.1.1",
    "link-local": "169.254.1.1",
    "metadata of most clouds": "169.254.169.254",
    "metadata on a public address": "168.63.129.16",
    "carrier NAT": "100.64.0.1",
    "metadata within carrier NAT": "100.100.100.200",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "IPv6 loopback": "::1",
    "IPv6 unspecified": "::",
    "IPv4-mapped": "::ffff:127.0.0.1",
    "IPv4-compatible": "::127.0.0.1",
    "6to4": "2002:7f00:1::1",
    "NAT64": "64:ff9b::7f00:1",
    "NAT64, local prefix": "64:ff9b:1::7f00:1",
    "Teredo": "2001:0:5ef5:79fb::1",
    "unique local": "fd00:ec2::254",
    "IPv6 link-local": "fe80::1",
    "IPv6 multicast": "ff02::1",
}
SPELLINGS = {
    "decimal": "2130706433",
    "octal": "0177.0.0.1",
    "hexadecimal": "0x7f.0.0.1",
    "short": "127.1",
    "hexadecimal, one number": "0x7f000001",
    "full-width digits": "１２７.0.0.1",
    "circled digits": "①②⑦.0.0.1",
    "ideographic full stop": "127。0。0。1",
    "with a final dot": "127.0.0.1.",
}
PORTS = {"SMTP": 25, "SSH": 22, "Redis": 6379, "Memcached": 11211, "IRC": 6667, "LDAP": 389}


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Note to where sockets are connected, in place of connecting them."""
    tried: list[tuple[str, int]] = []

    def connect(sock: socket.socket, address: tuple[str, int]) -> None:
        tried.append(address[:2])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    return tried


def named(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    """Have the system answer each look-up of rebind.attacker.io with the next of ``answers``."""
    real, given = socket.getaddrinfo, itertools.chain(answers, itertools.repeat(answers[-1]))

    def getaddrinfo(host: str, port: object, *args: object, **kwargs: object) -> object:
        address = next(given) if host == "rebind.attacker.io" else host
        return real(address, port, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize("address", NOT_PUBLIC.values(), ids=NOT_PUBLIC)
def test_a_name_that_leads_inside(
    dialled: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    named(monkeypatch, address)
    said = with_web(a_web(allow=[]))("http://rebind.attacker.io/")
    assert said.startswith(("address-refused", "invalid-url"))
    assert dialled == []
    careless("http://rebind.attacker.io/")
    assert dialled


@pytest.mark.parametrize("host", SPELLINGS.values(), ids=SPELLINGS)
def test_a_spelling_that_leads_inside(dialled: list[tuple[str, int]], host: str) -> None:
    said = with_web(a_web(allow=[]))(f"http://{host}/")
    assert said.startswith(("address-refused", "unreachable: no such host"))
    assert dialled == []


@pytest.mark.parametrize("port", PORTS.values(), ids=PORTS)
def test_a_port_that_is_not_the_webs(dialled: list[tuple[str, int]], port: int) -> None:
    assert with_web(a_web(allow=[]))(f"http://{PUBLIC}:{port}/").startswith("address-refused")
    assert dialled == []
    careless(f"http://{PUBLIC}:{port}/")
    assert dialled == [(PUBLIC, port)]


def test_a_name_server_that_changes_its_mind(
    dialled: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: public for whoever checks, 127.0.0.1 for whoever connects."""
    named(monkeypatch, PUBLIC, "127.0.0.1")
    client = with_web(a_web(allow=[]))
    assert client("http://rebind.attacker.io/").startswith("unreachable")
    assert dialled == [(PUBLIC, 80)]
    assert client("http://rebind.attacker.io/").startswith("address-refused")
    assert dialled == [(PUBLIC, 80)]

    dialled.clear()
    named(monkeypatch, PUBLIC, "127.0.0.1")
    socket.getaddrinfo("rebind.attacker.io", 80)  # the check of one who checks, and then connects
    careless("http://rebind.attacker.io/")
    assert dialled == [("127.0.0.1", 80)]


LEADS = {
    "a redirect": lambda inside, _: Reply(302, [("Location", inside)]),
    "a header": lambda inside, _: Reply(200, [("X-Pingback", inside)]),
    "a link": lambda inside, _: Reply(body=f'<link rel="pingback" href="{inside}">'.encode()),
    "a redirect of the endpoint": lambda _, outside: Reply(200, [("X-Pingback", outside)]),
}


@pytest.mark.parametrize("lead", LEADS.values(), ids=LEADS)
def test_a_page_that_leads_inside(lead: Callable[[str, str], Reply]) -> None:
    """The author opened one port of this machine, and only that."""
    with server(lambda client: client.sendall(OK + b"\r\n")) as (inside, heard):
        site = {
            "/": lambda request: lead(f"{inside}/", f"{request.url}moved"),
            "/moved": Reply(307, [("Location", f"{inside}/")]),
        }
        with http_server(site, []) as base:
            web = a_web(allow=[AllowEntry.parse(base.removeprefix("http://"))])
            assert with_web(web)(f"{base}/").startswith("address-refused")
            assert heard == []
            careless(f"{base}/")
            assert heard


# The redirect matrix

HOPS = {
    "to public": ("/new", "410"),
    "to a relative path": ("new", "410"),
    "to private": ("http://10.0.0.1/", "address-refused"),
    "to metadata": ("http://169.254.169.254/latest/meta-data/", "address-refused"),
    "to another port of this machine": ("http://127.0.0.1:1/", "address-refused"),
    "to a port of mail": ("http://127.0.0.1:25/", "address-refused"),
    "to file": ("file:///etc/passwd", "address-refused"),
    "to gopher": ("gopher://127.0.0.1:70/", "address-refused"),
    "to data": ("data:text/html,<b>", "address-refused"),
    "with credentials": ("http://me:secret@127.0.0.1/", "address-refused"),
    "to itself": ("/", "redirect-loop"),
    "round fifty": ("/1", "redirect-loop"),
}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("location", "outcome"), HOPS.values(), ids=HOPS)
def test_a_redirect(status: int, method: str, location: str, outcome: str) -> None:
    """A POST follows 307 and 308; 301, 302 and 303 would make a GET of it, which nobody hears."""
    log: list = []
    path = "/" if method == "GET" else "/endpoint"
    site = {path: Reply(status, [("Location", location if location != "/" else path)])}
    site |= {f"/{n}": Reply(status, [("Location", f"/{n % 50 + 1}")]) for n in range(1, 51)}
    site |= {"/new": Reply(410)}
    if method == "POST":
        site["/"] = Reply(200, [("Link", "</endpoint>; rel=webmention")])
    with http_server(site, log) as base:
        web = a_web(allow=[AllowEntry.parse(base.removeprefix("http://"))])
        said = with_web(web)(f"{base}/")
    asked = [request.method for request in log if not request.url.endswith(":/")]
    sent = asked.count(method)
    if method == "POST" and status < 307:
        assert said.startswith(f"http-{status}: the endpoint redirects ({status})")
        assert asked == ["GET", "POST"]
    elif outcome == "410":
        assert said.split(":")[0] in {"http-410", "target-410"}
        assert sent == 2
    else:
        assert said.startswith(outcome)
        # What leads to itself is seen at once; what leads on and on, after 20, or with a POST 5.
        assert sent == ((21 if method == "GET" else 6) if location == "/1" else 1)


# Credentials


def test_nothing_of_the_author_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No .netrc, no proxy of the environment, no cookie, no Referer; no user name in a URL."""
    netrc, log = tmp_path / "netrc", []
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    site = {"/": Reply(302, [("Set-Cookie", "spy=1"), ("Location", "/2")]), "/2": Reply()}
    with http_server(site, log) as base, http_server({}, proxied := []) as proxy:
        monkeypatch.setenv("NETRC", str(netrc))
        secrets = {"Authorization", "Cookie", "Referer", "Proxy-Authorization"}
        with_web(a_web())(f"{base}/")
        assert [secrets & set(request.headers) for request in log] == [set(), set()]
        log.clear()
        careless(f"{base}/")
        assert [secrets & set(request.headers) for request in log][1] == {"Authorization", "Cookie"}

        monkeypatch.setenv("http_proxy", proxy)
        log.clear()
        with_web(a_web())(f"{base}/")
        assert (len(log), len(proxied)) == (2, 0)
        careless(f"{base}/")
        assert len(proxied) == 1

        monkeypatch.delenv("http_proxy")
        log.clear()
        named_url = base.replace("http://", "http://me:secret@")
        assert with_web(a_web())(f"{named_url}/").startswith("invalid-url")
        assert log == []
        careless(f"{named_url}/")
        assert log


# Time


@contextmanager
def slow_servers() -> Iterator[list[str]]:
    """Every way to keep a client waiting: each on a port of its own."""
    with ExitStack() as stack:
        bases = [stack.enter_context(server(script))[0] for script in SLOW.values()]
        handshake = stack.enter_context(server(stalls))[0].replace("http:", "https:")
        redirect = drips(b"HTTP/1.1 302 Found\r\nLocation: /\r\n", b"X-A: b\r\n")
        bases += [handshake, stack.enter_context(server(redirect))[0]]
        yield [f"{base}/" for base in bases]


def test_a_run_over_all_of_them_ends_in_its_time(tmp_path: Path) -> None:
    """It has LINKBACK_DEADLINE, and one exchange that was begun before may end."""
    with slow_servers() as targets:
        links = "".join(f'<a href="{target}">x</a>' for target in targets)
        with http_server({"/": Reply(body=links.encode())}, []) as base:
            journal = Journal(tmp_path / "deliveries.jsonl")
            sender = Sender(journal, a_web(SOON), now=lambda: NOW, deadline=SOON, workers=20)
            began = time.monotonic()
            report = sender.run([Post(f"{base}/", "a.md", tuple(targets), "1")])
            took = time.monotonic() - began
    assert took < 2 * SOON + 0.7
    # Of one that redirects for ever, the next request does not begin.
    assert (report.later + report.left, report.failed) == (len(targets), 0)
    reasons = {each.reason for each in spoken.ledger_of(journal).deliveries.values()}
    assert reasons <= {"timed-out", "unreachable", ""}


@pytest.mark.hostile
def test_the_naive_client_waits_for_ever() -> None:
    with slow_servers() as targets:
        result = child("naive", 2, *targets)
        # Too many headers, or too long ones, end it before; all the others hold it.
        ended = [said for said in result["said"].values() if "headers" not in said]
    assert ended == []


# Size and XML


@dataclass
class Flood:
    """A server that sends as much as it is let; ``sent`` says how much that was."""

    pieces: Callable[[bytes], Iterable[bytes]]
    sent: int = 0
    threads: list[threading.Thread] = field(default_factory=list)

    def script(self, client: socket.socket) -> None:
        request = self.heard[-1]
        head, _, body = request.partition(b"\r\n\r\n")
        length = int(_field(head, b"Content-Length") or 0)
        while len(body) < length:  # to close before it is read would be a reset
            body += client.recv(65536)
        for piece in self.pieces(request):
            client.sendall(piece)
            self.sent += len(piece)

    @contextmanager
    def serving(self) -> Iterator[str]:
        with server(self.script) as (base, self.heard):
            yield f"{base}/"


HTML = OK + b"Content-Type: text/html\r\n"
MB = 1 << 20


def page(*pieces: bytes, head: bytes = HTML + b"\r\n") -> Callable[[bytes], Iterable[bytes]]:
    return lambda _: itertools.chain([head], pieces)


def stream(head: bytes, piece: bytes) -> Callable[[bytes], Iterable[bytes]]:
    """Send ``piece`` for ever."""
    return lambda _: itertools.chain([head], itertools.repeat(piece))


def reply(*pieces: bytes) -> Callable[[bytes], Iterable[bytes]]:
    """Offer an endpoint, and have that answer with ``pieces``."""

    def answer(request: bytes) -> Iterable[bytes]:
        if request.startswith(b"GET"):
            return [OK + b"X-Pingback: http://" + _field(request, b"Host") + b"/\r\n\r\n"]
        return [OK + b"Content-Type: text/xml\r\n\r\n", *pieces]

    return answer


def _field(request: bytes, name: bytes) -> bytes:
    return request.partition(name + b": ")[2].partition(b"\r\n")[0]


def _names(number: int) -> bytes:
    return b" ".join(b"a%x" % n for n in range(number))


@functools.cache
def _zlib_bomb(wbits: int) -> bytes:
    pack = zlib.compressobj(wbits=wbits)
    return b"".join(pack.compress(bytes(MB)) for _ in range(200)) + pack.flush()


_gzip_bomb = functools.partial(_zlib_bomb, 31)
_deflate_bomb = functools.partial(_zlib_bomb, 15)


def _brotli_bomb() -> bytes:
    pack = brotli.Compressor(quality=1)
    return b"".join(pack.process(bytes(MB)) for _ in range(200)) + pack.finish()


def _zstd_bomb() -> bytes:
    pack = zstd.ZstdCompressor()
    return b"".join(pack.compress(bytes(MB)) for _ in range(200)) + pack.flush()


def _coded(name: bytes) -> bytes:
    return HTML + b"Content-Encoding: " + name + b"\r\n\r\n"


LOL = b"".join(
    b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"lol" * 10) for n in range(10)
)
REPLY = b"<methodResponse><params><param><value><string>%s</string></value></param></params>%s"
END = b"</methodResponse>"
CHUNKED = HTML + b"Transfer-Encoding: chunked\r\n\r\n"
TOO_LONG = "unreachable: its headers are too long or too many"
COOKIE = b"Set-Cookie: " + b"a;" * 32_000 + b"\r\n"

# What the server does, and what we say of it.
Attack = tuple[Callable[[], Callable[[bytes], Iterable[bytes]]], str | tuple[str, ...]]
ATTACKS: dict[str, Attack] = {
    "gzip bomb": (lambda: page(_gzip_bomb(), head=_coded(b"gzip")), "unread"),
    "gzip in gzip": (
        lambda: page(gzip.compress(_gzip_bomb()), head=_coded(b"gzip, gzip")),
        "unread",
    ),
    "deflate bomb": (lambda: page(_deflate_bomb(), head=_coded(b"deflate")), "unread"),
    "three gzips": (
        lambda: page(gzip.compress(gzip.compress(_gzip_bomb())), head=_coded(b"gzip, gzip, gzip")),
        "unread",
    ),
    "gzip that comes to nothing": (
        lambda: page(
            *itertools.repeat(gzip.compress(gzip.compress(b"") * 2_000_000), 100),
            head=_coded(b"gzip, gzip"),
        ),
        "timed-out",
    ),
    "brotli bomb": (lambda: page(_brotli_bomb(), head=_coded(b"br")), "unread"),
    "zstandard bomb": (lambda: page(_zstd_bomb(), head=_coded(b"zstd")), "unread"),
    "zstandard with a window of 2 GB": (
        lambda: page(b"\x28\xb5\x2f\xfd\x00\xa8" + b"\x03\x00\x10\x00" * 100, head=_coded(b"zstd")),
        "unreachable: its answer cannot be unpacked",
    ),
    "endless page": (lambda: stream(HTML + b"\r\n", b"<p>a " * 10_000), "unread"),
    "endless chunks": (
        lambda: stream(CHUNKED, b"C350\r\n" + b"<p>a " * 10_000 + b"\r\n"),
        "unread",
    ),
    "endless chunks of one byte": (
        lambda: stream(CHUNKED, b"1\r\na\r\n" * 10_000),
        ("unread", "timed-out"),
    ),
    "a chunk of size -1": (
        lambda: stream(CHUNKED + b"-1\r\n", bytes(MB)),
        "unreachable: the connection broke",
    ),
    "a chunk of 16 EB": (lambda: stream(CHUNKED + b"f" * 16 + b"\r\n", bytes(MB)), "unread"),
    "a chunk size without end": (
        lambda: stream(CHUNKED, b"0" * MB),
        "unreachable: the connection broke",
    ),
    "an extension without end": (
        lambda: stream(CHUNKED + b"5;", b"a" * MB),
        "unreachable: the connection broke",
    ),
    "trailers without end": (lambda: stream(CHUNKED + b"0\r\n", b"X-A: b\r\n" * 9999), "no-end"),
    "a length of 1 EB": (
        lambda: stream(HTML + b"Content-Length: " + b"9" * 18 + b"\r\n\r\n", bytes(MB)),
        "unread",
    ),
    "interim answers without end": (
        lambda: stream(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </>; rel=x\r\n\r\n" * 999),
        TOO_LONG,
    ),
    "a status line without end": (lambda: stream(b"HTTP/1.1 200 ", b"a" * MB), TOO_LONG),
    "empty lines without end": (lambda: stream(b"", b"\r\n" * MB), TOO_LONG),
    "a header folded without end": (lambda: stream(OK + b"Link: <\n", b" a\n" * 9999), TOO_LONG),
    "80,000 headers": (lambda: page(head=HTML + b"A:\n" * 80_000 + b"\r\n"), TOO_LONG),
    "80,000 lines that are no headers": (
        lambda: page(head=HTML + b"AA\n" * 80_000 + b"\r\n"),
        TOO_LONG,
    ),
    "a header of 10,000 useless endpoints": (
        lambda: page(head=HTML + b"Link: " + b"<x:>;rel=webmention," * 10_000 + b"\r\n\r\n"),
        "no-endpoint",
    ),
    "anchors without end": (
        lambda: page(head=HTML + b"Link: " + b"<>;rel=webmention;anchor=x," * 9000 + b"\r\n\r\n"),
        "no-endpoint",
    ),
    "a page of 200 MB": (lambda: page(*[b"<p>a " * 200_000] * 200), "unread"),
    "100,000 nested elements": (
        lambda: page(b"<i>" * 100_000 + b"pingback>"),
        "no-endpoint",
    ),
    "330,000 nested elements": (lambda: page(b"<i>" * 330_000 + b"pingback>"), "no-endpoint"),
    "1,000,000 attributes": (lambda: page(b"<i pingback ", _names(1_000_000), b">"), "unread"),
    "attributes within a megabyte": (
        lambda: page(b"<a rel=webmention ", _names(140_000), b">"),
        "no-endpoint",
    ),
    "useless endpoints on a long base": (
        lambda: page(
            b"<base href='/" + b"a/" * 250_000 + b"'>", b"<a rel=webmention href=x:>" * 19_000
        ),
        "no-endpoint",
    ),
    "a thousand headers": (
        lambda: page(head=OK + b"X-A: b\r\n" * 1001 + b"\r\n"),
        TOO_LONG,
    ),
    "10 MB of headers": (
        lambda: page(head=OK + (b"X-A: " + b"b" * 65_000 + b"\r\n") * 154 + b"\r\n"),
        TOO_LONG,
    ),
    "a header of 10 MB": (
        lambda: page(head=OK + b"X-A: " + b"b" * 10 * MB + b"\r\n\r\n"),
        TOO_LONG,
    ),
    "6 MB of cookies": (
        lambda: page(head=OK + COOKIE * 98 + b"\r\n"),
        TOO_LONG,
    ),
    "a reply of 150 MB": (
        lambda: reply(b"<methodResponse><params><param><value><string>", *[b"x" * MB] * 150),
        "accepted",
    ),
    "a reply that is a bomb": (
        lambda: (
            lambda request: (
                reply()(request)
                if request.startswith(b"GET")
                else [OK + b"Content-Encoding: gzip\r\n\r\n", _gzip_bomb()]
            )
        ),
        "not-xml-rpc",
    ),
    "100,000 nested elements in XML": (
        lambda: reply(REPLY % (b"<a>" * 100_000, END)),
        "accepted",  # there are params, and no fault
    ),
    "billion laughs": (
        lambda: reply(b"<!DOCTYPE methodResponse [" + LOL + b"]>" + REPLY % (b"&l9;", END)),
        "doctype",
    ),
    "quadratic blow-up": (
        lambda: reply(
            b'<!DOCTYPE methodResponse [<!ENTITY a "%s">]>' % (b"a" * 50_000),
            REPLY % (b"&a;" * 150, END),
        ),
        "doctype",
    ),
    "an entity that reads a file": (
        lambda: reply(
            b'<!DOCTYPE methodResponse [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
            REPLY % (b"&a;", END),
        ),
        "doctype",
    ),
}


SURVIVED = {
    "100,000 nested elements",
    "attributes within a megabyte",
    "useless endpoints on a long base",
    "interim answers without end",
}
"""What the naive client gets through, if with more time or memory: two are aimed at those who look
closer than it does, of nested elements it takes more to bring it down, and it takes the first
interim answer for the last one."""

PEAK, SECONDS, WIRE = 50, 6.0, 16 * MB
"""What one attack may cost at most: MB of memory, time (a second more than the client's limit), and
bytes (most wait in the kernel)."""

PEAK_OF_ALL = 150
"""MB of memory that all of them may cost at a time."""

TIMEOUT = 2.0
"""Seconds after which the naive client has come to harm."""


def child(client: str, seconds: float, *targets: str) -> dict:
    """Run a client in a process of its own, for so long; see ``hostile_child``."""
    result = subprocess.run(
        [sys.executable, "-m", "tests.hostile_child", client, str(seconds), *targets],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=seconds + 10,
        check=True,
    )
    return json.loads(result.stdout)


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc"
)


def cost_of(client: str, name: str) -> str:
    """Put one client at the mercy of one server; return what was harmed, or nothing."""
    build, expected = ATTACKS[name]
    flood = Flood(build())
    with flood.serving() as target:
        result = child(client, SECONDS if client == "ours" else TIMEOUT, target)
    said = result["said"].get(target, "nothing in time")
    peak = result["peak"] - child(client, 0)["peak"]
    harms = [
        f"it said {said[:100]!r}" if not said.startswith(expected) else "",
        f"{peak:.0f} MB of memory" if peak >= PEAK else "",
        f"{flood.sent} bytes over the wire" if flood.sent >= WIRE else "",
    ]
    return "; ".join(filter(None, harms))


@needs_proc
@pytest.mark.hostile
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_by_size_costs_little(name: str) -> None:
    assert cost_of("ours", name) == ""


@needs_proc
@pytest.mark.hostile
@pytest.mark.parametrize("name", sorted(ATTACKS.keys() - SURVIVED))
def test_the_naive_client_comes_to_harm(name: str) -> None:
    assert cost_of("naive", name) != ""


@needs_proc
@pytest.mark.hostile
@pytest.mark.parametrize("name", [None, "gzip bomb", "6 MB of cookies", "330,000 nested elements"])
def test_many_at_once(name: str | None) -> None:
    """One of each attack, or as many of one as LINKBACK_WORKERS lets there be."""
    names = list(ATTACKS) if name is None else [name] * 16
    with ExitStack() as stack:
        floods = [Flood(ATTACKS[each][0]()) for each in names]
        targets = [stack.enter_context(flood.serving()) for flood in floods]
        result = child("ours", 20, *targets)
    said = [result["said"].get(target, "hangs") for target in targets]
    # Some would take all the time that there is, and the others get their share of it.
    wrong = [
        words
        for words, each in zip(said, names, strict=True)
        if not words.startswith(ATTACKS[each][1]) and not words.startswith("timed-out")
    ]
    assert wrong == []
    assert result["peak"] - child("ours", 0)["peak"] < PEAK_OF_ALL
    assert max(flood.sent for flood in floods) < WIRE


# Words

NASTY = (
    "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x9b1m \u202egnp.exe \u2066 \x00\r\n[bold]x[/bold] %s {0} "
    + "A" * 500
)


def test_words_of_a_server_are_harmless_everywhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the journal, the log, on the terminal and in JSON: one line, printable, 200 characters."""
    from pelican_linkback import cli

    nasty = NASTY.encode()
    answers = {
        "/fault": Reply(200, [("Content-Type", "text/xml")], pingback.fault(17, NASTY)),
        "/thanks": Reply(200, [("Content-Type", "text/xml")], pingback.success(NASTY)),
        "/no": Reply(400, [("Content-Type", "text/plain")], nasty),
        "/yes": Reply(202, [("Content-Type", "application/json")], nasty),
        "/moved": Reply(302, [("Location", "/\x1b[31m" + "A" * 500)]),
        "/fault/": Reply(200, [], b"<methodResponse><fault><value>" + nasty),
    }
    names = {"/fault": "X-Pingback", "/thanks": "X-Pingback", "/fault/": "X-Pingback"}
    pages = {}
    for path in answers:
        header = names.get(path, "Link")
        value = path if header == "X-Pingback" else f"<{path}>; rel=webmention"
        pages[f"/page{path}"] = Reply(200, [(header, value)])
    # Words can stand in the address of an endpoint, too.
    sly = "<a rel=webmention href='/yes?&#x202e;gnp.exe&#x2066;{}'>"
    pages["/page/sly"] = Reply(body=sly.format("").encode())
    pages["/page/slier"] = Reply(body=sly.format("&#x1b;[31m&#x9b;1m").encode())
    with http_server({**answers, **pages}, []) as base:
        targets = tuple(base + path for path in pages)
        links = "".join(f'<a href="{target}">x</a>' for target in targets)
        with http_server({"/": Reply(body=f"<title>x</title>{links}".encode())}, []) as home:
            journal = Journal(tmp_path / "linkback" / "deliveries.jsonl")
            sender = Sender(journal, a_web(), now=lambda: NOW)
            report = sender.run([Post(f"{home}/", "a.md", targets, "1")])
    assert len(report.notices) >= len(pages)
    lines = journal.path.read_text("utf-8").splitlines()
    assert len(lines) == len(journal.read().events)
    for line in lines:
        assert line.isprintable()
        assert len(json.loads(line).get("detail", "")) <= 200
    for notice in report.notices:
        assert notice.text.isprintable()
    conf = tmp_path / "publishconf.py"
    (tmp_path / "content").mkdir()
    conf.write_text(f'PATH = "content"\nSITEURL = "{home}"\nLINKBACK_ALLOW_HOSTS = ["127.0.0.1"]\n')
    for options in ([], ["--json"]):
        cli.main(["status", "-s", str(conf), *options])
        assert capsys.readouterr().out.replace("\n", "").isprintable()


# The author


@pytest.mark.hostile
@pytest.mark.parametrize("where", ["look at our page", "look at theirs", "tell"])
def test_ctrl_c_ends_within_two_seconds(tmp_path: Path, where: str) -> None:
    """A process of its own, with the servers stalling in each of the three exchanges."""
    arrived = threading.Event()

    def holds(client: socket.socket) -> None:
        while client.recv(65536):  # what is left of the request, and then nothing
            pass

    def theirs(client: socket.socket) -> None:
        if where == "look at theirs" or heard[-1].startswith(b"POST"):
            arrived.set()
            holds(client)
        client.sendall(OK + b"X-Pingback: " + far.encode() + b"/\r\n\r\n")

    def home(client: socket.socket) -> None:
        if where == "look at our page":
            arrived.set()
            holds(client)
        client.sendall(HTML + f'\r\n<title>x</title><a href="{far}/">x</a>'.encode())

    with server(theirs) as (far, heard), server(home) as (near, _):
        conf = tmp_path / "publishconf.py"
        (tmp_path / "content").mkdir()
        conf.write_text(
            f'PATH = "content"\nSITEURL = "{near}"\nLINKBACK_ALLOW_HOSTS = ["127.0.0.1"]\n'
        )
        journal = Journal(tmp_path / "linkback" / "deliveries.jsonl")
        queued = {"v": 1, "event": "queued", "source": f"{near}/", "target": f"{far}/"}
        journal.append({**queued, "at": "2026-03-01T00:00:00.000000+00:00", "article": "a.md"})
        process = subprocess.Popen(
            [sys.executable, "-m", "pelican_linkback", "send", "-s", str(conf)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert arrived.wait(20)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert time.monotonic() - began < 2
    assert "interrupted" in out
    # What was begun may have arrived: it is sent again after the usual pause.
    assert ("1 to be tried again" if where == "tell" else "1 left for the next run") in out
    assert "Traceback" not in err
    assert [line["event"] for line in journal.read().events] == [
        "queued",
        *(["attempt"] if where == "tell" else []),
    ]
