"""The mentions in the database as moderators see them, and decide about them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import sqlalchemy as sa

from pelican_linkback.receiving.inbox.states import (
    Approved,
    Event,
    MentionState,
    Refused,
    Standing,
    Undone,
)
from pelican_linkback.receiving.inbox.transitions import transition
from pelican_linkback.receiving.received import ID_LENGTH
from pelican_linkback.receiving.store import tables
from pelican_linkback.receiving.store.columns import (
    columns_of,
    moment,
    page_of,
    received_of,
    standing_of,
    stored_mention_of,
)
from pelican_linkback.receiving.store.database import Store, batches
from pelican_linkback.receiving.store.queue import number_changes
from pelican_linkback.receiving.store.records import StoredMention
from pelican_linkback.receiving.store.searching import Search, conditions, is_whole
from pelican_linkback.text.regex import regex
from pelican_linkback.text.xml_characters import clean

__all__ = ["Decided", "Mentions", "ModerationAction", "apply_events"]


_PREFIX = regex("[0-9a-f]{4,64}")

_mention, _event = tables.mention.c, tables.event.c


class ModerationAction(StrEnum):
    """What a moderator does with a mention."""

    APPROVE = "approve"
    REFUSE = "refuse"
    SPAM = "spam"


_EVENTS: Mapping[ModerationAction, Event] = {
    ModerationAction.APPROVE: Approved(),
    ModerationAction.REFUSE: Refused(),
    ModerationAction.SPAM: Refused(spam=True),
}


class Decided(NamedTuple):
    """A decision: the token that takes it back, the action, and how many mentions it changed."""

    token: str
    action: str
    changed: int


class Mentions:
    """The mentions of a receiver, for who moderates them; threads may share it."""

    def __init__(
        self, store: Store, token: Callable[[], str] = lambda: secrets.token_urlsafe(16)
    ) -> None:
        self._store, self._token = store, token

    def listing(self, search: Search, limit: int) -> list[StoredMention]:
        """Return the mentions that are searched for, those first that came last."""
        wanted = sa.select(tables.mention).where(*conditions(search))
        return self._rows(wanted.order_by(_mention.id.desc()).limit(limit))

    def matching(self, what: str) -> list[StoredMention]:
        """Return the mentions that are named by an id, by its first part, or by a URL.

        The URL is that of the source, or where that leads to.
        """
        if _PREFIX.fullmatch(what):
            condition = _mention.key.startswith(what)
        else:
            page = page_of(what)
            leads_there = sa.and_(_mention.final_url == clean(what), _mention.final_url != "")
            condition = sa.or_(_mention.page == page, leads_there)
        wanted = sa.select(tables.mention).where(condition, is_whole)
        return self._rows(wanted.order_by(_mention.id.desc()))

    def of_token(self, token: str) -> StoredMention | None:
        """Return the mention whose status page has this name; None if there is none, or no more."""
        wanted = sa.select(tables.mention).where(_mention.token == clean(token))
        return next(iter(self._rows(wanted)), None)

    def shown_on(self, article: str) -> list[StoredMention]:
        """Return the mentions that are shown on the page with this id."""
        is_shown = (_mention.article == article, _mention.shown.is_not(None))
        return self._rows(sa.select(tables.mention).where(*is_shown).order_by(_mention.id))

    def exported(self, since: int, limit: int) -> list[StoredMention]:
        """Return the mentions of which what is shown changed after the change ``since``, in order.

        Those that are not shown any more have no ``shown``.
        """
        wanted = sa.select(tables.mention).where(_mention.number > since)
        return self._rows(wanted.order_by(_mention.number).limit(limit))

    def count(self, state: MentionState) -> int:
        """Return how many mentions are in a state."""
        wanted = sa.select(sa.func.count()).where(_mention.state == state.value)
        return self._store.read(lambda connection: connection.execute(wanted).scalar_one())

    def counts(self) -> dict[MentionState, int]:
        """Return how many mentions are in each state."""
        wanted = sa.select(_mention.state, sa.func.count()).group_by(_mention.state)
        rows = self._store.read(lambda connection: connection.execute(wanted).all())
        known = {MentionState(state): count for state, count in rows}
        return {state: known.get(state, 0) for state in MentionState}

    def ids(self) -> set[str]:
        """Return the ids of all mentions, as files have them."""
        wanted = sa.select(sa.func.substr(_mention.key, 1, ID_LENGTH))
        return self._store.read(lambda connection: {*connection.execute(wanted).scalars()})

    def shown_among(self, states: Iterable[MentionState]) -> int:
        """Return of how many mentions in these states a text is shown."""
        wanted = sa.select(sa.func.count()).where(
            _mention.state.in_([each.value for each in states]), _mention.shown.is_not(None)
        )
        return self._store.read(lambda connection: connection.execute(wanted).scalar_one())

    def act(
        self, ids: Iterable[int], action: ModerationAction, by: str, seen: int | None = None
    ) -> Decided:
        """Decide about mentions, and return how many that changes; all of them or none.

        A mention that is decided so, or cannot be, stays as it is. So does one that is to be
        approved and was read again after ``seen`` (milliseconds), when the moderator looked at it:
        its source may say something else now.
        """
        wanted, token = sorted(set(ids)), self._token()
        last = seen if action is ModerationAction.APPROVE else None

        def acted(connection: sa.Connection) -> int:
            rows = (row for some in batches(wanted) for row in _locked(connection, some))
            decided = [(row, _EVENTS[action]) for row in rows if not _is_newer(row, last)]
            found = apply_events(connection, decided, self._store)
            events = [
                {
                    "at": self._store.now(),
                    "by": by,
                    "mention": row.id,
                    "action": action.value,
                    "undo": token,
                    "before": _written(row),
                }
                for row in found
            ]
            if events:
                connection.execute(sa.insert(tables.event), events)
            return len(events)

        return Decided(token, action.value, self._store.write(acted))

    def undo(self, token: str) -> int:
        """Take back what was decided with ``token``; return of how many mentions.

        What was decided about one of them since stays.
        """
        known = clean(token)

        def undone(connection: sa.Connection) -> int:
            events = {row.mention: row for row in _in_force(connection, known)}
            rows = [row for some in batches(sorted(events)) for row in _locked(connection, some)]
            decided = [(row, Undone(_read(events[row.id].before))) for row in rows]
            apply_events(connection, decided, self._store)
            taken_back = sa.update(tables.event).where(_event.undo == known).values(undo="")
            connection.execute(taken_back)
            return len(rows)

        return self._store.write(undone) if known else 0

    def decided(self, token: str) -> Decided | None:
        """Return what was decided with ``token``; None if that was taken back, or never was."""
        known = clean(token)
        wanted = (
            sa.select(_event.action, sa.func.count())
            .where(_event.undo == known, _event.undo != "")
            .group_by(_event.action)
        )
        row = self._store.read(lambda connection: connection.execute(wanted).first())
        return Decided(known, row[0], row[1]) if row else None

    def last_about(self, mention: int) -> str:
        """Return the token of the last decision about a mention that is in force; "" for none."""
        wanted = (
            sa.select(_event.undo)
            .where(_event.mention == mention, _event.undo != "")
            .order_by(_event.id.desc())
            .limit(1)
        )
        return self._store.read(lambda connection: connection.execute(wanted).scalar()) or ""

    def _rows(self, wanted: sa.Select[tuple[object, ...]]) -> list[StoredMention]:
        rows = self._store.read(lambda connection: connection.execute(wanted).all())
        return [stored_mention_of(row) for row in rows]


def _is_newer(row: sa.Row[tuple[object, ...]], seen: int | None) -> bool:
    """Return whether a mention was read after ``seen``."""
    return seen is not None and row.checked is not None and row.checked > seen


def _locked(connection: sa.Connection, ids: Sequence[int]) -> Sequence[sa.Row[tuple[object, ...]]]:
    """Return rows, which nobody else changes until the transaction ends."""
    wanted = sa.select(tables.mention).where(_mention.id.in_(ids)).order_by(_mention.id)
    return connection.execute(wanted.with_for_update()).all()


def apply_events(
    connection: sa.Connection,
    events: Iterable[tuple[sa.Row[tuple[object, ...]], Event]],
    store: Store,
) -> list[sa.Row[tuple[object, ...]]]:
    """Apply an event to each of these rows and write what changed; return those, as they were."""
    now = moment(store.now())
    rows, changes = [], []
    for row, event in events:
        before = standing_of(row)
        after = transition(before, event, now)
        if after != before:
            columns = columns_of(after)
            is_renewed = columns["shown"] != row.shown
            rows.append(row)
            changes.append(
                columns | {"id_": row.id, "number": row.number, "is_renewed": is_renewed}
            )
    if changes:
        number_changes(connection, changes)
        written = sa.update(tables.mention).where(_mention.id == sa.bindparam("id_"))
        connection.execute(written, changes)
    return rows


def _in_force(connection: sa.Connection, token: str) -> Sequence[sa.Row[tuple[object, ...]]]:
    """Return the events with ``token`` after which nothing else was decided of their mentions."""
    later = tables.event.alias()
    is_overruled = sa.exists().where(
        later.c.mention == _event.mention, later.c.id > _event.id, later.c.undo != ""
    )
    wanted = sa.select(tables.event).where(_event.undo == token, ~is_overruled)
    return connection.execute(wanted).all()


def _written(row: sa.Row[tuple[object, ...]]) -> str:
    """Return what of a row is needed to return to it."""
    fields = {
        "state": row.state,
        "decided": bool(row.decided),
        "why": row.why,
        "shown": row.shown,
        "latest": row.latest,
        "checked": row.checked,
    }
    return json.dumps(fields)


def _read(before: str) -> Standing:
    """Return the standing that ``_written`` wrote."""
    fields = json.loads(before)
    checked = fields.get("checked")  # earlier versions did not write it
    return Standing(
        state=MentionState(fields["state"]),
        decided=fields["decided"],
        why=fields["why"],
        shown=received_of(fields["shown"]),
        latest=received_of(fields["latest"]),
        checked=None if checked is None else moment(checked),
    )
