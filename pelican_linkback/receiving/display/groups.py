"""The mentions of an article in groups. Pure.

::

    received | in order of time | groups, and the conversation
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from operator import attrgetter

from pelican_linkback.receiving.display.conversation import threaded
from pelican_linkback.receiving.display.mention import DisplayOptions, Mention
from pelican_linkback.receiving.display.people import is_emoji
from pelican_linkback.receiving.display.reactions import ReactionLine
from pelican_linkback.receiving.display.words import Words
from pelican_linkback.receiving.received import Kind, Received

__all__ = ["NAMES", "Groups", "grouped"]

NAMES = 10
"""How many names a line of reactions has; the others are a number."""

_ANSWERS = ("yes", "maybe", "interested", "no")
_ELSEWHERE = frozenset({Kind.QUOTE, Kind.MENTION})


def grouped(received: Iterable[Received], options: DisplayOptions) -> Groups:
    """Return the mentions of an article in groups; each is there once (``without_duplicates``)."""
    return Groups(_in_order([Mention(each, options) for each in received]), options.words)


def _in_order(mentions: list[Mention]) -> Sequence[Mention]:
    """Return them in order of time, those of one time by their ids."""
    mentions.sort(key=attrgetter("when"))
    if any(each.when == other.when for each, other in pairwise(mentions)):
        mentions.sort(key=_place)  # an id is a hash, and few ask for it
    return mentions


def _place(mention: Mention) -> tuple[dt.datetime, str]:
    return mention.when, mention.id


class Groups:
    """``every`` mention of an article, in order, and its groups."""

    def __init__(self, every: Sequence[Mention], words: Words) -> None:
        self.all, self._words = every, words
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
        """The conversation."""
        return threaded(self._spoken)

    @cached_property
    def lines(self) -> Sequence[ReactionLine]:
        """The reactions as lines."""
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

    @property
    def listed(self) -> Sequence[Mention]:
        """What lists show: the conversation with all answers in it, and the others."""
        return [*self._spoken, *self.elsewhere]
