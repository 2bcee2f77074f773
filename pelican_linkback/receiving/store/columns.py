"""Mentions as columns of the table, and back. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import sqlalchemy as sa

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.receiving.inbox.states import MentionState, Standing
from pelican_linkback.receiving.memory.rules import place_of
from pelican_linkback.receiving.received import Received
from pelican_linkback.receiving.store.records import StoredMention
from pelican_linkback.text.urls import host_of, page_key
from pelican_linkback.text.xml_characters import clean

__all__ = [
    "author_key",
    "columns_of",
    "duration",
    "host_named",
    "milliseconds",
    "moment",
    "page_of",
    "received_of",
    "standing_of",
    "stored_mention_of",
]

_LONGEST_HOST = 255
_LONGEST_KEY = 500


def milliseconds(when: dt.datetime) -> int:
    """Return a time as the database has it: milliseconds since 1970, UTC."""
    return round(when.timestamp() * 1000)


def moment(when: int) -> dt.datetime:
    """Return the time that so many milliseconds since 1970 are."""
    return dt.datetime.fromtimestamp(when / 1000, dt.UTC)


def duration(time: dt.timedelta) -> int:
    """Return a length of time in milliseconds."""
    return round(time.total_seconds() * 1000)


def page_of(source: str) -> str:
    """Return what is equal for the sources that one request fetches."""
    page = page_key(source.partition("#")[0])
    return hashlib.sha256(page.encode("utf-8", "surrogatepass")).hexdigest()


def host_named(url: str) -> str:
    """Return the host of a URL as the store knows it; "" if it has none."""
    try:
        return host_of(url)[:_LONGEST_HOST]
    except InvalidURL:
        return ""


def author_key(url: str) -> str:
    """Return what is equal for the URLs of one author; "" for none."""
    return clean(place_of(url))[:_LONGEST_KEY] if url else ""


def standing_of(row: sa.Row[object]) -> Standing:
    """Return what decides about the mention of a row."""
    return Standing(
        state=MentionState(row.state),
        due=_moment(row.due),
        attempts=row.attempts,
        misses=row.misses,
        first_missed=_moment(row.first_missed),
        lost=row.lost,
        decided=row.decided,
        checked=_moment(row.checked),
        why=row.why,
        shown=received_of(row.shown),
        latest=received_of(row.latest),
    )


def columns_of(standing: Standing) -> dict[str, object]:
    """Return the columns that a standing has, and those by which its text is found."""
    latest = standing.latest or standing.shown
    author, words = "", ""
    if latest:
        author = author_key(latest.author.url)
        words = " ".join((latest.author.name, latest.title, latest.text, latest.source))
    return {
        "author_key": author,
        "words": clean(words.casefold()),
        "state": standing.state.value,
        "due": _milliseconds(standing.due),
        "attempts": standing.attempts,
        "misses": standing.misses,
        "first_missed": _milliseconds(standing.first_missed),
        "lost": standing.lost,
        "decided": standing.decided,
        "checked": _milliseconds(standing.checked),
        "why": clean(standing.why),
        "shown": _json(standing.shown),
        "latest": _json(standing.latest),
    }


def stored_mention_of(row: sa.Row[object]) -> StoredMention:
    """Return the mention that a row of the table is, as moderators see it."""
    standing = standing_of(row)
    return StoredMention(
        id=row.id,
        key=row.key,
        token=row.token,
        state=standing.state,
        source=row.source,
        target=row.target,
        article=row.article,
        fragment=row.fragment,
        host=row.host,
        protocol=row.protocol,
        received=moment(row.received),
        checked=standing.checked,
        why=standing.why,
        shown=standing.shown,
        latest=standing.latest,
        final_url=row.final_url,
        number=row.number,
        decided=standing.decided,
    )


def received_of(text: str | None) -> Received | None:
    """Return the mention of a JSON text in the database."""
    return Received.read(json.loads(text)) if text else None


def _json(mention: Received | None) -> str | None:
    return json.dumps(mention.line()) if mention else None


def _moment(when: int | None) -> dt.datetime | None:
    return None if when is None else moment(when)


def _milliseconds(when: dt.datetime | None) -> int | None:
    return None if when is None else milliseconds(when)
