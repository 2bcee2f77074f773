"""Rows of the database as entries of the inbox, and their states and reasons in words.

The terminal, the administration, the mail and the private feed show these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pelican_linkback.receiving.inbox.listing import Entry
from pelican_linkback.receiving.inbox.policy import REASONS, Verdict, Visibility, Why
from pelican_linkback.receiving.inbox.states import WAITING, MentionState
from pelican_linkback.receiving.memory.targets import Targets, known_pages
from pelican_linkback.receiving.received import Author, Kind, Received
from pelican_linkback.receiving.store.mentions import Mentions
from pelican_linkback.receiving.store.records import StoredMention
from pelican_linkback.receiving.store.searching import Search
from pelican_linkback.text.printable import printable

__all__ = [
    "STATES_OF",
    "all_matching",
    "counts_of",
    "entry_of",
    "newest_held",
    "reason_of",
    "visibility_of",
]

_PAGE = 500

_FAILED = (MentionState.UNREACHABLE, MentionState.BROKEN)
"""What is shown stays shown then."""

STATES_OF = {
    Visibility.HELD: (MentionState.HELD,),
    Visibility.SHOWN: (MentionState.SHOWN, *_FAILED),
    Visibility.HIDDEN: (
        *(MentionState.REFUSED, MentionState.SPAM, MentionState.GONE),
        *(*WAITING, *_FAILED),
    ),
}
"""The states that mentions have which are held, shown or hidden."""

_DEFAULT_REASONS = {
    MentionState.QUEUED: Why.QUEUED,
    MentionState.CHECKING: Why.QUEUED,
    MentionState.HELD: Why.STRANGER,
    MentionState.SHOWN: Why.OPEN,
    MentionState.REFUSED: Why.REFUSED,
    MentionState.SPAM: Why.SPAM,
    MentionState.GONE: Why.GONE,
    MentionState.UNREACHABLE: Why.UNREACHABLE,
    MentionState.BROKEN: Why.BROKEN,
}
"""The reasons of states, where the row has none that people know."""

_DETAILS = {
    **{why.value: words for why, words in REASONS.items()},
    "404": "its source was not found",
    "lease lost": REASONS[Why.BROKEN],
}
"""What ``why`` of a row means; it may also be a sentence, such as that of an outage."""

_RULED = frozenset({MentionState.HELD, MentionState.SHOWN, MentionState.REFUSED})
"""The states that follow from rules or decisions, of which the row has the reason."""


def entry_of(row: StoredMention, targets: Targets) -> Entry:
    """Return a mention with its page, and whether it is shown.

    What was said last is in it, also where an earlier text is still shown.
    """
    mention = row.latest or row.shown or _unread(row)
    before = row.shown if row.state is MentionState.HELD else None
    return Entry(mention, targets.of(mention), Verdict(visibility_of(row), _why(row)), before)


def reason_of(row: StoredMention) -> str:
    """Return why a mention is in its state, in words: with the details that ``Why`` has not."""
    return _DETAILS.get(row.why) or printable(row.why)


def newest_held(mentions: Mentions, targets: Callable[[], Targets], most: int) -> list[Entry]:
    """Return the mentions that wait for the author: at most so many, those first that came last."""
    rows = mentions.listing(Search(states=STATES_OF[Visibility.HELD]), most)
    pages = known_pages(targets) if rows else Targets()
    return [entry_of(row, pages) for row in rows]


def visibility_of(row: StoredMention) -> Visibility:
    """Return whether a mention is shown, is held, or is neither."""
    if row.state is MentionState.HELD:
        return Visibility.HELD
    return Visibility.SHOWN if row.shown else Visibility.HIDDEN


def counts_of(mentions: Mentions) -> dict[Visibility, int]:
    """Return how many mentions are shown, held and hidden."""
    counts = mentions.counts()
    shown = mentions.shown_among(_FAILED)
    return {
        Visibility.HELD: counts[MentionState.HELD],
        Visibility.SHOWN: counts[MentionState.SHOWN] + shown,
        Visibility.HIDDEN: sum(counts[each] for each in STATES_OF[Visibility.HIDDEN]) - shown,
    }


def all_matching(mentions: Mentions, search: Search) -> Iterator[StoredMention]:
    """Yield all mentions that are searched for, those first that came last."""
    while rows := mentions.listing(search, _PAGE):
        yield from rows
        search = search._replace(after=rows[-1].id)


def _why(row: StoredMention) -> Why:
    known = row.why if row.state in _RULED else ""
    return Why(known) if known in set(Why) else _DEFAULT_REASONS[row.state]


def _unread(row: StoredMention) -> Received:
    """Return what a request alone says of a mention: its addresses."""
    return Received(
        source=row.source,
        target=row.target,
        article=row.article,
        kind=Kind.MENTION,
        author=Author(row.host),
        received=row.received,
        fragment=row.fragment,
        protocol=row.protocol,
    )
