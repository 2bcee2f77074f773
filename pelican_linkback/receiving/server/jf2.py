"""A mention of the store -> an item of JF2, as ``hosted.jf2`` reads it again. Pure."""

from __future__ import annotations

import datetime as dt
from html import escape

from pelican_linkback.receiving.received import Kind, Received
from pelican_linkback.receiving.store.records import StoredMention
from pelican_linkback.text.titles import plain_text

__all__ = ["item_of", "public_item"]

_RELATIONS = {
    Kind.RSVP: "rsvp",
    Kind.REPLY: "in-reply-to",
    Kind.REPOST: "repost-of",
    Kind.LIKE: "like-of",
    Kind.BOOKMARK: "bookmark-of",
    Kind.QUOTE: "quotation-of",
    Kind.MENTION: "mention-of",
}


def item_of(row: StoredMention) -> dict[str, object]:
    """Return what a mention is to the site: what it says, or that it is shown no more.

    ``wm-id`` is the number of its last change: who asks for what comes after a number gets each
    mention that changed since, once.
    """
    if row.shown is None:
        return {
            "wm-id": row.number,
            "wm-source": row.source,
            "wm-target": row.target,
            "wm-removed": True,
        }
    return {"wm-id": row.number, **public_item(row.shown), "wm-source": row.source}


def public_item(mention: Received) -> dict[str, object]:
    """Return what everybody may know of a mention that is shown; empty fields are left out."""
    author = mention.author
    who = {"type": "card", "name": _title(author.name), "url": author.url, "photo": author.photo}
    relation = _RELATIONS[mention.kind]
    fields: dict[str, object] = {
        "type": "entry",
        "url": mention.url or mention.source,
        "author": {name: value for name, value in who.items() if value},
        "name": _title(mention.title),
        # A summary is shown as it is, and a content that is long is not.
        "summary" if mention.kind is Kind.MENTION else "content": _plain(mention.text),
        "published": _written(mention.published),
        "rsvp": mention.rsvp,
        "in-reply-to" if mention.kind is Kind.RSVP else relation: mention.target,
        "wm-source": mention.source,
        "wm-target": mention.target,
        "wm-fragment": mention.fragment,
        "wm-parent": mention.parent,
        "wm-property": relation,
        "wm-protocol": mention.protocol,
        "wm-received": _written(mention.received),
    }
    return {name: value for name, value in fields.items() if value}


def _title(text: str) -> str:
    """Return a name as others read one, who take it for HTML."""
    return text if plain_text(text) == text else escape(text, quote=False)


def _plain(text: str) -> dict[str, str] | None:
    return {"text": text} if text else None


def _written(when: dt.datetime | None) -> str:
    return when.astimezone(dt.UTC).isoformat() if when else ""
