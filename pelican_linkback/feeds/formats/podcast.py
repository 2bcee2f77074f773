"""RSS 2.0 for podcasts: the iTunes and the Podcasting 2.0 namespaces."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pelican_linkback.feeds.formats.entry_cache import Item
from pelican_linkback.feeds.formats.people import Person
from pelican_linkback.feeds.formats.podcast_terms import GROUPS
from pelican_linkback.feeds.formats.rss import Rss201rev2Feed
from pelican_linkback.feeds.formats.xml import XMLWriter

__all__ = ["PodcastRss", "podcast_guid"]

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
_GUIDS = "ead4c236-bf58-58c6-a2c6-a6b28d128cb6"


def podcast_guid(feed_url: str) -> str:
    """Return the id of the podcast at ``feed_url``: a UUID of version 5 in the namespace's own.

    What is hashed is the URL without its scheme and without slashes at its end.
    """
    from uuid import UUID, uuid5  # noqa: PLC0415 (few sites have a podcast)

    return str(uuid5(UUID(_GUIDS), feed_url.partition("://")[2].rstrip("/")))


class PodcastRss(Rss201rev2Feed):
    """RSS 2.0 for podcasts.

    The feed takes ``cover``, ``explicit``, ``itunes_categories``, ``itunes_type``, ``owner``,
    ``podcast_guid``, ``locked``, ``medium``, ``funding`` (URLs and words) and ``persons`` (names
    and roles); an item ``duration``, ``episode``, ``season``, ``episode_type``, ``explicit``,
    ``transcript`` and ``chapters`` (each a URL and its type) and ``persons``.
    """

    name = "podcast"
    setting = "RSS"

    def rss_attributes(self) -> dict[str, str]:
        """Return the root's attributes, both namespaces among them."""
        return {**super().rss_attributes(), "xmlns:itunes": ITUNES, "xmlns:podcast": PODCAST}

    def add_root_elements(self, handler: XMLWriter) -> None:
        """Write what describes the show."""
        super().add_root_elements(handler)
        feed = self.feed
        _add(handler, "itunes:author", feed["author_name"])
        _add(handler, "itunes:explicit", _truth(feed.get("explicit") or False))
        _add(handler, "itunes:type", feed.get("itunes_type"))
        _add(handler, "podcast:guid", feed.get("podcast_guid"))
        if feed.get("cover"):
            handler.addQuickElement("itunes:image", None, {"href": feed["cover"]})
        _add_categories(handler, feed.get("itunes_categories") or ())
        owner: Person | None = feed.get("owner")
        if feed.get("locked") is not None:
            mail = {"owner": owner.email} if owner and owner.email else {}
            handler.addQuickElement("podcast:locked", "yes" if feed["locked"] else "no", mail)
        _add(handler, "podcast:medium", feed.get("medium"))
        for url, words in feed.get("funding") or ():
            handler.addQuickElement("podcast:funding", words, {"url": url})
        _add_people(handler, feed.get("persons") or ())
        if owner:
            _add_owner(handler, owner)

    def add_item_elements(self, handler: XMLWriter, item: Item) -> None:
        """Write what describes an episode."""
        # Podcast apps take media:content for a file to play; the picture is itunes:image here.
        super().add_item_elements(handler, {**item, "image": None})
        for name in ("duration", "episode", "season"):
            _add(handler, f"itunes:{name}", item.get(name))
        _add(handler, "itunes:episodeType", item.get("episode_type"))
        if item.get("explicit") is not None:
            _add(handler, "itunes:explicit", _truth(item["explicit"]))
        if item.get("image"):
            handler.addQuickElement("itunes:image", None, {"href": item["image"]})
        for name in ("transcript", "chapters"):
            if item.get(name):
                url, kind = item[name]
                handler.addQuickElement(f"podcast:{name}", None, {"url": url, "type": kind})
        _add_people(handler, item.get("persons") or ())


def _add(handler: XMLWriter, name: str, value: Any) -> None:
    if value is not None:
        handler.addQuickElement(name, str(value))


def _add_categories(handler: XMLWriter, categories: Iterable[Any]) -> None:
    """Write Apple's categories; each is a name, or a name and those of narrower ones."""
    for each in categories:
        category, *narrower = (each,) if isinstance(each, str) else tuple(each)
        handler.startElement("itunes:category", {"text": category})
        for name in narrower:
            handler.addQuickElement("itunes:category", None, {"text": name})
        handler.endElement("itunes:category")


def _add_owner(handler: XMLWriter, owner: Person) -> None:
    handler.startElement("itunes:owner", {})
    _add(handler, "itunes:name", owner.name)
    _add(handler, "itunes:email", owner.email)
    handler.endElement("itunes:owner")


def _add_people(handler: XMLWriter, people: Iterable[tuple[str, str]]) -> None:
    """Write who is heard; who says nothing of a group belongs to the cast."""
    for name, role in people:
        groups = [group for group, roles in GROUPS.items() if role.lower() in roles]
        other = {"group": groups[0]} if groups and "cast" not in groups else {}
        handler.addQuickElement("podcast:person", name, {"role": role, **other} if role else {})


def _truth(value: object) -> str:
    return "true" if value else "false"
