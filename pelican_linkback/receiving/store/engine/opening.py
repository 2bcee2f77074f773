"""An engine for the URL of a database, of SQLite or of PostgreSQL."""

from __future__ import annotations

from contextlib import suppress

import sqlalchemy as sa

from pelican_linkback.exceptions import StoreError
from pelican_linkback.receiving.store.engine.postgresql import postgresql_engine
from pelican_linkback.receiving.store.engine.sqlite import sqlite_engine

__all__ = ["open_engine"]


def open_engine(url: str) -> sa.Engine:
    """Return an engine for ``url``; raise StoreError if there can be none."""
    parsed = _read(url)
    is_sqlite = parsed.get_backend_name() == "sqlite"
    return sqlite_engine(parsed) if is_sqlite else postgresql_engine(parsed)


def _read(url: str) -> sa.URL:
    """Return the URL of a database in its parts; raise StoreError, which does not say a password.

    It is easily misread where its password has a ``@``.
    """
    with suppress(ValueError, sa.exc.ArgumentError):
        parsed = sa.make_url(url)
        if parsed.get_backend_name() == "sqlite" or "@" not in f"{parsed.host}{parsed.database}":
            return parsed
    raise StoreError(
        "LINKBACK_INBOX cannot be read as a URL like postgresql+psycopg://user:password@host/blog; "
        "in the password, characters that are special in a URL are percent-encoded, @ as %40"
    ) from None
