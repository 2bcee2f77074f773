"""LINKBACK_REBUILD: the site is built again when the mentions that it shows have changed.

A minute after a change, so that what an author approves in a row is one build, and once in ten
minutes at most, by whichever process of the receiver looks first. What failed is tried again after
ten minutes.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import subprocess
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.net.client import Response
from pelican_linkback.receiving.store.database import Connection, Store
from pelican_linkback.receiving.store.tables import counter, meta
from pelican_linkback.text.printable import printable, reason_of
from pelican_linkback.text.urls import is_fetchable

__all__ = ["Changes", "Plan", "Rebuild", "Turn", "starter_of"]

logger = logging.getLogger(__name__)

QUIET = dt.timedelta(minutes=1)
AT_MOST_EVERY = dt.timedelta(minutes=10)
LOOKED = 5.0
"""Seconds between two looks."""

_NAME = "rebuild"
_SAID = 1000
"""So much of the output of a command that failed is in the log."""


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


class Changes:
    """The changes of what is shown, and the plan of rebuilds, which all processes share."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def turn(self) -> Turn | None:
        """Return a turn if a rebuild is due, and no other process has taken it."""
        now = self._store.clock().timestamp()

        def looked(connection: Connection) -> tuple[Plan, Plan]:
            plan = _plan(connection, for_update=False)
            return plan, plan.seen(_last(connection), now)

        def taken(connection: Connection) -> Turn | None:
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

        def given_back(connection: Connection) -> None:
            plan = _plan(connection, for_update=True)
            _write(connection, replace(plan, built=turn.before))

        self._store.write(given_back)

    def _with_row(self, connection: Connection) -> None:
        row = self._store.upsert(meta).values(name=_NAME, value="{}")
        connection.execute(row.on_conflict_do_nothing())


def _last(connection: Connection) -> int:
    number = connection.execute(counter.select().where(counter.c.name == "shown")).first()
    return int(number.value) if number else 0


def _plan(connection: Connection, *, for_update: bool) -> Plan:
    wanted = meta.select().where(meta.c.name == _NAME)
    row = connection.execute(wanted.with_for_update() if for_update else wanted).first()
    return Plan(**json.loads(row.value)) if row else Plan()


def _write(connection: Connection, plan: Plan) -> None:
    value = json.dumps({"built": plan.built, "at": plan.at, "since": plan.since})
    connection.execute(meta.update().where(meta.c.name == _NAME).values(value=value))


Build = Callable[[], str]
"""Builds the site, and returns why that failed; "" if it did not."""


class Rebuild:
    """Looks for changes, and builds; what goes wrong costs one line in the log."""

    def __init__(self, changes: Changes, build: Build) -> None:
        self._changes, self._build = changes, build

    def look(self) -> None:
        """Build if that is due."""
        try:
            turn = self._changes.turn()
            if turn is None:
                return
            if problem := self._build():
                logger.error("The site was not built again: %s", problem)
                self._changes.give_back(turn)
        except FAULTS as error:
            logger.error("The site cannot be built again now: %s", reason_of(error))

    def run(self, stop: threading.Event) -> None:
        """Look from time to time, until ``stop`` is set."""
        while not stop.wait(LOOKED):
            self.look()


class Poster(Protocol):
    """What is used of ``net.client.Web``."""

    def post(self, url: str, body: bytes, content_type: str) -> Response:
        """Send a body."""


def starter_of(setting: str, web: Poster) -> Build:
    """Return what builds the site: the command or the webhook of LINKBACK_REBUILD."""
    if is_fetchable(setting):
        return partial(_posted, setting, web)
    return partial(_run, setting)


def _posted(url: str, web: Poster) -> str:
    """Post to a webhook, whose address may be a secret; return what is wrong with the answer."""
    try:
        answer = web.post(url, b"{}", "application/json")
    except FAULTS as error:
        return f"the webhook: {getattr(error, 'reason', '') or reason_of(error)}"
    return "" if 200 <= answer.status < 300 else f"the webhook answers {answer.status}"


def _run(command: str) -> str:
    """Run a command of the author's; return what is wrong."""
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(  # noqa: S602 (that is what the setting is: a command for the shell)
            command,
            shell=True,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        if done.returncode == 0:
            return ""
        output.seek(max(0, output.seek(0, 2) - _SAID))
        said = output.read().decode("utf-8", "replace").strip()
    return f"the command ends with {done.returncode}: {printable(said, _SAID)}"
