"""What a store forgets after its terms, and how it moves from one database to another."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from pelican_linkback.cli.receiver.running import run_periodically
from pelican_linkback.exceptions import StoreError
from pelican_linkback.receiving.inbox.states import MentionState, Refused, Removed, Verified
from pelican_linkback.receiving.inbox.transitions import transition
from pelican_linkback.receiving.store.accepting import Acceptor
from pelican_linkback.receiving.store.columns import columns_of, milliseconds, standing_of
from pelican_linkback.receiving.store.queue import Queue
from pelican_linkback.receiving.store.tables import (
    event,
    host,
    login,
    mention,
    metadata,
    secret,
    session,
)
from pelican_linkback.receiving.store.upkeep.transfer import export_lines, import_lines
from pelican_linkback.receiving.store.upkeep.vacuum import DailyVacuum, Vacuumed, vacuum
from tests.receiving import arrival, postgresql_store, said, sqlite_store


def verified(store, verdicts):
    """Accept and verify a mention of each host; return the queue."""
    acceptor, queue = Acceptor(store), Queue(store)
    for name in verdicts:
        source = f"https://{name}.example/"
        acceptor.accept(arrival(source, sender="salted", received=store.clock()))
    for job in queue.claim(100):
        queue.record(job, Verified(said(job), verdicts[job.host.partition(".")[0]]))
    return queue


def all_rows(store, table):
    return store.read(lambda c: [row._asdict() for row in c.execute(sa.select(table)).all()])


def refuse(store, name):
    def refused(connection):
        row = connection.execute(sa.select(mention).where(mention.c.host == name)).one()
        columns = columns_of(transition(standing_of(row), Refused(), store.clock()))
        connection.execute(sa.update(mention).where(mention.c.id == row.id).values(columns))

    store.write(refused)


SHOWN, HELD = MentionState.SHOWN, MentionState.HELD


def test_hashes_of_senders_are_kept_for_seven_days(store, clock):
    verified(store, {"ann": SHOWN, "bob": HELD})
    clock.pass_(days=6.9)
    assert vacuum(store) == Vacuumed(0, 0)
    clock.pass_(days=0.2)
    assert vacuum(store) == Vacuumed(2, 0)
    assert {row["sender"] for row in all_rows(store, mention)} == {""}


def test_what_was_never_shown_is_erased_after_thirty_days(store, clock):
    queue = verified(store, {"ann": SHOWN, "bob": HELD})
    clock.pass_(days=29.9)
    assert vacuum(store).mentions == 0
    clock.pass_(days=0.2)
    assert vacuum(store).mentions == 1
    (row,) = all_rows(store, mention)
    assert row["host"] == "ann.example"
    # What was shown once stays in the export, as a removal.
    clock.pass_(days=1)
    Acceptor(store).accept(arrival("https://ann.example/"))
    (job,) = queue.claim(1)
    queue.record(job, Removed("410"))
    clock.pass_(days=31)
    assert vacuum(store).mentions == 0


class Hours:
    """An event that is set after some waits, of an hour each."""

    def __init__(self, clock, hours):
        self.clock, self.left = clock, hours

    def wait(self, seconds):
        self.clock.pass_(seconds=seconds)
        self.left -= 1
        return self.left == 0


@pytest.mark.parametrize("jump", [0, -900, 900])
def test_a_receiver_that_runs_keeps_the_terms_once_a_day(store, clock, jump):
    task = DailyVacuum(store)
    task.run_if_due()
    clock.pass_(days=jump)
    verified(store, {"ann": SHOWN, "bob": HELD})
    run_periodically(task, Hours(clock, 24 * 6))
    assert {row["sender"] for row in all_rows(store, mention)} == {"salted"}
    run_periodically(task, Hours(clock, 24 * 3))
    assert {row["sender"] for row in all_rows(store, mention)} == {""}


def test_terms_that_cannot_be_kept_now_are_one_line_in_the_log(store, monkeypatch, caplog):
    reason = f"the disk of {store.engine.url} is full"  # Pelican logs no message twice

    def fails(*_, **__):
        raise StoreError(reason)

    monkeypatch.setattr(store, "write", fails)
    DailyVacuum(store).run_if_due()
    assert caplog.messages == [f"What was kept long enough is not erased now: {reason}"]


def test_what_is_verified_again_is_kept(store, clock):
    queue = verified(store, {"bob": HELD})
    clock.pass_(days=29)
    Acceptor(store).accept(arrival("https://bob.example/"))
    assert queue.claim(1)
    clock.pass_(days=3)
    assert vacuum(store).mentions == 0


def test_what_a_person_refused_is_erased_and_stays_refused(store, clock):
    queue = verified(store, {"bob": HELD})
    refuse(store, "bob.example")
    clock.pass_(days=31)
    assert vacuum(store) == Vacuumed(1, 1)
    assert vacuum(store) == Vacuumed(0, 0)
    (row,) = all_rows(store, mention)
    assert "bob" not in json.dumps(row)
    Acceptor(store).accept(arrival("https://bob.example/"))
    (job,) = queue.claim(1)
    queue.record(job, Verified(said(job), SHOWN))
    (row,) = all_rows(store, mention)
    assert (row["state"], row["shown"]) == ("refused", None)


def test_sessions_events_and_hosts_end(store, clock):
    verified(store, {"ann": SHOWN, "bob": SHOWN})
    now = milliseconds(clock())
    day = 24 * 60 * 60 * 1000

    def fill(connection):
        for hash_, expires in (("a", now + day), ("b", now + 40 * day)):
            connection.execute(sa.insert(session).values(hash=hash_, expires=expires))
            connection.execute(sa.insert(login).values(hash=hash_, expires=expires))
        for at in (now, now + 20 * day):
            connection.execute(sa.insert(event).values(mention=1, action="approve", at=at))

    store.write(fill)
    clock.pass_(hours=23)
    vacuum(store)
    assert len(all_rows(store, host)) == 2
    clock.pass_(days=31)
    Acceptor(store).accept(arrival("https://bob.example/"))
    vacuum(store)
    counts = [len(all_rows(store, table)) for table in (session, login, event)]
    assert counts == [1, 1, 1]
    assert [row["name"] for row in all_rows(store, host)] == ["bob.example"]


@pytest.fixture
def other(request, store, tmp_path, tmp_path_factory, clock):
    """An empty store on the other kind of database."""
    if store.is_sqlite:
        opened = postgresql_store(request.getfixturevalue("postgresql_url"), clock=clock)
    else:
        opened = sqlite_store(tmp_path, tmp_path_factory.getbasetemp(), clock=clock)
    with opened as found:
        yield found


def test_all_rows_move_to_another_database(store, other, clock):
    verified(store, {"ann": SHOWN, "bob": HELD})
    accepted = Acceptor(store).accept(arrival("https://cid.example/"))
    Queue(store).claim(1)
    assert other.secret("status") != store.secret("status")
    assert import_lines(other, export_lines(store)) == 3
    free = {"lease": None, "claim": ""}
    for table in metadata.sorted_tables:
        if table is not host:
            kept = [row | free for row in all_rows(store, table)]
            assert [row | free for row in all_rows(other, table)] == kept
    # It goes on where the other was.
    clock.pass_(minutes=5)
    assert [job.host for job in Queue(other).claim(5)] == ["cid.example"]
    assert Acceptor(other).accept(arrival("https://cid.example/")).token == accepted.token
    Acceptor(other).accept(arrival("https://dan.example/"))
    assert [row["id"] for row in all_rows(other, mention)] == [1, 2, 3, 4]


def test_an_import_needs_an_empty_database(store):
    Acceptor(store).accept(arrival())
    lines = list(export_lines(store))
    with pytest.raises(StoreError, match="there are mentions already"):
        import_lines(store, lines)


HEAD = '{"linkback": "inbox", "tables": "0001"}'


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "not an export"),
        (["[" * 100_000], "not an export"),
        (["[]"], "not an export"),
        (['{"linkback": "inbox", "tables": "0000"}'], "another version"),
        ([HEAD, "[]"], "cannot be read"),
        ([HEAD, '["sqlite_master", {}]'], "cannot be read"),
        ([HEAD, '["mention", {"x": 1}]'], "cannot be read"),
        ([HEAD, '["mention", {"id": 1}]'], "cannot be read"),
    ],
)
def test_what_is_no_export_changes_nothing(store, lines, message):
    before = all_rows(store, secret)
    with pytest.raises(StoreError, match=message):
        import_lines(store, lines)
    assert all_rows(store, secret) == before
