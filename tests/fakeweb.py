"""A miniature web for tests: a dict of pages, and a log of who asked for what.

``FakeWeb`` has the methods of ``web.Web`` and is held to the same contract tests (test_web.py)::

    web = FakeWeb({
        "https://blog.example/post": "<p>a page</p>",
        "https://blog.example/old": Reply(301, [("Location", "/post")]),
        "https://blog.example/slow": TimedOut,
        "https://blog.example/pingback": lambda request: Reply(200, body=request.body),
    })

A page is a str or bytes (status 200, text/html), a Reply, a WebError or its class, or a function of
the Request that returns one of these. Other URLs of a host in the dict are 404, other hosts do not
exist, and addresses that are not public stay closed unless the dict has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self
from urllib.parse import urldefrag, urlsplit

from pelican_linkback.exceptions import Refused, Unreachable, WebError
from pelican_linkback.net import client
from pelican_linkback.net.addresses import BAD_PORTS, is_global
from pelican_linkback.net.client import MAX_BODY, Response, follow, redirected
from pelican_linkback.text import urls


@dataclass(frozen=True)
class Request:
    """What the client sent, fragment and all dropped as on the wire."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    status: int = 200
    headers: Sequence[tuple[str, str]] = (("Content-Type", "text/html; charset=utf-8"),)
    body: bytes = b""


Page = str | bytes | Reply | WebError | type[WebError]
Pages = Mapping[str, Page | Callable[[Request], Page]]


class FakeWeb:
    def __init__(self, pages: Pages, *, user_agent: str = "test (Webmention)") -> None:
        self.pages = dict(pages)
        self.user_agent = user_agent
        self.requests: list[Request] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """There is nothing to close."""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        return follow(client.Request("GET", url, headers or {}), self.exchange)

    def post(
        self, url: str, body: bytes, content_type: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        sent = {**(headers or {}), "Content-Type": content_type}
        return follow(client.Request("POST", url, sent, body), self.exchange)

    def exchange(self, request: client.Request) -> Response:
        url = urls.check(request.url)
        sent = {**request.headers, "User-Agent": self.user_agent}
        heard = Request(request.method, urldefrag(url).url, sent, request.body or b"")
        reply = self._answer(heard)
        moved = redirected(request.method, url, reply.status, reply.headers) is not None
        body = b"" if moved else reply.body
        kept, truncated = body[:MAX_BODY], len(body) > MAX_BODY
        return Response(url, reply.status, tuple(reply.headers), kept, truncated)

    def _answer(self, request: Request) -> Reply:
        self._admit(request.url)
        self.requests.append(request)
        page = self.pages.get(request.url, Reply(404))
        if callable(page) and not isinstance(page, type):
            page = page(request)
        if isinstance(page, type):
            raise page(request.url, "as the test wants it")
        if isinstance(page, WebError):
            raise page
        if isinstance(page, Reply):
            return page
        return Reply(body=page.encode() if isinstance(page, str) else page)

    def _admit(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.port in BAD_PORTS:
            raise Refused(url, f"port {parts.port} is never used for the web")
        if not any(urls.same_site(url, page) for page in self.pages):
            if not _is_public_or_a_name(parts.hostname or ""):
                raise Refused(url, f"its address {parts.hostname} is not on the public internet")
            raise Unreachable(url, "no such host")


def _is_public_or_a_name(host: str) -> bool:
    try:
        return is_global(ip_address(host))
    except ValueError:
        return True
