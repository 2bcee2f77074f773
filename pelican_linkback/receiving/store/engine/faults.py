"""What is wrong with a database, as one line that says what to do about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from pelican_linkback.exceptions import StoreError
from pelican_linkback.text.printable import described

__all__ = ["faults_wrapped", "is_of_database", "wrapped"]

_PERMISSION = "; the user that runs this has to be able to write the file and its folder"
_DAMAGE = "; move the file away, and import your last export into a new one, if you have one"
_REMEDIES = {
    sqlite3.SQLITE_CANTOPEN: _PERMISSION,
    sqlite3.SQLITE_READONLY: _PERMISSION,
    sqlite3.SQLITE_CORRUPT: _DAMAGE,
    sqlite3.SQLITE_NOTADB: _DAMAGE,
}
"""What to do about a SQLite file, by its error."""


@contextmanager
def faults_wrapped(url: sa.URL) -> Iterator[None]:
    """Raise StoreError where the database at ``url`` is at fault; other errors are let through."""
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        if is_of_database(error):
            raise wrapped(error, url) from error
        raise


def is_of_database(error: sa.exc.SQLAlchemyError) -> bool:
    """Return whether the database is at fault, or its URL, and not what was asked of it."""
    # PostgreSQL says by an InternalError that it is a copy, which cannot be written.
    lost = (
        sa.exc.OperationalError | sa.exc.InterfaceError | sa.exc.InternalError | sa.exc.TimeoutError
    )
    if isinstance(error, sa.exc.ProgrammingError):
        return error.statement is None  # it was raised by what connects
    return isinstance(error, lost) or type(error) is sa.exc.DatabaseError


def wrapped(error: sa.exc.SQLAlchemyError, url: sa.URL) -> StoreError:
    """Return what is wrong with the database, by its file, and what to do about it."""
    cause = getattr(error, "orig", None) or error
    problem = f"the database of the receiver cannot be used: {described(cause)}"
    if url.get_backend_name() != "sqlite":
        return StoreError(f"{problem} (LINKBACK_INBOX)")  # without its value: it has a password
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # without what refines it
    return StoreError(f"{problem} ({url.database}){_REMEDIES.get(code, '')}")
