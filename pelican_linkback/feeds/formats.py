"""The generators: feedgenerator's classes, mended.

::

    feedgenerator.SyndicationFeed
    ├── Rss201rev2Feed ── our Rss201rev2Feed        RSS 2.0
    ├── RssUserland091Feed ── our RssUserland091Feed    RSS 0.91
    ├── Atom1Feed ── our Atom1Feed                  Atom 1.0 (RFC 4287)
    └── our JsonFeed, in jsonfeed.py                JSON Feed 1.1

Each is a template: ``root_attributes``, ``add_root_elements``, ``item_attributes`` and
``add_item_elements`` are meant to be overridden, with a call of ``super()``. What
feedgenerator 2.2 drops or breaks is mended here: stylesheets in Atom, ``content`` in RSS, an
enclosure's length as an int, naive dates beside aware ones, the present time in documents that
have no date, a character that XML forbids.
"""

from __future__ import annotations

import datetime as dt
import mimetypes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import IO, Any
from xml.sax.saxutils import quoteattr

from feedgenerator.django.utils import feedgenerator
from feedgenerator.django.utils.feedgenerator import get_tag_uri, rfc3339_date

from pelican_linkback.feeds.extras import (
    add_atom_head,
    add_rss_head,
    add_to_item,
    category_attributes,
)
from pelican_linkback.feeds.sharing import Pattern, kind_of, pattern_of, seen, shareable
from pelican_linkback.feeds.xmlwriter import Sink, XMLWriter

__all__ = [
    "Atom1Feed",
    "Enclosure",
    "Item",
    "Mended",
    "Person",
    "Rss201rev2Feed",
    "RssUserland091Feed",
    "Stylesheet",
    "save",
    "single_author",
]

CONTENT_NAMESPACE = "http://purl.org/rss/1.0/modules/content/"
DC_NAMESPACE = "http://purl.org/dc/elements/1.1/"
_DATES = ("updateddate", "pubdate")
_NO_DATE = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""The date of a document that has none: Atom asks for one, and a clock would lie (P18)."""

Item = Mapping[str, Any]
"""What ``add_item`` was told of an item, by the names of its arguments."""


@dataclass(frozen=True, slots=True)
class Person:
    """An author or a contributor (RFC 4287, section 3.2): a name, or else an e-mail address."""

    name: str | None
    email: str | None = None
    link: str | None = None


class Enclosure(feedgenerator.Enclosure):
    """A file that belongs to an item: its URL, its length in bytes, its media type.

    RSS demands all three: a length that is not known is 0, as the RSS Advisory Board's profile
    recommends, and a media type is guessed from the URL.
    """

    def __init__(
        self, url: str, length: int | str | None = None, mime_type: str | None = None
    ) -> None:
        if mime_type is None:
            mime_type = mimetypes.guess_type(str(url))[0] or "application/octet-stream"
        super().__init__(url=str(url), length=str(length or 0), mime_type=str(mime_type))


class Stylesheet(feedgenerator.Stylesheet):
    """An ``xml-stylesheet`` instruction's URL, media type (guessed) and media."""

    def __str__(self) -> str:
        pseudo = {"href": self.url, "type": self.mimetype, "media": self.media}
        return " ".join(f"{k}={quoteattr(str(v))}" for k, v in pseudo.items() if v is not None)


def _aware(date: dt.date) -> dt.datetime:
    """Return ``date`` as a datetime with a zone; a naive one is UTC, a day its midnight.

    Before standard time zones were minutes and seconds off, which no date format can say: such a
    date is given in UTC.
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
    except OverflowError:  # the first day there is, or the last
        return date.replace(tzinfo=dt.UTC)


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def rfc2822_date(date: dt.datetime) -> str:
    """Return what feedgenerator's function of this name does, at a fifth of its cost."""
    day, month = _DAYS[date.weekday()], _MONTHS[date.month - 1]
    time = date.isoformat(timespec="seconds")
    zone = time[19:].replace(":", "") or "-0000"
    return f"{day}, {date.day:02} {month} {date.year:04} {time[11:19]} {zone}"


class Mended(feedgenerator.SyndicationFeed):
    """What all our generators share: one way to write, and no clock."""

    item_element = "item"

    entries: list[Any]
    """The items; those that other documents have, too, are here as patterns."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **_with_list_of_categories(kwargs))
        stylesheets = self.feed["stylesheets"] or ()
        self.feed["stylesheets"] = [_mended_stylesheet(each) for each in stylesheets]

    @property
    def items(self) -> list[Item]:
        """The items, as copies: until the document is written they may be changed in every way."""
        for number, entry in enumerate(self.entries):
            if isinstance(entry, Pattern):
                self.entries[number] = entry.copied()
        return self.entries

    @items.setter
    def items(self, items: list[Item]) -> None:
        self.entries = items

    def add_item(
        self, *args: Any, authors: Iterable[Person | str] | None = None, **kwargs: Any
    ) -> None:
        """Add an item; beside feedgenerator's arguments it takes ``authors``, all of them."""
        before, self.entries = self.entries, []
        super().add_item(*args, **_with_list_of_categories(kwargs))
        (item,) = self.entries
        self.entries = before
        before.append(item)
        for key in _DATES:
            if item[key] is not None:
                item[key] = _aware(item[key])
        item["authors"] = single_author(item) if authors is None else [*map(_person, authors)]

    def num_items(self) -> int:
        """Return how many items there are."""
        return len(self.entries)

    def latest_post_date(self) -> dt.datetime:
        """The newest date of the items, else the feed's ``updated``, else 1970-01-01."""
        return self.newest() or _NO_DATE

    def newest(self) -> dt.datetime | None:
        """The newest date of the items, else the feed's ``updated``, else None."""
        dates = filter(None, map(_newest, self.entries))
        newest: dt.datetime | None = max(dates, default=self.feed.get("updated"))
        return newest

    def write(self, outfile: IO[Any], encoding: str) -> None:
        """Write the document to ``outfile``, a text or a binary file."""
        text = self._text(encoding)
        try:
            outfile.write(text)
        except TypeError:
            outfile.write(text.encode(encoding, "xmlcharrefreplace"))

    def writeString(self, encoding: str) -> str:
        """Return what ``write`` writes as text; a subclass may have a ``write`` of its own."""
        if type(self).write is Mended.write:
            return self._text(encoding)
        document = StringIO()
        self.write(document, encoding)
        return document.getvalue()

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
        for entry in self.entries if kind else self.items:
            if kind and (pattern := pattern_of(entry)):
                handler.put(pattern.written(key, self._rendered))
            else:
                self._write_item(handler, entry)

    def _rendered(self, item: Item) -> bytes:
        entry = BytesIO()
        self._write_item(XMLWriter(entry), item)
        return entry.getvalue()

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
    # A string is iterable, too: it would become a category for each of its letters.
    categories = arguments.get("categories")
    return arguments | {"categories": [categories]} if isinstance(categories, str) else arguments


def _person(author: Person | str) -> Person:
    return author if isinstance(author, Person) else Person(str(author))


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


def single_author(item: Item) -> list[Person]:
    """Return the author that the single-author arguments give to a feed or an item, if any."""
    name, email = item["author_name"], item["author_email"]
    return [Person(name, email, item["author_link"])] if name or email else []


_shareable = shareable(
    *("content_type", "mime_type", "root_attributes", "rss_attributes", "add_root_elements"),
    *("endChannelElement", "add_stylesheets"),
    state=("feed", "entries"),
)


class _Rss(Mended, feedgenerator.RssFeed):
    """What RSS 0.91 and RSS 2.0 share: a channel in an rss element."""

    def write_document(self, handler: XMLWriter) -> None:
        """Write the rss element and all below it."""
        handler.startElement("rss", self.rss_attributes())
        handler.startElement("channel", self.root_attributes())
        self.add_root_elements(handler)
        self.write_items(handler)
        self.endChannelElement(handler)
        handler.endElement("rss")

    def add_root_elements(self, handler: XMLWriter) -> None:
        """Write what describes the channel; without a date there is no lastBuildDate."""
        feed = self.feed
        _write_rss_title(handler, feed["title"])
        handler.addQuickElement("link", feed["link"])
        handler.addQuickElement("description", feed["description"])
        if feed["feed_url"] is not None:
            handler.addQuickElement("atom:link", None, {"rel": "self", "href": feed["feed_url"]})
        if feed["language"] is not None:
            handler.addQuickElement("language", feed["language"])
        for category in feed["categories"]:
            _write_rss_category(handler, category)
        if feed["feed_copyright"] is not None:
            handler.addQuickElement("copyright", feed["feed_copyright"])
        if feed.get("generator"):
            handler.addQuickElement("generator", feed["generator"])
        if (newest := self.newest()) is not None:
            handler.addQuickElement("lastBuildDate", rfc2822_date(newest))
        if feed["ttl"] is not None:
            handler.addQuickElement("ttl", feed["ttl"])
        add_rss_head(handler, feed)

    def add_item_elements(self, handler: XMLWriter, item: Item) -> None:
        """Write what all versions of RSS have: title, link and description."""
        _write_rss_title(handler, item["title"])
        handler.addQuickElement("link", item["link"])
        if item["description"] is not None:
            handler.addQuickElement("description", item["description"])


def _write_rss_title(handler: XMLWriter, title: str | None) -> None:
    # A subclass with a write() of its own, in feedgenerator's style, brings another handler.
    write = getattr(handler, "add_html_safe_element", handler.addQuickElement)
    write("title", title)


@_shareable
class RssUserland091Feed(_Rss, feedgenerator.RssUserland091Feed):
    """RSS 0.91 (Userland)."""


@_shareable
class Rss201rev2Feed(_Rss, feedgenerator.Rss201rev2Feed):
    """RSS 2.0, in the RSS Advisory Board's profile: description first, then content:encoded."""

    def rss_attributes(self) -> dict[str, str]:
        """Return the root's attributes; a namespace is declared where the document uses it."""
        attributes: dict[str, str] = super().rss_attributes()
        if any(item["content"] is not None for item in map(seen, self.entries)):
            attributes["xmlns:content"] = CONTENT_NAMESPACE
        return attributes

    def add_item_elements(self, handler: XMLWriter, item: Item) -> None:
        """Write an item's elements."""
        super().add_item_elements(handler, item)
        if item["content"] is not None:
            handler.addQuickElement("content:encoded", item["content"])
        for person in item["authors"]:
            _write_rss_author(handler, person)
        if item["pubdate"] is not None:
            handler.addQuickElement("pubDate", rfc2822_date(item["pubdate"]))
        if item["comments"] is not None:
            handler.addQuickElement("comments", item["comments"])
        if item["unique_id"] is not None:
            handler.addQuickElement("guid", item["unique_id"], _guid_attributes(item))
        if item["ttl"] is not None:
            handler.addQuickElement("ttl", item["ttl"])
        # The profile allows one enclosure; Atom carries them all.
        for enclosure in list(item["enclosures"])[:1]:
            handler.addQuickElement("enclosure", "", {"url": enclosure.url, **_file(enclosure)})
        for category in item["categories"]:
            _write_rss_category(handler, category)
        add_to_item(handler, item, atom=False)


def _write_rss_author(handler: XMLWriter, person: Person) -> None:
    # RSS 2.0's author is an e-mail address; a name alone goes into Dublin Core's creator.
    if person.email:
        named = f"{person.email} ({person.name})" if person.name else person.email
        handler.addQuickElement("author", named)
    else:
        handler.addQuickElement("dc:creator", person.name, {"xmlns:dc": DC_NAMESPACE})


def _write_rss_category(handler: XMLWriter, category: str) -> None:
    handler.addQuickElement("category", category, category_attributes(category, scheme="domain"))


def _guid_attributes(item: Item) -> dict[str, str]:
    permalink = item["unique_id_is_permalink"]
    return {"isPermaLink": str(permalink).lower()} if isinstance(permalink, bool) else {}


def _file(enclosure: feedgenerator.Enclosure) -> dict[str, str]:
    return {"length": str(enclosure.length), "type": str(enclosure.mime_type)}


@_shareable
class Atom1Feed(Mended, feedgenerator.Atom1Feed):
    """Atom 1.0 (RFC 4287)."""

    item_element = "entry"

    def write_document(self, handler: XMLWriter) -> None:
        """Write the feed element and all below it."""
        handler.startElement("feed", self.root_attributes())
        self.add_root_elements(handler)
        self.write_items(handler)
        handler.endElement("feed")

    def add_root_elements(self, handler: XMLWriter) -> None:
        """Write what describes the feed (RFC 4287, section 4.1.1)."""
        feed = self.feed
        handler.addQuickElement("title", feed["title"])
        handler.addQuickElement("link", "", {"rel": "alternate", "href": feed["link"]})
        if feed["feed_url"] is not None:
            handler.addQuickElement("link", "", {"rel": "self", "href": feed["feed_url"]})
        handler.addQuickElement("id", feed["id"])
        handler.addQuickElement("updated", rfc3339_date(self.latest_post_date()))
        for person in single_author(feed):
            _write_atom_person(handler, "author", person)
        if feed["subtitle"]:
            handler.addQuickElement("subtitle", feed["subtitle"])
        if feed.get("generator"):
            handler.addQuickElement("generator", feed["generator"])
        for person in map(_person, feed.get("contributors") or ()):
            _write_atom_person(handler, "contributor", person)
        for category in feed["categories"]:
            _write_atom_category(handler, category)
        if feed["feed_copyright"] is not None:
            handler.addQuickElement("rights", feed["feed_copyright"])
        add_atom_head(handler, feed)

    def item_attributes(self, item: Item) -> dict[str, str]:
        """Return the entry's attributes: its language where it is not the feed's."""
        language = item.get("language")
        return {"xml:lang": language} if language and language != self.feed["language"] else {}

    def add_item_elements(self, handler: XMLWriter, item: Item) -> None:
        """Write an entry's elements (RFC 4287, section 4.1.2)."""
        handler.addQuickElement("title", item["title"])
        handler.addQuickElement("link", "", {"href": item["link"], "rel": "alternate"})
        self._write_dates(handler, item)
        for person in item["authors"]:
            _write_atom_person(handler, "author", person)
        unique_id = item["unique_id"]
        if unique_id is None:
            unique_id = get_tag_uri(item["link"], item["pubdate"])
        handler.addQuickElement("id", unique_id)
        if item["description"] is not None:
            handler.addQuickElement("summary", item["description"], {"type": "html"})
        if item["content"] is not None:
            handler.addQuickElement("content", item["content"], {"type": "html"})
        for enclosure in item["enclosures"]:
            attributes = {"rel": "enclosure", "href": enclosure.url, **_file(enclosure)}
            handler.addQuickElement("link", "", attributes)
        for person in map(_person, item.get("contributors") or ()):
            _write_atom_person(handler, "contributor", person)
        for category in item["categories"]:
            _write_atom_category(handler, category)
        if item["item_copyright"] is not None:
            handler.addQuickElement("rights", item["item_copyright"])
        add_to_item(handler, item, atom=True)

    def _write_dates(self, handler: XMLWriter, item: Item) -> None:
        # Every entry has an updated element (4.1.2); one without a date is as new as its feed.
        if item["pubdate"] is not None:
            handler.addQuickElement("published", rfc3339_date(item["pubdate"]))
        updated = item["updateddate"] or item["pubdate"] or self.latest_post_date()
        handler.addQuickElement("updated", rfc3339_date(updated))


def _write_atom_person(handler: XMLWriter, element: str, person: Person) -> None:
    handler.startElement(element, {})
    handler.addQuickElement("name", person.name or person.email)  # a name is required (3.2.1)
    if person.email:
        handler.addQuickElement("email", person.email)
    if person.link:
        handler.addQuickElement("uri", person.link)
    handler.endElement(element)


def _write_atom_category(handler: XMLWriter, category: str) -> None:
    more = category_attributes(category, scheme="scheme", label="label")
    handler.addQuickElement("category", "", {"term": category, **more})
