"""An item of a JF2 feed of mentions -> Received, or the reason why it is not kept. Pure.

JF2 (https://jf2.spec.indieweb.org/) with the ``wm-`` fields of webmention.io, as that and our own
export give it. Whoever wrote an item may have put anything into any field: a value that is not what
it should be counts as missing, and only an item that says of no page of ours that it was mentioned,
or that is not public, is not kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.receiving.hosted.dates import moment
from pelican_linkback.receiving.received import Author, Kind, Received, id_of
from pelican_linkback.text import urls
from pelican_linkback.text.html_lines import lines_of
from pelican_linkback.text.prose import excerpt, is_visible, one_line, shortened, tidied
from pelican_linkback.text.titles import plain_text

__all__ = ["Find", "Item", "NotKept", "Why", "read", "remote_of"]

Item = Mapping[str, object]

Find = Callable[[str], tuple[str, str] | None]
"""Returns the id of the article (or page) with this URL, and the fragment that is meant; None if
the site has no such page, or it takes no mentions."""

LONGEST_URL, LONGEST_NAME, LONGEST_TITLE, LONGEST_TEXT = 2000, 100, 300, 2000
ABOUT_A_LINK = 300
"""The length of what is shown of a long page that mentions an article."""

_READ_OF_HTML, _READ_OF_TEXT, _READ_OF_NAME = 200_000, 100_000, 5000
_VALUES = 20
"""Of a list, at most so many values are looked at."""
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
_RSVPS = frozenset({"yes", "no", "maybe", "interested"})
_WITHOUT_TEXT = frozenset({Kind.LIKE, Kind.REPOST})
"""Bridges copy the text of the original into these."""
_PUBLIC = frozenset({"", "false", "0", "no", "none", "public"})


class Why(StrEnum):
    """Why an item is not kept."""

    NO_ITEM = "it is no object"
    NO_SOURCE = "it has no address"
    NO_TARGET = "it is about a page that is not on this site, or takes no mentions"
    ITSELF = "it is the page itself"
    PRIVATE = "it is private"
    FORGOTTEN = "it was erased, and is not taken again"


@dataclass(frozen=True, slots=True)
class NotKept:
    """An item that is not kept, and why.

    ``id`` is that of the mention, where it was kept before and may not be any more. ``source`` and
    ``remote`` are its own, where they are known.
    """

    why: Why
    id: str = ""
    source: str = ""
    remote: str = ""


def read(item: object, find: Find, via: str, now: dt.datetime) -> Received | NotKept:
    """Return the mention that an item of the source named ``via`` is.

    ``now`` stands for the time of receipt of an item that has none.
    """
    if not isinstance(item, Mapping):
        return NotKept(Why.NO_ITEM)
    remote = remote_of(item)
    source = _url(item.get("wm-source")) or _url(item.get("url"))
    if not source:
        return NotKept(Why.NO_SOURCE, remote=remote)
    target, article, fragment = _target(item, find)
    if _is_private(item):
        return NotKept(Why.PRIVATE, article and id_of(source, article), source, remote)
    if not article:
        return NotKept(Why.NO_TARGET, "", source, remote)
    if (own := find(source)) and own[0] == article:
        return NotKept(Why.ITSELF, "", source, remote)
    kind = _kind(item, article, find)
    url = _url(item.get("url"), source) or source
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
        protocol=one_line(_first(item.get("wm-protocol")))[:20].lower(),
        via=via,
        remote=remote,
    )


def remote_of(item: object) -> str:
    """Return by what its source knows an item; empty if it has no id."""
    value = item.get("wm-id") if isinstance(item, Mapping) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if 0 < value < 10**30 else ""
    return one_line(value)[:LONGEST_NAME] if isinstance(value, str) else ""


# Values of any shape


def _values(value: object) -> Iterator[object]:
    """Yield the values of a property, which may be one or a list."""
    if isinstance(value, list | tuple):
        yield from islice(value, _VALUES)
    elif value is not None:
        yield value


def _strings(value: object) -> Iterator[str]:
    for each in _values(value):
        text = (each.get("value") or each.get("url")) if isinstance(each, Mapping) else each
        if isinstance(text, str):
            yield text


def _first(value: object) -> str:
    """Return the first text of a property that says something, or an empty one."""
    return next(filter(str.strip, _strings(value)), "")


def _url(value: object, base: str = "") -> str:
    """Return the first http(s) URL of a property, resolved against ``base``; empty without one."""
    for reference in filter(str.strip, _strings(value)):
        try:
            url = urls.check(urls.resolve(base, reference) if base else reference.strip())
        except InvalidURL:
            continue
        if len(url) <= LONGEST_URL:
            scheme, colon, rest = url.partition(":")
            return scheme.lower() + colon + rest  # a line of received.jsonl is held to it
    return ""


# What it is about


def _target(item: Item, find: Find) -> tuple[str, str, str]:
    """Return the URL that was mentioned, the id of the article and the fragment; or empty ones."""
    value = item.get("wm-target") or item.get(_property(item))
    for url in filter(None, (_url(each) for each in _values(value))):
        if found := find(url):
            return (url, *found)
    return "", "", ""


def _fragment(item: Item) -> str:
    fragment = _first(item.get("wm-fragment")).lstrip("#")
    plain = fragment.isprintable() and not any(map(str.isspace, fragment))
    return fragment if plain and len(fragment) <= LONGEST_NAME else ""


def _is_private(item: Item) -> bool:
    """Return whether an item is, or may be, not for everybody."""
    values = (*_values(item.get("wm-private")), *_values(item.get("visibility")))
    return any(str(each).strip().lower() not in _PUBLIC for each in values)


def _property(item: Item) -> str:
    return _first(item.get("wm-property")).strip().lower()


def _kind(item: Item, article: str, find: Find) -> Kind:
    """Return what the service says that it is, or what its relations to the article say."""
    named = _property(item)
    if not named:
        named = next((name for name in _KINDS if _relates(item, name, article, find)), "")
    kind = _KINDS.get(named, Kind.MENTION)
    return Kind.REPLY if kind is Kind.RSVP and not _rsvp(item) else kind


def _relates(item: Item, name: str, article: str, find: Find) -> bool:
    if name == "rsvp":
        return bool(_rsvp(item))
    found = (find(url) for url in map(_url, _values(item.get(name))) if url)
    return any(each and each[0] == article for each in found)


def _rsvp(item: Item) -> str:
    answer = _first(item.get("rsvp")).strip().lower()
    return answer if answer in _RSVPS else ""


def _parent(item: Item, article: str, find: Find) -> str:
    """Return the id of the mention that a reply answers, besides the article; see ``pulling``."""
    answered = filter(None, map(_url, _values(item.get("in-reply-to"))))
    others = (url for url in answered if not find(url))
    return next((id_of(url, article) for url in others), "")


# Who, and when


def _author(value: object, url: str, source: str) -> Author:
    card = next((each for each in _values(value) if each), None)
    if not isinstance(card, Mapping):
        name = str(card or "")
        card = {"url": name} if urls.is_fetchable(name.strip()) else {"name": name}
    page = _url(card.get("url"), source)
    named = (_name(each) for field in ("name", "nickname") for each in _strings(card.get(field)))
    name = next(filter(None, named), "") or urls.host_of(page or url)
    return Author(name, page, _url(card.get("photo"), source))


def _name(value: str) -> str:
    """Return a name, or an empty one if it says nothing, or is an address."""
    name = one_line(plain_text(value[:_READ_OF_NAME]))
    if not is_visible(name) or urls.is_fetchable(name):
        return ""
    return shortened(name, LONGEST_NAME)


def _times(item: Item, now: dt.datetime) -> tuple[dt.datetime, dt.datetime | None]:
    """Return when it was received, and when published: not after the receipt, or unknown."""
    published = moment(_one_value(item.get("published")))
    received = moment(_one_value(item.get("wm-received")))
    if received is None or received > now:
        received = published if published and published < now else now
    return received, min(published, received) if published else None


def _one_value(value: object) -> object:
    return next(_values(value), None)


# What it says


def _texts(item: Item, kind: Kind, article: str, find: Find) -> tuple[str, str]:
    """Return the text of a mention and its title, which is empty where the text begins with it."""
    title = one_line(plain_text(_first(item.get("name"))[:_READ_OF_NAME]))
    text = shortened(tidied(_text(item, kind, article, find)[: LONGEST_TEXT * 4]), LONGEST_TEXT)
    if not text and kind not in _WITHOUT_TEXT | {Kind.BOOKMARK}:
        return shortened(title, LONGEST_TEXT), ""
    is_implied = one_line(text).startswith(title.rstrip(".… "))
    return text, "" if is_implied else shortened(title, LONGEST_TITLE)


def _text(item: Item, kind: Kind, article: str, find: Find) -> str:
    if kind in _WITHOUT_TEXT:
        return ""
    summary, content = _plain(item.get("summary")), _plain(item.get("content"))
    if kind is not Kind.MENTION:
        return content or summary
    if summary or len(content) <= ABOUT_A_LINK:
        return summary or content
    return _about_link(item.get("content"), article, find) or excerpt(content, 0, ABOUT_A_LINK)


def _plain(value: object) -> str:
    """Return a content or summary as text: it is one, or has ``text``, ``html`` or ``value``."""
    return next(filter(str.strip, map(_plain_one, _values(value))), "")


def _plain_one(value: object) -> str:
    if isinstance(value, str):
        return value[:_READ_OF_TEXT]
    if not isinstance(value, Mapping):
        return ""
    if text := _first(value.get("text")):
        return text[:_READ_OF_TEXT]
    return lines_of(html).text if (html := _html(value)) else _first(value.get("value"))


def _html(content: Item) -> str:
    is_html = "html" in str(content.get("content-type")).lower()
    html = _first(content.get("html")) or (_first(content.get("value")) if is_html else "")
    return html[:_READ_OF_HTML]


def _about_link(content: object, article: str, find: Find) -> str:
    """Return the words around the first link to the article; empty if none is found."""
    html = next((_html(each) for each in _values(content) if isinstance(each, Mapping)), "")
    if not html:
        return ""
    text, links = lines_of(html)
    for href, position in links[:_LINKS]:
        if (found := find(href)) and found[0] == article:
            return excerpt(text, position, ABOUT_A_LINK)
    return ""
