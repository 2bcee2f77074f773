"""The one door to the network: limits, deadlines, no private addresses.

The address that was checked is the address that is connected to, for every hop of a redirect;
one exchange, all of it, ends within its time; nothing of the author's goes out: no credentials,
no cookies, no Referer, and no proxy out of the environment.

It stands on requests, which ``transport`` hands a socket that ``connect`` opened, because
requests-hardened tries only the first address of a host, opens loopback whole or not at all, and
like requests bounds the time between two bytes but not that of an exchange.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

import urllib3.exceptions
from urllib3.response import BaseHTTPResponse

from pelican_linkback.exceptions import InvalidURL, Refused, TimedOut, Unreachable, WebError
from pelican_linkback.net.addresses import AllowEntry
from pelican_linkback.net.connect import Dialler, Resolver, system_resolver
from pelican_linkback.net.deadline import Deadline
from pelican_linkback.net.transport import authorities, exchange, quoted
from pelican_linkback.text import urls
from pelican_linkback.text.printable import harmless

__all__ = ["MAX_BODY", "MAX_REDIRECTS", "Response", "Web", "redirected"]

MAX_BODY = 1_000_000
"""Bytes of a decompressed body that are kept."""

MAX_REDIRECTS = 20

Headers = tuple[tuple[str, str], ...]

_STEP = 1 << 16
_CODINGS = {"gzip", "x-gzip", "deflate"}  # those that urllib3 unpacks in bounded steps
_FOLD = re.compile(r"\r?\n[ \t]*")
_NOT_HTTP = "its answer is not HTTP"
_BROKE_OFF = "the connection broke before the end of the answer"
# The first that fits; what is not here is told in the system's words.
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (socket.gaierror, "no such host"),
    (ConnectionRefusedError, "the server refused the connection"),
    (ConnectionError, "the server closed the connection without an answer"),
    (ssl.SSLCertVerificationError, "its certificate is not valid"),
    (ssl.SSLError, "no TLS connection could be made"),
    (http.client.BadStatusLine, _NOT_HTTP),
    (http.client.IncompleteRead, _BROKE_OFF),
    (http.client.HTTPException, "its headers are too long or too many"),
    (urllib3.exceptions.DecodeError, "its answer cannot be unpacked"),
    (urllib3.exceptions.InvalidHeader, _NOT_HTTP),
    (urllib3.exceptions.HTTPError, _BROKE_OFF),
)


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered, whatever its status.

    ``url`` is the one that answered in the end; ``headers`` are in order, repeated ones
    repeated, and without cookies; ``body`` is unpacked, and ``truncated`` when there was more
    than ``MAX_BODY``.
    """

    url: str
    status: int
    headers: Headers
    body: bytes
    truncated: bool = False


def redirected(
    method: str, url: str, status: int, headers: Iterable[tuple[str, str]]
) -> str | None:
    """Return where an answer sends us on, or None where it is to be taken as it stands.

    A POST is repeated for 307 and 308 only; after 301, 302 and 303 it would become a GET, which
    the receiver's endpoint would never hear. Raises Refused for what is no http(s) URL.
    """
    followed = {307, 308} if method == "POST" else {301, 302, 303, 307, 308}
    location = _first(headers, "Location")
    if status not in followed or location is None:
        return None
    try:
        return urls.check(urls.resolve(url, _read_location(location)))
    except InvalidURL as error:
        raise Refused(url, f"it redirects to {error.url}: {error.reason}") from error


class Web:
    """GET and POST for a polite, suspicious client. Thread-safe.

    ``timeout`` is in seconds and holds for one exchange with all its redirects; ``allow`` names
    what may be reached although it is not on the public internet; ``resolver`` returns the
    addresses of a host name; ``tls`` is the context for https (by default, the system's
    authorities and Mozilla's). Raises the WebErrors of ``exceptions``, and nothing else.
    """

    def __init__(  # noqa: PLR0913 (each is a setting of the author's, or a door for tests)
        self,
        *,
        timeout: float,
        user_agent: str,
        allow: Sequence[AllowEntry] = (),
        resolver: Resolver = system_resolver,
        monotonic: Callable[[], float] = time.monotonic,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._timeout = timeout
        self._user_agent = user_agent
        self._dialler = Dialler(allow, resolver)
        self._monotonic = monotonic
        self._tls = tls
        self._lock = threading.Lock()
        self._running: set[Deadline] = set()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Break off every exchange that is under way; no other can begin."""
        with self._lock:
            self._closed = True
            for deadline in self._running:
                deadline.cut()

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """Fetch ``url``, through at most ``MAX_REDIRECTS`` redirects."""
        return self._fetch("GET", url, None, headers or {})

    def post(
        self, url: str, body: bytes, content_type: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Send ``body`` to ``url``; see ``redirected`` for what is followed."""
        return self._fetch("POST", url, body, {**(headers or {}), "Content-Type": content_type})

    def _fetch(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Response:
        urls.check(url)
        with self._deadline() as deadline:
            for _ in range(MAX_REDIRECTS + 1):
                with self._hop(method, url, body, headers, deadline) as answer:
                    heard = _headers(answer)
                    onward = redirected(method, url, answer.status, heard)
                    if onward is None:
                        body, whole = _read(answer, deadline)
                        return Response(url, answer.status, heard, body, truncated=not whole)
                url = onward
        raise Refused(url, f"more than {MAX_REDIRECTS} redirects")

    @contextmanager
    def _deadline(self) -> Iterator[Deadline]:
        with Deadline(self._timeout, self._monotonic) as deadline:
            with self._lock:
                self._running.add(deadline)
                if self._closed:
                    deadline.cut()
            try:
                yield deadline
            finally:
                with self._lock:
                    self._running.remove(deadline)

    @contextmanager
    def _hop(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        deadline: Deadline,
    ) -> Iterator[BaseHTTPResponse]:
        """Send one request and hold its answer open; errors are wrapped here and only here."""
        sent = {
            "Accept": "*/*",
            **headers,
            "Host": urls.host_key(url),
            "User-Agent": self._user_agent,
            "Accept-Encoding": "gzip, deflate",
            "Connection": "close",
        }
        try:
            with exchange(self._open(url, deadline), method, url, body, sent) as answer:
                yield answer
        except (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError) as error:
            raise self._wrapped(url, error, deadline) from error

    def _open(self, url: str, deadline: Deadline) -> socket.socket:
        """Return a socket that is open to a checked address of the URL's host."""
        parts = urlsplit(url)
        host = urlsplit(f"//{urls.host_key(url)}").hostname or ""
        port = parts.port or urls.DEFAULT_PORTS[parts.scheme]
        sock = self._dialler.dial(url, host, port, deadline)
        if parts.scheme == "http":
            return sock
        return (self._tls or authorities()).wrap_socket(sock, server_hostname=host)

    def _wrapped(self, url: str, error: Exception, deadline: Deadline) -> WebError:
        if self._closed:
            return Unreachable(url, "the exchange was broken off")
        if deadline.over or isinstance(error, TimeoutError):
            return TimedOut(url, f"no answer within {self._timeout:g} seconds")
        for kind, words in _REASONS:
            if isinstance(error, kind):
                detail = getattr(error, "verify_message", "")
                return Unreachable(url, f"{words}: {harmless(detail)}" if detail else words)
        return Unreachable(url, harmless(error))


def _read(answer: BaseHTTPResponse, deadline: Deadline) -> tuple[bytes, bool]:
    """Return the body as far as it is kept, and whether that is all of it.

    It is read in bounded steps, and unpacked where the coding is one that we asked for.
    """
    coding = answer.headers.get("Content-Encoding", "").strip().lower()
    body = bytearray()
    while len(body) <= MAX_BODY:
        step = answer.read(_STEP, decode_content=coding in _CODINGS)
        if not step:
            break
        body += step
    deadline.left()  # a socket that was shut down looks like the end of the body
    return bytes(body[:MAX_BODY]), len(body) <= MAX_BODY


def _headers(answer: BaseHTTPResponse) -> Headers:
    """Return the headers with folded lines made one."""
    return tuple((name, _FOLD.sub(" ", value)) for name, value in answer.headers.iteritems())


def _read_location(location: str) -> str:
    """Undo http.client's Latin-1: most servers mean UTF-8, the bytes of others are kept."""
    raw = location.encode("latin-1")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return quoted(raw)


def _first(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)
