"""Which of many processes does what is to be done once in a while."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from pelican_linkback.receiving.store.columns import duration
from pelican_linkback.receiving.store.database import Store
from pelican_linkback.receiving.store.tables import meta

__all__ = ["Turns"]


class Turns:
    """The turns to do ``name``, one ``every`` so long; the processes of a store share them."""

    def __init__(self, store: Store, name: str, every: dt.timedelta) -> None:
        self._store, self._name, self._every = store, name, every

    @property
    def is_due(self) -> bool:
        """Whether somebody may have a turn."""
        return self._store.read(lambda connection: self._is_due(_read(connection, self._name)))

    def take(self) -> bool:
        """Return whether it is the turn of this process; then nobody else's until it is due."""

        def taken(connection: sa.Connection) -> bool:
            known = _read(connection, self._name)
            if not self._is_due(known):
                return False
            following = str(self._next(self._every))
            if known is None:
                row = self._store.upsert(meta).values(name=self._name, value=following)
                mine = row.on_conflict_do_nothing().returning(meta.c.name)
                return connection.execute(mine).first() is not None
            # Another process may have had the turn since it was read.
            old = sa.update(meta).where(meta.c.name == self._name, meta.c.value == known)
            return connection.execute(old.values(value=following)).rowcount == 1

        return self._store.write(taken)

    def give_back(self, after: dt.timedelta) -> None:
        """Have the next turn after so much time, since this one came to nothing."""
        row = sa.update(meta).where(meta.c.name == self._name)
        value = str(self._next(after))
        self._store.write(lambda connection: connection.execute(row.values(value=value)))

    def _is_due(self, known: str | None) -> bool:
        """Return whether the time is over; one that is too far off is of a clock that was ahead."""
        now = self._store.now()
        return known is None or not now < int(known) <= self._next(self._every)

    def _next(self, after: dt.timedelta) -> int:
        return self._store.now() + duration(after)


def _read(connection: sa.Connection, name: str) -> str | None:
    return connection.execute(sa.select(meta.c.value).where(meta.c.name == name)).scalar()
