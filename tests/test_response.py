"""What both protocols read from a response: fields, types, and what a status means."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.protocol.mention import Outcome, Verdict
from pelican_linkback.protocol.response import (
    LONGEST_PAUSE,
    charset,
    failure,
    fields,
    is_html,
    media_type,
    pause,
)

NOW = datetime(2024, 5, 1, 12, 0, 0, tzinfo=UTC)


def test_fields_keep_their_order_and_know_no_case() -> None:
    headers = [("Link", " a "), ("X", "b"), ("LINK", "c")]
    assert list(fields(headers, "link")) == ["a", "c"]


@pytest.mark.parametrize(
    ("value", "kind", "encoding", "html"),
    [
        ("text/html", "text/html", None, True),
        ("Text/HTML; Charset=UTF-8", "text/html", "UTF-8", True),
        ('text/html; x=y; charset="latin-1"', "text/html", "latin-1", True),
        ("application/xhtml+xml", "application/xhtml+xml", None, True),
        ("application/pdf", "application/pdf", None, False),
        ("", "", None, True),
        (";charset=", "", None, True),
        ("text/html, text/html", "text/html", None, True),
        ("text/html; charset=latin-1, text/html", "text/html", "latin-1", True),
        ("application/pdf, text/html", "application/pdf", None, False),
    ],
)
def test_content_type(value: str, kind: str, encoding: str | None, html: bool) -> None:
    headers = [("content-type", value)]
    assert (media_type(headers), charset(headers), is_html(headers)) == (kind, encoding, html)


def test_a_long_content_type_takes_no_time() -> None:
    begun = time.process_time()
    assert charset([("Content-Type", f"text/html; charset={' ' * 100_000};x")]) is None
    assert time.process_time() - begun < 1


def test_no_content_type() -> None:
    assert (media_type([]), charset([]), is_html([])) == ("", None, True)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_2xx_is_no_failure(status: int) -> None:
    assert failure(status, []) is None


@pytest.mark.parametrize(
    ("verdict", "statuses"),
    [
        (Verdict.LATER, [408, 421, 423, 425, 429, 500, 502, 503, 504, 520, 599, 600, 999]),
        (Verdict.REFUSED, [100, 301, 302, 303, 304, 307, 308]),
        (Verdict.REFUSED, [400, 401, 403, 404, 405, 406, 410, 415, 418, 422, 451]),
    ],
)
def test_a_status_has_a_verdict(verdict: Verdict, statuses: list[int]) -> None:
    for status in statuses:
        outcome = failure(status, [("Retry-After", "soon")])
        assert outcome is not None
        assert (outcome.verdict, outcome.reason) == (verdict, f"http-{status}")
        assert str(status) in outcome.detail


@pytest.mark.parametrize(
    ("verdict", "statuses"),
    [
        (Verdict.LATER, [400, 403, 409, 413, 418, 429, 500, 503, 600]),
        (Verdict.REFUSED, [301, 302, 304, 308, 404, 410]),
    ],
)
def test_who_says_when_to_come_back_has_not_refused(verdict: Verdict, statuses: list[int]) -> None:
    for status in statuses:
        outcome = failure(status, [("Retry-After", "7")])
        assert outcome is not None
        assert (outcome.verdict, outcome.reason) == (verdict, f"http-{status}")
        assert outcome.retry_after == (7.0 if verdict is Verdict.LATER else None)


def test_a_redirect_says_where_to_in_harmless_words() -> None:
    outcome = failure(301, [("Location", "https://example.org/\x1b[2J" + "x" * 999)])
    assert outcome is not None
    assert "redirects (301) to https://example.org/\\x1b[2J" in outcome.detail
    assert len(outcome.detail) == 200


def test_a_redirect_to_nowhere() -> None:
    assert failure(302, []) == Outcome(
        Verdict.REFUSED, "http-302", "the endpoint redirects (302) to nowhere"
    )


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Wed, 01 May 2024 12:01:30 GMT", 90.0),
        ("Wed, 01 May 2024 14:01:30 +0200", 90.0),
        ("Wed, 01 May 2024 12:01:30 -0000", 90.0),
        ("Wednesday, 01-May-24 12:01:30 GMT", 90.0),
        ("Wed, 01 May 2024 11:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", 1.5),
        ("999999999999999", LONGEST_PAUSE),
        ("9" * 64, LONGEST_PAUSE),
        ("120s", 120.0),
        ("120 Seconds", 120.0),
        ("120, 120", 120.0),
        ('"120"', 120.0),
        ("120 minutes", None),
        ("1e3", None),
        ("Wed May  1 12:01:30 2024", 90.0),
        ("1 May 2024 12:01:30 GMT", 90.0),
        ("2024-05-01T12:01:30Z", 90.0),
        ("2024-05-01 12:01:30", 90.0),
        ("2024-05-01T14:01:30+02:00", 90.0),
        ("1714564890", 90.0),
        ("1714564799", LONGEST_PAUSE),
        ("1000000000", LONGEST_PAUSE),
        ("1715169601", LONGEST_PAUSE),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_PAUSE),
        ("٣", None),
        ("9" * 5000, None),
        ("Wed, 99 May 2024 12:01:30 GMT", None),
        ("Wed, 01 May 2024 12:01:30 +9999999999999999999", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    outcome = failure(500, [("Retry-After", value)], NOW)
    assert outcome is not None
    assert outcome.retry_after == seconds


@pytest.mark.parametrize(
    ("values", "seconds"),
    [(["", "7"], 7.0), (["soon", "7"], 7.0), (["7", "9"], 7.0), (["soon", ""], None)],
)
def test_the_first_retry_after_that_can_be_read(values: list[str], seconds: float | None) -> None:
    outcome = failure(500, [("Retry-After", value) for value in values], NOW)
    assert outcome is not None
    assert outcome.retry_after == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("Wed, 01 May 2024 12:01:30 GMT", None), ("1714564890", LONGEST_PAUSE)],
)
def test_a_date_needs_a_clock(value: str, seconds: float | None) -> None:
    outcome = failure(500, [("Retry-After", value)])
    assert outcome is not None
    assert outcome.retry_after == seconds


@given(st.text())
def test_any_retry_after_is_read(value: str) -> None:
    outcome = failure(500, [("Retry-After", value)], NOW)
    assert outcome is not None
    assert outcome.retry_after is None or outcome.retry_after >= 0


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        pytest.param(429, [("Retry-After", "7")], 7, id="429 says for how long"),
        pytest.param(429, [], 20, id="429 does not"),
        pytest.param(503, [("Retry-After", "soon")], 60, id="503 says it in words"),
        pytest.param(429, [("Retry-After", "0")], 20, id="429 that wants to be asked at once"),
        pytest.param(
            503,
            [("Retry-After", "Wed, 01 May 2024 11:59:30 GMT")],
            60,
            id="503 of a server whose clock is behind",
        ),
        pytest.param(500, [("Retry-After", "0")], 0, id="500 that wants to be asked at once"),
        pytest.param(500, [], None, id="500"),
        pytest.param(500, [("Retry-After", "7")], 7, id="500 that asks for it"),
        pytest.param(403, [("Retry-After", "7")], 7, id="403 that asks for it"),
        pytest.param(200, [("Retry-After", "7")], 7, id="200 that asks for it"),
        pytest.param(200, [], None, id="200"),
    ],
)
def test_a_server_asks_to_be_left_alone(
    status: int, headers: list[tuple[str, str]], seconds: float | None
) -> None:
    assert pause(status, headers, NOW) == seconds
