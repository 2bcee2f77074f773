"""What a source says of a page of ours: whether it links to it, and the mention that it is. Pure.

The microformats are read by a function that is given: by ``child.Child`` in a process with limits,
since a page can be made to cost a minute. Without its answer a mention is the title of its page,
and the host.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from html import escape

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.protocol.response import Headers
from pelican_linkback.receiving.hosted.jf2 import Find, NotKept
from pelican_linkback.receiving.hosted.jf2 import read as mention_of
from pelican_linkback.receiving.hosted.properties import Item as Jf2
from pelican_linkback.receiving.hosted.properties import strings
from pelican_linkback.receiving.memory.targets import Targets
from pelican_linkback.receiving.reading.links import Aim, links_of
from pelican_linkback.receiving.received import Received
from pelican_linkback.text import urls

__all__ = ["Asked", "Page", "ReadItem", "Said", "read"]

ReadItem = Callable[[str, str, Sequence[str], Collection[str]], Jf2 | None]
"""``microformats.item_of``, or what calls it elsewhere; None also if that could not answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sender asked for: ``source`` says something of ``target``, which is ``article``."""

    source: str
    target: str
    article: str
    received: dt.datetime
    fragment: str = ""
    protocol: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What a source answered: the body, and the URL that it came from after redirects."""

    url: str
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Said:
    """What a source says of a page of ours.

    ``linked`` says whether it links to it, and ``gone`` that it says of itself that it is no more.
    ``mention`` is None unless it links; or the reason why it is not kept.
    """

    linked: bool = False
    gone: bool = False
    mention: Received | NotKept | None = None


def read(page: Page, asked: Asked, targets: Targets, read_item: ReadItem) -> Said:
    """Return what a source says of the page that a sender named; never raises for what it holds."""
    aim = Aim(asked.target, asked.article, targets)
    document = links_of(page.body, page.headers, page.url, aim)
    if document.is_gone or not document.links:
        return Said(gone=document.is_gone)
    base = document.base or page.url

    def find(reference: str) -> tuple[str, str] | None:
        try:
            return aim.find(urls.resolve(base, reference))
        except InvalidURL:
            return None

    pages = list(dict.fromkeys((asked.source, page.url)))
    item = read_item(document.html, base, pages, document.links) if document.html else None
    if item is None:
        item = {"name": escape(document.title)}
    mention = mention_of(_from_both(item, asked, find), find, "", asked.received)
    return Said(linked=True, mention=mention)


def _from_both(item: Jf2, asked: Asked, find: Find) -> Jf2:
    """Return the item of a page with what is known of it from its sender."""
    known: dict[str, object] = {
        **item,
        # Without a URL of its own, the only link in a post counts as such: the link to us.
        "url": [url for url in strings(item.get("url")) if url == asked.source or not find(url)],
        "wm-source": asked.source,
        "wm-target": asked.target,
        "wm-fragment": asked.fragment,
        "wm-received": asked.received.isoformat(),
        "wm-protocol": asked.protocol,
    }
    answered = (find(url) for url in strings(item.get("in-reply-to")))
    if not any(each and each[0] == asked.article for each in answered):
        known.pop("rsvp", None)  # it is one to somebody else's event
    return known
