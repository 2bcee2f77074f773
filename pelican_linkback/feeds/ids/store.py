"""The ids in the state folder: ``ids.jsonl``, and the entries of the last publication.

``ids.jsonl`` is the registry. ``entries.jsonl`` is rewritten with each publication that changes it,
and may be deleted: without it a file that was renamed together with its URL is not recognised.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from pelican_linkback.exceptions import JournalError
from pelican_linkback.feeds.ids.assignment import Assigned, Published, assign_ids
from pelican_linkback.feeds.ids.entries import Entry, Key, keys_of
from pelican_linkback.feeds.ids.registry import VERSION, Edition, IdLine, IdRegistry
from pelican_linkback.journal.journal import Journal
from pelican_linkback.journal.lines import about_damage
from pelican_linkback.settings.model import Settings

__all__ = ["IdStore", "edition_of"]


def edition_of(settings: Settings) -> Edition:
    """Return the edition of the settings among the sites that share a state folder."""
    return Edition(settings.edition, settings.site_url, settings.subsites)


class IdStore:
    """The ids of an edition in the state folder ``state``.

    ``problems`` has sentences about lines that could not be used. Raises JournalError if the ids
    cannot be read.
    """

    def __init__(self, state: Path, edition: Edition) -> None:
        self._edition = edition
        self._journal = Journal(state / "ids.jsonl")
        self._snapshot = Journal(state / "entries.jsonl")
        self._lines, self.problems = _read(self._journal)

    def registry(self, keys: Collection[Key] = ()) -> IdRegistry:
        """Return the registry of the edition, whose entries have these ``keys`` at present."""
        return IdRegistry.of(self._lines, self._edition, keys)

    def assign(self, entries: Sequence[Entry]) -> Assigned:
        """Return the ids of all ``entries`` of the edition."""
        registry = self.registry(keys_of(entries))
        return assign_ids(entries, registry, lambda: self._published(registry))

    def _published(self, registry: IdRegistry) -> Iterator[Published]:
        with suppress(JournalError):  # a cache: without it only renamed files are not recognised
            for event in self._snapshot.read().events:
                if event.get("edition") in registry.editions:
                    fields = (str(event.get(name) or "") for name in ("id", "title", "text"))
                    source = str(event.get("source") or "")
                    yield Published(source, *fields)

    def remember(self, assigned: Assigned, now: dt.datetime) -> None:
        """Write the new ids to disk; raise JournalError if that fails."""
        lines = assigned.registry.news(assigned.recognisable(), now)
        if lines:
            self._journal.append(*lines)
        known = self._snapshot.read()
        others = [e for e in known.events if e.get("edition") not in assigned.registry.editions]
        lines = sorted([*others, *self._as_published(assigned)], key=_place)
        if lines != list(known.events):
            self._snapshot.rewrite(*lines)

    def _as_published(self, assigned: Assigned) -> Iterator[dict[str, object]]:
        for entry, unique_id in zip(assigned.entries, assigned.ids, strict=True):
            yield {
                "v": VERSION,
                "edition": self._edition.name,
                "id": unique_id,
                "source": entry.source,
                "title": entry.title,
                "text": entry.text,
            }

    def import_ids(self, published: Mapping[str, str], now: dt.datetime) -> int:
        """Import ids of feeds that were published before, by their links; return how many.

        A link of another domain (the site may have moved) is taken to have the same path here. An
        id that another entry has by now is not changed. Raises JournalError.
        """
        registry = self.registry()
        owned = {unique_id for unique_id, _ in registry.records()}
        ids = {
            Key("", "", url): unique_id
            for url, unique_id in ((self._url(link), name) for link, name in published.items())
            if url and unique_id not in owned
        }
        if ids:
            self._journal.append(*registry.news(ids, now))
            self._lines, self.problems = _read(self._journal)
        return len(ids)

    def _url(self, link: str) -> str:
        """Return a link relative to the site."""
        base = self._edition.site.rstrip("/") + "/"
        if link.startswith(base):
            return link.removeprefix(base)
        parts = urlsplit(link)
        return urlunsplit(("", "", parts.path, parts.query, parts.fragment)).lstrip("/")


def _place(line: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(str(line.get(name)) for name in ("edition", "source", "id"))


def _read(journal: Journal) -> tuple[list[IdLine], tuple[str, ...]]:
    """Return the lines of the journal, and sentences about those that cannot be used."""
    reading = journal.read()
    damage = {each.line_number: each.why for each in reading.problems}
    lines = []
    for number, event in zip(reading.line_numbers, reading.events, strict=True):
        if line := IdLine.read(event):
            lines.append(line)
        else:
            damage[number] = "it is not an id of this version"
    return lines, about_damage(journal.path, damage)
