"""A cache of what targets offer, kept for as long as they allow.

A page that says how long its answer is fresh is not requested again, and one with a validator is
requested with a condition. The file may be deleted at any time, an unusable one is treated as
empty, and it is rewritten when most of its lines are outdated.
"""

from __future__ import annotations

import threading
import typing
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from pelican_linkback.exceptions import InvalidURL, JournalError, WebError
from pelican_linkback.journal.fields import Line, moment, optional, text
from pelican_linkback.journal.journal import Journal
from pelican_linkback.protocol.caching import LONGEST, Freshness, freshness
from pelican_linkback.protocol.discovery import Discovery
from pelican_linkback.protocol.mention import Endpoint, Outcome, Traits
from pelican_linkback.protocol.registry import Registry
from pelican_linkback.protocol.response import CONDITION_FAILED
from pelican_linkback.sending.deciding.answers import choose, discovery_of
from pelican_linkback.sending.running.exchanges import FOR_A_PAGE
from pelican_linkback.text.urls import check, page_key

if typing.TYPE_CHECKING:
    from pelican_linkback.net.client import Response

__all__ = ["Discoveries", "Found"]


MOST_PAGES = 10_000
"""The maximum number of pages in the cache; the latest are kept."""

FIELDS = frozenset({"v", "at", "page", "until", "etag", "last_modified", "protocols"})
"""The fields of a line beside the endpoints. A protocol with such a name is never cached."""

SPARE = 100
"""How many lines beyond twice the number of pages the file may have before it is rewritten."""


@dataclass(frozen=True, slots=True)
class Found:
    """The endpoints of a target, or why there is none; ``remembered`` if from the cache."""

    where: tuple[Endpoint, ...] | Outcome
    remembered: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """``protocols`` are the names of those that were looked for."""

    freshness: Freshness
    discovery: Discovery
    protocols: frozenset[str]


class Discoveries:
    """The cache in ``journal``; with None it exists in memory only.

    A page on which not all of ``protocols`` were searched for is not in the cache.
    """

    def __init__(self, journal: Journal | None = None, protocols: Registry | None = None) -> None:
        self._journal = journal
        self.protocols = protocols or Registry()
        self._names = frozenset(each.name for each in self.protocols.order)
        self._lock = threading.Lock()
        self._known: dict[str, _Known] | None = None

    def known(self, target: str, now: datetime) -> Found | None:
        """Return the entry of ``target`` if there is a fresh one, else None."""
        known = self._known_of(target)
        until = known.freshness.until if known else None
        # A cached answer that is fresh for longer than any may be is from a wrong clock.
        if known is None or until is None or not now < until <= now + LONGEST:
            return None
        return Found(choose(known.discovery, self.protocols), remembered=True)

    def conditions(self, target: str) -> Mapping[str, str]:
        """Return the headers of a conditional request for ``target``, if its page is known."""
        known = self._known_of(target)
        return {**FOR_A_PAGE, **(known.freshness.conditions() if known else {})}

    def learn(self, target: str, answer: Response | WebError, now: datetime) -> Found:
        """Return what an ``answer`` of ``target`` offers, and cache it if that is allowed."""
        page, known = page_key(target), self._known_of(target)
        if known and not isinstance(answer, WebError) and answer.status == 304:
            self._remember(page, known.discovery, _renewed(known, answer.headers, now), now)
            return Found(choose(known.discovery, self.protocols), remembered=True)
        if known and not isinstance(answer, WebError) and answer.status == CONDITION_FAILED:
            # The next request has no condition.
            self._remember(page, known.discovery, Freshness(), now)
        discovery = discovery_of(answer, self.protocols, now)
        if not isinstance(answer, WebError) and isinstance(discovery, Discovery):
            # The answer after a redirect belongs to another page.
            kept = freshness(answer.headers, now) if page_key(answer.url) == page else None
            is_whole = not discovery.failed and (discovery.endpoints or not discovery.unread)
            if kept and is_whole:
                self._remember(page, discovery, kept, now)
        return Found(choose(discovery, self.protocols))

    def _known_of(self, target: str) -> _Known | None:
        with self._lock:
            known = self._all().get(page_key(target))
        return known if known and self._names <= known.protocols else None

    def _remember(self, page: str, discovery: Discovery, kept: Freshness, now: datetime) -> None:
        with self._lock:
            known = self._all()[page] = _Known(kept, discovery, self._names)
        if self._journal is not None:
            with suppress(JournalError):
                self._journal.append(_to_line(page, known, now))

    def compact(self) -> None:
        """Remove outdated lines from the file; raise JournalError if that fails.

        If another process is writing to it, nothing is done.
        """
        if self._journal is None:
            return
        with self._journal.hold() as held:
            if held:
                _, numbers, total = _read(self._journal, self.protocols)
                self._journal.keep_but(set(range(1, total + 1)).difference(numbers))

    def _all(self) -> dict[str, _Known]:
        if self._known is None:
            self._known = {}
            if self._journal is not None:
                with suppress(JournalError):
                    self._known, numbers, total = _read(self._journal, self.protocols)
                    if total > 2 * len(numbers) + SPARE:
                        self.compact()
        return self._known


def _read(journal: Journal, protocols: Registry) -> tuple[dict[str, _Known], list[int], int]:
    """Return the entries by page, the numbers of their lines, and the count of all lines.

    Raises JournalError if the file cannot be read.
    """
    reading = journal.read()
    known: dict[str, tuple[int, _Known]] = {}
    lines = zip(reading.line_numbers, reading.events, strict=True)
    for number, line in sorted(lines, key=lambda line: str(line[1].get("at"))):
        with suppress(ValueError, InvalidURL):
            page, found = text(line, "page"), _from_line(line, protocols)
            known.pop(page, None)
            known[page] = number, found
    newest = list(known.items())[-MOST_PAGES:]
    pages = {page: found for page, (_, found) in newest}
    damaged = [damage.line_number for damage in reading.problems]
    total = max([*reading.line_numbers, *damaged], default=0)
    return pages, [number for _, (number, _) in newest], total


def _renewed(known: _Known, headers: Sequence[tuple[str, str]], now: datetime) -> Freshness:
    """Return the freshness after a 304 answer, which need not repeat the validators."""
    new, old = freshness(headers, now) or Freshness(), known.freshness
    return Freshness(new.until, new.etag or old.etag, new.last_modified or old.last_modified)


def _to_line(page: str, known: _Known, now: datetime) -> dict[str, object]:
    kept = known.freshness
    line: dict[str, object] = {
        "v": 1,
        "at": now.isoformat(),
        "page": page,
        "until": kept.until and kept.until.isoformat(),
        "etag": kept.etag,
        "last_modified": kept.last_modified,
        "protocols": sorted(known.protocols - FIELDS),
    }
    endpoints: dict[str, object] = {}
    for endpoint in known.discovery.endpoints:
        endpoints |= {
            f"{endpoint.protocol}": endpoint.url,
            f"{endpoint.protocol}_found": endpoint.found,
        }
    return {name: value for name, value in (endpoints | line).items() if value is not None}


def _from_line(line: Line, protocols: Registry) -> _Known:
    """Return the entry of a line; raise ValueError or InvalidURL if it is not one.

    Lines of earlier releases do not say which protocols were searched for, and are not used.
    """
    validators = (optional(line, name) or None for name in ("etag", "last_modified"))
    kept = Freshness(moment(line, "until"), *validators)
    names = line.get("protocols")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("its protocols are no list of texts")
    endpoints = filter(None, (_endpoint(line, protocol) for protocol in protocols.order))
    return _Known(kept, Discovery(tuple(endpoints)), frozenset(names))


def _endpoint(line: Line, protocol: Traits) -> Endpoint | None:
    url, found = optional(line, protocol.name), optional(line, f"{protocol}_found")
    return Endpoint(protocol, check(url), found) if url else None
