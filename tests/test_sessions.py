"""Logins: links that work once, sessions, and that the database gives neither away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from pelican_linkback.receiving.store.sessions import LINK_LASTS, SESSION_LASTS, Sessions
from pelican_linkback.receiving.store.tables import login, session


def test_a_link_logs_one_browser_in_once(store):
    sessions = Sessions(store)
    key = sessions.invite()
    token = sessions.enter(key)
    assert sessions.knows(token)
    assert len(token) >= 43
    assert sessions.enter(key) == ""
    assert sessions.count() == 1


def test_of_many_browsers_with_one_link_one_gets_in(store, monkeypatch):
    sessions = Sessions(store)
    key = sessions.invite()
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda _: sessions.enter(key), range(8)))
    assert sum(map(sessions.knows, tokens)) == sessions.count() == 1
    monkeypatch.setattr(sessions, "_has", lambda *_: True)  # it was there a moment ago
    assert sessions.enter(key) == ""


def test_what_is_no_link_logs_nobody_in(store):
    sessions = Sessions(store)
    key = sessions.invite()
    for wrong in ("", key[:-1], key.swapcase(), "\0", "\ud800", "' OR 1=1 --"):
        assert sessions.enter(wrong) == ""
        assert not sessions.knows(wrong)
    assert sessions.count() == 0


def test_a_link_and_a_session_end_with_their_time(store, clock):
    sessions = Sessions(store)
    late, key = sessions.invite(), sessions.invite()
    token = sessions.enter(key)
    clock.now += LINK_LASTS
    assert sessions.enter(late) == ""
    assert sessions.knows(token)
    clock.now += SESSION_LASTS - LINK_LASTS
    assert not sessions.knows(token)
    assert sessions.count() == 0


def test_a_login_ends_the_session_that_the_browser_had(store):
    sessions = Sessions(store)
    before = sessions.enter(sessions.invite())
    other = sessions.enter(sessions.invite())
    after = sessions.enter(sessions.invite(), before=before)
    assert [sessions.knows(each) for each in (before, other, after)] == [False, True, True]
    sessions.enter("wrong", before=after)
    assert sessions.knows(after)


def test_one_logs_out_here_or_everywhere(store):
    sessions = Sessions(store)
    here, there = (sessions.enter(sessions.invite()) for _ in range(2))
    sessions.leave(here)
    assert [sessions.knows(each) for each in (here, there)] == [False, True]
    unused = sessions.invite()
    sessions.leave_all()
    assert not sessions.knows(there)
    assert sessions.enter(unused) == ""


def test_the_database_has_neither_the_link_nor_the_session(store):
    sessions = Sessions(store)
    token, key = sessions.enter(sessions.invite()), sessions.invite()
    rows = store.read(
        lambda c: [*c.execute(sa.select(login)).all(), *c.execute(sa.select(session)).all()]
    )
    assert len(rows) == 2
    assert not any(secret in repr(rows) for secret in (token, key))
