"""The mentions of one article, as its templates and its feeds have them. Pure.

A page asks for its mentions many times, and other pages seldom: what is made of them is kept for a
few articles only. Thousands of small objects would be looked through by Python's garbage collector
again and again, and last when the process ends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple, Protocol

from pelican_linkback.receiving.display.groups import Groups, grouped
from pelican_linkback.receiving.display.mention import DisplayOptions, Mention
from pelican_linkback.receiving.display.reactions import ReactionLine
from pelican_linkback.receiving.display.shown import Shown, shown_of
from pelican_linkback.receiving.received import Kind, Received

__all__ = ["NOTHING", "About", "ArticleMentions", "Mentioned", "Totals"]

KEPT = 20
"""The number of articles whose mentions are kept as objects: those that were asked for last."""


class Totals(NamedTuple):
    """How many mentions there are, and when the last one was received; None if there are none."""

    number: int
    updated: dt.datetime | None

    @classmethod
    def of(cls, received: Sequence[Received]) -> Totals:
        """Return those of the mentions of an article."""
        return cls(len(received), max([each.received for each in received], default=None))


class About(Protocol):
    """The mentions of one article: each once (``without_duplicates``), read on first use."""

    @property
    def options(self) -> DisplayOptions:
        """How they are displayed."""

    @property
    def is_unread(self) -> bool:
        """Whether they could not be read: there are none then."""

    def received(self) -> Sequence[Received]:
        """Return them."""

    def totals(self) -> Totals:
        """Return what most feeds and lists ask for."""

    def shown(self) -> Shown:
        """Return what our own template shows of them."""


class Mentioned(NamedTuple):
    """The mentions of an article for itself."""

    found: Sequence[Received]
    options: DisplayOptions
    is_unread: bool = False

    def received(self) -> Sequence[Received]:
        """Return them."""
        return self.found

    def totals(self) -> Totals:
        """Return what most feeds and lists ask for."""
        return Totals.of(self.found)

    def shown(self) -> Shown:
        """Return what our own template shows of them."""
        return shown_of([grouped(self.found, self.options)])[0]


class ArticleMentions:
    """``article.mentions``: everything that others say about an article, in order of time.

    It is read on first use. Iteration yields each mention, also those within a conversation.
    ``target`` is the page's own address and ``endpoint`` that of the receiver, both "" for a page
    that takes no mentions; ``invites`` is whether it says how to answer while it has none.
    """

    def __init__(
        self, about: About, *, target: str = "", endpoint: str = "", invites: bool = False
    ) -> None:
        self.about, self.words, self.target = about, about.options.words, target
        self.endpoint, self.invites = endpoint, invites

    def __iter__(self) -> Iterator[Mention]:
        return iter(_grouped(self).all)

    def __deepcopy__(self, memo: object) -> ArticleMentions:
        return self  # of a copy of an article, too: a plugin may make some

    def __len__(self) -> int:
        return self.count

    @property
    def count(self) -> int:
        """How many there are."""
        return self._totals.number

    @property
    def updated(self) -> dt.datetime | None:
        """When the last of them was received; None if there are none."""
        return self._totals.updated

    @property
    def is_unread(self) -> bool:
        """Whether they could not be read in this build: there are none then."""
        return self.about.is_unread

    @cached_property
    def _totals(self) -> Totals:
        return self.about.totals()

    @property
    def replies(self) -> Sequence[Mention]:
        """The conversation: answers, and RSVPs with a note; their own answers are within them."""
        return _grouped(self).replies

    @property
    def reactions(self) -> Sequence[Mention]:
        """The answers that consist of one emoji."""
        return _grouped(self).reactions

    @property
    def reposts(self) -> Sequence[Mention]:
        """Those who passed the article on."""
        return _grouped(self).of(Kind.REPOST)

    @property
    def likes(self) -> Sequence[Mention]:
        """Those who like it."""
        return _grouped(self).of(Kind.LIKE)

    @property
    def bookmarks(self) -> Sequence[Mention]:
        """Those who keep it."""
        return _grouped(self).of(Kind.BOOKMARK)

    @property
    def rsvps(self) -> Sequence[Mention]:
        """Those who say whether they come."""
        return _grouped(self).of(Kind.RSVP)

    @property
    def quotes(self) -> Sequence[Mention]:
        """Those who quote it."""
        return _grouped(self).of(Kind.QUOTE)

    @property
    def mentions(self) -> Sequence[Mention]:
        """Pages that link to it, and say no more of it than that."""
        return _grouped(self).of(Kind.MENTION)

    @property
    def elsewhere(self) -> Sequence[Mention]:
        """The quotes and the mentions, in order."""
        return _grouped(self).elsewhere

    @property
    def lines(self) -> Sequence[ReactionLine]:
        """The reactions as lines: likes, reposts, bookmarks, emoji, and who comes."""
        return _grouped(self).lines

    @property
    def shown(self) -> Shown:
        """What our template shows: rows of texts that are escaped."""
        return self.about.shown()


@lru_cache(maxsize=KEPT)
def _grouped(mentions: ArticleMentions) -> Groups:
    return grouped(mentions.about.received(), mentions.about.options)


NOTHING = ArticleMentions(Mentioned((), DisplayOptions()))
"""The mentions of a page that has none, and takes none."""
