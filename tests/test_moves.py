"""An article that moved: its receivers hold one mention, by the old address or by the new one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pelican_linkback.exceptions import Unreachable, WebError
from pelican_linkback.net.client import Response
from pelican_linkback.protocol.mention import Mention, Outcome, Traits, Verdict
from pelican_linkback.sending.deciding.changes import Post, reconcile
from pelican_linkback.sending.deciding.moves import (
    is_lost,
    kept,
    predecessors,
    retracted_after_all,
    succession,
)
from pelican_linkback.sending.deciding.readiness import Ready
from pelican_linkback.sending.memory.delivery import Delivery, State
from pelican_linkback.sending.memory.events import (
    GONE,
    UNLINKED,
    Answered,
    Dropped,
    Event,
    Fact,
    Queued,
    Waiting,
)
from pelican_linkback.sending.memory.folding import after
from pelican_linkback.sending.memory.ledger import fold
from pelican_linkback.sending.running.report import Report
from tests import spoken
from tests.fakeweb import Reply, Request
from tests.test_sender import (
    BLOG,
    FAR,
    HUB,
    World,
    accept,
    mention_of,
    offering,
    page,
    post,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TARGET = f"{FAR}/b"
OLD, NEW = Mention(f"{BLOG}/a", TARGET), Mention(f"{BLOG}/moved", TARGET)
LINKED = f'<title>A</title><a href="{TARGET}">b</a>'.encode()
TOMBSTONE = b'<meta http-equiv="Status" content="410 Gone">'


def text_of(report: Report) -> str:
    return "\n".join(notice.text for notice in report.notices)


def took(version: str = "1", protocol: Traits = spoken.WEBMENTION) -> Answered:
    return Answered(
        Outcome(Verdict.DELIVERED, "accepted", "", protocol, f"{HUB}/wm"), None, version
    )


def history(mention: Mention, *facts: Fact) -> Delivery:
    events = [Event(NOON + timedelta(minutes=n), mention, fact) for n, fact in enumerate(facts)]
    return fold(events)[mention]


QUEUED, RETRACTED = Queued("a.md", "1"), Queued("a.md", GONE)
REFUSED = Answered(Outcome(Verdict.REFUSED, "http-403", "", spoken.WEBMENTION, "e"))
PINGED = took(protocol=spoken.PINGBACK)
MOVED = history(OLD, QUEUED, took(), RETRACTED)
FRESH = history(NEW, QUEUED)


@pytest.mark.parametrize(
    ("old", "new", "is_one"),
    [
        pytest.param(MOVED, FRESH, True, id="moved"),
        pytest.param(history(OLD, QUEUED, PINGED, RETRACTED), FRESH, True, id="sent by a pingback"),
        pytest.param(
            history(OLD, QUEUED, took(), RETRACTED, Waiting("still-online")),
            FRESH,
            True,
            id="waits",
        ),
        pytest.param(history(OLD, QUEUED, took()), FRESH, False, id="two pages of one article"),
        pytest.param(history(OLD, QUEUED, RETRACTED), FRESH, False, id="never sent"),
        pytest.param(
            history(OLD, QUEUED, took(), RETRACTED, took(GONE)), FRESH, False, id="retracted"
        ),
        pytest.param(
            history(OLD, QUEUED, took(), RETRACTED, REFUSED), FRESH, False, id="refused to forget"
        ),
        pytest.param(
            history(OLD, Queued("a.md", UNLINKED), took(UNLINKED), RETRACTED),
            *(FRESH, False),
            id="unlinked before",
        ),
        pytest.param(
            MOVED, history(NEW, Queued("b.md", "1")), False, id="another article, the same target"
        ),
        pytest.param(MOVED, history(NEW, QUEUED, took()), False, id="sent already"),
        pytest.param(MOVED, history(NEW, QUEUED, REFUSED), False, id="refused already"),
        pytest.param(MOVED, history(NEW, RETRACTED), False, id="gone, too"),
    ],
)
def test_what_is_known_of_an_article_at_its_old_address(
    old: Delivery, new: Delivery, is_one: bool
) -> None:
    found = predecessors({OLD: old, NEW: new})
    assert found == ({NEW: old} if is_one else {})


def test_of_several_old_addresses_the_last_counts() -> None:
    older = replace_source(MOVED, f"{BLOG}/older", NOON)
    assert predecessors({OLD: MOVED, older.mention: older, NEW: FRESH}) == {NEW: MOVED}


def replace_source(delivery: Delivery, source: str, at: datetime) -> Delivery:
    return replace(delivery, mention=Mention(source, TARGET), at=at)


def online(body: bytes = LINKED, status: int = 200, url: str = NEW.source) -> Response:
    return Response(url, status, (("Content-Type", "text/html"),), body)


WAITS = Waiting("old-address", OLD.source)


@pytest.mark.parametrize(
    ("answer", "hours", "found"),
    [
        pytest.param(online(), 1, kept(FRESH, MOVED), id="it redirects to the new page"),
        pytest.param(online(status=203), 1, kept(FRESH, MOVED), id="and a proxy has changed that"),
        pytest.param(online(), 99, kept(FRESH, MOVED), id="whenever"),
        pytest.param(
            online(url="https://new.example/a"),
            1,
            WAITS,
            id="to another site, which is not FRESH's",
        ),
        pytest.param(online(b"Home"), 1, None, id="it redirects to another page"),
        pytest.param(online(status=404), 1, None, id="404"),
        pytest.param(online(status=410, url=OLD.source), 1, None, id="410"),
        pytest.param(online(TOMBSTONE, url=OLD.source), 1, None, id="a tombstone"),
        pytest.param(online(b"Old", url=OLD.source), 1, None, id="online without the link"),
        pytest.param(online(url=OLD.source), 1, WAITS, id="still online"),
        pytest.param(online(url=OLD.source), 24, None, id="for a day"),
        pytest.param(online(status=500), 1, WAITS, id="in trouble"),
        pytest.param(online(status=500), 24, None, id="in trouble for a day"),
        pytest.param(Unreachable(OLD.source, "no host"), 1, WAITS, id="down"),
        pytest.param(Unreachable(OLD.source, "no host"), 24, None, id="down for a day"),
    ],
)
def test_what_the_old_address_answers_decides(
    answer: Response | WebError, hours: int, found: object
) -> None:
    new = replace(FRESH, since=NOON - timedelta(hours=hours))
    assert succession(new, MOVED, answer, NOON) == found


@pytest.mark.parametrize(
    ("old", "state", "acknowledged", "by"),
    [
        pytest.param(MOVED, State.DELIVERED, "1", spoken.WEBMENTION, id="the same version"),
        pytest.param(
            replace(MOVED, acknowledged="0"), State.QUEUED, "0", spoken.WEBMENTION, id="an older"
        ),
        pytest.param(
            replace(MOVED, acknowledged=""),
            *(State.QUEUED, "unknown", spoken.WEBMENTION),
            id="who knows which",
        ),
        pytest.param(
            history(OLD, QUEUED, PINGED, RETRACTED),
            *(State.DELIVERED, "1", spoken.PINGBACK),
            id="by a pingback",
        ),
    ],
)
def test_what_is_kept_is_known_by_the_old_address(
    old: Delivery, state: State, acknowledged: str, by: Traits
) -> None:
    facts = kept(FRESH, old)
    new = FRESH
    for mention, fact in facts:
        if mention == NEW:
            new = after(new, Event(NOON + timedelta(hours=1), mention, fact))
        else:
            old = after(old, Event(NOON + timedelta(hours=1), mention, fact))
    assert (new.state, new.acknowledged, new.acknowledged_by) == (state, acknowledged, by)
    assert new.sent_source == OLD.source
    assert not old.is_open
    assert predecessors({OLD: old, NEW: new}) == {}


GONE_AWAY = Waiting("not-online")


@pytest.mark.parametrize(
    ("found", "answer", "hours", "lost"),
    [
        pytest.param(Ready(OLD.source, "x"), online(), 1, False, id="it still redirects"),
        pytest.param(Waiting("older-version"), online(), 99, False, id="to an older version"),
        pytest.param(GONE_AWAY, online(status=404), 1, True, id="404"),
        pytest.param(GONE_AWAY, online(status=500), 1, False, id="in trouble"),
        pytest.param(GONE_AWAY, online(status=500), 24, True, id="in trouble for a day"),
        pytest.param(GONE_AWAY, Unreachable(OLD.source, "no"), 1, False, id="down"),
        pytest.param(GONE_AWAY, Unreachable(OLD.source, "no"), 24, True, id="down for a day"),
        pytest.param(Waiting("redirected"), online(b"Home"), 1, True, id="it redirects elsewhere"),
        pytest.param(Waiting("link-missing"), online(b"x"), 1, True, id="another page is there"),
    ],
)
def test_an_old_address_is_lost_when_it_leads_to_the_page_no_more(
    found: Ready | Waiting, answer: Response | WebError, hours: int, lost: bool
) -> None:
    known = history(NEW, QUEUED, Answered(took().outcome, None, "1", OLD.source))
    known = replace(known, fingerprint="2", since=NOON - timedelta(hours=hours))
    assert is_lost(known, found, answer, NOON) == lost
    assert not is_lost(replace(known, fingerprint=UNLINKED), found, answer, NOON)
    assert not is_lost(replace(known, served_at=""), found, answer, NOON)


@pytest.mark.parametrize(
    ("answer", "is_due"),
    [
        pytest.param(online(status=410), True, id="gone"),
        pytest.param(online(status=500), False, id="in trouble"),
        pytest.param(Unreachable(OLD.source, "no host"), False, id="down"),
    ],
)
def test_an_old_address_that_redirected_is_retracted_when_it_is_gone(
    answer: Response | WebError, is_due: bool
) -> None:
    facts = dict(kept(FRESH, MOVED))
    old = after(MOVED, Event(NOON + timedelta(hours=1), OLD, facts[OLD]))
    new = history(NEW, QUEUED, Answered(took().outcome, None, "1", OLD.source))
    found = list(retracted_after_all({OLD: old}, new, answer))
    assert found == ([(OLD, Dropped()), (OLD, RETRACTED)] if is_due else [])
    assert not list(retracted_after_all({OLD: old}, replace(new, acknowledged=UNLINKED), answer))
    assert not list(retracted_after_all({OLD: MOVED}, new, answer))
    assert not list(retracted_after_all({}, new, answer))


# Posts against what is known

POST = Post(NEW.source, "a.md", (TARGET,), "1", frozenset({TARGET}))


@pytest.mark.parametrize(
    ("facts", "source", "news"),
    [
        pytest.param([QUEUED, PINGED], NEW.source, RETRACTED, id="a pingback's article moved"),
        pytest.param([QUEUED, PINGED, RETRACTED], NEW.source, None, id="that is known"),
        pytest.param([QUEUED, PINGED, RETRACTED], OLD.source, QUEUED, id="it is back"),
        pytest.param([QUEUED, PINGED], "", None, id="it vanished"),
        pytest.param([QUEUED, PINGED], OLD.source, None, id="it is there"),
    ],
)
def test_a_move_is_known_where_a_pingback_sent_it(
    facts: list[Fact], source: str, news: Fact | None
) -> None:
    posts = [replace(POST, source=source)] if source else []
    found = dict(reconcile({OLD: history(OLD, *facts)}, posts))
    assert found.get(OLD) == news


def test_an_article_that_moved_back_is_not_retracted_where_its_receiver_knows_it() -> None:
    known = Answered(took().outcome, None, "1", OLD.source)
    there = history(NEW, QUEUED, known)
    back = replace(POST, source=OLD.source)
    assert NEW not in dict(reconcile({NEW: there}, [back]))
    changed = history(NEW, QUEUED, known, Queued("a.md", "2"))
    assert dict(reconcile({NEW: changed}, [back]))[NEW] == Dropped()


# Whole runs


class Receiver(World):
    """A blog with one article, and a receiver that looks at each source that it is notified of."""

    def __init__(self, folder: Path, *, follows: bool = True, protocol: str = "webmention") -> None:
        super().__init__(folder)
        self.held: set[str] = set()
        self.follows = follows
        self.web.pages |= {TARGET: offering(**{protocol: f"{HUB}/in"}), f"{HUB}/in": self.receive}

    def receive(self, request: Request) -> Reply:
        source = mention_of(request).source
        found = self.web.pages.get(source)
        while self.follows and isinstance(found, Reply) and found.status == 301:
            found = self.web.pages.get(dict(found.headers)["Location"])
        (self.held.add if isinstance(found, str) and TARGET in found else self.held.discard)(source)
        return accept(request)

    def move(self, old: Reply | str, fingerprint: str = "1") -> list[Post]:
        """Move the article, and let its old address answer ``old``; return the site's posts."""
        self.web.pages[OLD.source] = old
        self.web.pages[NEW.source] = page(TARGET)
        return [replace(POST, fingerprint=fingerprint)]

    def runs(self, posts: list[Post], number: int = 3) -> str:
        """Run a few times, days apart; return what was said."""
        said = []
        for _ in range(number):
            said.append(text_of(self.sender().run(posts)))
            self.now += timedelta(days=2)
        return "\n".join(said)


REDIRECT = Reply(301, [("Location", NEW.source)])


@pytest.mark.parametrize("protocol", ["webmention", "pingback"])
@pytest.mark.parametrize("follows", [True, False])
@pytest.mark.parametrize(
    ("old", "held"),
    [
        pytest.param(REDIRECT, {OLD.source}, id="it redirects"),
        pytest.param(Reply(410), {NEW.source}, id="410"),
        pytest.param(Reply(404), {NEW.source}, id="404"),
        pytest.param(TOMBSTONE.decode(), {NEW.source}, id="a tombstone"),
    ],
)
def test_a_receiver_holds_one_mention_of_an_article_that_moved(
    tmp_path: Path, protocol: str, follows: bool, old: Reply | str, held: set[str]
) -> None:
    world = Receiver(tmp_path, follows=follows, protocol=protocol)
    world.sender().run(world.publish(post("a", TARGET)))
    said = world.runs(world.move(old))
    if protocol == "pingback" and old is not REDIRECT:
        held = held | {OLD.source}  # there is no word for it
    assert world.held == held
    assert ("knows the page by its old address" in said) == (old is REDIRECT)
    world.asked()
    world.runs([POST], 1)
    assert world.asked() == []


def test_later_versions_are_sent_by_the_old_address_while_it_redirects(tmp_path: Path) -> None:
    world = Receiver(tmp_path)
    world.sender().run(world.publish(post("a", TARGET)))
    world.runs(world.move(REDIRECT, fingerprint="2"))
    world.runs(world.move(REDIRECT, fingerprint="3"))
    assert world.received() == [OLD, OLD, OLD]
    world.runs([replace(POST, targets=(), links=frozenset(), fingerprint="4")], 0)
    world.web.pages[NEW.source] = page()
    world.runs([replace(POST, targets=(), links=frozenset(), fingerprint="4")])
    assert (world.received()[3:], world.held) == ([OLD], set())


def test_when_the_redirect_has_ended_the_next_version_is_sent_by_the_new_address(
    tmp_path: Path,
) -> None:
    world = Receiver(tmp_path)
    world.sender().run(world.publish(post("a", TARGET)))
    world.runs(world.move(REDIRECT))
    assert world.held == {OLD.source}
    world.runs(world.move(Reply(410), fingerprint="2"))
    assert world.held == {NEW.source}
    world.runs(world.move(Reply(410), fingerprint="3"))
    assert world.received()[-1] == NEW
    assert world.received().count(OLD) == 2


def test_a_page_that_moved_and_is_retracted_is_retracted_by_the_old_address(
    tmp_path: Path,
) -> None:
    world = Receiver(tmp_path)
    world.sender().run(world.publish(post("a", TARGET)))
    world.runs(world.move(REDIRECT))
    world.web.pages[NEW.source] = Reply(410)
    world.sender().retract(NEW.source)
    assert (world.received()[1:], world.held) == ([OLD], set())


def test_an_old_address_that_redirects_can_be_retracted_all_the_same(tmp_path: Path) -> None:
    world = Receiver(tmp_path)
    world.sender().run(world.publish(post("a", TARGET)))
    world.runs(world.move(REDIRECT))
    assert world.sender().retract(OLD.source).waiting == 1
    world.web.pages[OLD.source] = TOMBSTONE.decode()
    assert world.sender().run().sent == 1
    assert world.held == set()


def test_a_removal_that_was_sent_by_the_old_address_is_not_sent_again(tmp_path: Path) -> None:
    world = Receiver(tmp_path)
    world.sender().run(world.publish(post("a", TARGET)))
    world.runs(world.move(REDIRECT))
    world.web.pages[NEW.source] = page()
    world.runs([replace(POST, targets=(), links=frozenset(), fingerprint="2")])
    assert (world.received(), world.held) == ([OLD, OLD], set())
    world.runs(world.move(Reply(410), fingerprint="3"))
    assert (world.received(), world.held) == ([OLD, OLD, NEW], {NEW.source})


def test_an_article_that_moved_there_and_back_and_there_is_known_by_one_address(
    tmp_path: Path,
) -> None:
    world = Receiver(tmp_path)
    posts = world.publish(post("a", TARGET))
    world.sender().run(posts)
    world.runs(world.move(REDIRECT))
    world.web.pages |= {OLD.source: page(TARGET), NEW.source: Reply(404)}
    world.runs(list(posts))
    world.runs(world.move(REDIRECT))
    assert (world.received(), world.held) == ([OLD], {OLD.source})
    assert world.sender().run(world.move(REDIRECT)) == Report()


def test_while_the_old_page_is_online_the_new_one_waits_for_a_day(tmp_path: Path) -> None:
    world = Receiver(tmp_path)
    world.sender().run(world.publish(post("a", TARGET)))
    posts = world.move(page(TARGET))
    report = world.sender().run(posts)
    assert report.waiting == 2
    assert f"the old address {OLD.source} is still online" in text_of(report)
    world.web.pages[OLD.source] = Reply(410)
    world.runs(posts)
    assert world.held == {NEW.source}


def test_a_redirect_that_comes_late_leaves_two_mentions_and_no_waiting(tmp_path: Path) -> None:
    world = Receiver(tmp_path)
    world.sender().run(world.publish(post("a", TARGET)))
    world.runs(world.move(page(TARGET)))
    assert world.held == {OLD.source, NEW.source}
    said = world.runs(world.move(REDIRECT))
    assert f"not notified that {OLD.source} is gone: it redirects to {NEW.source}" in said
    assert world.held == {OLD.source, NEW.source}
    assert world.received() == [OLD, NEW]
    assert world.sender().run() == Report()


def test_a_redirect_of_an_address_that_the_receiver_does_not_know_says_nothing(
    tmp_path: Path,
) -> None:
    """It knows the second address of three for another link, and the first for this one."""
    world, other = Receiver(tmp_path), Mention(OLD.source, f"{FAR}/c")
    by_the_first = replace(took(), served_at=f"{BLOG}/first")
    facts = {
        OLD: (QUEUED, by_the_first, RETRACTED),
        other: (QUEUED, took(), RETRACTED),
        NEW: (QUEUED, took()),
    }
    events = [(mention, fact) for mention, each in facts.items() for fact in each]
    spoken.ledger_of(world.journal).record(events, world.now)
    world.move(REDIRECT)
    world.web.pages |= {f"{BLOG}/first": Unreachable, NEW.source: page(TARGET, other.target)}
    assert world.sender().run().waiting == 2
    assert (world.delivery().state, world.delivery().reason) == (State.WAITING, "not-online")


def test_an_article_that_moved_and_back_is_known_by_its_first_address(tmp_path: Path) -> None:
    world = Receiver(tmp_path)
    posts = world.publish(post("a", TARGET))
    world.sender().run(posts)
    world.runs(world.move(REDIRECT))
    world.web.pages |= {OLD.source: page(TARGET), NEW.source: Reply(404)}
    world.runs(list(posts))
    assert world.held == {OLD.source}
    assert world.received() == [OLD]
