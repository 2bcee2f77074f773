"""What an answer says of its host: a table, and what a run makes of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pelican_linkback.exceptions import (
    InvalidURL,
    LookupFailed,
    PartialAnswer,
    Refused,
    TimedOut,
    Unreachable,
    WebError,
)
from pelican_linkback.net.client import Response
from pelican_linkback.protocol.mention import Outcome, Verdict
from pelican_linkback.sending.deciding.hosts import Host, Trouble, trouble_of
from pelican_linkback.text.urls import site_key

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://far.example/a"
SOON = ("Retry-After", "7")


def answer(status: int, *headers: tuple[str, str]) -> Response:
    return Response(URL, status, headers, b"")


def later(retry_after: float | None = None) -> Outcome:
    return Outcome(Verdict.LATER, "x", retry_after=retry_after)


@pytest.mark.parametrize(
    ("said", "outcome", "trouble"),
    [
        pytest.param(answer(200), None, None, id="well"),
        pytest.param(answer(404), None, None, id="not there"),
        pytest.param(answer(301), None, None, id="redirect"),
        pytest.param(answer(500), None, Trouble(), id="unwell"),
        pytest.param(answer(429), None, Trouble(20), id="too often"),
        pytest.param(answer(503), None, Trouble(60), id="out of service"),
        pytest.param(answer(429, SOON), None, Trouble(7), id="too often, says when"),
        pytest.param(answer(200, SOON), None, Trouble(7), id="well, but wants a pause"),
        pytest.param(answer(301, SOON), None, Trouble(7), id="redirects, and wants a pause"),
        pytest.param(answer(403, SOON), None, Trouble(7), id="refuses, and wants a pause"),
        pytest.param(answer(429, ("Retry-After", "0")), None, Trouble(20), id="at once, too often"),
        pytest.param(
            answer(503, ("Retry-After", "Sun, 01 Mar 2026 12:01:00 GMT")),
            None,
            Trouble(60),
            id="a date",
        ),
        pytest.param(TimedOut(URL, ""), None, Trouble(timeouts=1), id="timed out"),
        pytest.param(TimedOut(URL, ""), later(), Trouble(timeouts=1), id="timed out at a POST"),
        pytest.param(Unreachable(URL, ""), None, Trouble(), id="broke off"),
        pytest.param(
            Unreachable(URL, "", PartialAnswer(URL, 429, (SOON,), b"")),
            None,
            Trouble(7),
            id="and asked",
        ),
        pytest.param(LookupFailed(URL, ""), None, Trouble(timeouts=1), id="no name server"),
        pytest.param(Refused(URL, ""), None, None, id="not to be reached"),
        pytest.param(InvalidURL(URL, ""), None, None, id="no URL"),
        pytest.param(answer(200), later(), Trouble(), id="an error page"),
        pytest.param(answer(200), later(20), Trouble(20), id="fault 429"),
        pytest.param(answer(200, SOON), later(), Trouble(7), id="an error page wants a pause"),
        pytest.param(answer(200), Outcome(Verdict.REFUSED, "x"), None, id="a refusal"),
        pytest.param(answer(202), Outcome(Verdict.DELIVERED, "x"), None, id="taken"),
    ],
)
def test_trouble(
    said: Response | WebError, outcome: Outcome | None, trouble: Trouble | None
) -> None:
    assert trouble_of(said, NOON, outcome) == trouble


def test_what_a_host_gets_after_trouble() -> None:
    host: Host[str] = Host("a", 4)
    host.queue.append("task")
    host.busy = 2
    assert not host.can_start  # before it has answered, so many may time out and no more
    host.note(None, 100)
    assert host.can_start
    host.busy = 1
    host.note(Trouble(), 100)
    assert (host.width, host.paused_until, host.can_start) == (1, None, False)
    host.busy = 0
    host.note(Trouble(20), 100)
    host.note(Trouble(7), 101)
    assert (host.paused_until, host.can_start) == (120, True)
    host.note(Trouble(timeouts=1), 102)
    assert not host.is_closed
    host.note(Trouble(timeouts=1), 103)
    assert (host.is_closed, host.can_start) == (True, False)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Far.example/a", "far.example"),
        ("http://far.example:8080/a", "far.example:8080"),
        ("gopher://far.example/", ""),
    ],
)
def test_the_host_of_a_url(url: str, host: str) -> None:
    assert site_key(url) == host


@pytest.mark.parametrize(
    ("tasks", "each", "rounds"),
    [("abc", 2, 3), ("abcde", 2, 5), ("abc", 3, 5), ("abcd", 2, 4), ("a", 2, 2), ("abcdefg", 1, 4)],
)
def test_no_task_is_left_to_make_its_requests_alone(tasks: str, each: int, rounds: int) -> None:
    """Two at a time, three of two requests take as long as three requests, not four."""
    host: Host[str] = Host("a", 2)
    left = dict.fromkeys(tasks, each)
    for task in tasks:
        host.take(task)
    taken = 0
    while host.queue:
        taken += 1
        for task in [host.queue.popleft() for _ in range(min(2, len(host.queue)))]:
            left[task] -= 1
            if left[task]:
                host.take(task)
    assert taken == rounds
    assert not any(left.values())
