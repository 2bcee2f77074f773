"""When a periodic task is due, and which of many processes runs it."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from pelican_linkback.receiving.store.columns import duration
from pelican_linkback.receiving.store.database import Store
from pelican_linkback.receiving.store.tables import meta

__all__ = ["Schedule"]


class Schedule:
    """When the task ``name`` runs: once in ``interval``, in one of the processes of a store."""

    def __init__(self, store: Store, name: str, interval: dt.timedelta) -> None:
        self._store, self._name, self._interval = store, name, interval

    @property
    def is_due(self) -> bool:
        """Whether the task is due."""
        return self._store.read(lambda connection: self._is_due(_read(connection, self._name)))

    def take(self) -> bool:
        """Return whether this process is to run the task; no other does until it is due again."""

        def taken(connection: sa.Connection) -> bool:
            known = _read(connection, self._name)
            if not self._is_due(known):
                return False
            following = str(self._next(self._interval))
            if known is None:
                row = self._store.upsert(meta).values(name=self._name, value=following)
                mine = row.on_conflict_do_nothing().returning(meta.c.name)
                return connection.execute(mine).first() is not None
            # Another process may have taken it since it was read.
            old = sa.update(meta).where(meta.c.name == self._name, meta.c.value == known)
            return connection.execute(old.values(value=following)).rowcount == 1

        return self._store.write(taken)

    def give_back(self, after: dt.timedelta) -> None:
        """Have the task run again after so much time, since it failed now."""
        row = sa.update(meta).where(meta.c.name == self._name)
        value = str(self._next(after))
        self._store.write(lambda connection: connection.execute(row.values(value=value)))

    def _is_due(self, known: str | None) -> bool:
        """Return whether the time is over; one that is too far off is of a clock that was ahead."""
        now = self._store.now()
        return known is None or not now < int(known) <= self._next(self._interval)

    def _next(self, after: dt.timedelta) -> int:
        return self._store.now() + duration(after)


def _read(connection: sa.Connection, name: str) -> str | None:
    return connection.execute(sa.select(meta.c.value).where(meta.c.name == name)).scalar()
