"""The mentions in numbers: a week at a time, by page, and by host."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple, TypeVarTuple

import sqlalchemy as sa

from pelican_linkback.receiving.inbox.states import MentionState
from pelican_linkback.receiving.store import tables
from pelican_linkback.receiving.store.columns import milliseconds, moment
from pelican_linkback.receiving.store.database import Store

__all__ = ["MentionTotal", "Statistics", "Week"]

Ts = TypeVarTuple("Ts")

_WEEK = 7 * 24 * 60 * 60 * 1000
_MONDAY = milliseconds(dt.datetime(1970, 1, 5, tzinfo=dt.UTC))

_mention = tables.mention.c
_is_no_spam = sa.and_(_mention.latest.is_not(None), _mention.state != MentionState.SPAM.value)
"""Whether a mention was verified, and a person did not call it spam."""

_is_shown = _mention.shown.is_not(None)


class Week(NamedTuple):
    """How many mentions came in the week that begins on ``monday``, and how many are shown."""

    monday: dt.date
    came: int
    shown: int


class MentionTotal(NamedTuple):
    """How many mentions came from the host ``name``, or are shown on the page with that id.

    ``target`` is one of the URLs of the page that mentions were sent to.
    """

    name: str
    mentions: int
    target: str = ""


class Statistics:
    """Counts mentions, for the overview of the administration."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def weeks(self, since: dt.datetime) -> list[Week]:
        """Return the weeks since then in which mentions came that were verified, but for spam."""
        week = (_mention.received - _MONDAY) // _WEEK
        shown = sa.func.sum(sa.case((_is_shown, 1), else_=0))
        wanted = (
            sa.select(week, sa.func.count(), shown)
            .where(_mention.received >= milliseconds(since), _is_no_spam)
            .group_by(week)
            .order_by(week)
        )
        return [
            Week(moment(_MONDAY + number * _WEEK).date(), count, int(shown))
            for number, count, shown in self._rows(wanted)
        ]

    def top_pages(self, limit: int) -> list[MentionTotal]:
        """Return the pages with the most mentions that are shown."""
        count = sa.func.count()
        target = sa.func.max(_mention.target)
        wanted = sa.select(_mention.article, count, target).where(_is_shown)
        wanted = wanted.group_by(_mention.article).order_by(count.desc(), _mention.article)
        return [MentionTotal(*row) for row in self._rows(wanted.limit(limit))]

    def top_hosts(self, limit: int) -> list[MentionTotal]:
        """Return the hosts from which the most mentions came that were verified, but for spam."""
        count = sa.func.count()
        wanted = sa.select(_mention.host, count).where(_is_no_spam)
        wanted = wanted.group_by(_mention.host).order_by(count.desc(), _mention.host)
        return [MentionTotal(*row) for row in self._rows(wanted.limit(limit))]

    def oldest_queued(self) -> dt.datetime | None:
        """Return since when the oldest mention waits to be verified."""
        return self._moment(sa.select(sa.func.min(_mention.received)).where(tables.is_unverified))

    def last_checked(self) -> dt.datetime | None:
        """Return when a source was verified last."""
        return self._moment(sa.select(sa.func.max(_mention.checked)))

    def _moment(self, wanted: sa.Select[int]) -> dt.datetime | None:
        when = self._store.read(lambda connection: connection.execute(wanted).scalar())
        return None if when is None else moment(when)

    def _rows(self, wanted: sa.Select[*Ts]) -> Sequence[sa.Row[*Ts]]:
        return self._store.read(lambda connection: connection.execute(wanted).all())
