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
from pelican_linkback.receiving.reading.microformats import item_of
from pelican_linkback.receiving.reading.reader_process import ReaderProcess
from pelican_linkback.receiving.received import Kind
from pelican_linkback.receiving.store.accepting import Acceptor
from pelican_linkback.receiving.store.columns import stored_mention_of
from pelican_linkback.receiving.store.hosts import Hosts
from pelican_linkback.receiving.store.mentions import Mentions, ModerationAction
from pelican_linkback.receiving.store.queue import Queue
from pelican_linkback.receiving.store.records import Arrival, StoredMention
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


class Receiver:
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
            "on_checked": lambda checked: self.checked.append(checked.outcome),
            "sleep": lambda seconds: self.clock.pass_(seconds=seconds),
            "monotonic": lambda: 0.0,
        }
        return Verifier(self.store, **(parts | more))

    def receive(self, source: str = SOURCE, page: str = "/walls/", **more: Any) -> StoredMention:
        """A mention is sent, and verified at once."""
        self.acceptor.accept(arrival(source, page, **more))
        self.verify()
        return self.row(source, page)

    def verify(self, **later: float) -> None:
        self.clock.pass_(**later)
        self.verifier().run_once()

    def rows(self) -> list[StoredMention]:
        query = sa.select(mention).order_by(mention.c.id)
        return [stored_mention_of(row) for row in self.store.read(lambda c: c.execute(query).all())]

    def row(self, source: str = SOURCE, page: str = "/walls/") -> StoredMention:
        target = f"https://blog.example{page}"
        (row,) = [each for each in self.rows() if (each.source, each.target) == (source, target)]
        return row

    def approve(self, source: str = SOURCE) -> None:
        self.mentions.act([self.row(source).id], ModerationAction.APPROVE, "me")

    def asked(self) -> list[str]:
        return [each.url for each in self.web.requests]


@pytest.fixture
def receiver(store, clock) -> Receiver:
    pelican.log.LimitFilter._raised_messages.clear()  # it shows no message twice
    return Receiver(store, clock)


def test_every_page_of_the_corpus_is_verified_as_expected(receiver: Receiver):
    queue = Acceptor(receiver.store)
    for case in CASES:
        answer, wanted = page(case), asked(case)
        receiver.pages[case["url"].partition("#")[0]] = Reply(200, answer.headers, answer.body)
        queue.accept(
            Arrival(wanted.source, wanted.target, wanted.article, "", "webmention", wanted.received)
        )
    with ReaderProcess() as child:
        receiver.verifier(targets=lambda: SITE, read_item=child.item_of).run_once()
        assert child.lost == 0
    rows = {row.source: row for row in receiver.rows()}
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
    assert len(receiver.web.requests) == len(CASES)


def test_a_first_mention_is_held_and_what_it_says_is_kept(receiver: Receiver):
    receiver.pages[SOURCE] = note()
    row = receiver.receive(protocol="pingback", fragment="gate")
    assert (row.state, row.why, row.shown) == (MentionState.HELD, "stranger", None)
    assert row.latest
    assert row.latest.text == "Mine is of slate."
    assert (row.latest.protocol, row.latest.fragment) == ("pingback", "gate")
    assert receiver.checked == ["verified"]


def test_an_author_who_was_approved_is_shown(receiver: Receiver):
    receiver.pages[SOURCE] = note()
    receiver.receive()
    receiver.approve()
    receiver.pages["https://ann.example/notes/2"] = note("And again.")
    receiver.clock.pass_(seconds=1)
    assert receiver.receive("https://ann.example/notes/2").state is MentionState.SHOWN


def test_a_trusted_authors_changed_text_is_shown(receiver: Receiver):
    receiver.rules.set(["ann.example"], Act.TRUST, "me")
    receiver.pages[SOURCE] = note()
    assert receiver.receive().state is MentionState.SHOWN
    receiver.pages[SOURCE] = note("Of tin, I mean.")
    receiver.clock.pass_(minutes=10)
    row = receiver.receive()
    assert row.shown
    assert row.shown.text == "Of tin, I mean."


def test_a_blocked_one_is_refused(receiver: Receiver):
    receiver.rules.set(["ann.example"], Act.BLOCK, "me")
    receiver.pages[SOURCE] = note()
    row = receiver.receive()
    assert (row.state, row.why) == (MentionState.REFUSED, "blocked")


def test_an_update_is_held_while_the_approved_text_stays(receiver: Receiver):
    receiver.pages[SOURCE] = note()
    receiver.receive()
    receiver.approve()
    receiver.pages[SOURCE] = note("Buy slate at my shop!")
    receiver.clock.pass_(minutes=10)
    row = receiver.receive()
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
def test_what_is_gone_is_shown_no_more(receiver: Receiver, answer: Any, why: str):
    receiver.pages[SOURCE] = note()
    receiver.receive()
    receiver.approve()
    receiver.pages[SOURCE] = answer
    receiver.clock.pass_(minutes=10)
    row = receiver.receive()
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
def test_an_outage_removes_nothing(receiver: Receiver, answer: Any, why: str):
    receiver.pages[SOURCE] = note()
    receiver.receive()
    receiver.approve()
    receiver.pages[SOURCE] = answer
    receiver.clock.pass_(minutes=10)
    row = receiver.receive()
    assert (row.state, bool(row.shown)) == (MentionState.SHOWN, True)
    assert why in row.why
    receiver.pages[SOURCE] = note()
    receiver.verify(minutes=10)
    assert receiver.row().state is MentionState.SHOWN


def test_a_page_in_an_unknown_coding_is_an_outage(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    receiver.pages[SOURCE] = note()
    exchange = receiver.web.exchange
    monkeypatch.setattr(
        receiver.web, "exchange", lambda asked: replace(exchange(asked), packed="x")
    )
    assert receiver.receive().why == "its coding is not known"


def test_a_link_in_the_first_megabyte_counts(receiver: Receiver):
    receiver.pages[SOURCE] = note() + LONG
    assert receiver.receive().state is MentionState.HELD


def test_a_missing_page_is_looked_for_three_times_in_a_week(receiver: Receiver):
    receiver.pages[SOURCE] = note()
    receiver.receive()
    receiver.approve()
    receiver.pages[SOURCE] = Reply(404)
    receiver.clock.pass_(minutes=10)
    assert receiver.receive().state is MentionState.SHOWN
    receiver.verify(days=3)
    assert receiver.row().state is MentionState.SHOWN
    receiver.verify(days=5)
    assert receiver.row().state is MentionState.GONE
    assert receiver.checked[-3:] == ["missing"] * 3


def test_an_article_that_takes_no_more_mentions_refuses_them(receiver: Receiver):
    shut = "https://blog.example/shut/"
    receiver.pages[SOURCE] = f'<a href="{shut}">x</a>'
    assert receiver.receive(page="/shut/").why == "closed"


def test_a_mention_of_a_page_that_went_away_is_refused(receiver: Receiver):
    receiver.pages[SOURCE] = '<a href="https://blog.example/lost/">x</a>'
    row = receiver.receive(page="/lost/")
    assert (row.state, row.why) == (MentionState.REFUSED, "no-target")


def test_what_was_erased_is_not_kept_again(receiver: Receiver):
    receiver.pages[SOURCE] = note()

    erased = Forgotten({"key": {hash_of("ann.example", "key")}})
    policy = Policy(Decisions.by({}, erased), tuple(Kind), TARGETS.is_own)
    receiver.acceptor.accept(arrival())
    receiver.verifier(policy=lambda _: policy).run_once()
    row = receiver.row()
    assert (row.state, row.latest) == (MentionState.GONE, None)


def test_one_page_about_many_articles_is_fetched_once(receiver: Receiver):
    receiver.pages[SOURCE] = note() + '<a href="https://blog.example/roofs/">'
    receiver.acceptor.accept(arrival(page="/roofs/"))
    receiver.acceptor.accept(arrival(f"{SOURCE}#two"))
    receiver.receive()
    assert receiver.asked() == [SOURCE]
    assert {each.state for each in receiver.rows()} == {MentionState.HELD, MentionState.REFUSED}


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
def test_who_wrote_a_page_is_said_by_its_own_address(
    receiver: Receiver, source, page, rules, state
):
    receiver.pages[SOURCE] = note()
    receiver.receive()
    receiver.approve()
    for rule, act in rules.items():
        receiver.rules.set([rule], act, "me")
    redirect = Reply(302, [("Location", f"https://{page}")])
    receiver.pages |= {f"https://{source}": redirect, f"https://{page}": note("Buy slate.")}
    receiver.clock.pass_(seconds=1)
    assert receiver.receive(f"https://{source}").state.value == state


def test_a_redirect_is_followed_and_both_addresses_are_known(receiver: Receiver):
    short = "https://ann.example/1"
    receiver.pages |= {short: Reply(301, [("Location", SOURCE)]), SOURCE: note()}
    receiver.acceptor.accept(arrival(short))
    receiver.verify()
    receiver.verify(minutes=10)  # the host is asked again
    row = receiver.row(short)
    assert (row.state, row.final_url) == (MentionState.HELD, SOURCE)
    receiver.clock.pass_(seconds=1)
    again = receiver.receive()
    assert (again.state, again.why) == (MentionState.REFUSED, "twice")


def test_who_redirects_to_a_page_of_others_does_not_suppress_it(receiver: Receiver):
    evil = "https://evil.example/1"
    receiver.pages |= {evil: Reply(302, [("Location", SOURCE)]), SOURCE: note()}
    assert receiver.receive(evil).state is MentionState.HELD
    receiver.clock.pass_(seconds=5)
    assert receiver.receive().state is MentionState.HELD


def test_a_redirect_of_ones_own_host_to_a_copy_does_not_suppress_the_original(receiver: Receiver):
    door, copy = "https://ann.example/?to=x", "https://evil.example/copy"
    receiver.pages |= {door: Reply(302, [("Location", copy)]), copy: note(), SOURCE: note()}
    assert receiver.receive(door).state is MentionState.HELD
    receiver.clock.pass_(seconds=5)
    assert receiver.receive().state is MentionState.HELD


def test_the_other_address_first(receiver: Receiver):
    short = "https://s.example/1"
    receiver.pages |= {short: Reply(301, [("Location", SOURCE)]), SOURCE: note()}
    receiver.receive()
    assert receiver.receive(short).why == "twice"
    receiver.clock.pass_(minutes=10)
    assert receiver.receive().state is MentionState.HELD  # the first one stays what it is


def test_two_addresses_of_one_place_are_one_when_the_first_is_shown(receiver: Receiver):
    for name in ("a", "b"):
        receiver.pages[f"https://{name}.example/"] = Reply(302, [("Location", SOURCE)])
    receiver.pages[SOURCE] = note()
    assert receiver.receive("https://a.example/").state is MentionState.HELD
    receiver.approve("https://a.example/")
    receiver.clock.pass_(seconds=5)
    assert receiver.receive("https://b.example/").why == "twice"


def test_the_same_author_and_text_twice_on_one_host_is_one(receiver: Receiver):
    other = f"{SOURCE}/amp"
    receiver.pages |= {SOURCE: note(), other: note()}
    receiver.receive()
    receiver.clock.pass_(seconds=5)
    assert receiver.receive(other).why == "twice"


def test_nobody_suppresses_a_mention_by_a_copy_of_it(receiver: Receiver):
    copy = "https://evil.example/copy"
    receiver.pages |= {copy: note(), SOURCE: note()}
    assert receiver.receive(copy).state is MentionState.HELD
    assert receiver.receive().state is MentionState.HELD


def test_what_is_shown_counts_once_whatever_its_host(receiver: Receiver):
    bridge = "https://brid.gy/ann/1"
    receiver.pages |= {SOURCE: note(), bridge: note()}
    receiver.receive()
    receiver.approve()
    assert receiver.receive(bridge).why == "twice"


def test_a_like_and_a_bookmark_are_two(receiver: Receiver):
    other = "https://ann.example/notes/2"
    for url, kind in ((SOURCE, "like-of"), (other, "bookmark-of")):
        receiver.pages[url] = note("").replace("in-reply-to", kind)
    receiver.receive()
    receiver.clock.pass_(seconds=5)
    assert receiver.receive(other).state is MentionState.HELD


def test_texts_of_nobody_are_never_one(receiver: Receiver):
    other = "https://ann.example/notes/2"
    receiver.pages |= {SOURCE: note(author=""), other: note(author="")}
    receiver.receive()
    receiver.clock.pass_(seconds=5)
    assert receiver.receive(other).state is MentionState.HELD


def test_redirects_wait_for_their_turn_at_a_host(receiver: Receiver):
    hops = ["https://victim.example/a", "https://victim.example/b"]
    receiver.pages |= {
        SOURCE: Reply(302, [("Location", hops[0])]),
        hops[0]: Reply(302, [("Location", hops[1])]),
        hops[1]: note(),
    }
    before = receiver.clock.now
    assert receiver.receive().state is MentionState.HELD
    assert receiver.clock.now - before >= dt.timedelta(seconds=1)
    assert receiver.asked() == [SOURCE, *hops]


def test_a_busy_host_is_asked_later(receiver: Receiver):
    victim = "https://victim.example/a"
    receiver.pages |= {SOURCE: Reply(302, [("Location", victim)]), victim: note()}
    hosts = Hosts(receiver.store)
    turns = [hosts.enter("victim.example")]
    receiver.clock.pass_(seconds=1)
    turns.append(hosts.enter("victim.example"))
    row = receiver.receive()
    assert (row.state, receiver.asked()) == (MentionState.QUEUED, [SOURCE])
    for turn in turns:
        hosts.leave("victim.example", turn)
    receiver.verify(minutes=9)
    assert receiver.asked() == [SOURCE]  # once in ten minutes, also now
    receiver.verify(minutes=1)
    assert receiver.row().state is MentionState.HELD


def test_a_host_that_is_always_busy_is_given_up(receiver: Receiver):
    victim = "https://victim.example/a"
    receiver.pages |= {SOURCE: Reply(302, [("Location", victim)]), victim: note()}
    hosts = Hosts(receiver.store)

    def occupied() -> Verifier:
        assert hosts.enter("victim.example")
        receiver.clock.pass_(seconds=1)
        assert hosts.enter("victim.example")
        return receiver.verifier()

    receiver.acceptor.accept(arrival(SOURCE))
    for _ in range(6):
        occupied().run_once()
        receiver.clock.pass_(days=1)
    row = receiver.row()
    assert (row.state, receiver.asked()) == (MentionState.UNREACHABLE, [SOURCE] * 6)
    assert "asked for other pages" in row.why


def test_a_victim_is_asked_once_a_second_whatever_is_sent(receiver: Receiver):
    times = []

    def victim(_: object) -> Reply:
        times.append(receiver.clock.now)
        return Reply(200, [], b"<p>nothing")

    for number in range(12):
        url = f"https://victim.example/?q={number}"
        receiver.pages[url] = victim
        hop = f"https://h{number}.example/"
        receiver.pages[hop] = Reply(302, [("Location", f"{url}&by")])
        receiver.pages[f"{url}&by"] = victim
        receiver.acceptor.accept(arrival(url))
        receiver.acceptor.accept(arrival(hop))
    for _ in range(60):
        receiver.verifier(threads=1).run_once()
        receiver.clock.pass_(seconds=1)
    for _ in range(30):
        receiver.clock.pass_(minutes=1)
        receiver.verifier(threads=1).run_once()
    assert len(times) == 24
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert min(gaps) >= dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    "place",
    ["http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest/", "http://10.0.0.1:80/"],
)
def test_no_private_address_is_asked_by_the_source_or_a_redirect(
    receiver: Receiver, place: str, tmp_path: Path
):
    with serving(WebHost(tmp_path)) as host:
        host.redirects["/to"] = place
        ours = AllowEntry.parse(f"127.0.0.1:{host.server_port}")
        with Web(timeout=5, user_agent="test", allow=[ours]) as web:
            for source in (place, f"{host.url}/to"):
                receiver.acceptor.accept(arrival(source))
                receiver.verifier(web=web).run_once()
                receiver.clock.pass_(seconds=1)
                assert "is not on the public internet" in receiver.row(source).why
        assert host.requests == ["/to"]


def test_the_fault_of_one_mention_is_its_own(receiver: Receiver, caplog: pytest.LogCaptureFixture):
    other = "https://bob.example/1"
    receiver.pages |= {SOURCE: note(), other: note(author="")}

    def read_item(html: str, base: str, *more: Any) -> Any:
        if base == SOURCE:
            raise TypeError("a bug")
        return item_of(html, base, *more)

    receiver.acceptor.accept(arrival())
    receiver.acceptor.accept(arrival(other))
    verifier = receiver.verifier(read_item=read_item)
    verifier.run_once()
    assert receiver.row(other).state is MentionState.HELD
    assert [each.message for each in caplog.records] == [
        f"{SOURCE} cannot be verified: TypeError: a bug"
    ]
    for _ in range(2):
        receiver.clock.pass_(minutes=6)
        verifier.run_once()
    receiver.clock.pass_(minutes=6)
    verifier.run_once()
    assert receiver.row().state is MentionState.BROKEN
    assert verifier.run_once() == 0


@pytest.mark.parametrize("fails", ["targets", "claim"])
def test_while_nothing_can_be_read_nothing_is_claimed(
    receiver: Receiver,
    fails: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    def fail(*_: object) -> Any:
        raise StoreError("it is away")

    receiver.acceptor.accept(arrival())
    if fails == "claim":
        monkeypatch.setattr(Queue, "claim", fail)
    verifier = receiver.verifier(**({"targets": fail} if fails == "targets" else {}))
    assert verifier.run_once() == 0
    assert receiver.row().state is MentionState.QUEUED
    assert "Nothing is verified now: it is away" in caplog.text


def test_a_result_whose_lease_was_lost_does_not_count(receiver: Receiver):
    def slow(_: object) -> Reply:
        receiver.clock.pass_(minutes=6)
        receiver.pages[SOURCE] = note()
        receiver.verifier().run_once()
        return Reply(410)

    receiver.pages[SOURCE] = slow
    receiver.receive()
    assert receiver.row().state is MentionState.HELD
    assert receiver.checked == ["verified"]


def test_it_runs_until_it_is_stopped_and_finishes_what_it_began(receiver: Receiver):
    stop, begun, go_on = threading.Event(), threading.Event(), threading.Event()

    def slow(_: object) -> Reply:
        begun.set()
        assert go_on.wait(20)
        return Reply(200, [], note().encode())

    receiver.pages |= {SOURCE: slow, "https://bob.example/": note("B", "")}
    thread = threading.Thread(target=receiver.verifier(pause=0.01).run, args=[stop])
    thread.start()
    assert not begun.wait(0.05)  # nothing is due
    receiver.acceptor.accept(arrival())
    assert begun.wait(20)
    receiver.acceptor.accept(arrival("https://bob.example/"))
    while receiver.row("https://bob.example/").state is not MentionState.HELD:
        assert thread.is_alive()
    stop.set()
    go_on.set()
    thread.join(20)
    assert not thread.is_alive()
    assert receiver.row().state is MentionState.HELD
