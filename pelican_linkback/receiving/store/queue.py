"""The mentions that are due, leased to verifiers: a host is one queue, and hosts take turns.

::

    claim -> jobs -> (fetched and read, no transaction open) -> record

A lease that ends without that is lost; the third in a row breaks the mention, so that no page
stops verifiers again and again.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Sequence

import sqlalchemy as sa

from pelican_linkback.journal.group_commit import GroupCommit
from pelican_linkback.receiving.inbox.states import Event
from pelican_linkback.receiving.inbox.transitions import transition
from pelican_linkback.receiving.received import key_of
from pelican_linkback.receiving.store.accepting import PAGE_INTERVAL
from pelican_linkback.receiving.store.columns import columns_of, duration, moment, standing_of
from pelican_linkback.receiving.store.database import Store
from pelican_linkback.receiving.store.hosts import (
    end_turns,
    lock_hosts,
    ready_hosts,
    set_due,
    take_turns,
)
from pelican_linkback.receiving.store.leases import (
    first_pages,
    follow_clock,
    lease_pages,
    release_lost_leases,
)
from pelican_linkback.receiving.store.records import Job
from pelican_linkback.receiving.store.tables import counter, host, mention

__all__ = ["LEASE", "Queue", "next_numbers", "number_changes"]

LEASE = dt.timedelta(minutes=5)
"""How long a verifier may take for what it claimed."""


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
            follow_clock(connection, now)
            release_lost_leases(connection, now)
            names = ready_hosts(connection, limit, now)
            if not names:
                return []
            until = now + duration(lease)
            take_turns(connection, names, now, until)
            jobs = lease_pages(connection, first_pages(connection, names, now), now, until)
            set_due(connection, names)
            return jobs

        # A claim that a power cut undoes is a mention that waits.
        return self._store.write(claimed, durable=False)

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
        self._store.write_each(self._record, results)

    def _record(self, connection: sa.Connection, results: Sequence[_Result]) -> None:
        now = self._store.now()
        jobs = [each.job for each in results]
        names = lock_hosts(connection, jobs)
        known = {row.id: row for row in connection.execute(_ROWS, {"ids": _ids(jobs)}).all()}
        changes = []
        for result in results:
            row = known.get(result.job.id)  # vacuum may have erased it
            result.error = None
            result.counted = row is not None and row.claim == result.job.claim
            if row is not None and result.counted:
                changes.append(_change(row, result, now))
        if changes:
            number_changes(connection, changes)
            connection.execute(_CHANGE, changes)
        end_turns(connection, jobs)
        set_due(connection, names)


def next_numbers(connection: sa.Connection, count: int) -> range:
    """Return numbers for changes of what is shown.

    No other transaction gets numbers before this one has ended, so that they become visible in
    their order: who has read all up to one of them has missed nothing.
    """
    last = connection.execute(_TAKE_NUMBERS, {"count": count}).scalar_one()
    return range(last - count + 1, last + 1)


def number_changes(connection: sa.Connection, changes: Iterable[dict[str, object]]) -> None:
    """Number those changes of rows that change what is shown; ``is_renewed`` is taken from each."""
    renewed = [each for each in changes if each.pop("is_renewed")]
    if renewed:
        for each, number in zip(renewed, next_numbers(connection, len(renewed)), strict=True):
            each["number"] = number


def _change(row: sa.Row[object], result: _Result, now: int) -> dict[str, object]:
    """Return the new columns of a mention."""
    columns = columns_of(transition(standing_of(row), result.event, moment(now)))
    if row.requests != result.job.requests:  # it was sent again meanwhile
        columns["due"] = row.fetched + duration(PAGE_INTERVAL)
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


def _ids(jobs: Iterable[Job]) -> list[int]:
    return sorted({each.id for each in jobs})


_ROWS = (
    sa.select(mention)
    .where(_m.id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(_m.id)
    .with_for_update()
)
_CHANGE = sa.update(mention).where(_m.id == sa.bindparam("id_"))
_TAKE_NUMBERS = (
    sa.update(counter)
    .where(counter.c.name == "shown")
    .values(value=counter.c.value + sa.bindparam("count", type_=sa.BigInteger))
    .returning(counter.c.value)
)
