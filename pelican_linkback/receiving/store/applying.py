"""A rule that was made or taken back, applied to the mentions that are there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import sqlalchemy as sa

from pelican_linkback.receiving.inbox.policy import Why
from pelican_linkback.receiving.inbox.states import MentionState, Ruled
from pelican_linkback.receiving.memory.decisions import Act, Decisions
from pelican_linkback.receiving.memory.rules import host_in
from pelican_linkback.receiving.store import tables
from pelican_linkback.receiving.store.columns import host_named, received_of
from pelican_linkback.receiving.store.database import Store
from pelican_linkback.receiving.store.mentions import changed, is_on

__all__ = ["apply_rules"]

_FEW = 20
"""For more rules than these every mention is looked at, once for all of them."""

_TOGETHER = 500
"""So many are changed in one transaction, so that nobody waits long for it."""

_mention = tables.mention.c
_MAY_CHANGE = ("held", "shown", "unreachable", "broken")
_is_blocked = sa.and_(_mention.state == "refused", _mention.why == Why.BLOCKED.value)
_VERDICTS = {
    Act.BLOCK: Ruled(MentionState.REFUSED, Why.BLOCKED.value),
    Act.TRUST: Ruled(MentionState.SHOWN, Why.TRUSTED.value),
    Act.HOLD: Ruled(MentionState.HELD, Why.HOLD.value),
    None: Ruled(MentionState.HELD, Why.STRANGER.value),
}


def apply_rules(store: Store, decisions: Decisions, rules: Sequence[str]) -> None:
    """Apply ``decisions``, of which ``rules`` are new or were taken back.

    What a person decided about one mention stays, as does what was refused for another reason.
    """
    wanted = (
        sa.select(tables.mention)
        .where(
            ~_mention.decided,
            _mention.latest.is_not(None),
            sa.or_(_mention.state.in_(_MAY_CHANGE), _is_blocked),
        )
        .order_by(_mention.id)
        .limit(_TOGETHER)
        .with_for_update()
    )
    if len(rules) <= _FEW:
        wanted = wanted.where(_are_on(rules))

    def applied(connection: sa.Connection, after: int) -> int | None:
        rows = connection.execute(wanted.where(_mention.id > after)).all()
        said = ((row, received_of(row.latest)) for row in rows)
        steps = [(row, _VERDICTS[decisions.rule_for(each)]) for row, each in said if each]
        changed(connection, steps, store)
        return rows[-1].id if len(rows) == _TOGETHER else None

    last: int | None = 0
    while last is not None:
        last = store.write(partial(applied, after=last))


def _are_on(rules: Sequence[str]) -> sa.ColumnElement[bool]:
    """Return what mentions on the hosts of rules are; their hosts are kept without a port."""
    hosts = {host for rule in rules for host in (host_in(rule), host_named(f"https://{rule}"))}
    return sa.or_(*map(is_on, sorted(hosts)))
