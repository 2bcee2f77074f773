"""What the author decided about hosts and about people: rules, and whom an approval made known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import sqlalchemy as sa

from pelican_linkback.receiving.inbox.first_contact import FirstContact
from pelican_linkback.receiving.inbox.policy import Policy, Why
from pelican_linkback.receiving.inbox.states import KEPT, REFUSALS, MentionState, Ruled
from pelican_linkback.receiving.memory.decisions import BRIDGES, Act, Decisions
from pelican_linkback.receiving.memory.forgotten import Forgotten
from pelican_linkback.receiving.memory.rules import host_in
from pelican_linkback.receiving.received import Kind, Received
from pelican_linkback.receiving.store import tables
from pelican_linkback.receiving.store.columns import (
    author_key,
    host_named,
    milliseconds,
    moment,
    received_of,
)
from pelican_linkback.receiving.store.database import BATCH_SIZE, Store
from pelican_linkback.receiving.store.mentions import apply_events
from pelican_linkback.receiving.store.searching import is_on
from pelican_linkback.text.xml_characters import clean

__all__ = ["Rule", "Rules", "count_change"]

_CHANGES = "rules"
"""The counter of changes, by which a process knows that the rules that it keeps are old."""

_rule, _mention, _counter = tables.rule.c, tables.mention.c, tables.counter.c
_LAST = 50

_FEW = 20
"""For more rules than these every mention is looked at, once for all of them."""

_is_blocked = sa.and_(
    _mention.state == MentionState.REFUSED.value, _mention.why == Why.BLOCKED.value
)
_VERDICTS = {
    Act.BLOCK: Ruled(MentionState.REFUSED, Why.BLOCKED.value),
    Act.TRUST: Ruled(MentionState.SHOWN, Why.TRUSTED.value),
    Act.HOLD: Ruled(MentionState.HELD, Why.HOLD.value),
    None: Ruled(MentionState.HELD, Why.STRANGER.value),
}


class Rule(NamedTuple):
    """A host, or a URL without its scheme, and what is decided of it: block, hold or trust."""

    rule: str
    act: Act
    at: dt.datetime
    by: str

    @property
    def host(self) -> str:
        """The host that the rule is about."""
        return host_in(self.rule)


class Rules:
    """The rules of a receiver; threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: tuple[int, Decisions] = (-1, Decisions())

    def all(self, after: str = "", limit: int | None = None) -> Sequence[Rule]:
        """Return the rules that are in force, by name, those behind ``after``."""
        wanted = (
            sa.select(tables.rule)
            .where(_rule.rule > clean(after))
            .order_by(_rule.rule)
            .limit(limit)
        )
        rows = self._store.read(lambda connection: connection.execute(wanted).all())
        return [Rule(row.rule, Act(row.act), moment(row.at), row.by) for row in rows]

    def set(self, rules: Iterable[str], act: Act, by: str) -> Sequence[str]:
        """Decide that ``act`` counts for ``rules``; return those of which it did not already.

        ``rules`` are in the form of ``rule_of``. RELEASE takes them back. What is there already
        follows the rules, too: what is blocked is refused, and what is trusted is shown.
        """
        wanted = [*dict.fromkeys(map(clean, rules))]
        at = milliseconds(self._store.clock())

        def decided(connection: sa.Connection) -> Sequence[str]:
            rows = connection.execute(sa.select(_rule.rule, _rule.act)).all()
            known = {row.rule: row.act for row in rows}
            new = [each for each in wanted if known.get(each, Act.RELEASE.value) != act.value]
            if new:
                self._write(connection, new, act, at, by)
            return new

        new = self._store.write(decided)
        if new:
            _apply(self._store, self.decisions(), new)
        return new

    def decisions(self) -> Decisions:
        """Return the rules, and what was erased and may not come back."""
        return self._store.read(self._decisions)

    def policy(self, is_own: Callable[[str], bool], kinds: Collection[str] = tuple(Kind)) -> Policy:
        """Return what decides about a mention that was verified: by rules and first contact.

        ``is_own`` returns whether a URL is one of the site's. Which kinds are shown is decided by
        each build, so that all are kept.
        """
        contact = FirstContact(self.decided_about, self.has_many)
        return Policy(self.decisions(), kinds, is_own, contact.knows)

    def decided_about(self, author: str) -> list[tuple[Received, bool]]:
        """Return the last mentions that name this author, and about which a person decided.

        Of each what is shown, or else what was read last, and whether it was approved. Its source
        is the address of the page. What was shown because of an earlier decision is none.
        """
        key = author_key(author)
        hosts = [host_named(author), *sorted(BRIDGES)]
        is_near = sa.or_(_mention.host.in_(hosts), _mention.final_url != "")
        wanted = (
            sa.select(_mention.state, _mention.shown, _mention.latest, _mention.final_url)
            .where(_mention.author_key == key, _mention.decided, is_near)
            .order_by(_mention.id.desc())
            .limit(_LAST)
        )
        found = []
        for row in self._store.read(lambda connection: connection.execute(wanted).all()):
            said = received_of(row.shown or row.latest)
            if said and author_key(said.author.url) == key:
                said = replace(said, source=row.final_url or said.source)
                found.append((said, row.state not in REFUSALS))
        return found

    def has_many(self, host: str) -> bool:
        """Return whether on a host pages of more than one author were seen."""
        keys = (
            sa.select(_mention.author_key)
            .where(
                _mention.host == host, _mention.author_key.startswith(f"{host}/", autoescape=True)
            )
            .distinct()
            .limit(2)
        )
        return len(self._store.read(lambda connection: connection.execute(keys).all())) > 1

    def _decisions(self, connection: sa.Connection) -> Decisions:
        changes = sa.select(_counter.value).where(_counter.name == _CHANGES)
        number = connection.execute(changes).scalar() or 0
        if number != self._known[0]:
            self._known = number, _read(connection)
        return self._known[1]

    def _write(
        self, connection: sa.Connection, rules: Sequence[str], act: Act, at: int, by: str
    ) -> None:
        connection.execute(
            sa.delete(tables.rule).where(_rule.rule == sa.bindparam("old")),
            [{"old": each} for each in rules],
        )
        if act is not Act.RELEASE:
            rows = [{"rule": each, "act": act.value, "at": at, "by": by} for each in rules]
            connection.execute(sa.insert(tables.rule), rows)
        count_change(connection, self._store)


def count_change(connection: sa.Connection, store: Store) -> None:
    """Have every process read the rules and what was erased again."""
    first = store.upsert(tables.counter).values(name=_CHANGES, value=1)
    more = {"value": _counter.value + 1}
    connection.execute(first.on_conflict_do_update(index_elements=["name"], set_=more))


def _read(connection: sa.Connection) -> Decisions:
    rules = connection.execute(sa.select(_rule.rule, _rule.act)).all()
    hashes: dict[str, set[str]] = {}
    for row in connection.execute(sa.select(tables.forgotten)).all():
        hashes.setdefault(row.key, set()).add(row.hash)
    return Decisions.by({row.rule: Act(row.act) for row in rules}, Forgotten(hashes))


def _apply(store: Store, decisions: Decisions, rules: Sequence[str]) -> None:
    """Apply ``decisions``, of which ``rules`` are new or were taken back.

    What a person decided about one mention stays, as does what was refused for another reason.
    """
    wanted = (
        sa.select(tables.mention)
        .where(
            ~_mention.decided,
            _mention.latest.is_not(None),
            sa.or_(_mention.state.in_([each.value for each in KEPT]), _is_blocked),
        )
        .order_by(_mention.id)
        .limit(BATCH_SIZE)
        .with_for_update()
    )
    if len(rules) <= _FEW:
        wanted = wanted.where(_are_on(rules))

    def applied(connection: sa.Connection, after: int) -> int | None:
        rows = connection.execute(wanted.where(_mention.id > after)).all()
        said = ((row, received_of(row.latest)) for row in rows)
        events = [(row, _VERDICTS[decisions.rule_for(each)]) for row, each in said if each]
        apply_events(connection, events, store)
        return rows[-1].id if len(rows) == BATCH_SIZE else None

    last: int | None = 0
    while last is not None:
        last = store.write(partial(applied, after=last))


def _are_on(rules: Sequence[str]) -> sa.ColumnElement[bool]:
    """Return what mentions on the hosts of rules are; their hosts are kept without a port."""
    hosts = {host for rule in rules for host in (host_in(rule), host_named(f"https://{rule}"))}
    return sa.or_(*map(is_on, sorted(hosts)))
