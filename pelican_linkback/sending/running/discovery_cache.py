"""What targets offered, for as long as they allow us to remember it.

Where a page says how long its answer holds, it is not asked again, and where it gives a validator,
only whether it has changed. The file is a cache: it may be deleted at any time, one that cannot be
used is as good as none, and it is rewritten when most of its lines are of no use any more.
"""

from __future__ import annotations

import threading
import typing
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from pelican_linkback.exceptions import InvalidURL, JournalError, WebError
from pelican_linkback.journal.journal import Journal
from pelican_linkback.protocol.caching import LONGEST, Freshness, freshness
from pelican_linkback.protocol.discovery import Discovery
from pelican_linkback.protocol.mention import MENTIONING, Endpoint, Outcome, Protocol
from pelican_linkback.sending.running.exchanges import FOR_A_PAGE, choose, discovery_of
from pelican_linkback.text.urls import check, page_key

if typing.TYPE_CHECKING:
    from pelican_linkback.net.client import Response

__all__ = ["Discoveries", "Found"]


MOST_PAGES = 10_000
"""Pages that are remembered, those asked last."""

SPARE = 100
"""Lines beyond twice the pages that the file may have before it is rewritten."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a target takes mentions, or why nowhere; ``remembered`` if it was not told now."""

    where: tuple[Endpoint, ...] | Outcome
    remembered: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    freshness: Freshness
    discovery: Discovery


class Discoveries:
    """Remembers in ``journal``, or with None only as long as it lives, what may be remembered."""

    def __init__(self, journal: Journal | None = None) -> None:
        self._journal = journal
        self._lock = threading.Lock()
        self._known: dict[str, _Known] | None = None

    def known(self, target: str, protocols: Sequence[Protocol], now: datetime) -> Found | None:
        """Return what is remembered of ``target`` and still holds, or None."""
        known = self._known_of(target)
        until = known.freshness.until if known else None
        # An end that is further away than any answer may be kept was reckoned by a wrong clock.
        if known is None or until is None or not now < until <= now + LONGEST:
            return None
        return Found(choose(known.discovery, protocols), remembered=True)

    def conditions(self, target: str) -> Mapping[str, str]:
        """Return the headers to ask ``target`` with: whether it has changed, if it is known."""
        known = self._known_of(target)
        return {**FOR_A_PAGE, **(known.freshness.conditions() if known else {})}

    def learn(
        self,
        target: str,
        answer: Response | WebError,
        protocols: Sequence[Protocol],
        now: datetime,
    ) -> Found:
        """Return what an ``answer`` of ``target`` says, and remember it if that is allowed."""
        page, known = page_key(target), self._known_of(target)
        if known and not isinstance(answer, WebError) and answer.status == 304:
            self._remember(page, known.discovery, _renewed(known, answer.headers, now), now)
            return Found(choose(known.discovery, protocols), remembered=True)
        discovery = discovery_of(answer, now)
        if not isinstance(answer, WebError) and isinstance(discovery, Discovery):
            # What a redirect led to belongs to another page.
            kept = freshness(answer.headers, now) if page_key(answer.url) == page else None
            if kept and (discovery.endpoints or not discovery.unread):
                self._remember(page, discovery, kept, now)
        return Found(choose(discovery, protocols))

    def _known_of(self, target: str) -> _Known | None:
        with self._lock:
            return self._all().get(page_key(target))

    def _remember(self, page: str, discovery: Discovery, kept: Freshness, now: datetime) -> None:
        with self._lock:
            self._all()[page] = _Known(kept, discovery)
        if self._journal is not None:
            with suppress(JournalError):
                self._journal.append(_to_line(page, discovery, kept, now))

    def compact(self) -> None:
        """Take the lines out of the file that newer ones have replaced; JournalError if it cannot.

        Another process that writes to it at this moment is left alone.
        """
        if self._journal is None:
            return
        with self._journal.hold() as held:
            if held:
                _, numbers, total = _read(self._journal)
                self._journal.keep_but(set(range(1, total + 1)).difference(numbers))

    def _all(self) -> dict[str, _Known]:
        if self._known is None:
            self._known = {}
            if self._journal is not None:
                with suppress(JournalError):
                    self._known, numbers, total = _read(self._journal)
                    if total > 2 * len(numbers) + SPARE:
                        self.compact()
        return self._known


def _read(journal: Journal) -> tuple[dict[str, _Known], list[int], int]:
    """Return what is known of each page, the numbers of the lines that say so, and their count.

    Raises JournalError where the file cannot be read.
    """
    reading = journal.read()
    known: dict[str, tuple[int, _Known]] = {}
    lines = zip(reading.line_numbers, reading.events, strict=True)
    for number, line in sorted(lines, key=lambda line: str(line[1].get("at"))):
        with suppress(ValueError, InvalidURL):
            page, found = _text(line, "page") or "", _from_line(line)
            known.pop(page, None)
            known[page] = number, found
    newest = list(known.items())[-MOST_PAGES:]
    pages = {page: found for page, (_, found) in newest}
    damaged = [damage.line_number for damage in reading.problems]
    total = max([*reading.line_numbers, *damaged], default=0)
    return pages, [number for _, (number, _) in newest], total


def _renewed(known: _Known, headers: Sequence[tuple[str, str]], now: datetime) -> Freshness:
    """Return the freshness after a 304, which need not repeat the validators."""
    new, old = freshness(headers, now) or Freshness(), known.freshness
    return Freshness(new.until, new.etag or old.etag, new.last_modified or old.last_modified)


def _to_line(page: str, discovery: Discovery, kept: Freshness, now: datetime) -> dict[str, object]:
    line: dict[str, object] = {
        "v": 1,
        "at": now.isoformat(),
        "page": page,
        "until": kept.until and kept.until.isoformat(),
        "etag": kept.etag,
        "last_modified": kept.last_modified,
    }
    for endpoint in discovery.endpoints:
        line[endpoint.protocol.value] = endpoint.url
        line[f"{endpoint.protocol.value}_found"] = endpoint.found
    return {name: value for name, value in line.items() if value is not None}


def _from_line(line: Mapping[str, object]) -> _Known:
    """Raise ValueError or InvalidURL for a line that is none of ours."""
    until = _text(line, "until")
    moment = datetime.fromisoformat(until) if until else None
    if moment and moment.tzinfo is None:
        raise ValueError("its until has no time zone")
    kept = Freshness(moment, _text(line, "etag"), _text(line, "last_modified"))
    webmention, pingback = (_endpoint(line, protocol) for protocol in MENTIONING)
    return _Known(kept, Discovery(webmention, pingback))


def _endpoint(line: Mapping[str, object], protocol: Protocol) -> Endpoint | None:
    url = _text(line, protocol.value)
    found = _text(line, f"{protocol.value}_found") or ""
    return Endpoint(protocol, check(url), found) if url else None


def _text(line: Mapping[str, object], name: str) -> str | None:
    value = line.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"its {name} is not a text")
    return value
