"""The base of the generators of all formats: feedgenerator's classes with corrections.

::

    feedgenerator.SyndicationFeed, Mended
    ├── RssUserland091Feed      rss.py              RSS 0.91
    ├── Rss201rev2Feed          rss.py              RSS 2.0
    │   └── PodcastRss          podcast_format.py   the same for podcasts
    ├── Atom1Feed               atom.py             Atom 1.0 (RFC 4287)
    └── JsonFeed                jsonfeed.py         JSON Feed 1.1

Each is a template: ``root_attributes``, ``add_root_elements``, ``item_attributes`` and
``add_item_elements`` are meant to be overridden, with a call of ``super()``. What
feedgenerator 2.2 drops or breaks is corrected here: stylesheets in Atom, ``content`` in RSS, an
enclosure's length as an int, naive dates beside aware ones, the present time in documents that
have no date, a character that XML forbids.
"""

from __future__ import annotations

import datetime as dt
import mimetypes
from collections.abc import Iterable
from functools import partial
from io import BytesIO, StringIO
from operator import attrgetter
from typing import IO, Any
from xml.sax.saxutils import quoteattr

from feedgenerator.django.utils import feedgenerator

from pelican_linkback.feeds.formats.entry_cache import (
    Item,
    Pattern,
    all_written,
    are_patterns,
)
from pelican_linkback.feeds.formats.kinds import kind_of, safe_overrides
from pelican_linkback.feeds.formats.people import Person, as_person, single_author
from pelican_linkback.feeds.formats.xml import Fragments, Sink, XMLWriter

__all__ = [
    "Enclosure",
    "Mended",
    "Stylesheet",
    "aware",
    "file_attributes",
    "save",
    "xml_kind",
]

_DATES = ("updateddate", "pubdate")
_NO_DATE = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""The date of a document without dates: Atom requires one, and the clock's would change (P18)."""


class Enclosure(feedgenerator.Enclosure):
    """A file that belongs to an item: its absolute URL, its length in bytes, its media type.

    ``Enclosure("https://harbour.example/race.mp3", 4200, "audio/mpeg")``. RSS demands all three: a
    length that is not known is 0, as the RSS Advisory Board's profile recommends, and a media type
    is guessed from the URL.
    """

    def __init__(
        self, url: str, length: int | str | None = None, mime_type: str | None = None
    ) -> None:
        if mime_type is None:
            mime_type = mimetypes.guess_type(str(url))[0] or "application/octet-stream"
        super().__init__(url=str(url), length=str(length or 0), mime_type=str(mime_type))


class Stylesheet(feedgenerator.Stylesheet):
    """A style sheet for browsers: its URL, its media type (guessed from it), the media it is for.

    ``Stylesheet("/print.css", media="print")`` becomes an ``xml-stylesheet`` instruction.
    """

    def __str__(self) -> str:
        pseudo = {"href": self.url, "type": self.mimetype, "media": self.media}
        return " ".join(f"{k}={quoteattr(str(v))}" for k, v in pseudo.items() if v is not None)


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
    if not offset % dt.timedelta(minutes=1):
        return date
    try:
        return date.astimezone(dt.UTC)
    except OverflowError:  # the first possible day, or the last
        return date.replace(tzinfo=dt.UTC)


class Mended(feedgenerator.SyndicationFeed):
    """The base class of all our generators: one way to write, and no clock."""

    item_element = "item"

    entries: list[Any]
    """The items; those shared with other documents are patterns."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **_with_list_of_categories(kwargs))
        for author in single_author(self.feed):
            self.feed["author_name"], self.feed["author_email"] = author.name, author.email
        stylesheets = self.feed["stylesheets"] or ()
        self.feed["stylesheets"] = [_mended_stylesheet(each) for each in stylesheets]

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
        before, self.entries = self.entries, []
        try:
            super().add_item(*args, **_with_list_of_categories(kwargs))
            (item,) = self.entries
        finally:
            self.entries = before
        for key in _DATES:
            if item[key] is not None:
                item[key] = aware(item[key])
        item["authors"] = single_author(item) if authors is None else [*map(as_person, authors)]
        before.append(item)

    def num_items(self) -> int:
        """Return how many items there are."""
        return len(self.entries)

    def latest_post_date(self) -> dt.datetime:
        """The newest date of the items, else the feed's ``updated``, else 1970-01-01."""
        return self.newest() or _NO_DATE

    def newest(self) -> dt.datetime | None:
        """The newest date of the items, else the feed's ``updated``, else None."""
        newest_of = attrgetter("newest") if are_patterns(self.entries) else _newest
        dates: list[dt.datetime] = list(filter(None, map(newest_of, self.entries)))
        if dates:
            return max(dates)
        updated = self.feed.get("updated")
        return aware(updated) if updated else None

    def drop_broken_items(self) -> list[tuple[Item, Exception]]:
        """Remove the items that cannot be written, and return them with their errors."""
        broken: list[tuple[Item, Exception]] = []
        for item in self.items:
            try:
                self.try_item(item)
            except Exception as error:  # noqa: BLE001 (whatever an item's values raise)
                broken.append((item, error))
        gone = {id(item) for item, _ in broken}
        self.entries = [item for item in self.entries if id(item) not in gone]
        return broken

    def try_item(self, item: Item) -> object:
        """Write an item and discard the output."""
        return Fragments().written(self._write_item, item)

    def write(self, outfile: IO[Any], encoding: str) -> None:
        """Write the document to ``outfile``, a text or a binary file."""
        text = self._text(encoding)
        try:
            outfile.write(text)
        except TypeError:
            outfile.write(self._encoded(text, encoding))

    def writeString(self, encoding: str) -> str:
        """Return what ``write`` writes as text; a subclass may have a ``write`` of its own."""
        if type(self).write is Mended.write:
            return self._text(encoding)
        document = StringIO()
        self.write(document, encoding)
        return document.getvalue()

    def _encoded(self, text: str, encoding: str) -> bytes:
        return text.encode(encoding, "xmlcharrefreplace")

    def _text(self, encoding: str) -> str:
        document = BytesIO()
        self.save(document, encoding)
        return str(document.getbuffer(), "utf-8")

    def save(self, file: Sink, encoding: str = "utf-8") -> None:
        """Write the document to ``file`` in UTF-8; ``encoding`` is what its declaration says."""
        handler = XMLWriter(file, encoding)
        handler.startDocument()
        self.add_stylesheets(handler)
        self.write_document(handler)

    def write_items(self, handler: XMLWriter) -> None:
        """Write the items, in their order."""
        kind = kind_of(self) if type(handler) is XMLWriter else None
        key = kind, self.feed["language"]
        render = partial(Fragments().written, self._write_item)
        if kind and are_patterns(self.entries):
            handler.put_all(all_written(self.entries, key, render))
            return
        for entry in self.entries if kind else self.items:
            if isinstance(entry, Pattern):
                handler.put(entry.written(key, render))
            else:
                self._write_item(handler, entry)

    def _write_item(self, handler: XMLWriter, item: Item) -> None:
        handler.startElement(self.item_element, self.item_attributes(item))
        self.add_item_elements(handler, item)
        handler.endElement(self.item_element)

    def add_stylesheets(self, handler: XMLWriter) -> None:
        """Write the stylesheets' instructions, before the first element."""
        for stylesheet in self.feed["stylesheets"]:
            handler.processingInstruction("xml-stylesheet", stylesheet)

    def write_document(self, handler: XMLWriter) -> None:
        """Write the root element and all below it; each format has its own."""
        raise NotImplementedError


def _newest(entry: Pattern | Item) -> dt.datetime | None:
    if isinstance(entry, Pattern):
        return entry.newest
    dates: list[dt.datetime] = [each for key in _DATES if (each := entry[key])]
    return max(dates, default=None)


def _with_list_of_categories(arguments: dict[str, Any]) -> dict[str, Any]:
    # A string is iterable, too: each of its letters would become a category.
    categories = arguments.get("categories")
    return arguments | {"categories": [categories]} if isinstance(categories, str) else arguments


def save(document: feedgenerator.SyndicationFeed, file: Sink) -> None:
    """Write any generator's document to ``file`` in UTF-8."""
    cls = type(document)
    if (cls.write, cls.writeString) == (Mended.write, Mended.writeString):
        document.save(file)
    else:
        file.write(document.writeString("utf-8").encode())


def _mended_stylesheet(sheet: feedgenerator.Stylesheet) -> Stylesheet:
    if isinstance(sheet, Stylesheet):
        return sheet
    return Stylesheet(sheet.url, sheet.mimetype or "", sheet.media)


xml_kind = safe_overrides(
    *("content_type", "mime_type", "root_attributes", "rss_attributes", "add_root_elements"),
    *("endChannelElement", "add_stylesheets"),
    state=("feed", "entries"),
)
"""Declares a generator whose elements of an item depend on the item alone: see ``entry_cache``."""


def file_attributes(enclosure: feedgenerator.Enclosure) -> dict[str, str]:
    """Return the attributes of an enclosure in RSS and Atom, except its URL."""
    return {"length": str(enclosure.length), "type": str(enclosure.mime_type)}
