"""What is said by somebody, or on a host, is erased from the database, and stays erased."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import sqlalchemy as sa

from pelican_linkback.receiving.memory.forgotten import hash_of, names_of
from pelican_linkback.receiving.received import ID_LENGTH, Received
from pelican_linkback.receiving.store.columns import received_of
from pelican_linkback.receiving.store.database import BATCH_SIZE, Store
from pelican_linkback.receiving.store.rules import count_change
from pelican_linkback.receiving.store.tables import event, forgotten, mention, rule

__all__ = ["erase"]

_Row = sa.Row[int, str, str, str, str | None, str | None]
"""The number and the key of a mention, and what has its URLs."""


def erase(store: Store, named: str, new_key: Callable[[], str]) -> set[str]:
    """Erase what ``named``, a host or a URL, names; return the ids of the mentions.

    ``named`` has the form of ``rule_of``. Mentions go with what moderators did about them, and
    rules that name it. A keyed hash stays, so that it is not taken again; ``new_key`` makes the
    key, if there is none yet. First the hash: the rest can be erased by the same command, whatever
    happens in between.
    """
    store.write(lambda connection: _remember(connection, store, named, new_key))
    erased: set[str] = set()
    for rows in _batches(store):
        found = [row for row in rows if named in _names(row)]
        if found:
            store.write(partial(_delete, ids=[row.id for row in found]))
            erased.update(row.key[:ID_LENGTH] for row in found)
    return erased


def _batches(store: Store) -> Iterator[Sequence[_Row]]:
    last = 0
    while rows := store.read(partial(_some, last=last)):
        yield rows
        last = rows[-1].id


def _remember(
    connection: sa.Connection, store: Store, named: str, new_key: Callable[[], str]
) -> None:
    key = connection.execute(sa.select(sa.func.min(forgotten.c.key))).scalar() or new_key()
    row = {"key": key, "hash": hash_of(named, key)}
    connection.execute(store.upsert(forgotten).values(row).on_conflict_do_nothing())
    known = connection.execute(sa.select(rule.c.rule)).scalars().all()
    for each in known:
        if named in set(names_of(f"https://{each}")):
            connection.execute(sa.delete(rule).where(rule.c.rule == each))
    count_change(connection, store)


def _some(connection: sa.Connection, last: int) -> Sequence[_Row]:
    c = mention.c
    columns = (c.id, c.key, c.source, c.final_url, c.shown, c.latest)
    wanted = sa.select(*columns).where(c.id > last).order_by(c.id).limit(BATCH_SIZE)
    return connection.execute(wanted).all()


def _names(row: _Row) -> set[str]:
    """Return the names of what a mention can be erased by: all hosts and URLs that it has."""
    urls = {row.source, row.final_url}
    for said in (received_of(row.shown), received_of(row.latest)):
        urls |= set(_urls(said)) if said else set()
    return {name for url in urls for name in names_of(url)}


def _urls(mention: Received) -> Iterator[str]:
    yield from (mention.source, mention.url, mention.author.url)


def _delete(connection: sa.Connection, ids: Sequence[int]) -> None:
    connection.execute(sa.delete(event).where(event.c.mention.in_(ids)))
    connection.execute(sa.delete(mention).where(mention.c.id.in_(ids)))
