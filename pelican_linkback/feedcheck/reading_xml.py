"""Reads Atom and RSS. Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element, ParseError, fromstring

from pelican_linkback.exceptions import UnreadableFeed
from pelican_linkback.feedcheck.document import Enclosed, FeedDocument, Part, Rules, Said, tags_in
from pelican_linkback.feedcheck.values import RFC822, RFC3339
from pelican_linkback.text.markup import Tag
from pelican_linkback.text.printable import printable
from pelican_linkback.text.regex import regex

__all__ = ["read_atom", "read_rss"]

ATOM_RULES = Rules("atom", "Atom", RFC3339, ids=True, updated=True, author=True)
RSS_RULES = Rules("rss", "RSS", RFC822, link_is_id=True)

# What may stand before the root element, then its name or that of the document type. NUL bytes
# are taken out before, so that UTF-16 reads like the rest.
_HEAD = regex(rb"(?:[^<]++|<\?.*?\?>|<!--.*?-->)*+<(!DOCTYPE\s+)?(?:[\w.-]+:)?([\w.-]+)", re.S)

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
MEDIA = "{http://search.yahoo.com/mrss/}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DC = "{http://purl.org/dc/elements/1.1/}"
SLASH = "{http://purl.org/rss/1.0/modules/slash/}"
THREAD = "{http://purl.org/syndication/thread/1.0}"
WFW = "{http://wellformedweb.org/CommentAPI/}"


def _root(document: bytes, tag: str) -> Element | None:
    """Return the root element of a document; None for JSON, and where it is another one.

    Raises UnreadableFeed for what is neither XML nor JSON, for what is not well-formed, and for a
    feed with a document type, which no feed needs and through which entities would come in.
    """
    if document[:64].removeprefix(codecs.BOM_UTF8).lstrip()[:1] in {b"{", b"["}:
        return None
    head = _HEAD.match(document.replace(b"\0", b""))
    if head is None:
        raise UnreadableFeed("not-well-formed", "it has no element")
    doctype, name = head.groups()
    if name.decode() != _local(tag):
        return None
    if doctype:
        raise UnreadableFeed("doctype", "it has a DOCTYPE")
    try:
        root = fromstring(document)  # noqa: S314 (it has no DOCTYPE)
    except (ParseError, LookupError, ValueError) as error:  # the latter: an unknown encoding
        raise UnreadableFeed("not-well-formed", printable(error)) from error
    return root if root.tag == tag else None


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


def _answers(element: Element) -> tuple[str, ...]:
    """Return the ids of what an entry answers (RFC 4685, section 3)."""
    return tuple(each.get("ref", "") for each in element.findall(f"{THREAD}in-reply-to"))


def read_atom(document: bytes) -> FeedDocument | None:
    """Return the content of an Atom feed (RFC 4287), None for others; raise UnreadableFeed."""
    root = _root(document, f"{ATOM}feed")
    if root is None:
        return None
    entries = (_atom_part(n, each) for n, each in enumerate(root.findall(f"{ATOM}entry"), 1))
    head, self_url, current = _atom_part(0, root), _linked(root, "self"), _linked(root, "current")
    return FeedDocument(
        ATOM_RULES, head, self_url, tuple(entries), current, _all_linked(root, "hub")
    )


def _linked(element: Element, rel: str) -> str | None:
    """Return the first link of this rel."""
    return next(iter(_all_linked(element, rel)), None)


def _all_linked(element: Element, rel: str) -> tuple[str, ...]:
    """Return the links with this rel, which is "alternate" by default (4.2.7.2)."""
    links = (link for link in element.findall(f"{ATOM}link") if link.get("rel", "alternate") == rel)
    return tuple(_attributes(links, "href"))


def _atom_part(number: int, element: Element) -> Part:
    # An entry from another feed may have its author in its source (4.2.11).
    authors = element.findall(f"{ATOM}author") or element.findall(f"{ATOM}source/{ATOM}author")
    people = [*authors, *element.findall(f"{ATOM}contributor")]
    texts = [*element.findall(f"{ATOM}summary"), *element.findall(f"{ATOM}content")]
    uris = (uri for person in people for _, uri in _each(person, f"{ATOM}uri"))
    images = (url for _, url in _each(element, f"{ATOM}icon", f"{ATOM}logo"))
    links = element.findall(f"{ATOM}link")
    return Part(
        number,
        id=_text(element, f"{ATOM}id"),
        permalink=False,
        link=_linked(element, "alternate"),
        title=_text(element, f"{ATOM}title"),
        dates=tuple(_each(element, f"{ATOM}published", f"{ATOM}updated")),
        authors=tuple(_text(author, f"{ATOM}name") or "" for author in authors),
        urls=(
            *_attributes(links, "href"),
            *_attributes(texts, "src"),
            *uris,
            *images,
            *_pictures(element),
        ),
        tags=tuple(tag for text in texts for tag in _atom_tags(text)),
        languages=tuple(_languages(element)),
        titles=_as_text(element, "title"),
        descriptions=_as_text(element, "subtitle"),
        summaries=tuple(text for _, text in _each(element, f"{ATOM}summary")),
        names=tuple(name for each in people for _, name in _each(each, f"{ATOM}name")),
        enclosures=tuple(
            _enclosed(link, "href") for link in links if link.get("rel") == "enclosure"
        ),
        answers=_answers(element),
        counts=(
            *(text for _, text in _each(element, f"{THREAD}total")),
            *_attributes(links, f"{THREAD}count"),
        ),
        reply_dates=tuple(_attributes(links, f"{THREAD}updated")),
    )


def _as_text(element: Element, name: str) -> tuple[str, ...]:
    """Return the texts that are declared as text (RFC 4287, section 3.1.1)."""
    texts = (
        each for each in element.findall(f"{ATOM}{name}") if each.get("type", "text") == "text"
    )
    return tuple("".join(each.itertext()).strip() for each in texts)


def _enclosed(element: Element, url: str) -> Enclosed:
    return Enclosed(element.get(url, ""), element.get("length"), element.get("type"))


def _languages(element: Element) -> Iterator[str]:
    """Yield the languages of a feed or an entry and of its texts; "" means none."""
    children = (child for child in element if child.tag not in {f"{ATOM}entry", "channel", "item"})
    return filter(None, _attributes((element, *children), XML_LANG))


def _atom_tags(text: Element) -> tuple[Tag, ...]:
    """Return the tags of a text construct or a content element (3.1, 4.1.3)."""
    kind = text.get("type", "text").lower()
    if kind in {"html", "text/html"}:
        return tags_in(text.text or "")
    if kind == "xhtml":
        return tuple(
            Tag(_local(each.tag), tuple((_local(k), v) for k, v in each.attrib.items()))
            for each in text.iter()
            if each is not text
        )
    return ()


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def read_rss(document: bytes) -> FeedDocument | None:
    """Return the content of a feed in RSS 2.0 or 0.91, None for others; raise UnreadableFeed."""
    root = _root(document, "rss")
    if root is None:
        return None
    found = root.find("channel")
    channel = root if found is None else found
    items = (_rss_part(n, each) for n, each in enumerate(channel.findall("item"), 1))
    self_url, current = _linked(channel, "self"), _linked(channel, "current")
    hubs = _all_linked(channel, "hub")
    feed = FeedDocument(RSS_RULES, _rss_part(0, channel), self_url, tuple(items), current, hubs)
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
            *(url for _, url in _each(element, f"{WFW}commentRss")),
            *_attributes(element.findall(f"{ATOM}link"), "href"),
            *_attributes(element.findall("enclosure"), "url"),
            *_pictures(element),
        ),
        tags=tuple(tag for text in html for tag in tags_in(text)),
        languages=(
            *(text for _, text in _each(element, "language", f"{DC}language")),
            *_languages(element),
        ),
        titles=tuple(title for _, title in _each(element, "title")),
        descriptions=() if number else tuple(text for _, text in _each(element, "description")),
        summaries=tuple(text for _, text in _each(element, "description")) if number else (),
        names=tuple(name for _, name in _each(element, f"{DC}creator")),
        enclosures=tuple(_enclosed(each, "url") for each in element.findall("enclosure")),
        answers=_answers(element),
        counts=tuple(text for _, text in _each(element, f"{SLASH}comments")),
    )
