"""What a source says of a page of ours: whether it links to it, and the mention that it is. Pure.

The microformats are read by a function that is given: by ``ReaderProcess`` in a process with
limits, since a page can be made to cost a minute. Without its answer a mention is the title of its
page, and the host.
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
from pelican_linkback.receiving.hosted.properties import Jf2Item, strings
from pelican_linkback.receiving.memory.targets import Targets
from pelican_linkback.receiving.reading.links import TargetPage, links_of
from pelican_linkback.receiving.received import Received
from pelican_linkback.text import urls

__all__ = ["MentionRequest", "Page", "ReadItem", "SourceContent", "read"]

ReadItem = Callable[[str, str, Sequence[str], Collection[str]], Jf2Item | None]
"""``microformats.item_of``, or what calls it elsewhere; None also if that could not answer."""


@dataclass(frozen=True, slots=True)
class MentionRequest:
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
class SourceContent:
    """What a source says of a page of ours.

    ``linked`` says whether it links to it, and ``gone`` that it says of itself that it is no more.
    ``mention`` is None unless it links; or the reason why it is not kept.
    """

    linked: bool = False
    gone: bool = False
    mention: Received | NotKept | None = None


def read(
    page: Page, request: MentionRequest, targets: Targets, read_item: ReadItem
) -> SourceContent:
    """Return what a source says of the page that a sender named; never raises for what it holds."""
    target_page = TargetPage(request.target, request.article, targets)
    document = links_of(page.body, page.headers, page.url, target_page)
    if document.is_gone or not document.links:
        return SourceContent(gone=document.is_gone)
    base = document.base or page.url

    def find(reference: str) -> tuple[str, str] | None:
        try:
            return target_page.find(urls.resolve(base, reference))
        except InvalidURL:
            return None

    pages = list(dict.fromkeys((request.source, page.url)))
    item = read_item(document.html, base, pages, document.links) if document.html else None
    if item is None:
        item = {"name": escape(document.title)}
    mention = mention_of(_from_both(item, request, find), find, "", request.received)
    return SourceContent(linked=True, mention=mention)


def _from_both(item: Jf2Item, request: MentionRequest, find: Find) -> Jf2Item:
    """Return the item of a page with what is known of it from its sender."""
    known: dict[str, object] = {
        **item,
        # A page of ours is not where people find the post, though it may say so.
        "url": [url for url in strings(item.get("url")) if url == request.source or not find(url)],
        "wm-source": request.source,
        "wm-target": request.target,
        "wm-fragment": request.fragment,
        "wm-received": request.received.isoformat(),
        "wm-protocol": request.protocol,
    }
    answered = (find(url) for url in strings(item.get("in-reply-to")))
    if not any(each and each[0] == request.article for each in answered):
        known.pop("rsvp", None)  # it is one to somebody else's event
    return known
