"""A mention that says again what another one of the same page says, from another address."""

from __future__ import annotations

from collections.abc import Hashable

import sqlalchemy as sa

from pelican_linkback.receiving.inbox.states import MentionState
from pelican_linkback.receiving.received import Received, key_of
from pelican_linkback.receiving.store.columns import author_key, received_of
from pelican_linkback.receiving.store.database import Store
from pelican_linkback.receiving.store.rows import Job
from pelican_linkback.receiving.store.tables import mention

__all__ = ["Twins"]

_m = mention.c
_LOOKED_AT = 100
_KEPT = ("held", "shown", "unreachable", "broken")


class Twins:
    """Knows which mentions are another one at a second address."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def has(self, job: Job, received: Received, final_url: str) -> bool:
        """Return whether what a job brought is on the record already, as another mention.

        It is the same if one source redirects to the other. It is, too, if one author says the
        same of the same page; but anybody can name an author, and so only what is shown or on the
        same host counts.
        """
        return self._store.read(
            lambda connection: (
                self._leads_there(connection, job, final_url)
                or self._is_said(connection, job, received)
            )
        )

    def _leads_there(self, connection: sa.Connection, job: Job, final_url: str) -> bool:
        keys = {key_of(url, job.article) for url in (job.source, final_url) if url}
        # The source of the other one is where this one leads to, or both lead to one place.
        same = sa.or_(_m.final_key.in_(keys), _m.key.in_(keys))
        wanted = sa.select(_m.id).where(same, _m.id != job.id, _m.state.in_(_KEPT))
        return connection.execute(wanted.limit(1)).first() is not None

    def _is_said(self, connection: sa.Connection, job: Job, received: Received) -> bool:
        author = author_key(received.author.url)
        if not author:
            return False
        wanted = (
            sa.select(_m.latest, _m.shown)
            .where(
                _m.author_key == author,
                _m.article == job.article,
                _m.id != job.id,
                _m.state.in_(_KEPT),
                sa.or_(_m.state == MentionState.SHOWN.value, _m.host == job.host),
            )
            .order_by(_m.id)
            .limit(_LOOKED_AT)
        )
        texts = (row.latest or row.shown for row in connection.execute(wanted))
        return any(_says(each) == _says(received) for each in map(received_of, texts) if each)


def _says(received: Received) -> Hashable:
    return received.kind, received.rsvp, received.title, received.text
