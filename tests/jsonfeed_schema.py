"""JSON Feed 1.1 as a JSON Schema, written from the specification's text.

Stricter than its reader has to be: what the specification does not name begins with an underscore
and is an object ("Extensions"), and what it recommends for the public web is required.
"""

from __future__ import annotations

from typing import Any

TEXT: Any = {"type": "string", "minLength": 1}
URL: Any = {"type": "string", "pattern": "^(https?://|mailto:)[^ <>]+$"}
DATE: Any = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
}
LANGUAGE: Any = {"type": "string", "pattern": "^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$"}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "patternProperties": {"^_[A-Za-z][^.]*$": {"type": "object"}},
        "additionalProperties": False,
    }


AUTHORS: Any = {
    "type": "array",
    "items": _object([], name=TEXT, url=URL, avatar=URL) | {"minProperties": 1},
}
ATTACHMENT = _object(
    ["url", "mime_type"],
    url=URL,
    mime_type={"type": "string", "pattern": "^[a-z]+/[a-z0-9.+-]+$"},
    title=TEXT,
    size_in_bytes={"type": "integer", "minimum": 1},
    duration_in_seconds={"type": "number", "exclusiveMinimum": 0},
)
ITEM = _object(
    ["id", "url"],
    id=TEXT,
    url=URL,
    external_url=URL,
    title=TEXT,
    content_html={"type": "string"},
    content_text={"type": "string"},
    summary=TEXT,
    image=URL,
    banner_image=URL,
    date_published=DATE,
    date_modified=DATE,
    authors=AUTHORS,
    tags={"type": "array", "items": TEXT, "minItems": 1},
    language=LANGUAGE,
    attachments={"type": "array", "items": ATTACHMENT},
) | {"anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}]}
FEED = _object(
    ["version", "title", "home_page_url", "feed_url", "items"],
    version={"const": "https://jsonfeed.org/version/1.1"},
    title=TEXT,
    home_page_url=URL,
    feed_url=URL,
    description=TEXT,
    user_comment=TEXT,
    next_url=URL,
    icon=URL,
    favicon=URL,
    authors=AUTHORS,
    language=LANGUAGE,
    expired={"type": "boolean"},
    hubs={"type": "array", "items": _object(["type", "url"], type=TEXT, url=URL)},
    items={"type": "array", "items": ITEM},
)
