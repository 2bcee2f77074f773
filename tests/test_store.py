"""The store of mentions, on SQLite and on PostgreSQL: accepted, claimed, recorded."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from pelican_linkback.exceptions import QueueFull, StoreError
from pelican_linkback.receiving.inbox.states import MentionState, Outage, Refused, Removed, Verified
from pelican_linkback.receiving.inbox.transitions import transition
from pelican_linkback.receiving.store.accepting import Acceptor, _Request
from pelican_linkback.receiving.store.columns import columns_of, standing_of, stored_mention_of
from pelican_linkback.receiving.store.hosts import Hosts
from pelican_linkback.receiving.store.queue import Queue, _Result
from pelican_linkback.receiving.store.tables import mention, metadata
from tests.receiving import NOW, arrival, said


@pytest.fixture
def acceptor(store):
    return Acceptor(store)


@pytest.fixture
def queue(store):
    return Queue(store)


def rows(store):
    query = sa.select(mention).order_by(mention.c.id)
    return [stored_mention_of(row) for row in store.read(lambda c: c.execute(query).all())]


def test_the_migrations_make_the_tables_of_this_version(store):
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_mention_is_accepted_claimed_and_shown(store, acceptor, queue, clock):
    accepted = acceptor.accept(arrival())
    assert accepted.is_new
    assert len(accepted.token) == 32
    (job,) = queue.claim(10)
    assert (job.source, job.standing.state) == (
        "https://ann.example/notes/1",
        MentionState.CHECKING,
    )
    assert queue.claim(10) == []
    assert queue.record(job, Verified(said(job), MentionState.SHOWN, "open"))
    (row,) = rows(store)
    assert (row.state, row.shown, row.number) == (MentionState.SHOWN, said(job), 1)
    assert row.checked == clock()
    assert queue.next_due() is None


def test_the_same_mention_is_one(store, acceptor):
    first = acceptor.accept(arrival())
    again = acceptor.accept(arrival("HTTPS://ann.example/notes/1"))
    assert (again.token, again.is_new) == (first.token, False)
    assert len(rows(store)) == 1


def test_what_one_page_says_of_many_is_claimed_together(acceptor, queue, clock):
    for page in ("/walls/", "/roofs/", "/doors/"):
        acceptor.accept(arrival(page=page))
    acceptor.accept(arrival("https://ann.example/notes/2"))
    acceptor.accept(arrival("https://bob.example/1"))
    jobs = queue.claim(10)
    assert [each.source[8:] for each in jobs] == ["ann.example/notes/1"] * 3 + ["bob.example/1"]
    assert len({each.page for each in jobs}) == 2
    clock.pass_(seconds=1)
    (job,) = queue.claim(10)
    assert job.source == "https://ann.example/notes/2"


def test_a_host_has_two_requests_under_way_and_one_a_second(acceptor, queue, clock):
    for number in range(4):
        acceptor.accept(arrival(f"https://ann.example/notes/{number}?q={number}"))
    first = queue.claim(10)
    assert (len(first), queue.claim(10)) == (1, [])
    clock.pass_(seconds=1)
    second = queue.claim(10)
    clock.pass_(seconds=1)
    assert (len(second), queue.claim(10)) == (1, [])
    queue.record(first[0], Removed("no link"))
    assert len(queue.claim(10)) == 1


def test_hosts_take_turns(acceptor, queue, clock):
    for source in ("ann.example/1", "ann.example/2", "bob.example/1", "cid.example/1"):
        acceptor.accept(arrival(f"https://{source}"))
    hosts = []
    for _ in range(4):
        hosts += [each.host for each in queue.claim(1)]
        clock.pass_(seconds=1)
    assert sorted(hosts[:3]) == ["ann.example", "bob.example", "cid.example"]
    assert hosts[3] == "ann.example"


def test_a_page_is_fetched_once_in_ten_minutes(acceptor, queue, clock):
    acceptor.accept(arrival())
    (job,) = queue.claim(10)
    queue.record(job, Verified(said(job), MentionState.SHOWN))
    clock.pass_(minutes=1)
    acceptor.accept(arrival())
    acceptor.accept(arrival(page="/roofs/"))
    assert queue.claim(10) == []
    assert queue.next_due() == NOW + dt.timedelta(minutes=10)
    clock.pass_(minutes=9)
    assert len(queue.claim(10)) == 2


def test_another_page_of_the_host_does_not_make_it_sooner(acceptor, queue, clock):
    acceptor.accept(arrival())
    (job,) = queue.claim(10)
    queue.record(job, Verified(said(job), MentionState.SHOWN))
    acceptor.accept(arrival())
    acceptor.accept(arrival("https://ann.example/notes/2"))
    clock.pass_(seconds=1)
    assert [each.source for each in queue.claim(10)] == ["https://ann.example/notes/2"]
    clock.pass_(seconds=1)
    assert queue.claim(10) == []


def test_a_clock_that_is_set_back_does_not_make_it_later(acceptor, queue, clock):
    acceptor.accept(arrival())
    (job,) = queue.claim(10)
    queue.record(job, Verified(said(job), MentionState.SHOWN))
    clock.pass_(days=-2)
    acceptor.accept(arrival())
    assert verified_hosts(queue, clock) == ["ann.example"]


def test_the_same_mention_twice_at_once_is_one(store, acceptor, queue):
    requests = [_Request(arrival()), _Request(arrival())]
    acceptor._write(requests)
    assert [each.is_new for each in requests] == [True, False]
    (job,) = queue.claim(10)
    assert job.requests == 2


def test_what_is_sent_again_while_it_is_checked_is_checked_again(acceptor, queue, clock):
    acceptor.accept(arrival())
    (job,) = queue.claim(10)
    acceptor.accept(arrival())
    queue.record(job, Verified(said(job), MentionState.HELD))
    clock.pass_(minutes=10)
    (again,) = queue.claim(10)
    now = again.standing
    assert (now.state, now.shown, now.latest) == (MentionState.HELD, None, said(job))


def test_an_outage_waits_in_the_queue(acceptor, queue, clock):
    acceptor.accept(arrival())
    (job,) = queue.claim(10)
    queue.record(job, Outage("503"))
    assert queue.next_due() == NOW + dt.timedelta(minutes=1)
    clock.pass_(minutes=1)
    (again,) = queue.claim(10)
    assert (again.standing.attempts, again.standing.state) == (1, MentionState.CHECKING)


def test_the_third_lost_lease_breaks_a_mention(store, acceptor, queue, clock):
    acceptor.accept(arrival())
    for _ in range(3):
        assert len(queue.claim(10)) == 1
        clock.pass_(minutes=6)
    assert queue.claim(10) == []
    assert [row.state for row in rows(store)] == [MentionState.BROKEN]
    clock.pass_(hours=1)
    acceptor.accept(arrival())
    assert queue.claim(10) == []
    clock.pass_(hours=23)
    assert len(queue.claim(10)) == 1


def test_what_stops_verifiers_costs_itself_alone(store, acceptor, queue, clock):
    """A verifier dies whenever it meets one page, with all that it has leased."""
    names = ["ann", "bob", "cid", "dan", "eve"]
    for name in names:
        acceptor.accept(arrival(f"https://{name}.example/"))
    acceptor.accept(arrival("https://cid.example/", "/roofs/"))
    times = Counter()
    for _ in range(60):
        jobs = queue.claim(10)
        times.update(each.host for each in jobs)
        if any(each.host == "cid.example" for each in jobs):
            clock.pass_(minutes=6)
            continue
        for job in jobs:
            queue.record(job, Verified(said(job), MentionState.SHOWN))
        clock.pass_(seconds=2)
    assert {row.host: row.state.value for row in rows(store)} == {
        f"{name}.example": "broken" if name == "cid" else "shown" for name in names
    }
    assert times == {f"{name}.example": 6 if name == "cid" else 2 for name in names}


def test_two_that_lost_a_lease_are_not_leased_by_two_verifiers(store, acceptor, queue, clock):
    for name in ("ann", "bob", "cid"):
        acceptor.accept(arrival(f"https://{name}.example/"))
    queue.claim(10)
    clock.pass_(minutes=6)
    other = Queue(store)
    assert len(queue.claim(1)) == 1
    assert other.claim(10) == []


def test_a_result_after_the_lease_was_lost_does_not_count(acceptor, queue, clock):
    acceptor.accept(arrival())
    (late,) = queue.claim(10)
    clock.pass_(minutes=6)
    (job,) = queue.claim(10)
    assert not queue.record(late, Removed("no link"))
    assert queue.record(job, Verified(said(job), MentionState.HELD))


def test_two_results_of_one_mention_at_once(acceptor, queue, clock):
    """One is of a lease that was lost: it does not take the place of the other."""
    acceptor.accept(arrival())
    (late,) = queue.claim(10)
    clock.pass_(minutes=6)
    (job,) = queue.claim(10)
    results = [_Result(each, Removed("no link"), "") for each in (job, late)]
    queue._write(results)
    assert [each.counted for each in results] == [True, False]


def test_a_result_of_a_mention_that_was_erased(store, acceptor, queue):
    acceptor.accept(arrival())
    (job,) = queue.claim(10)
    store.write(lambda connection: connection.execute(sa.delete(mention)))
    assert not queue.record(job, Removed("no link"))


def test_a_host_whose_mentions_were_erased_has_nothing_to_do(store, acceptor, queue):
    acceptor.accept(arrival())
    store.write(lambda connection: connection.execute(sa.delete(mention)))
    assert queue.next_due() is not None
    assert queue.claim(10) == []
    assert queue.next_due() is None


def test_a_decision_while_it_is_verified_stays(store, acceptor, queue):
    acceptor.accept(arrival())
    (job,) = queue.claim(10)

    def refuse(connection):
        row = connection.execute(sa.select(mention)).one()
        columns = columns_of(transition(standing_of(row), Refused(), NOW))
        connection.execute(sa.update(mention).values(columns))

    store.write(refuse)
    queue.record(job, Verified(said(job), MentionState.SHOWN))
    assert [(row.state, row.shown) for row in rows(store)] == [(MentionState.REFUSED, None)]


def test_a_full_queue_takes_what_it_knows_and_nothing_else(store):
    acceptor = Acceptor(store, most=3, most_of_host=2)
    for number in range(2):
        acceptor.accept(arrival(f"https://ann.example/{number}"))
    with pytest.raises(QueueFull):
        acceptor.accept(arrival("https://ann.example/2"))
    acceptor.accept(arrival("https://bob.example/"))
    with pytest.raises(QueueFull):
        acceptor.accept(arrival("https://cid.example/"))
    assert not acceptor.accept(arrival("https://ann.example/1")).is_new


def test_a_mention_that_the_database_refuses_costs_itself(store, acceptor):
    """Also when it comes together with others."""
    wrong = _Request(arrival("https://ann.example/\ud800\x00"))
    right = _Request(arrival())
    acceptor._write([wrong, right])
    assert right.error is None
    with pytest.raises(UnicodeEncodeError):
        raise wrong.error
    assert len(rows(store)) == 1


def test_a_result_that_the_database_refuses_costs_itself(store, acceptor, queue):
    acceptor.accept(arrival())
    acceptor.accept(arrival("https://bob.example/"))
    ann, bob = queue.claim(2)
    wrong = _Result(ann, Verified(said(ann), MentionState.SHOWN), "https://ann.example/\ud800")
    right = _Result(bob, Verified(said(bob), MentionState.SHOWN), "https://bob.example/2")
    queue._write([wrong, right])
    assert (right.counted, right.error) == (True, None)
    with pytest.raises(UnicodeEncodeError):
        raise wrong.error
    assert [row.state for row in rows(store)] == [MentionState.CHECKING, MentionState.SHOWN]


def test_a_result_without_a_database_is_an_error(acceptor, queue, store, monkeypatch):
    def fails(*_):
        raise StoreError("the disk is full")

    acceptor.accept(arrival())
    (job,) = queue.claim(1)
    monkeypatch.setattr(store, "write", fails)
    with pytest.raises(StoreError):
        queue.record(job, Removed("410"))


def test_a_redirect_takes_a_turn_at_the_host_that_it_leads_to(store, acceptor, queue, clock):
    hosts = Hosts(store)
    turn = hosts.enter("victim.example")
    assert hosts.enter("victim.example") is None
    clock.pass_(seconds=1)
    assert hosts.enter("victim.example")
    clock.pass_(seconds=1)
    assert hosts.enter("victim.example") is None
    acceptor.accept(arrival("https://victim.example/1"))
    assert queue.claim(10) == []
    hosts.leave("victim.example", turn)
    assert len(queue.claim(10)) == 1


def test_a_turn_that_nobody_ends_ends_by_itself(store, clock):
    hosts = Hosts(store)
    for _ in range(2):
        assert hosts.enter("victim.example")
        clock.pass_(seconds=1)
    clock.pass_(minutes=1)
    assert hosts.enter("victim.example")


def verified_hosts(queue, clock):
    """Verify all that is due within two minutes; return the hosts, in the order of the requests."""
    hosts = []
    for _ in range(120):
        for job in queue.claim(10):
            hosts.append(job.host)
            queue.record(job, Removed("no link"))
        clock.pass_(seconds=1)
    return hosts


@pytest.mark.parametrize("jump", [{"days": -3000}, {"days": -2}, {"hours": -3}])
def test_a_clock_that_is_set_back_delays_nothing_by_more_than_it_waited(
    acceptor, queue, clock, jump
):
    acceptor.accept(arrival())
    acceptor.accept(arrival("https://bob.example/"))
    acceptor.accept(arrival("https://cid.example/"))
    first, *_ = queue.claim(10)
    queue.record(first, Outage("503"))
    clock.pass_(**jump)
    acceptor.accept(arrival("https://dan.example/"))
    assert verified_hosts(queue, clock) == ["dan.example", "ann.example"]
    clock.pass_(minutes=3)
    assert sorted(verified_hosts(queue, clock)) == ["bob.example", "cid.example"]


def test_a_clock_far_ahead_loses_nothing(store, acceptor, queue, clock):
    acceptor.accept(arrival())
    (job,) = queue.claim(10)
    clock.pass_(days=3000)
    acceptor.accept(arrival("https://bob.example/"))
    by_host = {each.host: each for each in queue.claim(10)}
    assert [*by_host] == ["ann.example", "bob.example"]
    queue.record(by_host["bob.example"], Outage("503"))
    clock.pass_(days=-3000)
    assert not queue.record(job, Removed("no link"))
    assert verified_hosts(queue, clock) == ["bob.example"]
    clock.pass_(minutes=3)
    assert verified_hosts(queue, clock) == ["ann.example"]
