"""JSON Feed 1.1 (https://jsonfeed.org/version/1.1): the feeds' data without XML.

Its hooks have the names of the other generators' and return what stands in the document, as
dictionaries: there is no handler. A line of the document is an item, so that a change of one
article changes one line.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable
from typing import Any

from feedgenerator.django.utils.feedgenerator import get_tag_uri, rfc3339_date

from pelican_linkback.feeds.content.cleaning import words
from pelican_linkback.feeds.formats.base import Generator
from pelican_linkback.feeds.formats.entry_cache import Item
from pelican_linkback.feeds.formats.extensions import has_thread, thread_as_json
from pelican_linkback.feeds.formats.people import Person, single_author
from pelican_linkback.feeds.formats.xml import AT_A_TIME, Sink, batched
from pelican_linkback.text.regex import regex
from pelican_linkback.text.xml_characters import FORBIDDEN, LONG, clean, utf8

__all__ = ["JsonFeed"]

VERSION = "https://jsonfeed.org/version/1.1"

_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
_BEYOND_ASCII = regex(r"[^\x00-\x7f]+")
_UNCLEAN = regex(r"\\[bfu]")
"""A character that JSON escapes and XML forbids; or an escaped backslash before such a letter."""

_GAP = "\0"
_GAP_IN_JSON = _encode(_GAP)
_GAP_IN_BYTES = _GAP_IN_JSON.encode()
_TEXT = frozenset({str})


class JsonFeed(Generator):
    """JSON Feed 1.1.

    Override ``root_attributes()`` and ``item_attributes(item)``, each with a call of ``super()``.
    What is None or empty is left out; a name of your own begins with an underscore.
    """

    name = "json"
    label = "JSON Feed"
    content_type = "application/feed+json; charset=utf-8"
    extension = ".json"
    archive_links = ("previous",)
    caches_entries = True
    feed_hooks = ("root_attributes",)

    def root_attributes(self) -> dict[str, Any]:
        """Return what describes the feed: the document but for its items."""
        feed = self.feed
        archive = feed.get("archive")
        return {
            "version": VERSION,
            "title": str(feed["title"]),
            "_generator": {"name": feed.get("generator")},
            "home_page_url": feed["link"],
            "feed_url": feed["feed_url"],
            "description": feed["description"] or feed["subtitle"] or None,
            "next_url": archive and archive.previous,
            "icon": feed.get("icon"),
            "favicon": feed.get("icon"),
            "authors": _authors(single_author(feed)),
            "language": feed["language"],
            "_copyright": {"text": feed["feed_copyright"]},
            "hubs": [{"type": "WebSub", "url": hub} for hub in feed.get("hubs") or ()],
        }

    def item_attributes(self, item: Item) -> dict[str, Any]:
        """Return an item."""
        content, summary = item["content"], item["description"]
        if content is None:
            content, summary = summary, None
        language = item.get("language")
        return {
            "id": str(item["unique_id"] or get_tag_uri(item["link"], item["pubdate"])),
            "url": item["link"],
            "title": item["title"],
            "content_html": str(content or ""),
            "summary": (words(summary) or None) if summary else None,
            "image": item.get("image"),
            "date_published": item["pubdate"] and rfc3339_date(item["pubdate"]),
            "date_modified": item["updateddate"] and rfc3339_date(item["updateddate"]),
            "authors": _authors(item["authors"]),
            "tags": [getattr(each, "label", None) or each for each in item["categories"]],
            "language": language if language != self.feed["language"] else None,
            "_copyright": {"text": item["item_copyright"]},
            "attachments": [_attachment(each, item) for each in item["enclosures"]],
            "_linkback": thread_as_json(item) if has_thread(item) else None,
        }

    def _encoded(self, text: str, encoding: str) -> bytes:  # noqa: ARG002
        """Return the document as bytes; JSON is always UTF-8 (RFC 8259, section 8.1)."""
        return text.encode()

    def _text(self, encoding: str) -> str:
        """Return the document; with escapes for a file that encodes text in its own way."""
        text = super()._text(encoding)
        return text if codecs.lookup(encoding).name == "utf-8" else _BEYOND_ASCII.sub(_escape, text)

    def save(self, file: Sink, encoding: str = "utf-8") -> None:  # noqa: ARG002
        """Write the document to ``file``; JSON is always UTF-8."""
        file.write(_line(self.root_attributes()).removesuffix(b"}") + b', "items": [\n')
        before: list[bytes] = []
        for entries in batched(self.rendered(), AT_A_TIME):
            file.write(b",\n".join(before + entries))
            before = [b""]
        file.write(b"\n]}\n")

    def render(self, item: Item) -> bytes:
        """Return an item's line."""
        return _line(self.item_attributes(item))


def _escape(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1]


def _line(attributes: dict[str, Any]) -> bytes:
    """Return in JSON what ``attributes`` say, each text as it is in all formats.

    All is encoded at once but for long texts, which are ready. What has to be cleaned is seen in
    the result: mostly nothing.
    """
    said, texts = _said(attributes), []
    for name, value in said.items():
        if type(value) is str and len(value) >= LONG:
            texts.append(value)
            said[name] = _GAP
    line = _encode(said)
    if not _is_clean(line, len(texts)):
        return _encode(_clean(_said(attributes))).encode()
    data = line.encode()
    for text in texts:
        data = data.replace(_GAP_IN_BYTES, b'"%b"' % _string(text), 1)
    return data


def _is_clean(line: str, gaps: int) -> bool:
    """Return whether XML forbids nothing that a line of JSON says beside its gaps."""
    if not line.isascii() and not line.isprintable() and FORBIDDEN.search(line):
        return False
    if line.count("\\") == gaps:  # nothing is escaped but they
        return True
    return line.count(_GAP_IN_JSON) == gaps and not _UNCLEAN.search(line.replace(_GAP_IN_JSON, ""))


def _string(text: str) -> bytes:
    """Return what stands for a text between quotation marks (RFC 8259, section 7).

    There are no other controls in it than these: XML forbids them.
    """
    # The backslash first: the others are escaped with it.
    data = utf8(text).replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return data.replace(b"\n", b"\\n").replace(b"\r", b"\\r").replace(b"\t", b"\\t")


def _said(value: Any) -> Any:
    """Return ``value`` without what is None or empty in it; a dictionary is a new one."""
    if isinstance(value, dict):
        said = {}
        for name, each in value.items():
            if type(each) is str:
                said[name] = each
            elif each is not None and (part := _said(each)) not in ([], {}):
                said[name] = part
        return said
    if isinstance(value, list) and not _TEXT.issuperset(map(type, value)):
        return [_said(each) for each in value]
    return value


def _clean(value: Any) -> Any:
    """Return ``value`` without the characters that XML forbids.

    JSON could contain them, but an article has one text in all formats.
    """
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, dict):
        return {name: _clean(each) for name, each in value.items()}
    return value


def _authors(people: Iterable[Person]) -> list[dict[str, str | None]]:
    return [
        {"name": person.name, "url": person.link or (person.email and f"mailto:{person.email}")}
        for person in people
    ]


def _attachment(enclosure: Any, item: Item) -> dict[str, Any]:
    length = str(enclosure.length)
    size = int(length) if length.isdecimal() else 0
    return {
        "url": enclosure.url,
        "mime_type": str(enclosure.mime_type),
        "size_in_bytes": size or None,
        # Given for an episode, which has one file.
        "duration_in_seconds": item.get("duration") or None,
    }
