"""Webmention messages: what is sent, what any reply means, what a receiver would accept."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.exceptions import ProtocolError
from pelican_linkback.protocol.answer import Answer
from pelican_linkback.protocol.mention import Mention, Outcome, Verdict
from pelican_linkback.protocol.webmention import Webmention, read_request

SOURCE = "https://blog.example/post"
TARGET = "https://example.org/ä?b=1&c=2+3%20#d"
TEXT = ("Content-Type", "text/plain; charset=utf-8")

DELIVERED, REFUSED, LATER = Verdict.DELIVERED, Verdict.REFUSED, Verdict.LATER

SPOKEN = Webmention()


def request(mention: Mention) -> bytes:
    return SPOKEN.request(mention).body


def answer(status: int, headers: list[tuple[str, str]], body: bytes) -> Answer:
    return Answer(TARGET, status, headers, body, datetime(2024, 5, 1, 12, 0, tzinfo=UTC))


def test_a_request_is_a_form_of_source_and_target() -> None:  # WS-7
    form = request(Mention(SOURCE, TARGET))
    assert parse_qsl(form.decode("ascii")) == [("source", SOURCE), ("target", TARGET)]


letters = st.characters(
    exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"], exclude_characters='<>"\\'
)


@given(st.text(letters), st.text(letters))
def test_a_request_is_read_as_it_was_written(one: str, other: str) -> None:
    mention = Mention(f"https://blog.example/{one}", f"https://example.org/{other}")
    assert read_request(request(mention)) == mention


def test_a_form_in_raw_utf_8_is_read() -> None:
    body = f"source={SOURCE}&target=https://example.org/ä".encode()
    assert read_request(body) == Mention(SOURCE, "https://example.org/ä")


def test_other_fields_are_passed_over() -> None:
    body = b"vouch=x&" + request(Mention(SOURCE, TARGET)) + b"&realm=%C3%A4"
    assert read_request(body) == Mention(SOURCE, TARGET)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param(b"", "one source and one target", id="nothing"),
        pytest.param(b"source=https://a.org/", "one source and one target", id="no target"),
        pytest.param(b"source=&target=https://a.org/", "one source and one target", id="empty"),
        pytest.param(
            b"source=https://a.org/&target=https://b.org/&target=https://c.org/",
            "one source and one target",
            id="two targets",
        ),
        pytest.param(b"source=a&target=https://b.org/", "not absolute", id="relative"),
        pytest.param(b"source=file:///x&target=https://b.org/", "scheme is file", id="scheme"),
        pytest.param(b"source=https://a.org/&target=https://a.org/", "the same", id="of itself"),
        pytest.param(b"source=https://a.org/%0d%0aX:&target=x", "control character", id="control"),
        pytest.param(b"source=\xff", "cannot be read", id="not UTF-8, raw"),
        pytest.param(b"source=%ff", "cannot be read", id="not UTF-8"),
        pytest.param(b"a=1&" * 500_000, "cannot be read", id="500,000 fields"),
        pytest.param(b"<methodCall>", "one source and one target", id="XML"),
    ],
)
def test_any_other_request_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(ProtocolError, match=why):
        read_request(body)


@given(st.binary())
def test_any_bytes_are_a_request_or_refused(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_request(body)


@pytest.mark.parametrize(
    ("status", "headers", "body", "outcome"),
    [
        pytest.param(200, [], b"", Outcome(DELIVERED, "accepted"), id="WS-8 200"),
        pytest.param(
            202, [TEXT], b" Queued\n", Outcome(DELIVERED, "accepted", "Queued"), id="WS-8 202"
        ),
        pytest.param(204, [], b"", Outcome(DELIVERED, "accepted"), id="WS-8 204"),
        pytest.param(
            201,
            [("location", "https://x.org/status/1")],
            b"",
            Outcome(DELIVERED, "accepted", status_url="https://x.org/status/1"),
            id="WS-8 201 with a status URL",
        ),
        pytest.param(
            201,
            [("Location", "status/1?a=b")],
            b"",
            Outcome(DELIVERED, "accepted", status_url="status/1?a=b"),
            id="WS-8 201, relative",
        ),
        pytest.param(201, [], b"", Outcome(DELIVERED, "accepted"), id="WS-8 201 without"),
        pytest.param(
            201, [("Location", "")], b"", Outcome(DELIVERED, "accepted"), id="WS-8 201, empty"
        ),
        pytest.param(
            201,
            [("Location", "javascript:alert(1)")],
            b"",
            Outcome(DELIVERED, "accepted"),
            id="WS-8 201 with what is no URL to fetch",
        ),
        pytest.param(
            201,
            [("Location", "http://[bad")],
            b"",
            Outcome(DELIVERED, "accepted"),
            id="WS-8 201 with what is no URL",
        ),
        pytest.param(
            200,
            [("Location", "/x")],
            b"",
            Outcome(DELIVERED, "accepted"),
            id="200 has no status URL",
        ),
        pytest.param(
            400,
            [("Content-Type", "application/json")],
            b'{"error": "no_link_found"}',
            Outcome(REFUSED, "http-400", 'the endpoint answers 400: {"error": "no_link_found"}'),
            id="400 with its reason",
        ),
        pytest.param(
            400,
            [("Content-Type", "text/html")],
            b"<html>",
            Outcome(REFUSED, "http-400", "the endpoint answers 400"),
            id="400 with a page",
        ),
        pytest.param(
            404,
            [TEXT],
            b"\x1b[2J" + b"x" * 1_000_000,
            Outcome(REFUSED, "http-404", f"the endpoint answers 404: \\x1b[2J{'x' * 166}…"),
            id="404 with too many words",
        ),
        pytest.param(
            302,
            [("Location", "/thanks")],
            b"",
            Outcome(REFUSED, "http-302", "the endpoint redirects (302) to /thanks"),
            id="a redirect that would lose the form",
        ),
        pytest.param(
            408, [], b"", Outcome(LATER, "http-408", "the endpoint answers 408"), id="408"
        ),
        pytest.param(
            425, [], b"", Outcome(LATER, "http-425", "the endpoint answers 425"), id="425"
        ),
        pytest.param(
            429,
            [("Retry-After", "60")],
            b"",
            Outcome(LATER, "http-429", "the endpoint answers 429", retry_after=60.0),
            id="429 in seconds",
        ),
        pytest.param(
            503,
            [("Retry-After", "Wed, 01 May 2024 12:00:30 GMT")],
            b"",
            Outcome(LATER, "http-503", "the endpoint answers 503", retry_after=30.0),
            id="503 with a date",
        ),
        pytest.param(
            500, [], b"", Outcome(LATER, "http-500", "the endpoint answers 500"), id="500"
        ),
    ],
)
def test_a_reply_has_a_named_outcome(
    status: int, headers: list[tuple[str, str]], body: bytes, outcome: Outcome
) -> None:
    assert SPOKEN.read(answer(status, headers, body)) == outcome


@given(st.integers(100, 599), st.text(), st.text(), st.binary())
def test_any_reply_has_an_outcome(status: int, kind: str, location: str, body: bytes) -> None:
    headers = [("Content-Type", f"text/plain;charset={kind}"), ("Location", location)]
    outcome = SPOKEN.read(answer(status, headers, body))
    assert outcome.reason
    assert outcome.detail.isprintable()
    assert len(outcome.detail) <= 200


JSON = (("Content-Type", "application/json"),)


@pytest.mark.parametrize(
    ("word", "verdict", "reason"),
    [
        *((word, Verdict.LATER, f"status-{word}") for word in ("received", "waiting", "held")),
        ("In progress", Verdict.LATER, "status-in_progress"),
        ("in-progress", Verdict.LATER, "status-in_progress"),
        *((word, Verdict.DELIVERED, f"status-{word}") for word in ("done", "processed", "valid")),
        ("sent to the moon", Verdict.DELIVERED, "status-200"),
        *(
            (word, Verdict.REFUSED, "status-refused")
            for word in ("failed", "error", "Rejected", "invalid source", "target_not_found")
        ),
        *(
            (word, Verdict.REFUSED, "status-refused")
            for word in ("denied", "no link", "spam", "timeout", "timed-out", "too_many_redirects")
        ),
    ],
)
def test_only_a_word_that_says_no_is_a_refusal(word: str, verdict: Verdict, reason: str) -> None:
    for kind in ("application/json", "application/problem+json"):
        body = f'{{"status": "{word}"}}'.encode()
        outcome = SPOKEN.read_status(answer(200, [("Content-Type", kind)], body))
        assert (outcome.verdict, outcome.reason) == (verdict, reason)


@pytest.mark.parametrize(
    ("status", "headers", "body", "verdict", "reason"),
    [
        pytest.param(200, JSON, b'{"status": "queued"}', Verdict.LATER, "status-queued", id="wait"),
        pytest.param(202, (), b"", Verdict.LATER, "status-202", id="202: wait"),
        pytest.param(503, (), b"", Verdict.LATER, "status-503", id="down"),
        pytest.param(429, (), b"", Verdict.LATER, "status-429", id="too often"),
        pytest.param(
            200, JSON, b'{"status": "Success"}', Verdict.DELIVERED, "status-success", id="taken"
        ),
        pytest.param(
            200, JSON, b'{"status": "deleted"}', Verdict.DELIVERED, "status-deleted", id="deleted"
        ),
        pytest.param(
            200,
            JSON,
            b'{"status": "no_link_found", "summary": "No."}',
            Verdict.REFUSED,
            "status-refused",
            id="refused",
        ),
        pytest.param(200, (), b"<p>Thanks", Verdict.DELIVERED, "status-200", id="for people"),
        pytest.param(200, JSON, b"{", Verdict.DELIVERED, "status-200", id="no JSON"),
        pytest.param(200, JSON, b'["status"]', Verdict.DELIVERED, "status-200", id="a list"),
        pytest.param(200, JSON, b'{"status": 1}', Verdict.DELIVERED, "status-200", id="a number"),
        pytest.param(404, (), b"", Verdict.DELIVERED, "status-404", id="forgotten"),
        pytest.param(
            404, JSON, b'{"status": "failed"}', Verdict.DELIVERED, "status-404", id="an error"
        ),
    ],
)
def test_what_a_status_page_says(status, headers, body, verdict, reason) -> None:
    outcome = SPOKEN.read_status(answer(status, headers, body))
    assert (outcome.verdict, outcome.reason) == (verdict, reason)
    assert (verdict is Verdict.REFUSED) == ("no_link_found" in outcome.detail)
