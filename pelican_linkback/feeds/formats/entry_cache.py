"""Entries that many documents share: each is written once, and kept until its format is done.

``framework.sharing`` decides which may be shared.
"""

from __future__ import annotations

import datetime as dt
import weakref
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import repeat
from operator import attrgetter, eq
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple, cast

__all__ = [
    "EntryStore",
    "Item",
    "Pattern",
    "all_written",
    "are_patterns",
    "has_patterns",
    "items_of",
]

Item = Mapping[str, Any]
"""The arguments of ``add_item`` for an item, by their names."""

_IN_MEMORY = 12 << 20
"""Up to this size entries are kept in memory, about 2,000 of them; then in a file."""


class _Stored(NamedTuple):
    """An entry in a file."""

    file: IO[bytes]
    start: int
    size: int

    def read(self) -> bytes:
        """Return it."""
        self.file.seek(self.start)
        return self.file.read(self.size)


class EntryStore:
    """Keeps written entries: up to a size in memory, and further ones in a file without a name."""

    def __init__(self) -> None:
        self._in_memory = _IN_MEMORY
        self._file: IO[bytes] | None = None
        self._size = 0

    def keep(self, entry: bytes) -> bytes | _Stored:
        """Return what ``Pattern`` is to keep of an entry."""
        if len(entry) <= self._in_memory:
            self._in_memory -= len(entry)
            return entry
        try:
            if self._file is None:
                self._file = TemporaryFile(buffering=0)  # noqa: SIM115
                weakref.finalize(self, self._file.close)
            self._file.seek(self._size)
            if self._file.write(entry) < len(entry):  # a disk that is all but full takes a part
                return entry
        except OSError:  # a full disk: it stays in memory
            return entry
        self._size += len(entry)
        return _Stored(self._file, self._size - len(entry), len(entry))

    def forget(self, entry: bytes) -> None:
        """Let others take its place in memory: nothing needs this entry any more."""
        self._in_memory += len(entry)


class Pattern:
    """An item that several documents share: what all its copies have in common."""

    __slots__ = ("_others", "_store", "entry", "item", "key", "newest")

    def __init__(self, item: Item, store: EntryStore) -> None:
        self.item = item
        self.newest: dt.datetime = max(filter(None, (item["updateddate"], item["pubdate"])))
        self._store = store
        self.key: Hashable = None
        self.entry: bytes | _Stored = b""
        self._others: dict[Hashable, bytes] | None = None

    def copied(self) -> dict[str, Any]:
        """Return a copy of the item, which hooks and listeners may change."""
        lists = {name: [*value] for name, value in self.item.items() if isinstance(value, list)}
        return {**self.item, **lists}

    def written(self, key: Hashable, write: Callable[[Item], bytes]) -> bytes:
        """Return the result of ``write`` for the item, which depends on ``key`` alone."""
        if self.key is None:  # mostly there is one key, and a dict for it would cost more
            entry = write(self.item)
            self.key, self.entry = key, self._store.keep(entry)
            return entry
        if key == self.key:
            return _read(self.entry)
        if self._others is None:
            self._others = {}
        if key not in self._others:
            self._others[key] = write(self.item)
        return self._others[key]

    def let_go(self) -> None:
        """Forget what was written; it is written again where it is needed."""
        if isinstance(self.entry, bytes):
            self._store.forget(self.entry)
        self.key, self.entry = None, b""


def _read(entry: bytes | _Stored) -> bytes:
    return entry if isinstance(entry, bytes) else entry.read()


def _seen(entry: Pattern | Item) -> Item:
    return entry.item if isinstance(entry, Pattern) else entry


def items_of(entries: Sequence[Pattern | Item]) -> Iterable[Item]:
    """Return the items, for reading only."""
    if are_patterns(entries):
        return map(attrgetter("item"), entries)
    return map(_seen, entries) if has_patterns(entries) else cast("Sequence[Item]", entries)


def are_patterns(entries: Iterable[Pattern | Item]) -> bool:
    """Return whether all entries are patterns, as they are unless a caller has read the items."""
    return set(map(type, entries)) <= {Pattern}


def has_patterns(entries: Iterable[Pattern | Item]) -> bool:
    """Return whether any entry is a pattern."""
    return Pattern in set(map(type, entries))


def all_written(
    patterns: Sequence[Pattern], key: Hashable, renderer: Callable[[], Callable[[Any], bytes]]
) -> Iterable[bytes]:
    """Return the entries of ``patterns``, as ``Pattern.written`` returns each.

    ``renderer`` returns the function that writes an item; mostly there is none to be written.
    """
    if all(map(eq, map(attrgetter("key"), patterns), repeat(key))):
        entries = list(map(attrgetter("entry"), patterns))
        return entries if set(map(type, entries)) <= {bytes} else map(_read, entries)
    write = renderer()
    return (pattern.written(key, write) for pattern in patterns)
