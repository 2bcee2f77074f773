"""Hosts of sources: one request a second to each, two at once, by all processes together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa

from pelican_linkback.receiving.store.database import Store
from pelican_linkback.receiving.store.records import Job
from pelican_linkback.receiving.store.tables import host, mention

__all__ = [
    "Hosts",
    "end_turns",
    "is_waiting",
    "lock_hosts",
    "lock_names",
    "ready_hosts",
    "set_due",
    "take_turns",
]

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

        return self._store.write(entered, durable=False)

    def leave(self, name: str, turn: int) -> None:
        """End a turn."""
        self._store.write(lambda connection: _end(connection, {(name, turn)}), durable=False)


def ready_hosts(connection: sa.Connection, limit: int, now: int) -> list[str]:
    """Return hosts that have something to do, those first that had no turn for the longest time."""
    return sorted(connection.execute(_READY, {"now": now, "most": limit}).scalars())


def take_turns(connection: sa.Connection, names: Sequence[str], now: int, until: int) -> bool:
    """Take a turn at each of the hosts that may be asked now; return whether one may."""
    times = {"now": now, "next": now + _BETWEEN_REQUESTS, "until": until}
    return connection.execute(_TAKE, {"names": names, **times}).rowcount > 0


def end_turns(connection: sa.Connection, jobs: Iterable[Job]) -> None:
    """End the turns that jobs have."""
    _end(connection, {(each.host, each.turn) for each in jobs})


def _end(connection: sa.Connection, turns: Iterable[tuple[str, int]]) -> None:
    connection.execute(_END, [{"wanted": name, "turn": turn} for name, turn in sorted(turns)])


def lock_hosts(connection: sa.Connection, jobs: Iterable[Job]) -> list[str]:
    """Lock the hosts of jobs as ``lock_names`` does, and return their names."""
    return lock_names(connection, {each.host for each in jobs})


def lock_names(connection: sa.Connection, hosts: Collection[str]) -> list[str]:
    """Lock hosts, and return their names: in their order, so that transactions do not deadlock."""
    names = sorted(hosts)
    connection.execute(_LOCK, {"names": names}).all()
    return names


def set_due(connection: sa.Connection, names: Sequence[str] | None = None) -> None:
    """Set when each of these hosts, or of all, has something to do again."""
    if names is None:
        connection.execute(_DUE)
    else:
        connection.execute(_DUE_OF, {"names": names})


# To make a statement takes longer than to execute it.
_NOW = sa.bindparam("now", type_=sa.BigInteger)
_UNTIL = sa.bindparam("until", type_=sa.BigInteger)
_TURN = sa.bindparam("turn", type_=sa.BigInteger)
_IS_NAMED = _h.name.in_(sa.bindparam("names", expanding=True))
_MAY_BE_ASKED = sa.and_(_h.next_at <= _NOW, sa.or_(_h.slot_a <= _NOW, _h.slot_b <= _NOW))
_READY = (
    sa.select(_h.name)
    .where(_h.due <= _NOW, _MAY_BE_ASKED)
    .order_by(_h.due, _h.next_at)
    .limit(sa.bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
)
_TAKE = (
    sa.update(host)
    .where(_IS_NAMED, _MAY_BE_ASKED)
    .values(
        next_at=sa.bindparam("next", type_=sa.BigInteger),
        slot_a=sa.case((_h.slot_a <= _NOW, _UNTIL), else_=_h.slot_a),
        slot_b=sa.case((_h.slot_a <= _NOW, _h.slot_b), else_=_UNTIL),
    )
)
_END = (
    sa.update(host)
    .where(_h.name == sa.bindparam("wanted"), sa.or_(_h.slot_a == _TURN, _h.slot_b == _TURN))
    .values(
        slot_a=sa.case((_h.slot_a == _TURN, 0), else_=_h.slot_a),
        slot_b=sa.case((_h.slot_a == _TURN, _h.slot_b), else_=0),
    )
)
_LOCK = sa.select(_h.name).where(_IS_NAMED).order_by(_h.name).with_for_update()
_FIRST = sa.select(sa.func.min(_m.due)).where(_m.host == _h.name, is_waiting)
_DUE = sa.update(host).values(due=_FIRST.scalar_subquery())
_DUE_OF = _DUE.where(_IS_NAMED)
