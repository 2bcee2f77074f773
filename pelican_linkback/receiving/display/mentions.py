"""The mentions of one article, as its templates and its feeds have them. Pure.

::

    received | each person's like once | in order of time | groups, and the conversation

A page asks for its mentions many times, and other pages seldom: what is made of them is kept for a
few articles only. Thousands of small objects would be looked through by Python's garbage collector
again and again, and last when the process ends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from operator import attrgetter

from pelican_linkback.receiving.display.conversation import threaded
from pelican_linkback.receiving.display.deduplication import without_duplicates
from pelican_linkback.receiving.display.escaped import shown_items, shown_lines
from pelican_linkback.receiving.display.mention import DisplayOptions, Mention
from pelican_linkback.receiving.display.people import is_emoji
from pelican_linkback.receiving.display.reactions import ReactionLine
from pelican_linkback.receiving.display.words import Words
from pelican_linkback.receiving.received import Kind, Received

__all__ = ["NOTHING", "ArticleMentions", "ReactionLine"]

NAMES = 10
"""How many names a line of reactions has; the others are a number."""

KEPT = 20
"""The number of articles whose mentions are kept as objects: those that were asked for last."""

_ANSWERS = ("yes", "maybe", "interested", "no")
_ELSEWHERE = frozenset({Kind.QUOTE, Kind.MENTION})


class ArticleMentions:
    """``article.mentions``: everything that others say about an article, in order of time.

    It is read on first use. Iteration yields each mention, also those within a conversation.
    ``target`` is the page's own address and ``endpoint`` that of the receiver, both "" for a page
    that takes no mentions; ``invites`` is whether it says how to answer while it has none.
    """

    def __init__(
        self,
        received: Callable[[], Iterable[Received]],
        options: DisplayOptions,
        *,
        target: str = "",
        endpoint: str = "",
        invites: bool = False,
    ) -> None:
        self.received, self.options = received, options
        self.words, self.target = options.words, target
        self.endpoint, self.invites = endpoint, invites

    def __iter__(self) -> Iterator[Mention]:
        return iter(_grouped(self).all)

    def __len__(self) -> int:
        return self.count

    @property
    def count(self) -> int:
        """How many there are."""
        return self._totals[0]

    @property
    def updated(self) -> dt.datetime | None:
        """When the last of them was received; None if there are none."""
        return self._totals[1]

    @cached_property
    def _totals(self) -> tuple[int, dt.datetime | None]:
        """Their number, and when the last one came: all that most feeds and lists ask for."""
        found = _grouped(self)
        return len(found.all), found.updated

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

    def shown_items(
        self, some: Sequence[Mention]
    ) -> Iterator[tuple[Sequence[str], Sequence[Mention]]]:
        """Return what our template shows of ``some`` in a list, escaped; see ``escaped``."""
        return shown_items(some)

    @property
    def shown_lines(self) -> Sequence[Sequence[object]]:
        """What our template shows of the ``lines``, escaped; see ``escaped``."""
        return shown_lines(self.lines)


@lru_cache(maxsize=KEPT)
def _grouped(mentions: ArticleMentions) -> _Groups:
    """Return the mentions of an article, in groups."""
    received = without_duplicates(mentions.received())
    found = [Mention(each, mentions.options) for each in received]
    found.sort(key=attrgetter("published"))
    if any(each.published == other.published for each, other in pairwise(found)):
        found.sort(key=_when)  # an id is a hash, and few ask for it
    last = max([each.received for each in received], default=None)
    return _Groups(found, last, mentions.words)


def _when(mention: Mention) -> tuple[dt.datetime, str]:
    return mention.published, mention.id


class _Groups:
    """``every`` mention of an article, in order, and its groups; ``updated`` is when one came."""

    def __init__(self, every: Sequence[Mention], updated: dt.datetime | None, words: Words) -> None:
        self.all, self.updated, self._words = every, updated, words
        self.reactions: list[Mention] = []
        self.elsewhere: list[Mention] = []
        self._spoken: list[Mention] = []
        self._by_kind: dict[Kind, list[Mention]] = {}
        for each in every:
            kind = each.kind
            self._by_kind.setdefault(kind, []).append(each)
            if kind is Kind.REPLY:
                group = self.reactions if is_emoji(each.text) else self._spoken
                group.append(each)
            elif kind in _ELSEWHERE:
                self.elsewhere.append(each)
            elif kind is Kind.RSVP and each.text:
                self._spoken.append(each)

    @cached_property
    def replies(self) -> Sequence[Mention]:
        return threaded(self._spoken)

    @cached_property
    def lines(self) -> Sequence[ReactionLine]:
        groups = {
            "likes": self.of(Kind.LIKE),
            "reposts": self.of(Kind.REPOST),
            "bookmarks": self.of(Kind.BOOKMARK),
            "reactions": self.reactions,
        }
        if rsvps := self.of(Kind.RSVP):
            for answer in _ANSWERS:
                groups[answer] = [each for each in rsvps if each.rsvp == answer]
            groups["rsvps"] = [each for each in rsvps if each.rsvp not in _ANSWERS]
        return [
            ReactionLine(name, self._words[name], len(found), found[:NAMES])
            for name, found in groups.items()
            if found
        ]

    def of(self, kind: Kind) -> Sequence[Mention]:
        """Return those of one kind."""
        return self._by_kind.get(kind, ())


NOTHING = ArticleMentions(tuple, DisplayOptions())
"""The mentions of a page that has none, and takes none."""
