"""A SQLite file: made for its owner alone, durable, and written by one at a time."""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import cast

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection

from pelican_linkback.exceptions import StoreError
from pelican_linkback.receiving.store.engine.network_files import refuse_network_files
from pelican_linkback.receiving.store.engine.preparing import closed_on_error
from pelican_linkback.receiving.store.migrations.upgrade import make_private
from pelican_linkback.text.printable import system_reason

__all__ = ["sqlite_engine", "sqlite_url"]

_BUSY = 20.0
"""How many seconds another process may write into a SQLite file meanwhile."""

_TRIES = 40


def sqlite_url(path: Path) -> str:
    """Return the URL of a SQLite database in a file."""
    return sa.URL.create("sqlite", database=str(path.absolute())).render_as_string()


def sqlite_engine(url: sa.URL) -> sa.Engine:
    """Return an engine for the file of ``url``, which is made if there is none.

    Raises StoreError if it cannot be made, or is on a network file system.
    """
    if url.database in {None, "", ":memory:"}:
        raise StoreError("the database of the receiver needs a file: sqlite:////srv/inbox.sqlite")
    path = Path(str(url.database))
    refuse_network_files(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        make_private(path)
    except OSError as error:
        raise StoreError(
            f"the database of the receiver cannot be made in {path.parent}: "
            f"{system_reason(error)}; the user that runs this has to be able to write there"
        ) from error
    engine = sa.create_engine(url, connect_args={"timeout": _BUSY}, max_overflow=100)
    sa.event.listen(engine, "connect", closed_on_error(_prepare))
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: DBAPIConnection) -> None:
    """Make a connection to SQLite durable, and leave transactions to ``_begin``."""
    file = cast(sqlite3.Connection, connection)
    file.isolation_level = None
    _keep_log(file)
    file.execute("PRAGMA secure_delete = ON")  # what was erased is not in the file


def _keep_log(file: sqlite3.Connection) -> None:
    """Have readers not wait for writers.

    Who makes the file may be in the way of another, for which SQLite does not wait by itself.
    """
    for _ in range(_TRIES):
        with suppress(sqlite3.OperationalError):
            file.execute("PRAGMA journal_mode = WAL")
            return
        time.sleep(1 / _TRIES)
    file.execute("PRAGMA journal_mode = WAL")


def _begin(connection: sa.Connection) -> None:
    """Begin a transaction of SQLite."""
    mode = connection.get_execution_options().get("linkback")
    level = "NORMAL" if mode == "lazy" else "FULL"
    connection.exec_driver_sql(f"PRAGMA synchronous = {level}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if mode in {"write", "lazy"} else "BEGIN")
