"""What is wrong with a site's feeds: documents in, findings out. Pure.

A finding is one of CODES, in one place. The rules are those of RFC 4287 (Atom), RFC 3339, RFC
3986 and RFC 4151, of RSS 2.0 with the RSS Advisory Board's profile, and of readers: what they key
on has to be unique and permanent, what they show has to work far from the site.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urldefrag, urljoin

from pelican_linkback.exceptions import InvalidURL, UnreadableFeed
from pelican_linkback.feeds import check_podcast
from pelican_linkback.feeds.reading import FeedDocument, Part, page_url, read
from pelican_linkback.feeds.validity import (
    DATES,
    is_relative,
    is_uri,
    read_date,
    scripts_in,
    urls_in,
)
from pelican_linkback.text import harmless
from pelican_linkback.urls import normalise

__all__ = ["CODES", "Checked", "Expected", "Finding", "check"]

CODES: Mapping[str, str] = {
    "not-well-formed": "This is not well-formed, and no reader will show it ({}); "
    "build the site again, and if that does not help, leave the feed out",
    "doctype": "A feed needs no DOCTYPE, and readers refuse it; take it out",
    "id-missing": "There is no id, so that readers cannot tell it from others; give it one",
    "id-invalid": "The id {} is not a URI (RFC 3986), and validators refuse it; "
    "publish with an absolute SITEURL, and give it an id without spaces and accents",
    "id-doubled": "The id {} stands here twice, and readers show one of the two; "
    "give each entry its own",
    "id-changed": "Readers know this entry as {1}, and now its id is {0}: they would show it as "
    "new; give it the old id again",
    "id-shared": "The id {} is that of another page in {}, and readers show one of the two; "
    "give each its own",
    "id-differs": "This page has the id {} here and {} in {}: who reads both feeds sees it "
    "twice; give it one id",
    "feed-id-shared": "The id {} is that of the feed {} too, and readers take one for the other; "
    "give each feed its own",
    "guid-permalink": "The guid {} is not a URL, and readers would open it as one; "
    'write isPermaLink="false" with it',
    "link-missing": "There is no link to the page; give it one",
    "self-missing": "The feed does not say where it is; give it a link with rel=self",
    "hub-without-self": "The feed names the hub {} and not its own address, so that nobody can "
    "subscribe to it there; give it a link with rel=self",
    "self-elsewhere": "The feed is at {1}, and says that it is at {0}; mend SITEURL or "
    "FEED_DOMAIN, or the feed's address",
    "url-relative": "The URL {} is relative, and dead in most readers; make it absolute",
    "date-missing": "There is no updated element, which Atom asks for; give it a date",
    "date-wrong": "The date {} is not one ({}); correct it",
    "date-zone": "The date {} has no time zone, and readers guess one; set TIMEZONE",
    "date-future": "The date {} is in the future, and pins this to the top of every reader; "
    "correct it, or publish when it has come",
    "author-empty": "There is an author without a name; set AUTHOR, or name the article's author",
    "author-missing": "Neither the entry nor the feed has an author, which Atom asks for; "
    "set AUTHOR, or name the article's author",
    "title-empty": "There is no title; give it one",
    "content-missing": "There is neither content_html nor content_text, which JSON Feed asks for; "
    "give it one of them, if only an empty one",
    "podcast-lacks": "Apple Podcasts asks for {} in the channel; give the podcast one",
    "podcast-wrong": "{} is not what Apple Podcasts or the podcast namespace asks for; correct it",
    "podcast-long": "The {} is longer than podcast apps take (4000 bytes for a description, else "
    "255 or 128 characters), and is cut; shorten it, or give the article a summary",
    "podcast-category": "{} is none of Apple's categories, or not of the one around it; write it "
    "letter by letter as Apple does",
    "podcast-number": "This episode has no number, which Apple asks of a serial show; "
    "write Episode into its metadata",
    "podcast-role": "{} is no role and group of the podcast namespace's list; write another, "
    "or leave it out",
    "podcast-insecure": "The podcast namespace asks for https in {}; publish with an https SITEURL",
    "picture-kind": "The picture {} is not what its name says, a JPEG or a PNG, which Apple "
    "Podcasts asks for; save it as one of them",
    "picture-size": "The picture {} is not square with 1400 to 3000 pixels a side, as Apple "
    "Podcasts asks; make another",
    "picture-colours": "The picture {} is not in RGB, as Apple Podcasts asks; save it so",
    "enclosure-missing": "This episode has no enclosure, and podcast apps do not show it; "
    "name its file, or leave it out of the podcast",
    "enclosure-length": "The length of {} is not known, and Apple asks for the number of its "
    "bytes; give the file's path in the content folder, or Enclosure_Length",
    "enclosure-size": "The length of {} is another than the file's, and apps stop too early; "
    "build the site again",
    "enclosure-type": "Apple Podcasts does not play {}; publish an MP3, M4A, MP4, M4V, MOV or PDF "
    "file, with its own extension and type",
    "enclosure-name": "The address {} has more than ASCII letters and digits, which Apple asks "
    "for; rename the file",
    "enclosure-doubled": "The file {} is another episode's too, and Apple shows one of the two; "
    "give each episode its own",
    "file-missing": "The file {} is not in the output folder; build the site again, or mend the "
    "path in the metadata",
    "chapters-wrong": "The file {} holds no chapters that apps can read; write a JSON object with "
    "a version, and chapters in the order of their startTime",
    "script": "There is a script in the text ({}), and readers refuse it; take it out",
}
"""Every finding there is, and what is said of it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    ``feed`` is the document's path in the output folder, ``entry`` the title of the entry (else
    its link, else its number) or None for the feed as a whole, ``code`` one of CODES, ``message``
    a sentence with the remedy.
    """

    feed: str
    entry: str | None
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Checked:
    """How many feeds there are, and what was found in them, feed by feed."""

    feeds: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """What the feeds are held to.

    ``base`` is the URL of the output folder, ``now`` the time that no date is after. ``remembered``
    are the ids that readers know, by the entries' URLs. With ``readdressed`` feeds can have other
    addresses than their paths, and a self link is wrong where it names another feed only. ``look``
    returns the site's file that a URL names, None for any other URL.
    """

    base: str
    now: dt.datetime
    remembered: Mapping[str, str] = field(default_factory=dict)
    readdressed: bool = False
    look: check_podcast.Look = lambda _: None


Problem = tuple[str, str]
"""A code and what is said of it."""

Problems = Iterator[Problem]


def check(documents: Mapping[str, bytes], expected: Expected) -> Checked:
    """Return what is wrong with the feeds among ``documents``, which are named by their paths.

    What is XML or JSON and no feed is passed over. Raises InvalidURL where ``expected.base`` is
    none.
    """
    feeds: dict[str, FeedDocument] = {}
    findings: list[Finding] = []
    for path in sorted(documents):
        try:
            feed = read(documents[path])
        except UnreadableFeed as error:
            findings.append(Finding(path, None, *_say(error.code, error)))
        else:
            feeds |= {path: feed} if feed else {}
    count = len(feeds) + len(findings)
    places = {path: _place(expected.base, path) for path in feeds}
    remembered = {_key(url): name for url, name in expected.remembered.items()}
    for path, feed in feeds.items():
        problems = (*_head(feed, expected), *_self_link(path, feed, places, expected))
        findings += (Finding(path, None, *problem) for problem in problems)
        findings += _entries(path, feed, expected, remembered)
    findings += _across(feeds)
    return Checked(count, tuple(sorted(findings, key=lambda finding: finding.feed)))


def _say(code: str, *words: object) -> Problem:
    return code, CODES[code].format(*(harmless(word) or "nothing" for word in words))


def _label(entry: Part) -> str:
    return harmless(entry.title or entry.link or f"entry {entry.number}")


def _head(feed: FeedDocument, expected: Expected) -> Problems:
    if feed.format == "atom":  # in RSS and JSON only items have ids
        yield from _valid_id(feed.head)
    yield from _part(feed, feed.head, expected.now)
    if feed.head.podcast:
        yield from (_say(*rule) for rule in check_podcast.of_show(feed.head, expected.look))


def _entries(
    path: str, feed: FeedDocument, expected: Expected, remembered: Mapping[str, str]
) -> Iterator[Finding]:
    seen: set[str] = set()
    files: set[str] = set()
    for entry in feed.entries:
        problems = (
            *_entry_id(feed, entry, seen, remembered),
            *_part(feed, entry, expected.now),
            *_entry_author(feed, entry),
            *_entry_content(entry),
            *_entry_podcast(feed, entry, files, expected.look),
        )
        yield from (Finding(path, _label(entry), *problem) for problem in problems)


# Identity


def _entry_id(
    feed: FeedDocument, entry: Part, seen: set[str], remembered: Mapping[str, str]
) -> Problems:
    yield from _valid_id(entry, free=feed.format != "atom" and not entry.permalink)
    if not entry.id:
        return
    if entry.id in seen:
        yield _say("id-doubled", entry.id)
    seen.add(entry.id)
    known = remembered.get(_key(page_url(entry.link or entry.id)), entry.id)
    if known != entry.id:
        yield _say("id-changed", entry.id, known)
    if entry.permalink and not re.match("https?://", entry.id, re.IGNORECASE):
        yield _say("guid-permalink", entry.id)


def _valid_id(part: Part, *, free: bool = False) -> Problems:
    """Say what an id lacks; a ``free`` one may be any text, but not a URI that is none."""
    if not part.id:
        yield _say("id-missing")
    elif not (is_uri(part.id) or (free and ":" not in part.id)):
        yield _say("id-invalid", part.id)


def _key(url: str) -> str:
    """Return the form in which two spellings of a URL are equal; two fragments are two pages."""
    try:
        return f"{normalise(url)}#{urldefrag(url).fragment}".rstrip("#")
    except InvalidURL:
        return url


def _across(feeds: Mapping[str, FeedDocument]) -> Iterator[Finding]:
    """Yield where two feeds disagree; it is told of the second."""
    owners: dict[str, str] = {}
    pages: dict[str, tuple[str, str]] = {}
    names: dict[str, tuple[str, str]] = {}
    for path, feed in feeds.items():
        # (An archive document has the id of its feed.)
        if (
            feed.head.id
            and not feed.current
            and (owner := owners.setdefault(feed.head.id, path)) != path
        ):
            yield Finding(path, None, *_say("feed-id-shared", feed.head.id, owner))
        for entry in feed.entries:
            if not (entry.id and entry.link):
                continue
            page = _key(entry.link)
            other_page, where = pages.setdefault(entry.id, (page, path))
            if other_page != page and where != path:
                yield Finding(path, _label(entry), *_say("id-shared", entry.id, where))
            other_id, where = names.setdefault(page, (entry.id, path))
            if other_id != entry.id and where != path:
                problem = _say("id-differs", entry.id, other_id, where)
                yield Finding(path, _label(entry), *problem)


# Links and places


def _place(base: str, path: str) -> str:
    return normalise(urljoin(base.rstrip("/") + "/", quote(path, errors="surrogateescape")))


def _self_link(
    path: str, feed: FeedDocument, places: Mapping[str, str], expected: Expected
) -> Problems:
    """Say whether a feed names the place where it is; a relative self link is told elsewhere."""
    if not feed.self_url:
        yield _say("hub-without-self", _first_of(feed.hubs)) if feed.hubs else _say("self-missing")
    elif not is_relative(feed.self_url):
        named = _key(feed.self_url)
        if named != places[path] and (not expected.readdressed or named in places.values()):
            yield _say("self-elsewhere", feed.self_url, places[path])


def _relative_urls(part: Part) -> Problems:
    named = (*filter(None, part.urls), *(url for tag in part.tags for url in urls_in(tag)))
    if found := [url for url in named if is_relative(url)]:
        yield _say("url-relative", _first_of(found))


def _first_of(found: Sequence[str]) -> str:
    more = len(set(found)) - 1
    return f"{harmless(found[0], 150)} (and {more} more)" if more else found[0]


# What a feed and each of its entries have


def _part(feed: FeedDocument, part: Part, now: dt.datetime) -> Problems:
    if not part.title:
        yield _say("title-empty")
    if not (part.link or (part.id and part.permalink)):
        yield _say("link-missing")
    yield from _relative_urls(part)
    if feed.format == "atom" and "updated" not in dict(part.dates):
        yield _say("date-missing")
    for _, text in part.dates:
        yield from _date(feed.format, text, now)
    if "" in part.authors:
        yield _say("author-empty")
    if scripts := [name for tag in part.tags for name in scripts_in(tag)]:
        yield _say("script", _first_of(scripts))


def _date(form: str, text: str, now: dt.datetime) -> Problems:
    date = read_date(form, text)
    if date is None:
        yield _say("date-wrong", text, DATES[form].name)
    elif date.tzinfo is None:
        yield _say("date-zone", text)
    elif date > now:
        yield _say("date-future", text)


def _entry_author(feed: FeedDocument, entry: Part) -> Problems:
    if feed.format == "atom" and not entry.authors and not feed.head.authors:
        yield _say("author-missing")


def _entry_content(entry: Part) -> Problems:
    if entry.lacks_content:
        yield _say("content-missing")


def _entry_podcast(
    feed: FeedDocument, entry: Part, files: set[str], look: check_podcast.Look
) -> Problems:
    if feed.head.podcast:
        rules = check_podcast.of_episode(entry, feed.head, files, look)
        yield from (_say(*rule) for rule in rules)
