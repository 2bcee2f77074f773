"""The database: opened, brought up to date, and used in transactions that are tried again."""

from __future__ import annotations

import datetime as dt
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from pelican_linkback.exceptions import StoreError
from pelican_linkback.journal.network_files import refuse_network_files
from pelican_linkback.receiving.store import tables
from pelican_linkback.receiving.store.columns import milliseconds
from pelican_linkback.receiving.store.migrations.upgrade import bring_up_to_date, make_private
from pelican_linkback.receiving.store.rows import Attempt
from pelican_linkback.text.printable import described, system_reason

__all__ = ["Store", "open_store", "sqlite_url", "waits_for"]

T = TypeVar("T")
A = TypeVar("A", bound=Attempt)


_WAITS = (0.1, 0.4, 1.0, 2.0, 4.0)
"""Seconds before a statement is tried again, when the server of the database went away."""

_BUSY = 20.0
"""How many seconds another process may write into a SQLite file meanwhile."""

_TRIES = 40

_PERMISSION = "; the user that runs this has to be able to write the file and its folder"
_DAMAGE = "; move the file away, and import your last export into a new one, if you have one"
_REMEDIES = {
    sqlite3.SQLITE_CANTOPEN: _PERMISSION,
    sqlite3.SQLITE_READONLY: _PERMISSION,
    sqlite3.SQLITE_CORRUPT: _DAMAGE,
    sqlite3.SQLITE_NOTADB: _DAMAGE,
}
"""What to do about a SQLite file, by its error."""

_SILENCE = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,  # milliseconds
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


def sqlite_url(path: Path) -> str:
    """Return the URL of a SQLite database in a file."""
    return sa.URL.create("sqlite", database=str(path.absolute())).render_as_string()


def utc_now() -> dt.datetime:
    """Return the time."""
    return dt.datetime.now(dt.UTC)


class Store:
    """A database of mentions; see ``open_store``. Threads may share it."""

    def __init__(
        self,
        engine: sa.Engine,
        clock: Callable[[], dt.datetime],
        sleep: Callable[[float], None],
    ) -> None:
        self.engine = engine
        self.clock = clock
        self._sleep = sleep
        self.is_sqlite = engine.dialect.name == "sqlite"
        # Only one can write into a SQLite file: threads wait here in turn, not in its busy loop.
        self._writing: AbstractContextManager[object] = (
            threading.Lock() if self.is_sqlite else nullcontext()
        )

    def now(self) -> int:
        """Return the time in milliseconds."""
        return milliseconds(self.clock())

    def read(self, work: Callable[[sa.Connection], T]) -> T:
        """Return what ``work`` reads, in one transaction; it may be called more than once.

        Raises StoreError if the database cannot be read.
        """
        return self._tried(work, nullcontext(), "read")

    def write(self, work: Callable[[sa.Connection], T], *, durable: bool = True) -> T:
        """Return what ``work`` returns after its changes are on disk; it may be called again.

        Not ``durable``: they are on disk with the next ones that are, and a power cut may undo
        them before; that saves the wait for the disk.

        Raises StoreError if the database cannot be written; what ``work`` raises otherwise is
        let through, and nothing is changed.
        """
        return self._tried(work, self._writing, "write" if durable else "lazy")

    def write_each(
        self, work: Callable[[sa.Connection, Sequence[A]], object], items: Sequence[A]
    ) -> None:
        """Do ``work`` for items together; if it raises, for each alone: one may be at fault.

        What cannot be written has the error then.
        """
        try:
            self.write(lambda connection: work(connection, items))
        except StoreError as error:
            for each in items:
                each.error = error
        except Exception as error:  # noqa: BLE001 (the border of an item)
            if len(items) == 1:
                items[0].error = error
            else:
                for each in items:
                    self.write_each(work, [each])

    def upsert(self, table: sa.Table) -> sqlite.Insert:
        """Return an INSERT with ``on_conflict_do_update``, which both databases have."""
        if self.is_sqlite:
            return sqlite.insert(table)
        return cast(sqlite.Insert, postgresql.insert(table))  # the same methods

    def secret(self, name: str) -> bytes:
        """Return the key with this name: random, made when it is first asked for."""

        def made(connection: sa.Connection) -> str:
            new = {"name": name, "value": secrets.token_hex(32), "created": self.now()}
            connection.execute(self.upsert(tables.secret).values(new).on_conflict_do_nothing())
            wanted = sa.select(tables.secret.c.value).where(tables.secret.c.name == name)
            return str(connection.execute(wanted).scalar_one())

        return bytes.fromhex(self.write(made))

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()

    def _tried(
        self,
        work: Callable[[sa.Connection], T],
        alone: AbstractContextManager[object],
        mode: str,
    ) -> T:
        waits = iter(() if self.is_sqlite else _WAITS)
        while True:
            try:
                with alone, self._transaction(mode) as connection:
                    return work(connection)
            except sa.exc.SQLAlchemyError as error:
                wait = next(waits, None)
                if not _is_of_database(error):
                    raise
                if wait is None:
                    raise _wrapped(error, self.engine.url) from error
            self._sleep(wait)

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """Read what is in the database at one moment; raises StoreError, and tries once."""
        engine = self.engine
        if not self.is_sqlite:  # which shows one moment to any transaction
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with _faults_wrapped(engine.url), engine.begin() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Write in one transaction; raises StoreError, and tries once. ``write`` tries again."""
        wrapped = _faults_wrapped(self.engine.url)
        with wrapped, self._writing, self._transaction("write") as connection:
            yield connection

    def _transaction(self, mode: str) -> AbstractContextManager[sa.Connection]:
        return self.engine.execution_options(linkback=mode).begin()


@contextmanager
def _faults_wrapped(url: sa.URL) -> Iterator[None]:
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        if _is_of_database(error):
            raise _wrapped(error, url) from error
        raise


def _is_of_database(error: sa.exc.SQLAlchemyError) -> bool:
    """Return whether the database is at fault, and not what was asked of it."""
    lost = sa.exc.OperationalError | sa.exc.InterfaceError | sa.exc.TimeoutError
    return isinstance(error, lost) or type(error) is sa.exc.DatabaseError


def _wrapped(error: sa.exc.SQLAlchemyError, url: sa.URL) -> StoreError:
    """Return what is wrong with the database, by its file, and what to do about it."""
    cause = getattr(error, "orig", None) or error
    problem = f"the database of the receiver cannot be used: {described(cause)}"
    if url.get_backend_name() != "sqlite":
        return StoreError(f"{problem} (LINKBACK_INBOX)")  # without its value: it has a password
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # without what refines it
    return StoreError(f"{problem} ({url.database}){_REMEDIES.get(code, '')}")


def open_store(
    url: str,
    *,
    clock: Callable[[], dt.datetime] = utc_now,
    sleep: Callable[[float], None] = time.sleep,
) -> Store:
    """Return the store at ``url``, which is made or brought up to date if need be.

    Raises StoreError if it cannot be reached, was made by a newer version of this program, or is a
    SQLite file on a network file system.
    """
    store = Store(_engine(url), clock, sleep)
    try:
        bring_up_to_date(store.engine, store.write)
    except BaseException:
        store.close()
        raise
    return store


def _engine(url: str) -> sa.Engine:
    parsed = _read(url)
    if parsed.get_backend_name() != "sqlite":
        try:
            engine = sa.create_engine(
                parsed, pool_size=5, max_overflow=15, connect_args=waits_for(parsed)
            )
        except ImportError:
            raise StoreError(
                'PostgreSQL needs psycopg: pip install "pelican-linkback[receive,postgresql]"'
            ) from None
        sa.event.listen(engine, "connect", _use_indexes)
        sa.event.listen(engine, "begin", _begin_lazily)
        return engine
    if parsed.database in {None, "", ":memory:"}:
        raise StoreError("the database of the receiver needs a file: sqlite:////srv/inbox.sqlite")
    path = Path(str(parsed.database))
    refuse_network_files(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        make_private(path)
    except OSError as error:
        raise StoreError(
            f"the database of the receiver cannot be made in {path.parent}: "
            f"{system_reason(error)}; the user that runs this has to be able to write there"
        ) from error
    engine = sa.create_engine(parsed, connect_args={"timeout": _BUSY}, max_overflow=100)
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


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


def waits_for(url: sa.URL) -> dict[str, int]:
    """Return after how many seconds a server that has gone silent is left; the URL may say others.

    Without these a machine that vanished would be waited for until its packets are given up: for a
    quarter of an hour.
    """
    return {name: value for name, value in _SILENCE.items() if name not in url.query}


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Make a connection to SQLite durable, and leave transactions to ``_begin``."""
    file = cast(sqlite3.Connection, connection)
    file.isolation_level = None
    try:
        _keep_log(file)
        file.execute("PRAGMA secure_delete = ON")  # what was erased is not in the file
    except BaseException:
        file.close()  # nobody else does
        raise


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


def _use_indexes(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Have PostgreSQL use the indexes of tables that grow faster than it counts their rows."""
    with closing(connection.cursor()) as cursor:
        cursor.execute("SET enable_seqscan TO off")
    connection.commit()


def _begin_lazily(connection: sa.Connection) -> None:
    """Have a transaction of PostgreSQL not wait for the disk, where that is not needed."""
    if connection.get_execution_options().get("linkback") == "lazy":
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO OFF")
