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
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
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

__all__ = [
    "MAX_BODY",
    "MAX_REDIRECTS",
    "Request",
    "Response",
    "Web",
    "follow",
    "hops",
    "redirected",
]

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
class Request:
    """One request to one host.

    ``spent`` is how many seconds the requests took that led here by redirects: they have one time
    limit together.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    spent: float = 0.0


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered, whatever its status.

    ``url`` is the one that answered in the end; ``headers`` are in order, repeated ones
    repeated, and without cookies; ``body`` is unpacked, and ``truncated`` when there was more
    than ``MAX_BODY``; that of a redirect which is followed is not read. ``seconds`` is how long
    it took.
    """

    url: str
    status: int
    headers: Headers
    body: bytes
    truncated: bool = False
    seconds: float = field(default=0.0, compare=False)


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


def hops(request: Request) -> Generator[Request, Response, Response]:
    """Yield ``request``, and those to which redirects lead; return the answer to the last.

    Each answer is to be sent in. So whoever makes the requests can wait for his turn at each host.
    Raises Refused for a redirect that is not followed, and after ``MAX_REDIRECTS``.
    """
    for _ in range(MAX_REDIRECTS + 1):
        answer = yield request
        onward = redirected(request.method, request.url, answer.status, answer.headers)
        if onward is None:
            return answer
        request = replace(request, url=onward, spent=request.spent + answer.seconds)
    raise Refused(request.url, f"more than {MAX_REDIRECTS} redirects")


def follow(request: Request, answer_to: Callable[[Request], Response]) -> Response:
    """Return what ``request`` and the redirects behind it lead to; see ``hops``."""
    requests = hops(request)
    following = next(requests)
    while True:
        try:
            following = requests.send(answer_to(following))
        except StopIteration as end:
            answer: Response = end.value
            return answer


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
        return follow(Request("GET", url, headers or {}), self.exchange)

    def post(
        self, url: str, body: bytes, content_type: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Send ``body`` to ``url``; see ``redirected`` for what is followed."""
        sent = {**(headers or {}), "Content-Type": content_type}
        return follow(Request("POST", url, sent, body), self.exchange)

    def exchange(self, request: Request) -> Response:
        """Return what ``request`` itself is answered, be it a redirect."""
        url = urls.check(request.url)
        begun = self._monotonic()
        with self._deadline(request.spent) as deadline, self._hop(request, deadline) as answer:
            heard = _headers(answer)
            body, whole = b"", True
            if redirected(request.method, url, answer.status, heard) is None:
                body, whole = _read(answer, deadline)
            seconds = self._monotonic() - begun
            return Response(url, answer.status, heard, body, not whole, seconds)

    @contextmanager
    def _deadline(self, spent: float) -> Iterator[Deadline]:
        with Deadline(self._timeout - spent, self._monotonic) as deadline:
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
    def _hop(self, request: Request, deadline: Deadline) -> Iterator[BaseHTTPResponse]:
        """Send one request and hold its answer open; errors are wrapped here and only here."""
        url = request.url
        sent = {
            "Accept": "*/*",
            **request.headers,
            "Host": urls.host_key(url),
            "User-Agent": self._user_agent,
            "Accept-Encoding": "gzip, deflate",
            "Connection": "close",
        }
        try:
            sock = self._open(url, deadline)
            with exchange(sock, request.method, url, request.body, sent) as answer:
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
