"""Reads JSON Feed 1.1 and 1. Pure.

A value of a wrong type counts as missing.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pelican_linkback.exceptions import UnreadableFeed
from pelican_linkback.feedcheck.document import Enclosed, FeedDocument, Part, Rules, tags_in
from pelican_linkback.feedcheck.values import RFC3339
from pelican_linkback.text.printable import printable

__all__ = ["read_json"]

JSON_RULES = Rules("json", "JSON", RFC3339, is_chained=True)
VERSIONS = "https://jsonfeed.org/version/"


def read_json(document: bytes) -> FeedDocument | None:
    """Return the content of a JSON Feed, None for XML and other JSON; else raise UnreadableFeed."""
    if document[:64].removeprefix(codecs.BOM_UTF8).lstrip()[:1] not in {b"{", b"["}:
        return None
    try:
        root = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise UnreadableFeed("not-well-formed", printable(error)) from error
    if not (_string(root, "version") or "").startswith(VERSIONS):
        return None
    items = (_json_item(number, each) for number, each in enumerate(_list(root, "items"), 1))
    hubs = tuple(url for each in _list(root, "hubs") if (url := _string(each, "url")))
    self_url = _string(root, "feed_url")
    return FeedDocument(JSON_RULES, _json_part(0, root), self_url, tuple(items), hubs=hubs)


def _json_item(number: int, item: Any) -> Part:
    html = _string(item, "content_html")
    return replace(
        _json_part(number, item),
        tags=tags_in(html or ""),
        lacks_content=html is None and _string(item, "content_text") is None,
    )


def _json_part(number: int, part: Any) -> Part:
    single = _member(part, "author", Mapping)  # version 1 had only one
    authors = _list(part, "authors") or ([single] if single else [])
    names = ("external_url", "image", "banner_image", "icon", "favicon", "next_url")
    attachments, hubs = _list(part, "attachments"), _list(part, "hubs")
    ours = _member(part, "_linkback", Mapping)
    answered, count = _list(ours, "in_reply_to"), _member(ours, "count", object)
    urls_of = (_string(each, "url") for each in (*authors, *attachments, *hubs, *answered, ours))
    dates = ((name, _string(part, name)) for name in ("date_published", "date_modified"))
    newest_reply = _string(ours, "updated")
    language, title = _string(part, "language"), _string(part, "title")
    description, summary = (_string(part, name) for name in ("description", "summary"))
    names_of = tuple(_string(each, "name") or "" for each in authors)
    return Part(
        number,
        id=_string(part, "id"),
        permalink=False,
        link=_string(part, "home_page_url" if number == 0 else "url"),
        title=title,
        dates=tuple((name, text) for name, text in dates if text is not None),
        authors=names_of,
        urls=tuple(
            filter(
                None,
                (*(_string(part, name) for name in names), *urls_of, _string(ours, "feed_url")),
            )
        ),
        languages=() if language is None else (language,),
        titles=(title or "",),
        descriptions=(description or "",) if number == 0 else (),
        summaries=() if summary is None else (summary,),
        names=names_of,
        enclosures=tuple(map(_enclosed, attachments)),
        answers=tuple(_string(each, "id") or "" for each in answered),
        counts=() if count is None else (str(count),),
        reply_dates=() if newest_reply is None else (newest_reply,),
    )


def _enclosed(attachment: Any) -> Enclosed:
    size = attachment.get("size_in_bytes") if isinstance(attachment, Mapping) else None
    kind, url = _string(attachment, "mime_type"), _string(attachment, "url")
    return Enclosed(url or "", None if size is None else str(size), kind)


def _member(value: Any, name: str, kind: type) -> Any:
    member = value.get(name) if isinstance(value, Mapping) else None
    return member if isinstance(member, kind) else None


def _string(value: Any, name: str) -> str | None:
    text: str | None = _member(value, name, str)
    return text


def _list(value: Any, name: str) -> list[Any]:
    return _member(value, name, list) or []
