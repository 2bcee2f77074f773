"""What a listing of a source changes in the mentions that are known. Pure.

A source lists its mentions from time to time as a whole; in between only its news are asked for.
News add and replace, and never remove: that nothing is new says nothing of what is old. A mention
is removed only if a listing of all, which came to its end, did not have it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from pelican_linkback.receiving.hosted.jf2 import NotKept, WhyNotKept
from pelican_linkback.receiving.memory.snapshot import number_of
from pelican_linkback.receiving.received import Received, id_of

__all__ = [
    "IMPORTED",
    "Listing",
    "Missing",
    "added",
    "missing_in",
    "remaining",
    "with_parents",
]

IMPORTED = "import"
"""The ``via`` of mentions from a file: no source has this name."""

FEW = 10
"""Up to this number, mentions are removed without a second listing, unless none is left."""


@dataclass
class Listing:
    """A listing under way of the source ``via``: how far it came, and what it listed."""

    via: str
    now: dt.datetime
    """When this pull began, which stands for the times of receipt that nobody knows."""

    is_whole: bool = False
    """Whether it lists everything, or news only."""

    cursor: int = 0
    """The greatest id that was listed."""

    listed: set[str] = field(default_factory=set)
    """The keys (``key_of``) of what was listed; only of a listing of all."""

    others: Collection[str] = ()
    """The other sources that are asked: what one of them knows is left to it. What comes from none
    of them is taken over: from a file, or from a service that the site has left."""


def key_of(item: Received | NotKept) -> str:
    """Return what a source knows a mention by: its id there, or the source page."""
    return item.remote or item.source


def added(
    known: Iterable[Received], items: Iterable[Received | NotKept], listing: Listing
) -> list[Received]:
    """Return the mentions that are known after a source listed these ``items``."""
    mentions = {each.id: each for each in known}
    names = {
        each.remote: name
        for name, each in mentions.items()
        if each.via == listing.via and each.remote
    }
    for item in items:
        if isinstance(item, NotKept):
            if _removes(item, mentions.get(item.id), listing):
                del mentions[item.id]
        else:
            _add(item, mentions, names, listing)
        if listing.is_whole:
            listing.listed.add(key_of(item))
        listing.cursor = max(listing.cursor, number_of(item.remote))
    return [*mentions.values()]


def _add(
    item: Received, mentions: dict[str, Received], names: dict[str, str], listing: Listing
) -> None:
    name = item.id
    before = mentions.get(names.get(item.remote, ""))
    if before and before.id != name == id_of(before.source, item.article):
        del mentions[before.id]  # its article has another id now
    old = mentions.get(name)
    if old is None or _replaces(item, old, listing):
        mentions[name] = _with_receipt(item, old, listing.now)
        if item.remote:
            names[item.remote] = name


def _removes(item: NotKept, old: Received | None, listing: Listing) -> bool:
    """Return whether a mention goes by what a source says of it.

    What another one knows is left to that, unless it is private.
    """
    is_left = old is not None and old.via != listing.via and old.via in listing.others
    return old is not None and not (is_left and item.why is WhyNotKept.REMOVED)


def _replaces(item: Received, old: Received, listing: Listing) -> bool:
    """Return whether of two mentions of one article by one source the ``item`` counts."""
    if old.via != listing.via:
        return old.via not in listing.others
    if listing.is_whole and key_of(old) not in listing.listed:
        return True
    return number_of(item.remote) >= number_of(old.remote)


def _with_receipt(item: Received, old: Received | None, now: dt.datetime) -> Received:
    """Return ``item``; if nobody knows when it was received, then when it was first pulled."""
    if old is None or item.received != now:
        return item
    published = item.published and min(item.published, old.received)
    return replace(item, received=old.received, published=published)


def remaining(known: Iterable[Received], listing: Listing) -> list[Received]:
    """Return the mentions without those of the source that its whole listing did not have."""
    return [each for each in known if each.via != listing.via or key_of(each) in listing.listed]


class Missing(NamedTuple):
    """How many mentions of a source its whole listing did not have.

    ``is_doubtful`` says that it is so much that a second listing has to say the same: an empty
    answer is more often a fault, or another account, than the end of all mentions.
    """

    number: int
    is_doubtful: bool


def missing_in(known: Iterable[Received], new: Collection[str], listing: Listing) -> Missing:
    """Return what a listing lacks of the mentions that were ``known`` and are not ``new``."""
    own = [each for each in known if each.via == listing.via and each.id not in new]
    missing = len(own) - len(remaining(own, listing))
    is_doubtful = missing == len(own) or (missing > FEW and missing * 2 > len(own))
    return Missing(missing, missing > 0 and is_doubtful)


def with_parents(mentions: Sequence[Received]) -> list[Received]:
    """Return the mentions, each ``parent`` the id of the mention that it answers.

    A reply names the address of what it answers, which may be the source of a mention or, where a
    bridge sent that, the ``url`` of the post.
    """
    asked = {each.article for each in mentions if each.parent}
    others = [each for each in mentions if each.article in asked]
    names = {id_of(each.url, each.article): each.id for each in others}
    names |= {each.id: each.id for each in others}
    return [_with_parent(each, names.get) for each in mentions]


def _with_parent(mention: Received, find: Callable[[str], str | None]) -> Received:
    parent = find(mention.parent) or mention.parent
    if parent in {mention.parent, mention.id}:
        return mention
    return replace(mention, parent=parent)
