"""Pelican's articles and pages as the entries of feeds that have ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from pelican_linkback.feeds.articles.entry_ids import Entry
from pelican_linkback.feeds.articles.pages import has_page
from pelican_linkback.text.urls import join

__all__ = ["Entries", "entries_of"]


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of a site, and the number of each article and page, by the object's ``id()``."""

    entries: list[Entry] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)


def entries_of(contents: Iterable[Iterable[Any]], base: str) -> Entries:
    """Return the entries of the site at ``base``: the articles and pages of each generator.

    What two generators have read from one file is one entry, if it is at one URL.
    """
    found = Entries()
    read: dict[tuple[str, str], int] = {}
    for each in contents:
        own = {}
        for content in each:
            if id(content) not in found.numbers:  # they have the same pages
                entry = _entry(content, base)
                place = entry.source, entry.url
                number = read.get(place, len(found.entries)) if entry.source else len(found.entries)
                if number == len(found.entries):
                    found.entries.append(entry)
                found.numbers[id(content)] = own[place] = number
        read |= own
    return found


def _entry(content: Any, base: str) -> Entry:
    url = content.url  # which Pelican works out anew each time
    text = str(getattr(content, "_content", None) or "").strip()
    return Entry(
        source=content.relative_source_path or "",
        url=url,
        link=join(base, url),
        date=content.date,
        wanted=str(content.metadata.get("feed_id") or ""),
        title=str(getattr(content, "title", "")),
        text=text and blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest(),
        own_url=has_page(content) or "#" in url,
    )
