"""The receiver's routes, requests and answers, without a socket."""

from __future__ import annotations

import io
import logging
from ipaddress import ip_network

import pelican.log
import pytest

from pelican_linkback.receiving.server.application import (
    MAX_BODY,
    AnsweredRequest,
    Application,
    Route,
)
from pelican_linkback.receiving.server.http import (
    Fields,
    Refusal,
    Request,
    Response,
    html,
    json_document,
    see_other,
    text,
)
from pelican_linkback.receiving.server.proxies import client_of, network_of
from tests.asking import ask

BASE = "https://blog.example/mentions/"


def echo(request: Request) -> Response:
    return json_document(
        {
            "path": request.path,
            "path_params": dict(request.path_params),
            "client": request.client,
            "body": request.body.decode(),
            "q": request.query.all("q"),
            "type": request.media_type,
        }
    )


def breaks(request: Request) -> Response:
    raise RuntimeError("a bug\nin two lines")


def refuses(request: Request) -> Response:
    raise Refusal(429, "Later.", ("Retry-After", "60"))


def cookies(request: Request) -> Response:
    return see_other(request.url("/admin")).having("Set-Cookie", "a=1").having("Set-Cookie", "b=2")


ROUTES = [
    Route("/webmention", {"POST": echo}, "Send a form."),
    Route("/status/{token}", {"GET": echo}),
    Route("/mentions", {"GET": echo}),
    Route("/both", {"GET": echo, "POST": echo}),
    Route("/breaks", {"GET": breaks}),
    Route("/refuses", {"GET": refuses}),
    Route("/cookies", {"POST": cookies}),
    Route("/unchanged", {"GET": lambda _: Response(status=304)}),
]


@pytest.fixture
def answered() -> list[AnsweredRequest]:
    return []


@pytest.fixture
def app(answered):
    return Application(
        BASE, ROUTES, on_answered=answered.append, monotonic=iter(range(100)).__next__
    )


@pytest.mark.parametrize(
    ("path", "found"),
    [
        pytest.param("/status/abc", "/status/abc", id="a proxy takes the path of the address away"),
        pytest.param("/mentions/status/abc", "/status/abc", id="a proxy leaves it"),
        pytest.param("/mentions", "/mentions", id="a route of the same name, taken away"),
        pytest.param("/mentions/mentions", "/mentions", id="a route of the same name, left"),
        pytest.param("/mentionsstatus/abc", None, id="a longer word"),
        pytest.param("/mentions/../status/abc", None, id="dots"),
        pytest.param("//status/abc", None, id="a doubled slash"),
        pytest.param("/status/", None, id="no word"),
        pytest.param("/status/a/b", None, id="two segments"),
        pytest.param("/status/abc/", None, id="a slash at the end"),
        pytest.param("/", None, id="the root"),
        pytest.param("", None, id="an empty path"),
        pytest.param("/status/\u00e9", "/status/\u00e9", id="UTF-8"),
    ],
)
def test_a_path_is_found_as_it_is_or_not_at_all(app, path, found):
    answer = ask(app, "GET", path)
    assert answer.status == (200 if found else 404)
    if found:
        assert answer.json["path"] == found
    else:
        assert answer.text == "There is nothing at this address.\n"


@pytest.mark.parametrize(
    ("written", "status"),
    [
        pytest.param("/mentions%2Fstatus/abc", 404, id="an escaped slash"),
        pytest.param("/mentions%2fstatus/abc?q=1", 404, id="in lower case"),
        pytest.param("/mentions/st%61tus/abc?q=%2F", 200, id="another escape, and one in a query"),
    ],
)
def test_an_escaped_slash_leads_nowhere(app, written, status):
    environ = {
        "REQUEST_METHOD": "GET",
        "REQUEST_URI": written,
        "PATH_INFO": "/mentions/status/abc",
        "wsgi.input": io.BytesIO(),
    }
    statuses = []
    app(environ, lambda line, headers: statuses.append(int(line[:3])))
    assert statuses == [status]


def test_the_words_of_a_route_are_given_by_their_names(app):
    assert ask(app, "GET", "/status/abc").json["path_params"] == {"token": "abc"}


def test_a_path_that_is_no_utf_8_is_none_of_ours(app):
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/\xff\u2028", "wsgi.input": io.BytesIO()}
    statuses = []
    app(environ, lambda status, headers: statuses.append(status))
    assert statuses == ["404 Not Found"]


@pytest.mark.parametrize(
    ("method", "path", "status", "allow", "body"),
    [
        ("GET", "/webmention", 405, "OPTIONS, POST", "Send a form.\n"),
        ("HEAD", "/webmention", 405, "OPTIONS, POST", ""),
        ("PUT", "/status/a", 405, "GET, HEAD, OPTIONS", "This address takes GET.\n"),
        ("TRACE", "/both", 405, "GET, HEAD, OPTIONS, POST", "This address takes GET or POST.\n"),
        ("OPTIONS", "/both", 204, "GET, HEAD, OPTIONS, POST", ""),
    ],
)
def test_other_methods_get_a_sentence_and_what_is_allowed(app, method, path, status, allow, body):
    answer = ask(app, method, path)
    assert (answer.status, answer.header("Allow"), answer.text) == (status, allow, body)


def test_head_has_the_headers_of_get_and_no_body(app):
    get, head = (ask(app, method, "/status/a") for method in ("GET", "HEAD"))
    assert (head.status, head.headers, head.body) == (200, get.headers, b"")


def test_an_unchanged_answer_has_neither_type_nor_length(app):
    answer = ask(app, "GET", "/unchanged")
    assert (answer.status, answer.header("Content-Type"), answer.body) == (304, None, b"")


def test_every_answer_has_the_headers_of_safety(app):
    for path in ("/status/a", "/nowhere", "/breaks", "/refuses"):
        answer = ask(app, "GET", path)
        assert answer.header("X-Content-Type-Options") == "nosniff"
        assert answer.header("Content-Security-Policy").startswith("default-src 'none'; ")
        assert answer.header("Cache-Control") == "no-store"
        assert answer.header("Referrer-Policy") == "no-referrer"


def test_what_a_handler_raises_costs_its_request_and_one_line(app, caplog, answered):
    answer = ask(app, "GET", "/breaks")
    assert answer.status == 500
    assert "bug" not in answer.text
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert "\n" not in record.getMessage()
    assert answered == [AnsweredRequest("GET", "/breaks", 500, 1)]


def test_a_refusal_is_a_sentence_with_its_headers(app, answered):
    answer = ask(app, "GET", "/refuses")
    assert (answer.status, answer.header("Retry-After"), answer.text) == (429, "60", "Later.\n")
    assert answered == [AnsweredRequest("GET", "/refuses", 429, 1)]


def test_the_log_of_requests_has_nothing_that_a_stranger_named(app, answered):
    ask(app, "GET", "/nowhere/secret")
    app({"REQUEST_METHOD": "EVIL\n", "PATH_INFO": "/x"}, lambda status, headers: None)
    assert answered == [AnsweredRequest("GET", "", 404, 1), AnsweredRequest("other", "", 404, 1)]


def test_an_answer_may_set_several_cookies(app):
    answer = ask(app, "POST", "/cookies")
    assert answer.status == 303
    assert answer.header("Location") == "https://blog.example/mentions/admin"
    assert [value for name, value in answer.headers if name == "Set-Cookie"] == ["a=1", "b=2"]


def test_a_body_is_bounded(app):
    assert ask(app, "POST", "/webmention", body=b"x" * MAX_BODY).status == 200
    answer = ask(app, "POST", "/webmention", body=b"x" * (MAX_BODY + 1))
    assert (answer.status, answer.text) == (413, "It is larger than 16384 bytes.\n")


@pytest.mark.parametrize(
    ("length", "status"),
    [("9" * 5000, 413), ("-1", 400), ("1e3", 400), ("\u0663", 400), ("5", 400), ("4", 200)],
)
def test_a_length_is_a_number_and_the_truth(app, length, status):
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/webmention",
        "CONTENT_LENGTH": length,
        "wsgi.input": io.BytesIO(b"four"),
    }
    statuses = []
    app(environ, lambda line, headers: statuses.append(int(line[:3])))
    assert statuses == [status]


def test_a_query_is_read_and_bounded(app):
    assert ask(app, "GET", "/both?q=%C3%A9&q=").json["q"] == ["\u00e9", ""]
    assert ask(app, "GET", "/both?q=%FF").status == 400
    assert ask(app, "GET", "/both?" + "a=&" * 1001).status == 400
    assert ask(app, "GET", "/both?q=" + "x" * 8192).status == 414


def test_the_path_of_an_address_may_be_escaped():
    app = Application("https://blog.example/r%C3%A9ponses/", ROUTES)
    assert ask(app, "GET", "/r\u00e9ponses/status/a").status == 200


def test_the_path_of_an_address_at_the_root_is_empty():
    app = Application("https://m.example/", ROUTES)
    assert ask(app, "GET", "/status/a").status == 200
    assert ask(app, "GET", "/mentions/status/a").status == 404


# --------------------------------------------------------------------------------- requests


def request(body: bytes = b"", **headers: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("POST", "/x", BASE, headers=named, body=body)


FORM = "application/x-www-form-urlencoded; charset=utf-8"


def test_a_form_may_be_ascii_or_raw_utf_8():
    form = request("a=é&a=%C3%A9&b=".encode(), content_type=FORM).form()
    assert form.all("a") == ["é", "é"]
    assert (form.get("b"), form.get("c"), "b" in form, "c" in form) == ("", "", True, False)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"a=1", "", 415),
        (b"a=1", "multipart/form-data; boundary=x", 415),
        (b"a=1", "application/json", 415),
        (b"\xff=1", FORM, 400),
        (b"a=%ff", FORM, 400),
        (b"a=1&" * 1001, FORM, 400),
    ],
)
def test_what_is_no_form_is_refused(body, content_type, status):
    with pytest.raises(Refusal) as refusal:
        request(body, content_type=content_type).form()
    assert refusal.value.status == status


@pytest.mark.parametrize(
    ("accept", "preferred"),
    [
        ("", "text/html"),
        ("*/*", "text/html"),
        ("application/json", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("text/html;q=0.5, application/json", "application/json"),
        ("application/*, */*;q=0.1", "application/json"),
        ("text/html;q=nonsense, application/json;q=0.1", "application/json"),
        ("image/png", "text/html"),
        ("Application/JSON ; charset=utf-8", "application/json"),
    ],
)
def test_the_media_type_is_that_which_is_wanted_most(accept, preferred):
    assert request(accept=accept).preferred("text/html", "application/json") == preferred


def test_a_cookie_is_found_by_its_name():
    asked = request(cookie="a=1; session=x-y_z; b")
    assert (asked.cookie("session"), asked.cookie("none")) == ("x-y_z", "")
    assert request().cookie("a") == ""


def test_odd_cookies_of_other_programs_hide_none():
    assert request(cookie='[x]=";{é}; =; expires; session=1').cookie("session") == "1"


def test_urls_come_from_the_settings_and_not_from_the_request():
    asked = request(host="evil.example")
    assert asked.url("/status/x") == "https://blog.example/mentions/status/x"
    assert asked.origin == "https://blog.example"


# ---------------------------------------------------------------------------------- answers


def test_an_answer_is_text_html_or_json():
    assert text("é", 400) == Response("é\n".encode(), 400)
    assert html("<p>é").media_type == "text/html; charset=utf-8"
    assert json_document({"a": "é"}, 201).body == '{"a": "é"}\n'.encode()
    assert html("\ud800").body == b"?"


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: x=1", "a\nb", "\u00e9", "a\0"])
def test_no_header_is_two(value):
    with pytest.raises(ValueError, match="Location"):
        Response().having("Location", value)


def test_fields_are_empty_without_a_form():
    assert Fields.read(b"").all("a") == ()


# ---------------------------------------------------------------------------------- clients

PROXIES = [ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), ip_network("::1")]


@pytest.mark.parametrize(
    ("nearest", "forwarded", "client"),
    [
        pytest.param("203.0.113.9", None, "203.0.113.9", id="no proxy"),
        pytest.param("203.0.113.9", "198.51.100.1", "203.0.113.9", id="who is no proxy of ours"),
        pytest.param("127.0.0.1", "198.51.100.1", "198.51.100.1", id="a proxy of ours"),
        pytest.param("127.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1", id="a forged begin"),
        pytest.param("127.0.0.1", "198.51.100.1, 10.1.2.3", "198.51.100.1", id="two proxies"),
        pytest.param("127.0.0.1", "10.9.9.9,10.1.2.3", "10.9.9.9", id="only proxies"),
        pytest.param("127.0.0.1", "", "127.0.0.1", id="an empty header"),
        pytest.param("127.0.0.1", "1.1.1.1, nonsense", "127.0.0.1", id="a word that is none"),
        pytest.param("127.0.0.1", "198.51.100.1:4711", "198.51.100.1", id="with a port"),
        pytest.param("::1", "[2001:db8::1]:4711", "2001:db8::1", id="IPv6 with a port"),
        pytest.param("::1", "2001:db8::1", "2001:db8::1", id="IPv6"),
        pytest.param("::ffff:203.0.113.9", None, "203.0.113.9", id="IPv4 in IPv6"),
        pytest.param("fe80::1%eth0", None, "fe80::1", id="with a zone"),
        pytest.param("localhost", "198.51.100.1", "198.51.100.1", id="a socket of this machine"),
        pytest.param("", None, "127.0.0.1", id="nobody says"),
    ],
)
def test_the_client_is_who_the_last_trusted_proxy_saw(nearest, forwarded, client):
    environ = {"REMOTE_ADDR": nearest}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    assert client_of(environ, PROXIES) == client


@pytest.mark.parametrize(
    ("client", "forwarded", "warns"),
    [
        ("192.168.1.1", "198.51.100.1", 1),
        ("", "198.51.100.1", 1),
        ("127.0.0.1", "198.51.100.1", 0),
        ("192.168.1.1", None, 0),
        ("8.8.8.8", "198.51.100.1", 0),
    ],
)
def test_there_is_one_warning_of_a_proxy_that_is_not_trusted(client, forwarded, warns, caplog):
    pelican.log.LimitFilter._raised_messages.clear()  # it shows no message twice
    app = Application(BASE, ROUTES, trusted=[ip_network("127.0.0.1")] if client else ())
    headers = {"x_forwarded_for": forwarded} if forwarded else {}
    for _ in range(2):
        assert ask(app, "GET", "/status/a", client=client, **headers).status == 200
    assert len(caplog.records) == warns


def test_clients_of_one_network_share_its_limit():
    assert network_of("203.0.113.9") == "203.0.113.0/24"
    assert network_of("2001:db8:1:2::3") == "2001:db8:1::/48"
