"""The network door: a contract that Web and FakeWeb both keep, then what only sockets can show.

Servers here are on loopback and live in threads; the hostile ones are plain sockets.
"""

from __future__ import annotations

import functools
import gzip
import logging
import socket
import ssl
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from pelican_linkback import web as web_module
from pelican_linkback.addresses import AllowEntry
from pelican_linkback.deadline import Deadline
from pelican_linkback.dialling import system_resolver
from pelican_linkback.exceptions import InvalidURL, Refused, TimedOut, Unreachable, WebError
from pelican_linkback.web import MAX_BODY, MAX_REDIRECTS, Response, Web
from tests.fakeweb import FakeWeb, Reply, Request

AGENT = "test (Webmention)"
LOOPBACK = AllowEntry.parse("127.0.0.1")
SOON = 0.3
"""Seconds that an exchange with a hostile server may take; it is given a bit more to end."""


def a_web(timeout: float = 5, **wanted: object) -> Web:
    return Web(**{"timeout": timeout, "user_agent": AGENT, "allow": [LOOPBACK], **wanted})  # type: ignore[arg-type]


# --- the contract, kept by both --------------------------------------------------------------

Site = Mapping[str, Reply | Callable[[Request], Reply]]
Serve = Callable[[Site], tuple[Web | FakeWeb, str, list[Request]]]


@contextmanager
def http_server(site: Site, log: list[Request]) -> Iterator[str]:
    """Serve ``site`` (a dict of paths) on loopback; give its base URL."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = Request(self.command, base + self.path, dict(self.headers.items()), body)
            log.append(request)
            page = site.get(self.path, Reply(404))
            reply = page(request) if callable(page) else page
            self.send_response_only(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            self.end_headers()
            with suppress(ConnectionError):
                self.wfile.write(reply.body)

        do_GET = do_POST = answer  # noqa: N815

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        base = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=functools.partial(server.serve_forever, 0.01))
        thread.start()
        try:
            yield base
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(params=["Web", "FakeWeb"])
def serve(request: pytest.FixtureRequest) -> Iterator[Serve]:
    """Put a site on one of both webs: return the client, the base URL and the log."""
    opened: list[object] = []

    def on_fake(site: Site) -> tuple[FakeWeb, str, list[Request]]:
        base = "http://blog.example:8000"
        fake = FakeWeb({base + path: reply for path, reply in site.items()})
        return fake, base, fake.requests

    def on_real(site: Site) -> tuple[Web, str, list[Request]]:
        log: list[Request] = []
        server = http_server(site, log)
        base = server.__enter__()
        opened.append(server)
        return a_web(), base, log

    yield on_fake if request.param == "FakeWeb" else on_real
    for server in opened:
        server.__exit__(None, None, None)  # type: ignore[attr-defined]


def test_an_answer_is_told_whole(serve: Serve) -> None:
    headers = [("Link", "</a>; rel=x"), ("X-Other", "1"), ("Link", "</b>; rel=y")]
    web, base, _ = serve({"/": Reply(200, headers, b"<p>")})
    with web:
        response = web.get(f"{base}/")
    links = [value for name, value in response.headers if name == "Link"]
    assert (response.url, response.status, response.body) == (f"{base}/", 200, b"<p>")
    assert links == ["</a>; rel=x", "</b>; rel=y"]
    assert response.header("LINK") == "</a>; rel=x"
    assert response.header("Location") is None
    assert not response.truncated


@pytest.mark.parametrize("status", [204, 400, 404, 410, 429, 500, 503])
def test_any_status_is_an_answer(serve: Serve, status: int) -> None:
    web, base, _ = serve({"/": Reply(status)})
    assert web.get(f"{base}/").status == status


def test_what_is_sent(serve: Serve) -> None:
    web, base, log = serve({"/p?a=b": Reply(), "/e": Reply()})
    web.get(f"{base}/p?a=b#part", {"Accept": "text/html"})
    web.post(f"{base}/e", b"a=b", "text/xml")
    get, post = log
    assert (get.method, get.url, get.body) == ("GET", f"{base}/p?a=b", b"")
    assert (get.headers["User-Agent"], get.headers["Accept"]) == (AGENT, "text/html")
    assert (post.method, post.url, post.body) == ("POST", f"{base}/e", b"a=b")
    assert (post.headers["User-Agent"], post.headers["Content-Type"]) == (AGENT, "text/xml")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_get_follows(serve: Serve, status: int) -> None:
    web, base, _ = serve({"/old": Reply(status, [("Location", "new?x")]), "/new?x": Reply(410)})
    response = web.get(f"{base}/old")
    assert (response.url, response.status) == (f"{base}/new?x", 410)


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_post_does_not_become_a_get(serve: Serve, status: int) -> None:
    web, base, log = serve({"/old": Reply(status, [("Location", "/new")])})
    assert web.post(f"{base}/old", b"x", "text/plain").status == status
    assert [request.method for request in log] == ["POST"]


@pytest.mark.parametrize("status", [307, 308])
def test_a_post_is_repeated_with_its_body(serve: Serve, status: int) -> None:
    web, base, log = serve({"/old": Reply(status, [("Location", "/new")]), "/new": Reply(202)})
    assert web.post(f"{base}/old", b"x", "text/xml").status == 202
    assert [(r.method, r.body, r.headers["Content-Type"]) for r in log] == [
        ("POST", b"x", "text/xml"),
        ("POST", b"x", "text/xml"),
    ]


@pytest.mark.parametrize("status", [300, 304, 307])
def test_what_says_not_where_is_an_answer(serve: Serve, status: int) -> None:
    web, base, _ = serve({"/": Reply(status)})
    assert web.get(f"{base}/").status == status


def test_twenty_redirects_are_followed_and_no_more(serve: Serve) -> None:
    site = {f"/{n}": Reply(302, [("Location", f"/{n + 1}")]) for n in range(MAX_REDIRECTS + 1)}
    web, base, log = serve(site)
    assert web.get(f"{base}/1").status == 404
    log.clear()
    with pytest.raises(Refused, match="more than 20 redirects"):
        web.get(f"{base}/0")
    assert len(log) == MAX_REDIRECTS + 1


@pytest.mark.parametrize(
    "location",
    [
        "mailto:a@example.org",
        "file:///etc/passwd",
        "ftp://ftp.example.org/",
        "http://me:secret@ftp.example.org/",
        "https://",
        "http://[::1",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]:8000/",
        "http://93.184.215.14:25/",
    ],
)
def test_a_redirect_out_of_the_web_is_refused(serve: Serve, location: str) -> None:
    web, base, log = serve({"/": Reply(301, [("Location", location)])})
    with pytest.raises(Refused):
        web.get(f"{base}/")
    assert len(log) == 1


@pytest.mark.parametrize(
    "url",
    ["", "/post", "mailto:a@example.org", "http://", "http://me@example.org/", "http://a b/"],
)
def test_what_is_no_url_is_not_fetched(serve: Serve, url: str) -> None:
    web, _, log = serve({})
    with pytest.raises(InvalidURL):
        web.get(url)
    with pytest.raises(InvalidURL):
        web.post(url, b"", "text/plain")
    assert log == []


@pytest.mark.parametrize("url", ["http://127.0.0.2/", "http://10.0.0.1/", "http://1.1.1.1:6379/"])
def test_what_is_not_public_is_refused(serve: Serve, url: str) -> None:
    web, _, _ = serve({"/": Reply()})
    if isinstance(web, Web):
        web = a_web(allow=[])
    with pytest.raises(Refused):
        web.get(url)


@pytest.mark.parametrize(("size", "truncated"), [(MAX_BODY, False), (MAX_BODY + 1, True)])
def test_a_megabyte_is_enough(serve: Serve, size: int, truncated: bool) -> None:
    web, base, _ = serve({"/": Reply(body=b"x" * size)})
    response = web.get(f"{base}/")
    assert (len(response.body), response.truncated) == (MAX_BODY, truncated)


def test_a_host_that_does_not_exist() -> None:
    def nowhere(host: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    for web in (FakeWeb({}), a_web(resolver=nowhere), a_web(resolver=lambda _: [])):
        with pytest.raises(Unreachable, match="no such host"):
            web.get("http://blog.example/")


# --- the fake alone --------------------------------------------------------------------------


def test_fake_pages_can_be_text_errors_and_functions() -> None:
    base = "https://blog.example"
    fake = FakeWeb({f"{base}/a": "é", f"{base}/b": TimedOut, f"{base}/c": lambda _: b"c"})
    assert fake.get(f"{base}/a").body == "é".encode()
    assert fake.get(f"{base}/c").body == b"c"
    with pytest.raises(TimedOut):
        fake.get(f"{base}/b")


# --- hostile servers, on plain sockets -------------------------------------------------------

Script = Callable[[socket.socket], None]


@contextmanager
def server(script: Script) -> Iterator[tuple[str, list[bytes]]]:
    """Answer each connection with ``script``; give the base URL and what clients first sent."""
    heard: list[bytes] = []

    def one(client: socket.socket) -> None:
        with client, suppress(OSError):
            client.settimeout(5)
            heard.append(client.recv(65536))
            script(client)
            client.shutdown(socket.SHUT_WR)
            client.recv(1)  # until the client has closed

    def accept() -> None:
        with suppress(OSError):
            while True:
                client = listener.accept()[0]
                threads.append(threading.Thread(target=one, args=[client]))
                threads[-1].start()

    listener = socket.create_server(("127.0.0.1", 0))
    threads = [threading.Thread(target=accept)]
    threads[0].start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", heard
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in threads:
            thread.join()


def says(answer: bytes) -> Script:
    return lambda client: client.sendall(answer)


def drips(start: bytes, drop: bytes) -> Script:
    """Send ``start``, and then a drop every hundredth of a second for ever."""

    def script(client: socket.socket) -> None:
        client.sendall(start)
        while True:
            client.sendall(drop)
            time.sleep(0.01)

    return script


def stalls(client: socket.socket) -> None:
    client.recv(1)


OK = b"HTTP/1.1 200 OK\r\n"
SLOW = {
    "no answer": stalls,
    "status line": drips(b"HTTP/1.1 200 ", b"O"),
    "headers": drips(OK, b"X-A: b\r\n"),
    "one header": drips(OK + b"X-A: ", b"b"),
    "1xx for ever": drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": drips(OK + b"Content-Length: 100000\r\n\r\n", b"x"),
    "body without length": drips(OK + b"\r\n", b"x"),
    "chunks": drips(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "chunk head": drips(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "packed nothing": drips(OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"")),
}


@contextmanager
def ends_soon() -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < SOON + 0.7


@pytest.mark.parametrize("script", SLOW.values(), ids=SLOW)
def test_an_exchange_ends_in_time(script: Script) -> None:
    with server(script) as (base, _), ends_soon(), pytest.raises((TimedOut, Unreachable)) as told:
        a_web(SOON).get(f"{base}/")
    # A hundred headers, or a line of 64 KiB, can come before the time is over.
    assert isinstance(told.value, TimedOut) or "headers" in told.value.reason


def test_redirects_share_one_time() -> None:
    clock = iter(range(1000))
    site = {"/": Reply(302, [("Location", "/")])}
    with http_server(site, []) as base, pytest.raises(TimedOut, match="within 30 seconds"):
        a_web(30, monotonic=lambda: float(next(clock))).get(f"{base}/")


def test_a_tls_handshake_ends_in_time() -> None:
    with server(stalls) as (base, heard), ends_soon(), pytest.raises(TimedOut):
        a_web(SOON).get(base.replace("http:", "https:") + "/")
    assert heard[0][:1] == b"\x16"  # it was a TLS handshake


def test_a_look_up_that_hangs_is_left_behind() -> None:
    release = threading.Event()

    def hangs(host: str) -> list[str]:
        release.wait(5)
        return ["127.0.0.1"]

    with ends_soon(), pytest.raises(TimedOut):
        a_web(SOON, resolver=hangs).get("http://blog.example/")
    release.set()


def a_deaf_listener() -> tuple[socket.socket, list[socket.socket]]:
    """A socket whose queue is full: connecting to it hangs."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    waiting = []
    for _ in range(3):
        waiting.append(socket.socket())
        waiting[-1].setblocking(False)
        with suppress(BlockingIOError):
            waiting[-1].connect(listener.getsockname())
    return listener, waiting


def test_a_connection_that_hangs_ends_in_time() -> None:
    listener, waiting = a_deaf_listener()
    with ends_soon(), pytest.raises(TimedOut):
        a_web(SOON).get(f"http://127.0.0.1:{listener.getsockname()[1]}/")
    for sock in (listener, *waiting):
        sock.close()


def test_the_next_address_is_tried() -> None:
    with server(says(OK + b"\r\nhere")) as (base, _):
        port = base.rpartition(":")[2]
        found = ["127.0.0.3", "127.0.0.1"]  # nobody listens at the first
        web = a_web(resolver=lambda _: found, allow=[AllowEntry.parse("blog.example")])
        assert web.get(f"http://blog.example:{port}/").body == b"here"


WRONG = {
    "nothing at all": (b"", "closed the connection without an answer"),
    "not HTTP": (b"220 smtp.example ESMTP\r\n", "not HTTP"),
    "no number": (b"HTTP/1.1 abc\r\n\r\n", "not HTTP"),
    "too many headers": (OK + b"A: b\r\n" * 200 + b"\r\n", "too long or too many"),
    "a long header": (OK + b"A: " + b"b" * 70000 + b"\r\n\r\n", "too long or too many"),
    "short of its length": (OK + b"Content-Length: 9\r\n\r\nabc", "before the end"),
    "two lengths": (OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", "not HTTP"),
    "broken chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "before the end"),
    "broken gzip": (OK + b"Content-Encoding: gzip\r\n\r\nno gzip", "cannot be unpacked"),
}


@pytest.mark.parametrize(("answer", "reason"), WRONG.values(), ids=WRONG)
def test_a_wrong_answer_is_told_in_words(answer: bytes, reason: str) -> None:
    with server(says(answer)) as (base, _), pytest.raises(Unreachable) as caught:
        a_web().get(f"{base}/")
    assert reason in caught.value.reason


def test_a_closed_port_is_told_in_words() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    with pytest.raises(Unreachable, match="refused the connection"):
        a_web().get(url)


def test_what_the_system_says_is_told_too() -> None:
    def broken(host: str) -> list[str]:
        raise OSError(24, "Too many\x1b[31m open files")

    with pytest.raises(Unreachable, match=r"Too many\\x1b\[31m open files"):
        a_web(resolver=broken).get("http://blog.example/")


def test_lines_that_are_no_headers_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    answer = OK + b"X-A: b\r\n\x1b[31mno header\r\nX-C: d\r\n\r\nbody"
    with caplog.at_level(logging.WARNING), server(says(answer)) as (base, _):
        assert a_web().get(f"{base}/").header("X-A") == "b"
    assert caplog.records == []


# --- size ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("X-GZIP", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body, wbits=-15)),
    ],
)
def test_packed_answers_are_unpacked(coding: str, pack: Callable[[bytes], bytes]) -> None:
    answer = Reply(200, [("Content-Encoding", coding)], pack(b"page" * 1000))
    with http_server({"/": answer}, []) as base:
        assert a_web().get(f"{base}/").body == b"page" * 1000


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "rot13"])
def test_codings_that_were_not_asked_for_stay_packed(coding: str) -> None:
    log: list[Request] = []
    with http_server({"/": Reply(200, [("Content-Encoding", coding)], b"abc")}, log) as base:
        assert a_web().get(f"{base}/").body == b"abc"
    assert log[0].headers["Accept-Encoding"] == "gzip, deflate"


def test_a_bomb_is_not_unpacked_whole() -> None:
    pack = zlib.compressobj(wbits=31)
    bomb = b"".join(pack.compress(bytes(1 << 20)) for _ in range(64)) + pack.flush()
    with http_server({"/": Reply(200, [("Content-Encoding", "gzip")], bomb)}, []) as base:
        tracemalloc.start()
        response = a_web().get(f"{base}/")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert (len(response.body), response.truncated) == (MAX_BODY, True)
    assert peak < 8 * MAX_BODY


def test_an_endless_body_is_cut() -> None:
    def endless(client: socket.socket) -> None:
        client.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n")
        while True:
            client.sendall(b"10000\r\n" + bytes(0x10000) + b"\r\n")

    with server(endless) as (base, _):
        assert a_web().get(f"{base}/").truncated


# --- addresses -------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]"])
def test_loopback_is_closed(host: str) -> None:
    with server(says(OK)) as (base, heard):
        with pytest.raises(Refused, match="not on the public internet"):
            a_web(allow=[]).get(f"http://{host}:{base.rpartition(':')[2]}/")
        assert heard == []


def test_an_entry_with_a_port_opens_only_that_port() -> None:
    with server(says(OK + b"\r\n")) as (open_, _), server(says(OK + b"\r\n")) as (closed, heard):
        web = a_web(allow=[AllowEntry.parse(open_.removeprefix("http://"))])
        assert web.get(f"{open_}/").status == 200
        with pytest.raises(Refused):
            web.get(f"{closed}/")
        assert heard == []


def test_a_redirect_from_an_open_host_to_a_closed_one_is_refused() -> None:
    with server(says(OK)) as (closed, heard):
        site = {"/": Reply(307, [("Location", f"{closed}/")])}
        with http_server(site, []) as base:
            web = a_web(allow=[AllowEntry.parse(base.removeprefix("http://"))])
            for ask in (web.get, lambda url: web.post(url, b"x", "text/plain")):
                with pytest.raises(Refused):
                    ask(f"{base}/")
        assert heard == []


def test_the_checked_address_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: public when it is checked, loopback when it is asked again."""
    answers = [["93.184.215.14"], ["127.0.0.1"]]
    tried: list[object] = []

    def connect(sock: socket.socket, address: object) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    web = a_web(allow=[], resolver=lambda _: answers.pop(0))
    with pytest.raises(Unreachable):
        web.get("http://rebind.example/")
    assert tried == [("93.184.215.14", 80)]
    with pytest.raises(Refused, match=r"its address 127\.0\.0\.1 is not"):
        web.get("http://rebind.example/")
    assert len(tried) == 1


def test_private_addresses_beside_a_public_one_are_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[object] = []

    def connect(sock: socket.socket, address: object) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    found = ["127.0.0.1", "2606:2800:21f::1", "10.0.0.1", "93.184.215.14"]
    with pytest.raises(Unreachable):
        a_web(resolver=lambda _: found, allow=[]).get("http://both.example:8080/")
    assert tried == [("2606:2800:21f::1", 8080), ("93.184.215.14", 8080)]


def test_the_system_resolves_names() -> None:
    assert system_resolver("127.0.0.1") == ["127.0.0.1"]


# --- words on the wire -----------------------------------------------------------------------


def test_nothing_of_the_author_goes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("default login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    log: list[Request] = []
    site = {
        "/": Reply(302, [("Set-Cookie", "id=1"), ("Location", "/2")]),
        "/2": Reply(200, [("Set-Cookie", "id=2")]),
    }
    with http_server(site, log) as base, a_web() as web:
        web.get(f"{base}/")
        web.get(f"{base}/2")
    assert len(log) == 3
    for request in log:
        assert set(request.headers) == {
            *("Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"),
        }


def test_a_name_with_an_umlaut_and_a_path_with_one() -> None:
    asked: list[str] = []

    def resolver(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with server(says(OK + b"\r\n")) as (base, heard):
        port = base.rpartition(":")[2]
        url = f"http://Bücher.example.:{port}/ä%20b?q=ö&r=%2F#ü"
        assert a_web(resolver=resolver).get(url).url == url
    assert asked == ["xn--bcher-kva.example"]
    assert heard[0].startswith(b"GET /%C3%A4%20b?q=%C3%B6&r=%2F HTTP/1.1\r\n")
    assert f"\r\nHost: xn--bcher-kva.example:{port}\r\n".encode() in heard[0]


@pytest.mark.parametrize(
    ("location", "line"),
    [
        ("/é".encode(), b"GET /%C3%A9 "),
        ("/é".encode("latin-1"), b"GET /%E9 "),
        (b"  /a b  ", b"GET /a%20b "),
        (b"/\xff\x1b\x00", b"GET /%FF%1B%00 "),
        (b"?x#y", b"GET /?x "),
    ],
)
def test_odd_bytes_in_a_location(location: bytes, line: bytes) -> None:
    def script(client: socket.socket) -> None:
        first = len(heard) == 1
        client.sendall(b"HTTP/1.1 302 Found\r\nLocation: " + location if first else OK)
        client.sendall(b"\r\n\r\n")

    with server(script) as (base, heard):
        assert a_web().get(f"{base}/").status == 200
    assert heard[1].startswith(line)


def test_a_location_with_a_control_character_is_refused() -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: /\x1b[31m\r\n\r\n"
    with server(says(answer)) as (base, _), pytest.raises(Refused) as caught:
        a_web().get(f"{base}/")
    assert str(caught.value).isprintable()


def test_a_folded_header_is_one_line() -> None:
    with server(says(OK + b"Link: </a>;\r\n  rel=x\r\n\r\n")) as (base, _):
        assert a_web().get(f"{base}/").header("link") == "</a>; rel=x"


# --- TLS -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@contextmanager
def tls_server(authority: trustme.CA, name: str) -> Iterator[tuple[str, list[str | None]]]:
    asked: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    context.sni_callback = lambda _, sni, __: asked.append(sni)

    def serve() -> None:
        client = listener.accept()[0]
        with suppress(OSError), context.wrap_socket(client, server_side=True) as secure:
            secure.recv(65536)
            secure.sendall(OK + b"\r\nsecret page")

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://blog.example:{listener.getsockname()[1]}/", asked
        thread.join()


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_the_name_is_what_the_certificate_is_checked_for(authority: trustme.CA) -> None:
    with tls_server(authority, "blog.example") as (url, asked):
        web = a_web(tls=trusting(authority), resolver=lambda _: ["127.0.0.1"])
        assert web.get(url).body == b"secret page"
    assert asked == ["blog.example"]


def test_another_name_in_the_certificate_is_unreachable(authority: trustme.CA) -> None:
    with tls_server(authority, "other.example") as (url, _), pytest.raises(Unreachable) as told:
        a_web(tls=trusting(authority), resolver=lambda _: ["127.0.0.1"]).get(url)
    assert "its certificate is not valid: Hostname mismatch" in told.value.reason


def test_an_unknown_authority_is_unreachable(authority: trustme.CA) -> None:
    with tls_server(authority, "blog.example") as (url, _), pytest.raises(Unreachable) as told:
        a_web(resolver=lambda _: ["127.0.0.1"]).get(url)
    assert "its certificate is not valid" in told.value.reason


def test_plain_text_where_tls_is_wanted_is_unreachable() -> None:
    with server(says(OK + b"\r\n")) as (base, _), pytest.raises(Unreachable, match="no TLS"):
        a_web().get(base.replace("http:", "https:") + "/")


# --- many at once, and the end ---------------------------------------------------------------


def test_one_web_serves_many_threads() -> None:
    found: list[bytes] = []
    site = {f"/{n}": Reply(body=b"%d" % n) for n in range(5)}
    with http_server(site, []) as base, a_web() as web:

        def fetch(n: int) -> None:
            found.append(web.get(f"{base}/{n}").body)

        threads = [threading.Thread(target=fetch, args=[n]) for n in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(map(int, found)) == list(range(5))


def _told_by(url: str, web: Web) -> WebError | Response:
    try:
        return web.get(url)
    except WebError as error:
        return error


def test_close_breaks_off_what_is_under_way() -> None:
    told: list[object] = []
    begun, asked, release = threading.Event(), threading.Event(), threading.Event()

    def script(client: socket.socket) -> None:
        begun.set()
        stalls(client)

    def hangs(host: str) -> list[str]:
        asked.set()
        release.wait(5)
        return []

    listener, waiting = a_deaf_listener()
    deaf = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    with server(script) as (base, _), a_web(30, resolver=hangs) as web:
        threads = [
            threading.Thread(target=lambda url: told.append(_told_by(url, web)), args=[url])
            for url in (f"{base}/", deaf, "http://hangs.example/")
        ]
        for thread in threads:
            thread.start()
        assert begun.wait(5)
        assert asked.wait(5)
        web.close()
        for thread in threads:
            thread.join(5)
        told.append(_told_by(f"{base}/", web))
    release.set()
    for sock in (listener, *waiting):
        sock.close()
    assert [type(error) for error in told] == [Unreachable] * 4
    assert {error.reason for error in told if isinstance(error, WebError)} == {
        "the exchange was broken off"
    }


def test_a_deadline_that_is_over_before_the_socket_is_watched() -> None:
    with Deadline(30) as deadline, socket.socket() as sock:
        deadline.cut()
        with pytest.raises(TimeoutError):
            deadline.watch(sock)


def test_a_bug_in_a_resolver_is_let_through() -> None:
    def bug(host: str) -> list[str]:
        raise TypeError(host)

    with pytest.raises(TypeError, match="blog"):
        a_web(resolver=bug).get("http://blog.example/")


def test_the_public_face() -> None:
    assert web_module.__all__ == ["MAX_BODY", "MAX_REDIRECTS", "Response", "Web", "redirected"]
