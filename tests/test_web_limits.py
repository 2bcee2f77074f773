"""The real network client alone: time, size, addresses, and how a failure is reported."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import closing

import pytest

from pelican_linkback.exceptions import (
    LookupFailed,
    NotThere,
    Refused,
    TimedOut,
    Unreachable,
    WebError,
)
from pelican_linkback.net import client
from pelican_linkback.net.addresses import AllowEntry
from pelican_linkback.net.client import MAX_BODY, Response, Web
from pelican_linkback.net.connect import Connector, system_resolver
from pelican_linkback.net.deadline import Alarm, Deadline, Watchdog
from pelican_linkback.net.rate_limit import RateLimit
from pelican_linkback.net.transport import authorities
from tests.fakeweb import Reply, Request
from tests.raw_servers import (
    OK,
    SOON,
    Script,
    a_deaf_listener,
    a_web,
    drips,
    ends_soon,
    http_server,
    says,
    server,
    stalls,
)

# --- time ------------------------------------------------------------------------------------

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


@pytest.mark.parametrize("script", SLOW.values(), ids=SLOW)
def test_an_exchange_ends_in_time(script: Script) -> None:
    with server(script) as (base, _), ends_soon(), pytest.raises(TimedOut):
        a_web(SOON).get(f"{base}/")


def test_redirects_share_one_time() -> None:
    clock = iter(range(1000))
    site = {f"/{n}": Reply(302, [("Location", f"/{n + 1}")]) for n in range(20)}
    with http_server(site, []) as base, pytest.raises(TimedOut, match="within 30 seconds"):
        a_web(30, monotonic=lambda: float(next(clock))).get(f"{base}/0")


def test_a_tls_handshake_ends_in_time() -> None:
    authorities()  # to read them for the first time takes a while of its own
    with server(stalls) as (base, heard), ends_soon(), pytest.raises(TimedOut):
        a_web(SOON).get(base.replace("http:", "https:") + "/")
    assert heard[0][:1] == b"\x16"  # it was a TLS handshake


def test_a_look_up_that_hangs_is_left_behind() -> None:
    release = threading.Event()

    def hangs(host: str) -> list[str]:
        release.wait(5)
        return ["127.0.0.1"]

    with ends_soon(), pytest.raises(LookupFailed):
        a_web(SOON, resolver=hangs).get("http://blog.example/")
    release.set()


def test_time_that_redirects_used_up_is_no_fault_of_the_name_server() -> None:
    asked: list[str] = []
    web = a_web(SOON, resolver=lambda host: asked.append(host) or [])
    with ends_soon(), pytest.raises(TimedOut):
        web.exchange(client.Request("GET", "http://blog.example/", spent=SOON))
    assert asked == []


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


# --- failures, in words -----------------------------------------------------------------------

WRONG = {
    "nothing at all": (b"", "closed the connection without an answer"),
    "not HTTP": (b"220 smtp.example ESMTP\r\n", "not HTTP"),
    "no number": (b"HTTP/1.1 abc\r\n\r\n", "not HTTP"),
    "too many headers": (OK + b"A: b\r\n" * 1001 + b"\r\n", "too long or too many"),
    "a long header": (OK + b"A: " + b"b" * 300_000 + b"\r\n\r\n", "too long"),
    "short of its length": (OK + b"Content-Length: 9\r\n\r\nabc", "before the end"),
    "two lengths": (OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", "not HTTP"),
    "broken chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "before the end"),
    "broken gzip": (OK + b"Content-Encoding: gzip\r\n\r\nno gzip", "cannot be unpacked"),
}


@pytest.mark.parametrize(("answer", "reason"), WRONG.values(), ids=WRONG)
def test_a_wrong_answer_is_reported_in_words(answer: bytes, reason: str) -> None:
    with server(says(answer)) as (base, _), pytest.raises(Unreachable) as caught:
        a_web().get(f"{base}/")
    assert reason in caught.value.reason


def test_a_closed_port_is_reported_in_words() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    with pytest.raises(Unreachable, match="refused the connection"):
        a_web().get(url)


def test_what_the_system_says_is_reported_too() -> None:
    def broken(host: str) -> list[str]:
        raise OSError(24, "Too many\x1b[31m open files")

    with pytest.raises(Unreachable, match=r"Too many\\x1b\[31m open files"):
        a_web(resolver=broken).get("http://blog.example/")


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


def test_a_coding_that_nobody_knows_is_named() -> None:
    log: list[Request] = []
    with http_server({"/": Reply(200, [("Content-Encoding", "Rot13")], b"abc")}, log) as base:
        answer = a_web().get(f"{base}/")
    assert (answer.body, answer.packed) == (b"abc", "rot13")
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


@pytest.mark.parametrize("name", ["a" * 64 + ".example", "a..example", "."])
def test_a_name_that_cannot_even_be_asked_for_is_not_there(name: str) -> None:
    with pytest.raises(socket.gaierror) as caught:
        system_resolver(name)
    assert caught.value.errno == socket.EAI_NONAME


CODES = {
    "EAI_NONAME": NotThere,
    "EAI_NODATA": NotThere,
    "EAI_AGAIN": LookupFailed,
    "EAI_FAIL": LookupFailed,
    "EAI_SYSTEM": LookupFailed,
    "EAI_MEMORY": LookupFailed,
}


@pytest.mark.parametrize(("code", "kind"), CODES.items())
def test_a_name_server_in_trouble_is_no_host_that_is_not_there(
    code: str, kind: type[WebError]
) -> None:
    def failing(host: str) -> list[str]:
        raise socket.gaierror(getattr(socket, code), "as the test wants it")

    with pytest.raises(kind) as told:
        a_web(resolver=failing).get("http://blog.example/")
    assert type(told.value) is kind


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


def _sent_by(url: str, web: Web) -> WebError | Response:
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
            threading.Thread(target=lambda url: told.append(_sent_by(url, web)), args=[url])
            for url in (f"{base}/", deaf, "http://hangs.example/")
        ]
        for thread in threads:
            thread.start()
        assert begun.wait(5)
        assert asked.wait(5)
        web.close()
        for thread in threads:
            thread.join(5)
        told.append(_sent_by(f"{base}/", web))
    release.set()
    for sock in (listener, *waiting):
        sock.close()
    assert [type(error) for error in told] == [Unreachable] * 4
    assert {error.reason for error in told if isinstance(error, WebError)} == {
        "the exchange was broken off"
    }


def test_the_first_address_that_connects_gets_all_of_the_time_that_is_left() -> None:
    connector = Connector([AllowEntry.parse("127.0.0.1")], lambda _: ["127.0.0.1"] * 4)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with Deadline(40, lambda: 0.0) as deadline:
            sock = connector.connect("http://blog.example/", "blog.example", port, deadline)
            assert sock.gettimeout() == 40
    assert sock.fileno() == -1  # closed with the block


def test_a_deadline_that_is_over_before_the_socket_is_watched() -> None:
    with Deadline(30) as deadline, socket.socket() as sock:
        deadline.cut()
        with pytest.raises(TimeoutError):
            deadline.watch(sock)


def test_a_deadline_that_is_cut_while_it_waits_for_an_answer() -> None:
    with Deadline(30) as deadline, pytest.raises(TimeoutError):
        deadline.ask(deadline.cut)


def test_one_thread_watches_all_and_the_nearest_alarm_rings_first() -> None:
    watchdog, rung, before = Watchdog(), [], threading.active_count()
    over = threading.Event()
    now = time.monotonic()
    late = Alarm(now + 0.02, lambda: (rung.append("late"), over.set()))
    never = Alarm(now + 0.01, lambda: rung.append("never"))
    alarms = [Alarm(now + 100 + n, lambda: rung.append("far")) for n in range(50)]
    for alarm in [*alarms, late, never, Alarm(now - 1, lambda: rung.append("at once"))]:
        watchdog.set(alarm)
    assert threading.active_count() == before + 1
    watchdog.unset(never)
    assert over.wait(5)
    assert rung == ["at once", "late"]
    for alarm in alarms:
        watchdog.unset(alarm)


def test_the_watchdog_lies_down_when_nothing_is_to_be_watched_and_gets_up_again() -> None:
    watchdog, before = Watchdog(), set(threading.enumerate())
    for _ in range(2):
        over = threading.Event()
        watchdog.set(Alarm(time.monotonic(), over.set))
        assert over.wait(5)
        for thread in set(threading.enumerate()) - before:
            thread.join(5)
        assert set(threading.enumerate()) <= before


def test_the_time_that_is_left_is_never_nothing() -> None:
    clock = iter([0.0, 29.0, 30.0])
    with Deadline(30, lambda: next(clock)) as deadline:
        assert deadline.left() == 1
        with pytest.raises(TimeoutError):
            deadline.left()


def test_a_bug_in_a_resolver_is_let_through() -> None:
    def bug(host: str) -> list[str]:
        raise TypeError(host)

    with pytest.raises(TypeError, match="blog"):
        a_web(resolver=bug).get("http://blog.example/")


# --- addresses -------------------------------------------------------------------------------


def test_an_address_is_asked_so_often_whatever_its_names(monkeypatch: pytest.MonkeyPatch):
    opened: list[object] = []

    def connected(addresses: object, *_: object) -> socket.socket:
        opened.append(addresses)
        raise ConnectionRefusedError

    monkeypatch.setattr("pelican_linkback.net.connect._open_one_of", connected)
    limit = RateLimit(1, 2, monotonic=lambda: 0.0)
    web = a_web(resolver=lambda _: ["93.184.215.14"], may_ask=limit.allows)
    for number in range(2):
        with pytest.raises(Unreachable):
            web.get(f"http://h{number}.example/")
    with pytest.raises(WebError, match="its address is asked for other pages now"):
        web.get("http://h3.example/")
    assert len(opened) == 2


def test_an_address_that_was_allowed_is_asked_at_any_time():
    with http_server({"/": Reply(204)}, []) as base, a_web(may_ask=lambda _: False) as web:
        assert web.get(f"{base}/").status == 204
