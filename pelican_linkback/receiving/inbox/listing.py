"""The mentions of a site, each shown, held or hidden: what the inbox lists and finds. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pelican_linkback.receiving.inbox.policy import Policy, Verdict, Visibility
from pelican_linkback.receiving.memory.decisions import Decisions
from pelican_linkback.receiving.memory.rules import place_of
from pelican_linkback.receiving.memory.targets import Target, Targets
from pelican_linkback.receiving.received import Received
from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import resolve

__all__ = ["Entry", "Inbox"]

_BEGIN_OF_ID = regex("[0-9a-f]{4,12}")


class Entry(NamedTuple):
    """A mention, the page that it is about (None: not on the site), and whether it is shown.

    ``before`` is what is shown of it in the place of a text that has changed.
    """

    mention: Received
    target: Target | None
    verdict: Verdict
    before: Received | None = None

    @property
    def page(self) -> str:
        """What the page is called: its title, else its address."""
        return (self.target and self.target.name) or self.mention.target


@dataclass(frozen=True, slots=True)
class Inbox:
    """The entries of a site, the newest first."""

    entries: Sequence[Entry]
    targets: Targets

    @classmethod
    def of(
        cls,
        mentions: Iterable[Received],
        targets: Targets | None,
        decisions: Decisions,
        kinds: Collection[str],
        approved: Collection[str] = (),
    ) -> Inbox:
        """Return the inbox; without ``targets`` each mention is taken to be about a page."""
        if targets is None:
            mentions = list(mentions)
            targets = Targets([*{each.article: _page(each) for each in mentions}.values()])
        policy = Policy(decisions, kinds, targets.is_own, approved=approved)
        found = ((each, targets.of(each)) for each in mentions)
        entries = [Entry(each, target, policy.judge(each, target)) for each, target in found]
        return cls(sorted(entries, key=_newest_first, reverse=True), targets)

    @property
    def counts(self) -> Mapping[Visibility, int]:
        """How many are held, shown and hidden."""
        counted = Counter(each.verdict.visibility for each in self.entries)
        return {
            each: counted[each] for each in (Visibility.HELD, Visibility.SHOWN, Visibility.HIDDEN)
        }

    def matching(self, what: str) -> list[Entry]:
        """Return the mentions that are meant by an id, by its first part, or by a URL.

        The URL is that of the source or of the post. Four characters of an id are enough where
        they begin no other.
        """
        if _BEGIN_OF_ID.fullmatch(what):
            return [each for each in self.entries if each.mention.id.startswith(what)]
        place = place_of(what)
        return [each for each in self.entries if place in _places(each.mention)]

    def about(self, article: str) -> list[Entry]:
        """Return the mentions of an article or a page, by its URL, its title or its id."""
        found = self.targets.find(resolve(f"{self.targets.site}/", article))
        wanted = found.target if found else None
        return [each for each in self.entries if _is_about(each, wanted, article)]


def _page(mention: Received) -> Target:
    return Target(mention.article, mention.target)


def _newest_first(entry: Entry) -> tuple[object, str]:
    return entry.mention.received, entry.mention.id


def _places(mention: Received) -> Iterator[str]:
    return map(place_of, filter(None, (mention.source, mention.url)))


def _is_about(entry: Entry, wanted: Target | None, article: str) -> bool:
    if entry.target is None:
        return article in {entry.mention.target, entry.mention.article}
    return entry.target == wanted or article in {entry.target.title, entry.target.id}
