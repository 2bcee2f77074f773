"""Hosts of sources: one request a second to each, two at once, by all processes together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from pelican_linkback.receiving.store.database import Store
from pelican_linkback.receiving.store.rows import Job
from pelican_linkback.receiving.store.tables import host, mention

__all__ = ["Hosts", "end_turns", "is_waiting", "lock_hosts", "ready_hosts", "set_due", "take_turns"]

_BETWEEN_REQUESTS = 1000
_LONGEST_REQUEST = 60_000

_h, _m = host.c, mention.c
is_waiting = sa.and_(_m.due.is_not(None), _m.lease.is_(None))
"""Whether a mention is to be verified, and nobody does."""


class Hosts:
    """Turns at hosts that were not claimed: those to which a source redirects."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def enter(self, name: str) -> int | None:
        """Return a turn for one request to a host, to be given back with ``leave``.

        None: not now; try again in a second. A turn ends by itself after a minute.
        """

        def entered(connection: sa.Connection) -> int | None:
            now = self._store.now()
            until = now + _LONGEST_REQUEST
            new = self._store.upsert(host).values(name=name)
            connection.execute(new.on_conflict_do_nothing())
            taken = take_turns(connection, [name], now, until)
            return until if taken else None

        return self._store.write(entered)

    def leave(self, name: str, turn: int) -> None:
        """End a turn."""
        self._store.write(lambda connection: _end(connection, {(name, turn)}))


def ready_hosts(connection: sa.Connection, limit: int, now: int) -> list[str]:
    """Return hosts that have something to do, those first that had no turn for the longest time."""
    wanted = (
        sa.select(_h.name)
        .where(_h.due <= now, *_may_be_asked(now))
        .order_by(_h.due, _h.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return sorted(connection.execute(wanted).scalars())


def take_turns(connection: sa.Connection, names: Sequence[str], now: int, until: int) -> bool:
    """Take a turn at each of the hosts that may be asked now; return whether one may."""
    is_a = _h.slot_a <= now
    taken = connection.execute(
        sa.update(host)
        .where(_h.name.in_(names), *_may_be_asked(now))
        .values(
            next_at=now + _BETWEEN_REQUESTS,
            slot_a=sa.case((is_a, until), else_=_h.slot_a),
            slot_b=sa.case((is_a, _h.slot_b), else_=until),
        )
    )
    return taken.rowcount > 0


def _may_be_asked(now: int) -> tuple[sa.ColumnElement[bool], ...]:
    return _h.next_at <= now, sa.or_(_h.slot_a <= now, _h.slot_b <= now)


def end_turns(connection: sa.Connection, jobs: Iterable[Job]) -> None:
    """End the turns that jobs have."""
    _end(connection, {(each.host, each.turn) for each in jobs})


def _end(connection: sa.Connection, turns: Iterable[tuple[str, int]]) -> None:
    ended = [{"name_": name, "turn": turn} for name, turn in sorted(turns)]
    turn = sa.bindparam("turn", type_=sa.BigInteger)
    is_a = _h.slot_a == turn
    connection.execute(
        sa.update(host)
        .where(_h.name == sa.bindparam("name_"), sa.or_(is_a, _h.slot_b == turn))
        .values(
            slot_a=sa.case((is_a, 0), else_=_h.slot_a), slot_b=sa.case((is_a, _h.slot_b), else_=0)
        ),
        ended,
    )


def lock_hosts(connection: sa.Connection, jobs: Iterable[Job]) -> list[str]:
    """Lock the hosts of jobs, in the order in which everybody does, and return their names."""
    names = sorted({each.host for each in jobs})
    wanted = sa.select(_h.name).where(_h.name.in_(names)).order_by(_h.name).with_for_update()
    connection.execute(wanted).all()
    return names


def set_due(connection: sa.Connection, names: Sequence[str] | None = None) -> None:
    """Set when each of these hosts, or of all, has something to do again."""
    first = sa.select(sa.func.min(_m.due)).where(_m.host == _h.name, is_waiting)
    due = sa.update(host).values(due=first.scalar_subquery())
    connection.execute(due if names is None else due.where(_h.name.in_(names)))
