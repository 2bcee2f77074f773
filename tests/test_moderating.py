"""Moderation in the database: what is listed, decided, taken back, and which rules count."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from pelican_linkback.receiving.inbox.policy import Visibility, Why
from pelican_linkback.receiving.inbox.states import MentionState, Removed, Verified
from pelican_linkback.receiving.memory.decisions import Act
from pelican_linkback.receiving.memory.forgotten import hash_of
from pelican_linkback.receiving.memory.targets import Target
from pelican_linkback.receiving.received import Author
from pelican_linkback.receiving.store import rules as rules_module
from pelican_linkback.receiving.store.accepting import Acceptor
from pelican_linkback.receiving.store.mentions import Decided, Mentions, ModerationAction
from pelican_linkback.receiving.store.queue import Queue
from pelican_linkback.receiving.store.rules import Rules
from pelican_linkback.receiving.store.searching import Search
from pelican_linkback.receiving.store.statistics import MentionTotal, Statistics, Week
from pelican_linkback.receiving.store.tables import forgotten
from tests.receiving import NOW, arrival, said

HELD, SHOWN, REFUSED = MentionState.HELD, MentionState.SHOWN, MentionState.REFUSED


@pytest.fixture
def mentions(store):
    tokens = count(1)
    return Mentions(store, token=lambda: f"undo-{next(tokens)}")


@pytest.fixture
def rules(store):
    return Rules(store)


@pytest.fixture
def receive(store, clock):
    """Take mentions by the name of their author, as if they were verified."""
    acceptor, queue = Acceptor(store), Queue(store)

    def received(*names: str, page="/walls/", state=HELD, why="stranger", **more) -> None:
        for name in names:
            source = more.pop("source", f"https://{name}.example/notes/{page.strip('/')}")
            acceptor.accept(arrival(source, page, received=clock()))
        clock.pass_(hours=1)
        for job in queue.claim(100):
            name = job.host.removesuffix(".example")
            author = Author(name.title(), f"https://{job.host}/")
            fields = {"author": author, "text": f"{name} was here"} | more
            queue.record(job, Verified(said(job, **fields), state, why))

    return received


def names(rows) -> list[str]:
    return [row.host.removesuffix(".example") for row in rows]


def states(mentions) -> dict[str, str]:
    return {
        row.host.removesuffix(".example"): row.state.value
        for row in mentions.listing(Search(), 100)
    }


def ids(mentions, *wanted: str) -> list[int]:
    return [row.id for row in mentions.listing(Search(), 100) if names([row])[0] in wanted]


# Listing


def test_the_newest_are_listed_first_page_by_page(mentions, receive):
    receive("ann", "bo", "cy")
    first = mentions.listing(Search(), 2)
    assert names(first) == ["cy", "bo"]
    assert names(mentions.listing(Search(after=first[-1].id), 2)) == ["ann"]
    assert mentions.listing(Search(after=1), 2) == []


SEARCHES = [
    (Search(states=(HELD,)), ["dan", "ann.sub"]),
    (Search(states=(SHOWN, HELD)), ["dan", "bo", "ann.sub"]),
    (Search(article="tag:blog.example:/roof/"), ["dan"]),
    (Search(host="sub.example"), ["ann.sub"]),
    (Search(host="bo.example"), ["bo"]),
    (Search(host="example"), ["dan", "bo", "ann.sub"]),
    (Search(host="o.example"), []),
    (Search(author="http://BO.example"), ["bo"]),
    (Search(author="https://ann.sub.example/about"), []),
    (Search(text="BO"), ["bo"]),
    (Search(text="here was"), ["dan", "bo", "ann.sub"]),
    (Search(text="notes/roof"), ["dan"]),
    (Search(text="b%o"), []),
    (Search(text="b_"), []),
    (Search(text="%"), []),
    (Search(text="\\"), []),
    (Search(text="bo'; DROP TABLE mention; --"), []),
    (Search(host="%"), []),
    (Search(host="_.example"), []),
    (Search(author="https://%"), []),
    (Search(article="%"), []),
    (Search(text="b\0o\ud800"), ["bo"]),
    (Search(text=" ".join(["here"] * 10 + ["nowhere"])), ["dan", "bo", "ann.sub"]),
]


def test_what_is_searched_for_is_a_text_and_no_pattern(mentions, receive):
    receive("ann.sub")
    receive("bo", state=SHOWN)
    receive("dan", page="/roof/")
    for search, found in SEARCHES:
        assert names(mentions.listing(search, 10)) == found, search


def test_a_mention_is_named_by_its_id_or_a_url(mentions, receive):
    receive("ann", "bo")
    ann = mentions.listing(Search(host="ann.example"), 1)[0]
    assert mentions.matching(ann.key) == mentions.matching(ann.latest.id) == [ann]
    assert mentions.matching("https://Ann.example/notes/walls#x") == [ann]
    assert mentions.matching("https://ann.example/") == []
    assert mentions.matching("%") == mentions.matching("\0") == []


def test_mentions_are_counted_by_state(mentions, receive):
    receive("ann", "bo")
    receive("cy", state=SHOWN)
    counts = mentions.counts()
    assert list(counts) == [*MentionState]
    assert (counts[HELD], counts[SHOWN], counts[MentionState.SPAM]) == (2, 1, 0)
    assert all(mentions.count(state) == number for state, number in counts.items())


# Deciding


def test_a_decision_is_taken_back_by_its_token(mentions, receive):
    receive("ann", "bo", "cy")
    done = mentions.act(ids(mentions, "ann", "bo"), ModerationAction.APPROVE, "browser")
    assert done == Decided("undo-1", "approve", 2)
    assert mentions.decided("undo-1") == done
    assert states(mentions) == {"ann": "shown", "bo": "shown", "cy": "held"}
    shown = mentions.shown_on("tag:blog.example:/walls/")
    assert names(shown) == ["ann", "bo"]
    assert [row.shown.text for row in shown] == ["ann was here", "bo was here"]
    assert mentions.undo("undo-1") == 2
    assert states(mentions) == {"ann": "held", "bo": "held", "cy": "held"}
    assert mentions.shown_on("tag:blog.example:/walls/") == []
    assert mentions.decided("undo-1") is None
    assert mentions.undo("undo-1") == mentions.undo("") == mentions.undo("undo-9\0") == 0
    assert mentions.decided("\0") is None


def test_what_changes_nothing_is_no_decision(mentions, receive):
    receive("ann")
    (ann,) = ids(mentions, "ann")
    mentions.act([ann], ModerationAction.APPROVE, "browser")
    assert mentions.act([ann, ann, 12345], ModerationAction.APPROVE, "browser").changed == 0
    assert mentions.decided("undo-2") is None
    assert mentions.act([], ModerationAction.SPAM, "browser").changed == 0


@pytest.mark.parametrize("action", [ModerationAction.REFUSE, ModerationAction.SPAM])
def test_what_was_shown_is_refused_and_shown_again_by_undo(mentions, receive, action):
    receive("ann", state=SHOWN)
    (before,) = mentions.listing(Search(), 10)
    mentions.act([before.id], action, "browser")
    (row,) = mentions.listing(Search(), 10)
    assert (row.shown, row.decided) == (None, True)
    assert row.state.value == {"refuse": "refused", "spam": "spam"}[action]
    mentions.undo("undo-1")
    (row,) = mentions.listing(Search(), 10)
    assert (row.state, row.shown, row.decided) == (SHOWN, before.shown, False)


def test_what_was_decided_since_is_not_taken_back(mentions, receive):
    receive("ann", "bo")
    mentions.act(ids(mentions, "ann", "bo"), ModerationAction.APPROVE, "browser")
    mentions.act(ids(mentions, "bo"), ModerationAction.SPAM, "browser")
    assert mentions.undo("undo-1") == 1
    assert states(mentions) == {"ann": "held", "bo": "spam"}
    assert mentions.undo("undo-2") == 1
    assert states(mentions) == {"ann": "held", "bo": "shown"}


def test_what_was_taken_back_is_in_the_way_of_nothing(mentions, receive):
    receive("ann", "bo")
    mentions.act(ids(mentions, "ann", "bo"), ModerationAction.APPROVE, "browser")
    mentions.act(ids(mentions, "bo"), ModerationAction.SPAM, "browser")
    assert mentions.undo("undo-2") == 1
    assert mentions.undo("undo-1") == 2
    assert states(mentions) == {"ann": "held", "bo": "held"}


def test_moderators_at_the_same_moment_do_not_wait_for_one_another_for_ever(mentions, receive):
    receive("ann", "bo", "cy", "dan")
    known = ids(mentions, "ann", "bo", "cy", "dan")
    with ThreadPoolExecutor(8) as pool:
        orders = [known, known[::-1]] * 4
        done = list(
            pool.map(lambda order: mentions.act(order, ModerationAction.APPROVE, "browser"), orders)
        )
    assert sorted(each.changed for each in done) == [0] * 7 + [4]
    assert len({row.number for row in mentions.exported(0, 10)}) == 4


def test_the_last_decision_about_a_mention_is_found(mentions, receive):
    receive("ann")
    (ann,) = ids(mentions, "ann")
    assert mentions.last_about(ann) == ""
    mentions.act([ann], ModerationAction.APPROVE, "browser")
    mentions.act([ann], ModerationAction.SPAM, "browser")
    assert mentions.last_about(ann) == "undo-2"
    mentions.undo("undo-2")
    assert mentions.last_about(ann) == "undo-1"


def test_undo_shows_nothing_that_is_gone_since(store, mentions, receive, clock):
    receive("ann")
    (ann,) = ids(mentions, "ann")
    mentions.act([ann], ModerationAction.APPROVE, "browser")
    Acceptor(store).accept(arrival("https://ann.example/notes/walls"))
    clock.pass_(days=1)
    (job,) = Queue(store).claim(1)
    Queue(store).record(job, Removed("410"))
    assert states(mentions) == {"ann": "gone"}
    mentions.undo("undo-1")
    assert states(mentions) == {"ann": "gone"}
    assert mentions.act([ann], ModerationAction.APPROVE, "browser").changed == 0  # there is no text


def test_an_approved_text_stays_while_a_changed_one_waits(store, mentions, receive, clock):
    receive("ann")
    (ann,) = ids(mentions, "ann")
    mentions.act([ann], ModerationAction.APPROVE, "browser")
    Acceptor(store).accept(arrival("https://ann.example/notes/walls"))
    clock.pass_(days=1)
    (job,) = Queue(store).claim(1)
    Queue(store).record(job, Verified(said(job, text="Buy slate here"), SHOWN, "open"))
    (row,) = mentions.listing(Search(), 10)
    assert (row.state, row.shown.text, row.latest.text) == (HELD, "ann was here", "Buy slate here")
    mentions.act([ann], ModerationAction.APPROVE, "browser")
    assert mentions.shown_on(row.article)[0].shown.text == "Buy slate here"
    mentions.undo("undo-2")
    assert mentions.shown_on(row.article)[0].shown.text == "ann was here"


def test_many_are_decided_about_at_once(store, mentions):
    acceptor = Acceptor(store)
    for n in range(3):
        acceptor.accept(arrival(f"https://h{n}.example/"))
    done = mentions.act(range(1, 1200), ModerationAction.SPAM, "command")
    assert done.changed == 3
    assert mentions.undo(done.token) == 3
    assert mentions.counts()[MentionState.QUEUED] == 3


# Exporting


def test_every_change_of_what_is_shown_is_exported_in_order(mentions, receive):
    receive("ann", "bo", "cy")
    assert mentions.exported(0, 10) == []
    mentions.act(ids(mentions, "bo"), ModerationAction.APPROVE, "browser")
    mentions.act(ids(mentions, "ann"), ModerationAction.APPROVE, "browser")
    first, second = mentions.exported(0, 10)
    assert (names([first, second]), first.number < second.number) == (["bo", "ann"], True)
    mentions.act(ids(mentions, "bo"), ModerationAction.REFUSE, "browser")
    mentions.act(ids(mentions, "cy"), ModerationAction.REFUSE, "browser")  # which was never shown
    (removed,) = mentions.exported(second.number, 10)
    assert (names([removed]), removed.shown) == (["bo"], None)
    assert mentions.exported(removed.number, 10) == []
    assert names(mentions.exported(0, 1)) == ["ann"]
    mentions.undo("undo-3")
    (again,) = mentions.exported(removed.number, 10)
    assert again.shown.author.name == "Bo"


# Rules


def test_rules_are_set_listed_and_released(rules, clock):
    assert rules.set(["b.example", "a.example", "b.example"], Act.BLOCK, "browser") == [
        "b.example",
        "a.example",
    ]
    clock.pass_(hours=1)
    assert rules.set(["a.example", "c.example/@x"], Act.BLOCK, "command") == ["c.example/@x"]
    listed = rules.all()
    assert [(each.rule, each.act, each.by) for each in listed] == [
        ("a.example", Act.BLOCK, "browser"),
        ("b.example", Act.BLOCK, "browser"),
        ("c.example/@x", Act.BLOCK, "command"),
    ]
    assert [each.host for each in listed] == ["a.example", "b.example", "c.example"]
    assert listed[0].at == NOW
    assert [each.rule for each in rules.all(after="a.example\0", limit=1)] == ["b.example"]
    assert rules.set(["a.ex\0ample"], Act.BLOCK, "browser") == []
    assert rules.set(["a.example"], Act.TRUST, "browser") == ["a.example"]
    assert rules.set(["a.example", "z.example"], Act.RELEASE, "browser") == ["a.example"]
    assert [each.rule for each in rules.all()] == ["b.example", "c.example/@x"]


def test_rules_of_other_processes_count_at_once(store, rules):
    other = Rules(store)
    assert rules.decisions().rules == {}
    other.set(["a.example"], Act.HOLD, "browser")
    assert rules.decisions().rules == {"a.example": Act.HOLD}
    assert rules.decisions() is rules.decisions()
    other.set(["a.example"], Act.RELEASE, "browser")
    assert rules.decisions().rules == {}


WALLS = Target("tag:blog.example:/walls/", "https://blog.example/walls/")


def judge(rules, mention):
    return rules.policy(lambda url: "//blog.example/" in url).judge(mention, WALLS)


def test_the_first_mention_of_an_author_waits_and_the_next_is_shown(rules, mentions, receive):
    receive("ann", "bo")
    ann, bo = (mentions.listing(Search(host=f"{name}.example"), 1)[0] for name in ("ann", "bo"))
    assert judge(rules, ann.latest) == (Visibility.HELD, Why.STRANGER)
    mentions.act([ann.id], ModerationAction.APPROVE, "browser")
    assert judge(rules, ann.latest) == (Visibility.SHOWN, Why.OPEN)
    assert judge(rules, bo.latest) == (Visibility.HELD, Why.STRANGER)
    mentions.undo("undo-1")
    assert judge(rules, ann.latest).visibility is Visibility.HELD


def test_what_was_shown_by_a_rule_makes_nobody_known(rules, mentions, receive):
    receive("ann", state=SHOWN)
    (ann,) = mentions.listing(Search(), 1)
    assert judge(rules, ann.latest).visibility is Visibility.HELD


def test_the_last_decision_about_an_author_counts(rules, mentions, receive):
    receive("ann")
    receive("ann", page="/roof/")
    roof, walls = mentions.listing(Search(), 2)
    mentions.act([walls.id], ModerationAction.APPROVE, "browser")
    assert judge(rules, walls.latest).visibility is Visibility.SHOWN
    mentions.act([roof.id], ModerationAction.SPAM, "browser")
    assert judge(rules, walls.latest).visibility is Visibility.HELD


def test_who_uses_the_name_of_an_author_changes_nothing_for_that_author(
    store, rules, mentions, receive, clock
):
    ann = Author("Ann", "https://ann.example/")
    receive("ann")
    mentions.act(ids(mentions, "ann"), ModerationAction.APPROVE, "browser")
    known = mentions.listing(Search(), 1)[0].latest
    receive("evil", author=ann)
    mentions.act(ids(mentions, "evil"), ModerationAction.SPAM, "browser")
    assert judge(rules, known).visibility is Visibility.SHOWN
    # By a site of the author's that redirects to anywhere.
    Acceptor(store).accept(arrival("https://ann.example/go?x", "/roof/"))
    clock.pass_(hours=1)
    (job,) = Queue(store).claim(1)
    event = Verified(said(job, author=ann), HELD)
    Queue(store).record(job, event, final_url="https://evil.example/")
    mentions.act([mentions.listing(Search(), 1)[0].id], ModerationAction.REFUSE, "browser")
    assert judge(rules, known).visibility is Visibility.SHOWN


def test_a_page_that_takes_another_name_after_it_was_approved_makes_nobody_known(
    store, rules, mentions, receive, clock
):
    source = "https://m.example/@evil/1"
    receive("evil", source=source, author=Author("Evil", "https://m.example/@evil"))
    mentions.act([mentions.listing(Search(), 1)[0].id], ModerationAction.APPROVE, "browser")
    Acceptor(store).accept(arrival(source))
    clock.pass_(hours=1)
    (job,) = Queue(store).claim(1)
    ann = Author("Ann", "https://m.example/@ann")
    Queue(store).record(job, Verified(said(job, author=ann), HELD))
    (row,) = mentions.listing(Search(), 1)
    assert row.latest.author == ann
    assert rules.decided_about("https://m.example/@ann") == []


def test_what_is_gone_makes_nobody_known(store, rules, mentions, receive, clock):
    receive("ann")
    (ann,) = ids(mentions, "ann")
    mentions.act([ann], ModerationAction.APPROVE, "browser")
    known = mentions.listing(Search(), 1)[0].latest
    Acceptor(store).accept(arrival("https://ann.example/notes/walls"))
    clock.pass_(hours=1)
    (job,) = Queue(store).claim(1)
    Queue(store).record(job, Removed("410"))
    assert judge(rules, known).visibility is Visibility.HELD


def test_a_host_on_which_several_wrote_is_known_as_such(rules, receive):
    for name, page in (("ann", "/walls/"), ("bo", "/roof/")):
        source = f"https://paper.example/2026/{name}"
        author = Author(name, f"https://paper.example/by/{name}")
        assert not rules.has_many("paper.example")
        receive("x", source=source, page=page, author=author)
    assert rules.has_many("paper.example")
    assert not rules.has_many("%")


def test_a_rule_counts_for_earlier_mentions_unless_a_person_decided(rules, mentions, receive):
    receive("ann", "bo.sub", "cy")
    receive("dan", state=SHOWN)
    receive("eve", state=REFUSED, why="own")
    mentions.act(ids(mentions, "cy"), ModerationAction.APPROVE, "browser")
    rules.set([f"{name}.example" for name in ("ann", "sub", "cy", "dan", "eve")], Act.BLOCK, "x")
    assert states(mentions) == {
        "ann": "refused",
        "bo.sub": "refused",
        "cy": "shown",  # a person decided so
        "dan": "refused",
        "eve": "refused",
    }
    assert [row.shown and names([row]) for row in mentions.exported(0, 9)] == [["cy"], None]
    rules.set(["ann.example", "dan.example"], Act.RELEASE, "x")
    rules.set(["sub.example", "eve.example"], Act.TRUST, "x")
    assert states(mentions) == {
        "ann": "held",
        "bo.sub": "shown",
        "cy": "shown",
        "dan": "held",
        "eve": "refused",  # and not because of a rule
    }
    rules.set(["sub.example"], Act.HOLD, "x")
    assert states(mentions)["bo.sub"] == "shown"  # hold is for what comes


def test_a_rule_about_an_author_counts_for_that_author_alone(rules, mentions, receive):
    for name in ("ann", "bo"):
        author = Author(name, f"https://m.example:8080/@{name}")
        receive(name, source=f"https://m.example:8080/@{name}/1", page=f"/{name}/", author=author)
    rules.set(["m.example:8080/@ann"], Act.TRUST, "x")
    found = {row.latest.author.name: row.state for row in mentions.listing(Search(), 9)}
    assert found == {"ann": SHOWN, "bo": HELD}


def test_a_long_list_counts_for_earlier_mentions(rules, mentions, receive, monkeypatch):
    monkeypatch.setattr(rules_module, "BATCH_SIZE", 2)
    receive("ann", "bo", "cy", "dan", "eve")
    rules.set([f"{n}.example" for n in range(30)] + ["bo.example", "eve.example"], Act.BLOCK, "x")
    assert [name for name, state in states(mentions).items() if state == "refused"] == ["eve", "bo"]


def test_rules_and_what_was_erased_count_at_verification(store, rules, mentions, receive):
    receive("ann")
    ann = mentions.listing(Search(), 1)[0].latest
    rules.set(["ann.example"], Act.TRUST, "browser")
    assert judge(rules, ann) == (Visibility.SHOWN, Why.TRUSTED)
    with store.engine.begin() as connection:
        row = {"key": "k", "hash": hash_of("ann.example", "k")}
        connection.execute(forgotten.insert().values(row))
    rules.set(["ann.example"], Act.BLOCK, "browser")
    assert judge(rules, ann) == (Visibility.HIDDEN, Why.FORGOTTEN)


# Statistics


def test_the_overview_is_made_of_numbers(store, mentions, receive, clock):
    statistics = Statistics(store)
    assert statistics.weeks(NOW) == statistics.top_pages(5) == statistics.top_hosts(5) == []
    assert statistics.oldest_queued() is statistics.last_checked() is None
    receive("ann", "bo", state=SHOWN)
    receive("ann", page="/roof/", state=SHOWN)
    clock.pass_(days=7)
    receive("cy", "dan")
    mentions.act(ids(mentions, "dan"), ModerationAction.SPAM, "browser")
    Acceptor(store).accept(arrival("https://late.example/", received=clock()))
    monday = dt.date(2026, 11, 23)
    assert statistics.weeks(NOW - dt.timedelta(1)) == [
        Week(monday, 3, 3),
        Week(monday + dt.timedelta(7), 1, 0),
    ]
    assert statistics.top_pages(5) == [
        MentionTotal("tag:blog.example:/walls/", 2, "https://blog.example/walls/"),
        MentionTotal("tag:blog.example:/roof/", 1, "https://blog.example/roof/"),
    ]
    assert statistics.top_hosts(2) == [
        MentionTotal("ann.example", 2),
        MentionTotal("bo.example", 1),
    ]
    assert statistics.oldest_queued() == statistics.last_checked() == clock()
