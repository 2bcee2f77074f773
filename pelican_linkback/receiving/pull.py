"""Pulls the mentions of a site from all its sources, and says what that brought."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.receiving.display.selection import shown_by_page
from pelican_linkback.receiving.hosted.interface import Source
from pelican_linkback.receiving.hosted.jf2 import WhyNotKept
from pelican_linkback.receiving.hosted.merging import IMPORTED
from pelican_linkback.receiving.hosted.progress import ProgressFile
from pelican_linkback.receiving.hosted.puller import Fetch, Pulled, Puller
from pelican_linkback.receiving.hosted.service import TOKEN, TRIES
from pelican_linkback.receiving.hosted.sources import TimeLimit, client_for, exports_of, sources_of
from pelican_linkback.receiving.inbox.listing import Entry, Inbox
from pelican_linkback.receiving.inbox.policy import Visibility
from pelican_linkback.receiving.memory.decisions import Decisions
from pelican_linkback.receiving.memory.moderation import Moderation
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.memory.targets import Mode, Targets
from pelican_linkback.receiving.received import Received
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.printable import described, printable

__all__ = ["Report", "add", "find_in", "pull"]


SHORT = 5
"""A token of so few characters is none, and may be a part of any word."""


@dataclass(frozen=True)
class Report:
    """What a pull brought: the results of the sources, and the new mentions.

    ``problem`` is what is wrong beside the sources, such as with pictures of authors.
    """

    sources: Sequence[Pulled] = ()
    arrived: Sequence[Entry] = field(default_factory=tuple)
    problem: str = ""

    @property
    def changed(self) -> int:
        """How many mentions have another text, author or place."""
        return sum(len(each.changed) for each in self.sources)

    @property
    def removed(self) -> int:
        """How many mentions are gone, or are private now."""
        return sum(len(each.removed) for each in self.sources)

    @property
    def held(self) -> int:
        """How many of the new mentions wait for the author."""
        return sum(each.verdict.visibility is Visibility.HELD for each in self.arrived)

    @property
    def left_out(self) -> Counter[WhyNotKept]:
        """How many items were not kept, and why."""
        return sum((each.left_out for each in self.sources), Counter[WhyNotKept]())

    @property
    def warnings(self) -> list[str]:
        """What the author should know."""
        found = [warning for each in self.sources for warning in each.warnings]
        return [*found, self.problem] if self.problem else found

    def summary(self) -> str:
        """Return the result as a line; empty if nothing changed."""
        held = f" ({self.held} held: pelican-linkback inbox lists them)" if self.held else ""
        parts = {
            f"{len(self.arrived)} new{held}": self.arrived,
            f"{self.changed} changed": self.changed,
            f"{self.removed} gone": self.removed,
        }
        return ", ".join(words for words, number in parts.items() if number)


def find_in(targets: Targets) -> Callable[[str], tuple[str, str] | None]:
    """Return what finds the id of the page that a URL means, if that takes mentions."""

    def find(url: str) -> tuple[str, str] | None:
        found = targets.find(url)
        if found is None or found.target.mentions is Mode.CLOSED:
            return None
        return found.target.id, found.fragment

    return find


def pull(
    settings: Settings,
    targets: Targets,
    seconds: float,
    sleep: Callable[[float], None] = time.sleep,
    tries: int = TRIES,
) -> Report:
    """Pull what is new at all sources, about the pages ``targets``, within so many seconds.

    A request that fails is made again up to so many ``tries``.
    What is wrong with a source is a warning of the report. Raises JournalError if a file of the
    state folder cannot be used: then nothing is asked.
    """
    decisions, _ = Moderation(settings.state).read()
    puller = _puller(settings, targets, decisions)
    limit = TimeLimit(seconds, time.monotonic(), time.monotonic, sleep, tries)
    token = os.environ.get(TOKEN, "").strip()
    sources = sources_of(settings, token, client_for(settings), limit, puller.now)
    results = _pulled(puller, sources)
    for result in results:
        # No message has it; but a program of a stranger's may have put it into an error.
        if len(token) > SHORT:
            result.error = result.error.replace(token, "…")
    new = [each for result in results for each in result.new.values()]
    problem = _pictures(settings, targets, decisions, limit) if settings.avatars else ""
    return Report(results, _arrived(new, targets, decisions, settings), problem)


def _pictures(settings: Settings, targets: Targets, decisions: Decisions, limit: TimeLimit) -> str:
    """Fetch the pictures of those whose mentions are shown; return what is wrong, or ""."""
    from pelican_linkback.receiving.avatars import fetch_avatars  # noqa: PLC0415

    known = Snapshot(settings.state).read().mentions
    shown = shown_by_page(known, targets, decisions, settings.show_kinds, exports_of(settings))
    photos = [each.author.photo for page in shown.values() for each in page if each.author.photo]
    left = limit.begun + limit.seconds - limit.monotonic()
    return fetch_avatars(photos, settings, left, limit.monotonic)


def add(settings: Settings, targets: Targets, items: Iterable[object]) -> Report:
    """Add the mentions of a file, which no source lists; raise JournalError."""
    decisions, _ = Moderation(settings.state).read()
    result = _puller(settings, targets, decisions).add(IMPORTED, items)
    new = [*result.new.values()]
    return Report([result], _arrived(new, targets, decisions, settings))


def _puller(settings: Settings, targets: Targets, decisions: Decisions) -> Puller:
    return Puller(
        Snapshot(settings.state),
        ProgressFile(settings.state),
        find_in(targets),
        decisions.forgotten.has,
        partial(dt.datetime.now, dt.UTC),
    )


def _pulled(puller: Puller, sources: Iterable[Source]) -> list[Pulled]:
    """Return the result of each source, whatever its class does; each has a name of its own."""
    names: set[str] = {IMPORTED}
    named = [_named(each, names) for each in sources]
    fetches = dict(each for each in named if not isinstance(each, Pulled))
    refused = [each for each in named if isinstance(each, Pulled)]
    return [*_from_all(puller, fetches), *refused]


def _from_all(puller: Puller, fetches: Mapping[str, Fetch]) -> list[Pulled]:
    """Return the results of sources, by their names.

    A mention is known as one source lists it. Where that one has it no more, the others are asked
    for everything, and it stays as who still lists it does.
    """
    names = fetches.keys()
    results = {name: puller.pull(name, fetch, names) for name, fetch in fetches.items()}
    losers = [name for name, result in results.items() if result.removed]
    for name, fetch in fetches.items():
        if set(losers) - {name} and not results[name].error:
            results[name].join(puller.pull(name, fetch, names, is_whole=True))
    gone, new = (
        {name for result in results.values() for name in getattr(result, part)}
        for part in ("removed", "new")
    )
    for result in results.values():
        result.keep(gone & new)
    return [*results.values()]


def _named(source: Source, names: set[str]) -> tuple[str, Fetch] | Pulled:
    """Return the name of a source, which is added to ``names``, and what lists its mentions."""
    try:
        name = printable(source.name)
    except FAULTS as error:
        return Pulled("", error=f"a source of LINKBACK_PULL has no name: {described(error)}")
    if name in names:
        # Each would remove what only the other lists.
        return Pulled(name, error=f"{name}: another source has this name; it is not asked")
    names.add(name)
    return name, source.fetch


def _arrived(
    new: Sequence[Received], targets: Targets, decisions: Decisions, settings: Settings
) -> Sequence[Entry]:
    kinds, approved = settings.show_kinds, exports_of(settings)
    return Inbox.of(new, targets, decisions, kinds, approved).entries
