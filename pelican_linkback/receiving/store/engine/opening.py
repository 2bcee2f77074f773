"""An engine for the URL of a database, of SQLite or of PostgreSQL."""

from __future__ import annotations

from contextlib import suppress

import sqlalchemy as sa

from pelican_linkback.exceptions import StoreError
from pelican_linkback.receiving.store.engine.postgresql import postgresql_engine
from pelican_linkback.receiving.store.engine.sqlite import sqlite_engine

__all__ = ["open_engine"]


def open_engine(url: str) -> sa.Engine:
    """Return an engine for ``url``; raise StoreError, which does not say its password.

    A URL is easily misread where a password in it has a ``@``.
    """
    with suppress(ValueError, sa.exc.ArgumentError):
        parsed = sa.make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return sqlite_engine(parsed)
        if not _is_misread(parsed):
            return postgresql_engine(parsed)
    raise StoreError(
        "LINKBACK_INBOX cannot be read as a URL like postgresql+psycopg://user:password@host/blog; "
        "in the password, characters that are special in a URL are percent-encoded, @ as %40"
    ) from None


def _is_misread(url: sa.URL) -> bool:
    """Return whether a part of a password is taken for a host, or all before it for a password."""
    _, mark, query = f"{url.password or ''}".partition("?")
    return "@" in f"{url.host}{url.database}" or bool(mark and "=" in query)
