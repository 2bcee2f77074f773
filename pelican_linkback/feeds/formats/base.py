"""The base of the generators of all formats: feedgenerator's classes with corrections.

::

    feedgenerator.SyndicationFeed, Generator
    ├── XmlGenerator                xml_base.py
    │   ├── RssUserland091Feed      rss.py          RSS 0.91
    │   ├── Rss201rev2Feed          rss.py          RSS 2.0
    │   │   └── PodcastRss          podcast.py      the same for podcasts
    │   └── Atom1Feed               atom.py         Atom 1.0 (RFC 4287)
    └── JsonFeed                    jsonfeed.py     JSON Feed 1.1

What feedgenerator 2.2 drops or breaks is corrected here: stylesheets in Atom, ``content`` in RSS,
an enclosure's length as an int, naive dates beside aware ones, the present time in documents that
have no date, a character that XML forbids.
"""

from __future__ import annotations

import codecs
import datetime as dt
import functools
from collections.abc import Callable, Iterable
from io import BufferedIOBase, BytesIO, StringIO
from itertools import chain
from operator import attrgetter, itemgetter
from types import NoneType
from typing import IO, Any

from feedgenerator.django.utils.feedgenerator import SyndicationFeed

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.feeds.formats.entry_cache import (
    Item,
    Pattern,
    all_written,
    are_patterns,
    items_of,
)
from pelican_linkback.feeds.formats.extensions import mended
from pelican_linkback.feeds.formats.kinds import kind_of, safe_overrides
from pelican_linkback.feeds.formats.people import Person, as_person, single_author
from pelican_linkback.feeds.formats.xml import Sink
from pelican_linkback.text.urls import is_plain

__all__ = ["FACTS", "Generator", "aware", "save"]

_DATES = ("updateddate", "pubdate")
_dates_of = itemgetter(*_DATES)
_MINUTE = dt.timedelta(minutes=1)
_NO_DATE = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""The date of a document without dates: Atom requires one, and the clock's would change (P18)."""


def aware(date: dt.date) -> dt.datetime:
    """Return ``date`` as a datetime with a time zone; a naive one is UTC, a day its midnight.

    Before standard time, zones had odd minutes and seconds, which no date format can express: such
    a date is given in UTC.
    """
    if not isinstance(date, dt.datetime):
        date = dt.datetime.combine(date, dt.time())
    offset = date.utcoffset()
    if offset is None:
        return date.replace(tzinfo=dt.UTC)
    if not offset % _MINUTE:
        return date
    try:
        return date.astimezone(dt.UTC)
    except OverflowError:  # the first possible day, or the last
        return date.replace(tzinfo=dt.UTC)


FACTS = (
    *("name", "label", "setting", "content_type", "mime_type", "extension", "archive_links"),
    *("summary_first", "caches_entries", "feed_hooks"),
)
"""What a generator class says of its format: see ``registry``."""


class Generator(SyndicationFeed):
    """What all our generators share: one way to write, and no clock.

    A format of your own writes ``head()``, then what ``render(item)`` returns of each item, then
    ``tail()``, each as bytes in UTF-8; or it overrides ``save(file, encoding)``.
    """

    summary_first = False

    caches_entries = False
    """Whether what ``render`` returns depends on the item, and on the language of the feed, alone:
    an article in many feeds is rendered once then. A subclass that overrides more than the
    ``feed_hooks`` has to say it again."""

    feed_hooks: tuple[str, ...] = ("head", "tail")
    """The methods on which no entry depends."""

    entries: list[Any]
    """The items; those shared with other documents are patterns."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let the entry cache know a class that declares itself that it ``caches_entries``."""
        super().__init_subclass__(**kwargs)
        if vars(cls).get("caches_entries"):
            safe_overrides(*FACTS, *cls.feed_hooks, state=("feed", "entries"))(cls)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **_with_list_of_categories(kwargs))
        for author in single_author(self.feed):
            self.feed["author_name"], self.feed["author_email"] = author.name, author.email
        stylesheets = self.feed["stylesheets"] or ()
        self.feed["stylesheets"] = [mended(each) for each in stylesheets]

    @property
    def items(self) -> list[Item]:
        """The items, as copies: they may be changed in any way until the document is written."""
        for number, entry in enumerate(self.entries):
            if isinstance(entry, Pattern):
                self.entries[number] = entry.copied()
        return self.entries

    @items.setter
    def items(self, items: list[Item]) -> None:
        self.entries = items if isinstance(items, list) else list(items)

    def add_item(
        self, *args: Any, authors: Iterable[Person | str] | None = None, **kwargs: Any
    ) -> None:
        """Add an item; beside feedgenerator's arguments it takes ``authors``, all of them."""
        # mypy confuses the two __hash__ of a class.
        is_usual = not args and _adds_as_feedgenerator(type(self))  # type: ignore[arg-type]
        item = (is_usual and _plain_item(kwargs)) or self._item(args, kwargs)
        for key in _DATES:
            if item[key] is not None:
                item[key] = aware(item[key])
        item["authors"] = single_author(item) if authors is None else [*map(as_person, authors)]
        self.entries.append(item)

    def _item(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return the item that feedgenerator makes of arguments of ``add_item``."""
        item: dict[str, Any]
        before, self.entries = self.entries, []
        try:
            super().add_item(*args, **_with_list_of_categories(kwargs))
            (item,) = self.entries
        finally:
            self.entries = before
        return item

    def num_items(self) -> int:
        """Return how many items there are."""
        return len(self.entries)

    def latest_post_date(self) -> dt.datetime:
        """The newest date of the items, else the feed's ``updated``, else 1970-01-01."""
        return self.newest() or _NO_DATE

    def newest(self) -> dt.datetime | None:
        """The newest date of the items, else the feed's ``updated``, else None."""
        dates: Iterable[dt.datetime]
        if are_patterns(self.entries):
            dates = map(attrgetter("newest"), self.entries)
        else:
            dates = filter(None, chain.from_iterable(map(_dates_of, items_of(self.entries))))
        if newest := max(dates, default=None):
            return newest
        updated = self.feed.get("updated")
        return aware(updated) if updated else None

    def drop_broken_items(self) -> list[tuple[Item, BaseException]]:
        """Remove the items that cannot be written, and return them with their errors.

        None in a format that overrides ``save`` and not ``render``: it writes no item alone.
        """
        if type(self).render is Generator.render:
            return []
        broken: list[tuple[Item, BaseException]] = []
        for item in self.items:
            try:
                self.render(item)
            except FAULTS as error:  # whatever an item's values raise
                broken.append((item, error))
        gone = {id(item) for item, _ in broken}
        self.entries = [item for item in self.entries if id(item) not in gone]
        return broken

    def write(self, outfile: IO[Any], encoding: str) -> None:
        """Write the document to ``outfile``, a text or a binary file; the latter is faster."""
        if isinstance(outfile, BufferedIOBase) and codecs.lookup(encoding).name == "utf-8":
            self.save(outfile, encoding)
            return
        text = self._text(encoding)
        try:
            outfile.write(text)
        except TypeError:
            outfile.write(self._encoded(text, encoding))

    def writeString(self, encoding: str) -> str:
        """Return what ``write`` writes as text; a subclass may have a ``write`` of its own."""
        if type(self).write is Generator.write:
            return self._text(encoding)
        document = StringIO()
        self.write(document, encoding)
        return document.getvalue()

    def _encoded(self, text: str, encoding: str) -> bytes:
        return text.encode(encoding)

    def _text(self, encoding: str) -> str:
        document = BytesIO()
        self.save(document, encoding)
        return str(document.getbuffer(), "utf-8")

    def save(self, file: Sink, encoding: str = "utf-8") -> None:  # noqa: ARG002
        """Write the document to ``file`` in UTF-8; ``encoding`` is what it says of itself."""
        file.write(self.head())
        for entry in self.rendered():
            file.write(entry)
        file.write(self.tail())

    def head(self) -> bytes:
        """Return what stands before the entries."""
        return b""

    def tail(self) -> bytes:
        """Return what stands after the entries."""
        return b""

    def render(self, item: Item) -> bytes:
        """Return an item as it stands in the document; a format that overrides ``save`` needs none.

        Raises NotImplementedError where the class has neither.
        """
        raise NotImplementedError

    def rendered(self) -> Iterable[bytes]:
        """Return what ``render`` returns of each item; items in many documents are cached."""
        kind = kind_of(self)
        if kind is None:
            return map(self._renderer(), self.items)
        key = kind, self.feed["language"]
        if are_patterns(self.entries):
            return all_written(self.entries, key, self._renderer)
        render = self._renderer()
        return (
            each.written(key, render) if isinstance(each, Pattern) else render(each)
            for each in self.entries
        )

    def _renderer(self) -> Callable[[Any], bytes]:
        return self.render


@functools.lru_cache(maxsize=1000)
def _adds_as_feedgenerator(cls: type[Generator]) -> bool:
    """Return whether no mixin has an ``add_item`` of its own between ours and feedgenerator's."""
    after_ours = cls.__mro__[cls.__mro__.index(Generator) + 1 :]
    return next(each for each in after_ours if "add_item" in vars(each)) is SyndicationFeed


_bare = SyndicationFeed("", "", "")
_bare.add_item(None, None, None)
_BARE_ITEM: dict[str, Any] = {**_bare.items[0], "title": ..., "link": ..., "description": ...}
"""feedgenerator's empty item; ``...``, which is no text, stands for what an item has to have."""
_texts_of = itemgetter(
    *("title", "description", "content", "author_email", "author_name", "author_link"),
    *("comments", "unique_id", "item_copyright", "ttl"),
)
_TEXT = frozenset({str, NoneType})
_LISTS = frozenset({list, tuple})


def _plain_item(arguments: dict[str, Any]) -> dict[str, Any] | None:
    """Return what feedgenerator's ``add_item`` makes of ``arguments``, where it converts none.

    None where it may: where a text is no string, or a URL holds more than plain characters.
    """
    item = {**_BARE_ITEM, **arguments}
    link, categories = item["link"], item["categories"]
    if (
        type(link) is str
        and is_plain(link)
        and _TEXT.issuperset(map(type, _texts_of(item)))
        and (item["author_link"] is None or is_plain(item["author_link"]))
        and type(categories) in _LISTS
        and _TEXT.issuperset(map(type, categories))
    ):
        item["categories"] = [*categories] or ()
        item["enclosures"] = item["enclosures"] or ()
        return item
    return None


def _with_list_of_categories(arguments: dict[str, Any]) -> dict[str, Any]:
    # A string is iterable, too: each of its letters would become a category.
    categories = arguments.get("categories")
    return arguments | {"categories": [categories]} if isinstance(categories, str) else arguments


def save(document: SyndicationFeed, file: Sink) -> None:
    """Write any generator's document to ``file`` in UTF-8."""
    cls = type(document)
    if (cls.write, cls.writeString) == (Generator.write, Generator.writeString):
        document.save(file)
        return
    try:
        data = document.writeString("utf-8").encode()
    except TypeError:  # of a generator that writes bytes
        binary = BytesIO()
        document.write(binary, "utf-8")
        data = binary.getvalue()
    file.write(data)
