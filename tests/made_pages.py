"""Pages that cover the authorship algorithm, post type discovery, and the ways to say a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

__all__ = ["AUTHORS", "KINDS", "SOURCE", "TEXTS", "WALLS", "MadePage", "made_pages"]

WALLS = "https://blog.example/walls/"
SOURCE = "https://ann.example/notes/1"

CARD = '<a class="h-card" href="https://ann.example/">Ann Lee</a>'


class Author(NamedTuple):
    """How a page names the author: in the entry, around it (a ``{}`` in it), and beside it."""

    inside: str = ""
    around: str = "{}"
    beside: str = ""


def inside(html: str) -> Author:
    return Author(inside=html)


AUTHORS: Mapping[str, Author] = {
    "nobody": Author(),
    "a card": inside('<a class="p-author h-card" href="https://ann.example/">Ann Lee</a>'),
    "a card with properties": inside(
        '<p class="p-author h-card"><b class="p-name">Ann</b><a class="u-url" href="/me">me</a></p>'
    ),
    "a card with a picture": inside(
        '<p class="p-author h-card"><img class="u-photo" src="/a.png" alt="A">'
        '<a class="p-name u-url" href="/">Ann</a></p>'
    ),
    "a picture with words": inside(
        '<a class="p-author h-card" href="/"><img src="/a.png" alt="Ann Lee"></a>'
    ),
    "a card without a URL": inside('<b class="p-author h-card">Ann Lee</b>'),
    "a card with a nickname": inside(
        '<b class="p-author h-card"><i class="p-nickname">ann</i>'
        '<a class="u-url" href="https://m.example/@ann"></a></b>'
    ),
    "a card of an organisation": inside(
        '<b class="p-author h-card"><i class="p-name p-org h-card">Wall Club</i></b>'
    ),
    "a name": inside('<b class="p-author">Ann Lee</b>'),
    "two names": inside('<b class="p-author">Ann</b> and <b class="p-author">Bo</b>'),
    "an empty name": inside('<b class="p-author"></b>'),
    "a URL": inside('<a class="u-author" href="https://ann.example/"></a>'),
    "a URL, and its card": Author(
        '<a class="u-author" href="https://ann.example/"></a>',
        beside='<a class="h-card u-url u-uid" href="https://ann.example/">Ann Lee</a>',
    ),
    "a URL as a text": inside('<b class="p-author">https://ann.example/</b>'),
    "the author of the feed": Author(
        around='<div class="h-feed"><b class="p-author h-card">Feed</b>{}</div>'
    ),
    "the feed's, and its own": Author(
        '<b class="p-author">Ann</b>', '<div class="h-feed"><b class="p-author">Feed</b>{}</div>'
    ),
    "a card around": Author(
        around='<div class="h-card"><a class="p-name u-url" href="/">Ann</a>{}</div>'
    ),
    "rel=author": Author(beside='<a rel="author" href="https://ann.example/me">me</a>'),
    "rel=author, and a card with that URL": Author(
        beside='<a rel="author" href="/me">me</a>'
        '<p class="h-card"><a class="u-url u-uid p-name" href="/me">Ann</a></p>'
    ),
    "the only card of the site": Author(beside=CARD),
    "the only card of another site": Author(beside=CARD.replace("ann.example", "bo.example")),
    "two cards": Author(beside=CARD + '<a class="h-card" href="/b">Bo</a>'),
    "the card of a citation": inside(
        '<p class="h-cite"><b class="p-author h-card">Cited</b>'
        '<a class="u-url" href="https://c.example/"></a></p>'
    ),
}

OTHER = "https://x.example/"


def link(classes: str, url: str = WALLS) -> str:
    return f'<a class="{classes}" href="{url}"></a>'


def cited(classes: str) -> str:
    return f'<p class="{classes} h-cite">{link("u-url")}w</p>'


KINDS: Mapping[str, str] = {
    "a link": link(""),
    "a reply": link("u-in-reply-to"),
    "a reply by citation": cited("u-in-reply-to"),
    "a reply to others, too": link("u-in-reply-to", OTHER) + link("u-in-reply-to"),
    "a reply to others": link("u-in-reply-to", OTHER) + link(""),
    "a like": link("u-like-of"),
    "a like of old": link("u-like"),
    "a repost": link("u-repost-of"),
    "a repost by citation": cited("u-repost-of"),
    "a bookmark": link("u-bookmark-of"),
    "an RSVP": link("u-in-reply-to") + '<data class="p-rsvp" value="yes"></data>',
    "an RSVP of no word": link("u-in-reply-to") + '<b class="p-rsvp">so so</b>',
    "an RSVP to others": (link("u-in-reply-to", OTHER) + '<b class="p-rsvp">yes</b>' + link("")),
    "a like and a reply": link("u-like-of u-in-reply-to"),
    "a like and a repost": link("u-like-of u-repost-of"),
    "a quotation": link("u-quotation-of"),
}

TEXTS: Mapping[str, str] = {
    "content": '<div class="e-content">Mine is of <b>slate</b>.</div>',
    "content as text": '<p class="p-content">Mine is of slate.</p>',
    "a name that is content": '<p class="p-name e-content">Mine is of slate.</p>',
    "a title and content": '<h1 class="p-name">Slate</h1><div class="e-content">Mine is.</div>',
    "a title": '<h1 class="p-name">Of slate</h1>',
    "a summary and content": '<p class="p-summary">Short.</p><div class="e-content">Long.</div>',
    "paragraphs": '<div class="e-content"><p>One</p><p>two</p></div>',
    "a script": '<div class="e-content">Seen<script>x()</script></div>',
    "nothing": "",
}


class MadePage(NamedTuple):
    """A page, and the names of what it is made of."""

    author: str
    kind: str
    text: str
    html: str


def made_pages() -> Iterator[MadePage]:
    """Each author with some kinds, and each kind with each text."""
    some = ("a link", "a reply", "a reply by citation", "a like", "an RSVP")
    pairs = [
        *((author, kind, "content") for author, kind in product(AUTHORS, some)),
        *(("a card", kind, text) for kind, text in product(KINDS, TEXTS)),
    ]
    for author, kind, text in dict.fromkeys(pairs):
        named = AUTHORS[author]
        entry = f'<div class="h-entry">{named.inside}{KINDS[kind]}{TEXTS[text]}</div>'
        body = named.around.replace("{}", entry) + named.beside
        yield MadePage(author, kind, text, f"<!DOCTYPE html><title>T</title><body>{body}</body>")
