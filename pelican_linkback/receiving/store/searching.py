"""What moderators search for, as conditions of the database."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from pelican_linkback.receiving.inbox.states import MentionState
from pelican_linkback.receiving.store import tables
from pelican_linkback.receiving.store.columns import author_key
from pelican_linkback.text.xml_characters import clean

__all__ = ["Search", "conditions", "is_on", "is_whole"]

MOST_WORDS = 10
"""So many words of a search count."""

_mention = tables.mention.c
is_whole = _mention.source != ""
"""Whether ``vacuum`` has not erased what a mention said."""


class Search(NamedTuple):
    """Which mentions are listed; an empty field does not matter.

    ``article`` is the id of a page, ``host`` that of the source, of the post or of the author, or a
    domain above it, ``author`` an author's URL, ``text`` words of which each occurs. ``after`` is
    the id of the last mention of the page of the list before this one.
    """

    states: tuple[MentionState, ...] = ()
    article: str = ""
    host: str = ""
    author: str = ""
    text: str = ""
    after: int = 0


def conditions(search: Search) -> list[sa.ColumnElement[bool]]:
    """Return what a mention has to be; whatever is searched for is a text, and no pattern."""
    found = [is_whole]
    if search.states:
        found.append(_mention.state.in_([each.value for each in search.states]))
    if search.article:
        found.append(_mention.article == clean(search.article))
    if search.host:
        found.append(is_on(clean(search.host)))
    if search.author:
        key = author_key(search.author)
        below = _mention.author_key.startswith(f"{key}/", autoescape=True)
        found.append(sa.or_(_mention.author_key == key, below))
    words = clean(search.text).casefold().split()[:MOST_WORDS]
    found += [_mention.words.contains(word, autoescape=True) for word in words]
    if search.after:
        found.append(_mention.id < search.after)
    return found


def is_on(host: str) -> sa.ColumnElement[bool]:
    """Return whether the source or the author of a mention is on ``host``, or below it."""
    return sa.or_(
        _mention.host == host,
        _mention.host.endswith(f".{host}", autoescape=True),
        _mention.author_key == host,
        _mention.author_key.startswith(f"{host}/", autoescape=True),
    )
