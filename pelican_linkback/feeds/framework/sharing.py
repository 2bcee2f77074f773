"""What the documents of a build share: an entry that is in many is computed once.

On an ordinary site an article is in a dozen documents, and its entry is the same in all of one
format. It is shared only if the result cannot differ. Aspects that a user's class overrides are
read for each document, and the entry is shared if the values are those of the document before.
Whoever reads the ``items`` of a document, such as a listener of ``feed_generated``, gets copies,
and that document takes the slow path, as does everything else. Both give the same bytes.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from types import NoneType
from typing import Any, NamedTuple, Protocol, TypeVar

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.feeds.formats.entry_cache import EntryStore, Item, Pattern
from pelican_linkback.feeds.formats.kinds import Kind, kind_of
from pelican_linkback.feeds.formats.xml import batched

__all__ = ["EntryCache", "Failure", "once"]

F = TypeVar("F", bound="_OfSite")
S = TypeVar("S")
T = TypeVar("T")

Failure = tuple[object, BaseException]
"""An item that cannot be added to a document, and its error."""

_TEXTS = frozenset({"content", "description"})
"""The arguments that differ between formats."""

_NOT_YET: Any = object()

_ITEM = object()
"""The key of the item itself: while it is kept, its ``id()`` is unique."""

_TOGETHER = 500
"""The number of items that are read together."""

_SEQUENCES = (list, tuple)
_PLAIN = frozenset({*_SEQUENCES, NoneType})
_WORDS = frozenset({str, NoneType})


class _Site(Protocol):
    @property
    def sharing(self) -> EntryCache: ...


class _OfSite(Protocol):
    @property
    def site(self) -> _Site: ...


def once(method: Callable[[F, S], T]) -> Callable[[F, S], T]:
    """Declare that a method of a feed returns the same for an item in all feeds of a build."""

    @functools.wraps(method)
    def known(self: F, item: S) -> T:
        sharing = self.site.sharing
        if not sharing.on:
            return method(self, item)
        made = sharing.made_of(item)
        value: T = made.get(method, _NOT_YET)
        if value is _NOT_YET:
            value = made[method] = method(self, item)
        return value

    return known


class Reader(Protocol):
    """Reads what a feed says about an item, as arguments of ``add_item``."""

    def read(self, item: object) -> dict[str, Any]:
        """Return all arguments."""

    def read_some(self, item: object, names: frozenset[str]) -> dict[str, Any]:
        """Return the arguments with these names, as far as the feed has them."""

    def read_each(
        self, items: Iterable[object], names: frozenset[str] = ...
    ) -> dict[int, dict[str, Any]]:
        """Return what ``read`` returns of each item, or ``read_some``, by the item's ``id()``.

        Items that fail are left out.
        """

    def asking(self, names: frozenset[str]) -> Callable[[object], dict[str, Any]]:
        """Return ``read_some`` for these names, but for what is left to ``mend``: mostly nothing.

        It is valid as long as the feed has the attributes that it has now.
        """

    def mend(self, item: object, arguments: dict[str, Any]) -> dict[str, Any]:
        """Take out of ``arguments`` what no format can say, and return them."""


class _Known(NamedTuple):
    """The arguments of an item, from a feed that has some of its own, and its entry."""

    arguments: Mapping[str, Any]
    own: Item
    pattern: Pattern
    has_words: bool

    @classmethod
    def of(cls, arguments: Mapping[str, Any], own: Item, pattern: Pattern) -> _Known:
        """Return what is known of an item."""
        return cls(arguments, own, pattern, _WORDS.issuperset(map(type, own.values())))

    def is_said_by(self, said: Item) -> bool:
        """Return whether a feed says the same of the item: mostly a text, or nothing."""
        if self.has_words and said == self.own and _WORDS.issuperset(map(type, said.values())):
            return True
        return _are_same(said, self.own)


class EntryCache:
    """The entries of one build, by the kinds of feed and of document, and by item.

    It is ``on`` only while nothing changes the items, as in a build.
    """

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self._patterns: dict[tuple[Kind, Kind], dict[int, Pattern]] = defaultdict(dict)
        self._siblings: dict[Kind, dict[int, Item]] = defaultdict(dict)
        self._known: dict[tuple[Kind, Kind], dict[int, _Known]] = defaultdict(dict)
        self._arguments: dict[Kind, dict[int, Mapping[str, Any]]] = defaultdict(dict)
        self._store = EntryStore()
        self._made: dict[int, dict[object, Any]] = {}

    def once(self, what: object, item: object, make: Callable[..., T], *before: object) -> T:
        """Return the result of ``make`` for ``item``, computed once a build for all formats.

        ``before`` are the arguments of ``make`` before the item.
        """
        if not self.on:
            return make(*before, item)
        made = self.made_of(item)
        known: T = made.get(what, _NOT_YET)
        if known is _NOT_YET:
            known = made[what] = make(*before, item)
        return known

    def made_of(self, item: object) -> dict[object, Any]:
        """Return what has been computed of ``item``, to be added to: ``once`` shows how."""
        made = self._made.get(id(item))
        if made is None:
            made = self._made[id(item)] = {_ITEM: item}
        return made

    def let_go(self) -> None:
        """Forget the entries of the documents so far: those to come are in another format.

        What is known of the items stays; an entry that is needed again is made again.
        """
        self._patterns.clear()
        self._known.clear()
        self._store = EntryStore()

    def add_all(
        self, feed: object, document: Any, items: Iterable[object], reader: Reader
    ) -> list[Failure]:
        """Add the entries of ``items`` to ``document``, as ``reader`` reads them for ``feed``.

        This is the border of an item: one that raises is left out, and returned with its error.
        """
        of_feed, of_document = kind_of(feed), kind_of(document)
        if not self.on or of_feed is None or of_document is None:
            return _each(items, lambda item: document.add_item(**reader.read(item)))
        if of_feed.own:
            return self._add_some((of_feed, of_document), feed, document, items, reader)
        siblings, patterns = self._siblings[of_feed], self._patterns[of_feed, of_document]
        items = list(items)
        known = list(map(patterns.get, map(id, items)))
        if all(known):
            document.entries.extend(known)
            return []

        read: dict[int, dict[str, Any]] = {}

        def add(item: object) -> None:
            if pattern := patterns.get(id(item)):
                document.entries.append(pattern)
                return
            arguments = read.pop(id(item), None)
            if sibling := siblings.get(id(item)):  # it is constant, and so are texts
                texts = reader.read_some(item, _TEXTS) if arguments is None else arguments
                document.entries.append({**sibling, **dict.fromkeys(_TEXTS), **texts})
            else:
                arguments = reader.read(item) if arguments is None else arguments
                document.add_item(**arguments)
                self.made_of(item)  # and so it exists as long as this cache
            made = document.entries[-1]
            if sibling or _is_constant(made):
                document.entries[-1] = patterns[id(item)] = Pattern(made, self._store)
                siblings[id(item)] = made

        failures: list[Failure] = []
        for some in batched(items, _TOGETHER):
            new = [item for item in some if id(item) not in patterns]
            read |= reader.read_each([item for item in new if id(item) not in siblings])
            read |= reader.read_each([item for item in new if id(item) in siblings], _TEXTS)
            failures += _each(some, add)
        return failures

    def _add_some(
        self,
        kinds: tuple[Kind, Kind],
        feed: Any,
        document: Any,
        items: Iterable[object],
        reader: Reader,
    ) -> list[Failure]:
        """Do as ``add_all`` for a feed that has some arguments of its own."""
        known, siblings, own = self._known[kinds], self._arguments[kinds[0]], kinds[0].own
        attributes, ask = len(vars(feed)), reader.asking(own)

        def add(item: object) -> None:
            if len(vars(feed)) != attributes:  # a hook has set one, and it may be any object
                document.add_item(**reader.read(item))
                return
            if before := known.get(id(item)):
                said = ask(item)
                if before.is_said_by(said) or _are_same(reader.mend(item, said), before.own):
                    document.entries.append(before.pattern)
                    return
                before.pattern.let_go()
                arguments = _replaced(before.arguments, own, said)
            elif sibling := siblings.get(id(item)):
                arguments = _replaced(sibling, own | _TEXTS, reader.read_some(item, own | _TEXTS))
            else:
                arguments = reader.read(item)
            document.add_item(**arguments)
            if not _is_constant(made := document.entries[-1]):
                return
            document.entries[-1] = pattern = Pattern(made, self._store)
            said = _frozen({name: arguments[name] for name in own & arguments.keys()})
            known[id(item)] = _Known.of(arguments, said, pattern)
            siblings.setdefault(id(item), arguments)
            self.made_of(item)

        return _each(items, add)


def _replaced(
    arguments: Mapping[str, Any], names: Collection[str], instead: Mapping[str, Any]
) -> dict[str, Any]:
    """Return ``arguments``, with those of ``names`` taken from ``instead``."""
    others = {name: arguments[name] for name in arguments if name not in names}
    return _frozen({**others, **instead})


def _frozen(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``arguments`` with copies of their lists, which nothing else can change."""
    return {n: [*value] if isinstance(value, list) else value for n, value in arguments.items()}


def _are_same(some: Any, others: Any) -> bool:
    """Return whether two results of a hook are written alike; False if that is not sure."""
    # Equal values may be written differently: a time in another zone, a subclass of str.
    if type(some) is not type(others):
        return False
    if isinstance(some, dict):
        return some.keys() == others.keys() and all(
            map(_are_same, some.values(), map(others.get, some))
        )
    if isinstance(some, _SEQUENCES):
        return len(some) == len(others) and all(map(_are_same_words, some, others))
    return some is others or _are_same_words(some, others)


def _are_same_words(some: object, others: object) -> bool:
    return type(some) is type(others) is str and some == others


def _each(items: Iterable[object], add: Callable[[Any], object]) -> list[Failure]:
    failures: list[Failure] = []
    for item in items:
        try:
            add(item)
        except FAULTS as error:  # whatever a hook raises; it costs nothing
            failures.append((item, error))
    return failures


def _is_constant(item: Item) -> bool:
    """Return whether changes of ``item`` are visible to ``!=``, and it has a date of its own.

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
    """Return whether instances of ``kind`` are immutable values, equal if their content is."""
    if issubclass(kind, str):
        return kind is str  # a subclass may have further attributes
    return kind.__hash__ is not None and kind.__eq__ is not object.__eq__
