"""What came by two ways counts once: directly, and by a bridge from a network. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Hashable, Iterable

from pelican_linkback.receiving.memory.addresses import bare
from pelican_linkback.receiving.memory.decisions import BRIDGES
from pelican_linkback.receiving.memory.rules import host_in, place_of
from pelican_linkback.receiving.received import Kind, Received
from pelican_linkback.text.regex import regex

__all__ = ["without_duplicates"]

_PLAIN = regex(r"https?://(?:www\.)?([a-z0-9-]++(?:\.[a-z0-9-]++)*+(?:/[\w@.~-]++)*+)/?", re.ASCII)
_SINGLE = frozenset({Kind.LIKE, Kind.REPOST, Kind.BOOKMARK, Kind.RSVP})
_SPOKEN = frozenset({Kind.REPLY, Kind.QUOTE})


def without_duplicates(received: Iterable[Received]) -> list[Received]:
    """Return the mentions of one article without those that say again what another one says.

    A person is known by the author's URL, never by a name. One likes an article once, and says
    the same once; the mention that came directly is the one that stays. Of several RSVPs the last
    one counts: of those that are the person's own, or a bridge's, if there are some.
    """
    found: dict[Hashable, Received] = {}
    for each in received:
        key = _key(each)
        other = found.get(key)
        if other is None or _rank(each) > _rank(other):
            found[key] = each
    return list(found.values())


def _key(received: Received) -> Hashable:
    person = _person(received.author.url)
    if person and received.kind in _SINGLE:
        return received.kind, person
    if person and received.text and received.kind in _SPOKEN:
        return received.kind, person, received.text
    return received.source, received.article


def _rank(received: Received) -> tuple[bool, dt.datetime, str]:
    """Return what is greater for the mention that stays."""
    source = host_in(_person(received.source))
    is_direct = source == host_in(_person(received.author.url))
    if received.kind is Kind.RSVP:
        said = received.published or received.received
        return is_direct or source in BRIDGES, said, received.id
    return is_direct, received.received, received.id


def _person(url: str) -> str:
    """Return the key of a person: a URL without what is often written in another way."""
    if plain := _PLAIN.fullmatch(url):  # normal form takes longer than all else here
        return plain[1].casefold()
    return bare(place_of(url)).rstrip("/").casefold() if url else ""
