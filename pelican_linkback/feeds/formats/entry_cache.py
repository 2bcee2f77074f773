"""The fast path: an entry that stands in many documents is worked out once, and written once.

An article is in a dozen documents of an ordinary site, and says the same in all that have one
format. It is shared only where nobody could tell: the classes of the feed and of the document
declare nothing that has to do with entries, and the item still is what it was when it was written
(who listens to ``feed_generated`` may have changed it). Everything else takes the slow path, and
both give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from operator import attrgetter, is_
from types import NoneType
from typing import Any, NamedTuple, Protocol, TypeVar

__all__ = [
    "Copy",
    "EntryCache",
    "Failure",
    "Item",
    "Pattern",
    "all_written",
    "are_patterns",
    "items_of",
    "kind_of",
    "once",
    "pattern_of",
    "safe_overrides",
]

Class = TypeVar("Class", bound=type)
F = TypeVar("F", bound="_OfSite")
S = TypeVar("S")
T = TypeVar("T")
Item = Mapping[str, Any]
"""What ``add_item`` was told of an item, by the names of its arguments."""

# What Python itself writes into a class.
_METADATA = frozenset(
    {
        *("__module__", "__qualname__", "__doc__", "__dict__", "__weakref__", "__parameters__"),
        *("__annotations__", "__annotate__", "__annotate_func__", "__annotations_cache__"),
        *("__firstlineno__", "__static_attributes__", "__orig_bases__"),
    }
)

Failure = tuple[object, Exception]
"""An item that cannot be added to a document, and what it raises."""

_SEQUENCES = (list, tuple)
_PLAIN = frozenset({*_SEQUENCES, NoneType})


class _Rule(NamedTuple):
    printable: frozenset[str]
    state: frozenset[str]


_rules: dict[type, _Rule] = {}


def safe_overrides(*printable: str, state: Iterable[str]) -> Callable[[Class], Class]:
    """Declare that a class makes entries of the item and the site alone: it is a *kind*.

    So does a subclass that declares only ``printable`` names, as long as an instance has no
    other attributes than ``state``.
    """

    def declare(cls: Class) -> Class:
        _rules[cls] = _Rule(_METADATA.union(printable), frozenset(state))
        return cls

    return declare


def kind_of(instance: Any) -> type | None:
    """Return the kind whose entries are those of ``instance``, if there is one."""
    kind = _kind(type(instance))  # type: ignore[arg-type]  # mypy confuses the two __hash__
    return kind if kind and vars(instance).keys() <= _rules[kind].state else None


@functools.lru_cache(maxsize=1000)
def _kind(cls: type) -> type | None:
    kind = next((each for each in cls.__mro__ if each in _rules), None)
    if kind is None:
        return None
    declared = (vars(each).keys() for each in cls.__mro__ if each not in kind.__mro__)
    return kind if all(names <= _rules[kind].printable for names in declared) else None


class Pattern:
    """An item that several documents have: what all its copies have in common."""

    __slots__ = ("_others", "entry", "item", "key", "newest")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.newest: dt.datetime = max(filter(None, (item["updateddate"], item["pubdate"])))
        self.key: Hashable = None
        self.entry = b""
        self._others: dict[Hashable, bytes] = {}

    def copied(self) -> Copy:
        """Return a copy, which hooks and listeners may change."""
        return Copy(self)

    def written(self, key: Hashable, write: Callable[[Item], bytes]) -> bytes:
        """Return what ``write`` makes of the item, which depends on nothing else but ``key``."""
        if self.key is None:  # mostly there is one key, and a dict for it costs more
            self.key, self.entry = key, write(self.item)
        if key == self.key:
            return self.entry
        if key not in self._others:
            self._others[key] = write(self.item)
        return self._others[key]

    def is_like(self, copy: Copy) -> bool:
        """Tell whether a copy is unchanged."""
        # What is equal may be written otherwise: a time in another zone, a str that knows more.
        item, lists = self.item, self._lists
        values = item.keys() - set(lists)
        return (
            copy == item
            and all(map(is_, map(copy.get, values), map(item.get, values)))
            and all(all(map(is_, copy[each], item[each])) for each in lists)
        )

    def fill(self, copy: Copy) -> None:
        """Make ``copy`` one."""
        copy.update(self.item)
        for name in self._lists:
            copy[name] = copy[name].copy()

    @property
    def _lists(self) -> list[str]:
        return [name for name, value in self.item.items() if isinstance(value, list)]


class Copy(dict[str, Any]):
    """A copy of an item that other documents have, too."""

    __slots__ = ("_pattern",)

    def __init__(self, pattern: Pattern) -> None:
        super().__init__()
        pattern.fill(self)
        self._pattern = pattern

    @property
    def pattern(self) -> Pattern | None:
        """What this is a copy of, None where it has been changed."""
        return self._pattern if self._pattern.is_like(self) else None


def _seen(entry: Pattern | Item) -> Item:
    return entry.item if isinstance(entry, Pattern) else entry


def items_of(entries: Sequence[Pattern | Item]) -> Iterable[Item]:
    """Return the items, to look at, and not to change."""
    return map(attrgetter("item"), entries) if are_patterns(entries) else map(_seen, entries)


def are_patterns(entries: Iterable[Pattern | Item]) -> bool:
    """Tell whether all entries are patterns, as they are unless somebody has asked for items."""
    return set(map(type, entries)) <= {Pattern}


def all_written(
    patterns: Sequence[Pattern], key: Hashable, write: Callable[[Item], bytes]
) -> Iterable[bytes]:
    """Return the entries of ``patterns``, as ``Pattern.written`` returns each."""
    if set(map(attrgetter("key"), patterns)) == {key}:
        return map(attrgetter("entry"), patterns)
    return (pattern.written(key, write) for pattern in patterns)


def pattern_of(entry: Pattern | Item) -> Pattern | None:
    """Return the pattern that says what ``entry`` does, if there is one."""
    if isinstance(entry, Pattern):
        return entry
    return entry.pattern if isinstance(entry, Copy) else None


class _Site(Protocol):
    @property
    def sharing(self) -> EntryCache: ...


class _OfSite(Protocol):
    @property
    def site(self) -> _Site: ...


def once(method: Callable[[F, S], T]) -> Callable[[F, S], T]:
    """Declare that a method of a feed says the same of an item in all feeds of a build."""

    @functools.wraps(method)
    def known(self: F, item: S) -> T:
        return self.site.sharing.once(method, item, method, self)

    return known


class Reader(Protocol):
    """Tells what a feed says of an item."""

    def read(self, item: object) -> dict[str, Any]:
        """Return it as the arguments of ``add_item``."""

    def read_texts(self, item: object) -> dict[str, Any]:
        """Return what of it depends on the format: the texts, as ``add_item`` keeps them."""


class EntryCache:
    """The entries of one build, by the kinds of feed and of document, and by item.

    It is ``on`` only while nobody changes the items, as in a build.
    """

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self._patterns: dict[tuple[type, type], dict[int, Pattern]] = defaultdict(dict)
        self._siblings: dict[type, dict[int, Pattern]] = defaultdict(dict)
        # While an item lives, its id is nobody else's.
        self._items: list[object] = []
        self._made: dict[object, dict[int, tuple[object, Any]]] = defaultdict(dict)

    def once(self, what: object, item: object, make: Callable[..., T], *before: object) -> T:
        """Return what ``make`` makes of ``item``, made once a build for feeds of all formats.

        ``before`` are the arguments that ``make`` takes before the item.
        """
        if not self.on:
            return make(*before, item)
        made = self._made[what]
        found = made.get(id(item))
        if found is None:
            found = made[id(item)] = item, make(*before, item)
        known: T = found[1]
        return known

    def add_all(
        self, feed: object, document: Any, items: Iterable[object], reader: Reader
    ) -> list[Failure]:
        """Add the entries of ``items`` to ``document``, as ``reader`` reads them for ``feed``.

        This is the border of an item: one that raises is left out, and returned with its error.
        """
        of_feed, of_document = kind_of(feed), kind_of(document)
        if not self.on or of_feed is None or of_document is None:
            return _each(items, lambda item: document.add_item(**reader.read(item)))
        siblings, patterns = self._siblings[of_feed], self._patterns[of_feed, of_document]
        items = list(items)
        known = list(map(patterns.get, map(id, items)))
        if all(known):
            document.entries.extend(known)
            return []

        def add(item: object) -> None:
            if pattern := patterns.get(id(item)):
                document.entries.append(pattern)
                return
            if sibling := siblings.get(id(item)):  # it is constant, and so are texts
                document.entries.append({**sibling.item, **reader.read_texts(item)})
            else:
                document.add_item(**reader.read(item))
                self._items.append(item)
            made = document.entries[-1]
            if sibling or _is_constant(made):
                document.entries[-1] = pattern = Pattern(made)
                patterns[id(item)] = siblings[id(item)] = pattern

        return _each(items, add)


def _each(items: Iterable[object], add: Callable[[Any], object]) -> list[Failure]:
    failures: list[Failure] = []
    for item in items:
        try:
            add(item)
        except Exception as error:  # noqa: BLE001 (whatever a hook raises; it costs nothing)
            failures.append((item, error))
    return failures


def _is_constant(item: Item) -> bool:
    """Tell whether ``item`` can change only where ``!=`` sees it, and has a date of its own.

    (An entry without a date takes its feed's.)
    """
    if item["pubdate"] is None and item["updateddate"] is None:
        return False
    kinds = set(map(type, item.values()))
    for value in item.values():
        if isinstance(value, _SEQUENCES):
            kinds.update(map(type, value))
    return _are_values(frozenset(kinds))


@functools.lru_cache(maxsize=1000)
def _are_values(kinds: frozenset[type]) -> bool:
    return all(map(_is_value, kinds - _PLAIN))


def _is_value(kind: type) -> bool:
    """Tell what is equal by what it holds, for good, from what is only equal to itself."""
    if issubclass(kind, str):
        return kind is str  # a subclass may know more than it shows
    return kind.__hash__ is not None and kind.__eq__ is not object.__eq__
