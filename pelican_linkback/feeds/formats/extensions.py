"""What feedgenerator lacks: enclosures, style sheets, answers, and elements of RSS and Atom.

A namespace is declared on the element that needs it, so that an entry is the same in each document.
"""

from __future__ import annotations

import datetime as dt
import functools
import mimetypes
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from feedgenerator.django.utils import feedgenerator
from feedgenerator.django.utils.feedgenerator import rfc3339_date

from pelican_linkback.feeds.formats.xml import XMLWriter

__all__ = [
    "ArchiveLinks",
    "Category",
    "CommentsFeed",
    "Enclosure",
    "InReplyTo",
    "Stylesheet",
    "add_atom_head",
    "add_rss_head",
    "add_to_item",
    "category_attributes",
    "file_attributes",
    "has_thread",
    "mended",
    "thread_as_json",
]

HISTORY = {"xmlns:fh": "http://purl.org/syndication/history/1.0"}
MEDIA = {"xmlns:media": "http://search.yahoo.com/mrss/"}
SLASH = {"xmlns:slash": "http://purl.org/rss/1.0/modules/slash/"}
THREAD = {"xmlns:thr": "http://purl.org/syndication/thread/1.0"}
WFW = {"xmlns:wfw": "http://wellformedweb.org/CommentAPI/"}

ATOM, RSS, JSON = "application/atom+xml", "application/rss+xml", "application/feed+json"

CommentsFeed = tuple[str, str]
"""The media type of a feed of comments, "" for an unknown one, and its absolute URL."""


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


def mended(sheet: feedgenerator.Stylesheet) -> Stylesheet:
    """Return feedgenerator's stylesheet as one of ours, whose URL may hold ``&``."""
    if isinstance(sheet, Stylesheet):
        return sheet
    return Stylesheet(sheet.url, sheet.mimetype or "", sheet.media)


def file_attributes(enclosure: feedgenerator.Enclosure) -> dict[str, str]:
    """Return what RSS and Atom say of an enclosure beside its URL."""
    return {"length": str(enclosure.length), "type": str(enclosure.mime_type)}


@dataclass(frozen=True, slots=True)
class InReplyTo:
    """What an item answers (RFC 4685, section 3): the id of that entry, and its absolute URL.

    ``InReplyTo("tag:harbour.example,2026:race", "https://harbour.example/race.html")``.
    """

    ref: str
    href: str = ""


class ArchiveLinks(NamedTuple):
    """The URLs of the neighbours of a document of an archived feed (RFC 5005, section 4)."""

    current: str | None = None
    previous: str | None = None
    following: str | None = None
    is_full: bool = False


class Category(str):
    """A category of a feed or an item: a term, its scheme (a URI), and a label.

    ``Category("387.1", "https://harbour.example/shelves", "Harbours")``. As a string it is the
    term; the label is for people (RFC 4287, section 4.2.2).
    """

    __slots__ = ("label", "scheme")
    label: str | None
    scheme: str | None

    def __new__(cls, term: str, scheme: str | None = None, label: str | None = None) -> Self:
        """Return the term with its scheme and its label."""
        self = super().__new__(cls, term)
        self.scheme, self.label = scheme, label
        return self

    def __str__(self) -> str:
        return self  # feedgenerator converts each category to a string


def category_attributes(category: str, **names: str) -> dict[str, str]:
    """Return a category's attributes; ``names`` says what ``scheme`` and ``label`` are called."""
    if type(category) is str:
        return {}
    values = {name: getattr(category, attribute, None) for attribute, name in names.items()}
    return {name: value for name, value in values.items() if value}


def add_rss_head(handler: XMLWriter, feed: Mapping[str, Any]) -> None:
    """Write the picture, hubs and archive of an RSS channel, and when not to look."""
    if picture := feed.get("logo") or feed.get("icon"):
        handler.startElement("image", {})
        for name, text in (("url", picture), ("title", feed["title"]), ("link", feed["link"])):
            handler.addQuickElement(name, text)
        handler.endElement("image")
    _add_hubs(handler, "atom:link", feed)
    _add_list(handler, "skipHours", "hour", feed.get("skip_hours"))
    _add_list(handler, "skipDays", "day", feed.get("skip_days"))
    _add_archive_links(handler, "atom:link", feed.get("archive"))


def _add_list(handler: XMLWriter, name: str, each_name: str, values: Iterable[Any] | None) -> None:
    if found := list(values or ()):
        handler.startElement(name, {})
        for value in found:
            handler.addQuickElement(each_name, str(value))
        handler.endElement(name)


def add_atom_head(handler: XMLWriter, feed: Mapping[str, Any]) -> None:
    """Write an Atom feed's pictures (RFC 4287, 4.2.5 and 4.2.8), its hubs and its archive."""
    for name in ("icon", "logo"):
        if feed.get(name):
            handler.addQuickElement(name, feed[name])
    _add_hubs(handler, "link", feed)
    _add_archive_links(handler, "link", feed.get("archive"))


def _add_hubs(handler: XMLWriter, element: str, feed: Mapping[str, Any]) -> None:
    """Write the hubs at which readers can subscribe to the feed (WebSub, section 4)."""
    for hub in feed.get("hubs") or ():
        handler.addQuickElement(element, None, {"rel": "hub", "href": hub})


def _add_archive_links(handler: XMLWriter, element: str, links: ArchiveLinks | None) -> None:
    if links is None:
        return
    if links.is_full:
        handler.addQuickElement("fh:archive", None, HISTORY)
    targets = {
        "current": links.current,
        "prev-archive": links.previous,
        "next-archive": links.following,
    }
    for rel, href in targets.items():
        if href:
            handler.addQuickElement(element, None, {"rel": rel, "href": href})


def add_to_item(handler: XMLWriter, item: Mapping[str, Any], *, atom: bool) -> None:
    """Write an item's picture (Media RSS), and what answers it, or it answers."""
    if picture := item.get("image"):
        medium = {"medium": "image", **_image_type(picture), "url": picture, **MEDIA}
        handler.addQuickElement("media:content", None, medium)
        handler.addQuickElement("media:thumbnail", None, {"url": picture, **MEDIA})
    if has_thread(item):
        add_thread(handler, item, atom=atom)


_ARGUMENTS = frozenset(
    {"comment_count", "comments_feed", "comments_updated", "in_reply_to", "replies"}
)


def has_thread(item: Mapping[str, Any]) -> bool:
    """Return whether there is anything of it to say of an item: mostly there is not."""
    return not item.keys().isdisjoint(_ARGUMENTS)


def add_thread(handler: XMLWriter, item: Mapping[str, Any], *, atom: bool) -> None:
    """Write how many comments an item has, where they are, and what the item itself answers."""
    for answered in item.get("in_reply_to") or ():
        where = {"href": answered.href, "type": "text/html"} if answered.href else {}
        handler.addQuickElement("thr:in-reply-to", None, {"ref": answered.ref, **where, **THREAD})
    if atom:
        _add_links(handler, item)
    elif feed := _preferred(item, RSS):
        handler.addQuickElement("wfw:commentRss", feed[1], WFW)
    if (count := item.get("comment_count")) is not None:
        # RFC 4685, section 5; RSS has its own.
        name, namespace = ("thr:total", THREAD) if atom else ("slash:comments", SLASH)
        handler.addQuickElement(name, str(count), namespace)


def _add_links(handler: XMLWriter, item: Mapping[str, Any]) -> None:
    """Write the links to the replies (RFC 4685, section 4): a page, and a feed."""
    links = [("text/html", item["replies"])] if item.get("replies") else []
    links += filter(None, [_preferred(item, ATOM)])
    hints = _hints(item)
    for media_type, href in links:
        kind = {"type": media_type} if media_type else {}
        handler.addQuickElement("link", None, {"rel": "replies", "href": href, **kind, **hints})


def _hints(item: Mapping[str, Any]) -> dict[str, str]:
    """Return what a link says of its replies, so that a reader fetches only what is new."""
    updated: dt.datetime | None = item.get("comments_updated")
    if updated is None:
        return {}
    count = item.get("comment_count")
    counted = {} if count is None else {"thr:count": str(count)}
    return {**counted, "thr:updated": rfc3339_date(updated), **THREAD}


def _preferred(item: Mapping[str, Any], media_type: str) -> CommentsFeed | None:
    """Return the feed of an item's comments in this format, else in another."""
    feeds: Iterable[CommentsFeed] = item.get("comments_feed") or ()
    by_type = dict(feeds)
    return (media_type, by_type[media_type]) if media_type in by_type else next(iter(feeds), None)


def thread_as_json(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same as ``add_thread`` writes, as an object of JSON Feed."""
    feed, updated = _preferred(item, JSON), item.get("comments_updated")
    return {
        "count": item.get("comment_count"),
        "url": item.get("replies"),
        "feed_url": feed and feed[1],
        "updated": updated and rfc3339_date(updated),
        "in_reply_to": [
            {"id": each.ref, "url": each.href or None} for each in item.get("in_reply_to") or ()
        ],
    }


_IMAGES = {".gif": "image/gif", ".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".png": "image/png"}
"""The types of most pictures; for others, ``mimetypes`` reads the tables of the system."""


@functools.lru_cache(maxsize=4000)
def _image_type(url: str) -> dict[str, str]:
    path = urlsplit(url).path
    kind = _IMAGES.get(posixpath.splitext(path)[1]) or mimetypes.guess_type(path)[0] or ""
    return {"type": kind} if kind.startswith("image/") else {}
