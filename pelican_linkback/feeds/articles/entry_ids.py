"""Ids that never change: readers key on them, and show an entry again whose id is new.

An entry's id is, in this order: what its author wrote (``Feed_ID:``); what is remembered for it,
by its URL or by its source file; what Pelican would publish today, where that is a valid URI and
no other entry's; else a tag URI (RFC 4151) of the same kind that is valid. Pure, but for
``remembered`` and ``remember``, which read and write the journal ``ids.jsonl``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from feedgenerator.django.utils.feedgenerator import get_tag_uri

from pelican_linkback.feeds.formats.validity import is_uri
from pelican_linkback.journal.journal import Journal
from pelican_linkback.journal.lines import about_damage
from pelican_linkback.text.idna import to_ascii
from pelican_linkback.text.printable import harmless

__all__ = [
    "JOURNAL",
    "Entry",
    "Memory",
    "assign",
    "continued",
    "published_id",
    "remember",
    "remembered",
    "tag_uri",
]

JOURNAL = "ids.jsonl"
"""The journal's name in the state folder."""

VERSION = 1

_WHOLE_TAG = "not a tag URI, which has a domain, a comma, a year or day, a colon and a name"
_PLAIN_LINK = re.compile(r"https?://([a-z0-9.-]+)(?::[0-9]+)?(/[\w./~%-]*)", re.ASCII)

_KEPT = "/?:@!$&'()*+,;=-._~%"
_BARE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Entry:
    """What an article's identity is made of.

    ``edition`` tells the sites apart that are built from one content folder: the default
    language (i18n_subsites). ``source`` is the path of the file below the content folder, ``url``
    the article's URL relative to the site, ``link`` the absolute one, ``wanted`` what the
    author wrote, if anything.
    """

    edition: str
    source: str
    url: str
    link: str
    date: dt.datetime
    wanted: str = ""

    def __hash__(self) -> int:
        return hash((self.edition, self.url))  # of all fields it would cost ten times as much


@dataclass(slots=True)
class Memory:
    """The ids that are remembered, by edition and URL, and by edition and source file."""

    by_url: dict[tuple[str, str], str] = field(default_factory=dict)
    by_source: dict[tuple[str, str], str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def learn(self, edition: str, source: str, url: str, unique_id: str) -> None:
        """Take in one line; a later one wins."""
        self.by_url[edition, url] = unique_id
        if source:
            self.by_source[edition, source] = unique_id

    def knows(self, entry: Entry, unique_id: str) -> bool:
        """Tell whether both ways lead to this id."""
        by_url = self.by_url.get((entry.edition, entry.url))
        by_source = self.by_source.get((entry.edition, entry.source), "")
        return by_url == unique_id and by_source == (entry.source and unique_id)

    def by_link(self, site_url: str, edition: str) -> dict[str, str]:
        """Return the ids by the entries' absolute URLs, for the site at ``site_url``."""
        base = site_url.rstrip("/") + "/"
        known = self.by_url.items()
        return {urljoin(base, url): name for (of, url), name in known if of == edition}


def published_id(link: str, date: dt.datetime) -> str:
    """Return the id that Pelican itself publishes, valid or not."""
    if (plain := _PLAIN_LINK.fullmatch(link)) and date.year >= 1000:
        return f"tag:{plain[1]},{date.isoformat()[:10]}:{plain[2]}"
    unique_id: str = get_tag_uri(link, date)  # the same, and slow
    return unique_id


def tag_uri(link: str, date: dt.datetime) -> str:
    """Return a valid tag URI for ``link``: Pelican's, with the query, in characters of a URI."""
    parts = urlsplit(link)
    host = parts.hostname or "localhost"
    query = f"?{parts.query}" if parts.query else ""
    return f"tag:{_ascii(host)},{date.date().isoformat()}:{_quoted(parts.path + query)}"


def _quoted(text: str) -> str:
    return quote(_BARE_PERCENT.sub("%25", text), safe=_KEPT, errors="replace")


def _ascii(host: str) -> str:
    return host if host.isascii() else to_ascii(host)


def assign(
    entries: Sequence[Entry], memory: Memory
) -> tuple[dict[Entry, str], list[tuple[str, str]]]:
    """Return the id of each entry, no two the same, and the problems: their kinds and sentences.

    What is remembered for the URL comes before what is remembered for the file: a file may be
    written anew under an old name, but a page that moved its URL is the rarer liar.
    """
    ids, problems = _wanted(entries)
    for known in filter(None, (memory.by_url, memory.by_source)):
        _recall(ids, entries, known, by_url=known is memory.by_url)
    _invent(ids, [entry for entry in entries if entry not in ids])
    return ids, problems


def _wanted(entries: Iterable[Entry]) -> tuple[dict[Entry, str], list[tuple[str, str]]]:
    """Return the ids that authors wrote, and the problems with those that cannot be used."""
    ids: dict[Entry, str] = {}
    owners: dict[str, str] = {}
    problems = []
    for entry in entries:
        if not entry.wanted:
            continue
        if not is_uri(entry.wanted):
            what = _WHOLE_TAG if entry.wanted.lower().startswith("tag:") else "not a URI"
            sentence = (
                f"{entry.source}: Feed_ID: {harmless(entry.wanted)!r} is {what}; write one such "
                "as tag:example.org,2026:a-name, or take the line out"
            )
            problems.append((what, sentence))
        elif entry.wanted in owners:
            sentence = (
                f"{entry.source}: Feed_ID: {entry.wanted} is that of {owners[entry.wanted]} too; "
                "change one of the two"
            )
            problems.append(("taken", sentence))
        else:
            ids[entry] = entry.wanted
            owners[entry.wanted] = entry.source
    return ids, problems


def _recall(
    ids: dict[Entry, str],
    entries: Iterable[Entry],
    known: Mapping[tuple[str, str], str],
    *,
    by_url: bool,
) -> None:
    taken = set(ids.values())
    for entry in entries:
        unique_id = known.get((entry.edition, entry.url if by_url else entry.source))
        if entry not in ids and unique_id is not None and unique_id not in taken:
            ids[entry] = unique_id
            taken.add(unique_id)


def _invent(ids: dict[Entry, str], entries: Sequence[Entry]) -> None:
    """Give ids to ``entries`` that have none: Pelican's own where it is valid and unique."""
    taken = Counter(ids.values())
    todays = {entry: published_id(entry.link, entry.date) for entry in entries}
    shared = Counter(todays.values()) + taken
    for entry in entries:
        unique_id = todays[entry]
        if not is_uri(unique_id) or shared[unique_id] > 1:
            unique_id = tag_uri(entry.link, entry.date)
        if taken[unique_id]:
            unique_id += f"?{_quoted(entry.source)}"
        ids[entry] = unique_id
        taken[unique_id] += 1


def continued(
    published_ids: Mapping[str, str], site_url: str, edition: str, date: dt.datetime
) -> dict[Entry, str]:
    """Return what ``remember`` takes for the ids of feeds that were published before.

    They are known by their URLs alone, relative to the site; a URL of another domain (the site
    may have moved) is taken to have the same path here.
    """
    base = site_url.rstrip("/") + "/"
    entries = {}
    for link, unique_id in published_ids.items():
        parts = urlsplit(link)
        below = link.removeprefix(base)
        if below == link:
            below = urlunsplit(("", "", parts.path, parts.query, "")).lstrip("/")
        entries[Entry(edition, "", below, link, date)] = unique_id
    return entries


def remembered(journal: Journal) -> Memory:
    """Return what ``journal`` remembers; raise JournalError when it cannot be read."""
    reading = journal.read()
    memory = Memory()
    damage = {each.line_number: each.why for each in reading.problems}
    lines = []
    for number, line in zip(reading.line_numbers, reading.events, strict=True):
        if _is_ours(line):
            lines.append(line)
        else:
            damage[number] = "it is not an id of this version"
    # Sorted by time, so that two branches of a site can be merged by keeping the lines of both.
    for line in sorted(lines, key=lambda line: (str(line["at"]), repr(line))):
        memory.learn(*(str(line.get(name, "")) for name in ("edition", "source", "url", "id")))
    memory.problems = about_damage(journal.path, damage)
    return memory


def _is_ours(line: Mapping[str, Any]) -> bool:
    names = ("at", "edition", "url", "id")
    return line.get("v") == VERSION and all(isinstance(line.get(name), str) for name in names)


def remember(journal: Journal, ids: Mapping[Entry, str], memory: Memory, now: dt.datetime) -> int:
    """Write down what is new, all in one go; return how many ids. Raises JournalError."""
    at = now.astimezone(dt.UTC).isoformat(timespec="microseconds")
    lines = [
        {
            "v": VERSION,
            "at": at,
            "edition": entry.edition,
            "source": entry.source,
            "url": entry.url,
            "id": unique_id,
        }
        for entry, unique_id in ids.items()
        if not memory.knows(entry, unique_id)
    ]
    if lines:
        journal.append(*lines)
    return len(lines)
