"""What receivers answer to the news that a link or a page is gone, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pelican_linkback import cli
from pelican_linkback.cli import sending
from pelican_linkback.exceptions import TimedOut, Unreachable, WebError
from pelican_linkback.protocol.mention import Mention
from pelican_linkback.sending.memory.delivery import Delivery, State
from pelican_linkback.sending.memory.events import GONE, UNLINKED
from tests.fakeweb import Reply, Request
from tests.test_sender import BLOG, FAR, HUB, World, accept, offering, post, text_of

STATUS = f"{HUB}/status/1"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a world in which the link of one article was delivered by webmention."""
    world = World(tmp_path)
    world.web.pages[f"{FAR}/b"] = offering(webmention=f"{HUB}/webmention")
    world.sender().run(world.publish(post("a", f"{FAR}/b")))
    return world


def remove(world: World, version: str):
    if version == UNLINKED:
        return world.sender().run(world.publish(post("a", fingerprint="2")))
    world.web.pages[f"{BLOG}/a"] = Reply(410)
    return world.sender().retract(f"{BLOG}/a")


@pytest.mark.parametrize("version", [UNLINKED, GONE])
@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        pytest.param(200, State.DELIVERED, "accepted", id="200: thanks"),
        pytest.param(400, State.DELIVERED, "found-gone", id="400: there is no link"),
        pytest.param(404, State.DELIVERED, "found-gone", id="404: there is no source"),
        pytest.param(410, State.DELIVERED, "found-gone", id="410: it is gone"),
        pytest.param(422, State.DELIVERED, "found-gone", id="422: there is no link, as Rails says"),
        pytest.param(401, State.REFUSED, "http-401", id="401: not even looked"),
        pytest.param(403, State.REFUSED, "http-403", id="403: not even looked"),
        pytest.param(405, State.REFUSED, "http-405", id="405: not even looked"),
        pytest.param(503, State.LATER, "http-503", id="503: not now"),
    ],
)
def test_what_an_answer_means(
    world: World, version: str, answer: int, state: State, reason: str
) -> None:
    world.web.pages[f"{HUB}/webmention"] = Reply(answer)
    report = remove(world, version)
    delivery = world.delivery()
    assert (delivery.state, delivery.reason, delivery.is_up_to_date) == (
        state,
        reason,
        state is State.DELIVERED,
    )
    assert not any(notice.is_warning for notice in report.notices)
    assert "when the article changes" not in text_of(report)
    gone = {UNLINKED: "that the link is gone", GONE: "that the page is gone"}[version]
    assert gone in text_of(report)


@pytest.mark.parametrize(
    ("page", "state", "reason"),
    [
        pytest.param("failed", State.DELIVERED, "found-gone", id="failed"),
        pytest.param("no_link_found", State.DELIVERED, "found-gone", id="no link"),
        pytest.param("success", State.DELIVERED, "status-success", id="success"),
    ],
)
@pytest.mark.parametrize("version", [UNLINKED, GONE])
def test_what_a_status_page_means(
    world: World, version: str, page: str, state: State, reason: str
) -> None:
    said = Reply(200, [("Content-Type", "application/json")], f'{{"status": "{page}"}}'.encode())
    world.web.pages |= {f"{HUB}/webmention": Reply(201, [("Location", "/status/1")]), STATUS: said}
    remove(world, version)
    world.now += timedelta(hours=1)
    report = world.sender().run()
    assert (world.delivery().state, world.delivery().reason) == (state, reason)
    assert report.failed == 0
    assert report.notices == ()


def test_a_removal_that_is_given_up_bothers_nobody(world: World) -> None:
    world.web.pages[f"{HUB}/webmention"] = Reply(503)
    report = remove(world, GONE)
    while report.next_at:
        world.now = report.next_at
        report = world.sender().run()
    assert "after 8 attempts" in text_of(report)
    assert "only by pelican-linkback send --retry-failed" in text_of(report)
    assert not any(notice.is_warning for notice in report.notices)


def lose_the_answer(world: World, lost: type[WebError]) -> None:
    """Let the endpoint take what it is sent, and its answer be lost."""

    def takes_it(request: Request) -> Reply:
        raise lost(request.url, "cut")

    world.web.pages[f"{HUB}/webmention"] = takes_it


@pytest.mark.parametrize("lost", [TimedOut, Unreachable])
@pytest.mark.parametrize("version", [UNLINKED, GONE])
def test_what_may_have_been_taken_is_retracted(
    tmp_path: Path, lost: type[WebError], version: str
) -> None:
    world = World(tmp_path)
    offers = {"webmention": f"{HUB}/webmention", "pingback": f"{HUB}/xmlrpc"}
    world.web.pages[f"{FAR}/b"] = offering(**offers)
    lose_the_answer(world, lost)
    world.sender().run(world.publish(post("a", f"{FAR}/b")))
    world.web.pages[f"{HUB}/webmention"] = accept
    report = remove(world, version)
    assert (report.sent, world.delivery().acknowledged) == (1, version)
    assert world.asked().count(f"POST {HUB}/webmention") == 2
    remove(world, version)
    assert world.asked() == []


def test_no_pingback_is_sent_to_remove_what_a_webmention_may_have_left(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.web.pages[f"{FAR}/b"] = offering(webmention=f"{HUB}/webmention")
    lose_the_answer(world, TimedOut)
    world.sender().run(world.publish(post("a", f"{FAR}/b")))
    world.web.pages[f"{FAR}/b"] = offering(pingback=f"{HUB}/xmlrpc")
    remove(world, UNLINKED)
    assert (world.delivery().state, world.delivery().reason) == (State.NOTHING, "no-endpoint")


def test_the_address_by_which_it_may_have_been_taken_is_the_one_that_is_retracted(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    world.web.pages[f"{FAR}/b"] = offering(webmention=f"{HUB}/webmention")
    lose_the_answer(world, TimedOut)
    posts = world.publish(post("a.html", f"{FAR}/b"))
    world.web.pages[f"{BLOG}/a"] = world.web.pages[f"{BLOG}/a.html"]
    world.web.pages[f"{BLOG}/a.html"] = Reply(308, [("Location", f"{BLOG}/a")])
    world.sender().run(posts)
    world.web.pages |= {f"{BLOG}/a": Reply(404), f"{HUB}/webmention": accept}
    world.now += timedelta(hours=1)
    world.sender().retract(f"{BLOG}/a.html")
    assert {mention.source for mention in world.received()} == {f"{BLOG}/a"}


@pytest.mark.parametrize(
    ("version", "status"),
    [
        pytest.param("2", 1, id="an update that failed"),
        pytest.param(UNLINKED, 0, id="a link that is gone"),
        pytest.param(GONE, 0, id="a page that is gone"),
    ],
)
def test_the_exit_status_of_status(
    world: World, monkeypatch: pytest.MonkeyPatch, version: str, status: int
) -> None:
    folder = world.journal.path.parent.parent
    monkeypatch.chdir(folder)
    (folder / "content").mkdir()
    (folder / "pelicanconf.py").write_text(f'PATH = "content"\nSITEURL = "{BLOG}"\n')
    world.web.pages[f"{HUB}/webmention"] = Reply(403)
    if version == "2":
        world.sender().run(world.publish(post("a", f"{FAR}/b", fingerprint="2")))
    else:
        remove(world, version)
    assert world.delivery().state is State.REFUSED
    assert cli.main(["status", "--failed"]) == status


def test_a_page_can_be_named_by_the_address_that_serves_it() -> None:
    known = [Delivery(Mention(f"{BLOG}/a.html", f"{FAR}/b"), served_at=f"{BLOG}/a")]
    assert sending._source(f"{BLOG}/a", known) == f"{BLOG}/a.html"
    assert sending._source(f"{BLOG}/a.html", known) == f"{BLOG}/a.html"
    assert sending._source(f"{BLOG}/b", known) == f"{BLOG}/b"
