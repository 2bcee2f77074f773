"""A PostgreSQL server, which may fall silent."""

from __future__ import annotations

from contextlib import closing

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection

from pelican_linkback.exceptions import StoreError
from pelican_linkback.receiving.store.engine.preparing import closed_on_error

__all__ = ["postgresql_engine", "waits_for"]

_SILENCE = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,  # milliseconds
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


def postgresql_engine(url: sa.URL) -> sa.Engine:
    """Return an engine for a server; it is connected to when it is used.

    Raises StoreError if psycopg is not installed.
    """
    try:
        engine = sa.create_engine(url, pool_size=5, max_overflow=15, connect_args=waits_for(url))
    except ImportError:
        raise StoreError(
            'PostgreSQL needs psycopg: pip install "pelican-linkback[receive,postgresql]"'
        ) from None
    sa.event.listen(engine, "connect", closed_on_error(_use_indexes))
    sa.event.listen(engine, "begin", _begin_lazily)
    return engine


def waits_for(url: sa.URL) -> dict[str, int]:
    """Return after how many seconds a server that has gone silent is left; the URL may say others.

    Without these a machine that vanished would be waited for until its packets are given up: for a
    quarter of an hour.
    """
    return {name: value for name, value in _SILENCE.items() if name not in url.query}


def _use_indexes(connection: DBAPIConnection) -> None:
    """Have PostgreSQL use the indexes of tables that grow faster than it counts their rows."""
    with closing(connection.cursor()) as cursor:
        cursor.execute("SET enable_seqscan TO off")
    connection.commit()


def _begin_lazily(connection: sa.Connection) -> None:
    """Have a transaction of PostgreSQL not wait for the disk, where that is not needed."""
    if connection.get_execution_options().get("linkback") == "lazy":
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO OFF")
