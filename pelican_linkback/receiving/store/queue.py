"""The mentions that are due, leased to verifiers: a host is one queue, and hosts take turns.

::

    claim -> jobs -> (fetched and read, no transaction open) -> record | release

A lease that ends without either is lost; the third in a row breaks the mention, so that no page
stops verifiers again and again.
"""

from __future__ import annotations

import datetime as dt
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Sequence

import sqlalchemy as sa

from pelican_linkback.exceptions import StoreError
from pelican_linkback.journal.group_commit import GroupCommit
from pelican_linkback.receiving.inbox.states import Event, LeaseLost, MentionState, step
from pelican_linkback.receiving.received import key_of
from pelican_linkback.receiving.store.accepting import PAGE_INTERVAL
from pelican_linkback.receiving.store.columns import columns_of, moment, standing_of
from pelican_linkback.receiving.store.database import Store
from pelican_linkback.receiving.store.hosts import (
    end_turns,
    is_waiting,
    lock_hosts,
    ready_hosts,
    set_due,
    take_turns,
)
from pelican_linkback.receiving.store.rows import Job
from pelican_linkback.receiving.store.tables import counter, host, mention

__all__ = ["LEASE", "Queue", "next_numbers"]

LEASE = dt.timedelta(minutes=5)
"""How long a verifier may take for what it claimed."""

_CLOCK_STEP = 60_000
_MOST_OF_PAGE = 100
_SWEPT_TOGETHER = 100

_m, _h = mention.c, host.c


class _Result:
    """A result on its way to the disk, and whether it counted."""

    def __init__(self, job: Job, event: Event, final_url: str) -> None:
        self.job = job
        self.event = event
        self.final_url = final_url
        self.counted = False
        self.error: Exception | None = None


class Queue:
    """What is to be verified; threads may share it."""

    def __init__(self, store: Store, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._commit = GroupCommit(self._write, monotonic, time.sleep, longest=0)

    def claim(self, limit: int, lease: dt.timedelta = LEASE) -> list[Job]:
        """Return the due mentions of one page at each of at most ``limit`` hosts, leased.

        A host is in a claim at most once a second, and not while two requests to it are under way:
        claim only what can be fetched at once.
        """

        def claimed(connection: sa.Connection) -> list[Job]:
            now = self._store.now()
            _follow_clock(connection, now)
            _sweep(connection, now)
            names = ready_hosts(connection, limit, now)
            if not names:
                return []
            until = now + int(lease.total_seconds() * 1000)
            take_turns(connection, names, now, until)
            jobs = _lease(connection, _first_of_each(connection, names, now), now, until)
            set_due(connection, names)
            return jobs

        return self._store.write(claimed)

    def record(self, job: Job, event: Event, final_url: str = "") -> bool:
        """Return when what was found is on disk; False if the lease had been lost.

        ``final_url`` is where the source redirects to. What happened to the mention meanwhile
        stays: the event is applied to what it is now.
        """
        result = _Result(job, event, final_url)
        self._commit.add(result)
        if result.error:
            raise result.error
        return result.counted

    def release(self, jobs: Collection[Job], wait: dt.timedelta = dt.timedelta()) -> None:
        """Give back what was not verified, to be claimed again after ``wait``; nothing is lost."""

        def released(connection: sa.Connection) -> None:
            names = lock_hosts(connection, jobs)
            due = self._store.now() + int(wait.total_seconds() * 1000) if wait else _m.due
            claims = {each.claim for each in jobs}
            ids = {each.id for each in jobs}
            connection.execute(
                sa.update(mention)
                .where(_m.id.in_(ids), _m.claim.in_(claims))
                .values(lease=None, claim="", due=due, state=_without(MentionState.CHECKING))
            )
            end_turns(connection, jobs)
            set_due(connection, names)

        if jobs:
            self._store.write(released)

    def next_due(self) -> dt.datetime | None:
        """Return when the next claim may find something; None if nothing waits."""
        free = sa.case((_h.slot_a < _h.slot_b, _h.slot_a), else_=_h.slot_b)
        at = sa.case((_h.due > _h.next_at, _h.due), else_=_h.next_at)
        at = sa.case((free > at, free), else_=at)
        hosts = sa.select(sa.func.min(at)).where(_h.due.is_not(None))
        leases = sa.select(sa.func.min(_m.lease)).where(_m.lease.is_not(None))

        def read(connection: sa.Connection) -> list[int | None]:
            return [connection.execute(each).scalar() for each in (hosts, leases)]

        known = [each for each in self._store.read(read) if each is not None]
        return moment(min(known)) if known else None

    def _write(self, results: Sequence[_Result]) -> None:
        """Write results together; where that cannot be, each alone: one may be at fault."""
        try:
            self._store.write(lambda connection: self._record(connection, results))
        except StoreError as error:
            for each in results:
                each.error = error
        except Exception as error:  # noqa: BLE001 (the border of a job)
            if len(results) == 1:
                results[0].error = error
                return
            for each in results:
                self._write([each])

    def _record(self, connection: sa.Connection, results: Sequence[_Result]) -> None:
        now = self._store.now()
        jobs = [each.job for each in results]
        names = lock_hosts(connection, jobs)
        by_id = {each.job.id: each for each in results}
        wanted = sa.select(mention).where(_m.id.in_(by_id)).order_by(_m.id).with_for_update()
        changes = []
        for row in connection.execute(wanted).all():
            result = by_id[row.id]
            result.error = None
            result.counted = row.claim == result.job.claim
            if result.counted:
                changes.append(_change(row, result, now))
        if changes:
            _number(connection, changes)
            connection.execute(sa.update(mention).where(_m.id == sa.bindparam("id_")), changes)
        end_turns(connection, jobs)
        set_due(connection, names)


def next_numbers(connection: sa.Connection, count: int) -> range:
    """Return numbers for changes of what is shown.

    No other transaction gets numbers before this one has ended, so that they become visible in
    their order: who has read all up to one of them has missed nothing.
    """
    taken = (
        sa.update(counter)
        .where(counter.c.name == "shown")
        .values(value=counter.c.value + count)
        .returning(counter.c.value)
    )
    last = connection.execute(taken).scalar_one()
    return range(last - count + 1, last + 1)


def _number(connection: sa.Connection, changes: Iterable[dict[str, object]]) -> None:
    renewed = [each for each in changes if each.pop("is_renewed")]
    if renewed:
        for each, number in zip(renewed, next_numbers(connection, len(renewed)), strict=True):
            each["number"] = number


def _change(row: sa.Row[object], result: _Result, now: int) -> dict[str, object]:
    """Return the new columns of a mention."""
    columns = columns_of(step(standing_of(row), result.event, moment(now)))
    if row.requests != result.job.requests:  # it was sent again meanwhile
        columns["due"] = row.fetched + int(PAGE_INTERVAL.total_seconds() * 1000)
    final = result.final_url or row.final_url
    return columns | {
        "id_": row.id,
        "lease": None,
        "claim": "",
        "number": row.number,
        "is_renewed": columns["shown"] != row.shown,
        "final_url": final,
        "final_key": key_of(final, row.article) if final else "",
    }


def _follow_clock(connection: sa.Connection, now: int) -> None:
    """Where the clock was set back: bring all times forward by as much, so that none is far off."""
    wanted = sa.select(counter.c.value).where(counter.c.name == "clock")
    if abs(connection.execute(wanted).scalar_one() - now) <= _CLOCK_STEP:
        return
    back = connection.execute(wanted.with_for_update()).scalar_one() - now
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


def _sweep(connection: sa.Connection, now: int) -> None:
    """Count the leases that were lost, and let go of their mentions."""
    wanted = sa.select(mention).where(_m.lease <= now).limit(_SWEPT_TOGETHER)
    rows = connection.execute(wanted.with_for_update(skip_locked=True)).all()
    if not rows:
        return
    changes = []
    for row in rows:
        columns = columns_of(step(standing_of(row), LeaseLost(), moment(now)))
        changes.append(columns | {"id_": row.id, "lease": None, "claim": ""})
    connection.execute(sa.update(mention).where(_m.id == sa.bindparam("id_")), changes)
    set_due(connection, sorted({row.host for row in rows}))


def _first_of_each(connection: sa.Connection, names: Sequence[str], now: int) -> set[str]:
    """Return the page of the first mention that is due at each host."""
    first = (
        sa.select(_m.page)
        .where(_m.host == _h.name, is_waiting, _m.due <= now)
        .order_by(_m.due, _m.id)
        .limit(1)
        .scalar_subquery()
    )
    pages = connection.execute(sa.select(first).where(_h.name.in_(names))).scalars()
    return {page for page in pages if page is not None}


def _lease(connection: sa.Connection, pages: set[str], now: int, until: int) -> list[Job]:
    """Lease all that one request for each page will answer."""
    claim = secrets.token_hex(8)
    due = sa.select(_m.id).where(_m.page.in_(pages), is_waiting, _m.due <= now)
    leased = (
        sa.update(mention)
        .where(_m.id.in_(due.order_by(_m.due, _m.id).limit(len(pages) * _MOST_OF_PAGE)))
        .values(lease=until, claim=claim, fetched=now, state=_without(MentionState.QUEUED))
        .returning(mention)
    )
    rows = connection.execute(leased).all() if pages else ()
    return [_job(row, until) for row in sorted(rows, key=lambda row: row.id)]


def _job(row: sa.Row[object], turn: int) -> Job:
    return Job(
        id=row.id,
        source=row.source,
        target=row.target,
        article=row.article,
        fragment=row.fragment,
        protocol=row.protocol,
        received=moment(row.received),
        vouch=row.vouch,
        page=row.page,
        host=row.host,
        standing=standing_of(row),
        requests=row.requests,
        claim=row.claim,
        turn=turn,
    )


def _without(state: MentionState) -> sa.ColumnElement[str]:
    """The other state of what was never verified, for those in ``state``."""
    other = {MentionState.QUEUED: "checking", MentionState.CHECKING: "queued"}[state]
    return sa.case((_m.state == state.value, other), else_=_m.state)
