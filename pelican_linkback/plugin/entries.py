"""Pelican's articles and pages as feed entries with ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from pelican_linkback.feeds.articles.entry_ids import Entry
from pelican_linkback.feeds.articles.pages import has_page
from pelican_linkback.plugin.contents import Place
from pelican_linkback.text.urls import join

__all__ = ["Entries", "entries_of"]


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of a site, and the number of each article and page, by the object's ``id()``."""

    entries: list[Entry] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)


def entries_of(contents: Iterable[Iterable[tuple[Any, Place]]], base: str) -> Entries:
    """Return the entries of the site at ``base``: each generator's articles and pages.

    If two generators read one file, it is one entry if it has one URL.
    """
    found = Entries()
    read: dict[Place, int] = {}
    for each in contents:
        own = {}
        # They have the same pages.
        new = [(content, place) for content, place in each if id(content) not in found.numbers]
        for content, place in new:
            entry = _entry(content, place, base)
            number = read.get(place, len(found.entries)) if entry.source else len(found.entries)
            if number == len(found.entries):
                found.entries.append(entry)
            found.numbers[id(content)] = own[place] = number
        read |= own
    return found


def _entry(content: Any, place: Place, base: str) -> Entry:
    text = str(getattr(content, "_content", None) or "").strip()
    return Entry(
        source=place.source,
        url=place.url,
        link=join(base, place.url),
        date=content.date,
        wanted=str(content.metadata.get("feed_id") or ""),
        title=str(getattr(content, "title", "")),
        text=text and blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest(),
        own_url=has_page(content) or "#" in place.url,
    )
