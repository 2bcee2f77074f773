"""Requests become rows: many wait for one another, and are on disk before they are answered."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

import sqlalchemy as sa

from pelican_linkback.exceptions import QueueFull
from pelican_linkback.journal.group_commit import GroupCommit
from pelican_linkback.receiving.inbox.states import MentionState, Repeated
from pelican_linkback.receiving.inbox.transitions import transition
from pelican_linkback.receiving.received import key_of
from pelican_linkback.receiving.store.columns import (
    duration,
    host_named,
    milliseconds,
    moment,
    page_of,
    standing_of,
)
from pelican_linkback.receiving.store.database import Store, batches
from pelican_linkback.receiving.store.records import Accepted, Arrival
from pelican_linkback.receiving.store.tables import host, is_unverified, mention

__all__ = ["MOST", "MOST_OF_HOST", "PAGE_INTERVAL", "Acceptor"]

MOST = 100_000
MOST_OF_HOST = 100
"""How many mentions may wait to be verified: in all, and of one host."""

PAGE_INTERVAL = timedelta(minutes=10)
"""A page is fetched once in this time, however often it is named."""

_COUNTED_FOR = 1.0


def token_of(key: str, secret: bytes) -> str:
    """Return the name of a mention's status page, which the sender alone learns."""
    return hashlib.blake2b(key.encode(), key=secret, digest_size=16).hexdigest()


class _Request:
    """An arrival on its way, and what came of it."""

    def __init__(self, arrival: Arrival) -> None:
        self.arrival = arrival
        self.key = key_of(arrival.source, arrival.article)
        self.page = page_of(arrival.source)
        self.host = host_named(arrival.source)
        self.is_new = True
        self.error: Exception | None = None


class Acceptor:
    """Accepts mentions, from many threads at once; see ``accept``."""

    def __init__(
        self,
        store: Store,
        monotonic: Callable[[], float] = time.monotonic,
        most: int = MOST,
        most_of_host: int = MOST_OF_HOST,
    ) -> None:
        self._store = store
        self._monotonic = monotonic
        self._most = most
        self._most_of_host = most_of_host
        self._secret = store.secret("status")
        self._commit = GroupCommit(self._write, monotonic, time.sleep, longest=0)
        self._wake, self._new = _statements(store)
        self._waiting = 0
        self._counted: float | None = None

    def accept(self, arrival: Arrival) -> Accepted:
        """Return when the mention is on disk.

        Raises QueueFull, or StoreError if the database cannot be written.
        """
        request = _Request(arrival)
        self._commit.add(request)
        if request.error:
            raise request.error
        return Accepted(token_of(request.key, self._secret), request.is_new)

    def _write(self, requests: Sequence[_Request]) -> None:
        for some in batches(requests):
            self._store.write_each(self._add, some)

    def _add(self, connection: sa.Connection, requests: Sequence[_Request]) -> None:
        now = self._store.now()
        known, due = _known(connection, {each.page for each in requests}, now)
        taken = self._taken(connection, requests, known)
        if not taken:
            return
        self._wake_hosts(connection, taken, due)
        new = {each.key: each for each in taken if each.key not in known}
        if new:
            self._insert(connection, new.values(), due)
        _repeat(connection, [each for each in taken if each is not new.get(each.key)], due, now)
        self._waiting += len(new)

    def _taken(
        self, connection: sa.Connection, requests: Sequence[_Request], known: set[str]
    ) -> list[_Request]:
        """Return those that are known, or that fit in."""
        seen = set(known)
        taken = []
        of_host = _unverified(connection, {each.host for each in requests if each.key not in known})
        places = self._most - self._count(connection)
        for each in requests:
            each.error = None
            each.is_new = each.key not in seen
            if each.is_new:
                if places <= 0 or of_host[each.host] >= self._most_of_host:
                    each.error = QueueFull("too many mentions wait to be verified; try later")
                    continue
                places -= 1
                of_host[each.host] += 1
                seen.add(each.key)
            taken.append(each)
        return taken

    def _count(self, connection: sa.Connection) -> int:
        """Return how many wait in all: counted once a second, since that reads them all."""
        now = self._monotonic()
        if self._counted is None or now >= self._counted + _COUNTED_FOR:
            counted = sa.select(sa.func.count()).select_from(mention).where(is_unverified)
            self._waiting = connection.execute(counted).scalar_one()
            self._counted = now
        return self._waiting

    def _wake_hosts(
        self, connection: sa.Connection, taken: Iterable[_Request], due: Mapping[str, int]
    ) -> None:
        """Make the hosts due; in the order of their names, so that transactions do not deadlock."""
        first: dict[str, int] = {}
        for each in taken:
            first[each.host] = min(first.get(each.host, due[each.page]), due[each.page])
        connection.execute(
            self._wake, [{"name": name, "due": first[name]} for name in sorted(first)]
        )

    def _insert(
        self, connection: sa.Connection, new: Iterable[_Request], due: Mapping[str, int]
    ) -> None:
        connection.execute(self._new, [self._columns(each, due[each.page]) for each in new])

    def _columns(self, request: _Request, due: int) -> dict[str, object]:
        arrival = request.arrival
        return {
            "key": request.key,
            "token": token_of(request.key, self._secret),
            "article": arrival.article,
            "received": milliseconds(arrival.received),
            "state": MentionState.QUEUED.value,
            "due": due,
            **_said(request),
        }


def _statements(store: Store) -> tuple[sa.Insert, sa.Insert]:
    """Return what wakes hosts and what inserts mentions: to make these takes as long as a commit.

    Another process may have been as quick with the same mention.
    """
    wake = store.upsert(host)
    later = sa.func.coalesce(host.c.due, wake.excluded.due) >= wake.excluded.due
    new = store.upsert(mention)
    again = {"requests": mention.c.requests + 1, "due": new.excluded.due}
    return (
        wake.on_conflict_do_update(
            index_elements=[host.c.name], set_={"due": wake.excluded.due}, where=later
        ),
        new.on_conflict_do_update(index_elements=[mention.c.key], set_=again),
    )


def _said(request: _Request) -> dict[str, object]:
    """Return the columns that each request sets: vacuum may have erased those of the first one."""
    arrival = request.arrival
    return {
        "source": arrival.source,
        "page": request.page,
        "host": request.host,
        "target": arrival.target,
        "fragment": arrival.fragment,
        "protocol": arrival.protocol,
        "sender": arrival.sender,
        "vouch": arrival.vouch,
    }


def _known(connection: sa.Connection, pages: set[str], now: int) -> tuple[set[str], dict[str, int]]:
    """Return the keys of the mentions by these pages, and when each may be fetched (0: at once)."""
    known: set[str] = set()
    due = dict.fromkeys(pages, 0)
    interval = duration(PAGE_INTERVAL)
    for key, page, last in connection.execute(_OF_PAGES, {"pages": [*pages]}):
        known.add(key)
        if now - interval < last <= now:  # the clock may have been set back
            due[page] = max(due[page], last + interval)
    return known, due


def _unverified(connection: sa.Connection, hosts: set[str]) -> Counter[str]:
    found = connection.execute(_OF_HOSTS, {"hosts": [*hosts]}) if hosts else ()
    return Counter({row[0]: row[1] for row in found})


def _repeat(
    connection: sa.Connection, again: Sequence[_Request], due: Mapping[str, int], now: int
) -> None:
    """Have known mentions looked at again."""
    if not again:
        return
    last = {each.key: each for each in again}
    times = Counter(each.key for each in again)
    wanted = sa.select(mention).where(mention.c.key.in_(last)).order_by(mention.c.id)
    changes = []
    for row in connection.execute(wanted.with_for_update()).all():
        standing = transition(standing_of(row), Repeated(), moment(now))
        request = last[row.key]
        not_before = milliseconds(standing.due) if standing.due else 0
        changes.append(
            {
                "id_": row.id,
                "attempts": standing.attempts,
                "due": max(not_before, due[request.page]),
                "requests": row.requests + times[row.key],
                **_said(request),
            }
        )
    connection.execute(sa.update(mention).where(mention.c.id == sa.bindparam("id_")), changes)


_OF_PAGES = sa.select(mention.c.key, mention.c.page, mention.c.fetched).where(
    mention.c.page.in_(sa.bindparam("pages", expanding=True))
)
_OF_HOSTS = (
    sa.select(mention.c.host, sa.func.count())
    .where(mention.c.host.in_(sa.bindparam("hosts", expanding=True)))
    .where(is_unverified)
    .group_by(mention.c.host)
)
