"""What a target and an endpoint answer, also in part, and what that comes to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pelican_linkback.exceptions import (
    InvalidURL,
    LookupFailed,
    PartialAnswer,
    RedirectLoop,
    Refused,
    TimedOut,
    Unreachable,
    WebError,
)
from pelican_linkback.net.client import Response
from pelican_linkback.protocol import pingback
from pelican_linkback.protocol.mention import Endpoint, Mention, Verdict
from pelican_linkback.sending.deciding.answers import choose, discovery_of
from pelican_linkback.sending.running.exchanges import Web
from tests import spoken
from tests.exchanging import find_endpoints, tell
from tests.fakeweb import FakeWeb, Page, Reply

FAR = "https://far.example.io"
TARGET, WM, XMLRPC = f"{FAR}/page", f"{FAR}/wm", f"{FAR}/xmlrpc"
MENTION = Mention("https://me.example.io/a", TARGET)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
HTML = ("Content-Type", "text/html")
LINK = ("Link", "</wm>; rel=webmention")
PING = ("X-Pingback", XMLRPC)
AFTER = ("Retry-After", "60")
ELEMENT = b'<link rel="webmention" href="/wm">'


def broken(status: int, *headers: tuple[str, str], body: bytes = b"") -> WebError:
    return Unreachable(TARGET, "it broke", PartialAnswer(TARGET, status, headers, body))


def slow(status: int, *headers: tuple[str, str]) -> WebError:
    return TimedOut(TARGET, "slow", PartialAnswer(TARGET, status, headers, b""))


# What a target answers, and the endpoint that is found, or the reason why there is none.
FOUND: dict[str, tuple[Page, str]] = {
    "200 with a header": (Reply(200, [HTML, LINK]), WM),
    "200 with an element": (Reply(200, [HTML], ELEMENT), WM),
    "200 with neither": (Reply(200, [HTML], b"<p>"), "no-endpoint"),
    **{
        f"{status} with a header": (Reply(status, [HTML, LINK], b"log in"), WM)
        for status in (201, 300, 400, 401, 402, 403, 405, 406, 418, 451, 500, 502, 503, 999)
    },
    "401 with a header for pingbacks": (Reply(401, [PING]), "target-401"),
    "500 with both headers": (Reply(500, [PING, LINK]), WM),
    "404 with a header": (Reply(404, [LINK, PING]), "target-404"),
    "410 with a header": (Reply(410, [LINK, PING]), "target-410"),
    "401 with an element": (Reply(401, [HTML], ELEMENT), "target-401"),
    "429 with a header": (Reply(429, [LINK]), WM),
    "429 with a header and a pause": (Reply(429, [LINK, AFTER]), "target-429"),
    "503 with a header and a pause": (Reply(503, [LINK, AFTER]), "target-503"),
    "401 with a pause, which means nothing there": (Reply(401, [LINK, AFTER]), WM),
    "a redirect to nowhere with a header": (Reply(302, [LINK]), WM),
    "a page that broke behind its headers": (broken(200, HTML, LINK), WM),
    "a page that broke behind its element": (broken(200, HTML, body=ELEMENT + b"<p"), WM),
    "a page that broke before anything": (broken(200, HTML, body=b"<p"), "unreachable"),
    "a page of another kind that broke": (broken(200, body=b"{"), "unreachable"),
    "404 that broke": (broken(404, LINK), "target-404"),
    "503 that broke": (broken(503), "target-503"),
    "401 that broke, with a header": (broken(401, LINK), WM),
    "nothing was heard": (Unreachable(TARGET, "it broke"), "unreachable"),
    "too slow": (TimedOut, "timed-out"),
    "too slow, behind its headers": (slow(200, LINK), WM),
    "no name server": (LookupFailed, "lookup-failed"),
    "redirects without end": (RedirectLoop, "redirect-loop"),
    "a private address": (Refused, "address-refused"),
    "no URL": (InvalidURL, "invalid-url"),
    "a page of a megabyte and more": (Reply(200, [HTML], b"<p>" * 400_000), "unread"),
    "such a page with an element": (Reply(200, [HTML], ELEMENT + b"<p>" * 400_000), WM),
    "a document": (Reply(200, [("Content-Type", "application/pdf")], b"%PDF"), "unread"),
    "a document with a header": (Reply(200, [("Content-Type", "image/png"), LINK], b"PNG"), WM),
    "202 without its page": (Reply(202, [HTML], b"<p>Are you human?"), "unread"),
    "202 with an element": (Reply(202, [HTML], ELEMENT), WM),
    "a part of a page": (Reply(206, [HTML], b"<p>"), "unread"),
    "no document": (Reply(204, [("Content-Type", "image/png")]), "no-endpoint"),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "found"), FOUND.values(), ids=FOUND)
def test_where_a_target_takes_mentions(answer: Page, found: str) -> None:
    web = FakeWeb({TARGET: answer})
    where = find_endpoints(web, TARGET, NOW)
    assert (where[0].url if isinstance(where, tuple) else where.reason) == found
    assert web.requests[0].headers["Accept"].startswith("text/html")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (LookupFailed, Verdict.LATER),
        (RedirectLoop, Verdict.LATER),
        (broken(503), Verdict.LATER),
        (broken(404), Verdict.REFUSED),
        (Reply(200, [("Content-Type", "application/pdf")], b"%PDF"), Verdict.NOTHING),
    ],
)
def test_what_becomes_of_it(answer: Page, verdict: Verdict) -> None:
    where = find_endpoints(FakeWeb({TARGET: answer}), TARGET, NOW)
    assert not isinstance(where, tuple)
    assert where.verdict is verdict


UNREAD = {
    "too long": (
        Response(TARGET, 200, (HTML,), b"<p>", truncated=True),
        "its page is longer than 1 MB, and names no endpoint so far",
    ),
    "packed": (
        Response(TARGET, 200, (HTML,), b"", packed="x\x1b"),
        r"its page is packed as x\x1b, which cannot be unpacked here",
    ),
    "no HTML": (
        Response(TARGET, 200, (("Content-Type", "Text/Plain; x"),), b"x"),
        "its page is no HTML (text/plain)",
    ),
}


@pytest.mark.parametrize(("page", "words"), UNREAD.values(), ids=UNREAD)
def test_what_could_not_be_read_is_not_called_a_page_without_endpoints(
    page: Response, words: str
) -> None:
    outcome = choose(discovery_of(page, spoken.SPOKEN, NOW), spoken.SPOKEN)
    assert not isinstance(outcome, tuple)
    assert (outcome.verdict, outcome.reason, outcome.detail) == (Verdict.NOTHING, "unread", words)


# What an endpoint answers to a webmention and to a pingback: the verdict and the reason.
TAKEN = pingback.success("thank you")
ACCEPTED, UNREACHABLE = ("delivered", "accepted"), ("later", "unreachable")
LOOP = ("later", "redirect-loop")
ANSWERS: dict[str, tuple[Page, tuple[str, str], tuple[str, str]]] = {
    "202": (Reply(202, [HTML]), ACCEPTED, ("later", "empty")),
    "202 that broke": (broken(202), ACCEPTED, UNREACHABLE),
    "200 that broke": (broken(200, body=TAKEN[:-9]), ACCEPTED, UNREACHABLE),
    "204 that broke": (broken(204), ACCEPTED, UNREACHABLE),
    "201 that was too slow": (slow(201), ACCEPTED, ("later", "timed-out")),
    "400 that broke": (broken(400), ("refused", "http-400"), ("refused", "http-400")),
    "500 that broke": (broken(500), ("later", "http-500"), ("later", "http-500")),
    "nothing was heard": (Unreachable(WM, "it broke"), UNREACHABLE, UNREACHABLE),
    "no name server": (LookupFailed, ("later", "lookup-failed"), ("later", "lookup-failed")),
    "redirects without end": (RedirectLoop, LOOP, LOOP),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "of_webmention", "of_pingback"), ANSWERS.values(), ids=ANSWERS)
def test_what_an_endpoint_answers(
    answer: Page, of_webmention: tuple[str, str], of_pingback: tuple[str, str]
) -> None:
    web: Web = FakeWeb({WM: answer, XMLRPC: answer})
    for protocol, url, wanted in (
        (spoken.WEBMENTION, WM, of_webmention),
        (spoken.PINGBACK, XMLRPC, of_pingback),
    ):
        outcome = tell(web, MENTION, Endpoint(protocol, url, ""), NOW)
        assert (outcome.verdict.value, outcome.reason) == wanted
        assert (outcome.protocol, outcome.endpoint) == (protocol, url)


def test_a_coding_that_is_none_hides_nothing() -> None:
    """Some servers say ``Content-Encoding: utf-8``."""
    page = Response(TARGET, 200, (HTML,), ELEMENT, packed="utf-8")
    (endpoint,) = choose(discovery_of(page, spoken.SPOKEN, NOW), spoken.SPOKEN)
    assert endpoint.url == WM


def test_a_pause_that_is_asked_for_is_kept_though_the_answer_broke_off() -> None:
    web = FakeWeb({WM: broken(429, AFTER)})
    outcome = tell(web, MENTION, Endpoint(spoken.WEBMENTION, WM, ""), NOW)
    assert (outcome.reason, outcome.retry_after) == ("http-429", 60.0)


def test_the_status_page_of_an_answer_that_broke_off() -> None:
    partial = PartialAnswer(f"{FAR}/moved/wm", 201, (("Location", "status/ü"),), b"")
    web = FakeWeb({WM: Unreachable(partial.url, "it broke", partial)})
    outcome = tell(web, MENTION, Endpoint(spoken.WEBMENTION, WM, ""), NOW)
    assert outcome.status_url == f"{FAR}/moved/status/ü"
