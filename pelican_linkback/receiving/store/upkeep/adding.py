"""Mentions from before the receiver, added to its database as if they had been sent to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import sqlalchemy as sa

from pelican_linkback.receiving.inbox.states import Standing
from pelican_linkback.receiving.received import Received, key_of
from pelican_linkback.receiving.store.accepting import token_of
from pelican_linkback.receiving.store.columns import (
    columns_of,
    host_named,
    milliseconds,
    page_of,
)
from pelican_linkback.receiving.store.database import Store, batches
from pelican_linkback.receiving.store.queue import next_numbers
from pelican_linkback.receiving.store.tables import mention

__all__ = ["add_mentions"]


def add_mentions(
    store: Store, mentions: Iterable[tuple[Received, Standing]]
) -> dict[str, int | None]:
    """Add the mentions that the store does not know, each as it stands.

    Return their keys with the numbers of these changes, which those that are shown have: so the
    next pull lists them.
    """
    secret = store.secret("status")
    rows = {columns["key"]: columns for columns in (_columns(*each, secret) for each in mentions)}
    added: dict[str, int | None] = {}
    for some in batches(rows.values()):
        added |= store.write(partial(_added, some=some))
    return added


def _columns(said: Received, standing: Standing, secret: bytes) -> dict[str, object]:
    key = key_of(said.source, said.article)
    return {
        "key": key,
        "token": token_of(key, secret),
        "source": said.source,
        "target": said.target,
        "article": said.article,
        "fragment": said.fragment,
        "protocol": said.protocol,
        "page": page_of(said.source),
        "host": host_named(said.source),
        "received": milliseconds(said.received),
        **columns_of(standing),
    }


def _added(connection: sa.Connection, some: Sequence[dict[str, object]]) -> dict[str, int | None]:
    wanted = sa.select(mention.c.key).where(mention.c.key.in_([each["key"] for each in some]))
    known = set(connection.execute(wanted).scalars())
    new = [each for each in some if each["key"] not in known]
    numbers = iter(next_numbers(connection, sum(each["shown"] is not None for each in new)))
    added = {str(each["key"]): next(numbers) if each["shown"] else None for each in new}
    if new:
        rows = [each | {"number": added[str(each["key"])]} for each in new]
        connection.execute(sa.insert(mention), rows)
    return added
