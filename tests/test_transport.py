"""What goes over the wire, heard by plain sockets: words, headers, TLS."""

from __future__ import annotations

import logging
import socket
import ssl
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

from pelican_linkback.exceptions import Refused, TimedOut, Unreachable
from pelican_linkback.net import transport
from pelican_linkback.text.urls import is_fetchable
from tests.fakeweb import Reply, Request
from tests.raw_servers import (
    OK,
    SOON,
    a_web,
    drips,
    ends_soon,
    http_server,
    says,
    server,
    tls_server,
)

LONG = b"X-Long: " + b"a" * 30_000 + b"\r\n"

# --- what is sent ----------------------------------------------------------------------------


def test_nothing_of_the_author_goes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("default login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    log: list[Request] = []
    site = {
        "/": Reply(302, [("Set-Cookie", "id=1"), ("Location", "/2")]),
        "/2": Reply(200, [("Set-Cookie", "id=2")]),
    }
    with http_server(site, log) as base, a_web() as web:
        web.get(f"{base}/")
        web.get(f"{base}/2")
    assert len(log) == 3
    for request in log:
        assert set(request.headers) == {
            *("Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"),
        }


URLS = st.builds(
    "http://example.org{}{}".format,
    st.just("") | st.text().map("/{}".format),
    st.from_regex(r"(?:[/?#%a-z:]|%C3|\u00e9){0,12}", fullmatch=True),
).filter(is_fetchable)
FIELDS = st.dictionaries(
    st.sampled_from(["Accept", "Content-Type", "Host", "If-None-Match"]),
    st.text(st.characters(max_codepoint=300), max_size=9),
)


@settings(max_examples=300)
@given(URLS, FIELDS, st.none() | st.binary(max_size=9))
def test_a_request_is_that_of_requests(
    url: str, headers: dict[str, str], body: bytes | None
) -> None:
    """Which is prepared from nothing for each, in four times the time."""
    method = "GET" if body is None else "POST"
    prepared = requests.PreparedRequest()
    prepared.method, prepared.url = method, quote(url, safe="%/:?#[]@!$&'()*+,;=~")
    try:
        prepared.prepare_headers(headers)
        if body is not None:
            prepared.prepare_body(body, None)
        lines = [f"{method} {prepared.path_url} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in prepared.headers.items()]
        expected = "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")
    except ValueError:
        with pytest.raises(OSError, match="a header cannot be sent"):
            transport.request(method, url, body, headers)
        return
    assert transport.request(method, url, body, headers) == expected


def test_a_name_with_an_umlaut_and_a_path_with_one() -> None:
    asked: list[str] = []

    def resolver(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with server(says(OK + b"\r\n")) as (base, heard):
        port = base.rpartition(":")[2]
        url = f"http://Bücher.example.:{port}/ä%20b?q=ö&r=%2F#ü"
        assert a_web(resolver=resolver).get(url).url == url
    assert asked == ["xn--bcher-kva.example"]
    assert heard[0].startswith(b"GET /%C3%A4%20b?q=%C3%B6&r=%2F HTTP/1.1\r\n")
    assert f"\r\nHost: xn--bcher-kva.example:{port}\r\n".encode() in heard[0]


@pytest.mark.parametrize(
    "path",
    ["/~a/%7Eb", "/a%2fb", "/100%/a%20b?x=100%&y=%C3%A9", "/a/./b/../c", "//a//b"],
)
def test_a_path_is_asked_for_as_it_is_written(path: str) -> None:
    with server(says(OK + b"\r\n")) as (base, heard):
        a_web().get(base + path)
    assert heard[0].startswith(f"GET {path} HTTP/1.1\r\n".encode())


@pytest.mark.parametrize(
    ("location", "line"),
    [
        ("/é".encode(), b"GET /%C3%A9 "),
        ("/é".encode("latin-1"), b"GET /%E9 "),
        (b"  /a b  ", b"GET /a%20b "),
        (b"/\xff\xc3\xa9", b"GET /%FF%C3%A9 "),
        (b"?x#y", b"GET /?x "),
    ],
)
def test_odd_bytes_in_a_location(location: bytes, line: bytes) -> None:
    def script(client: socket.socket) -> None:
        first = len(heard) == 1
        client.sendall(b"HTTP/1.1 302 Found\r\nLocation: " + location if first else OK)
        client.sendall(b"\r\n\r\n")

    with server(script) as (base, heard):
        assert a_web().get(f"{base}/").status == 200
    assert heard[1].startswith(line)


@pytest.mark.parametrize("value", ["a\nb", "a\r\nHost: evil.example", "\u20ac"])
def test_a_header_that_cannot_be_sent_is_not(value: str) -> None:
    """The validators of a target's page are read from a file that anybody may have edited."""
    with server(says(OK + b"\r\n")) as (base, heard), pytest.raises(Unreachable):
        a_web().get(f"{base}/", {"If-None-Match": value})
    assert not any(b"HTTP" in words for words in heard)


# --- what is heard ---------------------------------------------------------------------------


def test_a_location_with_a_control_character_is_refused() -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: /\x1b[31m\r\n\r\n"
    with server(says(answer)) as (base, _), pytest.raises(Refused) as caught:
        a_web().get(f"{base}/")
    assert str(caught.value).isprintable()


def test_a_folded_header_is_one_line() -> None:
    with server(says(OK + b"Link: </a>;\r\n  rel=x\r\n\r\n")) as (base, _):
        assert ("Link", "</a>; rel=x") in a_web().get(f"{base}/").headers


def test_lines_that_are_no_headers_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    answer = OK + b"X-A: b\r\n\x1b[31mno header\r\nX-C: d\r\n\r\nbody"
    with caplog.at_level(logging.WARNING), server(says(answer)) as (base, _):
        assert ("X-A", "b") in a_web().get(f"{base}/").headers
    assert caplog.records == []


def test_the_body_of_a_redirect_is_not_read() -> None:
    def script(client: socket.socket) -> None:
        if len(heard) == 1:
            drips(b"HTTP/1.1 302 Found\r\nLocation: /2\r\n\r\n", b"x")(client)
        client.sendall(OK + b"\r\nhere")

    with server(script) as (base, heard), ends_soon():
        assert a_web().get(f"{base}/").body == b"here"


@pytest.mark.parametrize("name", ["Set-Cookie", "Set-Cookie2"])
def test_cookies_are_not_even_read(name: str) -> None:
    """Python's cookie jar takes a quarter of a second for each of the long ones."""
    long = f"{name}: {'a;' * 32000}\r\n".encode() * 3
    with server(says(OK + b"Set-Cookie: a=b\r\n" + long + b"\r\n")) as (base, _), ends_soon():
        assert a_web().get(f"{base}/").headers == ()


@pytest.mark.parametrize("interim", [b"", b"HTTP/1.1 100 Continue\r\n" + LONG * 5 + b"\r\n"])
def test_headers_are_bounded_as_a_whole(interim: bytes) -> None:
    some, more = (interim + OK + LONG * n + b"\r\n" for n in (3, 9))
    with server(says(some)) as (base, _):
        assert a_web().get(f"{base}/").status == 200
    with server(says(more)) as (base, _), pytest.raises(Unreachable, match="too long"):
        a_web().get(f"{base}/")


@pytest.mark.parametrize("answer", [b"HTTP/1.1 204 No Content\r\n\r\n", OK + b"\r\n"])
def test_an_answer_without_a_body(answer: bytes) -> None:
    with server(says(answer)) as (base, _):
        assert a_web().get(f"{base}/").body == b""


# --- TLS -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_the_name_is_what_the_certificate_is_checked_for(authority: trustme.CA) -> None:
    with tls_server(authority, "blog.example") as (url, asked):
        web = a_web(tls=trusting(authority), resolver=lambda _: ["127.0.0.1"])
        assert web.get(url).body == b"secret page"
    assert asked == ["blog.example"]


def test_an_answer_over_tls_ends_in_time(authority: trustme.CA) -> None:
    """Whoever is reading when the socket is shut down does not go on without TLS."""
    dripping = tls_server(authority, "blog.example", drips(OK + b"\r\n", b"secret"))
    web = a_web(SOON, tls=trusting(authority), resolver=lambda _: ["127.0.0.1"])
    with dripping as (url, _), ends_soon(), pytest.raises(TimedOut) as told:
        web.get(url)
    assert told.value.partial is not None
    assert set(told.value.partial.body) <= set(b"secret")


def test_another_name_in_the_certificate_is_unreachable(authority: trustme.CA) -> None:
    with tls_server(authority, "other.example") as (url, _), pytest.raises(Unreachable) as told:
        a_web(tls=trusting(authority), resolver=lambda _: ["127.0.0.1"]).get(url)
    assert "its certificate is not valid: Hostname mismatch" in told.value.reason


def test_an_unknown_authority_is_unreachable(authority: trustme.CA) -> None:
    with tls_server(authority, "blog.example") as (url, _), pytest.raises(Unreachable) as told:
        a_web(resolver=lambda _: ["127.0.0.1"]).get(url)
    assert "its certificate is not valid" in told.value.reason


def test_plain_text_where_tls_is_wanted_is_unreachable() -> None:
    with server(says(OK + b"\r\n")) as (base, _), pytest.raises(Unreachable, match="no TLS"):
        a_web().get(base.replace("http:", "https:") + "/")
