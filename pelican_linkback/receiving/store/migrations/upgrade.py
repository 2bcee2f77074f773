"""The tables of a database are made, and brought to those of this version, by alembic."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from pelican_linkback.exceptions import StoreError

__all__ = ["HEAD", "OLDER", "bring_up_to_date", "is_up_to_date", "make_private"]

OLDER: tuple[str, ...] = ()
"""The versions of the tables that this program can bring up to date, the oldest first."""

HEAD = "0001"
"""The version of the tables that this program works with."""

_FOLDER = Path(__file__).parent
_LOCK = 0x6C696E6B  # one process at a time changes the tables


def bring_up_to_date(
    engine: sa.Engine, write: Callable[[Callable[[sa.Connection], None]], None]
) -> None:
    """Make the tables of a new database; change those of an older version.

    A SQLite file is copied before its tables are changed. Raises StoreError for a newer version.
    """
    write(_refuse_old_server)
    write(lambda connection: _migrate(engine, connection))


def _refuse_old_server(connection: sa.Connection) -> None:
    known = connection.dialect.server_version_info or ()
    needed, name = ((3, 35), "SQLite") if engine_is_sqlite(connection) else ((13,), "PostgreSQL")
    if known < needed:
        have, want = (".".join(map(str, each)) for each in (known, needed))
        raise StoreError(f"{name} {have} is too old for the receiver; it needs {want} or newer")


def engine_is_sqlite(connection: sa.Connection) -> bool:
    """Return whether the database is a SQLite file."""
    return connection.dialect.name == "sqlite"


def _migrate(engine: sa.Engine, connection: sa.Connection) -> None:
    if not engine_is_sqlite(connection):
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    version = _version(connection)
    if version == HEAD:
        return
    if version and engine.url.database and engine_is_sqlite(connection):
        _back_up(Path(engine.url.database), version)
    _upgrade(connection)


def is_up_to_date(connection: sa.Connection) -> bool:
    """Return whether the tables are those of this version; raise what ``bring_up_to_date`` does."""
    _refuse_old_server(connection)
    return _version(connection) == HEAD


def _version(connection: sa.Connection) -> str:
    """Return the version of the tables, "" without any; raise StoreError for a newer one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if version not in {*OLDER, HEAD}:
        raise StoreError(
            "the database of the receiver was made by a newer version of pelican_linkback; "
            "update this one"
        )
    return str(version)


def make_private(path: Path) -> None:
    """Make the file of a database, if there is none: only its owner may read the secrets in it."""
    if not path.exists():
        path.touch(0o600)


def _back_up(path: Path, version: str) -> None:
    copy = path.with_name(f"{path.name}.{version}.bak")
    make_private(copy)
    with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)


def _upgrade(connection: sa.Connection) -> None:
    # alembic takes a quarter of a second to load, and is needed once in the life of a database.
    from alembic.config import Config  # noqa: PLC0415
    from alembic.runtime.environment import EnvironmentContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    with EnvironmentContext(
        config,
        scripts,
        fn=lambda revision, _: scripts._upgrade_revs("head", revision),
    ) as environment:
        environment.configure(connection=connection)
        environment.run_migrations()
