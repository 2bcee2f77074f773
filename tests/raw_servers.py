"""Servers on loopback, in threads: one that serves a dict, and some that do what none should."""

from __future__ import annotations

import functools
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import trustme

from pelican_linkback.net.addresses import AllowEntry
from pelican_linkback.net.client import Web
from tests.fakeweb import Reply, Request

AGENT = "test (Webmention)"
LOOPBACK = AllowEntry.parse("127.0.0.1")
OK = b"HTTP/1.1 200 OK\r\n"
SOON = 0.3
"""Seconds that an exchange with a hostile server may take; it is given a bit more to end."""

Site = Mapping[str, Reply | Callable[[Request], Reply]]
Script = Callable[[socket.socket], None]


def a_web(timeout: float = 5, **wanted: object) -> Web:
    return Web(**{"timeout": timeout, "user_agent": AGENT, "allow": [LOOPBACK], **wanted})  # type: ignore[arg-type]


@contextmanager
def ends_soon() -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < SOON + 0.7


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


SECRET = says(OK + b"\r\nsecret page")


@contextmanager
def tls_server(
    authority: trustme.CA, name: str, script: Script = SECRET
) -> Iterator[tuple[str, list[str | None]]]:
    asked: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    context.sni_callback = lambda _, sni, __: asked.append(sni)

    def serve() -> None:
        client = listener.accept()[0]
        with suppress(OSError), context.wrap_socket(client, server_side=True) as secure:
            secure.recv(65536)
            script(secure)

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://blog.example:{listener.getsockname()[1]}/", asked
        thread.join()
