"""The receiver as a WSGI application: one table of routes, and the border of every request.

::

    environ | Request | the handler of its route | Response

A handler gets a ``Request`` and returns a ``Response``, or raises ``Refusal``. A LinkbackError is
answered by 503: the database is away, the queue is full. Whatever else it raises is a fault of ours
and costs that request: 500, and one line in the log.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from pelican_linkback.exceptions import FAULTS, LinkbackError
from pelican_linkback.receiving.server.http import Fields, Refusal, Request, Response, text
from pelican_linkback.receiving.server.proxies import client_of, is_unknown_proxy
from pelican_linkback.text.printable import described, reason_of

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    from pelican_linkback.settings.receiver import Network

__all__ = ["MAX_BODY", "AnsweredRequest", "Application", "Handler", "Route"]

logger = logging.getLogger(__name__)

MAX_BODY = 16_384
"""The maximum size of what is posted, in bytes."""

MAX_QUERY = 8_192

BUSY, RETRY_AFTER = "This cannot be answered now; please try again later.", "60"

UNKNOWN_PROXY = (
    "A proxy says for whom it asks, and LINKBACK_TRUSTED_PROXIES does not name it: all senders "
    "seem to be one, and share one limit of requests"
)

Handler = Callable[[Request], Response]

EVERY_ANSWER = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""The headers of every answer; an answer may have others in their place."""


class Route(NamedTuple):
    """The handlers of a path, by method; HEAD and OPTIONS are answered by themselves.

    A part of ``path`` in braces stands for any word: ``/status/{token}``. ``hint`` is a sentence
    for who asks by another method.
    """

    path: str
    methods: Mapping[str, Handler]
    hint: str = ""


class AnsweredRequest(NamedTuple):
    """A request that was answered: for the log and for the metrics, with nothing of who asked.

    ``route`` is the path of the route, and not that of the request; "" where there is none.
    """

    method: str
    route: str
    status: int
    seconds: float


def _ignore(request: AnsweredRequest) -> None:  # noqa: ARG001 (one of the functions that may be given)
    return


class Application:
    """The WSGI application at the public address ``base``, which has a slash at its end.

    It is found below the path of ``base`` whether a proxy takes that away or not. ``trusted`` are
    the networks of proxies, ``on_answered`` is called after each request.
    """

    def __init__(
        self,
        base: str,
        routes: Iterable[Route],
        *,
        trusted: Sequence[Network] = (),
        on_answered: Callable[[AnsweredRequest], None] = _ignore,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base = base
        self._prefix = unquote(urlsplit(base).path).rstrip("/")
        self._routes = [(tuple(each.path.split("/")), each) for each in routes]
        self._trusted, self._on_answered, self._monotonic = trusted, on_answered, monotonic
        self._has_warned = False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """Answer one request (PEP 3333)."""
        begun = self._monotonic()
        method = str(environ["REQUEST_METHOD"])
        path = self._path(environ)
        route, path_params = self._find(path)
        try:
            response = self._answer(method, path, route, path_params, environ)
        except Refusal as refusal:
            response = _refused(refusal)
        except LinkbackError as error:
            logger.warning("%s cannot be answered now: %s", _name(route), reason_of(error))
            response = _refused(Refusal(503, BUSY, ("Retry-After", RETRY_AFTER)))
        except FAULTS as error:
            logger.error("%s failed: %s", _name(route), described(error))
            response = text("Something went wrong here. It is not the fault of the request.", 500)
        sent = _send(response, start_response, with_body=method != "HEAD")
        seconds = self._monotonic() - begun
        self._on_answered(AnsweredRequest(_known(method), _name(route), response.status, seconds))
        return sent

    def _client(self, environ: WSGIEnvironment) -> str:
        """Return the address of who asks; warn once of a proxy that is not trusted."""
        if not self._has_warned and is_unknown_proxy(environ, self._trusted):
            self._has_warned = True
            logger.warning("%s", UNKNOWN_PROXY)
        return client_of(environ, self._trusted)

    def _path(self, environ: WSGIEnvironment) -> str:
        """Return the path below the address of the receiver: a proxy may have taken that away.

        "", which is none of ours, for one with an escaped slash: a proxy that guards ``/admin``
        would not see that it leads there.
        """
        if "%2f" in str(environ.get("REQUEST_URI") or "").partition("?")[0].lower():
            return ""
        octets = str(environ.get("PATH_INFO") or "/").encode("latin-1", "replace")
        path = octets.decode("utf-8", "replace")
        below = path.removeprefix(self._prefix)
        return below if below.startswith("/") else path

    def _find(self, path: str) -> tuple[Route | None, Mapping[str, str]]:
        """Return the route of a path, and the values of the names in it.

        A path is compared as it is: none with ``..`` or doubled slashes leads anywhere.
        """
        parts = path.split("/")
        for names, route in self._routes:
            if len(names) == len(parts) and all(map(_fits, names, parts)):
                path_params = {
                    name[1:-1]: part
                    for name, part in zip(names, parts, strict=True)
                    if name[:1] == "{"
                }
                return route, path_params
        return None, {}

    def _answer(
        self,
        method: str,
        path: str,
        route: Route | None,
        path_params: Mapping[str, str],
        environ: WSGIEnvironment,
    ) -> Response:
        if route is None:
            raise Refusal(404, "There is nothing at this address.")
        handler = route.methods.get("GET" if method == "HEAD" else method)
        if handler is None:
            return _other_method(method, route)
        request = Request(
            method,
            path,
            self._base,
            _query(str(environ.get("QUERY_STRING") or "")),
            _headers(environ),
            _body(environ) if method == "POST" else b"",
            self._client(environ),
            path_params,
        )
        return handler(request)


def _name(route: Route | None) -> str:
    return route.path if route else ""


def _fits(name: str, part: str) -> bool:
    return bool(part) if name[:1] == "{" else name == part


def _other_method(method: str, route: Route) -> Response:
    """Return the answer to a method that a route has no handler for."""
    allowed = [*route.methods, "OPTIONS", *(["HEAD"] if "GET" in route.methods else [])]
    allow = ("Allow", ", ".join(sorted(allowed)))
    if method == "OPTIONS":
        return Response(status=204, headers=(allow,))
    named = " or ".join(route.methods)
    raise Refusal(405, route.hint or f"This address takes {named}.", allow)


def _refused(refusal: Refusal) -> Response:
    response = text(refusal.sentence, refusal.status)
    for header in refusal.headers:
        response = response.having(*header)
    return response


def _query(encoded: str) -> Fields:
    if len(encoded) > MAX_QUERY:
        raise Refusal(414, f"The query is longer than {MAX_QUERY} characters.")
    try:
        return Fields.read(encoded.encode("latin-1", "replace"))
    except ValueError as error:
        raise Refusal(400, "The query cannot be read.") from error


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    found = {
        name[5:].replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    found["content-type"] = str(environ.get("CONTENT_TYPE") or "")
    return found


def _body(environ: WSGIEnvironment) -> bytes:
    """Return what was posted; raise Refusal if it is too large, or shorter than it says."""
    length = str(environ.get("CONTENT_LENGTH") or "0")
    if not (length.isascii() and length.isdecimal()):
        raise Refusal(400, "Its Content-Length is not a number.")
    if len(length) > 9 or int(length) > MAX_BODY:
        raise Refusal(413, f"It is larger than {MAX_BODY} bytes.")
    body: bytes = environ["wsgi.input"].read(int(length))
    if len(body) < int(length):
        raise Refusal(400, "It ends before its Content-Length.")
    return body


def _send(response: Response, start_response: StartResponse, *, with_body: bool) -> list[bytes]:
    headers = EVERY_ANSWER | {
        "Content-Type": response.media_type,
        "Content-Length": str(len(response.body)),
    }
    several = [(name, value) for name, value in response.headers if name == "Set-Cookie"]
    headers |= {name: value for name, value in response.headers if name != "Set-Cookie"}
    if response.status in {204, 304}:
        del headers["Content-Type"], headers["Content-Length"]
    start_response(_status_line(response.status), [*headers.items(), *several])
    return [response.body] if with_body else []


def _status_line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"


_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})


def _known(method: str) -> str:
    """Return a method for the log, which a stranger may have named in any way."""
    return method if method in _METHODS else "other"
