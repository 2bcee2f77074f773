"""The mentions of one article, as its templates and its feeds have them. Pure.

::

    received | each person's like once | in order of time | groups, and the conversation
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pelican_linkback.receiving.display.conversation import threaded
from pelican_linkback.receiving.display.mention import Look, Mention, shown
from pelican_linkback.receiving.display.once import each_once
from pelican_linkback.receiving.received import Kind, Received

__all__ = ["NOTHING", "ArticleMentions", "Line"]

NAMES = 10
"""How many names a line of reactions has; the others are a number."""

_ANSWERS = ("yes", "maybe", "interested", "no")


@dataclass(frozen=True, slots=True)
class Line:
    """The reactions of one sort, as one line: ``some`` of them by name, and how many ``more``."""

    name: str
    label: str
    count: int
    some: Sequence[Mention]

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.some)


class ArticleMentions:
    """``article.mentions``: everything that others say about an article, in order of time.

    It is read on first use. Iteration yields each mention, also those within a conversation.
    ``target`` is the page's own address and ``endpoint`` that of the receiver, both "" for a page
    that takes no mentions; ``invites`` is whether it says how to answer while it has none.
    """

    def __init__(
        self,
        received: Callable[[], Iterable[Received]],
        look: Look,
        *,
        target: str = "",
        endpoint: str = "",
        invites: bool = False,
    ) -> None:
        self._received, self._look = received, look
        self.words, self.target, self.endpoint, self.invites = look.words, target, endpoint, invites

    @cached_property
    def _all(self) -> Sequence[Mention]:
        found = [shown(each, self._look) for each in each_once(self._received())]
        return sorted(found, key=lambda each: (each.published, each.id))

    def __iter__(self) -> Iterator[Mention]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._all)

    @cached_property
    def updated(self) -> dt.datetime | None:
        """When the last of them was received; None if there are none."""
        return max((each.received for each in self._all), default=None)

    @cached_property
    def replies(self) -> Sequence[Mention]:
        """The conversation: answers, and RSVPs with a note; their own answers are within them."""
        return threaded([each for each in self._all if each.is_spoken])

    @cached_property
    def reactions(self) -> Sequence[Mention]:
        """The answers that consist of one emoji."""
        return [each for each in self._all if each.is_reaction]

    @property
    def reposts(self) -> Sequence[Mention]:
        """Those who passed the article on."""
        return self._of(Kind.REPOST)

    @property
    def likes(self) -> Sequence[Mention]:
        """Those who like it."""
        return self._of(Kind.LIKE)

    @property
    def bookmarks(self) -> Sequence[Mention]:
        """Those who keep it."""
        return self._of(Kind.BOOKMARK)

    @property
    def rsvps(self) -> Sequence[Mention]:
        """Those who say whether they come."""
        return self._of(Kind.RSVP)

    @property
    def quotes(self) -> Sequence[Mention]:
        """Those who quote it."""
        return self._of(Kind.QUOTE)

    @property
    def mentions(self) -> Sequence[Mention]:
        """Pages that link to it, and say no more of it than that."""
        return self._of(Kind.MENTION)

    @property
    def elsewhere(self) -> Sequence[Mention]:
        """The quotes and the mentions, in order."""
        return [each for each in self._all if each.kind in {Kind.QUOTE, Kind.MENTION}]

    @cached_property
    def lines(self) -> Sequence[Line]:
        """The reactions as lines: likes, reposts, bookmarks, emoji, and who comes."""
        groups: dict[str, Sequence[Mention]] = {
            "likes": self.likes,
            "reposts": self.reposts,
            "bookmarks": self.bookmarks,
            "reactions": self.reactions,
        }
        for answer in _ANSWERS:
            groups[answer] = [each for each in self.rsvps if each.rsvp == answer]
        groups["rsvps"] = [each for each in self.rsvps if each.rsvp not in _ANSWERS]
        return [
            Line(name, self.words[name], len(found), found[:NAMES])
            for name, found in groups.items()
            if found
        ]

    def _of(self, kind: Kind) -> Sequence[Mention]:
        return self._by_kind.get(kind, ())

    @cached_property
    def _by_kind(self) -> Mapping[Kind, Sequence[Mention]]:
        found: dict[Kind, list[Mention]] = {}
        for each in self._all:
            found.setdefault(each.kind, []).append(each)
        return found


NOTHING = ArticleMentions(tuple, Look())
"""The mentions of a page that has none, and takes none."""
