"""The database of the receiver in trouble: too old, too new, full, locked, gone and back."""

from __future__ import annotations

import shutil
import sqlite3
import sys
import threading
from contextlib import closing
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from pelican_linkback.exceptions import StoreError
from pelican_linkback.receiving.store.accepting import Acceptor
from pelican_linkback.receiving.store.database import is_current, open_store, sqlite_url, utc_now
from pelican_linkback.receiving.store.engine import postgresql, sqlite
from pelican_linkback.receiving.store.engine.network_files import (
    file_system_of,
    refuse_network_files,
)
from pelican_linkback.receiving.store.engine.preparing import closed_on_error
from pelican_linkback.receiving.store.migrations import upgrade
from pelican_linkback.receiving.store.queue import Queue
from pelican_linkback.receiving.store.tables import mention
from tests.receiving import arrival

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("mention", sa.Column("liked", sa.Text))
"""


def count(store):
    counted = sa.select(sa.func.count()).select_from(mention)
    return store.read(lambda connection: connection.execute(counted).scalar_one())


@pytest.fixture
def next_version(tmp_path, monkeypatch):
    """A version of the program with one more version of the tables."""
    folder = tmp_path / "migrations%d"
    shutil.copytree(upgrade._FOLDER / "versions", folder / "versions")
    (folder / "versions" / "v0002.py").write_text(NEXT)

    def update():
        monkeypatch.setattr(upgrade, "_FOLDER", folder)
        monkeypatch.setattr(upgrade, "HEAD", "0002")
        monkeypatch.setattr(upgrade, "OLDER", ("0001",))

    return update


def test_older_tables_are_brought_up_to_date_and_a_file_is_copied_before(
    new_url, next_version, tmp_path
):
    store = open_store(new_url)
    Acceptor(store).accept(arrival())
    store.close()
    next_version()
    store = open_store(new_url)
    assert store.read(lambda c: c.exec_driver_sql("SELECT liked FROM mention").all()) == [(None,)]
    if store.is_sqlite:
        with closing(sqlite3.connect(tmp_path / "new.sqlite.0001.bak")) as copy:
            assert copy.execute("SELECT count(*) FROM mention").fetchone() == (1,)
            assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    store.close()


@pytest.mark.posix
def test_nobody_else_may_read_the_secrets_in_a_file(tmp_path, next_version):
    url = sqlite_url(tmp_path / "new.sqlite")
    store = open_store(url)
    Acceptor(store).accept(arrival())  # the files of SQLite's log have the permissions of its own
    found = {
        path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir() if path.is_file()
    }
    store.close()
    next_version()
    open_store(url).close()
    found["copy"] = (tmp_path / "new.sqlite.0001.bak").stat().st_mode & 0o777
    assert found == dict.fromkeys(["new.sqlite", "new.sqlite-wal", "new.sqlite-shm", "copy"], 0o600)


def test_newer_tables_are_refused(new_url, next_version, monkeypatch):
    with monkeypatch.context() as newer:
        newer.setattr(upgrade, "HEAD", upgrade.HEAD)
        next_version()
        open_store(new_url).close()
        monkeypatch.undo()
    with pytest.raises(StoreError, match="made by a newer version of pelican_linkback; update"):
        open_store(new_url)


def test_many_processes_may_make_the_tables_at_once(new_url):
    problems = []

    def opened():
        try:
            open_store(new_url).close()
        except StoreError as error:
            problems.append(error)

    threads = [threading.Thread(target=opened) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


@pytest.mark.parametrize(
    ("dialect", "version", "message"),
    [
        ("postgresql", (12, 4), "PostgreSQL 12.4 is too old for the receiver; it needs 13 or"),
        ("sqlite", (3, 34, 1), "SQLite 3.34.1 is too old for the receiver; it needs 3.35 or"),
    ],
)
def test_an_old_database_is_refused(dialect, version, message):
    named = SimpleNamespace(name=dialect, server_version_info=version)
    with pytest.raises(StoreError, match=message):
        upgrade._refuse_old_server(SimpleNamespace(dialect=named))


def test_a_server_that_does_not_answer_is_asked_again_and_then_named():
    waits = []
    with pytest.raises(StoreError, match=r"used: OperationalError: .*127\.0\.0\.1.* \(LINKBACK"):
        open_store("postgresql+psycopg://nobody@127.0.0.1:1/none", sleep=waits.append)
    assert waits == [0.1, 0.4, 1.0, 2.0, 4.0]


def test_connections_that_the_server_ends_are_made_again(new_postgresql_url, postgresql_url):
    slept = []
    store = open_store(new_postgresql_url, sleep=slept.append)
    acceptor, queue = Acceptor(store), Queue(store)
    acceptor.accept(arrival())
    admin = sa.create_engine(postgresql_url, poolclass=sa.NullPool)
    ended = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "|| '_new'"
    )
    for number in range(3):
        with admin.begin() as connection:
            assert connection.exec_driver_sql(ended).all()
        acceptor.accept(arrival(f"https://bob.example/{number}"))
        assert count(store) == number + 2
    assert len(queue.claim(9)) == 2
    assert len(slept) == 3
    store.close()


def test_a_server_that_falls_silent_is_left_after_seconds_unless_the_url_says_others():
    url = "postgresql+psycopg://blog@db.example/blog"
    assert postgresql.waits_for(sa.make_url(url))["connect_timeout"] == 5
    said = postgresql.waits_for(sa.make_url(f"{url}?connect_timeout=30"))
    assert "connect_timeout" not in said
    assert said["tcp_user_timeout"] == 10_000


def test_postgresql_needs_psycopg(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match="PostgreSQL needs psycopg: pip install"):
        open_store("postgresql+psycopg://nobody@127.0.0.1:1/none")


def test_a_full_disk_is_said_and_costs_what_comes_then(tmp_path):
    store = open_store(sqlite_url(tmp_path / "inbox.sqlite"))
    acceptor = Acceptor(store)
    acceptor.accept(arrival())

    def accept_many():
        for number in range(200):
            acceptor.accept(arrival(f"https://bob{number}.example/"))

    def limit(pages):
        @sa.event.listens_for(store.engine, "begin")
        def set_limit(connection):
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    limit(1)
    with pytest.raises(StoreError, match="OperationalError: database or disk is full"):
        accept_many()
    before = count(store)
    limit(10_000_000)
    acceptor.accept(arrival("https://cid.example/"))
    assert count(store) == before + 1
    store.close()


def test_a_file_that_somebody_else_writes_is_waited_for_and_then_named(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite, "_BUSY", 0.01)
    store = open_store(sqlite_url(tmp_path / "inbox.sqlite"))
    acceptor = Acceptor(store)
    with closing(sqlite3.connect(tmp_path / "inbox.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="database is locked"):
            acceptor.accept(arrival())
        with pytest.raises(StoreError, match="database is locked"), store.transaction():
            pass
        assert count(store) == 0
    acceptor.accept(arrival())
    assert count(store) == 1
    store.close()


def test_a_new_file_that_somebody_else_writes_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite, "_BUSY", 0.01)
    monkeypatch.setattr(sqlite, "_TRIES", 2)
    monkeypatch.setattr(sqlite.time, "sleep", lambda _: None)
    with closing(sqlite3.connect(tmp_path / "inbox.sqlite", isolation_level=None)) as other:
        other.execute("CREATE TABLE mine (it TEXT)")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="database is locked"):
            open_store(sqlite_url(tmp_path / "inbox.sqlite"))


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "inbox.sqlite").write_text("no database, but longer than the head of one" * 9)
    with pytest.raises(StoreError, match=r"not a database \(.*inbox\.sqlite\); move the file away"):
        open_store(sqlite_url(tmp_path / "inbox.sqlite"))


def test_whether_the_database_answers_can_be_asked(tmp_path):
    path = tmp_path / "inbox.sqlite"
    with closing(open_store(sqlite_url(path))) as store:
        store.check()
        store.engine.dispose()
        for each in tmp_path.iterdir():
            each.write_bytes(b"no database" * 1000)
        with pytest.raises(StoreError, match="not a database"):
            store.check()


def test_a_file_that_cannot_be_opened_is_named_with_what_it_takes(tmp_path):
    (tmp_path / "inbox.sqlite").mkdir()
    with pytest.raises(StoreError, match=r"open database file \(.*inbox\.sqlite\); the user that"):
        open_store(sqlite_url(tmp_path / "inbox.sqlite"))


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"made in .*file/deeper: Not a directory; the user that"):
        open_store(sqlite_url(tmp_path / "file" / "deeper" / "inbox.sqlite"))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://blog:pass@word@db.example/blog",
        "postgresql+psycopg://blog:pass@wo:rd@db.example/blog",
        "postgresql+psycopg://blog:pass@wo/rd:x@db.example/blog",
        "postgresql+psycopg://db.example:5/blog?user=blog&password=pass@word",
        "sqlite://blog:pass@word/blog",
    ],
)
def test_a_url_that_a_password_breaks_is_refused_without_saying_it(url):
    with pytest.raises(StoreError, match=r"LINKBACK_INBOX cannot be read .* @ as %40") as caught:
        open_store(url)
    assert "word" not in str(caught.value).replace("password", "")


def test_a_url_with_an_option_that_there_is_not_is_a_fault_of_the_database():
    with pytest.raises(StoreError, match=r"invalid connection option .passwort. \(LINKBACK_INBOX"):
        open_store("postgresql+psycopg://blog@127.0.0.1:1/blog?passwort=word", sleep=lambda _: None)


def test_a_database_that_is_up_to_date_is_known_without_a_change(new_url):
    assert not is_current(new_url)
    open_store(new_url).close()
    assert is_current(new_url)


def test_a_server_that_is_a_copy_cannot_be_written(new_postgresql_url):
    open_store(new_postgresql_url).close()
    url = sa.make_url(new_postgresql_url)
    copy = url.update_query_dict({"options": "-cdefault_transaction_read_only=on"})
    with pytest.raises(StoreError, match="read-only transaction"):
        is_current(copy.render_as_string(hide_password=False))


def test_a_file_that_cannot_be_written_is_said(tmp_path):
    url = sqlite_url(tmp_path / "inbox.sqlite")
    open_store(url).close()
    listeners = (sa.Engine, "connect", lambda file, _: file.execute("PRAGMA query_only = ON"))
    sa.event.listen(*listeners)
    try:
        with pytest.raises(StoreError, match="attempt to write a readonly database"):
            is_current(url)
    finally:
        sa.event.remove(*listeners)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url):
    with pytest.raises(StoreError, match="needs a file"):
        open_store(url)


def test_an_error_of_a_statement_is_let_through(store):
    def add_nothing(connection):
        connection.exec_driver_sql("INSERT INTO mention DEFAULT VALUES")

    with pytest.raises(sa.exc.IntegrityError):
        store.write(add_nothing)
    with pytest.raises(sa.exc.IntegrityError), store.transaction() as connection:
        add_nothing(connection)


def test_what_fails_changes_nothing(store):
    def fails(connection):
        connection.execute(sa.delete(mention))
        raise ZeroDivisionError

    Acceptor(store).accept(arrival())
    with pytest.raises(ZeroDivisionError):
        store.write(fails)
    assert count(store) == 1


def test_a_key_is_made_once(store):
    assert store.secret("salt") == store.secret("salt")
    assert len(store.secret("salt")) == 32
    assert store.secret("export") != store.secret("salt")


MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/srv /srv/my\\040blog nfs4 rw 0 0
/dev/vdb /srv/my\\040blog/disk xfs rw 0 0
sshfs#x /home/ann/far fuse.sshfs rw 0 0
short
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/inbox.sqlite", "ext4"),
        ("/srv/my blog/inbox.sqlite", "nfs4"),
        ("/srv/my blog/disk/inbox.sqlite", "xfs"),
        ("/srv/my blogs/inbox.sqlite", "ext4"),
        ("/home/ann/far/state/inbox.sqlite", "fuse.sshfs"),
    ],
)
def test_the_file_system_of_a_file_is_read_from_the_list_of_mounts(path, kind):
    assert file_system_of(path, MOUNTS) == kind


def test_a_network_file_system_is_refused(tmp_path):
    mounts = tmp_path / "mounts"
    refuse_network_files(tmp_path / "inbox.sqlite", mounts)  # not Linux
    mounts.write_text(f"server:/ {tmp_path} nfs rw 0 0\n")
    with pytest.raises(StoreError, match=r"cannot be on a network file system \(nfs\); set LINK"):
        refuse_network_files(tmp_path / "inbox.sqlite", mounts)


def test_the_clock_is_that_of_utc():
    assert utc_now().utcoffset().total_seconds() == 0


def test_a_connection_that_cannot_be_prepared_is_closed(tmp_path):
    file = tmp_path / "inbox.sqlite"
    file.write_bytes(b"no database" * 1000)
    connection = sqlite3.connect(file)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        closed_on_error(sqlite._prepare)(connection, None)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
