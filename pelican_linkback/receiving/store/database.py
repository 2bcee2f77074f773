"""The database: opened, brought up to date, and used in transactions that are tried again."""

from __future__ import annotations

import datetime as dt
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import islice
from typing import TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from pelican_linkback.exceptions import StoreError
from pelican_linkback.receiving.store import tables
from pelican_linkback.receiving.store.columns import milliseconds
from pelican_linkback.receiving.store.engine.faults import faults_wrapped, is_of_database, wrapped
from pelican_linkback.receiving.store.engine.opening import open_engine
from pelican_linkback.receiving.store.engine.sqlite import sqlite_url
from pelican_linkback.receiving.store.migrations.upgrade import bring_up_to_date, is_up_to_date
from pelican_linkback.receiving.store.records import Attempt

__all__ = ["BATCH_SIZE", "Store", "batches", "is_current", "open_store", "sqlite_url"]

T = TypeVar("T")
A = TypeVar("A", bound=Attempt)

BATCH_SIZE = 500
"""How many rows one statement or transaction is about at most, so that nobody waits long for it."""

_WAITS = (0.1, 0.4, 1.0, 2.0, 4.0)
"""Seconds before a statement is tried again, when the server of the database went away."""


def batches(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield the items in lists of at most ``BATCH_SIZE``: one statement is about each."""
    left = iter(items)
    while some := list(islice(left, BATCH_SIZE)):
        yield some


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
            new = {"name": name, "value": secrets.token_hex(32)}
            connection.execute(self.upsert(tables.secret).values(new).on_conflict_do_nothing())
            wanted = sa.select(tables.secret.c.value).where(tables.secret.c.name == name)
            return str(connection.execute(wanted).scalar_one())

        return bytes.fromhex(self.write(made))

    def check(self) -> None:
        """Raise StoreError unless the database answers; it costs the same however full it is."""
        wanted = sa.select(tables.meta.c.name).limit(1)
        self.read(lambda connection: connection.execute(wanted).first())

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
                if not is_of_database(error):
                    raise
                if wait is None:
                    raise wrapped(error, self.engine.url) from error
            self._sleep(wait)

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """Read what is in the database at one moment; raises StoreError, and tries once."""
        engine = self.engine
        if not self.is_sqlite:  # which shows one moment to any transaction
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with faults_wrapped(engine.url), engine.begin() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Write in one transaction; raises StoreError, and tries once. ``write`` tries again."""
        faults = faults_wrapped(self.engine.url)
        with faults, self._writing, self._transaction("write") as connection:
            yield connection

    def _transaction(self, mode: str) -> AbstractContextManager[sa.Connection]:
        return self.engine.execution_options(linkback=mode).begin()


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
    store = Store(open_engine(url), clock, sleep)
    try:
        bring_up_to_date(store.engine, store.write)
    except BaseException:
        store.close()
        raise
    return store


_WRITES_NOTHING = sa.update(tables.counter).where(sa.false()).values(value=0)


def is_current(url: str) -> bool:
    """Return whether the database at ``url`` has the tables of this version; change nothing in it.

    If not, ``open_store`` makes them or brings them up to date. Raises StoreError where that does,
    and if the database cannot be written.
    """
    store = Store(open_engine(url), utc_now, time.sleep)
    try:
        with store.transaction() as connection:
            is_ready = is_up_to_date(connection)
            if is_ready:
                connection.execute(_WRITES_NOTHING)
            return is_ready
    finally:
        store.close()
