"""Atom 1.0 (RFC 4287): our corrected subclass of feedgenerator's generator."""

from __future__ import annotations

from feedgenerator.django.utils import feedgenerator
from feedgenerator.django.utils.feedgenerator import get_tag_uri, rfc3339_date

from pelican_linkback.feeds.formats.entry_cache import Item
from pelican_linkback.feeds.formats.extensions import (
    add_atom_head,
    add_to_item,
    category_attributes,
    file_attributes,
)
from pelican_linkback.feeds.formats.people import Person, as_person, single_author
from pelican_linkback.feeds.formats.xml import XMLWriter, repeat, repeat_each
from pelican_linkback.feeds.formats.xml_base import XmlGenerator

__all__ = ["Atom1Feed"]


class Atom1Feed(XmlGenerator, feedgenerator.Atom1Feed):
    """Atom 1.0 (RFC 4287)."""

    name = "atom"
    label = "Atom"
    caches_entries = True
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
        _write_about(handler, feed, feed["feed_copyright"])
        add_atom_head(handler, feed)

    def item_attributes(self, item: Item) -> dict[str, str]:
        """Return the entry's attributes: its language if it is not the feed's."""
        language = item.get("language")
        return {"xml:lang": language} if language and language != self.feed["language"] else {}

    def add_item_elements(self, handler: XMLWriter, item: Item) -> None:
        """Write an entry's elements (RFC 4287, section 4.1.2)."""
        handler.addQuickElement("title", item["title"])
        handler.addQuickElement("link", "", {"href": item["link"], "rel": "alternate"})
        self._write_dates(handler, item)
        for person in item["authors"]:
            repeat(handler, _write_author, person.name, person.email, person.link)
        unique_id = item["unique_id"]
        if unique_id is None:
            unique_id = get_tag_uri(item["link"], item["pubdate"])
        handler.addQuickElement("id", unique_id)
        if item["description"] is not None:
            handler.addQuickElement("summary", item["description"], {"type": "html"})
        if item["content"] is not None:
            handler.addQuickElement("content", item["content"], {"type": "html"})
        for enclosure in item["enclosures"]:
            attributes = {
                "rel": "enclosure",
                "href": enclosure.url,
                **file_attributes(enclosure),
            }
            handler.addQuickElement("link", "", attributes)
        _write_about(handler, item, item["item_copyright"])
        add_to_item(handler, item, atom=True)

    def _write_dates(self, handler: XMLWriter, item: Item) -> None:
        # Every entry has an updated element (4.1.2); one without a date is as new as its feed.
        published = item["pubdate"]
        updated = item["updateddate"] or published or self.latest_post_date()
        date = rfc3339_date(updated)
        if published is not None:
            first = date if published is updated else rfc3339_date(published)
            handler.addQuickElement("published", first)
        handler.addQuickElement("updated", date)


def _write_about(handler: XMLWriter, said: Item, rights: str | None) -> None:
    """Write the elements that a feed and an entry share, in one order."""
    for person in map(as_person, said.get("contributors") or ()):
        _write_atom_person(handler, "contributor", person)
    repeat_each(handler, _write_atom_category, said["categories"])
    if rights is not None:
        handler.addQuickElement("rights", rights)


def _write_atom_person(handler: XMLWriter, element: str, person: Person) -> None:
    handler.startElement(element, {})
    handler.addQuickElement("name", person.name or person.email)  # a name is required (3.2.1)
    if person.email:
        handler.addQuickElement("email", person.email)
    if person.link:
        handler.addQuickElement("uri", person.link)
    handler.endElement(element)


def _write_author(handler: XMLWriter, *person: str | None) -> None:
    _write_atom_person(handler, "author", Person(*person))


def _write_atom_category(handler: XMLWriter, category: str) -> None:
    more = category_attributes(category, scheme="scheme", label="label")
    handler.addQuickElement("category", "", {"term": category, **more})
