"""Feed documents in, data out: Atom, RSS and JSON Feed read into one shape. Pure.

``check`` judges what stands here, and ``published_ids`` tells by which ids readers know the
entries of a feed. Nothing is repaired: what a document does not say is None or absent here.
"""

from __future__ import annotations

import codecs
import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError, fromstring

from pelican_linkback import markup, urls
from pelican_linkback.exceptions import InvalidURL, UnreadableFeed
from pelican_linkback.markup import Tag
from pelican_linkback.text import harmless

__all__ = ["FeedDocument", "Part", "Said", "page_url", "published_ids", "read"]

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
MEDIA = "{http://search.yahoo.com/mrss/}"
DC = "{http://purl.org/dc/elements/1.1/}"

# What may stand before the root element, then its name or that of the document type. NUL bytes
# are taken out before, so that UTF-16 reads like the rest.
_HEAD = re.compile(rb"(?:[^<]++|<\?.*?\?>|<!--.*?-->)*+<(!DOCTYPE\s+)?(?:[\w.-]+:)?([\w.-]+)", re.S)

_JSON_FEED = "https://jsonfeed.org/version/"

_REFERRER = re.compile(r"[?&]ref=feed$")


class Said(NamedTuple):
    """An element of a podcast.

    ``name`` is such as "itunes:image"; ``text`` may stand in an attribute, too; a narrower
    category is ``within`` a wider one.
    """

    name: str
    text: str
    attributes: tuple[tuple[str, str], ...] = ()
    within: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A feed's head, or one of its entries.

    ``number`` counts the entries from 1; the head is 0. ``permalink`` says that the id claims to
    be the entry's URL. ``dates`` are (element, text), ``authors`` their names, ``urls`` all that
    stand outside of the HTML and beside ``link``, ``tags`` those of the HTML. ``lacks_content``
    says that an item has no content though its format demands it. ``podcast`` is what a podcast
    says in the elements that apps for podcasts read; empty for any other feed.
    """

    number: int
    id: str | None
    permalink: bool
    link: str | None
    title: str | None
    dates: tuple[tuple[str, str], ...]
    authors: tuple[str, ...]
    urls: tuple[str, ...]
    tags: tuple[Tag, ...] = ()
    lacks_content: bool = False
    podcast: tuple[Said, ...] = ()

    def said(self, name: str) -> list[Said]:
        """Return what a podcast says in the elements of this name."""
        return [said for said in self.podcast if said.name == name]


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A feed: ``format`` is "atom", "rss" or "json", ``self_url`` what its self link says.

    ``current`` is the feed of which this is an archive document (RFC 5005), if it is one, and
    ``hubs`` are those through which the feed can be subscribed to (WebSub).
    """

    format: str
    head: Part
    self_url: str | None
    entries: tuple[Part, ...]
    current: str | None = None
    hubs: tuple[str, ...] = ()


def read(document: bytes) -> FeedDocument | None:
    """Return the feed in ``document``; None for XML whose root is no feed (a site map, say).

    JSON is a feed where it names the version of JSON Feed. Raises UnreadableFeed for what is no
    XML at all or not well-formed, and for a feed with a document type, which no feed needs and
    through which entities would come in.
    """
    if document[:64].removeprefix(codecs.BOM_UTF8).lstrip()[:1] in {b"{", b"["}:
        return _json(document)
    head = _HEAD.match(document.replace(b"\0", b""))
    if head is None:
        raise UnreadableFeed("not-well-formed", "it has no element")
    doctype, name = head.groups()
    if name not in {b"feed", b"rss"}:
        return None
    if doctype:
        raise UnreadableFeed("doctype", "it has a DOCTYPE")
    try:
        root = fromstring(document)  # noqa: S314 (it has no DOCTYPE)
    except (ParseError, LookupError, ValueError) as error:  # the latter: an unknown encoding
        raise UnreadableFeed("not-well-formed", harmless(error)) from error
    if root.tag == f"{ATOM}feed":
        return _atom(root)
    return _rss(root) if root.tag == "rss" else None


def published_ids(document: bytes) -> dict[str, str]:
    """Return the ids by which readers know the entries of a published feed, by the entries' URLs.

    An RSS item without guid is known by its link. Where two entries have one URL the first, which
    is the newer one, counts. Entries without an absolute URL or without id are left out. Raises
    UnreadableFeed for what is no feed.
    """
    feed = read(document)
    if feed is None:
        raise UnreadableFeed("no-feed", "it is no feed in Atom, RSS or JSON")
    ids: dict[str, str] = {}
    for entry in feed.entries:
        url = entry.link or (entry.id if entry.permalink else None)
        name = entry.id or (url if feed.format == "rss" else None)
        if url and name and _is_absolute(url):
            ids.setdefault(page_url(url), name)
    return ids


def page_url(link: str) -> str:
    """Return an entry's link without what Pelican's FEED_APPEND_REF added to the page's URL."""
    return _REFERRER.sub("", link)


def _is_absolute(url: str) -> bool:
    try:
        urls.check(url)
    except InvalidURL:
        return False
    return True


def _text(element: Element, path: str) -> str | None:
    """Return the text of a child without the white space around it; None without a child."""
    found = element.find(path)
    return None if found is None else "".join(found.itertext()).strip()


def _each(element: Element, *paths: str) -> Iterator[tuple[str, str]]:
    """Yield (local name, text) of all children with these names."""
    for path in paths:
        for found in element.findall(path):
            yield path.rpartition("}")[2], "".join(found.itertext()).strip()


def _attributes(elements: Iterable[Element], name: str) -> Iterator[str]:
    return (value for element in elements if (value := element.get(name)) is not None)


def _pictures(element: Element) -> Iterator[str]:
    for name in ("content", "thumbnail"):
        yield from _attributes(element.findall(f"{MEDIA}{name}"), "url")


# Atom (RFC 4287)


def _atom(root: Element) -> FeedDocument:
    entries = (_atom_part(n, each) for n, each in enumerate(root.findall(f"{ATOM}entry"), 1))
    head, self_url, current = _atom_part(0, root), _linked(root, "self"), _linked(root, "current")
    return FeedDocument("atom", head, self_url, tuple(entries), current, _all_linked(root, "hub"))


def _linked(element: Element, rel: str) -> str | None:
    """Return the first link of this rel."""
    return next(iter(_all_linked(element, rel)), None)


def _all_linked(element: Element, rel: str) -> tuple[str, ...]:
    """Return the links of this rel, which is "alternate" where none is given (4.2.7.2)."""
    links = (link for link in element.findall(f"{ATOM}link") if link.get("rel", "alternate") == rel)
    return tuple(_attributes(links, "href"))


def _atom_part(number: int, element: Element) -> Part:
    # An entry that was taken over has its author in its source (4.2.11).
    authors = element.findall(f"{ATOM}author") or element.findall(f"{ATOM}source/{ATOM}author")
    people = [*authors, *element.findall(f"{ATOM}contributor")]
    texts = [*element.findall(f"{ATOM}summary"), *element.findall(f"{ATOM}content")]
    uris = (uri for person in people for _, uri in _each(person, f"{ATOM}uri"))
    images = (url for _, url in _each(element, f"{ATOM}icon", f"{ATOM}logo"))
    return Part(
        number,
        id=_text(element, f"{ATOM}id"),
        permalink=False,
        link=_linked(element, "alternate"),
        title=_text(element, f"{ATOM}title"),
        dates=tuple(_each(element, f"{ATOM}published", f"{ATOM}updated")),
        authors=tuple(_text(author, f"{ATOM}name") or "" for author in authors),
        urls=(
            *_attributes(element.findall(f"{ATOM}link"), "href"),
            *_attributes(texts, "src"),
            *uris,
            *images,
            *_pictures(element),
        ),
        tags=tuple(tag for text in texts for tag in _atom_tags(text)),
    )


def _atom_tags(text: Element) -> tuple[Tag, ...]:
    """Return the tags of a text construct or a content element (3.1, 4.1.3)."""
    kind = text.get("type", "text").lower()
    if kind in {"html", "text/html"}:
        return _html(text.text or "")
    if kind == "xhtml":
        return tuple(
            Tag(_local(each.tag), tuple((_local(k), v) for k, v in each.attrib.items()))
            for each in text.iter()
            if each is not text
        )
    return ()


def _local(name: str) -> str:
    return name.rpartition("}")[2]


# The same article stands in the feeds of its category, authors and tags.
_html = functools.lru_cache(maxsize=2048)(markup.tags)


# RSS 2.0 and 0.91


def _rss(root: Element) -> FeedDocument:
    found = root.find("channel")
    channel = root if found is None else found
    items = (_rss_part(n, each) for n, each in enumerate(channel.findall("item"), 1))
    self_url, hubs = _linked(channel, "self"), _all_linked(channel, "hub")
    feed = FeedDocument("rss", _rss_part(0, channel), self_url, tuple(items), hubs=hubs)
    if not any(each.tag.startswith(ITUNES) for each in channel):
        return feed
    episodes = zip(feed.entries, channel.findall("item"), strict=True)
    return replace(
        feed,
        head=replace(feed.head, podcast=_podcast(channel)),
        entries=tuple(replace(part, podcast=_podcast(each)) for part, each in episodes),
    )


def _podcast(element: Element) -> tuple[Said, ...]:
    said: list[Said] = []
    for each in element:
        if (name := _podcast_name(each.tag)) is None:
            continue
        said.append(whole := _saying(name, each))
        said += [_saying(name, child, whole.text) for child in each if child.tag == each.tag]
        if name == "itunes:owner":
            said += [_saying(f"itunes:{_local(child.tag)}", child) for child in each]
    return tuple(said)


def _podcast_name(tag: str) -> str | None:
    for prefix, namespace in (("itunes:", ITUNES), ("podcast:", PODCAST)):
        if tag.startswith(namespace):
            return f"{prefix}{_local(tag)}"
    return tag if tag in {"description", "enclosure", "language", "title"} else None


def _saying(name: str, element: Element, within: str = "") -> Said:
    text = element.get("href") or element.get("text") or element.text or ""
    if name.startswith("podcast:"):
        text = element.text or ""
    return Said(name, text.strip(), tuple(element.attrib.items()), within)


def _rss_part(number: int, element: Element) -> Part:
    guid = element.find("guid")
    permalink = guid is not None and guid.get("isPermaLink", "true").strip().lower() != "false"
    html = (text for _, text in _each(element, "description", f"{CONTENT}encoded"))
    return Part(
        number,
        id=_text(element, "guid"),
        permalink=permalink,
        link=_text(element, "link"),
        title=_text(element, "title"),
        dates=tuple(_each(element, "pubDate", "lastBuildDate")),
        authors=tuple(name for _, name in _each(element, "author", f"{DC}creator")),
        urls=(
            *(url for _, url in _each(element, "link", "comments", "image/url", "image/link")),
            *_attributes(element.findall(f"{ATOM}link"), "href"),
            *_attributes(element.findall("enclosure"), "url"),
            *_pictures(element),
        ),
        tags=tuple(tag for text in html for tag in _html(text)),
    )


# JSON Feed 1.1 and 1; what has not the type that the specification says counts as not there.


def _json(document: bytes) -> FeedDocument | None:
    try:
        root = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise UnreadableFeed("not-well-formed", harmless(error)) from error
    if not (_string(root, "version") or "").startswith(_JSON_FEED):
        return None
    items = (_json_item(number, each) for number, each in enumerate(_list(root, "items"), 1))
    hubs = tuple(url for each in _list(root, "hubs") if (url := _string(each, "url")))
    self_url = _string(root, "feed_url")
    return FeedDocument("json", _json_part(0, root), self_url, tuple(items), hubs=hubs)


def _json_item(number: int, item: Any) -> Part:
    html = _string(item, "content_html")
    return replace(
        _json_part(number, item),
        tags=_html(html or ""),
        lacks_content=html is None and _string(item, "content_text") is None,
    )


def _json_part(number: int, part: Any) -> Part:
    single = _member(part, "author", Mapping)  # version 1 had but one
    authors = _list(part, "authors") or ([single] if single else [])
    names = ("external_url", "image", "banner_image", "icon", "favicon", "next_url")
    attachments, hubs = _list(part, "attachments"), _list(part, "hubs")
    urls_of = (_string(each, "url") for each in (*authors, *attachments, *hubs))
    dates = ((name, _string(part, name)) for name in ("date_published", "date_modified"))
    return Part(
        number,
        id=_string(part, "id"),
        permalink=False,
        link=_string(part, "home_page_url" if number == 0 else "url"),
        title=_string(part, "title"),
        dates=tuple((name, text) for name, text in dates if text is not None),
        authors=tuple(_string(each, "name") or "" for each in authors),
        urls=tuple(filter(None, (*(_string(part, name) for name in names), *urls_of))),
    )


def _member(value: Any, name: str, kind: type) -> Any:
    member = value.get(name) if isinstance(value, Mapping) else None
    return member if isinstance(member, kind) else None


def _string(value: Any, name: str) -> str | None:
    text: str | None = _member(value, name, str)
    return text


def _list(value: Any, name: str) -> list[Any]:
    return _member(value, name, list) or []
