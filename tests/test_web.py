"""The contract of the network client, which Web and FakeWeb both keep."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest

from pelican_linkback.exceptions import InvalidURL, RedirectLoop, Refused, TimedOut, Unreachable
from pelican_linkback.net import client as web_module
from pelican_linkback.net.client import MAX_BODY, MAX_REDIRECTS, Response, Web
from pelican_linkback.net.client import Request as Sent
from tests.fakeweb import FakeWeb, Reply, Request
from tests.raw_servers import AGENT, Site, a_web, http_server

Serve = Callable[[Site], tuple[Web | FakeWeb, str, list[Request]]]


@pytest.fixture(params=["Web", "FakeWeb"])
def serve(request: pytest.FixtureRequest) -> Iterator[Serve]:
    """Put a site on one of both webs: return the client, the base URL and the log."""
    opened: list[object] = []

    def on_fake(site: Site) -> tuple[FakeWeb, str, list[Request]]:
        base = "http://blog.example:8000"
        fake = FakeWeb({base + path: reply for path, reply in site.items()})
        return fake, base, fake.requests

    def on_real(site: Site) -> tuple[Web, str, list[Request]]:
        log: list[Request] = []
        server = http_server(site, log)
        base = server.__enter__()
        opened.append(server)
        return a_web(), base, log

    yield on_fake if request.param == "FakeWeb" else on_real
    for server in opened:
        server.__exit__(None, None, None)  # type: ignore[attr-defined]


def test_an_answer_is_returned_completely(serve: Serve) -> None:
    headers = [("Link", "</a>; rel=x"), ("X-Other", "1"), ("Link", "</b>; rel=y")]
    web, base, _ = serve({"/": Reply(200, headers, b"<p>")})
    with web:
        response = web.get(f"{base}/")
    links = [value for name, value in response.headers if name == "Link"]
    assert (response.url, response.status, response.body) == (f"{base}/", 200, b"<p>")
    assert links == ["</a>; rel=x", "</b>; rel=y"]
    assert not response.truncated


@pytest.mark.parametrize("status", [204, 400, 404, 410, 429, 500, 503])
def test_any_status_is_an_answer(serve: Serve, status: int) -> None:
    web, base, _ = serve({"/": Reply(status)})
    assert web.get(f"{base}/").status == status


def test_what_is_sent(serve: Serve) -> None:
    web, base, log = serve({"/p?a=b": Reply(), "/e": Reply()})
    web.get(f"{base}/p?a=b#part", {"Accept": "text/html"})
    web.post(f"{base}/e", b"a=b", "text/xml")
    get, post = log
    assert (get.method, get.url, get.body) == ("GET", f"{base}/p?a=b", b"")
    assert (get.headers["User-Agent"], get.headers["Accept"]) == (AGENT, "text/html")
    assert (post.method, post.url, post.body) == ("POST", f"{base}/e", b"a=b")
    assert (post.headers["User-Agent"], post.headers["Content-Type"]) == (AGENT, "text/xml")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_get_follows(serve: Serve, status: int) -> None:
    web, base, _ = serve({"/old": Reply(status, [("Location", "new?x")]), "/new?x": Reply(410)})
    response = web.get(f"{base}/old")
    assert (response.url, response.status) == (f"{base}/new?x", 410)


def test_one_request_by_itself_follows_nothing(serve: Serve) -> None:
    web, base, log = serve({"/old": Reply(302, [("Location", "/new")], b"moved")})
    answer = web.exchange(Sent("GET", f"{base}/old", {"Accept": "text/html"}))
    assert (answer.url, answer.status, answer.body) == (f"{base}/old", 302, b"")
    assert [(each.url, each.headers["Accept"]) for each in log] == [(f"{base}/old", "text/html")]


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_post_does_not_become_a_get(serve: Serve, status: int) -> None:
    web, base, log = serve({"/old": Reply(status, [("Location", "/new")])})
    assert web.post(f"{base}/old", b"x", "text/plain").status == status
    assert [request.method for request in log] == ["POST"]


@pytest.mark.parametrize("status", [307, 308])
def test_a_post_is_repeated_with_its_body(serve: Serve, status: int) -> None:
    web, base, log = serve({"/old": Reply(status, [("Location", "/new")]), "/new": Reply(202)})
    assert web.post(f"{base}/old", b"x", "text/xml").status == 202
    assert [(r.method, r.body, r.headers["Content-Type"]) for r in log] == [
        ("POST", b"x", "text/xml"),
        ("POST", b"x", "text/xml"),
    ]


@pytest.mark.parametrize("status", [300, 304, 307])
def test_what_says_not_where_is_an_answer(serve: Serve, status: int) -> None:
    web, base, _ = serve({"/": Reply(status)})
    assert web.get(f"{base}/").status == status


@pytest.mark.parametrize(("method", "most"), MAX_REDIRECTS.items())
def test_so_many_redirects_are_followed_and_no_more(serve: Serve, method: str, most: int) -> None:
    site = {f"/{n}": Reply(307, [("Location", f"/{n + 1}")]) for n in range(most + 1)}
    web, base, log = serve(site)
    assert ask(web, method, f"{base}/1").status == 404
    log.clear()
    with pytest.raises(RedirectLoop, match=f"more than {most} redirects"):
        ask(web, method, f"{base}/0")
    assert len(log) == most + 1


def ask(web: Web, method: str, url: str) -> Response:
    return web.get(url) if method == "GET" else web.post(url, b"x", "text/plain")


@pytest.mark.parametrize("method", MAX_REDIRECTS)
@pytest.mark.parametrize("onward", ["/a", "/a#again", "/b"])
def test_redirects_that_lead_in_a_circle_are_seen_at_once(
    serve: Serve, method: str, onward: str
) -> None:
    web, base, log = serve(
        {
            "/a": Reply(308, [("Location", onward)]),
            "/b": Reply(307, [("Location", "/a")]),
        }
    )
    with pytest.raises(RedirectLoop, match="in a circle"):
        ask(web, method, f"{base}/a")
    assert len(log) == (2 if onward == "/b" else 1)


@pytest.mark.parametrize(
    "location",
    [
        "mailto:a@example.org",
        "file:///etc/passwd",
        "ftp://ftp.example.org/",
        "http://me:secret@ftp.example.org/",
        "https://",
        "http://[::1",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]:8000/",
        "http://93.184.215.14:25/",
    ],
)
def test_a_redirect_out_of_the_web_is_refused(serve: Serve, location: str) -> None:
    web, base, log = serve({"/": Reply(301, [("Location", location)])})
    with pytest.raises(Refused):
        web.get(f"{base}/")
    assert len(log) == 1


@pytest.mark.parametrize(
    "url",
    ["", "/post", "mailto:a@example.org", "http://", "http://me@example.org/", "http://a b/"],
)
def test_what_is_no_url_is_not_fetched(serve: Serve, url: str) -> None:
    web, _, log = serve({})
    with pytest.raises(InvalidURL):
        web.get(url)
    with pytest.raises(InvalidURL):
        web.post(url, b"", "text/plain")
    assert log == []


@pytest.mark.parametrize("url", ["http://127.0.0.2/", "http://10.0.0.1/", "http://1.1.1.1:6379/"])
def test_what_is_not_public_is_refused(serve: Serve, url: str) -> None:
    web, _, _ = serve({"/": Reply()})
    if isinstance(web, Web):
        web = a_web(allow=[])
    with pytest.raises(Refused):
        web.get(url)


@pytest.mark.parametrize(("size", "truncated"), [(MAX_BODY, False), (MAX_BODY + 1, True)])
def test_a_megabyte_is_enough(serve: Serve, size: int, truncated: bool) -> None:
    web, base, _ = serve({"/": Reply(body=b"x" * size)})
    response = web.get(f"{base}/")
    assert (len(response.body), response.truncated) == (MAX_BODY, truncated)


def test_a_host_that_does_not_exist() -> None:
    def nowhere(host: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    for web in (FakeWeb({}), a_web(resolver=nowhere), a_web(resolver=lambda _: [])):
        with pytest.raises(Unreachable, match="no such host"):
            web.get("http://blog.example/")


def test_fake_pages_can_be_text_errors_and_functions() -> None:
    base = "https://blog.example"
    fake = FakeWeb({f"{base}/a": "é", f"{base}/b": TimedOut, f"{base}/c": lambda _: b"c"})
    assert fake.get(f"{base}/a").body == "é".encode()
    assert fake.get(f"{base}/c").body == b"c"
    with pytest.raises(TimedOut):
        fake.get(f"{base}/b")


def test_the_public_face() -> None:
    assert web_module.__all__ == [
        "MAX_BODY",
        "MAX_REDIRECTS",
        "Request",
        "Response",
        "Web",
        "follow",
        "hops",
        "redirected",
    ]
