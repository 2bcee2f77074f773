"""The HTTP client, and the only way to the network: limits, deadlines, no private addresses.

The address that was checked is the address that is connected to, for every hop of a redirect. One
exchange in total ends within its time. Nothing private is sent: no credentials, no cookies, no
Referer; and no proxy from the environment is used.

No library's session is used: those take proxies and passwords from the environment, keep cookies,
look a name up a second time, and limit the time between two bytes but not that of an exchange.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import urldefrag

from pelican_linkback.exceptions import (
    InvalidURL,
    LookupFailed,
    NotThere,
    PartialAnswer,
    RedirectLoop,
    Refused,
    TimedOut,
    Unreachable,
    WebError,
)
from pelican_linkback.net.addresses import AllowEntry
from pelican_linkback.net.connect import Connector, MayAsk, Resolver, system_resolver
from pelican_linkback.net.deadline import Deadline
from pelican_linkback.net.transport import Answer, BadAnswer, Headers, authorities, exchange
from pelican_linkback.text import urls
from pelican_linkback.text.printable import printable

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
"""The number of bytes that are kept of an unpacked body, unless a client keeps more."""

MAX_REDIRECTS = {"GET": 20, "POST": 5}
"""A POST sends its data to each address again; an endpoint that has moved needs one redirect."""

# The codes of getaddrinfo for a name that does not exist, or has no address; its other codes are
# about the name server. A system may lack one of these codes.
_NOT_THERE = {
    getattr(socket, name, None) for name in ("EAI_NONAME", "EAI_NODATA", "EAI_ADDRFAMILY")
}
# The first that fits; for others the system's message is used.
_REASONS: tuple[tuple[type[Exception], type[Unreachable], str], ...] = (
    (socket.gaierror, NotThere, "no such host"),
    (ConnectionRefusedError, NotThere, "the server refused the connection"),
    (ConnectionError, Unreachable, "the server closed the connection without an answer"),
    (ssl.SSLCertVerificationError, Unreachable, "its certificate is not valid"),
    (ssl.SSLError, Unreachable, "no TLS connection could be made"),
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request to one host.

    ``spent`` is how many seconds the requests took whose redirects led here: they share one time
    limit.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    spent: float = 0.0


@dataclass(frozen=True, slots=True)
class Response:
    """The answer of a server, with any status.

    ``url`` is the one that answered after redirects. ``headers`` are in order, repeated ones
    repeated, and without cookies. ``body`` is unpacked, and ``truncated`` if there was more than
    ``MAX_BODY``; the body of a followed redirect is not read. ``packed`` names the codings of a
    body that could not be unpacked and is as received. ``seconds`` is how long the exchange took.
    """

    url: str
    status: int
    headers: Headers
    body: bytes
    truncated: bool = False
    packed: str = ""
    seconds: float = field(default=0.0, compare=False)


def redirected(
    method: str, url: str, status: int, headers: Iterable[tuple[str, str]]
) -> str | None:
    """Return the URL that an answer redirects to, or None if it is not to be followed.

    A POST is repeated for 307 and 308 only; after 301, 302 and 303 it would become a GET, and its
    data would be lost. Raises Refused if it is not an http(s) URL.
    """
    followed = {307, 308} if method == "POST" else {301, 302, 303, 307, 308}
    location = next((value for key, value in headers if key.lower() == "location"), None)
    if status not in followed or location is None:
        return None
    try:
        return urls.check(urls.resolve(url, location))
    except InvalidURL as error:
        raise Refused(url, f"it redirects to {error.url}: {error.reason}") from error


def hops(request: Request) -> Generator[Request, Response, Response]:
    """Yield ``request``, and those to which redirects lead; return the answer to the last.

    Send each answer in. So the caller can wait for its turn at each host. Raises Refused for a
    redirect that is not followed, and RedirectLoop for one to an address that was requested before,
    or after ``MAX_REDIRECTS``.
    """
    most, asked = MAX_REDIRECTS[request.method], set[str]()
    while len(asked) <= most:
        asked.add(urldefrag(request.url).url)
        answer = yield request
        onward = redirected(request.method, request.url, answer.status, answer.headers)
        if onward is None:
            return answer
        if urldefrag(onward).url in asked:
            raise RedirectLoop(onward, "its redirects lead in a circle")
        request = replace(request, url=onward, spent=request.spent + answer.seconds)
    raise RedirectLoop(request.url, f"more than {most} redirects")


def follow(request: Request, answer_to: Callable[[Request], Response]) -> Response:
    """Return the answer that ``request`` and its redirects lead to; see ``hops``."""
    requests = hops(request)
    following = next(requests)
    while True:
        try:
            following = requests.send(answer_to(following))
        except StopIteration as end:
            answer: Response = end.value
            return answer


class Web:
    """A client for GET and POST requests to untrusted servers. Thread-safe.

    ``timeout`` is in seconds, for one exchange with all its redirects; ``allow`` names what may be
    reached although it is not on the public internet; ``resolver`` returns the addresses of a host
    name; ``tls`` is the context for https (by default, the system's authorities and Mozilla's);
    ``max_body`` is how many bytes of a body are kept; see ``Connector`` for ``may_ask``.
    Raises the WebErrors of ``exceptions``, and nothing else.
    """

    def __init__(  # noqa: PLR0913 (each is a setting of the author's, or for tests)
        self,
        *,
        timeout: float,
        user_agent: str,
        allow: Sequence[AllowEntry] = (),
        resolver: Resolver = system_resolver,
        monotonic: Callable[[], float] = time.monotonic,
        tls: ssl.SSLContext | None = None,
        max_body: int = MAX_BODY,
        may_ask: MayAsk | None = None,
    ) -> None:
        self._timeout = timeout
        self._user_agent = user_agent
        self._connector = Connector(allow, resolver, may_ask)
        self._monotonic = monotonic
        self._tls = tls
        self._max_body = max_body
        self._lock = threading.Lock()
        self._running: set[Deadline] = set()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Break off every exchange that is under way; no further one can start."""
        with self._lock:
            self._closed = True
            for deadline in self._running:
                deadline.cut()

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """Fetch ``url``, following at most ``MAX_REDIRECTS`` redirects."""
        return follow(Request("GET", url, headers or {}), self.exchange)

    def post(
        self, url: str, body: bytes, content_type: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Send ``body`` to ``url``; see ``redirected`` for the redirects that are followed."""
        sent = {**(headers or {}), "Content-Type": content_type}
        return follow(Request("POST", url, sent, body), self.exchange)

    def exchange(self, request: Request) -> Response:
        """Return the answer to ``request`` itself, even if it is a redirect.

        Errors are wrapped here and only here.
        """
        url = urls.check(request.url)
        begun = self._monotonic()
        answer: Answer | None = None
        with self._deadline(request.spent) as deadline:
            try:
                with self._sent(request, deadline) as answer:
                    answer.read_head()
                    if redirected(request.method, url, answer.status, answer.headers) is None:
                        # The time may be over without an error: a socket that was shut down looks
                        # like the end of the body.
                        answer.read_body(self._max_body, deadline.left)
            except (OSError, BadAnswer) as error:
                raise self._wrapped(url, error, deadline, _part_of(url, answer)) from error
        return Response(
            url,
            answer.status,
            answer.headers,
            bytes(answer.body),
            truncated=answer.truncated,
            packed=answer.packed,
            seconds=self._monotonic() - begun,
        )

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

    def _sent(self, request: Request, deadline: Deadline) -> AbstractContextManager[Answer]:
        headers = {
            "Accept": "*/*",
            **request.headers,
            "Host": urls.host_key(request.url),
            "User-Agent": self._user_agent,
            "Accept-Encoding": "gzip, deflate",
            "Connection": "close",
        }
        sock = self._open(request.url, deadline)
        return exchange(sock, request.method, request.url, request.body, headers)

    def _open(self, url: str, deadline: Deadline) -> socket.socket:
        """Return a socket that is connected to a checked address of the URL's host."""
        scheme, host, port = urls.origin(url)
        sock = self._connector.connect(url, host, port, deadline)
        if scheme == "http":
            return sock
        secured = (self._tls or authorities()).wrap_socket(
            sock, server_hostname=host, do_handshake_on_connect=False
        )
        deadline.watch(secured)
        secured.do_handshake()
        return secured

    def _wrapped(
        self, url: str, error: Exception, deadline: Deadline, partial: PartialAnswer | None
    ) -> WebError:
        if self._closed:
            return Unreachable(url, "the exchange was broken off", partial)
        if isinstance(error, socket.gaierror) and error.errno not in _NOT_THERE:
            return LookupFailed(url, "the name server does not answer")
        if deadline.over or isinstance(error, TimeoutError):
            return TimedOut(url, f"no answer within {self._timeout:g} seconds", partial)
        for kind, wrapper, words in _REASONS:
            if isinstance(error, kind):
                detail = getattr(error, "verify_message", "")
                reason = f"{words}: {printable(detail)}" if detail else words
                return wrapper(url, reason, partial)
        return Unreachable(url, printable(error), partial)


def _part_of(url: str, answer: Answer | None) -> PartialAnswer | None:
    """Return the part of an answer that arrived; None for a redirect, which may be incomplete."""
    if answer is None or not answer.status or 300 <= answer.status < 400:
        return None
    return PartialAnswer(url, answer.status, answer.headers, bytes(answer.body))
