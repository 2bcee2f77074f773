"""The sender over a miniature web: every mention is sent once, whatever happens on the way."""

from __future__ import annotations

import re
import signal
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from pelican_linkback.exceptions import (
    InvalidURL,
    JournalError,
    LookupFailed,
    RedirectLoop,
    Refused,
    TimedOut,
    Unreachable,
    WebError,
)
from pelican_linkback.journal.journal import Journal
from pelican_linkback.protocol import pingback, webmention
from pelican_linkback.protocol.interface import Message, Protocol
from pelican_linkback.protocol.mention import Mention, Outcome, Traits
from pelican_linkback.protocol.pingback import Pingback
from pelican_linkback.protocol.registry import Registry
from pelican_linkback.protocol.webmention import Webmention
from pelican_linkback.sending.deciding.changes import Post
from pelican_linkback.sending.deciding.decider import Send, Skip
from pelican_linkback.sending.deciding.readiness import BuiltPage
from pelican_linkback.sending.memory.delivery import Delivery, State
from pelican_linkback.sending.memory.event_lines import to_line
from pelican_linkback.sending.memory.events import Fact
from pelican_linkback.sending.running import scheduler
from pelican_linkback.sending.running.discovery_cache import Discoveries
from pelican_linkback.sending.running.notices import Notice
from pelican_linkback.sending.running.recorder import Recorder
from pelican_linkback.sending.running.report import Report
from pelican_linkback.sending.running.sender import Sender
from tests import spoken
from tests.fakeweb import FakeWeb, Page, Reply, Request

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BLOG = "https://blog.example"
FAR = "https://far.example"
HUB = "https://hub.example"
TIMEOUT = 10.0
"""Seconds after which a test that hangs fails instead."""


def page(*targets: str) -> str:
    links = "".join(f'<p><a href="{target}">a post</a></p>' for target in targets)
    return f"<title>A post</title>{links}"


def post(name: str, *targets: str, fingerprint: str = "1") -> Post:
    return Post(f"{BLOG}/{name}", f"{name}.md", targets, fingerprint)


def offering(**endpoints: str) -> Reply:
    """Return the page of a target that offers ``endpoints``, by protocol."""
    headers = {"pingback": "X-Pingback: {}", "webmention": "Link: <{}>; rel=webmention"}
    lines = [headers[protocol].format(url) for protocol, url in endpoints.items()]
    return Reply(200, [tuple(line.split(": ", 1)) for line in lines])


def accept(request: Request) -> Reply:
    if request.headers["Content-Type"] == webmention.FORM:
        return Reply(202)
    return Reply(200, [("Content-Type", "text/xml")], pingback.success("Thanks"))


def fault(code: int) -> Reply:
    return Reply(200, [("Content-Type", "text/xml")], pingback.fault(code, "No"))


def mention_of(request: Request) -> Mention:
    if request.headers["Content-Type"] == webmention.FORM:
        return webmention.read_request(request.body)
    (mention,) = pingback.read_calls(request.body).calls
    assert isinstance(mention, Mention)
    return mention


class World:
    """A blog, the web around it, a clock, and the folder that remembers."""

    def __init__(self, folder: Path) -> None:
        self.journal = Journal(folder / "linkback" / "deliveries.jsonl")
        self.now = NOON
        self.web = FakeWeb(
            {
                f"{FAR}/b": offering(pingback=f"{FAR}/xmlrpc"),
                f"{FAR}/c": offering(pingback=f"{FAR}/xmlrpc"),
                f"{FAR}/xmlrpc": accept,
                f"{HUB}/webmention": accept,
                f"{BLOG}/": "the blog",
            }
        )

    def sender(self, **options: object) -> Sender:
        tools = {"now": lambda: self.now, "chance": lambda: 0.5, "monotonic": lambda: 0.0}
        return Sender(self.journal, self.web, **{**tools, **options})

    def publish(self, *posts: Post) -> tuple[Post, ...]:
        self.web.pages |= {each.source: page(*each.targets) for each in posts}
        return posts

    def asked(self) -> list[str]:
        """Return the requests since this was last called, the mention in place of the body."""
        requests, self.web.requests[:] = list(self.web.requests), []
        return sorted(f"{each.method} {each.url}" for each in requests)

    def received(self) -> list[Mention]:
        return [mention_of(each) for each in self.web.requests if each.method == "POST"]

    def events(self) -> list[str]:
        return [str(line["event"]) for line in self.journal.read().events]

    def delivery(self, target: str = f"{FAR}/b") -> Delivery:
        return spoken.ledger_of(self.journal).deliveries[Mention(f"{BLOG}/a", target)]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture(autouse=True)
def disk_is_waited_for_in_workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """While the scheduler itself waits for the disk, every delivery waits."""
    record, waited_for = Recorder.record, []

    def recorded(self: Recorder, facts: Iterable[tuple[Mention, Fact]]) -> None:
        facts = list(facts)
        callers = {frame.f_code.co_filename for frame, _ in traceback.walk_stack(None)}
        if scheduler.__file__ in callers and threading.current_thread() is threading.main_thread():
            waited_for.extend(facts)
        record(self, facts)

    monkeypatch.setattr(Recorder, "record", recorded)
    yield
    assert waited_for == []


def text_of(report: Report) -> str:
    (notice,) = report.notices
    return notice.text


# Once


def test_a_marked_target_is_sent_once(world: World) -> None:
    posts = world.publish(post("a", f"{FAR}/b"))
    report = world.sender().run(posts)
    assert world.received() == [Mention(f"{BLOG}/a", f"{FAR}/b")]
    assert world.asked() == [f"GET {BLOG}/a", f"GET {FAR}/b", f"POST {FAR}/xmlrpc"]
    assert world.events() == ["queued", "attempt", "outcome"]
    assert report.summary() == "Linkbacks: 1 sent"
    assert report.notices[0].level == "info"
    assert text_of(report).startswith(f"a.md: {FAR}/b notified by pingback (accepted")

    before = world.journal.path.read_bytes()
    for again in (posts, None, world.publish(post("a", f"{FAR}/b", fingerprint="2"))):
        assert world.sender().run(again).summary() == "Linkbacks: nothing to send"
    assert world.asked() == []
    assert world.journal.path.read_bytes() == before


def test_a_second_target_sends_exactly_one_more(world: World) -> None:
    world.sender().run(world.publish(post("a", f"{FAR}/b")))
    world.asked()
    world.sender().run(world.publish(post("a", f"{FAR}/b", f"{FAR}/c")))
    assert world.received() == [Mention(f"{BLOG}/a", f"{FAR}/c")]


def test_a_site_without_marks_leaves_no_trace(world: World, tmp_path: Path) -> None:
    assert world.sender().run([post("a")]) == Report()
    assert world.sender().run(None) == Report()
    assert not list(tmp_path.iterdir())


def test_what_was_unmarked_in_time_is_dropped_and_not_sent(world: World) -> None:
    world.sender().run([post("a", f"{FAR}/b")])
    world.asked()
    world.sender().run(world.publish(post("a")))
    assert world.asked() == []
    assert world.events() == ["queued", "waiting", "dropped"]
    assert world.sender().run(None).left == 0


def test_a_page_is_fetched_once_however_many_link_to_it(world: World) -> None:
    spellings = [f"{FAR}/b", "https://FAR.example:443/b", f"{FAR}/b#part", f"{FAR}/x/../b"]
    world.web.pages |= dict.fromkeys(spellings, offering(pingback=f"{FAR}/xmlrpc"))
    posts = world.publish(*(post(f"a{n}", *spellings) for n in range(5)))
    assert world.sender().run(posts).sent == 20
    assert Counter(world.received()) == {
        Mention(each.source, target): 1 for each in posts for target in spellings
    }
    asked = [line for line in world.asked() if not line.startswith("POST")]
    assert len(asked) == len(posts) + 1


def test_an_endpoint_host_of_many_blogs_gets_no_more_than_it_may(world: World) -> None:
    inside: Counter[str] = Counter()
    both = threading.Event()
    most = []
    lock = threading.Lock()

    def crowded(request: Request) -> Reply:
        with lock:
            inside["hub"] += 1
            most.append(inside["hub"])
            if inside["hub"] == 2:
                both.set()
        assert both.wait(TIMEOUT)
        with lock:
            inside["hub"] -= 1
        return accept(request)

    targets = [f"https://blog{n}.example/" for n in range(12)]
    world.web.pages |= dict.fromkeys(targets, offering(webmention=f"{HUB}/webmention"))
    world.web.pages[f"{HUB}/webmention"] = crowded
    assert world.sender(per_host=2).run(world.publish(post("a", *targets))).sent == 12
    assert max(most) == 2


# The live gate


@pytest.mark.parametrize(
    ("answer", "reason", "level", "words"),
    [
        pytest.param(Reply(404), "not-online", "info", "is not online (it answers 404)", id="404"),
        pytest.param(
            Reply(500),
            "host-in-trouble",
            "info",
            "is in trouble (it answers 500); the next run looks again",
            id="500",
        ),
        pytest.param(
            Reply(403),
            "host-refuses",
            "info",
            "refuses to show it (it answers 403); upload it, or, where a browser shows it, let the "
            "host show it to programs, too: no check for bots, no password",
            id="403",
        ),
        pytest.param(Reply(204), "not-online", "info", "is not online (it answers 204)", id="204"),
        pytest.param(Unreachable, "not-online", "info", "is not online (as the", id="unreachable"),
        pytest.param(
            TimedOut, "host-in-trouble", "info", "is in trouble (as the test wants", id="timed out"
        ),
        pytest.param(
            LookupFailed,
            "lookup-failed",
            "info",
            "could not be looked at (as the test wants it); the next run tries again",
            id="name server",
        ),
        pytest.param(
            Refused,
            "address-refused",
            "warning",
            "is not fetched (as the test wants it); set SITEURL to a public address, or name its "
            "host in LINKBACK_ALLOW_HOSTS",
            id="private address",
        ),
        pytest.param(
            Reply(301, [("Location", "/")]),
            "redirected",
            "warning",
            f"redirects to {BLOG}/, which is another page, or on another host; set SITEURL",
            id="redirect",
        ),
        pytest.param(
            page("https://far.example/B"),
            "link-missing",
            "warning",
            "does not link to it; upload the page if that is an older one, else add the link to "
            "the article or set LINKBACK_LINK_MARKED = True",
            id="no link",
        ),
    ],
)
def test_a_page_that_is_not_ready_holds_its_mentions_back(
    world: World, answer: Page, reason: str, level: str, words: str
) -> None:
    posts = [post("a", f"{FAR}/b")]
    world.web.pages[f"{BLOG}/a"] = answer
    report = world.sender().run(posts)
    assert world.delivery().state is State.WAITING
    assert world.delivery().reason == reason
    assert report.waiting == 1
    (notice,) = report.notices
    assert notice.level == level
    assert re.match(f"a.md: {FAR}/b not notified yet: (the host of )?{BLOG}/a ", notice.text)
    assert words in notice.text

    # A build later nothing has changed, and nothing is written.
    before = world.journal.path.read_bytes()
    assert world.sender().run(posts) == report
    assert world.journal.path.read_bytes() == before
    assert not world.received()

    assert world.sender().run(world.publish(*posts)).sent == 1
    assert world.events() == ["queued", "waiting", "attempt", "outcome"]


def test_a_host_that_refuses_for_a_day_needs_its_author(world: World) -> None:
    posts = world.publish(post("a", f"{FAR}/b"))
    world.web.pages[f"{BLOG}/a"] = Reply(403)
    levels = []
    for _ in range(2):
        report = world.sender().run(posts)
        levels += [notice.level for notice in report.notices]
        assert (report.soon, world.delivery().attempts) == (1, 0)
        world.now += timedelta(days=1)
    assert levels == ["info", "warning"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(None, "{} is still online; take it away, then run", id="still there"),
        pytest.param(Unreachable, "{} could not be looked at (as the", id="down"),
        pytest.param(Reply(503), "the host of {} is in trouble (it answers 503); the", id="503"),
        pytest.param(
            Reply(403), "(it answers 403), which does not say that it is gone; let it", id="403"
        ),
    ],
)
def test_a_page_that_is_not_gone_yet_says_one_thing_to_do(
    world: World, answer: Page | None, words: str
) -> None:
    world.web.pages[f"{FAR}/b"] = offering(webmention=f"{HUB}/webmention")
    world.sender().run(world.publish(post("a", f"{FAR}/b")))
    if answer is not None:
        world.web.pages[f"{BLOG}/a"] = answer
    said = text_of(world.sender().retract(f"{BLOG}/a"))
    assert words.format(f"{BLOG}/a") in said
    assert "upload" not in said


def test_a_source_has_one_line_and_each_missing_link_its_own(world: World) -> None:
    targets = [f"{FAR}/b", f"{FAR}/c", f"{FAR}/d"]
    report = world.sender().run([post("a", *targets)])
    assert text_of(report).startswith(f"a.md: {FAR}/b and 2 more not notified yet: {BLOG}/a is not")
    assert world.asked() == [f"GET {BLOG}/a"]

    world.web.pages[f"{BLOG}/a"] = page(f"{FAR}/b")
    report = world.sender().run([post("a", *targets)])
    assert (report.sent, report.waiting) == (1, 2)
    assert [notice.level for notice in report.notices] == ["info", "warning", "warning"]


def test_a_link_that_the_built_page_lacks_is_named_at_once(world: World) -> None:
    posts = (post("a", f"{FAR}/b"),)
    for _ in range(2):  # whether it is news or not
        report = world.sender(built=lambda _: BuiltPage(b"<p>No link.", NOON)).run(posts)
        (warning,) = (each.text for each in report.notices if each.is_warning)
        assert "it is marked, and the article does not link to it" in warning
    world.publish(*posts)
    world.now += timedelta(days=1)
    report = world.sender(built=lambda _: BuiltPage(b"<p>An older build.", NOON)).run(posts)
    assert report.sent == 1
    assert not [each.text for each in report.notices if "it is marked" in each.text]


def test_a_link_that_only_the_built_page_has_says_what_was_looked_for(world: World) -> None:
    posts = world.publish(post("a", f"{FAR}/b"))
    built = BuiltPage(page(f"{FAR}/b").encode(), NOON)
    world.web.pages[f"{BLOG}/a"] = page("https://count.example/?to=b")
    report = world.sender(built=lambda _: built, is_build=True).run(posts)
    (notice,) = report.notices
    assert f'no link on it has exactly href="{FAR}/b"; the page that was built' in notice.text
    assert (notice.level, report.soon) == ("warning", 0)


def test_two_articles_of_one_url_stop_nothing(world: World) -> None:
    posts = (post("a", f"{FAR}/b"), post("a", f"{FAR}/c"))
    report = world.sender(built=lambda _: BuiltPage(b"<p>No link.", NOON)).run(posts)
    (warning,) = (each.text for each in report.notices if each.is_warning)
    assert f"{FAR}/c not notified yet: it is marked" in warning


# What targets and endpoints say


@pytest.mark.parametrize(
    ("target", "state", "reason"),
    [
        pytest.param(page(), State.NOTHING, "no-endpoint", id="no endpoint"),
        pytest.param("<p>" * 400_000, State.NOTHING, "unread", id="too long"),
        pytest.param(LookupFailed, State.LATER, "lookup-failed", id="name server"),
        pytest.param(RedirectLoop, State.LATER, "redirect-loop", id="redirect loop"),
        pytest.param(Reply(404), State.REFUSED, "target-404", id="target gone"),
        pytest.param(Reply(503), State.LATER, "target-503", id="target down"),
        pytest.param(Unreachable, State.LATER, "unreachable", id="no such host"),
        pytest.param(TimedOut, State.LATER, "timed-out", id="too slow"),
        pytest.param(Refused, State.REFUSED, "address-refused", id="private address"),
        pytest.param(InvalidURL, State.REFUSED, "invalid-url", id="not a URL"),
    ],
)
def test_a_target_that_cannot_be_notified(
    world: World, target: Page, state: State, reason: str
) -> None:
    world.web.pages[f"{FAR}/b"] = target
    report = world.sender().run(world.publish(post("a", f"{FAR}/b")))
    delivery = world.delivery()
    assert (delivery.state, delivery.reason, delivery.attempts) == (state, reason, 1)
    assert world.events() == ["queued", "outcome"]
    assert not world.received()
    assert report.notices[0].level == ("warning" if state is State.REFUSED else "info")
    assert (report.nothing, report.failed, report.later) == (
        state is State.NOTHING,
        state is State.REFUSED,
        state is State.LATER,
    )


def test_pages_are_asked_for_in_html(world: World) -> None:
    world.sender().run(world.publish(post("a", f"{FAR}/b")))
    asked = {each.url: each.headers for each in world.web.requests if each.method == "GET"}
    assert set(asked) == {f"{BLOG}/a", f"{FAR}/b"}
    assert {headers["Accept"][:10] for headers in asked.values()} == {"text/html,"}


def test_a_page_that_could_not_be_read_is_looked_at_again_when_that_is_asked_for(
    world: World,
) -> None:
    posts = world.publish(post("a", f"{FAR}/b"))
    world.web.pages[f"{FAR}/b"] = Reply(200, [("Content-Type", "application/pdf")], b"%PDF")
    report = world.sender().run(posts)
    assert "not notified: its page is no HTML (application/pdf)" in report.notices[0].text
    world.web.pages[f"{FAR}/b"] = offering(pingback=f"{FAR}/xmlrpc")
    assert world.sender().run(posts).sent == 0
    assert world.sender().run(posts, failed_too=True).sent == 1
    assert world.sender().run(posts, failed_too=True).ended == ()


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        pytest.param(accept, State.DELIVERED, "accepted", id="taken"),
        pytest.param(fault(48), State.DELIVERED, None, id="48"),
        pytest.param(fault(17), State.REFUSED, "fault-17", id="17"),
        pytest.param(Reply(500), State.LATER, "http-500", id="500"),
        pytest.param(Reply(403), State.REFUSED, "http-403", id="403"),
        pytest.param(Unreachable, State.LATER, "unreachable", id="unreachable"),
        pytest.param(TimedOut, State.LATER, "timed-out", id="too slow"),
        pytest.param(Refused, State.REFUSED, "address-refused", id="private address"),
    ],
)
def test_what_an_endpoint_answers_is_remembered(
    world: World, answer: Page | Callable[[Request], Page], state: State, reason: str | None
) -> None:
    world.web.pages[f"{FAR}/xmlrpc"] = answer
    world.sender().run(world.publish(post("a", f"{FAR}/b")))
    delivery = world.delivery()
    assert delivery.state is state
    assert reason is None or delivery.reason == reason
    assert (delivery.protocol, delivery.endpoint) == (spoken.PINGBACK, f"{FAR}/xmlrpc")
    assert world.events() == ["queued", "attempt", "outcome"]


def test_a_target_that_is_no_url_is_refused_without_a_request(world: World) -> None:
    world.sender().run(world.publish(post("a", "gopher://far.example/")))
    assert world.delivery("gopher://far.example/").reason == "invalid-url"
    assert world.asked() == [f"GET {BLOG}/a"]


@pytest.mark.parametrize(
    ("protocols", "told"),
    [
        pytest.param((Webmention(), Pingback()), "webmention", id="as we do"),
        pytest.param((Pingback(), Webmention()), "pingback", id="the other way"),
        pytest.param((Pingback(),), "pingback", id="one only"),
    ],
)
def test_the_first_protocol_that_is_offered_sends_it_and_no_other(
    world: World, protocols: Sequence[Protocol], told: str
) -> None:
    both = {"webmention": f"{HUB}/webmention", "pingback": f"{FAR}/xmlrpc"}
    world.web.pages[f"{FAR}/b"] = offering(**both)
    sender = world.sender(discoveries=Discoveries(protocols=Registry(protocols)))
    sender.run(world.publish(post("a", f"{FAR}/b")))
    assert world.received() == [Mention(f"{BLOG}/a", f"{FAR}/b")]
    assert f"POST {both[told]}" in world.asked()


def test_a_protocol_that_makes_no_request_costs_one_delivery_for_now(world: World) -> None:
    class Broken(Webmention):
        def request(self, mention: Mention) -> Message:
            raise LookupError(mention.target)

    world.web.pages[f"{FAR}/b"] = offering(webmention=f"{HUB}/webmention")
    protocols = Registry([Broken(), Pingback()])
    sender = world.sender(discoveries=Discoveries(protocols=protocols))
    report = sender.run(world.publish(post("a", f"{FAR}/b", f"{FAR}/c")))
    assert (report.sent, report.later) == (1, 1)
    assert (world.delivery().state, world.delivery().reason) == (State.LATER, "error")


@pytest.mark.parametrize(
    ("first", "state", "protocol"),
    [
        pytest.param(Reply(400), State.DELIVERED, spoken.PINGBACK, id="refused: the other one"),
        pytest.param(Reply(503), State.LATER, spoken.WEBMENTION, id="later: the same one later"),
        pytest.param(TimedOut, State.LATER, spoken.WEBMENTION, id="perhaps delivered: never both"),
    ],
)
def test_pingback_stands_in_where_webmention_is_refused_for_good(
    world: World, first: Page, state: State, protocol: Traits
) -> None:
    world.web.pages |= {
        f"{FAR}/b": offering(webmention=f"{HUB}/webmention", pingback=f"{FAR}/xmlrpc"),
        f"{HUB}/webmention": first,
    }
    world.sender().run(world.publish(post("a", f"{FAR}/b")))
    delivery = world.delivery()
    assert (delivery.state, delivery.protocol, delivery.attempts) == (state, protocol, 1)


@pytest.mark.parametrize(
    ("location", "kept"),
    [
        pytest.param("/status/1", f"{HUB}/status/1", id="relative to the endpoint"),
        pytest.param("https://[", None, id="no URL, but sent all the same"),
        pytest.param("javascript:alert(1)", None, id="no web page"),
    ],
)
def test_the_status_page_of_a_receiver_is_recorded(
    world: World, location: str, kept: str | None
) -> None:
    world.web.pages |= {
        f"{FAR}/b": offering(webmention=f"{HUB}/webmention"),
        f"{HUB}/webmention": Reply(201, [("Location", location)]),
    }
    world.sender().run(world.publish(post("a", f"{FAR}/b")))
    assert world.delivery().state is State.DELIVERED
    assert world.delivery().status_url == kept


@pytest.mark.parametrize(
    ("says", "state", "reason", "level"),
    [
        pytest.param("success", State.DELIVERED, "status-success", "", id="taken"),
        pytest.param("no_link_found", State.REFUSED, "status-refused", "warning", id="refused"),
    ],
)
def test_a_status_page_is_asked_until_it_gives_a_verdict(
    world: World, says: str, state: State, reason: str, level: str
) -> None:
    def status(word: str) -> Reply:
        said = f'{{"status": "{word}"}}'.encode()
        return Reply(200, [("Content-Type", "application/json")], said)

    world.web.pages |= {
        f"{FAR}/b": offering(webmention=f"{HUB}/webmention"),
        f"{HUB}/webmention": Reply(201, [("Location", "/status/1")]),
        f"{HUB}/status/1": status("pending"),
    }
    posts = world.publish(post("a", f"{FAR}/b"))
    report = world.sender().run(posts)
    assert report.next_at == NOON + timedelta(minutes=10)
    world.asked()
    assert world.sender().run(posts).next_at == report.next_at
    assert world.asked() == []
    for minutes in (10, 30):
        world.now += timedelta(minutes=minutes)
        assert world.sender().run(posts).summary() == "Linkbacks: nothing to send"
        assert world.asked() == [f"GET {HUB}/status/1"]
    world.now += timedelta(minutes=90)
    world.web.pages[f"{HUB}/status/1"] = status(says)
    report = world.sender().run(posts)
    assert (report.failed, [notice.level for notice in report.notices]) == (
        (1, [level]) if level else (0, [])
    )
    assert (world.delivery().state, world.delivery().reason) == (state, reason)
    world.asked()
    world.now += timedelta(days=30)
    assert world.sender().run(posts) == Report()
    assert world.asked() == []


def test_a_status_page_that_is_down_is_asked_later(world: World) -> None:
    world.web.pages |= {
        f"{FAR}/b": offering(webmention=f"{HUB}/webmention"),
        f"{HUB}/webmention": Reply(201, [("Location", "https://status.example/1")]),
    }
    posts = world.publish(post("a", f"{FAR}/b"))
    for _ in range(10):
        report = world.sender().run(posts)
        world.now = report.next_at or world.now
    assert Counter(world.events())["asked"] == 8
    assert world.delivery().state is State.DELIVERED


# Preflight


def test_what_wordpress_would_refuse_is_named_before_a_pingback(world: World) -> None:
    image = f'<title>x</title><a href="{FAR}/b"><img src="x"></a>'
    posts = world.publish(post("a", f"{FAR}/b"))
    world.web.pages[f"{BLOG}/a"] = image
    report = world.sender().run(posts)
    warning, told = sorted(report.notices, reverse=True)
    assert warning.level == "warning"
    assert warning.text.startswith(f"a.md: {FAR}/b: a WordPress site will refuse the pingback: ")
    assert "put words between <a> and </a>" in warning.text
    assert told.level == "info"


def test_and_does_not_concern_a_webmention(world: World) -> None:
    world.web.pages[f"{FAR}/b"] = offering(webmention=f"{HUB}/webmention")
    posts = world.publish(post("a", f"{FAR}/b"))
    world.web.pages[f"{BLOG}/a"] = f'<a href="{FAR}/b"><img src="x"></a>'
    report = world.sender().run(posts)
    assert report.sent == 1
    assert text_of(report).startswith(f"a.md: {FAR}/b notified by webmention")


def test_a_link_that_is_nearly_right_is_named(world: World) -> None:
    world.web.pages[f"{BLOG}/a"] = page(f"{FAR}/b/")
    report = world.sender().run([post("a", f"{FAR}/b")])
    assert f"the page links to {FAR}/b/, which is not exactly the target" in text_of(report)


# Updates


def test_an_update_goes_by_webmention_or_not_at_all(world: World) -> None:
    world.web.pages[f"{FAR}/b"] = offering(webmention=f"{HUB}/webmention")
    world.sender().run(world.publish(post("a", f"{FAR}/b")))
    world.web.pages[f"{FAR}/b"] = offering(pingback=f"{FAR}/xmlrpc")
    report = world.sender().run([post("a", f"{FAR}/b", fingerprint="2")])
    assert (report.sent, report.nothing) == (0, 1)
    assert len(world.received()) == 1


def test_a_shared_endpoint_that_refuses_is_looked_up_again(world: World) -> None:
    keys = count(1)
    used = set()

    def once(request: Request) -> Reply:
        fresh = request.url not in used
        used.add(request.url)
        return accept(request) if fresh else Reply(403)

    world.web.pages |= {f"{HUB}/{n}": once for n in range(1, 9)}
    world.web.pages[f"{FAR}/b"] = lambda _: offering(webmention=f"{HUB}/{next(keys)}")
    posts = world.publish(post("a", f"{FAR}/b"), post("z", f"{FAR}/b"))
    assert world.sender().run(posts).sent == 2
    assert world.asked().count(f"GET {FAR}/b") == 2


def test_a_remembered_endpoint_that_refuses_is_looked_up_again(world: World) -> None:
    memory = Discoveries()

    def offer(key: int) -> Reply:
        page = offering(webmention=f"{HUB}/{key}")
        return Reply(200, [*page.headers, ("Cache-Control", "max-age=600")])

    world.web.pages |= {f"{FAR}/b": offer(1), f"{HUB}/1": accept, f"{HUB}/2": accept}
    world.sender(discoveries=memory).run(world.publish(post("a", f"{FAR}/b")))
    world.web.pages |= {f"{FAR}/b": offer(2), f"{HUB}/1": Reply(403)}
    posts = world.publish(post("a", f"{FAR}/b"), post("z", f"{FAR}/b"))
    world.asked()
    assert world.sender(discoveries=memory).run(posts).sent == 1
    assert world.asked() == [
        f"GET {BLOG}/z",
        f"GET {FAR}/b",
        f"POST {HUB}/1",
        f"POST {HUB}/2",
    ]


def test_and_a_refusal_by_the_same_endpoint_is_believed(world: World) -> None:
    world.web.pages |= {
        f"{FAR}/b": offering(webmention=f"{HUB}/webmention"),
        f"{HUB}/webmention": Reply(403),
    }
    posts = world.publish(post("a", f"{FAR}/b"), post("z", f"{FAR}/b"))
    assert world.sender().run(posts).failed == 2
    assert world.asked().count(f"POST {HUB}/webmention") == 2


def test_retract_drops_what_was_never_sent_and_leaves_pingbacks_alone(world: World) -> None:
    world.web.pages |= {f"{FAR}/c": offering(webmention=f"{HUB}/webmention")}
    world.sender().run(world.publish(post("a", f"{FAR}/b", f"{FAR}/c")))
    world.sender(deadline=0).run([post("a", f"{FAR}/b", f"{FAR}/c", f"{FAR}/d")])
    world.web.pages[f"{BLOG}/a"] = Reply(410)
    world.asked()
    report = world.sender().retract(f"{BLOG}/a")
    assert "notified that the page is gone by webmention" in text_of(report)
    assert world.asked() == [f"GET {BLOG}/a", f"GET {FAR}/c", f"POST {HUB}/webmention"]
    assert world.delivery(f"{FAR}/d").state is State.DROPPED
    assert world.sender().retract(f"{BLOG}/a") == Report()


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        pytest.param(Reply(200), State.DELIVERED, "accepted", id="forgotten"),
        pytest.param(Reply(400), State.DELIVERED, "found-gone", id="forgotten with a complaint"),
        pytest.param(Reply(403), State.REFUSED, "http-403", id="not even looked"),
        pytest.param(Reply(503), State.LATER, "http-503", id="not now"),
    ],
)
def test_what_a_receiver_answers_to_the_news_that_a_link_is_gone(
    world: World, answer: Page, state: State, reason: str
) -> None:
    world.web.pages[f"{FAR}/b"] = offering(webmention=f"{HUB}/webmention")
    world.sender().run(world.publish(post("a", f"{FAR}/b")))
    world.web.pages[f"{HUB}/webmention"] = answer
    world.sender().run(world.publish(post("a", fingerprint="2")))
    assert (world.delivery().state, world.delivery().reason) == (state, reason)


# Again, and at last no more


@pytest.mark.parametrize("where", [f"{FAR}/xmlrpc", f"{FAR}/b"], ids=["endpoint", "target"])
@pytest.mark.parametrize(
    "asked", ["7200", "Sun, 01 Mar 2026 14:00:00 GMT"], ids=["in seconds", "a date"]
)
def test_what_failed_for_now_is_tried_when_its_time_has_come(
    world: World, where: str, asked: str
) -> None:
    posts = world.publish(post("a", f"{FAR}/b"))
    well, world.web.pages[where] = world.web.pages[where], Reply(429, [("Retry-After", asked)])
    report = world.sender().run(posts)
    assert "the first run after 2026-03-01 14:00 UTC tries again" in text_of(report)
    world.asked()
    world.now = NOON + timedelta(hours=2, seconds=-1)
    report = world.sender().run(posts)
    assert report.summary() == "Linkbacks: 1 to be tried again"
    assert world.asked() == []
    world.web.pages[where] = well
    world.now += timedelta(seconds=1)
    assert world.sender().run(posts).sent == 1


def test_after_eight_attempts_we_give_up_until_the_article_changes(world: World) -> None:
    posts = world.publish(post("a", f"{FAR}/b"))
    world.web.pages[f"{FAR}/xmlrpc"] = Reply(500)
    reports = []
    for _ in range(8):
        reports.append(world.sender().run(posts))
        world.now = world.delivery().retry_at
    assert [(each.later, each.failed) for each in reports] == [(1, 0)] * 7 + [(0, 1)]
    assert "not notified after 8 attempts (the endpoint answers 500)" in text_of(reports[-1])
    assert len(world.received()) == 8
    assert timedelta(days=6) < world.now - NOON
    assert world.sender().run(posts) == Report()
    assert len(world.received()) == 8

    world.web.pages[f"{FAR}/xmlrpc"] = accept
    assert world.sender().run([post("a", f"{FAR}/b", fingerprint="2")]).sent == 1


# Cut short


def test_what_the_deadline_leaves_is_due_next_time(world: World) -> None:
    ticks = count()
    posts = world.publish(*(post(f"a{n}", f"{FAR}/b") for n in range(6)))
    report = world.sender(workers=1, monotonic=lambda: next(ticks), deadline=7).run(posts)
    assert 0 < report.sent < 6
    assert report.sent + report.left == 6
    assert report.summary() == (
        f"Linkbacks: {report.sent} sent, {report.left} left for the next run"
    )
    assert world.sender().run(None).sent == report.left
    assert Counter(world.received()).most_common(1)[0][1] == 1


def test_ctrl_c_records_what_is_known_and_says_what_remains(world: World) -> None:
    def interrupting(request: Request) -> Reply:
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        return accept(request)

    world.web.pages[f"{FAR}/xmlrpc"] = interrupting
    posts = world.publish(*(post(f"a{n}", f"{FAR}/b") for n in range(4)))
    report = world.sender(workers=1).run(posts)
    assert report.interrupted
    assert report.sent >= 1
    assert report.sent + report.left == 4
    assert report.summary().startswith(f"Linkbacks: interrupted, {report.sent} sent")
    world.web.pages[f"{FAR}/xmlrpc"] = accept
    assert world.sender().run(posts).sent == report.left
    assert Counter(world.received()).most_common(1)[0][1] == 1


def test_what_ctrl_c_cuts_off_stays_due_and_is_recorded_no_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client breaks off what does not end by itself; that is no answer of the server's."""
    ended, closed = threading.Event(), threading.Event()

    def stalls(request: Request) -> Reply:
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        closed.wait(TIMEOUT)
        raise Unreachable(request.url, "the exchange was broken off")

    settle = Recorder.settle

    def noted(self: Recorder, mention: Mention, outcome: Outcome, source: str = "") -> None:
        try:
            settle(self, mention, outcome, source)
        finally:
            ended.set()

    monkeypatch.setattr(Recorder, "settle", noted)
    monkeypatch.setattr(scheduler, "GRACE", 0.0)
    monkeypatch.setattr(world.web, "close", closed.set)
    world.web.pages[f"{FAR}/xmlrpc"] = stalls
    posts = world.publish(post("a", f"{FAR}/b"))
    report = world.sender().run(posts)
    assert report.summary() == "Linkbacks: interrupted, 1 to be tried again"
    assert ended.wait(TIMEOUT)
    assert world.events() == ["queued", "attempt"]
    world.web.pages[f"{FAR}/xmlrpc"] = accept
    world.now += timedelta(minutes=11)
    assert world.sender().run(posts).sent == 1


class Killed(BaseException):
    """The end of the process, as far as the code can tell."""


class MortalJournal(Journal):
    """Dies at a given append: before it, in the midst of it, or just after."""

    def __init__(self, path: Path, when: str, at: int) -> None:
        super().__init__(path)
        self.when, self.left = when, at

    def append(self, *events) -> None:
        self.left -= 1
        if self.left or self.when == "after":
            super().append(*events)
        elif self.when == "amid":
            super().append(*events)
            whole = self.path.read_bytes()
            self.path.write_bytes(whole[: -len(whole.splitlines()[-1]) // 2])
        if not self.left:
            raise Killed


SIX = [post(f"a{n}", f"{FAR}/b", f"{FAR}/c") for n in range(3)]


@pytest.mark.parametrize("when", ["before", "amid", "after"])
@pytest.mark.parametrize("point", range(1, 14), ids=lambda n: f"line {n}")
def test_killed_at_any_write_the_next_run_completes(world: World, when: str, point: int) -> None:
    posts = world.publish(*SIX)
    mortal = Sender(
        MortalJournal(world.journal.path, when, point), world.web, now=lambda: NOON, workers=1
    )
    with pytest.raises(Killed):
        mortal.run(posts)
    assert_the_rest_completes(world, posts)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("point", range(1, 7), ids=lambda n: f"request {n}")
def test_killed_at_any_request_the_next_run_completes(world: World, when: str, point: int) -> None:
    posts = world.publish(*SIX)
    requests = count(1)

    def deadly(request: Request) -> Reply:
        if next(requests) == point:
            if when == "before":
                world.web.requests.remove(request)
            raise Killed
        return accept(request)

    world.web.pages[f"{FAR}/xmlrpc"] = deadly
    with pytest.raises(Killed):
        world.sender(workers=1).run(posts)
    world.web.pages[f"{FAR}/xmlrpc"] = accept
    assert_the_rest_completes(world, posts)


def assert_the_rest_completes(world: World, posts: tuple[Post, ...]) -> None:
    """Nothing is lost, and at most the one in flight is repeated, when its time has come."""
    world.sender().run(posts)
    assert Counter(world.received()).most_common(1)[0][1] == 1
    world.now += timedelta(minutes=11)
    world.sender().run(posts)
    told = Counter(world.received())
    assert set(told) == {Mention(each.source, target) for each in posts for target in each.targets}
    assert told.total() <= 7
    assert {each.state for each in spoken.ledger_of(world.journal).deliveries.values()} == {
        State.DELIVERED
    }
    world.asked()
    world.sender().run(posts)
    assert world.asked() == []


# The journal


def test_nothing_is_sent_whose_attempt_is_not_on_record(world: World) -> None:
    class Full(Journal):
        def append(self, *events) -> None:
            if any(event["event"] == "attempt" for event in events):
                raise JournalError(self.path, "cannot be written: No space left on device")
            super().append(*events)

    world.publish(*SIX)
    world.journal = Full(world.journal.path)
    with pytest.raises(JournalError):
        world.sender().run(SIX)
    assert not world.received()


def test_damage_is_reported_and_has_no_effect(world: World) -> None:
    posts = world.publish(post("a", f"{FAR}/b"))
    world.sender().run(posts)
    with world.journal.path.open("a") as file:
        file.write('{"v": 0, "event": "sung"}\n' * 2 + "?\n" * 5)
    report = world.sender().run(posts)
    name = world.journal.path
    assert [notice.text for notice in report.notices] == [
        *(
            f"{name}: line {n} is not used: its version is 0, not 1; fix the line or take it out"
            for n in (4, 5)
        ),
        *(
            f"{name}: line {n} is not used: it is not JSON; fix the line or take it out"
            for n in (6, 7, 8)
        ),
        f"{name}: 2 more of its lines are not used",
    ]
    assert {notice.level for notice in report.notices} == {"warning"}
    assert len(world.received()) == 1


def test_two_runs_at_a_time_send_nothing_twice(world: World) -> None:
    posts = world.publish(*SIX)
    others: list[Report] = []

    def meanwhile(request: Request) -> Reply:
        others.append(Sender(Journal(world.journal.path), world.web, now=lambda: NOON).run(posts))
        return accept(request)

    world.web.pages[f"{FAR}/xmlrpc"] = meanwhile
    assert world.sender().run(posts).sent == 6
    assert Counter(world.received()).most_common(1)[0][1] == 1
    for other in others:
        assert other.sent == 0
        assert other.shut_out == (other.left > 0)
        assert other.left + other.later >= 1  # what is in flight is left to the other


def test_a_run_that_had_to_wait_for_another_knows_what_that_one_sent(world: World) -> None:
    posts = world.publish(*SIX)

    class Late(Journal):
        @contextmanager
        def hold(self) -> Iterator[bool]:
            Sender(Journal(self.path), world.web, now=lambda: NOON).run(posts)
            with super().hold() as held:
                yield held

    late = Sender(Late(world.journal.path), world.web, now=lambda: NOON)
    assert late.run(posts) == Report()
    assert len(world.received()) == 6


# Plan


def test_plan_says_what_run_would_do_and_does_nothing(world: World, tmp_path: Path) -> None:
    first, second = world.publish(post("a", f"{FAR}/b"), post("z", f"{FAR}/b"))
    planned = world.sender().plan([first])
    assert [(delivery.mention, what) for delivery, what in planned] == [
        (Mention(first.source, f"{FAR}/b"), Send("queued"))
    ]
    assert not world.asked()
    assert not list(tmp_path.iterdir())

    world.sender().run([first])
    before = world.journal.path.read_bytes()
    planned = world.sender().plan([first, second])
    assert [what for _, what in planned] == [Skip("delivered"), Send("queued")]
    assert [what for _, what in world.sender().plan()] == [Skip("delivered")]
    assert world.journal.path.read_bytes() == before


# Words


@pytest.mark.parametrize(
    ("report", "line"),
    [
        pytest.param(Report(), "nothing to send", id="nothing"),
        pytest.param(
            Report(2, waiting=1, waits_for=("https://b.example/a to be online",)),
            "2 sent, 1 waits for https://b.example/a to be online",
            id="one waits",
        ),
        pytest.param(
            Report(waiting=3, waits_for=("https://b.example/a to be online",)),
            "3 wait for https://b.example/a to be online",
            id="three of one page wait",
        ),
        pytest.param(
            Report(waiting=3, waits_for=("one", "another")),
            "3 wait for their pages to be ready",
            id="several pages",
        ),
        pytest.param(
            Report(1, later=2, failed=3, nothing=4, left=5),
            "1 sent, 2 to be tried again, 4 without an endpoint, 3 failed, 5 left for the next run",
            id="everything",
        ),
    ],
)
def test_summary(report: Report, line: str) -> None:
    assert report.summary() == f"Linkbacks: {line}"


def test_a_notice_is_one_harmless_line(world: World) -> None:
    world.web.pages[f"{FAR}/xmlrpc"] = fault(49)
    source = Post(f"{BLOG}/a", "a\n\x1b[31m.md", (f"{FAR}/b",), "1")
    report = world.sender().run(world.publish(source))
    assert report.notices[0] == Notice("warning", report.notices[0].text)
    assert text_of(report).isprintable()


def test_every_line_that_is_written_can_be_read(world: World) -> None:
    world.sender().run(world.publish(*SIX, post("a", f"{FAR}/404")))
    lines = world.journal.read().events
    assert len(lines) > 2 * len(SIX)
    assert [to_line(spoken.from_line(line)) for line in lines] == list(lines)


def test_errors_of_the_web_are_all_answers() -> None:
    known = {InvalidURL, LookupFailed, RedirectLoop, Refused, TimedOut, Unreachable}
    # A module may have one of its own, which nobody else meets.
    public = {each for each in WebError.__subclasses__() if each.__module__ == WebError.__module__}
    assert public == known


def test_how_far_a_run_is_can_be_watched(world: World) -> None:
    seen: list[tuple[int, int]] = []
    sender = replace(world.sender(), progress=lambda done, due: seen.append((done, due)))
    sender.run([post("a", f"{FAR}/x")])
    assert seen[0] == (0, 1)
    assert seen[-1] == (1, 1)
