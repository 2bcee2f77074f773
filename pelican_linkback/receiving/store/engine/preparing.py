"""What is done with each new connection to a database."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

__all__ = ["closed_on_error"]


def closed_on_error(
    prepare: Callable[[DBAPIConnection], None],
) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    """Return ``prepare`` as a listener to new connections; one for which it raises is closed.

    Not every version of SQLAlchemy does that: it forgets the connection, open.
    """

    def prepared(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        try:
            prepare(connection)
        except BaseException:
            connection.close()
            raise

    return prepared
