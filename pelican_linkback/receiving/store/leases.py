"""Which of the mentions that are due are leased, and what becomes of leases that are lost.

The mentions of a page that lost a lease are leased alone from then on: if that page crashes
verifiers, no other mention loses its lease with it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from pelican_linkback.receiving.inbox.states import LeaseLost, MentionState
from pelican_linkback.receiving.inbox.transitions import transition
from pelican_linkback.receiving.store.columns import columns_of, moment, standing_of
from pelican_linkback.receiving.store.hosts import (
    end_turns,
    is_waiting,
    lock_names,
    set_due,
)
from pelican_linkback.receiving.store.records import Job
from pelican_linkback.receiving.store.tables import counter, host, mention

__all__ = ["first_pages", "follow_clock", "lease_pages", "release_lost_leases"]

_CLOCK_STEP = 60_000
_MOST_OF_PAGE = 100
_RELEASED_TOGETHER = 100
_UNTIL_ALONE = 1000

_m, _h = mention.c, host.c


def follow_clock(connection: sa.Connection, now: int) -> None:
    """If the clock was set back, make later times earlier by as much, so that none is far off."""
    if abs(connection.execute(_CLOCK).scalar_one() - now) <= _CLOCK_STEP:
        return
    back = connection.execute(_CLOCK.with_for_update()).scalar_one() - now
    if back > _CLOCK_STEP:
        _bring_forward(connection, mention, (_m.due, _m.lease), now, back)
        _bring_forward(connection, host, (_h.due, _h.next_at, _h.slot_a, _h.slot_b), now, back)
    connection.execute(sa.update(counter).where(counter.c.name == "clock").values(value=now))


def _bring_forward(
    connection: sa.Connection,
    table: sa.Table,
    columns: Iterable[sa.ColumnElement[int]],
    now: int,
    back: int,
) -> None:
    for column in columns:
        sooner = sa.case((column - back > now, column - back), else_=now)
        connection.execute(sa.update(table).where(column > now).values({column: sooner}))


def release_lost_leases(connection: sa.Connection, now: int) -> None:
    """Count the leases that have ended without a result, and make their mentions due again."""
    names = connection.execute(_LOST_AT, {"now": now}).scalars().all()
    if not names:
        return
    names = lock_names(connection, {*names})
    for row in connection.execute(_LOST.where(_m.host.in_(names)), {"now": now}).all():
        columns = columns_of(transition(standing_of(row), LeaseLost(), moment(now)))
        free = columns | {"lease": None, "claim": ""}
        connection.execute(sa.update(mention).where(_m.id == row.id).values(free))
    set_due(connection, names)


def first_pages(connection: sa.Connection, names: Sequence[str], now: int) -> set[str]:
    """Return the page of the first mention that is due at each host."""
    pages = connection.execute(_FIRST_PAGES, {"names": names, "now": now}).scalars()
    return {page for page in pages if page is not None}


def lease_pages(connection: sa.Connection, pages: set[str], now: int, until: int) -> list[Job]:
    """Lease all that one request for each page will answer."""
    claim = secrets.token_hex(8)
    if not pages:
        return []
    ids = _due_of(connection, pages, now)[: len(pages) * _MOST_OF_PAGE]
    leased = {"ids": ids, "until": until, "by": claim, "now": now}
    rows = connection.execute(_LEASE, leased).all()
    jobs = [_job(row, until) for row in sorted(rows, key=lambda row: row.id)]
    pages_put_off = _pages_to_put_off(connection, jobs, claim)
    put_off = [each for each in jobs if each.page in pages_put_off]
    if put_off:
        values = {"lease": None, "claim": "", "due": now + _UNTIL_ALONE}
        connection.execute(
            sa.update(mention)
            .where(_m.claim == claim, _m.page.in_(pages_put_off))
            .values(**values, state=_STATE_RELEASED)
        )
        end_turns(connection, put_off)
    return [each for each in jobs if each not in put_off]


def _due_of(connection: sa.Connection, pages: set[str], now: int) -> list[int]:
    """Return the mentions by pages that are due, those first that are due for the longest time."""
    found = [
        (row.due, row.id)
        for row in connection.execute(_OF_PAGES, {"pages": [*pages]})
        if row.lease is None and row.due is not None and row.due <= now
    ]
    return [number for _, number in sorted(found)]


def _pages_to_put_off(connection: sa.Connection, jobs: Iterable[Job], claim: str) -> set[str]:
    """Return the pages that lost a lease, and have to wait until another such page is verified."""
    suspects = sorted({each.page for each in jobs if each.standing.lost})
    if not suspects:
        return set()
    others = sa.select(_m.id).where(_m.lease.is_not(None), _m.lost > 0, _m.claim != claim)
    is_one_leased = connection.execute(others.limit(1)).first() is not None
    return {*suspects[0 if is_one_leased else 1 :]}


def _job(row: sa.Row[object], turn: int) -> Job:
    return Job(
        id=row.id,
        source=row.source,
        target=row.target,
        article=row.article,
        fragment=row.fragment,
        protocol=row.protocol,
        received=moment(row.received),
        page=row.page,
        host=row.host,
        standing=standing_of(row),
        requests=row.requests,
        claim=row.claim,
        turn=turn,
    )


def _instead(old: MentionState, new: MentionState) -> sa.ColumnElement[str]:
    """Return the state of a mention, but ``new`` where that is ``old``."""
    return sa.case((_m.state == old.value, new.value), else_=_m.state)


_STATE_LEASED = _instead(MentionState.QUEUED, MentionState.CHECKING)
_STATE_RELEASED = _instead(MentionState.CHECKING, MentionState.QUEUED)
"""The state of a mention that is leased, and of one that is given back: it changes only where the
mention was never verified."""

_NOW = sa.bindparam("now", type_=sa.BigInteger)
_CLOCK = sa.select(counter.c.value).where(counter.c.name == "clock")
_LOST_AT = sa.select(_m.host).where(_m.lease <= _NOW).order_by(_m.lease).limit(_RELEASED_TOGETHER)
_LOST = sa.select(mention).where(_m.lease <= _NOW).order_by(_m.id).with_for_update()
_FIRST_PAGE = (
    sa.select(_m.page)
    .where(_m.host == _h.name, is_waiting, _m.due <= _NOW)
    .order_by(_m.due, _m.id)
    .limit(1)
    .scalar_subquery()
)
_FIRST_PAGES = sa.select(_FIRST_PAGE).where(_h.name.in_(sa.bindparam("names", expanding=True)))
# No more conditions: PostgreSQL would take an index that has them, and read it all.
_OF_PAGES = sa.select(_m.id, _m.due, _m.lease).where(
    _m.page.in_(sa.bindparam("pages", expanding=True))
)
_LEASE = (
    sa.update(mention)
    .where(_m.id.in_(sa.bindparam("ids", expanding=True)))
    .values(
        lease=sa.bindparam("until", type_=sa.BigInteger),
        claim=sa.bindparam("by"),
        fetched=_NOW,
        state=_STATE_LEASED,
    )
    .returning(mention)
)
