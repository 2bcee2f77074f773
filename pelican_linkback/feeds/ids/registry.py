"""The registry of ids, computed (folded) from the lines of ``ids.jsonl``. Pure.

A line says that from the time ``at`` on the entry of a file at a URL has an id. The last line about
an entry counts, unless a later line gives its id to another entry. A line with an empty ``source``
was imported from a published feed, and is about the entry at its URL.

The registry is a function of the set of the lines: their order does not matter and a line that
occurs twice counts once, so two branches of a site merge by keeping the lines of both.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, takewhile
from typing import NamedTuple

from pelican_linkback.feeds.ids.entries import Key
from pelican_linkback.text.urls import join

__all__ = ["Edition", "IdLine", "IdRegistry"]

VERSION = 1

_TICK = dt.timedelta(microseconds=1)
_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)
_NO_NAME = ("", "")


class Edition(NamedTuple):
    """One of the sites that share a state folder: ``name`` is its default language.

    ``site`` is SITEURL, ``subsites`` are the languages for which i18n_subsites builds others.
    """

    name: str
    site: str = ""
    subsites: Collection[str] = ()


class IdLine(NamedTuple):
    """A line of the journal. They sort by time; of one time, imported ones come last."""

    at: dt.datetime
    imported: bool
    edition: str
    site: str
    key: Key
    id: str

    @classmethod
    def read(cls, line: Mapping[str, object]) -> IdLine | None:
        """Return a line of this version, None for any other."""
        at, edition, url, unique_id = map(line.get, ("at", "edition", "url", "id"))
        if (
            line.get("v") != VERSION
            or not isinstance(at, str)
            or not isinstance(edition, str)
            or not isinstance(url, str)
            or not isinstance(unique_id, str)
        ):
            return None
        key = Key(str(line.get("source") or ""), str(line.get("part") or ""), url)
        imported = line.get("source") == "" and not key.part
        return cls(_moment(at), imported, edition, str(line.get("site") or ""), key, unique_id)


def _moment(text: str) -> dt.datetime:
    """Return the time of a line; an invalid one, and the last year, count as the oldest."""
    try:
        moment = dt.datetime.fromisoformat(text)
        moment = moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        return _LONG_AGO
    return _LONG_AGO if moment.year == dt.MAXYEAR else moment


class IdRegistry:
    """The ids of an edition.

    ``editions`` are its name and those of the editions that it continues.
    """

    def __init__(
        self, edition: Edition, editions: Collection[str] = (), lines: Sequence[IdLine] = ()
    ) -> None:
        self.edition, self.editions = edition, editions
        self._ids: dict[Key, str] = {}
        self._owners: dict[str, Key] = {}  # in the order of their lines
        self._keys_at: dict[str, dict[Key, None]] = {}
        self._by_name: dict[tuple[str, str], str] = {}
        self._at_url: dict[str, list[str]] = {}
        self._said: dict[Key, str] = {}
        self._lines = lines

    @classmethod
    def of(
        cls, lines: Iterable[IdLine], edition: Edition, keys: Collection[Key] = ()
    ) -> IdRegistry:
        """Return the registry of ``edition`` from ``lines``; its entries now have ``keys``."""
        own = _of_edition(lines, edition, keys)
        registry = cls(edition, {edition.name, *(line.edition for line in own)}, own)
        for line in registry._lines:
            registry._learn(line)
        for name, key in registry.records():
            registry._by_name[key.name] = name
            registry._at_url.setdefault(key.url, []).append(name)
        return registry

    def _learn(self, line: IdLine) -> None:
        key, here = line.key, self._keys_at.setdefault(line.key.url, {})
        if line.imported:
            known = [each for each in here if self.current(each)]
            key = known[0] if len(known) == 1 else key
        else:
            self._ids.pop(Key("", "", key.url), None)
        self._ids[key] = line.id
        self._owners.pop(line.id, None)
        self._owners[line.id] = key
        here[key] = None
        if line.edition == self.edition.name:
            self._said[line.key] = line.id

    def records(self) -> Iterator[tuple[str, Key]]:
        """Yield each id that an entry has, and the entry's key; the oldest first."""
        return ((name, key) for name, key in self._owners.items() if self._ids.get(key) == name)

    def current(self, key: Key) -> str | None:
        """Return the id of the entry with this key."""
        name = self._ids.get(key)
        return name if name is not None and self._owners[name] == key else None

    def once(self, key: Key) -> str | None:
        """Return the last id of the entry with this key, even if another entry has it now."""
        return self._ids.get(key)

    def of_name(self, key: Key) -> str | None:
        """Return the id of the entry with this key's name, wherever it was."""
        return self._by_name.get(key.name)

    def at_url(self, key: Key) -> str | None:
        """Return the id of the entry at this key's URL, if only one entry is there."""
        here = self._at_url.get(key.url, ())
        return here[0] if key.url and len(here) == 1 else None

    def owner(self, unique_id: str) -> Key | None:
        """Return the key of the last owner of this id."""
        return self._owners.get(unique_id)

    @property
    def known(self) -> Collection[str]:
        """All ids that entries have or had."""
        return self._owners.keys()

    def urls(self, keys: Mapping[str, Key]) -> dict[str, list[str]]:
        """Return the URLs, relative to the site, at which the entry with each id was.

        ``keys`` are the entries' own: an id may be new for an old file.
        """
        found: dict[object, dict[str, None]] = {}
        for line in self._lines:
            for name in (line.id, line.key.name):
                found.setdefault(name, {})[line.key.url] = None
        found.pop(_NO_NAME, None)
        return {
            name: [*(found.get(name, {}) | found.get(key.name, {}))] for name, key in keys.items()
        }

    @property
    def sites(self) -> frozenset[str]:
        """The values of SITEURL that the edition was published with."""
        return frozenset(line.site for line in self._lines if line.site)

    def by_link(self) -> dict[str, str]:
        """Return the ids of the entries that share their URL with no other, by the absolute URL."""
        base = self.edition.site.rstrip("/") + "/"
        return {
            join(base, url): names[0]
            for url, names in self._at_url.items()
            if url and len(names) == 1
        }

    def news(self, ids: Mapping[Key, str], now: dt.datetime) -> list[dict[str, object]]:
        """Return the lines to append, so that the entries have these ``ids`` from ``now`` on.

        An id taken over from another edition gets a line for this one; and the first line with a
        new SITEURL records it. A line is later than those that it overrules, whatever the clock
        said then.
        """
        # An id imported for a URL gets no line for other entries at that URL.
        urls = Counter(key.url for key in (*self._owners.values(), *ids))
        records = {
            key: name for name, key in self.records() if key.name != _NO_NAME or urls[key.url] == 1
        }
        wanted = {**records, **ids}
        taken = {name: key for key, name in ids.items()}
        new = {
            key: name
            for key, name in wanted.items()
            if (self.current(key), self._said.get(key)) != (name, name)
            and taken.get(name, key) == key
        }
        site = {"site": self.edition.site} if self._is_elsewhere() else {}
        if site and not new:
            new = dict(sorted(wanted.items())[-1:])
        late = self._late(now)
        lines = [self._line(key, name, _after(late, key, name, now)) for key, name in new.items()]
        return [line | site for line in lines[:1]] + lines[1:]

    def _is_elsewhere(self) -> bool:
        sites = {line.site for line in self._lines if line.edition == self.edition.name}
        return bool(self.edition.site) and self.edition.site not in sites

    def _late(self, now: dt.datetime) -> dict[object, dt.datetime]:
        """Return the latest time of each name, URL and id in lines that are not before ``now``."""
        late: dict[object, dt.datetime] = {}
        for line in takewhile(lambda line: line.at >= now, reversed(self._lines)):
            for each in _overruled_by(line.key, line.id):
                late.setdefault(each, line.at)
        return late

    def _line(self, key: Key, unique_id: str, at: dt.datetime) -> dict[str, object]:
        line = {
            "v": VERSION,
            "at": at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
            "edition": self.edition.name,
            "source": key.source,
            "url": key.url,
            "id": unique_id,
        }
        if key.part:
            line["part"] = key.part
        return line


def _overruled_by(key: Key, unique_id: str) -> tuple[object, ...]:
    """Return the names, URLs and ids whose earlier lines a line with this key and id overrules."""
    return key.name, key.url, unique_id


def _after(
    late: Mapping[object, dt.datetime], key: Key, unique_id: str, now: dt.datetime
) -> dt.datetime:
    overruled = _overruled_by(key, unique_id)
    return max(now, *(late[each] + _TICK if each in late else now for each in overruled))


def _of_edition(lines: Iterable[IdLine], edition: Edition, keys: Collection[Key]) -> list[IdLine]:
    """Return the sorted lines of an edition, and of those that a new one continues.

    That is, DEFAULT_LANG was corrected: another edition had this URL and the same files, and this
    one is new.
    """
    by_edition: dict[str, list[IdLine]] = {}
    for line in lines:
        by_edition.setdefault(line.edition, []).append(line)
    own = by_edition.pop(edition.name, [])
    if edition.name in edition.subsites or any(line.key.name != _NO_NAME for line in own):
        return sorted(own)
    before = (
        others
        for name, others in by_edition.items()
        if name not in edition.subsites and _is_continued(others, edition, keys)
    )
    return sorted(chain(own, *before))


def _is_continued(lines: Collection[IdLine], edition: Edition, keys: Collection[Key]) -> bool:
    names = {line.key.name for line in lines}
    if 2 * sum(key.name in names for key in keys) < len(keys):
        return False
    if sites := {line.site for line in lines} - {""}:
        return edition.site in sites
    # Lines of earlier versions do not have the site's URL.
    return len({_primary(line.edition) for line in lines} | {_primary(edition.name)}) == 1


def _primary(language: str) -> str:
    return re.split("[-_.]", language)[0].lower()
