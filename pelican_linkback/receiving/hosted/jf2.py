"""An item of a JF2 feed of mentions -> Received, or the reason why it is not kept. Pure.

JF2 (https://jf2.spec.indieweb.org/) with the ``wm-`` fields of webmention.io, as that and our own
export give it. Whoever wrote an item may have put anything into any field: a value that is not what
it should be counts as missing, and only an item that says of no page of ours that it was mentioned,
or that is not public, is not kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pelican_linkback.receiving.hosted.dates import moment
from pelican_linkback.receiving.hosted.properties import (
    Jf2Item,
    first_text,
    first_url,
    html_in,
    plain,
    strings,
    values,
)
from pelican_linkback.receiving.received import Author, Kind, Received, id_of
from pelican_linkback.text import urls
from pelican_linkback.text.html_lines import lines_of
from pelican_linkback.text.prose import excerpt, is_visible, one_line, shortened, tidied
from pelican_linkback.text.regex import regex
from pelican_linkback.text.titles import plain_text

__all__ = ["Find", "NotKept", "WhyNotKept", "read", "remote_of"]

Find = Callable[[str], tuple[str, str] | None]
"""Returns the id of the article (or page) with this URL, and the fragment that is meant; None if
the site has no such page, or it takes no mentions."""

LONGEST_NAME, LONGEST_TITLE, LONGEST_TEXT = 100, 300, 2000
ABOUT_A_LINK = 300
"""The length of what is shown of a long page that mentions an article."""

_READ_OF_NAME = 5000
_LINKS = 500
"""Of a page, at most so many links are looked at."""

# The relations, in the order of post type discovery where the service names none.
_KINDS = {
    "rsvp": Kind.RSVP,
    "in-reply-to": Kind.REPLY,
    "repost-of": Kind.REPOST,
    "like-of": Kind.LIKE,
    "bookmark-of": Kind.BOOKMARK,
    "quotation-of": Kind.QUOTE,
    "mention-of": Kind.MENTION,
}
_ID = regex("[0-9a-f]{12}")
_RSVPS = frozenset({"yes", "no", "maybe", "interested"})
_WITHOUT_TEXT = frozenset({Kind.LIKE, Kind.REPOST})
"""Bridges copy the text of the original into these."""
_PUBLIC = frozenset(
    {
        *("", "false", "0", "no", "none", "public"),
        *("as:public", "https://www.w3.org/ns/activitystreams#public"),
    }
)


class WhyNotKept(StrEnum):
    """Why an item is not kept."""

    NO_ITEM = "it is no object"
    NO_SOURCE = "it has no address"
    NO_TARGET = "it is about a page that is not on this site, or takes no mentions"
    ITSELF = "it is the page itself"
    PRIVATE = "it is private"
    REMOVED = "it was removed"
    FORGOTTEN = "it was erased, and is not taken again"


@dataclass(frozen=True, slots=True)
class NotKept:
    """An item that is not kept, and why.

    ``id`` is that of the mention, where it was kept before and may not be any more. ``source`` and
    ``remote`` are its own, where they are known.
    """

    why: WhyNotKept
    id: str = ""
    source: str = ""
    remote: str = ""


def read(item: object, find: Find, via: str, now: dt.datetime) -> Received | NotKept:
    """Return the mention that an item of the source named ``via`` is.

    ``now`` stands for the time of receipt of an item that has none.
    """
    if not isinstance(item, Mapping):
        return NotKept(WhyNotKept.NO_ITEM)
    remote = remote_of(item)
    source = first_url(item.get("wm-source")) or first_url(item.get("url"))
    if not source:
        return NotKept(WhyNotKept.NO_SOURCE, remote=remote)
    target, article, fragment = _target(item, find)
    if why := _why_not(item, source, article, find):
        known = article if why in {WhyNotKept.PRIVATE, WhyNotKept.REMOVED} else ""
        return NotKept(why, known and id_of(source, known), source, remote)
    kind = _kind(item, article, find)
    url = first_url(item.get("url"), source) or source
    received, published = _times(item, now)
    text, title = _texts(item, kind, article, find)
    return Received(
        source=source,
        target=target,
        article=article,
        fragment=fragment or _fragment(item),
        kind=kind,
        rsvp=_rsvp(item) if kind is Kind.RSVP else "",
        parent=_parent(item, article, find) if kind is Kind.REPLY else "",
        author=_author(item.get("author"), url, source),
        url=url,
        title=title,
        text=text,
        published=published,
        received=received,
        protocol=one_line(first_text(item.get("wm-protocol")))[:20].lower(),
        via=via,
        remote=remote,
    )


def _why_not(item: Jf2Item, source: str, article: str, find: Find) -> WhyNotKept | None:
    """Return why the item of a ``source`` about an ``article``, or about none, is not kept."""
    if _is_private(item):
        return WhyNotKept.PRIVATE
    if not article:
        return WhyNotKept.NO_TARGET
    if item.get("wm-removed") is True:
        return WhyNotKept.REMOVED
    own = find(source)
    return WhyNotKept.ITSELF if own and own[0] == article else None


def remote_of(item: object) -> str:
    """Return by what its source knows an item; empty if it has no id."""
    value = item.get("wm-id") if isinstance(item, Mapping) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if 0 < value < 10**30 else ""
    return one_line(value)[:LONGEST_NAME] if isinstance(value, str) else ""


def _target(item: Jf2Item, find: Find) -> tuple[str, str, str]:
    """Return the URL that was mentioned, the id of the article and the fragment; or empty ones."""
    value = item.get("wm-target") or item.get(_property(item))
    for url in filter(None, (first_url(each) for each in values(value))):
        if found := find(url):
            return (url, *found)
    return "", "", ""


def _fragment(item: Jf2Item) -> str:
    fragment = first_text(item.get("wm-fragment")).lstrip("#")
    is_word = fragment.isprintable() and not any(map(str.isspace, fragment))
    return fragment if is_word and len(fragment) <= LONGEST_NAME else ""


def _is_private(item: Jf2Item) -> bool:
    """Return whether an item is, or may be, not for everybody."""
    said = (*values(item.get("wm-private")), *values(item.get("visibility")))
    audience = [*values(item.get("audience"))]  # everybody may be one of several
    return not all(map(_is_public, said)) or not any(map(_is_public, audience or [""]))


def _is_public(value: object) -> bool:
    return str(value).strip().lower() in _PUBLIC


def _property(item: Jf2Item) -> str:
    return first_text(item.get("wm-property")).strip().lower()


def _kind(item: Jf2Item, article: str, find: Find) -> Kind:
    """Return what the service says that it is, or what its relations to the article say."""
    named = _property(item)
    if not named:
        named = next((name for name in _KINDS if _relates(item, name, article, find)), "")
    kind = _KINDS.get(named, Kind.MENTION)
    return Kind.REPLY if kind is Kind.RSVP and not _rsvp(item) else kind


def _relates(item: Jf2Item, name: str, article: str, find: Find) -> bool:
    if name == "rsvp":
        return bool(_rsvp(item))
    found = (find(url) for url in map(first_url, values(item.get(name))) if url)
    return any(each and each[0] == article for each in found)


def _rsvp(item: Jf2Item) -> str:
    answers = (each.strip().lower() for each in strings(item.get("rsvp")))
    return next(filter(_RSVPS.__contains__, answers), "")


def _parent(item: Jf2Item, article: str, find: Find) -> str:
    """Return the id of the mention that a reply answers, besides the article; see ``merging``.

    Our own export says it; else it is that of the other page that is answered.
    """
    if _ID.fullmatch(known := first_text(item.get("wm-parent"))):
        return known
    answered = filter(None, map(first_url, values(item.get("in-reply-to"))))
    others = (url for url in answered if not find(url))
    return next((id_of(url, article) for url in others), "")


def _author(value: object, url: str, source: str) -> Author:
    said = (each for one in values(value) for each in values(one))  # a list may be in a list
    card = next((each for each in said if each and not isinstance(each, bool | list)), None)
    if not isinstance(card, Mapping):
        name = str(card or "")
        card = {"url": name} if urls.is_fetchable(name.strip()) else {"name": name}
    page = first_url(card.get("url"), source)
    named = (_name(each) for field in ("name", "nickname") for each in strings(card.get(field)))
    name = next(filter(None, named), "") or urls.host_of(page or url)
    return Author(name, page, first_url(card.get("photo"), source))


def _name(value: str) -> str:
    """Return a name, or an empty one if it says nothing, or is an address."""
    name = one_line(plain_text(value[:_READ_OF_NAME]))
    if not is_visible(name) or urls.is_fetchable(name) or urls.has_other_scheme(name):
        return ""
    return shortened(name, LONGEST_NAME)


def _times(item: Jf2Item, now: dt.datetime) -> tuple[dt.datetime, dt.datetime | None]:
    """Return when it was received, and when published: not after the receipt, or unknown."""
    published, received = _moment(item.get("published")), _moment(item.get("wm-received"))
    if received is None or received > now:
        received = published if published and published < now else now
    return received, min(published, received) if published else None


def _moment(value: object) -> dt.datetime | None:
    """Return the first time that a property says."""
    said = (each.get("value") if isinstance(each, Mapping) else each for each in values(value))
    return next(filter(None, map(moment, said)), None)


def _texts(item: Jf2Item, kind: Kind, article: str, find: Find) -> tuple[str, str]:
    """Return the text of a mention and its title, which is empty where the text begins with it."""
    title = one_line(plain_text(first_text(item.get("name"))[:_READ_OF_NAME]))
    text = shortened(tidied(_text(item, kind, article, find)[: LONGEST_TEXT * 4]), LONGEST_TEXT)
    if not text and kind not in _WITHOUT_TEXT | {Kind.BOOKMARK}:
        return shortened(title, LONGEST_TEXT), ""
    is_implied = one_line(text).startswith(title.rstrip(".… "))
    return text, "" if is_implied else shortened(title, LONGEST_TITLE)


def _text(item: Jf2Item, kind: Kind, article: str, find: Find) -> str:
    if kind in _WITHOUT_TEXT:
        return ""
    summary, content = plain(item.get("summary")), plain(item.get("content"))
    if kind is not Kind.MENTION:
        return content or summary
    if summary or len(content) <= ABOUT_A_LINK:
        return summary or content
    return _about_link(item.get("content"), article, find) or excerpt(content, 0, ABOUT_A_LINK)


def _about_link(content: object, article: str, find: Find) -> str:
    """Return the words around the first link to the article; empty if none is found."""
    html = next((html_in(each) for each in values(content) if isinstance(each, Mapping)), "")
    if not html:
        return ""
    text, links = lines_of(html)
    for href, position in links[:_LINKS]:
        if (found := find(href)) and found[0] == article:
            return excerpt(text, position, ABOUT_A_LINK)
    return ""
