"""The fast path: an entry that stands in many documents is worked out once, and written once.

An article is in a dozen documents of an ordinary site, and says the same in all that have one
format. It is shared only where nobody could tell: the classes of the feed and of the document
declare nothing that has to do with entries, and the item still is what it was when it was written
(who listens to ``feed_generated`` may have changed it). Everything else takes the slow path, and
both give the same bytes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterable, Mapping
from operator import is_
from types import NoneType
from typing import Any, NamedTuple, TypeVar

__all__ = ["Entry", "Sharing", "kind_of", "shareable"]

Class = TypeVar("Class", bound=type)
T = TypeVar("T")
Item = Mapping[str, Any]

# What Python itself writes into a class.
_METADATA = frozenset(
    {
        *("__module__", "__qualname__", "__doc__", "__dict__", "__weakref__", "__parameters__"),
        *("__annotations__", "__annotate__", "__annotate_func__", "__annotations_cache__"),
        *("__firstlineno__", "__static_attributes__", "__orig_bases__"),
    }
)

_VALUES = frozenset({str, bool, NoneType})


class _Rule(NamedTuple):
    harmless: frozenset[str]
    state: frozenset[str]


_rules: dict[type, _Rule] = {}


def shareable(*harmless: str, state: Iterable[str]) -> Callable[[Class], Class]:
    """Declare that a class makes entries of the item and the site alone: it is a *kind*.

    So does a subclass that declares only ``harmless`` names, as long as an instance has no
    other attributes than ``state``.
    """

    def declare(cls: Class) -> Class:
        _rules[cls] = _Rule(_METADATA.union(harmless), frozenset(state))
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
    return kind if all(names <= _rules[kind].harmless for names in declared) else None


class _Pattern:
    """What all copies of an entry have in common: the item, and how it is written."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.lists = [name for name, value in item.items() if isinstance(value, list)]
        self.written: dict[Hashable, bytes] = {}


class Entry(dict[str, Any]):
    """An item of a document that other documents have, too.

    It is a copy: hooks and listeners may do with it what they like.
    """

    __slots__ = ("_pattern",)

    def __init__(self, pattern: _Pattern) -> None:
        super().__init__(pattern.item)
        for name in pattern.lists:
            self[name] = self[name].copy()
        self._pattern = pattern

    def written(self, key: Hashable, write: Callable[[], bytes]) -> bytes:
        """Return what ``write`` makes of this entry, which depends on nothing else but ``key``."""
        if self._is_changed():
            return write()
        known = self._pattern.written
        if key not in known:
            known[key] = write()
        return known[key]

    def _is_changed(self) -> bool:
        # A category may be a str that knows more than its equal does: in lists identity counts.
        item, lists = self._pattern.item, self._pattern.lists
        return self != item or not all(all(map(is_, self[name], item[name])) for name in lists)


class Sharing:
    """The entries of one build, by the kinds of feed and of document, and by item.

    It is ``on`` only while nobody changes the items, as in a build.
    """

    def __init__(self, *, on: bool) -> None:
        self._on = on
        # With the item itself: while it lives, its id is nobody else's.
        self._known: dict[tuple[type, type, int], tuple[object, _Pattern]] = {}
        self._made: dict[tuple[str, int], tuple[object, Any]] = {}

    def once(self, what: str, item: object, make: Callable[[Any], T]) -> T:
        """Return what ``make`` makes of ``item``, made once a build for feeds of all formats."""
        if not self._on:
            return make(item)
        key = what, id(item)
        if key not in self._made:
            self._made[key] = item, make(item)
        made: T = self._made[key][1]
        return made

    def add_all(
        self, feed: object, document: Any, items: Iterable[object], add: Callable[[Any], None]
    ) -> None:
        """Add the entries of ``items`` to ``document``; ``add`` adds one that is not known."""
        of_feed, of_document = kind_of(feed), kind_of(document)
        for item in items:
            if not self._on or of_feed is None or of_document is None:
                add(item)
            elif known := self._known.get((of_feed, of_document, id(item))):
                document.items.append(Entry(known[1]))
            else:
                add(item)
                made = document.items[-1]
                if _is_constant(made):
                    pattern = _Pattern(made)
                    document.items[-1] = Entry(pattern)
                    self._known[of_feed, of_document, id(item)] = item, pattern


def _is_constant(item: Item) -> bool:
    """Tell whether ``item`` can change only where ``!=`` sees it, and has a date of its own.

    (An entry without a date takes its feed's.)
    """
    has_date = item["pubdate"] is not None or item["updateddate"] is not None
    return has_date and all(
        all(map(_is_value, value)) if isinstance(value, list | tuple) else _is_value(value)
        for value in item.values()
    )


def _is_value(value: object) -> bool:
    """Tell what is equal by what it holds, for good, from what is only equal to itself."""
    kind = type(value)
    if kind in _VALUES or isinstance(value, str):
        return kind in _VALUES  # a subclass of str may know more than it shows
    return kind.__hash__ is not None and kind.__eq__ is not object.__eq__
