"""The tables of the store. Times are whole milliseconds since 1970, in UTC.

A mention's own row is the job of verifying it: ``due`` is when, ``lease`` until when somebody does,
and ``claim`` who.
``migrations/`` makes these tables; a test compares them.
"""

from __future__ import annotations

import sqlalchemy as sa

__all__ = [
    "counter",
    "event",
    "forgotten",
    "host",
    "is_unverified",
    "login",
    "mention",
    "meta",
    "metadata",
    "rule",
    "secret",
    "session",
]

metadata = sa.MetaData()

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _count(name: str, start: int = 0) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=str(start))


def _time(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")


def _maybe(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger)


mention = sa.Table(
    "mention",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("key", sa.String(64), nullable=False),
    sa.Column("token", sa.String(64), nullable=False),
    # What the request said.
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("article", sa.Text, nullable=False),
    _text("fragment"),
    _text("protocol"),
    _text("sender"),
    _text("vouch"),
    sa.Column("page", sa.String(64), nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    _time("received"),
    _count("requests", 1),
    # The job.
    sa.Column("state", sa.String(12), nullable=False),
    _maybe("due"),
    _maybe("lease"),
    _text("claim"),
    _time("fetched"),
    _count("attempts"),
    _count("misses"),
    _maybe("first_missed"),
    _count("lost"),
    # What came of it.
    _maybe("checked"),
    sa.Column("decided", sa.Boolean, nullable=False, server_default=sa.text("false")),
    _text("why"),
    sa.Column("shown", sa.Text),
    sa.Column("latest", sa.Text),
    _maybe("number"),
    _text("final_url"),
    _text("final_key"),
    # What the latest text says, to search in.
    _text("author_key"),
    _text("words"),
)
_c = mention.c
_is_due = _c.due.is_not(None) & _c.lease.is_(None)
is_unverified = sa.text("state IN ('queued', 'checking')")
"""Whether a mention was never verified: as text, which a database compares with its index."""


_Condition = sa.ColumnElement[bool] | sa.TextClause


def _index(name: str, *columns: sa.Column[object], where: _Condition | None = None) -> None:
    if where is None:
        sa.Index(name, *columns)
    else:
        sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)


sa.Index("mention_key", _c.key, unique=True)
sa.Index("mention_token", _c.token, unique=True)
_index("mention_due", _c.host, _c.due, _c.id, where=_is_due)
_index("mention_lease", _c.lease, where=_c.lease.is_not(None))
_index("mention_unverified", _c.host, where=is_unverified)
_index("mention_page", _c.page)
_index("mention_state", _c.state, _c.id)
_index("mention_article", _c.article, _c.id)
_index("mention_host", _c.host, _c.id)
_index("mention_author", _c.author_key, _c.id)
_index("mention_final", _c.final_key)
_index("mention_number", _c.number, where=_c.number.is_not(None))

host = sa.Table(
    "host",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    # When there is something to ask of it (None: nothing), and when it may be asked.
    _maybe("due"),
    _time("next_at"),
    # Until when a request to it is under way: two at once.
    _time("slot_a"),
    _time("slot_b"),
    sa.Index("host_due", "due", "next_at"),
)

event = sa.Table(
    "event",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    _time("at"),
    _text("by"),
    sa.Column("mention", sa.BigInteger, nullable=False, index=True),
    sa.Column("action", sa.Text, nullable=False),
    # Actions together have one token, by which they are taken back; "" when they were.
    sa.Column("undo", sa.Text, nullable=False, server_default="", index=True),
    _text("before"),
)

rule = sa.Table(
    "rule",
    metadata,
    sa.Column("rule", sa.Text, primary_key=True),
    sa.Column("act", sa.Text, nullable=False),
    _time("at"),
    _text("by"),
)

session = sa.Table(
    "session",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    _time("expires"),
)

login = sa.Table(
    "login",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    _time("expires"),
)

secret = sa.Table(
    "secret",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

forgotten = sa.Table(
    "forgotten",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("hash", sa.Text, primary_key=True),
)

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

counter = sa.Table(
    "counter",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)
