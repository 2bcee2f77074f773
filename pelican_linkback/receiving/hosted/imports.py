"""Mentions in a file: an export of webmention.io, or of WordPress -> JF2 items. Pure.

WordPress keeps pingbacks and webmentions as comments, and exports them with its posts (WXR). Of a
pingback it has the title of the page as the name of the author, and its address as his page; the
plugins Webmention and Semantic Linkbacks say more in metadata of the comment.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, ParseError, fromstring

from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.text.printable import printable
from pelican_linkback.text.xml_characters import clean

__all__ = ["items_in"]

_EXPECTED = "it is neither an export of webmention.io (JF2) nor one of WordPress (All content)"

# What the plugins call the kinds of mentions, as relations of JF2.
_RELATIONS = {
    "bookmark": "bookmark-of",
    "comment": "in-reply-to",
    "favorite": "like-of",
    "like": "like-of",
    "mention": "mention-of",
    "quote": "quotation-of",
    "reply": "in-reply-to",
    "repost": "repost-of",
    "rsvp": "rsvp",
}
_SOURCE = ("webmention_source_url", "webmention_source", "semantic_linkbacks_source")
_POST = ("webmention_canonical", "url", "semantic_linkbacks_canonical")
_AUTHOR = ("webmention_author_url", "semantic_linkbacks_author_url")


def items_in(document: bytes) -> list[object]:
    """Return the mentions in a file as JF2 items; raise LinkbackError if it is none of these."""
    if document.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return [*_of_wordpress(document)]
    try:
        found = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise LinkbackError(_EXPECTED) from error
    items = found.get("children") if isinstance(found, dict) else found
    if not isinstance(items, list):
        raise LinkbackError(_EXPECTED)
    return items


def _of_wordpress(document: bytes) -> Iterator[object]:
    text = clean(document.decode("utf-8-sig", "replace"))
    if "<!DOCTYPE" in text[:1000]:
        raise LinkbackError(_EXPECTED)
    try:
        root = fromstring(text)  # noqa: S314 (it has no DOCTYPE)
    except ParseError as error:
        raise LinkbackError(f"{_EXPECTED}: {printable(error)}") from error
    if root.tag != "rss":
        raise LinkbackError(_EXPECTED)
    for post in root.iter("item"):
        link = (post.findtext("link") or "").strip()
        for comment in post:
            if _name(comment) == "comment" and (item := _item(comment, link)):
                yield item


def _item(comment: Element, link: str) -> Mapping[str, object] | None:
    """Return the mention of the post with this ``link`` that a comment is; None if it is none."""
    fields = {_name(each): (each.text or "").strip() for each in comment}
    said = dict(map(_metadata, (each for each in comment if _name(each) == "commentmeta")))
    kind = fields.get("comment_type", "")
    is_webmention = kind == "webmention" or said.get("protocol") == "webmention"
    if fields.get("comment_approved") != "1" or not (is_webmention or kind == "pingback"):
        return None
    # Old databases have zeros for the time in UTC.
    times = [f"{fields.get('comment_date_gmt', '')}Z", fields.get("comment_date", "")]
    page, title = fields.get("comment_author_url", ""), fields.get("comment_author", "")
    relation = "mention-of"
    if is_webmention:
        kind = said.get("semantic_linkbacks_type") or ("mention" if kind == "webmention" else kind)
        relation = _RELATIONS.get(kind.partition(":")[0], "mention-of")
    who: Mapping[str, object] = {"name": title, "url": _first(said, _AUTHOR) or page}
    return {
        "wm-source": _first(said, _SOURCE) or page,
        "wm-target": link,
        "wm-protocol": "webmention" if is_webmention else "pingback",
        "wm-property": relation,
        "wm-received": times,
        "url": _first(said, _POST) or page,
        "published": times,
        "author": who if is_webmention else None,
        "name": "" if is_webmention else title,
        "rsvp": kind.partition(":")[2],
        "content": {"html": fields.get("comment_content", "")},
    }


def _name(element: Element) -> str:
    """Return the name of an element without its namespace, which has a version of WXR."""
    return element.tag.rpartition("}")[2]


def _metadata(element: Element) -> tuple[str, str]:
    fields = {_name(each): (each.text or "").strip() for each in element}
    return fields.get("meta_key", ""), fields.get("meta_value", "")


def _first(said: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next(filter(None, (said.get(name) for name in names)), "")
