"""RSS 2.0, and RSS 0.91 (Userland): our corrected subclasses of feedgenerator's generators."""

from __future__ import annotations

import datetime as dt
import functools
from operator import itemgetter

from feedgenerator.django.utils import feedgenerator

from pelican_linkback.feeds.formats.entry_cache import Item, items_of
from pelican_linkback.feeds.formats.extensions import (
    add_rss_head,
    add_to_item,
    category_attributes,
    file_attributes,
)
from pelican_linkback.feeds.formats.xml import XMLWriter, repeat, repeat_each
from pelican_linkback.feeds.formats.xml_base import XmlGenerator

__all__ = ["Rss201rev2Feed", "RssUserland091Feed", "rfc2822_date"]

CONTENT_NAMESPACE = "http://purl.org/rss/1.0/modules/content/"
DC_NAMESPACE = "http://purl.org/dc/elements/1.1/"


def rfc2822_date(date: dt.datetime) -> str:
    """Return the result of feedgenerator's function of this name, in an eighth of its time."""
    text = date.ctime()  # "Fri May  1 12:00:00 2026", in every locale
    day = text[8:10].replace(" ", "0")
    return f"{text[:3]}, {day} {text[4:7]} {text[20:]} {text[11:19]} {_zone(date.utcoffset())}"


@functools.lru_cache(maxsize=100)
def _zone(offset: dt.timedelta | None) -> str:
    return "-0000" if offset is None else f"{dt.datetime(1, 1, 1, tzinfo=dt.timezone(offset)):%z}"


class _Rss(XmlGenerator, feedgenerator.RssFeed):
    """What RSS 0.91 and RSS 2.0 share: a channel in an rss element."""

    label = "RSS"
    summary_first = True

    def write_document(self, handler: XMLWriter) -> None:
        """Write the rss element and all below it."""
        handler.startElement("rss", {**self.rss_attributes(), **self._language_for_styles()})
        handler.startElement("channel", self.root_attributes())
        self.add_root_elements(handler)
        self.write_items(handler)
        self.endChannelElement(handler)
        handler.endElement("rss")

    def _language_for_styles(self) -> dict[str, str]:
        """Return xml:lang where ``styled_by_language`` asks for it: CSS reads no elements."""
        language = self.feed["language"] if self.feed.get("styled_by_language") else None
        return {} if language is None else {"xml:lang": language}

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


class RssUserland091Feed(_Rss, feedgenerator.RssUserland091Feed):
    """RSS 0.91 (Userland)."""

    name = "rss091"
    setting = "RSS"
    caches_entries = True


class Rss201rev2Feed(_Rss, feedgenerator.Rss201rev2Feed):
    """RSS 2.0, in the RSS Advisory Board's profile: description first, then content:encoded."""

    name = "rss"
    caches_entries = True

    def rss_attributes(self) -> dict[str, str]:
        """Return the root's attributes; a namespace is declared where the document uses it."""
        attributes: dict[str, str] = super().rss_attributes()
        contents = list(map(itemgetter("content"), items_of(self.entries)))
        if contents.count(None) < len(contents):
            attributes["xmlns:content"] = CONTENT_NAMESPACE
        return attributes

    def add_item_elements(self, handler: XMLWriter, item: Item) -> None:
        """Write an item's elements."""
        super().add_item_elements(handler, item)
        if item["content"] is not None:
            handler.addQuickElement("content:encoded", item["content"])
        for person in item["authors"]:
            repeat(handler, _write_rss_author, person.name, person.email)
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
            handler.addQuickElement(
                "enclosure", "", {"url": enclosure.url, **file_attributes(enclosure)}
            )
        repeat_each(handler, _write_rss_category, item["categories"])
        add_to_item(handler, item, atom=False)


def _write_rss_author(handler: XMLWriter, name: str | None, email: str | None) -> None:
    # RSS 2.0's author is an e-mail address; a name alone goes into Dublin Core's creator.
    if email:
        handler.addQuickElement("author", f"{email} ({name})" if name else email)
    else:
        handler.addQuickElement("dc:creator", name, {"xmlns:dc": DC_NAMESPACE})


def _write_rss_category(handler: XMLWriter, category: str) -> None:
    handler.addQuickElement("category", category, category_attributes(category, scheme="domain"))


def _guid_attributes(item: Item) -> dict[str, str]:
    permalink = item["unique_id_is_permalink"]
    return {"isPermaLink": str(permalink).lower()} if isinstance(permalink, bool) else {}
