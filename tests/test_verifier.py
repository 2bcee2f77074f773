"""Verifying: what is due is fetched, read and recorded, whatever the web answers."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pelican.log
import pytest
import sqlalchemy as sa

from pelican_linkback.exceptions import StoreError, TimedOut
from pelican_linkback.net.addresses import AllowEntry
from pelican_linkback.net.client import Web
from pelican_linkback.receiving.inbox.policy import Policy
from pelican_linkback.receiving.inbox.states import MentionState
from pelican_linkback.receiving.memory.decisions import Act, Decisions
from pelican_linkback.receiving.memory.forgotten import Forgotten, hash_of
from pelican_linkback.receiving.memory.targets import Mode, Target, Targets
from pelican_linkback.receiving.reading.child import Child
from pelican_linkback.receiving.reading.microformats import item_of
from pelican_linkback.receiving.received import Kind
from pelican_linkback.receiving.store.accepting import Acceptor
from pelican_linkback.receiving.store.columns import row_of
from pelican_linkback.receiving.store.hosts import Hosts
from pelican_linkback.receiving.store.mentions import Action, Mentions
from pelican_linkback.receiving.store.queue import Queue
from pelican_linkback.receiving.store.rows import Arrival, Row
from pelican_linkback.receiving.store.rules import Rules
from pelican_linkback.receiving.store.tables import mention
from pelican_linkback.receiving.verifier import Verifier
from tests.fakeweb import FakeWeb, Reply
from tests.pages_corpus import CASES, SITE, asked, page, wrong
from tests.receiving import arrival
from tests.servers import WebHost, serving

SOURCE = "https://ann.example/notes/1"
WALLS = "https://blog.example/walls/"
TARGETS = Targets(
    [
        Target("tag:blog.example:/walls/", WALLS),
        Target("tag:blog.example:/roofs/", "https://blog.example/roofs/"),
        Target("tag:blog.example:/shut/", "https://blog.example/shut/", mentions=Mode.CLOSED),
    ],
    "https://blog.example",
)
LONG = "x" * 1_000_001
AUTHOR = '<a class="p-author h-card" href="https://ann.example/">Ann</a>'


def note(text: str = "Mine is of slate.", author: str = AUTHOR) -> str:
    """A page that answers the article about walls."""
    inside = f'<a class="u-in-reply-to" href="{WALLS}">re</a><p class="e-content">{text}</p>'
    return f'<article class="h-entry">{author}{inside}</article>'


class Desk:
    """A receiver in a test: a store, a web, and a verifier between them."""

    def __init__(self, store: Any, clock: Any) -> None:
        self.store, self.clock = store, clock
        self.web = FakeWeb({})
        self.pages = self.web.pages
        self.checked: list[str] = []
        self.acceptor = Acceptor(store)
        self.mentions = Mentions(store)
        self.rules = Rules(store)

    def verifier(self, **more: Any) -> Verifier:
        parts: dict[str, Any] = {
            "web": self.web,
            "targets": lambda: TARGETS,
            "policy": lambda targets: self.rules.policy(targets.is_own),
            "read_item": item_of,
            "done": lambda checked: self.checked.append(checked.outcome),
            "sleep": lambda seconds: self.clock.pass_(seconds=seconds),
            "monotonic": lambda: 0.0,
        }
        return Verifier(self.store, **(parts | more))

    def receive(self, source: str = SOURCE, page: str = "/walls/", **more: Any) -> Row:
        """A mention is sent, and verified at once."""
        self.acceptor.accept(arrival(source, page, **more))
        self.verify()
        return self.row(source, page)

    def verify(self, **later: float) -> None:
        self.clock.pass_(**later)
        self.verifier().run_once()

    def rows(self) -> list[Row]:
        query = sa.select(mention).order_by(mention.c.id)
        return [row_of(row) for row in self.store.read(lambda c: c.execute(query).all())]

    def row(self, source: str = SOURCE, page: str = "/walls/") -> Row:
        target = f"https://blog.example{page}"
        (row,) = [each for each in self.rows() if (each.source, each.target) == (source, target)]
        return row

    def approve(self, source: str = SOURCE) -> None:
        self.mentions.act([self.row(source).id], Action.APPROVE, "me")

    def asked(self) -> list[str]:
        return [each.url for each in self.web.requests]


@pytest.fixture
def desk(store, clock) -> Desk:
    pelican.log.LimitFilter._raised_messages.clear()  # it shows no message twice
    return Desk(store, clock)


def test_every_page_of_the_corpus_is_verified_as_expected(desk: Desk):
    queue = Acceptor(desk.store)
    for case in CASES:
        answer, wanted = page(case), asked(case)
        desk.pages[case["url"].partition("#")[0]] = Reply(200, answer.headers, answer.body)
        queue.accept(
            Arrival(wanted.source, wanted.target, wanted.article, "", "webmention", wanted.received)
        )
    with Child() as child:
        desk.verifier(targets=lambda: SITE, read_item=child.item_of).run_once()
        assert child.lost == 0
    rows = {row.source: row for row in desk.rows()}
    faults = {}
    for case in CASES:
        row = rows[case["url"]]
        gone = row.why == "it says that it is gone"
        faults[case["id"]] = wrong(
            case, linked=row.latest is not None, gone=gone, mention=row.latest
        )
        expected = (
            {MentionState.GONE} if row.latest is None else {MentionState.HELD, MentionState.REFUSED}
        )
        assert row.state in expected
    assert {name: found for name, found in faults.items() if found} == {}
    assert len(desk.web.requests) == len(CASES)


def test_a_first_mention_is_held_and_what_it_says_is_kept(desk: Desk):
    desk.pages[SOURCE] = note()
    row = desk.receive(protocol="pingback", fragment="gate")
    assert (row.state, row.why, row.shown) == (MentionState.HELD, "stranger", None)
    assert row.latest
    assert row.latest.text == "Mine is of slate."
    assert (row.latest.protocol, row.latest.fragment) == ("pingback", "gate")
    assert desk.checked == ["verified"]


def test_an_author_who_was_approved_is_shown(desk: Desk):
    desk.pages[SOURCE] = note()
    desk.receive()
    desk.approve()
    desk.pages["https://ann.example/notes/2"] = note("And again.")
    desk.clock.pass_(seconds=1)
    assert desk.receive("https://ann.example/notes/2").state is MentionState.SHOWN


def test_a_trusted_authors_changed_text_is_shown(desk: Desk):
    desk.rules.set(["ann.example"], Act.TRUST, "me")
    desk.pages[SOURCE] = note()
    assert desk.receive().state is MentionState.SHOWN
    desk.pages[SOURCE] = note("Of tin, I mean.")
    desk.clock.pass_(minutes=10)
    row = desk.receive()
    assert row.shown
    assert row.shown.text == "Of tin, I mean."


def test_a_blocked_one_is_refused(desk: Desk):
    desk.rules.set(["ann.example"], Act.BLOCK, "me")
    desk.pages[SOURCE] = note()
    row = desk.receive()
    assert (row.state, row.why) == (MentionState.REFUSED, "blocked")


def test_an_update_is_held_while_the_approved_text_stays(desk: Desk):
    desk.pages[SOURCE] = note()
    desk.receive()
    desk.approve()
    desk.pages[SOURCE] = note("Buy slate at my shop!")
    desk.clock.pass_(minutes=10)
    row = desk.receive()
    assert row.state is MentionState.HELD
    assert row.shown
    assert row.latest
    assert (row.shown.text, row.latest.text) == ("Mine is of slate.", "Buy slate at my shop!")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Reply(410), "it answers 410"),
        ("<p>I changed my mind.", "it has no link to the page"),
        ('<meta http-equiv="Status" content="410 Gone">' + LONG, "it says that it is gone"),
        ('<meta http-equiv="Status" content="410 Gone">', "it says that it is gone"),
        (note() + '<p class="h-entry">', ""),
        (
            f'<p class=h-entry><data class=p-visibility value=private></data><a href="{WALLS}">',
            "it is private",
        ),
    ],
)
def test_what_is_gone_is_shown_no_more(desk: Desk, answer: Any, why: str):
    desk.pages[SOURCE] = note()
    desk.receive()
    desk.approve()
    desk.pages[SOURCE] = answer
    desk.clock.pass_(minutes=10)
    row = desk.receive()
    if why:
        assert (row.state, row.why, row.shown, row.latest) == (MentionState.GONE, why, None, None)
    else:
        assert row.state is MentionState.SHOWN


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Reply(503), "it answers 503"),
        (Reply(403), "it answers 403"),
        (Reply(304), "it answers 304"),
        (TimedOut, "as the test wants it"),
        (Reply(302, [("Location", "ftp://ann.example/")]), "its scheme is ftp"),
        (LONG, "no link to the page is in its first megabyte"),
    ],
)
def test_an_outage_removes_nothing(desk: Desk, answer: Any, why: str):
    desk.pages[SOURCE] = note()
    desk.receive()
    desk.approve()
    desk.pages[SOURCE] = answer
    desk.clock.pass_(minutes=10)
    row = desk.receive()
    assert (row.state, bool(row.shown)) == (MentionState.SHOWN, True)
    assert why in row.why
    desk.pages[SOURCE] = note()
    desk.verify(minutes=10)
    assert desk.row().state is MentionState.SHOWN


def test_a_page_in_an_unknown_coding_is_an_outage(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    desk.pages[SOURCE] = note()
    exchange = desk.web.exchange
    monkeypatch.setattr(desk.web, "exchange", lambda asked: replace(exchange(asked), packed="x"))
    assert desk.receive().why == "its coding is not known"


def test_a_link_in_the_first_megabyte_counts(desk: Desk):
    desk.pages[SOURCE] = note() + LONG
    assert desk.receive().state is MentionState.HELD


def test_a_missing_page_is_looked_for_three_times_in_a_week(desk: Desk):
    desk.pages[SOURCE] = note()
    desk.receive()
    desk.approve()
    desk.pages[SOURCE] = Reply(404)
    desk.clock.pass_(minutes=10)
    assert desk.receive().state is MentionState.SHOWN
    desk.verify(days=3)
    assert desk.row().state is MentionState.SHOWN
    desk.verify(days=5)
    assert desk.row().state is MentionState.GONE
    assert desk.checked[-3:] == ["missing"] * 3


def test_an_article_that_takes_no_more_mentions_refuses_them(desk: Desk):
    shut = "https://blog.example/shut/"
    desk.pages[SOURCE] = f'<a href="{shut}">x</a>'
    assert desk.receive(page="/shut/").why == "closed"


def test_a_mention_of_a_page_that_went_away_is_refused(desk: Desk):
    desk.pages[SOURCE] = '<a href="https://blog.example/lost/">x</a>'
    row = desk.receive(page="/lost/")
    assert (row.state, row.why) == (MentionState.REFUSED, "no-target")


def test_what_was_erased_is_not_kept_again(desk: Desk):
    desk.pages[SOURCE] = note()

    erased = Forgotten({"key": {hash_of("ann.example", "key")}})
    policy = Policy(Decisions.by({}, erased), tuple(Kind), TARGETS.is_own)
    desk.acceptor.accept(arrival())
    desk.verifier(policy=lambda _: policy).run_once()
    row = desk.row()
    assert (row.state, row.latest) == (MentionState.GONE, None)


def test_one_page_about_many_articles_is_fetched_once(desk: Desk):
    desk.pages[SOURCE] = note() + '<a href="https://blog.example/roofs/">'
    desk.acceptor.accept(arrival(page="/roofs/"))
    desk.acceptor.accept(arrival(f"{SOURCE}#two"))
    desk.receive()
    assert desk.asked() == [SOURCE]
    assert {each.state for each in desk.rows()} == {MentionState.HELD, MentionState.REFUSED}


@pytest.mark.parametrize(
    ("source", "page", "rules", "state"),
    [
        pytest.param("ann.example/go?x", "evil.example/x", {}, "held", id="it can be asked to"),
        pytest.param(
            "ann.example/go?x", "evil.example/x", {"ann.example": Act.TRUST}, "held", id="trusted"
        ),
        pytest.param("www.ann.example/x", "ann.example/x", {}, "shown", id="to the author's page"),
        pytest.param(
            "s.example/x", "ann.example/x", {"s.example": Act.BLOCK}, "refused", id="blocked"
        ),
        pytest.param(
            "s.example/x", "evil.example/x", {"evil.example": Act.BLOCK}, "refused", id="to blocked"
        ),
    ],
)
def test_who_wrote_a_page_is_said_by_its_own_address(desk: Desk, source, page, rules, state):
    desk.pages[SOURCE] = note()
    desk.receive()
    desk.approve()
    for rule, act in rules.items():
        desk.rules.set([rule], act, "me")
    redirect = Reply(302, [("Location", f"https://{page}")])
    desk.pages |= {f"https://{source}": redirect, f"https://{page}": note("Buy slate.")}
    desk.clock.pass_(seconds=1)
    assert desk.receive(f"https://{source}").state.value == state


def test_a_redirect_is_followed_and_both_addresses_are_known(desk: Desk):
    short = "https://ann.example/1"
    desk.pages |= {short: Reply(301, [("Location", SOURCE)]), SOURCE: note()}
    desk.acceptor.accept(arrival(short))
    desk.verify()
    desk.verify(minutes=10)  # the host is asked again
    row = desk.row(short)
    assert (row.state, row.final_url) == (MentionState.HELD, SOURCE)
    desk.clock.pass_(seconds=1)
    again = desk.receive()
    assert (again.state, again.why) == (MentionState.REFUSED, "twice")


def test_who_redirects_to_a_page_of_others_does_not_suppress_it(desk: Desk):
    evil = "https://evil.example/1"
    desk.pages |= {evil: Reply(302, [("Location", SOURCE)]), SOURCE: note()}
    assert desk.receive(evil).state is MentionState.HELD
    desk.clock.pass_(seconds=5)
    assert desk.receive().state is MentionState.HELD


def test_a_redirect_of_ones_own_host_to_a_copy_does_not_suppress_the_original(desk: Desk):
    door, copy = "https://ann.example/?to=x", "https://evil.example/copy"
    desk.pages |= {door: Reply(302, [("Location", copy)]), copy: note(), SOURCE: note()}
    assert desk.receive(door).state is MentionState.HELD
    desk.clock.pass_(seconds=5)
    assert desk.receive().state is MentionState.HELD


def test_the_other_address_first(desk: Desk):
    short = "https://s.example/1"
    desk.pages |= {short: Reply(301, [("Location", SOURCE)]), SOURCE: note()}
    desk.receive()
    assert desk.receive(short).why == "twice"
    desk.clock.pass_(minutes=10)
    assert desk.receive().state is MentionState.HELD  # the first one stays what it is


def test_two_addresses_of_one_place_are_one_when_the_first_is_shown(desk: Desk):
    for name in ("a", "b"):
        desk.pages[f"https://{name}.example/"] = Reply(302, [("Location", SOURCE)])
    desk.pages[SOURCE] = note()
    assert desk.receive("https://a.example/").state is MentionState.HELD
    desk.approve("https://a.example/")
    desk.clock.pass_(seconds=5)
    assert desk.receive("https://b.example/").why == "twice"


def test_the_same_author_and_text_twice_on_one_host_is_one(desk: Desk):
    other = f"{SOURCE}/amp"
    desk.pages |= {SOURCE: note(), other: note()}
    desk.receive()
    desk.clock.pass_(seconds=5)
    assert desk.receive(other).why == "twice"


def test_nobody_suppresses_a_mention_by_a_copy_of_it(desk: Desk):
    copy = "https://evil.example/copy"
    desk.pages |= {copy: note(), SOURCE: note()}
    assert desk.receive(copy).state is MentionState.HELD
    assert desk.receive().state is MentionState.HELD


def test_what_is_shown_counts_once_whatever_its_host(desk: Desk):
    bridge = "https://brid.gy/ann/1"
    desk.pages |= {SOURCE: note(), bridge: note()}
    desk.receive()
    desk.approve()
    assert desk.receive(bridge).why == "twice"


def test_a_like_and_a_bookmark_are_two(desk: Desk):
    other = "https://ann.example/notes/2"
    for url, kind in ((SOURCE, "like-of"), (other, "bookmark-of")):
        desk.pages[url] = note("").replace("in-reply-to", kind)
    desk.receive()
    desk.clock.pass_(seconds=5)
    assert desk.receive(other).state is MentionState.HELD


def test_texts_of_nobody_are_never_one(desk: Desk):
    other = "https://ann.example/notes/2"
    desk.pages |= {SOURCE: note(author=""), other: note(author="")}
    desk.receive()
    desk.clock.pass_(seconds=5)
    assert desk.receive(other).state is MentionState.HELD


def test_redirects_wait_for_their_turn_at_a_host(desk: Desk):
    hops = ["https://victim.example/a", "https://victim.example/b"]
    desk.pages |= {
        SOURCE: Reply(302, [("Location", hops[0])]),
        hops[0]: Reply(302, [("Location", hops[1])]),
        hops[1]: note(),
    }
    before = desk.clock.now
    assert desk.receive().state is MentionState.HELD
    assert desk.clock.now - before >= dt.timedelta(seconds=1)
    assert desk.asked() == [SOURCE, *hops]


def test_a_busy_host_is_asked_later(desk: Desk):
    victim = "https://victim.example/a"
    desk.pages |= {SOURCE: Reply(302, [("Location", victim)]), victim: note()}
    hosts = Hosts(desk.store)
    turns = [hosts.enter("victim.example")]
    desk.clock.pass_(seconds=1)
    turns.append(hosts.enter("victim.example"))
    row = desk.receive()
    assert (row.state, desk.asked()) == (MentionState.QUEUED, [SOURCE])
    for turn in turns:
        hosts.leave("victim.example", turn)
    desk.verify(minutes=9)
    assert desk.asked() == [SOURCE]  # once in ten minutes, also now
    desk.verify(minutes=1)
    assert desk.row().state is MentionState.HELD


def test_a_victim_is_asked_once_a_second_whatever_is_sent(desk: Desk):
    times = []

    def victim(_: object) -> Reply:
        times.append(desk.clock.now)
        return Reply(200, [], b"<p>nothing")

    for number in range(12):
        url = f"https://victim.example/?q={number}"
        desk.pages[url] = victim
        hop = f"https://h{number}.example/"
        desk.pages[hop] = Reply(302, [("Location", f"{url}&by")])
        desk.pages[f"{url}&by"] = victim
        desk.acceptor.accept(arrival(url))
        desk.acceptor.accept(arrival(hop))
    for _ in range(60):
        desk.verifier(threads=1).run_once()
        desk.clock.pass_(seconds=1)
    for _ in range(30):
        desk.clock.pass_(minutes=1)
        desk.verifier(threads=1).run_once()
    assert len(times) == 24
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert min(gaps) >= dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    "place",
    ["http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest/", "http://10.0.0.1:80/"],
)
def test_no_private_address_is_asked_by_the_source_or_a_redirect(
    desk: Desk, place: str, tmp_path: Path
):
    with serving(WebHost(tmp_path)) as host:
        host.redirects["/to"] = place
        ours = AllowEntry.parse(f"127.0.0.1:{host.server_port}")
        with Web(timeout=5, user_agent="test", allow=[ours]) as web:
            for source in (place, f"{host.url}/to"):
                desk.acceptor.accept(arrival(source))
                desk.verifier(web=web).run_once()
                desk.clock.pass_(seconds=1)
                assert "is not on the public internet" in desk.row(source).why
        assert host.requests == ["/to"]


def test_the_fault_of_one_mention_is_its_own(desk: Desk, caplog: pytest.LogCaptureFixture):
    other = "https://bob.example/1"
    desk.pages |= {SOURCE: note(), other: note(author="")}

    def read_item(html: str, base: str, *more: Any) -> Any:
        if base == SOURCE:
            raise TypeError("a bug")
        return item_of(html, base, *more)

    desk.acceptor.accept(arrival())
    desk.acceptor.accept(arrival(other))
    verifier = desk.verifier(read_item=read_item)
    verifier.run_once()
    assert desk.row(other).state is MentionState.HELD
    assert [each.message for each in caplog.records] == [
        f"{SOURCE} cannot be verified: TypeError: a bug"
    ]
    for _ in range(2):
        desk.clock.pass_(minutes=6)
        verifier.run_once()
    desk.clock.pass_(minutes=6)
    verifier.run_once()
    assert desk.row().state is MentionState.BROKEN
    assert verifier.run_once() == 0


@pytest.mark.parametrize("fails", ["targets", "claim"])
def test_while_nothing_can_be_read_nothing_is_claimed(
    desk: Desk, fails: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def fail(*_: object) -> Any:
        raise StoreError("it is away")

    desk.acceptor.accept(arrival())
    if fails == "claim":
        monkeypatch.setattr(Queue, "claim", fail)
    verifier = desk.verifier(**({"targets": fail} if fails == "targets" else {}))
    assert verifier.run_once() == 0
    assert desk.row().state is MentionState.QUEUED
    assert "Nothing is verified now: it is away" in caplog.text


def test_a_result_whose_lease_was_lost_does_not_count(desk: Desk):
    def slow(_: object) -> Reply:
        desk.clock.pass_(minutes=6)
        desk.pages[SOURCE] = note()
        desk.verifier().run_once()
        return Reply(410)

    desk.pages[SOURCE] = slow
    desk.receive()
    assert desk.row().state is MentionState.HELD
    assert desk.checked == ["verified"]


def test_it_runs_until_it_is_stopped_and_finishes_what_it_began(desk: Desk):
    stop, begun, go_on = threading.Event(), threading.Event(), threading.Event()

    def slow(_: object) -> Reply:
        begun.set()
        assert go_on.wait(20)
        return Reply(200, [], note().encode())

    desk.pages |= {SOURCE: slow, "https://bob.example/": note("B", "")}
    thread = threading.Thread(target=desk.verifier(pause=0.01).run, args=[stop])
    thread.start()
    assert not begun.wait(0.05)  # nothing is due
    desk.acceptor.accept(arrival())
    assert begun.wait(20)
    desk.acceptor.accept(arrival("https://bob.example/"))
    while desk.row("https://bob.example/").state is not MentionState.HELD:
        assert thread.is_alive()
    stop.set()
    go_on.set()
    thread.join(20)
    assert not thread.is_alive()
    assert desk.row().state is MentionState.HELD
