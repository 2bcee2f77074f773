"""Logins: links that work once, sessions, and that the database gives neither away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from pelican_linkback.receiving.store.sessions import LINK_LASTS, SESSION_LASTS, Sessions
from pelican_linkback.receiving.store.tables import login, session


def test_a_link_logs_one_browser_in_once(store):
    sessions = Sessions(store)
    key = sessions.create_login_key()
    token = sessions.log_in(key)
    assert sessions.is_valid(token)
    assert len(token) >= 43
    assert sessions.log_in(key) == ""
    assert sessions.count() == 1


def test_of_many_browsers_with_one_link_one_gets_in(store, monkeypatch):
    sessions = Sessions(store)
    key = sessions.create_login_key()
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda _: sessions.log_in(key), range(8)))
    assert sum(map(sessions.is_valid, tokens)) == sessions.count() == 1
    monkeypatch.setattr(sessions, "_has", lambda *_: True)  # it was there a moment ago
    assert sessions.log_in(key) == ""


def test_what_is_no_link_logs_nobody_in(store):
    sessions = Sessions(store)
    key = sessions.create_login_key()
    for wrong in ("", key[:-1], key.swapcase(), "\0", "\ud800", "' OR 1=1 --"):
        assert sessions.log_in(wrong) == ""
        assert not sessions.is_valid(wrong)
    assert sessions.count() == 0


def test_a_link_and_a_session_end_with_their_time(store, clock):
    sessions = Sessions(store)
    late, key = sessions.create_login_key(), sessions.create_login_key()
    token = sessions.log_in(key)
    clock.now += LINK_LASTS
    assert sessions.log_in(late) == ""
    assert sessions.is_valid(token)
    clock.now += SESSION_LASTS - LINK_LASTS
    assert not sessions.is_valid(token)
    assert sessions.count() == 0


def test_a_login_ends_the_session_that_the_browser_had(store):
    sessions = Sessions(store)
    before = sessions.log_in(sessions.create_login_key())
    other = sessions.log_in(sessions.create_login_key())
    after = sessions.log_in(sessions.create_login_key(), before=before)
    assert [sessions.is_valid(each) for each in (before, other, after)] == [False, True, True]
    sessions.log_in("wrong", before=after)
    assert sessions.is_valid(after)


def test_one_logs_out_here_or_everywhere(store):
    sessions = Sessions(store)
    here, there = (sessions.log_in(sessions.create_login_key()) for _ in range(2))
    sessions.log_out(here)
    assert [sessions.is_valid(each) for each in (here, there)] == [False, True]
    unused = sessions.create_login_key()
    sessions.log_out_everywhere()
    assert not sessions.is_valid(there)
    assert sessions.log_in(unused) == ""


def test_the_database_has_neither_the_link_nor_the_session(store):
    sessions = Sessions(store)
    token, key = sessions.log_in(sessions.create_login_key()), sessions.create_login_key()
    rows = store.read(
        lambda c: [*c.execute(sa.select(login)).all(), *c.execute(sa.select(session)).all()]
    )
    assert len(rows) == 2
    assert not any(secret in repr(rows) for secret in (token, key))
