"""Whether the site is to be built again: what is shown has changed since it was built last."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace

import sqlalchemy as sa

from pelican_linkback.receiving.store.database import Store
from pelican_linkback.receiving.store.tables import counter, meta

__all__ = ["Plan", "RebuildSchedule", "Turn"]

QUIET = dt.timedelta(minutes=1)
AT_MOST_EVERY = dt.timedelta(minutes=10)

_NAME = "rebuild"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of rebuilds: the last change that was ``built``, and when (``at``).

    ``since`` is when a change after it was first seen; None if there is none. Times are seconds
    since 1970.
    """

    built: int = 0
    at: float = 0.0
    since: float | None = None

    def seen(self, number: int, now: float) -> Plan:
        """Return the plan after a look at the ``number`` of the last change."""
        if number <= self.built:
            return replace(self, since=None)
        known = self.since is not None and self.since <= now  # a clock may be set back
        return self if known else replace(self, since=now)

    def is_due(self, now: float) -> bool:
        """Return whether a rebuild may begin."""
        if self.since is None or now < self.since + QUIET.total_seconds():
            return False
        return not self.at <= now < self.at + AT_MOST_EVERY.total_seconds()


@dataclass(frozen=True, slots=True)
class Turn:
    """A rebuild that this process begins: the change that was built before it."""

    before: int


class RebuildSchedule:
    """When the site is to be built again; all processes of a store share it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def turn(self) -> Turn | None:
        """Return a turn if a rebuild is due, and no other process has taken it."""
        now = self._store.clock().timestamp()

        def looked(connection: sa.Connection) -> tuple[Plan, Plan]:
            plan = _plan(connection, for_update=False)
            return plan, plan.seen(_last(connection), now)

        def taken(connection: sa.Connection) -> Turn | None:
            last = _last(connection)
            plan = _plan(connection, for_update=True).seen(last, now)
            turn = Turn(plan.built) if plan.is_due(now) else None
            _write(connection, Plan(last, now) if turn else plan)
            return turn

        before, after = self._store.read(looked)
        if after == before and not after.is_due(now):
            return None
        self._store.write(self._with_row)
        return self._store.write(taken)

    def give_back(self, turn: Turn) -> None:
        """Have what failed be tried again, ten minutes after it began."""

        def given_back(connection: sa.Connection) -> None:
            plan = _plan(connection, for_update=True)
            _write(connection, replace(plan, built=turn.before))

        self._store.write(given_back)

    def _with_row(self, connection: sa.Connection) -> None:
        row = self._store.upsert(meta).values(name=_NAME, value="{}")
        connection.execute(row.on_conflict_do_nothing())


def _last(connection: sa.Connection) -> int:
    number = connection.execute(sa.select(counter).where(counter.c.name == "shown")).first()
    return int(number.value) if number else 0


def _plan(connection: sa.Connection, *, for_update: bool) -> Plan:
    wanted = sa.select(meta).where(meta.c.name == _NAME)
    row = connection.execute(wanted.with_for_update() if for_update else wanted).first()
    return Plan(**json.loads(row.value)) if row else Plan()


def _write(connection: sa.Connection, plan: Plan) -> None:
    value = json.dumps({"built": plan.built, "at": plan.at, "since": plan.since})
    connection.execute(sa.update(meta).where(meta.c.name == _NAME).values(value=value))
