"""All rows of a store as lines of JSON, and back into an empty one, on whichever database.

Sessions and one-time logins are left out: whoever moderates logs in again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby

import sqlalchemy as sa

from pelican_linkback.exceptions import StoreError
from pelican_linkback.receiving.store.database import BATCH_SIZE, Store, batches
from pelican_linkback.receiving.store.hosts import set_due
from pelican_linkback.receiving.store.migrations.upgrade import HEAD
from pelican_linkback.receiving.store.tables import (
    counter,
    event,
    forgotten,
    host,
    mention,
    meta,
    rule,
    secret,
)

__all__ = ["export_lines", "import_lines"]

_TABLES = {
    each.name: each for each in (mention, host, event, rule, secret, forgotten, meta, counter)
}
_WRONG_ROW = (
    sa.exc.CompileError,
    sa.exc.DataError,
    sa.exc.IntegrityError,
    sa.exc.ProgrammingError,
)
_NUMBERED = (mention, event)


def export_lines(store: Store) -> Iterator[str]:
    """Yield the rows of a store as they are at one moment: a line each, after one that names it.

    The lines have the keys of the receiver: keep the file as the database itself.
    """
    yield json.dumps({"linkback": "inbox", "tables": HEAD}) + "\n"
    with store.snapshot() as connection:
        for name, table in _TABLES.items():
            for row in connection.execute(sa.select(table).execution_options(yield_per=BATCH_SIZE)):
                yield json.dumps([name, row._asdict()]) + "\n"


def import_lines(store: Store, lines: Iterable[str]) -> int:
    """Add the rows of an export to a store that has no mention; return how many it has now.

    Raises StoreError, and changes nothing, if the store has mentions or a line cannot be read.
    """
    lines = iter(lines)
    head = _read(next(lines, ""))
    if not isinstance(head, dict) or head.get("linkback") != "inbox":
        raise StoreError("this is not an export of the inbox")
    if head.get("tables") != HEAD:
        raise StoreError("it was exported by another version of pelican_linkback; use that one")
    # All in one transaction, which cannot be tried again: the lines may come from a pipe.
    with store.transaction() as connection:
        if _mentions(connection):
            raise StoreError("there are mentions already; import into a new database")
        connection.execute(sa.delete(counter))
        connection.execute(sa.delete(secret))
        _insert(connection, map(_row, lines))
        connection.execute(sa.update(mention).values(lease=None, claim=""))
        set_due(connection)
        _continue_numbers(connection)
        return _mentions(connection)


def _insert(connection: sa.Connection, rows: Iterable[tuple[str, dict[str, object]]]) -> None:
    for name, group in groupby(rows, key=lambda row: row[0]):
        for some in batches(columns for _, columns in group):
            try:
                connection.execute(sa.insert(_TABLES[name]), some)
            except _WRONG_ROW as error:
                raise StoreError("a line of the export cannot be read") from error


def _read(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise StoreError("this is not an export of the inbox") from error


def _row(line: str) -> tuple[str, dict[str, object]]:
    match _read(line):
        case [str() as name, dict() as columns] if name in _TABLES:
            return name, columns
    raise StoreError("a line of the export cannot be read")


def _mentions(connection: sa.Connection) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(mention)).scalar_one()


def _continue_numbers(connection: sa.Connection) -> None:
    """Have PostgreSQL count on behind the rows; SQLite does."""
    if connection.dialect.name == "sqlite":
        return
    for table in _NUMBERED:
        last = sa.select(sa.func.coalesce(sa.func.max(table.c.id), 1)).scalar_subquery()
        sequence = sa.func.pg_get_serial_sequence(table.name, "id")
        connection.execute(sa.select(sa.func.setval(sequence, last)))
