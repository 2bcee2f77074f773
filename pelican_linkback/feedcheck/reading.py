"""Reads feed documents: Atom, RSS and JSON Feed into one form. Pure.

``check`` judges the result, and ``published_ids`` returns the ids by which readers know the entries
of a feed. Nothing is repaired: what a document lacks is None or missing here.
"""

from __future__ import annotations

import codecs
import re
from xml.etree.ElementTree import ParseError, fromstring

from pelican_linkback.exceptions import UnreadableFeed
from pelican_linkback.feedcheck.document import FeedDocument
from pelican_linkback.feedcheck.reading_json import read_json
from pelican_linkback.feedcheck.reading_xml import ATOM, read_atom, read_rss
from pelican_linkback.text.printable import printable
from pelican_linkback.text.urls import is_fetchable

__all__ = ["page_url", "published_ids", "read"]

# What may precede the root element, then its name or that of the document type. NUL bytes are
# removed before, so that UTF-16 can be read, too.
_HEAD = re.compile(rb"(?:[^<]++|<\?.*?\?>|<!--.*?-->)*+<(!DOCTYPE\s+)?(?:[\w.-]+:)?([\w.-]+)", re.S)

_REFERRER = re.compile(r"[?&]ref=feed$")


def read(document: bytes) -> FeedDocument | None:
    """Return the feed in ``document``; None for XML whose root is no feed (a site map, say).

    JSON is a feed if it names the version of JSON Feed. Raises UnreadableFeed if it is not XML or
    not well-formed, and for a feed with a document type, which no feed needs and which could bring
    in entities.
    """
    if document[:64].removeprefix(codecs.BOM_UTF8).lstrip()[:1] in {b"{", b"["}:
        return read_json(document)
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
        raise UnreadableFeed("not-well-formed", printable(error)) from error
    if root.tag == f"{ATOM}feed":
        return read_atom(root)
    return read_rss(root) if root.tag == "rss" else None


def published_ids(document: bytes) -> dict[str, str]:
    """Return the ids by which readers know the entries of a published feed, by the entries' URLs.

    An RSS item without guid is known by its link. Entries without an absolute URL or without id are
    left out, and entries that share a URL: it does not identify them. Raises UnreadableFeed if it
    is not a feed.
    """
    feed = read(document)
    if feed is None:
        raise UnreadableFeed("no-feed", "it is no feed in Atom, RSS or JSON")
    ids: dict[str, set[str]] = {}
    for entry in feed.entries:
        url = entry.link or (entry.id if entry.permalink else None)
        name = entry.id or (url if feed.format == "rss" else None)
        if url and name and is_fetchable(url):
            ids.setdefault(page_url(url), set()).add(name)
    return {url: next(iter(names)) for url, names in ids.items() if len(names) == 1}


def page_url(link: str) -> str:
    """Return an entry's link without what Pelican's FEED_APPEND_REF adds to it."""
    return _REFERRER.sub("", link)
