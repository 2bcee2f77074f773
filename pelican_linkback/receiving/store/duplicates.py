"""A mention that says again what another one of the same page says, from another address."""

from __future__ import annotations

from collections.abc import Hashable

import sqlalchemy as sa

from pelican_linkback.receiving.inbox.states import KEPT, MentionState
from pelican_linkback.receiving.received import Received, key_of
from pelican_linkback.receiving.store.columns import author_key, received_of
from pelican_linkback.receiving.store.database import Store
from pelican_linkback.receiving.store.records import Job
from pelican_linkback.receiving.store.tables import mention

__all__ = ["Duplicates"]

_LOOKED_AT = 100
"""Of what one author says of one page, so much is compared."""

_m = mention.c
_own: sa.BindParameter[str] = sa.bindparam("own")
_final: sa.BindParameter[str] = sa.bindparam("final")
_is_another = sa.and_(_m.id != sa.bindparam("job"), _m.state.in_([each.value for each in KEPT]))
# Anybody can name an author, or redirect to a page of others.
_is_believed = sa.or_(_m.state == MentionState.SHOWN.value, _m.host == sa.bindparam("source_host"))
# Each part has an index of its own.
_leads_there = sa.select(_m.id).where(
    _m.final_key != "", _m.final_key.in_((_own, _final)), _is_believed, _is_another
)
_is_there = sa.select(_m.id).where(_m.key == _final, _is_another)
_is_said = (
    sa.select(_m.latest, _m.shown)
    .where(
        _m.author_key != "",
        _m.author_key == sa.bindparam("author"),
        _m.article == sa.bindparam("page"),
        _is_believed,
        sa.or_(_m.state == MentionState.SHOWN.value, _m.final_url == ""),
        _is_another,
    )
    .order_by(_m.id)
    .limit(_LOOKED_AT)
)
_has_address = sa.select(sa.or_(sa.exists(_leads_there), sa.exists(_is_there)))


class Duplicates:
    """Finds the mentions that are another one at a second address."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def has(self, job: Job, received: Received, final_url: str) -> bool:
        """Return whether what a job brought is on the record already, as another mention.

        It is the same if its source redirects to that of the other, or the other way round, or both
        to one place; or if one author says the same of the same page. But anybody can redirect to
        the page of somebody else, and name any author: except where this one redirects, the other
        has to be shown, or on the same host.
        """
        own = key_of(job.source, job.article)
        final = key_of(final_url, job.article) if final_url else own
        author = author_key(received.author.url)
        by_author = {"author": author, "page": job.article, "source_host": job.host}

        def found(connection: sa.Connection) -> bool:
            addresses = {"job": job.id, "own": own, "final": final, "source_host": job.host}
            if connection.execute(_has_address, addresses).scalar():
                return True
            rows = connection.execute(_is_said, {"job": job.id} | by_author) if author else ()
            texts = (received_of(row.latest or row.shown) for row in rows)
            return any(each and _says(each) == _says(received) for each in texts)

        return self._store.read(found)


def _says(received: Received) -> Hashable:
    return received.kind, received.rsvp, received.title, received.text
