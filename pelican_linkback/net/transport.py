"""One HTTP request over a socket that is open already: requests, made to mind its own business.

A session would take proxies and passwords from the environment, keep cookies, rewrite the URL,
and unpack the whole body of a redirect if only to note where it leads. So there is none, but one
transport adapter for a request that is prepared. Contains no business logic.
"""

from __future__ import annotations

import functools
import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import BinaryIO
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection
from urllib3.response import BaseHTTPResponse

__all__ = ["authorities", "exchange", "quoted"]

MOST_HEADERS = 256 * 1024
"""Bytes of headers, those of interim answers with them: as much as Chrome takes. http.client's own
limit is seven megabytes, which become fifty in memory."""


@contextmanager
def exchange(
    sock: socket.socket, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
) -> Iterator[BaseHTTPResponse]:
    """Send a request and hold its answer open, of which no more than the headers has been read.

    Only ``headers`` are sent, and a Content-Length. ``sock`` is closed in the end; its timeout
    holds for each read. Raises OSError, and the errors of http.client and urllib3.
    """
    connection = _Connection("", timeout=sock.gettimeout())
    connection.sock = sock
    with closing(connection):
        request = requests.PreparedRequest()  # prepare() would quote and shorten the path
        request.method, request.url = method, quoted(url)
        request.prepare_headers(headers)
        request.prepare_body(body, None)
        with _Adapter(connection).send(request) as answer:
            yield answer.raw


@functools.cache
def authorities() -> ssl.SSLContext:
    """Trust the system's authorities and Mozilla's: not every Python finds the system's."""
    context = ssl.create_default_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


def quoted(text: str | bytes) -> str:
    """Percent-encode what cannot stand in a URL; what is percent-encoded stays as it is."""
    return quote(text, safe="%/:?#[]@!$&'()*+,;=~")


class _Adapter(HTTPAdapter):
    """Speaks over ``connection``; urllib3's pool would quote the path once more."""

    def __init__(self, connection: HTTPConnection) -> None:
        super().__init__()
        self._connection = connection

    def send(
        self, request: requests.PreparedRequest, *_: object, **__: object
    ) -> requests.Response:
        try:
            self._connection.request(
                str(request.method),
                request.path_url,
                request.body,
                request.headers,
                preload_content=False,
            )
        except ValueError as error:  # a header that cannot be sent
            raise OSError(str(error)) from error
        return self.build_response(request, self._connection.getresponse())


class _Measured:
    """As much of a file as http.client wants while it reads headers."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = MOST_HEADERS
        self.close = file.close
        self.flush = file.flush  # which a reader that gave up calls when it is collected

    def readline(self, limit: int) -> bytes:
        line = self._file.readline(limit)
        self._left -= len(line)
        if self._left < 0:
            raise http.client.HTTPException(f"more than {MOST_HEADERS} bytes of headers")
        return line


class _Answer(http.client.HTTPResponse):
    def begin(self) -> None:
        """Read the headers, but not too many, and forget those that do harm.

        Lines that are no headers: urllib3 would log them, raw, as a warning. Cookies: requests
        would parse them, and a hundred long ones take it half a minute.
        """
        whole = self.fp
        self.fp = _Measured(whole)  # type: ignore[assignment]
        super().begin()
        self.fp = whole
        self.msg.defects.clear()
        self.msg.set_payload("")
        del self.msg["Set-Cookie"], self.msg["Set-Cookie2"]


class _Connection(HTTPConnection):
    response_class = _Answer
