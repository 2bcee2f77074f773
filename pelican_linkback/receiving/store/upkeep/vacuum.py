"""The terms of privacy: what is erased when.

A hash of a sender's address after seven days; a mention that was never shown, and what moderators
did, after thirty days.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import NamedTuple

import sqlalchemy as sa

from pelican_linkback.exceptions import StoreError
from pelican_linkback.receiving.inbox.states import REFUSALS
from pelican_linkback.receiving.store.columns import duration
from pelican_linkback.receiving.store.database import Store
from pelican_linkback.receiving.store.tables import event, host, login, mention, session
from pelican_linkback.receiving.store.upkeep.schedule import Schedule
from pelican_linkback.text.printable import reason_of

__all__ = ["DailyVacuum", "Vacuumed", "vacuum"]

logger = logging.getLogger(__name__)

SENDERS_KEPT = dt.timedelta(days=7)
UNSHOWN_KEPT = dt.timedelta(days=30)
_HOSTS_KEPT = dt.timedelta(days=1)

_m = mention.c
_EMPTY = {"source": "", "target": "", "host": "", "fragment": "", "sender": "", "vouch": ""} | {
    "why": "",
    "final_url": "",
    "final_key": "",
    "due": None,
    "latest": None,
    "author_key": "",
    "words": "",
}


class Vacuumed(NamedTuple):
    """How many were erased: hashes of senders, and mentions that were never shown."""

    senders: int
    mentions: int


def vacuum(store: Store) -> Vacuumed:
    """Erase what was kept long enough.

    Of what a person refused the key stays, so that it stays refused: a hash of source and article.
    """
    return store.write(lambda connection: _vacuum(connection, store.now()))


class DailyVacuum:
    """The periodic task that erases: once a day, in whichever process is the first."""

    interval = 60 * 60.0

    def __init__(self, store: Store) -> None:
        self._store, self._schedule = store, Schedule(store, "vacuum", dt.timedelta(days=1))

    def run_if_due(self) -> None:
        """Erase what was kept long enough, if nobody has done that for a day."""
        try:
            if self._schedule.take():
                vacuum(self._store)
        except StoreError as error:
            logger.warning("What was kept long enough is not erased now: %s", reason_of(error))


def _vacuum(connection: sa.Connection, now: int) -> Vacuumed:
    senders = sa.update(mention).where(_m.sender != "", _m.received < _before(now, SENDERS_KEPT))
    old = _was_never_shown(_before(now, UNSHOWN_KEPT))
    refused = _m.decided & _m.state.in_([each.value for each in REFUSALS])
    forgotten = sa.update(mention).where(*old, refused, _m.source != "")
    count = Vacuumed(
        connection.execute(senders.values(sender="")).rowcount,
        connection.execute(sa.delete(mention).where(*old, ~refused)).rowcount
        + connection.execute(forgotten.values(_EMPTY)).rowcount,
    )
    for outdated in (
        sa.delete(event).where(event.c.at < _before(now, UNSHOWN_KEPT)),
        sa.delete(session).where(session.c.expires < now),
        sa.delete(login).where(login.c.expires < now),
        _idle_hosts(now),
    ):
        connection.execute(outdated)
    return count


def _before(now: int, kept: dt.timedelta) -> int:
    return now - duration(kept)


def _was_never_shown(limit: int) -> tuple[sa.ColumnElement[bool], ...]:
    seen = sa.func.coalesce(_m.checked, 0) < limit
    return _m.number.is_(None), _m.lease.is_(None), _m.received < limit, seen


def _idle_hosts(now: int) -> sa.Delete:
    """Return what deletes hosts of which nothing is known that matters."""
    has_work = sa.exists().where(
        _m.host == host.c.name, sa.or_(_m.due.is_not(None), _m.lease.is_not(None))
    )
    # Whoever had a turn within a day may be about to set ``due``.
    return sa.delete(host).where(
        host.c.due.is_(None), host.c.next_at < _before(now, _HOSTS_KEPT), ~has_work
    )
