"""The sources over HTTP: a miniature webmention.io on loopback, and what a hostile one answers."""

from __future__ import annotations

import datetime as dt
import json
import socket
from collections.abc import Iterator
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from pelican_linkback.exceptions import Refused, SourceError
from pelican_linkback.net.client import Request, Response
from pelican_linkback.receiving.hosted import paging
from pelican_linkback.receiving.hosted import service as service_module
from pelican_linkback.receiving.hosted.paging import items_of
from pelican_linkback.receiving.hosted.service import Page, Service, TooLarge
from pelican_linkback.receiving.hosted.sources import TimeLimit, client_for, exports_of, sources_of
from pelican_linkback.settings.model import Settings
from tests.jf2_corpus import CORPUS
from tests.servers import serving
from tests.webmention_io import TOKEN, Fault, WebmentionService, item

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


class Time:
    """A clock that only sleep moves."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


@pytest.fixture
def api() -> Iterator[WebmentionService]:
    with serving(WebmentionService()) as api:
        yield api


def settings_for(**fields: Any) -> Settings:
    return Settings("https://blog.example", Path("content"), **fields)


def listed(
    api: WebmentionService,
    since: int = 0,
    *,
    token: str = TOKEN,
    time: Time | None = None,
    seconds: float = 60.0,
    **fields: Any,
) -> list[Any]:
    settings = settings_for(**{"pull": (f"webmention.io={api.api}",), "timeout": 5.0, **fields})
    clock = time or Time()
    limit = TimeLimit(seconds, 0.0, lambda: clock.seconds, clock.sleep)
    (source,) = sources_of(settings, token, client_for(settings), limit, lambda: NOON)
    return [*source.fetch(since)]


def numbers(items: list[Any]) -> list[int]:
    return [each["wm-id"] for each in items]


# As the service is


def test_all_are_listed_in_ascending_order_by_pages_of_100(api):
    api.add(*range(1, 251))
    assert numbers(listed(api)) == [*range(1, 251)]
    assert [each["since_id"] for each in api.requests] == ["0", "100", "200", "250"]
    assert {each["per-page"] for each in api.requests} == {"100"}
    assert {each["domain"] for each in api.requests} == {"blog.example"}
    assert {each["token"] for each in api.requests} == {TOKEN}


def test_a_service_that_says_how_many_there_are_is_asked_once_less(api):
    api.says_total = True
    api.add(*range(1, 251))
    assert numbers(listed(api)) == [*range(1, 251)]
    assert len(api.requests) == 3


def test_a_service_that_gives_fewer_than_it_is_asked_for_is_read_to_the_end(api):
    api.most = 20
    api.add(*range(1, 51))
    assert numbers(listed(api)) == [*range(1, 51)]
    assert numbers(listed(api, 30)) == [*range(31, 51)]


def test_no_mentions_are_one_request(api):
    assert listed(api) == []
    assert len(api.requests) == 1


def test_mentions_of_a_former_domain_are_listed_with_those_of_all_the_account(api):
    api.add(1)
    assert len(listed(api, aliases=("http://blog.example",))) == 1
    assert len(listed(api, aliases=("https://old.example",))) == 1
    assert [each.get("domain") for each in api.requests] == ["blog.example"] * 2 + [None] * 2


def fault(status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> Fault:
    return status, headers or {}, body


PAUSES = [
    (fault(429, {"Retry-After": "7"}), 7.0),
    (fault(429, {"Retry-After": format_datetime(NOON + dt.timedelta(seconds=9), usegmt=True)}), 9),
    (fault(429), 20.0),
    (fault(503), 60.0),
    (fault(500), 1.0),
    (None, 1.0),
]


@pytest.mark.parametrize(("trouble", "seconds"), PAUSES)
def test_trouble_of_the_moment_is_waited_out(api, trouble, seconds):
    api.add(1)
    api.faults.append(trouble)
    time = Time()
    assert numbers(listed(api, time=time, seconds=100)) == [1]
    assert time.slept == [seconds]


def test_trouble_that_stays_is_an_error_after_four_requests(api):
    api.faults.extend([fault(500), None, fault(502), fault(500)])
    time = Time()
    with pytest.raises(SourceError, match=r"^webmention\.io: it answers 500, 4 times$"):
        listed(api, time=time)
    assert time.slept == [1.0, 2.0, 4.0]
    api.faults.extend([None] * 4)
    with pytest.raises(SourceError, match="broke before the end of the answer, 4 times"):
        listed(api)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:{port}/m/export", "the server refused the connection"),
        ("http://nowhere.invalid/m/export", "no such host"),
    ],
)
def test_where_nobody_listens_nothing_is_waited_for(url, why, monkeypatch):
    def look_up(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with socket.socket() as taken:  # bound, and not listening
        taken.bind(("127.0.0.1", 0))
        settings = settings_for(pull=(url.format(port=taken.getsockname()[1]),))
        time = Time()
        limit = TimeLimit(60.0, 0.0, lambda: 0.0, time.sleep)
        (source,) = sources_of(settings, TOKEN, client_for(settings), limit, lambda: NOON)
        with pytest.raises(SourceError, match=f"/m/export: {why}$"):
            [*source.fetch(0)]
    assert not time.slept


def test_a_pause_beyond_the_time_is_an_error_that_says_so(api):
    api.faults.append(fault(429, {"Retry-After": "3600"}))
    time = Time()
    with pytest.raises(SourceError, match="answers 429; it asks for a pause of 3600 seconds, long"):
        listed(api, time=time)
    assert not time.slept


def test_where_no_time_is_left_to_try_again_that_is_said(api):
    api.faults.append(fault(500))
    with pytest.raises(SourceError, match="it answers 500; there is no time to try again"):
        listed(api, seconds=0.5)


def test_when_the_time_is_over_nothing_more_is_asked(api):
    with pytest.raises(SourceError, match="the time is over; the next pull goes on"):
        listed(api, seconds=0.0)
    assert not api.requests


# The token


def test_without_a_token_nothing_is_asked_and_the_variable_is_named(api):
    with pytest.raises(SourceError, match="LINKBACK_TOKEN is not set") as caught:
        listed(api, token="")
    assert caught.value.source == "webmention.io"
    assert "https://webmention.io/settings" in caught.value.hint
    assert not api.requests


@pytest.mark.parametrize("token", ["a\nHost: x", "a b", "é"])
def test_a_token_that_is_none_is_not_sent_and_not_shown(api, token):
    with pytest.raises(SourceError) as caught:
        listed(api, token=token)
    assert str(caught.value).endswith("LINKBACK_TOKEN is not one word of ASCII characters")
    assert not api.requests


def test_an_export_needs_a_token_too():
    settings = settings_for(receive="https://b.example/m/")
    limit = TimeLimit(1.0, 0.0, lambda: 0.0, lambda _: None)
    (source,) = sources_of(settings, "", client_for(settings), limit, lambda: NOON)
    with pytest.raises(SourceError, match=r"b\.example/m/export: .* LINKBACK_TOKEN is not set"):
        source.fetch(0)


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"error_description": "not valid"}'])
def test_a_wrong_token_is_said_by_the_name_of_the_variable(api, status, body):
    api.faults.append(fault(status, body=body))
    with pytest.raises(SourceError) as caught:
        listed(api, token="secret-1")
    said = ": not valid" if b"valid" in body else ""
    assert str(caught.value) == (
        f"webmention.io: it does not accept the token ({status}{said}); "
        "LINKBACK_TOKEN is not set to the right one"
    )


WRONG = [
    fault(404),
    fault(200, body=b"<!DOCTYPE html><title>x</title>"),
    fault(200, body=b'{"type": "feed", "children": ['),
    fault(200, body=b"[" * 100_000),
    fault(200, body=b'{"children": [' + b"{}," * 300_000 + b"{}]}"),
    fault(200, body=b"\xff\xfe"),
    fault(200, body=b""),
    fault(200, body=b"[]"),
    fault(200, body=b"{}"),
    fault(200, body=json.dumps(CORPUS["malformed"][-1]["document"]).encode()),
    fault(302, {"Location": "http://10.0.0.1/api"}),
    fault(302, {"Location": "http://localhost:1/api"}),
    fault(302, {"Location": "https://elsewhere.example/"}),
    fault(302, {"Location": "ftp://elsewhere.example/"}),
    fault(302, {"Location": "/api/mentions.jf2"}),
    fault(304),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: repr(wrong)[:50])
def test_what_is_no_listing_is_an_error_without_the_token(api, wrong):
    api.add(1)
    api.faults.extend([wrong] * 25)
    with pytest.raises(SourceError) as caught:
        listed(api)
    assert str(caught.value).startswith("webmention.io: ")
    assert "tok-3n" not in str(caught.value)
    assert "%26" not in str(caught.value)


def test_the_errors_say_what_came_instead():
    assert CORPUS["malformed"][-1]["document"]["children"] == {"0": {}}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (WRONG[1], "it answers with HTML"),
        (WRONG[2], "it answers with something that is no JSON"),
        (WRONG[9], "its answer has no list of mentions"),
        (WRONG[10], "it redirects to 10.0.0.1, another site"),
        (WRONG[0], "it answers 404"),
    ],
)
def test_errors_in_words(api, wrong, words):
    api.faults.append(wrong)
    with pytest.raises(SourceError) as caught:
        listed(api)
    assert str(caught.value) == f"webmention.io: {words}"


def test_a_redirect_on_the_same_site_is_followed(api):
    api.add(1)
    target = f"/api/mentions.jf2?token={TOKEN.replace('&', '%26')}&moved=1"
    api.faults.append(fault(302, {"Location": target}))
    assert numbers(listed(api)) == [1]


def test_an_address_that_is_not_public_is_reached_only_if_it_is_named(api):
    with pytest.raises(Refused):
        client_for(settings_for()).exchange(Request("GET", api.api))


def test_a_service_that_lists_the_newest_first_is_listed_whole(api):
    api.newest_first = True
    api.add(*range(1, 251))
    assert numbers(listed(api)) == [*range(1, 251)]
    assert [each.get("page") for each in api.requests] == [None, "1", "2", "3"]


# Pages of a hostile or another service, without HTTP


def paged(*pages: Any) -> tuple[Any, list[tuple[int, int, int]]]:
    asked: list[tuple[int, int, int]] = []
    waiting = iter(pages)

    def ask(since: int, size: int, number: int) -> Page:
        asked.append((since, size, number))
        page = next(waiting)
        if page is TooLarge:
            raise TooLarge
        return Page([item(each) if isinstance(each, int) else each for each in page], None)

    return ask, asked


def test_the_newest_first_are_read_by_the_numbers_of_pages_and_yielded_in_order():
    ask, asked = paged([9, 8, 7], [6, 5], [2], [])
    assert numbers([*items_of("x", 1, ask)]) == [2, 5, 6, 7, 8, 9]
    assert asked == [(1, 100, 0), (1, 100, 1), (1, 100, 2), (1, 100, 3)]


def test_items_without_ids_are_read_by_the_numbers_of_pages():
    without = item(1) | {"wm-id": None}
    ask, _ = paged([without], [without, {}], [None], [])
    assert len([*items_of("x", 0, ask)]) == 4


@pytest.mark.parametrize(
    "pages",
    [
        ([1, 2], [1, 2]),
        ([2, 1], [2, 1]),
        ([1, 2], [2, 1]),
        ([{}] * 100, [{}] * 100),
        ([1, 2], [{}, 3, 1], [{}, 3, 1]),
    ],
)
def test_the_same_page_for_ever_is_an_error(pages):
    ask, asked = paged(*pages)
    with pytest.raises(SourceError, match=r"^x: it gives the same page again and again$"):
        [*items_of("x", 0, ask)]
    assert len(asked) == len(pages)


def test_a_short_page_without_ids_that_comes_again_is_all_there_is():
    without = item(1) | {"wm-id": None}
    ask, asked = paged([without, {}], [without, {}])
    assert [*items_of("x", 0, ask)] == [without, {}]
    assert len(asked) == 2


def test_what_was_listed_before_a_page_came_again_is_taken():
    ask, _ = paged([2, 1], [2, 1])
    items = items_of("x", 0, ask)
    assert numbers([next(items), next(items)]) == [1, 2]
    with pytest.raises(SourceError):
        next(items)


def test_a_page_that_is_too_large_is_asked_for_in_parts():
    ask, asked = paged(TooLarge, TooLarge, [1, 2], [3], TooLarge, [4], [])
    assert numbers([*items_of("x", 0, ask)]) == [1, 2, 3, 4]
    assert [size for _, size, _ in asked] == [100, 50, 25, 50, 100, 50, 100]


def test_an_item_that_is_too_large_costs_itself():
    ask, asked = paged(*[TooLarge] * 8, [3], [4], [])
    assert numbers([*items_of("x", 0, ask)]) == [3, 4]
    assert asked[6:] == [(0, 1, 0), (0, 1, 1), (0, 1, 2), (3, 2, 0), (4, 4, 0)]


def test_a_service_whose_answers_are_all_too_large_is_an_error():
    ask, asked = paged(*[TooLarge] * 50)
    with pytest.raises(SourceError, match="more than 4 MB, however little is asked for"):
        [*items_of("x", 0, ask)]
    assert len(asked) == 10


def test_a_service_without_an_end_is_left_for_the_next_pull(monkeypatch):
    monkeypatch.setattr(paging, "MOST_PAGES", 5)
    asked = []

    def ask(since: int, size: int, number: int) -> Page:
        asked.append((since, size, number))
        return Page([item(since + 1)], None)

    items = items_of("x", 0, ask)
    assert numbers([next(items) for _ in range(5)]) == [1, 2, 3, 4, 5]
    with pytest.raises(SourceError, match="more than 5 pages; the next pull goes on"):
        next(items)


def test_a_body_is_read_up_to_its_limit(api, monkeypatch):
    api.faults.append(fault(200, body=b" " * 200 + b"{}"))
    monkeypatch.setattr(service_module, "MAX_BODY", 100)
    settings = settings_for(allow_hosts=(), pull=(f"webmention.io={api.api}",))
    monkeypatch.setattr("pelican_linkback.receiving.hosted.sources.MAX_BODY", 100)
    only = Service("x", client_for(settings), lambda _: True, lambda: NOON)
    with pytest.raises(TooLarge):
        only.page(f"{api.api}/mentions.jf2", {})


# The sources of a site


def named(**fields: Any) -> list[str]:
    settings = settings_for(**fields)
    limit = TimeLimit(1.0, 0.0, lambda: 0.0, lambda _: None)
    sources = sources_of(settings, "", client_for(settings), limit, lambda: NOON)
    return [each.name for each in sources]


class Mine:
    name = "mine"

    def fetch(self, since: int) -> list[object]:
        return []


def test_the_sources_that_settings_name():
    assert named() == []
    assert named(receive="webmention.io") == ["webmention.io"]
    assert named(receive="webmention.io", pull=False) == ["webmention.io"]
    assert named(receive="https://b.example/m/") == ["b.example/m/export"]
    assert named(receive="webmention.io", pull=()) == []
    two = ("webmention.io", "webmention.io=https://c.example/api")
    assert named(pull=two) == ["webmention.io", "c.example/api"]
    three = ("https://b.example/export?x=1", Mine(), "webmention.io=https://c.example/api/")
    assert named(pull=three) == ["b.example/export", "webmention.io", "mine"]


def test_receivers_of_ones_own_are_known_by_their_names():
    mine = settings_for(receive="https://b.example/m/")
    assert exports_of(mine) == {"b.example/m/export"}
    assert exports_of(settings_for(receive="webmention.io")) == set()
    two = settings_for(pull=("webmention.io", "https://b.example/export?x=1", Mine()))
    assert exports_of(two) == {"b.example/export"}


def test_an_export_is_asked_with_the_token_in_a_header():
    asked = []

    class Client:
        def exchange(self, request: Request) -> Response:
            asked.append((request.url, request.headers.get("Authorization")))
            children = [] if "since=3" in request.url else [item(3)]
            return Response(request.url, 200, (), json.dumps({"children": children}).encode())

    settings = settings_for(pull=("https://b.example/export", "https://b.example/export?all=1"))
    limit = TimeLimit(1.0, 0.0, lambda: 0.0, lambda _: None)
    for source in sources_of(settings, TOKEN, Client(), limit, lambda: NOON):
        assert numbers([*source.fetch(0)]) == [3]
    authorization = f"Bearer {TOKEN}"
    assert asked == [
        ("https://b.example/export?since=0&per-page=100", authorization),
        ("https://b.example/export?since=3&per-page=100", authorization),
        ("https://b.example/export?all=1&since=0&per-page=100", authorization),
        ("https://b.example/export?all=1&since=3&per-page=100", authorization),
    ]
