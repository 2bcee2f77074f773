"""New ids of entries: the id that Pelican would publish, or a similar tag URI. Pure.

Ids never change: readers use them as keys, and show an entry again if its id changes. So an entry
gets an id once, by the rules of this module, and keeps it by those of ``assignment``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from hashlib import blake2b
from itertools import count
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from feedgenerator.django.utils.feedgenerator import get_tag_uri

from pelican_linkback.feeds.formats.validity import is_uri
from pelican_linkback.text.idna import to_ascii
from pelican_linkback.text.regex import regex

__all__ = ["Entry", "Key", "keys_of", "new_ids", "published_id", "tag_uri"]

_PLAIN_LINK = regex(r"https?://([a-z0-9.-]+)(?::[0-9]+)?(/[\w./~%-]*)", re.ASCII)

_KEPT = "/?:@!$&'()*+,;=-._~%"
_BARE_PERCENT = regex("%(?![0-9A-Fa-f]{2})")


class Entry(NamedTuple):
    """The properties by which an article or page is recognised.

    ``source`` is the path of the file below the content folder, empty if a plugin made the article
    from something else; ``url`` is its URL relative to the site, ``link`` the absolute one,
    ``own_url`` whether no other entry has this URL. ``wanted`` is the id that its author wrote, if
    any, and ``html`` its content as Pelican has read it.
    """

    source: str
    url: str
    link: str
    date: dt.datetime
    wanted: str = ""
    title: str = ""
    html: str = ""
    own_url: bool = True

    @property
    def text(self) -> str:
        """A digest of the content, empty for a blank one: computed where texts are compared."""
        text = self.html.strip()
        return text and blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()

    @property
    def label(self) -> str:
        """The name of the entry in messages."""
        return self.source or self.title or self.url


class Key(NamedTuple):
    """The key of an entry: its file, what distinguishes it from others of that file, its URL.

    ``part`` is empty if the file has one entry. In the key of an id that was imported by its URL
    alone, ``source`` and ``part`` are both empty.
    """

    source: str
    part: str
    url: str

    @property
    def name(self) -> tuple[str, str]:
        """The key without the URL: it stays the same when the entry moves."""
        return self.source, self.part


def keys_of(entries: Sequence[Entry]) -> list[Key]:
    """Return the key of each entry; two are equal only if nothing distinguishes the entries."""
    files = Counter(entry.source for entry in entries)
    return [
        Key(
            entry.source,
            "" if entry.source and files[entry.source] == 1 else _part(entry),
            entry.url,
        )
        for entry in entries
    ]


def _part(entry: Entry) -> str:
    return f"{entry.date.isoformat()} {entry.title}"


def new_ids(entries: Sequence[Entry], keys: Sequence[Key], taken: Collection[str]) -> list[str]:
    """Return an id for each of ``entries``, none of them in ``taken`` and no two the same.

    It is Pelican's own if that is valid and unique, else a tag URI with the query, else one with
    the file's name. Which entry gets which does not depend on their order.
    """
    ids: dict[int, str] = {}
    used, missing = set(taken), list(range(len(entries)))
    makers: tuple[Callable[[int], str], ...] = (
        lambda n: _pelicans(entries[n]),
        lambda n: tag_uri(entries[n].link, entries[n].date),
        lambda n: _named(entries[n], keys[n]),
    )
    for make in makers:
        made = {n: make(n) for n in missing}
        times = Counter(made.values())
        alone = {n: name for n, name in made.items() if name and times[name] == 1}
        fit = {n: name for n, name in alone.items() if name not in used}
        ids |= fit
        used.update(fit.values())
        missing = [n for n in missing if n not in fit]
    numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(1))
    for n in sorted(missing, key=lambda n: (keys[n], entries[n].text)):
        names = (f"{made[n]}&{number}" for number in numbers[made[n]])
        ids[n] = next(name for name in names if name not in used)
    return [ids[n] for n in range(len(entries))]


def _pelicans(entry: Entry) -> str:
    """Return the id that Pelican publishes, "" if it is not valid."""
    try:
        unique_id = published_id(entry.link, entry.date)
    except ValueError:
        return ""
    return unique_id if is_uri(unique_id) else ""


def published_id(link: str, date: dt.datetime) -> str:
    """Return the id that Pelican itself publishes, valid or not."""
    if (plain := _PLAIN_LINK.fullmatch(link)) and date.year >= 1000:
        return f"tag:{plain[1]},{date.isoformat()[:10]}:{plain[2]}"
    unique_id: str = get_tag_uri(link, date)  # equivalent, and slow
    return unique_id


def tag_uri(link: str, date: dt.datetime) -> str:
    """Return a valid tag URI for ``link``: Pelican's, with the query, in valid characters."""
    try:
        parts = urlsplit(link)
        host, path, query = _ascii(parts.hostname or "localhost"), parts.path, parts.query
    except ValueError:  # the URL cannot be parsed
        host, path, query = "localhost", link, ""
    return f"tag:{host},{date.date().isoformat()}:{_quoted(f'{path}?{query}' if query else path)}"


def _named(entry: Entry, key: Key) -> str:
    return f"{tag_uri(entry.link, entry.date)}?{_quoted(' '.join(filter(None, key.name)))}"


def _quoted(text: str) -> str:
    return quote(_BARE_PERCENT.sub("%25", text), safe=_KEPT, errors="replace")


def _ascii(host: str) -> str:
    return host if host.isascii() else to_ascii(host)
