"""The overview, to look at rather than to read; and how the receiver is doing."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from pelican_linkback.receiving.inbox.states import MentionState
from pelican_linkback.receiving.memory.targets import Mode
from pelican_linkback.receiving.server.admin.chart import WEEKS, chart_of
from pelican_linkback.receiving.server.admin.context import AdminContext, Visit
from pelican_linkback.receiving.server.http import Response
from pelican_linkback.receiving.store.statistics import Statistics

__all__ = ["OverviewPages"]

_MOST = 8
"""So many pages and hosts are named."""


class PageTotal(NamedTuple):
    """A page, and how many mentions of it are shown."""

    article: str
    page: str
    mentions: int


class OverviewPages:
    """The handlers of the overview and of ``health``."""

    def __init__(self, context: AdminContext) -> None:
        self._context = context
        self._statistics = Statistics(context.store)

    def overview(self, visit: Visit) -> Response:
        """Show the last half year, what waits, what is answered most, and where it comes from."""
        now = self._context.store.clock()
        weeks = self._statistics.weeks(now - dt.timedelta(weeks=WEEKS))
        counts = self._context.mentions.counts()
        targets = self._context.current_targets()
        articles = [
            PageTotal(each.name, targets.title_of(each.name, each.target), each.mentions)
            for each in self._statistics.top_pages(_MOST)
        ]
        return self._context.render(
            visit,
            "overview.html",
            "./",
            chart=chart_of({week: (count, shown) for week, count, shown in weeks}, now.date()),
            counts={state.value: count for state, count in counts.items()},
            articles=articles,
            hosts=self._statistics.top_hosts(_MOST),
            held=counts[MentionState.HELD],
        )

    def health(self, visit: Visit) -> Response:
        """Show what a look at the receiver is for: whether it keeps up."""
        counts = self._context.mentions.counts()
        since = self._statistics.oldest_queued()
        taking = [
            each
            for each in self._context.current_targets().pages
            if each.mentions is not Mode.CLOSED
        ]
        facts = [
            ("Waiting to be checked", f"{counts[MentionState.QUEUED]}"),
            ("Being checked now", f"{counts[MentionState.CHECKING]}"),
            ("The oldest of these came", _ago(since, self._context.store.clock())),
            ("Last check", _ago(self._statistics.last_checked(), self._context.store.clock())),
            ("Out of reach", f"{counts[MentionState.UNREACHABLE]}"),
            ("Given up", f"{counts[MentionState.BROKEN]}"),
            ("Mentions in all", f"{sum(counts.values())}"),
            ("Pages that take mentions", f"{len(taking)}"),
            ("Database", "SQLite" if self._context.store.is_sqlite else "PostgreSQL"),
        ]
        return self._context.render(
            visit,
            "health.html",
            "health",
            facts=facts,
            sessions=self._context.sessions.count(),
            held=counts[MentionState.HELD],
        )


def _ago(when: dt.datetime | None, now: dt.datetime) -> str:
    """Return how long ago something was, in words."""
    if when is None:
        return "–"
    minutes = max(0, round((now - when).total_seconds() / 60))
    for name, size in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        number = minutes // size
        if number:
            return f"{number} {name}{'' if number == 1 else 's'} ago"
    return "less than a minute ago"
