"""Whether the author of a mention is known: approved before, and really the one who wrote it. Pure.

The first mention of an author is held; once one was approved, the next ones are shown. What is
approved is the author's URL, never the host alone, since many people can write on one host. And a
page can name any author: so it has to be on the author's own part of the web, or a bridge's copy,
the page that was approved as well as the one that is new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pelican_linkback.receiving.memory.decisions import speaks_for
from pelican_linkback.receiving.memory.rules import host_in, place_of, with_parents
from pelican_linkback.receiving.received import Received
from pelican_linkback.text.regex import regex

__all__ = ["FirstContact"]

_PERSONAL_PART = regex(r"[^/?#]+/(?:(?:users?|u|people|profile|view|members?)/)?[^/?#]+")
"""The part of a host of many that is one person's: ``m.example/@ann``, ``m.example/users/ann``."""

_MARKED = regex(r"[^/?#]+/(?:[@~]|(?:users?|u|people|profile|members?)/)")
"""A path that only hosts of many people have."""

_OF_MANY = frozenset(
    {
        "bsky.app",
        "dev.to",
        "facebook.com",
        "flickr.com",
        "github.com",
        "gitlab.com",
        "instagram.com",
        "linkedin.com",
        "lobste.rs",
        "medium.com",
        "micro.blog",
        "news.ycombinator.com",
        "pinboard.in",
        "reddit.com",
        "sites.google.com",
        "threads.net",
        "tilde.club",
        "twitter.com",
        "x.com",
        "youtube.com",
    }
)
"""Hosts of many people whose paths do not show it."""


@dataclass(frozen=True, slots=True)
class FirstContact:
    """Knows authors; its ``knows`` is what ``Policy`` asks as ``is_known``.

    ``decided`` returns the mentions that name an author, by the URL, and about which a person
    decided, the last one first, each with whether it was approved. ``has_many`` returns whether
    several authors were seen on a host.
    """

    decided: Callable[[str], Iterable[tuple[Received, bool]]]
    has_many: Callable[[str], bool]

    def knows(self, mention: Received) -> bool:
        """Return whether the last decision about the author was for what the author wrote."""
        if not self._is_by_its_author(mention):
            return False
        decided = self.decided(mention.author.url)
        own = (approved for each, approved in decided if self._is_by_its_author(each))
        return next(own, False)

    def _is_by_its_author(self, mention: Received) -> bool:
        """Return whether the author of a mention can be believed to have written it."""
        if not mention.author.url or not speaks_for(mention.source, mention.author.url):
            return False
        source, author = place_of(mention.source), place_of(mention.author.url)
        host = host_in(source)
        if host != host_in(author):
            return True  # a bridge's copy
        if self._is_of_many(host, source, author):
            return _personal_part(source) == _personal_part(author)
        return True

    def _is_of_many(self, host: str, *places: str) -> bool:
        if any(map(_MARKED.match, places)) or not _OF_MANY.isdisjoint(with_parents(host)):
            return True
        return self.has_many(host)


def _personal_part(place: str) -> str:
    found = _PERSONAL_PART.match(place)
    return found[0] if found else place
