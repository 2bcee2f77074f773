"""What targets offered is remembered for as long as they allow, and no longer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pelican_linkback.exceptions import Unreachable
from pelican_linkback.journal.journal import Journal
from pelican_linkback.protocol.answer import Answer
from pelican_linkback.protocol.caching import Freshness, freshness
from pelican_linkback.protocol.mention import Endpoint, Outcome, Verdict
from pelican_linkback.protocol.registry import Registry
from pelican_linkback.protocol.webmention import Webmention
from pelican_linkback.sending.running import discovery_cache
from pelican_linkback.sending.running.discovery_cache import Discoveries
from tests import spoken
from tests.exchanging import look_up
from tests.fakeweb import FakeWeb, Page, Reply, Request

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGE = "https://far.example/a"
OFFER = ("Link", "</wm>; rel=webmention")
WEBMENTION = Endpoint(spoken.WEBMENTION, "https://far.example/wm", "HTTP header")


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        pytest.param([], None, id="says nothing"),
        pytest.param([("Cache-Control", "max-age=60")], Freshness(NOON + timedelta(minutes=1))),
        pytest.param(
            [("Cache-Control", "public"), ("cache-control", 'Max-Age = "60"')],
            Freshness(NOON + timedelta(minutes=1)),
            id="two headers",
        ),
        pytest.param(
            [("Cache-Control", "max-age=60"), ("Age", "20")],
            Freshness(NOON + timedelta(seconds=40)),
            id="has an age",
        ),
        pytest.param([("Cache-Control", "max-age=60"), ("Age", "60")], None, id="stale at once"),
        pytest.param(
            [("Cache-Control", "max-age=31536000")],
            Freshness(NOON + timedelta(days=7)),
            id="a year is a week",
        ),
        pytest.param([("Cache-Control", "s-maxage=60")], None, id="for shared caches only"),
        pytest.param([("Cache-Control", "no-store"), ("ETag", '"1"')], None, id="no-store"),
        pytest.param(
            [("Cache-Control", "no-cache, max-age=60"), ("ETag", '"1"')],
            Freshness(None, '"1"'),
            id="no-cache",
        ),
        pytest.param(
            [("ETag", 'W/"1"'), ("Last-Modified", "Sun, 01 Mar 2026 00:00:00 GMT")],
            Freshness(None, 'W/"1"', "Sun, 01 Mar 2026 00:00:00 GMT"),
            id="validators",
        ),
        pytest.param([("ETag", "\x1b"), ("Last-Modified", "x" * 201)], None, id="no validators"),
    ],
)
def test_freshness(headers: list[tuple[str, str]], kept: Freshness | None) -> None:
    assert freshness(headers, NOON) == kept


class Target:
    """A page that is asked, and the memory of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.web = FakeWeb({PAGE: "", "https://far.example/moved": ""})

    def serve(self, *headers: tuple[str, str], page: Page | None = None) -> None:
        self.web.pages[PAGE] = page or Reply(200, [OFFER, *headers])

    def find(self, now: datetime = NOON, *, anew: bool = False, fresh_process: bool = True):
        if fresh_process or not hasattr(self, "memory"):
            self.memory = Discoveries(Journal(self.path))
        self.web.requests.clear()
        return look_up(self.memory, self.web, PAGE, now, anew=anew)

    @property
    def asked(self) -> int:
        return len(self.web.requests)


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return Target(tmp_path / "linkback" / "discoveries.jsonl")


@pytest.mark.parametrize("fresh_process", [True, False])
def test_a_page_that_is_fresh_is_not_asked(target: Target, fresh_process: bool) -> None:
    target.serve(("Cache-Control", "max-age=60"))
    found = target.find()
    assert (found.where, found.remembered, target.asked) == ((WEBMENTION,), False, 1)
    found = target.find(NOON + timedelta(seconds=59), fresh_process=fresh_process)
    assert (found.where, found.remembered, target.asked) == ((WEBMENTION,), True, 0)
    found = target.find(NOON + timedelta(seconds=60), fresh_process=fresh_process)
    assert (found.remembered, target.asked) == (False, 1)


def test_an_update_asks_again_however_fresh_the_memory_is(target: Target) -> None:
    target.serve(("Cache-Control", "max-age=60"))
    target.find()
    target.serve(page="nobody lives here any more")
    assert target.find(anew=True).where == Outcome(Verdict.NOTHING, "no-endpoint")


def test_a_page_with_a_validator_is_asked_whether_it_has_changed(target: Target) -> None:
    def unchanged(request: Request) -> Reply:
        assert request.headers["If-None-Match"] == '"1"'
        return Reply(304, [("Cache-Control", "max-age=60")])

    target.serve(("ETag", '"1"'))
    target.find()
    target.serve(page=unchanged)
    found = target.find()
    assert (found.where, found.remembered, target.asked) == ((WEBMENTION,), True, 1)
    target.find()
    assert target.asked == 0
    target.find(anew=True)
    assert target.asked == 1
    target.serve(page=Unreachable)
    assert target.find(anew=True).where.reason == "unreachable"


def test_a_server_that_stumbles_over_a_condition_is_asked_without(target: Target) -> None:
    def stumbling(request: Request) -> Reply:
        return Reply(412) if "If-None-Match" in request.headers else Reply(200, [OFFER])

    target.serve(("ETag", '"1"'))
    target.find()
    target.serve(page=stumbling)
    found = target.find().where
    assert (found.verdict, found.reason) == (Verdict.LATER, "target-412")
    assert target.find().where == (WEBMENTION,)


FRESH = [("ETag", '"1"'), ("Cache-Control", "max-age=60")]
DOCUMENT = ("Content-Type", "application/pdf")


def test_a_page_that_could_not_be_read_is_not_remembered_unless_it_named_an_endpoint(
    target: Target,
) -> None:
    target.serve(page=Reply(200, [DOCUMENT, *FRESH], b"%PDF"))
    for _ in range(2):
        found = target.find()
        assert (found.where.reason, found.remembered, target.asked) == ("unread", False, 1)
    target.serve(page=Reply(200, [DOCUMENT, OFFER, *FRESH], b"%PDF"))
    target.find()
    found = target.find()
    assert (found.where, found.remembered, target.asked) == ((WEBMENTION,), True, 0)


def test_a_page_is_asked_for_html_and_whether_it_has_changed(target: Target) -> None:
    target.serve(("ETag", '"1"'))
    target.find()
    assert target.web.requests[0].headers["Accept"].startswith("text/html, ")
    target.find()
    asked = target.web.requests[0].headers
    assert asked["Accept"].startswith("text/html, ")
    assert asked["If-None-Match"] == '"1"'


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(Reply(200, [OFFER]), id="no word about caching"),
        pytest.param(Reply(404, [OFFER, ("ETag", '"1"')]), id="an error"),
        pytest.param(Reply(302, [("Location", "/moved")]), id="a redirect"),
        pytest.param(Unreachable, id="no answer"),
    ],
)
def test_what_may_not_or_should_not_be_remembered_is_not(target: Target, page: Page) -> None:
    target.web.pages["https://far.example/moved"] = Reply(200, [OFFER, ("ETag", '"1"')])
    target.serve(page=page)
    target.find()
    assert not target.path.exists()


def test_that_there_is_nobody_is_remembered_too(target: Target) -> None:
    target.serve(page=Reply(200, [("Cache-Control", "max-age=60")]))
    target.find()
    assert target.find().where == Outcome(Verdict.NOTHING, "no-endpoint")
    assert target.asked == 0


@pytest.mark.parametrize(
    "line",
    [
        {"page": PAGE, "at": "2026-03-02", "webmention": "javascript:alert(1)"},
        {"page": PAGE, "at": "2026-03-02", "webmention": 5},
        {"page": PAGE, "at": "2026-03-02", "until": "soon"},
        {"page": PAGE, "at": "2026-03-02", "until": "2999-01-01"},
        {"page": 1, "at": "2026-03-02"},
    ],
)
def test_a_line_that_is_none_of_ours_disturbs_nothing(target: Target, line: dict) -> None:
    target.serve(("Cache-Control", "max-age=60"))
    target.find()
    Journal(target.path).append(line)
    assert target.find().where == (WEBMENTION,)


def test_a_memory_that_cannot_be_used_is_none(target: Target) -> None:
    target.path.mkdir(parents=True)
    target.serve(("Cache-Control", "max-age=60"))
    for _ in range(2):
        assert target.find().where == (WEBMENTION,)
        assert target.asked == 1


def test_what_is_no_url_is_refused(target: Target) -> None:
    found = look_up(Discoveries(), target.web, "gopher://x", NOON)
    assert found.where.reason == "invalid-url"


def test_without_a_journal_it_lasts_as_long_as_it_lives(target: Target) -> None:
    memory = target.memory = Discoveries()
    target.serve(("Cache-Control", "max-age=60"))
    target.find(fresh_process=False)
    target.find(fresh_process=False)
    assert target.asked == 0
    assert memory is target.memory
    assert not target.path.parent.exists()


def line(page: str, at: datetime, until: datetime) -> dict[str, object]:
    return {
        "v": 1,
        "at": at.isoformat(),
        "page": page,
        "until": until.isoformat(),
        "protocols": ["pingback", "webmention"],
        "webmention": WEBMENTION.url,
        "webmention_found": WEBMENTION.found,
    }


def lines(path: Path) -> int:
    return len(path.read_bytes().splitlines())


def test_the_cache_is_rewritten_when_most_of_its_lines_are_old(target: Target) -> None:
    journal = Journal(target.path)
    hour = timedelta(hours=1)
    journal.append(line("https://far.example/b", NOON - hour, NOON + hour))
    journal.append(*(line(PAGE, NOON - n * hour, NOON + hour) for n in range(400, 0, -1)))
    with target.path.open("ab") as file:
        file.write(b"{torn\n\n" + b"x" * 10 + b"\n")
    assert Discoveries(journal).known(PAGE, NOON) is not None
    assert lines(target.path) == 2
    newest = [event["at"] for event in journal.read().events]
    assert newest == [(NOON - hour).isoformat()] * 2
    journal.append(line(PAGE, NOON, NOON + hour))
    assert Discoveries(journal).known(PAGE, NOON) is not None
    assert lines(target.path) == 3  # too few to be worth it
    Discoveries(journal).compact()
    assert lines(target.path) == 2


def test_it_remembers_the_pages_that_were_asked_last(target: Target, monkeypatch) -> None:
    monkeypatch.setattr(discovery_cache, "MOST_PAGES", 3)
    journal, day = Journal(target.path), timedelta(days=1)
    pages = [f"https://far.example/{n}" for n in range(5)]
    journal.append(*(line(page, NOON - n * day, NOON + day) for n, page in enumerate(pages)))
    Discoveries(journal).compact()
    assert {event["page"] for event in journal.read().events} == set(pages[:3])


def test_what_another_process_writes_to_is_left_alone(target: Target) -> None:
    journal = Journal(target.path)
    journal.append(*(line(PAGE, NOON, NOON + timedelta(hours=1)) for _ in range(300)))
    with Journal(target.path).hold():
        Discoveries(journal).compact()
        assert Discoveries(journal).known(PAGE, NOON) is not None
    assert lines(target.path) == 300


def test_a_cache_in_memory_has_no_file_to_compact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Discoveries().compact()
    assert list(tmp_path.iterdir()) == []


def test_an_end_that_a_wrong_clock_reckoned_does_not_hold(target: Target) -> None:
    Journal(target.path).append(line(PAGE, NOON, NOON.replace(year=2036)))
    assert Discoveries(Journal(target.path)).known(PAGE, NOON) is None


class Named(Webmention):
    """A protocol whose name is a field of the cache's lines."""

    name = "page"


class Failing(Webmention):
    def find(self, answer: Answer) -> None:
        raise KeyError("tide")


class Leaving(Webmention):
    def find(self, answer: Answer) -> None:
        raise SystemExit("bye")


def test_a_protocol_that_leaves_the_program_is_one_that_fails(target: Target) -> None:
    found = look_up(Discoveries(protocols=Registry([Leaving()])), target.web, PAGE, NOON)
    why = "RuntimeError: SystemExit: bye, in the protocol webmention"
    assert found.where == Outcome(Verdict.LATER, "error", why)


def test_a_protocol_with_the_name_of_a_field_is_not_cached(target: Target) -> None:
    protocols, journal = Registry([Named()]), Journal(target.path)
    target.serve(("Cache-Control", "max-age=60"))
    found = look_up(Discoveries(journal, protocols), target.web, PAGE, NOON)
    assert [endpoint.url for endpoint in found.where] == [WEBMENTION.url]
    assert [line["page"] for line in journal.read().events] == [PAGE]
    assert Discoveries(journal, protocols).known(PAGE, NOON) is None


def test_what_a_protocol_that_fails_did_not_find_is_not_cached(target: Target) -> None:
    cache = Discoveries(protocols=Registry([Failing()]))
    target.serve(("Cache-Control", "max-age=60"))
    found = look_up(cache, target.web, PAGE, NOON)
    assert found.where == Outcome(
        Verdict.LATER, "error", "KeyError: 'tide', in the protocol webmention"
    )
    assert cache.known(PAGE, NOON) is None


@pytest.mark.parametrize("protocols", [None, ["webmention"], [1, 2], "webmention, pingback"])
def test_a_line_that_does_not_say_what_was_searched_for_is_not_used(
    target: Target, protocols: object
) -> None:
    """Lines of earlier releases do not: another protocol may have come since."""
    journal = Journal(target.path)
    journal.append(line(PAGE, NOON, NOON + timedelta(hours=1)) | {"protocols": protocols})
    assert Discoveries(journal).known(PAGE, NOON) is None
