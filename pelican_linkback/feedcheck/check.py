"""Checks a site's feeds: documents in, findings out. Pure.

The rules are those of RFC 4287 (Atom), RFC 3339, RFC 3986 and RFC 4151, of RSS 2.0 with the RSS
Advisory Board's profile, and of readers: the ids that they use as keys have to be unique and
permanent, and what they show has to work on any site.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from urllib.parse import quote, unquote, urldefrag

from pelican_linkback.exceptions import InvalidURL, UnreadableFeed
from pelican_linkback.feedcheck import podcast, texts
from pelican_linkback.feedcheck.document import FeedDocument, Part
from pelican_linkback.feedcheck.findings import Finding, Problems, say
from pelican_linkback.feedcheck.reading import READERS, NoReader, Reader, page_url, read_as
from pelican_linkback.feedcheck.values import (
    DateFormat,
    is_relative,
    read_date,
    scripts_in,
    urls_in,
)
from pelican_linkback.feeds.formats.validity import is_uri
from pelican_linkback.text.language import is_language_tag
from pelican_linkback.text.printable import printable
from pelican_linkback.text.urls import join, normalise

__all__ = ["Checked", "Expected", "Unread", "check", "url_of"]


@dataclass(frozen=True, slots=True)
class Unread:
    """A document of a media type for which there is no reader."""

    feed: str
    type: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The number of feeds, and the findings, feed by feed."""

    feeds: int
    findings: tuple[Finding, ...]
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """What the feeds are compared with.

    ``base`` is the URL of the output folder, ``now`` the time that no date may be after.
    ``remembered`` are the ids that readers know, by the entries' URLs. With ``readdressed`` feeds
    can have other URLs than their paths, and a self link is wrong only if it names another feed.
    ``look`` returns the site's file for a URL, None for any other URL. ``written`` has the media
    type of each document that was written as a feed, by its path, as far as known. ``readers`` read
    the documents.
    """

    base: str
    now: dt.datetime
    remembered: Mapping[str, str] = field(default_factory=dict)
    readdressed: bool = False
    look: podcast.Look = lambda _: None
    written: Mapping[str, str] = field(default_factory=dict)
    readers: Sequence[Reader] = READERS

    def of(self, path: str) -> Expected:
        """Return what the document at ``path`` is compared with.

        A document that no build wrote is not of the present site, and its links need not lead into
        it: to build again, as the message says, would not fix them.
        """
        is_of_the_site = path in self.written or not self.written
        return self if is_of_the_site else replace(self, look=lambda _: None)


def check(documents: Mapping[str, bytes], expected: Expected) -> Checked:
    """Return the findings about the feeds in ``documents``, which are given by their paths.

    What no reader knows is passed over, unless it was written as a feed. Raises InvalidURL where
    ``expected.base`` is none.
    """
    feeds: dict[str, FeedDocument] = {}
    findings: list[Finding] = []
    unread: list[Unread] = []
    for path in sorted(documents):
        kind = expected.written.get(path, "")
        try:
            feed = read_as(kind, path, documents[path], expected.readers)
        except NoReader:
            unread.append(Unread(path, kind))
        except UnreadableFeed as error:
            findings.append(Finding(path, None, *say(error.code, error)))
        else:
            if feed:
                feeds[path] = feed
            elif path in expected.written:
                findings.append(Finding(path, None, *say("no-feed")))
    count = len(feeds) + len(findings)
    places = {path: url_of(expected.base, path) for path in feeds}
    remembered = {_key(url): name for url, name in expected.remembered.items()}
    for path, feed in feeds.items():
        held_to = expected.of(path)
        problems = (*_head(feed, held_to), *_self_link(path, feed, places, held_to))
        findings += (Finding(path, None, *problem) for problem in problems)
        findings += _entries(path, feed, held_to, remembered)
    findings += _across(feeds)
    in_order = sorted(findings, key=lambda finding: finding.feed)
    return Checked(count, tuple(in_order), tuple(unread))


def _label(entry: Part) -> str:
    return printable(entry.title or entry.link or f"entry {entry.number}")


def _head(feed: FeedDocument, expected: Expected) -> Problems:
    if feed.rules.ids:  # in RSS and JSON only items have ids
        yield from _valid_id(feed.head)
    yield from _part(feed, feed.head, expected)
    if feed.head.podcast:
        yield from (say(*rule) for rule in podcast.of_show(feed.head, expected.look))


def _entries(
    path: str, feed: FeedDocument, expected: Expected, remembered: Mapping[str, str]
) -> Iterator[Finding]:
    seen: set[str] = set()
    files: set[str] = set()
    for entry in feed.entries:
        problems = (
            *_entry_id(feed, entry, seen, remembered),
            *_part(feed, entry, expected),
            *_entry_author(feed, entry),
            *_entry_content(entry),
            *_entry_podcast(feed, entry, files, expected.look),
        )
        yield from (Finding(path, _label(entry), *problem) for problem in problems)


# Identity


def _entry_id(
    feed: FeedDocument, entry: Part, seen: set[str], remembered: Mapping[str, str]
) -> Problems:
    if not entry.id and not feed.rules.entry_ids:
        return
    yield from _valid_id(entry, free=not feed.rules.ids and not entry.permalink)
    if not entry.id:
        return
    if entry.id in seen:
        yield say("id-doubled", entry.id)
    seen.add(entry.id)
    known = remembered.get(_key(page_url(entry.link or entry.id)), entry.id)
    if known != entry.id and not entry.is_mention:
        yield say("id-changed", entry.id, known)
    if entry.permalink and not re.match("https?://", entry.id, re.IGNORECASE):
        yield say("guid-permalink", entry.id)


def _valid_id(part: Part, *, free: bool = False) -> Problems:
    """Return what is wrong with an id; a ``free`` one may be any text, except an invalid URI."""
    if not part.id:
        yield say("id-missing")
    elif not (is_uri(part.id) or (free and ":" not in part.id)):
        yield say("id-invalid", part.id)


def _key(url: str) -> str:
    """Return the form in which two spellings of a URL are equal; two fragments are two pages."""
    try:
        return f"{normalise(url)}#{urldefrag(url).fragment}".rstrip("#")
    except InvalidURL:
        return url


def _across(feeds: Mapping[str, FeedDocument]) -> Iterator[Finding]:
    """Yield conflicts between two feeds; the finding is about the second."""
    owners: dict[str, str] = {}
    pages: dict[str, tuple[str, str]] = {}
    names: dict[tuple[str, str | None], tuple[str, str]] = {}
    shared = set(chain.from_iterable(_shared_pages(feed) for feed in feeds.values()))
    for path, feed in feeds.items():
        # (An archive document has the id of its feed.)
        if (
            feed.head.id
            and not feed.current
            and (owner := owners.setdefault(feed.head.id, path)) != path
        ):
            yield Finding(path, None, *say("feed-id-shared", feed.head.id, owner))
        for entry, unique_id, page in _identified(feed):
            other_page, where = pages.setdefault(unique_id, (page, path))
            if other_page != page and where != path:
                yield Finding(path, _label(entry), *say("id-shared", unique_id, where))
            # Entries that share a page are distinguished by their titles, if at all.
            if entry.is_mention:  # one page may mention several articles
                continue
            other_id, where = names.setdefault((page, entry.title), (unique_id, path))
            if other_id != unique_id and where != path and page not in shared:
                problem = say("id-differs", unique_id, other_id, where)
                yield Finding(path, _label(entry), *problem)


def _identified(feed: FeedDocument) -> Iterator[tuple[Part, str, str]]:
    """Yield each entry that has an id and a link, its id, and the key of its page."""
    for entry in feed.entries:
        if entry.id and entry.link:
            yield entry, entry.id, _key(entry.link)


def _shared_pages(feed: FeedDocument) -> Iterator[str]:
    """Yield the pages of several entries: these entries have no pages of their own."""
    ids: dict[str, str] = {}
    for _, unique_id, page in _identified(feed):
        if ids.setdefault(page, unique_id) != unique_id:
            yield page


# Links and addresses


def url_of(base: str, path: str) -> str:
    """Return the URL of the document at ``path`` in the output folder, whose URL is ``base``."""
    return normalise(join(base.rstrip("/") + "/", quote(path, errors="surrogateescape")))


def _self_link(
    path: str, feed: FeedDocument, places: Mapping[str, str], expected: Expected
) -> Problems:
    """Return what is wrong with a feed's self link; a relative one is reported elsewhere."""
    if not feed.self_url:
        yield say("hub-without-self", _first_of(feed.hubs)) if feed.hubs else say("self-missing")
    elif not is_relative(feed.self_url):
        named = _key(feed.self_url)
        # Some characters may be encoded or not, such as an apostrophe.
        is_here = unquote(named) == unquote(places[path])
        if not is_here and (not expected.readdressed or named in places.values()):
            yield say("self-elsewhere", feed.self_url, places[path])


def _relative_urls(part: Part) -> Problems:
    named = (*filter(None, part.urls), *(url for tag in part.tags for url in urls_in(tag)))
    if found := [url for url in named if is_relative(url)]:
        yield say("url-relative", _first_of(found))


def _first_of(found: Sequence[str]) -> str:
    more = len(set(found)) - 1
    return f"{printable(found[0], 150)} (and {more} more)" if more else found[0]


# Checks of a feed and each of its entries


def _part(feed: FeedDocument, part: Part, expected: Expected) -> Problems:
    if not part.title:
        yield say("title-empty")
    if not (part.link or (part.id and part.permalink)):
        yield say("link-missing")
    yield from _relative_urls(part)
    if feed.rules.updated and "updated" not in dict(part.dates):
        yield say("date-missing")
    for text in (*(text for _, text in part.dates), *part.reply_dates):
        yield from _date(feed.rules.dates, text, expected.now)
    if "" in part.authors:
        yield say("author-empty")
    for language in part.languages:
        if not is_language_tag(language):
            yield say("language-wrong", language)
    if scripts := [name for tag in part.tags for name in scripts_in(tag)]:
        yield say("script", _first_of(scripts))
    yield from (say(*rule) for rule in texts.of_part(part, expected.look))


def _date(form: DateFormat, text: str, now: dt.datetime) -> Problems:
    date = read_date(form, text)
    if date is None:
        yield say("date-wrong", text, form.name)
    elif date.tzinfo is None:
        yield say("date-zone", text)
    elif date > now:
        yield say("date-future", text)


def _entry_author(feed: FeedDocument, entry: Part) -> Problems:
    if feed.rules.author and not entry.authors and not feed.head.authors:
        yield say("author-missing")


def _entry_content(entry: Part) -> Problems:
    if entry.lacks_content:
        yield say("content-missing")


def _entry_podcast(
    feed: FeedDocument, entry: Part, files: set[str], look: podcast.Look
) -> Problems:
    if feed.head.podcast:
        rules = podcast.of_episode(entry, feed.head, files, look)
        yield from (say(*rule) for rule in rules)
