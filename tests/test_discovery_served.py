"""Every situation of discovery once more, over HTTP: our pages, their exact headers, our client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from pelican_linkback.net.addresses import AllowEntry
from pelican_linkback.net.client import Web
from pelican_linkback.protocol.mention import Endpoint, Outcome, Traits, Verdict
from tests import spoken
from tests.exchanging import find_endpoints
from tests.servers import serving
from tests.test_discovery import PAGE, PINGBACK, WEBMENTION, Situation, rows

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SITE = "https://blog.example.org"


class Host(ThreadingHTTPServer):
    """Serves one situation; every page is good for one fetch, and the rest is 404."""

    def __init__(self) -> None:
        class Pages(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                reply = self.server.pages.pop(self.path, b"HTTP/1.1 404 Not Found\r\n\r\n")
                self.wfile.write(reply)

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Pages)
        self.pages: dict[str, bytes] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def here(self, text: str) -> str:
        return text.replace(SITE, self.url)

    def serve(self, situation: Situation) -> str:
        """Put the page up, behind a redirect where it has moved; return the URL to ask for."""
        body = situation.body
        if isinstance(body, str):
            body = self.here(body).encode()
        content_type = () if situation.type is None else (("Content-Type", situation.type),)
        lines = [
            f"{name}: {self.here(value)}" for name, value in (*content_type, *situation.headers)
        ]
        head = "\r\n".join(["HTTP/1.1 200 OK", *lines, f"Content-Length: {len(body)}", "", ""])
        path, asked = urlsplit(situation.page).path, urlsplit(PAGE).path
        if path != asked:
            self.pages[asked] = f"HTTP/1.1 302 Found\r\nLocation: {path}\r\n\r\n".encode()
        self.pages[path] = head.encode("latin-1") + body
        return self.url + asked


@dataclass(frozen=True)
class Client:
    host: Host
    web: Web

    def find(self, situation: Situation) -> tuple[Endpoint, ...] | Outcome:
        return find_endpoints(self.web, self.host.serve(situation), NOW)

    def expected(self, situation: Situation, protocol: Traits) -> tuple[Endpoint, ...] | Outcome:
        if situation.url is None:
            reason = "unread" if situation.unread else "no-endpoint"
            return Outcome(Verdict.NOTHING, reason, situation.unread)
        return (Endpoint(protocol, self.host.here(situation.url), situation.found),)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    allow = [AllowEntry.parse("127.0.0.1")]
    with serving(Host()) as host, Web(timeout=10, user_agent="test", allow=allow) as web:
        yield Client(host, web)


@pytest.mark.parametrize("situation", rows(WEBMENTION))
def test_webmention(client: Client, situation: Situation) -> None:
    assert client.find(situation) == client.expected(situation, spoken.WEBMENTION)


@pytest.mark.parametrize("situation", rows(PINGBACK))
def test_pingback(client: Client, situation: Situation) -> None:
    assert client.find(situation) == client.expected(situation, spoken.PINGBACK)
