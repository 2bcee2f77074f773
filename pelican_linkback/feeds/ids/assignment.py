"""Assigns ids: the entries of a site, compared with the registry. Pure.

An entry's id is, in this order: the one that its author wrote (``Feed_ID:``); the registered one of
its file at its URL; of its URL, if it has the text or title that was published there and not that
of its file; of its file; of a similar entry that has vanished; of a URL that no other entry has;
else a new one. It does not depend on the order of the entries.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from pelican_linkback.feeds.formats.validity import is_uri
from pelican_linkback.feeds.ids.entries import Entry, Key, keys_of, new_ids
from pelican_linkback.feeds.ids.registry import IdRegistry
from pelican_linkback.text.printable import printable

__all__ = ["Assigned", "Published", "assign_ids"]

_WHOLE_TAG = "not a tag URI, which has a domain, a comma, a year or day, a colon and a name"


class Published(NamedTuple):
    """An entry at its last publication: a renamed file is recognised by its title or text."""

    source: str
    id: str
    title: str
    text: str


class Assigned(NamedTuple):
    """The ``entries`` with their keys and ids, in the same order, no two ids the same.

    ``registry`` is the one that they were assigned by, and ``messages`` are for the author: a kind
    and a sentence each.
    """

    registry: IdRegistry
    entries: Sequence[Entry]
    keys: Sequence[Key]
    ids: Sequence[str]
    messages: Sequence[tuple[str, str]] = ()

    def recognisable(self) -> dict[Key, str]:
        """Return the ids by the keys that only one entry has."""
        times = Counter(self.keys)
        pairs = zip(self.keys, self.ids, strict=True)
        return {key: name for key, name in pairs if times[key] == 1}


def assign_ids(
    entries: Sequence[Entry],
    registry: IdRegistry,
    published: Callable[[], Iterable[Published]] = tuple,
) -> Assigned:
    """Return the ids of all ``entries`` of a site.

    ``published`` returns the entries of the last publication; it is called only if they matter.
    """
    last = cache(lambda: tuple(published()))
    work = _Assignment(entries, registry)
    messages = list(work.take_wanted())
    work.recall_by_file_and_url()
    if disputed := work.disputed():
        work.settle(disputed, last())
    work.recall_by_file()
    if work.missing():
        messages += work.recognise(last())
    work.recall_by_url()
    work.make_new()
    ids = [work.ids[n] for n in range(len(entries))]
    return Assigned(registry, entries, work.keys, ids, messages)


class _Assignment:
    """Ids by the numbers of the entries. Each step assigns only ids that no entry has."""

    def __init__(self, entries: Sequence[Entry], registry: IdRegistry) -> None:
        self.keys = keys_of(entries)
        self.ids: dict[int, str] = {}
        self._entries = entries
        self._registry = registry
        self._times = Counter(self.keys)
        self._names = Counter(key.name for key in self.keys)
        self._urls = Counter(key.url for key in self.keys)
        self._left: set[str | None] = set()

    def missing(self) -> list[int]:
        """Return the numbers of the entries without an id."""
        return [n for n in range(len(self._entries)) if n not in self.ids]

    def take_wanted(self) -> Iterator[tuple[str, str]]:
        """Assign the ids that authors wrote; yield what is wrong with those that cannot be used."""
        claims: dict[str, list[int]] = {}
        for n, entry in ((n, entry) for n, entry in enumerate(self._entries) if entry.wanted):
            if is_uri(entry.wanted):
                claims.setdefault(entry.wanted, []).append(n)
            else:
                what = _WHOLE_TAG if entry.wanted.lower().startswith("tag:") else "not a URI"
                sentence = (
                    f"{entry.label}: Feed_ID: {printable(entry.wanted)!r} is {what}; write one "
                    "such as tag:example.org,2026:a-name, or take the line out"
                )
                yield what, sentence
        for wanted, numbers in claims.items():
            owner, *others = sorted(numbers, key=lambda n: self._rank(n, wanted))
            self.ids[owner] = wanted
            for n in others:
                sentence = (
                    f"{self._entries[n].label}: Feed_ID: {wanted} is that of "
                    f"{self._entries[owner].label} too; change one of the two"
                )
                yield "taken", sentence

    def _rank(self, n: int, wanted: str) -> tuple[bool, Key]:
        """Return the sort key among those who want an id: its present owner comes before a copy."""
        return self._registry.current(self.keys[n]) != wanted, self.keys[n]

    def recall_by_file_and_url(self) -> None:
        """Assign the registered ids of the file at its URL."""
        known = self._registry
        self._give((n, known.current(self.keys[n])) for n in self.missing() if self._is_one(n))

    def disputed(self) -> list[tuple[int, str]]:
        """Return the entries at the URL of an id that a file contradicts, and this id.

        The id of the entry's own file is another one, or the id's file has another entry.
        """
        of_file = self._of_files()
        claimed = set(of_file.values())
        return [
            (n, name)
            for n, name in self._alone_at_url()
            if of_file.get(n) != name and (n in of_file or name in claimed)
        ]

    def _of_files(self) -> dict[int, str]:
        """Return the ids that the entries without an id have by their files."""
        alone = [n for n in self.missing() if self._is_alone(n)]
        claims = ((n, self._registry.of_name(self.keys[n])) for n in alone)
        return {n: name for n, name in claims if name}

    def settle(self, disputed: Sequence[tuple[int, str]], published: Iterable[Published]) -> None:
        """Assign the id to an entry with the text or title of its URL, and not of its file.

        Such files were exchanged, as those of numbered parts are when one comes between them.
        """
        before = {each.id: each for each in published}
        of_file = self._of_files()
        rivals = {name: n for n, name in of_file.items()}

        def likeness(n: int | None, unique_id: str | None) -> int:
            said = before.get(unique_id or "")
            if n is None or said is None:
                return 0
            entry = self._entries[n]
            # A file that still has its text was not exchanged, whatever its title is.
            return 2 * (said.text == entry.text != "") or said.title == entry.title != ""

        moved = {
            n: name
            for n, name in disputed
            if likeness(n, name)
            > max(likeness(n, of_file.get(n)), likeness(rivals.get(name), name))
        }
        self._give(moved.items())
        self._left = {of_file.get(n) for n in moved if n in self.ids}

    def recall_by_file(self) -> None:
        """Assign the registered ids of the file, wherever it is."""
        self._give(self._of_files().items())

    def recall_by_url(self) -> None:
        """Assign the registered ids of URLs that only one entry has, now and in the registry."""
        known = self._registry
        self._give((n, name) for n, name in self._alone_at_url() if self._is_gone(name))
        self._give((n, known.once(self.keys[n])) for n in self.missing() if self._is_one(n))

    def _alone_at_url(self) -> list[tuple[int, str]]:
        """Return the entries without an id at a URL that only they have, and the id there."""
        alone = [n for n in self.missing() if self._urls[self.keys[n].url] == 1]
        claims = [(n, self._registry.at_url(self.keys[n])) for n in alone]
        return [(n, name) for n, name in claims if name and self._entries[n].own_url]

    def _is_one(self, n: int) -> bool:
        return self._times[self.keys[n]] == 1

    def _is_alone(self, n: int) -> bool:
        return self._names[self.keys[n].name] == 1

    def _is_gone(self, unique_id: str) -> bool:
        """Return whether the last owner of an id has vanished, or has turned out to be another."""
        owner = self._registry.owner(unique_id)
        return not owner or owner.name not in self._names or unique_id in self._left

    def _give(self, claims: Iterable[tuple[int, str | None]]) -> None:
        """Assign each id to the entry that claims it, if no other claims or has it."""
        taken = set(self.ids.values())
        free = [(n, name) for n, name in claims if name and name not in taken]
        times = Counter(name for _, name in free)
        self.ids |= {n: name for n, name in free if times[name] == 1}

    def recognise(self, published: Sequence[Published]) -> Iterator[tuple[str, str]]:
        """Assign the ids of vanished entries to new ones with the same text, or the same title.

        Only if the text or title belonged to one entry, and still does; each gets a message.
        """
        before = {each.id: each.source or each.title for each in published}
        if not before:  # and so no digest of a text is needed
            return
        for what in ("text", "title"):
            of_old: defaultdict[str, set[str]] = defaultdict(set)
            of_new: defaultdict[str, list[int]] = defaultdict(list)
            for each in published:
                of_old[getattr(each, what)].add(each.id)
            for n, entry in enumerate(self._entries):
                of_new[getattr(entry, what)].append(n)
            alike = [
                (numbers[0], next(iter(of_old[likeness])))
                for likeness, numbers in of_new.items()
                if likeness and len(numbers) == len(of_old[likeness]) == 1
            ]
            new = set(self.missing())
            self._give((n, name) for n, name in alike if n in new and self._is_gone(name))
            for n in sorted(new - set(self.missing())):
                name, entry = self.ids[n], self._entries[n]
                # Else the URL identifies it, too, or only its line was lost.
                if name != self._registry.at_url(self.keys[n]) and entry.source != before[name]:
                    yield "renamed", _about_renamed(entry, before[name], name)

    def make_new(self) -> None:
        """Assign a new id to each entry that has none yet."""
        missing = self.missing()
        made = new_ids(
            [self._entries[n] for n in missing],
            [self.keys[n] for n in missing],
            {*self.ids.values(), *self._registry.known},
        )
        self.ids |= zip(missing, made, strict=True)


def _about_renamed(entry: Entry, before: str, unique_id: str) -> str:
    return (
        f"{entry.label} is taken for {before} under a new name, and keeps its id "
        f"{printable(unique_id)} in feeds; if it is another article, give it a Feed_ID"
    )
