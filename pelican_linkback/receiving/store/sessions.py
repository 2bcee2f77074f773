"""Who may decide: links that log a browser in once, and the browsers that are logged in.

Both are random tokens of which the database has the hash alone: who reads it can enter nowhere.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable

import sqlalchemy as sa

from pelican_linkback.receiving.store import tables
from pelican_linkback.receiving.store.columns import duration
from pelican_linkback.receiving.store.database import Store

__all__ = ["LINK_LASTS", "SESSION_LASTS", "Sessions"]

LINK_LASTS = dt.timedelta(minutes=10)
SESSION_LASTS = dt.timedelta(days=14)

_links, _sessions = tables.login, tables.session


def _token() -> str:
    return secrets.token_urlsafe(32)


class Sessions:
    """The logins of a receiver."""

    def __init__(self, store: Store, token: Callable[[], str] = _token) -> None:
        self._store, self._token = store, token

    def create_login_key(self) -> str:
        """Return a key that logs one browser in, within ten minutes."""
        key = self._token()
        row = {"hash": _hash(key), "expires": self._in(LINK_LASTS)}
        self._store.write(lambda connection: connection.execute(_links.insert().values(row)))
        return key

    def log_in(self, key: str, before: str = "") -> str:
        """Return the token of a new session; "" if ``key`` was used, or is too old, or is none.

        The session is a new one in any case: the one that the browser had ``before`` ends.
        """
        token, now = self._token(), self._store.now()
        row = {"hash": _hash(token), "expires": self._in(SESSION_LASTS)}
        is_it = (_links.c.hash == _hash(key), _links.c.expires > now)
        # Who tries any key does not keep others from writing.
        if not self._has(_links, *is_it):
            return ""
        used = sa.delete(_links).where(*is_it)
        old = sa.delete(_sessions).where(_sessions.c.hash == _hash(before))

        def logged_in(connection: sa.Connection) -> bool:
            if connection.execute(used).rowcount != 1:
                return False
            connection.execute(old)
            connection.execute(_sessions.insert().values(row))
            return True

        return token if self._store.write(logged_in) else ""

    def is_valid(self, token: str) -> bool:
        """Return whether a token is that of a session that has not ended."""
        is_it = (_sessions.c.hash == _hash(token), _sessions.c.expires > self._store.now())
        return self._has(_sessions, *is_it)

    def log_out(self, token: str) -> None:
        """End a session."""
        ended = sa.delete(_sessions).where(_sessions.c.hash == _hash(token))
        self._store.write(lambda connection: connection.execute(ended))

    def log_out_everywhere(self) -> None:
        """End every session, and make every link useless."""

        def ended(connection: sa.Connection) -> None:
            connection.execute(sa.delete(_sessions))
            connection.execute(sa.delete(_links))

        self._store.write(ended)

    def count(self) -> int:
        """Return how many browsers are logged in."""
        wanted = sa.select(sa.func.count()).where(_sessions.c.expires > self._store.now())
        return self._store.read(lambda connection: connection.execute(wanted).scalar_one())

    def _has(self, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> bool:
        wanted = sa.select(sa.literal(1)).select_from(table).where(*conditions)
        found = self._store.read(lambda connection: connection.execute(wanted).first())
        return found is not None

    def _in(self, time: dt.timedelta) -> int:
        return self._store.now() + duration(time)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
