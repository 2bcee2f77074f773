"""The receiver's web server on loopback: slow clients, limits, an end without loss."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection

import pytest
from waitress.parser import HTTPRequestParser

from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.receiving.server.application import MAX_BODY, Application, Route
from pelican_linkback.receiving.server.http import text
from pelican_linkback.receiving.server.serving import WebServer


@contextmanager
def running(*routes: Route, **options):
    application = Application("https://blog.example/", routes)
    server = WebServer(application, "127.0.0.1", 0, **options)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(10)
        assert not thread.is_alive()
        server.stop()  # a second signal


def post(server: WebServer, body: bytes = b"x"):
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("POST", "/echo", body)
    answer = connection.getresponse()
    read = answer.status, answer.read()
    connection.close()
    return *read, answer


ECHO = Route("/echo", {"POST": lambda request: text(f"{request.client} {len(request.body)}")})


def half_sent(stack: ExitStack, server: WebServer) -> socket.socket:
    client = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))
    client.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf")
    return client


def test_hundreds_of_half_sent_bodies_do_not_delay_an_honest_client():
    with running(ECHO) as server, ExitStack() as stack:
        for _ in range(300):
            half_sent(stack, server)
        begun = time.monotonic()
        assert post(server)[:2] == (200, b"127.0.0.1 1\n")
        assert time.monotonic() - begun < 1


def test_a_request_has_to_come_in_its_time_however_its_bytes_drip():
    with running(ECHO, request_time=0.2) as server, ExitStack() as stack:
        client = half_sent(stack, server)
        begun = time.monotonic()
        client.settimeout(0.05)
        closed = False
        while not closed and time.monotonic() - begun < 5:
            with suppress(TimeoutError):
                client.sendall(b"x" if time.monotonic() - begun < 0.15 else b"")
                closed = client.recv(1) == b""
        assert 0.15 < time.monotonic() - begun < 4


def test_what_is_complete_may_take_its_time():
    begun, go_on = threading.Event(), threading.Event()

    def slow(request):
        begun.set()
        assert go_on.wait(10)
        return text("done")

    route = Route("/echo", {"POST": slow})
    with running(route, request_time=0.1) as server, ExitStack() as stack:
        answers = []
        client = threading.Thread(target=lambda: answers.append(post(server)[:2]))
        client.start()
        assert begun.wait(10)
        late = half_sent(stack, server)
        assert late.recv(1) == b"", "began after it, and had no more time"
        go_on.set()
        client.join(10)
    assert answers == [(200, b"done\n")]


def test_a_body_or_a_header_that_is_too_large_is_refused():
    with running(ECHO) as server:
        assert post(server, b"x" * MAX_BODY)[0] == 200
        assert post(server, b"x" * (MAX_BODY + 1))[0] == 413
        connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", "/echo", headers={"X": "x" * 20_000})
        assert connection.getresponse().status == 431
        connection.close()


def test_the_server_does_not_say_what_it_is():
    with running(ECHO) as server:
        assert post(server)[2].getheader("Server") is None


def test_forwarded_addresses_reach_the_application():
    seen = []
    route = Route("/echo", {"POST": lambda request: seen.append(request.headers) or text("")})
    with running(route) as server:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("POST", "/echo", b"", headers={"X-Forwarded-For": "192.0.2.1"})
        connection.getresponse().read()
        connection.close()
    assert seen[0]["x-forwarded-for"] == "192.0.2.1"


def test_what_is_under_way_is_finished_when_the_server_stops():
    begun, go_on = threading.Event(), threading.Event()

    def slow(request):
        begun.set()
        assert go_on.wait(10)
        return text("finished")

    with running(Route("/echo", {"POST": slow})) as server:
        answers = []
        client = threading.Thread(target=lambda: answers.append(post(server)[:2]))
        client.start()
        assert begun.wait(10)
        server.stop()
        with pytest.raises(OSError):  # noqa: PT011, PT012 (refused, at the latest in a second)
            for _ in range(100):
                socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
                time.sleep(0.01)
        go_on.set()
        client.join(10)
    assert answers == [(200, b"finished\n")]


def test_the_server_ends_without_what_never_ends():
    begun, go_on = threading.Event(), threading.Event()

    def endless(request):
        begun.set()
        go_on.wait(10)
        return text("")

    times = iter([0.0, 0.0, 100.0, 200.0])
    application = Application("https://blog.example/", [Route("/echo", {"POST": endless})])
    server = WebServer(application, "127.0.0.1", 0, monotonic=times.__next__)
    thread = threading.Thread(target=server.run)
    thread.start()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        assert begun.wait(10)
        server.stop()
        thread.join(10)
        assert not thread.is_alive()
        go_on.set()


def test_a_port_that_is_taken_is_an_error():
    with running(ECHO) as server, pytest.raises(LinkbackError, match="cannot be opened"):
        WebServer(Application("https://blog.example/", []), "127.0.0.1", server.port)


RAW = {
    "a header in a path": (b"GET /echo%0d%0aSet-Cookie:%20x=1 HTTP/1.1\r\nHost: x\r\n\r\n", 404),
    "another host": (b"GET http://evil.example/none HTTP/1.1\r\nHost: evil.example\r\n\r\n", 404),
    "dots": (b"POST /x/%2e%2e/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 404),
    "two lengths": (
        b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        400,
    ),
    "a length that is none": (
        b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        400,
    ),
    "chunks and a length": (
        (
            b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /echo HTTP/1.1\r\nHost: x\r\n\r\n"
        ),
        400,
    ),
    "chunks": (
        b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        200,
    ),
    "another protocol": (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
}


def test_what_is_no_request_of_ours_leads_nowhere():
    with running(ECHO) as server:
        for raw, status in RAW.values():
            with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
                client.sendall(raw)
                head = client.recv(65536).partition(b"\r\n\r\n")[0]
            assert int(head.split()[1]) == status, raw
            assert b"set-cookie" not in head.lower()


def test_a_request_line_that_is_no_url_is_answered(caplog):
    with running(ECHO) as server:
        answer = raw(server, b"GET http://[x/echo HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.split()[1] == b"400"
    assert caplog.messages == []


def test_what_nobody_foresaw_closes_the_connection_and_the_log_does_not_say_whose(
    caplog, monkeypatch
):
    def breaks(parser, head):
        raise RuntimeError("a bug")

    monkeypatch.setattr(HTTPRequestParser, "parse_header", breaks)
    with running(ECHO) as server:
        assert raw(server, b"GET /echo HTTP/1.1\r\nHost: x\r\n\r\n") == b""
    (said,) = caplog.messages
    assert "a bug" in said
    assert "127.0.0.1" not in said


def raw(server: WebServer, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(request)
        return b"".join(iter(lambda: client.recv(65536), b""))
