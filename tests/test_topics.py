"""Feeds and their hubs as deliveries: versions, news, and the sender over a miniature web."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.exceptions import LookupFailed, TimedOut, Unreachable
from pelican_linkback.net.client import MAX_BODY, Response
from pelican_linkback.protocol.answer import Answer
from pelican_linkback.protocol.mention import Mention, Verdict
from pelican_linkback.protocol.websub import WebSub
from pelican_linkback.sending.deciding.changes import vanished
from pelican_linkback.sending.deciding.decider import Policy
from pelican_linkback.sending.deciding.topics import SEEN, Topic, is_version, version_of
from pelican_linkback.sending.memory.delivery import State
from tests import spoken
from tests.fakeweb import Reply, Request
from tests.test_sender import BLOG, FAR, HUB, World, offering, post

FEED = f"{BLOG}/all.atom.xml"


def topic(document: str | bytes, url: str = FEED, *hubs: str) -> Topic:
    data = document.encode() if isinstance(document, str) else document
    name = url.removeprefix(f"{BLOG}/")
    return Topic(url, name, hubs or (f"{HUB}/",), version_of(data))


class Feeds(World):
    """A blog with one feed that its hub knows."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.web.pages |= {f"{HUB}/": Reply(204), FEED: "first"}
        self.sender().run((), [topic("first")])
        assert self.asked() == []

    def upload(self, document: str) -> list[Topic]:
        self.web.pages[FEED] = document
        return [topic(document)]

    def pings(self) -> list[str]:
        posts = [each for each in self.web.requests if each.method == "POST"]
        self.web.requests.clear()
        return [parse_qs(each.body.decode())["hub.url"][0] for each in posts]

    def ping(self):
        (found,) = [each for each, _ in self.sender().plan() if each.is_ping]
        return found


@pytest.fixture
def feeds(tmp_path: Path) -> Feeds:
    return Feeds(tmp_path)


# Versions


def test_as_much_is_compared_as_the_client_keeps():
    assert SEEN == MAX_BODY


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_a_version_is_of_every_byte(one: bytes, other: bytes):
    long = b"x" * SEEN
    assert (version_of(one) == version_of(other)) == (one == other)
    assert (version_of(long + one) == version_of(long + other)) == (one == other)


@pytest.mark.parametrize("rest", [b"", b"y", b"yy"])
def test_a_page_is_the_version_as_far_as_it_was_fetched(rest):
    document = b"x" * SEEN + rest
    page = Response(FEED, 200, (), document[:SEEN], truncated=bool(rest))
    assert is_version(page, version_of(document))
    assert not is_version(page, version_of(b"z" + document))
    assert not is_version(page, version_of(document[:10]))


# News


def test_what_is_new_to_a_hub_is_remembered_and_not_sent(feeds: Feeds):
    assert feeds.events() == ["queued", "outcome"]
    known = feeds.ping()
    assert (known.state, known.reason, known.attempts) == (State.NOTHING, "nobody-yet", 0)
    assert feeds.sender().run((), [topic("first")]).ended == ()
    assert feeds.events() == ["queued", "outcome"]


def test_a_feed_is_asked_for_in_any_form(feeds: Feeds):
    """Where an address has several, HTML is what a hub does not want."""
    feeds.sender().run((), feeds.upload("second"))
    (fetched,) = [each for each in feeds.web.requests if each.url == FEED]
    assert "Accept" not in fetched.headers


def test_a_change_is_sent_once(feeds: Feeds):
    changed = feeds.upload("second")
    report = feeds.sender().run((), changed)
    assert report.sent == 1
    assert report.notices[0].text == f"all.atom.xml: the hub {HUB}/ notified (accepted)"
    assert feeds.pings() == [FEED]
    assert feeds.sender().run((), changed).sent == 0
    assert feeds.sender().run(None).sent == 0
    assert feeds.asked() == []
    assert feeds.ping().acknowledged == version_of(b"second")


def test_what_changed_and_changed_back_before_it_was_sent_is_not_sent(feeds: Feeds):
    feeds.sender().run((), feeds.upload("second"))
    feeds.pings()
    feeds.sender().run((), [topic("third")])
    assert feeds.ping().state is State.WAITING
    feeds.sender().run((), [topic("second")])
    assert feeds.pings() == []
    assert feeds.ping().state is State.DELIVERED


def test_a_second_hub_begins_without_subscribers(feeds: Feeds):
    other = f"{FAR}/hub"
    feeds.web.pages[other] = Reply(202)
    feeds.web.pages[FEED] = "second"
    feeds.sender().run((), [topic("second", FEED, f"{HUB}/", other)])
    assert feeds.pings() == [FEED]
    feeds.web.pages[FEED] = "third"
    feeds.sender().run((), [topic("third", FEED, f"{HUB}/", other)])
    assert feeds.asked() == [f"GET {FEED}", f"POST {other}", f"POST {HUB}/"]


@pytest.mark.parametrize("articles", [None, ()])
def test_who_does_not_know_the_feeds_leaves_them_as_they_are(feeds: Feeds, articles):
    feeds.sender(deadline=0).run((), feeds.upload("second"))
    assert feeds.sender(deadline=0).run(articles).left == 1
    assert feeds.events() == ["queued", "outcome", "queued"]


def test_a_feed_that_could_not_be_built_once_is_not_sent_for_that(feeds: Feeds):
    feeds.sender().run((), [])
    feeds.sender().run((), [topic("first")])
    assert feeds.asked() == []
    feeds.sender(deadline=0).run((), feeds.upload("second"))
    feeds.sender().run((), [])
    assert feeds.ping().state is State.DROPPED
    feeds.sender().run((), [topic("second")])
    assert feeds.pings() == [FEED]


def test_articles_are_not_mistaken_for_feeds(feeds: Feeds):
    feeds.web.pages[f"{FAR}/b"] = offering(webmention=f"{HUB}/webmention")
    feeds.sender().run(feeds.publish(post("a", f"{FAR}/b")), feeds.upload("second"))
    assert feeds.asked()[-2:] == [f"POST {HUB}/", f"POST {HUB}/webmention"]
    known = spoken.ledger_of(feeds.journal).deliveries
    assert [each.mention.source for each in vanished(known, ())] == [f"{BLOG}/a"]
    assert feeds.sender().retract(FEED).ended == ()
    assert feeds.asked() == []


def test_the_attempt_is_on_record_before_the_hub_is_notified(feeds: Feeds):
    seen: list[list[str]] = []

    def hub(_: Request) -> Reply:
        seen.append(feeds.events())
        return Reply(204)

    feeds.web.pages[f"{HUB}/"] = hub
    feeds.sender().run((), feeds.upload("second"))
    assert seen == [["queued", "outcome", "queued", "attempt"]]
    assert feeds.events()[4:] == ["outcome"]


def test_a_kill_during_a_ping_repeats_that_one_ping(feeds: Feeds):
    def killed(_: Request) -> Reply:
        raise SystemExit

    feeds.web.pages[f"{HUB}/"] = killed
    with pytest.raises(SystemExit):
        feeds.sender().run((), feeds.upload("second"))
    assert feeds.ping().state is State.ATTEMPTED
    feeds.pings()
    feeds.web.pages[f"{HUB}/"] = Reply(204)
    feeds.now += timedelta(hours=1)
    assert feeds.sender().run((), [topic("second")]).sent == 1
    assert feeds.pings() == [FEED]


@pytest.mark.parametrize("orders", [1, -1], ids=["ours first", "theirs first"])
def test_two_branches_that_both_sent_make_one_journal(feeds: Feeds, tmp_path: Path, orders: int):
    common = feeds.journal.path.read_bytes()
    feeds.sender().run((), feeds.upload("second"))
    ours = feeds.journal.path.read_bytes().removeprefix(common)
    feeds.journal.path.write_bytes(common)
    feeds.now += timedelta(hours=1)
    feeds.sender().run((), feeds.upload("third"))
    theirs = feeds.journal.path.read_bytes().removeprefix(common)
    feeds.pings()
    feeds.journal.path.write_bytes(common + b"".join([ours, theirs][::orders]))
    assert feeds.sender().run((), [topic("third")]).ended == ()
    assert feeds.sender().run((), feeds.upload("fourth")).sent == 1


# Answers


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        pytest.param(
            Reply(503), State.LATER, "not notified yet (the endpoint answers 503)", id="now"
        ),
        pytest.param(
            TimedOut, State.LATER, "not notified yet (as the test wants it)", id="no answer"
        ),
        pytest.param(Reply(403), State.REFUSED, "not notified (the endpoint answers 403)", id="no"),
        pytest.param(
            Reply(301, [("Location", "/x")]), State.REFUSED, "redirects (301) to /x", id="moved"
        ),
    ],
)
def test_a_hub_that_does_not_take_it_is_named(feeds: Feeds, answer, state, words):
    feeds.web.pages[f"{HUB}/"] = answer
    report = feeds.sender().run((), feeds.upload("second"))
    assert feeds.ping().state is state
    (notice,) = report.notices
    assert notice.level == ("info" if state is State.LATER else "warning")
    assert words in notice.text


def test_it_is_given_up_and_notified_of_the_next_version(feeds: Feeds):
    feeds.web.pages[f"{HUB}/"] = Reply(503)
    once = Policy(attempts=1)
    report = feeds.sender(policy=once).run((), feeds.upload("second"))
    assert report.failed == 1
    assert "not notified after 1 attempts (the endpoint answers 503" in report.notices[0].text
    feeds.pings()
    feeds.now += timedelta(hours=1)
    assert feeds.sender(policy=once).run(None, failed_too=True).failed == 1
    assert feeds.pings() == [FEED]
    feeds.now += timedelta(hours=1)
    feeds.web.pages[f"{HUB}/"] = Reply(204)
    assert feeds.sender(policy=once).run((), feeds.upload("third")).sent == 1


def test_a_hub_that_is_down_is_asked_once_a_run(feeds: Feeds):
    feeds.web.pages[f"{HUB}/"] = Reply(503, [("Retry-After", "36000")])
    names = [f"{BLOG}/{number}.xml" for number in range(5)]
    topics = [topic("first", name) for name in names]
    feeds.sender().run((), topics)
    feeds.web.pages |= dict.fromkeys(names, "second")
    topics = [topic("second", name) for name in names]
    report = feeds.sender(workers=1).run((), topics)
    assert len(feeds.pings()) == 1
    assert (report.later, report.left, report.held_back) == (1, 4, 4)
    assert [each.text.partition(" (")[0] for each in report.notices] == [
        f"0.xml: the hub {HUB}/ not notified yet",
        (
            "hub.example asks to be left alone: 4 linkbacks are left for the first run after "
            "2026-03-01 22:00 UTC"
        ),
    ]
    assert feeds.sender().run(None).left == 4
    assert feeds.pings() == []
    assert sum(each.attempts for each, _ in feeds.sender().plan()) == 1
    feeds.now += timedelta(hours=12)
    feeds.web.pages[f"{HUB}/"] = Reply(204)
    assert feeds.sender().run(None).sent == 5


@pytest.mark.parametrize(
    ("online", "reason", "words"),
    [
        (Reply(404), "not-online", "is not online (it answers 404); upload it"),
        (TimedOut, "host-in-trouble", "is in trouble (as the test wants it); the next run"),
        (Unreachable, "not-online", "is not online (as the test wants it); upload it"),
        (LookupFailed, "lookup-failed", "could not be looked at (as the test wants it); the next"),
        ("first", "older-version", "is not online as it was built; upload it"),
    ],
)
def test_it_waits_for_the_upload(feeds: Feeds, online, reason, words):
    changed = feeds.upload("second")
    feeds.web.pages[FEED] = online
    report = feeds.sender().run((), changed)
    assert (report.waiting, report.soon) == (1, 1)
    assert feeds.ping().reason == reason
    (notice,) = report.notices
    assert (notice.level, notice.passing) == ("info", True)
    assert words in notice.text
    feeds.pings()
    feeds.upload("second")
    assert feeds.sender().run(None).sent == 1


def test_there_is_no_end_to_the_waiting(feeds: Feeds):
    """A hub that was notified too early is not notified again: see ``readiness``."""
    feeds.sender().run((), [topic("second")])
    feeds.now += timedelta(days=30)
    assert feeds.sender().run((), [topic("second")]).waiting == 1
    assert feeds.pings() == []


def test_a_hub_follows_redirects(feeds: Feeds):
    changed = feeds.upload("second")
    feeds.web.pages |= {FEED: Reply(301, [("Location", "/moved.xml")])}
    feeds.web.pages[f"{BLOG}/moved.xml"] = "second"
    assert feeds.sender().run((), changed).sent == 1


# The message


def test_the_form_names_the_feed_in_both_ways():
    assert WebSub().request(Mention(f"{FEED}?a=1&b=2", f"{HUB}/")).body.decode().split("&") == [
        "hub.mode=publish",
        "hub.url=https%3A%2F%2Fblog.example%2Fall.atom.xml%3Fa%3D1%26b%3D2",
        "hub.topic=https%3A%2F%2Fblog.example%2Fall.atom.xml%3Fa%3D1%26b%3D2",
    ]


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.DELIVERED),
        (202, Verdict.DELIVERED),
        (204, Verdict.DELIVERED),
        (400, Verdict.REFUSED),
        (429, Verdict.LATER),
        (500, Verdict.LATER),
    ],
)
def test_what_a_hub_answers(status, verdict):
    assert WebSub().read(Answer(HUB, status)).verdict is verdict


def test_a_hub_has_no_status_page():
    said = WebSub().read(Answer(HUB, 201, [("Location", f"{HUB}/status")]))
    assert (said.verdict, said.status_url) == (Verdict.DELIVERED, None)


def test_hubs_are_no_matter_of_discovery():
    assert spoken.WEBSUB not in spoken.SPOKEN.order
